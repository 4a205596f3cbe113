package simtest

// What a host may set about an assertion.

import (
	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// The settings where nothing is said.
const (
	// DefaultError bounds the chance of a wrong verdict.
	DefaultError = 1e-6
	// DefaultMargin is how far from a claim either verdict is acceptable.
	DefaultMargin = 0.05
	// DefaultSeed is the seed of the runs.
	DefaultSeed = 1
	// DefaultMaxRuns is the most runs, or pairs of runs, that are played. With the
	// usual error and margin every claim has its verdict by then.
	DefaultMaxRuns = 400_000
)

// TestOption sets something about an assertion.
type TestOption func(*settings) error

type settings struct {
	err, margin float64
	seed, runs  uint64
	policies    []simulation.Policy
	checklists  []*assessment.Checklist
}

// WithError bounds the chance of a wrong verdict, from 1e-12 to 0.5. To be
// undecided when the runs end is no verdict, and fails all the same: see
// [WithMaxRuns].
func WithError(chance float64) TestOption {
	return func(s *settings) error {
		if !(chance >= 1e-12 && chance <= 0.5) {
			return fault.Refuse("error", fault.Range, chance, language.Of("want.number-from-to", "low", "1e-12", "high", "0.5"))
		}
		s.err = chance
		return nil
	}
}

// WithMargin sets how far from a claim either verdict is acceptable, above 0 and
// up to 0.5. The number of runs that a close case takes grows with the square of
// its inverse.
func WithMargin(margin float64) TestOption {
	return func(s *settings) error {
		if !(margin > 0 && margin <= 0.5) {
			return fault.Refuse("margin", fault.Range, margin, language.Of("want.positive-to", "high", "0.5"))
		}
		s.margin = margin
		return nil
	}
}

// WithSeed sets the seed of the runs. The bound on errors is one on the chance
// of an unlucky seed: who tries seeds until a test passes has none.
func WithSeed(seed uint64) TestOption {
	return func(s *settings) error { s.seed = seed; return nil }
}

// WithMaxRuns sets the most runs that are played, or pairs of runs where two
// policies are compared. An assertion that has no verdict by then is
// undecided, and fails. That may happen to a claim that is true, with a chance
// that no error bounds, unless the runs are as many as a verdict takes at the
// most; the report of an undecided claim says how many that is.
func WithMaxRuns(runs uint64) TestOption {
	return func(s *settings) error {
		if runs < 1 || runs > simulation.MaxRuns {
			return fault.Refuse("runs", fault.Range, runs, language.Of("want.whole", "low", 1, "high", uint64(simulation.MaxRuns)))
		}
		s.runs = runs
		return nil
	}
}

// WithPolicies lets policy files name these policies, beside the built-in
// ones. [Policies] alone uses them.
func WithPolicies(policies ...simulation.Policy) TestOption {
	return func(s *settings) error {
		s.policies = append(s.policies, policies...)
		return complete("policies", policies, language.Of("want.sim-policy"))
	}
}

// WithChecklists gives the checklists that the situations of policy files may
// name, beside the built-in one. [Policies] alone uses them.
func WithChecklists(checklists ...*assessment.Checklist) TestOption {
	return func(s *settings) error {
		s.checklists = append(s.checklists, checklists...)
		return complete("checklists", checklists, language.Of("want.test-checklist"))
	}
}

// complete refuses a list that has a gap.
func complete[T comparable](field string, list []T, want language.Text) error {
	var f fault.Fields
	var nothing T
	for i, one := range list {
		if one == nothing {
			f.Add(fault.At(field, i), fault.Required, nil, want)
		}
	}
	return f.Err()
}

// set takes the options over the settings, and gives all that is wrong.
func (s *settings) set(options []TestOption) fault.Fields {
	var f fault.Fields
	for i, o := range options {
		if o == nil {
			f.Add(fault.At("options", i), fault.Required, nil, language.Of("want.sim-option"))
		} else if err := o(s); err != nil {
			join(&f, err)
		}
	}
	return f
}

func defaults() settings {
	return settings{err: DefaultError, margin: DefaultMargin, seed: DefaultSeed, runs: DefaultMaxRuns}
}

// join takes in what an error of the house holds, and what it is otherwise.
func join(f *fault.Fields, err error) {
	if all := fault.Of(err); all != nil {
		f.Under("", all)
	} else {
		f.Add("input", "readable", err.Error(), language.Of("want.test-readable"))
	}
}
