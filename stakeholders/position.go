package stakeholders

// Where actors stand and how much power they have (source: reich).

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// The ends of the scales.
const (
	maxPosition = 7.0
	minPower    = 1.0
	maxPower    = 7.0
)

// Position is where an actor stands towards the reform, from +7 (full support)
// to −7 (full opposition). The zero value means that it is not known, which is
// not the same as 0: an actor whose position is not known is left out of the
// indices, one at 0 counts as non-mobilised. Positions compare with ==.
// Source: reich.
type Position struct {
	value float64
	known bool
	lower bool // on a boundary, in the band below it
}

// At returns the position at a value. It accepts any number; the range −7 … +7
// is checked by [Position.Validate], and by [Actor.Validate], so that one
// report names this error beside the others. Negative zero becomes zero.
func At(value float64) Position {
	return Position{value: plainZero(value), known: true}
}

// In returns the position at a value of a band, which decides where the value lies on
// the boundary of two: In(NonMobilised, 1) is non-mobilised, while At(1) is low
// support. Beside a value strictly inside the band it is [At]. It returns false for a
// value outside the band, whose ends belong to it, and for a band that is not valid.
func In(band Band, value float64) (Position, bool) {
	p := At(value)
	if p.Band() == band && band.Valid() {
		return p, true
	}
	i := slices.Index(Bands(), band)
	if p.lower = i > 0 && p.value == band.top(); p.lower {
		return p, true
	}
	return Position{}, false
}

// Value returns the position and true, or 0 and false if it is not known.
func (p Position) Value() (float64, bool) { return p.value, p.known }

// Known reports whether the position was given.
func (p Position) Known() bool { return p.known }

// Valid reports whether the position is not known, or finite and within
// −7 … +7.
func (p Position) Valid() bool {
	return !p.known || math.Abs(p.value) <= maxPosition // false for NaN
}

// Validate returns the error that [Position.Valid] stands for, under the field
// "position", or nothing.
func (p Position) Validate() fault.Fields {
	if p.Valid() {
		return nil
	}
	return fault.Fields{{Path: "position", Rule: fault.Range, Value: p.value, Want: language.Of("want.position")}}
}

// Band returns the band the position falls in; a value on a boundary (5, 3, 1,
// −1, −3, −5) falls in the band nearer to support, unless it was put in the other
// ([In]). The band of a position that is not known, or not valid, is [UnknownBand].
func (p Position) Band() Band {
	if !p.known || !p.Valid() {
		return UnknownBand
	}
	for i, b := range Bands() {
		if bottom := float64(5 - 2*i); p.value > bottom || p.value == bottom && !p.lower {
			return b
		}
	}
	return HighOpposition // out of reach, for the last band begins at −7
}

// Supports reports whether the position is in a band of support: +1 or more, but for a
// 1 that was put among the non-mobilised ([In]).
func (p Position) Supports() bool {
	return p.known && p.Valid() && (p.value > 1 || p.value == 1 && !p.lower)
}

// Opposes reports whether the position is in a band of opposition: below −1, or a −1
// that was put there ([In]).
func (p Position) Opposes() bool {
	return p.known && p.Valid() && (p.value < -1 || p.value == -1 && p.lower)
}

// Told is the value and its band, such as "+6 (high support)", or "not known".
func (p Position) Told() language.Text {
	if !p.known {
		return UnknownBand.Told()
	}
	sign := ""
	if p.value > 0 && !math.IsInf(p.value, 1) { // FormatFloat signs infinity itself
		sign = "+"
	}
	band := language.Of("band.not-valid")
	if p.Valid() {
		band = p.Band().Told()
	}
	return language.Of("position", "value", sign+strconv.FormatFloat(p.value, 'g', -1, 64), "band", band)
}

// String says what Told tells in English.
func (p Position) String() string { return p.Told().String() }

// MarshalJSON writes a number, null if the position is not known, or
// {"value":1,"band":"non-mobilised"} where the number alone would fall in another band
// ([In]). It refuses
// a value that is not finite with a [fault.Field]; a finite value out of range
// is written, for the reader to refuse.
func (p Position) MarshalJSON() ([]byte, error) {
	if !p.known {
		return []byte("null"), nil
	}
	if math.IsNaN(p.value) || math.IsInf(p.value, 0) {
		return nil, p.Validate()[0]
	}
	if p.lower {
		return json.Marshal(banded{p.value, p.Band()})
	}
	return json.Marshal(p.value)
}

