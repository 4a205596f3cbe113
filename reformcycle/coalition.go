package reformcycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file is stage 2, coalition building: the coalition and its actors, and
// the criteria derived from them. Package stakeholders knows what an actor is.

// The kinds of change of this stage.
const (
	KindFormCoalition Kind = "form-coalition"
	KindEngageActor   Kind = "engage-actor"
	KindReleaseActor  Kind = "release-actor"
	KindTakePosition  Kind = "take-position"
	KindAssignRole    Kind = "assign-role"
	KindRelieveRole   Kind = "relieve-role"
	KindCommit        Kind = "commit"
	KindDeliver       Kind = "deliver"
)

// CoalitionVeto is the id of the guard that no criterion of the checklist
// stands for: no actor whose refusal alone blocks opposes the reform (reich).
const CoalitionVeto = "coalition.veto"

// coalitionFeasible is the criterion that goes on guarding every advance after
// its own stage: a coalition has to hold, not only to have been built.
const coalitionFeasible = "coalition.feasible"

// coalitionPart is what this stage has recorded.
type coalitionPart struct {
	Coalition Coalition           `json:"coalition,omitzero"`
	Actors    stakeholders.Roster `json:"actors"`
}

var coalitions part[coalitionPart]

// actors are those engaged.
func (s *state) actors() *stakeholders.Roster { return &coalitions.of(s).Actors }

