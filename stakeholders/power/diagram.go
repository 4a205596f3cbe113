package power

// Exact values where weights are too large for a table: a decision diagram.
//
// The items, other unions first and then the members of one, are asked in turn whether
// they stay away. What has been asked matters only by the slack that is left, and that
// only by which of the sums of the items to come it lets through: slacks between two
// such sums are one state. So there are at most twice as many states after each item as
// coalitions of half of the players, and mostly far fewer, as heavy items are asked
// first and the light ones to come turn little. This is the idea of quasi-ordered
// binary decision diagrams: Bolus S. Power indices of simple games and vector-weighted
// majority games by means of binary decision diagrams. European Journal of Operational
// Research 2011;210(2):258–272.

import (
	"encoding/binary"
	"math/big"
	"slices"
)

const (
	// maxItems is how many items a diagram asks: counts then fit in a word.
	maxItems = 62

	// maxStates is how many states a diagram has, which take a second to find.
	maxStates = 1 << 20

	// maxSums is how many sums of the items to come are listed for a side. Beyond
	// it a slack is only cut off at the sum of all.
	maxSums = 1 << 16
)

// layer is the states before one item is asked. The first is that of nobody away.
type layer struct {
	stay, leave []int32 // by state, into the next layer; −1 where it does not fit
}

// dead is what does not fit.
const dead = int32(-1)

// diagramValues finds the values with a diagram for each union, of at most maxStates
// states and maxWords words, and reports whether it could.
func (r *refusal) diagramValues(ordered bool, values []*big.Rat) bool {
	between := newWeighing(len(r.groups), ordered)
	for c := range r.groups {
		gr := &r.groups[c]
		var items [][]int64
		for _, b := range r.blocs(c) {
			items = append(items, r.groups[b].total)
		}
		blocs := len(items)
		// Heavy ones first: the members are sorted by weight.
		for j := len(gr.weights) - 1; j >= 0; j-- {
			items = append(items, gr.weights[j])
		}
		if len(items) > maxItems {
			return false
		}
		d := diagram{ordered: ordered, blocs: blocs, members: len(gr.weights)}
		if !d.build(items, r.slack) {
			return false
		}
		passed, swings := d.count()

		within := newWeighing(gr.size(), ordered)
		of := new(big.Int).Mul(between.of, within.of)
		set := func(value *big.Rat, counts []uint64) {
			sum, part := new(big.Int), new(big.Int)
			for k, count := range counts {
				if count != 0 {
					part.SetUint64(count)
					part.Mul(part, between.coef[k/d.wide()])
					part.Mul(part, within.coef[k%d.wide()])
					sum.Add(sum, part)
				}
			}
			value.SetFrac(sum, of)
		}
		for _, v := range gr.vetoes {
			set(values[v], passed)
		}
		for j, i := range gr.regular {
			set(values[i], swings[len(gr.regular)-1-j])
		}
	}
	return true
}

// diagram is one of items. Counts are by how many unions and how many members are away,
// as a cell a pair, or, without ordered, in one cell.
type diagram struct {
	ordered bool
	blocs   int
	members int
	layers  []layer
}

// wide is how many numbers of members away are told apart, high of unions.
func (d *diagram) wide() int { return first(d.members, d.ordered) }
func (d *diagram) high() int { return first(d.blocs, d.ordered) }

// build makes the layers, and reports whether they and the counts have room.
func (d *diagram) build(items [][]int64, slack []int64) bool {
	rest := restOf(items, len(slack))
	states := [][]int64{rest[0].settle(slices.Clone(slack))}
	words, all := int64(0), 0
	for j, item := range items {
		words = plus(words, times(int64(len(states)), int64(d.wide()+1)))
		all += len(states)
		if all > maxStates || words > maxWords || times(int64(len(states)), int64(d.high()*d.wide())) > maxWords {
			return false
		}
		l := layer{stay: make([]int32, len(states)), leave: make([]int32, len(states))}
		var next [][]int64
		found := make(map[string]int32, 2*len(states))
		state := func(left []int64) int32 {
			key := keyOf(rest[j+1].settle(left))
			n, known := found[key]
			if !known {
				n = int32(len(next))
				found[key] = n
				next = append(next, left)
			}
			return n
		}
		for n, left := range states {
			l.stay[n], l.leave[n] = state(slices.Clone(left)), dead
			after := make([]int64, len(left))
			fits := true
			for k, x := range item {
				after[k] = left[k] - x
				fits = fits && after[k] >= 0
			}
			if fits {
				l.leave[n] = state(after)
			}
		}
		d.layers = append(d.layers, l)
		states = next
	}
	return true
}

// keyOf is numbers as the key of a map.
func keyOf(numbers []int64) string {
	key := make([]byte, 0, 8*maxBodies)
	for _, x := range numbers {
		key = binary.LittleEndian.AppendUint64(key, uint64(x))
	}
	return string(key)
}

