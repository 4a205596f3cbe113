package stakeholders

// What strategies would make of the politics of a reform, and how likely that
// is (source: reich; the probabilities are our addition, model).

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

const (
	// maxStrategies bounds what one question weighs.
	maxStrategies = 1000
	// maxExact is how many strategies are weighed in every combination of
	// success and failure: 2^16 is 65,536.
	maxExact = 16
	// maxDraws bounds the sampling beyond that.
	maxDraws = 1_000_000
	// maxOutcomes is how many outcomes a distribution lists one by one.
	maxOutcomes = 1000
)

// Under returns the roster as it would be if all the strategies succeeded.
//
// For each actor the changes of position that the strategies state are
// averaged, and so, apart from them, are those of power; the averages are added
// to what it has today, and the new position falls in its band again (reich).
// That is to say: an actor ends up at the mean of the positions stated for it.
// Stated values count to twelve decimals, so that neither the order of the
// strategies nor the last bit of a sum decides a band.
//
// An actor whose position is not known stays that way, for there is nothing to
// add a change to, and so stays out of the indices, as in the source; the same
// holds for a power that is not known. Take the actor's position first, then
// ask what a strategy would change.
//
// It refuses, with [fault.Fields] under paths such as
// "strategies[1].effects[0].actor", strategies that are not valid, an id that
// is there twice, actors that the roster does not have and
// more than 1000 strategies.
func (r Roster) Under(strategies ...Strategy) (Roster, error) {
	strategies, errs := r.checkStrategies(strategies)
	if err := errs.Err(); err != nil {
		return r, err
	}
	return r.under(strategies), nil
}

// under is Under for strategies that have been checked.
func (r Roster) under(strategies []Strategy) Roster {
	var sums map[string]*stated
	for _, s := range strategies {
		for _, f := range s.Effects {
			if sums == nil {
				sums = make(map[string]*stated)
			}
			if sums[f.Actor] == nil {
				sums[f.Actor] = new(stated)
			}
			sums[f.Actor].add(f)
		}
	}
	if sums == nil {
		return r
	}
	actors := slices.Clone(r.actors)
	for i, a := range actors {
		sum := sums[a.ID]
		if sum == nil {
			continue
		}
		moved := *a // lists are shared: actors in rosters are never written to
		if sum.positions > 0 && a.Position.Known() {
			mean := mean(sum.position, sum.positions)
			moved.Position = At(min(max(mean, -maxPosition), maxPosition))
		}
		if sum.powers > 0 && a.Power.Known() {
			moved.Power = Power(min(max(mean(sum.power, sum.powers), minPower), maxPower))
		}
		actors[i] = &moved
	}
	return Roster{actors: actors}
}

// ticks is how many steps of the sums below make 1 on the scales.
const ticks = 1_000_000_000_000

// stated sums what strategies state for one actor. The sums are whole numbers,
// which add up alike in any order and can be taken back exactly.
type stated struct {
	position, power   int64
	positions, powers int64 // how many state one
}

func (s *stated) add(f Effect) {
	if f.Position.known {
		s.position += inTicks(f.Position.value)
		s.positions++
	}
	if f.Power.Known() {
		s.power += inTicks(float64(f.Power))
		s.powers++
	}
}

func inTicks(v float64) int64 { return int64(math.Round(v * ticks)) }

func mean(sum, n int64) float64 { return float64(sum) / float64(n*ticks) }

// checkStrategies refuses what Under refuses, and gives the strategies with the ids of
// actors as the roster has them, in normal form.
func (r Roster) checkStrategies(strategies []Strategy) (checked []Strategy, errs fault.Fields) {
	if !errs.Count("strategies", len(strategies), maxStrategies) {
		return nil, errs
	}
	checked = slices.Clone(strategies)
	known := make(map[string]bool, len(r.actors))
	for _, a := range r.actors {
		known[a.ID] = true
	}
	first := make(map[string]int, len(strategies))
	for i, s := range strategies {
		path := fault.At("strategies", i)
		errs.Under(path, s.Validate())
		if s.ID != "" { // which is already refused for itself
			errs.Once(path+".id", s.ID, first, "strategies", i)
		}
		if len(s.Effects) > maxEffects { // already refused for its length
			continue
		}
		for j, f := range s.Effects {
			id := fault.NFC(f.Actor)
			if id != f.Actor {
				s.Effects = slices.Clone(s.Effects)
				s.Effects[j].Actor = id
				checked[i].Effects = s.Effects
			}
			if id != "" && !known[id] {
				errs.Add(path+"."+fault.At("effects", j)+".actor", fault.Exists, f.Actor, r.engaged())
			}
		}
	}
	return checked, errs
}

