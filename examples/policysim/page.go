package main

// The page: Markdown that reads on a terminal, too.

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// labels are what the page calls the strategies.
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

// inTornado is how many assumptions the page names.
const inTornado = 5

func write(w io.Writer, s *study, state reformcycle.State) error {
	var b strings.Builder
	title := "Uganda, before August 2018: launch now, finance first, or coalition first?"
	fmt.Fprintf(&b, "# %s\n\n", title)
	para(&b, "**Illustrative. This is what a model makes of stated assumptions. It is no forecast for Uganda and no finding about it.**")
	s.start(&b, state)
	if err := s.odds(&b); err != nil {
		return err
	}
	s.apart(&b)
	s.collapses(&b)
	if err := s.hangs(&b); err != nil {
		return err
	}
	s.limits(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *study) start(b *strings.Builder, state reformcycle.State) {
	tally := state.Tally(state.Stage())
	fmt.Fprint(b, "## From where\n\n")
	para(b, fmt.Sprintf("The reform stands at %s, with %d of %d required criteria met. Facts come from the Uganda walk, most levels and all positions there are illustrative, and what a record does not hold is assumed: the notes of the scenario tell what.",
		state.Stage().Label(), tally.Met, tally.Met+tally.Unmet+tally.Unknown))
	para(b, "*Launch now* leaves readiness at once, by override, which is how the walk reads August 2018; what it skips becomes debt, and it does not go back for it. *Finance first* puts most effort into the money, then into the pay, before anything else. *Coalition first* persuades until support is three times opposition, and then spreads its effort evenly. The last two launch when all that is required is met.")
}

// odds are the answers, a column for each strategy.
func (s *study) odds(b *strings.Builder) error {
	head := []string{"of 100 runs, with 95 % intervals"}
	rows := [][]string{
		{"launched within 24 months"}, {"launch complete within 60 months"},
		{"after 60 months: active"}, {"suspended"}, {"abandoned"}, {"launched by 24 and active at 60"},
		{"*half of the runs, and the middle nine in ten*"}, {"readiness score at launch, 0 to 1"}, {"guards skipped at launch (debt)"}, {"months at a standstill"},
	}
	for i, a := range s.answers {
		head = append(head, labels[s.strategies[i].Name()])
		launched, err := s.summaries[i].By(reformcycle.Launch, 24)
		if err != nil {
			return err
		}
		complete, err := s.summaries[i].By(reformcycle.Governance, 60)
		if err != nil {
			return err
		}
		cells := []string{odds(launched), odds(complete)}
		for _, status := range a.Statuses {
			cells = append(cells, odds(status.Runs))
		}
		cells = append(cells, odds(s.lasting[i]), "", middle(a.Readiness), middle(a.Debt), middle(a.Suspended))
		for j := range rows {
			rows[j] = append(rows[j], cells[j])
		}
	}
	fmt.Fprint(b, "## What the runs say\n\n")
	table(b, head, rows)
	return nil
}

// apart says which strategies can be told apart.
func (s *study) apart(b *strings.Builder) {
	fmt.Fprint(b, "## What can be told apart, and what can't\n\n")
	para(b, "Differences in points of a hundred, over runs that met the same luck. The three intervals of a question hold together.")
	var rows [][]string
	for k, q := range questions {
		c := s.comparisons[k]
		for n, d := range c.Differences {
			text := ""
			if n == 0 {
				text = q.text
			}
			verdict := "can't be told apart"
			if d.Apart() {
				verdict = s.label(d.First) + " is ahead"
				if d.At < 0 {
					verdict = s.label(d.Second) + " is ahead"
				}
			}
			rows = append(rows, []string{text, s.label(d.First) + " less " + s.label(d.Second),
				fmt.Sprintf("%+.1f (%+.1f to %+.1f)", 100*d.At, 100*d.Low, 100*d.High), verdict})
		}
	}
	table(b, []string{"question", "pair", "difference", "verdict"}, rows)
}

func (s *study) label(i int) string { return labels[s.strategies[i].Name()] }

// collapses says what abandoned reforms came to their end by.
func (s *study) collapses(b *strings.Builder) {
	head := []string{"abandoned, of 100 runs, because of"}
	var rows [][]string
	for i := range s.strategies {
		head = append(head, s.label(i))
	}
	for c, cause := range simulation.Causes() {
		row, any := []string{causes[cause]}, false
		for _, a := range s.answers {
			row = append(row, odds(a.Causes[c].Runs))
			any = any || a.Causes[c].Runs.Hits > 0
		}
		if any {
			rows = append(rows, row)
		}
	}
	fmt.Fprint(b, "## What reforms collapse from\n\n")
	if rows == nil {
		para(b, "No run was abandoned.")
		return
	}
	table(b, head, rows)
}

// hangs names the assumptions that move the answer most: as much for one way as
// for another, or for one alone.
func (s *study) hangs(b *strings.Builder) error {
	type row struct {
		factor simulation.Factor
		moves  float64
		cells  []string
	}
	var rows []row
	head := []string{"assumption", "range"}
	base := make([]string, len(s.tornados))
	for i, t := range s.tornados {
		head = append(head, s.label(shaken[i]))
		base[i] = percent(t.Base.At) + " with " + s.label(shaken[i])
		for _, w := range t.Swings {
			j := slices.IndexFunc(rows, func(r row) bool { return r.factor == w.Factor })
			if j < 0 {
				j = len(rows)
				rows = append(rows, row{factor: w.Factor, cells: []string{"`" + w.Factor.Parameter + "`", fmt.Sprintf("%v to %v", w.Factor.Low, w.Factor.High)}})
			}
			cell := percent(w.AtLow.At) + " to " + percent(w.AtHigh.At)
			if !w.Change.Apart() {
				cell += ", can't be told apart"
			}
			rows[j].cells = append(rows[j].cells, cell)
			rows[j].moves = max(rows[j].moves, math.Abs(w.Change.At))
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.moves, a.moves) })

	fmt.Fprint(b, "## What the answer hangs on\n\n")
	para(b, fmt.Sprintf("%s: %s, of 100 runs. One assumption after another was moved over a range, itself assumed. The first %d of %d, by how far they move either answer:",
		questions[lead].text, strings.Join(base, ", "), inTornado, len(rows)))
	rows = rows[:min(inTornado, len(rows))]
	var cells [][]string
	for _, r := range rows {
		cells = append(cells, r.cells)
	}
	table(b, head, cells)
	for _, r := range rows {
		says, known := s.meaning(r.factor.Parameter)
		if !known {
			return fmt.Errorf("%s is in no register", r.factor.Parameter)
		}
		item(b, "`"+r.factor.Parameter+"`: "+says)
	}
	b.WriteString("\n")
	for _, turn := range s.turns() {
		para(b, turn)
	}
	para(b, "`work.rated` moves only the criteria that nobody has rated yet; `actors[]` stands for all actors at once.")
	return nil
}

