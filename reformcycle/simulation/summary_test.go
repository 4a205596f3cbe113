package simulation

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// filled is a summary whose histograms are as bad to write as so many runs
// allow: every bin of every histogram holds its share of the runs, with noise
// below.
func filled(t testing.TB, horizon int, runs uint64) Summary {
	t.Helper()
	s := Reference()
	s.Name = strings.Repeat("é", maxLabel)
	s.Horizon = horizon
	m := compiled(t, s)
	id := Identity{Name: strings.Repeat("ß", maxLabel)}
	for range maxTuned {
		id.Parameters = append(id.Parameters, Setting{strings.Repeat("x", maxTunedName), 1.0 / 3})
	}
	sum := m.empty(id, 1<<63)
	sum.runs = runs
	for i := range uint64(mostRanges) {
		sum.ranges = append(sum.ranges, Range{i * (MaxRuns / mostRanges), i*(MaxRuns/mostRanges) + runs/mostRanges})
	}
	draw := rand.New(rand.NewPCG(1, 2))
	l := sum.layout
	spread := func(total uint64, hs ...histogram) {
		bins := 0
		for _, h := range hs {
			bins += h.bins
		}
		left := total
		for _, h := range hs {
			for b := h.from; b < h.from+h.bins; b++ {
				n := min(left, total/uint64(bins)-draw.Uint64N(1+total/uint64(bins)/100))
				sum.counts[b], left = n, left-n
			}
		}
		sum.counts[hs[0].from] += left
	}
	// A few end at each stage, in every month, and the others at the last.
	beyond := runs
	for stage := 1; stage <= stageCount; stage++ {
		spread(beyond, l.entered[stage])
		n := runs / 16
		if stage == stageCount {
			n = beyond
		}
		sum.counts[l.furthest.from+stage] = n
		spread(n, histogram{l.ends[stage].from + 1, l.ends[stage].bins - 1})
		beyond -= n
		if stage == int(reformcycle.ProgramReadiness) {
			spread(beyond, l.readiness)
			spread(beyond, l.debts)
		}
	}
	sum.counts[l.status.from+statusCount-1] = runs // all abandoned
	spread(runs, l.cause[1:]...)
	spread(runs, l.laps)
	spread(runs, l.suspended)
	for _, h := range l.support {
		spread(runs, h)
	}
	return sum
}

func TestASummaryIsAtMost64KiBWhateverTheNumberOfRuns(t *testing.T) {
	for _, horizon := range []int{1, 59, 60, 61, 119, 121, 240, 599, 600} {
		sum := filled(t, horizon, MaxRuns/mostRanges*mostRanges-mostRanges)
		b := bytesOf(t, sum)
		require.LessOrEqual(t, len(b), maxSummary, "horizon %d", horizon)
		var read Summary
		require.NoError(t, read.UnmarshalBinary(b), "horizon %d", horizon)
		require.Equal(t, sum, read)
	}
}

// No summary is larger, however its counts lie. A count takes a byte for each
// seven of its bits, and a zero two with the length of its run, so two bytes cost
// no run, a third 2^14 of them, and each after that 127 times as many as all
// before: the most that a histogram can take comes of giving every bin its third
// byte, then its fourth, as long as there are runs.
func TestTheLargestSummaryThereCanBeIsAtMost64KiB(t *testing.T) {
	most := func(runs uint64, bins int) (size int) {
		size = 2 * bins
		for length, cost := 2, uint64(1<<14); ; length++ {
			afford := int(min(uint64(bins), runs/cost))
			size += afford
			if runs -= uint64(afford) * cost; afford < bins {
				return size
			}
			cost = 127 << (7 * length)
		}
	}
	require.Equal(t, 5, most(2<<14-1, 2), "a run is lacking for a third byte of both")
	require.Equal(t, 6, most(2<<14, 2))
	require.Equal(t, 7, most(1<<14+1<<21, 2))
	size := 0
	l := layoutOf(600)
	all := append([]histogram{l.status, l.furthest, l.laps, l.readiness, l.debts, l.suspended}, l.support...)
	for _, h := range append(all, l.entered[1:]...) {
		size += most(MaxRuns, h.bins)
	}
	for _, hs := range [][]histogram{l.ends[1:], l.cause[1:]} { // a run ends once, by one cause
		bins := 0
		for _, h := range hs {
			bins += h.bins
		}
		size += most(MaxRuns, bins)
	}
	longest := maxLabel*utf8.UTFMax + 2
	size += len(summaryMagic) + 4 + 4 // length and checksum
	size += longest + 32 + longest + 1 + maxTuned*(maxTunedName*utf8.UTFMax+2+8) + 10 + 2
	size += 2 + mostRanges*6*2 // a number below 2^42 takes 6 bytes
	t.Logf("at most %d bytes", size)
	require.LessOrEqual(t, size, maxSummary)
}

