package reformcycle

import (
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file holds the rules of the diagnosis: what each says, where it comes
// from, and how a host changes the set. The built-in set is in diagnosis.go.

// Heading of the policy triangle, under which findings are grouped (walt1994, as
// afzal2021 presents it).
type Heading string

// The four headings.
const (
	UnderActors  Heading = "actors"
	UnderContext Heading = "context"
	UnderProcess Heading = "process"
	UnderContent Heading = "content"
)

var headings = []Heading{UnderActors, UnderContext, UnderProcess, UnderContent}

// Headings lists the four headings in their order.
func Headings() []Heading { return slices.Clone(headings) }

// Valid reports whether h is one of the four headings.
func (h Heading) Valid() bool { return slices.Contains(headings, h) }

// UnmarshalText reads the text form and refuses any other by name.
func (h *Heading) UnmarshalText(text []byte) error {
	return fault.ReadName("heading", h, text, headings)
}

// Told gives the heading in words, such as "actors".
func (h Heading) Told() language.Text { return language.Of("heading." + string(h)).Or(string(h)) }

// Severity of a finding (model).
type Severity string

// The severities, the gravest first.
const (
	// Critical: the reform may fail by this alone.
	Critical Severity = "critical"
	// Serious: it weakens the reform or its results.
	Serious Severity = "serious"
	// Moderate: it can wait, and should not be forgotten.
	Moderate Severity = "moderate"
)

var severities = []Severity{Critical, Serious, Moderate}

// Valid reports whether s is one of the three severities.
func (s Severity) Valid() bool { return slices.Contains(severities, s) }

// UnmarshalText reads the text form and refuses any other by name.
func (s *Severity) UnmarshalText(text []byte) error {
	return fault.ReadName("severity", s, text, severities)
}

// Told gives the severity in words, such as "serious".
func (s Severity) Told() language.Text { return language.Of("severity." + string(s)).Or(string(s)) }

// Rule of the diagnosis: one thing that may be wrong with a reform. A host writes
// its own with a Judge.
type Rule struct {
	// Code names the rule, for ever: findings are compared by it.
	Code     string   `json:"code" validate:"id"`
	Heading  Heading  `json:"heading" validate:"known"`
	Severity Severity `json:"severity" validate:"known"`
	// Sentence says what is wrong, where the rule finds it so.
	Sentence string `json:"sentence" validate:"text"`
	// Strength says what is right, where the rule knows that it is.
	Strength string `json:"strength,omitempty" validate:"note"`
	// Asks says what the rule has to know.
	Asks string `json:"asks" validate:"text"`
	// Remedy says what to do.
	Remedy string `json:"remedy" validate:"text"`
	// Sources are the keys of the sources behind the rule, at least one.
	Sources []string `json:"sources" validate:"min=1,max=100,dive,id"`
	// Parameters are the numbers that it judges by.
	Parameters []Parameter `json:"parameters,omitempty" validate:"max=100,dive"`
	// Note says how the source is read, where that is not plain.
	Note string `json:"note,omitempty" validate:"note"`
	// Grounds say, for people, what makes the rule give each verdict.
	Grounds Grounds `json:"grounds,omitzero"`

	// Judge looks at a state. It must give the same verdict for the same state and
	// rule, change nothing, and be safe for several goroutines.
	Judge Judge `json:"-"`
}

// Parameter is a number that a rule judges by.
type Parameter struct {
	Name  string  `json:"name" validate:"id"`
	Value float64 `json:"value" validate:"finite"`
	Unit  string  `json:"unit" validate:"id"`
	// Low and High are the least and the most that Value may be.
	Low  float64 `json:"low" validate:"finite"`
	High float64 `json:"high" validate:"finite"`
	// Says what it means.
	Says    string   `json:"says" validate:"text"`
	Sources []string `json:"sources" validate:"min=1,max=100,dive,id"`
}

// Grounds are what makes a rule give each of its verdicts, in words. The built-in rules
// have all five.
type Grounds struct {
	Finding   Ground `json:"finding,omitzero"`
	Strength  Ground `json:"strength,omitzero"`
	Contested Ground `json:"contested,omitzero"`
	Question  Ground `json:"question,omitzero"`
	Silent    Ground `json:"silent,omitzero"`
}

// Ground of one verdict: when the rule gives it or, of one that it never gives, why.
type Ground struct {
	When  string `json:"when,omitempty" validate:"note"`
	Never string `json:"never,omitempty" validate:"note"`
}

// Value of a parameter; 0 where the rule has none of this name.
func (r Rule) Value(parameter string) float64 {
	for i := range r.Parameters {
		if r.Parameters[i].Name == parameter {
			return r.Parameters[i].Value
		}
	}
	return 0
}

// valid reports whether the value is within its range; months are whole.
func (p Parameter) valid() bool {
	inside := p.Value >= p.Low && p.Value <= p.High // false for NaN
	return inside && (p.Unit != "months" || p.Value == math.Trunc(p.Value))
}

func (p Parameter) want() language.Text {
	if p.Unit == "months" {
		return language.Of("want.parameter.months", "low", p.Low, "high", p.High)
	}
	return language.Of("want.parameter", "low", p.Low, "high", p.High, "unit", language.Built(p.Unit))
}

func (r Rule) clone() Rule {
	r.Sources = slices.Clone(r.Sources)
	r.Parameters = slices.Clone(r.Parameters)
	for i := range r.Parameters {
		r.Parameters[i].Sources = slices.Clone(r.Parameters[i].Sources)
	}
	return r
}

// Judge says what a rule sees in a state.
type Judge func(State, Rule) Verdict

// Verdict is what a rule says of a state. The zero value says nothing: the rule
// does not apply, or not yet.
type Verdict struct {
	Outcome RuleOutcome
	// Facts that the verdict rests on: of a trouble or a strength; of what is contested,
	// those that speak for the strength.
	Facts []Fact
	// Against are the facts that speak for the trouble, of what is contested.
	Against []Fact
	// Needs names what the rule would have to know: of an open question.
	Needs []language.Text
}

// RuleOutcome is which of five things a rule says of a state.
type RuleOutcome uint8

// The outcomes.
const (
	// NotDue: the rule does not apply, or not yet.
	NotDue RuleOutcome = iota
	// Unclear: the rule applies, and too little is recorded to say.
	Unclear
	// Sound: what the rule looks for is known not to be there.
	Sound
	// Troubled: the rule fires.
	Troubled
	// Contested: the record holds evidence for both sides.
	Contested
)

// Told gives what the outcome comes to in one word, such as "finding" of Troubled.
func (o RuleOutcome) Told() language.Text {
	ids := [...]string{NotDue: "not-due", Unclear: "unclear", Sound: "sound", Troubled: "troubled", Contested: "contested"}
	if int(o) >= len(ids) {
		return language.Typed(fmt.Sprint(uint8(o)))
	}
	return language.Of("verdict." + ids[o])
}

// Fact is one recorded thing that a verdict rests on.
type Fact struct {
	// About is what kind of thing it is: "criterion", "actor", "coalition",
	// "commitment", "move", "solution", "pilot", "review", "adaptation", "debt",
	// "programmes", "function"; a host's rules may use words of their own.
	About string `json:"about"`
	// ID of the thing, where it has one.
	ID string `json:"id,omitempty"`
	// Says the fact, in a few words: no capital at the beginning, no full stop. What a
	// host's rule says in one language only is [language.Typed].
	Says language.Text `json:"says"`
	// Source of the fact, where one was recorded.
	Source string `json:"source,omitempty"`
	// Entry of the record that it came from; 0 where it comes from several, or from what
	// is not there.
	Entry uint64 `json:"entry,omitempty"`
}

// Rules is a set of rules in their order. It is a value that never changes; the
// zero value has no rules.
type Rules struct {
	id      string
	rules   []Rule
	ages    []Age
	sources []assessment.Source
}

// Age is how long evidence speaks to the diagnosis: what is older says nothing of how
// things stand, and a rule that rests on it asks. Guards are not touched by it, and of a
// reform that was abandoned no evidence grows old: what is judged is what was.
type Age struct {
	// Criterion whose ratings are meant; empty for all evidence that no other age is
	// given for, surveys of programmes among it.
	Criterion string `json:"criterion,omitempty" validate:"omitempty,id"`
	// Months that it speaks, from 1 to 1200; 0 where it never grows old.
	Months int `json:"months" validate:"gte=0,lte=1200"`
	// Says why so long; empty where a host set it.
	Says    string   `json:"says,omitempty" validate:"note"`
	Sources []string `json:"sources" validate:"min=1,max=100,dive,id"`
}

// maxAge is the longest that evidence may speak, in months; also in the tag.
const maxAge = 1200

// Ages gives how long evidence speaks, the general age among them.
func (rs Rules) Ages() []Age {
	ages := slices.Clone(rs.ages)
	for i := range ages {
		ages[i].Sources = slices.Clone(ages[i].Sources)
	}
	return ages
}

// AgeOf is for how many months a rating of a criterion speaks to the diagnosis; of no
// criterion, a survey of programmes. It is 0 where evidence never grows old.
func (rs Rules) AgeOf(criterion string) (months int) { return rs.ageOf(criterion) }

func (rs *Rules) ageOf(criterion string) (months int) {
	for i := range rs.ages {
		if a := &rs.ages[i]; a.Criterion == criterion {
			return a.Months
		} else if a.Criterion == "" {
			months = a.Months
		}
	}
	return months
}

// ruleFile is the form of the embedded file; data/diagnosis.schema.json
// publishes it.
type ruleFile struct {
	Name    string              `json:"name" validate:"id"`
	Version string              `json:"version" validate:"id"`
	Title   string              `json:"title" validate:"text"`
	Sources []assessment.Source `json:"sources" validate:"min=1"`
	Ages    []Age               `json:"ages,omitempty" validate:"dive"`
	Rules   []Rule              `json:"rules" validate:"min=1,dive"`
}

// ReadRules reads a set of rules from a file, by the schema that data/diagnosis.schema.json
// publishes, where ages may be left out. What each rule looks at is code, which judges gives by the rule's code.
//
// Errors: those of a file that is none, and [fault.Fields] for a rule or a source that is
// not whole, is there twice, or cites what is not there, and for a rule without a judge.
func ReadRules(data []byte, judges map[string]Judge) (Rules, error) {
	var f ruleFile
	if err := readStrictly(data, &f); err != nil {
		return Rules{}, err
	}
	if err := check(f); err != nil {
		return Rules{}, err
	}
	var set Rules
	var err error
	for _, source := range f.Sources {
		if set, err = set.Cite(source); err != nil {
			return Rules{}, err
		}
	}
	if set, err = set.grow(f.Ages); err != nil {
		return Rules{}, err
	}
	for _, r := range f.Rules {
		r.Judge = judges[r.Code]
		if set, err = set.With(r); err != nil {
			return Rules{}, err
		}
	}
	set.id = f.Name + "@" + f.Version
	return set, nil
}

// ID is "name@version" of the built-in rules; with "+" behind it once a host has
// changed anything.
func (rs Rules) ID() string { return rs.id }

// Len is how many rules there are.
func (rs Rules) Len() int { return len(rs.rules) }

// All yields the rules in their order.
func (rs Rules) All() iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for _, r := range rs.rules {
			if !yield(r.clone()) {
				return
			}
		}
	}
}

