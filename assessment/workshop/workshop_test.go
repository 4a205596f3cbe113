package workshop_test

// This file holds what the tests share.

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	. "github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// build makes a checklist of rated criteria with the given ids; one that ends
// in "*" is derived.
func build(t testing.TB, ids ...string) *assessment.Checklist {
	t.Helper()
	spec := assessment.Spec{
		Name: "components", Version: "1",
		Sources: []assessment.Source{{Key: "model", Citation: "Made up for tests."}},
	}
	for _, id := range ids {
		c := assessment.Criterion{ID: strings.TrimSuffix(id, "*"), Section: "all", Text: "It works.", Kind: assessment.Rated, Sources: []string{"model"}}
		if strings.HasSuffix(id, "*") {
			c.Kind = assessment.Derived
		}
		spec.Criteria = append(spec.Criteria, c)
	}
	c, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	return c
}

func components(t testing.TB) *assessment.Checklist {
	return build(t, "role-and-recruitment", "training", "accreditation", "supervision", "reach*", "incentives")
}

var may = Occasion{Name: "Workshop of 3 May (illustrative)", Basis: assessment.Illustrative, On: date.MustParse("2026-05-03")}

// grid makes a sheet from lines of levels: a line an item, a letter an
// assessor (a, b, c…), "." for no row and "-" for a blank.
func grid(t testing.TB, lines ...string) *Sheet {
	t.Helper()
	var ids []string
	var rows []Row
	for i, line := range lines {
		id := "i" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		ids = append(ids, id)
		for a, mark := range strings.ReplaceAll(line, " ", "") {
			r := Row{Item: id, Assessor: string(rune('a' + a))}
			switch {
			case mark == '.':
				continue
			case mark != '-':
				r.Level = assessment.Level(mark - '0')
			}
			rows = append(rows, r)
		}
	}
	s, err := NewSheet(build(t, ids...), may, rows)
	require.NoError(t, err)
	return s
}

// rules lists "field: rule" of every error, and fails unless err is of the
// package's one shape.
func rules(t testing.TB, err error) []string {
	t.Helper()
	require.Error(t, err)
	require.ErrorIs(t, err, fault.ErrInvalid)
	var errs fault.Fields
	require.ErrorAs(t, err, &errs)
	found := make([]string, len(errs))
	for i, e := range errs {
		require.NotEmpty(t, e.Want, "an error must say what would be accepted")
		found[i] = place(e) + ": " + e.Rule
	}
	return found
}

// place is the path, for a table with the line, as in "csv:12:level".
func place(e fault.Field) string {
	if e.Line > 0 {
		return strings.TrimSuffix(fmt.Sprintf("csv:%d:%s", e.Line, e.Path), ":")
	}
	return e.Path
}
