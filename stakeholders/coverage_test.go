package stakeholders_test

import (
	"fmt"
	"testing"

	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestARoleIsFilledByAnActiveMemberOnly(t *testing.T) {
	r := district(t)
	require.True(t, r.RoleFilled(stakeholders.Leader))
	require.Equal(t, []string{"moh"}, r.Holders(stakeholders.Leader))

	fund, _ := r.Actor("fund")
	fund.Roles = []stakeholders.Role{stakeholders.Donor}
	r, err := r.Replace(fund)
	require.NoError(t, err)
	require.False(t, r.RoleFilled(stakeholders.Donor), "the fund is not a member")
	require.Empty(t, r.Holders(stakeholders.Donor))

	fund.Member = true
	r, err = r.Replace(fund)
	require.NoError(t, err)
	require.True(t, r.RoleFilled(stakeholders.Donor))
}

func TestRoleGapsKeepTheOrderOfRoles(t *testing.T) {
	var roles []stakeholders.Role
	for _, gap := range district(t).RoleGaps() {
		roles = append(roles, gap.Role)
	}
	require.Equal(t, stakeholders.Roles()[1:], roles, "all but the leader")
}

func TestEachReasonOutranksTheNext(t *testing.T) {
	// For a donor. Each actor loses to the one before it for one reason.
	donor := []stakeholders.Role{stakeholders.Donor}
	r := rosterOf(t, []stakeholders.Actor{
		{ID: "opponent", Name: "O", Constituency: stakeholders.PrivateFunder, Member: true, Power: 7, Position: stakeholders.At(-6)},
		{ID: "later", Name: "L", Constituency: stakeholders.NGO},
		{ID: "last", Name: "L", Constituency: stakeholders.NGO},
		{ID: "busier", Name: "B", Constituency: stakeholders.PrivateFunder, Member: true, Power: 2, Position: stakeholders.At(2),
			Roles: []stakeholders.Role{stakeholders.Enabler, stakeholders.Liaison}},
		{ID: "outsider", Name: "S", Constituency: stakeholders.PrivateFunder, Power: 2, Position: stakeholders.At(0)},
		{ID: "member", Name: "M", Constituency: stakeholders.PrivateFunder, Member: true, Power: 2, Position: stakeholders.At(0)},
		{ID: "unknown", Name: "U", Constituency: stakeholders.PrivateFunder, Member: true, Power: 2},
		{ID: "free", Name: "F", Constituency: stakeholders.PrivateFunder, Member: true, Power: 2, Position: stakeholders.At(2),
			Roles: []stakeholders.Role{stakeholders.Enabler}},
		{ID: "powerful", Name: "P", Constituency: stakeholders.BilateralDonor, Power: 6, Position: stakeholders.At(2)},
		{ID: "holder", Name: "H", Constituency: stakeholders.Media, Roles: donor},
	})
	gaps := r.RoleGaps()
	require.Equal(t, stakeholders.Donor, gaps[3].Role) // after leader, connector and gatekeeper
	var ids []string
	for _, c := range gaps[3].Candidates {
		ids = append(ids, c.Actor)
	}
	require.Equal(t, []string{"holder", "powerful", "free", "busier", "member", "outsider", "unknown", "later", "last"}, ids)
	reasons := gaps[3].Candidates
	require.Equal(t, "already holds the role, without being a member of the coalition, less usual constituency for the role (media), power not known, position not known, not a member of the coalition yet, one role", reasons[0].Reason.String())
	require.Equal(t, "usual constituency for the role (bilateral donor), high power, low support, not a member of the coalition yet, no role so far", reasons[1].Reason.String())
	require.Equal(t, "usual constituency for the role (private funder), low power, low support, member of the coalition, 2 roles", reasons[3].Reason.String())
	require.Contains(t, reasons[4].Reason.String(), ", non-mobilised,")
}

func TestEveryRoleHasConstituenciesThatUsuallyFit(t *testing.T) {
	var actors []stakeholders.Actor
	for _, c := range stakeholders.Constituencies() {
		actors = append(actors, stakeholders.Actor{ID: string(c), Name: c.Told().String(), Constituency: c})
	}
	gaps := rosterOf(t, actors).RoleGaps()
	require.Len(t, gaps, 7)
	for _, gap := range gaps {
		require.Len(t, gap.Candidates, 10, "a gap names at most ten")
		require.Contains(t, gap.Candidates[0].Reason.String(), "usual constituency for the role", gap.Role)
		require.Contains(t, gap.Candidates[9].Reason.String(), "less usual", gap.Role)
	}
}

func TestCandidatesNeverOpposeAndGapsAreNeverFilled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rosterOf(t, actorsGen.Draw(t, "actors"))
		gaps := r.RoleGaps()
		require.Equal(t, gaps, r.RoleGaps())
		filled := 0
		for _, role := range stakeholders.Roles() {
			require.Equal(t, r.RoleFilled(role), len(r.Holders(role)) > 0)
			if r.RoleFilled(role) {
				filled++
			}
		}
		require.Equal(t, 7, filled+len(gaps))
		for _, gap := range gaps {
			require.False(t, r.RoleFilled(gap.Role))
			for _, c := range gap.Candidates {
				a, ok := r.Actor(c.Actor)
				require.True(t, ok)
				require.False(t, a.Position.Opposes())
			}
		}
	})
}

func TestCoverageCountsEveryActorOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rosterOf(t, actorsGen.Draw(t, "actors"))
		rows := r.ConstituencyCoverage()
		counted, missing := 0, 0
		for i, c := range stakeholders.Constituencies() {
			require.Equal(t, c, rows[i].Constituency)
			require.Equal(t, c.Group(), rows[i].Group)
			require.Equal(t, r.HasMemberOf(c), len(rows[i].Members) > 0)
			counted += len(rows[i].Members) + len(rows[i].Others)
			if len(rows[i].Members) == 0 {
				missing++
			}
		}
		require.Equal(t, r.Len(), counted)
		require.Len(t, r.MissingConstituencies(), missing)
		require.Equal(t, 5, r.GroupsRepresented()+len(r.MissingGroups()))
	})
}

func TestCoverageOfTheDistrict(t *testing.T) {
	r := district(t)
	require.Equal(t, 2, r.GroupsRepresented()) // government and community
	require.Equal(t, []stakeholders.Group{stakeholders.CivilSocietyGroup, stakeholders.DevelopmentPartners, stakeholders.ProfessionAndMarket}, r.MissingGroups())
	require.Len(t, r.MissingConstituencies(), 19-3)
	require.Equal(t, stakeholders.ConstituencyCoverage{Constituency: stakeholders.OtherMinistry, Group: stakeholders.Government, Others: []string{"mof"}}, r.ConstituencyCoverage()[3])
	require.False(t, r.HasMemberOf(stakeholders.OtherMinistry))
	require.True(t, r.HasMemberIn(stakeholders.Community))
}

func BenchmarkRoleGaps(b *testing.B) {
	var actors []stakeholders.Actor
	for i := range 100 {
		actors = append(actors, stakeholders.Actor{ID: fmt.Sprint(i), Name: "A", Constituency: stakeholders.Constituencies()[i%17]})
	}
	r := rosterOf(b, actors)
	b.ReportAllocs()
	for b.Loop() {
		_ = r.RoleGaps()
	}
}

func TestConstituencyGapsRankThoseWhoAreEngaged(t *testing.T) {
	union := func(id string, position stakeholders.Position, power stakeholders.Power) stakeholders.Actor {
		return stakeholders.Actor{ID: id, Name: id, Constituency: stakeholders.TradeUnion, Position: position, Power: power}
	}
	holder := union("holder", stakeholders.At(2), 3)
	holder.Roles = []stakeholders.Role{stakeholders.Liaison}
	r := rosterOf(t, []stakeholders.Actor{
		union("opponent", stakeholders.At(-4), 7),
		union("dark", stakeholders.At(2), 0),
		union("unknown", stakeholders.Position{}, 3),
		union("bystander", stakeholders.At(0), 3),
		union("later", stakeholders.At(2), 3),
		holder,
		union("strong", stakeholders.At(0), 6),
		{ID: "nurses", Name: "Nurses", Constituency: stakeholders.ProfessionalAssociation, Member: true},
	})
	gaps := r.ConstituencyGaps()
	require.Len(t, gaps, len(stakeholders.Constituencies())-1)
	var missing []stakeholders.Constituency
	for _, g := range gaps {
		missing = append(missing, g.Constituency)
		require.Equal(t, g.Constituency.Group(), g.Group)
		require.Equal(t, g.Group != stakeholders.ProfessionAndMarket, g.GroupMissing)
		if g.Constituency != stakeholders.TradeUnion {
			require.Empty(t, g.Candidates)
			continue
		}
		require.Equal(t, "no active member from here: trade union; its group has members from elsewhere: profession and market", g.Reason.String())
		var ids []string
		for _, c := range g.Candidates {
			ids = append(ids, c.Actor)
		}
		require.Equal(t, []string{"strong", "holder", "later", "bystander", "unknown", "dark", "opponent"}, ids)
		require.Equal(t, "to be won (engaged, not a member of the coalition, high power, non-mobilised)", g.Candidates[0].Reason.String())
		require.Equal(t, "ready for an invitation (engaged, not a member of the coalition, medium power, low support)", g.Candidates[1].Reason.String())
		require.Equal(t, "to be asked about its position (engaged, not a member of the coalition, medium power, position not known)", g.Candidates[4].Reason.String())
		require.Equal(t, "ready for an invitation (engaged, not a member of the coalition, power not known, low support)", g.Candidates[5].Reason.String())
		require.Equal(t, "to be heard before an invitation (engaged, not a member of the coalition, high power, medium opposition)", g.Candidates[6].Reason.String())
	}
	require.Equal(t, r.MissingConstituencies(), missing)
	require.Equal(t, "no active member from here: ministry of health; nor from the rest of its group: government", gaps[0].Reason.String())
}
