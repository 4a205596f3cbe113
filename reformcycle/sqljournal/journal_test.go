package sqljournal

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

var background = context.Background()

var noon = time.Date(2016, 7, 1, 12, 0, 0, 1, time.UTC)

func entry(seq uint64) reformcycle.Entry {
	return reformcycle.Entry{Seq: seq, At: noon, Recorded: noon, By: "office", Kind: "note", Version: 1, Data: []byte(`{}`)}
}

func batch(after uint64) reformcycle.Batch {
	return reformcycle.Batch{Cycle: "a", After: after, Entries: []reformcycle.Entry{entry(after + 1)}}
}

// head answers the question where the journal ends.
func head(seq int64) func(string) ([][]driver.Value, error) {
	return func(string) ([][]driver.Value, error) { return [][]driver.Value{{seq}}, nil }
}

func TestARefusalBecauseOfAnotherWriterIsAConflict(t *testing.T) {
	for _, err := range []error{sqlState("40001"), sqlState("40P01"), sqlState("23505")} {
		for where, f := range map[string]*fake{
			"in a statement": {exec: func(string) (int64, error) { return 0, err }},
			"in the commit":  {commit: func() error { return err }},
		} {
			f.query = head(7)
			var conflict *reformcycle.ConflictError
			require.ErrorAs(t, f.journal(t, PostgreSQL()).Append(background, batch(4)), &conflict, "%v %s", err, where)
			require.Equal(t, reformcycle.ConflictError{Cycle: "a", After: 4, Head: 7}, *conflict)
			require.Equal(t, 1, f.count("begin"))
		}
	}
	for _, after := range []uint64{0, 4} {
		f := &fake{exec: func(string) (int64, error) { return 0, nil }, query: head(7)}
		require.ErrorIs(t, f.journal(t, SQLite()).Append(background, batch(after)), reformcycle.ErrConflict)
		require.Equal(t, 1, f.count("rollback"))
		require.Zero(t, f.count("insert into chsreform_entries"))
		require.Zero(t, f.count("commit"))
	}
}

func TestARefusalBecauseOfNobodyIsTriedAgain(t *testing.T) {
	for _, err := range []error{sqlState("40001"), sqlState("40P01"), sqliteCode(5), sqliteCode(517), sqliteCode(6)} {
		refusals := 2
		f := &fake{query: head(4), commit: func() error {
			if refusals--; refusals >= 0 {
				return err
			}
			return nil
		}}
		require.NoError(t, f.journal(t, PostgreSQL()).Append(background, batch(4)), "%v", err)
		require.Equal(t, 3, f.count("commit"))
	}
}

func TestWhatIsTriedAgainEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(background, 20*time.Millisecond)
	defer cancel()
	f := &fake{query: head(4), exec: func(string) (int64, error) { return 0, sqliteCode(5) }}
	err := f.journal(t, SQLite()).Append(ctx, batch(4))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, ErrUncertain)
	require.Zero(t, f.count("commit"))
}

func TestACommitWithoutAnAnswerIsUncertainAndNotTriedAgain(t *testing.T) {
	for _, err := range []error{io.ErrUnexpectedEOF, driver.ErrBadConn, sqlState("40003"), sqlState("57P01"), context.Canceled} {
		f := &fake{query: head(4), commit: func() error { return err }}
		got := f.journal(t, PostgreSQL()).Append(background, batch(4))
		require.ErrorIs(t, got, ErrUncertain)
		require.ErrorIs(t, got, err)
		require.NotErrorIs(t, got, reformcycle.ErrConflict)
		require.Equal(t, 1, f.count("commit"))
	}
}

func TestAContextThatEndsBeforeTheCommitLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	f := &fake{exec: func(statement string) (int64, error) {
		if strings.HasPrefix(statement, "insert into chsreform_entries") {
			cancel()
		}
		return 1, nil
	}}
	err := f.journal(t, SQLite()).Append(ctx, batch(4))
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrUncertain)
	require.Zero(t, f.count("commit"))
	require.Equal(t, 1, f.count("rollback"))
}

func TestACommitUnderWayIsNotBrokenOff(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	f := &fake{commit: func() error { cancel(); return nil }}
	require.NoError(t, f.journal(t, SQLite()).Append(ctx, batch(4)))
}

func TestEntriesBehindTheLastOneAreNoConflict(t *testing.T) {
	f := &fake{query: head(4), exec: func(statement string) (int64, error) {
		if strings.HasPrefix(statement, "insert into chsreform_entries") {
			return 0, sqlState("23505")
		}
		return 1, nil
	}}
	err := f.journal(t, PostgreSQL()).Append(background, batch(4))
	require.ErrorIs(t, err, reformcycle.ErrCorrupt)
	require.NotErrorIs(t, err, reformcycle.ErrConflict)
}

func TestManyEntriesTakeFewStatements(t *testing.T) {
	f := &fake{}
	b := reformcycle.Batch{Cycle: "a"}
	for i := range uint64(1000) {
		b.Entries = append(b.Entries, entry(i+1))
	}
	require.NoError(t, f.journal(t, PostgreSQL()).Append(background, b))
	require.Equal(t, 4, f.count("insert into chsreform_entries"))
	for _, line := range f.log {
		require.LessOrEqual(t, strings.Count(line, "$"), 32_766)
	}
	for i := range b.Entries {
		b.Entries[i].Data = make([]byte, 1<<20)
	}
	require.Equal(t, 4, chunk(b.Entries), "no statement has more than four megabytes")
	b.Entries[0].Data = make([]byte, maxData)
	require.Equal(t, 1, chunk(b.Entries))
}

