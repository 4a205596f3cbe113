package policymaker

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
)

func small(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/small.json")
	require.NoError(t, err)
	return string(data)
}

func mustRead(t require.TestingT, text string) *Project {
	p, err := Read(strings.NewReader(text))
	require.NoError(t, err)
	return p
}

func written(t require.TestingT, p *Project) string {
	var b strings.Builder
	require.NoError(t, p.Write(&b))
	return b.String()
}

// withPlayers is a file with the given rows of Player and nothing else.
func withPlayers(rows ...string) string {
	return `{"Project":[{}],"Player":[` + strings.Join(rows, ",") + `]}`
}

// TestIndicesAreThoseOfTheTool follows the tool's help text by hand for the
// small project. Players today: health 6×6 = 36, finance −4×6×2 = −48, nurses
// −2×4 = −8, districts 5×4 = 20 non-mobilised, workers 6×2 = 12, fund 2.5×5.5 =
// 13.75; the media have no position.
func TestIndicesAreThoseOfTheTool(t *testing.T) {
	p := mustRead(t, small(t))
	today, err := p.Roster()
	require.NoError(t, err)
	strategies, err := p.Strategies()
	require.NoError(t, err)
	require.Len(t, strategies, 3)

	for _, c := range []struct {
		strategies                        []int
		support, nonMobilised, opposition float64
	}{
		{nil, 61.75, 20, 56},
		{[]int{1}, 61.75, 80, 8},
		{[]int{2}, 77.75, 0, 32},
		{[]int{3}, 69.75, 20, 48},
		{[]int{1, 2}, 77.75, 60, 8},
		{[]int{1, 2, 3}, 85.75, 60, 0},
	} {
		t.Run(fmt.Sprint(c.strategies), func(t *testing.T) {
			var chosen []stakeholders.Strategy
			for _, n := range c.strategies {
				chosen = append(chosen, strategies[n-1])
			}
			then, err := today.Under(chosen...)
			require.NoError(t, err)
			f := then.Feasibility()
			assert.InDelta(t, c.support, f.Support, 1e-9)
			assert.InDelta(t, c.nonMobilised, f.NonMobilised, 1e-9)
			assert.InDelta(t, c.opposition, f.Opposition, 1e-9)
			assert.Equal(t, 1, f.LeftOut, "the media")
		})
	}
}

func TestTheSmallProjectIsRead(t *testing.T) {
	p := mustRead(t, small(t))
	assert.Equal(t, "Paid community health workers, small example", p.Label())
	assert.Equal(t, "chsreform", p.Analyst())
	day, ok := p.AsOf()
	assert.True(t, ok)
	assert.Equal(t, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), day)
	assert.True(t, p.UsesProbability())
	assert.Empty(t, p.Remarks())
	assert.Empty(t, p.Unmapped())

	assert.Equal(t, []Goal{{
		ID: "1", Row: 1, Goal: "Put community health workers on the public payroll",
		Mechanism: "Budget line from 2027", Indicator: "Share of workers paid on time", OnAgenda: "Government", Priority: 1,
	}}, p.Goals())
	assert.Empty(t, p.Interests())
	assert.Empty(t, p.Consequences())

	require.Len(t, p.Players(), 7)
	assert.Equal(t, Player{
		ID: "2", Row: 2, Name: "Ministry of Finance", Abbrev: "MoF", Sector: "Governmental", Level: "National",
		Position: stakeholders.At(-4), Power: 6, Weight: 2, Votes: 1, Include: true, Trump: true, Obstacle: "Wage bill ceiling",
	}, p.Players()[1])
	r, err := p.Roster()
	require.NoError(t, err)
	media, ok := r.Actor("7")
	require.True(t, ok)
	assert.False(t, media.Position.Known(), "a rating of 0 is not a position of 0")
	assert.Equal(t, []string{"2"}, ids(r.VetoOpponents()))

	assert.Equal(t, Plan{
		ID: "3", Row: 3, Name: "Career ladder into nursing", Action: "Open bridging places",
		Problem: "Training capacity", Benefit: "Nurses gain members", Timeline: "one year", PctSuccess: 40,
	}, p.Plans()[2])
	strategies, err := p.Strategies()
	require.NoError(t, err)
	assert.Equal(t, stakeholders.Strategy{
		ID: "3", Name: "Career ladder into nursing", Kind: stakeholders.ChangePositions, What: "Open bridging places",
		Probability: 0.4, Effects: []stakeholders.Effect{{Actor: "3", Position: stakeholders.At(2)}},
	}, strategies[2], "a future power rating of 0 leaves the power open")
	assert.Equal(t, Impact{Row: 4, Strategy: "3", Player: "3", Position: stakeholders.At(2)}, p.Impacts()[3])
}

