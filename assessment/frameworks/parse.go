package frameworks

// This file reads a framework's file strictly, and remembers where each value
// stands, so that a fault of its content is shown by line as a fault of its
// JSON is.

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
)

const maxBytes = 1 << 20

// Parse reads a framework from a file that keeps to [Schema], of at most 1 MiB.
// It is as strict with a host's own file as with the built-in ones: unknown and
// repeated keys, nulls, trailing data, invalid UTF-8, texts without English and
// items without a source are refused.
//
// All errors are [assessment.FieldErrors], with everything that is wrong, in
// the order of the file. The field is the place, then the path:
// "framework:41:17: items[6].sources[0]", with line and column from 1, the
// column in characters. Where something is missing, it is the place of what it
// is missing from. Where the JSON itself is broken, it is the place alone.
func Parse(data []byte) (*Framework, error) {
	var f file
	r, err := read(data, &f)
	if err != nil {
		return nil, err
	}
	checklist, faults := f.validate()
	if err := r.refused(faults); err != nil {
		return nil, err
	}
	return newFramework(f, checklist), nil
}

// reading is a walk over a JSON document, into a Go value.
type reading struct {
	data   []byte
	dec    *json.Decoder
	at     map[string]int // path → offset of its value
	faults assessment.FieldErrors
}

// read fills into, a pointer to a struct, as far as the data goes. An error
// means that the data is no JSON; what else is wrong is kept in the reading.
func read(data []byte, into any) (*reading, error) {
	r := &reading{data: data, at: make(map[string]int)}
	refuse := func(offset int, rule string, value any, want string) error {
		field := "framework"
		if offset >= 0 {
			field = r.place(offset)
		}
		return assessment.FieldErrors{{Field: field, Rule: rule, Value: value, Want: want}}
	}
	if len(data) > maxBytes {
		return nil, refuse(-1, "length", len(data), "at most 1048576 bytes of JSON")
	}
	if !utf8.Valid(data) {
		// encoding/json would replace the bad bytes without a word.
		return nil, refuse(validPrefix(data), "utf8", "bytes that are not UTF-8", "valid UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		offset := -1
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			// Offset counts the bytes read, the offending one included.
			offset = max(int(syntax.Offset)-1, 0)
		}
		return nil, refuse(offset, "json", err.Error(), "one well-formed JSON object")
	}
	r.dec = json.NewDecoder(bytes.NewReader(data))
	r.value("", reflect.ValueOf(into).Elem())
	return r, nil
}

func (r *reading) fault(path, rule string, value any, want string) {
	r.faults = append(r.faults, assessment.FieldError{Field: path, Rule: rule, Value: value, Want: want})
}

