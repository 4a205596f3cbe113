package report

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// The turns of a cycle are those of its state: they end where it stands, and each stage of
// the lap was first and last entered when the state says so.
func TestTurnsAreThoseOfTheState(t *testing.T) {
	for _, c := range append(cases.Walks(nil), cases.Papers(nil)...) {
		cycle, err := c.Cycle(t.Context())
		require.NoError(t, err)
		s := cycle.State()
		turns, err := Turns(t.Context(), cycle)
		require.NoError(t, err)
		last := turns[len(turns)-1]
		assert.Equal(t, []any{s.Stage(), s.Status(), s.Lap(), s.LastMoved()}, []any{last.Stage, last.Status, last.Lap, last.On}, c.ID)
		for _, a := range s.Arrivals() {
			var entered []date.Date
			for _, turn := range turns {
				if turn.Lap == s.Lap() && turn.Stage == a.Stage && (turn.Move == "" || turn.Move == reformcycle.MoveAdvance || turn.Move == reformcycle.MoveOverride || turn.Move == reformcycle.MoveRevisit || turn.Move == reformcycle.MoveRenew) {
					entered = append(entered, turn.On)
				}
			}
			require.Len(t, entered, a.Times, "%s: %s", c.ID, a.Stage)
			assert.Equal(t, s.When(a.Entry, a.First), entered[0], "%s: %s", c.ID, a.Stage)
			assert.Equal(t, s.When(a.LastEntry, a.Last), entered[len(entered)-1], "%s: %s", c.ID, a.Stage)
		}
		laps := map[int]bool{}
		for _, turn := range turns {
			laps[turn.Lap] = true
		}
		assert.Len(t, laps, s.Lap(), c.ID)
	}
}

// What was retracted is no turn, and a move stands on the date that it was corrected to.
func TestTurnsStandAsTheyWereCorrected(t *testing.T) {
	w := begin(t, "", "")
	w.on("2025-01-06", reformcycle.Suspend{Reason: "made up"})
	w.on("2025-02-03", reformcycle.Abandon{Reason: "made up"})
	w.on("2025-02-10", reformcycle.Retract{Entry: 3, Reason: "made up"})
	w.on("2025-02-11", reformcycle.CorrectMoment{Entry: 2, Date: date.MustParse("2024"), Reason: "made up"})
	turns, err := Turns(t.Context(), w.cycle)
	require.NoError(t, err)
	assert.Equal(t, w.cycle.State().LastMoved(), turns[len(turns)-1].On)
	assert.Equal(t, []Turn{
		{On: turns[0].On, Stage: reformcycle.ProblemPrioritization, Lap: 1, Entry: 1},
		{On: date.MustParse("2024"), Move: reformcycle.MoveSuspend, Stage: reformcycle.ProblemPrioritization, Status: reformcycle.Suspended, Lap: 1, Entry: 2},
	}, turns)

	none, err := reformcycle.New("NONE")
	require.NoError(t, err)
	turns, err = Turns(t.Context(), none)
	require.NoError(t, err)
	assert.Empty(t, turns)
	_, err = Turns(t.Context(), nil)
	assert.ErrorIs(t, err, fault.ErrInvalid)
}

func TestATimeLineRefusesTurnsThatCannotBeDrawn(t *testing.T) {
	n := manyOf(t, 2, 0, districtName)
	for path, turns := range map[string][]Turn{
		"states[0].turns":          nil,
		"states[0].turns[0].on":    {{Stage: reformcycle.Design}},
		"states[0].turns[0].stage": {{On: date.MustParse("2024")}},
	} {
		handed := map[string][]Turn{"D-000": turns, "D-001": n.turns["D-001"], "NATION": n.turns["NATION"]}
		var b strings.Builder
		err := TimeLine(&b, nil, "", n.Nation, handed, View{})
		require.ErrorIs(t, err, fault.ErrInvalid)
		assert.Equal(t, path, fault.Of(err)[0].Path)
		assert.Empty(t, b.String())
		_, err = TimeLineTable(nil, n.Nation, handed, View{})
		assert.ErrorIs(t, err, fault.ErrInvalid)
	}
}

// A date that is known to the year is drawn as wide as the year: on an axis from 2000 to
// the end of 2009, of 3,653 days, each year is a tenth, give or take a day.
func TestADateKnownToTheYearIsDrawnAsWideAsTheYear(t *testing.T) {
	w := begin(t, "", "")
	w.on("2000-01-01", reformcycle.Suspend{Reason: "made up"})
	n := Nation{States: []reformcycle.State{w.cycle.State().At(date.MustParse("2009-12-31").First())}}
	turns := map[string][]Turn{"EXAMPLE": {
		{On: date.MustParse("2000-01-01"), Stage: 1, Lap: 1},
		{On: date.MustParse("2004"), Move: reformcycle.MoveAdvance, Stage: 2, Lap: 1},
	}}
	tl, err := newTimes(nil, n, turns, View{})
	require.NoError(t, err)
	year := tl.x(date.MustParse("2004").Last()) - tl.x(date.MustParse("2004").First())
	assert.InDelta(t, (timeEnd-timeStart)/10, year, (timeEnd-timeStart)/3652*1.5)
	var b strings.Builder
	require.NoError(t, TimeLine(&b, nil, "", n, turns, View{}))
}

// A move that is known to the year was not made after the one that follows, nor before the
// one before.
func TestAMoveIsDrawnBetweenItsNeighbours(t *testing.T) {
	on := func(dates ...string) (turns []Turn) {
		for _, text := range dates {
			turns = append(turns, Turn{On: date.MustParse(text)})
		}
		return turns
	}
	day := func(text string) time.Time { return date.MustParse(text).First() }
	assert.Equal(t, []days{
		{day("2019-05-02"), day("2019-05-02")}, {day("2019-05-02"), day("2019-12-31")}, {day("2020-01-01"), day("2020-04-21")},
		{day("2020-04-21"), day("2020-04-21")}, {day("2020-04-21"), day("2020-12-31")},
	}, spansOf(on("2019-05-02", "2019", "2020", "2020-04-21", "2020")))
	assert.Equal(t, []days{{day("2021-01-01"), day("2021-01-01")}, {day("2021-01-01"), day("2021-01-01")}}, spansOf(on("2021", "2020")), "out of their order")
}
