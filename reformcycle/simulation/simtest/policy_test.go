package simtest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

func TestPolicies(t *testing.T) {
	Policies(t, os.DirFS("testdata"), "policies/*.policy")
}

// written gives the files of a test with one policy in them.
func written(t testing.TB, policy string) fstest.MapFS {
	situation, err := os.ReadFile("testdata/situations/lowland.json")
	require.NoError(t, err)
	return fstest.MapFS{
		"p/x.policy":     {Data: []byte(policy)},
		"lowland.json":   {Data: situation},
		"broken.json":    {Data: []byte(`{"name": "x", "horizn": 3, "actors": [{"id": "moh", "constituency": "ministry-of-health"}]}`)},
		"elsewhere.json": {Data: []byte(strings.Replace(string(situation), "reform-readiness@1.0.0", "elsewhere@1", 1))},
		"large.json":     {Data: make([]byte, maxSituation+1)},
	}
}

const head = "situation: ../lowland.json\npolicy: balanced\n"

func TestPolicyFileIsReadAsWritten(t *testing.T) {
	p, err := readPolicy(written(t, "\ufeff# comment\r\n\r\n"+
		"situation: ../lowland.json\r\n"+
		"  policy :  rush-to-launch ( met = 0.2 , ahead=0 )\r\n"+
		"seed: 7\nmargin: 0.1\nerror: 1e-3\nruns: 500\n"+
		"expect: launch by 24 is likely (at least 60 %)\n"+
		"expect: coalition-building by 3 is unlikely (at most 0.2)\n"+
		"expect: months to launch within 48 is better than with balanced\n"+
		"expect: launch is sooner than with balanced(persuasion=0.9)"), "p/x.policy", defaults())
	require.NoError(t, err)
	require.Equal(t, "lowland", p.model.Scenario().Name)
	require.Equal(t, "rush-to-launch(ahead=0, met=0.2)", simulation.Title(p.policy))
	require.Equal(t, []any{uint64(7), 0.1, 1e-3, uint64(500)}, []any{p.settings.seed, p.settings.margin, p.settings.err, p.settings.runs})
	require.Len(t, p.expects, 4)
	require.Equal(t, expectation{line: 9, text: "launch by 24 is likely (at least 60 %)", kind: kindLikely,
		metric: simulation.LaunchedBy(24), bound: 0.6}, p.expects[0])
	require.Equal(t, simulation.ReachedBy(reformcycle.CoalitionBuilding, 3), p.expects[1].metric)
	require.Equal(t, 0.2, p.expects[1].bound)
	require.Equal(t, simulation.MonthsTo(reformcycle.Launch, 48), p.expects[2].metric)
	require.Equal(t, reformcycle.Launch, p.expects[3].stage)
	require.Equal(t, "balanced(persuasion=0.9)", simulation.Title(p.expects[3].than))
}

// The page for who writes policies: its example is the file that it names,
// shortened, and all that it lists is there.
func TestPolicyFilesAreDescribedAsTheyAreRead(t *testing.T) {
	page, err := os.ReadFile("../../../docs/simulation.md")
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(page), "## Policy files\n")
	require.True(t, ok)
	section, _, _ = strings.Cut(section, "\n## ")
	_, example, ok := strings.Cut(section, "```\n")
	require.True(t, ok)
	example, _, ok = strings.Cut(example, "```\n")
	require.True(t, ok)
	situation, err := os.ReadFile("testdata/situations/lowland.json")
	require.NoError(t, err)
	whole, err := os.ReadFile("testdata/policies/coalition.policy")
	require.NoError(t, err)
	_, err = readPolicy(fstest.MapFS{
		"policies/x.policy":       {Data: []byte(example)},
		"situations/lowland.json": {Data: situation},
	}, "policies/x.policy", defaults())
	require.NoError(t, err)
	for line := range strings.Lines(example) {
		if line != "\n" && line[0] != '#' {
			require.Contains(t, string(whole), line)
		}
	}
	for _, key := range keys {
		require.Contains(t, section, "| `"+key+"` |")
	}
	for _, name := range append(stageNames(), simulation.Policies()...) {
		require.Contains(t, section, "`"+name+"`")
	}
	for _, metric := range []string{"launch by 24", "not abandoned", "laps at least 2", "readiness at launch at least 0.8",
		"debt at launch at most 0", "months to launch within 60"} {
		_, err := simulation.ParseMetric(metric)
		require.NoError(t, err)
		require.Contains(t, section, "| `"+metric+"` |")
	}
	for _, usual := range []float64{DefaultMargin, DefaultError, DefaultSeed, DefaultMaxRuns} {
		require.Contains(t, section, "usually "+strconv.FormatFloat(usual, 'f', -1, 64))
	}
}

