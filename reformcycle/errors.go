package reformcycle

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The kinds of refusal, for errors.Is. Each comes wrapped in a type that
// carries what a person needs to know, for errors.As.
var (
	// ErrInvalid: a value is not acceptable. See [fault.Fields].
	ErrInvalid = fault.ErrInvalid
	// ErrBlocked: guards stand before a move. See BlockedError.
	ErrBlocked = errors.New("blocked")
	// ErrIllegalMove: the table has no such move from here. See MoveError.
	ErrIllegalMove = errors.New("no such move from here")
	// ErrSuspended: a suspended cycle does not take this change. See StatusError.
	ErrSuspended = errors.New("the cycle is suspended")
	// ErrAbandoned: an abandoned cycle takes nothing but corrections. See StatusError.
	ErrAbandoned = errors.New("the cycle is abandoned")
	// ErrMoment: a moment is missing or out of order. See MomentError.
	ErrMoment = errors.New("moment out of order")
	// ErrConflict: somebody else has appended to the journal. See ConflictError.
	ErrConflict = errors.New("conflict")
	// ErrHanging: what is corrected has others that rest on it. See HangingError.
	ErrHanging = errors.New("other entries hang on it")
	// ErrNotFound: the journal has no such cycle.
	ErrNotFound = errors.New("no such cycle")
	// ErrNotBegun: the cycle has not begun, or had not by the moment asked for.
	ErrNotBegun = errors.New("the cycle had not begun")
	// ErrKeyTaken: another batch has the key. See KeyError.
	ErrKeyTaken = errors.New("the key is taken")
	// ErrObserver: an observer panicked, after the batch was applied. See ObserverError.
	ErrObserver = errors.New("an observer panicked")
	// ErrUnknownKind: an entry is of a kind that this version does not know. See EntryError.
	ErrUnknownKind = errors.New("unknown kind of change")
	// ErrUnknownVersion: an entry is of a version that this version does not know. See EntryError.
	ErrUnknownVersion = errors.New("unknown version of a change")
	// ErrCorrupt: an entry can't be read or does not follow from those before it. See EntryError.
	ErrCorrupt = errors.New("corrupt entry")
	// ErrDamaged: what is kept of a cycle is not what was written, or can't be read.
	ErrDamaged = errors.New("the journal is damaged")
	// ErrLost: entries that were acknowledged are not in the journal any more. See
	// LostError.
	ErrLost = errors.New("entries are lost")
	// ErrUnknownChecklist: the cycle is judged by a checklist that was not handed in,
	// or is not what it was. See ChecklistError.
	ErrUnknownChecklist = errors.New("unknown checklist")
	// ErrReentrant: Apply was called from inside an Apply of the same cycle, by
	// its clock or its journal. Observers may call Apply.
	ErrReentrant = errors.New("apply called from inside apply")
)

// toldError is an error that tells itself, and is what it wraps: a kind of refusal, a cause.
type toldError struct {
	language.Text
	of []error
}

func (e *toldError) Told() language.Text { return e.Text }
func (e *toldError) Error() string       { return inEnglish(e) }
func (e *toldError) Unwrap() []error     { return e.of }

// tell makes an error that says a text, and is of some kinds or causes.
func tell(text language.Text, of ...error) error { return &toldError{text, of} }

// corrupt makes the refusal of an entry that can't be read.
func corrupt(err error) error {
	return tell(language.Of("corrupt.entry", "why", err), ErrCorrupt, err)
}

// notFound says that there is no such cycle.
func notFound(cycle string) error {
	return tell(language.Of("cycle.not-found", "cycle", fault.Bounded(cycle)), ErrNotFound)
}

// failed says what went wrong with the journal of a cycle.
func failed(id, cycle string, err error) error {
	return tell(language.Of(id, "cycle", fault.Bounded(cycle), "why", err), err)
}

// inEnglish is the message of an error.
func inEnglish(e interface{ Told() language.Text }) string {
	return fault.Cut(e.Told().String(), fault.MaxMessage)
}

// opens reports whether a refusal opens with the move that was asked for.
func opens(err error) bool {
	switch err.(type) {
	case *BlockedError, *MoveError:
		return true
	}
	return false
}

// mostListed is how many blockers and the like a message has, mostNames how many names.
const mostListed, mostNames = 20, 30

// first are the first of n texts, so many as a message has, and how many more there are.
func first(n int, text func(int) language.Text) []language.Text { return firstOf(mostListed, n, text) }

