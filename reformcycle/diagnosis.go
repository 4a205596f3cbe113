package reformcycle

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file makes a diagnosis, by the built-in rules or a host's. What the built-in
// ones look at is in the diagnosis_*.go files, a file a heading, and in facts.go.

// The built-in rules are data; what each looks at is in judges, by its code.
//
//go:embed data/diagnosis-1.0.0.json
var diagnosisData []byte

var builtInRules Rules

func init() { // the judges ask for the rules
	var err error
	if builtInRules, err = ReadRules(diagnosisData, judges); err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
}

// judges are what the built-in rules look at, by code.
var judges = map[string]Judge{
	"weak-government-lead": weakGovernmentLead,
	"veto-player-opposed":  vetoPlayerOpposed,
	"districts-left-out":   districtsLeftOut,
	"community-absent":     communityAbsent,
	"single-ministry":      singleMinistry,
	"chw-voice-absent":     chwVoiceAbsent,

	"unfunded-launch":       unfundedLaunch,
	"vertical-funding":      verticalFunding,
	"unsustained-financing": unsustainedFinancing,
	"term-limited-project":  termLimitedProject,

	"uncoordinated-partners": uncoordinatedPartners,
	"hasty-launch":           hastyLaunch,
	"scaled-without-pilot":   scaledWithoutPilot,
	"no-learning-loop":       noLearningLoop,
	"readiness-debt":         readinessDebt,
	"stalled":                stalled,
	"unheld-function":        unheldFunction,
	"shared-function":        sharedFunction,
	"held-from-above":        heldFromAbove,

	"fragmented-programmes":         fragmentedProgrammes,
	"uncoordinated-cadres":          uncoordinatedCadres,
	"pay-inequity-risk":             payInequityRisk,
	"partnering-package-incomplete": partneringPackageIncomplete,
}

// DiagnosisRules gives the built-in rules, "reform-diagnosis": twenty-three, each
// with the source behind it.
func DiagnosisRules() Rules { return builtInRules }

// Diagnosis says what is wrong with a reform, what is right, and what would have
// to be known to say more. The same state gives the same diagnosis.
type Diagnosis struct {
	Cycle string `json:"cycle"`
	// Seq of the state, and the moment at which it was judged.
	Seq uint64    `json:"seq"`
	At  time.Time `json:"at"`
	// Rules is the id of the rules that it was judged by.
	Rules string `json:"rules"`
	// Findings: what is wrong, the gravest first, then in the order of the rules.
	Findings []Finding `json:"findings"`
	// Strengths: what is known to be right, in the order of the rules.
	Strengths []Strength `json:"strengths"`
	// Contested: where the record holds evidence for both sides, in the order of the
	// rules.
	Contested []Contest `json:"contested"`
	// Questions: where a rule is silent because too little is recorded, in the
	// order of the rules.
	Questions []Question `json:"questions"`
}

// Finding is one thing that is wrong.
type Finding struct {
	// Code of the rule that found it.
	Code     string   `json:"code"`
	Heading  Heading  `json:"heading"`
	Severity Severity `json:"severity"`
	// Sentence says what is wrong, Facts what that rests on, Remedy what to do.
	Sentence language.Text `json:"sentence"`
	Facts    []Fact        `json:"facts"`
	Remedy   language.Text `json:"remedy"`
	// Source holds the keys of the sources behind the rule, joined by ", ".
	Source string `json:"source"`
}

// Told tells the finding in one line.
func (f Finding) Told() language.Text {
	return language.Of(withFacts("finding", f.Facts), "code", f.Code, "severity", f.Severity.Told(), "heading", f.Heading.Told(), "sentence", f.Sentence, "facts", told(f.Facts), "source", f.Source)
}

// String tells the finding in one line, in English.
func (f Finding) String() string { return f.Told().String() }

// Strength is one thing that is known to be right.
type Strength struct {
	// Code of the rule that looked for the opposite.
	Code     string        `json:"code"`
	Heading  Heading       `json:"heading"`
	Sentence language.Text `json:"sentence"`
	Facts    []Fact        `json:"facts"`
	Source   string        `json:"source"`
}

