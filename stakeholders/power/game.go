package power

// The game over one or several bodies, and the questions that one look at the
// weights answers.

import (
	"maps"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Game is a decision of one or several bodies: of all of them together, as a law that
// needs the cabinet and the parliament ([NewGame]), or in one of several ways
// ([Either]). Its players are the actors with a seat in any of them. A game never
// changes and may be used by many goroutines at once.
type Game struct {
	bodies  []Body
	players []string
	index   map[string]int // by the normal form of the id
	weights [][]int64      // player → body
	totals  []int64        // body
	vetoes  []bool         // player → nothing goes without it, by name or by weight
	ways    []way          // none where all bodies have to agree
}

// way is one of several ways to decide: some of the bodies, as a mask, and the game
// that needs all of these, over the players of all.
type way struct {
	mask uint
	*Game
}

// NewGame builds a game that needs every one of its bodies. Its players stand in the
// order in which the bodies
// first seat them, which is the order of every answer. It refuses, with
// [fault.Fields], no bodies at all, more than 16, more than
// 4096 actors, two bodies with the same id, and every body that is not
// valid ([Body.Validate]).
func NewGame(bodies ...Body) (*Game, error) {
	var errs fault.Fields
	g := new(Game)
	first := make(map[string]int, len(bodies))
	if !fewEnough(&errs, "bodies", len(bodies), maxBodies) {
		return nil, errs
	}
	for i, b := range bodies {
		path := fault.At("bodies", i) + "."
		b.check(path, &errs)
		if b.ID != "" { // which is already refused for itself
			errs.Once(path+"id", b.ID, first, "bodies", i)
		}
		g.bodies = append(g.bodies, b)
	}
	return g.seat(errs)
}

// Either builds a game that is decided in any one of several ways, each by all bodies
// that it lists. So the Council of the European Union decides when 15 of 27 states with
// 65 per cent of the people agree, or 24 states whatever their people:
//
//	council, err := power.Either([]power.Body{states15, people65}, []power.Body{states24})
//
// A body may stand in several ways; one id is then one body. Either refuses, with
// [fault.Fields], what NewGame refuses, no ways, more than 8, and one id for two bodies
// that differ.
func Either(ways ...[]Body) (*Game, error) {
	var errs fault.Fields
	if !fewEnough(&errs, "ways", len(ways), maxWays) {
		return nil, errs
	}
	g := new(Game)
	masks := make([]uint, len(ways))
	place := make(map[string]int)
	for w, bodies := range ways {
		at := fault.At("ways", w)
		if !fewEnough(&errs, at, len(bodies), maxBodies) {
			return nil, errs
		}
		for i, b := range bodies {
			path := fault.At(at, i) + "."
			k, known := place[fault.NFC(b.ID)]
			switch {
			case !known:
				k = len(g.bodies)
				place[fault.NFC(b.ID)] = k
				b.check(path, &errs)
				g.bodies = append(g.bodies, b)
			case masks[w]>>k&1 == 1:
				errs.Add(path+"id", fault.Unique, b.ID, language.Of("want.new-id"))
			case !b.equal(g.bodies[k]):
				errs.Add(path+"id", fault.Unique, b.ID, language.Of("want.same-body"))
			}
			masks[w] |= 1 << k
		}
	}
	if len(errs) == 0 && !fewEnough(&errs, "ways", len(g.bodies), maxBodies) {
		return nil, errs
	}
	if _, err := g.seat(errs); err != nil {
		return nil, err
	}
	// A way that needs all that another needs, and more, is none.
	masks = slices.DeleteFunc(slices.Clone(masks), func(m uint) bool {
		return slices.ContainsFunc(masks, func(other uint) bool { return other != m && other&m == other })
	})
	slices.Sort(masks)
	masks = slices.Compact(masks)
	if len(masks) == 1 {
		return g.needing(masks[0]), nil
	}
	for i := range g.vetoes {
		g.vetoes[i] = true
	}
	for _, m := range masks {
		w := way{m, g.needing(m)}
		g.ways = append(g.ways, w)
		for i, veto := range w.vetoes {
			g.vetoes[i] = g.vetoes[i] && veto
		}
	}
	return g, nil
}

// maxWays is how many ways to decide there may be.
const maxWays = 8

// fewEnough refuses none, and too many, of what a list has n of; false for too many.
func fewEnough(errs *fault.Fields, path string, n, most int) bool {
	if n == 0 {
		errs.Add(path, fault.Required, nil, language.Of("want.at-least-one"))
	}
	return errs.Count(path, n, most)
}

// seat finds the players of bodies that have been checked, and their weights.
func (g *Game) seat(errs fault.Fields) (*Game, error) {
	if len(errs) > 0 {
		return nil, errs
	}
	g.index, g.totals = make(map[string]int), make([]int64, len(g.bodies))
	for k, b := range g.bodies {
		b.Weights, b.Vetoes = slices.Clone(b.Weights), slices.Clone(b.Vetoes)
		g.bodies[k] = b
		for _, s := range b.Weights {
			i, ok := g.place(s.Actor)
			if !ok {
				i = len(g.players)
				g.index[fault.NFC(s.Actor)] = i
				g.players = append(g.players, s.Actor)
				g.weights = append(g.weights, make([]int64, len(g.bodies)))
			}
			g.weights[i][k] = s.Weight
			g.totals[k] += s.Weight
		}
	}
	if len(g.players) > maxPlayers {
		errs.Add("bodies", fault.Length, len(g.players), language.Of("want.actors-together", "most", maxPlayers))
		return nil, errs
	}
	g.findVetoes()
	return g, nil
}

// findVetoes notes without whom the bodies can't all decide.
func (g *Game) findVetoes() {
	g.vetoes = make([]bool, len(g.players))
	for k, b := range g.bodies {
		for _, v := range b.Vetoes {
			i, _ := g.place(v)
			g.vetoes[i] = true
		}
		for i, w := range g.weights {
			if w[k] > g.slack(k) {
				g.vetoes[i] = true
			}
		}
	}
}

// place is that of an actor in the order of the game. Ids that have one normal form are
// one; answers have them as the first seat does.
func (g *Game) place(actor string) (int, bool) {
	i, ok := g.index[fault.NFC(actor)]
	return i, ok
}

// needing is the game, over the same players, that needs all of some bodies.
func (g *Game) needing(bodies uint) *Game {
	part := &Game{players: g.players, index: g.index, weights: make([][]int64, len(g.players))}
	for k, b := range g.bodies {
		if bodies>>k&1 == 0 {
			continue
		}
		part.bodies = append(part.bodies, b)
		part.totals = append(part.totals, g.totals[k])
		for i, w := range g.weights {
			part.weights[i] = append(part.weights[i], w[k])
		}
	}
	part.findVetoes()
	return part
}

// term is a game that needs all of its bodies, and how often it counts.
type term struct {
	*Game
	times int64
}

// terms are games that each need all of their bodies, and whose sum is the game: a
// coalition wins in one of several ways as often as it wins in each, less how often in
// two at once, and so on. What is linear in the game, as all indices are, is the sum of
// theirs.
func (g *Game) terms() []term {
	if len(g.ways) == 0 {
		return []term{{g, 1}}
	}
	times := make(map[uint]int64)
	for set := 1; set < 1<<len(g.ways); set++ {
		bodies, sign := uint(0), int64(-1)
		for w := range g.ways {
			if set>>w&1 == 1 {
				bodies, sign = bodies|g.ways[w].mask, -sign
			}
		}
		times[bodies] += sign
	}
	var terms []term
	for _, bodies := range slices.Sorted(maps.Keys(times)) {
		if times[bodies] != 0 {
			terms = append(terms, term{g.needing(bodies), times[bodies]})
		}
	}
	return terms
}

// orNone lets a nil game answer as one without bodies.
func (g *Game) orNone() *Game {
	if g == nil {
		return new(Game)
	}
	return g
}

// ready refuses a game that [NewGame] has not made.
func (g *Game) ready() error {
	if len(g.players) == 0 {
		return fault.Refuse("bodies", fault.Required, nil, language.Of("want.made-by", "functions", []string{"NewGame", "Either"}))
	}
	return nil
}

// slack is the weight that may stay away from a body while it still decides.
func (g *Game) slack(body int) int64 { return g.totals[body] - g.bodies[body].Quota }

// Bodies returns a copy of the bodies.
func (g *Game) Bodies() []Body {
	g = g.orNone()
	bodies := slices.Clone(g.bodies)
	for i := range bodies {
		bodies[i].Weights = slices.Clone(bodies[i].Weights)
		bodies[i].Vetoes = slices.Clone(bodies[i].Vetoes)
	}
	return bodies
}

// Players returns the actors in the order of the game.
func (g *Game) Players() []string { return slices.Clone(g.orNone().players) }

// Wins reports whether the coalition decides: it reaches every body's quota and
// holds every veto, in one way at least. Naming an actor twice counts it once. It refuses an actor
// without a seat. Cost O(n) for n players and bodies.
func (g *Game) Wins(coalition []string) (bool, error) {
	g = g.orNone()
	in, err := g.members("coalition", coalition)
	if err != nil {
		return false, err
	}
	return g.wins(in), nil
}

// Blocks reports whether the others can't decide without the coalition. A
// coalition may win and block, do one of them or none. Errors and cost as for
// [Game.Wins].
func (g *Game) Blocks(coalition []string) (bool, error) {
	g = g.orNone()
	in, err := g.members("coalition", coalition)
	if err != nil {
		return false, err
	}
	for i := range in {
		in[i] = !in[i]
	}
	return !g.wins(in), nil
}

// VetoPlayers returns the actors without whom no coalition wins, in the order
// of the game: those with a veto, and those whose weight no quota can do
// without.
func (g *Game) VetoPlayers() []string {
	g = g.orNone()
	return g.names(func(i int) bool { return g.vetoes[i] })
}

// Pivotal returns the actors that alone turn the outcome, given who supports
// already, in the order of the game. While the supporters lose, these are the
// actors whose joining makes them win; once they win, the supporters whose
// leaving makes them lose. Errors as for [Game.Wins]; cost O(n²) for n players.
func (g *Game) Pivotal(supporters []string) ([]string, error) {
	g = g.orNone()
	in, err := g.members("supporters", supporters)
	if err != nil {
		return nil, err
	}
	now := g.wins(in)
	return g.names(func(i int) bool {
		if in[i] != now {
			return false
		}
		in[i] = !in[i]
		turned := g.wins(in) != now
		in[i] = !in[i]
		return turned
	}), nil
}

// Dummies returns the actors whose vote never matters, in the order of the
// game. Cost and errors as for [Game.CountBanzhaf]: whether small weights ever
// tip a scale is as hard as counting.
func (g *Game) Dummies() ([]string, error) {
	g = g.orNone()
	counts, err := g.CountBanzhaf()
	if err != nil {
		return nil, err
	}
	return g.names(func(i int) bool { return counts[i].Times.Sign() == 0 }), nil
}

// members turns names into a set.
func (g *Game) members(field string, names []string) ([]bool, error) {
	if err := g.ready(); err != nil {
		return nil, err
	}
	var errs fault.Fields
	in := make([]bool, len(g.players))
	for i, name := range names {
		p, ok := g.place(name)
		if !ok {
			errs.Add(fault.At(field, i), fault.Exists, name, language.Of("want.seated"))
			continue
		}
		in[p] = true
	}
	return in, errs.Err()
}

// names lists the players that are chosen.
func (g *Game) names(chosen func(int) bool) []string {
	var names []string
	for i, name := range g.players {
		if chosen(i) {
			names = append(names, name)
		}
	}
	return names
}

// wins reports whether the set wins.
func (g *Game) wins(in []bool) bool {
	if len(g.ways) > 0 {
		return slices.ContainsFunc(g.ways, func(w way) bool { return w.wins(in) })
	}
	for i, veto := range g.vetoes {
		if veto && !in[i] {
			return false
		}
	}
	for k, b := range g.bodies {
		sum := int64(0)
		for i, w := range g.weights {
			if in[i] {
				sum += w[k]
			}
		}
		if sum < b.Quota {
			return false
		}
	}
	return true
}