// Rule gives the rule of a code; false where there is none.
func (rs Rules) Rule(code string) (Rule, bool) {
	i := rs.index(code)
	if i < 0 {
		return Rule{}, false
	}
	return rs.rules[i].clone(), true
}

func (rs Rules) index(code string) int {
	return slices.IndexFunc(rs.rules, func(r Rule) bool { return r.Code == code })
}

// Source gives the source of a key; false where there is none.
func (rs Rules) Source(key string) (assessment.Source, bool) {
	i := slices.IndexFunc(rs.sources, func(s assessment.Source) bool { return s.Key == key })
	if i < 0 {
		return assessment.Source{}, false
	}
	return rs.sources[i], true
}

const (
	maxRules = 1000
	maxCited = 100 // sources, or parameters, of one rule; also in the tags
)

// Cite adds a source, for rules to cite.
//
// Errors: [fault.Fields] for a source that is not whole, or whose key is taken.
func (rs Rules) Cite(source assessment.Source) (Rules, error) {
	var wrong fault.Fields
	wrong.Text("source.key", source.Key, fault.ID)
	wrong.Text("source.citation", source.Citation, fault.Text)
	wrong.Text("source.link", source.Link, fault.Note)
	wrong.Text("source.seen", source.Seen, fault.Note)
	if _, taken := rs.Source(source.Key); taken {
		wrong.Add("source.key", fault.Unique, source.Key, language.Of("want.rule.once"))
	}
	if wrong != nil {
		return Rules{}, wrong
	}
	return rs.changed(rs.rules, append(slices.Clip(rs.sources), source)), nil
}

