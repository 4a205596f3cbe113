package sqljournal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// fake is a database that does what a test says: it shows what a journal makes
// of answers that no real database gives on demand.
type fake struct {
	// exec answers statements with the number of rows, query with rows.
	exec   func(statement string) (int64, error)
	query  func(statement string) ([][]driver.Value, error)
	commit func() error
	// log has all that was asked of it.
	log []string
}

func (f *fake) open(t *testing.T) *sql.DB {
	db := sql.OpenDB(f)
	t.Cleanup(func() { db.Close() })
	return db
}

// journal makes a journal over the fake, whose tables count as made.
func (f *fake) journal(t *testing.T, d Dialect) *Journal {
	t.Helper()
	asked := f.query
	f.query = func(string) ([][]driver.Value, error) { return [][]driver.Value{{int64(versions.known())}}, nil }
	j, err := Open(context.Background(), f.open(t), d)
	if err != nil {
		t.Fatal(err)
	}
	f.query, f.log = asked, nil
	return j
}

func (f *fake) count(word string) (n int) {
	for _, line := range f.log {
		if strings.HasPrefix(line, word) {
			n++
		}
	}
	return n
}

func (f *fake) Connect(context.Context) (driver.Conn, error) { return fakeConn{f}, nil }
func (f *fake) Driver() driver.Driver                        { return nil }

type fakeConn struct{ f *fake }

func (c fakeConn) Prepare(statement string) (driver.Stmt, error) { return fakeStmt{c, statement}, nil }
func (c fakeConn) Close() error                                  { return nil }

func (c fakeConn) Begin() (driver.Tx, error) {
	c.f.log = append(c.f.log, "begin")
	return c, nil
}

func (c fakeConn) Commit() error {
	c.f.log = append(c.f.log, "commit")
	if c.f.commit == nil {
		return nil
	}
	return c.f.commit()
}

func (c fakeConn) Rollback() error {
	c.f.log = append(c.f.log, "rollback")
	return nil
}

func (c fakeConn) ExecContext(_ context.Context, statement string, _ []driver.NamedValue) (driver.Result, error) {
	c.f.log = append(c.f.log, statement)
	if c.f.exec == nil {
		return driver.RowsAffected(1), nil
	}
	n, err := c.f.exec(statement)
	return driver.RowsAffected(n), err
}

func (c fakeConn) QueryContext(ctx context.Context, statement string, _ []driver.NamedValue) (driver.Rows, error) {
	if !strings.HasPrefix(statement, "select") { // it changes rows and returns something of each
		n, err := c.ExecContext(ctx, statement, nil)
		if err != nil {
			return nil, err
		}
		changed, err := n.RowsAffected()
		return &fakeRows{columns: make([]string, 1), left: slices.Repeat([][]driver.Value{{nil}}, int(changed))}, err
	}
	c.f.log = append(c.f.log, statement)
	rows, err := c.f.query(statement)
	r := &fakeRows{left: rows}
	if len(rows) > 0 {
		r.columns = make([]string, len(rows[0]))
	}
	return r, err
}

// fakeStmt is a statement that was prepared.
type fakeStmt struct {
	c    fakeConn
	text string
}

func (s fakeStmt) Close() error                              { return nil }
func (s fakeStmt) NumInput() int                             { return -1 }
func (s fakeStmt) Query([]driver.Value) (driver.Rows, error) { return nil, errors.New("not asked for") }
func (s fakeStmt) Exec([]driver.Value) (driver.Result, error) {
	return s.c.ExecContext(context.Background(), s.text, nil)
}

type fakeRows struct {
	columns []string
	left    [][]driver.Value
}

func (r *fakeRows) Close() error { return nil }

func (r *fakeRows) Columns() []string { return r.columns }

func (r *fakeRows) Next(into []driver.Value) error {
	if len(r.left) == 0 {
		return io.EOF
	}
	if err, failed := r.left[0][0].(error); failed {
		return err
	}
	copy(into, r.left[0])
	r.left = r.left[1:]
	return nil
}

// sqlState and sqliteCode are errors as PostgreSQL's and SQLite's drivers have
// them.
type sqlState string

func (s sqlState) Error() string    { return "SQLSTATE " + string(s) }
func (s sqlState) SQLState() string { return string(s) }

type sqliteCode int

func (c sqliteCode) Error() string { return "database is locked" }
func (c sqliteCode) Code() int     { return int(c) }
