package portfolio

import (
	"cmp"
	"context"
	_ "embed"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file makes a diagnosis over all cycles.

// The rules are data; what each looks at is in judges, by its code.
//
//go:embed data/portfolio-diagnosis-1.0.0.json
var diagnosisData []byte

var rules reformcycle.Rules

func init() { // the judges ask for the rules
	by := map[string]reformcycle.Judge{}
	for code := range judges { // of one state there is nothing to say
		by[code] = func(reformcycle.State, reformcycle.Rule) reformcycle.Verdict { return reformcycle.Verdict{} }
	}
	var err error
	if rules, err = reformcycle.ReadRules(diagnosisData, by); err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
}

// judges are what the rules look at.
var judges = map[string]func(*view, reformcycle.Rule) reformcycle.Verdict{
	"districts-late":       districtsLate,
	"common-hold":          commonHold,
	"common-finding":       commonFinding,
	"districts-held":       districtsHeld,
	"counted-twice":        countedTwice,
	"design-drifts":        designDrifts,
	"functions-contradict": functionsContradict,
}

// DiagnosisRules gives the rules over many cycles, "portfolio-diagnosis": seven, each with
// the source behind it. A host may leave some out, and set their numbers.
func DiagnosisRules() reformcycle.Rules { return rules }

// Diagnose says what is wrong with the cycles that may be seen, taken together, what is
// right, and what would have to be known to say more, by [DiagnosisRules]. See DiagnoseBy.
func (p *Portfolio) Diagnose(ctx context.Context, sees func(cycle string) bool) (reformcycle.Diagnosis, error) {
	return p.DiagnoseBy(ctx, sees, rules)
}

// DiagnoseBy judges the cycles by some of the rules, as a host has set their numbers. It is
// a diagnosis of no one cycle, as of the latest moment at which one was judged. Its facts
// are about cycles, criteria, functions, components, commitments and rules, by their ids. Cycles that can't be
// read, and children that are not in the journal, are asked about.
//
// Errors: [fault.Fields] where sees is nil, and for a rule that is not one of those of
// [DiagnosisRules]; what the journal and the context return.
func (p *Portfolio) DiagnoseBy(ctx context.Context, sees func(cycle string) bool, by reformcycle.Rules) (reformcycle.Diagnosis, error) {
	for r := range by.All() {
		if judges[r.Code] == nil {
			var codes []string
			for known := range rules.All() {
				codes = append(codes, known.Code)
			}
			return reformcycle.Diagnosis{}, fault.Refuse("rules", fault.Known, r.Code, fault.OneOf(codes))
		}
	}
	v, err := p.view(ctx, sees, (*viewed).lookLate, (*viewed).lookShared, (*viewed).lookOver)
	if err != nil {
		return reformcycle.Diagnosis{}, err
	}
	return by.Ask(v.at, func(r reformcycle.Rule) reformcycle.Verdict {
		if len(v.cycles)+len(v.silent) == 0 {
			return reformcycle.Verdict{}
		}
		return judges[r.Code](v, r)
	}), nil
}

// view is what was seen of many cycles, each looked at once.
type view struct {
	at      time.Time
	cycles  []viewed
	silent  []string        // by their names
	parents map[string]bool // cycles that others are the children of
	above   map[string]string
}

// viewed is what was seen of one. What is empty was not looked at.
type viewed struct {
	id, name, parent string
	national         bool
	stage, first     reformcycle.Stage
	status           reformcycle.Status

	since           date.Date
	stands          stay
	stays           []stay
	missed, perhaps []reformcycle.Deadline
	guards          []string
	checklist       *assessment.Checklist

	pledges []pledge

	adopts     bool
	departures []reformcycle.Departure
	findings   []reformcycle.Finding
	devolved   []reformcycle.Devolution
	held       reformcycle.Verdict
}

// view looks at all cycles that may be seen.
func (p *Portfolio) view(ctx context.Context, sees func(string) bool, look ...func(*viewed, reformcycle.State)) (*view, error) {
	v := &view{parents: map[string]bool{}, above: map[string]string{}}
	there := map[string]bool{}
	var named []reformcycle.Child
	err := p.each(ctx, sees, func(id string, s reformcycle.State, err error) {
		there[id] = true
		if err != nil {
			v.silent = append(v.silent, id)
			return
		}
		if at := s.JudgedAt(); at.After(v.at) {
			v.at = at
		}
		j, _ := s.Jurisdiction()
		c := viewed{id: id, name: cmp.Or(j.Name, s.Title(), id), national: j.Tier == reformcycle.National, stage: s.Stage(), status: s.Status()}
		if link, linked := s.Link(); linked {
			c.parent = link.Parent
			c.adopts = link.Design > 0
			v.parents[link.Parent] = true
		}
		for _, child := range s.Children().Children {
			v.parents[id] = true
			if v.above[child.Cycle] == "" {
				v.above[child.Cycle] = id
			}
			named = append(named, child)
		}
		for _, one := range look {
			one(&c, s)
		}
		v.cycles = append(v.cycles, c)
	})
	if err != nil {
		return nil, err
	}
	for _, child := range named {
		if !there[child.Cycle] && sees(child.Cycle) {
			there[child.Cycle] = true
			v.silent = append(v.silent, child.Name)
		}
	}
	return v, nil
}

// parent of a cycle, by its own link or by who names it first.
func (v *view) parent(c *viewed) string { return cmp.Or(c.parent, v.above[c.id]) }

// lookOver notes what the rules over all need of one cycle.
func (c *viewed) lookOver(s reformcycle.State) {
	c.departures, c.devolved = s.Departures(), s.Devolved()
	if s.Status() == reformcycle.Abandoned {
		return
	}
	d := s.Diagnose()
	c.findings = d.Findings
	if rule, ok := s.Rules().Rule(heldFromAbove); ok {
		c.held = verdictOn(d, rule.Code)
	}
}

// heldFromAbove is the rule of the core by which a district is held to what others decide.
const heldFromAbove = "held-from-above"

// verdictOn gives what a diagnosis says of one rule.
func verdictOn(d reformcycle.Diagnosis, code string) reformcycle.Verdict {
	for _, f := range d.Findings {
		if f.Code == code {
			return reformcycle.Verdict{Outcome: reformcycle.Troubled, Facts: f.Facts}
		}
	}
	for _, f := range d.Strengths {
		if f.Code == code {
			return reformcycle.Verdict{Outcome: reformcycle.Sound, Facts: f.Facts}
		}
	}
	for _, f := range d.Contested {
		if f.Code == code {
			return reformcycle.Verdict{Outcome: reformcycle.Contested, Facts: f.For, Against: f.Against}
		}
	}
	for _, q := range d.Questions {
		if q.Code == code {
			return reformcycle.Verdict{Outcome: reformcycle.Unclear, Needs: q.Needs}
		}
	}
	return reformcycle.Verdict{}
}

// namesTold is how many names a fact tells; it counts the others.
const namesTold = 10

// some of the names, and how many more there are.
func some(names []string) (list []language.Text) {
	for _, name := range names[:min(len(names), namesTold)] {
		list = append(list, language.Typed(name))
	}
	if more := len(names) - namesTold; more > 0 {
		list = append(list, language.Of("portfolio.more", "n", more))
	}
	return list
}

// unseen asks how the silent ones stand, beside what else is needed.
func (v *view) unseen(needs ...language.Text) reformcycle.Verdict {
	if len(v.silent) > 0 {
		needs = append(needs, language.Of("need.portfolio-silent", "n", len(v.silent), "names", some(v.silent)))
	}
	if len(needs) == 0 {
		return reformcycle.Verdict{}
	}
	return reformcycle.Verdict{Outcome: reformcycle.Unclear, Needs: needs}
}

func troubled(facts []reformcycle.Fact) reformcycle.Verdict {
	return reformcycle.Verdict{Outcome: reformcycle.Troubled, Facts: facts}
}

func sound(facts []reformcycle.Fact) reformcycle.Verdict {
	return reformcycle.Verdict{Outcome: reformcycle.Sound, Facts: facts}
}

// districtsLate: some are late for certain, against the others or against their plan.
func districtsLate(v *view, _ reformcycle.Rule) reformcycle.Verdict {
	var facts []reformcycle.Fact
	var perhaps []string
	list, all := v.late()
	for _, l := range list {
		if l.Against == date.Yes {
			facts = append(facts, reformcycle.Fact{About: "cycle", ID: l.Cycle, Says: language.Of("fact.portfolio-late",
				"cycle", l.Name, "stage", l.Stage.Told(), "since", l.Since.String(), "shorter", l.Shorter, "all", l.Shorter+l.Longer+l.Open)})
		}
		if len(l.Missed) > 0 {
			says := make([]language.Text, 0, len(l.Missed))
			for _, d := range l.Missed {
				says = append(says, language.Of("fact.portfolio-missed.one", "what", d.Says, "on", d.Latest.String()))
			}
			facts = append(facts, reformcycle.Fact{About: "cycle", ID: l.Cycle, Says: language.Of("fact.portfolio-missed", "cycle", l.Name, "missed", says)})
		}
		if !l.Certain() {
			perhaps = append(perhaps, l.Name)
		}
	}
	active := 0
	for i := range v.cycles {
		if v.cycles[i].status == reformcycle.Active {
			active++
		}
	}
	switch {
	case facts != nil:
		return troubled(facts)
	case perhaps != nil:
		return v.unseen(language.Of("need.portfolio-dates", "names", some(perhaps)))
	case active == 0 || len(v.silent) > 0:
		return v.unseen()
	case all:
		return sound([]reformcycle.Fact{{About: "cycle", Says: language.Of("fact.portfolio-in-time", "n", active)}})
	}
	return reformcycle.Verdict{}
}

// commonHold: one guard stands before most of the cycles below the nation.
func commonHold(v *view, r reformcycle.Rule) reformcycle.Verdict {
	before, asks := map[string][]string{}, map[string]language.Text{}
	active := 0
	for i := range v.cycles {
		c := &v.cycles[i]
		if c.national || c.status != reformcycle.Active {
			continue
		}
		active++
		for _, guard := range c.guards {
			before[guard] = append(before[guard], c.name)
			asks[guard] = c.asks(guard)
		}
	}
	return v.most("criterion", "fact.portfolio-hold", before, active, r.Value("share"), func(guard string) language.Text { return asks[guard] })
}

// commonFinding: the diagnosis of most of the cycles finds the same.
func commonFinding(v *view, r reformcycle.Rule) reformcycle.Verdict {
	in := map[string][]string{}
	says := map[string]language.Text{}
	all := 0
	for i := range v.cycles {
		c := &v.cycles[i]
		if c.status == reformcycle.Abandoned {
			continue
		}
		all++
		for _, f := range c.findings {
			in[f.Code] = append(in[f.Code], c.name)
			says[f.Code] = f.Sentence
		}
	}
	return v.most("rule", "fact.portfolio-finding", in, all, r.Value("share"), func(code string) language.Text { return says[code] })
}

// most tells what is so of more than a share of the cycles, of those that are in the most
// first: for certain, or, where some are silent, perhaps.
func (v *view) most(about, fact string, in map[string][]string, all int, share float64, says func(id string) language.Text) reformcycle.Verdict {
	var ids []string
	for id := range in {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(len(in[b]), len(in[a])), cmp.Compare(a, b)) })
	var facts []reformcycle.Fact
	whole, perhaps := all+len(v.silent), len(v.silent) > 0 && float64(len(v.silent)) > share*float64(all+len(v.silent))
	for _, id := range ids {
		n := len(in[id])
		if n >= leastAlike && float64(n) > share*float64(whole) {
			facts = append(facts, reformcycle.Fact{About: about, ID: id, Says: language.Of(fact, "what", says(id), "n", n, "all", whole, "names", some(in[id]))})
		}
		perhaps = perhaps || len(v.silent) > 0 && float64(n+len(v.silent)) > share*float64(whole)
	}
	switch {
	case facts != nil:
		return troubled(facts)
	case perhaps:
		return v.unseen()
	case all >= leastAlike:
		return sound([]reformcycle.Fact{{About: "cycle", Says: language.Of("fact.portfolio-apart", "n", all)}})
	}
	return reformcycle.Verdict{}
}

