package reformcycle

import (
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file judges: the level of each criterion, the guards of each move and what
// of them is unmet, what was let go unmet, and what is owed for it.

// level gives the level of the i-th criterion: as rated, or as derived from
// what is recorded.
func (s *state) level(i int, at time.Time) assessment.Level {
	c := &s.rules.criteria[i]
	if c.Kind == assessment.Derived {
		return c.derive.level(s, c, at)
	}
	return s.levels[i]
}

// guard stands before every advance from a stage on, beside the checklist.
type guard struct {
	id string
	// from is the first stage whose end it guards.
	from    Stage
	met     func(*state) bool
	blocker func(*state) Blocker
}

// guards are those that the rooms have declared.
var guards []guard

// unmet lists the guards of a move that are not met at a moment. Only an
// advance, by override or not, and a renewal are guarded.
func (s *state) unmet(move MoveName, at time.Time) []Blocker {
	switch move {
	case MoveAdvance, MoveOverride, MoveRenew:
	default:
		return nil
	}
	// First which, then what to say of them: so there is room for these, and no more.
	type open struct {
		criterion int
		have      assessment.Level
	}
	var room [16]open
	found := room[:0]
	look := func(i int) {
		if level, blocks := s.holds(i, at); blocks {
			found = append(found, open{i, level})
		}
	}
	span := s.rules.span[s.Stage]
	for i := span.from; i < span.to; i++ {
		look(i)
	}
	if l := s.rules.lasting; l >= 0 && (l < span.from || l >= span.to) && s.guards(l, move) {
		look(l)
	}
	var unmet []Blocker
	if len(found) > 0 {
		unmet = make([]Blocker, len(found), len(found)+1) // and the coalition's
		for i, f := range found {
			s.block(&unmet[i], f.criterion, f.have, at)
		}
	}
	for _, g := range guards {
		if move != MoveRenew && s.Stage >= g.from && !g.met(s) {
			unmet = append(unmet, g.blocker(s))
		}
	}
	return unmet
}

// guards reports whether the i-th criterion guards a move from where the cycle
// stands: by the checklist of its stage, or because it goes on guarding.
func (s *state) guards(i int, move MoveName) bool {
	c := &s.rules.criteria[i]
	return c.stage == s.Stage || i == s.rules.lasting && move != MoveRenew && s.Stage >= c.derive.lasting
}

// holds gives the level of a criterion, and whether it blocks: it is required, and neither
// met nor waived.
func (s *state) holds(i int, at time.Time) (assessment.Level, bool) {
	c := &s.rules.criteria[i]
	if c.Advisory {
		return assessment.Unknown, false
	}
	level := s.level(i, at)
	return level, !c.Met(level) && !s.waived(c.ID)
}

func (s *state) blocker(i int, have assessment.Level, at time.Time) (b Blocker) {
	s.block(&b, i, have, at)
	return b
}

// block says of a criterion that it blocks.
func (s *state) block(b *Blocker, i int, have assessment.Level, at time.Time) {
	c := &s.rules.criteria[i]
	b.Guard, b.Stage, b.Have, b.Need, b.Derived = c.ID, c.stage, have, c.Threshold, c.Kind == assessment.Derived
	b.Text, b.Remedy = language.Built(c.Text), language.Built(c.Remedy)
	b.Silent, b.Source = s.silentOn(i), c.sources
	if b.Derived {
		b.Missing = c.derive.missing(s, c, at)
	}
}

// guardMet reports whether a guard is met, by its id.
func (s *state) guardMet(id string, at time.Time) bool {
	for _, g := range guards {
		if g.id == id {
			return g.met(s)
		}
	}
	i, ok := s.rules.list.Index(id)
	return ok && s.rules.criteria[i].Met(s.level(i, at))
}

// Waiver lets one required criterion go unmet for the rest of the lap.
type Waiver struct {
	Criterion string    `json:"criterion"`
	Authority string    `json:"authority"`
	Reason    string    `json:"reason"`
	On        time.Time `json:"on"`
	// Entry that recorded it.
	Entry uint64 `json:"entry"`
}

func (s *state) waived(criterion string) bool {
	return slices.ContainsFunc(s.Waivers, func(w Waiver) bool { return w.Criterion == criterion })
}

// Debt is readiness debt: a guard that was unmet when its stage was left by
// override or under a waiver. It is kept until the guard is met.
type Debt struct {
	// Guard is the id of the criterion, or CoalitionVeto.
	Guard string `json:"guard"`
	// Stage that was left, in Lap.
	Stage     Stage     `json:"stage"`
	Lap       int       `json:"lap"`
	Since     time.Time `json:"since"`
	Authority string    `json:"authority"`
	Reason    string    `json:"reason"`
	// Entry of the move that left it.
	Entry uint64 `json:"entry"`
	// ByCorrection: the move went without an override, and its guard was met then; it
	// is not met in the record as it has been corrected since. Nobody answers for it.
	ByCorrection bool `json:"by_correction,omitempty"`
	// Settled is when the guard was met at last; zero while the debt is open.
	Settled time.Time `json:"settled,omitzero"`
	// Unasked is when a checklist took over that no longer asks for it; zero where
	// none has. Then it is owed no more, though it was never met.
	Unasked time.Time `json:"unasked,omitzero"`
}

// Open reports whether the debt is still owed.
func (d Debt) Open() bool { return d.Settled.IsZero() && d.Unasked.IsZero() }

// owe books the debts that leaving a stage makes, each with what a debt says of who
// answers for it. One guard is owed once, however often it is overridden.
func (d *draft) owe(unmet []Blocker, stage Stage, debt Debt) {
	for _, b := range unmet {
		owed := slices.ContainsFunc(d.Debts, func(held Debt) bool { return held.Open() && held.Guard == b.Guard })
		if !owed {
			own(d, &d.Debts)
			debt.Guard, debt.Stage, debt.Lap, debt.Since, debt.Entry = b.Guard, stage, d.Lap, d.Moment, d.entry
			d.Debts = append(d.Debts, debt)
		}
	}
}

// settle closes the debts whose guard is met now, and those that the checklist no
// longer asks for.
func (d *draft) settle() {
	for i := range d.Debts {
		switch debt := &d.Debts[i]; {
		case !debt.Open():
		case d.guardMet(debt.Guard, d.Moment):
			own(d, &d.Debts)
			d.Debts[i].Settled = d.Moment
		case !d.asks(debt.Guard):
			own(d, &d.Debts)
			d.Debts[i].Unasked = d.Moment
		}
	}
}

// asks reports whether there is a guard of an id: a criterion of the checklist, or
// one that stands beside it.
func (s *state) asks(id string) bool {
	_, listed := s.rules.list.Index(id)
	return listed || reserved(id)
}

// Waivers of this lap.
func (s State) Waivers() []Waiver { return slices.Clone(s.get().Waivers) }

// Debts of readiness, open and settled, in the order in which they were made.
func (s State) Debts() []Debt { return slices.Clone(s.get().Debts) }

// OpenDebts are those still owed.
func (s State) OpenDebts() []Debt {
	return slices.DeleteFunc(s.Debts(), func(d Debt) bool { return !d.Open() })
}

// Level of a criterion, as rated or as derived; unknown for one that is not
// rated, and false for one that the checklist does not have.
func (s State) Level(criterion string) (assessment.Level, bool) {
	st := s.get()
	i, ok := st.rules.list.Index(criterion)
	if !ok {
		return assessment.Unknown, false
	}
	return st.level(i, s.moment()), true
}

// Lacks tells what a criterion lacks, whether or not it guards the next step; false where
// it is met, or the checklist does not have it.
func (s State) Lacks(criterion string) (Blocker, bool) {
	st, at := s.get(), s.moment()
	i, ok := st.rules.list.Index(criterion)
	if !ok || st.rules.criteria[i].Met(st.level(i, at)) {
		return Blocker{}, false
	}
	return st.blocker(i, st.level(i, at), at), true
}

// Levels of all criteria, in the order of the checklist.
func (s State) Levels() []assessment.Level {
	levels := make([]assessment.Level, len(s.get().rules.criteria))
	for i := range levels {
		levels[i] = s.get().level(i, s.moment())
	}
	return levels
}

// Scorecard sums up the whole checklist, section by section: a section is a
// stage. Its items carry the ratings; derived criteria have a level and none.
func (s State) Scorecard() assessment.Scorecard {
	st := s.get()
	levels := s.Levels()
	card := assessment.Scorecard{Checklist: st.rules.list.ID(), From: st.rules.list.Spec().From, Tally: st.rules.list.Tally(levels)}
	for _, p := range st.rules.list.Packages() {
		card.Packages = append(card.Packages, st.rules.list.TallyPackage(p.ID, levels))
	}
	for i, c := range st.rules.list.All() {
		item := assessment.Item{Criterion: c, Level: levels[i], Met: c.Met(levels[i])}
		if r, rated := s.Rating(c.ID); rated {
			item.Rating = &r
		}
		card.Items = append(card.Items, item)
	}
	for _, section := range st.rules.list.Sections() {
		card.Sections = append(card.Sections, assessment.SectionTally{Section: section, Tally: st.rules.list.TallySection(section, levels)})
	}
	return card
}

// Tally sums up one stage's criteria.
func (s State) Tally(stage Stage) assessment.Tally {
	return s.get().rules.list.TallySection(stage.String(), s.Levels())
}

// Ratings of this lap, in the order of the checklist.
func (s State) Ratings() []assessment.Rating { return slices.Clone(s.get().Ratings) }

// Rating of a criterion in this lap; false where it is not rated.
func (s State) Rating(criterion string) (assessment.Rating, bool) {
	for _, r := range s.get().Ratings {
		if r.Criterion == criterion {
			return r, true
		}
	}
	return assessment.Rating{}, false
}
