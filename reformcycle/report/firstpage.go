package report

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the first page of the brief: what a minister has to decide, on one
// sheet. All that is told here stands whole in an annex.

// The first page is a sheet of typed paper, as Markdown too: so many lines of so many
// columns.
const (
	pageLines   = 55
	pageColumns = 95
)

// glance is how much of a text is looked at for the page, in characters; more than any
// has room for there, so that what is left out of it is cut.
const glance = 3000

// The annexes, by number, as the first page refers to them.
const (
	inFull = iota + 1
	ofBlockers
	ofDiagnosis
	ofDeadlines
	ofCoalition
	ofDebt
	ofProgress
	ofBasis
	ofSources
)

// entry is one thing of a list on the page: its lines.
type entry []string

// least slack: a text has the room that is written where it is told.
const least = 4

// first is the first page in the making.
type first struct {
	*brief
	// slack is how much room a text has, where least is the least.
	slack int
	// shortened: some text is cut.
	shortened bool
	// blockers, findings and due are the lists, each entry with its lines.
	blockers, findings, due []entry
	// intros stand before them: facts of the whole, where it stands, and one a list.
	intros [5][]string
	// rest are the facts of the findings.
	rest [][]reformcycle.Fact
}

// page writes the first page: with whole texts where it has room for the first of each
// list, then with texts at length as long as it has room for the first few, and else with
// shorter ones.
func (f *first) page() string {
	f.slack = 16 * least
	if page, fits := f.lay(1, 1, 1); fits && !f.shortened {
		return page
	}
	for _, f.slack = range []int{4 * least, 2 * least, 6, 5} {
		if page, fits := f.lay(4, 3, graveLimit); fits {
			return page
		}
	}
	f.slack = least
	page, _ := f.lay(1, 1, graveLimit)
	return page
}

// lay writes the page with what fits of its lists, and reports whether it does: the
// longer of the blockers and the deadlines loses its last entry, down to so many, then the
// findings do.
func (f *first) lay(blockers, due, findings int) (page string, fits bool) {
	f.shortened, f.counted, f.rest = false, false, nil
	f.blockers, f.findings, f.due = f.blocking(), f.gravest(), f.falling()
	f.intros = [...][]string{
		f.wrap(f.ofTheWhole(), "", "", 2), f.wrap(f.standing(), "", "", 6), f.wrap(f.before(), "", "", 4), f.wrap(f.found(), "", "", 2), f.wrap(f.when(), "", "", 2),
	}
	leastBlockers, leastDue, leastFindings := min(blockers, len(f.blockers)), min(due, len(f.due)), min(findings, len(f.findings))
	blockers, due, findings = len(f.blockers), len(f.due), len(f.findings)
	for {
		page = f.compose(blockers, due, findings)
		fits = strings.Count(page, "\n") <= pageLines
		switch {
		case fits || blockers <= leastBlockers && due <= leastDue && findings <= leastFindings:
			return page, fits
		case blockers <= leastBlockers && due <= leastDue:
			findings--
		case due <= leastDue || blockers > leastBlockers && lines(f.blockers[:blockers]) >= lines(f.due[:due]):
			blockers--
		default:
			due--
		}
	}
}

func lines(list []entry) (n int) {
	for _, e := range list {
		n += len(e)
	}
	return n
}

func (f *first) compose(blockers, due, findings int) string {
	var p sheet
	title, cut := clip(name(f.title()), pageColumns-2)
	p.line("# " + title)
	p.blank()
	p.lines(f.intros[0])
	p.heading(f.say("brief.where"))
	p.lines(f.intros[1])
	p.heading(f.whatBlocks())
	p.lines(f.intros[2])
	counted := f.list(&p, f.blockers[:blockers], len(f.open), ofBlockers)
	p.heading(f.say("brief.gravest"))
	p.lines(f.intros[3])
	f.list(&p, f.findings[:findings], findings, ofDiagnosis)
	p.heading(f.say("brief.due"))
	p.lines(f.intros[4])
	counted = f.list(&p, f.due[:due], len(f.groups), ofDeadlines) || counted
	p.heading(f.say("brief.basis"))
	p.lines(f.wrap(f.rests(blockers, findings), "", "", 4))
	if f.shortened || f.counted || cut || counted {
		p.lines(f.wrap(f.say("brief.told-in-part"), "", "", 2))
	}
	p.blank()
	p.line("---")
	return p.String()
}

