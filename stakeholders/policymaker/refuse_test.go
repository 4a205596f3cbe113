package policymaker

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBadFilesAreRefusedInPlace(t *testing.T) {
	player := func(fields string) string { return withPlayers(`{"Player_ID":1}`, `{"Player_ID":2,`+fields+`}`) }
	with := func(tables string) string {
		return `{"Project":[{}],"Player":[{"Player_ID":1}],"Strategy":[{"Strategy_ID":1}],` + tables + `}`
	}
	impact := func(fields string) string { return with(`"Affected_player":[{` + fields + `}]`) }
	for _, c := range []struct {
		name, text string
		table      string
		row        int
		field      string
		want       string
	}{
		{"empty", ``, "", 0, "", "an object"},
		{"space", " \n\t", "", 0, "", "an object"},
		{"not an object", `[]`, "", 0, "", "an object"},
		{"null", `null`, "", 0, "", "an object"},
		{"no tables", `{}`, "Project", 0, "", "the table"},
		{"no players", `{"Project":[{}]}`, "Player", 0, "", "the table"},
		{"null table", `{"Project":[{}],"Player":null}`, "Player", 0, "", "an array"},
		{"table an object", `{"Project":{},"Player":[]}`, "Project", 0, "", "an array"},
		{"two projects", `{"Project":[{},{}],"Player":[]}`, "Project", 2, "", "at most 1 of them"},
		{"table twice", `{"Project":[{}],"Player":[],"Player":[]}`, "Player", 0, "", "each of them once"},
		{"table twice in other spelling", `{"Project":[{}],"Player":[],"Play\u0065r":[]}`, "Player", 0, "", "each of them once"},
		{"row null", withPlayers(`{"Player_ID":1}`, `null`), "Player", 2, "", "an object"},
		{"row a list", withPlayers(`[]`), "Player", 1, "", "an object"},
		{"field twice", player(`"PosValue":1,"PosValue":2`), "Player", 2, "PosValue", "each of them once"},
		{"trailing", withPlayers() + `{}`, "", 0, "", "nothing behind the end"},
		{"trailing bracket", withPlayers() + `]`, "", 0, "", "nothing behind the end"},

		{"no id", withPlayers(`{"Player_name":"x"}`), "Player", 1, "Player_ID", "a whole number"},
		{"null id", withPlayers(`{"Player_ID":null}`), "Player", 1, "Player_ID", "a whole number"},
		{"id twice", withPlayers(`{"Player_ID":1}`, `{"Player_ID":"1"}`), "Player", 2, "Player_ID", "another than that of Player[0].Player_ID"},
		{"id a fraction", withPlayers(`{"Player_ID":1.5}`), "Player", 1, "Player_ID", "a whole number"},
		{"id negative", withPlayers(`{"Player_ID":-1}`), "Player", 1, "Player_ID", "a whole number"},
		{"id too large", withPlayers(`{"Player_ID":1e300}`), "Player", 1, "Player_ID", "a whole number"},
		{"id a word", withPlayers(`{"Player_ID":"moh"}`), "Player", 1, "Player_ID", "a whole number"},
		{"strategy id twice", `{"Project":[{}],"Player":[],"Strategy":[{"Strategy_ID":1},{"Strategy_ID":1}]}`, "Strategy", 2, "Strategy_ID", "another than that of Strategy[0].Strategy_ID"},

		{"name a number", player(`"Player_name":7`), "Player", 2, "Player_name", "a string"},
		{"name too long", player(`"Player_name":"` + strings.Repeat("x", 513) + `"`), "Player", 2, "Player_name", "at most 512"},
		{"level a list", player(`"Level":[]`), "Player", 2, "Level", "a string"},
		{"PosValue 99", player(`"PosValue":99`), "Player", 2, "PosValue", "from -7 to 7"},
		{"PosValue a word", player(`"PosValue":"high"`), "Player", 2, "PosValue", "from -7 to 7"},
		{"PosValue true", player(`"PosValue":true`), "Player", 2, "PosValue", "from -7 to 7"},
		{"PosValue an object", player(`"PosValue":{"a":1}`), "Player", 2, "PosValue", "from -7 to 7"},
		{"PosValue with a comma", player(`"PosValue":"2,5"`), "Player", 2, "PosValue", "from -7 to 7"},
		{"PosValue NaN", player(`"PosValue":NaN`), "Player", 2, "PosValue", "a JSON value"},
		{"PosValue Infinity", player(`"PosValue":-Infinity`), "Player", 2, "PosValue", "a finite number"},
		{"PosValue NaN in quotes", player(`"PosValue":"NaN"`), "Player", 2, "PosValue", "from -7 to 7"},
		{"PosValue Inf in quotes", player(`"PosValue":"-Inf"`), "Player", 2, "PosValue", "from -7 to 7"},
		{"PosValue in hexadecimal", player(`"PosValue":"0x1"`), "Player", 2, "PosValue", "from -7 to 7"},
		{"PosValue beyond float64", player(`"PosValue":1e999`), "Player", 2, "PosValue", "from -7 to 7"},
		{"PosValue 1.", player(`"PosValue":1.`), "Player", 2, "PosValue", "a finite number"},
		{"PosValue 1e", player(`"PosValue":1e+`), "Player", 2, "PosValue", "a finite number"},
		{"PosValue 01", player(`"PosValue":01`), "Player", 2, "PosValue", "a finite number"},
		{"Position_rating 9", player(`"Position_rating":9`), "Player", 2, "Position_rating", "from 0 to 8"},
		{"Position_rating 1.5", player(`"Position_rating":1.5`), "Player", 2, "Position_rating", "from 0 to 8"},
		{"Position_rating -1", player(`"Position_rating":-1`), "Player", 2, "Position_rating", "from 0 to 8"},
		{"PowValue 8", player(`"PowValue":8`), "Player", 2, "PowValue", "from 0 to 7"},
		{"PowValue 0.5", player(`"PowValue":0.5`), "Player", 2, "PowValue", "from 1 to 7"},
		{"Strength_of_influence 5", player(`"Strength_of_influence":5`), "Player", 2, "Strength_of_influence", "from 0 to 4"},
		{"Weight negative", player(`"Weight":-1`), "Player", 2, "Weight", "from 0 to"},
		{"Votes a word", player(`"Votes":"many"`), "Player", 2, "Votes", "a finite number"},
		{"Include 2", player(`"Include":2`), "Player", 2, "Include", "true or false"},
		{"Trump maybe", player(`"Trump":"maybe"`), "Player", 2, "Trump", "true or false"},
		{"Pct_Success 101", `{"Project":[{}],"Player":[],"Strategy":[{"Strategy_ID":1,"Pct_Success":101}]}`, "Strategy", 1, "Pct_Success", "from 0 to 100"},
		{"label a number", `{"Project":[{"User_label":1}],"Player":[]}`, "Project", 1, "User_label", "a string"},
		{"priority 5", with(`"Policy_Goal":[{"Rel_priority":5}]`), "Policy_Goal", 1, "Rel_priority", "from 0 to 4"},
		{"interest a number", with(`"Objectives":[{"Objective":5}]`), "Objectives", 1, "Objective", "a string"},
		{"importance a word", with(`"Consequences":[{},{"Conseq_intensity_rating":"x"}]`), "Consequences", 2, "Conseq_intensity_rating", "from 0 to 4"},

		{"impact of nothing", impact(`"Player_ID":1`), "Affected_player", 1, "Strategy_ID", "a row in Strategy"},
		{"impact of an unknown strategy", impact(`"Strategy_ID":2,"Player_ID":1`), "Affected_player", 1, "Strategy_ID", "a row in Strategy"},
		{"impact on an unknown player", impact(`"Strategy_ID":1,"Player_ID":9`), "Affected_player", 1, "Player_ID", "a row in Player"},
		{"impact twice", impact(`"Strategy_ID":1,"Player_ID":1},{"Strategy_ID":1,"Player_ID":1`), "Affected_player", 2, "Player_ID", "another than that of Affected_player[0].Player_ID"},
		{"impact id twice", `{"Project":[{}],"Player":[{"Player_ID":1},{"Player_ID":2}],"Strategy":[{"Strategy_ID":1}],"Affected_player":[{"Affected_player_ID":1,"Strategy_ID":1,"Player_ID":1},{"Affected_player_ID":1,"Strategy_ID":1,"Player_ID":2}]}`, "Affected_player", 2, "Affected_player_ID", "another than that of Affected_player[0].Affected_player_ID"},
		{"future rating 9", impact(`"Strategy_ID":1,"Player_ID":1,"Future_position_rating":9`), "Affected_player", 1, "Future_position_rating", "from 0 to 8"},
		{"observed 101", impact(`"Strategy_ID":1,"Player_ID":1,"Pct_Success_2":101`), "Affected_player", 1, "Pct_Success_2", "from 0 to 100"},

		{"broken in a table not understood", with(`"Coalition":[{"x":1},{"y":tru}]`), "Coalition", 2, "y", "a JSON value"},
		{"no colon", withPlayers(`{"Player_ID" 1}`), "Player", 1, "", "a colon"},
		{"no comma", withPlayers(`{"Player_ID":1 "a":2}`), "Player", 1, "", "a comma"},
		{"comma too many", withPlayers(`{"Player_ID":1,}`), "Player", 1, "", "a key in quotes"},
		{"comma in a list", `{"Project":[{},],"Player":[]}`, "Project", 2, "", "an object"},
		{"control character", player("\"Player_name\":\"a\nb\""), "Player", 2, "Player_name", "without bare control characters"},
		{"broken escape", player(`"Player_name":"\x"`), "Player", 2, "Player_name", "an escape"},
		{"broken unicode escape", player(`"Player_name":"\u12g4"`), "Player", 2, "Player_name", "an escape"},
		{"broken UTF-8", player("\"Player_name\":\"\xff\""), "Player", 2, "Player_name", "valid UTF-8"},
		{"broken UTF-8 in a name", withPlayers("{\"\xff\":1}"), "Player", 1, "", "valid UTF-8"},
		{"broken UTF-8 outside", "{\"Project\":[{}],\xff", "", 0, "", "a key in quotes"},
		{"deep", with(`"x":` + strings.Repeat("[", 100_000)), "x", 1, "", "64 levels"},
		{"deep objects", withPlayers(strings.Repeat(`{"a":`, 100_000)), "Player", 1, "a", "64 levels"},
		{"many tables", `{` + strings.Repeat(`"":0,`, 2) + `}`, "", 0, "", "each of them once"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text))
			assert.ErrorIs(t, err, fault.ErrInvalid)
			refused := fault.Of(err)
			require.Len(t, refused, 1)
			assert.Equal(t, place(c.table, c.row, c.field), refused[0].Path, err)
			assert.Contains(t, fmt.Sprint(refused[0].Want), c.want)
			assert.NotEmpty(t, refused[0].Rule)
			assert.Less(t, len(err.Error()), 400, "a message of a bounded length")
		})
	}
}

