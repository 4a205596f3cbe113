package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// This file records: what to choose from, the form of one kind of change, the batch that
// goes with it, and what became of it.

// mostBatched is how many changes a form carries beside its own.
const mostBatched = 50

// formBytes is how large what a form brings may be.
const formBytes = 1 << 20

func recordRoutes() []route {
	record := func(answer func(*visit) error) *way { return &way{answer: answer} }
	return []route{
		{name: "choose", path: "c/{cycle}/record", tab: "web-form.tab", acts: true, get: record((*visit).choosePage), post: record((*visit).chosenKind), most: formBytes},
		{name: "record", path: "c/{cycle}/record/{kind}", get: record((*visit).recordPage), post: record((*visit).record), most: formBytes},
		{name: "advance", path: "c/{cycle}/advance", get: record((*visit).recordPage), post: record((*visit).record), most: formBytes},
		{name: "recorded", path: "c/{cycle}/recorded", get: looking((*visit).recordedPage)},
		{name: "correct", path: "c/{cycle}/entry/{seq}/{kind}", get: &way{need: Correct, answer: (*visit).recordPage}, post: &way{need: Correct, answer: (*visit).record}, most: formBytes},
		{name: "begin", path: "begin", get: record((*visit).beginPage), post: record((*visit).begin), most: formBytes},
	}
}

// groups are the kinds of change by what they are about. Those of the checklist come
// first; those that correct are reached from the entry that they correct.
var groups = []struct {
	title language.Text
	kinds []reformcycle.Kind
}{
	{language.Of("web-form.group.checklist"), []reformcycle.Kind{reformcycle.KindRate, reformcycle.KindWaive, reformcycle.KindAdoptChecklist}},
	{reformcycle.ProblemPrioritization.Told(), []reformcycle.Kind{reformcycle.KindFrameProblem, reformcycle.KindSetCriteria, reformcycle.KindScoreProblem, reformcycle.KindOpenWindow}},
	{reformcycle.CoalitionBuilding.Told(), []reformcycle.Kind{
		reformcycle.KindEngageActor, reformcycle.KindFormCoalition, reformcycle.KindTakePosition, reformcycle.KindAssignRole, reformcycle.KindRelieveRole, reformcycle.KindReleaseActor,
		reformcycle.KindCommit, reformcycle.KindDeliver, reformcycle.KindPlanStrategy, reformcycle.KindObserveStrategy,
	}},
	{reformcycle.SolutionGathering.Told(), []reformcycle.Kind{
		reformcycle.KindProposeSolution, reformcycle.KindScoreSolution, reformcycle.KindRecordPilot, reformcycle.KindAppraiseSolution, reformcycle.KindChooseSolution,
	}},
	{reformcycle.Design.Told(), []reformcycle.Kind{reformcycle.KindNameAuthorities, reformcycle.KindMapDesign, reformcycle.KindValidateDesign}},
	{reformcycle.Launch.Told(), []reformcycle.Kind{reformcycle.KindPlanRollout, reformcycle.KindReportRollout}},
	{reformcycle.Governance.Told(), []reformcycle.Kind{reformcycle.KindEstablishBody, reformcycle.KindDissolveBody, reformcycle.KindSurveyProgrammes}},
	{reformcycle.ManagementAndLearning.Told(), []reformcycle.Kind{reformcycle.KindHoldReview, reformcycle.KindAdapt, reformcycle.KindHoldCommunityMeeting}},
	{language.Of("web-form.group.nation"), []reformcycle.Kind{
		reformcycle.KindNameJurisdiction, reformcycle.KindDevolve, reformcycle.KindAdoptPolicy, reformcycle.KindLinkParent, reformcycle.KindNameChildren, reformcycle.KindObserveCycle, reformcycle.KindDepart,
	}},
	{language.Of("web-form.group.record"), []reformcycle.Kind{reformcycle.KindDeclareSilence}},
	{language.Of("web-form.group.moves"), []reformcycle.Kind{
		reformcycle.KindAdvance, reformcycle.KindRevisit, reformcycle.KindRenew, reformcycle.KindSuspend, reformcycle.KindResume, reformcycle.KindAbandon,
	}},
}

