package web

import (
	"io"
	"math"
	"net/url"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/report"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file is the coalition of a cycle: who stands where, what is committed, what
// strategies would change, and what would be if, which is asked of a fork and writes
// nothing.

// coalitionView is what that page shows.
type coalitionView struct {
	Cycle, At string
	Coalition coalitionLine
	Convener  string
	Pictures  []pictured
	Actors    []actorLine
	// MoreActors are counted and not shown.
	MoreActors int
	Roles      []roleGap
	Groups     []language.Text
	Outcomes   []outcome
	Strategies []strategyLine
	// Probability that support exceeds opposition, where it was Weighed.
	Probability float64
	Weighed     bool
	Commitments []commitmentLine
	MoreMoney   int
	Overlaps    []overlapLine
	Gaps        []gapLine
	WhatIf      *whatIfView
	Forms       []doing
}

// pictured is a picture, and what it is of.
type pictured struct {
	Name, At string
	Text     language.Text
	// Wide and High are its size.
	Wide, High int
}

type actorLine struct {
	stakeholders.Actor
	Place, Strength, Group language.Text
	Roles                  []language.Text
	Interest               float64
	Form                   *doing
}

type roleGap struct {
	Role language.Text
	Who  []stakeholders.Candidate
}

// outcome is a state of the politics: now, or if something were so.
type outcome struct {
	Label language.Text
	stakeholders.Feasibility
	Verdict language.Text
}

type strategyLine struct {
	reformcycle.PlannedStrategy
	Owner   string
	Effects []effectLine
	// Alone is what it adds to the margin if it alone succeeds, and Chance what carrying
	// it out adds to the probability that support exceeds opposition.
	Alone, Chance float64
	Weighed       bool
	Form          *doing
}

type effectLine struct {
	Name      string
	Then, Now language.Text
}

type commitmentLine struct {
	stakeholders.LedgerEntry
	Name           string
	Stage, Purpose language.Text
}

type overlapLine struct {
	Stage, Purpose, Resource language.Text
	Who, Open                []string
}

type gapLine struct {
	Stage     language.Text
	Resources []language.Text
}

// What is shown of a long list.
const (
	mostActors      = 200
	mostCommitments = 200
	mostStrategies  = 16
	blankRows       = 3
	mostSupposed    = 40
)

// coalitionPage shows the coalition.
func (v *visit) coalitionPage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	roster := s.Actors()
	view := coalitionView{Cycle: v.id, At: v.r.URL.Query().Get("at"), Coalition: coalitionOf(s)}
	if id := s.Coalition().Convener; id != "" {
		view.Convener = actorName(s, id)
	}
	if err := v.pictured(&view); err != nil {
		return err
	}
	for a := range roster.All() {
		if len(view.Actors) == mostActors {
			view.MoreActors++
			continue
		}
		line := actorLine{Actor: a, Place: a.Position.Told(), Strength: powerTold(a.Power), Group: a.Constituency.Told()}
		for _, role := range a.Roles {
			line.Roles = append(line.Roles, role.Told())
		}
		if x, known := a.Position.Value(); known {
			line.Interest = max(x, -x)
		}
		if line.Form, err = v.formFor(reformcycle.KindTakePosition, "actor", a.ID); err != nil {
			return err
		}
		view.Actors = append(view.Actors, line)
	}
	if roster.Len() > 0 {
		for _, gap := range roster.RoleGaps() {
			view.Roles = append(view.Roles, roleGap{gap.Role.Told(), gap.Candidates})
		}
		for _, group := range roster.MissingGroups() {
			view.Groups = append(view.Groups, group.Told())
		}
	}
	v.commitments(s, &view)
	if view.Outcomes, err = outcomes(s); err != nil {
		return err
	}
	if err := v.strategies(s, &view); err != nil {
		return err
	}
	if v.asOf.IsZero() {
		if view.WhatIf, err = v.whatIf(c, s); err != nil {
			return err
		}
	}
	for _, kind := range []reformcycle.Kind{reformcycle.KindFormCoalition, reformcycle.KindEngageActor, reformcycle.KindCommit, reformcycle.KindPlanStrategy} {
		if form := v.form(kind, "", s); form != nil {
			view.Forms = append(view.Forms, *form)
		}
	}
	return v.render("coalition", view)
}

