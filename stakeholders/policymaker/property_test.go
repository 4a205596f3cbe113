package policymaker

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
)

// draft draws project files in any layout a JSON writer might choose.
type draft struct{ t *rapid.T }

func (d draft) pick(label string, of ...string) string { return rapid.SampledFrom(of).Draw(d.t, label) }
func (d draft) space() string                          { return d.pick("space", "", "", " ", "\n  ", "\r\n\t") }
func (d draft) list(open, end string, items []string) string {
	var b strings.Builder
	b.WriteString(open + d.space())
	for i, item := range items {
		if i > 0 {
			b.WriteString(d.space() + "," + d.space())
		}
		b.WriteString(item)
	}
	return b.String() + d.space() + end
}

// row draws a row of the fields, in any order, with strangers among them.
func (d draft) row(fields map[string]string) string {
	var all []string
	for _, name := range sorted(fields) {
		if fields[name] != "" {
			all = append(all, quote(name)+d.space()+":"+d.space()+fields[name])
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(d.t, "strangers") {
		all = append(all, fmt.Sprintf(`"stranger %d":%s`, i, d.pick("stranger", `1.50`, `null`, `"x"`, `[ 1,{"a" : 2} ]`, `{}`, `false`)))
	}
	return d.list("{", "}", rapid.Permutation(all).Draw(d.t, "order"))
}

func sorted(m map[string]string) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	for i := range names {
		for j := i; j > 0 && names[j] < names[j-1]; j-- {
			names[j], names[j-1] = names[j-1], names[j]
		}
	}
	return names
}

func (d draft) number(label string, low, high float64) string {
	v := numeral(rapid.Float64Range(low, high).Draw(d.t, label))
	return d.pick(label+" spelt", v, v, `"`+v+`"`, `null`, ``)
}

func (d draft) rating(label string, last int) string {
	n := rapid.IntRange(0, last).Draw(d.t, label)
	return d.pick(label+" spelt", fmt.Sprint(n), fmt.Sprint(n), fmt.Sprintf(`"%d"`, n), fmt.Sprintf("%d.0", n), ``)
}

func (d draft) truth(label string) string {
	return d.pick(label, `true`, `false`, `1`, `0`, `"1"`, `"false"`, `null`, ``)
}

func (d draft) text(label string) string {
	return d.pick(label, ``, `""`, `null`, `"a"`, `"é\u00e9\n"`, `" "`, quote(rapid.Map(rapid.StringN(0, 20, -1), fault.NFC).Draw(d.t, label+" text")))
}

// file draws a project file.
func (d draft) file() string {
	nPlayers := rapid.IntRange(0, 5).Draw(d.t, "players")
	nPlans := rapid.IntRange(0, 3).Draw(d.t, "strategies")
	var players, plans, impacts []string
	for i := range nPlayers {
		players = append(players, d.row(map[string]string{
			"Player_ID": fmt.Sprint(3 * i), "Player_name": d.text("name"), "Player_abbrev": d.text("abbreviation"),
			"Sector": d.pick("sector", `"Governmental"`, `"Social"`, `"Media"`, `"Political"`, `null`, ``), "Level": d.pick("level", `"Local"`, `"National"`, ``),
			"PosValue": d.number("position", -7, 7), "Position_rating": d.rating("position rating", 8), "Support_vs_opposition": d.pick("side", ``, `4`),
			"PowValue": d.number("power", 1, 7), "Strength_of_influence": d.rating("power rating", 4),
			"Weight": d.number("weight", 0, 10), "Include": d.truth("include"), "Trump": d.truth("trump"), "Player_details": d.text("details"),
		}))
	}
	for i := range nPlans {
		plans = append(plans, d.row(map[string]string{
			"Strategy_ID": fmt.Sprintf(`"%d"`, i+1), "Strategy_name": d.text("name"), "Action": d.text("action"), "Pct_Success": d.number("success", 0, 100),
		}))
		for j := range nPlayers {
			if rapid.Bool().Draw(d.t, "affects") {
				impacts = append(impacts, d.row(map[string]string{
					"Strategy_ID": fmt.Sprint(i + 1), "Player_ID": fmt.Sprintf("%d.0", 3*j),
					"Future_position_rating": d.rating("future position", 8), "Fut_PosValue": d.number("future position value", -7, 7),
					"Future_power_rating": d.rating("future power", 4), "Fut_PowValue": d.number("future power value", 1, 7),
				}))
			}
		}
	}
	tables := []string{
		`"Project":` + d.list("[", "]", []string{d.row(map[string]string{"User_label": d.text("label"), "Use_Prob_Success": d.truth("use")})}),
		`"Player"` + d.space() + `:` + d.list("[", "]", players),
		`"Stranger":` + d.pick("table", `null`, `[]`, `[ {"a":1 , "a":2} ]`, `7`),
	}
	if len(plans) > 0 || rapid.Bool().Draw(d.t, "empty strategies") {
		tables = append(tables, `"Strategy":`+d.list("[", "]", plans))
	}
	if len(impacts) > 0 || rapid.Bool().Draw(d.t, "empty impacts") {
		tables = append(tables, `"Affected_player":`+d.list("[", "]", impacts))
	}
	return d.pick("mark", "", byteOrderMark) + d.space() + d.list("{", "}", rapid.Permutation(tables).Draw(d.t, "tables")) + d.space()
}

func position(t *rapid.T) stakeholders.Position {
	if rapid.Bool().Draw(t, "known") {
		return stakeholders.At(rapid.Float64Range(-7, 7).Draw(t, "position"))
	}
	return stakeholders.Position{}
}

func power(t *rapid.T) stakeholders.Power {
	if rapid.Bool().Draw(t, "known") {
		return stakeholders.Power(rapid.Float64Range(1, 7).Draw(t, "power"))
	}
	return 0
}

func TestAnyProjectComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := draft{t}.file()
		p := mustRead(t, text)
		require.Equal(t, text, written(t, p))
		setBack(t, p)
		require.Equal(t, text, written(t, p))
	})
}

