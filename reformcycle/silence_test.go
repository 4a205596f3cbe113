package reformcycle_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

// silentAbout declares that the record does not tell of some topics.
func silentAbout(topics ...reformcycle.Topic) reformcycle.DeclareSilence {
	return reformcycle.DeclareSilence{About: topics, Reason: "The paper does not say"}
}

// hastened walks a reform by overrides, with nothing recorded but the moves and who
// answers for them.
func hastened(t require.TestingT, to reformcycle.Stage, options ...reformcycle.Option) *reformcycle.Cycle {
	c, err := reformcycle.New("hastened", append([]reformcycle.Option{reformcycle.WithJournal(journal.NewMemory())}, options...)...)
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "premier", Name: "The prime minister", Constituency: stakeholders.HeadOfGovernment}}))
	for day := 0; c.State().Stage() < to; day++ {
		require.NoError(t, told(c, office(day), reformcycle.Advance{Override: reformcycle.Override{Authority: "premier", Reason: "The window closes"}}))
	}
	return c
}

// Silence takes findings and strengths away and makes questions of them, whatever is
// recorded; it never adds one. What blocks goes on blocking, and says that the record is
// silent where it is.
func TestSilenceMakesQuestionsAndNothingElse(t *testing.T) {
	kinds := slices.DeleteFunc(reformcycle.Kinds(), func(k reformcycle.Kind) bool {
		return k == reformcycle.KindBegin || k == reformcycle.KindAbandon
	})
	var turned int
	rapid.Check(t, func(t *rapid.T) {
		now := dawn
		by := func() reformcycle.Stamp {
			now = now.Add(time.Duration(rapid.IntRange(0, 400*24).Draw(t, "hours")) * time.Hour)
			return reformcycle.By("somebody").At(now)
		}
		var options []reformcycle.Option
		if began := rapid.IntRange(-8, 8).Draw(t, "begins at"); began > 0 {
			options = append(options, reformcycle.WithStage(reformcycle.Stage(began)))
		}
		c, err := reformcycle.New("at-random", options...)
		require.NoError(t, err)
		require.NoError(t, told(c, by(), rate("problem.needs", 3)))
		for range rapid.IntRange(0, 8).Draw(t, "stages") {
			s := c.State()
			if rapid.Bool().Draw(t, "well") {
				_ = told(c, by(), fulfil(s.Stage(), s.Lap())...)
			}
			for range rapid.IntRange(0, 5).Draw(t, "changes") {
				_ = told(c, by(), someChange(t, rapid.SampledFrom(kinds).Draw(t, "kind")))
			}
			_ = told(c, by(), reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "The window closes"}})
		}
		before, quiet := c.State().At(now), c.Fork()
		topics := rapid.SliceOfNDistinct(rapid.SampledFrom(reformcycle.Topics()), 1, 10, rapid.ID).Draw(t, "topics")
		require.NoError(t, told(quiet, reformcycle.By("somebody").At(now), silentAbout(topics...)))
		after := quiet.State()

		was, is := before.Diagnose(), after.Diagnose()
		for r := range reformcycle.DiagnosisRules().All() {
			old, _ := outcomeOf(t, was, r.Code)
			new, grounds := outcomeOf(t, is, r.Code)
			if (old == fires || old == disputed) && slices.Equal(grounds, []string{"criterion:readiness.subnational"}) {
				continue // what is rated speaks where the record is silent about who takes part
			}
			if old != new {
				turned++
				require.Equal(t, asks, new, "%s was %s, and silence about %v made it %s", r.Code, old, topics, new)
			}
		}
		require.Equal(t, before.Levels(), after.Levels())
		blocked := after.Blockers()
		for i := range blocked {
			for _, about := range blocked[i].Silent {
				assert.Equal(t, reformcycle.Silent, after.OnRecord(about).Absence)
				assert.Contains(t, blocked[i].String(), "the record is silent about: ")
			}
			blocked[i].Silent = nil
		}
		plain := before.Blockers()
		for i := range plain {
			plain[i].Silent = nil
		}
		require.Equal(t, plain, blocked, "silence loosened or tightened a guard")
	})
	assert.Positive(t, turned, "silence made no difference to any rule")
}

