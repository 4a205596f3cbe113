package appraisal

// What is refused, and how; and what is said in words.

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

func sound() Problem {
	return Problem{Criteria: axes(3), Alternatives: []Alternative{alternative("a", 8, 4, 2), alternative("b", 4, 6, 5)}}
}

func requireRefused(t *testing.T, err error, field, rule string) {
	t.Helper()
	require.ErrorIs(t, err, fault.ErrInvalid)
	var refused fault.Fields
	require.ErrorAs(t, err, &refused)
	require.True(t, slices.ContainsFunc(refused, func(e fault.Field) bool {
		return e.Path == field && e.Rule == rule && e.Want.String() != ""
	}), "want %s %s in %v", field, rule, err)
}

func TestBadProblemsAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, field, rule string
		alter             func(*Problem)
	}{
		{"nothing", "criteria", "required", func(p *Problem) { *p = Problem{} }},
		{"no criteria", "criteria", "required", func(p *Problem) { p.Criteria = nil }},
		{"too many criteria", "criteria", "length", func(p *Problem) { p.Criteria = make([]Criterion, maxCriteria+1) }},
		{"blank criterion", "criteria[1].id", "required", func(p *Problem) { p.Criteria[1].ID = " " }},
		{"criterion twice", "criteria[2].id", "unique", func(p *Problem) { p.Criteria[2].ID = "x0" }},
		{"control character", "criteria[0].id", "characters", func(p *Problem) { p.Criteria[0].ID = "x\n0" }},
		{"long id", "criteria[0].id", "length", func(p *Problem) { p.Criteria[0].ID = strings.Repeat("é", 129) }},
		{"id not UTF-8", "alternatives[0].id", "utf-8", func(p *Problem) { p.Alternatives[0].ID = "\xff" }},
		{"name not UTF-8", "alternatives[0].name", "utf-8", func(p *Problem) { p.Alternatives[0].Name = "\xff" }},
		{"long name", "alternatives[0].name", "length", func(p *Problem) { p.Alternatives[0].Name = strings.Repeat("x", 513) }},
		{"space around a name", "criteria[0].name", "characters", func(p *Problem) { p.Criteria[0].Name = " x" }},
		{"negative weight", "criteria[1].weight", "range", func(p *Problem) { p.Criteria[1].Weight = -1 }},
		{"weight not a number", "criteria[1].weight", "range", func(p *Problem) { p.Criteria[1].Weight = math.NaN() }},
		{"infinite weight", "criteria[1].weight", "range", func(p *Problem) { p.Criteria[1].Weight = math.Inf(1) }},
		{"one weight missing", "criteria[2].weight", "required", func(p *Problem) { p.Criteria[0].Weight, p.Criteria[1].Weight = 1, 1 }},
		{"negative bound", "criteria[0].low", "range", func(p *Problem) { p.Criteria[0].Low = -0.1 }},
		{"bound not a number", "criteria[0].low", "range", func(p *Problem) { p.Criteria[0].Low = math.NaN() }},
		{"bound in per cent", "criteria[0].high", "range", func(p *Problem) { p.Criteria[0].High = 30 }},
		{"bounds that cross", "criteria[0].high", "range", func(p *Problem) { p.Criteria[0].Low, p.Criteria[0].High = 0.4, 0.3 }},
		{"lower bounds above 1", "criteria", "bounds", func(p *Problem) { p.Criteria[0].Low, p.Criteria[1].Low = 0.6, 0.5 }},
		{"upper bounds below 1", "criteria", "bounds", func(p *Problem) {
			for k := range p.Criteria {
				p.Criteria[k].High = 0.3
			}
		}},
		{"order of a stranger", "order[1]", "exists", func(p *Problem) { p.Order = []string{"x0", "q"} }},
		{"order with a repeat", "order[2]", "unique", func(p *Problem) { p.Order = []string{"x0", "y0", "x0"} }},
		{"endless order", "order[100]", "unique", func(p *Problem) { p.Order = slices.Repeat([]string{"x0"}, 10_000) }},
		{"order against crossing bounds", "order[0]", "bounds", func(p *Problem) {
			p.Order, p.Criteria[0].High, p.Criteria[1].Low = []string{"x0", "y0"}, 0.3, 0.4
		}},
		{"order against the sum", "order", "bounds", func(p *Problem) {
			p.Order, p.Criteria[0].High = []string{"x0", "y0", "z0"}, 0.3
		}},
		{"order against lower bounds", "order", "bounds", func(p *Problem) {
			p.Order, p.Criteria[2].Low = []string{"x0", "y0", "z0"}, 0.4
		}},
		{"weight out of its bounds", "criteria[0].weight", "bounds", func(p *Problem) {
			for k := range p.Criteria {
				p.Criteria[k].Weight = 1
			}
			p.Criteria[0].High = 0.3
		}},
		{"weights against the order", "order[1]", "weights", func(p *Problem) {
			for k := range p.Criteria {
				p.Criteria[k].Weight = float64(k + 1)
			}
			p.Order = []string{"x0", "z0"}
		}},
		{"no alternatives", "alternatives", "required", func(p *Problem) { p.Alternatives = nil }},
		{"one alternative", "alternatives", "required", func(p *Problem) { p.Alternatives = p.Alternatives[:1] }},
		{"too many alternatives", "alternatives", "length", func(p *Problem) { p.Alternatives = make([]Alternative, maxAlternatives+1) }},
		{"alternative twice", "alternatives[1].id", "unique", func(p *Problem) { p.Alternatives[1].ID = "a" }},
		{"score of a stranger", "alternatives[0].scores[1].criterion", "exists", func(p *Problem) { p.Alternatives[0].Scores[1].Criterion = "q" }},
		{"score twice", "alternatives[0].scores[1].criterion", "unique", func(p *Problem) { p.Alternatives[0].Scores[1].Criterion = "x0" }},
		{"too many scores", "alternatives[0].scores", "length", func(p *Problem) { p.Alternatives[0].Scores = make([]Score, maxCriteria+1) }},
		{"score above the scale", "alternatives[1].scores[0].high", "range", func(p *Problem) { p.Alternatives[1].Scores[0] = Exactly("x0", 10.5) }},
		{"score below the scale", "alternatives[1].scores[0].low", "range", func(p *Problem) { p.Alternatives[1].Scores[0] = Between("x0", -1, 3) }},
		{"score not a number", "alternatives[1].scores[0].low", "range", func(p *Problem) { p.Alternatives[1].Scores[0] = Exactly("x0", math.NaN()) }},
		{"infinite score", "alternatives[1].scores[0].high", "range", func(p *Problem) { p.Alternatives[1].Scores[0] = Between("x0", 1, math.Inf(1)) }},
		{"range upside down", "alternatives[1].scores[0].high", "range", func(p *Problem) { p.Alternatives[1].Scores[0] = Between("x0", 5, 3) }},
		{"likeliest out of the range", "alternatives[1].scores[0].best", "range", func(p *Problem) { p.Alternatives[1].Scores[0] = Around("x0", 2, 7, 5) }},
		{"likeliest not a number", "alternatives[1].scores[0].best", "range", func(p *Problem) { p.Alternatives[1].Scores[0] = Around("x0", 2, math.NaN(), 5) }},
		{"scale upside down", "scale", "range", func(p *Problem) { p.Scale = Scale{Low: 5, High: 1} }},
		{"scale of nothing", "scale", "range", func(p *Problem) { p.Scale = Scale{Low: 5, High: 5} }},
		{"scale not a number", "scale", "range", func(p *Problem) { p.Scale = Scale{Low: 0, High: math.NaN()} }},
		{"endless scale", "scale", "range", func(p *Problem) { p.Scale = Scale{Low: 0, High: 1e300} }},
		{"bad scale and bad score", "alternatives[0].scores[0].low", "range", func(p *Problem) {
			p.Scale, p.Alternatives[0].Scores[0] = Scale{Low: 5, High: 1}, Exactly("x0", math.Inf(1))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := sound()
			c.alter(&p)
			a, err := New(p)
			requireRefused(t, err, c.field, c.rule)
			require.Empty(t, a.Front().Certain)
		})
	}
}

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	p := sound()
	p.Scale = Scale{Low: 1, High: 1}
	p.Criteria[0].Weight = -1
	p.Alternatives[0].ID = ""
	p.Alternatives[1].Scores[2].Criterion = "q"
	var refused fault.Fields
	require.ErrorAs(t, p.Validate().Err(), &refused)
	require.Len(t, refused, 6) // and the two criteria that have no weight
	p = sound()
	p.Alternatives[1].Scores[0].High = 12
	require.EqualError(t, p.Validate().Err(), "alternatives[1].scores[0].high: got 12, want a number from 0 to 10")
}

