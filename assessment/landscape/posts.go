package landscape

// This file reads posts from a table, which is how surveys come.

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/assessment"
)

// columns are those of a table of posts.
var columns = []string{"programme", "cadre", "area", "service", "workers"}

// ParsePosts reads posts from CSV (RFC 4180) with the header
// "programme,cadre,area,service,workers" and one row for each service that a
// cadre gives in an area. Workers is the size of the whole post, the same in
// all its rows; blank means not known. The posts stand in the order of their
// first rows.
//
// Cadres are those of the landscape: a row's programme must be that of its
// cadre. Whether areas and services exist, [Landscape.Validate] says. All
// errors are [assessment.FieldErrors] whose fields are positions,
// "posts:line:column".
func ParsePosts(data []byte, cadres []Cadre) ([]Post, error) {
	if err := checkText("posts", data); err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = len(columns)
	r.ReuseRecord = true
	header, err := r.Read()
	switch {
	case err == nil && slices.Equal(header, columns):
	case err == nil || errors.Is(err, io.EOF):
		return nil, refuse("posts:1:1", ruleKnown, strings.Join(header, ","), "the header "+strings.Join(columns, ","))
	default:
		return nil, csvError(err)
	}

	t := table{programmes: make(map[string]string, len(cadres)), places: make(map[[2]string]int), given: make(map[[3]string]bool)}
	for _, c := range cadres {
		t.programmes[c.ID] = c.Programme
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			// A broken quote leaves nothing after it to be read.
			return nil, append(t.errs, csvError(err)...)
		}
		t.row(row, func(i int) string {
			line, column := r.FieldPos(i)
			return fmt.Sprintf("posts:%d:%d", line, column)
		})
	}
	if err := t.errs.Err(); err != nil {
		return nil, err
	}
	return t.posts, nil
}

// table gathers rows into posts.
type table struct {
	programmes map[string]string  // cadre → programme
	places     map[[2]string]int  // cadre, area → post
	given      map[[3]string]bool // cadre, area, service
	posts      []Post
	errs       assessment.FieldErrors
}

func (t *table) add(field, rule string, value any, want string) {
	t.errs = append(t.errs, assessment.FieldError{Field: field, Rule: rule, Value: value, Want: want})
}

// row takes in one row; where gives the position of a field of it.
func (t *table) row(row []string, where func(int) string) {
	programme, cadre, area, service := row[0], row[1], row[2], row[3]
	if own, known := t.programmes[cadre]; !known {
		t.add(where(1), ruleExists, cadre, "the id of one of the cadres")
	} else if own != programme {
		t.add(where(0), ruleConsistent, programme, "the programme of the cadre, "+strconv.Quote(own))
	}
	workers := 0
	if row[4] != "" {
		n, err := strconv.Atoi(row[4])
		if err != nil || n < 1 || n > maxWorkers {
			t.add(where(4), ruleRange, row[4], "a number of workers from 1 to 10000000, or blank where it is not known")
		}
		workers = n
	}
	place, seen := t.places[[2]string{cadre, area}]
	switch {
	case !seen:
		place = len(t.posts)
		t.places[[2]string{cadre, area}] = place
		t.posts = append(t.posts, Post{Cadre: cadre, Area: area, Workers: workers})
	case t.posts[place].Workers != workers:
		t.add(where(4), ruleConsistent, row[4], "the same number of workers in all rows of a cadre and an area: the post's, not the service's")
	}
	if triple := [3]string{cadre, area, service}; t.given[triple] {
		t.add(where(3), ruleUnique, service, "each service of a cadre in an area once")
	} else {
		t.given[triple] = true
		t.posts[place].Services = append(t.posts[place].Services, service)
	}
}

func csvError(err error) assessment.FieldErrors {
	field, why := "posts", err
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		field, why = fmt.Sprintf("posts:%d:%d", broken.Line, broken.Column), broken.Err
	}
	return assessment.FieldErrors{{Field: field, Rule: ruleCSV, Value: why.Error(), Want: "rows of five fields: " + strings.Join(columns, ",")}}
}
