package report

import (
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/stakeholders"
)

// madeUpLanguages are English, and the two that texts in it are turned into.
var madeUpLanguages = sync.OnceValue(func() map[string]*language.Language {
	return map[string]*language.Language{"in English": nil, "accented": languagetest.Accented(nil), "mirrored": languagetest.Mirrored(nil)}
})

// everyPicture draws each picture of the package, with all that it can say, of names that
// have room.
func everyPicture(t *testing.T) map[string]func(w io.Writer, l *language.Language) error {
	t.Helper()
	card, assessors := judged(t)
	readiness, err := frameworks.Get("reform-readiness")
	require.NoError(t, err)
	whole, err := readiness.Checklist().Scorecard(nil)
	require.NoError(t, err)
	many := assessment.Scorecard{Checklist: "many@1", Tally: card.Tally}
	for _, name := range strings.Split(strings.Repeat("s", 70), "") {
		section := strings.Repeat(name, 1+len(many.Sections))
		many.Sections = append(many.Sections, assessment.SectionTally{Section: section, Tally: card.Tally})
		many.Items = append(many.Items, assessment.Item{Criterion: assessment.Criterion{ID: "c" + section, Section: section}})
	}
	w := walked(t)
	active := w.cycle.State()
	w.on("2026-03-20", reformcycle.Suspend{Reason: "The budget is frozen."})
	suspended := w.cycle.State()
	w.on("2026-06-01", reformcycle.Abandon{Reason: "The mandate is gone."})
	abandoned := w.cycle.State()
	r := teaching(t)
	rows := []FeasibilityRow{{"", stakeholders.Feasibility{}}, {"Now", r.Feasibility()}, {"Now", stakeholders.Feasibility{Support: 4, Opposition: 4}}, {"Now", stakeholders.Feasibility{Opposition: 4}}}
	ring := func(s reformcycle.State) func(w io.Writer, l *language.Language) error {
		return func(w io.Writer, l *language.Language) error { return Ring(w, l, s) }
	}
	return map[string]func(w io.Writer, l *language.Language) error{
		"ring": ring(active), "ring, suspended": ring(suspended), "ring, abandoned": ring(abandoned), "ring of nothing": ring(reformcycle.State{}),
		"mermaid": Mermaid, "dot": DOT,
		"position map":         func(w io.Writer, l *language.Language) error { return PositionMap(w, l, teachingTitle, r) },
		"position map of none": func(w io.Writer, l *language.Language) error { return PositionMap(w, l, "", stakeholders.Roster{}) },
		"power-interest grid":  func(w io.Writer, l *language.Language) error { return PowerInterestGrid(w, l, teachingTitle, r, nil) },
		"grid of none": func(w io.Writer, l *language.Language) error {
			return PowerInterestGrid(w, l, "", stakeholders.Roster{}, nil)
		},
		"coalition map":     func(w io.Writer, l *language.Language) error { return CoalitionMap(w, l, teachingTitle, r) },
		"coalition of none": func(w io.Writer, l *language.Language) error { return CoalitionMap(w, l, "", stakeholders.Roster{}) },
		"influence network": func(w io.Writer, l *language.Language) error {
			return InfluenceNetwork(w, l, teachingTitle, r, teachingTies)
		},
		"network of none": func(w io.Writer, l *language.Language) error {
			return InfluenceNetwork(w, l, "", stakeholders.Roster{}, nil)
		},
		"feasibility bars": func(w io.Writer, l *language.Language) error { return FeasibilityBars(w, l, teachingTitle, rows) },
		"many bars": func(w io.Writer, l *language.Language) error {
			return FeasibilityBars(w, l, "", slices.Repeat(rows, 9))
		},
		"no bars": func(w io.Writer, l *language.Language) error { return FeasibilityBars(w, l, "", nil) },
		"scorecard": func(w io.Writer, l *language.Language) error {
			return ScorecardBars(w, l, teachingTitle, card, assessors)
		},
		"scorecard of a reform": func(w io.Writer, l *language.Language) error {
			return ScorecardBars(w, l, "", whole, []assessment.Scorecard{whole})
		},
		"scorecard of many": func(w io.Writer, l *language.Language) error { return ScorecardBars(w, l, "", many, nil) },
		"scorecard of none": func(w io.Writer, l *language.Language) error {
			return ScorecardBars(w, l, "", assessment.Scorecard{}, nil)
		},
	}
}