// Bounds that miss 1 by a rounding are what people write.
func TestBoundsMayMissBySums(t *testing.T) {
	for _, third := range []float64{0.3333333333, 0.33333333335} {
		p := sound()
		for k := range p.Criteria {
			p.Criteria[k].Low, p.Criteria[k].High = third, third
		}
		p.Order = []string{"z0", "x0", "y0"}
		got := estimate(t, p, 1)
		require.Equal(t, HitAndRun, got.Method)
		for _, w := range got.Alternatives[1].CentralWeights {
			require.InDelta(t, 1.0/3, w.Share, 1e-9)
		}
		require.Equal(t, 1.0, got.Alternatives[1].First()) // 5 points to 14/3
		require.InDelta(t, 1.0/3, built(t, p).Prospects()[1].Lead, 1e-6)
	}
}

func TestDrawsOutOfBoundsAreRefused(t *testing.T) {
	a := built(t, sound())
	for _, n := range []int{-1, 1, minDraws - 1, maxDraws + 1} {
		_, err := a.Acceptability(Sampling{Draws: n})
		requireRefused(t, err, "draws", "range")
		_, err = a.Result(Sampling{Draws: n})
		requireRefused(t, err, "draws", "range")
	}
	got, err := a.Acceptability(Sampling{})
	require.NoError(t, err)
	require.Equal(t, defaultDraws, got.Draws)
}

