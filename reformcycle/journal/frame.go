package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"unicode"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The form of a batch in a file, numbers little-endian:
//
//	 0  magic    4 bytes
//	 4  zero     u16
//	 6  id       u16  length of the cycle's id
//	 8  first    u64  sequence number of the first entry
//	16  payload  u64  length of the entries with their frames
//	24  count    u32  number of entries
//	28  before   u32  checksum of the batch before it, 0 for the first
//	32  entries  u32  CRC-32C of the lengths and checksums of the entries
//	36  checksum u32  CRC-32C of the 36 bytes above and the id
//	40  id
//	    then for each entry its length u32, its CRC-32C u32 and its JSON
//
// So the checksum of a batch covers all of it and, through the batch before it,
// all that came before. The magic opens with a control character. An id may not hold one and JSON
// can't, so no batch can be forged inside an entry.
const (
	magic     = "\x1echs"
	headSize  = 40
	entryHead = 8

	maxID    = 1024     // bytes of an id
	maxEntry = 64 << 20 // bytes of an entry's JSON
	// readAhead is how much is read at once where less is asked for.
	readAhead = 64 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is what the head of a batch says, and where it is.
type frame struct {
	cycle   string
	first   uint64
	count   uint32
	payload int64
	before  uint32
	heads   uint32 // the checksum of the heads of the entries
	sum     uint32
	// start is the frame's offset in the file that it was read from.
	start int64
}

// mark is where the journal of a cycle ends: with which entry, at which size of
// its file, and with which checksum of the last batch.
type mark struct {
	head uint64
	size int64
	sum  uint32
}

func (f frame) mark() mark { return mark{f.last(), f.end(), f.sum} }

// behind is the mark that the frame was written behind.
func (f frame) behind() mark { return mark{f.first - 1, f.start, f.before} }

func (f frame) last() uint64   { return f.first + uint64(f.count) - 1 }
func (f frame) entries() int64 { return f.start + headSize + int64(len(f.cycle)) }
func (f frame) end() int64     { return f.entries() + f.payload }

// encode makes the frame of a batch. Which batch is before it is still to be
// stamped.
func encode(b reformcycle.Batch) ([]byte, error) {
	if err := acceptable(b); err != nil {
		return nil, err
	}
	size := headSize + len(b.Cycle)
	for _, e := range b.Entries {
		size += entryHead + len(e.Data) + 192 // about what the rest of an entry takes
	}
	out := make([]byte, headSize, size)
	out = append(out, b.Cycle...)
	heads := uint32(0)
	for i, e := range b.Entries {
		at := len(out)
		out = append(out, make([]byte, entryHead)...)
		var err error
		if out, err = appendRaw(out, envelope{Entry: e}, "data", e.Data); err != nil {
			return nil, refused(fmt.Sprintf("entries[%d]", i), e.Seq, language.Of("want.json-entry", "why", err))
		}
		body := out[at+entryHead:]
		if len(body) > maxEntry {
			return nil, refused(fmt.Sprintf("entries[%d].data", i), len(body), language.Of("want.bytes", "most", maxEntry))
		}
		binary.LittleEndian.PutUint32(out[at:], uint32(len(body)))
		binary.LittleEndian.PutUint32(out[at+4:], crc32.Checksum(body, castagnoli))
		heads = crc32.Update(heads, castagnoli, out[at:at+entryHead])
	}
	copy(out, magic)
	binary.LittleEndian.PutUint16(out[6:], uint16(len(b.Cycle)))
	binary.LittleEndian.PutUint64(out[8:], b.After+1)
	binary.LittleEndian.PutUint64(out[16:], uint64(len(out)-headSize-len(b.Cycle)))
	binary.LittleEndian.PutUint32(out[24:], uint32(len(b.Entries)))
	binary.LittleEndian.PutUint32(out[32:], heads)
	return out, nil
}

// stamp ties a frame to the batch before it, and gives its checksum.
func stamp(encoded []byte, before uint32) uint32 {
	binary.LittleEndian.PutUint32(encoded[28:], before)
	sum := headSum(encoded)
	binary.LittleEndian.PutUint32(encoded[36:], sum)
	return sum
}

func headSum(b []byte) uint32 {
	id := int(binary.LittleEndian.Uint16(b[6:]))
	return crc32.Update(crc32.Checksum(b[:36], castagnoli), castagnoli, b[headSize:headSize+id])
}

// acceptable refuses a batch that could not be read back as it is.
func acceptable(b reformcycle.Batch) error {
	id := b.Cycle
	control := func(r rune) bool { return unicode.IsControl(r) }
	switch {
	case id == "" || len(id) > maxID || !utf8.ValidString(id) || bytes.ContainsFunc([]byte(id), control):
		return refused("cycle", id, language.Of("want.id-bytes", "most", maxID))
	case len(b.Entries) == 0 || uint64(len(b.Entries)) > math.MaxUint32:
		return refused("entries", len(b.Entries), language.Of("want.entries"))
	case b.After > math.MaxUint64-uint64(len(b.Entries)):
		return refused("after", b.After, language.Of("want.sequence"))
	}
	for i, e := range b.Entries {
		if want := b.After + uint64(i) + 1; e.Seq != want {
			return refused(fmt.Sprintf("entries[%d].seq", i), e.Seq, language.Of("want.next", "n", want))
		}
	}
	return nil
}

// refused refuses one field of a batch.
func refused(field string, value any, want language.Text) error {
	return fault.Refuse(field, "file", value, want)
}

// envelope is an entry without its data: the outer field hides the inner one.
type envelope struct {
	reformcycle.Entry
	Data *struct{} `json:"data,omitempty"`
}

// appendRaw appends the JSON of an object and, as its last field, JSON that is
// kept byte for byte: the encoder would compact and escape it.
func appendRaw(to []byte, object any, field string, raw json.RawMessage) ([]byte, error) {
	outer, err := json.Marshal(object)
	if err != nil {
		return to, err
	}
	if len(raw) == 0 {
		return append(to, outer...), nil
	}
	if !json.Valid(raw) {
		return to, fmt.Errorf("its %s is not JSON", field)
	}
	to = append(to, outer[:len(outer)-1]...)
	to = append(to, `,"`...)
	to = append(to, field...)
	to = append(to, `":`...)
	to = append(to, raw...)
	return append(to, '}'), nil
}

// window reads a file a piece at a time. It never asks for more memory than the
// file has bytes.
type window struct {
	from  io.ReaderAt
	size  int64 // nothing at or behind it is read
	ahead int   // bytes to read at once; 0 for readAhead
	off   int64
	buf   []byte
}

// rest gives what is at hand from an offset on: n bytes or more, or all up to the
// end. It is good until the next read.
func (w *window) rest(off int64, n int) ([]byte, error) {
	if off < 0 || off > w.size {
		return nil, flaw("it ends early")
	}
	n = int(min(int64(n), w.size-off))
	if off >= w.off && off+int64(n) <= w.off+int64(len(w.buf)) {
		return w.buf[off-w.off:], nil
	}
	ahead := w.ahead
	if ahead == 0 {
		ahead = readAhead
	}
	want := int(min(int64(max(n, ahead)), w.size-off))
	if cap(w.buf) < want {
		w.buf = make([]byte, want)
	}
	w.off, w.buf = off, w.buf[:want]
	got, err := w.from.ReadAt(w.buf, off)
	w.buf = w.buf[:got]
	if got >= n {
		return w.buf, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = flaw("it ends early") // it was longer a moment ago
	}
	return nil, err
}

// at gives n bytes at an offset, good until the next read.
func (w *window) at(off int64, n int) ([]byte, error) {
	b, err := w.rest(off, n)
	if err == nil && len(b) < n {
		err = flaw("it ends early")
	}
	if err != nil {
		return nil, err
	}
	return b[:n], nil
}

// legible reads the head of a batch, whether the batch behind it is all there or
// not.
func (w *window) legible(off int64) (frame, error) {
	b, err := w.rest(off, headSize+maxID)
	if err != nil {
		return frame{}, err
	}
	if len(b) < headSize {
		return frame{}, flaw("it ends early")
	}
	if string(b[:4]) != magic {
		return frame{}, flaw("no batch begins there")
	}
	id := int(binary.LittleEndian.Uint16(b[6:]))
	switch {
	case id == 0 || id > maxID || b[4] != 0 || b[5] != 0:
		return frame{}, flaw("the head of the batch is not legible")
	case len(b) < headSize+id:
		return frame{}, flaw("it ends early")
	case binary.LittleEndian.Uint32(b[36:]) != headSum(b):
		return frame{}, flaw("the checksum of the head of the batch is wrong")
	}
	payload := binary.LittleEndian.Uint64(b[16:])
	f := frame{
		cycle: string(b[headSize : headSize+id]), start: off,
		first: binary.LittleEndian.Uint64(b[8:]), count: binary.LittleEndian.Uint32(b[24:]),
		payload: int64(payload), before: binary.LittleEndian.Uint32(b[28:]),
		heads: binary.LittleEndian.Uint32(b[32:]), sum: binary.LittleEndian.Uint32(b[36:]),
	}
	switch {
	case f.first == 0 || f.count == 0 || f.first > math.MaxUint64-uint64(f.count):
		return frame{}, flaw("the batch numbers its entries in a way that can't be")
	case payload > math.MaxInt64/2 || payload < uint64(f.count)*(entryHead+2):
		return frame{}, flaw("the batch has a length that can't be")
	}
	return f, nil
}

// entry reads the JSON of an entry, good until the next read, and its checksum,
// and where the next one is.
func (w *window) entry(f frame, off int64) (body []byte, sum uint32, next int64, err error) {
	if off > f.end()-entryHead {
		return nil, 0, 0, flaw("the batch ends early")
	}
	b, err := w.at(off, entryHead)
	if err != nil {
		return nil, 0, 0, err
	}
	size := int64(binary.LittleEndian.Uint32(b))
	sum = binary.LittleEndian.Uint32(b[4:])
	if size > maxEntry || size > f.end()-off-entryHead {
		return nil, 0, 0, flaw("the entry has a length that can't be")
	}
	if body, err = w.at(off+entryHead, int(size)); err != nil {
		return nil, 0, 0, err
	}
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, 0, 0, flaw("the checksum of the entry is wrong")
	}
	return body, sum, off + entryHead + size, nil
}

