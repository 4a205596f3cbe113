package cases

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
)

// This file writes cases and their diagnoses as a page of Markdown that people
// read. docs/cases.md is the page of the built-in ones.

// Page writes a page on cases: what it is and how it was made, a table of all of
// them against what the diagnosis finds, and a section for each.
//
// Errors: those of Case.Cycle, and the writer's. Nothing is written before all
// cases are judged.
func Page(ctx context.Context, w io.Writer, all []Case) error {
	p := page{rules: reformcycle.DiagnosisRules()}
	p.line(`# The case library

Published stories of national programmes of community health workers, and what the
diagnosis of this library makes of them. Each story is coded as a state of the
reform cycle: only what its paper says, sentence by sentence, in our own words, with
the place in the paper. The built-in rules of the diagnosis then judge that state,
and what they find is held against what the paper itself names as trouble or as a
strength. It is an example of how to code a story, and a test that a change of the
rules has to pass. It is no independent proof of them, since some rules were corrected
where these stories spoke against them. And it is no judgement of a country: it holds
no more than a paragraph or two of one paper on each, told at one time.

**Thirteen stories, twelve countries.** The paper afzal2021 tells of twelve countries,
and of India twice, of two programmes with two ends. Each is a case here. The paper
uddin2021 adds a pilot in one district of Bangladesh.

**Levels are our reading.** The papers praise and blame in words; where such words
are recorded as a level, the step from the word to the level is ours. We read what
they hold up as a model or as exemplary as highly functional; what they call strong,
close or careful, or tell of as working, as functional; what is weak, limited or
difficult as partially functional; what is lacking, minimal or failed as
non-functional. The stage at which a story is recorded is our reading too, and so is
the choice of the rule that stands for a sentence: a rule's sentence may say more than
the paper's, as where fragments are told of and overlaps are not.

**What is silent is not absent.** Most rules need more than a paper tells; they ask
instead of judging. The last column of the table counts these open questions.

## Sources
`)
	p.sources(all)
	p.line(`
## The cases at a glance

Found: named by the paper, and found by the diagnosis, in whose words it stands here.
Not found: named by the paper, and found by no rule; the section of the case says
why. A dash is for none: of such a case the paper names nothing that a rule judges, or
the diagnosis only asks. Beside: found by the diagnosis, and neither named nor
contradicted by the paper; the section says what it rests on.

| Case | Trouble found | Strengths found | Named, not found | Found beside | Open questions |
|---|---|---|---|---|---|`)
	diagnoses := make([]reformcycle.Diagnosis, len(all))
	for i, c := range all {
		var err error
		if diagnoses[i], err = c.Diagnosis(ctx); err != nil {
			return fmt.Errorf("case %s: %w", c.ID, err)
		}
		p.row(c, diagnoses[i])
	}
	for i, c := range all {
		p.section(c, diagnoses[i])
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

type page struct {
	b     strings.Builder
	rules reformcycle.Rules
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

func (p *page) sources(all []Case) {
	var seen []assessment.Source
	for _, c := range all {
		if !slices.Contains(seen, c.Source) {
			seen = append(seen, c.Source)
			p.line("- **%s**: %s %s. Seen: %s.", plain(c.Source.Key), plain(c.Source.Citation), plain(c.Source.Link), plain(c.Source.Seen))
		}
	}
}

// row writes one line of the table.
func (p *page) row(c Case, d reformcycle.Diagnosis) {
	compared := c.Compare(d)
	var troubles, strengths, beyond, also []string
	for _, claim := range compared.Confirmed {
		if claim.As == Trouble {
			troubles = append(troubles, p.name(claim.Judgement))
		} else {
			strengths = append(strengths, p.name(claim.Judgement))
		}
	}
	for _, claim := range compared.Missing {
		beyond = append(beyond, string(claim.As)+": "+plain(claim.Says))
	}
	for _, b := range c.Beyond {
		beyond = append(beyond, string(b.As)+": "+plain(b.Says))
	}
	for _, j := range compared.Also {
		also = append(also, string(j.As)+": "+p.name(j))
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
func (p *page) name(j Judgement) string {
	rule, _ := p.rules.Rule(j.Code)
	if j.As == Strength {
		return plain(strings.TrimSuffix(rule.Strength, "."))
	}
	return plain(strings.TrimSuffix(rule.Sentence, "."))
}

// sentence of a judgement, as the diagnosis says it.
func (p *page) sentence(j Judgement) string {
	rule, _ := p.rules.Rule(j.Code)
	if j.As == Strength {
		return plain(rule.Strength) + " (`" + j.Code + "`)"
	}
	return plain(rule.Sentence) + " (`" + j.Code + "`, " + string(rule.Severity) + ")"
}

func (p *page) section(c Case, d reformcycle.Diagnosis) {
	p.line("\n<a id=\"%s\"></a>\n\n## %s: %s\n", c.ID, plain(c.Country), plain(c.Title))
	p.line("Source: %s. Recorded from %s on, %s: %s (%s)\n", plain(c.Source.Key), c.Begin.Stage.Label(),
		plain(c.Begin.Precision), plain(c.Begin.Rests.Says), plain(c.Begin.Rests.Where))
	p.line("| What the paper says | Where | When | Recorded as |\n|---|---|---|---|")
	for _, f := range c.Facts {
		var recorded []string
		for _, change := range f.Changes {
			recorded = append(recorded, plain(Recorded(change)))
		}
		p.line("| %s | %s | %s | %s |", plain(f.Says), plain(f.Where), plain(f.Precision), strings.Join(recorded, "<br>"))
	}
	p.list("The paper names, and the diagnosis says", len(c.Claims), func(i int) string {
		claim := c.Claims[i]
		return fmt.Sprintf("%s: %s (%s) — *%s*", claim.As, plain(claim.Says), plain(claim.Where), p.sentence(claim.Judgement))
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
		return fmt.Sprintf("%s: *%s* — %s (%s)", denied.As, p.sentence(denied.Judgement), plain(denied.Says), plain(denied.Where))
	})
	p.list("The diagnosis says beside", len(c.Also), func(i int) string {
		also := c.Also[i]
		return fmt.Sprintf("%s: *%s* — %s", also.As, p.sentence(also.Judgement), plain(also.Why))
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

// Recorded says in a few words what a change records.
func Recorded(change reformcycle.Change) string {
	switch c := change.(type) {
	case reformcycle.Rate:
		return "rating: " + c.Criterion + " is " + strings.ReplaceAll(c.Level.String(), "ly-functional", "ly functional")
	case reformcycle.EngageActor:
		a := c.Actor
		standing := []string{a.Constituency.Label(), "outside"}
		if a.Member {
			standing[1] = "member"
		}
		for _, role := range a.Roles {
			standing = append(standing, role.Label())
		}
		if a.Position.Known() {
			standing = append(standing, a.Position.Band().Label())
		}
		return "actor: " + a.Name + " (" + strings.Join(standing, ", ") + ")"
	case reformcycle.FrameProblem:
		return "problem: " + c.Problem.Statement
	case reformcycle.OpenWindow:
		return "window of opportunity: " + c.Window.What
	case reformcycle.ProposeSolution:
		return "option, " + string(c.Solution.Origin) + ": " + c.Solution.Name
	case reformcycle.RecordPilot:
		return "pilot of " + c.Solution + ": " + strings.ReplaceAll(string(c.Pilot.Finding), "-", " ")
	case reformcycle.ChooseSolution:
		return "choice of " + c.Solution
	case reformcycle.PlanRollout:
		return "rollout phase: " + c.Phase.Name
	case reformcycle.ReportRollout:
		return fmt.Sprintf("rollout report: %d deployed", c.Deployed)
	case reformcycle.HoldReview:
		return "review, " + string(c.Review.Tier) + ": " + c.Review.Name
	case reformcycle.Adapt:
		return "adaptation: " + c.Adaptation.What
	case reformcycle.SurveyProgrammes:
		return surveyed(c.Survey.Landscape)
	case reformcycle.Advance:
		if c.Override != (reformcycle.Override{}) {
			return "advance by override: " + c.Override.Reason
		}
	case reformcycle.Abandon:
		return "abandonment: " + c.Reason
	}
	return strings.ReplaceAll(string(change.Kind()), "-", " ")
}

func surveyed(l landscape.Landscape) string {
	var parts []string
	for _, n := range []struct {
		n    int
		noun string
	}{{len(l.Programmes), "programme"}, {len(l.Cadres), "cadre"}} {
		switch n.n {
		case 0:
		case 1:
			parts = append(parts, "1 "+n.noun)
		default:
			parts = append(parts, fmt.Sprintf("%d %ss", n.n, n.noun))
		}
	}
	for _, s := range l.Statements {
		answer := landscape.No
		if s.Holds {
			answer = landscape.Yes
		}
		about := ""
		if s.About != "" {
			about = " (" + s.About + ")"
		}
		parts = append(parts, fmt.Sprintf("%s: %s%s, for: %s", strings.ReplaceAll(string(s.Aspect), "-", " "), answer, about, s.Evidence.What))
	}
	return "survey of programmes: " + strings.Join(parts, "; ")
}