func TestErrorsSayWhereInTheText(t *testing.T) {
	text := strings.Replace(small(t), `"PosValue": -4`, `"PosValue": 99`, 1)
	_, err := Read(strings.NewReader(text))
	// Before it on its line: four spaces and this much of the row.
	column := 4 + len(`{"Player_ID": 2, "Player_name": "Ministry of Finance", "Player_abbrev": "MoF", "Sector": "Governmental", "Level": "National", "PosValue": `) + 1
	assert.EqualError(t, err, fmt.Sprintf("Player[1].PosValue (line 6, column %d): got 99, want a number from -7 to 7", column))

	_, err = Read(strings.NewReader("{\"Project\":[{}],\n\"Player\":[\n{\"é\":\"é\", x}]}"))
	assert.EqualError(t, err, "Player[0] (line 3, column 11): got \"x\", want a key in quotes")
	_, err = Read(strings.NewReader("x"))
	assert.EqualError(t, err, "line 1, column 1: got \"x\", want an object with the tables of a project")
	_, err = Read(strings.NewReader(`{"a\nb` + strings.Repeat("c", 1000) + `":[1 2]}`))
	assert.EqualError(t, err, `a\nb`+strings.Repeat("c", 197)+`… (line 1, column 1012): got "2", want a comma or the end of the array`)
}

