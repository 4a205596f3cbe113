package main

// The report: Markdown that reads on a terminal, too.

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

// labels are what the report calls the policies.
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

// inTornado is how many assumptions the report names.
const inTornado = 5

func write(w io.Writer, s *study, state reformcycle.State) error {
	var b strings.Builder
	title := "Uganda, before August 2018: launch now, finance first, or coalition first?"
	fmt.Fprintf(&b, "# %s\n\n", title)
	para(&b, "**Illustrative. This is what a model makes of stated assumptions. It is no forecast for Uganda and no finding about it.**")
	s.short(&b)
	s.start(&b, state)
	if err := s.odds(&b); err != nil {
		return err
	}
	s.apart(&b)
	if err := s.evenly(&b); err != nil {
		return err
	}
	s.collapses(&b)
	if err := s.hangs(&b); err != nil {
		return err
	}
	s.limits(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// short is the answer for who reads no further.
func (s *study) short(b *strings.Builder) {
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
	for _, turn := range s.turns() {
		ends = append(ends, turn.end)
	}
	if ends != nil {
		text += fmt.Sprintf(" %s and %s change places at %s: see what the answer hangs on.", sentence(s.label(shaken[0])), s.label(shaken[1]), strings.Join(ends, ", "))
	}
	para(b, text)
}

// ranked gives the better of a pair first.
func ranked(d simulation.Difference) (winner, loser int) {
	if d.At < 0 {
		return d.Second, d.First
	}
	return d.First, d.Second
}

func (s *study) start(b *strings.Builder, state reformcycle.State) {
	tally, scenario := state.Tally(state.Stage()), s.model.Scenario()
	fmt.Fprint(b, "## From where\n\n")
	para(b, fmt.Sprintf("The reform stands at %s, with %d of %d required criteria met. Facts come from the Uganda walk; most levels and all positions there are illustrative. What a record does not hold is assumed: see the notes in testdata/situations/uganda-2018.json. Not at the model's default are:",
		state.Stage().Label(), tally.Met, tally.Met+tally.Unmet+tally.Unknown))
	for _, set := range s.assumed.Settings {
		item(b, fmt.Sprintf("`%s` is %v. %s", set.Parameter, set.Value, set.Why))
	}
	fmt.Fprint(b, "\nThree ways to go on; pictures, tables and policies have the names in brackets.\n\n")
	rush, finance, coalition := s.policies[0], s.policies[1], s.policies[2]
	item(b, fmt.Sprintf("*Launch now* (`%s`) leaves readiness at once, by override, which is how the walk reads August 2018: as soon as %s %% of what it requires is met. What it skips becomes debt; it never goes back for that.",
		named(rush), percent(setting(rush, "met"))))
	item(b, fmt.Sprintf("*Finance first* (`%s`) puts %s %% of the effort into the financing until that is settled, then into the pay, and at governance into its financing. The rest it spreads evenly from the first month.",
		named(finance), percent(setting(finance, "share"))))
	item(b, fmt.Sprintf("*Coalition first* (`%s`) puts %s %% of the effort into persuading those who do not support and spreads the rest evenly, while less than %s of 100 of the power supports (%s at the start) or a veto stands. Otherwise it spreads all of it evenly.",
		named(coalition), percent(setting(coalition, "first")), percent(setting(coalition, "target")), percent(support(scenario.Actors))))
	b.WriteString("\n")
	para(b, "Evenly is what the built-in `balanced` does: most goes over what the stage at hand requires and lacks, parts into persuasion, upkeep and the next stage. The last two launch when all that is required is met. A launch is complete when governance, the stage after it, is entered: `governance by 60`.")
	para(b, veto(scenario))
}

// named writes a policy as policy files do: with the parameters that are not at
// their defaults.
func named(s simulation.Policy) string {
	id := simulation.Identity{Name: s.Name()}
	for _, p := range tuning(s) {
		if p.Value != p.Default {
			id.Parameters = append(id.Parameters, simulation.Setting{Name: p.Name, Value: p.Value})
		}
	}
	return id.String()
}

// tuning are the parameters of a policy; none, if it has none.
func tuning(s simulation.Policy) []simulation.Parameter {
	if t, ok := s.(simulation.Tunable); ok {
		return t.Parameters()
	}
	return nil
}

// setting is the value of a policy's parameter.
func setting(s simulation.Policy, name string) float64 {
	for _, p := range tuning(s) {
		if p.Name == name {
			return p.Value
		}
	}
	return math.NaN()
}

// support is the share of the power, by pull, that supports at the start: from
// the lower bound of low support on.
func support(actors []simulation.CastActor) float64 {
	supports, all := 0.0, 0.0
	for _, a := range actors {
		pull := a.Power * a.Weight
		if all += pull; a.Position >= 1 {
			supports += pull
		}
	}
	return supports / all
}

// veto says what one does in the model.
func veto(s simulation.Scenario) string {
	var holders []string
	for _, a := range s.Actors {
		if a.Veto {
			holders = append(holders, a.Name)
		}
	}
	if holders == nil {
		return "Nobody has a veto."
	}
	return fmt.Sprintf("Who has a veto: %s. While its holder opposes, below -1 on the scale from -7 to 7, nothing advances but by override, and after %d months of it the reform is suspended. It resumes when the veto is gone, support exceeds opposition and %d months have passed; after %d months in a row it is abandoned.",
		strings.Join(holders, ", "), s.Opposition.Patience, s.Suspension.Least, s.Suspension.Limit)
}

// odds are the answers, a column for each policy: shares of runs, and medians.
func (s *study) odds(b *strings.Builder) error {
	shares := [][]string{
		{"launched within 24 months"}, {"launch complete within 60 months"},
		{"after 60 months: active"}, {"suspended"}, {"abandoned"}, {"launched by 24 and active at 60"},
	}
	medians := [][]string{{"readiness score at launch, 0 to 1"}, {"guards skipped at launch (debt)"}, {"months suspended"}}
	head := make([]string, 1, 1+len(s.answers))
	for i, a := range s.answers {
		head = append(head, s.label(i))
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
		for j, cell := range append(cells, odds(s.lasting[i])) {
			shares[j] = append(shares[j], cell)
		}
		for j, d := range []simulation.Distribution{a.Readiness, a.Debt, a.Suspended} {
			medians[j] = append(medians[j], middle(d))
		}
	}
	fmt.Fprint(b, "## What the runs say\n\n")
	head[0] = "of 100 runs (95 % intervals)"
	table(b, head, shares)
	head[0] = "median (5 to 95 % of the runs)"
	table(b, head, medians)
	para(b, "The readiness score is the mean level of what is required before launch: 0.67 where each criterion is functional, as the guards ask. Score and debt are of runs that launched.")
	return nil
}

// apart says which policies can be told apart.
func (s *study) apart(b *strings.Builder) {
	fmt.Fprint(b, "## What can be told apart, and what can't\n\n")
	para(b, "Differences in points of a hundred, over runs that met the same luck. The three intervals of a question hold together with 95 %.")
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
	table(b, []string{"question", "pair", "difference", "verdict"}, rows)
}

// points writes a difference in points of a hundred.
func points(d simulation.Difference) string {
	return fmt.Sprintf("%+.1f (%+.1f to %+.1f)", 100*d.At, 100*d.Low, 100*d.High)
}

// evenly says how much of what the policies give is owed to what they are
// called: beside it they do what balanced does.
func (s *study) evenly(b *strings.Builder) error {
	n := len(s.persuading)
	text := fmt.Sprintf("How much of that is the money, or the coalition? All effort spread evenly, from the first month, completes the launch in %s of 100 runs.", percent(s.even.Estimates[0].At))
	for i := 1; i < len(s.policies); i++ {
		d, err := s.even.Between(i, 0)
		if err != nil {
			return err
		}
		text += fmt.Sprintf(" %s minus that: %s.", sentence(s.label(i)), points(d))
	}
	text += fmt.Sprintf(" While the reform is active, coalition first puts more than half of the effort into persuasion in at most %d of %d months in half of the first %d runs, and in %d or more in one of twenty; in the other months it is even, too.",
		s.persuading[n/2], s.model.Scenario().Horizon, n, s.persuading[n*19/20])
	para(b, text)
	return nil
}

// sentence begins with a capital.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func (s *study) label(i int) string { return labels[s.policies[i].Name()] }

// collapses says what abandoned reforms came to their end by.
func (s *study) collapses(b *strings.Builder) {
	head := []string{"abandoned, of 100 runs, because of"}
	var rows [][]string
	for i := range s.policies {
		head = append(head, s.label(i))
	}
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
	fmt.Fprint(b, "## What reforms collapse from\n\n")
	if rows == nil {
		para(b, "No run was abandoned.")
		return
	}
	table(b, head, rows)
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

// hangs names the assumptions that move the answer most.
func (s *study) hangs(b *strings.Builder) error {
	head, base := []string{"assumption", "range"}, []string{}
	for i, t := range s.tornados {
		head = append(head, s.label(shaken[i]))
		base = append(base, percent(t.Base.At)+" with "+s.label(shaken[i]))
	}
	all := s.moves()
	most := all[:min(inTornado, len(all))]
	fmt.Fprint(b, "## What the answer hangs on\n\n")
	para(b, fmt.Sprintf("%s: %s, of 100 runs. One assumption after another was moved over a range, itself assumed. The first %d of %d, by how far they move either answer (`-out` writes all to report.md):",
		questions[lead].text, strings.Join(base, ", "), len(most), len(all)))
	var rows [][]string
	for _, m := range most {
		rows = append(rows, m.cells)
	}
	table(b, head, rows)
	for _, m := range most {
		says, known := s.meaning(m.Parameter)
		if !known {
			return fmt.Errorf("%s is in no register", m.Parameter)
		}
		item(b, "`"+m.Parameter+"`: "+says+" *Range:* "+m.Why)
	}
	b.WriteString("\n")
	for _, turn := range s.turns() {
		para(b, fmt.Sprintf("**At %s the order turns round**: %s with %s, %s with %s.", turn.end,
			percent(turn.first), s.label(shaken[0]), percent(turn.second), s.label(shaken[1])))
	}
	return nil
}

// ranges are all assumptions that were moved, and why as far as that.
func (s *study) ranges(w io.Writer) {
	head := []string{"assumption", "range"}
	for i := range s.tornados {
		head = append(head, s.label(shaken[i]))
	}
	var rows [][]string
	for _, m := range s.moves() {
		rows = append(rows, append(m.cells, m.Why))
	}
	var b strings.Builder
	table(&b, append(head, "why this range"), rows)
	fmt.Fprint(w, b.String())
}

// turn is an end of a range at which the order of the two ways turns round, and
// what they come to there.
type turn struct {
	end           string
	first, second float64
}

// turns tells at which ends of a range the order turns round, by more than chance
// may do: the intervals do not touch, there or with nothing moved.
func (s *study) turns() (all []turn) {
	first, second := s.tornados[0], s.tornados[1]
	clear := func(a, b simulation.Estimate) bool { return a.Low > b.High || b.Low > a.High }
	if !clear(first.Base, second.Base) {
		return nil
	}
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
				if (end.a.At > end.b.At) != ahead && clear(end.a, end.b) {
					all = append(all, turn{fmt.Sprintf("`%s` %v", one.Factor.Parameter, end.value), end.a.At, end.b.At})
				}
			}
		}
	}
	return all
}

