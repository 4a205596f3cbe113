package power

// What this package refuses, and how it says so.

import (
	"fmt"
	"strconv"
	"strings"
)

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

// Error names the size, the limit and the way out.
func (e *SizeError) Error() string {
	return fmt.Sprintf("power: %s needs a table of %d words, more than %d, and the coalitions of its %d players are too many; use coarser weights",
		e.Question, e.Words, e.Limit, e.Players)
}

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

// Error names the actors and the bodies in the way.
func (e *UnattainableError) Error() string {
	told := "power: no winning coalition can be had: " + e.obstacles()
	for _, other := range e.Otherwise {
		told += "; or else " + other.obstacles()
	}
	return told
}

func (e *UnattainableError) obstacles() string {
	var ways []string
	for _, v := range e.Vetoes {
		ways = append(ways, "the veto of "+strconv.Quote(v)+" is not for sale")
	}
	for _, s := range e.Short {
		ways = append(ways, fmt.Sprintf("%s stays %d short of its quota", strconv.Quote(s.Body), s.Weight))
	}
	return strings.Join(ways, ", ")
}
