package simulation

// PRIM, the patient rule induction method: boxes in which what one looks for is dense.
// It knows nothing of simulations. It is that of Friedman and Fisher (1999) as scenario
// discovery uses it (Bryant and Lempert 2010): peel a twentieth off the side that gains
// most density for each case given up, until a twentieth of all is left; then paste
// back what gains density still.
//
// A limit lies half-way between two neighbouring values, and what is compared are
// counts. So a box holds the same cases whatever the order of the cases, and on
// whatever monotone scale a column is written.

import (
	"cmp"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

const (
	// patience: one part in so many is peeled off, or pasted back, at a time.
	patience = 20
	// leastMass: a box holds at least one part in so many of all cases.
	leastMass = 20
)

// cases are what boxes are looked for in.
type cases struct {
	columns [][]float64
	hit     []bool // of each row, whether it is one of those that are looked for
	hits    int
	order   [][]int32 // column → rows, by rising value
}

func newCases(columns [][]float64, hit []bool) *cases {
	c := &cases{columns: columns, hit: hit}
	for _, h := range hit {
		if h {
			c.hits++
		}
	}
	for _, values := range columns {
		order := make([]int32, len(hit))
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(values[a], values[b]) })
		c.order = append(c.order, order)
	}
	return c
}

// sides of a column.
const (
	lower = iota
	upper
)

// box are limits, and what lies within them, both ends included, of the cases that
// are left.
type box struct {
	limits  [2][]float64 // side → column
	limited [2][]bool
	n, hits int
}

func (c *cases) clone(b *box) box {
	d := *b
	for side := range d.limits {
		d.limits[side], d.limited[side] = slices.Clone(b.limits[side]), slices.Clone(b.limited[side])
	}
	return d
}

// all is the box without limits around the rows that are left; its ends are those of
// all cases.
func (c *cases) all(left []bool) (b box) {
	for side := range b.limits {
		b.limits[side], b.limited[side] = make([]float64, len(c.columns)), make([]bool, len(c.columns))
	}
	for j, order := range c.order {
		b.limits[lower][j], b.limits[upper][j] = c.columns[j][order[0]], c.columns[j][order[len(order)-1]]
	}
	for i, is := range left {
		if is {
			b.n++
			if c.hit[i] {
				b.hits++
			}
		}
	}
	return b
}

func (b *box) density() float64 { return float64(b.hits) / float64(b.n) }

// active are the columns that have a limit.
func (b *box) active() (columns []int) {
	for j := range b.limited[lower] {
		if b.limited[lower][j] || b.limited[upper][j] {
			columns = append(columns, j)
		}
	}
	return columns
}

// restricted is how many they are.
func (b *box) restricted() int { return len(b.active()) }

// Where a row lies.
const (
	within  = -1 - iota // the box
	outside             // in more than one column
)

// lies says where a row lies: within the box, outside in one column, which it names, or
// in more. Columns without limits need not be looked at.
func (c *cases) lies(b *box, row int, active []int) int {
	at := within
	for _, j := range active {
		v := c.columns[j][row]
		if b.limited[lower][j] && v < b.limits[lower][j] || b.limited[upper][j] && v > b.limits[upper][j] {
			if at != within {
				return outside
			}
			at = j
		}
	}
	return at
}

// count counts anew what is within the box.
func (c *cases) count(b *box, left []bool) {
	b.n, b.hits = 0, 0
	active := b.active()
	for i, is := range left {
		if is && c.lies(b, i, active) == within {
			b.n++
			if c.hit[i] {
				b.hits++
			}
		}
	}
}

// half is the middle of two neighbouring values, of which the limit leaves the first out
// and holds the second, also where no number lies between them.
func half(out, in float64) float64 {
	if m := (out + in) / 2; m != out {
		return m
	}
	return in
}

// part is one part of patience, cut from one end of some rows.
type part struct {
	n, hits int
	// last is the value that was cut last, and next the one behind it. There is none
	// where more than a part has the value of the other end: then the rest stays, and
	// last is what it has.
	last, next float64
	ends       bool
}

