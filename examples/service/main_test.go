//go:build unix

package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/sqljournal"
)

// How much the tests that take chances do; how the chances fall is in the seed.
var (
	crashRounds = flag.Int("crash.rounds", 50, "how often each crash test kills")
	seed        = flag.Uint64("seed", 1, "the seed of the tests' random choices")
	flipStep    = flag.Int("flip.step", 23, "how many bytes of a file lie between two that are spoilt")
	contendFor  = flag.Duration("contend.for", time.Second, "how long processes contend in each test")
)

// TestMain makes the test binary two things: the tests, and the child processes
// that they start and kill.
func TestMain(m *testing.M) {
	if work := os.Getenv(childWork); work != "" {
		os.Exit(child(work))
	}
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stopping PostgreSQL:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// each runs a test for both databases; dsn names an empty one.
func each(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, sqliteFile(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, postgresSchema(t)) })
}

// sqliteFile is for a test of what no kill has a part in: in memory where the
// system has such a place, for an fsync costs nothing there.
func sqliteFile(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "chsreform-")
	if err != nil {
		return sqliteOnDisk(t)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return sqliteIn(dir)
}

func sqliteOnDisk(t testing.TB) string { return sqliteIn(t.TempDir()) }

func sqliteIn(dir string) string { return "sqlite:" + filepath.Join(dir, "a journal?#%.db") }

func opened(t testing.TB, dsn string) *sqljournal.Journal {
	t.Helper()
	h, err := open(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.close()) })
	return h.journal.(*sqljournal.Journal)
}

// address is the one that the service tells.
var address = regexp.MustCompile(`http://\S+/`)

// served starts the service and gives its address, and what ends it.
func served(t testing.TB, args ...string) (string, func() error) {
	t.Helper()
	if !slices.Contains(args, "-journal") {
		args = append(args, "-journal", "sqlite:"+filepath.Join(t.TempDir(), "reforms.db"))
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, w, append([]string{"-address", "localhost:0"}, args...))
		w.CloseWithError(io.EOF)
		ended <- err
	}()
	var once sync.Once
	var failed error
	end := func() error {
		once.Do(func() { cancel(); failed = <-ended })
		return failed
	}
	t.Cleanup(func() { _ = end() })
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if at := address.FindString(lines.Text()); at != "" {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return at, end
		}
	}
	require.NoError(t, end(), "the service did not start")
	t.Fatal("no address was told")
	return "", nil
}

func fetch(t testing.TB, at string) string {
	t.Helper()
	answer, err := http.Get(at)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, 200, answer.StatusCode, at)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(body)
}

// The service opens the page of the example countries and counties over each journal, and
// ends when it is told to. A second start finds the countries there.
func TestTheServiceOpensThePageAndLoadsOnce(t *testing.T) {
	opens := func(t *testing.T, dsn string) {
		var first, second int
		for _, entries := range []*int{&first, &second} {
			at, end := served(t, "-journal", dsn)
			require.Contains(t, fetch(t, at), "Isiolo")
			require.Contains(t, fetch(t, at+"c/UGA-CHEW"), "Community Health Extension Workers")
			require.Contains(t, fetch(t, at+"c/KEN"), "47")
			require.NoError(t, end())
			h, err := open(t.Context(), dsn)
			require.NoError(t, err)
			for id, err := range h.journal.Cycles(t.Context(), "") {
				require.NoError(t, err)
				for _, err := range h.journal.Load(t.Context(), id, 0) {
					require.NoError(t, err)
					*entries++
				}
			}
			require.NoError(t, h.close())
		}
		require.Equal(t, first, second)
	}
	each(t, opens)
	t.Run("files", func(t *testing.T) { opens(t, "file:"+filepath.Join(t.TempDir(), "journal")) })
}

// The page speaks the language that was asked for first, and whoever may only look is
// offered nothing else.
func TestTheServiceSpeaksALanguageAndIsReadOnly(t *testing.T) {
	at, end := served(t, "-language", "fr", "-read-only")
	body := fetch(t, at+"c/UGA-CHEW")
	require.Contains(t, body, `lang="fr"`)
	require.NotContains(t, body, "/record/")
	answer, err := http.Post(at+"c/UGA-CHEW/record/resume", "application/x-www-form-urlencoded", strings.NewReader("do=record&after=1&d.reason=x"))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusForbidden, answer.StatusCode)
	require.NoError(t, end())
}

// What cycles tell their observer is counted: changes by kind, refusals by code.
func TestTheServiceCountsRefusalsByTheirCode(t *testing.T) {
	file := filepath.Join(t.TempDir(), "telemetry.json")
	at, end := served(t, "-telemetry", file)
	for _, reason := range []string{"The cabinet has agreed", ""} {
		answer, err := http.PostForm(at+"c/UGA-CHEW/record/resume", url.Values{"do": {"record"}, "after": {"0"}, "d.reason": {reason}})
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
	}
	require.NoError(t, end())
	told, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(told), `"chsreform.refusals"`)
	require.Contains(t, string(told), `"conflict"`, "the form rested on an entry of long ago")
	require.NotContains(t, string(told), "UGA-CHEW")
}

func TestThePortfolioOfTheIndexIsThatOfTheStates(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		j := opened(t, dsn)
		require.NoError(t, load(t.Context(), j, nil))
		indexed, err := standing(t.Context(), j)
		require.NoError(t, err)
		folded, err := standing(t.Context(), plain{j})
		require.NoError(t, err)
		require.Equal(t, folded, indexed)
	})
}

// plain hides what a journal can do beside the three methods.
type plain struct{ reformcycle.Journal }

func TestTheServiceRefusesWhatIsNoJournal(t *testing.T) {
	for _, dsn := range []string{"reforms.db", "sqlite:", "mysql://host/reforms", "file:"} {
		_, err := open(context.Background(), dsn)
		require.ErrorContains(t, err, "sqlite:FILE", "%q", dsn)
	}
}

func TestTheServiceDoesNotShowPasswords(t *testing.T) {
	dsn := postgresSchema(t)
	h, err := open(t.Context(), strings.Replace(dsn, "chsreform@", "chsreform:secret@", 1))
	require.NoError(t, err)
	defer h.close()
	require.NotContains(t, h.place, "secret")
}
