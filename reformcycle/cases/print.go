package cases

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file prints a walk for people.

// Printer writes a walk as a page that people read: what happened when, every
// move, what was blocked and what cleared it. Its first error is kept and
// returned by Close.
type Printer struct {
	w   io.Writer
	err error
	// waiting are the guards that stood before the last refused move.
	waiting []reformcycle.Blocker
	// debts are those of the chapter before; a cycle never drops one.
	debts []reformcycle.Debt
}

// NewPrinter prints to a writer.
func NewPrinter(w io.Writer) *Printer { return &Printer{w: w} }

// Close returns the first error of the writer.
func (p *Printer) Close() error { return p.err }

// Title prints what the walk is about.
func (p *Printer) Title(c Case) {
	title := c.Country + ": " + c.Title
	p.line(title)
	p.line(strings.Repeat("=", utf8.RuneCountInString(title)))
	p.line("")
	p.text("", "Chapters marked documented can be looked up; chapters marked illustrative are assumed, for this walk and not as findings. Moves between the stages are our reading of both.")
}

// Chapter prints one chapter as it was told, and returns the first error of the
// writer: it is made to be handed to [Case.Tell].
func (p *Printer) Chapter(t Telling) error {
	p.line("")
	p.line(fmt.Sprintf("%d. %s (%s)", t.Number, t.Chapter.When(), t.Chapter.Basis))
	p.text("   ", t.Chapter.Says)
	if t.Chapter.Basis == assessment.Documented {
		p.text("   ", "Source: "+strings.Join(t.Chapter.Sources, ", ")+".")
	}
	if recorded := counted(t.Chapter.Changes); recorded != "" && t.Refused == nil {
		p.text("   ", "Recorded: "+recorded+".")
	}
	if t.Chapter.Basis == assessment.Documented {
		p.rated(t)
	}
	p.cleared(t.After)
	p.settled(t.After)
	if t.Refused != nil {
		p.move("BLOCKED", destination(t.Refused.Move, t.Refused.From, t.Refused.To))
		p.Blockers(t.Refused.Blockers)
		p.waiting = t.Refused.Blockers
		return p.err
	}
	for _, change := range t.Chapter.Changes {
		if move, is := change.(reformcycle.Move); is {
			p.moved(move, t)
		}
	}
	return p.err
}

// rated prints the ratings of a documented chapter, one by one; of assumed ones
// the count is enough.
func (p *Printer) rated(t Telling) {
	for _, change := range t.Chapter.Changes {
		rate, ok := change.(reformcycle.Rate)
		if !ok {
			continue
		}
		c, _ := t.After.Checklist().Criterion(rate.Criterion)
		text := "Rated " + worded(rate.Level)
		if had, _ := t.Before.Level(rate.Criterion); had != assessment.Unknown && had != rate.Level {
			text += ", was " + worded(had)
		}
		p.item(text + ": " + c.Text)
	}
}

// cleared prints the guards that stood before the last refused move and are met
// now.
func (p *Printer) cleared(now reformcycle.State) {
	p.waiting = slices.DeleteFunc(slices.Clone(p.waiting), func(b reformcycle.Blocker) bool {
		met := met(now, b.Guard)
		if met {
			p.item("Cleared: " + b.Text)
		}
		return met
	})
}

// settled prints the readiness debt that the last change settled.
func (p *Printer) settled(now reformcycle.State) {
	debts := now.Debts()
	for i := range min(len(p.debts), len(debts)) {
		if p.debts[i].Open() && !debts[i].Open() {
			p.item("Debt settled: " + guardText(now, debts[i].Guard))
		}
	}
	p.debts = debts
}

// guardText says what a guard asks for.
func guardText(s reformcycle.State, guard string) string {
	if guard == reformcycle.CoalitionVeto {
		return "No actor whose refusal alone blocks may oppose."
	}
	c, _ := s.Checklist().Criterion(guard)
	return c.Text
}

// met reports whether a guard is met, the coalition's veto among them.
func met(s reformcycle.State, guard string) bool {
	if guard == reformcycle.CoalitionVeto {
		return !s.Actors().HasVetoOpponent()
	}
	c, known := s.Checklist().Criterion(guard)
	level, _ := s.Level(guard)
	return known && c.Met(level)
}

