package reformcycle

import (
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file holds what the built-in rules under the heading "process" look at.

// uncoordinatedPartners: the coordination of the partners is rated as not working.
// Programmes that are known to share no mechanism contest a rating that says it works.
func uncoordinatedPartners(s State, _ Rule) Verdict {
	v := s.byRating(coordination, s.get().inLaunch())
	if shared := s.surveyed(landscape.SharedMechanism); v.Outcome == Sound && shared.answer == landscape.No {
		return contestedBy(v.Facts, shared.no)
	}
	return v
}

// named is what an actor is called; who is not known any more goes by the id.
func (s *state) named(id string) string {
	if a, known := s.actors().Actor(id); known {
		return a.Name
	}
	return id
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
		return unclear(language.Of("need.launch"))
	}
	var hasty, calm []Fact
	var needs []language.Text
	var untold []Topic
	for i := range st.Debts {
		if d := &st.Debts[i]; d.Lap == st.Lap && d.Stage <= ProgramReadiness && !d.Since.After(launched) {
			if about := st.silentOnGuard(d.Guard); about != nil {
				untold = about
				continue
			}
			says := language.Of("fact.passed-over", "stage", d.Stage.Told(), "authority", said(st.named(d.Authority)), "reason", said(d.Reason))
			if d.ByCorrection {
				says = language.Of("fact.passed-over.found", "stage", d.Stage.Told())
			}
			hasty = append(hasty, Fact{About: "move", Says: says})
			break
		}
	}
	if hasty == nil && untold != nil {
		needs = append(needs, language.Of("need.passed-over", "topics", silentTopics(untold)))
	}
	if began := st.entered(ProblemPrioritization); began.IsZero() || began.After(launched) || st.silent(ProblemPrioritization.Topic()) {
		needs = append(needs, language.Of("need.taken-up")) // a lap may reach it by a revisit only
	} else {
		months := int(r.Value("months"))
		from, to := st.enteredOn(ProblemPrioritization), st.enteredOn(Launch)
		fact := Fact{About: "move", Says: language.Of("fact.launched", "from", from.String(), "to", to.String())}
		switch {
		case to.Last().Before(date.AddMonths(from.First(), months)):
			hasty = append(hasty, fact)
		case to.First().Before(date.AddMonths(from.Last(), months)):
			if from.Precision() < date.ToDay {
				needs = append(needs, language.Of("need.taken-up.roughly", "on", from.String()))
			}
			if to.Precision() < date.ToDay {
				needs = append(needs, language.Of("need.launch.roughly", "on", to.String()))
			}
		default:
			calm = append(calm, fact)
		}
	}
	// What was rated after the launch says nothing of how it was prepared.
	known := lives.of(st).Launched
	rated, required, open := known.Required-len(known.Unrated), known.Required, 0
	for _, id := range known.Unrated {
		if st.silentOnGuard(id) != nil {
			open++
		}
	}
	fact := Fact{About: "criterion", Says: language.Of("fact.rated-at-launch", "rated", rated, "required", required), Entry: known.Entry}
	switch {
	case required == 0:
		needs = append(needs, language.Of("need.before-launch"))
	case float64(rated) >= r.Value("evidence")*float64(required):
		calm = append(calm, fact)
	case float64(rated+open) >= r.Value("evidence")*float64(required):
		needs = append(needs, language.Of("need.before-launch.silent", "open", open, "required", required))
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

// scaledWithoutPilot: an option was launched that was never tested, or that its test
// had found not to work.
func scaledWithoutPilot(s State, _ Rule) Verdict {
	st := s.get()
	if !st.inLaunch() {
		return Verdict{}
	}
	var wrong, right, doubt, refuted []Fact
	var needs []language.Text
	unseen := false // an option may have been tested before the recording began
	for o := range st.options {
		if o.Chosen == nil {
			continue
		}
		var works, fails []Fact
		var open []language.Text
		tested, belated := false, false
		for i := range o.Pilots {
			p := &o.Pilots[i]
			when := st.beforeLaunch(o, p)
			fact := Fact{About: "pilot", ID: p.ID, Says: language.Of("fact.piloted", "where", said(p.Where), "finding", p.Finding.Told(), "solution", said(o.Name)), Source: p.Evidence.Source, Entry: p.Entry}
			switch {
			case when == date.No:
				fact.Says.ID = "fact.piloted.late"
				if p.Finding == NotEffective {
					refuted = append(refuted, fact)
				}
				doubt, belated = append(doubt, fact), true
				continue
			case when == date.Open:
				open = append(open, language.Of("need.pilot-ended", "pilot", p.ID))
			case p.Finding == Effective:
				works = append(works, fact)
			case p.Finding == NotEffective:
				fails = append(fails, fact)
			default:
				open = append(open, language.Of("need.pilot-found", "pilot", p.ID))
			}
			tested = true
		}
		switch {
		case works != nil && fails != nil:
			needs = nil
			return contestedBy(works, fails)
		case fails != nil:
			wrong = append(wrong, fails...)
		case works != nil:
			right = append(right, works...)
		case tested:
			needs = append(needs, open...)
		case !belated && !st.tells(SolutionGathering.Topic()):
			unseen = true
		default:
			wrong = append(wrong, Fact{About: "solution", ID: o.ID, Says: language.Of("fact.not-piloted", "solution", said(o.Name)), Entry: o.Chosen.Entry})
		}
	}
	switch {
	case wrong != nil:
		return troubled(append(wrong, doubt...)...)
	case unseen:
		needs = append(needs, st.untold("need.piloted", SolutionGathering.Topic()))
		fallthrough
	case needs != nil:
		return unclear(needs...)
	case right != nil && refuted != nil:
		return contestedBy(right, refuted)
	case right != nil:
		return sound(right...)
	}
	return unclear(language.Of("need.launched"))
}

// beforeLaunch says whether a pilot had ended when what it tested was launched: by its
// dates or, where it has none, by the order of the record, for what is on record before
// the launch, or before the option was chosen, was known then.
func (s *state) beforeLaunch(o *Solution, p *Pilot) date.Answer {
	launched := s.enteredOn(Launch)
	seen := !launched.IsZero() && (s.Lap > 1 || s.firstStage() < Launch) // the launch itself
	if seen {
		if !p.To.IsZero() {
			return not(launched.Before(p.To))
		}
		if launched.Before(p.From) == date.Yes {
			return date.No
		}
	}
	if !seen && s.Lap == 1 && s.begunOn().Before(p.From) == date.Yes { // launched before it began
		return date.No
	}
	if seen && p.Entry < lives.of(s).Launched.Entry || p.Entry < o.Chosen.Entry {
		return date.Yes
	}
	return date.Open
}

// not answers the opposite.
func not(a date.Answer) date.Answer {
	switch a {
	case date.Yes:
		return date.No
	case date.No:
		return date.Yes
	}
	return date.Open
}

// noLearningLoop: after launch, no review within the interval, or reviews without
// adaptation.
func noLearningLoop(s State, r Rule) Verdict {
	st, at := s.get(), s.moment()
	if !st.past(ProgramReadiness) || st.Status == Abandoned {
		return Verdict{}
	}
	// While it is suspended no review can be held: it is judged as it was held.
	if held := s.LastMoved().Last(); st.Status == Suspended && held.Before(at) {
		at = held
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
		return unclear(language.Of("need.reviewed"))
	case last == nil && open != nil:
		return unclear(ofReview(open, "need.review-date"))
	case last == nil && launched.Lapsed(months, at) == date.No:
		return Verdict{} // the first review is not due yet
	case last == nil && launched.Lapsed(months, at) == date.Open:
		return unclear(language.Of("need.launch.roughly", "on", launched.String()))
	case last == nil && due == nil:
		return troubled(Fact{About: "review", Says: language.Of("fact.no-review")})
	case last == nil:
		return troubled(Fact{About: "review", ID: due.ID, Says: ofReview(due, "fact.last-review"), Source: due.Source})
	}
	fact := Fact{About: "review", ID: last.ID, Says: heldReview("fact.reviewed", last), Source: last.Source}
	// A review may take as long to bear fruit as the next one is away.
	adapted, since := Adaptation{}, date.Yes // the last one, and whether it came after the review that is due to bear fruit
	if n := len(learnings.of(st).Adaptations); n > 0 {
		adapted = learnings.of(st).Adaptations[n-1]
	}
	switch {
	case due != nil && adapted.ID == "":
		since = date.No
	case due != nil:
		since = not(st.when(adapted.Entry, adapted.On).Before(due.On))
	}
	switch {
	case since == date.No && !unseen:
		return troubled(fact, Fact{About: "review", ID: due.ID, Says: ofReview(due, "fact.not-adapted"), Source: due.Source})
	case since == date.Open && !unseen:
		return unclear(ofReview(due, "need.review-order"))
	case adapted.ID == "":
		return unclear(language.Of("need.adaptation"))
	case st.when(adapted.Entry, adapted.On).Lapsed(2*months, at) == date.Yes: // of the review before last, at the latest
		return unclear(language.Of("need.adaptation.lately", "on", st.when(adapted.Entry, adapted.On).String()))
	}
	return sound(fact, Fact{About: "adaptation", ID: adapted.ID, Says: language.Of("fact.adapted", "what", said(adapted.What)), Source: adapted.Source})
}

// ofReview is a text that tells of a review and its date; of one that is held again and
// again since nobody knows when, the same with ".undated", which has the day by which it was.
func ofReview(r *Review, id string) language.Text {
	on := r.On
	if on.IsZero() {
		id, on = id+".undated", r.Recorded
	}
	return language.Of(id, "review", said(r.ID), "name", said(r.Name), "on", on.String())
}

// heldReview tells of a review that was held or is held again and again, by the text of
// an id, the same with ".every", or with ".since".
func heldReview(id string, r *Review) language.Text {
	switch {
	case r.Every == 0:
		return language.Of(id, "on", r.On.String(), "name", said(r.Name))
	case r.On.IsZero():
		return language.Of(id+".every", "months", r.Every, "name", said(r.Name))
	}
	return language.Of(id+".since", "months", r.Every, "since", r.On.String(), "name", said(r.Name))
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
	var open, settled, undone []Fact
	var unasked, untold []language.Text
	for i := range st.Debts {
		d := &st.Debts[i]
		fact := Fact{About: "debt", ID: d.Guard, Entry: d.Entry}
		switch {
		case d.Open() && st.silentOnGuard(d.Guard) != nil:
			untold = append(untold, language.Of("need.met", "criterion", said(d.Guard), "topics", silentTopics(st.silentOnGuard(d.Guard))))
			continue
		case d.Open():
			fact.Says = language.Of("fact.owed", "since", st.when(d.Entry, d.Since).String(), "stage", d.Stage.Told(), "criterion", st.guardText(d.Guard))
			open = append(open, fact)
			continue
		case d.Settled.IsZero():
			unasked = append(unasked, language.Of("need.met.unasked", "criterion", said(d.Guard)))
			continue
		}
		fact.Says = language.Of("fact.met", "on", date.Of(d.Settled).String(), "criterion", st.guardText(d.Guard))
		settled = append(settled, fact)
		if st.unmetNow(d.Guard, s.moment()) {
			fact.Says = language.Of("fact.not-met", "criterion", st.guardText(d.Guard))
			undone = append(undone, fact)
		}
	}
	switch {
	case open != nil:
		return troubled(open...)
	case undone != nil:
		return contestedBy(settled, undone)
	case untold != nil || unasked != nil:
		return unclear(append(untold, unasked...)...)
	case settled != nil:
		return sound(settled...)
	}
	return Verdict{}
}

// unmetNow reports whether a guard is known not to be met at a moment.
func (s *state) unmetNow(id string, at time.Time) bool {
	if i, ok := s.rules.list.Index(id); ok && !s.level(i, at).Known() {
		return false
	}
	return s.asks(id) && !s.guardMet(id, at)
}

// guardText says what a guard asks for; its id where the checklist lacks it.
func (s *state) guardText(id string) language.Text {
	if id == CoalitionVeto {
		return language.Of("guard.coalition-veto")
	}
	if c, ok := s.rules.list.Criterion(id); ok {
		return language.Built(c.Text)
	}
	return language.Typed(said(id))
}

// stalled: nothing that moves the reform for longer than the stage's usual span.
func stalled(s State, r Rule) Verdict {
	st := s.get()
	if st.Status != Active {
		return Verdict{} // it does not stand still, it is held
	}
	months, at, begun := int(r.Value(st.Stage.String())), s.moment(), st.begunOn()
	// To begin the recording of a reform under way is no move of the reform.
	late := st.firstStage() > ProblemPrioritization
	best, latest, fact := date.Yes, date.Date{}, Fact{}
	look := func(on date.Date, still date.Answer, seen Fact) {
		rank := func(a date.Answer) int { return [...]int{date.Yes: 0, date.Open: 1, date.No: 2}[a] }
		if latest.IsZero() || rank(still) > rank(best) || still == best && on.Last().After(latest.Last()) {
			best, latest, fact = still, on, seen
		}
	}
	if st.LastMove.After(st.Begun) || len(st.Arrivals)+len(st.Laps) > 1 {
		on := s.LastMoved()
		look(on, on.Lapsed(months, at), Fact{About: "move", Says: language.Of("fact.moved", "on", on.String())})
	}
	for _, seen := range lives.of(st).Signs {
		says := language.Of("life."+string(seen.Kind), "what", said(seen.ID), "on", seen.On.String())
		look(seen.On, seen.On.Lapsed(months, at), Fact{About: lifeAbout[seen.Kind], ID: seen.ID, Says: says, Entry: seen.Entry})
	}
	for i := range learnings.of(st).Reviews { // those that are held again and again
		if held := &learnings.of(st).Reviews[i]; held.Every > 0 {
			// The last of them that it stands for was held within an interval from then on.
			still := held.Recorded.Lapsed(months, at)
			if still == date.Yes && held.Recorded.Lapsed(months+held.Every, at) != date.Yes {
				still = date.Open
			}
			look(held.Recorded, still, Fact{About: "review", ID: held.ID, Says: heldReview("fact.reviewed", held), Source: held.Source, Entry: held.Entry})
		}
	}
	usual := Fact{About: "move", Says: language.Of("fact.usual", "stage", st.Stage.Told(), "months", months)}
	switch unseen := st.unseen(st.Stage); {
	case best == date.Yes && unseen.Lapsed(months, at) == date.No && (!latest.IsZero() || begun.Lapsed(months, at) == date.Yes):
		return unclear(st.untold("need.moved", st.Stage.Topic()))
	case latest.IsZero() && begun.Lapsed(months, at) == date.Yes:
		return troubled(Fact{About: "move", Says: language.Of("fact.not-moved", "since", begun.String())}, usual)
	case latest.IsZero() && late, late && best == date.Yes && begun.Lapsed(months, at) != date.Yes:
		return unclear(language.Of("need.moved.before"))
	case latest.IsZero():
		return Verdict{} // it has just begun
	case best == date.Yes:
		return troubled(fact, usual)
	case best == date.Open:
		return unclear(language.Of("need.when", "what", fact.Says))
	}
	return sound(fact)
}
