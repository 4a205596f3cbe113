package simtest

// What an assertion says to whoever reads the test's output.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

type finding struct {
	*assertion
	where   string // the file and line of a policy that claims it, if one does
	err     error
	claim   string
	decided bool
	held    bool
	runs    uint64
	saw     string
	enough  [2]float64 // runs until a verdict: as it looks, and at the most
	behind  []uint64   // the first runs that speak against the claim
	more    bool       // and others did
	players []simulation.Policy
}

func (f *finding) against(run uint64) {
	if len(f.behind) < named {
		f.behind = append(f.behind, run)
	} else {
		f.more = true
	}
}

// listing says what is wrong: where there is more than one fault, each in a line
// of its own.
func listing(err error) string {
	all, ok := err.(fault.Fields)
	if !ok {
		return err.Error()
	}
	lines := make([]string, len(all))
	for i, wrong := range all {
		lines[i] = wrong.Error()
	}
	if len(lines) == 1 {
		return lines[0]
	}
	return "\n  " + strings.Join(lines, "\n  ")
}

// report tells the test, and tells the caller whether the claim held.
func (f finding) report(t testing.TB) bool {
	t.Helper()
	if f.where != "" {
		f.where += ": "
	}
	if f.err != nil {
		t.Fatalf("simtest: %s%s", f.where, listing(f.err))
		return false
	}
	scenario := f.model.Scenario()
	name := strconv.Quote(scenario.Name)
	if scenario.Illustrative {
		name += " (illustrative)"
	}
	bound := fmt.Sprintf("error %s, margin %s, seed %d, scenario %s, digest %s", draw.Digits(f.settings.err, -1), draw.Digits(f.margin, -1), f.seed, name, f.model.Digest())
	if f.held {
		t.Logf("simtest: %s%s: holds\n  saw    %s\n  bound  %s", f.where, f.claim, f.saw, bound)
		return true
	}
	if f.decided {
		t.Errorf("simtest: %s%s: does not hold\n  saw    %s\n  bound  %s%s", f.where, f.claim, f.saw, bound, f.replay())
		return false
	}
	t.Errorf("simtest: %s%s: undecided after %d runs; it would take about %s, and %s at the most"+
		"\n  allow more runs, or a wider margin: WithMaxRuns and WithMargin, or runs: and margin: in a policy file\n  saw    %s\n  bound  %s",
		f.where, f.claim, f.runs, count(f.enough[0]), count(f.enough[1]), f.saw, bound)
	return false
}

// replay says which runs speak against the claim and how to see them, and tells
// the first.
func (f *finding) replay() string {
	if len(f.behind) == 0 {
		return ""
	}
	var b strings.Builder
	runs := make([]string, len(f.behind))
	for i, run := range f.behind {
		runs[i] = number(run)
	}
	if f.more {
		runs = append(runs, "…")
	}
	fmt.Fprintf(&b, "\n  runs that speak against it: %s\n  replay with model.Trace(policy, %d, %s)", strings.Join(runs, ", "), f.seed, runs[0])
	for _, s := range f.players {
		trace, err := f.model.Trace(s, f.seed, f.behind[0])
		if err != nil {
			fmt.Fprintf(&b, "\n  %v", err)
			continue
		}
		fmt.Fprintf(&b, "\n  run %s with %s:", runs[0], simulation.Title(s))
		for _, line := range tell(&trace) {
			b.WriteString("\n    " + line)
		}
	}
	return b.String()
}

const told = 20

// tell gives the months of a run in which something happened, from the start to
// the end.
func tell(t *simulation.Trace) []string {
	var lines []string
	for i := range t.Months {
		m := &t.Months[i]
		var what []string
		for _, s := range m.Shocks {
			what = append(what, s.String())
		}
		for _, id := range m.Left {
			what = append(what, strconv.Quote(id)+" leaves")
		}
		for _, move := range m.Moves {
			what = append(what, moved(move, m.Stage))
		}
		if i == 0 {
			what = append(what, fmt.Sprintf("starts at %s, %s", m.Stage, m.Status))
		} else if i == len(t.Months)-1 {
			what = append(what, fmt.Sprintf("ends at %s, lap %d, %s", m.Stage, m.Lap, m.Status))
		}
		if len(what) > 0 {
			lines = append(lines, fmt.Sprintf("month %3d: %s; support %.1f and opposition %.1f (power-weighted), debts %d",
				m.Month, strings.Join(what, ", "), m.Support, m.Opposition, len(m.Debts)))
		}
	}
	if cut := len(lines) - told; cut > 0 {
		lines = append(append(lines[:told-1:told-1], fmt.Sprintf("… %d more months with events", cut)), lines[len(lines)-1])
	}
	return lines
}

func moved(move simulation.Move, at reformcycle.Stage) string {
	text := string(move.Name)
	if move.Cause != simulation.NoCause {
		text += " (" + move.Cause.String() + ")"
	}
	if move.Name == reformcycle.MoveSuspend || move.Name == reformcycle.MoveResume || move.Name == reformcycle.MoveAbandon {
		return text
	}
	return text + " to " + at.String()
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

func percent(share float64) string { return draw.Digits(100*share, 4) + " %" }

// between writes an interval, rounded outwards to a tenth of a per cent.
func between(low, high float64) string {
	return percent(math.Floor(1000*low)/1000) + " to " + percent(math.Ceil(1000*high)/1000)
}

// count writes a number of runs that was estimated.
func count(n float64) string {
	if math.IsInf(n, 0) || math.IsNaN(n) {
		return "more than can be told"
	}
	return strconv.FormatFloat(n, 'f', 0, 64)
}
