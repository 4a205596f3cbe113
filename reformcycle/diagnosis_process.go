package reformcycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
)

// This file holds what the built-in rules under the heading "process" look at.

// uncoordinatedPartners: the coordination of the partners is rated as not working.
func uncoordinatedPartners(s State, _ Rule) Verdict {
	return s.byRating("governance.coordination", s.get().inLaunch())
}

// hastyLaunch: launched by override, or with little time or evidence between
// problem and launch.
func hastyLaunch(s State, r Rule) Verdict {
	st := s.get()
	launched := st.entered(Launch)
	switch {
	case !st.inLaunch():
		return Verdict{}
	case launched.IsZero():
		return unclear("how the programme came to be launched: that was before the recording began")
	}
	var hasty, calm []Fact
	var needs []string
	var untold []Topic
	for i := range st.Debts {
		if d := &st.Debts[i]; d.Lap == st.Lap && d.Stage <= ProgramReadiness && !d.Since.After(launched) {
			if about := st.silentOnGuard(d.Guard); about != nil {
				untold = about
				continue
			}
			why := fmt.Sprintf("on the authority of %s: %s", said(d.Authority), said(d.Reason))
			if d.ByCorrection {
				why = "as a correction of the record found"
			}
			hasty = append(hasty, Fact{About: "move", Says: fmt.Sprintf("the way to the launch passed over what %s asks for, %s", d.Stage.Label(), why)})
			break
		}
	}
	if hasty == nil && untold != nil {
		needs = append(needs, "what the way to the launch passed over: "+silentWords(untold))
	}
	if began := st.entered(ProblemPrioritization); began.IsZero() || began.After(launched) || st.silent(ProblemPrioritization.Topic()) {
		needs = append(needs, "when the problem was taken up") // a lap may reach it by a revisit only
	} else {
		months := int(r.Value("months"))
		from, to := st.enteredOn(ProblemPrioritization), st.enteredOn(Launch)
		fact := Fact{About: "move", Says: fmt.Sprintf("launched %s, the problem was taken up %s", to, from)}
		switch {
		case to.Last().Before(date.AddMonths(from.First(), months)):
			hasty = append(hasty, fact)
		case to.First().Before(date.AddMonths(from.Last(), months)):
			if from.Precision() < date.ToDay {
				needs = append(needs, better("the beginning, at which the problem was taken up", from))
			}
			if to.Precision() < date.ToDay {
				needs = append(needs, better("the launch", to))
			}
		default:
			calm = append(calm, fact)
		}
	}
	rated, open, required := st.evidence(launched)
	fact := Fact{About: "criterion", Says: fmt.Sprintf("%d of %d criteria of the stages before launch that people rate are rated", rated, required)}
	switch {
	case required == 0:
		needs = append(needs, "how the stages before launch went")
	case float64(rated) >= r.Value("evidence")*float64(required):
		calm = append(calm, fact)
	case float64(rated+open) >= r.Value("evidence")*float64(required):
		needs = append(needs, fmt.Sprintf("ratings of the stages before launch, as they stood then: the record is silent about %d of %d criteria", open, required))
	default:
		hasty = append(hasty, fact)
	}
	switch {
	case hasty != nil:
		return troubled(hasty...)
	case needs != nil:
		return unclear(needs...)
	}
	return sound(calm...)
}

// evidence counts the required criteria that people rate, of the stages that this
// lap went through on its way to launch, those of them that are rated, and those on
// which the record is silent.
func (s *state) evidence(launched time.Time) (rated, open, required int) {
	for _, a := range s.Arrivals {
		if a.Stage >= Launch || a.First.After(launched) {
			continue
		}
		span := s.rules.span[a.Stage]
		for i := span.from; i < span.to; i++ {
			if c := &s.rules.criteria[i]; c.Advisory || c.Kind != assessment.Rated {
				continue
			}
			required++
			if s.levels[i].Known() {
				rated++
			} else if s.silentOn(i) != nil {
				open++
			}
		}
	}
	return rated, open, required
}

