package web

import (
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/report"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file is the page of one cycle: where it stands, what is in its way, and what to do
// about it.

// cycleView is what that page shows.
type cycleView struct {
	State reformcycle.State
	May   Rights
	// At is the day that the visitor looks back to, as the address has it.
	At string
	// Stands says where the cycle stands and since when; Next whether something is before
	// its next step, and Frees what takes it out of a suspension.
	Stands, Next language.Text
	// Place is the jurisdiction, nil where none is named; Parent and Children are the
	// cycles that it is linked with and that the visitor may see.
	Place    *reformcycle.Jurisdiction
	Parent   *neighbour
	Children []neighbour
	Frees    *doing
	Stages   []stageLine
	// Blocked are the guards before the next step; of a cycle that does not move, Wanting
	// are the required criteria of its stage that are not met.
	Blocked   []blockedBy
	Actions   []actionLine
	Debts     []debtLine
	Wanting   []blockedBy
	Coalition coalitionLine
	// Deadlines are those overdue and those of the coming year, the first of them; More
	// counts the others.
	Deadlines []report.Falling
	More      int
	Basis     language.Text
	// Illustrative are the criteria whose ratings are made up.
	Illustrative []language.Text
	Silent       []language.Text
	Sources      []assessment.Source
}

// doing leads to the form for a change.
type doing struct {
	Text language.Text
	At   string
}

type stageLine struct {
	Stage reformcycle.Stage
	assessment.Tally
	Debts int
	Here  bool
}

type blockedBy struct {
	reformcycle.Blocker
	Lack language.Text
	// Silent is why it may be met all the same; zero where nothing says so.
	Unsaid language.Text
	Who    []stakeholders.Candidate
	Form   *doing
}

type actionLine struct {
	reformcycle.Action
	Form *doing
}

type debtLine struct {
	reformcycle.Debt
	Text      language.Text
	Since     date.Date
	Authority string
}

type coalitionLine struct {
	Name, Purpose string
	// Is says whether it has formed, where it has no name; Verdict whether the reform is
	// feasible.
	Is, Actors, Verdict, Weights language.Text
	LeftOut                      int
	Vetoes                       []string
}

// yearly is how many months ahead deadlines are told, and deadlineLimit how many of them.
const (
	yearly        = 12
	deadlineLimit = 12
)

// cyclePage tells where a cycle stands.
func (v *visit) cyclePage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	view, err := v.cycleView(s)
	if err != nil {
		return err
	}
	return v.render("cycle", view)
}

func (v *visit) cycleView(s reformcycle.State) (cycleView, error) {
	view := cycleView{State: s, May: v.rights, At: v.r.URL.Query().Get("at"), Stands: stands(s), Coalition: coalitionOf(s)}
	if err := v.around(s, &view); err != nil {
		return view, err
	}
	for stage := range reformcycle.Stages() {
		view.Stages = append(view.Stages, stageLine{Stage: stage, Tally: s.Tally(stage), Here: stage == s.Stage() && s.Status() != reformcycle.Abandoned})
	}
	for _, d := range s.OpenDebts() {
		view.Stages[d.Stage-1].Debts++
		view.Debts = append(view.Debts, debtLine{d, guardText(s, d.Guard), s.When(d.Entry, d.Since), actorName(s, d.Authority)})
	}
	clears := make(map[string]reformcycle.Action)
	for _, a := range s.NextActions() {
		line := actionLine{a, v.form(a.Change, a.Guard, s)}
		switch a.Urgency {
		case reformcycle.ClearsBlocker: // stands with its blocker
			clears[a.Guard] = a
			continue
		case reformcycle.OpenMove:
			if s.Status() == reformcycle.Suspended && view.Frees == nil {
				view.Frees = line.Form
			}
		}
		view.Actions = append(view.Actions, line)
	}
	if s.Status() == reformcycle.Active {
		for _, b := range s.Blockers() {
			line := blockedBy{Blocker: b, Lack: lack(s, b), Unsaid: b.Unsaid()}
			if a, ok := clears[b.Guard]; ok {
				line.Who, line.Form = a.Who, v.form(a.Change, b.Guard, s, "level", b.Need)
			}
			view.Blocked = append(view.Blocked, line)
		}
		view.Next = next(s, len(view.Blocked))
	} else {
		view.Wanting = v.wanting(s)
	}
	if s.Status() != reformcycle.Abandoned {
		due := s.Due(date.Date{}, date.Of(date.AddMonths(s.JudgedAt(), yearly)))
		view.Deadlines = report.FallsDue(v.l, s, due)
		view.More = max(0, len(view.Deadlines)-deadlineLimit)
		view.Deadlines = view.Deadlines[:len(view.Deadlines)-view.More]
	}
	ratings := s.Ratings()
	for _, r := range ratings {
		if r.Evidence.Basis != assessment.Documented {
			view.Illustrative = append(view.Illustrative, guardText(s, r.Criterion))
		}
	}
	switch {
	case len(ratings) == 0:
		view.Basis = language.Of("brief.no-rating")
	case len(view.Illustrative) == 0:
		view.Basis = language.Of("brief.all-documented", "n", len(ratings))
	default:
		view.Basis = language.Of("brief.illustrative-in-full", "n", len(view.Illustrative), "total", len(ratings))
	}
	for _, topic := range reformcycle.Topics() {
		if s.OnRecord(topic).Absence == reformcycle.Silent {
			view.Silent = append(view.Silent, topic.Told())
		}
	}
	view.Sources = cited(s, view)
	return view, nil
}