// A record that tells of nothing but moves, and says so, gives no finding; the one
// strength that is left rests on the moves.
func TestARecordThatIsSilentAboutAllFindsNothing(t *testing.T) {
	c := hastened(t, reformcycle.ManagementAndLearning)
	before := c.State().Diagnose()
	for _, code := range []string{"readiness-debt", "hasty-launch", "weak-government-lead", "districts-left-out", "community-absent", "single-ministry", "chw-voice-absent"} {
		_, found := before.Finding(code)
		require.True(t, found, "%s is found where the record tells of its stages", code)
	}
	require.NoError(t, told(c, office(400), silentAbout(reformcycle.Topics()...)))
	d := c.State().Diagnose()
	assert.Empty(t, d.Findings)
	assert.Empty(t, slices.DeleteFunc(d.Strengths, func(s reformcycle.Strength) bool { return s.Code == "stalled" }))

	// After a year the record would tell of a review, and none was held since.
	loop, _ := learningLoop(c.State().At(onDay(400).AddDate(1, 0, 0)))
	assert.Equal(t, "question", loop)
	loop, _ = learningLoop(c.State().At(onDay(400).AddDate(1, 0, 1)))
	assert.Equal(t, "finding", loop)
}

func TestASilentGuardStaysUnmetAndSaysSo(t *testing.T) {
	c := hastened(t, reformcycle.CoalitionBuilding)
	require.NoError(t, told(c, office(9), silentAbout(reformcycle.TopicActors, reformcycle.TopicMoney)))
	err := told(c, office(10), reformcycle.Advance{})
	require.ErrorIs(t, err, reformcycle.ErrBlocked)
	said := map[string][]reformcycle.Topic{}
	for _, b := range c.State().Blockers() {
		said[b.Guard] = b.Silent
	}
	assert.Equal(t, []reformcycle.Topic{reformcycle.TopicActors}, said["coalition.roles"])
	assert.Empty(t, said["coalition.purpose"], "a rating of the group's purpose is not derived from the actors")
	assert.Contains(t, err.Error(), "the record is silent about: the actors")
	refusal, _ := reformcycle.RefusalOf(nil, err)
	b, err := json.Marshal(refusal)
	require.NoError(t, err)
	assert.Contains(t, string(b), `"silent":["actors"]`)

	ready := hastened(t, reformcycle.ProgramReadiness)
	require.NoError(t, told(ready, office(10), silentAbout(reformcycle.TopicMoney, reformcycle.ProgramReadiness.Topic())))
	for _, b := range ready.State().Blockers() {
		switch b.Guard {
		case "readiness.financing":
			assert.Equal(t, []reformcycle.Topic{"program-readiness", "money"}, b.Silent)
			assert.True(t, strings.HasSuffix(b.String(), "(not rated; needed: functional; the record is silent about: program readiness, the money) [afzal2021, who2018]"), b.String())
		case "readiness.buy-in":
			assert.Equal(t, []reformcycle.Topic{"program-readiness"}, b.Silent)
		}
	}
}

// Silence about one topic is none about another.
func TestSilenceReachesNoFurtherThanItsTopic(t *testing.T) {
	for topic, criteria := range map[reformcycle.Topic][]string{
		"problem-prioritization": {"problem.framed", "problem.needs", "problem.acknowledged", "problem.vision"},
		"solution-gathering":     {"solution.criteria", "solution.gathered", "solution.available", "solution.prioritized"},
		"actors":                 {"coalition.formed", "coalition.roles", "coalition.diverse", "coalition.government-lead", "coalition.feasible"},
		"money":                  {"readiness.financing"},
		"governance":             nil,
	} {
		c := hastened(t, reformcycle.Launch)
		_, all := outcomeOf(t, c.State().Diagnose(), "readiness-debt")
		for _, guard := range criteria {
			all = slices.DeleteFunc(all, func(g string) bool { return g == "debt:"+guard })
		}
		require.NoError(t, told(c, office(10), silentAbout(topic)))
		outcome, left := outcomeOf(t, c.State().Diagnose(), "readiness-debt")
		assert.Equal(t, fires, outcome)
		assert.Equal(t, all, left, topic)
		for _, b := range c.State().BlockersFor(reformcycle.Advance{}) {
			assert.Equal(t, slices.Contains(criteria, b.Guard), b.Silent != nil, "%s and %s", b.Guard, topic)
		}
	}
}

