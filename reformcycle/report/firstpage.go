package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
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
const glance = 1000

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

// page writes the first page: with texts at length as long as it has room for the first
// few of each list, and else with shorter ones.
func (f *first) page() string {
	for _, f.slack = range []int{4 * least, 2 * least, 6, 5} {
		if page, fits := f.lay(4, 3); fits {
			return page
		}
	}
	f.slack = least
	page, _ := f.lay(1, 1)
	return page
}

// lay writes the page with what fits of its lists, and reports whether it does: the
// longer of the blockers and the deadlines loses its last entry, down to so many.
func (f *first) lay(blockers, due int) (page string, fits bool) {
	f.shortened, f.rest = false, nil
	f.blockers, f.findings, f.due = f.blocking(), f.gravest(), f.falling()
	f.intros = [...][]string{
		f.wrap(f.facts(), "", "", 2), f.wrap(f.standing(), "", "", 6), f.wrap(f.before(), "", "", 4), f.wrap(f.found(), "", "", 2), f.wrap(f.when(), "", "", 2),
	}
	leastBlockers, leastDue := min(blockers, len(f.blockers)), min(due, len(f.due))
	blockers, due = len(f.blockers), len(f.due)
	for {
		page = f.compose(blockers, due)
		fits = strings.Count(page, "\n") <= pageLines
		switch {
		case fits || blockers <= leastBlockers && due <= leastDue:
			return page, fits
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

func (f *first) compose(blockers, due int) string {
	var p sheet
	title, cut := clip(f.title(), pageColumns-2)
	f.shortened = f.shortened || cut
	p.line("# " + title)
	p.blank()
	p.lines(f.intros[0])
	p.heading("Where we stand")
	p.lines(f.intros[1])
	p.heading(f.whatBlocks())
	p.lines(f.intros[2])
	p.list(f.blockers[:blockers], len(f.open), ofBlockers)
	p.heading("The gravest findings")
	p.lines(f.intros[3])
	p.list(f.findings, len(f.findings), ofDiagnosis)
	p.heading("What is due")
	p.lines(f.intros[4])
	p.list(f.due[:due], len(f.groups), ofDeadlines)
	p.heading("What this rests on")
	p.lines(f.wrap(f.rests(blockers), "", "", 4))
	if f.shortened || toldInPart(p.String()) {
		p.line("Where a text ends in “…”, or more is counted, the annexes have the whole.")
	}
	p.blank()
	p.line("---")
	return p.String()
}

// toldInPart reports whether a page counts more of something than it tells.
func toldInPart(page string) bool {
	for {
		i := strings.Index(page, "more")
		if i < 0 {
			return false
		}
		before := strings.TrimRight(page[:i], " \n")
		if before != "" && len(before) < i && before[len(before)-1] >= '0' && before[len(before)-1] <= '9' {
			return true
		}
		page = page[i+len("more"):]
	}
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

func (p *sheet) heading(text string) {
	p.blank()
	p.line("## " + text)
}

// list writes entries, and how many there are beyond them.
func (p *sheet) list(told []entry, all, annex int) {
	if len(told) > 0 {
		p.blank()
	}
	for _, e := range told {
		p.lines(e)
	}
	if left := all - len(told); left > 0 && len(told) > 0 {
		p.line(fmt.Sprintf("- And %d more: annex %d.", left, annex))
	}
}

func (b *brief) facts() string {
	s := b.state
	var facts []string
	if country := name(s.Country()); country != "" {
		facts = append(facts, country)
	}
	if s.Seq() > 0 {
		facts = append(facts, asOf(s))
	}
	facts = append(facts, fmt.Sprintf("checklist %s, version %s", name(s.Checklist().Name()), name(s.Checklist().Version())))
	return draw.Capital(strings.Join(facts, " · "))
}

// standing says where the reform stands, and since when.
func (f *first) standing() string {
	s := f.state
	text := f.status(func(why string) string { return f.clip(why, 140) })
	for _, p := range s.Problems() {
		if p.Lap == s.Lap() {
			text += " The problem as stated: " + draw.Sentence(f.clip(prose(p.Statement, glance), 180))
			break
		}
	}
	return text
}

func (f *first) whatBlocks() string {
	if f.state.Status() == reformcycle.Abandoned {
		return "What stood open when it ended"
	}
	return "What blocks the next step, and who does what by when"
}

// before says what stands before the next step, ahead of the list.
func (f *first) before() string {
	s := f.state
	stood := ""
	if s.Status() != reformcycle.Active {
		if n := len(f.unmet()); n > 0 {
			stood = fmt.Sprintf(" Of its stage, %s: annex %d.", draw.Counted(n, "required criterion is not met", "required criteria are not met"), ofBlockers)
		}
	}
	switch s.Status() {
	case reformcycle.Abandoned:
		return "An abandoned reform takes no further step, so nothing can be cleared." + stood
	case reformcycle.Suspended:
		who := ""
		if len(f.actions) > 0 {
			who = " Who: " + f.whom(f.actions[0]) + "."
		}
		return "The suspension itself: until the reform is resumed, it takes ratings and changes of stakeholders and no other step. Nothing guards the resumption; somebody has to decide on it and say why." + who + stood
	}
	if len(f.open) == 0 {
		text := "Nothing stands before " + f.next() + ": somebody has to decide on it."
		if len(f.actions) > 0 {
			text += " Who: " + f.whom(f.actions[0]) + "."
		}
		return text + " " + f.wanted()
	}
	text := fmt.Sprintf("Before %s, %s.", f.next(), draw.Counted(len(f.open), "thing must be true and is not yet", "things must be true and are not yet"))
	return text + " " + f.wanted()
}

// next names the step that takes the reform on.
func (b *brief) next() string {
	if b.state.Stage() == reformcycle.ManagementAndLearning {
		return "the start of a new lap"
	}
	return "the step to the next stage"
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
			return fmt.Sprintf("It is wanted by %s: %s.", day(d.Day.First()), f.clip(prose(d.Says, glance), 100))
		}
	}
	if rule, ok := s.Rules().Rule("stalled"); ok && s.Seq() > 0 {
		if months := int(rule.Value(s.Stage().String())); months > 0 {
			since := stageSince(s) // of one that is known roughly, the days that it may be
			soonest, by := date.AddMonths(since.First(), months), date.AddMonths(since.Last(), months)
			usual := fmt.Sprintf("%s usually takes no more than %s", draw.Capital(s.Stage().Label()), draw.Counted(months, "month", "months"))
			if by.Before(today) {
				return fmt.Sprintf("%s: that was over on %s.", usual, day(by))
			}
			if soonest != by {
				return fmt.Sprintf("%s: it is wanted between %s and %s.", usual, day(soonest), day(by))
			}
			return fmt.Sprintf("%s: it is wanted by %s.", usual, day(by))
		}
	}
	return "No day on record says by when."
}

// blocking tells what blocks: what has to be true, who could see to it, by when, how.
func (f *first) blocking() (all []entry) {
	for i, a := range f.open {
		c, known := f.state.Checklist().Criterion(a.Guard)
		text := "No actor whose refusal alone blocks may oppose."
		if known {
			text = draw.Sentence(prose(c.Text, glance))
		}
		by := ""
		if on := f.by(a.Guard); !on.IsZero() {
			by = ", by " + day(on)
		}
		text = fmt.Sprintf("%s %s Who: %s%s.%s", f.clip(text, 100), draw.Sentence(draw.Capital(f.clip(f.lack(f.blocker(a.Guard), 3), 70))), f.whom(a), by, f.toDo(a.Do))
		all = append(all, f.item(i+1, text, 4))
	}
	return all
}

// whom names the first of those who could act.
func (f *first) whom(a reformcycle.Action) string {
	return f.who(a, 2, func(name string) string { return f.clip(name, 34) })
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
	mark := fmt.Sprintf("%d. ", n)
	return f.wrap(text, mark, strings.Repeat(" ", len(mark)), most)
}

// found opens the findings.
func (f *first) found() string {
	d := f.diagnosis
	if d.Silent() {
		return "No rule of the diagnosis has anything to say yet."
	}
	text := fmt.Sprintf("Findings: %d.", len(d.Findings))
	if len(d.Findings) == 0 {
		text = "No rule of the diagnosis finds anything wrong in what is recorded."
	}
	if f.state.Status() == reformcycle.Abandoned {
		text = "Judged as it stood when it was abandoned. " + text
	}
	if n := len(d.Contested); n > 0 {
		text += fmt.Sprintf(" Contested: %d.", n)
	}
	if n := len(d.Questions); n > 0 {
		text += fmt.Sprintf(" Questions on which too little is recorded to say: %d.", n)
	}
	return text + fmt.Sprintf(" All of it: annex %d.", ofDiagnosis)
}

// toDo says what to do about a finding.
func (f *first) toDo(text string) string {
	if text == "" || f.state.Status() == reformcycle.Abandoned {
		return ""
	}
	return " To do: " + draw.Sentence(f.clip(prose(text, glance), 150))
}

// graveLimit is how many findings stand on the first page.
const graveLimit = 3

// gravest tells the gravest findings. What is contested stands among them where it would
// be graver than the last, were it one.
func (f *first) gravest() (all []entry) {
	type grave struct {
		severity reformcycle.Severity
		text     string
		facts    []reformcycle.Fact
	}
	var told []grave
	for _, x := range f.diagnosis.Findings {
		told = append(told, grave{x.Severity, fmt.Sprintf("%s: %s %s%s", draw.Capital(string(x.Severity)),
			draw.Sentence(f.clip(prose(x.Sentence, glance), 130)), f.fact(x.Facts, 95), f.toDo(x.Remedy)), x.Facts})
	}
	for _, x := range f.diagnosis.Contested {
		severity := reformcycle.Moderate
		if rule, ok := f.state.Rules().Rule(x.Code); ok {
			severity = rule.Severity
		}
		told = append(told, grave{severity, fmt.Sprintf("Contested, and %s if it is so: %s. For it: %s Against it: %s", severity, f.clip(prose(x.Asks, glance), 90),
			f.fact(x.For, 80), f.fact(x.Against, 80)), slices.Concat(x.For, x.Against)})
	}
	rank := map[reformcycle.Severity]int{reformcycle.Critical: 0, reformcycle.Serious: 1, reformcycle.Moderate: 2}
	slices.SortStableFunc(told, func(a, b grave) int { return rank[a.severity] - rank[b.severity] })
	for i, g := range told[:min(len(told), graveLimit)] {
		all = append(all, f.item(i+1, g.text, 3))
		f.rest = append(f.rest, g.facts)
	}
	return all
}

// fact tells the first of the facts, and that there are more.
func (f *first) fact(all []reformcycle.Fact, columns int) string {
	if len(all) == 0 {
		return ""
	}
	text := f.clip(draw.Capital(prose(all[0].Says, glance)), columns)
	if n := len(all) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return draw.Sentence(text)
}

// when opens the deadlines.
func (f *first) when() string {
	if len(f.groups) == 0 && f.state.Status() == reformcycle.Abandoned {
		return "Nothing: the reform is abandoned."
	}
	if len(f.groups) == 0 {
		return "Nothing on record falls due in the coming twelve months."
	}
	return ""
}

// falling tells what is due: two that are overdue at most before what is still ahead.
func (f *first) falling() (all []entry) {
	for i, d := range f.groups {
		text := fmt.Sprintf("%s: %s.", dueOn(d), f.clip(prose(f.says(d, 2), glance), 110))
		if len(d.Follows) > 0 {
			text += " " + draw.Sentence(draw.Capital(f.clip(prose(d.Follows[0].Says, glance), 80)))
		}
		who := "nobody yet"
		if len(d.Who) > 0 {
			who = f.clip(name(d.Who[0].Name), 40)
		}
		text += " Who: " + who + "."
		all = append(all, f.wrap(text, "- ", "  ", 2))
		if i == pageLines/2 { // no page holds more
			break
		}
	}
	return all
}

// rests says what the page rests on: what is made up, and what of it leans on that.
func (f *first) rests(blockers int) string {
	ratings := f.state.Ratings()
	made := madeUp(ratings)
	var text string
	switch {
	case len(ratings) == 0:
		text = "No criterion is rated in this lap."
	case len(made) == 0:
		text = fmt.Sprintf("All ratings are documented, %d of %d.", len(ratings), len(ratings))
	default:
		text = fmt.Sprintf("**%d of %s illustrative: made up, and no findings** (annex %d).", len(made), draw.Counted(len(ratings), "rating is", "ratings are"), ofBasis)
		illustrative := func(criterion string) bool {
			return slices.ContainsFunc(made, func(r assessment.Rating) bool { return r.Criterion == criterion })
		}
		var lean []string
		for i, a := range f.open[:blockers] {
			if illustrative(a.Guard) {
				lean = append(lean, fmt.Sprintf("blocker %d", i+1))
			}
		}
		for i, facts := range f.rest {
			if slices.ContainsFunc(facts, func(fact reformcycle.Fact) bool { return fact.About == "criterion" && illustrative(fact.ID) }) {
				lean = append(lean, fmt.Sprintf("finding %d", i+1))
			}
		}
		if lean != nil {
			text += " On them rest, of this page: " + strings.Join(lean, ", ") + "."
		}
	}
	if laps := f.state.Laps(); len(laps) > 0 {
		last := laps[len(laps)-1].Ratings
		if n := len(madeUp(last)); n > 0 {
			text += fmt.Sprintf(" Of the lap before, %d of %s illustrative.", n, draw.Counted(len(last), "rating is", "ratings are"))
		}
	}
	if silent := silences(f.state); silent != nil {
		text += fmt.Sprintf(" The record is silent about %s.", draw.Some(silent, 4, ", "))
	}
	if n := len(f.state.Corrections()); n > 0 {
		text += fmt.Sprintf(" The record has been corrected: %s. This page shows it as it stands corrected.", draw.Counted(n, "correction", "corrections"))
	}
	return text
}

// clip cuts a text that is escaped already to so many columns.
func (f *first) clip(text string, columns int) string {
	cut, is := clip(text, columns*f.slack/least)
	f.shortened = f.shortened || is
	return cut
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

// clip cuts a text to so many columns, the ellipsis included, never within a unit.
func clip(text string, most int) (string, bool) {
	if len(text) <= most && len(text) == columns(text) || columns(text) <= most {
		return text, false
	}
	n, used := 0, 0
	for {
		bytes, wide := unit(text[n:])
		if used+wide > most-1 {
			return strings.TrimRight(text[:n], " ") + draw.Ellipsis, true
		}
		n, used = n+bytes, used+wide
	}
}

func wrap(text, mark, indent string, most, limit int) (laid []string, cut bool) {
	text, cut = clip(text, (limit+1)*most) // of what is longer nothing would be seen
	line, used, fresh := mark, columns(mark), true
	room := most
	flush := func() {
		laid = append(laid, strings.TrimRight(line, " "))
		line, used, fresh = indent, columns(indent), true
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
				line, used, fresh = line+strings.Repeat(" ", gap)+word, used+gap+wide, false
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
			line, word = line+word[:n], word[n:]
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
