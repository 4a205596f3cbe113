package web

import (
	"io"
	"net/http"
	"reflect"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// This file is the simulation for programs: a question is posted, and its answer asked for
// until it is there.

// simulationBody is a simulation as it stands.
type simulationBody struct {
	judged
	// Simulation is its name: equal questions about the same record have the same.
	Simulation string `json:"simulation"`
	// State is queued, running, done, cancelled, late, failed or stopped; nothing more comes
	// once it is neither of the first two. Says tells it in words.
	State jobState      `json:"state"`
	Says  language.Text `json:"says"`
	// Played is the share of all runs that was played.
	Played float64 `json:"played"`
	// Question is what was asked, with all that has its usual value.
	Question question `json:"question"`
	// Digest of record, checklist and model; Assumed what was assumed in making it of the
	// record; Cautions what must not be concluded.
	Digest   string          `json:"digest"`
	Assumed  []language.Text `json:"assumed"`
	Cautions []language.Text `json:"cautions"`
	// What came of it, once it is done; the last two where worlds were asked for.
	Comparison  *simulation.Comparison `json:"comparison,omitempty"`
	Robustness  *simulation.Robustness `json:"robustness,omitempty"`
	Discoveries []discoveryBody        `json:"discoveries,omitempty"`
}

// discoveryBody says in which worlds a policy misses its goal.
type discoveryBody struct {
	Policy string           `json:"policy"`
	Worlds int              `json:"worlds"`
	Found  int              `json:"found"`
	Boxes  []simulation.Box `json:"boxes"`
	Says   language.Text    `json:"says"`
}

// simulationOperations are those of the simulation.
func simulationOperations() []operation {
	begin := operation{
		query: []string{"at"}, gives: reflect.TypeFor[simulationBody](), kind: kindJSON, takes: kindJSON, reads: reflect.TypeFor[question](),
		route: route{name: "api-simulate", path: "api/cycles/{cycle}/simulations", post: looking((*visit).apiSimulate)},
	}
	cancel := operation{
		gives: reflect.TypeFor[simulationBody](), kind: kindJSON,
		route: route{name: "api-simulation-cancel", path: "api/cycles/{cycle}/simulations/{job}/cancel", post: looking((*visit).apiCancelSimulation)},
	}
	return []operation{
		begin,
		asking("api-simulation", "cycles/{cycle}/simulations/{job}", (*visit).apiSimulation, "wait"),
		cancel,
	}
}

// apiSimulate begins a simulation, or gives the one that has the question.
func (v *visit) apiSimulate() error {
	if !isJSON(v.r.Header.Get("Content-Type")) {
		v.w.Header().Set("Accept-Post", kindJSON)
		return errKind
	}
	text, err := io.ReadAll(v.r.Body)
	if err != nil {
		return err
	}
	var q question
	if err := fault.ReadJSON(text, most, &q, nil); err != nil {
		return err
	}
	s, err := v.stateAsked()
	if err != nil {
		return err
	}
	a, err := v.prepare(s, q.values())
	if err != nil {
		return err
	}
	one, err := v.page.jobs.begin(a, v.visitor.Name)
	if err != nil {
		if err == errFull || err == errYours {
			v.w.Header().Set("Retry-After", v.page.jobs.later())
		}
		return err
	}
	to, err := v.voice.link("api-simulation", v.id, one.id)
	if err != nil {
		return err
	}
	v.w.Header().Set("Location", to)
	_, how, _ := v.page.jobs.find(v.id, one.id)
	return v.json(v.simulationBody(one, how))
}

// job is that of the address.
func (v *visit) job() (*job, jobState, error) {
	if _, err := v.cycle(Look); err != nil {
		return nil, "", err
	}
	one, how, kept := v.page.jobs.find(v.id, v.r.PathValue("job"))
	if !kept {
		return nil, "", errAbsent
	}
	return one, how, nil
}

func (v *visit) apiSimulation() (b simulationBody, err error) {
	wait, err := v.waits()
	if err != nil {
		return b, err
	}
	one, how, err := v.job()
	if err != nil {
		return b, err
	}
	if !how.Over() && wait > 0 && v.r.Method != http.MethodHead {
		v.await(one, wait)
		if one, how, err = v.job(); err != nil {
			return b, err
		}
	}
	return v.simulationBody(one, how), nil
}

func (v *visit) apiCancelSimulation() error {
	one, _, err := v.job()
	if err != nil {
		return err
	}
	if err := v.page.jobs.cancel(one, v.visitor.Name); err != nil {
		return err
	}
	_, how, _ := v.page.jobs.find(v.id, one.id)
	return v.json(v.simulationBody(one, how))
}

func (v *visit) simulationBody(one *job, how jobState) simulationBody {
	b := simulationBody{
		judged: judged{Cycle: one.cycle, Seq: one.seq, On: one.day}, Simulation: one.id, State: how, Says: v.says(one, how), Played: one.share(),
		Question: one.question, Digest: one.model.Digest(), Assumed: one.model.Scenario().Assumed, Cautions: cautioned(),
	}
	if how != done {
		return b
	}
	r := one.answer
	b.Played, b.Comparison = 1, &r.comparison
	if one.Worlds > 0 {
		b.Robustness = &r.robustness
	}
	for i, d := range r.discoveries {
		boxes := make([]simulation.Box, len(d.Boxes))
		for k, box := range d.Boxes {
			box.Trajectory = nil // how it was found, which fills pages
			boxes[k] = box
		}
		b.Discoveries = append(b.Discoveries, discoveryBody{Policy: one.Policies[i].Name, Worlds: d.Worlds, Found: d.Found, Boxes: boxes, Says: d.Told()})
	}
	return b
}
