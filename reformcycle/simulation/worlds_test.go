package simulation

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

func span(parameter string, low, high float64, scale Scale) Uncertainty {
	return Uncertainty{parameter, Span{Low: low, High: high, Scale: scale, Why: language.Typed("made up")}}
}

// aTrial is a small one: two policies, two goals, three parameters.
func aTrial(t testing.TB) Trial {
	return Trial{
		Policies: []Policy{policyOf(t, "balanced"), policyOf(t, "rush-to-launch", "met", 0.2)},
		Goals:    []Goal{{LaunchedBy(24), 0.5}, {MonthsTo(reformcycle.Launch, 40), 30}},
		Over: []Uncertainty{
			span("work.rated", 3, 24, Logarithmic),
			span("suspension.least", 1, 12, Even),
			{"actors[].position", Span{Low: -1, High: 1, Around: true}},
		},
		Worlds: 20, Runs: 4, Seed: 7,
	}
}

func shortReference(t testing.TB) *Model {
	s := Reference()
	s.Horizon = 40
	return compiled(t, s)
}

func worldsOf(t testing.TB, m *Model, trial Trial, options ...RunOption) Worlds {
	t.Helper()
	w, err := m.Worlds(t.Context(), trial, options...)
	require.NoError(t, err)
	return w
}

// The register says of each parameter what it is called in a sentence and where it may
// plausibly lie, or why that is no question.
func TestEveryParameterHasASpanOrAReasonWhyNot(t *testing.T) {
	named := map[string]bool{}
	for _, p := range Register() {
		named[p.Name] = true
		require.NotEmpty(t, p.Called, p.Name)
		require.NotEmpty(t, p.Span.Why, p.Name)
		if p.Span.None() {
			require.Equal(t, Span{Why: p.Span.Why}, p.Span, p.Name)
			continue
		}
		require.Less(t, p.Span.Low, p.Span.High, p.Name)
		if p.Span.Scale == Logarithmic {
			require.Positive(t, p.Span.Low, p.Name)
		}
		usual := p.Default
		if p.Span.Around {
			require.True(t, strings.HasPrefix(p.Name, "actors[]."), p.Name)
			usual = map[Scale]float64{Even: 0, Logarithmic: 1}[p.Span.Scale] // what each actor has stays as it is
		} else {
			require.GreaterOrEqual(t, p.Span.Low, p.Min, p.Name)
			require.LessOrEqual(t, p.Span.High, p.Max, p.Name)
		}
		require.True(t, p.Span.Low <= usual && usual <= p.Span.High, "%s: the default is plausible", p.Name)
	}
	for name := range plausible {
		require.True(t, named[name], "%s is in no register", name)
	}
	require.Len(t, Uncertainties(), len(slices.DeleteFunc(Register(), func(p Parameter) bool { return p.Span.None() })))
}

func TestEveryNthOfASpanIsTakenOnceOnItsScale(t *testing.T) {
	const n = 1000
	trial := Trial{Worlds: n, Seed: 3}
	w := Worlds{worlds: n, seed: trial.Seed, ranges: []Range{{0, n}}}
	for _, u := range []Uncertainty{span("work.rated", 3, 24, Logarithmic), span("work.carry", 0.2, 0.6, Even), {"actors[].effort", Span{Low: 0.5, High: 2, Scale: Logarithmic, Around: true}}} {
		w.over = append(w.over, u.registered())
	}
	for i, column := range w.columns() {
		u := w.over[i]
		taken := make([]int, n)
		for _, v := range column {
			place := (v - u.Low) / (u.High - u.Low)
			if u.Scale == Logarithmic {
				place = math.Log(v/u.Low) / math.Log(u.High/u.Low)
			}
			require.True(t, place >= 0 && place < 1)
			taken[int(place*n+1e-9)]++
		}
		for cell, times := range taken {
			require.Equal(t, 1, times, "%s: part %d", u.Parameter, cell)
		}
		require.False(t, slices.IsSorted(column))
	}
	// Columns go their own ways: no two of them are in one order.
	a, b := w.columns()[0], w.columns()[1]
	require.Less(t, math.Abs(correlation(a, b)), 0.1)
	require.NotEqual(t, a, (&Worlds{worlds: n, seed: 4, over: w.over}).columns()[0])
}

