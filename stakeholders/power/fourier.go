package power

// Values in floating point, each with a bound of its error, where a table over the
// weights is too large: a member each of 190 states, with a million votes among them.
//
// With everybody else away with probability u, a player decides where the absent weight
// A lies in a window below the slack. Its probability is a sum over the frequencies
// θ = 2πk/N, N more than the whole weight, of the characteristic function of A, which is
// a product over the players. With many players all but the lowest frequencies vanish,
// so a few hundred of them are enough, whatever the weights. What the others could add
// is bounded, for |1 − p + p·e^{iθw}| ≤ exp(−p(1 − p)(1 − cos θw)): the sums of 1 − cos θw
// are formed once, for all frequencies, and serve all u.
//
// So that numbers stay far from zero where the slack is far from the mean of A, the
// probabilities are tilted first: each w by e^{τw}, such that the mean lies at the slack
// (Daniels HE. Saddlepoint approximations in statistics. Annals of Mathematical
// Statistics 1954;25(4):631–650). That changes nothing in exact arithmetic. The integral
// over u is that of quadrature.go, with as many nodes as make it exact.
//
// Weights that sum to more than the grid has cells are rounded to it. The bound then has
// the probability that the absent weight is so close to an edge of the window that the
// rounding may matter.

import (
	"math"
	"math/bits"
	"math/cmplx"
	"slices"
)

const (
	// maxGrid is how many cells the weights are rounded to, if they sum to more.
	maxGrid = 1 << 23

	// maxWaves is how many players are summed for by Fourier, as nodes and frequencies
	// grow with them.
	maxWaves = 512

	// leastBlock and mostBlock are the lowest and highest number of frequencies that are
	// summed, as exponents of 2.
	leastBlock, mostBlock = 7, 12

	// witnesses is how many players bound what the other frequencies may add.
	witnesses = 96

	// tooFar is a probability that is as good as none, and rounded allows for the error
	// of the sums themselves, which is far smaller.
	tooFar, rounded = 1e-20, 1e-11

	// patience is how many steps of a table are taken before Fourier is asked: seconds.
	patience = 1 << 31
)

// bounded is a number and how far it may be off.
type bounded struct{ value, off float64 }

// waves sums over frequencies for one group on one side. Beside the players of the group
// it has one of no weight, the last, whose window is all that fits.
type waves struct {
	weights []int64 // on the grid
	slack   int64
	windows []int64 // by player: how many cells below the slack let it decide
	unsure  int64   // cells about each edge of a window that rounding leaves open
	total   int64
	cells   int64 // N, odd

	steps []complex128   // frequency → e^{iθ}
	back  []complex128   // frequency → e^{−iθ·slack}
	turns [][]complex128 // frequency → player → e^{iθw}
	edges [][]complex128 // frequency → player → e^{iθ·window}

	// beyond[m][b] sums 1/sin(θ/2) over the frequencies from 2^m to 2^(m+1) at which the
	// witnesses' 1 − cos θw sum to between b and b + 1.
	beyond [64][]float64
	seen   []int // the witnesses
}

// fourier tells whether there is one side, no unions and not too many players.
func (r *refusal) fourier() bool {
	return len(r.groups) == 1 && len(r.slack) == 1 && len(r.groups[0].regular) <= maxWaves
}

// newWaves prepares what all u share.
func newWaves(g *group, slack int64) *waves {
	n := len(g.weights) + 1
	w := &waves{weights: make([]int64, n), windows: make([]int64, n)}
	unit := (g.total[0] + maxGrid - 1) / maxGrid
	var over, under int64 // what rounding may take from a sum, and add to it
	w.slack = slack / unit
	w.windows[n-1] = w.slack + 1
	for j, x := range g.weights {
		w.weights[j] = (x[0] + unit/2) / unit
		w.windows[j] = w.slack - floor(slack-x[0], unit)
		lost := x[0] - w.weights[j]*unit
		over, under = over+max(lost, 0), under+max(-lost, 0)
		w.total += w.weights[j]
	}
	if unit > 1 {
		w.unsure = (over+under)/unit + 2
	}
	w.cells = w.total + 1 | 1

	angle := 2 * math.Pi / float64(w.cells)
	turn := func(k, x int64) complex128 { // k·x stays below 2⁵³
		return cmplx.Rect(1, angle*float64(k*x%w.cells))
	}
	for k := int64(1); k < min(1<<mostBlock, (w.cells+1)/2); k++ {
		turns, edges := make([]complex128, n), make([]complex128, n)
		for j := range turns {
			turns[j], edges[j] = turn(k, w.weights[j]), turn(k, w.windows[j])
		}
		w.turns, w.edges = append(w.turns, turns), append(w.edges, edges)
		w.back = append(w.back, cmplx.Conj(turn(k, w.slack)))
		w.steps = append(w.steps, turn(k, 1))
	}
	w.witness(angle)
	return w
}