// whole checks that a batch is right to its last byte. Where it is not it gives
// the place: the entries before it are right, each for itself.
func (w *window) whole(f frame) *place {
	off, heads, head := f.entries(), uint32(0), make([]byte, entryHead)
	for seq := f.first; seq <= f.last(); seq++ {
		body, sum, next, err := w.entry(f, off)
		if err != nil {
			return &place{off, seq, err}
		}
		binary.LittleEndian.PutUint32(head, uint32(len(body)))
		binary.LittleEndian.PutUint32(head[4:], sum)
		heads = crc32.Update(heads, castagnoli, head)
		off = next
	}
	switch {
	case off != f.end():
		return &place{off, f.last() + 1, flaw("there is more in the batch than its entries")}
	case heads != f.heads:
		return &place{f.start, f.first, flaw("the entries are not those that the batch was written with")}
	}
	return nil
}

// find gives the first legible head of a batch at or behind an offset and before
// another.
func (w *window) find(off, before int64) (frame, bool, error) {
	for off < min(before, w.size-headSize+1) {
		b, err := w.rest(off, headSize)
		if err != nil {
			return frame{}, false, err
		}
		i := bytes.Index(b, []byte(magic))
		if i < 0 {
			off += int64(len(b) - len(magic) + 1)
			continue
		}
		if off += int64(i); off >= before {
			break
		}
		f, err := w.legible(off)
		if err == nil {
			return f, true, nil
		}
		if !flawed(err) {
			return frame{}, false, err
		}
		off++
	}
	return frame{}, false, nil
}

