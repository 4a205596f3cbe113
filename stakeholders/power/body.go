package power

// A body as a host describes it, and the checks it must pass.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

const (
	// maxTotal is the largest sum of weights in one body. Below it no sum in
	// this package overflows, and every JSON reader keeps the weights exact.
	maxTotal = int64(1)<<53 - 1

	// maxPlayers is how many actors a game may have, above any parliament.
	maxPlayers = 4096

	// maxBodies is how many bodies may have to agree.
	maxBodies = 16
)

// Body is one decision body: it decides when the weights of those in favour
// reach the quota and nobody with a veto is missing among them. A cabinet where
// each minister has one vote, a board where donors vote with their shares, a
// president who only signs: all are bodies. The zero value is not valid.
type Body struct {
	// ID is unique in the game, 1 to 128 characters.
	ID string `json:"id"`

	// Name is what people call it. It may be empty.
	Name string `json:"name,omitempty"`

	// Quota is the weight that decides, from 1 to the sum of the weights. A
	// simple majority of 87 votes is a quota of 44.
	Quota int64 `json:"quota"`

	// Weights are the seats, each actor at most once.
	Weights []Seat `json:"weights"`

	// Vetoes are the actors without whom the body decides nothing, whatever
	// their weight. Each needs a seat, if need be one of weight 0: so a
	// misspelt id can't invent a player.
	Vetoes []string `json:"vetoes,omitempty"`
}

// Seat is the weight of one actor in one body.
type Seat struct {
	Actor  string `json:"actor"`
	Weight int64  `json:"weight"` // from 0; the weights of a body sum to at most 2⁵³ − 1
}

// Seats is a shorthand for bodies whose members all have the same weight.
func Seats(weight int64, actors ...string) []Seat {
	seats := make([]Seat, len(actors))
	for i, a := range actors {
		seats[i] = Seat{Actor: a, Weight: weight}
	}
	return seats
}

// Validate returns all that is wrong with the body, as [fault.Fields], or nil.
func (b Body) Validate() error {
	var errs fault.Fields
	b.check("", &errs)
	return errs.Err()
}

// check appends what is wrong with the body, under the path of the body.
func (b Body) check(path string, errs *fault.Fields) {
	errs.Text(path+"id", b.ID, fault.ID)
	errs.Text(path+"name", b.Name, fault.Name.OrNone())
	switch {
	case len(b.Weights) == 0:
		errs.Add(path+"weights", fault.Required, nil, language.Of("want.at-least-one"))
	case !errs.Count(path+"weights", len(b.Weights), maxPlayers):
		return
	}

	seated := make(map[string]int, len(b.Weights))
	total, sound := int64(0), len(b.Weights) > 0
	for i, s := range b.Weights {
		seat := path + fault.At("weights", i)
		errs.Text(seat+".actor", s.Actor, fault.ID)
		errs.Once(seat+".actor", s.Actor, seated, path+"weights", i)
		switch {
		case s.Weight < 0 || s.Weight > maxTotal:
			errs.Add(seat+".weight", fault.Range, s.Weight, language.Of("want.whole", "low", 0, "high", maxTotal))
			sound = false
		case total > maxTotal-s.Weight:
			errs.Add(seat+".weight", fault.Range, s.Weight, language.Of("want.weights-sum", "most", maxTotal))
			sound = false
		default:
			total += s.Weight
		}
	}
	switch {
	case b.Quota < 1:
		errs.Add(path+"quota", fault.Range, b.Quota, language.Of("want.quota"))
	case sound && b.Quota > total:
		errs.Add(path+"quota", fault.Range, b.Quota, language.Of("want.quota-sum", "sum", total))
	}

	vetoes := make(map[string]int, len(b.Vetoes))
	for i, v := range b.Vetoes {
		field := path + fault.At("vetoes", i)
		if _, sits := seated[fault.NFC(v)]; !sits {
			errs.Add(field, fault.Exists, v, language.Of("want.veto-seat"))
			continue
		}
		errs.Once(field, v, vetoes, path+"vetoes", i)
	}
}

// equal reports whether two bodies are the same.
func (b Body) equal(other Body) bool {
	same := func(a, b string) bool { return fault.NFC(a) == fault.NFC(b) }
	seats := func(a, b Seat) bool { return same(a.Actor, b.Actor) && a.Weight == b.Weight }
	return same(b.ID, other.ID) && same(b.Name, other.Name) && b.Quota == other.Quota &&
		slices.EqualFunc(b.Weights, other.Weights, seats) && slices.EqualFunc(b.Vetoes, other.Vetoes, same)
}

// maxCost bounds a cost, so that the sum of all of them is finite.
const maxCost = 1e300
