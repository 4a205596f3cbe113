package table_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment/internal/table"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

var format = table.Format{
	Columns: []string{"post", "note", "size"}, Required: 2, Words: []string{"note"},
	MaxBytes: 1 << 20, MaxRows: 100_000,
}

// read lists the rows as "line: cell|cell|cell" and the faults as "line:column rule".
func read(f table.Format, r io.Reader) (rows, faults []string, err error) {
	var list fault.Fields
	err = f.Read(r, &list, func(r *table.Row) {
		rows = append(rows, fmt.Sprintf("%d: %s|%s|%s", r.Line, r.Cell(0), r.Cell(1), r.Cell(2)))
	})
	for _, e := range list {
		faults = append(faults, fmt.Sprintf("%d:%s %s", e.Line, e.Path, e.Rule))
	}
	return rows, faults, err
}

// The parser's word on RFC 4180 is that of encoding/csv; here is what is read
// beside it, and what is not.
func TestHabitsAreTakenAndNothingIsGuessed(t *testing.T) {
	for name, c := range map[string]struct {
		text         string
		rows, faults []string
	}{
		"capitals and order":       {"Size, NOTE ,Post\n1,b,a\n", []string{"2: a|b|1"}, nil},
		"mark":                     {"\ufeff\"post\",note\na,b\n", []string{"2: a|b|"}, nil},
		"mark and nothing":         {"\ufeff\n\npost,note\na,b\n", []string{"4: a|b|"}, nil},
		"separator of most names":  {"post;note;a,b\n", nil, []string{"1:column 3 known"}},
		"sep overrules":            {"SEP=,\npost;note\n", nil, []string{"2:column 1 known", "2: required", "2: required"}},
		"sep of a tab":             {"\ufeffsep=\t\npost\tnote\n\"a\" \t \"b\"\n", []string{"3: a|b|"}, nil},
		"sep of what parts no one": {"sep=|\npost|note\n", nil, []string{"1:column 1 known", "1: required", "1: required"}},
		"ends of lines":            {"post,note\r\na,b\r\rc,\"d\r\ne\"\n\rf,g", []string{"2: a|b|", "4: c|d\ne|", "7: f|g|"}, nil},
		"space of any kind":        {"post,note\n\u00a0a\u200b,\u2003\"b\" \n", []string{"2: a|b|"}, nil},
		"a quote inside a cell":    {"post,note\n 5\" x 6\",\"say \"\"so\"\"\"\n\"\",'\"\n", []string{`2: 5" x 6"|say "so"|`, `3: |'"|`}, nil},
		"quotes over lines":        {"post,note,size\n\"a\n\n# , \"\"b\n\" ,\"12\",\"12\"\nc,d\n", []string{"2: a\n\n# , \"b|12|12", "6: c|d|"}, nil},
		"empty rows":               {"post,note\n,\n \n\"\",\"\"\na,\n;\n", []string{"5: a||"}, []string{"6: columns"}},
		"formulas":                 {"post,note\n'=a,''-b\n'c,'\n", []string{"2: =a|'-b|", "3: 'c|'|"}, nil},
		"empty cells at the end":   {"post,note,\na,b,,,\n", []string{"2: a|b|"}, nil},
		"text after a quote":       {"post,note\n\"a\"b,c\n\"d\"\"\"e,\"\nf,g\n", []string{"4: f|g|"}, []string{"2: quote", "3: quote"}},
		"a quote never closed":     {"post,note\na,b\n\"c,d\ne,f\n", []string{"2: a|b|"}, []string{"3: quote"}},
		"a name never closed":      {"\n\"post,note\n", nil, []string{"2: quote"}},
		"digits in words":          {"post,note\na,12\nb,\"12\"\nc, \"12\" \n", []string{"2: a|12|", "3: b|12|", "4: c|12|"}, []string{"2:note decimal"}},
		"digits beside semicolons": {"post;note\na;12\n", []string{"2: a|12|"}, nil},
		"cells too few, too many":  {"post,size,note\na,1\nb,1,c,d\ne,1,f\n", []string{"4: e|f|1"}, []string{"2: columns", "3: columns"}},
		"cells that are no UTF-8":  {"post,note\n\xe9,\xe9\n", nil, []string{"2:post utf-8", "2:note utf-8"}},
		"UTF-16, little end first": {"\xff\xfep\x00", nil, []string{"1: utf-8"}},
		"UTF-16, big end first":    {"\xfe\xff\x00p", nil, []string{"1: utf-8"}},
		"UTF-16 without a mark":    {"p\x00o\x00", nil, []string{"1: utf-8"}},
		"nothing":                  {"", nil, []string{"1: required", "1: required"}},
		"names alone":              {"post,note", nil, nil},
		"names twice":              {"post,note,Post,x\n", nil, []string{"1:column 3 unique", "1:column 4 known"}},
		"no comments asked for":    {"post,note\n#a,b\n", []string{"2: #a|b|"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text)), iotest.DataErrReader(strings.NewReader(c.text))} {
				rows, faults, err := read(format, r)
				require.NoError(t, err)
				require.Equal(t, c.rows, rows)
				require.Equal(t, c.faults, faults)
			}
		})
	}
}