func ids(actors []stakeholders.Actor) []string {
	var all []string
	for _, a := range actors {
		all = append(all, a.ID)
	}
	return all
}

func TestTablesOfWishesAndConsequencesAreRead(t *testing.T) {
	p := mustRead(t, `{"Project":[{"As_of_date":"31-december-2025"}],"Player":[{"Player_ID":1}],"Strategy":[{"Strategy_ID":"4"}],
		"Objectives":[{"Objective_ID":3,"Player_ID":1,"Objective":"Members","Type":"Organizational","Priority":2}],
		"Consequences":[{"Conseq_ID":5,"Conseq_player_ID":1,"Conseq_identity":"Wages","Conseq_qual":"Financial","Conseq_size":"large","Conseq_timing":"2027","Conseq_intensity_rating":4}],
		"Affected_player":[{"Strategy_ID":4,"Player_ID":"1","Pct_Success_1":10,"Pct_Success_2":"20","Pct_Success_3":null,"Assign_Person":"Ama"}]}`)
	assert.Equal(t, []Interest{{ID: "3", Row: 1, Player: "1", Interest: "Members", Type: "Organizational", Priority: 2}}, p.Interests())
	assert.Equal(t, []Consequence{{ID: "5", Row: 1, Player: "1", What: "Wages", Kind: "Financial", Size: "large", Timing: "2027"}}, p.Consequences())
	assert.Equal(t, []Impact{{Row: 1, Strategy: "4", Player: "1", Observed: [3]float64{10, 20, 0}, Person: "Ama"}}, p.Impacts())
	day, ok := p.AsOf()
	assert.True(t, ok)
	assert.Equal(t, "2025-12-31", day.Format(time.DateOnly))
}

func TestRatingDecidesAndValueRefines(t *testing.T) {
	high, none := stakeholders.At(6), stakeholders.Position{}
	for _, c := range []struct {
		fields   string
		position stakeholders.Position
		power    stakeholders.Power
		remarks  int
	}{
		{``, none, 0, 0},
		{`"Position_rating":0,"PosValue":4,"Strength_of_influence":0,"PowValue":4`, none, 0, 0},
		{`"Position_rating":8,"PosValue":0.0,"Strength_of_influence":4,"PowValue":0.0`, none, 0, 0},
		{`"PosValue":4,"PowValue":4`, none, 0, 0},
		{`"Position_rating":null,"Strength_of_influence":""`, none, 0, 0},
		{`"Position_rating":1,"PosValue":5,"Strength_of_influence":1,"PowValue":5`, stakeholders.At(5), 5, 0},
		{`"Position_rating":4,"PosValue":-1,"Strength_of_influence":3,"PowValue":1`, stakeholders.At(-1), 1, 0},
		{`"Position_rating":4,"PosValue":-0.0`, stakeholders.At(0), 0, 0},
		{`"Position_rating":1,"Strength_of_influence":1`, high, 6, 0},
		{`"Position_rating":1,"PosValue":"","Strength_of_influence":1,"PowValue":0`, high, 6, 0},
		{`"Position_rating":7,"PosValue":-7,"Strength_of_influence":2,"PowValue":3`, stakeholders.At(-7), 3, 0},
		{`"Position_rating":1,"PosValue":0,"Strength_of_influence":3,"PowValue":7`, high, 2, 2},
		{`"Position_rating":"1","PosValue":" 6.5 ","Strength_of_influence":"1.0","PowValue":"65e-1"`, stakeholders.At(6.5), 6.5, 0},
	} {
		t.Run(c.fields, func(t *testing.T) {
			row := strings.TrimSuffix(`{"Player_ID":1,"Player_name":"A","Sector":"Media",`+c.fields, ",") + `}`
			p := mustRead(t, withPlayers(row))
			assert.Equal(t, c.position, p.Players()[0].Position)
			assert.Equal(t, c.power, p.Players()[0].Power)
			assert.Len(t, p.Remarks(), c.remarks)
		})
	}
}

