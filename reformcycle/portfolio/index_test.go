package portfolio_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// Each thing that is wrong with a query is named, and nothing is asked of the journal.
func TestAQueryThatMakesNoSenseIsRefused(t *testing.T) {
	o := opened(t, journal.NewMemory())
	for path, q := range map[string]portfolio.Query{
		"limit": {Limit: reformcycle.MaxIndexPage + 1}, "lap": {Lap: -1}, "order": {Order: 7}, "stages[0]": {Stages: []reformcycle.Stage{9}}, "statuses[1]": {Statuses: []reformcycle.Status{0, 9}},
		"tiers[0]": {Tiers: []reformcycle.Tier{"village"}}, "text": {Text: strings.Repeat("a", 201)}, "text ": {Text: "a\x00b"}, "within": {Within: "\xff"}, "country": {Country: "a\nb"}, "parent": {Parent: " a"},
		"guard": {Guard: strings.Repeat("a", 129)}, "guards": {Guards: reformcycle.Exactly(-1)}, "debts": {Debts: reformcycle.AtMost(-2)}, "after": {After: "a\x00"}, "after ": {After: "x", Order: reformcycle.ByLastMove},
		"moved_before": {MovedBefore: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)}, "moved_since": {MovedSince: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)}, "cycles[0]": {Cycles: []string{""}},
		"cycles": {Cycles: make([]string, 1001)}, "newer": {Newer: func(string, uint64) bool { return true }, Lap: 1},
	} {
		q.Sees = portfolio.Everything
		_, err := o.Page(background, q)
		fields := fault.Of(err)
		require.Len(t, fields, 1, path)
		require.Equal(t, strings.TrimSpace(path), fields[0].Path)
	}
	require.Empty(t, o.loads)
}

// What has moved since the portfolio last looked is in the next answer, and nothing but
// that is opened for it.
func TestTheIndexIsKeptUpToDate(t *testing.T) {
	o := opened(t, journal.NewMemory(), portfolio.WithOpen(1))
	for i := range 9 {
		o.begin(fmt.Sprint("c", i), reformcycle.Design, place(fmt.Sprint("j", i), reformcycle.District, "r", 10))
	}
	suspended := func() (ids []string) {
		page, err := o.Page(background, portfolio.Query{Sees: portfolio.Everything, Within: "r", Statuses: []reformcycle.Status{reformcycle.Suspended}})
		require.NoError(t, err)
		for _, r := range page.Rows {
			ids = append(ids, r.Cycle)
		}
		return ids
	}
	require.Empty(t, suspended())
	for i := range 9 {
		id := fmt.Sprint("c", (i*5)%9)
		o.apply(id, reformcycle.Suspend{Reason: "Cholera"})
		require.Len(t, suspended(), i+1)
		require.Contains(t, suspended(), id)
	}
	require.True(t, slices.IsSorted(suspended()))
	up, err := o.RollUp(background, portfolio.Everything)
	require.NoError(t, err)
	for _, s := range up.Statuses {
		require.Equal(t, map[reformcycle.Status]float64{reformcycle.Suspended: 9}[s.Status], s.Cycles.Low)
		require.Equal(t, map[reformcycle.Status]float64{reformcycle.Suspended: 90}[s.Status], s.People.High)
	}
}

// A portfolio of ten thousand cycles holds less than 256 MB beside its journal.
func TestAPortfolioOfTenThousandFits(t *testing.T) {
	if testing.Short() {
		t.Skip("ten thousand cycles")
	}
	o := opened(t, journal.NewMemory())
	for i := range 10_000 {
		o.begin(fmt.Sprintf("දිස්ත්\u200dරික්කය %d", i), reformcycle.Design, place(fmt.Sprint("j", i), reformcycle.District, "r", 10), rated(1))
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	up, err := o.RollUp(background, portfolio.Everything)
	require.NoError(t, err)
	require.Equal(t, 10_000, up.Cycles)
	after := heap()
	t.Logf("%d MB", (int64(after)-int64(before))>>20)
	require.Less(t, int64(after)-int64(before), int64(256<<20))
	runtime.KeepAlive(o)
}
