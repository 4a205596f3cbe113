package reformcycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is stage 4, design: who decides, what is decided for each component
// of the programme, and the criteria derived from that.

// The kinds of change of this stage.
const (
	KindAppraiseSolution Kind = "appraise-solution"
	KindNameAuthorities  Kind = "name-authorities"
	KindMapDesign        Kind = "map-design"
	KindValidateDesign   Kind = "validate-design"
)

// designPart is what this stage has recorded.
type designPart struct {
	Authorities   Authorities         `json:"authorities,omitzero"`
	DesignChoices shelf[DesignChoice] `json:"design,omitempty"`
}

var designs part[designPart]

// Component is one of the ten components of a community health worker
// programme (chwaim2018).
type Component string

// The ten components.
const (
	RoleAndRecruitment        Component = "role-and-recruitment"
	Training                  Component = "training"
	Accreditation             Component = "accreditation"
	EquipmentAndSupplies      Component = "equipment-and-supplies"
	Supervision               Component = "supervision"
	Incentives                Component = "incentives"
	CommunityInvolvement      Component = "community-involvement"
	OpportunityForAdvancement Component = "opportunity-for-advancement"
	DataUse                   Component = "data"
	LinkagesToHealthSystem    Component = "linkages-to-the-national-health-system"
)

var components = []Component{
	RoleAndRecruitment, Training, Accreditation, EquipmentAndSupplies, Supervision,
	Incentives, CommunityInvolvement, OpportunityForAdvancement, DataUse, LinkagesToHealthSystem,
}

// Components lists the ten components in their order.
func Components() []Component { return slices.Clone(components) }

// Valid reports whether c is one of the ten components.
func (c Component) Valid() bool { return slices.Contains(components, c) }

// Told gives the name for people, such as "role and recruitment".
func (c Component) Told() language.Text { return termed("component", string(c), c.Valid()) }

// UnmarshalText reads the text form and refuses any other by name.
func (c *Component) UnmarshalText(text []byte) error {
	return fault.ReadName("component", c, text, components)
}

