package chart

// From what package simulation answers to pictures of it.

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// OriginOf says where a summary comes from. Parameters of the strategy that it does
// not name have their defaults.
func OriginOf(s simulation.Summary) Origin {
	return Origin{Scenario: s.Name(), Digest: s.Digest(), Strategy: told(s.Policy(), sixDigits), Runs: s.Runs(), Seed: s.Seed(), Confidence: simulation.Confidence}
}

// CurveOf makes a curve to draw of one that package simulation gives.
func CurveOf(name string, c simulation.Curve) Curve {
	curve := Curve{Name: name}
	for _, s := range c {
		curve.Points = append(curve.Points, Point{s.Month, Estimate{s.At, s.Low, s.High}})
	}
	return curve
}

// ArrivalsOf draws when the stages named are entered, as [Arrivals] does: the share
// of all runs that have entered each by each month, those that were abandoned
// included. Without stages it draws all but those in which every run began.
func ArrivalsOf(w io.Writer, title string, s simulation.Summary, stages ...reformcycle.Stage) error {
	var f faults
	summary(&f, "summary", s)
	for i, stage := range stages {
		if !stage.Valid() {
			f.add("stages["+strconv.Itoa(i)+"]", "known", int(stage), "one of the eight stages")
		}
	}
	f.atMost("stages", len(stages), mostCurves)
	if err := f.err(); err != nil {
		return err
	}
	if len(stages) == 0 {
		for stage := range reformcycle.Stages() {
			if s.Entered(stage)[0] < s.Runs() {
				stages = append(stages, stage)
			}
		}
	}
	var curves []Curve
	for _, stage := range stages {
		a, err := s.Arrival(stage)
		if err != nil {
			return err
		}
		curves = append(curves, CurveOf(draw.Capital(stage.Label()), a.Incidence))
	}
	return Arrivals(w, title, OriginOf(s), curves)
}

