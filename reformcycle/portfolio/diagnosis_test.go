package portfolio_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

// onward passes a stage by override.
func (o *office) onward(ids ...string) {
	for _, id := range ids {
		o.apply(id, reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now"}})
	}
}

func ministry(commitments ...stakeholders.Commitment) reformcycle.EngageActor {
	return reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "moh", Name: "Ministry of Health", Constituency: stakeholders.MinistryOfHealth, Member: true, Commitments: commitments}}
}

func money(id string, pledged float64) stakeholders.Commitment {
	return stakeholders.Commitment{ID: id, Resource: stakeholders.Money, Unit: "USD", Pledged: pledged}
}

func devolve(f reformcycle.Function, to ...reformcycle.Tier) reformcycle.Devolve {
	return reformcycle.Devolve{Devolution: reformcycle.Devolution{Function: f, Tiers: to, Source: "test"}}
}

// saysOf tells the outcome of a rule, and what it rests on.
func saysOf(t require.TestingT, d reformcycle.Diagnosis, code string) (string, []string) {
	var says []string
	for _, f := range d.Findings {
		if f.Code == code {
			for _, fact := range f.Facts {
				says = append(says, fact.Says.String())
			}
			return "finding", says
		}
	}
	for _, f := range d.Strengths {
		if f.Code == code {
			for _, fact := range f.Facts {
				says = append(says, fact.Says.String())
			}
			return "strength", says
		}
	}
	for _, q := range d.Questions {
		if q.Code == code {
			for _, need := range q.Needs {
				says = append(says, need.String())
			}
			return "question", says
		}
	}
	require.Empty(t, d.Contested)
	return "silent", nil
}

func (o *office) says(code string) (string, []string) {
	d, err := o.Diagnose(background, portfolio.Everything)
	require.NoError(o, err)
	return saysOf(o, d, code)
}

func (o *office) expect(code, outcome string, says ...string) {
	o.Helper()
	got, told := o.says(code)
	assert.Equal(o, outcome, got, code)
	assert.Equal(o, says, told, code)
}