// Indices are the three indices of [Feasibility], or what they change by.
type Indices struct {
	Support      float64 `json:"support"`
	NonMobilised float64 `json:"non_mobilised"`
	Opposition   float64 `json:"opposition"`
}

// Margin returns support − opposition.
func (i Indices) Margin() float64 { return i.Support - i.Opposition }

// minus returns i − j.
func (i Indices) minus(j Indices) Indices {
	return Indices{i.Support - j.Support, i.NonMobilised - j.NonMobilised, i.Opposition - j.Opposition}
}

// times returns i × k.
func (i Indices) times(k float64) Indices {
	return Indices{i.Support * k, i.NonMobilised * k, i.Opposition * k}
}

// Indices returns the three indices of f.
func (f Feasibility) Indices() Indices { return Indices{f.Support, f.NonMobilised, f.Opposition} }

// Margin returns support − opposition.
func (f Feasibility) Margin() float64 { return f.Support - f.Opposition }

// Sampling says how prospects are drawn where strategies are too many to weigh
// every combination of success and failure. The zero value draws nothing.
type Sampling struct {
	Draws int    `json:"draws"` // from 0 to 1,000,000
	Seed  uint64 `json:"seed"`  // the same seed gives the same prospects, on every machine
}

// Prospects is what may come of some strategies that are all carried out, each
// succeeding or failing for itself with its own probability. PolicyMaker shows
// the probabilities but computes as if all succeeded (reich); weighing every
// combination of success and failure is our addition (model).
//
// Support exceeds opposition where it outweighs it ([Outweighs]): sums equal
// but for rounding are a tie, and a tie is not feasible.
type Prospects struct {
	// Now is the feasibility of the roster as it is.
	Now Feasibility `json:"now"`
	// IfAll is the feasibility if all strategies succeed.
	IfAll Feasibility `json:"if_all"`
	// Expected are the indices on average over what may happen.
	Expected Indices `json:"expected"`
	// Probability that support exceeds opposition, 0 … 1.
	Probability float64 `json:"probability"`
	// StandardError of Probability; 0 where it is exact, and where all draws came
	// out alike: what never came is then less likely than 3 / Draws, in 95 of 100
	// such samples.
	StandardError float64 `json:"standard_error,omitempty"`
	// Margin is how support − opposition is distributed.
	Margin MarginDistribution `json:"margin"`
	// Strategies says what each of them brings, in the order given.
	Strategies []StrategyProspect `json:"strategies,omitempty"`
	// Exact says that every combination was weighed; otherwise Draws of them,
	// drawn at random, were.
	Exact bool `json:"exact"`
	Draws int  `json:"draws,omitempty"`
}

// MarginDistribution is how support − opposition is distributed over what may happen.
type MarginDistribution struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"` // the standard deviation
	// Lowest and Highest are the ends of what may happen, however unlikely; of
	// what was drawn, where prospects are drawn.
	Lowest  float64 `json:"lowest"`
	Highest float64 `json:"highest"`
	// Quantiles at 5, 25, 50, 75 and 95 per cent.
	Quantiles []MarginQuantile `json:"quantiles"`
	// Outcomes are the values that differ by more than rounding, the lowest
	// first; none are listed where there are more than 1000.
	Outcomes []MarginOutcome `json:"outcomes,omitempty"`
}

// MarginQuantile is the lowest margin that is not exceeded with a probability of at
// least Share.
type MarginQuantile struct {
	Share  float64 `json:"share"`
	Margin float64 `json:"margin"`
}

