package assessment

// This file holds the checklist: how it is described, checked, read and asked.

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxCriteria = 10_000
	maxBytes    = 4 << 20
)

// Spec describes a checklist. It is what the JSON file holds, and what
// [NewChecklist] checks. A Spec is plain, mutable data; a [Checklist] is the
// proof that one was valid.
type Spec struct {
	// Name and Version together identify the checklist, as "name@version".
	// Neither may hold an "@", or two checklists could share one identity.
	Name    string `json:"name"`
	Version string `json:"version"`
	// Title is what people read. May be blank.
	Title string `json:"title"`
	// From is the "name@version" that this checklist was derived from.
	From string `json:"from,omitempty"`
	// Sources are what the criteria cite.
	Sources []Source `json:"sources"`
	// Criteria stand in their order of presentation, those of one section
	// together: 1 to 10,000 of them.
	Criteria []Criterion `json:"criteria"`
	// Packages are sets of criteria that count together: at most 100. May be
	// empty.
	Packages []Package `json:"packages,omitempty"`
}

func (s Spec) clone() Spec {
	s.Sources = slices.Clone(s.Sources)
	s.Criteria = slices.Clone(s.Criteria)
	for i, c := range s.Criteria {
		s.Criteria[i] = c.clone()
	}
	s.Packages = slices.Clone(s.Packages)
	for i, p := range s.Packages {
		s.Packages[i] = p.clone()
	}
	if len(s.Packages) == 0 {
		s.Packages = nil // so that it is the same after a trip through JSON
	}
	return s
}

func (s Spec) validate() FieldErrors {
	var errs FieldErrors
	errs.identity("name", s.Name)
	errs.identity("version", s.Version)
	errs.text("title", s.Title, false)
	if s.From != "" {
		name, version, found := strings.Cut(s.From, "@")
		var part FieldErrors
		part.identity("", name)
		part.identity("", version)
		switch {
		case !found || len(part) > 0:
			errs.add("from", "identity", s.From, `"name@version" of the checklist it was derived from`)
		case name == s.Name && version == s.Version:
			errs.add("from", "identity", s.From, "another checklist than itself")
		}
	}

	keys := make(map[string]int, len(s.Sources))
	for i, src := range s.Sources {
		at := "sources[" + strconv.Itoa(i) + "]."
		errs.under(at, src.validate())
		if first, taken := keys[src.Key]; taken {
			errs.add(at+"key", "unique", src.Key, "a key other than that of sources["+strconv.Itoa(first)+"]")
			continue
		}
		keys[src.Key] = i
	}

	switch n := len(s.Criteria); {
	case n == 0:
		errs.add("criteria", "required", nil, "at least one criterion")
	case n > maxCriteria:
		// Going on would only bury this one under what may be a broken file.
		errs.add("criteria", "length", n, "at most 10000 criteria")
		return errs
	}
	ids := make(map[string]int, len(s.Criteria))
	sections := make(map[string]int) // index of the section's last criterion so far
	for i, c := range s.Criteria {
		at := "criteria[" + strconv.Itoa(i) + "]."
		errs.under(at, c.validate())
		if first, taken := ids[c.ID]; taken {
			errs.add(at+"id", "unique", c.ID, "an id other than that of criteria["+strconv.Itoa(first)+"]")
		} else {
			ids[c.ID] = i
		}
		if last, seen := sections[c.Section]; seen && last != i-1 {
			errs.add(at+"section", "together", c.Section, "the criteria of one section together, next to criteria["+strconv.Itoa(last)+"]")
		}
		sections[c.Section] = i
		errs.cited(at, c.Sources, keys)
	}
	return append(errs, s.validatePackages(ids, keys)...)
}

// cited checks the keys of sources that something cites against those there
// are.
func (e *FieldErrors) cited(at string, cited []string, sources map[string]int) {
	switch n := len(cited); {
	case n == 0:
		e.add(at+"sources", "required", nil, "the key of at least one source")
	case n > maxNamed:
		e.add(at+"sources", "length", n, "at most 100 sources")
		return
	}
	for i, key := range cited {
		at := at + "sources[" + strconv.Itoa(i) + "]"
		if _, exists := sources[key]; !exists {
			e.add(at, "exists", key, "the key of one of the checklist's sources")
		}
		if slices.Contains(cited[:i], key) {
			e.add(at, "unique", key, "each source once")
		}
	}
}