// asks is what a guard of a cycle asks for, as people read it.
func (c *viewed) asks(guard string) language.Text {
	if criterion, ok := c.checklist.Criterion(guard); ok {
		short := language.Of("picture.criterion." + guard)
		if _, named := language.Texts().Entry(short.ID); named {
			return short
		}
		return language.Built(criterion.Text)
	}
	switch guard {
	case reformcycle.CoalitionVeto:
		return language.Of("brief.veto")
	case reformcycle.ParentUnready:
		return language.Of("national.parent-unready")
	}
	return language.Typed(guard)
}

// leastAlike is how many cycles are needed for something to be common.
const leastAlike = 3

// districtsHeld: by its own diagnosis, a cycle is held to what wider tiers decide.
func districtsHeld(v *view, _ reformcycle.Rule) reformcycle.Verdict {
	held := map[string][]string{} // by function, the cycles
	of := map[reformcycle.RuleOutcome][]string{}
	for i := range v.cycles {
		c := &v.cycles[i]
		of[c.held.Outcome] = append(of[c.held.Outcome], c.name)
		if c.held.Outcome != reformcycle.Troubled {
			continue
		}
		for _, f := range c.held.Facts {
			if f.About == "function" && !slices.Contains(held[f.ID], c.name) {
				held[f.ID] = append(held[f.ID], c.name)
			}
		}
	}
	var facts []reformcycle.Fact
	for _, f := range reformcycle.Functions() {
		if names := held[string(f)]; names != nil {
			facts = append(facts, reformcycle.Fact{About: "function", ID: string(f), Says: language.Of("fact.portfolio-held", "function", f.Told(), "n", len(names), "names", some(names))})
		}
	}
	switch {
	case facts != nil:
		return troubled(facts)
	case of[reformcycle.Contested] != nil || of[reformcycle.Unclear] != nil:
		var needs []language.Text
		if names := of[reformcycle.Contested]; names != nil {
			needs = append(needs, language.Of("need.portfolio-contested", "names", some(names)))
		}
		if names := of[reformcycle.Unclear]; names != nil {
			needs = append(needs, language.Of("need.portfolio-functions", "names", some(names)))
		}
		return v.unseen(needs...)
	case of[reformcycle.Sound] == nil:
	case len(v.silent) > 0:
		return v.unseen()
	default:
		names := of[reformcycle.Sound]
		return sound([]reformcycle.Fact{{About: "cycle", Says: language.Of("fact.portfolio-free", "n", len(names), "names", some(names))}})
	}
	return reformcycle.Verdict{}
}

