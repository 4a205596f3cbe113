package main

import (
	"bytes"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// reasons are the texts out of the assumptions, which are translated as they stand.
func reasons(t *testing.T) (all []string) {
	t.Helper()
	a, err := readAssumptions()
	require.NoError(t, err)
	for _, s := range a.Settings {
		all = append(all, s.Why)
	}
	for _, v := range a.Vary {
		all = append(all, v.Why)
	}
	return slices.Compact(slices.Sorted(slices.Values(all)))
}

// Each translation says all of our texts, and nothing that nobody asks for.
func TestEachLanguageSaysAllOfOurTexts(t *testing.T) {
	for _, l := range languages[1:] {
		po, err := fs.ReadFile(folder, "texts/"+l.Tag()+".po")
		require.NoError(t, err)
		catalogue, remarks, err := source.Read(l.Tag(), po)
		require.NoError(t, err)
		assert.Empty(t, remarks, l.Tag())
		assert.Empty(t, l.Missing(source, reasons(t)...), l.Tag())
		assert.Empty(t, catalogue.LeftOver(reasons(t)...), l.Tag())
	}
}

// Told in a language, the report and its pictures say nothing in another and put no
// sentence together; lines stay within their columns.
func TestTheReportIsToldInTheLanguageThatItIsAskedFor(t *testing.T) {
	accented := languagetest.Accented(reasons(t), source)
	a, err := readAssumptions()
	require.NoError(t, err)
	state, err := beforeTheLaunch(t.Context())
	require.NoError(t, err)
	s, err := research(t.Context(), accented, scenario(t), threeWays(t), a, 50, 50, 7, io.Discard)
	require.NoError(t, err)
	var report bytes.Buffer
	require.NoError(t, write(&report, s, state, firstPage+annexPages, 95))
	report.WriteString(s.ranges(s.moves(), true))
	for _, p := range s.pictures() {
		report.WriteString(s.say(of("illustrative", "title", p.title)) + "\n")
		var svg strings.Builder
		require.NoError(t, p.draw(&svg, s.say(p.title)), p.file)
		assert.Empty(t, languagetest.Leaks(svg.String(), typed(t, s)...), p.file)
	}
	assert.Empty(t, languagetest.Leaks(report.String(), typed(t, s)...))
	assert.Empty(t, languagetest.Pieces(report.String()))

	for _, tag := range []string{"fr", "pt", "es"} {
		var printed bytes.Buffer
		require.NoError(t, run(t.Context(), &printed, io.Discard, []string{"-runs", "50", "-worlds", "50", "-language", tag}))
		l := language.Match(languages, tag)
		assert.Contains(t, printed.String(), l.Say(of("title")))
		assert.NotContains(t, printed.String(), "launch now")
		for line := range strings.Lines(printed.String()) {
			if line[0] != '|' && line[0] != '#' {
				assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 95, line)
			}
		}
	}
}

// typed are names, of the scenario and its actors, of parameters and of policies.
func typed(t *testing.T, s *study) (all []string) {
	t.Helper()
	sc := s.model.Scenario()
	all = append(all, sc.Name, s.model.Digest()[:12], "finance-first", "met", "window")
	for _, p := range s.policies[1].(simulation.Tunable).Parameters() {
		all = append(all, p.Name)
	}
	for _, a := range sc.Actors {
		all = append(all, a.Name)
	}
	for _, v := range s.assumed.Vary {
		all = append(all, v.Parameter)
	}
	return all
}
