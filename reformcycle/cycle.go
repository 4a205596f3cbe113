package reformcycle

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/looplab/fsm"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Option configures New and Open.
type Option func(*Cycle) error

// WithJournal keeps the cycle's entries in a journal. Without one they are kept
// in memory, with the cycle.
func WithJournal(j Journal) Option {
	return func(c *Cycle) error {
		if missing(j) {
			return fault.Refuse("WithJournal", fault.Required, nil, language.Of("want.journal"))
		}
		c.journal = j
		return nil
	}
}

// WithClock gives the cycle a clock. It tells when an entry was recorded, and
// when it happened where the stamp does not say. Without a clock every stamp
// needs a moment, and nothing says when an entry was recorded.
func WithClock(now func() time.Time) Option {
	return func(c *Cycle) error {
		if now == nil {
			return fault.Refuse("WithClock", fault.Required, nil, language.Of("want.clock"))
		}
		c.clock = now
		return nil
	}
}

// WithTitle names the reform, for people. It is for New; Open takes the title from
// the journal.
func WithTitle(title string) Option {
	return func(c *Cycle) error {
		c.begin.Title = title
		return nil
	}
}

// WithCountry says which country or area the reform is in. It is for New; Open
// takes it from the journal.
func WithCountry(country string) Option {
	return func(c *Cycle) error {
		c.begin.Country = country
		return nil
	}
}

// WithStage begins the cycle at a later stage, for a reform that was under way
// before anybody recorded it. Of the stages before it nothing is known: what is not
// recorded of them counts as unknown where a diagnosis would otherwise take it as
// absent. It is for New; Open takes the stage from the journal.
func WithStage(stage Stage) Option {
	return func(c *Cycle) error {
		if !stage.Valid() {
			return fault.Refuse("WithStage", fault.Known, stage.String(), fault.OneOf(stageNames[1:]))
		}
		c.begin.Stage = stage
		return nil
	}
}

// WithRules diagnoses the cycle by a host's set of rules instead of the built-in
// ones. See DiagnosisRules.
func WithRules(rules Rules) Option {
	return func(c *Cycle) error {
		c.rules = rules
		return nil
	}
}

// WithChecklist hands in a checklist. New judges the cycle by the last one that
// it is given, or by the built-in one; Open needs those that the cycle's laps
// were judged by, but for the built-in one.
func WithChecklist(list *assessment.Checklist) Option {
	return func(c *Cycle) error {
		rules, err := newRulebook(list)
		if err != nil {
			return err
		}
		if held, err := c.books.find(list.ID()); err != nil {
			c.books = append(c.books, rules)
		} else if held.terms.Digest != rules.terms.Digest {
			return fault.Refuse("WithChecklist", fault.Unique, list.ID(), language.Of("want.own-version"))
		}
		c.begin.Checklist = list.ID()
		return nil
	}
}

// WithRetries has Apply try again after a conflict, at most so many times: it
// reloads what the other writer appended, validates the batch against that, and
// appends it again. Without it, a conflict is handed up. A batch that is refused
// in the light of what came before it is refused, and so is, untried, the first batch
// of a cycle that the journal has already.
func WithRetries(most int) Option {
	return func(c *Cycle) error {
		if most < 0 || most > maxRetries {
			return fault.Refuse("WithRetries", fault.Range, most, language.Of("want.whole", "low", 0, "high", maxRetries))
		}
		c.retries = most
		return nil
	}
}

const maxRetries = 1000

