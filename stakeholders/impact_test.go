package stakeholders_test

import (
	"encoding/json"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
)

func moved(t testing.TB, r stakeholders.Roster, id string, position float64, power stakeholders.Power) stakeholders.Roster {
	a, ok := r.Actor(id)
	require.True(t, ok)
	a.Position, a.Power = stakeholders.At(position), power
	r, err := r.Replace(a)
	require.NoError(t, err)
	return r
}

func TestImpactHoldsWhatWasSeenAgainstWhatWasStated(t *testing.T) {
	before := district(t)
	// The treasury went from -4 to -3 where -2 was stated, the districts from 0
	// to 2 where 4 was; the nurses moved too, which is not this strategy's.
	now := moved(t, moved(t, moved(t, before, "mof", -3, 6), "districts", 2, 4), "nurses", 4, 4)
	s := districtStrategies()[1]
	for success, chance := range map[stakeholders.Success]float64{
		stakeholders.SuccessUnknown: 0.75, stakeholders.FullSuccess: 1, stakeholders.PartSuccess: 0.5, stakeholders.NoSuccess: 0,
	} {
		i, err := stakeholders.ImpactOf(s, success, before, now)
		require.NoError(t, err)
		require.Equal(t, success, i.Success)
		require.Equal(t, chance, i.Chance)
		require.Equal(t, []stakeholders.ActorImpact{
			{Actor: "mof", Position: stakeholders.Shift{Stated: 2, Expected: 2 * chance, Observed: 1, Known: true}, Power: stakeholders.Shift{Known: true}},
			{Actor: "districts", Position: stakeholders.Shift{Stated: 4, Expected: 4 * chance, Observed: 2, Known: true}, Power: stakeholders.Shift{Known: true}},
		}, i.Actors)
		realised, ok := i.Actors[0].Position.Realised()
		require.True(t, ok)
		require.Equal(t, 0.5, realised)
		_, ok = i.Actors[0].Power.Realised()
		require.False(t, ok, "no change was stated")

		// Stated: opposition 56 - 24, support + 16. Seen: 56 - 12, + 8.
		require.Equal(t, stakeholders.Indices{Support: 16, NonMobilised: -20, Opposition: -24}, i.Stated)
		require.Equal(t, stakeholders.Indices{Support: 8, NonMobilised: -20, Opposition: -12}, i.Observed)
		require.InDelta(t, 40*chance, i.Expected.Margin(), 1e-12)
		realised, ok = i.Realised()
		require.True(t, ok)
		require.Equal(t, 20.0/40, realised)
	}
}

func TestImpactOnWhoeverIsGoneOrNotKnown(t *testing.T) {
	before := district(t)
	now, err := before.Release("mof")
	require.NoError(t, err)
	s := stakeholders.Strategy{ID: "s", Name: "S", Kind: stakeholders.ChangePositions, Probability: 1, Effects: []stakeholders.Effect{
		{Actor: "mof", Position: stakeholders.At(0)}, {Actor: "media", Position: stakeholders.At(4)}}}
	i, err := stakeholders.ImpactOf(s, stakeholders.SuccessUnknown, before, now)
	require.NoError(t, err)
	require.Equal(t, stakeholders.Shift{Stated: 4, Expected: 4}, i.Actors[0].Position)
	require.Equal(t, stakeholders.Shift{}, i.Actors[1].Position, "there is nothing to change from")
	_, ok := i.Actors[0].Position.Realised()
	require.False(t, ok)
	require.Equal(t, -48.0, i.Observed.Opposition)

	i, err = stakeholders.ImpactOf(stakeholders.Strategy{ID: "s", Name: "S", Kind: stakeholders.ChangePower}, stakeholders.FullSuccess, before, now)
	require.NoError(t, err)
	_, ok = i.Realised()
	require.False(t, ok)
}

func TestImpactRefusesWhatItCannotJudge(t *testing.T) {
	s := districtStrategies()[0]
	_, err := stakeholders.ImpactOf(s, "splendid", stakeholders.Roster{}, stakeholders.Roster{})
	var refused fault.Fields
	require.ErrorAs(t, err, &refused)
	require.Len(t, refused, 2)
	require.Equal(t, "strategies[0].effects[0].actor", refused[0].Path)
	require.Equal(t, fault.Exists, refused[0].Rule)
	require.Equal(t, "success", refused[1].Path)
}

func TestSuccessReadsItsTextFormOnly(t *testing.T) {
	for _, want := range append(stakeholders.Successes(), stakeholders.SuccessUnknown) {
		var s stakeholders.Success
		require.NoError(t, json.Unmarshal([]byte(`"`+string(want)+`"`), &s))
		require.Equal(t, want, s)
	}
	var s stakeholders.Success
	require.ErrorIs(t, json.Unmarshal([]byte(`"half"`), &s), fault.ErrInvalid)
}
