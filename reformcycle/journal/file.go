package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The files of a journal, all of them in its directory. FORMAT says what the
// directory is, index lists the cycles. Each cycle has a file for its batches and
// one for its snapshot, named after the SHA-256 of its id, because an id may hold
// what a file name may not. What was dropped from a cycle's file is beside it.
// A file on its way to one of these names has another suffix.
const (
	formatFile  = "FORMAT"
	indexFile   = "index"
	lockFile    = "LOCK" // where the directory itself can't be locked
	cycleSuffix = ".cycle"
	snapSuffix  = ".snapshot"
	asideSuffix = ".dropped"
	newSuffix   = ".new"
)

// formatName is what FORMAT holds; firstFormat is what it held before one file a
// cycle.
const (
	formatName  = "chsreform journal 2\n"
	firstFormat = "chsreform journal 1\n"
)

// File is a journal in a directory, for any number of cycles, and keeps their
// snapshots too. OpenFile makes one; Close gives the directory back. The zero
// value is a closed journal.
//
// It promises that an entry that was acknowledged is there for as long as the
// disk keeps what it said it had synced: Append returns nil only after fsync. A
// crash leaves whole batches. One that was being appended when it came is there
// whole or not at all, and so is one whose Append returned an error other than a
// ConflictError or [fault.Fields].
//
// It is safe for use by several goroutines. A cycle takes its appends one after
// another, different cycles do not wait for each other. It keeps in memory a few
// words for every cycle, and open the index and the files of at most 64 cycles.
type File struct {
	dir      string
	disk     disk
	hear     func(reformcycle.Note) // may be nil
	readOnly bool
	loss     bool
	lock     io.Closer // nil for one that is read-only
	index    index

	// snapping is held by whoever writes a snapshot.
	snapping sync.Mutex
	// using is held for reading by whoever writes, and by Close.
	using sync.RWMutex

	mu      sync.Mutex // guards what follows; taken after that of a cycle
	open    bool
	held    []*cycle          // those whose file is open
	cycles  map[string]*cycle // by id
	unnamed map[string]error  // files of cycles whose id can't be read, and why
	notes   []reformcycle.Note
	noted   map[string]uint64
}

// cycle is what is known of a cycle.
type cycle struct {
	id     string
	path   string // of its file
	listed bool   // there is a file of it; guarded by File.mu

	mu sync.Mutex // guards what follows; held while the cycle is written to
	// mark is where its file ends: by the index, or for sure.
	mark
	sure bool
	file diskFile // open for the next batch; nil for none
}

var (
	_ reformcycle.Journal         = (*File)(nil)
	_ reformcycle.SnapshotJournal = (*File)(nil)
	_ reformcycle.Feeder          = (*File)(nil)
)

// FileOption configures OpenFile.
type FileOption func(*File) error

// WithReadOnly opens a journal for reading. It takes no lock and changes nothing,
// so it may be used beside the process that writes, and on a journal that is
// damaged. Every Load gives at least what was acknowledged before it began, so that
// nothing need be opened anew to follow what is written: a cycle's Reload does. It may
// give the batch that is being written, too, which may be taken back.
func WithReadOnly() FileOption {
	return func(f *File) error {
		f.readOnly = true
		return nil
	}
}

// WithNotes has a function called for every note: what was found torn by a crash
// and put aside. It must not call the journal. Notes has them as well.
func WithNotes(hear func(reformcycle.Note)) FileOption {
	return func(f *File) error {
		if hear == nil {
			return refused("WithNotes", nil, language.Of("want.function"))
		}
		f.hear = hear
		return nil
	}
}

// WithLoss goes on without entries that are known to be lost, where Load and
// Append would give a LostError: the cycle then ends with the last entry that is
// there, and new ones take the numbers of those that are gone. Each such cycle is
// noted once. Use it when nothing better can be had from a backup.
func WithLoss() FileOption {
	return func(f *File) error {
		f.loss = true
		return nil
	}
}