// typedIn are the texts on these pictures that no language says: names, ids, keys, and
// the vocabulary of the formats.
func typedIn(t *testing.T) []string {
	card, _ := judged(t)
	typed := []string{teachingTitle, "Now", "Health workers for every village", "Exampleland", "teaching@1", "many@1", "short@1", "reform-readiness@1.0.0"}
	typed = append(typed, languagetest.Typed(stakeholdersOf(teaching(t)))...)
	for _, s := range card.Sections {
		typed = append(typed, idName(s.Section).Plain)
	}
	for _, it := range card.Items {
		typed = append(typed, idName(it.Criterion.ID).Plain)
	}
	for _, p := range card.Packages {
		typed = append(typed, idName(p.Package).Plain)
	}
	for i := range 70 {
		s := strings.Repeat("s", i+1)
		typed = append(typed, draw.Capital(s), "C"+s)
	}
	return typed
}

// Told in a language, a picture says nothing in another, cuts nothing off and puts no
// sentence together.
func TestPicturesSayAllInTheLanguageThatTheyAreDrawnIn(t *testing.T) {
	drawtest.TellsAll(t, everyPicture(t), madeUpLanguages()["accented"], typedIn(t)...)
}

// In every language texts stay on the page and off each other, and none is cut that is
// not in English.
func TestPicturesHaveRoomForEveryLanguage(t *testing.T) {
	pictures := everyPicture(t)
	delete(pictures, "mermaid") // these have no page of their own
	delete(pictures, "dot")
	drawtest.HasRoom(t, pictures, nil, fr.Language(), pt.Language(), es.Language(), madeUpLanguages()["accented"], madeUpLanguages()["mirrored"])
}

// A page that is written from right to left has its mirror image; the ring turns as a
// clock does all the same.
func TestPicturesAreMirroredAndTheRingIsNot(t *testing.T) {
	l := madeUpLanguages()["mirrored"]
	place := func(svg, text string) drawtest.Label {
		for _, label := range drawtest.Read(t, svg).Labels {
			if strings.Contains(label.Text, text) {
				return label
			}
		}
		t.Fatalf("no %q in the picture", text)
		return drawtest.Label{}
	}
	for name, write := range everyPicture(t) {
		if name == "mermaid" || name == "dot" {
			continue
		}
		var b strings.Builder
		require.NoError(t, write(&b, l), name)
		assert.Contains(t, b.String(), ` direction="rtl"`, name)
		assert.Equal(t, strings.Count(b.String(), "<g"), strings.Count(b.String(), "</g>"), name)
	}
	var english, mirrored strings.Builder
	require.NoError(t, PositionMap(&english, nil, "", teaching(t)))
	require.NoError(t, PositionMap(&mirrored, l, "", teaching(t)))
	for _, name := range []string{"Ministry of", "Care Nearby", "Radio Highland"} {
		there, here := place(english.String(), name), place(mirrored.String(), name)
		assert.InDelta(t, draw.Lying.Width-there.Left, here.Right, 1e-9, "%s", name)
	}
	english.Reset()
	mirrored.Reset()
	require.NoError(t, Ring(&english, nil, reformcycle.State{}))
	require.NoError(t, Ring(&mirrored, l, reformcycle.State{}))
	for _, stage := range []reformcycle.Stage{reformcycle.Design, reformcycle.Launch} {
		there := place(english.String(), stage.Told().String())
		here := place(mirrored.String(), l.Say(stage.Told()))
		assert.Equal(t, there.Left > centreX, here.Left > centreX, "%s", stage)
	}
}

// Each criterion of the reform cycle has a short name, and nothing else has.
func TestEachCriterionOfTheReformCycleHasAShortName(t *testing.T) {
	readiness, err := frameworks.Get("reform-readiness")
	require.NoError(t, err)
	var want, named []string
	for _, c := range readiness.Checklist().All() {
		want = append(want, c.ID)
	}
	for _, id := range language.Texts().IDs() {
		if criterion, is := strings.CutPrefix(id, "picture.criterion."); is {
			named = append(named, criterion)
		}
	}
	assert.ElementsMatch(t, want, named)
}

// The ring of Uganda's walk, in each language that is shipped.
func TestRingOfUgandaGolden(t *testing.T) {
	for _, l := range []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()} {
		uganda, err := cases.Get("UGA-CHEW", l)
		require.NoError(t, err)
		cycle, err := uganda.Cycle(t.Context())
		require.NoError(t, err)
		var b strings.Builder
		require.NoError(t, Ring(&b, l, cycle.State()))
		drawtest.KeepsApart(t, draw.Upright, b.String())
		drawtest.Golden(t, "ring-uganda-"+l.Tag()+".svg", b.String())
	}
}
