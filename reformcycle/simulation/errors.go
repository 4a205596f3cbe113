package simulation

// The refusals of this package. What a host hands in is refused with
// fault.Fields; what goes wrong in a run, or with a summary, has a
// type of its own.

import (
	"errors"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The kinds of refusal, for errors.Is, beside fault.ErrInvalid.
var (
	// ErrPolicy: a policy panicked or asked for what it can't have. See
	// RunError.
	ErrPolicy = errors.New("simulation: the policy failed")
	// ErrMismatch: parts of different ensembles, or trials, were merged. See
	// MismatchError.
	ErrMismatch = errors.New("simulation: parts of different ensembles")
	// ErrOverlap: parts that hold the same run, or world, were merged. See
	// MismatchError.
	ErrOverlap = errors.New("simulation: parts that hold the same run")
	// ErrDamaged: bytes were cut or changed. See DamageError.
	ErrDamaged = errors.New("simulation: damaged bytes")
)

// errLeft: nothing is known of the run, for it took its goroutine with it.
var errLeft error = &failure{language.Of("failed.left"), ErrPolicy}

// failure tells where another error came from.
type failure struct {
	told language.Text
	err  error
}

func (e *failure) Told() language.Text { return e.told }
func (e *failure) Error() string       { return e.told.String() }
func (e *failure) Unwrap() error       { return e.err }

// RunError says which run ended because of its policy, and why. The same run
// fails the same way wherever it is tried: see [Model.Trace].
type RunError struct {
	// Policy is the policy's name.
	Policy string
	// Run and Seed tell the run apart; Month is that in which it ended.
	Run, Seed uint64
	Month     int
	// Err is [fault.Fields] for what the policy asked for, or a
	// [*PanicError].
	Err error
}

// Told leads with the run.
func (e *RunError) Told() language.Text {
	return language.Of("failed.run", "run", e.Run, "seed", e.Seed, "month", e.Month, "policy", fault.Shown(e.Policy), "why", e.Err)
}

// Error is that in English.
func (e *RunError) Error() string { return e.Told().String() }

// Unwrap gives the cause.
func (e *RunError) Unwrap() error { return e.Err }

// Is makes errors.Is(err, ErrPolicy) true.
func (e *RunError) Is(target error) bool { return target == ErrPolicy }

// PanicError holds what a policy panicked with.
type PanicError struct {
	Value any
	// Stack is the stack of the goroutine at the panic, for whoever mends it.
	Stack []byte
}

// Told gives the value.
func (e *PanicError) Told() language.Text {
	return language.Of("failed.panic", "value", fault.Bounded(e.Value))
}

// Error is that in English.
func (e *PanicError) Error() string { return e.Told().String() }

// Unwrap gives the value where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// MismatchError says why two summaries, or the worlds of two shards, can't be merged.
type MismatchError struct {
	// Differences name what differs, or the runs or worlds that both hold: Value is
	// the other's, Want this one's.
	Differences fault.Fields
	// Overlap says that it is the runs, or worlds.
	Overlap bool
}

// Told lists the differences.
func (e *MismatchError) Told() language.Text {
	return language.Of("failed.merge", "differences", e.Differences)
}

// Error is that in English.
func (e *MismatchError) Error() string { return e.Told().String() }

// Unwrap gives the differences.
func (e *MismatchError) Unwrap() error { return e.Differences }

// Is tells the two kinds apart.
func (e *MismatchError) Is(target error) bool {
	return e.Overlap && target == ErrOverlap || !e.Overlap && target == ErrMismatch
}

// DamageError says where the bytes of a summary, or of worlds, stop making sense.
type DamageError struct {
	// Of is "summary" or "worlds".
	Of string
	// Offset in bytes from the start.
	Offset int
	// Found is what is there, Want what belongs there.
	Found, Want language.Text
}

// Told says where and what.
func (e *DamageError) Told() language.Text {
	return language.Of("damaged."+e.Of, "offset", e.Offset, "found", e.Found, "want", e.Want).Or(ErrDamaged.Error())
}

// Error is that in English.
func (e *DamageError) Error() string { return e.Told().String() }

// Is makes errors.Is true for ErrDamaged, and for fault.ErrInvalid.
func (e *DamageError) Is(target error) bool {
	return target == ErrDamaged || target == fault.ErrInvalid
}