// sheet is lines of Markdown.
type sheet struct{ strings.Builder }

func (p *sheet) line(text string) { p.WriteString(text + "\n") }
func (p *sheet) blank()           { p.WriteByte('\n') }

func (p *sheet) lines(all []string) {
	for _, text := range all {
		p.line(text)
	}
}

// heading stands on one line.
func (p *sheet) heading(text string) {
	p.blank()
	text, _ = clip(text, pageColumns-3)
	p.line("## " + text)
}

// list writes entries, and how many there are beyond them; it reports whether there are.
func (f *first) list(p *sheet, told []entry, all, annex int) bool {
	if len(told) == 0 {
		return false
	}
	p.blank()
	for _, e := range told {
		p.lines(e)
	}
	left := all - len(told)
	if left > 0 {
		p.lines(f.wrap(f.say("brief.more-in-annex", "n", left, "annex", annex), "- ", "  ", 2))
	}
	return left > 0
}

// standing says where the reform stands, and since when.
func (f *first) standing() string {
	s := f.state
	text := f.status(func(why string) string { return f.clip(language.Typed(why), 140) })
	for _, p := range s.Problems() {
		if p.Lap == s.Lap() {
			text += " " + f.fill("brief.problem", "problem", draw.Sentence(f.clip(language.Typed(p.Statement), 180)))
			break
		}
	}
	return text
}

func (f *first) whatBlocks() string {
	if f.state.Status() == reformcycle.Abandoned {
		return f.say("brief.stood-open")
	}
	return f.say("brief.what-blocks")
}

// before says what stands before the next step, ahead of the list.
func (f *first) before() string {
	s := f.state
	stood := ""
	if s.Status() != reformcycle.Active {
		if n := len(f.unmet()); n > 0 {
			stood = " " + f.say("brief.unmet-of-stage", "n", n, "annex", ofBlockers)
		}
	}
	switch s.Status() {
	case reformcycle.Abandoned:
		return f.say("brief.no-further") + stood
	case reformcycle.Suspended:
		return f.say("brief.suspension") + f.byWhom() + stood
	}
	if len(f.open) == 0 {
		return f.next("brief.decide") + f.byWhom() + " " + f.wanted()
	}
	return f.next("brief.before", "n", len(f.open)) + " " + f.wanted()
}

// byWhom says who could take the first of the actions.
func (f *first) byWhom() string {
	if len(f.actions) == 0 {
		return ""
	}
	return " " + f.whom(f.actions[0])
}

// wanted says by when the next step is: by the first day on record that presses, or by
// the span that the stage usually takes.
func (f *first) wanted() string {
	s := f.state
	today := date.Of(s.JudgedAt()).First()
	for _, d := range f.deadlines {
		presses := d.Kind == reformcycle.WindowCloses || d.Kind == reformcycle.RolloutStarts && s.Stage() <= reformcycle.ProgramReadiness
		if c, ok := f.commitment(d); ok {
			presses = c.Stage == s.Stage().String()
		}
		if presses && !d.Day.First().Before(today) {
			return f.fill("brief.wanted", "by", dayOf(d.Day.First()), "what", draw.Sentence(f.clip(d.Says, 100)))
		}
	}
	if rule, ok := s.Rules().Rule("stalled"); ok && s.Seq() > 0 {
		if months := int(rule.Value(s.Stage().String())); months > 0 {
			since := stageSince(s) // of one that is known roughly, the days that it may be
			soonest, by := date.AddMonths(since.First(), months), date.AddMonths(since.Last(), months)
			args := []any{"stage", f.capital(s.Stage().Told()), "months", months, "by", dayOf(by)}
			switch {
			case by.Before(today):
				return f.say("brief.usual-over", args...)
			case soonest != by:
				return f.say("brief.usual-between", append(args, "from", dayOf(soonest))...)
			}
			return f.say("brief.usual", args...)
		}
	}
	return f.say("brief.no-day")
}

