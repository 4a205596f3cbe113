// Package sqljournal keeps the journals of any number of cycles in an SQL
// database, over database/sql. It brings dialects and no driver: the host opens
// the database with the driver of its choice and hands it in.
//
//	db, err := sql.Open("pgx", dsn)
//	j, err := sqljournal.Open(ctx, db, sqljournal.PostgreSQL())
//	cycle, err := reformcycle.New("LBR-NCHAP", reformcycle.WithJournal(j))
//
// # What it promises
//
// A batch is one transaction. Append returns nil once the database has
// committed it, so that an acknowledged batch is as safe as a commit is: with
// PostgreSQL's fsync and synchronous_commit on, and SQLite's synchronous at
// full, as both are unless somebody changes them, it survives the end of the
// process, of the server and of the power.
//
// The sequence number is the guard against two writers. The first statement of
// the transaction moves the cycle's row from the number that the writer thinks
// the last to the new one; where that row is somewhere else nothing happens and
// the writer gets a reformcycle.ConflictError with the head that it must reload.
// That holds at every isolation level that these databases have.
//
// Where the connection breaks during the commit, nobody can tell whether it took
// place. Append says so with ErrUncertain. Nothing is lost and nothing is half
// done: reload the cycle and see.
//
// # What is kept can be checked
//
// Each row of an entry carries a checksum of its values, and that of the row
// before it. The row of a cycle carries one of its own values, and that of its last
// entry. Load and Index check what they read; Append has the database compare
// the two checksums of the last entry in the statement that guards it, and puts
// nothing over an entry that is gone. A row that is not as it was written, is
// missing, has changed its place or belongs to another cycle is a [DamageError]
// that names the table, the cycle and the entry, with all that is before it still
// there to be read. Where the last entries of a cycle are gone and its row
// remembers them, that is a [reformcycle.LostError]; [WithLoss] goes on without
// them. Cycles lists what has a row.
//
// # Five tables
//
//	chsreform_schema     the version of the tables
//	chsreform_cycles     a row a cycle: its head, and where it stands
//	chsreform_entries    a row an entry, its data as the bytes that came
//	chsreform_snapshots  a row a cycle that has a snapshot
//	chsreform_feed       a row with the epoch of the feed
//
// Open makes them and brings those of an earlier version up to date, in one
// transaction; several processes may do so at once. It refuses tables of a version
// that it does not know with a [SchemaError].
//
// Ids, texts and moments sort by their bytes, whatever the database's locale.
// Moments are text in UTC with nanoseconds, such as
// 2016-07-01T00:00:00.000000000Z: they come back exactly and sort as they are.
//
// # The index
//
// The row of a cycle is kept in the transaction of its entries and says where the
// cycle stands after them, as a [reformcycle.IndexRow]. [Journal.Index] asks those
// rows and reads no entries; package portfolio asks it.
//
// # The feed
//
// [Journal.Feed] has the entries of all cycles, see [reformcycle.Feed]. Each has the
// number of its place: with SQLite the next one, with PostgreSQL that of its
// transaction. A transaction that appends and has not ended holds back what came after
// it; no other does.
//
// # Connections
//
// Load, Cycles, Index and Feed hold no connection while the caller works. SQLite
// has one writer at a time: give its driver a busy timeout. Whatever finds the
// database busy all the same is tried again for some seconds, then refused with
// [ErrBusy]. One connection is enough.
package sqljournal
