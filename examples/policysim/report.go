package main

// The report: Markdown that reads on a terminal, too. Its prose is page.md.tmpl, which
// is one page, and annex.md.tmpl; here are the numbers and tables that they ask for.

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

var (
	//go:embed page.md.tmpl
	firstPage string
	//go:embed annex.md.tmpl
	annexPages string
)

var labels = map[string]string{
	"rush-to-launch":  "launch now",
	"finance-first":   "finance first",
	"coalition-first": "coalition first",
}

var causes = map[simulation.Cause]string{
	simulation.FromOpposition: "opposition that lasted",
	simulation.FromDebt:       "debt: what was skipped at launch",
	simulation.FromElection:   "an election",
	simulation.FromDonorExit:  "a partner that left",
	simulation.FromScandal:    "a scandal",
	simulation.FromBefore:     "held from the start",
}

const inTornado = 5

// page is what the prose names by a dot.
type page struct {
	Stage                     string
	Met, Required             int
	Settings                  []setting
	Scenario                  simulation.Scenario
	Vetoes                    string
	Evenly                    string
	Against                   []string
	Persuading, Often, Traced int
	Lead, Bases               string
	Moves, Most               []moved
	Turns                     []simulation.Turn
	Runs, Seed                uint64
	Digest                    string
	Worlds, Over, InWorld     int
}

func (s *study) page(state reformcycle.State) (p page, err error) {
	tally, n := state.Tally(state.Stage()), len(s.persuading)
	p = page{
		Stage: state.Stage().Told().String(), Met: tally.Met, Required: tally.Met + tally.Unmet + tally.Unknown,
		Settings: s.assumed.Settings, Scenario: s.model.Scenario(), Evenly: percent(s.even.Estimates[0].At),
		Persuading: s.persuading[n/2], Often: s.persuading[n*19/20], Traced: n,
		Lead: questions[lead].text, Moves: s.moves(), Turns: s.tornados[0].Turns(s.tornados[1]),
		Runs: s.runs, Seed: s.seed, Digest: s.model.Digest()[:12],
		Worlds: s.worlds.Len(), Over: len(s.worlds.Over()), InWorld: inWorld,
	}
	p.Most = p.Moves[:min(inTornado, len(p.Moves))]
	var vetoes, bases []string
	for _, a := range p.Scenario.Actors {
		if a.Veto {
			vetoes = append(vetoes, a.Name)
		}
	}
	for i, t := range s.tornados {
		bases = append(bases, percent(t.Base.At)+" with "+s.label(shaken[i]))
	}
	p.Vetoes, p.Bases = strings.Join(vetoes, ", "), strings.Join(bases, ", ")
	// How much of what the policies give is owed to what they are called: beside it
	// they do what balanced does.
	for i := 1; i < len(s.policies); i++ {
		d, err := s.even.Between(i, 0)
		if err != nil {
			return p, err
		}
		p.Against = append(p.Against, fmt.Sprintf("%s minus that: %s.", sentence(s.label(i)), points(d)))
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
		"ranges": s.ranges, "meaning": s.meaning, "label": s.label, "percent": percent,
		"beside": s.beside, "robust": s.robust, "failing": s.fails, "hangs": s.hangs,
		"named":   func(i int) string { return simulation.Title(s.policies[i]) },
		"setting": func(i int, name string) string { return percent(valueOf(s.policies[i], name)) },
		"support": func() string { return percent(support(p.Scenario.Actors)) },
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
	var shares, says []string
	for i, e := range c.Estimates {
		shares = append(shares, s.label(i)+" "+percent(e.At))
		var ahead []string
		for _, d := range c.Differences {
			if winner, loser := ranked(d); d.Apart() && loser == i {
				ahead = append(ahead, s.label(winner))
			}
		}
		if ahead != nil {
			says = append(says, strings.Join(ahead, " and ")+[]string{" is", " are"}[min(len(ahead)-1, 1)]+" ahead of "+s.label(i))
		}
	}
	for _, d := range c.Differences {
		if !d.Apart() {
			says = append(says, s.label(d.First)+" and "+s.label(d.Second)+" can't be told apart")
		}
	}
	text := fmt.Sprintf("**In short.** %s, of 100 runs: %s; with all effort spread evenly, %s. In these runs %s.",
		questions[lead].text, strings.Join(shares, ", "), percent(s.even.Estimates[0].At), strings.Join(says, "; "))
	var ends []string
	for _, turn := range s.tornados[0].Turns(s.tornados[1]) {
		ends = append(ends, fmt.Sprintf("`%s` %v", turn.Parameter, turn.Value))
	}
	if ends != nil {
		text += fmt.Sprintf(" %s and %s change places at %s: see what the answer hangs on.", sentence(s.label(shaken[0])), s.label(shaken[1]), strings.Join(ends, ", "))
	}
	return text
}

// beside is the first page's table: launch, a finished lap, abandonment and debt side by
// side, for launch alone would praise haste.
func (s *study) beside() (string, error) {
	rows := [][]string{{"launched within 24 months"}, {"launch complete within 60 months"}, {"first lap finished within 60"}, {"abandoned within 60"}, {"suspended at the end"}}
	debts := []string{"guards owed at launch, of 27: median"}
	still := []string{"months suspended: median"}
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
			rows[j] = append(rows[j], odds(p))
		}
		debts, still = append(debts, middle(a.Debt)), append(still, middle(a.Suspended))
	}
	return table(s.head("of 100 runs (95 % interval)"), append(rows, debts, still)), nil
}

