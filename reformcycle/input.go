package reformcycle

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is what a change must not hold: what only the cycle sets, and in input,
// though not in a record that is folded again, what lies in the future.

// inner is a field of a type that is looked at, or that has such fields below it.
type inner struct {
	index int
	name  string
	own   bool // the cycle sets it
	below []inner
}

// innerOf lists the fields of a struct that are looked at. A field that no tag checks
// is one that the cycle sets, but for a change within a change, which is judged as its
// own kind, and the terms of a checklist, which take the place of whatever is there.
func innerOf(t reflect.Type, above ...reflect.Type) (all []inner) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || slices.Contains(above, t) {
		return nil
	}
	above = append(above, t)
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Type.Kind() == reflect.Interface || f.Type == reflect.TypeFor[Terms]() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		in := inner{index: i, name: name, own: f.Tag.Get("validate") == "-"}
		if !in.own {
			in.below = innerOf(f.Type, above...)
		}
		if in.own || in.below != nil || f.Type == reflect.TypeFor[date.Date]() {
			all = append(all, in)
		}
	}
	return all
}

// walk visits the fields of a value that are looked at and not empty.
func walk(v reflect.Value, path string, fields []inner, visit func(path string, of reflect.Type, v reflect.Value, own bool)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), path, fields, visit)
		}
		return
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), fault.At(path, i), fields, visit)
		}
		return
	}
	for _, f := range fields {
		at := f.name
		if path != "" {
			at = path + "." + f.name
		}
		if held := v.Field(f.index); !held.IsZero() {
			if f.below == nil {
				visit(at, v.Type(), held, f.own)
			}
			walk(held, at, f.below, visit)
		}
	}
}

// own names what is filled in of a change and only the cycle sets.
func (k *kindEntry) own(c Change) (wrong fault.Fields) {
	walk(reflect.ValueOf(c), "", k.inner, func(path string, _ reflect.Type, v reflect.Value, own bool) {
		if own {
			wrong.Add(path, fault.Own, nil, fault.WantOwn)
		}
	})
	return wrong
}

// past lists the dates of a change that tell of what has been, by their types.
var past = map[reflect.Type][]string{
	reflect.TypeFor[assessment.Evidence](): {"on"},
}

// begun reports whether a date has come by a moment, or its earliest day has: anywhere
// on earth, for where the day comes first, it does so fourteen hours before it does in
// Greenwich.
func begun(on date.Date, by time.Time) bool {
	return date.Of(by.Add(14*time.Hour)).Before(on) != date.Yes
}

// notCome refuses a date that has not begun.
func notCome(path string, on date.Date, by time.Time) fault.Fields {
	return fault.Fields{{Path: path, Rule: fault.Order, Value: on.String(), Want: language.Of("want.has-come", "now", by.Format(time.DateOnly))}}
}

// early names what of a change is said to have been later than a moment.
func (k *kindEntry) early(c Change, latest time.Time) (wrong fault.Fields) {
	walk(reflect.ValueOf(c), "", k.inner, func(path string, of reflect.Type, v reflect.Value, own bool) {
		on, is := v.Interface().(date.Date)
		if is && !own && !begun(on, latest) && slices.Contains(past[of], path[strings.LastIndexByte(path, '.')+1:]) {
			wrong = append(wrong, notCome(path, on, latest)...)
		}
	})
	return wrong
}
