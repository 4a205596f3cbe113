package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/influence"
)

// teaching is a made-up roster that has one of everything.
func teaching(t *testing.T) stakeholders.Roster {
	t.Helper()
	at := stakeholders.At
	r, err := stakeholders.NewRoster(
		stakeholders.Actor{ID: "moh", Name: "Ministry of Health", Constituency: stakeholders.MinistryOfHealth, Member: true, Position: at(6), Power: 6, Roles: []stakeholders.Role{stakeholders.Leader, stakeholders.Gatekeeper}},
		stakeholders.Actor{ID: "finance", Name: "Ministry of Finance", Constituency: stakeholders.OtherMinistry, Position: at(-2), Power: 7, Veto: true},
		stakeholders.Actor{ID: "labour", Name: "Ministry of Labour", Constituency: stakeholders.OtherMinistry, Position: at(0), Power: 4},
		stakeholders.Actor{ID: "districts", Name: "Forum of District Health Offices", Constituency: stakeholders.SubnationalGovernment, Member: true, Position: at(4), Power: 4, Roles: []stakeholders.Role{stakeholders.Enabler}},
		stakeholders.Actor{ID: "chw", Name: "Association of Community Health Workers", Constituency: stakeholders.CommunityHealthWorkers, Member: true, Position: at(6), Power: 2, Roles: []stakeholders.Role{stakeholders.ChangeChampion}},
		stakeholders.Actor{ID: "elders", Name: "Council of Village Elders", Constituency: stakeholders.LocalCommunity, Member: true, Position: at(2), Power: 3},
		stakeholders.Actor{ID: "ngo", Name: "Care Nearby", Constituency: stakeholders.NGO, Member: true, Position: at(4), Power: 4, Roles: []stakeholders.Role{stakeholders.Connector, stakeholders.Liaison}},
		stakeholders.Actor{ID: "church", Name: "Union of Mission Hospitals", Constituency: stakeholders.FaithBased, Position: at(-2), Power: 4},
		stakeholders.Actor{ID: "radio", Name: "Radio Highland", Constituency: stakeholders.Media, Position: at(0), Power: 2},
		stakeholders.Actor{ID: "fund", Name: "Village Health Fund", Constituency: stakeholders.PrivateFunder, Member: true, Position: at(4), Power: 6, Roles: []stakeholders.Role{stakeholders.Donor}},
		stakeholders.Actor{ID: "bank", Name: "Regional Development Bank", Constituency: stakeholders.MultilateralAgency, Power: 5},
		stakeholders.Actor{ID: "nurses", Name: "Union of Nurses and Midwives", Constituency: stakeholders.TradeUnion, Member: true, Position: at(-4), Power: 4},
		stakeholders.Actor{ID: "doctors", Name: "Medical Association", Constituency: stakeholders.ProfessionalAssociation, Position: at(-6), Power: 5},
		stakeholders.Actor{ID: "university", Name: "School of Public Health", Constituency: stakeholders.AcademicInstitution, Member: true, Position: at(2)},
	)
	require.NoError(t, err)
	return r
}

const teachingTitle = "Health workers for every village (illustrative)"

func tie(from, to string, weight float64) influence.Tie {
	return influence.Tie{From: from, To: to, Weight: weight}
}

var teachingTies = []influence.Tie{
	tie("moh", "finance", 5), tie("moh", "fund", 3), tie("finance", "bank", 4), tie("finance", "moh", 1), tie("districts", "moh", 5),
	tie("chw", "ngo", 3), tie("elders", "chw", 2), tie("ngo", "fund", 4), tie("church", "doctors", 2), tie("nurses", "doctors", 4),
	tie("doctors", "nurses", 2), tie("labour", "nurses", 3), tie("elders", "radio", 2), tie("radio", "doctors", 1), tie("moh", "university", 2),
	tie("moh", "moh", 4), tie("church", "moh", 0),
}

