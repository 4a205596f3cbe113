package cases_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func file(t testing.TB, id string) string {
	data, err := os.ReadFile("data/" + id + ".json")
	require.NoError(t, err)
	return string(data)
}

// faults gives what is wrong with a case, as "path rule".
func faults(t testing.TB, data string) []string {
	c, err := cases.Parse([]byte(data))
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.Zero(t, c)
	var all []string
	for _, f := range fault.Of(err) {
		require.NotEmpty(t, f.Want)
		if f.Rule != fault.Length || f.Path != "" { // of a file that is too long nothing is read
			require.NotZero(t, f.Line)
		}
		all = append(all, strings.TrimSpace(f.Path+" "+f.Rule))
	}
	return all
}

func TestEveryRuleOfACaseIsHeld(t *testing.T) {
	whole := file(t, "cambodia")
	for name, c := range map[string]struct{ old, new, want string }{
		"a field it does not know":        {`"id": "cambodia"`, `"id": "cambodia", "author": "x"`, "author known"},
		"an id of other letters":          {`"id": "cambodia"`, `"id": "Cambodia!"`, "id characters"},
		"no id":                           {`"id": "cambodia"`, `"id": ""`, "id characters"},
		"no country":                      {`"country": "Cambodia"`, `"country": " "`, "country required"},
		"a country no cycle takes":        {`"country": "Cambodia"`, `"country": "` + strings.Repeat("x", 200) + `"`, "country length"},
		"no title":                        {`"title": "A programme that aid and vertical programmes shape"`, `"title": ""`, "title required"},
		"no key of the source":            {`"key": "afzal2021"`, `"key": ""`, "paper.key required"},
		"no link":                         {`"link": "doi:10.1186/s12961-021-00753-7"`, `"link": ""`, "paper.link required"},
		"no word on what was seen":        {`"seen": "whole"`, `"seen": ""`, "paper.seen required"},
		"a stage that is none":            {`"stage": "governance"`, `"stage": "heyday"`, "begin.stage known"},
		"no day":                          {`"on": "2021"`, `"on": "October"`, "begin.on type"},
		"another year":                    {`"precision": "as told in 2021"`, `"precision": "1999"`, "begin.precision range"},
		"a beginning that rests on air":   {`"says": "A programme is at work; what is told is who leads it, who is left out and what steers it."`, `"says": ""`, "begin.rests.says required"},
		"a day of the first fact":         {`"says": "Government leads the programme weakly."`, `"on": "2021", "says": "Government leads the programme weakly."`, "chapters[0].on first"},
		"days out of order":               {`"says": "It lacks means, and`, `"on": "2020", "says": "It lacks means, and`, "chapters[2].on order"},
		"a fact without its place":        {`"where": "Discussion, paragraph on Cambodia",` + "\n      \"changes\"", `"where": "",` + "\n      \"changes\"", "chapters[0].where required"},
		"a fact without words":            {`"says": "Government leads the programme weakly."`, `"says": ""`, "chapters[0].says required"},
		"a text without end":              {`"says": "Government leads the programme weakly."`, `"says": "` + strings.Repeat("ä", 4097) + `"`, "chapters[0].says length"},
		"a fact that changes nothing":     {`{"kind": "rate", "data": {"criterion": "governance.authority", "level": "partially-functional"}}`, ``, "chapters[0].changes required"},
		"a kind that is none":             {`{"kind": "rate", "data": {"criterion": "governance.authority"`, `{"kind": "praise", "data": {"criterion": "governance.authority"`, "chapters[0].changes[0].kind known"},
		"a change without data":           {`{"kind": "rate", "data": {"criterion": "governance.authority", "level": "partially-functional"}}`, `{"kind": "rate", "data": 7}`, "chapters[0].changes[0].data type"},
		"a level that is none":            {`"level": "partially-functional"`, `"level": "fine"`, "chapters[0].changes[0].data.level known"},
		"another source":                  {`"level": "partially-functional"`, `"level": "functional", "evidence": {"source": "rumour"}`, "chapters[0].changes[0].data.evidence.source exists"},
		"evidence that is assumed":        {`"level": "partially-functional"`, `"level": "functional", "evidence": {"basis": "illustrative"}`, "chapters[0].changes[0].data.evidence.basis basis"},
		"a statement of another source":   {`"aspect": "shared-mechanism", "holds": false, "evidence": {`, `"aspect": "shared-mechanism", "holds": false, "evidence": {"source": "rumour", `, "chapters[3].changes[0].data.survey.landscape.statements[1].evidence.source exists"},
		"a criterion no checklist has":    {`"criterion": "governance.authority"`, `"criterion": "governance.charm"`, "chapters[0].changes[0] applies"},
		"a claim of no rule":              {`"claims": [` + "\n" + `    {"code": "weak-government-lead"`, `"claims": [` + "\n" + `    {"code": "bad-luck"`, "claims[0].code exists"},
		"a claim on no side":              {`{"code": "weak-government-lead", "as": "trouble"`, `{"code": "weak-government-lead", "as": "both"`, "claims[0].as known"},
		"a claim without its place":       {`"says": "Government leads weakly.", "where": "Discussion, paragraph on Cambodia"`, `"says": "Government leads weakly.", "where": ""`, "claims[0].where required"},
		"a judgement that is there twice": {`{"code": "chw-voice-absent", "as": "trouble"`, `{"code": "weak-government-lead", "as": "trouble"`, "claims[1] unique"},
		"a judgement claimed and denied":  {`"denies": []`, `"denies": [{"code": "vertical-funding", "as": "trouble", "says": "x", "where": "x"}]`, "denies[0] unique"},
		"no reason for what is beside":    {`"also": []`, `"also": [{"code": "stalled", "as": "strength", "why": ""}]`, "also[0].why required"},
		"no reason for what is beyond":    {`"why": "The rule asks whether local government takes part; to give no backing is not to be absent."`, `"why": ""`, "beyond[0].why required"},
		"beyond no rule, by its code":     {`"code": "districts-left-out"`, `"code": "bad-luck"`, "beyond[0].code exists"},
		"beyond, on no side":              {`{"as": "trouble", "says": "The workers are not well joined`, `{"as": "", "says": "The workers are not well joined`, "beyond[1].as known"},
		"a key that is there twice":       {`"country": "Cambodia"`, `"country": "Cambodia", "country": "Cambodia"`, "country unique"},
		"a key twice in a change":         {`"level": "partially-functional"`, `"level": "functional", "level": "functional"`, "chapters[0].changes[0].data.level unique"},
		"a key twice in evidence":         {`"level": "partially-functional"`, `"level": "functional", "evidence": {"by": "x", "by": "y"}`, "chapters[0].changes[0].data.evidence.by unique"},
		"a key in another case":           {`"level": "partially-functional"`, `"Level": "functional"`, "chapters[0].changes[0].data.Level known"},
		"evidence that is null":           {`"level": "partially-functional"`, `"level": "functional", "evidence": null`, "chapters[0].changes[0].data.evidence type"},
		"sources beside the paper":        {`"claims": [`, `"sources": [{"key": "x", "citation": "x"}], "claims": [`, "sources length"},
		"a chapter of another source":     {`"says": "Government leads the programme weakly."`, `"sources": ["rumour"], "says": "Government leads the programme weakly."`, "chapters[0].sources[0] exists"},
		"a chapter that is assumed":       {`"says": "Government leads the programme weakly."`, `"basis": "illustrative", "says": "Government leads the programme weakly."`, "chapters[0].sources basis"},
		"a blank note":                    {`"How well partners coordinate is not told of this country, and is not rated."`, `""`, "notes[0] required"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, whole, c.old)
			require.Equal(t, []string{c.want}, faults(t, strings.Replace(whole, c.old, c.new, 1)))
		})
	}
}

