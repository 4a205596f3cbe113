package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file reads boundaries from GeoJSON (RFC 7946).

// MaxBoundaryBytes is how much GeoJSON is read: 20 MiB.
const MaxBoundaryBytes = 20 << 20

const (
	maxAreas     = 2000
	maxPositions = 1_000_000
)

// Boundaries are the areas of jurisdictions, as a host hands them in. They never change.
type Boundaries struct {
	areas []territory
}

// territory is what belongs to one key. A ring ends where it begins, without saying so.
type territory struct {
	key   string
	parts []polygon
}

// polygon is a ring and the holes in it.
type polygon []border

type border []position

// position is in degrees, from the west to the east and from the south to the north.
type position struct{ lon, lat float64 }

// ReadBoundaries reads the areas of jurisdictions from GeoJSON (RFC 7946): a collection of
// features, or one feature, whose geometries are polygons, multipolygons, collections of
// these, or null. Areas are known by a property of their features, whose value is a text
// or a number; where none is named, by the id of the features. Features of one value are
// one area. What the standard leaves open is taken: rings that turn the other way, heights,
// members of other vocabularies.
//
// Errors: [fault.Fields], with the place in the file, for more than [MaxBoundaryBytes],
// 2,000 features or 1,000,000 positions; what is no JSON or no such GeoJSON; a ring that is
// open or has less than four positions; a position beyond the earth; a ring that crosses
// the antimeridian, which the standard has cut there; and a property that no feature has.
// What the reader returns.
func ReadBoundaries(r io.Reader, property string) (Boundaries, error) {
	if r == nil {
		return Boundaries{}, fault.Refuse("r", fault.Required, nil, language.Of("want.a-reader"))
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxBoundaryBytes+1))
	switch {
	case err != nil:
		return Boundaries{}, err
	case len(data) > MaxBoundaryBytes:
		return Boundaries{}, fault.Refuse("", fault.Length, nil, language.Of("want.geo-bytes", "most", MaxBoundaryBytes))
	case !utf8.Valid(data):
		return Boundaries{}, fault.Refuse("", fault.Encoding, nil, language.Of("want.table-utf-8"))
	}
	d := &geoDecoder{property: property, at: map[string]int{}, names: map[string]bool{}}
	if err := d.read(bytes.TrimPrefix(data, []byte("\ufeff"))); err != nil {
		return Boundaries{}, err
	}
	return Boundaries{d.areas}, d.wrong.Err()
}

// The JSON form, as far as it is read.
type (
	geoFile struct {
		Type     string            `json:"type"`
		Features []json.RawMessage `json:"features"`
	}
	geoFeature struct {
		Type       string                     `json:"type"`
		ID         json.RawMessage            `json:"id"`
		Properties map[string]json.RawMessage `json:"properties"`
		Geometry   *geoGeometry               `json:"geometry"`
	}
	geoGeometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
		Geometries  []geoGeometry   `json:"geometries"`
	}
)

type geoDecoder struct {
	property  string
	areas     []territory
	at        map[string]int // of a key among the areas
	names     map[string]bool
	keyed     bool // some feature has the property
	positions int
	wrong     fault.Fields
}

func (d *geoDecoder) read(data []byte) error {
	var file geoFile
	if err := json.Unmarshal(data, &file); err != nil {
		return notJSON(data, err)
	}
	switch file.Type {
	case "FeatureCollection":
		if len(file.Features) > maxAreas {
			return fault.Refuse("features", fault.Length, len(file.Features), language.Of("want.geo-features", "most", maxAreas))
		}
		for i, feature := range file.Features {
			d.feature(fault.At("features", i), feature)
			if d.wrong.Full() || d.positions > maxPositions {
				break
			}
		}
	case "Feature":
		d.feature("", data)
	default:
		return fault.Refuse("type", fault.Known, file.Type, fault.OneOf([]string{"FeatureCollection", "Feature"}))
	}
	if len(d.areas) > 0 && !d.keyed && d.property != "" && len(d.wrong) == 0 {
		want := language.Of("want.geo-property.none")
		if names := slices.Sorted(maps.Keys(d.names)); len(names) > 0 {
			want = language.Of("want.geo-property", "names", names[:min(len(names), 20)])
		}
		return fault.Refuse("property", fault.Exists, d.property, want)
	}
	return nil
}

// notJSON says where a text is no JSON.
func notJSON(data []byte, err error) error {
	f := fault.Field{Rule: fault.Syntax, Want: language.Of("want.geo-json")}
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset, f.Path, f.Rule, f.Value = kind.Offset, kind.Field, fault.Type, kind.Value
	}
	before := data[:min(max(offset-1, 0), int64(len(data)))]
	f.Line = bytes.Count(before, []byte("\n")) + 1
	f.Column = utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return f
}