func TestPlayersThatDoNotCountStayInTheProject(t *testing.T) {
	text := `{"Project":[{}],"Player":[
		{"Player_ID":1,"Player_name":"Out","Include":false,"Sector":"Elsewhere"},
		{"Player_ID":2,"Player_name":"Nil","Include":"1","Weight":0,"Position_rating":2,"PosValue":4,"PowValue":4,"Strength_of_influence":2},
		{"Player_ID":3,"Player_name":"In","Include":1,"Trump":"True","Sector":"Media"}],
		"Strategy":[{"Strategy_ID":1,"Strategy_name":"S"}],
		"Affected_player":[{"Strategy_ID":1,"Player_ID":1,"Future_position_rating":1},{"Strategy_ID":1,"Player_ID":2,"Future_power_rating":1}]}`
	p := mustRead(t, text)
	r, err := p.Roster()
	require.NoError(t, err)
	assert.Equal(t, []string{"1", "3"}, r.IDs())
	assert.Equal(t, "Player, row 1, Include: not included; in the roster all the same, as in the tool's indices", p.Remarks()[0].String())
	p.OnlyIncluded(true)
	r, err = p.Roster()
	require.NoError(t, err)
	assert.Equal(t, []string{"3"}, r.IDs())
	assert.Len(t, p.Players(), 3)
	assert.Empty(t, p.Unmapped(), "a sector matters only where the player counts")
	assert.Equal(t, "Player, row 1, Include: not included; left out of the roster", p.Remarks()[0].String())
	assert.Equal(t, "Weight", p.Remarks()[1].Field)

	strategies, err := p.Strategies()
	require.NoError(t, err)
	assert.Empty(t, strategies[0].Effects, "an effect on an actor that the roster lacks would be refused by it")
	assert.Equal(t, stakeholders.ChangePerceptions, strategies[0].Kind)
	assert.Equal(t, 1.0, strategies[0].Probability)
	require.NoError(t, p.SetStrategy(strategies[0]))
	assert.Equal(t, text, written(t, p), "and so it is not taken as withdrawn")

	require.NoError(t, p.SetActor(stakeholders.Actor{ID: "1", Name: "Out", Constituency: stakeholders.CivilSociety, Weight: 1}))
	require.NoError(t, p.SetActor(stakeholders.Actor{ID: "2", Name: "Nil", Constituency: stakeholders.CivilSociety, Position: stakeholders.At(4), Power: 4}))
	want := strings.Replace(strings.Replace(text, `"Include":false`, `"Include":true`, 1), `"Weight":0`, `"Weight":1`, 1)
	assert.Equal(t, want, written(t, p), "who is set, counts")
	r, err = p.Roster()
	require.NoError(t, err)
	assert.Equal(t, []string{"1", "2", "3"}, r.IDs())
}

