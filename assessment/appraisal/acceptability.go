package appraisal

// This file holds acceptability: who would win how often while weights and
// scores stay open.

import (
	"cmp"
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Bounds of the number of draws.
const (
	minDraws     = 100
	defaultDraws = 10_000
	maxDraws     = 1_000_000
)

// Sampling says how acceptability is estimated.
type Sampling struct {
	// Seed of the draws. The same problem, seed and number of draws give the
	// same result on every machine, in whatever order criteria and alternatives
	// stand.
	Seed uint64 `json:"seed"`
	// Draws of weights and scores: from 100 to 1,000,000; 0 means
	// 10,000, with which no standard error of independent draws is above
	// 0.005. Ten alternatives on eight criteria take a microsecond or two a draw.
	Draws int `json:"draws,omitempty"`
}

// Acceptability is how the alternatives fare over all weights that bounds and
// order allow, and over the ranges of the scores. Agreed weights play no part
// in it.
type Acceptability struct {
	Sampling
	// Method says how the weights were drawn.
	Method Method `json:"method"`
	// Alternatives stand in the order of the problem.
	Alternatives []AlternativeAcceptability `json:"alternatives"`
}

// AlternativeAcceptability is the acceptability of one alternative.
type AlternativeAcceptability struct {
	Alternative string `json:"alternative"`
	// Ranks is the rank acceptability index for each rank, the best first: the
	// share of the draws in which the alternative had that rank. Alternatives
	// that are level share their ranks in equal parts. The ranks of an
	// alternative sum to 1, and so does each rank over the alternatives.
	Ranks []float64 `json:"ranks"`
	// Errors are the Monte Carlo standard errors of Ranks, from 0 to 0.5 in
	// independent draws. Where a rank never or always came up the estimate is 0;
	// the index is then within 3/draws of what was seen, with 95 % confidence, if
	// the draws are independent.
	Errors []float64 `json:"errors"`
	// CentralWeights are the mean of the weights with which the alternative came
	// first, in the order of the criteria; nil where it never did.
	CentralWeights []Share `json:"central_weights,omitempty"`
	// Confidence is the confidence factor: the share of draws of the scores, of
	// which at most 10,000 are made for it, in which the alternative comes
	// first with its central weights. 0 where it has none.
	Confidence float64 `json:"confidence"`
}

// First is the share of the draws in which the alternative came first.
func (o AlternativeAcceptability) First() float64 {
	if len(o.Ranks) == 0 {
		return 0
	}
	return o.Ranks[0]
}

// Validate returns nil, or [fault.Fields] where the number of draws is
// out of bounds.
func (s Sampling) Validate() error {
	var errs fault.Fields
	if s.Draws != 0 {
		errs.Whole("draws", s.Draws, minDraws, maxDraws)
	}
	return errs.Err()
}

// batches of draws, from whose means the standard error of dependent draws is
// estimated.
const batches = 50

// confidenceDraws give a confidence factor a standard error of 0.005 at most;
// its central weights are not known better.
const confidenceDraws = 10_000

// Acceptability estimates rank acceptability, central weights and confidence
// factors by SMAA-2 (Lahdelma and Salminen 2001): it draws weights uniformly
// from those allowed, and each score from its range, and counts. Where weights
// are bounded it draws from a simplex around them and refuses what is out of
// bounds, or, where less than one in fifty would be left, walks by hit-and-run.
//
// It refuses, with [fault.Fields], a number of draws out of bounds.
func (a Appraisal) Acceptability(by Sampling) (Acceptability, error) {
	if err := by.Validate(); err != nil {
		return Acceptability{}, err
	}
	if by.Draws == 0 {
		by.Draws = defaultDraws
	}
	result := Acceptability{Sampling: by, Method: Independent, Alternatives: []AlternativeAcceptability{}}
	if len(a.scores) == 0 {
		return result, nil
	}
	c := a.newCount(by)
	c.rank(by.Draws)
	c.confide(by)
	result.Method = c.weights.method()
	result.Alternatives = make([]AlternativeAcceptability, len(a.scores))
	for row, i := range c.alternatives {
		o := &result.Alternatives[i]
		o.Alternative = a.problem.Alternatives[i].ID
		o.Ranks, o.Errors = c.indices(row, by.Draws)
		if first := c.ranks[row*len(c.alternatives)]; first > 0 {
			central := make([]float64, len(c.criteria))
			for col, k := range c.criteria {
				central[k] = c.central[row][col]
			}
			o.CentralWeights = a.named(central)
			o.Confidence = c.confidence[row]
		}
	}
	return result, nil
}

// count is the work of one estimate. Everything in it stands in the order of
// ids, so that the order of the problem makes no difference to what is drawn.
type count struct {
	alternatives []int // row → alternative
	criteria     []int // column → criterion
	weights      *weights
	spreads      []spread  // rows of columns
	scores       []float64 // the last draw, likewise
	bits         uint64    // random ones, left of the last number
	exact        bool      // no score is uncertain
	values       []float64 // of the last draw, by row
	order        []int     // rows, the best first

	ranks      []float64   // rows of ranks: how often
	batch      []float64   // the same within the batch
	squares    []float64   // of the batches' counts, summed
	central    [][]float64 // row → column: sums, in the end means, of weights
	confidence []float64
}

func (a Appraisal) newCount(by Sampling) *count {
	m, n := len(a.scores), len(a.problem.Criteria)
	c := &count{
		alternatives: sorted(m, func(i int) string { return a.problem.Alternatives[i].ID }),
		criteria:     sorted(n, func(k int) string { return a.problem.Criteria[k].ID }),
		spreads:      make([]spread, 0, m*n), scores: make([]float64, m*n), exact: true,
		values: make([]float64, m), order: make([]int, m),
		ranks: make([]float64, m*m), batch: make([]float64, m*m), squares: make([]float64, m*m),
		confidence: make([]float64, m),
	}
	for row, i := range c.alternatives {
		c.order[row] = row
		c.central = append(c.central, make([]float64, n))
		for _, k := range c.criteria {
			s := a.scores[i][k]
			c.exact = c.exact && s.Low == s.High
			c.spreads = append(c.spreads, newSpread(s))
			c.scores[len(c.spreads)-1] = s.Low
		}
	}
	p, places := a.problem, make(map[string]int, n)
	p.Criteria = make([]Criterion, n)
	for col, k := range c.criteria {
		p.Criteria[col] = a.problem.Criteria[k]
		places[p.Criteria[col].ID] = col
	}
	c.weights = newSpace(p, places).draws(by.Seed)
	return c
}

// sorted lists the positions of n things by their names.
func sorted(n int, name func(int) string) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	slices.SortFunc(list, func(i, j int) int { return cmp.Compare(name(i), name(j)) })
	return list
}

