package landscape

// This file reads a landscape from JSON, strictly.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
)

// MaxBytes is the largest text that [Parse] and [ParsePosts] read: 32 MiB.
const MaxBytes = 32 << 20

// Parse reads a landscape from JSON and validates it. It is strict: unknown
// and repeated keys, keys in another case, trailing text and invalid UTF-8 are
// refused, so that a misspelt "workrs" can't pass for a number that is not
// known.
//
// All errors are [assessment.FieldErrors]. Where the JSON can't be read, the
// field is the position, "landscape:line:column"; a wrong key has its path as
// field, and its position stands in what is wanted.
func Parse(data []byte) (Landscape, error) {
	if err := checkText("landscape", data); err != nil {
		return Landscape{}, err
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		field := "landscape"
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			// Offset counts the bytes read, the offending one included.
			field = position("landscape", data, int(syntax.Offset)-1)
		}
		return Landscape{}, refuse(field, ruleJSON, err.Error(), "one well-formed JSON object")
	}
	if trimmed := bytes.TrimSpace(whole); trimmed[0] != '{' {
		return Landscape{}, refuse(position("landscape", data, len(data)-len(bytes.TrimLeft(data, " \t\r\n"))), ruleType, string(trimmed[:1]), "one well-formed JSON object")
	}
	if err := checkKeys(data).Err(); err != nil {
		return Landscape{}, err
	}
	var wire wireLandscape
	if err := json.Unmarshal(data, &wire); err != nil {
		wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
		if !ok {
			return Landscape{}, refuse("landscape", ruleType, err.Error(), "the JSON of a landscape")
		}
		return Landscape{}, refuse(position("landscape", data, int(wrong.Offset)-1), ruleType, wrong.Value, jsonType(wrong.Type))
	}
	l, errs := wire.landscape()
	errs = append(errs, l.Validate()...)
	if err := errs.Err(); err != nil {
		return Landscape{}, err
	}
	return l.Clone(), nil
}

