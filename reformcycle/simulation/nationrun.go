package simulation

// One run of a nation, and many of them.

import (
	"context"
	"math"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// mostNationRuns is the number that the runs of a nation stay below: the sums of squares
// over 1,000 districts and 600 months are then exact.
const mostNationRuns = 10_000_000

// reviewed is the criterion of a district that has held its reviews.
const reviewed = "learning.review"

// Course is how a nation goes about its reform: what its own coalition does, what that
// of each district does, and which districts begin when.
type Course struct {
	National, District Policy
	Waves              Waves
}

// NationOutcome is what came of one run of a nation. It belongs to whoever is handed it
// until they return.
type NationOutcome struct {
	Run uint64 `json:"run"`
	// National is the outcome of the nation's own cycle, Districts those of the
	// districts, in the order in which they begin. Months count from the nation's start;
	// a stage that a district stood at from its beginning was entered when it began, and
	// none was by one that never did.
	National  RunOutcome   `json:"national"`
	Districts []RunOutcome `json:"districts"`
	// Began are the months after which the districts began, 0 for the start; −1 for never.
	Began []int `json:"began"`
}

// nationRun is a run of a nation. It belongs to one goroutine.
type nationRun struct {
	model     *NationModel
	waves     Waves
	national  *run
	districts []*run
	seen      link // what districts know of the nation
	begun     int  // districts
	released  int  // the month at whose end the pilots were there; −1 before
	outcome   NationOutcome
}

func newNationRun(m *NationModel, c Course, seed uint64) *nationRun {
	r := &nationRun{model: m, waves: c.Waves, national: newRun(m.national, c.National, seed)}
	r.national.luck = maxDistricts * MaxRuns
	r.seen.needs = m.nation.Needs
	for d := range m.nation.Districts {
		one := newRun(m.district, c.District, seed)
		one.luck, one.link = uint64(d)*MaxRuns, &r.seen
		r.districts = append(r.districts, one)
	}
	r.outcome.Districts = make([]RunOutcome, len(r.districts))
	r.outcome.Began = make([]int, len(r.districts))
	return r
}

// play plays a run to its end.
func (r *nationRun) play(number uint64) error {
	r.begin(number)
	for month := 1; month <= r.model.nation.National.Horizon; month++ {
		r.observe(month - 1)
		r.draft(month - 1)
		r.share()
		if err := r.national.live(month); err != nil {
			return &failure{language.Of("failed.nation", "why", err), err}
		}
		for d, one := range r.districts {
			if d >= r.begun { // the shocks of before its time pass it by
				for range shocksOfMonth {
					one.shocks.Uint64()
				}
				one.month = month
			} else if err := one.live(month); err != nil {
				return &failure{language.Of("failed.district", "district", d+1, "why", err), err}
			}
		}
	}
	r.national.finish()
	r.outcome.Run, r.outcome.National = number, r.national.outcome
	for d, one := range r.districts {
		one.finish()
		r.outcome.Districts[d] = one.outcome
	}
	return nil
}

// shocksOfMonth is how many draws a month takes from the stream of the shocks.
const shocksOfMonth = int(shockKinds) + 1

// live lives through a month, unless the reform was abandoned.
func (r *run) live(month int) (err error) {
	if r.status == reformcycle.Abandoned {
		return nil
	}
	defer r.rescue(&err)
	r.month = month
	if err := r.step(); err != nil {
		return r.failed(err)
	}
	return nil
}

func (r *nationRun) begin(number uint64) {
	r.national.begin(number)
	r.begun, r.released = 0, -1
	for d, one := range r.districts {
		one.begin(number)
		r.outcome.Began[d] = -1
		for s := range one.outcome.Entered {
			one.outcome.Entered[s] = -1
		}
	}
}

// observe has the nation know how its districts stood at the end of a month, and they
// how it did.
func (r *nationRun) observe(month int) {
	if r.waves.Pilots > 0 && r.released < 0 && month > 0 && r.piloted() {
		r.released = month
	}
	r.seen.furthest, r.seen.furthestInto = r.national.furthest(), r.national.inLap
	for i := range r.model.national.asks {
		a := &r.model.national.asks[i]
		have := 0
		for _, one := range r.districts[:r.begun] {
			if one.has(a) {
				have++
			}
		}
		least, level := a.least, assessment.NonFunctional
		counted := float64(have)
		if a.Of == assessment.OfPopulation {
			counted /= float64(len(r.districts))
		}
		switch {
		case counted >= least:
			level = assessment.Functional
		case have > 0:
			level = assessment.PartiallyFunctional
		}
		r.national.progress[a.criterion] = level.Share()
	}
}

// furthest is the last stage that was reached in any lap.
func (r *run) furthest() reformcycle.Stage {
	if r.model.scenario.Start.Launched {
		return max(r.outcome.Furthest, reformcycle.Launch)
	}
	return r.outcome.Furthest
}

// has reports whether a district has what the nation asks.
func (r *run) has(a *asking) bool {
	switch {
	case a.stage == 0:
		return r.metAt(a.of)
	case a.ThisLap:
		return r.inLap >= a.stage
	}
	return r.furthest() >= a.stage
}

// piloted reports whether the pilots are where the others wait for them to be.
func (r *nationRun) piloted() bool {
	there := false
	for _, one := range r.districts[:r.begun] {
		if one.status == reformcycle.Abandoned {
			continue
		}
		if one.furthest() < r.waves.Until {
			return false
		}
		there = true
	}
	return there
}

// draft has those districts begin whose time has come by the end of a month.
func (r *nationRun) draft(month int) {
	for due := r.waves.due(month, r.released, len(r.districts)); r.begun < due; r.begun++ {
		one := r.districts[r.begun]
		r.outcome.Began[r.begun] = month
		one.reviewed = month
		for s := reformcycle.ProblemPrioritization; s <= one.stage; s++ {
			one.outcome.Entered[s] = month
		}
	}
}

// share divides the effort of those who work in all districts: among those that are to
// launch yet, and where there are none, among all.
func (r *nationRun) share() {
	if len(r.model.shared) == 0 {
		return
	}
	before, all := 0, 0
	for _, one := range r.districts[:r.begun] {
		if one.status == reformcycle.Active {
			all++
			if one.furthest() < reformcycle.Launch {
				before++
			}
		}
	}
	for _, one := range r.districts[:r.begun] {
		part := 0.0
		switch {
		case one.status != reformcycle.Active:
		case before == 0:
			part = 1 / float64(all)
		case one.furthest() < reformcycle.Launch:
			part = 1 / float64(before)
		}
		for _, i := range r.model.shared {
			one.actors[i].effort = r.model.district.agents[i].effort * part
		}
	}
}

// checkCoalitions refuses policies that are none.
func checkCoalitions(f *fault.Fields, national, district Policy) {
	_, err := identity(national)
	f.Under("national", fault.Of(err))
	_, err = identity(district)
	f.Under("district", fault.Of(err))
}

// Each plays the runs from from up to, not including, to, of a seed, one after another
// on the caller's goroutine, and hands each outcome to a function. A seed has
// 10,000,000 runs of a nation. Run i depends on the model, the course, the seed and i
// alone.
//
// Errors are those of [Model.Run]; that of a policy names the nation or the district.
func (m *NationModel) Each(ctx context.Context, c Course, from, to, seed uint64, see func(i uint64, o *NationOutcome)) error {
	var f fault.Fields
	checkContext(&f, ctx)
	if see == nil {
		f.Add("see", fault.Required, nil, language.Of("want.sim-function"))
	}
	if from >= to || to > mostNationRuns {
		f.Add("range", fault.Range, to, language.Of("want.sim-range", "most", plain(mostNationRuns)))
	}
	checkCoalitions(&f, c.National, c.District)
	if checkNation(&f, m) {
		c.Waves.check(&f, "waves", m.nation.Districts)
	}
	if err := f.Err(); err != nil {
		return err
	}
	r := newNationRun(m, c, seed)
	for i := from; i < to; i++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := r.play(i); err != nil {
			return err
		}
		see(i, &r.outcome)
	}
	return nil
}

