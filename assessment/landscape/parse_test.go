package landscape_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
)

func TestParseRefusesBrokenJSONWithItsPlace(t *testing.T) {
	for _, c := range []struct{ name, data, field, rule string }{
		{"empty", ``, "landscape:1:1", "json"},
		{"cut", "{\n \"areas\": [", "landscape:2:11", "json"},
		{"trailing", "{}\n x", "landscape:2:2", "json"},
		{"not UTF-8", "{\n\"é\xff\": 1}", "landscape:2:3", "utf8"},
		{"null", " null", "landscape:1:2", "type"},
		{"list", "\n[]", "landscape:2:1", "type"},
		{"wrong type", `{"areas": {}}`, "landscape:1:11", "type"},
		{"text for a number", "{\"areas\": [{\"id\": \"a\",\n\"population\": \"1\"}]}", "landscape:2:17", "type"},
		{"half a worker", `{"posts": [{"workers": 1.5}]}`, "landscape:1:26", "type"},
		{"text for a truth", `{"statements": [{"holds": "yes"}]}`, "landscape:1:31", "type"},
		{"number for a text", `{"areas": [{"id": 1}]}`, "landscape:1:19", "type"},
		{"list for an object", `{"areas": [[]]}`, "landscape:1:12", "type"},
		{"number beyond a double", `{"areas": [{"population": 1e999}]}`, "landscape:1:31", "type"},
		{"unknown key", `{"area": [{"x": {}}]}`, "area", "known"},
		{"unknown nested key", `{"posts": [{"workrs": 3}]}`, "posts[0].workrs", "known"},
		{"key in another case", `{"Areas": []}`, "Areas", "known"},
		{"repeated key", `{"areas": [{"id": "a", "id": "b"}]}`, "areas[0].id", "unique"},
		{"unknown key of evidence", `{"statements": [{"evidence": {"who": "me"}}]}`, "statements[0].evidence.who", "known"},
		{"unknown key of pay", `{"cadres": [{"pay": {"amount": 1}}]}`, "cadres[0].pay.amount", "known"},
		{"unknown basis", `{"statements": [{"evidence": {"basis": "hearsay"}}]}`, "statements[0].evidence.basis", "oneof"},
		{"no date", `{"statements": [{"evidence": {"on": "May"}}]}`, "statements[0].evidence.on", "range"},
		{"blank date", `{"statements": [{"evidence": {"on": ""}}]}`, "statements[0].evidence.on", "range"},
		{"wrong word", `{"cadres": [{"id": "c", "standing": "old"}]}`, "cadres[0].standing", "oneof"},
		{"too long", `"` + strings.Repeat("x", landscape.MaxBytes) + `"`, "landscape", "length"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := landscape.Parse([]byte(c.data))
			require.ErrorIs(t, err, assessment.ErrInvalid)
			require.Zero(t, l)
			require.Contains(t, fields(err), c.field+" "+c.rule)
		})
	}
}

func TestWrongKeysAreAllReportedWithLineAndColumn(t *testing.T) {
	_, err := landscape.Parse([]byte("{\n  \"é\": 1,\n  \"areas\": [{\"name\": \"\",\n \"nam\": \"\", \"name\": \"\"}]\n}"))
	var errs assessment.FieldErrors
	require.ErrorAs(t, err, &errs)
	require.Equal(t, []string{"é known", "areas[0].nam known", "areas[0].name unique"}, fields(err))
	require.Contains(t, errs[0].Want, "line 2, column 5")
	require.Contains(t, errs[1].Want, "line 4, column 6")
	require.Contains(t, errs[2].Want, "line 4, column 18")
}

func TestParseReadsTimes(t *testing.T) {
	l, err := landscape.Parse([]byte(`{"statements": [{"aspect": "overlap", "holds": true,
		"evidence": {"what": "made up", "source": "made up", "basis": "illustrative", "on": "2021-10-12T00:00:00Z"}}]}`))
	require.NoError(t, err)
	require.Equal(t, 2021, l.Statements[0].Evidence.On.Year())
	require.Equal(t, landscape.Yes, analyse(t, l).On(landscape.Overlaps).Answer)
}

const header = "programme,cadre,area,service,workers\n"

func TestParsePostsGathersRows(t *testing.T) {
	l := valley()
	posts, err := landscape.ParsePosts([]byte(header+
		"ngo,volunteers,north,nutrition,\n"+
		"public,family,north,planning,10\n"+
		"public,family,south,planning,2\n"+
		"public,family,north,nutrition,10\n"+
		"ngo,malaria,south,malaria,2\n"), l.Cadres)
	require.NoError(t, err)
	require.Equal(t, l.Posts, posts)
}