// corrections are the kinds that correct an entry.
var corrections = []reformcycle.Kind{reformcycle.KindCorrect, reformcycle.KindRetract, reformcycle.KindCorrectMoment}

// batched is a change that a form carries.
type batched struct {
	Wire string
	Text language.Text

	change reformcycle.Change
}

// formView is what the page of a form shows.
type formView struct {
	Kind  reformcycle.Kind
	Title language.Text
	// To is where it is sent.
	To     string
	After  uint64
	Fields []field
	// When is the date of the stamp; a batch that corrects has none.
	When *field
	// Summary of what is wrong, each with the field that it is about; Refused what is no
	// field's, and Blocked what stands before a move.
	Summary []wrongAt
	Refused language.Text
	Blocked []blockedBy
	// Moves: the form is of a move to the next stage; Free that nothing is in its way, Over
	// that the visitor may go over what is.
	Moves, Free, Over bool
	// Since are the entries that came while the page was open.
	Since []language.Text
	Batch []batched
	// Alone: no other change goes with this one.
	Alone bool
	// Was is the entry that is corrected.
	Was language.Text
	// Sure lets the button be one that warns.
	Sure bool
}

// wrongAt is a line of the summary.
type wrongAt struct {
	At   string // the path of a field, and then its id; "" for none
	Text language.Text

	rule string
	got  any
	want language.Text
}

// says what is wrong with a field; nil for none that the form has. What a refusal took for
// its value may be what nothing stands for: the field knows what was typed.
func (line wrongAt) says(f *field) language.Text {
	want := line.want
	switch {
	case f != nil && !f.filled():
		if f.As == choice || f.As == choices {
			want = language.Of("web-form.listed")
		}
		return language.Of("web-form.lacks", "want", want)
	case f != nil && (f.As == choice || f.As == choices):
		if line.rule == fault.Known || line.rule == fault.Type || line.rule == fault.Required {
			want = language.Of("web-form.listed-other")
		}
		return language.Of("web-form.refused", "want", want)
	case f != nil && f.Plain() && f.As != tick:
		if !f.Number.IsZero() {
			want = f.Number
		}
		return language.Of("web-form.got", "got", clipped(f.Value), "want", want)
	case f != nil:
		return language.Of("web-form.refused", "want", want)
	}
	switch line.got.(type) {
	case string, json.Number, float64, int, uint64:
		if got := clipped(fmt.Sprint(line.got)); got != "" {
			return language.Of("web-form.got", "got", got, "want", want)
		}
	}
	return language.Of("web-form.refused", "want", want)
}

// form is what was sent.
type sent struct {
	node  *node
	after uint64
	on    string
	do    string
	batch []batched
}

// parse reads a form that was sent.
func (v *visit) parse() error {
	err := v.r.ParseForm()
	if large := new(http.MaxBytesError); err == nil || errors.As(err, &large) {
		return err
	}
	return fault.Refuse("form", fault.Type, nil, language.Of("web-form.unreadable"))
}

// receive reads what was sent.
func (v *visit) receive() (sent, error) {
	if err := v.parse(); err != nil {
		return sent{}, err
	}
	all, err := typed(v.r.PostForm)
	if err != nil {
		return sent{}, err
	}
	s := sent{node: all.at("d"), on: strings.TrimSpace(all.at("on").text()), do: all.at("do").text()}
	s.after, err = strconv.ParseUint(all.at("after").text(), 10, 64)
	if err != nil {
		return sent{}, fault.Refuse("after", fault.Type, all.at("after").text(), language.Of("web-form.after"))
	}
	for i, wire := range v.r.PostForm["batch"] {
		if i == mostBatched {
			return sent{}, fault.Refuse("batch", fault.Length, len(v.r.PostForm["batch"]), language.Of("web-form.batch-most", "most", mostBatched))
		}
		one, err := carried(wire)
		if err != nil {
			return sent{}, err
		}
		s.batch = append(s.batch, one)
	}
	return s, nil
}

// carried reads a change that a form carries.
func carried(wire string) (batched, error) {
	_, changes, err := reformcycle.DecodeBatch([]byte(`{"author":"form","changes":[`+wire+`]}`), formBytes)
	if err != nil {
		return batched{}, err
	}
	if len(changes) != 1 {
		return batched{}, fault.Refuse("batch", fault.Length, len(changes), language.Of("web-form.unreadable"))
	}
	return packed(changes[0])
}

