package simulation

// A second program, written from docs/simulation.md alone and as plainly as it reads, to
// see that the page suffices: it has the same months where nothing happens by chance, and
// the same distributions where all does. It shares the scenario, the checklist and what
// the page's table of derived criteria says, and no line with the model. Its chance is
// that of math/rand/v2.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// reader is a run as one who has read the page plays it.
type reader struct {
	s      Scenario
	list   []assessment.Criterion
	dice   *rand.Rand
	policy string
	of     map[string]float64 // parameters of the policy

	month, stage             int
	status                   string
	launched                 bool
	x                        map[string]float64
	debts, waived            map[string]bool
	p, a, m, m0, q           []float64
	there, member            []bool
	roles                    []map[stakeholders.Role]bool
	g                        float64
	epidemic, opposing, held int
	S, O, E                  float64
	veto                     bool

	entered         [9]int
	lapMonths       []int
	months, stopped int
	debtAtLaunch    int
}

const twoThirds = 2.0 / 3

func read(s Scenario, policy string, of map[string]float64, dice *rand.Rand) *reader {
	r := &reader{s: s, policy: policy, of: of, dice: dice, stage: max(1, int(s.Start.Stage)), status: "active", x: map[string]float64{}, debts: map[string]bool{}, waived: map[string]bool{}, debtAtLaunch: -1}
	for _, c := range reformcycle.ReformChecklist().All() {
		r.list = append(r.list, c)
	}
	for _, a := range s.Actors {
		r.p, r.a, r.m, r.m0, r.q = append(r.p, a.Position/7), append(r.a, a.Position/7), append(r.m, a.Commitment), append(r.m0, a.Commitment), append(r.q, 0)
		r.there, r.member = append(r.there, a.From == 0), append(r.member, a.From == 0 && a.Member)
		roles := map[stakeholders.Role]bool{}
		for _, role := range a.Roles {
			roles[role] = true
		}
		r.roles = append(r.roles, roles)
	}
	r.launched = s.Start.Launched || r.stage >= 6
	if s.Start.Suspended {
		r.status = "suspended"
	}
	for _, id := range s.Start.Debts {
		r.debts[id] = true
	}
	for _, id := range s.Start.Waived {
		r.waived[id] = true
	}
	for _, c := range s.Criteria {
		r.x[c.ID] = c.Level.Share()
	}
	for _, c := range r.list {
		if c.Kind == assessment.Derived && r.x[c.ID] >= twoThirds {
			r.done(c.ID)
		}
	}
	r.follow()
	return r
}

// own is what the scenario says of a criterion.
func (r *reader) own(id string) CriterionWork {
	for _, c := range r.s.Criteria {
		if c.ID == id {
			return c
		}
	}
	return CriterionWork{}
}

func (r *reader) stageOf(c assessment.Criterion) int { return sections[c.Section] }

// sections are the stages by their number.
var sections = func() map[string]int {
	stages := map[string]int{}
	for s := range reformcycle.Stages() {
		stages[s.String()] = int(s)
	}
	return stages
}()

func (r *reader) criterion(id string) assessment.Criterion {
	return r.list[slices.IndexFunc(r.list, func(c assessment.Criterion) bool { return c.ID == id })]
}

func (r *reader) group(i int) stakeholders.Group { return r.s.Actors[i].Constituency.Group() }

func (r *reader) pull(i int) float64 { return r.s.Actors[i].Power * r.s.Actors[i].Weight }

func more(a, b float64) bool { return a-b > 1e-9*(a+b) }

// met tells whether the members meet a criterion of the coalition, were those in extra
// members, too.
func (r *reader) met(id string, extra []bool) bool {
	groups, held := map[stakeholders.Group]bool{}, map[stakeholders.Role]bool{}
	lead, voice, any := false, false, false
	for i := range r.s.Actors {
		if !r.there[i] || !r.member[i] && !(extra != nil && extra[i]) {
			continue
		}
		any = true
		groups[r.group(i)] = true
		for role := range r.roles[i] {
			held[role] = true
			lead = lead || role == stakeholders.Leader && r.group(i) == stakeholders.Government
		}
		voice = voice || r.s.Actors[i].Constituency == stakeholders.CommunityHealthWorkers
	}
	switch id {
	case "coalition.formed":
		return any
	case "coalition.roles":
		return len(held) == 7 || any && extra != nil // what nobody has, members take
	case "coalition.diverse":
		return groups[stakeholders.Community] && float64(len(groups)) >= r.criterion(id).Parameter
	case "coalition.government-lead":
		return lead || extra != nil && groups[stakeholders.Government]
	default:
		return voice
	}
}

