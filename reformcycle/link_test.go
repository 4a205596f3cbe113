package reformcycle_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

// asking is the published checklist, with one criterion that is computed from children.
func asking(t testing.TB, asked assessment.FromChildren, parameter float64) *assessment.Checklist {
	list, err := reformcycle.ReformChecklist().Derive("1.0.0-nation", assessment.AskChildren("readiness.subnational", asked, parameter))
	require.NoError(t, err)
	return list
}

func child(cycle string, people float64) reformcycle.Child {
	return reformcycle.Child{Cycle: cycle, Name: "County " + cycle, Population: people}
}

// sighted is an observation of a cycle that has come so far and no further.
func sighted(cycle string, stage reformcycle.Stage) reformcycle.ObserveCycle {
	return reformcycle.ObserveCycle{Observation: reformcycle.Observation{
		Cycle: cycle, Seq: 1, Seen: date.MustParse("2020-05-03"), Stage: stage, Lap: 1, Furthest: stage, FurthestThisLap: stage,
	}}
}

// A criterion that is computed from children is met, not met, or open as it would be over
// every completion of what is not known: what was not observed, and how many people live
// where.
func TestWhatIsAskedOfChildrenHoldsOverEveryCompletion(t *testing.T) {
	crowds := []float64{0.001, 50, 1e9}
	for _, form := range []struct {
		asked     assessment.FromChildren
		parameter float64
	}{
		{assessment.FromChildren{Of: assessment.OfChildren, Stage: "program-readiness"}, 2},
		{assessment.FromChildren{Of: assessment.OfPopulation, Stage: "program-readiness"}, 0.6},
	} {
		list := asking(t, form.asked, form.parameter)
		for people := range 1 << 3 { // where the population is known
			for states := range 27 { // yes, no, not observed
				c, err := reformcycle.New("KEN", reformcycle.WithChecklist(list))
				require.NoError(t, err)
				named := reformcycle.Children{Year: 2019, Source: "census"}
				var changes []reformcycle.Change
				var known [3]float64
				var has [3]int
				for i := range 3 {
					if people>>i&1 == 1 {
						known[i] = float64(10 * (i + 1))
					}
					id := fmt.Sprint(i)
					named.Children = append(named.Children, child(id, known[i]))
					has[i] = states / [...]int{1, 3, 9}[i] % 3
					if has[i] < 2 {
						changes = append(changes, sighted(id, [...]reformcycle.Stage{reformcycle.ProgramReadiness, reformcycle.Design}[has[i]]))
					}
				}
				require.NoError(t, refusalOf(c.Apply(background, office(0), append([]reformcycle.Change{reformcycle.NameChildren{Of: named}}, changes...)...)))
				met, unmet := 0, 0
				for completion := range 8 {
					for crowd := range 27 {
						sum, all := 0.0, 0.0
						for i := range 3 {
							weight := 1.0
							if form.asked.Of == assessment.OfPopulation {
								if weight = known[i]; weight == 0 {
									weight = crowds[crowd/[...]int{1, 3, 9}[i]%3]
								}
							}
							all += weight
							if has[i] == 0 || has[i] == 2 && completion>>i&1 == 1 {
								sum += weight
							}
						}
						if form.asked.Of == assessment.OfPopulation {
							sum /= all
						}
						if sum >= form.parameter {
							met++
						} else {
							unmet++
						}
					}
				}
				level, asks := c.Now().Level("readiness.subnational")
				require.True(t, asks)
				name := fmt.Sprintf("%s: known %v, has %v: %v", form.asked.Of, known, has, level)
				switch {
				case unmet == 0:
					require.Equal(t, assessment.Functional, level, name)
				case met == 0:
					require.True(t, level.Known() && level < assessment.Functional, name)
				default:
					require.Equal(t, assessment.Unknown, level, name)
				}
			}
		}
	}
}

