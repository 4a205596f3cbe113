package frameworks

// This file holds a framework and what it answers.

import (
	"encoding/json"
	"iter"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Framework is one published framework, item by item. It does not change, so it
// may be shared between goroutines. Take a built-in one from [Get] or read one
// with [Parse]; the zero value and a nil pointer are a framework without items.
type Framework struct {
	file      file
	checklist *assessment.Checklist
	languages []string
}

func newFramework(f file, checklist *assessment.Checklist) *Framework {
	return &Framework{file: f, checklist: checklist, languages: f.languages()}
}

// orNone lets a nil framework answer as one without items.
func (f *Framework) orNone() *Framework {
	if f == nil {
		return new(Framework)
	}
	return f
}

// Name returns the framework's name, such as "chw-aim".
func (f *Framework) Name() string { return f.orNone().file.Name }

// Version returns the version of this edition of it.
func (f *Framework) Version() string { return f.orNone().file.Version }

// ID returns "name@version", which is also the ID of its checklist.
func (f *Framework) ID() string { return f.Checklist().ID() }

// Title is what people read.
func (f *Framework) Title() Text { return f.orNone().file.Title }

// About says what the framework is for and where its wording comes from.
func (f *Framework) About() Text { return f.orNone().file.About }

// Licence says on what terms its sources are published, and what of them is
// reproduced.
func (f *Framework) Licence() Text { return f.orNone().file.Licence }

// Checklist returns its items as a checklist, with their English texts. It is
// nil, which is an empty checklist, for a framework without items.
func (f *Framework) Checklist() *assessment.Checklist { return f.orNone().checklist }

// Sources returns a copy of its sources, each saying what of it was seen.
func (f *Framework) Sources() []assessment.Source { return slices.Clone(f.orNone().file.Sources) }

// Sections returns a copy of its sections, in order.
func (f *Framework) Sections() []Section { return slices.Clone(f.orNone().file.Sections) }

// Items yields its items with their positions, in the order of the checklist.
// The caller may change what it gets.
func (f *Framework) Items() iter.Seq2[int, Item] {
	return func(yield func(int, Item) bool) {
		for i, it := range f.orNone().file.Items {
			if !yield(i, it.clone()) {
				return
			}
		}
	}
}

// Item returns the item with the given id, and whether there is one.
func (f *Framework) Item(id string) (Item, bool) {
	i, ok := f.Checklist().Index(id)
	if !ok {
		return Item{}, false
	}
	return f.file.Items[i].clone(), true
}

// Descriptor describes what a level looks like for an item; blank where the
// framework does not say, or has no such item.
func (f *Framework) Descriptor(item string, l assessment.Level) Text {
	it, _ := f.Item(item)
	return it.Levels.Of(l)
}

// Packages returns a copy of its packages, in order.
func (f *Framework) Packages() []Package {
	packages := slices.Clone(f.orNone().file.Packages)
	for i, p := range packages {
		packages[i] = p.clone()
	}
	return packages
}

// Questions returns a copy of what it has people record beside the ratings.
func (f *Framework) Questions() []Question {
	questions := slices.Clone(f.orNone().file.Questions)
	for i, q := range questions {
		questions[i] = q.clone()
	}
	return questions
}

// Languages lists the languages that some text of it is in, sorted. English has
// all texts.
func (f *Framework) Languages() []string { return slices.Clone(f.orNone().languages) }

// In gives a language that says all texts of the framework as well, as far as its file has
// them in it; of the built-in frameworks, the languages of the module say all. Nil stands
// for English.
func (f *Framework) In(l *language.Language) (*language.Language, error) {
	return l.WithWords(in(f.orNone().file.texts()))
}

// MarshalJSON writes the file that [Parse] reads; a framework without items is
// null.
func (f *Framework) MarshalJSON() ([]byte, error) {
	if f.ID() == "" {
		return []byte("null"), nil
	}
	return json.Marshal(f.file)
}

// UnmarshalJSON reads what [Parse] reads. Null leaves f as it is. A framework
// that is already built refuses: others may be reading it.
func (f *Framework) UnmarshalJSON(data []byte) error {
	switch {
	case string(data) == "null":
		return nil
	case f == nil:
		return fault.Fields{{Path: "framework", Rule: fault.Required, Want: language.Of("want.pointer")}}
	case f.ID() != "":
		return fault.Fields{{Path: "framework", Rule: "immutable", Value: f.ID(), Want: language.Of("want.empty")}}
	}
	parsed, err := Parse(data)
	if err != nil {
		return err
	}
	*f = *parsed
	return nil
}

// texts are all that people read.
func (f *file) texts() []Text {
	texts := []Text{f.Title, f.About, f.Licence}
	for _, s := range f.Sections {
		texts = append(texts, s.Title)
	}
	for _, it := range f.Items {
		texts = append(texts, it.Title, it.Text, it.Remedy, it.Unit, it.Note,
			it.Levels.NonFunctional, it.Levels.PartiallyFunctional, it.Levels.Functional, it.Levels.HighlyFunctional)
		for _, l := range it.SameAs {
			texts = append(texts, l.Note)
		}
	}
	for _, p := range f.Packages {
		texts = append(texts, p.Title, p.Note)
	}
	for _, q := range f.Questions {
		texts = append(texts, q.Text, q.Note)
		for _, c := range q.Choices {
			texts = append(texts, c.Text)
		}
	}
	return texts
}

func (f *file) languages() []string {
	var langs []string
	for _, t := range f.texts() {
		langs = append(langs, t.Languages()...)
	}
	slices.Sort(langs)
	return slices.Compact(langs)
}

// in gives texts in other languages than English, as a checklist has them.
func in(texts []Text) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, t := range texts {
		for tag, said := range t.in {
			if tag == English || t.String() == "" {
				continue
			}
			if all[tag] == nil {
				all[tag] = map[string]string{}
			}
			all[tag][t.String()] = said
		}
	}
	return all
}