// StrategiesOf draws when a stage is entered under several strategies, as
// [Arrivals] does: a curve for each summary. The summaries, 1 to 8, have to be of
// the same scenario, the same seed and the same number of runs, or what sets the
// curves apart might be something else than the strategies.
func StrategiesOf(w io.Writer, title string, stage reformcycle.Stage, summaries ...simulation.Summary) error {
	var f faults
	if !stage.Valid() {
		f.add("stage", "known", int(stage), "one of the eight stages")
	}
	if f.length("summaries", len(summaries), mostCurves, "1 to 8 summaries") {
		for i, s := range summaries {
			field := "summaries[" + strconv.Itoa(i) + "]"
			like := summaries[0]
			summary(&f, field, s)
			if s.Digest() != like.Digest() {
				f.add(field+".digest", "same", s.Digest(), "the scenario of the first, "+like.Digest())
			}
			if s.Seed() != like.Seed() {
				f.add(field+".seed", "same", strconv.FormatUint(s.Seed(), 10), "the seed of the first, "+strconv.FormatUint(like.Seed(), 10))
			}
			if s.Runs() != like.Runs() {
				f.add(field+".runs", "same", strconv.FormatUint(s.Runs(), 10), "as many as the first has, "+strconv.FormatUint(like.Runs(), 10))
			}
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	var curves []Curve
	var strategies []simulation.Identity
	for _, s := range summaries {
		strategies = append(strategies, s.Policy())
	}
	names, all := called(strategies)
	for i, s := range summaries {
		a, err := s.Arrival(stage)
		if err != nil {
			return err
		}
		curves = append(curves, CurveOf(names[i], a.Incidence))
	}
	origin := OriginOf(summaries[0])
	origin.Strategy, origin.Note = "", "Arrival at "+stage.Label()+": a curve for each strategy. All met the same chances, run by run."+all
	return Arrivals(w, title, origin, curves)
}

// summary refuses one of no runs.
func summary(f *faults, field string, s simulation.Summary) {
	if s.Runs() == 0 {
		f.add(field, "required", nil, "the summary of at least one run")
	}
}

// told names a strategy, with the parameters that have not the default of the
// built-in strategy of that name, such as "rush-to-launch: met 0.1". Of another
// strategy no default is known, and all are named. Numbers have so many digits, or
// all of theirs for -1.
func told(s simulation.Identity, digits int) string {
	usual := map[string]float64{}
	if built, err := simulation.NewPolicy(s.Name, nil); err == nil {
		for _, p := range built.Parameters() {
			usual[p.Name] = p.Value
		}
	}
	var set []string
	for _, p := range s.Parameters {
		if v, known := usual[p.Name]; !known || v != p.Value {
			set = append(set, p.Name+" "+strconv.FormatFloat(p.Value, 'g', digits, 64))
		}
	}
	if set == nil {
		return s.Name
	}
	return s.Name + ": " + strings.Join(set, ", ")
}

// sixDigits are as many as a number has room for.
const sixDigits = 6

// called tells strategies that stand side by side; all is a sentence about the
// parameters that they share where all are variants of one, as in a sweep. Where
// six digits would make two of them one, numbers have all of theirs.
func called(strategies []simulation.Identity) (names []string, all string) {
	var shared []simulation.Setting
	if len(strategies) > 1 {
		first := strategies[0]
		for _, p := range first.Parameters {
			if !slices.ContainsFunc(strategies, func(o simulation.Identity) bool { return o.Name != first.Name || !slices.Contains(o.Parameters, p) }) {
				shared = append(shared, p)
			}
		}
		if _, settings, found := strings.Cut(told(simulation.Identity{Name: first.Name, Parameters: shared}, sixDigits), ": "); found {
			all = " In all of them: " + settings + "."
		}
	}
	for _, digits := range []int{sixDigits, -1} {
		names = nil
		for _, s := range strategies {
			own := slices.DeleteFunc(slices.Clone(s.Parameters), func(p simulation.Setting) bool { return slices.Contains(shared, p) })
			names = append(names, told(simulation.Identity{Name: s.Name, Parameters: own}, digits))
		}
		if sorted := slices.Sorted(slices.Values(names)); len(slices.Compact(sorted)) == len(names) {
			break
		}
	}
	return names, all
}

// MeasureOf names what a metric measures.
func MeasureOf(m simulation.Metric) Measure {
	if m.Numeric() {
		return Measure{Name: m.String(), Unit: "months", Sooner: true}
	}
	return Measure{Name: m.String()}
}

// ComparisonOf draws a comparison of strategies as [Comparison] does: from the best
// estimate to the worst, and of each pair the better less the worse, the pairs with
// the best strategy first.
func ComparisonOf(w io.Writer, title string, c simulation.Comparison) error {
	var f faults
	for i, rank := range c.Order {
		if n := min(len(c.Policies), len(c.Estimates)); rank.Policy < 0 || rank.Policy >= n {
			f.add("order["+strconv.Itoa(i)+"].strategy", "exists", rank.Policy, "the place of a strategy that has an estimate, of "+strconv.Itoa(n))
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	var rows []Row
	var differences []Difference
	names, all := called(c.Policies)
	for i, rank := range c.Order {
		rows = append(rows, Row{names[rank.Policy], estimateOf(c.Estimates[rank.Policy])})
		for _, other := range c.Order[i+1:] {
			d, err := c.Between(rank.Policy, other.Policy)
			if err != nil {
				return err
			}
			differences = append(differences, Difference{names[rank.Policy], names[other.Policy], Estimate{d.At, d.Low, d.High}})
		}
	}
	origin := Origin{Scenario: c.Scenario, Digest: c.Digest, Runs: c.Runs, Seed: c.Seed, Confidence: simulation.Confidence}
	if len(differences) > 0 {
		origin.Note = "All strategies met the same chances, run by run. The intervals of the differences hold together." + all
	}
	return Comparison(w, title, origin, MeasureOf(c.Metric), rows, differences)
}

func estimateOf(e simulation.Estimate) Estimate { return Estimate{e.At, e.Low, e.High} }

// TornadoOf draws what [simulation.Model.OneAtATime] found, as [Tornado] does.
func TornadoOf(w io.Writer, title string, t simulation.Tornado) error {
	var swings []Swing
	for _, s := range t.Swings {
		name := s.Factor.Parameter
		if unit := s.Factor.Unit(t.Policy); unit != "" {
			name += " (" + unit + ")"
		}
		swings = append(swings, Swing{
			Name: name, From: value(s.Factor.Low), To: value(s.Factor.High),
			Low: estimateOf(s.AtLow), High: estimateOf(s.AtHigh),
		})
	}
	return Tornado(w, title, Origin{
		Scenario: t.Scenario, Digest: t.Digest, Strategy: told(t.Policy, sixDigits), Runs: t.Runs, Seed: t.Seed, Confidence: simulation.Confidence,
		Note: "All ends met the same chances, run by run, so two of them are told apart more closely than their intervals say.",
	}, MeasureOf(t.Metric), estimateOf(t.Base), swings)
}

func value(v float64) string { return strconv.FormatFloat(v, 'g', sixDigits, 64) }

// SobolOf draws the indices that [simulation.Model.Sobol] estimated, as [Sobol] does.
func SobolOf(w io.Writer, title string, x simulation.SobolIndices) error {
	var f faults
	f.number("noise", x.Noise, 0, largest, "a number from 0 to 1e12")
	if err := f.err(); err != nil {
		return err
	}
	var indices []Index
	for _, i := range x.Of {
		indices = append(indices, Index{i.Factor.Parameter, Estimate{i.First.At, i.First.Low, i.First.High}, Estimate{i.Total.At, i.Total.Low, i.Total.High}})
	}
	note := fmt.Sprintf("%s of the design, %d runs at each.", draw.Counted(x.Points, "point", "points"), x.Runs)
	if !flat(indices) {
		note += fmt.Sprintf(" Chance in the runs added %s times the variance, which was taken out.", figures(x.Noise, 2))
	}
	return Sobol(w, title, Origin{
		Scenario: x.Scenario, Digest: x.Digest, Strategy: told(x.Policy, sixDigits), Seed: x.Seed, Confidence: simulation.Confidence,
		Runs: uint64(max(x.Points, 0)) * uint64(len(x.Of)+2) * x.Runs,
		Note: note,
	}, MeasureOf(x.Metric), indices)
}

// SupportFanOf draws where support goes in the runs of a summary, as [SupportFan]
// does, from [SupportOf].
func SupportFanOf(w io.Writer, title string, s simulation.Summary) error {
	var f faults
	summary(&f, "summary", s)
	if err := f.err(); err != nil {
		return err
	}
	origin := OriginOf(s)
	origin.Note = fmt.Sprintf("Support is read in steps of %s%%: each line stands at the upper end of its step.", value(100.0/simulation.SupportBins))
	return SupportFan(w, title, origin, SupportOf(s))
}

// fanned are the shares at which a fan has its lines.
var fanned = [5]float64{0.05, 0.25, 0.5, 0.75, 0.95}

// SupportOf makes the months of a fan of a summary; one without runs has none. A
// quantile is the upper end of its bin, of 1/40 of the scale: so much of the runs
// has that or less, and a summary holds no more. Runs of one bin have no spread.
func SupportOf(s simulation.Summary) (months []Support) {
	if s.Runs() == 0 {
		return nil
	}
	all := float64(s.Runs())
	for k, month := range s.SupportMonths() {
		counts := s.Support(k)
		decided := uint64(0)
		for _, n := range counts[:simulation.SupportBins] {
			decided += n
		}
		at := Support{Month: month, Decided: float64(decided) / all, Undecided: float64(counts[simulation.SupportBins]) / all}
		if decided > 0 {
			for q, share := range fanned {
				at.Quantiles[q] = upTo(counts[:simulation.SupportBins], float64(share*float64(decided)))
			}
		}
		months = append(months, at)
	}
	return months
}

// upTo gives the end of the bin, as a share of all bins, by which so many have been
// counted.
func upTo(counts []uint64, rank float64) float64 {
	below := 0.0
	for i, n := range counts {
		if below += float64(n); n > 0 && below >= rank {
			return float64(i+1) / float64(len(counts))
		}
	}
	return 1 // rounding may ask for a little more than all
}
