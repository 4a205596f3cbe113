package reformcycle

import (
	"context"
	"reflect"

	"github.com/looplab/fsm"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// This file is the moves: the changes that take a cycle along the table, what each
// asks and what it does.

// The kinds of the moves.
const (
	KindAdvance Kind = "advance"
	KindRevisit Kind = "revisit"
	KindRenew   Kind = "renew"
	KindSuspend Kind = "suspend"
	KindResume  Kind = "resume"
	KindAbandon Kind = "abandon"
)

// Move is a change that takes the cycle along a line of the table: Advance,
// Revisit, Renew, Suspend, Resume or Abandon.
type Move interface {
	Change
	// course names the move and where it leads from a standing.
	course(from Standing) (MoveName, Standing)
}

// Advance goes on to the next stage. It is guarded by the checklist of the
// stage that is left; by the coalition, from coalition building on: support has
// to exceed opposition, and no actor with a veto may oppose. With an override
// the guards that are unmet become readiness debt instead.
type Advance struct {
	// Override lets the cycle advance with guards unmet; the zero value is none.
	Override Override `json:"override,omitzero" validate:"omitempty"`
}

// Kind names the change.
func (Advance) Kind() Kind { return KindAdvance }

func (c Advance) course(from Standing) (MoveName, Standing) {
	to := Standing{Stage: from.Stage + 1} // beyond the last stage, which is none
	if c.Override != (Override{}) {
		return MoveOverride, to
	}
	return MoveAdvance, to
}

func (c Advance) apply(d *draft) error {
	if c.Override != (Override{}) {
		if err := d.hasActor("override.authority", c.Override.Authority); err != nil {
			return err
		}
	}
	return d.move(c)
}

// Revisit goes back to an earlier stage of the same lap: reform is not linear
// (chen2021). What was recorded stays.
type Revisit struct {
	To     Stage  `json:"to" validate:"known"`
	Reason string `json:"reason" validate:"text"`
}

// Kind names the change.
func (Revisit) Kind() Kind { return KindRevisit }

func (c Revisit) course(Standing) (MoveName, Standing) { return MoveRevisit, Standing{Stage: c.To} }

func (c Revisit) apply(d *draft) error { return d.move(c) }

// Renew begins a new lap, at problem prioritization or, for a smaller loop, at
// any stage up to design. It is guarded by the checklist of management and
// learning. The ratings of the finished lap become its history and the new lap
// starts unrated; problems, windows, options, design choices, rollout phases,
// adaptations and named gaps count for the lap that recorded them; actors,
// coalition and governance bodies carry over, and so does readiness debt; a
// review counts as long as it is recent.
type Renew struct {
	// At is the stage to begin at; left out, problem prioritization.
	At Stage `json:"at,omitempty" validate:"omitempty,known"`
	// Checklist to judge the new lap by, as name@version; left out, the same as
	// before.
	Checklist string `json:"checklist,omitempty" validate:"omitempty,id"`
	// Terms of that checklist; set when it is recorded.
	Terms  Terms  `json:"terms,omitzero" validate:"-"`
	Reason string `json:"reason,omitempty" validate:"note"`
}

// Kind names the change.
func (Renew) Kind() Kind { return KindRenew }

func (c Renew) course(Standing) (MoveName, Standing) {
	return MoveRenew, Standing{Stage: max(c.At, ProblemPrioritization)}
}

func (c Renew) apply(d *draft) error {
	if c.Checklist != "" {
		if _, err := d.books.judging(c.Checklist, c.Terms); err != nil {
			return err
		}
	}
	return d.move(c)
}

func (c Renew) held(books rulebooks) (Change, error) {
	var err error
	c.Terms = Terms{}
	if c.Checklist != "" {
		c.Terms, err = books.terms(c.Checklist)
	}
	return c, err
}

// Suspend holds the cycle at its stage: crisis, loss of mandate, loss of money.
type Suspend struct {
	Reason string `json:"reason" validate:"text"`
}

// Kind names the change.
func (Suspend) Kind() Kind { return KindSuspend }

func (Suspend) course(from Standing) (MoveName, Standing) {
	return MoveSuspend, Standing{Stage: from.Stage, Status: Suspended}
}

func (c Suspend) apply(d *draft) error { return d.move(c) }

// Resume takes a suspended cycle up again where it was held.
type Resume struct {
	Reason string `json:"reason" validate:"text"`
}

// Kind names the change.
func (Resume) Kind() Kind { return KindResume }

func (Resume) course(from Standing) (MoveName, Standing) {
	return MoveResume, Standing{Stage: from.Stage}
}

func (c Resume) apply(d *draft) error { return d.move(c) }

// Abandon ends the cycle for good.
type Abandon struct {
	Reason string `json:"reason" validate:"text"`
}

// Kind names the change.
func (Abandon) Kind() Kind { return KindAbandon }

func (Abandon) course(Standing) (MoveName, Standing) {
	return MoveAbandon, Standing{Status: Abandoned}
}

func (c Abandon) apply(d *draft) error { return d.move(c) }

// move runs the machine from where the draft stands.
func (d *draft) move(m Move) error {
	from := d.standing()
	name, to := m.course(from)
	if !to.Stage.Valid() && to.Status != Abandoned {
		return d.illegal(name, to)
	}
	d.machine.SetState(from.name())
	d.under = passage{draft: d, move: m, name: name, from: from, to: to}
	err := d.machine.Event(context.Background(), eventName(name, to), &d.under)
	switch err := err.(type) {
	case nil:
		return nil
	case fsm.CanceledError:
		return err.Err
	case fsm.InvalidEventError, fsm.UnknownEventError:
		return d.illegal(name, to)
	default:
		return err
	}
}

func (d *draft) illegal(name MoveName, to Standing) error {
	from := d.standing()
	if name != MoveRevisit && name != MoveRenew {
		to = Standing{} // the others have no choice of where to
	}
	return &MoveError{Move: name, From: from, To: to, Legal: legal(from)}
}

// legal lists the lines of the table that start where a cycle stands.
func legal(from Standing) []Transition {
	var lines []Transition
	for _, t := range table {
		if t.From == from {
			lines = append(lines, t)
		}
	}
	return lines
}

// guard stands before every move.
func (p *passage) guard() error {
	p.unmet = p.draft.unmet(p.name, p.draft.Moment)
	if p.name == MoveOverride || len(p.unmet) == 0 || p.draft.folding {
		return nil
	}
	return &BlockedError{Move: p.name, From: p.from, To: p.to, Blockers: p.unmet}
}

// enter is the effect of every move.
func (p *passage) enter() {
	d := p.draft
	if p.name == MoveAdvance || p.name == MoveRenew { // unmet only where a correction found it so
		d.owe(p.unmet, p.from.Stage, Debt{ByCorrection: true})
	}
	switch m := p.move.(type) {
	case Advance:
		if m.Override != (Override{}) {
			d.owe(p.unmet, p.from.Stage, Debt{Authority: m.Override.Authority, Reason: m.Override.Reason})
		}
		d.oweWaived(p.name, p.from.Stage)
	case Renew:
		d.oweWaived(p.name, p.from.Stage)
		d.renew(m)
	case Suspend:
		d.Held = m.Reason
	case Abandon:
		d.Held = m.Reason
	case Resume:
		d.Held = ""
	}
	d.Status = p.to.Status
	d.LastMove, d.MoveEntry = d.Moment, d.entry
	if p.to.Status == Active && (p.to.Stage != d.Stage || p.name == MoveRenew) {
		d.Stage = p.to.Stage
		d.arrive()
	}
}

// oweWaived books the waived criteria that are unmet as a stage is left that
// they guard.
func (d *draft) oweWaived(move MoveName, left Stage) {
	for _, w := range d.Waivers {
		i, _ := d.rules.list.Index(w.Criterion)
		if d.guards(i, move) && !d.guardMet(w.Criterion, d.Moment) {
			d.owe([]Blocker{{Guard: w.Criterion}}, left, Debt{Authority: w.Authority, Reason: w.Reason})
		}
	}
}

// renew closes the lap and opens the next.
func (d *draft) renew(m Renew) {
	met, required := d.progress()
	began := d.Begun
	if n := len(d.Laps); n > 0 {
		began = d.Laps[n-1].Ended
	}
	own(d, &d.Laps)
	d.Laps = append(d.Laps, Lap{
		Number: d.Lap, Checklist: d.Checklist, Began: began, Ended: d.Moment, Entry: d.entry,
		Arrivals: d.arrivals(), Ratings: d.Ratings, Met: met, Required: required,
	})
	d.Lap++
	d.Arrivals, d.Ratings, d.Waivers = nil, nil, nil
	rules := d.rules
	if m.Checklist != "" {
		rules, _ = d.books.find(m.Checklist) // that it is known was checked before the move
	}
	d.judgedBy(rules, m.Reason)
	for _, renew := range renewals {
		renew(d)
	}
}

// progress counts the required criteria, and those met, of the stages that this
// lap entered: a smaller loop is not measured by those it left out.
func (s *state) progress() (met, required int) {
	for _, a := range s.Arrivals {
		span := s.rules.span[a.Stage]
		for i := span.from; i < span.to; i++ {
			if c := &s.rules.criteria[i]; !c.Advisory {
				required++
				if c.Met(s.level(i, s.Moment)) {
					met++
				}
			}
		}
	}
	return met, required
}

// newMachine makes the machine that runs the table over drafts: the guard
// stands before every event, the effect comes with the state that it enters.
// The draft rides along as the event's argument.
func newMachine() *fsm.FSM {
	return fsm.NewFSM(Standing{Stage: ProblemPrioritization}.name(), machineEvents, fsm.Callbacks{
		"before_event": func(_ context.Context, e *fsm.Event) {
			if blocked := e.Args[0].(*passage).guard(); blocked != nil {
				e.Cancel(blocked)
			}
		},
		"enter_state": func(_ context.Context, e *fsm.Event) {
			e.Args[0].(*passage).enter()
		},
	})
}

var moveRoom = room{changes: []kindEntry{
	changeKind[Advance](), changeKind[Revisit](), changeKind[Renew](),
	changeKind[Suspend](), changeKind[Resume]().whileSuspended(), changeKind[Abandon]().whileSuspended(),
}, names: []vocabulary{{reflect.TypeFor[Stage](), fault.OneOf(stageNames[1:]), worded(schema.OneOf(stageNames[1:]), (*Stage).UnmarshalText)}}}

func (c Advance) steady() any { return c.Override != Override{} }

func (c Revisit) steady() any { return c.To }

func (c Renew) steady() any { return [2]any{c.At, c.Checklist} }

func (Suspend) steady() any { return nil }

func (Resume) steady() any { return nil }

func (Abandon) steady() any { return nil }

// Override lets a cycle advance with criteria unmet, for some moments do not wait
// for every one of them.
type Override struct {
	// Authority is the id of the engaged actor who answers for it.
	Authority string `json:"authority" validate:"id"`
	Reason    string `json:"reason" validate:"text"`
}
