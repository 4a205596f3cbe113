package appraisal

// This file holds what a problem must keep.

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// slack is how far shares may miss a bound: people write 0.33 three times, and
// sums of decimals are not exact.
const slack = 1e-9

// Validate returns everything that is wrong with p, nil where nothing is.
func (p Problem) Validate() (errs fault.Fields) {
	scale := p.Scale.normal()
	if !(scale.Low >= -maxScale && scale.Low < scale.High && scale.High <= maxScale) {
		errs.Add("scale", fault.Range, fmt.Sprintf("%g … %g", p.Scale.Low, p.Scale.High), language.Of("want.scale", "low", "-1e9", "high", "1e9"))
		scale = Scale{Low: math.Inf(-1), High: math.Inf(1)} // so that scores aren't refused for it
	}
	criteria := p.checkCriteria(&errs)
	if criteria == nil {
		return errs // of the rest, everything would be wrong
	}
	p.checkOrder(&errs, criteria)
	p.checkAlternatives(&errs, criteria, scale)
	return errs
}

// checkCriteria returns the position of each id; nil where there are too many
// criteria or none.
func (p Problem) checkCriteria(errs *fault.Fields) map[string]int {
	switch n := len(p.Criteria); {
	case n == 0:
		errs.Add("criteria", fault.Required, nil, language.Of("want.at-least", "least", 1))
		return nil
	case !errs.Count("criteria", n, maxCriteria):
		return nil
	}
	agreed := p.agreed()
	ids := make(map[string]int, len(p.Criteria))
	for i, c := range p.Criteria {
		field := fault.At("criteria", i)
		identify(errs, field, "criteria", c.ID, c.Name, i, ids)
		switch {
		case agreed && c.Weight == 0:
			errs.Add(field+".weight", fault.Required, nil, language.Of("want.weight-or-none"))
		case c.Weight != 0:
			errs.Positive(field+".weight", c.Weight, maxWeight)
		}
		switch {
		case !errs.Number(field+".low", c.Low, 0, 1), !errs.Number(field+".high", c.High, 0, 1):
		case c.High != 0 && c.High < c.Low:
			errs.Add(field+".high", fault.Range, c.High, language.Of("want.number-from", "low", c.Low))
		}
	}
	return ids
}

// agreed reports whether any criterion has a weight.
func (p Problem) agreed() bool {
	return slices.ContainsFunc(p.Criteria, func(c Criterion) bool { return c.Weight != 0 })
}

// checkOrder checks what bounds, order and agreed weights say together, once
// each is right by itself.
func (p Problem) checkOrder(errs *fault.Fields, criteria map[string]int) {
	sound := len(*errs) == 0
	seen := make(map[string]int, len(p.Order))
	for i, id := range p.Order {
		field := fault.At("order", i)
		_, known := criteria[id]
		first, taken := seen[id]
		switch {
		case !known:
			errs.Add(field, fault.Exists, id, language.Of("want.in-list", "list", "criteria"))
		case taken:
			errs.Add(field, fault.Unique, id, language.Of("want.another", "path", fault.At("order", first)))
		default:
			seen[id] = i
		}
		if i == maxCriteria {
			break // more can't be right, and the faults are told
		}
	}
	if !sound || len(*errs) > 0 {
		return
	}

	low, high := 0.0, 0.0
	for _, c := range p.Criteria {
		low += c.Low
		high += bound(c.High)
	}
	if low > 1+slack {
		errs.Add("criteria", "bounds", low, language.Of("want.low-sum"))
	}
	if high < 1-slack {
		errs.Add("criteria", "bounds", high, language.Of("want.high-sum"))
	}
	if len(*errs) > 0 {
		return
	}

	// Along the order a criterion is bound by the lowest upper bound before it
	// and the highest lower bound after it. Both lists of bounds keep the order
	// themselves, so what lies between them can be reached if and only if the
	// bounds don't cross and their sums enclose 1.
	s := newSpace(p, criteria)
	low, high = 0, 0
	for i, c := range p.Criteria {
		if s.low[i] > s.high[i]+slack {
			errs.Add(fault.At("order", seen[c.ID]), "bounds", c.ID, language.Of("want.order-share", "low", short(s.low[i]), "high", short(s.high[i])))
		}
		low += s.low[i]
		high += s.high[i]
	}
	if len(*errs) == 0 && (low > 1+slack || high < 1-slack) {
		errs.Add(fault.Order, "bounds", strings.Join(p.Order, ", "), language.Of("want.order-sum", "low", short(low), "high", short(high)))
	}
	if len(*errs) > 0 || !p.agreed() {
		return
	}

	shares := p.shares()
	for i, c := range p.Criteria {
		if w := shares[i]; w < c.Low-slack || w > bound(c.High)+slack {
			errs.Add(fault.At("criteria", i)+".weight", "bounds", c.Weight, language.Of("want.weight-share", "share", short(w), "low", short(c.Low), "high", short(bound(c.High))))
		}
	}
	for i := 1; i < len(p.Order); i++ {
		if a, b := shares[criteria[p.Order[i-1]]], shares[criteria[p.Order[i]]]; a < b-slack {
			errs.Add(fault.At("order", i), "weights", p.Order[i], language.Of("want.order-weights", "share", short(b), "before", short(a), "criterion", p.Order[i-1]))
		}
	}
}

