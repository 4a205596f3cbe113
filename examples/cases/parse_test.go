package cases_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/examples/cases"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func file(t testing.TB, id string) string {
	data, err := os.ReadFile("data/" + id + ".json")
	require.NoError(t, err)
	return string(data)
}

// faults gives what is wrong with a case, as "field rule".
func faults(t testing.TB, data string) []string {
	c, err := cases.Parse([]byte(data))
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.Zero(t, c)
	var broken fault.Fields
	require.ErrorAs(t, err, &broken)
	var all []string
	for _, f := range broken {
		require.NotEmpty(t, f.Want)
		all = append(all, f.Path+" "+f.Rule)
	}
	return all
}

func TestEveryRuleOfACaseIsHeld(t *testing.T) {
	whole := file(t, "cambodia")
	for name, c := range map[string]struct{ old, new, want string }{
		"a field it does not know":        {`"id": "cambodia"`, `"id": "cambodia", "author": "x"`, "case json"},
		"an id of other letters":          {`"id": "cambodia"`, `"id": "Cambodia!"`, "id id"},
		"no id":                           {`"id": "cambodia"`, `"id": ""`, "id id"},
		"no country":                      {`"country": "Cambodia"`, `"country": " "`, "country required"},
		"a country no cycle takes":        {`"country": "Cambodia"`, `"country": "` + strings.Repeat("x", 200) + `"`, "case cycle"},
		"no title":                        {`"title": "A programme that aid and vertical programmes shape"`, `"title": ""`, "title required"},
		"no key of the source":            {`"key": "afzal2021"`, `"key": ""`, "source.key required"},
		"no link":                         {`"link": "doi:10.1186/s12961-021-00753-7"`, `"link": ""`, "source.link required"},
		"no word on what was seen":        {`"seen": "whole"`, `"seen": ""`, "source.seen required"},
		"a stage that is none":            {`"stage": "governance"`, `"stage": "heyday"`, "begin.stage known"},
		"no day":                          {`"at": "2021-10-12"`, `"at": "October"`, "begin.at day"},
		"another year":                    {`"precision": "as told in 2021"`, `"precision": "1999"`, "begin.precision year"},
		"a beginning that rests on air":   {`"says": "A programme is at work; what is told is who leads it, who is left out and what steers it."`, `"says": ""`, "begin.rests.says required"},
		"a day of the first fact":         {`"says": "Government leads the programme weakly."`, `"at": "2021-10-13", "precision": "2021", "says": "Government leads the programme weakly."`, "facts[0].at first"},
		"days out of order":               {`"says": "It lacks means, and`, `"at": "2020-10-13", "precision": "2020", "says": "It lacks means, and`, "facts[2].at order"},
		"a fact without its place":        {`"where": "Discussion, paragraph on Cambodia",` + "\n      \"changes\"", `"where": "",` + "\n      \"changes\"", "facts[0].where required"},
		"a fact without words":            {`"says": "Government leads the programme weakly."`, `"says": ""`, "facts[0].says required"},
		"a text without end":              {`"says": "Government leads the programme weakly."`, `"says": "` + strings.Repeat("ä", 4097) + `"`, "facts[0].says length"},
		"a fact that changes nothing":     {`{"kind": "rate", "data": {"criterion": "governance.authority", "level": "partially-functional"}}`, ``, "facts[0].changes required"},
		"a kind that is none":             {`{"kind": "rate", "data": {"criterion": "governance.authority"`, `{"kind": "praise", "data": {"criterion": "governance.authority"`, "facts[0].changes[0].kind known"},
		"a change without data":           {`{"kind": "rate", "data": {"criterion": "governance.authority", "level": "partially-functional"}}`, `{"kind": "rate", "data": 7}`, "facts[0].changes[0].data type"},
		"a level that is none":            {`"level": "partially-functional"`, `"level": "fine"`, "facts[0].changes[0].data.level known"},
		"another source":                  {`"level": "partially-functional"`, `"level": "functional", "evidence": {"source": "rumour"}`, "facts[0].changes[0].data.evidence.source source"},
		"evidence that is assumed":        {`"level": "partially-functional"`, `"level": "functional", "evidence": {"basis": "illustrative"}`, "facts[0].changes[0].data.evidence.basis basis"},
		"a statement of another source":   {`"aspect": "shared-mechanism", "holds": false, "evidence": {`, `"aspect": "shared-mechanism", "holds": false, "evidence": {"source": "rumour", `, "facts[3].changes[0].data.survey.landscape.statements[1].evidence.source source"},
		"a criterion no checklist has":    {`"criterion": "governance.authority"`, `"criterion": "governance.charm"`, "facts[0].changes[0] applies"},
		"a claim of no rule":              {`"claims": [` + "\n" + `    {"code": "weak-government-lead"`, `"claims": [` + "\n" + `    {"code": "bad-luck"`, "claims[0].code exists"},
		"a claim on no side":              {`{"code": "weak-government-lead", "as": "trouble"`, `{"code": "weak-government-lead", "as": "both"`, "claims[0].as oneof"},
		"a claim without its place":       {`"says": "Government leads weakly.", "where": "Discussion, paragraph on Cambodia"`, `"says": "Government leads weakly.", "where": ""`, "claims[0].where required"},
		"a judgement that is there twice": {`{"code": "chw-voice-absent", "as": "trouble"`, `{"code": "weak-government-lead", "as": "trouble"`, "claims[1] unique"},
		"a judgement claimed and denied":  {`"denies": []`, `"denies": [{"code": "vertical-funding", "as": "trouble", "says": "x", "where": "x"}]`, "denies[0] unique"},
		"no reason for what is beside":    {`"also": []`, `"also": [{"code": "stalled", "as": "strength", "why": ""}]`, "also[0].why required"},
		"no reason for what is beyond":    {`"why": "The rule asks whether local government takes part; to give no backing is not to be absent."`, `"why": ""`, "beyond[0].why required"},
		"beyond no rule, by its code":     {`"code": "districts-left-out"`, `"code": "bad-luck"`, "beyond[0].code exists"},
		"beyond, on no side":              {`{"as": "trouble", "says": "The workers are not well joined`, `{"as": "", "says": "The workers are not well joined`, "beyond[1].as oneof"},
		"a blank note":                    {`"How well partners coordinate is not told of this country, and is not rated."`, `""`, "notes[0] required"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, whole, c.old)
			require.Equal(t, []string{c.want}, faults(t, strings.Replace(whole, c.old, c.new, 1)))
		})
	}
}

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	require.Equal(t, []string{
		"id id", "country required", "title required",
		"source.key required", "source.citation required", "source.link required", "source.seen required",
		"begin.stage known", "begin.at day", "begin.rests.says required", "begin.rests.where required",
		"facts required",
	}, faults(t, "{}"))
}

func TestWhatIsNoCaseIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"nothing":                {"", "case json"},
		"no object":              {"[]", "case json"},
		"more after its end":     {file(t, "uganda") + "{}", "case json"},
		"bytes that are no text": {"{\"id\": \"\xff\"}", "case utf8"},
		"a file without end":     {strings.Repeat(" ", cases.MaxBytes+1), "case length"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, []string{c.want}, faults(t, c.data)) })
	}
}

func TestAChangeSaysItsOwnEvidenceWhereItHasSome(t *testing.T) {
	own := strings.Replace(file(t, "cambodia"), `"level": "partially-functional"`, `"level": "partially-functional", "evidence": {"what": "Weak, says the paper."}`, 1)
	c, err := cases.Parse([]byte(own))
	require.NoError(t, err)
	cycle, err := c.Cycle(t.Context())
	require.NoError(t, err)
	rating, _ := cycle.State().Rating("governance.authority")
	require.Equal(t, "Weak, says the paper.", rating.Evidence.What)
	require.Equal(t, "afzal2021", rating.Evidence.Source)
}

func FuzzParse(f *testing.F) {
	for _, id := range []string{"cambodia", "india-village-health-guides", "barishal"} {
		f.Add([]byte(file(f, id)))
	}
	f.Add([]byte(`{"facts": [{"changes": [{"kind": "survey-programmes", "data": {"survey": 3}}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := cases.Parse(data)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		_, err = c.Diagnosis(t.Context())
		require.NoError(t, err, "what Parse gives can be recorded")
	})
}