// moved prints a move that was made.
func (p *Printer) moved(move reformcycle.Move, t Telling) {
	from, to := t.Before.Standing(), t.After.Standing()
	switch move := move.(type) {
	case reformcycle.Advance:
		if move.Override == (reformcycle.Override{}) {
			p.move("ADVANCE", destination(reformcycle.MoveAdvance, from, to))
			return
		}
		p.move("ADVANCE BY OVERRIDE", destination(reformcycle.MoveOverride, from, to))
		p.owed(t.After)
		p.waiting = nil
	case reformcycle.Renew:
		p.move("RENEW", destination(reformcycle.MoveRenew, from, to))
	case reformcycle.Revisit:
		p.move("REVISIT", destination(reformcycle.MoveRevisit, from, to)+". "+move.Reason)
	case reformcycle.Suspend:
		p.move("SUSPEND", "held at "+to.Stage.Label()+". "+move.Reason)
	case reformcycle.Resume:
		p.move("RESUME", "at "+to.Stage.Label()+". "+move.Reason)
	case reformcycle.Abandon:
		p.move("ABANDON", move.Reason)
	}
}

// destination says from where a move leads to where.
func destination(move reformcycle.MoveName, from, to reformcycle.Standing) string {
	if move == reformcycle.MoveRenew {
		return fmt.Sprintf("%s → %s, on a new lap", from.Stage.Label(), to.Stage.Label())
	}
	return from.Stage.Label() + " → " + to.Stage.Label()
}

// Blockers prints what stands before a move, and what to do about each guard.
func (p *Printer) Blockers(blockers []reformcycle.Blocker) {
	p.line("   Blocked:")
	for _, b := range blockers {
		p.item(strings.TrimSuffix(b.Text, ".") + ". " + shortfall(b))
		p.text("     ", "Remedy: "+b.Remedy)
	}
}

// shortfall says what a blocker lacks.
func shortfall(b reformcycle.Blocker) string {
	if unsaid := b.Unsaid(); unsaid != "" {
		b.Silent = nil
		return shortfall(b) + " T" + unsaid[1:] + "."
	}
	switch {
	case len(b.Missing) > 0:
		return "Missing: " + strings.Join(b.Missing, "; ") + "."
	case len(b.Actors) > 0:
		return "In the way: " + strings.Join(b.Actors, ", ") + "."
	case b.Have == assessment.Unknown:
		return "Not rated yet."
	default:
		return "It is " + worded(b.Have) + " and has to be " + worded(b.Need) + "."
	}
}

// owed prints the readiness debt that is owed: what was unmet when a stage was
// left all the same.
func (p *Printer) owed(s reformcycle.State) {
	owed := s.OpenDebts()
	if len(owed) == 0 {
		p.line("   Readiness debt: none.")
		return
	}
	p.line("   Readiness debt:")
	for _, d := range owed {
		level, _ := s.Level(d.Guard)
		state := "it is " + worded(level)
		switch {
		case d.Guard == reformcycle.CoalitionVeto:
			state = "one does"
		case level == assessment.Unknown:
			state = "it is not rated"
		}
		p.item(fmt.Sprintf("%s Owed since %s; %s.", guardText(s, d.Guard), s.When(d.Entry, d.Since).Words(), state))
	}
}

// Standing prints where a cycle stands: its stages, its debt, what blocks it,
// what to do next, and on what the ratings rest.
func (p *Printer) Standing(s reformcycle.State, c Case) {
	p.line("")
	p.line("Where it stands")
	p.line("---------------")
	p.line("")
	where := fmt.Sprintf("Lap %d, %s, %s.", s.Lap(), s.Stage().Label(), s.Status())
	if s.Held() != "" {
		where = strings.TrimSuffix(where, ".") + ": " + s.Held()
	}
	p.text("   ", where)
	p.line("")
	p.line("   Required criteria met, stage by stage, on this lap:")
	for stage := range reformcycle.Stages() {
		t := s.Tally(stage)
		line := fmt.Sprintf("     %-25s %d of %d", stage.Label(), t.Met, t.Met+t.Unmet+t.Unknown)
		if t.Unknown > 0 {
			line += fmt.Sprintf(", %d not rated", t.Unknown)
		}
		p.line(line)
	}
	for _, lap := range s.Laps() {
		p.line("")
		_, illustrative := bases(lap.Ratings)
		p.text("   ", fmt.Sprintf("Lap %d is over, with %d of %d required criteria met; %d of its %d ratings are illustrative, so this says nothing of how well the reform did.",
			lap.Number, lap.Met, lap.Required, illustrative, len(lap.Ratings)))
	}
	if len(s.Debts()) > 0 {
		p.line("")
		p.owed(s)
	}
	if blockers := s.Blockers(); len(blockers) > 0 && s.Status() != reformcycle.Abandoned {
		p.line("")
		p.Blockers(blockers)
	}
	if actions := s.NextActions(); len(actions) > 0 {
		p.line("")
		p.line("   Next actions:")
		for _, a := range actions[:min(len(actions), 5)] {
			p.item(a.Do + urgencies[a.Urgency] + who(a))
		}
	}
	p.diagnosis(s.Diagnose())
	p.line("")
	ratings := s.Ratings()
	for _, lap := range s.Laps() {
		ratings = append(ratings, lap.Ratings...)
	}
	documented, illustrative := bases(ratings)
	told := 0
	for _, chapter := range c.Chapters {
		if chapter.Basis == assessment.Documented {
			told++
		}
	}
	p.text("   ", fmt.Sprintf("Of %d chapters %d are documented and %d illustrative. Of %d ratings on record %d rest on documented facts and %d are illustrative: assumptions, made so that the walk has no gaps, and no findings about %s. Where the facts are documented the level is still our reading of them. Positions, powers and scores are all illustrative.",
		len(c.Chapters), told, len(c.Chapters)-told, documented+illustrative, documented, illustrative, s.Country()))
}