func TestADamagedSummaryIsRefused(t *testing.T) {
	sum, err := compiled(t, Reference()).Run(t.Context(), policyOf(t, "balanced"), 100, 1)
	require.NoError(t, err)
	whole := bytesOf(t, sum)
	refused := func(data []byte, what string) {
		t.Helper()
		var into Summary
		err := into.UnmarshalBinary(data)
		var damage *DamageError
		require.ErrorAs(t, err, &damage, what)
		require.ErrorIs(t, err, ErrDamaged, what)
		require.ErrorIs(t, err, fault.ErrInvalid, what)
		require.Equal(t, Summary{}, into, what)
	}
	for n := range whole {
		refused(whole[:n], "cut")
		altered := slices.Clone(whole)
		altered[n] ^= 1 << (n % 8)
		refused(altered, "altered")
	}
	refused(append(slices.Clone(whole), 0), "longer")
	refused(make([]byte, maxSummary+1), "huge")
	refused(nil, "nothing")
}

// Bytes whose checksum is right but that no ensemble could have written.
func TestASummaryThatDoesNotAddUpIsRefused(t *testing.T) {
	sum, err := compiled(t, Reference()).Run(t.Context(), policyOf(t, "balanced"), 100, 1)
	require.NoError(t, err)
	for name, spoil := range map[string]func(*Summary){
		"a run too many":   func(s *Summary) { s.counts[s.layout.status.from]++ },
		"a stage too many": func(s *Summary) { s.counts[s.layout.entered[1].from] += 100 },
		"a lap too few":    func(s *Summary) { s.counts[s.layout.laps.from] = 0; s.counts[s.layout.laps.from+1] = 0 },
		"furthest nowhere": func(s *Summary) { clear(s.counts[s.layout.furthest.from:][:9]); s.counts[s.layout.furthest.from] = 100 },
		"furthest too near": func(s *Summary) {
			clear(s.counts[s.layout.furthest.from:][:9])
			s.counts[s.layout.furthest.from+1] = 100
		},
		"launches unscored":  func(s *Summary) { clear(s.counts[s.layout.readiness.from:][:readinessBins]) },
		"ends at the start":  func(s *Summary) { s.counts[s.layout.ends[8].from]++ },
		"a cause too many":   func(s *Summary) { s.counts[s.layout.cause[1].from]++ },
		"ranges that touch":  func(s *Summary) { s.ranges = []Range{{0, 50}, {50, 100}} },
		"an empty range":     func(s *Summary) { s.ranges = []Range{{0, 100}, {200, 200}} },
		"a horizon of none":  func(s *Summary) { s.horizon = 1000 },
		"support of nobody":  func(s *Summary) { s.counts[s.layout.support[3].from] += 101 },
		"too many ranges":    func(s *Summary) { s.ranges = make([]Range, 300) },
		"a run beyond a run": func(s *Summary) { s.ranges = []Range{{MaxRuns, MaxRuns + 100}} },
		"no text":            func(s *Summary) { s.name = "\xff" },
	} {
		bad := sum
		bad.counts = slices.Clone(sum.counts)
		spoil(&bad)
		var into Summary
		err := into.UnmarshalBinary(bytesOf(t, bad))
		require.ErrorIs(t, err, ErrDamaged, name)
		require.ErrorContains(t, err, "at byte", name)
	}
	_, err = Summary{}.MarshalBinary()
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestSummariesOfDifferentEnsemblesDoNotMerge(t *testing.T) {
	run := func(s Scenario, policy Policy, seed uint64, from, to uint64) Summary {
		sum, err := compiled(t, s).Run(t.Context(), policy, 100, seed, WithRange(from, to))
		require.NoError(t, err)
		return sum
	}
	balanced := policyOf(t, "balanced")
	base := run(Reference(), balanced, 1, 0, 10)
	other := Reference()
	other.Shocks.Scandal.Hazard = 0
	longer := Reference()
	longer.Horizon = 121
	for name, c := range map[string]struct {
		with Summary
		kind error
		says string
	}{
		"another scenario": {run(other, balanced, 1, 10, 20), ErrMismatch, "scenario"},
		"another policy":   {run(Reference(), policyOf(t, "adaptive"), 1, 10, 20), ErrMismatch, "adaptive"},
		"another seed":     {run(Reference(), balanced, 2, 10, 20), ErrMismatch, "seed"},
		"another horizon":  {run(longer, balanced, 1, 10, 20), ErrMismatch, "horizon"},
		"the same runs":    {run(Reference(), balanced, 1, 5, 15), ErrOverlap, `runs: got "5–9"`},
		"itself":           {base, ErrOverlap, `runs: got "0–9"`},
	} {
		_, err := base.Merge(c.with)
		require.ErrorIs(t, err, c.kind, name)
		require.ErrorIs(t, err, fault.ErrInvalid, name)
		require.ErrorContains(t, err, c.says, name)
	}
	require.EqualValues(t, 10, base.Runs(), "a refused merge changes nothing")
}

func TestTheZeroSummaryIsNeutral(t *testing.T) {
	sum, err := compiled(t, Reference()).Run(t.Context(), policyOf(t, "balanced"), 20, 1)
	require.NoError(t, err)
	for _, pair := range [][2]Summary{{{}, sum}, {sum, {}}} {
		merged, err := pair[0].Merge(pair[1])
		require.NoError(t, err)
		require.Equal(t, sum, merged)
	}
	require.Equal(t, sum.Policy().Told().String()+`, "reference (illustrative)": 20 runs, seed 1`, sum.String())
}

func TestMergingIsCommutativeAndAssociativeAndKeepsRanges(t *testing.T) {
	m, s := compiled(t, Reference()), policyOf(t, "balanced")
	var shards []Summary
	for i := range uint64(8) {
		sum, err := m.Run(t.Context(), s, 80, 1, WithRange(10*i, 10*i+10))
		require.NoError(t, err)
		shards = append(shards, sum)
	}
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7}).Draw(t, "order")[:rapid.IntRange(1, 8).Draw(t, "some")]
		left := shards[order[0]]
		for _, i := range order[1:] {
			var err error
			left, err = left.Merge(shards[i])
			require.NoError(t, err)
		}
		right := shards[order[len(order)-1]]
		for k := len(order) - 2; k >= 0; k-- {
			var err error
			right, err = shards[order[k]].Merge(right)
			require.NoError(t, err)
		}
		require.Equal(t, left, right)
		slices.Sort(order)
		covered := []int{}
		for _, r := range left.Ranges() {
			for i := r.From; i < r.To; i += 10 {
				covered = append(covered, int(i/10))
			}
		}
		require.Equal(t, order, covered)
	})
}

