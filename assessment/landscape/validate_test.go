package landscape_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func TestBadInputIsRefusedWithPathAndRule(t *testing.T) {
	long := strings.Repeat("é", 129)
	for _, c := range []struct {
		name        string
		spoil       func(*landscape.Landscape)
		field, rule string
	}{
		{"blank id", func(l *landscape.Landscape) { l.Areas[2].ID = " " }, "areas[2].id", "required"},
		{"long id", func(l *landscape.Landscape) { l.Areas[2].ID = long }, "areas[2].id", "length"},
		{"id with a line break", func(l *landscape.Landscape) { l.Areas[2].ID = "a\nb" }, "areas[2].id", "characters"},
		{"id with space around it", func(l *landscape.Landscape) { l.Areas[2].ID = "a " }, "areas[2].id", "characters"},
		{"id not UTF-8", func(l *landscape.Landscape) { l.Areas[2].ID = "\xff" }, "areas[2].id", "utf-8"},
		{"area twice", func(l *landscape.Landscape) { l.Areas[2].ID = "north" }, "areas[2].id", "unique"},
		{"service twice", func(l *landscape.Landscape) {
			l.Services = append(l.Services, landscape.Service{ID: "malaria"})
		}, "services[3].id", "unique"},
		{"programme twice", func(l *landscape.Landscape) {
			l.Programmes = append(l.Programmes, landscape.Programme{ID: "ngo"})
		}, "programmes[2].id", "unique"},
		{"cadre twice", func(l *landscape.Landscape) { l.Cadres = append(l.Cadres, l.Cadres[0]) }, "cadres[4].id", "unique"},
		{"name not UTF-8", func(l *landscape.Landscape) { l.Areas[0].Name = "\xff" }, "areas[0].name", "utf-8"},
		{"long name", func(l *landscape.Landscape) { l.Cadres[0].Name = strings.Repeat("é", 513) }, "cadres[0].name", "length"},
		{"population NaN", func(l *landscape.Landscape) { l.Areas[0].Population = math.NaN() }, "areas[0].population", "range"},
		{"population negative", func(l *landscape.Landscape) { l.Areas[0].Population = -1 }, "areas[0].population", "range"},
		{"target infinite", func(l *landscape.Landscape) { l.Services[0].Target = math.Inf(1) }, "services[0].target", "range"},
		{"operator", func(l *landscape.Landscape) { l.Programmes[0].Operator = long }, "programmes[0].operator", "length"},
		{"mechanism", func(l *landscape.Landscape) { l.Programmes[0].Mechanism = " m" }, "programmes[0].mechanism", "characters"},
		{"no funder", func(l *landscape.Landscape) { l.Programmes[1].Funding[0].Funder = "" }, "programmes[1].funding[0].funder", "required"},
		{"amount without unit", func(l *landscape.Landscape) { l.Programmes[1].Funding[0].Unit = "" }, "programmes[1].funding[0].unit", "required"},
		{"amount negative", func(l *landscape.Landscape) { l.Programmes[1].Funding[0].Amount = -1 }, "programmes[1].funding[0].amount", "range"},
		{"funder both external and not", func(l *landscape.Landscape) { l.Programmes[1].Funding[1].Funder = "treasury" }, "programmes[1].funding[1].external", "consistent"},
		{"disease", func(l *landscape.Landscape) { l.Programmes[1].Funding[0].Disease = long }, "programmes[1].funding[0].disease", "length"},
		{"cadre without programme", func(l *landscape.Landscape) { l.Cadres[0].Programme = "" }, "cadres[0].programme", "exists"},
		{"established cadre of no such programme", func(l *landscape.Landscape) { l.Cadres[3].Programme = "x" }, "cadres[3].programme", "exists"},
		{"supervision", func(l *landscape.Landscape) { l.Cadres[0].Supervision = long }, "cadres[0].supervision", "length"},
		{"standing", func(l *landscape.Landscape) { l.Cadres[0].Standing = "" }, "cadres[0].standing", "known"},
		{"work", func(l *landscape.Landscape) { l.Cadres[0].Work = long }, "cadres[0].work", "length"},
		{"pay without unit", func(l *landscape.Landscape) { l.Cadres[0].Pay.Unit = "" }, "cadres[0].pay.unit", "required"},
		{"pay NaN", func(l *landscape.Landscape) { l.Cadres[0].Pay.Low = math.NaN() }, "cadres[0].pay.low", "range"},
		{"pay out of order", func(l *landscape.Landscape) { l.Cadres[0].Pay.High = 49 }, "cadres[0].pay.high", "order"},
		{"post of no cadre", func(l *landscape.Landscape) { l.Posts[1].Cadre = "x" }, "posts[1].cadre", "exists"},
		{"post of an established cadre", func(l *landscape.Landscape) { l.Posts[1].Cadre = "nurses" }, "posts[1].cadre", "standing"},
		{"post in no area", func(l *landscape.Landscape) { l.Posts[1].Area = "x" }, "posts[1].area", "exists"},
		{"post twice", func(l *landscape.Landscape) { l.Posts = append(l.Posts, l.Posts[1]) }, "posts[4]", "unique"},
		{"post without service", func(l *landscape.Landscape) { l.Posts[1].Services = nil }, "posts[1].services", "required"},
		{"post with no such service", func(l *landscape.Landscape) { l.Posts[1].Services[1] = "x" }, "posts[1].services[1]", "exists"},
		{"post with a service twice", func(l *landscape.Landscape) { l.Posts[1].Services[1] = "planning" }, "posts[1].services[1]", "unique"},
		{"workers negative", func(l *landscape.Landscape) { l.Posts[1].Workers = -1 }, "posts[1].workers", "range"},
		{"workers beyond a country", func(l *landscape.Landscape) { l.Posts[1].Workers = 10_000_001 }, "posts[1].workers", "range"},
		{"aspect", func(l *landscape.Landscape) { l.Statements[0].Aspect = "" }, "statements[0].aspect", "known"},
		{"about", func(l *landscape.Landscape) { l.Statements[0].About = strings.Repeat("a", 4097) }, "statements[0].about", "length"},
		{"evidence", func(l *landscape.Landscape) { l.Statements[0].Evidence.Basis = "" }, "statements[0].evidence.basis", "known"},
		{"too many areas", func(l *landscape.Landscape) { l.Areas = make([]landscape.Area, 20_000+1) }, "areas", "length"},
		{"too many services", func(l *landscape.Landscape) { l.Services = make([]landscape.Service, 500+1) }, "services", "length"},
		{"too many pairs", func(l *landscape.Landscape) {
			l.Areas, l.Services = make([]landscape.Area, 20_000), make([]landscape.Service, 26)
		}, "areas", "length"},
		{"too many programmes", func(l *landscape.Landscape) {
			l.Programmes = make([]landscape.Programme, 1_000+1)
		}, "programmes", "length"},
		{"too much funding", func(l *landscape.Landscape) {
			l.Programmes[1].Funding = make([]landscape.Funding, 100+1)
		}, "programmes[1].funding", "length"},
		{"too many cadres", func(l *landscape.Landscape) { l.Cadres = make([]landscape.Cadre, 1_000+1) }, "cadres", "length"},
		{"too many posts", func(l *landscape.Landscape) { l.Posts = make([]landscape.Post, 200_000+1) }, "posts", "length"},
		{"too many services of posts", func(l *landscape.Landscape) {
			l.Posts[0].Services = make([]string, 1_000_000)
		}, "posts", "length"},
		{"too many statements", func(l *landscape.Landscape) {
			l.Statements = make([]landscape.Statement, 1_000+1)
		}, "statements", "length"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := valley()
			require.Empty(t, l.Validate())
			c.spoil(&l)
			errs := l.Validate()
			require.NotEmpty(t, errs)
			require.Contains(t, fields(errs), c.field+" "+c.rule)
			for _, e := range errs {
				require.NotEmpty(t, e.Want)
			}
			a, err := landscape.Analyse(l)
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.Zero(t, a)
		})
	}
}

