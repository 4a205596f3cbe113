package landscape

import "math/bits"

// bitset is a set of small whole numbers.
type bitset []uint64

func newBits(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i int) bool { return b[i/64]>>(i%64)&1 == 1 }
func (b bitset) set(i int)      { b[i/64] |= 1 << (i % 64) }

// drain appends the members to list in rising order, and empties the set.
func (b bitset) drain(list []int32) []int32 {
	for w, word := range b {
		for ; word != 0; word &= word - 1 {
			list = append(list, int32(w*64+bits.TrailingZeros64(word)))
		}
		b[w] = 0
	}
	return list
}
