package reformcycle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

func exported(t *testing.T, j reformcycle.Journal, id string) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, reformcycle.Export(background, j, id, &out))
	return out.Bytes()
}

func TestAnExportComesBackByteForByte(t *testing.T) {
	from, to := journal.NewMemory(), journal.NewMemory()
	c, _ := fullReform(t, from)
	stream := exported(t, from, c.ID())

	state, err := reformcycle.Import(background, to, bytes.NewReader(stream))
	require.NoError(t, err)
	assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, state))
	assert.Equal(t, string(stream), string(exported(t, to, c.ID())))

	opened, err := reformcycle.Open(background, to, c.ID())
	require.NoError(t, err)
	assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, opened.State()))
}

func TestACycleIsImportedOnce(t *testing.T) {
	j := journal.NewMemory()
	c, _ := fullReform(t, j)
	_, err := reformcycle.Import(background, j, bytes.NewReader(exported(t, j, c.ID())))
	var conflict *reformcycle.ConflictError
	require.ErrorAs(t, err, &conflict)
	assert.Equal(t, c.State().Seq(), conflict.Head)
}

func TestAStreamThatIsNotWholeOrNotRightIsRefusedByLine(t *testing.T) {
	from := journal.NewMemory()
	c, _ := fullReform(t, from)
	lines := strings.SplitAfter(strings.TrimSuffix(string(exported(t, from, c.ID())), "\n"), "\n")
	last := len(lines)
	without := func(line int) string {
		return strings.Join(lines[:line-1], "") + strings.Join(lines[line:], "")
	}
	changed := func(line int, from, to string) string {
		c := append([]string(nil), lines...)
		c[line-1] = strings.Replace(c[line-1], from, to, 1)
		require.NotEqual(t, lines[line-1], c[line-1])
		return strings.Join(c, "")
	}
	advance := 0 // a line with a move
	for i, l := range lines {
		if strings.Contains(l, `"kind":"advance"`) {
			advance = i + 1
			break
		}
	}
	for name, s := range map[string]struct {
		stream string
		line   int
		is     error
	}{
		"nothing":                 {"", 1, reformcycle.ErrCorrupt},
		"no first line":           {without(1), 1, reformcycle.ErrCorrupt},
		"another format":          {changed(1, `"format":1`, `"format":2`), 1, reformcycle.ErrUnknownVersion},
		"a blank id":              {changed(1, `"cycle":"`, `"cycle":" `), 1, reformcycle.ErrInvalid},
		"an entry left out":       {without(7), 7, reformcycle.ErrCorrupt},
		"a move without its due":  {strings.Join(lines[:2], "") + strings.Replace(lines[advance-1], fmt.Sprintf(`"seq":%d`, advance-1), `"seq":2`, 1), 3, reformcycle.ErrBlocked},
		"an entry twice":          {strings.Join(lines[:5], "") + strings.Join(lines[4:], ""), 6, reformcycle.ErrCorrupt},
		"cut at a line":           {strings.Join(lines[:last-1], ""), last, reformcycle.ErrCorrupt},
		"cut in a line":           {strings.Join(lines[:8], "") + lines[8][:20], 9, reformcycle.ErrCorrupt},
		"an unknown kind":         {changed(5, `"kind":"`, `"kind":"un`), 5, reformcycle.ErrUnknownKind},
		"an unknown version":      {changed(5, `"v":1`, `"v":99`), 5, reformcycle.ErrUnknownVersion},
		"an unknown field":        {changed(5, `"seq":`, `"mood":1,"seq":`), 5, reformcycle.ErrCorrupt},
		"more after the end":      {strings.Join(lines, "") + "\n{}", last + 1, reformcycle.ErrCorrupt},
		"an end that miscounts":   {changed(last, `{"end":`, `{"end":1`), last, reformcycle.ErrCorrupt},
		"an end before the begin": {lines[0] + `{"end":0}`, 2, reformcycle.ErrCorrupt},
		"a line without an end":   {lines[0] + `{"seq":` + strings.Repeat(" ", 17<<20), 2, reformcycle.ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			to := journal.NewMemory()
			_, err := reformcycle.Import(background, to, strings.NewReader(s.stream))
			var refused *reformcycle.TransferError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, s.line, refused.Line)
			assert.ErrorIs(t, err, s.is)
			for id := range to.Cycles(background, "") {
				t.Errorf("%q was imported all the same", id)
			}
		})
	}
}