// banded is a position whose value does not tell its band.
type banded struct {
	Value float64 `json:"value"`
	Band  Band    `json:"band"`
}

// UnmarshalJSON reads a number, null (not known), the name of a [Band],
// which stands for its default value, or an object with a value and a band, as
// [In] puts them together. Anything else is refused with a
// [fault.Field]. As with [At], the range is checked by [Position.Validate].
func (p *Position) UnmarshalJSON(data []byte) error {
	var within banded
	if len(data) > 0 && data[0] == '{' {
		if err := fault.ReadJSON(data, len(data), &within, nil); err != nil {
			return err
		}
		at, ok := In(within.Band, within.Value)
		if !ok {
			return fault.Field{Path: "position", Rule: fault.Range, Value: within.Value, Want: language.Of("want.position-in-band", "bands", fault.OneOf(Bands()))}
		}
		*p = at
		return nil
	}
	v, band, ok := numberOrBand(data, Band.Valid)
	switch {
	case !ok:
		return fault.Field{Path: "position", Rule: fault.Type, Value: strings.Trim(string(data), `"`), Want: language.Of("want.position-json", "null", "null", "form", `{"value": 1, "band": "non-mobilised"}`, "bands", fault.OneOf(Bands()))}
	case band != "":
		*p = band.Default()
	case v == nil:
		*p = Position{}
	default:
		*p = At(*v)
	}
	return nil
}

// Schema describes what UnmarshalJSON reads and [Position.Validate] accepts.
func (Position) Schema() schema.Schema {
	any := []schema.Schema{schema.Number(-maxPosition, maxPosition), schema.OneOf(Bands())}
	for _, b := range Bands() {
		value, band := schema.Number(b.top()-2, b.top()), schema.OneOf([]Band{b})
		value.Title, band.Title = language.Of("field.position.value"), language.Of("field.position.band")
		value.Hint, band.Hint = language.Of("hint.position.value"), language.Of("hint.position.band")
		any = append(any, schema.Object(schema.Field{Name: "value", Required: true, Schema: value}, schema.Field{Name: "band", Required: true, Schema: band}))
	}
	return schema.Schema{
		Accepts: language.Of("accepts.position"),
		Any:     any, Nullable: true,
	}
}

// Band is a named stretch of the scale of positions, two wide. Its text form is
// kebab-case. Source: reich.
type Band string

// The bands, from support to opposition. UnknownBand, the zero value, is the
// band of a position that is not known; it is not among [Bands].
const (
	HighSupport      Band = "high-support"      // 5 … 7, default 6
	MediumSupport    Band = "medium-support"    // 3 … 5, default 4
	LowSupport       Band = "low-support"       // 1 … 3, default 2
	NonMobilised     Band = "non-mobilised"     // −1 … 1, default 0
	LowOpposition    Band = "low-opposition"    // −3 … −1, default −2
	MediumOpposition Band = "medium-opposition" // −5 … −3, default −4
	HighOpposition   Band = "high-opposition"   // −7 … −5, default −6
	UnknownBand      Band = ""
)

// Bands returns the seven bands from high support to high opposition. The slice
// is the caller's.
func Bands() []Band {
	return []Band{HighSupport, MediumSupport, LowSupport, NonMobilised, LowOpposition, MediumOpposition, HighOpposition}
}

// Default returns the position in the middle of the band: 6, 4, 2, 0, −2, −4 or
// −6. That of [UnknownBand], and of a band that is not valid, is not known.
func (b Band) Default() Position {
	if i := slices.Index(Bands(), b); i >= 0 {
		return At(float64(6 - 2*i))
	}
	return Position{}
}

// top is the upper end of a valid band.
func (b Band) top() float64 { return float64(7 - 2*slices.Index(Bands(), b)) }

// Valid reports whether b is one of [Bands].
func (b Band) Valid() bool { return slices.Contains(Bands(), b) }

// Told is the band as people read it, such as "high support". A value that is not valid
// is told as it is.
func (b Band) Told() language.Text {
	return told("band", cmp.Or(b, "not-known"), b == UnknownBand || b.Valid())
}

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [Bands].
func (b *Band) UnmarshalText(text []byte) error { return fault.ReadName("band", b, text, Bands()) }

// Power is how much an actor can do for or against the reform, from 1 (least)
// to 7 (most). The zero value means that it is not known: such an actor is left
// out of the indices. Source: reich.
type Power float64