// What the tool's help text says of its graph: Include is not looked at, a rating's
// value counts as it stands, also on the edge of its band, and the rating says which
// index it is in. Each index is position × power × weight, with 5 for the position of
// the non-mobilised.
func TestTheIndicesAreThoseThatTheToolDraws(t *testing.T) {
	player := func(id int, position float64, rating int, power float64, influence int, include bool) string {
		return fmt.Sprintf(`{"Player_ID":%d,"Player_name":"P%[1]d","Sector":"Media","PosValue":%v,"Position_rating":%d,"PowValue":%v,"Strength_of_influence":%d,"Weight":2,"Include":%v}`,
			id, position, rating, power, influence, include)
	}
	for _, c := range []struct {
		name string
		row  string
		want stakeholders.Indices
		only bool
	}{
		{"included", player(1, 6, 1, 6, 1, true), stakeholders.Indices{Support: 6 * 6 * 2}, false},
		{"not included", player(1, 6, 1, 6, 1, false), stakeholders.Indices{Support: 6 * 6 * 2}, false},
		{"not included, and not wanted", player(1, 6, 1, 6, 1, false), stakeholders.Indices{}, true},
		{"high support at its lower edge", player(1, 5, 1, 6, 1, true), stakeholders.Indices{Support: 5 * 6 * 2}, false},
		{"medium support at its upper edge", player(1, 5, 2, 6, 1, true), stakeholders.Indices{Support: 5 * 6 * 2}, false},
		{"low support at its upper edge", player(1, 3, 3, 6, 1, true), stakeholders.Indices{Support: 3 * 6 * 2}, false},
		{"low support at its lower edge", player(1, 1, 3, 6, 1, true), stakeholders.Indices{Support: 1 * 6 * 2}, false},
		{"non-mobilised beside support", player(1, 1, 4, 6, 1, true), stakeholders.Indices{NonMobilised: 5 * 6 * 2}, false},
		{"non-mobilised beside opposition", player(1, -1, 4, 6, 1, true), stakeholders.Indices{NonMobilised: 5 * 6 * 2}, false},
		{"low opposition beside the non-mobilised", player(1, -1, 5, 6, 1, true), stakeholders.Indices{Opposition: 1 * 6 * 2}, false},
		{"medium opposition at its edge", player(1, -3, 6, 6, 1, true), stakeholders.Indices{Opposition: 3 * 6 * 2}, false},
		{"high opposition at its edge", player(1, -5, 7, 6, 1, true), stakeholders.Indices{Opposition: 5 * 6 * 2}, false},
		{"a medium power at its upper edge", player(1, 6, 1, 5, 2, true), stakeholders.Indices{Support: 6 * 5 * 2}, false},
		{"a low power at its upper edge", player(1, 6, 1, 3, 3, true), stakeholders.Indices{Support: 6 * 3 * 2}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := withPlayers(c.row)
			p := mustRead(t, text)
			p.OnlyIncluded(c.only)
			r, err := p.Roster()
			require.NoError(t, err)
			assert.Equal(t, c.want, r.Feasibility().Indices())
			setBack(t, p)
			assert.Equal(t, text, written(t, p), "written back unchanged, nothing changes")
		})
	}

	// A supporter that is not included against an opponent that is: 6 × 6 and 4 × 6,
	// where without the first it were 0 and 24.
	p := mustRead(t, withPlayers(
		strings.Replace(player(1, 6, 1, 6, 1, false), `"Weight":2`, `"Weight":1`, 1),
		strings.Replace(player(2, -4, 6, 6, 1, true), `"Weight":2`, `"Weight":1`, 1)))
	r, err := p.Roster()
	require.NoError(t, err)
	assert.Equal(t, stakeholders.Indices{Support: 36, Opposition: 24}, r.Feasibility().Indices())
	assert.True(t, r.Feasibility().Feasible())
}

// A strategy's value is put in its band again, the edge nearer to support; a player
// that none moves stays in the band of its rating.
func TestAStrategyPutsAPlayerInItsBandAgain(t *testing.T) {
	p := mustRead(t, `{"Project":[{}],"Player":[
		{"Player_ID":1,"Player_name":"A","Position_rating":5,"PosValue":-1,"Strength_of_influence":1,"PowValue":6},
		{"Player_ID":2,"Player_name":"B","Position_rating":4,"PosValue":1,"Strength_of_influence":2,"PowValue":4}],
		"Strategy":[{"Strategy_ID":1,"Strategy_name":"S"}],
		"Affected_player":[{"Strategy_ID":1,"Player_ID":1,"Future_position_rating":4,"Fut_PosValue":1}]}`)
	r, err := p.Roster()
	require.NoError(t, err)
	assert.Equal(t, stakeholders.Indices{Opposition: 1 * 6, NonMobilised: 5 * 4}, r.Feasibility().Indices())
	strategies, err := p.Strategies()
	require.NoError(t, err)
	then, err := r.Under(strategies...)
	require.NoError(t, err)
	assert.Equal(t, stakeholders.Indices{Support: 1 * 6, NonMobilised: 5 * 4}, then.Feasibility().Indices())
}

