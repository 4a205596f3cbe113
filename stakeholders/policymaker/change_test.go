package policymaker

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
)

func someone(id string) stakeholders.Actor {
	return stakeholders.Actor{ID: id, Name: "Nurses' union", Constituency: stakeholders.TradeUnion}
}

// strange is a project in a layout, and with content, that only a byte-for-byte
// copy brings back.
const strange = "\uFEFF \r\n{\t\"Player\" :\r\n [ { \"Zz\":[ 1 , {\"PosValue\" : 1E+2} ],\"Player_ID\":\"07\" , \"Player_name\" : \"Minist\\u00e8re \\ud800 \\/\",\r\n\"PosValue\":\"-4.00\", \"Position_rating\" : 6.0e0,\"PowValue\":\" 6 \",\"Strength_of_influence\":1,\"Include\":1,\"Trump\":\"0\",\"Sector\":\"Media\"}\r\n\r\n ,{\"Player_ID\":8,\"PosValue\":null,\"Sector\":\"\", \"Unknown\" : -0.0 } ] , \"Nobody knows\": {\"a\":1,\"a\":2 , \"Player\":null} ,\"Project\":[ { } ],\n\"Null\":null , \"Strategy\":[] ,\"Numbers\" : [1.0,1e5, 1E-05, 12345678901234567890, \"\\u0041\"],\"Rows\":[{\"a\":1,\"a\":1}, 7, [ ]]\n}\n\n"

