package landscape

// This file reads posts from a table, which is how surveys come.

import (
	"bytes"
	"math"

	"github.com/chsreform/chsreform/assessment/internal/table"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// format of a table of posts: a row for each service of one.
var format = table.Format{
	Columns:  []string{"programme", "cadre", "area", "service", "workers"},
	Required: 5,
	MaxBytes: maxBytes,
	MaxRows:  maxPostServices,
}

// ParsePosts reads posts from CSV with the columns programme, cadre, area,
// service and workers, in any order and in any capitals, and one row for each
// service that a cadre gives in an area. Workers is the size of the whole
// post, the same in all its rows; blank means not known. 12,000 is refused, whatever
// parts the cells: it may be twelve thousand, and twelve. The posts stand in
// the order of their first rows.
//
// In form it takes what
// [github.com/chsreform/chsreform/assessment/workshop.ReadCSV] takes, such as
// semicolons between cells and blank lines, and like it refuses unknown and
// repeated columns and rows of too few or too many cells.
//
// Cadres are those of the landscape: a row's programme must be that of its
// cadre. Whether areas and services exist, [Landscape.Validate] says. All
// errors are [fault.Fields]; the path is the column and the line that on which
// the row starts. Beyond 32 MiB, 1,000,000 rows, a row of 256 KiB or
// [fault.MaxFields] faults it reads no further.
func ParsePosts(data []byte, cadres []Cadre) ([]Post, error) {
	t := posts{programmes: make(map[string]string, len(cadres)), places: make(map[[2]string]int), given: make(map[[3]string]bool)}
	for _, c := range cadres {
		t.programmes[c.ID] = c.Programme
	}
	if err := format.Read(bytes.NewReader(data), &t.wrong, t.row); err != nil {
		return nil, err
	}
	if err := t.wrong.Err(); err != nil {
		return nil, err
	}
	return t.posts, nil
}

// posts gathers rows into posts.
type posts struct {
	wrong      fault.Fields
	programmes map[string]string  // cadre → programme
	places     map[[2]string]int  // cadre, area → post
	given      map[[3]string]bool // cadre, area, service
	posts      []Post
}

func (t *posts) row(r *table.Row) {
	programme, cadre, area, service, workers := r.Cell(0), r.Cell(1), r.Cell(2), r.Cell(3), 0
	if own, known := t.programmes[cadre]; !known {
		t.wrong.Add("cadre", fault.Exists, cadre, language.Of("want.in-list", "list", "cadres"))
	} else if own != programme {
		t.wrong.Add("programme", ruleConsistent, programme, language.Of("want.programme-of", "programme", own))
	}
	if text := r.Cell(4); text != "" {
		switch n, want := r.Number(4); {
		case !want.IsZero():
			t.wrong.Add("workers", fault.Range, text, want)
		case n != math.Trunc(n) || n < 1 || n > maxWorkers:
			t.wrong.Add("workers", fault.Range, text, language.Of("want.workers", "most", maxWorkers))
		default:
			workers = int(n)
		}
	}
	place, seen := t.places[[2]string{cadre, area}]
	switch {
	case !seen:
		place = len(t.posts)
		t.places[[2]string{cadre, area}] = place
		t.posts = append(t.posts, Post{Cadre: cadre, Area: area, Workers: workers})
	case t.posts[place].Workers != workers:
		t.wrong.Add("workers", ruleConsistent, r.Cell(4), language.Of("want.same-workers"))
	}
	if triple := [3]string{cadre, area, service}; t.given[triple] {
		t.wrong.Add("service", fault.Unique, service, language.Of("want.each-once"))
	} else {
		t.given[triple] = true
		t.posts[place].Services = append(t.posts[place].Services, service)
	}
}