var (
	textType            = reflect.TypeFor[Text]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// value reads the value that the decoder stands before.
func (r *reading) value(path string, v reflect.Value) {
	start := r.next()
	r.at[path] = start
	switch t := v.Type(); {
	case t == textType:
		var text Text
		if r.object(path, start, func(lang, at string) {
			var s string
			r.value(at, reflect.ValueOf(&s).Elem())
			text = text.with(lang, s)
		}) {
			if text.IsZero() {
				r.fault(path, "required", "an object without a language", `a text in English, under "en"`)
			}
			v.Set(reflect.ValueOf(text))
		}
	case t.Kind() == reflect.Struct:
		keys := keysOf(t)
		r.object(path, start, func(key, at string) {
			if i := slices.Index(keys, key); i >= 0 {
				r.value(at, v.Field(i))
				return
			}
			r.at[at] = r.next()
			r.fault(at, "known", key, "one of "+strings.Join(keys, ", "))
			r.skip()
		})
	case t.Kind() == reflect.Slice:
		if r.data[start] != '[' {
			r.fault(path, "type", r.skip(), "an array")
			return
		}
		_, _ = r.dec.Token() // the data is known to be well-formed
		for i := 0; r.dec.More(); i++ {
			v.Grow(1)
			v.SetLen(i + 1)
			r.value(path+"["+strconv.Itoa(i)+"]", v.Index(i))
		}
		_, _ = r.dec.Token()
	default:
		r.leaf(path, v)
	}
}

// object calls member before each member's value, and reports whether an
// object stands here.
func (r *reading) object(path string, start int, member func(key, at string)) bool {
	if r.data[start] != '{' {
		r.fault(path, "type", r.skip(), "an object")
		return false
	}
	_, _ = r.dec.Token()
	seen := make(map[string]bool)
	for r.dec.More() {
		token, _ := r.dec.Token()
		key, _ := token.(string)
		if key == "" {
			key = `""` // so that its path is not that of the object
		}
		at := strings.TrimPrefix(path+"."+key, ".")
		if seen[key] {
			r.at[at] = r.next()
			r.fault(at, "unique", key, "each key once")
			r.skip()
			continue
		}
		seen[key] = true
		member(key, at)
	}
	_, _ = r.dec.Token()
	return true
}

// leaf reads a string, a number, a truth value, or what reads itself from one.
func (r *reading) leaf(path string, v reflect.Value) {
	var raw json.RawMessage
	_ = r.dec.Decode(&raw)
	err := errors.New("null says nothing")
	if string(raw) != "null" {
		err = json.Unmarshal(raw, v.Addr().Interface())
	}
	if err == nil {
		return
	}
	want := map[reflect.Kind]string{
		reflect.String: "a string", reflect.Bool: "true or false", reflect.Float64: "a number within the range of a double",
	}[v.Kind()]
	rule := "type"
	if refused, ok := errors.AsType[assessment.FieldError](err); ok {
		rule, want = refused.Rule, refused.Want
	} else if v.Addr().Type().Implements(textUnmarshalerType) {
		want = "a name, as a string"
	}
	r.fault(path, rule, string(raw), want)
	v.SetZero()
}

// skip passes over a value and names what it is.
func (r *reading) skip() string {
	var raw json.RawMessage
	_ = r.dec.Decode(&raw)
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	default:
		return string(raw)
	}
}

// next is the offset of the next value or key.
func (r *reading) next() int {
	n := int(r.dec.InputOffset())
	for n < len(r.data)-1 && strings.IndexByte(" \t\r\n,:", r.data[n]) >= 0 {
		n++
	}
	return n
}

// refused joins the faults of the content to those of the reading, in the order
// of the file, each with its place. What could not be read is not reported
// again as missing.
func (r *reading) refused(content assessment.FieldErrors) error {
	unread := make(map[string]bool)
	for _, f := range r.faults {
		if f.Rule != "known" && f.Rule != "unique" {
			unread[f.Field] = true
		}
	}
	all := slices.Clone(r.faults)
	for _, f := range content {
		told := false
		for path := f.Field; path != "" && !told; path = parent(path) {
			told = unread[path]
		}
		if !told && !unread[""] {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b assessment.FieldError) int {
		return cmp.Compare(r.offset(a.Field), r.offset(b.Field))
	})
	for i, f := range all {
		all[i].Field = r.place(r.offset(f.Field))
		if f.Field != "" {
			all[i].Field += ": " + f.Field
		}
	}
	return all.Err()
}

// offset is where the value at path stands, or the nearest thing around it
// that is there.
func (r *reading) offset(path string) int {
	for ; ; path = parent(path) {
		if offset, ok := r.at[path]; ok || path == "" {
			return offset
		}
	}
}

// parent cuts the last step off a path.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// place writes the line and column, both from 1, of the byte at offset.
func (r *reading) place(offset int) string {
	before := r.data[:min(max(offset, 0), len(r.data))]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return "framework:" + strconv.Itoa(line) + ":" + strconv.Itoa(column)
}

func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return keys
}

func validPrefix(data []byte) int {
	n := 0
	for n < len(data) {
		r, size := utf8.DecodeRune(data[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}
