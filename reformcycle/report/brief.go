package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/stakeholders"
)

// whole is longer than any text that a record takes, escaped: annexes cut nothing. listed
// is how many names stand in one line, and yearly how many months ahead deadlines are told.
const (
	whole  = 1 << 13
	listed = 12
	yearly = 12
)

// Brief tells in Markdown where a reform stands, for a minister who has to decide. The
// first page, at most 55 lines of 95 columns, has what there is to decide: where we stand
// and since when, what blocks the next step and who does what by when, the three gravest
// findings, what is due, and what all this rests on. Annexes behind it, in the same file,
// have the whole: each demand with the key of its source, and the sources at the end.
//
// The first page cuts what is long and says where it stands whole. It ends with a line
// across, "---". What is contested stands on it where its rule is graver than the third
// finding. Tables, in the annexes, are those of GitHub's Markdown.
func Brief(w io.Writer, s reformcycle.State) error {
	b := &brief{state: s, diagnosis: s.Diagnose(), actions: s.NextActions()}
	if s.Status() != reformcycle.Abandoned {
		b.blockers = s.Blockers()
	}
	for _, a := range b.actions {
		if a.Urgency == reformcycle.ClearsBlocker {
			b.open = append(b.open, a)
		}
	}
	b.deadlines = s.Due(date.Date{}, date.Of(date.AddMonths(s.JudgedAt(), yearly)))
	b.groups = grouped(b.deadlines)
	b.WriteString((&first{brief: b}).page())
	b.position()
	b.clearing()
	b.judged()
	b.due()
	b.coalition()
	b.debts()
	b.progress()
	b.basis()
	b.annex(ofSources, "Sources")
	b.sources(s.Checklist().Source, s.Rules().Source)
	return draw.Write(w, b.String())
}

type brief struct {
	strings.Builder
	state     reformcycle.State
	diagnosis reformcycle.Diagnosis
	actions   []reformcycle.Action
	// blockers of the next step, and open the actions that clear them, in their order.
	blockers []reformcycle.Blocker
	open     []reformcycle.Action
	// deadlines of the coming year and those overdue, and the same as they are told.
	deadlines []reformcycle.Deadline
	groups    []dueTogether
	// cited are the keys of the sources that the page names.
	cited []string
}

func (b *brief) put(format string, args ...any) {
	fmt.Fprintf(b, format, args...)
	b.WriteByte('\n')
}

func (b *brief) section(title string) { b.put("\n## %s\n", title) }

// cite gives the keys in brackets and remembers them.
func (b *brief) cite(keys string) string {
	var known []string
	for key := range strings.SplitSeq(keys, ", ") {
		if key = strings.TrimSpace(key); key == "" {
			continue
		}
		known = append(known, name(key))
		if !slices.Contains(b.cited, key) {
			b.cited = append(b.cited, key)
		}
	}
	if known == nil {
		return ""
	}
	return " (" + strings.Join(known, ", ") + ")"
}

func (b *brief) annex(number int, title string) {
	b.section(fmt.Sprintf("Annex %d: %s", number, title))
}

// where names the stage that the cycle stands at.
func where(s reformcycle.State) string {
	return fmt.Sprintf("stage %d of 8, %s (phase: %s), in lap %d", s.Stage(), s.Stage().Label(), s.Stage().Phase(), s.Lap())
}

func (b *brief) title() string {
	return draw.First(prose(b.state.Title(), whole), prose(b.state.ID(), whole), "A reform without a title")
}

// status says where the reform stands and since when; why gives a reason its place.
func (b *brief) status(why func(string) string) string {
	s := b.state
	switch {
	case s.Seq() == 0:
		return fmt.Sprintf("The reform has not begun: nothing is recorded yet. It will start at %s.", where(s))
	case s.Status() == reformcycle.Active:
		return fmt.Sprintf("The reform is active. It stands at %s, since %s.", where(s), known(stageSince(s)))
	case s.Status() == reformcycle.Suspended:
		return fmt.Sprintf("**The reform is suspended** since %s, at %s, which it entered %s. Reason: %s", known(s.LastMoved()), where(s), knownOn(stageSince(s)), draw.Sentence(why(prose(s.Held(), whole))))
	default:
		return fmt.Sprintf("**The reform was abandoned** %s, at %s. It will not go on. Reason: %s", knownOn(s.LastMoved()), where(s), draw.Sentence(why(prose(s.Held(), whole))))
	}
}

