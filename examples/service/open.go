package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/sqljournal"
)

// home is a journal with what the service has to know of it.
type home struct {
	journal reformcycle.Journal
	// place is where it is, without who opened it and a password.
	place string
	close func() error
}

// open opens the journal that a DSN names.
func open(ctx context.Context, dsn string) (home, error) {
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch {
	case rest == "":
	case scheme == "sqlite":
		return openSQLite(ctx, strings.TrimPrefix(rest, "//"))
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgreSQL(ctx, dsn)
	case scheme == "file":
		return openFiles(strings.TrimPrefix(rest, "//"))
	}
	return home{}, errors.New("the journal has to be sqlite:FILE, postgres://… or file:DIRECTORY")
}

func openFiles(dir string) (home, error) {
	j, err := journal.OpenFile(dir)
	if err != nil {
		return home{}, err
	}
	return home{journal: j, place: "file:" + dir, close: j.Close}, nil
}

func openSQLite(ctx context.Context, file string) (home, error) {
	dsn, err := sqliteDSN(file)
	if err != nil {
		return home{}, err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return home{}, err
	}
	return overDatabase(ctx, db, sqljournal.SQLite(), "sqlite:"+file)
}

// sqliteDSN names a file with what a journal wants of SQLite: readers that do
// not wait for the writer (WAL), a commit that is on the disk when it returns
// (synchronous at full), and writers that wait for one another.
func sqliteDSN(file string) (string, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	path := filepath.ToSlash(absolute)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	wants := url.Values{
		"_pragma": {"busy_timeout(5000)", "journal_mode(wal)", "synchronous(full)"},
		"_txlock": {"immediate"},
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: wants.Encode()}).String(), nil
}

func openPostgreSQL(ctx context.Context, dsn string) (home, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return home{}, err
	}
	place := "postgres:"
	if u, err := url.Parse(dsn); err == nil {
		place += "//" + u.Host + u.Path
	}
	return overDatabase(ctx, db, sqljournal.PostgreSQL(), place)
}

func overDatabase(ctx context.Context, db *sql.DB, d sqljournal.Dialect, place string) (home, error) {
	j, err := sqljournal.Open(ctx, db, d)
	if err != nil {
		return home{}, errors.Join(err, db.Close())
	}
	return home{journal: j, place: place, close: db.Close}, nil
}
