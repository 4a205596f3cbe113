package table

// This file makes of what people and programs write the text that encoding/csv
// takes, line by line and within bounds.

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// source is the text of a table. It gives encoding/csv no line before it asks
// for one, so it knows the row that is being read.
type source struct {
	in     *bufio.Reader
	format Format
	comma  byte   // between cells; 0 before the names
	lines  int    // read so far
	line   int    // on which the row starts
	open   bool   // inside quotes that an earlier line of the row opened
	row    []byte // as encoding/csv sees it
	rest   []byte // of row, not yet given
}

func newSource(r io.Reader, f Format) *source {
	// Through a buffer r is never asked for a few bytes alone, which not every
	// reader can give.
	text := &endings{r: bufio.NewReader(r), max: f.MaxBytes}
	return &source{in: bufio.NewReaderSize(text, maxRow), format: f}
}

// endings makes every end of a line one \n, and stops a text of too many bytes,
// which must not look like one that is over.
type endings struct {
	r         io.Reader
	read, max int
	after     bool // a \r
}

func (e *endings) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if over := e.read + n - e.max; over > 0 {
		n, err = n-over, stop{Rule: fault.Length, Value: e.max + 1, Want: language.Of("want.table-bytes", "most", e.max)}
	}
	e.read += n
	kept := 0
	for _, c := range p[:n] {
		second := c == '\n' && e.after
		if e.after = c == '\r'; e.after {
			c = '\n'
		}
		if !second {
			p[kept] = c
			kept++
		}
	}
	return kept, err
}

// next gives a line as it stands, without those that are empty or a comment.
// It is good until the next call.
func (s *source) next() ([]byte, error) {
	for {
		if !s.open {
			s.row, s.line = s.row[:0], s.lines+1
		}
		line, err := s.in.ReadSlice('\n')
		switch {
		case err == bufio.ErrBufferFull || len(s.row)+len(line) > maxRow:
			return nil, stop{Rule: fault.Length, Value: maxRow + 1, Want: language.Of("want.table-row-bytes", "most", maxRow)}
		case err != nil && (err != io.EOF || len(line) == 0):
			return nil, err
		}
		if s.lines++; s.lines == 1 {
			// UTF-16 has a mark of its own, or a zero beside the first letter.
			if first := string(line[:min(2, len(line))]); first == "\xFF\xFE" || first == "\xFE\xFF" || strings.Contains(first, "\x00") {
				return nil, stop{Rule: fault.Encoding, Value: "UTF-16", Want: language.Of("want.table-utf-8")}
			}
			if line = bytes.TrimPrefix(line, []byte("\uFEFF")); len(line) == 0 {
				continue
			}
		}
		if s.open || line[0] != '\n' && !s.comment(line) {
			return line, nil
		}
	}
}

// comment reports whether a line is no row: it starts with #, and is not the names
// that stand beside a column called #, or holds nothing that parts cells below them.
func (s *source) comment(line []byte) bool {
	switch {
	case line[0] != '#' || !s.format.Comments:
		return false
	case s.comma != 0:
		return bytes.IndexByte(line, s.comma) < 0
	}
	_, known := s.format.parting(string(line), commas)
	return known < s.format.Required
}

// names goes to the row of names, and finds what parts its cells: that which
// gives the most names that are known.
func (s *source) names() error {
	candidates := commas
	for {
		line, err := s.next()
		if err != nil {
			return err
		}
		text := strings.TrimSuffix(string(line), "\n")
		if len(text) == 5 && strings.EqualFold(text[:4], "sep=") && strings.Contains(commas, text[4:]) {
			candidates = text[4:]
			continue
		}
		if strings.TrimFunc(text, func(r rune) bool { return r == ',' || r == ';' || Blank(r) }) == "" {
			continue
		}
		s.comma, _ = s.format.parting(text, candidates)
		s.row = s.tame(s.row, line)
		s.rest = s.row
		return nil
	}
}

// commas is what may part cells.
const commas = ",;\t"

// parting is which of some characters parts the most names of columns in a line, and
// how many it parts.
func (f Format) parting(line, candidates string) (comma byte, most int) {
	comma = candidates[0]
	for i, candidate := range candidates {
		known := 0
		for name := range strings.SplitSeq(line, string(candidate)) {
			if f.column(strings.TrimFunc(name, func(r rune) bool { return r == '"' || Blank(r) })) >= 0 {
				known++
			}
		}
		if known > most {
			comma, most = candidates[i], known
		}
	}
	return comma, most
}

// Read gives one line at most.
func (s *source) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		line, err := s.next()
		if err != nil {
			return 0, err
		}
		given := len(s.row)
		s.row = s.tame(s.row, line)
		s.rest = s.row[given:]
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// tame appends a line to a row as RFC 4180 wants it, without changing its
// meaning: space between quotes and the ends of their cell goes, and a cell
// that holds a quote but does not start with one, such as 5", is quoted. Other
// loose quotes stay, for encoding/csv to refuse: that of LazyQuotes would take
// the rows below for a part of the cell.
func (s *source) tame(row, line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	if !s.open && bytes.IndexByte(line, '"') < 0 {
		return append(append(row, line...), '\n')
	}
	for {
		if !s.open {
			cell, rest, more := bytes.Cut(line, []byte{s.comma})
			text := bytes.TrimLeftFunc(cell, Blank)
			if s.open = bytes.HasPrefix(text, []byte{'"'}); s.open {
				row, line = append(row, '"'), line[len(cell)-len(text)+1:]
			} else {
				if bytes.IndexByte(cell, '"') >= 0 {
					cell = []byte(quoted(string(cell)))
				}
				if row = append(row, cell...); !more {
					break
				}
				row, line = append(row, s.comma), rest
				continue
			}
		}
		end := closing(line)
		if end < 0 {
			row = append(row, line...)
			break
		}
		s.open = false
		row = append(row, line[:end+1]...)
		line = bytes.TrimLeftFunc(line[end+1:], func(r rune) bool { return r != rune(s.comma) && Blank(r) })
		if len(line) == 0 || line[0] != s.comma {
			row = append(row, line...) // nothing, or loose
			break
		}
		row, line = append(row, s.comma), line[1:]
	}
	return append(row, '\n')
}

// closing finds the first quote that is not one of a pair; −1 where there is
// none.
func closing(text []byte) int {
	for at := 0; ; at += 2 {
		i := bytes.IndexByte(text[at:], '"')
		if i < 0 {
			return -1
		}
		if at += i; at+1 == len(text) || text[at+1] != '"' {
			return at
		}
	}
}
