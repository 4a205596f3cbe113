package landscape_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func TestParseRefusesBrokenJSONWithItsPlace(t *testing.T) {
	for _, c := range []struct{ name, data, field, rule string }{
		{"empty", ``, "1:1", "json"},
		{"cut", "{\n \"areas\": [", "2:12", "json"},
		{"trailing", "{}\n x", "2:2", "json"},
		{"not UTF-8", "{\n\"é\xff\": 1}", "2:3", "utf-8"},
		{"null", " null", "1:2", "type"},
		{"list", "\n[]", "2:1", "type"},
		{"wrong type", `{"areas": {}}`, "1:11 areas", "type"},
		{"text for a number", "{\"areas\": [{\"id\": \"a\",\n\"population\": \"1\"}]}", "2:15 areas[0].population", "type"},
		{"half a worker", `{"posts": [{"workers": 1.5}]}`, "1:24 posts[0].workers", "type"},
		{"text for a truth", `{"statements": [{"holds": "yes"}]}`, "1:27 statements[0].holds", "type"},
		{"number for a text", `{"areas": [{"id": 1}]}`, "1:19 areas[0].id", "type"},
		{"list for an object", `{"areas": [[]]}`, "1:12 areas[0]", "type"},
		{"number beyond a double", `{"areas": [{"population": 1e999}]}`, "1:27 areas[0].population", "type"},
		{"unknown key", `{"area": [{"x": {}}]}`, "area", "known"},
		{"unknown nested key", `{"posts": [{"workrs": 3}]}`, "posts[0].workrs", "known"},
		{"key in another case", `{"Areas": []}`, "Areas", "known"},
		{"repeated key", `{"areas": [{"id": "a", "id": "b"}]}`, "areas[0].id", "unique"},
		{"unknown key of evidence", `{"statements": [{"evidence": {"who": "me"}}]}`, "statements[0].evidence.who", "known"},
		{"unknown key of pay", `{"cadres": [{"pay": {"amount": 1}}]}`, "cadres[0].pay.amount", "known"},
		{"unknown basis", `{"statements": [{"evidence": {"basis": "hearsay"}}]}`, "statements[0].evidence.basis", "known"},
		{"no date", `{"statements": [{"evidence": {"on": "May"}}]}`, "statements[0].evidence.on", "type"},
		{"blank date", `{"statements": [{"evidence": {"on": ""}}]}`, "statements[0].evidence.on", "type"},
		{"wrong word", `{"cadres": [{"id": "c", "standing": "old"}]}`, "cadres[0].standing", "known"},
		{"too long", `"` + strings.Repeat("x", (32<<20)) + `"`, "", "length"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := landscape.Parse([]byte(c.data))
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.Zero(t, l)
			if c.field == "" || c.field[0] < 'A' { // with its place
				require.Contains(t, fields(err), c.field+" "+c.rule)
				return
			}
			require.Contains(t, paths(err), c.field+" "+c.rule)
		})
	}
}

// paths is fields without the places.
func paths(err error) (all []string) {
	for _, e := range fault.Of(err) {
		all = append(all, e.Path+" "+e.Rule)
	}
	return all
}

func TestWrongKeysAreAllReportedWithLineAndColumn(t *testing.T) {
	_, err := landscape.Parse([]byte("{\n  \"é\": 1,\n  \"areas\": [{\"name\": \"\",\n \"nam\": \"\", \"name\": \"\"}]\n}"))
	require.Equal(t, []string{"2:3 é known", "3:13 areas[0].id required", "4:2 areas[0].nam known", "4:13 areas[0].name unique"}, fields(err))
}

