package simulation

// What the derived criteria are in a run. Most of them are simply done, by
// work; those of the coalition follow from who is in it, and working on them
// recruits whoever is missing. Here is what recruiting does, for the run and
// for its history alike, and what doing one thing brings with it.

import (
	"math/bits"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/stakeholders"
)

// derived tells the derived criteria apart.
type derived uint8

const (
	deriveNone derived = iota
	deriveFramed
	deriveWindow
	deriveFormed
	deriveRoles
	deriveDiverse
	deriveLead
	deriveFeasible
	deriveVoice
	deriveCriteria
	deriveGathered
	derivePrioritized
	derivePiloted
	deriveAuthorities
	deriveChoices
	deriveValidated
	deriveEvidence
	deriveActivated
	deriveDeployed
	derivePhased
	deriveRights
	deriveReview
	deriveAdapted
	deriveNext
	derivedKinds
)

// derivedBy holds the derived criteria of reformcycle.DerivedCriteria; a test
// holds the two against each other.
var derivedBy = map[string]derived{
	"problem.framed": deriveFramed, "problem.window": deriveWindow,
	"coalition.formed": deriveFormed, "coalition.roles": deriveRoles, "coalition.diverse": deriveDiverse,
	"coalition.government-lead": deriveLead, "coalition.feasible": deriveFeasible, "coalition.chw-voice": deriveVoice,
	"solution.criteria": deriveCriteria, "solution.gathered": deriveGathered, "solution.prioritized": derivePrioritized, "solution.piloted": derivePiloted,
	"design.authorities": deriveAuthorities, "design.choices": deriveChoices, "design.validated": deriveValidated, "design.evidence": deriveEvidence,
	"launch.activated": deriveActivated, "launch.deployed": deriveDeployed, "launch.phased": derivePhased,
	"governance.rights": deriveRights,
	"learning.review":   deriveReview, "learning.adaptation": deriveAdapted, "learning.next": deriveNext,
}

// keeps reports whether what was recorded outlasts a renewal: the coalition,
// its actors and the bodies of governance do.
func (d derived) keeps() bool {
	return d >= deriveFormed && d <= deriveVoice || d == deriveRights
}

// structure is what matters of who is in the coalition.
type structure struct {
	members bool
	roles   uint8 // a bit for each of stakeholders.Roles
	groups  uint8 // a bit for each of stakeholders.Groups
	voice   bool  // community health workers are in it
	lead    bool  // government holds the role of leader
}

var (
	allRoles  = stakeholders.Roles()
	allGroups = stakeholders.Groups()
	everyRole = uint8(1<<len(allRoles) - 1)
)

func roleBit(r stakeholders.Role) uint8   { return 1 << slices.Index(allRoles, r) }
func groupBit(g stakeholders.Group) uint8 { return 1 << slices.Index(allGroups, g) }

// rolesOf gives the roles of a set of bits.
func rolesOf(bits uint8) (roles []stakeholders.Role) {
	for _, r := range allRoles {
		if bits&roleBit(r) != 0 {
			roles = append(roles, r)
		}
	}
	return roles
}

// join takes a member in.
func (s *structure) join(from stakeholders.Constituency, roles uint8) {
	s.members = true
	s.groups |= groupBit(from.Group())
	s.roles |= roles
	if roles&roleBit(stakeholders.Leader) != 0 && from.Group() == stakeholders.Government {
		s.lead = true
	}
	if from == stakeholders.CommunityHealthWorkers {
		s.voice = true
	}
}

// recruit is a member whom the run takes in because the cast lacks one; roles
// are a bit each.
type recruit struct {
	from  stakeholders.Constituency
	roles uint8
}

// Recruit is a member whom a run took in for a criterion of the coalition: its
// position is not known, so it counts neither for nor against.
type Recruit struct {
	// For is the criterion, by id.
	For   string             `json:"for"`
	Actor stakeholders.Actor `json:"actor"`
}

