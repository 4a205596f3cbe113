package landscape_test

// Brute force and laws over drawn landscapes.

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment/landscape"
)

// serves answers the one question of a naive count.
func serves(l landscape.Landscape, cadre, area, service string) (landscape.Post, bool) {
	for _, p := range l.Posts {
		if p.Cadre == cadre && p.Area == area && slices.Contains(p.Services, service) {
			return p, true
		}
	}
	return landscape.Post{}, false
}

func TestCoverageEqualsTheNaiveTripleLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := draw(t)
		a, err := landscape.Analyse(l)
		require.NoError(t, err)
		var overlaps []landscape.Overlap
		var unserved []landscape.Pair
		var loads []landscape.Load
		for _, area := range l.Areas {
			for _, service := range l.Services {
				var cadres, programmes, mechanisms []string
				workers, uncounted := int64(0), 0
				for _, cadre := range l.Cadres {
					post, ok := serves(l, cadre.ID, area.ID, service.ID)
					if !ok {
						continue
					}
					cadres = append(cadres, cadre.ID)
					workers += int64(post.Workers)
					if post.Workers == 0 {
						uncounted++
					}
				}
				for _, p := range l.Programmes {
					if slices.ContainsFunc(cadres, func(id string) bool {
						return slices.ContainsFunc(l.Cadres, func(c landscape.Cadre) bool { return c.ID == id && c.Programme == p.ID })
					}) {
						programmes = append(programmes, p.ID)
						mechanisms = append(mechanisms, p.Mechanism)
					}
				}
				if len(cadres) == 0 {
					unserved = append(unserved, landscape.Pair{Area: area.ID, Service: service.ID})
					continue
				}
				// With w workers and u uncounted posts, the people per worker lie
				// from population/(w + a very large number) to population/(w + u).
				load := landscape.Load{Area: area.ID, Service: service.ID, Population: area.Population, Workers: workers, Uncounted: uncounted, Target: service.Target}
				load.High = area.Population / float64(workers+int64(uncounted))
				if uncounted == 0 {
					load.Low = load.High
				}
				if load.Target > 0 {
					over, within := load.Low > load.Target, load.High <= load.Target
					switch {
					case area.Population == 0 || !over && !within:
						load.OverTarget = landscape.Unknown
					case over:
						load.OverTarget = landscape.Yes
					default:
						load.OverTarget = landscape.No
					}
				}
				loads = append(loads, load)
				if len(cadres) < 2 {
					continue
				}
				o := landscape.Overlap{Area: area.ID, Service: service.ID, Programmes: programmes, Cadres: cadres}
				slices.Sort(mechanisms)
				distinct := slices.Compact(mechanisms)
				named := slices.DeleteFunc(slices.Clone(distinct), func(m string) bool { return m == "" })
				switch {
				case len(programmes) == 1 || len(distinct) == 1 && len(named) == 1:
					o.Shared, o.Mechanism = landscape.Yes, distinct[0]
				case len(named) > 1:
					o.Shared = landscape.No
				default:
					o.Shared = landscape.Unknown
				}
				overlaps = append(overlaps, o)
			}
		}
		require.Equal(t, overlaps, a.Overlaps)
		require.Equal(t, unserved, a.Unserved)
		require.Equal(t, loads, a.Loads)
		n := a.Counts
		require.Equal(t, n.Pairs, n.Served+n.Unserved)
		require.Equal(t, len(unserved), n.Unserved)
	})
}

func TestSupervisionEqualsTheNaiveLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := draw(t)
		a, err := landscape.Analyse(l)
		require.NoError(t, err)
		var separate []landscape.Separate
		for _, area := range l.Areas {
			s := landscape.Separate{Area: area.ID}
			for _, c := range l.Cadres {
				if !slices.ContainsFunc(l.Posts, func(p landscape.Post) bool { return p.Cadre == c.ID && p.Area == area.ID }) {
					continue
				}
				s.Cadres = append(s.Cadres, c.ID)
				if c.Supervision == "" {
					s.NotKnown = append(s.NotKnown, c.ID)
				} else if !slices.Contains(s.Lines, c.Supervision) {
					s.Lines = append(s.Lines, c.Supervision)
				}
			}
			if len(s.Lines) > 1 {
				separate = append(separate, s)
			}
		}
		require.Equal(t, separate, a.Supervision)
	})
}

