package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"iter"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file is the feed over the cycles of a directory: its index says in which order
// their batches came, and their files have the entries. A Position has the epoch of
// the index, where its record begins, and that record's checksum, which is one of all
// records before it as well: an index that lost its end in a crash and goes on with
// other records is found out.

// What is read ahead of the feed: so many bytes of batches and so many records. The
// more it is, the more batches of one cycle are read at once.
const (
	feedBytes   = 4 << 20
	feedRecords = 16 << 10
)

// Feed yields the entries of all cycles behind a position, in the order of the index. A
// journal that is open for writing has all that was acknowledged. One that is open
// for reading has what the index has: all that the process that writes has
// acknowledged; what a power cut took from the index comes once the journal was opened
// for writing again. Where there is no index, or one of an earlier format, it reads
// the ends of all cycles and has them one after the other.
//
// A position of an index that was made again since begins anew.
//
// Errors: [fault.Fields] for a position behind an entry that the journal does not have;
// DamageError and LostError where the feed comes to entries that can't be had: it
// goes on once that is mended; ErrNoFeed where the journal writes, but could not write
// its index; ErrClosed; what the context and the file system return.
func (f *File) Feed(ctx context.Context, after reformcycle.Position) iter.Seq2[reformcycle.Fed, error] {
	return func(yield func(reformcycle.Fed, error) bool) {
		if err := f.feed(ctx, after, yield); err != nil {
			yield(reformcycle.Fed{}, err)
		}
	}
}

// FeedEnd gives the position behind the last entry. A journal that is open for reading
// reads its index for it.
//
// Errors: ErrNoFeed as Feed; ErrClosed; what the context and the file system return.
func (f *File) FeedEnd(ctx context.Context) (reformcycle.Position, error) {
	none := reformcycle.Position{}
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if err := f.usable(); err != nil {
		return none, err
	}
	x := indexRead{epoch: f.index.epoch}
	if f.readOnly {
		w, end, err := f.feedIndex(ctx)
		if err != nil {
			return none, err
		}
		defer end()
		if x, err = readIndex(w); err != nil {
			return none, err
		}
	} else {
		f.index.mu.Lock()
		defer f.index.mu.Unlock()
		if f.index.file == nil {
			return none, errNoIndex
		}
		x.last = f.index.last
	}
	if x.last.at == 0 {
		return none, nil
	}
	return x.last.position(x.epoch, x.last.head), nil
}

// position is that behind an entry of a record.
func (r record) position(epoch, seq uint64) reformcycle.Position {
	return reformcycle.Position{Epoch: epoch, At: uint64(r.at), Seq: seq, Cycle: reformcycle.CycleSum(r.id), Proof: r.sum}
}

// feedIndex opens the index as far as it is written.
func (f *File) feedIndex(ctx context.Context) (w *window, end func(), err error) {
	limit := int64(-1)
	if !f.readOnly {
		f.index.mu.Lock()
		ready := f.index.file != nil
		limit = f.index.off
		f.index.mu.Unlock()
		if !ready {
			return nil, nil, errNoIndex
		}
	}
	file, err := f.disk.open(f.path(indexFile), false)
	if err == nil {
		if limit < 0 {
			limit, err = file.Size()
		}
		w = &window{from: file, size: limit}
		var line []byte
		if err == nil {
			line, err = w.at(0, firstWritten)
		}
		if err == nil && bytes.HasPrefix(line, []byte(indexLine[:len(indexLine)-len("%016x\n")])) {
			return w, func() { file.Close() }, nil
		}
		file.Close()
	}
	if !f.readOnly && err == nil {
		err = errNoIndex // somebody has put another in its place
	}
	if !f.readOnly || err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errStrange) && !flawed(err) {
		return nil, nil, err
	}
	// Nobody writes, or there would be one.
	marks := make(map[string]mark)
	for id, err := range f.Cycles(ctx, "") {
		if err != nil {
			if errors.Is(err, reformcycle.ErrDamaged) && ctx.Err() == nil {
				break // a cycle without a name: Check says so
			}
			return nil, nil, err
		}
		s, err := f.standing(id)
		if err != nil && !errors.Is(err, reformcycle.ErrDamaged) {
			return nil, nil, err
		}
		m := s.mark
		if err != nil || s.trouble != nil {
			m.head++ // what is asked for it is refused, as it is by Load
		}
		marks[id] = m
	}
	content := indexOf(marks)
	return &window{from: bytes.NewReader(content), size: int64(len(content))}, func() {}, nil
}

// errPlace: what a position says is not what is there.
var errPlace = errors.New("the index has nothing such there")

func (f *File) feed(ctx context.Context, after reformcycle.Position, yield func(reformcycle.Fed, error) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.usable(); err != nil {
		return err
	}
	w, end, err := f.feedIndex(ctx)
	if err != nil {
		return err
	}
	defer end()
	line, err := w.at(0, firstWritten)
	if err != nil {
		return err
	}
	r := feedReader{f: f, ctx: ctx, index: w, yield: yield, off: int64(len(line)), sum: crc32.Checksum(line, castagnoli)}
	if n, _ := fmt.Sscanf(string(line), indexLine, &r.epoch); n != 1 {
		return errNoIndex
	}
	r.epoch = max(r.epoch, 1)
	var first []piece
	if after != (reformcycle.Position{}) {
		switch rec, err := r.place(after); {
		case errors.Is(err, errPlace):
			if err := reformcycle.Replay(ctx, f, after); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			if after.Seq < rec.head {
				rec.before.head = after.Seq
				first = []piece{{record: rec, part: true}}
			}
		}
	}
	for {
		if len(first) > 0 {
			if over, err := r.hand(first[0]); over || err != nil {
				return err
			}
			first = nil
		}
		pieces, err := r.next()
		if err != nil || len(pieces) == 0 {
			return err
		}
		for _, p := range pieces {
			if err := ctx.Err(); err != nil {
				return err
			}
			if over, err := r.hand(p); over || err != nil {
				return err
			}
		}
	}
}

