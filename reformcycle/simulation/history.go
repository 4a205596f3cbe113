package simulation

// A run told as the history of a live cycle. Every move that the run made is
// made there too, in the same month and under the live guards: what the
// simulator says happened is a legal history of the real state machine.

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// typed is a text as the simulator types it into a record. A record has no language, and
// keeps what was typed in that of its author: the simulator's is English.
func typed(what string, args ...any) string { return language.Of("record."+what, args...).String() }

// author stands in the journal for whoever did things in the run.
const author = "simulation"

// Journal tells the run as a cycle of its own, in a journal, and gives the
// cycle. Month m is m months after begin. Criteria are rated at the level that
// their progress comes to, as illustrative evidence that names the run;
// derived ones are met by the artefacts that they are derived from; positions
// are taken, who is expected is engaged when it comes, and overrides have an
// authority.
//
// A run whose scenario starts with readiness debt can't have a cycle of its own,
// for debt is made by moves that came before it: [Trace.Apply] tells it on a
// fork of the cycle that the scenario was made from.
//
// Errors: [fault.Fields] for the arguments; what the cycle and the
// journal return.
func (t *Trace) Journal(ctx context.Context, j reformcycle.Journal, id string, begin time.Time) (*reformcycle.Cycle, error) {
	if t.model == nil || len(t.Months) == 0 {
		return nil, fault.Refuse("trace", fault.Required, nil, language.Of("want.sim-trace", "by", "Model.Trace"))
	}
	s := &t.model.scenario
	if len(s.Start.Debts) > 0 {
		return nil, fault.Refuse("start.debts", "empty", len(s.Start.Debts), language.Of("want.sim-no-debt"))
	}
	c, err := reformcycle.New(id, reformcycle.WithJournal(j), reformcycle.WithTitle(s.Name), reformcycle.WithStage(s.Start.Stage), reformcycle.WithChecklist(t.model.list))
	if err != nil {
		return nil, err
	}
	return c, t.Apply(ctx, c, begin)
}

// Apply tells the run on a cycle that stands where the scenario starts: a fresh
// one, or a fork of the one that [FromState] made the scenario from. Month m is
// m months after begin, which may not come before the cycle's last entry.
//
// A cycle that stands elsewhere is refused before anything is told. Errors are those
// of [Trace.Journal]; up to where another error occurred, the history is there.
func (t *Trace) Apply(ctx context.Context, c *reformcycle.Cycle, begin time.Time) error {
	if t.model == nil || len(t.Months) == 0 {
		return fault.Refuse("trace", fault.Required, nil, language.Of("want.sim-trace", "by", "Model.Trace"))
	}
	if c == nil {
		return fault.Refuse("cycle", fault.Required, nil, language.Of("want.sim-a-cycle"))
	}
	if err := t.fits(c.State()); err != nil {
		return err
	}
	h := &history{trace: t, model: t.model, cycle: c, ctx: ctx}
	h.evidence = assessment.Evidence{
		What:   typed("progress"),
		Source: typed("source", "run", strconv.FormatUint(t.Outcome.Run, 10), "seed", strconv.FormatUint(t.Seed, 10), "policy", cut(t.Policy.String(), 200)),
		Basis:  assessment.Illustrative,
	}
	for n := range t.Months {
		h.month = &t.Months[n]
		h.at = date.AddMonths(begin, h.month.Month)
		if h.tell(n == 0); h.err != nil {
			return &failure{language.Of("failed.telling", "month", h.month.Month, "run", strconv.FormatUint(t.Outcome.Run, 10), "why", h.err), h.err}
		}
	}
	return nil
}