// meaning looks a parameter up, of the model or of a policy.
func (s *study) meaning(parameter string) (string, bool) {
	list := simulation.Register()
	name, own := strings.CutPrefix(parameter, "policy.")
	if own {
		list = tuning(s.policies[shaken[0]])
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
		"That the intervals are the uncertainty. They say how much more runs could still change, and nothing about how far the model is from Uganda.",
		"That money may come late. A guard asks that all of its criteria are met and does not ask which came first, so in the model the order hardly matters.",
		"That a cabinet acts like this. Here nobody passes a policy or rescinds it at a stroke, as in January and February 2019: approval is advisory and blocks nothing, and a veto ends a reform only by lasting. Nor does early money win a cabinet, or its lack lose one: chance, shocks, persuasion, progress as a whole and whom it hears move it.",
		"That who can't be told apart are alike, beyond what was asked and these runs.",
		"That launching at once is this bad, or this good. How soon debt suspends a programme, and for how long, is assumed, and the answer hangs on it. Launch now never pays its debt, which a ministry might.",
		"Anything about a person, an office or an organisation. Positions, powers and effort are made up.",
	} {
		item(b, text)
	}
	b.WriteString("\n")
	para(b, fmt.Sprintf("Scenario %q, %d months, %d runs of each policy, seed %d, model and scenario %s. The same numbers come out wherever it is repeated.",
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
