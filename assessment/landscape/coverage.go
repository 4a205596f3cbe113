package landscape

// This file holds who serves which area with which service: overlaps, gaps,
// and people per worker.

import "slices"

// Overlap is a service that several cadres give in one area. That is the mark
// of a patchwork of programmes (afzal2021 on Bangladesh and on programmes run
// by NGOs), and no harm where they coordinate.
type Overlap struct {
	Area    string `json:"area"`
	Service string `json:"service"`
	// Programmes and Cadres are the ids of those that serve: at least two
	// cadres, at least one programme.
	Programmes []string `json:"programmes"`
	Cadres     []string `json:"cadres"`
	// Shared says whether the programmes share a coordination mechanism. It is
	// [Yes] where all name the same, and where there is one programme, which
	// coordinates its own cadres (our reading); [No] where two name different
	// ones; else [Unknown], since some programme names none.
	Shared Answer `json:"shared"`
	// Mechanism is the one that all programmes name; blank where there is none.
	Mechanism string `json:"mechanism,omitempty"`
}

// Load is how many people there are for one worker. It is an interval where
// some workers are not counted: a post of unknown size has at least one worker
// and may have any number.
type Load struct {
	Area string `json:"area"`
	// Service is blank where all services of the area are meant.
	Service string `json:"service,omitempty"`
	// Population is that of the area; 0 means not known, and then Low and High
	// are not known either.
	Population float64 `json:"population,omitempty"`
	// Workers is the number in posts whose size is known, Uncounted the number
	// of posts whose size is not.
	Workers   int64 `json:"workers"`
	Uncounted int   `json:"uncounted,omitempty"`
	// Low and High bound the people per worker, both 0 where the population is
	// not known. Low is 0 where there are uncounted posts.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
	// Target is that of the service, 0 where it has none.
	Target float64 `json:"target,omitempty"`
	// OverTarget says whether there are more people per worker than the target;
	// blank where there is none.
	OverTarget Answer `json:"over_target,omitempty"`
}

func newLoad(area *Area, service *Service, workers int64, uncounted int) Load {
	load := Load{Area: area.ID, Population: area.Population, Workers: workers, Uncounted: uncounted}
	if area.Population > 0 {
		load.High = area.Population / float64(workers+int64(uncounted))
		if uncounted == 0 {
			load.Low = load.High
		}
	}
	if service == nil {
		return load
	}
	load.Service, load.Target = service.ID, service.Target
	switch {
	case load.Target == 0:
	case area.Population == 0:
		load.OverTarget = Unknown
	case load.High <= load.Target:
		load.OverTarget = No
	case uncounted == 0:
		load.OverTarget = Yes
	default:
		load.OverTarget = Unknown
	}
	return load
}

// presence is who serves a pair of an area and a service, or an area.
type presence struct {
	cadres    []int // in their order
	workers   int64 // in posts of known size
	uncounted int   // posts of unknown size
}

func (p *presence) add(at place) {
	p.cadres = append(p.cadres, at.cadre)
	p.workers += int64(at.workers)
	if at.workers == 0 {
		p.uncounted++
	}
}

// cover fills in what depends on areas and services.
func (a *Analysis) cover(l *Landscape, x *index) {
	pairs, areas := make([]presence, len(l.Areas)*len(l.Services)), make([]presence, len(l.Areas))
	for _, at := range x.posts {
		areas[at.area].add(at)
		for _, service := range at.services {
			pairs[at.area*len(l.Services)+service].add(at)
		}
	}
	for i, p := range pairs {
		area, service := &l.Areas[i/len(l.Services)], &l.Services[i%len(l.Services)]
		if len(p.cadres) == 0 {
			a.Unserved = append(a.Unserved, Pair{Area: area.ID, Service: service.ID})
			continue
		}
		load := newLoad(area, service, p.workers, p.uncounted)
		switch load.OverTarget {
		case Yes:
			a.Counts.OverTarget++
		case No:
			a.Counts.WithinTarget++
		case Unknown:
			a.Counts.TargetOpen++
		}
		a.Loads = append(a.Loads, load)
		if len(p.cadres) > 1 {
			o := newOverlap(l, x, area, service, p.cadres)
			if o.Shared != Yes {
				a.Counts.Uncoordinated++
			}
			a.Overlaps = append(a.Overlaps, o)
		}
	}
	for i, p := range areas {
		if len(p.cadres) == 0 {
			a.LeftOut = append(a.LeftOut, l.Areas[i].ID)
			continue
		}
		a.AreaLoads = append(a.AreaLoads, newLoad(&l.Areas[i], nil, p.workers, p.uncounted))
		a.supervise(l, &l.Areas[i], p.cadres)
	}
	a.Counts.Pairs, a.Counts.Served, a.Counts.Unserved = len(pairs), len(a.Loads), len(a.Unserved)
	a.Counts.Overlaps, a.Counts.LeftOut, a.Counts.SeparateAreas = len(a.Overlaps), len(a.LeftOut), len(a.Supervision)
}

func newOverlap(l *Landscape, x *index, area *Area, service *Service, cadres []int) Overlap {
	o := Overlap{Area: area.ID, Service: service.ID, Cadres: make([]string, len(cadres)), Shared: Yes}
	programmes := make([]int, len(cadres))
	for i, c := range cadres {
		o.Cadres[i], programmes[i] = l.Cadres[c].ID, x.programmeOf[c]
	}
	slices.Sort(programmes)
	programmes = slices.Compact(programmes)
	o.Programmes = make([]string, len(programmes))
	for i, p := range programmes {
		o.Programmes[i] = l.Programmes[p].ID
		switch m := l.Programmes[p].Mechanism; {
		case m == "" && len(programmes) > 1:
			if o.Shared == Yes {
				o.Shared = Unknown
			}
		case o.Mechanism != "" && m != o.Mechanism:
			o.Shared = No
		default:
			o.Mechanism = m
		}
	}
	if o.Shared != Yes {
		o.Mechanism = ""
	}
	return o
}
