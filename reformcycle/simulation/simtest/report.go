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
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// Verdict is what the runs say of a claim.
type Verdict struct {
	// Where is the file and the line of a policy file that makes the claim, such as
	// "lowland.policy:3"; else it is empty.
	Where string `json:"where,omitempty"`
	// Claim in the words of a policy file: policy, metric and bound.
	Claim string `json:"claim"`
	// Decided says that there is a verdict, and Holds that it is for the claim. A
	// claim that is not decided passes no test.
	Decided bool `json:"decided"`
	Holds   bool `json:"holds"`
	// Runs, or pairs of runs, that were looked at, and what was seen in them.
	Runs uint64        `json:"runs"`
	Saw  language.Text `json:"saw"`
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

func (v *Verdict) saw(runs uint64, what language.Text) { v.Runs, v.Saw = runs, what }

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

// String is the report in English.
func (v Verdict) String() string { return v.Report(nil) }

// Report tells the verdict in a language, nil for English, as a test does: the claim,
// what was seen, how sure that is and, where the claim does not hold, the runs that speak
// against it, the first of them month by month. Claims, moves, stages and names stand in
// the words of policy files.
func (v Verdict) Report(l *language.Language) string {
	claim := v.Claim
	if v.Where != "" {
		claim = v.Where + ": " + claim
	}
	var all []string
	add := func(indent, id string, args ...any) {
		all = append(all, indent+l.Say(language.Of("verdict."+id, args...)))
	}
	switch {
	case v.Decided && v.Holds:
		add("", "holds", "claim", claim)
	case v.Decided:
		add("", "fails", "claim", claim)
	default:
		switch {
		case v.Needed == 0:
			add("", "undecided-for-long", "claim", claim, "runs", number(v.Runs))
		case v.AtMost == 0:
			add("", "undecided-about", "claim", claim, "runs", number(v.Runs), "needed", number(v.Needed))
		default:
			add("", "undecided", "claim", claim, "runs", number(v.Runs), "needed", number(v.Needed), "most", number(v.AtMost))
		}
		add("  ", "allow", "code", []string{"WithMaxRuns", "WithMargin"}, "file", []string{keyRuns, keyMargin})
	}
	add("  ", "saw", "saw", v.Saw)
	bound := "bound"
	if v.Illustrative {
		bound = "bound-illustrative"
	}
	add("  ", bound, "error", draw.Digits(v.Error, -1), "margin", draw.Digits(v.Margin, -1), "seed", number(v.Seed), "scenario", strconv.Quote(v.Scenario), "digest", v.Digest)
	if v.Decided && !v.Holds && len(v.Against) > 0 {
		v.replay(l, add, &all)
	}
	return strings.Join(all, "\n")
}

// replay says which runs speak against the claim and how to see them, and tells
// the first.
func (v *Verdict) replay(l *language.Language, add func(indent, id string, args ...any), all *[]string) {
	runs := make([]string, len(v.Against))
	for i, run := range v.Against {
		runs[i] = number(run)
	}
	if v.More {
		runs = append(runs, "…")
	}
	add("  ", "against", "runs", runs)
	add("  ", "replay", "call", fmt.Sprintf("model.Trace(policy, %d, %s)", v.Seed, runs[0]))
	for _, s := range v.players {
		trace, err := v.model.Trace(s, v.Seed, v.Against[0])
		if err != nil {
			*all = append(*all, "  "+l.Refusal(err))
			continue
		}
		add("  ", "run", "run", runs[0], "policy", simulation.Title(s))
		for _, line := range tell(&trace) {
			*all = append(*all, "    "+l.Say(line))
		}
	}
}

const told = 20

// tell gives the months of a run in which something happened, from the start to
// the end.
func tell(t *simulation.Trace) (lines []language.Text) {
	for i := range t.Months {
		m := &t.Months[i]
		var what []language.Text
		says := func(id string, args ...any) { what = append(what, language.Of("verdict."+id, args...)) }
		for _, s := range m.Shocks {
			what = append(what, s.Told())
		}
		for _, id := range m.Left {
			says("leaves", "actor", strconv.Quote(id))
		}
		for _, move := range m.Moves {
			what = append(what, moved(move, m.Stage))
		}
		if i == 0 {
			says("starts", "stage", m.Stage.String(), "status", m.Status.String())
		} else if i == len(t.Months)-1 {
			says("ends", "stage", m.Stage.String(), "lap", m.Lap, "status", m.Status.String())
		}
		if len(what) > 0 {
			lines = append(lines, language.Of("verdict.month", "month", fmt.Sprintf("%3d", m.Month), "events", what,
				"support", fmt.Sprintf("%.1f", m.Support), "opposition", fmt.Sprintf("%.1f", m.Opposition), "debts", len(m.Debts)))
		}
	}
	if cut := len(lines) - told; cut > 0 {
		lines = append(append(lines[:told-1:told-1], language.Of("verdict.more-months", "n", cut)), lines[len(lines)-1])
	}
	return lines
}

func moved(move simulation.Move, at reformcycle.Stage) language.Text {
	text := string(move.Name)
	if move.Cause != simulation.NoCause {
		text += " (" + move.Cause.String() + ")"
	}
	if move.Name == reformcycle.MoveSuspend || move.Name == reformcycle.MoveResume || move.Name == reformcycle.MoveAbandon {
		return language.Typed(text)
	}
	return language.Of("verdict.move-to", "move", text, "stage", at.String())
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

func percent(share float64) string { return draw.Digits(100*share, 4) + " %" }

// between writes the ends of an interval, rounded outwards to a tenth of a per cent.
func between(low, high float64) (from, to string) {
	return percent(math.Floor(1000*low) / 1000), percent(math.Ceil(1000*high) / 1000)
}

// whole makes a count of an estimate; 0 where it is beyond all counting.
func whole(n float64) uint64 {
	if !(n < 1<<53) {
		return 0
	}
	return uint64(math.Round(n))
}