// Where somebody has looked, the record tells, whatever it is silent about beside.
func TestWhatIsRatedIsTold(t *testing.T) {
	c := hastened(t, reformcycle.Launch)
	require.NoError(t, told(c, office(10), silentAbout(reformcycle.Topics()...)))
	outcome, needs := outcomeOf(t, c.State().Diagnose(), "readiness-debt")
	assert.Equal(t, asks, outcome)
	assert.Contains(t, needs, "whether readiness.subnational is met, for the record is silent about program readiness")
	require.NoError(t, told(c, office(11), rate("readiness.subnational", assessment.NonFunctional)))
	outcome, grounds := outcomeOf(t, c.State().Diagnose(), "readiness-debt")
	assert.Equal(t, fires, outcome)
	assert.Equal(t, []string{"debt:readiness.subnational"}, grounds)
	outcome, _ = outcomeOf(t, c.State().Diagnose(), "hasty-launch")
	assert.Equal(t, fires, outcome)
}

// What one names is not all that there is: a silence ends where the record comes to
// tell of its topic, and not with a single thing.
func TestASilenceEndsWhereTheRecordComesToTell(t *testing.T) {
	absent := func(c *reformcycle.Cycle, topic reformcycle.Topic) reformcycle.Absence {
		return c.State().OnRecord(topic).Absence
	}
	design := reformcycle.Design.Topic()
	c := hastened(t, reformcycle.ProgramReadiness)
	require.NoError(t, told(c, office(10), silentAbout(design, reformcycle.TopicActors, reformcycle.TopicMoney)))
	require.NoError(t, told(c, office(11), actor("moh", stakeholders.MinistryOfHealth, true, 6, 6, stakeholders.Leader), reformcycle.Commit{Actor: "moh", Commitment: pledge("p", 10)}))
	for _, topic := range []reformcycle.Topic{design, reformcycle.TopicActors, reformcycle.TopicMoney} {
		assert.Equal(t, reformcycle.Silent, absent(c, topic), "%s: a single thing is not all", topic)
	}
	lead := func(c *reformcycle.Cycle) string {
		o, _ := outcomeOf(t, c.State().Diagnose(), "chw-voice-absent")
		return o
	}
	assert.Equal(t, asks, lead(c))

	sized := c.Fork()
	require.NoError(t, told(sized, office(12), rate("coalition.size", assessment.Functional)))
	assert.Equal(t, reformcycle.KnownAbsent, absent(sized, reformcycle.TopicActors))
	assert.Equal(t, fires, lead(sized))
	require.NoError(t, told(sized, office(13), silentAbout(reformcycle.TopicActors)))
	assert.Equal(t, reformcycle.Silent, absent(sized, reformcycle.TopicActors), "what is rated already does not end what is declared later")
	require.NoError(t, told(sized, office(13), reformcycle.Rate{Criterion: "coalition.size", Evidence: illustrative("It is withdrawn")}))
	assert.Equal(t, reformcycle.Silent, absent(sized, reformcycle.TopicActors), "to withdraw a rating tells nothing")

	back := c.Fork()
	require.NoError(t, told(back, office(12), reformcycle.Revisit{To: reformcycle.Design, Reason: "To do it properly"}))
	assert.Equal(t, reformcycle.KnownAbsent, absent(back, design))
	assert.Equal(t, reformcycle.Silent, absent(back, reformcycle.TopicActors))
	require.NoError(t, told(back, office(12), reformcycle.Revisit{To: reformcycle.CoalitionBuilding, Reason: "To do it properly"}))
	assert.Equal(t, reformcycle.KnownAbsent, absent(back, reformcycle.TopicActors))
	assert.Equal(t, reformcycle.Silent, absent(back, reformcycle.TopicMoney))
	ended := back.State().Silences()
	assert.Equal(t, []bool{false, false, true}, []bool{ended[0].Stands(), ended[1].Stands(), ended[2].Stands()})
	assert.Equal(t, onDay(12), ended[0].Ended)

	money := c.Fork()
	require.NoError(t, told(money, office(14), takenBack(c.State().Silences()[2].Entry)))
	assert.Equal(t, reformcycle.KnownAbsent, absent(money, reformcycle.TopicMoney))
}