// floor is the whole part of a/b, downward.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// witness sums what bounds the frequencies that are left out. The heaviest players, the
// last by weight, are no witnesses: tilted, they hardly vary.
func (w *waves) witness(angle float64) {
	players := len(w.weights) - 1
	light := players - min(8, players/4)
	for j := 0; j < light; j += max(1, (light+witnesses-1)/witnesses) {
		if w.weights[j] > 0 {
			w.seen = append(w.seen, j)
		}
	}
	half := (w.cells - 1) / 2
	sums := make([]float64, 1<<12)
	for from := int64(1) << leastBlock; from <= half; from += int64(len(sums)) {
		some := sums[:min(int64(len(sums)), half-from+1)]
		clear(some)
		for _, j := range w.seen {
			x := w.weights[j]
			im, re := math.Sincos(angle * float64(from*x%w.cells))
			s, c := math.Sincos(angle * float64(x))
			for i := range some {
				some[i] += 1 - re
				re, im = float64(re*c)-float64(im*s), float64(re*s)+float64(im*c)
			}
		}
		for i, sum := range some {
			k := from + int64(i)
			m := bits.Len64(uint64(k)) - 1
			if w.beyond[m] == nil {
				w.beyond[m] = make([]float64, 2*len(w.seen)+2)
			}
			w.beyond[m][int(max(sum-1e-6, 0))] += 1 / math.Sin(angle*float64(k)/2)
		}
	}
}

// tail bounds the sum, over the frequencies from 2^m on, of |characteristic function| /
// sin(θ/2), where each witness varies by at least so much and one of them may be missing.
func (w *waves) tail(m int, varies float64) float64 {
	sum := 0.0
	for _, block := range w.beyond[m:] {
		for b, x := range block {
			if x > 0 {
				sum += float64(x * math.Exp(-varies*max(float64(b)-2, 0)))
			}
		}
	}
	return sum
}

// at gives for each player the probability that it decides where the others stay away
// with probability u, and how far that may be off. Any τ gives the same, but for the
// bound; log is that of Chernoff's bound under it.
func (w *waves) at(u, tau, log float64, into []bounded) {
	n := len(w.weights)
	chance := math.Exp(log)
	if far := chance / min(u, 1-u); far < tooFar {
		for j := range into {
			into[j] = bounded{0, far}
		}
		return
	}
	stay, share, reach := make([]float64, n), make([]float64, n), make([]float64, n)
	for j, x := range w.weights {
		grown := float64(u * math.Exp(tau*float64(x)))
		stay[j] = 1 - u + grown
		share[j] = grown / stay[j]
		reach[j] = math.Exp(tau * float64(w.windows[j]))
	}
	varies := 0.25
	for _, j := range w.seen {
		varies = min(varies, share[j]*(1-share[j]))
	}
	m, part := leastBlock, chance/float64(w.cells)
	most := 0.0
	for j := range reach {
		most = max(most, (reach[j]+1)/stay[j])
	}
	beyond := func() float64 { return part / math.Exp(tau/2) * w.tail(m, varies) }
	for m < mostBlock && beyond()*most > 1e-15 {
		m++
	}

	sums, sizes := make([]float64, n), make([]float64, n)
	before, factor := make([]complex128, n), make([]complex128, n)
	growth := math.Exp(tau)
	for k := range min(1<<m-1, len(w.turns)) {
		all := complex(1, 0)
		for j, turn := range w.turns[k] {
			p := share[j]
			before[j] = all
			factor[j] = complex(1-p+float64(p*real(turn)), float64(p*imag(turn)))
			all *= factor[j]
		}
		step := w.steps[k]
		after := w.back[k] / complex(float64(growth*real(step))-1, float64(growth*imag(step)))
		size := cmplx.Abs(after)
		for j := n - 1; j >= 0; j-- {
			edge := w.edges[k][j]
			others := before[j] * after
			sums[j] += real(others * complex(float64(reach[j]*real(edge))-1, float64(reach[j]*imag(edge))))
			if w.unsure > 0 {
				sizes[j] += cmplx.Abs(others) / size
			}
			after *= factor[j]
		}
	}
	for j := range into {
		window := float64(w.windows[j])
		if tau != 0 {
			window = math.Expm1(tau*window) / math.Expm1(tau)
		}
		own := part / stay[j]
		value := own * (window + 2*sums[j])
		off := beyond() * (reach[j] + 1) / stay[j]
		if w.unsure > 0 {
			// No cell has more than this, tilted; the edges are at 0 and at the window.
			cell := own * (1 + 2*sizes[j] + w.tail(m, varies))
			wide := float64(w.unsure)
			off += cell * wide * math.Exp(math.Abs(tau)*wide) * (1 + reach[j])
		}
		into[j] = bounded{min(max(value, 0), 1), off}
	}
}

