package workshop

// This file turns many ratings of an item into one, and says how far apart
// they lay.

import (
	"cmp"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Consensus is where the assessors' ratings of one item come together.
type Consensus struct {
	// Item is the criterion's id.
	Item string `json:"item"`
	// Level is the median of the levels given, [assessment.Unknown] where
	// nobody gave one. Where the middle falls between two levels it is the
	// lower one: a workshop that is in two minds has not shown the higher.
	Level assessment.Level `json:"level"`
	// Split says that the middle did fall between two levels.
	Split bool `json:"split,omitempty"`
	// Raters counts those who gave a level, Blank those who left the item
	// blank. Who has no row for it is in neither.
	Raters int `json:"raters"`
	Blank  int `json:"blank,omitempty"`
	// Lowest and Highest are the extremes of the levels given; Unknown where
	// there are none.
	Lowest  assessment.Level `json:"lowest"`
	Highest assessment.Level `json:"highest"`
	// Deviation is the mean absolute deviation of the levels from their
	// median, in levels: 0 where all agree, 1.5 where half say 1 and half say
	// 4. It is the same from either end of a split middle. It counts a step
	// between any two neighbouring levels alike, as [assessment.Level.Share]
	// does.
	Deviation float64 `json:"deviation"`
}

// Disputed reports whether the assessors gave more than one level.
func (c Consensus) Disputed() bool { return c.Lowest != c.Highest }

// tally is how many assessors gave each level.
type tally [assessment.HighlyFunctional + 1]int

func (t *tally) raters() int {
	n := 0
	for _, c := range t[assessment.NonFunctional:] {
		n += c
	}
	return n
}

// at gives the level at a rank, from 0, in order from the lowest.
func (t *tally) at(rank int) assessment.Level {
	for l := assessment.NonFunctional; l < assessment.HighlyFunctional; l++ {
		if rank -= t[l]; rank < 0 {
			return l
		}
	}
	return assessment.HighlyFunctional
}

func (t *tally) consensus(item string) Consensus {
	n := t.raters()
	c := Consensus{Item: item, Raters: n, Blank: t[assessment.Unknown]}
	if n == 0 {
		return c
	}
	c.Level = t.at((n - 1) / 2)
	c.Split = c.Level != t.at(n/2)
	c.Lowest, c.Highest = t.at(0), t.at(n-1)
	steps := 0
	for l := assessment.NonFunctional; l <= assessment.HighlyFunctional; l++ {
		steps += t[l] * max(int(l)-int(c.Level), int(c.Level)-int(l))
	}
	c.Deviation = float64(steps) / float64(n)
	return c
}

// tallyOf counts the levels given to a criterion, by its position.
func (s *Sheet) tallyOf(i int) *tally {
	var t tally
	for _, r := range s.of(i) {
		t[r.Level]++
	}
	return &t
}

// Consensus returns where the ratings of each rated criterion come together,
// in the order of the checklist, those that nobody rated too.
func (s *Sheet) Consensus() []Consensus {
	s = s.orNone()
	var all []Consensus
	for i, c := range s.checklist.All() {
		if c.Kind == assessment.Rated {
			all = append(all, s.tallyOf(i).consensus(c.ID))
		}
	}
	return all
}

// Disputed returns the items to discuss, those first on which the assessors
// lie furthest apart: by [Consensus.Deviation], then by the distance from the
// lowest level given to the highest, then by the order of the checklist. Items
// on which all agree, and those that fewer than two rated, are not among them.
func (s *Sheet) Disputed() []Consensus {
	all := slices.DeleteFunc(s.Consensus(), func(c Consensus) bool { return !c.Disputed() })
	slices.SortStableFunc(all, func(a, b Consensus) int {
		return cmp.Or(cmp.Compare(b.Deviation, a.Deviation), cmp.Compare(b.Highest-b.Lowest, a.Highest-a.Lowest))
	})
	return all
}

// Ratings returns one rating of each item that somebody gave a level: the
// consensus, with evidence that names the workshop, the number of assessors
// and how far apart they lay. [assessment.Checklist.Scorecard] takes them as
// they are. What the evidence says is written in a language, nil for English, since
// it is kept as what people type is. It is illustrative where the occasion or one of the
// ratings behind it is.
func (s *Sheet) Ratings(l *language.Language) []assessment.Rating {
	var ratings []assessment.Rating
	for _, c := range s.Consensus() {
		if c.Raters == 0 {
			continue
		}
		i, _ := s.checklist.Index(c.Item)
		basis := s.occasion.Basis
		for _, r := range s.of(i) {
			if r.Level.Known() {
				basis = s.basis(basis, r)
			}
		}
		ratings = append(ratings, assessment.Rating{
			Criterion: c.Item,
			Level:     c.Level,
			Evidence: assessment.Evidence{
				What: l.Paragraph(c.Summary()), Source: s.occasion.Name, Basis: basis,
				By: l.Say(language.Of("assessors", "n", c.Raters)), On: s.occasion.On,
			},
		})
	}
	return ratings
}

// basis lets nothing that was made up pass for a finding.
func (s *Sheet) basis(so assessment.Basis, r Row) assessment.Basis {
	if so == assessment.Illustrative || r.Basis == assessment.Illustrative {
		return assessment.Illustrative
	}
	return assessment.Documented
}

// String says the consensus in English.
func (c Consensus) String() string { return language.English().Paragraph(c.Summary()) }

// Summary tells the consensus, a sentence a text.
func (c Consensus) Summary() []language.Text {
	var all []language.Text
	say := func(id string, args ...any) { all = append(all, language.Of(id, args...)) }
	switch {
	case c.Raters == 0:
		return []language.Text{language.Of("consensus.nobody")}
	case c.Raters == 1:
		say("consensus.one", "level", int(c.Level))
	case !c.Disputed():
		say("consensus.agreed", "n", c.Raters, "level", int(c.Level))
	default:
		say("consensus.median", "level", int(c.Level), "n", c.Raters, "low", int(c.Lowest), "high", int(c.Highest), "deviation", hundredths(c.Deviation))
	}
	if c.Split {
		say("consensus.split")
	}
	if c.Blank > 0 {
		say("consensus.blank", "n", c.Blank)
	}
	return all
}

// RatingsOf returns the ratings of one assessor, in the order of the
// checklist, with the notes as evidence; where there is none, it says so in a language,
// nil for English. An assessor that the sheet does not
// have is refused with [fault.Fields].
func (s *Sheet) RatingsOf(assessor string, l *language.Language) ([]assessment.Rating, error) {
	a, errs := s.find("assessor", assessor)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	var ratings []assessment.Rating
	for n, r := range s.rows {
		if s.columns[n] != a || !r.Level.Known() {
			continue
		}
		ratings = append(ratings, assessment.Rating{
			Criterion: r.Item,
			Level:     r.Level,
			Evidence: assessment.Evidence{
				What:   cmp.Or(r.Note, l.Say(language.Of("rated.no-note", "level", int(r.Level)))),
				Source: cmp.Or(r.Source, s.occasion.Name),
				Basis:  s.basis(s.occasion.Basis, r),
				By:     assessor,
				On:     cmp.Or(r.On, s.occasion.On),
			},
		})
	}
	return ratings, nil
}

// Scorecards lays the ratings of each assessor, as [Sheet.RatingsOf] gives them, over the
// checklist, in the order of [Sheet.Assessors]: the programme as each of them sees it.
func (s *Sheet) Scorecards(l *language.Language) ([]assessment.Scorecard, error) {
	var cards []assessment.Scorecard
	for _, name := range s.Assessors() {
		ratings, err := s.RatingsOf(name, l)
		if err != nil {
			return nil, err
		}
		card, err := s.checklist.Scorecard(ratings)
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
	}
	return cards, nil
}