// With adds a rule behind the others. Its sources have to be cited before.
//
// Errors: [fault.Fields] for a rule that is not whole, without a Judge, whose code is
// taken, or that cites a source the set does not have.
func (rs Rules) With(rule Rule) (Rules, error) {
	wrong := fault.Of(check(rule))
	add := wrong.Add
	if rule.Judge == nil {
		add("judge", "required", nil, language.Of("want.rule.judge"))
	}
	if rs.index(rule.Code) >= 0 {
		add("code", "unique", rule.Code, language.Of("want.rule.once"))
	}
	if len(rs.rules) >= maxRules {
		add("rules", fault.Length, maxRules+1, language.Of("want.at-most", "most", maxRules))
	}
	rs.cited(&wrong, "sources", rule.Sources)
	for i, p := range rule.Parameters[:min(len(rule.Parameters), maxCited)] {
		path := fmt.Sprintf("parameters[%d].", i)
		if !p.valid() {
			add(path+"value", "range", p.Value, p.want())
		}
		if slices.ContainsFunc(rule.Parameters[:i], func(o Parameter) bool { return o.Name == p.Name }) {
			add(path+"name", "unique", p.Name, language.Of("want.rule.once"))
		}
		rs.cited(&wrong, path+"sources", p.Sources)
	}
	if wrong != nil {
		return Rules{}, wrong
	}
	return rs.changed(append(slices.Clip(rs.rules), rule.clone()), rs.sources), nil
}

