package journal

import (
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
	"sync"

	"github.com/chsreform/chsreform/reformcycle"
)

// The files of a journal, below its directory. FORMAT says what the directory
// is; pending.log takes every batch first; each cycle has a file for its batches
// and one for its snapshot, named after the SHA-256 of its id, because an id may
// hold what a file name may not.
const (
	formatFile = "FORMAT"
	lockFile   = "LOCK"
	logFile    = "pending.log"
	cyclesDir  = "cycles"
	snapsDir   = "snapshots"
)

// formatName is what FORMAT holds.
const formatName = "chsreform journal 1\n"

// logLimit is where the pending log counts as full, unless LogLimit says
// otherwise.
const logLimit = 8 << 20

// File is a journal in a directory, for any number of cycles, and keeps their
// snapshots too. OpenFile makes one; Close gives the directory back.
//
// It promises that an entry that was acknowledged is there for as long as the
// disk keeps what it said it had synced: Append returns nil only after fsync. A
// crash leaves whole batches. One that was being appended when it came is there
// whole or not at all, and so is one whose Append returned an error other than a
// ConflictError or [fault.Fields], until the directory is opened again and it is
// known.
//
// It is safe for use by several goroutines. It keeps in memory the batches of the
// pending log, and a few words for every cycle that was touched.
type File struct {
	dir      string
	disk     disk
	hear     func(reformcycle.Note) // may be nil
	grouped  bool
	readOnly bool
	limit    int64
	flushers int
	lock     io.Closer // nil for one that is read-only
	queue    queue

	// writing is held by whoever writes to the log or the cycles' files.
	writing sync.Mutex
	log     diskFile // used while writing
	logSize int64    // of its whole batches; used while writing
	copying []byte   // used while writing

	// snapping is held by whoever writes a snapshot.
	snapping sync.Mutex

	mu     sync.Mutex // guards what follows; taken after writing
	closed bool
	broken error // why nothing more is appended
	cycles map[string]*standing
	names  map[string]string // the ids of the cycles, by the name of their file
	listed bool              // names has all of them
}

// standing is where a cycle's journal ends.
type standing struct {
	head uint64
	// size is the length of the whole batches in the cycle's file. What is behind
	// it there is in pending too.
	size int64
	// pending are the batches that the file does not have yet, encoded.
	pending [][]byte
	// damage is why the rest can't be read.
	damage error
}

var (
	_ reformcycle.Journal         = (*File)(nil)
	_ reformcycle.SnapshotJournal = (*File)(nil)
)

// FileOption configures OpenFile.
type FileOption func(*File) error

// Grouped has appends that arrive together share one fsync: while one is being
// synced, those that come wait, and then are written and synced as one. Each is
// still acknowledged only when it is safe, and each still stands or falls alone.
// Use it where several goroutines append at once.
func Grouped() FileOption {
	return func(f *File) error {
		f.grouped = true
		return nil
	}
}

// ReadOnly opens a journal for reading. It takes no lock and changes nothing, so
// it may be used beside the process that writes, and on a journal that can't be
// opened for writing because it is damaged. Every Load gives at least what was
// acknowledged before it began.
func ReadOnly() FileOption {
	return func(f *File) error {
		f.readOnly = true
		return nil
	}
}

// FileNotes has a function called for every note: what OpenFile found torn by a
// crash and dropped. It must not call the journal.
func FileNotes(hear func(reformcycle.Note)) FileOption {
	return func(f *File) error {
		if hear == nil {
			return refused("FileNotes", nil, "a function")
		}
		f.hear = hear
		return nil
	}
}

// LogLimit sets at how many bytes the pending log is emptied into the files of
// the cycles; without it, at 8 MiB. Emptying it costs an fsync for each cycle
// that has batches in it, and one Append in so many waits for that. The journal
// keeps as many bytes in memory.
func LogLimit(bytes int64) FileOption {
	return func(f *File) error {
		if bytes < 1 {
			return refused("LogLimit", bytes, "1 byte or more")
		}
		f.limit = bytes
		return nil
	}
}

// OpenFile opens the journal in a directory, and makes it if there is none. What
// a crash left of a batch that was never acknowledged is dropped, and noted. The
// last batch of the log is never acknowledged if it is not whole, as far as
// anybody can tell: damage to just that batch, after a crash, is taken for a tear.
//
// Errors: LockedError where somebody has it open for writing; DamageError where
// batches that were acknowledged can't be brought to safety (what can be read can
// then be read with ReadOnly); ErrFormat; what the file system returns.
func OpenFile(dir string, options ...FileOption) (*File, error) {
	return openFile(osDisk{}, dir, options)
}

