package frameworks_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/language/fr"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func builtIn(t testing.TB, name string) *frameworks.Framework {
	t.Helper()
	f, err := frameworks.Get(name)
	require.NoError(t, err)
	return f
}

// The counts are those that the sources give, as the package documentation says.
func TestEachFrameworkHasAsManyItemsAsItsSourceGives(t *testing.T) {
	counts := map[string]int{
		"reform-readiness": 53, "chw-aim": 10, "who-2018": 15 + 6, "strategic-partnering": 4, "three-ones": 3,
		"ccf-principles": 7, "partner-priorities-2012": 7, "community-clinic-centred": 5, "large-scale-design": 8, "policy-triangle": 4,
	}
	require.Len(t, frameworks.Names(), len(counts))
	for _, name := range frameworks.Names() {
		assert.Equal(t, counts[name], builtIn(t, name).Checklist().Len(), name)
	}
	who := builtIn(t, "who-2018").Checklist()
	from, to := who.Section("topics")
	assert.Equal(t, 15, to-from)
	from, to = who.Section("implementation")
	assert.Equal(t, 6, to-from)

	derived := 0
	for _, it := range builtIn(t, "reform-readiness").Items() {
		if it.Kind == assessment.Derived {
			derived++
		}
	}
	assert.Equal(t, 24, derived, "as the package documentation says")
}

