package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
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

// The report is read by people: look at the difference before updating it.
func TestTheReportIsTheGoldenOneAndTheDirectoryHoldsItsPicturesAndTables(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	var printed bytes.Buffer
	require.NoError(t, run(t.Context(), &printed, io.Discard, []string{"-runs", "50", "-out", dir}))
	golden(t, "testdata/report.golden", printed.String())
	lines := strings.Split(strings.TrimSuffix(printed.String(), "\n"), "\n")
	assert.LessOrEqual(t, len(lines), 62, "one page")
	for _, line := range lines {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 95, line)
	}

	report, err := os.ReadFile(filepath.Join(dir, "report.md"))
	require.NoError(t, err)
	behind, begins := strings.CutPrefix(string(report), printed.String())
	assert.True(t, begins, "the file begins with what is printed")
	_, annex, found := strings.Cut(behind, "# Annex\n")
	assert.True(t, found)
	golden(t, "testdata/annex.golden", annex)
	a, err := readAssumptions()
	require.NoError(t, err)
	for _, v := range a.Vary {
		assert.Contains(t, string(report), v.Why, v.Parameter)
	}
	shown := regexp.MustCompile(`!\[[^\]]*\(illustrative\)\]\(([^)]+)\)`).FindAllStringSubmatch(string(report), -1)
	pictures, err := filepath.Glob(filepath.Join(dir, "*.svg"))
	require.NoError(t, err)
	require.Len(t, pictures, 9, "with the box of each of two")
	require.Len(t, shown, 9)
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
		"worlds.csv", "boxes-rush-to-launch.csv", "boxes-coalition-first.csv",
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
	assert.Contains(t, strings.Join(s.Notes, "\n"), "Illustrative")
	assumed := languages[0].Paragraph(s.Assumed)
	departs := 0
	for _, p := range s.Parameters() {
		if p.Value != p.Default {
			departs++
			assert.Contains(t, assumed, p.Name+" is "+strconv.FormatFloat(p.Value, 'g', -1, 64)+". ", p.Name)
		}
	}
	assert.Equal(t, 4, departs, "horizon, suspension.debt, suspension.least and shocks.election.shift")
}

// FromState says of what a cycle does not record that it has its default: here
// all of it is assumed.
func TestNoNoteSaysThatAnActorHasItsDefaults(t *testing.T) {
	s := scenario(t)
	assert.NotContains(t, fmt.Sprint(s.Assumed), "have their defaults")
	a, err := readAssumptions()
	require.NoError(t, err)
	assert.Len(t, a.Actors, len(s.Actors))
	for _, actor := range s.Actors {
		assert.True(t, slices.ContainsFunc(a.Actors, func(o assumedActor) bool { return o.ID == actor.ID }), actor.ID)
		assert.True(t, slices.ContainsFunc(s.Influence, func(i simulation.Influence) bool { return i.Listener == actor.ID }), actor.ID)
	}
}

// The reason of a range is read beside it: what it says of the numbers is so.
func TestTheReasonsOfTheRangesAreRightlyReckoned(t *testing.T) {
	s := scenario(t)
	known := append(s.Parameters(), builtIn("balanced").Parameters()...)
	a, err := readAssumptions()
	require.NoError(t, err)
	often := regexp.MustCompile(`one in (\d+) months to one in (\d+)`)
	for _, v := range a.Vary {
		require.NotEmpty(t, v.Why, v.Parameter)
		// What is said of all actors has no single value in the scenario.
		i := slices.IndexFunc(known, func(p simulation.Parameter) bool { return p.Name == strings.TrimPrefix(v.Parameter, "policy.") })
		if i < 0 {
			require.Equal(t, "actors[].attachment", v.Parameter)
			continue
		}
		p := known[i]
		if p.Value != p.Default {
			assert.Contains(t, v.Why, "From the default to one and a half times what is assumed", v.Parameter)
			assert.InEpsilon(t, p.Default, v.Low, 1e-3, v.Parameter)
			assert.InEpsilon(t, 1.5*p.Value, v.High, 1e-3, v.Parameter)
		}
		if strings.HasPrefix(v.Why, "Half and double the default") {
			assert.InEpsilon(t, p.Default/2, v.Low, 1e-3, v.Parameter)
			assert.InEpsilon(t, 2*p.Default, v.High, 1e-3, v.Parameter)
		}
		if said := often.FindStringSubmatch(v.Why); said != nil {
			for i, chance := range []float64{v.Low, v.High} {
				months, err := strconv.ParseFloat(said[1+i], 64)
				require.NoError(t, err)
				assert.InEpsilon(t, 1/months, chance, 1e-3, v.Parameter)
			}
		}
	}
	for _, c := range s.Criteria {
		assert.Zero(t, c.Difficulty, "the reason of work.rated says that all have the default: %s", c.ID)
	}
}

