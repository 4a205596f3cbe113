package journaltest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/chsreform/chsreform/reformcycle"
)

// shelf is a journal that keeps the contract. It is what the faulty ones are
// made from.
type shelf struct {
	mu        sync.Mutex
	cycles    map[string][]reformcycle.Entry
	snapshots map[string]reformcycle.Snapshot
	fed       []reformcycle.Fed
}

func (s *shelf) entries(cycle string) []reformcycle.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cycles[cycle]
}

// put adds whatever it is given.
func (s *shelf) put(cycle string, entries ...reformcycle.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(cycle, entries...)
}

func (s *shelf) add(cycle string, entries ...reformcycle.Entry) {
	if s.cycles == nil {
		s.cycles = map[string][]reformcycle.Entry{}
	}
	s.cycles[cycle] = append(slices.Clip(s.cycles[cycle]), entries...)
	for _, e := range entries {
		at := reformcycle.Position{Epoch: 1, At: uint64(len(s.fed) + 1), Seq: e.Seq, Cycle: reformcycle.CycleSum(cycle)}
		s.fed = append(s.fed, reformcycle.Fed{Cycle: cycle, Entry: e, Position: at})
	}
}

func (s *shelf) all() []reformcycle.Fed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fed
}

func (s *shelf) Feed(ctx context.Context, after reformcycle.Position) iter.Seq2[reformcycle.Fed, error] {
	return func(yield func(reformcycle.Fed, error) bool) {
		all := s.all()
		if after.At > 0 && after.At <= uint64(len(all)) && all[after.At-1].Position == after {
			all = all[after.At:]
		} else if err := reformcycle.Replay(ctx, s, after); err != nil {
			yield(reformcycle.Fed{}, err)
			return
		}
		for _, one := range all {
			if err := ctx.Err(); err != nil {
				yield(reformcycle.Fed{}, err)
				return
			}
			if !yield(one, nil) {
				return
			}
		}
	}
}

func (s *shelf) FeedEnd(context.Context) (end reformcycle.Position, err error) {
	if all := s.all(); len(all) > 0 {
		end = all[len(all)-1].Position
	}
	return end, nil
}

func (s *shelf) Append(ctx context.Context, b reformcycle.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if head := uint64(len(s.cycles[b.Cycle])); b.After != head {
		return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: head}
	}
	if len(b.Entries) == 0 {
		return reformcycle.ErrInvalid
	}
	s.add(b.Cycle, b.Entries...)
	return nil
}

func (s *shelf) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		entries := s.entries(cycle)
		for _, e := range entries[min(after, uint64(len(entries))):] {
			if err := ctx.Err(); err != nil {
				yield(reformcycle.Entry{}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (s *shelf) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.cycles))
}

func (s *shelf) Cycles(ctx context.Context, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, id := range s.ids() {
			if err := ctx.Err(); err != nil {
				yield("", err)
				return
			}
			if id > after && !yield(id, nil) {
				return
			}
		}
	}
}

func (s *shelf) SaveSnapshot(_ context.Context, snapshot reformcycle.Snapshot) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snapshots == nil {
		s.snapshots = map[string]reformcycle.Snapshot{}
	}
	s.snapshots[snapshot.Cycle] = snapshot
	return nil
}

func (s *shelf) LoadSnapshot(_ context.Context, cycle string) (reformcycle.Snapshot, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	snapshot, found := s.snapshots[cycle]
	return snapshot, found, nil
}

// faulty is a shelf with another way to do one thing or another.
type faulty struct {
	*shelf
	append func(context.Context, reformcycle.Batch) error
	load   func(context.Context, string, uint64) iter.Seq2[reformcycle.Entry, error]
	list   func(context.Context, string) iter.Seq2[string, error]
	save   func(reformcycle.Snapshot) error
	find   func(string) (reformcycle.Snapshot, bool, error)
	feed   func(context.Context, reformcycle.Position) iter.Seq2[reformcycle.Fed, error]
	end    func() reformcycle.Position
	reopen func() reformcycle.Journal
	beside func() reformcycle.Journal
	damage func(cycle string, seq uint64) reformcycle.Journal
}

func (f *faulty) Append(ctx context.Context, b reformcycle.Batch) error {
	if f.append == nil {
		return f.shelf.Append(ctx, b)
	}
	return f.append(ctx, b)
}

func (f *faulty) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	if f.load == nil {
		return f.shelf.Load(ctx, cycle, after)
	}
	return f.load(ctx, cycle, after)
}

func (f *faulty) Cycles(ctx context.Context, after string) iter.Seq2[string, error] {
	if f.list == nil {
		return f.shelf.Cycles(ctx, after)
	}
	return f.list(ctx, after)
}

func (f *faulty) SaveSnapshot(ctx context.Context, s reformcycle.Snapshot) error {
	if f.save == nil {
		return f.shelf.SaveSnapshot(ctx, s)
	}
	return f.save(s)
}

func (f *faulty) LoadSnapshot(ctx context.Context, cycle string) (reformcycle.Snapshot, bool, error) {
	if f.find == nil {
		return f.shelf.LoadSnapshot(ctx, cycle)
	}
	return f.find(cycle)
}

