package appraisal

// This file holds the checked problem, and its weighted sums.

// Appraisal is a problem that was found valid, ready to be asked. It does not
// change, so it may be shared between goroutines. Build one with [New]; the zero
// value has no alternatives, and answers with empty lists.
type Appraisal struct {
	problem  Problem // a copy of its own, the scale normalised
	criteria map[string]int
	shares   []float64 // the agreed weights; nil where none are
	scores   [][]Score // alternative → criterion, unknown ones spelt out
	means    [][]float64
	space    space
}

// New checks p and makes it ready to be asked. It copies what it keeps. Where p
// is not valid it returns [fault.Fields] with everything that is
// wrong.
func New(p Problem) (Appraisal, error) {
	if err := p.Validate(); err != nil {
		return Appraisal{}, err
	}
	a := Appraisal{problem: p.Clone(), criteria: make(map[string]int, len(p.Criteria))}
	for i, c := range p.Criteria {
		a.criteria[c.ID] = i
	}
	a.space = newSpace(p, a.criteria)
	if p.agreed() {
		a.shares = p.shares()
	}
	for _, o := range a.problem.Alternatives {
		scores := make([]Score, len(p.Criteria))
		for k, c := range p.Criteria {
			scores[k] = Between(c.ID, a.problem.Scale.Low, a.problem.Scale.High)
		}
		for _, s := range o.Scores {
			scores[a.criteria[s.Criterion]] = s
		}
		means := make([]float64, len(scores))
		for k, s := range scores {
			means[k] = s.mean()
		}
		a.scores = append(a.scores, scores)
		a.means = append(a.means, means)
	}
	return a, nil
}

// Problem returns a copy of the problem, with its scale spelt out.
func (a Appraisal) Problem() Problem { return a.problem.Clone() }

// Clone returns a copy that shares nothing with p, with its scale spelt out.
func (p Problem) Clone() Problem {
	p.Scale = p.Scale.normal()
	p.Criteria = append([]Criterion(nil), p.Criteria...)
	p.Order = append([]string(nil), p.Order...)
	p.Alternatives = append([]Alternative(nil), p.Alternatives...)
	for i, o := range p.Alternatives {
		p.Alternatives[i].Scores = append([]Score(nil), o.Scores...)
		for j, s := range o.Scores {
			if s.Best != nil {
				best := *s.Best
				p.Alternatives[i].Scores[j].Best = &best
			}
		}
	}
	return p
}

// Weights gives the agreed weights as shares that sum to 1, in the order of the
// criteria; nil where none are agreed.
func (a Appraisal) Weights() []Share {
	if a.shares == nil {
		return nil
	}
	return a.named(a.shares)
}

func (a Appraisal) named(shares []float64) []Share {
	list := make([]Share, len(shares))
	for k, w := range shares {
		list[k] = Share{Criterion: a.problem.Criteria[k].ID, Share: w}
	}
	return list
}

// Sum is the weighted sum of an alternative's scores, in points of the scale: the
// mean of its scores, weighted by the agreed weights.
type Sum struct {
	Alternative string `json:"alternative"`
	// Low and High are reached where every score is at its lowest or highest.
	Low float64 `json:"low"`
	// Expected takes each score at its expected value: the mean of lowest,
	// likeliest and highest, or the middle where no value is likeliest.
	Expected float64 `json:"expected"`
	High     float64 `json:"high"`
}

// Sums gives the weighted sum of each alternative, in the order of the
// alternatives; nil where no weights are agreed.
func (a Appraisal) Sums() []Sum {
	if a.shares == nil {
		return nil
	}
	sums := make([]Sum, len(a.scores))
	for i, scores := range a.scores {
		s := &sums[i]
		s.Alternative = a.problem.Alternatives[i].ID
		for k, w := range a.shares {
			// The conversions keep a machine that can from fusing product and
			// sum, which rounds differently.
			s.Low += float64(w * scores[k].Low)
			s.Expected += float64(w * a.means[i][k])
			s.High += float64(w * scores[k].High)
		}
	}
	return sums
}

// Leader is the id of the alternative with the highest expected sum, the first of
// them where several share it; "" where no weights are agreed.
func (a Appraisal) Leader() string {
	if a.shares == nil {
		return ""
	}
	return a.problem.Alternatives[a.leader(a.Sums())].ID
}

func (a Appraisal) leader(sums []Sum) int {
	lead := 0
	for i, s := range sums {
		if s.Expected > sums[lead].Expected+a.rounding() {
			lead = i
		}
	}
	return lead
}

// rounding is a difference in points too small to mean anything: what summing
// a hundred products may lose.
func (a Appraisal) rounding() float64 {
	s := a.problem.Scale
	return 1e-12 * max(s.width(), s.High, -s.Low)
}
