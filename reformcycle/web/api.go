package web

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file is the JSON interface: what programs may ask, and what they hear.

// operation is an address of the JSON interface with what its document says of it.
type operation struct {
	route
	// query are the parameters that it knows, by their names in parameters.
	query []string
	// gives is the type of its answer; nil where it is of another kind than JSON, or of
	// a form that has a document of its own.
	gives reflect.Type
	// kind of its answer, as a media type.
	kind string
	// takes is what kind of body it reads; "" for none. Reads is the type of what it reads,
	// nil for a batch.
	takes string
	reads reflect.Type
}

const (
	kindJSON     = "application/json"
	kindProblem  = "application/problem+json"
	kindCalendar = "text/calendar; charset=utf-8"
	kindStream   = "application/jsonl"
	kindSchema   = "application/schema+json"
)

// asking is an operation that answers with a value.
func asking[T any](name, path string, answer func(*visit) (T, error), query ...string) operation {
	return operation{
		query: query, gives: reflect.TypeFor[T](), kind: kindJSON,
		route: route{name: name, path: "api/" + path, get: looking(func(v *visit) error {
			got, err := answer(v)
			if err != nil {
				return err
			}
			return v.json(got)
		})},
	}
}

// askingOf is one about the state of a cycle, now or as of a day.
func askingOf[T any](name, path string, answer func(*visit, reformcycle.State) (T, error), query ...string) operation {
	return asking("api-cycle-"+name, strings.TrimSuffix("cycles/{cycle}/"+path, "/"), func(v *visit) (got T, err error) {
		s, err := v.stateAsked()
		if err != nil {
			return got, err
		}
		return answer(v, s)
	}, append([]string{"at"}, query...)...)
}

// answering is one whose answer is no value of ours.
func answering(name, path, kind string, answer func(*visit) error, query ...string) operation {
	return operation{query: query, kind: kind, route: route{name: name, path: "api/" + path, get: looking(answer)}}
}

// operations are all of the JSON interface.
func operations() []operation {
	batches := operation{
		query: []string{"title", "country", "stage"}, gives: reflect.TypeFor[reformcycle.Receipt](), kind: kindJSON, takes: kindJSON,
		route: route{name: "api-batches", path: "api/cycles/{cycle}/batches", post: looking((*visit).batch)},
	}
	return append(simulationOperations(), []operation{
		asking("api-cycles", "cycles", (*visit).apiCycles, "q", "stage", "status", "tier", "guard", "under", "order", "after", "limit"),
		asking("api-rollup", "rollup", (*visit).apiRollUp),
		asking("api-tree", "tree", (*visit).apiTree),
		asking("api-diagnosis", "diagnosis", (*visit).apiDiagnoseAll, "heading"),
		asking("api-late", "late", (*visit).apiLate),
		asking("api-shared", "shared", (*visit).apiShared),
		asking("api-due", "due", (*visit).apiDue, "from", "to"),
		answering("api-calendar", "due.ics", kindCalendar, (*visit).calendarOfAll),
		askingOf("overview", "", (*visit).apiOverview),
		answering("api-cycle-state", "cycles/{cycle}/state", kindJSON, (*visit).apiState, "at"),
		askingOf("blockers", "blockers", func(_ *visit, s reformcycle.State) (blockersBody, error) {
			return blockersBody{judgedOf(s), s.Blockers()}, nil
		}),
		askingOf("actions", "actions", func(_ *visit, s reformcycle.State) (actionsBody, error) {
			return actionsBody{judgedOf(s), s.NextActions()}, nil
		}),
		askingOf("criteria", "criteria", func(_ *visit, s reformcycle.State) (criteriaBody, error) { return apiCriteria(s), nil }),
		askingOf("coalition", "coalition", func(_ *visit, s reformcycle.State) (coalitionBody, error) { return apiCoalition(s), nil }),
		askingOf("diagnosis", "diagnosis", (*visit).apiDiagnosis, "heading"),
		askingOf("due", "due", (*visit).apiCycleDue, "from", "to"),
		answering("api-cycle-calendar", "cycles/{cycle}/due.ics", kindCalendar, (*visit).calendar),
		asking("api-cycle-history", "cycles/{cycle}/history", (*visit).apiHistory, "after-entry", "limit"),
		answering("api-cycle-export", "cycles/{cycle}/export", kindStream, (*visit).export),
		asking("api-feed", "feed", (*visit).apiFeed, "position", "wait", "limit"),
		batches,
		answering("api-schema", "schemas/{schema}", kindSchema, (*visit).apiSchema),
		answering("api-openapi", "openapi.json", kindJSON, (*visit).apiOpenAPI),
	}...)
}