func TestCommentsAreDroppedWhereTheyMayStand(t *testing.T) {
	f := format
	f.Comments = true
	rows, faults, err := read(f, strings.NewReader("# \"made up\npost,note\n#a\n\"b\n# no comment\",c\n #d,e\n"))
	require.NoError(t, err)
	require.Empty(t, faults)
	require.Equal(t, []string{"4: b\n# no comment|c|", "6: #d|e|"}, rows)
}

// A row is known by what parts its cells, not by the mark that its first one begins
// with; and the names are known by themselves.
func TestNoRowIsLostForTheMarkThatItBeginsWith(t *testing.T) {
	f := format
	f.Comments = true
	for name, c := range map[string]struct {
		text         string
		rows, faults []string
	}{
		"an area":            {"# made up, by us\npost,note\n#1 North,b\n# a remark\nc,d\n", []string{"3: #1 North|b|", "5: c|d|"}, nil},
		"parted by others":   {"post\tnote\n#1, North\tb\n# a remark, with commas\nc\td\n", []string{"2: #1, North|b|", "4: c|d|"}, nil},
		"too few cells":      {"post,note,size\n#1,b\n#2,\n", []string{"2: #1|b|", "3: #2||"}, nil},
		"numbers of rows":    {"#,post,note\n1,a,b\n", nil, []string{"1:column 1 known"}},
		"names set aside":    {"# post,note\npost,note\na,b\n", []string{"3: a|b|"}, nil},
		"the first of all":   {"#post,note\npost,note\na,b\n", []string{"3: a|b|"}, nil},
		"a remark in quotes": {"post,note\n\"# a\",b\n", []string{"2: # a|b|"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rows, faults, err := read(f, strings.NewReader(c.text))
			require.NoError(t, err)
			require.Equal(t, c.rows, rows)
			require.Equal(t, c.faults, faults)
		})
	}
}

// Programs write the numbers of rows in a column without a name, or, as R does, under
// no heading at all.
func TestAnUnnamedColumnOfRowNumbersIsNamed(t *testing.T) {
	for text, want := range map[string][]string{
		",post,note\n1,a,b\n2,c,d\n": {`line 2: got "1", want no text in column 1, which has no name: leave it out if it holds numbers of rows, or else name it one of post, note, size`},
		"post,note,\na,b,1\nc,d,2\n": {`line 2: got "1", want no text in column 3, which has no name: leave it out if it holds numbers of rows, or else name it one of post, note, size`},
		"post\tnote\n1\ta\tb\n":      {`line 2: got 3, want at most 2 cells, as many as there are names of columns; if column 1 holds numbers of rows, leave it out`},
		"post,note\na,b,c\n":         {`line 2: got 3, want at most 2 cells, as many as there are names of columns; a cell that holds what parts the cells needs quotes`},
	} {
		var list fault.Fields
		require.NoError(t, format.Read(strings.NewReader(text), &list, func(r *table.Row) {
			require.Fail(t, "a row that can't be judged", r.Cell(0))
		}))
		var said []string
		for _, f := range list {
			said = append(said, f.Error())
		}
		require.Equal(t, want, said)
	}
}

