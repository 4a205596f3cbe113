package portfolio

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
)

// This file says who is late: against the others, and against the plan.

// Late is a cycle that is late, or may be.
type Late struct {
	Cycle string `json:"cycle"`
	// Name of its jurisdiction; its title or its id where it names none.
	Name  string            `json:"name"`
	Stage reformcycle.Stage `json:"stage"`
	// Since is when it last came to the stage, as far as that is known.
	Since date.Date `json:"since"`
	// Against says whether it has stood there for longer than three quarters of the others
	// did: open where that hangs on what is not known. No where fewer than four others
	// were there.
	Against date.Answer `json:"against"`
	// Shorter, Longer and Open are how many stays of others at the stage were shorter, were
	// as long or longer, or may be either: the dates are not known well enough, the other
	// still stands there and has not stood as long, its recording began later, or it is
	// silent.
	Shorter int `json:"shorter"`
	Longer  int `json:"longer"`
	Open    int `json:"open"`
	// Missed are the days of its own plan that have passed: reviews, phases of the rollout,
	// commitments, pilots and strategies that stand open. Perhaps are those that have passed
	// or not, for a day is not known.
	Missed  []reformcycle.Deadline `json:"missed,omitempty"`
	Perhaps []reformcycle.Deadline `json:"perhaps,omitempty"`
	// Guards stand before its next stage, that of its parent among them.
	Guards []string `json:"guards,omitempty"`
}

// Certain reports whether it is known to be late, against the others or against its plan.
func (l Late) Certain() bool { return l.Against == date.Yes || len(l.Missed) > 0 }

// leastStays is how many others are needed to tell a quarter of them.
const leastStays = 4

// Late tells which of the cycles that may be seen are late, or may be: those that are for
// certain first, then those that have stood at their stage since earlier, then by id. Only
// cycles that are active are: what is suspended waits by decision.
//
// A stay begins when the stage is first reached in a lap, and ends with a later stage or
// the lap; a cycle that came back stands there since it did. Suspensions count.
//
// Errors: [fault.Fields] where sees is nil; what the journal and the context return.
func (p *Portfolio) Late(ctx context.Context, sees func(cycle string) bool) ([]Late, error) {
	v, err := p.view(ctx, sees, (*viewed).lookLate)
	if err != nil {
		return nil, err
	}
	list, _ := v.late()
	return list, nil
}

// stay at a stage: between so many days and so many. Where it is not over, or began before
// the recording, Most is unknown.
type stay struct {
	stage       reformcycle.Stage
	least, most int
	open        bool
}

// days between two dates, at least and at most.
func days(from, to date.Date) (least, most int) {
	whole := func(a, b time.Time) int { return max(0, int(b.Sub(a).Hours()/24)) }
	return whole(from.Last(), to.First()), whole(from.First(), to.Last())
}

// lookLate notes what says whether a cycle is late.
func (c *viewed) lookLate(s reformcycle.State) {
	today := date.Of(s.JudgedAt())
	if s.Status() == reformcycle.Abandoned {
		today = s.LastMoved() // it stood there until then
	}
	lap := func(arrivals []reformcycle.Arrival, ended date.Date, first bool) {
		for _, a := range arrivals {
			end := ended
			var left *reformcycle.Arrival
			for i := range arrivals {
				if b := &arrivals[i]; b.Stage > a.Stage && (left == nil || b.Entry < left.Entry) {
					left = b
				}
			}
			if left != nil {
				end = s.When(left.Entry, left.First)
			}
			one := stay{stage: a.Stage, open: end.IsZero()}
			if end.IsZero() {
				end = today
			}
			one.least, one.most = days(s.When(a.Entry, a.First), end)
			if first && a.Entry == 1 && a.Stage > reformcycle.ProblemPrioritization {
				one.open = true // the recording began while it stood there
			}
			c.stays = append(c.stays, one)
		}
	}
	laps, arrivals := s.Laps(), s.Arrivals()
	for i, l := range laps {
		lap(l.Arrivals, s.When(l.Entry, l.Ended), i == 0)
	}
	lap(arrivals, date.Date{}, len(laps) == 0)
	c.first = s.Stage()
	if len(laps) > 0 && len(laps[0].Arrivals) > 0 {
		c.first = laps[0].Arrivals[0].Stage
	} else if len(laps) == 0 && len(arrivals) > 0 {
		c.first = arrivals[0].Stage
	}
	if s.Status() != reformcycle.Active {
		return
	}
	for _, a := range arrivals {
		if a.Stage == s.Stage() {
			c.since = s.When(a.LastEntry, a.Last)
			c.stands.least, c.stands.most = days(c.since, today)
		}
	}
	c.guards, c.checklist = rowOf(c.id, s, nil).Guards, s.Checklist()
	for _, d := range s.Due(date.Date{}, today) {
		switch {
		case !planned(d):
		case d.Overdue:
			c.missed = append(c.missed, d)
		case d.Day.First().Before(today.First()):
			c.perhaps = append(c.perhaps, d)
		}
	}
}

