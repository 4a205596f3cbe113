package portfolio

import (
	"context"
	"reflect"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is what a cycle has observed of others against how they stand: what is out of
// date, and the batch that brings it up to date.

// Sight is one neighbour of a cycle, its parent or a child: what was last observed of it
// and how it stands now.
type Sight struct {
	Cycle string
	// Observed is what the cycle's own journal has; its Seq is 0 where it was never
	// observed. Now is how the neighbour stands; its Seq is 0 where Err says why that is
	// not known.
	Observed, Now reformcycle.Observation
	// Behind is how many entries the neighbour's journal has behind the observed one, but
	// for those that only observe others: else a parent and a child that look at each
	// other would never have done.
	Behind int
	// Changed: an observation would say another thing now, with entries or without, as
	// where a review of the neighbour has grown too old, or other criteria are asked
	// about.
	Changed bool
	// Aged: it is as old as the link, or the list of the children, lets it be.
	Aged bool
	// Err says what is wrong with the observation or the neighbour: no such cycle
	// ([reformcycle.ErrNotFound]), one that can't be read, or [fault.Fields] for an
	// observation of an entry that the neighbour's journal does not have, or that says
	// another thing.
	Err error
}

// OutOfDate reports whether it has to be observed anew.
func (s Sight) OutOfDate() bool { return s.Behind > 0 || s.Changed || s.Aged }

// OutOfDate tells which neighbours of a cycle, the parent first and then the children as
// they are named, have to be observed anew, and of which something is wrong. It opens
// the cycle and its neighbours. An abandoned cycle observes nothing more.
//
// Errors: as those of Cycle for the cycle itself; what is wrong with a neighbour is in
// its Sight.
func (p *Portfolio) OutOfDate(ctx context.Context, cycle string) ([]Sight, error) {
	s, err := p.own(ctx, cycle)
	if err != nil {
		return nil, err
	}
	return p.sights(ctx, s)
}

func (p *Portfolio) own(ctx context.Context, cycle string) (reformcycle.State, error) {
	if err := p.ready(ctx); err != nil {
		return reformcycle.State{}, err
	}
	return p.now(ctx, cycle, true)
}

func (p *Portfolio) sights(ctx context.Context, s reformcycle.State) (wrong []Sight, err error) {
	if s.Status() == reformcycle.Abandoned {
		return nil, nil
	}
	held := map[string]reformcycle.Observation{}
	for _, o := range s.Observations() {
		held[o.Cycle] = o
	}
	asks, at := s.Asks(), s.JudgedAt()
	look := func(id string, months int) error {
		sight, err := p.sight(ctx, id, held[id], asks, months, at)
		if err == nil && (sight.OutOfDate() || sight.Err != nil) {
			wrong = append(wrong, sight)
		}
		return err
	}
	if link, linked := s.Link(); linked {
		if err := look(link.Parent, link.Months); err != nil {
			return nil, err
		}
	}
	children := s.Children()
	for _, child := range children.Children {
		if err := look(child.Cycle, children.Months); err != nil {
			return nil, err
		}
	}
	return wrong, nil
}

// sight looks at one neighbour. Its error is that of a context, or of reading entries that
// were there a moment ago.
func (p *Portfolio) sight(ctx context.Context, id string, held reformcycle.Observation, asks []string, months int, at time.Time) (Sight, error) {
	sight := Sight{Cycle: id, Observed: held}
	c, err := p.cycle(ctx, id, true)
	if err != nil {
		sight.Err = err
		return sight, ctx.Err()
	}
	s := c.Now()
	sight.Now = s.Observation(asks...)
	path := "observations[" + id + "]"
	switch {
	case held.Seq == 0:
		sight.Behind, sight.Changed = int(s.Seq()), true
		return sight, nil
	case held.Seq > s.Seq():
		// The core takes no observation of an earlier entry: this one has to be retracted.
		sight.Err = fault.Refuse(path+".seq", fault.Exists, held.Seq, language.Of("want.portfolio-entry", "cycle", id, "head", s.Seq(), "entry", held.Entry))
		return sight, nil
	}
	sight.Changed = !reflect.DeepEqual(content(held), content(sight.Now))
	if sight.Changed { // else it is right, whatever it was made of
		then, err := c.AfterEntry(ctx, held.Seq)
		if ctx.Err() != nil {
			return Sight{}, ctx.Err()
		}
		if err != nil || !reflect.DeepEqual(lasting(held), lasting(then.Observation())) {
			sight.Err = fault.Refuse(path, fault.Same, held.Seq, language.Of("want.portfolio-content", "cycle", id, "seq", held.Seq, "entry", held.Entry))
		}
	}
	for e, err := range c.History(ctx, held.Seq) {
		if err != nil {
			return Sight{}, err
		}
		if e.Kind != reformcycle.KindObserveCycle && e.Seq <= s.Seq() {
			sight.Behind++
		}
	}
	sight.Aged = months > 0 && held.On.Lapsed(months, at) == date.Yes
	return sight, nil
}

// content is what an observation says, but for when.
func content(o reformcycle.Observation) reformcycle.Observation {
	o.Seq, o.Seen, o.On, o.Entry = 0, date.Date{}, date.Date{}, 0
	return o
}

// lasting is what it says that the passing of time does not change, nor another question.
func lasting(o reformcycle.Observation) reformcycle.Observation {
	o.Met, o.Asked, o.On, o.Entry = nil, nil, date.Date{}, 0
	return o
}

// Proposal is a batch that brings what a cycle has observed up to date. Nothing is applied
// before the host calls Apply; it may alter the changes, or drop the proposal.
type Proposal struct {
	Cycle string
	// By stands on the batch, and says on which entry of the cycle it rests.
	By reformcycle.Stamp
	// Changes are ObserveCycle of each neighbour that has to be observed anew, and Suspend
	// where the link asks for it; none where there is nothing to do.
	Changes []reformcycle.Change
	// Questions that the host answers for itself: a parent that is suspended or
	// abandoned, where the link says that the child asks.
	Questions []language.Text
	// Sights are what the proposal rests on, and what is wrong with other neighbours.
	Sights []Sight

	portfolio *Portfolio
}

// Refresh observes the parent and all children of a cycle as they stand now, and proposes
// to record what has moved since it was last observed. Where that tells that the parent
// is suspended or abandoned, as the record did not know, it proposes what the link says:
// to suspend the cycle, too, or to ask. Once the observation is on record that is settled:
// a cycle that was resumed since is not suspended again.
//
// What is wrong with one neighbour keeps no other from being observed: its Sight says it.
//
// Errors: as those of Cycle for the cycle itself.
func (p *Portfolio) Refresh(ctx context.Context, by reformcycle.Stamp, cycle string) (Proposal, error) {
	s, err := p.own(ctx, cycle)
	if err != nil {
		return Proposal{}, err
	}
	sights, err := p.sights(ctx, s)
	if err != nil {
		return Proposal{}, err
	}
	proposal := Proposal{Cycle: s.ID(), By: by.After(s.Seq()), Sights: sights, portfolio: p}
	for _, sight := range sights {
		if sight.OutOfDate() {
			proposal.Changes = append(proposal.Changes, reformcycle.ObserveCycle{Observation: sight.Now})
		}
	}
	link, linked := s.Link()
	if !linked || len(sights) == 0 || sights[0].Cycle != link.Parent || !sights[0].OutOfDate() || s.Status() != reformcycle.Active {
		return proposal, nil
	}
	parent := sights[0]
	if status := parent.Now.Status; status != reformcycle.Active && (parent.Observed.Seq == 0 || parent.Observed.Status != status) {
		switch link.Held {
		case reformcycle.IsSuspended:
			reason := p.language.Say(language.Of("portfolio.suspended", "parent", link.Parent, "status", status.Told()))
			proposal.Changes = append(proposal.Changes, reformcycle.Suspend{Reason: reason})
		case reformcycle.Asks:
			proposal.Questions = append(proposal.Questions, language.Of("portfolio.asks", "cycle", s.ID(), "parent", link.Parent, "status", status.Told()))
		}
	}
	return proposal, nil
}

// Apply applies the changes of the proposal to its cycle, all or none; where there are
// none it does nothing and gives no receipt.
//
// Errors: as [reformcycle.Cycle.Apply]; a ConflictError where the cycle has moved on since
// the proposal was made: refresh again. [fault.Fields] for a proposal that no Refresh made.
func (o Proposal) Apply(ctx context.Context) (reformcycle.Receipt, error) {
	if err := o.portfolio.ready(ctx); err != nil {
		return reformcycle.Receipt{}, err
	}
	if len(o.Changes) == 0 {
		return reformcycle.Receipt{}, nil
	}
	c, err := o.portfolio.Cycle(ctx, o.Cycle)
	if err != nil {
		return reformcycle.Receipt{}, err
	}
	return c.Apply(ctx, o.By, o.Changes...)
}