// direct does so without frequencies, where few players are away or few are there, so
// that the characteristic function does not vanish: from the distribution of the absent
// weight, or of that which is there, whichever is rarer. One player is divided out of it
// by an alternating sum whose terms fall, as the rarer has a chance below one half.
func (w *waves) direct(u float64, into []bounded) {
	last := w.slack // of the cells that are needed
	if u > 0.5 {
		u, last = 1-u, w.total-w.slack-1
	}
	cells := make([]float64, last+1)
	cells[0] = 1
	reach := int64(0)
	for _, x := range w.weights {
		if x == 0 {
			continue
		}
		reach = min(last, reach+x)
		if x <= reach {
			blend(cells[x:reach+1], cells[:reach+1-x], 1-u, u)
		}
		for i := range cells[:min(x, reach+1)] {
			cells[i] *= 1 - u
		}
	}
	for x := range last {
		cells[x+1] += cells[x]
	}
	for j := range into {
		into[j].off = 0
		without := func(x int64) float64 {
			sum, times := 0.0, 1/(1-u)
			for ; x >= 0; x -= w.weights[j] {
				sum += float64(times * cells[x])
				times *= -u / (1 - u)
			}
			return sum
		}
		into[j].value = max(without(last)-without(last-w.weights[j]), 0)
	}
}

// tilt finds the τ under which the mean absent weight is the slack, and the logarithm of
// Chernoff's bound under it.
func (w *waves) tilt(u float64) (tau, log float64) {
	target, most := float64(w.slack), int64(1)
	for _, x := range w.weights {
		most = max(most, x)
	}
	mean := func(tau float64) float64 {
		sum := 0.0
		for _, x := range w.weights {
			sum += float64(x) / (1 + float64((1-u)/u*math.Exp(-tau*float64(x))))
		}
		return sum
	}
	low, high := -60/float64(most), 60/float64(most)
	for range 50 {
		if tau = (low + high) / 2; mean(tau) < target {
			low = tau
		} else {
			high = tau
		}
	}
	log = -tau * target
	for _, x := range w.weights {
		log += math.Log1p(float64(u * math.Expm1(tau*float64(x))))
	}
	return tau, log
}

// fourierShares are the Shapley–Shubik indices, by quadrature over u.
func (r *refusal) fourierShares(values []bounded) {
	gr := &r.groups[0]
	w := newWaves(gr, r.slack[0])
	vetoes, sums := len(gr.vetoes), make([]bounded, len(w.weights))
	at := make([]bounded, len(gr.regular))
	for _, nd := range gaussLegendre((gr.size() + 1) / 2) {
		tau, log := w.tilt(nd.x)
		w.at(nd.x, tau, log, at)
		if w.unsure == 0 && slices.ContainsFunc(at, func(b bounded) bool { return nd.weight*b.off > 1e-9 }) {
			w.direct(nd.x, at)
		}
		scale := nd.weight * power(1-nd.x, vetoes)
		for j, b := range at {
			sums[j].value += float64(scale * b.value)
			sums[j].off += float64(scale * b.off)
		}
	}
	rest := bounded{1, 0} // for those with a veto, who share alike
	for j, i := range gr.regular {
		values[i] = bounded{sums[j].value, sums[j].off + rounded}
		rest.value -= values[i].value
		rest.off += values[i].off
	}
	for _, v := range gr.vetoes {
		values[v] = bounded{max(rest.value, 0) / float64(vetoes), rest.off / float64(vetoes)}
	}
}

// fourierRaw are the probabilities to decide, the others tossing coins.
func (r *refusal) fourierRaw(values []bounded) {
	gr := &r.groups[0]
	w := newWaves(gr, r.slack[0])
	tau, log := w.tilt(0.5)
	at := make([]bounded, len(w.weights))
	w.at(0.5, tau, log, at[:len(gr.regular)])
	for j, i := range gr.regular {
		scale := math.Ldexp(1, -len(gr.vetoes))
		values[i] = bounded{scale * at[j].value, scale * (at[j].off + rounded)}
	}
	if len(gr.vetoes) > 0 {
		w.at(0.5, 0, 0, at)
		all := at[len(at)-1]
		for _, v := range gr.vetoes {
			scale := math.Ldexp(1, 1-len(gr.vetoes))
			values[v] = bounded{scale * all.value, scale * (all.off + rounded)}
		}
	}
}
