package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

// follower is somebody who follows a feed.
type follower struct {
	at   reformcycle.Position
	seen map[string]uint64
}

// follow reads at most so many entries, all where most is negative, and gives how many
// it read. Nothing may be left out.
func (o *follower) follow(t *testing.T, j *File, most int) (n int, err error) {
	t.Helper()
	if o.seen == nil {
		o.seen = map[string]uint64{}
	}
	for fed, err := range j.Feed(calm, o.at) {
		if err != nil {
			return n, err
		}
		require.Equal(t, made(fed.Cycle, fed.Entry.Seq), fed.Entry)
		require.LessOrEqual(t, fed.Entry.Seq, o.seen[fed.Cycle]+1, "entries of %s were left out", fed.Cycle)
		o.seen[fed.Cycle] = max(o.seen[fed.Cycle], fed.Entry.Seq)
		o.at = fed.Position
		if n++; n == most {
			break
		}
	}
	return n, nil
}

// all follows to the end.
func (o *follower) all(t *testing.T, j *File) int {
	t.Helper()
	n, err := o.follow(t, j, -1)
	require.NoError(t, err)
	return n
}

// TestTheFeedLivesThroughPowerLosses has the power go, or the process killed, at any
// operation, again and again. What was not synced of the index is lost in part, and made
// up for in another order. Whoever follows, in the process that writes or in another, and
// stops anywhere, sees every entry all the same.
func TestTheFeedLivesThroughPowerLosses(t *testing.T) {
	t.Parallel()
	replays := 0
	for seed := range uint64(150) {
		chance := rand.New(rand.NewPCG(seed, 16))
		d := newSimDisk()
		d.chance = chance
		heads := map[string]uint64{}
		followers := make([]follower, 3)
		for range 12 {
			f := opened(t, d)
			for _, cycle := range simCycles {
				heads[cycle] = count(t, f, cycle)
			}
			ends := d.ops + chance.IntN(120)
			d.strike = func(op int, _, _ string) strike { return strike{off: op >= ends} }
			for alive := true; alive; {
				switch cycle := simCycles[chance.IntN(len(simCycles))]; chance.IntN(4) {
				case 0:
					o := &followers[chance.IntN(len(followers))]
					_, err := o.follow(t, f, 1+chance.IntN(6))
					alive = err == nil
				case 1:
					r, err := openFile(d, "dir", []FileOption{WithReadOnly()})
					if alive = err == nil; alive {
						_, err = followers[chance.IntN(len(followers))].follow(t, r, 1+chance.IntN(9))
						alive = err == nil
					}
				default:
					n := 1 + chance.IntN(3)
					if alive = f.Append(calm, madeBatch(cycle, heads[cycle], n)) == nil; alive {
						heads[cycle] += uint64(n)
					}
				}
			}
			d.restart(chance.IntN(3) > 0)
			d.locked = map[string]bool{}
		}
		for i := range followers {
			f := opened(t, d)
			before := followers[i].at
			if n := followers[i].all(t, f); before != (reformcycle.Position{}) && n > 0 {
				replays++
			}
			for _, cycle := range simCycles {
				require.Equal(t, count(t, f, cycle), followers[i].seen[cycle], "seed %d", seed)
			}
			require.Zero(t, followers[i].all(t, f))
			require.NoError(t, f.Close())
		}
	}
	require.Positive(t, replays)
}

