package simulation

// Reading a scenario from JSON, strictly, with everything that is wrong in one
// report.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

const maxBytes = 4 << 20

// ParseScenario reads a scenario from JSON of at most 4 MiB, of the form that
// [Schema] describes. Numbers that are left out have the defaults of the
// register. It is strict: unknown and repeated keys, null, trailing data and
// invalid UTF-8 are refused, so that a misspelt "hazrad" can't leave a default
// in place unseen. All errors are [fault.Fields] with everything that
// is wrong: what can't be read, then what may not be, but for what hangs on
// something that could not be read. JSON that is none has a position, "scenario:12:7"
// (line, column).
func ParseScenario(data []byte) (Scenario, error) {
	switch {
	case len(data) > maxBytes:
		return Scenario{}, refuse("scenario", "length", len(data), "at most 4194304 bytes of JSON")
	case !utf8.Valid(data):
		return Scenario{}, refuse("scenario", "utf8", nil, "valid UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		field := "scenario"
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			// Offset counts the bytes read, the offending one included.
			field = position(data, int(syntax.Offset)-1)
		}
		return Scenario{}, refuse(field, "json", bounded(err.Error()), "one JSON object, and nothing after it")
	}
	s := NewScenario("")
	var f faults
	f.read("", whole, reflect.ValueOf(&s).Elem())
	f.rest(s.Validate())
	if err := f.err(); err != nil {
		return Scenario{}, err
	}
	return s, nil
}

// position writes the line and column, both from 1, of the byte at offset.
func position(data []byte, offset int) string {
	before := data[:min(max(offset, 0), len(data))]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Sprintf("scenario:%d:%d", line, column)
}

// rest takes in what is wrong with a scenario beside what could not be read. Of
// that, the scenario has a default or nothing, so nothing is said of it again, nor
// of names and sums elsewhere that it may be missing in.
func (f *faults) rest(wrong fault.Fields) {
	unread := make(map[string]bool, len(*f))
	for _, e := range *f {
		unread[e.Path] = true
	}
	for _, e := range wrong {
		told := unread["scenario"] || len(unread) > 0 && (e.Rule == "exists" || e.Rule == "sum")
		for i := len(e.Path); i > 0 && !told; i = strings.LastIndexAny(e.Path[:i], ".[") {
			told = unread[e.Path[:i]]
		}
		if !told {
			*f = append(*f, e)
		}
	}
}

// read fills v from JSON that is valid by its form.
func (f *faults) read(path string, raw json.RawMessage, v reflect.Value) {
	raw = bytes.TrimSpace(raw)
	field := strings.TrimPrefix(path, ".")
	if field == "" {
		field = "scenario"
	}
	if string(raw) == "null" && path != "" {
		f.add(field, "type", "null", "no null: leave it out")
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.read(path, raw, v.Elem())
	case reflect.Struct:
		if raw[0] != '{' {
			f.add(field, "type", bounded(string(raw)), "an object")
			return
		}
		f.object(path, raw, v)
	case reflect.Slice:
		var list []json.RawMessage
		if raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
			f.add(field, "type", bounded(string(raw)), "an array")
			return
		}
		if most := maxActors * maxActors; len(list) > most {
			f.add(field, "length", len(list), fmt.Sprintf("at most %d of them", most))
			return
		}
		all := reflect.MakeSlice(v.Type(), len(list), len(list))
		for i := range list {
			if a, ok := all.Index(i).Addr().Interface().(*CastActor); ok {
				*a = NewCastActor("", "")
			}
			f.read(at(path, i), list[i], all.Index(i))
		}
		v.Set(all)
	case reflect.Int:
		var x float64 // 120.0 and 1.2e2 are whole numbers, too
		if err := json.Unmarshal(raw, &x); err != nil || x != math.Trunc(x) || math.Abs(x) >= 1e15 {
			f.add(field, "type", bounded(string(raw)), "a whole number of at most 15 digits")
			return
		}
		v.SetInt(int64(x))
	default:
		if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
			f.add(field, "type", bounded(string(raw)), wanted(err, v.Type()))
		}
	}
}

func (f *faults) object(path string, raw json.RawMessage, v reflect.Value) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return // not reached: the form was checked
	}
	keys := keysOf(v.Type())
	var seen []string
	for dec.More() {
		token, err := dec.Token()
		key, ok := token.(string)
		var member json.RawMessage
		if err != nil || !ok || dec.Decode(&member) != nil {
			return // not reached either
		}
		at := strings.TrimPrefix(path+"."+key, ".")
		switch i := slices.Index(keys, key); {
		case i < 0:
			f.add(at, "known", key, "one of "+strings.Join(keys, ", "))
		case slices.Contains(seen, key):
			f.add(at, "unique", key, "each key once")
		default:
			seen = append(seen, key)
			f.read(path+"."+key, member, v.Field(i))
		}
	}
}

// keysOf lists the keys of a struct's fields, in their order.
func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return keys
}

// wanted says what a field that could not be read accepts.
func wanted(err error, t reflect.Type) string {
	if t == reflect.TypeFor[reformcycle.Stage]() {
		return eightStages
	}
	var named fault.Field
	if errors.As(err, &named) {
		return named.Want
	}
	var typed *json.UnmarshalTypeError
	if !errors.As(err, &typed) {
		return err.Error()
	}
	switch t.Kind() {
	case reflect.Float64:
		if strings.HasPrefix(typed.Value, "number ") {
			return "a number within the range of a double"
		}
		return "a number"
	case reflect.Bool:
		return "true or false"
	default:
		return "a string"
	}
}
