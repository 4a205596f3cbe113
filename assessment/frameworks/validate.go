package frameworks

// This file holds the rules that the content of a framework must keep, beyond
// those of its checklist.

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
)

const (
	maxText  = 4096 // runes
	maxLabel = 128  // runes
	maxMany  = 1000 // sections, questions, choices, correspondences of an item
)

type faults struct{ assessment.FieldErrors }

func (e *faults) add(field, rule string, value any, want string) {
	e.FieldErrors = append(e.FieldErrors, assessment.FieldError{Field: field, Rule: rule, Value: value, Want: want})
}

// validate returns the checklist, or everything that is wrong, with paths as
// the file has them.
func (f *file) validate() (*assessment.Checklist, assessment.FieldErrors) {
	var errs faults
	if strings.Contains(f.Name, ":") {
		errs.add("name", "characters", f.Name, `no ":", which parts a framework from its item in a correspondence`)
	}
	errs.text("title", f.Title, true)
	errs.text("about", f.About, true)
	errs.text("licence", f.Licence, true)

	sections := make(map[string]bool)
	errs.many("sections", len(f.Sections), 1)
	for i, s := range f.Sections {
		at := "sections[" + strconv.Itoa(i) + "]"
		errs.id(at+".id", s.ID, sections)
		errs.text(at+".title", s.Title, true)
	}
	used := make(map[string]bool)
	for i, it := range f.Items {
		at := "items[" + strconv.Itoa(i) + "]"
		if it.Section != "" && !sections[it.Section] {
			errs.add(at+".section", "exists", it.Section, "the id of one of the sections")
		}
		used[it.Section] = true
		errs.text(at+".title", it.Title, false)
		errs.text(at+".text", it.Text, true)
		errs.text(at+".remedy", it.Remedy, false)
		errs.text(at+".unit", it.Unit, false)
		errs.text(at+".note", it.Note, false)
		for l := assessment.NonFunctional; l <= assessment.HighlyFunctional; l++ {
			errs.text(at+".levels."+l.String(), it.Levels.Of(l), false)
		}
		errs.many(at+".same_as", len(it.SameAs), 0)
		for j, same := range it.SameAs {
			at := at + ".same_as[" + strconv.Itoa(j) + "]"
			if name, id, found := strings.Cut(same.Item, ":"); !found || name == "" || id == "" {
				errs.add(at+".item", "reference", same.Item, `"framework:item", the framework without its version`)
			}
			errs.text(at+".note", same.Note, true)
		}
	}
	for i, s := range f.Sections {
		if s.ID != "" && !used[s.ID] {
			errs.add("sections["+strconv.Itoa(i)+"].id", "used", s.ID, "a section that some item stands in")
		}
	}
	for i, p := range f.Packages {
		at := "packages[" + strconv.Itoa(i) + "]"
		errs.text(at+".title", p.Title, false)
		errs.text(at+".note", p.Note, false)
	}
	f.validateQuestions(&errs)

	checklist, err := assessment.NewChecklist(f.spec())
	if refused, ok := err.(assessment.FieldErrors); ok {
		for _, e := range refused {
			if e.Field = asInFile(e.Field); e.Field != "" {
				errs.FieldErrors = append(errs.FieldErrors, e)
			}
		}
	}
	return checklist, errs.FieldErrors
}

func (f *file) validateQuestions(errs *faults) {
	sources := make(map[string]bool, len(f.Sources))
	for _, s := range f.Sources {
		sources[s.Key] = true
	}
	ids := make(map[string]bool)
	errs.many("questions", len(f.Questions), 0)
	for i, q := range f.Questions {
		at := "questions[" + strconv.Itoa(i) + "]"
		errs.id(at+".id", q.ID, ids)
		errs.text(at+".text", q.Text, true)
		errs.text(at+".note", q.Note, false)
		errs.many(at+".choices", len(q.Choices), 2)
		choices := make(map[string]bool)
		for j, c := range q.Choices {
			at := at + ".choices[" + strconv.Itoa(j) + "]"
			errs.id(at+".id", c.ID, choices)
			errs.text(at+".text", c.Text, true)
		}
		errs.many(at+".sources", len(q.Sources), 1)
		for j, key := range q.Sources {
			if !sources[key] {
				errs.add(at+".sources["+strconv.Itoa(j)+"]", "exists", key, "the key of one of the framework's sources")
			}
		}
	}
}

// asInFile gives a field of the checklist as the file has it; "" where it is a
// text, which is judged here in all its languages.
func asInFile(field string) string {
	if rest, ok := strings.CutPrefix(field, "criteria"); ok {
		field = "items" + rest
	}
	switch last := field[strings.LastIndexByte(field, '.')+1:]; last {
	case "text", "title", "remedy", "note":
		return ""
	}
	return field
}

func (e *faults) many(field string, n, least int) {
	switch {
	case n < least:
		e.add(field, "length", n, "at least "+strconv.Itoa(least))
	case n > maxMany:
		e.add(field, "length", n, "at most "+strconv.Itoa(maxMany))
	}
}

// id checks a name by the rules of assessment, and that it is not taken yet.
func (e *faults) id(field, s string, taken map[string]bool) {
	switch {
	case strings.TrimSpace(s) == "":
		e.add(field, "required", s, "a name that is not blank")
	case utf8.RuneCountInString(s) > maxLabel:
		e.add(field, "length", s, "at most 128 characters")
	case strings.TrimSpace(s) != s || strings.ContainsFunc(s, unicode.IsControl):
		e.add(field, "characters", s, "no control characters, no space around it")
	case taken[s]:
		e.add(field, "unique", s, "an id that is not taken yet")
	}
	taken[s] = true
}

// text checks every language of a text. One that is given at all has English.
func (e *faults) text(field string, t Text, required bool) {
	if i, found := t.find(English); !found && (required || !t.IsZero()) {
		e.add(field, "required", nil, `a text in English, under "en"`)
	} else if found && strings.TrimSpace(t.in[i].text) == "" {
		e.add(field+"."+English, "required", t.in[i].text, "a text that is not blank")
	}
	for _, tr := range t.in {
		at := field + "." + tr.lang
		switch {
		case !isLanguage(tr.lang):
			e.add(at, "language", tr.lang, `a language tag, such as "fr" or "pt-BR"`)
		case tr.lang != English && strings.TrimSpace(tr.text) == "":
			e.add(at, "required", tr.text, "a text that is not blank")
		case utf8.RuneCountInString(tr.text) > maxText:
			e.add(at, "length", tr.text, "at most 4096 characters")
		}
	}
}
