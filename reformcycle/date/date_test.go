package date_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func TestADateIsKeptAsItIsKnown(t *testing.T) {
	for _, c := range []struct {
		text        string
		first, last time.Time
		precision   date.Precision
	}{
		{"2003", day(2003, 1, 1), day(2003, 12, 31), date.ToYear},
		{"2004-02", day(2004, 2, 1), day(2004, 2, 29), date.ToMonth},
		{"1900-02", day(1900, 2, 1), day(1900, 2, 28), date.ToMonth}, // no leap year
		{"2003-05-14", day(2003, 5, 14), day(2003, 5, 14), date.ToDay},
		{"0001", day(1, 1, 1), day(1, 12, 31), date.ToYear},
	} {
		d, err := date.Parse(c.text)
		require.NoError(t, err)
		assert.Equal(t, c.text, d.String())
		assert.Equal(t, c.first, d.First())
		assert.Equal(t, c.last, d.Last())
		assert.Equal(t, c.precision, d.Precision())
		text, err := json.Marshal(d)
		require.NoError(t, err)
		var read date.Date
		require.NoError(t, json.Unmarshal(text, &read))
		assert.Equal(t, d, read)
	}
	for _, text := range []string{"", "03", "0000", "2003-13", "2003-5", "2003-02-29", "2003-05-14T00:00:00Z", "20030514", "-003", "２００３"} {
		_, err := date.Parse(text)
		require.ErrorIs(t, err, fault.ErrInvalid, text)
	}
	var none date.Date
	require.ErrorIs(t, none.UnmarshalText(nil), fault.ErrInvalid, "no date is left out")
	assert.True(t, none.IsZero())
	assert.Zero(t, none.First())
	assert.Zero(t, none.Last())
	assert.Empty(t, none.String())
	assert.Zero(t, none.Precision())
}

// A day in Kampala is that day, whatever it is in Greenwich.
func TestADateIsTheDayWhereTheClockStands(t *testing.T) {
	kampala := time.FixedZone("EAT", 3*60*60)
	assert.Equal(t, date.MustParse("2026-03-02"), date.Of(time.Date(2026, 3, 2, 0, 0, 0, 0, kampala)))
	assert.True(t, date.Of(time.Time{}).IsZero())
	assert.True(t, date.Of(day(10000, 1, 1)).IsZero())
}

func TestOrderIsOpenWhereTheDaysDisagree(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want date.Answer
	}{
		{"2003", "2004", date.Yes}, {"2004", "2003", date.No}, {"2003", "2003", date.Open},
		{"2003-05", "2003", date.Open}, {"2003-05", "2003-06", date.Yes}, {"2003-05-14", "2003-05-14", date.No},
		{"2003-12-31", "2003", date.No}, {"2003-01-01", "2003", date.Open}, {"2003", "2003-01-01", date.No},
	} {
		assert.Equal(t, c.want, date.MustParse(c.a).Before(date.MustParse(c.b)), "%s before %s", c.a, c.b)
	}
	assert.Equal(t, date.Open, date.Date{}.Before(date.MustParse("2003")))
	assert.Equal(t, "open", date.Open.String())
	assert.Equal(t, "answer(9)", date.Answer(9).String())
}

// What holds of a rough date holds of each of its days, and what is open of some.
func TestAnAnswerIsThatOfEveryDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := day(2003, 1, 1).AddDate(0, 0, rapid.IntRange(-800, 800).Draw(t, "at"))
		d := date.MustParse(rapid.SampledFrom([]string{"2002", "2003", "2003-02", "2004-02", "2003-12-31", "2004-02-29"}).Draw(t, "date"))
		months := rapid.IntRange(0, 30).Draw(t, "months")
		other := date.MustParse(rapid.SampledFrom([]string{"2003", "2003-02-10", "2004-02"}).Draw(t, "other"))
		lapsed, before, days := 0, 0, 0
		pairs := 0
		for x := d.First(); !x.After(d.Last()); x = x.AddDate(0, 0, 1) {
			days++
			if date.AddMonths(x, months).Before(at) {
				lapsed++
			}
			for y := other.First(); !y.After(other.Last()); y = y.AddDate(0, 0, 1) {
				pairs++
				if x.Before(y) {
					before++
				}
			}
		}
		say := func(n, of int) date.Answer {
			switch n {
			case 0:
				return date.No
			case of:
				return date.Yes
			default:
				return date.Open
			}
		}
		assert.Equal(t, say(lapsed, days), d.Lapsed(months, at), "%s more than %d months before %s", d, months, at)
		assert.Equal(t, say(before, pairs), d.Before(other), "%s before %s", d, other)
	})
}

func TestMonthsEndWithTheMonth(t *testing.T) {
	for _, c := range []struct {
		from   time.Time
		months int
		want   time.Time
	}{
		{day(2003, 3, 1), 6, day(2003, 9, 1)},
		{day(2003, 8, 31), 6, day(2004, 2, 29)},
		{day(2004, 2, 29), 12, day(2005, 2, 28)},
		{day(2003, 3, 31), -1, day(2003, 2, 28)},
		{day(2003, 12, 31), 2, day(2004, 2, 29)},
		{time.Date(2003, 1, 31, 23, 59, 59, 7, time.UTC), 1, time.Date(2003, 2, 28, 23, 59, 59, 7, time.UTC)},
	} {
		assert.Equal(t, c.want, date.AddMonths(c.from, c.months))
	}
	march := date.MustParse("2003-03-01")
	for d := day(2003, 3, 1); !d.After(day(2003, 9, 1)); d = d.AddDate(0, 0, 1) {
		assert.Equal(t, date.No, march.Lapsed(6, d), d)
	}
	assert.Equal(t, date.Yes, march.Lapsed(6, day(2003, 9, 2)))
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"2003", "2003-05", "2003-05-14", "2003-02-30", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := date.Parse(text)
		if err == nil && (d.String() != text || d.Last().Before(d.First())) {
			t.Fatalf("%q became %q", text, d)
		}
	})
}