// under is a path within another.
func under(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (d *geoDecoder) feature(path string, data []byte) {
	var f geoFeature
	if err := json.Unmarshal(data, &f); err != nil {
		d.mistyped(path, err)
		return
	}
	if f.Type != "Feature" {
		d.wrong.Add(under(path, "type"), fault.Known, f.Type, fault.OneOf([]string{"Feature"}))
		return
	}
	value := f.ID
	if d.property != "" {
		value = f.Properties[d.property]
	}
	if len(d.names) < 1000 {
		for name := range f.Properties {
			d.names[fault.Cut(name, 80)] = true
		}
	}
	key, keyed := geoKey(value)
	d.keyed = d.keyed || keyed
	var parts []polygon
	if f.Geometry != nil {
		parts = d.geometry(under(path, "geometry"), *f.Geometry)
	}
	if i, held := d.at[key]; held && keyed {
		d.areas[i].parts = append(d.areas[i].parts, parts...)
		return
	}
	d.at[key] = len(d.areas)
	d.areas = append(d.areas, territory{key, parts})
}

func (d *geoDecoder) mistyped(path string, err error) {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		if kind.Field != "" {
			path = under(path, kind.Field)
		}
		d.wrong.Add(path, fault.Type, kind.Value, language.Of("want.geo-json"))
		return
	}
	d.wrong.Add(path, fault.Syntax, nil, language.Of("want.geo-json"))
}

// geoKey is a text or a number; nothing else is a key.
func geoKey(value json.RawMessage) (string, bool) {
	var text string
	var number json.Number
	switch {
	case len(value) == 0 || value[0] == 'n':
	case value[0] == '"':
		if json.Unmarshal(value, &text) == nil && draw.Plain(text, draw.NameLimit) != "" {
			return fault.NFC(text), true
		}
	case json.Unmarshal(value, &number) == nil:
		return number.String(), true
	}
	return "", false
}

var geometries = []string{"Polygon", "MultiPolygon", "GeometryCollection"}

func (d *geoDecoder) geometry(path string, g geoGeometry) (parts []polygon) {
	at := under(path, "coordinates")
	switch g.Type {
	case "Polygon":
		var rings [][][]float64
		if d.coordinates(at, g.Coordinates, &rings) {
			parts = append(parts, d.polygon(at, rings))
		}
	case "MultiPolygon":
		var all [][][][]float64
		if d.coordinates(at, g.Coordinates, &all) {
			for i, rings := range all {
				parts = append(parts, d.polygon(fault.At(at, i), rings))
			}
		}
	case "GeometryCollection":
		for i, inner := range g.Geometries {
			parts = append(parts, d.geometry(fault.At(under(path, "geometries"), i), inner)...)
		}
	default:
		d.wrong.Add(under(path, "type"), fault.Known, g.Type, fault.OneOf(geometries))
	}
	return parts
}

// coordinates reads nested lists of numbers. Before it takes the room for them, it looks
// whether there may be that many: a position has two commas, its own and the one behind.
func (d *geoDecoder) coordinates(path string, data []byte, into any) bool {
	switch {
	case d.positions+bytes.Count(data, []byte(","))/4 > maxPositions:
		d.tooMany(path)
		return false
	case len(data) == 0:
		d.wrong.Add(path, fault.Required, nil, language.Of("want.geo-coordinates"))
		return false
	case bytes.Contains(data, []byte("null")) || json.Unmarshal(data, into) != nil:
		d.wrong.Add(path, fault.Type, nil, language.Of("want.geo-coordinates"))
		return false
	}
	return true
}

func (d *geoDecoder) tooMany(path string) {
	d.positions = maxPositions + 1
	d.wrong.Add(path, fault.Length, nil, language.Of("want.geo-positions", "most", maxPositions))
}

func (d *geoDecoder) polygon(path string, rings [][][]float64) (p polygon) {
	if len(rings) == 0 {
		d.wrong.Add(path, fault.Required, nil, language.Of("want.geo-ring"))
	}
	for i, positions := range rings {
		if r := d.ring(fault.At(path, i), positions); r != nil {
			p = append(p, r)
		}
	}
	return p
}

func (d *geoDecoder) ring(path string, positions [][]float64) (r border) {
	if d.positions += len(positions); d.positions > maxPositions {
		d.tooMany(path)
		return nil
	}
	if len(positions) < 4 {
		d.wrong.Add(path, fault.Length, len(positions), language.Of("want.geo-ring"))
		return nil
	}
	for i, p := range positions {
		at := fault.At(path, i)
		switch {
		case len(p) < 2:
			d.wrong.Add(at, fault.Length, len(p), language.Of("want.geo-position"))
			return nil
		case math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90:
			d.wrong.Add(at, fault.Range, degrees(p), language.Of("want.geo-position"))
			return nil
		case i > 0 && math.Abs(p[0]-positions[i-1][0]) > 180 && (math.Abs(p[0]) != 180 || math.Abs(positions[i-1][0]) != 180):
			d.wrong.Add(at, "antimeridian", degrees(positions[i-1])+" → "+degrees(p), language.Of("want.geo-cut"))
			return nil
		}
		r = append(r, position{p[0], p[1]})
	}
	if last := r[len(r)-1]; last != r[0] {
		d.wrong.Add(path, "closed", degrees(positions[0])+" … "+degrees(positions[len(positions)-1]), language.Of("want.geo-closed"))
		return nil
	}
	return r[:len(r)-1]
}

func degrees(p []float64) string {
	return strings.Join(draw.Each(p[:min(len(p), 2)], func(v float64) string { return strconv.FormatFloat(v, 'g', 8, 64) }), ", ")
}

// sorted areas, so that a map is the same in whatever order features stand.
func (b Boundaries) sorted() []territory {
	return slices.SortedStableFunc(slices.Values(b.areas), func(x, y territory) int { return cmp.Compare(x.key, y.key) })
}