// formFor leads to a form with one of its fields filled in; nil where the visitor may not.
func (v *visit) formFor(kind reformcycle.Kind, field, value string) (*doing, error) {
	if !v.rights.Has(neededFor(kind)) {
		return nil, nil
	}
	at, err := v.voice.link("record", v.id, kind, field, value)
	return &doing{language.Of("web.do", "what", kind.Told()), at}, err
}

func (v *visit) pictured(view *coalitionView) error {
	for _, one := range []pictured{
		{Name: "position-map.svg", Text: language.Of("web-room.picture.positions"), Wide: 1188, High: 840},
		{Name: "coalition-map.svg", Text: language.Of("picture.coalition"), Wide: 840, High: 1188},
		{Name: "power-interest.svg", Text: language.Of("web-room.picture.power"), Wide: 840, High: 1188},
		{Name: "feasibility.svg", Text: language.Of("picture.bars"), Wide: 1188, High: 840},
	} {
		at, err := v.voice.link("picture", v.id, one.Name, "at", view.At)
		if err != nil {
			return err
		}
		one.At = at
		view.Pictures = append(view.Pictures, one)
	}
	return nil
}

// open are the strategies on record whose outcome is not known.
func open(s reformcycle.State) (all []reformcycle.PlannedStrategy, plain []stakeholders.Strategy) {
	for _, p := range s.Strategies() {
		if p.Open() {
			all, plain = append(all, p), append(plain, p.Strategy)
		}
	}
	return all, plain
}

// outcomes are the feasibility now, if each strategy alone succeeded, and if all did. A
// strategy about an actor that has left is not weighed.
func outcomes(s reformcycle.State) ([]outcome, error) {
	roster := s.Actors()
	all := []outcome{weighed(language.Of("web-room.now"), roster)}
	_, plain := open(s)
	plain = standing(roster, plain)
	for _, one := range plain[:min(len(plain), mostStrategies)] {
		under, err := roster.Under(one)
		if err != nil {
			return nil, err
		}
		all = append(all, weighed(language.Of("web-room.if", "what", one.Name), under))
	}
	if len(plain) > 1 {
		under, err := roster.Under(plain...)
		if err != nil {
			return nil, err
		}
		all = append(all, weighed(language.Of("web-room.if-all"), under))
	}
	return all, nil
}

func weighed(label language.Text, r stakeholders.Roster) outcome {
	f := r.Feasibility()
	o := outcome{label, f, language.Of("brief.not-feasible")}
	if f.Feasible() {
		o.Verdict = language.Of("brief.feasible")
	}
	return o
}

// standing are the strategies whose actors are all there, at most as many as a roster takes.
func standing(r stakeholders.Roster, all []stakeholders.Strategy) (kept []stakeholders.Strategy) {
	const most = 1000
	for _, one := range all {
		gone := slices.ContainsFunc(one.Effects, func(e stakeholders.Effect) bool { return !r.Has(e.Actor) })
		if !gone && len(kept) < most {
			kept = append(kept, one)
		}
	}
	return kept
}

// strategies puts in those on record, and what they would change.
func (v *visit) strategies(s reformcycle.State, view *coalitionView) error {
	roster := s.Actors()
	_, plain := open(s)
	plain = standing(roster, plain)
	brings := map[string]stakeholders.StrategyProspect{}
	if len(plain) > 0 && len(plain) <= mostStrategies {
		p, err := roster.Prospects(plain, stakeholders.Sampling{})
		if err != nil {
			return err
		}
		view.Probability, view.Weighed = p.Probability, true
		for _, one := range p.Strategies {
			brings[one.Strategy] = one
		}
	}
	for _, one := range s.Strategies() {
		line := strategyLine{PlannedStrategy: one}
		if one.Owner != "" {
			line.Owner = actorName(s, one.Owner)
		}
		for i, e := range one.Strategy.Effects {
			was := stakeholders.Effect{}
			if a, there := roster.Actor(e.Actor); there {
				was.Position, was.Power = a.Position, a.Power
			} else if i < len(one.Before) {
				was = one.Before[i]
			}
			to := e
			if !to.Position.Known() {
				to.Position = was.Position
			}
			if !to.Power.Known() {
				to.Power = was.Power
			}
			line.Effects = append(line.Effects, effectLine{actorName(s, e.Actor), effectTold(was), effectTold(to)})
		}
		if p, is := brings[one.ID]; is {
			line.Weighed, line.Alone, line.Chance = true, p.AloneChange.Margin(), p.ProbabilityChange
		}
		if one.Open() {
			var err error
			if line.Form, err = v.formFor(reformcycle.KindObserveStrategy, "strategy", one.ID); err != nil {
				return err
			}
		}
		view.Strategies = append(view.Strategies, line)
	}
	return nil
}

