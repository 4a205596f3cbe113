package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/policymaker"
)

// This file takes and gives files: the stream of a cycle, projects of PolicyMaker, and the
// sheets of workshops. What is uploaded is shown before anything of it is recorded; the
// page that shows it carries it, so that nothing is kept here in between.

// mostUploaded is how many bytes a file may have, with the form around it.
const mostUploaded = 4 << 20

func exchangeRoutes() []route {
	record := func(answer func(*visit) error) *way { return &way{need: Record, answer: answer} }
	whole := func(answer func(*visit) error) *way { return &way{answer: answer} }
	return []route{
		{name: "exchange", path: "c/{cycle}/exchange", tab: "web-exchange.tab", get: looking((*visit).exchangePage), post: record((*visit).uploaded), most: mostUploaded},
		{name: "exchange-record", path: "c/{cycle}/exchange/record", post: record((*visit).exchangeRecord), most: 2 * mostUploaded},
		{name: "exchange-stream", path: "c/{cycle}/exchange/stream.jsonl", get: looking((*visit).export)},
		{name: "exchange-policymaker", path: "c/{cycle}/exchange/policymaker.json", get: looking((*visit).exportPolicyMaker)},
		{name: "exchange-workshop", path: "c/{cycle}/exchange/workshop.csv", get: looking((*visit).exportWorkshop)},
		{name: "import", path: "import", tab: "web-exchange.import", acts: true, get: whole((*visit).importPage), post: whole((*visit).importStream), most: mostUploaded},
	}
}

// exchangeView is what the pages of this file show.
type exchangeView struct {
	ID string
	// Refused is why a file was not taken.
	Refused  string
	Occasion string
	Basis    string
	On       string
	Format   string
	Bases    []assessment.Basis
	Records  bool
	// Preview of what would be recorded, with what carries it and where it goes.
	Preview  bool
	Changes  []language.Text
	Remarks  []language.Text
	To       string
	Carried  string
	After    uint64
	Entries  uint64
	Imported string
	Stands   language.Text
}

func (v *visit) exchangeView() exchangeView {
	return exchangeView{ID: v.id, Bases: assessment.Bases(), Records: v.rights.Has(Look | Record), Format: "workshop"}
}

func (v *visit) exchangePage() error {
	if _, err := v.cycle(Look); err != nil {
		return err
	}
	return v.render("exchange", v.exchangeView())
}

// download names the file that an answer is.
func (v *visit) download(name string) {
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// export sends the journal of a cycle as a stream that can be imported.
func (v *visit) export() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := reformcycle.Export(v.r.Context(), v.page.portfolio.Journal(), c.ID(), &b); err != nil {
		return err
	}
	v.download("reform.jsonl")
	return v.send(http.StatusOK, kindStream, b.Bytes())
}

// exportPolicyMaker sends the actors and the strategies as a project.
func (v *visit) exportPolicyMaker() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s := c.Now()
	project, err := policymaker.NewProject(s.Title(), v.visitor.Name, s.JudgedAt())
	if err != nil {
		return err
	}
	ids := map[string]string{}
	for a := range s.Actors().All() {
		if ids[a.ID], err = project.AddActor(a); err != nil {
			return err
		}
	}
	for _, planned := range s.Strategies() {
		strategy := planned.Strategy.Clone()
		var effects []stakeholders.Effect
		for _, e := range strategy.Effects {
			if id, there := ids[e.Actor]; there {
				e.Actor = id
				effects = append(effects, e)
			}
		}
		strategy.Effects = effects
		if _, err := project.AddStrategy(strategy); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := project.Write(&b); err != nil {
		return err
	}
	v.download("policymaker.json")
	return v.send(http.StatusOK, kindJSON, b.Bytes())
}

// exportWorkshop sends the sheet to hand out: each criterion that people rate, for the
// visitor or for nobody yet, without levels.
func (v *visit) exportWorkshop() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	list := c.Now().Checklist()
	assessor := strings.TrimSpace(v.visitor.Name)
	if assessor == "" {
		assessor = "1"
	}
	var rows []workshop.Row
	for _, c := range list.All() {
		if c.Kind == assessment.Rated {
			rows = append(rows, workshop.Row{Item: c.ID, Assessor: assessor})
		}
	}
	sheet, err := workshop.NewSheet(list, workshop.Occasion{Name: list.Title(), Basis: assessment.Documented}, rows)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteForm(&b, v.l); err != nil {
		return err
	}
	v.download("workshop.csv")
	return v.send(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

// upload reads a form with a file. Nothing of it is put on a disk: it is no larger than
// what is kept in memory.
func (v *visit) upload() (*multipart.Form, error) {
	err := v.r.ParseMultipartForm(2 * mostUploaded)
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return nil, err
	}
	if err != nil {
		return nil, fault.Refuse("form", fault.Type, nil, language.Of("web-form.unreadable"))
	}
	return v.r.MultipartForm, nil
}