// Who is waited for is named, with what was last known of them, and when, in each language.
func TestARefusalSaysForWhomTheNationWaits(t *testing.T) {
	list := asking(t, assessment.FromChildren{Of: assessment.OfChildren, Stage: "program-readiness"}, 2)
	c, err := reformcycle.New("KEN", reformcycle.WithChecklist(list), reformcycle.WithStage(reformcycle.ProgramReadiness))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), reformcycle.NameChildren{Of: reformcycle.Children{
		Children: []reformcycle.Child{child("11", 0), child("12", 0), child("13", 0)}, Source: "a list",
	}}, sighted("11", reformcycle.ProgramReadiness), sighted("12", reformcycle.Design))))
	var told []string
	for _, b := range c.Now().Blockers() {
		if b.Guard == "readiness.subnational" {
			for _, m := range b.Missing {
				told = append(told, m.String(), fr.Language().Say(m))
			}
		}
	}
	require.Equal(t, []string{
		"needed of the children: 2; what has to hold of each: at or past this stage: program readiness; known of: 1, at most 2",
		"nécessaires parmi les cycles rattachés\u00a0: 2\u00a0; ce qui doit valoir pour chacun\u00a0: à cette étape ou au-delà\u00a0: préparation du programme\u00a0; connu pour\u00a0: 1, au plus 2",
		"waiting for 2 of 3: County 12 (last observed at this stage: design, 3 May 2020), County 13 (never observed)",
		"en attente de 2 sur 3\u00a0: County 12 (dernière étape observée\u00a0: conception, 3 mai 2020), County 13 (jamais observé)",
	}, told)
}

// No change of one cycle moves another, and what one knows of another is what it has
// recorded.
func TestAnObservationMovesNothing(t *testing.T) {
	for _, status := range []reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned} {
		c, err := reformcycle.New("KEN-01")
		require.NoError(t, err)
		seen := sighted("KEN", reformcycle.ManagementAndLearning)
		seen.Observation.Status = status
		require.NoError(t, refusalOf(c.Apply(background, office(0), reformcycle.LinkParent{Link: reformcycle.Link{Parent: "KEN", Held: reformcycle.IsSuspended}}, seen)))
		s := c.State()
		require.Equal(t, reformcycle.ProblemPrioritization, s.Stage())
		require.Equal(t, reformcycle.Active, s.Status())
		require.Len(t, s.Observations(), 1)
		seen.Observation.Seq = 0
		require.Error(t, refusalOf(c.Apply(background, office(1), seen)), "an entry has a number")
	}
}

// A criterion of a checklist says what it asks of children in one way, in its measure.
func TestWhatIsAskedOfChildrenIsHeldToItsForm(t *testing.T) {
	for want, edit := range map[string]assessment.Edit{
		"children: required":       assessment.AskChildren("readiness.subnational", assessment.FromChildren{Of: "children"}, 2),
		"children.of: known":       assessment.AskChildren("readiness.subnational", assessment.FromChildren{Of: "cows", Stage: "design"}, 2),
		"children.of: range":       assessment.AskChildren("readiness.subnational", assessment.FromChildren{Of: "children", Stage: "design"}, 1.5),
		"children.of: range ":      assessment.AskChildren("readiness.subnational", assessment.FromChildren{Of: "population", Stage: "design"}, 2),
		"children.this_lap: own":   assessment.AskChildren("readiness.subnational", assessment.FromChildren{Of: "children", Criterion: "x", ThisLap: true}, 1),
		"children.review_months: ": assessment.AskChildren("readiness.subnational", assessment.FromChildren{Of: "children", ReviewMonths: -1}, 1),
	} {
		_, err := reformcycle.ReformChecklist().Derive("1.0.0-nation", edit)
		fields := fault.Of(err)
		require.NotEmpty(t, fields, want)
		require.True(t, strings.Contains(fields[0].Path+": "+fields[0].Rule, strings.TrimSpace(want)), "%s: %v", want, err)
	}
	list := asking(t, assessment.FromChildren{Of: assessment.OfChildren, Stage: "program-readiness"}, 3)
	c, err := reformcycle.New("KEN", reformcycle.WithChecklist(list))
	require.NoError(t, err)
	err = refusalOf(c.Apply(background, office(0), reformcycle.NameChildren{Of: reformcycle.Children{Children: []reformcycle.Child{child("1", 0)}, Source: "a list"}}))
	require.ErrorContains(t, err, "at least 3")
	require.NotEqual(t, language.Text{}, language.Refused(err))
}