// neighbour is a cycle that another is linked with.
type neighbour struct{ ID, Name string }

// around puts in where a cycle stands among others. One that the visitor may not see is
// not named.
func (v *visit) around(s reformcycle.State, view *cycleView) error {
	if place, named := s.Jurisdiction(); named {
		view.Place = &place
	}
	if link, linked := s.Link(); linked {
		names, err := v.names(link.Parent)
		if err != nil {
			return err
		}
		if name := names[link.Parent]; name != "" {
			view.Parent = &neighbour{link.Parent, name}
		}
	}
	for _, child := range s.Children().Children {
		if v.sees(child.Cycle) {
			view.Children = append(view.Children, neighbour{child.Cycle, child.Name})
		}
	}
	return nil
}

// wanting are the required criteria of the stage that are not met.
func (v *visit) wanting(s reformcycle.State) (lines []blockedBy) {
	derived := reformcycle.DerivedCriteria()
	for _, item := range s.Scorecard().Items {
		c := item.Criterion
		if c.Section != s.Stage().String() || c.Advisory || item.Met {
			continue
		}
		line := blockedBy{Blocker: reformcycle.Blocker{
			Guard: c.ID, Stage: s.Stage(), Have: item.Level, Need: c.Threshold, Derived: slices.Contains(derived, c.ID),
			Text: language.Built(c.Text), Remedy: language.Built(c.Remedy), Source: strings.Join(c.Sources, ", "),
		}}
		line.Lack = lack(s, line.Blocker)
		if !line.Derived {
			line.Form = v.form(reformcycle.KindRate, c.ID, s)
		}
		if s.Status() == reformcycle.Abandoned {
			line.Remedy, line.Form = language.Text{}, nil
		}
		lines = append(lines, line)
	}
	return lines
}

// stands says at which stage a cycle stands, and since when.
func stands(s reformcycle.State) language.Text {
	since := s.LastMoved()
	if s.Status() == reformcycle.Active {
		for _, a := range s.Arrivals() {
			if a.Stage == s.Stage() {
				since = s.When(a.LastEntry, a.Last)
			}
		}
	}
	args := []any{"n", int(s.Stage()), "stage", s.Stage().Told()}
	switch {
	case s.Seq() == 0:
		return language.Of("picture.ring.not-begun")
	case s.Status() == reformcycle.Suspended:
		return language.Of("picture.ring.suspended-at", append(args, "since", since.String())...)
	case s.Status() == reformcycle.Abandoned:
		return language.Of("picture.ring.abandoned-at", append(args, "on", since.String())...)
	}
	return language.Of("picture.ring.at", append(args, "since", since.String())...)
}

