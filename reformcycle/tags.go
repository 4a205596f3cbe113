package reformcycle

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-playground/validator/v10"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file checks the fields of what is handed in, a change above all, by their
// tags. What a change asks of the state is asked where it is applied.

// Bounds of what a cycle takes; a journal outlives the service that wrote it,
// so nothing boundless goes in.
const (
	maxList   = 1000   // elements of a list in a change
	maxBatch  = 10_000 // changes in a batch
	maxRecord = 20_000 // artefacts of one kind in a cycle
	maxScore  = 10.0   // the best score against a criterion of choice
	maxWeight = 1e6
	maxEntry  = 8 << 20 // bytes of a change as JSON, whatever the host says
	maxChange = 1 << 20 // and if it says nothing
)

// textRules are the floor's rules of text by their tag.
var textRules = map[string]fault.TextRule{"id": fault.ID, "name": fault.Name, "text": fault.Text, "note": fault.Note}

// tagRules are the other tags: the rule that each stands for, what it wants, what the
// tag's parameter is called in that, and, where it is ours, how it is decided.
var tagRules = map[string]struct {
	rule, want, parameter string
	holds                 func(reflect.Value) bool
}{
	"known":            {fault.Known, "want.a-name", "", isKnown},
	"finite":           {fault.Range, "want.number", "", isFinite},
	"required":         {fault.Required, "want.a-value", "", nil},
	"required_with":    {fault.Required, "want.value-beside", "other", nil},
	"required_without": {fault.Required, "want.value-without", "other", nil},
	"min":              {fault.Range, "want.or-more", "limit", nil},
	"gte":              {fault.Range, "want.or-more", "limit", nil},
	"gt":               {fault.Range, "want.more-than", "limit", nil},
	"max":              {fault.Range, "want.or-less", "limit", nil},
	"lte":              {fault.Range, "want.or-less", "limit", nil},
	"notbefore":        {fault.Order, "want.not-earlier", "other", nil},
	"unique":           {fault.Unique, "want.no-value-twice", "", nil},
}

// ownTags decide the tags that are ours.
var ownTags = func() map[string]func(reflect.Value) bool {
	own := make(map[string]func(reflect.Value) bool)
	for tag, rule := range textRules {
		own[tag] = func(f reflect.Value) bool { return rule.Broken(f.String()) == "" }
	}
	for tag, r := range tagRules {
		if r.holds != nil {
			own[tag] = r.holds
		}
	}
	return own
}()

// checker is the one validator of the package: it caches what it learns of the
// types and has no other state.
var checker = func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	for tag, holds := range ownTags {
		if err := v.RegisterValidation(tag, func(f validator.FieldLevel) bool { return holds(f.Field()) }, true); err != nil {
			panic(err) // a tag of these tables is misspelt: found by the first test
		}
	}
	// Two dates that are known roughly are in order unless they surely are not.
	inOrder := func(f validator.FieldLevel) bool {
		on, _ := f.Field().Interface().(date.Date)
		from, is := f.Parent().FieldByName(f.Param()).Interface().(date.Date)
		return is && on.Before(from) != date.Yes
	}
	if err := v.RegisterValidation("notbefore", inOrder); err != nil {
		panic(err) // as above
	}
	// What belongs to the other two packages is judged by their own rules.
	type judged interface{ Validate() fault.Fields }
	judge := func(sl validator.StructLevel) {
		for _, e := range sl.Current().Interface().(judged).Validate() {
			sl.ReportError(e, e.Path, e.Path, e.Rule, "")
		}
	}
	for _, of := range []judged{stakeholders.Actor{}, stakeholders.Commitment{}, stakeholders.Strategy{}, appraisal.Problem{}, landscape.Landscape{}, assessment.Evidence{}} {
		v.RegisterStructValidation(judge, of)
	}
	return v
}()

// vocabularies say what the enumerated types of the rooms accept.
var vocabularies = map[reflect.Type]vocabulary{}

