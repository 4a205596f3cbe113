package sqljournal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
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

// answers gives one row to every question.
func answers(row ...driver.Value) func(string) ([][]driver.Value, error) {
	return func(string) ([][]driver.Value, error) { return [][]driver.Value{row}, nil }
}

// ending answers the question where the journal ends.
func ending(seq int64) func(string) ([][]driver.Value, error) {
	return answers(seq, int64(1), seq, int64(1), int64(1))
}

// ofVersion answers the question what version the tables are of.
func ofVersion(version int64) func(string) ([][]driver.Value, error) { return answers(version) }

func TestARefusalBecauseOfAnotherWriterIsAConflict(t *testing.T) {
	for _, err := range []error{sqlState("40001"), sqlState("40P01"), sqlState("23505")} {
		for where, f := range map[string]*fake{
			"in a statement": {exec: func(string) (int64, error) { return 0, err }},
			"in the commit":  {commit: func() error { return err }},
		} {
			f.query = ending(7)
			var conflict *reformcycle.ConflictError
			require.ErrorAs(t, f.journal(t, PostgreSQL()).Append(background, batch(4)), &conflict, "%v %s", err, where)
			require.Equal(t, reformcycle.ConflictError{Cycle: "a", After: 4, Head: 7}, *conflict)
			require.Equal(t, 1, f.count("begin"))
		}
	}
	for _, after := range []uint64{0, 4} {
		f := &fake{exec: func(string) (int64, error) { return 0, nil }, query: ending(7)}
		require.ErrorIs(t, f.journal(t, SQLite()).Append(background, batch(after)), reformcycle.ErrConflict)
		require.Equal(t, 1, f.count("rollback"))
		require.Zero(t, f.count("insert into chsreform_entries"))
		require.Zero(t, f.count("commit"))
	}
}

func TestARefusalBecauseOfNobodyIsTriedAgain(t *testing.T) {
	for _, err := range []error{sqlState("40001"), sqlState("40P01"), sqliteCode(5), sqliteCode(517), sqliteCode(6)} {
		refusals := 2
		f := &fake{query: ending(4), commit: func() error {
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
	f := &fake{query: ending(4), exec: func(string) (int64, error) { return 0, sqliteCode(5) }}
	err := f.journal(t, SQLite()).Append(ctx, batch(4))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, ErrUncertain)
	require.Zero(t, f.count("commit"))
}

func TestACommitWithoutAnAnswerIsUncertainAndNotTriedAgain(t *testing.T) {
	for _, err := range []error{io.ErrUnexpectedEOF, driver.ErrBadConn, sqlState("40003"), sqlState("57P01"), context.Canceled} {
		f := &fake{query: ending(4), commit: func() error { return err }}
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
	for _, refusal := range []error{sqlState("23505"), sqliteCode(1555), sqliteCode(2067)} {
		f := &fake{query: answers(int64(4), int64(1), int64(9), int64(2), int64(1)), exec: func(statement string) (int64, error) {
			if strings.HasPrefix(statement, "insert into chsreform_entries") {
				return 0, refusal
			}
			return 1, nil
		}}
		var damage *DamageError
		require.ErrorAs(t, f.journal(t, PostgreSQL()).Append(background, batch(4)), &damage)
		require.Equal(t, DamageError{Table: entriesTable, Cycle: "a", Seq: 5, Reason: damage.Reason}, *damage)
	}
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
	rows := make([]entryRow, len(b.Entries))
	for i := range rows {
		rows[i].data = b.Entries[i].Data
	}
	require.Equal(t, 4, chunk(rows, 256), "no statement has more than four megabytes")
	rows[0].data = make([]byte, maxData)
	require.Equal(t, 1, chunk(rows, 256))
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
	f := &fake{query: ending(4)}
	require.ErrorIs(t, f.journal(t, SQLite()).Append(background, reformcycle.Batch{
		Cycle: "a", After: math.MaxUint64 - 1, Entries: []reformcycle.Entry{entry(math.MaxUint64)},
	}), reformcycle.ErrConflict)
}

// TestWhatIsJustWithinItsBoundsIsTaken, and comes back; a little more is refused.
func TestWhatIsJustWithinItsBoundsIsTaken(t *testing.T) {
	name, data := strings.Repeat("x", maxName), make([]byte, maxData)
	within := []reformcycle.Entry{
		{Seq: 5, At: time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), Recorded: time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), By: name, Kind: reformcycle.Kind(name), Version: math.MaxInt32, Data: data},
		{Seq: 5, At: noon, Recorded: noon, Version: math.MinInt32},
	}
	for _, e := range within {
		b := reformcycle.Batch{Cycle: name, After: 4, Entries: []reformcycle.Entry{e}}
		require.NoError(t, checkBatch(b))
		row := rowOf(name, &e)
		require.NotNil(t, row.data, "the column is not null")
		read, err := row.entry(name)
		require.NoError(t, err)
		require.Equal(t, e, read)
	}
	for what, spoil := range map[string]func(*entryRow){
		"a version above": func(r *entryRow) { r.version = math.MaxInt32 + 1 },
		"a version below": func(r *entryRow) { r.version = math.MinInt32 - 1 },
		"data":            func(r *entryRow) { r.data = append(r.data, 0) },
		"an author":       func(r *entryRow) { r.author += "x" },
		"a kind":          func(r *entryRow) { r.kind += "x" },
		"a number":        func(r *entryRow) { r.seq = 0 },
	} {
		row := rowOf(name, &within[0])
		spoil(&row)
		row.sum = row.checksum(name)
		_, err := row.entry(name)
		require.Error(t, err, what)
	}
	for _, year := range []int{-1, 10_000} {
		require.False(t, storable(time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)))
	}
}

