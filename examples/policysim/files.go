package main

// The directory of a report: found writable before the runs are played, and
// written all or nothing.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// prepare makes the directory, so that one that can't be written to is found
// before the runs are played. Tidy takes away again what was made, as far as it
// is still empty.
func prepare(dir string) (tidy func(), err error) {
	var made []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Lstat(d); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, d)
	}
	tidy = func() {
		for _, d := range made {
			_ = os.Remove(d) // it refuses a directory that holds something
		}
	}
	if err = os.MkdirAll(dir, 0o755); err == nil {
		err = tryWriting(dir)
	}
	if err != nil {
		tidy()
		return nil, err
	}
	return tidy, nil
}

// tryWriting leaves nothing behind.
func tryWriting(dir string) error {
	f, err := os.CreateTemp(dir, ".policysim-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// keep writes everything to a directory: nothing, if one part can't be made.
func keep(dir string, s *study, first, annex []byte) error {
	type file struct {
		name string
		text []byte
	}
	var files []file
	add := func(name string, fill func(io.Writer) error) error {
		var text bytes.Buffer
		if err := fill(&text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files = append(files, file{name, text.Bytes()})
		return nil
	}
	report := bytes.NewBuffer(slices.Clone(first))
	for _, p := range s.pictures() {
		title := s.say(of("illustrative", "title", p.title))
		if err := add(p.file, func(w io.Writer) error { return p.draw(w, title) }); err != nil {
			return err
		}
		fmt.Fprintf(report, "\n![%s](%s)\n", title, p.file)
	}
	report.WriteString("\n")
	report.Write(annex)
	report.WriteString("\n## " + s.say(of("all-ranges")) + "\n\n")
	report.WriteString(s.ranges(s.moves(), true))
	files = append(files, file{"report.md", report.Bytes()})
	for i, answers := range s.answers {
		if err := add(s.policies[i].Name()+".csv", answers.WriteCSV); err != nil {
			return err
		}
	}
	for _, t := range s.tornados {
		if err := add("sensitivity-"+t.Policy.Name+".csv", t.WriteCSV); err != nil {
			return err
		}
	}
	if err := add("worlds.csv", s.worlds.WriteCSV); err != nil {
		return err
	}
	for k, d := range s.failing {
		if err := add("boxes-"+s.policies[shaken[k]].Name()+".csv", d.WriteCSV); err != nil {
			return err
		}
	}
	if err := add("scenario.json", func(w io.Writer) error { return writeScenario(w, s.model.Scenario()) }); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func writeScenario(w io.Writer, s simulation.Scenario) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(s)
}
