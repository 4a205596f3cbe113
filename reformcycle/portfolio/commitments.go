package portfolio

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file finds commitments that several cycles count on.

// Shared is a commitment that several cycles count on, as far as their records tell.
type Shared struct {
	// Who committed it, as the first of the cycles names it, and Commitment is its id there.
	Who        string                `json:"who"`
	Commitment string                `json:"commitment"`
	Resource   stakeholders.Resource `json:"resource"`
	Unit       string                `json:"unit"`
	// Cycles that count on it, by id, Names those of their jurisdictions, and Counted what
	// they count on together, in Unit.
	Cycles  []string `json:"cycles"`
	Names   []string `json:"names"`
	Counted float64  `json:"counted"`
	// Whole is the cycle, a parent of all of them, that has the whole of it on record, and
	// Pledged how much that is; empty where none does.
	Whole   string  `json:"whole,omitempty"`
	Pledged float64 `json:"pledged,omitempty"`
	// Twice says whether more is counted on than there is: yes where it is more than the
	// whole, no where it is not, and open where nobody has the whole on record.
	Twice date.Answer `json:"twice"`
}

// Shared tells which commitments several of the cycles that may be seen count on: those that
// are counted twice for certain first, then those of which it is not known, and last those
// that are shared out; within these by who committed them, and then in the order of the
// cycles' ids.
//
// An actor of two records is the same one where it has the same name, whatever their case,
// and is of the same constituency. One commitment is on record as a whole where a parent has
// it: what children have of the same actor, id, resource and unit are parts. Where no parent
// has it, commitments in which nothing differs but their ids and their notes, amounts and
// days among it, may be one, or as many that are alike: that is for people to say. What has
// ended is not counted on.
//
// Errors: [fault.Fields] where sees is nil; what the journal and the context return.
func (p *Portfolio) Shared(ctx context.Context, sees func(cycle string) bool) ([]Shared, error) {
	v, err := p.view(ctx, sees, (*viewed).lookShared)
	if err != nil {
		return nil, err
	}
	return v.shared(), nil
}

// pledge is a commitment in the record of a cycle.
type pledge struct {
	who  string
	from stakeholders.Constituency
	stakeholders.Commitment
}

// actor tells whose it is, whatever the record.
func (p pledge) actor() string {
	return strings.ToLower(strings.Join(strings.Fields(p.who), " ")) + "\x00" + string(p.from)
}

// like is what is the same of two that may be one.
type like struct {
	actor            string
	resource         stakeholders.Resource
	unit             string
	pledged          float64
	from, to         date.Date
	disease          string
	stage, criterion string
}

func (p pledge) like() like {
	return like{p.actor(), p.Resource, p.Unit, p.Pledged, p.From, p.To, p.Disease, p.Stage, p.Criterion}
}

// lookShared notes what a cycle counts on.
func (c *viewed) lookShared(s reformcycle.State) {
	if s.Status() == reformcycle.Abandoned {
		return
	}
	today := date.Of(s.JudgedAt())
	for a := range s.Actors().All() {
		for _, one := range a.Commitments {
			if one.Pledged > 0 && one.To.Before(today) != date.Yes {
				c.pledges = append(c.pledges, pledge{a.Name, a.Constituency, one})
			}
		}
	}
}

// shared puts together what may be one.
func (v *view) shared() (list []Shared) {
	// Parts of what a parent has on record.
	type whole struct{ cycle, actor, id string }
	type sort struct {
		resource stakeholders.Resource
		unit     string
	}
	wholes := map[whole]map[sort]float64{}
	for i := range v.cycles {
		c := &v.cycles[i]
		if !v.parents[c.id] {
			continue
		}
		for _, p := range c.pledges {
			at := whole{c.id, p.actor(), p.ID}
			if wholes[at] == nil {
				wholes[at] = map[sort]float64{}
			}
			wholes[at][sort{p.Resource, p.Unit}] += p.Pledged
		}
	}
	parts := map[whole]map[sort]int{} // in the list, by one more
	alike := map[like]int{}
	for i := range v.cycles {
		c := &v.cycles[i]
		for _, p := range c.pledges {
			at, of := whole{v.parent(c), p.actor(), p.ID}, sort{p.Resource, p.Unit}
			if pledged, known := wholes[at][of]; known {
				if parts[at] == nil {
					parts[at] = map[sort]int{}
				}
				if parts[at][of] == 0 {
					list = append(list, Shared{Who: p.who, Commitment: p.ID, Resource: p.Resource, Unit: p.Unit, Whole: at.cycle, Pledged: pledged})
					parts[at][of] = len(list)
				}
				list[parts[at][of]-1].add(c, p.Pledged)
				continue
			}
			if v.parents[c.id] {
				continue // what a parent counts on is the whole
			}
			if alike[p.like()] == 0 {
				list = append(list, Shared{Who: p.who, Commitment: p.ID, Resource: p.Resource, Unit: p.Unit})
				alike[p.like()] = len(list)
			}
			list[alike[p.like()]-1].add(c, p.Pledged)
		}
	}
	list = slices.DeleteFunc(list, func(s Shared) bool { return len(s.Cycles) < 2 && !s.over() })
	for i := range list {
		switch s := &list[i]; {
		case s.Whole == "":
			s.Twice = date.Open
		case s.over():
			s.Twice = date.Yes
		default:
			s.Twice = date.No
		}
	}
	rank := map[date.Answer]int{date.Yes: 0, date.Open: 1, date.No: 2}
	slices.SortStableFunc(list, func(a, b Shared) int {
		return cmp.Or(cmp.Compare(rank[a.Twice], rank[b.Twice]), cmp.Compare(a.Who, b.Who), cmp.Compare(a.Commitment, b.Commitment))
	})
	return list
}

func (s *Shared) add(c *viewed, pledged float64) {
	s.Counted += pledged
	if !slices.Contains(s.Cycles, c.id) {
		s.Cycles, s.Names = append(s.Cycles, c.id), append(s.Names, c.name)
	}
}

// over reports whether more is counted on than the whole; what is lost in adding many parts
// is not more.
func (s Shared) over() bool { return s.Whole != "" && s.Counted > s.Pledged*(1+1e-9) }
