package simulation

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
)

// full refuses to take anything more.
type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

// rowsOf reads what was written, by the names of the columns, and checks that a
// writer that fails is reported and none is refused.
func rowsOf(t *testing.T, write func(io.Writer) error) (columns []string, rows []map[string]string) {
	t.Helper()
	var b strings.Builder
	require.NoError(t, write(&b))
	records, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	require.NoError(t, err)
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, cell := range r {
			row[records[0][i]] = cell
		}
		rows = append(rows, row)
	}
	require.ErrorIs(t, write(full{}), errFull)
	require.Equal(t, []string{"writer"}, fieldsOf(t, write(nil)))
	return records[0], rows
}

func number64(t *testing.T, cell string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(cell, 64)
	require.NoError(t, err)
	return x
}

func TestAnswersAreWrittenAsATable(t *testing.T) {
	m := contested(t)
	a, err := summaryOf(t, m, "balanced", 200, 1).Answers()
	require.NoError(t, err)
	columns, rows := rowsOf(t, a.WriteCSV)
	require.Equal(t, []string{"scenario", "policy", "seed", "answer", "item", "value", "runs", "of", "share", "low", "high", "unit", "digest"}, columns)
	kinds := map[string]int{}
	sums := map[string]uint64{}
	for _, r := range rows {
		kinds[r["answer"]]++
		if r["runs"] != "" {
			n, err := strconv.ParseUint(r["runs"], 10, 64)
			require.NoError(t, err)
			sums[r["answer"]] += n
		}
		share := number64(t, r["share"])
		require.Equal(t, m.Digest(), r["digest"])
		require.Equal(t, r["value"] == "", r["unit"] == "", "%v: a value has a unit", r)
		// Where there is a count, the share is that of it.
		require.Equal(t, r["answer"] == "entered-unhindered", r["runs"] == "", "%v", r)
		if r["runs"] != "" && r["of"] != "0" {
			require.Equal(t, number64(t, r["runs"])/number64(t, r["of"]), share, "%v", r)
		}
		require.True(t, assessment.Interval{Low: number64(t, r["low"]), High: number64(t, r["high"])}.Contains(share) || r["of"] == "0", "%v", r)
	}
	require.Equal(t, map[string]int{
		"entered": 8 * 37, "entered-unhindered": 8 * 37, "abandoned-before": 8 * 37, "status": 3, "cause": 6, "collapse": 6, "laps": mostLaps + 1,
		"readiness": readinessBins, "debt": mostDebts + 1, "suspended": 37, "support": 37 * SupportBins, "silent": 37,
	}, kinds)
	require.Equal(t, []uint64{200, 200, 200, a.Readiness.Of}, []uint64{sums["status"], sums["laps"], sums["suspended"], sums["readiness"]})

	s := a.Arrivals[reformcycle.Launch-1]
	columns, rows = rowsOf(t, s.WriteCSV)
	require.Len(t, columns, 13)
	require.Len(t, rows, 37)
	require.Equal(t, s.KaplanMeier[30].At, number64(t, rows[30]["entered_unhindered"]))
	require.Equal(t, "launch", rows[0]["stage"])
}

func TestAnalysesAreWrittenAsTables(t *testing.T) {
	m, s := contested(t), policyOf(t, "balanced")
	c, err := m.Compare(t.Context(), rivals(t), LaunchedBy(24), 100, 1)
	require.NoError(t, err)
	_, rows := rowsOf(t, c.WriteCSV)
	require.Len(t, rows, 3+4*3+3)
	require.Equal(t, []string{"estimate", "1", c.Policies[c.Order[0].Policy].String(), ""}, []string{rows[0]["row"], rows[0]["rank"], rows[0]["policy"], rows[0]["other"]})
	require.Equal(t, []string{"launched", "lapped", "abandoned", "debt"}, []string{rows[3]["row"], rows[4]["row"], rows[5]["row"], rows[6]["row"]})
	require.Equal(t, "difference", rows[15]["row"])
	require.Equal(t, strconv.FormatBool(c.Differences[0].Apart()), rows[15]["apart"])
	for _, r := range rows {
		require.Equal(t, []string{map[bool]string{true: "guards", false: "share"}[r["row"] == "debt"], m.Digest()}, []string{r["unit"], r["digest"]})
	}
	require.Equal(t, "months", MonthsTo(reformcycle.Launch, 24).unit().String())

	factors := []Factor{{"work.carry", 0, 1}, {"policy.ahead", 0, 0.5}}
	o, err := m.OneAtATime(t.Context(), s, LaunchedBy(24), factors, 100, 1)
	require.NoError(t, err)
	columns, rows := rowsOf(t, o.WriteCSV)
	require.Len(t, columns, 22)
	// The widest swing is of one or the other, which are both shares.
	require.Equal(t, []string{"share", m.Digest()}, []string{rows[0]["unit"], rows[0]["digest"]})
	require.Equal(t, o.Swings[0].Factor.Parameter, rows[0]["parameter"])
	require.Equal(t, o.Swings[0].Change.At, number64(t, rows[0]["change"]))

	x, err := m.Sobol(t.Context(), s, LaunchedBy(24), factors, 16, 2, 1)
	require.NoError(t, err)
	columns, rows = rowsOf(t, x.WriteCSV)
	require.Len(t, columns, 20)
	require.Equal(t, []string{"share", m.Digest()}, []string{rows[0]["unit"], rows[0]["digest"]})
	require.Equal(t, x.Of[1].Total.High, number64(t, rows[1]["total_high"]))

	p, err := m.Plan(t.Context(), s, LaunchedBy(24), factors[1:], 1000, 1)
	require.NoError(t, err)
	columns, rows = rowsOf(t, p.WriteCSV)
	require.Equal(t, []string{"policy.ahead", "digest"}, columns[len(columns)-2:])
	require.Equal(t, m.Digest(), rows[0]["digest"])
	require.Len(t, rows, len(p.Candidates))
	require.Equal(t, "best", rows[p.Best]["place"])
	require.Equal(t, p.Estimate().At, number64(t, rows[p.Best]["fresh"]))
	require.Equal(t, "runner-up", rows[p.RunnerUp]["place"])
	require.Equal(t, p.Candidates[2].Values[0], number64(t, rows[2]["policy.ahead"]))
}

