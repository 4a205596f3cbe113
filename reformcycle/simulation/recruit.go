package simulation

// Who is in the coalition of a run, and who of the cast joins it for the criteria
// that ask for somebody; and what the completion of a derived criterion brings about.

import (
	"math"
	"math/bits"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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

	leader     = roleBit(stakeholders.Leader)
	government = groupBit(stakeholders.Government)
	community  = groupBit(stakeholders.Community)
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

func (s *structure) join(a *agent, roles uint8) {
	s.members = true
	s.groups |= a.group
	s.roles |= roles
	s.lead = s.lead || a.group == government && roles&leader != 0
	s.voice = s.voice || a.voice
}

// Joined is one of the cast who joined the coalition, or took a role in it, because
// a criterion asked for it.
type Joined struct {
	// For is the criterion, and Actor who joined, by id.
	For   string `json:"for"`
	Actor string `json:"actor"`
	// Roles that it has now and had not before.
	Roles []stakeholders.Role `json:"roles,omitempty"`
}

func (s structure) any(float64) bool { return s.members }

func (s structure) allRoles(float64) bool { return s.roles == everyRole }

// diverse reports whether communities and so many groups in all are in it.
func (s structure) diverse(groups float64) bool {
	return s.groups&community != 0 && float64(bits.OnesCount8(s.groups)) >= groups
}

func (s structure) led(float64) bool { return s.lead }

func (s structure) heard(float64) bool { return s.voice }

// ofNewGroup tells whether an actor is of a group that is missing: communities, and
// any other where there are too few.
func (s structure) ofNewGroup(a *agent, groups float64) bool {
	few := float64(bits.OnesCount8(s.groups|community)) < groups
	return s.groups&a.group == 0 && (few || a.group == community)
}

// vacant gives the roles that a member takes on: those that nobody has. Who leads is
// of government where government is in the coalition.
func (s structure) vacant(a *agent) uint8 {
	vacant := everyRole &^ s.roles
	if s.groups&government != 0 && a.group != government {
		vacant &^= leader
	}
	return vacant
}

// chair gives the role of leader to government.
func (s structure) chair(a *agent) uint8 {
	if a.group == government {
		return leader
	}
	return 0
}

// none of the roles.
func (s structure) none(*agent) uint8 { return 0 }

// fill lets all who are of the kind that a criterion lacks, and willing, join, and
// hands out the roles that it asks for, if it is met by that; else nobody joins. It
// tells whether it is met.
func (r *run) fill(c int) bool {
	rule, join := &r.model.rules[c], r.model.scenario.Coalition.Join
	d, now := rule.derived, r.roster
	if d.holds(now, rule.number) {
		return true
	}
	would := now
	for i := range r.actors {
		if a := &r.actors[i]; a.there && !a.member && r.reported[i] >= join && d.lacks(now, &a.agent, rule.number) {
			would.join(&a.agent, a.roles)
		}
	}
	with := would
	if would.members {
		for i := range r.actors {
			if a := &r.actors[i]; a.there && (a.member || r.reported[i] >= join && d.lacks(now, &a.agent, rule.number)) {
				would.join(&a.agent, d.takes(with, &a.agent))
			}
		}
	}
	if !d.holds(would, rule.number) {
		return false
	}
	for i := range r.actors {
		a := &r.actors[i]
		joins := a.there && !a.member && r.reported[i] >= join && d.lacks(now, &a.agent, rule.number)
		if !joins && !(a.there && a.member) {
			continue
		}
		took := d.takes(with, &a.agent) &^ a.roles
		a.member, a.roles = true, a.roles|took
		r.members[i] = true
		if r.joins != nil && (joins || took != 0) {
			*r.joins = append(*r.joins, Joined{r.model.views[c].ID, r.model.cast[i].ID, rolesOf(took)})
		}
	}
	r.enrol()
	return true
}

// enrol counts who is there and who of them is in the coalition, after somebody came,
// joined or left.
func (r *run) enrol() {
	m := r.model
	r.roster, r.pull, r.crowd = structure{}, 0, 0
	for i := range r.actors {
		a := &r.actors[i]
		if !a.there {
			continue
		}
		r.crowd += a.pull
		if a.member {
			r.pull += a.pull
			r.roster.join(&a.agent, a.roles)
		}
	}
	if governed := r.roster.groups&government != 0; governed != r.governed {
		r.governed = governed
		r.open.shutStage(!governed)
	}
	for _, c := range m.members {
		rule := &m.rules[c]
		if rule.derived.follows && rule.derived.holds(r.roster, rule.number) {
			r.record(c)
		}
	}
}

// drop has those wait that the members do not meet, or no longer.
func (r *run) drop() {
	for _, c := range r.model.members {
		if rule := &r.model.rules[c]; r.progress[c] >= rule.met && !rule.derived.holds(r.roster, rule.number) {
			r.wait(c)
		}
	}
}

// wait keeps a criterion that nobody can meet just below its threshold, until
// somebody can.
func (r *run) wait(c int) {
	r.progress[c] = below(r.model.rules[c].met)
	if !slices.Contains(r.waiting, c) {
		r.waiting = append(r.waiting, c)
		r.open.bar(c, true)
	}
}

// meetWaiting has those that wait done for whom somebody has become willing.
func (r *run) meetWaiting() {
	for i := 0; i < len(r.waiting); {
		if c := r.waiting[i]; r.fill(c) {
			r.record(c) // it waits no longer, nor may others
			i = 0
		} else {
			i++
		}
	}
}

// below is the largest number below a threshold.
func below(met float64) float64 {
	if met > 0 {
		return math.Float64frombits(math.Float64bits(met) - 1)
	}
	return met
}

// wholeProgress is the progress of a derived criterion that is recorded whole.
var wholeProgress = assessment.Functional.Share()

// complete does what the completion of a derived criterion brings with it, or has it
// wait where nobody can meet it.
func (r *run) complete(c int) {
	m := r.model
	if d := m.rules[c].derived; d.holds != nil && !r.fill(c) {
		r.wait(c)
		return
	}
	for _, i := range m.rules[c].brings {
		r.record(i)
	}
}

// record has a derived criterion done that another brings along, or that follows
// from who is in the coalition.
func (r *run) record(c int) {
	if was := r.progress[c]; was < wholeProgress {
		r.progress[c] = wholeProgress
		r.gained += float64(r.model.tasks[c].counts * (wholeProgress - was))
		if i := slices.Index(r.waiting, c); i >= 0 {
			r.waiting = slices.Delete(r.waiting, i, i+1)
			r.open.bar(c, false)
		}
		r.open.dirty |= 1 << r.model.rules[c].stage
		// What is brought along brings along in turn.
		r.complete(c)
	}
}

// reach refuses a scenario whose cast has nobody who could ever meet what the
// coalition requires, unless it says so itself.
func (m *Model) reach() error {
	var f fault.Fields
	for _, c := range m.unreachable() {
		if id := m.views[c].ID; !slices.Contains(m.scenario.Missing, id) {
			f.Add("actors", "reachable", id, language.Of("want.sim-seat", "criterion", id, "who", m.rules[c].derived.who(m.rules[c].number)))
		}
	}
	return f.Err()
}

// unreachable lists the required criteria that the cast could not meet were all in
// the coalition.
func (m *Model) unreachable() (all []int) {
	var would structure
	member := false
	for i := range m.agents {
		would.join(&m.agents[i], everyRole)
		member = member || m.agents[i].enrolled
	}
	// It takes a member to begin: nobody else gives effort.
	would.members = member
	for _, c := range m.members {
		if rule := &m.rules[c]; !rule.advisory && !rule.derived.holds(would, rule.number) {
			all = append(all, c)
		}
	}
	return all
}
