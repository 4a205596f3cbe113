package reformcycle

import (
	"fmt"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// noSuchMove is the guard of a blocker that stands for the table itself.
const noSuchMove = "move"

// Blocker is one guard that stands before a move, unmet.
type Blocker struct {
	// Guard is the id of the criterion that is unmet, CoalitionVeto, or "move"
	// where the table has no such move from here.
	Guard string `json:"guard"`
	// Stage whose checklist holds the criterion; where the cycle stands for the
	// other guards.
	Stage Stage `json:"stage"`
	// Have is the level as it is, unknown where a rated criterion has no rating;
	// Need is the level at which it is met. Both are unknown for a guard that is
	// no criterion.
	Have assessment.Level `json:"have"`
	Need assessment.Level `json:"need"`
	// Derived: the level is computed from what is recorded.
	Derived bool `json:"derived,omitempty"`
	// Text says what must be true, Remedy what to do about it.
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
	// Missing says what there is not, for what is not rated by people.
	Missing []string `json:"missing,omitempty"`
	// Actors are the ids of those who stand in the way, if any.
	Actors []string `json:"actors,omitempty"`
	// Source holds the keys of the sources that ask for it, joined by ", ".
	Source string `json:"source,omitempty"`
}

// String tells the blocker in one line.
func (b Blocker) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s (%s)", b.Guard, strings.TrimSuffix(b.Text, "."))
	switch {
	case b.Need == assessment.Unknown:
	case b.Have == assessment.Unknown:
		fmt.Fprintf(&s, " is not rated, needs %s", b.Need)
	case !b.Derived:
		fmt.Fprintf(&s, " is %s, needs %s", b.Have, b.Need)
	}
	if len(b.Missing) > 0 {
		s.WriteString(" lacks " + strings.Join(b.Missing, ", "))
	}
	if len(b.Actors) > 0 {
		s.WriteString(": " + fault.List(b.Actors))
	}
	if b.Source != "" {
		s.WriteString(" [" + b.Source + "]")
	}
	return s.String()
}

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
	if missing(m) || foreignType(m) {
		return []Blocker{{Guard: noSuchMove, Stage: st.Stage, Text: "No move of this package was given.", Remedy: "Ask about one of the moves: " + fault.List(moveNames)}}
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
	d := draft{state: *st}
	refusal := d.illegal(name, to).(*MoveError)
	b := Blocker{Guard: noSuchMove, Stage: st.Stage, Text: refusal.Error(), Source: "model"}
	switch st.Status {
	case Suspended:
		b.Remedy = "Resume the cycle first; it is suspended: " + fault.Bounded(st.Held)
	case Abandoned:
		b.Remedy = "None: the cycle is abandoned: " + fault.Bounded(st.Held)
	default:
		b.Remedy = "Take one of the moves that the table has from here."
	}
	return []Blocker{b}
}

func (s *state) blocker(i int, have assessment.Level, at time.Time) Blocker {
	c := &s.rules.criteria[i]
	b := Blocker{
		Guard: c.ID, Stage: c.stage, Have: have, Need: c.Threshold, Derived: c.Kind == assessment.Derived,
		Text: c.Text, Remedy: c.Remedy, Source: c.sources,
	}
	if b.Derived {
		b.Missing = c.derive.missing(s, c, at)
	}
	return b
}

func (s *state) vetoBlocker() Blocker {
	b := Blocker{
		Guard: CoalitionVeto, Stage: s.Stage, Derived: true, Source: "reich",
		Text:   "No actor whose refusal alone blocks may oppose.",
		Remedy: "Win these actors or change what they object to.",
	}
	for _, a := range s.Actors.VetoOpponents() {
		b.Actors = append(b.Actors, a.ID)
	}
	return b
}
