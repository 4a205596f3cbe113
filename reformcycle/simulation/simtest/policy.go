package simtest

// Policy files: a situation, a policy and what is expected of it, in lines
// that policy people can read and write. This file reads them; doc.go describes
// the form.

import (
	"context"
	"errors"
	"fmt"
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
		r.fault(fault.Encoding, nil, "text in UTF-8")
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
			r.fault(fault.Required, nil, "a line that begins with "+key+":")
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
		r.fault("other", simulation.Title(e.than), "another policy than that of the file, or other parameters")
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
		r.fault("start", e.text, "a stage after "+start.String()+", where the situation starts")
	}
}

// where is the line at hand, as "lowland.policy:3".
func (r *reader) where() string {
	if r.at == 0 {
		return r.name
	}
	return r.name + ":" + strconv.Itoa(r.at)
}

func (r *reader) fault(rule string, value any, want string) {
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
		r.fault("path", name, "the path of a file below the files of the test, with /, relative to the policy file")
		return "", false
	}
	f, err := r.files.Open(name)
	if err != nil {
		r.fault(fault.Exists, name, "a file that can be opened: "+reason(err))
		return "", false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	switch {
	case err != nil:
		r.fault("readable", name, "a file that can be read: "+reason(err))
	case len(data) > most:
		r.fault(fault.Length, name, "a file of at most "+strconv.Itoa(most)+" bytes")
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
		r.fault("form", text, "a key, a colon and a value, or a comment that begins with #")
		return
	case !slices.Contains(keys, key):
		r.fault(fault.Known, key, "one of "+strings.Join(keys, ", ")+meant(key, keys))
		return
	case r.lines[key] > 0 && key != keyExpect:
		r.fault(fault.Unique, key, "each key but expect once; it is in line "+strconv.Itoa(r.lines[key])+" already")
		return
	}
	r.lines[key] = r.at
	if value == "" {
		r.fault(fault.Required, nil, "a value after "+key+":")
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
		r.set(value, shareForm, "a share, such as 0.05 or 5 %", WithMargin)
	case keyError:
		r.set(value, errorForm, "a chance, such as 0.001, 0.1 % or 1e-3", WithError)
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
		r.fault("form", text, `a policy, such as balanced or balanced(persuasion=0.3, ahead=0)`)
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
			r.fault("form", strings.TrimSpace(setting), "a parameter, = and a number, such as persuasion=0.3")
		case slices.Contains(set, name):
			r.fault(fault.Unique, name, "each parameter once")
		case !tunable:
			r.fault("tunable", name, "no parameters: "+strconv.Quote(s.Name())+" has none")
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
	r.fault(fault.Known, name, "one of the policies "+strings.Join(names, ", ")+meant(name, names))
	return nil
}

// The two forms of an expectation.
var (
	chances     = regexp.MustCompile(`^(.+) is (likely|unlikely) \((at least|at most) ([^()]+)\)$`)
	comparisons = regexp.MustCompile(`^(.+) is (better|sooner) than with (.+)$`)
)

func (r *reader) expect(text string) {
	e := expectation{line: r.at, text: text}
	if p := chances.FindStringSubmatch(text); p != nil && (p[2] == kindLikely) == (p[3] == "at least") {
		var ok bool
		if e.bound, ok = shareOf(p[4], shareForm); !ok || e.bound > 1 {
			r.fault("chance", p[4], "a chance, such as 0.6 or 60 %")
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
		r.fault("form", text, `"<metric> is likely (at least <chance>)", "<metric> is unlikely (at most <chance>)", `+
			`"<metric> is better than with <policy>" or "<stage> is sooner than with <policy>"`)
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
			f[i].Want = fmt.Sprint(f[i].Want) + meant(word, stageNames())
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
		r.fault(fault.Known, text, "one of the stages "+strings.Join(names, ", ")+meant(text, names))
	}
	return s
}

func (r *reader) set(text string, form *regexp.Regexp, want string, option func(float64) TestOption) {
	if v, ok := shareOf(text, form); !ok {
		r.fault("number", text, want)
	} else if err := option(v)(&r.settings); err != nil {
		r.join("", err)
	}
}

func (r *reader) count(text string, option func(uint64) TestOption) {
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		r.fault("number", text, "a whole number from 0")
	} else if err := option(v)(&r.settings); err != nil {
		r.join("", err)
	}
}

// meant suggests the name that differs least from one that is not known, if it
// is near.
func meant(text string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if d := fault.Distance(text, name, least); d < least && d < len(name) {
			best, least = name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
