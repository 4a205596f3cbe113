package reformcycle_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
)

func TestASurveyOfProgrammesIsKeptAsItWasFoundUntilTheNext(t *testing.T) {
	c := newCases(t)
	u := c.fresh()
	_, there := u.State().Survey()
	require.False(t, there)

	u.later(3).do(surveyed())
	survey, there := u.State().Survey()
	require.True(t, there)
	assert.Equal(t, surveyed().Survey.Landscape, survey.Landscape)
	assert.Equal(t, illustrative("a survey"), survey.Evidence)
	assert.Equal(t, onDay(3), survey.On)

	before := u.State()
	u.later(9).do(vertical(1, 2))
	survey, _ = u.State().Survey()
	assert.Empty(t, survey.Landscape.Areas, "the later survey takes the place of the earlier")
	assert.Equal(t, onDay(9), survey.On)
	survey, _ = before.Survey()
	assert.Len(t, survey.Landscape.Areas, 2, "a state that was handed out keeps its own")
}

func TestASurveyIsTakenWhateverTheStageAndWhileSuspended(t *testing.T) {
	c := newCases(t)
	for s := range reformcycle.Stages() {
		c.from(s).do(surveyed())
	}
	u := c.at(reformcycle.Design).do(reformcycle.Suspend{Reason: "A flood"}, surveyed())
	_, there := u.State().Survey()
	require.True(t, there)
	u.do(reformcycle.Abandon{Reason: "No mandate"})
	require.ErrorIs(t, refusalOf(u.Apply(background, office(u.day), surveyed())), reformcycle.ErrAbandoned)
	_, there = u.State().Survey()
	require.True(t, there)
}

func TestASurveyOutlivesItsLap(t *testing.T) {
	u := newCases(t).at(reformcycle.ManagementAndLearning).do(surveyed())
	u.do(fulfil(reformcycle.ManagementAndLearning, 1)...).later(1).do(reformcycle.Renew{})
	_, there := u.State().Survey()
	require.True(t, there)
}

func TestASurveySharesNothingWithTheHost(t *testing.T) {
	in := surveyed()
	u := newCases(t).fresh().do(in)
	was := bytesOf(t, u.State())
	in.Survey.Landscape.Areas[0].ID, in.Survey.Landscape.Posts[0].Services[0] = "changed", "changed"
	out, _ := u.State().Survey()
	out.Landscape.Areas[0].ID, out.Landscape.Posts[0].Services[0], out.Evidence.What = "changed", "changed", "changed"
	require.Equal(t, was, bytesOf(t, u.State()))
	// What came out can go in again, but for what the cycle has set.
	out, _ = u.State().Survey()
	require.ErrorIs(t, refusalOf(u.Apply(background, office(u.day), reformcycle.SurveyProgrammes{Survey: out})), reformcycle.ErrInvalid)
	out.On, out.Entry = time.Time{}, 0
	u.do(reformcycle.SurveyProgrammes{Survey: out})
	again, _ := u.State().Survey()
	require.Equal(t, out.Landscape, again.Landscape)
}

// What a survey amounts to is worked out once, by whoever asks first.
func TestASurveyIsAnalysedForSeveralReadersAtOnce(t *testing.T) {
	s := newCases(t).fresh().do(surveyed()).state()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			outcome, _ := outcomeOf(t, s.Diagnose(), "fragmented-programmes")
			assert.Equal(t, strength, outcome)
		})
	}
	all.Wait()
}

func TestASurveyInASnapshotIsHeldToItsRules(t *testing.T) {
	a := newAlbum()
	c, err := reformcycle.New("SURVEYED", reformcycle.WithJournal(a))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), surveyed())))
	require.NoError(t, c.Snapshot(background))
	want := diagnosed(t, c.State())
	good := a.snapshots["SURVEYED"]
	for name, replace := range map[string][2]string{
		"as it was":              {"", ""},
		"a post in no area":      {`"area":"south"`, `"area":"nowhere"`},
		"without evidence":       {`"what":"a survey"`, `"what":""`},
		"with a field too many":  {`"landscape":{`, `"landscape":{"mood":"good",`},
		"of a standing too many": {`"standing":"new"`, `"standing":"old"`},
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := good
			spoilt.State = json.RawMessage(strings.Replace(string(good.State), replace[0], replace[1], 1))
			a.snapshots["SURVEYED"] = spoilt.Sealed()
			var notes []reformcycle.Note
			opened, err := reformcycle.Open(background, a, "SURVEYED", reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n) }))
			require.NoError(t, err)
			require.Equal(t, want, diagnosed(t, opened.State()))
			require.Equal(t, replace[0] == "", notes == nil)
		})
	}
}

// A large country's survey is applied and read back; one beyond bounds is refused
// by its length alone.
func TestASurveyMayBeLargeAndHasAnEnd(t *testing.T) {
	l := landscape.Landscape{
		Services:   []landscape.Service{{ID: "visits"}},
		Programmes: []landscape.Programme{{ID: "national"}},
		Cadres:     []landscape.Cadre{{ID: "assistants", Programme: "national", Standing: landscape.New}},
	}
	for i := range 5000 {
		l.Areas = append(l.Areas, landscape.Area{ID: fmt.Sprint("district-", i)})
	}
	for _, a := range l.Areas {
		l.Posts = append(l.Posts, landscape.Post{Cadre: "assistants", Area: a.ID, Services: []string{"visits"}})
	}
	u := newCases(t).fresh().do(surveying(l))
	outcome, _ := outcomeOf(t, u.Now().Diagnose(), "fragmented-programmes")
	require.Equal(t, strength, outcome)

	l.Statements = slices.Repeat([]landscape.Statement{statement(landscape.Overlaps, true)}, 1_000+1)
	broken(t, untouched(t, u.Cycle, office(u.day), surveying(l)), "survey.landscape.statements", "length")
}