// drawScores draws all scores. Each takes its number from the stream, certain or
// not, so that a better known score changes no other. One number of 64 bits
// serves two scores: steps of 2⁻³² of a range are finer than any score.
func (c *count) drawScores(s stream) {
	for i := range c.spreads {
		if i%2 == 0 {
			c.bits = s.pcg.Uint64()
		}
		c.scores[i] = c.spreads[i].at(float64(uint32(c.bits)) * 0x1p-32)
		c.bits >>= 32
	}
}

// value is the weighted sum of a row.
func (c *count) value(row int, w []float64) float64 {
	sum := 0.0
	scores := c.scores[row*len(w):][:len(w)]
	for k, x := range w {
		sum += float64(x * scores[k])
	}
	return sum
}

// rank draws, and counts who has which rank. It allocates nothing.
func (c *count) rank(draws int) {
	m := len(c.alternatives)
	scores := newStream(c.weights.seed, forScores)
	closed := 0 // batches
	for n := range draws {
		c.weights.draw()
		if !c.exact {
			c.drawScores(scores)
		}
		for row := range m {
			c.values[row] = c.value(row, c.weights.now)
		}
		// From one draw to the next the order changes little: an insertion sort
		// that starts from the last one is quick.
		for i := 1; i < m; i++ {
			row, v, j := c.order[i], c.values[c.order[i]], i
			for ; j > 0 && c.values[c.order[j-1]] < v; j-- {
				c.order[j] = c.order[j-1]
			}
			c.order[j] = row
		}
		for from := 0; from < m; {
			to, v := from+1, c.values[c.order[from]]
			for to < m && c.values[c.order[to]] == v {
				to++
			}
			part := 1 / float64(to-from)
			for _, row := range c.order[from:to] {
				for r := from; r < to; r++ {
					c.batch[row*m+r] += part
				}
				if from == 0 {
					for k, w := range c.weights.now {
						c.central[row][k] += float64(part * w)
					}
				}
			}
			from = to
		}
		if (n+1)*batches/draws > closed {
			closed++
			for i, x := range c.batch {
				c.ranks[i] += x
				c.squares[i] += float64(x * x)
				c.batch[i] = 0
			}
		}
	}
	for row := range m {
		for k := range c.central[row] {
			c.central[row][k] /= c.ranks[row*m]
		}
	}
}

// confide counts, with fresh draws of the scores, how often each alternative comes
// first with its central weights.
func (c *count) confide(by Sampling) {
	m := len(c.alternatives)
	draws := min(by.Draws, confidenceDraws)
	if c.exact {
		draws = 1 // all would be the same
	}
	scores := newStream(by.Seed, forConfidence)
	for range draws {
		if !c.exact {
			c.drawScores(scores)
		}
		for row := range m {
			if c.ranks[row*m] == 0 {
				continue
			}
			w := c.central[row]
			if own := c.value(row, w); c.leads(row, own, w) {
				c.confidence[row]++
			}
		}
	}
	for row := range c.confidence {
		c.confidence[row] /= float64(draws)
	}
}

// leads reports whether no row has a value above that of the given one.
func (c *count) leads(row int, own float64, w []float64) bool {
	// Rounding must not turn what is level into a defeat: an alternative that
	// shares the first place for all weights shares it for central ones too.
	own += float64(1e-12 * (1 + math.Abs(own)))
	for other := range c.alternatives {
		if other != row && c.value(other, w) > own {
			return false
		}
	}
	return true
}

// indices gives the shares of a row's ranks and their standard errors.
func (c *count) indices(row, draws int) (shares, errors []float64) {
	m, n := len(c.alternatives), float64(draws)
	shares, errors = make([]float64, m), make([]float64, m)
	for r := range shares {
		times := c.ranks[row*m+r]
		p := min(times/n, 1)
		shares[r] = p
		if !c.weights.walk {
			// The binomial one; where ranks were shared, an upper bound of it.
			errors[r] = math.Sqrt(p * (1 - p) / n)
			continue
		}
		// Batches may differ in length by one, which matters to nobody.
		variance := (c.squares[row*m+r] - float64(times*times/batches)) / (batches - 1)
		errors[r] = math.Sqrt(max(variance, 0)*batches) / n
	}
	return shares, errors
}
