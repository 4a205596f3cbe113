package sqljournal

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

var (
	// ErrUncertain: the connection broke during the commit, and whether the batch
	// is in the journal can't be told from here. Reload the cycle and see, before
	// applying the same changes again.
	ErrUncertain = errors.New("whether the batch was committed is not known")
	// ErrBusy: other connections held the database all the time. Nothing was
	// appended.
	ErrBusy = errors.New("the database is busy")
	// ErrNewerSchema: a later version of this package made the tables. See
	// SchemaError.
	ErrNewerSchema = errors.New("the tables are of a later version")
	// ErrOldSchema: the tables are of a version before the first that was released.
	// See SchemaError.
	ErrOldSchema = errors.New("the tables are of a version that was never released")
)

// SchemaError says that the tables are of a version that this package does not
// know.
type SchemaError struct {
	// Found is the version of the tables, Oldest the first and Known the last one
	// known here.
	Found, Oldest, Known int
}

// Error names the versions.
func (e *SchemaError) Error() string {
	switch {
	case e == nil:
		return "no error of the tables"
	case e.Found < e.Oldest:
		return fmt.Sprintf("%v: %d; known are those from %d: export the cycles with the program that wrote them, and import them into tables of their own", ErrOldSchema, e.Found, e.Oldest)
	}
	return fmt.Sprintf("%v: %d; known are those up to %d", ErrNewerSchema, e.Found, e.Known)
}

// Is makes errors.Is true for ErrNewerSchema or ErrOldSchema.
func (e *SchemaError) Is(target error) bool {
	if e != nil && e.Found < e.Oldest {
		return target == ErrOldSchema
	}
	return e != nil && target == ErrNewerSchema
}

// DamageError says which row is not the one that was written, or is missing.
type DamageError struct {
	// Table is where the row is or was.
	Table string
	// Cycle that it belongs to, and the entry: the first that can't be had, or the
	// last that a row of chsreform_cycles speaks of.
	Cycle string
	Seq   uint64
	// Reason says what is wrong.
	Reason string
}

// Error names the table, the cycle and the entry.
func (e *DamageError) Error() string {
	if e == nil {
		return "no damage"
	}
	return fmt.Sprintf("%v: %s, entry %d of %s: %s", reformcycle.ErrDamaged, e.Table, e.Seq, fault.Shown(e.Cycle), e.Reason)
}

// Is makes errors.Is(err, reformcycle.ErrDamaged) true.
func (e *DamageError) Is(target error) bool { return e != nil && target == reformcycle.ErrDamaged }

// state gives the SQLSTATE of an error, as PostgreSQL's drivers carry it; empty
// where there is none.
func state(err error) string {
	var coded interface{ SQLState() string }
	if errors.As(err, &coded) {
		return coded.SQLState()
	}
	return ""
}

// SQLSTATE codes and SQLite result codes that matter here.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	duplicateTable       = "42P07"
	duplicateObject      = "42710"
	completionUnknown    = "40003"

	sqliteBusy       = 5
	sqliteLocked     = 6
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
)

// aborted reports whether the database took the transaction back because of
// another one: nothing of it is left.
func aborted(err error) bool {
	code := state(err)
	return code == serializationFailure || code == deadlockDetected
}

// code gives SQLite's extended result code; 0 where there is none.
func code(err error) int {
	var coded interface{ Code() int }
	if !errors.As(err, &coded) || state(err) != "" {
		return 0
	}
	return coded.Code()
}

// busy reports whether SQLite refused because another connection holds a lock.
// The extended codes have the primary one in their low byte.
func busy(err error) bool {
	primary := code(err) & 0xff
	return primary == sqliteBusy || primary == sqliteLocked
}

// taken reports whether a row was refused because one of its key is there.
func taken(err error) bool {
	c := code(err)
	return state(err) == uniqueViolation || c == sqlitePrimaryKey || c == sqliteUnique
}

// refused reports whether an error of a commit means for certain that it did not
// take place. Whatever else may have come after it: a lost connection, a context
// that ended while the answer was on its way.
func refused(err error) bool {
	code := state(err)
	rolledBack := strings.HasPrefix(code, "40") && code != completionUnknown
	return rolledBack || strings.HasPrefix(code, "23") || busy(err)
}