func (f *faulty) Feed(ctx context.Context, after reformcycle.Position) iter.Seq2[reformcycle.Fed, error] {
	if f.feed == nil {
		return f.shelf.Feed(ctx, after)
	}
	return f.feed(ctx, after)
}

func (f *faulty) FeedEnd(ctx context.Context) (reformcycle.Position, error) {
	if f.end == nil {
		return f.shelf.FeedEnd(ctx)
	}
	return f.end(), nil
}

// fed gives what a feed has from a list that was changed.
func fed(f *faulty, change func(all []reformcycle.Fed, after reformcycle.Position) []reformcycle.Fed) {
	f.feed = func(_ context.Context, after reformcycle.Position) iter.Seq2[reformcycle.Fed, error] {
		return func(yield func(reformcycle.Fed, error) bool) {
			for _, one := range change(slices.Clone(f.all()), after) {
				if !yield(one, nil) {
					return
				}
			}
		}
	}
}

// behind is what a list has behind a position, which it takes at its word.
func behind(all []reformcycle.Fed, after reformcycle.Position) []reformcycle.Fed {
	return all[min(after.At, uint64(len(all))):]
}

// tried gives a trial of journals with a fault.
func tried(fault func(*faulty)) *trial {
	return &trial{
		open: func() reformcycle.Journal {
			f := &faulty{shelf: &shelf{}}
			fault(f)
			return f
		},
		reopen: func(j reformcycle.Journal) reformcycle.Journal {
			if f := j.(*faulty); f.reopen != nil {
				return f.reopen()
			}
			return j
		},
		beside: func(j reformcycle.Journal) reformcycle.Journal {
			if f := j.(*faulty); f.beside != nil {
				return f.beside()
			}
			return j
		},
		damage: func(j reformcycle.Journal, cycle string, seq uint64) reformcycle.Journal {
			f := j.(*faulty)
			if f.damage != nil {
				return f.damage(cycle, seq)
			}
			return rotten(f, cycle, seq, reformcycle.ErrDamaged)
		},
		short: true,
	}
}

// rotten has a journal notice that an entry of a cycle was changed: before it
// comes nothing or all, and then an error.
func rotten(f *faulty, cycle string, seq uint64, err error) reformcycle.Journal {
	load := f.Load
	spoilt := &faulty{shelf: f.shelf, append: f.append, list: f.list}
	spoilt.load = func(ctx context.Context, id string, after uint64) iter.Seq2[reformcycle.Entry, error] {
		return func(yield func(reformcycle.Entry, error) bool) {
			for e, wrong := range load(ctx, id, after) {
				if id == cycle && e.Seq == seq && err != nil {
					yield(reformcycle.Entry{}, err)
					return
				}
				if !yield(e, wrong) {
					return
				}
			}
		}
	}
	return spoilt
}

// judge tries a rule; a journal that panics has broken it.
func judge(r rule, tr *trial) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.hold(tr)
}

// each gives every rule of the contract, by the name of its subtest.
func each() iter.Seq2[string, rule] {
	return func(yield func(string, rule) bool) {
		for _, g := range contract {
			for _, r := range g.rules {
				if !yield(g.name+"/"+r.name, r) {
					return
				}
			}
		}
	}
}

func TestAJournalThatKeepsTheContractPasses(t *testing.T) {
	Run(t, func(*testing.T) reformcycle.Journal { return &shelf{} },
		WithReopen(func(_ *testing.T, j reformcycle.Journal) reformcycle.Journal { return j }),
		WithBeside(func(_ *testing.T, j reformcycle.Journal) reformcycle.Journal { return j }),
		WithDamage(func(_ *testing.T, j reformcycle.Journal, cycle string, seq uint64) reformcycle.Journal {
			return rotten(&faulty{shelf: j.(*shelf)}, cycle, seq, reformcycle.ErrDamaged)
		}))
}

func TestWhatAJournalDoesNotOfferIsSkippedByName(t *testing.T) {
	skipped := 0
	for name, r := range each() {
		if strings.HasPrefix(name, "size/") {
			continue
		}
		err := r.hold(&trial{open: func() reformcycle.Journal { return plainly{&shelf{}} }, short: true})
		var without *absent
		switch {
		case errors.As(err, &without) && without.what != "":
			skipped++
		case err != nil:
			t.Errorf("%s: %v", name, err)
		}
	}
	if want := len(durabilityRules) + len(damageRules) + len(snapshotRules) + len(feedRules) + 3; skipped != want {
		t.Errorf("%d rules were skipped and should be %d: those of durability, of damage, of snapshots, of the feed, and three of journals beside each other", skipped, want)
	}
}

func TestEveryFaultIsCaught(t *testing.T) {
	usual := patience
	patience = 100 * time.Millisecond
	t.Cleanup(func() { patience = usual })

	caught := map[string]int{}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			for _, pattern := range f.caughtBy {
				judged, hit := 0, 0
				for name, r := range each() {
					if !strings.HasPrefix(name, pattern) {
						continue
					}
					judged++
					err := judge(r, tried(f.fault))
					var without *absent
					if err == nil || errors.As(err, &without) {
						t.Errorf("%q let it pass", name)
						continue
					}
					hit++
					caught[name]++
					if len(err.Error()) == 0 {
						t.Errorf("%q says nothing", name)
					}
				}
				if judged == 0 || hit == 0 {
					t.Errorf("no rule begins with %q", pattern)
				}
			}
		})
	}
	for name := range each() {
		if caught[name] == 0 && !t.Failed() {
			t.Errorf("no fault shows that the rule %q can fail", name)
		}
	}
}

