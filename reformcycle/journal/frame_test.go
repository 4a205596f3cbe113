package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// memory reads bytes as if they were a file, and counts how often.
type memory struct {
	bytes []byte
	reads int
	err   error // of every read from then on
}

func (m *memory) ReadAt(b []byte, off int64) (int, error) {
	m.reads++
	if m.err != nil {
		return 0, m.err
	}
	n := copy(b, m.bytes[min(off, int64(len(m.bytes))):])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func TestAHeadThatCannotBeIsRefusedThoughItsChecksumIsRight(t *testing.T) {
	good, err := encode(madeBatch("abc", 0, 2))
	require.NoError(t, err)
	stamp(good, 0)
	read := func(b []byte) error {
		f, err := (&window{from: &memory{bytes: b}, size: int64(len(b))}).legible(0)
		if err == nil {
			require.Equal(t, frame{cycle: "abc", first: 1, count: 2, payload: f.payload, heads: f.heads, sum: f.sum}, f)
		}
		return err
	}
	require.NoError(t, read(good))
	least := uint64(2 * (entryHead + 2)) // two entries, each a {}
	for what, change := range map[string]func(b []byte){
		"no id":                          func(b []byte) { binary.LittleEndian.PutUint16(b[6:], 0) },
		"the first zero byte":            func(b []byte) { b[4] = 1 },
		"the second zero byte":           func(b []byte) { b[5] = 1 },
		"entry 0":                        func(b []byte) { binary.LittleEndian.PutUint64(b[8:], 0) },
		"no entries":                     func(b []byte) { binary.LittleEndian.PutUint32(b[24:], 0) },
		"numbers beyond the last":        func(b []byte) { binary.LittleEndian.PutUint64(b[8:], math.MaxUint64-1) },
		"fewer bytes than entries need":  func(b []byte) { binary.LittleEndian.PutUint64(b[16:], least-1) },
		"more bytes than there can be":   func(b []byte) { binary.LittleEndian.PutUint64(b[16:], math.MaxInt64/2+1) },
		"bytes beyond an int64":          func(b []byte) { binary.LittleEndian.PutUint64(b[16:], math.MaxUint64) },
		"another magic":                  func(b []byte) { b[0]++ },
		"an id that goes beyond the end": func(b []byte) { binary.LittleEndian.PutUint16(b[6:], maxID) },
	} {
		bad := bytes.Clone(good)
		change(bad)
		if what != "an id that goes beyond the end" {
			binary.LittleEndian.PutUint32(bad[36:], headSum(bad))
		}
		require.True(t, flawed(read(bad)), what)
	}
	for what, change := range map[string]func(b []byte){
		"as few bytes as entries need": func(b []byte) { binary.LittleEndian.PutUint64(b[16:], least) },
		"as many as there can be":      func(b []byte) { binary.LittleEndian.PutUint64(b[16:], math.MaxInt64/2) },
	} {
		edge := bytes.Clone(good)
		change(edge)
		binary.LittleEndian.PutUint32(edge[36:], headSum(edge))
		require.NoError(t, read(edge), what)
	}
	// An id longer than any, in a file that has the room.
	long, err := encode(madeBatch(strings.Repeat("x", maxID), 0, 1))
	require.NoError(t, err)
	require.Greater(t, len(long), headSize+maxID+1)
	binary.LittleEndian.PutUint16(long[6:], maxID+1)
	binary.LittleEndian.PutUint32(long[36:], headSum(long))
	require.True(t, flawed(read(long)))
}

func TestAnEntryThatCannotBeIsAFlaw(t *testing.T) {
	good, err := encode(madeBatch("a", 0, 2))
	require.NoError(t, err)
	stamp(good, 0)
	first := headSize + 1
	whole := func(b []byte) *place {
		w := &window{from: &memory{bytes: b}, size: int64(len(b))}
		f, err := w.legible(0)
		require.NoError(t, err)
		return w.whole(f)
	}
	require.Nil(t, whole(good))
	length := binary.LittleEndian.Uint32(good[first:])
	for what, size := range map[string]uint32{
		"longer than its batch":          uint32(len(good)),
		"longer than any entry":          maxEntry + 1,
		"one byte longer":                length + 1,
		"as long as the rest, and a bit": uint32(len(good)-first-entryHead) + 1,
	} {
		bad := bytes.Clone(good)
		binary.LittleEndian.PutUint32(bad[first:], size)
		stop := whole(bad)
		require.NotNil(t, stop, what)
		require.ErrorContains(t, stop.err, map[bool]string{true: "checksum", false: "a length that can't be"}[what == "one byte longer"], what)
		require.Equal(t, []any{int64(first), uint64(1)}, []any{stop.off, stop.seq}, what)
	}
	// Entries that are right, each for itself, and not those of the batch.
	other := madeBatch("a", 0, 2)
	other.Entries[1].By = "effice"
	mixed, err := encode(other)
	require.NoError(t, err)
	require.Len(t, mixed, len(good))
	copy(mixed[:first], good[:first])
	stop := whole(mixed)
	require.NotNil(t, stop)
	require.EqualValues(t, 1, stop.seq, "not one of them is given out")
	// More in the batch than its entries.
	more := append(bytes.Clone(good), 1, 2, 3)
	binary.LittleEndian.PutUint64(more[16:], binary.LittleEndian.Uint64(more[16:])+3)
	stamp(more, 0)
	require.NotNil(t, whole(more))
}

func TestAnEntryAsLongAsMayBeIsReadAndALongerOneRefused(t *testing.T) {
	b := madeBatch("a", 0, 1)
	empty, err := encode(b)
	require.NoError(t, err)
	around := len(empty) - headSize - 1 - entryHead - len(b.Entries[0].Data)
	b.Entries[0].Data = []byte(`"` + strings.Repeat("x", maxEntry-around-2) + `"`)
	longest, err := encode(b)
	require.NoError(t, err)
	stamp(longest, 0)
	w := window{from: &memory{bytes: longest}, size: int64(len(longest))}
	f, err := w.legible(0)
	require.NoError(t, err)
	require.Nil(t, w.whole(f))
	// One byte more, and everything else as it should be.
	longer := append(longest, '}')
	longer[len(longer)-2] = ' '
	body := longer[headSize+1+entryHead:]
	binary.LittleEndian.PutUint32(longer[headSize+1:], uint32(len(body)))
	binary.LittleEndian.PutUint32(longer[headSize+5:], crc32.Checksum(body, castagnoli))
	binary.LittleEndian.PutUint64(longer[16:], uint64(len(body)+entryHead))
	binary.LittleEndian.PutUint32(longer[32:], crc32.Checksum(longer[headSize+1:headSize+1+entryHead], castagnoli))
	stamp(longer, 0)
	w = window{from: &memory{bytes: longer}, size: int64(len(longer))}
	f, err = w.legible(0)
	require.NoError(t, err)
	stop := w.whole(f)
	require.NotNil(t, stop)
	require.ErrorContains(t, stop.err, "a length that can't be")

	b.Entries[0].Data = append(b.Entries[0].Data[:len(b.Entries[0].Data)-1], 'x', '"')
	_, err = encode(b)
	require.ErrorContains(t, err, "at most 67108864 bytes")
}

func TestAWindowReadsWhatItNeedsOnce(t *testing.T) {
	m := &memory{bytes: bytes.Repeat([]byte("0123456789"), 20_000)}
	w := window{from: m, size: int64(len(m.bytes))}
	for _, tc := range []struct {
		off   int64
		n     int
		reads int
	}{
		{0, 10, 1},
		{0, readAhead, 1}, // up to the last byte at hand
		{readAhead - 1, 1, 1},
		{readAhead, 1, 2},
		{readAhead - 1, 1, 3},
		{100, 3 * readAhead, 4},
		{100, 3 * readAhead, 4},
		{199_999, 1, 5},
		{199_999, 1000, 5}, // there is no more
		{200_000, 1, 5},
	} {
		b, err := w.rest(tc.off, tc.n)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(b), min(tc.n, 200_000-int(tc.off)))
		require.Equal(t, m.bytes[tc.off:int(tc.off)+len(b)], b)
		require.Equal(t, tc.reads, m.reads, fmt.Sprintf("%+v", tc))
	}
	for _, off := range []int64{-1, 200_001} {
		_, err := w.rest(off, 1)
		require.True(t, flawed(err))
	}
	_, err := w.at(199_990, 11)
	require.True(t, flawed(err), "it ends early")
	// A file that was longer a moment ago, and one that can't be read.
	w = window{from: &memory{bytes: m.bytes[:100]}, size: 200}
	_, err = w.at(90, 20)
	require.True(t, flawed(err))
	w = window{from: &memory{err: errDisk}, size: 200}
	_, err = w.at(90, 20)
	require.ErrorIs(t, err, errDisk)
	require.False(t, flawed(err))
}

