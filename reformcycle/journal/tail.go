package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file holds what becomes of the end of a cycle's file, the one place that a
// crash or a failing disk can leave in doubt. Three rules keep it to that place:
//
// The first batch comes to its place by a rename, whole, with the file's name
// synced. A later batch is one write behind the end and one sync, and none is
// written before the one in front of it is known to be on the disk. So at most
// the last batch of a file is in doubt, and damage anywhere else is damage.
//
// Nothing rests on bytes that were read back and might not be on the disk: a last
// batch that the index does not prove to have been synced is written again and
// synced first. To sync alone would not do, for after a sync that failed the
// system may show what the disk does not have, and count it as written.
//
// What is cut off is zeroed first. If the disk forgets the cut, it has zeros
// there, which nobody takes for a batch.

// standing is where a cycle's journal ends, for somebody who reads or appends.
type standing struct {
	mark
	// limit is how far in the file something can be read.
	limit int64
	// trouble is why there is nothing more to be read, though there was once.
	trouble error
}

// tail is how a cycle's file was found to end.
type tail struct {
	mark        // of the last whole batch
	last  frame // that batch
	size  int64 // of the file
	stop  *place
	torn  bool   // what is behind the last whole batch is what a crash may leave
	rests string // what that was to be
}

// look finds the end of a cycle's file.
func look(file diskFile, cycle string) (t tail, err error) {
	if t.size, err = file.Size(); err != nil {
		return t, err
	}
	if t.size == 0 {
		t.stop = &place{0, 1, flaw("the file is empty")}
		return t, nil
	}
	w := window{from: file, size: t.size}
	end, last, err := w.seek(math.MaxUint64)
	if err != nil {
		return t, err
	}
	if end.size == t.size && last.cycle == cycle && w.whole(last) == nil {
		t.mark, t.last = end, last
		return t, nil
	}
	// It ends badly: where the trouble begins only reading it all tells.
	t.mark, t.last, t.stop = w.walk(cycle, mark{})
	if t.stop == nil {
		return t, nil
	}
	if !flawed(t.stop.err) {
		return t, t.stop.err
	}
	t.torn, t.rests, err = w.tears(cycle, t.mark)
	return t, err
}

// sector is the least that a disk writes.
const sector = 512

// tears tells whether what is behind the last whole batch of a file is what a
// crash may have left of the next: that ends early, or lacks a sector. All else
// is damage: the batch came to the disk, and has changed since.
func (w *window) tears(cycle string, m mark) (torn bool, rests string, err error) {
	if m.size == 0 {
		return false, "", nil
	}
	rests = fmt.Sprintf("entry %d and perhaps more", m.head+1)
	next, err := w.legible(m.size)
	legible := err == nil
	if legible {
		if next, err = w.follow(cycle, m); err == nil {
			rests = fmt.Sprintf("entries %d to %d", next.first, next.last())
		}
	}
	if err != nil && (legible || !flawed(err)) {
		if flawed(err) {
			err = nil
		}
		return false, rests, err
	}
	// One batch at a time is written: behind a torn one there is none.
	if _, more, err := w.find(m.size+1, w.size); err != nil || more {
		return false, rests, err
	}
	if legible && next.end() > w.size {
		return true, rests, nil
	}
	if lacks, err := w.lacks(m.size); err != nil || lacks {
		return lacks, rests, err
	}
	// Or somebody has begun to put a torn one aside.
	if b, err := w.at(m.size, 1); err != nil || b[0] == 0 {
		return err == nil, rests, err
	}
	if legible || w.size-m.size >= int64(headSize+len(cycle)) {
		return false, rests, nil
	}
	// Not even the head is all there; what is, has to be what it begins with.
	head := make([]byte, 16)
	copy(head, magic)
	binary.LittleEndian.PutUint16(head[6:], uint16(len(cycle)))
	binary.LittleEndian.PutUint64(head[8:], m.head+1)
	head = head[:min(int64(len(head)), w.size-m.size)]
	is, err := w.at(m.size, len(head))
	return err == nil && bytes.Equal(is, head), rests, err
}

