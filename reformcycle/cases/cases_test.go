package cases_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

var update = flag.Bool("update", false, "write docs/cases.md")

func each(t *testing.T, test func(*testing.T, cases.Case)) {
	for _, c := range cases.Papers(nil) {
		t.Run(c.ID, func(t *testing.T) { test(t, c) })
	}
}

func compared(t *testing.T, c cases.Case) cases.Comparison {
	d, err := c.Diagnosis(t.Context())
	require.NoError(t, err)
	return c.Compare(d)
}

func TestTheDiagnosisFindsWhatThePaperNames(t *testing.T) {
	each(t, func(t *testing.T, c cases.Case) {
		r := compared(t, c)
		require.Empty(t, r.Missing)
		require.True(t, slices.Equal(c.Claims, r.Confirmed))
	})
}

func TestTheDiagnosisNeverSaysWhatThePaperContradicts(t *testing.T) {
	each(t, func(t *testing.T, c cases.Case) { require.Empty(t, compared(t, c).Contradicted) })
}

// A finding that nobody has held against the paper fails here. Read the paper
// before you add it to the case: it may belong under denies, and the rule be wrong.
func TestWhateverElseTheDiagnosisSaysHasBeenLookedAt(t *testing.T) {
	each(t, func(t *testing.T, c cases.Case) {
		var looked []cases.Judgement
		for _, also := range c.Also {
			looked = append(looked, also.Judgement)
		}
		require.ElementsMatch(t, looked, compared(t, c).Also)
	})
}

// What a rule has come to find is a claim from then on.
func TestWhatIsBeyondTheRulesIsFoundByNone(t *testing.T) {
	each(t, func(t *testing.T, c cases.Case) { require.Empty(t, compared(t, c).Found) })
}

func TestTheLibraryHasThirteenCasesOfOnePaperAndOneOfTheOther(t *testing.T) {
	count := map[string]int{}
	countries := map[string]bool{}
	for _, c := range cases.Papers(nil) {
		count[c.Paper.Key]++
		if c.Paper.Key == "afzal2021" {
			countries[c.Country] = true
		}
	}
	require.Equal(t, map[string]int{"afzal2021": 13, "uddin2021": 1}, count)
	require.Len(t, countries, 12, "India is told of twice")
}

func TestEveryFileIsACaseOfItsName(t *testing.T) {
	files, err := filepath.Glob("data/*.json")
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	var ids []string
	for _, c := range slices.Concat(cases.Papers(nil), cases.Walks(nil)) {
		ids = append(ids, c.ID)
		got, err := cases.Get(c.ID, nil)
		require.NoError(t, err)
		require.Equal(t, c, got)
	}
	ids = append(ids, cases.Kenya(nil).National.ID)
	require.ElementsMatch(t, ids, names)
}

func TestSourcesAreCitedAsTheRulesCiteThem(t *testing.T) {
	each(t, func(t *testing.T, c cases.Case) {
		cited, known := reformcycle.DiagnosisRules().Source(c.Paper.Key)
		require.True(t, known)
		require.Equal(t, cited, *c.Paper)
	})
}

func TestACaseIsTheCallers(t *testing.T) {
	first := cases.Papers(nil)
	first[0].Chapters[0].Says, first[0].Claims[0].Says = "changed", "changed"
	require.NotEqual(t, first[0], cases.Papers(nil)[0])
	require.Equal(t, cases.Papers(nil), cases.Papers(nil))
}

// What the papers do not date is dated by the paper, and the dates of afzal2021 that
// do not fit together are not used.
func TestOnlyTwoCasesHaveDatesOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, c cases.Case) {
		for _, f := range c.Chapters {
			switch {
			case c.ID == "india-village-health-guides" && (f.When().String() == "1977" || f.When().String() == "2002"):
			case c.ID == "barishal" && f.On.First().Year() < 2020:
			default:
				require.Equal(t, "as told in 2021", f.Precision)
			}
		}
	})
}

// What is told in 2021 was not in 2021: of reviews, pilots, windows and rollouts the case
// has the date that the paper gives, or none.
func TestThePapersDateIsNoDateOfWhatItTells(t *testing.T) {
	each(t, func(t *testing.T, c cases.Case) {
		cycle, err := c.Cycle(t.Context())
		require.NoError(t, err)
		s := cycle.State()
		var dated []date.Date
		for _, r := range s.Reviews() {
			dated = append(dated, r.On)
		}
		for _, m := range s.CommunityMeetings() {
			dated = append(dated, m.On)
		}
		for _, o := range s.Solutions() {
			for _, p := range o.Pilots {
				dated = append(dated, p.From, p.To)
			}
		}
		for _, w := range s.Windows() {
			dated = append(dated, w.Opens, w.Closes)
		}
		for _, p := range s.Rollout() {
			dated = append(dated, p.Start, p.End, p.Started)
		}
		published := date.MustParse("2021")
		for _, on := range dated {
			require.True(t, on.IsZero() || on.Before(published) == date.Yes, "dated %s", on)
		}
	})
}