func TestPolicyThatIsNotMetFails(t *testing.T) {
	p, err := readPolicy(written(t, head+
		"expect: launch by 12 is likely (at least 60 %)\n"+
		"expect: launch by 40 is unlikely (at most 10 %)\n"+
		"expect: launch  by 24 is  better than with rush-to-launch(met=0.2)\n"+
		"expect: launch is sooner than with rush-to-launch(met=0.2)\n"), "p/x.policy", defaults())
	require.NoError(t, err)
	for i := range p.expects {
		r := record(t)
		v, err := p.judge(t.Context(), &p.expects[i])
		require.False(t, report(r, "", v, err))
		require.Contains(t, r.errors[0], "does not hold")
		// The line: two of them come first.
		require.Contains(t, r.errors[0], "simtest: p/x.policy:"+strconv.Itoa(i+3)+": balanced: ")
	}
	require.Equal(t, "launch by 24 is better than with rush-to-launch(met=0.2)", p.expects[2].text)

	p, err = readPolicy(written(t, "situation: ../lowland.json\npolicy: breaking\nexpect: launch by 12 is likely (at least 60 %)\n"),
		"p/x.policy", settings{err: 0.1, margin: 0.1, runs: 9, policies: []simulation.Policy{breaking{}}})
	require.NoError(t, err)
	r := record(t)
	v, err := p.judge(t.Context(), &p.expects[0])
	require.False(t, report(r, p.where(&p.expects[0])+": ", v, err))
	require.Contains(t, r.fatal[0], "simtest: p/x.policy:3: Run 0")
}

// What a host that is no test gets of policy files: every verdict, or everything
// that is wrong with all of them before a run is played.
func TestPolicyFilesCanBeJudgedWithoutATest(t *testing.T) {
	verdicts, err := JudgePolicies(t.Context(), os.DirFS("testdata"), "policies/*.policy")
	require.NoError(t, err)
	names, s, err := find(os.DirFS("testdata"), "policies/*.policy", nil)
	require.NoError(t, err)
	i := 0
	for _, name := range names {
		p, err := readPolicy(os.DirFS("testdata"), name, s)
		require.NoError(t, err)
		for k := range p.expects {
			require.Equal(t, p.where(&p.expects[k]), verdicts[i].Where)
			require.True(t, verdicts[i].Holds, verdicts[i].String())
			require.True(t, strings.HasPrefix(verdicts[i].String(), verdicts[i].Where+": "))
			i++
		}
	}
	require.Len(t, verdicts, i)

	files := written(t, head+"expect: launch by 12 is likely (at least 600 %)\n")
	files["p/y.policy"] = &fstest.MapFile{Data: []byte("situation: ../lowland.json\npolicy: brave\nexpect: launch by 12 is likely (at least 60 %)\n")}
	_, err = JudgePolicies(t.Context(), files, "p/*.policy")
	var all fault.Fields
	require.ErrorAs(t, err, &all)
	require.Len(t, all, 2)
	require.ErrorContains(t, err, "p/x.policy:3")
	require.ErrorContains(t, err, "p/y.policy:2")
	_, err = JudgePolicies(t.Context(), files, "q/*")
	require.ErrorIs(t, err, fault.ErrInvalid)

	_, err = JudgePolicies(t.Context(), written(t, "situation: ../lowland.json\npolicy: breaking\nexpect: launch by 12 is likely (at least 60 %)\n"), "p/*.policy", WithPolicies(breaking{}))
	require.ErrorIs(t, err, simulation.ErrPolicy)
	require.ErrorContains(t, err, "p/x.policy:3: ")
}

func TestNumbersOfAPolicyAreWrittenAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		line string
		get  func(settings) float64
		want float64
	}{
		{"margin: 5 %", func(s settings) float64 { return s.margin }, 5. / 100},
		{"margin: 12.5%", func(s settings) float64 { return s.margin }, 0.125},
		{"margin: 0.1", func(s settings) float64 { return s.margin }, 0.1},
		{"error: 1e-3", func(s settings) float64 { return s.err }, 0.001},
		{"error:  0.1  %", func(s settings) float64 { return s.err }, 0.1 / 100},
		{"error: 0.002", func(s settings) float64 { return s.err }, 0.002},
	} {
		p, err := readPolicy(written(t, head+"expect: launch by 24 is likely (at least 0.6)\n"+c.line+"\n"), "p/x.policy", defaults())
		require.NoError(t, err, c.line)
		require.Equal(t, c.want, c.get(p.settings), c.line)
	}
}

func TestPolicyFileIsReadStrictly(t *testing.T) {
	const line = "expect: launch by 24 is likely (at least 0.6)\n"
	for _, c := range []struct{ name, text, field, rule, want string }{
		{"no colon", head + line + "expect launch\n", "p/x.policy:4", "form", "a colon"},
		{"misspelt key", head + line + "polcy: x\n", "p/x.policy:4", "known", "did you mean policy?"},
		{"key far from any", head + line + "horizon: 3\n", "p/x.policy:4", "known", "one of situation, policy, expect, margin, error, seed, runs"},
		{"key in capitals", head + line + "Seed: 3\n", "p/x.policy:4", "known", "did you mean seed?"},
		{"key twice", head + line + "policy: adaptive\n", "p/x.policy:4", "unique", "in line 2 already"},
		{"no value", head + line + "seed:\n", "p/x.policy:4", "required", "a value after seed:"},
		{"no situation", "policy: balanced\n" + line, "p/x.policy", "required", "begins with situation:"},
		{"no policy", "situation: ../lowland.json\n" + line, "p/x.policy", "required", "begins with policy:"},
		{"no expectation", head, "p/x.policy", "required", "begins with expect:"},
		{"situation that is not there", "situation: nowhere.json\npolicy: balanced\n" + line, "p/x.policy:1", "exists", "can be opened"},
		{"situation outside", "situation: ../../lowland.json\npolicy: balanced\n" + line, "p/x.policy:1", "path", "below the files"},
		{"situation that is a folder", "situation: ../p\npolicy: balanced\n" + line, "p/x.policy:1", "readable", "can be read"},
		{"situation that is too large", "situation: ../large.json\npolicy: balanced\n" + line, "p/x.policy:1", "length", "at most 4194304 bytes"},
		{"situation that is wrong", "situation: ../broken.json\npolicy: balanced\n" + line, "p/x.policy:1: broken.json: horizn", "known", "horizon"},
		{"situation with a checklist that nobody handed in", "situation: ../elsewhere.json\npolicy: balanced\n" + line, "p/x.policy:1: elsewhere.json: checklist", "known", "reform-readiness"},
		{"unknown policy", "situation: ../lowland.json\npolicy: balancd\n" + line, "p/x.policy:2", "known", "did you mean balanced?"},
		{"policy of no form", "situation: ../lowland.json\npolicy: balanced(\n" + line, "p/x.policy:2", "form", "balanced(persuasion=0.3, ahead=0)"},
		{"parameter of no form", "situation: ../lowland.json\npolicy: balanced(ahead)\n" + line, "p/x.policy:2", "form", "a parameter, = and a number"},
		{"no parameters in brackets", "situation: ../lowland.json\npolicy: balanced()\n" + line, "p/x.policy:2", "form", "balanced(persuasion=0.3, ahead=0)"},
		{"comma behind the last", "situation: ../lowland.json\npolicy: balanced(ahead=0,)\n" + line, "p/x.policy:2", "form", "a parameter, = and a number"},
		{"parameter twice", "situation: ../lowland.json\npolicy: balanced(persuasion=0.1, persuasion=0.9)\n" + line, "p/x.policy:2", "unique", "each of them once"},
		{"hexadecimal parameter", "situation: ../lowland.json\npolicy: balanced(ahead=0x1p-2)\n" + line, "p/x.policy:2", "form", "a number, such as"},
		{"parameter with a power of ten", "situation: ../lowland.json\npolicy: balanced(ahead=1e-1)\n" + line, "p/x.policy:2", "form", "a number, such as"},
		{"unknown parameter", "situation: ../lowland.json\npolicy: balanced(haste=1)\n" + line, "p/x.policy:2: haste", "known", "persuasion"},
		{"parameter out of range", "situation: ../lowland.json\npolicy: balanced(ahead=2)\n" + line, "p/x.policy:2: ahead", "range", "from 0 to 1"},
		{"parameter of a policy without any", "situation: ../lowland.json\npolicy: breaking(ahead=1)\n" + line, "p/x.policy:2", "tunable", "has none"},
		{"expectation of no form", head + "expect: launch soon\n", "p/x.policy:3", "form", "is sooner than with"},
		{"likely at most", head + "expect: launch by 24 is likely (at most 0.6)\n", "p/x.policy:3", "form", "is likely (at least"},
		{"chance that is none", head + "expect: launch by 24 is likely (at least often)\n", "p/x.policy:3", "chance", "60 %"},
		{"chance above 1", head + "expect: launch by 24 is likely (at least 60)\n", "p/x.policy:3", "chance", "60 %"},
		{"chance with a power of ten", head + "expect: launch by 24 is likely (at least 6e-1)\n", "p/x.policy:3", "chance", "60 %"},
		{"chance below nothing", head + "expect: launch by 24 is unlikely (at most -0)\n", "p/x.policy:3", "chance", "60 %"},
		{"chance that is NaN", head + "expect: launch by 24 is likely (at least NaN)\n", "p/x.policy:3", "chance", "60 %"},
		{"chance below the margin, set later", head + "expect: launch by 24 is likely (at least 0.1)\nmargin: 0.2\n", "p/x.policy:3: atLeast", "range", "above the margin, 0.2, up to 1, or a smaller margin"},
		{"unknown metric", head + "expect: glory by 24 is likely (at least 0.6)\n", "p/x.policy:3: metric.stage", "known", "one of problem-prioritization, "},
		{"stage almost named", head + "expect: launched by 24 is likely (at least 0.6)\n", "p/x.policy:3: metric.stage", "known", "management-and-learning; did you mean launch?"},
		{"as good as itself", head + "expect: launch by 24 is better than with balanced\n", "p/x.policy:3", "other", "other parameters"},
		{"as soon as itself", "situation: ../lowland.json\npolicy: balanced(ahead=0.5)\nexpect: launch is sooner than with balanced(ahead=0.50)\n", "p/x.policy:3", "other", "other parameters"},
		{"there from the start", head + "expect: problem-prioritization by 24 is likely (at least 0.6)\n", "p/x.policy:3", "start", "a stage after problem-prioritization, where"},
		{"there in no month", head + "expect: months to problem-prioritization within 24 is better than with adaptive\n", "p/x.policy:3", "start", "a stage after"},
		{"soon there", head + "expect: problem-prioritization is sooner than with adaptive\n", "p/x.policy:3", "start", "a stage after"},
		{"number as a question", head + "expect: months to launch within 24 is likely (at least 0.6)\n", "p/x.policy:3: metric", "question", "yes or no"},
		{"month beyond the horizon", head + "expect: launch by 240 is likely (at least 0.6)\n", "p/x.policy:3: metric", "horizon", "the first 48 months"},
		{"unknown stage", head + "expect: lauch is sooner than with adaptive\n", "p/x.policy:3", "known", "did you mean launch?"},
		{"unknown rival", head + "expect: launch is sooner than with rush\n", "p/x.policy:3", "known", "rush-to-launch"},
		{"seed that is no number", head + line + "seed: -1\n", "p/x.policy:4", "number", "a whole number"},
		{"margin that is no number", head + line + "margin: wide\n", "p/x.policy:4", "number", "5 %"},
		{"margin with a power of ten", head + line + "margin: 5e-2\n", "p/x.policy:4", "number", "5 %"},
		{"margin out of range", head + line + "margin: 60 %\n", "p/x.policy:4: margin", "range", "at most 0.5"},
		{"hexadecimal error", head + line + "error: 0x1p-3\n", "p/x.policy:4", "number", "1e-3"},
		{"error out of range", head + line + "error: 2\n", "p/x.policy:4: error", "range", "1e-12 to 0.5"},
		{"no runs", head + line + "runs: 0\n", "p/x.policy:4: runs", "range", "from 1 to"},
		{"no text", "\xff\xfe", "p/x.policy", "utf-8", "UTF-8"},
		{"too large", strings.Repeat("#", maxPolicy+1), "p/x.policy", "length", "at most 65536 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := defaults()
			s.policies = []simulation.Policy{breaking{}}
			_, err := readPolicy(written(t, c.text), "p/x.policy", s)
			var all fault.Fields
			require.ErrorAs(t, err, &all)
			require.Equal(t, c.field, all[0].Path, all.Error())
			require.Equal(t, c.rule, all[0].Rule)
			require.Contains(t, fmt.Sprint(all[0].Want), c.want)
			switch all[0].Want.(type) {
			case language.Text, fault.Said:
			default:
				t.Errorf("no language says %v", all[0].Want)
			}
			require.Len(t, all, 1)
		})
	}
}

