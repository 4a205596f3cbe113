package sqljournal

import (
	"database/sql"
	"database/sql/driver"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
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
		require.ErrorIs(t, err, reformcycle.ErrCorrupt, text)
	}
}

// TestLoadRefusesAGapAndWhatIsMissing has rows that do not follow one another.
func TestLoadRefusesAGapAndWhatIsMissing(t *testing.T) {
	moment := formatMoment(noon)
	row := func(seq int64) []driver.Value {
		return []driver.Value{seq, moment, moment, "office", "note", int64(1), []byte("{}")}
	}
	for name, rows := range map[string][][]driver.Value{
		"a gap":    {row(1), row(3)},
		"twice":    {row(1), row(1)},
		"an end":   {row(1)},
		"a moment": {row(1), {int64(2), "yesterday", moment, "office", "note", int64(1), []byte("{}")}},
		"a text":   {row(1), {"two", moment, moment, "office", "note", int64(1), []byte("{}")}},
	} {
		asked := false
		f := &fake{query: func(statement string) ([][]driver.Value, error) {
			switch {
			case strings.Contains(statement, "from chsreform_cycles"):
				return [][]driver.Value{{int64(3)}}, nil
			case asked:
				return nil, nil
			}
			asked = true
			return rows, nil
		}}
		seen := uint64(0)
		var failed error
		for e, err := range f.journal(t, SQLite()).Load(background, "a", 0) {
			if failed = err; err == nil {
				seen = e.Seq
			}
		}
		require.EqualValues(t, 1, seen, name)
		require.Error(t, failed, name)
		if name != "a text" {
			require.ErrorIs(t, failed, reformcycle.ErrCorrupt, name)
		}
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
		r := entryRow{seq, happened, recorded, author, kind, version, data}
		if e, err := r.entry(); err == nil {
			require.NoError(t, checkBatch(reformcycle.Batch{Cycle: "a", After: e.Seq - 1, Entries: []reformcycle.Entry{e}}))
			require.Equal(t, happened, formatMoment(e.At))
			require.Equal(t, recorded, formatMoment(e.Recorded))
			require.Equal(t, string(data), string(e.Data))
		} else {
			require.ErrorIs(t, err, reformcycle.ErrCorrupt)
			require.Less(t, len(err.Error()), 1000)
		}
		text := func(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
		c := cycleRow{
			id: author, title: kind, country: happened, seq: seq, stage: text(stage), status: text(status), lastMove: text(recorded),
			lap: sql.NullInt64{Int64: number, Valid: number != 0}, blockers: sql.NullInt64{Int64: version, Valid: version != 0},
		}
		if row, err := c.row(); err == nil {
			require.True(t, row.Stage == 0 || row.Stage.Valid() && row.Status.Valid() && row.Lap > 0 && row.Blockers >= 0)
			require.Equal(t, formatMoment(row.LastMove), map[bool]string{true: recorded, false: formatMoment(time.Time{})}[row.Stage != 0])
		} else {
			require.ErrorIs(t, err, reformcycle.ErrCorrupt)
			require.Less(t, len(err.Error()), 1000)
		}
		// A cursor comes back from a web page.
		for _, order := range []Order{ByID, ByLastMove} {
			q := Query{After: recorded + author, Order: order}
			if statement, args, err := q.statement(); err == nil {
				require.Equal(t, strings.Count(statement, "?"), len(args))
			} else {
				require.ErrorIs(t, err, reformcycle.ErrInvalid)
			}
		}
	})
}