// position is the annex on where the reform stands.
func (b *brief) position() {
	s := b.state
	b.annex(inFull, "Where we stand, in full")
	b.put("%s\n", draw.Sentence(b.title()))
	b.put("%s.\n", b.facts())
	b.put("%s", b.status(func(why string) string { return why }))
	if s.Seq() == 0 {
		return
	}
	for _, a := range s.Arrivals() {
		if a.Stage == s.Stage() && a.Times > 1 {
			b.put("It has come to this stage %d times in this lap, first %s.", a.Times, knownOn(s.When(a.Entry, a.First)))
		}
	}
	if laps := s.Laps(); len(laps) > 0 {
		last := laps[len(laps)-1]
		b.put("The lap before, lap %d, ended %s with %d of %d required criteria met%s.", last.Number, knownOn(s.When(last.Entry, last.Ended)), last.Met, last.Required, lastBasis(last.Ratings))
	}
	if n := len(s.Corrections()); n > 0 {
		b.put("The record has been corrected: %s. This page shows it as it stands corrected.", draw.Counted(n, "correction", "corrections"))
	}
	if silent := silences(s); silent != nil {
		b.put("The record is silent about %s: what is not recorded there is not known, rather than absent.", strings.Join(silent, ", "))
	}
	for _, p := range s.Problems() {
		if p.Lap == s.Lap() {
			b.put("\nThe problem as stated: %s", said(p.Statement))
			break
		}
	}
}

// asOf says at which day the page judges, and of when the last entry is where that
// is another.
func asOf(s reformcycle.State) string {
	judged, last := known(judgedOn(s)), known(s.Date())
	if judged == last {
		return "as of " + judged
	}
	return "as of " + judged + ", last entry of " + last
}

// lastBasis says how much of a finished lap rests on illustrative ratings.
func lastBasis(ratings []assessment.Rating) string {
	illustrative := len(madeUp(ratings))
	if illustrative == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of its %s illustrative, so do not read this as a finding", illustrative, draw.Counted(len(ratings), "rating is", "ratings are"))
}

// clearing is the annex on what blocks, and what to do next.
func (b *brief) clearing() {
	b.annex(ofBlockers, "What blocks, and what to do next")
	switch s := b.state; {
	case s.Status() == reformcycle.Abandoned:
		b.put("An abandoned reform takes no further step, so nothing can be cleared.")
		b.wanting("Of the stage where it ended, these were required and not met:")
		return
	case s.Status() == reformcycle.Suspended:
		b.put("The suspension blocks. Nothing guards the resumption; somebody has to decide on it and say why.")
		b.wanting("Once resumed, the reform will need these at its stage, which are not met:")
	case len(b.blockers) == 0:
		b.put("Nothing stands before %s.", b.next())
	default:
		b.put("Before %s, the following must be true and is not yet.\n", b.next())
		for _, k := range b.blockers {
			b.put("- **%s** %s%s%s", said(k.Text), draw.Sentence(draw.Capital(b.lack(k, listed))), b.remedy(k.Remedy), b.cite(k.Source))
		}
	}
	if len(b.actions) == 0 {
		b.put("\nNothing is asked for now.")
		return
	}
	b.put("\n| Rank | What | Who | What it unlocks |")
	b.put("|--:|---|---|---|")
	for _, a := range b.actions {
		what := said(a.Do)
		if c, ok := b.state.Checklist().Criterion(a.Guard); ok && what == "" {
			what = "Make this true: " + said(c.Text)
		}
		if len(a.Missing) > 0 {
			what += " Missing: " + draw.Sentence(some(a.Missing, listed))
		}
		b.put("| %d | %s%s | %s | %s |", a.Rank, what, b.cite(a.Source), b.who(a, listed, func(name string) string { return name }), draw.Capital(prose(a.Unlocks, whole)))
	}
}

// unmet lists the required criteria of the stage that are not met.
func (b *brief) unmet() (open []assessment.Item) {
	for _, item := range b.state.Scorecard().Items {
		if item.Criterion.Section == b.state.Stage().String() && !item.Criterion.Advisory && !item.Met {
			open = append(open, item)
		}
	}
	return open
}