// packed is a change as a form carries it.
func packed(change reformcycle.Change) (batched, error) {
	data, err := dataOf(change)
	if err != nil {
		return batched{}, err
	}
	wire, err := json.Marshal(map[string]any{"kind": change.Kind(), "data": json.RawMessage(data)})
	return batched{Wire: string(wire), Text: language.Of("web-form.batched", "kind", change.Kind().Told(), "what", gist(data)), change: change}, err
}

// dataOf is the wire form of a change's data.
func dataOf(change reformcycle.Change) ([]byte, error) {
	wire, err := reformcycle.EncodeBatch(reformcycle.By("form"), change)
	if err != nil {
		return nil, err
	}
	var form struct {
		Changes []struct{ Data json.RawMessage }
	}
	if err := json.Unmarshal(wire, &form); err != nil {
		return nil, err
	}
	return form.Changes[0].Data, nil
}

// gist is enough of a change to tell it from others: its first texts.
func gist(data []byte) (all []string) {
	dec := json.NewDecoder(bytes.NewReader(data))
	key := false // whether the next text is a name
	var in []bool
	for len(all) < 2 {
		t, err := dec.Token()
		if err != nil {
			break
		}
		switch t := t.(type) {
		case json.Delim:
			switch t {
			case '{', '[':
				in = append(in, t == '{')
			default:
				in = in[:len(in)-1]
			}
			key = len(in) > 0 && in[len(in)-1]
			continue
		case string:
			if !key && t != "" {
				all = append(all, clipped(t))
			}
		}
		key = !key && len(in) > 0 && in[len(in)-1]
	}
	return all
}

func clipped(text string) string {
	if r := []rune(text); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return text
}

// asked is what the form of a kind asks for, in a schema of which the address says the rest.
func asked(kind reformcycle.Kind, of reformcycle.Entry) (schema.Schema, bool) {
	s, known := reformcycle.ChangeSchema(kind)
	if !known {
		return s, false
	}
	if slices.Contains(corrections, kind) {
		s.Fields = slices.DeleteFunc(slices.Clone(s.Fields), func(f schema.Field) bool { return f.Name == "entry" || f.Name == "replaces" })
	}
	if kind == reformcycle.KindCorrect {
		inner, known := reformcycle.ChangeSchema(of.Kind)
		if !known {
			return s, false
		}
		s.Field("change").Schema = schema.Object(schema.Field{Name: "data", Required: true, Schema: inner})
		s.Field("change").Title = language.Of("web-form.should-be")
		s.Field("change").Fields[0].Title = of.Kind.Told()
	}
	return s, true
}

// about is what the address of a form says.
type about struct {
	cycle *reformcycle.Cycle
	state reformcycle.State
	kind  reformcycle.Kind
	// entry that is corrected, and the correction that stands on it.
	entry    reformcycle.Entry
	replaces uint64
	schema   schema.Schema
}

// about reads the address of a form, for who has the rights for its kind.
func (v *visit) about() (a about, err error) {
	a.kind = reformcycle.Kind(v.r.PathValue("kind"))
	if v.route.name == "advance" {
		a.kind = reformcycle.KindAdvance
	}
	if _, known := reformcycle.ChangeSchema(a.kind); !known || a.kind == reformcycle.KindBegin || (v.route.name == "correct") != slices.Contains(corrections, a.kind) {
		return a, errAbsent
	}
	if a.cycle, err = v.cycle(neededFor(a.kind)); err != nil {
		return a, err
	}
	a.state = v.opened
	if v.route.name == "correct" {
		seq, err := strconv.ParseUint(v.r.PathValue("seq"), 10, 64)
		if err != nil || seq == 0 {
			return a, errAbsent
		}
		if a.entry, err = entryAt(v, a.cycle, seq); err != nil {
			return a, err
		}
		for _, c := range a.state.CorrectionsOf(a.entry) {
			// A date is corrected apart from what was recorded.
			if (c.Kind == reformcycle.KindCorrectMoment) == (a.kind == reformcycle.KindCorrectMoment) {
				a.replaces = c.Entry
			}
		}
	}
	var known bool
	if a.schema, known = asked(a.kind, a.entry); !known {
		return a, errAbsent
	}
	if a.kind == reformcycle.KindAdvance && !v.rights.Has(Override) {
		a.schema.Fields = nil
	}
	return a, nil
}