func (t *Trace) fits(s reformcycle.State) error {
	var f fault.Fields
	start := &t.model.scenario.Start
	same := func(field string, is []string, want ...string) {
		if !slices.Equal(is, want) {
			f.Add(field, fault.Same, strings.Join(is, ", "), language.Of("want.sim-as-start", "is", want))
		}
	}
	same("cycle.checklist", []string{s.Checklist().ID()}, t.model.list.ID())
	same("cycle.stage", []string{s.Stage().String()}, start.Stage.String())
	if s.Status() != reformcycle.Active && !(s.Status() == reformcycle.Suspended && start.Suspended) {
		f.Add("cycle.status", "same", s.Status().String(), language.Of("want.sim-as-start", "is", []string{reformcycle.Active.String()}))
	}
	var open []string
	for _, d := range s.OpenDebts() {
		if owed(t.model.list, d.Guard) {
			open = append(open, d.Guard)
		}
	}
	slices.Sort(open)
	same("cycle.debts", open, slices.Sorted(slices.Values(start.Debts))...)
	for a := range s.Actors().All() {
		position, _ := a.Position.Value()
		if with, against := sides(position); with+against > 0 && !slices.ContainsFunc(t.model.scenario.Actors, func(cast CastActor) bool { return cast.ID == a.ID && cast.From == 0 }) {
			f.Add("cycle.actors", "same", a.ID, language.Of("want.sim-cast"))
		}
	}
	return f.Err()
}

// owed reports whether a guard can be readiness debt under a checklist.
func owed(list *assessment.Checklist, guard string) bool {
	i, known := list.Index(guard)
	return guard == reformcycle.CoalitionVeto || known && !list.At(i).Advisory
}

type history struct {
	trace    *Trace
	model    *Model
	cycle    *reformcycle.Cycle
	ctx      context.Context
	at       time.Time
	month    *Month
	evidence assessment.Evidence
	gone     []string
	made     int       // artefacts, for their ids
	done     []float64 // progress of the criteria that is being told
	err      error     // the first; nothing is told after it
}

// changes are what a step of the history makes.
type changes = []reformcycle.Change

func (h *history) apply(changes ...reformcycle.Change) {
	if h.err == nil && len(changes) > 0 {
		_, h.err = h.cycle.Apply(h.ctx, reformcycle.By(author).At(h.at), changes...)
	}
}

// name makes an id that the cycle has not seen.
func (h *history) name(of string) string {
	h.made++
	return fmt.Sprintf("simulated-%s-%d-%d", of, h.cycle.State().Seq(), h.made)
}

func (h *history) tell(first bool) {
	if first {
		h.apply(h.open()...)
	} else {
		h.apply(h.positions()...)
	}
	h.join()
	h.progress(h.month.Progress)
	if first {
		h.settle()
	}
	for _, m := range h.month.Moves {
		h.move(m)
	}
	if h.month.Carried != nil {
		h.progress(h.month.Carried)
	}
}

// cast gives one of the cast as the month has it, for a cycle to engage.
func (h *history) cast(i int) stakeholders.Actor {
	a := h.model.scenario.Actors[i].stakeholder()
	a.Position = stakeholders.At(h.month.Positions[i])
	return a
}

func (h *history) open() (all changes) {
	roster := h.cycle.State().Actors()
	for i := range h.model.scenario.Actors {
		if h.model.scenario.Actors[i].From > 0 {
			continue
		}
		a := h.cast(i)
		if held, engaged := roster.Actor(a.ID); !engaged {
			all = append(all, reformcycle.EngageActor{Actor: a})
		} else if held.Position != a.Position || held.Power != a.Power {
			all = append(all, reformcycle.TakePosition{Actor: a.ID, Position: a.Position, Power: a.Power, Reason: typed("as-assumed")})
		}
	}
	return all
}

// join tells who joined the coalition and which roles were taken. Whoever takes a
// role is a member; who takes none is given one that it has not, and relieved of it:
// one that a member has, so that nothing is met in between that was met neither
// before nor after.
func (h *history) join() {
	for _, j := range h.month.Joined {
		a, engaged := h.cycle.State().Actors().Actor(j.Actor)
		if !engaged {
			continue // it came and left in the same month
		}
		var all changes
		for _, role := range j.Roles {
			if !a.Holds(role) {
				all = append(all, reformcycle.AssignRole{Actor: a.ID, Role: role})
			}
		}
		if all == nil && !a.Member {
			if role, free := h.spare(a); free {
				all = changes{reformcycle.AssignRole{Actor: a.ID, Role: role}, reformcycle.RelieveRole{Actor: a.ID, Role: role}}
			} else {
				a.Member = true
				all = changes{reformcycle.ReleaseActor{Actor: a.ID, Reason: typed("joins")}, reformcycle.EngageActor{Actor: a}}
			}
		}
		h.apply(all...)
	}
}