// Told tells the strength in one line.
func (s Strength) Told() language.Text {
	return language.Of(withFacts("strength", s.Facts), "code", s.Code, "heading", s.Heading.Told(), "sentence", s.Sentence, "facts", told(s.Facts), "source", s.Source)
}

// String tells the strength in one line, in English.
func (s Strength) String() string { return s.Told().String() }

// Contest is something on which the record holds evidence for both sides: a question
// that the facts raise, and people have to settle.
type Contest struct {
	Code    string  `json:"code"`
	Heading Heading `json:"heading"`
	// Asks says what the rule looks for; For are the facts by which all is well there,
	// Against those by which it is not.
	Asks    language.Text `json:"asks"`
	For     []Fact        `json:"for"`
	Against []Fact        `json:"against"`
	Source  string        `json:"source"`
}

// Told tells the contest in one line.
func (c Contest) Told() language.Text {
	return language.Of("contest", "code", c.Code, "heading", c.Heading.Told(), "asks", c.Asks, "for", told(c.For), "against", told(c.Against), "source", c.Source)
}

// String tells the contest in one line, in English.
func (c Contest) String() string { return c.Told().String() }

// Question is what a rule would have to know.
type Question struct {
	Code    string  `json:"code"`
	Heading Heading `json:"heading"`
	// Asks says what the rule looks for, Needs what would answer it.
	Asks  language.Text   `json:"asks"`
	Needs []language.Text `json:"needs"`
}

// Told tells the question in one line.
func (q Question) Told() language.Text {
	return language.Of("question", "code", q.Code, "heading", q.Heading.Told(), "asks", q.Asks, "needs", q.Needs)
}

// String tells the question in one line, in English.
func (q Question) String() string { return q.Told().String() }

// withFacts is the id of a text that tells facts; of the same id with ".bare" of one without.
func withFacts(id string, facts []Fact) string {
	if len(facts) == 0 {
		id += ".bare"
	}
	return id
}

func told(facts []Fact) []language.Text {
	says := make([]language.Text, len(facts))
	for i := range facts {
		says[i] = facts[i].Says
	}
	return says
}

// Under gives the part of the diagnosis under one heading of the policy triangle.
func (d Diagnosis) Under(h Heading) Diagnosis {
	part := d
	part.Findings = slices.DeleteFunc(slices.Clone(d.Findings), func(f Finding) bool { return f.Heading != h })
	part.Strengths = slices.DeleteFunc(slices.Clone(d.Strengths), func(s Strength) bool { return s.Heading != h })
	part.Contested = slices.DeleteFunc(slices.Clone(d.Contested), func(c Contest) bool { return c.Heading != h })
	part.Questions = slices.DeleteFunc(slices.Clone(d.Questions), func(q Question) bool { return q.Heading != h })
	return part
}

// Silent reports whether no rule has anything to say.
func (d Diagnosis) Silent() bool {
	return len(d.Findings)+len(d.Strengths)+len(d.Contested)+len(d.Questions) == 0
}

// Finding gives the finding of a code; false where the rule did not fire.
func (d Diagnosis) Finding(code string) (Finding, bool) {
	i := slices.IndexFunc(d.Findings, func(f Finding) bool { return f.Code == code })
	if i < 0 {
		return Finding{}, false
	}
	return d.Findings[i], true
}

// Diagnose judges the state at JudgedAt by the rules of its cycle: those of
// WithRules, or the built-in ones. See DiagnoseBy. A reform that was abandoned is judged
// as it stood then: what came due afterwards is not its fault.
func (s State) Diagnose() Diagnosis { return s.diagnose(s.ruleSet()) }

// Rules are those that the state is diagnosed by: those of WithRules, or the built-in
// ones. A Judge sees those that it is asked under.
func (s State) Rules() Rules { return *s.ruleSet() }

func (s State) ruleSet() *Rules {
	if s.rules == nil {
		return &builtInRules
	}
	return s.rules
}

// DiagnoseBy judges the state by a set of rules. It covers the whole reform,
// whatever the stage. A rule whose Judge panics is reported as a question.
func (s State) DiagnoseBy(rules Rules) Diagnosis { return s.diagnose(&rules) }

