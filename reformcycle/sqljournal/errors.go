package sqljournal

import (
	"errors"
	"fmt"
	"strings"
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
)

// SchemaError says that the tables are of a version that this package does not
// know.
type SchemaError struct {
	// Found is the version of the tables, Known the last one known here.
	Found, Known int
}

// Error names both versions.
func (e *SchemaError) Error() string {
	return fmt.Sprintf("%v: %d; known are those up to %d", ErrNewerSchema, e.Found, e.Known)
}

// Is makes errors.Is(err, ErrNewerSchema) true.
func (e *SchemaError) Is(target error) bool { return target == ErrNewerSchema }

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

	sqliteBusy   = 5
	sqliteLocked = 6
)

// aborted reports whether the database took the transaction back because of
// another one: nothing of it is left.
func aborted(err error) bool {
	code := state(err)
	return code == serializationFailure || code == deadlockDetected
}

// busy reports whether SQLite refused because another connection holds a lock.
// The extended codes have the primary one in their low byte.
func busy(err error) bool {
	var coded interface{ Code() int }
	if !errors.As(err, &coded) || state(err) != "" {
		return false
	}
	primary := coded.Code() & 0xff
	return primary == sqliteBusy || primary == sqliteLocked
}

// refused reports whether an error of a commit means for certain that it did not
// take place. Whatever else may have come after it: a lost connection, a context
// that ended while the answer was on its way.
func refused(err error) bool {
	code := state(err)
	rolledBack := strings.HasPrefix(code, "40") && code != completionUnknown
	return rolledBack || strings.HasPrefix(code, "23") || busy(err)
}
