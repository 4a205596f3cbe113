package reformcycle

import (
	"fmt"
	"reflect"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Change is one thing that happens to a cycle: an artefact recorded, an actor
// engaged, a criterion rated, a move. The kinds of change are those of this
// package; what they do is in the file of their stage.
//
// What Apply takes is checked, written to JSON, read back and only then applied:
// so a live cycle and a fold see the very same change, and nothing is shared that
// the host still holds.
type Change interface {
	// Kind names the change, as in the journal.
	Kind() Kind
	apply(*draft) error
}

// Kind names a kind of change.
type Kind string

// The kinds of change.
const (
	KindBegin Kind = "begin"

	KindFrameProblem Kind = "frame-problem"
	KindScoreProblem Kind = "score-problem"
	KindOpenWindow   Kind = "open-window"

	KindFormCoalition Kind = "form-coalition"
	KindEngageActor   Kind = "engage-actor"
	KindReleaseActor  Kind = "release-actor"
	KindTakePosition  Kind = "take-position"
	KindAssignRole    Kind = "assign-role"
	KindRelieveRole   Kind = "relieve-role"
	KindCommit        Kind = "commit"
	KindDeliver       Kind = "deliver"

	KindPlanStrategy    Kind = "plan-strategy"
	KindObserveStrategy Kind = "observe-strategy"

	KindSetCriteria      Kind = "set-criteria"
	KindProposeSolution  Kind = "propose-solution"
	KindScoreSolution    Kind = "score-solution"
	KindRecordPilot      Kind = "record-pilot"
	KindChooseSolution   Kind = "choose-solution"
	KindAppraiseSolution Kind = "appraise-solution"

	KindNameAuthorities Kind = "name-authorities"
	KindMapDesign       Kind = "map-design"
	KindValidateDesign  Kind = "validate-design"

	KindRate  Kind = "rate"
	KindWaive Kind = "waive"

	KindPlanRollout   Kind = "plan-rollout"
	KindReportRollout Kind = "report-rollout"

	KindEstablishBody Kind = "establish-body"
	KindDissolveBody  Kind = "dissolve-body"

	KindSurveyProgrammes Kind = "survey-programmes"

	KindHoldReview Kind = "hold-review"
	KindAdapt      Kind = "adapt"

	KindAdvance Kind = "advance"
	KindRevisit Kind = "revisit"
	KindRenew   Kind = "renew"
	KindSuspend Kind = "suspend"
	KindResume  Kind = "resume"
	KindAbandon Kind = "abandon"
)

// kindEntry is what there is to know of a kind of change.
type kindEntry struct {
	kind Kind
	// version of its JSON form that this package writes: one more than there are
	// upgrades.
	version int
	// upgrades lead from each earlier version to the next: see docs/schema.md.
	upgrades []upgrade
	decode   func([]byte) (Change, error)
	// suspended: a suspended cycle takes it.
	suspended bool
	// plain: it holds nothing but text, numbers and the like, so it shares
	// nothing with the host and JSON gives it back as it is.
	plain bool
	// goType is the type of the changes of this kind.
	goType reflect.Type
}

// upgrade makes an entry of the next version from one of its own. It is a pure
// function: the same entry in, the same entry out, whenever and wherever.
type upgrade func(Entry) (Entry, error)

// read upgrades an entry to the version of today and reads its change.
func (k *kindEntry) read(e Entry) (Change, error) {
	if e.Version < 1 || e.Version > k.version {
		return nil, fmt.Errorf("%w: %d of %q; known are 1 to %d", ErrUnknownVersion, e.Version, e.Kind, k.version)
	}
	for e.Version < k.version {
		from := e.Version
		var err error
		if e, err = k.upgrades[from-1](e); err != nil {
			return nil, fmt.Errorf("%w: upgrading from version %d: %w", ErrCorrupt, from, err)
		}
		e.Version = from + 1
	}
	return k.decode(e.Data)
}

func changeKind[C Change](upgrades ...upgrade) kindEntry {
	var c C
	return kindEntry{kind: c.Kind(), version: 1 + len(upgrades), upgrades: upgrades, goType: reflect.TypeFor[C](), plain: isPlain(reflect.TypeFor[C]()), decode: func(data []byte) (Change, error) {
		var c C
		err := fault.ReadJSON(data, maxEntry, &c, nil)
		return c, err
	}}
}

// isPlain reports whether values of a type are whole in themselves.
func isPlain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); !f.IsExported() || !isPlain(f.Type) {
				return false // a time, say, hides a pointer
			}
		}
		return true
	case reflect.String, reflect.Bool, reflect.Int, reflect.Uint8:
		return true
	default:
		return false
	}
}

func (k kindEntry) whileSuspended() kindEntry {
	k.suspended = true
	return k
}