// Cycle is one reform under way: the door to its state. It is safe for use by
// several goroutines: changes are applied one batch after another, and whoever
// reads sees the state between two batches, without waiting.
type Cycle struct {
	id         string
	begin      Begin
	books      rulebooks
	journal    Journal
	clock      func() time.Time
	observers  []func(Notice)
	refusals   bool         // observers hear of them
	logger     *slog.Logger // may be nil
	hear       func(Note)   // may be nil
	lossy      bool         // what is lost does not keep it from being opened
	retries    int
	ahead      time.Duration // of the last entry, without a clock
	changeSize int
	snapshots  uint64 // entries between two snapshots; 0 for none
	rules      Rules  // of the diagnosis

	head atomic.Pointer[state]

	writing sync.Mutex
	machine *fsm.FSM // used while writing
	scratch draft    // used while writing
	kept    uint64   // the last entry that a snapshot holds; used while writing
	// acknowledged is the last entry that Apply recorded; used while writing.
	acknowledged uint64

	announcing sync.Mutex
	announced  []Notice // waiting for the observers
	busy       bool     // somebody is calling them
}

// New makes a cycle that has not begun. Its first Apply begins it in the
// journal, and ends in a conflict where the journal has it already: use Open.
//
// Errors: [fault.Fields] for the id or an option.
func New(id string, options ...Option) (*Cycle, error) {
	c, err := configure(id, options)
	if err != nil {
		return nil, err
	}
	rules, err := c.books.find(c.begin.Checklist)
	if err != nil {
		return nil, err
	}
	if c.journal == nil {
		c.journal = &tail{}
	}
	start := newState(c.id, rules)
	start.Stage = max(c.begin.Stage, start.Stage)
	c.head.Store(start)
	return c, nil
}

// Open makes the cycle that a journal holds, by folding it.
//
// Errors: [fault.Fields] for the id or an option; ErrNotFound where the journal does
// not have the cycle; EntryError where an entry can't be taken; LostError where a
// snapshot proves that the journal has lost entries; what the journal returns.
func Open(ctx context.Context, j Journal, id string, options ...Option) (*Cycle, error) {
	if ctx == nil {
		return nil, noContext()
	}
	c, err := configure(id, append(slices.Clip(options), WithJournal(j)))
	if err != nil {
		return nil, err
	}
	start, lost := c.start(ctx)
	if lost != nil && !c.lossy {
		return nil, lost
	}
	c.kept = start.Seq
	folded, err := c.fold(ctx, start, nil)
	if err != nil {
		return nil, err
	}
	if folded.Seq == 0 {
		return nil, notFound(id)
	}
	c.head.Store(folded)
	if lost != nil {
		c.note("opened without what is lost: %v", lost)
		if err := c.snapshot(ctx, true); err != nil {
			c.note("no snapshot was saved: %v", err)
		} else {
			c.kept = folded.Seq
		}
	}
	return c, nil
}

func configure(id string, options []Option) (*Cycle, error) {
	var wrong fault.Fields
	if wrong.Text("id", id, fault.ID); wrong != nil {
		return nil, wrong
	}
	c := &Cycle{id: fault.NFC(id), begin: Begin{Checklist: builtIn.list.ID()}, machine: newMachine(), rules: builtInRules, ahead: maxAhead, changeSize: maxChange}
	for _, option := range options {
		if option == nil {
			return nil, fault.Refuse("option", fault.Required, nil, language.Of("want.option"))
		}
		if err := option(c); err != nil {
			return nil, err
		}
	}
	return c, check(c.begin)
}

// unmade tells the zero Cycle and none at all, which have no id and no journal.
func (c *Cycle) unmade() bool { return c == nil || c.journal == nil }

func errUnmade() error {
	return fault.Refuse("cycle", fault.Required, nil, language.Of("want.a-cycle"))
}

func noContext() error {
	return fault.Refuse("ctx", fault.Required, nil, language.Of("want.context"))
}

