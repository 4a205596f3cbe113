package reformcycle

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// The table was written by hand from the model's description, not from the data
// file: it changes only where the model does.
func TestTheBuiltInRulesAreThoseThatTheModelDescribes(t *testing.T) {
	want := []struct {
		code     string
		heading  Heading
		severity Severity
		sources  string
	}{
		{"weak-government-lead", UnderActors, Critical, "afzal2021"},
		{"veto-player-opposed", UnderActors, Critical, "reich"},
		{"districts-left-out", UnderActors, Serious, "afzal2021, strodel2019"},
		{"community-absent", UnderActors, Serious, "uddin2021, naimoli2015"},
		{"single-ministry", UnderActors, Moderate, "afzal2021"},
		{"chw-voice-absent", UnderActors, Moderate, "who2018"},
		{"unfunded-launch", UnderContext, Critical, "who2018"},
		{"vertical-funding", UnderContext, Serious, "afzal2021"},
		{"unsustained-financing", UnderContext, Serious, "afzal2021, who2018"},
		{"term-limited-project", UnderContext, Serious, "chen2021"},
		{"uncoordinated-partners", UnderProcess, Serious, "afzal2021"},
		{"hasty-launch", UnderProcess, Serious, "strodel2019"},
		{"scaled-without-pilot", UnderProcess, Serious, "afzal2021"},
		{"no-learning-loop", UnderProcess, Serious, "afzal2021, chen2021"},
		{"readiness-debt", UnderProcess, Serious, "model"},
		{"stalled", UnderProcess, Moderate, "chen2021"},
		{"unheld-function", UnderProcess, Serious, "mccollum2018, model"},
		{"shared-function", UnderProcess, Moderate, "mccollum2018, model"},
		{"held-from-above", UnderProcess, Serious, "afzal2021, mccollum2018"},
		{"fragmented-programmes", UnderContent, Serious, "afzal2021"},
		{"uncoordinated-cadres", UnderContent, Serious, "afzal2021"},
		{"pay-inequity-risk", UnderContent, Serious, "afzal2021"},
		{"partnering-package-incomplete", UnderContent, Moderate, "naimoli2015"},
	}
	require.Equal(t, len(want), DiagnosisRules().Len())
	i := 0
	for r := range DiagnosisRules().All() {
		assert.Equal(t, want[i].code, r.Code)
		assert.Equal(t, want[i].heading, r.Heading, r.Code)
		assert.Equal(t, want[i].severity, r.Severity, r.Code)
		assert.Equal(t, want[i].sources, strings.Join(r.Sources, ", "), r.Code)
		i++
	}
	assert.Equal(t, "reform-diagnosis@1.0.0", DiagnosisRules().ID())
}

func TestEveryRuleHasAJudgeAndEveryJudgeARule(t *testing.T) {
	for r := range DiagnosisRules().All() {
		assert.NotNil(t, judges[r.Code], "nothing looks for %s", r.Code)
	}
	for code := range judges {
		_, known := DiagnosisRules().Rule(code)
		assert.True(t, known, "the judge of %s has no rule", code)
	}
	_, known := DiagnosisRules().Rule("no-such-rule")
	assert.False(t, known)
}

func TestEveryRuleSpeaksInSentencesOfItsOwn(t *testing.T) {
	said := map[string]string{}
	for r := range DiagnosisRules().All() {
		require.NotEmpty(t, r.Strength, r.Code)
		for _, text := range []string{r.Sentence, r.Strength, r.Remedy} {
			assert.True(t, strings.HasSuffix(text, "."), "%s: %q is no sentence", r.Code, text)
		}
		assert.False(t, strings.HasSuffix(r.Asks, "."), "%s: %q stands in the middle of a sentence", r.Code, r.Asks)
		for _, text := range []string{r.Sentence, r.Strength, r.Remedy, r.Asks} {
			assert.Empty(t, said[text], "%s says what %s says", r.Code, said[text])
			said[text] = r.Code
		}
	}
}

