package journal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Report is what Check found in the directory of a journal.
type Report struct {
	Dir string
	// Cycles are in the order of their ids; those whose id can't be read come first.
	Cycles []CycleReport
	// Index is why the index can't be used, or nil. It is made again when the
	// directory is opened for writing, and nothing is lost with it but the proof of
	// what was there.
	Index error
	// Dropped are the files of bytes that were torn and put aside, Strange all that
	// is in the directory and is not the journal's.
	Dropped, Strange []string
}

// CycleReport is what Check found of a cycle.
type CycleReport struct {
	// Cycle is "" where no batch of the file is legible, and the index does not know
	// it either.
	Cycle string
	// File has its batches, Size is how many bytes.
	File string
	Size int64
	// Head is the last entry of its whole beginning, all of which can be read;
	// Batches is how many batches that has.
	Head    uint64
	Batches int
	// Faults are what is wrong, in the order of the places: a DamageError for each
	// region that can't be read, a LostError where the index or a snapshot knows of
	// more entries than are there, errors of the file system.
	Faults []error
	// Behind are entries that are right and come behind damage.
	Behind []Span
	// Torn is how many bytes at the end a crash may have left of a batch. They are
	// no fault: who opens the journal for writing puts them aside.
	Torn int64
}

// Span is a run of entries, both ends included.
type Span struct {
	From, To uint64
}

// Whole is true where nothing is wrong with any cycle.
func (r Report) Whole() bool {
	return !slices.ContainsFunc(r.Cycles, func(c CycleReport) bool { return len(c.Faults) > 0 })
}

// String gives the report for people, a line for whatever is not as it should be
// and one for the sum.
func (r Report) String() string {
	var b strings.Builder
	var entries uint64
	bad := 0
	for _, c := range r.Cycles {
		entries += c.Head
		if len(c.Faults) > 0 {
			bad++
			readable := fmt.Sprintf("entries 1 to %d", c.Head)
			if c.Head == 0 {
				readable = "nothing"
			}
			fmt.Fprintf(&b, "%.80q: %s can be read (%s)\n", c.Cycle, readable, c.File)
		}
		for _, err := range c.Faults {
			fmt.Fprintf(&b, "  %v\n", err)
		}
		for _, s := range c.Behind {
			fmt.Fprintf(&b, "  behind the damage: entries %d to %d\n", s.From, s.To)
		}
		if c.Torn > 0 {
			fmt.Fprintf(&b, "%.80q: its last %d bytes are what is left of a batch (%s)\n", c.Cycle, c.Torn, c.File)
		}
	}
	if r.Index != nil {
		fmt.Fprintf(&b, "the index: %v\n", r.Index)
	}
	for _, name := range r.Dropped {
		fmt.Fprintf(&b, "put aside: %s\n", name)
	}
	for _, name := range r.Strange {
		fmt.Fprintf(&b, "not the journal's: %s\n", name)
	}
	fmt.Fprintf(&b, "%d cycles, %d entries; %d cycles are not whole\n", len(r.Cycles), entries, bad)
	return b.String()
}

// Check reads every batch of every cycle of the journal in a directory, and says
// what is wrong, where, and what can be read. It changes nothing. Beside a process
// that writes, a batch that is being written may be taken for torn, and what has
// begun since is not in the report.
//
// Errors: ErrFormat; what the context and the file system return for the
// directory. What is wrong with a file is in the report.
func Check(ctx context.Context, dir string) (Report, error) { return check(ctx, osDisk{}, dir) }

func check(ctx context.Context, d disk, dir string) (Report, error) {
	r := Report{Dir: dir}
	f := &File{dir: dir, disk: d, readOnly: true, cycles: make(map[string]*cycle)}
	x, err := f.enter()
	if err != nil {
		return r, err
	}
	switch {
	case !x.there:
		r.Index = fs.ErrNotExist
	case !x.ours:
		r.Index = flaw("it is not the journal's")
	default:
		r.Index = x.stop
	}
	names, err := d.list(dir)
	if err != nil {
		return r, err
	}
	known := make(map[string]string) // the ids that the index has, by file
	for id := range x.marks {
		known[nameOf(id)+cycleSuffix] = id
	}
	for _, n := range names {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		switch base, _, _ := strings.Cut(n.name, "."); {
		case cycleFile(n.name):
			c := f.checkCycle(n.name, known[n.name], x.marks)
			delete(x.marks, c.Cycle)
			r.Cycles = append(r.Cycles, c)
		case n.name == formatFile || n.name == indexFile || n.name == lockFile:
		case strings.HasSuffix(n.name, newSuffix):
		case cycleFile(base+cycleSuffix) && strings.HasSuffix(n.name, snapSuffix):
		case cycleFile(base+cycleSuffix) && strings.HasSuffix(n.name, asideSuffix):
			r.Dropped = append(r.Dropped, f.path(n.name))
		default:
			r.Strange = append(r.Strange, f.path(n.name))
		}
	}
	for id, m := range x.marks { // those without a file
		if m.head > 0 {
			c := CycleReport{Cycle: id, File: f.cyclePath(id)}
			c.Faults = f.lost(id, 0, m)
			r.Cycles = append(r.Cycles, c)
		}
	}
	slices.SortFunc(r.Cycles, func(a, b CycleReport) int {
		return cmp.Or(cmp.Compare(a.Cycle, b.Cycle), cmp.Compare(a.File, b.File))
	})
	return r, nil
}

