package reformcycle_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

func derived(t *testing.T, version string, edits ...assessment.Edit) *assessment.Checklist {
	list, err := reformcycle.ReformChecklist().Derive(version, edits...)
	require.NoError(t, err)
	return list
}

// Whatever is changed under the same name and version: the cycle says so, clearly,
// and never that its journal is corrupt.
func TestAChecklistChangedUnderItsVersionIsSaidSo(t *testing.T) {
	const version = "1.0.0-moh.1"
	j := newAlbum()
	list := derived(t, version)
	c, err := reformcycle.New("x", reformcycle.WithJournal(j), reformcycle.WithChecklist(list))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), append(fulfil(reformcycle.ProblemPrioritization, 1), rate("coalition.size", assessment.Functional), reformcycle.Advance{})...)))
	require.NoError(t, c.Snapshot(background))

	for want, changed := range map[string]*assessment.Checklist{
		"coalition.size: dropped":                                     derived(t, version, assessment.Drop("coalition.size")),
		"problem.needs, threshold: functional, now highly functional": derived(t, version, assessment.SetThreshold("problem.needs", assessment.HighlyFunctional)),
		"launch.supervision: dropped":                                 derived(t, version, assessment.Drop("launch.supervision")),
		"launch.supervision, weight: 1, now 50":                       derived(t, version, assessment.Reweight("launch.supervision", 50)),
	} {
		for name, j := range map[string]reformcycle.Journal{"with a snapshot": j, "without": listJournal(entriesOf(t, c))} {
			_, err := reformcycle.Open(background, j, "x", reformcycle.WithChecklist(changed))
			require.ErrorIs(t, err, reformcycle.ErrUnknownChecklist, name)
			require.NotErrorIs(t, err, reformcycle.ErrCorrupt)
			var told *reformcycle.ChecklistError
			require.True(t, errors.As(err, &told))
			require.Equal(t, list.ID(), told.Checklist)
			require.Len(t, told.Revisions, 1)
			assert.Equal(t, want, told.Revisions[0].String())
			assert.Contains(t, err.Error(), "adopt-checklist")
			text, err := json.Marshal(told)
			require.NoError(t, err)
			assert.Contains(t, string(text), `"code":"unknown-checklist"`)
		}
	}
	_, err = reformcycle.Open(background, j, "x")
	require.ErrorIs(t, err, reformcycle.ErrUnknownChecklist)
	_, err = reformcycle.Open(background, j, "x", reformcycle.WithChecklist(list))
	require.NoError(t, err)

	// A remedy that is mended makes no other checklist.
	spec := list.Spec()
	spec.Criteria[0].Remedy = "Say what hurts."
	mended, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	_, err = reformcycle.Open(background, j, "x", reformcycle.WithChecklist(mended))
	require.NoError(t, err)
}

// What the host hands in as the terms of a checklist is not what is kept of it.
func TestTheCycleSetsTheTerms(t *testing.T) {
	next := derived(t, "2.0.0", assessment.Drop("coalition.size"))
	j := journal.NewMemory()
	c, err := reformcycle.New("x", reformcycle.WithJournal(j), reformcycle.WithChecklist(next), reformcycle.WithChecklist(reformcycle.ReformChecklist()))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), &reformcycle.AdoptChecklist{Checklist: next.ID(), Reason: "So", Terms: reformcycle.Terms{Digest: "mine"}})))
	entries := entriesOf(t, c)
	begun, err := entries[0].Change()
	require.NoError(t, err)
	require.Empty(t, begun.(reformcycle.Begin).Terms.Criteria, "the published checklist never changes")
	require.Len(t, begun.(reformcycle.Begin).Terms.Digest, 64)
	adopted, err := entries[1].Change()
	require.NoError(t, err)
	require.Len(t, adopted.(reformcycle.AdoptChecklist).Terms.Criteria, 52)
	require.Equal(t, c.State().JudgedBy()[1].Digest, adopted.(reformcycle.AdoptChecklist).Terms.Digest)
}

// A county that stands at stage two of a lap is judged by the new version from
// there on: it owes what stages that it left are asked for anew, and no more.
func TestWhatAnAdoptedChecklistOwes(t *testing.T) {
	law := assessment.Criterion{ID: "problem.law", Section: "problem-prioritization", Text: "The law allows it.", Kind: assessment.Rated, Sources: []string{"model"}}
	advised := law
	advised.ID, advised.Advisory = "problem.radio", true
	later := law
	later.ID, later.Section = "design.law", "design"
	next := derived(t, "2.0.0", assessment.Add(law), assessment.Add(advised), assessment.Add(later),
		assessment.SetThreshold("problem.needs", assessment.HighlyFunctional), // it was passed at functional
		assessment.MakeRequired("problem.priority-link"),                      // it only advised
		assessment.MakeRequired("problem.window"),                             // and is met
		assessment.SetThreshold("problem.vision", assessment.PartiallyFunctional),
		assessment.Drop("coalition.size"))
	j := journal.NewMemory()
	c, err := reformcycle.New("x", reformcycle.WithJournal(j), reformcycle.WithChecklist(next), reformcycle.WithChecklist(reformcycle.ReformChecklist()))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), fulfil(reformcycle.ProblemPrioritization, 1)...)))
	require.NoError(t, refusalOf(c.Apply(background, office(0),
		reformcycle.OpenWindow{Window: reformcycle.Window{ID: "window", Kind: reformcycle.Crisis, What: "An epidemic"}},
		reformcycle.Advance{},
		rate("problem.priority-link", assessment.Unknown),
		rate("problem.acknowledged", assessment.NonFunctional), // passed, and lapsed since
		rate("coalition.size", assessment.Functional), rate("coalition.purpose", assessment.Functional))))
	before := c.State()
	require.NoError(t, refusalOf(c.Apply(background, office(1), reformcycle.AdoptChecklist{Checklist: next.ID(), Reason: "Circular 14"})))

	s := c.State()
	require.Equal(t, before.Stage(), s.Stage())
	require.Equal(t, before.Lap(), s.Lap())
	var owed []string
	for _, d := range s.OpenDebts() {
		owed = append(owed, d.Guard)
		require.Equal(t, reformcycle.ProblemPrioritization, d.Stage)
		require.Equal(t, "Circular 14", d.Reason)
	}
	require.Equal(t, []string{"problem.needs", "problem.priority-link", "problem.law"}, owed)
	level, _ := s.Level("coalition.purpose")
	require.Equal(t, assessment.Functional, level, "ratings carry over")
	_, listed := s.Level("coalition.size")
	require.False(t, listed)
	folded, err := reformcycle.Open(background, j, "x", reformcycle.WithChecklist(next))
	require.NoError(t, err)
	require.Equal(t, bytesOf(t, s), bytesOf(t, folded.State()))
}

// No question of the diagnosis names a criterion that the checklist lacks.
func TestNoRuleAsksForWhatTheChecklistLacks(t *testing.T) {
	for _, dropped := range reformcycle.ReformChecklist().Spec().Criteria {
		list := derived(t, "2.0.0", assessment.Drop(dropped.ID))
		for stage := range reformcycle.Stages() {
			c, err := reformcycle.New("x", reformcycle.WithChecklist(list), reformcycle.WithStage(stage))
			require.NoError(t, err)
			require.NoError(t, refusalOf(c.Apply(background, office(0), actor("m", "ministry-of-health", true, 6, 6))))
			for _, q := range c.Now().Diagnose().Questions {
				assert.NotContains(t, q.String(), dropped.ID)
			}
		}
	}
}
