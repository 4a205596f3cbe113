package assessment

// This file holds scoring: the tally of plain levels, and the scorecard that
// lays ratings with evidence over a checklist.

import (
	"math"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Bounds are what is known of a score: it lies between Low and High, both
// included. Each is a share from 0, every required criterion at the lowest
// level, to 1, every one at the highest.
type Bounds struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Exact reports whether nothing is left open: Low equals High.
func (b Bounds) Exact() bool { return b.Low == b.High }

// String writes two decimals: "0.42" where the score is exact, "0.31–0.75"
// where it is not.
func (b Bounds) String() string {
	low := strconv.FormatFloat(b.Low, 'f', 2, 64)
	if b.Exact() {
		return low
	}
	return low + "–" + strconv.FormatFloat(b.High, 'f', 2, 64)
}

// Told tells the score, rounded to hundredths: exact, or from the one to the other.
func (b Bounds) Told() language.Text {
	if low, high := hundredths(b.Low), hundredths(b.High); low != high {
		return language.Of("bounds.range", "low", low, "high", high)
	}
	return language.Of("bounds.exact", "at", hundredths(b.Low))
}

func hundredths(x float64) float64 { return math.Round(100*x) / 100 }

// Tally counts how criteria stand. A criterion whose level is known is met or
// unmet; the rest are unknown.
type Tally struct {
	// Met, Unmet and Unknown count the required criteria.
	Met     int `json:"met"`
	Unmet   int `json:"unmet"`
	Unknown int `json:"unknown"`
	// AdvisoryMet, AdvisoryUnmet and AdvisoryUnknown count the advisory ones.
	AdvisoryMet     int `json:"advisory_met"`
	AdvisoryUnmet   int `json:"advisory_unmet"`
	AdvisoryUnknown int `json:"advisory_unknown"`
	// Score is the weighted mean of [Level.Share] over the required criteria.
	// An unrated one counts 0 in Low and 1 in High. Where there is no required
	// criterion nothing is known, and the score is 0 to 1.
	Score Bounds `json:"score"`
}

// Tally counts and scores levels, which stand in the order of the criteria.
// Where levels is shorter than the checklist, the rest is unknown; what stands
// beyond the checklist is not looked at, and a value that is no level counts
// as unknown.
//
// It does not allocate.
func (c *Checklist) Tally(levels []Level) Tally {
	return c.tally(levels, 0, c.Len())
}

// TallySection is [Checklist.Tally] for one section. The levels still stand in
// the order of the whole checklist. A section that is not there has nothing to
// count, and a score of 0 to 1.
func (c *Checklist) TallySection(section string, levels []Level) Tally {
	from, to := c.Section(section)
	return c.tally(levels, from, to)
}

func (c *Checklist) tally(levels []Level, from, to int) Tally {
	return tallied(c.orNone().marks[from:to], levels[min(from, len(levels)):])
}

// tallied counts and scores levels, which stand in the order of the marks.
func tallied(marks []mark, levels []Level) Tally {
	var t Tally
	var low, high, total float64
	for i := range marks {
		m := &marks[i]
		l := Unknown
		if i < len(levels) {
			l = levels[i]
		}
		if m.advisory {
			switch {
			case !l.Known():
				t.AdvisoryUnknown++
			case l >= m.threshold:
				t.AdvisoryMet++
			default:
				t.AdvisoryUnmet++
			}
			continue
		}
		total += m.weight
		if !l.Known() {
			t.Unknown++
			high += m.weight
			continue
		}
		// The same sum on both sides, so that a full rating gives Low == High
		// to the last bit.
		points := m.weight * l.Share()
		low += points
		high += points
		if l >= m.threshold {
			t.Met++
		} else {
			t.Unmet++
		}
	}
	t.Score = Bounds{Low: 0, High: 1}
	if total > 0 {
		t.Score = Bounds{Low: low / total, High: high / total}
	}
	return t
}

// Item is one criterion and how it stands.
type Item struct {
	Criterion Criterion `json:"criterion"`
	Level     Level     `json:"level"`
	Met       bool      `json:"met"`
	// Rating is what the level rests on; nil where there is none.
	Rating *Rating `json:"rating,omitempty"`
}

// SectionTally is the tally of one section.
type SectionTally struct {
	Section string `json:"section"`
	Tally   Tally  `json:"tally"`
}

// Scorecard is a checklist with ratings laid over it. It shares nothing with
// either, so a host may change it.
type Scorecard struct {
	// Checklist is the ID, "name@version", of what was judged by.
	Checklist string `json:"checklist"`
	// From is the ID of the checklist that it was derived from, if any.
	From string `json:"from,omitempty"`
	// Items are all criteria, in the order of the checklist.
	Items []Item `json:"items"`
	// Tally is over the whole checklist.
	Tally Tally `json:"tally"`
	// Sections are the tallies of its sections, in order.
	Sections []SectionTally `json:"sections"`
	// Packages are the tallies of its packages, in order.
	Packages []PackageTally `json:"packages,omitempty"`
}

// Scorecard lays ratings, in any order, over the checklist. Criteria without a
// rating are unknown, and so are the derived ones: a host that computes those
// scores them with [Checklist.Tally].
//
// It refuses, with [fault.Fields] that list everything that is wrong: a rating
// that is not valid by [Rating.Validate], of a criterion that is not in the
// checklist or is derived, and a second rating of the same criterion.
func (c *Checklist) Scorecard(ratings []Rating) (Scorecard, error) {
	var errs fault.Fields
	// The scorecard keeps ratings of its own, whatever the caller does with
	// the slice.
	ratings = slices.Clone(ratings)
	given := make([]*Rating, c.Len())
	levels := make([]Level, c.Len())
	for n := range ratings {
		r := &ratings[n]
		at := fault.At("ratings", n)
		errs.Under(at, r.Validate())
		i, ok := c.Index(r.Criterion)
		switch {
		case !ok:
			errs.Add(at+".criterion", fault.Exists, r.Criterion, language.Of("want.criterion-of", "checklist", c.ID()))
		case c.At(i).Kind == Derived:
			errs.Add(at+".criterion", "rated", r.Criterion, language.Of("want.rated"))
		case given[i] != nil:
			errs.Add(at+".criterion", fault.Unique, r.Criterion, language.Of("want.each-once"))
		default:
			given[i], levels[i] = r, r.Level
		}
	}
	if err := errs.Err(); err != nil {
		return Scorecard{}, err
	}

	card := Scorecard{
		Checklist: c.ID(),
		From:      c.orNone().spec.From,
		Items:     make([]Item, c.Len()),
		Tally:     c.Tally(levels),
	}
	for i, cr := range c.All() {
		card.Items[i] = Item{Criterion: cr.clone(), Level: levels[i], Met: cr.Met(levels[i]), Rating: given[i]}
	}
	for _, s := range c.orNone().sections {
		card.Sections = append(card.Sections, SectionTally{Section: s.name, Tally: c.tally(levels, s.from, s.to)})
	}
	for i := range c.orNone().members {
		card.Packages = append(card.Packages, c.tallyPackage(i, levels))
	}
	return card, nil
}

// Met returns the required criteria that are met, in order.
func (s Scorecard) Met() []Item {
	return s.where(func(i Item) bool { return !i.Criterion.Advisory && i.Met })
}

// Unmet returns the required criteria that are rated and not met, in order.
func (s Scorecard) Unmet() []Item {
	return s.where(func(i Item) bool { return !i.Criterion.Advisory && !i.Met && i.Level.Known() })
}

// Unknown returns the required criteria that nobody has rated, in order.
func (s Scorecard) Unknown() []Item {
	return s.where(func(i Item) bool { return !i.Criterion.Advisory && !i.Level.Known() })
}

// Advisory returns the advisory criteria that are not met, rated or not, in
// order: what is worth a look although nothing waits for it.
func (s Scorecard) Advisory() []Item {
	return s.where(func(i Item) bool { return i.Criterion.Advisory && !i.Met })
}

func (s Scorecard) where(keep func(Item) bool) []Item {
	var items []Item
	for _, i := range s.Items {
		if keep(i) {
			items = append(items, i)
		}
	}
	return items
}
