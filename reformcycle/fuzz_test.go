package reformcycle_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// realEntries gives the entries of a full reform, one of each kind and form.
func realEntries(t testing.TB) []reformcycle.Entry {
	c, day := fullReform(t, journal.NewMemory())
	require.NoError(t, refusalOf(c.Apply(background, office(day),
		reformcycle.Waive{Criterion: "learning.data", Authority: "moh", Reason: "Next year"},
		reformcycle.Revisit{To: reformcycle.Launch, Reason: "The counties were not ready"},
		reformcycle.Suspend{Reason: "An epidemic"}, reformcycle.Resume{Reason: "It is over"},
		reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "The money ends"}},
		reformcycle.ReleaseActor{Actor: "press", Reason: "Closed"}, reformcycle.Abandon{Reason: "No mandate"},
	)))
	return entriesOf(t, c)
}

func FuzzParseEntry(f *testing.F) {
	for _, e := range realEntries(f) {
		raw, err := json.Marshal(e)
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Add([]byte(`{"seq":1,"at":"2015-07-01T08:00:00+02:00","recorded":"2015-07-01T08:00:00Z","by":"a","kind":"advance","v":1,"data":null}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := reformcycle.ParseEntry(raw)
		if err != nil {
			require.True(t, isTyped(err), "untyped refusal: %v", err)
			require.Equal(t, reformcycle.Entry{}, e)
			return
		}
		once, err := json.Marshal(e)
		require.NoError(t, err)
		again, err := reformcycle.ParseEntry(once)
		require.NoError(t, err, "what was written can't be read: %s", once)
		twice, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
	})
}

func FuzzDecodeChange(f *testing.F) {
	for _, e := range realEntries(f) {
		f.Add(string(e.Kind), []byte(e.Data))
	}
	f.Add("take-position", []byte(`{"actor":"moh","position":"high-support","power":"high-power","reason":"x"}`))
	f.Add("no-such-kind", []byte(`{}`))
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		c, err := reformcycle.DecodeChange(reformcycle.Kind(kind), raw)
		if err != nil {
			require.True(t, isTyped(err), "untyped refusal: %v", err)
			require.Nil(t, c)
			return
		}
		require.EqualValues(t, kind, c.Kind())
		once, err := json.Marshal(c)
		require.NoError(t, err, "a change that was accepted can't be written")
		again, err := reformcycle.DecodeChange(c.Kind(), once)
		require.NoError(t, err, "what was written can't be read: %s", once)
		twice, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
	})
}

// FuzzOpen reads entries from JSON lines without asking what they hold, so that
// Open meets whatever a broken journal could give it.
func FuzzOpen(f *testing.F) {
	lines := func(entries []reformcycle.Entry) []byte {
		var b bytes.Buffer
		for _, e := range entries {
			raw, err := json.Marshal(e)
			require.NoError(f, err)
			b.Write(append(raw, '\n'))
		}
		return b.Bytes()
	}
	all := realEntries(f)
	for n := 1; n <= len(all); n += 7 {
		f.Add(lines(all[:n]))
	}
	f.Add(lines(all[len(all)-3:]))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var entries listJournal
		for line := range bytes.Lines(raw) {
			var e reformcycle.Entry
			if json.Unmarshal(line, &e) == nil {
				entries = append(entries, e)
			}
		}
		c, err := reformcycle.Open(background, entries, "fuzzed")
		if err != nil {
			require.True(t, isTyped(err), "untyped refusal: %v", err)
			return
		}
		first := bytesOf(t, c.State())
		again, err := reformcycle.Open(background, entries, "fuzzed")
		require.NoError(t, err)
		require.Equal(t, first, bytesOf(t, again.State()))

		// And through JSON once more, as a journal on disk would keep it.
		var kept listJournal
		for _, e := range entriesOf(t, c) {
			raw, err := json.Marshal(e)
			require.NoError(t, err, "an entry that was opened can't be written")
			parsed, err := reformcycle.ParseEntry(raw)
			require.NoError(t, err, "an entry that was opened can't be read: %s", raw)
			kept = append(kept, parsed)
		}
		reopened, err := reformcycle.Open(background, kept, "fuzzed")
		require.NoError(t, err)
		require.Equal(t, first, bytesOf(t, reopened.State()))
		_ = c.Now().Blockers()
		_ = c.Now().NextActions()
		_ = c.State().Scorecard()
	})
}
