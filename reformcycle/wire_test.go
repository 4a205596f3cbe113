package reformcycle_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// A correction may say of which version the change in it is.
func TestTheVersionOfACorrectedChangeIsKnown(t *testing.T) {
	for version, known := range map[int]bool{-1: false, 0: true, 1: true, 2: false} {
		_, _, err := reformcycle.DecodeBatch(fmt.Appendf(nil, `{"author":"a","changes":[{"kind":"correct","data":{"entry":2,"change":{"kind":"suspend","v":%d,"data":{"reason":"War."}},"reason":"x"}}]}`, version), 1<<10)
		if known {
			require.NoError(t, err)
			continue
		}
		wrong := fault.Of(err)
		require.Len(t, wrong, 1)
		require.Equal(t, "changes[0].data.change.v", wrong[0].Path)
		require.Equal(t, `a version of "suspend" from 1 to 1; left out, it is 1`, fmt.Sprint(wrong[0].Want))
	}
}

func TestABatchHasOneJSONForm(t *testing.T) {
	by, changes, err := reformcycle.DecodeBatch([]byte(`{
		"author": "Ministry of Health", "moment": "2015-07-01T08:00:00Z", "after": 0, "key": "form-2041",
		"changes": [
			{"kind": "frame-problem", "data": {"problem": {"id": "distance", "statement": "Far."}}},
			{"data": {"criterion": "problem.needs", "level": "functional", "evidence": {"what": "A survey.", "source": "made up", "basis": "illustrative"}}, "kind": "rate"}
		]}`), 4096)
	require.NoError(t, err)
	c, err := reformcycle.New("WIRE")
	require.NoError(t, err)
	receipt, err := c.Apply(background, by, changes...)
	require.NoError(t, err)
	require.Equal(t, reformcycle.Receipt{First: 2, Last: 3}, receipt)
	entries := entriesOf(t, c)
	require.Equal(t, "form-2041", entries[2].Key)
	require.Equal(t, "Ministry of Health", entries[2].By)

	text, err := reformcycle.EncodeBatch(by, changes...)
	require.NoError(t, err)
	again, same, err := reformcycle.DecodeBatch(text, 4096)
	require.NoError(t, err)
	require.Equal(t, by, again)
	require.Equal(t, changes, same)
	receipt, err = c.Apply(background, again, same...)
	require.NoError(t, err)
	require.Equal(t, reformcycle.Receipt{First: 2, Last: 3, Repeated: true}, receipt)

	by, changes, err = reformcycle.DecodeBatch([]byte(`{"author": "Clerk"}`), 4096)
	require.NoError(t, err, "it begins a cycle")
	require.Equal(t, reformcycle.By("Clerk"), by)
	require.Empty(t, changes)
}

// Whatever is wrong comes at once, with its path from the top and its place.
func TestABatchIsReadStrictly(t *testing.T) {
	paths := func(text string, most int) (all []string) {
		_, _, err := reformcycle.DecodeBatch([]byte(text), most)
		require.ErrorIs(t, err, fault.ErrInvalid, text)
		require.NotErrorIs(t, err, reformcycle.ErrCorrupt)
		for _, f := range fault.Of(err) {
			all = append(all, f.Path+" "+f.Rule)
		}
		return all
	}
	actor := `{"kind":"engage-actor","data":{"actor":{"id":"king","name":"The king","constituency":"royal-family"}}}`
	require.Equal(t, []string{"author required", "changes[0].kind known", "changes[1].data.actor.constituency known"}, paths(`{"changes":[{"kind":"dance","data":{}},`+actor+`]}`, 4096))
	_, _, err := reformcycle.DecodeBatch([]byte("{\"author\":\"a\",\n\"changes\":["+actor+"]}"), 4096)
	column := len(`"changes":[`) + strings.Index(actor, `"royal-family"`) + 1
	require.Contains(t, err.Error(), fmt.Sprintf("changes[0].data.actor.constituency (line 2, column %d)", column))
	for text, want := range map[string]string{
		`{"author":"a","colour":1}`:                                   "colour known",
		`{"author":"a","Key":"k"}`:                                    "Key known",
		`{"author":"a","author":"b"}`:                                 "author unique",
		`{"author":"a","after":-1}`:                                   "after type",
		`{"author":"a","moment":"yesterday"}`:                         "moment type",
		`{"author":"a","changes":[{"kind":"renew","v":1,"data":{}}]}`: "changes[0].v known",
		`{"author":"a","changes":[{"kind":"renew"}]}`:                 "changes[0].data json",
		`{"author":"a","key":" k"}`:                                   "key characters",
		`[]`:                                                          " type",
		`{"author":"a","changes":[{"kind":"correct","data":{"entry":2,"change":{"kind":"frame-problem","data":{"problem":{"id":"a","statement":"s","lap":7}}},"reason":"r"}}]}`: "changes[0].data.change.data.problem.lap own",
	} {
		require.Equal(t, []string{want}, paths(text, 4096), text)
	}
	require.Equal(t, []string{" length"}, paths(`{"author":"a"}`, 5))
}

