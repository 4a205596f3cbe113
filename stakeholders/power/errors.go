package power

// What this package refuses, and how it says so.

import "github.com/chsreform/chsreform/reformcycle/language"

// ruleCover is the rule of this package's own: unions that leave an actor out.
const ruleCover = "cover"

// SizeError refuses a question whose table would not fit in memory: the weights
// are too large for a table over them, and the players too many for a diagram of
// their coalitions. Coarser weights (hundreds rather than single votes) make the
// table smaller.
type SizeError struct {
	// Question is what was asked: "banzhaf", "owen", "cheapest" …
	Question string

	// Words is the size of the table in 64-bit words; math.MaxInt64 where even
	// that is too small to hold it.
	Words int64

	// Limit is the size that is accepted, 2²³.
	Limit int64

	// Players is how many players the coalitions have instead.
	Players int
}

// Told names the size, the limit and the way out.
func (e *SizeError) Told() language.Text {
	return language.Of("power.too-large", "question", e.Question, "words", e.Words, "limit", e.Limit, "players", e.Players)
}

// Error says in English what Told tells.
func (e *SizeError) Error() string { return e.Told().String() }

// UnattainableError says why [Game.Cheapest] finds nothing: even with every
// actor that has a price the coalition loses.
type UnattainableError struct {
	// Vetoes are the actors outside the coalition that have a veto and no
	// price, in the order of the game.
	Vetoes []string `json:"vetoes"`

	// Short are the bodies whose quota stays out of reach.
	Short []Shortfall `json:"short"`

	// Otherwise says what is in the way of the other ways to decide ([Either]); the
	// first way is told above.
	Otherwise []*UnattainableError `json:"otherwise,omitempty"`
}

// Shortfall is the weight that a coalition lacks in one body.
type Shortfall struct {
	Body   string `json:"body"`   // its id
	Weight int64  `json:"weight"` // at least 1
}

// Told names the actors and the bodies in the way.
func (e *UnattainableError) Told() language.Text {
	if len(e.Otherwise) == 0 {
		return language.Of("power.unattainable", "obstacles", e.obstacles())
	}
	ways := []language.Text{language.Of("power.way", "obstacles", e.obstacles())}
	for _, other := range e.Otherwise {
		ways = append(ways, language.Of("power.way", "obstacles", other.obstacles()))
	}
	return language.Of("power.unattainable-ways", "ways", ways)
}

// Error says in English what Told tells.
func (e *UnattainableError) Error() string {
	return language.English().Refusal(e)
}

func (e *UnattainableError) obstacles() []language.Text {
	var all []language.Text
	for _, v := range e.Vetoes {
		all = append(all, language.Of("power.veto-not-for-sale", "actor", v))
	}
	for _, s := range e.Short {
		all = append(all, language.Of("power.short", "body", s.Body, "weight", s.Weight))
	}
	return all
}
