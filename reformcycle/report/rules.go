package report

import (
	"io"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Rules writes what makes each rule of a diagnosis give each of its verdicts, in Markdown
// and in a language, nil for English: a table a heading of the policy triangle, the numbers
// that the rules judge by, how long evidence speaks, and the sources. docs/diagnosis.md is
// the page of those built in. What a host's rule does not tell of its grounds is a dash.
//
// Errors: those of the writer.
func Rules(w io.Writer, l *language.Language, rules reformcycle.Rules) error {
	b := &brief{l: l}
	b.put("# "+b.say("rules.title"), "", b.say("rules.about", "rules", rules.ID(), "n", rules.Len()))
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
		b.section(prose(b.capital(h.Told()), whole))
		verdicts := []reformcycle.RuleOutcome{reformcycle.Troubled, reformcycle.Sound, reformcycle.Contested, reformcycle.Unclear, reformcycle.NotDue}
		b.row(append([]string{b.say("rules.rule")}, draw.Each(verdicts, func(o reformcycle.RuleOutcome) string { return prose(b.capital(o.Told()), whole) })...)...)
		b.put("|---|---|---|---|---|---|")
		for _, r := range under {
			g := r.Grounds
			b.row(code(r.Code)+", "+b.tell(r.Severity.Told())+b.cite(strings.Join(r.Sources, ", ")),
				b.ground(r.Sentence, g.Finding), b.ground(r.Strength, g.Strength), b.ground("", g.Contested), b.ground("", g.Question), b.ground("", g.Silent))
		}
	}
	b.section(b.say("rules.numbers"))
	b.put(b.say("rules.within"), "")
	b.headed("rules.rule", "rules.number", ">rules.value", "rules.range", "rules.means")
	for r := range rules.All() {
		for _, p := range r.Parameters {
			b.row(code(r.Code), code(p.Name), b.say("rules.value-in", "value", p.Value, "unit", language.Built(p.Unit)),
				b.say("rules.from-to", "low", p.Low, "high", p.High), b.tell(language.Built(p.Says))+b.cite(strings.Join(p.Sources, ", ")))
		}
	}
	if ages := rules.Ages(); ages != nil {
		b.section(b.say("rules.ages"))
		b.put(b.say("rules.older"), "")
		b.headed("rules.ratings-of", ">rules.months", "rules.why")
		for _, a := range ages {
			of, months, why := b.say("rules.others"), b.say("rules.never-old"), b.say("rules.set-by-host")
			if a.Criterion != "" {
				of = code(a.Criterion)
			}
			if a.Months > 0 {
				months = prose(b.l.Number(float64(a.Months)), whole)
			}
			if a.Says != "" {
				why = b.tell(language.Built(a.Says))
			}
			b.row(of, months, why+b.cite(strings.Join(a.Sources, ", ")))
		}
	}
	b.sources(rules.Source)
	return draw.Write(w, b.String())
}

// code is an id as programs have it.
func code(id string) string { return "`" + name(id) + "`" }

// ground of a verdict, for a cell: what the rule says, and when.
func (b *brief) ground(says string, ground reformcycle.Ground) string {
	text := "–"
	switch {
	case ground.When != "":
		text = b.tell(language.Built(ground.When))
	case ground.Never != "":
		text = "*" + b.say("rules.never") + "* " + b.tell(language.Built(ground.Never))
	}
	if says != "" {
		text = bold(b.tell(language.Built(says))) + " " + text
	}
	return text
}