// What only the cycle sets is refused by name, and nothing of it is kept.
func TestWhatTheCycleSetsIsRefused(t *testing.T) {
	for text, fields := range map[string][]string{
		`{"kind":"propose-solution","data":{"solution":{"id":"a","name":"n","origin":"local","chosen":{"by":"minister","reason":"r","on":"2020-01-01T00:00:00Z"}}}}`:                     {"solution.chosen"},
		`{"kind":"propose-solution","data":{"solution":{"id":"a","name":"n","origin":"local","pilots":[{"id":"p"}],"appraisal":{}}}}`:                                                    {"solution.pilots", "solution.appraisal"},
		`{"kind":"plan-rollout","data":{"phase":{"id":"a","name":"n","areas":["x"],"workers":10,"deployed":99999,"started":"2001"}}}`:                                                    {"phase.started", "phase.deployed"},
		`{"kind":"frame-problem","data":{"problem":{"id":"a","statement":"s","lap":7}}}`:                                                                                                 {"problem.lap"},
		`{"kind":"engage-actor","data":{"actor":{"id":"a","name":"n","constituency":"ngo","entry":3,"commitments":[{"id":"c","resource":"money","unit":"USD","pledged":1,"entry":9}]}}}`: {"actor.commitments[0].entry", "actor.entry"},
	} {
		_, _, err := reformcycle.DecodeBatch([]byte(`{"author":"intern","changes":[`+text+`]}`), 4096)
		var got []string
		for _, f := range fault.Of(err) {
			require.Equal(t, "own", f.Rule)
			got = append(got, strings.TrimPrefix(f.Path, "changes[0].data."))
		}
		require.ElementsMatch(t, fields, got, text)
	}
	c, err := reformcycle.New("OWN")
	require.NoError(t, err)
	change := reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "a", Name: "n", Origin: reformcycle.Local, Chosen: &reformcycle.Choice{Reason: strings.Repeat("A", 7<<20)}}}
	broken(t, refusalOf(c.Apply(background, office(0), change)), "solution.chosen", "own")
	require.Empty(t, entriesOf(t, c))
	_, err = reformcycle.DecodeChange(reformcycle.KindFrameProblem, []byte(`{"problem":{"id":"a","statement":"s","lap":7}}`))
	broken(t, err, "problem.lap", "own")
}

