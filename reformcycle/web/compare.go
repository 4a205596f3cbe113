package web

import (
	"errors"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file is the difference between two days of a cycle.

// comparedView is what that page shows.
type comparedView struct {
	Cycle, At string
	// From and To are the two days, as the form has them, and FromDay and ToDay as people
	// read them.
	From, To       string
	FromDay, ToDay date.Date
	// Then and Now are the states on the two days.
	Then, Now reformcycle.State
	// Standing is where the cycle stood and stands, the same or not.
	Standing []changed
	Levels   []changed
	// Cleared are the blockers that are gone, New those that came.
	Cleared, New []language.Text
	Actors       []changed
	Entries      []pastLine
	// More entries than are shown stand in the history, before Oldest.
	More, Oldest uint64
}

// changed is something as it was and as it is.
type changed struct {
	What      language.Text
	Typed     bool
	Then, Now language.Text
}

// monthsBack is how far back the comparison looks where nobody says.
const monthsBack = 12

// comparePage tells the difference between two days.
func (v *visit) comparePage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	query := v.r.URL.Query()
	days := [2]date.Date{date.Of(date.AddMonths(s.JudgedAt(), -monthsBack)), date.Of(s.JudgedAt())}
	for i, name := range []string{"from", "to"} {
		if asked := query.Get(name); asked != "" {
			if days[i], err = dayAsked(name, asked); err != nil {
				return err
			}
		}
	}
	if days[0].Last().After(days[1].Last()) {
		days[0], days[1] = days[1], days[0]
	}
	view := comparedView{Cycle: v.id, At: query.Get("at"), From: days[0].String(), To: days[1].String(), FromDay: days[0], ToDay: days[1]}
	for i, state := range []*reformcycle.State{&view.Then, &view.Now} {
		// Before its first entry a cycle has not begun.
		if *state, err = v.asKnown(c, s, days[i]); err != nil && !errors.Is(err, reformcycle.ErrNotBegun) {
			return err
		}
	}
	view.compare()
	last := view.Now.Seq()
	first := view.Then.Seq()
	if last > first+historyRows {
		view.More = last - first - historyRows
		first = last - historyRows
		view.Oldest = first + 1
	}
	if view.Entries, err = v.entries(c, s, first, last); err != nil {
		return err
	}
	slices.Reverse(view.Entries)
	return v.render("compare", view)
}

// Same reports whether nothing is different.
func (c comparedView) Same() bool {
	return len(c.Levels)+len(c.Cleared)+len(c.New)+len(c.Actors)+len(c.Entries) == 0
}

func (c *comparedView) compare() {
	then, now := c.Then, c.Now
	begun := func(s reformcycle.State, t language.Text) language.Text {
		if s.Seq() == 0 {
			return language.Of("picture.ring.not-begun")
		}
		return t
	}
	c.Standing = []changed{
		{What: language.Of("field.stage"), Then: begun(then, then.Stage().Told()), Now: begun(now, now.Stage().Told())},
		{What: language.Of("field.status"), Then: begun(then, then.Status().Told()), Now: begun(now, now.Status().Told())},
		{What: language.Of("field.lap"), Then: language.Of("web-room.number", "n", then.Lap()), Now: language.Of("web-room.number", "n", now.Lap())},
	}
	for _, criterion := range now.Checklist().All() {
		was, known := then.Level(criterion.ID)
		if !known {
			was = assessment.Unknown
		}
		is, _ := now.Level(criterion.ID)
		if was != is {
			c.Levels = append(c.Levels, changed{What: language.Built(criterion.Text), Then: was.Told(), Now: is.Told()})
		}
	}
	c.Cleared, c.New = guards(then, now), guards(now, then)
	seen := map[string]bool{}
	for actor := range now.Actors().All() {
		seen[actor.ID] = true
		was, there := then.Actors().Actor(actor.ID)
		if !there {
			c.Actors = append(c.Actors, changed{What: language.Typed(actor.Name), Then: language.Of("web-room.not-engaged"), Now: standsWith(actor)})
			continue
		}
		c.Actors = differing(c.Actors, language.Typed(actor.Name), standsWith(was), standsWith(actor))
	}
	for actor := range then.Actors().All() {
		if !seen[actor.ID] {
			c.Actors = append(c.Actors, changed{What: language.Typed(actor.Name), Then: standsWith(actor), Now: language.Of("web-room.not-engaged")})
		}
	}
	for i := range c.Actors {
		c.Actors[i].Typed = true
	}
}

// differing adds what is told in other words now.
func differing(all []changed, what, then, now language.Text) []changed {
	if then.String() == now.String() {
		return all
	}
	return append(all, changed{What: what, Then: then, Now: now})
}

// standsWith tells where an actor stands, with what power, and whether it belongs.
func standsWith(a stakeholders.Actor) language.Text {
	id := "web-room.stands"
	if a.Member {
		id = "web-room.stands-member"
	}
	return language.Of(id, "position", a.Position.Told(), "power", powerTold(a.Power))
}

func powerTold(p stakeholders.Power) language.Text {
	if !p.Known() {
		return stakeholders.Position{}.Told()
	}
	return language.Of("web-room.power", "n", float64(p), "band", p.Band().Told())
}

// guards are the guards that block one state and not another.
func guards(s, other reformcycle.State) (all []language.Text) {
	if s.Status() != reformcycle.Active || s.Seq() == 0 {
		return nil
	}
	blocks := map[string]bool{}
	if other.Status() == reformcycle.Active && other.Seq() > 0 {
		for _, b := range other.Blockers() {
			blocks[b.Guard] = true
		}
	}
	for _, b := range s.Blockers() {
		if !blocks[b.Guard] {
			all = append(all, b.Text)
		}
	}
	return all
}
