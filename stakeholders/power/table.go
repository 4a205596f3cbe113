package power

// Generating functions with exact integers.

import (
	"encoding/binary"
	"math/big"
	"math/bits"
	"slices"
)

// box numbers the cells of a table with several sides; the last side is
// contiguous. The first side counts players (or is 1 wide where their number
// does not matter), the others are the sides of the knapsack.
type box struct {
	wide   []int // cells along each side
	stride []int
	cells  int
}

func newBox(first int, slack []int64) box {
	b := box{wide: make([]int, 1+len(slack)), stride: make([]int, 1+len(slack)), cells: 1}
	b.wide[0] = first
	for d, s := range slack {
		b.wide[d+1] = int(s) + 1
	}
	for d := len(b.wide) - 1; d >= 0; d-- {
		b.stride[d] = b.cells
		b.cells *= b.wide[d]
	}
	return b
}

// corners are the first and the last point.
func (b *box) corners() (low, high []int) {
	low, high = make([]int, len(b.wide)), slices.Clone(b.wide)
	for d := range high {
		high[d]--
	}
	return low, high
}

// offset is the number of the cell at a point.
func (b *box) offset(at []int) int {
	o := 0
	for d, x := range at {
		o += x * b.stride[d]
	}
	return o
}

// rows visits the rows along the last side that lie between low and high on all
// other sides, both included, upward or downward. It passes the number of the
// row's first cell and the point, of which the last number means nothing.
func (b *box) rows(low, high []int, down bool, visit func(first int, at []int)) {
	last := len(b.wide) - 1
	at, first := make([]int, len(b.wide)), 0
	for d := range last {
		if low[d] > high[d] {
			return
		}
		at[d] = low[d]
		if down {
			at[d] = high[d]
		}
		first += at[d] * b.stride[d]
	}
	for {
		visit(first, at)
		d := last - 1
		for ; d >= 0; d-- {
			if down && at[d] > low[d] {
				at[d]--
				first -= b.stride[d]
				break
			}
			if !down && at[d] < high[d] {
				at[d]++
				first += b.stride[d]
				break
			}
			back := low[d]
			if down {
				back = high[d]
			}
			first += (back - at[d]) * b.stride[d]
			at[d] = back
		}
		if d < 0 {
			return
		}
	}
}

// tally is a table of integers modulo 2^(64·limbs). As every number that is
// read in the end is from 0 and below that, taking players out again by
// subtraction is exact: whatever wraps around wraps back.
type tally struct {
	box
	limbs int
	words []uint64 // cell · limbs, least significant first
	reach []int    // no cell beyond it is anything but 0
}

// newTally returns a table of zeros for numbers below 2^width.
func newTally(b box, width int) *tally {
	t := &tally{box: b, limbs: limbsFor(width), reach: make([]int, len(b.wide))}
	t.words = make([]uint64, b.cells*t.limbs)
	return t
}

func limbsFor(width int) int { return max(1, (width+63)/64) }

// add multiplies the generating function by 1 + x^w: everybody counted so far,
// without and with one more player. One addition a cell.
func (t *tally) add(w []int) {
	for d := range w {
		t.reach[d] = min(t.wide[d]-1, t.reach[d]+w[d])
	}
	last := len(w) - 1
	shift := t.offset(w) * t.limbs
	t.rows(w, t.reach, true, func(first int, _ []int) {
		if w[last] > t.reach[last] {
			return
		}
		from, to := (first+w[last])*t.limbs, (first+t.reach[last]+1)*t.limbs
		dst, src := t.words[from:to], t.words[from-shift:to-shift]
		if t.limbs == 1 {
			for i := len(dst) - 1; i >= 0; i-- {
				dst[i] += src[i]
			}
			return
		}
		for i := len(dst) - t.limbs; i >= 0; i -= t.limbs {
			carry := uint64(0)
			for l := i; l < i+t.limbs; l++ {
				dst[l], carry = bits.Add64(dst[l], src[l], carry)
			}
		}
	})
}

