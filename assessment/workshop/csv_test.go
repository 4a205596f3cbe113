package workshop_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	. "github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func readText(t testing.TB, text string) (*Sheet, error) {
	t.Helper()
	return ReadCSV(strings.NewReader(text), components(t), may)
}

// The same sheet, the way various programs and people write it.
func TestTheHabitsOfSpreadsheetsAreTaken(t *testing.T) {
	want, err := NewSheet(components(t), may, []Row{
		{Item: "training", Assessor: "Ama", Level: 3, Note: "All, or nearly all; trained."},
		{Item: "supervision", Assessor: "Ama"},
		{Item: "supervision", Assessor: "Binta", Level: 2},
	})
	require.NoError(t, err)
	for name, text := range map[string]string{
		"plain":               "item,assessor,level,note\ntraining,Ama,3,\"All, or nearly all; trained.\"\nsupervision,Ama,,\nsupervision,Binta,2,\n",
		"no end of line":      "item,assessor,level,note\ntraining,Ama,3,\"All, or nearly all; trained.\"\nsupervision,Ama,,\nsupervision,Binta,2,",
		"short rows":          "item,assessor,level,note\ntraining,Ama,3,\"All, or nearly all; trained.\"\nsupervision,Ama,\nsupervision,Binta,2",
		"mark and CRLF":       "\uFEFFitem,assessor,level,note\r\ntraining,Ama,3,\"All, or nearly all; trained.\"\r\nsupervision,Ama,,\r\nsupervision,Binta,2,\r\n",
		"old ends of lines":   "item,assessor,level,note\rtraining,Ama,3,\"All, or nearly all; trained.\"\rsupervision,Ama,,\rsupervision,Binta,2,\r",
		"semicolons":          "item;assessor;level;note\ntraining;Ama;3,0;\"All, or nearly all; trained.\"\nsupervision;Ama;;\nsupervision;Binta;2,00;\n",
		"tabs":                "item\tassessor\tlevel\tnote\ntraining\tAma\t3.0\tAll, or nearly all; trained.\nsupervision\tAma\t\t\nsupervision\tBinta\t2\t\n",
		"sep":                 "sep=;\nitem;assessor;level;note\ntraining;Ama;3;\"All, or nearly all; trained.\"\nsupervision;Ama;;\nsupervision;Binta;2;\n",
		"sep of tabs":         "sep=\t\r\nitem\tassessor\tlevel\tnote\ntraining\tAma\t3\tAll, or nearly all; trained.\nsupervision\tAma\t\t\nsupervision\tBinta\t2\t\n",
		"header in any order": "NOTE, Level ,\u00a0Assessor,Item\n\"All, or nearly all; trained.\",3,Ama,training\n,,Ama,supervision\n,2,Binta,supervision\n",
		"space of all kinds":  "item,assessor,level,note\n training\u00a0, Ama ,\u00a03 , \"All, or nearly all; trained.\" \nsupervision,Ama,\u00a0, \nsupervision,Binta\u200b,2,\n",
		"blank lines":         "\n ,,\n\nitem,assessor,level,note\n\n,,,\ntraining,Ama,3,\"All, or nearly all; trained.\"\n\nsupervision,Ama,,\n;\nsupervision,Binta,2,\n\n",
		"empty columns":       "item,assessor,level,note,,\ntraining,Ama,3,\"All, or nearly all; trained.\",,\nsupervision,Ama,,,,\nsupervision,Binta,2,,,\n",
		"all quoted":          "\"item\",\"assessor\",\"level\",\"note\"\n\"training\",\"Ama\",\"3,0\",\"All, or nearly all; trained.\"\n\"supervision\",\"Ama\",\"\",\"\"\n\"supervision\",\"Binta\",\"2\",\"\"\n",
		"text forms":          "item,assessor,level,note\nTraining,Ama,Functional,\"All, or nearly all; trained.\"\nSUPERVISION,Ama,Unknown,\nSupervision,Binta,Partially functional,\n",
		"all columns":         "item,assessor,level,note,source,basis,on\ntraining,Ama,3,\"All, or nearly all; trained.\",,,\nsupervision,Ama,,,,,\nsupervision,Binta,2,,,,\n",
		"in reverse":          "item,assessor,level,note\nsupervision,Binta,2,\nsupervision,Ama,,\ntraining,Ama,3,\"All, or nearly all; trained.\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			text = strings.Replace(text, "\n;\n", "\n \n", 1)
			got, err := readText(t, text)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			slow, err := ReadCSV(iotest.OneByteReader(strings.NewReader(text)), components(t), may)
			require.NoError(t, err)
			assert.Equal(t, want, slow)
		})
	}
}

