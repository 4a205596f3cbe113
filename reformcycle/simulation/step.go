package simulation

// A month: who is expected comes, then six steps: shocks, influence, policy, work,
// opposition, moves.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

func (r *run) step() error {
	r.arrive()
	r.strike()
	r.influence()
	if err := r.decide(); err != nil {
		return err
	}
	r.toil()
	if active := r.resist(); active {
		r.move()
	}
	r.inStage++
	r.sample()
	if r.trace != nil {
		r.trace.note(r)
	}
	return nil
}

// arrive brings in who is expected by now.
func (r *run) arrive() {
	m := r.model
	if r.coming >= len(m.arrivals) || m.agents[m.arrivals[r.coming]].expected > r.month {
		return
	}
	for ; r.coming < len(m.arrivals); r.coming++ {
		i := m.arrivals[r.coming]
		a := &r.actors[i]
		if a.expected > r.month {
			break
		}
		a.there, a.member, a.urged = true, a.enrolled, 0
		r.engaged[i], r.members[i] = true, a.member
		if r.trace != nil {
			r.trace.came = append(r.trace.came, m.cast[i].ID)
		}
	}
	r.rewire()
	r.enrol()
}

// strike draws each shock, whether its kind can strike or not. What a shock
// needs to know besides, how far or whom, it takes from the same draw: given
// that u is below the hazard, u divided by it is uniform again. In the month of an
// event the hazard of its kind is 1.
func (r *run) strike() {
	s := &r.model.scenario.Shocks
	if r.epidemic > 0 {
		r.epidemic--
	}
	dated := r.model.dated[r.month]
	if u, hazard := uniform(r.shocks.Uint64()), hazardOf(s.Election.Hazard, dated, AnElection); befalls(u, hazard) {
		shift := float64(s.Election.Shift * (float64(2*(u/hazard)) - 1))
		moved := false
		for _, i := range r.model.officials {
			if a := &r.actors[i]; a.there {
				a.first = clip(a.first + shift)
				a.position = clip(a.position + shift)
				moved = true
			}
		}
		r.struck(AnElection, FromElection, shift < 0 && moved)
	}
	if u, hazard := uniform(r.shocks.Uint64()), hazardOf(s.DonorExit.Hazard, dated, ADonorExit); befalls(u, hazard) {
		if left := r.exit(u / hazard); left != nil {
			r.struck(ADonorExit, FromDonorExit, left.position > 0)
		}
	}
	if u := uniform(r.shocks.Uint64()); befalls(u, hazardOf(s.Epidemic.Hazard, dated, AnEpidemic)) {
		r.epidemic = s.Epidemic.Months
		r.struck(AnEpidemic, NoCause, false)
	}
	if u := uniform(r.shocks.Uint64()); befalls(u, hazardOf(s.FiscalCrisis.Hazard, dated, AFiscalCrisis)) {
		for i := range r.actors {
			if r.actors[i].there {
				r.actors[i].left *= s.FiscalCrisis.Left
			}
		}
		r.struck(AFiscalCrisis, NoCause, false)
	}
	if u := uniform(r.shocks.Uint64()); befalls(u, hazardOf(s.Scandal.Hazard, dated, AScandal)) {
		moved := false
		for _, i := range r.model.officials {
			if a := &r.actors[i]; a.there {
				a.position = clip(a.position - s.Scandal.Shift)
				moved = true
			}
		}
		r.struck(AScandal, FromScandal, s.Scandal.Shift > 0 && moved)
	}
}

func hazardOf(hazard float64, dated uint8, kind ShockKind) float64 {
	if dated&(1<<kind) != 0 {
		return 1
	}
	return hazard
}

// befalls reports whether a draw from [0, 1) is one in which a hazard strikes: of 0
// none, not even a draw of 0, and of 1 all.
func befalls(u, hazard float64) bool { return u < hazard }

// struck notes a shock, and whether it set the reform back.
func (r *run) struck(kind ShockKind, cause Cause, setBack bool) {
	if setBack {
		r.lastShock, r.shockMonth = cause, r.month
	}
	if r.trace != nil {
		r.trace.shocks = append(r.trace.shocks, kind)
	}
}

// exit takes one of the development partners away, if there is one, and gives it
// back as it was last. Whoever listened to it listens to itself instead.
func (r *run) exit(u float64) *actor {
	m := r.model
	there := 0
	for _, i := range m.donors {
		if r.actors[i].there {
			there++
		}
	}
	if there == 0 {
		return nil
	}
	pick := int(u * float64(there)) // u may round to 1
	pick = min(pick, there-1)
	for _, i := range m.donors {
		if !r.actors[i].there {
			continue
		}
		if pick > 0 {
			pick--
			continue
		}
		a := &r.actors[i]
		a.there, a.member = false, false
		r.engaged[i], r.members[i] = false, false
		r.rewire()
		r.enrol()
		r.drop()
		if r.trace != nil {
			r.trace.left = append(r.trace.left, m.cast[i].ID)
		}
		return a
	}
	return nil // not reached
}

