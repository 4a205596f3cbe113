package sqljournal

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Bounds of what a row holds, in bytes. Append refuses what is beyond them, so
// that whoever loads a row knows how much memory it takes.
const (
	maxName     = 1 << 10  // an id, an author, a key, a kind, a country
	maxData     = 16 << 20 // as much as a line of reformcycle.Import
	maxSnapshot = 256 << 20
)

// momentForm has one width for every moment, so that texts sort as moments do.
const momentForm = "2006-01-02T15:04:05.000000000Z"

// formatMoment gives the text form of a moment in the years 0 to 9999.
func formatMoment(t time.Time) string { return t.UTC().Format(momentForm) }

// storable reports whether a moment has a text form.
func storable(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 0 && year <= 9999
}

func parseMoment(text string) (time.Time, error) {
	t, err := time.Parse(momentForm, text)
	// Parse is lenient about the fraction; a moment has one form only.
	if err != nil || formatMoment(t) != text {
		return time.Time{}, fmt.Errorf("%s is no moment such as %s", fault.Shown(text), momentForm)
	}
	return t, nil
}

// isPlain reports whether both databases keep a text as it is.
func isPlain(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// isName reports whether a text is plain and no longer than a name may be.
func isName(s string) bool { return len(s) <= maxName && isPlain(s) }

// checkBatch refuses a batch that could not be loaded as it came.
func checkBatch(b reformcycle.Batch) error {
	if b.Cycle == "" || !isName(b.Cycle) {
		return fault.Refuse("cycle", "name", b.Cycle, language.Of("want.text-bytes", "most", maxName))
	}
	if len(b.Entries) == 0 {
		return fault.Refuse("entries", "required", nil, language.Of("want.entries"))
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		var field string
		var want language.Text
		switch {
		case e.Seq != b.After+uint64(i)+1:
			field, want = "seq", language.Of("want.next", "n", b.After+uint64(i)+1)
		case !storable(e.At) || !storable(e.Recorded):
			field, want = "at, recorded", language.Of("want.years")
		case !isName(e.By) || !isName(e.Key) || !isName(string(e.Kind)):
			field, want = "by, key, kind", language.Of("want.text-bytes-or-none", "most", maxName)
		case len(e.Data) > maxData:
			field, want = "data", language.Of("want.bytes", "most", maxData)
		default:
			continue
		}
		return fault.Refuse(fmt.Sprintf("entries[%d].%s", i, field), "storable", nil, want)
	}
	return nil
}

// entryRow is an entry as the table holds it.
type entryRow struct {
	seq                                          int64
	batch                                        int64 // the first entry of its batch, 0 in that one itself
	happened, recorded, dated, author, key, kind string
	version                                      int64
	data                                         []byte
	// sum is the checksum of all that is above, follows that of the row before; it
	// is read and not written from here, for it is in the database already.
	sum, follows int64
}

// entryColumns are asked for in the order of fields. The texts are cut one byte
// or character behind their bounds: a row that somebody else has written can be
// refused without reading it whole.
var entryColumns = fmt.Sprintf("seq, substr(happened, 1, 31), substr(recorded, 1, 31), substr(dated, 1, 31), substr(author, 1, %d), batch, substr(batch_key, 1, %[1]d), substr(kind, 1, %[1]d), version, substr(data, 1, %d), sum, follows", maxName+1, maxData+1)

func (r *entryRow) fields() []any {
	return []any{&r.seq, &r.happened, &r.recorded, &r.dated, &r.author, &r.batch, &r.key, &r.kind, &r.version, &r.data, &r.sum, &r.follows}
}

// rowOf makes the row of an entry of a cycle.
func rowOf(cycle string, e *reformcycle.Entry) entryRow {
	r := entryRow{
		seq: int64(e.Seq), happened: formatMoment(e.At), recorded: formatMoment(e.Recorded), dated: e.Date.String(), author: e.By, batch: int64(e.First), key: e.Key, kind: string(e.Kind),
		version: int64(e.Version), data: e.Data,
	}
	if r.data == nil {
		r.data = []byte{} // not null: no data is the empty text
	}
	r.sum = r.checksum(cycle)
	return r
}

// values are the cycle and what fields reads, but for what the row follows.
func (r *entryRow) values(cycle string) []any {
	return []any{cycle, r.seq, r.happened, r.recorded, r.dated, r.author, r.batch, r.key, r.kind, r.version, r.data, r.sum}
}

func (r *entryRow) checksum(cycle string) int64 {
	return checksum(cycle, r.seq, r.happened, r.recorded, r.dated, r.author, r.batch, r.key, r.kind, r.version, r.data)
}

// checksum is that of a row's values: eight bytes of a SHA-256 of the values, each
// with its type and its length, so that no two lists of them are alike.
func checksum(values ...any) int64 {
	h := sha256.New()
	var room [64]byte
	number := func(kind byte, n int64) { h.Write(binary.BigEndian.AppendUint64(append(room[:0], kind), uint64(n))) }
	for _, v := range values {
		switch v := v.(type) {
		case string:
			number('t', int64(len(v)))
			io.WriteString(h, v)
		case []byte:
			number('b', int64(len(v)))
			h.Write(v)
		case int64:
			number('n', v)
		case sql.NullString:
			if !v.Valid {
				number('0', 0)
				break
			}
			number('t', int64(len(v.String)))
			io.WriteString(h, v.String)
		case sql.NullInt64:
			if !v.Valid {
				number('0', 0)
				break
			}
			number('n', v.Int64)
		}
	}
	return int64(binary.BigEndian.Uint64(h.Sum(room[:0])))
}

// entry decodes the row of a cycle's entry, and trusts it no more than a
// stranger's.
func (r *entryRow) entry(cycle string) (reformcycle.Entry, error) {
	none := reformcycle.Entry{}
	if r.sum != r.checksum(cycle) {
		return none, errors.New("it is not as it was written: its checksum is another")
	}
	at, err := parseMoment(r.happened)
	if err != nil {
		return none, err
	}
	var dated date.Date
	if r.dated != "" {
		if dated, err = date.Parse(r.dated); err != nil {
			return none, err
		}
	}
	recorded, err := parseMoment(r.recorded)
	switch {
	case err != nil:
		return none, err
	case r.seq < 1 || r.batch < 0:
		return none, errors.New("its sequence number is less than 1, or that of its batch less than 0")
	case !isName(r.author) || !isName(r.key) || !isName(r.kind):
		return none, fmt.Errorf("its author, key or kind is not a valid text of at most %d bytes", maxName)
	case r.version < math.MinInt32 || r.version > math.MaxInt32:
		return none, fmt.Errorf("its version is %d", r.version)
	case len(r.data) > maxData:
		return none, fmt.Errorf("it has more than %d bytes of data", maxData)
	}
	e := reformcycle.Entry{
		Seq: uint64(r.seq), First: uint64(r.batch), At: at, Recorded: recorded, Date: dated, By: r.author, Key: r.key,
		Kind: reformcycle.Kind(r.kind), Version: int(r.version),
	}
	if len(r.data) > 0 {
		e.Data = r.data
	}
	return e, nil
}

// cycleRow is where a cycle stands, as the table holds it. But for the first two and the
// last two its values are null where that is not known.
type cycleRow struct {
	id  string
	seq int64
	// What the index is asked for; guards and search are lines of text.
	country, parent, tier, place, liesIn, stage, status sql.NullString
	lap                                                 sql.NullInt64
	lastMove                                            sql.NullString
	blockers, debts                                     sql.NullInt64
	guards, search                                      sql.NullString
	// stands is all of the reformcycle.IndexRow, in JSON.
	stands sql.NullString
	// tip is the checksum of its last entry, sum that of all that is above.
	tip, sum int64
}

// maxStands bounds the JSON of a row, in bytes: a parent of a thousand children has some
// hundred thousand.
const maxStands = 16 << 20

// cycleNames are the columns in the order of fields.
const cycleNames = "id, seq, country, parent, tier, place, lies_in, stage, status, lap, last_move, blockers, debts, guards, search, stands, tip, sum"

// cycleColumns are asked for in the order of fields, the long ones cut as entryColumns are.
var cycleColumns = strings.NewReplacer(
	"id, ", fmt.Sprintf("substr(id, 1, %d), ", maxName+1), "stands", fmt.Sprintf("substr(stands, 1, %d)", maxStands+1),
).Replace(cycleNames)

func (r *cycleRow) fields() []any {
	return []any{
		&r.id, &r.seq, &r.country, &r.parent, &r.tier, &r.place, &r.liesIn, &r.stage, &r.status, &r.lap, &r.lastMove, &r.blockers, &r.debts,
		&r.guards, &r.search, &r.stands, &r.tip, &r.sum,
	}
}

// values are what fields reads, but for the id and the sequence number.
func (r *cycleRow) values() []any {
	return []any{
		r.country, r.parent, r.tier, r.place, r.liesIn, r.stage, r.status, r.lap, r.lastMove, r.blockers, r.debts, r.guards, r.search, r.stands, r.tip, r.sum,
	}
}

func (r *cycleRow) checksum() int64 {
	values := r.values()
	return checksum(append([]any{r.id, r.seq}, values[:len(values)-1]...)...)
}

// indexed makes the row of a cycle after a batch whose last entry has a checksum.
func indexed(b reformcycle.Batch, tip int64) (cycleRow, error) {
	r, err := standing(b)
	r.tip = tip
	r.sum = r.checksum()
	return r, err
}

// standing is where a cycle stands after a batch.
func standing(b reformcycle.Batch) (cycleRow, error) {
	last := b.After + uint64(len(b.Entries))
	r := cycleRow{id: b.Cycle, seq: int64(last)}
	s := b.State
	if s.Seq() == 0 {
		return r, nil
	}
	if s.ID() != b.Cycle || s.Seq() != last {
		return r, fault.Refuse("state", "after", fmt.Sprintf("%s, %d", s.ID(), s.Seq()), language.Of("want.state-after", "cycle", fault.Bounded(b.Cycle), "n", last))
	}
	return r, r.of(s.IndexRow())
}

// of puts a row of the index into the columns.
func (r *cycleRow) of(row reformcycle.IndexRow) error {
	stands, err := json.Marshal(row)
	search := row.Searched()
	if err != nil || !isName(row.Country) || !isPlain(search) || len(stands) > maxStands || !storable(row.LastMove) {
		return fault.Refuse("state", "storable", nil, language.Of("want.row"))
	}
	r.asked(row)
	r.search, r.stands = sql.NullString{String: search, Valid: true}, sql.NullString{String: string(stands), Valid: true}
	return nil
}

// asked puts in what the index is asked for, but for the text that is searched.
func (r *cycleRow) asked(row reformcycle.IndexRow) {
	text := func(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }
	number := func(n int) sql.NullInt64 { return sql.NullInt64{Int64: int64(n), Valid: true} }
	r.country, r.parent = text(row.Country), text(row.Parent)
	r.tier, r.place, r.liesIn = text(string(row.Jurisdiction.Tier)), text(row.Jurisdiction.ID), text(row.Jurisdiction.Parent)
	r.stage, r.status, r.lap = text(row.Stage.String()), text(row.Status.String()), number(row.Lap)
	r.lastMove, r.blockers, r.debts = text(formatMoment(row.LastMove)), number(len(row.Guards)), number(row.Debts)
	r.guards = text(lines(row.Guards...))
}

// lines are texts of which each is between two ends of a line.
func lines(texts ...string) string { return "\n" + strings.Join(texts, "\n") + "\n" }

// row decodes where a cycle stands, and trusts it no more than a stranger.
func (r *cycleRow) row() (reformcycle.IndexRow, error) {
	damaged := func(reason string) (reformcycle.IndexRow, error) {
		return reformcycle.IndexRow{}, &DamageError{Table: cyclesTable, Cycle: r.id, Seq: uint64(max(r.seq, 0)), Reason: reason}
	}
	switch {
	case r.sum != r.checksum():
		return damaged("the row is not as it was written: its checksum is another")
	case r.id == "" || !isName(r.id):
		return damaged(fmt.Sprintf("the id has %d bytes", len(r.id)))
	case r.seq < 1:
		return damaged("the sequence number is less than 1")
	}
	row := reformcycle.IndexRow{Cycle: r.id, Seq: uint64(r.seq)}
	same := cycleRow{id: r.id, seq: r.seq, tip: r.tip, sum: r.sum}
	if *r == same {
		return row, nil
	}
	row = reformcycle.IndexRow{}
	if err := json.Unmarshal([]byte(r.stands.String), &row); err != nil {
		return damaged("what it says of the cycle can't be read: " + fault.Cut(err.Error(), 200))
	}
	if row.Cycle != r.id || row.Seq != uint64(r.seq) || !row.Stage.Valid() || !row.Status.Valid() || row.Lap < 1 || row.Debts < 0 {
		return damaged("what it says of the cycle is of another, or can't be")
	}
	// What is asked for and what is shown say the same.
	if same.asked(row); !storable(row.LastMove) {
		return damaged("the last move is outside the years 0 to 9999")
	}
	if same.search, same.stands = r.search, r.stands; same != *r {
		return damaged("its columns say another thing than the row")
	}
	return row, nil
}