func TestAChangeIsAtMostAMegabyteUnlessTheHostSaysOtherwise(t *testing.T) {
	long := strings.Repeat("x", 4000)
	review := reformcycle.HoldReview{Review: reformcycle.Review{ID: "r", Name: "A review", Tier: reformcycle.National}}
	for range 300 { // 1.2 million bytes
		review.Review.Findings = append(review.Review.Findings, long)
	}
	c, err := reformcycle.New("SIZE")
	require.NoError(t, err)
	broken(t, refusalOf(c.Apply(background, office(0), review)), "", "length")
	c, err = reformcycle.New("SIZE", reformcycle.WithChangeSize(2<<20))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), review)))
	require.Equal(t, 300, len(c.State().Reviews()[0].Findings))
	for _, most := range []int{0, -1, 8<<20 + 1} {
		_, err = reformcycle.New("SIZE", reformcycle.WithChangeSize(most))
		broken(t, err, "WithChangeSize", "range")
	}
}

func TestWhatHasBeenDoesNotLieInTheFuture(t *testing.T) {
	now := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	later := func(days int) time.Time { return now.AddDate(0, 0, days) }
	on := func(at time.Time) assessment.Evidence {
		e := illustrative("a survey")
		e.On = date.Of(at)
		return e
	}
	propose := reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "s", Name: "s", Origin: reformcycle.Local}}
	pilot := func(from, seen time.Time) reformcycle.RecordPilot {
		return reformcycle.RecordPilot{Solution: "s", Pilot: reformcycle.Pilot{ID: "p", Where: "x", From: date.Of(from), Finding: reformcycle.Effective, Result: "x", Evidence: on(seen)}}
	}
	survey := surveyed()
	survey.Survey.Evidence.On = date.Of(later(2))
	c, err := reformcycle.New("FUTURE", reformcycle.WithClock(func() time.Time { return now }))
	require.NoError(t, err)
	by := reformcycle.By("office")
	require.NoError(t, refusalOf(c.Apply(background, by, propose)))
	rated := reformcycle.Rate{Criterion: "problem.needs", Level: 3, Evidence: on(later(2))}
	broken(t, refusalOf(c.Apply(background, by, rated)), "evidence.on", "order")
	broken(t, refusalOf(c.Apply(background, by, pilot(later(2), time.Time{}))), "pilot.from", "order")
	broken(t, refusalOf(c.Apply(background, by, pilot(time.Time{}, later(2)))), "pilot.evidence.on", "order")
	broken(t, refusalOf(c.Apply(background, by, survey)), "survey.evidence.on", "order")
	rated.Evidence.On = date.MustParse("2026-02")
	broken(t, refusalOf(c.Apply(background, by, rated)), "evidence.on", "order")
	rated.Evidence.On = date.MustParse("2026") // its earliest day has come
	require.NoError(t, refusalOf(c.Apply(background, by, rated)))
	rated.Evidence.On = date.Of(later(1))
	broken(t, refusalOf(c.Apply(background, by, rated)), "evidence.on", "order")
	now = now.Add(10 * time.Hour) // the day has come in Kiritimati
	require.NoError(t, refusalOf(c.Apply(background, by, rated)))

	// Without a clock it takes a word of the host to go more than thirty years ahead.
	year := func(y int) reformcycle.Stamp {
		return by.At(time.Date(y, time.March, 1, 0, 0, 0, 0, time.UTC))
	}
	dated := func(y int) reformcycle.Rate {
		return reformcycle.Rate{Criterion: "problem.needs", Level: 3, Evidence: on(year(y).Moment)}
	}
	c, err = reformcycle.New("AHEAD")
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, year(2026), needs(1))))
	require.ErrorIs(t, refusalOf(c.Apply(background, year(2206), needs(2))), reformcycle.ErrMoment)
	broken(t, refusalOf(c.Apply(background, year(2026), dated(2062))), "evidence.on", "order")
	require.NoError(t, refusalOf(c.Apply(background, year(2056), dated(2056))))
	c, err = reformcycle.New("AHEAD", reformcycle.WithAhead(200*366*24*time.Hour))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, year(2026), needs(1))))
	require.NoError(t, refusalOf(c.Apply(background, year(2206), needs(2))))
	_, err = reformcycle.New("AHEAD", reformcycle.WithAhead(0))
	broken(t, err, "WithAhead", "range")
}
