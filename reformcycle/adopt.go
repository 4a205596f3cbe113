package reformcycle

import (
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file keeps a cycle to the checklists that judge it: what is kept of each, how
// one that is not what it was is noticed, and how a lap moves to a new version.

// KindAdoptChecklist is the kind of AdoptChecklist.
const KindAdoptChecklist Kind = "adopt-checklist"

// AdoptChecklist moves the cycle to another checklist, or another version, within a
// lap. Ratings carry over by the ids of the criteria. What was passed stays passed:
// the cycle stands where it stood. What the new checklist requires anew of stages
// that this lap has left, and that is not met, becomes readiness debt; what it only
// advises does not. A debt of a criterion that it lacks is owed no more.
type AdoptChecklist struct {
	// Checklist to be judged by, as name@version. Hand it to New or Open with
	// WithChecklist.
	Checklist string `json:"checklist" validate:"id"`
	Reason    string `json:"reason" validate:"text"`
	// Terms of the checklist; set when it is recorded.
	Terms Terms `json:"terms,omitzero" validate:"-"`
}

// Kind names the change.
func (AdoptChecklist) Kind() Kind { return KindAdoptChecklist }

func (c AdoptChecklist) held(books rulebooks) (Change, error) {
	var err error
	c.Terms, err = books.terms(c.Checklist)
	return c, err
}

func (c AdoptChecklist) apply(d *draft) error {
	rules, err := d.books.judging(c.Checklist, c.Terms)
	if err != nil {
		return err
	}
	before := d.rules
	if c.Checklist == d.Checklist {
		return fault.Refuse("checklist", fault.Unique, c.Checklist, language.Of("want.other-checklist"))
	}
	d.judgedBy(rules, c.Reason)
	for i := range rules.criteria {
		now := &rules.criteria[i]
		if left := now.stage < d.Stage && !d.entered(now.stage).IsZero(); !left || now.Advisory || now.Met(d.level(i, d.Moment)) {
			continue
		}
		if at, there := before.list.Index(now.ID); there && !now.asksMore(&before.criteria[at], d.Stage) {
			continue // it was passed, or is owed already
		}
		d.owe([]Blocker{{Guard: now.ID}}, now.stage, Debt{Authority: d.author, Reason: c.Reason})
	}
	return nil
}

// asksMore reports whether a criterion of a stage that was left asks for something
// that it did not ask for when the stage was left.
func (c *criterion) asksMore(before *criterion, standing Stage) bool {
	return before.Advisory || before.stage >= standing || before.Kind != c.Kind ||
		before.Threshold < c.Threshold || before.Parameter != c.Parameter
}

var adoptionRoom = room{changes: []kindEntry{changeKind[AdoptChecklist]()}}

func (c AdoptChecklist) steady() any { return c.Checklist }
