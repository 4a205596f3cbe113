package assessment

// This file holds the checklist: how it is described, checked, read and asked.

import (
	"bytes"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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
	// In has the texts for people in other languages: by the tag of the language, such as
	// "fr", and by the text as it stands above. May be empty, and need not have all of
	// them; see [Checklist.Missing].
	In map[string]map[string]string `json:"in,omitempty"`
}

// texts are what people read, each once.
func (s Spec) texts() []string {
	texts := []string{s.Title}
	for _, c := range s.Criteria {
		texts = append(texts, c.Text, c.Remedy, c.Unit)
	}
	for _, p := range s.Packages {
		texts = append(texts, p.Title)
	}
	seen := map[string]bool{"": true}
	return slices.DeleteFunc(texts, func(text string) bool {
		was := seen[text]
		seen[text] = true
		return was
	})
}

// validateIn checks the texts in other languages: that each translates a text there is,
// and can be told.
func (s Spec) validateIn() fault.Fields {
	var errs fault.Fields
	if len(s.In) == 0 || !errs.Count("in", len(s.In), maxNamed) {
		return errs
	}
	known := map[string]bool{}
	for _, text := range s.texts() {
		known[text] = true
	}
	for _, tag := range slices.Sorted(maps.Keys(s.In)) {
		at, words := "in."+tag, s.In[tag]
		l, err := language.New(tag, nil)
		if err != nil || l.Tag() != tag { // or what says it would not find it
			errs.Add(at, "language", tag, language.Of("want.tag"))
			continue
		}
		_, err = l.WithWords(map[string]map[string]string{tag: words})
		for _, f := range fault.Of(err) {
			errs.Add(at, f.Rule, f.Value, f.Want)
		}
		for _, text := range slices.Sorted(maps.Keys(words)) {
			if !known[text] {
				errs.Add(at, fault.Exists, text, language.Of("want.own-text"))
			}
			errs.Text(at, words[text], fault.Text)
		}
	}
	return errs
}

