package reformcycle

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
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

// ChangeError says which change of a batch was refused. It wraps the refusal.
type ChangeError struct {
	// Index is the change's place in the batch, from 0, and Of how many there are.
	Index, Of int
	Kind      Kind
	Err       error
}

// Error leads with the change.
func (e *ChangeError) Error() string {
	text := "refused"
	if e.Err != nil {
		text = e.Err.Error()
	}
	// Some refusals open with the change already.
	if !strings.HasPrefix(text, string(e.Kind)+" ") {
		text = string(e.Kind) + ": " + text
	}
	if e.Of == 1 {
		return text
	}
	return fmt.Sprintf("change %d of %d, %s", e.Index+1, e.Of, text)
}

// Unwrap gives the refusal.
func (e *ChangeError) Unwrap() error { return e.Err }

// BlockedError says what stands before a move: every guard that is not met.
type BlockedError struct {
	Move     MoveName
	From, To Standing
	Blockers []Blocker
}

// Error lists the first blockers and counts the others.
func (e *BlockedError) Error() string {
	lead := fmt.Sprintf("%s from %s to %s is blocked: ", e.Move, e.From, e.To)
	return fault.Listing(lead, len(e.Blockers), func(i int) string { return e.Blockers[i].String() })
}

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

// Error names the moves that are legal.
func (e *MoveError) Error() string {
	if e.From.Status == Abandoned {
		return fmt.Sprintf("no move %s: an abandoned cycle has no moves", e.Move)
	}
	asked := string(e.Move)
	if e.To.Stage.Valid() {
		asked += " to " + e.To.String()
	}
	var legal []string
	for _, t := range e.Legal {
		name := string(t.Move)
		if t.Move == MoveRevisit || t.Move == MoveRenew {
			name += " to " + t.To.String()
		}
		legal = append(legal, name)
	}
	return fmt.Sprintf("no move %s from %s; from there: %s", asked, e.From, fault.List(legal))
}

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

// Error says why, and what is taken.
func (e *StatusError) Error() string {
	if e.Status == Abandoned {
		return fmt.Sprintf("the cycle is abandoned (%s) and takes nothing but corrections", fault.Bounded(e.Reason))
	}
	return fmt.Sprintf("the cycle is %s (%s); until it resumes it takes %s", e.Status, fault.Bounded(e.Reason), fault.List(e.Accepts))
}

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

// Error says which moment would be accepted.
func (e *MomentError) Error() string {
	switch {
	case e.Moment.IsZero():
		return "the moment is missing: give the stamp one, or the cycle a clock"
	case e.What == "corrected":
		var bounds []string
		if !e.Earliest.IsZero() {
			bounds = append(bounds, "no earlier than "+e.Earliest.Format(time.RFC3339Nano))
		}
		if !e.Latest.IsZero() {
			bounds = append(bounds, "no later than "+e.Latest.Format(time.RFC3339Nano))
		}
		return fmt.Sprintf("the moment %s is not between those of the neighbours: %s", e.Moment.Format(time.RFC3339Nano), strings.Join(bounds, " and "))
	case e.Ahead:
		return fmt.Sprintf("the moment %s lies far ahead of the last entry; without a clock it may lie no later than %s, unless the host says so (WithAhead)", e.Moment.Format(time.RFC3339Nano), e.Latest.Format(time.RFC3339Nano))
	case !e.Latest.IsZero() && e.Moment.After(e.Latest):
		return fmt.Sprintf("the moment it %s, %s, is still to come: it is %s", was(e.What), e.Moment.Format(time.RFC3339Nano), e.Latest.Format(time.RFC3339Nano))
	default:
		return fmt.Sprintf("the moment it %s, %s, is before that of the entry it follows, %s", was(e.What), e.Moment.Format(time.RFC3339Nano), e.Earliest.Format(time.RFC3339Nano))
	}
}

// was puts "recorded" into the passive.
func was(what string) string {
	if what == "recorded" {
		return "was recorded"
	}
	return what
}

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

// Error says where the journal ends.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("conflict: the journal of %q ends at entry %d, not at %d", fault.Bounded(e.Cycle), e.Head, e.After)
}

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

// Error names the key and where it was taken.
func (e *KeyError) Error() string {
	return fmt.Sprintf("the key %q of %q is that of another batch, which ended with entry %d: a batch keeps its key, a new one needs its own", fault.Bounded(e.Key), fault.Bounded(e.Cycle), e.Last)
}

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

// Error says what is applied.
func (e *ObserverError) Error() string {
	return fmt.Sprintf("%v: %v (the batch up to entry %d of %q is applied)", ErrObserver, fault.Bounded(fmt.Sprint(e.Value)), e.Last, fault.Bounded(e.Cycle))
}

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

// Error leads with the entry.
func (e *EntryError) Error() string {
	return fmt.Sprintf("entry %d of %q (%s, version %d): %v", e.Seq, fault.Bounded(e.Cycle), fault.Bounded(string(e.Kind)), e.Version, e.Err)
}

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
	Witness string
}

// Error names the entries that are lost, and what knows of them.
func (e *LostError) Error() string {
	return fmt.Sprintf("%v: the journal of %q ends with entry %d, and %s knows of entry %d", ErrLost, fault.Bounded(e.Cycle), e.Head, e.Witness, e.Known)
}

// Is makes errors.Is(err, ErrLost) true.
func (e *LostError) Is(target error) bool { return target == ErrLost }

// withArticle gives a noun its article.
func withArticle(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}

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

// Error says what differs, and how to go on.
func (e *ChecklistError) Error() string {
	if !e.Changed {
		return fmt.Sprintf("%v: %s; known here: %s; hand in others with WithChecklist", ErrUnknownChecklist, fault.Bounded(e.Checklist), fault.List(e.Known))
	}
	lead := fmt.Sprintf("%v: %s is not what it was when it judged the cycle; hand in the one that did, give the changed one a version of its own, and move to it by adopt-checklist", ErrUnknownChecklist, fault.Bounded(e.Checklist))
	if len(e.Revisions) == 0 {
		return lead
	}
	return fault.Listing(lead+": ", len(e.Revisions), func(i int) string { return e.Revisions[i].String() })
}

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
	Why string `json:"why"`
}

func (e *HangingError) add(of Entry, err error) {
	if len(e.Hanging) == maxHanging {
		e.More++
		return
	}
	e.Hanging = append(e.Hanging, Hanging{Entry: of.Seq, Kind: of.Kind, Why: fault.Cut(err.Error(), 120)})
}

// Error names the entries.
func (e *HangingError) Error() string {
	text := fault.Listing("entries hang on it: ", len(e.Hanging), func(i int) string {
		h := e.Hanging[i]
		return fmt.Sprintf("%d (%s: %s)", h.Entry, h.Kind, h.Why)
	})
	if e.More > 0 {
		text += fmt.Sprintf("; and %d more", e.More)
	}
	return text
}

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

// Error says what stands.
func (e *CorrectedError) Error() string {
	stands := func(by uint64) string {
		if by == 0 {
			return "as it was recorded"
		}
		return fmt.Sprintf("as corrected by entry %d", by)
	}
	return fmt.Sprintf("conflict: entry %d stands %s, not %s", e.Entry, stands(e.Standing), stands(e.Replaces))
}

// Is makes errors.Is(err, ErrConflict) true.
func (e *CorrectedError) Is(target error) bool { return target == ErrConflict }
