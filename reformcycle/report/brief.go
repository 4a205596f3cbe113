package report

import (
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// whole is longer than any text that a record takes, and than any list of them: annexes
// cut nothing. listed is how many names stand in one line, and yearly how many months ahead
// deadlines are told.
const (
	whole  = 1 << 20
	listed = 12
	yearly = 12
)

// Brief tells in Markdown where a reform stands, for a minister who has to decide. The
// first page, at most 55 lines of 95 columns, has what there is to decide: where we stand
// and since when, what blocks the next step and who does what by when, the three gravest
// findings, what is due, and what all this rests on. Annexes behind it, in the same file,
// have the whole: each demand with the key of its source, and the sources at the end.
//
// It is told in a language, nil for English; what people typed stands as they typed it.
// The first page tells less where a language is long, cuts what is long, between words, and
// says where it stands whole. It ends with a line across, "---". What is contested stands on
// it where its rule is graver than the third finding. Tables, in the annexes, are those of
// GitHub's Markdown.
func Brief(w io.Writer, l *language.Language, s reformcycle.State) error {
	b := newBrief(l, s)
	b.diagnosis = s.Diagnose()
	b.WriteString((&first{brief: b}).page())
	b.position()
	b.clearing()
	b.judged()
	b.due()
	b.coalition()
	b.debts()
	b.progress()
	b.basis()
	b.annex(ofSources, "brief.sources")
	b.sources(s.Checklist().Source, s.Rules().Source)
	return draw.Write(w, b.String())
}

func newBrief(l *language.Language, s reformcycle.State) *brief {
	b := &brief{l: l, state: s, actions: s.NextActions()}
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
	return b
}

type brief struct {
	strings.Builder
	l         *language.Language
	state     reformcycle.State
	diagnosis reformcycle.Diagnosis
	actions   []reformcycle.Action
	// blockers of the next step, and open the actions that clear them, in their order.
	blockers []reformcycle.Blocker
	open     []reformcycle.Action
	// deadlines of the coming year and those overdue, and the same as they are told.
	deadlines []reformcycle.Deadline
	groups    []dueTogether
	// counted: of something it was said how much more there is.
	counted bool
	// cited are the keys of the sources that the page names.
	cited []string
}

// tell says a text, safe to stand in a line or a cell of Markdown; say does so for one of
// the texts of this page.
func (b *brief) tell(t language.Text) string       { return prose(b.l.Say(t), whole) }
func (b *brief) say(id string, args ...any) string { return b.tell(language.Of(id, args...)) }
func (b *brief) sentence(t language.Text) string   { return draw.Sentence(draw.Plain(b.l.Say(t), whole)) }
func (b *brief) capital(t language.Text) string    { return draw.Capital(draw.Plain(b.l.Say(t), whole)) }

// fill says one of the texts of this page with arguments that are safe already.
func (b *brief) fill(id string, args ...any) string { return b.l.Say(language.Of(id, args...)) }

// statement is a text as a sentence, with a capital and a full stop, safe as tell makes it.
func (b *brief) statement(t language.Text) string { return prose(draw.Capital(b.sentence(t)), whole) }

func (b *brief) put(lines ...string) {
	for _, line := range lines {
		b.WriteString(line)
		b.WriteByte('\n')
	}
}

func (b *brief) section(title string) { b.put("\n## " + title + "\n") }

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
	b.section(b.say("brief.annex", "n", number, "title", language.Of(title)))
}

// headed writes the head of a table; of the columns the named are to the right.
func (b *brief) headed(columns ...string) {
	heads, rules := "|", "|"
	for _, id := range columns {
		id, right := strings.CutPrefix(id, ">")
		heads += " " + b.say(id) + " |"
		if right {
			rules += "--:|"
		} else {
			rules += "---|"
		}
	}
	b.put(heads, rules)
}

func (b *brief) row(cells ...string) { b.put("| " + strings.Join(cells, " | ") + " |") }

// where are the arguments that tell at which stage the cycle stands.
func where(s reformcycle.State, more ...any) []any {
	return append([]any{"n", int(s.Stage()), "stage", s.Stage().Told(), "phase", s.Stage().Phase().Told(), "lap", s.Lap()}, more...)
}

// title of the reform, as it was typed.
func (b *brief) title() string {
	return draw.First(draw.Plain(b.state.Title(), whole), draw.Plain(b.state.ID(), whole), b.l.Say(language.Of("brief.no-title")))
}

// status says where the reform stands and since when; why makes the reason safe, and gives
// it its place.
func (b *brief) status(why func(text string) string) string {
	s := b.state
	switch {
	case s.Seq() == 0:
		return b.say("brief.not-begun", where(s)...)
	case s.Status() == reformcycle.Active:
		return b.say("brief.active", where(s, "since", dated(stageSince(s)))...)
	case s.Status() == reformcycle.Suspended:
		return bold(b.say("brief.suspended")) + " " +
			b.fill("brief.suspended-at", where(s, "since", dated(s.LastMoved()), "entered", dated(stageSince(s)), "why", draw.Sentence(why(s.Held())))...)
	default:
		return bold(b.say("brief.abandoned")) + " " +
			b.fill("brief.abandoned-at", where(s, "on", dated(s.LastMoved()), "why", draw.Sentence(why(s.Held())))...)
	}
}

func bold(text string) string { return "**" + text + "**" }

// position is the annex on where the reform stands.
func (b *brief) position() {
	s := b.state
	b.annex(inFull, "brief.in-full")
	b.put(prose(draw.Sentence(b.title()), whole), "", b.ofTheWhole()+".", "", b.status(name))
	if s.Seq() == 0 {
		return
	}
	for _, a := range s.Arrivals() {
		if a.Stage == s.Stage() && a.Times > 1 {
			b.put(b.say("brief.came-again", "times", a.Times, "first", dated(s.When(a.Entry, a.First))))
		}
	}
	if laps := s.Laps(); len(laps) > 0 {
		last := laps[len(laps)-1]
		text := b.say("brief.lap-before", "lap", last.Number, "on", dated(s.When(last.Entry, last.Ended)), "met", last.Met, "required", last.Required)
		if illustrative := len(madeUp(last.Ratings)); illustrative > 0 {
			text += " " + b.say("brief.lap-before-illustrative", "n", illustrative, "total", len(last.Ratings))
		}
		b.put(text)
	}
	if n := len(s.Corrections()); n > 0 {
		b.put(b.say("brief.corrected", "n", n))
	}
	if silent := silences(s); silent != nil {
		b.put(b.say("brief.silent-in-full", "topics", silent))
	}
	for _, p := range s.Problems() {
		if p.Lap == s.Lap() {
			b.put("", b.say("brief.problem", "problem", b.sentence(language.Typed(p.Statement))))
			break
		}
	}
}

// ofTheWhole are the facts of the page: of which country, as of when, by which checklist.
func (b *brief) ofTheWhole() string {
	s := b.state
	var facts []string
	if country := name(s.Country()); country != "" {
		facts = append(facts, country)
	}
	switch judged, last := judgedOn(s), s.Date(); {
	case s.Seq() == 0:
	case judged == last:
		facts = append(facts, b.say("brief.as-of", "on", dated(judged)))
	default:
		facts = append(facts, b.say("brief.as-of-later", "on", dated(judged), "last", dated(last)))
	}
	facts = append(facts, b.say("brief.checklist", "name", s.Checklist().Name(), "version", s.Checklist().Version()))
	return draw.Capital(strings.Join(facts, " · "))
}

// clearing is the annex on what blocks, and what to do next.
func (b *brief) clearing() {
	b.annex(ofBlockers, "brief.blockers")
	switch s := b.state; {
	case s.Status() == reformcycle.Abandoned:
		b.put(b.say("brief.no-further"))
		b.wanting("brief.ended-unmet")
		return
	case s.Status() == reformcycle.Suspended:
		b.put(b.say("brief.suspension-blocks"))
		b.wanting("brief.resumed-needs")
	case len(b.blockers) == 0:
		b.put(b.next("brief.nothing-before"))
	default:
		b.put(b.next("brief.these-before"), "")
		for _, k := range b.blockers {
			b.put("- " + bold(b.statement(k.Text)) + " " + prose(b.lack(k, listed), whole) + b.remedy(k.Remedy) + b.cite(k.Source))
		}
	}
	if len(b.actions) == 0 {
		b.put("", b.say("brief.nothing-asked"))
		return
	}
	b.put("")
	b.headed(">brief.rank", "brief.what", "brief.who", "brief.unlocks")
	for _, a := range b.actions {
		what := b.statement(a.Do)
		if c, ok := b.state.Checklist().Criterion(a.Guard); ok && what == "" {
			what = b.say("brief.make-true", "criterion", b.sentence(language.Built(c.Text)))
		}
		if len(a.Missing) > 0 {
			what += " " + b.say("brief.missing", "what", b.some(a.Missing, listed))
		}
		b.row(strconv.Itoa(a.Rank), what+b.cite(a.Source), b.tell(b.who(a, listed, func(name string) string { return name })), prose(b.capital(a.Unlocks), whole))
	}
}

// next tells of the step that takes the reform on: to the next stage, or into a new lap.
func (b *brief) next(id string, args ...any) string {
	if b.state.Stage() == reformcycle.ManagementAndLearning {
		return b.say(id+".lap", args...)
	}
	return b.say(id+".stage", args...)
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
	b.put("", b.say(intro), "")
	for _, item := range open {
		c := item.Criterion
		b.put("- " + bold(b.statement(language.Built(c.Text))) + " " + b.tell(item.Level.Against(c.Threshold)) + b.remedy(language.Built(c.Remedy)) + b.cite(strings.Join(c.Sources, ", ")))
	}
}

// silences lists what the record is silent about.
func silences(s reformcycle.State) (about []language.Text) {
	for _, topic := range reformcycle.Topics() {
		if s.OnRecord(topic).Absence == reformcycle.Silent {
			about = append(about, topic.Told())
		}
	}
	return about
}

// remedy of what is wrong; an abandoned reform has none.
func (b *brief) remedy(t language.Text) string {
	if text := b.sentence(t); text != "" && b.state.Status() != reformcycle.Abandoned {
		return " " + b.say("brief.to-do", "what", text)
	}
	return ""
}

// lack says what a blocker lacks, in sentences that are not escaped yet.
func (b *brief) lack(k reformcycle.Blocker, most int) string {
	var text language.Text
	switch {
	case len(k.Missing) > 0:
		text = language.Of("brief.missing", "what", b.some(k.Missing, most))
	case len(k.Actors) > 0:
		text = language.Of("brief.in-the-way", "who", b.some(draw.Each(k.Actors, b.actor), most))
	default:
		text = k.Have.Against(k.Need)
	}
	if len(k.Silent) > 0 {
		return b.l.Say(text) + " " + b.l.Say(language.Of("brief.silent", "topics", b.some(draw.Each(k.Silent, reformcycle.Topic.Told), most)))
	}
	return b.l.Say(text)
}

// actor names an actor by what people call it, engaged or not any more.
func (b *brief) actor(id string) language.Text {
	if a, ok := b.state.Actors().Actor(id); ok {
		return language.Typed(a.Name)
	}
	return language.Typed(id)
}

// who names those who could do it; where nobody is there, who it would take.
func (b *brief) who(a reformcycle.Action, most int, short func(name string) string) language.Text {
	var names []string
	for _, c := range a.Who {
		if !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	if len(names) > 0 {
		return language.Of("brief.names", "who", b.some(draw.Each(names, func(name string) language.Text { return language.Typed(short(name)) }), most))
	}
	var roles []language.Text
	if c, ok := b.state.Checklist().Criterion(a.Guard); ok {
		roles = draw.Each(c.Carriers, func(carrier string) language.Text { return stakeholders.Role(carrier).Told() })
	}
	if len(roles) == 0 {
		return language.Of("brief.nobody")
	}
	return language.Of("brief.nobody-usually", "roles", roles)
}

func (b *brief) coalition() {
	roster := b.state.Actors()
	b.annex(ofCoalition, "brief.coalition")
	c := b.state.Coalition()
	item := func(text string) { b.put("- " + text) }
	switch b.state.CoalitionFormed() {
	case date.No:
		if members(roster) > 0 {
			item(b.say("brief.coalition-to-be"))
		} else {
			item(b.say("brief.no-coalition"))
		}
	case date.Open:
		item(b.say("brief.coalition-open"))
	default:
		purpose := b.sentence(language.Typed(c.Purpose))
		text := b.say("brief.no-convener", "purpose", purpose)
		if c.Convener != "" {
			text = b.say("brief.convener", "who", b.actor(c.Convener), "purpose", purpose)
		}
		item(bold(prose(draw.Sentence(draw.Plain(c.Name, whole)), whole)) + " " + text)
	}
	if roster.Len() == 0 {
		item(b.say("brief.no-actors"))
		return
	}
	item(b.say("brief.actors", "n", roster.Len(), "members", members(roster)))
	f := roster.Feasibility()
	verdict := "brief.not-feasible"
	if f.Feasible() {
		verdict = "brief.feasible"
	}
	text := bold(b.say(verdict)) + " " + b.say("brief.weights", "support", tenths(f.Support), "opposition", tenths(f.Opposition), "mobilised", tenths(f.NonMobilised))
	if f.LeftOut > 0 {
		text += " " + b.say("brief.left-out", "n", f.LeftOut)
	}
	item(text + b.cite("reich"))
	item(b.say("brief.vetoes", "who", b.some(draw.Each(roster.VetoOpponents(), func(a stakeholders.Actor) language.Text { return language.Typed(a.Name) }), listed)))
	item(b.say("brief.roles", "roles", b.some(draw.Each(roster.RoleGaps(), func(gap stakeholders.RoleGap) language.Text { return gap.Role.Told() }), listed)))
	item(b.say("brief.groups", "groups", b.some(draw.Each(roster.MissingGroups(), stakeholders.Group.Told), listed)))
}

// tenths is a number with one decimal at most.
func tenths(x float64) any {
	x = math.Round(x*10) / 10
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return int64(x)
	}
	return x
}

// dueTogether is a deadline as it is told: of evidence, with all that grows old that day.
type dueTogether struct {
	reformcycle.Deadline
	// evidence of criteria, by id; empty for the survey of programmes.
	evidence []string
}

// says what falls due, without the day; evidence by what it was seen of, the first points
// of many.
func (b *brief) says(d dueTogether, points int) language.Text {
	if len(d.evidence) == 0 {
		return d.Says
	}
	of := draw.Each(d.evidence, func(id string) language.Text {
		c, ok := b.state.Checklist().Criterion(id)
		switch {
		case ok:
			return language.Typed(strings.TrimSuffix(b.l.Say(language.Built(c.Text)), "."))
		case id == "":
			return language.Of("brief.survey")
		}
		return language.Typed(id)
	})
	id := "brief.ages"
	if d.Overdue {
		id = "brief.aged"
	}
	return language.Of(id, "n", len(of), "points", b.some(of, points))
}

// Falling is a deadline as people are told of it.
type Falling struct {
	reformcycle.Deadline
	// Says what falls due, without the day; of evidence that grows old, all of it that does
	// so on one day, or that has.
	Says language.Text
}

// FallsDue puts together what grows old on one day, and in order what falls due: two that
// are overdue, what is ahead, and what else is overdue. It is told in a language, nil for
// English; the deadlines are those of a state, as [reformcycle.State.Due] gives them.
func FallsDue(l *language.Language, s reformcycle.State, deadlines []reformcycle.Deadline) []Falling {
	b := &brief{l: l, state: s}
	var told []Falling
	for _, d := range grouped(deadlines) {
		told = append(told, Falling{d.Deadline, b.says(d, len(d.evidence))})
	}
	return told
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
			of = []string{d.Of}
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
			if !slices.ContainsFunc(o.Follows, func(held reformcycle.Consequence) bool { return reflect.DeepEqual(held, c) }) {
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
	b.annex(ofDeadlines, "brief.due")
	if len(b.groups) == 0 {
		b.put(b.say("brief.nothing-due"))
		return
	}
	b.put(b.say("brief.due-intro"), "")
	b.headed("brief.when", "brief.what", "brief.follows", "brief.who")
	for _, d := range b.groups[:min(len(b.groups), deadlineLimit)] {
		follows, who := language.Of("brief.nothing-turns"), language.Of("brief.nobody")
		if len(d.Follows) > 0 {
			follows = language.Of("brief.each", "what", draw.Each(d.Follows, func(c reformcycle.Consequence) language.Text { return c.Says }))
		}
		if len(d.Who) > 0 {
			who = language.Of("brief.names", "who", b.some(draw.Each(d.Who, func(c stakeholders.Candidate) language.Text { return language.Typed(c.Name) }), listed))
		}
		b.row(b.tell(d.When()), b.statement(b.says(d, len(d.evidence))), b.statement(follows), b.tell(who))
	}
	if n := len(b.groups) - deadlineLimit; n > 0 {
		b.put("", b.say("brief.more-on-record", "n", n))
	}
}

func (b *brief) debts() {
	b.annex(ofDebt, "brief.debt")
	open := b.state.OpenDebts()
	defer b.unasked()
	if len(open) == 0 {
		b.put(b.say("brief.no-debt"))
		return
	}
	b.put(b.say("brief.debt-intro"), "")
	for _, d := range open {
		text, source := b.asked(d.Guard), "reich"
		if c, ok := b.state.Checklist().Criterion(d.Guard); ok {
			source = strings.Join(c.Sources, ", ")
		}
		args := []any{"since", dated(b.state.When(d.Entry, d.Since)), "stage", d.Stage.Told(), "lap", d.Lap}
		why := b.say("brief.debt-corrected", args...)
		if !d.ByCorrection {
			why = b.say("brief.debt-waived", append(args, "who", b.actor(d.Authority), "why", b.sentence(language.Typed(d.Reason)))...)
		}
		b.put("- " + bold(b.statement(text)) + " " + why + b.cite(source))
	}
}

// asked is what a guard asks for.
func (b *brief) asked(guard string) language.Text {
	if c, ok := b.state.Checklist().Criterion(guard); ok {
		return language.Built(c.Text)
	}
	return language.Of("brief.veto")
}

// unasked names the debts that a later checklist asks for no longer.
func (b *brief) unasked() {
	var all []language.Text
	for _, d := range b.state.Debts() {
		if !d.Unasked.IsZero() {
			all = append(all, language.Typed(d.Guard))
		}
	}
	if all != nil {
		b.put("", b.say("brief.unasked", "criteria", b.some(all, listed)))
	}
}

func (b *brief) progress() {
	s := b.state
	b.annex(ofProgress, "brief.progress")
	b.headed("brief.stage", "brief.phase", ">brief.required", ">brief.unmet", ">brief.unrated", ">brief.score")
	for stage := range reformcycle.Stages() {
		t := s.Tally(stage)
		name := strconv.Itoa(int(stage)) + " " + b.tell(stage.Told())
		if stage == s.Stage() {
			name = bold(name) + " ←"
		}
		met, score := b.say("brief.of", "n", t.Met, "total", required(t)), boundsIn(b.l, t.Score)
		if required(t) == 0 {
			met, score = b.say("brief.nothing-required"), "–"
		}
		b.row(name, b.tell(stage.Phase().Told()), met, strconv.Itoa(t.Unmet), strconv.Itoa(t.Unknown), score)
	}
	b.put("", b.say("brief.score-note")+b.cite("chen2021"))
}

func (b *brief) basis() {
	b.annex(ofBasis, "brief.basis")
	ratings := b.state.Ratings()
	if len(ratings) == 0 {
		b.put(b.say("brief.no-evidence"))
		return
	}
	made := madeUp(ratings)
	found := slices.DeleteFunc(ratings, func(r assessment.Rating) bool { return r.Evidence.Basis != assessment.Documented })
	if len(made) == 0 {
		b.put(b.say("brief.all-documented", "n", len(found)))
	} else {
		// All of them are named: a list that is cut would let some pass as findings.
		b.put(bold(b.say("brief.illustrative-in-full", "n", len(made), "total", len(made)+len(found))), "")
		for _, r := range made {
			b.put("- " + b.statement(b.asked(r.Criterion)))
		}
	}
	if len(found) > 0 {
		b.put("", b.say("brief.documented"), "")
		for _, r := range found {
			b.put("- " + b.statement(b.asked(r.Criterion)) + " " + b.say("brief.evidence", "what", b.sentence(language.Typed(r.Evidence.What)), "source", b.sentence(language.Typed(r.Evidence.Source))))
		}
	}
}

// sources lists what was cited, as the first of the lists that has it describes it.
func (b *brief) sources(lists ...func(key string) (assessment.Source, bool)) {
	for _, key := range b.cited {
		text := b.say("brief.not-described")
		for _, list := range lists {
			source, ok := list(key)
			if !ok {
				continue
			}
			text = prose(draw.Sentence(draw.Plain(b.l.Say(language.Built(source.Citation)), whole)), whole)
			if link := name(source.Link); link != "" {
				text += " " + draw.Sentence(link)
			}
			if source.Seen != "" {
				text += " " + b.say("brief.seen", "what", b.sentence(language.Built(source.Seen)))
			}
			break
		}
		b.put("- " + bold(name(key)) + " – " + text)
	}
}

// some are the first of a list of texts, and how many more there are.
func (b *brief) some(texts []language.Text, most int) []language.Text {
	if left := len(texts) - most; left > 0 {
		b.counted = true
		return append(slices.Clip(texts[:most]), language.Of("brief.and-more", "n", left))
	}
	return texts
}

// name is what somebody typed, safe to stand in a line or a cell of Markdown.
func name(text string) string { return prose(text, whole) }

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
		case '\\', '`', '*', '_', '[', ']', '<', '>', '&', '|', '~', '#', '$', '@':
			return false
		case ':':
			if strings.HasPrefix(text[i:], "://") {
				return false
			}
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

// dayOf is that of a moment, to be said; a time that is not known has none.
func dayOf(t time.Time) any { return dated(date.Of(t)) }

// dated is a date as it is known, to be said: a day, a month, a year.
func dated(on date.Date) any {
	if on.IsZero() {
		return language.Of("brief.no-date")
	}
	return on.String()
}

// judgedOn is the date at which a state is judged: that of its last entry, unless it is
// judged later.
func judgedOn(s reformcycle.State) date.Date {
	if s.JudgedAt().Equal(s.Moment()) {
		return s.Date()
	}
	return date.Of(s.JudgedAt())
}
