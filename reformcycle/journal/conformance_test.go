package journal_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/journal/journaltest"
)

func TestMemoryKeepsTheContractOfJournals(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, func(*testing.T) reformcycle.Journal { return journal.NewMemory() })
}

func TestFileKeepsTheContractOfJournals(t *testing.T) {
	t.Parallel()
	var places sync.Map // the directory of each journal
	open := func(t *testing.T, dir string) reformcycle.Journal {
		j, err := journal.OpenFile(dir)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, j.Close()) })
		places.Store(j, dir)
		return j
	}
	closed := func(t *testing.T, j reformcycle.Journal) string {
		require.NoError(t, j.(*journal.File).Close())
		dir, _ := places.Load(j)
		return dir.(string)
	}
	journaltest.Run(t,
		func(t *testing.T) reformcycle.Journal { return open(t, quick(t)) },
		journaltest.WithReopen(func(t *testing.T, j reformcycle.Journal) reformcycle.Journal {
			return open(t, closed(t, j))
		}),
		journaltest.WithDamage(func(t *testing.T, j reformcycle.Journal, cycle string, seq uint64) reformcycle.Journal {
			dir := closed(t, j)
			rotten := 0
			files, err := filepath.Glob(filepath.Join(dir, "*.cycle"))
			require.NoError(t, err)
			for _, name := range files {
				b, err := os.ReadFile(name)
				require.NoError(t, err)
				if !bytes.Contains(b, []byte(cycle)) {
					continue
				}
				at := bytes.Index(b, fmt.Appendf(nil, `{"seq":%d,`, seq))
				require.Positive(t, at)
				b[at+bytes.IndexByte(b[at:], '}')-1] ^= 1
				require.NoError(t, os.WriteFile(name, b, 0o600))
				rotten++
			}
			require.Equal(t, 1, rotten)
			return open(t, dir)
		}))
}