func correlation(a, b []float64) float64 {
	ma, mb := mean(a), mean(b)
	var ab, aa, bb float64
	for i := range a {
		ab += (a[i] - ma) * (b[i] - mb)
		aa += (a[i] - ma) * (a[i] - ma)
		bb += (b[i] - mb) * (b[i] - mb)
	}
	return ab / math.Sqrt(aa*bb)
}

func mean(a []float64) float64 {
	sum := 0.0
	for _, v := range a {
		sum += v
	}
	return sum / float64(len(a))
}

// Of a whole number each value has as many worlds as its share of the scale.
func TestWholeNumbersAreDrawnInProportionToTheirShareOfTheScale(t *testing.T) {
	const n = 12_000
	for _, u := range []Uncertainty{span("suspension.least", 1, 12, Even), span("suspension.least", 1, 12, Logarithmic)} {
		w := Worlds{worlds: n, seed: 1, over: []uncertain{u.registered()}}
		counts := map[float64]int{}
		for _, v := range w.columns()[0] {
			require.Equal(t, math.Trunc(v), v)
			counts[v]++
		}
		require.Len(t, counts, 12)
		for v, count := range counts {
			share := 1.0 / 12
			if u.Scale == Logarithmic {
				share = math.Log((v+1)/v) / math.Log(13)
			}
			require.InDelta(t, share*n, float64(count), 1.01, "%s %v", u.Scale, v)
		}
	}
}

func TestPowersAreThoseOfTheLibrary(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		r, u := math.Exp(20*dice.Float64()-10), dice.Float64()
		require.InEpsilon(t, math.Pow(r, u), power(r, u), 1e-14)
	}
	require.Equal(t, 1.0, power(9, 0))
	require.Equal(t, 3.0, power(9, 0.5))
}

// A world is the scenario with its values, and its runs are those of the seed with
// that scenario: whoever plays them by hand finds the same.
func TestAWorldIsTheScenarioWithItsValues(t *testing.T) {
	m, trial := shortReference(t), aTrial(t)
	w := worldsOf(t, m, trial)
	require.Equal(t, []any{20, 20, uint64(4), uint64(7), m.Digest(), "reference (illustrative)"}, []any{w.Asked(), w.Len(), w.Runs(), w.Seed(), w.Digest(), w.Name()})
	require.Equal(t, trial.Over, w.Over())
	require.Equal(t, trial.Goals, w.Goals())
	seen := 0
	for world := range w.All() {
		require.Equal(t, seen, world.Number)
		seen++
		s, err := m.Scenario().With("work.rated", world.Values[0])
		require.NoError(t, err)
		s, err = s.With("suspension.least", world.Values[1])
		require.NoError(t, err)
		for i := range s.Actors {
			s.Actors[i].Position = max(-7, min(7, m.Scenario().Actors[i].Position+world.Values[2]))
		}
		own := compiled(t, s)
		replay, err := w.Model(m, world.Number)
		require.NoError(t, err)
		require.Equal(t, own.Digest(), replay.Digest())
		for p, policy := range trial.Policies {
			for g, goal := range trial.Goals {
				sum := 0.0
				first := uint64(world.Number) * trial.Runs
				require.NoError(t, own.Each(t.Context(), policy, first, first+trial.Runs, trial.Seed, func(_ uint64, o *RunOutcome) { sum += goal.Metric.Of(o) }))
				require.Equal(t, sum/float64(trial.Runs), world.Outcome(p, g))
			}
		}
	}
	require.Equal(t, trial.Worlds, seen)
	for range w.All() {
		break
	}
}