// countedTwice: cycles count on more of a commitment than there is.
func countedTwice(v *view, _ reformcycle.Rule) reformcycle.Verdict {
	var twice, parts []reformcycle.Fact
	var needs []language.Text
	for _, s := range v.shared() {
		switch args := []any{"who", s.Who, "commitment", s.Commitment, "unit", s.Unit, "names", some(s.Names), "counted", amount(s.Counted)}; s.Twice {
		case date.Open:
			needs = append(needs, language.Of("need.portfolio-shared", append(args, "n", len(s.Cycles))...))
		default:
			fact := reformcycle.Fact{About: "commitment", ID: s.Commitment, Says: language.Of("fact.portfolio-shared", append(args, "pledged", amount(s.Pledged), "whole", s.Whole)...)}
			if s.Twice == date.Yes {
				twice = append(twice, fact)
			} else {
				parts = append(parts, fact)
			}
		}
	}
	switch {
	case twice != nil:
		return troubled(twice)
	case needs != nil:
		return v.unseen(needs...)
	case parts != nil && len(v.silent) == 0:
		return sound(parts)
	case parts != nil:
		return v.unseen()
	}
	return reformcycle.Verdict{}
}

// amount as an argument of a text, as a whole number where it is one.
func amount(x float64) any {
	if whole := int64(x); float64(whole) == x {
		return whole
	}
	return x
}