// Apply applies a batch of changes: all of them or none, by one author, at one
// moment. It returns their receipt once the journal has them as safely as it promises
// and everybody can see them. The first Apply begins the cycle, and may do so without
// changes.
//
// Errors: ChangeError says which change was refused and wraps the refusal:
// [fault.Fields], BlockedError, MoveError, StatusError; CorrectedError, a conflict, where
// somebody else has corrected the entry since. HangingError where others rest on what is
// corrected. [fault.Fields] and MomentError
// for the stamp, KeyError where its key is that of another batch. ConflictError where
// another writer was faster: Reload the cycle, or have WithRetries do it; or where the
// cycle has moved on from what the stamp rests on. ErrReentrant from inside another
// Apply of this cycle. What the journal and the context return. After an error the
// batch is not applied, unless it is an ObserverError, which comes with the receipt.
func (c *Cycle) Apply(ctx context.Context, by Stamp, changes ...Change) (Receipt, error) {
	if ctx == nil {
		return Receipt{}, noContext()
	}
	if c.unmade() {
		return Receipt{}, errUnmade()
	}
	by.Author, by.key = fault.NFC(by.Author), fault.NFC(by.key)
	var receipt Receipt
	err := c.hold(func() (err error) {
		receipt, err = c.commit(ctx, by, changes)
		return err
	})
	c.tell(ctx, by, receipt, err)
	panicked := c.announce(ctx)
	switch {
	case err == nil:
		return receipt, panicked
	case panicked == nil:
		return Receipt{}, err // as it is, so that it marshals
	}
	return Receipt{}, errors.Join(err, panicked)
}

// commit makes a batch durable and visible, and leaves it for the observers.
// Clock and journal are called in here and nowhere else in an Apply. The key is looked
// up first, and again after every reload.
func (c *Cycle) commit(ctx context.Context, by Stamp, changes []Change) (Receipt, error) {
	for tries := 0; ; {
		if err := ctx.Err(); err != nil { // there may have been a wait, or a reload
			return Receipt{}, err
		}
		base := c.head.Load()
		if receipt, err := base.repeated(c.books, by, changes); receipt.Repeated || err != nil {
			return receipt, err
		}
		if by.after != nil && *by.after > base.Seq && base.Seq > 0 { // its author has seen more
			if err := c.reload(ctx); err != nil {
				return Receipt{}, err
			}
			if c.head.Load().Seq > base.Seq {
				continue
			}
		}
		b, next, err := c.prepare(ctx, base, by, changes)
		if err == nil {
			err = c.journal.Append(ctx, b)
			switch {
			case err == nil:
				c.publish(ctx, b, base, next)
				return receiptFor(next.Seq, len(changes)), nil
			case !errors.Is(err, ErrConflict):
				return Receipt{}, failed("cycle.appending", c.id, err)
			case tries < c.retries && b.After > 0:
				// A cycle that has not begun is not tried again: the journal has another
				// one of this id, which Open opens.
				if err := c.reload(ctx); err != nil {
					return Receipt{}, err
				}
				tries++
				continue
			}
		}
		if receipt, err := c.sought(ctx, base, by, changes); receipt.Repeated || err != nil {
			return receipt, err
		}
		return Receipt{}, c.since(ctx, by, err)
	}
}

// sought looks for the key of a batch that can't be taken in what other writers have
// appended and this Cycle has not seen: it may be refused for having been taken. The
// Cycle takes that in only if it is so.
func (c *Cycle) sought(ctx context.Context, base *state, by Stamp, changes []Change) (Receipt, error) {
	if by.key == "" {
		return Receipt{}, nil
	}
	began := base.Seq > 0
	folded, err := c.fold(ctx, base, func(e Entry) bool {
		if e.Seq == 1 {
			begin, _ := e.Change() // fold says so if it can't be read
			mine, _ := c.books.completed(c.begin)
			began = reflect.DeepEqual(begin, mine)
		}
		return true
	})
	if err != nil || !began { // the refusal stands
		return Receipt{}, nil
	}
	receipt, err := folded.repeated(c.books, by, changes)
	if receipt.Repeated {
		c.head.Store(folded)
	}
	return receipt, err
}

// maxSince is how many entries a conflict carries.
const maxSince = 100

