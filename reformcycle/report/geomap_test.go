package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// country is a made-up country of areas side by side, each with the key that is asked for.
// Their common lines are ragged, and the same for both; every seventh has a hole, in which
// a lake lies.
func country(keys []string, west, south, wide float64) string {
	across := max(1, int(math.Ceil(math.Sqrt(float64(len(keys))))))
	step := wide / float64(across)
	noise := func(a, b, c int) float64 { return float64((a*7919+b*104729+c*1299709)%1000)/1000 - 0.5 }
	corner := func(i, k int) [2]float64 {
		return [2]float64{west + step*(float64(i)+0.45*noise(i, k, 1)), south + step*(float64(k)+0.45*noise(i, k, 2))}
	}
	line := func(i, k, di, dk int) (points [][2]float64) { // from a corner to the next, without that
		a, b := corner(i, k), corner(i+di, k+dk)
		const n = 24
		for m := range n {
			t := float64(m) / n
			p := [2]float64{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t}
			if m > 0 {
				p[0] += step * 0.05 * noise(i*31+di, k*17+dk, m)
				p[1] += step * 0.05 * noise(i*13+dk, k*29+di, m+50)
			}
			points = append(points, p)
		}
		return points
	}
	back := func(points [][2]float64, end [2]float64) (all [][2]float64) {
		all = append(all, end)
		for i := len(points) - 1; i > 0; i-- {
			all = append(all, points[i])
		}
		return all
	}
	var features []string
	for n, key := range keys {
		i, k := n%across, n/across
		var r [][2]float64
		r = append(r, line(i, k, 1, 0)...)
		r = append(r, line(i+1, k, 0, 1)...)
		r = append(r, back(line(i, k+1, 1, 0), corner(i+1, k+1))...)
		r = append(r, back(line(i, k, 0, 1), corner(i, k+1))...)
		r = append(r, r[0])
		rings := [][][2]float64{r}
		if n%7 == 3 {
			x, y, d := r[0][0]+step*0.6, r[0][1]+step*0.62, step*0.1
			rings = append(rings, [][2]float64{{x, y}, {x, y + d}, {x + d, y + d}, {x + d, y}, {x, y}})
		}
		coordinates, _ := json.Marshal(rings)
		name, _ := json.Marshal(key)
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"code":%s,"shapeName":"<script>"},"geometry":{"type":"Polygon","coordinates":%s}}`, name, coordinates))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// landOf are the boundaries of all but the last four, and of one without a cycle.
func landOf(t testing.TB, n many) Boundaries {
	var keys []string
	for _, s := range n.States {
		if j, _ := s.Jurisdiction(); j.Tier == reformcycle.District {
			keys = append(keys, j.ID)
		}
	}
	b, err := ReadBoundaries(strings.NewReader(country(append(keys[:max(0, len(keys)-4)], "XX-99"), 30, -5, 12)), "code")
	require.NoError(t, err)
	return b
}

func init() {
	manyPictures["map"] = manyPicture{draw.Upright, func(w io.Writer, l *language.Language, title string, n many) error {
		if len(n.States) == 0 {
			return GeoMap(w, l, title, nil, Boundaries{})
		}
		return GeoMap(w, l, title, n.Rows(), n.land)
	}, func(l *language.Language, n many) (Table, error) { return PlaceTable(l, n.Rows()) }}
}

func feature(geometry string) string {
	return `{"type":"Feature","properties":{"code":"A"},"geometry":` + geometry + `}`
}

func polygonOf(coordinates string) string {
	return feature(`{"type":"Polygon","coordinates":` + coordinates + `}`)
}

func bounded(text string) (Boundaries, error) {
	return ReadBoundaries(strings.NewReader(text), "code")
}

const square = `[[0,0],[1,0],[1,1],[0,1],[0,0]]`

func TestBoundariesAreReadFromGeoJSON(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		areas int
		rings int
	}{
		"a feature":           {polygonOf("[" + square + "]"), 1, 1},
		"a byte order mark":   {"\ufeff" + polygonOf("["+square+"]"), 1, 1},
		"holes":               {polygonOf("[" + square + ",[[0.2,0.2],[0.2,0.4],[0.4,0.4],[0.2,0.2]]]"), 1, 2},
		"heights":             {polygonOf("[[[0,0,9],[1,0,9],[1,1,9],[0,0,9]]]"), 1, 1},
		"a multipolygon":      {feature(`{"type":"MultiPolygon","coordinates":[[` + square + `],[` + square + `]]}`), 1, 2},
		"a collection":        {feature(`{"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":[` + square + `]}]}`), 1, 1},
		"no shape":            {feature(`null`), 1, 0},
		"two of one key":      {`{"type":"FeatureCollection","features":[` + polygonOf("["+square+"]") + "," + polygonOf("["+square+"]") + `]}`, 1, 2},
		"foreign members":     {`{"type":"FeatureCollection","name":"x","crs":{"a":[1]},"features":[]}`, 0, 0},
		"cut at the meridian": {feature(`{"type":"MultiPolygon","coordinates":[[[[179,0],[180,0],[180,1],[179,0]]],[[[-180,0],[-179,0],[-180,1],[-180,0]]]]}`), 1, 2},
		"around the pole":     {polygonOf(`[[[-180,-90],[-180,-70],[0,-65],[180,-70],[180,-90],[-180,-90]]]`), 1, 1},
	} {
		b, err := bounded(c.text)
		require.NoError(t, err, name)
		require.Len(t, b.areas, c.areas, name)
		rings := 0
		for _, a := range b.areas {
			assert.Equal(t, "A", a.key, name)
			for _, part := range a.parts {
				rings += len(part)
			}
		}
		assert.Equal(t, c.rings, rings, name)
	}
	b, err := ReadBoundaries(strings.NewReader(`{"type":"Feature","id":47,"properties":null,"geometry":null}`), "")
	require.NoError(t, err)
	assert.Equal(t, "47", b.areas[0].key)
}

func TestBoundariesThatCannotBeReadSayWhereAndWhy(t *testing.T) {
	collection := func(features string) string { return `{"type":"FeatureCollection","features":[` + features + `]}` }
	for name, c := range map[string]struct{ text, path, rule string }{
		"nothing":             {"", "", fault.Syntax},
		"no JSON":             {`{"type":`, "", fault.Syntax},
		"more behind":         {`{"type":"FeatureCollection","features":[]} x`, "", fault.Syntax},
		"a list":              {`[]`, "", fault.Type},
		"a geometry":          {`{"type":"Polygon","coordinates":[]}`, "type", fault.Known},
		"no feature":          {collection(`{"type":"Polygon"}`), "features[0].type", fault.Known},
		"a point":             {feature(`{"type":"Point","coordinates":[0,0]}`), "geometry.type", fault.Known},
		"an open ring":        {collection(polygonOf("["+square+"]") + "," + polygonOf(`[`+square+`,[[0,0],[1,0],[1,1],[0,1]]]`)), "features[1].geometry.coordinates[1]", "closed"},
		"three positions":     {polygonOf(`[[[0,0],[1,0],[0,0]]]`), "geometry.coordinates[0]", fault.Length},
		"no ring":             {polygonOf(`[]`), "geometry.coordinates", fault.Required},
		"no coordinates":      {feature(`{"type":"Polygon"}`), "geometry.coordinates", fault.Required},
		"beyond the earth":    {polygonOf(`[[[0,0],[181,0],[1,1],[0,0]]]`), "geometry.coordinates[0][1]", fault.Range},
		"beyond the pole":     {polygonOf(`[[[0,0],[1,90.1],[1,1],[0,0]]]`), "geometry.coordinates[0][1]", fault.Range},
		"metres":              {polygonOf(`[[[251000,9870000],[252000,9870000],[251000,9871000],[251000,9870000]]]`), "geometry.coordinates[0][0]", fault.Range},
		"one number":          {polygonOf(`[[[0],[1,0],[1,1],[0]]]`), "geometry.coordinates[0][0]", fault.Length},
		"null":                {polygonOf(`[[[0,null],[1,0],[1,1],[0,0]]]`), "geometry.coordinates", fault.Type},
		"a text":              {polygonOf(`[[["0",0],[1,0],[1,1],["0",0]]]`), "geometry.coordinates", fault.Type},
		"infinite":            {polygonOf(`[[[1e999,0],[1,0],[1,1],[1e999,0]]]`), "geometry.coordinates", fault.Type},
		"across the meridian": {polygonOf(`[[[179,0],[-179,0],[-179,1],[179,1],[179,0]]]`), "geometry.coordinates[0][1]", "antimeridian"},
		"another property":    {`{"type":"Feature","properties":{"<b>":"A"},"geometry":null}`, "property", fault.Exists},
		"no property":         {`{"type":"Feature","properties":null,"geometry":null}`, "property", fault.Exists},
		"a list of features":  {`{"type":"FeatureCollection","features":{}}`, "features", fault.Type},
		"bytes":               {"{\"type\":\"\xff\"}", "", fault.Encoding},
		"too many":            {collection(strings.Repeat(feature("null")+",", 2000) + feature("null")), "features", fault.Length},
		"a million":           {polygonOf("[[" + strings.Repeat("[0,0],", 1_000_001) + "[0,0]]]"), "geometry.coordinates[0]", fault.Length},
		"many more":           {polygonOf("[[" + strings.Repeat("[0,0],", 2_500_000) + "[0,0]]]"), "geometry.coordinates", fault.Length},
		"nested deep":         {polygonOf(strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)), "", fault.Syntax},
		"50 MB":               {`{"type":"` + strings.Repeat(" ", 50<<20) + `"}`, "", fault.Length},
	} {
		_, err := bounded(c.text)
		require.ErrorIs(t, err, fault.ErrInvalid, name)
		got := fault.Of(err)
		assert.Equal(t, []string{c.path, c.rule}, []string{got[0].Path, got[0].Rule}, name)
		assert.Less(t, len(err.Error()), fault.MaxMessage+1, name)
	}
	_, err := bounded(`{"type":"` + strings.Repeat(" ", 50<<20) + `"}`)
	assert.Contains(t, err.Error(), fmt.Sprint(MaxBoundaryBytes), "the bound is named")
	_, err = bounded("{\"type\":\n  x}")
	assert.Equal(t, []int{2, 3}, []int{fault.Of(err)[0].Line, fault.Of(err)[0].Column})
	_, err = ReadBoundaries(nil, "")
	assert.ErrorIs(t, err, fault.ErrInvalid)
	_, err = ReadBoundaries(broken{}, "")
	assert.ErrorIs(t, err, drawtest.ErrFull)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, drawtest.ErrFull }

func FuzzReadBoundaries(f *testing.F) {
	for _, seed := range []string{
		polygonOf("[" + square + "]"), country([]string{"A", "B"}, -180, -90, 2), feature("null"),
		feature(`{"type":"MultiPolygon","coordinates":[[[[179,0],[180,0],[180,1],[179,0]]],[[[-180,0],[-179,0],[-180,1],[-180,0]]]]}`),
		`{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"geometry":{"type":"GeometryCollection","geometries":[]}}]}`,
	} {
		f.Add(seed)
	}
	rows := []portfolio.Row{{Cycle: "A", Stage: reformcycle.Design}, {Cycle: "B", Stage: reformcycle.Launch, Status: reformcycle.Suspended}}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := bounded(text)
		if err != nil {
			assert.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		var svg strings.Builder
		require.NoError(t, GeoMap(&svg, nil, "", rows, b))
		drawtest.KeepsApart(t, draw.Upright, svg.String())
		assert.Less(t, svg.Len(), 100_000)
	})
}

// Areas find their cycles by the id of the jurisdiction, of the cycle, or by a name that
// only one has; what finds nothing is told.
func TestAreasFindTheirCycles(t *testing.T) {
	place := func(id, name, in string) reformcycle.Jurisdiction {
		return reformcycle.Jurisdiction{ID: id, Name: name, Parent: in}
	}
	rows := []portfolio.Row{
		{Cycle: "NATION", Stage: 1, Jurisdiction: place("XX", "Exampleland", "")},
		{Cycle: "C1", Stage: 1, Jurisdiction: place("XX-1", "One", "XX")}, {Cycle: "C2", Stage: 2, Jurisdiction: place("XX-2", "Two", "XX")},
		{Cycle: "C3", Stage: 3, Jurisdiction: place("XX-3", "Three", "XX")}, {Cycle: "C4", Stage: 4, Jurisdiction: place("XX-4", "Same", "XX")},
		{Cycle: "C5", Stage: 5, Jurisdiction: place("XX-5", "Same", "XX")}, {Cycle: "C6", Stage: 6, Jurisdiction: place("XX-6", "Six", "XX")},
	}
	text := country([]string{"XX-1", "C2", "Three", "Same", "<script>alert(1)</script>"}, 0, 0, 10)
	text = strings.Replace(text, `"features":[`, `"features":[{"type":"Feature","properties":{"code":"XX-6"},"geometry":null},`, 1)
	b, err := bounded(text)
	require.NoError(t, err)
	areas, cycles := b.Unmatched(rows)
	assert.Equal(t, []string{"<script>alert(1)</script>", "Same"}, areas)
	assert.Equal(t, []string{"C4", "C5", "C6"}, cycles, "the last has a feature without a shape; the nation needs none")
	var svg strings.Builder
	require.NoError(t, GeoMap(&svg, nil, "", rows, b))
	words := flat(drawtest.Read(t, svg.String()).Words)
	assert.NotContains(t, svg.String(), "<script")
	for _, want := range []string{"Without a boundary: Same (C4) (4 design)", "Six (6 launch)", "Boundaries without a reform on record: <script>alert(1)</script>; Same."} {
		assert.Contains(t, words, want)
	}
}

// The map is area-fair: of two areas, one at the equator and one at 60° north, as wide and
// as high in degrees, the second is half as large on the earth.
func TestAMapIsAreaFair(t *testing.T) {
	at := func(south float64) string {
		var r [][2]float64
		for i := range 41 {
			r = append(r, [2]float64{float64(i) / 10, south})
		}
		r = append(r, [2]float64{4, south + 4}, [2]float64{0, south + 4}, [2]float64{0, south})
		text, _ := json.Marshal([][][2]float64{r})
		return `{"type":"Feature","properties":{"code":"` + fmt.Sprint(south) + `"},"geometry":{"type":"Polygon","coordinates":` + string(text) + `}}`
	}
	b, err := bounded(`{"type":"FeatureCollection","features":[` + at(-2) + `,` + at(58) + `]}`)
	require.NoError(t, err)
	g := newGeo(nil, nil, b)
	g.onPage(0, 0, 800, 800)
	sizes := map[string]float64{}
	for _, s := range g.shapes {
		sizes[s.key] = s.rings[0].size()
	}
	on := func(south float64) float64 {
		return math.Sin((south+4)*math.Pi/180) - math.Sin(south*math.Pi/180)
	}
	assert.InDelta(t, on(58)/on(-2), sizes["58"]/sizes["-2"], 1e-9)
	assert.Positive(t, sizes["58"])
}

// A country on both sides of the antimeridian is drawn in one piece.
func TestACountryOnBothSidesOfTheAntimeridianIsOnePiece(t *testing.T) {
	b, err := bounded(feature(`{"type":"MultiPolygon","coordinates":[[[[177,-19],[180,-19],[180,-16],[177,-16],[177,-19]]],[[[-180,-19],[-178,-19],[-178,-16],[-180,-16],[-180,-19]]]]}`))
	require.NoError(t, err)
	g := newGeo(nil, nil, b)
	g.onPage(0, 0, 1000, 1000)
	left, right := g.shapes[0].rings[0], g.shapes[0].rings[1]
	// Five degrees share the 1,000: three west of it, two east.
	reach := func(o outline) (from, to float64) {
		from, to = math.Inf(1), math.Inf(-1)
		for _, p := range o {
			from, to = min(from, p.x), max(to, p.x)
		}
		return from, to
	}
	from, to := reach(left)
	assert.InDelta(t, 0, from, 1e-6)
	assert.InDelta(t, 600, to, 1e-6)
	from, to = reach(right)
	assert.InDelta(t, 600, from, 1e-6)
	assert.InDelta(t, 1000, to, 1e-6)
}

// Neighbours keep their common line, however coarse it becomes: every edge of the one that
// is an edge of the other before is so after.
func TestNeighboursKeepTheirCommonLine(t *testing.T) {
	b, err := bounded(country([]string{"A", "B", "C", "D"}, 0, 0, 10))
	require.NoError(t, err)
	g := newGeo(nil, nil, b)
	g.onPage(0, 0, 700, 700)
	for _, grid := range grids {
		covered := 0.0
		for _, s := range g.shapes {
			covered += s.rings[0].rounded(grid).size() * grid * grid
		}
		// The whole has no gap and no overlap where the areas of the parts are that of their hull:
		// its outline is put together of the outer lines.
		whole := 0.0
		edges := map[[2]geoPoint]int{}
		for _, s := range g.shapes {
			r := s.rings[0]
			for i, p := range r {
				q := r[(i+1)%len(r)]
				round := func(p geoPoint) geoPoint { return geoPoint{math.Round(p.x / grid), math.Round(p.y / grid)} }
				a, c := round(p), round(q)
				if a != c {
					edges[[2]geoPoint{a, c}]++
				}
			}
		}
		for e, n := range edges {
			if m := edges[[2]geoPoint{e[1], e[0]}]; n > m { // no neighbour goes the other way
				whole += float64(n-m) * (e[0].x*e[1].y - e[1].x*e[0].y) * grid * grid
			}
		}
		assert.InDelta(t, whole, covered, 1e-6*math.Abs(whole), "%v", grid)
	}
}

// A million positions become a page of less than 100 KB, well within a second and a half.
func TestManyPositionsBecomeASmallPage(t *testing.T) {
	n := manyOf(t, 47, 0, districtName)
	assert.Less(t, len(drawMany(t, manyPictures["map"], nil, manyTitle, n)), 100_000)
	var keys []string
	var rows []portfolio.Row
	for i := range 2000 {
		keys = append(keys, fmt.Sprintf("D-%d", i))
		rows = append(rows, portfolio.Row{Cycle: keys[i], Stage: reformcycle.Stage(1 + i%8)})
	}
	many, err := bounded(country(keys, -60, -55, 100))
	require.NoError(t, err)
	var all strings.Builder
	require.NoError(t, GeoMap(&all, nil, "", rows, many))
	assert.Less(t, all.Len(), 100_000)
	drawtest.KeepsApart(t, draw.Upright, all.String())
	assert.Contains(t, all.String(), "Too small on the map for a number")
	var r strings.Builder
	count := 900_000
	if raced {
		count = 50_000
	}
	for i := range count {
		angle := 2 * math.Pi * float64(i) / float64(count)
		fmt.Fprintf(&r, "[%.6f,%.6f],", 20+(5+0.3*math.Sin(angle*3000))*math.Cos(angle), (5+0.3*math.Sin(angle*3000))*math.Sin(angle))
	}
	first, _, _ := strings.Cut(r.String(), "],")
	b, err := bounded(polygonOf("[[" + r.String() + first + "]]]"))
	require.NoError(t, err)
	var svg strings.Builder
	began := time.Now()
	require.NoError(t, GeoMap(&svg, nil, "", []portfolio.Row{{Cycle: "A", Stage: 3}}, b))
	assert.Less(t, svg.Len(), 100_000)
	assert.Less(t, time.Since(began), 10*time.Second, "it takes a small part of that")

}