// designDrifts: cycles depart from the design that they adopt, and nobody decided it.
func designDrifts(v *view, _ reformcycle.Rule) reformcycle.Verdict {
	drift, adapted := map[reformcycle.Component][]string{}, map[reformcycle.Component][]string{}
	var adopt, silent []string
	for i := range v.cycles {
		c := &v.cycles[i]
		if !c.adopts || c.status == reformcycle.Abandoned {
			continue
		}
		if adopt = append(adopt, c.name); len(c.departures) == 0 {
			silent = append(silent, c.name)
		}
		for _, d := range c.departures {
			if d.Kind == reformcycle.Drifted {
				drift[d.Component] = append(drift[d.Component], c.name)
			} else {
				adapted[d.Component] = append(adapted[d.Component], c.name)
			}
		}
	}
	tell := func(fact string, in map[reformcycle.Component][]string) (facts []reformcycle.Fact) {
		for _, component := range reformcycle.Components() {
			if names := in[component]; names != nil {
				facts = append(facts, reformcycle.Fact{About: "component", ID: string(component), Says: language.Of(fact, "component", component.Told(), "n", len(names), "names", some(names))})
			}
		}
		slices.SortStableFunc(facts, func(a, b reformcycle.Fact) int {
			return cmp.Compare(len(in[reformcycle.Component(b.ID)]), len(in[reformcycle.Component(a.ID)]))
		})
		return facts
	}
	switch {
	case len(drift) > 0:
		return troubled(tell("fact.portfolio-drift", drift))
	case silent != nil:
		return v.unseen(language.Of("need.portfolio-departures", "names", some(silent)))
	case adopt != nil && len(v.silent) == 0:
		return sound(tell("fact.portfolio-adapted", adapted))
	case adopt != nil:
		return v.unseen()
	}
	return reformcycle.Verdict{}
}

