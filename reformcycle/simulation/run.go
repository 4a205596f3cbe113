package simulation

// One run: its state, kept in buffers that the next run uses again.

import (
	"math/rand/v2"
	"runtime/debug"
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
)

// run is the state of a run. It belongs to one goroutine.
type run struct {
	model  *Model
	policy Policy
	name   string // of the policy
	seed   uint64

	// What a run begins with, and what changes.

	month   int
	stage   reformcycle.Stage
	status  reformcycle.Status
	lap     int
	inStage int

	progress []float64
	open     openCriteria
	debts    []int32
	owed     float64 // what is owed, as a share of what was required of the stages behind
	waived   []int32
	launched bool

	roster   structure
	governed bool  // government is in the coalition
	waiting  []int // criteria that wait for somebody who is willing
	reached  []int // derived criteria that this month's work has brought to their threshold
	coming   int   // place in the model's arrivals of who comes next

	actors   []actor
	hears    []voice
	before   [256]float64 // positions of the month before
	reported []float64    // positions as reported, −7 to 7
	engaged  []bool       // who is there
	members  []bool       // who of them is in the coalition
	pull     float64      // of all members who are there
	crowd    float64      // of all who are there
	rewired  bool         // somebody who came or left has changed who listens to whom

	support, opposed float64
	vetoed           bool
	budget           float64
	gained           float64 // this month's progress on required criteria, net of decay
	gain             float64 // last month's, as a share of the checklist

	opposing   int   // months that opposition has exceeded the tolerance
	opposedBy  Cause // what that began with
	held       int   // months of this suspension
	heldBy     Cause
	lastShock  Cause // that set the reform back, and when
	shockMonth int
	epidemic   int // months it still lasts

	lost     float64
	earliest reformcycle.Stage
	reviewed int // month of the last review

	// Of a district, and of its nation: whose luck is its own, beside the shocks that
	// strike all; what it waits for; and how far it has come in this lap.
	luck  uint64 // added to the number of the run; 0 for a reform by itself
	own   rand.PCG
	link  *link
	inLap reformcycle.Stage

	shocks, work rand.PCG

	view       View
	allocation Allocation
	outcome    RunOutcome
	next       int     // month of the next sample
	sampled    []int16 // bin of the support share, by sample; −1 for none

	// Set while a run is traced.
	trace *Trace
	joins *[]Joined
}

// actor is what changes about an actor.
type actor struct {
	agent
	position, first float64 // and the one that it is attached to
	left, start     float64 // commitment left, and what it recovers to
	urged           float64 // effort of persuasion, last month
	there, member   bool
	roles           uint8
	mood            rand.PCG
}

func newRun(m *Model, s Policy, seed uint64) *run {
	n, c := len(m.agents), len(m.rules)
	id, _ := identity(s) // whoever runs it has checked it
	r := &run{
		model: m, policy: s, name: id.Name, seed: seed,
		progress: make([]float64, c), debts: make([]int32, 0, c+2), waived: make([]int32, 0, c),
		actors:  make([]actor, n),
		waiting: make([]int, 0, len(m.members)), reached: make([]int, 0, len(derivedCriteria)),
		reported: make([]float64, n), engaged: make([]bool, n), members: make([]bool, n),
		sampled: make([]int16, samples(m.scenario.Horizon)),
		allocation: Allocation{
			criteria: c, actors: n, worked: make([]spending, 0, 2*c+2), nudged: make([]spending, 0, 2*n+2),
		},
	}
	for i := range r.actors {
		r.actors[i].agent = m.agents[i]
	}
	r.hears = slices.Clone(m.hears)
	r.open.begin(m, r.progress)
	r.view = View{
		Horizon: m.scenario.Horizon, Criteria: m.views, Actors: m.cast, Progress: make([]float64, c),
		Positions: r.reported, Engaged: r.engaged, Members: r.members, model: m, open: &r.open,
	}
	r.allocation.view = &r.view
	return r
}