// seek finds the batch that holds the entry behind after, by bisection: a batch
// is found from any byte of the file on, and sequence numbers rise. It gives the
// mark in front of it, or of the last batch, and the batch that ends there if it
// came by it.
func (w *window) seek(after uint64) (lo mark, before frame, err error) {
	for hi := w.size; after > 0 && hi-lo.size > readAhead; {
		middle := lo.size + (hi-lo.size)/2
		f, found, err := w.find(middle, hi)
		if err != nil {
			return lo, before, err
		}
		if found && f.first-1 <= after {
			lo = f.behind()
		} else {
			hi = middle
		}
	}
	for lo.size < w.size {
		f, err := w.legible(lo.size)
		switch {
		case flawed(err), err == nil && f.first != lo.head+1:
			// What is damaged is passed over if what is asked for is behind it.
			f, found, err := w.find(lo.size+1, w.size)
			if err != nil || !found || f.first-1 > after || f.first-1 <= lo.head {
				return lo, before, err
			}
			lo, before = f.behind(), frame{}
			continue
		case err != nil:
			return lo, before, err
		case f.last() > after || f.end() > w.size:
			return lo, before, nil
		}
		lo, before = f.mark(), f
	}
	return lo, before, nil
}

// follow reads the head of a batch that must come behind another, which ends with
// a mark. Whether the batch is all there its entries tell.
func (w *window) follow(cycle string, m mark) (frame, error) {
	f, err := w.legible(m.size)
	switch {
	case err != nil:
		return f, err
	case f.cycle != cycle:
		return f, flaw(fmt.Sprintf("the batch is of another cycle, %.80q", f.cycle))
	case f.first != m.head+1:
		return f, flaw(fmt.Sprintf("the batch begins with entry %d", f.first))
	case f.before != m.sum:
		return f, flaw("the batch was not written behind the one before it")
	}
	return f, nil
}

// walk checks batch after batch from a mark on, and gives the mark and the frame
// of the last that is whole, and the place where it had to stop short of the end.
func (w *window) walk(cycle string, m mark) (end mark, last frame, stop *place) {
	for m.size < w.size {
		f, err := w.follow(cycle, m)
		if err != nil {
			return m, last, &place{m.size, m.head + 1, err}
		}
		if stop := w.whole(f); stop != nil {
			return m, last, stop
		}
		m, last = f.mark(), f
	}
	return m, last, nil
}

// decode reads an entry, which must have a sequence number.
func decode(body []byte, want uint64) (reformcycle.Entry, error) {
	var e reformcycle.Entry
	if err := json.Unmarshal(body, &e); err != nil {
		return e, flaw("the entry is not the JSON of one: " + err.Error())
	}
	if e.Seq != want {
		return e, flaw(fmt.Sprintf("the entry says that it is %d", e.Seq))
	}
	return e, nil
}