// walk is one documented chapter in 2018 that ends as given.
func walk(ending string) string {
	return `{"id": "X", "title": "X", "country": "X",
		"sources": [{"key": "paper", "citation": "A paper"}],
		"chapters": [{"on": "2018", "by": "x", "says": "x",
			"sources": ["paper"], "basis": "documented", ` + ending + `}]}`
}

func TestEveryRuleOfAWalkIsHeld(t *testing.T) {
	const (
		evidence = `{"what": "x", "source": "paper", "basis": "documented"}`
		rated    = `"changes": [{"kind": "suspend", "data": {"reason": "x"}}, {"kind": "rate", "data": {"criterion": "problem.needs", "level": 3, "evidence": ` + evidence + `}}]`
		next     = `, {"on": "2017", "by": "x", "says": "x", "sources": ["paper"], "basis": "documented", "changes": [{"kind": "resume", "data": {"reason": "x"}}]}]}`
		ngo      = `"id": "x", "name": "x", "constituency": "ngo", "position": 2, "power": 4`
		money    = `{"id": "m", "resource": "money", "unit": "USD", "pledged": 1, "delivered": 0}`
	)
	changes := func(change string) string { return `"changes": [` + change + `]` }
	_, err := cases.Parse([]byte(walk(rated)))
	require.NoError(t, err)

	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"an unknown field":                         {`"says"`, `"wat": "x", "says"`, []string{"chapters[0].wat known"}},
		"no sources":                               {`"sources": ["paper"]`, `"sources": []`, []string{"chapters[0].sources required"}},
		"no author":                                {`"by": "x", `, ``, []string{"chapters[0].by required"}},
		"no words":                                 {`"says": "x"`, `"says": ""`, []string{"chapters[0].says required"}},
		"no basis":                                 {`"basis": "documented", "changes"`, `"changes"`, []string{"chapters[0].basis known"}},
		"a source that is not listed":              {`"sources": ["paper"]`, `"sources": ["paper", "book"]`, []string{"chapters[0].sources[1] exists"}},
		"a source that is listed twice":            {`{"key": "paper", "citation": "A paper"}`, `{"key": "paper", "citation": "A paper"}, {"key": "paper", "citation": "B"}`, []string{"sources[1].key unique"}},
		"the built-in source, listed":              {`{"key": "paper", "citation": "A paper"}`, `{"key": "paper", "citation": "A paper"}, {"key": "assumed", "citation": "B"}`, []string{"sources[1].key unique"}},
		"a source without a citation":              {`"citation": "A paper"`, `"citation": ""`, []string{"sources[0].citation required"}},
		"assumed and documented":                   {`"sources": ["paper"]`, `"sources": ["paper", "assumed"]`, []string{"chapters[0].sources basis"}},
		"illustrative without saying so":           {`"basis": "documented", ` + rated, `"basis": "illustrative", "changes": [{"kind": "suspend", "data": {"reason": "x"}}]`, []string{"chapters[0].sources basis"}},
		"a day outside its precision":              {`"on": "2018"`, `"on": "2019", "precision": "June 2018"`, []string{"chapters[0].precision range"}},
		"a day outside a span":                     {`"on": "2018"`, `"on": "2018", "precision": "2014–2016"`, []string{"chapters[0].precision range"}},
		"no day":                                   {`"on": "2018"`, `"on": "2018-06-31"`, []string{"chapters[0].on type"}},
		"no day at all":                            {`"on": "2018", `, ``, []string{"chapters[0].on required"}},
		"a day before the chapter that it follows": {`]}`, next, []string{"chapters[1].on order"}},
		"evidence of another basis":                {`"basis": "documented"}`, `"basis": "illustrative"}`, []string{"chapters[0].changes[1].data.evidence.basis basis"}},
		"evidence from another source":             {`"source": "paper"`, `"source": "assumed"`, []string{"chapters[0].changes[1].data.evidence.source exists"}},
		"a level that no cycle takes":              {`"level": 3`, `"level": 9`, []string{"chapters[0].changes[1].data.level known"}},
		"an unknown kind":                          {`"kind": "rate"`, `"kind": "judge"`, []string{"chapters[0].changes[1].kind known"}},
		"an unknown field of a change":             {`"reason": "x"`, `"reasn": "x"`, []string{"chapters[0].changes[0].data.reasn known"}},
		"a blocked chapter that does more":         {`"changes"`, `"blocked": true, "changes"`, []string{"chapters[0].blocked moves"}},
		"a blocked chapter that makes no move":     {rated, `"blocked": true, ` + changes(`{"kind": "open-window", "data": {"window": {"id": "w", "what": "x", "kind": "crisis"}}}`), []string{"chapters[0].blocked moves"}},
		"a blocked move that is not":               {rated, `"blocked": true, ` + changes(`{"kind": "suspend", "data": {"reason": "x"}}`), []string{"chapters[0] applies"}},
		"a move that is blocked unforeseen":        {rated, changes(`{"kind": "advance", "data": {}}`), []string{"chapters[0].changes[0] applies"}},
		"another expectation":                      {`"changes"`, `"blocked": "rain", "changes"`, []string{"chapters[0].blocked type"}},
		"two moves":                                {`"changes": [`, `"changes": [{"kind": "advance", "data": {}}, `, []string{"chapters[0].changes moves"}},
		"no changes":                               {rated, `"changes": []`, []string{"chapters[0].changes required"}},
		"no chapters":                              {walk(rated), `{"id": "X", "title": "X", "country": "X", "chapters": []}`, []string{"chapters required"}},
		"an actor whose standing is no assumption": {rated, changes(`{"kind": "engage-actor", "data": {"actor": {` + ngo + `}}}`), []string{"chapters[0].changes[0].data.actor.note illustrative"}},
		"a position that is no assumption":         {rated, changes(`{"kind": "take-position", "data": {"actor": "x", "position": 2, "reason": "x"}}`), []string{"chapters[0].changes[0].data.reason illustrative"}},
		"a commitment of an actor, assumed": {`"sources": ["paper"], "basis": "documented", ` + rated, `"sources": ["assumed"], "basis": "illustrative", ` +
			changes(`{"kind": "engage-actor", "data": {"actor": {`+ngo+`, "note": "Illustrative.", "commitments": [`+money+`]}}}`), []string{"chapters[0].changes[0].data.actor.commitments[0].note illustrative"}},
		"a commitment, assumed": {`"sources": ["paper"], "basis": "documented", ` + rated, `"sources": ["assumed"], "basis": "illustrative", ` +
			changes(`{"kind": "commit", "data": {"actor": "x", "commitment": `+money+`}}`), []string{"chapters[0].changes[0].data.commitment.note illustrative"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, walk(rated), c.old)
			i := strings.LastIndex(walk(rated), c.old)
			if c.old != "]}" {
				i = strings.Index(walk(rated), c.old)
			}
			got := faults(t, walk(rated)[:i]+c.new+walk(rated)[i+len(c.old):])
			for _, want := range c.want {
				require.Contains(t, got, want)
			}
			if len(got) > len(c.want) { // only what follows from it
				require.Contains(t, strings.Join(got, "; "), "data.evidence", "%s", got)
			}
		})
	}
}

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	require.Equal(t, []string{
		"id characters", "country required", "title required",
		"paper.key required", "paper.citation required", "paper.link required", "paper.seen required",
		"begin.stage required", "begin.on type", "begin.rests.says required", "begin.rests.where required",
		"chapters required",
	}, faults(t, `{"id": "", "country": "", "title": "", "paper": {"key": "", "citation": "", "link": "", "seen": ""},
		"begin": {"stage": "", "on": "", "rests": {"says": "", "where": ""}}, "chapters": []}`))
	require.Equal(t, []string{"id characters", "country required", "title required", "chapters required"}, faults(t, "{}"))
	require.Contains(t, faults(t, `{"paper": {}}`), "begin required")
}

func TestWhatIsNoCaseIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"nothing":                {"", "json"},
		"no object":              {"[]", "type"},
		"more after its end":     {file(t, "uganda") + "{}", "json"},
		"bytes that are no text": {"{\"id\": \"\xff\"}", "id utf-8"},
		"a file without end":     {strings.Repeat(" ", cases.MaxBytes+1), "length"},
	} {
		t.Run(name, func(t *testing.T) { require.Contains(t, faults(t, c.data), c.want) })
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
	require.Contains(t, rating.Evidence.Source, "Afzal MM")
}

func FuzzParse(f *testing.F) {
	for _, id := range []string{"cambodia", "india-village-health-guides", "barishal"} {
		f.Add([]byte(file(f, id)))
	}
	f.Add([]byte(walk(`"changes": [{"kind": "hold-review", "data": {"review": {"id": "x", "name": "x", "tier": "national", "source": "paper"}}}]`)))
	f.Add([]byte(`{"chapters": [{"changes": [{"kind": "survey-programmes", "data": {"survey": 3}}]}]}`))
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
