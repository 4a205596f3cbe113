package evaluation

// This file reads outcomes from a table.

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
)

// The bounds of a table.
const (
	MaxRows  = 200_000
	MaxBytes = 32 << 20
)

// columns are those of the table; the last may be missing.
var columns = []string{"area", "arm", "period", "value", "population"}

// ReadCSV reads the periods and areas of a [Study] from a table with a row for
// each area and period and the columns area, arm, period, value and, for
// rates, population, in any order:
//
//	area,arm,period,value,population
//	Union A,intervention,2018-09,412,21500
//
// It forgives form: a byte order mark, commas, semicolons or tabs between the
// cells, a decimal comma where commas don't part the cells, space around a
// cell, capitals in the header and the arms, blank lines, and lines that start
// with #. It doesn't guess at meaning: an unknown arm, a repeated row, an area
// that changes its arm or has no row for a period, a thousands separator or an
// unknown column are refused.
//
// Periods are years (2018), months (2018-09), days (2018-09-30), quarters
// (2018-Q3) or plain numbers from 0 (1, 2, 3), one form in a table. They are put in
// their order in time, whatever that of the rows; areas keep the order in
// which they first appear.
//
// It returns [assessment.FieldErrors] with everything that is wrong, the field
// "csv:12.value" being the value in line 12, and reads no more than [MaxBytes]
// and [MaxRows]. An error of r itself is returned as it is.
func ReadCSV(r io.Reader) (periods []string, areas []Area, err error) {
	if r == nil {
		return nil, nil, assessment.FieldErrors{{Field: "csv", Rule: ruleRequired, Want: "a reader"}}
	}
	t := table{areas: make(map[string]int), form: -1}
	if err := t.read(r); err != nil {
		return nil, nil, err
	}
	periods, areas = t.assemble()
	if err := t.errs.Err(); err != nil {
		return nil, nil, err
	}
	return periods, areas, nil
}

// table is what has been read so far.
type table struct {
	errs  assessment.FieldErrors
	comma rune
	index [5]int // column → position in a row, or -1
	width int

	order []Area         // without outcomes
	areas map[string]int // area → position in order
	seen  []map[string]cell
	form  int // of the periods, or -1 while there are none
}

// cell is one observation and where it stands.
type cell struct {
	Observation
	line int
}

func (t *table) add(line int, column, rule string, value any, want string) {
	field := "csv:" + strconv.Itoa(line)
	if column != "" {
		field += "." + column
	}
	add(&t.errs, field, rule, value, want)
}

// bounded counts what is read and stops at MaxBytes, unlike an io.LimitReader,
// whose end looks like the end of the table.
type bounded struct {
	r    io.Reader
	left int
}

var errTooLong = errors.New("evaluation: table too long")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// read returns an error only where reading itself failed.
func (t *table) read(r io.Reader) error {
	in := bufio.NewReaderSize(&bounded{r: r, left: MaxBytes + 1}, 1<<16)
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
		_, _ = in.Discard(3)
	}
	head, _ := in.Peek(1 << 15)
	t.comma = separator(head)
	rows := csv.NewReader(in)
	rows.Comma, rows.Comment = t.comma, '#'
	rows.FieldsPerRecord, rows.ReuseRecord, rows.TrimLeadingSpace = -1, true, t.comma != '\t'

	for n := -1; ; n++ {
		row, err := rows.Read()
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			t.add(broken.Line, "", "csv", broken.Err.Error(), "cells that are quoted in full, or not at all")
			return nil
		}
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errTooLong):
			add(&t.errs, "csv", ruleLength, MaxBytes+1, fmt.Sprintf("at most %d bytes", MaxBytes))
			return nil
		case err != nil:
			return err
		case n == MaxRows:
			add(&t.errs, "csv", ruleLength, n+1, fmt.Sprintf("at most %d rows", MaxRows))
			return nil
		}
		line, _ := rows.FieldPos(0)
		if n < 0 {
			if !t.header(line, row) {
				return nil
			}
			continue
		}
		if !blank(row) {
			t.row(line, row)
		}
	}
}

// separator is what parts the cells of the header: the first line that is not
// blank or a comment.
func separator(head []byte) rune {
	for line := range bytes.Lines(head) {
		if len(bytes.TrimSpace(line)) == 0 || line[0] == '#' {
			continue
		}
		for _, comma := range ";\t" {
			if bytes.ContainsRune(line, comma) {
				return comma
			}
		}
		break
	}
	return ','
}

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// header reports whether the rows below can be read.
func (t *table) header(line int, row []string) bool {
	t.index, t.width = [5]int{-1, -1, -1, -1, -1}, len(row)
	before := len(t.errs)
	for i, name := range row {
		name = strings.ToLower(strings.TrimSpace(name))
		c := slices.Index(columns, name)
		switch {
		case c < 0:
			t.add(line, "", ruleOneOf, name, "a column called "+strings.Join(columns, ", "))
		case t.index[c] >= 0:
			t.add(line, name, ruleUnique, name, "each column once")
		default:
			t.index[c] = i
		}
	}
	for c, name := range columns[:4] {
		if t.index[c] < 0 {
			t.add(line, name, ruleRequired, nil, "a column "+name)
		}
	}
	return len(t.errs) == before
}

