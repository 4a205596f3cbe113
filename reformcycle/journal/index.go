package journal

import (
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
)

// The index has a record for every batch, in the order in which they were synced:
// of which cycle, and where that then ended. It promises nothing. Records are
// made after the batch is safe, written some at a time and synced when the journal
// is closed; what is missing of it, or all of it, is made again from the files of
// the cycles. But what it does say is true, so it serves for three things:
//
// It lists the cycles, so that opening the directory reads none of their files but
// those that have grown since. It proves that the end of a file was synced, and
// where that end is gone, that it is lost. And it has the batches of all cycles
// in one order. That order is good within one epoch: an index that was made again
// has another. It grows by some fifty bytes with each batch; one that is made again
// has a record for each cycle.
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
//	28  id
const (
	indexLine   = "chsreform index 1 %016x\n"
	indexRecord = 28
	// indexAhead is how many bytes of records wait to be written together. An index
	// that changes with every batch would be synced by the file system along with
	// it.
	indexAhead = 4096
)

// index is the index that is being written.
type index struct {
	mu   sync.Mutex
	file diskFile // nil where none is kept
	off  int64
	sum  uint32
	wait []byte // records that are not written yet
}

// appendRecord appends a record behind one of a checksum, and gives its own.
func appendRecord(to []byte, before uint32, id string, m mark) ([]byte, uint32) {
	at := len(to)
	to = binary.LittleEndian.AppendUint32(to, 0)
	to = binary.LittleEndian.AppendUint16(to, 0)
	to = binary.LittleEndian.AppendUint16(to, uint16(len(id)))
	to = binary.LittleEndian.AppendUint64(to, m.head)
	to = binary.LittleEndian.AppendUint64(to, uint64(m.size))
	to = binary.LittleEndian.AppendUint32(to, m.sum)
	to = append(to, id...)
	sum := crc32.Update(before, castagnoli, to[at+4:])
	binary.LittleEndian.PutUint32(to[at:], sum)
	return to, sum
}

// errNoIndex: the index can't be written, and is not missed.
var errNoIndex = errors.New("the journal has no index at present")

// record adds a record. Without an error it will be there, unless a crash comes.
func (x *index) record(id string, m mark) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.file == nil {
		return errNoIndex
	}
	x.wait, x.sum = appendRecord(x.wait, x.sum, id, m)
	if len(x.wait) < indexAhead {
		return nil
	}
	return x.flush()
}

// flush writes what waits. After an error nobody knows what the file has, so no
// more is written; what is there is put right when the directory is opened again.
func (x *index) flush() error {
	if x.file == nil {
		return errNoIndex
	}
	if len(x.wait) == 0 {
		return nil
	}
	if err := write(x.file, x.wait, x.off); err != nil {
		x.file.Close()
		x.file = nil
		return err
	}
	x.off += int64(len(x.wait))
	x.wait = x.wait[:0]
	return nil
}

// sync has all that was recorded on the disk.
func (x *index) sync() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.flush(); err != nil {
		return err
	}
	if err := x.file.Sync(); err != nil {
		x.file.Close()
		x.file = nil
		return err
	}
	return nil
}

func (x *index) close() {
	_ = x.sync()
	if x.file != nil {
		x.file.Close()
		x.file = nil
	}
}

// indexRead is what an index was found to say.
type indexRead struct {
	marks map[string]mark // of each cycle, by the last record of it
	there bool            // there is a file of that name
	ours  bool            // and it is an index
	off   int64           // the end of the last record that is right
	sum   uint32          // of that record
	stop  error           // why it ends before the file does
}

// readIndex reads the index as far as it is right.
func (f *File) readIndex() (x indexRead, err error) {
	x.marks = make(map[string]mark)
	file, err := f.disk.open(f.path(indexFile), false)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return x, nil
	case errors.Is(err, errStrange):
		x.there = true
		return x, nil
	case err != nil:
		return x, err
	}
	defer file.Close()
	x.there = true
	size, err := file.Size()
	if err != nil {
		return x, err
	}
	w := window{from: file, size: size}
	line := len(fmt.Sprintf(indexLine, 0))
	b, err := w.at(0, line)
	if err != nil && !flawed(err) {
		return x, err
	}
	var epoch uint64
	if n, _ := fmt.Sscanf(string(b), indexLine, &epoch); n == 0 || string(b) != fmt.Sprintf(indexLine, epoch) {
		return x, nil
	}
	x.ours, x.off, x.sum = true, int64(line), crc32.Checksum(b, castagnoli)
	for x.off < size {
		b, err := w.rest(x.off, indexRecord+maxID)
		if err != nil && !flawed(err) {
			return x, err
		}
		n := indexRecord
		if len(b) >= n {
			n += int(binary.LittleEndian.Uint16(b[6:]))
		}
		if err != nil || len(b) < n || crc32.Update(x.sum, castagnoli, b[4:n]) != binary.LittleEndian.Uint32(b) {
			x.stop = flaw(fmt.Sprintf("no record that is right begins at byte %d", x.off))
			break
		}
		x.sum = binary.LittleEndian.Uint32(b)
		x.off += int64(n)
		x.marks[string(b[indexRecord:n])] = mark{binary.LittleEndian.Uint64(b[8:]), int64(binary.LittleEndian.Uint64(b[16:])), binary.LittleEndian.Uint32(b[24:])}
	}
	return x, nil
}

// makeIndex makes the index again from what is known of the cycles. Its epoch
// comes from what it says: one that says the same has the same order.
func (f *File) makeIndex() error {
	var records []byte
	body := func(sum uint32) uint32 {
		records = records[:0]
		for _, id := range slices.Sorted(maps.Keys(f.cycles)) {
			if c := f.cycles[id]; c.head > 0 {
				records, sum = appendRecord(records, sum, id, c.mark)
			}
		}
		return sum
	}
	body(0)
	epoch := sha256.Sum256(records)
	line := fmt.Appendf(nil, indexLine, binary.LittleEndian.Uint64(epoch[:]))
	sum := body(crc32.Checksum(line, castagnoli))
	content := append(line, records...)
	if err := put(f.disk, f.path(indexFile), content); err != nil {
		return err
	}
	return f.openIndex(int64(len(content)), sum)
}

// openIndex goes on with the index behind its last record.
func (f *File) openIndex(off int64, sum uint32) error {
	file, err := f.disk.open(f.path(indexFile), true)
	if err == nil {
		f.index.file, f.index.off, f.index.sum = file, off, sum
	}
	return err
}

// cycleFile tells whether a name in the directory is that of a cycle's file.
func cycleFile(name string) bool {
	base, is := strings.CutSuffix(name, cycleSuffix)
	return is && len(base) == 2*sha256.Size && strings.Trim(base, "0123456789abcdef") == ""
}
