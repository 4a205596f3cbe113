package sqljournal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The tables that a DamageError names.
const (
	cyclesTable    = "chsreform_cycles"
	entriesTable   = "chsreform_entries"
	snapshotsTable = "chsreform_snapshots"
)

// headStatement reads at one moment where a cycle's journal ends, as its row and
// as its entries say, and the checksum of an entry.
const headStatement = `select c.seq, c.tip,
	(select max(seq) from chsreform_entries where cycle = ?),
	(select sum from chsreform_entries where cycle = ? order by seq desc limit 1),
	(select sum from chsreform_entries where cycle = ? and seq = ?)
	from (select 1 as one) x left join chsreform_cycles c on c.id = ?`

// head is where a cycle's journal ends: there is a row that says so, and entries
// of which one is the last. The two agree, or something is gone or changed.
type head struct {
	cycle string
	// seq and tip are the number and the checksum of the last entry by the row of
	// the cycle; they are null where there is none.
	seq, tip sql.NullInt64
	// last and sum are those of the last entry that is there.
	last, sum sql.NullInt64
	// before is the checksum of the entry that was asked for.
	before sql.NullInt64
}

// head reads where a journal ends, and the checksum of its entry before.
func (j *Journal) head(ctx context.Context, cycle string, before uint64) (head, error) {
	h := head{cycle: cycle}
	if !isName(cycle) {
		return h, nil // Append would not have taken it
	}
	err := j.one(ctx, cyclesTable, cycle, []any{&h.seq, &h.tip, &h.last, &h.sum, &h.before}, j.headOf, cycle, cycle, cycle, number(before), cycle)
	return h, err
}

// end is the last entry that can be read.
func (h head) end() uint64 {
	if h.seq.Valid && h.seq.Int64 < h.last.Int64 {
		return uint64(max(h.seq.Int64, 0))
	}
	return uint64(max(h.last.Int64, 0))
}

// fault says how the row of the cycle and its entries do not agree: with a
// LostError where the last entries are gone, with a DamageError where something
// was changed.
func (h head) fault() error {
	changed := func(table string, seq int64, reason string, a ...any) error {
		return &DamageError{Table: table, Cycle: h.cycle, Seq: uint64(max(seq, 0)), Reason: fmt.Sprintf(reason, a...)}
	}
	seq, last := h.seq.Int64, h.last.Int64
	same := h.last.Valid && h.sum == h.tip
	switch {
	case !h.seq.Valid && !h.last.Valid:
		return nil // no such cycle
	case !h.seq.Valid:
		return changed(cyclesTable, last, "the row of the cycle is missing, and its entries are there")
	case seq < 1:
		return changed(cyclesTable, seq, "the row of the cycle has no such entry for its last")
	case same && seq == last:
		return nil
	case same:
		return changed(cyclesTable, seq, "the row of the cycle has another number for its last entry, which is entry %d", last)
	case last < seq:
		return &reformcycle.LostError{Cycle: h.cycle, Head: uint64(max(last, 0)), Known: uint64(seq), Witness: language.Of("witness.row", "table", cyclesTable)}
	case last > seq:
		return changed(entriesTable, seq+1, "it lies behind the last entry that the row of the cycle names")
	}
	return changed(cyclesTable, seq, "the row of the cycle has another checksum for its last entry than the entry has")
}

// tolerant gives what a fault leaves where the journal goes on without what is
// lost, and whether there is anything to go on without.
func (j *Journal) tolerant(fault error) (left error, lossy bool) {
	if j.loss && errors.Is(fault, reformcycle.ErrLost) {
		return nil, true
	}
	return fault, false
}
