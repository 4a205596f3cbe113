package landscape

// This file holds the rules a landscape must keep.

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
)

// The bounds of a landscape: above a large country's, and far below what would
// exhaust a host that reads landscapes from strangers.
const (
	MaxAreas        = 20_000
	MaxServices     = 500
	MaxPairs        = 500_000 // areas times services
	MaxProgrammes   = 1_000
	MaxFunding      = 100 // of one programme
	MaxCadres       = 1_000
	MaxPosts        = 200_000
	MaxPostServices = 1_000_000 // services of all posts together
	MaxStatements   = 1_000
)

const (
	maxLabel   = 128  // runes in an id, a unit, a line of supervision
	maxName    = 512  // runes in a name
	maxText    = 4096 // runes in a text
	maxPeople  = 1e12
	maxMoney   = 1e15
	maxWorkers = 10_000_000
)

// The rules a field can break, as [assessment.FieldError] names them.
const (
	ruleRequired   = "required"
	ruleUTF8       = "utf8"
	ruleLength     = "length"
	ruleCharacters = "characters"
	ruleOneOf      = "oneof"
	ruleUnique     = "unique"
	ruleExists     = "exists"
	ruleRange      = "range"
	ruleOrder      = "order"
	ruleStanding   = "standing"
	ruleConsistent = "consistent"
	ruleJSON       = "json"
	ruleType       = "type"
	ruleKnown      = "known"
)

// Validate returns everything that is wrong with l, in the order of the input,
// with paths such as "posts[12].area"; nil where nothing is. A list above its
// bound is reported for its length alone.
func (l Landscape) Validate() assessment.FieldErrors {
	_, errs := l.check()
	return errs
}

// index gives every id its position, and every post those of its cadre, its
// area and its services.
type index struct {
	areas, services, programmes, cadres map[string]int

	posts []place
	given []int32 // services of the posts, post after post
}

// place is where a post stands: positions of its cadre and area, and where its
// services end in index.given.
type place struct {
	cadre, area int32
	end         int
}

// check validates l and returns the index that the check needed anyway. The
// index is only whole where there are no errors.
func (l *Landscape) check() (index, assessment.FieldErrors) {
	c := checker{l: l}
	if c.counts() {
		c.areas()
		c.services()
		c.programmes()
		c.cadres()
		c.posts()
		c.statements()
	}
	return c.index, c.errs
}

type checker struct {
	l     *Landscape
	index index
	given int // services of all posts together
	errs  assessment.FieldErrors
}

func (c *checker) add(field, rule string, value any, want string) {
	c.errs = append(c.errs, assessment.FieldError{Field: field, Rule: rule, Value: value, Want: want})
}

// counts refuses lists that are too long. Going on would only bury that under
// what may be a broken file, at the cost the bounds are there to avoid.
func (c *checker) counts() bool {
	l := c.l
	for _, list := range []struct {
		field  string
		n, max int
	}{
		{"areas", len(l.Areas), MaxAreas},
		{"services", len(l.Services), MaxServices},
		{"programmes", len(l.Programmes), MaxProgrammes},
		{"cadres", len(l.Cadres), MaxCadres},
		{"posts", len(l.Posts), MaxPosts},
		{"statements", len(l.Statements), MaxStatements},
	} {
		if list.n > list.max {
			c.add(list.field, ruleLength, list.n, fmt.Sprintf("at most %d %s", list.max, list.field))
		}
	}
	if pairs := len(l.Areas) * len(l.Services); len(c.errs) == 0 && pairs > MaxPairs {
		c.add("areas", ruleLength, pairs, fmt.Sprintf("at most %d pairs of an area and a service", MaxPairs))
	}
	for i, p := range l.Programmes {
		if n := len(p.Funding); n > MaxFunding {
			c.add(at("programmes", i)+".funding", ruleLength, n, fmt.Sprintf("at most %d sources of money", MaxFunding))
		}
	}
	for i := range l.Posts {
		c.given += len(l.Posts[i].Services)
	}
	if c.given > MaxPostServices {
		c.add("posts", ruleLength, c.given, fmt.Sprintf("at most %d services over all posts", MaxPostServices))
	}
	return len(c.errs) == 0
}