// spare gives a role that an actor has not: one that is filled, if there is one, and
// that of leader last.
func (h *history) spare(a stakeholders.Actor) (best stakeholders.Role, found bool) {
	roster := h.cycle.State().Actors()
	rank := -1
	for _, role := range stakeholders.Roles() {
		if a.Holds(role) {
			continue
		}
		is := 1
		if role == stakeholders.Leader {
			is = 0
		} else if roster.RoleFilled(role) {
			is = 2
		}
		if is > rank {
			best, rank, found = role, is, true
		}
	}
	return best, found
}

// positions engages who came, lets those go who left, and moves the others. What
// lowers support comes before what raises it, so that no guard is met in between that
// was met neither before nor after.
func (h *history) positions() changes {
	var lowered, raised changes
	roster := h.cycle.State().Actors()
	add := func(lowers bool, change reformcycle.Change) {
		if lowers {
			lowered = append(lowered, change)
		} else {
			raised = append(raised, change)
		}
	}
	for _, id := range h.month.Left {
		h.gone = append(h.gone, id)
		if a, engaged := roster.Actor(id); engaged {
			add(!a.Position.Opposes(), reformcycle.ReleaseActor{Actor: id, Reason: typed("left")})
		}
	}
	for i := range h.model.scenario.Actors {
		id := h.model.scenario.Actors[i].ID
		a, engaged := roster.Actor(id)
		is := stakeholders.At(h.month.Positions[i])
		switch {
		case slices.Contains(h.gone, id):
		case !engaged && slices.Contains(h.month.Came, id):
			add(is.Opposes(), reformcycle.EngageActor{Actor: h.cast(i)})
		case engaged && a.Position != is:
			was, known := a.Position.Value()
			now, _ := is.Value()
			add(known && now < was, reformcycle.TakePosition{Actor: id, Position: is, Reason: text()})
		}
	}
	return slices.Concat(lowered, raised)
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// settle brings the rest of the start about: what is waived, and that the cycle
// is held.
func (h *history) settle() {
	var waives changes
	waived := h.cycle.State().Waivers()
	for _, id := range h.model.scenario.Start.Waived {
		if !slices.ContainsFunc(waived, func(w reformcycle.Waiver) bool { return w.Criterion == id }) {
			waives = append(waives, reformcycle.Waive{Criterion: id, Authority: h.anybody(), Reason: typed("as-assumed")})
		}
	}
	h.apply(waives...)
	if h.month.Status == reformcycle.Suspended && h.cycle.State().Status() == reformcycle.Active {
		h.apply(reformcycle.Suspend{Reason: typed("as-assumed")})
	}
}

// progress rates what people rate, and records what the rest is derived from.
func (h *history) progress(progress []float64) {
	h.done = progress
	var rated changes
	state := h.cycle.State()
	levels := state.Levels()
	for i, c := range h.model.list.All() {
		if c.Kind == assessment.Derived {
			continue
		}
		level := levelOf(progress[i])
		// Where nothing was done nothing was seen, unless that is enough.
		if level == assessment.NonFunctional && levels[i] == assessment.Unknown && c.Threshold > assessment.NonFunctional {
			continue
		}
		if level != levels[i] {
			rated = append(rated, reformcycle.Rate{Criterion: c.ID, Level: level, Evidence: h.evidence})
		}
	}
	h.apply(rated...)
	if state.Status() != reformcycle.Active {
		return
	}
	for i := range h.model.rules {
		r := &h.model.rules[i]
		if h.err != nil || r.derived == nil || r.derived.records == nil || progress[i] < r.met {
			continue
		}
		if level, _ := h.cycle.State().At(h.at).Level(h.model.views[i].ID); level >= assessment.Functional {
			continue
		}
		h.apply(r.derived.records(h, h.cycle.State(), r.number)...)
	}
}

// anybody gives an actor who is engaged: a member first, and a recruit where the
// cast has left.
func (h *history) anybody() string {
	for a := range h.cycle.State().Actors().Members() {
		return a.ID
	}
	for a := range h.cycle.State().Actors().All() {
		return a.ID
	}
	id := h.name("secretariat")
	h.apply(reformcycle.EngageActor{Actor: stakeholders.Actor{ID: id, Name: typed("secretariat"), Constituency: stakeholders.MinistryOfHealth}})
	return id
}

func text() string { return typed("as-simulated") }

// criteria are what options are scored against.
func criteria() reformcycle.Change {
	return reformcycle.SetCriteria{For: reformcycle.ForSolutions, Criteria: []reformcycle.ChoiceCriterion{{ID: "fit", Text: text(), Weight: 1}}}
}

func options(s reformcycle.State) []reformcycle.Solution {
	return slices.DeleteFunc(s.Solutions(), func(o reformcycle.Solution) bool { return o.Lap != s.Lap() })
}

// scores gives full marks against whatever is agreed.
func scores(s reformcycle.State) reformcycle.Scores {
	if len(s.SolutionCriteria()) == 0 {
		return nil
	}
	all := reformcycle.Scores{}
	for _, c := range s.SolutionCriteria() {
		all[c.ID] = 10
	}
	return all
}

func (h *history) gather(s reformcycle.State, most int) (all changes) {
	have := options(s)
	for _, origin := range []reformcycle.Origin{reformcycle.Existing, reformcycle.Local, reformcycle.International}[:most] {
		if !slices.ContainsFunc(have, func(o reformcycle.Solution) bool { return o.Origin == origin }) {
			all = append(all, h.propose(s, origin))
		}
	}
	return all
}

func (h *history) propose(s reformcycle.State, origin reformcycle.Origin) reformcycle.ProposeSolution {
	return reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: h.name("option"), Name: typed("option"), Origin: origin, Scores: scores(s)}}
}

