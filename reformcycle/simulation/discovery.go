package simulation

// Scenario discovery: in which part of what is not known does a policy fail?

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

const (
	// leastWorlds, leastOfEach: fewer worlds, or fewer of those that are looked for or
	// of the others, tell nothing of where.
	leastWorlds = 20
	leastOfEach = 10
	mostBoxes   = 3
	// leastCoverage is what share of what is looked for a box holds, at least.
	leastCoverage = 0.1
	halfSamples   = 100
	// leastStrength is how often a box has to be met again, by one of its bounds.
	leastStrength = 0.5
)

// Discovery says in which worlds something is so, such as that a policy misses its
// goal: as boxes, each a few limits on what is not known.
type Discovery struct {
	// Scenario is the name and Digest the identity of what the worlds vary.
	Scenario string `json:"scenario"`
	Digest   string `json:"digest"`
	// Of is what is so, or not: "balanced misses its goal (launch by month 24: in at
	// least 50% of the runs)".
	Of language.Text `json:"of"`
	// Worlds that were looked at, and Found of them in which it is so. Runs of each
	// policy in each, and the seed.
	Worlds int    `json:"worlds"`
	Found  int    `json:"found"`
	Runs   uint64 `json:"runs"`
	Seed   uint64 `json:"seed"`
	// In are the numbers of those worlds, in order.
	In []int `json:"in,omitempty"`
	// Over are the parameters that differ from world to world.
	Over []Uncertainty `json:"over"`
	// Boxes, 0 to 3, each looked for in the worlds that those before it have left.
	Boxes []Box `json:"boxes,omitempty"`
}

// Box is a part of what is not known in which much of what was looked for lies.
type Box struct {
	// Worlds within it, beside those within boxes before it; Found are those of them in
	// which it is so.
	Worlds int `json:"worlds"`
	Found  int `json:"found"`
	// Coverage is the share that Found is of all that were found, Density of the worlds
	// in the box (for something that is so or not, that is the mean, too), and Mass the
	// share that the box has of all worlds.
	Coverage float64 `json:"coverage"`
	Density  float64 `json:"density"`
	Mass     float64 `json:"mass"`
	// Limits, on at most three parameters, the strongest first: that of the smallest
	// quasi-p-value.
	Limits []Limit `json:"limits"`
	// Trajectory are the boxes that were met on the way, from no limit to the last that
	// was pasted, and Step the place there of the one that this box was made of, by
	// dropping limits.
	Trajectory []BoxStep `json:"trajectory"`
	Step       int       `json:"step"`
}

// Limit is what a box asks of a parameter.
type Limit struct {
	// Parameter is its place in Over.
	Parameter int   `json:"parameter"`
	Low       Bound `json:"low"`
	High      Bound `json:"high"`
}

// Bound is one end of a limit.
type Bound struct {
	// Limited says that the box ends here; else At is the end of the values that were
	// drawn, and the rest is 0.
	Limited bool    `json:"limited"`
	At      float64 `json:"at"`
	// QuasiP is the chance of a box as dense, were this bound of no account: a box has
	// none above 0.05. It is no honest p-value, for the bound was looked for in the same
	// worlds; so read it beside the next two.
	QuasiP float64 `json:"quasi_p"`
	// ByCoverage and ByDensity are how strong the bound is: of 100 random halves of the
	// worlds, the share in which the box whose coverage, or density, is nearest to this
	// box's ends here, too.
	ByCoverage float64 `json:"by_coverage"`
	ByDensity  float64 `json:"by_density"`
	// Within is where those of ByCoverage end, nine in ten of them; without width at At
	// where there are none.
	Within assessment.Interval `json:"within"`
}

// BoxStep is a box on a trajectory.
type BoxStep struct {
	Worlds   int     `json:"worlds"`
	Found    int     `json:"found"`
	Coverage float64 `json:"coverage"`
	Density  float64 `json:"density"`
	Mass     float64 `json:"mass"`
	// Limits on parameters, in the order of Over; without what tells how strong they are.
	Limits []Limit `json:"limits,omitempty"`
}

