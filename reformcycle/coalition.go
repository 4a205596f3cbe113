package reformcycle

import (
	"errors"
	"fmt"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file is stage 2, coalition building: the coalition and its actors, and
// the criteria derived from them. Package stakeholders knows what an actor is.

// Coalition is the group that has come together around the problem.
type Coalition struct {
	Name    string `json:"name" validate:"text"`
	Purpose string `json:"purpose" validate:"text"`
	// Convener is the id of the actor who calls the group together.
	Convener string `json:"convener" validate:"id"`
	// Mechanism of coordination that the coalition uses or has become, if any.
	Mechanism stakeholders.Mechanism `json:"mechanism,omitempty" validate:"omitempty,known"`
}

// FormCoalition forms the coalition, or forms it anew under another convener,
// purpose or mechanism. The convener has to be engaged as a member.
type FormCoalition struct {
	Coalition Coalition `json:"coalition"`
}

// Kind names the change.
func (FormCoalition) Kind() Kind { return KindFormCoalition }

func (c FormCoalition) apply(d *draft) error {
	if err := d.hasActor(c.Kind(), "coalition.convener", c.Coalition.Convener); err != nil {
		return err
	}
	if a, _ := d.Actors.Actor(c.Coalition.Convener); !a.Member {
		return invalid(string(c.Kind()), "coalition.convener", "member", a.ID, "an actor who is a member of the coalition")
	}
	d.Coalition = c.Coalition
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
		if err := d.serves(c.Kind(), fmt.Sprintf("actor.commitments[%d].", i), commitment); err != nil {
			return err
		}
	}
	roster, err := d.Actors.Engage(c.Actor)
	if errors.Is(err, stakeholders.ErrDuplicateActor) {
		return duplicate(c.Kind(), "actor.id", c.Actor.ID)
	}
	if err != nil {
		return foreign(c.Kind(), err)
	}
	d.Actors = roster
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
	if err := d.hasActor(c.Kind(), "actor", c.Actor); err != nil {
		return err
	}
	roster, err := d.Actors.Release(c.Actor)
	if err != nil {
		return err
	}
	d.Actors = roster
	if d.Coalition.Convener == c.Actor {
		d.Coalition.Convener = "" // a coalition without a convener is not formed
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
		return invalid(string(c.Kind()), "position", "required", nil, "a position from −7 to +7")
	}
	return d.amendActor(c.Kind(), c.Actor, func(a *stakeholders.Actor) error {
		a.Position = c.Position
		if c.Power != 0 {
			a.Power = c.Power
		}
		return nil
	})
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
	return d.amendActor(c.Kind(), c.Actor, func(a *stakeholders.Actor) error {
		a.Member = true
		if a.Holds(c.Role) {
			return invalid(string(c.Kind()), "role", "unique", string(c.Role), "a role that "+fault.Bounded(a.ID)+" does not hold yet")
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
	return d.amendActor(c.Kind(), c.Actor, func(a *stakeholders.Actor) error {
		for i, held := range a.Roles {
			if held == c.Role {
				a.Roles = append(a.Roles[:i], a.Roles[i+1:]...)
				return nil
			}
		}
		return invalid(string(c.Kind()), "role", "known", string(c.Role), "a role that "+fault.Bounded(a.ID)+" holds: "+fault.List(a.Roles))
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
	if err := d.serves(c.Kind(), "commitment.", c.Commitment); err != nil {
		return err
	}
	return d.amendActor(c.Kind(), c.Actor, func(a *stakeholders.Actor) error {
		for _, held := range a.Commitments {
			if held.ID == c.Commitment.ID {
				return duplicate(c.Kind(), "commitment.id", held.ID)
			}
		}
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
	return d.amendActor(c.Kind(), c.Actor, func(a *stakeholders.Actor) error {
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
		return unknownReference(c.Kind(), "commitment", c.Commitment, "a commitment of "+fault.Bounded(a.ID), ids)
	})
}

// hasActor refuses a reference to an actor who is not engaged.
func (d *draft) hasActor(kind Kind, field, id string) error {
	if d.Actors.Has(id) {
		return nil
	}
	return unknownReference(kind, field, id, "an engaged actor", d.Actors.IDs())
}

// amendActor changes one actor and holds the result against the rules of an actor.
func (d *draft) amendActor(kind Kind, id string, change func(*stakeholders.Actor) error) error {
	if err := d.hasActor(kind, "actor", id); err != nil {
		return err
	}
	a, _ := d.Actors.Actor(id)
	if err := change(&a); err != nil {
		return err
	}
	roster, err := d.Actors.Replace(a)
	if err != nil {
		return foreign(kind, err)
	}
	d.Actors = roster
	return nil
}

// serves refuses a commitment to a stage or a criterion that does not exist.
func (d *draft) serves(kind Kind, path string, c stakeholders.Commitment) error {
	if c.Stage != "" {
		if _, err := ParseStage(c.Stage); err != nil {
			return invalid(string(kind), path+"stage", "known", c.Stage, fault.OneOf(stageNames[1:]))
		}
	}
	if c.Criterion != "" {
		if _, ok := d.rules.list.Index(c.Criterion); !ok {
			return d.unknownCriterion(kind, path+"criterion", c.Criterion)
		}
	}
	return nil
}

// coalitionFormed: a coalition exists and an active member convenes it.
var coalitionFormed = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return partly(present(s.Coalition.Convener != ""), s.Coalition.Name != "")
	},
	missing: func(s *state, _ *criterion, _ time.Time) []string {
		if s.Coalition.Name == "" {
			return []string{"a coalition", "its convener"}
		}
		return []string{"a convener"}
	},
}

// rolesFilled: an active member fills each of the critical roles.
var rolesFilled = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		filled := 0
		for _, r := range criticalRoles {
			if s.Actors.RoleFilled(r) {
				filled++
			}
		}
		return partly(present(filled == len(criticalRoles)), filled > 0)
	},
	missing: func(s *state, _ *criterion, _ time.Time) (missing []string) {
		for _, r := range criticalRoles {
			if !s.Actors.RoleFilled(r) {
				if missing == nil {
					missing = make([]string, 0, len(criticalRoles))
				}
				missing = append(missing, roleWanted[r])
			}
		}
		return missing
	},
}

// criticalRoles are all seven: the source names them and marks none as lesser.
var criticalRoles = stakeholders.Roles()

var roleWanted = func() map[stakeholders.Role]string {
	wanted := make(map[stakeholders.Role]string)
	for _, r := range criticalRoles {
		wanted[r] = withArticle(r.Label())
	}
	return wanted
}()

// diverse: members come from several groups of constituencies, the community
// among them.
var diverse = derivation{
	level: func(s *state, c *criterion, _ time.Time) assessment.Level {
		groups := s.Actors.GroupsRepresented()
		community := s.Actors.HasMemberIn(stakeholders.Community)
		return partly(present(community && float64(groups) >= c.Parameter), groups > 0)
	},
	missing: func(s *state, c *criterion, _ time.Time) (missing []string) {
		if !s.Actors.HasMemberIn(stakeholders.Community) {
			missing = append(missing, "a member from the community")
		}
		if groups := s.Actors.GroupsRepresented(); float64(groups) < c.Parameter {
			missing = append(missing, fmt.Sprintf("members from %g groups of constituencies (now %d)", c.Parameter, groups))
		}
		return missing
	},
}

// governmentLeads: a government member holds the role of leader.
var governmentLeads = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return partly(present(s.Actors.GovernmentLeads()), s.Actors.RoleFilled(stakeholders.Leader))
	},
	missing: func(*state, *criterion, time.Time) []string { return []string{"a leader from government"} },
}

// feasible: weighted support exceeds weighted opposition.
var feasible = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		f := s.Actors.Feasibility()
		return partly(present(f.Feasible()), f.Support > 0)
	},
	missing: func(s *state, _ *criterion, _ time.Time) []string {
		f := s.Actors.Feasibility()
		missing := fmt.Sprintf("support above opposition (support %.4g, opposition %.4g)", f.Support, f.Opposition)
		if f.LeftOut > 0 {
			missing += fmt.Sprintf("; the position or power of %d of the actors is not known", f.LeftOut)
		}
		return []string{missing}
	},
}

// chwVoice: community health workers are among the members.
var chwVoice = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return present(s.Actors.HasMemberOf(stakeholders.CommunityHealthWorkers))
	},
	missing: func(*state, *criterion, time.Time) []string {
		return []string{"a member who represents community health workers"}
	},
}
