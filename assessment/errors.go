package assessment

// This file holds the one error shape of the package. Every refusal is a
// FieldError, so that a host can show a person what to correct, and where.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrInvalid is matched, through [errors.Is], by every error this package
// returns.
var ErrInvalid = errors.New("assessment: invalid input")

// FieldError says what is wrong with one field of an input.
type FieldError struct {
	// Field is the path to the field, as the JSON names it:
	// "criteria[3].weight", "ratings[0].evidence.basis". For JSON that cannot
	// be read it is a position, "checklist:12:7" (line, column).
	Field string
	// Rule is the short, stable name of the rule that was broken: "required",
	// "unique", "oneof", "range", "length", "utf8", "characters", "exists"…
	Rule string
	// Value is what was found; nil where nothing was.
	Value any
	// Want says in words what would be accepted.
	Want string
}

// Error says which field, what was found (cut at 80 characters) and what would
// be accepted.
func (e FieldError) Error() string { return "assessment: " + e.detail() }

// Unwrap returns [ErrInvalid].
func (e FieldError) Unwrap() error { return ErrInvalid }

func (e FieldError) detail() string {
	return e.Field + ": got " + shown(e.Value) + ", want " + e.Want
}

// FieldErrors is everything that is wrong with one input, in the order of the
// input.
type FieldErrors []FieldError

// listed bounds the text of FieldErrors: a file of ten thousand faults should
// still give a message that fits a screen.
const listed = 20

// Error joins the messages. After the twentieth it only counts; the slice
// itself always holds all of them.
func (e FieldErrors) Error() string {
	if len(e) == 0 {
		return "assessment: no errors"
	}
	var b strings.Builder
	b.WriteString("assessment: ")
	for i, f := range e {
		if i == listed {
			fmt.Fprintf(&b, "; and %d more", len(e)-listed)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.detail())
	}
	return b.String()
}

// Unwrap returns each error, for [errors.Is] and [errors.As].
func (e FieldErrors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, f := range e {
		errs[i] = f
	}
	return errs
}

// Err returns e as an error, or nil when e is empty. A FieldErrors put
// directly into an error variable would not be nil when empty.
func (e FieldErrors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

func (e *FieldErrors) add(field, rule string, value any, want string) {
	*e = append(*e, FieldError{Field: field, Rule: rule, Value: value, Want: want})
}

// under appends more, with each field moved under a prefix such as
// "ratings[2].".
func (e *FieldErrors) under(prefix string, more FieldErrors) {
	for _, f := range more {
		f.Field = prefix + f.Field
		*e = append(*e, f)
	}
}

// shown writes a value for a message: numbers bare, everything else quoted, so
// that blanks and control characters can be seen.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		return quoted(v)
	case int, int64, uint8, float64, bool:
		return fmt.Sprint(v)
	default:
		return quoted(fmt.Sprint(v))
	}
}

func quoted(s string) string {
	const most = 80
	n := 0
	for i := range s {
		if n == most {
			return strconv.Quote(s[:i]) + "…"
		}
		n++
	}
	return strconv.Quote(s)
}
