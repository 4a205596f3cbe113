package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
)

// Rules writes what makes each rule of a diagnosis give each of its verdicts, in
// Markdown: a table a heading of the policy triangle, the numbers that the rules judge by,
// how long evidence speaks, and the sources. docs/diagnosis.md is the page of those built
// in. What a host's rule does not tell of its grounds is a dash.
//
// Errors: those of the writer.
func Rules(w io.Writer, rules reformcycle.Rules) error {
	b := &brief{}
	b.put("# What makes each verdict\n")
	b.put(fmt.Sprintf("%s · %s. Each rule of the diagnosis gives one of five verdicts. A finding says what is wrong, a strength what is known to be right; both are claims, and need evidence on record. Contested is what the record speaks for on both sides: a question that the facts raise. A question says what would have to be known. A rule that is silent does not apply, or not yet.", name(rules.ID()), draw.Counted(rules.Len(), "rule", "rules")))
	for _, h := range reformcycle.Headings() {
		var under []reformcycle.Rule
		for r := range rules.All() {
			if r.Heading == h {
				under = append(under, r)
			}
		}
		if under == nil {
			continue
		}
		b.section(draw.Capital(string(h)))
		b.put("| Rule | Finding | Strength | Contested | Question | Silent |\n|---|---|---|---|---|---|")
		for _, r := range under {
			g := r.Grounds
			b.put(fmt.Sprintf("| `%s`, %s%s | %s | %s | %s | %s | %s |", name(r.Code), r.Severity, b.cite(strings.Join(r.Sources, ", ")),
				groundCell(r.Sentence, g.Finding), groundCell(r.Strength, g.Strength), groundCell("", g.Contested), groundCell("", g.Question), groundCell("", g.Silent)))
		}
	}
	b.section("The numbers that the rules judge by")
	b.put("A host may set another within the range.\n")
	b.put("| Rule | Number | Value | Range | What it means |\n|---|---|--:|---|---|")
	for r := range rules.All() {
		for _, p := range r.Parameters {
			b.put(fmt.Sprintf("| `%s` | %s | %g %s | %g to %g | %s%s |", name(r.Code), name(p.Name), p.Value, name(p.Unit), p.Low, p.High, prose(p.Says, ruleLimit), b.cite(strings.Join(p.Sources, ", "))))
		}
	}
	if ages := rules.Ages(); ages != nil {
		b.section("How long evidence speaks")
		b.put("What is older is asked again. Guards are not touched by it. Of a reform that was abandoned no evidence grows old.\n")
		b.put("| Ratings of | Months | Why |\n|---|--:|---|")
		for _, a := range ages {
			of, months := "all other criteria, and surveys of programmes", "never old"
			if a.Criterion != "" {
				of = "`" + name(a.Criterion) + "`"
			}
			if a.Months > 0 {
				months = fmt.Sprint(a.Months)
			}
			b.put(fmt.Sprintf("| %s | %s | %s%s |", of, months, prose(a.Says, ruleLimit), b.cite(strings.Join(a.Sources, ", "))))
		}
	}
	b.sources(rules.Source)
	return draw.Write(w, b.String())
}

// ruleLimit is room for all that a rule may say.
const ruleLimit = 4096

// groundCell of the table: what the rule says, and when.
func groundCell(says string, ground reformcycle.Ground) string {
	text := "–"
	switch {
	case ground.When != "":
		text = prose(ground.When, ruleLimit)
	case ground.Never != "":
		text = "*Never.* " + prose(ground.Never, ruleLimit)
	}
	if says != "" {
		text = "**" + prose(says, ruleLimit) + "** " + text
	}
	return text
}
