package reformcycle

import (
	"reflect"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is stage 8, management and learning: reviews, adaptations and meetings
// of community groups, and the criteria derived from them.

// The kinds of change of this stage.
const (
	KindHoldReview           Kind = "hold-review"
	KindAdapt                Kind = "adapt"
	KindHoldCommunityMeeting Kind = "hold-community-meeting"
)

// learningPart is what this stage has recorded.
type learningPart struct {
	Reviews           shelf[Review]           `json:"reviews,omitempty"`
	Adaptations       shelf[Adaptation]       `json:"adaptations,omitempty"`
	CommunityMeetings shelf[CommunityMeeting] `json:"community_meetings,omitempty"`
}

var learnings part[learningPart]

// Review is a look at how the programme does, by those who answer for it.
type Review struct {
	ID   string `json:"id" validate:"id"`
	Name string `json:"name" validate:"text"`
	Tier Tier   `json:"tier" validate:"known"`
	// On is when it was held, as far as that is known; left out, the day of the stamp. Of
	// one that is held again and again it is the first time, left out where nobody says
	// since when.
	On date.Date `json:"on,omitzero"`
	// Every so many months it is held again, since On; 0 for a review that was held
	// once. It stands for every review up to the day of its recording, and for one more.
	Every int `json:"every,omitempty" validate:"gte=0,lte=120"`
	// Body that held it, by id; may be empty.
	Body     string   `json:"body,omitempty" validate:"omitempty,id"`
	Findings []string `json:"findings" validate:"min=1,max=1000,dive,text"`
	// Gaps that the next lap has to close.
	Gaps   []string `json:"gaps,omitempty" validate:"max=1000,dive,text"`
	Source string   `json:"source,omitempty" validate:"note"`
	// Lap in which it was recorded, by Entry; set when it is.
	Lap   int    `json:"lap,omitempty" validate:"-"`
	Entry uint64 `json:"entry,omitempty" validate:"-"`
	// Recorded is the day of its recording, of one that is held again and again; set
	// when it is.
	Recorded date.Date `json:"recorded,omitzero" validate:"-"`
}

func (r Review) shelved() (string, int) { return r.ID, r.Lap }

func (r Review) clone() Review {
	r.Findings = slices.Clone(r.Findings)
	r.Gaps = slices.Clone(r.Gaps)
	return r
}

// HoldReview records a review.
type HoldReview struct {
	Review Review `json:"review"`
}

// Kind names the change.
func (HoldReview) Kind() Kind { return KindHoldReview }

func (c HoldReview) apply(d *draft) error {
	r := c.Review
	if r.Body != "" {
		if err := governances.of(d.state).Bodies.refer("review.body", r.Body); err != nil {
			return err
		}
	}
	if r.Every == 0 || !r.On.IsZero() {
		if err := d.happened("review.on", &r.On); err != nil {
			return err
		}
	}
	if r.Lap, r.Entry, r.Recorded = d.Lap, d.entry, (date.Date{}); r.Every > 0 {
		r.Recorded = d.day()
	}
	d.lived(KindHoldReview, r.ID, r.On)
	return learnings.in(d).Reviews.add(d, "review.id", r)
}

// Adaptation is a change of the programme that follows from a review.
type Adaptation struct {
	ID   string `json:"id" validate:"id"`
	What string `json:"what" validate:"text"`
	// Review that it follows from, by id.
	Review string `json:"review" validate:"id"`
	// Component that it changes; may be empty.
	Component Component `json:"component,omitempty" validate:"omitempty,known"`
	Source    string    `json:"source,omitempty" validate:"note"`
	// Lap, On and Entry are set when it is recorded.
	Lap   int       `json:"lap,omitempty" validate:"-"`
	On    time.Time `json:"on,omitzero" validate:"-"`
	Entry uint64    `json:"entry,omitempty" validate:"-"`
}

func (a Adaptation) shelved() (string, int) { return a.ID, a.Lap }

func (a Adaptation) clone() Adaptation { return a }

// Adapt records an adaptation.
type Adapt struct {
	Adaptation Adaptation `json:"adaptation"`
}

// Kind names the change.
func (Adapt) Kind() Kind { return KindAdapt }

func (c Adapt) apply(d *draft) error {
	a := c.Adaptation
	part := learnings.in(d)
	if err := part.Reviews.refer("adaptation.review", a.Review); err != nil {
		return err
	}
	a.Lap, a.On, a.Entry = d.Lap, d.Moment, d.entry
	d.lived(KindAdapt, a.ID, d.day())
	return part.Adaptations.add(d, "adaptation.id", a)
}

// CommunityMeeting is a meeting of a community group, at which the workers and the
// clinic of its area may give account of what they did (uddin2021).
type CommunityMeeting struct {
	ID string `json:"id" validate:"id"`
	// Group that met, such as the one of a clinic's catchment area.
	Group string `json:"group" validate:"text"`
	// On is when it met, as far as that is known; left out, the day of the stamp.
	On date.Date `json:"on,omitzero"`
	// Accounts are what workers or clinic were held to; none where the group only met.
	Accounts []string `json:"accounts,omitempty" validate:"max=1000,dive,text"`
	Source   string   `json:"source,omitempty" validate:"note"`
	// Lap in which it was recorded, by Entry; set when it is.
	Lap   int    `json:"lap,omitempty" validate:"-"`
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

func (m CommunityMeeting) shelved() (string, int) { return m.ID, m.Lap }

func (m CommunityMeeting) clone() CommunityMeeting {
	m.Accounts = slices.Clone(m.Accounts)
	return m
}

// HoldCommunityMeeting records a meeting of a community group.
type HoldCommunityMeeting struct {
	Meeting CommunityMeeting `json:"meeting"`
}

// Kind names the change.
func (HoldCommunityMeeting) Kind() Kind { return KindHoldCommunityMeeting }

func (c HoldCommunityMeeting) apply(d *draft) error {
	m := c.Meeting
	if err := d.happened("meeting.on", &m.On); err != nil {
		return err
	}
	m.Lap, m.Entry = d.Lap, d.entry
	d.lived(KindHoldCommunityMeeting, m.ID, m.On)
	return learnings.in(d).CommunityMeetings.add(d, "meeting.id", m)
}

// days are the first and the last day on which a review may have been held; of one that
// is held again and again since nobody knows when, the last time before its recording.
func (r *Review) days() (first, last time.Time) {
	if r.On.IsZero() {
		return date.AddMonths(r.Recorded.First(), -r.Every), r.Recorded.Last()
	}
	return r.On.First(), r.On.Last()
}

// lapsed says whether more than so many months have passed since a review was held.
func (r *Review) lapsed(months int, at time.Time) date.Answer {
	first, last := r.days()
	answer := date.Of(last).Lapsed(months, at)
	if answer != date.Of(first).Lapsed(months, at) {
		answer = date.Open
	}
	if answer == date.No || r.Every == 0 {
		return answer
	}
	switch again := r.Recorded.Lapsed(r.Every, at); {
	case again == date.Yes:
		return answer
	case again == date.No && r.Every <= months:
		return date.No // held again and again until now; the last time is no longer ago
	}
	return date.Open
}

// reviewed says whether a review was held at a tier within so many months before a
// moment, and which leaves it open.
func (s *state) reviewed(t Tier, months int, at time.Time) (date.Answer, *Review) {
	var open *Review
	for i := range learnings.of(s).Reviews {
		r := &learnings.of(s).Reviews[i]
		if !r.Tier.within(t) {
			continue
		}
		switch r.lapsed(months, at) {
		case date.No:
			return date.Yes, r
		case date.Open:
			open = r
		}
	}
	if open != nil {
		return date.Open, open
	}
	return date.No, nil
}

// rough asks for the date of something, by its id, that is known too roughly.
func rough(what, id string, known date.Date) language.Text {
	if known.IsZero() {
		return language.Of("missing."+what+"-date", "id", id)
	}
	return language.Of("missing."+what+"-day", "id", id, "known", known.String())
}

// reviewed: reviews at national and subnational level were held within the
// review interval.
var reviewed = derivation{
	level: func(s *state, c *criterion, at time.Time) assessment.Level {
		national, _ := s.reviewed(National, int(c.Parameter), at)
		subnational, _ := s.reviewed(Subnational, int(c.Parameter), at)
		switch {
		case national == date.Yes && subnational == date.Yes:
			return assessment.Functional
		case min(national, subnational) == date.Open && max(national, subnational) != date.No:
			return assessment.Unknown
		}
		return partly(assessment.NonFunctional, max(national, subnational) == date.Yes)
	},
	missing: func(s *state, c *criterion, at time.Time) (missing []language.Text) {
		for _, t := range []Tier{National, Subnational} {
			switch answer, review := s.reviewed(t, int(c.Parameter), at); answer {
			case date.Open:
				missing = append(missing, rough("review", review.ID, review.On))
			case date.No:
				missing = append(missing, language.Of("missing."+string(t)+"-review", "months", int(c.Parameter), "on", at.Format(time.DateOnly)))
			}
		}
		return missing
	},
}

// adapted: so many adaptations of this lap follow from a review.
var adapted = derivation{
	level: func(s *state, c *criterion, _ time.Time) assessment.Level {
		n := 0
		for range learnings.of(s).Adaptations.ofLap(s.Lap) {
			n++
		}
		return partly(present(float64(n) >= c.Parameter), n > 0)
	},
	missing: func(*state, *criterion, time.Time) []language.Text {
		return []language.Text{language.Of("missing.adaptation")}
	},
}

// gapsNamed: a review of this lap names gaps for the next.
var gapsNamed = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		reviewed := false
		for r := range learnings.of(s).Reviews.ofLap(s.Lap) {
			reviewed = true
			if len(r.Gaps) > 0 {
				return assessment.Functional
			}
		}
		return partly(present(false), reviewed)
	},
	missing: func(*state, *criterion, time.Time) []language.Text {
		return []language.Text{language.Of("missing.gaps")}
	},
}