// Each cell of each rule, but for those that say "never", has its portfolio.
func TestTheRulesOverAllGiveEachVerdict(t *testing.T) {
	silent := "how these stand (1): C x"
	fresh := func() *office { return opened(t, journal.NewMemory()) }
	adopting := reformcycle.LinkParent{Link: reformcycle.Link{Parent: "n", Held: reformcycle.Asks, Design: 3}}
	linked := reformcycle.LinkParent{Link: reformcycle.Link{Parent: "n", Held: reformcycle.Asks}}
	departs := func(kind reformcycle.DepartureKind) reformcycle.Depart {
		return reformcycle.Depart{Departure: reformcycle.Departure{Component: "supervision", Kind: kind, Reason: "So"}}
	}
	seen := map[string]map[string]bool{}
	check := func(o *office, code, outcome string, says ...string) {
		t.Helper()
		o.expect(code, outcome, says...)
		if seen[code] == nil {
			seen[code] = map[string]bool{}
		}
		seen[code][outcome] = true
	}
	naming1 := naming(reformcycle.Child{Cycle: "x", Name: "C x"})

	// Nothing is neither well nor ill.
	o := fresh()
	for r := range portfolio.DiagnosisRules().All() {
		check(o, r.Code, "silent")
	}

	// Five begin together; four go on.
	o = fresh()
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		o.begin(id, reformcycle.ProblemPrioritization, place(id, reformcycle.District, "", 1), ministry())
	}
	o.day = 30
	o.onward("a", "b", "c", "d")
	check(o, "districts-late", "silent")
	o.day = 31
	check(o, "districts-late", "finding", "e: at this stage since 15 January 2020: problem prioritization (stays of others: 4, of these shorter: 4)")
	o.onward("e")
	o.day = 32
	check(o, "districts-late", "strength", "reforms under way that are not late: 5")
	o.begin("n", reformcycle.ProblemPrioritization, naming1)
	check(o, "districts-late", "question", silent)

	// Against the plan.
	o = fresh()
	o.begin("a", reformcycle.ProgramReadiness, place("a", reformcycle.District, "", 1), reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "p", Name: "North", Areas: []string{"North"}, Start: date.MustParse("2020-02")}})
	check(o, "districts-late", "silent")
	o.day = 20 // 4 February
	check(o, "districts-late", "question", "the days from which, or by which, of these: a")
	o.day = 50
	check(o, "districts-late", "finding", "a: behind its plan: the planned start of a phase of the rollout: North (29 February 2020)")

	// What is common.
	o = fresh()
	for _, id := range []string{"a", "b", "c"} {
		o.begin(id, reformcycle.ProblemPrioritization, place(id, reformcycle.District, "", 1))
	}
	got, says := o.says("common-hold")
	require.Equal(t, "finding", got)
	needs := "holds back 3 of 3: " + language.Of("picture.criterion.problem.needs").String() + " – a, b, c"
	require.Contains(t, says, needs, "as people read it, and not by its id")
	seen["common-hold"]["finding"] = true
	o.apply("c", reformcycle.Rate{Criterion: "problem.needs", Level: assessment.Functional, Evidence: assessment.Evidence{What: "Seen", Source: "test", Basis: assessment.Illustrative}})
	_, says = o.says("common-hold")
	require.NotContains(t, strings.Join(says, "\n"), language.Of("picture.criterion.problem.needs").String(), "two are no three")
	o = fresh()
	for i, id := range []string{"a", "b", "c"} {
		o.begin(id, reformcycle.Stage(1+2*i), place(id, reformcycle.District, "", 1))
	}
	check(o, "common-hold", "strength", "reforms that were compared: 3")
	o.begin("n", reformcycle.Launch, place("n", reformcycle.National, "", 1), naming(reformcycle.Child{Cycle: "x", Name: "C x"}, reformcycle.Child{Cycle: "y", Name: "C y"}, reformcycle.Child{Cycle: "z", Name: "C z"}))
	check(o, "common-hold", "question", "how these stand (3): C x, C y, C z")

	o = fresh()
	o.begin("a", reformcycle.ProblemPrioritization)
	o.begin("b", reformcycle.ProblemPrioritization)
	check(o, "common-finding", "silent")
	o.begin("c", reformcycle.ProblemPrioritization)
	check(o, "common-finding", "strength", "reforms that were compared: 3")
	o.day = 700
	check(o, "common-finding", "finding", "3 of 3: The reform stands still: nothing has moved it for longer than its stage usually takes. – a, b, c")
	o.begin("n", reformcycle.ProblemPrioritization, naming(reformcycle.Child{Cycle: "x", Name: "C x"}, reformcycle.Child{Cycle: "y", Name: "C y"}, reformcycle.Child{Cycle: "z", Name: "C z"}))
	check(o, "common-finding", "question", "how these stand (3): C x, C y, C z")

	// Who decides what.
	unmet := reformcycle.Rate{Criterion: "launch.supply-lines", Level: assessment.NonFunctional, Evidence: assessment.Evidence{What: "Seen", Source: "test", Basis: assessment.Illustrative}}
	o = fresh()
	o.begin("a", reformcycle.Launch, place("a", reformcycle.District, "", 1), unmet)
	check(o, "districts-held", "question", "who decides what stands in the way of these: a")
	o.apply("a", devolve("supplies", "district"))
	check(o, "districts-held", "strength", "can decide it themselves (1): a")
	o.begin("b", reformcycle.Launch, place("b", reformcycle.District, "", 1), unmet, devolve("supplies", "national"))
	check(o, "districts-held", "finding", "districts held by whoever decides this function, supplies (1): b")

	o = fresh()
	o.begin("n", reformcycle.Launch, devolve("supplies", "national"))
	o.begin("a", reformcycle.Launch, linked, devolve("supplies", "national"))
	check(o, "functions-contradict", "strength", "on this function, supplies, the same as the parent (1): a")
	o.apply("n", naming1)
	check(o, "functions-contradict", "question", silent)
	o.apply("a", devolve("supplies", "district"))
	check(o, "functions-contradict", "finding", "on this function, supplies, otherwise than the parent (1): a")

	// What is counted on.
	o = fresh()
	o.begin("a", reformcycle.Launch, linked, ministry(money("grant", 60)))
	o.begin("b", reformcycle.Launch, linked, ministry(money("grant", 50)))
	check(o, "counted-twice", "silent")
	o.begin("c", reformcycle.Launch, linked, ministry(money("gift", 50)))
	check(o, "counted-twice", "question", "whether this is one commitment or 2, 100 USD together: Ministry of Health (grant), on record with b, c")
	o.begin("n", reformcycle.Launch, ministry(money("grant", 110)))
	check(o, "counted-twice", "strength", "Ministry of Health (grant): 110 USD on record in n; counted on together: 110 USD, by a, b")
	o.apply("c", reformcycle.Abandon{Reason: "No mandate"})
	o.begin("d", reformcycle.Launch, linked, ministry(money("grant", 1)))
	check(o, "counted-twice", "finding", "Ministry of Health (grant): 110 USD on record in n; counted on together: 111 USD, by a, b, d")

	// Drift.
	o = fresh()
	o.begin("a", reformcycle.Launch, adopting)
	check(o, "design-drifts", "question", "where these depart from the design that they adopt: a")
	o.apply("a", departs(reformcycle.Adapted))
	check(o, "design-drifts", "strength", "adaptation of this component, supervision (1): a")
	o.begin("b", reformcycle.Launch, adopting, departs(reformcycle.Drifted))
	check(o, "design-drifts", "finding", "drift in this component, supervision (1): b")

	for r := range portfolio.DiagnosisRules().All() {
		for outcome, ground := range map[string]reformcycle.Ground{"finding": r.Grounds.Finding, "strength": r.Grounds.Strength, "question": r.Grounds.Question, "silent": r.Grounds.Silent, "contested": r.Grounds.Contested} {
			assert.NotEqual(t, ground.When == "", ground.Never == "", "%s/%s", r.Code, outcome)
			assert.Equal(t, ground.Never == "", seen[r.Code][outcome], "%s/%s", r.Code, outcome)
		}
	}
}

