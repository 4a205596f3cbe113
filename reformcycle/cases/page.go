package cases

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file writes cases and their diagnoses as a page of Markdown that people
// read. docs/cases.md is the page of the built-in ones.

// Page writes a page on cases that code a paper, in a language, nil for English: what it is
// and how it was made, a table of all of them against what the diagnosis finds, and a
// section for each. What a case says is written as it was typed.
//
// Errors: those of [Case.Cycle], and the writer's. Nothing is written before all
// cases are judged.
func Page(ctx context.Context, w io.Writer, l *language.Language, all []Case) error {
	if w == nil {
		return fault.Refuse("w", fault.Required, nil, language.Of("want.writer"))
	}
	p := page{l: l}
	p.line("# " + p.say("case.page") + "\n")
	p.paragraph("", "case.page-about")
	for _, id := range []string{"case.page-stories", "case.page-levels", "case.page-silent", "case.page-dates"} {
		p.paragraph("**"+p.say(id)+"** ", id+"-why")
	}
	p.line("## " + p.say("brief.sources") + "\n")
	for _, s := range looked(all) {
		p.line("- **" + plain(s.Key) + "**: " + p.say("case.publication", "citation", s.Citation, "link", s.Link, "seen", language.Built(s.Seen)))
	}
	p.line("\n## " + p.say("case.glance") + "\n")
	p.paragraph("", "case.glance-why")
	heads, rules := "|", "|"
	for _, id := range []string{"case.column-case", "case.column-troubles", "case.column-strengths", "case.column-beyond", "case.column-also", "case.column-questions"} {
		heads, rules = heads+" "+p.say(id)+" |", rules+"---|"
	}
	p.line(heads + "\n" + rules)
	sections := page{l: l}
	for _, c := range all {
		d, err := c.Diagnosis(ctx)
		if err != nil {
			return err
		}
		p.row(c, d)
		sections.section(c, d)
	}
	_, err := io.WriteString(w, p.String()+sections.String())
	return err
}

// page is a page or a part of it.
type page struct {
	strings.Builder
	l *language.Language
}

func (p *page) line(text string) { p.WriteString(text + "\n") }

// tell says a text so that Markdown takes it as text; say one of the texts of the page.
func (p *page) tell(t language.Text) string       { return plain(p.l.Say(t)) }
func (p *page) say(id string, args ...any) string { return p.tell(language.Of(id, args...)) }
func (p *page) typed(text string) string          { return p.tell(language.Built(text)) }