// The defaults of the bands of power.
const (
	HighPower   Power = 6
	MediumPower Power = 4
	LowPower    Power = 2
)

// Known reports whether the power was given.
func (p Power) Known() bool { return p != 0 }

// Valid reports whether the power is not known, or finite and within 1 … 7.
func (p Power) Valid() bool { return p == 0 || p >= minPower && p <= maxPower }

// Validate returns the error that [Power.Valid] stands for, under the field
// "power", or nothing.
func (p Power) Validate() fault.Fields {
	if p.Valid() {
		return nil
	}
	return fault.Fields{{Path: "power", Rule: fault.Range, Value: float64(p), Want: language.Of("want.power")}}
}

// Band returns the band the power falls in; a value on a boundary (5, 3) falls
// in the higher band. The band of a power that is not known, or not valid, is
// [UnknownPowerBand].
func (p Power) Band() PowerBand {
	switch {
	case !p.Known() || !p.Valid():
		return UnknownPowerBand
	case p >= 5:
		return HighPowerBand
	case p >= 3:
		return MediumPowerBand
	default:
		return LowPowerBand
	}
}

// UnmarshalJSON reads a number, null (not known), or the name of a [PowerBand],
// which stands for its default value. Anything else is refused with a
// [fault.Field]. The range is checked by [Power.Validate].
func (p *Power) UnmarshalJSON(data []byte) error {
	v, band, ok := numberOrBand(data, PowerBand.Valid)
	switch {
	case !ok:
		return fault.Field{Path: "power", Rule: fault.Type, Value: strings.Trim(string(data), `"`), Want: language.Of("want.power-json", "null", "null", "bands", fault.OneOf(PowerBands()))}
	case band != "":
		*p = band.Default()
	case v == nil:
		*p = 0
	default:
		*p = Power(plainZero(*v))
	}
	return nil
}

// Schema describes what UnmarshalJSON reads and [Power.Validate] accepts.
func (Power) Schema() schema.Schema {
	return schema.Schema{
		Accepts: language.Of("accepts.power"),
		Any:     []schema.Schema{schema.Number(minPower, maxPower), schema.OneOf(PowerBands()), {Enum: []any{0}}}, Nullable: true,
	}
}

// PowerBand is a named stretch of the scale of power. Its text form is one
// word. Source: reich.
type PowerBand string

// The bands of power. UnknownPowerBand, the zero value, is the band of a power
// that is not known; it is not among [PowerBands].
const (
	HighPowerBand    PowerBand = "high"   // 5 … 7, default 6
	MediumPowerBand  PowerBand = "medium" // 3 … 5, default 4
	LowPowerBand     PowerBand = "low"    // 1 … 3, default 2
	UnknownPowerBand PowerBand = ""
)

// PowerBands returns the three bands from high to low. The slice is the
// caller's.
func PowerBands() []PowerBand {
	return []PowerBand{HighPowerBand, MediumPowerBand, LowPowerBand}
}

// Default returns the power in the middle of the band: 6, 4 or 2. That of
// [UnknownPowerBand], and of a band that is not valid, is not known.
func (b PowerBand) Default() Power {
	switch b {
	case HighPowerBand:
		return HighPower
	case MediumPowerBand:
		return MediumPower
	case LowPowerBand:
		return LowPower
	}
	return 0
}

// Valid reports whether b is one of [PowerBands].
func (b PowerBand) Valid() bool { return b.Default().Known() }

// Told is the band as people read it, such as "high power". A value that is not valid
// is told as it is.
func (b PowerBand) Told() language.Text {
	return told("power-band", cmp.Or(b, "not-known"), b == UnknownPowerBand || b.Valid())
}

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [PowerBands].
func (b *PowerBand) UnmarshalText(text []byte) error {
	return fault.ReadName("powerBand", b, text, PowerBands())
}

// numberOrBand reads what positions and powers share in JSON: a number, null (a
// nil number) or the name of a band.
func numberOrBand[B ~string](data []byte, valid func(B) bool) (number *float64, band B, ok bool) {
	if json.Unmarshal(data, &number) == nil {
		return number, "", true
	}
	var name string
	if json.Unmarshal(data, &name) == nil && valid(B(name)) {
		return nil, B(name), true
	}
	return nil, "", false
}

// plainZero turns negative zero into zero, which has one form in JSON.
func plainZero(v float64) float64 {
	if v == 0 {
		return 0
	}
	return v
}
