package simulation

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// refused reads a text that is refused.
func refused(t *testing.T, text string) fault.Fields {
	t.Helper()
	_, err := ParseScenario([]byte(text))
	var all fault.Fields
	require.ErrorAs(t, err, &all, text)
	return all
}

// refusedAt gives what is wrong at a path.
func refusedAt(t *testing.T, text, path string) fault.Field {
	t.Helper()
	all := refused(t, text)
	i := slices.IndexFunc(all, func(f fault.Field) bool { return f.Path == path })
	require.GreaterOrEqual(t, i, 0, "%s: %v", text, all)
	return all[i]
}

func TestASlipOfJSONIsRefusedWithLineAndColumn(t *testing.T) {
	for text, place := range map[string][2]int{
		"{\n  \"name\": \"é\",}\n":    {2, 15}, // the brace, after 14 characters
		"{\"name\": \"a\"}\n {}":      {2, 2},
		"{\n\"name\": 01\n}":          {2, 10},
		"{\"name\": \"a\nb\"}":        {1, 12},
		"{\"horizon\": NaN}":          {1, 13},
		"{\"notes\": [1 2]}":          {1, 14},
		"{\"name\": \"a\"":            {1, 13}, // behind the last there is
		"":                            {1, 1},
		"{\"a\": 1,\n\t\"b\" 2}":      {2, 6},
		"// a scenario\n{\"name\":1}": {1, 1},
	} {
		all := refused(t, text)
		slip := all[len(all)-1]
		require.Equal(t, place, [2]int{slip.Line, slip.Column}, "%.80q", text)
		require.Equal(t, fault.Syntax, slip.Rule)
	}
}

func TestWhatMayNotBeIsReportedBesideWhatCantBeRead(t *testing.T) {
	const actor = `{"id": "moh", "constituency": "ministry-of-health"}`
	for text, fields := range map[string][]string{
		`{"name": "a", "hazrad": 1, "horizon": 601, "actors": [` + actor + `]}`: {"hazrad", "horizon"},
		// Of what could not be read nothing more is said, nor of what is within it.
		`{"name": 3, "horizon": "x", "actors": [3], "work": {"rated": "x", "carry": 2}}`: {"name", "horizon", "actors[0]", "work.rated", "work.carry"},
		`{"name": "a", "actors": 3}`:         {"actors"},
		`{"name": "a", "actors": null}`:      {"actors"},
		`{"name": "a", "actor": []}`:         {"actor", "actors"},
		`{"actors": [` + actor + `], "n":1}`: {"n", "name"},
		`[]`:                                 {""},
		// Nor of those who listen to an actor whose id could not be read, though
		// they may be nobody.
		`{"name": "a", "actors": [{"id": 3, "name": "b", "power": 9}], "influence": [{"listener": "moh", "of": "moh", "weight": 1}]}`: {"actors[0].id", "actors[0].power", "actors[0].constituency"},
		`{"name": "a", "actors": [` + actor + `], "influence": [{"listener": "moh", "of": "moh", "weight": "all"}]}`:                  {"influence[0].weight"},
		// A field is not within another for beginning like it.
		`{"name": "a", "actors": [` + actor + `], "work": {"rate": 1, "rated": -1}}`: {"work.rate", "work.rated"},
	} {
		var found []string
		for _, e := range refused(t, text) {
			found = append(found, e.Path)
		}
		require.ElementsMatch(t, fields, found, text)
	}
}

// A list, or what the work of a criterion takes, may be none.
func TestNullIsRefusedWhereSomethingHasToBe(t *testing.T) {
	for text, field := range map[string]string{
		`{"notes": [null]}`:            "notes[0]",
		`{"horizon": null}`:            "horizon",
		`{"work": null}`:               "work",
		`{"start": {"stage": null}}`:   "start.stage",
		`{"actors": [{"veto": null}]}`: "actors[0].veto",
		`null`:                         "",
	} {
		require.Equal(t, fault.Type, refusedAt(t, text, field).Rule, text)
	}
	s, err := ParseScenario([]byte(`{"name": "a", "actors": [{"id": "moh", "constituency": "ministry-of-health"}], "notes": null, "criteria": [{"id": "problem.vision", "upkeep": null}]}`))
	require.NoError(t, err)
	require.Nil(t, s.Criteria[0].Upkeep)
}