// paragraph is filled to lines that people read in an editor.
func (p *page) paragraph(lead, id string) {
	line := ""
	for word := range strings.FieldsFuncSeq(lead+p.say(id), breaks) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > 88 {
			p.line(line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	p.line(line + "\n")
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

// row writes one line of the table.
func (p *page) row(c Case, d reformcycle.Diagnosis) {
	compared := c.Compare(d)
	var troubles, strengths, beyond, also []string
	for _, claim := range compared.Confirmed {
		switch claim.As {
		case Trouble:
			troubles = append(troubles, p.name(claim.Judgement))
		case Strength:
			strengths = append(strengths, p.name(claim.Judgement))
		default:
			also = append(also, p.say("case.named", "as", claim.As.Told(), "what", p.name(claim.Judgement)))
		}
	}
	for _, claim := range compared.Missing {
		beyond = append(beyond, p.as(claim.As, p.typed(claim.Says)))
	}
	for _, b := range c.Beyond {
		beyond = append(beyond, p.as(b.As, p.typed(b.Says)))
	}
	for _, j := range compared.Also {
		also = append(also, p.as(j.As, p.name(j)))
	}
	p.line("| [" + p.typed(c.Country) + "](#" + c.ID + ")<br>" + p.typed(c.Title) + " | " + cell(troubles) + " | " + cell(strengths) + " | " +
		cell(beyond) + " | " + cell(also) + " | " + strconv.Itoa(len(d.Questions)) + " |")
}

// as says as what something is judged, before what is safe already.
func (p *page) as(as As, what string) string {
	return p.l.Say(language.Of("case.as", "as", as.Told(), "what", what))
}

// cell of the table: a dash where there is nothing.
func cell(lines []string) string {
	if len(lines) == 0 {
		return "—"
	}
	return strings.Join(lines, "<br>")
}

// name of a judgement for the table: what the diagnosis says, without its full stop.
func (p *page) name(j Judgement) string { return strings.TrimSuffix(p.says(j), ".") }

// says is what the diagnosis says for a judgement.
func (p *page) says(j Judgement) string {
	rule, _ := reformcycle.DiagnosisRules().Rule(j.Code)
	switch j.As {
	case Strength:
		return p.tell(language.Built(rule.Strength))
	case Contested:
		return p.say("case.contested", "asks", language.Built(rule.Asks))
	}
	return p.tell(language.Built(rule.Sentence))
}

// sentence of a judgement, with its rule.
func (p *page) sentence(j Judgement) string {
	rule, _ := reformcycle.DiagnosisRules().Rule(j.Code)
	if j.As != Trouble {
		return "*" + p.says(j) + " (`" + j.Code + "`)*"
	}
	return "*" + p.says(j) + " (`" + j.Code + "`, " + p.tell(rule.Severity.Told()) + ")*"
}

func (p *page) section(c Case, d reformcycle.Diagnosis) {
	p.line("\n<a id=\"" + c.ID + "\"></a>\n\n## " + p.say("case.title", "country", p.l.Say(language.Built(c.Country)), "title", p.l.Say(language.Built(c.Title))) + "\n")
	if b := c.Beginning; c.Paper != nil && b != nil {
		p.line(p.say("case.from", "key", c.Paper.Key, "stage", b.Stage.Told(), "when", b.When(), "says", p.l.Say(language.Built(b.Rests.Says)), "where", b.Rests.Where) + "\n")
	}
	p.line("| " + p.say("case.column-says") + " | " + p.say("case.column-where") + " | " + p.say("brief.when") + " | " + p.say("case.column-recorded") + " |\n|---|---|---|---|")
	for _, f := range c.Chapters {
		var recorded []string
		for _, change := range f.Changes {
			recorded = append(recorded, p.tell(Recorded(change)))
		}
		p.line("| " + p.typed(f.Says) + " | " + plain(f.Where) + " | " + p.tell(f.When()) + " | " + strings.Join(recorded, "<br>") + " |")
	}
	at := func(passage Passage) string { return p.typed(passage.Says) + " (" + plain(passage.Where) + ")" }
	p.list("case.claims", len(c.Claims), func(i int) string {
		claim := c.Claims[i]
		return p.as(claim.As, at(claim.Passage)) + " — " + p.sentence(claim.Judgement)
	})
	if len(c.Claims) == 0 {
		p.line("\n" + p.say("case.no-claim"))
	}
	p.list("case.beyond", len(c.Beyond), func(i int) string {
		b := c.Beyond[i]
		near := ""
		if b.Code != "" {
			near = " " + p.l.Say(language.Of("case.nearest", "rule", "`"+b.Code+"`"))
		}
		return p.as(b.As, at(b.Passage)) + " — " + p.typed(b.Why) + near
	})
	p.list("case.denies", len(c.Denies), func(i int) string {
		denied := c.Denies[i]
		return p.as(denied.As, p.sentence(denied.Judgement)) + " — " + at(denied.Passage)
	})
	p.list("case.beside", len(c.Also), func(i int) string {
		also := c.Also[i]
		return p.as(also.As, p.sentence(also.Judgement)) + " — " + p.typed(also.Why)
	})
	p.list("case.notes", len(c.Notes), func(i int) string { return p.typed(c.Notes[i]) })
	p.line("\n" + p.say("case.questions", "n", len(d.Questions)))
}

func (p *page) list(title string, n int, item func(int) string) {
	if n == 0 {
		return
	}
	p.line("\n" + p.say(title) + "\n")
	for i := range n {
		p.line("- " + item(i))
	}
}

var escapes = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "\r", " ", "\n", " ")

// plain writes text so that Markdown takes it as text, on one line.
func plain(s string) string { return escapes.Replace(strings.TrimSpace(s)) }
