package journal

import (
	"errors"
	"fmt"

	"github.com/chsreform/chsreform/reformcycle"
)

var (
	// ErrClosed: the journal was closed, or never opened.
	ErrClosed = errors.New("the journal is closed")
	// ErrReadOnly: the journal was opened with WithReadOnly.
	ErrReadOnly = errors.New("the journal is open for reading only")
	// ErrLocked: somebody has the directory open for writing. See LockedError.
	ErrLocked = errors.New("the journal is open for writing elsewhere")
	// ErrFormat: the directory is of a format that this version does not know, or
	// is no journal.
	ErrFormat = errors.New("not a journal that this version reads")
)

// LockedError says that a directory can't be opened for writing because it is
// open for writing already, in this process or another.
type LockedError struct {
	Dir string
}

// Error names the directory.
func (e *LockedError) Error() string {
	return fmt.Sprintf("%v: %s; one process writes at a time, others may open it with WithReadOnly", ErrLocked, e.Dir)
}

// Is makes errors.Is(err, ErrLocked) true.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// DamageError says where a file of a journal stops making sense. What is before
// that place can still be read: Load yields it and then returns this error. It is
// never what a crash leaves: that is put aside, and noted. Salvage makes a
// journal of all that is well.
type DamageError struct {
	// File is the damaged file, Offset the byte from which on it can't be read.
	File   string
	Offset int64
	// Cycle and Seq are the first entry that can't be had. Where that is beyond
	// telling, because the damage took the names too, they are "" and 0.
	Cycle string
	Seq   uint64
	// Reason says what is wrong there.
	Reason string
}

// Error names the file, the offset and the entry.
func (e *DamageError) Error() string {
	what := "an entry that can't be named"
	if e.Seq > 0 {
		what = fmt.Sprintf("entry %d of %.80q", e.Seq, e.Cycle)
	}
	return fmt.Sprintf("%v: %s at byte %d, where %s should be: %s", reformcycle.ErrDamaged, e.File, e.Offset, what, e.Reason)
}

// Is makes errors.Is(err, reformcycle.ErrDamaged) true.
func (e *DamageError) Is(target error) bool { return target == reformcycle.ErrDamaged }

// flaw is what is wrong with bytes that were read, as against a read that failed.
type flaw string

func (f flaw) Error() string { return string(f) }

// flawed tells whether an error is a flaw.
func flawed(err error) bool {
	var bad flaw
	return errors.As(err, &bad)
}

// place is where something was found to be wrong.
type place struct {
	off int64
	seq uint64
	err error
}

// damaged makes a DamageError of a flaw; an error of the file system stays what
// it is.
func damaged(file, cycle string, p place) error {
	var bad flaw
	if !errors.As(p.err, &bad) {
		return p.err
	}
	return &DamageError{File: file, Offset: p.off, Cycle: cycle, Seq: p.seq, Reason: string(bad)}
}