func TestTooManySeparateRangesAreRefused(t *testing.T) {
	m := compiled(t, Reference())
	a := m.empty(Identity{Name: "x"}, 1)
	b := a.blank()
	for i := range uint64(200) {
		a.ranges, b.ranges = append(a.ranges, Range{4 * i, 4*i + 1}), append(b.ranges, Range{4*i + 2, 4*i + 3})
	}
	_, err := a.Merge(b)
	require.ErrorContains(t, err, "256")
}

func TestTheZeroSummaryAnswersEveryQuestion(t *testing.T) {
	var s Summary
	require.Nil(t, s.Entered(reformcycle.Launch))
	require.Nil(t, s.Entered(99))
	require.Nil(t, s.abandoned(reformcycle.Launch))
	require.Nil(t, s.abandoned(0))
	require.Nil(t, s.Support(0))
	require.Nil(t, s.SupportMonths())
	counts, each := s.Collapses(FromDebt)
	require.Nil(t, counts)
	require.Zero(t, each)
	for _, all := range [][]uint64{s.Status(), s.Furthest(), s.laps(), s.readiness(), s.debts(), s.suspended()} {
		require.Nil(t, all)
	}
	_, err := json.Marshal(s)
	require.NoError(t, err)
}

// An outcome and a trace come back from their JSON; a summary has another form
// for that, and says so.
func TestWhatARunCameToIsReadBack(t *testing.T) {
	s := Reference()
	s.Shocks.Scandal, s.Start.Stage = Scandal{Hazard: 1, Shift: 2}, reformcycle.Design
	trace, err := compiled(t, s).Trace(policyOf(t, "balanced"), 1, 1)
	require.NoError(t, err)
	require.NotEqual(t, NoCause, trace.Outcome.Cause)
	text, err := json.Marshal(trace)
	require.NoError(t, err)
	var read Trace
	require.NoError(t, json.Unmarshal(text, &read))
	require.Equal(t, trace.Outcome, read.Outcome)
	require.Equal(t, trace.Months, read.Months)

	require.ErrorContains(t, json.Unmarshal([]byte(`"bribery"`), new(Cause)), "donor-exit")
	require.ErrorContains(t, json.Unmarshal([]byte(`"flood"`), new(ShockKind)), "fiscal-crisis")
	require.ErrorContains(t, json.Unmarshal([]byte(`{}`), new(Summary)), "MarshalBinary")
}