func (r *run) begin(number uint64) {
	m := r.model
	r.month, r.stage, r.status, r.lap, r.inStage = 0, m.scenario.Start.Stage, reformcycle.Active, 1, 0
	copy(r.progress, m.initial)
	r.open.reset()
	r.debts = append(r.debts[:0], m.debts...)
	r.waived = append(r.waived[:0], m.waived...)
	r.waiting = append(r.waiting[:0], m.waiting...)
	for _, c := range r.waiting {
		r.open.bar(c, true)
	}
	r.launched = m.scenario.Start.Launched || r.stage >= reformcycle.Launch
	start(&r.shocks, r.seed, number, shockStream)
	if r.luck > 0 {
		start(&r.own, r.seed, number+r.luck, shockStream)
	}
	start(&r.work, r.seed, number+r.luck, workStream)
	for i := range r.actors {
		a, is := &r.actors[i], &m.agents[i]
		a.position, a.first, a.left, a.start, a.urged = is.anchor, is.anchor, is.commitment, is.commitment, 0
		a.there, a.roles = is.expected == 0, is.offices
		a.member = a.there && is.enrolled
		start(&a.mood, r.seed, number+r.luck, is.stream)
		r.engaged[i], r.members[i] = a.there, a.member
	}
	r.coming = 0
	if r.rewired || m.rewires {
		r.rewire()
		r.rewired = false
	}
	r.look()
	r.governed = true
	r.enrol()
	r.drop()
	r.weigh()
	r.gained, r.gain = 0, 0
	r.opposing, r.opposedBy, r.held, r.heldBy, r.lastShock, r.shockMonth, r.epidemic = 0, NoCause, 0, NoCause, NoCause, 0, 0
	if m.scenario.Start.Suspended {
		r.status, r.heldBy = reformcycle.Suspended, FromBefore
	}
	r.lost, r.earliest, r.reviewed, r.inLap = 0, 0, 0, r.stage

	r.outcome = RunOutcome{Run: number, Stage: r.stage, Furthest: r.stage, Readiness: -1, Debt: -1}
	for s := range r.outcome.Entered {
		r.outcome.Entered[s] = -1
		if s > 0 && reformcycle.Stage(s) <= r.stage {
			r.outcome.Entered[s] = 0
		}
	}
	for k := range r.sampled {
		r.sampled[k] = -1
	}
	r.next = 0
	r.sample()
	if r.trace != nil {
		r.trace.start(r)
	}
}

// play plays a run to its end. Afterwards outcome holds what came of it.
func (r *run) play(number uint64) (err error) {
	defer r.rescue(&err)
	r.begin(number)
	for r.month < r.model.scenario.Horizon && r.status != reformcycle.Abandoned {
		r.month++
		if err := r.step(); err != nil {
			return r.failed(err)
		}
	}
	r.finish()
	return nil
}

// rescue makes an error of a panic of the policy.
func (r *run) rescue(err *error) {
	if p := recover(); p != nil {
		*err = r.failed(&PanicError{Value: p, Stack: debug.Stack()})
	}
}

func (r *run) failed(err error) error {
	// A policy that panicked may have left anything behind.
	r.allocation.clear(0)
	r.finish()
	return &RunError{Policy: r.name, Run: r.outcome.Run, Seed: r.seed, Month: r.month, Err: err}
}

func (r *run) finish() {
	o := &r.outcome
	o.Months, o.Stage, o.Status, o.Laps = r.month, r.stage, r.status, r.lap-1
	if r.status == reformcycle.Abandoned {
		o.Cause = r.heldBy
	}
}

// look tells how things stand at the start; from then on influence does.
func (r *run) look() {
	r.support, r.opposed, r.vetoed = 0, 0, false
	for i := range r.actors {
		is, reported := &r.actors[i], positionScale*r.actors[i].position
		r.reported[i] = reported
		if !is.there {
			continue
		}
		with, against := sides(reported)
		r.support += float64(is.pull * with)
		r.opposed += float64(is.pull * against)
		r.vetoed = r.vetoed || is.veto && against > 0
	}
}