// entryAt is one entry of a cycle.
func entryAt(v *visit, c *reformcycle.Cycle, seq uint64) (reformcycle.Entry, error) {
	for e, err := range c.History(v.r.Context(), seq-1) {
		if err != nil {
			return e, err
		}
		if e.Seq == seq {
			return e, nil
		}
		break
	}
	return reformcycle.Entry{}, errAbsent
}

// to is where the form of an address is sent.
func (v *visit) to(a about) (string, error) {
	switch v.route.name {
	case "advance":
		return v.voice.link("advance", v.id)
	case "correct":
		return v.voice.link("correct", v.id, a.entry.Seq, a.kind)
	}
	return v.voice.link("record", v.id, a.kind)
}

// recordPage shows the form of a kind, with what is on record in it.
func (v *visit) recordPage() error {
	a, err := v.about()
	if err != nil {
		return err
	}
	values := url.Values{}
	query := v.r.URL.Query()
	if change := v.standing(a, query); change != nil {
		data, err := dataOf(change)
		if err != nil {
			return err
		}
		var x any
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		if err := dec.Decode(&x); err != nil {
			return err
		}
		if a.kind == reformcycle.KindCorrect {
			x = map[string]any{"change": map[string]any{"data": x}}
		}
		written(&a.schema, x, "", values)
	}
	for name := range query {
		if !slices.Contains([]string{"lang", "at"}, name) {
			values[name] = query[name]
		}
	}
	if len(query) > 0 {
		v.echoes = true
	}
	n, err := typed(values)
	if err != nil {
		return err
	}
	return v.showForm(http.StatusOK, a, sent{node: n, after: a.state.Seq()}, "", nil)
}

// standing is what is on record and what the form would replace; nil for nothing.
func (v *visit) standing(a about, query url.Values) reformcycle.Change {
	s := a.state
	switch a.kind {
	case reformcycle.KindCorrect:
		e := a.entry
		if a.replaces > 0 {
			if by, err := entryAt(v, a.cycle, a.replaces); err == nil {
				if change, err := by.Change(); err == nil {
					if c, is := change.(reformcycle.Correct); is {
						return c.Change
					}
				}
			}
		}
		change, err := e.Change()
		if err != nil {
			return nil
		}
		return change
	case reformcycle.KindRate:
		// Another level takes evidence of its own.
		if r, rated := s.Rating(query.Get("criterion")); rated && (query.Get("level") == "" || query.Get("level") == r.Level.String()) {
			return reformcycle.Rate{Criterion: r.Criterion, Level: r.Level, Evidence: r.Evidence}
		}
	case reformcycle.KindTakePosition:
		if actor, engaged := s.Actors().Actor(query.Get("actor")); engaged {
			return reformcycle.TakePosition{Actor: actor.ID, Position: actor.Position, Power: actor.Power}
		}
	case reformcycle.KindFormCoalition:
		if c := s.Coalition(); c.Name != "" {
			return reformcycle.FormCoalition{Coalition: c}
		}
	case reformcycle.KindNameAuthorities:
		return reformcycle.NameAuthorities{Authorities: s.Authorities()}
	case reformcycle.KindNameJurisdiction:
		if j, named := s.Jurisdiction(); named {
			return reformcycle.NameJurisdiction{Jurisdiction: j}
		}
	case reformcycle.KindLinkParent:
		if l, linked := s.Link(); linked {
			return reformcycle.LinkParent{Link: l}
		}
	case reformcycle.KindNameChildren:
		if c := s.Children(); len(c.Children) > 0 {
			return reformcycle.NameChildren{Of: c}
		}
	case reformcycle.KindMapDesign:
		for _, c := range s.DesignChoices() {
			if string(c.Component) == query.Get("choice.component") {
				return reformcycle.MapDesign{Choice: c}
			}
		}
	}
	return nil
}