// feedReader reads a feed.
type feedReader struct {
	f     *File
	ctx   context.Context
	index *window
	epoch uint64
	off   int64  // of the next record
	sum   uint32 // of all before it
	yield func(reformcycle.Fed, error) bool
}

// piece is a record and what it speaks of.
type piece struct {
	record
	part  bool   // some of it was yielded already
	bytes []byte // nil where it could not be read as the record says, or is too long
}

// place finds the record of a position, and makes the one behind it the next.
func (r *feedReader) place(p reformcycle.Position) (record, error) {
	if p.Epoch != r.epoch || p.At < uint64(r.off) || p.At >= uint64(r.index.size) {
		return record{}, errPlace
	}
	at := int64(p.At)
	b, err := r.index.rest(at, indexRecord+maxID)
	if err != nil && !flawed(err) {
		return record{}, err
	}
	rec, n := readRecord(b, indexRecord)
	if rec.at = at; err != nil || n == 0 || rec.position(r.epoch, p.Seq) != p || p.Seq <= rec.before.head || p.Seq > rec.head {
		return record{}, errPlace
	}
	was := *r
	r.off, r.sum = at+int64(n), rec.sum
	if r.off < r.index.size && !r.f.readOnly { // a place that was made up is in the middle of one
		if _, n, err := r.record(); err != nil || n == 0 {
			*r = was
			return record{}, errors.Join(err, errPlace)
		}
	}
	return rec, nil
}

// record reads the next record; its length is 0 where there is none.
func (r *feedReader) record() (record, int, error) {
	if r.off >= r.index.size {
		return record{}, 0, nil
	}
	b, err := r.index.rest(r.off, indexRecord+maxID)
	if flawed(err) {
		return record{}, 0, nil
	}
	if err != nil {
		return record{}, 0, err
	}
	rec, n := readRecord(b, indexRecord)
	if n == 0 || crc32.Update(r.sum, castagnoli, b[4:n]) != rec.sum {
		return record{}, 0, nil // it is being written, or was torn: what is behind comes another time
	}
	rec.at = r.off
	return rec, n, nil
}

// next reads some records, and then their batches, cycle by cycle.
func (r *feedReader) next() (pieces []piece, err error) {
	size := int64(0)
	of := map[string][]int{}
	var ids []string
	for size < feedBytes && len(pieces) < feedRecords {
		rec, n, err := r.record()
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		r.off, r.sum = r.off+int64(n), rec.sum
		if rec.head > rec.before.head { // else entries were lost, and there is nothing new
			if long := rec.size - rec.before.size; long > 0 && long <= feedBytes {
				size += long
				if of[rec.id] == nil {
					ids = append(ids, rec.id)
				}
				of[rec.id] = append(of[rec.id], len(pieces))
			}
			pieces = append(pieces, piece{record: rec})
		}
	}
	for _, id := range ids {
		r.read(id, of[id], pieces)
	}
	return pieces, nil
}

// read reads the batches of one cycle, those that lie side by side at once. What can't
// be read is left to Load, which says why.
func (r *feedReader) read(id string, mine []int, pieces []piece) {
	file, err := r.f.disk.open(r.f.cyclePath(id), false)
	if err != nil {
		return
	}
	defer file.Close()
	for len(mine) > 0 {
		from, to := pieces[mine[0]].before.size, pieces[mine[0]].size
		n := 1
		for n < len(mine) && pieces[mine[n]].before.size == to {
			to = pieces[mine[n]].size
			n++
		}
		b := make([]byte, to-from)
		if got, _ := file.ReadAt(b, from); got == len(b) {
			for _, i := range mine[:n] {
				p := &pieces[i]
				p.bytes = b[p.before.size-from : p.size-from : p.size-from]
			}
		}
		mine = mine[n:]
	}
}

// hand yields the entries of a piece, and tells whether that is the end of it.
func (r *feedReader) hand(p piece) (over bool, err error) {
	at := p.position(r.epoch, 0)
	last := p.before.head
	give := func(e reformcycle.Entry, err error) bool {
		at.Seq, last = e.Seq, e.Seq
		over = !r.yield(reformcycle.Fed{Cycle: p.id, Entry: e, Position: at}, nil)
		return !over
	}
	if p.bytes != nil {
		w := window{buf: p.bytes, size: int64(len(p.bytes))}
		if m, ok := p.entire(&w); ok {
			read := reader{ctx: r.ctx, cycle: p.id, after: last, yield: give, window: w}
			if err := read.read(m); over || err == nil {
				return over, nil
			} else if ended := r.ctx.Err(); ended != nil {
				return true, ended
			}
		}
	}
	for e, err := range r.f.Load(r.ctx, p.id, last) {
		if err == nil && e.Seq > p.head {
			break
		}
		if err != nil {
			return true, err
		}
		if !give(e, nil) {
			break
		}
	}
	return over, nil
}

// entire tells whether a window has the batches of a record and nothing else, and gives
// the mark that the first is behind.
func (p piece) entire(w *window) (mark, bool) {
	first, err := w.legible(0)
	if err != nil || first.first != p.before.head+1 {
		return mark{}, false
	}
	m := first.behind()
	end, _, stop := w.walk(p.id, m)
	return m, stop == nil && end.head == p.head && end.sum == p.mark.sum
}