// Coalition is the group that has come together around the problem.
type Coalition struct {
	Name    string `json:"name" validate:"text"`
	Purpose string `json:"purpose" validate:"text"`
	// Convener is the id of the actor who calls the group together.
	Convener string `json:"convener" validate:"id"`
	// Mechanism of coordination that the coalition uses or has become, if any.
	Mechanism stakeholders.Mechanism `json:"mechanism,omitempty" validate:"omitempty,known"`
	// Entry that formed it so; set when it is recorded.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// FormCoalition forms the coalition, or forms it anew under another convener,
// purpose or mechanism. The convener has to be engaged as a member.
type FormCoalition struct {
	Coalition Coalition `json:"coalition"`
}

// Kind names the change.
func (FormCoalition) Kind() Kind { return KindFormCoalition }

func (c FormCoalition) apply(d *draft) error {
	if err := d.hasActor("coalition.convener", c.Coalition.Convener); err != nil {
		return err
	}
	if a, _ := d.actors().Actor(c.Coalition.Convener); !a.Member {
		return fault.Refuse("coalition.convener", "member", a.ID, language.Of("want.member"))
	}
	c.Coalition.Entry = d.entry
	if coalitions.of(d.state).Coalition.Name == "" {
		d.lived(KindFormCoalition, "", d.day())
	}
	coalitions.in(d).Coalition = c.Coalition
	return nil
}

// EngageActor brings an actor into the picture: a member of the coalition, or
// someone outside it who counts, such as an opponent.
type EngageActor struct {
	Actor stakeholders.Actor `json:"actor"`
}

// Kind names the change.
func (EngageActor) Kind() Kind { return KindEngageActor }

func (c EngageActor) apply(d *draft) error {
	for i, commitment := range c.Actor.Commitments {
		if err := d.serves(fmt.Sprintf("actor.commitments[%d].", i), commitment); err != nil {
			return err
		}
	}
	if d.actors().Has(c.Actor.ID) {
		return duplicate("actor.id", c.Actor.ID)
	}
	c.Actor.Entry, c.Actor.Commitments = d.entry, slices.Clone(c.Actor.Commitments)
	for i := range c.Actor.Commitments {
		c.Actor.Commitments[i].Entry = d.entry
	}
	roster, err := d.actors().Engage(c.Actor)
	if err != nil {
		return err
	}
	coalitions.in(d).Actors = roster
	return nil
}

// ReleaseActor lets an actor go: it leaves the coalition, its roles and its
// commitments with it, and no longer counts. What it validated or authorized
// stays. It may be engaged again.
type ReleaseActor struct {
	Actor  string `json:"actor" validate:"id"`
	Reason string `json:"reason" validate:"text"`
}

// Kind names the change.
func (ReleaseActor) Kind() Kind { return KindReleaseActor }

func (c ReleaseActor) apply(d *draft) error {
	if err := d.hasActor("actor", c.Actor); err != nil {
		return err
	}
	roster, err := d.actors().Release(c.Actor)
	if err != nil {
		return err
	}
	part := coalitions.in(d)
	part.Actors = roster
	if part.Coalition.Convener == c.Actor {
		part.Coalition.Convener = "" // a coalition without a convener is not formed
	}
	return nil
}

// TakePosition records where an actor now stands on the reform, and with what
// power.
type TakePosition struct {
	Actor string `json:"actor" validate:"id"`
	// Position from +7 (high support) to −7 (high opposition).
	Position stakeholders.Position `json:"position"`
	// Power from 1 to 7; 0 leaves it as it is.
	Power  stakeholders.Power `json:"power,omitempty"`
	Reason string             `json:"reason" validate:"text"`
}

// Kind names the change.
func (TakePosition) Kind() Kind { return KindTakePosition }

func (c TakePosition) apply(d *draft) error {
	if !c.Position.Known() {
		return fault.Refuse("position", fault.Required, nil, language.Of("want.position"))
	}
	return d.amendActor(c.Actor, func(a *stakeholders.Actor) error {
		a.Position = c.Position
		if c.Power != 0 {
			a.Power = c.Power
		}
		return nil
	})
}

// faults are those of the position and the power, by the rules of package
// stakeholders.
func (c TakePosition) faults() fault.Fields {
	return append(c.Position.Validate(), c.Power.Validate()...)
}

// AssignRole gives an actor a role in the coalition; the actor becomes an
// active member if it was not.
type AssignRole struct {
	Actor string            `json:"actor" validate:"id"`
	Role  stakeholders.Role `json:"role" validate:"known"`
}

// Kind names the change.
func (AssignRole) Kind() Kind { return KindAssignRole }

func (c AssignRole) apply(d *draft) error {
	return d.amendActor(c.Actor, func(a *stakeholders.Actor) error {
		a.Member = true
		if a.Holds(c.Role) {
			return fault.Refuse("role", fault.Unique, string(c.Role), language.Of("want.new-role", "actor", fault.Bounded(a.ID)))
		}
		a.Roles = append(a.Roles, c.Role)
		return nil
	})
}

// RelieveRole takes a role from an actor, who stays a member.
type RelieveRole struct {
	Actor string            `json:"actor" validate:"id"`
	Role  stakeholders.Role `json:"role" validate:"known"`
}

// Kind names the change.
func (RelieveRole) Kind() Kind { return KindRelieveRole }

func (c RelieveRole) apply(d *draft) error {
	return d.amendActor(c.Actor, func(a *stakeholders.Actor) error {
		for i, held := range a.Roles {
			if held == c.Role {
				a.Roles = append(a.Roles[:i], a.Roles[i+1:]...)
				return nil
			}
		}
		return fault.Refuse("role", fault.Known, string(c.Role), language.Of("want.held-role", "actor", fault.Bounded(a.ID), "known", listed(a.Roles)))
	})
}

// Commit records what an actor commits: money, people, goods or technical help.
type Commit struct {
	Actor      string                  `json:"actor" validate:"id"`
	Commitment stakeholders.Commitment `json:"commitment"`
}

// Kind names the change.
func (Commit) Kind() Kind { return KindCommit }

func (c Commit) apply(d *draft) error {
	if err := d.serves("commitment.", c.Commitment); err != nil {
		return err
	}
	return d.amendActor(c.Actor, func(a *stakeholders.Actor) error {
		for _, held := range a.Commitments {
			if held.ID == c.Commitment.ID {
				return duplicate("commitment.id", held.ID)
			}
		}
		c.Commitment.Entry = d.entry
		a.Commitments = append(a.Commitments, c.Commitment)
		return nil
	})
}

// Deliver records that something of a commitment has been delivered.
type Deliver struct {
	Actor      string `json:"actor" validate:"id"`
	Commitment string `json:"commitment" validate:"id"`
	// Amount delivered now, in the commitment's unit; it adds to what was
	// delivered before.
	Amount float64 `json:"amount" validate:"finite,gt=0,lte=1e15"`
}

// Kind names the change.
func (Deliver) Kind() Kind { return KindDeliver }

func (c Deliver) apply(d *draft) error {
	d.lived(KindDeliver, c.Commitment, d.day())
	return d.amendActor(c.Actor, func(a *stakeholders.Actor) error {
		for i := range a.Commitments {
			if a.Commitments[i].ID == c.Commitment {
				a.Commitments[i].Delivered += c.Amount
				return nil
			}
		}
		ids := make([]string, len(a.Commitments))
		for i, held := range a.Commitments {
			ids[i] = held.ID
		}
		return unknownReference("commitment", c.Commitment, language.Of("want.commitment", "actor", fault.Bounded(a.ID), "known", listed(ids)))
	})
}

// amendActor changes one actor and holds the result against the rules of an actor.
func (d *draft) amendActor(id string, change func(*stakeholders.Actor) error) error {
	if err := d.hasActor("actor", id); err != nil {
		return err
	}
	a, _ := d.actors().Actor(id)
	if err := change(&a); err != nil {
		return err
	}
	roster, err := d.actors().Replace(a)
	if err != nil {
		return err
	}
	coalitions.in(d).Actors = roster
	return nil
}

// serves refuses a commitment to a stage or a criterion that does not exist.
func (d *draft) serves(path string, c stakeholders.Commitment) error {
	if c.Stage != "" {
		if _, err := ParseStage(c.Stage); err != nil {
			return fault.Refuse(path+"stage", fault.Known, c.Stage, fault.OneOf(stageNames[1:]))
		}
	}
	if c.Criterion != "" {
		if _, ok := d.rules.list.Index(c.Criterion); !ok {
			return d.unknownCriterion(path+"criterion", c.Criterion)
		}
	}
	return nil
}

// coalitionFormed: a coalition exists and an active member convenes it.
var coalitionFormed = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return partly(present(coalitions.of(s).Coalition.Convener != ""), coalitions.of(s).Coalition.Name != "")
	},
	missing: func(s *state, _ *criterion, _ time.Time) []language.Text {
		if coalitions.of(s).Coalition.Name == "" {
			return []language.Text{language.Of("missing.coalition"), language.Of("missing.convener")}
		}
		return []language.Text{language.Of("missing.convener")}
	},
}

