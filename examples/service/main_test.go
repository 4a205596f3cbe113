//go:build unix

package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
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

func TestTheServicePrintsThePortfolioAndLoadsOnce(t *testing.T) {
	prints := func(t *testing.T, dsn string) {
		var first, second bytes.Buffer
		require.NoError(t, run(t.Context(), &first, []string{"-journal", dsn}))
		require.NoError(t, run(t.Context(), &second, []string{"-journal", dsn}))
		require.Equal(t, first.String(), second.String())
		require.Regexp(t, `(?m)^Liberia +\S.* +2 +active +\d+ +March 2023$`, first.String())
		for _, country := range []string{"Bangladesh", "Uganda", "The journal is in"} {
			require.Contains(t, first.String(), country)
		}
	}
	each(t, prints)
	t.Run("files", func(t *testing.T) { prints(t, "file:"+filepath.Join(t.TempDir(), "journal")) })
}

// What nobody typed is told in the language that was asked for.
func TestThePortfolioIsToldInOneLanguage(t *testing.T) {
	for tag, head := range map[string]string{"fr": "Pays", "pt-MZ": "País", "es": "País"} {
		var page bytes.Buffer
		require.NoError(t, run(t.Context(), &page, []string{"-language", tag, "-journal", "file:" + filepath.Join(t.TempDir(), "journal")}))
		require.Contains(t, page.String(), head)
	}
	rows := []portfolio.Row{
		{Cycle: "a-cycle", Country: "Liberia", Stage: reformcycle.Launch, Lap: 2, Status: reformcycle.Suspended, Moved: date.Of(base)},
		{Cycle: "without-a-state"},
	}
	var page bytes.Buffer
	require.NoError(t, table(&page, languagetest.Accented(nil), rows))
	require.Empty(t, languagetest.Leaks(page.String(), "Liberia", "without-a-state"))
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
