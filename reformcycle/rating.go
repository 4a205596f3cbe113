package reformcycle

import (
	"reflect"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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
			language.Of("want.rated-by-people"))
	}
	if c.Evidence.By == "" {
		c.Evidence.By = d.author
	}
	if c.Evidence.On.IsZero() {
		c.Evidence.On = d.day()
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
		return fault.Refuse("level", "rated", c.Level.String(), language.Of("want.level-to-withdraw"))
	case found:
		d.Ratings[at] = rating
	default:
		d.Ratings = slices.Insert(d.Ratings, at, rating)
	}
	// A level that rises is a sign of life, and so is a first one that meets what is asked.
	if was := d.levels[i]; was.Known() && c.Level > was || !was.Known() && d.rules.criteria[i].Met(c.Level) {
		d.lived(KindRate, c.Criterion, c.Evidence.On)
	}
	own(d, &d.levels)
	d.levels[i] = c.Level
	if c.Criterion == coalitionSize && c.Level.Known() {
		d.speaks(TopicActors) // somebody has looked at all of them
	}
	return nil
}

var ratingRoom = room{
	changes: []kindEntry{changeKind[Rate]().whileSuspended()},
	names: []vocabulary{names(assessment.Bases()), {reflect.TypeFor[assessment.Level](),
		fault.OneOf([]string{"unknown", "non-functional", "partially-functional", "functional", "highly-functional"}), assessment.Unknown.Schema()}},
}
