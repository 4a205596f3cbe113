package reformcycle

import (
	"fmt"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Blocker is one guard that stands before a move, unmet.
type Blocker struct {
	// Guard is the id of the criterion that is unmet, CoalitionVeto, or "move"
	// where the table has no such move from here.
	Guard string `json:"guard"`
	// Stage whose checklist holds the criterion; where the cycle stands for the
	// other guards.
	Stage Stage `json:"stage"`
	// Have is the level as it is, unknown where a rated criterion has no rating or a
	// derived one hangs on a date that is known too roughly; Need is the level at which it is met. Both are unknown for a guard that is
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
	// Silent are the topics that it rests on and the record is silent about: it may be
	// met, and nobody has recorded it.
	Silent []Topic `json:"silent,omitempty"`
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
	case b.Need == assessment.Unknown, b.Derived:
	case b.Have == assessment.Unknown:
		fmt.Fprintf(&s, " is not rated, needs %s", b.Need)
	default:
		fmt.Fprintf(&s, " is %s, needs %s", b.Have, b.Need)
	}
	if len(b.Missing) > 0 {
		s.WriteString(" lacks " + strings.Join(b.Missing, ", "))
	}
	if unsaid := b.Unsaid(); unsaid != "" {
		s.WriteString("; " + unsaid)
	}
	if len(b.Actors) > 0 {
		s.WriteString(": " + fault.List(b.Actors))
	}
	if b.Source != "" {
		s.WriteString(" [" + b.Source + "]")
	}
	return s.String()
}

// Unsaid says that the record is silent about what the blocker rests on, in a few
// words; nothing where it is not.
func (b Blocker) Unsaid() string { return silentWords(b.Silent) }