// A key means the same source here and in the built-in checklist.
func TestEverySourceOfTheRulesIsCitedAndTheOneThatTheChecklistMeans(t *testing.T) {
	cited := map[string]bool{}
	for r := range DiagnosisRules().All() {
		keys := slices.Clone(r.Sources)
		for _, p := range r.Parameters {
			keys = append(keys, p.Sources...)
		}
		for _, key := range keys {
			cited[key] = true
			source, known := DiagnosisRules().Source(key)
			require.True(t, known, "%s cites %s", r.Code, key)
			if of, shared := ReformChecklist().Source(key); shared {
				assert.Equal(t, of.Link, source.Link, key)
			}
		}
	}
	for _, s := range DiagnosisRules().sources {
		assert.True(t, cited[s.Key], "%s is cited by no rule", s.Key)
		assert.NotEmpty(t, s.Citation)
		assert.True(t, s.Seen != "" || s.Key == assessment.ModelSource, "%s does not say what was seen of it", s.Key)
		assert.True(t, s.Link != "" || s.Key == assessment.ModelSource, "%s does not say where it is", s.Key)
	}
	_, known := DiagnosisRules().Source("nobody1900")
	assert.False(t, known)
}

func TestEveryParameterLiesInItsRangeAndCanBeSetToBothItsEnds(t *testing.T) {
	units := []string{"months", "share"}
	for r := range DiagnosisRules().All() {
		for _, p := range r.Parameters {
			path := r.Code + " " + p.Name
			assert.Contains(t, units, p.Unit, path)
			assert.Less(t, p.Low, p.High, path)
			assert.Equal(t, p.Value, r.Value(p.Name), path)
			if p.Unit == "months" {
				assert.Equal(t, math.Trunc(p.Value), p.Value, "%s: judged in whole months", path)
			}
			for _, end := range []float64{p.Low, p.High} {
				set, err := DiagnosisRules().Set(r.Code, p.Name, end)
				require.NoError(t, err)
				changed, _ := set.Rule(r.Code)
				assert.Equal(t, end, changed.Value(p.Name), path)
			}
			for _, beyond := range []float64{math.Nextafter(p.Low, -1e9), math.Nextafter(p.High, 1e9), math.NaN(), math.Inf(1), math.Inf(-1)} {
				_, err := DiagnosisRules().Set(r.Code, p.Name, beyond)
				refused(t, err, r.Code+"."+p.Name, "range")
			}
		}
		assert.Zero(t, r.Value("no-such-parameter"))
	}
	stalled, _ := DiagnosisRules().Rule("stalled")
	for s := range Stages() {
		assert.Positive(t, stalled.Value(s.String()), "%s has no usual span", s)
	}
}

// refused asserts a refusal with a field that breaks a rule.
func refused(t *testing.T, err error, field, rule string) {
	t.Helper()
	require.ErrorIs(t, err, ErrInvalid)
	fields := fault.Of(err)
	require.True(t, slices.ContainsFunc(fields, func(f fault.Field) bool { return f.Path == field && Breaks(f, rule) }),
		"no field %q with rule %q in %v", field, rule, err)
	for _, f := range fields {
		require.NotEmpty(t, f.Want, "%s says not what it wants", f.Path)
	}
	require.NotContains(t, err.Error(), "\n")
	require.Less(t, len(err.Error()), 6000)
}

func ownRule() Rule {
	return Rule{
		Code: "own", Heading: UnderProcess, Severity: Serious, Sentence: "It is so.", Strength: "It is not so.",
		Asks: "whether it is so", Remedy: "Change it.", Sources: []string{"model"},
		Parameters: []Parameter{{Name: "most", Value: 1, Unit: "times", Low: 0, High: 2, Says: "So often.", Sources: []string{"model"}}},
		Judge:      func(State, Rule) Verdict { return Verdict{Outcome: Troubled} },
	}
}