// cited refuses the keys of sources that the set does not have.
func (rs Rules) cited(wrong *fault.Fields, path string, sources []string) {
	for i, key := range sources[:min(len(sources), maxCited)] {
		if _, known := rs.Source(key); known {
			continue
		}
		var keys []string
		for _, s := range rs.sources {
			keys = append(keys, s.Key)
		}
		wrong.Add(fmt.Sprintf("%s[%d]", path, i), fault.Exists, key, language.Of("want.rule.cited", "keys", keys))
	}
}

// grow gives the set its ages.
func (rs Rules) grow(ages []Age) (Rules, error) {
	var wrong fault.Fields
	for i, a := range ages {
		path := fmt.Sprintf("ages[%d].", i)
		if slices.ContainsFunc(ages[:i], func(o Age) bool { return o.Criterion == a.Criterion }) {
			wrong.Add(path+"criterion", fault.Unique, a.Criterion, language.Of("want.rule.once"))
		}
		rs.cited(&wrong, path+"sources", a.Sources)
	}
	if wrong != nil {
		return Rules{}, wrong
	}
	rs.ages = ages
	return rs, nil
}

// SetAge says for how many months the ratings of a criterion speak to the diagnosis, 1
// to 1200, or 0 where they never grow old; of no criterion, all evidence that no other
// age is given for. The sources of an age that there was not are those that the host
// cites, at least one.
//
// Errors: [fault.Fields] for what is not within its range, or not cited.
func (rs Rules) SetAge(criterion string, months int, sources ...string) (Rules, error) {
	age := Age{Criterion: criterion, Months: months, Sources: sources}
	i := slices.IndexFunc(rs.ages, func(a Age) bool { return a.Criterion == criterion })
	if i >= 0 && sources == nil {
		age.Sources = rs.ages[i].Sources
	}
	wrong := fault.Of(check(age))
	rs.cited(&wrong, "sources", age.Sources)
	if wrong != nil {
		return Rules{}, wrong
	}
	age.Sources = slices.Clone(age.Sources)
	changed := rs.changed(rs.rules, rs.sources)
	if changed.ages = slices.Clone(rs.ages); i >= 0 {
		changed.ages[i] = age
	} else {
		changed.ages = append(changed.ages, age)
	}
	return changed, nil
}

