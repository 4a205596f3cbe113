package journal_test

import (
	"testing"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/journal/journaltest"
)

func TestMemoryKeepsTheContractOfJournals(t *testing.T) {
	journaltest.Run(t, func(*testing.T) reformcycle.Journal { return journal.NewMemory() })
}
