package portfolio_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// A roll-up holds over every completion of what is not known, and no closer bounds do:
// tiers, stages and populations, of cycles that are silent, too.
func TestARollUpHoldsOverEveryCompletion(t *testing.T) {
	const next = 1e-6 // to nobody, of those of whom nobody knows how many they are
	rapid.Check(t, func(r *rapid.T) {
		o := opened(t, journal.NewMemory())
		type district struct {
			silent bool
			tier   reformcycle.Tier
			stage  reformcycle.Stage
			people float64
		}
		tiers := []reformcycle.Tier{reformcycle.Region, reformcycle.District}
		stages := []reformcycle.Stage{reformcycle.Design, reformcycle.Launch}
		var all []district
		var children []reformcycle.Child
		ids := []string{"a", "b", "c"}
		for _, id := range ids {
			d := district{
				silent: rapid.Bool().Draw(r, "silent"), people: rapid.SampledFrom([]float64{0, 10, 30}).Draw(r, "people"),
				tier: rapid.SampledFrom(append(tiers, "")).Draw(r, "tier"), stage: rapid.SampledFrom(stages).Draw(r, "stage"),
			}
			children = append(children, child(id, d.people))
			if !d.silent {
				if d.tier == "" {
					o.begin(id, d.stage)
				} else {
					o.begin(id, d.stage, place(id, d.tier, "", d.people))
				}
			}
			all = append(all, d)
		}
		o.begin("n", reformcycle.Launch, place("n", reformcycle.National, "", 0), naming(children...))
		up, err := o.RollUp(background, func(id string) bool { return true })
		require.NoError(t, err)

		for _, tally := range up.Tallies {
			if tally.Tier != reformcycle.Region && tally.Tier != reformcycle.District || tally.Stage != reformcycle.Design && tally.Stage != reformcycle.Launch {
				continue
			}
			low := [4]float64{math.Inf(1), math.Inf(1), math.Inf(1), math.Inf(1)}
			var high [4]float64
			for guess := range 10 * 10 * 10 { // where each stands, and whether few or many live there
				var n, people, whole, crowd float64
				open := guess
				possible := true
				for _, d := range all {
					tier, stage, weight, g := d.tier, d.stage, d.people, open%10
					open /= 10
					if tier == "" || d.silent {
						tier = append(tiers, reformcycle.FacilityArea)[min(g/2/2, 2)]
					} else if g/4 > 0 {
						possible = false
					}
					if d.silent {
						stage = stages[g/2%2]
					} else if g/2%2 > 0 {
						possible = false
					}
					if weight == 0 {
						weight = [2]float64{next, 1 / next}[g%2]
					} else if g%2 > 0 {
						possible = false
					}
					if tier == tally.Tier {
						whole++
						crowd += weight
						if stage == tally.Stage {
							n++
							people += weight
						}
					}
				}
				if !possible || whole == 0 {
					continue
				}
				for i, x := range [4]float64{n, people, n / whole, people / crowd} {
					low[i], high[i] = min(low[i], x), max(high[i], x)
				}
			}
			for i, got := range [4]portfolio.Interval{tally.Cycles, tally.People, tally.ShareOfCycles, tally.ShareOfPeople} {
				require.InDelta(t, low[i], got.Low, 1e-3, "%d: %+v of %+v", i, tally, all)
				if got.Unbounded {
					require.Greater(t, high[i], 1e5)
				} else {
					require.InDelta(t, high[i], got.High, 1e-3, "%d: %+v of %+v", i, tally, all)
				}
			}
		}
	})
}