// TestAnIndexOfTheFirstFormatIsReadAndMadeAgain: what it proves is heeded, and there is a
// feed without it and with it.
func TestAnIndexOfTheFirstFormatIsReadAndMadeAgain(t *testing.T) {
	d, _ := small(t)
	lay := func(marks map[string]mark) {
		b := fmt.Appendf(nil, firstIndex, 77)
		sum := crc32.Checksum(b, castagnoli)
		for _, id := range []string{"a", "b"} {
			record, _ := appendRecord(nil, sum, id, mark{}, marks[id])
			record = append(record[:firstRecord], id...)
			sum = crc32.Update(sum, castagnoli, record[4:])
			binary.LittleEndian.PutUint32(record, sum)
			b = append(b, record...)
		}
		d.lay("dir/index", b)
	}
	x, err := opened(t, d, WithReadOnly()).readIndex()
	require.NoError(t, err)
	lay(x.marks)

	var read, written follower
	r := opened(t, d, WithReadOnly())
	require.Equal(t, 12, read.all(t, r))
	require.Zero(t, read.all(t, r))
	end, err := r.FeedEnd(calm)
	require.NoError(t, err)
	require.Equal(t, read.at, end)
	f := opened(t, d)
	require.Contains(t, f.Notes()[0].What, "format 1")
	require.Equal(t, 12, written.all(t, f))
	require.Equal(t, read.at, written.at, "made from the same, it has the same order")
	require.NoError(t, f.Append(calm, madeBatch("a", 6, 1)))
	require.Equal(t, 1, read.all(t, r))
	require.NoError(t, f.Close())

	marks := x.marks
	m := marks["b"]
	m.head++
	marks["b"] = m
	lay(marks)
	for _, err := range opened(t, d).Load(calm, "b", 6) {
		require.ErrorIs(t, err, reformcycle.ErrLost, "it knew of one more")
	}
}

// TestWithoutAnIndexThatCanBeWrittenThereIsNoFeed, and no less of a journal.
func TestWithoutAnIndexThatCanBeWrittenThereIsNoFeed(t *testing.T) {
	d, _ := small(t)
	f := opened(t, d)
	d.strike = func(_ int, kind, name string) strike {
		if kind == "write" && name == "dir/index" {
			return strike{err: errDisk, half: true}
		}
		return strike{}
	}
	require.NoError(t, f.Append(calm, madeBatch("a", 6, 1)))
	var o follower
	_, err := o.follow(t, f, -1)
	require.ErrorIs(t, err, reformcycle.ErrNoFeed)
	_, err = f.FeedEnd(calm)
	require.ErrorIs(t, err, reformcycle.ErrNoFeed)
	require.EqualValues(t, 7, count(t, f, "a"))
	r := opened(t, d, WithReadOnly())
	require.Equal(t, 12, o.all(t, r), "what the index has")
	require.NoError(t, f.Close())
	d.strike = nil
	f = opened(t, d)
	o.all(t, f)
	require.Equal(t, map[string]uint64{"a": 7, "b": 6}, o.seen)
	require.NoError(t, f.Close())
	for _, err := range f.Feed(calm, o.at) {
		require.ErrorIs(t, err, ErrClosed)
	}
}

// TestTheFeedStopsAtWhatCanNotBeHad, and goes on there once that is mended.
func TestTheFeedStopsAtWhatCanNotBeHad(t *testing.T) {
	for _, index := range []bool{true, false} {
		d, ends := small(t)
		name := filepath.Join("dir", nameOf("b")+cycleSuffix)
		good := d.names[name].now
		bad := bytes.Clone(good)
		bad[ends["b"][1]-3] ^= 1
		d.lay(name, bad)
		if !index {
			require.NoError(t, d.remove("dir/index"))
		}
		var o follower
		r := opened(t, d, WithReadOnly())
		_, err := o.follow(t, r, -1)
		require.ErrorIs(t, err, reformcycle.ErrDamaged)
		require.EqualValues(t, 2, o.seen["b"])
		d.lay(name, good)
		o.all(t, r)
		require.Equal(t, map[string]uint64{"a": 6, "b": 6}, o.seen)

		d.lay(name, good[:ends["b"][1]])
		o = follower{}
		_, err = o.follow(t, opened(t, d, WithReadOnly()), -1)
		if index {
			require.ErrorIs(t, err, reformcycle.ErrLost)
			require.EqualValues(t, 3, o.seen["b"])
			f := opened(t, d, WithLoss())
			require.NoError(t, f.Append(calm, madeBatch("b", 3, 2)))
			o.all(t, f)
			require.Equal(t, map[string]uint64{"a": 6, "b": 5}, o.seen)
			require.NoError(t, f.Close())
		}
	}
}