// crowd is a roster of n actors, of all bands, constituencies and sorts of names.
// Crammed, all are in one place.
func crowd(t testing.TB, n int, crammed bool) stakeholders.Roster {
	t.Helper()
	constituencies := stakeholders.Constituencies()
	var actors []stakeholders.Actor
	for i := range n {
		a := stakeholders.Actor{
			ID: fmt.Sprintf("actor-%03d", i), Name: asName(drawtest.HostileNames[i%len(drawtest.HostileNames)]), Constituency: stakeholders.MinistryOfHealth,
			Position: stakeholders.At(6), Power: 6, Member: true, Veto: true, Roles: stakeholders.Roles(),
		}
		if !crammed {
			a.Constituency = constituencies[i*7%len(constituencies)]
			a.Position = stakeholders.At(float64(i*5%15 - 7))
			a.Power = stakeholders.Power(i * 3 % 8)
			a.Member, a.Veto = i%3 == 0, i%11 == 0
			a.Roles = stakeholders.Roles()[:i%4]
			if i%9 == 4 {
				a.Position = stakeholders.Position{}
			}
		}
		actors = append(actors, a)
	}
	// A name that can't be shown falls back on the id.
	r, err := stakeholders.NewRoster(actors...)
	require.NoError(t, err)
	return r
}

// asName is what a roster takes of a text for a name: one line of what can be seen.
func asName(text string) string {
	runes := []rune(strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return ' '
	}, text)))
	return string(runes[:min(len(runes), fault.Name.Most)])
}

func crowdTies(r stakeholders.Roster) (ties []influence.Tie) {
	ids := r.IDs()
	for i, id := range ids {
		for k := 1; k <= 6 && k < len(ids); k++ {
			ties = append(ties, tie(id, ids[(i+k*k)%len(ids)], float64((i+k)%5)+0.5))
		}
	}
	seen := map[[2]string]bool{}
	var once []influence.Tie
	for _, t := range ties {
		if k := [2]string{t.From, t.To}; !seen[k] {
			seen[k] = true
			once = append(once, t)
		}
	}
	return once
}

func crowdRows(r stakeholders.Roster) (rows []FeasibilityRow) {
	for i, a := range stakeholdersOf(r) {
		rows = append(rows, FeasibilityRow{a.Name, stakeholders.Feasibility{Support: float64(i) * 1e10, NonMobilised: 17.25, Opposition: float64(20-i%40) * float64(20-i%40), LeftOut: i % 3}})
	}
	return rows
}

func stakeholdersOf(r stakeholders.Roster) (actors []stakeholders.Actor) {
	for a := range r.All() {
		actors = append(actors, a)
	}
	return actors
}

// picture is one of those that this file tests alike.
type picture struct {
	name  string
	page  draw.Paper
	note  string // the id of the text at its foot
	write func(w io.Writer, l *language.Language, title string, r stakeholders.Roster) error
}

var pictures = []picture{
	{"position-map", draw.Lying, "picture.positions.note", PositionMap},
	{"feasibility-bars", draw.Lying, "picture.bars.note", func(w io.Writer, l *language.Language, title string, r stakeholders.Roster) error {
		return FeasibilityBars(w, l, title, crowdRows(r))
	}},
	{"power-interest-grid", draw.Upright, "picture.grid.note", func(w io.Writer, l *language.Language, title string, r stakeholders.Roster) error {
		return PowerInterestGrid(w, l, title, r, nil)
	}},
	{"coalition-map", draw.Upright, "picture.coalition.note", CoalitionMap},
	{"influence-network", draw.Lying, "picture.network.note", func(w io.Writer, l *language.Language, title string, r stakeholders.Roster) error {
		return InfluenceNetwork(w, l, title, r, crowdTies(r))
	}},
}

func drawn(t *testing.T, p picture, l *language.Language, title string, r stakeholders.Roster) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, p.write(&b, l, title, r))
	return b.String()
}

// However many actors there are and whatever they are called, every label stays on
// the page and off the others, and the page is well formed.
func TestPicturesKeepTheirLabelsApart(t *testing.T) {
	for name, l := range madeUpLanguages() {
		for _, p := range pictures {
			for _, n := range []int{0, 1, 2, 12, 40, 60, 200} {
				for _, crammed := range []bool{false, true} {
					if crammed && (n == 2 || n == 60) {
						continue // 1, 12, 40 and 200 show it
					}
					if raced && n > 40 {
						continue // one goroutine draws: the large ones are for the run without the race detector
					}
					t.Run(fmt.Sprint(p.name, " ", n, " ", crammed, " ", name), func(t *testing.T) {
						svg := drawn(t, p, l, strings.Repeat(hostile, 9), crowd(t, n, crammed))
						drawtest.KeepsApart(t, p.page, svg)
						words := drawtest.Read(t, svg).Words
						assert.Contains(t, words, strings.Join(strings.Fields(l.Say(language.Of(p.note)))[:3], " "), "the page has its foot")
						assert.Less(t, len(svg), 400_000)
					})
				}
			}
		}
	}
}

