//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/sqljournal"
)

// begun has two cycles of ten entries each in a database, "a" and "b".
func begun(t *testing.T, j reformcycle.Journal) {
	t.Helper()
	for _, id := range []string{"a", "b"} {
		c, err := reformcycle.New(id, reformcycle.WithJournal(j), reformcycle.WithCountry("Nowhere"))
		require.NoError(t, err)
		for range 3 {
			_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 3)...)
			require.NoError(t, err)
		}
	}
}

// copied keeps a table as it is, and gives what puts it back.
func copied(t *testing.T, db *sql.DB, table string) func() {
	t.Helper()
	do := func(statement string) {
		_, err := db.Exec(statement)
		require.NoError(t, err)
	}
	do("create table kept_" + table + " as select * from " + table)
	return func() {
		do("delete from " + table)
		do("insert into " + table + " select * from kept_" + table)
	}
}

// TestWhatIsChangedBehindTheJournalsBackIsNamed: whatever is done to the rows of
// one cycle, opening it and appending to it are refused with the cycle and the
// entry, everything before that entry can be read, and the other cycle is well.
func TestWhatIsChangedBehindTheJournalsBackIsNamed(t *testing.T) {
	const entries, cycles = "chsreform_entries", "chsreform_cycles"
	type want struct {
		table string // of the DamageError; empty for a LostError
		seq   uint64 // of the DamageError; the last that is there, of the LostError
		good  int    // entries that come before the error
	}
	cases := map[string]struct {
		do string
		want
		// appends: an append is none the wiser, for it reads no more than the last.
		appends bool
	}{
		"a row is missing":                   {do: "delete from E where cycle = 'a' and seq = 5", want: want{entries, 5, 4}, appends: true},
		"the first row is missing":           {do: "delete from E where cycle = 'a' and seq = 1", want: want{entries, 1, 0}, appends: true},
		"the last row is missing":            {do: "delete from E where cycle = 'a' and seq = 10", want: want{"", 9, 9}},
		"the last batch is missing":          {do: "delete from E where cycle = 'a' and seq > 7", want: want{"", 7, 7}},
		"all entries are missing":            {do: "delete from E where cycle = 'a'", want: want{"", 0, 0}},
		"the row of the cycle is missing":    {do: "delete from C where id = 'a'", want: want{cycles, 10, 10}},
		"an author is another":               {do: "update E set author = 'somebody' where cycle = 'a' and seq = 4", want: want{entries, 4, 3}, appends: true},
		"a moment is another":                {do: "update E set happened = replace(happened, '2020', '2021') where cycle = 'a' and seq = 4", want: want{entries, 4, 3}, appends: true},
		"a byte of data is another":          {do: "update E set data = (select data from E where cycle = 'a' and seq = 1) where cycle = 'a' and seq = 9", want: want{entries, 9, 8}, appends: true},
		"a version is another":               {do: "update E set version = 2 where cycle = 'a' and seq = 6", want: want{entries, 6, 5}, appends: true},
		"the checksum of a row is another":   {do: "update E set sum = sum + 1 where cycle = 'a' and seq = 6", want: want{entries, 6, 5}, appends: true},
		"the checksum of the last row":       {do: "update E set sum = sum + 1 where cycle = 'a' and seq = 10", want: want{entries, 10, 9}},
		"what a row follows is another":      {do: "update E set follows = follows + 1 where cycle = 'a' and seq = 6", want: want{entries, 6, 5}, appends: true},
		"a row is that of another cycle":     {do: "delete from E where cycle = 'a' and seq = 7; update E set cycle = 'a' where cycle = 'b' and seq = 7", want: want{entries, 7, 6}, appends: true},
		"two rows have changed places":       {do: "update E set seq = 99 where cycle = 'a' and seq = 5; update E set seq = 5 where cycle = 'a' and seq = 6; update E set seq = 6 where cycle = 'a' and seq = 99", want: want{entries, 5, 4}, appends: true},
		"the head has a lower number":        {do: "update C set seq = 7 where id = 'a'", want: want{cycles, 7, 7}},
		"the head has a higher number":       {do: "update C set seq = 12 where id = 'a'", want: want{cycles, 12, 10}},
		"the head has the checksum of none":  {do: "update C set tip = tip + 1 where id = 'a'", want: want{cycles, 10, 10}},
		"the head is that of an older batch": {do: "update C set seq = 7, tip = (select sum from E where cycle = 'a' and seq = 7) where id = 'a'", want: want{entries, 8, 7}},
	}
	each(t, func(t *testing.T, dsn string) {
		j := opened(t, dsn)
		begun(t, j)
		db, _ := bare(t, dsn)
		backE, backC := copied(t, db, entries), copied(t, db, cycles)
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				for statement := range strings.SplitSeq(c.do, "; ") {
					_, err := db.Exec(strings.NewReplacer(" E ", " "+entries+" ", " C ", " "+cycles+" ").Replace(statement))
					require.NoError(t, err)
				}
				defer backC()
				defer backE()
				named := func(err error) {
					t.Helper()
					var damage *sqljournal.DamageError
					var lost *reformcycle.LostError
					switch {
					case c.table == "":
						require.ErrorAs(t, err, &lost)
						require.Equal(t, reformcycle.LostError{Cycle: "a", Head: c.seq, Known: 10, Witness: language.Of("witness.row", "table", "chsreform_cycles")}, *lost)
					default:
						require.ErrorAs(t, err, &damage)
						require.Equal(t, sqljournal.DamageError{Table: c.table, Cycle: "a", Seq: c.seq, Reason: damage.Reason}, *damage)
						require.ErrorIs(t, err, reformcycle.ErrDamaged)
					}
				}
				_, err := reformcycle.Open(t.Context(), j, "a")
				named(err)
				got := 0
				for _, err := range j.Load(t.Context(), "a", 0) {
					if err != nil {
						named(err)
						break
					}
					got++
				}
				require.Equal(t, c.good, got)
				if !strings.Contains(c.do, "'b'") {
					_, err = reformcycle.Open(t.Context(), j, "b")
					require.NoError(t, err)
				}
				if c.appends {
					return
				}
				e := reformcycle.Entry{At: base, Recorded: base, By: "office", Kind: "note", Version: 1, Data: []byte(`{}`)}
				for _, after := range []uint64{0, c.seq, 10} {
					e.Seq = after + 1
					err := j.Append(t.Context(), reformcycle.Batch{Cycle: "a", After: after, Entries: []reformcycle.Entry{e}})
					if c.seq == 10 && c.table == entries {
						// The row's checksum and that of the entry differ, and which of them is
						// wrong is beyond telling without reading the entry.
						require.ErrorIs(t, err, reformcycle.ErrDamaged)
						continue
					}
					named(err)
				}
			})
		}
	})
}