func TestAFailureSaysWhatTheContractAsksAndWhatWasSeen(t *testing.T) {
	err := conflicting(4, 6, 7)(tried(func(f *faulty) {
		f.append = func(_ context.Context, b reformcycle.Batch) error {
			f.put(b.Cycle, b.Entries...)
			return nil
		}
	}))
	const want = "the contract asks: Append gives a ConflictError with the cycle, the number that the batch follows and the last one in the journal, where the two differ\n" +
		"\tseen: a batch after entry 4 was taken, and the journal of \"contested\" ends at 7"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// through has every entry changed on its way out.
func through(f *faulty, change func(*reformcycle.Entry)) {
	f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
		return func(yield func(reformcycle.Entry, error) bool) {
			for e, err := range f.shelf.Load(ctx, cycle, after) {
				change(&e)
				if !yield(e, err) {
					return
				}
			}
		}
	}
}

// inward has every batch changed on its way in.
func inward(f *faulty, change func(*reformcycle.Batch)) {
	f.append = func(ctx context.Context, b reformcycle.Batch) error {
		b.Entries = slices.Clone(b.Entries)
		change(&b)
		return f.shelf.Append(ctx, b)
	}
}

// refusing has every conflict changed into something else.
func refusing(f *faulty, change func(*reformcycle.ConflictError) error) {
	f.append = func(ctx context.Context, b reformcycle.Batch) error {
		err := f.shelf.Append(ctx, b)
		var conflict *reformcycle.ConflictError
		if errors.As(err, &conflict) {
			return change(conflict)
		}
		return err
	}
}

// filed keeps cycles under another name, and lists them as they are.
func filed(f *faulty, name func(string) string) {
	names := &sync.Map{}
	inward(f, func(b *reformcycle.Batch) {
		names.Store(b.Cycle, true)
		b.Cycle = name(b.Cycle)
	})
	f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
		return f.shelf.Load(ctx, name(cycle), after)
	}
	f.list = func(_ context.Context, after string) iter.Seq2[string, error] {
		var ids []string
		names.Range(func(id, _ any) bool {
			ids = append(ids, id.(string))
			return true
		})
		return sequence(after, slices.Sorted(slices.Values(ids)))
	}
}

// sequence lists what is behind an id, in the order that it has.
func sequence(after string, ids []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, id := range ids {
			if id > after && !yield(id, nil) {
				return
			}
		}
	}
}

// ordered lists in an order of its own.
func ordered(f *faulty, compare func(a, b string) int) {
	f.list = func(_ context.Context, after string) iter.Seq2[string, error] {
		ids := f.ids()
		slices.SortStableFunc(ids, compare)
		return sequence(after, ids)
	}
}

// cut cuts a name as a file system might.
func cut(n int) func(string) string {
	return func(id string) string { return id[:min(n, len(id))] }
}

var errElse = errors.New("something else")

