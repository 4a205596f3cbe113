package fault

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// deepest is how far values may be nested.
const deepest = 64

// ReadJSON reads one JSON value of at most so many bytes into what a pointer leads
// to, and gives everything that is wrong at once, in the order of the text, each
// fault with its line and column. Where check is not nil, the faults that it finds
// in what was read are among them, but for those that only follow from what could
// not be read.
//
// It is strict. Beside what encoding/json refuses it refuses unknown keys, repeated
// keys and keys in another case, null for what can't be absent (it stands for no
// value of a pointer, a list or a map), bytes that are not UTF-8, lone surrogates,
// and more behind the end. A byte order mark is passed over, and 12.0 is a whole
// number. What reads itself (json.Unmarshaler, encoding.TextUnmarshaler) does so,
// but for the value that is handed in; the faults that it returns take their place.
//
// Texts are read in normal form, as [NFC] gives it.
//
// Its cost grows linearly with the text. All errors are [Fields]; what is read is
// then incomplete and not to be used.
func ReadJSON(data []byte, most int, into any, check func() Fields) error {
	return read(data, most, into, check, false)
}

// ReadInput is ReadJSON for what somebody hands in of a record. A field that is tagged
// `validate:"-"` is set by whoever keeps the record: its key is refused by name, with
// the rule [Own], whatever its value.
func ReadInput(data []byte, most int, into any, check func() Fields) error {
	return read(data, most, into, check, true)
}

func read(data []byte, most int, into any, check func() Fields, input bool) error {
	pointer := reflect.ValueOf(into)
	if pointer.Kind() != reflect.Pointer || pointer.IsNil() {
		return Refuse("into", Type, fmt.Sprintf("%T", into), say("want.pointer"))
	}
	target := pointer.Elem()
	if len(data) > most {
		return Refuse("", Length, len(data), say("want.json-bytes", "most", most))
	}
	r := reader{data: data, pos: skipMark(data), input: input}
	r.blank()
	whole := r.value(target, planOf(target.Type()).walked)
	if r.blank(); whole && r.pos < len(data) {
		whole = r.broken(say("want.json-end"))
	}
	faults := r.faults
	if check != nil && whole {
		faults = r.join(check())
	}
	if len(faults) == 0 {
		return nil
	}
	return placed(data, faults)
}

// skipMark passes over a byte order mark.
func skipMark(data []byte) int {
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return 3
	}
	return 0
}

// found is a fault and the offset of what it is about, −1 where only its path is
// known.
type found struct {
	Field
	offset int
	unread bool // what stands at the path was not read
}

// reader walks a JSON text once and fills Go values.
type reader struct {
	data   []byte
	pos    int
	path   []step // to the value that is read
	input  bool
	faults []found
}

// step is a key, or an index where the key is nil.
type step struct {
	key   []byte
	index int
}

func (r *reader) where() string {
	var b strings.Builder
	for i, s := range r.path {
		switch {
		case s.key == nil:
			b.WriteString(At("", s.index))
		case i > 0:
			b.WriteByte('.')
			fallthrough
		default:
			b.WriteString(clip(s.key))
			if len(s.key) == 0 {
				b.WriteString(`""`)
			}
		}
	}
	return b.String()
}

// clip keeps of a text what a refusal may have to hold.
func clip(text []byte) string { return Cut(string(text[:min(len(text), 2*mostPath)]), mostPath) }

// fault notes what is wrong with the value at an offset; false once no more faults
// are collected.
func (r *reader) fault(offset int, rule string, value any, want Words) bool {
	return r.note(found{Field{Path: r.where(), Rule: rule, Value: value, Want: want}, offset, true})
}

func (r *reader) note(f found) bool {
	r.faults = append(r.faults, f)
	return len(r.faults) <= MaxFields
}

// key notes what is wrong with a key, and passes over its value.
func (r *reader) key(offset int, rule string, key []byte, want Words) bool {
	return r.note(found{Field{Path: r.where(), Rule: rule, Value: clip(key), Want: want}, offset, false}) && r.skip()
}

