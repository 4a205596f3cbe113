package appraisal_test

// Whatever problem is accepted, what comes of it is told in finite numbers.

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/reformcycle/language"
)

func TestEveryAnswerIsFinite(t *testing.T) {
	const least = math.SmallestNonzeroFloat64
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		of := func(label string, values ...float64) float64 { return rapid.SampledFrom(values).Draw(t, label) }
		p := appraisal.Problem{Scale: appraisal.Scale{Low: of("low", -1e9, 0, -least), High: of("high", 1e9, least, 1e-300, 10)}}
		agreed := rapid.Bool().Draw(t, "agreed")
		for i := range rapid.IntRange(1, 4).Draw(t, "criteria") {
			c := appraisal.Criterion{ID: fmt.Sprint("c", i)}
			if agreed {
				c.Weight = of("weight", least, 1e-300, 1, 1e6)
			}
			if rapid.IntRange(0, 3).Draw(t, "bounded") == 0 {
				c.Low = of("at least", 0, least, 0.1)
			}
			p.Criteria = append(p.Criteria, c)
		}
		for i := range rapid.IntRange(2, 4).Draw(t, "alternatives") {
			a := appraisal.Alternative{ID: fmt.Sprint("a", i)}
			for _, c := range p.Criteria {
				if x, y := of("score", p.Scale.Low, p.Scale.High, 0, least), of("score", p.Scale.Low, p.Scale.High, 0, least); rapid.Bool().Draw(t, "scored") {
					a.Scores = append(a.Scores, appraisal.Between(c.ID, min(x, y), max(x, y)))
				}
			}
			p.Alternatives = append(p.Alternatives, a)
		}
		a, err := appraisal.New(p)
		if err != nil {
			return
		}
		accepted++
		r, err := a.Result(appraisal.Sampling{Draws: 100})
		require.NoError(t, err)
		for _, told := range []any{r, a.Weights(), a.Sums(), a.Challenges(), a.Front(), a.Prospects()} {
			_, err := json.Marshal(told) // which has no form for what is not finite
			require.NoError(t, err)
		}
		require.NotContains(t, language.English().Paragraph(r.Summary()), "NaN")
		require.NotContains(t, language.English().Paragraph(r.Summary()), "Inf")
	})
	require.Positive(t, accepted)
}
