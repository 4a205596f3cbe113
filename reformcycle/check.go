package reformcycle

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/stakeholders"
)

// Bounds of what a cycle takes; a journal outlives the service that wrote it,
// so nothing boundless goes in.
const (
	maxID     = 128    // characters of an id
	maxText   = 4096   // characters of a text
	maxList   = 1000   // elements of a list in a change
	maxBatch  = 10_000 // changes in a batch
	maxRecord = 20_000 // artefacts of one kind in a cycle
	maxScore  = 10.0   // the best score against a criterion of choice
	maxWeight = 1e6
	maxEntry  = 8 << 20 // bytes of a change as JSON
)

// rules are the rules of a field beyond the validator's own: how each is
// decided and what it wants.
var rules = map[string]struct {
	holds validator.Func
	want  string
}{
	"id":     {func(f validator.FieldLevel) bool { return isID(f.Field().String()) }, fmt.Sprintf("a name of 1 to %d printable characters with no space around it", maxID)},
	"text":   {func(f validator.FieldLevel) bool { return isText(f.Field().String(), 1) }, fmt.Sprintf("a text of 1 to %d characters that says something", maxText)},
	"note":   {func(f validator.FieldLevel) bool { return isText(f.Field().String(), 0) }, fmt.Sprintf("at most %d characters of valid text", maxText)},
	"known":  {func(f validator.FieldLevel) bool { return isKnown(f.Field()) }, "one of the names that the type defines"},
	"finite": {func(f validator.FieldLevel) bool { return isFinite(f.Field().Float()) }, "a finite number"},
}

// wants says, for the validator's own rules, what would be accepted; %s is the
// rule's parameter.
var wants = map[string]string{
	"required": "a value", "required_with": "a value beside %s", "required_without": "a value where there is no %s",
	"min": "%s or more", "gte": "%s or more", "gt": "more than %s", "max": "%s or less", "lte": "%s or less",
	"gtefield": "no earlier than %s", "unique": "no value twice",
}

// checker is the one validator of the package: it caches what it learns of the
// types and has no other state.
var checker = func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	for name, r := range rules {
		if err := v.RegisterValidation(name, r.holds, true); err != nil {
			panic(err) // a rule of this table is misspelt: found by the first test
		}
	}
	// What belongs to the other two packages is judged by their own rules.
	v.RegisterStructValidation(func(sl validator.StructLevel) {
		a := sl.Current().Interface().(stakeholders.Actor)
		errs := a.Validate()
		for _, e := range errs {
			sl.ReportError(e.Value, e.Field, e.Field, e.Rule, e.Want)
		}
		if errs != nil {
			return
		}
		// Other changes name an actor and a commitment by the rule of ids here.
		if !isID(a.ID) {
			sl.ReportError(a.ID, "id", "id", "id", "")
		}
		for i, c := range a.Commitments {
			if !isID(c.ID) {
				field := fmt.Sprintf("commitments[%d].id", i)
				sl.ReportError(c.ID, field, field, "id", "")
			}
		}
	}, stakeholders.Actor{})
	v.RegisterStructValidation(func(sl validator.StructLevel) {
		c := sl.Current().Interface().(TakePosition)
		for _, e := range append(c.Position.Validate(), c.Power.Validate()...) {
			sl.ReportError(e.Value, e.Field, e.Field, e.Rule, e.Want)
		}
	}, TakePosition{})
	v.RegisterStructValidation(func(sl validator.StructLevel) {
		c := sl.Current().Interface().(stakeholders.Commitment)
		errs := c.Validate()
		for _, e := range errs {
			sl.ReportError(e.Value, e.Field, e.Field, e.Rule, e.Want)
		}
		if errs == nil && !isID(c.ID) {
			sl.ReportError(c.ID, "id", "id", "id", "")
		}
	}, stakeholders.Commitment{})
	v.RegisterStructValidation(func(sl validator.StructLevel) {
		s := sl.Current().Interface().(stakeholders.Strategy)
		errs := s.Validate()
		for _, e := range errs {
			sl.ReportError(e.Value, e.Field, e.Field, e.Rule, e.Want)
		}
		if errs == nil && !isID(s.ID) {
			sl.ReportError(s.ID, "id", "id", "id", "")
		}
	}, stakeholders.Strategy{})
	v.RegisterStructValidation(func(sl validator.StructLevel) {
		var broken assessment.FieldErrors
		errors.As(sl.Current().Interface().(appraisal.Problem).Validate(), &broken)
		for _, e := range broken {
			sl.ReportError(e.Value, e.Field, e.Field, e.Rule, e.Want)
		}
	}, appraisal.Problem{})
	v.RegisterStructValidation(func(sl validator.StructLevel) {
		for _, e := range sl.Current().Interface().(landscape.Landscape).Validate() {
			sl.ReportError(e.Value, e.Field, e.Field, e.Rule, e.Want)
		}
	}, landscape.Landscape{})
	v.RegisterStructValidation(func(sl validator.StructLevel) {
		for _, e := range sl.Current().Interface().(assessment.Evidence).Validate() {
			sl.ReportError(e.Value, e.Field, e.Field, e.Rule, e.Want)
		}
	}, assessment.Evidence{})
	return v
}()

