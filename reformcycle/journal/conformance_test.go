package journal_test

import (
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
	for name, options := range map[string][]journal.FileOption{
		"as it comes":                           nil,
		"grouped, with a log that is soon full": {journal.Grouped(), journal.LogLimit(4096)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var places sync.Map // the directory of each journal
			open := func(t *testing.T, dir string) reformcycle.Journal {
				j, err := journal.OpenFile(dir, options...)
				require.NoError(t, err)
				t.Cleanup(func() { require.NoError(t, j.Close()) })
				places.Store(j, dir)
				return j
			}
			journaltest.Run(t,
				func(t *testing.T) reformcycle.Journal { return open(t, quick(t)) },
				journaltest.Reopen(func(t *testing.T, j reformcycle.Journal) reformcycle.Journal {
					require.NoError(t, j.(*journal.File).Close())
					dir, _ := places.Load(j)
					return open(t, dir.(string))
				}))
		})
	}
}