// rolesFilled: an active member fills each of the critical roles.
var rolesFilled = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		filled := 0
		for _, r := range criticalRoles {
			if s.actors().RoleFilled(r) {
				filled++
			}
		}
		return partly(present(filled == len(criticalRoles)), filled > 0)
	},
	missing: func(s *state, _ *criterion, _ time.Time) (missing []language.Text) {
		for _, r := range criticalRoles {
			if !s.actors().RoleFilled(r) {
				if missing == nil {
					missing = make([]language.Text, 0, len(criticalRoles))
				}
				missing = append(missing, r.Told())
			}
		}
		return missing
	},
}

// criticalRoles are all seven: the source names them and marks none as lesser.
var criticalRoles = stakeholders.Roles()

// diverse: members come from several groups of constituencies, the community
// among them.
var diverse = derivation{
	level: func(s *state, c *criterion, _ time.Time) assessment.Level {
		groups := s.actors().GroupsRepresented()
		community := s.actors().HasMemberIn(stakeholders.Community)
		return partly(present(community && float64(groups) >= c.Parameter), groups > 0)
	},
	missing: func(s *state, c *criterion, _ time.Time) (missing []language.Text) {
		if !s.actors().HasMemberIn(stakeholders.Community) {
			missing = append(missing, language.Of("missing.community-member"))
		}
		if groups := s.actors().GroupsRepresented(); float64(groups) < c.Parameter {
			missing = append(missing, counted("missing.groups", c.Parameter, groups))
		}
		return missing
	},
}

