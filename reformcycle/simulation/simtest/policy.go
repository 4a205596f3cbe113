package simtest

// Policy files: a situation, a policy and what is expected of it, in lines
// that policy people can read and write. This file reads them; doc.go describes
// the form.

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// The sizes, in bytes, of the largest policy file and the largest situation.
const (
	maxPolicy    = 64 << 10
	maxSituation = 4 << 20
)

// The keys of a policy file.
const (
	keySituation = "situation"
	keyPolicy    = "policy"
	keyExpect    = "expect"
	keyMargin    = "margin"
	keyError     = "error"
	keySeed      = "seed"
	keyRuns      = "runs"
)

var keys = []string{keySituation, keyPolicy, keyExpect, keyMargin, keyError, keySeed, keyRuns}

// policy is a policy file that was read, with everything that it names.
type policyFile struct {
	name     string // of the file
	settings settings
	model    *simulation.Model
	policy   simulation.Policy
	expects  []expectation
}

type expectation struct {
	line int // where it stands
	text string
	kind string

	metric Metric
	stage  reformcycle.Stage
	bound  float64
	than   simulation.Policy
}

// where is the file and the line of an expectation.
func (p *policyFile) where(e *expectation) string { return p.name + ":" + strconv.Itoa(e.line) }

func (p *policyFile) judge(ctx context.Context, e *expectation) (v Verdict, err error) {
	a := &assertion{settings: p.settings, model: p.model}
	switch e.kind {
	case kindLikely:
		v, err = a.likely(ctx, p.policy, e.metric, e.bound)
	case kindUnlikely:
		v, err = a.unlikely(ctx, p.policy, e.metric, e.bound)
	case kindBetter:
		v, err = a.better(ctx, p.policy, e.than, e.metric)
	default:
		v, err = a.sooner(ctx, p.policy, e.than, e.stage)
	}
	v.Where = p.where(e)
	return v, err
}

// reader reads one policy file and collects what is wrong with it.
type reader struct {
	policyFile
	files  fs.FS
	at     int            // the line at hand; 0 for the whole file
	lines  map[string]int // key → line that has it
	faults []located
}

type located struct {
	line int
	fault.Field
}

// readPolicy reads a policy file and what it names. All errors are
// fault.Fields, with the line of each, in the order of the lines.
func readPolicy(files fs.FS, name string, s settings) (policyFile, error) {
	r := reader{policyFile: policyFile{name: name, settings: s}, files: files, lines: map[string]int{}}
	text, ok := r.file(name, maxPolicy)
	if ok && !utf8.ValidString(text) {
		r.fault(fault.Encoding, nil, language.Of("want.utf-8"))
		ok = false
	}
	if !ok {
		return policyFile{}, r.err()
	}
	for text := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		r.at++
		if text = strings.TrimSpace(text); text != "" && text[0] != '#' {
			r.line(text)
		}
	}
	r.at = 0
	for _, key := range keys[:3] {
		if r.lines[key] == 0 {
			r.fault(fault.Required, nil, language.Of("want.test-line", "key", key+":"))
		}
	}
	for i := range r.expects {
		// The margin may stand below, so claims are looked at when all is read.
		r.at = r.expects[i].line
		r.check(&r.expects[i])
	}
	if err := r.err(); err != nil {
		return policyFile{}, err
	}
	return r.policyFile, nil
}

// check takes down what is wrong with an expectation beside the way it is
// written.
func (r *reader) check(e *expectation) {
	a := assertion{settings: r.settings, model: r.model}
	a.bound(e.kind, e.bound)
	if e.metric != nil {
		a.question(e.kind, e.metric)
	}
	if err := a.faults.Err(); err != nil {
		r.join("", err)
		return
	}
	if e.than != nil && r.policy != nil && simulation.Title(e.than) == simulation.Title(r.policy) {
		r.fault("other", simulation.Title(e.than), language.Of("want.test-another-policy"))
	}
	if r.model == nil {
		return
	}
	// All runs are at the stage of the start, and past those before it, from
	// month 0, whatever the policy.
	start := r.model.Scenario().Start.Stage
	m, ok := e.metric.(simulation.Metric)
	if e.stage.Valid() && e.stage <= start || ok && heeds(m, func(s reformcycle.Stage) int {
		if s <= start {
			return 0
		}
		return -1
	}) {
		r.fault("start", e.text, language.Of("want.test-later-stage", "stage", start.String()))
	}
}

// where is the line at hand, as "lowland.policy:3".
func (r *reader) where() string {
	if r.at == 0 {
		return r.name
	}
	return r.name + ":" + strconv.Itoa(r.at)
}