func TestQuotesAndDatesAreRead(t *testing.T) {
	s, err := readText(t, "item,assessor,level,note,on,basis,source\n"+
		"training,Ama,4,\"He said \"\"yes\"\".\r\nTwice.\",2026-05-03,Illustrative,5\" register\n"+
		"training,Binta,4,\"\",2026-05-03T00:30:00+02:00,documented,\"12\"\n"+
		"training,Chipo,3,,2026-05,,\ntraining,Dalia,3,,2026,,\n")
	require.NoError(t, err)
	assert.Equal(t, []Row{
		{Item: "training", Assessor: "Ama", Level: 4, Note: "He said \"yes\".\nTwice.", Source: `5" register`, Basis: "illustrative", On: date.MustParse("2026-05-03")},
		{Item: "training", Assessor: "Binta", Level: 4, Source: "12", Basis: "documented", On: date.MustParse("2026-05-03")}, // where it was written, whatever it was in Greenwich
		{Item: "training", Assessor: "Chipo", Level: 3, On: date.MustParse("2026-05")},
		{Item: "training", Assessor: "Dalia", Level: 3, On: date.MustParse("2026")},
	}, s.Rows())
}

func TestWhatIsMeantIsNeverGuessed(t *testing.T) {
	const head = "item,assessor,level,note\n"
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"empty":                      {"", []string{"csv:1: required", "csv:1: required", "csv:1: required"}},
		"blank lines alone":          {"\n,,\n \n", []string{"csv:4: required", "csv:4: required", "csv:4: required"}},
		"no column of levels":        {"\nitem,assessor,note\n", []string{"csv:2: required"}},
		"no names of columns":        {"training,Ama,3\n", []string{"csv:1:column 1: known", "csv:1:column 2: known", "csv:1:column 3: known", "csv:1: required", "csv:1: required", "csv:1: required"}},
		"an unknown column":          {"item,assessor,level,score\n", []string{"csv:1:column 4: known"}},
		"a column twice":             {"item,assessor,level,Item\n", []string{"csv:1:column 4: unique"}},
		"0":                          {head + "training,Ama,0,\n", []string{"csv:2:level: known"}},
		"0,0":                        {head + "training,Ama,\"0,0\",\n", []string{"csv:2:level: known"}},
		"2.5":                        {head + "training,Ama,2.5,\n", []string{"csv:2:level: known"}},
		"5":                          {head + "training,Ama,5,\n", []string{"csv:2:level: known"}},
		"-1":                         {head + "training,Ama,-1,\n", []string{"csv:2:level: known"}},
		"3,000":                      {head + "training,Ama,\"3,000\",\n", []string{"csv:2:level: known"}},
		"n/a":                        {head + "training,Ama,n/a,\n", []string{"csv:2:level: known"}},
		"NaN":                        {head + "training,Ama,NaN,\n", []string{"csv:2:level: known"}},
		"a decimal comma bare":       {head + "training,Ama,2,5\n", []string{"csv:2:note: decimal"}},
		"a decimal comma and a note": {head + "training,Ama,3,0,Fine.\n", []string{"csv:2:note: decimal", "csv:2: columns"}},
		"a comma in a bare note":     {head + "training,Ama,3,Fine, yes\n", []string{"csv:2: columns"}},
		"a row cut short":            {head + "training,Ama\n", []string{"csv:2: columns"}},
		"a cell under no name":       {"item,assessor,level,\ntraining,Ama,3,x\n", []string{"csv:2: columns"}},
		"text after a quote":         {head + "training,\"Ama\"x,3,\nx,Ama,3,\n", []string{"csv:2: quote", "csv:3:item: exists"}},
		"a quote not closed":         {head + "x,Ama,3,\ntraining,\"Ama,3,\ntraining,Binta,3,\n", []string{"csv:2:item: exists", "csv:3: quote"}},
		"a quoted name not closed":   {"\"item,assessor,level\n", []string{"csv:1: quote"}},
		"a date of two readings":     {"item,assessor,level,on\ntraining,Ama,3,03/05/2026\n", []string{"csv:2:on: date"}},
		"no year":                    {"item,assessor,level,on\ntraining,Ama,3,0000\n", []string{"csv:2:on: date"}},
		"a moment of no year":        {"item,assessor,level,on\ntraining,Ama,3,0000-01-01T00:00:00Z\n", []string{"csv:2:on: date"}},
		"no such day":                {"item,assessor,level,on\ntraining,Ama,3,2026-02-30\n", []string{"csv:2:on: date"}},
		"bytes that are not UTF-8":   {head + "training,Ama,3,caf\xe9\ntraining,Jos\xe9,3,\nr\xe9,Ama,3,\n", []string{"csv:2:note: utf-8", "csv:3:assessor: utf-8", "csv:4:item: utf-8"}},
		"UTF-16":                     {"\xff\xfei\x00t\x00e\x00m\x00", []string{"csv:1: utf-8"}},
		"one assessor twice":         {head + "training,Ama,3,\n\ntraining, ama ,2,\ntraining,Ama,2,\n", []string{"csv:4:assessor: spelling", "csv:5: unique"}},
		"many at a time": {head + "trainig,,9,\nreach,Ama,0,\nsupervision,Ama,3,\"two\nlines\"\nsupervision,Ama,4,\n",
			[]string{"csv:2:level: known", "csv:2:item: exists", "csv:2:assessor: required", "csv:3:level: known", "csv:3:item: rated", "csv:6: unique"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := readText(t, tt.text)
			assert.Nil(t, s)
			assert.Equal(t, tt.want, rules(t, err))
		})
	}
	_, err := readText(t, head+"training,Ama,0,\n")
	assert.ErrorContains(t, err, "0 may mean either not rated or not working")
	_, err = readText(t, head+"training,Ama,2.5,\n")
	assert.ErrorContains(t, err, "there is nothing between two levels")
	_, err = readText(t, head+"training,Ama,3,\n\ntraining,Ama,2,\n")
	assert.EqualError(t, err, `line 4: got "Ama, training", want one row for an item and an assessor: line 2 is the first`)
	_, err = ReadCSV(strings.NewReader(""), nil, Occasion{})
	assert.Subset(t, rules(t, err), []string{"checklist: required", "occasion.name: required", "occasion.basis: known"})
}