// Three digits after a mark that may part thousands or decimals are never guessed at.
func TestAMarkThatMayBeEitherIsRefused(t *testing.T) {
	both := table.Format{Columns: []string{"size", "note"}, Required: 2, MaxBytes: 1 << 10, MaxRows: 10}
	for _, c := range []struct {
		comma, text string
		want        float64
		says        string // where it is refused
	}{
		{"\t", "21,500", 0, "21500 or 21.5:"},
		{";", "21,500", 0, "21500 or 21.5:"},
		{"\t", "12,000", 0, "12000 or 12:"},
		{";", "12.000", 0, "12000 or 12:"},
		{";", "-1,234", 0, "-1234 or -1.2340:"},
		{"\t", "+100,001", 0, "+100001 or +100.0010:"},
		{",", "\"21,500\"", 0, "21500 or 21.5:"},
		{",", "\"21,5\"", 0, "a decimal point"},
		{"\t", "1,234,567", 0, "thousands"},
		{";", "1.234.567", 0, "thousands"},
		{"\t", "1.234,5", 0, "thousands"},
		{";", "1,234.5", 0, "thousands"},
		{"\t", "21,5", 21.5, ""},
		{";", "21,50", 21.5, ""},
		{"\t", "0,125", 0.125, ""}, // no thousands begin with 0
		{";", "0.125", 0.125, ""},
		{"\t", ",125", 0.125, ""},
		{"\t", "1234,500", 1234.5, ""}, // nor do four digits stand before the mark
		{"\t", "1,2345", 1.2345, ""},
		{"\t", "1.234", 1.234, ""}, // a point is the mark of decimals, but for where commas are
		{",", "1.234", 1.234, ""},
		{";", "1.2340", 1.234, ""},
		{"\t", "1,234e3", 0, "thousands"},
		{"\t", "21500", 21500, ""},
		{";", "12.0", 12, ""},
	} {
		text := "size" + c.comma + "note\n" + c.text + c.comma + "x\n"
		var list fault.Fields
		require.NoError(t, both.Read(strings.NewReader(text), &list, func(r *table.Row) {
			x, want := r.Number(0)
			require.Equal(t, c.says == "", want.IsZero(), "%s: %v %s", text, x, want)
			require.Contains(t, want.String(), c.says, text)
			require.Equal(t, c.want, x, text)
		}))
		require.NoError(t, list.Err())
	}
}

func TestTheBoundsAreThoseOfTheFormat(t *testing.T) {
	f := format
	f.MaxRows = 1000
	head := "post,note\n"
	exact := head + strings.Repeat("\n", f.MaxBytes-len(head))
	for name, c := range map[string]struct {
		text string
		want string // the last fault
	}{
		"rows, as many":       {head + strings.Repeat("a,b\n,\n", 1000), ""},
		"rows, one more":      {head + strings.Repeat("a,b\n", 1001), "1002: length"},
		"bytes, as many":      {exact, ""},
		"bytes, one more":     {exact + "\n", "length"},
		"a row, as long":      {head + "a," + strings.Repeat("b", 256<<10-4) + "\n", ""},
		"a row, longer":       {head + "a," + strings.Repeat("b", 256<<10) + "\n", "2: length"},
		"a row of many lines": {head + "a,\"" + strings.Repeat("b\n", 128<<10), "2: length"},
		"faults, as many":     {head + strings.Repeat("\xff,\xff\n", 500), "501:note utf-8"},
		"names":               {strings.Repeat("x,", 2000), "1:column 1001 more"},
		"faults, one more":    {head + strings.Repeat("\xff,\xff\n", 501), "502:post more"},
	} {
		t.Run(name, func(t *testing.T) {
			_, faults, err := read(f, strings.NewReader(c.text))
			require.NoError(t, err)
			require.Equal(t, c.want == "", len(faults) == 0, faults)
			require.True(t, c.want == "" || strings.HasSuffix(faults[len(faults)-1], c.want), faults)
		})
	}
}