// remove divides by 1 + x^w, the inverse of add. One subtraction a cell.
func (t *tally) remove(w []int) {
	last := len(w) - 1
	shift := t.offset(w) * t.limbs
	t.rows(w, t.reach, false, func(first int, _ []int) {
		if w[last] > t.reach[last] {
			return
		}
		from, to := (first+w[last])*t.limbs, (first+t.reach[last]+1)*t.limbs
		for i := from; i < to; i += t.limbs {
			borrow := uint64(0)
			for l := i; l < i+t.limbs; l++ {
				t.words[l], borrow = bits.Sub64(t.words[l], t.words[l-shift], borrow)
			}
		}
	})
}

// cumulate sums along all sides but the first: each cell then counts all that
// fits in it.
func (t *tally) cumulate() {
	for side := 1; side < len(t.wide); side++ {
		low, high := t.corners()
		low[side] = 1
		shift := t.stride[side] * t.limbs
		last := len(t.wide) - 1
		t.rows(low, high, false, func(first int, _ []int) {
			for i := (first + low[last]) * t.limbs; i < (first+t.wide[last])*t.limbs; i += t.limbs {
				carry := uint64(0)
				for l := i; l < i+t.limbs; l++ {
					t.words[l], carry = bits.Add64(t.words[l], t.words[l-shift], carry)
				}
			}
		})
	}
	_, t.reach = t.corners()
}

// without returns what a cumulated table would hold at a point if a player of
// weights w had never been added: the alternating sum along the line that leads
// from the point down by w. One step for each time the weight fits.
func (t *tally) without(w, at []int, into []uint64) *big.Int {
	clear(into)
	low := 0
	for d, x := range at {
		if x < 0 {
			return new(big.Int)
		}
		low += x * t.stride[d]
	}
	steps := -1
	for d, x := range at {
		if w[d] > 0 && (steps < 0 || x/w[d] < steps) {
			steps = x / w[d]
		}
	}
	shift := t.offset(w)
	for j, c := 0, low; j <= steps; j, c = j+1, c-shift {
		cell, carry := t.words[c*t.limbs:(c+1)*t.limbs], uint64(0)
		if j%2 == 0 {
			for l := range cell {
				into[l], carry = bits.Add64(into[l], cell[l], carry)
			}
		} else {
			for l := range cell {
				into[l], carry = bits.Sub64(into[l], cell[l], carry)
			}
		}
	}
	return bigOf(into)
}

// get returns a cell as an integer.
func (t *tally) get(cell int) *big.Int { return bigOf(t.words[cell*t.limbs : (cell+1)*t.limbs]) }

// clone copies the table.
func (t *tally) clone() *tally {
	c := *t
	c.words, c.reach = slices.Clone(t.words), slices.Clone(t.reach)
	return &c
}

// addProduct adds a·b to sum, modulo what sum can hold.
func addProduct(sum, a, b []uint64) {
	for i, x := range a {
		if x == 0 {
			continue
		}
		carry := uint64(0)
		for l := i; l < len(sum); l++ {
			y := uint64(0)
			if l-i < len(b) {
				y = b[l-i]
			} else if carry == 0 {
				break
			}
			hi, lo := bits.Mul64(x, y)
			var c uint64
			lo, c = bits.Add64(lo, carry, 0)
			hi += c
			sum[l], c = bits.Add64(sum[l], lo, 0)
			carry = hi + c
		}
	}
}

// wordsOf turns an integer from 0 into words, the least significant first.
func wordsOf(x *big.Int) []uint64 {
	words := make([]uint64, limbsFor(x.BitLen()))
	b := x.FillBytes(make([]byte, 8*len(words)))
	for l := range words {
		words[l] = binary.BigEndian.Uint64(b[8*(len(words)-1-l):])
	}
	return words
}

// bigOf turns words, the least significant first, into an integer.
func bigOf(words []uint64) *big.Int {
	b := make([]byte, 8*len(words))
	for l, w := range words {
		binary.BigEndian.PutUint64(b[8*(len(words)-1-l):], w)
	}
	return new(big.Int).SetBytes(b)
}