func (t *table) row(line int, row []string) {
	if len(row) != t.width {
		t.add(line, "", ruleLength, len(row), fmt.Sprintf("%d cells, as in the header", t.width))
		return
	}
	before := len(t.errs)
	var cells [5]string
	for c, i := range t.index {
		if i < 0 {
			continue
		}
		// The reader's memory is reused; what is kept must not pin a whole row.
		cells[c] = strings.Clone(strings.TrimSpace(row[i]))
		var errs assessment.FieldErrors
		checkText(&errs, "", cells[c], "a cell that is not blank")
		for _, e := range errs {
			t.add(line, columns[c], e.Rule, e.Value, e.Want)
		}
	}
	if len(t.errs) > before {
		return
	}
	arm := Arm(strings.ToLower(cells[1]))
	if !arm.Valid() {
		t.add(line, "arm", ruleOneOf, cells[1], armWant)
	}
	period := t.period(line, cells[2])
	o := Observation{Value: t.number(line, "value", cells[3])}
	if t.index[4] >= 0 {
		o.Population = t.number(line, "population", cells[4])
		if o.Population <= 0 {
			t.add(line, "population", ruleRange, o.Population, "a population above 0")
		}
	}
	if len(t.errs) > before {
		return
	}

	i, known := t.areas[cells[0]]
	if !known {
		i = len(t.order)
		t.areas[cells[0]] = i
		t.order = append(t.order, Area{ID: cells[0], Arm: arm})
		t.seen = append(t.seen, make(map[string]cell))
	}
	if t.order[i].Arm != arm {
		t.add(line, "arm", ruleSame, string(arm), fmt.Sprintf("%q, as before for this area", t.order[i].Arm))
	}
	if first, taken := t.seen[i][period]; taken {
		t.add(line, "", ruleUnique, cells[0]+", "+cells[2], fmt.Sprintf("one row for each area and period; line %d has this one", first.line))
		return
	}
	t.seen[i][period] = cell{o, line}
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

const periodWant = "a year (2018), month (2018-09), day (2018-09-30), quarter (2018-Q3) or a number from 0 to 999"

// period returns the period's name in its one spelling.
func (t *table) period(line int, s string) string {
	form := slices.IndexFunc(forms, func(f *regexp.Regexp) bool { return f.MatchString(s) })
	if form < 0 || len(s) == len(time.DateOnly) && !isDay(s) {
		t.add(line, "period", ruleOneOf, s, periodWant)
		return ""
	}
	if t.form < 0 {
		t.form = form
	}
	if form != t.form {
		t.add(line, "period", ruleSame, s, "a period of the same form as in the rows before")
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

var (
	withPoint = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$`)
	withComma = regexp.MustCompile(`^[+-]?(\d+,\d*|,\d+)$`)
)

// number reads a number; one that can't be read is reported and 1.
func (t *table) number(line int, column, s string) float64 {
	want := "a number such as 1234.5, without thousands separators"
	switch {
	case withPoint.MatchString(s):
	case withComma.MatchString(s) && t.comma != ',':
		s = strings.Replace(s, ",", ".", 1)
	default:
		if t.comma == ',' && withComma.MatchString(s) {
			want = "a number with a decimal point: in a table parted by commas, a decimal comma might be a thousands separator"
		}
		t.add(line, column, ruleNumber, s, want)
		return 1
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(x) > MaxValue {
		t.add(line, column, ruleRange, s, "a number of at most 1e12 in size")
		return 1
	}
	return x
}

// assemble puts periods in order and outcomes in their places.
func (t *table) assemble() ([]string, []Area) {
	if len(t.errs) > 0 {
		return nil, nil // what is missing can't be told while rows are unread
	}
	if len(t.order) == 0 {
		add(&t.errs, "csv", ruleRequired, nil, "a header and at least one row")
		return nil, nil
	}
	all := make(map[string]bool)
	for _, own := range t.seen {
		for p := range own {
			all[p] = true
		}
	}
	if len(all) > MaxPeriods || len(t.order) > MaxAreas {
		add(&t.errs, "csv", ruleLength, fmt.Sprintf("%d areas, %d periods", len(t.order), len(all)), fmt.Sprintf("at most %d areas and %d periods", MaxAreas, MaxPeriods))
		return nil, nil
	}
	periods := make([]string, 0, len(all))
	for p := range all {
		periods = append(periods, p)
	}
	slices.SortFunc(periods, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	for i := range t.order {
		t.order[i].Outcomes = make([]Observation, len(periods))
		for k, p := range periods {
			c, there := t.seen[i][p]
			if !there {
				add(&t.errs, "csv", ruleRequired, nil, fmt.Sprintf("a row for area %q in period %s, as other areas have", t.order[i].ID, p))
			}
			t.order[i].Outcomes[k] = c.Observation
		}
	}
	return periods, t.order
}