// diagnosis prints what is wrong and what is contested, each with the first fact
// behind it, and names what is right.
func (p *Printer) diagnosis(d reformcycle.Diagnosis) {
	if len(d.Findings) > 0 {
		p.line("")
		p.line("   What is wrong, by the record of this walk:")
		for _, f := range d.Findings {
			p.item(fmt.Sprintf("%s (%s)%s", f.Sentence, f.Severity, first(f.Facts)))
		}
	}
	if len(d.Strengths) > 0 {
		p.line("")
		p.line("   What is right:")
		for _, s := range d.Strengths {
			p.item(s.Sentence)
		}
	}
	if len(d.Contested) > 0 {
		p.line("")
		p.line("   Contested:")
		for _, c := range d.Contested {
			p.item(fmt.Sprintf("%s? For it:%s Against it:%s", capital(c.Asks), first(c.For), first(c.Against)))
		}
	}
}

// first tells the first fact behind a verdict; a host's rule may give none.
func first(facts []reformcycle.Fact) string {
	if len(facts) == 0 {
		return ""
	}
	return " " + capital(facts[0].Says) + "."
}

// capital makes the first letter a capital.
func capital(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

var urgencies = map[reformcycle.Urgency]string{
	reformcycle.ClearsBlocker: "",
	reformcycle.SettlesDebt:   " Settles readiness debt.",
	reformcycle.Advised:       " Advised.",
}

// Sources prints what the keys of the sources stand for.
func (p *Printer) Sources(c Case) {
	p.line("")
	p.line("Sources")
	p.line("-------")
	p.line("")
	for _, s := range c.listed() {
		p.item(s.Key + ": " + cited(s))
	}
}

// who names those who could do an action.
func who(a reformcycle.Action) string {
	if len(a.Who) == 0 {
		return ""
	}
	names := make([]string, 0, 2)
	for _, candidate := range a.Who[:min(len(a.Who), 2)] {
		names = append(names, candidate.Name)
	}
	return " Who could: " + strings.Join(names, "; ") + "."
}

// bases counts ratings by their basis.
func bases(ratings []assessment.Rating) (documented, illustrative int) {
	for _, r := range ratings {
		if r.Evidence.Basis == assessment.Documented {
			documented++
		} else {
			illustrative++
		}
	}
	return documented, illustrative
}

// The lines. A page is 80 wide.

func (p *Printer) line(text string) {
	switch {
	case p.err != nil:
	case p.w == nil:
		p.err = fault.Refuse("w", fault.Required, nil, "a writer")
	default:
		_, p.err = fmt.Fprintln(p.w, text)
	}
}

func (p *Printer) move(what, where string) {
	p.line("")
	p.text("   ", ">>> "+what+": "+where)
}

func (p *Printer) item(text string) { p.wrap("   - ", "     ", text) }

func (p *Printer) text(indent, text string) { p.wrap(indent, indent, text) }

func (p *Printer) wrap(first, rest, text string) {
	const width = 80
	line := first
	empty := true
	for word := range strings.FieldsSeq(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			p.line(line)
			line, empty = rest, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	p.line(line)
}