func TestAnyChangeIsReadBackAndNothingElseMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := mustRead(t, draft{t}.file())
		before, err := p.Roster()
		require.NoError(t, err)
		if before.Len() == 0 {
			return
		}
		a, _ := before.Actor(rapid.SampledFrom(before.IDs()).Draw(t, "who"))
		a.Name = rapid.SampledFrom([]string{"A", "\"é\"", a.Name}).Draw(t, "name")
		a.Constituency = rapid.SampledFrom(stakeholders.Constituencies()).Draw(t, "constituency")
		a.Position, a.Power = position(t), power(t)
		a.Weight = rapid.Float64Range(1e-3, 1e6).Draw(t, "weight")
		a.Veto = rapid.Bool().Draw(t, "veto")
		a.Note = note.Draw(t, "note")
		require.NoError(t, p.SetActor(a))

		want, err := before.Replace(a)
		require.NoError(t, err)
		text := written(t, p)
		again := mustRead(t, text)
		for _, p := range []*Project{p, again} {
			after, err := p.Roster()
			require.NoError(t, err)
			require.Equal(t, want, after)
		}
		require.Equal(t, p.Plans(), again.Plans())
		require.Equal(t, p.Impacts(), again.Impacts())
		setBack(t, again)
		require.Equal(t, text, written(t, again))
	})
}

func TestAnyStrategyIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := mustRead(t, draft{t}.file())
		r, err := p.Roster()
		require.NoError(t, err)
		s := stakeholders.Strategy{
			Name: "S", Kind: stakeholders.ChangePlayers, What: note.Draw(t, "what"),
			Probability: rapid.Float64Range(0, 1).Draw(t, "probability"),
		}
		for _, id := range r.IDs() {
			if e := (stakeholders.Effect{Actor: id, Position: position(t), Power: power(t)}); e.Position.Known() || e.Power.Known() {
				s.Effects = append(s.Effects, e)
			}
		}
		if len(p.Plans()) > 0 && rapid.Bool().Draw(t, "set") {
			s.ID = rapid.SampledFrom(p.Plans()).Draw(t, "which").ID
			require.NoError(t, p.SetStrategy(s))
		} else {
			s.ID, err = p.AddStrategy(s)
			require.NoError(t, err)
		}
		text := written(t, p)
		again := mustRead(t, text)
		require.Equal(t, text, written(t, again))
		for _, p := range []*Project{p, again} {
			strategies, err := p.Strategies()
			require.NoError(t, err)
			for _, got := range strategies {
				if got.ID != s.ID {
					continue
				}
				assert.InDelta(t, s.Probability, got.Probability, 1e-12)
				require.ElementsMatch(t, s.Effects, got.Effects)
				require.Equal(t, s.What, got.What)
			}
		}
	})
}

// note draws what an actor or a strategy takes for a note.
var note = rapid.Map(rapid.StringN(0, 10, -1), fault.NFC).Filter(func(s string) bool { return fault.Note.Broken(s) == "" })
