package stakeholders_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// quarter draws multiples of ¼, which add and multiply exactly.
func quarter(from, to int) *rapid.Generator[float64] {
	return rapid.Map(rapid.IntRange(from, to), func(n int) float64 { return float64(n) / 4 })
}

// dates are known to the day, the month or the year.
func dates(earliest int) *rapid.Generator[date.Date] {
	return rapid.Custom(func(t *rapid.T) date.Date {
		day := time.Date(earliest+rapid.IntRange(0, 60).Draw(t, "years"), 1, rapid.IntRange(1, 365).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		return date.MustParse(day.Format(rapid.SampledFrom([]string{"2006", "2006-01", time.DateOnly}).Draw(t, "precision")))
	})
}

func commitmentGen(id string) *rapid.Generator[stakeholders.Commitment] {
	return rapid.Custom(func(t *rapid.T) stakeholders.Commitment {
		c := stakeholders.Commitment{
			ID:        id,
			Resource:  rapid.SampledFrom(stakeholders.Resources()).Draw(t, "resource"),
			Unit:      "USD",
			Pledged:   quarter(0, 1000).Draw(t, "pledged"),
			Delivered: quarter(0, 1000).Draw(t, "delivered"),
			Disease:   rapid.SampledFrom([]string{"", "malaria"}).Draw(t, "disease"),
		}
		if rapid.Bool().Draw(t, "dated") {
			c.From = dates(1960).Draw(t, "from")
			c.To = dates(c.From.First().Year()).Filter(func(to date.Date) bool { return to.Before(c.From) != date.Yes }).Draw(t, "to")
		}
		return c
	})
}

func actorGen(id string) *rapid.Generator[stakeholders.Actor] {
	return rapid.Custom(func(t *rapid.T) stakeholders.Actor {
		a := stakeholders.Actor{
			ID:           id,
			Name:         "Actor " + id,
			Constituency: rapid.SampledFrom(stakeholders.Constituencies()).Draw(t, "constituency"),
			Roles:        rapid.SliceOfNDistinct(rapid.SampledFrom(stakeholders.Roles()), 0, 7, rapid.ID).Draw(t, "roles"),
			Member:       rapid.Bool().Draw(t, "member"),
			Veto:         rapid.Bool().Draw(t, "veto"),
			Weight:       quarter(0, 12).Draw(t, "weight"),
			Note:         rapid.StringN(0, 20, -1).Filter(func(s string) bool { return fault.Note.Broken(s) == "" }).Draw(t, "note"),
		}
		if rapid.Bool().Draw(t, "position known") {
			a.Position = stakeholders.At(quarter(-28, 28).Draw(t, "position"))
		}
		if rapid.Bool().Draw(t, "power known") {
			a.Power = stakeholders.Power(quarter(4, 28).Draw(t, "power"))
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "commitments") {
			a.Commitments = append(a.Commitments, commitmentGen(fmt.Sprint("c", i)).Draw(t, "commitment"))
		}
		return a
	})
}

var actorsGen = rapid.Custom(func(t *rapid.T) []stakeholders.Actor {
	var actors []stakeholders.Actor
	for i := range rapid.IntRange(0, 8).Draw(t, "n") {
		actors = append(actors, actorGen(fmt.Sprint("a", i)).Draw(t, "actor"))
	}
	return actors
})

func rosterOf(t require.TestingT, actors []stakeholders.Actor) stakeholders.Roster {
	r, err := stakeholders.NewRoster(actors...)
	require.NoError(t, err)
	return r
}

func text(t require.TestingT, r stakeholders.Roster) string {
	b, err := json.Marshal(r)
	require.NoError(t, err)
	return string(b)
}

func TestChangesNeverTouchTheOldRoster(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type snapshot struct {
			roster stakeholders.Roster
			text   string
		}
		r := rosterOf(t, actorsGen.Draw(t, "actors"))
		kept := []snapshot{{r, text(t, r)}}
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			id := fmt.Sprint("a", rapid.IntRange(0, 9).Draw(t, "id"))
			// Changes start from any roster so far, so that branches share memory.
			old := rapid.SampledFrom(kept).Draw(t, "old").roster
			var changed stakeholders.Roster
			var err error
			switch rapid.IntRange(0, 2).Draw(t, "change") {
			case 0:
				changed, err = old.Engage(actorGen(id).Draw(t, "engaged"))
				require.Equal(t, old.Has(id), breaks(err, fault.Unique))
			case 1:
				changed, err = old.Release(id)
				require.Equal(t, !old.Has(id), breaks(err, fault.Exists))
			case 2:
				changed, err = old.Replace(actorGen(id).Draw(t, "replaced"))
				require.Equal(t, !old.Has(id), breaks(err, fault.Exists))
			}
			if err != nil {
				require.Equal(t, old, changed, "a refused change returns the old roster")
			}
			kept = append(kept, snapshot{changed, text(t, changed)})
		}
		for _, k := range kept {
			require.Equal(t, k.text, text(t, k.roster))
		}
	})
}

func TestRosterSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rosterOf(t, actorsGen.Draw(t, "actors"))
		var read stakeholders.Roster
		require.NoError(t, json.Unmarshal([]byte(text(t, r)), &read))
		require.Equal(t, r, read)
		require.Equal(t, text(t, r), text(t, read))
	})
}

func TestWhatARosterGivesOutIsACopy(t *testing.T) {
	given := stakeholders.Actor{ID: "moh", Name: "Ministry of Health", Constituency: stakeholders.MinistryOfHealth, Member: true,
		Roles:       []stakeholders.Role{stakeholders.Leader},
		Commitments: []stakeholders.Commitment{{ID: "pay", Resource: stakeholders.Money, Unit: "USD", Pledged: 5}}}
	r := rosterOf(t, []stakeholders.Actor{given})
	before := text(t, r)

	spoil := func(a stakeholders.Actor) {
		a.Roles[0] = stakeholders.Donor
		a.Commitments[0].Pledged = 7
	}
	spoil(given)
	taken, ok := r.Actor("moh")
	require.True(t, ok)
	spoil(taken)
	for a := range r.All() {
		spoil(a)
	}
	for a := range r.Members() {
		spoil(a)
	}
	spoil(r.Leaders()[0])
	r.IDs()[0] = "x"
	require.Equal(t, before, text(t, r))
}

func TestRosterKeepsTheOrderOfEngagement(t *testing.T) {
	r := district(t)
	require.Equal(t, 7, r.Len())
	require.Equal(t, []string{"moh", "mof", "nurses", "districts", "chws", "fund", "media"}, r.IDs())

	nurses, _ := r.Actor("nurses")
	nurses.Position = stakeholders.At(1)
	r, err := r.Replace(nurses)
	require.NoError(t, err)
	r, err = r.Release("mof")
	require.NoError(t, err)
	require.Equal(t, []string{"moh", "nurses", "districts", "chws", "fund", "media"}, r.IDs())

	var all, members []string
	for a := range r.All() {
		all = append(all, a.ID)
	}
	for a := range r.Members() {
		members = append(members, a.ID)
	}
	require.Equal(t, r.IDs(), all)
	require.Equal(t, []string{"moh", "districts", "chws"}, members)

	for range r.All() {
		break // an early end is honoured
	}
	for range r.Members() {
		break
	}
}

func TestTheZeroRosterIsEmptyAndUsable(t *testing.T) {
	var r stakeholders.Roster
	require.Zero(t, r.Len())
	require.Equal(t, "[]", text(t, r))
	require.False(t, r.GovernmentLeads())
	require.Zero(t, r.GroupsRepresented())
	_, ok := r.Actor("")
	require.False(t, ok)
	_, err := r.Release("moh")
	require.True(t, breaks(err, fault.Exists))
	require.ErrorContains(t, err, "the roster is empty")

	one, err := r.Engage(stakeholders.Actor{ID: "a", Name: "A", Constituency: stakeholders.NGO})
	require.NoError(t, err)
	none, err := one.Release("a")
	require.NoError(t, err)
	require.Equal(t, r, none)
}

func TestARosterKeepsOneForm(t *testing.T) {
	r := rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Roles: []stakeholders.Role{},
		Power: stakeholders.Power(math.Copysign(0, -1)), Weight: math.Copysign(0, -1), Position: stakeholders.At(math.Copysign(0, -1)),
		Commitments: []stakeholders.Commitment{{ID: "c", Resource: stakeholders.People, Unit: "workers", Pledged: math.Copysign(0, -1),
			From: date.MustParse("2024-07")}}}})
	require.JSONEq(t, `[{"id":"a","name":"A","constituency":"ngo","position":0,"commitments":[
		{"id":"c","resource":"people","unit":"workers","pledged":0,"delivered":0,"from":"2024-07"}]}]`, text(t, r))
	require.NotContains(t, text(t, r), "-0,")
}