// rest is what the items from one on may sum to, side by side.
type rest struct {
	sums  [][]int64 // sorted; nil where there are too many
	total []int64
}

func restOf(items [][]int64, sides int) []rest {
	all := make([]rest, len(items)+1)
	last := rest{total: make([]int64, sides)}
	for range sides {
		last.sums = append(last.sums, []int64{0})
	}
	all[len(items)] = last
	for j := len(items) - 1; j >= 0; j-- {
		r := rest{total: make([]int64, sides), sums: make([][]int64, sides)}
		for k, x := range items[j] {
			r.total[k] = all[j+1].total[k] + x
			if sums := all[j+1].sums[k]; sums != nil {
				both := slices.Clone(sums)
				for _, s := range sums {
					both = append(both, s+x)
				}
				slices.Sort(both)
				if both = slices.Compact(both); len(both) <= maxSums {
					r.sums[k] = both
				}
			}
		}
		all[j] = r
	}
	return all
}

// settle makes of each slack the least that lets the same sums through.
func (r rest) settle(slack []int64) []int64 {
	for k, x := range slack {
		x = min(x, r.total[k])
		if sums := r.sums[k]; sums != nil {
			at, exact := slices.BinarySearch(sums, x)
			if !exact {
				at-- // from 0, as nothing is a sum
			}
			x = sums[at]
		}
		slack[k] = x
	}
	return slack
}

// count gives how many sets of items fit, and, for each member in the order of the
// items, how many sets of the others fit that do not with it.
func (d *diagram) count() (passed []uint64, swings [][]uint64) {
	// below are, by layer of members, the sets of the items to come that fit, by state
	// and by how many they are.
	below := make([][]uint64, d.members+1)
	wide := make([]int, d.members+1)
	for j := range wide {
		wide[j] = first(d.members-j, d.ordered)
	}
	below[d.members] = []uint64{1}
	one := 0 // how much further a count stands for one more that is away
	if d.ordered {
		one = 1
	}
	for j := d.members - 1; j >= 0; j-- {
		l := d.layers[d.blocs+j]
		below[j] = make([]uint64, len(l.stay)*wide[j])
		for n := range l.stay {
			own := below[j][n*wide[j] : (n+1)*wide[j]]
			for k, x := range below[j+1][int(l.stay[n])*wide[j+1]:][:wide[j+1]] {
				own[k] += x
			}
			if l.leave[n] != dead {
				for k, x := range below[j+1][int(l.leave[n])*wide[j+1]:][:wide[j+1]] {
					own[k+one] += x
				}
			}
		}
	}

	cells := d.high() * d.wide()
	passed = make([]uint64, cells)
	above := make([]uint64, cells) // by state: the ways to come there
	above[0] = 1
	for j, l := range d.layers {
		states := 1
		for n := range l.stay {
			states = max(states, int(l.stay[n])+1, int(l.leave[n])+1)
		}
		if j == d.blocs {
			for n := range l.stay {
				d.join(passed, above[n*cells:(n+1)*cells], below[0][n*wide[0]:(n+1)*wide[0]], 1)
			}
		}
		if j >= d.blocs {
			member, own := j-d.blocs, make([]uint64, cells)
			w := wide[member+1]
			for n := range l.stay {
				from := above[n*cells : (n+1)*cells]
				d.join(own, from, below[member+1][int(l.stay[n])*w:][:w], 1)
				if l.leave[n] != dead {
					d.join(own, from, below[member+1][int(l.leave[n])*w:][:w], ^uint64(0))
				}
			}
			swings = append(swings, own)
		}
		next := make([]uint64, states*cells)
		shift := one
		if j < d.blocs {
			shift = one * d.wide()
		}
		for n := range l.stay {
			from := above[n*cells : (n+1)*cells]
			to := next[int(l.stay[n])*cells:][:cells]
			for k, x := range from {
				to[k] += x
			}
			if l.leave[n] != dead {
				to := next[int(l.leave[n])*cells:][:cells]
				for k, x := range from[:cells-shift] {
					to[k+shift] += x
				}
			}
		}
		above = next
	}
	if d.members == 0 {
		for n := range len(above) / cells {
			d.join(passed, above[n*cells:(n+1)*cells], []uint64{1}, 1)
		}
	}
	return passed, swings
}

// join adds what comes together of the ways to a state and of those on from it, times a
// sign (modulo 2⁶⁴, in which no result is negative).
func (d *diagram) join(sum, above, below []uint64, sign uint64) {
	for k, x := range above {
		if x == 0 {
			continue
		}
		for m, y := range below {
			if y != 0 {
				sum[k+m] += sign * x * y
			}
		}
	}
}