// Where an actor's own value and what is added to it leave the range, it lies at the
// end; what multiplies is told from what adds.
func TestWhatIsMovedAroundEachActorStaysInItsRange(t *testing.T) {
	for _, c := range []struct {
		over Uncertainty
		move float64
		from []float64
		to   []float64
		get  func(CastActor) float64
		put  func(*CastActor, float64)
	}{
		{Uncertainty{"actors[].position", Span{Low: -1, High: 1, Around: true}}, -1, []float64{-6.5, 0, 7}, []float64{-7, -1, 6},
			func(a CastActor) float64 { return a.Position }, func(a *CastActor, v float64) { a.Position = v }},
		{Uncertainty{"actors[].effort", Span{Low: 0.5, High: 2, Scale: Logarithmic, Around: true}}, 2, []float64{0, 1.5, 9000}, []float64{0, 3, 10_000},
			func(a CastActor) float64 { return a.Effort }, func(a *CastActor, v float64) { a.Effort = v }},
	} {
		s := Reference()
		for i, v := range c.from {
			c.put(&s.Actors[i], v)
		}
		u := c.over.registered()
		moved, err := u.set(s, c.move)
		require.NoError(t, err)
		for i, v := range c.to {
			require.Equal(t, v, c.get(moved.Actors[i]))
			require.Equal(t, c.from[i], c.get(s.Actors[i]), "the scenario stays as it was")
		}
	}
}

// What else is uncertain, and in which order, does not move what a world has of a
// parameter.
func TestAParameterHasTheSameValuesWhateverElseIsUncertain(t *testing.T) {
	m, trial := shortReference(t), aTrial(t)
	trial.Runs = 1
	all := slices.Collect(worldsOf(t, m, trial).All())
	trial.Over = []Uncertainty{trial.Over[2], trial.Over[0]}
	for i, world := range slices.Collect(worldsOf(t, m, trial).All()) {
		require.Equal(t, []float64{all[i].Values[2], all[i].Values[0]}, world.Values)
	}
}

func TestWorldsAreTheSameForAnyWorkersAndShards(t *testing.T) {
	m, trial := shortReference(t), aTrial(t)
	whole := bytesOf(t, worldsOf(t, m, trial, WithWorkers(1)))
	require.Equal(t, whole, bytesOf(t, worldsOf(t, m, trial, WithWorkers(7))))

	dice := rand.New(rand.NewPCG(5, 6))
	for range 5 {
		cuts := []uint64{0, uint64(dice.IntN(9) + 1), uint64(dice.IntN(5) + 10), uint64(dice.IntN(3) + 15), 20}
		var parts []Worlds
		for i := range cuts[1:] {
			part := worldsOf(t, m, trial, WithRange(cuts[i], cuts[i+1]))
			var read Worlds
			require.NoError(t, read.UnmarshalBinary(bytesOf(t, part)))
			require.Equal(t, part, read)
			parts = append(parts, read)
		}
		dice.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		var merged Worlds
		for _, part := range parts {
			var err error
			merged, err = merged.Merge(part)
			require.NoError(t, err)
		}
		require.Equal(t, whole, bytesOf(t, merged))
	}
}