// checkText refuses what no reader of this package takes. encoding/json would
// replace bytes that are not UTF-8 without a word.
func checkText(name string, data []byte) error {
	if len(data) > MaxBytes {
		return refuse(name, ruleLength, len(data), fmt.Sprintf("at most %d bytes", MaxBytes))
	}
	if utf8.Valid(data) {
		return nil
	}
	n := 0
	for n < len(data) {
		r, size := utf8.DecodeRune(data[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return refuse(position(name, data, n), ruleUTF8, "bytes that are not UTF-8", "valid UTF-8")
}

func refuse(field, rule string, value any, want string) error {
	return assessment.FieldErrors{{Field: field, Rule: rule, Value: value, Want: want}}
}

// wireLandscape is Landscape with what would end the reading left as text, so
// that a wrong word or date is reported with its path and beside all other
// faults.
type wireLandscape struct {
	plainLandscape
	Statements []wireStatement `json:"statements"`
}

type wireStatement struct {
	plainStatement
	Evidence wireEvidence `json:"evidence"`
}

type wireEvidence struct {
	plainEvidence
	Basis string  `json:"basis"`
	On    *string `json:"on"`
}

type (
	plainLandscape Landscape
	plainStatement Statement
	plainEvidence  assessment.Evidence
)

func (w *wireLandscape) landscape() (Landscape, assessment.FieldErrors) {
	var errs assessment.FieldErrors
	l := Landscape(w.plainLandscape)
	l.Statements = make([]Statement, len(w.Statements))
	for i, ws := range w.Statements {
		s := Statement(ws.plainStatement)
		s.Evidence = assessment.Evidence(ws.Evidence.plainEvidence)
		s.Evidence.Basis = assessment.Basis(ws.Evidence.Basis)
		if on := ws.Evidence.On; on != nil {
			t, err := time.Parse(time.RFC3339, *on)
			if err != nil {
				errs = append(errs, assessment.FieldError{Field: at("statements", i) + ".evidence.on", Rule: ruleRange, Value: *on, Want: `a time as RFC 3339 writes it: "2021-10-12T00:00:00Z"`})
			}
			s.Evidence.On = t
		}
		l.Statements[i] = s
	}
	return l, errs
}

// checkKeys refuses unknown and repeated keys, which encoding/json lets pass or
// reports without saying where. It also matches case exactly. The data must be
// valid JSON.
func checkKeys(data []byte) assessment.FieldErrors {
	w := keyWalk{dec: json.NewDecoder(bytes.NewReader(data)), place: cursor{data: data, line: 1}}
	w.dec.UseNumber() // or a number beyond float64 would end the walk
	w.value("", reflect.TypeFor[Landscape]())
	return w.errs
}

type keyWalk struct {
	dec   *json.Decoder
	place cursor
	errs  assessment.FieldErrors
}

// value walks one value that is to become a t, and reports whether the walk
// may go on. It stops where an object or array stands in the wrong place: the
// decoder says so, in better words.
func (w *keyWalk) value(path string, t reflect.Type) bool {
	token, err := w.dec.Token()
	if err != nil {
		return false
	}
	open, nested := token.(json.Delim)
	switch {
	case !nested:
		return true
	case open == '[' && t.Kind() == reflect.Slice:
		for i := 0; w.dec.More(); i++ {
			if !w.value(at(path, i), t.Elem()) {
				return false
			}
		}
	case open == '{' && t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]():
		if !w.object(path, t) {
			return false
		}
	default:
		return false
	}
	_, err = w.dec.Token() // the closing one
	return err == nil
}

func (w *keyWalk) object(path string, t reflect.Type) bool {
	known := keys[t]
	var seen uint32 // of the keys; no object here has more than 32
	for w.dec.More() {
		token, err := w.dec.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return false
		}
		field := strings.TrimPrefix(path+"."+key, ".")
		i := slices.Index(known, key)
		if i < 0 {
			w.add(field, ruleKnown, key, "one of "+list(known))
			// What it holds is not ours to judge, only to pass over.
			var skip json.RawMessage
			if w.dec.Decode(&skip) != nil {
				return false
			}
			continue
		}
		if seen>>i&1 == 1 {
			w.add(field, ruleUnique, key, "each key once")
		}
		seen |= 1 << i
		if !w.value(field, t.Field(i).Type) {
			return false
		}
	}
	return true
}

func (w *keyWalk) add(field, rule, key, want string) {
	line, column := w.place.to(int(w.dec.InputOffset()) - 1)
	w.errs = append(w.errs, assessment.FieldError{
		Field: field, Rule: rule, Value: key,
		Want: fmt.Sprintf("%s; the key ends at line %d, column %d", want, line, column),
	})
}

// keys are those that each kind of object may hold, in the order of its fields.
var keys = func() map[reflect.Type][]string {
	all := make(map[reflect.Type][]string)
	for _, t := range []reflect.Type{
		reflect.TypeFor[Landscape](), reflect.TypeFor[Area](), reflect.TypeFor[Service](),
		reflect.TypeFor[Programme](), reflect.TypeFor[Funding](), reflect.TypeFor[Cadre](), reflect.TypeFor[Pay](),
		reflect.TypeFor[Post](), reflect.TypeFor[Statement](), reflect.TypeFor[assessment.Evidence](),
	} {
		for i := range t.NumField() {
			key, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			all[t] = append(all[t], key)
		}
	}
	return all
}()

// jsonType names in JSON's words what a Go type is read from.
func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number within the range of a double"
	case reflect.Int:
		return "a whole number"
	case reflect.Slice:
		return "an array"
	default:
		return "an object"
	}
}

// position writes the line and column of the byte at offset.
func position(name string, data []byte, offset int) string {
	c := cursor{data: data, line: 1}
	line, column := c.to(offset)
	return name + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(column)
}

// cursor walks forward through a text and counts lines, so that a file of a
// hundred thousand faults is read once and not once for each.
type cursor struct {
	data  []byte
	at    int
	line  int // of at, from 1
	begin int // of that line
}

// to returns the line and the column, in characters, both from 1, of the byte
// at offset, which must not lie before that of the last call.
func (c *cursor) to(offset int) (line, column int) {
	offset = min(max(offset, c.at), len(c.data))
	passed := c.data[c.at:offset]
	c.line += bytes.Count(passed, []byte{'\n'})
	if i := bytes.LastIndexByte(passed, '\n'); i >= 0 {
		c.begin = c.at + i + 1
	}
	c.at = offset
	return c.line, 1 + utf8.RuneCount(c.data[c.begin:offset])
}
