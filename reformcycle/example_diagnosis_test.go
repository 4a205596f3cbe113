package reformcycle_test

import (
	"context"
	"fmt"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// A reform whose recording began at its launch. All of it is illustrative.
func launchedReform(options ...reformcycle.Option) (*reformcycle.Cycle, reformcycle.Stamp) {
	cycle, err := reformcycle.New("EXAMPLE", append(options, reformcycle.WithStage(reformcycle.Launch))...)
	if err != nil {
		panic(err)
	}
	team := reformcycle.By("Reform team").At(time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC))
	_, err = cycle.Apply(context.Background(), team,
		reformcycle.EngageActor{Actor: stakeholders.Actor{
			ID: "moh", Name: "Ministry of Health", Constituency: stakeholders.MinistryOfHealth,
			Member: true, Roles: []stakeholders.Role{stakeholders.Leader},
		}},
		reformcycle.Rate{Criterion: "readiness.financing", Level: assessment.PartiallyFunctional, Evidence: assessment.Evidence{
			What: "Pay is secured for one year.", Source: "Budget", Basis: assessment.Illustrative,
		}})
	if err != nil {
		panic(err)
	}
	return cycle, team
}

func ExampleState_Diagnose() {
	cycle, _ := launchedReform()
	d := cycle.Now().Diagnose()
	for _, f := range d.Findings {
		fmt.Println("wrong:", f.Code, "·", f.Severity)
		fmt.Println("  ", f.Sentence)
		fmt.Println("  ", f.Remedy)
	}
	for _, s := range d.Strengths {
		fmt.Println("right:", s.Sentence)
	}
	fmt.Println("not known:", len(d.Questions))
	// Output:
	// wrong: unfunded-launch · critical
	//    The programme is launched, and its financing does not work.
	//    Settle with the ministry of finance and the funders who pays in the coming year and after it, before more areas start.
	// right: Government leads the reform.
	// not known: 17
}

// What was not recorded is asked for, not taken for absent.
func ExampleDiagnosis_Under() {
	cycle, _ := launchedReform()
	for _, q := range cycle.Now().Diagnose().Under(reformcycle.UnderActors).Questions {
		fmt.Println(q)
	}
	// Output:
	// veto-player-opposed (actors), not known: who can block the reform alone, and where they stand; needed: who can block the reform alone: mark these actors so
	// districts-left-out (actors), not known: whether districts and local governments take part; needed: whether subnational government is in the coalition; a rating of readiness.subnational
	// community-absent (actors), not known: whether anyone from the community has a role; needed: who is in the coalition: engage all its actors and rate coalition.size
	// single-ministry (actors), not known: whether ministries other than health take part; needed: who is in the coalition: engage all its actors and rate coalition.size
	// chw-voice-absent (actors), not known: whether community health workers are represented; needed: who is in the coalition: engage all its actors and rate coalition.size
}

// A host has a rule of its own, and judges launches more strictly.
func ExampleRules_With() {
	rules, err := reformcycle.DiagnosisRules().Cite(assessment.Source{
		Key: "plan", Citation: "National health plan", Link: "https://example.org/plan",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err = rules.With(reformcycle.Rule{
		Code: "no-union", Heading: reformcycle.UnderActors, Severity: reformcycle.Serious,
		Sentence: "The unions were not asked.", Strength: "The unions take part.",
		Asks: "whether unions take part", Remedy: "Engage the unions of nurses and of the public service.",
		Sources: []string{"plan"},
		Judge: func(s reformcycle.State, _ reformcycle.Rule) reformcycle.Verdict {
			if s.Actors().HasMemberOf(stakeholders.TradeUnion) {
				return reformcycle.Verdict{Outcome: reformcycle.Sound}
			}
			return reformcycle.Verdict{Outcome: reformcycle.Troubled, Facts: []reformcycle.Fact{{About: "coalition", Says: language.Typed("no union is in it")}}}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if rules, err = rules.Set("hasty-launch", "months", 24); err != nil {
		fmt.Println(err)
		return
	}
	cycle, _ := launchedReform(reformcycle.WithRules(rules))
	d := cycle.Now().Diagnose()
	f, _ := d.Finding("no-union")
	fmt.Println(d.Rules)
	fmt.Println(f)
	_, err = rules.Set("hasty-launch", "months", -1)
	fmt.Println(err)
	// Output:
	// reform-diagnosis@1.0.0+
	// no-union (serious, actors): The unions were not asked. no union is in it [plan]
	// hasty-launch.months: got -1, want from 0 to 600, in whole months
}

func ExampleRules_All() {
	for rule := range reformcycle.DiagnosisRules().All() {
		if rule.Heading == reformcycle.UnderContext {
			fmt.Println(rule.Code, rule.Severity, rule.Sources)
			for _, p := range rule.Parameters {
				fmt.Printf("   %s: %g %s, from %g to %g\n", p.Name, p.Value, p.Unit, p.Low, p.High)
			}
		}
	}
	// Output:
	// unfunded-launch critical [who2018]
	//    delivery: 12 months, from 1 to 1200
	// vertical-funding serious [afzal2021]
	//    share: 0.5 share, from 0 to 1
	//    delivery: 12 months, from 1 to 1200
	// unsustained-financing serious [afzal2021 who2018]
	//    delivery: 12 months, from 1 to 1200
	// term-limited-project serious [chen2021]
	//    months: 12 months, from 1 to 1200
	//    delivery: 12 months, from 1 to 1200
	//    little: 0.1 share, from 0 to 1
}

// A survey of programmes answers what the reform's own records leave open.
func ExampleSurveyProgrammes() {
	cycle, team := launchedReform()
	_, err := cycle.Apply(context.Background(), team, reformcycle.SurveyProgrammes{Survey: reformcycle.Survey{
		Landscape: landscape.Landscape{
			Areas:    []landscape.Area{{ID: "north"}, {ID: "south"}},
			Services: []landscape.Service{{ID: "home visits"}},
			Programmes: []landscape.Programme{
				{ID: "national", Mechanism: "steering board"}, {ID: "charity", Mechanism: "club of funders"},
			},
			Cadres: []landscape.Cadre{
				{ID: "assistants", Programme: "national", Standing: landscape.New},
				{ID: "visitors", Programme: "charity", Standing: landscape.Community},
			},
			Posts: []landscape.Post{
				{Cadre: "assistants", Area: "north", Services: []string{"home visits"}},
				{Cadre: "visitors", Area: "north", Services: []string{"home visits"}},
			},
		},
		Evidence: assessment.Evidence{What: "A count in both areas", Source: "teaching case", Basis: assessment.Illustrative},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, _ := cycle.Now().Diagnose().Finding("fragmented-programmes")
	for _, fact := range f.Facts {
		fmt.Println("-", fact.Says)
	}
	// Output:
	// - area and service pairs that several cadres serve: 1 of 2, such as home visits in north: assistants, visitors
	// - some of the programmes that overlap take part in different mechanisms
	// - area and service pairs that nobody serves: 1 of 2, such as south with home visits
}
