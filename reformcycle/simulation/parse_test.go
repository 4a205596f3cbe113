package simulation

import (
	"strings"
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

func TestASlipOfJSONIsRefusedWithLineAndColumn(t *testing.T) {
	for text, field := range map[string]string{
		"{\n  \"name\": \"é\",}\n":    "scenario:2:15", // the brace, after 14 characters
		"{\"name\": \"a\"}\n {}":      "scenario:2:2",
		"{\n\"name\": 01\n}":          "scenario:2:10",
		"{\"name\": \"a\nb\"}":        "scenario:1:12",
		"{\"horizon\": NaN}":          "scenario:1:13",
		"\n\n  [1 2]":                 "scenario:3:6",
		"{\"name\": \"a\"":            "scenario:1:12", // the last there is
		"":                            "scenario:1:1",
		strings.Repeat("[", 20_000):   "scenario:1:10001",
		"{\"a\": 1,\n\t\"b\" 2}":      "scenario:2:6",
		"// a scenario\n{\"name\":1}": "scenario:1:1",
	} {
		all := refused(t, text)
		require.Len(t, all, 1)
		require.Equal(t, field, all[0].Path, "%.80q", text)
		require.Equal(t, "json", all[0].Rule)
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
		`[]`:                                 {"scenario"},
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

func TestNullIsRefusedEverywhere(t *testing.T) {
	for text, field := range map[string]string{
		`{"notes": null}`:                  "notes",
		`{"notes": [null]}`:                "notes[0]",
		`{"horizon": null}`:                "horizon",
		`{"work": null}`:                   "work",
		`{"start": {"stage": null}}`:       "start.stage",
		`{"criteria": [{"upkeep": null}]}`: "criteria[0].upkeep",
		`{"actors": [{"veto": null}]}`:     "actors[0].veto",
	} {
		first := refused(t, text)[0]
		require.Equal(t, fault.Field{Path: field, Rule: "type", Value: "null", Want: "no null: leave it out"}, first)
	}
	require.Equal(t, fault.Fields{{Path: "scenario", Rule: "type", Value: "null", Want: "an object"}}, refused(t, "null"))
}

func TestARefusalNamesWhatAFieldTakes(t *testing.T) {
	for text, want := range map[string]string{
		`{"work": {"rated": "x"}}`:     "a number",
		`{"work": {"rated": 1e999}}`:   "a number within the range of a double",
		`{"horizon": "x"}`:             "a whole number of at most 15 digits",
		`{"horizon": 120.5}`:           "a whole number of at most 15 digits",
		`{"horizon": 1e15}`:            "a whole number of at most 15 digits",
		`{"start": {"stage": "moon"}}`: eightStages,
		`{"start": {"stage": 3}}`:      eightStages,
	} {
		require.Equal(t, want, refused(t, text)[0].Want, text)
	}
	require.Equal(t, "one of the eight stages: problem-prioritization, coalition-building, solution-gathering, design, program-readiness, launch, governance, management-and-learning", eightStages)
}

func TestWholeNumbersMayBeWrittenWithAPointOrAPowerOfTen(t *testing.T) {
	for _, text := range []string{"120", "120.0", "1.2e2", "1200E-1"} {
		s, err := ParseScenario([]byte(`{"name": "a", "horizon": ` + text + `, "actors": [{"id": "moh", "constituency": "ministry-of-health"}], "start": {"stage": "` + reformcycle.Design.String() + `"}}`))
		require.NoError(t, err, text)
		require.Equal(t, 120, s.Horizon)
	}
}
