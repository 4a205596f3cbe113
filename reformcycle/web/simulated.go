package web

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
	"github.com/chsreform/chsreform/reformcycle/simulation/chart"
)

// This file is a simulation on its way, and what came of it.

// patience is how long a page waits for news before it is sent: a short while where it is
// first looked at, longer where the visitor asks to look again.
const glance, patience = 1500 * time.Millisecond, 20 * time.Second

// await waits until a job has ended, but no longer than the visitor does.
func (v *visit) await(one *job, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-one.ended:
	case <-timer.C:
	case <-v.r.Context().Done():
	}
}

// cautions are what must not be concluded: the texts say why.
var cautions = []string{"forecast", "sure", "alike", "elsewhere", "inside", "persons"}

// cautioned are the cautions in words.
func cautioned() (all []language.Text) {
	for _, caution := range cautions {
		all = append(all, language.Of("web-simulation.caution."+caution))
	}
	return all
}

// simulatedView is what the page of a job shows.
type simulatedView struct {
	State jobState
	// Title heads it, and Says what to know about where it stands.
	Title, Says language.Text
	// Played is the share of all runs that was played, as a figure and in words.
	Played  float64
	Share   string
	Watched string // the address of its progress
	Look    string // the address that waits for news
	Cancel  string // where it is cancelled; "" for who may not
	// Change is the form filled in as it was asked, Repeat the address that repeats it.
	Change, Repeat string
	Asked          []askedLine
	Results        *shownResults
}

// askedLine is one line of what was asked.
type askedLine struct {
	What, Is language.Text
	// Digest stands as it is.
	Digest string
}

// says tells what to know where a job stands so.
func (v *visit) says(one *job, how jobState) language.Text {
	switch how {
	case queued:
		return language.Of("web-simulation.says.queued", "n", v.page.jobs.before(one))
	case late:
		return language.Of("web-simulation.says.late", "n", int(v.page.bounds.Time.Seconds()))
	}
	return language.Of("web-simulation.says." + string(how))
}

// simulatedPage shows how far a simulation has come, or what came of it.
func (v *visit) simulatedPage() error {
	if _, err := v.cycle(Look); err != nil {
		return err
	}
	v.echoes = true
	one, how, kept := v.page.jobs.find(v.id, v.r.PathValue("job"))
	if !kept {
		return v.goneSimulation()
	}
	if !how.Over() && v.r.Method != http.MethodHead {
		most := glance
		if v.r.URL.Query().Get("look") != "" {
			most = patience
		}
		v.await(one, most)
		if _, how, kept = v.page.jobs.find(v.id, one.id); !kept {
			return v.goneSimulation()
		}
	}
	view := simulatedView{State: how, Title: language.Of("web-simulation.is." + string(how)), Says: v.says(one, how)}
	links := []struct {
		to   *string
		name string
		args []any
	}{
		{&view.Change, "simulate", append([]any{v.id}, one.args()...)},
		{&view.Repeat, "simulate", append([]any{v.id}, append(one.args(), "at", one.day, "digest", one.model.Digest()[:12])...)},
		{&view.Look, "simulated", append([]any{v.id, one.id, "look", "1"}, one.args()...)},
		{&view.Watched, "simulate-progress", []any{v.id, one.id}},
	}
	if !how.Over() && v.page.jobs.mayCancel(one, v.visitor.Name) {
		links = append(links, struct {
			to   *string
			name string
			args []any
		}{&view.Cancel, "simulate-cancel", append([]any{v.id, one.id}, one.args()...)})
	}
	for _, link := range links {
		at, err := v.voice.link(link.name, link.args...)
		if err != nil {
			return err
		}
		*link.to = at
	}
	if how == done {
		shown, err := v.shownResults(one)
		if err != nil {
			return err
		}
		view.Results = &shown
	}
	if !how.Over() {
		view.Played = one.share()
		view.Share = v.l.Percent(view.Played, 0)
		v.script = true
		v.w.Header().Set("Cache-Control", "no-store")
	}
	view.Asked = one.told()
	return v.render("simulated", view)
}

// share is how much of all runs was played; it says all only once there is an answer.
func (one *job) share() float64 {
	return min(0.99, float64(one.played.Load())/float64(max(1, one.total)))
}

