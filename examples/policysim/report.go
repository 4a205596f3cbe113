package main

// The report: Markdown that reads on a terminal, too. Its prose is page.md.tmpl, which
// is one page, and annex.md.tmpl; here are the numbers and tables that they ask for.

import (
	"cmp"
	_ "embed"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

var (
	//go:embed page.md.tmpl
	firstPage string
	//go:embed annex.md.tmpl
	annexPages string
)

var labels = map[string]string{"rush-to-launch": "launch-now", "finance-first": "finance-first", "coalition-first": "coalition-first"}

const inTornado = 5

// page is what the prose names by a dot.
type page struct {
	Stage                     language.Text
	Met, Required             int
	Settings                  []setting
	Scenario                  simulation.Scenario
	Vetoes                    []string
	Evenly                    string
	Against                   []string
	Persuading, Often, Traced int
	Lead                      language.Text
	Bases                     []language.Text
	Moves, Most               []moved
	Turns                     []simulation.Turn
	Runs, Seed                uint64
	Digest                    string
	Worlds, Over, InWorld     int
}

func (s *study) page(state reformcycle.State) (p page, err error) {
	tally, n := state.Tally(state.Stage()), len(s.persuading)
	p = page{
		Stage: state.Stage().Told(), Met: tally.Met, Required: tally.Met + tally.Unmet + tally.Unknown,
		Settings: s.assumed.Settings, Scenario: s.model.Scenario(), Evenly: s.percent(s.even.Estimates[0].At),
		Persuading: s.persuading[n/2], Often: s.persuading[n*19/20], Traced: n,
		Lead: of("q." + questions[lead].id), Moves: s.moves(), Turns: s.tornados[0].Turns(s.tornados[1]),
		Runs: s.runs, Seed: s.seed, Digest: s.model.Digest()[:12],
		Worlds: s.worlds.Len(), Over: len(s.worlds.Over()), InWorld: inWorld,
	}
	p.Most = p.Moves[:min(inTornado, len(p.Moves))]
	for _, a := range p.Scenario.Actors {
		if a.Veto {
			p.Vetoes = append(p.Vetoes, a.Name)
		}
	}
	for i, t := range s.tornados {
		p.Bases = append(p.Bases, of("share", "policy", s.label(shaken[i]), "share", s.percent(t.Base.At)))
	}
	// How much of what the policies give is owed to what they are called: beside it
	// they do what balanced does.
	for i := 1; i < len(s.policies); i++ {
		d, err := s.even.Between(i, 0)
		if err != nil {
			return p, err
		}
		p.Against = append(p.Against, s.say(of("against", "policy", s.label(i), "difference", s.points(d))))
	}
	return p, nil
}

// write fills in the prose, in lines of so many columns.
func write(w io.Writer, s *study, state reformcycle.State, prose string, columns int) error {
	p, err := s.page(state)
	if err != nil {
		return err
	}
	all, err := template.New("report").Funcs(template.FuncMap{
		"short": s.short, "shares": s.shares, "medians": s.medians, "apart": s.apart, "collapses": s.collapses,
		"ranges": s.ranges, "meaning": s.meaning, "code": code, "built": language.Built,
		"beside": s.beside, "robust": s.robust, "failing": s.fails, "hangs": s.hangs,
		"say":   func(id string, args ...any) string { return s.say(of(id, args...)) },
		"named": func(i int) string { return code(simulation.Title(s.policies[i])) },
		"turn": func(t simulation.Turn) string {
			return s.say(of("turns-to", "parameter", code(t.Parameter), "value", s.exact(t.Value), "answers", []language.Text{
				of("share", "policy", s.label(shaken[0]), "share", s.percent(t.First.At)), of("share", "policy", s.label(shaken[1]), "share", s.percent(t.Second.At)),
			}))
		},
		"complete":   questions[1].metric.Told,
		"functional": func() string { return s.figures(assessment.Functional.Share(), 2, "") },
		"setting":    func(i int, name string) string { return s.percent(valueOf(s.policies[i], name)) },
		"support":    func() string { return s.percent(support(p.Scenario.Actors)) },
	}).Parse(prose)
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := all.Execute(&text, p); err != nil {
		return err
	}
	_, err = io.WriteString(w, reflow(text.String(), columns))
	return err
}

// short is the answer for who reads no further.
func (s *study) short() string {
	c := s.comparisons[lead]
	var shares, all []language.Text
	for i, e := range c.Estimates {
		shares = append(shares, of("share", "policy", s.label(i), "share", s.percent(e.At)))
		var ahead []language.Text
		for _, d := range c.Differences {
			if winner, loser := ranked(d); d.Apart() && loser == i {
				ahead = append(ahead, s.label(winner))
			}
		}
		if ahead != nil {
			all = append(all, of("ahead-of", "behind", s.label(i), "ahead", ahead))
		}
	}
	for _, d := range c.Differences {
		if !d.Apart() {
			all = append(all, of("level", "pair", []language.Text{s.label(d.First), s.label(d.Second)}))
		}
	}
	var ends []string
	for _, turn := range s.tornados[0].Turns(s.tornados[1]) {
		ends = append(ends, code(turn.Parameter)+" "+s.exact(turn.Value))
	}
	if ends != nil {
		all = append(all, of("change-places", "ends", ends, "pair", []language.Text{s.label(shaken[0]), s.label(shaken[1])}))
	}
	says := of("short", "question", of("q."+questions[lead].id), "shares", shares, "even", s.percent(s.even.Estimates[0].At))
	return s.language().Paragraph(append([]language.Text{says}, all...))
}

// code sets a name of programs apart.
func code(name string) string { return "`" + name + "`" }

// rows begins a table, each row with one of our texts.
func (s *study) rows(ids ...string) (rows [][]string) {
	for _, id := range ids {
		rows = append(rows, []string{s.say(of("row." + id))})
	}
	return rows
}

// beside is the first page's table: launch, a finished lap, abandonment and debt side by
// side, for launch alone would praise haste.
func (s *study) beside() (string, error) {
	rows := s.rows("launched", "complete", "lap", "abandoned", "suspended-at-end", "owed", "months-suspended")
	for i, a := range s.answers {
		launched, err := s.summaries[i].By(reformcycle.Launch, 24)
		if err != nil {
			return "", err
		}
		complete, err := s.summaries[i].By(reformcycle.Governance, 60)
		if err != nil {
			return "", err
		}
		for j, p := range []simulation.Proportion{launched, complete, a.Laps.AtLeast(1), a.Statuses[reformcycle.Abandoned].Runs, a.Statuses[reformcycle.Suspended].Runs} {
			rows[j] = append(rows[j], s.odds(p))
		}
		rows[5], rows[6] = append(rows[5], s.middle(a.Debt, 0)), append(rows[6], s.middle(a.Suspended, 0))
	}
	return table(s.head("hundred"), rows), nil
}

// robust says how the policies stand over all worlds.
func (s *study) robust() string {
	var rows [][]string
	r := s.robustness
	share := func(p simulation.Proportion) string { return s.percent(p.At) }
	for k, q := range questions {
		row := []string{s.say(of("goal." + q.id))}
		for _, o := range r.Goals[k].Of {
			row = append(row, share(o.Met))
		}
		rows = append(rows, row)
	}
	last := s.rows("all-goals", "best", "behind")
	for i, o := range r.Goals[lead].Of {
		behind := of("behind", "median", s.figures(100*o.Regret.Median, 0, ""), "worst", s.figures(100*o.Regret.Worst, 0, ""))
		for j, cell := range []string{share(r.All[i]), share(o.Best), s.say(behind)} {
			last[j] = append(last[j], cell)
		}
	}
	return table(s.head("worlds"), append(rows, last...))
}

// fails says in which worlds the lead goal is missed, of the policies in shaken.
func (s *study) fails() string {
	var all []string
	for _, d := range s.failing {
		all = append(all, "- "+sentence(s.say(d.Told())))
	}
	return strings.Join(all, "\n") + "\n"
}

// hangs names the assumptions that move an answer most, and what turns the order round.
func (s *study) hangs() string {
	var most []language.Text
	moves := s.moves()
	for _, m := range moves[:min(2, len(moves))] {
		most = append(most, of("move", "parameter", code(m.Parameter), "range", s.span(m.Low, m.High), "answers", m.answers))
	}
	all := []language.Text{of("hangs", "question", of("q."+questions[lead].id), "first", s.label(shaken[0]), "second", s.label(shaken[1]), "moves", most)}
	turns := s.tornados[0].Turns(s.tornados[1])
	if len(turns) == 0 {
		all = append(all, of("no-turn"))
	}
	for _, t := range turns {
		all = append(all, of("turns", "parameter", code(t.Parameter), "value", s.exact(t.Value)))
	}
	return s.language().Paragraph(all)
}

func (s *study) span(low, high float64) language.Text {
	return of("span", "low", s.exact(low), "high", s.exact(high))
}

// exact writes a number with all of its decimals.
func (s *study) exact(x float64) string {
	_, decimals, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	return s.figures(x, len(decimals), "")
}

// ranked gives the better of a pair first.
func ranked(d simulation.Difference) (winner, loser int) {
	if d.At < 0 {
		return d.Second, d.First
	}
	return d.First, d.Second
}

func valueOf(p simulation.Policy, name string) float64 {
	if t, ok := p.(simulation.Tunable); ok {
		for _, one := range t.Parameters() {
			if one.Name == name {
				return one.Value
			}
		}
	}
	return math.NaN()
}

// support is the share of support and opposition that is support at the start.
func support(actors []simulation.CastActor) float64 {
	supports, opposes := 0.0, 0.0
	for _, a := range actors {
		switch pull := a.Power * a.Weight; {
		case a.Position >= simulation.SupporterFrom:
			supports += pull * a.Position
		case a.Position < simulation.OpponentBelow:
			opposes -= pull * a.Position
		}
	}
	return supports / (supports + opposes)
}

// shares and medians are the answers, a column for each policy.
func (s *study) shares() (string, error) {
	rows := s.rows("launched", "complete", "active", "suspended", "ended", "lasting")
	for i, a := range s.answers {
		launched, err := s.summaries[i].By(reformcycle.Launch, 24)
		if err != nil {
			return "", err
		}
		complete, err := s.summaries[i].By(reformcycle.Governance, 60)
		if err != nil {
			return "", err
		}
		cells := []string{s.odds(launched), s.odds(complete)}
		for _, status := range a.Statuses {
			cells = append(cells, s.odds(status.Runs))
		}
		for j, cell := range append(cells, s.odds(s.lasting[i])) {
			rows[j] = append(rows[j], cell)
		}
	}
	return table(s.head("hundred"), rows), nil
}

func (s *study) medians() string {
	rows := s.rows("readiness", "skipped", "suspension")
	for _, a := range s.answers {
		for j, d := range []simulation.Distribution{a.Readiness, a.Debt, a.Suspended} {
			rows[j] = append(rows[j], s.middle(d, []int{2, 0, 0}[j]))
		}
	}
	return table(s.head("median"), rows)
}

func (s *study) head(first string) []string {
	head := []string{s.say(of("head." + first))}
	for i := range s.policies {
		head = append(head, s.say(s.label(i)))
	}
	return head
}

func (s *study) apart() string {
	var rows [][]string
	for k, q := range questions {
		for n, d := range s.comparisons[k].Differences {
			text := ""
			if n == 0 {
				text = s.say(of("q." + q.id))
			}
			verdict := of("level-pair")
			if winner, _ := ranked(d); d.Apart() {
				verdict = of("ahead", "policy", s.label(winner))
			}
			rows = append(rows, []string{text, s.say(of("minus", "first", s.label(d.First), "second", s.label(d.Second))), s.say(s.points(d)), s.say(verdict)})
		}
	}
	return table(s.heads("question", "pair", "difference", "verdict"), rows)
}

func (s *study) heads(ids ...string) (head []string) {
	for _, id := range ids {
		head = append(head, s.say(of("head."+id)))
	}
	return head
}

// points writes a difference in points of a hundred.
func (s *study) points(d simulation.Difference) language.Text {
	points := func(x float64) string { return s.figures(100*x, 1, "+") }
	return of("estimate", "at", points(d.At), "low", points(d.Low), "high", points(d.High))
}

// sentence begins with a capital.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func (s *study) label(i int) language.Text { return of(labels[s.policies[i].Name()]) }

func (s *study) collapses() string {
	var rows [][]string
	for c, cause := range simulation.Causes() {
		row, any := []string{s.say(cause.Told())}, false
		for _, a := range s.answers {
			row = append(row, s.odds(a.Causes[c].Runs))
			any = any || a.Causes[c].Runs.Hits > 0
		}
		if any {
			rows = append(rows, row)
		}
	}
	if rows == nil {
		return s.say(of("none-abandoned")) + "\n"
	}
	return table(s.head("causes"), rows)
}

// moved is what an assumption does to the answers.
type moved struct {
	span
	by      float64 // the most that it moves one of them
	answers []language.Text
}

// moves are what each assumption does, from the most to the least: as much for one
// way as for another, or for one alone.
func (s *study) moves() (all []moved) {
	for _, v := range s.assumed.Vary {
		m := moved{span: v}
		for _, t := range s.tornados {
			for _, w := range t.Swings {
				if w.Factor != v.Factor {
					continue
				}
				id := "span"
				if !w.Change.Apart() {
					id = "span-level"
				}
				m.answers = append(m.answers, of(id, "low", s.percent(w.AtLow.At), "high", s.percent(w.AtHigh.At)))
				m.by = max(m.by, math.Abs(w.Change.At))
			}
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b moved) int { return cmp.Compare(b.by, a.by) })
	return all
}

// ranges are assumptions that were moved, and why as far as that.
func (s *study) ranges(all []moved, why bool) string {
	head := s.heads("assumption", "range")
	for i := range s.tornados {
		head = append(head, s.say(s.label(shaken[i])))
	}
	var rows [][]string
	for _, m := range all {
		row := []string{code(m.Parameter), s.say(s.span(m.Low, m.High))}
		for _, answer := range m.answers {
			row = append(row, s.say(answer))
		}
		if why {
			row = append(row, s.say(language.Built(m.Why)))
		}
		rows = append(rows, row)
	}
	if why {
		head = append(head, s.heads("why")...)
	}
	return table(head, rows)
}

// meaning looks a parameter up, of the model or of a policy.
func (s *study) meaning(parameter string) (language.Text, error) {
	list := simulation.Register()
	name, own := strings.CutPrefix(parameter, "policy.")
	if own {
		list = nil
		if t, ok := s.policies[shaken[0]].(simulation.Tunable); ok {
			list = t.Parameters()
		}
	}
	i := slices.IndexFunc(list, func(p simulation.Parameter) bool { return p.Name == name })
	if i < 0 {
		return language.Text{}, failure{of("no-register", "parameter", parameter)}
	}
	return list[i].Meaning, nil
}

// odds writes a share of runs as of a hundred.
func (s *study) odds(p simulation.Proportion) string {
	return s.say(of("estimate", "at", s.percent(p.At), "low", s.percent(p.Low), "high", s.percent(p.High)))
}

// percent never rounds to a certainty.
func (s *study) percent(x float64) string {
	switch {
	case x > 0 && x < 0.001:
		return "<" + s.figures(0.1, 1, "")
	case x > 0 && x < 0.0995:
		return s.figures(100*x, 1, "")
	case x < 1 && x >= 0.995:
		return ">" + s.figures(99, 0, "")
	}
	return s.figures(100*x, 0, "")
}

// middle gives the median of a distribution, and where nine in ten lie.
func (s *study) middle(d simulation.Distribution, decimals int) string {
	var q [3]string
	for i, share := range []float64{0.5, 0.05, 0.95} {
		at, err := d.Quantile(share)
		if err != nil {
			return s.say(of("no-run")) // there is none with such a number
		}
		q[i] = s.figures(at.At.At, decimals, "")
		if at.At.Beyond {
			q[i] = ">" + q[i]
		}
	}
	return s.say(of("estimate", "at", q[0], "low", q[1], "high", q[2]))
}

// reflow breaks paragraphs and items into lines of at most so many columns, and leaves
// one empty line where there are several. Tables and headings stay as they are.
func reflow(text string, columns int) string {
	var b strings.Builder
	empty := true
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if empty && line == "" {
			continue
		}
		if empty = line == ""; empty || line[0] == '|' || line[0] == '#' {
			b.WriteString(line + "\n")
			continue
		}
		column, indent := 0, ""
		if strings.HasPrefix(line, "- ") {
			indent = "  "
		}
		for i, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ' ' }) { // a no-break space stays
			n := utf8.RuneCountInString(word)
			switch {
			case i == 0:
			case column+1+n > columns:
				b.WriteString("\n" + indent)
				column = len(indent)
			default:
				b.WriteString(" ")
				column++
			}
			b.WriteString(word)
			column += n
		}
		b.WriteString("\n")
	}
	return b.String()
}

func table(head []string, rows [][]string) string {
	var b strings.Builder
	width := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	line := func(row []string) {
		for i, cell := range row {
			b.WriteString("| " + cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)) + " ")
		}
		b.WriteString("|\n")
	}
	line(head)
	for _, n := range width {
		b.WriteString("|" + strings.Repeat("-", n+2))
	}
	b.WriteString("|\n")
	for _, row := range rows {
		line(row)
	}
	return b.String() + "\n"
}
