package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// This file is the question that a simulation from a cycle answers: the form that asks it,
// and the address that repeats it.

// simulationRoutes are those of the simulation.
func simulationRoutes() []route {
	return []route{
		{name: "simulate", path: "c/{cycle}/simulate", tab: "web-simulation.tab", get: looking((*visit).simulatePage), post: looking((*visit).simulate)},
		{name: "simulated", path: "c/{cycle}/simulate/{job}", get: looking((*visit).simulatedPage)},
		{name: "simulate-cancel", path: "c/{cycle}/simulate/{job}/cancel", post: looking((*visit).cancelSimulation)},
		{name: "simulate-progress", path: "c/{cycle}/simulate/{job}/progress.svg", get: looking((*visit).progress)},
		{name: "simulate-picture", path: "c/{cycle}/simulate/{job}/picture/{chart}", get: looking((*visit).simulatedPicture)},
	}
}

// simulates reports whether an address is one of the simulation.
func (r route) simulates() bool { return strings.Contains(r.path, "/simulat") }

// question is what is asked, as addresses and the JSON interface have it. What is left out
// has its usual value.
type question struct {
	// Policies are compared: two to eight of those that the simulator has, each once.
	Policies []policyAsked `json:"policies"`
	// Measure is what they are compared by; Stage and Month are of those that ask for them.
	Measure string `json:"measure,omitempty"`
	Stage   string `json:"stage,omitempty"`
	Month   int    `json:"month,omitempty"`
	// Months that a run lasts, Runs of each policy, and the Seed of all chances.
	Months int    `json:"months,omitempty"`
	Runs   uint64 `json:"runs,omitempty"`
	Seed   uint64 `json:"seed,omitempty"`
	// Worlds are draws of what is not known; 0 for none. Goal is what a policy should
	// reach in each: a share of its runs, or the most months in their mean.
	Worlds int     `json:"worlds,omitempty"`
	Goal   float64 `json:"goal,omitempty"`
	// Assumptions are those numbers of the register that have not their usual value.
	Assumptions map[string]float64 `json:"assumptions,omitempty"`
}

// policyAsked is a policy with those of its parameters that have not their usual value.
type policyAsked struct {
	Name       string             `json:"name"`
	Parameters map[string]float64 `json:"parameters,omitempty"`
}

// What a question may ask for, and what it does unless it says so.
const (
	fewestPolicies, mostPolicies          = 2, 8
	fewestMonths, usualMonths, mostMonths = 12, 120, 240
	fewestRuns, usualRuns, mostRuns       = 100, 1000, 10_000
	fewestWorlds, usualWorlds, mostWorlds = 20, 0, 500
	usualSeed, mostSeed                   = 1, 1<<53 - 1
	usualMonth                            = 24
	inWorld                               = 50
	usualGoal                             = 0.5
	setName, assumeName                   = "set.", "assume."
)

// measures are what policies may be compared by.
var measures = []struct {
	name string
	// staged: it asks for a stage and a month.
	staged bool
	metric func(stage reformcycle.Stage, month int) simulation.Metric
}{
	{"reached", true, simulation.ReachedBy},
	{"months", true, simulation.MonthsTo},
	{"lap", false, func(reformcycle.Stage, int) simulation.Metric { return simulation.LapsAtLeast(1) }},
	{"alive", false, func(reformcycle.Stage, int) simulation.Metric { return simulation.NotAbandoned() }},
	{"no-debt", false, func(reformcycle.Stage, int) simulation.Metric { return simulation.DebtAtLaunchAtMost(0) }},
}

// values is the question as an address has it.
func (q question) values() url.Values {
	all := url.Values{}
	set := func(name string, value any, usual any) {
		if value != usual {
			all.Set(name, fmt.Sprint(value))
		}
	}
	for _, p := range q.Policies {
		all.Add("policy", p.Name)
		for name, x := range p.Parameters {
			all.Set(setName+p.Name+"."+name, figured(x))
		}
	}
	set("measure", q.Measure, "")
	set("stage", q.Stage, "")
	set("month", q.Month, 0)
	set("months", q.Months, 0)
	set("runs", q.Runs, uint64(0))
	set("seed", q.Seed, uint64(0))
	set("worlds", q.Worlds, 0)
	if q.Goal != 0 {
		all.Set("goal", figured(q.Goal))
	}
	for name, x := range q.Assumptions {
		all.Set(assumeName+name, figured(x))
	}
	return all
}