func TestParsePostsTakesTheHabitsOfSpreadsheets(t *testing.T) {
	l := valley()
	for name, data := range map[string]string{
		"another order":  " Workers,AREA,service,cadre,programme,\n,north,nutrition,volunteers,ngo,\n10,north,planning,family,public\n\n2,south,planning,family,public\n10,north,nutrition,family,public\n2,south,malaria,malaria,ngo\n",
		"semicolons":     "\ufeffsep=;\r\nprogramme;cadre;area;service;workers\r\nngo;volunteers;north;nutrition;\r\npublic;family;north;planning;10,0\r\npublic;family;south;planning;2\r\npublic;family;north;nutrition;10\r\nngo;malaria;south;malaria;2\r\n;;;;\r\n",
		"tabs and space": "programme\tcadre\tarea\tservice\tworkers\rngo \tvolunteers\t\"north\" \t nutrition\t\rpublic\tfamily\tnorth\tplanning\t10\rpublic\tfamily\tsouth\u00a0\tplanning\t2\rpublic\tfamily\tnorth\tnutrition\t10\rngo\tmalaria\tsouth\tmalaria\t'+2\r",
	} {
		posts, err := landscape.ParsePosts([]byte(data), l.Cadres)
		require.NoError(t, err, name)
		require.Equal(t, l.Posts, posts, name)
	}
}

func TestParsePostsRefusesWithPositions(t *testing.T) {
	missing := slices.Repeat([]string{"csv:1 required"}, 5)
	for _, c := range []struct {
		name, data string
		want       []string
	}{
		{"empty", "", missing},
		{"header", "cadre,program,area,service,workers\n", []string{"csv:1:2 known", "csv:1 required"}},
		{"short header", "cadre\n", missing[1:]},
		{"cadre", header + "ngo,x,north,malaria,1", []string{"csv:2:cadre exists"}},
		{"programme", header + "x,family,north,malaria,1", []string{"csv:2:programme consistent"}},
		{"workers", header + "public,family,north,malaria,0\npublic,family,south,malaria,many", []string{"csv:2:workers range", "csv:3:workers range"}},
		{"half a worker", header + "public,family,north,malaria,1.5", []string{"csv:2:workers range"}},
		{"thousands", header + "public,family,north,malaria,\"1,000\"", []string{"csv:2:workers range"}},
		{"workers differ", header + "public,family,north,malaria,1\npublic,family,north,planning,2", []string{"csv:3:workers consistent"}},
		{"service twice", header + "public,family,north,malaria,1\npublic,family,north,malaria,1", []string{"csv:3:service unique"}},
		{"columns", header + "ngo,x,north,malaria,1\na,b", []string{"csv:2:cadre exists", "csv:3 columns"}},
		{"quote", header + "\"", []string{"csv:2 quote"}},
		{"not UTF-8", header + "\xff,family,north,malaria,1", []string{"csv:2:programme utf8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			posts, err := landscape.ParsePosts([]byte(c.data), valley().Cadres)
			require.ErrorIs(t, err, assessment.ErrInvalid)
			require.Nil(t, posts)
			require.Equal(t, c.want, fields(err))
		})
	}
}

func TestParsePostsIsBounded(t *testing.T) {
	blank := strings.Repeat(" ", 1023) + "\n"
	_, err := landscape.ParsePosts([]byte(header+strings.Repeat(blank, landscape.MaxBytes/len(blank))), nil)
	require.Len(t, fields(err), 1)
	require.Contains(t, fields(err)[0], " length")
	_, err = landscape.ParsePosts([]byte(header+strings.Repeat("public,family,north,malaria,\n", 2000)), valley().Cadres)
	require.Len(t, fields(err), 1000+1, "a thousand, and that reading stopped")
	require.Equal(t, "csv:1002 faults", fields(err)[1000], "the first row is no fault, and stands in line 2")
}

// What Parse accepts is valid, can be analysed, and reads back the same from
// what it is written to.
func FuzzParse(f *testing.F) {
	data, err := json.Marshal(valley())
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"areas":[{"id":"a"}],"areas":null}`))
	f.Add([]byte(`{"statements":[{"evidence":{"on":"2021-10-12T00:00:00Z"}}]}`))
	f.Add([]byte(header))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := landscape.ParsePosts(data, valley().Cadres); err != nil {
			require.ErrorIs(t, err, assessment.ErrInvalid)
		}
		l, err := landscape.Parse(data)
		if err != nil {
			require.ErrorIs(t, err, assessment.ErrInvalid)
			return
		}
		require.Empty(t, l.Validate())
		analysis := analyse(t, l)
		_, err = json.Marshal(analysis)
		require.NoError(t, err, "no result is NaN or infinite")
		analysis.Summary()
		written, err := json.Marshal(l)
		require.NoError(t, err)
		again, err := landscape.Parse(written)
		require.NoError(t, err)
		rewritten, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(written), string(rewritten))
	})
}