func (r *reader) fault(rule string, value any, want fault.Words) {
	r.faults = append(r.faults, located{r.at, fault.Field{Path: r.where(), Rule: rule, Value: value, Want: want}})
}

// join takes in an error, with its fields put behind the line at hand and the
// file that the line names, if it names one.
func (r *reader) join(file string, err error) {
	var f fault.Fields
	join(&f, err)
	for _, e := range f {
		e.Path = r.where() + ": " + file + e.Path
		r.faults = append(r.faults, located{r.at, e})
	}
}

func (r *reader) err() error {
	slices.SortStableFunc(r.faults, func(a, b located) int { return a.line - b.line })
	var all fault.Fields
	for _, f := range r.faults {
		all = append(all, f.Field)
	}
	return all.Err()
}

func (r *reader) file(name string, most int) (string, bool) {
	if !fs.ValidPath(name) {
		r.fault("path", name, language.Of("want.test-path"))
		return "", false
	}
	f, err := r.files.Open(name)
	if err != nil {
		r.fault(fault.Exists, name, language.Of("want.test-open", "why", reason(err)))
		return "", false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	switch {
	case err != nil:
		r.fault("readable", name, language.Of("want.test-read", "why", reason(err)))
	case len(data) > most:
		r.fault(fault.Length, name, language.Of("want.sim-bytes", "most", most))
	default:
		return string(data), true
	}
	return "", false
}

// reason is what lies under an error of a file system.
func reason(err error) string {
	if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		err = inner.Err
	}
	return err.Error()
}

func (r *reader) line(text string) {
	key, value, ok := strings.Cut(text, ":")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	switch {
	case !ok:
		r.fault("form", text, language.Of("want.test-form"))
		return
	case !slices.Contains(keys, key):
		r.fault(fault.Known, key, oneOf(key, keys))
		return
	case r.lines[key] > 0 && key != keyExpect:
		r.fault(fault.Unique, key, language.Of("want.test-key-once", "key", keyExpect, "line", r.lines[key]))
		return
	}
	r.lines[key] = r.at
	if value == "" {
		r.fault(fault.Required, nil, language.Of("want.test-value", "key", key+":"))
		return
	}
	if key == keySituation {
		r.situation(value)
		return
	}
	value = strings.Join(strings.Fields(value), " ")
	switch key {
	case keyPolicy:
		r.policy = r.named(value)
	case keyExpect:
		r.expect(value)
	case keyMargin:
		r.set(value, shareForm, language.Of("want.test-share", "examples", []string{"0.05", "5 %"}), WithMargin)
	case keyError:
		r.set(value, errorForm, language.Of("want.test-chance", "examples", []string{"0.001", "0.1 %", "1e-3"}), WithError)
	case keySeed:
		r.count(value, WithSeed)
	case keyRuns:
		r.count(value, WithMaxRuns)
	}
}

func (r *reader) situation(value string) {
	name := path.Join(path.Dir(r.name), value)
	text, ok := r.file(name, maxSituation)
	if !ok {
		return
	}
	scenario, err := simulation.ParseScenario([]byte(text))
	if err == nil {
		r.model, err = simulation.Compile(scenario, r.settings.checklists...)
	}
	if err != nil {
		r.join(name+": ", err)
	}
}

// tuned is a policy with parameters, such as "balanced(persuasion=0.3)".
var tuned = regexp.MustCompile(`^([^()]+?)\s*(?:\((.+)\))?$`)

// Numbers as people write them. Errors alone are so small that they may have a
// power of ten.
var (
	numberForm = regexp.MustCompile(`^-?\d+(?:\.\d+)?$`)
	shareForm  = regexp.MustCompile(`^(\d+(?:\.\d+)?) ?(%?)$`)
	errorForm  = regexp.MustCompile(`^(\d+(?:\.\d+)?(?:e-\d+)?) ?(%?)$`)
)

// shareOf reads a share, such as 0.6, or a percentage, such as 60 %.
func shareOf(text string, form *regexp.Regexp) (float64, bool) {
	parts := form.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	v, err := strconv.ParseFloat(parts[1], 64)
	if parts[2] != "" {
		v /= 100
	}
	return v, err == nil
}