// showForm shows a form with what was typed and what is wrong with it.
func (v *visit) showForm(status int, a about, s sent, more string, refused error) error {
	view := formView{Kind: a.kind, Title: a.kind.Told(), After: s.after, Batch: s.batch, Alone: slices.Contains(corrections, a.kind) || v.route.name == "advance"}
	view.Sure = slices.Contains([]reformcycle.Kind{reformcycle.KindAbandon, reformcycle.KindRetract}, a.kind)
	var err error
	if view.To, err = v.to(a); err != nil {
		return err
	}
	v.tellRefusal(&view, a, len(s.batch), refused)
	m := &maker{known: func(path string) []option { return v.known(a, path) }, more: more, to: view.To}
	view.Fields = m.fields(&a.schema, "", s.node)
	if sends(view.Fields) > mostTyped {
		large := fault.Refuse("form", fault.Length, sends(view.Fields), language.Of("web-form.most", "most", mostTyped))
		if more == "" {
			return large
		}
		return v.showForm(http.StatusUnprocessableEntity, a, s, "", large)
	}
	if !slices.Contains(corrections, a.kind) {
		view.When = whenOf(s.on)
	}
	if v.route.name == "correct" {
		view.Was = language.Of("web-form.was", "n", a.entry.Seq, "kind", a.entry.Kind.Told(), "by", a.entry.By, "on", a.entry.On().String())
	}
	if a.kind == reformcycle.KindAdvance {
		view.Moves = true
		if len(view.Blocked) == 0 {
			for _, b := range a.state.Blockers() {
				view.Blocked = append(view.Blocked, v.stands(a.state, b))
			}
		}
		view.Free, view.Over = len(view.Blocked) == 0, v.rights.Has(Override) && len(view.Blocked) > 0
		if view.Free {
			view.Fields = nil
		}
	}
	view.place()
	return v.renderAs(status, "form", view)
}

// whenOf is the field of the stamp's date.
func whenOf(on string) *field {
	return &field{Path: "on", As: day, Label: language.Of("field.batch.date"), Hint: language.Of("web-form.when-hint"), Value: on}
}

// stands is a blocker with the form that clears it.
func (v *visit) stands(s reformcycle.State, b reformcycle.Blocker) blockedBy {
	return blockedBy{Blocker: b, Lack: lack(s, b), Unsaid: b.Unsaid(), Form: v.form(v.clearing(s, b.Guard), b.Guard, s, "level", b.Need)}
}

// clearing is the kind of change that clears a guard.
func (v *visit) clearing(s reformcycle.State, guard string) reformcycle.Kind {
	for _, a := range s.NextActions() {
		if a.Guard == guard && a.Urgency == reformcycle.ClearsBlocker {
			return a.Change
		}
	}
	return ""
}

// tellRefusal sorts what was refused: to fields, to the top, and to what came since.
func (v *visit) tellRefusal(view *formView, a about, own int, refused error) {
	if refused == nil {
		return
	}
	if conflict := new(reformcycle.ConflictError); errors.As(refused, &conflict) {
		for _, e := range conflict.Since {
			view.Since = append(view.Since, language.Of("web-form.since-entry", "n", e.Seq, "kind", e.Kind.Told(), "by", e.By, "on", e.On().String()))
		}
		view.After = conflict.Head
		if len(conflict.Since) == 0 {
			view.Refused = language.Refused(refused)
		}
		return
	}
	if blocked := new(reformcycle.BlockedError); errors.As(refused, &blocked) {
		for _, b := range blocked.Blockers {
			view.Blocked = append(view.Blocked, v.stands(a.state, b))
		}
		view.Refused = language.Of("web-form.blocked")
		return
	}
	at := own
	if of := new(reformcycle.ChangeError); errors.As(refused, &of) {
		at = of.Index
	}
	fields := fault.Of(refused)
	if at != own || len(fields) == 0 {
		view.Refused = language.Refused(refused)
		return
	}
	for _, f := range fields {
		view.Summary = append(view.Summary, wrongAt{At: f.Path, rule: f.Rule, got: f.Value, want: language.Words(f.Want)})
	}
}