// broken ends the walk: what stands here is no JSON.
func (r *reader) broken(want Words) bool {
	var value any = say("found.end")
	if r.pos < len(r.data) {
		_, size := utf8.DecodeRune(r.data[r.pos:])
		value = string(r.data[r.pos : r.pos+size])
	}
	r.path = nil
	r.fault(r.pos, Syntax, value, want)
	return false
}

func (r *reader) blank() {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// peek gives the next byte, 0 at the end.
func (r *reader) peek() byte {
	if r.pos < len(r.data) {
		return r.data[r.pos]
	}
	return 0
}

// value reads the value that the reader stands before; false where the walk ends.
func (r *reader) value(v reflect.Value, p *plan) bool {
	start, c := r.pos, r.peek()
	if c == 'n' && !p.itself && !p.raw {
		if !r.word("null") {
			return false
		}
		switch v.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
			v.SetZero()
			return true
		}
		return r.fault(start, Type, "null", say("want.not-null", "want", p.want()))
	}
	switch {
	case p.raw, p.itself, p.text:
		return r.foreign(v, p)
	case p.kind == reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(p.of))
		}
		return r.value(v.Elem(), p.elem())
	case p.kind == reflect.Struct && c == '{':
		return r.object(v, p)
	case p.kind == reflect.Map && c == '{':
		return r.mapping(v, p)
	case p.kind == reflect.Slice && c == '[':
		return r.list(v, p)
	case p.kind == reflect.Interface:
		if !r.skip() {
			return false
		}
		var any any
		if err := json.Unmarshal(r.data[start:r.pos], &any); err != nil {
			return r.fault(start, Type, clip(r.data[start:r.pos]), say("want.json-held"))
		}
		v.Set(reflect.ValueOf(&any).Elem())
		return true
	case p.kind == reflect.String && c == '"':
		s, ok := r.string()
		if ok {
			v.SetString(string(s))
		}
		return ok
	case p.kind == reflect.Bool && (c == 't' || c == 'f'):
		v.SetBool(c == 't')
		return r.skip()
	case p.numeric && (c == '-' || c >= '0' && c <= '9'):
		text, ok := r.number()
		if !ok {
			return false
		}
		if !setNumber(v, p.kind, string(text)) {
			return r.fault(start, Type, named(text), p.want())
		}
		return true
	}
	if !r.skip() {
		return false
	}
	return r.fault(start, Type, named(r.data[start:r.pos]), p.want())
}

// named gives a value for a refusal: an object or an array would be long.
func named(raw []byte) any {
	switch raw[0] {
	case '{':
		return say("found.object")
	case '[':
		return say("found.array")
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return clip(raw) // a number beyond a double
	}
	if s, ok := v.(string); ok {
		return clip([]byte(s))
	}
	return v
}

// object reads the members of a struct.
func (r *reader) object(v reflect.Value, p *plan) bool {
	fields := p.fields()
	var seen [4]uint64
	return r.members(func(key []byte, start int) bool {
		i, known := fields.index[string(key)]
		if !known {
			return r.key(start, Known, key, fields.want(string(key)))
		}
		if seen[i/64%4]>>(i%64)&1 == 1 {
			return r.key(start, Unique, key, say("want.key-once"))
		}
		seen[i/64%4] |= 1 << (i % 64)
		f := &fields.all[i]
		if f.own && r.input {
			return r.key(start, Own, nil, WantOwn)
		}
		return r.value(v.FieldByIndex(f.index), f.plan)
	})
}

// mapping reads a map with text keys.
func (r *reader) mapping(v reflect.Value, p *plan) bool {
	m := reflect.MakeMap(v.Type())
	v.Set(m)
	return r.members(func(key []byte, start int) bool {
		name := reflect.New(v.Type().Key()).Elem()
		name.SetString(string(key))
		if m.MapIndex(name).IsValid() {
			return r.key(start, Unique, key, say("want.key-once"))
		}
		elem := reflect.New(p.of).Elem()
		ok := r.value(elem, p.elem())
		m.SetMapIndex(name, elem)
		return ok
	})
}

