package evaluation

// This file holds the permutation test: what the same outcomes would have shown
// had the pilot been given to other areas.

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/chsreform/chsreform/assessment"
)

// maxWays is the largest number of ways to choose the intervention areas that
// are all gone through: 11 of 22 areas make 705,432. Beyond it they are drawn.
const maxWays = 1_000_000

// gridBits is how fine outcomes are told apart: the largest has this many
// binary digits, which leaves room for exact sums over 2,000 areas in 64 bits.
const gridBits = 36

// Permutation is the outcome of a permutation test. It asks: if the pilot made
// no difference, so that the areas would have changed as they did whoever had
// it, how many of the ways to choose the intervention areas show a difference
// at least as large, in either direction? The test is exact if the areas were
// chosen by chance, or are as good as chosen by chance; it needs no
// distribution and no number of areas.
//
// Fisher RA. The Design of Experiments. Oliver & Boyd 1935; Ernst MD.
// Permutation methods: a basis for exact inference. Stat Sci 2004;19(4):676–685.
type Permutation struct {
	// P is Extreme / Allocations, the two-sided p-value.
	P float64 `json:"p"`
	// Extreme is how many allocations show a difference at least as large as
	// the one that was made, itself included. Two differences count as equal
	// when they are closer than the grid of the computation can tell: about
	// 10⁻¹⁰ of the largest outcome, times the number of areas in the smaller
	// arm. So decimals that tie on paper tie here.
	Extreme int `json:"extreme"`
	// Allocations is how many were looked at. With Exact they are all there
	// are. Otherwise they are drawn, and the allocation that was made is
	// counted among them, which keeps the test valid (Phipson B, Smyth GK.
	// Permutation P-values should never be zero. Stat Appl Genet Mol Biol
	// 2010;9:39).
	Allocations int  `json:"allocations"`
	Exact       bool `json:"exact"`
	// MonteCarloError is the standard error of P that comes from drawing:
	// √(P(1−P)/drawn), 0 where Exact.
	MonteCarloError float64 `json:"monte_carlo_error,omitempty"`
	// Interval holds every effect that the test does not reject at its level,
	// supposing that the pilot shifted all its areas alike; on the ratio scale,
	// that it multiplied them alike. It is nil where the areas are too few to
	// exclude any effect, and where those of each arm all changed alike: the
	// effect alone would be left, with a certainty that nothing vouches for.
	Interval *assessment.Interval `json:"interval"`
}

// ways counts the ways to choose k of n, up to maxWays + 1.
func ways(n, k int) int {
	count := 1
	for i := range min(k, n-k) {
		if count = count * (n - i) / (i + 1); count > maxWays {
			return maxWays + 1
		}
	}
	return count
}

// always is how many of the allocations are as extreme as the one made,
// whatever the outcomes: itself and, between arms of one size, its mirror.
func always(intervention, comparison int) int {
	if intervention == comparison {
		return 2
	}
	return 1
}

// allocations goes through the ways to choose the areas of the smaller arm.
//
// Sums are kept in integers: values are rounded to a grid, so no sum depends
// on the order of its terms and ties are not left to rounding. The statistic of
// a choice S of k of n areas is n·ΣS − k·Σ, which is k(n−k) times the
// difference between the arms' means.
type allocations struct {
	values   []int64 // those of the smaller arm as it was made stand first
	k        int
	total    int64
	observed int64
	tie      int64
	extreme  int
	flat     bool // the areas of each arm all changed alike
	// low and high hold the outermost bounds of the supposed effects under which
	// an allocation is at least as extreme as the one made, in units of the
	// statistic; those of high with the opposite sign.
	low, high lowest
	// toward and away are what an allocation's critical points are divided by,
	// by the number of areas that it exchanges.
	toward, away []float64
}

// permute tests the difference between the arms' means of x. The largest
// outcome that x was computed from has the given magnitude.
func permute(x []float64, treated []bool, magnitude float64, p Protocol) Permutation {
	n, k := len(x), 0
	for _, t := range treated {
		if t {
			k++
		}
	}
	// Choosing the smaller arm is choosing the other: signs turn, p does not.
	smaller, turn := true, 1.0
	if k > n-k {
		smaller, turn, k = false, -1, n-k
	}
	_, exponent := math.Frexp(magnitude)
	a := &allocations{values: make([]int64, n), k: k, toward: make([]float64, k+1), away: make([]float64, k+1)}
	first, rest := 0, k
	for i, v := range x {
		slot := &rest
		if treated[i] == smaller {
			slot = &first
		}
		a.values[*slot] = int64(math.Round(math.Ldexp(v, gridBits-exponent)))
		a.total += a.values[*slot]
		*slot++
	}
	// Rounding moves each of the two sums by half a grid step a value, and
	// their means with them.
	a.tie = 2 * int64(n) * int64(k)
	a.observed = a.statistic(a.sum(a.values[:k]))
	a.flat = alike(a.values[:k]) && alike(a.values[k:])
	for j := range a.toward {
		// An allocation that exchanges j areas keeps 1 − share of a shift.
		share := float64(j*n) / float64(k*(n-k))
		a.toward[j], a.away[j] = share, 2-share
	}

	result := Permutation{Exact: ways(n, k) <= maxWays}
	switch {
	case result.Exact && 2*k == n:
		// An allocation and its mirror are equally extreme under every
		// supposed effect: those with the first area stand for both.
		result.Allocations = ways(n, k)
		a.keep(reach(p.Level, result.Allocations)/2 + 1)
		a.enumerate(1, k-1, a.values[0], 0)
		a.extreme *= 2
	case result.Exact:
		result.Allocations = ways(n, k)
		a.keep(reach(p.Level, result.Allocations) + 1)
		a.enumerate(0, k, 0, 0)
	default:
		result.Allocations = p.Samples + 1
		a.keep(reach(p.Level, result.Allocations) + 1)
		a.visit(a.sum(a.values[:k]), 0)
		a.sample(p.Samples, p.Seed)
	}
	result.Extreme = a.extreme
	result.P = float64(result.Extreme) / float64(result.Allocations)
	if !result.Exact {
		result.MonteCarloError = math.Sqrt(result.P * (1 - result.P) / float64(p.Samples))
	}
	unit := math.Ldexp(1, exponent-gridBits) / float64(k) / float64(n-k)
	result.Interval = a.interval(unit)
	if i := result.Interval; i != nil && turn < 0 {
		i.Low, i.High = -i.High, -i.Low
	}
	return result
}