// at is the path of an element of a list.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// id checks the id of element i and enters it in the index.
func (c *checker) id(known map[string]int, list string, i int, id string) {
	c.label(at(list, i)+".id", id)
	if first, taken := known[id]; taken {
		c.add(at(list, i)+".id", ruleUnique, id, "an id other than that of "+at(list, first))
		return
	}
	known[id] = i
}

func (c *checker) areas() {
	c.index.areas = make(map[string]int, len(c.l.Areas))
	for i, a := range c.l.Areas {
		c.id(c.index.areas, "areas", i, a.ID)
		c.name(at("areas", i), a.Name)
		c.number(at("areas", i)+".population", a.Population, maxPeople, "a number of people from 0 to 1e12; 0 where it is not known")
	}
}

func (c *checker) services() {
	c.index.services = make(map[string]int, len(c.l.Services))
	for i, s := range c.l.Services {
		c.id(c.index.services, "services", i, s.ID)
		c.name(at("services", i), s.Name)
		c.number(at("services", i)+".target", s.Target, maxPeople, "a number of people per worker from 0 to 1e12; 0 where there is no target")
	}
}

func (c *checker) programmes() {
	c.index.programmes = make(map[string]int, len(c.l.Programmes))
	type mention struct {
		path     string
		external bool
	}
	funders := make(map[string]mention)
	for i, p := range c.l.Programmes {
		path := at("programmes", i)
		c.id(c.index.programmes, "programmes", i, p.ID)
		c.name(path, p.Name)
		c.optional(path+".operator", p.Operator)
		c.optional(path+".mechanism", p.Mechanism)
		for j, f := range p.Funding {
			path := path + "." + at("funding", j)
			c.label(path+".funder", f.Funder)
			if f.Amount != 0 {
				c.label(path+".unit", f.Unit)
			} else {
				c.optional(path+".unit", f.Unit)
			}
			c.number(path+".amount", f.Amount, maxMoney, "an amount from 0 to 1e15; 0 where it is not known")
			if first, seen := funders[f.Funder]; !seen {
				funders[f.Funder] = mention{path, f.External}
			} else if first.external != f.External {
				c.add(path+".external", ruleConsistent, f.External, "the same as in "+first.path+", which has the same funder")
			}
			c.optional(path+".disease", f.Disease)
		}
	}
}

func (c *checker) cadres() {
	c.index.cadres = make(map[string]int, len(c.l.Cadres))
	for i, d := range c.l.Cadres {
		path := at("cadres", i)
		c.id(c.index.cadres, "cadres", i, d.ID)
		c.name(path, d.Name)
		if _, exists := c.index.programmes[d.Programme]; !exists && (d.Programme != "" || d.Standing != Established) {
			c.add(path+".programme", ruleExists, d.Programme, "the id of one of the programmes")
		}
		c.optional(path+".supervision", d.Supervision)
		if !d.Standing.Valid() {
			c.add(path+".standing", ruleOneOf, string(d.Standing), standingWant)
		}
		c.optional(path+".work", d.Work)
		c.pay(path+".pay", d.Pay)
	}
}

func (c *checker) pay(path string, p Pay) {
	if p.Low != 0 || p.High != 0 {
		c.label(path+".unit", p.Unit)
	} else {
		c.optional(path+".unit", p.Unit)
	}
	const want = "an amount from 0 to 1e15"
	low := c.number(path+".low", p.Low, maxMoney, want)
	high := c.number(path+".high", p.High, maxMoney, want)
	if low && high && p.High < p.Low {
		c.add(path+".high", ruleOrder, p.High, "at least low, which is "+strconv.FormatFloat(p.Low, 'g', -1, 64))
	}
}