// TestTheRowOfACycleIsThatOfItsState: all that the portfolio shows, and only of the
// state after the last entry.
func TestTheRowOfACycleIsThatOfItsState(t *testing.T) {
	s := foreign(t) // of "b", after two entries
	b := reformcycle.Batch{Cycle: "b", Entries: []reformcycle.Entry{entry(1), entry(2)}, State: s}
	r, err := indexed(b, 7)
	require.NoError(t, err)
	row, err := r.row()
	require.NoError(t, err)
	require.Equal(t, reformcycle.IndexRow{
		Cycle: "b", Title: "A title", Country: "Liberia", Stage: reformcycle.ProblemPrioritization, Lap: 1, Status: reformcycle.Suspended,
		LastMove: noon, Moved: s.LastMoved(), Seq: 2,
	}, row)
	for _, other := range []reformcycle.Batch{
		{Cycle: "b", After: 2, Entries: b.Entries[:1], State: s},
		{Cycle: "a", Entries: b.Entries, State: s},
	} {
		_, err := indexed(other, 7)
		require.ErrorIs(t, err, reformcycle.ErrInvalid)
	}
	b.State = reformcycle.State{}
	r, err = indexed(b, 7)
	require.NoError(t, err)
	row, err = r.row()
	require.NoError(t, err)
	require.Equal(t, reformcycle.IndexRow{Cycle: "b", Seq: 2}, row, "a batch without its state says where the journal ends, and no more")
}

// TestACommitThatTheDatabaseRefusedIsNotUncertain: it says that nothing is left.
func TestACommitThatTheDatabaseRefusedIsNotUncertain(t *testing.T) {
	for _, err := range []error{sqlState("40002"), sqlState("23503"), sqlState("23514")} {
		f := &fake{query: ending(4), commit: func() error { return err }}
		got := f.journal(t, PostgreSQL()).Append(background, batch(4))
		require.ErrorIs(t, got, err)
		require.NotErrorIs(t, got, ErrUncertain)
	}
}