// MarginOutcome is one value that support − opposition may take.
type MarginOutcome struct {
	Margin      float64 `json:"margin"`
	Probability float64 `json:"probability"`
}

// StrategyProspect is what one strategy brings, for itself and beside the
// others. A strategy may bring less than nothing: where several move one actor
// their changes are averaged, and a timid one holds a bold one back (reich).
type StrategyProspect struct {
	Strategy string `json:"strategy"` // its id

	// Alone is the feasibility if this one succeeds and no other does, and
	// AloneChange what that is above today's.
	Alone       Feasibility `json:"alone"`
	AloneChange Indices     `json:"alone_change"`

	// MarginalChange is what it adds if all others succeed.
	MarginalChange Indices `json:"marginal_change"`

	// ExpectedChange and ProbabilityChange are what carrying it out adds, on
	// average, to the indices and to the probability that support exceeds
	// opposition, while the others are carried out: it still may fail.
	ExpectedChange    Indices `json:"expected_change"`
	ProbabilityChange float64 `json:"probability_change"`
}

// Prospects weighs what may come of the strategies if all are carried out. Up
// to 16 strategies it weighs all combinations of success and failure and is
// exact; for more it draws as many as sampling says, and refuses 0.
//
// It refuses what [Roster.Under] refuses, and draws outside 0 … 1,000,000.
//
// Performance: 2^n outcomes for n strategies, each weighed by moving only the
// actors of one strategy. A sample takes draws × strategies such steps.
func (r Roster) Prospects(strategies []Strategy, sampling Sampling) (Prospects, error) {
	strategies, errs := r.checkStrategies(strategies)
	if errs.Whole("draws", sampling.Draws, 0, maxDraws) && sampling.Draws == 0 && len(strategies) > maxExact && len(strategies) <= maxStrategies {
		errs.Add("draws", fault.Required, sampling.Draws, language.Of("want.draws", "most", maxDraws, "strategies", maxExact))
	}
	if err := errs.Err(); err != nil {
		return Prospects{}, err
	}
	t := r.tally(strategies)
	p := Prospects{Now: r.Feasibility()}
	today := t.indices(t.weighed())
	for i, s := range strategies {
		alone := t.indices(t.flipped(i))
		p.Strategies = append(p.Strategies, StrategyProspect{
			Strategy:    s.ID,
			Alone:       Feasibility{alone.Support, alone.NonMobilised, alone.Opposition, p.Now.LeftOut},
			AloneChange: alone.minus(today),
		})
	}
	for i := range strategies {
		t.flip(i)
	}
	all := t.indices(t.weighed())
	p.IfAll = Feasibility{all.Support, all.NonMobilised, all.Opposition, p.Now.LeftOut}
	for i := range strategies {
		p.Strategies[i].MarginalChange = all.minus(t.indices(t.flipped(i)))
	}
	for i := range strategies {
		t.flip(i)
	}
	if len(strategies) <= maxExact {
		t.weighAll(&p)
	} else {
		t.draw(&p, sampling)
	}
	return p, nil
}

// The sides an actor can be on, as places in tally.totals.
const (
	sideSupport = iota
	sideNonMobilised
	sideOpposition
	sides
)

// tally is the indices of a roster under some strategies, kept up to date while
// strategies are switched on and off one by one. Sums are whole numbers of a
// unit: switching a strategy off again restores them to the bit, however often
// it is done.
type tally struct {
	probability []float64 // by strategy
	steps       [][]step  // by strategy
	on          []bool    // by strategy
	moved       []moved
	totals      [sides]exact
	exponent    int // a unit is 2^exponent
}

// moved is an actor that some strategy moves.
type moved struct {
	stated
	today  float64 // |position|, or 5 if non-mobilised
	power  float64 // today
	weight float64
	amount exact // what it adds to totals[side]
	side   int
	begins int // its side today
}

// step is what one strategy states for one actor, as a place in tally.moved.
type step struct {
	actor int
	stated
}