// Tallies by stage, status, lap and debt of what is known are the plain sums over the
// states, whoever may be seen; and those by one key cover what those by another do.
func TestEveryTallyIsThePlainSum(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := opened(t, journal.NewMemory())
		tiers := []reformcycle.Tier{reformcycle.Region, reformcycle.District, reformcycle.FacilityArea}
		sees := map[string]bool{}
		for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
			o.begin(id, rapid.SampledFrom([]reformcycle.Stage{reformcycle.Design, reformcycle.Launch}).Draw(r, "stage"),
				place(id, rapid.SampledFrom(tiers).Draw(r, "tier"), "", rapid.SampledFrom([]float64{10, 30}).Draw(r, "people")))
			switch rapid.IntRange(0, 3).Draw(r, "end") {
			case 0:
				o.apply(id, reformcycle.Suspend{Reason: "Cholera"})
			case 1:
				o.apply(id, reformcycle.Abandon{Reason: "No mandate"})
			}
			sees[id] = rapid.Bool().Draw(r, "sees")
		}
		up, err := o.RollUp(background, func(id string) bool { return sees[id] })
		require.NoError(t, err)
		sum := func(tier reformcycle.Tier, is func(reformcycle.State) bool) (n, people float64) {
			for id, seen := range sees {
				s := o.state(id)
				if j, _ := s.Jurisdiction(); seen && j.Tier == tier && is(s) {
					n++
					people += j.Population.People
				}
			}
			return n, people
		}
		check := func(tier reformcycle.Tier, a portfolio.Amount, is func(reformcycle.State) bool) {
			n, people := sum(tier, is)
			all, crowd := sum(tier, func(reformcycle.State) bool { return true })
			exactly := func(x float64) portfolio.Interval { return portfolio.Interval{Low: x, High: x} }
			require.Equal(t, portfolio.Amount{Cycles: exactly(n), People: exactly(people), ShareOfCycles: exactly(n / all), ShareOfPeople: exactly(people / crowd)}, a)
		}
		counted := map[string]float64{}
		for _, x := range up.Tallies {
			counted["stage"] += x.Cycles.Low
			check(x.Tier, x.Amount, func(s reformcycle.State) bool {
				if s.Status() == reformcycle.Abandoned {
					return x.Stage == 0
				}
				return s.Stage() == x.Stage
			})
		}
		for _, x := range up.Statuses {
			counted["status"] += x.Cycles.Low
			check(x.Tier, x.Amount, func(s reformcycle.State) bool { return s.Status() == x.Status })
		}
		for _, x := range up.Laps {
			counted["lap"] += x.Cycles.Low
			check(x.Tier, x.Amount, func(s reformcycle.State) bool { return s.Lap() == x.Lap })
		}
		for _, x := range up.Debts {
			counted["debt"] += x.Cycles.Low
			check(x.Tier, x.Amount, func(s reformcycle.State) bool { return len(s.OpenDebts()) > 0 == x.Owes })
		}
		for key, n := range counted {
			require.Equal(t, float64(up.Cycles), n, key)
		}
	})
}

