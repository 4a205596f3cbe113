package power

// What this package refuses, and how it says so.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/stakeholders"
)

var (
	// ErrInvalid matches every refusal of what a host gave, with errors.Is.
	ErrInvalid = stakeholders.ErrInvalid

	// ErrUnknownActor matches the refusal of an actor that has no seat in the
	// game.
	ErrUnknownActor = stakeholders.ErrUnknownActor

	// ErrTooLarge matches a [SizeError]: the answer exists, but the table it
	// takes is larger than this package builds.
	ErrTooLarge = errors.New("power: too large")

	// ErrUnattainable matches an [UnattainableError]: no actors that have a
	// price turn the coalition into a winning one.
	ErrUnattainable = errors.New("power: no winning coalition can be had")
)

// The rules a field can break, as FieldError.Rule names them.
const (
	ruleRequired = "required"      // blank or missing
	ruleUTF8     = "utf-8"         // not valid UTF-8
	ruleLength   = "length"        // too long, or too many
	ruleControl  = "control"       // holds a control character
	ruleSpace    = "space"         // space around it
	ruleUnique   = "unique"        // there twice
	ruleRange    = "range"         // a number outside its range
	ruleUnknown  = "unknown-actor" // matches ErrUnknownActor
	ruleCover    = "cover"         // unions that leave an actor out
)

// FieldError is one refused value, and FieldErrors all that is refused in one
// call: the errors of package stakeholders, so that a host knows one of them.
type (
	FieldError  = stakeholders.FieldError
	FieldErrors = stakeholders.FieldErrors
)

func add(errs *FieldErrors, field, rule string, value any, want string) {
	*errs = append(*errs, FieldError{Field: field, Rule: rule, Value: value, Want: want})
}

// SizeError refuses a question whose table would not fit in memory: the weights
// are too large for a table over them, and the players too many to walk through
// all coalitions. Coarser weights (hundreds rather than single votes) make the
// table smaller.
type SizeError struct {
	// Question is what was asked: "banzhaf", "owen", "cheapest" …
	Question string

	// Words is the size of the table in 64-bit words; math.MaxInt64 where even
	// that is too small to hold it.
	Words int64

	// Limit is the size that is accepted, [MaxWords].
	Limit int64

	// Players is how many players would have to be walked through instead.
	Players int
}

// Error names the size, the limit and the way out.
func (e *SizeError) Error() string {
	return fmt.Sprintf("power: %s needs a table of %d words, more than %d, and its %d players are too many to try all coalitions; use coarser weights",
		e.Question, e.Words, e.Limit, e.Players)
}

// Is reports whether target is [ErrTooLarge].
func (e *SizeError) Is(target error) bool { return target == ErrTooLarge }

// UnattainableError says why [Game.Cheapest] finds nothing: even with every
// actor that has a price the coalition loses.
type UnattainableError struct {
	// Vetoes are the actors outside the coalition that have a veto and no
	// price, in the order of the game.
	Vetoes []string `json:"vetoes"`

	// Short are the bodies whose quota stays out of reach.
	Short []Shortfall `json:"short"`
}

// Shortfall is the weight that a coalition lacks in one body.
type Shortfall struct {
	Body   string `json:"body"`   // its id
	Weight int64  `json:"weight"` // at least 1
}

// Error names the actors and the bodies in the way.
func (e *UnattainableError) Error() string {
	var b strings.Builder
	b.WriteString("power: no winning coalition can be had:")
	for i, v := range e.Vetoes {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(" the veto of " + strconv.Quote(v) + " is not for sale")
	}
	for i, s := range e.Short {
		if i > 0 || len(e.Vetoes) > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %s stays %d short of its quota", strconv.Quote(s.Body), s.Weight)
	}
	return b.String()
}

// Is reports whether target is [ErrUnattainable].
func (e *UnattainableError) Is(target error) bool { return target == ErrUnattainable }

// at is the path of an element of a list.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