func (h *history) prioritize(s reformcycle.State) (all changes) {
	if len(s.SolutionCriteria()) == 0 {
		h.apply(criteria())
		s = h.cycle.State()
	}
	if len(options(s)) == 0 {
		h.apply(h.propose(s, reformcycle.Existing))
		s = h.cycle.State()
	}
	have := options(s)
	for i := range have {
		all = append(all, reformcycle.ScoreSolution{Solution: have[i].ID, Scores: scores(s)})
	}
	if h.err != nil || slices.ContainsFunc(have, chosen) {
		return all
	}
	return append(all, reformcycle.ChooseSolution{Solution: have[0].ID, By: h.anybody(), Reason: text()})
}

func chosen(o reformcycle.Solution) bool { return o.Chosen != nil }

// guards reports whether a derived criterion is required.
func (h *history) guards(id string) bool {
	i, there := h.model.list.Index(id)
	return there && h.model.rules[i].derived != nil && !h.model.rules[i].advisory
}

// each makes a change for every chosen option of this lap. Where none is chosen
// yet there is nothing to pilot or to appraise: an advisory criterion waits, for a
// required one an option is chosen.
func (h *history) each(s reformcycle.State, id string, change func(*reformcycle.Solution) reformcycle.Change) (all changes) {
	if h.guards(id) && !slices.ContainsFunc(options(s), chosen) {
		h.apply(h.prioritize(s)...)
		s = h.cycle.State()
	}
	for _, o := range options(s) {
		if chosen(o) {
			all = append(all, change(&o))
		}
	}
	return all
}

func (h *history) authorities() reformcycle.Change {
	who := []string{h.anybody()}
	return reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: who, Contributors: who, Authorizers: who}}
}