// since adds what came since to the conflict of a stamp that rests on an entry.
func (c *Cycle) since(ctx context.Context, by Stamp, err error) error {
	conflict, ok := errors.AsType[*ConflictError](err)
	if !ok || by.after == nil {
		return err
	}
	told := *conflict
	told.After = *by.after
	for e, err := range c.journal.Load(ctx, c.id, told.After) {
		if err != nil || len(told.Since) == maxSince {
			break
		}
		told.Since = append(told.Since, e)
		told.Head = max(told.Head, e.Seq)
	}
	return &told
}

// publish makes a durable batch visible.
func (c *Cycle) publish(ctx context.Context, b Batch, before, next *state) {
	c.head.Store(next)
	c.acknowledged = next.Seq
	c.enqueue(Notice{Batch: b, Before: State{s: before, rules: &c.rules}, Moved: moved(b)})
	// Behind a correction, the last snapshot is of a state that stands no more.
	corrected := (c.snapshots > 0 || c.kept > 0) && kindTable[b.Entries[len(b.Entries)-1].Kind].corrects
	if corrected || c.snapshots > 0 && next.Seq >= c.kept+c.snapshots {
		c.kept = next.Seq // saved or not: a journal that can't is not asked at every batch
		if err := c.Snapshot(ctx); err != nil {
			c.note("no snapshot was saved: %v", err)
		}
	}
}

// Reload takes in what other writers have appended since. A ConflictError is the
// usual reason; another is to follow a journal that is open for reading only.
//
// What it took in before may be gone: a batch that could be read while it was being
// written, and was then taken back, or an end that was lost. Then it folds the journal
// anew, with a note.
//
// Errors: as Open's; LostError also where a batch is gone that this Cycle's own Apply
// saw acknowledged.
func (c *Cycle) Reload(ctx context.Context) error {
	if ctx == nil {
		return noContext()
	}
	if c.unmade() {
		return errUnmade()
	}
	return c.hold(func() error { return c.reload(ctx) })
}

func (c *Cycle) reload(ctx context.Context) error {
	base := c.head.Load()
	gone := base.Seq > 0
	folded, err := c.foldOf(ctx, base, func(yield func(Entry, error) bool) {
		for e, err := range c.journal.Load(ctx, c.id, max(base.Seq, 1)-1) {
			if err == nil && e.Seq == base.Seq {
				if gone = !base.tip.is(e); gone {
					return
				}
			} else if !yield(e, err) {
				return
			}
		}
	}, nil)
	if err == nil && gone {
		folded, err = c.anew(ctx, base)
	}
	if err != nil {
		return err
	}
	c.head.Store(folded)
	return nil
}

// anew folds a journal whose last entry is not that of a state that was made of it.
func (c *Cycle) anew(ctx context.Context, base *state) (*state, error) {
	start, lost := c.start(ctx)
	if lost != nil && !c.lossy {
		return nil, lost
	}
	folded, err := c.fold(ctx, start, nil)
	switch {
	case err != nil:
		return nil, err
	case !c.lossy && (base.Seq <= c.acknowledged || folded.Seq < c.acknowledged):
		return nil, &LostError{Cycle: c.id, Head: min(folded.Seq, base.Seq-1), Known: c.acknowledged, Witness: language.Of("witness.apply")}
	case folded.Seq == 0:
		return nil, notFound(c.id)
	}
	c.note("entry %d is not what it was when it was read, or is gone; the journal was folded anew, to entry %d", base.Seq, folded.Seq)
	return folded, nil
}

// hold does what needs the right to write. Who asks for that right from inside, by way
// of a clock or a journal that calls back, would wait for itself, or in a circle with
// others: that is refused. Only who has to wait is looked at: a call of hold further
// down its stack says that it holds a lock already, so hold is never inlined.
//
//go:noinline
func (c *Cycle) hold(work func() error) error {
	if !c.writing.TryLock() {
		if holding() {
			return tell(language.Of("cycle.reentrant", "cycle", fault.Bounded(c.id)), ErrReentrant)
		}
		c.writing.Lock()
	}
	defer c.writing.Unlock() // deferred, for a journal may panic
	return work()
}

