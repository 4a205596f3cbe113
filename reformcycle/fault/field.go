package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrInvalid is matched, through [errors.Is], by every refusal of an input.
var ErrInvalid = errors.New("invalid input")

// The rules that several packages share, as [Field.Rule] names them. A package
// may have rules of its own beside them.
const (
	Required   = "required"   // missing or blank
	Encoding   = "utf-8"      // not valid UTF-8
	Length     = "length"     // too long, or too many
	Characters = "characters" // a character, or space around it, that may not stand there
	Known      = "known"      // not one of a closed set of names
	Exists     = "exists"     // a reference to what is not there
	Unique     = "unique"     // there twice
	Same       = "same"       // not that of what it is put beside
	Range      = "range"      // a number or a time outside its range
	Order      = "order"      // an end before its beginning
	Sum        = "sum"        // shares that do not add up
	Type       = "type"       // JSON of another type
	Syntax     = "json"       // no JSON
	Own        = "own"        // set by whoever keeps the record, and so not by input
	More       = "more"       // stands last where there are more faults than are collected
)

// WantOwn is what is accepted where only whoever keeps the record writes.
var WantOwn = say("want.own")

// WantBool is what is accepted where there is yes and no.
var WantBool = say("want.json-bool")

// WantMoment is what is accepted where a time is read.
var WantMoment = say("want.moment", "form", `"2021-10-12T00:00:00Z"`)

// Field says what is wrong with one field of an input.
type Field struct {
	// Path leads from the top of the input to the field, in JSON names:
	// "actor.commitments[1].pledged". It is empty for the input as a whole.
	Path string
	// Rule is the short, stable name of the rule that was broken, such as
	// [Required] or [Unique].
	Rule string
	// Value is what was found; nil where nothing was.
	Value any
	// Want says what would be accepted.
	Want Words
	// Line and Column, in characters, both from 1, say where it stands in a text
	// that was read; 0 where none was, the column also where only the line is known.
	Line, Column int
}

// Error says where, what was found and what would be accepted.
func (f Field) Error() string {
	f.Want = typed(Cut(inWords(f.Want), mostWant))
	return f.Told().String()
}

// Told says where, what was found and what would be accepted.
func (f Field) Told() Said {
	var where Words
	path := typed(printable(f.Path, mostPath))
	switch place := say("place.line", "line", f.Line); {
	case f.Line > 0 && f.Column > 0:
		place = say("place.column", "line", f.Line, "column", f.Column)
		fallthrough
	case f.Line > 0:
		where = place
		if path != "" {
			where = say("place.path", "path", path, "place", place)
		}
	case path != "":
		where = path
	}
	switch own := f.Rule == Own; { // then whatever there is
	case own && where == nil:
		return say("refused.own", "want", f.Want)
	case own:
		return say("refused.own-at", "where", where, "want", f.Want)
	case where == nil:
		return say("refused.got", "found", shown(f.Value), "want", f.Want)
	}
	return say("refused.at", "where", where, "found", shown(f.Value), "want", f.Want)
}

// Is makes errors.Is(err, ErrInvalid) true.
func (f Field) Is(target error) bool { return target == ErrInvalid }