func firstOf(most, n int, text func(int) language.Text) []language.Text {
	all := make([]language.Text, 0, min(n, most+1))
	for i := range min(n, most) {
		all = append(all, text(i))
	}
	if n > most {
		all = append(all, language.Of("cycle.more", "n", n-most))
	}
	return all
}

// listed are names, so many as a message has, and how many more there are.
func listed[S ~string](names []S) []language.Text {
	return firstOf(mostNames, len(names), func(i int) language.Text { return language.Typed(fault.Bounded(string(names[i]))) })
}

// ChangeError says which change of a batch was refused. It wraps the refusal.
type ChangeError struct {
	// Index is the change's place in the batch, from 0, and Of how many there are.
	Index, Of int
	Kind      Kind
	Err       error
}

// Told leads with the change.
func (e *ChangeError) Told() language.Text {
	why := language.Of("refused.plain")
	if e.Err != nil {
		why = language.Refused(e.Err)
	}
	switch own := opens(e.Err); { // with the move that was asked for
	case own && e.Of == 1:
		return why
	case own:
		return language.Of("refused.place", "i", e.Index+1, "n", e.Of, "why", why)
	case e.Of == 1:
		return language.Of("refused.change", "kind", string(e.Kind), "why", why)
	}
	return language.Of("refused.change-of", "i", e.Index+1, "n", e.Of, "kind", string(e.Kind), "why", why)
}

// Error tells it in English.
func (e *ChangeError) Error() string { return inEnglish(e) }

// Unwrap gives the refusal.
func (e *ChangeError) Unwrap() error { return e.Err }

// BlockedError says what stands before a move: every guard that is not met.
type BlockedError struct {
	Move     MoveName
	From, To Standing
	Blockers []Blocker
}

// Told lists the first blockers and counts the others.
func (e *BlockedError) Told() language.Text {
	return language.Of("move.blocked", "move", e.Move.Told(), "from", e.From.Told(), "to", e.To.Told(),
		"blockers", first(len(e.Blockers), func(i int) language.Text { return e.Blockers[i].brief().Told() }))
}

// Error tells it in English.
func (e *BlockedError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrBlocked) true.
func (e *BlockedError) Is(target error) bool { return target == ErrBlocked }

// MoveError says that the table has no such move from where the cycle stands,
// and which moves it has.
type MoveError struct {
	Move  MoveName
	From  Standing
	To    Standing // where the move asked to go; zero where the move has no choice
	Legal []Transition
}

// Told names the moves that are legal.
func (e *MoveError) Told() language.Text {
	if e.From.Status == Abandoned {
		return language.Of("move.none-abandoned", "move", e.Move.Told())
	}
	asked := e.Move.Told()
	if e.To.Stage.Valid() {
		asked = language.Of("move.to", "move", asked, "to", e.To.Told())
	}
	var moves []language.Text
	for i := 0; i < len(e.Legal); {
		name, stages := e.Legal[i].Move, []language.Text(nil)
		for ; i < len(e.Legal) && e.Legal[i].Move == name; i++ {
			stages = append(stages, e.Legal[i].To.Told())
		}
		if name == MoveRevisit || name == MoveRenew {
			moves = append(moves, language.Of("move.to-any", "move", name.Told(), "stages", stages))
		} else {
			moves = append(moves, name.Told())
		}
	}
	return language.Of("move.none", "move", asked, "from", e.From.Told(), "moves", moves)
}

// Error tells it in English.
func (e *MoveError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrIllegalMove) true.
func (e *MoveError) Is(target error) bool { return target == ErrIllegalMove }

// StatusError says that a suspended or an abandoned cycle does not take a change.
type StatusError struct {
	Status Status
	Kind   Kind
	// Reason is why the cycle was suspended or abandoned.
	Reason string
	// Accepts lists the kinds of change that the cycle takes as it is.
	Accepts []Kind
}

// Told says why, and what is taken.
func (e *StatusError) Told() language.Text {
	if e.Status == Abandoned {
		return language.Of("status.refused-abandoned", "why", fault.Bounded(e.Reason))
	}
	return language.Of("status.refused-suspended", "why", fault.Bounded(e.Reason), "kinds", listed(e.Accepts))
}

// Error tells it in English.
func (e *StatusError) Error() string { return inEnglish(e) }

// Is makes errors.Is true for ErrSuspended or ErrAbandoned.
func (e *StatusError) Is(target error) bool {
	return e.Status == Suspended && target == ErrSuspended || e.Status == Abandoned && target == ErrAbandoned
}

