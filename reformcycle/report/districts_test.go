package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

// manyTitle and the names of districts are made up.
const manyTitle = "Health workers for every village"

func districtName(i int) string { return fmt.Sprintf("District %d", i) }

// cyclesOf makes n made-up districts of all sorts: each stage, some suspended, some
// abandoned, some in a second lap, with ratings that are illustrative.
func cyclesOf(t testing.TB, n int, called func(i int) string) (cycles []*reformcycle.Cycle) {
	t.Helper()
	criteria := reformcycle.ReformChecklist().Spec().Criteria
	for i := range n {
		id := fmt.Sprintf("D-%03d", i)
		stage := reformcycle.Stage(1 + i*5%8)
		c, err := reformcycle.New(id, reformcycle.WithTitle(manyTitle), reformcycle.WithCountry("Exampleland"), reformcycle.WithStage(stage))
		require.NoError(t, err)
		w := walk{t, c}
		changes := []reformcycle.Change{reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{
			ID: id, Name: called(i), Tier: reformcycle.District, Parent: fmt.Sprintf("R-%d", i%6),
			Population: reformcycle.Population{People: float64(1000 * (i + 1)), Year: 2019, Source: "made up"},
		}}}
		for k, c := range criteria {
			if c.Kind != assessment.Derived && (k+i)%3 != 0 {
				changes = append(changes, made(c.ID, assessment.Level(1+(i*7+k*3)%4)))
			}
		}
		w.on("2024-02-05", changes...)
		if stage > reformcycle.ProblemPrioritization {
			w.on("2024-06-10", reformcycle.Revisit{To: stage - 1, Reason: "made up"})
			w.on("2024-09-02", engage("moh", "Ministry of Health", stakeholders.MinistryOfHealth, 6, 6, stakeholders.Leader),
				reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "made up"}})
		}
		switch i % 9 {
		case 3:
			w.on("2025-01-07", reformcycle.Suspend{Reason: "made up"})
		case 4:
			w.on("2025-01-07", reformcycle.Suspend{Reason: "made up"})
			_, err := c.Apply(t.Context(), reformcycle.By("reform-team").At(time.Date(2025, 8, 1, 0, 0, 0, 0, time.UTC)).On(date.MustParse("2025-08")), reformcycle.Resume{Reason: "made up"})
			require.NoError(t, err)
		case 6:
			if stage > reformcycle.ProblemPrioritization {
				_, err := c.Apply(t.Context(), reformcycle.By("reform-team").At(time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)).On(date.MustParse("2025")), reformcycle.Revisit{To: 1, Reason: "made up"})
				require.NoError(t, err)
			}
		case 5:
			w.on("2025-03-07", reformcycle.Abandon{Reason: "made up"})
		}
		cycles = append(cycles, c)
	}
	return cycles
}

// judgedIn is the moment at which the states of a nation are judged.
var judgedIn = time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)

// many is a nation with the turns of its cycles.
type many struct {
	Nation
	turns map[string][]Turn
	land  Boundaries
}

// manyOf is a nation of districts, the last of which are silent, and the cycle of the
// nation, which names them all.
func manyOf(t testing.TB, n, silent int, called func(i int) string) many {
	t.Helper()
	all := many{turns: map[string][]Turn{}}
	add := func(c *reformcycle.Cycle) {
		turns, err := Turns(t.Context(), c)
		require.NoError(t, err)
		if len(all.States)%9 == 7 { // no cycle of the fixture is ready for a new lap
			turns = append(turns, Turn{On: date.MustParse("2025-02-14"), Move: reformcycle.MoveRenew, Stage: reformcycle.ProblemPrioritization, Lap: 2})
		}
		all.States, all.turns[c.ID()] = append(all.States, c.State().At(judgedIn)), turns
	}
	var children []reformcycle.Child
	for i, c := range cyclesOf(t, n-silent, called) {
		add(c)
		children = append(children, reformcycle.Child{Cycle: fmt.Sprintf("D-%03d", i), Name: called(i)})
	}
	for i := n - silent; i < n; i++ {
		id := fmt.Sprintf("D-%03d", i)
		all.Silent = append(all.Silent, portfolio.Silent{Cycle: id, Why: language.Of("portfolio.silent", "cycle", id)})
		children = append(children, reformcycle.Child{Cycle: id, Name: called(i)})
	}
	if n > 0 {
		c, err := reformcycle.New("NATION", reformcycle.WithTitle(manyTitle), reformcycle.WithCountry("Exampleland"), reformcycle.WithStage(reformcycle.Launch))
		require.NoError(t, err)
		walk{t, c}.on("2024-01-08",
			reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{ID: "XX", Name: "Exampleland", Tier: reformcycle.National}},
			reformcycle.NameChildren{Of: reformcycle.Children{Children: children, Source: "made up"}})
		add(c)
		all.land = landOf(t, all)
	}
	return all
}

