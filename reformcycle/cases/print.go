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
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file prints a walk for people.

// Printer writes a walk as a page that people read: what happened when, every
// move, what was blocked and what cleared it. Its first error is kept and
// returned by Close.
type Printer struct {
	w   io.Writer
	l   *language.Language
	err error
	// waiting are the guards that stood before the last refused move.
	waiting []reformcycle.Blocker
	// actors are those who are known by the chapter that was told last.
	actors stakeholders.Roster
	// debts are those of the chapter before; a cycle never drops one.
	debts []reformcycle.Debt
}

// NewPrinter prints to a writer in a language, nil for English. What a case says is
// printed as it was typed.
func NewPrinter(w io.Writer, l *language.Language) *Printer { return &Printer{w: w, l: l} }

func (p *Printer) say(id string, args ...any) string { return p.l.Say(language.Of(id, args...)) }

// Close returns the first error of the writer.
func (p *Printer) Close() error { return p.err }

// Title prints what the walk is about.
func (p *Printer) Title(c Case) {
	title := p.say("case.title", "country", p.l.Say(language.Built(c.Country)), "title", p.l.Say(language.Built(c.Title)))
	p.line(title)
	p.line(strings.Repeat("=", utf8.RuneCountInString(title)))
	p.line("")
	p.text("", p.say("case.intro"))
}