func TestASummaryIsWrittenForPeople(t *testing.T) {
	sum, err := compiled(t, Reference()).Run(t.Context(), policyOf(t, "balanced"), 50, 1)
	require.NoError(t, err)
	text, err := json.Marshal(sum)
	require.NoError(t, err)
	var read map[string]any
	require.NoError(t, json.Unmarshal(text, &read))
	require.EqualValues(t, 50, read["runs"])
	require.Equal(t, "reference (illustrative)", sum.Name())
	require.EqualValues(t, 1, sum.Seed())
	require.Equal(t, 120, sum.Horizon())
	require.Contains(t, read["entered"], "launch")
	require.Contains(t, read["collapses"], "donor-exit")
}

func TestNamesAreWrittenAsText(t *testing.T) {
	for _, c := range append(Causes(), NoCause) {
		text, err := c.MarshalText()
		require.NoError(t, err)
		require.Equal(t, c.String(), string(text))
	}
	for _, k := range ShockKinds() {
		text, err := k.MarshalText()
		require.NoError(t, err)
		require.Equal(t, k.String(), string(text))
	}
	_, err := Cause(99).MarshalText()
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = ShockKind(99).MarshalText()
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.Equal(t, "cause(99) shock(99)", Cause(99).String()+" "+ShockKind(99).String())
	trace, err := compiled(t, Reference()).Trace(policyOf(t, "rush-to-launch"), 1, 0)
	require.NoError(t, err)
	text, err := json.Marshal(trace)
	require.NoError(t, err)
	require.Contains(t, string(text), `"move":"override"`)
}

func FuzzUnmarshalSummary(f *testing.F) {
	sum, err := compiled(f, Reference()).Run(f.Context(), policyOf(f, "balanced"), 20, 1)
	require.NoError(f, err)
	whole := bytesOf(f, sum)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Summary
		if s.UnmarshalBinary(data) != nil {
			return
		}
		again, err := s.MarshalBinary()
		require.NoError(t, err)
		var twice Summary
		require.NoError(t, twice.UnmarshalBinary(again))
		require.Equal(t, s, twice)
	})
}

func TestAScoreFallsIntoTheBinThatItsBoundBegins(t *testing.T) {
	for k := range readinessBins {
		require.Equal(t, k, readinessBin(float64(k)/100), k)
	}
	require.Equal(t, 28, readinessBin(0.2899))
}