// A paper that does not say who was left out leaves it open, and what else a hasty launch
// passed over.
func TestWhatAPaperIsSilentAboutIsHeldAgainstNobody(t *testing.T) {
	guides, err := cases.Get("india-village-health-guides", nil)
	require.NoError(t, err)
	d, err := guides.Diagnosis(t.Context())
	require.NoError(t, err)
	debt, found := d.Finding("readiness-debt")
	require.True(t, found)
	require.Len(t, debt.Facts, 1)
	require.Equal(t, "readiness.subnational", debt.Facts[0].ID)

	uganda, err := cases.Get("uganda", nil)
	require.NoError(t, err)
	cycle, err := uganda.Cycle(t.Context())
	require.NoError(t, err)
	for _, topic := range []reformcycle.Topic{reformcycle.TopicActors, reformcycle.TopicMoney} {
		require.Equal(t, reformcycle.Silent, cycle.State().OnRecord(topic).Absence)
	}
}

func TestEveryRecordedThingRestsOnTheCasesPaperAndIsDocumented(t *testing.T) {
	each(t, func(t *testing.T, c cases.Case) {
		cycle, err := c.Cycle(t.Context())
		require.NoError(t, err)
		s := cycle.State()
		citation := c.Paper.Citation + " (" + c.Paper.Link + ")"
		for a := range s.Actors().All() {
			require.NotEmpty(t, a.Note, a.ID)
		}
		for _, r := range s.Ratings() {
			require.Equal(t, citation, r.Evidence.Source)
			require.Equal(t, assessment.Documented, r.Evidence.Basis)
			require.True(t, slices.ContainsFunc(c.Chapters, func(f cases.Chapter) bool { return f.Says == r.Evidence.What }), "a rating's evidence is its fact")
		}
		if survey, ok := s.Survey(); ok {
			for _, said := range survey.Landscape.Statements {
				require.Equal(t, citation, said.Evidence.Source)
			}
		}
	})
}

