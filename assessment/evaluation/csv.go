package evaluation

// This file reads outcomes from a table.

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment/internal/table"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The bounds of a table.
const (
	maxRows  = 200_000
	maxBytes = 32 << 20
)

// format of a table of outcomes.
var format = table.Format{
	Columns:  []string{"area", "arm", "period", "value", "population"},
	Required: 4,
	Comments: true,
	MaxBytes: maxBytes,
	MaxRows:  maxRows,
}

// ReadCSV reads the periods and areas of a [Study] from a table with a row for
// each area and period and the columns area, arm, period, value and, for
// rates, population, in any order:
//
//	area,arm,period,value,population
//	Union A,intervention,2018-09,412,21500
//
// It forgives form: a byte order mark, commas, semicolons or tabs between the
// cells, a first line "sep=;", any ends of lines, a decimal comma where commas
// don't part the cells, space around a cell, empty cells at the end of a row,
// capitals in the header and the arms, blank lines, and comments: lines that start
// with #, below the header only those without what parts the cells, for the name of an
// area may begin with the mark. An apostrophe before =, +, - or @ at the start of a
// cell is dropped: some
// programs put it there against formulas. It doesn't guess at meaning: an
// unknown arm, a repeated row, an area that changes its arm or has no row for
// a period, a thousands separator, a mark that may be one (21,500 where tabs or
// semicolons part the cells) or an unknown column are refused.
//
// Periods are years (2018), months (2018-09), days (2018-09-30), quarters
// (2018-Q3) or plain numbers from 0 (1, 2, 3), one form in a table. They are put in
// their order in time, whatever that of the rows; areas keep the order in
// which they first appear.
//
// It returns [fault.Fields] with everything that is wrong; the path is the column
// and the line that on which the row starts. Beyond 32 MiB, 200,000 rows, a row
// of 256 KiB or [fault.MaxFields] faults it reads no further. An error of r itself is returned as it is.
func ReadCSV(r io.Reader) (periods []string, areas []Area, err error) {
	o := outcomes{areas: make(map[string]int), form: -1}
	if err := format.Read(r, &o.wrong, o.row); err != nil {
		return nil, nil, err
	}
	periods, areas = o.assemble()
	if err := o.wrong.Err(); err != nil {
		return nil, nil, err
	}
	return periods, areas, nil
}

// outcomes is what has been read so far.
type outcomes struct {
	wrong fault.Fields
	order []Area         // without outcomes
	areas map[string]int // area → position in order
	seen  []map[string]cell
	form  int // of the periods, or -1 while there are none
}

// cell is one measurement and where it stands.
type cell struct {
	Measurement
	line int
}

func (o *outcomes) row(r *table.Row) {
	before := len(o.wrong)
	for c, column := range format.Columns {
		if r.Has(c) {
			o.wrong.Text(column, r.Cell(c), fault.Name)
		}
	}
	if len(o.wrong) > before {
		return
	}
	area, arm := r.Cell(0), Arm(strings.ToLower(r.Cell(1)))
	if !arm.Valid() {
		o.wrong.Add("arm", fault.Known, r.Cell(1), fault.OneOf(arms))
	}
	period := o.period(r.Cell(2))
	found := Measurement{Value: o.number(r, 3)}
	if r.Has(4) {
		found.Population = o.number(r, 4)
		o.wrong.Positive("population", found.Population, math.Inf(1))
	}
	if len(o.wrong) > before {
		return
	}

	i, known := o.areas[area]
	if !known {
		i = len(o.order)
		o.areas[area] = i
		o.order = append(o.order, Area{ID: area, Arm: arm})
		o.seen = append(o.seen, make(map[string]cell))
	}
	if o.order[i].Arm != arm {
		o.wrong.Add("arm", "same", string(arm), language.Of("want.arm-before", "arm", string(o.order[i].Arm)))
	}
	if first, taken := o.seen[i][period]; taken {
		o.wrong.Add("", fault.Unique, area+", "+r.Cell(2), language.Of("want.row-once", "line", first.line))
		return
	}
	o.seen[i][period] = cell{found, r.Line}
}

// forms of a period. In each, the order of time is that of the text, once
// numbers without leading zeros are sorted by length first.
var forms = []*regexp.Regexp{
	regexp.MustCompile(`^\d{1,3}$`),
	regexp.MustCompile(`^\d{4}$`),
	regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`),
	regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`),
	regexp.MustCompile(`^\d{4}-[Qq][1-4]$`),
}

// period returns the period's name in its one spelling.
func (o *outcomes) period(s string) string {
	form := slices.IndexFunc(forms, func(f *regexp.Regexp) bool { return f.MatchString(s) })
	if form < 0 || len(s) == len(time.DateOnly) && !isDay(s) {
		o.wrong.Add("period", fault.Known, s, language.Of("want.period"))
		return ""
	}
	if o.form < 0 {
		o.form = form
	}
	if form != o.form {
		o.wrong.Add("period", "same", s, language.Of("want.period-form"))
	}
	if n, err := strconv.Atoi(s); err == nil && len(s) <= 3 {
		return strconv.Itoa(n) // 01 is 1
	}
	return strings.ToUpper(s)
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// number reads a number; one that can't be read is reported and 1.
func (o *outcomes) number(r *table.Row, column int) float64 {
	x, want := r.Number(column)
	switch {
	case !want.IsZero():
		o.wrong.Add(format.Columns[column], "number", r.Cell(column), want)
	case o.wrong.Number(format.Columns[column], x, -maxValue, maxValue):
		return x
	}
	return 1
}

// assemble puts periods in order and outcomes in their places.
func (o *outcomes) assemble() ([]string, []Area) {
	if len(o.wrong) > 0 {
		return nil, nil // what is missing can't be told while rows are unread
	}
	if len(o.order) == 0 {
		o.wrong.Add("", fault.Required, nil, language.Of("want.some-rows"))
		return nil, nil
	}
	all := make(map[string]cell)
	for _, own := range o.seen {
		maps.Copy(all, own)
	}
	if len(all) > maxPeriods || len(o.order) > maxAreas {
		o.wrong.Add("", fault.Length, fmt.Sprintf("%d × %d", len(o.order), len(all)), language.Of("want.areas-periods", "areas", maxAreas, "periods", maxPeriods))
		return nil, nil
	}
	periods := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	for i := range o.order {
		o.order[i].Outcomes = make([]Measurement, len(periods))
		for k, p := range periods {
			c, there := o.seen[i][p]
			if !there {
				o.wrong.Add("", fault.Required, nil, language.Of("want.area-period", "area", o.order[i].ID, "period", p))
			}
			o.order[i].Outcomes[k] = c.Measurement
		}
	}
	return periods, o.order
}