// Without drops rules.
//
// Errors: [fault.Fields] for a code that the set does not have.
func (rs Rules) Without(codes ...string) (Rules, error) {
	var wrong fault.Fields
	for _, code := range codes {
		if rs.index(code) < 0 {
			wrong.Under("", rs.unknown(code))
		}
	}
	if wrong != nil {
		return Rules{}, wrong
	}
	return rs.changed(slices.DeleteFunc(slices.Clone(rs.rules), func(r Rule) bool { return slices.Contains(codes, r.Code) }), rs.sources), nil
}

// Set gives a parameter of a rule another value.
//
// Errors: [fault.Fields] for a rule or a parameter that is not there, or a value
// outside the parameter's range.
func (rs Rules) Set(code, parameter string, value float64) (Rules, error) {
	i := rs.index(code)
	if i < 0 {
		return Rules{}, rs.unknown(code)
	}
	rule := rs.rules[i].clone()
	var names []string
	for j := range rule.Parameters {
		p := &rule.Parameters[j]
		names = append(names, p.Name)
		if p.Name != parameter {
			continue
		}
		if p.Value = value; !p.valid() {
			return Rules{}, fault.Refuse(code+"."+parameter, fault.Range, value, p.want())
		}
		changed := slices.Clone(rs.rules)
		changed[i] = rule
		return rs.changed(changed, rs.sources), nil
	}
	if names == nil {
		return Rules{}, fault.Refuse(code, fault.Exists, parameter, language.Of("want.rule.no-parameter"))
	}
	return Rules{}, fault.Refuse(code, fault.Exists, parameter, fault.OneOf(names))
}

func (rs Rules) unknown(code string) fault.Fields {
	var codes []string
	for _, r := range rs.rules {
		codes = append(codes, r.Code)
	}
	return fault.Fields{{Path: "code", Rule: fault.Exists, Value: code, Want: language.Of("want.rule.code", "codes", codes)}}
}

func (rs Rules) changed(rules []Rule, sources []assessment.Source) Rules {
	return Rules{id: strings.TrimSuffix(rs.id, "+") + "+", rules: rules, ages: rs.ages, sources: sources}
}

// MarshalJSON writes the rules without what they look at, for people to read.
func (rs Rules) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID      string              `json:"id"`
		Sources []assessment.Source `json:"sources"`
		Ages    []Age               `json:"ages"`
		Rules   []Rule              `json:"rules"`
	}{rs.id, rs.sources, rs.ages, rs.rules})
}
