package reformcycle_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/reformcycle"
)

// optionsOf gives a cycle with two agreed criteria and three options, of which
// one has no score for cost.
func optionsOf(t require.TestingT) *reformcycle.Cycle {
	cycle, err := reformcycle.New("OPTIONS")
	require.NoError(t, err)
	require.NoError(t, refusalOf(cycle.Apply(background, office(0),
		actor("moh", "ministry-of-health", true, 6, 6),
		reformcycle.SetCriteria{For: reformcycle.ForSolutions, Criteria: []reformcycle.ChoiceCriterion{
			{ID: "reach", Text: "Reaches remote households", Weight: 3},
			{ID: "cost", Text: "Can be paid for\nby the state", Weight: 1},
		}},
		proposal("clinics", reformcycle.Scores{"reach": 4, "cost": 8}),
		proposal("villages", reformcycle.Scores{"reach": 9, "cost": 4}),
		proposal("boats", reformcycle.Scores{"reach": 5}),
	)))
	return cycle
}

func proposal(id string, scores reformcycle.Scores) reformcycle.ProposeSolution {
	return reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: id, Name: "Workers in " + id, Origin: reformcycle.Local, Scores: scores}}
}

func TestTheProblemOfChoiceIsWhatIsRecorded(t *testing.T) {
	state := optionsOf(t).State()
	a, err := appraisal.New(state.SolutionProblem())
	require.NoError(t, err)
	assert.Equal(t, "", a.Problem().Criteria[1].Name, "two lines are no name; the id stands for it")
	// What is ranked by the cycle and summed by the appraisal is the same mean.
	for _, ranked := range state.RankedSolutions() {
		for _, sum := range a.Sums() {
			if sum.Alternative == ranked.ID {
				assert.InDelta(t, ranked.Score.Low, sum.Low/10, 1e-12)
				assert.InDelta(t, ranked.Score.High, sum.High/10, 1e-12)
			}
		}
	}
	assert.Equal(t, "villages", a.Leader())                                // (3·9 + 1·4) / 4 = 7.75 against 5 and (3·5 + 1·5) / 4 = 5
	assert.InDelta(t, (3*5+1*10)/4.0, a.Sums()[2].High, 1e-12, "no score") // unknown may be anything
}

func TestAChoiceKeepsTheComparisonThatItRestsOn(t *testing.T) {
	cycle := optionsOf(t)
	problem := cycle.State().SolutionProblem()
	problem.Alternatives[2].Scores = append(problem.Alternatives[2].Scores, appraisal.Between("cost", 2, 6))
	require.NoError(t, refusalOf(cycle.Apply(background, office(1), reformcycle.ChooseSolution{
		Solution: "villages", By: "moh", Reason: "It leads whatever boats cost", Comparison: &problem,
	})))
	problem.Alternatives[0].ID = "changed by the host afterwards"

	kept := cycle.State().Solutions()[1].Chosen.Comparison
	require.NotNil(t, kept)
	assert.Equal(t, "clinics", kept.Alternatives[0].ID)
	kept.Alternatives[0].ID = "changed by a reader"
	assert.Equal(t, "clinics", cycle.State().Solutions()[1].Chosen.Comparison.Alternatives[0].ID)

	recorded, err := json.Marshal(cycle.State())
	require.NoError(t, err)
	assert.Contains(t, string(recorded), `"comparison":{`)
}

func ExampleState_SolutionProblem() {
	cycle, _ := reformcycle.New("OPTIONS")
	_, _ = cycle.Apply(background, office(0),
		reformcycle.SetCriteria{For: reformcycle.ForSolutions, Criteria: []reformcycle.ChoiceCriterion{
			{ID: "reach", Text: "Reaches remote households", Weight: 3}, {ID: "cost", Text: "Can be paid for", Weight: 1},
		}},
		proposal("clinics", reformcycle.Scores{"reach": 4, "cost": 8}),
		proposal("villages", reformcycle.Scores{"reach": 9, "cost": 4}),
	)
	problem := cycle.State().SolutionProblem()
	a, err := appraisal.New(problem)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range a.Sums() {
		fmt.Printf("%s: %.2f of 10\n", s.Alternative, s.Expected)
	}
	fmt.Println("leads:", a.Leader())
	// ChooseSolution takes the problem as its Comparison, and the record keeps it.

	// Output:
	// clinics: 5.00 of 10
	// villages: 7.75 of 10
	// leads: villages
}
