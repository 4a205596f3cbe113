package appraisal

// This file holds the draws: of weights from those that are allowed, and of
// scores from their ranges.

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// Method says how weights were drawn.
type Method string

const (
	// Independent draws: each stands for itself.
	Independent Method = "independent"
	// HitAndRun draws, where bounds are so tight that independent ones would
	// almost all be refused: each starts from the one before, so they tell less
	// than as many independent ones. The standard errors account for that.
	HitAndRun Method = "hit-and-run"
)

// Told names the method for people.
func (m Method) Told() language.Text {
	return language.Of("draw." + string(m)).Or(string(m))
}

// stream gives the numbers of one purpose. Weights and scores have one each, so
// that a change of a score leaves the weights that are drawn as they were.
type stream struct{ pcg *rand.PCG }

func newStream(seed, purpose uint64) stream { return stream{rand.NewPCG(seed, purpose)} }

const (
	forWeights uint64 = 1 + iota
	forScores
	forConfidence
	forPilot
)

// next is uniform from 0, which it may be, to 1, which it never is.
func (s stream) next() float64 { return float64(s.pcg.Uint64()>>11) * 0x1p-53 }

// weights draws from a space, uniformly.
type weights struct {
	space
	seed   uint64
	stream stream
	walk   bool
	spare  float64   // room above the lower bounds
	now    []float64 // the last draw
	gaps   []float64
}

const (
	pilot    = 2000 // proposals that decide between the two methods
	accepted = 40   // of them must be allowed, or the weights are walked
	burnIn   = 200  // sweeps before the first draw that counts
)

func (s space) draws(seed uint64) *weights {
	n := len(s.low)
	d := &weights{space: s, seed: seed, stream: newStream(0, forPilot), spare: s.room(), now: make([]float64, n), gaps: make([]float64, n)}
	if s.bounded {
		// The choice of the method belongs to the problem: no seed alters it.
		hits := 0
		for range pilot {
			if d.propose(); d.keeps() {
				hits++
			}
		}
		d.walk = hits < accepted
	}
	d.stream = newStream(seed, forWeights)
	if d.walk {
		copy(d.now, s.inside())
		for range burnIn {
			d.sweep()
		}
	}
	return d
}

func (d *weights) method() Method {
	if d.walk {
		return HitAndRun
	}
	return Independent
}

// draw makes the next weights, in now.
func (d *weights) draw() {
	if d.walk {
		d.sweep()
		return
	}
	for {
		if d.propose(); !d.bounded || d.keeps() {
			return
		}
	}
}

// propose draws uniformly from a simplex that holds the space. The gaps between
// n−1 sorted uniform numbers are uniform on the simplex (Devroye L. Non-Uniform
// Random Variate Generation. Springer 1986, ch. V.2). By symmetry, gaps sorted
// along an order are uniform on the part of the simplex that keeps the order.
// Where there is no order, lower bounds only make the simplex smaller.
func (d *weights) propose() {
	n := len(d.now)
	cuts := d.gaps[:n-1]
	for i := range cuts {
		cuts[i] = d.stream.next()
	}
	slices.Sort(cuts)
	last := 0.0
	for i, c := range cuts {
		d.now[i] = c - last
		last = c
	}
	d.now[n-1] = 1 - last
	if len(d.chain) == 0 {
		if d.bounded {
			for i, g := range d.now {
				d.now[i] = d.low[i] + float64(d.spare*g)
			}
		}
		return
	}
	ordered := d.gaps[:len(d.chain)]
	for i, k := range d.chain {
		ordered[i] = d.now[k]
	}
	slices.Sort(ordered)
	for i, k := range d.chain {
		d.now[k] = ordered[len(ordered)-1-i]
	}
}

// keeps reports whether the proposal is within the bounds; the order it has by
// construction.
func (d *weights) keeps() bool {
	for k, w := range d.now {
		if w < d.low[k] || w > d.high[k] {
			return false
		}
	}
	return true
}

// sweep makes one step for each pair of criteria: what the two have is shared
// out anew, uniformly over what bounds and order allow. This is hit-and-run
// (Smith RL. Oper Res 1984;32:1296–1308, doi:10.1287/opre.32.6.1296; for weights
// Tervonen T and others. Eur J Oper Res 2013;224:552–559,
// doi:10.1016/j.ejor.2012.08.026) along the directions that keep the sum.
// Each step leaves the uniform distribution as it is, and together they reach
// every part of the space.
func (d *weights) sweep() {
	for a := range d.now {
		for b := a + 1; b < len(d.now); b++ {
			sum := d.now[a] + d.now[b]
			low, high := max(d.low[a], sum-d.high[b]), min(d.high[a], sum-d.low[b])
			if k := d.above[a]; k == b {
				high = min(high, sum/2)
			} else if k >= 0 {
				high = min(high, d.now[k])
			}
			if k := d.below[a]; k == b {
				low = max(low, sum/2)
			} else if k >= 0 {
				low = max(low, d.now[k])
			}
			if k := d.above[b]; k >= 0 && k != a {
				low = max(low, sum-d.now[k])
			}
			if k := d.below[b]; k >= 0 && k != a {
				high = min(high, sum-d.now[k])
			}
			u := d.stream.next()
			if low < high {
				d.now[a] = low + float64(u*(high-low))
				d.now[b] = sum - d.now[a]
			}
		}
	}
}

// inside is a point with room around it wherever there is any: the middle of
// the points where each weight is at its largest and at its smallest.
func (s space) inside() []float64 {
	n := len(s.low)
	middle, end := make([]float64, n), make([]float64, n)
	for k := range n {
		for _, sign := range []float64{1, -1} {
			end[k] = sign
			for i, w := range s.best([][]float64{end}) {
				middle[i] += w
			}
		}
		end[k] = 0
	}
	return normal(middle)
}

// spread is the distribution of one score, made ready to draw from.
type spread struct {
	low, high, width float64
	peaked           bool
	split            float64 // the share of the values below the likeliest one
	rise, fall       float64 // the slopes of the squares below and above it
}

func newSpread(s Score) spread {
	d := spread{low: s.Low, high: s.High, width: s.High - s.Low}
	if s.Best != nil && d.width > 0 {
		d.peaked = true
		d.split = (*s.Best - s.Low) / d.width
		d.rise, d.fall = d.width*(*s.Best-s.Low), d.width*(s.High-*s.Best)
	}
	return d
}

// at is the value that a share u of the distribution lies below. Raising the
// lowest, the likeliest or the highest value never lowers it.
func (d *spread) at(u float64) float64 {
	x := d.low + float64(d.width*u)
	switch {
	case !d.peaked:
	case u < d.split:
		x = d.low + math.Sqrt(d.rise*u)
	default: // rounding may leave the square below 0 by a hair
		x = d.high - math.Sqrt(max(d.fall-float64(d.fall*u), 0))
	}
	return min(max(x, d.low), d.high)
}