// design decides components until so many are decided, and validates all of
// them where the run has that done.
func (h *history) design(s reformcycle.State, most int) (all changes) {
	named := s.Authorities()
	decider := -1
	if named.Lap == s.Lap() {
		decider = slices.IndexFunc(named.DecisionMakers, s.Actors().Has)
	}
	if decider < 0 {
		if h.apply(h.authorities()); h.err != nil {
			return nil
		}
		s = h.cycle.State()
		named, decider = s.Authorities(), 0
	}
	by := named.DecisionMakers[decider]
	i, validate := h.model.list.Index(validated)
	validate = validate && h.model.rules[i].derived != nil && h.done[i] >= h.model.rules[i].met
	mapped := 0
	choices := s.DesignChoices()
	held := func(c reformcycle.Component) int {
		return slices.IndexFunc(choices, func(d reformcycle.DesignChoice) bool { return d.Component == c && d.Lap == s.Lap() })
	}
	for _, c := range reformcycle.Components() {
		if held(c) >= 0 {
			mapped++
		}
	}
	for _, c := range reformcycle.Components() {
		i := held(c)
		if i < 0 && mapped < most {
			mapped++
			all = append(all, reformcycle.MapDesign{Choice: reformcycle.DesignChoice{Component: c, Choice: text(), Authority: by}})
		} else if i < 0 || choices[i].ValidatedBy != "" {
			continue
		}
		if validate {
			all = append(all, reformcycle.ValidateDesign{Component: c, By: by})
		}
	}
	return all
}

// rollOut starts a phase; with a share, one whose workers are known and there in
// that share.
func (h *history) rollOut(share float64) changes {
	id := h.name("phase")
	phase := reformcycle.RolloutPhase{ID: id, Name: typed("phase"), Areas: []string{"simulated"}}
	deployed := 0
	if share > 0 {
		phase.Workers = 1000
		deployed = int(math.Ceil(share * 1000))
	}
	return changes{reformcycle.PlanRollout{Phase: phase}, reformcycle.ReportRollout{Phase: id, Deployed: deployed}}
}

// phases plans further phases behind one that has started, and holds a review
// before they do. Where none has, an advisory criterion waits, and for a required
// one the first is started.
func (h *history) phases(s reformcycle.State, most int) changes {
	phases := func(s reformcycle.State) []reformcycle.RolloutPhase {
		return slices.DeleteFunc(s.Rollout(), func(p reformcycle.RolloutPhase) bool { return p.Lap != s.Lap() })
	}
	rollout := phases(s)
	if !slices.ContainsFunc(rollout, func(p reformcycle.RolloutPhase) bool { return !p.Started.IsZero() }) {
		if !h.guards(phased) {
			return nil
		}
		h.apply(h.rollOut(0)...)
		rollout = phases(h.cycle.State())
	}
	all := changes{h.review(reformcycle.National)}
	for range max(0, most-len(rollout)) {
		all = append(all, reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: h.name("phase"), Name: typed("later-phase"), Areas: []string{"simulated"}}})
	}
	return all
}

func (h *history) review(tier reformcycle.Tier, gaps ...string) reformcycle.HoldReview {
	return reformcycle.HoldReview{Review: reformcycle.Review{ID: h.name("review"), Name: typed("review"), Tier: tier, Findings: []string{text()}, Gaps: gaps}}
}

func (h *history) move(m Move) {
	switch m.Name {
	case reformcycle.MoveAdvance:
		h.apply(reformcycle.Advance{})
	case reformcycle.MoveOverride:
		h.apply(reformcycle.Advance{Override: reformcycle.Override{Authority: h.anybody(), Reason: typed("override")}})
	case reformcycle.MoveRevisit:
		h.apply(reformcycle.Revisit{To: m.To, Reason: typed("revisit")})
	case reformcycle.MoveRenew:
		h.apply(reformcycle.Renew{At: m.To, Reason: text()})
	case reformcycle.MoveSuspend:
		h.apply(reformcycle.Suspend{Reason: typed("suspend", "cause", m.Cause.Told())})
	case reformcycle.MoveResume:
		h.apply(reformcycle.Resume{Reason: typed("resume")})
		// While it was suspended reviews and meetings grew old, and nothing was recorded.
		h.progress(h.month.Progress)
	default:
		h.apply(reformcycle.Abandon{Reason: typed("abandon")})
	}
}
