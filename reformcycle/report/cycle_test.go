package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/stakeholders"
)

// walk applies batches, each at its moment.
type walk struct {
	t     testing.TB
	cycle *reformcycle.Cycle
}

func begin(t testing.TB, title, country string) walk {
	cycle, err := reformcycle.New("EXAMPLE", reformcycle.WithTitle(title), reformcycle.WithCountry(country))
	require.NoError(t, err)
	return walk{t, cycle}
}

func (w walk) on(date string, changes ...reformcycle.Change) {
	w.t.Helper()
	at, err := time.Parse(time.DateOnly, date)
	require.NoError(w.t, err)
	_, err = w.cycle.Apply(w.t.Context(), reformcycle.By("reform-team").At(at), changes...)
	require.NoError(w.t, err)
}

func rate(criterion string, level assessment.Level, basis assessment.Basis) reformcycle.Rate {
	return reformcycle.Rate{Criterion: criterion, Level: level, Evidence: assessment.Evidence{
		What: "Seen in a workshop.", Source: "Workshop minutes, made up for this test", Basis: basis,
	}}
}

func made(criterion string, level assessment.Level) reformcycle.Rate {
	return rate(criterion, level, assessment.Illustrative)
}

func engage(id, name string, from stakeholders.Constituency, position float64, power stakeholders.Power, roles ...stakeholders.Role) reformcycle.EngageActor {
	return reformcycle.EngageActor{Actor: stakeholders.Actor{
		ID: id, Name: name, Constituency: from, Member: len(roles) > 0, Roles: roles,
		Position: stakeholders.At(position), Power: power,
	}}
}

// walked takes a made-up reform to program readiness, with debt from coalition
// building, and has a ministry that can block turn against it.
func walked(t testing.TB) walk {
	w := begin(t, "Health workers for every village", "Exampleland")
	w.on("2025-01-13",
		reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "distance", Statement: "Half the villages are more than an hour from care."}},
		rate("problem.needs", assessment.Functional, assessment.Documented),
		made("problem.acknowledged", assessment.Functional),
		made("problem.vision", assessment.HighlyFunctional),
		reformcycle.Advance{})
	w.on("2025-03-03",
		engage("moh", "Ministry of Health", stakeholders.MinistryOfHealth, 6, 6, stakeholders.Leader, stakeholders.Gatekeeper),
		engage("chw", "Association of Health Workers", stakeholders.CommunityHealthWorkers, 6, 2, stakeholders.ChangeChampion),
		engage("fund", "Village Health Fund", stakeholders.PrivateFunder, 4, 6, stakeholders.Donor),
		engage("ngo", "Care Nearby", stakeholders.NGO, 4, 4, stakeholders.Connector, stakeholders.Enabler),
		engage("nurses", "Union of Nurses", stakeholders.TradeUnion, -4, 4),
		engage("finance", "Ministry of Finance", stakeholders.OtherMinistry, 0, 6),
		reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "Village Health Alliance", Purpose: "Bring care within an hour of every village", Convener: "moh"}},
		made("coalition.purpose", assessment.Functional))
	w.on("2025-05-12", reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "The budget is decided in June."}})
	w.on("2025-06-20",
		reformcycle.SetCriteria{For: reformcycle.ForSolutions, Criteria: []reformcycle.ChoiceCriterion{{ID: "reach", Text: "Villages reached", Weight: 1}}},
		reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "volunteers", Name: "Volunteers", Origin: reformcycle.Existing, Scores: reformcycle.Scores{"reach": 4}}},
		reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "paid", Name: "Paid workers", Origin: reformcycle.International, Scores: reformcycle.Scores{"reach": 8}}},
		reformcycle.ChooseSolution{Solution: "paid", By: "moh", Reason: "It reaches twice as many."},
		made("solution.available", assessment.Functional),
		reformcycle.Advance{})
	design := []reformcycle.Change{
		reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: []string{"moh"}, Contributors: []string{"chw"}, Authorizers: []string{"moh"}}},
		made("design.consulted", assessment.Functional), made("design.instruments", assessment.Functional),
	}
	for _, c := range reformcycle.Components() {
		design = append(design,
			reformcycle.MapDesign{Choice: reformcycle.DesignChoice{Component: c, Choice: "As the pilot had it", Authority: "moh"}},
			reformcycle.ValidateDesign{Component: c, By: "moh"})
	}
	w.on("2025-11-03", append(design, reformcycle.Advance{})...)
	w.on("2026-02-16",
		made("readiness.buy-in", assessment.Functional), made("readiness.workforce", assessment.HighlyFunctional),
		made("readiness.financing", assessment.PartiallyFunctional), made("readiness.supplies", assessment.NonFunctional),
		made("governance.strategy", assessment.Functional))
	finance, _ := w.cycle.State().Actors().Actor("finance")
	finance.Veto, finance.Entry = true, 0
	w.on("2026-03-02",
		reformcycle.ReleaseActor{Actor: "finance", Reason: "A new minister."},
		engageAs(finance, -2))
	return w
}

func engageAs(a stakeholders.Actor, position float64) reformcycle.EngageActor {
	a.Position = stakeholders.At(position)
	return reformcycle.EngageActor{Actor: a}
}

// hostile is what somebody may type into any text.
const hostile = drawtest.Hostile