// shave cuts one part of patience, or more where equal values have to go together, from
// an end of rows in the order of a column, of which some are gone and so many are not.
func (c *cases) shave(rows []int32, gone []bool, n, column, from int) (cut part) {
	values := c.columns[column]
	least := (n-1)/patience + 1
	i, step := 0, 1
	if from == upper {
		i, step = len(rows)-1, -1
	}
	before := cut // the last value
	for seen := false; i >= 0 && i < len(rows); i += step {
		row := rows[i]
		if gone != nil && gone[row] {
			continue
		}
		v := values[row]
		if !seen || v != cut.last {
			if cut.n >= least {
				cut.next = v
				return cut
			}
			before, cut.last, seen = cut, v, true
		}
		cut.n++
		if c.hit[row] {
			cut.hits++
		}
	}
	before.last, before.ends = cut.last, true
	return before
}

// trajectory peels, then pastes, from the box around the rows that are left: it gives
// each box on the way, beginning with that one.
func (c *cases) trajectory(left []bool) []box {
	path := c.peel(left, len(c.hit))
	b := c.clone(&path[len(path)-1])
	for c.paste(&b, left) {
		path = append(path, c.clone(&b))
	}
	return path
}

// peel begins with the box around the rows that are left, and gives each box on the way
// to one that holds a twentieth of so many rows.
func (c *cases) peel(left []bool, of int) []box {
	b := c.all(left)
	path := []box{c.clone(&b)}
	rows := make([][]int32, len(c.order)) // those left, and some that are gone, in the order of each column
	gone := make([]bool, len(c.hit))
	sweep := func() {
		for j, order := range rows {
			kept := order[:0]
			for _, row := range order {
				if !gone[row] {
					kept = append(kept, row)
				}
			}
			rows[j] = kept
		}
	}
	for i, is := range left {
		gone[i] = !is
	}
	for j := range rows {
		rows[j] = slices.Clone(c.order[j])
	}
	sweep()
	for b.n > 0 {
		// What gains most goes; of equals what limits fewer columns, then the first.
		var best part
		var gained float64
		var column, side, columns int
		restricted := b.restricted()
		for j := range rows {
			also := restricted
			if !b.limited[lower][j] && !b.limited[upper][j] {
				also++
			}
			for _, from := range []int{upper, lower} {
				cut := c.shave(rows[j], gone, b.n, j, from)
				if cut.n == 0 {
					continue
				}
				gain := (float64(b.hits-cut.hits)/float64(b.n-cut.n) - b.density()) / float64(cut.n)
				if best.n == 0 || gain > gained || gain == gained && also < columns {
					best, gained, column, side, columns = cut, gain, j, from, also
				}
			}
		}
		if !(gained > 0) || (b.n-best.n)*leastMass < of {
			break
		}
		limit := best.last
		if !best.ends {
			limit = half(best.last, best.next)
		}
		// Those beyond the limit are together at one end.
		values, at := c.columns[column], rows[column]
		for k := range at {
			if side == upper {
				k = len(at) - 1 - k
			}
			if v := values[at[k]]; side == lower && v >= limit || side == upper && v <= limit {
				break
			}
			gone[at[k]] = true
		}
		b.n, b.hits = b.n-best.n, b.hits-best.hits
		b.limits[side][column], b.limited[side][column] = limit, true
		path = append(path, c.clone(&b))
		if 2*b.n < len(rows[0]) {
			sweep()
		}
	}
	return path
}

