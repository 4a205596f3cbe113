package reformcycle

import (
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is stage 5, program readiness. All its criteria are rated, so it
// derives none; what it records is the other side of readiness: criteria that
// somebody with authority let go unmet. The debt that this leaves is in judge.go.

// KindWaive is the kind of Waive.
const KindWaive Kind = "waive"

// Waive waives one required criterion of the checklist ahead of the move that
// it guards. If it is still unmet when its stage is left, it becomes readiness
// debt.
type Waive struct {
	Criterion string `json:"criterion" validate:"id"`
	// Authority is the id of the engaged actor who answers for it.
	Authority string `json:"authority" validate:"id"`
	Reason    string `json:"reason" validate:"text"`
}

// Kind names the change.
func (Waive) Kind() Kind { return KindWaive }

func (c Waive) apply(d *draft) error {
	i, ok := d.rules.list.Index(c.Criterion)
	if c.Criterion == CoalitionVeto {
		return fault.Refuse("criterion", fault.Required, c.Criterion, language.Of("want.waivable"))
	}
	if !ok {
		return d.unknownCriterion("criterion", c.Criterion)
	}
	if d.rules.criteria[i].Advisory {
		return fault.Refuse("criterion", fault.Required, c.Criterion, language.Of("want.required-criterion"))
	}
	if err := d.hasActor("authority", c.Authority); err != nil {
		return err
	}
	if d.waived(c.Criterion) {
		return fault.Refuse("criterion", fault.Unique, c.Criterion, language.Of("want.not-waived"))
	}
	own(d, &d.Waivers)
	d.Waivers = append(d.Waivers, Waiver{c.Criterion, c.Authority, c.Reason, d.Moment, d.entry})
	return nil
}

var readinessRoom = room{changes: []kindEntry{changeKind[Waive]()}}
