package frameworks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/reformcycle/date"
)

// tool is a made-up framework. An item is "id" or "id>target target…"; one that
// starts with "=" is derived.
func tool(t require.TestingT, name string, items ...string) *frameworks.Framework {
	var list []string
	for _, item := range items {
		id, targets, _ := strings.Cut(item, ">")
		kind := "rated"
		if rest, derived := strings.CutPrefix(id, "="); derived {
			id, kind = rest, "derived"
		}
		var same []string
		for _, target := range strings.Fields(targets) {
			same = append(same, fmt.Sprintf(`{"item": %q, "note": {"en": "%s as %s:%s"}}`, target, target, name, id))
		}
		list = append(list, fmt.Sprintf(`{"id": %q, "section": "s", "text": {"en": "It holds."}, "kind": %q, "sources": ["model"], "same_as": [%s]}`,
			id, kind, strings.Join(same, ", ")))
	}
	f, err := frameworks.Parse(fmt.Appendf(nil, `{"name": %q, "version": "1", "title": {"en": "T"}, "about": {"en": "Illustrative."}, "licence": {"en": "None."},
		"sources": [{"key": "model", "citation": "Made up.", "link": "", "seen": ""}], "sections": [{"id": "s", "title": {"en": "S"}}], "items": [%s]}`,
		name, strings.Join(list, ", ")))
	require.NoError(t, err)
	return f
}

func joined(t testing.TB, all ...*frameworks.Framework) *frameworks.Crosswalk {
	t.Helper()
	c, err := frameworks.NewCrosswalk(all...)
	require.NoError(t, err)
	return c
}

func named(same []frameworks.Counterpart) (names []string) {
	for _, l := range same {
		names = append(names, l.String())
	}
	return names
}

func rating(item string, l assessment.Level) assessment.Rating {
	return assessment.Rating{Criterion: item, Level: l, Evidence: assessment.Evidence{
		What: "Seen.", Source: "a made-up visit", Basis: assessment.Illustrative, By: "A team", On: date.MustParse("2024-05-03"),
	}}
}

func TestTheBuiltInFrameworksJoin(t *testing.T) {
	c := joined(t, slices.Collect(frameworks.All())...)
	assert.Equal(t, []string{"reform-readiness@1.0.0:launch.supervision", "who-2018@1.0.0:supportive-supervision"}, named(c.Counterparts("chw-aim", "supervision")))
	// Each of the Three Ones is a criterion of governance.
	for one, criterion := range map[string]string{"strategy": "governance.strategy", "authority": "governance.authority", "accountability": "governance.accountability"} {
		assert.Equal(t, []string{"reform-readiness@1.0.0:" + criterion}, named(c.Counterparts("three-ones@1.0.0", one)))
		assert.Equal(t, []string{"three-ones@1.0.0:" + one}, named(c.Counterparts("reform-readiness", criterion)))
	}
	for f := range frameworks.All() {
		for _, it := range f.Items() {
			for _, l := range c.Counterparts(f.Name(), it.ID) {
				assert.NotEmpty(t, l.Note.String())
				name, _, _ := strings.Cut(l.Framework, "@")
				assert.Contains(t, named(c.Counterparts(name, l.Item)), f.ID()+":"+it.ID, "and back")
			}
		}
	}
}

// A framework has something in common with another, or says why it has not. Each
// correspondence has a reason of its own, in a sentence; both ends are there and
// neither is the other, or the frameworks would not join.
func TestEveryBuiltInFrameworkCorrespondsOrSaysWhyNot(t *testing.T) {
	c := joined(t, slices.Collect(frameworks.All())...)
	for f := range frameworks.All() {
		linked := 0
		for _, it := range f.Items() {
			linked += len(c.Counterparts(f.Name(), it.ID))
			for i, same := range it.SameAs {
				reason := same.Note.String()
				assert.True(t, strings.HasSuffix(reason, "."), "%s:%s: %q", f.Name(), it.ID, reason)
				assert.NotContains(t, it.SameAs[:i], same)
				assert.NotEqual(t, it.Text.String(), reason, "a reason says how the two are read, and not what one asks")
			}
		}
		if linked == 0 {
			assert.Contains(t, f.About().String(), "Nothing in the other frameworks corresponds to it: ", f.ID())
		} else {
			assert.NotContains(t, f.About().String(), "corresponds", f.ID())
		}
	}
}