// Chapter prints one chapter as it was told, and returns the first error of the
// writer: it is made to be handed to [Case.Tell].
func (p *Printer) Chapter(t Telling) error {
	p.actors = t.After.Actors()
	p.line("")
	p.line(p.say("case.chapter", "n", t.Number, "when", t.Chapter.When(), "basis", t.Chapter.Basis.Told()))
	p.text("   ", p.l.Say(language.Built(t.Chapter.Says)))
	if t.Chapter.Basis == assessment.Documented {
		p.text("   ", p.say("case.source", "keys", t.Chapter.Sources))
	}
	if what := recorded(t.Chapter.Changes); what != nil && t.Refused == nil {
		p.text("   ", p.say("case.recorded", "what", what))
	}
	if t.Chapter.Basis == assessment.Documented {
		p.rated(t)
	}
	p.cleared(t.After)
	p.settled(t.After)
	if t.Refused != nil {
		p.moved("blocked", t.Refused.Move, t.Refused.From, t.Refused.To, "")
		p.Blockers(t.Refused.Blockers)
		p.waiting = t.Refused.Blockers
		return p.err
	}
	for _, change := range t.Chapter.Changes {
		if move, is := change.(reformcycle.Move); is {
			p.made(move, t)
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
		args := []any{"level", rate.Level.Told(), "criterion", language.Built(c.Text)}
		if had, _ := t.Before.Level(rate.Criterion); had != assessment.Unknown && had != rate.Level {
			p.item(p.say("case.rated-anew", append(args, "was", had.Told())...))
		} else {
			p.item(p.say("case.rated", args...))
		}
	}
}

// cleared prints the guards that stood before the last refused move and are met
// now.
func (p *Printer) cleared(now reformcycle.State) {
	p.waiting = slices.DeleteFunc(slices.Clone(p.waiting), func(b reformcycle.Blocker) bool {
		met := met(now, b.Guard)
		if met {
			p.item(p.say("case.cleared", "criterion", asked(now, b.Guard)))
		}
		return met
	})
}

// settled prints the readiness debt that the last change settled.
func (p *Printer) settled(now reformcycle.State) {
	debts := now.Debts()
	for i := range min(len(p.debts), len(debts)) {
		if p.debts[i].Open() && !debts[i].Open() {
			p.item(p.say("case.settled", "criterion", asked(now, debts[i].Guard)))
		}
	}
	p.debts = debts
}

// asked is what a guard asks for.
func asked(s reformcycle.State, guard string) language.Text {
	c, known := s.Checklist().Criterion(guard)
	if !known {
		return language.Of("brief.veto")
	}
	return language.Built(c.Text)
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

// made prints a move that was made.
func (p *Printer) made(move reformcycle.Move, t Telling) {
	from, to := t.Before.Standing(), t.After.Standing()
	switch move := move.(type) {
	case reformcycle.Advance:
		if move.Override == (reformcycle.Override{}) {
			p.moved("advanced", reformcycle.MoveAdvance, from, to, "")
			return
		}
		p.moved("overridden", reformcycle.MoveOverride, from, to, "")
		p.owed(t.After)
		p.waiting = nil
	case reformcycle.Renew:
		p.moved("renewed", reformcycle.MoveRenew, from, to, "")
	case reformcycle.Revisit:
		p.moved("revisited", reformcycle.MoveRevisit, from, to, move.Reason)
	case reformcycle.Suspend:
		p.moved("suspended", reformcycle.MoveSuspend, from, to, move.Reason)
	case reformcycle.Resume:
		p.moved("resumed", reformcycle.MoveResume, from, to, move.Reason)
	case reformcycle.Abandon:
		p.moved("abandoned", reformcycle.MoveAbandon, from, to, move.Reason)
	}
}

// moved sets a move off: what it was, from where it leads to where, and why it was made.
func (p *Printer) moved(how string, move reformcycle.MoveName, from, to reformcycle.Standing, why string) {
	id := "case." + how
	if how == "blocked" && move == reformcycle.MoveRenew {
		id = "case.renewal-blocked"
	}
	p.line("")
	p.text("   ", ">>> "+p.say(id, "from", from.Stage.Told(), "to", to.Stage.Told(), "why", why))
}

// Blockers prints what stands before a move, and what to do about each guard.
func (p *Printer) Blockers(blockers []reformcycle.Blocker) {
	p.line("   " + p.say("case.blockers"))
	for _, b := range blockers {
		p.item(sentence(p.l.Say(b.Text)) + " " + p.shortfall(b))
		p.text("     ", p.say("case.remedy", "what", b.Remedy))
	}
}

// shortfall says what a blocker lacks.
func (p *Printer) shortfall(b reformcycle.Blocker) string {
	text := ""
	switch {
	case len(b.Missing) > 0:
		text = p.say("brief.missing", "what", b.Missing)
	case len(b.Actors) > 0:
		who := make([]string, len(b.Actors))
		for i, id := range b.Actors {
			who[i] = id
			if a, known := p.actors.Actor(id); known {
				who[i] = a.Name
			}
		}
		text = p.say("brief.in-the-way", "who", who)
	case b.Have == assessment.Unknown:
		text = p.say("brief.not-rated", "need", b.Need.Told())
	default:
		text = p.say("brief.now", "have", b.Have.Told(), "need", b.Need.Told())
	}
	if len(b.Silent) > 0 {
		topics := make([]language.Text, len(b.Silent))
		for i, topic := range b.Silent {
			topics[i] = topic.Told()
		}
		text += " " + p.say("brief.silent", "topics", topics)
	}
	return text
}

// owed prints the readiness debt that is owed: what was unmet when a stage was
// left all the same.
func (p *Printer) owed(s reformcycle.State) {
	owed := s.OpenDebts()
	if len(owed) == 0 {
		p.line("   " + p.say("case.no-debt"))
		return
	}
	p.line("   " + p.say("case.debt"))
	for _, d := range owed {
		level, _ := s.Level(d.Guard)
		args := []any{"since", s.When(d.Entry, d.Since).String()}
		text := p.say("case.owed", append(args, "level", level.Told())...)
		switch {
		case d.Guard == reformcycle.CoalitionVeto:
			text = p.say("case.owed-veto", args...)
		case level == assessment.Unknown:
			text = p.say("case.owed-unrated", args...)
		}
		p.item(sentence(p.l.Say(asked(s, d.Guard))) + " " + text)
	}
}

// sentence ends a text with a full stop where it has none.
func sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return text
	}
	return text + "."
}