func (e *FieldErrors) identity(field, s string) {
	e.label(field, s)
	if strings.Contains(s, "@") {
		e.add(field, "characters", s, `no "@", which parts name and version`)
	}
}

// Checklist is a valid list of criteria. It does not change once built, so it
// may be shared between goroutines. Build one with [NewChecklist],
// [ParseChecklist] or [Checklist.Derive]; the zero value and a nil pointer are
// an empty checklist that answers every question and knows nothing.
//
// Its methods that hand out a [Criterion] share the slices inside it, which
// are therefore read-only; appending to them is safe. [Checklist.Spec] gives a
// copy that may be changed.
type Checklist struct {
	spec     Spec // normalised
	id       string
	index    map[string]int // criterion id → position
	sources  map[string]int // source key → position
	sections []section
	marks    []mark
	members  [][]int // positions of each package's criteria
}

type section struct {
	name     string
	from, to int
}

// mark is the little of a criterion that scoring needs, packed so that a tally
// walks memory in one line.
type mark struct {
	weight    float64
	threshold Level
	advisory  bool
}

// NewChecklist builds a checklist from spec, with defaults filled in: weight
// 1, threshold [Functional]. It copies what it keeps. Where spec is not valid
// it returns [FieldErrors] with everything that is wrong.
func NewChecklist(spec Spec) (*Checklist, error) {
	if err := spec.validate().Err(); err != nil {
		return nil, err
	}
	c := &Checklist{
		spec:    spec.clone(),
		id:      spec.Name + "@" + spec.Version,
		index:   make(map[string]int, len(spec.Criteria)),
		sources: make(map[string]int, len(spec.Sources)),
		marks:   make([]mark, len(spec.Criteria)),
	}
	for i, s := range c.spec.Sources {
		c.sources[s.Key] = i
	}
	for i, cr := range c.spec.Criteria {
		cr = cr.normal()
		c.spec.Criteria[i] = cr
		c.index[cr.ID] = i
		c.marks[i] = mark{weight: cr.Weight, threshold: cr.Threshold, advisory: cr.Advisory}
		if n := len(c.sections); n == 0 || c.sections[n-1].name != cr.Section {
			c.sections = append(c.sections, section{name: cr.Section, from: i})
		}
		c.sections[len(c.sections)-1].to = i + 1
	}
	for _, p := range c.spec.Packages {
		members := make([]int, len(p.Items))
		for i, id := range p.Items {
			members[i] = c.index[id]
		}
		c.members = append(c.members, members)
	}
	return c, nil
}

// ParseChecklist reads a checklist from the JSON of a [Spec], of at most
// 4 MiB. It is strict: unknown and repeated keys, trailing data and invalid
// UTF-8 are refused, so that a misspelt "wieght" cannot silently weigh 1. All
// errors are [FieldErrors]; where the JSON itself is broken, the field is the
// position, "checklist:line:column".
func ParseChecklist(data []byte) (*Checklist, error) {
	if len(data) > maxBytes {
		return nil, FieldErrors{{Field: "checklist", Rule: "length", Value: len(data), Want: "at most 4194304 bytes of JSON"}}
	}
	return parse(data)
}

// MustParseChecklist is [ParseChecklist] for package-level tables of embedded
// files: it panics where the file is not valid. Never use it on input.
func MustParseChecklist(data []byte) *Checklist {
	c, err := ParseChecklist(data)
	if err != nil {
		panic(err)
	}
	return c
}

// wireSpec is Spec with its closed vocabularies left as text, so that a wrong
// word is reported with its path and beside all other faults, instead of
// ending the reading.
type wireSpec struct {
	plainSpec
	Criteria []wireCriterion `json:"criteria"`
}

type wireCriterion struct {
	plainCriterion
	Kind      string          `json:"kind"`
	Threshold json.RawMessage `json:"threshold"`
}

type (
	plainSpec      Spec
	plainCriterion Criterion
)