// Authorities are the actors who design: by id, those who decide, those who
// contribute and those who authorize (chen2021).
type Authorities struct {
	DecisionMakers []string `json:"decision_makers" validate:"min=1,max=1000,unique,dive,id"`
	Contributors   []string `json:"contributors" validate:"min=1,max=1000,unique,dive,id"`
	Authorizers    []string `json:"authorizers" validate:"min=1,max=1000,unique,dive,id"`
	// Lap in which they were named, by Entry; set when it is recorded.
	Lap   int    `json:"lap,omitempty" validate:"-"`
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

func (a Authorities) clone() Authorities {
	a.DecisionMakers = slices.Clone(a.DecisionMakers)
	a.Contributors = slices.Clone(a.Contributors)
	a.Authorizers = slices.Clone(a.Authorizers)
	return a
}

// NameAuthorities names who decides, contributes and authorizes. Naming them
// again replaces them; what was validated stays so.
type NameAuthorities struct {
	Authorities Authorities `json:"authorities"`
}

// Kind names the change.
func (NameAuthorities) Kind() Kind { return KindNameAuthorities }

func (c NameAuthorities) apply(d *draft) error {
	for _, named := range []struct {
		as  string
		ids []string
	}{
		{"decision_makers", c.Authorities.DecisionMakers},
		{"contributors", c.Authorities.Contributors},
		{"authorizers", c.Authorities.Authorizers},
	} {
		for i, id := range named.ids {
			if err := d.hasActor(fmt.Sprintf("authorities.%s[%d]", named.as, i), id); err != nil {
				return err
			}
		}
	}
	c.Authorities.Lap, c.Authorities.Entry = d.Lap, d.entry
	designs.in(d).Authorities = c.Authorities
	return nil
}

// DesignChoice is what was decided for a component.
type DesignChoice struct {
	Component Component `json:"component" validate:"known"`
	Choice    string    `json:"choice" validate:"text"`
	// Solution that the choice draws on, by id; may be empty.
	Solution string `json:"solution,omitempty" validate:"omitempty,id"`
	// Authority is the id of the decision maker in whose hands the choice is.
	Authority string `json:"authority" validate:"id"`

	// What follows is set when it is recorded and validated, by the entries Entry and
	// Validation.

	Lap         int       `json:"lap,omitempty" validate:"-"`
	Entry       uint64    `json:"entry,omitempty" validate:"-"`
	ValidatedBy string    `json:"validated_by,omitempty" validate:"-"`
	ValidatedOn time.Time `json:"validated_on,omitzero" validate:"-"`
	Validation  uint64    `json:"validation,omitempty" validate:"-"`
}

func (c DesignChoice) shelved() (string, int) { return string(c.Component), c.Lap }

func (c DesignChoice) clone() DesignChoice { return c }

// MapDesign decides a component, or decides it anew: then the new choice takes
// the place of the old one and waits to be validated. Decision makers have to
// be named first.
type MapDesign struct {
	Choice DesignChoice `json:"choice"`
}

// Kind names the change.
func (MapDesign) Kind() Kind { return KindMapDesign }

func (c MapDesign) apply(d *draft) error {
	choice := c.Choice
	if err := d.decides("choice.authority", choice.Authority); err != nil {
		return err
	}
	if choice.Solution != "" {
		if err := solutions.of(d.state).Solutions.refer("choice.solution", choice.Solution); err != nil {
			return err
		}
	}
	choice.Lap, choice.Entry, choice.ValidatedBy, choice.ValidatedOn, choice.Validation = d.Lap, d.entry, "", time.Time{}, 0
	choices := &designs.in(d).DesignChoices
	own(d, choices)
	if i := choices.index(string(choice.Component)); i >= 0 {
		(*choices)[i] = choice
		return nil
	}
	*choices = append(*choices, choice)
	return nil
}

// ValidateDesign validates the choice for a component.
type ValidateDesign struct {
	Component Component `json:"component" validate:"known"`
	// By is the id of a named decision maker.
	By string `json:"by" validate:"id"`
}

// Kind names the change.
func (ValidateDesign) Kind() Kind { return KindValidateDesign }

func (c ValidateDesign) apply(d *draft) error {
	if err := d.decides("by", c.By); err != nil {
		return err
	}
	choices := &designs.in(d).DesignChoices
	i := choices.index(string(c.Component))
	if i < 0 || (*choices)[i].Lap != d.Lap {
		return fault.Refuse("component", "mapped", string(c.Component), language.Of("want.design-choice"))
	}
	own(d, choices)
	choice := &(*choices)[i]
	choice.ValidatedBy, choice.ValidatedOn, choice.Validation = c.By, d.Moment, d.entry
	d.lived(KindValidateDesign, string(c.Component), d.day())
	return nil
}

// decides refuses an actor who is not a named decision maker of this lap.
func (d *draft) decides(field, id string) error {
	if err := d.hasActor(field, id); err != nil {
		return err
	}
	var named []string
	if a := &designs.of(d.state).Authorities; a.Lap == d.Lap {
		named = a.DecisionMakers
	}
	if slices.Contains(named, id) {
		return nil
	}
	return unknownReference(field, id, language.Of("want.decision-maker", "known", listed(named)))
}

// AppraiseSolution records the expected cost, impact and feasibility of an
// option; a later appraisal replaces it.
type AppraiseSolution struct {
	Solution    string      `json:"solution" validate:"id"`
	Expectation Expectation `json:"appraisal"`
}

// Kind names the change.
func (AppraiseSolution) Kind() Kind { return KindAppraiseSolution }

func (c AppraiseSolution) apply(d *draft) error {
	o, err := solutions.in(d).Solutions.amend(d, "solution", c.Solution)
	if err != nil {
		return err
	}
	c.Expectation.Entry = d.entry
	o.Expectation = &c.Expectation
	return nil
}

// engaged reports whether one at least of those named in this lap is still there.
func (s *state) engaged(named []string) bool {
	return designs.of(s).Authorities.Lap == s.Lap && slices.ContainsFunc(named, s.actors().Has)
}

// authoritiesNamed looks for decision makers, contributors and authorizers, named
// in this lap and still engaged.
var authoritiesNamed = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		a := &designs.of(s).Authorities
		decide, contribute, authorize := s.engaged(a.DecisionMakers), s.engaged(a.Contributors), s.engaged(a.Authorizers)
		return partly(present(decide && contribute && authorize), decide || contribute || authorize)
	},
	missing: func(s *state, _ *criterion, _ time.Time) (missing []language.Text) {
		a := &designs.of(s).Authorities
		for _, named := range []struct {
			as  string
			ids []string
		}{
			{"missing.decision-makers", a.DecisionMakers},
			{"missing.contributors", a.Contributors},
			{"missing.authorizers", a.Authorizers},
		} {
			if !s.engaged(named.ids) {
				missing = append(missing, language.Of(named.as))
			}
		}
		return missing
	},
}

