package simulation

// The summary of an ensemble: nothing but counts, so that merging is exact, in
// whatever order.

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The sizes of the histograms. A bin that says "or more" is the last.
const (
	// mostLaps, mostDebts: the last bins of the histograms of laps and of debts
	// count this many or more.
	mostLaps  = 63
	mostDebts = 63
	// readinessBins is how many bins the score at launch falls into; bin k holds
	// the scores from k/100 up to (k+1)/100, the last those of 1.
	readinessBins = 101
	// SupportBins is how many bins the share of support falls into, each
	// 1/40 wide; one more bin counts the runs in which nobody takes sides.
	SupportBins = 40

	mostSamples = 51
	mostPeriods = 100
	mostRanges  = 256
)

// samples is how many months of a horizon the share of support is counted in.
func samples(horizon int) int { return horizon/sampleStep(horizon) + 1 }

// sampleStep is how many months apart they are; the first is the start.
func sampleStep(horizon int) int { return (horizon + mostSamples - 2) / (mostSamples - 1) }

// period is how many months the causes of collapse are counted together.
func period(horizon int) int { return (horizon + mostPeriods - 1) / mostPeriods }

const (
	stageCount  = int(reformcycle.ManagementAndLearning)
	statusCount = int(reformcycle.Abandoned) + 1
	causeCount  = int(causes)
)

// Summary is what came of the runs of an ensemble: counts, and the identity of
// what was run. Summaries of shards merge exactly, in any order. The zero value
// is of no ensemble and holds no run; [Model.Run] makes one, or [Summary.UnmarshalBinary] reads
// one. It is a value: a merge leaves both as they were.
type Summary struct {
	name    string
	digest  string
	policy  Identity
	seed    uint64
	horizon int
	runs    uint64
	ranges  []Range
	layout  *layout
	counts  []uint64 // all histograms, one behind another, as the layout says
}

type histogram struct{ from, bins int }

// layout says where each histogram is. It follows from the horizon alone.
type layout struct {
	entered   [stageCount + 1]histogram // stage → month
	ends      [stageCount + 1]histogram // furthest stage → month of abandonment
	status    histogram
	furthest  histogram
	cause     [causes]histogram // cause → period of abandonment
	laps      histogram
	readiness histogram
	debts     histogram
	suspended histogram
	support   []histogram // sample → bin
	size      int
}

func layoutOf(horizon int) *layout {
	l := new(layout)
	next := func(bins int) histogram {
		h := histogram{l.size, bins}
		l.size += bins
		return h
	}
	for s := 1; s <= stageCount; s++ {
		l.entered[s] = next(horizon + 1)
	}
	for s := 1; s <= stageCount; s++ {
		l.ends[s] = next(horizon + 1)
	}
	l.status = next(statusCount)
	l.furthest = next(stageCount + 1)
	for c := 1; c < causeCount; c++ {
		l.cause[c] = next((horizon-1)/period(horizon) + 1)
	}
	l.laps = next(mostLaps + 1)
	l.readiness = next(readinessBins)
	l.debts = next(mostDebts + 1)
	l.suspended = next(horizon + 1)
	for range samples(horizon) {
		l.support = append(l.support, next(SupportBins+1))
	}
	return l
}

// empty is the summary of no run yet.
func (m *Model) empty(policy Identity, seed uint64) Summary {
	s := Summary{name: m.scenario.Name, digest: m.digest, policy: policy, seed: seed, horizon: m.scenario.Horizon}
	s.layout = layoutOf(s.horizon)
	s.counts = make([]uint64, s.layout.size)
	return s
}

// blank is a summary of the same ensemble without runs.
func (s *Summary) blank() Summary {
	b := *s
	b.runs, b.ranges, b.counts = 0, nil, make([]uint64, len(s.counts))
	return b
}

// sample notes the share of support, where the month is one of those sampled.
func (r *run) sample() {
	if r.month != r.next {
		return
	}
	step := sampleStep(r.model.scenario.Horizon)
	r.next += step
	sides := r.support + r.opposed
	if sides == 0 {
		r.sampled[r.month/step] = SupportBins
		return
	}
	r.sampled[r.month/step] = int16(min(SupportBins-1, int(r.support/sides*SupportBins)))
}

func (s *Summary) add(r *run) {
	o, l := &r.outcome, s.layout
	count := func(h histogram, bin int) { s.counts[h.from+min(bin, h.bins-1)]++ }
	for stage := range o.Entered {
		if month := o.Entered[stage]; month >= 0 {
			count(l.entered[stage], month)
		}
	}
	if o.Status == reformcycle.Abandoned {
		count(l.ends[o.Furthest], o.Months)
		count(l.cause[o.Cause], (o.Months-1)/period(s.horizon))
	}
	count(l.status, int(o.Status))
	count(l.furthest, int(o.Furthest))
	count(l.laps, o.Laps)
	if o.Debt >= 0 {
		count(l.readiness, readinessBin(o.Readiness))
		count(l.debts, o.Debt)
	}
	count(l.suspended, o.Suspended)
	for k, bin := range r.sampled {
		if bin >= 0 {
			count(l.support[k], int(bin))
		}
	}
	s.runs++
}