// bound reads an upper bound, where 0 means none.
func bound(high float64) float64 {
	if high == 0 {
		return 1
	}
	return high
}

// shares gives the agreed weights as shares that sum to 1.
func (p Problem) shares() []float64 {
	total := 0.0
	for _, c := range p.Criteria {
		total += c.Weight
	}
	shares := make([]float64, len(p.Criteria))
	for i, c := range p.Criteria {
		shares[i] = c.Weight / total
	}
	return shares
}

func (p Problem) checkAlternatives(errs *fault.Fields, criteria map[string]int, scale Scale) {
	switch n := len(p.Alternatives); {
	case n < 2:
		errs.Add("alternatives", fault.Required, n, language.Of("want.at-least", "least", 2))
	case !errs.Count("alternatives", n, maxAlternatives):
		return
	}
	ids := make(map[string]int, len(p.Alternatives))
	for i, o := range p.Alternatives {
		field := fault.At("alternatives", i)
		identify(errs, field, "alternatives", o.ID, o.Name, i, ids)
		if !errs.Count(field+".scores", len(o.Scores), maxCriteria) {
			continue
		}
		seen := make(map[string]int, len(o.Scores))
		for j, s := range o.Scores {
			field := fault.At(field+".scores", j)
			_, known := criteria[s.Criterion]
			first, taken := seen[s.Criterion]
			switch {
			case !known:
				errs.Add(field+".criterion", fault.Exists, s.Criterion, language.Of("want.in-list", "list", "criteria"))
			case taken:
				errs.Add(field+".criterion", fault.Unique, s.Criterion, language.Of("want.another", "path", fault.At("scores", first)))
			default:
				seen[s.Criterion] = j
			}
			s.check(errs, field, scale)
		}
	}
}

func (s Score) check(errs *fault.Fields, field string, scale Scale) {
	sound := true
	for _, v := range []struct {
		name  string
		value *float64
	}{{".low", &s.Low}, {".best", s.Best}, {".high", &s.High}} {
		if v.value == nil {
			continue
		}
		// An infinite scale stands for one that is refused already.
		if x := *v.value; !(x >= scale.Low && x <= scale.High) || math.IsInf(x, 0) {
			errs.Add(field+v.name, fault.Range, x, language.Of("want.number-from-to", "low", scale.Low, "high", scale.High))
			sound = false
		}
	}
	switch {
	case !sound:
	case s.Low > s.High:
		errs.Add(field+".high", fault.Range, s.High, language.Of("want.number-from", "low", s.Low))
	case s.Best != nil && (*s.Best < s.Low || *s.Best > s.High):
		errs.Add(field+".best", fault.Range, *s.Best, language.Of("want.number-from-to", "low", s.Low, "high", s.High))
	}
}

// short writes a number as a message has it.
func short(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// identify checks the id and the name of a criterion or an alternative.
func identify(errs *fault.Fields, field, list, id, name string, i int, ids map[string]int) {
	errs.Text(field+".id", id, fault.ID)
	errs.Once(field+".id", id, ids, list, i)
	errs.Text(field+".name", name, fault.Name.OrNone())
}
