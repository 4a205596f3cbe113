package reformcycle

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file answers what falls due, when, what follows if nothing happens, and who
// could act.

// DeadlineKind says what falls due.
type DeadlineKind string

// What may fall due, in the order in which deadlines of one day stand.
const (
	// ReviewDue: the interval within which a review has to be held runs out; that of
	// the criterion learning.review by tier, or that of the diagnosis.
	ReviewDue DeadlineKind = "review"
	// RecurringReviewDue: a review that is held every so many months comes round.
	RecurringReviewDue DeadlineKind = "recurring-review"
	// MeetingDue: the interval of the criterion learning.community-accountability
	// runs out, where the checklist has it.
	MeetingDue DeadlineKind = "community-meeting"
	// RolloutStarts and RolloutEnds: a phase of the rollout is planned to.
	RolloutStarts DeadlineKind = "rollout-starts"
	RolloutEnds   DeadlineKind = "rollout-ends"
	// CommitmentEnds: what an actor committed reaches its last day.
	CommitmentEnds DeadlineKind = "commitment-ends"
	// PilotEnds: a test of an option does.
	PilotEnds DeadlineKind = "pilot-ends"
	// EvidenceAges: a rating, or the survey of programmes, reaches the age beyond
	// which it no longer speaks to the diagnosis, as its rules have it ([Rules.AgeOf]).
	EvidenceAges DeadlineKind = "evidence-ages"
	// StrategyExpires: the months that a strategy takes are over.
	StrategyExpires DeadlineKind = "strategy-expires"
	// WindowCloses: a window of opportunity does.
	WindowCloses DeadlineKind = "window-closes"
	// PolicyExpires: a policy that the reform works under reaches its last day.
	PolicyExpires DeadlineKind = "policy-expires"
	// ObservationAges: what was last observed of the parent, or of a child, is as old as
	// the link, or the list of the children, lets it be.
	ObservationAges DeadlineKind = "observation-ages"
)

var deadlineKinds = []DeadlineKind{
	ReviewDue, RecurringReviewDue, MeetingDue, RolloutStarts, RolloutEnds, CommitmentEnds, PilotEnds, EvidenceAges, StrategyExpires, WindowCloses,
	PolicyExpires, ObservationAges,
}

// Told gives what falls due in a few words, such as "end of a pilot".
func (k DeadlineKind) Told() language.Text {
	return language.Of("deadline." + string(k)).Or(string(k))
}

// Deadline is one thing that falls due.
type Deadline struct {
	// ID tells it from all others of the cycle, and stays the same while what falls
	// due stands: its kind and what it is of, parted by "/".
	ID   string       `json:"id"`
	Kind DeadlineKind `json:"kind"`
	// Day on which it falls due: the last on which what follows has not happened yet.
	// Where a date is known only to the month or the year, it is the earliest day that
	// it may be, and Latest the latest; else the two are the same.
	Day    date.Date `json:"day"`
	Latest date.Date `json:"latest"`
	// Of is the id of what falls due: a review, a meeting, a phase, a commitment, a
	// pilot, a criterion, a strategy, a window; empty for a first review and the survey of programmes. Entry recorded it.
	Of    string `json:"of,omitempty"`
	Entry uint64 `json:"entry"`
	// Says what falls due, without the day.
	Says language.Text `json:"says"`
	// Overdue: its latest day has passed when the state is judged, and it stands open.
	Overdue bool `json:"overdue,omitempty"`
	// Follows is what follows if nothing happens.
	Follows []Consequence `json:"follows,omitempty"`
	// Who could act, the likeliest first and ten at most, with the reason for each.
	Who []stakeholders.Candidate `json:"who,omitempty"`
}

// When says on which day it falls due, between which, or since when it is overdue.
func (d Deadline) When() language.Text {
	switch {
	case d.Overdue:
		return language.Of("brief.overdue", "since", d.Latest.String())
	case d.Day != d.Latest:
		return language.Of("brief.between", "from", d.Day.String(), "to", d.Latest.String())
	}
	return language.Of("brief.on", "on", d.Day.String())
}

// Consequence is what follows from a deadline that passes.
type Consequence struct {
	// Guard is the id of a criterion that is met on the day, and is not from the day
	// after on; empty where it is something else.
	Guard string `json:"guard,omitempty"`
	// Rule is the code of a rule of the diagnosis that says another thing from the day
	// after on; empty where it is something else.
	Rule string        `json:"rule,omitempty"`
	Says language.Text `json:"says"`
}

