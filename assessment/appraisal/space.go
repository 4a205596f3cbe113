package appraisal

// This file holds the weights that are allowed: bounds, order, and the linear
// programme that finds the best among them for a given end.

import "math"

// space is the set of weights that bounds and order allow: shares that sum to
// 1, each between low and high, and none below the next in the order.
type space struct {
	low, high []float64 // tightened along the order
	above     []int     // criterion → the one before it in the order, or −1
	below     []int     // criterion → the one after it, or −1
	chain     []int     // the order, as positions
	bounded   bool      // any bound at all is given
}

func newSpace(p Problem, criteria map[string]int) space {
	n := len(p.Criteria)
	s := space{low: make([]float64, n), high: make([]float64, n), above: make([]int, n), below: make([]int, n)}
	for i, c := range p.Criteria {
		s.low[i], s.high[i] = c.Low, bound(c.High)
		s.above[i], s.below[i] = -1, -1
		s.bounded = s.bounded || s.low[i] > 0 || s.high[i] < 1
	}
	for i, id := range p.Order {
		k := criteria[id]
		s.chain = append(s.chain, k)
		if i > 0 {
			before := s.chain[i-1]
			s.above[k], s.below[before] = before, k
			s.high[k] = min(s.high[k], s.high[before])
		}
	}
	for i := len(s.chain) - 1; i > 0; i-- {
		before, k := s.chain[i-1], s.chain[i]
		s.low[before] = max(s.low[before], s.low[k])
	}
	return s
}

// room is what the lower bounds leave to share out.
func (s space) room() float64 {
	room := 1.0
	for _, l := range s.low {
		room -= l
	}
	return max(room, 0)
}

// counts reports whether the criterion may have a weight above 0.
func (s space) counts(k int) bool { return s.high[k] > 0 && s.low[k]+s.room() > slack }

// allows reports whether the weights keep bounds and order.
func (s space) allows(w []float64) bool {
	for k, x := range w {
		if x < s.low[k]-slack || x > s.high[k]+slack || s.below[k] >= 0 && x < w[s.below[k]]-slack {
			return false
		}
	}
	return true
}

// best returns the allowed weights under which the smallest of several weighted
// sums is as large as it can be. A row of leads has a value for each criterion,
// none above 1 in magnitude.
//
// With x the weights divided by the value, and all leads moved above 0, this is
// the linear programme of a matrix game (Dantzig GB. Linear Programming and
// Extensions. Princeton 1963): minimise Σx where each row gives at least
// 1. Bounds and order are homogeneous in x: w ≥ l reads x − l·Σx ≥ 0. The dual
// starts from a feasible point, 0, so that one pass of the simplex method is
// enough; its prices are x. Bland's rule (Math Oper Res 1977;2:103–107) keeps
// it from running in circles.
func (s space) best(leads [][]float64) []float64 {
	const shift = 2
	n := len(s.low)
	var columns [][]float64
	for _, lead := range leads {
		c := make([]float64, n)
		for k, v := range lead {
			c[k] = v + shift
		}
		columns = append(columns, c)
	}
	rows := len(columns)
	homogeneous := func(k int, own, all float64) []float64 {
		c := make([]float64, n)
		for i := range c {
			c[i] = all
		}
		c[k] += own
		return c
	}
	for k := range n {
		if s.low[k] > 0 {
			columns = append(columns, homogeneous(k, 1, -s.low[k]))
		}
		if s.high[k] < 1 {
			columns = append(columns, homogeneous(k, -1, s.high[k]))
		}
		if b := s.below[k]; b >= 0 {
			c := homogeneous(k, 1, 0)
			c[b]--
			columns = append(columns, c)
		}
	}
	w := normal(prices(columns, rows))
	if w == nil || !s.allows(w) {
		// There is no room but for rounding: three times 0.3333333333 misses 1.
		return s.between()
	}
	return w
}

// between is a point of the space: as far from the lower bounds to the upper
// ones as makes the sum 1.
func (s space) between() []float64 {
	low, high := 0.0, 0.0
	for k := range s.low {
		low += s.low[k]
		high += s.high[k]
	}
	part := 0.0
	if high > low {
		part = (1 - low) / (high - low)
	}
	w := make([]float64, len(s.low))
	for k := range w {
		w[k] = s.low[k] + float64(part*(s.high[k]-s.low[k]))
	}
	return w
}

