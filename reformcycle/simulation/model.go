package simulation

// The model: a scenario made ready to run, as flat arrays.

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// Model is a valid scenario, ready to run. It does not change once compiled, so
// it may be shared between goroutines. [Compile] makes one.
type Model struct {
	scenario Scenario
	list     *assessment.Checklist
	digest   string

	agents []agent
	hears  []voice // whom each listens to, one listener after another

	officials []int32 // places of the actors of the group government
	donors    []int32 // and of the development partners

	rules    []rule
	tasks    []task
	asks     []asking  // criteria that ask districts
	members  []int     // criteria that ask for somebody in the coalition
	computed []int     // and from positions
	initial  []float64 // progress of each criterion at the start
	base     []float64 // of each derived criterion, with nothing recorded but the cast
	decaying []upkeep  // criteria with upkeep
	spans    spans
	guards   [reformcycle.ManagementAndLearning + 1][]guard // required criteria, by stage
	feasible int                                            // place of coalition.feasible where it guards, −1 where it does not
	fraction float64                                        // of the required criteria, one of them
	behind   [reformcycle.ManagementAndLearning + 1]float64 // weight of the required criteria of the stages before each
	debts    []int32                                        // guards owed at the start; len(rules) stands for the veto
	waived   []int32
	waiting  []int    // criteria that wait at the start for somebody who is willing
	joined   []Joined // whom the start presupposes
	arrivals []int32  // places of who is expected, by month
	rewires  bool     // some of those are listened to
	crowded  bool     // some listen to all
	noise    float64  // of a month
	dated    map[int]uint8

	views []CriterionView
	cast  []ActorView
}

// agent is what does not change about an actor.
type agent struct {
	attach, listen float64 // λ and 1 − λ
	anchor         float64 // first position, −1 to 1
	pull           float64 // power times weight
	effort         float64
	commitment     float64
	until          int   // the last month of its commitment
	expected       int   // the first month in which it is there, 0 for the start
	from, to       int   // its share of whom each listens to
	crowd          bool  // it hears all who are there
	veto, enrolled bool  // enrolled: a member as soon as it is there
	voice          bool  // it stands for community health workers
	group, offices uint8 // its group and the roles that it has, a bit each
	stream         uint64
}

// upkeep is what a month takes from a criterion: a share of its progress, and
// the effort that makes up for it at full progress.
type upkeep struct {
	criterion int
	share     float64
	effort    float64
	met       float64
	counts    float64 // 1 where its progress is progress of the reform
	stage     reformcycle.Stage
}

// voice is how much of what an actor hears comes from another.
type voice struct {
	of     uint8 // its place, which a byte holds: there are 200 actors at most
	weight float64
}

type rule struct {
	met      float64
	each     float64 // progress for an effort-month
	upkeep   float64
	weight   float64
	stage    reformcycle.Stage
	advisory bool
	computed bool
	asked    bool     // of districts
	keeps    bool     // its progress outlasts a renewal whole
	derived  *derived // nil where people rate it
	number   float64  // that a derived criterion is judged against
	brings   []int    // what doing it brings with it
}

// task is the little of a criterion that a month's work on it takes, by itself
// for speed.
type task struct {
	each    float64 // progress for an effort-month
	counts  float64 // 1 where its progress is progress of the reform
	luck    uint64
	stage   reformcycle.Stage
	derived bool
}

func taskOf(id string, r *rule) task {
	// Luck goes by the id, so that it is the same under another checklist.
	return task{each: r.each, counts: counts(r.advisory), luck: streamOf(id), stage: r.stage, derived: r.derived != nil}
}

// counts is 0 for what is advisory: its progress is none of the reform.
func counts(advisory bool) float64 {
	if advisory {
		return 0
	}
	return 1
}

// positionScale is the end of reich's scale of positions.
const positionScale = 7

