package assessment

// This file holds the ordinal scale on which everything is rated.

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// Level is how well something works, on the four-point scale of the Community
// Health Worker Assessment and Improvement Matrix, 2018. Levels compare with <
// and >, but [Unknown] is outside the order: ask [Level.Known] first.
//
// Its text form is "unknown", "non-functional", "partially-functional",
// "functional" or "highly-functional". The zero value is Unknown.
type Level uint8

// The levels, lowest first.
const (
	Unknown             Level = iota // not rated; not a low level
	NonFunctional                    // 1
	PartiallyFunctional              // 2
	Functional                       // 3: where a criterion is met, unless it says otherwise
	HighlyFunctional                 // 4
)

var levelNames = [...]string{
	Unknown:             "unknown",
	NonFunctional:       "non-functional",
	PartiallyFunctional: "partially-functional",
	Functional:          "functional",
	HighlyFunctional:    "highly-functional",
}

// levelWant is what ParseLevel reads.
var levelWant = fault.OneOf(append(levelNames[:len(levelNames):len(levelNames)], "1", "2", "3", "4"))

// ParseLevel reads the text form of a level, or one of the digits "1" to "4".
// Anything else, other capitals and surrounding space included, is refused
// with a [fault.Field]. "0" is refused too: in rating sheets it may mean not
// rated or not working, and the two must not be mixed up.
func ParseLevel(s string) (Level, error) {
	for l, name := range levelNames {
		if s == name {
			return Level(l), nil
		}
	}
	if len(s) == 1 && s[0] >= '1' && s[0] <= '4' {
		return Level(s[0] - '0'), nil
	}
	return Unknown, fault.Field{Path: "level", Rule: fault.Known, Value: s, Want: levelWant}
}

// String returns the text form, or "level(9)" for a value that is no level.
func (l Level) String() string {
	if !l.Valid() {
		return "level(" + strconv.Itoa(int(l)) + ")"
	}
	return levelNames[l]
}

// Told names the level for people.
func (l Level) Told() language.Text {
	return language.Of("level." + l.String()).Or(l.String())
}

// Against says what the level is, and which is needed; Unknown where none of them would do.
func (l Level) Against(need Level) language.Text {
	switch {
	case need == Unknown:
		return language.Of("brief.not-met")
	case l == Unknown:
		return language.Of("brief.not-rated", "need", need.Told())
	}
	return language.Of("brief.now", "have", l.Told(), "need", need.Told())
}

// Valid reports whether l is one of the five values, Unknown included.
func (l Level) Valid() bool { return l <= HighlyFunctional }

// Known reports whether l is one of the four levels, that is, rated.
func (l Level) Known() bool { return l != Unknown && l.Valid() }

// Share returns where l stands between the lowest level and the highest, as a
// share: 0, 1/3, 2/3 or 1. It spaces the levels evenly, which is an assumption
// of this model and not of the scale. For a level that is not known it returns
// 0, which says nothing: ask [Level.Known] first.
func (l Level) Share() float64 {
	if !l.Known() {
		return 0
	}
	return float64(l-NonFunctional) / 3
}

// Schema describes what UnmarshalJSON reads.
func (Level) Schema() schema.Schema {
	s := schema.Schema{Accepts: language.Of("accepts.level")}
	for l, name := range levelNames {
		s.Enum, s.Names = append(s.Enum, name), append(s.Names, Level(l).Told())
	}
	s.Enum = append(s.Enum, "1", "2", "3", "4", 1, 2, 3, 4, nil)
	for range 2 {
		for l := NonFunctional; l <= HighlyFunctional; l++ {
			s.Names = append(s.Names, l.Told())
		}
	}
	s.Names = append(s.Names, Unknown.Told())
	return s
}

// MarshalText returns the text form. A value that is no level is an error.
func (l Level) MarshalText() ([]byte, error) {
	if !l.Valid() {
		return nil, fault.Field{Path: "level", Rule: fault.Known, Value: l, Want: levelWant}
	}
	return []byte(levelNames[l]), nil
}

// UnmarshalText reads what [ParseLevel] reads. On an error l keeps its value.
func (l *Level) UnmarshalText(text []byte) error {
	parsed, err := ParseLevel(string(text))
	if err != nil {
		return err
	}
	*l = parsed
	return nil
}

// UnmarshalJSON reads the text form, or a number from 1 to 4. As usual in
// encoding/json, null leaves l as it is.
func (l *Level) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var text string
	if json.Unmarshal(data, &text) == nil {
		return l.UnmarshalText([]byte(text))
	}
	// Of what is no string only a number may be a level, however it is written:
	// 3.0 is 3.
	var n float64
	if json.Unmarshal(data, &n) == nil && n >= 1 && n <= 4 && n == math.Trunc(n) {
		*l = Level(n)
		return nil
	}
	return fault.Field{Path: "level", Rule: fault.Known, Value: string(data), Want: levelWant}
}
