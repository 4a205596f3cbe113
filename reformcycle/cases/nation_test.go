package cases_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

// told gives the states of a nation's cycles, and what stood before its refused moves.
func told(t testing.TB, n cases.Nation) (map[string]reformcycle.State, []*reformcycle.BlockedError) {
	t.Helper()
	states := map[string]reformcycle.State{}
	var refused []*reformcycle.BlockedError
	require.NoError(t, n.Tell(t.Context(), journal.NewMemory(), func(x cases.Telling) error {
		states[x.After.ID()] = x.After
		if x.Refused != nil {
			refused = append(refused, x.Refused)
		}
		return nil
	}))
	return states, refused
}

// The nation has its four laps, and waits for the counties that are not at their launch;
// for whom, is what their own cycles say.
func TestKenyaWaitsForItsCounties(t *testing.T) {
	n := cases.Kenya(nil)
	states, refused := told(t, n)
	nation := states["KEN"]
	require.Equal(t, reformcycle.Launch, nation.Stage())
	require.Equal(t, 4, nation.Lap())
	require.Len(t, refused, 1)
	i := slices.IndexFunc(refused[0].Blockers, func(b reformcycle.Blocker) bool { return b.Guard == "launch.deployed" })
	require.GreaterOrEqual(t, i, 0)
	waiting := refused[0].Blockers[i].Missing[1].String()
	people, launched, late := 0., 0., 0
	for _, c := range n.Districts {
		s := states[c.ID]
		j, named := s.Jurisdiction()
		require.True(t, named)
		people += j.Population.People
		if s.Stage() >= reformcycle.Launch {
			launched += j.Population.People
			assert.NotContains(t, waiting, j.Name+" (")
			continue
		}
		late++
		assert.Contains(t, waiting, j.Name+" (last observed at this stage: "+s.Stage().Told().String())
	}
	assert.Equal(t, 47564296., people, "the census counts as many in all")
	assert.Less(t, launched/people, 0.8)
	assert.Contains(t, waiting, "waiting for 17 of 47: ")
	assert.Equal(t, 17, late)
	share := fmt.Sprintf("%.1f%%", 100*launched/people)
	assert.Equal(t, "needed of the people: 80%; what has to hold where they live: at or past this stage: launch; known of: "+share+", at most "+share, refused[0].Blockers[i].Missing[0].String())
}

// Each county says what of it is documented and what is made up: 21 have a row of their own
// in the sources, 8 are named in a national one, 18 are made up whole and say so.
func TestWhatIsMadeUpOfACountySaysSo(t *testing.T) {
	codes, own, whole := map[string]bool{}, 0, 0
	for _, c := range cases.Kenya(nil).Districts {
		documented, national := 0, 0
		elsewhere := func(key string) bool { return key != "rev2024" && key != "rev2025" && key != "uhc2018" }
		for _, chapter := range c.Chapters[2:] { // behind its name and its link
			switch {
			case chapter.Basis != assessment.Documented:
			case slices.ContainsFunc(chapter.Sources, elsewhere):
				documented++
			default:
				national++
			}
		}
		switch {
		case documented > 0:
			own++
		case national == 0:
			whole++
			assert.Contains(t, c.Beginning.Rests.Says, "Made up", c.ID)
			for _, chapter := range c.Chapters[2:] {
				assert.Contains(t, chapter.Says, "Made up", c.ID)
			}
		}
		name := c.Chapters[0].Changes[0].(reformcycle.NameJurisdiction)
		codes[name.Jurisdiction.ID] = true
		assert.Equal(t, "KE", name.Jurisdiction.Parent)
	}
	assert.Len(t, codes, 47)
	assert.Equal(t, 21, own)
	assert.Equal(t, 18, whole)
}

// One county drifts from the national design that it adopts, in the version that it has
// seen; one has its governor against it.
func TestOneCountyDriftsAndOneOpposes(t *testing.T) {
	states, _ := told(t, cases.Kenya(nil))
	isiolo := states["KEN-ISL"]
	link, _ := isiolo.Link()
	require.Len(t, isiolo.Departures(), 1)
	assert.Equal(t, reformcycle.Drifted, isiolo.Departures()[0].Kind)
	assert.Equal(t, isiolo.Observations()[0].Design, link.Design)
	var against []string
	for id, s := range states {
		if id == "KEN" {
			continue
		}
		for a := range s.Actors().All() {
			if at, known := a.Position.Value(); known && at <= -3 {
				against = append(against, id)
			}
		}
	}
	assert.Equal(t, []string{"KEN-LKP"}, against)
	assert.Equal(t, reformcycle.Suspended, states["KEN-NDR"].Status())
}

// In whichever language the nation is taken, each of its cycles goes where it goes in
// English; and nothing in it stays English but names and what is cited.
func TestANationIsTheSameInEveryLanguage(t *testing.T) {
	want, _ := told(t, cases.Kenya(nil))
	for _, l := range []*language.Language{fr.Language(), pt.Language(), es.Language()} {
		n := cases.Kenya(l)
		require.NotEqual(t, cases.Kenya(nil).National.Title, n.National.Title, l.Tag())
		got, _ := told(t, n)
		for id, s := range want {
			assert.Equal(t, s.Standing(), got[id].Standing(), "%s in %s", id, l.Tag())
		}
	}
	accented := languagetest.Accented(cases.Texts())
	english := cases.Kenya(nil).Cases()
	var places []string
	for _, c := range english[1:] {
		places = append(places, c.Chapters[0].Changes[0].(reformcycle.NameJurisdiction).Jurisdiction.Name)
	}
	for i, c := range cases.Kenya(accented).Cases() {
		names := append(keys(t, english[i]), places...)
		for _, s := range english[i].Sources {
			names = append(names, s.Citation)
		}
		for _, chapter := range c.Chapters {
			assert.Empty(t, languagetest.Leaks(chapter.Says), c.ID)
			for _, text := range languagetest.Typed(chapter.Changes) {
				if strings.Contains(text, " ") {
					assert.Empty(t, languagetest.Leaks(text, names...), c.ID)
				}
			}
		}
	}
}

// A context that has ended ends the telling, and a journal that has one of the cycles is a
// conflict that names it.
func TestANationIsNotToldTwice(t *testing.T) {
	n := cases.Kenya(nil)
	j := journal.NewMemory()
	require.NoError(t, n.Tell(t.Context(), j, nil))
	err := n.Tell(t.Context(), j, nil)
	require.ErrorIs(t, err, reformcycle.ErrConflict)
	require.ErrorContains(t, err, "KEN, chapter 1 (1990s to 2006)")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, n.Tell(ended, journal.NewMemory(), nil), context.Canceled)
}