func TestACorrespondenceIsReadInBothDirectionsAndReachesNoFurther(t *testing.T) {
	a, b, d := tool(t, "a", "x>b:x", "y"), tool(t, "b", "x>d:x", "y"), tool(t, "d", "x", "y")
	c := joined(t, a, b, d)
	assert.Equal(t, []string{"b@1:x"}, named(c.Counterparts("a", "x")), "d asks the same as b, and is not a's")
	assert.Equal(t, []string{"a@1:x", "d@1:x"}, named(c.Counterparts("b@1", "x")))
	assert.Equal(t, []string{"b@1:x"}, named(c.Counterparts("d", "x")))
	assert.Equal(t, "b:x as a:x", c.Counterparts("b", "x")[0].Note.String())
	assert.Empty(t, c.Counterparts("a", "y"))
	assert.Empty(t, c.Counterparts("a", "nowhere"))
	assert.Empty(t, c.Counterparts("nowhere", "x"))
	var none *frameworks.Crosswalk
	assert.Empty(t, none.Counterparts("a", "x"))

	filled, err := c.Fill(a, []assessment.Rating{rating("x", assessment.Functional)}, d)
	require.NoError(t, err)
	assert.Equal(t, []string{"x", "y"}, filled.Open)
}

func TestEveryFaultOfACrosswalkIsReported(t *testing.T) {
	aim := builtIn(t, "chw-aim")
	for name, tt := range map[string]struct {
		all  []*frameworks.Framework
		want []string
	}{
		"nil, zero, twice":  {[]*frameworks.Framework{nil, {}, tool(t, "a", "x"), tool(t, "a", "x")}, []string{"frameworks[0]: required", "frameworks[1]: required", "frameworks[3]: unique"}},
		"unknown framework": {[]*frameworks.Framework{tool(t, "a", "x>b:x")}, []string{"a@1: items[0].same_as[0].item: exists"}},
		"unknown item":      {[]*frameworks.Framework{tool(t, "a", "x>b:y"), tool(t, "b", "x")}, []string{"a@1: items[0].same_as[0].item: exists"}},
		"with its version":  {[]*frameworks.Framework{tool(t, "a", "x>b@1:x"), tool(t, "b", "x")}, []string{"a@1: items[0].same_as[0].item: exists"}},
		"itself":            {[]*frameworks.Framework{tool(t, "a", "x>a:x")}, []string{"a@1: items[0].same_as[0].item: self"}},
		"its neighbour":     {[]*frameworks.Framework{tool(t, "a", "x>a:y", "y")}, []string{"a@1: items[0].same_as[0].item: within"}},
		"stated twice":      {[]*frameworks.Framework{tool(t, "a", "x>b:x b:x"), tool(t, "b", "x")}, []string{"a@1: items[0].same_as[1].item: unique"}},
		"from both sides":   {[]*frameworks.Framework{tool(t, "b", "x>a:x"), tool(t, "a", "x>b:x")}, []string{"a@1: items[0].same_as[0].item: unique"}},
		"without the rest":  {[]*frameworks.Framework{aim}, []string{"chw-aim@1.0.0: items[3].same_as[0].item: exists", "chw-aim@1.0.0: items[4].same_as[0].item: exists", "chw-aim@1.0.0: items[5].same_as[0].item: exists", "chw-aim@1.0.0: items[8].same_as[0].item: exists"}},
		"several":           {[]*frameworks.Framework{tool(t, "a", "x>a:x b:z", "y>b:x"), tool(t, "b", "x>a:y")}, []string{"a@1: items[0].same_as[0].item: self", "a@1: items[0].same_as[1].item: exists", "b@1: items[0].same_as[0].item: unique"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := frameworks.NewCrosswalk(tt.all...)
			assert.Nil(t, c)
			assert.Equal(t, tt.want, rules(t, err))
		})
	}
	_, err := frameworks.NewCrosswalk(tool(t, "b", "x>a:x"), tool(t, "a", "x>b:x"))
	assert.ErrorContains(t, err, "b@1: items[0].same_as[0].item", "it says where the pair is stated already")
}

