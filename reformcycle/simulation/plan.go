package simulation

// Planning: the settings of a policy that do best by a metric, and what they
// are good for once the search is over.

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The limits of a search.
const (
	minBudget     = 1000
	mostTried     = 256
	leastSearched = 32 // runs of each candidate in the first round
)

// Planned is the outcome of a search for the best settings of a policy.
type Planned struct {
	// Scenario is the name and Digest the identity of what was planned for.
	Scenario string   `json:"scenario"`
	Digest   string   `json:"digest"`
	Metric   Metric   `json:"metric"`
	Space    []Factor `json:"space"`
	Seed     uint64   `json:"seed"`
	// Budget of runs, and how many were played, never more.
	Budget uint64 `json:"budget"`
	Spent  uint64 `json:"spent"`
	// Candidates that were tried: first the policy as it was given, then those
	// drawn from the space.
	Candidates []Candidate `json:"candidates"`
	// Best and RunnerUp are places among Candidates, as the search ended.
	Best     int `json:"best"`
	RunnerUp int `json:"runner_up"`
	// Fresh compares the best, the runner-up and, where it is neither, the
	// policy as given, in this order, on runs of another seed: runs that had no
	// part in choosing them. This is what to expect. The search is not asked
	// again, so Best stays the best of the search even where Fresh ranks the
	// runner-up first; unless the two are apart there, either will do.
	Fresh Comparison `json:"fresh"`
	// Policy is the best one, ready to run.
	Policy Tunable `json:"-"`
}

// Candidate is one setting of a policy, as it did in the search.
type Candidate struct {
	Policy Identity `json:"policy"`
	// Values of the parameters in the space, in its order.
	Values []float64 `json:"values"`
	// Rounds that it took part in, and the runs that it was given in them.
	Rounds int    `json:"rounds"`
	Runs   uint64 `json:"runs"`
	// Searched is the mean of the metric over those runs. For the winner of a
	// search it flatters: it won by luck, too.
	Searched float64 `json:"searched"`
}

// Estimate is what the best settings are good for, estimated on fresh runs. Of no
// plan it is of no run.
func (p Planned) Estimate() Estimate {
	if len(p.Fresh.Estimates) == 0 {
		return Estimate{}
	}
	return p.Fresh.Estimates[0]
}

// Optimism is by how much the search flattered the winner: the mean in the
// search less the fresh estimate. For a metric of which less is better a
// flattering difference is negative.
func (p Planned) Optimism() float64 {
	if uint(p.Best) >= uint(len(p.Candidates)) {
		return 0
	}
	return p.Candidates[p.Best].Searched - p.Estimate().At
}

// Plan looks for the settings of a policy, within a space over its
// parameters, that do best by a metric, with a budget of 1000 runs or more.
//
// It draws up to 255 candidates as a Latin hypercube, adds the policy as it
// is, and plays them in rounds: each round gives the same number of runs to all
// that are left, the same runs to each, and drops the worse half; of equals, the
// one drawn first stays, and the policy as it is before all. That is a variant
// of the sequential halving of Karnin and others: theirs judges by the runs of the
// round alone, this one by all runs so far, which are at hand.
//
// Two thirds of the budget go into the search. The rest goes into a comparison of the winner, the runner-up and the policy
// as it was on fresh runs, for the winner of a search owes part of its record to
// the runs that it was chosen by. The result is the same for any number of
// workers.
//
// Karnin Z, Koren T, Somekh O. Almost optimal exploration in multi-armed bandits.
// Proc Mach Learn Res 2013;28(3):1238–1246. McKay MD, Beckman RJ, Conover WJ. A
// comparison of three methods for selecting values of input variables in the
// analysis of output from a computer code. Technometrics 1979;21:239–245.
//
// All parameters of the space are the policy's: "policy.persuasion" and so
// on. Errors and options are those of [Model.Compare].
func (m *Model) Plan(ctx context.Context, policy Tunable, metric Metric, space []Factor, budget, seed uint64, options ...RunOption) (Planned, error) {
	var f fault.Fields
	e := newAnalysis(&f, ctx, m, metric, options)
	if budget < minBudget || budget > MaxRuns {
		f.Add("budget", fault.Range, budget, wholeFrom(uint64(minBudget), MaxRuns))
	}
	checkPolicy(&f, policy)
	if err := f.Err(); err != nil {
		return Planned{}, err
	}
	base := arm{m, policy}
	checked := checkFactors(&f, base, metric, space, true)
	if err := f.Err(); err != nil {
		return Planned{}, err
	}
	e.total = budget
	s := search{ensemble: e, metric: metric, seed: seed}
	if err := s.draw(base, checked, budget*2/3); err != nil {
		return Planned{}, err
	}
	if len(s.left) < 2 {
		return Planned{}, fault.Refuse("space", "distinct", len(s.left), language.Of("want.sim-space"))
	}
	if err := s.halve(ctx, budget*2/3); err != nil {
		return Planned{}, err
	}
	p := Planned{
		Scenario: m.scenario.Name, Digest: m.digest, Metric: metric, Space: slices.Clone(space), Seed: seed, Budget: budget,
		Best: s.left[0], RunnerUp: s.left[1], Policy: s.tried[s.left[0]].policy.(Tunable),
	}
	finals := s.left[:2]
	if !slices.Contains(finals, 0) {
		finals = append(slices.Clone(finals), 0)
	}
	var chosen []Policy
	var ids []Identity
	for _, i := range finals {
		chosen = append(chosen, s.tried[i].policy)
		ids = append(ids, s.tried[i].Policy)
	}
	for i := range s.tried {
		p.Candidates = append(p.Candidates, s.tried[i].Candidate)
	}
	fresh := (budget - s.spent) / uint64(len(finals))
	e.total = s.spent + fresh*uint64(len(finals)) // the budget, but for what does not divide
	var err error
	if p.Fresh, err = e.compare(ctx, m, chosen, ids, metric, fresh, freshSeed(seed)); err != nil {
		return Planned{}, err
	}
	p.Spent = e.total
	return p, nil
}