func TestPolicyFileReportsAllItsFaults(t *testing.T) {
	_, err := readPolicy(written(t, "situation: ../broken.json\npolicy: hurry\nexpect: what\n"+
		"expect: launch by 24 is likely (at least 0.1)\nmargin: 0.2\nseed: x\nsead: 1\n"), "p/x.policy", defaults())
	var all fault.Fields
	require.ErrorAs(t, err, &all)
	var fields []string
	for _, f := range all {
		fields = append(fields, f.Path)
	}
	require.Equal(t, []string{"p/x.policy:1: broken.json: horizn",
		"p/x.policy:2", "p/x.policy:3", "p/x.policy:4: atLeast", "p/x.policy:6", "p/x.policy:7"}, fields)
}

func TestPolicyFileMayNameThePoliciesAndChecklistsOfTheHost(t *testing.T) {
	own, err := reformcycle.ReformChecklist().Derive("1.0.0-lowland", assessment.Drop("solution.piloted"))
	require.NoError(t, err)
	situation, err := os.ReadFile("testdata/situations/lowland.json")
	require.NoError(t, err)
	files := fstest.MapFS{
		"x.policy":     {Data: []byte("situation: lowland.json\npolicy: idle\nexpect: launch by 48 is unlikely (at most 0)\n")},
		"lowland.json": {Data: []byte(strings.Replace(string(situation), reformcycle.ReformChecklist().ID(), own.ID(), 1))},
	}
	Policies(t, files, "*.policy", WithPolicies(idle{}), WithChecklists(own))
}