func apiRoutes() (all []route) {
	for _, o := range operations() {
		all = append(all, o.route)
	}
	return all
}

// inLanguage gives a copy of a value in which every text is said in a language, and no
// list is missing that an answer always has: programs read [] more easily than null.
func inLanguage(l *language.Language, v reflect.Value) reflect.Value {
	if text, is := v.Interface().(language.Text); is {
		return reflect.ValueOf(text.In(l))
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			to := reflect.New(v.Type().Elem())
			to.Elem().Set(inLanguage(l, v.Elem()))
			return to
		}
	case reflect.Slice:
		if kind := v.Type().Elem().Kind(); kind == reflect.Struct || kind == reflect.Pointer || kind == reflect.Slice {
			to := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			for i := range v.Len() {
				to.Index(i).Set(inLanguage(l, v.Index(i)))
			}
			return to
		}
	case reflect.Struct:
		to := reflect.New(v.Type()).Elem()
		to.Set(v)
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			if empty := field.Type.Kind() == reflect.Slice && v.Field(i).IsNil(); !empty {
				to.Field(i).Set(inLanguage(l, v.Field(i)))
			} else if _, always := jsonName(field); always {
				to.Field(i).Set(reflect.MakeSlice(field.Type, 0, 0))
			}
		}
		return to
	}
	return v
}

// json sends a value, its texts said in the visitor's language.
func (v *visit) json(body any) error {
	text, err := json.Marshal(inLanguage(v.l, reflect.ValueOf(body)).Interface())
	if err != nil {
		return err
	}
	return v.send(http.StatusOK, kindJSON, text)
}

// judged is what every answer on a cycle begins with.
type judged struct {
	Cycle string `json:"cycle"`
	// Seq is the last entry, what If-Match takes; On the day as of which it was judged: a
	// moment would make each answer another one.
	Seq uint64    `json:"seq"`
	On  date.Date `json:"on,omitzero"`
}

func judgedOf(s reformcycle.State) judged { return judged{s.ID(), s.Seq(), date.Of(s.JudgedAt())} }

// stateAsked is the cycle of the address as it was asked for.
func (v *visit) stateAsked() (reformcycle.State, error) {
	c, err := v.cycle(Look)
	if err != nil {
		return reformcycle.State{}, err
	}
	return v.state(c)
}

func (v *visit) apiCycles() (portfolio.Page, error) {
	f, err := filterOf(v.r.URL.Query())
	if err != nil {
		return portfolio.Page{}, err
	}
	limit, err := v.whole("limit", rowLimit, 1, mostAsked)
	if err != nil {
		return portfolio.Page{}, err
	}
	v.echoes = f.Q != ""
	page, err := v.page.portfolio.Page(v.r.Context(), v.query(f, int(limit)))
	for i := range page.Rows {
		if !v.sees(page.Rows[i].Parent) {
			page.Rows[i].Parent = ""
		}
	}
	return page, err
}

func (v *visit) apiRollUp() (portfolio.RollUp, error) {
	return v.page.portfolio.RollUp(v.r.Context(), v.sees)
}