// Whatever the days of what is known roughly are, who is late for certain is, and who may
// not be is not: held against each stay, one by one.
func TestLatenessHoldsOverEveryDayThatMayBe(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := opened(t, journal.NewMemory())
		n := rapid.IntRange(3, 9).Draw(r, "cycles")
		type one struct{ from, to date.Date } // to is zero while it stands
		stands := map[string]one{}
		for i := range n {
			id := string(rune('a' + i))
			from := rapid.SampledFrom([]string{"2020", "2020-03", "2020-05-01", "2020-05-20", "2021-02-03"}).Draw(r, "from")
			o.day = 365 * 2
			c, err := reformcycle.New(id, reformcycle.WithJournal(o.watched), reformcycle.WithClock(o.clock))
			require.NoError(t, err)
			_, err = c.Apply(background, by.On(date.MustParse(from)), place(id, reformcycle.District, "", 1), ministry())
			require.NoError(t, err)
			s := one{from: date.MustParse(from)}
			if rapid.Bool().Draw(r, "over") {
				to := rapid.SampledFrom([]string{"2021-03-01", "2021-05", "2021-09-09"}).Draw(r, "to")
				s.to = date.MustParse(to)
				_, err = c.Apply(background, by.On(s.to), reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now"}})
				require.NoError(t, err)
			}
			stands[id] = s
		}
		late, err := o.Late(background, portfolio.Everything)
		require.NoError(t, err)
		today := date.Of(o.clock())
		for id, s := range stands {
			if !s.to.IsZero() {
				continue
			}
			// As far as it can be pushed: its own stay short and the others long, or the
			// other way round; who still stands there may stay for ever, or leave today.
			days := func(a, b date.Date, most bool) int {
				if most {
					return int(b.Last().Sub(a.First()).Hours() / 24)
				}
				return max(0, int(b.First().Sub(a.Last()).Hours()/24))
			}
			surely, perhaps, others := 0, 0, 0
			for other, o := range stands {
				if other == id {
					continue
				}
				others++
				if !o.to.IsZero() && days(o.from, o.to, true) < days(s.from, today, false) {
					surely++
				}
				end := o.to
				if end.IsZero() {
					end = today
				}
				if days(o.from, end, false) < days(s.from, today, true) {
					perhaps++
				}
			}
			want := date.No
			switch {
			case others < 4:
			case surely*4 > others*3:
				want = date.Yes
			case perhaps*4 > others*3:
				want = date.Open
			}
			got := date.No
			if i := slices.IndexFunc(late, func(l portfolio.Late) bool { return l.Cycle == id && l.Stage == reformcycle.ProblemPrioritization }); i >= 0 {
				got = late[i].Against
			}
			require.Equal(t, want, got, "%s of %v", id, stands)
		}
	})
}