// normal makes numbers shares that sum to 1; nil where there is nothing to
// share.
func normal(x []float64) []float64 {
	total := 0.0
	for k := range x {
		x[k] = max(x[k], 0)
		total += x[k]
	}
	if !(total > 0) {
		return nil
	}
	for k := range x {
		x[k] /= total
	}
	return x
}

// prices maximises the sum of the first paid of y ≥ 0 where Σ columns[j]·y[j] ≤ 1
// in each row, and returns the price of each row.
func prices(columns [][]float64, paid int) []float64 {
	n, m := len(columns[0]), len(columns)
	// One line a row: columns, slacks, right side. The last line is the
	// objective, with what is still to gain.
	width := m + n + 1
	t := make([][]float64, n+1)
	for i := range t {
		t[i] = make([]float64, width)
		if i < n {
			for j, c := range columns {
				t[i][j] = c[i]
			}
			t[i][m+i], t[i][width-1] = 1, 1
		}
	}
	for j := range paid {
		t[n][j] = 1
	}
	basis := make([]int, n)
	for i := range basis {
		basis[i] = m + i
	}
	const least = 1e-11 // below it an entry is rounding
	// The bound on pivots is out of reach unless rounding undoes Bland's rule.
	for range 100 * width {
		enter := -1
		for j := range width - 1 {
			if t[n][j] > least {
				enter = j
				break
			}
		}
		if enter < 0 {
			break
		}
		leave, ratio := -1, math.Inf(1)
		for i := range n {
			if t[i][enter] <= least {
				continue
			}
			r := t[i][width-1] / t[i][enter]
			if leave < 0 || r < ratio-least || r <= ratio+least && basis[i] < basis[leave] {
				leave, ratio = i, r
			}
		}
		if leave < 0 {
			break // the weights contradict each other by rounding only
		}
		pivot := t[leave][enter]
		for j := range t[leave] {
			t[leave][j] /= pivot
		}
		for i := range t {
			if f := t[i][enter]; i != leave && f != 0 {
				for j, v := range t[leave] {
					t[i][j] -= float64(f * v)
				}
				t[i][enter] = 0
			}
		}
		basis[leave] = enter
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = -t[n][m+i]
	}
	return x
}

// Prospect says how well an alternative can do under the weights that bounds and
// order allow; where there are none, under any weights at all.
type Prospect struct {
	Alternative string `json:"alternative"`
	// Lead is how far it can be ahead of all others, in points of the scale,
	// with its own scores at their highest and those of others at their lowest.
	// Above 0 it can win; at 0 it can at best be level; below 0 it can't win,
	// and this is how close it comes.
	Lead float64 `json:"lead"`
	// Weights are shares with which it gets there, in the order of the criteria.
	// Others may do as well.
	Weights []Share `json:"weights"`
}

// Prospects says of each alternative, in their order, whether any allowed weights
// could make it win: whether it is potentially optimal (Hazen GB. Oper Res
// 1986;34:296–310, doi:10.1287/opre.34.2.296). The answer is exact but for
// rounding: a linear programme, no draws.
func (a Appraisal) Prospects() []Prospect {
	list := make([]Prospect, len(a.scores))
	width := a.problem.Scale.width()
	for i, own := range a.scores {
		leads := make([][]float64, 0, len(a.scores)-1)
		for j, other := range a.scores {
			if i == j {
				continue
			}
			lead := make([]float64, len(own))
			for k := range lead {
				lead[k] = (own[k].High - other[k].Low) / width
			}
			leads = append(leads, lead)
		}
		w := a.space.best(leads)
		// What the weights give, rather than what the programme says they give.
		least := math.Inf(1)
		for _, lead := range leads {
			least = min(least, dot(w, lead))
		}
		if math.Abs(least) < slack {
			least = 0
		}
		list[i] = Prospect{Alternative: a.problem.Alternatives[i].ID, Lead: least * width, Weights: a.named(w)}
	}
	return list
}

func dot(w, x []float64) float64 {
	sum := 0.0
	for k := range w {
		sum += float64(w[k] * x[k])
	}
	return sum
}