var askers = []string{"coalition.formed", "coalition.roles", "coalition.diverse", "coalition.government-lead", "coalition.chw-voice"}

func (r *reader) groups() (groups map[stakeholders.Group]bool) {
	groups = map[stakeholders.Group]bool{}
	for i := range r.s.Actors {
		if r.there[i] && r.member[i] {
			groups[r.group(i)] = true
		}
	}
	return groups
}

// join has those join whom a criterion lacks, if that is enough.
func (r *reader) join(id string) bool {
	if r.met(id, nil) {
		return true
	}
	groups, held := r.groups(), map[stakeholders.Role]bool{}
	any := false
	for i := range r.s.Actors {
		if r.there[i] && r.member[i] {
			any = true
			for role := range r.roles[i] {
				held[role] = true
			}
		}
	}
	joins := make([]bool, len(r.s.Actors))
	for i := range r.s.Actors {
		if !r.there[i] || r.member[i] || !(7*r.p[i] >= r.s.Coalition.Join) {
			continue
		}
		switch id {
		case "coalition.formed":
			joins[i] = !any
		case "coalition.roles":
			for role := range r.roles[i] {
				joins[i] = joins[i] || !held[role]
			}
		case "coalition.diverse":
			with := len(groups)
			if !groups[stakeholders.Community] {
				with++
			}
			joins[i] = !groups[r.group(i)] && (r.group(i) == stakeholders.Community || float64(with) < r.criterion(id).Parameter)
		case "coalition.government-lead":
			joins[i] = !groups[stakeholders.Government] && r.group(i) == stakeholders.Government
		case "coalition.chw-voice":
			joins[i] = r.s.Actors[i].Constituency == stakeholders.CommunityHealthWorkers
		}
	}
	if !r.met(id, joins) {
		return false
	}
	for i := range joins {
		if joins[i] {
			r.member[i] = true
			for role := range r.roles[i] {
				held[role] = true
			}
		}
	}
	governed := r.groups()[stakeholders.Government]
	for i := range r.s.Actors {
		if !r.there[i] || !r.member[i] {
			continue
		}
		official := r.group(i) == stakeholders.Government
		if id == "coalition.roles" {
			for _, role := range stakeholders.Roles() {
				if !held[role] && (role != stakeholders.Leader || official || !governed) {
					r.roles[i][role] = true
				}
			}
		}
		if id == "coalition.government-lead" && official {
			r.roles[i][stakeholders.Leader] = true
		}
	}
	r.follow()
	return true
}

// follow has what the members meet by themselves met.
func (r *reader) follow() {
	for _, id := range askers {
		if id != "coalition.formed" && r.x[id] < twoThirds && r.met(id, nil) {
			r.x[id] = twoThirds
		}
	}
}

// fall has what they no longer meet fall back.
func (r *reader) fall() {
	for _, id := range askers {
		if r.x[id] >= twoThirds && !r.met(id, nil) {
			r.x[id] = math.Nextafter(twoThirds, 0)
		}
	}
}

func (r *reader) waits(id string) bool {
	return slices.Contains(askers, id) && r.x[id] == math.Nextafter(twoThirds, 0)
}

// done has a derived criterion done.
func (r *reader) done(id string) {
	if slices.Contains(askers, id) && !r.join(id) {
		r.x[id] = math.Nextafter(twoThirds, 0)
		return
	}
	brings := map[string][]string{
		"solution.prioritized": {"solution.criteria"}, "design.choices": {"design.authorities"},
		"design.validated": {"design.authorities"}, "launch.deployed": {"launch.activated"},
	}
	for _, other := range brings[id] {
		if r.x[other] < twoThirds {
			r.x[other] = twoThirds
			r.done(other)
		}
	}
}