func TestAFactorHasTheUnitOfItsParameter(t *testing.T) {
	for of, want := range map[[2]string]string{
		{"balanced", "suspension.least"}: "months", {"", "shocks.election.hazard"}: "chance per month", {"", "actors[].effort"}: "effort-months a month",
		{"rush-to-launch", "policy.met"}: "share", {"balanced", "policy.met"}: "", {"own", "policy.ahead"}: "", {"own", "policy.horizon"}: "", {"balanced", "none"}: "",
	} {
		require.Equal(t, want, Factor{Parameter: of[1]}.Unit(Identity{Name: of[0]}).String(), of)
	}
}

func TestARunIsWrittenAsATable(t *testing.T) {
	m := contested(t)
	trace, err := m.Trace(policyOf(t, "rush-to-launch"), 1, 4)
	require.NoError(t, err)
	_, rows := rowsOf(t, trace.WriteCSV)
	months, kinds := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		months[r["month"]] = true
		kinds[r["series"]] = true
		require.Equal(t, "4", r["run"])
		require.Equal(t, m.Digest(), r["digest"])
		require.Equal(t, r["series"] == "move" || r["series"] == "shock" || r["series"] == "left" || r["series"] == "came" || r["series"] == "joined" || r["series"] == "debt", r["unit"] == "", "%v", r)
		number64(t, r["value"])
		if r["series"] == "position" && r["item"] == "union" && r["month"] == "0" {
			require.Equal(t, -5.0, number64(t, r["value"]))
		}
	}
	require.Len(t, months, len(trace.Months))
	for _, kind := range []string{"support", "opposition", "budget", "position", "progress", "work", "persuasion", "move"} {
		require.True(t, kinds[kind], kind)
	}
	trace = Trace{Actors: []string{"a"}, Criteria: []string{"c"}, Months: []Month{{
		Shocks: []ShockKind{AScandal}, Left: []string{"a"}, Came: []string{"b"}, Joined: []Joined{{For: "c", Actor: "a"}}, Debts: []string{"c"}, Carried: []float64{0.5},
	}}}
	_, rows = rowsOf(t, trace.WriteCSV)
	kinds = map[string]bool{}
	for _, r := range rows {
		kinds[r["series"]+" "+r["item"]] = true
	}
	for _, kind := range []string{"shock scandal", "left a", "joined a", "came b", "debt c", "carried c"} {
		require.True(t, kinds[kind], kind)
	}
}

func TestTextThatASpreadsheetWouldRunIsDisarmed(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "＝x": "'＝x", "plain": "plain", "": "", "a=b": "a=b",
	} {
		require.Equal(t, want, word(text))
	}
	m := contested(t)
	s := m.Scenario()
	s.Name = `=HYPERLINK("x")`
	m, err := Compile(s, m.Checklist())
	require.NoError(t, err)
	a, err := summaryOf(t, m, "balanced", 10, 1).Answers()
	require.NoError(t, err)
	_, rows := rowsOf(t, a.WriteCSV)
	require.Equal(t, `'=HYPERLINK("x")`, rows[0]["scenario"])
	c := Comparison{Metric: LaunchedBy(3), Policies: []Identity{{Name: "a"}, {Name: "b"}}, Differences: []Difference{{Second: 1, At: -0.5}}}
	_, rows = rowsOf(t, c.WriteCSV)
	require.Equal(t, "-0.5", rows[0]["at"], "a number stays one")
}