func TestALoopIsShownWhole(t *testing.T) {
	_, err := frameworks.NewCrosswalk(tool(t, "a", "w>b:x", "x>b:x"), tool(t, "b", "x>d:x"), tool(t, "d", "x>e:x"), tool(t, "e", "x>b:x"))
	assert.Equal(t, []string{"crosswalk: loop"}, rules(t, err))
	assert.ErrorContains(t, err, `"b@1:x → d@1:x → e@1:x → b@1:x"`, "what leads into the loop is not part of it")

	// Four correspondences round, no pair twice.
	_, err = frameworks.NewCrosswalk(tool(t, "a", "x>b:x"), tool(t, "b", "x>d:x"), tool(t, "d", "x>a:x"), tool(t, "e", "x>a:x"))
	assert.Equal(t, []string{"crosswalk: loop"}, rules(t, err))
	assert.ErrorContains(t, err, `"a@1:x → b@1:x → d@1:x → a@1:x"`)

	// Two ways to the same place are no loop.
	joined(t, tool(t, "a", "x>b:x d:x"), tool(t, "b", "x>d:x"), tool(t, "d", "x"))
	// Nor is a loop through different items of a framework.
	joined(t, tool(t, "a", "x>b:x", "y"), tool(t, "b", "x>d:x"), tool(t, "d", "x>a:y"))
}

func TestARatingTakenOverSaysWhereItComesFrom(t *testing.T) {
	from := tool(t, "from", "a>to:one", "b>to:two", "c>to:two", "d>to:three", "e>to:three to:derived", "f>to:four")
	to := tool(t, "to", "one", "two", "three", "four", "five", "=derived")
	c := joined(t, from, to)
	ratings := []assessment.Rating{
		rating("e", assessment.NonFunctional), rating("a", assessment.HighlyFunctional),
		rating("b", assessment.Functional), rating("c", assessment.Functional), rating("d", assessment.Functional),
	}
	filled, err := c.Fill(from, ratings, to)
	require.NoError(t, err)
	assert.Equal(t, "from@1", filled.From)
	assert.Equal(t, "to@1", filled.To)

	require.Len(t, filled.Taken, 2)
	one := rating("one", assessment.HighlyFunctional)
	one.Evidence.Source = "a made-up visit (from@1:a)"
	assert.Equal(t, one, filled.Taken[0].Rating)
	assert.Equal(t, []string{"from@1:a"}, named(filled.Taken[0].From))
	assert.Equal(t, "to:one as from:a", filled.Taken[0].From[0].Note.String())
	assert.Equal(t, "a made-up visit (from@1:b, from@1:c)", filled.Taken[1].Rating.Evidence.Source)
	assert.Equal(t, []string{"from@1:b", "from@1:c"}, named(filled.Taken[1].From))

	require.Len(t, filled.Conflicts, 1, "d and e differ")
	assert.Equal(t, "three", filled.Conflicts[0].Item)
	assert.Equal(t, assessment.Functional, filled.Conflicts[0].Says[0].Level)
	assert.Equal(t, "from@1:e", filled.Conflicts[0].Says[1].From.String())
	assert.Equal(t, assessment.NonFunctional, filled.Conflicts[0].Says[1].Level)
	assert.Equal(t, []string{"four", "five"}, filled.Open, "four has a counterpart that is not rated")
	assert.Equal(t, []string{"derived"}, filled.Derived)

	_, err = to.Checklist().Scorecard(filled.Ratings())
	require.NoError(t, err)
	assert.Equal(t, "a made-up visit", ratings[1].Evidence.Source, "the ratings given stay as they were")

	slices.Reverse(ratings)
	again, err := c.Fill(from, ratings, to)
	require.NoError(t, err)
	assert.Equal(t, filled, again, "the order of ratings does not matter")
}

