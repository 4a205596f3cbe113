package simulation

// Reading a scenario from JSON, strictly, with everything that is wrong in one
// report.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/stakeholders"
)

const maxBytes = 4 << 20

// ParseScenario reads a scenario from JSON of at most 4 MiB, of the form that
// [Schema] describes. Numbers that are left out have the defaults of the
// register. It is strict: unknown and repeated keys, trailing data and invalid
// UTF-8 are refused, so that a misspelt "hazrad" can't leave a default in
// place unseen. All errors are [assessment.FieldErrors] with everything that is
// wrong.
func ParseScenario(data []byte) (Scenario, error) {
	switch {
	case len(data) > maxBytes:
		return Scenario{}, refuse("scenario", "length", len(data), "at most 4194304 bytes of JSON")
	case !utf8.Valid(data):
		return Scenario{}, refuse("scenario", "utf8", nil, "valid UTF-8")
	}
	var whole json.RawMessage
	if err := decodeOne(data, &whole); err != nil {
		return Scenario{}, refuse("scenario", "json", bounded(err.Error()), "one JSON object, and nothing after it")
	}
	s := NewScenario("")
	var f faults
	f.read("", whole, reflect.ValueOf(&s).Elem())
	if len(f) == 0 {
		f = faults(s.Validate())
	}
	if err := f.err(); err != nil {
		return Scenario{}, err
	}
	return s, nil
}

// decodeOne reads one JSON value and refuses anything after it.
func decodeOne(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more after the end of the value")
	}
	return nil
}

// read fills v from JSON that is valid by its form. Null leaves v as it is.
func (f *faults) read(path string, raw json.RawMessage, v reflect.Value) {
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		return
	}
	field := strings.TrimPrefix(path, ".")
	if field == "" {
		field = "scenario"
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
			if a, ok := all.Index(i).Addr().Interface().(*Actor); ok {
				*a = NewActor("", "")
			}
			f.read(at(path, i), list[i], all.Index(i))
		}
		v.Set(all)
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
	var level assessment.FieldError
	var actor stakeholders.FieldError
	switch {
	case errors.As(err, &level):
		return level.Want
	case errors.As(err, &actor):
		return actor.Want
	}
	var typed *json.UnmarshalTypeError
	if !errors.As(err, &typed) {
		return err.Error() // a name of package reformcycle, which lists those there are
	}
	switch t.Kind() {
	case reflect.Float64:
		return "a number within the range of a double"
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	default:
		return "a string"
	}
}