// Standing prints where a cycle stands: its stages, its debt, what blocks it,
// what to do next, and on what the ratings rest.
func (p *Printer) Standing(s reformcycle.State, c Case) {
	p.actors = s.Actors()
	p.line("")
	p.heading("case.standing")
	args := []any{"lap", s.Lap(), "stage", s.Stage().Told(), "status", s.Status().Told()}
	if s.Held() != "" {
		p.text("   ", p.say("case.held", append(args, "why", sentence(s.Held()))...))
	} else {
		p.text("   ", p.say("case.at", args...))
	}
	p.line("")
	p.text("   ", p.say("case.met-by-stage"))
	widest := 0
	for stage := range reformcycle.Stages() {
		widest = max(widest, utf8.RuneCountInString(p.l.Say(stage.Told())))
	}
	for stage := range reformcycle.Stages() {
		t, name := s.Tally(stage), p.l.Say(stage.Told())
		line := "     " + name + strings.Repeat(" ", widest-utf8.RuneCountInString(name)+2) + p.say("brief.of", "n", t.Met, "total", t.Met+t.Unmet+t.Unknown)
		if t.Unknown > 0 {
			line += " " + p.say("case.unrated", "n", t.Unknown)
		}
		p.line(line)
	}
	for _, lap := range s.Laps() {
		p.line("")
		_, illustrative := bases(lap.Ratings)
		p.text("   ", p.say("case.lap-over", "lap", lap.Number, "met", lap.Met, "required", lap.Required, "n", illustrative, "total", len(lap.Ratings)))
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
		p.line("   " + p.say("case.actions"))
		for _, a := range actions[:min(len(actions), 5)] {
			text := sentence(p.l.Say(a.Do))
			if id := urgencies[a.Urgency]; id != "" {
				text += " " + p.say(id)
			}
			p.item(text + p.who(a))
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
	p.text("   ", p.say("case.basis", "chapters", len(c.Chapters), "told", told, "assumed", len(c.Chapters)-told,
		"ratings", documented+illustrative, "documented", documented, "illustrative", illustrative, "country", p.l.Say(language.Built(s.Country()))))
}

// diagnosis prints what is wrong and what is contested, each with the first fact
// behind it, and names what is right.
func (p *Printer) diagnosis(d reformcycle.Diagnosis) {
	if len(d.Findings) > 0 {
		p.line("")
		p.line("   " + p.say("case.wrong"))
		for _, f := range d.Findings {
			p.item(p.say("case.finding", "finding", sentence(p.l.Say(f.Sentence)), "severity", f.Severity.Told(), "fact", p.first(f.Facts)))
		}
	}
	if len(d.Strengths) > 0 {
		p.line("")
		p.line("   " + p.say("brief.right"))
		for _, s := range d.Strengths {
			p.item(p.l.Say(s.Sentence))
		}
	}
	if len(d.Contested) > 0 {
		p.line("")
		p.line("   " + p.say("brief.contested"))
		for _, c := range d.Contested {
			p.item(p.say("brief.both-sides", "asks", capital(p.l.Say(c.Asks)), "for", p.first(c.For), "against", p.first(c.Against)))
		}
	}
}

// first tells the first fact behind a verdict; a host's rule may give none.
func (p *Printer) first(facts []reformcycle.Fact) string {
	if len(facts) == 0 {
		return ""
	}
	return sentence(capital(p.l.Say(facts[0].Says)))
}

// capital makes the first letter a capital.
func capital(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(r)) + text[size:]
}

var urgencies = map[reformcycle.Urgency]string{
	reformcycle.SettlesDebt: "case.settles-debt",
	reformcycle.Advised:     "case.advised",
}

// heading is underlined.
func (p *Printer) heading(id string) {
	text := p.say(id)
	p.line(text)
	p.line(strings.Repeat("-", utf8.RuneCountInString(text)))
	p.line("")
}

// Sources prints what the keys of the sources stand for.
func (p *Printer) Sources(c Case) {
	p.line("")
	p.heading("brief.sources")
	for _, s := range c.listed() {
		p.item(p.say("case.key", "key", s.Key, "citation", cited(s)))
	}
}

// who names those who could do an action.
func (p *Printer) who(a reformcycle.Action) string {
	if len(a.Who) == 0 {
		return ""
	}
	names := make([]string, 0, 2)
	for _, candidate := range a.Who[:min(len(a.Who), 2)] {
		names = append(names, candidate.Name)
	}
	return " " + p.say("case.who", "who", names)
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
		p.err = fault.Refuse("w", fault.Required, nil, language.Of("want.writer"))
	default:
		_, p.err = fmt.Fprintln(p.w, text)
	}
}

func (p *Printer) item(text string) { p.wrap("   - ", "     ", text) }

func (p *Printer) text(indent, text string) { p.wrap(indent, indent, text) }

func (p *Printer) wrap(first, rest, text string) {
	const width = 80
	line := first
	empty := true
	for word := range strings.FieldsFuncSeq(text, breaks) {
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

// breaks reports whether a line may end at a space.
func breaks(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }
