package report

import (
	"cmp"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file is the brief of a nation: what whoever leads it has to do, and for whom.

// Briefing is what a national brief is made from: the cycle of the nation, and what its
// portfolio says of all that the reader may see.
type Briefing struct {
	// State of the nation's cycle: what it waits for, and what was last observed.
	State  reformcycle.State
	RollUp portfolio.RollUp
	Tree   portfolio.Tree
	// Due are the deadlines of all, in their order.
	Due []portfolio.Due
	// Diagnosis over all, who is late, and what several count on: as the portfolio tells
	// them. A zero Diagnosis leaves out what is wrong with all, and their three annexes.
	Diagnosis reformcycle.Diagnosis
	Late      []portfolio.Late
	Shared    []portfolio.Shared
}

// NationalBrief tells in Markdown where a nation and its districts stand, for the minister
// who has to decide. The first page, at most 55 lines of 95 columns, has what there is to
// do and for whom: who is waited for, by name, with what was last known of each and when;
// who waits for the nation; which functions nobody decides, and which several tiers do; who
// is silent; what holds back most; what is wrong with all of them, who is late and what is
// counted on twice among it; where everybody stands, with the people there; what is due
// next. It names as many as it has room for, whole, and counts the others. Annexes
// behind it, in the same file, have them all.
//
// It is told in a language, nil for English; what people typed stands as they typed it. The
// first page ends with a line across, "---".
func NationalBrief(w io.Writer, l *language.Language, of Briefing) error {
	n := &national{first: &first{brief: newBrief(l, of.State)}, of: of, rows: map[string]portfolio.Row{}, child: map[string]reformcycle.Child{}, silent: map[string]bool{}, names: map[string]language.Text{}}
	for _, c := range of.State.Children().Children {
		n.child[c.Cycle] = c
	}
	for _, p := range of.Tree.Places {
		n.rows[p.Cycle] = p.Row
		for _, c := range p.Children {
			if _, held := n.child[c.Cycle]; !held {
				n.child[c.Cycle] = c
			}
		}
	}
	for _, s := range of.RollUp.Silent {
		n.silent[s.Cycle] = true
	}
	n.WriteString(n.page())
	n.done()
	n.roll()
	n.holding()
	n.tallied()
	n.falls()
	n.deciding()
	n.misfits()
	if n.judgedAll() {
		n.annex(ofAllWrong, "brief.diagnosis")
		n.verdicts(n.of.Diagnosis)
		n.behind()
		n.shared()
	}
	return draw.Write(w, n.String())
}

// The annexes, by number, as the first page refers to them.
const (
	ofTodo = iota + 1
	ofRoll
	ofHolds
	ofTallies
	ofAllDue
	ofFunctions
	ofMisfits
	ofAllWrong
	ofLate
	ofShared
)

type national struct {
	*first
	of     Briefing
	rows   map[string]portfolio.Row
	child  map[string]reformcycle.Child
	silent map[string]bool
	names  map[string]language.Text
}

// called is the name of a cycle for people: that of its jurisdiction, as it or its parent
// has it.
func (n *national) called(cycle string) language.Text {
	if name, known := n.names[cycle]; known {
		return name
	}
	r := n.rows[cycle]
	n.names[cycle] = language.Typed(cmp.Or(draw.Plain(cmp.Or(r.Jurisdiction.Name, n.child[cycle].Name, r.Title), whole), draw.Plain(cycle, whole)))
	return n.names[cycle]
}

// people who live where a cycle is; 0 where that is not known.
func (n *national) people(cycle string) float64 {
	return cmp.Or(n.rows[cycle].Jurisdiction.Population.People, n.child[cycle].Population)
}

// firstOf are so many as have room, and how many more there are.
func (n *national) firstOf(cycles []string, most int) []language.Text {
	return n.some(draw.Each(cycles, n.called), most)
}

// naming tells a text with as many names of cycles as have room in so many lines.
func (n *national) naming(cycles []string, most int, tell func(names []language.Text) string) string {
	lines := most * n.slack / least
	k := sort.Search(min(len(cycles), lines*pageColumns/4), func(k int) bool { // no name and its comma take less

		_, cut := wrap(tell(n.first.some(draw.Each(cycles[:k+1], n.called), k+1)), "   ", "   ", pageColumns-12, lines)
		return cut
	})
	return tell(n.firstOf(cycles, max(k, 1)))
}

// part of the page: a heading, what stands before its list, and the list.
type part struct {
	title   string
	intro   []string
	entries []entry
	// all is how many there are, of which entries are the first.
	all, annex int
	// wants is how many of them the page keeps before it says less in each; kept is how
	// many it has. It keeps the first, but of a part that may spare it, whose intro says
	// where all of them are.
	wants, kept int
	spares      bool
}

// page writes the first page, with ever fewer names and shorter texts until what it should
// have has room, and else with less.
func (n *national) page() string {
	for i, slack := range []int{16 * least, 4 * least, 2 * least, 6, 5} {
		n.slack, n.shortened, n.counted = slack, false, false
		parts := n.parts()
		if i == 0 {
			for k := range parts {
				parts[k].wants = len(parts[k].entries)
			}
		}
		if page, fits := n.fit(parts, false); fits && (i > 0 || !n.shortened) {
			return page
		}
	}
	n.slack, n.shortened, n.counted = least, false, false
	page, _ := n.fit(n.parts(), true)
	return page
}

// fit leaves out the last of the longest list until the page has room: down to what each
// list wants, and then, if it has to, to the first of each.
func (n *national) fit(parts []part, hard bool) (page string, fits bool) {
	for i := range parts {
		parts[i].kept = len(parts[i].entries)
	}
	for {
		page = n.compose(parts)
		if strings.Count(page, "\n") <= pageLines {
			return page, true
		}
		longest := -1
		find := func(most func(p part) int) {
			for i, p := range parts {
				if p.kept > most(p) && (longest < 0 || lines(p.entries[:p.kept]) > lines(parts[longest].entries[:parts[longest].kept])) {
					longest = i
				}
			}
		}
		if find(func(p part) int { return min(p.wants, len(p.entries)) }); longest < 0 && hard {
			find(func(p part) int {
				if p.spares {
					return 0
				}
				return 1
			})
		}
		if longest < 0 {
			return page, false
		}
		parts[longest].kept--
	}
}

func (n *national) compose(parts []part) string {
	var p sheet
	title, cut := clip(name(n.title()), pageColumns-2)
	p.line("# " + title)
	p.blank()
	p.lines(n.wrap(n.ofTheWhole(), "", "", 2))
	for _, part := range parts {
		p.heading(part.title)
		p.lines(part.intro)
		cut = n.list(&p, part.entries[:part.kept], part.all, part.annex) || cut
	}
	if n.shortened || n.counted || cut {
		p.blank()
		p.lines(n.wrap(n.say("brief.told-in-part"), "", "", 2))
	}
	p.blank()
	p.line("---")
	return p.String()
}

func (n *national) parts() []part {
	todo, naming := n.todo()
	tiers, due := n.tiers(), gathered(n.of.Due)
	parts := []part{
		{title: n.say("brief.where"), intro: n.standing()},
		{title: n.say("national.todo"), intro: n.wrap(n.before(), "", "", 3), entries: todo, all: len(todo), wants: max(naming, 2), annex: ofTodo},
		{title: n.say("national.holds"), intro: n.unheld(), entries: n.held(), all: len(n.of.RollUp.Holds), wants: 2, annex: ofHolds},
		{title: n.say("national.everybody"), intro: n.counts(), entries: tiers, all: len(tiers), wants: len(tiers), annex: ofTallies},
		{title: n.say("brief.due"), intro: n.nothingDue(), entries: n.next(due), all: len(due), wants: 2, annex: ofAllDue},
	}
	if n.judgedAll() {
		wrong := n.wrong()
		parts = slices.Insert(parts, 3, part{title: n.say("national.wrong"), intro: n.wrap(n.judgedOver(), "", "", 2), entries: wrong, all: len(wrong), wants: 1, spares: true, annex: ofAllWrong})
	}
	return parts
}

// judgedAll reports whether there is a diagnosis over all.
func (n *national) judgedAll() bool { return n.of.Diagnosis.Rules != "" }

// judgedOver opens what is wrong with all of them.
func (n *national) judgedOver() string {
	d := n.of.Diagnosis
	if d.Silent() {
		return n.say("brief.no-rule")
	}
	text := n.say("brief.findings", "n", len(d.Findings))
	if len(d.Findings) == 0 {
		text = n.say("brief.no-finding")
	}
	if open := len(d.Questions); open > 0 {
		text += " " + n.say("brief.questions", "n", open)
	}
	return text + " " + n.say("brief.all-of-it", "annex", ofAllWrong)
}

// wrong tells the findings over all, the gravest first, and last what holds back most, which
// the page tells by name. Those about cycles name them.
func (n *national) wrong() (all []entry) {
	findings := slices.Clone(n.of.Diagnosis.Findings)
	slices.SortStableFunc(findings, func(a, b reformcycle.Finding) int {
		switch common := "common-hold"; {
		case a.Code == common && b.Code != common:
			return 1
		case b.Code == common && a.Code != common:
			return -1
		}
		return 0
	})
	for i, f := range findings {
		text := n.fill("brief.grave", "severity", n.capital(f.Severity.Told()), "finding", draw.Sentence(n.clip(f.Sentence, 130)))
		var cycles []string
		for _, fact := range f.Facts {
			if fact.About == "cycle" && fact.ID != "" && !slices.Contains(cycles, fact.ID) {
				cycles = append(cycles, fact.ID)
			}
		}
		if cycles != nil {
			text = n.naming(cycles, 2, func(names []language.Text) string {
				return text + " " + n.say("national.concerned", "n", len(cycles), "who", names)
			})
		} else if fact := n.fact(f.Facts, 120); fact != "" {
			text += " " + fact
		}
		all = append(all, n.item(i+1, text, 3))
	}
	return all
}

// behind is the annex on who is late.
func (n *national) behind() {
	n.annex(ofLate, "web.behind")
	if len(n.of.Late) == 0 {
		n.put(n.say("web.behind.none"))
		return
	}
	n.put(n.say("web.behind.says"), "")
	n.headed("picture.many.jurisdiction", "brief.stage", "web.stage-since", "web.behind-others", "web.behind-plan", "national.before")
	for _, l := range n.of.Late {
		against, plan := "web.behind.no", n.say("web.behind.no")
		switch l.Against {
		case date.Yes:
			against = "web.behind.yes"
		case date.Open:
			against = "web.behind.perhaps"
		}
		if len(l.Missed) > 0 {
			plan = strings.Join(draw.Each(l.Missed, func(d reformcycle.Deadline) string {
				return n.statement(language.Of("fact.portfolio-missed.one", "what", d.Says, "on", dated(d.Latest)))
			}), " ")
		} else if len(l.Perhaps) > 0 {
			plan = n.say("web.behind.perhaps")
		}
		before := strings.Join(draw.Each(l.Guards, func(g string) string { return n.tell(n.guard(g)) }), "; ")
		since := ""
		if !l.Since.IsZero() {
			since = n.say("brief.on", "on", dated(l.Since))
		}
		n.brief.row(n.tell(n.called(l.Cycle)), n.tell(stageName(l.Stage)), since, n.say(against), plan, before)
	}
}

// shared is the annex on commitments that several count on.
func (n *national) shared() {
	n.annex(ofShared, "national.shared")
	if len(n.of.Shared) == 0 {
		n.put(n.say("national.shared-none"))
		return
	}
	for _, s := range n.of.Shared {
		args := []any{"who", s.Who, "resource", s.Resource.Told(), "counted", n.l.Number(s.Counted), "unit", s.Unit, "names", draw.Each(s.Cycles, n.called)}
		switch id := "national.shared-open"; s.Twice {
		case date.Yes, date.No:
			if id = "national.shared-twice"; s.Twice == date.No {
				id = "national.shared-parts"
			}
			n.put("- " + n.say(id, append(args, "pledged", n.l.Number(s.Pledged), "whole", n.called(s.Whole))...))
		default:
			n.put("- " + n.say(id, args...))
		}
	}
}

func (n *national) standing() []string {
	text := n.status(func(why string) string { return n.clip(language.Typed(why), 140) })
	if n.state.Seq() > 0 {
		text += " " + prose(illustrative(n.l, n.state.Ratings()), whole)
	}
	return n.wrap(text, "", "", 4)
}

// todo is what has to be done: for whom the nation waits; who waits for it; what nobody
// decides; whom to ask; and then what else blocks. The first of these, so many as it
// counts, are those that name somebody.
func (n *national) todo() (all []entry, naming int) {
	add := func(text string, most int) { all = append(all, n.item(len(all)+1, text, most)) }
	blocks := func(waiting bool) {
		for _, a := range n.open {
			k := n.blocker(a.Guard)
			lack := n.waitedFor(k)
			if (lack != "") != waiting {
				continue
			}
			if lack == "" {
				lack = draw.Sentence(n.clip(language.Typed(n.lack(k, 3)), 70))
			}
			text := n.clipped(n.statement(n.asked(a.Guard)), 100) + " " + lack + " " + n.whom(a)
			if on := n.by(a.Guard); !on.IsZero() {
				text += " " + n.say("brief.by", "on", dayOf(on))
			}
			add(text, 8)
		}
	}
	blocks(true)
	var waits []string
	for _, p := range n.of.Tree.Places {
		if p.Parent == n.state.ID() && slices.Contains(p.Guards, reformcycle.ParentUnready) {
			waits = append(waits, p.Cycle)
		}
	}
	if len(waits) > 0 {
		add(n.naming(waits, 3, func(names []language.Text) string {
			return n.say("national.wait-for-nation", "n", len(waits), "who", names) + n.peopleOf(waits)
		}), 4)
	}
	var nobody, several []language.Text
	for _, d := range n.state.Devolved() {
		switch len(d.Tiers) {
		case 0:
			nobody = append(nobody, d.Function.Told())
		case 1:
		default:
			several = append(several, language.Of("national.function", "function", d.Function.Told(), "tiers", draw.Each(d.Tiers, reformcycle.Tier.Told)))
		}
	}
	if nobody != nil {
		add(n.say("national.nobody-decides", "functions", nobody), 3)
	}
	if silent := n.of.RollUp.Silent; len(silent) > 0 {
		cycles := draw.Each(silent, func(s portfolio.Silent) string { return s.Cycle })
		add(n.naming(cycles, 3, func(names []language.Text) string {
			return n.say("national.ask-silent", "n", len(cycles), "who", names) + n.peopleOf(cycles)
		}), 4)
	}
	naming = len(all)
	if several != nil {
		add(n.say("national.several-decide", "functions", n.some(several, max(n.slack/2, 2))), 3)
	}
	blocks(false)
	return all, naming
}

// waitedFor says for whom a blocker waits, the first of them with what was last known of
// each; empty where it waits for no children.
func (n *national) waitedFor(k reformcycle.Blocker) string {
	i := slices.IndexFunc(k.Missing, func(t language.Text) bool { return t.ID == "missing.waiting" })
	if i < 0 {
		return ""
	}
	var who []language.Text
	var count, all any
	for _, a := range k.Missing[i].Args {
		switch a.Name {
		case "children":
			who, _ = a.Value.([]language.Text)
		case "n":
			count = a.Value
		case "all":
			all = a.Value
		}
	}
	var cycles []string
	for _, c := range n.state.Children().Children {
		if slices.ContainsFunc(who, func(t language.Text) bool {
			return slices.ContainsFunc(t.Args, func(a language.Arg) bool { return a.Name == "cycle" && a.Value == c.Name })
		}) {
			cycles = append(cycles, c.Cycle)
		}
	}
	text := n.say("national.waiting", "n", count, "all", all, "who", n.some(who, max(n.slack-1, 3))) + n.peopleOf(cycles)
	for _, t := range k.Missing[:i] {
		if asks, cut := clip(n.statement(t), 140*n.slack/least); !cut {
			text = asks + " " + text
		} else {
			n.counted = true // it stands whole in the annex
		}
	}
	return text
}

// peopleOf says how many people live where some cycles are, as far as it is known.
func (n *national) peopleOf(cycles []string) string {
	sum, all := 0.0, true
	for _, c := range cycles {
		sum += n.people(c)
		all = all && n.people(c) > 0
	}
	switch {
	case sum == 0:
		return ""
	case all:
		return " " + n.say("national.people", "people", draw.Figures(n.l, sum, 0))
	}
	return " " + n.say("national.people-known", "people", draw.Figures(n.l, sum, 0))
}

// guard is what a guard asks, in few words.
func (n *national) guard(id string) language.Text {
	if c, ok := n.state.Checklist().Criterion(id); ok {
		return criterionName(n.l, c)
	}
	switch id {
	case reformcycle.ParentUnready:
		return language.Of("national.parent-unready")
	case reformcycle.CoalitionVeto:
		return language.Of("brief.veto")
	}
	return idName(id)
}

func (n *national) unheld() []string {
	if len(n.of.RollUp.Holds) > 0 {
		return nil
	}
	return n.wrap(n.say("national.no-holds"), "", "", 2)
}

func (n *national) held() (all []entry) {
	for i, h := range n.of.RollUp.Holds {
		text := n.naming(h.Cycles, 2, func(names []language.Text) string {
			return n.say("national.hold", "n", len(h.Cycles), "criterion", n.guard(h.Guard), "who", names)
		})
		if all = append(all, n.item(i+1, text, 3)); i == pageLines/4 {
			break // no page holds more
		}
	}
	return all
}

func (n *national) counts() []string {
	text := n.say("national.counted", "n", n.of.RollUp.Cycles, "silent", len(n.of.RollUp.Silent))
	if len(n.of.RollUp.Years) > 0 {
		text += " " + n.say("national.years", "years", draw.Each(n.of.RollUp.Years, strconv.Itoa))
	}
	return n.wrap(text, "", "", 2)
}

// tiers tells for each tier the stages at which somebody is known to stand.
func (n *national) tiers() (all []entry) {
	for _, tier := range tierOrder {
		var at []language.Text
		for _, t := range n.of.RollUp.Tallies {
			if t.Tier == tier && t.Cycles.Low > 0 {
				at = append(at, n.tally(t))
			}
		}
		if at != nil {
			all = append(all, n.wrap(n.say("national.tier", "tier", draw.Capital(n.l.Say(tierTold(tier))), "stages", at), "- ", "  ", 4))
		}
	}
	return all
}

func tierTold(tier reformcycle.Tier) language.Text {
	if tier == "" {
		return language.Of("national.no-tier")
	}
	return tier.Told()
}

func stageName(stage reformcycle.Stage) language.Text {
	if stage == 0 {
		return reformcycle.Abandoned.Told()
	}
	return language.Of("picture.ring.stage", "n", int(stage), "stage", stage.Told())
}

func (n *national) tally(t portfolio.Tally) language.Text {
	args := []any{"stage", stageName(t.Stage), "n", n.interval(t.Cycles)}
	id := "national.at"
	if t.People.High > 0 || t.People.Low > 0 {
		id, args = "national.at-people", append(args, "people", n.interval(t.People))
	}
	if t.Suspended > 0 {
		id, args = id+"-suspended", append(args, "suspended", t.Suspended)
	}
	return language.Of(id, args...)
}

// interval writes 12, 12–15 or ≥ 12.
func (n *national) interval(i portfolio.Interval) string {
	low := draw.Figures(n.l, i.Low, 0)
	switch {
	case i.Exact():
		return low
	case i.Unbounded:
		return "≥\u00a0" + low
	}
	return low + "–" + draw.Figures(n.l, i.High, 0)
}

func (n *national) nothingDue() []string {
	if len(n.of.Due) > 0 {
		return nil
	}
	return n.wrap(n.say("national.nothing-due"), "", "", 2)
}

// together are deadlines that are told as one: of one kind, on one day, or overdue.
type together struct {
	portfolio.Due
	cycles []string
	// more: others are overdue since another day.
	more bool
}

// gathered joins the deadlines of one kind that fall due on one day, and those that are
// overdue. One that is overdue stands before what is ahead and the others behind it;
// evidence that grows old stands behind all else.
func gathered(due []portfolio.Due) []together {
	var overdue, ahead, evidence []together
	for _, d := range due {
		list := &ahead
		switch {
		case d.Kind == reformcycle.EvidenceAges:
			list = &evidence
		case d.Overdue:
			list = &overdue
		}
		i := slices.IndexFunc(*list, func(o together) bool {
			return o.Kind == d.Kind && o.Overdue == d.Overdue && (d.Overdue || o.Day == d.Day && o.Latest == d.Latest)
		})
		if i < 0 {
			i = len(*list)
			*list = append(*list, together{Due: d})
		}
		o := &(*list)[i]
		o.more = o.more || o.Latest != d.Latest
		if !slices.Contains(o.cycles, d.Cycle) {
			o.cycles = append(o.cycles, d.Cycle)
		}
	}
	before := min(len(overdue), 1)
	return slices.Concat(overdue[:before], ahead, overdue[before:], evidence)
}

// next tells what is due next, and of whom.
func (n *national) next(due []together) (all []entry) {
	for i, t := range due {
		if i == pageLines/4 {
			break
		}
		when := t.When()
		if t.more {
			when = language.Of("national.overdue", "since", dayOf(t.Latest.First()))
		}
		text := n.naming(t.cycles, 2, func(names []language.Text) string {
			return n.say("national.due-together", "when", when, "kind", t.Kind.Told(), "who", names)
		})
		if len(t.cycles) == 1 && t.Kind != reformcycle.EvidenceAges {
			text = n.say("national.due-one", "when", when, "who", n.called(t.cycles[0])) + " " + draw.Sentence(n.clip(t.Says, 110))
			if len(t.Who) > 0 {
				text += " " + n.say("brief.whom", "who", language.Typed(n.cut(t.Who[0].Name, 40)))
			}
		}
		all = append(all, n.wrap(text, "- ", "  ", 3))
	}
	return all
}

// done is the annex with all that has to be done, whole.
func (n *national) done() {
	n.annex(ofTodo, "national.todo")
	n.put(n.before())
	n.slack = whole
	todo, _ := n.todo()
	for i, e := range todo {
		if i == 0 {
			n.put("")
		}
		n.put(e...)
	}
}

// roll is the annex with each jurisdiction.
func (n *national) roll() {
	n.annex(ofRoll, "national.roll")
	if len(n.of.Tree.Places)+len(n.of.RollUp.Silent) == 0 {
		n.put(n.say("picture.many.nobody"))
		return
	}
	seen := map[string]reformcycle.Observation{}
	for _, o := range n.state.Observations() {
		seen[o.Cycle] = o
	}
	n.headed("picture.many.jurisdiction", "national.tier-head", ">national.people-head", "brief.stage", "national.status", ">picture.time.lap", "national.before", "national.observed")
	line := func(cycle string, d district, guards []string) {
		r := n.rows[cycle]
		people, tier, stands, status, lap, observed := "", "", n.say("picture.many.silent"), "", "", ""
		if p := n.people(cycle); p > 0 {
			people = n.tell(language.Typed(draw.Figures(n.l, p, 0)))
		}
		if !d.silent {
			stands, status, lap = n.tell(stageName(d.stage)), n.tell(d.status.Told()), n.l.Number(float64(d.lap))
			tier = n.tell(tierTold(r.Jurisdiction.Tier))
		}
		if o, ok := seen[cycle]; ok {
			observed = n.say("national.seen", "stage", stageName(o.Stage), "status", o.Status.Told(), "on", dated(o.Seen))
		} else if n.isChild(cycle) {
			observed = n.say("national.never-seen")
		}
		before := strings.Join(draw.Each(guards, func(g string) string { return n.tell(n.guard(g)) }), "; ")
		n.put("| " + strings.Join([]string{n.tell(n.called(cycle)), tier, people, stands, status, lap, before, observed}, " | ") + " |")
	}
	for _, p := range n.of.Tree.Places {
		if !n.silent[p.Cycle] {
			line(p.Cycle, district{stage: p.Stage, status: p.Status, lap: p.Lap, silent: !p.Unreadable.IsZero() || !p.Stage.Valid()}, p.Guards)
		}
	}
	for _, s := range n.of.RollUp.Silent {
		line(s.Cycle, district{silent: true}, nil)
	}
}

func (n *national) isChild(cycle string) bool {
	return slices.ContainsFunc(n.state.Children().Children, func(c reformcycle.Child) bool { return c.Cycle == cycle })
}

func (n *national) holding() {
	n.annex(ofHolds, "national.holds")
	if len(n.of.RollUp.Holds) == 0 {
		n.put(n.say("national.no-holds"))
		return
	}
	for _, h := range n.of.RollUp.Holds {
		n.put("- " + n.say("national.hold", "n", len(h.Cycles), "criterion", n.guard(h.Guard), "who", n.firstOf(h.Cycles, whole)))
	}
}

func (n *national) tallied() {
	n.annex(ofTallies, "national.everybody")
	n.put(strings.Join([]string{n.say("national.counted", "n", n.of.RollUp.Cycles, "silent", len(n.of.RollUp.Silent)), n.say("national.interval-note")}, " "))
	if len(n.of.RollUp.Tallies) == 0 {
		return
	}
	n.put("")
	n.headed("national.tier-head", "brief.stage", ">national.count-head", ">national.suspended-head", ">national.people-head", ">national.share-head")
	for _, t := range n.of.RollUp.Tallies {
		share := n.l.Percent(t.ShareOfPeople.Low, 0)
		if !t.ShareOfPeople.Exact() {
			share += "–" + n.l.Percent(t.ShareOfPeople.High, 0)
		}
		n.brief.row(n.tell(tierTold(t.Tier)), n.tell(stageName(t.Stage)), n.interval(t.Cycles), strconv.Itoa(t.Suspended), n.interval(t.People), share)
	}
}

func (n *national) falls() {
	n.annex(ofAllDue, "brief.due")
	if len(n.of.Due) == 0 {
		n.put(n.say("national.nothing-due"))
		return
	}
	n.headed("brief.when", "picture.many.jurisdiction", "brief.what", "brief.who")
	for _, d := range n.of.Due[:min(len(n.of.Due), deadlineLimit)] {
		who := language.Of("brief.nobody")
		if len(d.Who) > 0 {
			who = language.Of("brief.names", "who", draw.Each(d.Who, func(c stakeholders.Candidate) language.Text { return language.Typed(c.Name) }))
		}
		n.brief.row(n.tell(d.When()), n.tell(n.called(d.Cycle)), n.statement(d.Says), n.tell(who))
	}
	if left := len(n.of.Due) - deadlineLimit; left > 0 {
		n.put("", n.say("brief.more-on-record", "n", left))
	}
}

// deciding is the annex on who decides what.
func (n *national) deciding() {
	n.annex(ofFunctions, "national.functions")
	devolved := n.state.Devolved()
	for _, f := range reformcycle.Functions() {
		i := slices.IndexFunc(devolved, func(d reformcycle.Devolution) bool { return d.Function == f })
		switch {
		case i < 0:
			n.put("- " + n.say("national.function-unknown", "function", draw.Capital(n.l.Say(f.Told()))))
		case len(devolved[i].Tiers) == 0:
			n.put("- " + n.say("national.function-nobody", "function", draw.Capital(n.l.Say(f.Told())), "source", n.sentence(language.Typed(devolved[i].Source))))
		default:
			n.put("- " + n.say("national.function-tiers", "function", draw.Capital(n.l.Say(f.Told())), "tiers", draw.Each(devolved[i].Tiers, reformcycle.Tier.Told), "source", n.sentence(language.Typed(devolved[i].Source))))
		}
	}
}

// misfits is the annex on departures from the national design, and on links that do not fit.
func (n *national) misfits() {
	n.annex(ofMisfits, "national.misfits")
	if len(n.of.RollUp.Departures)+len(n.of.Tree.Remarks) == 0 {
		n.put(n.say("national.no-misfits"))
	}
	for _, d := range n.of.RollUp.Departures {
		n.put("- " + n.say("national.departure", "component", draw.Capital(n.l.Say(d.Component.Told())), "kind", d.Kind.Told(), "who", n.firstOf(d.Cycles, whole)))
	}
	for _, r := range n.of.Tree.Remarks {
		n.put("- " + n.statement(r.Says))
	}
}