// An id is for ever: results are kept under it.
func TestIDsAreThoseThatResultsAreKeptUnder(t *testing.T) {
	var b strings.Builder
	for f := range frameworks.All() {
		for i, it := range f.Items() {
			require.Equal(t, f.Checklist().At(i).ID, it.ID)
			b.WriteString(f.ID() + " " + it.Section + " " + it.ID + "\n")
		}
		for _, p := range f.Packages() {
			b.WriteString(f.ID() + " package " + p.ID + ": " + strings.Join(p.Items, " ") + "\n")
		}
		for _, q := range f.Questions() {
			for _, c := range q.Choices {
				b.WriteString(f.ID() + " question " + q.ID + ": " + c.ID + "\n")
			}
		}
	}
	const golden = "testdata/ids.golden"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

// The checklist was published as a plain checklist file before it was a
// framework. Whoever was judged by it is judged by the same, to the last letter.
func TestReformReadinessIsTheChecklistThatWasPublished(t *testing.T) {
	file, err := os.ReadFile("testdata/reform-readiness-1.0.0.checklist.json")
	require.NoError(t, err)
	want, err := json.Marshal(assessment.MustParseChecklist(file))
	require.NoError(t, err)
	got, err := json.Marshal(builtIn(t, "reform-readiness@1.0.0").Checklist().Spec())
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

func TestASourceIsCitedInTheSameWordsEverywhere(t *testing.T) {
	seen := map[string]assessment.Source{}
	for f := range frameworks.All() {
		for _, s := range f.Sources() {
			if first, again := seen[s.Key]; again {
				assert.Equal(t, first, s, "%s in %s", s.Key, f.ID())
			}
			seen[s.Key] = s
			assert.True(t, s.Seen != "" || s.Key == assessment.ModelSource, "%s does not say what was seen of %s", f.ID(), s.Key)
			assert.True(t, s.Link != "" || s.Key == assessment.ModelSource, "%s does not say where %s is", f.ID(), s.Key)
			cited := slices.ContainsFunc(f.Checklist().Spec().Criteria, func(c assessment.Criterion) bool { return slices.Contains(c.Sources, s.Key) })
			assert.True(t, cited, "%s lists %s and does not cite it", f.ID(), s.Key)
		}
	}
}

func TestEveryItemSaysInASentenceOfItsOwnWhatMustBeTrue(t *testing.T) {
	said := map[string]string{}
	for f := range frameworks.All() {
		for _, it := range f.Items() {
			text := it.Text.String()
			assert.True(t, strings.HasSuffix(text, "."), "%s: %q is no sentence", it.ID, text)
			assert.Empty(t, said[text], "%s:%s says what another says", f.ID(), it.ID)
			said[text] = it.ID
			assert.True(t, it.Levels.IsZero(), "%s:%s: level descriptors are for official editions", f.ID(), it.ID)
		}
	}
}

// The texts of the built-in frameworks stand in English; the languages of the module say
// them, and no text stands in two places.
func TestTextsOfTheBuiltInFrameworksStandInEnglish(t *testing.T) {
	french := fr.Language()
	for f := range frameworks.All() {
		assert.Equal(t, []string{"en"}, f.Languages())
		missing, err := f.Checklist().Missing(french)
		require.NoError(t, err)
		assert.Empty(t, missing, f.ID())
		texts := []frameworks.Text{f.Title(), f.About()}
		for _, s := range f.Sections() {
			texts = append(texts, s.Title)
		}
		for _, text := range texts {
			assert.NotEmpty(t, text.String())
			if text.String() != "Solutions" {
				assert.NotEqual(t, text.String(), french.Say(text.Told()), f.ID())
			}
		}
		assert.NotEmpty(t, f.Licence().String())
	}
}

func TestThePackageOfPartneringIsAllFourStrategies(t *testing.T) {
	f := builtIn(t, "strategic-partnering")
	var all []string
	for _, it := range f.Items() {
		all = append(all, it.ID)
	}
	require.Len(t, f.Packages(), 1)
	assert.Equal(t, all, f.Packages()[0].Items)
	tally := f.Checklist().TallyPackage("minimum-package", []assessment.Level{4, 4, 4, 2})
	assert.Equal(t, assessment.Incomplete, tally.Complete)
}

func TestAFrameworkIsFoundByItsNameWithOrWithoutItsVersion(t *testing.T) {
	for _, name := range frameworks.Names() {
		f := builtIn(t, name)
		assert.Equal(t, name, f.Name())
		assert.Equal(t, name+"@"+f.Version(), f.ID())
		assert.Same(t, f, builtIn(t, f.ID()))
	}
	for _, name := range []string{"", "chw-aim@", "chw-aim@9", "CHW-AIM", "../data/chw-aim"} {
		f, err := frameworks.Get(name)
		assert.Nil(t, f)
		require.ErrorIs(t, err, fault.ErrInvalid)
		assert.ErrorContains(t, err, "chw-aim@1.0.0")
	}
	for range frameworks.All() {
		break // and asks for no more
	}
}

func TestEveryEmbeddedFileIsListedAndEveryPublishedFileStays(t *testing.T) {
	files, err := filepath.Glob("data/*-[0-9]*.json")
	require.NoError(t, err)
	var listed []string
	for f := range frameworks.All() {
		listed = append(listed, "data/"+f.Name()+"-"+f.Version()+".json")
	}
	slices.Sort(listed)
	assert.Equal(t, listed, files)
}

func TestABuiltInFrameworkSharesNothingThatCanBeChanged(t *testing.T) {
	for f := range frameworks.All() {
		before, err := json.Marshal(f)
		require.NoError(t, err)
		f.Sources()[0].Key = "changed"
		f.Sections()[0].ID = "changed"
		for _, it := range f.Items() {
			it.Sources[0] = "changed"
			for i := range it.SameAs {
				it.SameAs[i].Item = "changed"
			}
		}
		for _, p := range f.Packages() {
			p.Items[0] = "changed"
		}
		for _, q := range f.Questions() {
			q.Choices[0].ID = "changed"
		}
		f.Languages()[0] = "changed"
		after, err := json.Marshal(f)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after))
		again := parsed(t, string(before))
		assert.Equal(t, f.Checklist(), again.Checklist(), "what is written reads back")
	}
	schema := frameworks.Schema()
	schema[0] = 'x'
	assert.NotEqual(t, schema, frameworks.Schema())
}

func TestAFrameworkThatIsNotThereAnswersEveryQuestion(t *testing.T) {
	for name, f := range map[string]*frameworks.Framework{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, f.Name()+f.Version()+f.ID()+f.Title().String()+f.About().String()+f.Licence().String())
			assert.Zero(t, f.Checklist().Len())
			assert.Empty(t, f.Sources())
			assert.Empty(t, f.Sections())
			assert.Empty(t, f.Packages())
			assert.Empty(t, f.Questions())
			assert.Empty(t, f.Languages())
			for range f.Items() {
				t.Fatal("there is nothing to yield")
			}
			_, ok := f.Item("supervision")
			assert.False(t, ok)
			assert.True(t, f.Descriptor("supervision", assessment.Functional).IsZero())
			data, err := f.MarshalJSON()
			require.NoError(t, err)
			assert.Equal(t, "null", string(data))
		})
	}
}