// exact is a whole number of units, of 128 bits: so many that whatever actors weigh, up
// to 10¹⁸ times as much as others, the light ones lose no digit beside the heavy.
type exact struct {
	high int64
	low  uint64
}

// inUnits is a number from 0 on as units of 2^exponent, rounded down.
func inUnits(v float64, exponent int) exact {
	mantissa, e := math.Frexp(v)
	digits, shift := uint64(math.Ldexp(mantissa, 53)), e-53-exponent
	switch {
	case shift >= 64:
		return exact{int64(digits << (shift - 64)), 0}
	case shift >= 0:
		return exact{int64(digits >> (64 - shift)), digits << shift}
	default:
		return exact{0, digits >> -shift}
	}
}

func (a exact) plus(b exact) exact {
	low, carry := bits.Add64(a.low, b.low, 0)
	return exact{a.high + b.high + int64(carry), low}
}

func (a exact) minus(b exact) exact {
	low, borrow := bits.Sub64(a.low, b.low, 0)
	return exact{a.high - b.high - int64(borrow), low}
}

// float is the number nearest to a, but for the last bit.
func (a exact) float() float64 {
	if a.high < 0 {
		return -exact{}.minus(a).float()
	}
	return math.Ldexp(float64(a.high), 64) + float64(a.low)
}

// tally prepares the roster for strategies that have been checked.
func (r Roster) tally(strategies []Strategy) *tally {
	t := &tally{
		probability: make([]float64, len(strategies)),
		steps:       make([][]step, len(strategies)),
		on:          make([]bool, len(strategies)),
	}
	var bound float64 // no total ever exceeds it
	for _, a := range r.actors {
		if a.Position.known && a.Power.Known() {
			bound += float64(maxPower * maxPosition * a.effectiveWeight())
		}
	}
	_, exponent := math.Frexp(bound)
	t.exponent = exponent - 126

	places := make(map[string]int)
	for _, s := range strategies {
		for _, f := range s.Effects {
			places[f.Actor] = -1
		}
	}
	for _, a := range r.actors {
		if !a.Position.known || !a.Power.Known() {
			continue // and so in no index, whatever succeeds
		}
		m := moved{power: float64(a.Power), weight: a.effectiveWeight()}
		switch {
		case a.Position.Supports():
			m.begins, m.today = sideSupport, a.Position.value
		case a.Position.Opposes():
			m.begins, m.today = sideOpposition, -a.Position.value
		default:
			m.begins, m.today = sideNonMobilised, nonMobilisedPull
		}
		t.weigh(&m)
		if _, touched := places[a.ID]; touched {
			places[a.ID] = len(t.moved)
			t.moved = append(t.moved, m)
		}
	}
	for i, s := range strategies {
		t.probability[i] = s.Probability
		for _, f := range s.Effects {
			if actor := places[f.Actor]; actor >= 0 {
				one := step{actor: actor}
				one.add(f)
				t.steps[i] = append(t.steps[i], one)
			}
		}
	}
	return t
}

// weigh brings the totals up to date with one actor.
func (t *tally) weigh(m *moved) {
	side, value, power := m.begins, m.today, m.power
	if m.positions > 0 {
		// The band follows from whole numbers, as it would from the exact mean.
		switch edge := m.positions * ticks; {
		case m.position >= edge:
			side, value = sideSupport, mean(m.position, m.positions)
		case m.position < -edge:
			side, value = sideOpposition, -mean(m.position, m.positions)
		default:
			side, value = sideNonMobilised, nonMobilisedPull
		}
	}
	if m.powers > 0 {
		power = mean(m.stated.power, m.powers)
	}
	// The conversion keeps a compiler from fusing product and sum.
	amount := inUnits(float64(power*value*m.weight), t.exponent)
	t.totals[m.side] = t.totals[m.side].minus(m.amount)
	t.totals[side] = t.totals[side].plus(amount)
	m.side, m.amount = side, amount
}