func rowsOf(n Nation) (rows []portfolio.Row) {
	for _, s := range n.States {
		j, _ := s.Jurisdiction()
		rows = append(rows, portfolio.Row{Cycle: s.ID(), Title: s.Title(), Jurisdiction: j, Stage: s.Stage(), Status: s.Status(), Lap: s.Lap(), Seq: s.Seq()})
	}
	for _, s := range n.Silent {
		rows = append(rows, portfolio.Row{Cycle: s.Cycle, Unreadable: s.Why})
	}
	return rows
}

func hostileName(i int) string {
	// The normal form takes thirty marks on a letter.
	name := []rune(asName(strings.ReplaceAll(drawtest.HostileNames[i%len(drawtest.HostileNames)], strings.Repeat("\u0301", 20), "\u0301")))
	return fmt.Sprint(i, " සෞඛ්\u200dය ", strings.TrimSpace(string(name[:min(len(name), 300)])))
}

// manyPictures are the pictures of many cycles, and the tables that say the same.
type manyPicture struct {
	page  draw.Paper
	write func(w io.Writer, l *language.Language, title string, n many) error
	table func(l *language.Language, n many) (Table, error)
}

var manyPictures = map[string]manyPicture{
	"heat map": {draw.Upright,
		func(w io.Writer, l *language.Language, title string, n many) error {
			return HeatMap(w, l, title, n.Nation, View{})
		},
		func(l *language.Language, n many) (Table, error) { return HeatTable(l, n.Nation, View{}) }},
	"heat map of a stage": {draw.Upright,
		func(w io.Writer, l *language.Language, title string, n many) error {
			return HeatMap(w, l, title, n.Nation, View{Stage: reformcycle.Design, Order: ByStage, Page: n.Pages()})
		},
		func(l *language.Language, n many) (Table, error) {
			return HeatTable(l, n.Nation, View{Stage: reformcycle.Design, Order: ByStage, Page: n.Pages()})
		}},
	"time line": {draw.Upright,
		func(w io.Writer, l *language.Language, title string, n many) error {
			return TimeLine(w, l, title, n.Nation, n.turns, View{})
		},
		func(l *language.Language, n many) (Table, error) { return TimeLineTable(l, n.Nation, n.turns, View{}) }},
}

// tilesOf are places for all but the last five, in rows of seven, and for one without a cycle.
func tilesOf(n many) (tiles []Tile) {
	for i, r := range n.Rows() {
		if i < len(n.States)+len(n.Silent)-5 {
			tiles = append(tiles, Tile{r.Cycle, 2 + i%7, 3 + i/7})
		}
	}
	if len(tiles) > 0 {
		tiles = append(tiles, Tile{"XX-99", 2, 2})
	}
	return tiles
}

func init() {
	places := func(l *language.Language, n many) (Table, error) { return PlaceTable(l, n.Rows()) }
	manyPictures["tile map"] = manyPicture{draw.Upright, func(w io.Writer, l *language.Language, title string, n many) error {
		return TileMap(w, l, title, n.Rows(), nil)
	}, places}
	manyPictures["tile map of a host"] = manyPicture{draw.Upright, func(w io.Writer, l *language.Language, title string, n many) error {
		return TileMap(w, l, title, n.Rows(), tilesOf(n))
	}, places}
}

func drawMany(t testing.TB, p manyPicture, l *language.Language, title string, n many) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, p.write(&b, l, title, n))
	return b.String()
}

// However many districts there are and whatever they are called, texts stay on the page and
// off each other, nothing in the page is a style or a script, and it is small.
func TestPicturesOfManyKeepTheirLabelsApart(t *testing.T) {
	sizes := []int{0, 1, 3, 47, 500}
	if raced {
		sizes = sizes[:4]
	}
	for _, count := range sizes {
		n := manyOf(t, count, count/10, hostileName)
		for name, p := range manyPictures {
			for tag, l := range madeUpLanguages() {
				if count == 500 && tag == "accented" {
					continue
				}
				t.Run(fmt.Sprint(name, " ", count, " ", tag), func(t *testing.T) {
					began := time.Now()
					svg := drawMany(t, p, l, hostile, n)
					assert.Less(t, time.Since(began), 5*time.Second, "it takes a small part of that")
					drawtest.KeepsApart(t, p.page, svg)
					assert.NotContains(t, svg, "<style")
					assert.NotContains(t, svg, "style=")
					assert.NotContains(t, svg, "<script")
					assert.Less(t, len(svg), 200_000)
					assert.Equal(t, svg, drawMany(t, p, l, hostile, n), "equal bytes")
				})
			}
		}
	}
}