// Compare plays the same runs, 0 to runs − 1 of a seed, with each of two to 64 waves,
// and compares the mean over all districts of a metric: the share of districts whose
// answer is yes, or their months. Every run of a nation meets the same shocks, and each
// district the same moods and luck from its beginning on, whatever the waves.
//
// The districts of a run share their shocks, so they are no sample by themselves: a run
// is, with all its districts. All intervals are Student's t over the runs, of shares
// too; for the debt, of which not every district tells, that of a ratio (Cochran WG.
// Sampling techniques. 3rd ed. Wiley; 1977, section 6.3). Differences hold together as
// those of [Model.Compare] do. [Whole] counts districts, in all runs.
//
// Of the options, WithRange has no use here and is refused. Progress counts runs times
// waves. Errors are those of [Model.Compare].
func (m *NationModel) Compare(ctx context.Context, national, district Policy, waves []Waves, metric Metric, runs, seed uint64, options ...RunOption) (Comparison, error) {
	var f fault.Fields
	e := newEnsemble(&f, ctx, options)
	if e.sharded {
		f.Add("range", "unsupported", e.shard.From, language.Of("want.sim-no-range"))
	}
	if runs < 2 || runs > mostNationRuns {
		f.Add("runs", fault.Range, runs, wholeFrom(uint64(2), mostNationRuns))
	}
	if n := len(waves); n < 2 || n > maxCompared {
		f.Add("waves", fault.Length, n, language.Of("want.sim-count", "low", 2, "high", maxCompared))
		waves = nil
	}
	for i, w := range waves {
		if j := slices.Index(waves[:i], w); j >= 0 {
			f.Add(fault.At("waves", i), fault.Unique, w.String(), another(fault.At("waves", j)))
		}
	}
	checkCoalitions(&f, national, district)
	if !checkNation(&f, m) {
		f.Under("", metric.Validate())
	} else {
		metric.suits(&f, m.nation.National.Horizon)
		for i, w := range waves {
			w.check(&f, fault.At("waves", i), m.nation.Districts)
		}
	}
	if err := f.Err(); err != nil {
		return Comparison{}, err
	}
	e.total = runs * uint64(len(waves))
	c := Comparison{Scenario: m.nation.Name, Digest: m.digest, Metric: metric, Runs: runs, Seed: seed}
	for _, w := range waves {
		c.Policies = append(c.Policies, Identity{Name: w.String(), Waves: &w})
	}
	parts, tallies, players := make([]*paired, e.workers), make([][]nationTally, e.workers), make([][]*nationRun, e.workers)
	err := e.all(ctx, runs, func(ctx context.Context, worker int, run uint64) (uint64, error) {
		if parts[worker] == nil {
			p := newPaired(len(waves))
			parts[worker], tallies[worker] = &p, make([]nationTally, len(waves))
			for _, w := range waves {
				players[worker] = append(players[worker], newNationRun(m, Course{national, district, w}, seed))
			}
		}
		values := make([]uint64, len(waves))
		for i, player := range players[worker] {
			if ctx.Err() != nil {
				return 0, context.Cause(ctx)
			}
			if err := player.play(run); err != nil {
				return 0, err
			}
			for d := range player.outcome.Districts {
				values[i] += metric.of(&player.outcome.Districts[d])
			}
			tallies[worker][i].add(player.outcome.Districts)
		}
		parts[worker].add(values)
		return uint64(len(waves)), nil
	})
	if err != nil {
		return Comparison{}, err
	}
	all, whole := newPaired(len(waves)), make([]nationTally, len(waves))
	all.each = float64(m.nation.Districts)
	for w, part := range parts {
		if part == nil {
			continue
		}
		all.merge(part)
		for i := range whole {
			whole[i].merge(&tallies[w][i])
		}
	}
	for i := range whole {
		c.Whole = append(c.Whole, whole[i].whole(runs))
	}
	c.rank(&all)
	return c, nil
}

