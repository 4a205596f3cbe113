package power

// The game over one or several bodies, and the questions that one look at the
// weights answers.

import (
	"fmt"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Game is a decision that needs every one of its bodies: a law that needs the
// cabinet and the parliament. Its players are the actors with a seat in any of
// them. A game never changes and may be used by many goroutines at once.
type Game struct {
	bodies  []Body
	players []string
	index   map[string]int
	weights [][]int64 // player → body
	totals  []int64   // body
	vetoes  []bool    // player → has a veto, by name or by weight
}

// NewGame builds a game. Its players stand in the order in which the bodies
// first seat them, which is the order of every answer. It refuses, with
// [fault.Fields], no bodies at all, more than 16, more than
// 4096 actors, two bodies with the same id, and every body that is not
// valid ([Body.Validate]).
func NewGame(bodies ...Body) (*Game, error) {
	var errs fault.Fields
	switch {
	case len(bodies) == 0:
		errs.Add("bodies", fault.Required, nil, "at least one body")
	case len(bodies) > maxBodies:
		errs.Add("bodies", fault.Length, len(bodies), fmt.Sprintf("at most %d bodies", maxBodies))
		return nil, errs
	}
	taken := make(map[string]bool, len(bodies))
	for i, b := range bodies {
		path := fault.At("bodies", i) + "."
		b.check(path, &errs)
		if taken[b.ID] {
			errs.Add(path+"id", fault.Unique, b.ID, "an id that no other body has")
		}
		taken[b.ID] = true
	}
	if len(errs) > 0 {
		return nil, errs
	}

	g := &Game{index: make(map[string]int), totals: make([]int64, len(bodies))}
	for k, b := range bodies {
		b.Weights, b.Vetoes = slices.Clone(b.Weights), slices.Clone(b.Vetoes)
		g.bodies = append(g.bodies, b)
		for _, s := range b.Weights {
			i, ok := g.index[s.Actor]
			if !ok {
				i = len(g.players)
				g.index[s.Actor] = i
				g.players = append(g.players, s.Actor)
				g.weights = append(g.weights, make([]int64, len(bodies)))
			}
			g.weights[i][k] = s.Weight
			g.totals[k] += s.Weight
		}
	}
	if len(g.players) > maxPlayers {
		errs.Add("bodies", fault.Length, len(g.players), fmt.Sprintf("at most %d actors in all bodies together", maxPlayers))
		return nil, errs
	}
	g.vetoes = make([]bool, len(g.players))
	for k, b := range g.bodies {
		for _, v := range b.Vetoes {
			g.vetoes[g.index[v]] = true
		}
		for i, w := range g.weights {
			if w[k] > g.slack(k) {
				g.vetoes[i] = true
			}
		}
	}
	return g, nil
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
		return fault.Refuse("bodies", fault.Required, nil, "a game made by NewGame")
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
// holds every veto. Naming an actor twice counts it once. It refuses an actor
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
		p, ok := g.index[name]
		if !ok {
			errs.Add(fault.At(field, i), fault.Exists, name, "an actor with a seat in the game")
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
