package reformcycle

import (
	"cmp"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file answers what stands before a move, and what to do next.

// noSuchMove is the guard of a blocker that stands for the table itself.
const noSuchMove = "move"

// Blockers names every guard that stands between the cycle and the next stage:
// before the advance, or before the renewal at management and learning, or
// before the resumption of a suspended cycle. Empty means that the move is open.
func (s State) Blockers() []Blocker { return s.BlockersFor(s.get().next()) }

// next is the move that takes a cycle on from where it stands.
func (s *state) next() Move {
	switch {
	case s.Status == Suspended:
		return Resume{}
	case s.Stage == ManagementAndLearning:
		return Renew{}
	default:
		return Advance{}
	}
}

// BlockersFor names every guard that stands before a move, whatever the move.
// It asks what the cycle stands against it; what the move itself has to carry,
// such as a reason, is asked when it is applied.
func (s State) BlockersFor(m Move) []Blocker {
	st := s.get()
	from := st.standing()
	if kindOf(m) == nil {
		return []Blocker{{Guard: noSuchMove, Stage: st.Stage, Text: language.Of("blocker.no-move"), Remedy: language.Of("blocker.ask", "moves", listed(moveNames))}}
	}
	name, to := m.course(from)
	for i := range table {
		if t := &table[i]; t.From == from && t.Move == name && t.To == to {
			if name == MoveOverride {
				return nil // what is unmet becomes debt and does not block
			}
			return st.unmet(name, s.moment())
		}
	}
	d := draft{state: st}
	refusal := d.illegal(name, to).(*MoveError)
	b := Blocker{Guard: noSuchMove, Stage: st.Stage, Text: refusal.Told(), Source: "model"}
	switch st.Status {
	case Suspended:
		b.Remedy = language.Of("blocker.resume-first", "held", fault.Bounded(st.Held))
	case Abandoned:
		b.Remedy = language.Of("blocker.abandoned", "held", fault.Bounded(st.Held))
	default:
		b.Remedy = language.Of("blocker.other-move")
	}
	return []Blocker{b}
}

// Urgency says why an action matters.
type Urgency string

// Why an action matters, the most urgent first.
const (
	// OpenMove: the next move is open and waits for a decision.
	OpenMove Urgency = "open-move"
	// ClearsBlocker: it clears what stands before the next move.
	ClearsBlocker Urgency = "clears-blocker"
	// SettlesDebt: it settles readiness debt.
	SettlesDebt Urgency = "settles-debt"
	// Advised: no guard asks for it, the checklist advises it.
	Advised Urgency = "advised"
)

var urgencies = []Urgency{OpenMove, ClearsBlocker, SettlesDebt, Advised}

// Valid reports whether u is one of the urgencies.
func (u Urgency) Valid() bool { return slices.Contains(urgencies, u) }

// Told gives the name for people.
func (u Urgency) Told() language.Text { return termed("urgency", string(u), u.Valid()) }

// Action is something to do next.
type Action struct {
	// Rank from 1, the most urgent first.
	Rank    int     `json:"rank"`
	Urgency Urgency `json:"urgency"`
	// Do says what to do.
	Do language.Text `json:"do"`
	// Guard that it meets, and where that guard stands: the id of a criterion or
	// CoalitionVeto, or a move to take.
	Guard string `json:"guard"`
	Stage Stage  `json:"stage"`
	// Change is the kind of change that records it.
	Change Kind `json:"change"`
	// Unlocks says what it opens.
	Unlocks language.Text `json:"unlocks"`
	// Missing says what there is not, an item each, where that is known.
	Missing []language.Text `json:"missing,omitempty"`
	// Who could do it, the likeliest first, with the reason for each.
	Who []stakeholders.Candidate `json:"who,omitempty"`
	// Whom to win, the weightiest first, where the politics stand in the way, with
	// the strategies that address each.
	Whom []stakeholders.Candidate `json:"whom,omitempty"`
	// Source holds the keys of the sources that ask for it, joined by ", ".
	Source string `json:"source,omitempty"`
}

// NextActions lists what to do next, ranked: first what clears the blockers of
// the next move, what is nearest to being met before what is far; then what
// settles debt; then what the checklist advises for this stage. Where nothing
// stands before the move, the move itself comes first. An abandoned cycle has
// none.
func (s State) NextActions() []Action {
	st, at := s.get(), s.moment()
	if st.Status == Abandoned {
		return nil
	}
	var actions []Action
	move := st.next()
	name, to := move.course(st.standing())
	goal := language.Of("unlocks."+string(name), "stage", to.Stage.Told())
	do := language.Of("action."+string(name), "stage", to.Stage.Told())
	if name == MoveResume {
		do = language.Of("action.resume", "held", st.Held)
	}
	blockers := s.Blockers()
	if len(blockers) == 0 {
		actions = append(actions, Action{
			Urgency: OpenMove, Do: do, Guard: string(name),
			Stage: st.Stage, Change: move.Kind(), Unlocks: goal, Who: st.holders("leader"), Source: "chen2021",
		})
	}
	slices.SortStableFunc(blockers, func(a, b Blocker) int {
		return cmp.Compare(b.distance(), a.distance())
	})
	for i, b := range blockers {
		unlocks := language.Of("unlocks.one-of", "goal", goal, "i", i+1, "n", len(blockers))
		actions = append(actions, st.action(b, ClearsBlocker, unlocks))
	}
	blocking := func(guard string) bool {
		return slices.ContainsFunc(blockers, func(b Blocker) bool { return b.Guard == guard })
	}
	for _, d := range st.Debts {
		if d.Open() && !blocking(d.Guard) {
			a := st.action(st.owed(d, at), SettlesDebt, language.Of("unlocks.debt"))
			if accepts(st, a.Change) == nil { // a suspended cycle can't take every change
				actions = append(actions, a)
			}
		}
	}
	span := st.rules.span[st.Stage]
	for i := span.from; i < span.to && st.Status == Active; i++ {
		c := &st.rules.criteria[i]
		if level := st.level(i, at); c.Advisory && !c.Met(level) {
			actions = append(actions, st.action(st.blocker(i, level, at), Advised, language.Of("unlocks.sounder", "stage", st.Stage.Told())))
		}
	}
	for i := range actions {
		actions[i].Rank = i + 1
	}
	return actions
}

// distance orders blockers: what is partly there is nearest, what is not rated
// is likely only to want a look, what is not there comes last.
func (b Blocker) distance() int {
	switch b.Have {
	case assessment.Unknown:
		return 1
	case assessment.NonFunctional:
		return 0
	default:
		return int(b.Have)
	}
}

// owed gives the blocker that a debt would be.
func (s *state) owed(d Debt, at time.Time) Blocker {
	if i, ok := s.rules.list.Index(d.Guard); ok {
		return s.blocker(i, s.level(i, at), at)
	}
	return s.vetoBlocker()
}

// action makes the action that meets a guard.
func (s *state) action(b Blocker, why Urgency, unlocks language.Text) Action {
	a := Action{
		Urgency: why, Do: b.Remedy, Guard: b.Guard, Stage: b.Stage, Change: KindRate,
		Unlocks: unlocks, Missing: b.Missing, Source: b.Source,
	}
	var carriers []string
	if i, ok := s.rules.list.Index(b.Guard); ok {
		c := &s.rules.criteria[i]
		carriers = c.Carriers
		if b.Derived {
			a.Change = c.derive.change
		}
	}
	switch b.Guard {
	case CoalitionVeto:
		a.Change = KindTakePosition
		a.Whom = s.toWin(true)
		for _, id := range b.Actors {
			actor, _ := s.actors().Actor(id)
			a.Missing = append(a.Missing, language.Of("missing.support-of", "actor", actor.Name))
		}
		carriers = []string{string(stakeholders.Liaison), string(stakeholders.ChangeChampion)}
	case coalitionFeasible:
		a.Whom = s.toWin(false)
	case "coalition.diverse", "coalition.chw-voice":
		for _, gap := range s.actors().ConstituencyGaps() {
			wanted := gap.GroupMissing
			if b.Guard == "coalition.chw-voice" {
				wanted = gap.Constituency == stakeholders.CommunityHealthWorkers
			}
			if wanted && len(gap.Candidates) > 0 {
				candidate := gap.Candidates[0]
				candidate.Reason = language.Of("candidate.for", "what", gap.Constituency.Told(), "reason", candidate.Reason)
				a.Who = append(a.Who, candidate)
			}
		}
	case "coalition.roles":
		for _, gap := range s.actors().RoleGaps() {
			if len(gap.Candidates) > 0 {
				candidate := gap.Candidates[0]
				candidate.Reason = language.Of("candidate.for", "what", gap.Role.Told(), "reason", candidate.Reason)
				a.Who = append(a.Who, candidate)
			}
		}
	}
	for _, role := range carriers {
		for _, c := range s.holders(role) {
			if !slices.ContainsFunc(a.Who, func(held stakeholders.Candidate) bool { return held.Actor == c.Actor }) {
				a.Who = append(a.Who, c)
			}
		}
	}
	return a
}

// holders are the members who hold a role, by its name in a checklist.
func (s *state) holders(role string) []stakeholders.Candidate {
	var who []stakeholders.Candidate
	for _, id := range s.actors().Holders(stakeholders.Role(role)) {
		who = append(who, s.holder(id, stakeholders.Role(role)))
	}
	return who
}

// holder is a member who holds a role, as who could act.
func (s *state) holder(id string, role stakeholders.Role) stakeholders.Candidate {
	a, _ := s.actors().Actor(id)
	return stakeholders.Candidate{Actor: id, Name: a.Name, Reason: language.Of("candidate.role", "role", role.Told())}
}