func (r *reader) isMet(id string) bool {
	switch id {
	case reformcycle.CoalitionVeto:
		return !r.veto
	case "coalition.feasible":
		return more(r.S, r.O)
	}
	return r.x[id] >= r.criterion(id).Threshold.Share()
}

func (r *reader) upkeep(c assessment.Criterion) float64 {
	if own := r.own(c.ID); own.Upkeep != nil {
		return *own.Upkeep
	}
	if c.Kind == assessment.Rated && r.stageOf(c) >= 6 {
		return r.s.Work.Upkeep
	}
	return 0
}

func (r *reader) difficulty(c assessment.Criterion) float64 {
	if own := r.own(c.ID); own.Difficulty != nil {
		return *own.Difficulty
	}
	if c.Kind == assessment.Derived {
		return r.s.Work.Derived
	}
	return r.s.Work.Rated
}

func (r *reader) takesWork(c assessment.Criterion) bool {
	return c.ID != "coalition.feasible" && !r.waits(c.ID) && (r.stageOf(c) != 7 || r.groups()[stakeholders.Government])
}

func (r *reader) aim(c assessment.Criterion) float64 {
	aim := c.Threshold.Share()
	if r.upkeep(c) > 0 {
		aim = min(1, aim+r.of["margin"])
	}
	return aim
}