// TestARowOfThePortfolioThatWasChangedIsNamed: it is judged by it alone.
func TestARowOfThePortfolioThatWasChangedIsNamed(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		j := opened(t, dsn)
		begun(t, j)
		db, _ := bare(t, dsn)
		back := copied(t, db, "chsreform_cycles")
		for _, change := range []string{
			"stands = replace(stands, 'a', 'b')", "tier = 'region'", "place = 'Elsewhere'", "search = 'another'", "guards = ''", "debts = 3", "country = 'Elsewhere'", "stage = 'launch'", "status = 'suspended'", "lap = 2",
			"last_move = '2021-01-01T00:00:00.000000000Z'", "blockers = 0", "blockers = null", "seq = 9", "tip = tip - 1", "sum = sum - 1",
		} {
			_, err := db.Exec("update chsreform_cycles set " + change + " where id = 'b'")
			require.NoError(t, err)
			_, err = j.Index(t.Context(), all)
			var damage *sqljournal.DamageError
			require.ErrorAs(t, err, &damage, change)
			require.Equal(t, "b", damage.Cycle)
			back()
		}
		_, err := j.Index(t.Context(), all)
		require.NoError(t, err)
	})
}

// TestWithLossGoesOnWithoutWhatIsGone: from the last entry that is there, also
// where none is, and what is appended then is whole.
func TestWithLossGoesOnWithoutWhatIsGone(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		begun(t, opened(t, dsn))
		db, d := bare(t, dsn)
		for _, left := range []int{7, 0} {
			_, err := db.Exec(fmt.Sprint("delete from chsreform_entries where cycle = 'a' and seq > ", left))
			require.NoError(t, err)
			_, err = reformcycle.Open(t.Context(), opened(t, dsn), "a")
			require.ErrorIs(t, err, reformcycle.ErrLost)

			j, err := sqljournal.Open(t.Context(), db, d, sqljournal.WithLoss())
			require.NoError(t, err)
			c, err := openOrNew(t.Context(), j, "a")
			require.NoError(t, err)
			require.EqualValues(t, left, c.State().Seq())
			_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 2)...)
			require.NoError(t, err)

			again, err := reformcycle.Open(t.Context(), opened(t, dsn), "a")
			require.NoError(t, err)
			require.Equal(t, c.State().Seq(), again.State().Seq())
		}
		// What was changed is not lost.
		_, err := db.Exec("update chsreform_cycles set tip = tip + 1 where id = 'a'")
		require.NoError(t, err)
		j, err := sqljournal.Open(t.Context(), db, d, sqljournal.WithLoss())
		require.NoError(t, err)
		_, err = reformcycle.Open(t.Context(), j, "a")
		require.ErrorIs(t, err, reformcycle.ErrDamaged)
	})
}