// effectTold tells where a strategy has or puts an actor.
func effectTold(e stakeholders.Effect) language.Text {
	return language.Of("web-room.stands", "position", e.Position.Told(), "power", powerTold(e.Power))
}

// commitments puts in what is pledged, where it overlaps and where there is none.
func (v *visit) commitments(s reformcycle.State, view *coalitionView) {
	ledger := s.Actors().Ledger()
	stageTold := func(stage string) language.Text {
		var st reformcycle.Stage
		if stage == "" || st.UnmarshalText([]byte(stage)) != nil {
			return language.Typed(stage)
		}
		return st.Told()
	}
	purpose := func(criterion string) language.Text {
		if criterion == "" {
			return language.Text{}
		}
		return guardText(s, criterion)
	}
	entries := ledger.Entries()
	view.MoreMoney = max(0, len(entries)-mostCommitments)
	for _, e := range entries[:len(entries)-view.MoreMoney] {
		view.Commitments = append(view.Commitments, commitmentLine{LedgerEntry: e, Name: actorName(s, e.Actor), Stage: stageTold(e.Commitment.Stage), Purpose: purpose(e.Commitment.Criterion)})
	}
	names := func(all []stakeholders.LedgerEntry) (names []string) {
		for _, e := range all {
			names = append(names, actorName(s, e.Actor))
		}
		return names
	}
	for _, d := range ledger.DoubleCovers() {
		view.Overlaps = append(view.Overlaps, overlapLine{stageTold(d.Stage), purpose(d.Criterion), d.Resource.Told(), names(d.Entries), names(d.Open)})
	}
	if len(entries) == 0 {
		return
	}
	var stages []string
	for stage := range reformcycle.Stages() {
		stages = append(stages, stage.String())
	}
	for _, gap := range ledger.Gaps(stages...) {
		told := stageTold(gap.Stage)
		if n := len(view.Gaps); n == 0 || view.Gaps[n-1].Stage.String() != told.String() {
			view.Gaps = append(view.Gaps, gapLine{Stage: told})
		}
		last := &view.Gaps[len(view.Gaps)-1]
		last.Resources = append(last.Resources, gap.Resource.Told())
	}
}

// supposed is what a visitor asks to suppose of an actor.
type supposed struct {
	Actor, Position, Power string
}

// whatIfView is the form for it and what came of it.
type whatIfView struct {
	Rows       []supposed
	Actors     []option
	Positions  []option
	Powers     []option
	Strategies []option
	// Asked is whether anything was supposed; Refused why it can't be.
	Asked   bool
	Refused language.Text
	// Outcomes are now and then, Moved the actors that stand elsewhere, Cleared and New
	// the blockers that would be gone and that would come.
	Outcomes     []outcome
	Moved        []changed
	Cleared, New []language.Text
	Picture      string
}

// whatIf reads what is to be supposed, and asks a fork what would come of it.
func (v *visit) whatIf(c *reformcycle.Cycle, s reformcycle.State) (*whatIfView, error) {
	query := v.r.URL.Query()
	view := &whatIfView{}
	for a := range s.Actors().All() {
		view.Actors = append(view.Actors, option{Value: a.ID, Text: language.Typed(clipped(a.Name))})
	}
	if len(view.Actors) == 0 {
		return nil, nil
	}
	for _, band := range stakeholders.Bands() {
		at, _ := band.Default().Value()
		view.Positions = append(view.Positions, option{Value: strconv.FormatFloat(at, 'f', -1, 64), Text: band.Default().Told()})
	}
	for _, power := range []stakeholders.Power{stakeholders.HighPower, stakeholders.MediumPower, stakeholders.LowPower} {
		view.Powers = append(view.Powers, option{Value: strconv.FormatFloat(float64(power), 'f', -1, 64), Text: powerTold(power)})
	}
	_, plain := open(s)
	for _, one := range standing(s.Actors(), plain) {
		view.Strategies = append(view.Strategies, option{Value: one.ID, Text: language.Typed(one.Name), Chosen: slices.Contains(query["strategy"], one.ID)})
	}
	view.Rows = supposedIn(query)
	view.Asked = len(view.Rows) > 0 || slices.ContainsFunc(view.Strategies, func(o option) bool { return o.Chosen })
	if view.Asked {
		v.echoes = true
		then, err := v.suppose(c, s, view.Rows, query["strategy"])
		if err != nil {
			view.Refused = language.Refused(err)
		} else {
			view.Outcomes = []outcome{weighed(language.Of("web-room.now"), s.Actors()), weighed(language.Of("web-room.then"), then.Actors())}
			difference := comparedView{Then: s, Now: then}
			difference.compare()
			view.Moved, view.Cleared, view.New = difference.Actors, difference.Cleared, difference.New
			if view.Picture, err = v.voice.link("picture", v.id, "what-if.svg"); err != nil {
				return nil, err
			}
			view.Picture += joiner(view.Picture) + narrowed(query, "actor", "position", "power", "strategy").Encode()
		}
	}
	for range blankRows {
		view.Rows = append(view.Rows, supposed{})
	}
	return view, nil
}