// joined gives ranges in order, with neighbours made one.
func joined(ranges []Range) []Range {
	ranges = slices.Clone(ranges)
	slices.SortFunc(ranges, func(a, b Range) int { return cmp.Compare(a.From, b.From) })
	kept := ranges[:0]
	for _, r := range ranges {
		if n := len(kept); n > 0 && kept[n-1].To == r.From {
			kept[n-1].To = r.To
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

// Merge gives the summary of the runs of both. It refuses, with a
// [MismatchError], a summary of another scenario, policy or seed
// (ErrMismatch) and one that holds a run that this one holds too (ErrOverlap).
// Merging with the zero value changes nothing. A summary holds at most 256 separate
// ranges of runs, more is refused with [fault.Fields]: of more shards,
// merge neighbours first.
func (s Summary) Merge(other Summary) (Summary, error) {
	merged := s
	merged.counts = slices.Clone(s.counts)
	if err := merged.merge(&other); err != nil {
		return Summary{}, err
	}
	return merged, nil
}

func (s *Summary) merge(other *Summary) error {
	switch {
	case other.layout == nil:
		return nil
	case s.layout == nil:
		*s = *other
		s.counts = slices.Clone(other.counts)
		return nil
	}
	var f fault.Fields
	differ := func(field string, mine, theirs any) {
		if mine != theirs {
			f.Add(field, "same", fmt.Sprint(theirs), language.Typed(fmt.Sprint(mine)))
		}
	}
	differ("scenario", s.digest, other.digest)
	differ("name", s.name, other.name)
	differ("policy", s.policy.String(), other.policy.String())
	differ("seed", s.seed, other.seed)
	differ("horizon", s.horizon, other.horizon)
	if f != nil {
		return &MismatchError{Differences: f}
	}
	all, err := united(s.ranges, other.ranges, "runs")
	if err != nil {
		return err
	}
	s.ranges = all
	s.runs += other.runs
	for i, n := range other.counts {
		s.counts[i] += n
	}
	return nil
}

// united gives the ranges of both, or refuses them: ranges of runs, or of worlds.
func united(mine, theirs []Range, of string) ([]Range, error) {
	all := joined(append(slices.Clip(mine), theirs...))
	var f fault.Fields
	for i := 1; i < len(all); i++ {
		if all[i].From < all[i-1].To {
			to := min(all[i].To, all[i-1].To)
			both := fmt.Sprint(all[i].From)
			if last := to - 1; last > all[i].From {
				both = fmt.Sprintf("%s–%d", both, last)
			}
			f.Add(of, "disjoint", both, language.Of("want.sim-unheld"))
		}
	}
	if f != nil {
		return nil, &MismatchError{Differences: f, Overlap: true}
	}
	if len(all) > mostRanges {
		return nil, fault.Refuse(of, fault.Length, len(all), language.Of("want.sim-ranges", "most", mostRanges))
	}
	return all, nil
}

// Told says what was run.
func (s Summary) Told() language.Text {
	return language.Of("summary.told", "n", s.runs, "policy", s.policy.Told(), "scenario", fault.Shown(s.name), "seed", strconv.FormatUint(s.seed, 10))
}

// String is that in English.
func (s Summary) String() string { return s.Told().String() }

// Name of the scenario.
func (s Summary) Name() string { return s.name }

// Digest of the scenario: see [Model.Digest].
func (s Summary) Digest() string { return s.digest }

// Policy that was run.
func (s Summary) Policy() Identity {
	s.policy.Parameters = slices.Clone(s.policy.Parameters)
	return s.policy
}

// Seed of the runs.
func (s Summary) Seed() uint64 { return s.seed }

// Horizon of a run, in months.
func (s Summary) Horizon() int { return s.horizon }

// Runs that it sums up.
func (s Summary) Runs() uint64 { return s.runs }

// Ranges of runs that it holds, in order.
func (s Summary) Ranges() []Range { return slices.Clone(s.ranges) }

func (s *Summary) bins(of func(*layout) histogram) []uint64 {
	if s.layout == nil {
		return nil
	}
	h := of(s.layout)
	return slices.Clone(s.counts[h.from : h.from+h.bins])
}

// Entered counts runs by the month, 0 to the horizon, in which they first
// entered a stage. The others never did.
func (s Summary) Entered(stage reformcycle.Stage) []uint64 {
	if !stage.Valid() {
		return nil
	}
	return s.bins(func(l *layout) histogram { return l.entered[stage] })
}

// abandoned counts the abandoned runs by the month in which they were, of those
// whose furthest stage was the given one. With Entered it gives, for every stage,
// who was still on the way when: what a Kaplan–Meier estimate needs.
func (s Summary) abandoned(furthest reformcycle.Stage) []uint64 {
	if !furthest.Valid() {
		return nil
	}
	return s.bins(func(l *layout) histogram { return l.ends[furthest] })
}

// Status counts runs by their status at the end, in the order active, suspended,
// abandoned.
func (s Summary) Status() []uint64 { return s.bins(func(l *layout) histogram { return l.status }) }

// Furthest counts runs by the furthest stage, by reformcycle.Stage: element 0 is
// unused.
func (s Summary) Furthest() []uint64 { return s.bins(func(l *layout) histogram { return l.furthest }) }

// Collapses counts abandoned runs of a cause by the period in which they were;
// a period is as many months as the second result says, the first beginning with
// month 1.
func (s Summary) Collapses(c Cause) (counts []uint64, monthsEach int) {
	if c == NoCause || c >= causes || s.horizon == 0 {
		return nil, 0
	}
	return s.bins(func(l *layout) histogram { return l.cause[c] }), period(s.horizon)
}

// laps counts runs by laps completed; the last bin holds mostLaps or more.
func (s Summary) laps() []uint64 { return s.bins(func(l *layout) histogram { return l.laps }) }

// readinessBin is the bin of a score. A hundred times 0.29 is a little less than
// 29, so the bin's own bound decides.
func readinessBin(score float64) int {
	k := int(score * (readinessBins - 1))
	if k+1 < readinessBins && float64(k+1)/(readinessBins-1) <= score {
		k++
	}
	return k
}

// readiness counts the runs that entered launch by their readiness then:
// readinessBins bins.
func (s Summary) readiness() []uint64 {
	return s.bins(func(l *layout) histogram { return l.readiness })
}

// debts counts the runs that entered launch by the readiness debts that were
// open then; the last bin holds mostDebts or more.
func (s Summary) debts() []uint64 { return s.bins(func(l *layout) histogram { return l.debts }) }

// suspended counts runs by the months, 0 to the horizon, that they stood still.
func (s Summary) suspended() []uint64 {
	return s.bins(func(l *layout) histogram { return l.suspended })
}

// SupportMonths lists the months, at most 51, in which support was counted.
func (s Summary) SupportMonths() []int {
	if s.horizon == 0 {
		return nil
	}
	at := make([]int, samples(s.horizon))
	for k := range at {
		at[k] = k * sampleStep(s.horizon)
	}
	return at
}

// Support counts the runs that were played in the k-th of SupportMonths by
// support as a share of support and opposition: SupportBins bins, and one for
// the runs in which nobody took sides.
func (s Summary) Support(k int) []uint64 {
	if s.horizon == 0 || k < 0 || k >= samples(s.horizon) {
		return nil
	}
	return s.bins(func(l *layout) histogram { return l.support[k] })
}

// UnmarshalJSON refuses: what MarshalJSON writes is for people, and a summary is
// read from its binary form.
func (s *Summary) UnmarshalJSON([]byte) error {
	return fault.Refuse("summary", "binary", nil, language.Of("want.sim-binary", "by", "MarshalBinary"))
}

// MarshalJSON writes the summary for people and other programs; what is kept and
// merged is the binary form.
func (s Summary) MarshalJSON() ([]byte, error) {
	entered, abandoned := map[string][]uint64{}, map[string][]uint64{}
	for stage := range reformcycle.Stages() {
		entered[stage.String()] = s.Entered(stage)
		abandoned[stage.String()] = s.abandoned(stage)
	}
	collapses := map[string][]uint64{}
	for _, c := range Causes() {
		collapses[c.String()], _ = s.Collapses(c)
	}
	type support struct {
		Month  int      `json:"month"`
		Counts []uint64 `json:"counts"`
	}
	var fan []support
	for k, month := range s.SupportMonths() {
		fan = append(fan, support{month, s.Support(k)})
	}
	each := 0
	if s.horizon > 0 {
		each = period(s.horizon)
	}
	return json.Marshal(struct {
		Scenario        string              `json:"scenario"`
		Digest          string              `json:"digest"`
		Policy          Identity            `json:"policy"`
		Seed            uint64              `json:"seed"`
		Horizon         int                 `json:"horizon"`
		Runs            uint64              `json:"runs"`
		Ranges          []Range             `json:"ranges"`
		Entered         map[string][]uint64 `json:"entered"`
		Abandoned       map[string][]uint64 `json:"abandoned"`
		Status          []uint64            `json:"status"`
		Furthest        []uint64            `json:"furthest"`
		CollapseMonths  int                 `json:"collapse_months"`
		Collapses       map[string][]uint64 `json:"collapses"`
		Laps            []uint64            `json:"laps"`
		Readiness       []uint64            `json:"readiness"`
		Debts           []uint64            `json:"debts"`
		MonthsSuspended []uint64            `json:"months_suspended"`
		Support         []support           `json:"support"`
	}{
		s.name, s.digest, s.policy, s.seed, s.horizon, s.runs, s.ranges, entered, abandoned, s.Status(), s.Furthest(),
		each, collapses, s.laps(), s.readiness(), s.debts(), s.suspended(), fan,
	})
}
