package appraisal

// This file holds the problem as a host states it: criteria, alternatives, scores.

// Bounds of what is accepted. An appraisal is a conversation about a handful
// of alternatives; the bounds keep a broken file from taking hours.
const (
	// maxAlternatives is how many alternatives are compared at most.
	maxAlternatives = 100
	// maxCriteria is how many criteria they are compared on at most.
	maxCriteria = 100
	// maxScale is the largest magnitude of a bound of a scale.
	maxScale = 1e9
	// maxWeight is the largest weight of a criterion.
	maxWeight = 1e6
)

// Problem is what there is to choose from, and what counts. It is plain,
// mutable data; an [Appraisal] is the proof that one was valid. The tags of what it holds
// say to others what Validate asks.
type Problem struct {
	// Scale of all scores; the zero value means 0 to 10.
	Scale Scale `json:"scale,omitzero"`
	// Criteria, 1 to 100.
	Criteria []Criterion `json:"criteria" schema:"min=1,max=100,dive"`
	// Order ranks criteria by importance, the most important first: the share of
	// each is at least that of the next. It may leave criteria out, which are
	// then free. Empty where no order is agreed.
	Order []string `json:"order,omitempty" schema:"max=100,unique,dive,id"`
	// Alternatives, 2 to 100.
	Alternatives []Alternative `json:"alternatives" schema:"min=2,max=100,dive"`
}

// Scale is the lowest and the highest score there can be, from -1e9 to 1e9. Higher
// is better.
type Scale struct {
	Low  float64 `json:"low" schema:"gte=-1e9,lte=1e9"`
	High float64 `json:"high" schema:"gte=-1e9,lte=1e9"`
}

func (s Scale) normal() Scale {
	if s == (Scale{}) {
		return Scale{Low: 0, High: 10}
	}
	return s
}

// width is above 0 in a valid scale.
func (s Scale) width() float64 { return s.High - s.Low }

// Criterion is one thing that alternatives are judged by.
type Criterion struct {
	// ID names the criterion within its problem.
	ID string `json:"id" schema:"id"`
	// Name is what people read; where blank, they read the ID.
	Name string `json:"name,omitempty" schema:"omitempty,name"`
	// Weight against the other criteria, on any scale: above 0, at most
	// 1e6. It is 0 for all criteria where no weights are agreed.
	Weight float64 `json:"weight,omitempty" schema:"gte=0,lte=1e6"`
	// Low and High bound the share of the criterion in the sum of all weights,
	// from 0 to 1, where weights stay open. 0 means no bound.
	Low  float64 `json:"low,omitempty" schema:"gte=0,lte=1"`
	High float64 `json:"high,omitempty" schema:"gte=0,lte=1"`
}

// Alternative is one of the things to choose from.
type Alternative struct {
	// ID names the alternative within its problem.
	ID string `json:"id" schema:"id"`
	// Name is what people read; where blank, they read the ID.
	Name string `json:"name,omitempty" schema:"omitempty,name"`
	// Scores, one for a criterion, in any order. A criterion without one is
	// unknown: anything on the scale.
	Scores []Score `json:"scores,omitempty" schema:"max=100,dive"`
}

// Score is what is known of how an alternative does on a criterion: it lies
// between Low and High, both included and both on the scale of the problem.
type Score struct {
	Criterion string  `json:"criterion" schema:"id"`
	Low       float64 `json:"low" schema:"gte=-1e9,lte=1e9"`
	// Best is the likeliest value, from Low to High; the distribution is then
	// triangular. Where it is nil, all values between are equally likely.
	Best *float64 `json:"best,omitempty" schema:"gte=-1e9,lte=1e9"`
	High float64  `json:"high" schema:"gte=-1e9,lte=1e9"`
}

// Exactly is a score that is known.
func Exactly(criterion string, value float64) Score {
	return Score{Criterion: criterion, Low: value, High: value}
}

// Between is a score of which only the range is known.
func Between(criterion string, low, high float64) Score {
	return Score{Criterion: criterion, Low: low, High: high}
}

// Around is a score with a likeliest value within a range.
func Around(criterion string, low, best, high float64) Score {
	return Score{Criterion: criterion, Low: low, Best: &best, High: high}
}

// mean is the expected value: of the triangular distribution the mean of its
// three points, of the uniform one its middle.
func (s Score) mean() float64 {
	switch {
	case s.Low == s.High:
		return s.Low
	case s.Best != nil:
		return (s.Low + *s.Best + s.High) / 3
	default:
		return (s.Low + s.High) / 2
	}
}

// Share is the weight of one criterion as a share of all: from 0 to 1.
type Share struct {
	Criterion string  `json:"criterion"`
	Share     float64 `json:"share"`
}