// What two readers could read differently is refused, wherever it stands: in the
// first line, in an entry, in the change that it holds and in a part of that, in the
// last line. The error says where, and is short whatever the stream was.
func TestWhatTwoReadersCouldReadDifferentlyIsRefused(t *testing.T) {
	from := journal.NewMemory()
	c, err := reformcycle.New("TWICE", reformcycle.WithJournal(from))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), reformcycle.EngageActor{Actor: castOf()[0]})))
	good := string(exported(t, from, "TWICE"))
	_, err = reformcycle.Import(background, journal.NewMemory(), strings.NewReader(good))
	require.NoError(t, err)

	long := strings.Repeat("x", 1<<20)
	for name, change := range map[string][2]string{
		"a key in another case, first line":   {`"cycle":`, `"Cycle":`},
		"both cases, first line":              {`{"cycle":"TWICE"`, `{"cycle":"TWICE","CYCLE":"OTHER"`},
		"a key twice, first line":             {`{"cycle":"TWICE"`, `{"cycle":"OTHER","cycle":"TWICE"`},
		"a key in another case, entry":        {`"by":`, `"By":`},
		"both cases, entry":                   {`{"seq":2,`, `{"seq":2,"SEQ":3,`},
		"a key twice, entry":                  {`{"seq":2,`, `{"seq":2,"seq":2,`},
		"a key spelt twice in two ways":       {`{"seq":2,`, `{"seq":2,"s\u0065q":3,`},
		"a key in another case, change":       {`{"actor":{`, `{"ACTOR":{`},
		"both cases, change":                  {`{"actor":{`, `{"Actor":{"id":"other"},"actor":{`},
		"a key twice, change":                 {`{"actor":{`, `{"actor":{"id":"other"},"actor":{`},
		"a key twice, part of a change":       {`{"id":"moh",`, `{"id":"other","id":"moh",`},
		"a key in another case, part":         {`{"id":"moh",`, `{"iD":"moh",`},
		"bytes that are not UTF-8, first":     {`"TWICE"`, "\"TWICE\xff\""},
		"bytes that are not UTF-8, author":    {`"by":"`, "\"by\":\"\xc3\x28"},
		"bytes that are not UTF-8, change":    {`"name":"`, "\"name\":\"\xed\xa0\x80"},
		"half of a surrogate pair":            {`"name":"`, `"name":"\ud83d`},
		"null for what must be there":         {`{"seq":2,`, `{"seq":null,`},
		"a key twice, last line":              {`{"end":2`, `{"end":2,"end":2`},
		"a long key":                          {`{"seq":2,`, `{"seq":2,"` + long + `":1,`},
		"a long kind":                         {`"kind":"engage`, `"kind":"` + long},
		"a long author with a control in it":  {`"by":"`, `"by":"\u0001` + long},
		"a long id":                           {`"TWICE"`, `"` + long + `"`},
		"a long text in a change":             {`"name":"`, `"name":"` + long},
		"a text that is all escapes":          {`"name":"`, `"name":"` + strings.Repeat(`\u0000`, 1<<17)},
		"a thousand unknown keys, each twice": {`{"seq":2,`, `{"seq":2,` + strings.Repeat(`"a":1,"b":2,`, 1000)},
	} {
		t.Run(name, func(t *testing.T) {
			stream := strings.Replace(good, change[0], change[1], 1)
			require.NotEqual(t, good, stream)
			to := journal.NewMemory()
			_, err := reformcycle.Import(background, to, strings.NewReader(stream))
			var refused *reformcycle.TransferError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, 1+strings.Count(good[:strings.Index(good, change[0])], "\n"), refused.Line)
			assert.LessOrEqual(t, len(err.Error()), fault.MaxMessage)
			text, failed := json.Marshal(refused)
			require.NoError(t, failed)
			assert.LessOrEqual(t, len(text), fault.MaxMessage)
			for id := range to.Cycles(background, "") {
				t.Errorf("%q was imported all the same", id)
			}
		})
	}
}

func TestATransferNeedsBothItsEnds(t *testing.T) {
	j := journal.NewMemory()
	c, _ := fullReform(t, j)
	var none *journal.Memory
	stream := exported(t, j, c.ID())

	assert.ErrorIs(t, reformcycle.Export(background, j, "NOBODY", &bytes.Buffer{}), reformcycle.ErrNotFound)
	assert.ErrorIs(t, reformcycle.Export(background, none, c.ID(), &bytes.Buffer{}), reformcycle.ErrInvalid)
	assert.ErrorIs(t, reformcycle.Export(background, j, c.ID(), nil), reformcycle.ErrInvalid)
	var noContext context.Context
	assert.ErrorIs(t, reformcycle.Export(noContext, j, c.ID(), &bytes.Buffer{}), reformcycle.ErrInvalid)
	_, err := reformcycle.Import(background, none, bytes.NewReader(stream))
	assert.ErrorIs(t, err, reformcycle.ErrInvalid)
	_, err = reformcycle.Import(background, journal.NewMemory(), nil)
	assert.ErrorIs(t, err, reformcycle.ErrInvalid)
	cancelled, cancel := context.WithCancel(background)
	cancel()
	_, err = reformcycle.Import(cancelled, journal.NewMemory(), bytes.NewReader(stream))
	assert.ErrorIs(t, err, context.Canceled)

	torn := errors.New("the network is gone")
	_, err = reformcycle.Import(background, journal.NewMemory(), iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(stream))))
	assert.ErrorIs(t, err, iotest.ErrTimeout)
	assert.ErrorIs(t, reformcycle.Export(background, j, c.ID(), failing{torn}), torn)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// Two writers of one cycle, as two services would be.