// A policy falls due on its last day, and what was observed when it is as old as the link
// lets it be.
func TestAPolicyAndAnObservationFallDue(t *testing.T) {
	c, err := reformcycle.New("KEN-01")
	require.NoError(t, err)
	by := reformcycle.Stamp{Author: "county", Moment: onDay(0)}
	require.NoError(t, refusalOf(c.Apply(background, by,
		reformcycle.AdoptPolicy{Policy: reformcycle.Policy{ID: "p", Name: "Community Health Policy", To: date.MustParse("2030"), Source: "policy2020"}},
		reformcycle.LinkParent{Link: reformcycle.Link{Parent: "KEN", Held: reformcycle.Asks, Months: 6}}, sighted("KEN", reformcycle.Design))))
	due := c.State().Due(date.Date{}, date.Date{})
	require.Len(t, due, 2)
	require.Equal(t, reformcycle.ObservationAges, due[0].Kind)
	require.Equal(t, date.Of(date.AddMonths(onDay(0), 6)), due[0].Day)
	require.Equal(t, "what was observed 6 months ago of another reform: KEN", due[0].Says.String())
	require.Equal(t, reformcycle.PolicyExpires, due[1].Kind)
	require.Equal(t, "2030-01-01", due[1].Day.String())
	require.Equal(t, "2030-12-31", due[1].Latest.String())
}

// Whom a nation of 47 waits for, what was last known of them and when, and what a district
// waits for, is said in each language.
func TestARefusalNamesWhomItWaitsForInEachLanguage(t *testing.T) {
	list := asking(t, assessment.FromChildren{Of: assessment.OfChildren, Stage: "program-readiness"}, 47)
	c, err := reformcycle.New("KEN", reformcycle.WithChecklist(list), reformcycle.WithStage(reformcycle.ProgramReadiness))
	require.NoError(t, err)
	named := reformcycle.Children{Source: "a list"}
	var changes []reformcycle.Change
	for i := range 47 {
		one := child(fmt.Sprint(i+1), 0)
		named.Children = append(named.Children, one)
		switch at := sighted(one.Cycle, reformcycle.ProgramReadiness); i + 1 {
		case 12:
			at.Observation.Stage, at.Observation.Furthest, at.Observation.FurthestThisLap = reformcycle.Design, reformcycle.Design, reformcycle.Design
			changes = append(changes, at)
		case 30:
			at.Observation.Status, at.Observation.Stage, at.Observation.Furthest = reformcycle.Suspended, reformcycle.CoalitionBuilding, reformcycle.CoalitionBuilding
			at.Observation.FurthestThisLap = reformcycle.CoalitionBuilding
			changes = append(changes, at)
		case 41: // silent
		default:
			changes = append(changes, at)
		}
	}
	require.NoError(t, refusalOf(c.Apply(background, office(0), append([]reformcycle.Change{reformcycle.NameChildren{Of: named}}, changes...)...)))
	_, err = c.Apply(background, office(1), reformcycle.Advance{})
	var blocked *reformcycle.BlockedError
	require.ErrorAs(t, err, &blocked)
	county, err := reformcycle.New("KEN-12", reformcycle.WithStage(reformcycle.Design))
	require.NoError(t, err)
	require.NoError(t, refusalOf(county.Apply(background, office(0), reformcycle.LinkParent{Link: reformcycle.Link{
		Parent: "KEN", Held: reformcycle.GoesOn, Needs: []reformcycle.Need{{Leaving: reformcycle.Design, Stage: reformcycle.Launch}},
	}}, sighted("KEN", reformcycle.ProgramReadiness))))
	_, held := county.Apply(background, office(1), reformcycle.Advance{})
	for _, one := range []struct {
		l             *language.Language
		nation, child string
	}{
		{nil,
			"waiting for 3 of 47: County 12 (last observed at this stage: design, 3 May 2020), County 30 (last observed at this stage: coalition building, suspended, 3 May 2020), County 41 (never observed)",
			"KEN (last observed at this stage: program readiness, 3 May 2020)"},
		{fr.Language(),
			"en attente de 3 sur 47\u00a0: County 12 (dernière étape observée\u00a0: conception, 3 mai 2020), County 30 (dernière étape observée\u00a0: constitution de la coalition, suspendu, 3 mai 2020), County 41 (jamais observé)",
			"KEN (dernière étape observée\u00a0: préparation du programme, 3 mai 2020)"},
		{pt.Language(),
			"à espera de 3 em 47: County 12 (última etapa observada: desenho, 3 de maio de 2020), County 30 (última etapa observada: construção da coligação, suspenso, 3 de maio de 2020), County 41 (sem observação)",
			"KEN (última etapa observada: prontidão do programa, 3 de maio de 2020)"},
		{es.Language(),
			"a la espera de 3 de 47: County 12 (última etapa observada: diseño, 3 de mayo de 2020), County 30 (última etapa observada: construcción de la coalición, suspendido, 3 de mayo de 2020), County 41 (sin observación)",
			"KEN (última etapa observada: preparación del programa, 3 de mayo de 2020)"},
	} {
		require.Contains(t, one.l.Say(language.Refused(blocked)), one.nation)
		require.Contains(t, one.l.Say(language.Refused(held)), one.child)
	}
}