func TestWhatIsNotChangedComesBackByteForByte(t *testing.T) {
	for name, text := range map[string]string{
		"small":     small(t),
		"Windows":   strings.ReplaceAll(small(t), "\n", "\r\n"),
		"one line":  strings.ReplaceAll(small(t), "\n", ""),
		"strange":   strings.Replace(strange, `"07"`, `"7"`, 1),
		"new field": strings.ReplaceAll(small(t), `"Votes": 1`, `"Votes": 1.000, "Mood": {"of": ["the", "day", 1e0]}`),
		"new table": strings.Replace(small(t), `"Policy_Goal"`, `"Extra" : [ {"a" :1} ,2] , "Policy_Goal"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			p := mustRead(t, text)
			assert.Equal(t, text, written(t, p))
			setBack(t, p)
			assert.Equal(t, text, written(t, p), "after everything was written back as it was given out")
		})
	}
	_, err := Read(strings.NewReader(strange))
	assert.ErrorContains(t, err, `got "07", want a whole number`, "no number starts with 0 in JSON, so its meaning is not certain")
}

// setBack writes every actor and strategy back as the project gives them.
func setBack(t require.TestingT, p *Project) {
	r, err := p.Roster()
	require.NoError(t, err)
	for a := range r.All() {
		require.NoError(t, p.SetActor(a))
	}
	strategies, err := p.Strategies()
	require.NoError(t, err)
	for _, s := range strategies {
		require.NoError(t, p.SetStrategy(s))
	}
}

func TestAChangeTouchesOnlyItsFields(t *testing.T) {
	for _, c := range []struct {
		name     string
		change   func(*stakeholders.Actor)
		old, new []string
	}{
		{"nothing", func(*stakeholders.Actor) {}, nil, nil},
		{"weight given as usual", func(a *stakeholders.Actor) { a.Weight = 2 }, nil, nil},
		{"name", func(a *stakeholders.Actor) { a.Name = `Trésor "public" <1>` },
			[]string{`"Ministry of Finance"`}, []string{`"Trésor \"public\" <1>"`}},
		{"position", func(a *stakeholders.Actor) { a.Position = stakeholders.At(3) },
			[]string{`-4, "Position_rating": 6`}, []string{`3, "Position_rating": 2`}},
		{"position within the band", func(a *stakeholders.Actor) { a.Position = stakeholders.At(-3.5) },
			[]string{`-4, "Position_rating": 6`}, []string{`-3.5, "Position_rating": 6`}},
		{"position no longer known", func(a *stakeholders.Actor) { a.Position = stakeholders.Position{} },
			[]string{`-4, "Position_rating": 6`}, []string{`0, "Position_rating": 0`}},
		{"power", func(a *stakeholders.Actor) { a.Power = 2.5 },
			[]string{`6, "Strength_of_influence": 1, "Weight": 2`}, []string{`2.5, "Strength_of_influence": 3, "Weight": 2`}},
		{"power no longer known", func(a *stakeholders.Actor) { a.Power = 0 },
			[]string{`6, "Strength_of_influence": 1, "Weight": 2`}, []string{`0, "Strength_of_influence": 0, "Weight": 2`}},
		{"weight", func(a *stakeholders.Actor) { a.Weight = 0.5 }, []string{`"Weight": 2`}, []string{`"Weight": 0.5`}},
		{"weight no longer given", func(a *stakeholders.Actor) { a.Weight = 0 }, []string{`"Weight": 2`}, []string{`"Weight": 1`}},
		{"veto", func(a *stakeholders.Actor) { a.Veto = false }, []string{`"Trump": true`}, []string{`"Trump": false`}},
		{"constituency", func(a *stakeholders.Actor) { a.Constituency = stakeholders.RegulatoryBody },
			[]string{`"MoF", "Sector": "Governmental"`}, []string{`"MoF", "Sector": "Regulatory body"`}},
		{"constituency with its level", func(a *stakeholders.Actor) { a.Constituency = stakeholders.LocalCommunity },
			[]string{`"MoF", "Sector": "Governmental", "Level": "National"`}, []string{`"MoF", "Sector": "Social", "Level": "Local"`}},
		{"note, a field that the row lacks", func(a *stakeholders.Actor) { a.Note = "New minister" },
			[]string{`"Wage bill ceiling"`}, []string{`"Wage bill ceiling", "Player_details": "New minister"`}},
		{"two at once", func(a *stakeholders.Actor) { a.Veto, a.Name = false, "Treasury" },
			[]string{`"Ministry of Finance"`, `"Trump": true`}, []string{`"Treasury"`, `"Trump": false`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := small(t)
			p := mustRead(t, text)
			r, err := p.Roster()
			require.NoError(t, err)
			a, _ := r.Actor("2")
			c.change(&a)
			require.NoError(t, p.SetActor(a))
			for i := range c.old {
				require.Equal(t, 1, strings.Count(text, c.old[i]))
				text = strings.Replace(text, c.old[i], c.new[i], 1)
			}
			got := written(t, p)
			assert.Equal(t, text, got)

			if a.Weight == 0 {
				a.Weight = 1 // the file has no other way to say it
			}
			for _, p := range []*Project{p, mustRead(t, got)} {
				r, err := p.Roster()
				require.NoError(t, err)
				again, _ := r.Actor("2")
				assert.Equal(t, a, again)
			}
		})
	}
}

func TestAChangedValueIsSpeltAsTheOldOneWas(t *testing.T) {
	row := `{"Player_ID":"1","Player_name":null,"Sector":"Media","PosValue":"4","Position_rating":"2","Support_vs_opposition":"1","Strength_of_position":2,"PowValue":null,"Weight":"","Include":"0","Trump":0}`
	p := mustRead(t, withPlayers(row))
	p.OnlyIncluded(true)
	require.NoError(t, p.SetActor(stakeholders.Actor{ID: "1", Name: "A", Constituency: stakeholders.Media, Position: stakeholders.At(-6), Power: 6, Weight: 3, Veto: true}))
	assert.Equal(t, withPlayers(`{"Player_ID":"1","Player_name":"A","Sector":"Media","PosValue":"-6","Position_rating":"7","Support_vs_opposition":"3","Strength_of_position":1,"PowValue":6,"Weight":"3","Include":"1","Trump":1,"Strength_of_influence":1}`), written(t, p))

	p = mustRead(t, withPlayers(`{"Player_ID":1,"Include":"FALSE"}`))
	p.OnlyIncluded(true)
	require.NoError(t, p.SetActor(stakeholders.Actor{ID: "1", Name: "Player 1", Constituency: stakeholders.CivilSociety}))
	assert.Equal(t, withPlayers(`{"Player_ID":1,"Include":"true"}`), written(t, p))
}

func TestTheToolsOwnFieldsBesideTheRatingFollow(t *testing.T) {
	for rating, want := range map[int][2]float64{0: {4, 4}, 1: {1, 1}, 2: {1, 2}, 3: {1, 3}, 4: {2, 4}, 5: {3, 3}, 6: {3, 2}, 7: {3, 1}, 8: {4, 4}} {
		side, strength := sideAndStrength(float64(rating))
		assert.Equal(t, want, [2]float64{side, strength}, "rating %d", rating)
	}
}

func TestNotSetIsWrittenAsTheFileWritesIt(t *testing.T) {
	p := mustRead(t, withPlayers(`{"Player_ID":1,"Position_rating":8,"PosValue":0.0,"Strength_of_influence":4,"PowValue":0.0}`,
		`{"Player_ID":2,"Player_name":"B","Sector":"Media","Position_rating":4,"PosValue":0.5,"Strength_of_influence":1,"PowValue":6}`))
	require.NoError(t, p.SetActor(stakeholders.Actor{ID: "2", Name: "B", Constituency: stakeholders.Media}))
	assert.Contains(t, written(t, p), `"Media","Position_rating":8,"PosValue":0,"Strength_of_influence":4,"PowValue":0}`)
}

func TestStrategyChangesTouchOnlyTheirFields(t *testing.T) {
	text := small(t)
	p := mustRead(t, text)
	strategies, err := p.Strategies()
	require.NoError(t, err)
	s := strategies[1]
	s.Name, s.What, s.Probability = "Show the case", "Publish costs", 0.07
	s.Effects = []stakeholders.Effect{
		{Actor: "2", Power: 2}, // position withdrawn, power changed
		{Actor: "6", Position: stakeholders.At(5.5), Power: 5.5},  // new
		{Actor: "7", Position: stakeholders.At(-2), Power: 4},     // new, on a player without a position
		{Actor: "5", Position: stakeholders.At(6.25), Power: 6.5}, // new
	} // and the one on 4 withdrawn
	require.NoError(t, p.SetStrategy(s))
	got := written(t, p)
	for _, change := range [][2]string{
		{`"Show the investment case", "Action": "Publish costs and returns by district"`, `"Show the case", "Action": "Publish costs"`},
		{`"Pct_Success": 75`, `"Pct_Success": 7`},
		{`"Future_position_rating": 5, "Fut_PosValue": -2, "Future_power_rating": 1, "Fut_PowValue": 6`, `"Future_position_rating": 0, "Fut_PosValue": 0, "Future_power_rating": 3, "Fut_PowValue": 2`},
		{`"Future_position_rating": 2, "Fut_PosValue": 4, "Future_power_rating": 2, "Fut_PowValue": 4`, `"Future_position_rating": 0, "Fut_PosValue": 0, "Future_power_rating": 0, "Fut_PowValue": 0`},
		{`"Future_power_rating": 0, "Fut_PowValue": 0}` + "\n  ]", `"Future_power_rating": 0, "Fut_PowValue": 0},
    {"Affected_player_ID": 5, "Strategy_ID": 2, "Player_ID": 6, "Future_position_rating": 1, "Fut_PosValue": 5.5, "Future_power_rating": 1, "Fut_PowValue": 5.5},
    {"Affected_player_ID": 6, "Strategy_ID": 2, "Player_ID": 7, "Future_position_rating": 5, "Fut_PosValue": -2, "Future_power_rating": 2, "Fut_PowValue": 4},
    {"Affected_player_ID": 7, "Strategy_ID": 2, "Player_ID": 5, "Future_position_rating": 1, "Fut_PosValue": 6.25, "Future_power_rating": 1, "Fut_PowValue": 6.5}
  ]`},
	} {
		require.Equal(t, 1, strings.Count(text, change[0]), change[0])
		text = strings.Replace(text, change[0], change[1], 1)
	}
	assert.Equal(t, text, got)

	again, err := mustRead(t, got).Strategies()
	require.NoError(t, err)
	assert.Equal(t, s, again[1])
	assert.Equal(t, strategies[0], again[0])
	assert.Equal(t, strategies[2], again[2])
}

func TestChangesThatAreRefusedChangeNothing(t *testing.T) {
	text := small(t)
	p := mustRead(t, text)
	effectOn := func(actor string) stakeholders.Strategy {
		return stakeholders.Strategy{ID: "1", Name: "S", Kind: stakeholders.ChangePositions, Effects: []stakeholders.Effect{{Actor: "1", Power: 1}, {Actor: actor, Power: 1}}}
	}
	noStrategy := effectOn("2")
	noStrategy.ID = "9"
	invalid := someone("1")
	invalid.Position = stakeholders.At(99)

	assert.Equal(t, fault.Exists, fault.Of(p.SetActor(someone("9")))[len(fault.Of(p.SetActor(someone("9"))))-1].Rule)
	assert.ErrorIs(t, p.SetActor(invalid), fault.ErrInvalid)
	assert.Equal(t, fault.Exists, fault.Of(p.SetStrategy(effectOn("9")))[len(fault.Of(p.SetStrategy(effectOn("9"))))-1].Rule)
	assert.ErrorIs(t, p.SetStrategy(noStrategy), fault.ErrInvalid)
	_, err := p.AddActor(stakeholders.Actor{Name: "nowhere"})
	assert.ErrorIs(t, err, fault.ErrInvalid)
	_, err = p.AddStrategy(effectOn("9"))
	assert.ErrorContains(t, err, "effects[1].actor")
	_, err = p.AddStrategy(stakeholders.Strategy{})
	assert.ErrorIs(t, err, fault.ErrInvalid)
	assert.Equal(t, text, written(t, p))

	p.impacts = append(p.impacts, make([]Impact, maxRows)...)
	assert.ErrorContains(t, p.SetStrategy(effectOn("2")), "at most 50000 of them")
	_, err = p.AddStrategy(effectOn("2"))
	assert.ErrorContains(t, err, "at most 50000 of them")
}

func TestNewProject(t *testing.T) {
	p, err := NewProject(`Paid "CHWs" <2>`, "", time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	assert.Equal(t, `{"Project":[{"Project_ID":1,"User_label":"Paid \"CHWs\" <2>","Analyst":"","As_of_date":"1-Jan-2026","Use_Prob_Success":false,"notTheExampleProject":true}],`+
		`"Policy_Goal":[],"Player":[],"Strategy":[],"Affected_player":[],"Consequences":[],"Objectives":[],"Coalition":[],"ScaleParm":[],`+
		`"AnnotationGoals":[],"AnnotationPlayers":[],"AnnotationStrats":[],"List_options":[],"PlayQues":[],"Question":[],"ReportLbl":[],"ReportTbl":[],"TempTable":[]}`+"\n", written(t, p))

	union := someone("union")
	union.Position, union.Power, union.Veto, union.Note = stakeholders.At(-2), 4, true, "Since 1987"
	id, err := p.AddActor(union)
	require.NoError(t, err)
	assert.Equal(t, "1", id)
	id, err = p.AddActor(someone("12"))
	require.NoError(t, err)
	assert.Equal(t, "12", id, "a free number is kept")
	id, err = p.AddActor(someone("12"))
	require.NoError(t, err)
	assert.Equal(t, "13", id, "a taken one is not")
	s, err := p.AddStrategy(stakeholders.Strategy{Name: "Ladder", Kind: stakeholders.ChangePositions, Probability: 0.29, Effects: []stakeholders.Effect{{Actor: "1", Position: stakeholders.At(2)}}})
	require.NoError(t, err)
	assert.Equal(t, "1", s)

	got := written(t, p)
	assert.Contains(t, got, `"Player":[{"Player_ID":1,"Player_name":"Nurses' union","Player_abbrev":"","Sector":"Trade union","Level":"","PosValue":-2,"Position_rating":5,"PowValue":4,"Strength_of_influence":2,"Weight":1,"Votes":0,"Include":true,"Trump":true,"Player_opportunity":"","Player_obstacle":"","Player_details":"Since 1987"},`+
		`{"Player_ID":12,"Player_name":"Nurses' union","Player_abbrev":"","Sector":"Trade union","Level":"","PosValue":0,"Position_rating":0,"PowValue":0,"Strength_of_influence":0,"Weight":1,"Votes":0,"Include":true,"Trump":false,"Player_opportunity":"","Player_obstacle":"","Player_details":""},`)
	assert.Contains(t, got, `"Strategy":[{"Strategy_ID":1,"Strategy_name":"Ladder","Action":"","Problem":"","Benefit":"","Pct_Success":29,"Timeline":""}],"Affected_player":[{"Affected_player_ID":1,"Strategy_ID":1,"Player_ID":1,"Future_position_rating":3,"Fut_PosValue":2,"Future_power_rating":0,"Fut_PowValue":0}]`)

	again := mustRead(t, got)
	assert.Equal(t, p.Players(), again.Players())
	assert.Equal(t, p.Impacts(), again.Impacts())
	assert.Equal(t, got, written(t, again))
	union.ID, union.Weight = "1", 1
	r, err := again.Roster()
	require.NoError(t, err)
	read, _ := r.Actor("1")
	assert.Equal(t, union, read)
}

func TestNewRefusesWhatNoFileHolds(t *testing.T) {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for field, make := range map[string]func() (*Project, error){
		"User_label": func() (*Project, error) { return NewProject("\xff", "", day) },
		"Analyst":    func() (*Project, error) { return NewProject("", strings.Repeat("x", 513), day) },
		"As_of_date": func() (*Project, error) { return NewProject("", "", day.AddDate(9000, 0, 0)) },
	} {
		_, err := make()
		require.Len(t, fault.Of(err), 1)
		assert.Equal(t, "Project[0]."+field, fault.Of(err)[0].Path)
	}
	p, err := NewProject("", "", time.Time{})
	require.NoError(t, err)
	_, ok := p.AsOf()
	assert.False(t, ok)
	assert.Empty(t, p.Remarks())
}

func TestAddedRowsLookLikeTheRowsBeforeThem(t *testing.T) {
	p := mustRead(t, "{\"Project\": [{}], \"Player\": [\n  { \"id\": 3, \"Project_ID\": 77, \"Player_ID\": \"5\",\n    \"Mood\": \"good\", \"Fit\": true, \"Tags\": [1], \"Include\": 1, \"Include_Strat_Creation\": true, \"Support_vs_opposition\": 1, \"Sector\": \"Media\" }\n]}")
	a := someone("x")
	a.Position = stakeholders.At(-6)
	id, err := p.AddActor(a)
	require.NoError(t, err)
	assert.Equal(t, "6", id)
	assert.Contains(t, written(t, p), "\"Sector\": \"Media\" },\n  { \"id\": 0, \"Project_ID\": 77, \"Player_ID\": \"6\", \"Mood\": \"\", \"Fit\": false, \"Tags\": null, \"Include\": 1, \"Include_Strat_Creation\": true, \"Support_vs_opposition\": 3, \"Sector\": \"Trade union\", \"Player_name\": \"Nurses' union\"")

	// A file may lack a table altogether.
	s, err := p.AddStrategy(stakeholders.Strategy{ID: "4", Name: "S", Kind: stakeholders.ChangePower, Effects: []stakeholders.Effect{{Actor: "5", Power: 6}, {Actor: "6", Power: 6}}})
	require.NoError(t, err)
	assert.Equal(t, "4", s)
	got := written(t, p)
	assert.True(t, strings.HasSuffix(got, "]}]}") || strings.HasSuffix(got, "}]}"), got)
	again := mustRead(t, got)
	assert.Equal(t, p.Impacts(), again.Impacts())
	assert.Equal(t, p.Plans(), again.Plans())
	assert.Equal(t, got, written(t, again))
}

func TestEmptyRowsCanBeFilled(t *testing.T) {
	assert.Equal(t, `{"a":1 }`, patch(`{ }`, []field{{name: "a", json: "1"}}))
	assert.Equal(t, `{"a" :1,"b" :2}`, patch(`{"a" :1}`, []field{{name: "b", json: "2"}}))
	assert.Equal(t, `{}`, patch(`{}`, []field{{name: "a", json: "1", optional: true}}))
	assert.Equal(t, "{\n\"a\": 1,\n\"b\": 2\n}", patch("{\n\"a\": 1\n}", []field{{name: "b", json: "2"}}))
}

func TestNumbersAreNotGivenTwice(t *testing.T) {
	n := newNumbering()
	assert.Equal(t, "1", n.next(""))
	n.put("9007199254740992", 0) // 2^53
	assert.Equal(t, "1", n.next("01"))
	n.put("1", 1)
	assert.Equal(t, "2", n.next("-3"))
	assert.Equal(t, "3", n.next("3"))
}

func TestPercentagesGiveTheProbabilityBack(t *testing.T) {
	for i := range 1001 {
		p := float64(i) / 1000
		assert.Equal(t, p, probability(percent(p)))
	}
	assert.Equal(t, 7.0, percent(0.07))
	assert.Equal(t, 100.0, percent(1))
	assert.LessOrEqual(t, percent(0.9999999999999999), 100.0)
}