// turns tells at which ends of a range the order of the two ways turns round, by
// more than chance may do: their intervals do not touch.
func (s *study) turns() (all []string) {
	first, second := s.tornados[0], s.tornados[1]
	ahead := first.Base.At > second.Base.At
	for _, one := range first.Swings {
		for _, other := range second.Swings {
			if one.Factor != other.Factor {
				continue
			}
			for _, end := range []struct {
				value float64
				a, b  simulation.Estimate
			}{{one.Factor.Low, one.AtLow, other.AtLow}, {one.Factor.High, one.AtHigh, other.AtHigh}} {
				if (end.a.At > end.b.At) != ahead && (end.a.Low > end.b.High || end.b.Low > end.a.High) {
					all = append(all, fmt.Sprintf("**At `%s` %v the order turns round**: %s with %s, %s with %s.", one.Factor.Parameter, end.value,
						percent(end.a.At), s.label(shaken[0]), percent(end.b.At), s.label(shaken[1])))
				}
			}
		}
	}
	return all
}

// meaning looks a parameter up, of the model or of a strategy.
func (s *study) meaning(parameter string) (string, bool) {
	list := simulation.Register()
	name, own := strings.CutPrefix(parameter, "strategy.")
	if own {
		t, ok := s.strategies[shaken[0]].(simulation.Tunable)
		if !ok {
			return "", false
		}
		list = t.Parameters()
	}
	i := slices.IndexFunc(list, func(p simulation.Parameter) bool { return p.Name == name })
	if i < 0 {
		return "", false
	}
	return list[i].Meaning, true
}

func (s *study) limits(b *strings.Builder) {
	fmt.Fprint(b, "## What must not be concluded\n\n")
	for _, text := range []string{
		"That any of this would have happened, or will. Nothing was calibrated: no number was fitted to what reforms have done.",
		"That the intervals are the uncertainty. They say how much more runs could still change, and nothing about how far the model is from Uganda. The table of assumptions says more about that, and what no parameter stands for is in neither.",
		"That money may come late. A guard asks that all of its criteria are met and does not ask which came first, so in the model the order hardly matters. That early money wins a cabinet, or that its lack loses one, is not in the model.",
		"That who can't be told apart are alike. They are alike in what was asked, within these runs.",
		"That launching at once is this bad, or this good. How soon debt suspends a programme, and for how long, is assumed, and the answer hangs on it. The strategy here never pays its debt, which a ministry might.",
		"Anything about a person, an office or an organisation. Positions, powers and effort are made up.",
	} {
		item(b, text)
	}
	b.WriteString("\n")
	para(b, fmt.Sprintf("Scenario %q, %d months, %d runs of each strategy, seed %d, model and scenario %s. The same numbers come out wherever it is repeated.",
		s.model.Scenario().Name, s.model.Scenario().Horizon, s.runs, s.seed, s.model.Digest()[:12]))
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

// para writes a paragraph of at most 80 columns.
func para(b *strings.Builder, text string) {
	wrap(b, text, "")
	b.WriteString("\n")
}

// item writes an item of a list.
func item(b *strings.Builder, text string) { wrap(b, "- "+text, "  ") }

func wrap(b *strings.Builder, text, indent string) {
	column := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > 80:
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

// table writes rows in columns.
func table(b *strings.Builder, head []string, rows [][]string) {
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
	b.WriteString("\n")
}