func (s State) diagnose(rules *Rules) Diagnosis {
	st, at := s.get(), s.moment()
	if st.Seq == 0 {
		return Rules{id: rules.id}.diagnosis(st.Cycle, 0, at, nil) // neither well nor ill
	}
	s.rules, s.sight = rules, s.sighted()
	if ended := s.LastMoved().Last(); st.Status == Abandoned && ended.Before(at) {
		s.at = ended
	}
	return rules.diagnosis(st.Cycle, st.Seq, at, func(r *Rule) Verdict { return r.Judge(s, *r) })
}

// Ask makes a diagnosis of what is said of each rule, as of a moment. It is for what a
// [State] does not hold, such as many cycles at once; the Judge of a rule is not asked. A
// rule of which ask panics is a question.
func (rs Rules) Ask(at time.Time, ask func(Rule) Verdict) Diagnosis {
	return rs.diagnosis("", 0, at, func(r *Rule) Verdict { return ask(r.clone()) })
}

func (rs Rules) diagnosis(cycle string, seq uint64, at time.Time, ask func(*Rule) Verdict) Diagnosis {
	d := Diagnosis{
		Cycle: cycle, Seq: seq, At: at, Rules: rs.id,
		Findings: []Finding{}, Strengths: []Strength{}, Contested: []Contest{}, Questions: []Question{},
	}
	verdicts := make([]Verdict, len(rs.rules))
	var of [Contested + 1]int // how many verdicts have an outcome; one that is none is asked about
	for i := range rs.rules {
		verdicts[i] = rs.rules[i].safely(ask)
		of[min(verdicts[i].Outcome, Contested)]++
	}
	d.Findings, d.Strengths = slices.Grow(d.Findings, of[Troubled]), slices.Grow(d.Strengths, of[Sound])
	d.Questions = slices.Grow(d.Questions, of[Unclear])
	for i, v := range verdicts {
		r := &rs.rules[i]
		switch v.Outcome {
		case Troubled:
			d.Findings = append(d.Findings, Finding{r.Code, r.Heading, r.Severity, language.Built(r.Sentence), v.Facts, language.Built(r.Remedy), strings.Join(r.Sources, ", ")})
		case Sound:
			if r.Strength != "" {
				d.Strengths = append(d.Strengths, Strength{r.Code, r.Heading, language.Built(r.Strength), v.Facts, strings.Join(r.Sources, ", ")})
			}
		case Contested:
			d.Contested = append(d.Contested, Contest{r.Code, r.Heading, language.Built(r.Asks), v.Facts, v.Against, strings.Join(r.Sources, ", ")})
		case NotDue:
		default:
			if v.Outcome != Unclear {
				v.Needs = []language.Text{language.Of("need.outcome", "n", int(v.Outcome))}
			}
			d.Questions = append(d.Questions, Question{r.Code, r.Heading, language.Built(r.Asks), v.Needs})
		}
	}
	slices.SortStableFunc(d.Findings, func(a, b Finding) int {
		return cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity))
	})
	return d
}

// ask has the rule judge a state.
func (r *Rule) ask(s State) Verdict {
	return r.safely(func(r *Rule) Verdict { return r.Judge(s, *r) })
}

// safely gives a verdict on the rule. A host's rule must not take the host down.
func (r *Rule) safely(ask func(*Rule) Verdict) (v Verdict) {
	defer func() {
		if p := recover(); p != nil {
			v = Verdict{Outcome: Unclear, Needs: []language.Text{language.Of("need.no-panic", "why", fault.Bounded(fmt.Sprint(p)))}}
		}
		// A host's rule may leave them out; JSON has them as lists all the same.
		if v.Facts == nil {
			v.Facts = []Fact{}
		}
		if v.Against == nil {
			v.Against = []Fact{}
		}
		if v.Needs == nil {
			v.Needs = []language.Text{}
		}
	}()
	return ask(r)
}

var diagnosisRoom = room{part: &lives, names: []vocabulary{names(headings), names(severities)}}