func TestParseReadsDates(t *testing.T) {
	l, err := landscape.Parse([]byte(`{"statements": [{"aspect": "overlap", "holds": true,
		"evidence": {"what": "made up", "source": "made up", "basis": "illustrative", "on": "2021-10"}}]}`))
	require.NoError(t, err)
	require.Equal(t, "2021-10", l.Statements[0].Evidence.On.String())
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
		{"header", "cadre,program,area,service,workers\n", []string{"csv:1:column 2 known", "csv:1 required"}},
		{"short header", "cadre\n", missing[1:]},
		{"cadre", header + "ngo,x,north,malaria,1", []string{"csv:2:cadre exists"}},
		{"programme", header + "x,family,north,malaria,1", []string{"csv:2:programme consistent"}},
		{"workers", header + "public,family,north,malaria,0\npublic,family,south,malaria,many", []string{"csv:2:workers range", "csv:3:workers range"}},
		{"half a worker", header + "public,family,north,malaria,1.5", []string{"csv:2:workers range"}},
		{"thousands", header + "public,family,north,malaria,\"1,000\"", []string{"csv:2:workers range"}},
		{"thousands in tabs", strings.ReplaceAll(header, ",", "\t") + "public\tfamily\tnorth\tmalaria\t12,000", []string{"csv:2:workers range"}},
		{"thousands in semicolons", strings.ReplaceAll(header, ",", ";") + "public;family;north;malaria;12,000\npublic;family;south;malaria;12.000", []string{"csv:2:workers range", "csv:3:workers range"}},
		{"workers differ", header + "public,family,north,malaria,1\npublic,family,north,planning,2", []string{"csv:3:workers consistent"}},
		{"service twice", header + "public,family,north,malaria,1\npublic,family,north,malaria,1", []string{"csv:3:service unique"}},
		{"columns", header + "ngo,x,north,malaria,1\na,b", []string{"csv:2:cadre exists", "csv:3 columns"}},
		{"quote", header + "\"", []string{"csv:2 quote"}},
		{"not UTF-8", header + "\xff,family,north,malaria,1", []string{"csv:2:programme utf-8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			posts, err := landscape.ParsePosts([]byte(c.data), valley().Cadres)
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.Nil(t, posts)
			require.Equal(t, c.want, fields(err))
		})
	}
}

// Any number with a fraction of zero is a whole number: JSON Schema, draft 2020-12,
// 6.1.1. The table takes 12.0, too.
func TestAWholeNumberMayBeWrittenWithAFractionOfZero(t *testing.T) {
	l := valley()
	data, err := json.Marshal(l)
	require.NoError(t, err)
	text := strings.Replace(string(data), `"workers":10`, `"workers":1.00e1`, 1)
	require.NotEqual(t, string(data), text)
	text = strings.Replace(text, `"workers":2`, `"workers":2.0`, 1)
	again, err := landscape.Parse([]byte(text))
	require.NoError(t, err)
	require.Equal(t, l.Posts, again.Posts)
	_, err = landscape.Parse([]byte(strings.Replace(text, `1.00e1`, `10.5`, 1)))
	require.ErrorIs(t, err, fault.ErrInvalid)
	posts, err := landscape.ParsePosts([]byte(header+"public,family,north,planning,12.0"), l.Cadres)
	require.NoError(t, err)
	require.Equal(t, 12, posts[0].Workers)
}

func TestParsePostsIsBounded(t *testing.T) {
	blank := strings.Repeat(" ", 1023) + "\n"
	_, err := landscape.ParsePosts([]byte(header+strings.Repeat(blank, (32<<20)/len(blank))), nil)
	require.Len(t, fields(err), 1)
	require.Contains(t, fields(err)[0], " length")
	_, err = landscape.ParsePosts([]byte(header+strings.Repeat("public,family,north,malaria,\n", 2000)), valley().Cadres)
	require.Len(t, fields(err), 1000+1, "a thousand, and that reading stopped")
	require.Equal(t, "csv:1003:service more", fields(err)[1000], "the first row is no fault, and stands in line 2")
}

// What Parse accepts is valid, can be analysed, and reads back the same from
// what it is written to.
func FuzzParse(f *testing.F) {
	data, err := json.Marshal(valley())
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"areas":[{"id":"a"}],"areas":null}`))
	f.Add([]byte(`{"statements":[{"evidence":{"on":"2021-10-12"}}]}`))
	f.Add([]byte(header))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := landscape.ParsePosts(data, valley().Cadres); err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
		}
		l, err := landscape.Parse(data)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
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
