package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

var update = flag.Bool("update", false, "write the golden files")

// golden holds a text against a file.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), text)
}

// The page is read by people: look at the difference before updating it.
func TestThePageIsTheGoldenOneAndTheDirectoryHoldsItsPicturesAndTables(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page, io.Discard, []string{"-runs", "50", "-out", dir}))
	golden(t, "testdata/page.golden", page.String())

	report, err := os.ReadFile(filepath.Join(dir, "report.md"))
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(report), page.String()), "the report begins with the page")
	shown := regexp.MustCompile(`!\[[^\]]*\(illustrative\)\]\(([^)]+)\)`).FindAllStringSubmatch(string(report), -1)
	pictures, err := filepath.Glob(filepath.Join(dir, "*.svg"))
	require.NoError(t, err)
	require.Len(t, pictures, 6)
	require.Len(t, shown, 6)
	for _, p := range shown {
		picture, err := os.Open(filepath.Join(dir, p[1]))
		require.NoError(t, err)
		defer picture.Close()
		for dec := xml.NewDecoder(picture); ; {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else {
				require.NoError(t, err, p[1])
			}
		}
	}
	for _, name := range []string{
		"rush-to-launch.csv", "finance-first.csv", "coalition-first.csv",
		"sensitivity-rush-to-launch.csv", "sensitivity-coalition-first.csv", "scenario.json",
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.NotEmpty(t, text, name)
	}
}

// The policy files name the situation; it is the one that the walk and the
// assumptions make.
func TestTheSituationFileIsTheOneThatIsSimulated(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, writeScenario(&text, scenario(t)))
	golden(t, "testdata/situations/uganda-2018.json", text.String())

	read, err := simulation.ParseScenario(text.Bytes())
	require.NoError(t, err)
	m, err := simulation.Compile(read)
	require.NoError(t, err)
	assert.Equal(t, uganda(t).Digest(), m.Digest())
}

func TestWhatDepartsFromADefaultIsNotedAsAssumed(t *testing.T) {
	s := scenario(t)
	assert.True(t, s.Illustrative)
	notes := strings.Join(s.Notes, "\n")
	assert.Contains(t, notes, "Illustrative")
	departs := 0
	for _, p := range s.Parameters() {
		if p.Value != p.Default {
			departs++
			assert.Contains(t, notes, "Assumed: "+p.Name+" is "+strconv.FormatFloat(p.Value, 'g', -1, 64)+". ", p.Name)
		}
	}
	assert.Equal(t, 4, departs, "horizon, suspension.debt, suspension.least and shocks.election.shift")
}

// What the assumption about debt says it comes to: of six guards owed, each adds
// its chance to the month's.
func TestTheReasonOfTheDebtAssumptionIsRightlyReckoned(t *testing.T) {
	s := scenario(t)
	on := 1.0
	for range 6 {
		on *= 1 - 6*s.Suspension.Debt
	}
	assert.InDelta(t, 0.54, 1-on, 0.005)
}

func TestTheReformStandsWhereTheWalkHasIt(t *testing.T) {
	s := scenario(t)
	assert.Equal(t, "program-readiness", s.Start.Stage.String())
	assert.False(t, s.Start.Launched)
	assert.Empty(t, s.Start.Debts)
	assert.Len(t, s.Actors, 9)
}

func TestAnAssumptionAboutNothingIsRefused(t *testing.T) {
	state, err := beforeTheLaunch(t.Context())
	require.NoError(t, err)
	a, err := readAssumptions()
	require.NoError(t, err)

	wrong := a
	wrong.Actors = append(slices.Clone(a.Actors), a.Actors[0])
	wrong.Actors[9].ID = "nobody"
	_, err = situation(state, wrong)
	require.ErrorContains(t, err, `no actor "nobody"`)

	wrong = a
	wrong.Settings = slices.Clone(a.Settings)
	wrong.Settings[0].Value = 1e9
	_, err = situation(state, wrong)
	require.ErrorIs(t, err, assessment.ErrInvalid)
}

func TestBadFlagsAreRefusedBeforeAnythingIsPlayed(t *testing.T) {
	for _, args := range [][]string{{"-runs", "49"}, {"-runs", "100000001"}, {"-runs", "many"}, {"-seed", "-1"}, {"fast"}, {"-fast"}} {
		var page bytes.Buffer
		require.Error(t, run(t.Context(), &page, io.Discard, args), args)
		assert.Empty(t, page.String())
	}
	require.ErrorIs(t, run(t.Context(), io.Discard, io.Discard, []string{"-h"}), flag.ErrHelp)
}

func TestAnInterruptLeavesNoHalfPage(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	why := errors.New("no time")
	stop(why)
	dir := filepath.Join(t.TempDir(), "out")
	var page bytes.Buffer
	require.Error(t, run(ctx, &page, io.Discard, []string{"-runs", "50", "-out", dir}))
	assert.Empty(t, page.String())
	assert.NoDirExists(t, dir)
}

func TestLongWorkTellsHowFarItIsAndShortWorkDoesNot(t *testing.T) {
	var told bytes.Buffer
	p := meter{w: &told, total: long}
	for i := range uint64(long) {
		p.tell(i + 1)
	}
	lines := strings.Split(strings.TrimSuffix(told.String(), "\n"), "\n")
	require.Len(t, lines, 20, "one for every five in a hundred")
	assert.Equal(t, "  5 % of 150000 runs", lines[0])
	assert.Equal(t, "100 % of 150000 runs", lines[19])

	told.Reset()
	p = meter{w: &told, total: long - 1}
	p.tell(long - 1)
	assert.Empty(t, told.String())
}

func TestTheMeterEndsWhereTheWorkDoesAndThePageNamesTheSeed(t *testing.T) {
	a, err := readAssumptions()
	require.NoError(t, err)
	var told, page bytes.Buffer
	vary := a.Vary[:2]
	s, err := research(t.Context(), scenario(t), threeWays(t), vary, 50, 7, &told)
	require.NoError(t, err)
	assert.Empty(t, told.String())
	// Three strategies, each alone, by our own question and in three comparisons;
	// and two sensitivity analyses of a base and two ends for each assumption.
	assert.Equal(t, uint64(50*(3*(1+1+3)+2*(1+2*len(vary)))), s.played)

	state, err := beforeTheLaunch(t.Context())
	require.NoError(t, err)
	require.NoError(t, write(&page, s, state))
	for _, says := range []string{"Illustrative.", "no\nforecast", "What must not be concluded", "50 runs", "seed 7"} {
		assert.Contains(t, page.String(), says)
	}

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	require.Error(t, keep(filepath.Join(file, "under"), s, nil), "a directory that can't be made is an error")
}

func TestSharesAreNeverRoundedToACertainty(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.0004: "<0.1", 0.001: "0.1", 0.0512: "5.1", 0.0994: "9.9", 0.0996: "10", 0.5: "50", 0.994: "99", 0.996: ">99", 0.9999: ">99", 1: "100"} {
		assert.Equal(t, want, percent(x), x)
	}
}
