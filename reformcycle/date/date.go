// Package date holds dates as they are known: to the year, the month or the day.
// It is a floor of the module: it knows only packages fault and schema.
//
// Much of a reform's record is known roughly ("reviews since 2003"). A [Date] keeps
// what is known and nothing more, is written as it was recorded, and answers
// questions of order and of age with Yes, No or, where its days disagree, Open:
//
//	d, err := date.Parse("2003-05")
//	d.First(), d.Last()            // 1 and 31 May 2003
//	d.Before(date.MustParse("2003")) // Open
//	d.Lapsed(6, today)             // is it more than six months ago?
//
// A date is a day of a calendar on a wall, not a moment: it has no zone, and nobody's
// zone makes it the day before. Its text is that of the wire; to people a language says
// it, as package language does with what String gives.
package date

import (
	"fmt"
	"strconv"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// Date is a year, a month or a day of the years 1 to 9999. The zero value is no
// date. Dates are compared by ==; those that are equal are known equally well.
type Date struct {
	year       int16
	month, day uint8
}

var want = fault.Said{ID: "want.date"}

// Parse reads "2003", "2003-05" or "2003-05-14".
//
// Errors: [fault.Field] for anything else, a day that does not exist among it.
func Parse(text string) (Date, error) {
	refused := fault.Field{Path: "date", Rule: fault.Type, Value: text, Want: want}
	layouts := map[int]string{4: "2006", 7: "2006-01", 10: time.DateOnly}
	t, err := time.Parse(layouts[len(text)], text)
	if err != nil || t.Year() < 1 || layouts[len(text)] == "" {
		return Date{}, refused
	}
	d := Date{year: int16(t.Year())}
	if len(text) >= 7 {
		d.month = uint8(t.Month())
	}
	if len(text) == 10 {
		d.day = uint8(t.Day())
	}
	return d, nil
}

// MustParse is Parse for tables and tests: it panics where Parse refuses.
func MustParse(text string) Date {
	d, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// Of gives the day on which a moment falls where its clock stands; the zero moment
// and those outside the years 1 to 9999 give no date.
func Of(t time.Time) Date {
	if t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return Date{}
	}
	return Date{int16(t.Year()), uint8(t.Month()), uint8(t.Day())}
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Precision says how well a date is known.
type Precision uint8

// The precisions, the roughest first.
const (
	ToYear Precision = iota + 1
	ToMonth
	ToDay
)

// Precision of the date; zero for no date.
func (d Date) Precision() Precision {
	switch {
	case d.IsZero():
		return 0
	case d.month == 0:
		return ToYear
	case d.day == 0:
		return ToMonth
	default:
		return ToDay
	}
}

// String gives the date as it is read; empty for no date.
func (d Date) String() string {
	switch d.Precision() {
	case ToYear:
		return fmt.Sprintf("%04d", d.year)
	case ToMonth:
		return fmt.Sprintf("%04d-%02d", d.year, d.month)
	case ToDay:
		return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
	default:
		return ""
	}
}

// MarshalText gives the form that UnmarshalText reads; no date has none, and is left
// out where it is written.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what Parse reads.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = Parse(string(text))
	return err
}

// Schema describes what UnmarshalText reads. It does not know which days there are.
func (Date) Schema() schema.Schema {
	return schema.Schema{
		Type: schema.TypeString, Accepts: language.Of("accepts.date"),
		Pattern: "^[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?$",
	}
}

// First is the earliest day that the date may be, at midnight UTC; the zero time
// for no date.
func (d Date) First() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(int(d.year), time.Month(max(d.month, 1)), int(max(d.day, 1)), 0, 0, 0, 0, time.UTC)
}

// Last is the latest day that it may be, at midnight UTC; the zero time for no date.
func (d Date) Last() time.Time {
	switch d.Precision() {
	case ToYear:
		return time.Date(int(d.year), time.December, 31, 0, 0, 0, 0, time.UTC)
	case ToMonth:
		return time.Date(int(d.year), time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC)
	default:
		return d.First()
	}
}

// Answer to a question about dates that may be known only roughly.
type Answer uint8

// The answers.
const (
	// Open: it is so on some of the days that the dates may be, and not on others;
	// or there is no date.
	Open Answer = iota
	// No: whatever the days, it is not so.
	No
	// Yes: whatever the days, it is so.
	Yes
)

// String gives "open", "no" or "yes".
func (a Answer) String() string {
	if a > Yes {
		return "answer(" + strconv.Itoa(int(a)) + ")"
	}
	return [...]string{"open", "no", "yes"}[a]
}

// MarshalText gives the answer as a word.
func (a Answer) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// answer from whether it is so for the days that speak for it least and most.
func answer(least, most bool) Answer {
	switch {
	case least:
		return Yes
	case !most:
		return No
	default:
		return Open
	}
}

// Before says whether the date is before another. Of the same year or month as a
// whole, or without a date, it is open.
func (d Date) Before(other Date) Answer {
	if d.IsZero() || other.IsZero() {
		return Open
	}
	return answer(d.Last().Before(other.First()), d.First().Before(other.Last()))
}

// Lapsed says whether more than so many months have passed from the date to a day:
// what happened on 1 March has not lapsed after six months on any day to 1 September.
// Without a date it is open.
func (d Date) Lapsed(months int, at time.Time) Answer {
	if d.IsZero() || at.IsZero() {
		return Open
	}
	day := Of(at).First()
	lapsed := func(t time.Time) bool { return AddMonths(t, months).Before(day) }
	return answer(lapsed(d.Last()), lapsed(d.First()))
}

// AddMonths counts months from a day on a calendar: the same day of the month so
// many months on, or its last day where it is shorter. The time of day stays.
func AddMonths(t time.Time, months int) time.Time {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	first := time.Date(year, month+time.Month(months), 1, hour, minute, second, t.Nanosecond(), t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(day, last)-1)
}
