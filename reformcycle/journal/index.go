package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/chsreform/chsreform/reformcycle"
)

// The index has a record for every batch, in the order in which they were synced:
// of which cycle, and from where to where that then went. It promises nothing.
// Records are written after the batch is safe and synced when the journal is
// closed; what is missing of it, or all of it, is made again from the files of
// the cycles. But what it does say is true, so it serves for three things:
//
// It lists the cycles, so that opening the directory reads none of their files but
// those that have grown since. It proves that the end of a file was synced, and
// where that end is gone, that it is lost. And it has the batches of all cycles
// in one order, which is that of the feed. That order is good within one epoch: an
// index that was made again has another. It grows by some seventy bytes with each
// batch; one that is made again has a record for each cycle.
//
// A line that names the format and the epoch, and then for each record, numbers
// little-endian:
//
//	 0  checksum u32  CRC-32C of what follows, on top of that of the record before
//	 4  zero     u16
//	 6  id       u16  length of the cycle's id
//	 8  head     u64  the last entry of the cycle
//	16  size     u64  of its file
//	24  batch    u32  checksum of its last batch
//	28  before   u64  the last entry of the cycle by the record before of it
//	36  start    u64  and the size of its file then
//	44  id
//
// Format 1 lacked before and start: it is read for what it proves, and made again.
const (
	indexLine    = "chsreform index 2 %016x\n"
	firstIndex   = "chsreform index 1 %016x\n"
	indexRecord  = 44
	firstRecord  = 28
	firstWritten = len("chsreform index 1 0123456789abcdef\n")
)

// index is the index that is being written.
type index struct {
	mu    sync.Mutex
	file  diskFile // nil where none is kept
	epoch uint64
	off   int64
	last  record // at and sum are 0 where there is none
	sum   uint32 // of all of it
	room  []byte
}

// record is one record of the index.
type record struct {
	at     int64  // where in the index it begins
	sum    uint32 // its checksum, and so that of all before it
	id     string
	before mark // its sum is not known
	mark
}

// appendRecord appends a record behind one of a checksum, and gives its own.
func appendRecord(to []byte, sum uint32, id string, before, m mark) ([]byte, uint32) {
	at := len(to)
	to = binary.LittleEndian.AppendUint32(to, 0)
	to = binary.LittleEndian.AppendUint16(to, 0)
	to = binary.LittleEndian.AppendUint16(to, uint16(len(id)))
	to = binary.LittleEndian.AppendUint64(to, m.head)
	to = binary.LittleEndian.AppendUint64(to, uint64(m.size))
	to = binary.LittleEndian.AppendUint32(to, m.sum)
	to = binary.LittleEndian.AppendUint64(to, min(before.head, m.head)) // where entries were lost it goes back
	to = binary.LittleEndian.AppendUint64(to, uint64(min(before.size, m.size)))
	to = append(to, id...)
	sum = crc32.Update(sum, castagnoli, to[at+4:])
	binary.LittleEndian.PutUint32(to[at:], sum)
	return to, sum
}

// readRecord reads a record from what is at hand from its beginning on, and gives
// its length; 0 where there is none. Whether its checksum is right the caller has to
// see.
func readRecord(b []byte, form int) (r record, n int) {
	if len(b) < form {
		return r, 0
	}
	n = form + int(binary.LittleEndian.Uint16(b[6:]))
	if len(b) < n || b[4] != 0 || b[5] != 0 {
		return r, 0
	}
	r.sum, r.id = binary.LittleEndian.Uint32(b), string(b[form:n])
	r.mark = mark{binary.LittleEndian.Uint64(b[8:]), int64(binary.LittleEndian.Uint64(b[16:])), binary.LittleEndian.Uint32(b[24:])}
	if form == indexRecord {
		r.before = mark{head: binary.LittleEndian.Uint64(b[28:]), size: int64(binary.LittleEndian.Uint64(b[36:]))}
	}
	return r, n
}

// errNoIndex: the index can't be written, and is not missed but by the feed.
var errNoIndex = fmt.Errorf("%w while it has no index that it can write", reformcycle.ErrNoFeed)

// record writes a record, of a cycle that ended with one mark and ends with another.
// After an error nobody knows what the file has, so no more is written; what is there
// is put right when the directory is opened again.
func (x *index) record(id string, before, m mark) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.file == nil {
		return errNoIndex
	}
	var sum uint32
	x.room, sum = appendRecord(x.room[:0], x.sum, id, before, m)
	if err := write(x.file, x.room, x.off); err != nil {
		x.drop()
		return err
	}
	x.last, _ = readRecord(x.room, indexRecord)
	x.last.at = x.off
	x.off, x.sum = x.off+int64(len(x.room)), sum
	return nil
}

