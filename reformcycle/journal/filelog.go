package journal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/chsreform/chsreform/reformcycle"
)

// The pending log takes the batches of all cycles first, so that an append costs
// one write and one fsync, whatever the number of cycles appended to together.
// When it is full its batches go to the files of their cycles, and it starts
// again from nothing. It is emptied only after those files are synced. So what a
// crash can tear in a cycle's file is in the log, whole; and a cycle's file that
// ends badly without the log having the rest was not torn but damaged.

// appending is a batch on its way.
type appending struct {
	ctx     context.Context
	cycle   string
	after   uint64
	count   int
	encoded []byte
	err     error
	turn    chan bool // true: lead the next group; false: it is done
}

// queue is where appends wait to be written as one group.
type queue struct {
	mu      sync.Mutex
	leading bool // somebody is committing a group
	waiting []*appending
	last    int // how many there were in the last group
}

// patience is how often a leader lets others run before it goes ahead with those
// who are there: some tens of microseconds in all, less than an fsync takes.
const patience = 256

// flushers is how many files a checkpoint syncs at once. File systems commit
// what comes together together.
const flushers = 8

// run sees to it that a is committed, by whoever leads its group, and gives its
// error.
func (q *queue) run(a *appending, commit func([]*appending)) error {
	q.mu.Lock()
	if q.leading {
		a.turn = make(chan bool, 1)
		q.waiting = append(q.waiting, a)
		q.mu.Unlock()
		var lead bool
		select {
		case lead = <-a.turn:
		case <-a.ctx.Done():
			q.mu.Lock()
			if i := slices.Index(q.waiting, a); i >= 0 {
				q.waiting = slices.Delete(q.waiting, i, i+1)
				q.mu.Unlock()
				return a.ctx.Err()
			}
			q.mu.Unlock()
			lead = <-a.turn // too late to step back
		}
		if !lead {
			return a.err
		}
		q.mu.Lock()
	}
	q.leading = true
	// Those who have just been told that they are done are about to append again:
	// as many as were in the last group get a moment to join this one. One who
	// appends alone does not wait.
	for range patience {
		if 1+len(q.waiting) >= q.last {
			break
		}
		q.mu.Unlock()
		runtime.Gosched()
		q.mu.Lock()
	}
	group := append([]*appending{a}, q.waiting...)
	q.waiting, q.last = nil, 1+len(q.waiting)
	q.mu.Unlock()

	commit(group)

	for _, other := range group[1:] {
		other.turn <- false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.leading = len(q.waiting) > 0; q.leading {
		next := q.waiting[0]
		q.waiting = q.waiting[1:]
		next.turn <- true
	}
	return a.err
}

// commit writes and syncs a group of batches, and gives each its error.
func (f *File) commit(group []*appending) {
	f.writing.Lock()
	defer f.writing.Unlock()
	taken, heads, err := f.admit(group)
	if err == nil && len(taken) > 0 {
		err = f.write(taken)
	}
	if err != nil {
		for _, a := range group {
			// A conflict with a batch that was not written either is none.
			if a.err == nil || errors.Is(a.err, reformcycle.ErrConflict) {
				a.err = err
			}
		}
		return
	}
	f.mu.Lock()
	for cycle, s := range heads {
		if f.cycles[cycle] == nil {
			f.names[nameOf(cycle)] = cycle
		}
		f.cycles[cycle] = s
	}
	f.mu.Unlock()
	if f.logSize >= f.limit {
		// The batches are safe. What keeps the log from being emptied will keep the
		// next append from being taken, and be its error.
		_ = f.checkpoint()
	}
}

// admit picks the batches that can be appended and gives the others their error.
// heads are where the cycles stand once it is done. The error is everybody's.
func (f *File) admit(group []*appending) (taken []*appending, heads map[string]*standing, err error) {
	f.mu.Lock()
	closed, broken := f.closed, f.broken
	f.mu.Unlock()
	switch {
	case closed:
		return nil, nil, ErrClosed
	case broken != nil:
		return nil, nil, broken
	}
	if f.logSize >= f.limit {
		if err := f.checkpoint(); err != nil {
			return nil, nil, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	heads = make(map[string]*standing, len(group))
	for _, a := range group {
		if a.err = a.ctx.Err(); a.err != nil {
			continue
		}
		s := heads[a.cycle]
		if s == nil {
			now, err := f.standing(a.cycle)
			if err == nil {
				err = now.damage
			}
			if err != nil {
				a.err = err
				continue
			}
			s = &now
		}
		if a.after != s.head {
			a.err = &reformcycle.ConflictError{Cycle: a.cycle, After: a.after, Head: s.head}
			continue
		}
		s.head += uint64(a.count)
		s.pending = append(s.pending, a.encoded)
		heads[a.cycle] = s
		taken = append(taken, a)
	}
	return taken, heads, nil
}

// write writes a group to the log and syncs it.
func (f *File) write(group []*appending) error {
	for _, a := range group {
		stamp(a.encoded, f.logSize)
	}
	out := group[0].encoded
	if len(group) > 1 {
		f.copying = f.copying[:0]
		for _, a := range group {
			f.copying = append(f.copying, a.encoded...)
		}
		out = f.copying
		if cap(f.copying) > int(logLimit) {
			defer func() { f.copying = nil }()
		}
	}
	if err := write(f.log, out, f.logSize); err != nil {
		// What is left of it must not be taken for more of the log.
		if undo := f.log.Truncate(f.logSize); undo != nil {
			return f.breakDown(errors.Join(err, undo))
		}
		return err
	}
	if err := f.log.Sync(); err != nil {
		return f.breakDown(err)
	}
	f.logSize += int64(len(out))
	return nil
}

// breakDown keeps the journal from taking more. After an fsync that failed the
// system may have dropped what it was to write and report success the next time,
// so trying again proves nothing.
func (f *File) breakDown(cause error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = fmt.Errorf("%w: %w", ErrBroken, cause)
	return f.broken
}

// checkpoint moves the batches of the log to the files of their cycles. writing
// is held. After an error everything is as it was; or the journal is broken.
func (f *File) checkpoint() error {
	if f.logSize == 0 {
		return nil
	}
	f.mu.Lock()
	full := make(map[string]standing)
	for cycle, s := range f.cycles {
		if len(s.pending) > 0 {
			full[cycle] = *s
		}
	}
	f.mu.Unlock()
	order := slices.Sorted(maps.Keys(full))
	sizes, errs := make([]int64, len(order)), make([]error, len(order))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(f.flushers, len(order)) {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(order)); i = next.Add(1) - 1 {
				if sizes[i], errs[i] = f.flush(order[i], full[order[i]]); errs[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	if err := cmp.Or(errs...); err != nil {
		return err
	}
	added := false
	for i, cycle := range order {
		s := full[cycle]
		added = added || s.size == 0
		full[cycle] = standing{head: s.head, size: sizes[i]}
	}
	if added {
		if err := f.disk.syncDir(f.path(cyclesDir)); err != nil {
			return f.breakDown(err)
		}
	}
	if err := f.emptyLog(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for cycle, s := range full {
		f.cycles[cycle] = &s
	}
	return nil
}

// emptyLog drops what is in the log, all of which is elsewhere by now.
func (f *File) emptyLog() error {
	err := f.log.Truncate(0)
	if err == nil {
		err = f.log.Sync()
	}
	if err != nil {
		return f.breakDown(err)
	}
	f.logSize = 0
	return nil
}

// flush appends a cycle's pending batches to its file, and gives the file's size.
func (f *File) flush(cycle string, s standing) (int64, error) {
	file, err := f.disk.open(f.cyclePath(nameOf(cycle)), true)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	// An attempt that failed may have left something.
	if size, err := file.Size(); err != nil {
		return 0, err
	} else if size > s.size {
		if err := file.Truncate(s.size); err != nil {
			return 0, err
		}
	}
	var joined []byte // one write for many batches
	off, rest := s.size, s.pending
	for len(rest) > 0 {
		out := rest[0]
		rest = rest[1:]
		if len(out) < readAhead && len(rest) > 0 {
			joined = append(joined[:0], out...)
			for len(rest) > 0 && len(joined)+len(rest[0]) <= readAhead {
				joined = append(joined, rest[0]...)
				rest = rest[1:]
			}
			out = joined
		}
		if err := write(file, out, off); err != nil {
			return 0, err
		}
		off += int64(len(out))
	}
	if err := file.Sync(); err != nil {
		return 0, f.breakDown(err)
	}
	return off, nil
}

// logScan is what a pending log was found to hold.
type logScan struct {
	file    io.ReaderAt
	batches []frame // in their order
	end     int64   // of the last of them
	size    int64
	damage  error // why what follows can't be read, unless it is a tear
	// torn are the last bytes if they are what a crash left of a batch, and that
	// batch as far as its head is legible.
	torn  int64
	tears frame
}

// scanLog reads a pending log.
func (f *File) scanLog(file diskFile) (logScan, error) {
	size, err := file.Size()
	if err != nil {
		return logScan{}, err
	}
	s := logScan{file: file, size: size}
	w := window{from: file, size: size}
	for s.end < size {
		head, err := w.head(s.end)
		off, seq := s.end, head.first
		if err == nil {
			off, seq, err = w.whole(head)
		}
		var bad flaw
		if errors.As(err, &bad) {
			return s, f.judge(&s, &w, place{off, seq, err})
		}
		if err != nil {
			return s, err
		}
		s.batches = append(s.batches, head)
		s.end = head.end()
	}
	return s, nil
}

// judge decides whether what is wrong behind the end of a log's batches is a tear
// or damage. It is damage if anything behind it was written after it was synced.
func (f *File) judge(s *logScan, w *window, wrong place) error {
	bad, err := w.legible(s.end)
	var unlike flaw
	if err != nil && !errors.As(err, &unlike) {
		return err
	}
	heads := make(map[string]uint64)
	for _, b := range s.batches {
		heads[b.cycle] = b.last()
	}
	damage := &DamageError{File: f.path(logFile), Offset: wrong.off, Cycle: bad.cycle, Seq: max(wrong.seq, bad.first), Reason: wrong.err.Error()}
	later := false
	for off := s.end + 1; ; {
		b, found, err := w.find(off, s.size)
		if err != nil {
			return err
		}
		if !found {
			break
		}
		off = b.start + 1
		if b.base <= s.end || b.base > b.start {
			continue
		}
		later = true
		if damage.Seq > 0 {
			break
		}
		// The first cycle that misses entries is the one that lost them.
		head, known := heads[b.cycle]
		if !known {
			if head, err = f.headInFile(b.cycle); err != nil {
				return err
			}
		}
		if b.first > head+1 {
			damage.Cycle, damage.Seq = b.cycle, head+1
			break
		}
		heads[b.cycle] = b.last()
	}
	if later {
		s.damage = damage
	} else {
		s.torn, s.tears = s.size-s.end, bad
	}
	return nil
}

// headInFile gives the last entry of a cycle's file that can be read, and 0 for
// none.
func (f *File) headInFile(cycle string) (uint64, error) {
	file, err := f.disk.open(f.cyclePath(nameOf(cycle)), false)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return 0, err
	}
	w := window{from: file, size: size}
	_, next, wrong := w.wholeUpTo(cycle, 0, 1)
	var bad flaw
	if wrong != nil && !errors.As(wrong.err, &bad) {
		return 0, wrong.err
	}
	return next - 1, nil
}

// recover empties the log that the last process left. It is read a piece at a
// time, for a batch in it may be long.
func (f *File) recover() error {
	s, err := f.scanLog(f.log)
	if err != nil {
		return err
	}
	if s.damage != nil {
		return s.damage
	}
	if s.torn > 0 {
		f.note(s.tears.cycle, "%s: dropped %d bytes at offset %d, what a crash left of %s", f.path(logFile), s.torn, s.end, s.tears.named())
	}
	if s.size == 0 {
		return nil
	}
	cycles := make(map[string][]frame)
	for _, b := range s.batches {
		cycles[b.cycle] = append(cycles[b.cycle], b)
	}
	for _, cycle := range slices.Sorted(maps.Keys(cycles)) {
		if err := f.restore(s, cycle, cycles[cycle]); err != nil {
			return err
		}
	}
	if len(cycles) > 0 {
		if err := f.disk.syncDir(f.path(cyclesDir)); err != nil {
			return err
		}
	}
	return f.emptyLog()
}

// named says which entries a batch has that a crash tore.
func (b frame) named() string {
	if b.cycle == "" {
		return "a batch that was never acknowledged"
	}
	return fmt.Sprintf("entries %d to %d of %.80q, which were never acknowledged", b.first, b.last(), b.cycle)
}

// restore brings a cycle's file up to date with the log.
func (f *File) restore(s logScan, cycle string, batches []frame) error {
	name := f.cyclePath(nameOf(cycle))
	file, err := f.disk.open(name, true)
	if err != nil {
		return err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return err
	}
	from, end, _, err := f.reconcile(file, size, cycle, batches)
	if err != nil {
		return err
	}
	if end < size {
		f.note(cycle, "%s: dropped %d bytes at offset %d that a crash had torn; the log has what they were", name, size-end, end)
	}
	// All that the log has is written again, even what looks well: after an fsync
	// that failed, the system may show what the disk does not have and count it as
	// written.
	if from < size {
		if err := file.Truncate(from); err != nil {
			return err
		}
	}
	buffer := make([]byte, readAhead)
	for _, b := range batches {
		for off := b.start; off < b.end(); {
			piece := buffer[:min(int64(len(buffer)), b.end()-off)]
			if n, err := s.file.ReadAt(piece, off); n < len(piece) {
				return err
			}
			if err := write(file, piece, from); err != nil {
				return err
			}
			off, from = off+int64(len(piece)), from+int64(len(piece))
		}
	}
	return file.Sync()
}

// reconcile finds where in a cycle's file the log's batches begin or belong, where
// the file stops being whole, and which of the log's batches follow there. Only
// what the log has can be torn, so everything before that is trusted and
// everything from there is checked.
func (f *File) reconcile(file io.ReaderAt, size int64, cycle string, batches []frame) (from, end int64, missing []frame, err error) {
	first := batches[0].first
	w := window{from: file, size: size}
	from, want, err := w.seek(first - 1)
	if err != nil {
		return 0, 0, nil, err
	}
	end, next, wrong := w.wholeUpTo(cycle, from, want)
	var bad flaw
	if wrong != nil && !errors.As(wrong.err, &bad) {
		return 0, 0, nil, wrong.err
	}
	if want != first {
		if wrong == nil {
			wrong = &place{end, next, flaw(fmt.Sprintf("the file ends, and the log goes on with entry %d", first))}
		}
		return from, end, nil, damaged(f.cyclePath(nameOf(cycle)), cycle, *wrong)
	}
	for _, b := range batches {
		if b.first != want {
			return from, end, nil, &DamageError{
				File: f.path(logFile), Offset: b.start, Cycle: cycle, Seq: want,
				Reason: fmt.Sprintf("the batch begins with entry %d", b.first),
			}
		}
		if want = b.last() + 1; b.first >= next {
			missing = append(missing, b)
		}
	}
	return from, end, missing, nil
}

// scanLogFile scans the log of a journal that is read-only, which may not have
// one.
func (f *File) scanLogFile() (logScan, error) {
	file, err := f.disk.open(f.path(logFile), false)
	if errors.Is(err, fs.ErrNotExist) {
		return logScan{}, nil
	}
	if err != nil {
		return logScan{}, err
	}
	defer file.Close()
	return f.scanLog(file)
}

// glimpses is how often somebody who reads beside a process that writes looks
// again before what is wrong counts as damage: what is being written and what is
// damaged look alike.
const glimpses = 5

// glimpse tells where a cycle's journal ends, beside a process that may be
// writing. The log is read before the cycle's file, so that what leaves it
// meanwhile is found there.
func (f *File) glimpse(cycle string) (s standing, err error) {
	for range glimpses {
		if err := f.usable(); err != nil {
			return standing{}, err
		}
		if s, err = f.glimpseOnce(cycle); err == nil && s.damage == nil {
			break
		}
	}
	return s, err
}

func (f *File) glimpseOnce(cycle string) (standing, error) {
	log, err := f.disk.open(f.path(logFile), false)
	var scan logScan
	var batches []frame
	read := make(map[int64][]byte)
	switch {
	case err == nil:
		defer log.Close()
		if scan, err = f.scanLog(log); err != nil {
			return standing{}, err
		}
		for _, b := range scan.batches {
			if b.cycle != cycle {
				continue
			}
			whole := make([]byte, b.end()-b.start)
			if n, err := log.ReadAt(whole, b.start); n < len(whole) {
				if !errors.Is(err, io.EOF) {
					return standing{}, err
				}
				break // it was emptied meanwhile, and the file has it
			}
			batches = append(batches, b)
			read[b.start] = whole
		}
	case !errors.Is(err, fs.ErrNotExist):
		return standing{}, err
	}
	s := standing{damage: scan.damage}
	name := f.cyclePath(nameOf(cycle))
	var size int64
	file, err := f.disk.open(name, false)
	switch {
	case err == nil:
		defer file.Close()
		if size, err = file.Size(); err != nil {
			return standing{}, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return standing{}, err
	default:
		file = nothing{}
	}
	if len(batches) == 0 {
		if size == 0 {
			return s, nil
		}
		end, err := readStanding(file, name, cycle)
		if end.damage == nil {
			end.damage = s.damage
		}
		return end, err
	}
	_, end, missing, err := f.reconcile(file, size, cycle, batches)
	if errors.Is(err, ErrDamaged) {
		return standing{size: size, damage: err}, nil
	}
	if err != nil {
		return standing{}, err
	}
	s.size, s.head = end, batches[len(batches)-1].last()
	for _, b := range missing {
		s.pending = append(s.pending, read[b.start])
	}
	return s, nil
}

// nothing is the file of a cycle that has none yet.
type nothing struct{ diskFile }

func (nothing) ReadAt([]byte, int64) (int, error) { return 0, io.EOF }

func (f *File) note(cycle, format string, a ...any) {
	if f.hear != nil {
		f.hear(reformcycle.Note{Cycle: cycle, What: fmt.Sprintf(format, a...)})
	}
}
