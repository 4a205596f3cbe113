package cases_test

import (
	"context"
	"fmt"
	"log"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// A case told as a cycle is where a simulation can start. The paper gives no
// positions: those here are illustrative, and no finding about Ethiopia.
func ExampleCase_Cycle_simulated() {
	told, err := cases.Get("ethiopia", nil)
	if err != nil {
		log.Fatal(err)
	}
	cycle, err := told.Cycle(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	scenario, err := simulation.FromState(cycle.State())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(scenario.Assumed[1])
	scenario.Illustrative = true
	if scenario, err = scenario.With("actors[].position", 4); err != nil {
		log.Fatal(err)
	}
	model, err := simulation.Compile(scenario)
	if err != nil {
		log.Fatal(err)
	}
	policy, err := simulation.NewPolicy("balanced", nil)
	if err != nil {
		log.Fatal(err)
	}
	summary, err := model.Run(context.Background(), policy, 100, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("runs that began at", cycle.State().Stage(), "and were played:", summary.Runs())
	// Output:
	// The position of these is not known, and taken as 0, at which an actor gives no effort and is on neither side: moh, prime-minister, education, finance, works, regions, partners.
	// runs that began at management-and-learning and were played: 100
}

// Every case can be simulated as it was told, except one that has ended, which is
// refused by name. Whom the coalition of one lacks is listed.
func TestACaseIsWhereASimulationCanStart(t *testing.T) {
	policy, err := simulation.NewPolicy("adaptive", nil)
	require.NoError(t, err)
	each(t, func(t *testing.T, c cases.Case) {
		cycle, err := c.Cycle(t.Context())
		require.NoError(t, err)
		state := cycle.State()
		scenario, err := simulation.FromState(state)
		switch {
		case state.Status() == reformcycle.Abandoned:
			require.ErrorContains(t, err, "active or suspended")
			return
		case state.Actors().Len() == 0:
			require.Contains(t, scenario.Missing, "coalition.formed")
		}
		require.NoError(t, err)
		model, err := simulation.Compile(scenario, state.Checklist())
		require.NoError(t, err)
		trace, err := model.Trace(policy, 1, 0)
		require.NoError(t, err)
		require.Equal(t, state.Stage(), trace.Months[0].Stage, "nothing moves in the first month of a reform that nobody supports")
	})
}