// The first review falls due when the rule comes to speak: so many months after the day
// until which the record does not tell of any.
func TestTheFirstReviewIsDueWhereTheRecordTells(t *testing.T) {
	c := launchedAt(t, "2020-01-01")
	first := func() (due []string) {
		for _, d := range c.State().Due(always, always) {
			if d.Kind == reformcycle.ReviewDue {
				due = append(due, d.Day.String())
			}
		}
		return due
	}
	assert.Equal(t, []string{"2021-01-01"}, first())
	require.NoError(t, told(c, reformcycle.By("office").At(day(2020, 6, 1)), silentAbout("management-and-learning")))
	assert.Equal(t, []string{"2021-06-01"}, first())
	for at, want := range map[time.Time]string{day(2021, 1, 2): "question", day(2021, 5, 31): "question", day(2021, 6, 2): "finding"} {
		outcome, _ := learningLoop(c.State().At(at))
		assert.Equal(t, want, outcome, at)
	}
}

// What a rule says because of what is not on record, it asks where the record is silent.
func TestARuleThatRestsOnAbsenceAsksWhereTheRecordIsSilent(t *testing.T) {
	cs := newCases(t)
	for _, k := range []struct {
		code  string
		was   string
		about reformcycle.Topic
		of    func() under
	}{
		{"scaled-without-pilot", fires, "solution-gathering", func() under { return cs.at(reformcycle.Governance) }},
		{"no-learning-loop", fires, "management-and-learning", func() under {
			return cs.at(reformcycle.Governance).later(800).do(rate("governance.strategy", assessment.Functional))
		}},
		{"stalled", fires, "governance", func() under { return cs.at(reformcycle.Governance).later(4000) }},
		{"veto-player-opposed", strength, "actors", func() under {
			u := cs.at(reformcycle.Governance)
			return u.do(reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "court", Name: "The court", Constituency: stakeholders.RegulatoryBody, Veto: true, Position: stakeholders.At(5), Power: 5}})
		}},
		{"hasty-launch", fires, "problem-prioritization", func() under { return cs.at(reformcycle.Governance) }},
	} {
		u := k.of()
		judged := u.State().At(onDay(u.day))
		was, grounds := outcomeOf(t, judged.Diagnose(), k.code)
		require.Equal(t, k.was, was, "%s: %v", k.code, grounds)
		u.do(silentAbout(k.about))
		is, _ := outcomeOf(t, u.State().Diagnose(), k.code)
		assert.Equal(t, asks, is, k.code)
		for _, other := range reformcycle.Topics() {
			if other == k.about || k.about == "actors" && other == "coalition-building" {
				continue
			}
			v := k.of()
			v.do(silentAbout(other))
			is, needs := outcomeOf(t, v.State().Diagnose(), k.code)
			assert.Equal(t, k.was, is, "%s and silence about %s: %v", k.code, other, needs)
		}
	}
}

// Of money that is not all on record no share can be told, and no last day.
func TestTheSharesOfMoneyThatIsNotAllOnRecordAreNotKnown(t *testing.T) {
	tied := pledge("tied", 900)
	tied.Disease, tied.To = "malaria", onDate(30)
	c := hastened(t, reformcycle.ProgramReadiness)
	require.NoError(t, told(c, office(10), actor("fund", stakeholders.BilateralDonor, true, 6, 6), reformcycle.Commit{Actor: "fund", Commitment: tied}))
	for _, code := range []string{"vertical-funding", "term-limited-project"} {
		outcome, _ := outcomeOf(t, c.State().Diagnose(), code)
		require.Equal(t, fires, outcome, code)
	}
	require.NoError(t, told(c, office(10), silentAbout(reformcycle.TopicMoney)))
	for _, code := range []string{"vertical-funding", "term-limited-project"} {
		outcome, _ := outcomeOf(t, c.State().Diagnose(), code)
		assert.Equal(t, asks, outcome, code)
	}
	for amount, want := range map[float64]string{5: asks, 500: strength} { // of 905 it is little, of 1400 it is not
		also := c.Fork()
		lasting := pledge("lasting", amount)
		lasting.Delivered = 1
		require.NoError(t, told(also, office(11), reformcycle.Commit{Actor: "fund", Commitment: lasting}))
		outcome, _ := outcomeOf(t, also.State().Diagnose(), "term-limited-project")
		assert.Equal(t, want, outcome, "what is on record counts as ever; whether it is little beside the rest nobody knows")
	}
}