// deadline is one in the making: what it is, and what to judge it by.
type deadline struct {
	Deadline
	// guard that may fall, rules that may turn, or all that rest on some
	// evidence, and plain words.
	guard    string
	rules    []string
	evidence Fact
	plain    []language.Text
	// emptied: it is a deadline only if a rule turns.
	emptied bool
}

// Due lists what falls due from one date to another, both included, sorted by day, kind
// and id, whatever the moment at which the state is judged: that only says what is
// overdue. A date known roughly spans all its days, so that Due(2026, 2026) is of the
// year; no date is no bound. Where from is after to nothing is.
//
// What is settled is not listed: a phase that has started, a review after which
// another was held, a strategy of which something was observed, a commitment that was
// delivered whole and has ended. What has passed and stands open is, on its day, as
// overdue; so an earlier from asks for what was missed. Of a review that recurs the next
// is listed, not those behind it. A cycle that has not begun, or was abandoned, has
// nothing due.
//
// What follows is judged: a criterion that is named is met at the day and is not the
// day after, a rule that is named says something else. A rating that has grown old stays
// what it was to the guards.
func (s State) Due(from, to date.Date) []Deadline {
	st := s.get()
	if st.Seq == 0 || st.Status == Abandoned {
		return nil
	}
	s.rules, s.sight = s.ruleSet(), s.sighted()
	var due []Deadline
	verdicts := make(map[judgedOn]Verdict)
	for _, d := range s.deadlines() {
		day := d.Day.First()
		if !from.IsZero() && day.Before(from.First()) || !to.IsZero() && day.After(to.Last()) {
			continue
		}
		if s.consequences(&d, verdicts); d.emptied && len(d.Follows) == 0 {
			continue
		}
		d.Overdue = d.Latest.First().Before(date.Of(s.moment()).First())
		due = append(due, d.Deadline)
	}
	slices.SortStableFunc(due, func(a, b Deadline) int {
		return cmp.Or(
			a.Day.First().Compare(b.Day.First()),
			cmp.Compare(slices.Index(deadlineKinds, a.Kind), slices.Index(deadlineKinds, b.Kind)),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return due
}

// at makes a deadline of the days that it may be; one beyond the calendar is none.
func (k DeadlineKind) at(first, last time.Time, of ...string) (deadline, bool) {
	d := deadline{Deadline: Deadline{Kind: k, Day: date.Of(first), Latest: date.Of(last)}}
	d.ID = string(k)
	for _, part := range of {
		d.ID += "/" + idParts.Replace(part)
	}
	if len(of) > 0 {
		d.Of = of[len(of)-1]
	}
	return d, !d.Day.IsZero() && !d.Latest.IsZero()
}

// idParts keeps the parts of an id apart: an id of the record may hold a slash.
var idParts = strings.NewReplacer("%", "%25", "/", "%2F")

// deadlines of all days.
func (s State) deadlines() []deadline {
	st := s.get()
	all := slices.Concat(st.reviewsDue(s.ruleSet()), st.meetingsDue(), st.rolloutsDue())
	today := date.Of(s.moment()).First()
	all = append(all, st.commitmentsEnd(today)...)
	all = append(all, st.pilotsEnd(today)...)
	all = append(all, s.evidenceAges()...)
	all = append(all, st.strategiesExpire()...)
	all = append(all, st.windowsClose(today)...)
	return slices.Concat(all, st.policiesExpire(today), st.observationsAge())
}

// until gives the last days on which a review, at the earliest and at the latest of the
// days that its date may be, was held within so many months.
func (r *Review) until(months int) (first, last time.Time) {
	first, last = r.days()
	first, last = date.AddMonths(first, months), date.AddMonths(last, months)
	if r.Every > 0 && r.Every <= months {
		first = latestOf(first, date.AddMonths(r.Recorded.First(), r.Every))
		last = latestOf(last, date.AddMonths(r.Recorded.Last(), r.Every))
	}
	return first, last
}

func latestOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// lastReview gives the review, of those that count, that is the last to lapse.
func (s *state) lastReview(months int, counts func(*Review) bool) (held *Review, first, last time.Time) {
	for i := range learnings.of(s).Reviews {
		r := &learnings.of(s).Reviews[i]
		if !counts(r) {
			continue
		}
		from, to := r.until(months)
		if held == nil || from.After(first) {
			held, first = r, from
		}
		last = latestOf(last, to)
	}
	return held, first, last
}

const (
	reviewCriterion  = "learning.review"
	meetingCriterion = "learning.community-accountability"
	learningLoop     = "no-learning-loop"
)

// derived gives a criterion of the checklist that is derived.
func (s *state) derived(id string) (*criterion, bool) {
	i, ok := s.rules.list.Index(id)
	if !ok || s.rules.criteria[i].Kind != assessment.Derived {
		return nil, false
	}
	return &s.rules.criteria[i], true
}

// reviewsDue: by tier, as the criterion asks; by the rule of the diagnosis, where that
// is another day; and those that come round.
func (s *state) reviewsDue(rules *Rules) (all []deadline) {
	who := s.carriers(reviewCriterion)
	if c, ok := s.derived(reviewCriterion); ok {
		for _, t := range []Tier{National, Subnational} {
			r, first, last := s.lastReview(int(c.Parameter), func(r *Review) bool { return r.Tier.within(t) })
			if r == nil {
				continue
			}
			if d, ok := ReviewDue.at(first, last, string(t), r.ID); ok {
				d.Entry, d.Who, d.guard, d.rules = r.Entry, who, c.ID, []string{learningLoop}
				d.Says = language.Of("due.review."+string(t), "months", int(c.Parameter), "last", heldReview("held-review", r))
				all = append(all, d)
			}
		}
	}
	if rule, ok := rules.Rule(learningLoop); ok && s.past(ProgramReadiness) {
		months := int(rule.Value("months"))
		r, first, last := s.lastReview(months, func(*Review) bool { return true })
		d, ok := deadline{}, false
		if r != nil {
			if d, ok = ReviewDue.at(first, last, "any", r.ID); ok {
				d.Entry, d.Says = r.Entry, language.Of("due.review", "months", months, "last", heldReview("held-review", r))
			}
		} else {
			from, says := s.launched(), "due.first-review"
			if until := s.unseen(ManagementAndLearning); until.Last().After(from.Last()) {
				from, says = until, "due.first-review.silent"
			}
			if d, ok = ReviewDue.at(date.AddMonths(from.First(), months), date.AddMonths(from.Last(), months), "first", strconv.Itoa(s.Lap)); ok {
				d.Of, d.Says = "", language.Of(says, "months", months)
			}
		}
		sameDay := slices.ContainsFunc(all, func(o deadline) bool { return o.Day == d.Day })
		if ok && !sameDay {
			d.Who, d.rules, d.emptied = who, []string{learningLoop}, true
			all = append(all, d)
		}
	}
	for i := range learnings.of(s).Reviews {
		r := &learnings.of(s).Reviews[i]
		if r.Every == 0 {
			continue
		}
		first, last := r.next()
		if s.heldSince(r, first) {
			continue
		}
		if d, ok := RecurringReviewDue.at(first, last, r.ID); ok {
			d.Entry, d.Who = r.Entry, who
			d.Says = language.Of("due.recurring-review", "name", said(r.Name), "months", r.Every)
			d.plain = []language.Text{language.Of("follows.recurring-review", "until", date.Of(date.AddMonths(r.Recorded.First(), r.Every)).String())}
			all = append(all, d)
		}
	}
	return all
}

// next gives the first and the last day that the next of a review that recurs may be,
// after the day of its recording: on whichever of its days it was held first, for months
// are not equally long.
func (r *Review) next() (first, last time.Time) {
	from, to := r.Recorded.First(), r.Recorded.Last()
	if r.On.IsZero() {
		return from.AddDate(0, 0, 1), date.AddMonths(to, r.Every)
	}
	after := func(day, recorded time.Time) time.Time {
		k := max(0, 12*(recorded.Year()-day.Year()-1)/r.Every-1) // surely none after it
		for {
			if next := date.AddMonths(day, k*r.Every); next.After(recorded) {
				return next
			}
			k++
		}
	}
	for day := r.On.First(); !day.After(r.On.Last()); day = day.AddDate(0, 0, 1) {
		if next := after(day, from); first.IsZero() || next.Before(first) {
			first = next
		}
		last = latestOf(last, after(day, to))
	}
	return first, last
}

// heldSince: another review of the tier is on record behind one that recurs, since a day.
func (s *state) heldSince(r *Review, day time.Time) bool {
	return slices.ContainsFunc(learnings.of(s).Reviews, func(o Review) bool {
		return o.ID != r.ID && o.Entry > r.Entry && o.Tier == r.Tier && !o.On.Last().Before(day)
	})
}

func (s *state) meetingsDue() []deadline {
	c, ok := s.derived(meetingCriterion)
	if !ok {
		return nil
	}
	var held *CommunityMeeting
	var first, last time.Time
	for i := range learnings.of(s).CommunityMeetings {
		m := &learnings.of(s).CommunityMeetings[i]
		if len(m.Accounts) == 0 {
			continue
		}
		from, to := date.AddMonths(m.On.First(), int(c.Parameter)), date.AddMonths(m.On.Last(), int(c.Parameter))
		if held == nil || from.After(first) {
			held, first = m, from
		}
		last = latestOf(last, to)
	}
	if held == nil {
		return nil
	}
	d, ok := MeetingDue.at(first, last, held.ID)
	if !ok {
		return nil
	}
	d.Entry, d.Who, d.guard = held.Entry, s.carriers(c.ID), c.ID
	d.Says = language.Of("due.community-meeting", "months", int(c.Parameter), "last", held.On.String())
	return []deadline{d}
}

func (s *state) rolloutsDue() (all []deadline) {
	none := true
	for p := range s.phases {
		none = none && p.Started.IsZero()
	}
	for p := range s.phases {
		if on := p.Start; p.Started.IsZero() && !on.IsZero() {
			if d, ok := RolloutStarts.at(on.First(), on.Last(), p.ID); ok {
				d.Entry, d.Who = p.Entry, s.carriers("launch.activated")
				d.Says = language.Of("due.rollout-starts", "phase", said(p.Name))
				if d.plain = []language.Text{language.Of("follows.rollout-starts")}; none {
					d.plain = []language.Text{language.Of("follows.rollout-starts.first")}
				}
				all = append(all, d)
			}
		}
		whole := p.Workers > 0 && p.Deployed >= p.Workers
		if on := p.End; !on.IsZero() && !whole && (p.Workers > 0 || p.Reported.IsZero() || !p.Reported.After(on.Last())) {
			if d, ok := RolloutEnds.at(on.First(), on.Last(), p.ID); ok {
				d.Entry, d.Who = p.Entry, s.carriers("launch.deployed")
				d.Says = language.Of("due.rollout-ends", "phase", said(p.Name))
				d.plain = []language.Text{language.Of("follows.rollout-ends.unplanned", "deployed", p.Deployed)}
				if p.Workers > 0 {
					d.plain = []language.Text{language.Of("follows.rollout-ends", "deployed", p.Deployed, "planned", p.Workers)}
				}
				all = append(all, d)
			}
		}
	}
	return all
}

func (s *state) commitmentsEnd(today time.Time) (all []deadline) {
	for a := range s.actors().All() {
		for _, c := range a.Commitments {
			on := c.To
			if on.IsZero() || on.Last().Before(today) && c.Outstanding() == 0 {
				continue
			}
			d, ok := CommitmentEnds.at(on.First(), on.Last(), a.ID, c.ID)
			if !ok {
				continue
			}
			d.Entry = c.Entry
			d.Says = language.Of("due.commitment-ends", "who", said(a.Name), "pledged", amount(c.Pledged), "unit", said(c.Unit), "commitment", said(c.ID))
			if left := c.Outstanding(); left > 0 {
				d.plain = []language.Text{language.Of("follows.commitment-ends", "left", amount(left), "pledged", amount(c.Pledged), "unit", said(c.Unit))}
			}
			if c.Resource == stakeholders.Money { // whether it reaches far enough turned long before
				d.rules = []string{"vertical-funding"}
			}
			d.Who = append(d.Who, stakeholders.Candidate{Actor: a.ID, Name: a.Name, Reason: language.Of("candidate.committed")})
			d.Who = s.couldAct(d.Who, stakeholders.Donor)
			all = append(all, d)
		}
	}
	return all
}

// amount of something as an argument of a text: a number, or, where it has more places than
// a language writes, all of them.
func amount(v float64) any {
	if v*1000 == math.Trunc(v*1000) {
		return v
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func (s *state) pilotsEnd(today time.Time) (all []deadline) {
	for i := range solutions.of(s).Solutions {
		o := &solutions.of(s).Solutions[i]
		for j := range o.Pilots {
			p := &o.Pilots[j]
			on := p.To
			if on.IsZero() || on.Last().Before(today) && p.Finding != NotReported {
				continue
			}
			if d, ok := PilotEnds.at(on.First(), on.Last(), o.ID, p.ID); ok {
				d.Entry, d.Who, d.rules = p.Entry, s.carriers("solution.piloted"), []string{"scaled-without-pilot"}
				d.Says = language.Of("due.pilot-ends", "solution", said(o.Name), "where", said(p.Where))
				if p.Finding == NotReported {
					d.plain = []language.Text{language.Of("follows.pilot-ends")}
				}
				all = append(all, d)
			}
		}
	}
	return all
}

func (s State) evidenceAges() (all []deadline) {
	st := s.get()
	for i := range st.Ratings {
		r := &st.Ratings[i]
		on, months := r.Evidence.On, s.ruleSet().ageOf(r.Criterion)
		if on.IsZero() || months == 0 {
			continue
		}
		if d, ok := EvidenceAges.at(date.AddMonths(on.First(), months), date.AddMonths(on.Last(), months), r.Criterion); ok {
			d.Entry, d.Who, d.evidence = r.Entry, st.carriers(r.Criterion), Fact{About: "criterion", ID: r.Criterion}
			d.Says = language.Of("due.rating-ages", "criterion", said(r.Criterion), "months", months)
			all = append(all, d)
		}
	}
	if survey, months := programmes.of(st).Survey, s.ruleSet().ageOf(""); survey != nil && months > 0 {
		on := cmp.Or(survey.Evidence.On, date.Of(survey.On))
		if d, ok := EvidenceAges.at(date.AddMonths(on.First(), months), date.AddMonths(on.Last(), months), "programmes", "survey"); ok && !on.IsZero() {
			d.Of, d.Entry, d.Who, d.evidence = "", survey.Entry, st.couldAct(nil, stakeholders.Leader), Fact{About: "programmes"}
			d.Says = language.Of("due.survey-ages", "months", months)
			all = append(all, d)
		}
	}
	return all
}

func (s *state) strategiesExpire() (all []deadline) {
	for i := range strategies.of(s).Strategies {
		p := &strategies.of(s).Strategies[i]
		start := p.Start
		if !p.Open() || start.IsZero() || p.Months == 0 {
			continue
		}
		d, ok := StrategyExpires.at(date.AddMonths(start.First(), p.Months), date.AddMonths(start.Last(), p.Months), p.ID)
		if !ok {
			continue
		}
		d.Entry, d.Says = p.Entry, language.Of("due.strategy-expires", "strategy", said(p.Name))
		d.rules = []string{"veto-player-opposed"}
		d.plain = []language.Text{language.Of("follows.strategy-expires")}
		if a, engaged := s.actors().Actor(p.Owner); engaged {
			d.Who = []stakeholders.Candidate{{Actor: a.ID, Name: a.Name, Reason: language.Of("candidate.carries")}}
		}
		d.Who = s.couldAct(d.Who, stakeholders.Liaison, stakeholders.Leader)
		all = append(all, d)
	}
	return all
}

func (s *state) windowsClose(today time.Time) (all []deadline) {
	for w := range problems.of(s).Windows.ofLap(s.Lap) {
		on := w.Closes
		if on.IsZero() || on.Last().Before(today) {
			continue
		}
		if d, ok := WindowCloses.at(on.First(), on.Last(), w.ID); ok {
			d.Entry, d.Who = w.Entry, s.carriers("problem.window")
			d.Says = language.Of("due.window-closes", "window", said(w.What))
			d.plain = []language.Text{language.Of("follows.window-closes")}
			all = append(all, d)
		}
	}
	return all
}

// policiesExpire: of what was adopted later nothing says whether it takes the place of
// what has passed, so that is not listed.
func (s *state) policiesExpire(today time.Time) (all []deadline) {
	for i := range jurisdictions.of(s).Policies {
		p := &jurisdictions.of(s).Policies[i]
		if p.To.IsZero() || p.To.Last().Before(today) {
			continue
		}
		if d, ok := PolicyExpires.at(p.To.First(), p.To.Last(), p.ID); ok {
			d.Entry, d.Who = p.Entry, s.couldAct(nil, stakeholders.Leader)
			d.Says = language.Of("due.policy-expires", "policy", said(p.Name))
			d.plain = []language.Text{language.Of("follows.policy-expires")}
			all = append(all, d)
		}
	}
	return all
}

// observationsAge: what was never observed has no day.
func (s *state) observationsAge() (all []deadline) {
	part := links.of(s)
	for i := range part.Observations {
		o := &part.Observations[i]
		name, months := o.Cycle, 0
		if c := part.Children.child(o.Cycle); c != nil {
			name, months = c.Name, part.Children.Months
		} else if part.Link != nil {
			months = part.Link.Months
		}
		if months == 0 {
			continue
		}
		if d, ok := ObservationAges.at(date.AddMonths(o.On.First(), months), date.AddMonths(o.On.Last(), months), o.Cycle); ok {
			d.Entry, d.Who = o.Entry, s.couldAct(nil, stakeholders.Liaison)
			d.Says = language.Of("due.observation-ages", "cycle", said(name), "months", months)
			d.plain = []language.Text{language.Of("follows.observation-ages")}
			all = append(all, d)
		}
	}
	return all
}

// carriers are the members who hold the roles that carry a criterion.
func (s *state) carriers(id string) []stakeholders.Candidate {
	c, ok := s.rules.list.Criterion(id)
	if !ok {
		return s.couldAct(nil, stakeholders.Leader)
	}
	var roles []stakeholders.Role
	for _, role := range c.Carriers {
		roles = append(roles, stakeholders.Role(role))
	}
	return s.couldAct(nil, roles...)
}

// mostCandidates of a deadline: as many as a role has.
const mostCandidates = 10

// couldAct adds to those who could act, each once, the first of the members who hold
// roles.
func (s *state) couldAct(who []stakeholders.Candidate, roles ...stakeholders.Role) []stakeholders.Candidate {
	for _, role := range roles {
		for _, id := range s.actors().Holders(role) {
			if len(who) >= mostCandidates {
				return who
			}
			if !slices.ContainsFunc(who, func(held stakeholders.Candidate) bool { return held.Actor == id }) {
				who = append(who, s.holder(id, role))
			}
		}
	}
	return who
}

// judgedOn is a rule and the day on which it is asked.
type judgedOn struct {
	day  date.Date
	rule int
}

// consequences judges what follows from a deadline: on its day, and the day after. It
// keeps the verdicts, for deadlines that share a day.
func (s State) consequences(d *deadline, verdicts map[judgedOn]Verdict) {
	st := s.get()
	on, after := d.Day.First(), d.Day.First().AddDate(0, 0, 1)
	if d.guard != "" && st.guardMet(d.guard, on) && !st.guardMet(d.guard, after) {
		d.Follows = append(d.Follows, Consequence{Guard: d.guard, Says: language.Of("follows.not-met", "criterion", st.guardText(d.guard))})
	}
	rules := s.ruleSet().rules
	ask := func(rule int, at time.Time) Verdict {
		key := judgedOn{date.Of(at), rule}
		v, asked := verdicts[key]
		if !asked {
			v = rules[rule].ask(State{s: st, at: at, rules: s.rules, sight: s.sight})
			verdicts[key] = v
		}
		return v
	}
	for i := range rules {
		r := &rules[i]
		// A rule of the host's may look at anything.
		_, builtIn := judges[r.Code]
		if builtIn && d.evidence.About == "" && !slices.Contains(d.rules, r.Code) {
			continue
		}
		now := ask(i, on)
		if builtIn && d.evidence.About != "" && !now.restsOn(d.evidence) {
			continue
		}
		if then := ask(i, after); then.Outcome != now.Outcome {
			d.Follows = append(d.Follows, Consequence{Rule: r.Code, Says: r.says(then)})
		}
	}
	for _, says := range d.plain {
		d.Follows = append(d.Follows, Consequence{Says: says})
	}
}

// restsOn reports whether a verdict tells facts of some evidence.
func (v Verdict) restsOn(evidence Fact) bool {
	tells := func(f Fact) bool { return f.About == evidence.About && f.ID == evidence.ID }
	return slices.ContainsFunc(v.Facts, tells) || slices.ContainsFunc(v.Against, tells)
}

// says what a verdict of the rule comes to, in words.
func (r *Rule) says(v Verdict) language.Text {
	asks := "follows.unclear"
	switch v.Outcome {
	case Troubled:
		return language.Built(r.Sentence)
	case Sound:
		if r.Strength == "" {
			return language.Of("follows.not-found", "sentence", language.Built(r.Sentence))
		}
		return language.Built(r.Strength)
	case NotDue:
		asks = "follows.not-due"
	case Contested:
		asks = "follows.contested"
	}
	return language.Of(asks, "asks", language.Built(r.Asks))
}