// holding reports whether two calls of hold are on the stack: one that asks, and one
// that holds.
func holding() bool {
	pcs := make([]uintptr, 256)
	for runtime.Callers(2, pcs) == len(pcs) {
		pcs = make([]uintptr, 2*len(pcs))
	}
	hold, calls := reflect.ValueOf((*Cycle).hold).Pointer(), 0
	for _, pc := range pcs[:runtime.Callers(2, pcs)] {
		if runtime.FuncForPC(pc-1).Entry() == hold {
			calls++
		}
	}
	return calls > 1
}

// prepare makes the batch and the state after it, and changes nothing.
func (c *Cycle) prepare(ctx context.Context, base *state, by Stamp, changes []Change) (Batch, *state, error) {
	var none Batch
	if by.after != nil && *by.after != base.Seq {
		return none, nil, &ConflictError{Cycle: c.id, After: *by.after, Head: base.Seq}
	}
	if len(changes) == 0 && base.Seq > 0 || len(changes) > maxBatch {
		return none, nil, fault.Refuse("changes", fault.Length, len(changes), language.Of("want.some-changes", "most", maxBatch))
	}
	var wrong fault.Fields
	wrong.Text("author", by.Author, fault.ID)
	wrong.Text("key", by.key, fault.ID.OrNone())
	if wrong != nil {
		return none, nil, wrong
	}
	at, recorded, dated, err := c.moments(base, by)
	if err != nil {
		return none, nil, err
	}
	horizon, err := c.horizon(base, at, recorded)
	if err != nil {
		return none, nil, err
	}
	if !begun(by.Date, horizon) {
		return none, nil, notCome("date", by.Date, horizon)
	}
	entries := len(changes)
	if base.Seq == 0 {
		entries++ // Begin comes first
	}
	b := Batch{Cycle: c.id, After: base.Seq, Entries: make([]Entry, 0, entries)}
	d := &c.scratch
	d.start(base)
	d.books, d.machine = c.books, c.machine
	stamp := Entry{Seq: base.Seq + 1, At: at, Recorded: recorded, Date: dated, By: by.Author, Key: by.key}
	add := func(change Change) error {
		kind := kindOf(change)
		switch {
		case missing(change):
			return fault.Refuse("change", fault.Required, nil, language.Of("want.change"))
		case kind == nil:
			return fault.Refuse("change", fault.Known, fmt.Sprintf("%T", change), language.Of("want.own-change"))
		}
		if err := kind.check(change); err != nil {
			return err
		}
		change, err := c.books.completed(change)
		if err != nil {
			return err
		}
		if wrong := kind.early(change, horizon); wrong != nil {
			return wrong
		}
		e, change, err := kind.seal(stamp, change)
		if err != nil {
			return err
		}
		if len(e.Data) > c.changeSize {
			return fault.Refuse("", fault.Length, len(e.Data), language.Of("want.change-bytes", "most", c.changeSize))
		}
		if kind.corrects && !d.correcting {
			if d.Seq > base.Seq || base.Seq == 0 {
				return mixed(kind.kind)
			}
			d.correcting, d.live, d.horizon, d.earlier = true, true, horizon, c.earlier(ctx)
		} else if d.correcting && !kind.corrects {
			return mixed(kind.kind)
		}
		b.Entries = append(b.Entries, e)
		stamp.Seq, stamp.First = e.Seq+1, e.first()
		return d.take(e, change)
	}
	if base.Seq == 0 {
		if err := add(c.begin); err != nil {
			return none, nil, err
		}
	}
	refused := func(i int, err error) error {
		refusal := &ChangeError{Index: i, Of: len(changes), Err: err}
		if kind := kindOf(changes[i]); kind != nil {
			refusal.Kind = kind.kind
		}
		return refusal
	}
	for i, change := range changes {
		if err := add(change); err != nil {
			return none, nil, d.unread(refused(i, err))
		}
	}
	if d.correcting {
		if by, err := d.anew(); by > 0 {
			return none, nil, refused(int(by-base.Seq-1), err)
		} else if err != nil {
			return none, nil, err
		}
		d.corrigenda = corrigenda{} // the record is long
	}
	b.State = State{s: d.state, rules: &c.rules}
	return b, d.state, nil
}