func parse(data []byte) (*Checklist, error) {
	if !utf8.Valid(data) {
		// encoding/json would replace the bad bytes without a word.
		return nil, FieldErrors{{Field: position(data, validPrefix(data)), Rule: "utf8", Value: "bytes that are not UTF-8", Want: "valid UTF-8"}}
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		field := "checklist"
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			// Offset counts the bytes read, the offending one included.
			field = position(data, int(syntax.Offset)-1)
		}
		return nil, FieldErrors{{Field: field, Rule: "json", Value: err.Error(), Want: "one well-formed JSON object"}}
	}
	if err := checkKeys(data).Err(); err != nil {
		return nil, err
	}
	var wire wireSpec
	if err := json.Unmarshal(data, &wire); err != nil {
		fault := FieldError{Field: "checklist", Rule: "type", Value: err.Error(), Want: "the JSON of a checklist"}
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			fault.Field = position(data, int(wrong.Offset)-1)
			fault.Value, fault.Want = wrong.Value, jsonType(wrong.Type)
		}
		return nil, FieldErrors{fault}
	}

	var errs FieldErrors
	spec := Spec(wire.plainSpec)
	spec.Criteria = make([]Criterion, len(wire.Criteria))
	for i, w := range wire.Criteria {
		c := Criterion(w.plainCriterion)
		c.Kind = Kind(w.Kind)
		if len(w.Threshold) > 0 {
			if err := c.Threshold.UnmarshalJSON(w.Threshold); err != nil {
				at := "criteria[" + strconv.Itoa(i) + "].threshold"
				errs.add(at, "oneof", string(w.Threshold), levelWant)
			}
		}
		spec.Criteria[i] = c
	}
	if len(errs) == 0 {
		return NewChecklist(spec)
	}
	return nil, append(errs, spec.validate()...)
}

// The keys that each kind of object in the file may hold.
var (
	specKeys      = keysOf(reflect.TypeFor[Spec]())
	sourceKeys    = keysOf(reflect.TypeFor[Source]())
	criterionKeys = keysOf(reflect.TypeFor[Criterion]())
	packageKeys   = keysOf(reflect.TypeFor[Package]())
)

func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return keys
}

// checkKeys refuses unknown and repeated keys, which encoding/json lets pass
// or reports without saying where. It also matches case exactly. The data must
// be valid JSON.
func checkKeys(data []byte) FieldErrors {
	w := keyWalk{dec: json.NewDecoder(bytes.NewReader(data))}
	w.dec.UseNumber() // or a number beyond float64 would end the walk
	w.value("", specKeys, 0)
	return w.errs
}

type keyWalk struct {
	dec  *json.Decoder
	errs FieldErrors
}

// value walks one value and reports whether the walk may go on. Where known is
// nil, no object belongs here: the decoder says so, in better words.
func (w *keyWalk) value(path string, known []string, depth int) bool {
	// A checklist is four deep: itself, its criteria, one of them, its carriers.
	const deepest = 4
	token, err := w.dec.Token()
	if err != nil {
		return false
	}
	open, ok := token.(json.Delim)
	if !ok {
		return true
	}
	if depth == deepest {
		w.errs.add(path, "type", "an object or array", "nothing nested this deep")
		return false
	}
	var seen []string
	for i := 0; w.dec.More(); i++ {
		at := path + "[" + strconv.Itoa(i) + "]"
		within := known
		if open == '{' {
			token, err := w.dec.Token()
			key, ok := token.(string)
			if err != nil || !ok {
				return false
			}
			at = strings.TrimPrefix(path+"."+key, ".")
			switch {
			case known == nil:
			case !slices.Contains(known, key):
				w.errs.add(at, "known", key, "one of "+strings.Join(known, ", "))
				// What it holds is not ours to judge, only to pass over.
				var skip json.RawMessage
				if w.dec.Decode(&skip) != nil {
					return false
				}
				continue
			case slices.Contains(seen, key):
				w.errs.add(at, "unique", key, "each key once")
			default:
				seen = append(seen, key)
			}
			within = nil
			switch {
			case depth == 0 && key == "sources":
				within = sourceKeys
			case depth == 0 && key == "criteria":
				within = criterionKeys
			case depth == 0 && key == "packages":
				within = packageKeys
			}
		}
		if !w.value(at, within, depth+1) {
			return false
		}
	}
	_, err = w.dec.Token() // the closing one
	return err == nil
}

// jsonType names in JSON's words what a Go type is read from.
func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number within the range of a double"
	case reflect.Slice:
		return "an array"
	default:
		return "an object"
	}
}