// place leads each line of the summary to its field, or to the nearest that holds it, and
// says there what is wrong.
func (view *formView) place() {
	at := map[string]*field{}
	var in func(all []field)
	in = func(all []field) {
		for i := range all {
			f := &all[i]
			at[f.Path] = f
			in(f.Fields)
			in(f.Rows)
			if f.As == pairs {
				// The wire form has a pair by its name.
				for r := range f.Rows {
					for _, path := range []string{joined(f.Path, f.Rows[r].Fields[0].Value), f.Path + "[" + f.Rows[r].Fields[0].Value + "]"} {
						at[path] = &f.Rows[r].Fields[1]
					}
				}
			}
		}
	}
	in(view.Fields)
	if view.When != nil {
		at["on"] = view.When
		if at["date"] == nil { // as the stamp calls it
			at["date"] = view.When
		}
	}
	for i := range view.Summary {
		line := &view.Summary[i]
		path := line.At
		for path != "" && at[path] == nil {
			path = path[:max(strings.LastIndexAny(path, ".["), 0)]
		}
		f := at[path]
		if f != nil && f.As == fixed {
			f = nil
		}
		if other := line.want; other.ID == "want.value-without" && len(other.Args) == 1 {
			// It names the other field as the wire form does.
			if by := at[joined(path[:max(strings.LastIndexByte(path, '.'), 0)], fmt.Sprint(other.Args[0].Value))]; by != nil {
				line.want = language.Of("web-form.or-in", "other", by.Label)
			}
		}
		line.At, line.Text = "", line.says(f)
		if f != nil {
			if f.Error.IsZero() {
				f.Error = line.Text
			}
			line.At, line.Text = f.ID(), language.Of("web-form.wrong-at", "field", f.Label, "want", line.Text)
		}
	}
}

// record takes a form.
func (v *visit) record() error {
	a, err := v.about()
	if err != nil {
		return err
	}
	s, err := v.receive()
	if err != nil {
		return err
	}
	s.node = kept(&a.schema, s.node)
	v.echoes = true
	add, more := strings.CutPrefix(s.do, "add:")
	drop, drops := strings.CutPrefix(s.do, "drop:")
	switch {
	case more:
		return v.showForm(http.StatusOK, a, s, add, nil)
	case drops:
		if i, err := strconv.Atoi(drop); err == nil && i >= 0 && i < len(s.batch) {
			s.batch = slices.Delete(s.batch, i, i+1)
		}
		return v.showForm(http.StatusOK, a, s, "", nil)
	}
	refuse := func(refused error) error {
		return v.showForm(http.StatusUnprocessableEntity, a, s, "", refused)
	}
	change, err := a.change(s.node)
	if _, wrong := dayOf(s.on); wrong != nil {
		if err == nil || len(fault.Of(err)) > 0 {
			err = append(slices.Clone(fault.Of(err)), fault.Of(wrong)...)
		}
	}
	if err != nil {
		return refuse(err)
	}
	if s.do == "more" && !slices.Contains(corrections, a.kind) {
		if len(s.batch) == mostBatched {
			return refuse(fault.Refuse("batch", fault.Length, mostBatched+1, language.Of("web-form.batch-most", "most", mostBatched)))
		}
		one, err := packed(change)
		if err != nil {
			return err
		}
		s.batch = append(s.batch, one)
		return v.showKinds(a.state, s, nil)
	}
	return v.settle(a, s, append(changesOf(s.batch), change), refuse)
}

func changesOf(batch []batched) (all []reformcycle.Change) {
	for _, one := range batch {
		all = append(all, one.change)
	}
	return all
}

// change reads the change that a form asks for.
func (a about) change(n *node) (reformcycle.Change, error) {
	if found := twice(&a.schema, n, ""); found != nil {
		return nil, found
	}
	x, _ := wire(&a.schema, n)
	data, is := x.(map[string]any)
	if !is {
		data = map[string]any{}
	}
	if slices.Contains(corrections, a.kind) {
		data["entry"] = a.entry.Seq
		if a.replaces > 0 {
			data["replaces"] = a.replaces
		}
	}
	if a.kind == reformcycle.KindCorrect {
		inner, _ := data["change"].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
		}
		if inner["data"] == nil {
			inner["data"] = map[string]any{}
		}
		inner["kind"] = a.entry.Kind
		data["change"] = inner
	}
	text, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	return reformcycle.DecodeChange(a.kind, text)
}

// dayOf reads the day of a stamp; the zero date for none.
func dayOf(text string) (date.Date, error) {
	if text == "" {
		return date.Date{}, nil
	}
	day, err := date.Parse(text)
	if err != nil {
		return day, fault.Refuse("on", fault.Type, text, language.Of("want.web-at", "example", "2019-05-03"))
	}
	return day, nil
}