// moments tells when a batch happens and when it is recorded. Clocks of several
// machines never agree to the last, and some are set back: what is recorded now is
// recorded no earlier than what was recorded before, whatever the clock says. It gives
// the date that the entries have to keep, too.
func (c *Cycle) moments(base *state, by Stamp) (at, recorded time.Time, dated date.Date, err error) {
	at = by.Moment
	if c.clock != nil {
		if recorded = c.clock(); recorded.IsZero() {
			return at, recorded, dated, fault.Refuse("clock", fault.Required, nil, language.Of("want.telling-clock"))
		}
		if recorded.Before(base.Recorded) {
			recorded = base.Recorded
		}
		if at.IsZero() {
			at = recorded
		}
	} else if at.IsZero() && !by.Date.IsZero() {
		at = latestOf(by.Date.First(), base.Moment)
	}
	dated = by.dated(at)
	// Round drops the monotonic reading, which no journal keeps.
	at, recorded = at.UTC().Round(0), recorded.UTC().Round(0)
	switch {
	case at.IsZero():
		return at, recorded, dated, &MomentError{What: "happened"}
	case c.clock != nil && at.After(recorded):
		return at, recorded, dated, &MomentError{What: "happened", Moment: at, Latest: recorded}
	}
	if at.Before(earliest) || !at.Before(latest) || !recorded.Before(latest) {
		return at, recorded, dated, fault.Refuse("moment", fault.Range, at.Year(), language.Of("want.moment-years"))
	}
	return at, recorded, dated, nil
}

// fold applies the journal's entries to a state, all of them or as long as keep
// says.
func (c *Cycle) fold(ctx context.Context, from *state, keep func(Entry) bool) (*state, error) {
	return c.foldOf(ctx, from, c.journal.Load(ctx, c.id, from.Seq), keep)
}

// foldOf is fold over entries that were read already, or another way.
func (c *Cycle) foldOf(ctx context.Context, from *state, entries iter.Seq2[Entry, error], keep func(Entry) bool) (*state, error) {
	d := draftOf(from)
	d.books, d.machine, d.earlier = c.books, newMachine(), c.earlier(ctx)
	for e, err := range entries {
		if err != nil {
			return nil, failed("cycle.loading", c.id, err)
		}
		if keep != nil && !keep(e) {
			break
		}
		if err := d.refold(e); err != nil {
			return nil, err
		}
	}
	if err := d.endBatch(); err != nil {
		return nil, err
	}
	return d.state, nil
}

// refold applies an entry that was applied before, and trusts it no more than
// when it was new.
func (d *draft) refold(e Entry) error {
	if e.First == 0 {
		if err := d.endBatch(); err != nil {
			return err
		}
	}
	if err := d.again(e); err != nil {
		return d.unread(&EntryError{Cycle: d.Cycle, Seq: e.Seq, Kind: e.Kind, Version: e.Version, Err: err})
	}
	return nil
}

func (d *draft) again(e Entry) error {
	corrects := kindTable[e.Kind] != nil && kindTable[e.Kind].corrects
	switch {
	case e.Seq != d.Seq+1:
		return tell(language.Of("corrupt.seq", "seq", d.Seq+1), ErrCorrupt)
	case d.Seq == 0 && e.Kind != KindBegin:
		return tell(language.Of("corrupt.opening", "kind", string(KindBegin)), ErrCorrupt)
	case e.First == 0:
		d.first, d.at, d.date, d.key, d.correcting = e.Seq, e.At, e.Date, e.Key, corrects
	case e.First != d.first || !e.At.Equal(d.at) || e.Date != d.date || e.By != d.author || e.Key != d.key:
		return tell(language.Of("corrupt.batch", "first", e.First), ErrCorrupt)
	case corrects != d.correcting:
		return mixed(e.Kind)
	}
	var wrong fault.Fields
	wrong.Text("by", e.By, fault.ID)
	wrong.Text("key", e.Key, fault.ID.OrNone())
	if wrong != nil {
		return wrong
	}
	change, err := e.unseal()
	if err != nil {
		return err
	}
	return d.take(e, change)
}

