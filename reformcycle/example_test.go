package reformcycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/stakeholders"
)

// The program of the README.
func Example() {
	cycle, err := reformcycle.New("EXAMPLE", reformcycle.WithTitle("Health workers for every village"))
	if err != nil {
		fmt.Println(err)
		return
	}
	team := reformcycle.By("Reform team").At(time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC))
	_, err = cycle.Apply(context.Background(), team, reformcycle.FrameProblem{Problem: reformcycle.Problem{
		ID: "distance", Statement: "Half the villages are more than an hour from care.",
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("At:", cycle.State().Stage().Told())
	for _, b := range cycle.Now().Blockers() {
		fmt.Println("-", b.Remedy)
	}
	// Output:
	// At: problem prioritization
	// - Gather what shows the unmet need, where and for whom, and rate it.
	// - Take the evidence to the actors who matter until they accept the need for reform.
	// - Bring them together to agree on a joint vision and to sign up to it.
}

// The README's program is the example above, and what it says it prints is what
// it prints.
func TestREADMEShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("example_test.go")
	require.NoError(t, err)

	_, program, _ := strings.Cut(string(readme), "func main() {\n")
	program, _, _ = strings.Cut(program, "\n}\n```")
	_, example, _ := strings.Cut(string(source), "func Example() {\n")
	example, output, _ := strings.Cut(example, "\n\t// Output:\n")
	require.Equal(t, example, program)

	output, _, _ = strings.Cut(output, "\n}\n")
	output = strings.ReplaceAll(output, "\t// ", "")
	_, shown, _ := strings.Cut(string(readme), "```text\n")
	shown, _, _ = strings.Cut(shown, "\n```")
	require.Equal(t, output, shown)
}

func ExampleCycle_Apply() {
	ctx := context.Background()
	cycle, _ := reformcycle.New("EXAMPLE")
	day := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	team := reformcycle.By("Reform team").At(day)

	// A batch is applied whole or not at all: the advance is blocked, so the
	// problem is not recorded either.
	_, err := cycle.Apply(ctx, team,
		reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "distance", Statement: "Care is far away."}},
		reformcycle.Advance{})

	var refused *reformcycle.ChangeError
	var blocked *reformcycle.BlockedError
	if errors.As(err, &refused) && errors.As(err, &blocked) {
		fmt.Printf("change %d of the batch was refused: %d guards are unmet\n", refused.Index+1, len(blocked.Blockers))
	}
	fmt.Println("problems recorded:", len(cycle.State().Problems()))
	// Output:
	// change 2 of the batch was refused: 3 guards are unmet
	// problems recorded: 0
}

func ExampleState_BlockersFor() {
	cycle, _ := reformcycle.New("EXAMPLE")
	for _, b := range cycle.Now().BlockersFor(reformcycle.Revisit{To: reformcycle.Launch}) {
		fmt.Println(b.Text)
	}
	// Output:
	// no such move: return to an earlier stage (launch). It starts from: problem prioritization. Moves from there: advance, advance with an override, suspension, abandonment
}

func ExampleCycle_Fork() {
	ctx := context.Background()
	cycle, _ := reformcycle.New("EXAMPLE")
	team := reformcycle.By("Reform team").At(time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC))
	_, _ = cycle.Apply(ctx, team, reformcycle.EngageActor{Actor: stakeholders.Actor{
		ID: "finance", Name: "Ministry of Finance", Constituency: stakeholders.OtherMinistry,
		Position: stakeholders.At(-4), Power: 6,
	}})

	// What if the ministry of finance came round?
	what := cycle.Fork()
	_, _ = what.Apply(ctx, team, reformcycle.TakePosition{Actor: "finance", Position: stakeholders.At(2), Reason: "what if"})

	fmt.Println("as it is:", cycle.State().Actors().Feasibility().Feasible())
	fmt.Println("what if: ", what.State().Actors().Feasibility().Feasible())
	// Output:
	// as it is: false
	// what if:  true
}

func ExampleReformChecklist() {
	// A host's own edition: one criterion more, one made advisory.
	own, err := reformcycle.ReformChecklist().Derive("1.0.0-example",
		assessment.Cite(assessment.Source{Key: "plan", Citation: "National health plan", Link: "https://example.org/plan"}),
		assessment.Add(assessment.Criterion{
			ID: "readiness.digital", Section: reformcycle.ProgramReadiness.String(), Kind: assessment.Rated,
			Text: "The digital register works offline.", Remedy: "Test it in a village without a network.",
			Sources: []string{"plan"},
		}),
		assessment.MakeAdvisory("readiness.information"))
	if err != nil {
		fmt.Println(err)
		return
	}
	cycle, _ := reformcycle.New("EXAMPLE", reformcycle.WithChecklist(own))
	fmt.Println(cycle.State().Checklist().ID(), cycle.State().Checklist().Len())
	// Output:
	// reform-readiness@1.0.0-example 54
}

// A schema tells a browser, a form or a generator of clients what a change may hold.
func ExampleChangeSchema() {
	s, _ := reformcycle.ChangeSchema(reformcycle.KindScoreProblem)
	for _, f := range s.Fields {
		fmt.Println(f.Name, f.Required, f.Title)
	}
	text, _ := json.MarshalIndent(s.Field("scores"), "", "  ")
	fmt.Println(string(text))
	// Output:
	// problem true Problem
	// scores true Scores
	// {
	//   "title": "Scores",
	//   "description": "From 0 to 10, one for a criterion that is agreed.",
	//   "type": "object",
	//   "minProperties": 1,
	//   "maxProperties": 1000,
	//   "additionalProperties": {
	//     "description": "a number from 0 to 10",
	//     "type": "number",
	//     "minimum": 0,
	//     "maximum": 10
	//   }
	// }
}

func ExampleState_Due() {
	cycle, err := reformcycle.New("EXAMPLE", reformcycle.WithStage(reformcycle.Launch))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = cycle.Apply(context.Background(), reformcycle.By("Reform team").At(time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)),
		reformcycle.EngageActor{Actor: stakeholders.Actor{
			ID: "fund", Name: "Village Health Fund", Constituency: stakeholders.PrivateFunder, Member: true, Position: stakeholders.At(4), Power: 4,
			Commitments: []stakeholders.Commitment{{ID: "pay", Resource: stakeholders.Money, Unit: "USD", Pledged: 50_000, Delivered: 20_000, To: date.MustParse("2026-12-31")}},
		}},
		reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "first", Name: "the first district", Areas: []string{"north"}, Start: date.MustParse("2026-06")}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range cycle.State().Due(date.MustParse("2026"), date.MustParse("2026")) {
		fmt.Printf("%s to %s: %s\n", d.Day, d.Latest, d.Says)
		for _, c := range d.Follows {
			if c.Rule == "" {
				fmt.Println("-", c.Says)
			}
		}
	}
	// Output:
	// 2026-06-01 to 2026-06-30: the planned start of a phase of the rollout: the first district
	// - no phase of the rollout has started yet
	// 2026-12-31 to 2026-12-31: the end of a commitment of Village Health Fund: 50,000 USD (pay)
	// - not arrived yet: 30,000 of 50,000 USD
}