// settle applies a batch, and shows what became of it.
func (v *visit) settle(a about, s sent, changes []reformcycle.Change, refuse func(error) error) error {
	by := reformcycle.By(v.visitor.Name).After(s.after).Key(v.key(s, changes))
	day, err := dayOf(s.on)
	if err != nil {
		return refuse(err)
	}
	if !day.IsZero() {
		by = by.On(day)
	}
	before := a.state.Blockers()
	receipt, err := v.apply(a.cycle, by, changes...)
	if err != nil {
		if _, told := reformcycle.RefusalOf(v.l, err); told {
			return refuse(err)
		}
		return err
	}
	args := []any{v.id, "first", receipt.First, "last", receipt.Last}
	if receipt.Repeated {
		args = append(args, "twice", "yes")
	}
	now := a.cycle.Now().Blockers()
	for _, b := range before {
		if !slices.ContainsFunc(now, func(one reformcycle.Blocker) bool { return one.Guard == b.Guard }) {
			args = append(args, "cleared", b.Guard)
		}
	}
	return v.see("recorded", args...)
}

// key names a batch by what is in it and by what its author had seen: a form that is
// sent twice counts once.
func (v *visit) key(s sent, changes []reformcycle.Change) string {
	h := sha256.New()
	write := func(text string) {
		h.Write([]byte(strconv.Itoa(len(text)) + ":" + text))
	}
	write(v.id)
	write(v.visitor.Name)
	write(strconv.FormatUint(s.after, 10))
	write(s.on)
	for _, c := range changes {
		data, _ := dataOf(c) // what can't be written is refused by Apply
		write(string(c.Kind()))
		write(string(data))
	}
	return "form-" + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}

// chooseView is what there is to record.
type chooseView struct {
	State  reformcycle.State
	After  uint64
	Clears []blockedBy
	Groups []kindGroup
	Batch  []batched
	To     string
	// Refused and Since are as on a form.
	Refused language.Text
	Since   []language.Text
	On      string
}

type kindGroup struct {
	Title language.Text
	Kinds []kindLine
}

type kindLine struct {
	Kind reformcycle.Kind
	Text language.Text
	At   string
}

// mayRecord opens the cycle for who may record anything at all.
func (v *visit) mayRecord() (*reformcycle.Cycle, error) {
	c, err := v.cycle(Look)
	if err == nil && v.rights&(Record|Move|Override) == 0 {
		return nil, errForbidden
	}
	return c, err
}

// choosePage lists what can be recorded: what clears blockers first.
func (v *visit) choosePage() error {
	if _, err := v.mayRecord(); err != nil {
		return err
	}
	return v.showKinds(v.opened, sent{after: v.opened.Seq()}, nil)
}

func (v *visit) showKinds(s reformcycle.State, with sent, refused error) error {
	view := chooseView{State: s, After: with.after, Batch: with.batch, On: with.on}
	var err error
	if view.To, err = v.voice.link("choose", v.id); err != nil {
		return err
	}
	if len(with.batch) == 0 && s.Status() == reformcycle.Active {
		for _, b := range s.Blockers() {
			if line := v.stands(s, b); line.Form != nil {
				view.Clears = append(view.Clears, line)
			}
		}
	}
	for _, g := range groups {
		group := kindGroup{Title: g.title}
		for _, kind := range g.kinds {
			if !v.rights.Has(neededFor(kind)) {
				continue
			}
			name, args := "record", []any{v.id, kind}
			if kind == reformcycle.KindAdvance {
				name, args = "advance", []any{v.id}
			}
			at, err := v.voice.link(name, args...)
			if err != nil {
				return err
			}
			group.Kinds = append(group.Kinds, kindLine{kind, kind.Told(), at})
		}
		if group.Kinds != nil {
			view.Groups = append(view.Groups, group)
		}
	}
	status := http.StatusOK
	if refused != nil {
		status = http.StatusUnprocessableEntity
		var form formView
		v.tellRefusal(&form, about{state: s}, -1, refused)
		view.Refused, view.Since = form.Refused, form.Since
		if form.After > 0 {
			view.After = form.After
		}
	}
	return v.renderAs(status, "choose", view)
}

