package simulation

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// anew is all of the rows.
func anew(n int) []bool { return slices.Repeat([]bool{true}, n) }

// outsideTable is the table of testdata/boxes.py: six columns, one of whole months, and
// hits that are dense in two boxes.
func outsideTable() *cases {
	const rows, columns = 600, 6
	state := uint64(1)
	next := func() float64 {
		state += golden
		return float64(mix(state)>>11) / (1 << 53)
	}
	x, y := make([][]float64, columns), []bool{}
	for range rows {
		var row [columns]float64
		for j := range row {
			row[j] = next()
		}
		row[3] = float64(1 + int(row[3]*12))
		chance := 0.1
		if row[1] > 0.6 && row[3] >= 5 || row[0] < 0.2 && row[4] > 0.3 {
			chance = 0.9
		}
		y = append(y, next() < chance)
		for j := range row {
			x[j] = append(x[j], row[j])
		}
	}
	return newCases(x, y)
}

// ema_workbench 2.5.3 and prim 1.0.0 of PyPI, on the same table: every box of the
// trajectory has the same cases, limits, coverage, density and quasi-p-values, and so
// has that of the second box, around what the first has left. testdata/boxes.py says how
// the numbers were made, and makes them anew.
func TestBoxesAreThoseOfOtherImplementations(t *testing.T) {
	type step struct {
		N, Hits, Restricted     int
		Coverage, Density, Mass float64
		Limits                  map[string][2]*float64
		Quasi                   map[string][2]*float64
	}
	var want struct {
		Rows, Hits   int
		EmaWorkbench [][]step `json:"ema_workbench"`
		Prim         []step
	}
	data, err := os.ReadFile("testdata/boxes.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &want))
	c := outsideTable()
	require.Equal(t, []int{want.Rows, want.Hits}, []int{len(c.hit), c.hits})

	left := anew(len(c.hit))
	for k, steps := range want.EmaWorkbench {
		path := c.trajectory(left)
		require.Len(t, path, len(steps), "box %d", k)
		for i, s := range steps {
			b := path[i]
			require.Equal(t, []int{s.N, s.Hits, s.Restricted}, []int{b.n, b.hits, b.restricted()}, "box %d, step %d", k, i)
			require.InDelta(t, s.Coverage, float64(b.hits)/float64(c.hits), 1e-12)
			require.InDelta(t, s.Density, b.density(), 1e-12)
			require.InDelta(t, s.Mass, float64(b.n)/float64(len(c.hit)), 1e-12)
			for j := range c.columns {
				name := "x" + string(rune('0'+j))
				for side := range b.limits {
					limit, quasi := s.Limits[name][side], s.Quasi[name][side]
					require.Equal(t, limit != nil, b.limited[side][j], "box %d, step %d, %s", k, i, name)
					if limit != nil {
						require.InDelta(t, *limit, b.limits[side][j], 1e-12)
						require.InDelta(t, *quasi, c.quasi(&b, side, j, left), 1e-9, "box %d, step %d, %s, %d", k, i, name, side)
					}
				}
			}
		}
		last := path[len(path)-1]
		for i := range left {
			left[i] = left[i] && c.lies(&last, i, last.active()) != within
		}
	}

	path := c.trajectory(anew(len(c.hit)))
	require.Len(t, path, len(want.Prim))
	for i, s := range want.Prim {
		require.InDelta(t, s.Coverage, float64(path[i].hits)/float64(c.hits), 1e-12)
		require.InDelta(t, s.Density, path[i].density(), 1e-12)
		require.InDelta(t, s.Mass, float64(path[i].n)/float64(len(c.hit)), 1e-12)
		require.Equal(t, s.Restricted, path[i].restricted())
	}
}

// planted are cases of which all within a box are hits, and none elsewhere.
func planted(n, columns int, inside func(row []float64) bool, seed uint64) ([][]float64, []bool) {
	dice := rand.New(rand.NewPCG(seed, 0))
	x, y := make([][]float64, columns), make([]bool, n)
	for i := range n {
		row := make([]float64, columns)
		for j := range row {
			row[j] = dice.Float64()
			x[j] = append(x[j], row[j])
		}
		y[i] = inside(row)
	}
	return x, y
}

func TestAPlantedBoxIsFound(t *testing.T) {
	for seed := range uint64(20) {
		x, y := planted(2000, 8, func(row []float64) bool { return row[2] > 0.7 && row[5] < 0.5 }, seed)
		c := newCases(x, y)
		left := anew(len(y))
		b, _ := c.choose(c.trajectory(left), left, c.hits)
		require.Equal(t, []int{2, 5}, b.active())
		require.True(t, b.limited[lower][2] && !b.limited[upper][2] && !b.limited[lower][5] && b.limited[upper][5])
		require.InDelta(t, 0.7, b.limits[lower][2], 0.02)
		require.InDelta(t, 0.5, b.limits[upper][5], 0.03)
		// Coverage and density, counted one by one.
		n, hits := 0, 0
		for i := range y {
			if x[2][i] >= b.limits[lower][2] && x[5][i] <= b.limits[upper][5] {
				n++
				if y[i] {
					hits++
				}
			}
		}
		require.Equal(t, []int{n, hits}, []int{b.n, b.hits})
		require.Greater(t, b.density(), 0.93)
		require.Greater(t, float64(b.hits)/float64(c.hits), 0.93)
	}
}

// Every box of a trajectory holds what a count of its limits finds, never less than a
// twentieth of all, and each is denser than the one before.
func TestEachStepHoldsWhatItsLimitsSay(t *testing.T) {
	for seed := range uint64(10) {
		dice := rand.New(rand.NewPCG(seed, 3))
		x, y := planted(300, 5, func(row []float64) bool {
			row[3] = math.Floor(row[3] * 4)
			return dice.Float64() < 0.1+0.6*row[0]*row[1]
		}, seed)
		for i := range x[3] { // ties, and a column that never changes
			x[3][i] = math.Floor(x[3][i] * 4)
			x[4][i] = 2
		}
		c := newCases(x, y)
		path := c.trajectory(anew(len(y)))
		require.Equal(t, len(y), path[0].n)
		for k := range path {
			b := c.clone(&path[k])
			c.count(&b, anew(len(y)))
			require.Equal(t, []int{b.n, b.hits}, []int{path[k].n, path[k].hits}, "seed %d, step %d", seed, k)
			require.GreaterOrEqual(t, b.n*leastMass, len(y))
			require.False(t, b.limited[lower][4] || b.limited[upper][4], "nothing to limit")
			if k > 0 {
				require.Greater(t, b.density(), path[k-1].density())
			}
		}
	}
}

// The order of cases is nothing to a box, nor is the scale of a column. (That of columns
// is nothing to a discovery: it looks at them by name.)
func TestBoxesHangOnNoOrderAndNoScale(t *testing.T) {
	c := outsideTable()
	path := c.trajectory(anew(len(c.hit)))
	rows := rand.New(rand.NewPCG(9, 9)).Perm(len(c.hit))
	x, y := make([][]float64, len(c.columns)), make([]bool, len(rows))
	for i, row := range rows {
		y[i] = c.hit[row]
	}
	for j := range x {
		for _, row := range rows {
			x[j] = append(x[j], math.Exp(3*c.columns[j][row])) // rising, and far from even
		}
	}
	other := newCases(x, y)
	again := other.trajectory(anew(len(rows)))
	require.Equal(t, len(path), len(again))
	for k := range path {
		require.Equal(t, []int{path[k].n, path[k].hits}, []int{again[k].n, again[k].hits})
		for i, row := range rows {
			require.Equal(t, c.lies(&path[k], row, path[k].active()) == within, other.lies(&again[k], i, again[k].active()) == within, "step %d", k)
		}
	}
}

func TestAChanceOfAtLeastSoManyIsTheSumOfTheirs(t *testing.T) {
	for _, c := range []struct {
		k, n int
		p    float64
	}{{3, 10, 0.2}, {1, 1, 0.5}, {10, 10, 0.9}, {40, 60, 0.55}, {0, 5, 0.1}, {5, 5, 1}, {1, 5, 0}} {
		sum, choose := 0.0, 1.0
		for k := range c.n + 1 {
			if k > 0 {
				choose *= float64(c.n-k+1) / float64(k)
			}
			if k >= c.k {
				sum += choose * math.Pow(c.p, float64(k)) * math.Pow(1-c.p, float64(c.n-k))
			}
		}
		require.InDelta(t, sum, atLeast(c.k, c.n, c.p), 1e-12)
	}
}

// The rule by which a box is chosen, on boxes that are made for it.
func TestABoxIsChosenByTheStatedRule(t *testing.T) {
	// Twenty cases of which the last is the hit: peeled one by one, to a twentieth of all.
	x, y := make([]float64, 20), make([]bool, 20)
	for i := range x {
		x[i] = float64(i)
	}
	y[19] = true
	c := newCases([][]float64{x, slices.Clone(x)}, y)
	path := c.trajectory(anew(20))
	require.Equal(t, []int{1, 1}, []int{path[len(path)-1].n, path[len(path)-1].hits}, "no less than a twentieth, and no more")
	require.Equal(t, []int{0}, path[len(path)-1].active(), "of equals the first column, and no other beside it")

	// As good in f1 as another, and of fewer columns, then larger.
	of := func(n, hits int, columns ...int) box {
		b := c.all(anew(20))
		b.n, b.hits = n, hits
		for _, j := range columns {
			b.limited[lower][j], b.limits[lower][j] = true, 18.5
		}
		return b
	}
	_, step := c.choose([]box{of(20, 1), of(1, 1, 0, 1), of(1, 1, 1)}, anew(20), 1)
	require.Equal(t, 2, step)
	// 2·2/(2+4) = 2·3/(5+4) = 2/3.
	_, step = c.choose([]box{of(20, 4), of(2, 2, 0), of(5, 3, 0)}, anew(20), 4)
	require.Equal(t, 2, step)
	_, step = c.choose([]box{of(20, 4), of(5, 3, 0), of(2, 2, 0)}, anew(20), 4)
	require.Equal(t, 1, step)

	// Five columns count, all alike; a sentence names three.
	five, hit := planted(4000, 6, func(row []float64) bool { return min(row[0], row[1], row[2], row[3], row[4]) > 0.3 }, 4)
	c = newCases(five, hit)
	path = c.trajectory(anew(len(hit)))
	b, step := c.choose(path, anew(len(hit)), c.hits)
	require.Equal(t, 5, path[step].restricted())
	require.Equal(t, mostLimits, b.restricted())
	counted := c.clone(&b)
	c.count(&counted, anew(len(hit)))
	require.Equal(t, []int{counted.n, counted.hits}, []int{b.n, b.hits})
	// Without any other two of the five, f1 would have been smaller.
	for drop := range 5 {
		for also := range drop {
			other := c.clone(&path[step])
			for _, j := range []int{drop, also} {
				other.limited[lower][j], other.limited[upper][j] = false, false
			}
			c.count(&other, anew(len(hit)))
			require.LessOrEqual(t, other.f1(c.hits), b.f1(c.hits)+0.02)
		}
	}
}
