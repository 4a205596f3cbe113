package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file tells what was recorded, field by field, in the words of the form for it.

// toldField is a field and what was recorded in it.
type toldField struct {
	Label language.Text
	// Values of a field, one or several; Typed by people, who said them as they stand.
	Values []language.Text
	Typed  bool
	// ID says that it is what programs know the thing by.
	ID bool
	// Parts of a group, and the groups of a list.
	Parts []toldField
	Rows  [][]toldField
}

// tellChange tells a change of a state.
func (v *visit) tellChange(s reformcycle.State, change reformcycle.Change) ([]toldField, error) {
	data, err := dataOf(change)
	if err != nil {
		return nil, err
	}
	return v.tellData(about{state: s, kind: change.Kind()}, data)
}

// tellEntry tells an entry; of is the one that it corrects, if it does.
func (v *visit) tellEntry(s reformcycle.State, e, of reformcycle.Entry) ([]toldField, error) {
	data := []byte(e.Data)
	if change, err := e.Change(); err == nil { // in the form of today
		if now, err := dataOf(change); err == nil {
			data = now
		}
	}
	return v.tellData(about{state: s, kind: e.Kind, entry: of}, data)
}

func (v *visit) tellData(a about, data []byte) ([]toldField, error) {
	what, known := asked(a.kind, a.entry)
	if !known {
		return nil, nil
	}
	var x any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&x); err != nil {
		return nil, err
	}
	told := v.tellParts(a, &what, x, "")
	if len(told) == 1 && told[0].Parts != nil { // which says no more than the kind of the change
		return told[0].Parts, nil
	}
	return told, nil
}

func (v *visit) tellParts(a about, s *schema.Schema, x any, path string) (all []toldField) {
	object, _ := x.(map[string]any)
	for _, f := range fieldsOf(s) {
		if one, is := v.tellField(a, &f.Schema, object[f.Name], joined(path, f.Name)); is {
			all = append(all, one)
		}
	}
	return all
}

// tellField tells one; false where nothing is recorded in it.
func (v *visit) tellField(a about, s *schema.Schema, x any, path string) (toldField, bool) {
	f := toldField{Label: s.Title, ID: path[strings.LastIndexByte(path, '.')+1:] == "id"}
	list, _ := x.([]any)
	switch how := filledAs(s); {
	case x == nil || how == fixed:
	case how == group:
		f.Parts = v.tellParts(a, s, x, path)
	case how == rows:
		for _, one := range list {
			if filledAs(s.Items) == group {
				if parts := v.tellParts(a, s.Items, one, path); parts != nil {
					f.Rows = append(f.Rows, parts)
				}
			} else if inner, is := v.tellField(a, s.Items, one, path); is {
				f.Values = append(f.Values, inner.Values...)
			}
		}
	case how == pairs:
		object, _ := x.(map[string]any)
		names := make([]string, 0, len(object))
		for name := range object {
			names = append(names, name)
		}
		slices.Sort(names)
		known := v.known(a, path)
		for _, name := range names {
			if inner, is := v.tellField(a, s.Items, object[name], path); is {
				inner.Label, _ = referred(known, name)
				f.Parts = append(f.Parts, inner)
			}
		}
	case how == choices:
		options := offers(s.Items)
		for _, one := range list {
			text, _ := referred(options, fmt.Sprint(one))
			f.Values = append(f.Values, text)
		}
	case list != nil:
		known := v.known(a, path)
		f.Typed = true
		for _, one := range list {
			text, _ := referred(known, fmt.Sprint(one))
			f.Values = append(f.Values, text)
		}
	case how == tick:
		if x == true {
			f.Values = []language.Text{language.Of("web-room.yes")}
		}
	case how == choice:
		text, _ := referred(offers(s), fmt.Sprint(x))
		f.Values = []language.Text{text}
	default:
		f.Values, f.Typed = v.tellValue(a, s, x, path, how)
	}
	return f, f.Values != nil || f.Parts != nil || f.Rows != nil
}

// tellValue tells what stands in a field of one value.
func (v *visit) tellValue(a about, s *schema.Schema, x any, path string, how as) (values []language.Text, typed bool) {
	text := fmt.Sprint(x)
	name := path[strings.LastIndexByte(path, '.')+1:]
	one := func(t language.Text) []language.Text { return []language.Text{t} }
	n, numeric := x.(json.Number)
	switch {
	case text == "":
		return nil, false
	case name == "position":
		var p stakeholders.Position
		if wire, err := json.Marshal(x); err == nil && p.UnmarshalJSON(wire) == nil {
			return one(p.Told()), false
		}
	case numeric && slices.Contains([]string{"year", "seq", "entry", "design", "adopts"}, name):
	case numeric:
		if f, err := n.Float64(); err == nil {
			return one(language.Of("web-room.number", "n", f)), false
		}
	case how == day:
		return one(language.Of("brief.on", "on", text)), false
	case s.Format == "date-time" && len(text) >= len("2006-01-02"):
		return one(language.Of("brief.on", "on", text[:len("2006-01-02")])), false
	}
	t, _ := referred(v.known(a, path), text)
	return one(t), true
}

// referred is what people call a value; false where it stands for itself.
func referred(options []option, value string) (language.Text, bool) {
	for _, o := range options {
		if o.Value == value {
			return o.Text, true
		}
	}
	return language.Typed(value), false
}

// mainly are the first texts of what was recorded, but for its id, enough to tell it from
// others.
func mainly(told []toldField) (all []language.Text) {
	const most = 2
	for _, f := range told {
		values := f.Values
		if f.ID {
			continue
		}
		if f.Parts != nil {
			values = mainly(f.Parts)
		}
		for i, t := range values {
			if i == 0 && len(all) < most {
				all = append(all, t)
			}
		}
		if len(all) == most {
			break
		}
	}
	return all
}