// Every amount that is not known is set to each value of a grid; the shares
// and the index of all these landscapes lie within the intervals, and their
// least values near the lower bounds.
func TestSharesHoldForEveryAmountThatIsNotKnown(t *testing.T) {
	grid := []float64{1.0 / 64, 0.5, 1, 2, 3, 4, 6, 1 << 14}
	rapid.Check(t, func(t *rapid.T) {
		var p landscape.Programme
		var open []int
		for i, f := range []string{"a", "b", "c", "d"}[:rapid.IntRange(1, 4).Draw(t, "funders")] {
			amount := float64(rapid.IntRange(1, 6).Draw(t, "amount"))
			if len(open) < 2 && rapid.Bool().Draw(t, "open") {
				amount = 0
				open = append(open, i)
			}
			f := landscape.Funding{Funder: f, Unit: "USD", Amount: amount, External: rapid.Bool().Draw(t, "external")}
			if rapid.Bool().Draw(t, "tied") {
				f.Disease = "tb"
			}
			p.Funding = append(p.Funding, f)
		}
		// A funder may give a known and an unknown amount.
		if rapid.Bool().Draw(t, "twice") && len(open) > 0 {
			twice := p.Funding[open[0]]
			twice.Amount = float64(rapid.IntRange(1, 6).Draw(t, "more"))
			p.Funding = append(p.Funding, twice)
		}
		p.ID = "p"
		of := func(p landscape.Programme) landscape.Money {
			a, err := landscape.Analyse(landscape.Landscape{Programmes: []landscape.Programme{p}})
			require.NoError(t, err)
			return a.Money[0]
		}
		wide := of(p)
		least := 1.0
		var try func(left []int)
		try = func(left []int) {
			if len(left) > 0 {
				for _, x := range grid {
					p.Funding[left[0]].Amount = x
					try(left[1:])
				}
				return
			}
			m := of(p)
			total, sum := 0.0, make(map[string]float64)
			for _, f := range p.Funding {
				total += f.Amount
				sum[f.Funder] += f.Amount
			}
			index := 0.0
			for _, x := range sum {
				index += (x / total) * (x / total)
			}
			require.InDelta(t, index, m.Concentration.Low, 1e-12)
			least = min(least, index)
			const rounding = 1e-12
			for _, pair := range [][2]float64{
				{wide.Concentration.Low, m.Concentration.Low}, {wide.External.Low, m.External.Low}, {wide.Tied.Low, m.Tied.Low}, {wide.ExternalTied.Low, m.ExternalTied.Low},
				{m.Concentration.High, wide.Concentration.High}, {m.External.High, wide.External.High}, {m.Tied.High, wide.Tied.High}, {m.ExternalTied.High, wide.ExternalTied.High},
			} {
				require.LessOrEqual(t, pair[0], pair[1]+rounding)
			}
		}
		try(open)
		// The grid is no further than 1 from the best level, which lies from 0 to
		// 6; the bound is then close to what the grid reached.
		require.InDelta(t, least, wide.Concentration.Low, 0.05)
	})
}

func TestAddingAPostNeverLeavesAPairUnserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := draw(t)
		if len(l.Posts) == 0 {
			t.Skip("no post")
		}
		fewer := l.Clone()
		i := rapid.IntRange(0, len(l.Posts)-1).Draw(t, "post")
		fewer.Posts = slices.Delete(fewer.Posts, i, i+1)
		before, err := landscape.Analyse(fewer)
		require.NoError(t, err)
		after, err := landscape.Analyse(l)
		require.NoError(t, err)
		for _, pair := range after.Unserved {
			require.Contains(t, before.Unserved, pair)
		}
	})
}

func TestMechanismOfAllLeavesNoOverlapUncoordinated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := draw(t)
		for i := range l.Programmes {
			l.Programmes[i].Mechanism = "platform"
		}
		a, err := landscape.Analyse(l)
		require.NoError(t, err)
		require.Zero(t, a.Counts.Uncoordinated)
		for _, o := range a.Overlaps {
			require.Equal(t, landscape.Yes, o.Shared)
		}
	})
}

func TestOrderOfTheInputOnlyOrdersTheOutput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := draw(t)
		a, err := landscape.Analyse(l)
		require.NoError(t, err)

		posts := l.Clone()
		posts.Posts = shuffled(t, posts.Posts)
		b, err := landscape.Analyse(posts)
		require.NoError(t, err)
		require.Equal(t, a, b, "the order of posts reaches no result")

		moved := l.Clone()
		moved.Areas = shuffled(t, moved.Areas)
		moved.Services = shuffled(t, moved.Services)
		b, err = landscape.Analyse(moved)
		require.NoError(t, err)
		require.ElementsMatch(t, a.Overlaps, b.Overlaps)
		require.ElementsMatch(t, a.Unserved, b.Unserved)
		require.ElementsMatch(t, a.Loads, b.Loads)
		require.ElementsMatch(t, a.AreaLoads, b.AreaLoads)
		require.ElementsMatch(t, a.Supervision, b.Supervision)
		require.Equal(t, a.Counts, b.Counts)
		require.Equal(t, a.Answers, b.Answers)
	})
}

func TestPayCountsShareOutThePairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := draw(t)
		a, err := landscape.Analyse(l)
		require.NoError(t, err)
		for _, c := range []landscape.PayCounts{a.Counts.LikePay, a.Counts.AbovePay} {
			require.Equal(t, c.Pairs, c.Gaps+c.Open+c.None+c.Incomparable)
		}
		pay := make(map[string]landscape.Pay)
		for _, c := range l.Cadres {
			pay[c.ID] = c.Pay
		}
		for _, g := range append(a.Pay, a.AboveEstablished...) {
			low, high := pay[g.Lower], pay[g.Higher]
			require.Equal(t, low.Unit, high.Unit)
			require.Equal(t, g.Certain, low.High < high.Low)
			require.Greater(t, high.High, low.Low, "a gap that can't be is none")
		}
	})
}

func TestLandscapeSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := draw(t).Clone()
		data, err := json.Marshal(l)
		require.NoError(t, err)
		parsed, err := landscape.Parse(data)
		require.NoError(t, err)
		require.Equal(t, l, parsed)
		var plain landscape.Landscape
		require.NoError(t, json.Unmarshal(data, &plain))
		require.Equal(t, l, plain)
	})
}