// lacks tells whether from an offset on a sector, or the part of one that is
// behind the offset, is zero. In a whole batch none is.
func (w *window) lacks(off int64) (bool, error) {
	for off < w.size {
		end := min((off/sector+1)*sector, w.size)
		b, err := w.at(off, int(end-off))
		if err != nil {
			return false, err
		}
		if allZero(b) {
			return true, nil
		}
		off = end
	}
	return false, nil
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// stand tells where a cycle ends. For somebody who writes it brings to safety
// what was read back, and puts a torn tail aside. c.mu is held.
func (f *File) stand(c *cycle) (standing, error) {
	if c.sure {
		return standing{mark: c.mark, limit: c.size}, nil
	}
	name := c.path
	var t tail
	file, err := f.disk.open(name, !f.readOnly)
	if err == nil {
		defer file.Close()
		t, err = look(file, c.id)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return standing{}, err
	}
	s := standing{mark: t.mark, limit: t.mark.size}
	lost := t.head < c.head
	switch {
	case t.stop != nil && !t.torn:
		s.trouble, s.limit = damaged(name, c.id, *t.stop), t.size
	case lost && !f.loss:
		s.trouble = &reformcycle.LostError{Cycle: c.id, Head: t.head, Known: c.head, Witness: language.Typed(f.path(indexFile))}
	case t.head == c.head && t.mark != c.mark:
		s.trouble = damaged(name, c.id, place{t.last.start, t.last.first, flaw("it is not the batch that the index knows")})
	}
	if s.trouble != nil {
		return s, nil
	}
	if lost {
		f.noteOnce(c, t.head, "%s: the journal goes on behind entry %d, without the entries up to %d that the index knows of", name, t.head, c.head)
	}
	if f.readOnly {
		if t.torn && !f.disk.taken(f.dir) {
			f.noteOnce(c, t.head, "%s: the last %d bytes, from %d on, are what is left of %s; whether they were acknowledged can't be told", name, t.size-t.mark.size, t.mark.size, t.rests)
		}
		return s, nil
	}
	if t.torn {
		if err := f.putAside(c, file, name, t); err != nil {
			return standing{}, err
		}
	}
	known := t.mark == c.mark
	err = nil
	switch {
	case !known && t.head > 0 && t.last.start == 0:
		// Whether the name of the file is on the disk is in doubt, too.
		content := make([]byte, t.mark.size)
		if n, err := file.ReadAt(content, 0); n < len(content) {
			return standing{}, err
		}
		file.Close()
		err = put(f.disk, name, content)
	case !known && t.head > 0:
		err = settle(file, t.last.start, t.mark.size, t.size)
	case t.torn:
		err = settle(file, t.mark.size, t.mark.size, t.size)
	}
	if err != nil {
		return standing{}, err
	}
	if !known {
		err := f.index.record(c.id, c.mark, t.mark)
		if lost && err == nil {
			err = f.index.sync() // the loss is not to be told of once more
		}
		if lost && err != nil {
			return standing{}, err
		}
	}
	c.mark, c.sure = t.mark, true
	f.list(c, t.head > 0)
	return s, nil
}

// settle makes a file end with its batch from start to end, on the disk too, and
// nothing of what is behind it is left. The batch is written again as it is.
func settle(file diskFile, start, end, size int64) error {
	if err := copyTo(file, start, file, start, end); err != nil {
		return err
	}
	if size <= end {
		return file.Sync()
	}
	// The first sector before the others: once it is zero on the disk, the rest is
	// taken for a torn batch, whatever comes of zeroing it.
	first := min((end/sector+1)*sector, size)
	for _, part := range [][2]int64{{end, first}, {first, size}} {
		if err := copyTo(file, part[0], zeros{}, 0, part[1]-part[0]); err != nil {
			return err
		}
		if err := file.Sync(); err != nil {
			return err
		}
	}
	return file.Truncate(end) // with the next batch it comes to the disk, or zeros stay
}

// zeros reads as nothing but zeros.
type zeros struct{}

func (zeros) ReadAt(b []byte, _ int64) (int, error) {
	clear(b)
	return len(b), nil
}

// putAside keeps what is behind the last whole batch of a file in a file beside.
func (f *File) putAside(c *cycle, file diskFile, name string, t tail) error {
	sum, empty, err := summed(file, t.mark.size, t.size)
	if err != nil {
		return err
	}
	where := "all of them zero"
	if !empty {
		// The name is made from the bytes: whoever breaks off here and comes again
		// writes the same file.
		beside := asideName(name, t.mark.size, sum)
		if err := replace(f.disk, beside, file, t.mark.size, t.size); err != nil {
			return err
		}
		where = "which are now in " + beside
	}
	f.note(c.id, "%s: dropped the last %d bytes, from %d on, %s: what is left of %s; whether they were acknowledged can't be told", name, t.size-t.mark.size, t.mark.size, where, t.rests)
	return nil
}

func asideName(name string, off int64, sum uint32) string {
	return fmt.Sprintf("%s.%d.%08x%s", name, off, sum, asideSuffix)
}

// summed gives the checksum of a part of a file, and whether it is all zero.
func summed(file io.ReaderAt, off, end int64) (sum uint32, empty bool, err error) {
	w, empty := window{from: file, size: end}, true
	for off < end {
		b, err := w.rest(off, 1)
		if err != nil {
			return 0, false, err
		}
		sum = crc32.Update(sum, castagnoli, b)
		empty = empty && allZero(b)
		off += int64(len(b))
	}
	return sum, empty, nil
}
