package simtest

// Running policy files as tests.

import (
	"io/fs"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
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
					p.judge(t.Context(), &p.expects[i]).report(t)
				})
			}
		})
	}
}

// find lists the policy files, in the order of their names, and makes the
// settings that they share.
func find(files fs.FS, pattern string, options []TestOption) ([]string, settings, error) {
	s := defaults()
	f := s.set(options)
	var names []string
	if files == nil {
		f.Add("files", fault.Required, nil, "a file system, such as os.DirFS(\"testdata\")")
	} else {
		var err error
		names, err = fs.Glob(files, pattern)
		switch {
		case err != nil:
			f.Add("pattern", "form", pattern, "a pattern of path.Match")
		case len(names) == 0:
			f.Add("pattern", fault.Exists, pattern, "a pattern that matches a file")
		}
	}
	return names, s, f.Err()
}
