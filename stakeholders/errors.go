package stakeholders

// What this package refuses, and how it says so.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var (
	// ErrInvalid matches every refusal of what was given, with errors.Is: all
	// errors of this package but [UnreachableError].
	ErrInvalid = errors.New("stakeholders: not valid")

	// ErrUnknownActor matches the refusal of a change to an actor that the
	// roster does not have.
	ErrUnknownActor = errors.New("stakeholders: unknown actor")

	// ErrDuplicateActor matches the refusal of an actor whose id is taken.
	ErrDuplicateActor = errors.New("stakeholders: duplicate actor")
)

// The rules a field can break, as FieldError.Rule names them.
const (
	ruleRequired  = "required"        // blank or missing
	ruleUTF8      = "utf-8"           // not valid UTF-8
	ruleLength    = "length"          // too long, or too many
	ruleControl   = "control"         // holds a control character
	ruleSpace     = "space"           // space around it
	ruleKnown     = "known"           // not one of the accepted values
	ruleUnique    = "unique"          // there twice
	ruleRange     = "range"           // a number or a time outside its range
	ruleOrder     = "order"           // an end before its beginning
	ruleJSON      = "json"            // not the JSON that is expected here
	ruleUnknown   = "unknown-actor"   // matches ErrUnknownActor
	ruleDuplicate = "duplicate-actor" // matches ErrDuplicateActor
)

const (
	shownRunes  = 80 // of a refused value, in a message
	shownErrors = 20 // of a list of errors, in its message
	shownIDs    = 10 // of the ids a roster knows, in a message
)

// FieldError is one refused value.
type FieldError struct {
	// Field is the path of the value under its JSON names, relative to what
	// was validated: "position", "commitments[1].pledged", "actors[3].id".
	Field string

	// Rule is the rule it breaks, a stable word: required, utf-8, length,
	// control, space, known, unique, range, order, json, unknown-actor or
	// duplicate-actor.
	Rule string

	// Value is what was given: a string, a number or a time.
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
// [ErrUnknownActor] and [ErrDuplicateActor] by the rule that was broken.
func (e FieldError) Is(target error) bool {
	switch target {
	case ErrInvalid:
		return true
	case ErrUnknownActor:
		return e.Rule == ruleUnknown
	case ErrDuplicateActor:
		return e.Rule == ruleDuplicate
	}
	return false
}

// FieldErrors are all the errors found in one value, in the order of its
// fields. An empty list is no error: return it through [FieldErrors.Err].
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

// addUnder appends errors found in a part, with the part's path before theirs.
func (e *FieldErrors) addUnder(path string, part FieldErrors) {
	for _, f := range part {
		f.Field = path + "." + f.Field
		*e = append(*e, f)
	}
}

// at is the path of an element of a list.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// shown renders a refused value for a message.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		head := clip(v)
		if len(head) < len(v) {
			return strconv.Quote(head) + "…"
		}
		return strconv.Quote(v)
	}
	s := fmt.Sprint(v)
	if head := clip(s); len(head) < len(s) {
		return head + "…"
	}
	return s
}

// clip cuts a string after shownRunes runes.
func clip(s string) string {
	n := 0
	for i := range s {
		if n == shownRunes {
			return s[:i]
		}
		n++
	}
	return s
}

// readText reads the text form of a closed set, and refuses anything else with
// what would be accepted.
func readText[T interface {
	~string
	Valid() bool
}](field string, into *T, text []byte, accepted func() []T) error {
	v := T(text)
	if !v.Valid() {
		return notAccepted(field, v, accepted())
	}
	*into = v
	return nil
}

// notAccepted refuses a text that is none of the accepted ones.
func notAccepted[T ~string](field string, got T, accepted []T) FieldError {
	return FieldError{Field: field, Rule: ruleKnown, Value: string(got), Want: oneOf(accepted)}
}

// oneOf lists accepted texts for a message.
func oneOf[T ~string](accepted []T) string {
	var b strings.Builder
	b.WriteString("one of ")
	for i, a := range accepted {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(a))
	}
	return b.String()
}
