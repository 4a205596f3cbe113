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

// Verdict is what the runs say of a claim.
type Verdict struct {
	// Where is the file and the line of a policy file that makes the claim, such as
	// "lowland.policy:3"; else it is empty.
	Where string `json:"where,omitempty"`
	// Claim in words: policy, metric and bound.
	Claim string `json:"claim"`
	// Decided says that there is a verdict, and Holds that it is for the claim. A
	// claim that is not decided passes no test.
	Decided bool `json:"decided"`
	Holds   bool `json:"holds"`
	// Runs, or pairs of runs, that were looked at, and what was seen in them.
	Runs uint64 `json:"runs"`
	Saw  string `json:"saw"`
	// Needed and AtMost are, of a claim that is not decided, how many runs a verdict
	// would take, as it looks and at the most; 0 where that can't be told.
	Needed uint64 `json:"needed,omitempty"`
	AtMost uint64 `json:"at_most,omitempty"`
	// Against are the first runs, at most five, that speak against the claim; More
	// says that others do, too.
	Against []uint64 `json:"against,omitempty"`
	More    bool     `json:"more,omitempty"`
	// Error bounds the chance of a wrong verdict, and Margin is how far from the
	// claim either one is acceptable.
	Error  float64 `json:"error"`
	Margin float64 `json:"margin"`
	Seed   uint64  `json:"seed"`
	// Scenario is the name and Digest the identity of what was run.
	Scenario     string `json:"scenario"`
	Illustrative bool   `json:"illustrative,omitempty"`
	Digest       string `json:"digest"`

	model   *simulation.Model
	players []simulation.Policy
}

func (v *Verdict) saw(runs uint64, what string) { v.Runs, v.Saw = runs, what }

func (v *Verdict) against(run uint64) {
	if len(v.Against) < named {
		v.Against = append(v.Against, run)
	} else {
		v.More = true
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

// report tells the test, and tells the caller whether the claim held. Where says
// which claim it is when there is no verdict.
func report(t testing.TB, where string, v Verdict, err error) bool {
	t.Helper()
	switch {
	case err != nil:
		t.Fatalf("simtest: %s%s", where, listing(err))
	case v.Holds:
		t.Logf("simtest: %s", v)
	default:
		t.Errorf("simtest: %s", v)
	}
	return err == nil && v.Holds
}

// String tells the verdict as a test does: the claim, what was seen, how sure that
// is and, where the claim does not hold, the runs that speak against it, the first
// of them month by month.
func (v Verdict) String() string {
	name := strconv.Quote(v.Scenario)
	if v.Illustrative {
		name += " (illustrative)"
	}
	says, ending := ": holds", ""
	switch {
	case !v.Decided:
		says = fmt.Sprintf(": undecided after %d runs; it would take about %s, and %s at the most"+
			"\n  allow more runs, or a wider margin: WithMaxRuns and WithMargin, or runs: and margin: in a policy file", v.Runs, count(v.Needed), count(v.AtMost))
	case !v.Holds:
		says, ending = ": does not hold", v.replay()
	}
	claim := v.Claim
	if v.Where != "" {
		claim = v.Where + ": " + claim
	}
	return fmt.Sprintf("%s%s\n  saw    %s\n  bound  error %s, margin %s, seed %d, scenario %s, digest %s%s", claim, says, v.Saw,
		draw.Digits(v.Error, -1), draw.Digits(v.Margin, -1), v.Seed, name, v.Digest, ending)
}

// replay says which runs speak against the claim and how to see them, and tells
// the first.
func (v *Verdict) replay() string {
	if len(v.Against) == 0 {
		return ""
	}
	var b strings.Builder
	runs := make([]string, len(v.Against))
	for i, run := range v.Against {
		runs[i] = number(run)
	}
	if v.More {
		runs = append(runs, "…")
	}
	fmt.Fprintf(&b, "\n  runs that speak against it: %s\n  replay with model.Trace(policy, %d, %s)", strings.Join(runs, ", "), v.Seed, runs[0])
	for _, s := range v.players {
		trace, err := v.model.Trace(s, v.Seed, v.Against[0])
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
func count(n uint64) string {
	if n == 0 {
		return "more than can be told"
	}
	return number(n)
}

// whole makes a count of an estimate; 0 where it is beyond all counting.
func whole(n float64) uint64 {
	if !(n < 1<<53) {
		return 0
	}
	return uint64(math.Round(n))
}
