package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
)

const factLimit = 12

// Diagnosis tells a diagnosis in Markdown, grouped by the headings of the policy
// triangle: what is wrong and what to do about it, what is right, where the record
// holds evidence for both, and what would have to be known to say more. Each statement carries the keys of its sources;
// the rules that the diagnosis was made by have them in full.
func Diagnosis(w io.Writer, d reformcycle.Diagnosis, rules reformcycle.Rules) error {
	b := &brief{}
	b.put("# What is wrong, what is right\n")
	b.put("%s · judged on %s by %s", name(d.Cycle), day(d.At), name(d.Rules))
	for _, h := range reformcycle.Headings() {
		part := d.Under(h)
		if part.Silent() {
			continue
		}
		b.section(draw.Capital(string(h)))
		b.verdicts(part)
	}
	if d.Silent() {
		b.put("\nNo rule has anything to say yet.")
	}
	b.section("Sources")
	b.sources(rules.Source)
	return draw.Write(w, b.String())
}

// judged is the annex of the brief.
func (b *brief) judged() {
	b.annex(ofDiagnosis, "What is wrong, what is right, what is not known")
	d := b.diagnosis
	if d.Silent() {
		b.put("No rule of the diagnosis has anything to say yet.")
		return
	}
	if len(d.Findings) == 0 {
		b.put("No rule of the diagnosis finds anything wrong in what is recorded.\n")
	}
	b.verdicts(d)
}

func (b *brief) verdicts(d reformcycle.Diagnosis) {
	for _, f := range d.Findings {
		b.put("- **%s** *%s.* %s%s%s", said(f.Sentence), draw.Capital(string(f.Severity)), facts(f.Facts), b.remedy(f.Remedy), b.cite(f.Source))
	}
	b.strengths(d)
	b.contested(d)
	if len(d.Questions) > 0 {
		b.label("Not known:")
	}
	for _, q := range d.Questions {
		b.put("- %s. To know it: %s", draw.Capital(prose(q.Asks, whole)), said(strings.Join(q.Needs, "; ")))
	}
}

func (b *brief) strengths(d reformcycle.Diagnosis) {
	if len(d.Strengths) == 0 {
		return
	}
	b.label("What is right:")
	for _, s := range d.Strengths {
		b.put("- %s %s%s", said(s.Sentence), facts(s.Facts), b.cite(s.Source))
	}
}

// contested tells both sides, as the question that they raise.
func (b *brief) contested(d reformcycle.Diagnosis) {
	if len(d.Contested) == 0 {
		return
	}
	b.label("Contested, for the record speaks for both sides:")
	for _, c := range d.Contested {
		b.put("- %s? For it: %s Against it: %s%s", draw.Capital(prose(c.Asks, whole)), facts(c.For), facts(c.Against), b.cite(c.Source))
	}
}

// label heads a list, with a blank line above it whatever stands there.
func (b *brief) label(text string) {
	if !strings.HasSuffix(b.String(), "\n\n") {
		b.put("")
	}
	b.put("%s\n", text)
}

func facts(all []reformcycle.Fact) string {
	told := draw.Each(all[:min(len(all), factLimit)], func(f reformcycle.Fact) string { return prose(f.Says, whole) })
	if n := len(all) - factLimit; n > 0 {
		told = append(told, fmt.Sprintf("%d more on record", n))
	}
	return draw.Sentence(draw.Capital(strings.Join(told, "; ")))
}
