package simtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// nameless is a policy whose nil pointer has no name.
type nameless struct{ name string }

func (n *nameless) Name() string                                      { return n.name }
func (n *nameless) Allocate(*simulation.View, *simulation.Allocation) {}

// hostile is a metric that can't say what it is asked for.
type hostile struct{}

func (hostile) Of(*simulation.RunOutcome) float64 { panic("no number") }
func (hostile) String() string                    { return "hostile" }

// A host may hold a verdict that nobody gave, an option or a checklist that is nil, or a
// metric that was never made. None of it panics, and what can't be judged is refused.
func TestNothingThatIsZeroPanics(t *testing.T) {
	zero := reflect.ValueOf(new(Verdict))
	for i := range zero.NumMethod() {
		args := make([]reflect.Value, zero.Method(i).Type().NumIn())
		for k := range args {
			args[k] = reflect.Zero(zero.Method(i).Type().In(k))
		}
		require.NotPanics(t, func() {
			for _, result := range zero.Method(i).Call(args) {
				_ = fmt.Sprint(result)
			}
		}, zero.Type().Method(i).Name)
	}

	m, p := brief(t), policy(t, "balanced")
	var none *simulation.Metric
	var nowhere context.Context
	for name, judge := range map[string]func() (Verdict, error){
		"no model": func() (Verdict, error) { return JudgeLikely(t.Context(), nil, p, simulation.NotAbandoned(), 0.5) },
		"a model of nothing": func() (Verdict, error) {
			return JudgeLikely(t.Context(), &simulation.Model{}, p, simulation.NotAbandoned(), 0.5)
		},
		"no policy":             func() (Verdict, error) { return JudgeUnlikely(t.Context(), m, nil, simulation.NotAbandoned(), 0.5) },
		"no metric":             func() (Verdict, error) { return JudgeLikely(t.Context(), m, p, nil, 0.5) },
		"a metric that is nil":  func() (Verdict, error) { return JudgeLikely(t.Context(), m, p, none, 0.5) },
		"a metric never made":   func() (Verdict, error) { return JudgeLikely(t.Context(), m, p, simulation.Metric{}, 0.5) },
		"nobody to compare":     func() (Verdict, error) { return JudgeBetter(t.Context(), m, p, nil, simulation.NotAbandoned()) },
		"no stage":              func() (Verdict, error) { return JudgeSooner(t.Context(), m, p, p, reformcycle.Stage(0)) },
		"an option that is nil": func() (Verdict, error) { return JudgeLikely(t.Context(), m, p, simulation.NotAbandoned(), 0.5, nil) },
		"a policy that is nil": func() (Verdict, error) {
			return JudgeLikely(t.Context(), m, p, simulation.NotAbandoned(), 0.5, WithPolicies(nil))
		},
		"no checklist": func() (Verdict, error) {
			return JudgeLikely(t.Context(), m, p, simulation.NotAbandoned(), 0.5, WithChecklists(nil))
		},
		"a policy of nothing": func() (Verdict, error) {
			return JudgeBetter(t.Context(), m, (*nameless)(nil), p, simulation.NotAbandoned())
		},
		"a pointer to one beyond the horizon": func() (Verdict, error) {
			late := simulation.LaunchedBy(m.Scenario().Horizon + 1)
			return JudgeLikely(t.Context(), m, p, &late, 0.5)
		},
		"a metric that panics":            func() (Verdict, error) { return JudgeLikely(t.Context(), m, p, hostile{}, 0.5) },
		"a metric that panics over pairs": func() (Verdict, error) { return JudgeBetter(t.Context(), m, p, policy(t, "adaptive"), hostile{}) },
		"no context":                      func() (Verdict, error) { return JudgeLikely(nowhere, m, p, simulation.NotAbandoned(), 0.5) },
		"no files": func() (Verdict, error) {
			all, err := JudgePolicies(context.Background(), nil, "*.policy")
			require.Empty(t, all)
			return Verdict{}, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.NotPanics(t, func() {
				_, err := judge()
				require.Error(t, err)
				require.True(t, errors.Is(err, fault.ErrInvalid), "%v", err)
			})
		})
	}
}