// chosenKind goes on with a batch: with another change, without one of those it has, or
// by recording it.
func (v *visit) chosenKind() error {
	c, err := v.mayRecord()
	if err != nil {
		return err
	}
	s, err := v.receive()
	if err != nil {
		return err
	}
	v.echoes = true
	if kind, is := strings.CutPrefix(s.do, "kind:"); is {
		a := about{cycle: c, state: v.opened, kind: reformcycle.Kind(kind)}
		var known bool
		if a.schema, known = asked(a.kind, a.entry); !known || a.kind == reformcycle.KindBegin || slices.Contains(corrections, a.kind) {
			return errAbsent
		}
		if !v.rights.Has(neededFor(a.kind)) {
			return errForbidden
		}
		s.node = &node{}
		return v.showForm(http.StatusOK, a, s, "", nil)
	}
	if drop, is := strings.CutPrefix(s.do, "drop:"); is {
		if i, err := strconv.Atoi(drop); err == nil && i >= 0 && i < len(s.batch) {
			s.batch = slices.Delete(s.batch, i, i+1)
		}
		return v.showKinds(v.opened, s, nil)
	}
	return v.settle(about{cycle: c, state: v.opened}, s, changesOf(s.batch), func(refused error) error { return v.showKinds(v.opened, s, refused) })
}

// recordedView is what became of a form.
type recordedView struct {
	Entries []entryLine
	Twice   bool
	Cleared []language.Text
	Blocked []blockedBy
	Next    language.Text
	Cycle   string
}

// entryLine is an entry and the ways to put it right.
type entryLine struct {
	Text language.Text
	Ways []doing
}

// mends are the ways to put an entry right, for who may: a move is taken back while nothing
// stands behind it, and what a cycle began with and the adoption of a checklist are not.
func (v *visit) mends(e reformcycle.Entry) (ways []doing) {
	if !v.rights.Has(neededFor(reformcycle.KindCorrect)) || slices.Contains(corrections, e.Kind) {
		return nil
	}
	for _, kind := range corrections {
		happened := e.Kind == reformcycle.KindBegin || e.Kind == reformcycle.KindAdoptChecklist || neededFor(e.Kind).Has(Move) && e.Seq < v.opened.Seq()
		if kind == reformcycle.KindRetract && happened {
			continue
		}
		if at, err := v.voice.link("correct", v.id, e.Seq, kind); err == nil {
			ways = append(ways, doing{language.Of("web-form.mend", "how", kind.Told(), "n", e.Seq), at})
		}
	}
	return ways
}

// mostTold is how many entries the page tells.
const mostTold = 100

// recordedPage tells what was recorded, what it has cleared and what is still in the way.
func (v *visit) recordedPage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	query := v.r.URL.Query()
	first, err1 := strconv.ParseUint(query.Get("first"), 10, 64)
	last, err2 := strconv.ParseUint(query.Get("last"), 10, 64)
	if err1 != nil || err2 != nil || first == 0 || last < first || last > v.opened.Seq() {
		return errAbsent
	}
	view := recordedView{Twice: query.Get("twice") != "", Cycle: v.id}
	for e, err := range c.History(v.r.Context(), first-1) {
		if err != nil {
			return err
		}
		if e.Seq > last || len(view.Entries) == mostTold {
			break
		}
		told := language.Of("web-form.since-entry", "n", e.Seq, "kind", e.Kind.Told(), "by", e.By, "on", e.On().String())
		view.Entries = append(view.Entries, entryLine{told, v.mends(e)})
	}
	s := v.opened
	now := map[string]bool{}
	if s.Status() == reformcycle.Active {
		for _, b := range s.Blockers() {
			now[b.Guard] = true
			view.Blocked = append(view.Blocked, v.stands(s, b))
		}
		view.Next = next(s, len(view.Blocked))
	}
	for _, guard := range query["cleared"] {
		if _, criterion := s.Checklist().Criterion(guard); (criterion || guard == reformcycle.ParentUnready || guard == reformcycle.CoalitionVeto) && !now[guard] {
			view.Cleared = append(view.Cleared, guardText(s, guard))
		}
	}
	return v.render("recorded", view)
}