// nationTally counts what a [Whole] tells of the districts of a nation.
type nationTally struct{ launched, lapped, abandoned, debt ratio }

func (t *nationTally) add(districts []RunOutcome) {
	var one tally
	for d := range districts {
		one.add(&districts[d])
	}
	n := uint64(len(districts))
	t.launched.add(one.launched, n)
	t.lapped.add(one.lapped, n)
	t.abandoned.add(one.abandoned, n)
	t.debt.add(one.debts, one.entered)
}

func (t *nationTally) merge(other *nationTally) {
	t.launched.merge(&other.launched)
	t.lapped.merge(&other.lapped)
	t.abandoned.merge(&other.abandoned)
	t.debt.merge(&other.debt)
}

func (t *nationTally) whole(runs uint64) Whole {
	debt := t.debt.proportion(runs, mostCount)
	return Whole{
		Launched: t.launched.proportion(runs, 1), Lapped: t.lapped.proportion(runs, 1), Abandoned: t.abandoned.proportion(runs, 1),
		Debt: debt.estimate(),
	}
}

// ratio is the sum over runs of what is counted, by that of how many it is counted of.
// All are whole numbers, as in paired.
type ratio struct{ hits, of, hitsHits, hitsOf, ofOf uint64 }

func (r *ratio) add(hits, of uint64) {
	r.hits += hits
	r.of += of
	r.hitsHits += hits * hits
	r.hitsOf += hits * of
	r.ofOf += of * of
}

func (r *ratio) merge(other *ratio) {
	r.hits += other.hits
	r.of += other.of
	r.hitsHits += other.hitsHits
	r.hitsOf += other.hitsOf
	r.ofOf += other.ofOf
}

// proportion gives the ratio, at most so much, with its interval over the runs.
func (r *ratio) proportion(runs uint64, most float64) Proportion {
	p := Proportion{Hits: r.hits, Of: r.of, Interval: assessment.Interval{High: most}}
	if r.of == 0 {
		return p
	}
	n := float64(runs)
	p.At = float64(r.hits) / float64(r.of)
	squares := float64(r.hitsHits) - float64(2*p.At*float64(r.hitsOf)) + float64(float64(p.At*p.At)*float64(r.ofOf))
	half := float64(student(runs, 1)*math.Sqrt(max(0, squares)/(n-1)/n)) / (float64(r.of) / n)
	p.Interval = assessment.Interval{Low: max(0, p.At-half), High: min(most, p.At+half)}
	return p
}