func TestPicturesOfAnEmptyRosterSaySo(t *testing.T) {
	for _, p := range pictures {
		words := drawtest.Read(t, drawn(t, p, nil, "", stakeholders.Roster{})).Words
		if p.name == "feasibility-bars" {
			assert.Contains(t, words, "There is nothing to compare yet.")
			continue
		}
		assert.Contains(t, words, "Nobody is in the roster yet.", p.name)
	}
}

// pages are all pages of the package, of nothing.
var pages = map[string]func(w io.Writer) error{
	"mermaid":             func(w io.Writer) error { return Mermaid(w, nil) },
	"dot":                 func(w io.Writer) error { return DOT(w, nil) },
	"ring":                func(w io.Writer) error { return Ring(w, nil, reformcycle.State{}) },
	"brief":               func(w io.Writer) error { return Brief(w, nil, reformcycle.State{}) },
	"diagnosis":           func(w io.Writer) error { return Diagnosis(w, nil, reformcycle.Diagnosis{}, reformcycle.Rules{}) },
	"scorecard bars":      func(w io.Writer) error { return ScorecardBars(w, nil, "", assessment.Scorecard{}, nil) },
	"position map":        func(w io.Writer) error { return PositionMap(w, nil, "", stakeholders.Roster{}) },
	"feasibility bars":    func(w io.Writer) error { return FeasibilityBars(w, nil, "", nil) },
	"power-interest grid": func(w io.Writer) error { return PowerInterestGrid(w, nil, "", stakeholders.Roster{}, nil) },
	"coalition map":       func(w io.Writer) error { return CoalitionMap(w, nil, "", stakeholders.Roster{}) },
	"influence network":   func(w io.Writer) error { return InfluenceNetwork(w, nil, "", stakeholders.Roster{}, nil) },
}

// Zero values give a page, a nil writer is refused, and what a writer says is
// handed on.
func TestEveryPageTakesZeroValuesAndRefusesANilWriter(t *testing.T) {
	for name, write := range pages {
		var b strings.Builder
		assert.NoError(t, write(&b), name)
		assert.NotEmpty(t, b.String(), name)
		assert.ErrorIs(t, write(nil), fault.ErrInvalid, name)
		assert.ErrorIs(t, write(drawtest.Full{}), drawtest.ErrFull, name)
	}
}

func TestPicturesAreTheSameEachTime(t *testing.T) {
	for _, p := range pictures {
		r := crowd(t, 30, false)
		assert.Equal(t, drawn(t, p, nil, "Twice", r), drawn(t, p, nil, "Twice", r), p.name)
	}
}

// So many marks in one quarter that some have no place: what has no room is
// counted.
func TestPowerInterestGridCountsWhatHasNoPlace(t *testing.T) {
	g := newGrid(nil, "", crowd(t, 120, true), nil)
	for range 3 { // 480 marks in one quarter
		g.points = append(g.points, g.points[:120]...)
	}
	svg := g.draw()
	words := drawtest.Read(t, svg).Words
	assert.Contains(t, words, "Not drawn for want of room")
}

// No actor is lost in silence: each is named, or counted among those left out.
func TestPicturesNameOrCountEveryActor(t *testing.T) {
	var actors []stakeholders.Actor
	for i := range 100 {
		actors = append(actors, stakeholders.Actor{
			ID: fmt.Sprint(i), Name: fmt.Sprintf("N%03d", i), Constituency: stakeholders.Constituencies()[i%17],
			Position: stakeholders.At(float64(i%15 - 7)), Power: stakeholders.Power(1 + i%7),
		})
	}
	for _, p := range pictures {
		if p.name == "feasibility-bars" {
			continue
		}
		for _, n := range []int{12, 60, 100} {
			r, err := stakeholders.NewRoster(actors[:n]...)
			require.NoError(t, err)
			read := drawtest.Read(t, drawn(t, p, nil, "All", r))
			named, left, all := 0, 0, ""
			for _, l := range read.Labels {
				if strings.HasPrefix(l.Text, "N") && len(l.Text) == 4 {
					named++
				}
				all += l.Text + " "
			}
			if _, after, found := strings.Cut(all, "room: "); found {
				_, err := fmt.Sscanf(after, "%d more", &left)
				require.NoError(t, err)
			}
			assert.Equal(t, n, named+left, "%s %d", p.name, n)
		}
	}
}