// rewire has whoever is told to listen to one who is not there listen to itself
// instead.
func (r *run) rewire() {
	r.rewired = true
	for i := range r.actors {
		a := &r.actors[i]
		for k := a.from; k < a.to; k++ {
			v := r.model.hears[k]
			if !r.actors[v.of].there {
				v.of = uint8(i)
			}
			r.hears[k] = v
		}
	}
}

// influence moves the positions, at their pace, by the model of Friedkin and Johnsen
// (1990, doi:10.1080/0022250X.1990.9990069) and by what persuasion, progress,
// salience, disappointment and chance add, and counts what they come to.
func (r *run) influence() {
	m := r.model
	p := &m.scenario.Positions
	pace, noise, lasting := p.Pace, m.noise, p.Lasting
	lift := float64(p.Progress * r.gain)
	capacity := 1.0
	if r.epidemic > 0 {
		lift += m.scenario.Shocks.Epidemic.Salience
		capacity = m.scenario.Shocks.Epidemic.Capacity
	}
	if r.launched {
		lift -= float64(m.scenario.Debt.Disappointment * r.owed)
	}
	recovery := m.scenario.Commitments.Recovery
	actors := r.actors
	all := 0.0
	for i := range actors {
		r.before[uint8(i)] = actors[i].position
		if m.crowded && actors[i].there {
			all += float64(actors[i].pull * actors[i].position)
		}
	}
	if m.crowded {
		all /= r.crowd
	}
	reports := r.reported[:len(actors)]
	var support, opposed, budget float64
	vetoed := false
	for i := range actors {
		a := &actors[i]
		if !a.there {
			continue
		}
		heard := all
		if !a.crowd {
			heard = 0
			for _, v := range r.hears[a.from:a.to] {
				heard += float64(v.weight * r.before[v.of])
			}
		}
		x := a.position
		x += float64(pace * (float64(a.attach*a.first) + float64(a.listen*heard) - x))
		push := lift
		if a.urged > 0 {
			won := r.won(a)
			push += won
			a.first = clip(a.first + float64(lasting*float64(a.listen*won)))
			a.urged = 0
		}
		x = clip(x + float64(a.listen*push) + float64(noise*normal(a.mood.Uint64())))
		a.position = x

		a.left += float64(recovery * (a.start - a.left))
		if r.month > a.until {
			a.left, a.start = 0, 0
		}
		if x > 0 && a.member {
			budget += float64(float64(a.effort*x) * a.left)
		}
		reported := positionScale * x
		reports[i] = reported
		// Just as stakeholders.Feasibility does it, in the same order: adding the
		// zero of an actor on neither side changes no bit.
		with, against := sides(reported)
		support += float64(a.pull * with)
		opposed += float64(a.pull * against)
		vetoed = vetoed || a.veto && against > 0
	}
	r.support, r.opposed, r.vetoed, r.budget = support, opposed, vetoed, budget*capacity
}

// won is how far last month's persuasion moves an actor that is attached to nothing.
// Half of the most that it can takes the more effort, the more pull the actor has
// beside that of all members; without members nobody persuades.
func (r *run) won(a *actor) float64 {
	if !(r.pull > 0) {
		return 0
	}
	p := &r.model.scenario.Positions
	return float64(p.Persuasion * (a.urged / (a.urged + float64(p.Half*(a.pull/r.pull)))))
}

func clip(x float64) float64 {
	switch {
	case x > 1:
		return 1
	case x < -1:
		return -1
	}
	return x
}

// sides splits a position, −7 to 7, into what it counts for support and for
// opposition: from the lower bound of low support on, and below the upper bound
// of low opposition (reich).
func sides(reported float64) (with, against float64) {
	switch {
	case reported >= SupporterFrom:
		return reported, 0
	case reported < OpponentBelow:
		return 0, -reported
	}
	return 0, 0
}

