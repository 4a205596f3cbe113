package appraisal

// This file holds the whole answer, and how it reads in words.

import (
	"cmp"
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/language"
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

// Summary says the result in a few sentences, a text each: who leads with the agreed
// weights, how that holds while weights stay open, what would let the runner-up catch up,
// and who can't win. Nil where there are no alternatives.
func (r Result) Summary() []language.Text {
	all := slices.Concat(r.leading(), r.accepted(), r.turning(), r.hopeless())
	return slices.Clip(all)
}

func (r Result) leading() []language.Text {
	if r.Leader == "" {
		return nil
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
	id := "appraisal.leads"
	args := []any{"sum", tenths(sum.Expected), "low", tenths(r.Scale.Low), "high", tenths(r.Scale.High)}
	switch low, high := tenths(sum.Low), tenths(sum.High); {
	case len(level) > 1:
		id, args = "appraisal.level", append(args, "names", level)
	case low != high:
		id, args = "appraisal.leads-unsure", append(args, "name", level[0], "least", low, "most", high)
	default:
		args = append(args, "name", level[0])
	}
	return []language.Text{language.Of(id, args...)}
}

func (r Result) accepted() []language.Text {
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
		return nil
	}
	var all []language.Text
	if r.Leader == "" {
		all = append(all, language.Of("appraisal.no-weights"))
	}
	switch {
	case len(first) > 1:
		return append(all, language.Of("appraisal.first-equal", "names", first, "often", hundred(most)))
	case next != nil:
		return append(all, language.Of("appraisal.first-next", "name", first[0], "often", hundred(most), "next", next, "next-often", hundred(second)))
	}
	return append(all, language.Of("appraisal.first", "name", first[0], "often", hundred(most)))
}

// turning speaks of the alternative next to the leader that is not level with it.
func (r Result) turning() []language.Text {
	next := -1
	for i, c := range r.Challenges {
		if c.Behind > 0 && (next < 0 || c.Behind < r.Challenges[next].Behind) {
			next = i
		}
	}
	if next < 0 {
		return nil
	}
	c := r.Challenges[next]
	name := read(r.Alternatives, c.Alternative)
	var ways []language.Text
	if len(c.Weights) > 0 {
		w, id := c.Weights[0], "way.weight-beyond"
		for _, x := range c.Weights {
			if x.Allowed {
				w, id = x, "way.weight"
				break
			}
		}
		ways = append(ways, language.Of(id, "to", w.To, "from", w.From, "criterion", read(r.Criteria, w.Criterion)))
	}
	if len(c.Scores) > 0 {
		x := c.Scores[0]
		ways = append(ways, language.Of("way.score", "to", tenths(x.To), "from", tenths(x.From), "criterion", read(r.Criteria, x.Criterion)))
	}
	if ways == nil {
		return []language.Text{language.Of("appraisal.no-way", "name", name)}
	}
	return []language.Text{language.Of("appraisal.ways", "name", name, "ways", ways)}
}

func (r Result) hopeless() []language.Text {
	var names []string
	for _, p := range r.Prospects {
		if p.Lead < 0 {
			names = append(names, read(r.Alternatives, p.Alternative))
		}
	}
	if names == nil {
		return nil
	}
	return []language.Text{language.Of("appraisal.hopeless", "names", names)}
}

// tenths rounds to one decimal.
func tenths(x float64) float64 { return math.Round(10*x) / 10 }

// hundred tells a share as cases of a hundred, and doesn't round to all or
// none what isn't.
func hundred(share float64) language.Text {
	switch n := math.Round(100 * share); {
	case share >= 1:
		return language.Of("often.always")
	case n >= 100:
		return language.Of("often.almost")
	case n < 1:
		return language.Of("often.rarely")
	default:
		return language.Of("often.about", "n", int(n))
	}
}