func foreign(t *testing.T) reformcycle.State {
	c, err := reformcycle.New("b", reformcycle.WithTitle("A title"), reformcycle.WithCountry("Liberia"))
	require.NoError(t, err)
	_, err = c.Apply(background, reformcycle.By("office").At(noon), reformcycle.Suspend{Reason: "A crisis"})
	require.NoError(t, err)
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

// TestMigrationRunsWhatIsNewInOneTransaction gives a database of version 1 two
// versions more.
func TestMigrationRunsWhatIsNewInOneTransaction(t *testing.T) {
	versions := history{oldest: 1, steps: [][]string{{"first"}, {"second a {int}", "second b"}, {"third"}}}
	f := &fake{query: ofVersion(1)}
	require.NoError(t, migrate(background, f.open(t), PostgreSQL(), versions))
	require.Equal(t, []string{"begin", lockSchema, readVersion, "second a bigint", "second b", "third", "update chsreform_schema set version = $1 where one = 1", "commit"},
		f.log[len(f.log)-8:])

	f = &fake{query: ofVersion(1), exec: func(statement string) (int64, error) {
		if statement == "third" {
			return 0, errors.New("the disk is full")
		}
		return 1, nil
	}}
	require.ErrorContains(t, migrate(background, f.open(t), SQLite(), versions), "to version 3: the disk is full")
	require.Equal(t, "rollback", f.log[len(f.log)-1])

	f = &fake{query: ofVersion(3)}
	require.NoError(t, migrate(background, f.open(t), SQLite(), versions))
	require.Equal(t, []string{readVersion}, f.log, "what is up to date takes one query and no lock")

	f = &fake{query: ofVersion(4)}
	require.ErrorIs(t, migrate(background, f.open(t), SQLite(), versions), ErrNewerSchema)
	f = &fake{query: ofVersion(-1)}
	require.ErrorIs(t, migrate(background, f.open(t), SQLite(), versions), ErrOldSchema)

	f = &fake{query: ofVersion(0)}
	require.NoError(t, migrate(background, f.open(t), SQLite(), versions))
	require.Equal(t, []string{"first", "second a integer", "second b", "third"}, f.log[len(f.log)-6:len(f.log)-2])
}

// TestTablesThatWereNeverReleasedAreRefused: there is no way from them, and a way
// out is named. Nothing is done to them.
func TestTablesThatWereNeverReleasedAreRefused(t *testing.T) {
	f := &fake{query: ofVersion(1)}
	_, err := Open(background, f.open(t), SQLite())
	require.ErrorIs(t, err, ErrOldSchema)
	require.NotErrorIs(t, err, ErrNewerSchema)
	var old *SchemaError
	require.ErrorAs(t, err, &old)
	require.Equal(t, SchemaError{Found: 1, Oldest: 4, Known: 5}, *old)
	require.ErrorContains(t, err, "export the cycles")
	require.Equal(t, []string{readVersion}, f.log)

	later := history{oldest: 2, steps: [][]string{{"second"}, {"third"}, {"fourth"}}}
	f = &fake{query: ofVersion(3)}
	require.NoError(t, migrate(background, f.open(t), SQLite(), later))
	require.Equal(t, "fourth", f.log[len(f.log)-3], "from the third to the fourth")
	require.Zero(t, f.count("second")+f.count("third"))
}

func TestTwoThatMakeTheFirstTableAtOnceBothSucceed(t *testing.T) {
	for _, err := range []error{sqlState("23505"), sqlState("42P07"), sqliteCode(5)} {
		refused := false
		f := &fake{query: ofVersion(0), exec: func(statement string) (int64, error) {
			if !refused && strings.HasPrefix(statement, "create table if not exists") {
				refused = true
				return 0, err
			}
			return 1, nil
		}}
		require.NoError(t, migrate(background, f.open(t), PostgreSQL(), history{oldest: 1}))
	}
}

// TestTheIndexAsksOneTable: whatever the query, the statement names the table of the
// cycles and no other.
func TestTheIndexAsksOneTable(t *testing.T) {
	for _, q := range []reformcycle.IndexQuery{
		{}, {After: "a"}, {Order: reformcycle.ByLastMove}, {Order: reformcycle.ByLastMove, After: formatMoment(noon) + "a"},
		{
			Stages: []reformcycle.Stage{reformcycle.Design, reformcycle.Launch}, Statuses: []reformcycle.Status{0}, Lap: 2, Country: "Liberia", MovedBefore: noon, MovedSince: noon,
			Guards: reformcycle.AtLeast(1), Debts: reformcycle.Exactly(0), Guard: "a%", Text: `_\`, Within: "L", Parent: "n", Tiers: []reformcycle.Tier{""}, Cycles: []string{"a", "b"},
		},
	} {
		q.Sees = everyone
		q, err := q.Checked()
		require.NoError(t, err)
		where, args := conditions(q)
		at, id, later := q.From()
		statement, args := paged(q, where, args, formatMoment(at), id, later, 7)
		require.Equal(t, strings.Count(statement, "chsreform_"), strings.Count(statement, " chsreform_cycles"))
		require.Contains(t, statement, " from chsreform_cycles ")
		require.Equal(t, strings.Count(statement, "?"), len(args))
		require.Equal(t, len(args), strings.Count(PostgreSQL().text(statement), "$"))
	}
}

func everyone(string) bool { return true }

// everyMethod calls each method of a journal that may fail, by its name.
func everyMethod(j *Journal, ctx context.Context) map[string]error {
	results := map[string]error{}
	results["Append"] = j.Append(ctx, batch(0))
	for _, err := range j.Load(ctx, "a", 0) {
		results["Load"] = err
	}
	for _, err := range j.Cycles(ctx, "") {
		results["Cycles"] = err
	}
	_, results["Index"] = j.Index(ctx, reformcycle.IndexQuery{Sees: everyone})
	results["SaveSnapshot"] = j.SaveSnapshot(ctx, reformcycle.Snapshot{Cycle: "a"})
	_, _, results["LoadSnapshot"] = j.LoadSnapshot(ctx, "a")
	for _, err := range j.Feed(ctx, reformcycle.Position{}) {
		results["Feed"] = err
	}
	_, results["FeedEnd"] = j.FeedEnd(ctx)
	return results
}

func TestZeroValuesRefuseAndDoNotPanic(t *testing.T) {
	var none context.Context
	methods := reflect.TypeFor[*Journal]().NumMethod()
	for name, results := range map[string]map[string]error{
		"nil":             everyMethod(nil, background),
		"zero":            everyMethod(&Journal{}, background),
		"without context": everyMethod((&fake{}).journal(t, SQLite()), none),
	} {
		require.Len(t, results, methods, "a method that is not asked here")
		for method, err := range results {
			require.ErrorIs(t, err, reformcycle.ErrInvalid, "%s %s", name, method)
		}
	}
	_, err := Open(background, (&fake{query: ofVersion(int64(versions.known()))}).open(t), SQLite(), nil)
	require.ErrorIs(t, err, reformcycle.ErrInvalid)

	var schema *SchemaError
	var damage *DamageError
	for _, err := range []error{schema, &SchemaError{}, damage, &DamageError{}} {
		require.NotEmpty(t, err.Error())
	}
	require.False(t, schema.Is(ErrNewerSchema) || schema.Is(ErrOldSchema) || damage.Is(reformcycle.ErrDamaged))
}

// TestWhateverReadsWaitsForABusyDatabase: and gives ErrBusy only when it has waited.
func TestWhateverReadsWaitsForABusyDatabase(t *testing.T) {
	for _, busy := range []error{sqliteCode(5), sqliteCode(6), sqliteCode(517), sqlState("40001")} {
		f := &fake{}
		refusals := 0
		f.query = func(string) ([][]driver.Value, error) {
			if refusals++; refusals%3 != 0 {
				return nil, busy
			}
			return nil, nil
		}
		j := f.journal(t, SQLite())
		for range j.Cycles(background, "") {
			t.Fatal("there are none")
		}
		require.Equal(t, 3, refusals)
		_, err := j.Index(background, reformcycle.IndexQuery{Sees: everyone})
		require.NoError(t, err)
		require.Equal(t, 6, refusals)
		_, found, err := j.LoadSnapshot(background, "a")
		require.NoError(t, err)
		require.False(t, found)
		require.Equal(t, 9, refusals)
		for _, err := range j.Load(background, "a", 0) {
			require.ErrorIs(t, err, sql.ErrNoRows, "the fake has no row for the head")
		}
		require.Equal(t, 12, refusals)
	}
}

// TestAPageThatIsReadTwiceIsNotTakenForDamage: PostgreSQL may take back a
// transaction that has read half of a page.
func TestAPageThatIsReadTwiceIsNotTakenForDamage(t *testing.T) {
	rows := kept(3)
	read := asRead(rows)
	pages := 0
	f := &fake{query: func(statement string) ([][]driver.Value, error) {
		if strings.Contains(statement, "chsreform_cycles c") {
			return [][]driver.Value{{int64(3), rows[2].sum, int64(3), rows[2].sum, nil}}, nil
		}
		if pages++; pages == 1 {
			return append(slices.Clone(read[:2]), []driver.Value{sqlState("40001")}), nil
		}
		return read, nil
	}}
	got := 0
	for _, err := range f.journal(t, PostgreSQL()).Load(background, "a", 0) {
		require.NoError(t, err)
		got++
	}
	require.Equal(t, 3, got)
	require.Equal(t, 2, pages)
}