// goneSimulation is the page of an answer that is not kept. Where the address has the
// question it can be asked again.
func (v *visit) goneSimulation() error {
	view := simulatedView{Title: language.Of("web-simulation.gone"), Says: language.Of("web-simulation.gone.do")}
	query := v.r.URL.Query()
	args := []any{v.id, "at", query.Get("on")}
	var names []string
	for name := range query {
		if !slices.Contains([]string{"lang", "on", "at", "look"}, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range query[name] {
			args = append(args, name, value)
		}
	}
	var err error
	if view.Change, err = v.voice.link("simulate", args...); err != nil {
		return err
	}
	return v.renderAs(http.StatusNotFound, "simulated", view)
}

// cancelSimulation takes the visitor off those who wait for an answer.
func (v *visit) cancelSimulation() error {
	if _, err := v.cycle(Look); err != nil {
		return err
	}
	one, _, kept := v.page.jobs.find(v.id, v.r.PathValue("job"))
	if !kept {
		return v.goneSimulation()
	}
	if err := v.page.jobs.cancel(one, v.visitor.Name); err != nil {
		return err
	}
	to, err := v.answerAt(one.prepared)
	if err != nil {
		return err
	}
	return v.seeAt(to)
}

// ending is how wide the picture of a progress is once nothing more comes.
const ending = 200

// progress tells how far a job has come as a picture, as wide as so many parts of a
// hundred and one more: the small script of the page may ask for pictures, and for nothing
// else.
func (v *visit) progress() error {
	if _, err := v.cycle(Look); err != nil {
		return err
	}
	width := ending
	if one, how, kept := v.page.jobs.find(v.id, v.r.PathValue("job")); kept && !how.Over() {
		if v.r.Method != http.MethodHead {
			v.await(one, glance)
		}
		if _, how, _ = v.page.jobs.find(v.id, one.id); how == queued || how == running {
			width = 1 + int(100*one.share())
		}
	}
	v.w.Header().Set("Cache-Control", "no-store")
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="1"/>`, width)
	return v.send(http.StatusOK, kinds[".svg"], []byte(svg))
}

// told is what was asked, line by line.
func (a prepared) told() (all []askedLine) {
	of := func(id string) language.Text { return language.Of("web-simulation." + id) }
	var policies []language.Text
	for _, p := range a.identities() {
		policies = append(policies, p.Told())
	}
	all = append(all,
		askedLine{What: of("policies"), Is: language.Of("web-simulation.each", "all", policies)},
		askedLine{What: of("measure"), Is: a.metric.Told()},
		askedLine{What: of("months"), Is: language.Of("web-simulation.figure", "n", a.Months)},
		askedLine{What: of("runs"), Is: language.Of("web-simulation.figure", "n", a.Runs)},
		askedLine{What: of("seed"), Is: language.Of("web-simulation.name", "name", strconv.FormatUint(a.Seed, 10))},
	)
	if a.Worlds > 0 {
		all = append(all,
			askedLine{What: of("worlds"), Is: language.Of("web-simulation.worlds-of", "worlds", a.Worlds, "runs", inWorld)},
			askedLine{What: of("goal"), Is: a.goal().Told()},
		)
	}
	var names []string
	for name := range a.Assumptions {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, p := range a.model.Scenario().Parameters() {
		if slices.Contains(names, p.Name) {
			all = append(all, askedLine{What: language.Of("web-simulation.assumed-of", "what", p.Called), Is: language.Of("web-simulation.assumed-is", "is", p.Value, "unit", p.Unit, "usual", p.Default)})
		}
	}
	return append(all,
		askedLine{What: of("record"), Is: language.Of("web-simulation.record-of", "on", a.day.String())},
		askedLine{What: of("digest"), Digest: a.model.Digest()},
	)
}

// identities tell the policies apart, with what was set of them.
func (a prepared) identities() (all []simulation.Identity) {
	for i, p := range a.Policies {
		id := simulation.Identity{Name: p.Name}
		for _, parameter := range parametersOf(a.policies[i]) {
			if x, set := p.Parameters[parameter.Name]; set {
				id.Parameters = append(id.Parameters, simulation.Setting{Name: parameter.Name, Value: x})
			}
		}
		all = append(all, id)
	}
	return all
}

func parametersOf(p simulation.Policy) []simulation.Parameter {
	if tunable, is := p.(simulation.Tunable); is {
		return tunable.Parameters()
	}
	return nil
}

// shownResults are the results as tables, with their pictures.
type shownResults struct {
	Verdicts []verdict
	Outcome  language.Text
	Rows     []outcomeRow
	// Picture of the comparison, and of when the stage is entered; "" where all stood
	// there from the start.
	Comparison picturedAs
	Arrivals   *arrivals
	Fans       []picturedAs
	Robust     *robust
	Assumed    []language.Text
	Cautions   []language.Text
	Numbers    []assumedNumber
}

// picturedAs is a picture with what it is called.
type picturedAs struct {
	At    string
	Title language.Text
}

// verdict says of two policies which does better, if that can be told.
type verdict struct {
	Says  language.Text
	Gap   language.Text
	Apart bool
}

type outcomeRow struct {
	Policy                             language.Text
	At                                 language.Text
	Launched, Lapped, Abandoned, Debts language.Text
}

type arrivals struct {
	picturedAs
	Months []int
	Rows   []arrivalRow
}

type arrivalRow struct {
	Policy language.Text
	Shares []string
}

type robust struct {
	picturedAs
	Goal   language.Text
	Worlds int
	Rows   []robustRow
	Where  []discovered
}

type robustRow struct {
	Policy                    language.Text
	Met, Best                 language.Text
	Median, Most90, WorstCase string
}

type discovered struct {
	Says    language.Text
	Picture picturedAs
}

// assumedNumber is a number of the register, as it was used.
type assumedNumber struct {
	Called, Meaning language.Text
	Value           float64
	Unit            language.Text
	Usual           float64
	Origin          language.Text
}

// estimated is an estimate with its interval, as percentages or as numbers.
func (v *visit) estimated(e simulation.Estimate, share bool) language.Text {
	say := func(x float64) string {
		if share {
			return v.l.Percent(x, 1)
		}
		return v.l.Figures(x, 1)
	}
	return language.Of("web-simulation.estimate", "at", say(e.At), "low", say(e.Low), "high", say(e.High))
}

func (v *visit) proportion(p simulation.Proportion) language.Text {
	return v.estimated(simulation.Estimate{At: p.At, Interval: p.Interval}, true)
}

func (v *visit) shownResults(one *job) (shown shownResults, err error) {
	r, ids := one.answer, one.identities()
	link := func(name string) string {
		at, problem := v.voice.link("simulate-picture", v.id, one.id, name)
		if problem != nil {
			err = problem
		}
		return at
	}
	c := r.comparison
	share := !one.metric.Numeric()
	shown.Outcome = one.metric.Told()
	shown.Comparison = picturedAs{link("comparison.svg"), language.Of("web-simulation.comparison")}
	for _, rank := range c.Order {
		w := c.Whole[rank.Policy]
		row := outcomeRow{Policy: ids[rank.Policy].Told(), At: v.estimated(c.Estimates[rank.Policy], share),
			Launched: v.proportion(w.Launched), Lapped: v.proportion(w.Lapped), Abandoned: v.proportion(w.Abandoned)}
		row.Debts = language.Of("web-simulation.none")
		if w.Debt.Runs > 0 {
			row.Debts = v.estimated(w.Debt, false)
		}
		shown.Rows = append(shown.Rows, row)
	}
	for i, first := range c.Order {
		for _, second := range c.Order[i+1:] {
			d, err := c.Between(first.Policy, second.Policy)
			if err != nil {
				return shown, err
			}
			args := []any{"first", ids[first.Policy].Told(), "second", ids[second.Policy].Told()}
			one := verdict{Apart: d.Apart(), Gap: v.gap(d, share), Says: language.Of("web-simulation.not-apart", args...)}
			if one.Apart {
				one.Says = language.Of("web-simulation.beats", args...)
			}
			shown.Verdicts = append(shown.Verdicts, one)
		}
	}
	if one.stage > one.model.Scenario().Start.Stage {
		a := arrivals{picturedAs: picturedAs{link("arrivals.svg"), language.Of("web-simulation.arrivals", "stage", one.stage.Told())}}
		step := max(12, (one.Months/10+11)/12*12)
		for month := step; month <= one.Months; month += step {
			a.Months = append(a.Months, month)
		}
		for i, summary := range r.summaries {
			row := arrivalRow{Policy: ids[i].Told()}
			for _, month := range a.Months {
				p, err := summary.By(one.stage, month)
				if err != nil {
					return shown, err
				}
				row.Shares = append(row.Shares, v.l.Percent(p.At, 0))
			}
			a.Rows = append(a.Rows, row)
		}
		shown.Arrivals = &a
	}
	for i := range r.summaries {
		shown.Fans = append(shown.Fans, picturedAs{link(fmt.Sprintf("support-%d.svg", i+1)), ids[i].Told()})
	}
	if one.Worlds > 0 {
		shown.Robust = v.robust(one, ids, link)
	}
	scenario := one.model.Scenario()
	shown.Assumed = scenario.Assumed
	shown.Cautions = cautioned()
	for _, p := range scenario.Parameters() {
		if p.Name != "horizon" {
			shown.Numbers = append(shown.Numbers, assumedNumber{Called: p.Called, Meaning: p.Meaning, Value: p.Value, Unit: p.Unit, Usual: p.Default, Origin: p.Origin})
		}
	}
	return shown, err
}

// gap is the difference of two policies: in percentage points where it is one of shares.
func (v *visit) gap(d simulation.Difference, share bool) language.Text {
	times, id := 1.0, "web-simulation.gap-months"
	if share {
		times, id = 100, "web-simulation.gap-points"
	}
	return language.Of(id, "at", v.l.Figures(times*d.At, 1), "low", v.l.Figures(times*d.Low, 1), "high", v.l.Figures(times*d.High, 1))
}

func (v *visit) robust(one *job, ids []simulation.Identity, link func(string) string) *robust {
	r := one.answer
	standing := r.robustness.Goals[0]
	shown := &robust{picturedAs: picturedAs{link("regret.svg"), language.Of("web-simulation.regret")}, Goal: standing.Goal.Told(), Worlds: r.robustness.Worlds}
	say := func(x float64) string {
		if one.metric.Numeric() {
			return v.l.Figures(x, 1)
		}
		return v.l.Figures(100*x, 1)
	}
	for i, of := range standing.Of {
		shown.Rows = append(shown.Rows, robustRow{
			Policy: ids[i].Told(), Met: v.proportion(of.Met), Best: v.proportion(of.Best),
			Median: say(of.Regret.Median), Most90: say(of.Regret.Most90), WorstCase: say(of.Regret.Worst),
		})
		d := r.discoveries[i]
		line := discovered{Says: d.Told()}
		if len(d.Boxes) > 0 {
			line.Picture = picturedAs{link(fmt.Sprintf("box-%d.svg", i+1)), language.Of("web-simulation.box", "policy", ids[i].Told())}
		}
		shown.Where = append(shown.Where, line)
	}
	return shown
}

// simulatedPicture draws a picture of what came of it.
func (v *visit) simulatedPicture() error {
	if _, err := v.cycle(Look); err != nil {
		return err
	}
	one, how, kept := v.page.jobs.find(v.id, v.r.PathValue("job"))
	if !kept || how != done {
		return errAbsent
	}
	r, ids := one.answer, one.identities()
	var b bytes.Buffer
	name, is := strings.CutSuffix(v.r.PathValue("chart"), ".svg")
	name, nth, _ := strings.Cut(name, "-")
	i, _ := strconv.Atoi(nth)
	i--
	var err error
	say := func(id string, args ...any) string { return v.l.Say(language.Of("web-simulation."+id, args...)) }
	switch {
	case !is:
		return errAbsent
	case name == "comparison" && nth == "":
		err = chart.Comparison(&b, v.l, say("comparison"), r.comparison)
	case name == "arrivals" && nth == "":
		err = chart.Policies(&b, v.l, say("arrivals", "stage", one.stage.Told()), one.stage, r.summaries...)
	case name == "support" && i >= 0 && i < len(r.summaries):
		err = chart.SupportFan(&b, v.l, say("support", "policy", ids[i].Told()), r.summaries[i])
	case name == "regret" && nth == "" && one.Worlds > 0:
		err = chart.Regret(&b, v.l, say("regret"), r.robustness, 0)
	case name == "box" && i >= 0 && i < len(r.discoveries) && len(r.discoveries[i].Boxes) > 0:
		err = chart.Box(&b, v.l, say("box", "policy", ids[i].Told()), r.worlds, r.discoveries[i], 0)
	default:
		return errAbsent
	}
	if err != nil {
		return err
	}
	return v.send(http.StatusOK, kinds[".svg"], b.Bytes())
}