// recruited notes a recruit, under an id that nobody of the cast has.
func (r *run) recruited(c int, who recruit) {
	id := ""
	for taken := true; taken; {
		r.taken++
		id = "recruit-" + strconv.Itoa(r.taken)
		taken = slices.ContainsFunc(r.model.cast, func(a ActorView) bool { return a.ID == id })
	}
	*r.recruits = append(*r.recruits, Recruit{r.model.views[c].ID, stakeholders.Actor{
		ID: id, Name: "Recruited in the simulation: " + who.from.Label(), Constituency: who.from, Roles: rolesOf(who.roles), Member: true,
		Note: "For " + r.model.views[c].ID + ".",
	}})
}

// usual is whom a run takes in for each of stakeholders.Groups.
var usual = [...]stakeholders.Constituency{
	stakeholders.MinistryOfHealth, stakeholders.LocalCommunity, stakeholders.NGO, stakeholders.MultilateralAgency, stakeholders.ProfessionalAssociation,
}

// lacks gives the next member whom a criterion of the coalition still needs.
func (s *structure) lacks(d derived, parameter float64) (recruit, bool) {
	switch {
	case d == deriveFormed:
		return recruit{from: stakeholders.NGO}, !s.members
	case s.holds(d, parameter):
	case d == deriveRoles:
		return recruit{stakeholders.NGO, everyRole &^ s.roles}, true
	case d == deriveDiverse:
		if s.groups&groupBit(stakeholders.Community) == 0 {
			return recruit{from: stakeholders.LocalCommunity}, true
		}
		for i, from := range usual {
			if s.groups&(1<<i) == 0 {
				return recruit{from: from}, true
			}
		}
	case d == deriveLead:
		return recruit{stakeholders.MinistryOfHealth, roleBit(stakeholders.Leader)}, true
	case d == deriveVoice:
		return recruit{from: stakeholders.CommunityHealthWorkers}, true
	}
	return recruit{}, false
}

// holds reports whether a criterion that follows from who is in the coalition
// is met.
func (s *structure) holds(d derived, parameter float64) bool {
	switch d {
	case deriveRoles:
		return s.roles == everyRole
	case deriveDiverse:
		return s.groups&groupBit(stakeholders.Community) != 0 && float64(bits.OnesCount8(s.groups)) >= parameter
	case deriveLead:
		return s.lead
	case deriveVoice:
		return s.voice
	}
	return false
}

// brings is what doing one thing brings with it: nobody decides a component
// before it is settled who decides, or deploys workers where no rollout has
// begun.
var brings = [derivedKinds][]derived{
	derivePrioritized: {deriveCriteria, deriveGathered},
	deriveChoices:     {deriveAuthorities},
	deriveValidated:   {deriveAuthorities, deriveChoices},
	deriveDeployed:    {deriveActivated},
}

// requires is the same for criteria that are advisory as they come: an advisory one
// waits for what it rests on, one that was made to guard can't.
var requires = [derivedKinds][]derived{
	derivePiloted:  {derivePrioritized},
	deriveEvidence: {derivePrioritized},
	derivePhased:   {deriveActivated},
}

// wholeProgress is the progress of a derived criterion that is recorded whole.
var wholeProgress = assessment.Functional.Share()

// complete does what the completion of a derived criterion brings with it.
func (r *run) complete(c int) {
	m := r.model
	d := m.rules[c].derived
	for _, i := range m.rules[c].brings {
		r.record(i)
	}
	if d < deriveFormed || d > deriveVoice {
		return
	}
	for {
		who, needed := r.roster.lacks(d, m.rules[c].number)
		if !needed {
			break
		}
		r.roster.join(who.from, who.roles)
		if r.recruits != nil {
			r.recruited(c, who)
		}
	}
	for _, i := range m.members {
		if r.roster.holds(m.rules[i].derived, m.rules[i].number) {
			r.record(i)
		}
	}
}

// record takes a derived criterion as done.
func (r *run) record(c int) {
	if r.progress[c] < wholeProgress {
		r.progress[c] = wholeProgress
		r.open.dirty |= 1 << r.model.rules[c].stage
		// What is brought along brings along in turn.
		r.complete(c)
	}
}
