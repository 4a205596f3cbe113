package cases

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file writes cases and their diagnoses as a page of Markdown that people
// read. docs/cases.md is the page of the built-in ones.

// template has the page's own words.
//
//go:embed page.md
var template string

// Page writes a page on cases that code a paper: what it is and how it was made, a
// table of all of them against what the diagnosis finds, and a section for each.
//
// Errors: those of [Case.Cycle], and the writer's. Nothing is written before all
// cases are judged.
func Page(ctx context.Context, w io.Writer, all []Case) error {
	if w == nil {
		return fault.Refuse("w", fault.Required, nil, "a writer")
	}
	var sources, table, sections page
	for _, s := range looked(all) {
		sources.line("- **%s**: %s %s. Seen: %s.", plain(s.Key), plain(s.Citation), plain(s.Link), plain(s.Seen))
	}
	for _, c := range all {
		d, err := c.Diagnosis(ctx)
		if err != nil {
			return fmt.Errorf("case %s: %w", c.ID, err)
		}
		table.row(c, d)
		sections.section(c, d)
	}
	_, err := strings.NewReplacer("{sources}", sources.String(), "{table}", table.String(), "{cases}", sections.String()).WriteString(w, template)
	return err
}

// looked are the sources of all, each once.
func looked(all []Case) (sources []assessment.Source) {
	for _, c := range all {
		for _, s := range c.listed() {
			if !slices.Contains(sources, s) {
				sources = append(sources, s)
			}
		}
	}
	return sources
}

// page is a part of it.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// row writes one line of the table.
func (p *page) row(c Case, d reformcycle.Diagnosis) {
	compared := c.Compare(d)
	var troubles, strengths, beyond, also []string
	for _, claim := range compared.Confirmed {
		switch claim.As {
		case Trouble:
			troubles = append(troubles, name(claim.Judgement))
		case Strength:
			strengths = append(strengths, name(claim.Judgement))
		default:
			also = append(also, "named, and "+string(claim.As)+": "+name(claim.Judgement))
		}
	}
	for _, claim := range compared.Missing {
		beyond = append(beyond, string(claim.As)+": "+plain(claim.Says))
	}
	for _, b := range c.Beyond {
		beyond = append(beyond, string(b.As)+": "+plain(b.Says))
	}
	for _, j := range compared.Also {
		also = append(also, string(j.As)+": "+name(j))
	}
	p.line("| [%s](#%s)<br>%s | %s | %s | %s | %s | %d |", plain(c.Country), c.ID, plain(c.Title),
		cell(troubles), cell(strengths), cell(beyond), cell(also), len(d.Questions))
}

// cell of the table: a dash where there is nothing.
func cell(lines []string) string {
	if len(lines) == 0 {
		return "—"
	}
	return strings.Join(lines, "<br>")
}

// name of a judgement for the table: what the diagnosis says, without its full stop.
func name(j Judgement) string { return strings.TrimSuffix(said(j), ".") }

// said is what the diagnosis says for a judgement.
func said(j Judgement) string {
	rule, _ := reformcycle.DiagnosisRules().Rule(j.Code)
	switch j.As {
	case Strength:
		return plain(rule.Strength)
	case Contested:
		return plain("It is contested " + rule.Asks + ".")
	}
	return plain(rule.Sentence)
}

// sentence of a judgement, with its rule.
func sentence(j Judgement) string {
	rule, _ := reformcycle.DiagnosisRules().Rule(j.Code)
	if j.As != Trouble {
		return said(j) + " (`" + j.Code + "`)"
	}
	return said(j) + " (`" + j.Code + "`, " + string(rule.Severity) + ")"
}

func (p *page) section(c Case, d reformcycle.Diagnosis) {
	p.line("\n<a id=\"%s\"></a>\n\n## %s: %s\n", c.ID, plain(c.Country), plain(c.Title))
	if b := c.Beginning; c.Paper != nil && b != nil {
		p.line("Source: %s. Recorded from %s on, %s: %s (%s)\n", plain(c.Paper.Key), b.Stage.Label(),
			plain(b.When()), plain(b.Rests.Says), plain(b.Rests.Where))
	}
	p.line("| What the paper says | Where | When | Recorded as |\n|---|---|---|---|")
	for _, f := range c.Chapters {
		var recorded []string
		for _, change := range f.Changes {
			recorded = append(recorded, plain(Recorded(change)))
		}
		p.line("| %s | %s | %s | %s |", plain(f.Says), plain(f.Where), plain(f.When()), strings.Join(recorded, "<br>"))
	}
	p.list("The paper names, and the diagnosis says", len(c.Claims), func(i int) string {
		claim := c.Claims[i]
		return fmt.Sprintf("%s: %s (%s) — *%s*", claim.As, plain(claim.Says), plain(claim.Where), sentence(claim.Judgement))
	})
	if len(c.Claims) == 0 {
		p.line("\nNo rule finds anything that the paper names: the diagnosis asks, and judges nothing of it.")
	}
	p.list("The paper names, and no rule finds", len(c.Beyond), func(i int) string {
		b := c.Beyond[i]
		near := ""
		if b.Code != "" {
			near = " Nearest rule: `" + b.Code + "`."
		}
		return fmt.Sprintf("%s: %s (%s) — %s%s", b.As, plain(b.Says), plain(b.Where), plain(b.Why), near)
	})
	p.list("The paper contradicts, and the diagnosis does not say", len(c.Denies), func(i int) string {
		denied := c.Denies[i]
		return fmt.Sprintf("%s: *%s* — %s (%s)", denied.As, sentence(denied.Judgement), plain(denied.Says), plain(denied.Where))
	})
	p.list("The diagnosis says beside", len(c.Also), func(i int) string {
		also := c.Also[i]
		return fmt.Sprintf("%s: *%s* — %s", also.As, sentence(also.Judgement), plain(also.Why))
	})
	p.list("Left out, and how it was read", len(c.Notes), func(i int) string { return plain(c.Notes[i]) })
	p.line("\nOpen questions: %d.", len(d.Questions))
}

func (p *page) list(title string, n int, item func(int) string) {
	if n == 0 {
		return
	}
	p.line("\n%s:\n", title)
	for i := range n {
		p.line("- %s", item(i))
	}
}

var escapes = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "\r", " ", "\n", " ")

// plain writes text so that Markdown takes it as text, on one line.
func plain(s string) string { return escapes.Replace(strings.TrimSpace(s)) }