// blocking tells what blocks: what has to be true, who could see to it, by when, how.
func (f *first) blocking() (all []entry) {
	for i, a := range f.open {
		text := f.clipped(f.statement(f.asked(a.Guard)), 100) + " " + draw.Sentence(f.clip(language.Typed(f.lack(f.blocker(a.Guard), 3)), 70)) + " " + f.whom(a)
		if on := f.by(a.Guard); !on.IsZero() {
			text += " " + f.say("brief.by", "on", dayOf(on))
		}
		all = append(all, f.item(i+1, text+f.toDo(a.Do), 4))
	}
	return all
}

// whom names the first of those who could act.
func (f *first) whom(a reformcycle.Action) string {
	return f.say("brief.whom", "who", f.who(a, 2, func(name string) string { return f.cut(name, 34) }))
}

// blocker of an action that clears one.
func (b *brief) blocker(guard string) reformcycle.Blocker {
	i := slices.IndexFunc(b.blockers, func(k reformcycle.Blocker) bool { return k.Guard == guard })
	return b.blockers[i]
}

// by is the day on which what was committed for a criterion ends; zero where there is none.
func (f *first) by(guard string) time.Time {
	today := date.Of(f.state.JudgedAt()).First()
	for _, d := range f.deadlines {
		if c, ok := f.commitment(d); ok && c.Criterion == guard && !d.Day.First().Before(today) {
			return d.Day.First()
		}
	}
	return time.Time{}
}

// item numbers an entry.
func (f *first) item(n int, text string, most int) entry {
	mark := strconv.Itoa(n) + ". "
	return f.wrap(text, mark, strings.Repeat(" ", len(mark)), most)
}

// found opens the findings.
func (f *first) found() string {
	d := f.diagnosis
	if d.Silent() {
		return f.say("brief.no-rule")
	}
	text := f.say("brief.findings", "n", len(d.Findings))
	if len(d.Findings) == 0 {
		text = f.say("brief.no-finding")
	}
	if f.state.Status() == reformcycle.Abandoned {
		text = f.say("brief.judged-at-the-end") + " " + text
	}
	if n := len(d.Contested); n > 0 {
		text += " " + f.say("brief.contests", "n", n)
	}
	if n := len(d.Questions); n > 0 {
		text += " " + f.say("brief.questions", "n", n)
	}
	return text + " " + f.say("brief.all-of-it", "annex", ofDiagnosis)
}

// toDo says what to do about a finding.
func (f *first) toDo(t language.Text) string {
	if t.IsZero() || f.state.Status() == reformcycle.Abandoned {
		return ""
	}
	return " " + f.fill("brief.to-do", "what", draw.Sentence(f.clip(t, 150)))
}

// graveLimit is how many findings stand on the first page.
const graveLimit = 3

// gravest tells the gravest findings. What is contested stands among them where it would
// be graver than the last, were it one.
func (f *first) gravest() (all []entry) {
	type grave struct {
		severity reformcycle.Severity
		tell     func() string
		facts    []reformcycle.Fact
	}
	var told []grave
	for _, x := range f.diagnosis.Findings {
		told = append(told, grave{x.Severity, func() string {
			return f.fill("brief.grave", "severity", f.capital(x.Severity.Told()), "finding", draw.Sentence(f.clip(x.Sentence, 130))) +
				" " + f.fact(x.Facts, 95) + f.toDo(x.Remedy)
		}, x.Facts})
	}
	for _, x := range f.diagnosis.Contested {
		severity := reformcycle.Moderate
		if rule, ok := f.state.Rules().Rule(x.Code); ok {
			severity = rule.Severity
		}
		told = append(told, grave{severity, func() string {
			return f.fill("brief.grave-if-so", "severity", severity.Told(), "asks", f.clip(x.Asks, 90), "for", f.fact(x.For, 80), "against", f.fact(x.Against, 80))
		}, slices.Concat(x.For, x.Against)})
	}
	rank := map[reformcycle.Severity]int{reformcycle.Critical: 0, reformcycle.Serious: 1, reformcycle.Moderate: 2}
	slices.SortStableFunc(told, func(a, b grave) int { return rank[a.severity] - rank[b.severity] })
	for i, g := range told[:min(len(told), graveLimit)] {
		all = append(all, f.item(i+1, g.tell(), 3))
		f.rest = append(f.rest, g.facts)
	}
	return all
}