// scaledWithoutPilot: an option was launched that was never tested.
func scaledWithoutPilot(s State, _ Rule) Verdict {
	st := s.get()
	if !st.inLaunch() {
		return Verdict{}
	}
	launched := st.enteredOn(Launch)
	var never, tested []Fact
	var failed, open []string
	for o := range st.options {
		if o.Chosen == nil {
			continue
		}
		var p, maybe *Pilot // the last that began before the launch; one after it that may have
		for i := range o.Pilots {
			switch from := o.Pilots[i].From; {
			case launched.IsZero() || from.IsZero() || launched.Before(from) == date.No:
				p, maybe = &o.Pilots[i], nil
			case launched.Before(from) == date.Open:
				maybe = &o.Pilots[i]
			}
		}
		switch {
		case maybe != nil && (p == nil || (p.Finding == NotEffective) != (maybe.Finding == NotEffective)):
			open = append(open, better("the beginning of the pilot "+maybe.ID, maybe.From))
		case p == nil:
			never = append(never, Fact{About: "solution", ID: o.ID, Says: said(o.Name) + " was chosen and launched with no pilot on record before it"})
		case p.Finding == NotEffective:
			failed = append(failed, "why "+said(o.Name)+" was launched though its pilot was found not effective")
		default:
			tested = append(tested, Fact{About: "pilot", ID: p.ID, Says: fmt.Sprintf("%s was piloted in %s; finding: %s", said(o.Name), said(p.Where), p.Finding), Source: p.Evidence.Source})
		}
	}
	switch {
	case never != nil && !st.tells(SolutionGathering.Topic()):
		return unclear("whether what was launched had been piloted" + st.untold(SolutionGathering.Topic()))
	case never != nil:
		return troubled(never...)
	case open != nil:
		return unclear(open...)
	case failed != nil: // it was tested, and that is no strength
		return unclear(failed...)
	case tested != nil:
		return sound(tested...)
	}
	return unclear("which solution was launched, and whether it was piloted")
}

// noLearningLoop: after launch, no review within the interval, or reviews without
// adaptation.
func noLearningLoop(s State, r Rule) Verdict {
	st, at := s.get(), s.moment()
	if !st.past(ProgramReadiness) || st.Status == Abandoned {
		return Verdict{}
	}
	months := int(r.Value("months"))
	launched := st.launched()
	// What came before the recording, of a programme that was launched by then, or where
	// the record is silent.
	until := st.unseen(ManagementAndLearning)
	unseen := !until.IsZero() && until.Lapsed(months, at) != date.Yes
	var last, open, due *Review // within the interval; perhaps; the last before it
	for i := range learnings.of(st).Reviews {
		held := &learnings.of(st).Reviews[i]
		switch held.lapsed(months, at) {
		case date.No:
			last = later(last, held)
		case date.Open:
			open = later(open, held)
		case date.Yes:
			due = later(due, held)
		}
	}
	switch {
	case last == nil && unseen:
		return unclear("when the programme was last reviewed")
	case last == nil && open != nil:
		return unclear(better("the review "+said(open.ID), open.On))
	case last == nil && launched.Lapsed(months, at) == date.No:
		return Verdict{} // the first review is not due yet
	case last == nil && launched.Lapsed(months, at) == date.Open:
		return unclear(better("the launch", launched))
	case last == nil && due == nil:
		return troubled(Fact{About: "review", Says: "no review is on record"})
	case last == nil:
		return troubled(Fact{About: "review", ID: due.ID, Says: "the last review was " + due.when(), Source: due.Source})
	}
	fact := Fact{About: "review", ID: last.ID, Says: said(last.Name) + " was held " + last.when(), Source: last.Source}
	if last.Every > 0 {
		fact.Says = said(last.Name) + " is held " + last.rhythm()
	}
	// A review may take as long to bear fruit as the next one is away.
	adapted, since := Adaptation{}, date.Yes // the last one, and whether it came after the review that is due to bear fruit
	if n := len(learnings.of(st).Adaptations); n > 0 {
		adapted = learnings.of(st).Adaptations[n-1]
	}
	switch {
	case due != nil && adapted.ID == "":
		since = date.No
	case due != nil:
		since = map[date.Answer]date.Answer{date.Yes: date.No, date.No: date.Yes}[st.when(adapted.Entry, adapted.On).Before(due.On)]
	}
	switch {
	case since == date.No && !unseen:
		return troubled(fact, Fact{About: "review", ID: due.ID, Says: "nothing was adapted since " + said(due.Name) + " " + due.when(), Source: due.Source})
	case since == date.Open && !unseen:
		return unclear(better("the review "+said(due.ID), due.On) + ": whether it came before the last adaptation is open")
	case adapted.ID == "":
		return unclear("what follows from the reviews: no adaptation is on record yet")
	}
	return sound(fact, Fact{About: "adaptation", ID: adapted.ID, Says: "adapted: " + said(adapted.What), Source: adapted.Source})
}

