package appraisal

// This file holds the whole answer, and how it reads in words.

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// Label is what people read for an id.
type Label struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Result is everything an appraisal has to say. It shares nothing with the
// appraisal, so a host may change it.
type Result struct {
	Scale        Scale   `json:"scale"`
	Criteria     []Label `json:"criteria"`
	Alternatives []Label `json:"alternatives"`
	// Weights, Sums, Leader and Challenges are empty where no weights are agreed.
	Weights    []Share     `json:"weights,omitempty"`
	Sums       []Sum       `json:"sums,omitempty"`
	Leader     string      `json:"leader,omitempty"`
	Challenges []Challenge `json:"challenges,omitempty"`

	Front         Front         `json:"front"`
	Prospects     []Prospect    `json:"prospects"`
	Acceptability Acceptability `json:"acceptability"`
}

// Result answers every question of the package at once. It refuses what
// [Appraisal.Acceptability] refuses.
func (a Appraisal) Result(by Sampling) (Result, error) {
	acceptability, err := a.Acceptability(by)
	if err != nil {
		return Result{}, err
	}
	r := Result{
		Scale: a.problem.Scale, Weights: a.Weights(), Sums: a.Sums(), Leader: a.Leader(), Challenges: a.Challenges(),
		Front: a.Front(), Prospects: a.Prospects(), Acceptability: acceptability,
	}
	for _, c := range a.problem.Criteria {
		r.Criteria = append(r.Criteria, label(c.ID, c.Name))
	}
	for _, o := range a.problem.Alternatives {
		r.Alternatives = append(r.Alternatives, label(o.ID, o.Name))
	}
	return r, nil
}

func label(id, name string) Label { return Label{ID: id, Name: cmp.Or(name, id)} }

func read(labels []Label, id string) string {
	for _, l := range labels {
		if l.ID == id {
			return l.Name
		}
	}
	return id
}

// Sentence says the result in a few plain sentences: who leads with the agreed
// weights, how that holds while weights stay open, what would let the runner-up
// catch up, and who can't win. "" where there are no alternatives.
func (r Result) Sentence() string {
	var s []string
	for _, part := range []string{r.leading(), r.accepted(), r.turning(), r.hopeless()} {
		if part != "" {
			s = append(s, part)
		}
	}
	return strings.Join(s, " ")
}

func (r Result) leading() string {
	if r.Leader == "" {
		return ""
	}
	level := []string{read(r.Alternatives, r.Leader)}
	for _, c := range r.Challenges {
		if c.Behind == 0 {
			level = append(level, read(r.Alternatives, c.Alternative))
		}
	}
	sum := Sum{}
	for _, s := range r.Sums {
		if s.Alternative == r.Leader {
			sum = s
		}
	}
	text := "With the agreed weights " + list(level)
	if len(level) > 1 {
		return text + " are level at " + decimal(sum.Expected) + " on a scale from " + decimal(r.Scale.Low) + " to " + decimal(r.Scale.High) + "."
	}
	text += " leads with " + decimal(sum.Expected) + " on a scale from " + decimal(r.Scale.Low) + " to " + decimal(r.Scale.High)
	if low, high := decimal(sum.Low), decimal(sum.High); low != high {
		text += " (" + low + " to " + high + " as long as scores are uncertain)"
	}
	return text + "."
}

func (r Result) accepted() string {
	most, second := 0.0, 0.0
	var first, next []string
	for _, o := range r.Acceptability.Alternatives {
		name := read(r.Alternatives, o.Alternative)
		switch share := o.First(); {
		case share > most:
			second, next = most, first
			most, first = share, []string{name}
		case share == most && share > 0:
			first = append(first, name)
		case share > second:
			second, next = share, []string{name}
		case share == second && share > 0:
			next = append(next, name)
		}
	}
	if first == nil {
		return ""
	}
	text := "With weights left open "
	if r.Leader == "" {
		text = "No weights are agreed. Over all weights that are allowed "
	}
	if len(first) > 1 {
		return text + list(first) + " come first equally often, each " + hundred(most) + "."
	}
	text += list(first) + " comes first " + hundred(most)
	if next != nil {
		text += ", " + list(next) + " " + hundred(second)
	}
	return text + "."
}

// turning speaks of the alternative next to the leader that is not level with it.
func (r Result) turning() string {
	next := -1
	for i, c := range r.Challenges {
		if c.Behind > 0 && (next < 0 || c.Behind < r.Challenges[next].Behind) {
			next = i
		}
	}
	if next < 0 {
		return ""
	}
	c := r.Challenges[next]
	name := read(r.Alternatives, c.Alternative)
	var ways []string
	if len(c.Weights) > 0 {
		w, beyond := c.Weights[0], ", which the bounds or the order rule out"
		for _, x := range c.Weights {
			if x.Allowed {
				w, beyond = x, ""
				break
			}
		}
		ways = append(ways, quoted(read(r.Criteria, w.Criterion))+" would have to weigh "+percent(w.To)+" instead of "+percent(w.From)+beyond)
	}
	if len(c.Scores) > 0 {
		x := c.Scores[0]
		ways = append(ways, "its score on "+quoted(read(r.Criteria, x.Criterion))+" would have to be "+decimal(x.To)+" instead of "+decimal(x.From))
	}
	if ways == nil {
		return "No change of a single weight or score is enough for " + name + " to win."
	}
	return "For " + name + " to catch up, " + strings.Join(ways, ", or ") + "."
}

func (r Result) hopeless() string {
	var names []string
	for _, p := range r.Prospects {
		if p.Lead < 0 {
			names = append(names, read(r.Alternatives, p.Alternative))
		}
	}
	if names == nil {
		return ""
	}
	return list(names) + " can't win under any weights that are allowed."
}

func list(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func quoted(s string) string { return "“" + s + "”" }

func percent(share float64) string { return decimal(100*share) + " %" }

// decimal writes one decimal, none where it would be 0.
func decimal(x float64) string {
	text := strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
	if text == "-0" {
		return "0"
	}
	return text
}

// hundred writes a share as cases of a hundred, and doesn't round to all or
// none what isn't.
func hundred(share float64) string {
	switch n := math.Round(100 * share); {
	case share >= 1:
		return "in every case drawn"
	case n >= 100:
		return "in more than 99 of 100 cases"
	case n < 1:
		return "in fewer than 1 of 100 cases"
	default:
		return "in about " + strconv.FormatFloat(n, 'f', 0, 64) + " of 100 cases"
	}
}