// paste widens the box by what gains most density for each case, if anything does.
func (c *cases) paste(b *box, left []bool) bool {
	// The strips beyond each limit, which hold what would be within without it, and what
	// lies on it.
	strips := [2][][]int32{make([][]int32, len(c.columns)), make([][]int32, len(c.columns))}
	active := b.active()
	for i, is := range left {
		if !is {
			continue
		}
		switch j := c.lies(b, i, active); {
		case j == within:
			for _, j := range active {
				for side := range strips {
					if b.limited[side][j] && c.columns[j][i] == b.limits[side][j] {
						strips[side][j] = append(strips[side][j], int32(i))
					}
				}
			}
		case j != outside:
			side := lower
			if b.limited[upper][j] && c.columns[j][i] > b.limits[upper][j] {
				side = upper
			}
			strips[side][j] = append(strips[side][j], int32(i))
		}
	}
	var best *box
	gained := 0.0
	for _, j := range active {
		values := c.columns[j]
		for side := range strips {
			strip := strips[side][j]
			if len(strip) == 0 {
				continue
			}
			slices.SortFunc(strip, func(a, b int32) int { return cmp.Compare(values[a], values[b]) })
			// The part that is nearest to the box.
			cut := c.shave(strip, nil, len(strip), j, upper-side)
			limit := cut.last
			if !cut.ends {
				limit = half(cut.next, cut.last)
			}
			wider := c.clone(b)
			wider.limits[side][j] = limit
			end := c.order[j][0]
			if side == upper {
				end = c.order[j][len(c.hit)-1]
			}
			wider.limited[side][j] = limit != values[end]
			for _, row := range strip {
				v, was := values[row], b.limits[side][j]
				if side == lower && v >= limit && v < was || side == upper && v <= limit && v > was {
					wider.n++
					if c.hit[row] {
						wider.hits++
					}
				}
			}
			if wider.n == b.n {
				continue
			}
			gain := (wider.density() - b.density()) / float64(wider.n-b.n)
			if best == nil || gain > gained || gain == gained && wider.restricted() < best.restricted() {
				best, gained = &wider, gain
			}
		}
	}
	if best == nil || !(gained > 0) {
		return false
	}
	*b = *best
	return true
}

// quasi is the chance that so dense a box would come about were one of its limits of no
// account: that of as many hits or more among the box's cases, each with the density
// that the box has without the limit (Bryant and Lempert 2010). It is no honest p-value,
// for the limit was looked for in the same cases.
func (c *cases) quasi(b *box, side, column int, left []bool) float64 {
	without := c.clone(b)
	without.limited[side][column] = false
	c.count(&without, left)
	return atLeast(b.hits, b.n, without.density())
}

// atLeast is the chance of k hits or more in n trials of chance p.
func atLeast(k, n int, p float64) float64 {
	switch {
	case k <= 0 || p >= 1:
		return 1
	case p <= 0:
		return 0
	}
	return mathext.RegIncBeta(float64(k), float64(n-k+1), p)
}

// f1 is the harmonic mean of the share of the hits that a box holds and of its density.
func (b *box) f1(hits int) float64 { return 2 * float64(b.hits) / float64(b.n+hits) }

// insignificant: a limit with a quasi-p-value above this is dropped.
const insignificant = 0.05

// mostLimits: a chosen box limits at most so many columns, which a sentence can name.
const mostLimits = 3

// choose gives the box that is shown, by a rule that is stated beforehand: of the
// trajectory the one with the largest f1, of equals the one that limits fewer columns,
// then the larger. From it limits are dropped, the least significant first, while one
// has a quasi-p-value above 0.05; then, while more than three columns are limited, the
// column without which f1 is largest.
func (c *cases) choose(path []box, left []bool, hits int) (chosen box, step int) {
	for i := range path {
		b, best := &path[i], &path[step]
		if o := cmp.Or(cmp.Compare(b.f1(hits), best.f1(hits)), best.restricted()-b.restricted(), b.n-best.n); o > 0 {
			step = i
		}
	}
	b := c.clone(&path[step])
	for {
		worst, side, column := insignificant, -1, -1
		for s := range b.limited {
			for j, is := range b.limited[s] {
				if !is {
					continue
				}
				if p := c.quasi(&b, s, j, left); p > worst {
					worst, side, column = p, s, j
				}
			}
		}
		if column < 0 {
			break
		}
		b.limited[side][column] = false
		b.limits[side][column] = path[0].limits[side][column]
		c.count(&b, left)
	}
	for b.restricted() > mostLimits {
		var best box
		for j := range c.columns {
			if !b.limited[lower][j] && !b.limited[upper][j] {
				continue
			}
			without := c.clone(&b)
			for s := range without.limited {
				without.limited[s][j], without.limits[s][j] = false, path[0].limits[s][j]
			}
			c.count(&without, left)
			if best.n == 0 || without.f1(hits) > best.f1(hits) {
				best = without
			}
		}
		b = best
	}
	return b, step
}

// nearest is the box on a trajectory whose measure is nearest to a number; the last of
// equals, which is the densest.
func nearest(path []box, to float64, measure func(*box) float64) *box {
	best := &path[0]
	for i := range path {
		if abs(measure(&path[i])-to) <= abs(measure(best)-to) {
			best = &path[i]
		}
	}
	return best
}

func abs(v float64) float64 { return max(v, -v) }