// choice finds the design choice of this lap for a component.
func (s *state) choice(c Component) *DesignChoice {
	choices := designs.of(s).DesignChoices
	for i := range choices {
		if choices[i].Component == c && choices[i].Lap == s.Lap {
			return &choices[i]
		}
	}
	return nil
}

// mapped: so many components have a design choice in this lap.
var mapped = derivation{
	level: func(s *state, c *criterion, _ time.Time) assessment.Level {
		decided := 0
		for _, component := range components {
			if s.choice(component) != nil {
				decided++
			}
		}
		return partly(present(float64(decided) >= c.Parameter), decided > 0)
	},
	missing: func(s *state, _ *criterion, _ time.Time) (missing []language.Text) {
		for _, component := range components {
			if s.choice(component) == nil {
				missing = append(missing, language.Of("missing.choice", "component", component.Told()))
			}
		}
		return missing
	},
}

// validated: each choice recorded in this lap is validated, and there is one.
var validated = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		all, some := true, false
		for choice := range designs.of(s).DesignChoices.ofLap(s.Lap) {
			valid := choice.ValidatedBy != ""
			all, some = all && valid, some || valid
		}
		return partly(present(all && some), some)
	},
	missing: func(s *state, _ *criterion, _ time.Time) (missing []language.Text) {
		for choice := range designs.of(s).DesignChoices.ofLap(s.Lap) {
			if choice.ValidatedBy == "" {
				missing = append(missing, language.Of("missing.validation", "component", choice.Component.Told()))
			}
		}
		if missing == nil {
			missing = []language.Text{language.Of("missing.validated")}
		}
		return missing
	},
}

// appraised: every chosen option of this lap has an appraisal.
var appraised = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		all, some := true, false
		for o := range s.options {
			if o.Chosen != nil {
				known := o.Expectation != nil
				all, some = all && known, some || known
			}
		}
		return partly(present(all && some), some)
	},
	missing: func(s *state, _ *criterion, _ time.Time) (missing []language.Text) {
		for o := range s.options {
			if o.Chosen != nil && o.Expectation == nil {
				missing = append(missing, language.Of("missing.appraisal", "option", o.ID))
			}
		}
		if missing == nil {
			missing = []language.Text{language.Of("missing.appraised")}
		}
		return missing
	},
}

// Authorities who design, as last named.
func (s State) Authorities() Authorities { return designs.of(s.get()).Authorities.clone() }

// DesignChoices as last decided, by component; those of an earlier lap stay
// until they are decided anew.
func (s State) DesignChoices() []DesignChoice { return designs.of(s.get()).DesignChoices.copies() }

var designRoom = room{
	changes: []kindEntry{
		changeKind[AppraiseSolution](),
		changeKind[NameAuthorities](), changeKind[MapDesign](), changeKind[ValidateDesign](),
	},
	part:  &designs,
	topic: Design.Topic(),
	derives: map[string]derivation{
		"design.authorities": authoritiesNamed.by(KindNameAuthorities),
		"design.choices":     mapped.by(KindMapDesign),
		"design.validated":   validated.by(KindValidateDesign),
		"design.evidence":    appraised.by(KindAppraiseSolution),
	},
	names: []vocabulary{names(components)},
}