// Pictures of twelve districts, looked at by eye.
func TestPicturesOfManyGolden(t *testing.T) {
	n := manyOf(t, 12, 1, districtName)
	for name, p := range manyPictures {
		drawtest.Golden(t, strings.ReplaceAll(name, " ", "-")+".svg", drawMany(t, p, nil, manyTitle, n))
	}
}

// The order in which a host hands cycles in reaches no picture.
func TestPicturesOfManyAreSortedTheSameWay(t *testing.T) {
	n := manyOf(t, 20, 3, districtName)
	turned := many{turns: n.turns, land: n.land}
	for i := range n.States {
		turned.States = append(turned.States, n.States[len(n.States)-1-i])
	}
	for i := range n.Silent {
		turned.Silent = append(turned.Silent, n.Silent[len(n.Silent)-1-i])
	}
	for name, p := range manyPictures {
		assert.Equal(t, drawMany(t, p, nil, manyTitle, n), drawMany(t, p, nil, manyTitle, turned), name)
	}
}

func everyPictureOfMany(t *testing.T) (all drawtest.Pictures, typed []string) {
	n := manyOf(t, 47, 4, districtName)
	typed = []string{manyTitle, "XX-99", "R-0", "R-1", "R-2", "R-3", "R-4", "R-5", "Exampleland", "XX", "NATION", "made up"}
	for i := range 47 {
		typed = append(typed, districtName(i), fmt.Sprintf("D-%03d", i))
	}
	all = drawtest.Pictures{}
	for name, p := range manyPictures {
		all[name] = func(w io.Writer, l *language.Language) error { return p.write(w, l, manyTitle, n) }
		all[name+" of none"] = func(w io.Writer, l *language.Language) error { return p.write(w, l, "", many{}) }
		all[name+" as a table"] = func(w io.Writer, l *language.Language) error {
			table, err := p.table(l, n)
			if err != nil {
				return err
			}
			return table.Markdown(w)
		}
	}
	return all, typed
}

func TestPicturesOfManySayAllInTheLanguageThatTheyAreDrawnIn(t *testing.T) {
	all, typed := everyPictureOfMany(t)
	for name := range all {
		if strings.HasSuffix(name, " as a table") {
			delete(all, name) // Markdown escapes signs of the made-up language
		}
	}
	drawtest.TellsAll(t, all, madeUpLanguages()["accented"], typed...)
}

func TestPicturesOfManyHaveRoomForEveryLanguage(t *testing.T) {
	all, _ := everyPictureOfMany(t)
	for name := range all {
		if strings.HasSuffix(name, " as a table") {
			delete(all, name)
		}
	}
	drawtest.HasRoom(t, all, nil, fr.Language(), pt.Language(), es.Language(), madeUpLanguages()["accented"], madeUpLanguages()["mirrored"])
}

// What a picture shows stands in its table: each district by its name.
func TestTablesOfManyNameEachDistrict(t *testing.T) {
	n := manyOf(t, 30, 3, districtName)
	for name, p := range manyPictures {
		table, err := p.table(nil, n)
		require.NoError(t, err)
		var b strings.Builder
		require.NoError(t, table.Markdown(&b))
		for i := range 30 {
			assert.Contains(t, b.String(), districtName(i), name)
		}
		for _, row := range table.Rows {
			assert.Len(t, row, len(table.Columns), name)
		}
		assert.ErrorIs(t, table.Markdown(nil), fault.ErrInvalid)
	}
}