// Discover looks for the part of what is not known in which a policy misses a goal;
// both are named by their places in the trial.
//
// The method is PRIM (Friedman and Fisher 1999) as scenario discovery uses it (Bryant
// and Lempert 2010): from all worlds, it peels off a twentieth again and again, at the
// end of the parameter where that makes what is left densest for each world given up,
// until a twentieth of all worlds is left; then it pastes back what makes the box denser
// still. Of the boxes on the way one is chosen by this rule: the largest harmonic mean of
// coverage and density, then the fewest parameters, then the most worlds. Bounds whose
// quasi-p-value is above 0.05 are dropped from it, one after another, and then parameters
// until three are left, those first that it can best do without. How strong each bound
// is, 100 random halves of the worlds tell, each of which is peeled anew. A box is not
// told that holds less than a tenth of what was looked for, in which it is no denser than
// in all worlds, or of which not half of the halves have a bound again; nor is any box
// after it.
//
// The boxes are the same in whatever order parameters were listed, on whatever scale,
// and for any number of workers. Where it is so in nearly all worlds, or hardly any
// (fewer than ten on one side), there are no boxes. Fewer than 20 worlds are refused, and
// so are places that there are not. Progress counts the halves. When ctx ends, there is
// no discovery, and its cause is returned.
//
// Friedman JH, Fisher NI. Bump hunting in high-dimensional data. Stat Comput
// 1999;9:123–143. Bryant BP, Lempert RJ. Thinking inside the box: a participatory,
// computer-assisted approach to scenario discovery. Technol Forecast Soc Change
// 2010;77:34–49.
func (w Worlds) Discover(ctx context.Context, policy, goal int, options ...RunOption) (Discovery, error) {
	var f fault.Fields
	place(&f, "policy", policy, len(w.policies))
	place(&f, "goal", goal, len(w.goals))
	if f != nil {
		return Discovery{}, f
	}
	of := language.Of("discovery.misses", "policy", w.called(policy), "goal", w.goals[goal].Told())
	return w.DiscoverWhere(ctx, of, func(one World) bool { return !one.Met(policy, goal) }, options...)
}

// place refuses a place that there is not in a list.
func place(f *fault.Fields, path string, i, n int) {
	if i < 0 || i >= n {
		f.Add(path, fault.Exists, i, language.Of("want.sim-place", "n", n))
	}
}

// called names a policy by its name, and where another of the trial has that, too, with
// its parameters.
func (w *Worlds) called(policy int) language.Text {
	id := w.policies[policy]
	for i, other := range w.policies {
		if i != policy && other.Name == id.Name {
			return id.Told()
		}
	}
	return Identity{Name: id.Name}.Told()
}

// DiscoverWhere looks for the part of what is not known in which something of a host's
// own is so, such as a regret above a tenth; of says what, as a clause, for one of
// [language.Typed]: "launch now does worse than the best by more than a tenth". It is asked once for each world, in their
// order. See [Worlds.Discover].
func (w Worlds) DiscoverWhere(ctx context.Context, of language.Text, so func(World) bool, options ...RunOption) (Discovery, error) {
	var f fault.Fields
	e := newEnsemble(&f, ctx, options)
	if e.sharded {
		f.Add("range", "unsupported", e.shard.From, language.Of("want.sim-no-range"))
	}
	f.Text("of", of.String(), fault.Text)
	if so == nil {
		f.Add("so", fault.Required, nil, language.Of("want.sim-function"))
	}
	if w.held() < leastWorlds {
		f.Add("worlds", fault.Length, w.held(), language.Of("want.sim-many-worlds", "n", leastWorlds))
	}
	if err := f.Err(); err != nil {
		return Discovery{}, err
	}
	d := Discovery{Scenario: w.name, Digest: w.digest, Of: of, Worlds: w.held(), Runs: w.runs, Seed: w.seed, Over: w.Over()}
	// By name, so that the order of the list breaks no tie.
	byName := make([]int, len(w.over))
	for i := range byName {
		byName[i] = i
	}
	slices.SortFunc(byName, func(i, j int) int { return cmp.Compare(w.over[i].Parameter, w.over[j].Parameter) })
	columns := make([][]float64, len(byName))
	var hit []bool
	for one := range w.All() {
		hit = append(hit, so(one))
		if hit[len(hit)-1] {
			d.In = append(d.In, one.Number)
		}
		for j, i := range byName {
			columns[j] = append(columns[j], one.Values[i])
		}
	}
	c := newCases(columns, hit)
	d.Found = c.hits
	return d, e.discover(ctx, c, &d, byName)
}

