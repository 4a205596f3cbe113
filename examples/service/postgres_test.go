//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// postgresDSN names the variable with the URL of a server for the tests.
const postgresDSN = "CHSREFORM_POSTGRES_DSN"

// shared is the server of all tests that kill none.
var shared lazyServer

type lazyServer struct {
	once   sync.Once
	server *server
	dsn    string
	err    error
}

func (l *lazyServer) start() (string, error) {
	l.once.Do(func() {
		if l.dsn = os.Getenv(postgresDSN); l.dsn == "" {
			if l.server, l.err = newServer(); l.err == nil {
				l.dsn = l.server.dsn
			}
		}
	})
	return l.dsn, l.err
}

func (l *lazyServer) stop() error {
	if l.server == nil {
		return nil
	}
	return l.server.remove()
}

// errNoPostgres: there is no server and nothing to make one of.
var errNoPostgres = fmt.Errorf("PostgreSQL is not there: set %s to the URL of a server, or install its server programs (postgres, initdb)", postgresDSN)

// skippable skips a test where there is no PostgreSQL, but for CI.
func skippable(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errNoPostgres) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	require.NoError(t, err)
}

// postgresSchema gives the DSN of an empty schema of its own in the shared server.
func postgresSchema(t testing.TB) string {
	t.Helper()
	dsn, err := shared.start()
	skippable(t, err)
	schema := "chsreform_" + strings.ToLower(rand.Text())
	do := func(statement string) {
		db, err := sql.Open("pgx", dsn)
		require.NoError(t, err)
		defer db.Close()
		_, err = db.ExecContext(context.Background(), statement)
		require.NoError(t, err)
	}
	do("create schema " + schema)
	t.Cleanup(func() { do("drop schema " + schema + " cascade") })
	return withParameter(t, dsn, "search_path", schema)
}

func withParameter(t testing.TB, dsn, name, value string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// server is a private PostgreSQL in a temporary directory, on a free port of the
// loopback interface.
type server struct {
	bin, dir, dsn string
	port          int
	as            *syscall.SysProcAttr

	process *exec.Cmd
	gone    chan struct{} // closed when the process has ended
}

// newServer makes a server and starts it.
func newServer() (_ *server, err error) {
	bin, err := postgresBinaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "chsreform-postgres-")
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin, dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.remove())
		}
	}()
	if s.as, err = servant(dir); err != nil {
		return nil, err
	}
	// A locale that does not sort by bytes, where the server has one: the journal
	// must do so all the same.
	for _, locale := range [][]string{{"--locale-provider=icu", "--icu-locale=en"}, {}} {
		args := append([]string{"-D", s.data(), "-U", "chsreform", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"}, locale...)
		out, failed := s.command("initdb", args...).CombinedOutput()
		if err = nil; failed == nil {
			break
		}
		err = fmt.Errorf("initdb: %w\n%s", failed, out)
	}
	if err != nil {
		return nil, err
	}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	s.dsn = fmt.Sprintf("postgres://chsreform@127.0.0.1:%d/postgres?sslmode=disable&connect_timeout=5", s.port)
	return s, s.start()
}

// postgresBinaries finds the directory of the server's programs: on the PATH, or
// where Debian keeps them, the newest first.
func postgresBinaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		dir := filepath.Dir(path)
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is good
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	for _, path := range found {
		dir := filepath.Dir(path)
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", errNoPostgres
}

// servant says as whom the server runs: PostgreSQL refuses to run as root.
func servant(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	var errs []error
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil {
			return nil, err
		}
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return nil, errors.Join(errs...)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }
func (s *server) log() string  { return filepath.Join(s.dir, "log") }

func (s *server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	cmd.SysProcAttr = s.as
	return cmd
}

// start starts the server and waits until it answers. After a kill the shared
// memory of the dead may keep it from starting for a moment.
func (s *server) start() error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		if err := s.launch(); err != nil {
			return err
		}
		err := s.answers(deadline)
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

func (s *server) launch() error {
	s.process = s.command("postgres", "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on",
		"-c", "max_connections=120", "-c", "shared_buffers=32MB")
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		return err
	}
	s.gone = make(chan struct{})
	go func(p *exec.Cmd, gone chan struct{}) {
		_ = p.Wait() // killed, as a rule
		close(gone)
	}(s.process, s.gone)
	return nil
}

func (s *server) answers(deadline time.Time) error {
	db, err := sql.Open("pgx", s.dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		err := db.Ping()
		if err == nil {
			return nil
		}
		select {
		case <-s.gone:
			text, _ := os.ReadFile(s.log())
			return fmt.Errorf("postgres ended: %w\n%s", err, text[max(0, len(text)-2000):])
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// kill ends the server and each of its processes with SIGKILL, as a power cut
// would. The backends lead sessions of their own, so that no process group has
// them all: they are found by their parent.
func (s *server) kill() error {
	pid := s.process.Process.Pid
	// Stopped, the postmaster can't start anything while its children are counted.
	err := syscall.Kill(pid, syscall.SIGSTOP)
	children, e := childrenOf(pid)
	err = errors.Join(err, e, syscall.Kill(pid, syscall.SIGKILL))
	for _, child := range children {
		if e := syscall.Kill(child, syscall.SIGKILL); e != nil && !errors.Is(e, syscall.ESRCH) {
			err = errors.Join(err, e)
		}
	}
	<-s.gone
	return err
}

func childrenOf(pid int) (children []int, err error) {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		return nil, fmt.Errorf("ps: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		var child, parent int
		if _, err := fmt.Sscan(line, &child, &parent); err != nil {
			return nil, fmt.Errorf("ps: %w", err)
		}
		if parent == pid {
			children = append(children, child)
		}
	}
	return children, nil
}

// remove stops the server, if it runs, and takes its directory away.
func (s *server) remove() error {
	if s.gone != nil {
		_ = s.process.Process.Signal(syscall.SIGINT) // a fast shutdown; it may be gone
		select {
		case <-s.gone:
		case <-time.After(20 * time.Second):
			_ = s.kill() // what is left of it dies with its directory
		}
	}
	return os.RemoveAll(s.dir)
}
