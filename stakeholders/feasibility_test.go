package stakeholders_test

import (
	"testing"

	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// district is a small roster: two supporters in high support, one in low, two
// opponents, one non-mobilised, one whose position is not known.
func district(t testing.TB) stakeholders.Roster {
	t.Helper()
	r, err := stakeholders.NewRoster(
		stakeholders.Actor{ID: "moh", Name: "Ministry of Health", Constituency: stakeholders.MinistryOfHealth,
			Roles: []stakeholders.Role{stakeholders.Leader}, Member: true, Position: stakeholders.At(6), Power: 6},
		stakeholders.Actor{ID: "mof", Name: "Ministry of Finance", Constituency: stakeholders.OtherMinistry,
			Position: stakeholders.At(-4), Power: 6, Weight: 2, Veto: true},
		stakeholders.Actor{ID: "nurses", Name: "Nurses' association", Constituency: stakeholders.ProfessionalAssociation,
			Position: stakeholders.At(-2), Power: 4},
		stakeholders.Actor{ID: "districts", Name: "District councils", Constituency: stakeholders.SubnationalGovernment,
			Member: true, Position: stakeholders.At(0), Power: 4},
		stakeholders.Actor{ID: "chws", Name: "Community health workers", Constituency: stakeholders.CommunityHealthWorkers,
			Member: true, Position: stakeholders.At(6), Power: 2},
		stakeholders.Actor{ID: "fund", Name: "Global health fund", Constituency: stakeholders.MultilateralAgency,
			Position: stakeholders.At(2.5), Power: 5.5, Weight: 1},
		stakeholders.Actor{ID: "media", Name: "Media", Constituency: stakeholders.Media, Power: 4},
	)
	require.NoError(t, err)
	return r
}

func TestFeasibilityMatchesPolicyMaker(t *testing.T) {
	f := district(t).Feasibility()
	require.Equal(t, 6*6*1+6*2*1+2.5*5.5*1, f.Support) // 36 + 12 + 13.75 = 61.75
	require.Equal(t, 61.75, f.Support)
	require.Equal(t, 4*5*1.0, f.NonMobilised)     // 20
	require.Equal(t, 4*6*2+2*4*1.0, f.Opposition) // 48 + 8 = 56
	require.Equal(t, 1, f.LeftOut)                // the media
	require.True(t, f.Feasible())

	share, ok := f.Share()
	require.True(t, ok)
	require.Equal(t, 61.75/(61.75+56), share)
}

func TestFeasibilityOfNobodyIsNotFeasibleAndHasNoShare(t *testing.T) {
	f := stakeholders.Roster{}.Feasibility()
	require.Equal(t, stakeholders.Feasibility{}, f)
	require.False(t, f.Feasible())
	_, ok := f.Share()
	require.False(t, ok)
}

func TestATieIsNotFeasible(t *testing.T) {
	require.False(t, stakeholders.Feasibility{Support: 8, Opposition: 8}.Feasible())
}

func TestUnknownPositionOrPowerLeavesAnActorOut(t *testing.T) {
	r, err := stakeholders.NewRoster(
		stakeholders.Actor{ID: "a", Name: "A", Constituency: stakeholders.NGO, Power: 6},
		stakeholders.Actor{ID: "b", Name: "B", Constituency: stakeholders.NGO, Position: stakeholders.At(6)},
	)
	require.NoError(t, err)
	require.Equal(t, stakeholders.Feasibility{LeftOut: 2}, r.Feasibility())
}

func TestVetoOpponentIsAnOpponentWithAVeto(t *testing.T) {
	r := district(t)
	require.True(t, r.HasVetoOpponent())
	opponents := r.VetoOpponents()
	require.Len(t, opponents, 1)
	require.Equal(t, "mof", opponents[0].ID)

	won, _ := r.Actor("mof")
	won.Position = stakeholders.At(-1) // non-mobilised, at the boundary
	r, err := r.Replace(won)
	require.NoError(t, err)
	require.False(t, r.HasVetoOpponent())
	require.Empty(t, r.VetoOpponents())
}

func TestGuardsAllocateNothing(t *testing.T) {
	r := district(t)
	guards := map[string]func(){
		"Feasibility":       func() { r.Feasibility() },
		"HasVetoOpponent":   func() { r.HasVetoOpponent() },
		"GovernmentLeads":   func() { r.GovernmentLeads() },
		"GroupsRepresented": func() { r.GroupsRepresented() },
		"Has":               func() { r.Has("media") },
		"HasMemberOf":       func() { r.HasMemberOf(stakeholders.TradeUnion) },
		"HasMemberIn":       func() { r.HasMemberIn(stakeholders.ProfessionAndMarket) },
		"RoleFilled over all roles": func() {
			for _, role := range stakeholders.Roles() {
				r.RoleFilled(role)
			}
		},
	}
	for name, guard := range guards {
		require.Zero(t, testing.AllocsPerRun(100, guard), name)
	}
}

func TestFeasibilityIsAdditiveOverActors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		actors := actorsGen.Draw(t, "actors")
		cut := rapid.IntRange(0, len(actors)).Draw(t, "cut")
		whole := rosterOf(t, actors).Feasibility()
		a, b := rosterOf(t, actors[:cut]).Feasibility(), rosterOf(t, actors[cut:]).Feasibility()
		// Amounts are drawn in quarters, so that sums are exact.
		require.Equal(t, stakeholders.Feasibility{
			Support:      a.Support + b.Support,
			NonMobilised: a.NonMobilised + b.NonMobilised,
			Opposition:   a.Opposition + b.Opposition,
			LeftOut:      a.LeftOut + b.LeftOut,
		}, whole)
	})
}

func TestFeasibilityDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		actors := actorsGen.Draw(t, "actors")
		shuffled := rapid.Permutation(actors).Draw(t, "shuffled")
		require.Equal(t, rosterOf(t, actors).Feasibility(), rosterOf(t, shuffled).Feasibility())
	})
}

func TestSupportGrowsWithASupportersPower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		actors := actorsGen.Draw(t, "actors")
		supporter := actorGen("supporter").Draw(t, "supporter")
		supporter.Position = stakeholders.At(quarter(4, 28).Draw(t, "position"))
		supporter.Power = stakeholders.Power(quarter(4, 27).Draw(t, "power"))
		before, err := rosterOf(t, actors).Engage(supporter)
		require.NoError(t, err)
		supporter.Power += 0.25
		after, err := before.Replace(supporter)
		require.NoError(t, err)

		was, is := before.Feasibility(), after.Feasibility()
		require.Greater(t, is.Support, was.Support)
		require.Equal(t, was.Opposition, is.Opposition)
		require.Equal(t, was.NonMobilised, is.NonMobilised)
	})
}

func BenchmarkFeasibility(b *testing.B) {
	r := district(b)
	b.ReportAllocs()
	for b.Loop() {
		_ = r.Feasibility()
	}
}