func TestPositionMapGolden(t *testing.T) {
	var b strings.Builder
	require.NoError(t, PositionMap(&b, nil, teachingTitle, teaching(t)))
	drawtest.Golden(t, "position-map.svg", b.String())
	drawtest.KeepsApart(t, draw.Lying, b.String())
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "Position not known: Regional Development Bank (high power).")
	assert.Contains(t, words, "14 actors; in the coalition: 8")
	assert.Contains(t, words, "Low opposition: Ministry of Finance (high power; can block alone), Union of Mission Hospitals (medium power).")
}

func TestFeasibilityBarsGolden(t *testing.T) {
	now := teaching(t)
	won, _ := now.Actor("finance")
	won.Position = stakeholders.At(2)
	financeWon, err := now.Replace(won)
	require.NoError(t, err)
	doctors, _ := now.Actor("doctors")
	doctors.Power = 7
	doctors.Position = stakeholders.At(-7)
	doctors.Weight = 2
	worse, err := now.Replace(doctors)
	require.NoError(t, err)
	// 6×6+4×4+2×6+3×2+4×4+6×4 = 110 for, 2×7+2×4+4×4+6×5 = 68 against.
	var b strings.Builder
	require.NoError(t, FeasibilityBars(&b, nil, teachingTitle, []FeasibilityRow{
		{"Now", now.Feasibility()},
		{"If the Ministry of Finance is won over", financeWon.Feasibility()},
		{"If doctors close ranks against it", worse.Feasibility()},
	}))
	drawtest.Golden(t, "feasibility-bars.svg", b.String())
	drawtest.KeepsApart(t, draw.Lying, b.String())
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "Now. Support: 110; non-mobilised: 30; opposition: 68. Feasible: support leads by 42. 2 actors not counted: position or power not known.")
	assert.Contains(t, words, "Not feasible: opposition leads by")
}

func TestFeasibilityBarsSayWhyNotFeasible(t *testing.T) {
	for want, f := range map[string]stakeholders.Feasibility{
		"Not feasible: support only equals opposition":      {Support: 4, Opposition: 4},
		"Not feasible: nobody is known to take sides":       {NonMobilised: 10},
		"Not feasible: opposition leads by 0.5":             {Support: 1, Opposition: 1.5},
		"Feasible: support leads by 1.000e+300":             {Support: 1e300},
		"Feasible: support leads by 12.3":                   {Support: 12.3},
		"Not feasible: opposition leads by 1.798e+308":      {Opposition: math.MaxFloat64},
		"Feasible: support leads by 999,999,999,999":        {Support: 999999999999},
		"1 actor not counted: position or power not known.": {LeftOut: 1},
	} {
		var b strings.Builder
		require.NoError(t, FeasibilityBars(&b, nil, "", []FeasibilityRow{{"", f}}))
		words := drawtest.Read(t, b.String()).Words
		assert.Contains(t, words, want)
		drawtest.KeepsApart(t, draw.Lying, b.String())
	}
}

func TestFeasibilityBarsRefuseWhatIsNoIndex(t *testing.T) {
	err := FeasibilityBars(io.Discard, nil, "", []FeasibilityRow{
		{"Now", stakeholders.Feasibility{Support: math.NaN(), Opposition: -1}},
		{"Then", stakeholders.Feasibility{NonMobilised: math.Inf(1), LeftOut: -1}},
	})
	assert.ErrorIs(t, err, reformcycle.ErrInvalid)
	assert.Equal(t, []string{"rows[0].feasibility.support", "rows[0].feasibility.opposition", "rows[1].feasibility.non_mobilised", "rows[1].feasibility.left_out"}, fieldsOf(t, err))
}

func fieldsOf(t *testing.T, err error) (fields []string) {
	t.Helper()
	for _, f := range fault.Of(err) {
		fields = append(fields, f.Path)
	}
	return fields
}

func TestPowerInterestGridGolden(t *testing.T) {
	var b strings.Builder
	require.NoError(t, PowerInterestGrid(&b, nil, teachingTitle, teaching(t), nil))
	drawtest.Golden(t, "power-interest-grid.svg", b.String())
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "In no quarter, for power or interest is not known: Regional Development Bank, School of Public Health.")
	assert.Contains(t, words, "Keep well disposed: Ministry of Finance (opposition)")
}