func openFile(d disk, dir string, options []FileOption) (*File, error) {
	f := &File{
		dir: dir, disk: d, limit: logLimit, flushers: flushers,
		cycles: make(map[string]*standing), names: make(map[string]string),
	}
	for _, option := range options {
		if option == nil {
			return nil, refused("option", nil, "an option, or none")
		}
		if err := option(f); err != nil {
			return nil, err
		}
	}
	if dir == "" {
		return nil, refused("dir", dir, "a directory")
	}
	start := f.take
	if f.readOnly {
		start = f.checkFormat
	}
	if err := start(); err != nil {
		return nil, err
	}
	return f, nil
}

// take takes the directory for writing.
func (f *File) take() (err error) {
	if err := f.disk.makeDir(f.dir); err != nil {
		return err
	}
	if f.lock, err = f.disk.lock(f.path(lockFile)); errors.Is(err, errTaken) {
		return &LockedError{Dir: f.dir}
	} else if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			if f.log != nil {
				f.log.Close()
			}
			f.lock.Close()
		}
	}()
	if err := f.checkFormat(); errors.Is(err, fs.ErrNotExist) {
		if err := replace(f.disk, f.path(formatFile), []byte(formatName)); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	for _, dir := range []string{cyclesDir, snapsDir} {
		if err := f.disk.makeDir(f.path(dir)); err != nil {
			return err
		}
	}
	if f.log, err = f.disk.open(f.path(logFile), true); err != nil {
		return err
	}
	if err := f.disk.syncDir(f.dir); err != nil {
		return err
	}
	return f.recover()
}

func (f *File) path(name string) string { return filepath.Join(f.dir, name) }

// checkFormat refuses a directory that is not a journal of this format.
func (f *File) checkFormat() error {
	file, err := f.disk.open(f.path(formatFile), false)
	if err != nil {
		if f.readOnly && errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %w", ErrFormat, err)
		}
		return err
	}
	defer file.Close()
	b := make([]byte, 2*len(formatName))
	n, err := file.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if string(b[:n]) != formatName {
		return fmt.Errorf("%w: %s says %q; known is %q", ErrFormat, f.path(formatFile), b[:n], formatName)
	}
	return nil
}

// replace writes a file in the place of another of its name, in such a way that
// after a crash one of the two is there whole.
func replace(d disk, name string, content []byte) (err error) {
	temporary := name + ".new"
	file, err := d.open(temporary, true)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = d.remove(temporary) // it is in nobody's way
		}
	}()
	defer file.Close()
	if err := file.Truncate(0); err != nil {
		return err
	}
	if err := write(file, content, 0); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := d.rename(temporary, name); err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(name))
}

func write(file io.WriterAt, b []byte, off int64) error {
	n, err := file.WriteAt(b, off)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}

// nameOf gives the name that the files of a cycle have.
func nameOf(cycle string) string {
	sum := sha256.Sum256([]byte(cycle))
	return hex.EncodeToString(sum[:])
}

const cycleSuffix = ".log"

func (f *File) cyclePath(name string) string {
	return filepath.Join(f.dir, cyclesDir, name+cycleSuffix)
}

// usable says why the journal can't be used, if it can't.
func (f *File) usable() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return ErrClosed
	}
	return nil
}

// Append adds a batch, whole or not at all, and returns nil once it is synced.
//
// Errors: ConflictError; [fault.Fields] for a batch that is empty, misnumbered, not
// JSON or beyond bounds (an id of 1024 bytes, an entry of 64 MiB); ErrBroken once
// an fsync has failed; DamageError where the end of the cycle's journal can't be
// read; ErrReadOnly; ErrClosed; what the context and the file system return.
// After an error from the file system nothing is added and the next Append tries
// anew. A context that ends while the batch waits for others keeps it from being
// written; once it is being written the context is not heeded.
func (f *File) Append(ctx context.Context, b reformcycle.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.readOnly {
		return ErrReadOnly
	}
	encoded, err := encode(b)
	if err != nil {
		return err
	}
	a := &appending{ctx: ctx, cycle: b.Cycle, after: b.After, count: len(b.Entries), encoded: encoded}
	if f.grouped {
		return f.queue.run(a, f.commit)
	}
	f.commit([]*appending{a})
	return a.err
}

