package stakeholders

// In the package, to reach the reader of the catalogue.

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/stretchr/testify/require"
)

func TestTheCatalogueIsWholeAndEachEntryCarriesItsSource(t *testing.T) {
	read, err := readCatalogue(catalogueData)
	require.NoError(t, err)
	require.Len(t, read.Kinds, 4)
	for i, k := range KindNotes() {
		require.Equal(t, StrategyKinds()[i], k.Kind)
		require.Equal(t, "reich", k.Source)
	}
	all := Catalogue()
	require.True(t, slices.IsSortedFunc(all, func(a, b Suggestion) int {
		return slices.Index(StrategyKinds(), a.Kind) - slices.Index(StrategyKinds(), b.Kind)
	}), "kind by kind")
	for _, s := range all {
		require.Equal(t, "model", s.Source, s.ID)
		require.Equal(t, strings.ToLower(s.ID), s.ID)
		for _, text := range []string{s.Text, s.Helps, s.Watch} {
			require.True(t, strings.HasSuffix(text, "."), "%s: %s", s.ID, text)
		}
		require.True(t, slices.IsSortedFunc(s.Targets, func(a, b Target) int {
			return slices.Index(Targets(), a) - slices.Index(Targets(), b)
		}) || len(s.Targets) == 2, s.ID)
	}
	for _, kind := range StrategyKinds() {
		require.GreaterOrEqual(t, len(SuggestionsFor(kind, "")), 5, kind)
		for _, target := range Targets() {
			found := SuggestionsFor(kind, target)
			require.NotEmpty(t, found, "%s, %s", kind, target)
			for _, s := range found {
				require.Equal(t, kind, s.Kind)
				require.Contains(t, s.Targets, target)
			}
		}
	}
	require.Len(t, SuggestionsFor("", ""), len(all))
	require.Empty(t, SuggestionsFor("persuasion", ""))
	require.Empty(t, SuggestionsFor("", "everybody"))
}

func TestTheCatalogueIsTheCallers(t *testing.T) {
	all := Catalogue()
	all[0].ID, all[0].Targets[0] = "mine", "mine"
	KindNotes()[0].Text = "mine"
	require.NotEqual(t, "mine", Catalogue()[0].ID)
	require.NotEqual(t, Target("mine"), Catalogue()[0].Targets[0])
	require.NotEqual(t, "mine", KindNotes()[0].Text)
}

func TestAnIncompleteCatalogueIsRefused(t *testing.T) {
	_, err := readCatalogue([]byte(`[`))
	require.Error(t, err)
	_, err = readCatalogue([]byte(`{"suggestions": [{"kind": "bribe"}]}`))
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = readCatalogue([]byte(`{"kinds": [{}], "suggestions": [{"id": "a"}, {"id": "a"}]}`))
	var refused fault.Fields
	require.ErrorAs(t, err, &refused)
	var fields []string
	for _, e := range refused {
		fields = append(fields, e.Path)
	}
	require.Subset(t, fields, []string{"kinds", "kinds[0].text", "kinds[0].source", "suggestions[1].id", "suggestions[0].kind",
		"suggestions[0].targets", "suggestions[0].text", "suggestions[0].helps", "suggestions[0].watch", "suggestions[0].source"})
}

func TestTargetsFollowThePosition(t *testing.T) {
	for value, want := range map[float64]Target{7: Supporters, 1: Supporters, 0.5: NonMobilisedActors, -1: NonMobilisedActors, -1.5: Opponents} {
		got, ok := At(value).Target()
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	for _, p := range []Position{{}, At(9)} {
		_, ok := p.Target()
		require.False(t, ok)
	}
}

func TestTheWordsOfThisPackageReadTheirTextFormOnly(t *testing.T) {
	var target Target
	require.NoError(t, json.Unmarshal([]byte(`"opponents"`), &target))
	require.Equal(t, Opponents, target)
	require.ErrorIs(t, json.Unmarshal([]byte(`"enemies"`), &target), fault.ErrInvalid)

	var kind StrategyKind
	require.NoError(t, json.Unmarshal([]byte(`"players"`), &kind))
	require.Equal(t, ChangePlayers, kind)
	require.ErrorIs(t, json.Unmarshal([]byte(`"persuasion"`), &kind), fault.ErrInvalid)

	var m FundingMeasure
	require.NoError(t, json.Unmarshal([]byte(`"delivered"`), &m))
	require.Equal(t, Delivered, m)
	require.ErrorIs(t, json.Unmarshal([]byte(`"promised"`), &m), fault.ErrInvalid)
	require.Equal(t, []FundingMeasure{Pledged, Delivered}, FundingMeasures())
}

func TestWhatAStrategyMustBe(t *testing.T) {
	good := Strategy{ID: "s", Name: "S", Kind: ChangePower, Probability: 1, Effects: []Effect{{Actor: "a", Power: 3}}}
	require.Empty(t, good.Validate())
	for field, change := range map[string]func(*Strategy){
		"id":         func(s *Strategy) { s.ID = " " },
		"name":       func(s *Strategy) { s.Name = "" },
		"kind":       func(s *Strategy) { s.Kind = "" },
		"unit":       func(s *Strategy) { s.Cost = 1 },
		"months":     func(s *Strategy) { s.Months = -1 },
		"effects[0]": func(s *Strategy) { s.Effects[0].Power = 0 },
	} {
		s := good.Clone()
		change(&s)
		errs := s.Validate()
		require.Len(t, errs, 1, field)
		require.Equal(t, field, errs[0].Path)
	}
	require.Equal(t, Power(3), good.Effects[0].Power, "a clone shares nothing")

	// A century is the longest that a strategy may take.
	good.Months = 1200
	require.Empty(t, good.Validate())
	good.Months = 1201
	require.Equal(t, "months", good.Validate()[0].Path)
}
