package reformcycle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"reflect"
	"runtime"
	"strconv"
	"testing"

	"github.com/looplab/fsm"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// BenchmarkAdvance compares an advance of a full reform with the bare machine
// doing the same events. One iteration is a revisit to governance and an
// advance from there: an advance alone would need a fresh reform each time, and
// making one costs more than what is measured. Both sides do both moves. The
// cycle checks each change, judges the guards against the full state, keeps the
// entries in a journal in memory and publishes the new state; the machine calls
// one callback before the event and one after.
func BenchmarkAdvance(b *testing.B) {
	b.Run("cycle", func(b *testing.B) {
		c, day := fullReform(b, journal.NewMemory())
		by := office(day)
		back := reformcycle.Revisit{To: reformcycle.Governance, Reason: "The body never met"}
		b.ReportAllocs()
		for moves := 0; b.Loop(); moves += 2 {
			// A thousand moves are more than any reform makes; beyond that a journal
			// in memory only measures the garbage collector.
			if moves == 1000 {
				b.StopTimer()
				moves = 0
				c, _ = fullReform(b, journal.NewMemory())
				b.StartTimer()
			}
			if _, err := c.Apply(background, by, back); err != nil {
				b.Fatal(err)
			}
			if _, err := c.Apply(background, by, reformcycle.Advance{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("looplab", func(b *testing.B) {
		events := fsm.Events{}
		for line := range reformcycle.Table() {
			name := string(line.Move)
			if line.Move == reformcycle.MoveRevisit || line.Move == reformcycle.MoveRenew {
				name += ":" + line.To.String() // an event has one destination
			}
			events = append(events, fsm.EventDesc{Name: name, Src: []string{line.From.String()}, Dst: line.To.String()})
		}
		before, entered := 0, 0
		machine := fsm.NewFSM(reformcycle.ManagementAndLearning.String(), events, fsm.Callbacks{
			"before_event": func(context.Context, *fsm.Event) { before++ },
			"enter_state":  func(context.Context, *fsm.Event) { entered++ },
		})
		back := "revisit:" + reformcycle.Governance.String()
		b.ReportAllocs()
		for b.Loop() {
			if err := machine.Event(background, back); err != nil {
				b.Fatal(err)
			}
			if err := machine.Event(background, "advance"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkBlockers asks a full reform, back at program readiness, what stands
// before its next move: four ratings have fallen and one is withdrawn.
func BenchmarkBlockers(b *testing.B) {
	c, day := fullReform(b, journal.NewMemory())
	fallen := []reformcycle.Change{reformcycle.Revisit{To: reformcycle.ProgramReadiness, Reason: "The money is gone"}, rate("readiness.financing", assessment.Unknown)}
	for _, id := range []string{"readiness.workforce", "readiness.supplies", "readiness.information", "readiness.incentives"} {
		fallen = append(fallen, rate(id, assessment.PartiallyFunctional))
	}
	require.NoError(b, refusalOf(c.Apply(background, office(day), fallen...)))
	require.Len(b, c.Now().Blockers(), 5)
	b.ReportAllocs()
	for b.Loop() {
		c.Now().Blockers()
	}
}

// BenchmarkNationalGuard judges a nation by 500 children, all observed, beside the sum of
// their people alone: the least that an answer has to look at.
func BenchmarkNationalGuard(b *testing.B) {
	list := asking(b, assessment.FromChildren{Of: assessment.OfPopulation, Stage: "program-readiness"}, 0.8)
	c, err := reformcycle.New("KEN", reformcycle.WithChecklist(list), reformcycle.WithStage(reformcycle.ProgramReadiness))
	require.NoError(b, err)
	named := reformcycle.NameChildren{Of: reformcycle.Children{Source: "a list", Year: 2019}}
	changes := []reformcycle.Change{named}
	for i := range 500 {
		id := strconv.Itoa(i)
		named.Of.Children = append(named.Of.Children, child(id, float64(i+1)))
		changes = append(changes, sighted(id, reformcycle.Stage(1+i%8)))
	}
	changes[0] = named
	_, err = c.Apply(background, office(0), changes...)
	require.NoError(b, err)
	s := c.Now()
	b.Run("blockers", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if len(s.Blockers()) == 0 {
				b.Fatal("nothing blocks")
			}
		}
	})
	b.Run("level", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if level, _ := s.Level("readiness.subnational"); level.Known() && level >= assessment.Functional {
				b.Fatal("met")
			}
		}
	})
	b.Run("sum", func(b *testing.B) {
		observed := map[string]reformcycle.Stage{}
		for _, o := range s.Observations() {
			observed[o.Cycle] = o.Furthest
		}
		children := s.Children().Children
		for b.Loop() {
			met, all := 0., 0.
			for _, one := range children {
				all += one.Population
				if observed[one.Cycle] >= reformcycle.ProgramReadiness {
					met += one.Population
				}
			}
			if met >= 0.8*all {
				b.Fatal("met")
			}
		}
	})
}

func BenchmarkState(b *testing.B) {
	c, _ := fullReform(b, journal.NewMemory())
	b.ReportAllocs()
	for b.Loop() {
		_ = c.State()
	}
}

// byteJournal is a journal of one cycle that keeps JSON, as one on disk does.
type byteJournal struct {
	listJournal
	lines [][]byte
}

func (j byteJournal) Load(context.Context, string, uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		for _, line := range j.lines {
			var e reformcycle.Entry
			err := json.Unmarshal(line, &e)
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// BenchmarkFold opens a full reform from a journal that keeps JSON. Beside it
// stands what encoding/json alone needs to read the same bytes into the same
// types.
func BenchmarkFold(b *testing.B) {
	c, _ := fullReform(b, journal.NewMemory())
	var j byteJournal
	var types []reflect.Type
	for _, e := range entriesOf(b, c) {
		line, err := json.Marshal(e)
		require.NoError(b, err)
		j.lines = append(j.lines, line)
		change, err := e.Change()
		require.NoError(b, err)
		types = append(types, reflect.TypeOf(change))
	}
	rate := func(b *testing.B) {
		b.ReportMetric(float64(len(j.lines)*b.N)/b.Elapsed().Seconds(), "entries/s")
	}
	b.Run("open", func(b *testing.B) {
		b.SetBytes(int64(len(bytes.Join(j.lines, nil))))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := reformcycle.Open(background, j, "LBR-NCHAP"); err != nil {
				b.Fatal(err)
			}
		}
		rate(b)
	})
	b.Run("json", func(b *testing.B) {
		b.SetBytes(int64(len(bytes.Join(j.lines, nil))))
		b.ReportAllocs()
		for b.Loop() {
			for i, line := range j.lines {
				var e reformcycle.Entry
				if err := json.Unmarshal(line, &e); err != nil {
					b.Fatal(err)
				}
				if err := json.Unmarshal(e.Data, reflect.New(types[i]).Interface()); err != nil {
					b.Fatal(err)
				}
			}
		}
		rate(b)
	})
}

// A host holds many cycles at once, so what one holds beyond its journal is
// bounded.
func TestFootprintOfAFullCycleIsAtMost64KiB(t *testing.T) {
	const cycles = 200
	j := journal.NewMemory()
	c, _ := fullReform(t, j)
	open := func() *reformcycle.Cycle {
		c, err := reformcycle.Open(background, j, c.ID())
		require.NoError(t, err)
		return c
	}
	held := make([]*reformcycle.Cycle, cycles)
	open() // whatever is made once is made now
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for i := range held {
		held[i] = open()
	}
	after := heap()
	each := (int64(after) - int64(before)) / cycles
	t.Logf("one full cycle holds %d bytes beyond its journal", each)
	require.LessOrEqual(t, each, int64(64<<10))
	require.Positive(t, each)
	runtime.KeepAlive(held)
	runtime.KeepAlive(c)
}