func (c *checker) posts() {
	// held marks the areas where each cadre has a post already.
	held := newBits(len(c.l.Cadres) * len(c.l.Areas))
	stamp := make([]int, len(c.l.Services)) // service → the last post that gives it, from 1
	c.index.posts = make([]place, len(c.l.Posts))
	c.index.given = make([]int32, 0, c.given)
	for i := range c.l.Posts {
		p := &c.l.Posts[i]
		cadre, known := c.index.cadres[p.Cadre]
		switch {
		case !known:
			c.add(at("posts", i)+".cadre", ruleExists, p.Cadre, "the id of one of the cadres")
		case c.l.Cadres[cadre].Standing == Established:
			c.add(at("posts", i)+".cadre", ruleStanding, p.Cadre, `a cadre of standing "community" or "new": established health workers are kept for comparison of their pay`)
		}
		area, there := c.index.areas[p.Area]
		if !there {
			c.add(at("posts", i)+".area", ruleExists, p.Area, "the id of one of the areas")
		}
		if known && there {
			if slot := cadre*len(c.l.Areas) + area; held.has(slot) {
				c.add(at("posts", i), ruleUnique, p.Cadre+", "+p.Area, "one post of a cadre in an area")
			} else {
				held.set(slot)
			}
		}
		if len(p.Services) == 0 {
			c.add(at("posts", i)+".services", ruleRequired, nil, "the id of at least one service")
		}
		for j, id := range p.Services {
			service, exists := c.index.services[id]
			switch {
			case !exists:
				c.add(at("posts", i)+"."+at("services", j), ruleExists, id, "the id of one of the services")
			case stamp[service] == i+1:
				c.add(at("posts", i)+"."+at("services", j), ruleUnique, id, "each service once")
			default:
				stamp[service] = i + 1
				c.index.given = append(c.index.given, int32(service))
			}
		}
		c.index.posts[i] = place{cadre: int32(cadre), area: int32(area), end: len(c.index.given)}
		if p.Workers < 0 || p.Workers > maxWorkers {
			c.add(at("posts", i)+".workers", ruleRange, p.Workers, "a number of workers from 0 to 10000000; 0 where they are there and nobody knows how many")
		}
	}
}

func (c *checker) statements() {
	for i, s := range c.l.Statements {
		path := at("statements", i)
		if !s.Aspect.Valid() {
			c.add(path+".aspect", ruleOneOf, string(s.Aspect), "one of "+list(aspects[:]))
		}
		c.text(path+".about", s.About, maxText)
		for _, e := range s.Evidence.Validate() {
			e.Field = path + ".evidence." + e.Field
			c.errs = append(c.errs, e)
		}
	}
}

// number refuses what is not from 0 to most. The condition is positive so that
// NaN fails it.
func (c *checker) number(field string, x, most float64, want string) bool {
	if x >= 0 && x <= most {
		return true
	}
	c.add(field, ruleRange, x, want)
	return false
}

// label checks a text that people and programs refer to.
func (c *checker) label(field, s string) {
	if s == "" || strings.TrimSpace(s) == "" {
		c.add(field, ruleRequired, s, "a name that is not blank")
		return
	}
	c.optional(field, s)
}

// optional is label for a text that may be empty.
func (c *checker) optional(field, s string) {
	switch {
	case !utf8.ValidString(s):
		c.add(field, ruleUTF8, s, "valid UTF-8")
	case utf8.RuneCountInString(s) > maxLabel:
		c.add(field, ruleLength, s, "at most 128 characters")
	case strings.TrimSpace(s) != s || strings.ContainsFunc(s, unicode.IsControl):
		c.add(field, ruleCharacters, s, "no control characters, no space around it")
	}
}

func (c *checker) name(path, s string) { c.text(path+".name", s, maxName) }

func (c *checker) text(field, s string, most int) {
	switch {
	case !utf8.ValidString(s):
		c.add(field, ruleUTF8, s, "valid UTF-8")
	case utf8.RuneCountInString(s) > most:
		c.add(field, ruleLength, s, "at most "+strconv.Itoa(most)+" characters")
	}
}

// list writes the words of a closed set.
func list[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