// wanting lists them under an introduction.
func (b *brief) wanting(intro string) {
	open := b.unmet()
	if len(open) == 0 {
		return
	}
	b.put("\n%s\n", intro)
	for _, item := range open {
		c := item.Criterion
		b.put("- **%s** %s%s%s", said(c.Text), draw.Sentence(draw.Capital(levels(item.Level, c.Threshold))), b.remedy(c.Remedy), b.cite(strings.Join(c.Sources, ", ")))
	}
}

// silences lists what the record is silent about.
func silences(s reformcycle.State) (about []string) {
	for _, topic := range reformcycle.Topics() {
		if s.OnRecord(topic).Absence == reformcycle.Silent {
			about = append(about, topic.Label())
		}
	}
	return about
}

// remedy of what is wrong; an abandoned reform has none.
func (b *brief) remedy(text string) string {
	if text = said(text); text != "" && b.state.Status() != reformcycle.Abandoned {
		return " To do: " + text
	}
	return ""
}

func (b *brief) lack(k reformcycle.Blocker, most int) string {
	if unsaid := k.Unsaid(); unsaid != "" {
		k.Silent = nil
		return b.lack(k, most) + "; " + unsaid
	}
	switch {
	case len(k.Missing) > 0:
		return "missing: " + some(k.Missing, most)
	case len(k.Actors) > 0:
		return "in the way: " + draw.Some(draw.Each(k.Actors, b.actor), most, "; ")
	default:
		return levels(k.Have, k.Need)
	}
}

func levels(have, need assessment.Level) string {
	switch {
	case need == assessment.Unknown:
		return "not met"
	case have == assessment.Unknown:
		return "not rated; needs " + word(need)
	default:
		return "now " + word(have) + "; needs " + word(need)
	}
}

// word gives a level in plain words; "non-functional" keeps its hyphen.
func word(l assessment.Level) string { return strings.ReplaceAll(l.String(), "y-", "y ") }

// actor names an actor by what people call it, engaged or not any more.
func (b *brief) actor(id string) string {
	if a, ok := b.state.Actors().Actor(id); ok {
		return name(a.Name)
	}
	return name(id)
}