// Each cell stands under its column: analyses of which no two numbers are equal.
func TestEveryCellStandsUnderItsColumn(t *testing.T) {
	between := func(at float64) assessment.Interval { return assessment.Interval{Low: at - 1, High: at + 1} }
	estimate := func(at float64) Estimate { return Estimate{At: at, Interval: between(at)} }
	steps := func(at float64) Curve { return Curve{{Month: 0, At: at, Interval: between(at)}} }
	second := func(write func(io.Writer) error, line int) string {
		var b strings.Builder
		require.NoError(t, write(&b))
		return strings.Split(b.String(), "\n")[line]
	}
	require.Equal(t, "launch,0,200,150,10,9,11,20,19,21,30,29,31",
		second(Survival{Stage: reformcycle.Launch, Of: 200, AtRisk: []uint64{150}, Incidence: steps(10), KaplanMeier: steps(20), Abandoned: steps(30)}.WriteCSV, 1))

	policy := Identity{Name: "balanced"}
	c := Comparison{
		Scenario: "s", Digest: "d", Metric: LaunchedBy(24), Seed: 3, Runs: 7, Policies: []Identity{policy, {Name: "other"}},
		Estimates: []Estimate{estimate(10), estimate(20)}, Order: []Rank{{Policy: 1}, {Policy: 0}},
		Differences: []Difference{{First: 1, Second: 0, At: 30, Interval: between(30), Correlation: 0.5, VarianceRatio: 0.25}},
	}
	c.Whole = []Whole{{Launched: Proportion{At: 40, Interval: between(40)}, Lapped: Proportion{At: 50, Interval: between(50)}, Abandoned: Proportion{At: 60, Interval: between(60)}, Debt: estimate(70)}}
	for line, want := range map[int]string{
		1: "estimate,1,other,,20,19,21,,,,share", 3: "launched,,balanced,,40,39,41,,,,share", 4: "lapped,,balanced,,50,49,51,,,,share",
		5: "abandoned,,balanced,,60,59,61,,,,share", 6: "debt,,balanced,,70,69,71,,,,guards", 7: "difference,,other,balanced,30,29,31,0.5,0.25,true,share",
	} {
		require.Equal(t, "s,launch by 24,3,7,"+want+",d", second(c.WriteCSV, line))
	}

	factor := Factor{"work.carry", 0, 1}
	o := Tornado{Scenario: "s", Digest: "d", Policy: policy, Metric: LaunchedBy(24), Seed: 3, Runs: 7, Base: estimate(10), Swings: []Swing{
		{Factor: factor, AtLow: estimate(20), AtHigh: estimate(30), Change: Difference{At: 40, Interval: between(40)}},
	}}
	require.Equal(t, "s,balanced,launch by 24,3,7,work.carry,0,1,10,9,11,20,19,21,30,29,31,40,39,41,share,d", second(o.WriteCSV, 1))

	x := SobolIndices{Scenario: "s", Digest: "d", Policy: policy, Metric: LaunchedBy(24), Seed: 3, Points: 5, Runs: 7, Mean: 10, Variance: 20, Noise: 30, Of: []SobolIndex{
		{Factor: factor, First: VarianceShare{40, between(40)}, Total: VarianceShare{50, between(50)}},
	}}
	require.Equal(t, "s,balanced,launch by 24,3,5,7,10,20,30,work.carry,0,1,40,39,41,50,49,51,share,d", second(x.WriteCSV, 1))

	tenth := func(hits uint64) Proportion {
		return Proportion{Hits: hits, Of: 10, At: float64(hits) / 10, Interval: between(float64(hits))}
	}
	a := Answers{
		Scenario: "s", Digest: "d", Policy: policy, Seed: 3,
		Arrivals: []Survival{{Stage: reformcycle.Launch, Of: 10, Incidence: Curve{{Month: 4, At: 0.5, Interval: between(1)}}, KaplanMeier: Curve{{Month: 4, At: 0.6, Interval: between(2)}}, Abandoned: Curve{{Month: 4, At: 0.7, Interval: between(3)}}}},
		Causes:   []CauseShare{{Cause: FromDebt, Runs: tenth(2), Collapses: tenth(9)}},
	}
	require.Equal(t, "s,balanced,3,entered,launch,4,5,10,0.5,0,2,month,d", second(a.WriteCSV, 1))
	require.Equal(t, "s,balanced,3,entered-unhindered,launch,4,,10,0.6,1,3,month,d", second(a.WriteCSV, 2))
	require.Equal(t, "s,balanced,3,abandoned-before,launch,4,7,10,0.7,2,4,month,d", second(a.WriteCSV, 3))
	require.Equal(t, "s,balanced,3,cause,debt,,2,10,0.2,1,3,,d", second(a.WriteCSV, 4))
	require.Equal(t, "s,balanced,3,collapse,debt,,9,10,0.9,8,10,,d", second(a.WriteCSV, 5))
}