// fileOf opens the one file of a form.
func fileOf(form *multipart.Form) (multipart.File, error) {
	files := form.File["file"]
	if len(files) != 1 || files[0].Size == 0 {
		return nil, fault.Refuse("file", fault.Required, nil, language.Of("want.web-exchange-file"))
	}
	return files[0].Open()
}

func one(form *multipart.Form, name string) string {
	if all := form.Value[name]; len(all) > 0 {
		return all[0]
	}
	return ""
}

// uploaded shows what would be recorded out of a file.
func (v *visit) uploaded() error {
	c, err := v.cycle(Record)
	if err != nil {
		return err
	}
	form, err := v.upload()
	if err != nil {
		return err
	}
	view := v.exchangeView()
	view.Format, view.Occasion, view.Basis, view.On = one(form, "format"), one(form, "occasion"), one(form, "basis"), one(form, "on")
	s := c.Now()
	changes, remarks, err := v.readFile(s, form, view)
	if err == nil && len(changes) > 0 {
		// What the record does not take is told before, and by the same words.
		_, err = c.Fork().Apply(v.r.Context(), reformcycle.By(v.visitor.Name), changes...)
	}
	if err != nil {
		return v.refuseFile("exchange", view, err)
	}
	wire, err := reformcycle.EncodeBatch(reformcycle.By(v.visitor.Name), changes...)
	if err != nil {
		return err
	}
	if view.To, err = v.voice.link("exchange-record", v.id); err != nil {
		return err
	}
	view.Preview, view.Carried, view.After, view.Remarks = true, string(wire), s.Seq(), remarks
	for _, change := range changes {
		view.Changes = append(view.Changes, toldChange(s, change))
	}
	return v.render("exchanged", view)
}

// refuseFile shows the form again, with why the file was not taken.
func (v *visit) refuseFile(page string, view exchangeView, err error) error {
	refusal, ours := reformcycle.RefusalOf(v.l, err)
	if !ours {
		return err
	}
	view.Refused = refusal.Text
	return v.renderAs(http.StatusUnprocessableEntity, page, view)
}

// toldChange tells one of the changes that files hold.
func toldChange(s reformcycle.State, change reformcycle.Change) language.Text {
	what := ""
	switch c := change.(type) {
	case reformcycle.EngageActor:
		what = c.Actor.Name
	case reformcycle.TakePosition:
		a, _ := s.Actors().Actor(c.Actor)
		what = a.Name
	case reformcycle.PlanStrategy:
		what = c.Strategy.Name
	case reformcycle.Rate:
		criterion, _ := s.Checklist().Criterion(c.Criterion)
		return language.Of("web-exchange.rated", "criterion", language.Built(criterion.Text), "level", c.Level.Told())
	}
	return language.Of("web-exchange.change", "kind", change.Kind().Told(), "what", what)
}

// readFile gives the changes that a file comes to.
func (v *visit) readFile(s reformcycle.State, form *multipart.Form, view exchangeView) ([]reformcycle.Change, []language.Text, error) {
	file, err := fileOf(form)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	switch view.Format {
	case "policymaker":
		return readProject(s, file)
	case "workshop":
		changes, err := v.readSheet(s, file, view)
		return changes, nil, err
	}
	return nil, nil, fault.Refuse("format", fault.Known, view.Format, fault.OneOf([]string{"workshop", "policymaker"}))
}

func (v *visit) readSheet(s reformcycle.State, file io.Reader, view exchangeView) (changes []reformcycle.Change, err error) {
	occasion := workshop.Occasion{Name: strings.TrimSpace(view.Occasion), Basis: assessment.Basis(view.Basis)}
	if view.On != "" {
		if occasion.On, err = date.Parse(strings.TrimSpace(view.On)); err != nil {
			return nil, fault.Refuse("on", fault.Type, view.On, language.Of("want.web-at", "example", "2019-05-03"))
		}
	}
	sheet, err := workshop.ReadCSV(file, s.Checklist(), occasion)
	if err != nil {
		return nil, err
	}
	for _, r := range sheet.Ratings(v.l) {
		changes = append(changes, reformcycle.Rate{Criterion: r.Criterion, Level: r.Level, Evidence: r.Evidence})
	}
	return changes, nil
}