// kindList holds every kind of change, with its version. A suspended cycle still
// takes ratings and stakeholder changes, and the moves that end the suspension.
var kindList = []kindEntry{
	changeKind[Begin](),
	changeKind[FrameProblem](), changeKind[ScoreProblem](), changeKind[OpenWindow](),
	changeKind[FormCoalition]().whileSuspended(), changeKind[EngageActor]().whileSuspended(),
	changeKind[ReleaseActor]().whileSuspended(), changeKind[TakePosition]().whileSuspended(),
	changeKind[AssignRole]().whileSuspended(), changeKind[RelieveRole]().whileSuspended(),
	changeKind[Commit]().whileSuspended(), changeKind[Deliver]().whileSuspended(),
	changeKind[PlanStrategy]().whileSuspended(), changeKind[ObserveStrategy]().whileSuspended(),
	changeKind[SetCriteria](), changeKind[ProposeSolution](), changeKind[ScoreSolution](),
	changeKind[RecordPilot](), changeKind[ChooseSolution](), changeKind[AppraiseSolution](),
	changeKind[NameAuthorities](), changeKind[MapDesign](), changeKind[ValidateDesign](),
	changeKind[Rate]().whileSuspended(), changeKind[Waive](),
	changeKind[PlanRollout](), changeKind[ReportRollout](),
	changeKind[EstablishBody](), changeKind[DissolveBody](),
	changeKind[SurveyProgrammes]().whileSuspended(),
	changeKind[HoldReview](), changeKind[Adapt](),
	changeKind[Advance](), changeKind[Revisit](), changeKind[Renew](),
	changeKind[Suspend](), changeKind[Resume]().whileSuspended(), changeKind[Abandon]().whileSuspended(),
}

var kindTable = func() map[Kind]*kindEntry {
	byKind := make(map[Kind]*kindEntry, len(kindList))
	for i := range kindList {
		byKind[kindList[i].kind] = &kindList[i]
	}
	return byKind
}()

// Kinds lists every kind of change.
func Kinds() []Kind {
	kinds := make([]Kind, len(kindList))
	for i, k := range kindList {
		kinds[i] = k.kind
	}
	return kinds
}

// accepts refuses a change that the cycle does not take with its status.
func accepts(s *state, kind Kind) error {
	switch {
	case s.Status == Active, s.Status == Suspended && kindTable[kind].suspended:
		return nil
	case s.Status == Abandoned:
		return &StatusError{Status: Abandoned, Kind: kind, Reason: s.Held}
	}
	var taken []Kind
	for _, k := range kindList {
		if k.suspended {
			taken = append(taken, k.kind)
		}
	}
	return &StatusError{Status: s.Status, Kind: kind, Reason: s.Held, Accepts: taken}
}

// missing reports whether a value that the host hands in is nil, or a nil pointer
// in an interface.
func missing(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// foreignType reports whether a change is not one of this package's own types: a
// host's struct that embeds one has its methods, but no journal would give back
// what it adds.
func foreignType(c Change) bool {
	t := reflect.TypeOf(c)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return !ownTypes[t]
}

var ownTypes = func() map[reflect.Type]bool {
	own := make(map[reflect.Type]bool)
	for _, k := range kindList {
		own[k.goType] = true
	}
	return own
}()

// readStrictly reads JSON of a journal and refuses what it does not know: a field
// that a later version added may not be lost without a word.
func readStrictly(data []byte, into any) error {
	if err := fault.ReadJSON(data, len(data), into, nil); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil
}

// Begin is the first entry of every journal: what the cycle is, and the
// checklist that it is judged by. Apply writes it before the first batch, from
// the options of New.
type Begin struct {
	Title     string `json:"title,omitempty" validate:"note"`
	Country   string `json:"country,omitempty" validate:"omitempty,id"`
	Checklist string `json:"checklist" validate:"id"`
	// Stage at which the reform stood when recording began; left out, problem
	// prioritization.
	Stage Stage `json:"stage,omitempty" validate:"omitempty,known"`
}

// Kind names the change.
func (Begin) Kind() Kind { return KindBegin }

func (c Begin) apply(d *draft) error {
	if d.Seq != 0 {
		return invalid(string(c.Kind()), "seq", "first", d.Seq, "a cycle that has not begun; this change is written by New's first Apply")
	}
	rules, err := d.books.find(c.Checklist)
	if err != nil {
		return err
	}
	cycle := d.Cycle
	at, recorded := d.Moment, d.Recorded
	d.state = *newState(cycle, rules)
	d.Title, d.Country = c.Title, c.Country
	d.Stage = max(c.Stage, ProblemPrioritization)
	d.Begun, d.Moment, d.Recorded, d.LastMove = at, at, recorded, at
	d.owned |= ownLevels | ownArtefacts
	d.arrive()
	return nil
}
