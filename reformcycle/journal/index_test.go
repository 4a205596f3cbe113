package journal

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

// records gives the index of a disk as text: the epoch, and of each record the
// cycle and the last entry.
func records(t *testing.T, d *simDisk) (epoch string, all []string) {
	t.Helper()
	b := d.names["dir/index"].now
	line, rest, found := bytes.Cut(b, []byte("\n"))
	require.True(t, found)
	for len(rest) > 0 {
		id := int(rest[6]) | int(rest[7])<<8
		all = append(all, fmt.Sprint(string(rest[44:44+id]), " ", rest[8]))
		rest = rest[44+id:]
	}
	return strings.TrimPrefix(string(line), "chsreform index 2 "), all
}

func TestTheIndexHasTheBatchesOfAllCyclesInTheirOrder(t *testing.T) {
	d := newSimDisk()
	f := opened(t, d)
	for _, cycle := range []string{"b", "a", "b", "c", "b"} {
		require.NoError(t, f.Append(calm, madeBatch(cycle, count(t, f, cycle), 2)))
	}
	require.NoError(t, f.Close())
	epoch, all := records(t, d)
	require.Equal(t, []string{"b 2", "a 2", "b 4", "c 2", "b 6"}, all)

	f = opened(t, d)
	require.NoError(t, f.Append(calm, madeBatch("a", 2, 1)))
	require.NoError(t, f.Close())
	again, all := records(t, d)
	require.Equal(t, epoch, again, "it goes on")
	require.Equal(t, []string{"b 2", "a 2", "b 4", "c 2", "b 6", "a 3"}, all)

	require.NoError(t, d.remove("dir/index"))
	require.NoError(t, opened(t, d).Close())
	another, all := records(t, d)
	require.NotEqual(t, epoch, another, "what comes first in it may not have come first in the other")
	require.Equal(t, []string{"a 3", "b 6", "c 2"}, all)
}

func TestAnIndexThatIsNotRightIsMadeAgain(t *testing.T) {
	d, _ := small(t)
	good := d.names["dir/index"].now
	epoch, _ := records(t, d)
	for at := len("chsreform index 2 0123456789abcdef\n"); at < len(good); at++ {
		for _, bad := range [][]byte{good[:at:at], append(bytes.Clone(good[:at]), make([]byte, len(good)-at)...)} {
			d.lay("dir/index", bytes.Clone(bad))
			read := opened(t, d, WithReadOnly())
			require.EqualValues(t, 6, count(t, read, "a"))
			f := opened(t, d)
			require.EqualValues(t, 6, count(t, f, "a"))
			require.EqualValues(t, 6, count(t, f, "b"))
			require.NoError(t, f.Close())
			now, all := records(t, d)
			if len(f.Notes()) > 0 {
				require.Contains(t, f.Notes()[0].What, "index was made again")
				require.NotEqual(t, epoch, now)
				require.Equal(t, []string{"a 6", "b 6"}, all)
			}
		}
	}
}

// TestTheIndexIsNotMissed has it fail in every way: the journal goes on, and the
// next one that opens it knows all cycles.
func TestTheIndexIsNotMissed(t *testing.T) {
	for _, kind := range []string{"create", "write", "sync", "rename", "open"} {
		d := newSimDisk()
		require.NoError(t, opened(t, d).Close())
		if kind == "create" || kind == "rename" {
			require.NoError(t, d.remove("dir/index"))
		}
		d.strike = func(_ int, k, name string) strike {
			if k == kind && strings.HasPrefix(name, "dir/index") {
				return strike{err: errDisk, half: kind == "write"}
			}
			return strike{}
		}
		f := opened(t, d)
		long := strings.Repeat("x", 500)
		for i := range 20 {
			require.NoError(t, f.Append(calm, madeBatch(fmt.Sprint(long, i), 0, 1)), kind)
		}
		require.NoError(t, f.Close())
		d.strike = nil
		f = opened(t, d)
		n := 0
		for _, err := range f.Cycles(calm, "") {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, 20, n, kind)
		require.EqualValues(t, 1, count(t, f, long+"7"))
		require.NoError(t, f.Append(calm, madeBatch(long+"7", 1, 1)))
	}
}

func TestTheIndexNeverKnowsMoreThanTheDisk(t *testing.T) {
	d := newSimDisk()
	f := opened(t, d)
	require.NoError(t, f.Append(calm, madeBatch("a", 0, 1)))
	d.strike = failing("sync")
	require.Error(t, f.Append(calm, madeBatch("a", 1, 1)))
	d.strike = func(_ int, kind, name string) strike {
		if kind == "sync" && strings.HasSuffix(name, cycleSuffix) {
			return strike{err: errDisk}
		}
		return strike{}
	}
	require.NoError(t, f.Close())
	d.restart(true)
	_, all := records(t, d)
	require.Equal(t, []string{"a 1"}, all)
}

func TestABatchThatTheIndexDoesNotKnowIsDamage(t *testing.T) {
	d, _ := small(t)
	other := newSimDisk()
	f := opened(t, other)
	for after := uint64(0); after < 6; after += 3 { // as long, and of other batches
		require.NoError(t, f.Append(calm, madeBatch("a", after, 3)))
	}
	d.lay(f.cyclePath("a"), other.names[f.cyclePath("a")].now)
	f = opened(t, d)
	for _, err := range f.Load(calm, "a", 0) {
		if err != nil {
			require.ErrorIs(t, err, reformcycle.ErrDamaged)
			require.ErrorContains(t, err, "the index knows")
		}
	}
	require.ErrorIs(t, f.Append(calm, madeBatch("a", 6, 1)), reformcycle.ErrDamaged)
	report, err := check(calm, d, "dir")
	require.NoError(t, err)
	require.False(t, report.Whole())
}