// fact tells the first of the facts, and that there are more.
func (f *first) fact(all []reformcycle.Fact, columns int) string {
	if len(all) == 0 {
		return ""
	}
	text := f.clipped(prose(f.capital(all[0].Says), glance), columns)
	if n := len(all) - 1; n > 0 {
		f.counted = true
		text = f.fill("brief.fact-of-more", "fact", strings.TrimSuffix(text, "."), "n", n)
	}
	return draw.Sentence(text)
}

// when opens the deadlines.
func (f *first) when() string {
	if len(f.groups) == 0 && f.state.Status() == reformcycle.Abandoned {
		return f.say("brief.nothing-due-ended")
	}
	if len(f.groups) == 0 {
		return f.say("brief.nothing-due")
	}
	return ""
}

// falling tells what is due: two that are overdue at most before what is still ahead.
func (f *first) falling() (all []entry) {
	for i, d := range f.groups {
		text := f.fill("brief.due-then", "when", d.When(), "what", draw.Sentence(f.clip(f.says(d, 2), 110)))
		if len(d.Follows) > 0 {
			text += " " + draw.Sentence(f.clipped(prose(f.capital(d.Follows[0].Says), glance), 80))
		}
		who := language.Of("brief.nobody")
		if len(d.Who) > 0 {
			who = language.Typed(f.cut(d.Who[0].Name, 40))
		}
		all = append(all, f.wrap(text+" "+f.say("brief.whom", "who", who), "- ", "  ", 2))
		if i == pageLines/2 { // no page holds more
			break
		}
	}
	return all
}

// rests says what the page rests on: what is made up, and what of it leans on that.
func (f *first) rests(blockers, findings int) string {
	ratings := f.state.Ratings()
	made := madeUp(ratings)
	var text string
	switch {
	case len(ratings) == 0:
		text = f.say("brief.no-rating")
	case len(made) == 0:
		text = f.say("brief.all-documented", "n", len(ratings))
	default:
		text = bold(f.say("brief.illustrative", "n", len(made), "total", len(ratings), "annex", ofBasis))
		illustrative := func(criterion string) bool {
			return slices.ContainsFunc(made, func(r assessment.Rating) bool { return r.Criterion == criterion })
		}
		var lean []language.Text
		for i, a := range f.open[:blockers] {
			if illustrative(a.Guard) {
				lean = append(lean, language.Of("brief.blocker-number", "n", i+1))
			}
		}
		for i, facts := range f.rest[:findings] {
			if slices.ContainsFunc(facts, func(fact reformcycle.Fact) bool { return fact.About == "criterion" && illustrative(fact.ID) }) {
				lean = append(lean, language.Of("brief.finding-number", "n", i+1))
			}
		}
		if lean != nil {
			text += " " + f.say("brief.lean", "what", lean)
		}
	}
	if laps := f.state.Laps(); len(laps) > 0 {
		last := laps[len(laps)-1].Ratings
		if n := len(madeUp(last)); n > 0 {
			text += " " + f.say("brief.lap-illustrative", "n", n, "total", len(last))
		}
	}
	if silent := silences(f.state); silent != nil {
		text += " " + f.say("brief.silent", "topics", f.some(silent, 4))
	}
	if n := len(f.state.Corrections()); n > 0 {
		text += " " + f.say("brief.corrected", "n", n)
	}
	return text
}

// clip says a text in so many columns, safe to stand in a line of Markdown.
func (f *first) clip(t language.Text, columns int) string {
	return f.clipped(prose(f.l.Say(t), glance), columns)
}

// clipped is a text that is safe already, in so many columns.
func (f *first) clipped(text string, columns int) string {
	cut, is := clip(text, columns*f.slack/least)
	f.shortened = f.shortened || is
	return cut
}

// cut is what was typed, in so many columns, as it was typed.
func (f *first) cut(text string, columns int) string {
	return f.clipped(draw.Plain(text, glance), columns)
}