// who names those who could do it; where nobody is there, who it would take.
func (b *brief) who(a reformcycle.Action, most int, short func(name string) string) string {
	var names []string
	for _, c := range a.Who {
		if !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	for i := range names[:min(len(names), most)] {
		names[i] = short(name(names[i]))
	}
	if len(names) > 0 {
		return draw.Some(names, most, ", ")
	}
	var roles []string
	if c, ok := b.state.Checklist().Criterion(a.Guard); ok {
		roles = draw.Each(c.Carriers, func(carrier string) string { return name(stakeholders.Role(carrier).Label()) })
	}
	if len(roles) == 0 {
		return "nobody yet"
	}
	return "nobody yet; usually the " + strings.Join(roles, " or ")
}

func (b *brief) coalition() {
	roster := b.state.Actors()
	b.annex(ofCoalition, "The coalition at a glance")
	c := b.state.Coalition()
	switch b.state.CoalitionFormed() {
	case date.No:
		b.put("- No coalition has formed yet%s.", invited(roster))
	case date.Open:
		b.put("- Whether a coalition has formed is not on record; the recording began later.")
	default:
		convener := "nobody convenes it"
		if c.Convener != "" {
			convener = "convened by " + b.actor(c.Convener)
		}
		b.put("- **%s**, %s. Purpose: %s", name(c.Name), convener, said(c.Purpose))
	}
	if roster.Len() == 0 {
		b.put("- No actors are engaged.")
		return
	}
	b.put("- %s engaged, %d of them as members.", draw.Counted(roster.Len(), "actor is", "actors are"), members(roster))
	f := roster.Feasibility()
	verdict := "support does not exceed opposition"
	if f.Feasible() {
		verdict = "support exceeds opposition"
	}
	left := ""
	if f.LeftOut > 0 {
		left = fmt.Sprintf(" %s left out, for position or power is not known.", draw.Counted(f.LeftOut, "actor is", "actors are"))
	}
	b.put("- Weighted support %s against opposition %s, with %s not yet mobilised: **%s**.%s%s", draw.Tenths(nil, f.Support), draw.Tenths(nil, f.Opposition), draw.Tenths(nil, f.NonMobilised), verdict, left, b.cite("reich"))
	b.put("- Opponents who alone can block: %s", draw.Sentence(orNone(draw.Each(roster.VetoOpponents(), func(a stakeholders.Actor) string { return name(a.Name) }))))
	b.put("- Roles that nobody fills: %s.", orNone(draw.Each(roster.RoleGaps(), func(gap stakeholders.RoleGap) string { return gap.Role.Label() })))
	b.put("- Groups without a member: %s.", orNone(draw.Each(roster.MissingGroups(), stakeholders.Group.Label)))
}

// invited says that there are members of a coalition to be.
func invited(r stakeholders.Roster) string {
	if members(r) == 0 {
		return ""
	}
	return ": it has no name, no purpose and no convener on record"
}

// dueTogether is a deadline as it is told: of evidence, with all that grows old that day.
type dueTogether struct {
	reformcycle.Deadline
	evidence []string
}

// says what falls due, without the day; evidence by what it was seen of, the first points
// of many.
func (b *brief) says(d dueTogether, points int) string {
	if len(d.evidence) == 0 {
		return d.Says
	}
	of := draw.Each(d.evidence, func(id string) string {
		if c, ok := b.state.Checklist().Criterion(id); ok {
			return strings.TrimSuffix(c.Text, ".")
		}
		return id
	})
	grows := "grows old, and speaks to the diagnosis no longer then"
	if d.Overdue {
		grows = "has grown old, and speaks to the diagnosis no longer"
	}
	if len(of) > 1 {
		return fmt.Sprintf("the evidence on %d points %s: %s", len(of), grows, draw.Some(of, points, "; "))
	}
	return fmt.Sprintf("the evidence %s: %s", grows, of[0])
}

// grouped joins what grows old on one day into one, and all that has grown old, which
// stands behind what else is overdue. Two that are overdue stand before what is ahead, and the others behind it.
func grouped(all []reformcycle.Deadline) []dueTogether {
	var overdue, ahead []dueTogether
	for _, d := range all {
		list := &ahead
		if d.Overdue {
			list = &overdue
		}
		i := -1
		var of []string
		if d.Kind == reformcycle.EvidenceAges {
			of = []string{draw.First(d.Of, "the survey of programmes")}
			i = slices.IndexFunc(*list, func(o dueTogether) bool {
				return o.Kind == d.Kind && (d.Overdue || o.Day == d.Day && o.Latest == d.Latest)
			})
		}
		if i < 0 {
			*list = append(*list, dueTogether{d, of})
			continue
		}
		o := &(*list)[i]
		o.evidence = append(o.evidence, of...)
		for _, c := range d.Follows {
			if !slices.Contains(o.Follows, c) {
				o.Follows = append(slices.Clip(o.Follows), c)
			}
		}
		for _, w := range d.Who {
			if !slices.ContainsFunc(o.Who, func(held stakeholders.Candidate) bool { return held.Actor == w.Actor }) {
				o.Who = append(slices.Clip(o.Who), w)
			}
		}
	}
	slices.SortStableFunc(overdue, func(a, b dueTogether) int { return min(len(a.evidence), 1) - min(len(b.evidence), 1) })
	before := min(len(overdue), 2)
	return slices.Concat(overdue[:before], ahead, overdue[before:])
}

// dueOn says when a deadline is.
func dueOn(d dueTogether) string {
	from, to := day(d.Day.First()), day(d.Latest.First())
	switch {
	case d.Overdue:
		return "Overdue since " + to
	case d.Day != d.Latest:
		return "Between " + from + " and " + to
	}
	return from
}

// commitment that ends, of a deadline.
func (b *brief) commitment(d reformcycle.Deadline) (stakeholders.Commitment, bool) {
	if d.Kind != reformcycle.CommitmentEnds {
		return stakeholders.Commitment{}, false
	}
	for a := range b.state.Actors().All() {
		for _, c := range a.Commitments {
			if c.ID == d.Of && c.Entry == d.Entry {
				return c, true
			}
		}
	}
	return stakeholders.Commitment{}, false
}

// deadlineLimit bounds the annex of a record with thousands of commitments.
const deadlineLimit = 200

// due is the annex on deadlines.
func (b *brief) due() {
	b.annex(ofDeadlines, "What is due")
	if len(b.groups) == 0 {
		b.put("Nothing on record falls due in the coming %d months.", yearly)
		return
	}
	b.put("What falls due in the coming %d months, and what is overdue. What follows is what the record says if nothing happens.\n", yearly)
	b.put("| When | What | What follows | Who |")
	b.put("|---|---|---|---|")
	for _, d := range b.groups[:min(len(b.groups), deadlineLimit)] {
		follows := draw.Each(d.Follows, func(c reformcycle.Consequence) string { return prose(c.Says, whole) })
		who := draw.Each(d.Who, func(c stakeholders.Candidate) string { return name(c.Name) })
		b.put("| %s | %s | %s | %s |", dueOn(d), draw.Sentence(draw.Capital(prose(b.says(d, len(d.evidence)), whole))), draw.Sentence(draw.Capital(draw.First(strings.Join(follows, "; "), "nothing turns by itself"))),
			draw.First(draw.Some(who, listed, ", "), "nobody yet"))
	}
	if n := len(b.groups) - deadlineLimit; n > 0 {
		b.put("\nAnd %d more on record.", n)
	}
}

func (b *brief) debts() {
	b.annex(ofDebt, "Readiness debt")
	open := b.state.OpenDebts()
	defer b.unasked()
	if len(open) == 0 {
		b.put("None is open.")
		return
	}
	b.put("These should have been true before a stage was left. Somebody with authority let them go, or a correction of the record found them so, and they are still not true.\n")
	for _, d := range open {
		text := "No actor whose refusal alone blocks may oppose."
		source := "reich"
		if d.Guard != reformcycle.CoalitionVeto {
			c, _ := b.state.Checklist().Criterion(d.Guard)
			text, source = said(c.Text), strings.Join(c.Sources, ", ")
		}
		why := "as a correction of the record found."
		if !d.ByCorrection {
			why = fmt.Sprintf("by authority of %s. Reason given: %s", b.actor(d.Authority), said(d.Reason))
		}
		b.put("- **%s** Since %s, when %s was left in lap %d, %s%s", text, known(b.state.When(d.Entry, d.Since)), d.Stage.Label(), d.Lap, why, b.cite(source))
	}
}

// unasked names the debts that a later checklist asks for no longer.
func (b *brief) unasked() {
	var all []string
	for _, d := range b.state.Debts() {
		if !d.Unasked.IsZero() {
			all = append(all, name(d.Guard))
		}
	}
	if all != nil {
		b.put("\nOwed no more, though never met, for the checklist no longer asks for it: %s.", orNone(all))
	}
}

func (b *brief) progress() {
	s := b.state
	b.annex(ofProgress, "Progress by stage")
	b.put("| Stage | Phase | Required met | Unmet | Not rated | Score |")
	b.put("|---|---|--:|--:|--:|--:|")
	for stage := range reformcycle.Stages() {
		t := s.Tally(stage)
		name := fmt.Sprintf("%d %s", stage, stage.Label())
		if stage == s.Stage() {
			name = "**" + name + "** ←"
		}
		met, score := fmt.Sprintf("%d of %d", t.Met, required(t)), t.Score.String()
		if required(t) == 0 {
			met, score = "nothing required", "–"
		}
		b.put("| %s | %s | %s | %d | %d | %s |", name, stage.Phase(), met, t.Unmet, t.Unknown, score)
	}
	b.put("\nThe score runs from 0, every required criterion at the lowest level, to 1. Where criteria are not rated it is only known to lie between two numbers. The stages are those of the reform cycle%s; which phase a stage falls in is the model's own reading.", b.cite("chen2021"))
}

func (b *brief) basis() {
	b.annex(ofBasis, "What this rests on")
	ratings := b.state.Ratings()
	if len(ratings) == 0 {
		b.put("No criterion is rated in this lap, so nothing here rests on evidence.")
		return
	}
	made := madeUp(ratings)
	found := slices.DeleteFunc(ratings, func(r assessment.Rating) bool { return r.Evidence.Basis != assessment.Documented })
	if len(made) == 0 {
		b.put("All ratings are documented, %d of %d.", len(ratings), len(ratings))
	} else {
		// All of them are named: a list that is cut would let some pass as findings.
		b.put("**%d of %s illustrative; %s:** %s.", len(made), draw.Counted(len(ratings), "rating is", "ratings are"), noFindings(made), criteria(made))
	}
	if len(found) > 0 {
		b.put("\nDocumented:\n")
		for _, r := range found {
			b.put("- %s: %s Source: %s", name(r.Criterion), said(r.Evidence.What), said(r.Evidence.Source))
		}
	}
}

func criteria(ratings []assessment.Rating) string {
	return strings.Join(draw.Each(ratings, func(r assessment.Rating) string { return name(r.Criterion) }), ", ")
}

// sources lists what was cited, as the first of the lists that has it describes it.
func (b *brief) sources(lists ...func(key string) (assessment.Source, bool)) {
	for _, key := range b.cited {
		text := "not described here"
		for _, list := range lists {
			source, ok := list(key)
			if !ok {
				continue
			}
			text = strings.TrimSuffix(prose(source.Citation, whole), ".")
			if link := prose(source.Link, whole); link != "" {
				text += ". " + link
			}
			if seen := prose(source.Seen, whole); seen != "" {
				text += ". Seen: " + seen
			}
			break
		}
		b.put("- **%s** – %s", name(key), draw.Sentence(text))
	}
}

// some tells the first of a list of texts that are not escaped yet.
func some(texts []string, most int) string {
	return draw.Some(draw.Each(texts, func(t string) string { return prose(t, whole) }), most, "; ")
}

func orNone(texts []string) string {
	if len(texts) == 0 {
		return "none"
	}
	return draw.Some(texts, listed, "; ")
}

// name is prose for a name, said for a sentence.
func name(text string) string { return prose(text, whole) }
func said(text string) string { return draw.Sentence(prose(text, whole)) }

// prose makes a text safe to stand in a line or a cell of Markdown: one line, cut
// to its place, and with everything escaped that Markdown would take for markup.
// That includes what GitHub turns into links and mentions by itself.
func prose(text string, limit int) string {
	text = draw.Plain(text, limit)
	if harmless(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 8)
	for i, r := range text {
		switch r {
		case '\\', '`', '*', '_', '[', ']', '<', '>', '&', '|', '~', '#', '$':
			b.WriteByte('\\')
		case ':':
			if strings.HasPrefix(text[i:], "://") {
				b.WriteByte('\\')
			}
		case '+', '-', '=':
			if i == 0 {
				b.WriteByte('\\')
			}
		case '.', ')':
			if i >= 3 && r == '.' && strings.EqualFold(text[i-3:i], "www") || digits(text[:i]) && strings.HasPrefix(text[i+1:]+" ", " ") {
				b.WriteByte('\\')
			}
		case '@':
			// No backslash stops an address from becoming a link; a character
			// without width before it does.
			b.WriteRune('\u2060')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// harmless: most texts hold nothing that Markdown could take for markup.
func harmless(text string) bool {
	for i := range len(text) {
		switch c := text[i]; c {
		case '\\', '`', '*', '_', '[', ']', '<', '>', '&', '|', '~', '#', '$', ':', '@':
			return false
		case '+', '-', '=', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			if i == 0 {
				return false
			}
		case '.', ')':
			if i == 0 || text[i-1]|0x20 == 'w' {
				return false
			}
		}
	}
	return true
}

// digits reports whether there is nothing but digits: with a full stop after them
// and a space, a text would open a numbered list.
func digits(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// day writes a date as people say it; a time that is not known has none.
func day(t time.Time) string {
	return known(date.Of(t))
}

// known is a date as it is known: "3 November 2025", "November 2025", "2025".
func known(on date.Date) string {
	return cmp.Or(on.Words(), "date not known")
}

// knownOn is a date in a sentence: "on 3 November 2025", "in 2025".
func knownOn(on date.Date) string {
	if on.Precision() < date.ToDay && !on.IsZero() {
		return "in " + known(on)
	}
	return "on " + known(on)
}

// judgedOn is the date at which a state is judged: that of its last entry, unless it is
// judged later.
func judgedOn(s reformcycle.State) date.Date {
	if s.JudgedAt().Equal(s.Moment()) {
		return s.Date()
	}
	return date.Of(s.JudgedAt())
}
