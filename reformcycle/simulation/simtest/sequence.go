package simtest

// The sequential test under every assertion. It knows nothing of simulations:
// it sees hits and misses, one at a time, and says as soon as it can on which
// side of two bounds their chance is.

import "math"

// sequence judges whether a chance is above low or below high, low < high, from
// independent hits and misses. Whatever the chance, it is excluded wrongly, at
// any time, with a chance of at most the error; so a verdict may be taken at
// the first moment that there is one.
//
// Against each bound q it holds a bet: the likelihood of what was seen under a
// mixture of all chances, divided by its likelihood under q. Were q the truth,
// that ratio would be a martingale that starts at 1, and the chance that it
// ever reaches 1/error is at most error (Ville 1939). The mixture is the one
// with weights from Beta(½, ½), whose prediction of the next hit after k hits in
// n is (k + ½)/(n + 1): it loses at most a factor of 2√n to the chance that fits
// best (Krichevsky and Trofimov 1981). Mixtures make tests of power one
// (Robbins 1970): unlike the sequential probability ratio test (Wald 1945),
// which is tuned to the two bounds, this one is quicker the clearer the case.
//
// The ratios are products and quotients only, so they are the same on every
// machine.
type sequence struct {
	low, high float64
	level     float64 // 1/error
	hits      uint64
	seen      uint64
	// How often the stake the bets against low and high are worth.
	atLow, atHigh float64
}

func newSequence(low, high, err float64) sequence {
	return sequence{low: low, high: high, level: 1 / err, atLow: 1, atHigh: 1}
}

func (s *sequence) see(hit bool) {
	like, low, high := s.hits, s.low, s.high
	if !hit {
		like, low, high = s.seen-s.hits, 1-s.low, 1-s.high
	}
	// A bound of 0 or 1 that is refuted makes the ratio infinite, as it should.
	predicted := (float64(like) + 0.5) / (float64(s.seen) + 1)
	s.atLow *= predicted / low
	s.atHigh *= predicted / high
	s.seen++
	if hit {
		s.hits++
	}
}

// share is that of the hits; 0 before anything was seen.
func (s *sequence) share() float64 { return float64(s.hits) / math.Max(1, float64(s.seen)) }

// above reports whether the chance is surely above low. The likelihood falls
// from the share to both sides, so what excludes low excludes all below it.
func (s *sequence) above() bool { return s.atLow >= s.level && s.share() > s.low }

// below reports whether the chance is surely below high.
func (s *sequence) below() bool { return s.atHigh >= s.level && s.share() < s.high }

// interval gives the chances that are not excluded, by all that was seen.
func (s *sequence) interval() (low, high float64) {
	if s.seen == 0 {
		return 0, 1
	}
	hits, misses := float64(s.hits), float64(s.seen-s.hits)
	a, _ := math.Lgamma(hits + 0.5)
	b, _ := math.Lgamma(misses + 0.5)
	c, _ := math.Lgamma(hits + misses + 1)
	least := a + b - c - math.Log(math.Pi) - math.Log(s.level)
	excluded := func(q float64) bool {
		return times(hits, math.Log(q))+times(misses, math.Log(1-q)) <= least
	}
	edge := func(out, in float64) float64 {
		if !excluded(out) {
			return out
		}
		for range 60 {
			if middle := (out + in) / 2; excluded(middle) {
				out = middle
			} else {
				in = middle
			}
		}
		return out
	}
	return edge(0, s.share()), edge(1, s.share())
}

// times is n·x where 0 of anything, even of −∞, is nothing.
func times(n, x float64) float64 {
	if n == 0 {
		return 0
	}
	return n * x
}

// divergence is that of Kullback and Leibler between hits of chance p and of
// chance q: what one run of chance p adds to the bet against q, in the mean.
func divergence(p, q float64) float64 {
	return times(p, math.Log(p/q)) + times(1-p, math.Log((1-p)/(1-q)))
}

// needed is after how many runs there is a verdict at the latest, if their share
// of hits is the one given.
func (s *sequence) needed(share float64) float64 {
	rate := 0.0
	if share > s.low {
		rate = divergence(share, s.low)
	}
	if share < s.high {
		rate = max(rate, divergence(share, s.high))
	}
	return reached(rate, s.level)
}

// atMost is after how many runs there is a verdict whatever is seen.
func (s *sequence) atMost() float64 {
	// The hardest share is as far from low as from high. One of the two ends of
	// the interval around it may be infinitely far from its bound, so what the
	// other end is sure of counts.
	from, to := s.low, s.high
	for range 60 {
		if middle := (from + to) / 2; divergence(middle, s.low) < divergence(middle, s.high) {
			from = middle
		} else {
			to = middle
		}
	}
	return reached(max(divergence(from, s.low), divergence(to, s.high)), s.level)
}

// reached is the n from which n·rate covers the level and what the mixture
// loses, 2√n.
func reached(rate, level float64) float64 {
	n := 1.0
	for range 200 {
		n = math.Max(1, (math.Log(2*level)+math.Log(n)/2)/rate)
	}
	return math.Ceil(n)
}
