package reformcycle_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/stakeholders"
)

// What a reader who doubts would ask of a record, and the answer that stands.
func TestAScepticsQuestions(t *testing.T) {
	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	ministry := func(position float64) reformcycle.Change {
		return actor("moh", stakeholders.MinistryOfHealth, true, position, 6, stakeholders.Leader)
	}
	type step struct {
		at      time.Time
		changes []reformcycle.Change
	}
	on := func(at time.Time, changes ...reformcycle.Change) step { return step{at, changes} }
	reform := func(stage reformcycle.Stage, judged time.Time, steps ...step) reformcycle.State {
		c, err := reformcycle.New("DOUBTED", reformcycle.WithStage(stage))
		require.NoError(t, err)
		for _, s := range steps {
			require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(s.at), s.changes...)))
		}
		return c.State().At(judged)
	}
	launched := func(finding reformcycle.PilotFinding) reformcycle.State {
		p := pilotOf("cadre")
		p.Pilot.Finding, p.Pilot.From, p.Pilot.To = finding, date.MustParse("2008"), date.MustParse("2009-06")
		return reform(reformcycle.ProgramReadiness, day(2010, 6, 1),
			on(day(2010, 1, 1), ministry(6), option("cadre", reformcycle.Local), p, chosen("cadre"), reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now"}}))
	}
	late := pilotOf("cadre")
	late.Pilot.Finding, late.Pilot.From, late.Pilot.To = reformcycle.Effective, date.MustParse("2014"), date.MustParse("2014-12")
	old := rate("readiness.financing", functioning)
	old.Evidence.On = date.MustParse("1977")
	billion := reformcycle.Commit{Actor: "donor", Commitment: stakeholders.Commitment{ID: "p", Resource: stakeholders.Money, Unit: "USD", Pledged: 1e9,
		From: date.MustParse("2008-01-01"), To: date.MustParse("2030-01-01")}}
	for _, q := range []struct {
		asked, code, answer string
		state               reformcycle.State
	}{
		{"it was launched though its pilot found no effect", "scaled-without-pilot", fires, launched(reformcycle.NotEffective)},
		{"it was launched though its pilot was inconclusive", "scaled-without-pilot", asks, launched(reformcycle.Inconclusive)},
		{"nobody reports what its pilot found", "scaled-without-pilot", asks, launched(reformcycle.NotReported)},
		{"it was piloted years after its launch", "scaled-without-pilot", fires, reform(reformcycle.ProgramReadiness, day(2015, 2, 1),
			on(day(2010, 1, 1), ministry(6), option("cadre", reformcycle.Local), chosen("cadre"), reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now"}}),
			on(day(2015, 1, 1), late))},
		{"it was piloted years after the recording began, long launched", "scaled-without-pilot", fires, reform(reformcycle.ManagementAndLearning, day(2015, 2, 1),
			on(day(2010, 1, 1), ministry(6), option("cadre", reformcycle.Local), chosen("cadre")), on(day(2015, 1, 1), late))},
		{"it has reviewed and adapted itself for ten years", "stalled", strength, learning(t)},
		{"and learns", "no-learning-loop", strength, learning(t)},
		{"and then something is rated badly", "stalled", strength, learning(t, rate("learning.data", non))},
		{"nothing but a bad rating", "stalled", fires, reform(reformcycle.Governance, day(2015, 1, 2), on(day(2010, 1, 1), ministry(6)), on(day(2015, 1, 1), rate("learning.data", non)))},
		{"the ministry that leads opposes", "weak-government-lead", fires, reform(reformcycle.Governance, day(2010, 2, 1), on(day(2010, 1, 1), ministry(-6)))},
		{"it is the prime minister who takes part", "single-ministry", asks, reform(reformcycle.Governance, day(2010, 2, 1),
			on(day(2010, 1, 1), ministry(6), actor("pm", stakeholders.HeadOfGovernment, true, 6, 6, stakeholders.ChangeChampion)))},
		{"the district is a member, and rated as left out", "districts-left-out", disputed, reform(reformcycle.Governance, day(2010, 2, 1),
			on(day(2010, 1, 1), ministry(6), actor("d", stakeholders.SubnationalGovernment, true, -3, 6), rate("readiness.subnational", non)))},
		{"an override with nothing on record", "hasty-launch", fires, reform(reformcycle.ProgramReadiness, day(2010, 4, 1),
			on(day(2010, 1, 1), ministry(6)), on(day(2010, 3, 1), reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "An election"}}))},
		{"and its debts", "readiness-debt", fires, reform(reformcycle.ProgramReadiness, day(2010, 4, 1),
			on(day(2010, 1, 1), ministry(6)), on(day(2010, 3, 1), reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "An election"}}))},
		{"its money was rated in 1977", "unfunded-launch", asks, reform(reformcycle.Launch, day(2000, 1, 1), on(day(1977, 12, 31), ministry(6), old))},
		{"it was abandoned", "stalled", silent, reform(reformcycle.Launch, day(2003, 1, 1), on(day(1977, 12, 31), ministry(6)), on(day(2002, 1, 1), reformcycle.Abandon{Reason: "Gone"}))},
		{"the workers are at the table, and against it", "chw-voice-absent", disputed, reform(reformcycle.Governance, day(2010, 2, 1),
			on(day(2010, 1, 1), ministry(6), actor("chw", stakeholders.CommunityHealthWorkers, true, -6, 6, stakeholders.ChangeChampion)))},
		{"and they are all there is of the community", "community-absent", disputed, reform(reformcycle.Governance, day(2010, 2, 1),
			on(day(2010, 1, 1), ministry(6), actor("chw", stakeholders.CommunityHealthWorkers, true, -6, 6, stakeholders.ChangeChampion)))},
		{"a billion was pledged two years ago, and nothing came", "term-limited-project", fires, reform(reformcycle.Governance, day(2010, 2, 1),
			on(day(2010, 1, 1), ministry(6), actor("donor", stakeholders.BilateralDonor, true, 6, 6, stakeholders.Donor), billion))},
		{"and the launch rests on it", "unfunded-launch", fires, reform(reformcycle.Governance, day(2010, 2, 1),
			on(day(2010, 1, 1), ministry(6), actor("donor", stakeholders.BilateralDonor, true, 6, 6, stakeholders.Donor), billion))},
		{"and so does what comes after", "unsustained-financing", fires, reform(reformcycle.Governance, day(2010, 2, 1),
			on(day(2010, 1, 1), ministry(6), actor("donor", stakeholders.BilateralDonor, true, 6, 6, stakeholders.Donor), billion))},
		{"nobody is known who could block it", "veto-player-opposed", asks, reform(reformcycle.Governance, day(2010, 2, 1), on(day(2010, 1, 1), ministry(6)))},
	} {
		t.Run(q.asked, func(t *testing.T) {
			outcome, grounds := outcomeOf(t, q.state.Diagnose(), q.code)
			assert.Equal(t, q.answer, outcome, "%s: %v", q.code, grounds)
		})
	}

	// Old evidence is a question of the diagnosis alone: a guard takes it as ever.
	s := reform(reformcycle.Launch, day(2000, 1, 1), on(day(1977, 12, 31), ministry(6), old))
	level, _ := s.Level("readiness.financing")
	assert.Equal(t, assessment.Functional, level)
	forever, err := s.Rules().SetAge("readiness.financing", 0)
	require.NoError(t, err)
	outcome, _ := outcomeOf(t, s.DiagnoseBy(forever), "unfunded-launch")
	assert.Equal(t, strength, outcome, "a host says how long evidence speaks")
}