func TestARuleThatIsNotWholeIsRefusedByField(t *testing.T) {
	long := strings.Repeat("x", fault.Text.Most+1)
	for _, c := range []struct {
		field, rule string
		spoil       func(*Rule)
	}{
		{"code", "id", func(r *Rule) { r.Code = "" }},
		{"code", "id", func(r *Rule) { r.Code = " own" }},
		{"code", "id", func(r *Rule) { r.Code = strings.Repeat("x", fault.ID.Most+1) }},
		{"code", "unique", func(r *Rule) { r.Code = "stalled" }},
		{"heading", "known", func(r *Rule) { r.Heading = "" }},
		{"heading", "known", func(r *Rule) { r.Heading = "weather" }},
		{"severity", "known", func(r *Rule) { r.Severity = "dire" }},
		{"sentence", "text", func(r *Rule) { r.Sentence = "  " }},
		{"sentence", "text", func(r *Rule) { r.Sentence = long }},
		{"strength", "note", func(r *Rule) { r.Strength = long }},
		{"asks", "text", func(r *Rule) { r.Asks = "\xff" }},
		{"remedy", "text", func(r *Rule) { r.Remedy = "" }},
		{"note", "note", func(r *Rule) { r.Note = "\a" }},
		{"grounds.contested.never", "note", func(r *Rule) { r.Grounds.Contested.Never = "\a" }},
		{"sources", "min", func(r *Rule) { r.Sources = nil }},
		{"sources", "max", func(r *Rule) { r.Sources = slices.Repeat([]string{"model"}, maxCited+1) }},
		{"sources[1]", "id", func(r *Rule) { r.Sources = []string{"model", ""} }},
		{"sources[1]", "exists", func(r *Rule) { r.Sources = []string{"model", "nobody1900"} }},
		{"parameters", "max", func(r *Rule) {
			for i := range maxCited {
				p := r.Parameters[0]
				p.Name = fmt.Sprint(i)
				r.Parameters = append(r.Parameters, p)
			}
		}},
		{"parameters[0].name", "id", func(r *Rule) { r.Parameters[0].Name = "" }},
		{"parameters[1].name", "unique", func(r *Rule) { r.Parameters = append(r.Parameters, r.Parameters[0]) }},
		{"parameters[0].unit", "id", func(r *Rule) { r.Parameters[0].Unit = "" }},
		{"parameters[0].says", "text", func(r *Rule) { r.Parameters[0].Says = "" }},
		{"parameters[0].sources", "min", func(r *Rule) { r.Parameters[0].Sources = nil }},
		{"parameters[0].sources[0]", "exists", func(r *Rule) { r.Parameters[0].Sources = []string{"nobody1900"} }},
		{"parameters[0].value", "finite", func(r *Rule) { r.Parameters[0].Value = math.NaN() }},
		{"parameters[0].low", "finite", func(r *Rule) { r.Parameters[0].Low = math.Inf(-1) }},
		{"parameters[0].high", "finite", func(r *Rule) { r.Parameters[0].High = math.Inf(1) }},
		{"parameters[0].value", "range", func(r *Rule) { r.Parameters[0].Value = 2.01 }},
		{"parameters[0].value", "range", func(r *Rule) { r.Parameters[0].Value = -0.01 }},
		{"parameters[0].value", "range", func(r *Rule) { r.Parameters[0].Low = 3 }},
		{"judge", "required", func(r *Rule) { r.Judge = nil }},
	} {
		t.Run(c.field+" "+c.rule, func(t *testing.T) {
			r := ownRule()
			c.spoil(&r)
			set, err := DiagnosisRules().With(r)
			refused(t, err, c.field, c.rule)
			require.Zero(t, set.Len())
		})
	}
	_, err := DiagnosisRules().With(ownRule())
	require.NoError(t, err, "but for what was spoilt, the rule is whole")
}

func TestEverythingThatIsWrongWithARuleIsToldAtOnce(t *testing.T) {
	_, err := DiagnosisRules().With(Rule{Code: "stalled", Heading: "weather", Sources: []string{"nobody1900"}})
	for field, rule := range map[string]string{
		"code": "unique", "heading": "known", "severity": "known", "sentence": "text", "asks": "text",
		"remedy": "text", "sources[0]": "exists", "judge": "required",
	} {
		refused(t, err, field, rule)
	}
	assert.ErrorContains(t, err, "actors, context, process, content")
	assert.ErrorContains(t, err, "critical, serious, moderate")

	_, err = DiagnosisRules().Without("stalled", "no-such-rule", "nor-this")
	require.Len(t, fault.Of(err), 2)
	refused(t, err, "code", "exists")
	assert.ErrorContains(t, err, "nor-this")
}

func TestASetHoldsAThousandRulesAndSaysSo(t *testing.T) {
	set := DiagnosisRules()
	var err error
	for i := set.Len(); i < maxRules; i++ {
		r := ownRule()
		r.Code = fmt.Sprint("own-", i)
		set, err = set.With(r)
		require.NoError(t, err)
	}
	_, err = set.With(ownRule())
	refused(t, err, "rules", "max")
	require.Equal(t, maxRules, set.Len())
}

