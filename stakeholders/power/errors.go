package power

// What this package refuses, and how it says so.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var (
	// ErrInvalid matches every refusal of what a host gave, with errors.Is.
	ErrInvalid = errors.New("power: not valid")

	// ErrUnknownActor matches the refusal of an actor that has no seat in the
	// game.
	ErrUnknownActor = errors.New("power: unknown actor")

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

const (
	shownRunes  = 80 // of a refused value, in a message
	shownErrors = 20 // of a list of errors, in its message
)

// FieldError is one refused value.
type FieldError struct {
	// Field is the path of the value under its JSON names: "bodies[1].quota",
	// "bodies[0].weights[3].weight", "coalition[2]", "unions[0][1]".
	Field string

	// Rule is the rule it breaks, a stable word: required, utf-8, length,
	// control, space, unique, range, unknown-actor or cover.
	Rule string

	// Value is what was given: a string, a number or nothing.
	Value any

	// Want says in words what would be accepted.
	Want string
}

// Error says which field, what it got (strings quoted, cut after 80 runes) and
// what would be accepted.
func (e FieldError) Error() string {
	return fmt.Sprintf("%s: got %s, want %s", e.Field, shown(e.Value), e.Want)
}

// Is reports whether the error is of the kind of target: [ErrInvalid] always,
// [ErrUnknownActor] by the rule that was broken.
func (e FieldError) Is(target error) bool {
	return target == ErrInvalid || target == ErrUnknownActor && e.Rule == ruleUnknown
}

// FieldErrors are all the errors found in one call's input, in the order of its
// fields.
type FieldErrors []FieldError

// Error joins the messages with semicolons; after twenty it only counts the
// rest.
func (e FieldErrors) Error() string {
	var b strings.Builder
	for i, f := range e {
		if i == shownErrors {
			fmt.Fprintf(&b, "; and %d more", len(e)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.Error())
	}
	return b.String()
}

// Unwrap lets errors.Is and errors.As reach each [FieldError].
func (e FieldErrors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, f := range e {
		errs[i] = f
	}
	return errs
}

// Err returns nil when there are no errors, and the list otherwise. It is there
// because an empty list stored in an error would not equal nil.
func (e FieldErrors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// add appends one error.
func (e *FieldErrors) add(field, rule string, value any, want string) {
	*e = append(*e, FieldError{Field: field, Rule: rule, Value: value, Want: want})
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
		b.WriteString(" the veto of " + shown(v) + " is not for sale")
	}
	for i, s := range e.Short {
		if i > 0 || len(e.Vetoes) > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %s stays %d short of its quota", shown(s.Body), s.Weight)
	}
	return b.String()
}

// Is reports whether target is [ErrUnattainable].
func (e *UnattainableError) Is(target error) bool { return target == ErrUnattainable }

// at is the path of an element of a list.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// shown renders a refused value for a message.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		n := 0
		for i := range v {
			if n == shownRunes {
				return strconv.Quote(v[:i]) + "…"
			}
			n++
		}
		return strconv.Quote(v)
	}
	return fmt.Sprint(v)
}