func TestASilenceIsCorrectedAndRetractedLikeAnything(t *testing.T) {
	j := journal.NewMemory()
	c := hastened(t, reformcycle.Governance, reformcycle.WithJournal(j))
	before := bytesOf(t, c.State())
	require.NoError(t, told(c, office(20), silentAbout(reformcycle.CoalitionBuilding.Topic())))
	held := c.State().Silences()
	require.Len(t, held, 2, "who is silent about the building of the coalition is silent about its actors")
	assert.Equal(t, reformcycle.TopicActors, held[1].Topic)
	assert.Equal(t, c.State().Seq(), held[0].Entry)

	other := c.Fork()
	require.NoError(t, told(other, office(21), fixed(held[0].Entry, silentAbout(reformcycle.TopicMoney))))
	assert.Equal(t, reformcycle.TopicMoney, other.State().Silences()[0].Topic)
	require.NoError(t, told(c, office(21), takenBack(held[0].Entry)))
	assert.Empty(t, c.State().Silences())
	assert.Equal(t, reformcycle.KnownAbsent, c.State().OnRecord(reformcycle.TopicActors).Absence)
	was, is := map[string]any{}, map[string]any{}
	require.NoError(t, json.Unmarshal([]byte(before), &was))
	require.NoError(t, json.Unmarshal([]byte(bytesOf(t, c.State())), &is))
	delete(is, "corrections")
	was["seq"], is["seq"] = 0, 0
	assert.Equal(t, was, is)
	foldsAlike(t, c, j)
	known, err := c.AsOf(background, onDay(20))
	require.NoError(t, err)
	assert.Len(t, known.Silences(), 2, "what was known then")
}

func TestASuspendedCycleTakesASilenceAndAnAbandonedOneDoesNot(t *testing.T) {
	c := hastened(t, reformcycle.Design)
	require.NoError(t, told(c, office(20), reformcycle.Suspend{Reason: "A pause"}, silentAbout(reformcycle.TopicMoney)))
	require.NoError(t, told(c, office(20), reformcycle.Abandon{Reason: "It is over"}))
	assert.ErrorIs(t, told(c, office(20), silentAbout(reformcycle.TopicActors)), reformcycle.ErrAbandoned)
}

func TestADeclarationOfSilenceNamesTopicsOnceAndSaysWhy(t *testing.T) {
	c := hastened(t, reformcycle.Design)
	broken(t, told(c, office(9), silentAbout()), "about", "length")
	broken(t, told(c, office(9), silentAbout("money", "money")), "about", "unique")
	broken(t, told(c, office(9), silentAbout("money", "weather")), "about[1]", "known")
	broken(t, told(c, office(9), reformcycle.DeclareSilence{About: []reformcycle.Topic{"money"}}), "reason", "")
	for data, path := range map[string]string{
		`{"author":"a","changes":[{"kind":"declare-silence","data":{"about":["weather"],"reason":"x"}}]}`:             "changes[0].data.about[0]",
		`{"author":"a","changes":[{"kind":"declare-silence","data":{"about":["money"],"reason":"x","ended":"now"}}]}`: "changes[0].data.ended",
		`{"author":"a","changes":[{"kind":"declare-silence","data":{"about":"money","reason":"x"}}]}`:                 "changes[0].data.about",
	} {
		_, _, err := reformcycle.DecodeBatch([]byte(data), 1000)
		broken(t, err, path, "")
	}
	_, changes, err := reformcycle.DecodeBatch([]byte(`{"author":"a","changes":[{"kind":"declare-silence","data":{"about":["money","design"],"reason":"x","source":"y"}}]}`), 1000)
	require.NoError(t, err)
	assert.Equal(t, []reformcycle.Change{reformcycle.DeclareSilence{About: []reformcycle.Topic{"money", "design"}, Reason: "x", Source: "y"}}, changes)
}