func figured(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// args is the same as names and values of a link.
func (q question) args() (args []any) {
	values := q.values()
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range values[name] {
			args = append(args, name, value)
		}
	}
	return args
}

// prepared is a question about a cycle that can be played.
type prepared struct {
	question
	cycle    string
	seq      uint64
	day      date.Date
	model    *simulation.Model
	policies []simulation.Policy
	metric   simulation.Metric
	// stage is whose arrival is told month by month.
	stage reformcycle.Stage
	total uint64
}

// id names the job: equal questions about the same record have the same.
func (a prepared) id() string {
	whole, _ := json.Marshal(struct { // numbers and texts
		Cycle, Digest string
		question
	}{a.cycle, a.model.Digest(), a.question})
	sum := sha256.Sum256(whole)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// goal is that of the worlds.
func (a prepared) goal() simulation.Goal { return simulation.Goal{Metric: a.metric, Bound: a.Goal} }

// orName is what a parameter means, or its name where a host's own policy does not say.
func orName(meaning language.Text, name string) language.Text {
	if meaning.IsZero() {
		return language.Typed(name)
	}
	return meaning
}

// WithPolicies offers policies of the host's own for simulation, beside those that the
// simulator has: each called by its name, and with its parameters.
//
// Errors: [fault.Fields] for a policy that is nil, and for one whose name another has, or
// that an address can't hold: letters a to z, figures and - alone.
func WithPolicies(own ...simulation.Tunable) Option {
	return func(p *Page) error {
		names := simulation.Policies()
		for i, policy := range own {
			path := fault.At("WithPolicies", i)
			switch {
			case policy == nil:
				return fault.Refuse(path, fault.Required, nil, language.Of("want.web-simulation-policy"))
			case !policyName.MatchString(policy.Name()):
				return fault.Refuse(path, fault.Characters, policy.Name(), language.Of("want.web-simulation-policy"))
			case slices.Contains(names, policy.Name()):
				return fault.Refuse(path, fault.Unique, policy.Name(), language.Of("want.each-once"))
			}
			names = append(names, policy.Name())
		}
		p.policies = slices.Clone(own)
		return nil
	}
}

var policyName = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// policyNames are those of all policies that are offered.
func (p *Page) policyNames() []string {
	names := simulation.Policies()
	for _, own := range p.policies {
		names = append(names, own.Name())
	}
	return names
}

// policy is one by its name.
func (p *Page) policy(name string) (simulation.Tunable, bool) {
	for _, own := range p.policies {
		if own.Name() == name {
			return own, true
		}
	}
	policy, err := simulation.NewPolicy(name, nil)
	return policy, err == nil
}

// reading reads a question as it was typed.
type reading struct {
	values url.Values
	wrong  fault.Fields
}

func (r *reading) text(name string) string { return strings.TrimSpace(r.values.Get(name)) }

// number reads one; false where nothing was typed, or nothing that is a number.
func (r *reading) number(name string) (float64, bool) {
	typed := r.text(name)
	if typed == "" {
		return 0, false
	}
	x, _ := numeral(typed)
	if plain, is := x.(json.Number); is {
		if f, err := plain.Float64(); err == nil {
			return f, true
		}
	}
	r.wrong.Add(name, fault.Type, typed, language.Of("want.web-simulation-number"))
	return 0, false
}

// whole reads a whole number from low to high.
func (r *reading) whole(name string, usual, low, high float64) float64 {
	x, typed := r.number(name)
	if !typed {
		return usual
	}
	if !(x >= low && x <= high) || x != float64(int64(x)) {
		r.wrong.Add(name, fault.Range, r.text(name), fault.WholeBetween(low, high))
		return usual
	}
	return x
}

// refused takes what the simulator refuses of a number to the field that it was typed in.
func (r *reading) refused(name string, err error) {
	for _, f := range fault.Of(err) {
		r.wrong.Add(name, f.Rule, r.text(name), f.Want)
	}
}

// prepare reads a question about a state and makes all of it ready. Everything that is
// wrong is told at once, by the names of the form.
func (v *visit) prepare(s reformcycle.State, values url.Values) (a prepared, err error) {
	scenario, err := simulation.FromState(s)
	if err != nil {
		return a, err
	}
	r := &reading{values: values}
	a.cycle, a.seq, a.day = s.ID(), s.Seq(), date.Of(s.JudgedAt())
	a.readPolicies(r, v.page)

	a.Months = int(r.whole("months", usualMonths, fewestMonths, mostMonths))
	a.Runs = uint64(r.whole("runs", usualRuns, fewestRuns, mostRuns))
	a.Seed = uint64(r.whole("seed", usualSeed, 1, mostSeed))
	scenario.Horizon = a.Months
	a.readMeasure(r, scenario.Start.Stage)

	if worlds := r.whole("worlds", usualWorlds, 0, mostWorlds); worlds > 0 {
		if a.Worlds = int(worlds); worlds < fewestWorlds {
			r.wrong.Add("worlds", fault.Range, r.text("worlds"), language.Of("want.web-simulation-worlds", "low", fewestWorlds, "high", mostWorlds))
		}
		a.readGoal(r)
	}
	scenario = a.readAssumptions(r, v.page, scenario)
	a.total = 2*uint64(len(a.policies))*a.Runs + uint64(len(a.policies))*uint64(a.Worlds)*inWorld
	if most := v.page.bounds.Runs; len(r.wrong) == 0 && a.total > most {
		r.wrong.Add("runs", fault.Range, a.total, language.Of("want.web-simulation-runs", "most", most))
	}
	if err := r.wrong.Err(); err != nil {
		return a, err
	}
	if a.model, err = simulation.Compile(scenario, s.Checklist()); err != nil {
		return a, cast{err}
	}
	return a, nil
}

// cast is a refusal of a cycle that can't be simulated as it stands, whatever is asked.
type cast struct{ error }

func (c cast) Unwrap() error { return c.error }

func (a *prepared) readPolicies(r *reading, page *Page) {
	names := r.values["policy"]
	if len(names) < fewestPolicies || len(names) > mostPolicies {
		r.wrong.Add("policy", fault.Length, len(names), language.Of("want.web-simulation-policies", "low", fewestPolicies, "high", mostPolicies))
	}
	for i, name := range names[:min(len(names), mostPolicies)] {
		if slices.Contains(names[:i], name) {
			r.wrong.Add("policy", fault.Unique, name, language.Of("want.each-once"))
			continue
		}
		policy, known := page.policy(name)
		if !known {
			r.wrong.Add("policy", fault.Known, name, fault.OneOf(page.policyNames()))
			continue
		}
		asked := policyAsked{Name: name}
		for _, p := range policy.Parameters() {
			field := setName + name + "." + p.Name
			x, typed := r.number(field)
			if !typed || x == p.Value {
				continue
			}
			with, err := policy.With(p.Name, x)
			if err != nil {
				r.refused(field, err)
				continue
			}
			if policy = with; asked.Parameters == nil {
				asked.Parameters = map[string]float64{}
			}
			asked.Parameters[p.Name] = x
		}
		a.Policies, a.policies = append(a.Policies, asked), append(a.policies, policy)
	}
}

func (a *prepared) readMeasure(r *reading, stands reformcycle.Stage) {
	a.stage = reformcycle.Launch
	if stands >= reformcycle.Launch {
		a.stage = reformcycle.ManagementAndLearning
	}
	usual := "reached"
	if stands == reformcycle.ManagementAndLearning {
		usual = "lap"
	}
	a.Measure = cmp.Or(r.text("measure"), usual)
	var names []string
	for _, m := range measures {
		names = append(names, m.name)
		if m.name != a.Measure {
			continue
		}
		month := 0
		if m.staged {
			if asked := r.text("stage"); asked != "" {
				stage, err := reformcycle.ParseStage(asked)
				if err != nil {
					r.wrong.Add("stage", fault.Known, asked, fault.OneOf(stageNames()))
					return
				}
				a.stage = stage
			}
			if a.stage <= stands {
				r.wrong.Add("stage", fault.Known, a.stage.String(), language.Of("want.web-simulation-ahead", "stage", stands.Told()))
			}
			a.Stage = a.stage.String()
			month = int(r.whole("month", float64(min(usualMonth, a.Months)), 1, float64(a.Months)))
			a.Month = month
		}
		a.metric = m.metric(a.stage, month)
		return
	}
	r.wrong.Add("measure", fault.Known, a.Measure, fault.OneOf(names))
}

func stageNames() (names []string) {
	for stage := range reformcycle.Stages() {
		names = append(names, stage.String())
	}
	return names
}

// readGoal reads what a policy should reach in a world.
func (a *prepared) readGoal(r *reading) {
	low, high, usual := 0.0, 1.0, usualGoal
	if a.metric.Numeric() {
		high, usual = float64(a.Month), float64(a.Month)*usualGoal
	}
	a.Goal = usual
	if x, typed := r.number("goal"); typed {
		if a.Goal = x; !(x > low && x <= high) || a.metric.Numeric() && x == high {
			r.wrong.Add("goal", fault.Range, r.text("goal"), language.Of("want.web-simulation-goal", "high", high))
		}
	}
}

func (a *prepared) readAssumptions(r *reading, page *Page, scenario simulation.Scenario) simulation.Scenario {
	var known []string
	for _, p := range scenario.Parameters() {
		if p.Name == "horizon" {
			continue // it has a field of its own
		}
		known = append(known, assumeName+p.Name)
		x, typed := r.number(assumeName + p.Name)
		if !typed || x == p.Value {
			continue
		}
		with, err := scenario.With(p.Name, x)
		if err != nil {
			r.refused(assumeName+p.Name, err)
			continue
		}
		scenario = with
		if a.Assumptions == nil {
			a.Assumptions = map[string]float64{}
		}
		a.Assumptions[p.Name] = x
	}
	var foreign []string
	for name := range r.values {
		if strings.HasPrefix(name, assumeName) && !slices.Contains(known, name) {
			foreign = append(foreign, name)
		}
		if of, is := strings.CutPrefix(name, setName); is && !page.tuned(of) {
			foreign = append(foreign, name)
		}
	}
	slices.Sort(foreign)
	for _, name := range foreign[:min(len(foreign), 5)] {
		r.wrong.Add(name, fault.Known, r.text(name), language.Of("want.web-simulation-parameter"))
	}
	return scenario
}

// tuned reports whether policy.parameter is one that there is.
func (p *Page) tuned(of string) bool {
	name, parameter, _ := strings.Cut(of, ".")
	policy, known := p.policy(name)
	return known && slices.ContainsFunc(policy.Parameters(), func(p simulation.Parameter) bool { return p.Name == parameter })
}

// simulateView is what the form shows.
type simulateView struct {
	formView
	// Barred: the cycle can't be simulated as it stands.
	Barred bool
	// Answered is where the answer to what is filled in stands; Moved says that what it
	// rests on is not what it was when the question was asked.
	Answered string
	Moved    bool
	// Gone: it was led here from an answer that is not kept.
	Gone    bool
	Assumed []language.Text
}

// simulatePage is the form, filled as the address says. It begins nothing.
func (v *visit) simulatePage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	values := v.r.URL.Query()
	v.echoes = len(values) > 0
	view := simulateView{}
	if !values.Has("policy") {
		if _, err := simulation.FromState(s); err != nil {
			return v.showQuestion(200, s, values, view, cast{err})
		}
		values["policy"] = []string{"balanced", "coalition-first", "rush-to-launch"}
		for _, own := range v.page.policies[:min(len(v.page.policies), mostPolicies-3)] {
			values.Add("policy", own.Name())
		}
		return v.showQuestion(200, s, values, view, nil)
	}
	a, err := v.prepare(s, values)
	if err != nil {
		return v.showQuestion(422, s, values, view, err)
	}
	if was := values.Get("digest"); was != "" && !strings.HasPrefix(a.model.Digest(), was) {
		view.Moved = true
	}
	if _, how, kept := v.page.jobs.find(a.cycle, a.id()); kept && (how == done || !how.Over()) {
		if view.Answered, err = v.answerAt(a); err != nil {
			return err
		}
	}
	return v.showQuestion(200, s, values, view, nil)
}

