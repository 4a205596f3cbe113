package workshop_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	. "github.com/chsreform/chsreform/assessment/workshop"
)

// drawn is any sheet of at most six items by at most five assessors, with
// blanks and gaps, as rows in any order.
func drawn(t *rapid.T, c *assessment.Checklist) []Row {
	assessors := rapid.IntRange(1, 5).Draw(t, "assessors")
	var rows []Row
	for _, cr := range c.All() {
		for a := range assessors {
			if level := rapid.IntRange(-1, 4).Draw(t, "level"); level >= 0 && cr.Kind == assessment.Rated {
				rows = append(rows, Row{Item: cr.ID, Assessor: fmt.Sprint("assessor ", a), Level: assessment.Level(level)})
			}
		}
	}
	return rapid.Permutation(rows).Draw(t, "rows")
}

func sheet(t *rapid.T, c *assessment.Checklist, rows []Row) *Sheet {
	s, err := NewSheet(c, may, rows)
	require.NoError(t, err)
	return s
}

func alpha(t *rapid.T, s *Sheet) Alpha {
	a, err := s.Alpha(Sampling{Draws: 100})
	require.NoError(t, err)
	return a
}

func TestLawOrderAndNamesNeverChangeAResult(t *testing.T) {
	c := components(t)
	rapid.Check(t, func(t *rapid.T) {
		rows := drawn(t, c)
		s := sheet(t, c, rows)
		require.Equal(t, s, sheet(t, c, rapid.Permutation(rows).Draw(t, "again")))

		// Other names put the assessors into another order.
		names := rapid.Permutation([]string{"p", "q", "r", "s", "t"}).Draw(t, "names")
		renamed := make([]Row, len(rows))
		for i, r := range rows {
			r.Assessor = names[r.Assessor[len(r.Assessor)-1]-'0']
			renamed[i] = r
		}
		other := sheet(t, c, renamed)
		require.Equal(t, s.Consensus(), other.Consensus())
		require.Equal(t, s.Ratings(nil), other.Ratings(nil))
		require.Equal(t, s.Disputed(), other.Disputed())
		require.Equal(t, s.PercentAgreement(), other.PercentAgreement())
		require.Equal(t, alpha(t, s), alpha(t, other))
	})
}

func TestLawABetterRatingNeverLowersTheConsensus(t *testing.T) {
	c := components(t)
	rapid.Check(t, func(t *rapid.T) {
		rows := drawn(t, c)
		before := sheet(t, c, rows).Consensus()
		for i, r := range rows {
			if !r.Level.Known() {
				continue
			}
			rows[i].Level = assessment.Level(rapid.IntRange(int(r.Level), 4).Draw(t, "better"))
		}
		for i, after := range sheet(t, c, rows).Consensus() {
			require.GreaterOrEqual(t, after.Level, before[i].Level)
		}
	})
}

func TestLawTheConsensusLiesWithinTheRatingsAndIsThatOfIdenticalRaters(t *testing.T) {
	c := components(t)
	rapid.Check(t, func(t *rapid.T) {
		rows := drawn(t, c)
		for _, c := range sheet(t, c, rows).Consensus() {
			require.LessOrEqual(t, c.Lowest, c.Level)
			require.LessOrEqual(t, c.Level, c.Highest)
			require.Equal(t, c.Raters > 0, c.Level.Known())
			require.LessOrEqual(t, c.Deviation, float64(c.Highest-c.Lowest)/2)
		}
		// As many assessors as there are, all saying what the first said.
		said := map[string]assessment.Level{}
		for i, r := range rows {
			if l, ok := said[r.Item]; ok {
				rows[i].Level = l
			} else {
				said[r.Item] = r.Level
			}
		}
		s := sheet(t, c, rows)
		require.Empty(t, s.Disputed())
		for _, c := range s.Consensus() {
			require.Equal(t, said[c.Item], c.Level)
			require.False(t, c.Split)
			require.Zero(t, c.Deviation)
		}
		if p := s.PercentAgreement(); p.Defined() {
			require.Equal(t, 1.0, p.Same)
		}
		if a := alpha(t, s); a.Defined() {
			require.Equal(t, 1.0, a.Value)
		}
		names := s.Assessors()
		for _, other := range names[min(1, len(names)):] {
			for _, w := range []Weighting{Unweighted, Linear, Quadratic} {
				k, err := s.Kappa(names[0], other, w)
				require.NoError(t, err)
				if k.Defined() {
					require.Equal(t, 1.0, k.Value)
				}
			}
		}
	})
}

func TestLawAlphaIsWhatItsDefinitionSays(t *testing.T) {
	c := components(t)
	rapid.Check(t, func(t *rapid.T) {
		s := sheet(t, c, drawn(t, c))
		units := make([][]int, c.Len())
		for _, r := range s.Rows() {
			if i, _ := c.Index(r.Item); r.Level.Known() {
				units[i] = append(units[i], int(r.Level))
			}
		}
		a := alpha(t, s)
		if !a.Defined() {
			require.Zero(t, a.Value)
			return
		}
		require.InDelta(t, alphaByPairs(units), a.Value, 1e-12)
		require.LessOrEqual(t, a.Value, 1.0)
		require.Equal(t, a.NoInterval == "", a.Interval != nil)
		if a.Interval != nil {
			require.Less(t, a.Interval.Low, a.Interval.High, "a width of zero would claim certainty")
			require.GreaterOrEqual(t, a.Interval.Low, -1.0)
			require.LessOrEqual(t, a.Interval.High, 1.0)
		}
	})
}

func TestLawKappaIsFiniteAndWithinItsScale(t *testing.T) {
	c := components(t)
	rapid.Check(t, func(t *rapid.T) {
		s := sheet(t, c, drawn(t, c))
		names := s.Assessors()
		if len(names) < 2 {
			return
		}
		w := rapid.SampledFrom([]Weighting{Unweighted, Linear, Quadratic}).Draw(t, "weighting")
		k, err := s.Kappa(names[0], names[1], w)
		require.NoError(t, err)
		ends := []float64{k.Value}
		if k.NoInterval == "" {
			ends = append(ends, k.Interval.Low, k.Interval.High)
			require.Greater(t, k.Interval.High-k.Interval.Low, 1e-9, "a width of zero would claim certainty")
		}
		for _, v := range ends {
			require.True(t, v >= -1 && v <= 1, v)
		}
		require.True(t, k.Error >= 0 && k.Error < 10, k.Error)
	})
}

func TestLawTheRatingsOfEachMakeAScorecard(t *testing.T) {
	c := components(t)
	rapid.Check(t, func(t *rapid.T) {
		s := sheet(t, c, drawn(t, c))
		cards, err := s.Scorecards(nil)
		require.NoError(t, err)
		require.Len(t, cards, len(s.Assessors()))
		rated := 0
		for i, name := range s.Assessors() {
			ratings, err := s.RatingsOf(name, nil)
			require.NoError(t, err)
			rated += len(ratings)
			own, err := c.Scorecard(ratings)
			require.NoError(t, err)
			require.Equal(t, own, cards[i])
		}
		require.Equal(t, s.Coverage().Rated, rated)
		_, err = c.Scorecard(s.Ratings(nil))
		require.NoError(t, err)
	})
}