// alike reports whether values differ by no more than rounding to the grid.
func alike(values []int64) bool { return slices.Max(values)-slices.Min(values) <= 2 }

func (a *allocations) keep(n int) { a.low, a.high = newLowest(n), newLowest(n) }

func (a *allocations) sum(values []int64) (sum int64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

func (a *allocations) statistic(sum int64) int64 {
	return int64(len(a.values))*sum - int64(a.k)*a.total
}

// enumerate adds, in every way, left more values from position from on. The
// sum grows by one addition a choice.
func (a *allocations) enumerate(from, left int, sum int64, exchanged int) {
	for i := from; i <= len(a.values)-left; i++ {
		sum, exchanged := sum+a.values[i], exchanged
		if i >= a.k {
			exchanged++
		}
		if left == 1 {
			a.visit(sum, exchanged)
		} else {
			a.enumerate(i+1, left-1, sum, exchanged)
		}
	}
}

// sample draws choices with equal probability, each on its own.
func (a *allocations) sample(draws int, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	order := make([]int, len(a.values))
	for i := range order {
		order[i] = i
	}
	for range draws {
		sum, exchanged := int64(0), 0
		for i := range a.k {
			j := i + random.IntN(len(order)-i)
			order[i], order[j] = order[j], order[i]
			sum += a.values[order[i]]
			if order[i] >= a.k {
				exchanged++
			}
		}
		a.visit(sum, exchanged)
	}
}

// visit counts one allocation and keeps its critical points.
//
// Suppose an effect θ and take it off the areas that had the pilot. The
// allocation made then shows D − θ, and one that exchanges j areas shows
// d − θ(1 − c) with c = jn/(k(n−k)). The second is at least as extreme as the
// first exactly for θ between (D − d)/c and (D + d)/(2 − c), an interval that
// holds D. Where a divisor is zero the two are always equally extreme.
func (a *allocations) visit(sum int64, exchanged int) {
	s := a.statistic(sum)
	minus, plus := a.snap(a.observed-s), a.snap(a.observed+s)
	if abs(s) >= abs(a.observed)-a.tie {
		a.extreme++
	}
	low, high := math.Inf(-1), math.Inf(1)
	toward, away := a.toward[exchanged], a.away[exchanged]
	if toward > 0 && away > 0 {
		low, high = minus/toward, plus/away
		if low > high {
			low, high = high, low
		}
	}
	a.low.add(low)
	a.high.add(-high)
}

// snap makes a difference that is a tie an exact zero.
func (a *allocations) snap(difference int64) float64 {
	if abs(difference) <= a.tie {
		return 0
	}
	return float64(difference)
}

func abs(x int64) int64 {
	if x < 0 {
		return -x
	}
	return x
}

// interval holds the effects under which the p-value is above 1 − level. Since
// each allocation is at least as extreme as the one made on an interval around
// the estimate, going away from the estimate only loses allocations, and the
// ends are order statistics of the critical points.
func (a *allocations) interval(unit float64) *assessment.Interval {
	low, high := a.low.last(), -a.high.last()
	if math.IsInf(low, -1) || math.IsInf(high, 1) || a.flat {
		return nil
	}
	return &assessment.Interval{Low: low * unit, High: high * unit}
}

// lowest keeps the n lowest of the numbers that it is given. It holds up to
// twice as many and parts the surplus from them, so that most numbers cost one
// comparison.
type lowest struct {
	n     int
	held  []float64
	limit float64 // nothing above it can be among the n lowest
}

func newLowest(n int) lowest {
	return lowest{n: n, held: make([]float64, 0, 2*n), limit: math.Inf(1)}
}

func (l *lowest) add(x float64) {
	if x > l.limit {
		return
	}
	if l.held = append(l.held, x); len(l.held) == cap(l.held) {
		l.limit = l.last()
		l.held = l.held[:l.n]
	}
}

// last is the highest of the n lowest, once n numbers were given. It puts them first
// (Hoare CAR. Algorithm 65: Find. Commun ACM 1961;4:321).
func (l *lowest) last() float64 {
	held, k := l.held, l.n-1
	for low, high := 0, len(held)-1; low < high; {
		// The middle of three, so that what is in order already costs no more.
		a, b, c := held[low], held[low+(high-low)/2], held[high]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := low, high
		for i <= j {
			for held[i] < pivot {
				i++
			}
			for held[j] > pivot {
				j--
			}
			if i <= j {
				held[i], held[j] = held[j], held[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return held[k]
		}
	}
	return held[k]
}