// freshSeed gives a seed whose runs have nothing to do with those of another.
func freshSeed(seed uint64) uint64 { return mix(mix(seed+golden) ^ planStream) }

type search struct {
	*ensemble
	metric Metric
	seed   uint64
	tried  []tried
	left   []int // places in tried, best first once a round was played
	spent  uint64
}

// tried is a candidate, with what it is played as.
type tried struct {
	Candidate
	arm
	sum uint64
}

// rounds is how many times a field of n can be halved before two are left.
func rounds(n int) int { return max(1, bits.Len(uint(n-1))-1) }

// draw makes the candidates: as many as the budget gives enough runs to in all
// rounds, 4 at least.
func (s *search) draw(base arm, space []factor, budget uint64) error {
	n := 4
	for n < mostTried && budget >= uint64(2*n*rounds(2*n)*leastSearched) {
		n *= 2
	}
	var dice rand.PCG
	start(&dice, s.seed, 0, planStream)
	// A Latin hypercube: each parameter takes each of n − 1 equal parts of its
	// range once.
	places := make([][]float64, len(space))
	for j := range places {
		places[j] = stratified(&dice, n-1)
	}
	for i := range n {
		one := tried{arm: base}
		for j := range space {
			if i == 0 {
				one.Values = append(one.Values, valueOf(base.policy.(Tunable), space[j].Parameter))
				continue
			}
			one.Values = append(one.Values, space[j].at(places[j][i-1]))
		}
		var err error
		if i > 0 {
			if one.arm, err = base.with(space, one.Values); err != nil {
				return err
			}
		}
		if one.Policy, err = identity(one.policy); err != nil {
			return err
		}
		// Whole numbers may come out the same twice.
		if slices.ContainsFunc(s.tried, func(other tried) bool { return other.Policy.String() == one.Policy.String() }) {
			continue
		}
		s.left = append(s.left, len(s.tried))
		s.tried = append(s.tried, one)
	}
	return nil
}

func valueOf(t Tunable, name string) float64 {
	for _, p := range t.Parameters() {
		if ofPolicy+p.Name == name {
			return p.Value
		}
	}
	return math.NaN() // not reached: the space was checked
}

func (s *search) halve(ctx context.Context, budget uint64) error {
	all := rounds(len(s.left))
	played := uint64(0) // runs of each that is left
	for round := range all {
		runs := budget / uint64(all) / uint64(len(s.left))
		arms := make([]arm, len(s.left))
		for i, place := range s.left {
			arms[i] = s.tried[place].arm
		}
		p, err := s.pair(ctx, arms, s.metric, Range{played, played + runs}, s.seed)
		if err != nil {
			return err
		}
		played += runs
		s.spent += runs * uint64(len(arms))
		for i, place := range s.left {
			t := &s.tried[place]
			t.sum += p.sum[i]
			t.Rounds, t.Runs, t.Searched = round+1, played, float64(t.sum)/float64(played)
		}
		slices.SortFunc(s.left, func(i, j int) int {
			return cmp.Or(s.metric.order(s.tried[i].Searched, s.tried[j].Searched), i-j)
		})
		s.left = s.left[:max(2, (len(s.left)+1)/2)]
	}
	return nil
}