// checkCycle reads a cycle's file from end to end.
func (f *File) checkCycle(name, id string, marks map[string]mark) (c CycleReport) {
	c = CycleReport{Cycle: id, File: f.path(name)}
	file, err := f.disk.open(c.File, false)
	if err == nil {
		defer file.Close()
		if c.Size, err = file.Size(); err == nil {
			id, err = f.nameIn(file, name)
		}
	}
	if err != nil {
		c.Faults = append([]error{err}, f.lost(c.Cycle, 0, marks[c.Cycle])...)
		return c
	}
	c.Cycle = id
	w := window{from: file, size: c.Size}
	var m, last, atIndex mark // where it reads, and the end of the whole beginning
	for whole := true; m.size < c.Size; {
		next, err := w.follow(id, m)
		stop := &place{m.size, m.head + 1, err}
		if err == nil {
			stop = w.whole(next)
		}
		switch n := len(c.Behind); {
		case stop == nil && whole:
			c.Batches++
			if last = next.mark(); last.head == marks[id].head {
				atIndex = last
			}
		case stop == nil && n > 0 && c.Behind[n-1].To+1 == next.first:
			c.Behind[n-1].To = next.last()
		case stop == nil:
			c.Behind = append(c.Behind, Span{next.first, next.last()})
		}
		if stop == nil {
			m = next.mark()
			continue
		}
		if whole {
			whole = false
			if torn, _, err := w.tears(id, m); err == nil && torn {
				c.Torn = c.Size - m.size
				break
			}
		}
		c.Faults = append(c.Faults, damaged(c.File, id, *stop))
		next, found, err := w.find(m.size+1, c.Size)
		if err != nil || !found {
			break
		}
		m = next.behind()
	}
	c.Head = last.head
	if known := marks[id]; atIndex != known && last.head >= known.head && len(c.Faults) == 0 {
		c.Faults = append(c.Faults, damaged(c.File, id, place{last.size, known.head, flaw("the batch that ends with it is not the one that the index knows")}))
	}
	end := last.head
	if n := len(c.Behind); n > 0 {
		end = c.Behind[n-1].To
	}
	c.Faults = append(c.Faults, f.lost(id, end, marks[id])...)
	return c
}

// lost says what knows of entries behind the last that are there, and what is
// wrong with the snapshot.
func (f *File) lost(id string, head uint64, known mark) (faults []error) {
	if known.head > head {
		faults = append(faults, &reformcycle.LostError{Cycle: id, Head: head, Known: known.head, Witness: language.Typed(f.path(indexFile))})
	}
	f.open = true
	s, found, err := f.LoadSnapshot(context.Background(), id)
	switch {
	case err != nil:
		faults = append(faults, err)
	case found && s.Seq > head:
		faults = append(faults, &reformcycle.LostError{Cycle: id, Head: head, Known: s.Seq, Witness: language.Typed(f.snapshotPath(id))})
	}
	return faults
}

// Salvage makes a journal in a new directory of what can be read of one: of each
// cycle its whole beginning, batch by batch as it is, and what comes behind that
// in a file beside. Snapshots stay behind. It gives the report of Check on the
// directory that it read, in which it changes nothing.
//
// It serves as a backup as well, beside the process that writes: of each cycle it
// takes what was acknowledged before it came to that cycle.
//
// Errors: those of Check; ErrFormat where the new directory is there and not
// empty; what the file system returns. What was written then is no journal yet.
func Salvage(ctx context.Context, from, to string) (Report, error) {
	return salvage(ctx, osDisk{}, from, to)
}

func salvage(ctx context.Context, d disk, from, to string) (Report, error) {
	r, err := check(ctx, d, from)
	if err != nil {
		return r, err
	}
	if err := d.makeDir(to); err != nil {
		return r, err
	}
	if err := (&File{disk: d, dir: to}).syncNames(true); err != nil {
		return r, err
	}
	names, err := d.list(to)
	if err == nil && len(names) > 0 {
		err = fmt.Errorf("%w: %s is not empty", ErrFormat, to)
	}
	if err != nil {
		return r, err
	}
	for _, c := range r.Cycles {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		if err := salvageCycle(d, c, to); err != nil {
			return r, err
		}
	}
	// FORMAT comes last, and the index with the first opening.
	if err := put(d, filepath.Join(to, formatFile), []byte(formatName)); err != nil {
		return r, err
	}
	f, err := openFile(d, to, nil)
	if err != nil {
		return r, err
	}
	return r, f.Close()
}

func salvageCycle(d disk, c CycleReport, to string) error {
	file, err := d.open(c.File, false)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errStrange):
		return nil
	case err != nil:
		return err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return err
	}
	w := window{from: file, size: size}
	end, _, stop := w.walk(c.Cycle, mark{})
	if stop != nil && !flawed(stop.err) {
		return stop.err
	}
	name := filepath.Join(to, filepath.Base(c.File))
	if end.head > 0 {
		if err := replace(d, name, file, 0, end.size); err != nil {
			return err
		}
	}
	if end.size == size {
		return nil
	}
	sum, _, err := summed(file, end.size, size)
	if err != nil {
		return err
	}
	return replace(d, asideName(name, end.size, sum), file, end.size, size)
}