// OpenFile opens the journal in a directory, and makes it if there is none. It
// reads the index and the names in the directory, and of the cycles only those
// that the index does not have as they are now: after a crash the few that were
// being written, and all of them where the index is gone. Of a batch that a crash
// tore, it puts what is left into a file beside, and notes it. What else is wrong
// with a cycle is told by the first Load or Append of it.
//
// Errors: LockedError where somebody has it open for writing; ErrFormat for a
// directory that has files in it and is no journal, or one that this version does
// not read; [fault.Fields]; what the file system returns.
func OpenFile(dir string, options ...FileOption) (*File, error) {
	return openFile(osDisk{}, dir, options)
}

func openFile(d disk, dir string, options []FileOption) (*File, error) {
	f := &File{dir: dir, disk: d, cycles: make(map[string]*cycle), noted: make(map[string]uint64)}
	for _, option := range options {
		if option == nil {
			return nil, refused("option", nil, language.Of("want.option"))
		}
		if err := option(f); err != nil {
			return nil, err
		}
	}
	if dir == "" {
		return nil, refused("dir", dir, language.Of("want.directory"))
	}
	start := f.take
	if f.readOnly {
		start = f.visit
	}
	if err := start(); err != nil {
		return nil, err
	}
	f.open = true
	return f, nil
}

// visit begins to read.
func (f *File) visit() error {
	x, err := f.enter()
	if err != nil {
		return err
	}
	f.know(x)
	return f.survey(true)
}

// enter makes sure that the directory is a journal, and reads its index.
func (f *File) enter() (indexRead, error) {
	isNew, err := f.checkFormat()
	if err == nil && isNew {
		err = fmt.Errorf("%w: %s: %w", ErrFormat, f.path(formatFile), fs.ErrNotExist)
	}
	if err != nil {
		return indexRead{}, err
	}
	return f.readIndex()
}

// take takes the directory for writing.
func (f *File) take() (err error) {
	if err := f.disk.makeDir(f.dir); err != nil {
		return err
	}
	isNew, err := f.checkFormat() // before anything is written
	if err != nil {
		return err
	}
	if err := f.syncNames(isNew); err != nil {
		return err
	}
	if f.lock, err = f.disk.lock(f.dir); errors.Is(err, errTaken) {
		return &LockedError{Dir: f.dir}
	} else if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.index.close()
			f.lock.Close()
		}
	}()
	if _, err := f.checkFormat(); err != nil {
		return err
	}
	x, err := f.readIndex()
	if err != nil {
		return err
	}
	f.know(x)
	good := x.ours && x.stop == nil
	if good {
		err = f.openIndex(x)
	} else if err := put(f.disk, f.path(formatFile), []byte(formatName)); err != nil {
		// FORMAT is made before the first index, so only without one can its name be
		// missing on the disk.
		return err
	}
	if err := f.survey(true); err != nil {
		return err
	}
	switch {
	case good:
	case x.there && !x.ours:
		f.note("", "%s is not the journal's and stays as it is; until it is moved away every opening reads all cycles", f.path(indexFile))
	default:
		if x.there {
			f.note("", "%s was made again: %v", f.path(indexFile), x.stop)
		}
		err = f.makeIndex()
	}
	if err != nil {
		f.note("", "there is no index for now: %v", err)
	}
	return nil
}

// syncNames has the names on the way to the directory on the disk: all of them
// where the journal is new, for a process that made them may have been killed.
func (f *File) syncNames(all bool) error {
	for at, above := f.dir, filepath.Dir(f.dir); above != at; at, above = above, filepath.Dir(above) {
		err := f.disk.syncDir(above)
		foreign := errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrInvalid) || errors.Is(err, errors.ErrUnsupported)
		if err != nil && !foreign {
			return err
		}
		if !all {
			break
		}
	}
	return nil
}

func (f *File) path(name string) string { return filepath.Join(f.dir, name) }