// sync has all that was recorded on the disk.
func (x *index) sync() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.file == nil {
		return errNoIndex
	}
	err := x.file.Sync()
	if err != nil {
		x.drop()
	}
	return err
}

func (x *index) drop() {
	if x.file != nil {
		x.file.Close()
		x.file = nil
	}
}

func (x *index) close() {
	_ = x.sync()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop()
}

// indexRead is what an index was found to say.
type indexRead struct {
	marks map[string]mark // of each cycle, by the last record of it
	there bool            // there is a file of that name
	ours  bool            // and it is an index
	epoch uint64
	off   int64  // the end of the last record that is right
	last  record // that record
	sum   uint32 // of all up to there
	stop  error  // why it ends before the file does, or has to be made again
}

// readIndex reads the index as far as it is right.
func (f *File) readIndex() (x indexRead, err error) {
	file, err := f.disk.open(f.path(indexFile), false)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return indexRead{}, nil
	case errors.Is(err, errStrange):
		return indexRead{there: true}, nil
	case err != nil:
		return indexRead{}, err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return x, err
	}
	return readIndex(&window{from: file, size: size})
}

func readIndex(w *window) (x indexRead, err error) {
	x.marks, x.there = make(map[string]mark), true
	b, err := w.at(0, firstWritten)
	if err != nil && !flawed(err) {
		return x, err
	}
	line, form := string(b), indexRecord
	if n, _ := fmt.Sscanf(line, firstIndex, &x.epoch); n == 1 && line == fmt.Sprintf(firstIndex, x.epoch) {
		form = firstRecord
	} else if n, _ := fmt.Sscanf(line, indexLine, &x.epoch); n == 0 || line != fmt.Sprintf(indexLine, x.epoch) {
		return x, nil
	}
	x.ours, x.off, x.sum = true, int64(len(line)), crc32.Checksum(b, castagnoli)
	for x.off < w.size {
		b, err := w.rest(x.off, form+maxID)
		if err != nil && !flawed(err) {
			return x, err
		}
		r, n := readRecord(b, form)
		if err != nil || n == 0 || crc32.Update(x.sum, castagnoli, b[4:n]) != r.sum {
			x.stop = flaw(fmt.Sprintf("no record that is right begins at byte %d", x.off))
			break
		}
		r.at = x.off
		x.marks[r.id], x.last, x.sum = r.mark, r, r.sum
		x.off += int64(n)
	}
	if form == firstRecord && x.stop == nil {
		x.stop = flaw("it is of format 1")
	}
	return x, nil
}

// indexOf makes the index of cycles that end with marks, in the order of their ids. Its
// epoch comes from what it says: one that says the same has the same order.
func indexOf(marks map[string]mark) []byte {
	var content []byte
	body := func(sum uint32) {
		for _, id := range slices.Sorted(maps.Keys(marks)) {
			if m := marks[id]; m.head > 0 {
				content, sum = appendRecord(content, sum, id, mark{}, m)
			}
		}
	}
	body(0)
	digest := sha256.Sum256(content)
	epoch := binary.LittleEndian.Uint64(digest[:])
	content = fmt.Appendf(nil, indexLine, max(epoch, 1))
	body(crc32.Checksum(content, castagnoli))
	return content
}

// makeIndex makes the index again from what is known of the cycles.
func (f *File) makeIndex() error {
	marks := make(map[string]mark, len(f.cycles))
	for id, c := range f.cycles {
		marks[id] = c.mark
	}
	content := indexOf(marks)
	if err := put(f.disk, f.path(indexFile), content); err != nil {
		return err
	}
	x, err := readIndex(&window{from: bytes.NewReader(content), size: int64(len(content))})
	if err != nil {
		return err
	}
	return f.openIndex(x)
}

// openIndex goes on with the index behind its last record.
func (f *File) openIndex(x indexRead) error {
	file, err := f.disk.open(f.path(indexFile), true)
	if err == nil {
		f.index.file, f.index.epoch, f.index.off, f.index.last, f.index.sum = file, x.epoch, x.off, x.last, x.sum
	}
	return err
}

// cycleFile tells whether a name in the directory is that of a cycle's file.
func cycleFile(name string) bool {
	base, is := strings.CutSuffix(name, cycleSuffix)
	return is && len(base) == 2*sha256.Size && strings.Trim(base, "0123456789abcdef") == ""
}