// robust says how the policies stand over all worlds.
func (s *study) robust() string {
	var rows [][]string
	r := s.robustness
	share := func(p simulation.Proportion) string { return percent(p.At) }
	for k, q := range questions {
		row := []string{q.goal}
		for _, of := range r.Goals[k].Of {
			row = append(row, share(of.Met))
		}
		rows = append(rows, row)
	}
	all := []string{"all four goals"}
	behind := []string{"points behind in laps: median, worst"}
	best := []string{"no other does better in laps"}
	for i, of := range r.Goals[lead].Of {
		all, best = append(all, share(r.All[i])), append(best, share(of.Best))
		behind = append(behind, fmt.Sprintf("%.0f, %.0f", 100*of.Regret.Median, 100*of.Regret.Worst))
	}
	return table(s.head("of 100 worlds: of the runs there"), append(rows, all, best, behind))
}

// fails says in which worlds the lead goal is missed, of the policies in shaken.
func (s *study) fails() string {
	var all []string
	for _, d := range s.failing {
		all = append(all, "- "+sentence(d.Told().String()))
	}
	return strings.Join(all, "\n") + "\n"
}

// hangs names the assumptions that move an answer most, and what turns the order round.
func (s *study) hangs() string {
	var all []string
	moves := s.moves()
	for _, m := range moves[:min(2, len(moves))] {
		all = append(all, fmt.Sprintf("%s from %s (%s)", m.cells[0], m.cells[1], strings.Join(m.cells[2:], "; ")))
	}
	text := fmt.Sprintf("%s, by one assumption at a time (%s; %s): %s.", questions[lead].text, s.label(shaken[0]), s.label(shaken[1]), strings.Join(all, "; "))
	turns := s.tornados[0].Turns(s.tornados[1])
	if len(turns) == 0 {
		return text + " None of those that were tried turns the order round."
	}
	for _, t := range turns {
		text += fmt.Sprintf(" At `%s` %v the order turns round.", t.Parameter, t.Value)
	}
	return text
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
	rows := [][]string{
		{"launched within 24 months"}, {"launch complete within 60 months"},
		{"after 60 months: active"}, {"suspended"}, {"abandoned"}, {"launched by 24 and active at 60"},
	}
	for i, a := range s.answers {
		launched, err := s.summaries[i].By(reformcycle.Launch, 24)
		if err != nil {
			return "", err
		}
		complete, err := s.summaries[i].By(reformcycle.Governance, 60)
		if err != nil {
			return "", err
		}
		cells := []string{odds(launched), odds(complete)}
		for _, status := range a.Statuses {
			cells = append(cells, odds(status.Runs))
		}
		for j, cell := range append(cells, odds(s.lasting[i])) {
			rows[j] = append(rows[j], cell)
		}
	}
	return table(s.head("of 100 runs (95 % intervals)"), rows), nil
}