// TestNoFlippedBitOfASnapshotIsTaken flips each bit of each value in the row of a
// snapshot.
func TestNoFlippedBitOfASnapshotIsTaken(t *testing.T) {
	dsn := sqliteFile(t)
	j := opened(t, dsn)
	c, err := reformcycle.New("a", reformcycle.WithJournal(j))
	require.NoError(t, err)
	_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 1)...)
	require.NoError(t, err)
	require.NoError(t, c.Snapshot(t.Context()))
	want, err := json.Marshal(c.State())
	require.NoError(t, err)
	db, _ := bare(t, dsn)
	flips := 0
	flipped := func(column string, value any) {
		t.Helper()
		flips++
		_, err := db.Exec("update chsreform_snapshots set "+column+" = ?", value)
		require.NoError(t, err)
		notes := 0
		c, err := reformcycle.Open(t.Context(), j, "a", reformcycle.WithNotes(func(reformcycle.Note) { notes++ }))
		require.NoError(t, err, "%s %q", column, value)
		got, err := json.Marshal(c.State())
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
		require.Equal(t, 1, notes, "%s %q", column, value)
	}
	for _, column := range []string{"last", "checklist", "moves", "digest", "state"} {
		var good []byte
		require.NoError(t, db.QueryRow("select "+column+" from chsreform_snapshots").Scan(&good))
		for bit := range 8 * len(good) {
			changed := bytes.Clone(good)
			changed[bit/8] ^= 1 << (bit % 8)
			if column == "state" {
				flipped(column, changed)
			} else {
				flipped(column, string(changed))
			}
		}
		_, err := db.Exec("update chsreform_snapshots set "+column+" = cast(? as "+map[bool]string{true: "blob", false: "text"}[column == "state"]+")", good)
		require.NoError(t, err)
	}
	for _, column := range []string{"seq", "form"} {
		var good int64
		require.NoError(t, db.QueryRow("select "+column+" from chsreform_snapshots").Scan(&good))
		for bit := range 64 {
			flipped(column, good^1<<bit)
		}
		_, err := db.Exec("update chsreform_snapshots set "+column+" = ?", good)
		require.NoError(t, err)
	}
	notes := 0
	_, err = reformcycle.Open(t.Context(), j, "a", reformcycle.WithNotes(func(reformcycle.Note) { notes++ }))
	require.NoError(t, err)
	require.Zero(t, notes, "as it was it is taken")
	t.Logf("%d flips, none taken", flips)
}

