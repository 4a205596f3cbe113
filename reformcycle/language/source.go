package language

import (
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	xlanguage "golang.org/x/text/language"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Kind is what an argument of a text is, and so how it is written.
type Kind string

// The kinds of arguments.
const (
	// Name is what people or programs call something: written as it stands, and kept
	// apart where it runs in the other direction.
	Name Kind = "name"
	// Count is a whole number of things; it chooses the plural.
	Count Kind = "count"
	// Number is a number that counts nothing.
	Number Kind = "number"
	// Share is from 0 to 1, written in per cent.
	Share Kind = "share"
	// Date is a year, a month or a day: "2003", "2003-05", "2003-05-14".
	Date Kind = "date"
	// All and Any are lists: this, that and those; this, that or those.
	All Kind = "all"
	Any Kind = "any"
	// Row is a list with commas alone, Each one with semicolons.
	Row  Kind = "row"
	Each Kind = "each"
	// Said is another text, said in the same language.
	Said Kind = "said"
)

var kinds = []Kind{Name, Count, Number, Share, Date, All, Any, Row, Each, Said}

// Entry is one text in English, as translators find it.
type Entry struct {
	ID string `json:"id"`
	// Args are the names of its arguments and what each of them is.
	Args []Argument `json:"args,omitempty"`
	// Text says it. A text that counts has One and Other in its place.
	Text  string `json:"text,omitempty"`
	One   string `json:"one,omitempty"`
	Other string `json:"other,omitempty"`
	// Note tells translators where it stands and what it is about.
	Note string `json:"note,omitempty"`

	said *template
}

// Argument is a name in braces in a text.
type Argument struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

func (e *Entry) kind(name string) (Kind, bool) {
	for _, a := range e.Args {
		if a.Name == name {
			return a.Kind, true
		}
	}
	return "", false
}

// counts is the argument that chooses the plural; empty for a text that has none.
func (e *Entry) counts() string {
	for _, a := range e.Args {
		if a.Kind == Count && e.Text == "" {
			return a.Name
		}
	}
	return ""
}

// Source is a set of English texts that other languages translate: those of this
// package, or those that stand in data of another, such as the criteria of a
// checklist. It never changes.
type Source struct {
	entries map[string]*Entry
	order   []string
}

// The bounds of a file of texts.
const (
	maxFile  = 4 << 20
	maxTexts = 20_000
	maxText  = 4096
)

// ReadSource reads texts from JSON: {"texts": [{"id": …, "text": …}, …]}. What is
// wrong is refused by id and line.
func ReadSource(data []byte) (*Source, error) {
	var s *Source
	err := readEntries(data, func(entries []Entry) (wrong fault.Fields) {
		s, wrong = newSource(entries)
		return wrong
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func readEntries(data []byte, check func([]Entry) fault.Fields) error {
	var file struct {
		Texts []Entry `json:"texts"`
	}
	return fault.ReadJSON(data, maxFile, &file, func() fault.Fields { return check(file.Texts) })
}

func appendEntries(to []Entry, data []byte) ([]Entry, error) {
	err := readEntries(data, func(entries []Entry) fault.Fields {
		to = append(to, entries...)
		return nil
	})
	return to, err
}

// NewSource makes a source of entries that stand in data of their own.
func NewSource(entries []Entry) (*Source, error) {
	entries = slices.Clone(entries) // they stay as they are, whatever becomes of the caller's
	for i := range entries {
		entries[i].Args = slices.Clone(entries[i].Args)
	}
	s, wrong := newSource(entries)
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

func newSource(entries []Entry) (*Source, fault.Fields) {
	var wrong fault.Fields
	s := &Source{entries: make(map[string]*Entry, len(entries)), order: make([]string, 0, len(entries))}
	wrong.Count("texts", len(entries), maxTexts)
	forms := formsOf(xlanguage.BritishEnglish)
	for i := range entries {
		e := &entries[i]
		if s.entries[e.ID] != nil {
			wrong.Add(fault.At("texts", i)+".id", fault.Unique, e.ID, Of("want.text-id"))
			continue
		}
		if broken := e.takeApart(forms); broken != nil {
			wrong.Under(fault.At("texts", i), broken)
		}
		s.entries[e.ID] = e
		s.order = append(s.order, e.ID)
	}
	slices.Sort(s.order)
	return s, wrong
}

// takeApart checks an entry and makes what it says of it.
func (e *Entry) takeApart(forms []form) (wrong fault.Fields) {
	wrong.Text("id", e.ID, fault.ID)
	counts := 0
	for j, a := range e.Args {
		if !isName(a.Name) {
			wrong.Add(fault.At("args", j)+".name", fault.Characters, a.Name, Of("want.argument-name"))
		}
		if slices.ContainsFunc(e.Args[:j], func(b Argument) bool { return a.Name == b.Name }) {
			wrong.Add(fault.At("args", j)+".name", fault.Unique, a.Name, Of("want.argument-once"))
		}
		if !slices.Contains(kinds, a.Kind) {
			fault.Among(&wrong, fault.At("args", j)+".kind", a.Kind, kinds)
		}
		if a.Kind == Count {
			counts++
		}
	}
	plain := e.One == "" && e.Other == ""
	switch {
	case plain == (e.Text == ""), !plain && (e.One == "" || e.Other == ""):
		wrong.Add("text", fault.Required, nil, Of("want.text-or-plural"))
		return wrong
	case !plain && counts != 1:
		wrong.Add("args", fault.Required, counts, Of("want.one-count"))
	}
	e.said = &template{}
	if plain {
		e.said.set(&wrong, "text", e, form{Form: plural.Other}, e.Text)
		return wrong
	}
	for i, f := range forms {
		e.said.set(&wrong, [...]string{"one", "other"}[i], e, f, [...]string{e.One, e.Other}[i])
	}
	return wrong
}

// IDs are those of all texts, sorted.
func (s *Source) IDs() []string { return slices.Clone(s.order) }

// Has reports whether there is a text of an id.
func (s *Source) Has(id string) bool { return s.entries[id] != nil }

// Entry gives the English text of an id.
func (s *Source) Entry(id string) (Entry, bool) {
	e := s.entries[id]
	if e == nil {
		return Entry{}, false
	}
	return *e, true
}

// piece of a text: words, or the argument that stands there.
type piece struct {
	words, arg string
	kind       Kind
}

// template is a text in one language, taken apart: a list of pieces for each form of
// the plural that it has.
type template struct {
	forms  [plural.Many + 1][]piece
	counts string // the argument that chooses the form
}

// set takes a text apart for one form, and adds what is wrong with it.
func (t *template) set(wrong *fault.Fields, path string, e *Entry, f form, text string) {
	t.counts = e.counts()
	before := len(*wrong)
	if wrong.Text(path, text, fault.TextRule{Most: maxText, Lines: true}); len(*wrong) > before {
		return
	}
	if strings.ContainsAny(text, "<>\t") || strings.Contains(text, "\u2028") || strings.Contains(text, "\u2029") {
		wrong.Add(path, fault.Characters, text, Of("want.no-markup"))
		return
	}
	pieces := make([]piece, 0, 2*len(e.Args)+1)
	for rest := text; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			pieces = append(pieces, piece{words: rest})
			break
		}
		if open > 0 {
			pieces = append(pieces, piece{words: rest[:open]})
		}
		end := strings.IndexByte(rest, '}')
		if rest[open] == '}' || end < 0 {
			wrong.Add(path, fault.Syntax, text, Of("want.braces"))
			return
		}
		name := rest[open+1 : end]
		kind, known := e.kind(name)
		if !known {
			wrong.Add(path, fault.Known, "{"+name+"}", accepted(e))
			return
		}
		pieces = append(pieces, piece{arg: name, kind: kind})
		rest = rest[end+1:]
	}
	for _, a := range e.Args {
		stands := slices.ContainsFunc(pieces, func(p piece) bool { return p.arg == a.Name })
		if !stands && (a.Name != t.counts || !f.one) { // one thing can be said without a figure
			wrong.Add(path, fault.Exists, text, Of("want.argument-in", "name", "{"+a.Name+"}"))
		}
	}
	t.forms[f.Form] = pieces
}

func accepted(e *Entry) Text {
	if len(e.Args) == 0 {
		return Of("want.no-argument")
	}
	names := make([]string, len(e.Args))
	for i, a := range e.Args {
		names[i] = "{" + a.Name + "}"
	}
	return Of("want.english-arguments", "names", names)
}

func isName(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