// Load yields the entries that follow after, as they were when it began. It reads
// them a piece at a time and keeps none.
//
// Errors: DamageError, after all that is before the damage; ErrClosed; what the
// context and the file system return.
func (f *File) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		fail := func(err error) { yield(reformcycle.Entry{}, err) }
		if err := ctx.Err(); err != nil {
			fail(err)
			return
		}
		s, err := f.stand(cycle)
		if err != nil {
			fail(err)
			return
		}
		if s.damage == nil && after >= s.head {
			return
		}
		r := reader{ctx: ctx, cycle: cycle, after: after, want: 1, yield: yield}
		if s.size > 0 {
			r.name = f.cyclePath(nameOf(cycle))
			file, err := f.disk.open(r.name, false)
			if err != nil {
				fail(err)
				return
			}
			defer file.Close()
			r.window = window{from: file, size: s.size}
			var off int64
			if off, r.want, err = r.window.seek(after); err != nil {
				r.fail(off, r.want, err)
				return
			}
			if !r.read(off) {
				return
			}
		}
		for _, batch := range s.pending {
			r.window = window{from: memory(batch), size: int64(len(batch)), buf: r.window.buf[:0]}
			r.name = f.path(logFile)
			if !r.read(0) {
				return
			}
		}
		if s.damage != nil {
			fail(s.damage)
		}
	}
}

// memory reads bytes as if they were a file.
type memory []byte