func (v *visit) apiTree() (portfolio.Tree, error) {
	return v.page.portfolio.Tree(v.r.Context(), v.sees)
}

type lateBody struct {
	Late []portfolio.Late `json:"late"`
}

func (v *visit) apiLate() (lateBody, error) {
	late, err := v.page.portfolio.Late(v.r.Context(), v.sees)
	return lateBody{late}, err
}

type sharedBody struct {
	Shared []portfolio.Shared `json:"shared"`
}

func (v *visit) apiShared() (sharedBody, error) {
	shared, err := v.page.portfolio.Shared(v.r.Context(), v.sees)
	return sharedBody{shared}, err
}

// span reads from and to: without them from any day to a year from now.
func (v *visit) span(now time.Time) (from, to date.Date, err error) {
	if !now.IsZero() {
		to = date.Of(date.AddMonths(now, yearly))
	}
	var wrong fault.Fields
	for name, day := range map[string]*date.Date{"from": &from, "to": &to} {
		if asked := v.r.URL.Query().Get(name); asked != "" {
			if *day, err = date.Parse(asked); err != nil {
				wrong.Add(name, fault.Type, asked, language.Of("want.web-at", "example", "2019-05-03"))
			}
		}
	}
	slices.SortFunc(wrong, func(a, b fault.Field) int { return strings.Compare(a.Path, b.Path) })
	return from, to, wrong.Err()
}

type duesBody struct {
	Due []portfolio.Due `json:"due"`
}

func (v *visit) apiDue() (duesBody, error) {
	from, to, err := v.span(v.page.portfolio.Now())
	if err != nil {
		return duesBody{}, err
	}
	due, err := v.page.portfolio.Due(v.r.Context(), v.sees, from, to)
	return duesBody{due}, err
}

// overviewBody is where a cycle stands, in a few lines.
type overviewBody struct {
	judged
	Title        string                    `json:"title,omitempty"`
	Country      string                    `json:"country,omitempty"`
	Jurisdiction *reformcycle.Jurisdiction `json:"jurisdiction,omitempty"`
	Parent       string                    `json:"parent,omitempty"`
	Children     []string                  `json:"children"`
	Stage        reformcycle.Stage         `json:"stage"`
	Status       reformcycle.Status        `json:"status"`
	Lap          int                       `json:"lap"`
	Moved        date.Date                 `json:"moved,omitzero"`
	// Stands says it in words; Held is why it is suspended or was abandoned, as typed.
	Stands language.Text `json:"stands"`
	Held   string        `json:"held,omitempty"`
	// Blockers and Debts are how many there are.
	Blockers int                `json:"blockers"`
	Debts    []reformcycle.Debt `json:"debts"`
	// Silences are the topics that the record is silent about.
	Silences []reformcycle.Topic `json:"silences"`
	// Visitor is who asks, as whom batches are taken; Rights are what the visitor may do.
	Visitor string   `json:"visitor,omitempty"`
	Rights  []string `json:"rights"`
}

func (v *visit) apiOverview(s reformcycle.State) (overviewBody, error) {
	b := overviewBody{
		judged: judgedOf(s), Title: s.Title(), Country: s.Country(), Stage: s.Stage(), Status: s.Status(), Lap: s.Lap(),
		Moved: s.LastMoved(), Stands: s.Standing().Told(), Held: s.Held(), Blockers: len(s.Blockers()), Debts: s.OpenDebts(),
		Visitor: v.visitor.Name, Rights: v.rights.names(),
	}
	if place, named := s.Jurisdiction(); named {
		b.Jurisdiction = &place
	}
	if link, linked := s.Link(); linked && v.sees(link.Parent) {
		b.Parent = link.Parent
	}
	for _, child := range s.Children().Children {
		if v.sees(child.Cycle) {
			b.Children = append(b.Children, child.Cycle)
		}
	}
	for _, silence := range s.Silences() {
		if silence.Stands() {
			b.Silences = append(b.Silences, silence.Topic)
		}
	}
	return b, nil
}