// decide shows the policy the month and takes its allocation.
func (r *run) decide() error {
	o := &r.view
	if since := r.month - r.reviewed; since >= r.model.scenario.Review.Interval {
		r.review()
	}
	o.Month, o.Stage, o.Lap, o.Status, o.InStage, o.Launched = r.month, r.stage, r.lap, r.status, r.inStage, r.launched
	o.Budget, o.Support, o.Opposition, o.Vetoed = r.budget, r.support, r.opposed, r.vetoed
	o.Unmet, o.Debts, o.Owed, o.Window = r.unmet(r.stage == reformcycle.ManagementAndLearning), len(r.debts), r.owed, r.epidemic
	o.Lost, o.Earliest, o.SinceReview = r.lost, r.earliest, r.month-r.reviewed
	o.debts = r.debts
	r.shown(o.Progress)
	r.allocation.clear(r.budget)
	r.policy.Allocate(o, &r.allocation)
	if err := r.allocation.check(); err != nil {
		return err
	}
	return r.lawful()
}

// shown copies the progress of all criteria, with that of those which follow from
// positions: whole where they are met.
func (r *run) shown(into []float64) {
	copy(into, r.progress)
	for _, c := range r.model.computed {
		if into[c] = 0; r.metAt(c) {
			into[c] = wholeProgress
		}
	}
}

// review finds what of the stages behind is lost.
func (r *run) review() {
	r.reviewed, r.lost, r.earliest = r.month, 0, 0
	required, lost := 0, 0
	for s := reformcycle.ProblemPrioritization; s < r.stage; s++ {
		for c := r.model.spans[s].from; c < r.model.spans[s].to; c++ {
			if r.model.rules[c].advisory {
				continue
			}
			required++
			if !r.metAt(c) {
				lost++
				if r.earliest == 0 {
					r.earliest = s
				}
			}
		}
	}
	if required > 0 {
		r.lost = float64(lost) / float64(required)
	}
}

// toil decays what needs upkeep and adds what was worked. A reform that is
// suspended does no work, but is talked about.
func (r *run) toil() {
	m := r.model
	r.gained = 0
	gained, yield := 0.0, 1.0
	progress, aim := r.progress, r.open.aim
	if r.launched {
		yield -= float64(m.scenario.Debt.Drag * r.owed)
		for i := range m.decaying {
			k := &m.decaying[i]
			was := progress[k.criterion]
			now := was - float64(k.share*was)
			progress[k.criterion] = now
			gained -= float64(k.counts * (was - now))
			if wanted := aim[k.criterion]; now < wanted && was >= wanted {
				r.open.dirty |= 1 << k.stage
			}
		}
	}
	word := r.work.Uint64()
	if r.status == reformcycle.Active {
		if len(r.waiting) > 0 {
			r.meetWaiting()
		}
		spread, shut := m.scenario.Work.Spread, r.open.shut
		for _, w := range r.allocation.worked {
			c := w.on
			if shut[c] {
				continue
			}
			task := &m.tasks[c]
			was := progress[c]
			now := was + float64(float64(float64(w.effort*task.each)*yield)*luck(word, task.luck, spread))
			if now > 1 {
				now = 1
			}
			progress[c] = now
			if wanted := aim[c]; was < wanted && now >= wanted {
				r.open.dirty |= 1 << task.stage
				if task.derived {
					r.reached = append(r.reached, c)
				}
			}
			gained += float64(task.counts * (now - was))
		}
		gained += r.finishing()
	}
	r.gained += gained
	r.gain = r.gained * m.fraction
	for _, n := range r.allocation.nudged {
		r.actors[n.on].urged += n.effort
	}
	if len(r.debts) > 0 {
		r.settle()
	}
}

// finishing has those done that this month's work has brought to their threshold, in
// the order of the checklist, whatever the order of the work. It gives what those that
// wait give back of their progress.
func (r *run) finishing() (back float64) {
	if len(r.reached) > 1 {
		slices.Sort(r.reached)
	}
	for _, c := range r.reached {
		now := r.progress[c]
		r.complete(c)
		back += float64(r.model.tasks[c].counts * (r.progress[c] - now))
	}
	r.reached = r.reached[:0]
	return back
}

// resist suspends, resumes and abandons, and reports whether the cycle was
// active throughout.
func (r *run) resist() bool {
	s := &r.model.scenario
	chance := uniform(r.shocks.Uint64()) // drawn whatever the status
	if r.luck > 0 {
		chance = uniform(r.own.Uint64())
	}
	if r.status == reformcycle.Suspended {
		r.held++
		r.outcome.Suspended++
		switch {
		case stakeholders.Outweighs(r.support, r.opposed) && !r.vetoed && r.held >= s.Suspension.Least:
			r.status, r.opposing = reformcycle.Active, 0
			r.moved(reformcycle.MoveResume, 0)
		case r.held >= s.Suspension.Limit:
			r.status = reformcycle.Abandoned
			r.moved(reformcycle.MoveAbandon, 0)
		}
		return false
	}
	// Who can block alone outweighs any support. What has not begun is blocked, and
	// not suspended.
	begun := r.launched || r.stage > reformcycle.CoalitionBuilding
	if begun && (r.vetoed || stakeholders.Outweighs(r.opposed, float64(s.Opposition.Tolerance*r.support))) {
		if r.opposing++; r.opposing == 1 {
			r.opposedBy = FromOpposition
		}
		// A shock in the month before it began, in that month or in the next.
		if r.opposing <= 2 && r.opposedBy == FromOpposition && r.lastShock != NoCause && r.shockMonth >= r.month-1 {
			r.opposedBy = r.lastShock
		}
	} else {
		r.opposing = 0
	}
	switch {
	case r.opposing >= s.Opposition.Patience:
		r.heldBy = r.opposedBy
	case r.launched && befalls(chance, float64(s.Suspension.Debt*r.owed)):
		r.heldBy = FromDebt
	default:
		return true
	}
	r.status, r.held = reformcycle.Suspended, 0
	r.moved(reformcycle.MoveSuspend, 0)
	return false
}