// answerAt is where the answer to a question stands: the question is in its address, so
// that it can be repeated when the answer is not kept any more.
func (v *visit) answerAt(a prepared) (string, error) {
	return v.voice.link("simulated", append([]any{a.cycle, a.id()}, append(a.args(), "on", a.day, "digest", a.model.Digest()[:12])...)...)
}

// simulate begins a simulation, or leads to the one that has answered the question.
func (v *visit) simulate() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	if err := v.parse(); err != nil {
		return err
	}
	v.echoes = true
	values := v.r.PostForm
	a, err := v.prepare(s, values)
	if err != nil {
		return v.showQuestion(422, s, values, simulateView{}, err)
	}
	if _, err = v.page.jobs.begin(a, v.visitor.Name); err != nil {
		if why, _ := v.failed(err); why == errFull || why == errYours {
			v.w.Header().Set("Retry-After", v.page.jobs.later())
		}
		return v.showQuestion(503, s, values, simulateView{}, err)
	}
	to, err := v.answerAt(a)
	if err != nil {
		return err
	}
	return v.seeAt(to)
}

// later is after how many seconds there may be room.
func (j *jobs) later() string { return strconv.Itoa(max(1, int(j.Time.Seconds())/4)) }

// showQuestion shows the form with what was typed and what is wrong with it.
func (v *visit) showQuestion(status int, s reformcycle.State, values url.Values, view simulateView, refused error) error {
	var err error
	if view.To, err = v.voice.link("simulate", v.id, "at", v.r.URL.Query().Get("at")); err != nil {
		return err
	}
	var own *failure
	switch barred := (cast{}); {
	case refused == nil:
	case errors.As(refused, &own):
		view.Refused = language.Of("web-simulation.refused", "what", own.Told(), "do", language.Of(own.does))
	case errors.As(refused, &barred), len(fault.Of(refused)) == 0:
		view.Refused, view.Barred = language.Refused(refused), true
	default:
		for _, f := range fault.Of(refused) {
			view.Summary = append(view.Summary, wrongAt{At: f.Path, rule: f.Rule, got: f.Value, want: language.Words(f.Want)})
		}
	}
	scenario, err := simulation.FromState(s)
	if err != nil {
		view.Refused, view.Barred = language.Refused(err), true
	}
	view.Assumed = scenario.Assumed
	if !view.Barred {
		view.Fields = v.page.questionFields(scenario, values)
		view.place()
	}
	return v.renderAs(status, "simulate", view)
}