// TestARecordOfManyBatchesMayBeLeftInTheMiddle: an index that was made again has one
// record for all that a cycle had.
func TestARecordOfManyBatchesMayBeLeftInTheMiddle(t *testing.T) {
	d, _ := small(t)
	require.NoError(t, d.remove("dir/index"))
	f := opened(t, d)
	var o follower
	for i := range 12 {
		n, err := o.follow(t, f, 1)
		require.NoError(t, err)
		require.Equal(t, 1, n, i)
	}
	require.Zero(t, o.all(t, f))
	require.Equal(t, map[string]uint64{"a": 6, "b": 6}, o.seen)
}

// FuzzIndex reads any bytes as an index, and follows the feed through it from any
// position. There is no panic, no entry that the journal does not have, and none in
// front of where it belongs; memory is bounded.
func FuzzIndex(f *testing.F) {
	d := newSimDisk()
	j, err := openFile(d, "dir", nil)
	require.NoError(f, err)
	require.NoError(f, j.Append(calm, madeBatch("a", 0, 2)))
	require.NoError(f, j.Append(calm, madeBatch("b", 0, 1)))
	require.NoError(f, j.Append(calm, madeBatch("a", 2, 2)))
	require.NoError(f, j.Close())
	good := d.names["dir/index"].now
	f.Add(good, uint64(0), uint64(0))
	f.Add(good, uint64(firstWritten), uint64(1))
	f.Add(good[:len(good)-5], uint64(firstWritten+45), uint64(1))
	f.Add([]byte{}, uint64(1<<63), uint64(1<<63))
	f.Add(fmt.Appendf(nil, firstIndex, 7), uint64(1), uint64(1))
	f.Fuzz(func(t *testing.T, index []byte, at, seq uint64) {
		for _, mended := range []bool{false, true} {
			if mended {
				index = mendIndex(index)
			}
			for _, options := range [][]FileOption{{WithReadOnly()}, nil} {
				d := newSimDisk()
				for name, file := range map[string]string{"FORMAT": formatName, "index": string(index)} {
					d.lay(filepath.Join("dir", name), []byte(file))
				}
				for _, id := range []string{"a", "b"} {
					d.lay(j.cyclePath(id), bytes.Clone(j.disk.(*simDisk).names[j.cyclePath(id)].now))
				}
				j, err := openFile(d, "dir", options)
				require.NoError(t, err)
				for _, after := range []reformcycle.Position{{}, {Epoch: 1, At: at, Seq: seq, Cycle: reformcycle.CycleSum("a"), Proof: uint32(at)}} {
					for fed, err := range j.Feed(calm, after) {
						if err != nil {
							for _, known := range []error{reformcycle.ErrDamaged, reformcycle.ErrLost, reformcycle.ErrInvalid, reformcycle.ErrNoFeed} {
								if errors.Is(err, known) {
									err = nil
								}
							}
							require.NoError(t, err)
							break
						}
						require.Equal(t, made(fed.Cycle, fed.Entry.Seq), fed.Entry)
						require.LessOrEqual(t, fed.Entry.Seq, map[string]uint64{"a": 4, "b": 1}[fed.Cycle])
					}
				}
				_, _ = j.FeedEnd(calm)
				require.NoError(t, j.Close())
			}
		}
	})
}

// mendIndex gives bytes in which the checksums of all that may be records are right.
func mendIndex(b []byte) []byte {
	b = bytes.Clone(b)
	if len(b) < firstWritten {
		return b
	}
	sum := crc32.Checksum(b[:firstWritten], castagnoli)
	for at := firstWritten; at < len(b); {
		_, n := readRecord(b[at:], indexRecord)
		if n == 0 {
			break
		}
		sum = crc32.Update(sum, castagnoli, b[at+4:at+n])
		binary.LittleEndian.PutUint32(b[at:], sum)
		at += n
	}
	return b
}