func TestARecordTakesSoManySilencesAndEndsThemAtOnce(t *testing.T) {
	c := hastened(t, reformcycle.Design)
	all := make([]reformcycle.Change, 2000)
	for i := range all {
		all[i] = silentAbout(reformcycle.Topics()...)
	}
	require.NoError(t, told(c, office(9), all...))
	require.Len(t, c.State().Silences(), 20_000)
	broken(t, told(c, office(9), silentAbout(reformcycle.TopicMoney)), "about", "length")
	require.NoError(t, told(c, office(10), reformcycle.Revisit{To: reformcycle.CoalitionBuilding, Reason: "Again"}))
	ended := 0
	for _, s := range c.State().Silences() {
		if !s.Stands() {
			ended++
		}
	}
	assert.Equal(t, 4000, ended, "those about coalition building, and about the actors")
}

// What was handed in, and what is handed out, is not shared with the cycle.
func TestSilencesAreNotShared(t *testing.T) {
	c := hastened(t, reformcycle.Design)
	about := silentAbout(reformcycle.TopicMoney)
	require.NoError(t, told(c, office(9), about))
	about.About[0] = reformcycle.TopicActors
	c.State().Silences()[0].Topic = reformcycle.TopicActors
	c.State().OnRecord(reformcycle.TopicMoney).Silence.Topic = reformcycle.TopicActors
	held := c.State()
	assert.Equal(t, reformcycle.TopicMoney, held.Silences()[0].Topic)
	require.NoError(t, told(c, office(10), takenBack(held.Silences()[0].Entry)))
	assert.Len(t, held.Silences(), 1)
}

func TestASnapshotHoldsTheSilences(t *testing.T) {
	a := newAlbum()
	c := hastened(t, reformcycle.Launch, reformcycle.WithJournal(a))
	require.NoError(t, told(c, office(20), silentAbout(reformcycle.Design.Topic(), reformcycle.TopicMoney), reformcycle.Revisit{To: reformcycle.Design, Reason: "Again"}))
	require.NoError(t, c.Snapshot(background))
	good := a.snapshots[c.ID()]
	open := func() (s reformcycle.State, notes int) {
		opened, err := reformcycle.Open(background, a, c.ID(), reformcycle.WithNotes(func(reformcycle.Note) { notes++ }))
		require.NoError(t, err)
		return opened.State(), notes
	}
	s, notes := open()
	assert.Zero(t, notes)
	assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, s))
	assert.Equal(t, c.State().OnRecord("money"), s.OnRecord("money"))
	for _, change := range [][2]string{{`"topic":"money"`, `"topic":"weather"`}, {`"reason":"The paper`, `"reason":"\u0000The paper`}, {`"ended":"` + onDay(20).Format("2006"), `"ended":"1900`}} {
		spoilt := good
		spoilt.State = json.RawMessage(strings.Replace(string(good.State), change[0], change[1], 1))
		require.NotEqual(t, string(good.State), string(spoilt.State), change[0])
		a.snapshots[c.ID()] = spoilt.Sealed()
		s, notes := open()
		assert.Equal(t, 1, notes, change[1])
		assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, s))
	}
}

