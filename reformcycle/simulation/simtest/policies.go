package simtest

// Running policy files as tests.

import (
	"context"
	"fmt"
	"io/fs"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Policies runs every policy file that the pattern matches, of the form that
// [path.Match] knows, as a subtest, and every expectation in it as a subtest of
// that. The options hold for all files; what a file says itself goes before.
//
// A pattern that matches nothing fails the test: a test of no policies would
// pass for the wrong reason. So does a file that can't be read, with everything
// that is wrong with it, line by line.
func Policies(t *testing.T, files fs.FS, pattern string, options ...TestOption) {
	t.Helper()
	names, s, err := find(files, pattern, options)
	if err != nil {
		t.Fatalf("simtest: %s", listing(err))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			p, err := readPolicy(files, name, s)
			if err != nil {
				t.Fatalf("simtest: %s", listing(err))
			}
			for i := range p.expects {
				t.Run(p.expects[i].text, func(t *testing.T) {
					v, err := p.judge(t.Context(), &p.expects[i])
					report(t, p.where(&p.expects[i])+": ", v, err)
				})
			}
		})
	}
}

// JudgePolicies gives the verdict on every expectation of every policy file that the
// pattern matches, in the order of the files' names and of the lines, for a host
// that is no test. It reads all files before it plays a run, and refuses, with
// [fault.Fields] that hold everything that is wrong with all of them, what can't be
// read, and a pattern that matches nothing. A policy that fails in a run, or a
// context that ends, gives its error, with the file and the line; then there are no
// verdicts.
func JudgePolicies(ctx context.Context, files fs.FS, pattern string, options ...TestOption) ([]Verdict, error) {
	names, s, err := find(files, pattern, options)
	if err != nil {
		return nil, err
	}
	var wrong fault.Fields
	var all []policyFile
	for _, name := range names {
		p, err := readPolicy(files, name, s)
		if err != nil {
			join(&wrong, err)
		}
		all = append(all, p)
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	var verdicts []Verdict
	for _, p := range all {
		for i := range p.expects {
			v, err := p.judge(ctx, &p.expects[i])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.where(&p.expects[i]), err)
			}
			verdicts = append(verdicts, v)
		}
	}
	return verdicts, nil
}

// find lists the policy files, in the order of their names, and makes the
// settings that they share.
func find(files fs.FS, pattern string, options []TestOption) ([]string, settings, error) {
	s := defaults()
	f := s.set(options)
	var names []string
	if files == nil {
		f.Add("files", fault.Required, nil, language.Of("want.test-files", "example", `os.DirFS("testdata")`))
	} else {
		var err error
		names, err = fs.Glob(files, pattern)
		switch {
		case err != nil:
			f.Add("pattern", "form", pattern, language.Of("want.test-pattern", "of", "path.Match"))
		case len(names) == 0:
			f.Add("pattern", fault.Exists, pattern, language.Of("want.test-match"))
		}
	}
	return names, s, f.Err()
}