// idle is a policy of doing nothing.
type idle struct{}

func (idle) Name() string                                      { return "idle" }
func (idle) Allocate(*simulation.View, *simulation.Allocation) {}

func TestPatternThatMatchesNothingFails(t *testing.T) {
	files := written(t, head)
	for _, c := range []struct {
		name, pattern, want string
		files               fs.FS
		options             []TestOption
	}{
		{"nothing there", "q/*.policy", "pattern: got", files, nil},
		{"no pattern", "[", "pattern: got", files, nil},
		{"no files", "*", "files: got nothing", nil, nil},
		{"wrong option", "p/*", "error: got 3", files, []TestOption{WithError(3)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := find(c.files, c.pattern, c.options)
			require.ErrorContains(t, err, c.want)
			require.ErrorIs(t, err, fault.ErrInvalid)
		})
	}
	names, s, err := find(files, "p/*.policy", []TestOption{WithSeed(5), WithPolicies(breaking{})})
	require.NoError(t, err)
	require.Equal(t, []string{"p/x.policy"}, names)
	require.Equal(t, uint64(5), s.seed)
	require.Len(t, s.policies, 1)
}

func FuzzPolicyIsReadOrRefusedWithFieldErrors(f *testing.F) {
	f.Add(head + "expect: launch by 24 is likely (at least 0.6)")
	f.Add(head + "expect: launch is sooner than with balanced(ahead=1e309)\nmargin: -0\nerror: +Inf\nruns: 18446744073709551616")
	f.Add("policy: a(b=c),\nexpect: is is likely (at least %)\n:::\n#")
	files := written(f, "")
	f.Fuzz(func(t *testing.T, text string) {
		files["p/x.policy"] = &fstest.MapFile{Data: []byte(text)}
		_, err := readPolicy(files, "p/x.policy", defaults())
		var all fault.Fields
		require.True(t, err == nil || errors.As(err, &all))
	})
}