// What is on record of each topic is told, with what it means that the rest is not.
func TestAStateSaysWhatIsOnRecord(t *testing.T) {
	c, err := reformcycle.New("x", reformcycle.WithStage(reformcycle.Design))
	require.NoError(t, err)
	absences := func() (all []reformcycle.Absence) {
		for _, topic := range reformcycle.Topics() {
			all = append(all, c.State().OnRecord(topic).Absence)
		}
		return all
	}
	require.NoError(t, told(c, office(0), rate("problem.needs", 3)))
	const before, known, ahead = reformcycle.BeforeRecording, reformcycle.KnownAbsent, reformcycle.NotReached
	assert.Equal(t, []reformcycle.Absence{before, before, before, known, ahead, ahead, ahead, ahead, before, before}, absences())

	require.NoError(t, told(c, office(1),
		actor("moh", stakeholders.MinistryOfHealth, true, 6, 6, stakeholders.Leader), reformcycle.Commit{Actor: "moh", Commitment: pledge("p", 10)},
		reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "a", Statement: "x"}}, reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "b", Statement: "x"}},
		reformcycle.OpenWindow{Window: reformcycle.Window{ID: "w", Kind: reformcycle.Crisis, What: "x"}},
		reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "x", Purpose: "x", Convener: "moh"}},
		silentAbout(reformcycle.Design.Topic())))
	assert.Equal(t, []reformcycle.Absence{before, before, before, reformcycle.Silent, ahead, ahead, ahead, ahead, before, known}, absences())
	people := 0
	for _, criterion := range reformcycle.ReformChecklist().All() {
		if criterion.Section == "problem-prioritization" && criterion.Kind == assessment.Rated {
			people++
		}
	}
	assert.Equal(t, reformcycle.OnRecord{Topic: "problem-prioritization", Absence: before, Rated: 1, Of: people,
		Holds: []reformcycle.Holding{{"windows", 1}, {"problems", 2}}}, c.State().OnRecord("problem-prioritization"))
	assert.Equal(t, []reformcycle.Holding{{"coalition", 1}, {"actors", 1}}, c.State().OnRecord("coalition-building").Holds)
	assert.Equal(t, []reformcycle.Holding{{"actors", 1}}, c.State().OnRecord("actors").Holds)
	assert.Equal(t, []reformcycle.Holding{{"commitments", 1}}, c.State().OnRecord("money").Holds)
	assert.Equal(t, "The paper does not say", c.State().OnRecord("design").Silence.Reason)

	full, _ := fullReform(t, journal.NewMemory())
	holds := map[reformcycle.Topic]string{}
	for _, topic := range reformcycle.Topics() {
		held := full.State().OnRecord(topic)
		assert.Equal(t, known, held.Absence)
		holds[topic] = fmt.Sprint(held.Holds)
	}
	assert.Equal(t, "[{solution_criteria 1} {solutions 3}]", strings.ReplaceAll(holds["solution-gathering"], "criteria 2", "criteria 1"))
	assert.Equal(t, "[{rollout 4}]", holds["launch"])
	assert.Equal(t, "[{bodies 3}]", holds["governance"])
	assert.Equal(t, "[{reviews 4} {adaptations 2}]", holds["management-and-learning"])

	assert.Equal(t, reformcycle.OnRecord{Topic: "weather", Absence: ahead}, c.State().OnRecord("weather"))
	for _, topic := range reformcycle.Topics() {
		assert.NotPanics(t, func() { reformcycle.State{}.OnRecord(topic) })
	}
}

// What a criterion rests on is its stage, the money where it is of financing, and the
// actors where it is derived from them; who rates it has told of it.
func TestACriterionSaysOnWhichTopicsTheRecordIsSilent(t *testing.T) {
	c, err := reformcycle.New("silent")
	require.NoError(t, err)
	require.NoError(t, told(c, office(1), silentAbout(reformcycle.ProgramReadiness.Topic(), reformcycle.TopicMoney)))
	ready, money := reformcycle.ProgramReadiness.Topic(), reformcycle.TopicMoney
	for criterion, about := range map[string][]reformcycle.Topic{
		"readiness.financing": {ready, money}, "governance.financing": {money}, "readiness.workforce": {ready},
		"problem.vision": nil, "no.such": nil, "": nil,
	} {
		require.Equal(t, about, c.State().SilentOn(criterion), criterion)
	}
	require.NoError(t, told(c, office(2), reformcycle.Rate{Criterion: "readiness.financing", Level: assessment.NonFunctional, Evidence: assessment.Evidence{What: "No line in the budget.", Source: "made up", Basis: assessment.Illustrative}}))
	require.Empty(t, c.State().SilentOn("readiness.financing"))
	require.Empty(t, reformcycle.State{}.SilentOn("readiness.financing"))
}
