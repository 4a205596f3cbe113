package evaluation_test

// Which interval a sentence quotes, and how often it holds.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Three areas against nine, twenty times as spread: the areas' changes have the
// variances 400 and 0.569, so the standard error is √(400/3 + 0.569/9) = 11.55 on 2.002
// degrees of freedom, and the t interval 9.98 ± 4.30·11.55. The permutation interval,
// −0.75 to 20.8, is narrower by half, and missed no effect in a third of such studies.
func TestTheSentenceDoesNotQuoteAnIntervalThatDoesNotHold(t *testing.T) {
	r := evaluate(t, changed([]float64{30, -10, 10}, []float64{0, 1, -1, 0.5, -0.5, 1, -1, 0, 0.2}), higher)
	require.InDelta(t, -39.7, r.Robust.Interval.Low, 0.05)
	require.InDelta(t, 59.6, r.Robust.Interval.High, 0.05)
	interval, none := r.Interval()
	require.Nil(t, interval)
	require.Contains(t, language.English().Paragraph(r.Summary()), "no 95% interval: "+none.String())
	require.NotContains(t, language.English().Paragraph(r.Summary()), "20.8")
	require.Contains(t, language.English().Paragraph(r.Warnings), "No interval is quoted: the areas are too few")

	// With a fourth area it is the t interval.
	r = evaluate(t, changed([]float64{30, -10, 10, 10}, []float64{0, 1, -1, 0.5, -0.5, 1, -1, 0, 0.2}), higher)
	interval, none = r.Interval()
	require.Equal(t, r.Robust.Interval, interval)
	require.Empty(t, none)
}

// The rule does not look at the outcomes: at whatever spread and effect.
func TestTheRuleOfChoiceAsksForTheSizeOfTheArmsAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range [][2]int{{2, 2}, {2, 12}, {3, 3}, {3, 9}, {9, 3}, {4, 4}, {4, 9}, {12, 4}, {10, 10}} {
		for _, spread := range []float64{0.05, 1, 20} {
			interval, none := evaluate(t, drawnChanges(random, n, spread, none), higher).Interval()
			require.Equal(t, min(n[0], n[1]) >= 4, interval != nil, "%v: %s", n, none)
		}
	}
}

// variation is how the effect of a pilot, 1 on average, varies between areas.
type variation func(*rand.Rand) float64

func none(*rand.Rand) float64              { return 1 }
func normal(random *rand.Rand) float64     { return 1 + random.NormFloat64() }
func inHalf(random *rand.Rand) float64     { return float64(2 * random.IntN(2)) } // in half of the areas, and there double
func manyAndFew(random *rand.Rand) float64 { return random.ExpFloat64() }

// drawnChanges draws a study of so many areas: normal changes, in the intervention
// areas with so many times the spread of the others, and there an effect of 1 on
// average in units of their spread.
func drawnChanges(random *rand.Rand, areas [2]int, spread float64, effect variation) evaluation.Study {
	intervention, comparison := make([]float64, areas[0]), make([]float64, areas[1])
	for i := range intervention {
		intervention[i] = spread * (random.NormFloat64() + effect(random))
	}
	for i := range comparison {
		comparison[i] = random.NormFloat64()
	}
	return changed(intervention, comparison)
}

// In every cell that the rule gives an interval for, the true effect lies in it in 93 to
// 97 of 100 studies. The large simulation behind the rule was run with numpy: 20,000
// studies a cell, arms of 2, 3, 4, 5, 6, 8, 12 by 2, 3, 4, 5, 6, 8, 9, 12, 20 areas, the
// spreads below and 1/3, 1/2, 2, 3, the effects below (and 4 by 60). Coverage of the t interval, in
// per cent, by the smaller arm (lowest and highest cell):
//
//	areas   alike or normal   in half     exponential
//	2       87.9 … 97.6       86.0 … 97.6  87.5 … 97.5
//	3       92.5 … 96.5       91.5 … 96.3  92.5 … 96.4
//	4       93.6 … 96.0       93.0 … 95.9  93.6 … 96.0
//	5       94.1 … 95.9       93.6 … 95.9  94.2 … 95.9
//	6       94.5 … 95.7       94.0 … 95.7  94.0 … 95.5
//
// Effects that vary twice as much as the areas do, in half of them or exponentially,
// bring it down to 89.5 and 91.7 per cent with four areas: see [evaluation.Result.Interval].
//
// Here, fewer studies in the cells that were hardest. The bounds are those of counting:
// beyond them with a chance of 1e-6 for a cell of 93 or 97 per cent.
func TestTheIntervalHoldsInEveryCell(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulation")
	}
	random := rand.New(rand.NewPCG(5, 6))
	const studies = 1000
	slack := distuv.UnitNormal.Quantile(1-1e-6) * math.Sqrt(0.05*0.95/studies)
	for _, areas := range [][2]int{{4, 4}, {4, 9}, {9, 4}, {5, 6}, {3, 9}} {
		for _, spread := range []float64{0.05, 1. / 6, 1, 6, 20} {
			for name, effect := range map[string]variation{"alike": none, "normal": normal, "in half": inHalf, "exponential": manyAndFew} {
				held, quoted := 0, 0
				for range studies {
					r := evaluate(t, drawnChanges(random, areas, spread, effect), evaluation.Protocol{Better: evaluation.Higher, Level: 0.95, Samples: 999})
					if i, _ := r.Interval(); i != nil {
						quoted++
						if i.Contains(spread) {
							held++
						}
					}
				}
				cell := fmt.Sprintf("%v, %g times the spread, effects %s", areas, spread, name)
				if min(areas[0], areas[1]) < 4 {
					require.Zero(t, quoted, cell)
					continue
				}
				require.Equal(t, studies, quoted, cell)
				share := float64(held) / studies
				require.GreaterOrEqual(t, share, 0.93-slack, cell)
				require.LessOrEqual(t, share, 0.97+slack, cell)
			}
		}
	}
}