// members walks an object. The callback stands before the member's value; start is
// where its key stands.
func (r *reader) members(member func(key []byte, start int) bool) bool {
	return r.within('}', say("want.json-object-end"), func(int) bool {
		start := r.pos
		if r.peek() != '"' {
			return r.broken(say("want.json-key"))
		}
		key, ok := r.string()
		if !ok {
			return false
		}
		r.blank()
		if r.peek() != ':' {
			return r.broken(say("want.json-colon"))
		}
		r.pos++
		r.blank()
		r.path = append(r.path, step{key: key})
		return member(key, start)
	})
}

// elements walks an array.
func (r *reader) elements(element func(i int) bool) bool {
	return r.within(']', say("want.json-array-end"), func(i int) bool {
		r.path = append(r.path, step{index: i})
		return element(i)
	})
}

// within walks what stands between brackets. The callback puts a step on the path.
func (r *reader) within(end byte, want Words, each func(i int) bool) bool {
	if len(r.path) == deepest {
		return r.broken(say("want.json-depth"))
	}
	r.pos++
	r.blank()
	if r.peek() == end {
		r.pos++
		return true
	}
	for i := 0; ; i++ {
		if !each(i) {
			return false
		}
		r.path = r.path[:len(r.path)-1]
		r.blank()
		switch r.peek() {
		case ',':
			r.pos++
			r.blank()
		case end:
			r.pos++
			return true
		default:
			return r.broken(want)
		}
	}
}

// list reads a slice.
func (r *reader) list(v reflect.Value, p *plan) bool {
	v.SetLen(0)
	elem := p.elem()
	ok := r.elements(func(i int) bool {
		v.Grow(1)
		v.SetLen(i + 1)
		v.Index(i).SetZero()
		return r.value(v.Index(i), elem)
	})
	if v.IsNil() {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	return ok
}

// foreign lets a value read itself.
func (r *reader) foreign(v reflect.Value, p *plan) bool {
	start := r.pos
	if p.text && r.peek() == '"' {
		s, ok := r.string()
		if !ok {
			return false
		}
		if p.kind == reflect.Struct && p.of == timeType {
			t, err := time.Parse(time.RFC3339, string(s))
			if err != nil || s[13] != ':' || s[19] == ',' { // Parse takes a short hour and a comma, too
				return r.fault(start, Type, clip(s), p.want())
			}
			v.Set(reflect.ValueOf(t))
			return true
		}
		return r.refused(start, v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(s), clip(s), p)
	}
	before := len(r.faults)
	if !r.skip() {
		return false
	}
	raw := r.data[start:r.pos]
	switch {
	case len(r.faults) > before: // broken in a way that itself it would only repeat
		return true
	case p.raw:
		v.SetBytes(slices.Clone(raw))
		return true
	case p.itself:
		return r.refused(start, v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw), named(raw), p)
	}
	return r.fault(start, Type, named(raw), p.want())
}

// refused takes in what a value that read itself found wrong.
func (r *reader) refused(start int, err error, value any, p *plan) bool {
	if err == nil {
		return true
	}
	if field, ok := err.(Field); ok { // of a name: it says what it wants, and the path is ours
		return r.fault(start, field.Rule, value, field.Want)
	}
	faults := Of(err)
	if faults == nil {
		return r.fault(start, Type, value, p.want())
	}
	top := r.where()
	for _, f := range faults {
		f.Path = join(top, f.Path)
		f.Line, f.Column = 0, 0 // within itself
		if !r.note(found{f, -1, true}) {
			return false
		}
	}
	return true
}