func (s Spec) clone() Spec {
	s.Sources = slices.Clone(s.Sources)
	s.Criteria = slices.Clone(s.Criteria)
	for i, c := range s.Criteria {
		s.Criteria[i] = c.clone()
	}
	s.In = maps.Clone(s.In)
	for tag, words := range s.In {
		s.In[tag] = maps.Clone(words)
	}
	if len(s.In) == 0 {
		s.In = nil
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

func (s Spec) validate() fault.Fields {
	var errs fault.Fields
	identity(&errs, "name", s.Name)
	identity(&errs, "version", s.Version)
	errs.Text("title", s.Title, fault.Note)
	if s.From != "" {
		name, version, found := strings.Cut(s.From, "@")
		var part fault.Fields
		identity(&part, "", name)
		identity(&part, "", version)
		switch {
		case !found || len(part) > 0:
			errs.Add("from", "identity", s.From, language.Of("want.checklist-id"))
		case name == s.Name && version == s.Version:
			errs.Add("from", "identity", s.From, language.Of("want.not-this", "this", s.From))
		}
	}

	keys := make(map[string]int, len(s.Sources))
	for i, src := range s.Sources {
		at := fault.At("sources", i)
		errs.Under(at, src.validate())
		errs.Once(at+".key", src.Key, keys, "sources", i)
	}

	switch {
	case len(s.Criteria) == 0:
		errs.Add("criteria", fault.Required, nil, language.Of("want.at-least", "least", 1))
	case !errs.Count("criteria", len(s.Criteria), maxCriteria):
		// Going on would only bury this one under what may be a broken file.
		return errs
	}
	ids := make(map[string]int, len(s.Criteria))
	sections := make(map[string]int) // index of the section's last criterion so far
	for i, c := range s.Criteria {
		at := fault.At("criteria", i)
		errs.Under(at, c.validate())
		errs.Once(at+".id", c.ID, ids, "criteria", i)
		together(&errs, at+".section", c.Section, sections, "criteria", i)
		cited(&errs, at, c.Sources, keys)
	}
	errs = append(errs, s.validatePackages(ids, keys)...)
	return append(errs, s.validateIn()...)
}

// together checks that what is of one section stands together; last is where each
// was seen last.
func together(errs *fault.Fields, at, section string, last map[string]int, list string, i int) {
	if before, seen := last[section]; seen && before != i-1 {
		errs.Add(at, "together", section, language.Of("want.together", "place", fault.At(list, before)))
	}
	last[section] = i
}

// cited checks the keys of sources that something cites against those there
// are.
func cited(errs *fault.Fields, at string, cited []string, sources map[string]int) {
	switch n := len(cited); {
	case n == 0:
		errs.Add(at+".sources", fault.Required, nil, language.Of("want.at-least", "least", 1))
	case !errs.Count(at+".sources", n, maxNamed):
		return
	}
	for i, key := range cited {
		at := fault.At(at+".sources", i)
		if _, exists := sources[key]; !exists {
			errs.Add(at, fault.Exists, key, language.Of("want.in-list", "list", "sources"))
		}
		if slices.Contains(cited[:i], key) {
			errs.Add(at, fault.Unique, key, language.Of("want.each-once"))
		}
	}
}

func identity(errs *fault.Fields, field, s string) {
	errs.Text(field, s, fault.ID)
	if strings.Contains(s, "@") {
		errs.Add(field, fault.Characters, s, language.Of("want.without", "mark", "@"))
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
// it returns [fault.Fields] with everything that is wrong.
func NewChecklist(spec Spec) (*Checklist, error) {
	if err := spec.validate().Err(); err != nil {
		return nil, err
	}
	return build(spec), nil
}

// build takes a spec that is valid.
func build(spec Spec) *Checklist {
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
	return c
}

// ParseChecklist reads a checklist from the JSON of a [Spec], of at most
// 4 MiB. It is as strict as [fault.ReadJSON], so that a misspelt "wieght" cannot
// silently weigh 1. All errors are [fault.Fields] with the line and column of
// each fault.
func ParseChecklist(data []byte) (*Checklist, error) {
	return parse(data, maxBytes)
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

func parse(data []byte, most int) (*Checklist, error) {
	var spec Spec
	if err := fault.ReadJSON(data, most, &spec, func() fault.Fields { return spec.validate() }); err != nil {
		return nil, err
	}
	return build(spec), nil
}

// Name returns the checklist's name.
func (c *Checklist) Name() string { return c.orNone().spec.Name }

// Version returns the checklist's version.
func (c *Checklist) Version() string { return c.orNone().spec.Version }

// Title returns the checklist's title, for people.
func (c *Checklist) Title() string { return c.orNone().spec.Title }

// In gives a language that says the texts of the checklist as well, as far as the
// checklist has them in it: its title, and of each criterion what must be true, the remedy
// and the unit. So a blocker or a page that speaks of a criterion of a host's own tells it
// in words of that host's. Nil stands for English.
func (c *Checklist) In(l *language.Language) (*language.Language, error) {
	return l.WithWords(c.orNone().spec.In)
}

// Missing gives the texts of the checklist that a language does not say, in their order:
// neither by the checklist nor by itself.
func (c *Checklist) Missing(l *language.Language) ([]string, error) {
	l, err := c.In(l)
	if err != nil {
		return nil, err
	}
	none, err := language.NewSource(nil)
	if err != nil {
		return nil, err
	}
	return l.Missing(none, c.orNone().spec.texts()...), nil
}

// ID returns "name@version", which identifies the checklist wherever a result
// is kept. It is "" for an empty checklist.
func (c *Checklist) ID() string { return c.orNone().id }

// orNone lets a nil checklist answer as an empty one.
func (c *Checklist) orNone() *Checklist {
	if c == nil {
		return new(Checklist)
	}
	return c
}

// Spec returns a copy of what the checklist was built from, defaults filled
// in, that the caller may change.
func (c *Checklist) Spec() Spec { return c.orNone().spec.clone() }

// MarshalJSON writes the [Spec], defaults filled in; an empty checklist is
// null.
func (c *Checklist) MarshalJSON() ([]byte, error) {
	if c.ID() == "" {
		return []byte("null"), nil
	}
	return json.Marshal(c.spec)
}

// UnmarshalJSON reads what [ParseChecklist] reads, without its limit on size,
// since whatever was marshalled must be readable again. Null leaves c as it
// is. A checklist that is already built refuses: others may be reading it.
func (c *Checklist) UnmarshalJSON(data []byte) error {
	switch {
	case string(bytes.TrimSpace(data)) == "null":
		return nil
	case c == nil:
		return fault.Fields{{Path: "checklist", Rule: fault.Required, Want: language.Of("want.pointer")}}
	case c.id != "":
		return fault.Fields{{Path: "checklist", Rule: "immutable", Value: c.id, Want: language.Of("want.empty")}}
	}
	parsed, err := parse(data, len(data))
	if err != nil {
		return err
	}
	*c = *parsed
	return nil
}

// Len returns the number of criteria.
func (c *Checklist) Len() int { return len(c.orNone().spec.Criteria) }

// At returns the criterion at position i, from 0, or the zero Criterion where
// there is none. The slices inside it are read-only.
func (c *Checklist) At(i int) Criterion {
	all := c.orNone().spec.Criteria
	if i < 0 || i >= len(all) {
		return Criterion{}
	}
	return all[i]
}

// Index returns the position of the criterion with the given id, and whether
// there is one.
func (c *Checklist) Index(id string) (int, bool) {
	i, ok := c.orNone().index[id]
	return i, ok
}

// Criterion returns the criterion with the given id, and whether there is one.
// The slices inside it are read-only.
func (c *Checklist) Criterion(id string) (Criterion, bool) {
	i, ok := c.Index(id)
	if !ok {
		return Criterion{}, false
	}
	return c.spec.Criteria[i], true
}

// All yields each criterion with its position, in order. The slices inside
// them are read-only.
func (c *Checklist) All() iter.Seq2[int, Criterion] { return slices.All(c.orNone().spec.Criteria) }

// Sections returns the names of the sections in their order.
func (c *Checklist) Sections() []string {
	var names []string
	for _, s := range c.orNone().sections {
		names = append(names, s.name)
	}
	return names
}

// Section returns the positions of a section's criteria, the half-open range
// [from, to), or 0, 0 where there is no such section.
func (c *Checklist) Section(name string) (from, to int) {
	for _, s := range c.orNone().sections {
		if s.name == name {
			return s.from, s.to
		}
	}
	return 0, 0
}

// Source returns the source with the given key, and whether there is one.
func (c *Checklist) Source(key string) (Source, bool) {
	c = c.orNone()
	i, ok := c.sources[key]
	if !ok {
		return Source{}, false
	}
	return c.spec.Sources[i], true
}

// Sources returns a copy of the sources, in their order.
func (c *Checklist) Sources() []Source { return slices.Clone(c.orNone().spec.Sources) }
