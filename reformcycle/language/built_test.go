package language_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

// builtIn are the texts out of the data of the module that people read, each once, in
// the order of the data: what translators find beside the texts by id.
func builtIn() []string {
	var all []string
	seen := map[string]bool{"": true}
	add := func(texts ...string) {
		for _, text := range texts {
			if !seen[text] {
				seen[text] = true
				all = append(all, text)
			}
		}
	}
	for f := range frameworks.All() {
		add(f.Title().String(), f.About().String())
		for _, s := range f.Sections() {
			add(s.Title.String())
		}
		for _, i := range f.Items() {
			add(i.Title.String(), i.Text.String(), i.Remedy.String(), i.Unit.String())
		}
		for _, q := range f.Questions() {
			add(q.Text.String())
			for _, c := range q.Choices {
				add(c.Text.String())
			}
		}
		for _, p := range f.Packages() {
			add(p.Title.String())
		}
	}
	for _, rules := range []reformcycle.Rules{reformcycle.DiagnosisRules(), portfolio.DiagnosisRules()} {
		for r := range rules.All() {
			add(r.Sentence, r.Strength, r.Asks, r.Remedy)
			for _, g := range []reformcycle.Ground{r.Grounds.Finding, r.Grounds.Strength, r.Grounds.Contested, r.Grounds.Question, r.Grounds.Silent} {
				add(g.When, g.Never)
			}
			for _, p := range r.Parameters {
				add(p.Unit, p.Says)
			}
		}
	}
	for _, a := range reformcycle.DiagnosisRules().Ages() {
		add(a.Says)
	}
	for _, s := range stakeholders.Catalogue() {
		add(s.Text, s.Helps, s.Watch)
	}
	for _, k := range stakeholders.KindNotes() {
		add(k.Text)
	}
	// How much of a publication was read, and what was never published.
	of := func(s assessment.Source) {
		if add(s.Seen); s.Link == "" {
			add(s.Citation)
		}
	}
	for _, s := range reformcycle.ReformChecklist().Spec().Sources {
		of(s)
	}
	for r := range reformcycle.DiagnosisRules().All() {
		for _, key := range r.Sources {
			if s, listed := reformcycle.DiagnosisRules().Source(key); listed {
				of(s)
			}
		}
	}
	add(cases.Texts()...)
	return all
}

// areas are the texts as they stand in files: each has its own, and a .po file of the same
// name in each language; those out of data stand in data.po.
func areas(t testing.TB) map[string]*language.Source {
	all := map[string]*language.Source{}
	files, err := filepath.Glob("en/*.json")
	require.NoError(t, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = texts(t, string(data))
	}
	all["fault"] = texts(t, string(fault.English()))
	all["data"], err = language.NewSource(nil)
	require.NoError(t, err)
	return all
}

// An id stands in the file of one area: two that choose the same are told by their files.
func TestAnIDStandsInOneFileOnly(t *testing.T) {
	in := map[string][]string{}
	for area, s := range areas(t) {
		for _, id := range s.IDs() {
			in[id] = append(in[id], area)
		}
	}
	for id, found := range in {
		assert.Len(t, found, 1, "%s stands in %s", id, found)
	}
}

// as writes what a language has of an area, as it is shipped: without the notes, which
// stand with the English texts, so that a program has no copy for each language.
func as(l *language.Language, area string, s *language.Source) string {
	var built []string
	if area == "data" {
		built = builtIn()
	}
	return notes.ReplaceAllString(string(s.Write(l, built...)), "")
}

var notes = regexp.MustCompile(`(?m)^#\. .*\n`)

var write = flag.String("write", "", "a folder to write the files for translators to")

// With -write, files for translators are written, a folder for each language: what it has
// under its comment, and with empty quotes what it lacks.
func TestFilesForTranslators(t *testing.T) {
	for _, l := range shipped[1:] {
		tag := l.Tag()
		head, err := os.ReadFile(filepath.Join(tag, "data.po"))
		require.NoError(t, err)
		head, _, _ = bytes.Cut(head, []byte("msgid"))
		missing := 0
		for area, s := range areas(t) {
			text := as(l, area, s)
			_, remarks, err := s.Read(tag, []byte(text))
			require.NoError(t, err)
			missing += len(remarks)
			if *write != "" {
				require.NoError(t, os.MkdirAll(filepath.Join(*write, tag), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(*write, tag, area+".po"), append(head[:len(head):len(head)], text...), 0o644))
			}
		}
		assert.Equal(t, missing, len(l.Missing(language.Texts(), builtIn()...)), "what is missing, and nothing else, is remarked on")
	}
}
