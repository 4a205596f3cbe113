package web

import (
	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the room of a stage: what it is about, what was made in it, and its
// checklist.

// roomRoutes are the addresses at which a cycle is read in full.
func roomRoutes() []route {
	return []route{
		{name: "room", path: "c/{cycle}/stage/{stage}", get: looking((*visit).roomPage)},
		{name: "coalition", path: "c/{cycle}/coalition", tab: "web-room.tab.coalition", get: looking((*visit).coalitionPage)},
		{name: "diagnosis", path: "c/{cycle}/diagnosis", tab: "web-room.tab.diagnosis", get: looking((*visit).diagnosisPage)},
		{name: "history", path: "c/{cycle}/history", tab: "web-room.history", get: looking((*visit).historyPage)},
		{name: "entry", path: "c/{cycle}/entry/{seq}", get: looking((*visit).entryPage)},
		{name: "compare", path: "c/{cycle}/compare", get: looking((*visit).comparePage)},
		{name: "brief", path: "c/{cycle}/brief", tab: "web-room.tab.brief", get: looking((*visit).briefPage)},
		{name: "national", path: "c/{cycle}/national", get: looking((*visit).nationalPage)},
	}
}

// roomView is what a room shows.
type roomView struct {
	Cycle, At string
	Stage     reformcycle.Stage
	About     language.Text
	Here      bool
	Tally     assessment.Tally
	Silent    bool
	Criteria  []criterionLine
	Debts     []debtLine
	Waivers   []waiverLine
	Made      []madeOf
	Sources   []assessment.Source
	// Before and Behind are the stages next to it; 0 for none.
	Before, Behind reformcycle.Stage
}

// criterionLine is a criterion and how it stands.
type criterionLine struct {
	assessment.Criterion
	Text   language.Text
	Remedy language.Text
	Level  assessment.Level
	Met    bool
	Waived bool
	// From says what it is computed from; zero where people rate it.
	From    language.Text
	Missing []language.Text
	Unsaid  language.Text
	Rating  *assessment.Rating
	By      string
	Form    *doing
}

type waiverLine struct {
	Text      language.Text
	Authority string
	Reason    string
	On        date.Date
	Entry     uint64
}

// madeOf are the things of one sort that were made in a stage.
type madeOf struct {
	Title language.Text
	Items []made
	// More of them than are shown.
	More int
	Form *doing
}

// made is one of them; Entry recorded it.
type made struct {
	Told  []toldField
	Entry uint64
	// Place in a ranking, and the score by which it has it; 0 where there is none.
	Place     int
	Low, High float64
	// With are what was recorded of it since.
	With []madeWith
}

type madeWith struct {
	Kind  language.Text
	Told  []toldField
	Entry uint64
}

// mostMade is how many things of one sort a room shows.
const mostMade = 50

// roomPage shows the room of a stage.
func (v *visit) roomPage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	var stage reformcycle.Stage
	if stage.UnmarshalText([]byte(v.r.PathValue("stage"))) != nil || !stage.Valid() {
		return errAbsent
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	view := roomView{
		Cycle: v.id, At: v.r.URL.Query().Get("at"), Stage: stage, About: language.Of("web-room.about." + stage.String()),
		Here: stage == s.Stage() && s.Status() != reformcycle.Abandoned, Tally: s.Tally(stage),
		Silent: s.OnRecord(stage.Topic()).Absence == reformcycle.Silent,
	}
	if stage > reformcycle.ProblemPrioritization {
		view.Before = stage - 1
	}
	if stage < reformcycle.ManagementAndLearning {
		view.Behind = stage + 1
	}
	v.judge(s, &view)
	if view.Made, err = v.made(s, stage); err != nil {
		return err
	}
	return v.render("room", view)
}

// judge puts in the checklist of the stage, with its debts and waivers.
func (v *visit) judge(s reformcycle.State, view *roomView) {
	own, waived, named := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, w := range s.Waivers() {
		waived[w.Criterion] = true
	}
	for _, item := range s.Scorecard().Items {
		c := item.Criterion
		if c.Section != view.Stage.String() {
			continue
		}
		own[c.ID] = true
		line := criterionLine{Criterion: c, Text: language.Built(c.Text), Level: item.Level, Met: item.Met, Waived: waived[c.ID], Rating: item.Rating}
		kind := reformcycle.KindRate
		if c.Kind == assessment.Derived {
			var is bool
			if kind, is = reformcycle.ComputedFrom(c.ID); is && kind != "" {
				line.From = kind.Told()
			}
		}
		if lacks, is := s.Lacks(c.ID); is {
			line.Remedy, line.Missing, line.Unsaid = lacks.Remedy, lacks.Missing, lacks.Unsaid()
		}
		if c.Kind != assessment.Derived || !line.Met {
			line.Form = v.form(kind, c.ID, s)
		}
		if line.Rating != nil && line.Rating.Evidence.By != "" {
			line.By = actorName(s, line.Rating.Evidence.By)
		}
		view.Criteria = append(view.Criteria, line)
		for _, key := range c.Sources {
			if source, known := s.Checklist().Source(key); known && !named[key] {
				named[key] = true
				view.Sources = append(view.Sources, source)
			}
		}
	}
	for _, d := range s.OpenDebts() {
		if d.Stage == view.Stage {
			view.Debts = append(view.Debts, debtLine{d, guardText(s, d.Guard), s.When(d.Entry, d.Since), actorName(s, d.Authority)})
		}
	}
	for _, w := range s.Waivers() {
		if own[w.Criterion] {
			view.Waivers = append(view.Waivers, waiverLine{guardText(s, w.Criterion), actorName(s, w.Authority), w.Reason, s.When(w.Entry, w.On), w.Entry})
		}
	}
}

// shelf gathers things of one sort.
type shelf struct {
	v   *visit
	s   reformcycle.State
	all []madeOf
	err error
}

// sort begins another sort of things, which a kind of change makes.
func (h *shelf) sort(title string, kind reformcycle.Kind) {
	h.all = append(h.all, madeOf{Title: language.Of(title), Form: h.v.form(kind, "", h.s)})
}

// put puts one there; nil where there is no more room, and it is only counted.
func (h *shelf) put(entry uint64, change reformcycle.Change) *made {
	of := &h.all[len(h.all)-1]
	if len(of.Items) == mostMade {
		of.More++
		return nil
	}
	told, err := h.v.tellChange(h.s, change)
	if err != nil && h.err == nil {
		h.err = err
	}
	of.Items = append(of.Items, made{Told: told, Entry: entry})
	return &of.Items[len(of.Items)-1]
}

// with adds what was recorded of a thing since.
func (h *shelf) with(m *made, entry uint64, change reformcycle.Change) {
	if m == nil {
		return
	}
	told, err := h.v.tellChange(h.s, change)
	if err != nil && h.err == nil {
		h.err = err
	}
	m.With = append(m.With, madeWith{change.Kind().Told(), told, entry})
}

// criteria are those by which things of a sort are ranked.
func (h *shelf) criteria(of reformcycle.Subject, all []reformcycle.ChoiceCriterion) {
	h.sort("web-room.made.criteria", reformcycle.KindSetCriteria)
	if len(all) > 0 {
		h.put(all[0].Entry, reformcycle.SetCriteria{For: of, Criteria: all})
	}
}

func (m *made) rank(id string, ranked []reformcycle.Ranked) {
	for _, r := range ranked {
		if m != nil && r.ID == id {
			m.Place, m.Low, m.High = r.Place, r.Score.Low, r.Score.High
		}
	}
}

// made are the things that were made in a stage.
func (v *visit) made(s reformcycle.State, stage reformcycle.Stage) ([]madeOf, error) {
	h := &shelf{v: v, s: s}
	switch stage {
	case reformcycle.ProblemPrioritization:
		h.sort("web-room.made.problems", reformcycle.KindFrameProblem)
		ranked := s.RankedProblems()
		for _, one := range s.Problems() {
			h.put(one.Entry, reformcycle.FrameProblem{Problem: one}).rank(one.ID, ranked)
		}
		h.criteria(reformcycle.ForProblems, s.ProblemCriteria())
		h.sort("web-room.made.windows", reformcycle.KindOpenWindow)
		for _, one := range s.Windows() {
			h.put(one.Entry, reformcycle.OpenWindow{Window: one})
		}
	case reformcycle.CoalitionBuilding:
		h.sort("web-room.made.coalition", reformcycle.KindFormCoalition)
		if one := s.Coalition(); one.Entry != 0 {
			h.put(one.Entry, reformcycle.FormCoalition{Coalition: one})
		}
		h.sort("web-room.made.actors", reformcycle.KindEngageActor)
		for actor := range s.Actors().All() {
			entry := actor.Entry
			actor.Commitments = nil // they stand with the stage that they are for
			h.put(entry, reformcycle.EngageActor{Actor: actor})
		}
	case reformcycle.SolutionGathering:
		h.solutions()
	case reformcycle.Design:
		h.sort("web-room.made.authorities", reformcycle.KindNameAuthorities)
		if one := s.Authorities(); one.Entry != 0 {
			h.put(one.Entry, reformcycle.NameAuthorities{Authorities: one})
		}
		h.sort("web-room.made.choices", reformcycle.KindMapDesign)
		for _, one := range s.DesignChoices() {
			m := h.put(one.Entry, reformcycle.MapDesign{Choice: one})
			if one.Validation != 0 {
				h.with(m, one.Validation, reformcycle.ValidateDesign{Component: one.Component, By: one.ValidatedBy})
			}
		}
		if departs := s.Departures(); len(departs) > 0 {
			h.sort("web-room.made.departures", reformcycle.KindDepart)
			for _, one := range departs {
				h.put(one.Entry, reformcycle.Depart{Departure: one})
			}
		}
	case reformcycle.Launch:
		h.sort("web-room.made.phases", reformcycle.KindPlanRollout)
		for _, one := range s.Rollout() {
			m := h.put(one.Entry, reformcycle.PlanRollout{Phase: one})
			if one.Report != 0 {
				h.with(m, one.Report, reformcycle.ReportRollout{Phase: one.ID, Started: one.Started, Deployed: one.Deployed, Note: one.Note, Source: one.Source})
			}
		}
	case reformcycle.Governance:
		h.governance()
	case reformcycle.ManagementAndLearning:
		h.sort("web-room.made.reviews", reformcycle.KindHoldReview)
		for _, one := range s.Reviews() {
			h.put(one.Entry, reformcycle.HoldReview{Review: one})
		}
		h.sort("web-room.made.adaptations", reformcycle.KindAdapt)
		for _, one := range s.Adaptations() {
			h.put(one.Entry, reformcycle.Adapt{Adaptation: one})
		}
		h.sort("web-room.made.meetings", reformcycle.KindHoldCommunityMeeting)
		for _, one := range s.CommunityMeetings() {
			h.put(one.Entry, reformcycle.HoldCommunityMeeting{Meeting: one})
		}
	}
	h.sort("web-room.made.commitments", reformcycle.KindCommit)
	for _, e := range s.Actors().Ledger().Entries() {
		if e.Commitment.Stage == stage.String() {
			h.put(e.Commitment.Entry, reformcycle.Commit{Actor: e.Actor, Commitment: e.Commitment})
		}
	}
	return h.all, h.err
}

func (h *shelf) solutions() {
	h.sort("web-room.made.solutions", reformcycle.KindProposeSolution)
	ranked := h.s.RankedSolutions()
	for _, one := range h.s.Solutions() {
		m := h.put(one.Entry, reformcycle.ProposeSolution{Solution: one})
		m.rank(one.ID, ranked)
		for _, pilot := range one.Pilots {
			h.with(m, pilot.Entry, reformcycle.RecordPilot{Solution: one.ID, Pilot: pilot})
		}
		if one.Expectation != nil {
			h.with(m, one.Expectation.Entry, reformcycle.AppraiseSolution{Solution: one.ID, Expectation: *one.Expectation})
		}
		if one.Chosen != nil {
			h.with(m, one.Chosen.Entry, reformcycle.ChooseSolution{Solution: one.ID, By: one.Chosen.By, Reason: one.Chosen.Reason, Comparison: one.Chosen.Comparison})
		}
	}
	h.criteria(reformcycle.ForSolutions, h.s.SolutionCriteria())
}

func (h *shelf) governance() {
	h.sort("web-room.made.bodies", reformcycle.KindEstablishBody)
	for _, one := range h.s.Bodies() {
		h.put(one.Entry, reformcycle.EstablishBody{Body: one})
	}
	h.sort("web-room.made.survey", reformcycle.KindSurveyProgrammes)
	if one, held := h.s.Survey(); held {
		h.put(one.Entry, reformcycle.SurveyProgrammes{Survey: one})
	}
	h.sort("web-room.made.devolved", reformcycle.KindDevolve)
	for _, one := range h.s.Devolved() {
		h.put(one.Entry, reformcycle.Devolve{Devolution: one})
	}
	h.sort("web-room.made.policies", reformcycle.KindAdoptPolicy)
	for _, one := range h.s.Policies() {
		h.put(one.Entry, reformcycle.AdoptPolicy{Policy: one})
	}
}
