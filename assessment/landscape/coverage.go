package landscape

// This file holds who serves which area with which service: overlaps, gaps,
// and people per worker.

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

// cover fills in what depends on areas and services.
func (a *Analysis) cover(l *Landscape, x *index) {
	cells := newCells(l, x)
	a.Counts.Pairs = len(l.Areas) * len(l.Services)

	overlapping := 0 // cadres of all overlaps together
	for pair := range a.Counts.Pairs {
		n := len(cells.of(pair))
		if n > 0 {
			a.Counts.Served++
		}
		if n > 1 {
			a.Counts.Overlaps++
			overlapping += n
		}
	}
	a.Counts.Unserved = a.Counts.Pairs - a.Counts.Served
	if a.Counts.Unserved > 0 {
		a.Unserved = make([]Pair, 0, a.Counts.Unserved)
	}
	if a.Counts.Served > 0 {
		a.Loads = make([]Load, 0, a.Counts.Served)
	}
	w := newOverlapWriter(l, x, a.Counts.Overlaps, overlapping)

	for pair := range a.Counts.Pairs {
		area, service := &l.Areas[pair/len(l.Services)], &l.Services[pair%len(l.Services)]
		posts := cells.of(pair)
		if len(posts) == 0 {
			a.Unserved = append(a.Unserved, Pair{Area: area.ID, Service: service.ID})
			continue
		}
		load := newLoad(area, service, cells.workers[pair], int(cells.uncounted[pair]))
		switch load.OverTarget {
		case Yes:
			a.Counts.OverTarget++
		case No:
			a.Counts.WithinTarget++
		case Unknown:
			a.Counts.TargetOpen++
		}
		a.Loads = append(a.Loads, load)
		if len(posts) > 1 {
			if w.add(area, service, posts) != Yes {
				a.Counts.Uncoordinated++
			}
		}
	}
	a.Overlaps = w.overlaps
	a.coverAreas(l, x)
}

// coverAreas fills in what depends on areas alone.
func (a *Analysis) coverAreas(l *Landscape, x *index) {
	type sum struct {
		posts, uncounted int
		workers          int64
	}
	sums := make([]sum, len(l.Areas))
	for i, p := range x.posts {
		s := &sums[p.area]
		s.posts++
		s.workers += int64(l.Posts[i].Workers)
		if l.Posts[i].Workers == 0 {
			s.uncounted++
		}
	}
	for i, s := range sums {
		if s.posts == 0 {
			a.LeftOut = append(a.LeftOut, l.Areas[i].ID)
			continue
		}
		a.AreaLoads = append(a.AreaLoads, newLoad(&l.Areas[i], nil, s.workers, s.uncounted))
	}
	a.Counts.LeftOut = len(a.LeftOut)
}

// cells holds, for each pair of an area and a service, the cadres that serve
// it in the order of the cadres, in one list cut at starts.
type cells struct {
	starts    []int32
	cadres    []int32
	workers   []int64 // in posts of known size
	uncounted []int32 // posts of unknown size
}

func (c *cells) of(pair int) []int32 { return c.cadres[c.starts[pair]:c.starts[pair+1]] }

// newCells sorts by counting, twice: posts by cadre, then what they give by
// pair. So the order of the posts reaches no result.
func newCells(l *Landscape, x *index) cells {
	pairs := len(l.Areas) * len(l.Services)
	c := cells{
		starts:    make([]int32, pairs+2),
		cadres:    make([]int32, len(x.given)),
		workers:   make([]int64, pairs),
		uncounted: make([]int32, pairs),
	}
	start := 0
	for i, p := range x.posts {
		row := int(p.area) * len(l.Services)
		for _, service := range x.given[start:p.end] {
			pair := row + int(service)
			c.starts[pair+2]++
			c.workers[pair] += int64(l.Posts[i].Workers)
			if l.Posts[i].Workers == 0 {
				c.uncounted[pair]++
			}
		}
		start = p.end
	}
	for pair := range pairs {
		c.starts[pair+2] += c.starts[pair+1]
	}
	// starts[pair+1] is now where the pair's list begins; filling the list
	// moves it to where the list ends, which is where the next one begins.
	for _, post := range byCadre(l, x) {
		p, begin := x.posts[post], 0
		if post > 0 {
			begin = x.posts[post-1].end
		}
		row := int(p.area) * len(l.Services)
		for _, service := range x.given[begin:p.end] {
			next := &c.starts[row+int(service)+1]
			c.cadres[*next] = p.cadre
			*next++
		}
	}
	return c
}

// byCadre lists the posts in the order of their cadres.
func byCadre(l *Landscape, x *index) []int32 {
	starts := make([]int32, len(l.Cadres)+1)
	for _, p := range x.posts {
		starts[p.cadre+1]++
	}
	for i := range l.Cadres {
		starts[i+1] += starts[i]
	}
	posts := make([]int32, len(x.posts))
	for i, p := range x.posts {
		posts[starts[p.cadre]] = int32(i)
		starts[p.cadre]++
	}
	return posts
}

// overlapWriter builds overlaps whose lists of ids are cut from two long
// slices, since there may be hundreds of thousands of them.
type overlapWriter struct {
	l           *Landscape
	programmeOf []int32 // cadre → programme
	overlaps    []Overlap
	cadres      []string
	programmes  []string
	seen        bitset
	drained     []int32
}

func newOverlapWriter(l *Landscape, x *index, overlaps, cadres int) *overlapWriter {
	w := &overlapWriter{l: l, programmeOf: make([]int32, len(l.Cadres)), seen: newBits(len(l.Programmes))}
	for i, d := range l.Cadres {
		w.programmeOf[i] = int32(x.programmes[d.Programme])
	}
	if overlaps > 0 {
		w.overlaps = make([]Overlap, 0, overlaps)
		w.cadres = make([]string, 0, cadres)
		w.programmes = make([]string, 0, cadres)
	}
	return w
}

func (w *overlapWriter) add(area *Area, service *Service, cadres []int32) Answer {
	c0, p0 := len(w.cadres), len(w.programmes)
	for _, cadre := range cadres {
		w.cadres = append(w.cadres, w.l.Cadres[cadre].ID)
		w.seen.set(int(w.programmeOf[cadre]))
	}
	w.drained = w.seen.drain(w.drained[:0])
	for _, programme := range w.drained {
		w.programmes = append(w.programmes, w.l.Programmes[programme].ID)
	}
	shared, mechanism := w.shared(w.drained)
	w.overlaps = append(w.overlaps, Overlap{
		Area: area.ID, Service: service.ID,
		Programmes: w.programmes[p0:len(w.programmes):len(w.programmes)],
		Cadres:     w.cadres[c0:len(w.cadres):len(w.cadres)],
		Shared:     shared, Mechanism: mechanism,
	})
	return shared
}

func (w *overlapWriter) shared(programmes []int32) (Answer, string) {
	named, missing := "", false
	for _, p := range programmes {
		switch m := w.l.Programmes[p].Mechanism; {
		case m == "":
			missing = true
		case named != "" && m != named:
			return No, ""
		default:
			named = m
		}
	}
	switch {
	case len(programmes) == 1:
		return Yes, named
	case missing:
		return Unknown, ""
	}
	return Yes, named
}