// sought is a box that was chosen, and what it was chosen from.
type sought struct {
	box
	path []box
	step int
	left []bool
	in   int // of those left, how many there are, and hits among them
	hits int
}

func (e *ensemble) discover(ctx context.Context, c *cases, d *Discovery, byName []int) error {
	if min(c.hits, len(c.hit)-c.hits) < leastOfEach {
		return nil
	}
	left := slices.Repeat([]bool{true}, len(c.hit))
	var all []sought
	for len(all) < mostBoxes {
		if ctx.Err() != nil {
			*d = Discovery{}
			return context.Cause(ctx)
		}
		s := sought{path: c.trajectory(left), left: slices.Clone(left)}
		s.in, s.hits = s.path[0].n, s.path[0].hits
		s.box, s.step = c.choose(s.path, left, s.hits)
		if s.restricted() == 0 || float64(s.box.hits) < leastCoverage*float64(c.hits) || s.box.hits*len(c.hit) <= c.hits*s.n {
			break
		}
		all = append(all, s)
		active := s.active()
		for i := range left {
			left[i] = left[i] && c.lies(&s.box, i, active) != within
		}
	}
	halves := make([][2]box, len(all)*halfSamples) // nearest in coverage, and in density
	e.total = uint64(len(halves))
	err := e.all(ctx, uint64(len(halves)), func(_ context.Context, _ int, job uint64) (uint64, error) {
		s := &all[job/halfSamples]
		half, n := someHalf(s.left, d.Seed, job)
		path := c.peel(half, n)
		hits := max(1, path[0].hits)
		halves[job] = [2]box{
			*nearest(path, float64(s.box.hits)/float64(s.hits), func(b *box) float64 { return float64(b.hits) / float64(hits) }),
			*nearest(path, s.density(), (*box).density),
		}
		return 1, nil
	})
	if err != nil {
		*d = Discovery{}
		return err
	}
	for k := range all {
		b := all[k].told(c, byName, halves[k*halfSamples:(k+1)*halfSamples])
		if !slices.ContainsFunc(b.Limits, func(l Limit) bool { return l.strength() >= leastStrength }) {
			break
		}
		d.Boxes = append(d.Boxes, b)
	}
	return nil
}

// someHalf is a random half of the rows that are left.
func someHalf(left []bool, seed, number uint64) (half []bool, n int) {
	var dice rand.PCG
	start(&dice, seed, number, halfStream)
	var rows []int
	for i, is := range left {
		if is {
			rows = append(rows, i)
		}
	}
	half = make([]bool, len(left))
	for n = 0; n < len(rows)/2; n++ {
		j, _ := bits.Mul64(dice.Uint64(), uint64(len(rows)-n))
		rows[n], rows[n+int(j)] = rows[n+int(j)], rows[n]
		half[rows[n]] = true
	}
	return half, n
}