func (m memory) ReadAt(b []byte, off int64) (int, error) {
	n := copy(b, m[min(off, int64(len(m))):])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// reader yields entries from a window.
type reader struct {
	ctx    context.Context
	cycle  string
	after  uint64
	want   uint64 // the entry that comes next
	yield  func(reformcycle.Entry, error) bool
	name   string // of the file
	window window
}

// read yields what follows after, from a batch's offset up to the end. It is
// false once nothing more may be yielded.
func (r *reader) read(off int64) bool {
	for off < r.window.size {
		f, err := r.window.of(r.cycle, off, r.want)
		if err != nil {
			return r.fail(off, r.want, err)
		}
		off = f.entries()
		for seq := f.first; seq <= f.last(); seq++ {
			if err := r.ctx.Err(); err != nil {
				r.yield(reformcycle.Entry{}, err)
				return false
			}
			body, next, err := r.window.entry(f, off)
			if err != nil {
				return r.fail(off, seq, err)
			}
			if seq > r.after {
				e, err := decode(body, seq)
				if err != nil {
					return r.fail(off, seq, err)
				}
				if !r.yield(e, nil) {
					return false
				}
			}
			off = next
		}
		if r.want = f.last() + 1; off != f.end() {
			return r.fail(off, r.want, flaw("there is more in the batch than its entries"))
		}
	}
	return true
}

// fail yields an error, with its place if it is a flaw.
func (r *reader) fail(off int64, seq uint64, err error) bool {
	r.yield(reformcycle.Entry{}, damaged(r.name, r.cycle, place{off, seq, err}))
	return false
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

// stand tells where a cycle's journal ends, for somebody who reads.
func (f *File) stand(cycle string) (standing, error) {
	if f.readOnly {
		return f.glimpse(cycle)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return standing{}, ErrClosed
	}
	return f.standing(cycle)
}

// standing is stand with mu held. The files of cycles that are not in f.cycles
// have been at rest since they were opened.
func (f *File) standing(cycle string) (standing, error) {
	if s, known := f.cycles[cycle]; known {
		return *s, nil
	}
	name := f.cyclePath(nameOf(cycle))
	file, err := f.disk.open(name, false)
	if errors.Is(err, fs.ErrNotExist) {
		return standing{}, nil
	}
	if err != nil {
		return standing{}, err
	}
	defer file.Close()
	s, err := readStanding(file, name, cycle)
	if err == nil && s.damage == nil && s.size > 0 {
		f.cycles[cycle] = &s
	}
	return s, err
}

// readStanding finds the end of a cycle's file, all of which was synced.
func readStanding(file diskFile, name, cycle string) (standing, error) {
	size, err := file.Size()
	if err != nil || size == 0 {
		return standing{}, err
	}
	w := window{from: file, size: size}
	last, err := w.final()
	if err == nil && last.cycle == cycle {
		if _, _, err = w.whole(last); err == nil {
			return standing{head: last.last(), size: size}, nil
		}
	}
	var bad flaw
	if err != nil && !errors.As(err, &bad) {
		return standing{}, err
	}
	// It ends badly: where the trouble begins only reading it all tells.
	_, next, wrong := w.wholeUpTo(cycle, 0, 1)
	if wrong == nil {
		wrong = &place{size, next, flaw("the last batch is of another cycle")}
	}
	err = damaged(name, cycle, *wrong)
	if !errors.Is(err, ErrDamaged) {
		return standing{}, err
	}
	return standing{size: size, damage: err}, nil
}

// Cycles yields the ids of its cycles behind after, in the order of their bytes.
// The first call reads the names of them all and keeps them.
//
// Errors: DamageError, after all others, for a file of a cycle whose name can't
// be read; ErrClosed; what the context and the file system return.
func (f *File) Cycles(ctx context.Context, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		ids, damage, err := f.ids(ctx, after)
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
		if damage != nil {
			yield("", damage)
		}
	}
}

// ids gives the ids behind after in their order, and a file that would not tell
// its own.
func (f *File) ids(ctx context.Context, after string) (ids []string, damage, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	var pending map[string]string
	if f.readOnly {
		var scan logScan
		for range glimpses { // the writer may empty the log under the scan
			if err := f.usable(); err != nil {
				return nil, nil, err
			}
			if scan, err = f.scanLogFile(); err == nil && scan.damage == nil {
				break
			}
		}
		if err != nil {
			return nil, nil, err
		}
		damage, pending = scan.damage, make(map[string]string)
		for _, b := range scan.batches {
			pending[nameOf(b.cycle)] = b.cycle
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed:
		return nil, nil, ErrClosed
	case !f.listed:
		unnamed, err := f.readNames(ctx, pending)
		if err != nil {
			return nil, nil, err
		}
		if damage == nil {
			damage = unnamed
		}
		// Beside somebody who writes there may be more the next time.
		f.listed = !f.readOnly && unnamed == nil
	}
	for _, id := range f.names {
		if id > after {
			ids = append(ids, id)
		}
	}
	for name, id := range pending {
		if _, known := f.names[name]; !known && id > after {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, damage, nil
}

// readNames fills names from the files of the cycles. mu is held.
func (f *File) readNames(ctx context.Context, pending map[string]string) (damage, err error) {
	files, err := f.disk.list(f.path(cyclesDir))
	if f.readOnly && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(files) // that of several damaged files always the same is named
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		name := file[:max(0, len(file)-len(cycleSuffix))]
		if file != name+cycleSuffix || len(name) != hex.EncodedLen(sha256.Size) || f.names[name] != "" || pending[name] != "" {
			continue
		}
		id, err := f.readName(name)
		var bad *DamageError
		switch {
		case errors.As(err, &bad):
			damage = err
		case err != nil:
			return nil, err
		case id != "":
			f.names[name] = id
		}
	}
	return damage, nil
}

// readName reads the id of a cycle from its file; none from an empty one.
func (f *File) readName(name string) (string, error) {
	path := f.cyclePath(name)
	file, err := f.disk.open(path, false)
	if err != nil {
		return "", err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil || size == 0 {
		return "", err
	}
	w := window{from: file, size: size, ahead: headSize + maxID}
	head, err := w.legible(0)
	if err != nil {
		var found bool
		w = window{from: file, size: size}
		if head, found, err = w.find(0, size); err == nil && !found {
			err = flaw("no batch in it is legible")
		}
	}
	if err == nil && nameOf(head.cycle) != name {
		err = flaw(fmt.Sprintf("it holds %.80q, whose file has another name", head.cycle))
	}
	if err != nil {
		return "", damaged(path, "", place{err: err})
	}
	return head.cycle, nil
}

// Close empties the pending log into the files of the cycles and gives the
// directory back. An error means that the log could not be emptied: what is in it
// is safe where it is. A second Close does nothing.
func (f *File) Close() error {
	f.writing.Lock()
	defer f.writing.Unlock()
	f.mu.Lock()
	was, broken := f.closed, f.broken
	f.closed = true
	f.mu.Unlock()
	if was || f.readOnly {
		return nil
	}
	var err error
	if broken == nil {
		err = f.checkpoint()
	}
	f.log.Close() // all that matters in it is synced
	return errors.Join(err, f.lock.Close())
}
