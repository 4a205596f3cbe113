package appraisal

// This file holds dominance: which alternatives can be left out whatever the
// weights.

// Domination says that one alternative is at least as good as another on every
// criterion and better on one.
type Domination struct {
	// By is the better alternative, Alternative the dominated one.
	By          string `json:"by"`
	Alternative string `json:"alternative"`
	// Certain: whatever the scores turn out to be, within their ranges.
	// Otherwise some scores within the ranges make it so, and others don't.
	Certain bool `json:"certain"`
}

// Front sorts the alternatives by whether another one dominates them (the Pareto
// front). Each alternative stands in one of the three lists, in the order of the
// problem. Criteria that bounds leave no weight don't count.
type Front struct {
	// Certain alternatives can't be dominated, whatever the scores turn out to be.
	Certain []string `json:"certain"`
	// Open alternatives may turn out to be dominated.
	Open []string `json:"open"`
	// Dominated alternatives certainly are.
	Dominated []string `json:"dominated"`
	// Dominations are all that hold certainly or possibly, in the order of the
	// alternatives, the better one first.
	Dominations []Domination `json:"dominations"`
}

// Front says which alternative dominates which, and which are left. It needs no
// weights.
func (a Appraisal) Front() Front {
	f := Front{Certain: []string{}, Open: []string{}, Dominated: []string{}, Dominations: []Domination{}}
	certain, possible := make([]bool, len(a.scores)), make([]bool, len(a.scores))
	var count []int
	for k := range a.problem.Criteria {
		if a.space.counts(k) {
			count = append(count, k)
		}
	}
	for i := range a.scores {
		for j := range a.scores {
			if i == j {
				continue
			}
			always, sometimes := a.dominates(i, j, count)
			if sometimes {
				f.Dominations = append(f.Dominations, Domination{By: a.problem.Alternatives[i].ID, Alternative: a.problem.Alternatives[j].ID, Certain: always})
			}
			certain[j] = certain[j] || always
			possible[j] = possible[j] || sometimes
		}
	}
	for i, o := range a.problem.Alternatives {
		switch {
		case certain[i]:
			f.Dominated = append(f.Dominated, o.ID)
		case possible[i]:
			f.Open = append(f.Open, o.ID)
		default:
			f.Certain = append(f.Certain, o.ID)
		}
	}
	return f
}

// dominates reports whether i dominates j on the criteria that count, whatever
// the scores, and whether for some of them.
func (a Appraisal) dominates(i, j int, count []int) (always, sometimes bool) {
	always, sometimes = true, true
	better, maybe := false, false
	for _, k := range count {
		x, y := &a.scores[i][k], &a.scores[j][k]
		always = always && x.Low >= y.High
		sometimes = sometimes && x.High >= y.Low
		better = better || x.Low > y.High
		maybe = maybe || x.High > y.Low
	}
	return always && better, sometimes && maybe
}