// MomentError says that a moment is missing or comes before one that it must follow.
type MomentError struct {
	// What the moment is of: "happened", "recorded", or "corrected" where a moment is
	// corrected, which stays between those of its neighbours.
	What string
	// Moment that was given; zero where none was.
	Moment time.Time
	// Earliest moment that would be accepted, and Latest where there is one.
	Earliest, Latest time.Time
	// Ahead: it lies further ahead of the last entry than the host has said it may.
	Ahead bool
}

// Told says which moment would be accepted.
func (e *MomentError) Told() language.Text {
	moment, earliest, latest := e.Moment.Format(time.RFC3339Nano), e.Earliest.Format(time.RFC3339Nano), e.Latest.Format(time.RFC3339Nano)
	what := "happened"
	if e.What == "recorded" {
		what = "recorded"
	}
	switch {
	case e.Moment.IsZero():
		return language.Of("moment.missing")
	case e.What != "corrected":
	case e.Latest.IsZero():
		return language.Of("moment.too-early", "moment", moment, "earliest", earliest)
	case e.Earliest.IsZero():
		return language.Of("moment.too-late", "moment", moment, "latest", latest)
	default:
		return language.Of("moment.not-between", "moment", moment, "earliest", earliest, "latest", latest)
	}
	switch {
	case e.Ahead:
		return language.Of("moment.ahead", "moment", moment, "latest", latest)
	case !e.Latest.IsZero() && e.Moment.After(e.Latest):
		return language.Of("moment.to-come-"+what, "moment", moment, "now", latest)
	}
	return language.Of("moment.before-"+what, "moment", moment, "earliest", earliest)
}

// Error tells it in English.
func (e *MomentError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrMoment) true.
func (e *MomentError) Is(target error) bool { return target == ErrMoment }

// ConflictError says that the journal does not end where the writer thought: a
// second writer was faster.
type ConflictError struct {
	Cycle string
	// After is the sequence number that the writer thought the last, Head the
	// last one in the journal: what the writer must load.
	After, Head uint64
	// Since has what came behind After, its first 100 entries, where the stamp said
	// on which entry it rests.
	Since []Entry
}

// Told says where the journal ends.
func (e *ConflictError) Told() language.Text {
	return language.Of("conflict.head", "cycle", fault.Bounded(e.Cycle), "head", e.Head, "after", e.After)
}

// Error tells it in English.
func (e *ConflictError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrConflict) true.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// KeyError says that the key of a batch is that of another batch, which the cycle
// has taken.
type KeyError struct {
	Cycle string
	Key   string
	// Last is the last entry of that batch.
	Last uint64
}

// Told names the key and where it was taken.
func (e *KeyError) Told() language.Text {
	return language.Of("key.taken", "key", fault.Bounded(e.Key), "cycle", fault.Bounded(e.Cycle), "last", e.Last)
}

// Error tells it in English.
func (e *KeyError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrKeyTaken) true.
func (e *KeyError) Is(target error) bool { return target == ErrKeyTaken }

// ObserverError says that an observer panicked on a notice. What the notice told had
// happened by then: the batch is applied.
type ObserverError struct {
	Cycle string
	// After is the entry that the batch follows, Last its last one.
	After, Last uint64
	// Value is what the observer panicked with, Stack where.
	Value any
	Stack []byte
}

// Told says what is applied.
func (e *ObserverError) Told() language.Text {
	return language.Of("observer.panicked", "value", fault.Bounded(fmt.Sprint(e.Value)), "last", e.Last, "cycle", fault.Bounded(e.Cycle))
}

// Error tells it in English.
func (e *ObserverError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrObserver) true.
func (e *ObserverError) Is(target error) bool { return target == ErrObserver }

// EntryError says which entry of a journal can't be taken, and wraps why.
type EntryError struct {
	Cycle   string
	Seq     uint64
	Kind    Kind
	Version int
	Err     error
}

// Told leads with the entry.
func (e *EntryError) Told() language.Text {
	return language.Of("entry.refused", "seq", e.Seq, "cycle", fault.Bounded(e.Cycle), "kind", fault.Bounded(string(e.Kind)), "version", e.Version, "why", language.Refused(e.Err))
}

// Error tells it in English.
func (e *EntryError) Error() string { return inEnglish(e) }

// Unwrap gives the cause, and ErrCorrupt where the cause is not that the entry
// is of an unknown kind or version or judged by an unknown checklist.
func (e *EntryError) Unwrap() []error {
	for _, known := range []error{ErrUnknownKind, ErrUnknownVersion, ErrUnknownChecklist, ErrCorrupt} {
		if errors.Is(e.Err, known) {
			return []error{e.Err}
		}
	}
	return []error{e.Err, ErrCorrupt}
}