// functionsContradict: a child and its parent record otherwise who decides a function.
func functionsContradict(v *view, _ reformcycle.Rule) reformcycle.Verdict {
	at := map[string]*viewed{}
	for i := range v.cycles {
		at[v.cycles[i].id] = &v.cycles[i]
	}
	apart, same := map[reformcycle.Function][]string{}, map[reformcycle.Function][]string{}
	for i := range v.cycles {
		c := &v.cycles[i]
		parent := at[v.parent(c)]
		if parent == nil {
			continue
		}
		for _, own := range c.devolved {
			for _, theirs := range parent.devolved {
				switch {
				case own.Function != theirs.Function:
				case sameTiers(own.Tiers, theirs.Tiers):
					same[own.Function] = append(same[own.Function], c.name)
				default:
					apart[own.Function] = append(apart[own.Function], c.name)
				}
			}
		}
	}
	tell := func(fact string, in map[reformcycle.Function][]string) (facts []reformcycle.Fact) {
		for _, f := range reformcycle.Functions() {
			if names := in[f]; names != nil {
				facts = append(facts, reformcycle.Fact{About: "function", ID: string(f), Says: language.Of(fact, "function", f.Told(), "n", len(names), "names", some(names))})
			}
		}
		return facts
	}
	switch {
	case len(apart) > 0:
		return troubled(tell("fact.portfolio-otherwise", apart))
	case len(same) > 0 && len(v.silent) == 0:
		return sound(tell("fact.portfolio-same", same))
	case len(same) > 0:
		return v.unseen()
	}
	return reformcycle.Verdict{}
}

func sameTiers(a, b []reformcycle.Tier) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(t reformcycle.Tier) bool { return !slices.Contains(b, t) })
}