func TestAnErrorOfTheReaderIsReturned(t *testing.T) {
	gone := errors.New("the stick was pulled out")
	for _, text := range []string{"", "item,assess", "item,assessor,level\ntraining,Ama,3\ntrain"} {
		s, err := ReadCSV(io.MultiReader(strings.NewReader(text), iotest.ErrReader(gone)), components(t), may)
		assert.Nil(t, s)
		require.ErrorIs(t, err, gone, "%q", text)
		assert.NotErrorIs(t, err, fault.ErrInvalid)
	}
	s, err := readText(t, "item,assessor,level\ntraining,Ama,3\n")
	require.NoError(t, err)
	assert.ErrorIs(t, s.WriteCSV(writer{gone}), gone)
}

type writer struct{ err error }

func (w writer) Write([]byte) (int, error) { return 0, w.err }

// endless gives a head and then one text again and again, 100 MB in all, and
// counts what was read.
type endless struct {
	head, again string
	read        int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read >= 100<<20 {
		return 0, io.EOF
	}
	n := copy(p, e.head)
	e.head = e.head[n:]
	for n < len(p) && n+len(e.again) <= len(p) {
		n += copy(p[n:], e.again)
	}
	e.read += n
	return n, nil
}

// Whatever a file of 100 MB holds, it is refused early and in little memory.
func TestAHugeFileIsRefusedEarlyAndInLittleMemory(t *testing.T) {
	const head = "item,assessor,level,note\n"
	row := "training,Ama,3," + strings.Repeat("x", 500) + "\n"
	for name, tt := range map[string]struct {
		head, again string
		most        int // bytes read
		rule        string
	}{
		"repeated rows":      {head, row, 2 << 20, "more"},
		"unknown items":      {head, "x" + row, 2 << 20, "more"},
		"one quoted cell":    {head + "\"", "lines and lines\n", 2 << 20, "length"},
		"one bare cell":      {head, strings.Repeat("x", 100), 2 << 20, "length"},
		"one row of commas":  {head, ",,,,,,,,", 2 << 20, "length"},
		"no row of names":    {"", strings.Repeat("x", 100), 2 << 20, "length"},
		"nothing but blanks": {head, "\n,,,                    \n", 17 << 20, "length"},
	} {
		t.Run(name, func(t *testing.T) {
			if raceEnabled && tt.most > 2<<20 {
				t.Skip("one goroutine reading 16 MiB byte by byte: nothing to find, and slow")
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			e := &endless{head: tt.head, again: tt.again}
			s, err := ReadCSV(e, components(t), may)
			runtime.ReadMemStats(&after)
			assert.Nil(t, s)
			found := rules(t, err)
			assert.LessOrEqual(t, len(found), fault.MaxFields+1)
			assert.True(t, strings.HasSuffix(found[len(found)-1], tt.rule), found[len(found)-1])
			assert.Less(t, e.read, tt.most)
			// All that was ever taken, not only what was held at a time.
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20))
		})
	}
}