// Who was first recorded at a later stage went through the earlier ones in a time of its
// own, who came back stands there since then, and who is silent may be anywhere.
func TestWhatIsNotKnownOfAStayIsOpen(t *testing.T) {
	o := opened(t, journal.NewMemory())
	o.begin("a", reformcycle.ProblemPrioritization, place("a", reformcycle.District, "", 1))
	for _, id := range []string{"b", "c", "d", "e"} {
		o.begin(id, reformcycle.Launch, place(id, reformcycle.District, "", 1))
	}
	o.day = 100
	late, err := o.Late(background, portfolio.Everything)
	require.NoError(t, err)
	require.Len(t, late, 1)
	assert.Equal(t, portfolio.Late{Cycle: "a", Name: "a", Stage: 1, Since: date.MustParse("2020-01-15"), Against: date.Open, Open: 4, Guards: late[0].Guards}, late[0])
	assert.False(t, late[0].Certain())

	o = opened(t, journal.NewMemory())
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		o.begin(id, reformcycle.ProblemPrioritization, place(id, reformcycle.District, "", 1), ministry())
	}
	o.day = 10
	o.onward("a", "b", "c", "d", "e")
	o.day = 15
	o.apply("e", reformcycle.Revisit{To: reformcycle.ProblemPrioritization, Reason: "Again"})
	o.day = 24
	late, err = o.Late(background, portfolio.Everything)
	require.NoError(t, err)
	require.Empty(t, late, "nine days since it came back are no more than ten")
	o.day = 26
	late, err = o.Late(background, portfolio.Everything)
	require.NoError(t, err)
	require.Len(t, late, 1)
	assert.Equal(t, "2020-01-30", late[0].Since.String())
	assert.Equal(t, [4]any{date.Yes, 4, 0, 0}, [4]any{late[0].Against, late[0].Shorter, late[0].Longer, late[0].Open})
	o.begin("n", reformcycle.Launch, naming(child("x", 0), child("y", 0)))
	late, err = o.Late(background, portfolio.Everything)
	require.NoError(t, err)
	assert.Equal(t, [4]any{date.Open, 4, 0, 3}, [4]any{late[0].Against, late[0].Shorter, late[0].Longer, late[0].Open}, "two are silent, and one was not seen there")
}

// Names of one actor differ in case and space; actors of another constituency, resource,
// unit, amount or time are others, and what has ended is counted on no more.
func TestWhichCommitmentsMayBeOne(t *testing.T) {
	base := money("grant", 5)
	with := func(change func(*stakeholders.Commitment)) reformcycle.EngageActor {
		c := base
		change(&c)
		return ministry(c)
	}
	renamed := ministry(base)
	renamed.Actor.ID, renamed.Actor.Name = "x", "ministry OF health"
	other := ministry(base)
	other.Actor.Constituency = stakeholders.OtherMinistry
	for name, c := range map[string]struct {
		second reformcycle.EngageActor
		one    bool
	}{
		"the same":       {ministry(base), true},
		"another id":     {with(func(c *stakeholders.Commitment) { c.ID = "loan" }), true},
		"another name":   {renamed, true},
		"another actor":  {other, false},
		"another amount": {with(func(c *stakeholders.Commitment) { c.Pledged = 6 }), false},
		"another unit":   {with(func(c *stakeholders.Commitment) { c.Unit = "KES" }), false},
		"another thing":  {with(func(c *stakeholders.Commitment) { c.Resource = stakeholders.TechnicalHelp }), false},
		"other days":     {with(func(c *stakeholders.Commitment) { c.To = date.MustParse("2030") }), false},
		"none at all":    {ministry(), false},
	} {
		o := opened(t, journal.NewMemory())
		o.begin("a", reformcycle.Launch, ministry(base))
		o.begin("b", reformcycle.Launch, c.second)
		shared, err := o.Shared(background, portfolio.Everything)
		require.NoError(t, err)
		if !c.one {
			assert.Empty(t, shared, name)
			continue
		}
		require.Len(t, shared, 1, name)
		assert.Equal(t, portfolio.Shared{Who: "Ministry of Health", Commitment: "grant", Resource: stakeholders.Money, Unit: "USD", Cycles: []string{"a", "b"}, Names: []string{"a", "b"}, Counted: 10}, shared[0], name)
		shared, err = o.Shared(background, func(id string) bool { return id == "b" })
		require.NoError(t, err)
		assert.Empty(t, shared, "of what may not be seen nothing is said")
	}

	// A whole that is shared out to the last cent is not counted twice, whatever adding loses.
	o := opened(t, journal.NewMemory())
	o.begin("n", reformcycle.Launch, ministry(money("grant", 0.3)))
	for i := range 3 { // 0.1 + 0.1 + 0.1 is more than 0.3 in binary
		o.begin(fmt.Sprint("d", i), reformcycle.Launch, reformcycle.LinkParent{Link: reformcycle.Link{Parent: "n", Held: reformcycle.Asks}}, ministry(money("grant", 0.1)))
	}
	shared, err := o.Shared(background, portfolio.Everything)
	require.NoError(t, err)
	require.Len(t, shared, 1)
	assert.Equal(t, date.No, shared[0].Twice)
}

