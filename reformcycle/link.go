package reformcycle

import (
	"cmp"
	"reflect"
	"slices"
	"sort"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/crowd"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// This file is what one cycle knows of others: the parent that it waits for, the
// children that wait for it and that its criteria may be derived from, and what was
// last observed of each. Nothing here looks into another journal: an observation is an
// entry like any other, so that a fold depends on its own journal and on nothing else.

// The kinds of change between cycles.
const (
	KindLinkParent   Kind = "link-parent"
	KindNameChildren Kind = "name-children"
	KindObserveCycle Kind = "observe-cycle"
	KindDepart       Kind = "depart"
)

// ParentUnready is the guard of a cycle that waits for its parent.
const ParentUnready = "link.parent"

// linkPart is what is recorded of the links.
type linkPart struct {
	Link         *Link         `json:"link,omitempty"`
	Children     *Children     `json:"children,omitempty"`
	Observations []Observation `json:"observations,omitempty"` // sorted by cycle
	Departures   []Departure   `json:"departures,omitempty"`
}

var links part[linkPart]

// Held says what becomes of a child whose parent is suspended or abandoned.
type Held string

// What becomes of it.
const (
	// GoesOn: nothing; the child decides for itself.
	GoesOn Held = "goes-on"
	// IsSuspended: a refresh proposes to suspend it, too.
	IsSuspended Held = "is-suspended"
	// Asks: a refresh asks whether to.
	Asks Held = "asks"
)

var helds = []Held{GoesOn, IsSuspended, Asks}

// Valid reports whether h is one of the three.
func (h Held) Valid() bool { return slices.Contains(helds, h) }

// Told says what becomes of the child.
func (h Held) Told() language.Text { return language.Of("held." + string(h)).Or(string(h)) }

// UnmarshalText reads the text form and refuses any other by name.
func (h *Held) UnmarshalText(text []byte) error { return fault.ReadName("held", h, text, helds) }

// Link of a cycle with its parent.
type Link struct {
	// Parent is the id of the cycle.
	Parent string `json:"parent" validate:"id"`
	// Needs are what the parent has to have reached before this cycle leaves a stage.
	Needs []Need `json:"needs,omitempty" validate:"max=8,dive"`
	// Design is the version of the parent's design that this cycle adopts, as an
	// observation of it has it; 0 for none.
	Design uint64 `json:"design,omitempty"`
	// Held is what becomes of this cycle when the parent is suspended or abandoned.
	Held Held `json:"held" validate:"known"`
	// Months after which an observation of the parent is out of date; 0 for never.
	Months int `json:"months,omitempty" validate:"gte=0,lte=1200"`
	// Entry that recorded it; set when it is.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// Need is what the parent has to have reached: it is at or past Stage, in any lap, or
// in its present one where ThisLap says so, before this cycle leaves the stage Leaving.
type Need struct {
	Leaving Stage `json:"leaving" validate:"known"`
	Stage   Stage `json:"stage" validate:"known"`
	ThisLap bool  `json:"this_lap,omitempty"`
}

// LinkParent links the cycle with its parent. Said again it replaces the link; another
// parent only before the first advance of a lap.
type LinkParent struct {
	Link Link `json:"link"`
}

// Kind names the change.
func (LinkParent) Kind() Kind { return KindLinkParent }

func (c LinkParent) apply(d *draft) error {
	next := c.Link
	var wrong fault.Fields
	if next.Parent == d.Cycle {
		wrong.Add("link.parent", fault.Same, next.Parent, language.Of("want.parent-of-itself"))
	}
	for i, n := range next.Needs {
		if slices.ContainsFunc(next.Needs[:i], func(o Need) bool { return o.Leaving == n.Leaving }) {
			wrong.Add(fault.At("link.needs", i)+".leaving", fault.Unique, n.Leaving.String(), language.Of("want.need-once"))
		}
	}
	held := links.of(d.state)
	if held.Link != nil && held.Link.Parent != next.Parent && len(d.Arrivals) > 1 {
		wrong.Add("link.parent", fault.Same, next.Parent, language.Of("want.parent-of-lap", "parent", held.Link.Parent))
	}
	if held.Children.child(next.Parent) != nil {
		wrong.Add("link.parent", fault.Same, next.Parent, language.Of("want.parent-not-child"))
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	next.Entry = d.entry
	part := links.in(d)
	part.Link = &next
	d.forgetStrangers()
	return nil
}

// Child is a cycle that this one is the parent of.
type Child struct {
	// Cycle is its id, Name that of its jurisdiction.
	Cycle string `json:"cycle" validate:"id"`
	Name  string `json:"name" validate:"name"`
	// Population of its jurisdiction; 0 where that is not known.
	Population float64 `json:"population,omitempty" validate:"finite,gte=0,lte=20000000000"`
}

// Children are all the cycles that a parent is the parent of: those that are not named
// are none.
type Children struct {
	Children []Child `json:"children" validate:"max=1000,dive"`
	// Year of the populations, which are summed, and the source of the list; the year
	// is 0 where none is known.
	Year   int    `json:"year,omitempty" validate:"gte=0,lte=9999"`
	Source string `json:"source" validate:"text"`
	// Months after which an observation of a child is out of date; 0 for never.
	Months int `json:"months,omitempty" validate:"gte=0,lte=1200"`
	// Entry that named them; set when it is recorded.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// child finds one by the id of its cycle.
func (c *Children) child(cycle string) *Child {
	if c == nil {
		return nil
	}
	if i := slices.IndexFunc(c.Children, func(one Child) bool { return one.Cycle == cycle }); i >= 0 {
		return &c.Children[i]
	}
	return nil
}

// NameChildren names all children of the cycle. Said again it replaces the list; what
// was observed of those that are children no more is dropped.
type NameChildren struct {
	Of Children `json:"of"`
}

// Kind names the change.
func (NameChildren) Kind() Kind { return KindNameChildren }

func (c NameChildren) apply(d *draft) error {
	next := c.Of
	var wrong fault.Fields
	first := map[string]int{}
	for i, child := range next.Children {
		at := fault.At("of.children", i)
		wrong.Once(at+".cycle", child.Cycle, first, "of.children", i)
		if child.Cycle == d.Cycle {
			wrong.Add(at+".cycle", fault.Same, child.Cycle, language.Of("want.parent-of-itself"))
		}
		if child.Population > 0 && next.Year == 0 {
			wrong.Add("of.year", fault.Required, nil, language.Of("want.population-year"))
			break
		}
	}
	if l := links.of(d.state).Link; l != nil {
		if i, twice := first[l.Parent]; twice {
			wrong.Add(fault.At("of.children", i)+".cycle", fault.Same, l.Parent, language.Of("want.child-not-parent"))
		}
	}
	for i := range d.rules.criteria {
		if k := d.rules.criteria[i].Children; k != nil && k.Of == assessment.OfChildren && int(d.rules.criteria[i].Parameter) > len(next.Children) {
			wrong.Add("of.children", fault.Length, len(next.Children), language.Of("want.children-enough", "n", int(d.rules.criteria[i].Parameter), "criterion", d.rules.criteria[i].ID))
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	next.Entry = d.entry
	links.in(d).Children = &next
	d.forgetStrangers()
	return nil
}

// forgetStrangers drops what was observed of cycles that this one is not linked with.
func (d *draft) forgetStrangers() {
	part := links.in(d)
	own(d, &part.Observations)
	part.Observations = slices.DeleteFunc(part.Observations, func(o Observation) bool { return !part.linked(o.Cycle) })
}

func (p *linkPart) linked(cycle string) bool {
	return p.Link != nil && p.Link.Parent == cycle || p.Children.child(cycle) != nil
}

// Observation is what one cycle knows of another: how that stood after an entry of its
// journal. [State.Observation] makes it.
type Observation struct {
	Cycle string `json:"cycle" validate:"id"`
	// Seq is the entry of the other cycle's journal after which it was looked at, and
	// Seen when that entry happened.
	Seq  uint64    `json:"seq" validate:"gte=1"`
	Seen date.Date `json:"seen"`
	// Stage, Lap and Status as it stood.
	Stage  Stage  `json:"stage" validate:"known"`
	Lap    int    `json:"lap" validate:"gte=1"`
	Status Status `json:"status" validate:"known"`
	// Furthest is the last stage that it has reached in any lap, FurthestThisLap in the
	// present one.
	Furthest        Stage `json:"furthest" validate:"known"`
	FurthestThisLap Stage `json:"furthest_this_lap" validate:"known"`
	// Met are the criteria, of those that were asked about, that were met.
	Met []string `json:"met,omitempty" validate:"max=1000,unique,dive,id"`
	// Asked are the criteria that were asked about.
	Asked []string `json:"asked,omitempty" validate:"max=1000,unique,dive,id"`
	// Reviewed is when its last review was held; left out for none.
	Reviewed date.Date `json:"reviewed,omitzero"`
	// Design is the version of its design: the entry that last changed it; 0 for none.
	Design uint64 `json:"design,omitempty"`
	// Adopts is the version of its parent's design that it adopts, and Departs where it
	// departs from it.
	Adopts  uint64      `json:"adopts,omitempty"`
	Departs []Departure `json:"departs,omitempty" validate:"max=10,dive"`
	// Devolved says which tiers decide which function, as it records that.
	Devolved []Devolution `json:"devolved,omitempty" validate:"max=9,dive"`
	// On is when it was looked at, by Entry; set when it is recorded.
	On    date.Date `json:"on,omitzero" validate:"-"`
	Entry uint64    `json:"entry,omitempty" validate:"-"`
}

// ObserveCycle records how another cycle stands: the parent, or a child. It moves
// nothing.
type ObserveCycle struct {
	Observation Observation `json:"observation"`
}

// Kind names the change.
func (ObserveCycle) Kind() Kind { return KindObserveCycle }

func (c ObserveCycle) apply(d *draft) error {
	next := c.Observation
	part := links.of(d.state)
	if !part.linked(next.Cycle) {
		want := language.Of("want.linked-cycle.none")
		if known := part.neighbours(); len(known) > 0 {
			want = language.Of("want.linked-cycle", "ids", listed(known))
		}
		return fault.Refuse("observation.cycle", fault.Exists, next.Cycle, want)
	}
	i, held := part.at(next.Cycle)
	if held && next.Seq < part.Observations[i].Seq {
		return fault.Refuse("observation.seq", fault.Order, next.Seq, language.Of("want.no-older-observation", "seq", part.Observations[i].Seq))
	}
	next.On, next.Entry = d.day(), d.entry
	part = links.in(d)
	own(d, &part.Observations)
	if held {
		part.Observations[i] = next
	} else {
		part.Observations = slices.Insert(part.Observations, i, next)
	}
	return nil
}

func (p *linkPart) at(cycle string) (int, bool) {
	return sort.Find(len(p.Observations), func(i int) int { return cmp.Compare(cycle, p.Observations[i].Cycle) })
}

// observed gives what was last observed of a cycle; nil where it never was.
func (p *linkPart) observed(cycle string) *Observation {
	if i, held := p.at(cycle); held {
		return &p.Observations[i]
	}
	return nil
}

// neighbours are the ids of the parent and the children.
func (p *linkPart) neighbours() (ids []string) {
	if p.Link != nil {
		ids = append(ids, p.Link.Parent)
	}
	if p.Children != nil {
		for _, c := range p.Children.Children {
			ids = append(ids, c.Cycle)
		}
	}
	return ids
}

// Kind of departure: whether it is meant.
type DepartureKind string

// What a departure from the parent's design is.
const (
	// Adapted: decided, for a reason, to suit the place.
	Adapted DepartureKind = "adaptation"
	// Drifted: nobody decided it.
	Drifted DepartureKind = "drift"
)

var departureKinds = []DepartureKind{Adapted, Drifted}

// Valid reports whether k is one of the two.
func (k DepartureKind) Valid() bool { return slices.Contains(departureKinds, k) }

// Told names it for people.
func (k DepartureKind) Told() language.Text {
	return language.Of("departure." + string(k)).Or(string(k))
}

// UnmarshalText reads the text form and refuses any other by name.
func (k *DepartureKind) UnmarshalText(text []byte) error {
	return fault.ReadName("departure", k, text, departureKinds)
}

// Departure is where a cycle departs from the design of its parent that it adopts.
type Departure struct {
	Component Component     `json:"component" validate:"known"`
	Kind      DepartureKind `json:"kind" validate:"known"`
	Reason    string        `json:"reason" validate:"text"`
	Source    string        `json:"source,omitempty" validate:"note"`
	// Entry that recorded it; set when it is.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// Depart records where the cycle departs from the design that it adopts. Said again of
// the same component it replaces what was said.
type Depart struct {
	Departure Departure `json:"departure"`
}

// Kind names the change.
func (Depart) Kind() Kind { return KindDepart }

func (c Depart) apply(d *draft) error {
	if l := links.of(d.state).Link; l == nil || l.Design == 0 {
		return fault.Refuse("departure", fault.Exists, nil, language.Of("want.design-adopted"))
	}
	next := c.Departure
	next.Entry = d.entry
	put(d, &links.in(d).Departures, next, func(of Departure) bool { return of.Component == next.Component })
	return nil
}

// need is the first that the cycle has of its parent and does not know to be met: of the
// stages that it has left, by override, and of the one at which it stands. Nil for none.
func (s *state) need() *Need {
	l := links.of(s).Link
	if l == nil {
		return nil
	}
	o := links.of(s).observed(l.Parent)
	var first *Need
	for i := range l.Needs {
		n := &l.Needs[i]
		if n.Leaving <= s.Stage && (o == nil || !o.reached(n.Stage, n.ThisLap)) && (first == nil || n.Leaving < first.Leaving) {
			first = n
		}
	}
	return first
}

// reached reports whether an observed cycle is at or past a stage.
func (o *Observation) reached(stage Stage, thisLap bool) bool {
	if thisLap {
		return o.FurthestThisLap >= stage
	}
	return o.Furthest >= stage
}

func (s *state) parentBlocker() Blocker {
	n, parent := s.need(), links.of(s).Link.Parent
	id := "blocker.parent"
	if n.ThisLap {
		id = "blocker.parent-this-lap"
	}
	return Blocker{
		Guard: ParentUnready, Stage: s.Stage,
		Text:    language.Of(id, "parent", parent, "stage", n.Stage.Told()),
		Remedy:  language.Of("remedy.parent", "parent", parent),
		Missing: []language.Text{lastSeen(parent, links.of(s).observed(parent))},
		Source:  "model",
	}
}

// lastSeen tells of a cycle as it was last observed.
func lastSeen(name string, o *Observation) language.Text {
	switch {
	case o == nil:
		return language.Of("observed.never", "cycle", name)
	case o.Status != Active:
		return language.Of("observed.held", "cycle", name, "stage", o.Stage.Told(), "status", o.Status.Told(), "on", o.Seen.String())
	}
	return language.Of("observed.at", "cycle", name, "stage", o.Stage.Told(), "on", o.Seen.String())
}

// askedStage is the stage that a criterion asks of children; zero for none.
func askedStage(k *assessment.FromChildren) (stage Stage) {
	if k.Stage != "" {
		_ = stage.UnmarshalText([]byte(k.Stage)) // a rulebook refuses another
	}
	return stage
}

// childHas says whether an observed child has what a criterion asks, and has come to the
// stage that it asks for.
func (o *Observation) childHas(k *assessment.FromChildren, stage Stage, at time.Time) date.Answer {
	switch {
	case o == nil:
		return date.Open
	case stage != 0:
		return answer(o.reached(stage, k.ThisLap))
	case k.Criterion != "":
		if met := slices.Contains(o.Met, k.Criterion); met || slices.Contains(o.Asked, k.Criterion) {
			return answer(met)
		}
		return date.Open
	case o.Reviewed.IsZero():
		return date.No
	}
	switch o.Reviewed.Lapsed(k.ReviewMonths, at) {
	case date.Yes:
		return date.No
	case date.No:
		return date.Yes
	}
	return date.Open
}

func answer(is bool) date.Answer {
	if is {
		return date.Yes
	}
	return date.No
}

// childrenShare counts the children that have what a criterion asks, or gives the share
// of the people who live where they are: at least low, at most high, whatever is not
// known turns out to be. Below says that high itself can't be.
func (s *state) childrenShare(c *criterion, at time.Time) (low, high float64, below bool) {
	part := links.of(s)
	if part.Children == nil {
		return 0, 0, false
	}
	var n [date.Yes + 1]float64
	var people [date.Yes + 1]crowd.Part // of those that have it, have not, or may have
	stage := askedStage(c.Children)
	for i := range part.Children.Children {
		child := &part.Children.Children[i]
		has := part.observed(child.Cycle).childHas(c.Children, stage, at)
		n[has]++
		people[has].Add(child.Population)
	}
	if c.Children.Of == assessment.OfChildren {
		return n[date.Yes], n[date.Yes] + n[date.Open], false
	}
	low, _ = crowd.Least(people[date.Yes], people[date.No].Plus(people[date.Open]))
	high, below = crowd.Most(people[date.Yes].Plus(people[date.Open]), people[date.No])
	return low, high, below
}

// byChildren: so many of the children, or children in which such a share of the people
// live, have what the criterion asks. What was not observed is open.
var byChildren = derivation{
	level: func(s *state, c *criterion, at time.Time) assessment.Level {
		low, high, below := s.childrenShare(c, at)
		switch {
		case links.of(s).Children == nil:
			return assessment.Unknown
		case low >= c.Parameter:
			return assessment.Functional
		case high > c.Parameter || high == c.Parameter && !below:
			return assessment.Unknown
		}
		return partly(present(false), low > 0)
	},
	missing: func(s *state, c *criterion, at time.Time) []language.Text {
		part := links.of(s)
		if part.Children == nil {
			return []language.Text{language.Of("missing.children")}
		}
		var waiting []language.Text
		stage := askedStage(c.Children)
		for _, child := range part.Children.Children {
			if o := part.observed(child.Cycle); o.childHas(c.Children, stage, at) != date.Yes {
				waiting = append(waiting, lastSeen(child.Name, o))
			}
		}
		return []language.Text{s.asked(c, at), language.Of("missing.waiting", "n", len(waiting), "all", len(part.Children.Children), "children", waiting)}
	},
	change: KindObserveCycle,
}

// asked says what a criterion asks of the children, and how far it is known to hold.
func (s *state) asked(c *criterion, at time.Time) language.Text {
	k := c.Children
	var what language.Text
	switch {
	case k.Stage != "":
		id := "asked.stage"
		if k.ThisLap {
			id = "asked.stage-this-lap"
		}
		what = language.Of(id, "stage", askedStage(k).Told())
	case k.Criterion != "":
		what = language.Of("asked.criterion", "criterion", s.criterionText(k.Criterion))
	default:
		what = language.Of("asked.review", "n", k.ReviewMonths)
	}
	low, high, _ := s.childrenShare(c, at)
	if k.Of == assessment.OfChildren {
		return language.Of("missing.asked-children", "n", c.Parameter, "what", what, "low", low, "high", high)
	}
	return language.Of("missing.asked-people", "share", c.Parameter, "what", what, "low", low, "high", high)
}

// criterionText is what a criterion of the cycle's own checklist asks, or the id of one
// that a child alone has.
func (s *state) criterionText(id string) language.Text {
	if i, own := s.rules.list.Index(id); own {
		return language.Built(s.rules.criteria[i].Text)
	}
	return language.Typed(id)
}

// Observation of the cycle as others may record it, with the criteria that they ask
// about. The zero State has none.
func (s State) Observation(asked ...string) Observation {
	st := s.get()
	o := Observation{
		Cycle: s.ID(), Seq: s.Seq(), Seen: st.when(st.MomentEntry, st.Moment), Stage: st.Stage, Lap: st.Lap, Status: st.Status,
		Furthest: st.furthest(true), FurthestThisLap: st.furthest(false), Asked: slices.Clone(asked), Design: st.designVersion(),
		Departs: slices.Clone(links.of(st).Departures), Devolved: s.Devolved(),
	}
	for _, id := range asked {
		if level, known := s.Level(id); known && s.works(id, level) {
			o.Met = append(o.Met, id)
		}
	}
	for _, r := range s.Reviews() {
		if o.Reviewed.IsZero() || r.On.Last().After(o.Reviewed.Last()) {
			o.Reviewed = r.On
		}
	}
	for i := range o.Departs {
		o.Departs[i].Entry = 0 // that is of the other journal
	}
	for i := range o.Devolved {
		o.Devolved[i].Entry = 0
	}
	if l := links.of(st).Link; l != nil {
		o.Adopts = l.Design
	}
	return o
}

// furthest stage that was reached in the current lap, or in any.
func (s *state) furthest(ever bool) Stage {
	most := s.Stage
	for _, a := range s.Arrivals {
		most = max(most, a.Stage)
	}
	if ever {
		for _, l := range s.Laps {
			for _, a := range l.Arrivals {
				most = max(most, a.Stage)
			}
		}
	}
	return most
}

// designVersion is the entry that last changed the design; 0 for none.
func (s *state) designVersion() (version uint64) {
	for _, c := range designs.of(s).DesignChoices {
		version = max(version, c.Entry, c.Validation)
	}
	for _, a := range learnings.of(s).Adaptations {
		if a.Component != "" {
			version = max(version, a.Entry)
		}
	}
	return version
}

// Link with the parent; false where there is none.
func (s State) Link() (Link, bool) {
	if l := links.of(s.get()).Link; l != nil {
		link := *l
		link.Needs = slices.Clone(link.Needs)
		return link, true
	}
	return Link{}, false
}

// Children that are named.
func (s State) Children() Children {
	if c := links.of(s.get()).Children; c != nil {
		all := *c
		all.Children = slices.Clone(all.Children)
		return all
	}
	return Children{}
}

// Observations of the parent and the children, in the order of their ids: the last of
// each.
func (s State) Observations() []Observation {
	all := slices.Clone(links.of(s.get()).Observations)
	for i, o := range all {
		all[i].Met, all[i].Asked, all[i].Departs = slices.Clone(o.Met), slices.Clone(o.Asked), slices.Clone(o.Departs)
		all[i].Devolved = copyDevolved(o.Devolved)
	}
	return all
}

// Departures from the design that the cycle adopts.
func (s State) Departures() []Departure { return slices.Clone(links.of(s.get()).Departures) }

// Asks lists the criteria that the cycle's own criteria ask its children about.
func (s State) Asks() (ids []string) {
	st := s.get()
	for i := range st.rules.criteria {
		if k := st.rules.criteria[i].Children; k != nil && k.Criterion != "" && !slices.Contains(ids, k.Criterion) {
			ids = append(ids, k.Criterion)
		}
	}
	return ids
}

var linkRoom = room{
	changes: []kindEntry{
		changeKind[LinkParent]().whileSuspended(), changeKind[NameChildren]().whileSuspended(),
		changeKind[ObserveCycle]().whileSuspended(), changeKind[Depart]().whileSuspended(),
	},
	part:   &links,
	guards: []guard{{id: ParentUnready, from: ProblemPrioritization, met: func(s *state) bool { return s.need() == nil }, blocker: (*state).parentBlocker}},
	names:  []vocabulary{names(helds), names(departureKinds), {reflect.TypeFor[Status](), fault.OneOf(statusNames[:]), worded(schema.OneOf(statusNames[:]), (*Status).UnmarshalText)}},
}