// governmentLeads: a government member holds the role of leader.
var governmentLeads = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return partly(present(s.actors().GovernmentLeads()), s.actors().RoleFilled(stakeholders.Leader))
	},
	missing: func(*state, *criterion, time.Time) []language.Text {
		return []language.Text{language.Of("missing.government-leader")}
	},
}

// feasible: weighted support exceeds weighted opposition.
var feasible = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		f := s.actors().Feasibility()
		return partly(present(f.Feasible()), f.Support > 0)
	},
	missing: func(s *state, _ *criterion, _ time.Time) []language.Text {
		f := s.actors().Feasibility()
		if f.LeftOut > 0 {
			return []language.Text{language.Of("missing.support-unknown", "support", f.Support, "opposition", f.Opposition, "n", f.LeftOut)}
		}
		return []language.Text{language.Of("missing.support", "support", f.Support, "opposition", f.Opposition)}
	},
}

// chwVoice: community health workers are among the members.
var chwVoice = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return present(s.actors().HasMemberOf(stakeholders.CommunityHealthWorkers))
	},
	missing: func(*state, *criterion, time.Time) []language.Text {
		return []language.Text{language.Of("missing.chw")}
	},
}

// Coalition as it was last formed; without a name where there is none.
func (s State) Coalition() Coalition { return coalitions.of(s.get()).Coalition }

// CoalitionFormed says whether a coalition has formed. It is open where the recording
// began after coalition building, or is silent about the actors: what was formed is
// not on record then.
func (s State) CoalitionFormed() date.Answer {
	st := s.get()
	switch {
	case coalitions.of(st).Coalition.Name != "":
		return date.Yes
	case st.unformed() && !st.silent(TopicActors):
		return date.No
	}
	return date.Open
}

// unformed reports whether no coalition is on record that should be if it had formed.
func (s *state) unformed() bool {
	return coalitions.of(s).Coalition.Name == "" && s.firstStage() <= CoalitionBuilding
}

// Actors that are engaged, with all that package stakeholders can say of them.
func (s State) Actors() stakeholders.Roster { return *s.get().actors() }

func (s *state) vetoBlocker() Blocker {
	b := Blocker{
		Guard: CoalitionVeto, Stage: s.Stage, Derived: true, Source: "reich",
		Text: language.Of("blocker.veto"), Remedy: language.Of("blocker.veto-remedy"),
	}
	for _, a := range s.actors().VetoOpponents() {
		b.Actors = append(b.Actors, a.ID)
	}
	return b
}

var coalitionRoom = room{
	changes: []kindEntry{
		changeKind[FormCoalition]().whileSuspended(), changeKind[EngageActor]().whileSuspended(),
		changeKind[ReleaseActor]().whileSuspended(), changeKind[TakePosition]().whileSuspended(),
		changeKind[AssignRole]().whileSuspended(), changeKind[RelieveRole]().whileSuspended(),
		changeKind[Commit]().whileSuspended(), changeKind[Deliver]().whileSuspended(),
	},
	part:  &coalitions,
	topic: CoalitionBuilding.Topic(),
	derives: map[string]derivation{
		"coalition.formed":          coalitionFormed.by(KindFormCoalition).ofActors(),
		"coalition.roles":           rolesFilled.by(KindAssignRole).ofActors(),
		"coalition.diverse":         diverse.by(KindEngageActor).ofActors(),
		"coalition.government-lead": governmentLeads.by(KindAssignRole).ofActors(),
		coalitionFeasible:           feasible.by(KindTakePosition).ofActors().lastingFrom(CoalitionBuilding),
		"coalition.chw-voice":       chwVoice.by(KindEngageActor).ofActors(),
	},
	guards: []guard{{
		id: CoalitionVeto, from: CoalitionBuilding,
		met:     func(s *state) bool { return !s.actors().HasVetoOpponent() },
		blocker: (*state).vetoBlocker,
	}},
	names: []vocabulary{
		names(stakeholders.Roles()), names(stakeholders.Mechanisms()),
		names(stakeholders.Constituencies()), names(stakeholders.Resources()),
	},
}