// Compile makes a scenario ready to run. A checklist that the scenario names,
// and that is not the built-in one, has to be handed in.
//
// Errors: [fault.Fields] with everything that is wrong; what
// reformcycle says of a checklist that it can't judge a cycle by.
func Compile(s Scenario, checklists ...*assessment.Checklist) (*Model, error) {
	m, err := ready(s, checklists)
	if err != nil {
		return nil, err
	}
	var f fault.Fields
	for _, a := range m.asks {
		f.Add(fault.At("checklist.criteria", a.criterion)+".children", "unsupported", m.views[a.criterion].ID, language.Of("want.sim-nation", "by", "CompileNation"))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

func ready(s Scenario, checklists []*assessment.Checklist) (*Model, error) {
	if err := s.Validate().Err(); err != nil {
		return nil, err
	}
	s = s.Clone()
	s.Start.Stage = max(s.Start.Stage, reformcycle.ProblemPrioritization)
	m := &Model{scenario: s, feasible: -1}
	var known []string
	for _, list := range append(slices.Clip(checklists), reformcycle.ReformChecklist()) {
		if list == nil || m.list != nil {
			continue
		}
		if known = append(known, list.ID()); list.ID() == s.Checklist {
			m.list = list
		}
	}
	if m.list == nil {
		return nil, fault.Refuse("checklist", fault.Known, s.Checklist, fault.OneOf(known))
	}
	if n := m.list.Len(); n > maxCriteria {
		return nil, fault.Refuse("checklist", fault.Length, n, atMost(maxCriteria))
	}
	if err := m.compile(); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Model) compile() error {
	scratch, err := m.scratch()
	if err != nil {
		return err
	}
	m.compileCast()
	m.compileWorld()
	if err := m.compileCriteria(scratch); err != nil {
		return err
	}
	if err := m.reach(); err != nil {
		return err
	}
	if err := m.compileStart(); err != nil {
		return err
	}
	m.presuppose()
	return m.sign()
}

// scratch gives a cycle with those of the cast who are there and nothing else: what
// its derived criteria say is what holds before any work.
func (m *Model) scratch() (*reformcycle.Cycle, error) {
	c, err := reformcycle.New("scratch", reformcycle.WithChecklist(m.list))
	if err != nil {
		return nil, err
	}
	var changes []reformcycle.Change
	for i := range m.scenario.Actors {
		if a := &m.scenario.Actors[i]; a.From == 0 {
			changes = append(changes, reformcycle.EngageActor{Actor: a.stakeholder()})
		}
	}
	if changes == nil {
		return c, nil
	}
	_, err = c.Apply(context.Background(), reformcycle.By("simulation").At(time.Unix(0, 0)), changes...)
	return c, err
}

// stakeholder is the actor as a cycle knows it.
func (a *CastActor) stakeholder() stakeholders.Actor {
	return stakeholders.Actor{
		ID: a.ID, Name: a.title(), Constituency: a.Constituency, Roles: a.Roles, Member: a.Member, Veto: a.Veto,
		Position: stakeholders.At(a.Position), Power: stakeholders.Power(a.Power), Weight: a.Weight,
	}
}

func (m *Model) compileCast() {
	places := make(map[string]int32)
	for i := range m.scenario.Actors {
		a := &m.scenario.Actors[i]
		places[a.ID] = int32(i)
		group := a.Constituency.Group()
		is := agent{
			attach: a.Attachment, listen: 1 - a.Attachment, anchor: a.Position / positionScale,
			pull: a.Power * a.Weight, effort: a.Effort, commitment: a.Commitment, until: lastMonth(a.Until), expected: a.From,
			veto: a.Veto, enrolled: a.Member, voice: a.Constituency == stakeholders.CommunityHealthWorkers, group: groupBit(group), stream: streamOf(a.ID),
		}
		for _, r := range a.Roles {
			is.offices |= roleBit(r)
		}
		m.agents = append(m.agents, is)
		switch group {
		case stakeholders.Government:
			m.officials = append(m.officials, int32(i))
		case stakeholders.DevelopmentPartners:
			m.donors = append(m.donors, int32(i))
		}
		if a.From > 0 {
			m.arrivals = append(m.arrivals, int32(i))
		}
		m.cast = append(m.cast, ActorView{
			ID: a.ID, Constituency: a.Constituency, Group: group, Roles: a.Roles, Member: a.Member, Veto: a.Veto, Pull: a.Power * a.Weight,
		})
	}
	// Who of the partners leaves goes by id, so that it does not hang on their order.
	slices.SortFunc(m.donors, func(a, b int32) int { return cmp.Compare(m.cast[a].ID, m.cast[b].ID) })
	slices.SortStableFunc(m.arrivals, func(a, b int32) int { return m.agents[a].expected - m.agents[b].expected })

	heard := make([][]Influence, len(m.agents))
	for _, w := range m.scenario.Influence {
		heard[places[w.Listener]] = append(heard[places[w.Listener]], w)
		m.rewires = m.rewires || m.agents[places[w.Of]].expected > 0
	}
	for i := range m.agents {
		m.agents[i].from = len(m.hears)
		for _, w := range heard[i] {
			m.hears = append(m.hears, voice{uint8(places[w.Of]), w.Weight})
		}
		m.agents[i].to = len(m.hears)
		m.agents[i].crowd = heard[i] == nil
		m.crowded = m.crowded || heard[i] == nil
	}
}

// compileWorld prepares what a month asks of the world.
func (m *Model) compileWorld() {
	// What a month adds, so that what adds up at the pace has the stated spread.
	pace := m.scenario.Positions.Pace
	m.noise = float64(m.scenario.Positions.Noise * math.Sqrt(float64(pace*(2-pace))))
	for _, e := range m.scenario.Events {
		if m.dated == nil {
			m.dated = make(map[int]uint8)
		}
		m.dated[e.Month] |= 1 << e.Shock
	}
}

// lastMonth reads 0 as no end.
func lastMonth(until int) int {
	if until == 0 {
		return math.MaxInt
	}
	return until
}

func (m *Model) compileCriteria(scratch *reformcycle.Cycle) error {
	own := make(map[string]int)
	for i, c := range m.scenario.Criteria {
		own[c.ID] = i
	}
	var f fault.Fields
	count := 0
	for i, c := range m.list.All() {
		stage, err := reformcycle.ParseStage(c.Section)
		if err != nil {
			return err // not reached: the scratch cycle took the checklist
		}
		r := rule{met: c.Threshold.Share(), weight: c.Weight, number: c.Parameter, stage: stage, advisory: c.Advisory}
		difficulty := m.scenario.Work.Rated
		level := assessment.Unknown
		switch {
		case c.Children != nil:
			r.asked = true
			m.asks = append(m.asks, asking{criterion: i, FromChildren: *c.Children, least: c.Parameter})
		case c.Kind == assessment.Derived:
			difficulty = m.scenario.Work.Derived
			if r.derived = derivedOf(c.ID); r.derived == nil {
				f.Add(fault.At("checklist.criteria", i), fault.Known, c.ID, language.Of("want.sim-derived"))
				r.derived = new(derived)
			}
			d := r.derived
			if r.keeps, r.computed = d.keeps, d.computed; d.computed {
				m.computed = append(m.computed, i)
			}
			if d.most > 0 && c.Parameter > d.most {
				f.Add(fault.At("checklist.criteria", i)+".parameter", "reachable", c.Parameter, language.Of("want.sim-reachable", "most", plain(d.most)))
			}
		case stage >= reformcycle.Launch:
			r.upkeep = m.scenario.Work.Upkeep
		}
		if c.Kind == assessment.Derived && c.Threshold != assessment.Functional {
			f.Add(fault.At("checklist.criteria", i)+".threshold", "functional", c.Threshold.String(), language.Of("want.sim-derived-threshold", "level", assessment.Functional.String()))
		}
		if n, named := own[c.ID]; named {
			delete(own, c.ID)
			given := m.scenario.Criteria[n]
			level = given.Level
			if given.Difficulty != nil {
				difficulty = *given.Difficulty
			}
			if given.Upkeep != nil {
				r.upkeep = *given.Upkeep
			}
			if r.computed || r.asked {
				f.Add(fault.At("criteria", n)+".id", "computed", c.ID, language.Of("want.sim-worked"))
			}
			if c.Kind == assessment.Derived && r.upkeep > 0 {
				f.Add(fault.At("criteria", n)+".upkeep", "derived", r.upkeep, language.Of("want.sim-no-upkeep"))
			}
			if c.Kind == assessment.Derived && level > assessment.Functional {
				f.Add(fault.At("criteria", n)+".level", "derived", level.String(), language.Of("want.sim-derived-level", "level", assessment.Functional.String()))
			}
		}
		r.each = 1 / difficulty
		base, initial := 0.0, level.Share()
		if r.derived != nil && !r.computed {
			if held, _ := scratch.State().Level(c.ID); held >= assessment.Functional {
				base = held.Share()
			}
			initial = max(initial, base)
		}
		m.base, m.initial = append(m.base, base), append(m.initial, initial)
		if r.upkeep > 0 {
			m.decaying = append(m.decaying, upkeep{i, r.upkeep, r.upkeep * difficulty, r.met, counts(c.Advisory), stage})
		}
		if c.ID == feasible && !c.Advisory {
			m.feasible = i
		}
		if !c.Advisory {
			count++
			for s := stage + 1; s <= reformcycle.ManagementAndLearning; s++ {
				m.behind[s] += c.Weight
			}
		}
		m.rules = append(m.rules, r)
		m.tasks = append(m.tasks, taskOf(c.ID, &r))
		if r.derived != nil && r.derived.holds != nil { // formed, and those that follow
			m.members = append(m.members, i)
		}
		if !c.Advisory {
			m.guards[stage] = append(m.guards[stage], guard{i, r.met, r.computed})
		}
		m.views = append(m.views, CriterionView{
			ID: c.ID, Stage: stage, Kind: c.Kind, Advisory: c.Advisory, Computed: r.computed || r.asked, Met: r.met, Difficulty: difficulty, Upkeep: r.upkeep,
		})
	}
	for _, c := range m.scenario.Criteria { // in the order of the scenario, not of the map
		if n, left := own[c.ID]; left {
			f.Add(fault.At("criteria", n)+".id", fault.Exists, c.ID, language.Of("want.sim-criterion-of", "checklist", m.list.ID()))
		}
	}
	for s := range reformcycle.Stages() {
		m.spans[s].from, m.spans[s].to = m.list.Section(s.String())
	}
	if m.fraction = 0; count > 0 {
		m.fraction = 1 / float64(count)
	}
	return f.Err()
}

func (m *Model) compileStart() error {
	var f fault.Fields
	place := func(field, id string, veto bool) int32 {
		i, known := m.list.Index(id)
		switch {
		case veto && id == reformcycle.CoalitionVeto:
			return int32(len(m.rules))
		case !known:
			f.Add(field, fault.Exists, id, language.Of("want.sim-criterion-of", "checklist", m.list.ID()))
		case m.rules[i].advisory:
			f.Add(field, fault.Required, id, language.Of("want.sim-required"))
		}
		return int32(i)
	}
	for i, id := range m.scenario.Start.Debts {
		m.debts = append(m.debts, place(fault.At("start.debts", i), id, true))
	}
	for i, id := range m.scenario.Start.Waived {
		m.waived = append(m.waived, place(fault.At("start.waived", i), id, false))
	}
	return f.Err()
}

// presuppose completes the start: what is done at the start brings with it what
// doing it would have.
func (m *Model) presuppose() {
	for c := range m.rules {
		r := &m.rules[c]
		if r.derived == nil {
			continue
		}
		others := r.derived.brings
		if !r.advisory {
			others = slices.Concat(others, r.derived.requires)
		}
		for _, id := range others {
			i, there := m.list.Index(id)
			if other := m.rules[max(i, 0)]; there && other.derived != nil && (!other.derived.single || other.number <= 1) {
				r.brings = append(r.brings, i)
			}
		}
	}
	r := newRun(m, nil, 0)
	r.joins = &m.joined
	r.begin(0)
	r.meetWaiting()
	for c := range m.rules {
		if m.rules[c].derived != nil && r.progress[c] >= m.rules[c].met {
			r.complete(c)
		}
	}
	copy(m.initial, r.progress)
	m.waiting = slices.Clone(r.waiting)
	for i := range r.actors {
		a := &r.actors[i]
		if a.there {
			m.agents[i].enrolled, m.agents[i].offices, m.cast[i].Member = a.member, a.roles, a.member
		}
	}
}

// sign makes the digest: equal digests stand for equal scenarios, checklists
// and models.
func (m *Model) sign() error {
	scenario := m.scenario
	scenario.Assumed = nil // told in words, of what is all there in numbers
	text, err := json.Marshal(struct {
		Model     string                `json:"model"`
		Table     string                `json:"table"`
		Scenario  Scenario              `json:"scenario"`
		Checklist *assessment.Checklist `json:"checklist"`
	}{modelVersion, reformcycle.TableID(), scenario, m.list})
	if err != nil {
		return errors.Join(fault.ErrInvalid, err)
	}
	sum := sha256.Sum256(text)
	m.digest = hex.EncodeToString(sum[:])
	return nil
}

// Scenario gives a copy of what the model was compiled from; of no model, nothing.
func (m *Model) Scenario() Scenario {
	if m == nil {
		return Scenario{}
	}
	return m.scenario.Clone()
}

func checkModel(f *fault.Fields, m *Model) bool {
	if m == nil || m.list == nil {
		f.Add("model", fault.Required, nil, language.Of("want.sim-model", "by", "Compile"))
		return false
	}
	return true
}

// Checklist that guards the stages; nil of no model.
func (m *Model) Checklist() *assessment.Checklist {
	if m == nil {
		return nil
	}
	return m.list
}

// Digest identifies the scenario, its checklist and the version of the model:
// 64 hexadecimal digits. Results are comparable where it is equal.
func (m *Model) Digest() string {
	if m == nil {
		return ""
	}
	return m.digest
}