// LostError says that the last entries of a cycle's journal are gone. What is
// there can be read; to go on from its end would give the numbers of the lost
// entries to others, so that takes an option: WithLoss, and that of the journal
// where it is the journal itself that knows. The better way is a backup that has
// them.
type LostError struct {
	Cycle string
	// Head is the last entry that is there, 0 for none, and Known the last that is
	// known to have been.
	Head, Known uint64
	// Witness is what knows it: a snapshot, an index.
	Witness language.Text
}

// Told names the entries that are lost, and what knows of them.
func (e *LostError) Told() language.Text {
	return language.Of("lost.entries", "cycle", fault.Bounded(e.Cycle), "head", e.Head, "known", e.Known, "witness", e.Witness)
}

// Error tells it in English.
func (e *LostError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrLost) true.
func (e *LostError) Is(target error) bool { return target == ErrLost }

// sorted gives the names in order, for an error must not depend on a map's.
func sorted[S ~string](names []S) []S {
	slices.Sort(names)
	return names
}

// ChecklistError says that the checklist that a cycle is judged by is not here: none
// of its name and version, or one that is not what it was.
type ChecklistError struct {
	// Checklist is the name and the version.
	Checklist string
	// Known are those that are here, where this one is not.
	Known []string
	// Changed: one of this name and version is here, with other criteria. Revisions
	// say how it differs from the one that judged the cycle; of the built-in
	// checklist, or from a snapshot, they are not known.
	Changed   bool
	Revisions []assessment.Revision
}

// Told says what differs, and how to go on.
func (e *ChecklistError) Told() language.Text {
	checklist := fault.Bounded(e.Checklist)
	switch {
	case !e.Changed:
		return language.Of("checklist.unknown", "checklist", checklist, "known", listed(e.Known))
	case len(e.Revisions) == 0:
		return language.Of("checklist.changed", "checklist", checklist)
	}
	return language.Of("checklist.changed-by", "checklist", checklist, "revisions",
		first(len(e.Revisions), func(i int) language.Text { return e.Revisions[i].Told() }))
}

// Error tells it in English.
func (e *ChecklistError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrUnknownChecklist) true.
func (e *ChecklistError) Is(target error) bool { return target == ErrUnknownChecklist }

// maxHanging is how many entries a refusal names.
const maxHanging = 20

// HangingError says that a correction would leave other entries without what they rest
// on. Retract or correct those as well, in the same batch.
type HangingError struct {
	// Hanging are the first of them, in their order; directly or through others.
	Hanging []Hanging `json:"hanging"`
	// More counts those that are left out.
	More int `json:"more,omitempty"`
}

// Hanging is an entry that would not stand.
type Hanging struct {
	Entry uint64 `json:"entry"`
	Kind  Kind   `json:"kind"`
	// Why it would be refused.
	Why language.Text `json:"why"`
}

func (e *HangingError) add(of Entry, err error) {
	if len(e.Hanging) == maxHanging {
		e.More++
		return
	}
	e.Hanging = append(e.Hanging, Hanging{Entry: of.Seq, Kind: of.Kind, Why: language.Refused(err)})
}

// Told names the entries.
func (e *HangingError) Told() language.Text {
	entries := make([]language.Text, len(e.Hanging), len(e.Hanging)+1)
	for i, h := range e.Hanging {
		entries[i] = language.Of("hanging.entry", "entry", h.Entry, "kind", string(h.Kind), "why", h.Why)
	}
	if e.More > 0 {
		entries = append(entries, language.Of("cycle.more", "n", e.More))
	}
	return language.Of("hanging.entries", "entries", entries)
}

// Error tells it in English.
func (e *HangingError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrHanging) true.
func (e *HangingError) Is(target error) bool { return target == ErrHanging }

// CorrectedError says that an entry does not stand as the correction takes it to:
// somebody was faster.
type CorrectedError struct {
	Entry uint64
	// Replaces is the correction that was taken to stand, Standing the one that does;
	// 0 for the entry as it was recorded.
	Replaces, Standing uint64
}

// Told says what stands.
func (e *CorrectedError) Told() language.Text {
	stands := func(by uint64) language.Text {
		if by == 0 {
			return language.Of("conflict.as-recorded")
		}
		return language.Of("conflict.as-corrected", "entry", by)
	}
	return language.Of("conflict.corrected", "entry", e.Entry, "now", stands(e.Standing), "expected", stands(e.Replaces))
}

// Error tells it in English.
func (e *CorrectedError) Error() string { return inEnglish(e) }

// Is makes errors.Is(err, ErrConflict) true.
func (e *CorrectedError) Is(target error) bool { return target == ErrConflict }