// lawful refuses a request for a move that the table does not have.
func (r *run) lawful() error {
	a := &r.allocation
	switch {
	case a.request == override && (r.stage == reformcycle.ManagementAndLearning || !legal.override[r.stage][r.stage+1]):
		return fault.Refuse("override", "legal", r.stage.String(), language.Of("want.sim-override"))
	case a.request == revisit && !(a.to.Valid() && legal.revisit[r.stage][a.to]):
		return fault.Refuse("revisit", "legal", a.to.String(), language.Of("want.sim-stage-before", "stage", r.stage.String()))
	case a.request == proceed && a.to != 0 && !(a.to.Valid() && legal.renew[reformcycle.ManagementAndLearning][a.to]):
		return fault.Refuse("renew", "legal", a.to.String(), language.Of("want.sim-renewable"))
	}
	return nil
}

// move makes the move that the policy asked for, if the guards let it.
func (r *run) move() {
	a := &r.allocation
	switch a.request {
	case hold:
	case override:
		r.eachUnmet(false, r.owe)
		r.oweWaived(false)
		r.enter(reformcycle.MoveOverride, r.stage+1)
	case revisit:
		r.enter(reformcycle.MoveRevisit, a.to)
	default:
		last := r.stage == reformcycle.ManagementAndLearning
		if r.unmet(last) > 0 {
			return
		}
		r.oweWaived(last)
		if !last {
			r.enter(reformcycle.MoveAdvance, r.stage+1)
			return
		}
		r.renew()
		r.enter(reformcycle.MoveRenew, max(a.to, reformcycle.ProblemPrioritization))
	}
}

func (r *run) renew() {
	m := r.model
	if r.trace != nil {
		r.trace.before = make([]float64, len(r.progress))
		r.shown(r.trace.before)
	}
	r.lap++
	r.open.dirty = everyStage
	r.waived = r.waived[:0]
	for c := range r.progress {
		if rule := &m.rules[c]; !rule.keeps {
			r.progress[c] = max(float64(m.scenario.Work.Carry*r.progress[c]), m.base[c])
		}
	}
	for c := range m.rules {
		// What is done in the new lap brings along what it rests on there, too.
		if rule := &m.rules[c]; rule.derived != nil && r.progress[c] >= rule.met {
			r.complete(c)
		}
	}
}

// enter notes a move to a stage.
func (r *run) enter(move reformcycle.MoveName, to reformcycle.Stage) {
	r.stage, r.inStage = to, -1
	if r.inLap = max(r.inLap, to); move == reformcycle.MoveRenew {
		r.inLap = to
	}
	o := &r.outcome
	if to == reformcycle.Launch && move != reformcycle.MoveRevisit && o.Readiness < 0 {
		o.Readiness, o.Debt = r.readiness(), len(r.debts)
	}
	if to >= reformcycle.Launch {
		r.launched = true
	}
	if o.Entered[to] < 0 {
		o.Entered[to] = r.month
	}
	o.Furthest = max(o.Furthest, to)
	r.weigh()
	r.moved(move, to)
}

// readiness scores the required criteria of the stages before launch.
func (r *run) readiness() float64 {
	m := r.model
	all := m.behind[reformcycle.Launch]
	if !(all > 0) {
		return 1
	}
	sum := 0.0
	for c := range m.rules {
		if rule := &m.rules[c]; !rule.advisory && rule.stage < reformcycle.Launch {
			x := r.progress[c]
			if rule.computed && r.metAt(c) {
				x = wholeProgress
			}
			sum += float64(rule.weight * x)
		}
	}
	return min(1, sum/all)
}

func (r *run) moved(move reformcycle.MoveName, to reformcycle.Stage) {
	if r.trace != nil {
		r.trace.moved(r, move, to)
	}
}