// position writes the line and column, both from 1, of the byte at offset.
func position(data []byte, offset int) string {
	before := data[:min(max(offset, 0), len(data))]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return "checklist:" + strconv.Itoa(line) + ":" + strconv.Itoa(column)
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

// Name returns the checklist's name.
func (c *Checklist) Name() string { return c.head().Name }

// Version returns the checklist's version.
func (c *Checklist) Version() string { return c.head().Version }

// Title returns the checklist's title, for people.
func (c *Checklist) Title() string { return c.head().Title }

// ID returns "name@version", which identifies the checklist wherever a result
// is kept. It is "" for an empty checklist.
func (c *Checklist) ID() string {
	if c == nil {
		return ""
	}
	return c.id
}

// head gives the description without copying its lists.
func (c *Checklist) head() *Spec {
	if c == nil {
		return &Spec{}
	}
	return &c.spec
}

// Spec returns a copy of what the checklist was built from, defaults filled
// in, that the caller may change.
func (c *Checklist) Spec() Spec { return c.head().clone() }

// MarshalJSON writes the [Spec], defaults filled in; an empty checklist is
// null.
func (c *Checklist) MarshalJSON() ([]byte, error) {
	if c.ID() == "" {
		return []byte("null"), nil
	}
	return json.Marshal(&c.spec)
}

// UnmarshalJSON reads what [ParseChecklist] reads, without its limit on size,
// since whatever was marshalled must be readable again. Null leaves c as it
// is. A checklist that is already built refuses: others may be reading it.
func (c *Checklist) UnmarshalJSON(data []byte) error {
	switch {
	case string(bytes.TrimSpace(data)) == "null":
		return nil
	case c == nil:
		return FieldErrors{{Field: "checklist", Rule: "required", Want: "a checklist to read into, not a nil pointer"}}
	case c.id != "":
		return FieldErrors{{Field: "checklist", Rule: "immutable", Value: c.id, Want: "an empty checklist to read into: one that is built does not change"}}
	}
	parsed, err := parse(data)
	if err != nil {
		return err
	}
	*c = *parsed
	return nil
}

// Len returns the number of criteria.
func (c *Checklist) Len() int { return len(c.head().Criteria) }

// At returns the criterion at position i, from 0, or the zero Criterion where
// there is none. The slices inside it are read-only.
func (c *Checklist) At(i int) Criterion {
	all := c.head().Criteria
	if i < 0 || i >= len(all) {
		return Criterion{}
	}
	return all[i]
}

// Index returns the position of the criterion with the given id, and whether
// there is one.
func (c *Checklist) Index(id string) (int, bool) {
	if c == nil {
		return 0, false
	}
	i, ok := c.index[id]
	return i, ok
}

// Criterion returns the criterion with the given id, and whether there is one.
// The slices inside it are read-only.
func (c *Checklist) Criterion(id string) (Criterion, bool) {
	i, ok := c.Index(id)
	if !ok {
		return Criterion{}, false
	}
	return c.At(i), true
}

// All yields each criterion with its position, in order. The slices inside
// them are read-only.
func (c *Checklist) All() iter.Seq2[int, Criterion] { return slices.All(c.head().Criteria) }

// Sections returns the names of the sections in their order.
func (c *Checklist) Sections() []string {
	if c == nil || len(c.sections) == 0 {
		return nil
	}
	names := make([]string, len(c.sections))
	for i, s := range c.sections {
		names[i] = s.name
	}
	return names
}

// Section returns the positions of a section's criteria, the half-open range
// [from, to), or 0, 0 where there is no such section.
func (c *Checklist) Section(name string) (from, to int) {
	if c == nil {
		return 0, 0
	}
	for _, s := range c.sections {
		if s.name == name {
			return s.from, s.to
		}
	}
	return 0, 0
}

// Source returns the source with the given key, and whether there is one.
func (c *Checklist) Source(key string) (Source, bool) {
	if c == nil {
		return Source{}, false
	}
	i, ok := c.sources[key]
	if !ok {
		return Source{}, false
	}
	return c.spec.Sources[i], true
}

// Sources returns a copy of the sources, in their order.
func (c *Checklist) Sources() []Source { return slices.Clone(c.head().Sources) }