// planned reports whether a deadline is of the plan. That evidence, an observation or a
// policy grows old is none: nothing was to be done by the day.
func planned(d reformcycle.Deadline) bool {
	switch d.Kind {
	case reformcycle.ReviewDue, reformcycle.RecurringReviewDue, reformcycle.MeetingDue, reformcycle.RolloutStarts, reformcycle.RolloutEnds,
		reformcycle.CommitmentEnds, reformcycle.PilotEnds, reformcycle.StrategyExpires:
		return true
	}
	return false
}

// late compares each cycle with the others, and says whether each that is active could be.
func (v *view) late() (list []Late, all bool) {
	all = true
	stages := map[reformcycle.Stage]*stays{}
	for stage := range reformcycle.Stages() {
		stages[stage] = &stays{open: len(v.silent)}
	}
	for i := range v.cycles {
		v.cycles[i].count(stages)
	}
	for _, s := range stages {
		slices.Sort(s.least)
		slices.Sort(s.most)
	}
	for i := range v.cycles {
		c := &v.cycles[i]
		if c.status != reformcycle.Active {
			continue
		}
		l := Late{Cycle: c.id, Name: c.name, Stage: c.stage, Since: c.since, Missed: c.missed, Perhaps: c.perhaps, Guards: c.guards}
		l.Shorter, l.Longer, l.Open = stages[c.stage].against(c.stands)
		own := map[reformcycle.Stage]*stays{c.stage: {}}
		c.count(own)
		shorter, longer, open := own[c.stage].against(c.stands)
		l.Shorter, l.Longer, l.Open = l.Shorter-shorter, l.Longer-longer, l.Open-open
		switch others := l.Shorter + l.Longer + l.Open; {
		case others < leastStays:
			l.Against, all = date.No, false
		case 4*l.Shorter > 3*others:
			l.Against = date.Yes
		case 4*(l.Shorter+l.Open) > 3*others:
			l.Against = date.Open
		default:
			l.Against = date.No
		}
		if l.Against != date.No || len(l.Missed)+len(l.Perhaps) > 0 {
			list = append(list, l)
		}
	}
	certain := func(l Late) int {
		if l.Certain() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b Late) int {
		return cmp.Or(cmp.Compare(certain(a), certain(b)), a.Since.Last().Compare(b.Since.Last()))
	})
	return list, all
}

// stays at one stage: how long each was at least, how long each that is over was at most,
// and how many there are of which nothing is known.
type stays struct {
	least, most []int
	open        int
}

// count adds the stays of a cycle to those at each stage.
func (c *viewed) count(at map[reformcycle.Stage]*stays) {
	for _, one := range c.stays {
		s := at[one.stage]
		if s == nil {
			continue
		}
		s.least = append(s.least, one.least)
		if !one.open {
			s.most = append(s.most, one.most)
		}
	}
	for stage, s := range at {
		if stage < c.first { // it went through before the recording began, in its own time
			s.open++
		}
	}
}

// against says how many stays were shorter than one, as long or longer, or may be either.
func (s *stays) against(one stay) (shorter, longer, open int) {
	shorter, _ = slices.BinarySearch(s.most, one.least)
	at, _ := slices.BinarySearch(s.least, one.most)
	longer = len(s.least) - at
	return shorter, longer, len(s.least) - shorter - longer + s.open
}
