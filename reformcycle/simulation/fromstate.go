package simulation

// A scenario from a live cycle: "from where we stand today, what are the odds?"

import (
	"slices"
	"strings"
	"unicode"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// FromState makes a scenario of a cycle as it stands: its stage, checklist,
// levels, waivers, debts and actors. What a cycle does not record has the
// defaults of the register, and Assumed says, sentence by sentence, what was
// assumed: change it where more is known. A case of the literature that is told
// as a cycle is simulated the same way.
//
// A position that is not known is taken as 0 and a power that is not known as
// medium; a criterion that nobody rated counts as nothing done. Of what the record is
// silent about ([reformcycle.DeclareSilence]) Assumed says that it is not known, rather than
// absent: say what was done (Criteria), who takes part and what they give (Actors).
// Laps are counted from here. Compile the scenario with the cycle's checklist where that
// is not the built-in one.
//
// A young cycle is not refused for whom it lacks. Missing names the criteria of the
// coalition that nobody on record could ever meet, and Assumed says whom each asks for:
// in the runs they stay out of reach, until the host adds to Actors who is expected,
// from which month, where they stand, and what they can do and give:
//
//	union := simulation.NewCastActor("chw-union", stakeholders.CommunityHealthWorkers)
//	union.From, union.Position, union.Power, union.Effort, union.Member = 6, 3, 4, 2, true
//	scenario.Actors = append(scenario.Actors, union)
//
// It refuses a cycle that is abandoned, one with more than 200 actors, and ids that
// don't print.
func FromState(s reformcycle.State) (Scenario, error) {
	if s.Status() == reformcycle.Abandoned {
		return Scenario{}, fault.Refuse("status", "active", s.Status().String(), language.Of("want.sim-cycle"))
	}
	name := s.Title()
	if name == "" {
		name = s.ID()
	}
	// A title may have several lines, a name has one.
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	sc := NewScenario(strings.TrimSpace(cut(name, maxLabel)))
	if sc.Name == "" {
		sc.Name = "cycle"
	}
	note := func(what string, args ...any) {
		sc.Assumed = append(sc.Assumed, language.Of("assumed."+what, args...))
	}
	sc.Checklist = s.Checklist().ID()
	sc.Start.Stage = s.Stage()
	sc.Start.Suspended = s.Status() == reformcycle.Suspended
	sc.Start.Launched = len(s.Laps()) > 0 || slices.ContainsFunc(s.Arrivals(), func(a reformcycle.Arrival) bool { return a.Stage >= reformcycle.Launch })
	note("stands", "cycle", fault.Shown(cut(s.ID(), maxLabel)), "entry", s.Seq())

	var placed, ranked []string
	for a := range s.Actors().All() {
		actor := NewCastActor(a.ID, a.Constituency)
		actor.Name, actor.Roles, actor.Member, actor.Veto = a.Name, a.Roles, a.Member, a.Veto
		if position, known := a.Position.Value(); known {
			actor.Position = position
		} else {
			placed = append(placed, a.ID)
		}
		if actor.Power = float64(a.Power); !a.Power.Known() {
			actor.Power = float64(stakeholders.MediumPower)
			ranked = append(ranked, a.ID)
		}
		if a.Weight != 0 {
			actor.Weight = min(max(a.Weight, leastWeight), mostWeight)
		}
		if actor.Weight != a.Weight && a.Weight != 0 {
			note("weight", "actor", a.ID, "weight", plain(a.Weight), "taken", plain(actor.Weight))
		}
		actor.Until = giving(s, a, note)
		sc.Actors = append(sc.Actors, actor)
	}
	if placed != nil {
		note("positions", "actors", some(placed))
	}
	if ranked != nil {
		note("powers", "actors", some(ranked))
	}
	note("defaults")

	untold := make(map[reformcycle.Topic][]string)
	var unrated []string
	levels := s.Levels()
	for i, c := range s.Checklist().All() {
		d := derivedOf(c.ID)
		switch {
		case c.Kind == assessment.Derived && d != nil && d.computed:
			continue // it follows from positions
		case levels[i] == assessment.Unknown:
			about := s.SilentOn(c.ID)
			for _, topic := range about {
				untold[topic] = append(untold[topic], c.ID)
			}
			if about == nil {
				unrated = append(unrated, c.ID)
			}
			continue
		case levels[i] == assessment.NonFunctional:
			continue
		}
		sc.Criteria = append(sc.Criteria, CriterionWork{ID: c.ID, Level: levels[i]})
	}
	if unrated != nil {
		note("unrated", "criteria", some(unrated))
	}
	for _, topic := range reformcycle.Topics() {
		if s.OnRecord(topic).Silence == nil {
			continue
		}
		switch topic {
		case reformcycle.TopicActors:
			note("silent-actors")
		case reformcycle.TopicMoney:
			note("silent-money")
		}
		if ids := untold[topic]; ids != nil {
			note("silent", "topic", topic.Told(), "criteria", some(ids))
		}
	}
	for _, d := range s.OpenDebts() {
		if owed(s.Checklist(), d.Guard) {
			sc.Start.Debts = append(sc.Start.Debts, d.Guard)
		} else {
			note("debt", "guard", d.Guard)
		}
	}
	for _, w := range s.Waivers() {
		sc.Start.Waived = append(sc.Start.Waived, w.Criterion)
	}
	if err := sc.lacks(s.Checklist(), note); err != nil {
		return Scenario{}, err
	}
	return sc, nil
}

// lacks lists whom the coalition asks for and the cast does not have.
func (s *Scenario) lacks(list *assessment.Checklist, note func(string, ...any)) error {
	if len(s.Actors) == 0 {
		note("nobody")
	}
	s.Missing = seats() // all, until it is known which
	m, err := Compile(*s, list)
	if err != nil {
		return err
	}
	s.Missing = nil
	if len(s.Actors) == 0 {
		s.Missing = []string{"coalition.formed"} // whatever the checklist asks for
	}
	for _, c := range m.unreachable() {
		r := &m.rules[c]
		if id := m.views[c].ID; !slices.Contains(s.Missing, id) {
			s.Missing = append(s.Missing, id)
		}
		note("out-of-reach", "criterion", m.views[c].ID, "who", r.derived.who(r.number))
	}
	return nil
}

// giving is the month after which the last of an actor's commitments ends, at the
// latest; 0 where one is open-ended or none is recorded. What was taken is noted.
func giving(s reformcycle.State, a stakeholders.Actor, note func(string, ...any)) int {
	var last date.Date
	for _, c := range a.Commitments {
		if c.To.IsZero() {
			return 0
		}
		if c.To.Last().After(last.Last()) {
			last = c.To
		}
	}
	if last.IsZero() {
		return 0
	}
	from, month := date.Of(s.Moment()).First(), 1 // at least: 0 would be open-ended
	for month < maxHorizon && !date.AddMonths(from, month+1).After(last.Last()) {
		month++
	}
	switch {
	case month == maxHorizon:
		return 0
	case last.Last().Before(from):
		note("ended", "actor", a.ID, "on", last.String())
	case last.Precision() != date.ToDay:
		note("ends-roughly", "actor", a.ID, "on", last.String(), "month", month)
	default:
		note("ends", "actor", a.ID, "month", month)
	}
	return month
}

// some lists names, so many as a note may.
func some(names []string) (all []language.Text) {
	const most = 20
	for _, name := range names[:min(len(names), most)] {
		all = append(all, language.Typed(name))
	}
	if len(names) > most {
		all = append(all, language.Of("assumed.more", "n", len(names)-most))
	}
	return all
}