func TestKindsAreReadFromWhatChanges(t *testing.T) {
	p := mustRead(t, `{"Project":[{}],"Player":[{"Player_ID":1,"Player_name":"A","Position_rating":2,"PosValue":4,"Strength_of_influence":2,"PowValue":4}],
		"Strategy":[{"Strategy_ID":1,"Strategy_name":"moves"},{"Strategy_ID":2,"Strategy_name":"strengthens"},{"Strategy_ID":3,"Strategy_name":"both"},{"Strategy_ID":4,"Strategy_name":"none"},{"Strategy_ID":5,"Strategy_name":"same"}],
		"Affected_player":[
		{"Strategy_ID":1,"Player_ID":1,"Future_position_rating":1,"Fut_PosValue":6,"Future_power_rating":2,"Fut_PowValue":4},
		{"Strategy_ID":2,"Player_ID":1,"Future_position_rating":2,"Fut_PosValue":4,"Future_power_rating":1,"Fut_PowValue":6},
		{"Strategy_ID":3,"Player_ID":1,"Future_position_rating":1,"Fut_PosValue":6,"Future_power_rating":1,"Fut_PowValue":6},
		{"Strategy_ID":4,"Player_ID":1,"Future_position_rating":8,"Fut_PosValue":0,"Future_power_rating":4,"Fut_PowValue":0},
		{"Strategy_ID":5,"Player_ID":1,"Future_position_rating":2,"Fut_PosValue":4}]}`)
	strategies, err := p.Strategies()
	require.NoError(t, err)
	var kinds []stakeholders.StrategyKind
	for _, s := range strategies {
		kinds = append(kinds, s.Kind)
	}
	assert.Equal(t, []stakeholders.StrategyKind{
		stakeholders.ChangePositions, stakeholders.ChangePower, stakeholders.ChangePositions,
		stakeholders.ChangePerceptions, stakeholders.ChangePositions,
	}, kinds)
}

func TestSectorsAndLevels(t *testing.T) {
	for _, c := range []struct {
		sector, level string
		want          stakeholders.Constituency
		known         bool
	}{
		{"Governmental", "National", stakeholders.OtherMinistry, true},
		{" governmental ", "", stakeholders.OtherMinistry, true},
		{"Governmental", "Central", stakeholders.OtherMinistry, true},
		{"Government", "LOCAL", stakeholders.SubnationalGovernment, true},
		{"Governmental", "District", stakeholders.SubnationalGovernment, true},
		{"Non-Governmental", "National", stakeholders.NGO, true},
		{"Local Non-Governmental", "Local", stakeholders.NGO, true},
		{"Social", "National", stakeholders.CivilSociety, true},
		{"Social", "Local", stakeholders.LocalCommunity, true},
		{"Media", "National", stakeholders.Media, true},
		{"Commercial", "", stakeholders.PrivateSector, true},
		{"International donor", "", stakeholders.BilateralDonor, true},
		{"UN System", "", stakeholders.MultilateralAgency, true},
		{"trade-union", "", stakeholders.TradeUnion, true},
		{"Ministry of health", "", stakeholders.MinistryOfHealth, true},
		{"Political", "National", stakeholders.CivilSociety, false},
		{"", "", stakeholders.CivilSociety, false},
	} {
		got, known := DefaultConstituency(Player{Sector: c.sector, Level: c.level})
		assert.Equal(t, c.want, got, "%q %q", c.sector, c.level)
		assert.Equal(t, c.known, known, "%q %q", c.sector, c.level)
	}
}

func TestEveryConstituencyCanBeWritten(t *testing.T) {
	for _, c := range stakeholders.Constituencies() {
		for _, old := range []string{"", "Local", "National", "Anywhere"} {
			sector, level := sectorOf(c)
			if level == "" {
				level = old
			}
			got, known := DefaultConstituency(Player{Sector: sector, Level: level})
			assert.True(t, known, "%q %q", sector, level)
			assert.Equal(t, c, got, "%q %q", sector, level)
		}
	}
}

