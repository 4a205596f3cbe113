package simulation

// What a summary answers.

import (
	"math"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Answers are all that a summary can tell, ready to be shown.
type Answers struct {
	// Scenario is the name and Digest the identity of what was run.
	Scenario string   `json:"scenario"`
	Digest   string   `json:"digest"`
	Policy   Identity `json:"policy"`
	Seed     uint64   `json:"seed"`
	Horizon  int      `json:"horizon"`
	Runs     uint64   `json:"runs"`
	// Arrivals tell when each stage is entered, in the order of the stages.
	Arrivals []Survival `json:"arrivals"`
	// Statuses at the end of the runs: active, suspended, abandoned.
	Statuses []StatusShare `json:"statuses"`
	// Causes of collapse, in the order of Causes.
	Causes []CauseShare `json:"causes"`
	// Laps completed.
	Laps Distribution `json:"laps"`
	// Readiness and Debt are those of the runs that entered launch, other than by a
	// revisit, at that moment: the score from 0 to 1 of the required criteria of the
	// stages before it, and how many guards were owed.
	Readiness Distribution `json:"readiness"`
	Debt      Distribution `json:"debt"`
	// Suspended are the months that a run stood still.
	Suspended Distribution `json:"suspended"`
	// Support, as a share of support and opposition, month by month.
	Support []SupportShare `json:"support"`
}

// StatusShare is the share of runs that ended with a status.
type StatusShare struct {
	Status reformcycle.Status `json:"status"`
	Runs   Proportion         `json:"runs"`
}

// CauseShare says how often a reform collapses from a cause.
type CauseShare struct {
	Cause Cause `json:"cause"`
	// Runs is the share of all runs that were abandoned from this cause,
	// Collapses its share of those that were abandoned from any.
	Runs      Proportion `json:"runs"`
	Collapses Proportion `json:"collapses"`
}

// SupportShare is how support is spread over the runs that still go on in a
// month and in which somebody takes sides.
type SupportShare struct {
	Month int          `json:"month"`
	Share Distribution `json:"share"`
	// Silent is how many runs go on in which nobody takes sides.
	Silent uint64 `json:"silent"`
}

// Distribution says how a number is spread over runs.
type Distribution struct {
	// Of is how many runs it is spread over. Where they are some of all runs
	// only, such as those that were launched, it speaks of those.
	Of uint64 `json:"of"`
	// Bins in rising order.
	Bins []Bin `json:"bins"`
	// Open says that the last bin holds its number or more.
	Open bool `json:"open,omitempty"`
}

// Bin counts the runs from a number up to, not including, that of the next bin.
type Bin struct {
	From float64 `json:"from"`
	Runs uint64  `json:"runs"`
}

// spreadOf makes a distribution of counts; a bin is 1/parts wide.
func spreadOf(counts []uint64, parts float64, open bool) Distribution {
	d := Distribution{Bins: make([]Bin, len(counts)), Open: open}
	for i, n := range counts {
		d.Of += n
		d.Bins[i] = Bin{float64(i) / parts, n}
	}
	return d
}

// AtLeast gives the share of runs whose number is x or more, for an x at which a
// bin begins; for one within a bin, the share of the bins beyond it. Of what lies
// within an open last bin nobody counted: unless that bin is empty, the answer is
// a share of no run, 0 to 1, as it is where x is no number.
func (d Distribution) AtLeast(x float64) Proportion {
	if last := len(d.Bins) - 1; math.IsNaN(x) || d.Open && last >= 0 && x > d.Bins[last].From && d.Bins[last].Runs > 0 {
		return proportion(0, 0)
	}
	hits := uint64(0)
	for _, b := range d.Bins {
		if b.From >= x {
			hits += b.Runs
		}
	}
	return proportion(min(hits, d.Of), d.Of)
}

// Quantile gives the number, or the beginning of the bin, that a share of runs,
// above 0 and below 1, do not exceed; share 0.5 gives the median. The interval
// holds the bins at which the Wilson interval of the cumulated share holds the
// share: between two order statistics of the runs. It refuses a distribution
// over no run: of a number that no run has, nothing is known.
func (d Distribution) Quantile(share float64) (Quantile, error) {
	if d.Of == 0 || len(d.Bins) == 0 {
		return Quantile{}, fault.Refuse("distribution", fault.Required, nil, language.Of("want.sim-distribution"))
	}
	cumulated := make([]Step, len(d.Bins))
	hits := uint64(0)
	for i, b := range d.Bins {
		hits += b.Runs
		cumulated[i] = step(i, min(hits, d.Of), d.Of)
	}
	last := len(d.Bins) - 1
	return quantile(share, len(cumulated), func(i int) Step { return cumulated[i] }, func(i int) Value {
		if i >= last && d.Open && last > 0 {
			return Value{d.Bins[last-1].From, true}
		}
		return Value{At: d.Bins[min(i, last)].From}
	})
}

// By gives the share of runs that have entered a stage by the end of a month,
// from 0, the start, to the horizon. A run that was abandoned before counts as
// one that did not. It refuses a stage that there is not, a month beyond the
// horizon, of which nothing was seen, and a summary without runs.
func (s Summary) By(stage reformcycle.Stage, month int) (Proportion, error) {
	var f fault.Fields
	s.answerable(&f)
	checkStage(&f, stage)
	if s.horizon > 0 && (month < 0 || month > s.horizon) {
		f.Whole("month", month, 0, s.horizon)
	}
	if err := f.Err(); err != nil {
		return Proportion{}, err
	}
	hits := uint64(0)
	for _, n := range s.Entered(stage)[:month+1] {
		hits += n
	}
	return proportion(hits, s.runs), nil
}

// Answers gives all that the summary can tell. It refuses one without runs.
func (s Summary) Answers() (Answers, error) {
	var f fault.Fields
	s.answerable(&f)
	if err := f.Err(); err != nil {
		return Answers{}, err
	}
	a := Answers{
		Scenario: s.name, Digest: s.digest, Policy: s.Policy(), Seed: s.seed, Horizon: s.horizon, Runs: s.runs,
		Laps:      spreadOf(s.laps(), 1, true),
		Readiness: spreadOf(s.readiness(), readinessBins-1, false),
		Debt:      spreadOf(s.debts(), 1, true),
		Suspended: spreadOf(s.suspended(), 1, false),
	}
	for stage := range reformcycle.Stages() {
		a.Arrivals = append(a.Arrivals, s.arrival(stage))
	}
	for status, n := range s.Status() {
		a.Statuses = append(a.Statuses, StatusShare{reformcycle.Status(status), proportion(n, s.runs)})
	}
	abandoned := s.Status()[reformcycle.Abandoned]
	for _, c := range Causes() {
		n := uint64(0)
		periods, _ := s.Collapses(c)
		for _, runs := range periods {
			n += runs
		}
		a.Causes = append(a.Causes, CauseShare{c, proportion(n, s.runs), proportion(n, abandoned)})
	}
	for k, month := range s.SupportMonths() {
		counts := s.Support(k)
		a.Support = append(a.Support, SupportShare{month, spreadOf(counts[:SupportBins], SupportBins, false), counts[SupportBins]})
	}
	return a, nil
}

func (s *Summary) answerable(f *fault.Fields) {
	if s.runs == 0 {
		f.Add("summary", fault.Required, nil, wantSummary)
	}
}

func checkStage(f *fault.Fields, stage reformcycle.Stage) {
	if !stage.Valid() {
		f.Add("stage", fault.Known, stage.String(), eightStages)
	}
}