func joiner(at string) string {
	if u, err := url.Parse(at); err == nil && u.RawQuery != "" {
		return "&"
	}
	return "?"
}

func narrowed(query url.Values, names ...string) url.Values {
	kept := url.Values{}
	for _, name := range names {
		if query[name] != nil {
			kept[name] = query[name]
		}
	}
	return kept
}

// supposedIn are the rows of an address in which somebody is named and anything said.
func supposedIn(query url.Values) (all []supposed) {
	at := func(name string, i int) string {
		if i < len(query[name]) {
			return query[name][i]
		}
		return ""
	}
	for i, actor := range query["actor"] {
		one := supposed{actor, at("position", i), at("power", i)}
		if actor != "" && one.Position+one.Power != "" && len(all) < mostSupposed {
			all = append(all, one)
		}
	}
	return all
}

// suppose takes the positions, lets the strategies succeed, and gives the state that a fork
// is in then. Nothing is written.
func (v *visit) suppose(c *reformcycle.Cycle, s reformcycle.State, rows []supposed, strategies []string) (reformcycle.State, error) {
	const why = "what-if" // nobody reads it: a fork is not kept
	fork := c.Fork()
	by := reformcycle.By(why)
	var changes []reformcycle.Change
	for _, row := range rows {
		actor, there := s.Actors().Actor(row.Actor)
		change := reformcycle.TakePosition{Actor: row.Actor, Reason: why}
		if there {
			change.Position = actor.Position
		}
		if row.Position != "" {
			change.Position = stakeholders.At(amount(row.Position))
		}
		if row.Power != "" {
			change.Power = stakeholders.Power(amount(row.Power))
		}
		changes = append(changes, change)
	}
	if len(changes) > 0 {
		if _, err := fork.Apply(v.r.Context(), by, changes...); err != nil {
			return s, err
		}
	}
	_, plain := open(s)
	plain = slices.DeleteFunc(standing(fork.State().Actors(), plain), func(one stakeholders.Strategy) bool { return !slices.Contains(strategies, one.ID) })
	if len(plain) == 0 {
		return fork.Now(), nil
	}
	under, err := fork.State().Actors().Under(plain...)
	if err != nil {
		return s, err
	}
	changes = nil
	for a := range under.All() {
		if was, _ := fork.State().Actors().Actor(a.ID); was.Position != a.Position || was.Power != a.Power {
			changes = append(changes, reformcycle.TakePosition{Actor: a.ID, Position: a.Position, Power: a.Power, Reason: why})
		}
	}
	if len(changes) > 0 {
		if _, err := fork.Apply(v.r.Context(), by, changes...); err != nil {
			return s, err
		}
	}
	return fork.Now(), nil
}

// amount reads a number; what is none is refused where it is put.
func amount(text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// drawPolitics draws a picture of the actors of a cycle.
func drawPolitics(draw func(io.Writer, *language.Language, string, stakeholders.Roster) error) func(*visit, *reformcycle.Cycle, reformcycle.State, io.Writer) error {
	return func(v *visit, _ *reformcycle.Cycle, s reformcycle.State, w io.Writer) error {
		return draw(w, v.l, s.Title(), s.Actors())
	}
}

func (v *visit) drawOutcomes(w io.Writer, s reformcycle.State, all []outcome) error {
	var rows []report.FeasibilityRow
	for _, one := range all {
		rows = append(rows, report.FeasibilityRow{Label: v.l.Say(one.Label), Feasibility: one.Feasibility})
	}
	return report.FeasibilityBars(w, v.l, s.Title(), rows)
}