func TestTheZeroAppraisalKnowsNothing(t *testing.T) {
	var a Appraisal
	require.Empty(t, a.Sums())
	require.Empty(t, a.Weights())
	require.Empty(t, a.Leader())
	require.Empty(t, a.Challenges())
	require.Empty(t, a.Prospects())
	require.Empty(t, a.Front().Dominations)
	r, err := a.Result(Sampling{})
	require.NoError(t, err)
	require.Empty(t, language.English().Paragraph(r.Summary()))
	require.Zero(t, AlternativeAcceptability{}.First())
	require.Empty(t, language.English().Paragraph(Result{}.Summary()))
}

func TestTheLargestProblemIsAnswered(t *testing.T) {
	a := built(t, drawn(maxAlternatives, maxCriteria, true, 1))
	got, err := a.Acceptability(Sampling{Draws: minDraws})
	require.NoError(t, err)
	require.Len(t, got.Alternatives, maxAlternatives)
	// The smallest and the largest weight together leave nothing undefined.
	p := sound()
	p.Criteria[0].Weight, p.Criteria[1].Weight, p.Criteria[2].Weight = math.SmallestNonzeroFloat64, maxWeight, 1
	r, err := built(t, p).Result(Sampling{Draws: minDraws})
	require.NoError(t, err)
	_, err = json.Marshal(r) // refuses NaN and Inf
	require.NoError(t, err)
	p.Scale = Scale{Low: -maxScale, High: maxScale}
	r, err = built(t, p).Result(Sampling{Draws: minDraws})
	require.NoError(t, err)
	_, err = json.Marshal(r)
	require.NoError(t, err)
}

func TestProblemsAndResultsAreJSON(t *testing.T) {
	const text = `{"criteria":[{"id":"x0","name":"Reach","weight":2,"low":0.1,"high":0.9},{"id":"y0","weight":1}],"order":["x0"],
		"alternatives":[{"id":"a","scores":[{"criterion":"x0","low":1,"best":2,"high":4}]},{"id":"b","scores":[{"criterion":"y0","low":3,"high":3}]}]}`
	var p Problem
	require.NoError(t, json.Unmarshal([]byte(text), &p))
	out, err := json.Marshal(p)
	require.NoError(t, err)
	require.JSONEq(t, text, string(out))
	r, err := built(t, p).Result(Sampling{Seed: 1, Draws: 100})
	require.NoError(t, err)
	out, err = json.Marshal(r)
	require.NoError(t, err)
	var back Result
	require.NoError(t, json.Unmarshal(out, &back))
	require.Equal(t, language.English().Paragraph(r.Summary()), language.English().Paragraph(back.Summary()))
	require.Equal(t, r, back)
}

func TestSentences(t *testing.T) {
	weighted := func(p Problem, weights ...float64) Problem {
		for k, w := range weights {
			p.Criteria[k].Weight = w
		}
		return p
	}
	for _, c := range []struct {
		name string
		p    Problem
		want string
	}{
		{"no weights", Problem{Criteria: axes(1), Alternatives: []Alternative{alternative("a", 3), alternative("b", 2)}},
			"No weights are agreed. Over all weights that are allowed, in first place: a (in every case drawn). Unable to win under any weights that are allowed: b."},
		{"all level", weighted(Problem{Criteria: axes(1), Alternatives: []Alternative{alternative("a", 3), alternative("b", 3), alternative("c", 3)}}, 1),
			"With the agreed weights, level in the lead: a, b and c, with 3 on a scale from 0 to 10. Over all weights that are allowed, in first place equally often: a, b and c (each in about 33 of 100 cases)."},
		{"no single change", weighted(Problem{Criteria: axes(2), Alternatives: []Alternative{alternative("a", 9.5, 9), alternative("b", 1, 1.5)}}, 1, 1),
			"With the agreed weights, in the lead: a, with 9.3 on a scale from 0 to 10. Over all weights that are allowed, in first place: a (in every case drawn). " +
				"No single change of a weight or a score lets this one win: b. Unable to win under any weights that are allowed: b."},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := built(t, c.p).Result(Sampling{Seed: 1})
			require.NoError(t, err)
			require.Equal(t, c.want, language.English().Paragraph(r.Summary()))
		})
	}
	p := weighted(sound(), 5, 3, 2)
	for _, bound := range []float64{0.4, 0.39} {
		p.Criteria[0].Low = bound
		r, err := built(t, p).Result(Sampling{Seed: 1})
		require.NoError(t, err)
		want := "a weight of 36.8% instead of 20% for “z0” or" // see TestChallengesByHand
		if bound == 0.4 {
			want = "a weight of 37.5% instead of 50% for “x0” (the bounds or the order rule it out) or"
		}
		require.Contains(t, language.English().Paragraph(r.Summary()), "What would let b catch up: "+want+" a score of 5.6 instead of 4 on “x0”.")
	}
	for share, want := range map[float64]string{0: "in fewer than 1 of 100 cases", 0.999: "in more than 99 of 100 cases", 0.5: "in about 50 of 100 cases", 1: "in every case drawn"} {
		require.Equal(t, want, hundred(share).String(), fmt.Sprint(share))
	}
	require.Zero(t, tenths(-0.01))
}
