package language

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Text is a sentence for people in no language yet: the id of a text and what it is
// told with. A [Language] says it; String says it in English. The zero value says
// nothing.
type Text struct {
	// ID of the text. Empty where it is what somebody typed, which nobody translates;
	// Built for a text out of built-in data, which is known by its English words.
	ID string
	// Args in the order in which they were given.
	Args []Arg
	// Plain is what to say where no language has the id: the text of a criterion that
	// a host wrote, say, in whatever language that was.
	Plain string
	// in is what its JSON form says it in; nil for English.
	in *Language
}

// Arg is one argument of a text. Its value is a string (a name, an id, a date as
// 2003-05), a whole number, a float64, a Text, or a list of strings or of Texts. Of takes
// those of types with names as well, and refusals, of which it makes texts.
type Arg struct {
	Name  string
	Value any
}

// Of makes a text of an id and of names and values in turn:
//
//	language.Of("stage.since", "stage", language.Of("stage.design"), "on", "2003-05")
//
// A text that is told with too little says so where the argument would stand; that is
// a fault of the program, which its tests find.
func Of(id string, args ...any) Text {
	t := Text{ID: id}
	if len(args) > 0 {
		t.Args = make([]Arg, 0, (len(args)+1)/2)
	}
	for i := 0; i+1 < len(args); i += 2 {
		name, _ := args[i].(string)
		t.Args = append(t.Args, Arg{name, asArgument(args[i+1])})
	}
	return t
}

// asArgument makes texts of what package fault says and of refusals, and strings and
// numbers of types that have names.
func asArgument(value any) any {
	switch v := value.(type) {
	case string, int, float64, Text, []string, []Text:
		return v
	case fault.Said:
		return ofSaid(v)
	case []fault.Said:
		texts := make([]Text, len(v))
		for i := range v {
			texts[i] = ofSaid(v[i])
		}
		return texts
	case error:
		return Refused(v)
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v.Uint()
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String {
			names := make([]string, v.Len())
			for i := range names {
				names[i] = v.Index(i).String()
			}
			return names
		}
	}
	return value
}

// Typed is a text that somebody typed: it is said as it stands.
func Typed(text string) Text { return Text{Plain: text} }

// BuiltIn is the id of all texts that [Built] makes.
const BuiltIn = "built-in"

// Built is a text out of the data that comes with the module, such as a criterion: it
// is known by its English words, so that a host's own criterion beside it, or the same
// one in other words, needs nothing.
func Built(english string) Text { return Text{ID: BuiltIn, Plain: english} }

// Or gives the same text with what to say where no language has its id.
func (t Text) Or(plain string) Text {
	t.Plain = plain
	return t
}

// Refused tells of an error why something was refused: what it tells itself, by a method
// Told; the fields of an input, by [fault.Fields]; else its message, as it stands.
func Refused(err error) Text {
	if err == nil {
		return Text{}
	}
	type telling interface {
		error
		Told() Text
	}
	if told, tells := errors.AsType[telling](err); tells {
		return told.Told()
	}
	if fields := fault.Of(err); fields != nil {
		return ofSaid(fields.Told())
	}
	return Typed(fault.Cut(err.Error(), fault.MaxMessage))
}

// Words is the text of what a refusal or a schema says.
func Words(words fault.Words) Text {
	switch w := words.(type) {
	case nil:
		return Text{}
	case Text:
		return w
	case fault.Said:
		return ofSaid(w)
	}
	return Typed(fmt.Sprint(words))
}

// ofSaid is a text of package fault.
func ofSaid(s fault.Said) Text { return Of(s.ID, s.Args...) }

// In gives the same text, whose JSON form says it in a language; nil is English.
func (t Text) In(l *Language) Text {
	t.in = l
	return t
}

// IsZero reports whether there is nothing to say.
func (t Text) IsZero() bool { return t.ID == "" && t.Plain == "" }

// String says the text in English.
func (t Text) String() string { return English().Say(t) }

func (t Text) arg(name string) (any, bool) {
	for _, a := range t.Args {
		if a.Name == name {
			return a.Value, true
		}
	}
	return nil, false
}

// wireText is the JSON form of a text.
type wireText struct {
	ID   string         `json:"id,omitempty"`
	Args map[string]any `json:"args,omitempty"`
	Text string         `json:"text"`
}

// MarshalJSON gives {"id": …, "args": {…}, "text": …}: the arguments by name, and the
// text in the language that In was given, or in English.
func (t Text) MarshalJSON() ([]byte, error) {
	w := wireText{ID: t.ID, Text: t.Plain}
	if t.ID != "" && (t.ID != BuiltIn || t.in != nil) {
		w.Text = t.in.Say(t)
	}
	if len(t.Args) > 0 {
		w.Args = make(map[string]any, len(t.Args))
	}
	for _, a := range t.Args {
		switch v := a.Value.(type) {
		case Text:
			w.Args[a.Name] = v.In(t.in)
		case []Text:
			all := make([]Text, len(v))
			for i := range v {
				all[i] = v[i].In(t.in)
			}
			w.Args[a.Name] = all
		default:
			w.Args[a.Name] = v
		}
	}
	return json.Marshal(w)
}

// maxDepth is how deep texts may stand in one another.
const maxDepth = 12

// UnmarshalJSON reads what MarshalJSON writes; the arguments come in the order of
// their names.
func (t *Text) UnmarshalJSON(data []byte) error {
	var raw any
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	got, err := textOf(raw, maxDepth)
	if err == nil {
		*t = got
	}
	return err
}

func textOf(raw any, depth int) (Text, error) {
	object, is := raw.(map[string]any)
	if !is || depth == 0 {
		return Text{}, fault.Refuse("text", fault.Type, raw, Of("want.text-json", "most", maxDepth))
	}
	var t Text
	for _, key := range slices.Sorted(maps.Keys(object)) {
		var ok bool
		switch v := object[key]; key {
		case "id":
			t.ID, ok = v.(string)
		case "text":
			t.Plain, ok = v.(string)
		case "args":
			var args map[string]any
			args, ok = v.(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(args)) {
				value, err := valueOf(args[name], depth)
				if err != nil {
					return Text{}, err
				}
				t.Args = append(t.Args, Arg{name, value})
			}
		}
		if !ok {
			return Text{}, fault.Refuse("text."+fault.Bounded(key), fault.Type, object[key], Of("want.text-fields"))
		}
	}
	return t, nil
}

func valueOf(raw any, depth int) (any, error) {
	switch v := raw.(type) {
	case string, float64:
		return v, nil
	case []any:
		return listOf(v, depth)
	default:
		return textOf(raw, depth-1)
	}
}

// listOf reads a list of strings or one of texts.
func listOf(raw []any, depth int) (any, error) {
	names, texts := make([]string, 0, len(raw)), make([]Text, 0, len(raw))
	for _, item := range raw {
		if name, is := item.(string); is {
			names = append(names, name)
			continue
		}
		t, err := textOf(item, depth-1)
		if err != nil {
			return nil, err
		}
		texts = append(texts, t)
	}
	switch {
	case len(texts) == 0:
		return names, nil
	case len(names) == 0:
		return texts, nil
	}
	return nil, fault.Refuse("text.args", fault.Type, raw, Of("want.text-list"))
}