// A roll-up equals the plain sum over the states that may be seen.
func TestARollUpIsThePlainSum(t *testing.T) {
	o := opened(t, journal.NewMemory())
	adopting := reformcycle.LinkParent{Link: reformcycle.Link{Parent: "n", Held: reformcycle.Asks, Design: 3}}
	drifts := func(kind reformcycle.DepartureKind) reformcycle.Depart {
		return reformcycle.Depart{Departure: reformcycle.Departure{Component: "supervision", Kind: kind, Reason: "So"}}
	}
	policy := func(to string) reformcycle.AdoptPolicy {
		return reformcycle.AdoptPolicy{Policy: reformcycle.Policy{ID: "p", Name: "Policy", To: date.MustParse(to), Source: "test"}}
	}
	o.begin("n", reformcycle.Launch, place("n", reformcycle.National, "", 100), naming(child("a", 1), child("b", 40), child("x", 7)), policy("2022"))
	o.begin("a", reformcycle.Design, place("a", reformcycle.District, "n", 30), adopting, drifts(reformcycle.Drifted), policy("2021-05-01"))
	o.begin("b", reformcycle.Launch, place("b", reformcycle.District, "n", 0), adopting, drifts(reformcycle.Drifted), policy("2021"))
	o.begin("c", reformcycle.Launch, place("c", reformcycle.District, "n", 20), adopting, drifts(reformcycle.Adapted), reformcycle.Suspend{Reason: "Cholera"})
	o.begin("hidden", reformcycle.Launch, place("h", reformcycle.District, "n", 1000))
	sees := func(id string) bool { return id != "hidden" && id != "x" }
	up, err := o.RollUp(background, sees)
	require.NoError(t, err)
	require.Equal(t, 4, up.Cycles)
	require.Empty(t, up.Silent)
	require.Equal(t, []int{2019}, up.Years)
	exactly := func(x float64) portfolio.Interval { return portfolio.Interval{Low: x, High: x} }
	for _, tally := range up.Tallies {
		require.True(t, tally.Cycles.Exact() && tally.People.Exact() && tally.ShareOfPeople.Exact())
		if tally.Tier == reformcycle.District && tally.Stage == reformcycle.Launch {
			require.Equal(t, portfolio.Tally{
				Tier: reformcycle.District, Stage: reformcycle.Launch, Suspended: 1, Amount: portfolio.Amount{
					Cycles: exactly(2), People: exactly(60), ShareOfCycles: exactly(2. / 3), ShareOfPeople: exactly(60. / 90),
				},
			}, tally)
		}
	}
	require.Equal(t, []portfolio.Departing{
		{Component: "supervision", Kind: reformcycle.Drifted, Cycles: []string{"a", "b"}}, {Component: "supervision", Kind: reformcycle.Adapted, Cycles: []string{"c"}},
	}, up.Departures)

	want := map[string][]string{}
	deadlines := 0
	for _, id := range []string{"a", "b", "c", "n"} {
		c, err := o.Cycle(background, id)
		require.NoError(t, err)
		deadlines += len(c.Now().Due(date.Date{}, date.Date{}))
		once := map[string]bool{}
		for _, b := range c.Now().Blockers() {
			if c.Now().Status() == reformcycle.Active && !once[b.Guard] {
				once[b.Guard] = true
				want[b.Guard] = append(want[b.Guard], id)
			}
		}
	}
	require.Len(t, up.Holds, len(want))
	for i, hold := range up.Holds {
		require.Equal(t, want[hold.Guard], hold.Cycles)
		require.True(t, i == 0 || len(up.Holds[i-1].Cycles) >= len(hold.Cycles))
	}
	due, err := o.Due(background, sees, date.Date{}, date.Date{})
	require.NoError(t, err)
	require.Len(t, due, deadlines)
	var policies []string
	for i, d := range due {
		require.True(t, i == 0 || !d.Day.First().Before(due[i-1].Day.First()))
		if d.Kind == reformcycle.PolicyExpires {
			policies = append(policies, d.Cycle)
		}
	}
	require.Equal(t, []string{"b", "a", "n"}, policies)

	for _, hold := range up.Holds {
		require.Equal(t, len(hold.Cycles), hold.Most)
	}

	up, err = o.RollUp(background, portfolio.Everything)
	require.NoError(t, err)
	for _, hold := range up.Holds {
		require.Equal(t, len(hold.Cycles)+1, hold.Most, "x may be held back, too")
	}
	require.Empty(t, up.Questions)
	o.begin("older", reformcycle.Launch, reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{
		ID: "o", Name: "Older", Tier: reformcycle.District, Population: reformcycle.Population{People: 5, Year: 2009, Source: "census"},
	}})
	mixed, err := o.RollUp(background, portfolio.Everything)
	require.NoError(t, err)
	require.Equal(t, []int{2009, 2019}, mixed.Years)
	require.Equal(t, "The populations are of different years, and their sums mix them: 2009 and 2019. Which year is meant?", mixed.Questions[0].String())
	require.Equal(t, "x is named as a child, and is not in the journal", up.Silent[0].Why.String())
	require.Equal(t, 7., up.Silent[0].Population)
}