// wrap lays a text out in lines of the page, the first behind a mark and the others
// indented, and cuts it where it takes more than most.
func (f *first) wrap(text, mark, indent string, most int) []string {
	laid, is := wrap(text, mark, indent, pageColumns, most*f.slack/least)
	f.shortened = f.shortened || is
	return laid
}

// unit gives the length in bytes and the columns of what stands first in a text and must
// not be parted: a letter with its marks, an escaped sign with its backslash, and what
// is joined to either, as far as any writing goes.
func unit(text string) (bytes, columns int) {
	const longest = 8
	joined, escaped, mention := true, false, false
	for i, r := range text {
		if keep := escaped || mention && r == '@' || columns < longest && (joined || marks(r)); !keep {
			return i, columns
		}
		mention = r == wordJoiner
		joined, escaped = mention || r == zeroWidthJoiner, r == '\\' && !escaped
		columns += columnsOf(r)
	}
	return len(text), columns
}

// marks reports whether a rune stands on the letter before it.
func marks(r rune) bool { return r >= 0x300 && (unicode.Is(unicode.M, r) || r == zeroWidthJoiner) }

const (
	zeroWidthJoiner = '\u200D'
	wordJoiner      = '\u2060'
)

// columnsOf a rune on a screen. One that stands on another counts as one, so that a line
// is no longer than its characters either.
func columnsOf(r rune) int {
	if r < 0x1100 {
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func columns(text string) (n int) {
	for _, r := range text {
		n += columnsOf(r)
	}
	return n
}

// clip cuts a text to so many columns, the ellipsis included: between words, or in a word
// that takes most of them, and never within a unit.
func clip(text string, most int) (string, bool) {
	if len(text) <= most && len(text) == columns(text) || columns(text) <= most {
		return text, false
	}
	n, used := 0, 0
	for {
		bytes, wide := unit(text[n:])
		if used+wide > most-1 {
			if space := strings.LastIndexByte(text[:n], ' '); text[n] != ' ' && space > n/2 {
				n = space
			}
			return strings.TrimRight(text[:n], " ") + draw.Ellipsis, true
		}
		n, used = n+bytes, used+wide
	}
}

func wrap(text, mark, indent string, most, limit int) (laid []string, cut bool) {
	text, cut = clip(text, (limit+1)*most) // of what is longer nothing would be seen
	line, used, fresh := append(make([]byte, 0, 2*most), mark...), columns(mark), true
	room := most
	flush := func() {
		laid = append(laid, strings.TrimRight(string(line), " "))
		line, used, fresh = append(line[:0], indent...), columns(indent), true
	}
	for word := range strings.SplitSeq(text, " ") {
		if word == "" {
			continue
		}
		for first := true; word != ""; first = false {
			if fresh && len(laid) > 0 {
				word = opening(word)
			}
			wide := columns(word)
			gap := 1
			if fresh || !first {
				gap = 0
			}
			if used+gap+wide <= room {
				if gap > 0 {
					line = append(line, ' ')
				}
				line, used, fresh = append(line, word...), used+gap+wide, false
				break
			}
			if !fresh {
				flush()
				continue
			}
			// A word longer than a line is parted.
			n, taken := 0, 0
			for n < len(word) {
				bytes, w := unit(word[n:])
				if used+taken+w > room && n > 0 {
					break
				}
				n, taken = n+bytes, taken+w
			}
			line, word = append(line, word[:n]...), word[n:]
			used, fresh = used+taken, false
			if word != "" {
				flush()
			}
		}
	}
	if !fresh {
		flush()
	}
	if len(laid) <= limit {
		return laid, cut
	}
	laid = laid[:limit]
	last, is := clip(laid[limit-1], most-1)
	if !is {
		last = strings.TrimRight(last, " ") + draw.Ellipsis
	}
	laid[limit-1] = last
	return laid, true
}

// opening makes a word safe to open a line: Markdown takes some for markup there.
func opening(word string) string {
	if strings.ContainsAny(word[:1], "+-=") {
		return `\` + word
	}
	if n := len(word) - len(strings.TrimLeft(word, "0123456789")); n > 0 && n < len(word) && strings.ContainsAny(word[n:n+1], ".)") && len(word) == n+1 {
		return word[:n] + `\` + word[n:]
	}
	return word
}
