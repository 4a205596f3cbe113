package simulation

// Robustness: how policies stand over all worlds, when nobody knows which of them is
// the real one.

import (
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Robustness says how policies stand over the worlds of a trial.
type Robustness struct {
	// Scenario is the name and Digest the identity of what the worlds vary.
	Scenario string     `json:"scenario"`
	Digest   string     `json:"digest"`
	Policies []Identity `json:"policies"`
	// Worlds that it rests on, of how many the trial has, and the runs of each policy
	// in each.
	Worlds int    `json:"worlds"`
	Asked  int    `json:"asked"`
	Runs   uint64 `json:"runs"`
	Seed   uint64 `json:"seed"`
	// Over are the parameters that differ from world to world.
	Over []Uncertainty `json:"over"`
	// Goals, in the order of the trial, each with how the policies stand by it.
	Goals []GoalStanding `json:"goals"`
	// All says of each policy in how many worlds it reaches all of the goals.
	All []Proportion `json:"all"`
}

// GoalStanding says how each policy stands by a goal.
type GoalStanding struct {
	Goal Goal `json:"goal"`
	// Of the policies, in their order.
	Of []Standing `json:"of"`
}

// Standing says how a policy stands by a goal.
type Standing struct {
	// Met are the worlds in which it reaches the goal. The interval is Wilson's, as if
	// the worlds had been drawn one by one; those of a Latin hypercube tell somewhat
	// more.
	Met Proportion `json:"met"`
	// Regret is how much worse it does than the best policy of each world: in shares
	// of runs, or in months. Chance in the runs makes a regret larger, never smaller.
	Regret Regret `json:"regret"`
	// Best are the worlds in which no policy does better, Alone those in which none
	// does as well, either. So a tie counts in Best for all that share it, and in
	// Alone for none. A tie is an equal sum over the runs; less than that may still be
	// chance.
	Best  Proportion `json:"best"`
	Alone uint64     `json:"alone"`
}

// Regret is how a regret is spread over the worlds: the least that half of them, or
// nine of ten, do not exceed, and that of the worst world.
type Regret struct {
	Median float64 `json:"median"`
	Most90 float64 `json:"most_90"`
	Worst  float64 `json:"worst"`
	// World is the number of the first worst one.
	World int `json:"world"`
}

// Robustness sums up how the policies stand. It refuses worlds of no trial.
func (w Worlds) Robustness() (Robustness, error) {
	if w.held() == 0 {
		return Robustness{}, fault.Refuse("worlds", fault.Required, nil, wantWorlds)
	}
	r := Robustness{
		Scenario: w.name, Digest: w.digest, Policies: w.Policies(), Worlds: w.held(), Asked: w.worlds, Runs: w.runs, Seed: w.seed,
		Over: w.Over(), Goals: make([]GoalStanding, len(w.goals)),
	}
	n := uint64(r.Worlds)
	all := make([]uint64, len(w.policies))
	missed := make([]bool, len(w.policies)) // in the world at hand, some goal
	for g, goal := range w.goals {
		r.Goals[g].Goal = goal
		for p := range w.policies {
			var s Standing
			var met, best uint64
			behind := make([]uint64, 0, r.Worlds)
			worst := uint64(0)
			for one := range w.rows() {
				if one.Met(p, g) {
					met++
				}
				b := one.behind(p, g)
				if b == 0 {
					best++
					if one.alone(p, g) {
						s.Alone++
					}
				}
				if b > worst || len(behind) == 0 {
					worst, s.Regret.World = b, one.Number
				}
				behind = append(behind, b)
			}
			slices.Sort(behind)
			at := func(share float64) float64 {
				return float64(behind[max(0, int(math.Ceil(share*float64(len(behind))))-1)]) / float64(w.runs)
			}
			s.Met, s.Best = proportion(met, n), proportion(best, n)
			s.Regret.Median, s.Regret.Most90, s.Regret.Worst = at(0.5), at(0.9), at(1)
			r.Goals[g].Of = append(r.Goals[g].Of, s)
		}
	}
	for one := range w.rows() {
		clear(missed)
		for p := range w.policies {
			for g := range w.goals {
				missed[p] = missed[p] || !one.Met(p, g)
			}
			if !missed[p] {
				all[p]++
			}
		}
	}
	for _, hits := range all {
		r.All = append(r.All, proportion(hits, n))
	}
	return r, nil
}

// alone reports whether no other policy has the same sum.
func (w World) alone(policy, goal int) bool {
	own, _ := w.sum(policy, goal)
	for p := range w.of.policies {
		if other, _ := w.sum(p, goal); p != policy && other == own {
			return false
		}
	}
	return true
}