func TestPowerInterestGridTakesAnInterestThatIsGiven(t *testing.T) {
	var b strings.Builder
	// The bank's position is not known, yet its interest is.
	require.NoError(t, PowerInterestGrid(&b, nil, "", teaching(t), map[string]float64{"bank": 6, "finance": 5}))
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "Work with closely: Ministry of Finance (opposition), Ministry of Health (support), Regional Development Bank (position not known), Medical Association (opposition)")
}

func TestPowerInterestGridRefusesAnInterestOfNobody(t *testing.T) {
	err := PowerInterestGrid(io.Discard, nil, "", teaching(t), map[string]float64{"nobody": 3, "moh": math.NaN(), "fund": 7.1, "bank": -1})
	assert.ErrorIs(t, err, reformcycle.ErrInvalid)
	assert.Equal(t, []string{"interest[bank]", "interest[fund]", "interest[moh]", "interest[nobody]"}, fieldsOf(t, err))
}

func TestCoalitionMapGolden(t *testing.T) {
	var b strings.Builder
	require.NoError(t, CoalitionMap(&b, nil, teachingTitle, teaching(t)))
	drawtest.Golden(t, "coalition-map.svg", b.String())
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "Ministry of Health (high power; support; member: leader, gatekeeper)")
}

// Marks lie in the ring and the sector that they belong to, one beside the other.
func TestCoalitionMapPutsMarksWhereTheyBelong(t *testing.T) {
	for _, n := range []int{1, 12, 40, 120} {
		c := newCoalition(nil, "", crowd(t, n, false))
		for _, l := range coalitionLayouts {
			target := c.rings(420, 500, 380, 0.7)
			all := c.arrange(l, target, nil)
			if all == nil {
				continue
			}
			for i, a := range c.actors {
				x, y := all[i].x-420, all[i].y-500
				far := math.Hypot(x, y)
				ring := powerRing(a)
				assert.Less(t, far, target.radii[ring])
				if ring > 0 {
					assert.Greater(t, far, target.radii[ring-1])
				}
				angle := math.Mod(math.Atan2(x, -y)*180/math.Pi+360, 360)
				s := c.sectors[a.Constituency.Group()]
				assert.True(t, s.from <= angle && angle <= s.to, "%v not in %v", angle, s)
				for j := range i {
					assert.GreaterOrEqual(t, all[i].box().apart(all[j].box()), 2.0)
				}
			}
			break
		}
	}
}

func TestInfluenceNetworkGolden(t *testing.T) {
	var b strings.Builder
	require.NoError(t, InfluenceNetwork(&b, nil, teachingTitle, teaching(t), teachingTies))
	drawtest.Golden(t, "influence-network.svg", b.String())
	drawtest.KeepsApart(t, draw.Lying, b.String())
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "14 actors; in the coalition: 8; 15 ties")
	assert.Contains(t, words, "themselves is not drawn.")
	assert.Contains(t, words, "The strongest first. Listening: Ministry of Health; heard: Ministry of Finance.")
}

func TestInfluenceNetworkRefusesTiesOfNobody(t *testing.T) {
	err := InfluenceNetwork(io.Discard, nil, "", teaching(t), []influence.Tie{
		tie("moh", "nobody", 1), tie("", "moh", 1), tie("moh", "fund", math.NaN()), tie("moh", "bank", -1), tie("moh", "bank", 1), tie("moh", "ngo", math.Inf(1)),
	})
	assert.ErrorIs(t, err, reformcycle.ErrInvalid)
	assert.Equal(t, []string{"ties[0].to", "ties[1].from", "ties[2].weight", "ties[3].weight", "ties[4].to", "ties[5].weight"}, fieldsOf(t, err))

	err = InfluenceNetwork(io.Discard, nil, "", stakeholders.Roster{}, make([]influence.Tie, 1000))
	assert.Len(t, fieldsOf(t, err), fault.MaxFields+1)
}

func TestInfluenceNetworkTellsWhatItDoesNotDraw(t *testing.T) {
	r := crowd(t, 200, false)
	var b strings.Builder
	require.NoError(t, InfluenceNetwork(&b, nil, "", r, crowdTies(r)))
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "120 more actors")
	assert.Contains(t, words, "ties are not drawn.")

	b.Reset()
	require.NoError(t, InfluenceNetwork(&b, nil, "", r, nil))
	words = drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "Nobody is known to listen to anybody.")
}
