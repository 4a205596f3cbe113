package sqljournal

import (
	"database/sql"
	"database/sql/driver"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

func TestMomentsHaveOneFormThatSortsAsTheyDo(t *testing.T) {
	moments := []time.Time{
		{}, time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Unix(-1, 0).UTC(),
		time.Unix(0, 0).UTC(), noon, noon.Add(1), noon.Add(time.Second), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
	}
	last := ""
	for _, m := range moments {
		text := formatMoment(m)
		require.Len(t, text, len(momentForm))
		require.Greater(t, text, last)
		read, err := parseMoment(text)
		require.NoError(t, err)
		require.Equal(t, m, read)
		last = text
	}
	require.Equal(t, formatMoment(noon), formatMoment(noon.In(time.FixedZone("east", 3600))))
	for _, text := range []string{"", "2016-07-01", "2016-07-01T12:00:00Z", "2016-07-01T12:00:00.0Z", "2016-07-01T12:00:00,000000001Z", "2016-07-01T12:00:00.000000001+01:00", "2016-02-30T12:00:00.000000001Z"} {
		_, err := parseMoment(text)
		require.Error(t, err, text)
	}
}

// kept gives the rows of the first entries of the cycle "a", as they were written.
func kept(n int) []entryRow {
	rows := make([]entryRow, n)
	for i := range rows {
		e := entry(uint64(i) + 1)
		if rows[i] = rowOf("a", &e); i > 0 {
			rows[i].follows = rows[i-1].sum
		}
	}
	return rows
}

// asRead gives rows as a driver does.
func asRead(rows []entryRow) [][]driver.Value {
	all := make([][]driver.Value, len(rows))
	for i, r := range rows {
		for _, v := range append(r.values("a")[1:], r.follows) {
			all[i] = append(all[i], v)
		}
	}
	return all
}

// TestWhatIsNotAsItWasWrittenIsNamed changes the rows of three entries, and where
// the row of the cycle says that they end.
func TestWhatIsNotAsItWasWrittenIsNamed(t *testing.T) {
	resummed := func(r *entryRow) { r.sum = r.checksum("a") }
	for name, c := range map[string]struct {
		spoil func(rows []entryRow) []entryRow
		raw   func(rows [][]driver.Value)
		head  func(seq, tip *int64)
		good  int // entries that come before the error
		want  DamageError
	}{
		"one is missing": {spoil: func(rows []entryRow) []entryRow { return append(rows[:1], rows[2]) }, good: 1,
			want: DamageError{entriesTable, "a", 2, "it is missing"}},
		"the first is missing": {spoil: func(rows []entryRow) []entryRow { return rows[1:] },
			want: DamageError{entriesTable, "a", 1, "it is missing"}},
		"one is there twice": {spoil: func(rows []entryRow) []entryRow { return []entryRow{rows[0], rows[0], rows[2]} }, good: 1,
			want: DamageError{entriesTable, "a", 2, "it has the number 1"}},
		"two have changed places": {spoil: func(rows []entryRow) []entryRow {
			rows[0], rows[1] = rows[1], rows[0]
			rows[0].seq, rows[1].seq = 1, 2
			return rows
		}, want: DamageError{entriesTable, "a", 1, "it is not as it was written: its checksum is another"}},
		"one is of another history": {spoil: func(rows []entryRow) []entryRow {
			rows[1].author = "another office"
			resummed(&rows[1])
			return rows
		}, good: 2, want: DamageError{entriesTable, "a", 3, "it does not follow the entry before it: the checksum that it has of that one is another"}},
		"an author is another": {spoil: func(rows []entryRow) []entryRow { rows[2].author += "s"; return rows }, good: 2,
			want: DamageError{entriesTable, "a", 3, "it is not as it was written: its checksum is another"}},
		"a moment that nobody wrote": {spoil: func(rows []entryRow) []entryRow {
			rows[1].happened = "yesterday"
			resummed(&rows[1])
			return rows
		}, good: 1, want: DamageError{entriesTable, "a", 2, `"yesterday" is no moment such as ` + momentForm}},
		"a text for a number": {raw: func(rows [][]driver.Value) { rows[1][0] = "two" }, good: 1,
			want: DamageError{entriesTable, "a", 2, "a value is of another type than it was written as"}},
		"the row of the cycle has a lower number": {head: func(seq, _ *int64) { *seq = 2 }, good: 2,
			want: DamageError{cyclesTable, "a", 2, "the row of the cycle has another number for its last entry, which is entry 3"}},
		"the row of the cycle has a higher number": {head: func(seq, _ *int64) { *seq = 7 }, good: 3,
			want: DamageError{cyclesTable, "a", 7, "the row of the cycle has another number for its last entry, which is entry 3"}},
		"the row of the cycle has no number": {head: func(seq, _ *int64) { *seq = -2 },
			want: DamageError{cyclesTable, "a", 0, "the row of the cycle has no such entry for its last"}},
		"the row of the cycle has another checksum": {head: func(_, tip *int64) { *tip ^= 1 << 40 }, good: 3,
			want: DamageError{cyclesTable, "a", 3, "the row of the cycle has another checksum for its last entry than the entry has"}},
		"entries behind the last": {head: func(seq, tip *int64) { *seq, *tip = 2, kept(2)[1].sum }, good: 2,
			want: DamageError{entriesTable, "a", 3, "it lies behind the last entry that the row of the cycle names"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := kept(3)
			seq, tip := int64(3), rows[2].sum
			last, sum := seq, tip
			if c.head != nil {
				c.head(&seq, &tip)
			}
			if c.spoil != nil {
				rows = c.spoil(rows)
			}
			read := asRead(rows)
			if c.raw != nil {
				c.raw(read)
			}
			got, err := loaded(t, read, []driver.Value{seq, tip, last, sum, nil})
			require.Equal(t, c.good, got)
			var damage *DamageError
			require.ErrorAs(t, err, &damage)
			require.Equal(t, c.want, *damage)
			require.ErrorIs(t, err, reformcycle.ErrDamaged)
			require.NotErrorIs(t, err, reformcycle.ErrLost)
		})
	}
}

// loaded loads a cycle of the rows, and of what is said of its end, and counts
// what comes.
func loaded(t *testing.T, rows [][]driver.Value, head []driver.Value) (got int, failed error) {
	t.Helper()
	f := &fake{query: func(statement string) ([][]driver.Value, error) {
		if strings.Contains(statement, "from chsreform_cycles") || strings.Contains(statement, "chsreform_cycles c") {
			return [][]driver.Value{head}, nil
		}
		some := slices.DeleteFunc(rows, func(row []driver.Value) bool {
			seq, _ := row[0].(int64)
			return seq > head[0].(int64)
		})
		rows = nil
		return some, nil
	}}
	for _, err := range f.journal(t, SQLite()).Load(background, "a", 0) {
		if err != nil {
			return got, err
		}
		got++
	}
	return got, nil
}

// TestLastEntriesThatAreGoneAreLost: the row of the cycle remembers them.
func TestLastEntriesThatAreGoneAreLost(t *testing.T) {
	rows := kept(9)
	for n := range 9 {
		head := []driver.Value{int64(9), rows[8].sum, nil, nil, nil}
		if n > 0 {
			head[2], head[3] = int64(n), rows[n-1].sum
		}
		got, err := loaded(t, asRead(rows[:n]), head)
		require.Equal(t, n, got)
		var lost *reformcycle.LostError
		require.ErrorAs(t, err, &lost)
		require.Equal(t, reformcycle.LostError{Cycle: "a", Head: uint64(n), Known: 9, Witness: language.Of("witness.row", "table", "chsreform_cycles")}, *lost)
		require.NotErrorIs(t, err, reformcycle.ErrDamaged)
	}
}

// TestEveryValueOfARowIsInItsChecksum flips every bit of every value.
func TestEveryValueOfARowIsInItsChecksum(t *testing.T) {
	e := entry(3)
	r := rowOf("a", &e)
	c := cycleRow{id: "a", seq: 3, tip: 4}
	require.NoError(t, c.of(standingRow()))
	c.sum = c.checksum()
	_, err := r.entry("a")
	require.NoError(t, err)
	_, err = c.row()
	require.NoError(t, err)
	_, err = r.entry("b")
	require.Error(t, err, "an entry of another cycle")
	refused := func() {
		t.Helper()
		_, err := r.entry("a")
		_, wrong := c.row()
		require.True(t, (err == nil) != (wrong == nil), "one of the two is changed")
	}
	for _, n := range []*int64{&r.seq, &r.batch, &r.version, &r.sum, &c.seq, &c.tip, &c.sum, &c.lap.Int64, &c.blockers.Int64, &c.debts.Int64} {
		for bit := range 64 {
			*n ^= 1 << bit
			refused()
			*n ^= 1 << bit
		}
	}
	for _, s := range []*string{&r.happened, &r.recorded, &r.dated, &r.author, &r.key, &r.kind, &c.id, &c.country.String, &c.parent.String, &c.tier.String, &c.place.String, &c.liesIn.String, &c.stage.String, &c.status.String, &c.lastMove.String, &c.guards.String, &c.search.String, &c.stands.String} {
		good := *s
		for bit := range 8 * len(good) {
			changed := []byte(good)
			changed[bit/8] ^= 1 << (bit % 8)
			*s = string(changed)
			refused()
		}
		*s = good
	}
	for bit := range 8 * len(r.data) {
		r.data = []byte(string(r.data))
		r.data[bit/8] ^= 1 << (bit % 8)
		refused()
		r.data[bit/8] ^= 1 << (bit % 8)
	}
	for _, valid := range []*bool{&c.stage.Valid, &c.status.Valid, &c.lastMove.Valid, &c.lap.Valid, &c.blockers.Valid, &c.debts.Valid, &c.country.Valid, &c.parent.Valid, &c.tier.Valid, &c.place.Valid, &c.liesIn.Valid, &c.guards.Valid, &c.search.Valid, &c.stands.Valid} {
		*valid = false
		refused()
		*valid = true
	}
	require.NotEqual(t, checksum("ab", "c"), checksum("a", "bc"))
	require.NotEqual(t, checksum("a"), checksum([]byte("a")))
	require.NotEqual(t, checksum(sql.NullString{}), checksum(sql.NullString{Valid: true}))
}

// standingRow is where the cycle "a" may stand after its third entry.
func standingRow() reformcycle.IndexRow {
	return reformcycle.IndexRow{
		Cycle: "a", Seq: 3, Title: "A title", Country: "Liberia", Parent: "n", Stage: reformcycle.Design, Status: reformcycle.Active, Lap: 1, Debts: 2,
		Jurisdiction: reformcycle.Jurisdiction{ID: "LR-01", Name: "ලයිබීරියා", Tier: reformcycle.District, Parent: "LR", Population: reformcycle.Population{People: 7, Year: 2008, Source: "census"}},
		LastMove:     noon, Guards: []string{"design.core", "design.validated"}, Children: []reformcycle.Child{{Cycle: "b", Name: "B", Population: 3}}, ChildrenYear: 2008,
		Departs: []reformcycle.IndexDeparture{{Component: "supervision", Kind: reformcycle.Drifted}},
	}
}

// A row is read as it was written, and one whose columns and whose JSON differ is damage,
// whoever made its checksum.
func TestARowIsReadAsItWasWritten(t *testing.T) {
	want := standingRow()
	c := cycleRow{id: "a", seq: 3, tip: 4}
	require.NoError(t, c.of(want))
	c.sum = c.checksum()
	got, err := c.row()
	require.NoError(t, err)
	require.Equal(t, want, got)
	for _, s := range []*string{&c.country.String, &c.parent.String, &c.tier.String, &c.place.String, &c.liesIn.String, &c.stage.String, &c.status.String, &c.lastMove.String, &c.guards.String, &c.id} {
		good := *s
		*s += "x"
		c.sum = c.checksum()
		_, err := c.row()
		require.ErrorIs(t, err, reformcycle.ErrDamaged, good)
		*s = good
	}
	for _, n := range []*int64{&c.lap.Int64, &c.blockers.Int64, &c.debts.Int64, &c.seq} {
		*n++
		c.sum = c.checksum()
		_, err := c.row()
		require.ErrorIs(t, err, reformcycle.ErrDamaged)
		*n--
	}
}

// FuzzRow decodes rows of whatever somebody may have put into the tables: no
// panic, what is taken is within its bounds, and it is written as it was read.
func FuzzRow(f *testing.F) {
	moment := formatMoment(noon)
	f.Add(int64(1), moment, moment, "office", "note", int64(1), []byte(`{}`), "design", "active", int64(2))
	f.Add(int64(-1), "", moment, "\x00", "\xff", int64(1<<40), []byte(nil), "", "", int64(-1))
	f.Add(int64(1<<62), "0000-01-01T00:00:00.000000000Z", "9999-12-31T23:59:59.999999999Z", strings.Repeat("x", maxName+1), "note", int64(0), []byte("not JSON"), "stage(9)", "suspended", int64(1<<40))
	f.Fuzz(func(t *testing.T, seq int64, happened, recorded, author, kind string, version int64, data []byte, stage, status string, number int64) {
		r := entryRow{seq: seq, happened: happened, recorded: recorded, author: author, kind: kind, version: version, data: data}
		_, err := r.entry("a")
		require.Equal(t, r.checksum("a") == 0, err == nil)
		r.sum = r.checksum("a")
		if e, err := r.entry("a"); err == nil {
			require.NoError(t, checkBatch(reformcycle.Batch{Cycle: "a", After: e.Seq - 1, Entries: []reformcycle.Entry{e}}))
			require.Equal(t, happened, formatMoment(e.At))
			require.Equal(t, recorded, formatMoment(e.Recorded))
			require.Equal(t, string(data), string(e.Data))
		} else {
			require.Less(t, len(err.Error()), 1000)
		}
		text := func(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
		c := cycleRow{
			id: author, country: text(happened), seq: seq, stage: text(stage), status: text(status), lastMove: text(recorded),
			lap: sql.NullInt64{Int64: number, Valid: number != 0}, blockers: sql.NullInt64{Int64: version, Valid: version != 0}, stands: text(string(data)),
		}
		c.sum = c.checksum()
		if row, err := c.row(); err == nil {
			require.True(t, !row.Known() || row.Stage.Valid() && row.Status.Valid() && row.Lap > 0)
			require.Equal(t, author, row.Cycle)
		} else {
			require.ErrorIs(t, err, reformcycle.ErrDamaged)
			require.Less(t, len(err.Error()), 1000)
		}
		// A cursor comes back from a web page.
		for _, order := range []reformcycle.IndexOrder{reformcycle.ByID, reformcycle.ByLastMove} {
			q, err := reformcycle.IndexQuery{Sees: everyone, After: recorded + author, Order: order}.Checked()
			if err != nil {
				require.ErrorIs(t, err, reformcycle.ErrInvalid)
				continue
			}
			if at, id, later := q.From(); order == reformcycle.ByLastMove && later {
				require.Equal(t, q.After, q.Next(reformcycle.IndexRow{Cycle: id, LastMove: at}))
			}
		}
	})
}
