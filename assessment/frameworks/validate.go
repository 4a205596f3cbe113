package frameworks

// This file holds the rules that the content of a framework must keep, beyond
// those of its checklist.

import (
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

const maxMany = 1000 // sections, questions, choices, correspondences of an item

// validate returns the checklist, or everything that is wrong, with paths as
// the file has them.
func (f *file) validate() (*assessment.Checklist, fault.Fields) {
	var errs fault.Fields
	if strings.Contains(f.Name, ":") {
		errs.Add("name", fault.Characters, f.Name, language.Of("want.without", "mark", ":"))
	}
	text(&errs, "title", f.Title, true)
	text(&errs, "about", f.About, true)
	text(&errs, "licence", f.Licence, true)

	sections := make(map[string]bool)
	many(&errs, "sections", len(f.Sections), 1)
	for i, s := range f.Sections {
		at := fault.At("sections", i)
		id(&errs, at+".id", s.ID, sections)
		text(&errs, at+".title", s.Title, true)
	}
	used := make(map[string]bool)
	for i, it := range f.Items {
		at := fault.At("items", i)
		if it.Section != "" && !sections[it.Section] {
			errs.Add(at+".section", fault.Exists, it.Section, language.Of("want.in-list", "list", "sections"))
		}
		used[it.Section] = true
		text(&errs, at+".title", it.Title, false)
		text(&errs, at+".text", it.Text, true)
		text(&errs, at+".remedy", it.Remedy, false)
		text(&errs, at+".unit", it.Unit, false)
		text(&errs, at+".note", it.Note, false)
		for l := assessment.NonFunctional; l <= assessment.HighlyFunctional; l++ {
			text(&errs, at+".levels."+l.String(), it.Levels.Of(l), false)
		}
		many(&errs, at+".same_as", len(it.SameAs), 0)
		for j, same := range it.SameAs {
			at := fault.At(at+".same_as", j)
			if name, id, found := strings.Cut(same.Item, ":"); !found || name == "" || id == "" {
				errs.Add(at+".item", "reference", same.Item, language.Of("want.reference"))
			}
			text(&errs, at+".note", same.Note, true)
		}
	}
	for i, s := range f.Sections {
		if s.ID != "" && !used[s.ID] {
			errs.Add(fault.At("sections", i)+".id", "used", s.ID, language.Of("want.used-section"))
		}
	}
	for i, p := range f.Packages {
		at := fault.At("packages", i)
		text(&errs, at+".title", p.Title, false)
		text(&errs, at+".note", p.Note, false)
	}
	f.validateQuestions(&errs)

	checklist, err := assessment.NewChecklist(f.spec())
	for _, e := range fault.Of(err) {
		if e.Path = asInFile(e.Path); e.Path != "" {
			errs.Under("", fault.Fields{e})
		}
	}
	return checklist, errs
}

func (f *file) validateQuestions(errs *fault.Fields) {
	sources := make(map[string]bool, len(f.Sources))
	for _, s := range f.Sources {
		sources[s.Key] = true
	}
	ids := make(map[string]bool)
	many(errs, "questions", len(f.Questions), 0)
	for i, q := range f.Questions {
		at := fault.At("questions", i)
		id(errs, at+".id", q.ID, ids)
		text(errs, at+".text", q.Text, true)
		text(errs, at+".note", q.Note, false)
		many(errs, at+".choices", len(q.Choices), 2)
		choices := make(map[string]bool)
		for j, c := range q.Choices {
			at := fault.At(at+".choices", j)
			id(errs, at+".id", c.ID, choices)
			text(errs, at+".text", c.Text, true)
		}
		many(errs, at+".sources", len(q.Sources), 1)
		for j, key := range q.Sources {
			if !sources[key] {
				errs.Add(fault.At(at+".sources", j), fault.Exists, key, language.Of("want.in-list", "list", "sources"))
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
	if strings.HasPrefix(field, "in.") {
		return ""
	}
	switch last := field[strings.LastIndexByte(field, '.')+1:]; last {
	case "text", "title", "remedy", "note":
		return ""
	}
	return field
}

func many(errs *fault.Fields, field string, n, least int) {
	if errs.Count(field, n, maxMany) && n < least {
		errs.Add(field, fault.Length, n, language.Of("want.at-least", "least", least))
	}
}

// id checks a name, and that it is not taken yet.
func id(errs *fault.Fields, field, s string, taken map[string]bool) {
	if errs.Text(field, s, fault.ID); taken[s] {
		errs.Add(field, fault.Unique, s, language.Of("want.each-once"))
	}
	taken[s] = true
}

// text checks every language of a text. One that is given at all has English.
func text(errs *fault.Fields, field string, t Text, required bool) {
	if _, found := t.in[English]; !found && (required || !t.IsZero()) {
		errs.Add(field, fault.Required, nil, language.Of("want.english"))
	}
	for _, lang := range t.Languages() {
		at := field + "." + lang
		if !tag.MatchString(lang) {
			errs.Add(at, "language", lang, language.Of("want.tag"))
		}
		before := len(*errs)
		errs.Text(at, t.in[lang], fault.Text)
		if l, err := language.New(lang, nil); err == nil && len(*errs) == before {
			_, err = l.WithWords(map[string]map[string]string{l.Tag(): {t.String(): t.in[lang]}})
			for _, f := range fault.Of(err) {
				errs.Add(at, f.Rule, f.Value, f.Want)
			}
		}
	}
}
