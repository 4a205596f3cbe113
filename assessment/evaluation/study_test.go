package evaluation_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/evaluation"
)

func TestAStudyIsRefusedWithEverythingThatIsWrong(t *testing.T) {
	rate := func(break_ func(*evaluation.Study)) evaluation.Study {
		s := counted(evaluation.RateDifference, [][2]float64{{1, 2}, {3, 4}}, [][2]float64{{1, 2}, {3, 4}})
		break_(&s)
		return s
	}
	mean := func(break_ func(*evaluation.Study)) evaluation.Study {
		s := changed([]float64{1, 2}, []float64{3, 4})
		break_(&s)
		return s
	}
	for name, c := range map[string]struct {
		study evaluation.Study
		want  []string
	}{
		"nothing": {evaluation.Study{}, []string{
			"unit: required", "periods: required", "start: required", "areas: required", "areas: required",
		}},
		"one area in an arm": {mean(func(s *evaluation.Study) { s.Areas = s.Areas[1:] }), []string{"areas: required"}},
		"not a number": {mean(func(s *evaluation.Study) {
			s.Areas[0].Outcomes[0].Value, s.Areas[3].Outcomes[1].Value = math.NaN(), math.Inf(1)
		}), []string{"areas[0].outcomes[0].value: range", "areas[3].outcomes[1].value: range"}},
		"too large":            {mean(func(s *evaluation.Study) { s.Areas[0].Outcomes[0].Value = -1.1e12 }), []string{"areas[0].outcomes[0].value: range"}},
		"population unasked":   {mean(func(s *evaluation.Study) { s.Areas[0].Outcomes[0].Population = 10 }), []string{"areas[0].outcomes[0].population: unused"}},
		"per unasked":          {mean(func(s *evaluation.Study) { s.Per = 1000 }), []string{"per: unused"}},
		"per negative":         {rate(func(s *evaluation.Study) { s.Per = -1 }), []string{"per: range"}},
		"no population":        {rate(func(s *evaluation.Study) { s.Areas[1].Outcomes[0].Population = 0 }), []string{"areas[1].outcomes[0].population: range"}},
		"population below 0":   {rate(func(s *evaluation.Study) { s.Areas[1].Outcomes[0].Population = -5 }), []string{"areas[1].outcomes[0].population: range"}},
		"population unbounded": {rate(func(s *evaluation.Study) { s.Areas[1].Outcomes[0].Population = math.Inf(1) }), []string{"areas[1].outcomes[0].population: range"}},
		"events below 0":       {rate(func(s *evaluation.Study) { s.Areas[1].Outcomes[1].Value = -1 }), []string{"areas[1].outcomes[1].value: range"}},
		"missing period":       {mean(func(s *evaluation.Study) { s.Areas[2].Outcomes = s.Areas[2].Outcomes[:1] }), []string{"areas[2].outcomes: length"}},
		"twice":                {mean(func(s *evaluation.Study) { s.Areas[2].ID = s.Areas[0].ID }), []string{"areas[2].id: unique"}},
		"unknown arm":          {mean(func(s *evaluation.Study) { s.Areas[2].Arm = "control" }), []string{"areas[2].arm: known", "areas: required"}},
		"unknown scale":        {mean(func(s *evaluation.Study) { s.Scale = "odds" }), []string{"scale: known"}},
		"period twice":         {mean(func(s *evaluation.Study) { s.Periods = []string{"1", "1"}; s.Start = "1" }), []string{"periods[1]: unique", "start: range"}},
		"no such start":        {mean(func(s *evaluation.Study) { s.Start = "2030" }), []string{"start: exists"}},
		"nothing before":       {mean(func(s *evaluation.Study) { s.Start = "2017" }), []string{"start: range"}},
		"texts": {mean(func(s *evaluation.Study) {
			s.Unit, s.Areas[0].ID, s.Areas[1].ID, s.Areas[2].ID = "a\nb", strings.Repeat("é", 513), "\xff", " x"
		}), []string{"unit: characters", "areas[0].id: length", "areas[1].id: utf-8", "areas[2].id: characters"}},
		"long text":        {mean(func(s *evaluation.Study) { s.Unit = strings.Repeat("x", 10_000) }), []string{"unit: length"}},
		"too many areas":   {mean(func(s *evaluation.Study) { s.Areas = make([]evaluation.Area, 2_000+1) }), []string{"areas: length"}},
		"too many periods": {mean(func(s *evaluation.Study) { s.Areas = nil; s.Periods = make([]string, 1_000+1) }), []string{"periods: length", "areas: required", "areas: required"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, rules(t, c.study.Validate().Err()))
			_, err := c.study.Evaluate(evaluation.Protocol{Better: "more"})
			found := rules(t, err)
			require.Equal(t, "study."+c.want[0], found[0])
			require.Equal(t, "protocol.better: known", found[len(found)-1], "study and protocol are judged together")
		})
	}
}

func TestAProtocolIsRefusedWithEverythingThatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		protocol evaluation.Protocol
		scale    evaluation.Scale
		want     []string
	}{
		"nothing":                    {evaluation.Protocol{}, "", []string{"better: known"}},
		"levels":                     {evaluation.Protocol{Better: "up", Level: 95, Worthwhile: -3, Samples: 10}, "", []string{"better: known", "level: range", "worthwhile: range", "samples: range"}},
		"not numbers":                {evaluation.Protocol{Better: evaluation.Lower, Level: math.NaN(), Worthwhile: math.Inf(1)}, "", []string{"level: range", "worthwhile: range"}},
		"ratio above 1":              {evaluation.Protocol{Better: evaluation.Lower, Worthwhile: 1.1}, evaluation.RateRatio, []string{"worthwhile: range"}},
		"ratio below 1":              {evaluation.Protocol{Better: evaluation.Higher, Worthwhile: 0.9}, evaluation.RateRatio, []string{"worthwhile: range"}},
		"more than are gone through": {evaluation.Protocol{Better: evaluation.Higher, Samples: 1_000_000}, "", []string{"samples: range"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, rules(t, c.protocol.Validate(c.scale).Err()))
		})
	}
	require.Empty(t, evaluation.Protocol{Better: evaluation.Lower, Worthwhile: 0.9}.Validate(evaluation.RateRatio))
	require.Empty(t, evaluation.Protocol{Better: evaluation.Higher, Worthwhile: 1.1}.Validate(evaluation.RateRatio))
}

func TestEvaluatingLeavesTheStudyAsItWas(t *testing.T) {
	s, same := noisy(4, 5), noisy(4, 5)
	evaluate(t, s, higher)
	require.Equal(t, same, s)
}