func TestWhatIsThereTwiceIsRefused(t *testing.T) {
	n := manyOf(t, 3, 1, districtName)
	var b strings.Builder
	for want, bad := range map[string]Nation{
		"states[3]":       {States: append(n.States[:3:3], n.States[0])},
		"silent[0].cycle": {States: n.States, Silent: []portfolio.Silent{{Cycle: "D-000"}}},
		"silent[1].cycle": {States: n.States, Silent: []portfolio.Silent{{Cycle: "x"}, {Cycle: "x"}}},
	} {
		err := HeatMap(&b, nil, "", bad, View{})
		require.ErrorIs(t, err, fault.ErrInvalid, want)
		assert.Equal(t, want, fault.Of(err)[0].Path)
	}
	for want, v := range map[string]View{"stage": {Stage: 9}, "order": {Order: 2}, "page": {Page: 2}} {
		err := HeatMap(&b, nil, "", n.Nation, v)
		require.ErrorIs(t, err, fault.ErrInvalid, want)
		assert.Equal(t, want, fault.Of(err)[0].Path)
	}
	assert.Empty(t, b.String())
	assert.ErrorIs(t, HeatMap(nil, nil, "", n.Nation, View{}), fault.ErrInvalid)
	assert.ErrorIs(t, HeatMap(drawtest.Full{}, nil, "", n.Nation, View{}), drawtest.ErrFull)
}

// Of a stage before the recording began nobody knows what happened: what is computed there
// is not known, and not the lowest level. Of one that was passed under record it is.
func TestWhatWasBeforeTheRecordIsNotKnown(t *testing.T) {
	late, err := reformcycle.New("LATE", reformcycle.WithStage(reformcycle.Launch))
	require.NoError(t, err)
	walk{t, late}.on("2025-01-06", made("launch.communication", assessment.Functional))
	w := walked(t)
	h := newHeat(nil, Nation{States: []reformcycle.State{late.State(), w.cycle.State()}}, View{})
	level := func(row, criterion string) heatLevel {
		for _, r := range h.rows {
			for i, c := range h.columns {
				if r.cycle == row && c.id == criterion {
					return r.levels[i]
				}
			}
		}
		t.Fatal("no such cell")
		return 0
	}
	assert.Equal(t, heatLevel(assessment.Unknown), level("LATE", "problem.framed"))
	assert.Equal(t, heatLevel(assessment.NonFunctional), level("LATE", "launch.activated"), "it stands there")
	assert.Greater(t, level("EXAMPLE", "problem.framed"), heatLevel(assessment.NonFunctional))
	assert.Equal(t, heatLevel(assessment.NonFunctional), level("EXAMPLE", "problem.window"), "none was opened while it was on record")
}

// A checklist with more criteria than have room: those beyond sixty are counted, and all are
// in the table.
func TestAHeatMapOfManyCriteriaSaysWhatItLeavesOut(t *testing.T) {
	var edits []assessment.Edit
	for i := range 30 {
		edits = append(edits, assessment.Add(assessment.Criterion{
			ID: fmt.Sprintf("design.a-very-long-id-of-a-criterion-that-a-host-has-for-reasons-of-its-own-%d", i), Section: "design", Text: drawtest.Hostile[:60],
			Kind: assessment.Rated, Threshold: assessment.Functional, Remedy: "made up", Sources: []string{"model"}, Carriers: []string{"leader"},
		}))
	}
	list, err := reformcycle.ReformChecklist().Derive("1.0.0-many", edits...)
	require.NoError(t, err)
	c, err := reformcycle.New("MANY", reformcycle.WithChecklist(list))
	require.NoError(t, err)
	walk{t, c}.on("2025-01-06", made("design.a-very-long-id-of-a-criterion-that-a-host-has-for-reasons-of-its-own-29", assessment.Functional))
	n := many{Nation: Nation{States: []reformcycle.State{c.State()}}}
	more := manyOf(t, 49, 0, hostileName) // by another checklist
	n.States = append(n.States, more.States...)
	table, err := HeatTable(nil, n.Nation, View{})
	require.NoError(t, err)
	assert.Len(t, table.Columns, 2+list.Len())
	for _, l := range madeUpLanguages() {
		for _, v := range []View{{}, {Stage: reformcycle.Design}} {
			var b strings.Builder
			require.NoError(t, HeatMap(&b, l, "", n.Nation, v))
			drawtest.KeepsApart(t, draw.Upright, b.String())
			if l == nil && v.Stage == 0 {
				assert.Contains(t, b.String(), fmt.Sprintf("Not drawn for want of room: %d criteria.", list.Len()-60))
			}
		}
	}
	at := slices.IndexFunc(table.Columns, func(name string) bool { return strings.HasSuffix(name, " 29") })
	require.Positive(t, at)
	for _, row := range table.Rows {
		want := "not asked"
		if row[0] == "MANY" {
			want = "3 functional"
		}
		assert.Equal(t, want, row[at], row[0])
	}
}