// told is the box for people. Columns are in the order of byName.
func (s *sought) told(c *cases, byName []int, halves [][2]box) Box {
	b := Box{Worlds: s.n, Found: s.box.hits, Coverage: float64(s.box.hits) / float64(c.hits), Density: s.density(), Mass: float64(s.n) / float64(len(c.hit)), Step: s.step}
	for _, l := range s.limitsBy(byName) {
		column := slices.Index(byName, l.Parameter)
		for side, end := range []*Bound{&l.Low, &l.High} {
			if !end.Limited {
				continue
			}
			end.QuasiP = c.quasi(&s.box, side, column, s.left)
			var at []float64
			dense := 0
			for _, half := range halves {
				if half[0].limited[side][column] {
					at = append(at, half[0].limits[side][column])
				}
				if half[1].limited[side][column] {
					dense++
				}
			}
			end.ByCoverage, end.ByDensity = float64(len(at))/halfSamples, float64(dense)/halfSamples
			end.Within = assessment.Interval{Low: end.At, High: end.At}
			if slices.Sort(at); len(at) > 0 {
				cut := len(at) / 20
				end.Within = assessment.Interval{Low: at[cut], High: at[len(at)-1-cut]}
			}
		}
		b.Limits = append(b.Limits, l)
	}
	slices.SortStableFunc(b.Limits, func(x, y Limit) int { return cmp.Compare(x.quasi(), y.quasi()) })
	for i := range s.path {
		step := &s.path[i]
		b.Trajectory = append(b.Trajectory, BoxStep{
			Worlds: step.n, Found: step.hits, Coverage: float64(step.hits) / float64(c.hits), Density: step.density(),
			Mass: float64(step.n) / float64(len(c.hit)), Limits: step.limitsBy(byName),
		})
	}
	return b
}

// quasi is the smaller quasi-p-value of its bounds.
func (l *Limit) quasi() float64 {
	p := 1.0
	for _, b := range []Bound{l.Low, l.High} {
		if b.Limited {
			p = min(p, b.QuasiP)
		}
	}
	return p
}

// strength is how often a half has one of its bounds, the stronger one.
func (l *Limit) strength() float64 {
	return max(l.Low.ByCoverage, l.Low.ByDensity, l.High.ByCoverage, l.High.ByDensity)
}

// limitsBy are the limits in the order of the parameters.
func (b *box) limitsBy(byName []int) (all []Limit) {
	for _, j := range b.active() {
		all = append(all, Limit{
			Parameter: byName[j],
			Low:       Bound{Limited: b.limited[lower][j], At: b.limits[lower][j]},
			High:      Bound{Limited: b.limited[upper][j], At: b.limits[upper][j]},
		})
	}
	slices.SortFunc(all, func(x, y Limit) int { return x.Parameter - y.Parameter })
	return all
}

// Holds reports whether the values of a world lie within the box: within the limits on
// those of its parameters that are asked for, or on all where none are.
func (b Box) Holds(values []float64, parameters ...int) bool {
	for _, l := range b.Limits {
		if len(parameters) > 0 && !slices.Contains(parameters, l.Parameter) {
			continue
		}
		if l.Parameter < 0 || l.Parameter >= len(values) {
			return false
		}
		if v := values[l.Parameter]; l.Low.Limited && !(v >= l.Low.At) || l.High.Limited && !(v <= l.High.At) {
			return false
		}
	}
	return true
}

// Elsewhere is how many worlds lie in no box, and how many of those were found.
func (d Discovery) Elsewhere() (worlds, found int) {
	worlds, found = d.Worlds, d.Found
	for _, b := range d.Boxes {
		worlds -= b.Worlds
		found -= b.Found
	}
	return worlds, found
}