func TestEveryFaultOfFillingIsReported(t *testing.T) {
	a, b, other := tool(t, "a", "x>b:x", "=d"), tool(t, "b", "x"), tool(t, "other", "x")
	c := joined(t, a, b)
	var none *frameworks.Crosswalk
	long := rating("x", assessment.Functional)
	long.Evidence.Source = strings.Repeat("é", 4096)
	for name, tt := range map[string]struct {
		c        *frameworks.Crosswalk
		from, to *frameworks.Framework
		ratings  []assessment.Rating
		want     []string
	}{
		"nil frameworks":  {c, nil, nil, nil, []string{"from: exists", "to: exists"}},
		"nil crosswalk":   {none, a, b, nil, []string{"from: exists", "to: exists"}},
		"not joined":      {c, a, other, nil, []string{"to: exists"}},
		"same name":       {c, tool(t, "a", "x"), b, nil, []string{"from: exists"}},
		"itself":          {c, a, a, nil, []string{"to: other"}},
		"unknown item":    {c, a, b, []assessment.Rating{rating("y", 3)}, []string{"ratings[0].criterion: exists"}},
		"derived":         {c, a, b, []assessment.Rating{rating("d", 3)}, []string{"ratings[0].criterion: rated"}},
		"no room for it":  {c, a, b, []assessment.Rating{long}, []string{"ratings[0].evidence.source: length"}},
		"rating is wrong": {c, a, b, []assessment.Rating{{Criterion: "x"}}, []string{"ratings[0].level: known", "ratings[0].evidence.what: required", "ratings[0].evidence.source: required", "ratings[0].evidence.basis: known"}},
	} {
		t.Run(name, func(t *testing.T) {
			filled, err := tt.c.Fill(tt.from, tt.ratings, tt.to)
			assert.Zero(t, filled)
			assert.Equal(t, tt.want, rules(t, err))
		})
	}
}

// Each item of the other framework is taken, in conflict, open or derived: once.
func TestFillingLeavesNoItemOutAndInventsNoLevel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "items")
		var items, others []string
		for i := range n {
			others = append(others, fmt.Sprintf("%so%d", rapid.SampledFrom([]string{"", "", "="}).Draw(t, "kind"), i))
			targets := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, n, rapid.ID[int]).Draw(t, "targets")
			item := fmt.Sprintf("i%d>", i)
			for _, target := range targets {
				item += fmt.Sprintf(" b:o%d", target)
			}
			items = append(items, item)
		}
		a, b := tool(t, "a", items...), tool(t, "b", others...)
		c, err := frameworks.NewCrosswalk(a, b)
		require.NoError(t, err)
		levels := map[string]assessment.Level{}
		var ratings []assessment.Rating
		for i := range n {
			if l := assessment.Level(rapid.IntRange(0, 4).Draw(t, "level")); l.Known() {
				id := fmt.Sprintf("i%d", i)
				levels[id] = l
				ratings = append(ratings, rating(id, l))
			}
		}
		filled, err := c.Fill(a, ratings, b)
		require.NoError(t, err)
		var all []string
		for _, taken := range filled.Taken {
			all = append(all, taken.Rating.Criterion)
			for _, from := range taken.From {
				require.Equal(t, levels[from.Item], taken.Rating.Level)
				require.Contains(t, taken.Rating.Evidence.Source, from.String())
			}
		}
		for _, conflict := range filled.Conflicts {
			all = append(all, conflict.Item)
			require.Greater(t, len(conflict.Says), 1)
		}
		all = slices.Concat(all, filled.Open, filled.Derived)
		var want []string
		for _, it := range b.Items() {
			want = append(want, it.ID)
		}
		require.ElementsMatch(t, want, all)
	})
}