// skip passes over a value.
func (r *reader) skip() bool {
	switch r.peek() {
	case '{':
		return r.members(func([]byte, int) bool { return r.skip() })
	case '[':
		return r.elements(func(int) bool { return r.skip() })
	case '"':
		_, ok := r.string()
		return ok
	case 't':
		return r.word("true")
	case 'f':
		return r.word("false")
	case 'n':
		return r.word("null")
	default:
		_, ok := r.number()
		return ok
	}
}

func (r *reader) word(word string) bool {
	if !bytes.HasPrefix(r.data[r.pos:], []byte(word)) {
		return r.broken(say("want.json-value"))
	}
	r.pos += len(word)
	return true
}

// number passes over a number by JSON's grammar and gives its text.
func (r *reader) number() ([]byte, bool) {
	start := r.pos
	digits := func() bool {
		from := r.pos
		for c := r.peek(); c >= '0' && c <= '9'; c = r.peek() {
			r.pos++
		}
		return r.pos > from
	}
	if r.peek() == '-' {
		r.pos++
	}
	if r.peek() == '0' {
		r.pos++
	} else if !digits() {
		return nil, r.broken(say("want.json-value"))
	}
	if r.peek() == '.' {
		r.pos++
		if !digits() {
			return nil, r.broken(say("want.json-fraction"))
		}
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		r.pos++
		if c := r.peek(); c == '+' || c == '-' {
			r.pos++
		}
		if !digits() {
			return nil, r.broken(say("want.json-exponent"))
		}
	}
	return r.data[start:r.pos], true
}

// string reads a string in quotes.
func (r *reader) string() ([]byte, bool) {
	r.pos++
	from := r.pos
	ascii := true
	for r.pos < len(r.data) {
		switch c := r.data[r.pos]; {
		case c == '"':
			s := r.data[from:r.pos:r.pos]
			r.pos++
			if !ascii && !utf8.Valid(s) {
				return r.undecodable(from, s)
			}
			if !ascii {
				s = norm.NFC.Bytes(s)
			}
			return s, true
		case c == '\\':
			return r.escaped(from)
		case c < ' ':
			return nil, r.broken(say("want.json-escaped"))
		case c >= utf8.RuneSelf:
			ascii = false
		}
		r.pos++
	}
	return nil, r.broken(say("want.json-string-end"))
}

// undecodable notes bytes that are not UTF-8 and goes on with what can be read.
func (r *reader) undecodable(from int, s []byte) ([]byte, bool) {
	n := 0
	for n < len(s) {
		c, size := utf8.DecodeRune(s[n:])
		if c == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	going := r.fault(from+n, Encoding, say("found.not-utf-8"), say("want.utf-8"))
	return bytes.ToValidUTF8(s, []byte("\uFFFD")), going
}

// escaped reads a string with escapes, from its first byte on.
func (r *reader) escaped(from int) ([]byte, bool) {
	text := slices.Clone(r.data[from:r.pos])
	lone := -1
	for r.pos < len(r.data) {
		c := r.data[r.pos]
		switch {
		case c == '"':
			r.pos++
			if lone >= 0 && !r.fault(lone, Encoding, say("found.half"), say("want.whole-characters")) {
				return nil, false
			}
			if !utf8.Valid(text) {
				return r.undecodable(from, text)
			}
			return norm.NFC.Bytes(text), true
		case c < ' ':
			return nil, r.broken(say("want.json-escaped"))
		case c != '\\':
			text = append(text, c)
			r.pos++
			continue
		}
		at := r.pos
		r.pos++
		e := r.peek()
		if plain := strings.IndexByte(`"\/bfnrt`, e); plain >= 0 && e != 0 {
			text = append(text, "\"\\/\b\f\n\r\t"[plain])
			r.pos++
			continue
		}
		first, ok := r.hex(at)
		if !ok {
			r.pos = at
			return nil, r.broken(say("want.json-escape", "escapes", `\" \\ \/ \b \f \n \r \t`))
		}
		r.pos = at + 6
		if first >= 0xD800 && first < 0xE000 {
			second, paired := r.hex(r.pos)
			if first < 0xDC00 && paired && second >= 0xDC00 && second < 0xE000 {
				r.pos += 6
				first = (first-0xD800)<<10 | (second - 0xDC00) + 0x10000
			} else {
				if lone < 0 {
					lone = at
				}
				first = utf8.RuneError
			}
		}
		text = utf8.AppendRune(text, first)
	}
	return nil, r.broken(say("want.json-string-end"))
}

// hex reads \u and four digits at an offset.
func (r *reader) hex(at int) (rune, bool) {
	if at+6 > len(r.data) || r.data[at] != '\\' || r.data[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(r.data[at+2:at+6]), 16, 16)
	return rune(n), err == nil
}

// setNumber sets a number where its type can hold it exactly as a whole number, or
// as near as a float comes.
func setNumber(v reflect.Value, kind reflect.Kind, text string) bool {
	switch kind {
	case reflect.Float64, reflect.Float32:
		x, err := strconv.ParseFloat(text, v.Type().Bits())
		v.SetFloat(x)
		return err == nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			x, ok := whole(text)
			if !ok || x < 0 {
				return false
			}
			n = uint64(x)
		}
		v.SetUint(n)
		return v.Uint() == n
	default:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			x, ok := whole(text)
			if !ok {
				return false
			}
			n = int64(x)
		}
		v.SetInt(n)
		return v.Int() == n
	}
}