// next says what is before the step that takes the reform on.
func next(s reformcycle.State, blockers int) language.Text {
	lap := s.Stage() == reformcycle.ManagementAndLearning
	switch {
	case blockers > 0 && lap:
		return language.Of("brief.before.lap", "n", blockers)
	case blockers > 0:
		return language.Of("brief.before.stage", "n", blockers)
	case lap:
		return language.Of("brief.decide.lap")
	}
	return language.Of("brief.decide.stage")
}

// lack says what a blocker lacks.
func lack(s reformcycle.State, b reformcycle.Blocker) language.Text {
	switch {
	case len(b.Missing) > 0:
		return language.Of("brief.missing", "what", b.Missing)
	case len(b.Actors) > 0:
		names := make([]string, len(b.Actors))
		for i, id := range b.Actors {
			names[i] = actorName(s, id)
		}
		return language.Of("brief.in-the-way", "who", names)
	}
	return b.Have.Against(b.Need)
}

// coalitionOf tells a coalition in a line.
func coalitionOf(s reformcycle.State) coalitionLine {
	roster, c := s.Actors(), s.Coalition()
	line := coalitionLine{Name: c.Name, Purpose: c.Purpose}
	members := 0
	for range roster.Members() {
		members++
	}
	switch s.CoalitionFormed() {
	case date.No:
		line.Is = language.Of("brief.no-coalition")
		if members > 0 {
			line.Is = language.Of("brief.coalition-to-be")
		}
	case date.Open:
		line.Is = language.Of("brief.coalition-open")
	}
	if roster.Len() == 0 {
		line.Actors = language.Of("brief.no-actors")
		return line
	}
	line.Actors = language.Of("brief.actors", "n", roster.Len(), "members", members)
	f := roster.Feasibility()
	line.Verdict = language.Of("brief.not-feasible")
	if f.Feasible() {
		line.Verdict = language.Of("brief.feasible")
	}
	line.Weights = language.Of("brief.weights", "support", f.Support, "opposition", f.Opposition, "mobilised", f.NonMobilised)
	line.LeftOut = f.LeftOut
	for _, a := range roster.VetoOpponents() {
		line.Vetoes = append(line.Vetoes, a.Name)
	}
	return line
}

// actorName is what people call an actor, engaged or not any more.
func actorName(s reformcycle.State, id string) string {
	if a, ok := s.Actors().Actor(id); ok {
		return a.Name
	}
	return id
}

// guardText says what a guard asks for.
func guardText(s reformcycle.State, guard string) language.Text {
	if c, ok := s.Checklist().Criterion(guard); ok {
		return language.Built(c.Text)
	}
	switch guard {
	case reformcycle.CoalitionVeto:
		return language.Of("brief.veto")
	case reformcycle.ParentUnready:
		return language.Of("web.parent-unready")
	}
	return language.Typed(guard)
}

// form leads to where a change is recorded; nil where the visitor may not, or there is
// nothing to fill in.
func (v *visit) form(kind reformcycle.Kind, guard string, s reformcycle.State, also ...any) *doing {
	if kind == "" || !v.rights.Has(neededFor(kind)) {
		return nil
	}
	to, args := "record", []any{v.id, kind}
	switch _, criterion := s.Checklist().Criterion(guard); {
	case kind == reformcycle.KindAdvance:
		to, args = "advance", []any{v.id}
	case kind == reformcycle.KindRate && criterion:
		args = append(append(args, "criterion", guard), also...)
	}
	at, err := v.voice.link(to, args...)
	if err != nil {
		return nil // no such page
	}
	return &doing{language.Of("web.do", "what", kind.Told()), at}
}

// cited are the sources that a view names, in the order in which it does.
func cited(s reformcycle.State, view cycleView) (all []assessment.Source) {
	named := map[string]bool{}
	cite := func(keys string) {
		for key := range strings.SplitSeq(keys, ", ") {
			if source, ok := s.Checklist().Source(key); ok && !named[key] {
				named[key] = true
				all = append(all, source)
			}
		}
	}
	for _, b := range view.Blocked {
		cite(b.Source)
	}
	for _, a := range view.Actions {
		cite(a.Source)
	}
	return all
}
