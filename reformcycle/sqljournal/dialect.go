package sqljournal

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Dialect is the SQL that a database speaks. Take one of SQLite and PostgreSQL;
// the zero value is refused.
type Dialect struct {
	name string
	// numbered: the parameters are $1, $2 and so on instead of question marks.
	numbered bool
	// rows is how many rows an insert takes at most. Where the way to the database is
	// long, few statements are what counts. Where there is none, reading their text
	// is what they cost, and the two of an append are kept prepared.
	rows int
	// schema puts the dialect's types into the text of a migration, and other words
	// where they differ.
	schema *strings.Replacer
}

// SQLite is the dialect of SQLite 3.35 and later.
func SQLite() Dialect {
	return Dialect{name: "SQLite", rows: 1, schema: strings.NewReplacer(
		"{text}", "text", // SQLite compares bytes unless it is told otherwise
		"{blob}", "blob",
		"{int}", "integer",
		// The entries of a cycle lie side by side, in the order they are read in.
		"{clustered}", " without rowid",
		"{roomy}", "",
		"{random}", "abs(random() / 2) + 1",
		"{fed}", "(select coalesce(max(fed), 0) + 1 from chsreform_entries)",
	)}
}

// PostgreSQL is the dialect of PostgreSQL 12 and later, and of databases that
// speak as it does, and know of transactions and locks what it knows (txid_current,
// pg_locks).
func PostgreSQL() Dialect {
	return Dialect{name: "PostgreSQL", numbered: true, rows: 256, schema: strings.NewReplacer(
		"{text}", `text collate "C"`, // bytes, whatever the database's locale
		"{blob}", "bytea",
		"{int}", "bigint",
		"{clustered}", "",
		// Most batches change no indexed column; with room on the page the new
		// version of a row then needs no new index entries.
		"{roomy}", " with (fillfactor = 70)",
		"{random}", "floor(random() * 9007199254740991)::bigint + 1",
		"{fed}", "1099511627776 + txid_current()",
	)}
}

// String gives the dialect's name.
func (d Dialect) String() string {
	if d.name == "" {
		return "no dialect"
	}
	return d.name
}

// text gives a statement, written with question marks, in the dialect's form.
func (d Dialect) text(statement string) string {
	if !d.numbered {
		return statement
	}
	var b strings.Builder
	b.Grow(len(statement) + 64)
	for n := 1; ; n++ {
		before, after, found := strings.Cut(statement, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		statement = after
	}
}

// statement is one that changes rows in a transaction.
type statement struct {
	text string
	kept *sql.Stmt // nil where the driver sees to that
}

// statement makes a statement, outside of any transaction.
func (d Dialect) statement(ctx context.Context, db *sql.DB, text string) (s statement, err error) {
	s.text = d.text(text)
	if d.rows == 1 {
		err = patiently(ctx, func() (err error) {
			s.kept, err = db.PrepareContext(ctx, s.text)
			return err
		}, passes)
	}
	return s, err
}

func (s statement) exec(ctx context.Context, tx *sql.Tx, args ...any) (sql.Result, error) {
	if s.kept != nil {
		return tx.StmtContext(ctx, s.kept).ExecContext(ctx, args...)
	}
	return tx.ExecContext(ctx, s.text, args...)
}