// accountable: a community group met within so many months, and workers or clinic
// gave account to it.
var accountable = derivation{
	level: func(s *state, c *criterion, at time.Time) assessment.Level {
		met, open := false, false
		for i := range learnings.of(s).CommunityMeetings {
			m := &learnings.of(s).CommunityMeetings[i]
			switch lapsed := m.On.Lapsed(int(c.Parameter), at); {
			case lapsed == date.No && len(m.Accounts) > 0:
				return assessment.Functional
			case lapsed == date.Open && len(m.Accounts) > 0:
				open = true
			}
			met = met || m.On.Lapsed(int(c.Parameter), at) == date.No
		}
		if open {
			return assessment.Unknown
		}
		return partly(assessment.NonFunctional, met)
	},
	missing: func(s *state, c *criterion, at time.Time) []language.Text {
		for i := range learnings.of(s).CommunityMeetings {
			if m := &learnings.of(s).CommunityMeetings[i]; len(m.Accounts) > 0 && m.On.Lapsed(int(c.Parameter), at) == date.Open {
				return []language.Text{rough("meeting", m.ID, m.On)}
			}
		}
		return []language.Text{language.Of("missing.meeting", "months", int(c.Parameter), "on", at.Format(time.DateOnly))}
	},
}

// Reviews that were held, in all laps.
func (s State) Reviews() []Review { return learnings.of(s.get()).Reviews.copies() }

// Adaptations that were made, in all laps.
func (s State) Adaptations() []Adaptation { return learnings.of(s.get()).Adaptations.copies() }

// CommunityMeetings that were held, in all laps.
func (s State) CommunityMeetings() []CommunityMeeting {
	return learnings.of(s.get()).CommunityMeetings.copies()
}

var learningRoom = room{
	past: map[reflect.Type][]string{
		reflect.TypeFor[Review]():           {"on"},
		reflect.TypeFor[CommunityMeeting](): {"on"},
	},
	changes: []kindEntry{changeKind[HoldReview](), changeKind[Adapt](), changeKind[HoldCommunityMeeting]()},
	part:    &learnings,
	topic:   ManagementAndLearning.Topic(),
	derives: map[string]derivation{
		"learning.review":     reviewed.by(KindHoldReview),
		"learning.adaptation": adapted.by(KindAdapt),
		"learning.next":       gapsNamed.by(KindHoldReview),

		"learning.community-accountability": accountable.by(KindHoldCommunityMeeting),
	},
}