// faults are ways to break the contract, and the rules that find each: whole
// names, or how they begin. Together they show that every rule can fail.
var faults = []struct {
	name     string
	caughtBy []string
	fault    func(*faulty)
}{
	{"takes a position at its word", []string{"feed/a position of another", "feed/a position that was made up"}, func(f *faulty) { fed(f, behind) }},
	{"feeds no cycle but the first", []string{"feed/followers that", "feed/a feed that", "feed/followers of"}, func(f *faulty) {
		fed(f, func(all []reformcycle.Fed, after reformcycle.Position) []reformcycle.Fed {
			return slices.DeleteFunc(behind(all, after), func(one reformcycle.Fed) bool { return one.Cycle != all[0].Cycle })
		})
	}},
	{"leaves out entry 7", []string{"feed/followers that", "feed/a feed that", "feed/followers of", "feed/FeedEnd"}, func(f *faulty) {
		fed(f, func(all []reformcycle.Fed, after reformcycle.Position) []reformcycle.Fed {
			return slices.DeleteFunc(behind(all, after), func(one reformcycle.Fed) bool { return one.Entry.Seq == 7 })
		})
	}},
	{"feeds the latest first", []string{"feed/followers that", "feed/a feed that", "feed/followers of"}, func(f *faulty) {
		fed(f, func(all []reformcycle.Fed, after reformcycle.Position) []reformcycle.Fed {
			all = behind(all, after)
			slices.Reverse(all)
			return all
		})
	}},
	{"goes on one entry too late", []string{"feed/followers that", "feed/followers of"}, func(f *faulty) {
		fed(f, func(all []reformcycle.Fed, after reformcycle.Position) []reformcycle.Fed {
			if after.At > 0 {
				after.At++
			}
			return behind(all, after)
		})
	}},
	{"begins anew each time", []string{"feed/a feed that", "feed/FeedEnd"}, func(f *faulty) {
		fed(f, func(all []reformcycle.Fed, after reformcycle.Position) []reformcycle.Fed { return all })
	}},
	{"feeds without an epoch", []string{"feed/followers that", "feed/a feed that"}, func(f *faulty) {
		fed(f, func(all []reformcycle.Fed, after reformcycle.Position) []reformcycle.Fed {
			for i := range all {
				all[i].Position.Epoch = 0
			}
			return behind(all, after)
		})
	}},
	{"feeds other data", []string{"feed/followers that", "feed/a feed that", "feed/followers of"}, func(f *faulty) {
		fed(f, func(all []reformcycle.Fed, after reformcycle.Position) []reformcycle.Fed {
			for i := range all {
				all[i].Entry.Data = nil
			}
			return behind(all, after)
		})
	}},
	{"ends the feed at the beginning", []string{"feed/FeedEnd"}, func(f *faulty) {
		f.end = func() reformcycle.Position { return reformcycle.Position{} }
	}},
	{"ends a feed quietly with its context", []string{"feed/a context"}, func(f *faulty) {
		f.feed = func(ctx context.Context, after reformcycle.Position) iter.Seq2[reformcycle.Fed, error] {
			return func(yield func(reformcycle.Fed, error) bool) {
				for _, one := range behind(f.all(), after) {
					if ctx.Err() != nil || !yield(one, nil) {
						return
					}
				}
			}
		}
	}},
	{"drops the last entry of long batches", []string{"ordering/entries", "atomicity/a batch of a thousand entries is", "size/a batch"}, func(f *faulty) {
		inward(f, func(b *reformcycle.Batch) {
			if len(b.Entries) > 3 {
				b.Entries = b.Entries[:len(b.Entries)-1]
			}
		})
	}},
	{"turns long batches round", []string{"ordering/entries", "atomicity/a batch of a thousand entries is", "cycle/an export"}, func(f *faulty) {
		inward(f, func(b *reformcycle.Batch) {
			if len(b.Entries) > 3 {
				slices.Reverse(b.Entries)
			}
		})
	}},
	{"keeps microseconds", []string{"ordering/entries come back as"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.At = e.At.Truncate(time.Microsecond) })
	}},
	{"keeps when it was recorded in 64 bits", []string{"ordering/entries come back as"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.Recorded = time.Unix(0, e.Recorded.UnixNano()).UTC() })
	}},
	{"gives moments in a zone", []string{"ordering/entries", "listing/a journal holds a thousand"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.At = e.At.In(time.FixedZone("", 3600)) })
	}},
	{"gives moments in the machine's zone", []string{"ordering/entries"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.At = e.At.Local() })
	}},
	{"spells the data anew", []string{"ordering/entries come back as", "cycle/an export"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) {
			var v any
			if json.Unmarshal(e.Data, &v) == nil {
				e.Data, _ = json.Marshal(v)
			}
		})
	}},
	{"cuts the data", []string{"size/", "cycle/a cycle opened again"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.Data = e.Data[:min(len(e.Data), 100)] })
	}},
	{"cuts authors", []string{"ordering/entries come back as", "ids/ids as long"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.By = cut(255)(e.By) })
	}},
	{"loses where batches begin", []string{"ordering/entries come back as"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.First = 0 })
	}},
	{"loses keys", []string{"ordering/entries come back as"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.Key = "" })
	}},
	{"loses the kind", []string{"ordering/entries"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.Kind = "" })
	}},
	{"loses the version", []string{"ordering/entries"}, func(f *faulty) {
		through(f, func(e *reformcycle.Entry) { e.Version = 0 })
	}},
	{"loads from the number itself", []string{"ordering/Load begins", "concurrency/of writers"}, func(f *faulty) {
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			return f.shelf.Load(ctx, cycle, max(after, 1)-1)
		}
	}},
	{"loads after a number in 63 bits", []string{"ordering/Load begins"}, func(f *faulty) {
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			return f.shelf.Load(ctx, cycle, uint64(max(0, int64(after))))
		}
	}},
	{"refuses numbers past its end", []string{"ordering/Load begins"}, func(f *faulty) {
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			if after > 1<<62 {
				return func(yield func(reformcycle.Entry, error) bool) { yield(reformcycle.Entry{}, errElse) }
			}
			return f.shelf.Load(ctx, cycle, after)
		}
	}},
	{"gives an error for a cycle that it does not have", []string{"ordering/a cycle", "atomicity/a refused", "durability/an empty"}, func(f *faulty) {
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			if f.entries(cycle) == nil {
				return func(yield func(reformcycle.Entry, error) bool) { yield(reformcycle.Entry{}, reformcycle.ErrNotFound) }
			}
			return f.shelf.Load(ctx, cycle, after)
		}
	}},
	{"loads by pattern", []string{"ordering/a cycle"}, func(f *faulty) {
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			for _, id := range f.ids() {
				if ok, _ := path.Match(cycle, id); ok {
					cycle = id
				}
			}
			return f.shelf.Load(ctx, cycle, after)
		}
	}},
	{"goes on when its reader has stopped", []string{"reading/Load stops", "reading/the sequence"}, func(f *faulty) {
		f.load = func(_ context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			return func(yield func(reformcycle.Entry, error) bool) {
				for _, e := range f.entries(cycle)[after:] {
					yield(e, nil)
				}
			}
		}
	}},
	{"lists on when its reader has stopped", []string{"listing/Cycles stops", "listing/a listing page"}, func(f *faulty) {
		f.list = func(_ context.Context, after string) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) {
				for id := range sequence(after, f.ids()) {
					yield(id, nil)
				}
			}
		}
	}},
	{"gives sequences that are used up", []string{"reading/the sequence"}, func(f *faulty) {
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			used := false
			return func(yield func(reformcycle.Entry, error) bool) {
				if !used {
					used = true
					f.shelf.Load(ctx, cycle, after)(yield)
				}
			}
		}
	}},
	{"gives listings that are used up", []string{"listing/Cycles stops"}, func(f *faulty) {
		f.list = func(ctx context.Context, after string) iter.Seq2[string, error] {
			used := false
			return func(yield func(string, error) bool) {
				if !used {
					used = true
					f.shelf.Cycles(ctx, after)(yield)
				}
			}
		}
	}},
	{"is locked while it is read", []string{"reading/two readers", "reading/a reader of Load"}, func(f *faulty) {
		var mu sync.Mutex
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			return f.shelf.Append(ctx, b)
		}
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			return func(yield func(reformcycle.Entry, error) bool) {
				mu.Lock()
				defer mu.Unlock()
				f.shelf.Load(ctx, cycle, after)(yield)
			}
		}
	}},
	{"is locked while it is listed", []string{"reading/a reader of Cycles"}, func(f *faulty) {
		var mu sync.Mutex
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			return f.shelf.Append(ctx, b)
		}
		f.list = func(ctx context.Context, after string) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) {
				mu.Lock()
				defer mu.Unlock()
				f.shelf.Cycles(ctx, after)(yield)
			}
		}
	}},
	{"takes whatever comes", []string{
		"conflict/", "cycle/a cycle can't", "cycle/cycles that retry", "atomicity/a batch that conflicts", "atomicity/a refused",
		"atomicity/a batch of a thousand entries that conflicts", "concurrency/of writers", "durability/what was refused", "durability/a journal opened",
	}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			f.put(b.Cycle, b.Entries...)
			return ctx.Err()
		}
	}},
	{"conflicts only where the number is too low", []string{"conflict/a batch that follows too high", "conflict/a batch that follows entries", "conflict/the number"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			b.After = min(b.After, uint64(len(f.entries(b.Cycle))))
			return f.shelf.Append(ctx, b)
		}
	}},
	{"takes a batch twice and says nothing", []string{"conflict/a batch given", "durability/a journal opened", "conflict/a journal beside"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			if n := uint64(len(f.entries(b.Cycle))); n > 0 && n == b.After+uint64(len(b.Entries)) {
				return nil
			}
			return f.shelf.Append(ctx, b)
		}
	}},
	{"adds part of what conflicts", []string{"atomicity/a batch that conflicts", "atomicity/a batch of a thousand entries that conflicts"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			err := f.shelf.Append(ctx, b)
			if errors.Is(err, reformcycle.ErrConflict) {
				for _, e := range b.Entries {
					if e.Seq == uint64(len(f.entries(b.Cycle)))+1 {
						f.put(b.Cycle, e)
					}
				}
			}
			return err
		}
	}},
	{"adds entries until its context ends", []string{"atomicity/a batch whose"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			for i, e := range b.Entries {
				if err := f.shelf.Append(ctx, reformcycle.Batch{Cycle: b.Cycle, After: b.After + uint64(i), Entries: []reformcycle.Entry{e}}); err != nil {
					return err
				}
			}
			return nil
		}
	}},
	{"acknowledges what it gave up", []string{"atomicity/a batch whose", "contexts/Append"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			if ctx.Err() != nil {
				return nil
			}
			return f.shelf.Append(ctx, b)
		}
	}},
	{"gives the context's error and adds the batch", []string{"contexts/Append"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			return cmp.Or(f.shelf.Append(calm, b), ctx.Err())
		}
	}},
	{"conflicts without saying where it ends", []string{"conflict/a batch that follows too", "concurrency/of writers"}, func(f *faulty) {
		refusing(f, func(c *reformcycle.ConflictError) error {
			return &reformcycle.ConflictError{Cycle: c.Cycle, After: c.After}
		})
	}},
	{"conflicts about another cycle", []string{"conflict/"}, func(f *faulty) {
		refusing(f, func(c *reformcycle.ConflictError) error {
			return &reformcycle.ConflictError{Cycle: "another", After: c.After, Head: c.Head}
		})
	}},
	{"conflicts without a ConflictError", []string{"conflict/", "cycle/a cycle can't"}, func(f *faulty) {
		refusing(f, func(c *reformcycle.ConflictError) error {
			return fmt.Errorf("%w at %d", reformcycle.ErrConflict, c.Head)
		})
	}},
	{"gives an error of its own for a conflict", []string{"conflict/", "cycle/cycles that retry"}, func(f *faulty) {
		refusing(f, func(*reformcycle.ConflictError) error { return errElse })
	}},
	{"knows a cycle whose first batch was refused", []string{"atomicity/a refused"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			f.put(b.Cycle)
			return f.shelf.Append(ctx, b)
		}
	}},
	{"knows a cycle without entries", []string{"atomicity/a batch without"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			err := f.shelf.Append(ctx, b)
			if len(b.Entries) == 0 {
				f.put(b.Cycle)
			}
			return err
		}
	}},
	{"takes a batch without entries", []string{"atomicity/a batch without"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			if len(b.Entries) == 0 {
				return nil
			}
			return f.shelf.Append(ctx, b)
		}
	}},
	{"gives what was damaged", []string{"damage/an entry"}, func(f *faulty) {
		f.damage = func(cycle string, seq uint64) reformcycle.Journal { return rotten(f, cycle, seq, nil) }
	}},
	{"has an error of its own for damage", []string{"damage/an entry"}, func(f *faulty) {
		f.damage = func(cycle string, seq uint64) reformcycle.Journal { return rotten(f, cycle, seq, errElse) }
	}},
	{"ends early where it is damaged, and says nothing", []string{"damage/an entry"}, func(f *faulty) {
		f.damage = func(cycle string, seq uint64) reformcycle.Journal {
			f.cycles[cycle] = f.cycles[cycle][:seq-1]
			return f
		}
	}},
	{"gives nothing of what is damaged", []string{"damage/an entry"}, func(f *faulty) {
		f.damage = func(cycle string, _ uint64) reformcycle.Journal { return rotten(f, cycle, 1, reformcycle.ErrDamaged) }
	}},
	{"takes no more once one cycle is damaged", []string{"damage/a journal serves"}, func(f *faulty) {
		f.damage = func(string, uint64) reformcycle.Journal {
			f.append = func(context.Context, reformcycle.Batch) error { return reformcycle.ErrDamaged }
			return f
		}
	}},
	{"keeps a snapshot that goes too far to itself", []string{"snapshots/a snapshot that goes"}, func(f *faulty) {
		f.find = func(cycle string) (reformcycle.Snapshot, bool, error) {
			s, found, err := f.shelf.LoadSnapshot(calm, cycle)
			return s, found && s.Seq <= uint64(len(f.entries(cycle))), err
		}
	}},
	{"numbers all cycles together", []string{"conflict/the number", "concurrency/writers", "listing/a journal holds", "listing/a cycle is listed", "reading/a reader of Cycles"}, func(f *faulty) {
		total := uint64(0)
		f.append = func(_ context.Context, b reformcycle.Batch) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			if b.After != total {
				return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: total}
			}
			f.add(b.Cycle, b.Entries...)
			total += uint64(len(b.Entries))
			return nil
		}
	}},
	{"shows half of a batch", []string{"concurrency/of writers"}, func(f *faulty) {
		var mu sync.Mutex
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			if len(b.Entries) < 2 {
				return f.shelf.Append(ctx, b)
			}
			if err := f.shelf.Append(ctx, reformcycle.Batch{Cycle: b.Cycle, After: b.After, Entries: b.Entries[:1]}); err != nil {
				return err
			}
			time.Sleep(time.Millisecond)
			f.put(b.Cycle, b.Entries[1:]...)
			return nil
		}
	}},
	{"looks first and adds later", []string{"concurrency/of writers at", "cycle/cycles that retry over one"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			if head := uint64(len(f.entries(b.Cycle))); b.After != head {
				return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: head}
			}
			time.Sleep(time.Millisecond)
			f.put(b.Cycle, b.Entries...)
			return nil
		}
	}},
	{"acknowledges before it adds", []string{"ordering/entries come back in", "concurrency/writers"}, func(f *faulty) {
		var waiting []reformcycle.Batch
		var mu sync.Mutex
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			for _, earlier := range waiting {
				f.put(earlier.Cycle, earlier.Entries...)
			}
			waiting = []reformcycle.Batch{b}
			return nil
		}
	}},
	{"does not look at what another journal added", []string{"conflict/a journal beside", "concurrency/of writers in journals", "cycle/cycles that retry over journals"}, func(f *faulty) {
		f.beside = func() reformcycle.Journal {
			second := &shelf{}
			for _, id := range f.ids() {
				second.put(id, f.entries(id)...)
			}
			return &faulty{shelf: second}
		}
	}},
	{"forgets everything when it is closed", []string{"durability/what was acknowledged", "durability/a journal opened", "durability/what was refused", "ids/"}, func(f *faulty) {
		f.reopen = func() reformcycle.Journal { return &faulty{shelf: &shelf{}} }
	}},
	{"forgets the last entry when it is closed", []string{"durability/what was acknowledged", "durability/a journal opened", "cycle/a cycle opened"}, func(f *faulty) {
		f.reopen = func() reformcycle.Journal {
			for id, entries := range f.cycles {
				f.cycles[id] = entries[:len(entries)-1]
			}
			return f
		}
	}},
	{"does not know where it ended when it is opened again", []string{"durability/a journal opened"}, func(f *faulty) {
		f.reopen = func() reformcycle.Journal {
			f.append = func(_ context.Context, b reformcycle.Batch) error {
				f.put(b.Cycle, b.Entries...)
				return nil
			}
			return f
		}
	}},
	{"finds what was refused when it is opened again", []string{"durability/what was refused"}, func(f *faulty) {
		var refused []reformcycle.Batch
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			err := f.shelf.Append(ctx, b)
			if err != nil {
				refused = append(refused, b)
			}
			return err
		}
		f.reopen = func() reformcycle.Journal {
			for _, b := range refused {
				f.put(b.Cycle, b.Entries...)
			}
			return f
		}
	}},
	{"is not empty when it is opened again", []string{"durability/an empty"}, func(f *faulty) {
		f.reopen = func() reformcycle.Journal {
			f.put("lost and found", reformcycle.Entry{Seq: 1})
			return f
		}
	}},
	{"lists a cycle that is not", []string{"listing/"}, func(f *faulty) {
		f.list = func(_ context.Context, after string) iter.Seq2[string, error] {
			return sequence(after, append(f.ids(), "zzzzz", "zzzzz"))
		}
	}},
	{"lists the last cycle first", []string{"listing/cycles are", "listing/the listing", "listing/a cycle is", "listing/a journal holds", "ids/ids in"}, func(f *faulty) {
		ordered(f, func(a, b string) int { return cmp.Compare(b, a) })
	}},
	{"lists without regard to case", []string{"listing/cycles are", "ids/ids that differ only by case"}, func(f *faulty) {
		ordered(f, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	}},
	{"lists in the order of UTF-16", []string{"listing/cycles are"}, func(f *faulty) {
		ordered(f, func(a, b string) int { return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))) })
	}},
	{"lists from the id itself", []string{"listing/the listing", "listing/Cycles stops", "listing/a listing page"}, func(f *faulty) {
		f.list = func(_ context.Context, after string) iter.Seq2[string, error] {
			return sequence("", slices.DeleteFunc(f.ids(), func(id string) bool { return id < after }))
		}
	}},
	{"lists from the start where it does not have the id", []string{"listing/the listing"}, func(f *faulty) {
		f.list = func(_ context.Context, after string) iter.Seq2[string, error] {
			if f.entries(after) == nil {
				after = ""
			}
			return sequence(after, f.ids())
		}
	}},
	{"lists a page and no more", []string{"listing/cycles are", "listing/a journal holds"}, func(f *faulty) {
		f.list = func(_ context.Context, after string) iter.Seq2[string, error] {
			ids := slices.DeleteFunc(f.ids(), func(id string) bool { return id <= after })
			return sequence(after, ids[:min(10, len(ids))])
		}
	}},
	{"lists by place and not by id", []string{"listing/a listing page"}, func(f *faulty) {
		seen := 0 // how many have been listed before
		f.list = func(_ context.Context, after string) iter.Seq2[string, error] {
			if after == "" {
				seen = 0
			}
			return func(yield func(string, error) bool) {
				for _, id := range f.ids()[seen:] {
					seen++
					if !yield(id, nil) {
						return
					}
				}
			}
		}
	}},
	{"lists a cycle for each of its batches", []string{"listing/a cycle is listed"}, func(f *faulty) {
		var batches []string
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			batches = append(batches, b.Cycle)
			return f.shelf.Append(ctx, b)
		}
		f.list = func(_ context.Context, after string) iter.Seq2[string, error] {
			return sequence(after, slices.Sorted(slices.Values(batches)))
		}
	}},
	{"files ids without regard to case", []string{"ids/ids that differ only by case"}, func(f *faulty) { filed(f, strings.ToLower) }},
	{"files ids in one normal form", []string{"ids/ids that differ only by normalisation"}, func(f *faulty) {
		filed(f, strings.NewReplacer("e\u0301", "é", "\u212b", "Å", "A\u030a", "Å").Replace)
	}},
	{"files ids as paths", []string{"ids/ids that look"}, func(f *faulty) { filed(f, path.Clean) }},
	{"files ids by 255 bytes", []string{"ids/ids as long"}, func(f *faulty) { filed(f, cut(255)) }},
	{"files ids in one byte a character", []string{"ids/ids in any script"}, func(f *faulty) {
		filed(f, func(id string) string {
			return strings.Map(func(r rune) rune { return min(r, 0xff) }, id)
		})
	}},
	{"refuses large entries", []string{"size/an entry"}, func(f *faulty) {
		f.append = func(ctx context.Context, b reformcycle.Batch) error {
			for _, e := range b.Entries {
				if len(e.Data) > 1<<20 {
					return errElse
				}
			}
			return f.shelf.Append(ctx, b)
		}
	}},
	{"ends early and says nothing once its context has ended", []string{"contexts/Load", "contexts/Cycles", "contexts/a context"}, func(f *faulty) {
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			return silent(ctx, f.shelf.Load(calm, cycle, after))
		}
		f.list = func(ctx context.Context, after string) iter.Seq2[string, error] {
			return silent(ctx, f.shelf.Cycles(calm, after))
		}
	}},
	{"gives an error of its own once its context has ended", []string{"contexts/Load", "contexts/Cycles", "contexts/a context"}, func(f *faulty) {
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			return hidden(f.shelf.Load(ctx, cycle, after))
		}
		f.list = func(ctx context.Context, after string) iter.Seq2[string, error] {
			return hidden(f.shelf.Cycles(ctx, after))
		}
	}},
	{"goes on after an error", []string{"contexts/Load"}, func(f *faulty) {
		f.load = func(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
			return func(yield func(reformcycle.Entry, error) bool) {
				for _, e := range f.entries(cycle)[after:] {
					if err := ctx.Err(); err != nil && !yield(reformcycle.Entry{}, err) || !yield(e, nil) {
						return
					}
				}
			}
		}
	}},
	{"loses the state of a snapshot", []string{"snapshots/a snapshot comes", "snapshots/a snapshot takes", "snapshots/the snapshots", "snapshots/a cycle opened", "snapshots/snapshots saved"}, func(f *faulty) {
		f.save = func(s reformcycle.Snapshot) error {
			s.State = json.RawMessage("{}")
			return f.shelf.SaveSnapshot(calm, s)
		}
	}},
	{"spells the state of a snapshot anew", []string{"snapshots/a snapshot comes", "snapshots/a snapshot takes", "snapshots/a cycle opened"}, func(f *faulty) {
		f.save = func(s reformcycle.Snapshot) error {
			s.State = append(json.RawMessage(" "), s.State...)
			return f.shelf.SaveSnapshot(calm, s)
		}
	}},
	{"loses the digest of a snapshot", []string{"snapshots/a snapshot comes", "snapshots/a snapshot takes", "snapshots/a cycle opened"}, func(f *faulty) {
		f.save = func(s reformcycle.Snapshot) error {
			s.Digest = ""
			return f.shelf.SaveSnapshot(calm, s)
		}
	}},
	{"loses the table of a snapshot", []string{"snapshots/a snapshot comes", "snapshots/a snapshot takes", "snapshots/a cycle opened"}, func(f *faulty) {
		f.save = func(s reformcycle.Snapshot) error {
			s.Table = ""
			return f.shelf.SaveSnapshot(calm, s)
		}
	}},
	{"keeps the first snapshot", []string{"snapshots/a snapshot takes", "snapshots/a cycle opened"}, func(f *faulty) {
		f.save = func(s reformcycle.Snapshot) error {
			if _, found, _ := f.shelf.LoadSnapshot(calm, s.Cycle); found {
				return nil
			}
			return f.shelf.SaveSnapshot(calm, s)
		}
	}},
	{"gives an error where there is no snapshot", []string{"snapshots/a cycle without"}, func(f *faulty) {
		f.find = func(cycle string) (reformcycle.Snapshot, bool, error) {
			s, found, _ := f.shelf.LoadSnapshot(calm, cycle)
			if !found {
				return s, false, reformcycle.ErrNotFound
			}
			return s, true, nil
		}
	}},
	{"finds a snapshot where there is none", []string{"snapshots/a cycle without"}, func(f *faulty) {
		f.find = func(cycle string) (reformcycle.Snapshot, bool, error) {
			s, _, err := f.shelf.LoadSnapshot(calm, cycle)
			return s, true, err
		}
	}},
	{"files snapshots without regard to case", []string{"snapshots/the snapshots"}, func(f *faulty) {
		kept := map[string]reformcycle.Snapshot{}
		f.save = func(s reformcycle.Snapshot) error {
			kept[strings.ToLower(s.Cycle)] = s
			return nil
		}
		f.find = func(cycle string) (reformcycle.Snapshot, bool, error) {
			s, found := kept[strings.ToLower(cycle)]
			return s, found, nil
		}
	}},
	{"lists snapshots as cycles", []string{"snapshots/the snapshots"}, func(f *faulty) {
		f.save = func(s reformcycle.Snapshot) error {
			f.put(s.Cycle + ".snapshot~")
			return f.shelf.SaveSnapshot(calm, s)
		}
	}},
	{"mixes snapshots that are saved at once", []string{"snapshots/snapshots saved"}, func(f *faulty) {
		var mu sync.Mutex
		var kept reformcycle.Snapshot
		f.save = func(s reformcycle.Snapshot) error {
			mu.Lock()
			kept = reformcycle.Snapshot{Cycle: s.Cycle, Seq: s.Seq, Last: s.Last, Schema: s.Schema, Checklist: s.Checklist, Table: s.Table, State: kept.State, Digest: s.Digest}
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			kept.State = bytes.Clone(s.State)
			mu.Unlock()
			return nil
		}
		f.find = func(string) (reformcycle.Snapshot, bool, error) {
			mu.Lock()
			defer mu.Unlock()
			return kept, kept.Cycle != "", nil
		}
	}},
}

// silent ends a sequence with its context and gives no error.
func silent[T any](ctx context.Context, seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range seq {
			if ctx.Err() != nil || !yield(v, err) {
				return
			}
		}
	}
}

// hidden gives every error as another.
func hidden[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range seq {
			if err != nil {
				err = errElse
			}
			if !yield(v, err) {
				return
			}
		}
	}
}