func fields(err error) []string {
	errs, ok := errors.AsType[fault.Fields](err)
	if !ok {
		return nil
	}
	var all []string
	for _, e := range errs {
		all = append(all, place(e)+" "+e.Rule)
	}
	return all
}

func TestAllFaultsAreReportedInTheOrderOfTheInput(t *testing.T) {
	l := valley()
	l.Areas[0].Population = -1
	l.Cadres[0].Standing = "x"
	l.Posts[0].Area, l.Posts[3].Workers = "x", -1
	require.Equal(t, []string{"areas[0].population range", "cadres[0].standing known", "posts[0].area exists", "posts[3].workers range"}, fields(l.Validate()))
}

func TestLargestLandscapeIsAccepted(t *testing.T) {
	var l landscape.Landscape
	for i := range 500_000 / 50 {
		l.Areas = append(l.Areas, landscape.Area{ID: fmt.Sprint("a", i)})
	}
	for i := range 50 {
		l.Services = append(l.Services, landscape.Service{ID: fmt.Sprint("s", i)})
	}
	require.Empty(t, l.Validate())
	require.Equal(t, 500_000, analyse(t, l).Counts.Unserved)
}

// place is the path, for a table with the line, as in "csv:12:level", and for JSON with line
// and column.
func place(e fault.Field) string {
	switch {
	case e.Column > 0:
		return strings.TrimSpace(fmt.Sprintf("%d:%d %s", e.Line, e.Column, e.Path))
	case e.Line > 0:
		return strings.TrimSuffix(fmt.Sprintf("csv:%d:%s", e.Line, e.Path), ":")
	}
	return e.Path
}