// names are the rights in the words of the JSON interface.
func (r Rights) names() []string {
	all := []string{}
	for i, name := range []string{"look", "record", "move", "override", "correct"} {
		if r.Has(1 << i) {
			all = append(all, name)
		}
	}
	return all
}

func (v *visit) apiState() error {
	s, err := v.stateAsked()
	if err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return v.send(http.StatusOK, kindJSON, text)
}

type blockersBody struct {
	judged
	Blockers []reformcycle.Blocker `json:"blockers"`
}

type actionsBody struct {
	judged
	Actions []reformcycle.Action `json:"actions"`
}

// criteriaBody is the checklist, criterion by criterion.
type criteriaBody struct {
	judged
	Checklist string          `json:"checklist"`
	Criteria  []criterionBody `json:"criteria"`
}

type criterionBody struct {
	ID      string           `json:"id"`
	Section string           `json:"section"`
	Text    language.Text    `json:"text"`
	Have    assessment.Level `json:"have"`
	Need    assessment.Level `json:"need"`
	Met     bool             `json:"met"`
	// Kind is whether people rate it or it is computed from what is recorded. An advisory
	// one never blocks.
	Kind     assessment.Kind    `json:"kind"`
	Advisory bool               `json:"advisory,omitempty"`
	Rating   *assessment.Rating `json:"rating,omitempty"`
}

func apiCriteria(s reformcycle.State) criteriaBody {
	list := s.Checklist()
	b := criteriaBody{judged: judgedOf(s), Checklist: list.ID()}
	levels := s.Levels()
	for i, c := range list.All() {
		one := criterionBody{ID: c.ID, Section: c.Section, Text: language.Built(c.Text), Have: levels[i], Need: c.Threshold, Met: c.Met(levels[i]), Kind: c.Kind, Advisory: c.Advisory}
		if rating, rated := s.Rating(c.ID); rated {
			one.Rating = &rating
		}
		b.Criteria = append(b.Criteria, one)
	}
	return b
}

// coalitionBody is who takes part, where everybody stands and what was pledged.
type coalitionBody struct {
	judged
	// Formed is "yes", "no", or "open" where the record is silent about it.
	Formed      string                        `json:"formed"`
	Coalition   reformcycle.Coalition         `json:"coalition"`
	Actors      []stakeholders.Actor          `json:"actors"`
	Feasibility stakeholders.Feasibility      `json:"feasibility"`
	Feasible    bool                          `json:"feasible"`
	Vetoes      []string                      `json:"vetoes"`
	Roles       []stakeholders.RoleGap        `json:"roles_open"`
	Groups      []stakeholders.Group          `json:"groups_missing"`
	Commitments []stakeholders.LedgerEntry    `json:"commitments"`
	Overlaps    []stakeholders.DoubleCover    `json:"overlaps"`
	Strategies  []reformcycle.PlannedStrategy `json:"strategies"`
}

func apiCoalition(s reformcycle.State) coalitionBody {
	roster := s.Actors()
	ledger := roster.Ledger()
	b := coalitionBody{
		judged: judgedOf(s), Formed: s.CoalitionFormed().String(), Coalition: s.Coalition(), Actors: slices.Collect(roster.All()),
		Feasibility: roster.Feasibility(), Feasible: roster.Feasibility().Feasible(), Roles: roster.RoleGaps(),
		Groups: roster.MissingGroups(), Commitments: ledger.Entries(), Overlaps: ledger.DoubleCovers(), Strategies: s.Strategies(),
	}
	for _, a := range roster.VetoOpponents() {
		b.Vetoes = append(b.Vetoes, a.ID)
	}
	return b
}