// TestNoByteOfASQLiteFileIsSilentlyWrong flips one bit of the file at a time, puts
// zeros in the place of some of it, and cuts it: whatever is read then is what it
// was, or an error. With -flip.step 1 no byte is left out. (A file of no byte, or of
// one, is a new database for SQLite.)
func TestNoByteOfASQLiteFileIsSilentlyWrong(t *testing.T) {
	dsn := sqliteFile(t)
	file, err := sqliteDSN(strings.TrimPrefix(dsn, "sqlite:"))
	require.NoError(t, err)
	name := strings.TrimPrefix(dsn, "sqlite:")
	made, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	_, err = made.Exec("pragma page_size = 512; pragma journal_mode = delete; vacuum") // a small file
	require.NoError(t, err)
	j, err := sqljournal.Open(t.Context(), made, sqljournal.SQLite())
	require.NoError(t, err)
	c, err := reformcycle.New("a", reformcycle.WithJournal(j), reformcycle.WithCountry("Nowhere"))
	require.NoError(t, err)
	for range 3 {
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 2)...)
		require.NoError(t, err)
	}
	require.NoError(t, c.Snapshot(t.Context()))
	want, err := told(t.Context(), j)
	require.NoError(t, err)
	require.NoError(t, made.Close())
	good, err := os.ReadFile(name)
	require.NoError(t, err)

	refused, same := 0, 0
	var silent []string
	for n := range 3 * (len(good) / *flipStep) {
		at := n / 3 * *flipStep
		spoilt := bytes.Clone(good)
		switch n % 3 {
		case 0:
			spoilt[at] ^= 1 << (at / *flipStep % 8)
		case 1:
			clear(spoilt[at:min(at+1+n%200, len(spoilt))])
		case 2:
			spoilt = spoilt[:min(at+2, len(spoilt)-1)]
		}
		for _, beside := range []string{"-journal", "-wal", "-shm"} {
			_ = os.Remove(name + beside)
		}
		require.NoError(t, os.WriteFile(name, spoilt, 0o600))
		got, err := func() (string, error) {
			db, err := sql.Open("sqlite", file)
			if err != nil {
				return "", err
			}
			defer db.Close()
			j, err := sqljournal.Open(t.Context(), db, sqljournal.SQLite())
			if err != nil {
				return "", err
			}
			return told(t.Context(), j)
		}()
		switch {
		case err != nil && !errors.Is(err, reformcycle.ErrNotFound):
			refused++
		case err == nil && got == want:
			same++
		default:
			silent = append(silent, fmt.Sprintf("byte %d, way %d: %v, %s", at, n%3, err, got))
		}
	}
	t.Logf("%d ways to spoil %d bytes: %d refused, %d without effect", refused+same+len(silent), len(good), refused, same)
	require.Empty(t, silent)
}

// told is all that a journal says of its cycle "a".
func told(ctx context.Context, j *sqljournal.Journal) (string, error) {
	var out strings.Builder
	c, err := reformcycle.Open(ctx, j, "a")
	if err != nil {
		return "", err
	}
	if err := json.NewEncoder(&out).Encode(c.State()); err != nil {
		return "", err
	}
	if err := reformcycle.Export(ctx, j, "a", &out); err != nil {
		return "", err
	}
	page, err := j.Index(ctx, all)
	fmt.Fprintf(&out, "%+v\n", page)
	for id, err := range j.Cycles(ctx, "") {
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&out, id)
	}
	return out.String(), err
}