// Every order of the same observations, each in a batch of its own, gives the same
// answers: all of a nation of four, in every form in which it may ask.
func TestEveryOrderOfObservationsGivesTheSameAnswers(t *testing.T) {
	at := []reformcycle.ObserveCycle{
		sighted("1", reformcycle.ProgramReadiness), sighted("2", reformcycle.Design), sighted("3", reformcycle.Governance), sighted("4", reformcycle.CoalitionBuilding),
	}
	at[1].Observation.Status = reformcycle.Suspended
	at[2].Observation.Reviewed = date.MustParse("2020-04")
	at[0].Observation.Met, at[0].Observation.Asked = []string{"design.consulted"}, []string{"design.consulted"}
	var orders [][]int
	var permute func(order, left []int)
	permute = func(order, left []int) {
		if len(left) == 0 {
			orders = append(orders, slices.Clone(order))
		}
		for i := range left {
			permute(append(order, left[i]), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	permute(nil, []int{0, 1, 2, 3})
	require.Len(t, orders, 24)
	for _, form := range []struct {
		asked     assessment.FromChildren
		parameter float64
	}{
		{assessment.FromChildren{Of: assessment.OfChildren, Stage: "program-readiness"}, 2},
		{assessment.FromChildren{Of: assessment.OfPopulation, Stage: "program-readiness"}, 0.5},
		{assessment.FromChildren{Of: assessment.OfChildren, Criterion: "design.consulted"}, 2},
		{assessment.FromChildren{Of: assessment.OfPopulation, ReviewMonths: 6}, 0.2},
	} {
		list := asking(t, form.asked, form.parameter)
		var first string
		for _, order := range orders {
			c, err := reformcycle.New("KEN", reformcycle.WithChecklist(list), reformcycle.WithStage(reformcycle.ProgramReadiness))
			require.NoError(t, err)
			require.NoError(t, refusalOf(c.Apply(background, office(0), reformcycle.NameChildren{Of: reformcycle.Children{
				Children: []reformcycle.Child{child("1", 10), child("2", 0), child("3", 30), child("4", 40)}, Year: 2019, Source: "census", Months: 6,
			}})))
			for _, i := range order {
				require.NoError(t, refusalOf(c.Apply(background, office(0), at[i])))
			}
			n := c.Now()
			level, _ := n.Level("readiness.subnational")
			answers := fmt.Sprint(level, n.Stage(), n.Blockers(), n.NextActions(), n.Diagnose())
			if first == "" {
				first = answers
			}
			require.Equal(t, first, answers, "%v", order)
		}
	}
}