// checkFormat refuses a directory that is not a journal of this format, and tells
// whether it is new: empty, but for what a crash left of making FORMAT.
func (f *File) checkFormat() (isNew bool, err error) {
	b, err := f.begins(formatFile, 2*len(formatName))
	switch {
	case err == nil && string(b) == formatName:
		return false, nil
	case err == nil && string(b) == firstFormat:
		return false, fmt.Errorf("%w: %s is of format 1, which went before the first release; take what is in it out with the version that wrote it", ErrFormat, f.dir)
	case err == nil:
		return false, fmt.Errorf("%w: %s says %q; known is %q", ErrFormat, f.path(formatFile), b, formatName)
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	names, err := f.disk.list(f.dir)
	if err != nil {
		return false, err
	}
	for _, n := range names {
		if n.name == lockFile {
			continue
		}
		if n.name == formatFile+newSuffix {
			b, err := f.begins(n.name, 2*len(formatName))
			if err == nil && strings.HasPrefix(formatName, string(bytes.TrimRight(b, "\x00"))) {
				continue
			}
		}
		return false, fmt.Errorf("%w: %s has no %s, and has files in it, %.80q for one", ErrFormat, f.dir, formatFile, n.name)
	}
	return true, nil
}

// begins reads the first bytes of a file in the directory.
func (f *File) begins(name string, n int) ([]byte, error) {
	file, err := f.disk.open(f.path(name), false)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b := make([]byte, n)
	n, err = file.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b[:n], nil
}

// know takes over what the index says.
func (f *File) know(x indexRead) {
	for id, m := range x.marks {
		f.cycles[id] = &cycle{id: id, path: f.cyclePath(id), mark: m, listed: m.head > 0}
	}
}

// survey goes through the names in the directory. It finds the cycles that are
// not known yet and, where it is to look closer, how those end whose files are not
// as the index says; the trouble with one of them is told when it is asked for.
func (f *File) survey(closer bool) error {
	names, err := f.disk.list(f.dir)
	if err != nil {
		return err
	}
	f.mu.Lock()
	known := make(map[string]*cycle, len(f.cycles))
	for _, c := range f.cycles {
		known[filepath.Base(c.path)] = c
	}
	f.mu.Unlock()
	unnamed := make(map[string]error)
	for _, n := range names {
		if !cycleFile(n.name) {
			continue
		}
		c := known[n.name]
		if c == nil {
			id, err := f.readName(n.name)
			switch {
			case errors.Is(err, reformcycle.ErrDamaged), errors.Is(err, errStrange):
				unnamed[n.name] = err
				continue
			case err != nil:
				return err
			}
			c = f.cycle(id)
		}
		f.list(c, true)
		if closer {
			c.mu.Lock()
			if n.size != c.size {
				_, _ = f.stand(c)
			}
			c.mu.Unlock()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unnamed = unnamed
	return nil
}

// readName reads the id of a cycle from its file.
func (f *File) readName(name string) (string, error) {
	file, err := f.disk.open(f.path(name), false)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return f.nameIn(file, name)
}

func (f *File) nameIn(file diskFile, name string) (string, error) {
	size, err := file.Size()
	if err != nil {
		return "", err
	}
	w := window{from: file, size: size, ahead: headSize + maxID}
	head, err := w.legible(0)
	if flawed(err) {
		var found bool
		w = window{from: file, size: size}
		if head, found, err = w.find(0, size); err == nil && !found {
			err = flaw("no batch in it is legible")
		}
	}
	if err == nil && nameOf(head.cycle)+cycleSuffix != name {
		err = flaw(fmt.Sprintf("it holds %.80q, whose file has another name", head.cycle))
	}
	if err != nil {
		return "", damaged(f.path(name), "", place{err: err})
	}
	return head.cycle, nil
}

// nameOf gives the name that the files of a cycle have, without its suffix.
func nameOf(cycle string) string {
	sum := sha256.Sum256([]byte(cycle))
	return hex.EncodeToString(sum[:])
}

func (f *File) cyclePath(cycle string) string { return f.path(nameOf(cycle) + cycleSuffix) }

// cycle gives what is known of a cycle, and begins to know it.
func (f *File) cycle(id string) *cycle {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.cycles[id]
	if c == nil {
		c = &cycle{id: id, path: f.cyclePath(id)}
		f.cycles[id] = c
	}
	return c
}

// known gives what is known of a cycle that is there or may be, and nil for one
// that is not.
func (f *File) known(id string) *cycle {
	f.mu.Lock()
	c := f.cycles[id]
	illegible := c == nil && f.unnamed[nameOf(id)+cycleSuffix] != nil
	f.mu.Unlock()
	switch {
	case c != nil:
		return c
	case illegible:
		return f.cycle(id)
	case f.readOnly: // whoever writes may have begun it meanwhile
		return &cycle{id: id, path: f.cyclePath(id)}
	}
	return nil
}

// list has a cycle listed from now on, or not.
func (f *File) list(c *cycle, is bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c.listed = is
}

// usable says why the journal can't be used, if it can't.
func (f *File) usable() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.open {
		return ErrClosed
	}
	return nil
}

// writable says why nothing can be written.
func (f *File) writable() error {
	if err := f.usable(); err != nil {
		return err
	}
	if f.readOnly {
		return ErrReadOnly
	}
	return nil
}

// Append adds a batch, whole or not at all, and returns nil once it is synced.
//
// Errors: ConflictError; [fault.Fields] for a batch that is empty, misnumbered, not
// JSON or beyond bounds (an id of 1024 bytes, an entry of 64 MiB); DamageError
// where the end of the cycle's journal can't be read, and LostError where it is
// gone; ErrReadOnly; ErrClosed; what the context and the file system return.
// After an error from the file system the batch is not there if the disk could be
// brought to take it back, and else there whole or not at all; the next call for
// the cycle finds out, on the disk, and brings that to safety. A context that ends
// while the batch waits for another of its cycle keeps it from being written; once
// it is being written the context is not heeded.
func (f *File) Append(ctx context.Context, b reformcycle.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f.using.RLock()
	defer f.using.RUnlock()
	if err := f.writable(); err != nil {
		return err
	}
	encoded, err := encode(b)
	if err != nil {
		return err
	}
	c := f.known(b.Cycle)
	if c == nil {
		if b.After > 0 { // and leave no trace of a cycle that is not there
			return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After}
		}
		c = f.cycle(b.Cycle)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := f.stand(c)
	if err == nil {
		err = s.trouble
	}
	if err != nil {
		return err
	}
	if b.After != s.head {
		return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: s.head}
	}
	next := mark{head: s.head + uint64(len(b.Entries)), size: s.size + int64(len(encoded)), sum: stamp(encoded, s.sum)}
	c.sure = false // until all has gone well
	if s.size == 0 {
		err = put(f.disk, c.path, encoded)
	} else {
		c.sure, err = f.extend(c, s.size, encoded)
	}
	if err != nil {
		return err
	}
	before := c.mark
	c.mark, c.sure = next, true
	f.list(c, true)
	if err := f.index.record(c.id, before, next); err != nil && !errors.Is(err, errNoIndex) {
		f.note("", "there is no index for now: %v", err)
	}
	return nil
}

// extend writes a batch behind the end of a file and syncs it. After an error it
// tries to take it back, and tells whether the file is sure to end as before.
func (f *File) extend(c *cycle, end int64, batch []byte) (sure bool, err error) {
	if c.file == nil {
		file, err := f.disk.open(c.path, true)
		if err != nil {
			return false, err
		}
		f.hold(c, file)
	}
	if err = write(c.file, batch, end); err == nil {
		if err = c.file.Sync(); err == nil {
			return true, nil
		}
	}
	size, undo := c.file.Size()
	if undo == nil {
		undo = settle(c.file, end, end, max(size, end))
	}
	c.drop()
	return undo == nil, err
}

// mostHeld is how many cycles have their file open.
const mostHeld = 64

// hold keeps the file of a cycle open for the next batch, and closes that of
// another where there are too many. c.mu is held.
func (f *File) hold(c *cycle, file diskFile) {
	c.file = file
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.held, c) {
		f.held = append(f.held, c)
	}
	for range f.held {
		if len(f.held) <= mostHeld {
			return
		}
		first := f.held[0]
		f.held = f.held[1:]
		if first == c || !first.mu.TryLock() { // it is being written to
			f.held = append(f.held, first)
			continue
		}
		first.drop()
		first.mu.Unlock()
	}
}