// TestAReadThatFailsIsNoDamage has a disk fail at each read of a long cycle.
func TestAReadThatFailsIsNoDamage(t *testing.T) {
	d := &unreadable{simDisk: newSimDisk(), left: math.MaxInt}
	f := opened(t, d)
	for after := uint64(0); after < 3000; after += 100 {
		require.NoError(t, f.Append(calm, madeBatch("a", after, 100)))
	}
	for _, from := range []uint64{0, 1500, 2999} {
		for left := 0; ; left++ {
			d.left = left
			failed := false
			next := from + 1
			for e, err := range f.Load(calm, "a", from) {
				if err != nil {
					require.ErrorIs(t, err, errDisk)
					failed = true
					break
				}
				require.Equal(t, next, e.Seq)
				next++
			}
			if !failed {
				require.EqualValues(t, 3001, next)
				break
			}
		}
	}
	for left := range 40 {
		d.left = math.MaxInt
		require.NoError(t, f.Close())
		_ = d.remove("dir/index")
		d.left = left
		f, _ = openFile(d, "dir", nil)
		if f == nil {
			d.left = math.MaxInt
			f = opened(t, d)
		}
		for _, err := range f.Load(calm, "a", 0) {
			if err != nil {
				require.ErrorIs(t, err, errDisk)
			}
		}
		if _, _, err := f.LoadSnapshot(calm, "a"); err != nil {
			require.ErrorIs(t, err, errDisk)
		}
	}
}

// unreadable is a disk that can be read so many times.
type unreadable struct {
	*simDisk
	left int
}

func (u *unreadable) open(name string, write bool) (diskFile, error) {
	f, err := u.simDisk.open(name, write)
	if err != nil {
		return nil, err
	}
	return &unreadableFile{f, u}, nil
}

type unreadableFile struct {
	diskFile
	disk *unreadable
}

func (f *unreadableFile) ReadAt(b []byte, off int64) (int, error) {
	if f.disk.left--; f.disk.left < 0 {
		return 0, errDisk
	}
	return f.diskFile.ReadAt(b, off)
}