func TestTheHostKnowsItsMinistries(t *testing.T) {
	p := mustRead(t, strings.Replace(small(t), `"Sector": "Social", "Level": "National"`, `"Sector": "Unions", "Level": "National"`, 1))
	require.Len(t, p.Unmapped(), 1)
	assert.Equal(t, "Nurses' association", p.Unmapped()[0].Name)
	require.Len(t, p.Remarks(), 1)
	assert.Equal(t, `Player, row 3, Sector: no constituency: "Unions"; read as: civil society organisation`, p.Remarks()[0].String())

	p.MapConstituencies(func(p Player) stakeholders.Constituency {
		switch p.Abbrev {
		case "MoH":
			return stakeholders.MinistryOfHealth
		case "Nurses":
			return stakeholders.ProfessionalAssociation
		}
		return ""
	})
	assert.Empty(t, p.Unmapped())
	r, err := p.Roster()
	require.NoError(t, err)
	got := map[string]stakeholders.Constituency{}
	for a := range r.All() {
		got[a.ID] = a.Constituency
	}
	assert.Equal(t, map[string]stakeholders.Constituency{
		"1": stakeholders.MinistryOfHealth, "2": stakeholders.OtherMinistry, "3": stakeholders.ProfessionalAssociation,
		"4": stakeholders.SubnationalGovernment, "5": stakeholders.LocalCommunity, "6": stakeholders.NGO, "7": stakeholders.Media,
	}, got)

	p.MapConstituencies(func(Player) stakeholders.Constituency { return "nobility" })
	_, err = p.Roster()
	assert.ErrorIs(t, err, fault.ErrInvalid)
}

func TestBlankAndLongTexts(t *testing.T) {
	long := strings.Repeat("é", fault.Note.Most+1)
	text := `{"Project":[{"As_of_date":"soon"}],"Player":[{"Player_ID":1,"Player_name":" ","Player_abbrev":"MoH","Sector":"Media","Player_details":"` + long + `"},{"Player_ID":2,"Sector":"Media","Player_details":"short"}],
		"Strategy":[{"Strategy_ID":3,"Action":"` + long + `"}]}`
	p := mustRead(t, text)
	r, err := p.Roster()
	require.NoError(t, err)
	first, _ := r.Actor("1")
	assert.Equal(t, "MoH", first.Name)
	assert.Empty(t, first.Note)
	second, _ := r.Actor("2")
	assert.Equal(t, "Player 2", second.Name)
	assert.Equal(t, "short", second.Note)
	strategies, err := p.Strategies()
	require.NoError(t, err)
	assert.Equal(t, "Strategy 3", strategies[0].Name)
	assert.Empty(t, strategies[0].What)
	_, ok := p.AsOf()
	assert.False(t, ok)
	var fields []string
	for _, r := range p.Remarks() {
		fields = append(fields, r.Field)
	}
	assert.Equal(t, []string{"As_of_date", "Player_name", "Player_details", "Player_name", "Strategy_name", "Action"}, fields)

	for a := range r.All() {
		require.NoError(t, p.SetActor(a))
	}
	require.NoError(t, p.SetStrategy(strategies[0]))
	assert.Equal(t, text, written(t, p), "what stands in for a text is not written over it")
}

func TestWriterErrorsAreWrapped(t *testing.T) {
	p := mustRead(t, small(t))
	broken := errors.New("disk full")
	assert.ErrorIs(t, p.Write(failing{broken}), broken)
	_, err := Read(iotest.ErrReader(broken))
	assert.ErrorIs(t, err, broken)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestTheZeroProjectRefuses(t *testing.T) {
	var p Project
	assert.ErrorIs(t, p.Write(&bytes.Buffer{}), fault.ErrInvalid)
	_, err := p.AddActor(stakeholders.Actor{})
	assert.ErrorIs(t, err, fault.ErrInvalid)
	_, err = p.AddStrategy(stakeholders.Strategy{})
	assert.EqualError(t, err, "got nothing, want one that a function of the package has made: Read or NewProject")
	assert.Equal(t, fault.Exists, fault.Of(p.SetActor(stakeholders.Actor{ID: "1"}))[len(fault.Of(p.SetActor(stakeholders.Actor{ID: "1"})))-1].Rule)
	assert.ErrorIs(t, p.SetStrategy(stakeholders.Strategy{ID: "1"}), fault.ErrInvalid)
	r, err := p.Roster()
	assert.NoError(t, err)
	assert.Zero(t, r.Len())
}
