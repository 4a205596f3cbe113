package appraisal_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// outreach is an illustrative choice between three ways of bringing care to
// villages. All names, weights and scores are made up.
func outreach() appraisal.Problem {
	return appraisal.Problem{
		Criteria: []appraisal.Criterion{
			{ID: "reach", Name: "Reach", Weight: 5, Low: 0.3},
			{ID: "affordability", Name: "Affordability", Weight: 3},
			{ID: "acceptance", Name: "Acceptance", Weight: 2},
		},
		Alternatives: []appraisal.Alternative{
			{ID: "cadre", Name: "A paid cadre", Scores: []appraisal.Score{
				appraisal.Around("reach", 7, 8, 9), appraisal.Exactly("affordability", 3), appraisal.Exactly("acceptance", 8)}},
			{ID: "volunteers", Name: "Trained volunteers", Scores: []appraisal.Score{
				appraisal.Between("reach", 4, 6), appraisal.Exactly("affordability", 8), appraisal.Exactly("acceptance", 6)}},
			{ID: "camps", Name: "Quarterly camps", Scores: []appraisal.Score{
				appraisal.Exactly("reach", 3), appraisal.Exactly("affordability", 6), appraisal.Exactly("acceptance", 5)}},
		},
	}
}

func ExampleAppraisal_Sums() {
	a, err := appraisal.New(outreach())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range a.Sums() {
		fmt.Printf("%-10s %.1f (%.1f to %.1f)\n", s.Alternative, s.Expected, s.Low, s.High)
	}
	fmt.Println("leads:", a.Leader())
	// Output:
	// cadre      6.5 (6.0 to 7.0)
	// volunteers 6.1 (5.6 to 6.6)
	// camps      4.3 (4.3 to 4.3)
	// leads: cadre
}

func ExampleAppraisal_Front() {
	a, err := appraisal.New(outreach())
	if err != nil {
		fmt.Println(err)
		return
	}
	f := a.Front()
	fmt.Println("left:", f.Certain, f.Open)
	for _, d := range f.Dominations {
		fmt.Println(d.By, "dominates", d.Alternative, d.Certain)
	}
	// Output:
	// left: [cadre volunteers] []
	// volunteers dominates camps true
}

func ExampleAppraisal_Acceptability() {
	p := outreach()
	// Nobody agrees on weights, only on what matters most.
	for i := range p.Criteria {
		p.Criteria[i].Weight = 0
	}
	p.Order = []string{"reach", "affordability"}
	a, err := appraisal.New(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := a.Acceptability(appraisal.Sampling{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range got.Alternatives {
		fmt.Printf("%-10s %.2f ± %.3f\n", o.Alternative, o.First(), o.Errors[0])
	}
	fmt.Printf("who prefers volunteers gives %s %.1f\n", got.Alternatives[1].CentralWeights[1].Criterion, got.Alternatives[1].CentralWeights[1].Share)
	// Output:
	// cadre      0.88 ± 0.003
	// volunteers 0.12 ± 0.003
	// camps      0.00 ± 0.000
	// who prefers volunteers gives affordability 0.4
}

func ExampleAppraisal_Challenges() {
	a, err := appraisal.New(outreach())
	if err != nil {
		fmt.Println(err)
		return
	}
	c := a.Challenges()[0]
	fmt.Printf("%s: %.1f behind\n", c.Alternative, c.Behind)
	for _, w := range c.Weights {
		fmt.Printf("weight of %s from %.2f to %.2f\n", w.Criterion, w.From, w.To)
	}
	for _, s := range c.Scores {
		fmt.Printf("score on %s from %.1f to %.1f, held possible: %t\n", s.Criterion, s.From, s.To, s.Possible)
	}
	// Output:
	// volunteers: 0.4 behind
	// weight of affordability from 0.30 to 0.35
	// weight of reach from 0.50 to 0.42
	// weight of acceptance from 0.20 to 0.00
	// score on reach from 5.0 to 5.8, held possible: true
	// score on affordability from 8.0 to 9.3, held possible: false
	// score on acceptance from 6.0 to 8.0, held possible: false
}

func ExampleAppraisal_Prospects() {
	a, err := appraisal.New(outreach())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range a.Prospects() {
		fmt.Printf("%-10s at best %+.1f\n", p.Alternative, p.Lead)
	}
	// Output:
	// cadre      at best +5.0
	// volunteers at best +2.4
	// camps      at best -1.3
}

func ExampleResult_Summary() {
	a, err := appraisal.New(outreach())
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := a.Result(appraisal.Sampling{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.ReplaceAll(language.English().Paragraph(r.Summary()), ". ", ".\n"))
	// Output:
	// With the agreed weights, in the lead: A paid cadre, with 6.5 on a scale from 0 to 10 (6 to 7 as long as scores are uncertain).
	// Over all weights that are allowed, in first place: A paid cadre (in about 75 of 100 cases); next: Trained volunteers (in about 26 of 100 cases).
	// What would let Trained volunteers catch up: a weight of 35.2% instead of 30% for “Affordability” or a score of 5.8 instead of 5 on “Reach”.
	// Unable to win under any weights that are allowed: Quarterly camps.
}

func ExampleNew_refused() {
	p := outreach()
	p.Criteria[1].Weight = -3
	p.Alternatives[2].Scores[0] = appraisal.Exactly("reach", 12)
	_, err := appraisal.New(p)
	var refused fault.Fields
	if errors.As(err, &refused) {
		for _, e := range refused {
			fmt.Println(e)
		}
	}
	// Output:
	// criteria[1].weight: got -3, want a number above 0, at most 1000000
	// alternatives[2].scores[0].low: got 12, want a number from 0 to 10
	// alternatives[2].scores[0].high: got 12, want a number from 0 to 10
}