// flip lets a strategy succeed that did not, or the other way round.
func (t *tally) flip(strategy int) {
	by := int64(1)
	if t.on[strategy] {
		by = -1
	}
	t.on[strategy] = !t.on[strategy]
	for i := range t.steps[strategy] {
		s := &t.steps[strategy][i]
		m := &t.moved[s.actor]
		m.position += by * s.position
		m.positions += by * s.positions
		m.stated.power += by * s.power
		m.powers += by * s.powers
		t.weigh(m)
	}
}

// flipped returns what is weighed with one strategy flipped, and flips it back.
func (t *tally) flipped(strategy int) weighed {
	t.flip(strategy)
	defer t.flip(strategy)
	return t.weighed()
}

// each lets every set of the strategies succeed in turn (bit b is the b-th), in
// an order in which one strategy changes from set to set, and ends with none.
func (t *tally) each(see func(set int)) {
	see(0)
	set := 0
	for i := 1; i < 1<<len(t.steps); i++ {
		b := bits.TrailingZeros(uint(i))
		t.flip(b)
		set ^= 1 << b
		see(set)
	}
	if set != 0 {
		t.flip(len(t.steps) - 1)
	}
}

// margin is support − opposition, in units.
func (t *tally) margin() float64 {
	return t.totals[sideSupport].minus(t.totals[sideOpposition]).float()
}

// taking is support and opposition together, in units: what a tie is relative to.
func (t *tally) taking() float64 { return t.totals[sideSupport].plus(t.totals[sideOpposition]).float() }

// feasible reports whether support outweighs opposition.
func (t *tally) feasible() bool {
	return Outweighs(t.totals[sideSupport].float(), t.totals[sideOpposition].float())
}

// weighed is support, non-mobilised and opposition, in units, and 1 where
// support exceeds opposition: each times its probability and summed.
type weighed [4]float64

func (w *weighed) add(by float64, f weighed) {
	for k := range w {
		w[k] += float64(by * f[k])
	}
}

func (w weighed) minus(other weighed) weighed {
	for k := range w {
		w[k] -= other[k]
	}
	return w
}

// weighed reads the state of the tally.
func (t *tally) weighed() weighed {
	w := weighed{t.totals[sideSupport].float(), t.totals[sideNonMobilised].float(), t.totals[sideOpposition].float()}
	if t.feasible() {
		w[3] = 1
	}
	return w
}

// index turns units into the measure of the indices.
func (t *tally) index(units float64) float64 { return math.Ldexp(units, t.exponent) }

// indices turns units into indices.
func (t *tally) indices(w weighed) Indices {
	return Indices{t.index(w[0]), t.index(w[1]), t.index(w[2])}
}

// successProbabilities returns, for each set of the strategies (bit b is the
// b-th), the probability that just these succeed.
func (t *tally) successProbabilities() []float64 {
	p := make([]float64, 1, 1<<len(t.probability))
	p[0] = 1
	for _, q := range t.probability {
		for _, before := range p {
			p = append(p, before*q)
		}
		for i := range len(p) / 2 {
			p[i] *= 1 - q
		}
	}
	return p
}

// weighAll weighs every combination of success and failure.
func (t *tally) weighAll(p *Prospects) {
	p.Exact = true
	outcomes, margins := make([]weighed, 1<<len(t.steps)), make([]share, 1<<len(t.steps))
	probability := t.successProbabilities()
	t.each(func(set int) {
		outcomes[set], margins[set] = t.weighed(), share{t.margin(), t.taking(), probability[set]}
	})
	a := newAverage(t)
	for set := range outcomes {
		a.add(probability[set], outcomes[set], func(i int) (succeeds bool, other weighed) {
			return set>>i&1 == 1, outcomes[set^1<<i]
		})
	}
	a.describe(p, margins)
}

// samplingStream keeps the draws of this package apart from those of a host
// that uses the same seed.
const samplingStream = 0x70726f7370656374

