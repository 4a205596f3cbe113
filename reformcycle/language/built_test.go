package language_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
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
	for r := range reformcycle.DiagnosisRules().All() {
		add(r.Sentence, r.Strength, r.Asks, r.Remedy)
	}
	for _, s := range stakeholders.Catalogue() {
		add(s.Text, s.Helps, s.Watch)
	}
	for _, p := range simulation.Register() {
		add(p.Called, p.Unit)
	}
	return all
}

var write = flag.String("write", "", "a folder to write the files for translators to")

// With -write, files for translators are written: a template, and what each language
// has under its comment, with what it lacks.
func TestFilesForTranslators(t *testing.T) {
	built := builtIn()
	files := map[string][]byte{"template.pot": language.Texts().Write(nil, built...)}
	for _, l := range shipped[1:] {
		text := language.Texts().Write(l, built...)
		_, remarks, err := language.Texts().Read(l.Tag(), text)
		require.NoError(t, err)
		assert.Len(t, remarks, len(l.Missing(language.Texts(), built...)), "what is missing, and nothing else, is remarked on")
		file, err := os.ReadFile(filepath.Join(l.Tag(), l.Tag()+".po"))
		require.NoError(t, err)
		head, _, _ := bytes.Cut(file, []byte("msgid"))
		files[l.Tag()+".po"] = append(head, text...)
	}
	if *write != "" {
		for name, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join(*write, name), text, 0o644))
		}
	}
}