func TestASourceThatIsNotWholeOrIsThereIsNotCited(t *testing.T) {
	whole := assessment.Source{Key: "own2026", Citation: "Ours", Link: "https://example.org"}
	for _, c := range []struct {
		field, rule string
		spoil       func(*assessment.Source)
	}{
		{"source.key", "id", func(s *assessment.Source) { s.Key = "" }},
		{"source.key", "unique", func(s *assessment.Source) { s.Key = "reich" }},
		{"source.citation", "text", func(s *assessment.Source) { s.Citation = " " }},
		{"source.link", "note", func(s *assessment.Source) { s.Link = "\xff" }},
		{"source.seen", "note", func(s *assessment.Source) { s.Seen = "\xff" }},
	} {
		s := whole
		c.spoil(&s)
		_, err := DiagnosisRules().Cite(s)
		refused(t, err, c.field, c.rule)
	}
	_, err := DiagnosisRules().Cite(assessment.Source{})
	refused(t, err, "source.key", "id")
	refused(t, err, "source.citation", "text")

	set, err := DiagnosisRules().Cite(whole)
	require.NoError(t, err)
	found, known := set.Source("own2026")
	require.True(t, known)
	require.Equal(t, whole, found)
	r := ownRule()
	r.Sources = []string{"own2026"}
	_, err = DiagnosisRules().With(r)
	refused(t, err, "sources[0]", "exists")
	_, err = set.With(r)
	require.NoError(t, err)

	// A circular on paper has no link.
	_, err = Rules{}.Cite(assessment.Source{Key: "moh-2019", Citation: "Ministry of Health, circular 14 of 2 May 2019, registry file 7"})
	require.NoError(t, err)
	_, err = Rules{}.Cite(assessment.Source{Key: assessment.ModelSource, Citation: "Ours", Link: "\a"})
	refused(t, err, "source.link", "note")
}

func TestAParameterOfNoRuleIsNotSet(t *testing.T) {
	_, err := DiagnosisRules().Set("no-such-rule", "months", 1)
	refused(t, err, "code", "exists")
	assert.ErrorContains(t, err, "stalled")
	_, err = DiagnosisRules().Set("stalled", "months", 1)
	refused(t, err, "stalled", "exists")
	assert.ErrorContains(t, err, "management-and-learning")
	_, err = DiagnosisRules().Set("readiness-debt", "months", 1)
	refused(t, err, "readiness-debt", "exists")
	assert.ErrorContains(t, err, "this rule has none")
}

// Three years for all evidence, two for what is said of money, by the table of the
// model; a host says otherwise of one criterion, or of all.
func TestHowLongEvidenceSpeaksIsTheHosts(t *testing.T) {
	rules := DiagnosisRules()
	assert.Equal(t, []int{36, 36, 24, 24}, []int{rules.AgeOf(""), rules.AgeOf("problem.vision"), rules.AgeOf("readiness.financing"), rules.AgeOf("governance.financing")})
	assert.Zero(t, Rules{}.AgeOf("problem.vision"), "a set that says nothing of it takes all evidence")
	longer, err := rules.SetAge("", 60)
	require.NoError(t, err)
	longer, err = longer.SetAge("problem.vision", 12, "chen2021")
	require.NoError(t, err)
	longer, err = longer.SetAge("readiness.financing", 0)
	require.NoError(t, err)
	assert.Equal(t, []int{60, 12, 0, 24}, []int{longer.AgeOf("anything"), longer.AgeOf("problem.vision"), longer.AgeOf("readiness.financing"), longer.AgeOf("governance.financing")})
	assert.Equal(t, 36, rules.AgeOf(""), "a set never changes")
	assert.Equal(t, "reform-diagnosis@1.0.0+", longer.ID())
	last := longer.Ages()[3]
	assert.Equal(t, Age{Criterion: "problem.vision", Months: 12, Sources: []string{"chen2021"}}, last)
	last.Sources[0] = "changed"
	assert.Equal(t, []string{"chen2021"}, longer.Ages()[3].Sources)
	b, err := json.Marshal(longer)
	require.NoError(t, err)
	assert.Contains(t, string(b), `"criterion":"problem.vision","months":12`)

	for _, c := range []struct {
		field, rule, criterion string
		months                 int
		sources                []string
	}{
		{"months", "range", "", -1, nil}, {"months", "range", "", maxAge + 1, nil}, {"criterion", "id", " x", 1, []string{"model"}},
		{"sources", "min", "problem.vision", 1, nil}, {"sources[0]", "exists", "", 1, []string{"nobody1900"}},
	} {
		_, err := rules.SetAge(c.criterion, c.months, c.sources...)
		refused(t, err, c.field, c.rule)
	}
	for _, a := range rules.Ages() {
		assert.NotEmpty(t, a.Says, "the built-in ages say why")
		for _, key := range a.Sources {
			_, known := rules.Source(key)
			assert.True(t, known)
		}
	}
}

