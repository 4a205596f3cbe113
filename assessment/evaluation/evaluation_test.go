package evaluation_test

// This file holds the studies that the tests share.

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

var higher = evaluation.Protocol{Better: evaluation.Higher}

// panel is a study of one period before and one after, in which the areas had
// the given outcomes.
func panel(before, after map[evaluation.Arm][]float64) evaluation.Study {
	s := evaluation.Study{Unit: "visits per household", Periods: []string{"2017", "2018"}, Start: "2018"}
	for _, arm := range []evaluation.Arm{evaluation.Intervention, evaluation.Comparison} {
		for i := range after[arm] {
			s.Areas = append(s.Areas, evaluation.Area{
				ID: fmt.Sprintf("%s %d", arm, i), Arm: arm,
				Outcomes: []evaluation.Measurement{{Value: before[arm][i]}, {Value: after[arm][i]}},
			})
		}
	}
	return s
}

// changed is a panel in which the areas changed from zero by the given amounts.
func changed(intervention, comparison []float64) evaluation.Study {
	return panel(
		map[evaluation.Arm][]float64{evaluation.Intervention: make([]float64, len(intervention)), evaluation.Comparison: make([]float64, len(comparison))},
		map[evaluation.Arm][]float64{evaluation.Intervention: intervention, evaluation.Comparison: comparison},
	)
}

// counted is a study of events in a population of 1,000, with the given counts
// before and after.
func counted(scale evaluation.Scale, intervention, comparison [][2]float64) evaluation.Study {
	s := evaluation.Study{Unit: "visits per 100 people", Scale: scale, Per: 100, Periods: []string{"2017", "2018"}, Start: "2018"}
	for arm, counts := range map[evaluation.Arm][][2]float64{evaluation.Intervention: intervention, evaluation.Comparison: comparison} {
		for i, c := range counts {
			s.Areas = append(s.Areas, evaluation.Area{
				ID: fmt.Sprintf("%s %d", arm, i), Arm: arm,
				Outcomes: []evaluation.Measurement{{Value: c[0], Population: 1000}, {Value: c[1], Population: 1000}},
			})
		}
	}
	return s
}

func evaluate(t require.TestingT, s evaluation.Study, p evaluation.Protocol) evaluation.Result {
	r, err := s.Evaluate(p)
	require.NoError(t, err)
	return r
}

// rules lists "field: rule" of every error, and fails unless err is of the
// house's one shape.
func rules(t testing.TB, err error) []string {
	t.Helper()
	require.Error(t, err)
	require.ErrorIs(t, err, fault.ErrInvalid)
	var errs fault.Fields
	require.ErrorAs(t, err, &errs)
	found := make([]string, len(errs))
	for i, e := range errs {
		require.NotEmpty(t, e.Want, "an error must say what would be accepted")
		found[i] = place(e) + ": " + e.Rule
	}
	return found
}

// place is the path, for a table with the line, as in "csv:12:level".
func place(e fault.Field) string {
	if e.Line > 0 {
		return strings.TrimSuffix(fmt.Sprintf("csv:%d:%s", e.Line, e.Path), ":")
	}
	return e.Path
}
