package sqljournal

import (
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Bounds of what a row holds, in bytes. Append refuses what is beyond them, so
// that whoever loads a row knows how much memory it takes.
const (
	maxName     = 1 << 10 // an id, an author, a kind, a country
	maxTitle    = 1 << 16
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
		return time.Time{}, fmt.Errorf("%w: %q is no moment such as %s", reformcycle.ErrCorrupt, shortened(text), momentForm)
	}
	return t, nil
}

// shortened cuts a text to what an error may repeat.
func shortened(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// isPlain reports whether both databases keep a text as it is.
func isPlain(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// isName reports whether a text is plain and no longer than a name may be.
func isName(s string) bool { return len(s) <= maxName && isPlain(s) }

// checkBatch refuses a batch that could not be loaded as it came.
func checkBatch(b reformcycle.Batch) error {
	if b.Cycle == "" || !isName(b.Cycle) {
		return fault.Refuse("cycle", "name", b.Cycle, fmt.Sprintf("a valid text of 1 to %d bytes", maxName))
	}
	if len(b.Entries) == 0 {
		return fault.Refuse("entries", "required", nil, "1 or more entries")
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		field, want := "", ""
		switch {
		case e.Seq != b.After+uint64(i)+1:
			field, want = "seq", fmt.Sprintf("%d, the next one", b.After+uint64(i)+1)
		case !storable(e.At) || !storable(e.Recorded):
			field, want = "at, recorded", "moments in the years 0 to 9999"
		case !isName(e.By) || !isName(string(e.Kind)):
			field, want = "by, kind", fmt.Sprintf("valid texts of at most %d bytes", maxName)
		case len(e.Data) > maxData:
			field, want = "data", fmt.Sprintf("at most %d bytes", maxData)
		default:
			continue
		}
		return fault.Refuse(fmt.Sprintf("entries[%d].%s", i, field), "storable", nil, want)
	}
	return nil
}

// entryRow is an entry as the table holds it.
type entryRow struct {
	seq                              int64
	happened, recorded, author, kind string
	version                          int64
	data                             []byte
}

// entryColumns are asked for in the order of fields. The texts are cut one byte
// or character behind their bounds: a row that somebody else has written can be
// refused without reading it whole.
var entryColumns = fmt.Sprintf("seq, substr(happened, 1, 31), substr(recorded, 1, 31), substr(author, 1, %d), substr(kind, 1, %[1]d), version, substr(data, 1, %d)", maxName+1, maxData+1)

func (r *entryRow) fields() []any {
	return []any{&r.seq, &r.happened, &r.recorded, &r.author, &r.kind, &r.version, &r.data}
}

// entry decodes the row, and trusts it no more than a stranger's.
func (r *entryRow) entry() (reformcycle.Entry, error) {
	e := reformcycle.Entry{Seq: uint64(max(r.seq, 0)), Kind: reformcycle.Kind(shortened(r.kind))}
	at, err := parseMoment(r.happened)
	if err != nil {
		return e, err
	}
	recorded, err := parseMoment(r.recorded)
	switch {
	case err != nil:
		return e, err
	case r.seq < 1:
		return e, fmt.Errorf("%w: sequence number %d", reformcycle.ErrCorrupt, r.seq)
	case !isName(r.author) || !isName(r.kind):
		return e, fmt.Errorf("%w: its author or kind is not a valid text of at most %d bytes", reformcycle.ErrCorrupt, maxName)
	case r.version < math.MinInt32 || r.version > math.MaxInt32:
		return e, fmt.Errorf("%w: version %d", reformcycle.ErrCorrupt, r.version)
	case len(r.data) > maxData:
		return e, fmt.Errorf("%w: more than %d bytes of data", reformcycle.ErrCorrupt, maxData)
	}
	e = reformcycle.Entry{
		Seq: uint64(r.seq), At: at, Recorded: recorded, By: r.author,
		Kind: reformcycle.Kind(r.kind), Version: int(r.version),
	}
	if len(r.data) > 0 {
		e.Data = r.data
	}
	return e, nil
}

// cycleRow is where a cycle stands, as the table holds it. The columns that may
// be null are null where a batch came without its state.
type cycleRow struct {
	id, title, country      string
	seq                     int64
	stage, status, lastMove sql.NullString
	lap, blockers           sql.NullInt64
}

var cycleColumns = fmt.Sprintf("substr(id, 1, %d), seq, substr(title, 1, %d), substr(country, 1, %[1]d), substr(stage, 1, 31), substr(status, 1, 31), lap, substr(last_move, 1, 31), blockers", maxName+1, maxTitle+1)

func (r *cycleRow) fields() []any {
	return []any{&r.id, &r.seq, &r.title, &r.country, &r.stage, &r.status, &r.lap, &r.lastMove, &r.blockers}
}

// values are what fields reads, but for the id and the sequence number.
func (r *cycleRow) values() []any {
	return []any{r.title, r.country, r.stage, r.status, r.lap, r.lastMove, r.blockers}
}

// indexed makes the row of a cycle after a batch.
func indexed(b reformcycle.Batch) (cycleRow, error) {
	last := b.After + uint64(len(b.Entries))
	r := cycleRow{id: b.Cycle, seq: int64(last)}
	s := b.State
	if s.Seq() == 0 {
		return r, nil
	}
	if s.ID() != b.Cycle || s.Seq() != last {
		return r, fault.Refuse("state", "after", fmt.Sprintf("%s after entry %d", s.ID(), s.Seq()), fmt.Sprintf("the state of %s after entry %d, or none", shortened(b.Cycle), last))
	}
	r.title, r.country = s.Title(), s.Country()
	if !isName(r.country) || !isPlain(r.title) || len(r.title) > maxTitle || !storable(s.LastMove()) {
		return r, fault.Refuse("state", "storable", nil, "a title, a country and a last move within their bounds")
	}
	r.stage = sql.NullString{String: s.Stage().String(), Valid: true}
	r.status = sql.NullString{String: s.Status().String(), Valid: true}
	r.lastMove = sql.NullString{String: formatMoment(s.LastMove()), Valid: true}
	r.lap = sql.NullInt64{Int64: int64(s.Lap()), Valid: true}
	r.blockers = sql.NullInt64{Int64: int64(len(s.Blockers())), Valid: true}
	return r, nil
}

// row decodes where a cycle stands.
func (r *cycleRow) row() (Row, error) {
	corrupt := func(what string, value any) (Row, error) {
		return Row{}, fmt.Errorf("%w: the row of %q has %s %v", reformcycle.ErrCorrupt, shortened(r.id), what, value)
	}
	switch {
	case r.id == "" || !isName(r.id):
		return corrupt("an id of bytes", len(r.id))
	case !isName(r.country):
		return corrupt("a country of bytes", len(r.country))
	case len(r.title) > maxTitle:
		return corrupt("a title of bytes", len(r.title))
	case r.seq < 1:
		return corrupt("a sequence number", r.seq)
	}
	row := Row{ID: r.id, Title: r.title, Country: r.country, Seq: uint64(r.seq)}
	if !r.stage.Valid && !r.status.Valid && !r.lap.Valid && !r.lastMove.Valid && !r.blockers.Valid {
		return row, nil
	}
	var err error
	if row.Stage, err = reformcycle.ParseStage(r.stage.String); err != nil {
		return corrupt("a stage", shortened(r.stage.String))
	}
	if err = row.Status.UnmarshalText([]byte(r.status.String)); err != nil {
		return corrupt("a status", shortened(r.status.String))
	}
	if row.LastMove, err = parseMoment(r.lastMove.String); err != nil {
		return Row{}, err
	}
	if r.lap.Int64 < 1 || r.lap.Int64 > math.MaxInt32 {
		return corrupt("a lap", r.lap.Int64)
	}
	if !r.blockers.Valid || r.blockers.Int64 < 0 || r.blockers.Int64 > math.MaxInt32 {
		return corrupt("a number of blockers", r.blockers.Int64)
	}
	row.Lap, row.Blockers = int(r.lap.Int64), int(r.blockers.Int64)
	return row, nil
}