// questionFields are the fields of the form.
func (page *Page) questionFields(scenario simulation.Scenario, values url.Values) []field {
	filledIn := func(path string, how as, required bool, label, hint language.Text) field {
		return field{Path: path, Bare: true, As: how, Required: required, Label: label, Hint: hint, Value: values.Get(path)}
	}
	figureOf := func(path string, p simulation.Parameter, label language.Text) field {
		return filledIn(path, figure, false, label, language.Of("web-simulation.parameter-hint", "low", p.Min, "high", p.Max, "unit", p.Unit, "usual", p.Value))
	}
	policies := filledIn("policy", choices, true, language.Of("web-simulation.policies"), language.Of("web-simulation.policies-hint", "low", fewestPolicies, "high", mostPolicies))
	settings := field{Path: "set", Bare: true, As: group, Label: language.Of("web-simulation.settings"), Hint: language.Of("web-simulation.settings-hint")}
	for _, name := range page.policyNames() {
		policy, _ := page.policy(name)
		told := simulation.Identity{Name: name}.Told()
		policies.Options = append(policies.Options, option{Value: name, Text: told})
		of := field{Path: setName + name, Bare: true, As: group, Label: told}
		for _, p := range policy.Parameters() {
			of.Fields = append(of.Fields, figureOf(setName+name+"."+p.Name, p, orName(p.Meaning, p.Name)))
		}
		settings.Fields = append(settings.Fields, of)
	}
	policies.Options = chosen(policies.Options, values["policy"]...)

	measure := filledIn("measure", choice, true, language.Of("web-simulation.measure"), language.Text{})
	for _, m := range measures {
		measure.Options = append(measure.Options, option{Value: m.name, Text: language.Of("web-simulation.measure." + m.name)})
	}
	stands := cmp.Or(scenario.Start.Stage, reformcycle.ProblemPrioritization)
	usualMeasure, usualStage := "reached", reformcycle.Launch
	if stands >= reformcycle.Launch {
		usualStage = reformcycle.ManagementAndLearning
	}
	if stands == reformcycle.ManagementAndLearning {
		usualMeasure = "lap"
	}
	measure.Options = chosen(measure.Options, cmp.Or(measure.Value, usualMeasure))
	stage := filledIn("stage", choice, false, language.Of("web-simulation.stage"), language.Of("web-simulation.stage-hint"))
	for one := range reformcycle.Stages() {
		if one > stands {
			stage.Options = append(stage.Options, option{Value: one.String(), Text: one.Told()})
		}
	}
	stage.Options = chosen(stage.Options, cmp.Or(stage.Value, usualStage.String()))
	count := func(path string, usual, low, high float64, hint string) field {
		f := filledIn(path, figure, false, language.Of("web-simulation."+path), language.Of(hint, "low", low, "high", high, "usual", usual))
		return f
	}
	worlds := count("worlds", inWorld, fewestWorlds, mostWorlds, "web-simulation.worlds-hint")
	goal := filledIn("goal", figure, false, language.Of("web-simulation.goal"), language.Of("web-simulation.goal-hint", "usual", usualGoal))
	robust := field{Path: "robust", Bare: true, As: group, Label: language.Of("web-simulation.robust"), Hint: language.Of("web-simulation.robust-hint"), Fields: []field{worlds, goal}}
	assume := field{Path: "assume", Bare: true, As: group, Label: language.Of("web-simulation.assume"), Hint: language.Of("web-simulation.assume-hint")}
	for _, p := range scenario.Parameters() {
		if p.Name != "horizon" {
			assume.Fields = append(assume.Fields, figureOf(assumeName+p.Name, p, p.Meaning))
		}
	}
	return []field{
		policies, measure, stage,
		count("month", usualMonth, 1, mostMonths, "web-simulation.month-hint"),
		robust, settings, assume,
		{Path: "chances", Bare: true, As: group, Label: language.Of("web-simulation.chances"), Hint: language.Of("web-simulation.chances-hint"), Fields: []field{
			count("months", usualMonths, fewestMonths, mostMonths, "web-simulation.figure-hint"),
			count("runs", usualRuns, fewestRuns, mostRuns, "web-simulation.figure-hint"),
			count("seed", usualSeed, 1, mostSeed, "web-simulation.seed-hint"),
		}},
	}
}