// named makes the policy that a text names; nil with a fault where it can't.
func (r *reader) named(text string) simulation.Policy {
	parts := tuned.FindStringSubmatch(text)
	if parts == nil {
		r.fault("form", text, language.Of("want.test-policy", "examples", []string{"balanced", "balanced(persuasion=0.3, ahead=0)"}))
		return nil
	}
	s := r.plain(parts[1])
	if s == nil || parts[2] == "" {
		return s
	}
	var set []string
	for _, setting := range strings.Split(parts[2], ",") {
		name, value, _ := strings.Cut(setting, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		v, err := strconv.ParseFloat(value, 64)
		t, tunable := s.(simulation.Tunable)
		switch {
		case err != nil || !numberForm.MatchString(value):
			r.fault("form", strings.TrimSpace(setting), language.Of("want.test-setting", "example", "persuasion=0.3"))
		case slices.Contains(set, name):
			r.fault(fault.Unique, name, language.Of("want.sim-once"))
		case !tunable:
			r.fault("tunable", name, language.Of("want.test-no-setting", "policy", strconv.Quote(s.Name())))
		default:
			set = append(set, name)
			if with, err := t.With(name, v); err != nil {
				r.join("", err)
			} else {
				s = with
			}
		}
	}
	return s
}

func (r *reader) plain(name string) simulation.Policy {
	names := simulation.Policies()
	if slices.Contains(names, name) {
		s, err := simulation.NewPolicy(name, nil)
		if err != nil {
			r.join("", err)
		}
		return s
	}
	for _, s := range r.settings.policies {
		if s.Name() == name {
			return s
		}
		names = append(names, s.Name())
	}
	r.fault(fault.Known, name, oneOf(name, names))
	return nil
}

// The two forms of an expectation.
var (
	chances     = regexp.MustCompile(`^(.+) is (likely|unlikely) \((at least|at most) ([^()]+)\)$`)
	comparisons = regexp.MustCompile(`^(.+) is (better|sooner) than with (.+)$`)
)

// forms are those two as people write them.
var forms = []string{
	"<metric> is likely (at least <chance>)", "<metric> is unlikely (at most <chance>)",
	"<metric> is better than with <policy>", "<stage> is sooner than with <policy>",
}

func (r *reader) expect(text string) {
	e := expectation{line: r.at, text: text}
	if p := chances.FindStringSubmatch(text); p != nil && (p[2] == kindLikely) == (p[3] == "at least") {
		var ok bool
		if e.bound, ok = shareOf(p[4], shareForm); !ok || e.bound > 1 {
			r.fault("chance", p[4], language.Of("want.test-chance", "examples", []string{"0.6", "60 %"}))
			return
		}
		e.kind, e.metric = p[2], r.metric(p[1])
	} else if p := comparisons.FindStringSubmatch(text); p != nil {
		e.kind, e.than = p[2], r.named(p[3])
		if p[2] == kindBetter {
			e.metric = r.metric(p[1])
		} else {
			e.stage = r.stage(p[1])
		}
	} else {
		r.fault("form", text, language.Of("want.test-expectation", "forms", forms))
		return
	}
	r.expects = append(r.expects, e)
}

func (r *reader) metric(text string) Metric {
	m, err := simulation.ParseMetric(text)
	if err == nil {
		return m
	}
	var f fault.Fields
	join(&f, err)
	for i := range f {
		if word, ok := f[i].Value.(string); ok && f[i].Path == "metric.stage" {
			f[i].Want = oneOf(word, stageNames())
		}
	}
	r.join("", f.Err())
	return nil
}

func stageNames() (names []string) {
	for s := range reformcycle.Stages() {
		names = append(names, s.String())
	}
	return names
}

func (r *reader) stage(text string) reformcycle.Stage {
	s, err := reformcycle.ParseStage(text)
	if err != nil {
		names := stageNames()
		r.fault(fault.Known, text, oneOf(text, names))
	}
	return s
}

func (r *reader) set(text string, form *regexp.Regexp, want fault.Words, option func(float64) TestOption) {
	if v, ok := shareOf(text, form); !ok {
		r.fault("number", text, want)
	} else if err := option(v)(&r.settings); err != nil {
		r.join("", err)
	}
}

func (r *reader) count(text string, option func(uint64) TestOption) {
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		r.fault("number", text, language.Of("want.test-natural"))
	} else if err := option(v)(&r.settings); err != nil {
		r.join("", err)
	}
}

// oneOf are the names that are known, and that which differs least from one that is not,
// if it is near: it may have been meant.
func oneOf(text string, names []string) fault.Words {
	meant, least := "", 3
	for _, name := range names {
		if d := fault.Distance(text, name, least); d < least && d < len(name) {
			meant, least = name, d
		}
	}
	if meant == "" {
		return fault.OneOf(names)
	}
	return language.Of("want.test-meant", "names", names, "meant", meant)
}