func TestAConflictIsHandedUpOrTriedAgain(t *testing.T) {
	j := journal.NewMemory()
	first, err := reformcycle.New("SHARED", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, refusalOf(first.Apply(background, office(0), rate("problem.needs", assessment.Functional))))

	second, err := reformcycle.Open(background, j, "SHARED")
	require.NoError(t, err)
	retrying, err := reformcycle.Open(background, j, "SHARED", reformcycle.WithRetries(1))
	require.NoError(t, err)
	require.NoError(t, refusalOf(first.Apply(background, office(1), rate("problem.vision", assessment.Functional))))

	// Without retries the conflict comes up, and a reload mends it.
	before := bytesOf(t, second.State())
	_, err = second.Apply(background, office(2), rate("problem.acknowledged", assessment.Functional))
	var conflict *reformcycle.ConflictError
	require.ErrorAs(t, err, &conflict)
	assert.EqualValues(t, 2, conflict.After)
	assert.EqualValues(t, 3, conflict.Head)
	assert.Equal(t, before, bytesOf(t, second.State()))
	require.NoError(t, second.Reload(background))
	assert.Equal(t, bytesOf(t, first.State()), bytesOf(t, second.State()))

	// With retries it is loaded and tried again, against what is there now.
	require.NoError(t, refusalOf(retrying.Apply(background, office(2), rate("problem.acknowledged", assessment.Functional))))
	assert.EqualValues(t, 4, retrying.State().Seq())
	_, rated := retrying.State().Rating("problem.vision")
	assert.True(t, rated)

	// A batch that no longer holds is refused for what came before it.
	require.NoError(t, second.Reload(background))
	require.NoError(t, refusalOf(second.Apply(background, office(3), reformcycle.Abandon{Reason: "The mandate is gone."})))
	_, err = retrying.Apply(background, office(4), rate("problem.needs", assessment.NonFunctional))
	assert.ErrorIs(t, err, reformcycle.ErrAbandoned)
}

func TestRetriesAreBounded(t *testing.T) {
	j := &contested{Memory: journal.NewMemory()}
	begun, err := reformcycle.New("SHARED", reformcycle.WithJournal(j.Memory))
	require.NoError(t, err)
	require.NoError(t, refusalOf(begun.Apply(background, office(0), rate("problem.needs", assessment.Functional))))
	c, err := reformcycle.Open(background, j, "SHARED", reformcycle.WithRetries(3))
	require.NoError(t, err)
	_, err = c.Apply(background, office(0), rate("problem.needs", assessment.Functional))
	assert.ErrorIs(t, err, reformcycle.ErrConflict)
	assert.Equal(t, 4, j.tries, "once, and three times again")
	_, err = reformcycle.New("SHARED", reformcycle.WithRetries(-1))
	assert.ErrorIs(t, err, reformcycle.ErrInvalid)
}

// Two reforms of one id are not mixed: a cycle that has not begun gives way,
// however many retries it has.
func TestANewCycleDoesNotJoinAnother(t *testing.T) {
	j := journal.NewMemory()
	first, err := reformcycle.New("SAME", reformcycle.WithJournal(j), reformcycle.WithTitle("The first"))
	require.NoError(t, err)
	require.NoError(t, refusalOf(first.Apply(background, office(0), rate("problem.needs", assessment.Functional))))
	second, err := reformcycle.New("SAME", reformcycle.WithJournal(j), reformcycle.WithTitle("The second"), reformcycle.WithRetries(5))
	require.NoError(t, err)
	_, err = second.Apply(background, office(0), rate("problem.vision", assessment.Functional))
	require.ErrorIs(t, err, reformcycle.ErrConflict)
	assert.Equal(t, bytesOf(t, first.State()), bytesOf(t, func() reformcycle.State {
		c, err := reformcycle.Open(background, j, "SAME")
		require.NoError(t, err)
		return c.State()
	}()))
}

// contested is a journal where somebody else is always faster.
type contested struct {
	*journal.Memory
	tries int
}

func (c *contested) Append(_ context.Context, b reformcycle.Batch) error {
	c.tries++
	return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: b.After + 1}
}