// An event that does not say which shock it is, is none; that the first kind has the
// number 0 makes it no election.
func TestAnEventSaysWhichShockItIs(t *testing.T) {
	wrong := refusedAt(t, `{"name": "a", "events": [{"month": 5}]}`, "events[0].shock")
	require.Equal(t, "one of election, donor-exit, epidemic, fiscal-crisis, scandal", fmt.Sprint(wrong.Want))
	require.Equal(t, "", wrong.Value)
	var e Event
	require.NoError(t, json.Unmarshal([]byte(`{"month": 5, "shock": "election"}`), &e))
	require.Equal(t, Event{5, AnElection}, e)
	require.Error(t, json.Unmarshal([]byte(`{"month": 5, "shok": "election"}`), &e))
}

// What every door of the house refuses, this one does.
func TestAScenarioIsReadStrictly(t *testing.T) {
	for text, want := range map[string][2]string{
		`{"name": "a", "name": "b"}`:                    {"name", fault.Unique},
		`{"Name": "a"}`:                                 {"Name", fault.Known},
		`{"actors": [{"id": "a", "ID": "b"}]}`:          {"actors[0].ID", fault.Known},
		"{\"name\": \"a\xff\"}":                         {"name", fault.Encoding},
		`{"name": "\ud800"}`:                            {"name", fault.Encoding},
		`{"actors": [{"power": "4"}]}`:                  {"actors[0].power", fault.Type},
		`{"actors": [{"power": 1, "power": 1}]}`:        {"actors[0].power", fault.Unique},
		`{"criteria": [{"id": "a", "level": "grand"}]}`: {"criteria[0].level", fault.Known},
	} {
		first := refusedAt(t, text, want[0])
		require.Equal(t, want[1], first.Rule, text)
		require.Positive(t, first.Line, text)
	}
	_, err := ParseScenario([]byte("\ufeff" + `{"name": "a", "actors": [{"id": "moh", "constituency": "ministry-of-health"}]}`))
	require.NoError(t, err, "a byte order mark is passed over")
}

func TestARefusalNamesWhatAFieldTakes(t *testing.T) {
	for text, want := range map[string][2]string{
		`{"work": {"rated": "x"}}`:     {"work.rated", "a number within the range of a double"},
		`{"work": {"rated": 1e999}}`:   {"work.rated", "a number within the range of a double"},
		`{"horizon": "x"}`:             {"horizon", "a whole number"},
		`{"horizon": 120.5}`:           {"horizon", "a whole number"},
		`{"horizon": 1e300}`:           {"horizon", "a whole number"},
		`{"start": {"stage": "moon"}}`: {"start.stage", eightStages.String()},
	} {
		require.Equal(t, want[1], fmt.Sprint(refusedAt(t, text, want[0]).Want), text)
	}
	require.Equal(t, "one of problem-prioritization, coalition-building, solution-gathering, design, program-readiness, launch, governance, management-and-learning", eightStages.String())
}

func TestWholeNumbersMayBeWrittenWithAPointOrAPowerOfTen(t *testing.T) {
	for _, text := range []string{"120", "120.0", "1.2e2", "1200E-1"} {
		s, err := ParseScenario([]byte(`{"name": "a", "horizon": ` + text + `, "actors": [{"id": "moh", "constituency": "ministry-of-health"}], "start": {"stage": "` + reformcycle.Design.String() + `"}}`))
		require.NoError(t, err, text)
		require.Equal(t, 120, s.Horizon)
	}
}