// whole reads 12.0 and 1.2e1, so far as a float holds whole numbers exactly.
func whole(text string) (float64, bool) {
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil && x == math.Trunc(x) && math.Abs(x) < 1<<53
}

// join adds what a check found to what could not be read, but for what follows from
// it: faults of what was not read, and references and sums that it may be missing in.
func (r *reader) join(checked Fields) []found {
	unread := make(map[string]bool)
	around := make(map[string]bool) // what has something unread in it may seem to be missing
	for _, f := range r.faults {
		if !f.unread {
			continue
		}
		unread[f.Path] = true
		for path := above(f.Path); path != ""; path = above(path) {
			around[path] = true
		}
	}
	all := r.faults
	for _, f := range checked {
		told := unread[""] || len(unread) > 0 && (f.Rule == Exists || f.Rule == Sum) || f.Rule == Required && around[f.Path]
		for path := f.Path; path != "" && !told; path = above(path) {
			told = unread[path]
		}
		if !told && len(all) <= MaxFields {
			all = append(all, found{f, -1, false})
		}
	}
	return all
}

// above is the path of what a value is in.
func above(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

// placed gives each fault its line and column and sorts them as the text goes.
func placed(data []byte, faults []found) Fields {
	locate(data, faults)
	slices.SortStableFunc(faults, func(a, b found) int { return cmp.Compare(a.offset, b.offset) })
	var fields Fields
	at, line, column := skipMark(data), 1, 1
	for _, f := range faults {
		offset := min(max(f.offset, at), len(data))
		passed := data[at:offset]
		line += bytes.Count(passed, []byte{'\n'})
		if i := bytes.LastIndexByte(passed, '\n'); i >= 0 {
			passed, column = passed[i+1:], 1
		}
		// From one fault to the next, so that a long line of them is walked once.
		column += utf8.RuneCount(passed)
		at = offset
		f.Line, f.Column = line, column
		fields.add(f.Field)
	}
	return fields
}

// locate finds the offsets of faults of which only the path is known: that of the
// value, or of the nearest one around it that is there.
func locate(data []byte, faults []found) {
	wanted := make(map[string]int) // path → offset, −1 where nothing was found there
	for _, f := range faults {
		if f.offset < 0 {
			for path := f.Path; path != ""; path = above(path) {
				wanted[path] = -1
			}
			wanted[""] = -1
		}
	}
	if len(wanted) == 0 {
		return
	}
	r := reader{data: data, pos: skipMark(data)}
	r.blank()
	r.find("", wanted)
	for i, f := range faults {
		if f.offset < 0 {
			path := f.Path
			for wanted[path] < 0 {
				path = above(path)
			}
			faults[i].offset = wanted[path]
		}
	}
}

// find notes where the value at a path stands, and those in it that are wanted.
func (r *reader) find(path string, wanted map[string]int) bool {
	wanted[path] = r.pos
	further := func(path string) bool {
		if _, want := wanted[path]; want {
			return r.find(path, wanted)
		}
		return r.skip()
	}
	switch r.peek() {
	case '{':
		return r.members(func(key []byte, _ int) bool { return further(join(path, string(key))) })
	case '[':
		return r.elements(func(i int) bool { return further(At(path, i)) })
	}
	return r.skip()
}

// plan is how values of a type are read.
type plan struct {
	kind    reflect.Kind
	of      reflect.Type // the element's, or the type itself
	numeric bool
	raw     bool // json.RawMessage: kept as it is
	itself  bool // it has UnmarshalJSON
	text    bool // it has UnmarshalText, or is a time

	goType reflect.Type

	once   sync.Once
	inner  *plan      // of a pointer, a list or a map
	struc  structPlan // of a struct
	walked *plan      // the same of a value that is not asked to read itself
}

type structPlan struct {
	all   []fieldPlan
	index map[string]int
	names []string
}

type fieldPlan struct {
	index []int
	plan  *plan
	own   bool // set by whoever keeps what is read
}

// MomentPattern is what a text matches that is read as a time.
const MomentPattern = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})$`

var (
	plans    sync.Map // reflect.Type → *plan
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
)

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	pointer := reflect.PointerTo(t)
	p := &plan{kind: t.Kind(), of: t, goType: t, raw: t == rawType}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		p.of = t.Elem()
	}
	p.numeric = t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64 && t.Kind() != reflect.Uintptr
	p.walked = &plan{kind: p.kind, of: p.of, goType: t, numeric: p.numeric}
	if t.Kind() != reflect.Pointer && !p.raw {
		p.text = t == timeType || pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
		p.itself = t != timeType && pointer.Implements(reflect.TypeFor[json.Unmarshaler]())
		p.text = p.text && !p.itself
	}
	kept, _ := plans.LoadOrStore(t, p)
	return kept.(*plan)
}

func (p *plan) elem() *plan {
	p.once.Do(func() { p.inner = planOf(p.of) })
	return p.inner
}

func (p *plan) fields() *structPlan {
	p.once.Do(func() {
		s := structPlan{index: make(map[string]int)}
		for _, f := range reflect.VisibleFields(p.goType) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" || f.Anonymous && name == "" || !f.IsExported() {
				continue
			}
			if name == "" {
				name = f.Name
			}
			field := fieldPlan{f.Index, planOf(f.Type), f.Tag.Get("validate") == "-"}
			if i, taken := s.index[name]; taken {
				if len(f.Index) < len(s.all[i].index) {
					s.all[i] = field
				}
				continue
			}
			s.index[name] = len(s.all)
			s.all = append(s.all, field)
			s.names = append(s.names, name)
		}
		p.struc = s
	})
	return &p.struc
}

// want says which keys there are, the one that was meant first.
func (s *structPlan) want(key string) Said {
	for _, name := range s.names {
		if strings.EqualFold(name, key) {
			return say("want.key-case", "key", strconv.Quote(name))
		}
	}
	return OneOf(s.names)
}

// want says in JSON's words what a type is read from.
func (p *plan) want() Said {
	switch {
	case p.goType == timeType:
		return WantMoment
	case p.text:
		return say("want.json-name")
	case p.itself, p.raw:
		return say("want.json-foreign")
	}
	switch p.kind {
	case reflect.Pointer:
		return p.elem().want()
	case reflect.String:
		return say("want.json-string")
	case reflect.Bool:
		return WantBool
	case reflect.Float32, reflect.Float64:
		return say("want.json-double")
	case reflect.Slice:
		return say("want.json-array")
	case reflect.Struct, reflect.Map:
		return say("want.json-object")
	default:
		return say("want.json-whole")
	}
}