func TestAFormulaIsDisarmedAndComesBack(t *testing.T) {
	texts := []string{"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "'=x", "''", "'", "'tis", "''@x", "plain", "12", "1,5", "a;b", "a\tb", "say \"so\"", "two\nlines"}
	var rows []Row
	for i, text := range texts {
		rows = append(rows, Row{Item: "training", Assessor: fmt.Sprintf("=%02d", i), Note: text, Source: text})
	}
	s, err := NewSheet(components(t), may, rows)
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, s.WriteCSV(&text))
	for _, line := range strings.Split(text.String(), "\n") {
		for _, cell := range strings.Split(line, ",") {
			cell = strings.TrimPrefix(cell, `"`)
			assert.NotContains(t, []string{"=", "+", "-", "@", "\t", "\r"}, cell[:min(1, len(cell))], line)
		}
	}
	back, err := ReadCSV(bytes.NewReader(text.Bytes()), components(t), may)
	require.NoError(t, err)
	assert.Equal(t, s, back)
}

func TestASheetIsWrittenInOneForm(t *testing.T) {
	s, err := NewSheet(components(t), may, []Row{
		{Item: "training", Assessor: "Ama", Level: 3, Note: "All, trained", On: date.MustParse("2026-05-03")},
		{Item: "training", Assessor: "Binta", Note: "2", Source: "-", Basis: assessment.Documented, On: date.MustParse("2026")},
	})
	require.NoError(t, err)
	var text strings.Builder
	require.NoError(t, s.WriteCSV(&text))
	assert.Equal(t, "item,assessor,level,note,source,basis,on\n"+
		"training,Ama,3,\"All, trained\",,,2026-05-03\n"+
		"training,Binta,,\"2\",'-,documented,2026\n", text.String())
}

func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{
		"item,assessor,level,note\ntraining,Ama,3,\"x, y\"\nsupervision,Ama,,\n",
		"\uFEFFitem;assessor;level;on\r\ntraining;Ama;3,0;2026-05-03\r\n",
		"sep=\t\nlevel\titem\tassessor\tsource\tbasis\n4\ttraining\t'=Ama\t12\tdocumented\n",
		"item,assessor,level,note\ntraining,\"A\"b,2.5,\"\n",
		"item,assessor,level,note\n\"training\",a,1,\"'\u00a0\"\"\r\n'\"\n",
	} {
		f.Add([]byte(text))
	}
	c := components(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadCSV(bytes.NewReader(data), c, may)
		if err != nil {
			require.Nil(t, s)
			require.NotEmpty(t, rules(t, err))
			return
		}
		var text bytes.Buffer
		require.NoError(t, s.WriteCSV(&text))
		back, err := ReadCSV(bytes.NewReader(text.Bytes()), c, may)
		require.NoError(t, err, "%q", text.String())
		require.Equal(t, s, back)
		again, err := NewSheet(c, may, s.Rows())
		require.NoError(t, err)
		require.Equal(t, s, again)
	})
}