// draw weighs combinations drawn at random.
func (t *tally) draw(p *Prospects, sampling Sampling) {
	random := rand.New(rand.NewPCG(sampling.Seed, samplingStream))
	each := 1 / float64(sampling.Draws)
	margins := make([]share, sampling.Draws)
	a := newAverage(t)
	for d := range sampling.Draws {
		for i := range t.steps {
			if succeed := random.Float64() < t.probability[i]; succeed != t.on[i] {
				t.flip(i)
			}
		}
		margins[d] = share{t.margin(), t.taking(), each}
		a.add(each, t.weighed(), func(i int) (succeeds bool, other weighed) {
			other = t.flipped(i)
			return t.on[i], other
		})
	}
	a.describe(p, margins)
	p.Draws = sampling.Draws
	p.StandardError = math.Sqrt(p.Probability * (1 - p.Probability) * each)
}

// average is what comes of the strategies on average over what may happen.
type average struct {
	*tally
	total weighed
	// changes is by strategy what its success adds to its failure. It is seen
	// within every combination, by letting it succeed and fail while the others
	// stay as they are: drawn, that is far steadier than comparing draws with
	// each other.
	changes []weighed
}

func newAverage(t *tally) *average { return &average{tally: t, changes: make([]weighed, len(t.steps))} }

// add counts one combination, given for each strategy whether it succeeds there
// and what would be weighed if it did otherwise.
func (a *average) add(probability float64, w weighed, otherwise func(strategy int) (succeeds bool, other weighed)) {
	a.total.add(probability, w)
	for i := range a.changes {
		succeeds, other := otherwise(i)
		with, without := w, other
		if !succeeds {
			with, without = other, w
		}
		a.changes[i].add(probability, with.minus(without))
	}
}

func (a *average) describe(p *Prospects, margins []share) {
	p.Expected = a.indices(a.total)
	p.Probability = min(a.total[3], 1)
	p.Margin = a.distribution(margins)
	for i, change := range a.changes {
		p.Strategies[i].ExpectedChange = a.indices(change).times(a.probability[i])
		p.Strategies[i].ProbabilityChange = change[3] * a.probability[i]
	}
}

// share is a margin, in units, with what it is a margin between, and its probability.
type share struct {
	margin, taking float64
	probability    float64
}

// quantileShares are the shares of MarginDistribution.Quantiles.
var quantileShares = [...]float64{0.05, 0.25, 0.5, 0.75, 0.95}

// distribution describes margins, and reorders them to do so.
func (t *tally) distribution(margins []share) MarginDistribution {
	margins = slices.DeleteFunc(margins, func(s share) bool { return s.probability == 0 })
	slices.SortFunc(margins, func(a, b share) int { return cmp.Compare(a.margin, b.margin) })
	var mean, squares float64
	for _, m := range margins {
		mean += float64(m.probability * m.margin)
	}
	for _, m := range margins {
		off := m.margin - mean
		squares += float64(m.probability * float64(off*off))
	}
	d := MarginDistribution{
		Mean:      t.index(mean),
		Deviation: t.index(math.Sqrt(squares)),
		Lowest:    t.index(margins[0].margin),
		Highest:   t.index(margins[len(margins)-1].margin),
	}
	distinct := merged(margins)
	if len(distinct) <= maxOutcomes {
		for _, m := range distinct {
			d.Outcomes = append(d.Outcomes, MarginOutcome{t.index(m.margin), m.probability})
		}
	}
	var reached float64
	for i, m := range distinct {
		reached += m.probability
		// The slack is for sums that fall short of a share by rounding alone.
		for len(d.Quantiles) < len(quantileShares) &&
			(reached >= quantileShares[len(d.Quantiles)]-1e-12 || i == len(distinct)-1) {
			d.Quantiles = append(d.Quantiles, MarginQuantile{quantileShares[len(d.Quantiles)], t.index(m.margin)})
		}
	}
	return d
}

// alike is the share of support and opposition by which margins may differ by rounding.
const alike = 1e-13

// merged makes one of sorted margins that differ by no more than rounding.
func merged(margins []share) []share {
	distinct := margins[:1]
	for _, m := range margins[1:] {
		if last := &distinct[len(distinct)-1]; m.margin-last.margin <= float64(alike*max(m.taking, last.taking)) {
			last.probability += m.probability
		} else {
			distinct = append(distinct, m)
		}
	}
	return distinct
}
