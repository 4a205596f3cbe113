package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

func TestTilesAreReadFromCSV(t *testing.T) {
	want := []Tile{{"KE-30", 3, 0}, {"a, b", 12, 99}}
	for _, text := range []string{
		"id,column,row\nKE-30,3,0\n\"a, b\",12,99\n",
		"\ufeffRow;ID;Column;note\r\n0;KE-30;3;made up\r\n99;a, b;12;\r\n",
		"column\trow\tid\n3\t0\tKE-30\n12\t99\ta, b",
	} {
		tiles, err := ReadTiles([]byte(text))
		require.NoError(t, err, text)
		assert.Equal(t, want, tiles)
	}
}

func TestTilesThatCannotBeReadSayWhereAndWhy(t *testing.T) {
	many := "id,column,row\n" + strings.Repeat("x,-1,x\n", 3000)
	for name, c := range map[string]struct{ text, path, rule string }{
		"nothing":     {"", "", fault.Required},
		"no column":   {"id,row\nx,1", "column", fault.Required},
		"bytes":       {"id,column,row\n\xff,1,1", "", fault.Encoding},
		"cells":       {"id,column,row\nx,1", "", "csv"},
		"an open one": {"id,column,row\n\"x,1,1", "", "csv"},
		"no number":   {"id,column,row\nx,one,1", "column", fault.Range},
		"beyond":      {"id,column,row\nx,1,100", "row", fault.Range},
		"below":       {"id,column,row\nx,-1,1", "column", fault.Range},
		"no id":       {"id,column,row\n,1,1", "id", fault.Required},
		"an id twice": {"id,column,row\nx,1,1\nx,1,2", "id", fault.Unique},
		"a place too": {"id,column,row\nx,1,1\ny,1,1", "column", fault.Unique},
		"a million":   {strings.Repeat(" ", 1<<20+1), "", fault.Length},
		"many faults": {many, "column", fault.Range},
		"too many":    {"id,column,row\n" + strings.Repeat("x,1,1\n", 2001), "", fault.Length},
	} {
		_, err := ReadTiles([]byte(c.text))
		require.ErrorIs(t, err, fault.ErrInvalid, name)
		got := fault.Of(err)
		assert.Equal(t, []string{c.path, c.rule}, []string{got[0].Path, got[0].Rule}, name)
		assert.LessOrEqual(t, len(got), fault.MaxFields+2, name)
		assert.NotContains(t, err.Error(), "%!", name)
	}
	_, err := ReadTiles([]byte("id,column,row\nx,1,1\ny,1,1"))
	assert.Equal(t, 3, fault.Of(err)[0].Line)
}

func FuzzReadTiles(f *testing.F) {
	f.Add("id,column,row\nKE-30,3,0\n")
	f.Add("\ufeffid;row;column\n\"x\n;1;2\n")
	f.Fuzz(func(t *testing.T, text string) {
		tiles, err := ReadTiles([]byte(text))
		if err != nil {
			assert.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		assert.NoError(t, TileMap(&strings.Builder{}, nil, "", []portfolio.Row{{Cycle: "KE-30", Stage: reformcycle.Design}}, tiles))
	})
}

// Each cycle has one tile, whether the host has a place for it or not, and a tile without a
// cycle is drawn empty.
func TestEachCycleHasOneTile(t *testing.T) {
	n := manyOf(t, 30, 4, districtName)
	for name, tiles := range map[string][]Tile{"automatic": nil, "handed in": tilesOf(n)} {
		m := newTiles(nil, n.Rows(), tiles)
		places, cycles := map[string]bool{}, map[string]bool{}
		empty := 0
		for _, p := range m.placed {
			at := fmt.Sprint(p.column, " ", p.row)
			assert.False(t, places[at], "%s: two at %s", name, at)
			places[at] = true
			if p.empty {
				empty++
				continue
			}
			assert.False(t, cycles[p.cycle], "%s: %s twice", name, p.cycle)
			cycles[p.cycle] = true
		}
		assert.Len(t, cycles, 31, name)
		assert.Equal(t, len(tiles)/len(tilesOf(n)), empty, name)
	}
	// Where a tile has the id of a jurisdiction, that counts before the id of a cycle.
	m := newTiles(nil, []portfolio.Row{{Cycle: "C", Stage: 1, Jurisdiction: reformcycle.Jurisdiction{ID: "J"}}}, []Tile{{"J", 0, 0}, {"C", 5, 0}})
	assert.Equal(t, 0, m.placed[0].column)
	assert.True(t, m.placed[1].empty)
}

// A map lies as it lies: where the host hands in places, the west is on the left in every
// language.
func TestTheWestIsOnTheLeftInEveryLanguage(t *testing.T) {
	rows := []portfolio.Row{{Cycle: "WEST", Stage: 1}, {Cycle: "EAST", Stage: 2}}
	tiles := []Tile{{"WEST", 0, 0}, {"EAST", 1, 0}}
	for _, l := range madeUpLanguages() {
		var b strings.Builder
		require.NoError(t, TileMap(&b, l, "", rows, tiles))
		at := map[string]float64{}
		for _, label := range drawtest.Read(t, b.String()).Labels {
			for _, name := range []string{"WEST", "EAST"} {
				if strings.Contains(label.Text, name) {
					at[name] = label.Left
				}
			}
		}
		require.Len(t, at, 2)
		assert.Less(t, at["WEST"], at["EAST"])
	}
}

func TestRowsThatCannotBeDrawnAreRefused(t *testing.T) {
	var b strings.Builder
	twice := []portfolio.Row{{Cycle: "A"}, {Cycle: "A"}}
	assert.ErrorIs(t, TileMap(&b, nil, "", twice, nil), fault.ErrInvalid)
	_, err := PlaceTable(nil, twice)
	assert.ErrorIs(t, err, fault.ErrInvalid)
	assert.ErrorIs(t, TileMap(&b, nil, "", make([]portfolio.Row, 2001), nil), fault.ErrInvalid)
	assert.ErrorIs(t, TileMap(&b, nil, "", nil, []Tile{{"A", 100, 0}}), fault.ErrInvalid)
	assert.Empty(t, b.String())
	assert.ErrorIs(t, TileMap(nil, nil, "", nil, nil), fault.ErrInvalid)
}