// wireField is the JSON form of a field.
type wireField struct {
	Path   string `json:"path,omitempty"`
	Rule   string `json:"rule"`
	Value  string `json:"value,omitempty"`
	Want   string `json:"want"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// MarshalJSON gives the field with a bounded value.
func (f Field) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireField{printable(f.Path, mostPath), printable(f.Rule, mostShown), Bounded(f.Value), Cut(inWords(f.Want), mostWant), f.Line, f.Column})
}

// UnmarshalJSON reads what MarshalJSON writes, for whoever hears a refusal from a service:
// the value, and what would be accepted, as they were told.
func (f *Field) UnmarshalJSON(data []byte) error {
	var w wireField
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*f = Field{Path: w.Path, Rule: w.Rule, Want: typed(w.Want), Line: w.Line, Column: w.Column}
	if w.Value != "" {
		f.Value = w.Value
	}
	return nil
}

// MaxFields is how many faults of one input are collected.
const MaxFields = 1000

// Fields is everything that is wrong with one input, in the order of the input.
// An empty list is no error: return it through [Fields.Err].
type Fields []Field

// Add appends a fault. Beyond [MaxFields] it only notes, once, that there are more.
func (fs *Fields) Add(path, rule string, value any, want Words) {
	fs.add(Field{Path: path, Rule: rule, Value: value, Want: want})
}

// Under appends the faults of a part, whose paths go on from path.
func (fs *Fields) Under(path string, part Fields) {
	for _, f := range part {
		if fs.Full() {
			return
		}
		f.Path = join(path, f.Path)
		fs.add(f)
	}
}

// join puts the path of a part behind that of the whole.
func join(path, rest string) string {
	if path == "" || rest == "" || rest[0] == '[' || rest[0] == '.' {
		return path + rest
	}
	return path + "." + rest
}

func (fs *Fields) add(f Field) {
	switch {
	case fs.Full():
	case len(*fs) == MaxFields:
		*fs = append(*fs, Field{Path: f.Path, Rule: More, Want: say("want.more"), Line: f.Line, Column: f.Column})
	default:
		*fs = append(*fs, f)
	}
}

// Full reports whether nothing more is collected.
func (fs Fields) Full() bool { return len(fs) > MaxFields }

// Err gives the list as an error, nil where it is empty: an empty list in an
// error would not equal nil.
func (fs Fields) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}

// Refuse makes the refusal of one field.
func Refuse(path, rule string, value any, want Words) error {
	return Fields{{Path: path, Rule: rule, Value: value, Want: want}}
}

// Of gives the faults that an error holds: its [Fields], or its one [Field]; nil
// where it holds none.
func Of(err error) Fields {
	if fields, ok := errors.AsType[Fields](err); ok {
		return fields
	}
	if field, ok := errors.AsType[Field](err); ok {
		return Fields{field}
	}
	return nil
}

// Told says the first faults, so many as a message has room for, and counts the others.
func (fs Fields) Told() Said {
	var told []Said
	for _, f := range fs[:len(fs.first())] {
		told = append(told, f.Told())
	}
	return fs.said(len(told), told)
}

// Error lists the first faults and counts the others.
func (fs Fields) Error() string {
	first := fs.first()
	return fs.said(len(first), strings.Join(first, "; ")).String()
}

// first are the first faults in words, so many as a message has room for.
func (fs Fields) first() (all []string) {
	room := MaxMessage - 1024 // for what wraps them, and the number of those left out
	for _, f := range fs[:min(len(fs), mostListed)] {
		next := f.Error()
		if room -= len(next) + len("; "); all != nil && room < 0 {
			break
		}
		all = append(all, next)
	}
	return all
}

func (fs Fields) said(first int, faults any) Said {
	if more := len(fs) - first; more > 0 {
		return say("refused.more", "faults", faults, "more", more)
	}
	return say("refused.each", "faults", faults)
}

// Is makes errors.Is(err, ErrInvalid) true.
func (fs Fields) Is(target error) bool { return target == ErrInvalid }

// MarshalJSON gives the refusal as an object: its code "invalid", the first faults,
// and, where there are more, how many.
func (fs Fields) MarshalJSON() ([]byte, error) {
	return Fit(len(fs), func(n int) ([]byte, error) {
		return json.Marshal(struct {
			Code   string  `json:"code"`
			Fields []Field `json:"fields"`
			More   int     `json:"more,omitempty"`
		}{"invalid", fs[:n:n], len(fs) - n})
	})
}

// What a message and the JSON form of a refusal have at most.
const (
	// MaxMessage is the bound in bytes of both.
	MaxMessage = 8 << 10

	mostListed = 20  // faults, blockers and the like in a message
	mostNames  = 30  // names in a list of what would be accepted
	mostShown  = 80  // characters of a value
	mostPath   = 200 // characters of a path
	mostWant   = 800 // bytes of what would be accepted
)

// Fit encodes so many of n items as [MaxMessage] leaves room for.
func Fit(n int, encode func(n int) ([]byte, error)) ([]byte, error) {
	for n = min(n, mostListed); ; n-- {
		text, err := encode(n)
		if err != nil || n <= 0 || len(text) <= MaxMessage {
			return text, err
		}
	}
}

// Shown writes a value for a message: texts in quotes, so that blanks and
// controls can be seen, and cut.
func Shown(v any) string { return inWords(shown(v)) }

func shown(v any) Words {
	text, quoted := plain(v)
	switch said, is := text.(typed); {
	case is && quoted:
		return typed(`"` + printable(string(said), mostShown) + `"`)
	case is:
		return typed(printable(string(said), mostShown))
	}
	return text
}

// Bounded writes a value without quotes, cut to 80 characters and made printable.
// A list or a map is counted.
func Bounded(v any) string {
	text, _ := plain(v)
	return printable(inWords(text), mostShown)
}

// plain writes a value as text, a list as how many it has, and says whether it is
// a text itself.
func plain(v any) (text Words, quoted bool) {
	switch v := v.(type) {
	case nil:
		return say("found.nothing"), false
	case string:
		return typed(v), true
	case Said:
		return v, false
	case error:
		return typed(v.Error()), true
	case time.Time:
		if v.IsZero() {
			return say("found.no-moment"), false
		}
		return typed(v.Format(time.RFC3339Nano)), false
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return typed(r.String()), true
	case reflect.Int, reflect.Int64, reflect.Float64, reflect.Uint64, reflect.Bool:
		return typed(fmt.Sprint(v)), false
	case reflect.Slice, reflect.Map:
		if r.IsNil() {
			return say("found.nothing"), false
		}
		return say("found.many", "n", r.Len()), false
	case reflect.Pointer:
		if !r.IsNil() {
			return plain(r.Elem().Interface())
		}
		return say("found.nothing"), false
	default:
		if r.IsZero() { // of a name, such as a stage
			return say("found.nothing"), false
		}
		return typed(fmt.Sprint(v)), true
	}
}

// printable keeps so many characters of a text and makes them printable.
func printable(text string, most int) string {
	more := ""
	n := 0
	for i := range text {
		if n == most {
			text, more = text[:i], "…"
			break
		}
		n++
	}
	quoted := strconv.Quote(text)
	return quoted[1:len(quoted)-1] + more
}

// Cut keeps so much of a text as takes at most so many bytes, in JSON too, whole
// characters of it.
func Cut(text string, most int) string {
	const dots = "…"
	room, end := most, 0
	for i, c := range text {
		switch {
		case c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029' || c == utf8.RuneError:
			room -= 6 // an escape
		case c == '"' || c == '\\':
			room -= 2
		default:
			room -= utf8.RuneLen(c)
		}
		if room >= len(dots) {
			end = i + utf8.RuneLen(c)
		}
		if room < 0 {
			return strings.ToValidUTF8(text[:min(end, len(text))], "\uFFFD") + dots
		}
	}
	return text
}

// OneOf says what a closed set accepts.
func OneOf[S ~string](names []S) Said {
	kept, rest := bounded(names)
	switch {
	case len(kept) == 0:
		return say("want.none-of")
	case rest > 0:
		return say("want.one-of-more", "names", kept, "more", rest)
	}
	return say("want.one-of", "names", kept)
}

// bounded keeps so many names as a message may have, and counts the others.
func bounded[S ~string](names []S) (kept []string, rest int) {
	for _, name := range names[:min(len(names), mostNames)] {
		kept = append(kept, printable(string(name), mostShown))
	}
	return kept, len(names) - len(kept)
}

// At is the path of an element of a list.
func At(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// Distance counts the letters to insert, delete or replace between two texts
// (Levenshtein), to offer the name that somebody may have meant. It gives most where
// there are that many or more.
func Distance(one, other string, most int) int {
	a, b := []rune(one), []rune(other)
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range b {
			replaced := diagonal
			if r != s {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return min(row[len(b)], most)
}