// drop closes the file that is open for the next batch.
func (c *cycle) drop() {
	if c.file != nil {
		c.file.Close()
		c.file = nil
	}
}

// Load yields the entries that follow after, as they were when it began. It reads
// them a piece at a time and keeps none.
//
// Errors: DamageError, after all that is before the damage; LostError, after all
// that is there; ErrClosed; what the context and the file system return.
func (f *File) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		fail := func(err error) { yield(reformcycle.Entry{}, err) }
		if err := ctx.Err(); err != nil {
			fail(err)
			return
		}
		r := reader{ctx: ctx, cycle: cycle, after: after, yield: yield, name: f.cyclePath(cycle)}
		for look := 1; ; look++ {
			s, err := f.standing(cycle)
			if err == nil && s.limit > 0 {
				err = f.readTo(s.limit, &r)
			}
			switch {
			case r.over:
				return
			case err == nil:
				err = s.trouble
			case f.readOnly && r.mid && errors.Is(err, reformcycle.ErrDamaged):
				// It was all there before some of it was handed on.
				if now, again := f.standing(cycle); again == nil && now.trouble == nil && now.mark != s.mark {
					err = errTakenBack
				}
			case f.readOnly && look < glimpses && errors.Is(err, reformcycle.ErrDamaged):
				continue
			}
			if err != nil {
				fail(err)
			}
			return
		}
	}
}