// ID of the cycle.
func (c *Cycle) ID() string { return c.State().ID() }

// State gives the cycle as it stands, judged at the moment of its last entry. It does
// not wait, and what it gives never changes.
func (c *Cycle) State() State {
	if c.unmade() {
		return State{}
	}
	return State{s: c.head.Load(), rules: &c.rules}
}

// Now gives the cycle as it stands, judged at the clock's time: what was met may have
// lapsed since the last entry. Without a clock it is State.
func (c *Cycle) Now() State {
	if c.unmade() || c.clock == nil {
		return c.State()
	}
	return c.State().At(c.clock())
}

// History yields the entries of the journal that follow a sequence number, 0 for all
// of them, as far as the cycle stands now and in their order. It ends with the first error. An entry's Data belongs to the
// journal: read it, don't change it.
func (c *Cycle) History(ctx context.Context, after uint64) iter.Seq2[Entry, error] {
	upTo := c.State().Seq()
	return func(yield func(Entry, error) bool) {
		if ctx == nil {
			yield(Entry{}, noContext())
			return
		}
		if c.unmade() {
			yield(Entry{}, errUnmade())
			return
		}
		for e, err := range c.journal.Load(ctx, c.id, after) {
			if err == nil && e.Seq > upTo || !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// AsOf gives the state as it was known at a moment: after the last entry that
// was recorded by then, and judged at that moment. What was corrected later stands
// there as it was recorded. An entry that no clock saw counts as recorded when it
// happened, by its moment as corrected. What was the case then, as it is known now, is
// another question, and not answered.
//
// Errors: ErrNotBegun where nothing was; what the journal returns.
func (c *Cycle) AsOf(ctx context.Context, t time.Time) (State, error) {
	if ctx == nil {
		return State{}, noContext()
	}
	if c.unmade() {
		return State{}, errUnmade()
	}
	upTo := c.head.Load().Seq
	known, err := c.knownBy(ctx)
	if err != nil {
		return State{}, err
	}
	past, err := c.fold(ctx, newState(c.id, builtIn), func(e Entry) bool {
		return e.Seq <= upTo && !known(e).After(t)
	})
	if err != nil {
		return State{}, err
	}
	if past.Seq == 0 {
		return State{}, tell(language.Of("cycle.not-begun-by", "cycle", fault.Bounded(c.id), "moment", t.Format(time.RFC3339)), ErrNotBegun)
	}
	return State{s: past, rules: &c.rules}.At(t), nil
}

// AfterEntry gives the state as it was known after an entry of the journal, judged at the
// moment of that entry. What was corrected later stands there as it was recorded.
//
// Errors: ErrNotBegun for entry 0; [fault.Fields] for an entry that the cycle, as it stands,
// does not have; what the journal returns.
func (c *Cycle) AfterEntry(ctx context.Context, seq uint64) (State, error) {
	if ctx == nil {
		return State{}, noContext()
	}
	if c.unmade() {
		return State{}, errUnmade()
	}
	switch head := c.head.Load().Seq; {
	case seq == 0:
		return State{}, tell(language.Of("cycle.not-begun", "cycle", fault.Bounded(c.id)), ErrNotBegun)
	case seq > head:
		return State{}, fault.Refuse("seq", fault.Exists, seq, fault.WholeBetween(1, float64(head)))
	case seq == head:
		return c.State(), nil
	}
	past, err := c.fold(ctx, newState(c.id, builtIn), func(e Entry) bool { return e.Seq <= seq })
	if err != nil {
		return State{}, err
	}
	return State{s: past, rules: &c.rules}, nil
}

// Fork gives a copy for what-if: it starts where the cycle stands and goes its
// own way. What is applied to it stays in memory and never reaches the cycle's
// journal; the observers do not hear of it.
func (c *Cycle) Fork() *Cycle {
	if c.unmade() {
		return &Cycle{}
	}
	head := c.head.Load()
	fork := &Cycle{
		id: c.id, begin: c.begin, ahead: c.ahead, changeSize: c.changeSize, books: c.books, clock: c.clock, machine: newMachine(), rules: c.rules,
		journal: &tail{base: c.journal, upTo: head.Seq, head: head.Seq},
	}
	fork.head.Store(head)
	return fork
}

// maxAhead is how far ahead of what was recorded last something may lie where no clock
// says what the time is, unless the host says otherwise: thirty years.
const maxAhead = 30 * 366 * 24 * time.Hour

// WithAhead is the host's word, for a cycle without a clock, that what is recorded may
// lie so far ahead of the last entry: the moment of a stamp, and the dates of evidence
// and pilots. Without it, 30 years are enough, so that 2206 for 2026 does not shut the
// cycle to all that comes after. With a clock, nothing of these may lie in the future.
func WithAhead(most time.Duration) Option {
	return func(c *Cycle) error {
		if most <= 0 {
			return fault.Refuse("WithAhead", fault.Range, most.String(), language.Of("want.some-time"))
		}
		c.ahead = most
		return nil
	}
}

// WithChangeSize lets a change have more bytes, as JSON, than 1 MiB, or fewer; at most 8
// MiB.
func WithChangeSize(most int) Option {
	return func(c *Cycle) error {
		if most < 1 || most > maxEntry {
			return fault.Refuse("WithChangeSize", fault.Range, most, language.Of("want.some-bytes", "most", maxEntry))
		}
		c.changeSize = most
		return nil
	}
}

// horizon is the moment behind which nothing that has been can lie.
func (c *Cycle) horizon(base *state, at, recorded time.Time) (time.Time, error) {
	switch {
	case c.clock != nil:
		return recorded, nil
	case base.Seq == 0:
		return at.Add(c.ahead), nil
	case at.After(base.Moment.Add(c.ahead)):
		return at, &MomentError{What: "happened", Moment: at, Latest: base.Moment.Add(c.ahead), Ahead: true}
	}
	return base.Moment.Add(c.ahead), nil
}

// earlier loads the journal from the beginning, if it is asked for.
func (c *Cycle) earlier(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) { c.journal.Load(ctx, c.id, 0)(yield) }
}

// knownBy tells of an entry of the journal when it was known. One that no clock saw was
// known when it happened, by its moment as corrected, and at the latest when something
// was recorded behind it: nothing can correct the moment of a correction, and what was
// retracted has no neighbours.
func (c *Cycle) knownBy(ctx context.Context) (func(Entry) time.Time, error) {
	head := c.head.Load()
	moments := map[uint64]time.Time{}
	for _, c := range corrections.of(head).Corrections {
		if c.Kind == KindCorrectMoment {
			moments[c.Of] = c.Moment
		}
	}
	known := func(e Entry) time.Time {
		at, moved := moments[e.first()]
		switch {
		case !e.Recorded.IsZero():
			return e.Recorded
		case moved:
			return at
		}
		return e.At
	}
	if len(corrections.of(head).Corrections) == 0 {
		return known, nil
	}
	var entries []Entry
	for e, err := range c.journal.Load(ctx, c.id, 0) {
		if err != nil {
			return nil, failed("cycle.loading", c.id, err)
		}
		e.Data = nil
		entries = append(entries, e)
	}
	at := make([]time.Time, len(entries))
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = known(entries[i])
		if i+1 < len(at) && entries[i].Recorded.IsZero() && at[i+1].Before(at[i]) {
			at[i] = at[i+1]
		}
	}
	return func(e Entry) time.Time { return at[e.Seq-1] }, nil
}