func TestADiagnosisOverAllIsOfTheRulesThatItHas(t *testing.T) {
	o := opened(t, journal.NewMemory())
	_, err := o.DiagnoseBy(background, portfolio.Everything, reformcycle.DiagnosisRules())
	require.Equal(t, "rules", fault.Of(err)[0].Path)
	_, err = o.Diagnose(background, nil)
	require.Error(t, err)
	fewer, err := portfolio.DiagnosisRules().Without("counted-twice")
	require.NoError(t, err)
	_, err = o.DiagnoseBy(background, portfolio.Everything, fewer)
	require.NoError(t, err)
	for r := range portfolio.DiagnosisRules().All() {
		for _, key := range r.Sources {
			s, known := portfolio.DiagnosisRules().Source(key)
			require.True(t, known, key)
			theirs, _ := reformcycle.DiagnosisRules().Source(key)
			require.Equal(t, theirs, s)
		}
	}
}

// manyDistricts are a nation and districts districts of all kinds.
func manyDistricts(t testing.TB, n int) *office {
	o := opened(t, journal.NewMemory(), portfolio.WithOpen(max(1, n+1)))
	o.begin("n", reformcycle.Launch, place("n", reformcycle.National, "", 0), naming(reformcycle.Child{Cycle: "x", Name: "County X"}), ministry(money("grant", 7)), devolve("supplies", "national"))
	for i := range n {
		id := fmt.Sprintf("d%05d", i)
		o.day = i % 700
		changes := []reformcycle.Change{
			place(id, reformcycle.District, "n", 1), reformcycle.LinkParent{Link: reformcycle.Link{Parent: "n", Held: reformcycle.Asks, Design: 2, Months: 3}},
			ministry(money("grant", 5), money(fmt.Sprint("own", i), float64(i+1)), stakeholders.Commitment{ID: "loan", Resource: stakeholders.Money, Unit: "USD", Pledged: 3, To: date.MustParse("2020-06")}),
		}
		if i%3 == 0 {
			changes = append(changes, reformcycle.Depart{Departure: reformcycle.Departure{Component: "supervision", Kind: reformcycle.Drifted, Reason: "So"}}, devolve("supplies", "district"))
		}
		o.begin(id, reformcycle.Stage(1+i%8), changes...)
	}
	o.day = 800
	return o
}

// Nothing is in English but names, the same portfolio says the same, and no fact tells more
// names than a page has room for.
func TestADiagnosisOverAllIsToldInALanguage(t *testing.T) {
	o := manyDistricts(t, 60)
	d, err := o.Diagnose(background, portfolio.Everything)
	require.NoError(t, err)
	again, err := o.Diagnose(background, portfolio.Everything)
	require.NoError(t, err)
	require.Equal(t, d, again)
	require.NotEmpty(t, d.Findings)
	l := languagetest.Accented(nil)
	var told strings.Builder
	for _, f := range d.Findings {
		told.WriteString(l.Say(f.Told()) + "\n")
		for _, fact := range f.Facts {
			require.Less(t, len(fact.Says.String()), 700, fact.Says.String())
		}
	}
	for _, q := range d.Questions {
		told.WriteString(l.Say(q.Told()) + "\n")
	}
	typed := []string{"County X", "Ministry of Health", "USD", "grant", "loan", "n", "own"}
	for i := range 60 {
		typed = append(typed, fmt.Sprintf("d%05d", i), fmt.Sprint("own", i))
	}
	for r := range portfolio.DiagnosisRules().All() {
		typed = append(append(typed, r.Code), r.Sources...)
	}
	for _, c := range reformcycle.ReformChecklist().Spec().Criteria {
		typed = append(typed, c.ID)
	}
	require.Empty(t, languagetest.Leaks(told.String(), typed...))
}

func BenchmarkDiagnoseAThousand(b *testing.B) {
	o := manyDistricts(b, 1000)
	for b.Loop() {
		if _, err := o.Diagnose(background, portfolio.Everything); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDueOfAThousand(b *testing.B) {
	o := manyDistricts(b, 1000)
	for b.Loop() {
		if _, err := o.Due(background, portfolio.Everything, date.Date{}, date.Date{}); err != nil {
			b.Fatal(err)
		}
	}
}