// A set is a value: whatever is made of it, and whatever is done to what went in
// or came out, it stays as it is.
func TestASetOfRulesNeverChanges(t *testing.T) {
	was, err := json.Marshal(DiagnosisRules())
	require.NoError(t, err)

	more, err := DiagnosisRules().With(ownRule())
	require.NoError(t, err)
	other := ownRule()
	other.Code = "other"
	otherwise, err := DiagnosisRules().With(other)
	require.NoError(t, err)
	fewer, err := more.Without("own", "stalled")
	require.NoError(t, err)
	hasty, err := fewer.Set("hasty-launch", "months", 6)
	require.NoError(t, err)

	assert.Equal(t, []int{23, 24, 24, 22}, []int{DiagnosisRules().Len(), more.Len(), otherwise.Len(), fewer.Len()})
	_, known := more.Rule("other")
	assert.False(t, known, "two sets made of one share their rules")
	_, known = fewer.Rule("stalled")
	assert.False(t, known)
	r, _ := fewer.Rule("hasty-launch")
	assert.EqualValues(t, 12, r.Value("months"))
	r, _ = hasty.Rule("hasty-launch")
	assert.EqualValues(t, 6, r.Value("months"))
	for _, changed := range []Rules{more, otherwise, fewer, hasty} {
		assert.Equal(t, "reform-diagnosis@1.0.0+", changed.ID())
	}

	in := ownRule()
	set, err := DiagnosisRules().With(in)
	require.NoError(t, err)
	in.Sources[0], in.Parameters[0].Value, in.Parameters[0].Sources[0] = "changed", 9, "changed"
	for out := range set.All() {
		if out.Code == "hasty-launch" || out.Code == "own" {
			out.Sources[0], out.Parameters[0].Value, out.Parameters[0].Sources[0] = "changed", 9, "changed"
		}
	}
	out, _ := set.Rule("own")
	out.Sources[0], out.Parameters[0].Value = "changed", 9
	r, _ = set.Rule("own")
	assert.Equal(t, []string{"model"}, r.Sources)
	assert.EqualValues(t, 1, r.Value("most"))
	assert.Equal(t, []string{"model"}, r.Parameters[0].Sources)

	is, err := json.Marshal(DiagnosisRules())
	require.NoError(t, err)
	assert.Equal(t, string(was), string(is))
	first := 0
	for range set.All() {
		first++
		break
	}
	assert.Equal(t, 1, first)
}

func TestHeadingsAndSeveritiesAreReadExactly(t *testing.T) {
	Headings()[0] = "changed"
	require.Equal(t, []Heading{UnderActors, UnderContext, UnderProcess, UnderContent}, Headings())
	for _, h := range Headings() {
		var read Heading
		require.NoError(t, read.UnmarshalText([]byte(h)))
		require.Equal(t, h, read)
		require.True(t, h.Valid())
	}
	for _, s := range severities {
		var read Severity
		require.NoError(t, read.UnmarshalText([]byte(s)))
		require.True(t, read.Valid())
	}
	for _, text := range []string{"", "Actors", " actors", "\xff"} {
		var h Heading
		var s Severity
		require.ErrorIs(t, h.UnmarshalText([]byte(text)), ErrInvalid)
		require.ErrorIs(t, s.UnmarshalText([]byte(text)), ErrInvalid)
		require.False(t, Heading(text).Valid() || Severity(text).Valid())
	}
}

func TestAFileOfRulesThatIsNotRightIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ from, to string }{
		"not JSON":                   {`{`, ``},
		"an unknown field":           {`"name":`, `"mood": 1, "name":`},
		"no name":                    {`"name": "reform-diagnosis"`, `"name": ""`},
		"no version":                 {`"version": "1.0.0"`, `"version": " "`},
		"a heading nobody knows":     {`"heading": "actors"`, `"heading": "weather"`},
		"a code twice":               {`"code": "single-ministry"`, `"code": "community-absent"`},
		"a code nobody judges":       {`"code": "single-ministry"`, `"code": "two-ministries"`},
		"a source nobody has":        {`"key": "reich"`, `"key": "reich2"`},
		"an age twice":               {`"criterion": "governance.financing"`, `"criterion": "readiness.financing"`},
		"an age of a thousand years": {`"months": 36`, `"months": 12000`},
		"an age of no source":        {"\"sources\": [\n        \"model\"\n      ]", "\"sources\": [\"nobody1900\"]"},
		"a source twice":             {`"key": "reich"`, `"key": "chen2021"`},
		"a source not cited":         {`"citation": "`, `"citation": "", "cites": "`},
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := strings.Replace(string(diagnosisData), c.from, c.to, 1)
			require.NotEqual(t, string(diagnosisData), spoilt)
			_, err := ReadRules([]byte(spoilt), judges)
			require.Error(t, err)
		})
	}
}

// fileSchema is as much of JSON Schema (draft 2020-12) as the published one uses.
type fileSchema struct {
	Ref         string                `json:"$ref"`
	Defs        map[string]fileSchema `json:"$defs"`
	Type        string                `json:"type"`
	Enum        []string              `json:"enum"`
	Const       *string               `json:"const"`
	Required    []string              `json:"required"`
	Properties  map[string]fileSchema `json:"properties"`
	Additional  *bool                 `json:"additionalProperties"`
	Items       *fileSchema           `json:"items"`
	MinItems    int                   `json:"minItems"`
	MaxItems    *int                  `json:"maxItems"`
	MinLength   int                   `json:"minLength"`
	MaxLength   *int                  `json:"maxLength"`
	If          *fileSchema           `json:"if"`
	Else        *fileSchema           `json:"else"`
	Dialect     string                `json:"$schema"`
	ID          string                `json:"$id"`
	Title       string                `json:"title"`
	Description string                `json:"description"`
}

func publishedSchema(t *testing.T) *fileSchema {
	data, err := os.ReadFile("data/diagnosis.schema.json")
	require.NoError(t, err)
	var s fileSchema
	require.NoError(t, readStrictly(data, &s), "the schema uses what this test does not hold data against")
	require.Equal(t, "https://json-schema.org/draft/2020-12/schema", s.Dialect)
	return &s
}

// wrong lists what a value breaks of a schema.
func (root *fileSchema) wrong(path string, s *fileSchema, value any) (all []string) {
	add := func(format string, a ...any) { all = append(all, path+": "+fmt.Sprintf(format, a...)) }
	if s.Ref != "" {
		def, known := root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
		if !known {
			add("no definition %s", s.Ref)
		}
		all = append(all, root.wrong(path, &def, value)...)
	}
	kind := map[string]string{"string": "string", "float64": "number", "[]interface {}": "array", "map[string]interface {}": "object"}[fmt.Sprintf("%T", value)]
	if s.Type != "" && s.Type != kind {
		add("it is a %s, not a %s", kind, s.Type)
	}
	switch v := value.(type) {
	case string:
		n := utf8.RuneCountInString(v)
		if n < s.MinLength || s.MaxLength != nil && n > *s.MaxLength {
			add("%d characters", n)
		}
		if s.Enum != nil && !slices.Contains(s.Enum, v) || s.Const != nil && v != *s.Const {
			add("%q is not one of them", v)
		}
	case []any:
		if len(v) < s.MinItems || s.MaxItems != nil && len(v) > *s.MaxItems {
			add("%d items", len(v))
		}
		for i := range v {
			if s.Items != nil {
				all = append(all, root.wrong(fmt.Sprintf("%s[%d]", path, i), s.Items, v[i])...)
			}
		}
	case map[string]any:
		for _, name := range s.Required {
			if _, there := v[name]; !there {
				add("%s is missing", name)
			}
		}
		for name, field := range v {
			if property, known := s.Properties[name]; known {
				all = append(all, root.wrong(path+"."+name, &property, field)...)
			} else if s.Additional != nil && !*s.Additional {
				add("%s is unknown", name)
			}
		}
		if s.If != nil && len(root.wrong(path, s.If, value)) > 0 {
			all = append(all, root.wrong(path, s.Else, value)...)
		}
	}
	return all
}