func TestAFileCutShortIsRefusedWhereverItIsCut(t *testing.T) {
	text := strings.TrimSpace(small(t))
	for n := range len(text) {
		_, err := Read(strings.NewReader(text[:n]))
		if !errors.Is(err, fault.ErrInvalid) {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	pad := func(n int) string {
		text := withPlayers()
		return text + strings.Repeat(" ", n-len(text))
	}
	_, err := Read(strings.NewReader(pad(11_000_000)))
	assert.ErrorIs(t, err, fault.ErrInvalid)
	_, err = Read(strings.NewReader(pad(maxBytes + 1)))
	assert.ErrorIs(t, err, fault.ErrInvalid)
	p := mustRead(t, pad(maxBytes))
	_, err = p.AddActor(someone("x"))
	require.NoError(t, err)
	assert.ErrorIs(t, p.Write(io.Discard), fault.ErrInvalid)

	for _, c := range []struct{ name, text, want string }{
		{"tables", `{` + names(maxTables+1) + `}`, "at most 1000 of them"},
		{"fields", withPlayers(`{` + names(maxFields+1) + `}`), "at most 1000 of them"},
		{"rows", `{"Policy_Goal":[` + strings.Repeat(`{},`, maxRows) + `{}]}`, "at most 50000 of them"},
	} {
		_, err := Read(strings.NewReader(c.text))
		assert.ErrorContains(t, err, c.want, c.name)
	}
	mustRead(t, `{"Project":[{}],"Player":[],"Elsewhere":[`+strings.Repeat(`{},`, maxRows)+`{}]}`)

	full := mustRead(t, `{"Project":[{}],"Player":[],"Strategy":[]}`)
	full.doc.table(tablePlayer).rows = make([]row, maxRows)
	_, err = full.AddActor(someone("x"))
	assert.ErrorContains(t, err, "Player: got 50001, want at most 50000 of them")
}

// names gives n members of an object with different names.
func names(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote("n" + strings.Repeat("x", i)))
		b.WriteString(":0")
	}
	return b.String()
}