func TestAnErrorOfTheReaderIsNoFault(t *testing.T) {
	gone := errors.New("the stick was pulled out")
	for _, text := range []string{"", "post,no", "post,note\na", "post,note\n\"a\n"} {
		_, faults, err := read(format, io.MultiReader(strings.NewReader(text), iotest.ErrReader(gone)))
		require.Empty(t, faults)
		require.ErrorIs(t, err, gone, text)
	}
	_, faults, err := read(format, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"0: required"}, faults)
}

func TestANumberIsReadInOneWay(t *testing.T) {
	for text, want := range map[string]float64{"12": 12, "-1.5": -1.5, "+.5": 0.5, "2.": 2, "1e3": 1000, "1,5": 1.5, ",5": 0.5, "-2,": -2, "1e999": math.Inf(1)} {
		x, ok := table.Number(text, true)
		require.True(t, ok, text)
		require.Equal(t, want, x, text)
		_, ok = table.Number(text, false)
		require.Equal(t, !strings.Contains(text, ","), ok, text)
	}
	for _, text := range []string{"", ".", ",", "1.234,5", "1,234,5", "1 234", "0x10", "NaN", "Inf", "1_000", "1e1000", "e3", "١"} {
		_, ok := table.Number(text, true)
		require.False(t, ok, text)
	}
}

// What Escape writes is no formula, and is read back, whatever parts the cells.
func TestWhatIsEscapedIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Reading trims cells, makes ends of lines one, and gives the normal form.
		tidy := func(s string) string {
			s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
			return strings.TrimFunc(fault.NFC(s), func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' })
		}
		cell := rapid.Map(rapid.OneOf(rapid.StringMatching(`['=+@\-",;\t\n0-9a ]*`), rapid.String()), tidy)
		want := [2]string{cell.Draw(t, "post"), cell.Draw(t, "note")}
		comma := rapid.SampledFrom([]string{",", ";", "\t"}).Draw(t, "comma")
		first := table.Escape(want[0], false)
		shown := strings.TrimPrefix(first, `"`)
		require.False(t, shown != "" && strings.Contains("=+-@", shown[:1]), first)
		text := "post" + comma + "note\nx" + comma + "\n" + first + comma + table.Escape(want[1], true)
		var rows [][2]string
		var list fault.Fields
		require.NoError(t, format.Read(strings.NewReader(text), &list, func(r *table.Row) {
			rows = append(rows, [2]string{r.Cell(0), r.Cell(1)})
		}))
		require.NoError(t, list.Err())
		rows = append(rows[1:], [2]string{})
		require.Equal(t, want, rows[0])
	})
}

func FuzzRead(f *testing.F) {
	f.Add("post,note\na,\"b\nc\"\n")
	f.Add("\ufeffsep=;\r\npost;note;size\r'=a;5\" x;1\n\"a\"b;\"")
	f.Fuzz(func(t *testing.T, text string) {
		rows, faults, err := read(format, strings.NewReader(text))
		require.NoError(t, err)
		slow, same, err := read(format, iotest.OneByteReader(strings.NewReader(text)))
		require.NoError(t, err)
		require.True(t, slices.Equal(rows, slow) && slices.Equal(faults, same))
	})
}

func ExampleFormat_Read() {
	visits := table.Format{Columns: []string{"area", "visits"}, Required: 2, MaxBytes: 1 << 20, MaxRows: 1000}
	var faults fault.Fields
	err := visits.Read(strings.NewReader("Visits;Area\n12,5;Hills\nmany;Coast\n7\n"), &faults, func(r *table.Row) {
		x, want := r.Number(1)
		fmt.Println(r.Line, r.Cell(0), x, want.IsZero())
	})
	fmt.Println(err)
	fmt.Println(faults)
	// Output:
	// 2 Hills 12.5 true
	// 3 Coast 0 false
	// <nil>
	// line 4: got 1, want a cell for each of area, visits, empty where there is nothing to say
}
