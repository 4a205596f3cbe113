package landscape

// This file holds the rules a landscape must keep.

import (
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The bounds of a landscape: above a large country's, and far below what would
// exhaust a host that reads landscapes from strangers.
const (
	maxAreas        = 20_000
	maxServices     = 500
	maxPairs        = 500_000 // areas times services
	maxProgrammes   = 1_000
	maxFunding      = 100 // of one programme
	maxCadres       = 1_000
	maxPosts        = 200_000
	maxPostServices = 1_000_000 // services of all posts together
	maxStatements   = 1_000
)

const (
	maxPeople  = 1e12
	maxMoney   = 1e15
	maxWorkers = 10_000_000
)

// The rules of this package beside those of [fault].
const (
	ruleStanding   = "standing"
	ruleConsistent = "consistent"
)

// Validate returns everything that is wrong with l, in the order of the input,
// with paths such as "posts[12].area"; nil where nothing is. A list above its
// bound is reported for its length alone.
func (l Landscape) Validate() fault.Fields {
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
func (l *Landscape) check() (index, fault.Fields) {
	c := checker{l: l}
	if c.counts() {
		c.areas()
		c.services()
		c.programmes()
		c.cadres()
		c.posts()
		c.statements()
	}
	return c.index, c.Fields
}

type checker struct {
	l     *Landscape
	index index
	given int // services of all posts together
	fault.Fields
}

// counts refuses lists that are too long. Going on would only bury that under
// what may be a broken file, at the cost the bounds are there to avoid.
func (c *checker) counts() bool {
	l := c.l
	for _, list := range []struct {
		field  string
		n, max int
	}{
		{"areas", len(l.Areas), maxAreas},
		{"services", len(l.Services), maxServices},
		{"programmes", len(l.Programmes), maxProgrammes},
		{"cadres", len(l.Cadres), maxCadres},
		{"posts", len(l.Posts), maxPosts},
		{"statements", len(l.Statements), maxStatements},
	} {
		c.Count(list.field, list.n, list.max)
	}
	if pairs := len(l.Areas) * len(l.Services); len(c.Fields) == 0 && pairs > maxPairs {
		c.Add("areas", fault.Length, pairs, language.Of("want.most-pairs", "most", maxPairs))
	}
	for i, p := range l.Programmes {
		c.Count(fault.At("programmes", i)+".funding", len(p.Funding), maxFunding)
	}
	for i := range l.Posts {
		c.given += len(l.Posts[i].Services)
	}
	if c.given > maxPostServices {
		c.Add("posts", fault.Length, c.given, language.Of("want.most-services", "most", maxPostServices))
	}
	return len(c.Fields) == 0
}

// id checks the id of element i and enters it in the index.
func (c *checker) id(known map[string]int, list string, i int, id string) {
	c.Text(fault.At(list, i)+".id", id, fault.ID)
	c.Once(fault.At(list, i)+".id", id, known, list, i)
}

func (c *checker) areas() {
	c.index.areas = make(map[string]int, len(c.l.Areas))
	for i, a := range c.l.Areas {
		c.id(c.index.areas, "areas", i, a.ID)
		c.Text(fault.At("areas", i)+".name", a.Name, fault.Name.OrNone())
		c.Number(fault.At("areas", i)+".population", a.Population, 0, maxPeople)
	}
}

func (c *checker) services() {
	c.index.services = make(map[string]int, len(c.l.Services))
	for i, s := range c.l.Services {
		c.id(c.index.services, "services", i, s.ID)
		c.Text(fault.At("services", i)+".name", s.Name, fault.Name.OrNone())
		c.Number(fault.At("services", i)+".target", s.Target, 0, maxPeople)
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
		path := fault.At("programmes", i)
		c.id(c.index.programmes, "programmes", i, p.ID)
		c.Text(path+".name", p.Name, fault.Name.OrNone())
		c.Text(path+".operator", p.Operator, fault.ID.OrNone())
		c.Text(path+".mechanism", p.Mechanism, fault.ID.OrNone())
		for j, f := range p.Funding {
			path := path + "." + fault.At("funding", j)
			c.Text(path+".funder", f.Funder, fault.ID)
			unit := fault.ID
			if f.Amount == 0 {
				unit = unit.OrNone()
			}
			c.Text(path+".unit", f.Unit, unit)
			c.Number(path+".amount", f.Amount, 0, maxMoney)
			if first, seen := funders[f.Funder]; !seen {
				funders[f.Funder] = mention{path, f.External}
			} else if first.external != f.External {
				c.Add(path+".external", ruleConsistent, f.External, language.Of("want.same-funder", "place", first.path))
			}
			c.Text(path+".disease", f.Disease, fault.ID.OrNone())
		}
	}
}

func (c *checker) cadres() {
	c.index.cadres = make(map[string]int, len(c.l.Cadres))
	for i, d := range c.l.Cadres {
		path := fault.At("cadres", i)
		c.id(c.index.cadres, "cadres", i, d.ID)
		c.Text(path+".name", d.Name, fault.Name.OrNone())
		if _, exists := c.index.programmes[d.Programme]; !exists && (d.Programme != "" || d.Standing != Established) {
			c.Add(path+".programme", fault.Exists, d.Programme, language.Of("want.in-list", "list", "programmes"))
		}
		c.Text(path+".supervision", d.Supervision, fault.ID.OrNone())
		if !d.Standing.Valid() {
			c.Add(path+".standing", fault.Known, d.Standing, fault.OneOf(standings))
		}
		c.Text(path+".work", d.Work, fault.ID.OrNone())
		c.pay(path+".pay", d.Pay)
	}
}

func (c *checker) pay(path string, p Pay) {
	unit := fault.ID
	if p.Low == 0 && p.High == 0 {
		unit = unit.OrNone()
	}
	c.Text(path+".unit", p.Unit, unit)
	low := c.Number(path+".low", p.Low, 0, maxMoney)
	high := c.Number(path+".high", p.High, 0, maxMoney)
	if low && high && p.High < p.Low {
		c.Add(path+".high", fault.Order, p.High, language.Of("want.number-from", "low", p.Low))
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
			c.Add(fault.At("posts", i)+".cadre", fault.Exists, p.Cadre, language.Of("want.in-list", "list", "cadres"))
		case c.l.Cadres[cadre].Standing == Established:
			c.Add(fault.At("posts", i)+".cadre", ruleStanding, p.Cadre, language.Of("want.standing"))
		}
		area, there := c.index.areas[p.Area]
		if !there {
			c.Add(fault.At("posts", i)+".area", fault.Exists, p.Area, language.Of("want.in-list", "list", "areas"))
		}
		if known && there {
			if slot := cadre*len(c.l.Areas) + area; held.has(slot) {
				c.Add(fault.At("posts", i), fault.Unique, p.Cadre+", "+p.Area, language.Of("want.one-post"))
			} else {
				held.set(slot)
			}
		}
		if len(p.Services) == 0 {
			c.Add(fault.At("posts", i)+".services", fault.Required, nil, language.Of("want.at-least", "least", 1))
		}
		for j, id := range p.Services {
			service, exists := c.index.services[id]
			switch {
			case !exists:
				c.Add(fault.At("posts", i)+"."+fault.At("services", j), fault.Exists, id, language.Of("want.in-list", "list", "services"))
			case stamp[service] == i+1:
				c.Add(fault.At("posts", i)+"."+fault.At("services", j), fault.Unique, id, language.Of("want.each-once"))
			default:
				stamp[service] = i + 1
				c.index.given = append(c.index.given, int32(service))
			}
		}
		c.index.posts[i] = place{cadre: int32(cadre), area: int32(area), end: len(c.index.given)}
		if p.Workers < 0 || p.Workers > maxWorkers { // of many posts few are wrong
			c.Whole(fault.At("posts", i)+".workers", p.Workers, 0, maxWorkers)
		}
	}
}

func (c *checker) statements() {
	for i, s := range c.l.Statements {
		path := fault.At("statements", i)
		if !s.Aspect.Valid() {
			c.Add(path+".aspect", fault.Known, s.Aspect, fault.OneOf(aspects[:]))
		}
		c.Text(path+".about", s.About, fault.Note)
		c.Under(path+".evidence", s.Evidence.Validate())
	}
}
