package stakeholders_test

// What this package and those below it tell is told in the language that is asked for.

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/influence"
	"github.com/chsreform/chsreform/stakeholders/policymaker"
	"github.com/chsreform/chsreform/stakeholders/power"
)

// refusals are inputs of every kind that is refused, and the answers that are errors.
func refusals(t *testing.T) []error {
	var all []error
	add := func(err error) {
		t.Helper()
		require.Error(t, err)
		all = append(all, err)
	}
	moh := stakeholders.Actor{ID: "moh", Name: "Ministry", Constituency: stakeholders.MinistryOfHealth, Position: stakeholders.At(-2), Power: 4}
	bad := moh
	bad.Weight, bad.Position, bad.Power = -1, stakeholders.At(8), 9
	bad.Roles = []stakeholders.Role{stakeholders.Leader, stakeholders.Leader}
	grant := stakeholders.Commitment{ID: "g", Resource: stakeholders.Money, Unit: "USD", From: date.MustParse("2020-02"), To: date.MustParse("2019")}
	bad.Commitments = []stakeholders.Commitment{grant, grant}
	_, err := stakeholders.NewRoster(bad)
	add(err)
	r, err := stakeholders.NewRoster(moh)
	require.NoError(t, err)
	_, err = r.Engage(moh)
	add(err)
	_, err = r.Release("nobody")
	add(err)
	_, err = stakeholders.Roster{}.Release("nobody")
	add(err)
	var position stakeholders.Position
	add(json.Unmarshal([]byte(`{"value":6,"band":"low-support"}`), &position))
	add(json.Unmarshal([]byte(`"up"`), &position))
	var weight stakeholders.Power
	add(json.Unmarshal([]byte(`"up"`), &weight))
	plan := stakeholders.Strategy{ID: "a", Name: "a", Kind: stakeholders.ChangePositions, Probability: 0.5, Cost: 1, Unit: "USD", Effects: []stakeholders.Effect{{Actor: "moh", Position: stakeholders.At(3)}}}
	other := plan
	other.ID, other.Unit, other.Effects = "b", "weeks", []stakeholders.Effect{{Actor: "moh"}}
	_, err = r.Cheapest([]stakeholders.Strategy{plan, other}, 1)
	add(err)
	_, err = r.Cheapest([]stakeholders.Strategy{plan}, 0.9)
	add(err)
	many := make([]stakeholders.Strategy, 17)
	for i := range many {
		many[i] = plan
		many[i].ID = "s" + strconv.Itoa(i)
	}
	_, err = r.Prospects(many, stakeholders.Sampling{})
	add(err)
	_, _, err = r.Ledger().EndingWithin(time.Time{}, -1)
	add(err)
	for _, m := range stakeholders.FundingMeasures() {
		_, err = r.Ledger().Funding(m, "USD")
		add(err)
	}
	huge := moh
	for _, id := range []string{"x", "y"} {
		huge.Commitments = append(huge.Commitments, stakeholders.Commitment{ID: id, Resource: stakeholders.Money, Unit: "USD", Pledged: math.MaxFloat64})
	}
	rich, err := stakeholders.NewRoster(huge)
	require.NoError(t, err)
	_, err = rich.Ledger().Funding(stakeholders.Pledged, "USD")
	add(err)
	_, err = rich.Ledger().Funding(stakeholders.Pledged, "GBP")
	add(err)

	// Bodies that vote.
	body := power.Body{ID: "x", Quota: 2, Weights: power.Seats(1, "a", "b"), Vetoes: []string{"b"}}
	_, err = power.NewGame()
	add(err)
	_, err = power.NewGame(power.Body{ID: "x", Quota: 9, Weights: []power.Seat{{Actor: "a", Weight: -1}, {Actor: "a", Weight: 2}}, Vetoes: []string{"c"}}, power.Body{ID: "x"})
	add(err)
	_, err = power.NewGame(power.Body{ID: "y", Quota: 9, Weights: []power.Seat{{Actor: "a", Weight: 1<<53 - 1}, {Actor: "b", Weight: 2}}})
	add(err)
	_, err = power.NewGame(power.Body{ID: "y", Quota: 9, Weights: power.Seats(1, "a")})
	add(err)
	_, err = power.Either([]power.Body{body, body}, []power.Body{{ID: "x", Quota: 1, Weights: power.Seats(1, "a")}})
	add(err)
	crowd := []power.Body{{ID: "x", Quota: 1}, {ID: "y", Quota: 1}}
	for i := range 4096 {
		crowd[0].Weights = append(crowd[0].Weights, power.Seat{Actor: "a" + strconv.Itoa(i), Weight: 1})
	}
	crowd[1].Weights = power.Seats(1, "z")
	_, err = power.NewGame(crowd...)
	add(err)
	_, err = new(power.Game).Wins(nil)
	add(err)
	game, err := power.NewGame(body)
	require.NoError(t, err)
	_, err = game.Wins([]string{"nobody"})
	add(err)
	_, err = game.Owen([][]string{{}, {"a", "a"}})
	add(err)
	_, err = game.Cheapest(nil, map[string]float64{"a": -1, "nobody": 1})
	add(err)
	_, err = game.Cheapest(nil, nil)
	add(err)
	ways, err := power.Either([]power.Body{body}, []power.Body{{ID: "z", Quota: 1, Weights: power.Seats(1, "c")}})
	require.NoError(t, err)
	_, err = ways.Cheapest(nil, nil)
	add(err)
	add(&power.SizeError{Question: "owen", Words: 1 << 40, Limit: 1 << 23, Players: 70})

	// Who listens to whom.
	_, err = influence.NewNetwork(nil, nil)
	add(err)
	_, err = influence.NewNetwork([]influence.Node{{ID: "a"}}, nil, nil)
	add(err)
	_, err = influence.NewNetwork([]influence.Node{{ID: "a", Attachment: 2}, {ID: "a"}}, []influence.Tie{{From: "a", To: "b"}, {From: "a", To: "a", Weight: 1}, {From: "a", To: "a", Weight: 1}})
	add(err)
	_, err = influence.NewNetwork([]influence.Node{{ID: "a"}}, []influence.Tie{{From: "a", To: "a", Weight: 0.5}})
	add(err)
	_, _, err = influence.FromRoster(r, nil, nil)
	add(err)
	_, err = new(influence.Network).Movers(nil)
	add(err)
	n, err := influence.NewNetwork([]influence.Node{{ID: "a"}, {ID: "b"}}, []influence.Tie{{From: "a", To: "b", Weight: 1}, {From: "b", To: "a", Weight: 1}})
	require.NoError(t, err)
	_, err = n.Equilibrium([]float64{1, 1}) // a circle that nobody holds
	add(err)
	_, err = n.Equilibrium([]float64{1})
	add(err)
	_, err = n.Known([]stakeholders.Position{{}, {}})
	add(err)
	_, err = n.Vector(nil)
	add(err)
	_, err = n.Movers([]float64{0, 0})
	add(err)
	_, err = n.Communities(0, 1)
	add(err)
	_, err = n.Brokers([]influence.ActorGroup{{Name: "g"}, {Name: "g", Actors: []string{"a", "a", "c"}}})
	add(err)
	_, err = n.PartsAmong([]string{"a", "a"})
	add(err)
	_, err = n.Path([]float64{1, 1}, -1)
	add(err)
	_, err = n.Persuade([]float64{1, 1}, influence.Aim{Threshold: 9, Nodes: -1}, []influence.Offer{{Actor: "a"}, {Actor: "a"}})
	add(err)
	add(&influence.IllConditionedError{Drift: 0.25})
	add(&influence.UnreachableError{Threshold: 5, Before: -1, Best: 2.5})

	// Files of PolicyMaker.
	_, err = policymaker.Read(nil)
	add(err)
	deep := `{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}"
	for _, text := range []string{
		``, `x`, `{`, `{"Project":[{}]}`, `{"Project":1}`, `{"Project":[1]}`, `{"Project":[{}],"Project":[]}`, `{"a" 1}`, `{"a":1 "b"}`, `{"a":[1 2]}`, `{"a":"`, `{"a":x}`, "{\"a\":\"\xff\"}", `{"Project":[{}],"Player":[]} x`,
		deep, strings.Repeat(" ", 10<<20+1), `{"Project":[{},{}],"Player":[]}`, `{"Project":[{"User_label":1}],"Player":[]}`, `{"Project":[{"Use_Prob_Success":"perhaps"}],"Player":[]}`,
		`{"Project":[{}],"Player":[{}]}`, `{"Project":[{}],"Player":[{"Player_ID":1},{"Player_ID":1}]}`, `{"Project":[{}],"Player":[{"Player_ID":1,"Position_rating":9}]}`, `{"Project":[{}],"Player":[{"Player_ID":1,"Strength_of_influence":9}]}`,
		`{"Project":[{}],"Player":[{"Player_ID":1,"PosValue":9}]}`, `{"Project":[{}],"Player":[{"Player_ID":1,"PowValue":0.5}]}`, `{"Project":[{}],"Player":[{"Player_ID":1,"Votes":"many"}]}`, `{"Project":[{}],"Player":[],"Affected_player":[{"Strategy_ID":1}]}`,
		`{"Project":[{}],"Player":[{"Player_ID":1,"Player_name":"` + strings.Repeat("x", 600) + `"}]}`,
	} {
		_, err = policymaker.Read(strings.NewReader(text))
		add(err)
	}
	add(new(policymaker.Project).Write(os.Stdout))
	project, err := policymaker.NewProject("label", "analyst", time.Time{})
	require.NoError(t, err)
	add(project.Write(nil))
	add(project.SetActor(moh))
	return all
}

// reasons are what a roster gives as reasons, and what is remarked of a file.
func reasons(t *testing.T) (all []language.Text) {
	var actors []stakeholders.Actor
	for i, p := range []stakeholders.Position{{}, stakeholders.At(6), stakeholders.At(0), stakeholders.At(-6)} {
		id := "a" + strconv.Itoa(i)
		actors = append(actors, stakeholders.Actor{ID: id, Name: id, Constituency: stakeholders.TradeUnion, Position: p, Power: stakeholders.Power(2 * i)})
	}
	actors[1].Roles = []stakeholders.Role{stakeholders.Leader, stakeholders.Liaison}
	actors = append(actors, stakeholders.Actor{ID: "m", Name: "m", Constituency: stakeholders.Media, Member: true, Position: stakeholders.At(2), Power: 1})
	r, err := stakeholders.NewRoster(actors...)
	require.NoError(t, err)
	for _, gap := range r.RoleGaps() {
		for _, c := range gap.Candidates {
			all = append(all, c.Reason)
		}
	}
	for _, gap := range r.ConstituencyGaps() {
		all = append(all, gap.Reason)
		for _, c := range gap.Candidates {
			all = append(all, c.Reason)
		}
	}
	project, err := policymaker.Read(strings.NewReader(`{"Project":[{"As_of_date":"soon"}],"Player":[
		{"Player_ID":1,"Player_name":" ","Sector":"Unions","Include":false,"Weight":0,"Position_rating":1,"PosValue":-7,"Strength_of_influence":1,"PowValue":1,"Player_details":"` + "\u200b" + `x\u0001y"},
		{"Player_ID":2,"Player_name":"n","Player_details":"` + strings.Repeat("x", 60_000) + `"}]}`))
	require.NoError(t, err)
	for _, only := range []bool{true, false} {
		project.OnlyIncluded(only)
		for _, remark := range project.Remarks() {
			all = append(all, remark.Told())
		}
	}
	return all
}

func TestWhatIsToldIsToldInTheLanguageThatIsAskedFor(t *testing.T) {
	accented := languagetest.Accented(nil)
	var told []language.Text
	for _, err := range refusals(t) {
		told = append(told, language.Refused(err))
		assert.Empty(t, languagetest.OfRefusal(accented, err, names...), err.Error())
	}
	for _, text := range reasons(t) {
		told = append(told, text)
		assert.Empty(t, languagetest.Leaks(accented.Say(text), names...), text.String())
	}

	// Nothing is translated that nobody tells: each text of these areas is among those
	// above, but for what others tell, and for vocabularies, which have tests of their own.
	seen := languagetest.IDs(told...)
	for _, area := range []string{"stakeholder", "power", "influence", "policymaker"} {
		data, err := os.ReadFile("../reformcycle/language/en/" + area + ".json")
		require.NoError(t, err)
		source, err := language.ReadSource(data)
		require.NoError(t, err)
		for _, id := range source.IDs() {
			kind, _, _ := strings.Cut(id, ".")
			if !slices.Contains(vocabularies, kind) && !slices.Contains(elsewhere, id) {
				assert.Contains(t, seen, id)
			}
		}
	}
}

var (
	vocabularies = []string{"constituency", "group", "role", "resource", "band", "power-band", "mechanism", "strategy-kind", "target", "measure", "success", "position"}

	// elsewhere are texts that a reform's own package tells of candidates.
	elsewhere = []string{"candidate.for", "candidate.role", "candidate.committed", "candidate.carries", "candidate.position", "candidate.power", "candidate.veto",
		"candidate.addressed", "candidate.addressed-more", "candidate.not-addressed", "candidate.target"}

	// names are ids, and those of functions, formats, fields and vocabularies in code.
	names = slices.Concat([]string{"NewGame", "Either", "NewNetwork", "FromRoster", "WithNormalisedWeights", "Attached", "Read", "NewProject", "AddActor", "AddStrategy", "owen",
		"1e300", "Player[0].Player_ID", strings.Repeat("x", 79), "null", "value", "band", "non-mobilised", "USD", "GBP", "weeks", "moh", "a", "b", "c", "g", "x", "y", "z", "m", "nobody", "up", "e", "Unions", "Player 1",
		"Project", "Player", "Strategy", "Affected_player", "As_of_date", "Include", "Sector", "Weight", "Player_name", "Player_details", "PosValue", "PowValue", "Position_rating", "Strength_of_influence",
		"strategies", "actors", "commitments", "roles", "bodies", "weights", "ways", "offers", "groups", "from"},
		strings.Fields(strings.Join(asText(stakeholders.Bands()), " ")), asText(stakeholders.PowerBands()))
)

func asText[S ~string](names []S) []string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return texts
}
