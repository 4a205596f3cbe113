package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"path/filepath"
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
	ctx := context.Background()
	log := newSimDisk()
	j, err := openFile(log, "dir", nil)
	require.NoError(f, err)
	require.NoError(f, j.Append(ctx, madeBatch("a", 0, 2)))
	require.NoError(f, j.Append(ctx, madeBatch("a", 2, 1)))
	require.NoError(f, j.Append(ctx, madeBatch("b", 0, 1)))
	path := func(parts ...string) string { return filepath.Join(append([]string{"dir"}, parts...)...) }
	pending := log.names[path(logFile)].now
	require.NoError(f, j.SaveSnapshot(ctx, reformcycle.Snapshot{Cycle: "a", Seq: 3, State: []byte(`{}`)}))
	require.NoError(f, j.Close())
	cycle := log.names[path(cyclesDir, nameOf("a")+cycleSuffix)].now
	snapshot := log.names[j.snapshotPath("a")].now

	f.Add(pending, cycle, snapshot)
	f.Add(pending, []byte{}, []byte{})
	f.Add(pending, cycle[:len(cycle)/2], snapshot[:20])
	f.Add(pending[:len(pending)-9], cycle, snapshot)
	huge := append([]byte(nil), cycle...)
	huge[20] = 0x7f // a payload of many terabytes, under a checksum that is right
	stamp(huge, 0)
	f.Add(huge, huge, snapshot)
	entry := append([]byte(nil), cycle...)
	entry[headSize+1+3] = 0xff // an entry of 4 GiB
	f.Add(entry, entry, snapshot)

	f.Fuzz(func(t *testing.T, pending, cycle, snapshot []byte) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		before := m.TotalAlloc
		summed := [][]byte{mend(pending), mend(cycle)}
		for i, options := range [][]FileOption{{ReadOnly()}, nil, {ReadOnly()}, nil} {
			if i == 2 {
				pending, cycle = summed[0], summed[1]
			}
			d := newSimDisk()
			put := func(name string, b []byte) {
				if len(b) > 0 {
					d.names[name] = &simFile{now: b, durable: b}
				}
			}
			put(path(formatFile), []byte(formatName))
			put(path(logFile), pending)
			put(path(cyclesDir, nameOf("a")+cycleSuffix), cycle)
			put((&File{dir: "dir"}).snapshotPath("a"), snapshot)
			j, err := openFile(d, "dir", options)
			if err != nil {
				require.ErrorIs(t, err, ErrDamaged)
				continue
			}
			var head uint64
			whole := true
			for _, after := range []uint64{0, 2, 1 << 40} {
				last := after
				for e, err := range j.Load(ctx, "a", after) {
					if err != nil {
						require.ErrorIs(t, err, ErrDamaged)
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
			for _, err := range j.Cycles(ctx, "") {
				if err != nil {
					require.ErrorIs(t, err, ErrDamaged)
				}
			}
			if s, found, err := j.LoadSnapshot(ctx, "a"); err == nil && found {
				require.Equal(t, "a", s.Cycle)
			}
			if options == nil && whole && head < 1<<63 {
				require.NoError(t, j.Append(ctx, madeBatch("a", head, 1)))
				require.NoError(t, j.Close())
				j, err = openFile(d, "dir", nil)
				require.NoError(t, err)
				for _, err := range j.Load(ctx, "a", head) {
					require.NoError(t, err)
				}
			}
			if err := j.Close(); err != nil {
				require.False(t, errors.Is(err, ErrBroken))
			}
		}
		runtime.ReadMemStats(&m)
		// Windows, copies and JSON: so many times the bytes, and no more.
		require.Less(t, m.TotalAlloc-before, uint64(16<<20)+uint64(len(pending)+len(cycle)+len(snapshot))*2000)
	})
}

// mend gives bytes in which the checksums of all that looks like a batch are
// right.
func mend(b []byte) []byte {
	b = bytes.Clone(b)
	for at := 0; at+headSize <= len(b); at++ {
		if string(b[at:at+4]) != magic {
			continue
		}
		id := int(binary.LittleEndian.Uint16(b[at+6:]))
		if at+headSize+id > len(b) {
			continue
		}
		binary.LittleEndian.PutUint32(b[at+36:], headSum(b[at:]))
		for e := at + headSize + id; e+entryHead <= len(b); {
			size := int(binary.LittleEndian.Uint32(b[e:]))
			if size > len(b)-e-entryHead || string(b[e:e+4]) == magic {
				break
			}
			binary.LittleEndian.PutUint32(b[e+4:], crc32.Checksum(b[e+entryHead:e+entryHead+size], castagnoli))
			e += entryHead + size
		}
	}
	return b
}
