package main

// The runs, and what is asked of them.

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// questions are what the policies are compared by, and the least share of the runs of a
// world that have to answer by yes for the goal to be met there. Lead is the place of the
// one that the rest of the study asks, too. A stage is complete when the next is entered.
var questions = []struct {
	metric simulation.Metric
	id     string // of its texts: study.q.ID and study.goal.ID
	least  float64
}{
	{simulation.LaunchedBy(24), "launched", 0.5},
	{simulation.ReachedBy(reformcycle.Governance, 60), "complete", 0.5},
	{simulation.LapsAtLeast(1), "lap", 0.5},
	{simulation.NotAbandoned(), "not-abandoned", 0.9},
}

const lead = 2

// inWorld is how many runs of each policy a world has.
const inWorld = 50

// shaken are the places of the policies whose answer the sensitivity analysis
// tries: the first and the last, which differ most.
var shaken = []int{0, 2}

// lasting asks whether a reform was launched within two years and is active at
// the end. It is a metric of a host's own: of package simulation's none asks for
// both.
type lasting struct{}

func (lasting) String() string { return languages[0].Say(of("row.lasting")) }

func (lasting) Of(o *simulation.RunOutcome) float64 {
	if month, launched := o.Launch(); launched && month <= 24 && o.Status == reformcycle.Active {
		return 1
	}
	return 0
}

type study struct {
	in         *language.Language // nil is English
	model      *simulation.Model
	assumed    assumptions
	runs, seed uint64
	played     uint64 // runs in all
	policies   []simulation.Policy

	summaries []simulation.Summary
	answers   []simulation.Answers
	lasting   []simulation.Proportion

	comparisons []simulation.Comparison // of the questions
	tornados    []simulation.Tornado    // of the policies in shaken

	// even compares by the lead question all policies but the first with
	// balanced, which is what they do beside what they are called.
	even       simulation.Comparison
	persuading []int // in each traced run of the last policy, in rising order: see persuades

	// worlds are draws of what is not known, and failing tells, of the policies in
	// shaken, in which of them the lead question is answered by too few.
	worlds     simulation.Worlds
	robustness simulation.Robustness
	failing    []simulation.Discovery
}

// traced is how many runs are looked at month by month, at most.
const traced = 1000

// research plays the runs. All policies, and all ends of the sensitivity
// analysis, play the same ones.
func research(ctx context.Context, l *language.Language, scenario simulation.Scenario, policies []simulation.Policy, assumed assumptions, runs uint64, worlds int, seed uint64, w io.Writer) (*study, error) {
	model, err := simulation.Compile(scenario)
	if err != nil {
		return nil, err
	}
	balanced, err := simulation.NewPolicy("balanced", nil)
	if err != nil {
		return nil, err
	}
	s := &study{in: l, model: model, assumed: assumed, runs: runs, seed: seed, policies: policies}
	kinds, ends := uint64(len(policies)), uint64(1+2*len(assumed.Vary))
	p := meter{w: w, say: s.say, total: runs*(kinds*uint64(3+len(questions))+uint64(len(shaken))*ends) + kinds*inWorld*uint64(max(0, worlds))}
	for _, policy := range policies {
		summary, err := model.Run(ctx, policy, runs, seed, p.phase())
		if err != nil {
			return nil, err
		}
		answers, err := summary.Answers()
		if err != nil {
			return nil, err
		}
		share, err := s.share(ctx, policy, lasting{}, &p)
		if err != nil {
			return nil, err
		}
		s.summaries, s.answers, s.lasting = append(s.summaries, summary), append(s.answers, answers), append(s.lasting, share)
	}
	for _, q := range questions {
		c, err := model.Compare(ctx, policies, q.metric, runs, seed, p.phase())
		if err != nil {
			return nil, err
		}
		s.comparisons = append(s.comparisons, c)
	}
	for _, i := range shaken {
		t, err := model.OneAtATime(ctx, policies[i], questions[lead].metric, assumed.factors(), runs, seed, p.phase())
		if err != nil {
			return nil, err
		}
		s.tornados = append(s.tornados, t)
	}
	s.even, err = model.Compare(ctx, append([]simulation.Policy{balanced}, policies[1:]...), questions[lead].metric, runs, seed, p.phase())
	if err != nil {
		return nil, err
	}
	if err := s.draw(ctx, worlds, &p); err != nil {
		return nil, err
	}
	s.played = p.done
	for i := range min(runs, traced) {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		trace, err := model.Trace(policies[len(policies)-1], seed, i)
		if err != nil {
			return nil, err
		}
		s.persuading = append(s.persuading, persuades(trace))
	}
	slices.Sort(s.persuading)
	return s, nil
}

// draw plays the policies in so many worlds.
func (s *study) draw(ctx context.Context, worlds int, p *meter) (err error) {
	trial := simulation.Trial{Policies: s.policies, Over: s.assumed.over(), Worlds: worlds, Runs: inWorld, Seed: s.seed}
	for _, q := range questions {
		trial.Goals = append(trial.Goals, simulation.Goal{Metric: q.metric, Bound: q.least})
	}
	if s.worlds, err = s.model.Worlds(ctx, trial, p.phase()); err != nil {
		return err
	}
	if s.robustness, err = s.worlds.Robustness(); err != nil {
		return err
	}
	for _, i := range shaken {
		misses := of("misses", "policy", s.label(i), "goal", of("goal."+questions[lead].id))
		d, err := s.worlds.DiscoverWhere(ctx, misses, func(w simulation.World) bool { return !w.Met(i, lead) })
		if err != nil {
			return err
		}
		s.failing = append(s.failing, d)
	}
	return nil
}

// persuades counts the months in which an active reform puts half of its effort or
// more into persuasion.
func persuades(trace simulation.Trace) (months int) {
	status := reformcycle.Suspended // month 0 is the start: nothing is spent
	for _, m := range trace.Months {
		spent := 0.0
		for _, p := range m.Persuasion {
			spent += p.Effort
		}
		if status == reformcycle.Active && m.Budget > 0 && spent >= m.Budget*(0.5-1e-9) {
			months++
		}
		status = m.Status
	}
	return months
}

// share counts the runs that answer a question of the host's own by yes.
func (s *study) share(ctx context.Context, policy simulation.Policy, q lasting, p *meter) (simulation.Proportion, error) {
	hits, base := uint64(0), p.done
	err := s.model.Each(ctx, policy, 0, s.runs, s.seed, func(i uint64, o *simulation.RunOutcome) {
		hits += uint64(q.Of(o))
		p.tell(base + i + 1)
	})
	if err != nil {
		return simulation.Proportion{}, err
	}
	return simulation.Wilson(hits, s.runs)
}

// meter tells how far long work has come, in steps of five in a hundred.
type meter struct {
	w           io.Writer
	say         func(language.Text) string
	done, total uint64
	told        uint64
}

// long is from how many runs on a meter speaks: some seconds of work. Tests have
// less time.
var long uint64 = 150_000

// phase is for a part of the work that counts its runs from 0.
func (p *meter) phase() simulation.RunOption {
	base := p.done
	return simulation.WithProgress(func(done, _ uint64) { p.tell(base + done) })
}

func (p *meter) tell(done uint64) {
	p.done = done
	if step := 20 * done / p.total; p.total >= long && step > p.told {
		p.told = step
		fmt.Fprintln(p.w, p.say(of("progress", "percent", float64(step)/20, "runs", p.total)))
	}
}