func TestWorldsOfAnotherTrialAreNotMerged(t *testing.T) {
	m, trial := shortReference(t), aTrial(t)
	first := worldsOf(t, m, trial, WithRange(0, 5))
	same, err := first.Merge(Worlds{})
	require.NoError(t, err)
	require.Equal(t, first, same)

	_, err = first.Merge(worldsOf(t, m, trial, WithRange(4, 7)))
	require.ErrorIs(t, err, ErrOverlap)
	require.ErrorContains(t, err, `worlds: got "4"`)
	for name, change := range map[string]func(*Trial){
		"policies": func(t *Trial) { t.Policies = t.Policies[:1] },
		"goals":    func(t *Trial) { t.Goals = []Goal{t.Goals[0], {t.Goals[1].Metric, t.Goals[1].Bound + 1e-5}} },
		"over":     func(t *Trial) { t.Over = append(slices.Clone(t.Over[:2]), span("work.carry", 0, 1, Even)) },
		"worlds":   func(t *Trial) { t.Worlds++ },
		"runs":     func(t *Trial) { t.Runs++ },
		"seed":     func(t *Trial) { t.Seed++ },
	} {
		other := trial
		change(&other)
		_, err := first.Merge(worldsOf(t, m, other, WithRange(10, 11)))
		require.ErrorIs(t, err, ErrMismatch, name)
		var wrong fault.Fields
		require.ErrorAs(t, err, &wrong)
		require.Len(t, wrong, 1, name)
		require.Equal(t, name, wrong[0].Path)
	}
	s := m.Scenario()
	s.Opposition.Patience++
	_, err = first.Merge(worldsOf(t, compiled(t, s), trial, WithRange(10, 11)))
	require.ErrorIs(t, err, ErrMismatch)
	require.ErrorContains(t, err, "digest")
	_, err = first.Model(compiled(t, s), 1)
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = first.Model(m, 20)
	require.ErrorIs(t, err, fault.ErrInvalid)

	trial.Worlds, trial.Runs = 600, 1
	trial.Goals = trial.Goals[:1]
	many := Worlds{}
	for i := uint64(0); i < 2*mostRanges; i += 2 {
		many, err = many.Merge(worldsOf(t, m, trial, WithRange(i, i+1)))
		require.NoError(t, err)
	}
	_, err = many.Merge(worldsOf(t, m, trial, WithRange(599, 600)))
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestWorldsThatWereDamagedAreRefused(t *testing.T) {
	w := worldsOf(t, shortReference(t), aTrial(t), WithRange(3, 9))
	whole := bytesOf(t, w)
	for n := range whole {
		var read Worlds
		require.ErrorIs(t, read.UnmarshalBinary(whole[:n]), ErrDamaged, n)
		flipped := slices.Clone(whole)
		flipped[n] ^= 1 << (n % 8)
		require.ErrorIs(t, read.UnmarshalBinary(flipped), ErrDamaged, n)
		require.Equal(t, Worlds{}, read, "as it was")
	}
	require.ErrorIs(t, new(Worlds).UnmarshalBinary(append(slices.Clone(whole), 0)), ErrDamaged)
	summary, err := shortReference(t).Run(t.Context(), policyOf(t, "balanced"), 3, 1)
	require.NoError(t, err)
	b, err := summary.MarshalBinary()
	require.NoError(t, err)
	require.ErrorContains(t, new(Worlds).UnmarshalBinary(b), `got "CHSS", want "CHSW"`)
	require.ErrorContains(t, new(Summary).UnmarshalBinary(whole), `got "CHSW", want "CHSS"`)
	_, err = Worlds{}.MarshalBinary()
	require.ErrorIs(t, err, fault.ErrInvalid)

	// Forged, with a checksum that fits: what no trial gives.
	for name, forge := range map[string]func(*Worlds){
		"a sum beyond the runs":    func(w *Worlds) { w.sums[0] = 5 },
		"a sum too few":            func(w *Worlds) { w.sums = w.sums[1:] },
		"a sum too many":           func(w *Worlds) { w.sums = append(w.sums, 1) },
		"no policies":              func(w *Worlds) { w.policies, w.sums = nil, nil },
		"no goals":                 func(w *Worlds) { w.goals, w.sums = nil, nil },
		"no runs":                  func(w *Worlds) { w.runs = 0 },
		"no worlds held":           func(w *Worlds) { w.ranges, w.sums = nil, nil },
		"nothing uncertain":        func(w *Worlds) { w.over = nil },
		"a world beyond the trial": func(w *Worlds) { w.ranges = []Range{{15, 21}} },
		"a bound that is none":     func(w *Worlds) { w.goals[0].Bound = math.NaN() },
		"an unknown parameter":     func(w *Worlds) { w.over[0].Parameter = "haste" },
		"a span that is none":      func(w *Worlds) { w.over[0].High = math.NaN() },
		"an endless span":          func(w *Worlds) { w.over[0].High = math.Inf(1) },
		"a scale that is none":     func(w *Worlds) { w.over[0].Scale = 9 },
		"a logarithm of nothing":   func(w *Worlds) { w.over[0].Low = 0 },
		"around a month":           func(w *Worlds) { w.over[1].Around = true },
	} {
		forged := w
		forged.goals, forged.over, forged.sums = slices.Clone(w.goals), slices.Clone(w.over), slices.Clone(w.sums)
		forge(&forged)
		require.ErrorIs(t, new(Worlds).UnmarshalBinary(bytesOf(t, forged)), ErrDamaged, name)
	}
}

func FuzzWorldsAreReadAsWrittenOrRefused(f *testing.F) {
	m, trial := shortReference(f), aTrial(f)
	w, err := m.Worlds(context.Background(), trial, WithRange(3, 9))
	require.NoError(f, err)
	body := bytesOf(f, w)[9:]
	f.Add(body[:len(body)-4])
	f.Fuzz(func(t *testing.T, body []byte) {
		var read Worlds
		if err := read.UnmarshalBinary(worldsForm.frame(body)); err != nil {
			require.ErrorIs(t, err, ErrDamaged)
			return
		}
		var again Worlds
		require.NoError(t, again.UnmarshalBinary(bytesOf(t, read)))
		require.Equal(t, read, again)
		if read.Asked() < 1000 {
			_, err := read.Robustness()
			require.NoError(t, err)
		}
	})
}

func TestATrialThatCannotBeMadeIsRefusedWhole(t *testing.T) {
	m, trial := shortReference(t), aTrial(t)
	refused := func(trial Trial, paths ...string) {
		t.Helper()
		_, err := m.Worlds(t.Context(), trial)
		var wrong fault.Fields
		require.ErrorAs(t, err, &wrong)
		var got []string
		for _, f := range wrong {
			got = append(got, f.Path)
		}
		require.Equal(t, paths, got, err)
	}
	refused(Trial{Over: []Uncertainty{}}, "policies", "goals", "worlds", "over")
	with := func(change func(*Trial)) Trial {
		other := trial
		change(&other)
		return other
	}
	over := func(list ...Uncertainty) Trial { return with(func(t *Trial) { t.Over = list }) }
	refused(with(func(t *Trial) { t.Runs = MaxRuns/20 + 1 }), "runs")
	refused(with(func(t *Trial) { t.Worlds = MaxWorlds + 1 }), "worlds")
	refused(with(func(t *Trial) { t.Policies = []Policy{t.Policies[0], nil, t.Policies[0]} }), "policies[1].policy", "policies[2]")
	refused(with(func(t *Trial) {
		t.Goals = []Goal{{}, {LaunchedBy(24), 0}, {LaunchedBy(24), math.NaN()}, {LaunchedBy(41), 0.5}, {MonthsTo(reformcycle.Launch, 40), 40}, {NotAbandoned(), 0.9}, {NotAbandoned(), 0.9}}
	}), "goals[0].metric", "goals[1].bound", "goals[2].bound", "goals[3].metric", "goals[4].bound", "goals[6]")
	refused(over(span("haste", 0, 1, Even)), "over[0].parameter")
	refused(over(Uncertainty{Parameter: "haste"}), "over[0].parameter")
	refused(over(span("influence[].weight", 0, 1, Even)), "over[0].parameter")
	refused(over(span("policy.persuasion", 0, 1, Even)), "over[0].parameter")
	refused(over(span("horizon", 30, 60, Even)), "over[0].parameter")
	refused(over(span("work.carry", 0, 1, Even), span("work.carry", 0, 1, Even)), "over[1].parameter")
	refused(over(span("work.carry", 1, 1, Even)), "over[0].low")
	refused(over(span("work.carry", math.NaN(), 1, Even)), "over[0].low")
	refused(over(span("work.carry", 0, math.Inf(1), Even)), "over[0].low")
	refused(over(span("work.carry", -1, 2, Even)), "over[0].low", "over[0].high")
	refused(over(span("work.carry", 0, 1, Logarithmic)), "over[0].low")
	refused(over(span("work.carry", 0, 1, Scale(7))), "over[0].scale")
	refused(over(span("suspension.least", 1.5, 3, Even)), "over[0].low")
	refused(over(Uncertainty{"work.carry", Span{Low: 0, High: 1, Around: true}}), "over[0].around")
	refused(over(Uncertainty{"actors[].until", Span{Low: 0, High: 1, Around: true}}), "over[0].around")
	refused(over(make([]Uncertainty, maxFactors+1)...), "over")
	refused(over(Uncertainty{"work.carry", Span{Low: 0, High: 1, Why: language.Typed(strings.Repeat("x", 5000))}}), "over[0].why")
	refused(with(func(t *Trial) {
		t.Worlds, t.Runs = MaxWorlds, 1
		for i := range 62 {
			t.Policies = append(t.Policies, ahead(float64(i+1)/1000))
		}
	}), "worlds")
	_, err := m.Worlds(t.Context(), trial, WithRange(10, 21))
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = (*Model)(nil).Worlds(t.Context(), trial)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

// ahead is balanced with a setting of its own.
func ahead(share float64) Policy {
	p, err := NewPolicy("balanced", map[string]float64{"ahead": share})
	if err != nil {
		panic(err)
	}
	return p
}

func TestATrialThatIsCutShortLeavesNothing(t *testing.T) {
	m, trial := shortReference(t), aTrial(t)
	why := errors.New("no time")
	ctx, stop := context.WithCancelCause(t.Context())
	var told []uint64
	w, err := m.Worlds(ctx, trial, WithWorkers(2), WithProgress(func(done, total uint64) {
		require.EqualValues(t, 20*2*4, total)
		told = append(told, done)
		stop(why)
	}))
	require.ErrorIs(t, err, why)
	require.Equal(t, Worlds{}, w)
	require.NotEmpty(t, told)

	told = nil
	_, err = m.Worlds(t.Context(), trial, WithProgress(func(done, _ uint64) { told = append(told, done) }))
	require.NoError(t, err)
	require.True(t, slices.IsSorted(told))
	require.EqualValues(t, 20*2*4, told[len(told)-1])

	broken, err := NewTunable("broken", nil, func(_ []float64, v *View, a *Allocation) { a.Work(0, 2*v.Budget) })
	require.NoError(t, err)
	trial.Policies = append(trial.Policies, broken)
	w, err = m.Worlds(t.Context(), trial)
	require.ErrorIs(t, err, ErrPolicy)
	require.ErrorContains(t, err, "World 0: ")
	require.Equal(t, Worlds{}, w)
}

// table makes worlds of sums that are written down.
func worldsFrom(policies, runs int, goals []Goal, sums ...uint64) Worlds {
	n := len(sums) / policies / len(goals)
	w := Worlds{name: "table", goals: goals, worlds: n, runs: uint64(runs), ranges: []Range{{0, uint64(n)}}, sums: sums}
	for i := range policies {
		w.policies = append(w.policies, Identity{Name: string(rune('a' + i))})
	}
	u := span("work.carry", 0, 1, Even)
	w.over = []uncertain{u.registered()}
	return w
}

// By hand: three policies, five worlds, ten runs each.
func TestRegretGoalsAndTiesAreCountedAsByHand(t *testing.T) {
	w := worldsFrom(3, 10, []Goal{{NotAbandoned(), 0.55}},
		//  a  b  c    best     regrets
		9, 9, 4, //     a = b   0 0 5
		5, 6, 1, //     b       1 0 5
		0, 0, 0, //     all     0 0 0
		10, 2, 3, //    a       0 8 7
		5, 4, 7) //     c       2 3 0
	r, err := w.Robustness()
	require.NoError(t, err)
	want := []Standing{
		{Met: proportion(2, 5), Regret: Regret{0, 0.2, 0.2, 4}, Best: proportion(3, 5), Alone: 1},
		{Met: proportion(2, 5), Regret: Regret{0, 0.8, 0.8, 3}, Best: proportion(3, 5), Alone: 1},
		{Met: proportion(1, 5), Regret: Regret{0.5, 0.7, 0.7, 3}, Best: proportion(2, 5), Alone: 1},
	}
	require.Equal(t, want, r.Goals[0].Of)
	require.Equal(t, []Proportion{proportion(2, 5), proportion(2, 5), proportion(1, 5)}, r.All)

	// Of months less is better, and the best of them is the smallest.
	w = worldsFrom(2, 10, []Goal{{MonthsTo(reformcycle.Launch, 40), 20}, {NotAbandoned(), 1}},
		// a: months, alive; b: the same
		200, 10, 300, 10,
		201, 10, 100, 9)
	r, err = w.Robustness()
	require.NoError(t, err)
	require.Equal(t, []Standing{
		{Met: proportion(1, 2), Regret: Regret{0, 10.1, 10.1, 1}, Best: proportion(1, 2), Alone: 1},
		{Met: proportion(1, 2), Regret: Regret{0, 10, 10, 0}, Best: proportion(1, 2), Alone: 1},
	}, r.Goals[0].Of)
	require.Equal(t, []Proportion{proportion(1, 2), proportion(0, 2)}, r.All)
	b, err := json.Marshal(r)
	require.NoError(t, err)
	var read Robustness
	require.NoError(t, json.Unmarshal(b, &read))
	require.Equal(t, r, read)

	for one := range w.All() {
		require.True(t, math.IsNaN(one.Outcome(2, 0)) && math.IsNaN(one.Regret(0, 2)) && math.IsNaN(one.Regret(-1, 0)))
		require.False(t, one.Met(0, -1))
	}
	_, err = Worlds{}.Robustness()
	require.ErrorIs(t, err, fault.ErrInvalid)
}

// A bound that is written down is met by the share that it names, whatever the number
// is between two floats.
func TestABoundIsMetByTheShareThatItNames(t *testing.T) {
	for runs := uint64(1); runs <= 200; runs++ {
		for sum := uint64(0); sum <= runs; sum++ {
			bound, err := strconv.ParseFloat(fmt.Sprint(float64(sum)/float64(runs)), 64)
			require.NoError(t, err)
			require.True(t, Goal{NotAbandoned(), bound}.met(sum, runs))
			require.True(t, Goal{MonthsTo(reformcycle.Launch, 9), bound}.met(sum, runs))
			require.False(t, sum > 0 && Goal{NotAbandoned(), bound}.met(sum-1, runs))
		}
	}
	for percent := range 100 {
		bound, err := strconv.ParseFloat(fmt.Sprintf("0.%02d", percent), 64)
		require.NoError(t, err)
		require.True(t, Goal{NotAbandoned(), bound}.met(uint64(percent), 100))
	}
	require.Equal(t, "launch by month 24: in at least 50% of the runs", Goal{LaunchedBy(24), 0.5}.String())
	require.Equal(t, "months to launch, counted up to 40: on average at most 30", Goal{MonthsTo(reformcycle.Launch, 40), 30}.String())
}

func TestTheTableOfWorldsHoldsAllOfThem(t *testing.T) {
	m, trial := shortReference(t), aTrial(t)
	w := worldsOf(t, m, trial)
	var b bytes.Buffer
	require.NoError(t, w.WriteCSV(&b))
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	require.Equal(t, "scenario seed runs world goal bound policy outcome regret best met unit work.rated suspension.least actors[].position digest", strings.Join(rows[0], " "))
	require.Len(t, rows, 1+20*2*2)
	next := 1
	for one := range w.All() {
		for g := range trial.Goals {
			for p := range trial.Policies {
				row := rows[next]
				next++
				require.Equal(t, []string{strconv.Itoa(one.Number), trial.Goals[g].Metric.String(), plain(trial.Goals[g].Bound), w.Policies()[p].String(), plain(one.Outcome(p, g)), plain(one.Regret(p, g)),
					strconv.FormatBool(one.Regret(p, g) == 0), strconv.FormatBool(one.Met(p, g)), trial.Goals[g].Metric.unit().String(), plain(one.Values[0]), plain(one.Values[1]), plain(one.Values[2])}, row[3:15])
			}
		}
	}
	require.ErrorIs(t, w.WriteCSV(nil), fault.ErrInvalid)
}