// What the assumption about debt says it comes to: six guards owed of 27, which all
// weigh the same.
func TestTheReasonOfTheDebtAssumptionIsRightlyReckoned(t *testing.T) {
	required := 0
	for _, c := range reformcycle.ReformChecklist().All() {
		if stage, err := reformcycle.ParseStage(c.Section); err == nil && stage < reformcycle.Launch && !c.Advisory {
			assert.EqualValues(t, 1, c.Weight, c.ID)
			required++
		}
	}
	assert.Equal(t, 27, required)
	assert.InDelta(t, 0.58, 1-math.Pow(1-scenario(t).Suspension.Debt*6/27, 6), 0.005)
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
	require.ErrorContains(t, err, "no actor of this id: nobody")

	wrong = a
	wrong.Settings = slices.Clone(a.Settings)
	wrong.Settings[0].Value = 1e9
	_, err = situation(state, wrong)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestBadFlagsAreRefusedBeforeAnythingIsPlayed(t *testing.T) {
	for _, args := range [][]string{{"-runs", "49"}, {"-worlds", "49"}, {"-worlds", "65537"}, {"-runs", "100000001"}, {"-runs", "many"}, {"-seed", "-1"}, {"fast"}, {"-fast"}} {
		var printed bytes.Buffer
		require.Error(t, run(t.Context(), &printed, io.Discard, args), args)
		assert.Empty(t, printed.String())
	}
	require.ErrorIs(t, run(t.Context(), io.Discard, io.Discard, []string{"-h"}), flag.ErrHelp)
}

func TestAnInterruptLeavesNoHalfReport(t *testing.T) {
	defer func(was uint64) { long = was }(long)
	long = 1
	why := errors.New("no time")
	parent := t.TempDir()
	for _, dir := range []string{filepath.Join(parent, "new"), filepath.Join(parent, "new", "below"), parent} {
		ctx, stop := context.WithCancelCause(t.Context())
		var printed bytes.Buffer
		interrupt := first(func() { stop(why) })
		require.ErrorIs(t, run(ctx, &printed, interrupt, []string{"-runs", "50", "-out", dir}), why)
		assert.Empty(t, printed.String())
		left, err := os.ReadDir(parent)
		require.NoError(t, err, "what was there before stays")
		assert.Empty(t, left)
	}
}

// first does something at the first progress that is told: in the midst of the
// runs.
type first func()

func (f first) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}

// Otherwise hours of work would end in nothing.
func TestADirectoryThatCannotBeMadeIsRefusedBeforeAnythingIsPlayed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for _, dir := range []string{file, filepath.Join(file, "under")} {
		var refused *fs.PathError
		require.ErrorAs(t, run(ctx, io.Discard, io.Discard, []string{"-runs", strconv.Itoa(mostRuns), "-out", dir}), &refused)
	}
	assert.FileExists(t, file)
}

func TestLongWorkTellsHowFarItIsAndShortWorkDoesNot(t *testing.T) {
	var told bytes.Buffer
	p := meter{w: &told, say: new(study).say, total: long}
	for i := range uint64(long) {
		p.tell(i + 1)
	}
	lines := strings.Split(strings.TrimSuffix(told.String(), "\n"), "\n")
	require.Len(t, lines, 20, "one for every five in a hundred")
	assert.Equal(t, "5% of 150,000 runs", lines[0])
	assert.Equal(t, "100% of 150,000 runs", lines[19])

	told.Reset()
	p = meter{w: &told, say: new(study).say, total: long - 1}
	p.tell(long - 1)
	assert.Empty(t, told.String())
}

func TestTheMeterEndsWhereTheWorkDoesAndTheReportNamesTheSeed(t *testing.T) {
	a, err := readAssumptions()
	require.NoError(t, err)
	var told, report bytes.Buffer
	a.Vary = a.Vary[:2]
	s, err := research(t.Context(), nil, scenario(t), threeWays(t), a, 50, 50, 7, &told)
	require.NoError(t, err)
	assert.Empty(t, told.String())
	// Three policies, each alone, by our own question and in four comparisons; two of
	// them and balanced in one more; two sensitivity analyses of a base and two ends for
	// each assumption; and fifty worlds, of fifty runs of each policy.
	assert.Equal(t, uint64(50*(3*(1+1+4)+3+2*(1+2*len(a.Vary)))+50*3*50), s.played)

	state, err := beforeTheLaunch(t.Context())
	require.NoError(t, err)
	require.NoError(t, write(&report, s, state, firstPage+annexPages, 80))
	for _, says := range []string{"Illustrative:", "No forecast", "What must not be concluded", "50 runs", "seed 7", "in 50 worlds"} {
		assert.Contains(t, report.String(), says)
	}

	without := scenario(t)
	for i := range without.Actors {
		without.Actors[i].Veto = false
	}
	with := s.model
	s.model, err = simulation.Compile(without)
	require.NoError(t, err)
	report.Reset()
	require.NoError(t, write(&report, s, state, firstPage+annexPages, 80))
	assert.Contains(t, report.String(), "Nobody has a veto.")
	s.model, s.assumed.Vary[0].Parameter = with, "haste"
	require.ErrorContains(t, write(&report, s, state, firstPage+annexPages, 80), "haste is in no register")

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	require.Error(t, keep(filepath.Join(file, "under"), s, nil, nil), "a file that can't be written is an error")
}

func TestSharesAreNeverRoundedToACertainty(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.0004: "<0.1", 0.001: "0.1", 0.0512: "5.1", 0.0994: "9.9", 0.0996: "10", 0.5: "50", 0.994: "99", 0.996: ">99", 0.9999: ">99", 1: "100"} {
		assert.Equal(t, want, new(study).percent(x), x)
	}
}