// Told tells the discovery to people who decide: in how many worlds it is so, in
// which above all, and how often elsewhere. Numbers are rounded, and parameters have the
// words of the register.
func (d Discovery) Told() language.Text {
	switch d.Found {
	case 0:
		return language.Of("discovery.none", "worlds", d.Worlds, "of", d.Of)
	case d.Worlds:
		return language.Of("discovery.all", "worlds", d.Worlds, "of", d.Of)
	}
	all := language.Of("discovery.some", "found", d.Found, "worlds", d.Worlds, "of", d.Of)
	then := func(id string, args ...any) {
		all = language.Of("discovery.then", "before", all, "then", language.Of(id, args...))
	}
	switch {
	case len(d.Boxes) == 0 && min(d.Found, d.Worlds-d.Found) < leastOfEach:
		then("discovery.too-few")
		return all
	case len(d.Boxes) == 0:
		then("discovery.nothing")
		return all
	}
	for i, b := range d.Boxes {
		then([]string{"discovery.box", "discovery.box-of-others"}[min(i, 1)], "limits", d.limits(b), "density", ofHundred(b.Found, b.Worlds), "coverage", ofHundred(b.Found, d.Found))
	}
	if worlds, found := d.Elsewhere(); worlds > 0 {
		then("discovery.elsewhere", "density", ofHundred(found, worlds))
	}
	return all
}

// Where tells the limits of a box, the strongest first: "the chance of an election: at
// least 1.9% a month; the shortest suspension: at most 6 months".
func (d Discovery) Where(b Box) language.Text {
	return language.Of("discovery.where", "limits", d.limits(b))
}

func (d *Discovery) limits(b Box) (all []language.Text) {
	for _, l := range b.Limits {
		if l.Parameter >= 0 && l.Parameter < len(d.Over) {
			all = append(all, l.told(d.Over[l.Parameter])...)
		}
	}
	return all
}

// ofHundred is a share of a hundred, that never rounds to none or to all.
func ofHundred(k, n int) language.Text {
	switch at := int(math.Round(100 * float64(k) / float64(max(1, n)))); {
	case k > 0 && at == 0:
		return language.Of("hundred.fewer")
	case k < n && at == 100:
		return language.Of("hundred.more")
	default:
		return language.Of("hundred.of", "n", at)
	}
}

// told is the limit: one text, or one for each end of what is added to an assumption.
func (l *Limit) told(u Uncertainty) (all []language.Text) {
	p := parameter(u.Parameter)
	called := p.Called
	if called.IsZero() {
		called = language.Typed(u.Parameter)
	}
	says := func(id string, args ...any) { all = append(all, language.Of(id, append(args, "called", called)...)) }
	if u.Around && u.Scale == Even {
		if at := l.Low.At; l.Low.Limited && at >= 0 {
			says("limit.above", "by", figures(at))
		} else if l.Low.Limited {
			says("limit.not-below", "by", figures(-at))
		}
		if at := l.High.At; l.High.Limited && at <= 0 {
			says("limit.below", "by", figures(-at))
		} else if l.High.Limited {
			says("limit.not-above", "by", figures(at))
		}
		return all
	}
	low, high := measure(p, u, l.Low.At, math.Ceil), measure(p, u, l.High.At, math.Floor)
	switch {
	case l.Low.Limited && l.High.Limited:
		says("limit.between", "low", low, "high", high)
	case l.Low.Limited:
		says("limit.least", "low", low)
	case l.High.Limited:
		says("limit.most", "high", high)
	}
	return all
}

// measure is a value in the unit of its parameter. A whole number is rounded into the
// box.
func measure(p Parameter, u Uncertainty, v float64, inwards func(float64) float64) language.Text {
	if u.Around {
		return language.Of("value.times", "n", figures(v))
	}
	if p.Whole {
		v = inwards(v)
	}
	switch p.Unit.ID {
	case months.ID:
		return language.Of("value.months", "n", figures(v))
	case perMonth.ID, shareAMonth.ID:
		return language.Of("value.percent-a-month", "n", figures(100*v))
	case share.ID:
		return language.Of("value.percent", "n", figures(100*v))
	case effortUnit.ID:
		return language.Of("value.effort", "n", figures(v))
	case scale.ID:
		return language.Of("value.position", "n", figures(v))
	}
	return language.Of("value.of-unit", "n", figures(v), "unit", p.Unit)
}

// figures rounds a number to two figures, or to all those before its point.
func figures(v float64) float64 {
	if math.Abs(v) >= 100 {
		return math.Round(v)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 2, 64), 64)
	return rounded
}
