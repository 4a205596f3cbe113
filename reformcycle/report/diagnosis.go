package report

import (
	"io"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

const factLimit = 12

// Diagnosis tells a diagnosis of one reform, or of many taken together
// ([portfolio.Portfolio.Diagnose]), in Markdown, in a language, nil for English, grouped by
// the headings of the policy triangle: what is wrong and what to do about it, what is right,
// where the record holds evidence for both, and what would have to be known to say more.
// Each statement carries the keys of its sources; the rules that the diagnosis was made by
// have them in full.
func Diagnosis(w io.Writer, l *language.Language, d reformcycle.Diagnosis, rules reformcycle.Rules) error {
	b := &brief{l: l}
	judged := b.say("brief.judged", "cycle", d.Cycle, "on", dayOf(d.At), "rules", d.Rules)
	switch {
	case d.Cycle == "" && d.At.IsZero():
		judged = b.say("brief.judged-none", "rules", d.Rules)
	case d.Cycle == "":
		judged = b.say("brief.judged-all", "on", dayOf(d.At), "rules", d.Rules)
	}
	b.put("# "+b.say("brief.diagnosed"), "", judged)
	for _, h := range reformcycle.Headings() {
		part := d.Under(h)
		if part.Silent() {
			continue
		}
		b.section(prose(b.capital(h.Told()), whole))
		b.verdicts(part)
	}
	if d.Silent() {
		b.put("", b.say("brief.no-rule"))
	}
	b.section(b.say("brief.sources"))
	b.sources(rules.Source)
	return draw.Write(w, b.String())
}

// judged is the annex of the brief.
func (b *brief) judged() {
	b.annex(ofDiagnosis, "brief.diagnosis")
	d := b.diagnosis
	if d.Silent() {
		b.put(b.say("brief.no-rule"))
		return
	}
	if len(d.Findings) == 0 {
		b.put(b.say("brief.no-finding"), "")
	}
	b.verdicts(d)
}

func (b *brief) verdicts(d reformcycle.Diagnosis) {
	for _, f := range d.Findings {
		b.put("- " + bold(b.statement(f.Sentence)) + " *" + b.statement(f.Severity.Told()) + "* " + b.facts(f.Facts) + b.remedy(f.Remedy) + b.cite(f.Source))
	}
	if len(d.Strengths) > 0 {
		b.label("brief.right")
	}
	for _, s := range d.Strengths {
		b.put("- " + b.statement(s.Sentence) + " " + b.facts(s.Facts) + b.cite(s.Source))
	}
	// Both sides of what is contested, as the question that they raise.
	if len(d.Contested) > 0 {
		b.label("brief.contested")
	}
	for _, c := range d.Contested {
		b.put("- " + b.say("brief.both-sides", "asks", b.capital(c.Asks), "for", b.told(c.For, factLimit), "against", b.told(c.Against, factLimit)) + b.cite(c.Source))
	}
	if len(d.Questions) > 0 {
		b.label("brief.not-known")
	}
	for _, q := range d.Questions {
		b.put("- " + b.say("brief.question", "asks", b.capital(q.Asks), "needs", q.Needs))
	}
}

// label heads a list, with a blank line above it whatever stands there.
func (b *brief) label(id string) {
	if !strings.HasSuffix(b.String(), "\n\n") {
		b.put("")
	}
	b.put(b.say(id), "")
}

// facts tells what a verdict rests on, safe to stand in a line of Markdown.
func (b *brief) facts(all []reformcycle.Fact) string { return prose(b.told(all, factLimit), whole) }

// told says the first of the facts in one sentence, and how many more there are.
func (b *brief) told(all []reformcycle.Fact, most int) string {
	says := draw.Each(all[:min(len(all), most)], func(f reformcycle.Fact) language.Text { return f.Says })
	if n := len(all) - most; n > 0 {
		says = append(says, language.Of("brief.more-on-record", "n", n))
	}
	if len(says) == 0 {
		return ""
	}
	return draw.Sentence(b.capital(language.Of("brief.each", "what", says)))
}