// errTakenBack: whoever writes took the last batch back, for it could not be synced.
var errTakenBack = errors.New("the last batch was taken back while it was being read: read it again")

// readTo reads the file of a cycle up to an offset.
func (f *File) readTo(limit int64, r *reader) error {
	file, err := f.disk.open(r.name, false)
	if err != nil {
		return err
	}
	defer file.Close()
	r.window = window{from: file, size: limit}
	from, _, err := r.window.seek(r.after)
	if err != nil {
		return r.flaw(place{from.size, from.head + 1, err})
	}
	return r.read(from)
}

// glimpses is how often somebody who reads beside a process that writes looks
// again before what is wrong counts as damage: what is being written and what is
// damaged look alike.
const glimpses = 5

// standing is stand for somebody who reads.
func (f *File) standing(id string) (s standing, err error) {
	f.using.RLock()
	defer f.using.RUnlock()
	if err := f.usable(); err != nil {
		return s, err
	}
	c := f.known(id)
	if c == nil {
		return s, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !f.readOnly {
		return f.stand(c)
	}
	for range glimpses {
		if s, err = f.stand(c); flawed(err) { // the file is shorter than it was just now
			continue
		}
		if err != nil || s.trouble == nil {
			break
		}
		if x, err := f.readIndex(); err == nil && x.ours { // a loss may be accepted by now
			c.mark = x.marks[id]
		}
	}
	if flawed(err) {
		err = damaged(c.path, id, place{err: err})
	}
	return s, err
}

// reader yields entries from a window.
type reader struct {
	ctx    context.Context
	cycle  string
	after  uint64 // the last entry that was yielded, or that is not asked for
	yield  func(reformcycle.Entry, error) bool
	over   bool   // nothing more may be yielded
	mid    bool   // of a batch some entries were yielded, and not all
	name   string // of the file
	window window
}

// read yields what follows after, from a mark up to the end.
func (r *reader) read(m mark) error {
	for m.size < r.window.size {
		f, err := r.window.follow(r.cycle, m)
		if err != nil {
			return r.flaw(place{m.size, m.head + 1, err})
		}
		// Before it is yielded, for entries that are right each for itself need not
		// be those of the batch.
		stop := r.window.whole(f)
		off := f.entries()
		for seq := f.first; seq <= f.last(); seq++ {
			if stop != nil && seq >= stop.seq {
				return r.flaw(*stop)
			}
			if err := r.ctx.Err(); err != nil {
				return err
			}
			body, _, next, err := r.window.entry(f, off)
			if err != nil {
				return r.flaw(place{off, seq, err})
			}
			if seq > r.after {
				e, err := decode(body, seq)
				if err != nil {
					return r.flaw(place{off, seq, err})
				}
				if r.over = !r.yield(e, nil); r.over {
					return nil
				}
				r.after, r.mid = seq, seq < f.last()
			}
			off = next
		}
		if stop != nil {
			return r.flaw(*stop)
		}
		m = f.mark()
	}
	return nil
}

// flaw gives an error its place.
func (r *reader) flaw(p place) error { return damaged(r.name, r.cycle, p) }

// Cycles yields the ids of its cycles behind after, in the order of their bytes.
//
// Errors: DamageError, after all others, for a file of a cycle whose name can't
// be read; ErrClosed; what the context and the file system return.
func (f *File) Cycles(ctx context.Context, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		ids, trouble, err := f.ids(ctx, after)
		if err != nil {
			yield("", err)
			return
		}
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				yield("", err)
				return
			}
			if !yield(id, nil) {
				return
			}
		}
		if trouble != nil {
			yield("", trouble)
		}
	}
}

