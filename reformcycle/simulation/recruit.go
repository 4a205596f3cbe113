package simulation

// Who is in the coalition of a run, and whom working on the criteria that follow
// from it recruits; and what the completion of a derived criterion brings about.

import (
	"math/bits"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/stakeholders"
)

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

func rolesOf(bits uint8) (roles []stakeholders.Role) {
	for _, r := range allRoles {
		if bits&roleBit(r) != 0 {
			roles = append(roles, r)
		}
	}
	return roles
}

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

func (s *structure) allRoles(float64) bool { return s.roles == everyRole }

// diverse reports whether communities and so many groups in all are in it.
func (s *structure) diverse(groups float64) bool {
	return s.groups&groupBit(stakeholders.Community) != 0 && float64(bits.OnesCount8(s.groups)) >= groups
}

// lacksGroup gives somebody of the next group that is missing, communities first.
func (s *structure) lacksGroup(groups float64) (recruit, bool) {
	if s.diverse(groups) {
		return recruit{}, false
	}
	if s.groups&groupBit(stakeholders.Community) == 0 {
		return recruit{from: stakeholders.LocalCommunity}, true
	}
	for i, from := range usual {
		if s.groups&(1<<i) == 0 {
			return recruit{from: from}, true
		}
	}
	return recruit{}, false
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
	if d.lacks == nil {
		return
	}
	for {
		who, needed := d.lacks(&r.roster, m.rules[c].number)
		if !needed {
			break
		}
		r.roster.join(who.from, who.roles)
		if r.recruits != nil {
			r.recruited(c, who)
		}
	}
	for _, i := range m.members {
		if m.rules[i].derived.holds(&r.roster, m.rules[i].number) {
			r.record(i)
		}
	}
}

func (r *run) record(c int) {
	if r.progress[c] < wholeProgress {
		r.progress[c] = wholeProgress
		r.open.dirty |= 1 << r.model.rules[c].stage
		// What is brought along brings along in turn.
		r.complete(c)
	}
}
