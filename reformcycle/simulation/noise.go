package simulation

// Randomness. Run i of seed s draws from streams that depend on s, i and the
// name of the stream alone, and each stream is drawn from once a month whatever
// was decided. So two policies, or two scenarios, that are run with one seed
// meet the same shocks, moods and luck: common random numbers.
//
// All of it is integer arithmetic, and floating-point operations that every
// machine rounds alike: no exponential, logarithm or sine, which have code of
// their own for each architecture.

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// golden is 2^64 divided by the golden ratio, the step of SplitMix64 (Steele,
// Lea and Flood 2014, doi:10.1145/2714064.2660195).
const golden = 0x9e3779b97f4a7c15

// mix is the finalizer of SplitMix64: every bit of z reaches every bit of the
// result.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// The streams of a run that belong to no actor.
const (
	shockStream uint64 = iota + 1
	workStream
)

// start sets a stream to its beginning in a run.
func start(stream *rand.PCG, seed, run, name uint64) {
	z := mix(mix(mix(seed+golden)^run)+golden) ^ mix(name)
	stream.Seed(mix(z+golden), mix(z+2*(golden&(1<<63-1))))
}

// streamOf names the stream of an actor after its id (FNV-1a), so that an actor
// keeps its luck when others join or leave the cast.
func streamOf(id string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 0x100000001b3
	}
	return h | 1<<63 // apart from the streams above
}

// uniform gives a number from [0, 1).
func uniform(word uint64) float64 { return float64(word>>11) * 0x1p-53 }

// The ones among 52 fair bits have variance 13, and a dither over the width of
// one, in 4096 steps, adds a twelfth of 1 − 2^−24.
const (
	coins       = 52
	dither      = 1 << (64 - coins)
	normalSpan  = coins/2*dither + (dither-1)/2.0
	normalPower = 13 + (1-0x1p-24)/12
)

var normalScale = 1 / (math.Sqrt(normalPower) * dither)

// normal gives a number of mean 0 and variance 1, both exact, that is nearly
// normal: the ones among 52 bits, and the other 12 bits spread evenly over the
// step between two counts. Its excess kurtosis is −(52/8 + 1/120)/13.0833² =
// −0.038 and it never exceeds 7.4, which one normal number in 10^13 would.
func normal(word uint64) float64 {
	steps := bits.OnesCount64(word>>(64-coins))<<(64-coins) | int(word&(dither-1))
	return (float64(steps) - normalSpan) * normalScale
}

// luck gives what a criterion's work yields in a month, of mean 1: between
// 1 − spread and 1 + spread, likeliest in the middle (the sum of two uniform
// numbers). The month has one word, and each criterion mixes its own from it and
// its id, so that what one is given does not depend on which others are worked on,
// or exist.
func luck(word, criterion uint64, spread float64) float64 {
	z := mix(word + criterion*golden)
	sum := int64(z>>32) + int64(z&(1<<32-1)) - (1<<32 - 1)
	return 1 + float64(float64(sum)*0x1p-32*spread)
}