// ids gives the ids behind after in their order, and what is wrong with a file
// that would not tell its own.
func (f *File) ids(ctx context.Context, after string) (ids []string, trouble, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if err := f.usable(); err != nil {
		return nil, nil, err
	}
	if f.readOnly { // whoever writes may have begun others meanwhile
		if err := f.survey(false); err != nil {
			return nil, nil, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, c := range f.cycles {
		if c.listed && id > after {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	first := ""
	for name, err := range f.unnamed { // that of several always the same is named
		if first == "" || name < first {
			first, trouble = name, err
		}
	}
	return ids, trouble, nil
}

// mostNotes is how many notes are kept.
const mostNotes = 1000

// Notes gives what was noted since the journal was opened, the last thousand of
// it: what was torn and put aside, and what became of the index.
func (f *File) Notes() []reformcycle.Note {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.notes)
}

func (f *File) note(cycle, format string, a ...any) {
	n := reformcycle.Note{Cycle: cycle, What: fmt.Sprintf(format, a...)}
	f.mu.Lock()
	if f.notes = append(f.notes, n); len(f.notes) > mostNotes {
		f.notes = f.notes[1:]
	}
	f.mu.Unlock()
	if f.hear != nil {
		f.hear(n)
	}
}

// noteOnce notes what would be noted with every look at the end of a cycle, for
// each end once.
func (f *File) noteOnce(c *cycle, head uint64, format string, a ...any) {
	f.mu.Lock()
	last, noted := f.noted[c.id]
	f.noted[c.id] = head
	f.mu.Unlock()
	if !noted || last != head {
		f.note(c.id, format, a...)
	}
}

// Close gives the directory back. All that was acknowledged is safe before; an
// error means that somebody may still be kept out of the directory. A second
// Close does nothing.
func (f *File) Close() error {
	f.using.Lock()
	defer f.using.Unlock()
	f.mu.Lock()
	was := f.open
	f.open = false
	held := f.held
	f.held = nil
	f.mu.Unlock()
	if !was || f.readOnly {
		return nil
	}
	for _, c := range held {
		c.drop() // nobody is writing: using is held
	}
	f.index.close()
	return f.lock.Close()
}