func TestThePageInDocsIsCurrent(t *testing.T) {
	const page = "../../docs/cases.md"
	var b bytes.Buffer
	require.NoError(t, cases.Page(t.Context(), &b, nil, cases.Papers(nil)))
	if *update {
		require.NoError(t, os.WriteFile(page, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

func TestAPageTakesTextAsText(t *testing.T) {
	c := cases.Papers(nil)[0]
	c.Title = "a | b\n<script> *c*"
	c.Claims = []cases.Claim{{Judgement: cases.Judgement{Code: "hasty-launch", As: cases.Trouble}, Passage: cases.Passage{Says: "not found", Where: "x"}}}
	var b bytes.Buffer
	require.NoError(t, cases.Page(t.Context(), &b, nil, []cases.Case{c}))
	require.Contains(t, b.String(), `a \| b &lt;script> \*c\*`)
	require.Contains(t, b.String(), "trouble: not found", "a claim that the diagnosis misses stands under what is not found")
}

func TestAPageThatCannotBeMadeOrWrittenIsAnError(t *testing.T) {
	require.ErrorIs(t, cases.Page(t.Context(), broken{}, nil, cases.Papers(nil)), errBroken)
	require.ErrorIs(t, cases.Page(t.Context(), broken{}, nil, []cases.Case{{}}), reformcycle.ErrInvalid)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, cases.Page(done, broken{}, nil, cases.Papers(nil)), context.Canceled)
}

func TestNothingPanicsOnZeroValuesAndNils(t *testing.T) {
	require.ErrorIs(t, cases.Page(t.Context(), nil, nil, cases.Papers(nil)), fault.ErrInvalid)
	require.Zero(t, cases.Recorded(nil))

	var none cases.Case
	_, known := none.Source("")
	require.False(t, known)
	_, err := none.Cycle(t.Context())
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = none.Diagnosis(t.Context())
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.ErrorIs(t, none.Tell(t.Context(), nil, nil), fault.ErrInvalid)
	require.Zero(t, none.Compare(reformcycle.Diagnosis{}))

	for _, p := range []*cases.Printer{new(cases.Printer), cases.NewPrinter(nil, nil), cases.NewPrinter(io.Discard, nil)} {
		p.Title(none)
		_ = p.Chapter(cases.Telling{})
		_ = p.Chapter(cases.Telling{Refused: &reformcycle.BlockedError{}})
		_ = p.Chapter(cases.Telling{Chapter: cases.Chapter{Basis: assessment.Documented, Changes: []reformcycle.Change{reformcycle.Rate{}, reformcycle.Advance{}}}})
		_ = p.Chapter(cases.Telling{Chapter: cases.Chapter{Changes: []reformcycle.Change{reformcycle.Advance{Override: reformcycle.Override{Reason: "x"}}}}})
		p.Blockers([]reformcycle.Blocker{{}})
		p.Standing(reformcycle.State{}, none)
		p.Sources(none)
	}
	require.ErrorIs(t, cases.NewPrinter(nil, nil).Chapter(cases.Telling{}), fault.ErrInvalid)
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestEveryKindOfChangeCanBeTold(t *testing.T) {
	for _, c := range []struct {
		change reformcycle.Change
		want   string
	}{
		{reformcycle.Advance{}, "advance to the next stage"},
		{reformcycle.Suspend{Reason: "crisis"}, "suspend the cycle"},
		{reformcycle.EstablishBody{}, "1 governance body"},
		{reformcycle.ReleaseActor{}, "1 entry: release an actor"},
	} {
		require.Equal(t, c.want, cases.Recorded(c.change).String())
	}
}

func TestAComparisonNamesWhatIsMissingDeniedAndFoundAfterAll(t *testing.T) {
	trouble := func(code string) cases.Judgement { return cases.Judgement{Code: code, As: cases.Trouble} }
	c := cases.Case{
		Claims: []cases.Claim{{Judgement: trouble("hasty-launch")}, {Judgement: trouble("stalled")}},
		Denies: []cases.Claim{{Judgement: trouble("community-absent")}},
		Beyond: []cases.Beyond{{Judgement: cases.Judgement{As: cases.Strength, Code: "single-ministry"}}, {Judgement: trouble("")}},
	}
	r := c.Compare(reformcycle.Diagnosis{
		Findings:  []reformcycle.Finding{{Code: "stalled"}, {Code: "community-absent"}, {Code: "readiness-debt"}},
		Strengths: []reformcycle.Strength{{Code: "single-ministry"}, {Code: "hasty-launch"}},
		Contested: []reformcycle.Contest{{Code: "weak-government-lead"}},
	})
	require.Equal(t, cases.Comparison{
		Confirmed:    c.Claims[1:],
		Missing:      c.Claims[:1], // found as a strength, and claimed as trouble
		Contradicted: c.Denies,
		Also: []cases.Judgement{trouble("readiness-debt"), {Code: "single-ministry", As: cases.Strength}, {Code: "hasty-launch", As: cases.Strength},
			{Code: "weak-government-lead", As: cases.Contested}},
		Found: c.Beyond[:1],
	}, r)
}

func TestACaseThatIsNotThereIsRefusedByName(t *testing.T) {
	_, err := cases.Get("atlantis", nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
	refused := fault.Of(err)
	require.Equal(t, "atlantis", refused[0].Value)
	require.Contains(t, fmt.Sprint(refused[0].Want), "barishal")
	_, err = cases.Get("../case", nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.NotErrorIs(t, err, fs.ErrNotExist)
}

func BenchmarkDiagnosis(b *testing.B) {
	c, err := cases.Get("bangladesh", nil)
	require.NoError(b, err)
	for b.Loop() {
		if _, err := c.Diagnosis(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// The floor of BenchmarkDiagnosis: the cycle is recorded, and not judged.
func BenchmarkCycle(b *testing.B) {
	c, err := cases.Get("bangladesh", nil)
	require.NoError(b, err)
	for b.Loop() {
		if _, err := c.Cycle(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// A case of which the diagnosis judges nothing says so, and no built-in one is.
func TestThePageSaysWhereNoRuleFindsAnything(t *testing.T) {
	each(t, func(t *testing.T, c cases.Case) {
		require.NotEmpty(t, c.Claims)
		says := func() bool {
			var b bytes.Buffer
			require.NoError(t, cases.Page(t.Context(), &b, nil, []cases.Case{c}))
			return strings.Contains(b.String(), "No rule finds anything that the paper names")
		}
		require.False(t, says())
		c.Claims = nil
		require.True(t, says())
	})
}