// later gives the later of two reviews, the first of those that are known alike.
func later(a, b *Review) *Review {
	if a != nil && !a.On.Last().Before(b.On.Last()) {
		return a
	}
	return b
}

// launched is when the reform was last launched; its beginning where it was
// launched before anything was recorded.
func (s *state) launched() date.Date {
	if on := s.enteredOn(Launch); !on.IsZero() {
		return on
	}
	for _, l := range slices.Backward(s.Laps) {
		for _, a := range l.Arrivals {
			if a.Stage == Launch {
				return s.when(a.Entry, a.First)
			}
		}
	}
	return s.begunOn()
}

// readinessDebt: criteria were overridden and are still unmet.
func readinessDebt(s State, _ Rule) Verdict {
	st := s.get()
	var open []Fact
	settled, untold := 0, []string(nil)
	for i := range st.Debts {
		d := &st.Debts[i]
		if !d.Open() {
			settled++
			continue
		}
		if about := st.silentOnGuard(d.Guard); about != nil {
			untold = append(untold, "whether "+said(d.Guard)+" is met: "+silentWords(about))
			continue
		}
		open = append(open, Fact{About: "debt", ID: d.Guard, Says: fmt.Sprintf("%s (owed since %s, when %s was left)", st.guardText(d.Guard), st.when(d.Entry, d.Since), d.Stage.Label())})
	}
	switch {
	case open != nil:
		return troubled(open...)
	case untold != nil:
		return unclear(untold...)
	case settled > 0:
		return sound(Fact{About: "debt", Says: fmt.Sprintf("all %d debts are settled", settled)})
	}
	return Verdict{}
}

// guardText says what a guard asks for; its id where the checklist lacks it.
func (s *state) guardText(id string) string {
	if id == CoalitionVeto {
		return "no actor whose refusal alone blocks opposes"
	}
	if c, ok := s.rules.list.Criterion(id); ok {
		return strings.TrimSuffix(c.Text, ".")
	}
	return said(id)
}

// stalled: no move and no new rating for longer than the stage's usual span.
func stalled(s State, r Rule) Verdict {
	st := s.get()
	if st.Status != Active {
		return Verdict{} // it does not stand still, it is held
	}
	months := r.Value(st.Stage.String())
	lapsed := func(on date.Date) date.Answer { return on.Lapsed(int(months), s.moment()) }
	last := s.LastMoved()
	still := lapsed(last)
	fact := Fact{About: "move", Says: "the last move was " + last.Phrase()}
	for i := range st.Ratings {
		e := &st.Ratings[i].Evidence
		if answer := lapsed(e.On); !e.On.IsZero() && (still == date.Yes && answer != date.Yes || still == date.Open && answer == date.No || answer == still && e.On.Last().After(last.Last())) {
			last, still = e.On, answer
			fact = Fact{About: "criterion", ID: st.Ratings[i].Criterion, Says: "the last rating was " + last.Phrase(), Source: e.Source}
		}
	}
	switch unseen := st.unseen(st.Stage); {
	case still == date.Yes && !unseen.IsZero() && lapsed(unseen) != date.Yes:
		return unclear("when the reform last moved" + st.untold(st.Stage.Topic()))
	case still == date.Yes:
		return troubled(fact, Fact{About: "move", Says: fmt.Sprintf("%s usually takes no more than %g months", st.Stage.Label(), months)})
	case still == date.Open:
		what := "the last move"
		if fact.ID != "" {
			what = "the rating of " + fact.ID
		}
		return unclear(better(what, last))
	case st.begunOn().Before(last) != date.Yes && st.firstStage() > ProblemPrioritization:
		// To begin the recording of a reform under way is no move of the reform.
		return unclear("when the reform last moved, before the recording began")
	}
	return sound(fact)
}