// diagnosisBody is what is wrong, what is right, what is contested, and what would have to
// be known, by the rules of that id.
type diagnosisBody struct {
	judged
	Rules     string                 `json:"rules"`
	Findings  []reformcycle.Finding  `json:"findings"`
	Strengths []reformcycle.Strength `json:"strengths"`
	Contested []reformcycle.Contest  `json:"contested"`
	Questions []reformcycle.Question `json:"questions"`
}

func (v *visit) apiDiagnosis(s reformcycle.State) (diagnosisBody, error) {
	return v.diagnosed(judgedOf(s), s.Diagnose())
}

// diagnosed is a diagnosis, or that under the heading that was asked for.
func (v *visit) diagnosed(j judged, d reformcycle.Diagnosis) (diagnosisBody, error) {
	if asked := v.r.URL.Query().Get("heading"); asked != "" {
		heading := reformcycle.Heading(asked)
		if !slices.Contains(reformcycle.Headings(), heading) {
			return diagnosisBody{}, fault.Refuse("heading", fault.Known, asked, fault.OneOf(reformcycle.Headings()))
		}
		d = d.Under(heading)
	}
	return diagnosisBody{j, d.Rules, d.Findings, d.Strengths, d.Contested, d.Questions}, nil
}

func (v *visit) apiDiagnoseAll() (diagnosisBody, error) {
	d, err := v.page.portfolio.Diagnose(v.r.Context(), v.sees)
	if err != nil {
		return diagnosisBody{}, err
	}
	return v.diagnosed(judged{On: date.Of(d.At)}, d)
}

type dueBody struct {
	judged
	Due []reformcycle.Deadline `json:"due"`
}

func (v *visit) apiCycleDue(s reformcycle.State) (dueBody, error) {
	from, to, err := v.span(s.JudgedAt())
	return dueBody{judgedOf(s), s.Due(from, to)}, err
}

// historyBody is a part of a journal. Entries are as they were recorded.
type historyBody struct {
	Cycle   string              `json:"cycle"`
	Entries []reformcycle.Entry `json:"entries"`
	// Next is after= for the page that follows; 0 behind the last.
	Next uint64 `json:"next,omitempty"`
}

// mostAsked is how many entries or cycles an answer has at most.
const mostAsked, usualEntries = 1000, 100

func (v *visit) apiHistory() (historyBody, error) {
	after, err := v.whole("after", 0, 0, 1<<53)
	if err != nil {
		return historyBody{}, err
	}
	limit, err := v.whole("limit", usualEntries, 1, mostAsked)
	if err != nil {
		return historyBody{}, err
	}
	c, err := v.cycle(Look)
	if err != nil {
		return historyBody{}, err
	}
	b := historyBody{Cycle: c.ID()}
	for e, err := range c.History(v.r.Context(), after) {
		if err != nil {
			return b, err
		}
		if uint64(len(b.Entries)) == limit {
			b.Next = b.Entries[len(b.Entries)-1].Seq
			break
		}
		b.Entries = append(b.Entries, e)
	}
	return b, nil
}

// whole reads a whole number of the query, from least to most.
func (v *visit) whole(name string, usual, least, most uint64) (uint64, error) {
	asked := v.r.URL.Query().Get(name)
	if asked == "" {
		return usual, nil
	}
	n, err := strconv.ParseUint(asked, 10, 64)
	if err != nil || n < least || n > most {
		return 0, fault.Refuse(name, fault.Range, asked, fault.WholeBetween(float64(least), float64(most)))
	}
	return n, nil
}

// apiSchema sends the schema of the data of a kind of change, or of a batch.
func (v *visit) apiSchema() error {
	name, is := strings.CutSuffix(v.r.PathValue("schema"), ".json")
	s, known := reformcycle.BatchSchema(), true
	if name != "batch" {
		s, known = reformcycle.ChangeSchema(reformcycle.Kind(name))
	}
	if !is || !known {
		return errAbsent
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return v.send(http.StatusOK, kindSchema, text)
}