func TestUnknownActorNamesSomeOfTheKnown(t *testing.T) {
	var actors []stakeholders.Actor
	for i := range 33 {
		actors = append(actors, stakeholders.Actor{ID: fmt.Sprint("a", i), Name: "A", Constituency: stakeholders.NGO})
	}
	_, err := rosterOf(t, actors).Release("b")
	require.EqualError(t, err, `id: got "b", want one of `+strings.Join(rosterOf(t, actors).IDs()[:30], ", ")+" and 3 more")
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestARosterHoldsAtMostTenThousandActors(t *testing.T) {
	actors := make([]stakeholders.Actor, 10_000)
	for i := range actors {
		actors[i] = stakeholders.Actor{ID: fmt.Sprint(i), Name: "A", Constituency: stakeholders.NGO}
	}
	r := rosterOf(t, actors)
	more := stakeholders.Actor{ID: "more", Name: "More", Constituency: stakeholders.NGO}
	_, err := r.Engage(more)
	require.EqualError(t, err, "actors: got 10001, want at most 10000 of them")
	_, err = stakeholders.NewRoster(append(actors, more)...)
	require.ErrorIs(t, err, fault.ErrInvalid)
	err = json.Unmarshal([]byte("["+strings.Repeat("{},", 10_000)+"{}]"), &r)
	require.EqualError(t, err, "line 1, column 1: got 10001, want at most 10000 of them")
}

func TestNewRosterReportsEveryErrorOfEveryActor(t *testing.T) {
	good := stakeholders.Actor{ID: "a", Name: "A", Constituency: stakeholders.NGO}
	_, err := stakeholders.NewRoster(good, stakeholders.Actor{}, good, good)
	require.Equal(t, []string{
		"actors[1].id required", "actors[1].name required", "actors[1].constituency known",
		"actors[2].id unique", "actors[3].id unique",
	}, broken(t, err))
}

func TestRefusedChangesReportEveryError(t *testing.T) {
	r := district(t)
	bad := stakeholders.Actor{ID: "moh", Power: 9}
	_, err := r.Engage(bad)
	require.Equal(t, []string{"name required", "constituency known", "power range", "id unique"}, broken(t, err))
	bad.ID = "who"
	_, err = r.Replace(bad)
	require.Equal(t, []string{"name required", "constituency known", "power range", "id exists"}, broken(t, err))
	_, err = r.Replace(stakeholders.Actor{Name: "A", Constituency: stakeholders.NGO})
	require.Equal(t, []string{"id required"}, broken(t, err))
}

// breaks reports whether an error is that one rule is broken, and no other.
func breaks(err error, rule string) bool {
	fields := fault.Of(err)
	return len(fields) == 1 && fields[0].Rule == rule
}

// broken lists the field and the rule of every error.
func broken(t testing.TB, err error) []string {
	t.Helper()
	var errs fault.Fields
	require.ErrorAs(t, err, &errs)
	var list []string
	for _, e := range errs {
		list = append(list, e.Path+" "+e.Rule)
	}
	return list
}

func TestRosterJSONRefuses(t *testing.T) {
	actor := func(more string) string { return `[{"id":"a","name":"A","constituency":"ngo"` + more + `}]` }
	for _, test := range []struct {
		name, json string
		want       []string
	}{
		{"an object", `{}`, []string{" type"}},
		{"a number among the actors", `[1]`, []string{"[0] type"}},
		{"null among the actors", `[null]`, []string{"[0] type"}},
		{"a field that an actor does not have", actor(`,"positon":3`), []string{"[0].positon known"}},
		{"a field in another case", actor(`,"Position":3`), []string{"[0].Position known"}},
		{"a field twice", actor(`,"name":"B"`), []string{"[0].name unique"}},
		{"a number for a name", `[{"id":"a","name":3,"constituency":"ngo"}]`, []string{"[0].name type"}},
		{"an unknown constituency", `[{"id":"a","name":"A","constituency":"army"}]`, []string{"[0].constituency known"}},
		{"an empty constituency", `[{"id":"a","name":"A","constituency":""}]`, []string{"[0].constituency known"}},
		{"an unknown role", actor(`,"roles":["boss"]`), []string{"[0].roles[0] known"}},
		{"an unknown resource", actor(`,"commitments":[{"id":"c","unit":"USD","resource":"love"}]`), []string{"[0].commitments[0].resource known"}},
		{"a position that is text", actor(`,"position":"warm"`), []string{"[0].position type"}},
		{"a position out of range", actor(`,"position":7.5`), []string{"[0].position range"}},
		{"a position beyond any float", actor(`,"position":1e999`), []string{"[0].position type"}},
		{"a power that is a list", actor(`,"power":[]`), []string{"[0].power type"}},
		{"a power below 1", actor(`,"power":0.5`), []string{"[0].power range"}},
		{"a duplicate", `[{"id":"a","name":"A","constituency":"ngo"},{"id":"a","name":"B","constituency":"ngo"}]`, []string{"[1].id unique"}},
		{"several, all reported in their order", `[{"id":"c","constituency":"army","name":"C"},{"id":"b","constituency":"ngo"},{"power":"big","name":"D"}]`,
			[]string{"[0].constituency known", "[1].name required", "[2].id required", "[2].constituency known", "[2].power type"}},
		{"invalid UTF-8", "[{\"id\":\"\xff\",\"name\":\"A\",\"constituency\":\"ngo\"}]", []string{"[0].id utf-8"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := district(t)
			before := text(t, r)
			err := json.Unmarshal([]byte(test.json), &r)
			require.Equal(t, test.want, broken(t, err))
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.NotEmpty(t, err.Error())
			require.Equal(t, before, text(t, r), "a refused array leaves the roster as it was")
		})
	}
}

func TestRosterJSONNullLeavesTheRoster(t *testing.T) {
	r := district(t)
	require.NoError(t, r.UnmarshalJSON([]byte(" null ")))
	require.Equal(t, 7, r.Len())
	require.Error(t, r.UnmarshalJSON([]byte("[")))
	require.NoError(t, r.UnmarshalJSON([]byte("[]")))
	require.Equal(t, stakeholders.Roster{}, r)
}

func TestLeadersAreMembers(t *testing.T) {
	r := district(t)
	require.True(t, r.GovernmentLeads())
	require.Len(t, r.Leaders(), 1)

	moh, _ := r.Actor("moh")
	moh.Member = false
	r, err := r.Replace(moh)
	require.NoError(t, err)
	require.False(t, r.GovernmentLeads())
	require.Empty(t, r.Leaders())

	chws, _ := r.Actor("chws")
	chws.Roles = []stakeholders.Role{stakeholders.Leader}
	r, err = r.Replace(chws)
	require.NoError(t, err)
	require.False(t, r.GovernmentLeads(), "community health workers are not government")
	require.Len(t, r.Leaders(), 1)
}

func FuzzRosterJSON(f *testing.F) {
	for _, seed := range []string{
		`[]`, `null`, `[{"id":"a","name":"A","constituency":"ngo","position":"high-support","power":"low","weight":2}]`,
		`[{"id":"a","name":"A","constituency":"media","roles":["leader","donor"],"position":-1,"commitments":[{"id":"c","resource":"money","unit":"USD","pledged":1e300,"delivered":2,"from":"2024-01-01T00:00:00+02:00"}]}]`,
		`[{"id":"\ud800","name":"A","constituency":"ngo","position":-0.0}]`, `[{"id":1}]`, "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r stakeholders.Roster
		if err := r.UnmarshalJSON(data); err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.NotEmpty(t, err.Error())
			return
		}
		written := text(t, r)
		var again stakeholders.Roster
		require.NoError(t, json.Unmarshal([]byte(written), &again))
		require.Equal(t, written, text(t, again))
		feasibility := r.Feasibility()
		require.Equal(t, feasibility, again.Feasibility())
		require.False(t, math.IsNaN(feasibility.Support+feasibility.Opposition+feasibility.NonMobilised))
		require.Equal(t, r.RoleGaps(), again.RoleGaps())
		require.True(t, slices.Equal(r.IDs(), again.IDs()))
	})
}