// TestHostileFilesCostBoundedMemory feeds the shapes that make most of each
// byte. What it excludes is a cost that grows with anything but the file and
// the rows that may be in it.
func TestHostileFilesCostBoundedMemory(t *testing.T) {
	const size = 1 << 18
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (size-len(head)-len(tail))/len(unit)) + tail
	}
	const start = `{"Project":[{}],"Player":[],`
	for name, text := range map[string]string{
		"too many rows":         fill(start+`"Policy_Goal":[`, `{},`, `{}]}`),
		"rows nobody reads":     fill(start+`"x":[`, `{"a":0},`, `{}]}`),
		"brackets":              fill(start+`"x":[`, `[],`, `[]]}`),
		"escapes":               fill(`{"Project":[{"User_label":"`, `\u0000`, `"}],"Player":[]}`),
		"one long broken token": fill(`{"Project":`, `x`, ``),
		"players without ids":   fill(`{"Project":[{}],"Player":[{"Player_ID":1},`, `{"PosValue":1},`, `{}]}`),
	} {
		assert.Less(t, allocated(text), uint64(50*size), name)
	}

	// As many rows as may be, all of them empty, where empty rows are legal.
	rows := strings.Repeat(`{},`, maxRows-1) + `{}]`
	text := start + `"Policy_Goal":[` + rows + `,"Objectives":[` + rows + `,"Consequences":[` + rows + `}`
	assert.Less(t, allocated(text), uint64(128<<20))
}

// allocated is how many bytes reading the text takes, garbage included.
func allocated(text string) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _ = Read(strings.NewReader(text))
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