// results are what came of a question.
type results struct {
	comparison  simulation.Comparison
	summaries   []simulation.Summary
	worlds      simulation.Worlds
	robustness  simulation.Robustness
	discoveries []simulation.Discovery
}

// size is about how many bytes they take.
func (r *results) size() int {
	if r == nil {
		return 1 << 10
	}
	n := 16<<10 + 64<<10*len(r.summaries) + 8*r.worlds.Len()*(2*len(r.summaries)+len(r.robustness.Over))
	for _, d := range r.discoveries {
		for _, b := range d.Boxes {
			for _, at := range b.Trajectory {
				n += 64 + 160*len(at.Limits)
			}
		}
	}
	return n
}

// research plays the runs: all policies play the same ones.
func (a prepared) research(ctx context.Context, phase func() []simulation.RunOption) (*results, error) {
	r := &results{}
	var err error
	if r.comparison, err = a.model.Compare(ctx, a.policies, a.metric, a.Runs, a.Seed, phase()...); err != nil {
		return nil, err
	}
	for _, policy := range a.policies {
		summary, err := a.model.Run(ctx, policy, a.Runs, a.Seed, phase()...)
		if err != nil {
			return nil, err
		}
		r.summaries = append(r.summaries, summary)
	}
	if a.Worlds == 0 {
		return r, nil
	}
	trial := simulation.Trial{Policies: a.policies, Goals: []simulation.Goal{a.goal()}, Worlds: a.Worlds, Runs: inWorld, Seed: a.Seed}
	if r.worlds, err = a.model.Worlds(ctx, trial, phase()...); err != nil {
		return nil, err
	}
	if r.robustness, err = r.worlds.Robustness(); err != nil {
		return nil, err
	}
	for i := range a.policies {
		d, err := r.worlds.Discover(ctx, i, 0, simulation.WithWorkers(1))
		if err != nil {
			return nil, err
		}
		r.discoveries = append(r.discoveries, d)
	}
	return r, nil
}
