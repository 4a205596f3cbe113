package reformcycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file is stage 7, governance: the bodies that decide, and the criterion
// derived from them. Bodies outlast a lap.

// The kinds of change of this stage.
const (
	KindEstablishBody Kind = "establish-body"
	KindDissolveBody  Kind = "dissolve-body"
)

// governancePart is what this stage has recorded.
type governancePart struct {
	Bodies shelf[Body] `json:"bodies,omitempty"`
}

var governances part[governancePart]

// DecisionPower says what a body may do in a matter.
type DecisionPower string

// What a body may do in a matter, from the most to the least.
const (
	Decides    DecisionPower = "decides"
	Authorizes DecisionPower = "authorizes"
	Advises    DecisionPower = "advises"
	Oversees   DecisionPower = "oversees"
)

var decisionPowers = []DecisionPower{Decides, Authorizes, Advises, Oversees}

// Valid reports whether p is one of the four powers.
func (p DecisionPower) Valid() bool { return slices.Contains(decisionPowers, p) }

// Told gives the name for people.
func (p DecisionPower) Told() language.Text { return termed("power", string(p), p.Valid()) }

// UnmarshalText reads the text form and refuses any other by name.
func (p *DecisionPower) UnmarshalText(text []byte) error {
	return fault.ReadName("power", p, text, decisionPowers)
}

// DecisionRight is what a body may do in one matter.
type DecisionRight struct {
	Matter string        `json:"matter" validate:"text"`
	Power  DecisionPower `json:"power" validate:"known"`
}

// Body is a governance body.
type Body struct {
	ID   string `json:"id" validate:"id"`
	Name string `json:"name" validate:"text"`
	Tier Tier   `json:"tier" validate:"known"`
	// Mechanism of coordination that the body is, if it is one.
	Mechanism stakeholders.Mechanism `json:"mechanism,omitempty" validate:"omitempty,known"`
	// Members are ids of engaged actors.
	Members []string `json:"members,omitempty" validate:"max=1000,unique,dive,id"`
	// Rights are the decision rights, explicit and at least one.
	Rights []DecisionRight `json:"rights" validate:"min=1,max=1000,dive"`
	Source string          `json:"source,omitempty" validate:"note"`
	// Lap in which it was established, by Entry; set when it is recorded.
	Lap   int    `json:"lap,omitempty" validate:"-"`
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

func (b Body) shelved() (string, int) { return b.ID, b.Lap }

func (b Body) clone() Body {
	b.Members = slices.Clone(b.Members)
	b.Rights = slices.Clone(b.Rights)
	return b
}

// EstablishBody records a governance body with its decision rights.
type EstablishBody struct {
	Body Body `json:"body"`
}

// Kind names the change.
func (EstablishBody) Kind() Kind { return KindEstablishBody }

func (c EstablishBody) apply(d *draft) error {
	for i, id := range c.Body.Members {
		if err := d.hasActor(fmt.Sprintf("body.members[%d]", i), id); err != nil {
			return err
		}
	}
	c.Body.Lap, c.Body.Entry = d.Lap, d.entry
	d.lived(KindEstablishBody, c.Body.ID, d.day())
	return governances.in(d).Bodies.add(d, "body.id", c.Body)
}

// DissolveBody ends a governance body; its id may be used again.
type DissolveBody struct {
	Body   string `json:"body" validate:"id"`
	Reason string `json:"reason" validate:"text"`
}

// Kind names the change.
func (DissolveBody) Kind() Kind { return KindDissolveBody }

func (c DissolveBody) apply(d *draft) error {
	bodies := &governances.in(d).Bodies
	if err := bodies.refer("body", c.Body); err != nil {
		return err
	}
	own(d, bodies)
	*bodies = slices.DeleteFunc(*bodies, func(b Body) bool { return b.ID == c.Body })
	return nil
}

func (s *state) bodyAt(t Tier) bool {
	return slices.ContainsFunc(governances.of(s).Bodies, func(b Body) bool { return b.Tier.within(t) })
}

// decisionRights: bodies with explicit decision rights stand at national and at
// subnational level.
var decisionRights = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		national, subnational := s.bodyAt(National), s.bodyAt(Subnational)
		return partly(present(national && subnational), national || subnational)
	},
	missing: func(s *state, _ *criterion, _ time.Time) (missing []language.Text) {
		for _, t := range []Tier{National, Subnational} {
			if !s.bodyAt(t) {
				missing = append(missing, language.Of("missing."+string(t)+"-body"))
			}
		}
		return missing
	},
}

// Bodies of governance that stand.
func (s State) Bodies() []Body { return governances.of(s.get()).Bodies.copies() }

var governanceRoom = room{
	changes: []kindEntry{changeKind[EstablishBody](), changeKind[DissolveBody]()},
	part:    &governances,
	topic:   Governance.Topic(),
	derives: map[string]derivation{"governance.rights": decisionRights.by(KindEstablishBody)},
	names:   []vocabulary{names(tiers), names(decisionPowers)},
}
