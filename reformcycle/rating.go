package reformcycle

import (
	"reflect"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file is the rating of criteria by evidence, which belongs to all stages.

// KindRate is the kind of Rate.
const KindRate Kind = "rate"

// Rate rates a criterion of the checklist by evidence, whatever the stage that the
// cycle stands at. A rating given before in this lap is replaced, and the level
// unknown withdraws it. Who rated and when are taken from the stamp where the
// evidence leaves them out.
type Rate struct {
	Criterion string              `json:"criterion" validate:"id"`
	Level     assessment.Level    `json:"level" validate:"known"`
	Evidence  assessment.Evidence `json:"evidence"`
}

// Kind names the change.
func (Rate) Kind() Kind { return KindRate }

func (c Rate) apply(d *draft) error {
	i, ok := d.rules.list.Index(c.Criterion)
	if !ok {
		return d.unknownCriterion("criterion", c.Criterion)
	}
	if d.rules.criteria[i].Kind == assessment.Derived {
		return fault.Refuse("criterion", "rated", c.Criterion,
			"a criterion that people rate; this one is computed from what is recorded")
	}
	if c.Evidence.By == "" {
		c.Evidence.By = d.author
	}
	if c.Evidence.On.IsZero() {
		c.Evidence.On = d.Moment
	}
	rating := assessment.Rating{Criterion: c.Criterion, Level: c.Level, Evidence: c.Evidence, Entry: d.entry}

	own(d, &d.Ratings)
	at, found := slices.BinarySearchFunc(d.Ratings, i, func(r assessment.Rating, i int) int {
		held, _ := d.rules.list.Index(r.Criterion)
		return held - i
	})
	switch {
	case c.Level == assessment.Unknown && found:
		d.Ratings = slices.Delete(d.Ratings, at, at+1)
	case c.Level == assessment.Unknown:
		return fault.Refuse("level", "rated", c.Level.String(), "a level from 1 to 4: there is no rating to withdraw")
	case found:
		d.Ratings[at] = rating
	default:
		d.Ratings = slices.Insert(d.Ratings, at, rating)
	}
	own(d, &d.levels)
	d.levels[i] = c.Level
	return nil
}

// unknownCriterion refuses a criterion that the checklist does not have, and
// names those that the id may have meant: of the same family, by its first word.
func (d *draft) unknownCriterion(field, id string) error {
	family, _, _ := strings.Cut(id, ".")
	var kin, families []string
	for i := range d.rules.criteria {
		own, _, _ := strings.Cut(d.rules.criteria[i].ID, ".")
		if own == family {
			kin = append(kin, d.rules.criteria[i].ID)
		}
		if !slices.Contains(families, own+".…") {
			families = append(families, own+".…")
		}
	}
	if kin == nil {
		kin = families
	}
	return unknownReference(field, id, "a criterion of "+d.rules.list.ID(), kin)
}

var ratingRoom = room{
	changes: []kindEntry{changeKind[Rate]().whileSuspended()},
	names: []vocabulary{{reflect.TypeFor[assessment.Level](),
		"one of unknown, non-functional, partially-functional, functional, highly-functional"}},
}
