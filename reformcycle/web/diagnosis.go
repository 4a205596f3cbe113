package web

import (
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the diagnosis of a cycle: what is wrong, what is right, what is contested
// and what is not known, under the headings of the policy triangle.

// diagnosisView is what that page shows.
type diagnosisView struct {
	Cycle, At string
	Judged    language.Text
	Silent    bool
	Parts     []diagnosedPart
	Rules     []ruleLine
	Sources   []assessment.Source
}

type diagnosedPart struct {
	Heading reformcycle.Heading
	reformcycle.Diagnosis
}

// ruleLine is a rule and what it says of the cycle.
type ruleLine struct {
	reformcycle.Rule
	Verdict language.Text
	Fired   bool
	Sources []string
}

// diagnosisPage tells what the rules say.
func (v *visit) diagnosisPage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	d, rules := s.Diagnose(), s.Rules()
	view := diagnosisView{
		Cycle: v.id, At: v.r.URL.Query().Get("at"), Silent: d.Silent(),
		Judged: language.Of("web-room.judged", "on", date.Of(s.JudgedAt()).String(), "rules", d.Rules),
	}
	verdicts := map[string]language.Text{}
	for _, h := range reformcycle.Headings() {
		part := d.Under(h)
		if !part.Silent() {
			view.Parts = append(view.Parts, diagnosedPart{h, part})
		}
		for _, f := range part.Findings {
			verdicts[f.Code] = language.Of("web-room.verdict.wrong")
		}
		for _, f := range part.Strengths {
			verdicts[f.Code] = language.Of("web-room.verdict.right")
		}
		for _, f := range part.Contested {
			verdicts[f.Code] = language.Of("web-room.verdict.contested")
		}
		for _, f := range part.Questions {
			verdicts[f.Code] = language.Of("web-room.verdict.open")
		}
	}
	named := map[string]bool{}
	for rule := range rules.All() {
		line := ruleLine{Rule: rule, Verdict: verdicts[rule.Code], Sources: rule.Sources}
		if line.Verdict.IsZero() {
			line.Verdict = language.Of("web-room.verdict.silent")
		}
		_, line.Fired = d.Finding(rule.Code)
		view.Rules = append(view.Rules, line)
		for _, key := range rule.Sources {
			if source, known := rules.Source(key); known && !named[key] {
				named[key] = true
				view.Sources = append(view.Sources, source)
			}
		}
	}
	return v.render("diagnosis", view)
}

// keysOf are the keys of sources that are joined by commas.
func keysOf(joined string) (keys []string) {
	for key := range strings.SplitSeq(joined, ", ") {
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}