func TestTheRulesAreWhatTheirSchemaSays(t *testing.T) {
	s := publishedSchema(t)
	var file any
	require.NoError(t, json.Unmarshal(diagnosisData, &file))
	require.Empty(t, s.wrong("file", s, file))

	// And the schema says something: what the loader refuses, it refuses.
	for name, c := range map[string]struct{ from, to string }{
		"an unknown field":       {`"name":`, `"mood": 1, "name":`},
		"no name":                {`"name": "reform-diagnosis"`, `"name": ""`},
		"no title":               {`"title": "What may be wrong with a reform",`, ``},
		"a heading nobody knows": {`"heading": "actors"`, `"heading": "weather"`},
		"a severity too":         {`"severity": "critical"`, `"severity": "dire"`},
		"a number as a text":     {`"value": 0.5`, `"value": "0.5"`},
		"a rule without sources": {"\"sources\": [\n        \"afzal2021\"\n      ]", `"sources": []`},
		"a source without key":   {`"key": "reich",`, ``},
		"a text too long":        {`"asks": "`, `"asks": "` + strings.Repeat("x", fault.Text.Most)},
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := strings.Replace(string(diagnosisData), c.from, c.to, 1)
			require.NotEqual(t, string(diagnosisData), spoilt)
			var file any
			require.NoError(t, json.Unmarshal([]byte(spoilt), &file))
			require.NotEmpty(t, s.wrong("file", s, file))
		})
	}
}

// What Go leaves out where it is empty is optional in the schema and nothing else
// is. Of a source, which belongs to another package, Cite tells.
func TestTheSchemaHasTheFieldsOfTheTypesAndNoOther(t *testing.T) {
	s := publishedSchema(t)
	for def, of := range map[string]reflect.Type{
		"file": reflect.TypeFor[ruleFile](), "rule": reflect.TypeFor[Rule](),
		"parameter": reflect.TypeFor[Parameter](), "source": reflect.TypeFor[assessment.Source](),
		"age": reflect.TypeFor[Age](), "grounds": reflect.TypeFor[Grounds](), "ground": reflect.TypeFor[Ground](),
	} {
		object := s.Defs[def]
		require.NotNil(t, object.Additional, def)
		require.False(t, *object.Additional, def)
		var fields, required []string
		for i := range of.NumField() {
			name, rest, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			fields = append(fields, name)
			needed := !strings.Contains(rest, "omitempty") && !strings.Contains(rest, "omitzero")
			if def == "source" {
				source := assessment.Source{Key: assessment.ModelSource, Citation: "Ours", Link: "https://example.org", Seen: "whole"}
				reflect.ValueOf(&source).Elem().Field(i).SetZero()
				_, err := Rules{}.Cite(source)
				needed = err != nil
			}
			if needed {
				required = append(required, name)
			}
		}
		var properties []string
		for name, p := range object.Properties {
			properties = append(properties, name)
			require.True(t, p.Ref != "" || p.Type != "" || p.Enum != nil, "%s.%s is anything", def, name)
		}
		assert.ElementsMatch(t, fields, properties, def)
		assert.ElementsMatch(t, required, object.Required, def)
	}
	for def, most := range map[string]int{"id": fault.ID.Most, "text": fault.Text.Most, "note": fault.Text.Most} {
		assert.Equal(t, most, *s.Defs[def].MaxLength)
	}
	rule := s.Defs["rule"].Properties
	assert.Equal(t, maxRules, *s.Defs["file"].Properties["rules"].MaxItems)
	assert.Equal(t, Headings(), named[Heading](rule["heading"].Enum))
	assert.Equal(t, severities, named[Severity](rule["severity"].Enum))
}

func named[S ~string](names []string) (all []S) {
	for _, name := range names {
		all = append(all, S(name))
	}
	return all
}