func TestBatchesThatCouldNotBeLoadedAreRefused(t *testing.T) {
	spoil := map[string]func(*reformcycle.Batch){
		"no cycle":         func(b *reformcycle.Batch) { b.Cycle = "" },
		"a long cycle":     func(b *reformcycle.Batch) { b.Cycle = strings.Repeat("x", maxName+1) },
		"a broken cycle":   func(b *reformcycle.Batch) { b.Cycle = "a\xff" },
		"no entries":       func(b *reformcycle.Batch) { b.Entries = nil },
		"a gap":            func(b *reformcycle.Batch) { b.Entries[0].Seq++ },
		"a far moment":     func(b *reformcycle.Batch) { b.Entries[0].At = noon.AddDate(9000, 0, 0) },
		"a zero in a kind": func(b *reformcycle.Batch) { b.Entries[0].Kind = "\x00" },
		"a long author":    func(b *reformcycle.Batch) { b.Entries[0].By = strings.Repeat("x", maxName+1) },
		"much data":        func(b *reformcycle.Batch) { b.Entries[0].Data = make([]byte, maxData+1) },
		"a foreign state":  func(b *reformcycle.Batch) { b.State = foreign(t) },
	}
	for name, spoil := range spoil {
		f := &fake{}
		j := f.journal(t, SQLite())
		b := batch(4)
		spoil(&b)
		require.ErrorIs(t, j.Append(background, b), reformcycle.ErrInvalid, name)
		require.Empty(t, f.log, name)
	}
	f := &fake{query: head(4)}
	require.ErrorIs(t, f.journal(t, SQLite()).Append(background, reformcycle.Batch{
		Cycle: "a", After: math.MaxUint64 - 1, Entries: []reformcycle.Entry{entry(math.MaxUint64)},
	}), reformcycle.ErrConflict)
}

func foreign(t *testing.T) reformcycle.State {
	c, err := reformcycle.New("b")
	require.NoError(t, err)
	require.NoError(t, c.Apply(background, reformcycle.By("office").At(noon), reformcycle.Suspend{Reason: "A crisis"}))
	return c.State()
}

func TestOpenRefusesWhatItCanNotUse(t *testing.T) {
	db := (&fake{}).open(t)
	_, err := Open(background, nil, SQLite())
	require.ErrorIs(t, err, reformcycle.ErrInvalid)
	_, err = Open(background, db, Dialect{})
	require.ErrorIs(t, err, reformcycle.ErrInvalid)
	require.Equal(t, []string{"no dialect", "SQLite", "PostgreSQL"}, []string{Dialect{}.String(), SQLite().String(), PostgreSQL().String()})
}

// TestMigrationRunsWhatIsNewInOneTransaction gives a database of version 1 three
// versions more.
func TestMigrationRunsWhatIsNewInOneTransaction(t *testing.T) {
	versions := [][]string{{"first"}, {"second a {int}", "second b"}, {"third"}}
	f := &fake{query: head(1)}
	require.NoError(t, migrate(background, f.open(t), PostgreSQL(), versions))
	require.Equal(t, []string{"begin", lockSchema, readVersion, "second a bigint", "second b", "third", "update chsreform_schema set version = $1 where one = 1", "commit"},
		f.log[len(f.log)-8:])

	f = &fake{query: head(1), exec: func(statement string) (int64, error) {
		if statement == "third" {
			return 0, errors.New("the disk is full")
		}
		return 1, nil
	}}
	require.ErrorContains(t, migrate(background, f.open(t), SQLite(), versions), "to version 3: the disk is full")
	require.Equal(t, "rollback", f.log[len(f.log)-1])

	f = &fake{query: head(3)}
	require.NoError(t, migrate(background, f.open(t), SQLite(), versions))
	require.Equal(t, []string{readVersion}, f.log, "what is up to date takes one query and no lock")

	f = &fake{query: head(4)}
	require.ErrorIs(t, migrate(background, f.open(t), SQLite(), versions), ErrNewerSchema)
	f = &fake{query: head(-1)}
	require.Error(t, migrate(background, f.open(t), SQLite(), versions))
}

func TestTwoThatMakeTheFirstTableAtOnceBothSucceed(t *testing.T) {
	for _, err := range []error{sqlState("23505"), sqlState("42P07"), sqliteCode(5)} {
		refused := false
		f := &fake{query: head(0), exec: func(statement string) (int64, error) {
			if !refused && strings.HasPrefix(statement, "create table if not exists") {
				refused = true
				return 0, err
			}
			return 1, nil
		}}
		require.NoError(t, migrate(background, f.open(t), PostgreSQL(), nil))
	}
}

// TestPortfolioAsksOneTable: whatever the query, the statement names the table of
// the cycles and no other.
func TestPortfolioAsksOneTable(t *testing.T) {
	for _, q := range []Query{
		{}, {After: "a"}, {Order: ByLastMove}, {Order: ByLastMove, After: formatMoment(noon) + "a"},
		{Stages: []reformcycle.Stage{reformcycle.Design, reformcycle.Launch}, Statuses: []reformcycle.Status{0}, Lap: 2, Country: "Liberia", LastMoveBefore: noon, Blockers: AtLeast(1)},
	} {
		statement, args, err := q.statement()
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(statement, "chsreform_"))
		require.Contains(t, statement, " from chsreform_cycles ")
		require.Equal(t, strings.Count(statement, "?"), len(args))
		require.Equal(t, len(args), strings.Count(PostgreSQL().text(statement), "$"))
	}
}
