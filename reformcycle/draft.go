package reformcycle

import (
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/looplab/fsm"
)

// draft is a state in the making: a batch of changes is applied to it one after
// another, and only the whole becomes visible. It starts as a shallow copy, so
// what it holds is still that of a state that somebody may be reading; own takes
// a thing over before the first change to it. A fold applies a whole journal to
// one draft, so it takes each thing over once.
type draft struct {
	*state
	books   rulebooks
	machine *fsm.FSM
	author  string // of the entry being applied
	entry   uint64 // its sequence number
	owned   []any  // pointers to what the draft has made its own
	under   passage

	first uint64    // of the batch that was folded last
	at    time.Time // its moment
	date  date.Date // its date, where it has one
	key   string    // and its key
	corrigenda
}

// passage is the move under way: what the callbacks of the machine work on.
type passage struct {
	draft    *draft
	move     Change
	name     MoveName
	from, to Standing
	unmet    []Blocker
}

// draftOf begins a draft of what comes after a state.
func draftOf(s *state) *draft {
	d := new(draft)
	d.start(s)
	return d
}

// start begins anew, from a state.
func (d *draft) start(from *state) {
	next := *from
	clear(d.owned)
	*d = draft{state: &next, owned: d.owned[:0]}
}

func (d *draft) owns(pointer any) bool { return slices.Contains(d.owned, pointer) }

// own has the draft take a slice of its state over, if it has not yet.
func own[S ~[]T, T any](d *draft, s *S) {
	if !d.owns(s) {
		d.owned = append(d.owned, s)
		*s = slices.Clone(*s)
	}
}

// renewals are what the rooms drop as a lap ends.
var renewals []func(*draft)

// take applies one entry: the only way a state ever changes, live and in a fold.
func (d *draft) take(e Entry, c Change) error {
	if err := accepts(d.state, e.Kind); err != nil {
		return err
	}
	if !e.Recorded.IsZero() {
		if e.Recorded.Before(d.Recorded) {
			return &MomentError{What: "recorded", Moment: e.Recorded, Earliest: d.Recorded}
		}
		d.Recorded = e.Recorded
	}
	d.author, d.entry = e.By, e.Seq
	if word, is := c.(correction); is {
		if err := d.correct(e, word); err != nil {
			return err
		}
		d.Seq, d.tip = e.Seq, tipOf(e)
		return d.noteKey(e)
	}
	if e.At.Before(d.Moment) {
		return &MomentError{What: "happened", Moment: e.At, Earliest: d.Moment}
	}
	d.Moment, d.MomentEntry = e.At, e.Seq
	d.dated(e)
	if err := c.apply(d); err != nil {
		return err
	}
	d.Seq, d.tip = e.Seq, tipOf(e)
	d.settle()
	d.remember(e, c)
	return d.noteKey(e)
}

// arrive notes that the stage was entered. The record tells of it from now on.
func (d *draft) arrive() {
	d.speaks(d.Stage.Topic())
	if d.Stage == CoalitionBuilding {
		d.speaks(TopicActors)
	}
	d.Arrivals = slices.Clone(d.Arrivals)
	for i, held := range d.Arrivals {
		if held.Stage == d.Stage {
			d.Arrivals[i] = &Arrival{d.Stage, held.First, d.Moment, held.Times + 1, held.Entry, d.entry}
			return
		}
	}
	if d.Stage == Launch {
		d.launch()
	}
	d.Arrivals = append(d.Arrivals, &Arrival{d.Stage, d.Moment, d.Moment, 1, d.entry, d.entry})
}

// dated notes the date of an entry, where it has one.
func (d *draft) dated(e Entry) {
	if e.Date.IsZero() {
		return
	}
	own(d, &d.Dates)
	if n := len(d.Dates); e.First > 0 && n > 0 && d.Dates[n-1].Last+1 == e.Seq && d.Dates[n-1].Date == e.Date {
		d.Dates[n-1].Last = e.Seq
		return
	}
	d.Dates = append(d.Dates, dates{e.Seq, e.Seq, e.Date})
}

// day of the entry being applied: the date of its stamp, or that of its moment.
func (d *draft) day() date.Date { return d.when(d.entry, d.Moment) }

// happened fills in the day of the entry where a date is left out, and refuses a
// date that has not come.
func (d *draft) happened(field string, on *date.Date) error {
	if on.IsZero() {
		*on = d.day()
	}
	if d.day().Last().Before(on.First()) && !begun(*on, d.Moment) {
		return fault.Refuse(field, fault.Order, on.String(), language.Of("want.date-come", "moment", d.Moment.Format(time.RFC3339)))
	}
	return nil
}

// The refusals that many changes share.

func unknownReference(field, id string, want language.Text) error {
	return fault.Refuse(field, fault.Exists, id, want)
}

func duplicate(field, id string) error {
	return fault.Refuse(field, fault.Unique, id, language.Of("want.new-id"))
}

func full(field string, most int) error {
	return fault.Refuse(field, fault.Length, most, language.Of("want.no-more"))
}

// judgedBy has a checklist judge from now on. Ratings and waivers of criteria that it
// has carry over; those that it lacks, or computes, are of the past.
func (d *draft) judgedBy(rules *rulebook, reason string) {
	d.rules = rules
	if n := len(d.Judges); n == 0 || d.Judges[n-1].Checklist != rules.list.ID() {
		own(d, &d.Judges)
		d.Judges = append(d.Judges, JudgedBy{rules.list.ID(), rules.terms.Digest, d.Lap, d.Moment, reason, d.entry})
	}
	d.Checklist = rules.list.ID()
	held := d.Ratings
	d.Ratings, d.levels = nil, make([]assessment.Level, len(rules.criteria))
	for i := range rules.criteria {
		for _, r := range held {
			if c := &rules.criteria[i]; r.Criterion == c.ID && c.Kind == assessment.Rated {
				d.Ratings = append(d.Ratings, r)
				d.levels[i] = r.Level
			}
		}
	}
	d.Waivers = slices.DeleteFunc(slices.Clone(d.Waivers), func(w Waiver) bool { return !d.asks(w.Criterion) })
}

// hasActor refuses a reference to an actor who is not engaged.
func (d *draft) hasActor(field, id string) error {
	if d.actors().Has(id) {
		return nil
	}
	return unknownReference(field, id, language.Of("want.engaged", "known", listed(d.actors().IDs())))
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
	return unknownReference(field, id, language.Of("want.criterion-among", "checklist", d.rules.list.ID(), "known", listed(kin)))
}