func (r *reader) open(stage int) (ids []string) {
	for _, c := range r.list {
		if !c.Advisory && r.stageOf(c) == stage && r.takesWork(c) && r.x[c.ID] < r.aim(c) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// owed is d.
func (r *reader) owed() float64 {
	owed, all := 0.0, 0.0
	for _, c := range r.list {
		if !c.Advisory && r.stageOf(c) < r.stage {
			all += c.Weight
			if r.debts[c.ID] {
				owed += c.Weight
			}
		}
	}
	if all == 0 {
		return 0
	}
	return owed / all
}

func onScale(z float64) float64 { return max(-1, min(1, z)) }

func (r *reader) strikes(kind ShockKind, hazard float64) (float64, bool) {
	for _, e := range r.s.Events {
		if e.Month == r.month && e.Shock == kind {
			hazard = 1
		}
	}
	u := 1.0
	if hazard > 0 {
		u = r.dice.Float64()
	}
	return u / hazard, u < hazard
}

func (r *reader) play() *reader {
	for r.month < r.s.Horizon && r.status != "abandoned" {
		r.month++
		r.step()
	}
	r.months = r.month
	return r
}

func (r *reader) step() {
	for i, a := range r.s.Actors {
		if a.From == r.month {
			r.there[i], r.member[i] = true, a.Member
		}
	}
	r.follow()
	officials := func(each func(i int)) {
		for i := range r.s.Actors {
			if r.there[i] && r.group(i) == stakeholders.Government {
				each(i)
			}
		}
	}
	r.epidemic = max(0, r.epidemic-1)
	shocks := &r.s.Shocks
	if v, is := r.strikes(AnElection, shocks.Election.Hazard); is {
		officials(func(i int) {
			r.p[i], r.a[i] = onScale(r.p[i]+shocks.Election.Shift*(2*v-1)), onScale(r.a[i]+shocks.Election.Shift*(2*v-1))
		})
	}
	if v, is := r.strikes(ADonorExit, shocks.DonorExit.Hazard); is {
		var partners []int
		for i := range r.s.Actors {
			if r.there[i] && r.group(i) == stakeholders.DevelopmentPartners {
				partners = append(partners, i)
			}
		}
		if n := len(partners); n > 0 {
			i := partners[min(n-1, int(v*float64(n)))]
			r.there[i], r.member[i] = false, false
			r.fall()
		}
	}
	if _, is := r.strikes(AnEpidemic, shocks.Epidemic.Hazard); is {
		r.epidemic = shocks.Epidemic.Months
	}
	if _, is := r.strikes(AFiscalCrisis, shocks.FiscalCrisis.Hazard); is {
		for i := range r.m {
			if r.there[i] {
				r.m[i] *= shocks.FiscalCrisis.Left
			}
		}
	}
	if _, is := r.strikes(AScandal, shocks.Scandal.Hazard); is {
		officials(func(i int) { r.p[i] = onScale(r.p[i] - shocks.Scandal.Shift) })
	}

	r.influence()
	work, persuade, hold, override := r.decide()
	r.toil(work, persuade)
	if !r.oppose() {
		return
	}
	r.move(hold, override)
}

func (r *reader) influence() {
	P := r.s.Positions
	before := slices.Clone(r.p)
	members, all, mean := 0.0, 0.0, 0.0
	for i := range before {
		if r.there[i] {
			all += r.pull(i)
			mean += r.pull(i) * before[i]
			if r.member[i] {
				members += r.pull(i)
			}
		}
	}
	r.S, r.O, r.E, r.veto = 0, 0, 0, false
	owed := r.owed()
	for i, a := range r.s.Actors {
		if !r.there[i] {
			continue
		}
		told, heard := false, 0.0
		for _, w := range r.s.Influence {
			if w.Listener == a.ID {
				told = true
				of := slices.IndexFunc(r.s.Actors, func(o CastActor) bool { return o.ID == w.Of })
				if !r.there[of] {
					of = i
				}
				heard += w.Weight * before[of]
			}
		}
		if !told {
			heard = mean / all
		}
		push := P.Progress * r.g
		if r.epidemic > 0 {
			push += r.s.Shocks.Epidemic.Salience
		}
		if r.launched {
			push -= r.s.Debt.Disappointment * owed
		}
		e := 0.0
		if members > 0 && r.q[i] > 0 {
			e = P.Persuasion * r.q[i] / (r.q[i] + P.Half*r.pull(i)/members)
		}
		l := a.Attachment
		to := before[i] + P.Pace*(l*r.a[i]+(1-l)*heard-before[i]) + (1-l)*(push+e)
		if P.Noise > 0 {
			to += P.Noise * math.Sqrt(P.Pace*(2-P.Pace)) * r.dice.NormFloat64()
		}
		r.p[i], r.a[i], r.q[i] = onScale(to), onScale(r.a[i]+P.Lasting*(1-l)*e), 0

		r.m[i] += r.s.Commitments.Recovery * (r.m0[i] - r.m[i])
		if a.Until > 0 && r.month > a.Until {
			r.m[i], r.m0[i] = 0, 0
		}
		if r.member[i] {
			r.E += a.Effort * max(0, r.p[i]) * r.m[i]
		}
		switch at := 7 * r.p[i]; {
		case at >= 1:
			r.S += r.pull(i) * at
		case at < -1:
			r.O -= r.pull(i) * at
			r.veto = r.veto || a.Veto
		}
	}
	if r.epidemic > 0 {
		r.E *= r.s.Shocks.Epidemic.Capacity
	}
}

func (r *reader) decide() (work map[string]float64, persuade []float64, hold, override bool) {
	work, persuade = map[string]float64{}, make([]float64, len(r.s.Actors))
	left := r.E
	worth := func(effort float64) float64 {
		if effort = min(effort, left); effort <= 1e-9*r.E {
			return 0
		}
		return effort
	}
	court := func(below, effort float64, who func(i int) bool) {
		effort = worth(effort)
		all := 0.0
		for i := range persuade {
			if r.there[i] && 7*r.p[i] < below && who(i) {
				all += r.pull(i)
			}
		}
		if all == 0 || effort == 0 {
			return
		}
		for i := range persuade {
			if r.there[i] && 7*r.p[i] < below && who(i) {
				persuade[i] += effort * r.pull(i) / all
			}
		}
		left -= effort
	}
	anybody := func(int) bool { return true }
	evenly := func(ids []string, effort float64) {
		if effort = worth(effort); effort == 0 || len(ids) == 0 {
			return
		}
		for _, id := range ids {
			work[id] += effort / float64(len(ids))
		}
		left -= effort
	}
	persuaded := false
	if r.policy == "coalition-first" {
		enough := r.of["target"] * (r.S + r.O)
		short, below := more(enough, r.S), false
		holder := func(i int) bool { return r.s.Actors[i].Veto }
		for i := range r.p {
			below = below || r.there[i] && holder(i) && 7*r.p[i] < 0
		}
		if persuaded = short || below; persuaded {
			switch {
			case below:
				court(0, r.of["first"]*r.E, holder)
			case r.O > 0:
				court(-1, r.of["first"]*r.E, anybody)
			default:
				court(1, r.of["first"]*r.E, anybody)
			}
		}
		hold = r.stage == 2 && (short || r.veto)
	}
	if !persuaded {
		court(3, r.of["persuasion"]*r.E, anybody)
	}
	if r.status == "suspended" {
		if r.of["persuasion"] > 0 {
			court(3, left, anybody)
		}
		return work, persuade, hold, override
	}
	if r.launched {
		need := 0.0
		for _, c := range r.list {
			if r.stageOf(c) != r.stage {
				need += r.upkeep(c) * r.difficulty(c) * r.x[c.ID]
			}
		}
		if effort := worth(r.of["upkeep"] * r.E); effort > 0 && need > 0 {
			part := min(1, effort/need)
			for _, c := range r.list {
				if u := r.upkeep(c); u > 0 && r.stageOf(c) != r.stage {
					work[c.ID] += part * u * r.difficulty(c) * r.x[c.ID]
				}
			}
			left -= part * need
		}
		var owed []string
		for _, c := range r.list {
			if r.debts[c.ID] && r.takesWork(c) && r.x[c.ID] < c.Threshold.Share() {
				owed = append(owed, c.ID)
			}
		}
		evenly(owed, r.of["repay"]*r.E)
	}
	evenly(r.open(r.stage+1), r.of["ahead"]*r.E)
	if r.policy == "rush-to-launch" && r.stage < 6 {
		for open := r.open(r.stage); len(open) > 0 && worth(r.E) > 0; {
			next, lacks := 0, math.Inf(1)
			for k, id := range open {
				if c := r.criterion(id); r.difficulty(c)*(r.aim(c)-r.x[id]) < lacks {
					next, lacks = k, r.difficulty(c)*(r.aim(c)-r.x[id])
				}
			}
			effort := min(left, 1.5*lacks)
			work[open[next]] += effort
			left -= effort
			open = slices.Delete(open, next, next+1)
		}
		required, met := 0.0, 0.0
		for _, c := range r.list {
			if !c.Advisory && r.stageOf(c) == r.stage {
				required++
				if r.isMet(c.ID) {
					met++
				}
			}
		}
		enough := r.of["met"]
		if r.epidemic > 0 {
			enough = min(enough, r.of["window"])
		}
		override = !r.guards() && met >= enough*required
	} else {
		evenly(r.open(r.stage), left)
	}
	evenly(r.open(r.stage+1), left)
	if r.of["persuasion"] > 0 {
		court(3, left, anybody)
	}
	return work, persuade, hold, override
}

func (r *reader) toil(work map[string]float64, persuade []float64) {
	before := map[string]float64{}
	for id, x := range r.x {
		before[id] = x
	}
	yield := 1.0
	if r.launched {
		yield -= r.s.Debt.Drag * r.owed()
		for _, c := range r.list {
			r.x[c.ID] -= r.upkeep(c) * r.x[c.ID]
		}
	}
	if r.status == "active" {
		for _, id := range askers {
			if r.waits(id) && r.join(id) {
				r.x[id] = twoThirds
			}
		}
		var reached []string
		for _, c := range r.list {
			effort := work[c.ID]
			luck := 1.0
			if r.s.Work.Spread > 0 {
				luck += r.s.Work.Spread * (r.dice.Float64() + r.dice.Float64() - 1)
			}
			if effort == 0 || !r.takesWork(c) {
				continue
			}
			was := r.x[c.ID]
			r.x[c.ID] = min(1, was+effort/r.difficulty(c)*yield*luck)
			if c.Kind == assessment.Derived && was < twoThirds && r.x[c.ID] >= twoThirds {
				reached = append(reached, c.ID)
			}
		}
		for _, id := range reached {
			r.done(id)
		}
	}
	required := 0.0
	r.g = 0
	for _, c := range r.list {
		if !c.Advisory {
			required++
			r.g += r.x[c.ID] - before[c.ID]
		}
	}
	r.g /= required
	for i, effort := range persuade {
		r.q[i] += effort
	}
	for id := range r.debts {
		if r.isMet(id) {
			delete(r.debts, id)
		}
	}
}

// oppose tells whether the reform was active throughout.
func (r *reader) oppose() bool {
	if r.status == "suspended" {
		r.held++
		r.stopped++
		switch {
		case more(r.S, r.O) && !r.veto && r.held >= r.s.Suspension.Least:
			r.status, r.opposing = "active", 0
		case r.held >= r.s.Suspension.Limit:
			r.status = "abandoned"
		}
		return false
	}
	if (r.stage > 2 || r.launched) && (r.veto || more(r.O, r.s.Opposition.Tolerance*r.S)) {
		r.opposing++
	} else {
		r.opposing = 0
	}
	by := r.launched && r.s.Suspension.Debt > 0 && r.dice.Float64() < r.s.Suspension.Debt*r.owed()
	if r.opposing >= r.s.Opposition.Patience || by {
		r.status, r.held = "suspended", 0
		return false
	}
	return true
}

func (r *reader) unmet() (ids []string) {
	for _, c := range r.list {
		if !c.Advisory && r.stageOf(c) == r.stage && !r.isMet(c.ID) && !r.waived[c.ID] {
			ids = append(ids, c.ID)
		}
	}
	if r.stage >= 2 && r.stage < 8 {
		if r.stage > 2 && !r.isMet("coalition.feasible") && !r.waived["coalition.feasible"] {
			ids = append(ids, "coalition.feasible")
		}
		if r.veto {
			ids = append(ids, reformcycle.CoalitionVeto)
		}
	}
	return ids
}

func (r *reader) guards() bool { return len(r.unmet()) == 0 }

func (r *reader) move(hold, override bool) {
	to := r.stage + 1
	switch {
	case hold:
		return
	case override:
		for _, id := range r.unmet() {
			r.debts[id] = true
		}
	case !r.guards():
		return
	}
	for id := range r.waived {
		here := r.stageOf(r.criterion(id)) == r.stage || id == "coalition.feasible" && r.stage >= 2 && r.stage < 8
		if here && !r.isMet(id) {
			r.debts[id] = true
		}
	}
	if r.stage == 8 && !override {
		to = 1
		clear(r.waived)
		r.lapMonths = append(r.lapMonths, r.month)
		for _, c := range r.list {
			if !slices.Contains(askers, c.ID) && c.ID != "governance.rights" && c.ID != "coalition.feasible" {
				r.x[c.ID] *= r.s.Work.Carry
			}
		}
		for _, c := range r.list {
			if c.Kind == assessment.Derived && r.x[c.ID] >= twoThirds {
				r.done(c.ID)
			}
		}
	}
	r.stage = to
	if to == 6 && r.debtAtLaunch < 0 {
		r.debtAtLaunch = len(r.debts)
	}
	r.launched = r.launched || to >= 6
	if r.entered[to] == 0 && to > int(r.s.Start.Stage) { // those before were entered at 0
		r.entered[to] = r.month
	}
}

func settings(t *testing.T, name string) map[string]float64 {
	of := map[string]float64{}
	for _, p := range policyOf(t, name).Parameters() {
		of[p.Name] = p.Value
	}
	return of
}

var readPolicies = []string{"balanced", "coalition-first", "rush-to-launch"}

// Nothing happens by chance, but much happens: whole casts with vetoes, dates, who is
// expected and who leaves. The months are the same.
func TestWhoReadsThePageHasTheSameMonths(t *testing.T) {
	laps, launches := 0, 0
	for world := range fewer(100) {
		draw := rand.New(rand.NewPCG(world, 17))
		s := someCast(draw)
		s.Work.Spread, s.Suspension.Debt = 0, 0
		s.Shocks.Election.Hazard, s.Shocks.Epidemic.Hazard, s.Shocks.FiscalCrisis.Hazard, s.Shocks.Scandal.Hazard = 0, 0, 0, 0
		for _, kind := range []ShockKind{AnEpidemic, AFiscalCrisis, AScandal, AnEpidemic} {
			s.Events = append(s.Events, Event{1 + draw.IntN(60), kind})
		}
		slices.SortFunc(s.Events, func(a, b Event) int { return 1000*(a.Month-b.Month) + int(a.Shock) - int(b.Shock) })
		s.Events = slices.Compact(s.Events)
		if partners := slices.DeleteFunc(slices.Clone(s.Actors), func(a CastActor) bool {
			return a.Constituency.Group() != stakeholders.DevelopmentPartners
		}); len(partners) == 1 {
			s.Events = append(s.Events, Event{61 + draw.IntN(40), ADonorExit})
		}
		if draw.IntN(2) == 0 {
			for i := range s.Actors {
				s.Influence = append(s.Influence, Influence{s.Actors[i].ID, s.Actors[draw.IntN(len(s.Actors))].ID, 1})
			}
		}
		// Some stand further on, with much done, easy or owed.
		if draw.IntN(2) == 0 {
			s.Start = Start{Stage: reformcycle.Stage(1 + draw.IntN(8)), Suspended: draw.IntN(4) == 0, Launched: draw.IntN(4) == 0}
			s.Work.Carry = draw.Float64()
			for _, c := range reformcycle.ReformChecklist().All() {
				if c.ID == "coalition.feasible" || draw.IntN(3) > 0 {
					continue
				}
				work := CriterionWork{ID: c.ID, Level: assessment.Level(draw.IntN(4)), Difficulty: new(0.5 + 10*draw.Float64())}
				if c.Kind == assessment.Rated {
					work.Upkeep = new(0.05 * draw.Float64())
				}
				s.Criteria = append(s.Criteria, work)
				if stage, _ := reformcycle.ParseStage(c.Section); !c.Advisory && draw.IntN(3) == 0 {
					if stage < s.Start.Stage {
						s.Start.Debts = append(s.Start.Debts, c.ID)
					} else {
						s.Start.Waived = append(s.Start.Waived, c.ID)
					}
				}
			}
		}
		m := compiled(t, s)
		for _, name := range readPolicies {
			o := outcomes(t, m, policyOf(t, name), 1, 1)[0]
			r := read(s, name, settings(t, name), nil)
			r.dice = rand.New(rand.NewPCG(1, 1)) // for the draws of what is certain
			r.play()
			said := fmt.Sprintf("world %d, %s: entered %v, laps %d, suspended %d, months %d, debt %d, %s", world, name, o.Entered[2:], o.Laps, o.Suspended, o.Months, o.Debt, o.Status)
			for stage := 2; stage <= 8; stage++ {
				require.Equal(t, max(0, o.Entered[stage]), r.entered[stage], said)
			}
			require.Equal(t, []int{o.Laps, o.Suspended, o.Months, o.Debt}, []int{len(r.lapMonths), r.stopped, r.months, r.debtAtLaunch}, said)
			require.Equal(t, o.Status.String(), r.status, said)
			laps += o.Laps
			launches += int(yes(o.Debt >= 0))
		}
	}
	require.Positive(t, laps)
	require.Positive(t, launches)
}

// Everything happens by chance: the reference scenario as it is. Shares and means are
// the same, within five standard errors: a true page fails one time in a million.
func TestWhoReadsThePageHasTheSameDistributions(t *testing.T) {
	if raceEnabled {
		t.Skip("thousands of runs one after another: nothing to race")
	}
	const n = 1200
	s := Reference()
	m := compiled(t, s)
	for k, name := range readPolicies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var first, second [5][]float64
			for _, o := range outcomes(t, m, policyOf(t, name), n, 9) {
				launch, _ := o.Launch()
				for i, v := range []float64{yes(o.Laps > 0), yes(o.Status == reformcycle.Abandoned), float64(o.Suspended), float64(max(0, launch)), float64(o.Laps)} {
					first[i] = append(first[i], v)
				}
			}
			of, dice := settings(t, name), rand.New(rand.NewPCG(77, uint64(k)))
			for range n {
				r := read(s, name, of, dice).play()
				for i, v := range []float64{yes(len(r.lapMonths) > 0), yes(r.status == "abandoned"), float64(r.stopped), float64(r.entered[6]), float64(len(r.lapMonths))} {
					second[i] = append(second[i], v)
				}
			}
			for i, what := range []string{"runs with a lap", "runs abandoned", "months suspended", "month of launch", "laps"} {
				a, b := stat.Mean(first[i], nil), stat.Mean(second[i], nil)
				apart := math.Sqrt((stat.Variance(first[i], nil) + stat.Variance(second[i], nil)) / n)
				require.InDelta(t, a, b, 5*apart+1e-9, "%s, %s", name, what)
			}
		})
	}
}
