package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

// FuzzFile lays any bytes where a journal has its files, opens it for writing and
// for reading, and asks it everything. It must not panic, yield what is not in
// order, or take memory that the bytes do not justify. Bytes whose checksums are
// wrong are laid once more with checksums that are right, for behind those the
// lengths are. Finding new inputs goes faster with -fuzzminimizetime=20x.
func FuzzFile(f *testing.F) {
	d := newSimDisk()
	j, err := openFile(d, "dir", nil)
	require.NoError(f, err)
	require.NoError(f, j.Append(calm, madeBatch("a", 0, 2)))
	require.NoError(f, j.Append(calm, madeBatch("a", 2, 1)))
	require.NoError(f, j.SaveSnapshot(calm, reformcycle.Snapshot{Cycle: "a", Seq: 3, State: []byte(`{}`)}))
	require.NoError(f, j.Close())
	cycle, index, snapshot := d.names[j.cyclePath("a")].now, d.names[j.path(indexFile)].now, d.names[j.snapshotPath("a")].now

	f.Add(cycle, index, snapshot)
	f.Add(cycle, []byte{}, []byte{})
	f.Add(cycle[:len(cycle)/2], index[:len(index)-9], snapshot[:20])
	f.Add(cycle[:len(cycle)-9], []byte{}, snapshot)
	f.Add(append(cycle[:len(cycle):len(cycle)], make([]byte, 600)...), index, snapshot)
	huge := bytes.Clone(cycle)
	huge[20] = 0x7f // a payload of many terabytes, under a checksum that is right
	stamp(huge, 0)
	f.Add(huge, index, snapshot)
	entry := bytes.Clone(cycle)
	entry[headSize+1+3] = 0xff // an entry of 4 GiB
	f.Add(entry, index, snapshot)

	f.Fuzz(func(t *testing.T, cycle, index, snapshot []byte) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		before := m.TotalAlloc
		for i, options := range [][]FileOption{{WithReadOnly()}, nil, {WithReadOnly()}, {WithLoss()}} {
			if i == 2 {
				cycle = mend(cycle)
			}
			d := newSimDisk()
			put := func(name string, b []byte) {
				if len(b) > 0 {
					d.lay(name, b)
				}
			}
			put(j.path(formatFile), []byte(formatName))
			put(j.path(indexFile), index)
			put(j.cyclePath("a"), cycle)
			put(j.snapshotPath("a"), snapshot)
			j, err := openFile(d, "dir", options)
			require.NoError(t, err)
			known := func(err error) {
				t.Helper()
				require.True(t, errors.Is(err, reformcycle.ErrDamaged) || errors.Is(err, reformcycle.ErrLost), "%v", err)
			}
			var head uint64
			whole := true
			for _, after := range []uint64{0, 2, 1 << 40} {
				last := after
				for e, err := range j.Load(calm, "a", after) {
					if err != nil {
						known(err)
						whole = whole && after > 0
						break
					}
					if last != after || after == 0 {
						require.Equal(t, last+1, e.Seq)
					}
					last = e.Seq
				}
				if after == 0 {
					head = last
				}
			}
			for _, err := range j.Cycles(calm, "") {
				if err != nil {
					known(err)
				}
			}
			if s, found, err := j.LoadSnapshot(calm, "a"); err == nil && found {
				require.Equal(t, "a", s.Cycle)
			}
			if i == 1 && whole && head < 1<<63 {
				require.NoError(t, j.Append(calm, madeBatch("a", head, 1)))
				require.NoError(t, j.Close())
				j, err = openFile(d, "dir", nil)
				require.NoError(t, err)
				for _, err := range j.Load(calm, "a", head) {
					require.NoError(t, err)
				}
			}
			require.NoError(t, j.Close())
			r, err := check(calm, d, "dir")
			require.NoError(t, err)
			require.NotEmpty(t, r.String())
			if i == 1 && whole {
				for _, c := range r.Cycles {
					require.False(t, c.Cycle == "a" && c.Head < head, "%v", r)
				}
			}
		}
		runtime.ReadMemStats(&m)
		// Windows, copies and JSON: so many times the bytes, and no more.
		require.Less(t, m.TotalAlloc-before, uint64(32<<20)+uint64(len(cycle)+len(index)+len(snapshot))*2000)
	})
}

// mend gives bytes in which the checksums of all that looks like a batch are
// right.
func mend(b []byte) []byte {
	b = bytes.Clone(b)
	before := uint32(0)
	for at := 0; at+headSize <= len(b); at++ {
		if string(b[at:at+4]) != magic {
			continue
		}
		id := int(binary.LittleEndian.Uint16(b[at+6:]))
		if at+headSize+id > len(b) {
			continue
		}
		heads := uint32(0)
		for e := at + headSize + id; e+entryHead <= len(b); {
			size := int64(binary.LittleEndian.Uint32(b[e:]))
			if size > int64(len(b)-e-entryHead) || string(b[e:e+4]) == magic {
				break
			}
			next := e + entryHead + int(size)
			binary.LittleEndian.PutUint32(b[e+4:], crc32.Checksum(b[e+entryHead:next], castagnoli))
			heads = crc32.Update(heads, castagnoli, b[e:e+entryHead])
			e = next
		}
		binary.LittleEndian.PutUint32(b[at+32:], heads)
		before = stamp(b[at:], before)
	}
	return b
}
