package journal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// A file of a journal has rotted. Check names the place; Salvage makes a journal of
// what is whole.
func ExampleSalvage() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	reforms, safe := filepath.Join(dir, "reforms"), filepath.Join(dir, "safe")

	j, err := journal.OpenFile(reforms)
	if err != nil {
		panic(err)
	}
	cycle, err := reformcycle.New("LBR-NCHAP", reformcycle.WithJournal(j))
	if err != nil {
		panic(err)
	}
	for i, statement := range []string{"Care is far away", "Workers are not paid", "Clinics have no drugs"} {
		by := reformcycle.By("reform office").At(time.Date(2016, 7, 1+i, 0, 0, 0, 0, time.UTC))
		problem := reformcycle.Problem{ID: fmt.Sprint("problem-", i+1), Statement: statement}
		if _, err := cycle.Apply(ctx, by, reformcycle.FrameProblem{Problem: problem}); err != nil {
			panic(err)
		}
	}
	if err := j.Close(); err != nil {
		panic(err)
	}

	files, _ := filepath.Glob(filepath.Join(reforms, "*.cycle"))
	bytes, _ := os.ReadFile(files[0])
	rotten := strings.Replace(string(bytes), "not paid", "now paid", 1)
	if err := os.WriteFile(files[0], []byte(rotten), 0o600); err != nil {
		panic(err)
	}

	report, err := journal.Salvage(ctx, reforms, safe)
	if err != nil {
		panic(err)
	}
	for _, c := range report.Cycles {
		fmt.Printf("%s: entries 1 to %d are whole, %d behind the damage can be read\n", c.Cycle, c.Head, c.Behind[0].To-c.Behind[0].From+1)
	}
	j, err = journal.OpenFile(safe)
	if err != nil {
		panic(err)
	}
	defer j.Close()
	cycle, err = reformcycle.Open(ctx, j, "LBR-NCHAP")
	if err != nil {
		panic(err)
	}
	for _, p := range cycle.State().Problems() {
		fmt.Println(p.Statement)
	}
	// Output:
	// LBR-NCHAP: entries 1 to 2 are whole, 1 behind the damage can be read
	// Care is far away
}