func (s *study) medians() string {
	rows := [][]string{{"readiness score at launch, 0 to 1"}, {"guards skipped at launch (debt)"}, {"months suspended"}}
	for _, a := range s.answers {
		for j, d := range []simulation.Distribution{a.Readiness, a.Debt, a.Suspended} {
			rows[j] = append(rows[j], middle(d))
		}
	}
	return table(s.head("median (5 to 95 % of the runs)"), rows)
}

func (s *study) head(first string) []string {
	head := []string{first}
	for i := range s.policies {
		head = append(head, s.label(i))
	}
	return head
}

func (s *study) apart() string {
	var rows [][]string
	for k, q := range questions {
		for n, d := range s.comparisons[k].Differences {
			text := ""
			if n == 0 {
				text = q.text
			}
			verdict := "can't be told apart"
			if winner, _ := ranked(d); d.Apart() {
				verdict = s.label(winner) + " is ahead"
			}
			rows = append(rows, []string{text, s.label(d.First) + " minus " + s.label(d.Second), points(d), verdict})
		}
	}
	return table([]string{"question", "pair", "difference", "verdict"}, rows)
}

// points writes a difference in points of a hundred.
func points(d simulation.Difference) string {
	return fmt.Sprintf("%+.1f (%+.1f to %+.1f)", 100*d.At, 100*d.Low, 100*d.High)
}

func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func (s *study) label(i int) string { return labels[s.policies[i].Name()] }

func (s *study) collapses() string {
	var rows [][]string
	for c, cause := range simulation.Causes() {
		row, any := []string{cmp.Or(causes[cause], cause.String())}, false
		for _, a := range s.answers {
			row = append(row, odds(a.Causes[c].Runs))
			any = any || a.Causes[c].Runs.Hits > 0
		}
		if any {
			rows = append(rows, row)
		}
	}
	if rows == nil {
		return "No run was abandoned.\n"
	}
	return table(s.head("abandoned, of 100 runs, because of"), rows)
}

// moved is what an assumption does to the answers.
type moved struct {
	span
	by    float64 // the most that it moves one of them
	cells []string
}

// moves are what each assumption does, from the most to the least: as much for one
// way as for another, or for one alone.
func (s *study) moves() (all []moved) {
	for _, v := range s.assumed.Vary {
		m := moved{span: v, cells: []string{"`" + v.Parameter + "`", fmt.Sprintf("%v to %v", v.Low, v.High)}}
		for _, t := range s.tornados {
			for _, w := range t.Swings {
				if w.Factor != v.Factor {
					continue
				}
				cell := percent(w.AtLow.At) + " to " + percent(w.AtHigh.At)
				if !w.Change.Apart() {
					cell += ", can't be told apart"
				}
				m.cells = append(m.cells, cell)
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
	head := []string{"assumption", "range"}
	for i := range s.tornados {
		head = append(head, s.label(shaken[i]))
	}
	var rows [][]string
	for _, m := range all {
		rows = append(rows, m.cells)
		if why {
			rows[len(rows)-1] = append(slices.Clone(m.cells), m.Why)
		}
	}
	if why {
		head = append(head, "why this range")
	}
	return table(head, rows)
}

// meaning looks a parameter up, of the model or of a policy.
func (s *study) meaning(parameter string) (string, error) {
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
		return "", fmt.Errorf("%s is in no register", parameter)
	}
	return list[i].Meaning.String(), nil
}

// odds writes a share of runs as of a hundred.
func odds(p simulation.Proportion) string {
	return fmt.Sprintf("%s (%s to %s)", percent(p.At), percent(p.Low), percent(p.High))
}

// percent never rounds to a certainty.
func percent(x float64) string {
	switch {
	case x > 0 && x < 0.001:
		return "<0.1"
	case x > 0 && x < 0.0995:
		return fmt.Sprintf("%.1f", 100*x)
	case x < 1 && x >= 0.995:
		return ">99"
	}
	return fmt.Sprintf("%.0f", 100*x)
}

// middle gives the median of a distribution, and where nine in ten lie.
func middle(d simulation.Distribution) string {
	var q [3]simulation.Quantile
	for i, share := range []float64{0.5, 0.05, 0.95} {
		var err error
		if q[i], err = d.Quantile(share); err != nil {
			return "no run" // there is none with such a number
		}
	}
	return fmt.Sprintf("%v (%v to %v)", q[0].At, q[1].At, q[2].At)
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
		for i, word := range strings.Fields(line) {
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
