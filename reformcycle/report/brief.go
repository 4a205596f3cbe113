package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/stakeholders"
)

// What keeps a brief brief: the longest that a text of somebody's may be, in
// characters, and how much of each list is told.
const (
	textLimit   = 280
	actionLimit = 8
	whoLimit    = 3
	missLimit   = 4
)

// Brief tells in one to two pages of Markdown where a reform stands: the stage,
// lap and status, what blocks it, who has to do what next, what the diagnosis
// finds, the coalition, the readiness debt, the progress of every stage, and what
// all this rests on. It is meant for a minister, so it speaks in sentences; each
// demand carries the key of its source, and the sources stand at the end.
//
// Lists are told up to a bound and say how much is left out. Tables are those of
// GitHub's Markdown.
func Brief(w io.Writer, s reformcycle.State) error {
	b := &brief{state: s}
	b.heading()
	b.position()
	b.blockers()
	b.actions()
	b.diagnosis()
	b.coalition()
	b.debts()
	b.progress()
	b.basis()
	b.sources(s.Checklist().Source, s.Rules().Source)
	return draw.Write(w, b.String())
}

type brief struct {
	strings.Builder
	state reformcycle.State
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

func (b *brief) heading() {
	s := b.state
	b.put("# %s\n", draw.First(prose(s.Title(), textLimit), prose(s.ID(), textLimit), "A reform without a title"))
	var facts []string
	if country := name(s.Country()); country != "" {
		facts = append(facts, country)
	}
	if s.Seq() > 0 {
		facts = append(facts, asOf(s))
	}
	facts = append(facts, fmt.Sprintf("checklist %s, version %s", name(s.Checklist().Name()), name(s.Checklist().Version())))
	b.put("%s", draw.Capital(strings.Join(facts, " · ")))
}

// where names the stage that the cycle stands at.
func where(s reformcycle.State) string {
	return fmt.Sprintf("stage %d of 8, %s (phase: %s), in lap %d", s.Stage(), s.Stage().Label(), s.Stage().Phase(), s.Lap())
}

func (b *brief) position() {
	s := b.state
	b.section("Where we are")
	switch {
	case s.Seq() == 0:
		b.put("The reform has not begun: nothing is recorded yet. It will start at %s.", where(s))
		return
	case s.Status() == reformcycle.Active:
		b.put("The reform is active. It stands at %s, since %s.", where(s), day(stageSince(s)))
	case s.Status() == reformcycle.Suspended:
		b.put("**The reform is suspended** since %s, at %s, which it entered on %s. Reason: %s", day(s.LastMove()), where(s), day(stageSince(s)), said(s.Held()))
	default:
		b.put("**The reform was abandoned** on %s, at %s. It will not go on. Reason: %s", day(s.LastMove()), where(s), said(s.Held()))
	}
	for _, a := range s.Arrivals() {
		if a.Stage == s.Stage() && a.Times > 1 {
			b.put("It has come to this stage %d times in this lap, first on %s.", a.Times, day(a.First))
		}
	}
	if laps := s.Laps(); len(laps) > 0 {
		last := laps[len(laps)-1]
		b.put("The lap before, lap %d, ended on %s with %d of %d required criteria met%s.", last.Number, day(last.Ended), last.Met, last.Required, lastBasis(last.Ratings))
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
	judged, last := day(s.JudgedAt()), day(s.Moment())
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

func (b *brief) blockers() {
	s := b.state
	switch s.Status() {
	case reformcycle.Abandoned:
		b.section("What stood open when it ended")
		b.put("An abandoned reform takes no further step, so nothing can be cleared.")
		b.unmet("Of the stage where it ended, these were required and not met:")
	case reformcycle.Suspended:
		b.section("What blocks us")
		b.put("The suspension itself: until the reform is resumed, it takes ratings and changes of stakeholders and no other step. Nothing guards the resumption; somebody has to decide on it and say why.")
		b.unmet("Once resumed, it will need these at its stage, which are not met:")
	default:
		b.section("What blocks us")
		next := "the step to the next stage"
		if s.Stage() == reformcycle.ManagementAndLearning {
			next = "the start of a new lap"
		}
		blockers := s.Blockers()
		if len(blockers) == 0 {
			b.put("Nothing stands before %s.", next)
			return
		}
		b.put("Before %s, the following must be true and is not yet.\n", next)
		for _, k := range blockers[:min(len(blockers), draw.Told)] {
			b.put("- **%s** %s%s%s", said(k.Text), draw.Sentence(draw.Capital(b.lack(k))), remedy(k.Remedy), b.cite(k.Source))
		}
		b.left(len(blockers), draw.Told)
	}
}

func (b *brief) unmet(intro string) {
	var open []assessment.Item
	for _, item := range b.state.Scorecard().Items {
		if item.Criterion.Section == b.state.Stage().String() && !item.Criterion.Advisory && !item.Met {
			open = append(open, item)
		}
	}
	if len(open) == 0 {
		return
	}
	b.put("\n%s\n", intro)
	for _, item := range open[:min(len(open), draw.Told)] {
		c := item.Criterion
		do := remedy(c.Remedy)
		if b.state.Status() == reformcycle.Abandoned {
			do = ""
		}
		b.put("- **%s** %s%s%s", said(c.Text), draw.Sentence(draw.Capital(levels(item.Level, c.Threshold))), do, b.cite(strings.Join(c.Sources, ", ")))
	}
	b.left(len(open), draw.Told)
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

func remedy(text string) string {
	if text = said(text); text != "" {
		return " To do: " + text
	}
	return ""
}

func (b *brief) left(all, told int) {
	if all > told {
		b.put("- … and %d more.", all-told)
	}
}

func (b *brief) lack(k reformcycle.Blocker) string {
	if unsaid := k.Unsaid(); unsaid != "" {
		k.Silent = nil
		return b.lack(k) + "; " + unsaid
	}
	switch {
	case len(k.Missing) > 0:
		return "missing: " + some(k.Missing)
	case len(k.Actors) > 0:
		return "in the way: " + few(draw.Each(k.Actors, b.actor))
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

func (b *brief) actions() {
	s := b.state
	if s.Status() == reformcycle.Abandoned {
		return
	}
	b.section("Who must do what next")
	actions := s.NextActions()
	if len(actions) == 0 {
		b.put("Nothing is asked for now.")
		return
	}
	b.put("| Rank | What | Who | What it unlocks |")
	b.put("|--:|---|---|---|")
	for _, a := range actions[:min(len(actions), actionLimit)] {
		what := said(a.Do)
		if c, ok := b.state.Checklist().Criterion(a.Guard); ok && what == "" {
			what = "Make this true: " + said(c.Text)
		}
		if len(a.Missing) > 0 {
			what += " Missing: " + draw.Sentence(some(a.Missing))
		}
		b.put("| %d | %s%s | %s | %s |", a.Rank, what, b.cite(a.Source), b.who(a), draw.Capital(prose(a.Unlocks, textLimit)))
	}
	if n := len(actions) - actionLimit; n > 0 {
		b.put("\n%s not shown.", draw.Counted(n, "further action is", "further actions are"))
	}
}

// who names those who could do it; where nobody is there, who it would take.
func (b *brief) who(a reformcycle.Action) string {
	var names []string
	for _, c := range a.Who {
		if name := name(c.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		return strings.Join(names[:min(len(names), whoLimit)], ", ")
	}
	var roles []string
	if c, ok := b.state.Checklist().Criterion(a.Guard); ok {
		roles = draw.Each(c.Carriers, func(carrier string) string { return name(stakeholders.Role(carrier).Label()) })
	}
	if len(roles) == 0 {
		return "nobody yet"
	}
	return "nobody yet; usually the " + strings.Join(roles[:min(len(roles), whoLimit)], " or ")
}

func (b *brief) coalition() {
	roster := b.state.Actors()
	b.section("The coalition at a glance")
	if c := b.state.Coalition(); c.Name == "" {
		b.put("- No coalition has formed.")
	} else {
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
	b.put("- %s engaged, %d of them in the coalition.", draw.Counted(roster.Len(), "actor is", "actors are"), members(roster))
	f := roster.Feasibility()
	verdict := "support does not exceed opposition"
	if f.Feasible() {
		verdict = "support exceeds opposition"
	}
	left := ""
	if f.LeftOut > 0 {
		left = fmt.Sprintf(" %s left out, for position or power is not known.", draw.Counted(f.LeftOut, "actor is", "actors are"))
	}
	b.put("- Weighted support %s against opposition %s, with %s not yet mobilised: **%s**.%s%s", draw.Tenths(f.Support), draw.Tenths(f.Opposition), draw.Tenths(f.NonMobilised), verdict, left, b.cite("reich"))
	b.put("- Opponents who alone can block: %s", draw.Sentence(orNone(draw.Each(roster.VetoOpponents(), func(a stakeholders.Actor) string { return name(a.Name) }))))
	b.put("- Roles that nobody fills: %s.", orNone(draw.Each(roster.RoleGaps(), func(gap stakeholders.RoleGap) string { return gap.Role.Label() })))
	b.put("- Groups without a member: %s.", orNone(draw.Each(roster.MissingGroups(), stakeholders.Group.Label)))
}

func (b *brief) debts() {
	b.section("Readiness debt")
	open := b.state.OpenDebts()
	defer b.unasked()
	if len(open) == 0 {
		b.put("None is open.")
		return
	}
	b.put("These should have been true before a stage was left. Somebody with authority let them go, or a correction of the record found them so, and they are still not true.\n")
	for _, d := range open[:min(len(open), draw.Told)] {
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
		b.put("- **%s** Since %s, when %s was left in lap %d, %s%s", text, day(d.Since), d.Stage.Label(), d.Lap, why, b.cite(source))
	}
	b.left(len(open), draw.Told)
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
	b.section("Progress by stage")
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
	b.section("What this rests on")
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
		for _, r := range found[:min(len(found), draw.Told)] {
			b.put("- %s: %s Source: %s", name(r.Criterion), said(r.Evidence.What), said(r.Evidence.Source))
		}
		if n := len(found) - draw.Told; n > 0 {
			b.put("- … and %d more: %s.", n, criteria(found[draw.Told:]))
		}
	}
}

func criteria(ratings []assessment.Rating) string {
	return strings.Join(draw.Each(ratings, func(r assessment.Rating) string { return name(r.Criterion) }), ", ")
}

// sources lists what was cited, as the first of the lists that has it describes it.
func (b *brief) sources(lists ...func(key string) (assessment.Source, bool)) {
	b.section("Sources")
	for _, key := range b.cited {
		text := "not described here"
		for _, list := range lists {
			source, ok := list(key)
			if !ok {
				continue
			}
			text = strings.TrimSuffix(prose(source.Citation, textLimit), ".")
			if link := prose(source.Link, textLimit); link != "" {
				text += ". " + link
			}
			if seen := prose(source.Seen, textLimit); seen != "" {
				text += ". Seen: " + seen
			}
			break
		}
		b.put("- **%s** – %s", name(key), draw.Sentence(text))
	}
}

// some tells the first of a list of texts that are not escaped yet.
func some(texts []string) string {
	return few(draw.Each(texts, func(t string) string { return prose(t, textLimit) }))
}

func few(texts []string) string { return draw.Some(texts, missLimit, "; ") }

func orNone(texts []string) string {
	if len(texts) == 0 {
		return "none"
	}
	return few(texts)
}

// name is prose for a name, said for a sentence.
func name(text string) string { return prose(text, draw.NameLimit) }
func said(text string) string { return draw.Sentence(prose(text, textLimit)) }

// prose makes a text safe to stand in a line or a cell of Markdown: one line, cut
// to its place, and with everything escaped that Markdown would take for markup.
// That includes what GitHub turns into links and mentions by itself.
func prose(text string, limit int) string {
	text = draw.Plain(text, limit)
	var b strings.Builder
	for i, r := range text {
		switch {
		case strings.ContainsRune("\\`*_[]<>&|~#$", r):
			b.WriteByte('\\')
		case r == ':' && strings.HasPrefix(text[i:], "://"):
			b.WriteByte('\\')
		case r == '.' && strings.HasSuffix(strings.ToLower(text[:i]), "www"):
			b.WriteByte('\\')
		case strings.ContainsRune("+-=", r) && i == 0,
			strings.ContainsRune(".)", r) && digits(text[:i]) && strings.HasPrefix(text[i+1:]+" ", " "):
			b.WriteByte('\\')
		case r == '@':
			// No backslash stops an address from becoming a link; a character
			// without width before it does.
			b.WriteRune('\u2060')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// digits reports whether there is nothing but digits: with a full stop after them
// and a space, a text would open a numbered list.
func digits(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// day writes a date as people say it; a time that is not known has none.
func day(t time.Time) string {
	if t.IsZero() {
		return "date not known"
	}
	return t.UTC().Format("2 January 2006")
}