// check judges a struct by its tags and names every field that breaks a rule.
func check(s any) error {
	var more fault.Fields
	if c, ok := s.(interface{ faults() fault.Fields }); ok {
		more = c.faults()
	}
	err := checker.Struct(s)
	if err == nil {
		return more.Err()
	}
	var broken validator.ValidationErrors
	if !errors.As(err, &broken) {
		return fault.Refuse("", fault.Type, fmt.Sprintf("%T", s), language.Of("want.module-change"))
	}
	var fields fault.Fields
	for _, e := range broken {
		_, path, _ := strings.Cut(e.Namespace(), ".")
		if rule, ours := textRules[e.Tag()]; ours && e.Param() == "" {
			fields.Text(path, reflect.ValueOf(e.Value()).String(), rule)
			continue
		}
		if f, judged := e.Value().(fault.Field); judged {
			fields.Add(path, f.Rule, f.Value, f.Want)
			continue
		}
		r := tagRules[e.Tag()]
		var want fault.Words = language.Of(r.want)
		if r.parameter != "" {
			want = language.Of(r.want, r.parameter, strings.ToLower(e.Param()))
		} else if names, closed := vocabularies[reflect.TypeOf(e.Value())]; closed && e.Tag() == "known" {
			want = names.want
		}
		if kind := e.Kind(); r.rule == fault.Range && (kind == reflect.Slice || kind == reflect.Map) {
			r.rule = fault.Length
		}
		fields.Add(path, r.rule, e.Value(), want)
	}
	fields.Under("", more)
	sortMapKeys(fields)
	return fields
}

// glance holds a plain struct against its tags without the validator, which takes
// longer than all the rest of a move. It only says whether all is well; what is not,
// check names.
type glance []struct {
	field    int
	optional bool // nothing is asked of an empty one
	holds    []func(reflect.Value) bool
}

// glanceAt reads the tags of a plain struct once; false where one is not ours.
func glanceAt(t reflect.Type) (glance, bool) {
	all := make(glance, t.NumField())
	for i := range all {
		f := &all[i]
		f.field = i
		for tag := range strings.SplitSeq(t.Field(i).Tag.Get("validate"), ",") {
			holds, ours := ownTags[tag]
			switch {
			case tag == "omitempty":
				f.optional = true
			case ours:
				f.holds = append(f.holds, holds)
			case tag != "":
				return nil, false
			}
		}
		if inner := t.Field(i).Type; inner.Kind() == reflect.Struct {
			within, ours := glanceAt(inner)
			if !ours {
				return nil, false
			}
			f.holds = append(f.holds, within.sound)
		}
	}
	return all, true
}

func (g glance) sound(v reflect.Value) bool {
	for i := range g {
		f := v.Field(g[i].field)
		if g[i].optional && f.IsZero() {
			continue
		}
		for _, holds := range g[i].holds {
			if !holds(f) {
				return false
			}
		}
	}
	return true
}

// sortMapKeys orders the fields that are keys of one map: the validator walks a
// map in no order.
func sortMapKeys(fields fault.Fields) {
	list := func(f fault.Field) string { return f.Path[:max(strings.LastIndexByte(f.Path, '['), 0)] }
	for from := 0; from < len(fields); {
		to := from + 1
		for to < len(fields) && list(fields[from]) != "" && list(fields[to]) == list(fields[from]) {
			to++
		}
		if strings.HasSuffix(list(fields[from]), "scores") {
			slices.SortFunc(fields[from:to], func(a, b fault.Field) int { return strings.Compare(a.Path, b.Path) })
		}
		from = to
	}
}

// isKnown: the value is one that its type defines.
func isKnown(f reflect.Value) bool {
	v, ok := f.Interface().(interface{ Valid() bool })
	return ok && v.Valid()
}

func isFinite(f reflect.Value) bool { return !math.IsNaN(f.Float()) && !math.IsInf(f.Float(), 0) }

// fingerprint identifies a text.
func fingerprint(text string) string {
	h := fnv.New64a()
	h.Write([]byte(text))
	return fmt.Sprintf("%016x", h.Sum64())
}

// earliest and latest bound the moments that JSON can hold.
var (
	earliest = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
)