// readProject gives the actors and strategies of a project that the record does not have,
// and where those that it has stand elsewhere by now.
func readProject(s reformcycle.State, file io.Reader) (changes []reformcycle.Change, remarks []language.Text, err error) {
	project, err := policymaker.Read(file)
	if err != nil {
		return nil, nil, err
	}
	roster, err := project.Roster()
	if err != nil {
		return nil, nil, err
	}
	for a := range roster.All() {
		switch known, there := s.Actors().Actor(a.ID); {
		case !there:
			changes = append(changes, reformcycle.EngageActor{Actor: a})
		case a.Position != known.Position || a.Power != known.Power && a.Power != 0:
			changes = append(changes, reformcycle.TakePosition{Actor: a.ID, Position: a.Position, Power: a.Power, Reason: "PolicyMaker"})
		}
	}
	strategies, err := project.Strategies()
	if err != nil {
		return nil, nil, err
	}
	planned := map[string]bool{}
	for _, p := range s.Strategies() {
		planned[p.ID] = true
	}
	for _, strategy := range strategies {
		if !planned[strategy.ID] {
			changes = append(changes, reformcycle.PlanStrategy{Strategy: strategy})
		}
	}
	for _, r := range project.Remarks() {
		remarks = append(remarks, r.Told())
	}
	return changes, remarks, nil
}

// exchangeRecord records what was shown, as one batch. Sent twice, it counts once.
func (v *visit) exchangeRecord() error {
	form, err := v.upload()
	if err != nil {
		return err
	}
	_, changes, err := reformcycle.DecodeBatch([]byte(one(form, "batch")), 2*mostUploaded)
	if err != nil {
		return err
	}
	after, err := strconv.ParseUint(one(form, "after"), 10, 64)
	if err != nil {
		return fault.Refuse("after", fault.Type, one(form, "after"), language.Of("web-form.after"))
	}
	c, err := v.cycle(needed(changes...))
	if err != nil {
		return err
	}
	by := reformcycle.By(v.visitor.Name).After(after).Key(v.key(sent{after: after}, changes))
	if _, err := v.apply(c, by, changes...); err != nil {
		return err
	}
	return v.see("cycle", v.id)
}

// importPage takes the stream of a cycle that is not here yet.
func (v *visit) importPage() error {
	if !v.mayBegin() {
		return errForbidden
	}
	return v.render("import", v.exchangeView())
}

// importStream shows what a stream holds, or, where it was shown, takes it. It says what
// others recorded, in their names: that takes every right.
func (v *visit) importStream() error {
	if !v.mayBegin() {
		return errForbidden
	}
	form, err := v.upload()
	if err != nil {
		return err
	}
	text := []byte(one(form, "stream"))
	if len(text) == 0 {
		file, err := fileOf(form)
		if err != nil {
			return v.refuseFile("import", v.exchangeView(), err)
		}
		defer file.Close()
		if text, err = io.ReadAll(file); err != nil {
			return err
		}
	}
	options := v.page.portfolio.Options()
	s, err := reformcycle.Import(v.r.Context(), journal.NewMemory(), bytes.NewReader(text), options...)
	if err != nil {
		return v.refuseFile("import", v.exchangeView(), err)
	}
	if !v.may(s.ID()).Has(Look | Record | Move | Override | Correct) {
		return errForbidden
	}
	if _, err := v.page.portfolio.Cycle(v.r.Context(), s.ID()); err == nil {
		return v.refuseFile("import", v.exchangeView(), fault.Refuse("cycle", fault.Unique, s.ID(), language.Of("web-form.id-free")))
	} else if !errors.Is(err, reformcycle.ErrNotFound) {
		return err
	}
	if one(form, "stream") == "" {
		view := v.exchangeView()
		view.Preview, view.Carried, view.Entries, view.Imported, view.Stands = true, string(text), s.Seq(), fmt.Sprintf("%s (%s)", s.Title(), s.ID()), s.Standing().Told()
		if view.To, err = v.voice.link("import"); err != nil {
			return err
		}
		return v.render("exchanged", view)
	}
	if _, err := reformcycle.Import(v.r.Context(), v.page.portfolio.Journal(), bytes.NewReader(text), options...); err != nil {
		return v.refuseFile("import", v.exchangeView(), err)
	}
	return v.see("cycle", s.ID())
}