// check judges a struct by its tags and names every field that breaks a rule.
func check(input string, s any) error {
	err := checker.Struct(s)
	if err == nil {
		return nil
	}
	var broken validator.ValidationErrors
	if !errors.As(err, &broken) {
		return invalid(input, input, "struct", fmt.Sprintf("%T", s), "a change of this package")
	}
	fields := make([]FieldError, len(broken))
	for i, e := range broken {
		_, path, _ := strings.Cut(e.Namespace(), ".")
		want := e.Param() // a rule of another package says what it wants
		if r, ours := rules[e.Tag()]; ours && want == "" {
			want = r.want
		} else if w, theirs := wants[e.Tag()]; theirs && !strings.Contains(want, " ") {
			want = w
			if strings.Contains(w, "%s") {
				want = fmt.Sprintf(w, strings.ToLower(e.Param()))
			}
		}
		if e.Tag() == "known" {
			want = knownNames(e.Value(), want)
		}
		fields[i] = FieldError{Field: path, Rule: e.Tag(), Value: e.Value(), Want: want}
	}
	sortMapKeys(fields)
	return &InputError{Input: input, Fields: fields}
}

// sortMapKeys orders the fields that are keys of one map: the validator walks a
// map in no order.
func sortMapKeys(fields []FieldError) {
	list := func(f FieldError) string { return f.Field[:max(strings.LastIndexByte(f.Field, '['), 0)] }
	for from := 0; from < len(fields); {
		to := from + 1
		for to < len(fields) && list(fields[from]) != "" && list(fields[to]) == list(fields[from]) {
			to++
		}
		if strings.HasSuffix(list(fields[from]), "scores") {
			slices.SortFunc(fields[from:to], func(a, b FieldError) int { return strings.Compare(a.Field, b.Field) })
		}
		from = to
	}
}

// isID: ids are names that people and programs compare, so they are bounded,
// visible and without space around them; any script will do.
func isID(s string) bool {
	if s == "" || len(s) > maxID*utf8.UTFMax || !utf8.ValidString(s) || strings.TrimSpace(s) != s {
		return false
	}
	n := 0
	for _, r := range s {
		if n++; n > maxID || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// isText: prose in any script, bounded, with no control characters but line
// breaks and tabs, and at least so many visible characters.
func isText(s string, atLeast int) bool {
	if len(s) > maxText*utf8.UTFMax || !utf8.ValidString(s) {
		return false
	}
	n, visible := 0, 0
	for _, r := range s {
		if n++; n > maxText || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		if !unicode.IsSpace(r) {
			visible++
		}
	}
	return visible >= atLeast
}

// isKnown: the value is one that its type defines.
func isKnown(f reflect.Value) bool {
	v, ok := f.Interface().(interface{ Valid() bool })
	return ok && v.Valid()
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// knownNames lists what an enumerated type accepts.
func knownNames(v any, otherwise string) string {
	switch v.(type) {
	case Stage:
		return "one of " + listed(stageNames[1:])
	case Component:
		return "one of " + listed(components)
	case Heading:
		return "one of " + listed(headings)
	case Severity:
		return "one of " + listed(severities)
	case Origin:
		return "one of " + listed(origins)
	case Tier:
		return "one of " + listed(tiers)
	case WindowKind:
		return "one of " + listed(windowKinds)
	case Subject:
		return "one of " + listed(subjects)
	case stakeholders.Success:
		return "one of " + listed(stakeholders.Successes())
	case PilotFinding:
		return "one of " + listed(findings)
	case DecisionPower:
		return "one of " + listed(decisionPowers)
	case stakeholders.Role:
		return "one of " + listed(stakeholders.Roles())
	case stakeholders.Mechanism:
		return "one of " + listed(stakeholders.Mechanisms())
	case assessment.Level:
		return "one of unknown, non-functional, partially-functional, functional, highly-functional"
	default:
		return otherwise
	}
}

// name is an enumerated name: its type lists the values, and reading any other
// is refused by name.
func readName[S ~string](what string, into *S, text []byte, known []S) error {
	for _, k := range known {
		if string(k) == string(text) {
			*into = k
			return nil
		}
	}
	return unknownName(what, string(text), known)
}

// fingerprint identifies a text.
func fingerprint(text string) string {
	h := fnv.New64a()
	h.Write([]byte(text))
	return fmt.Sprintf("%016x", h.Sum64())
}
