package landscape

// This file holds what follows from a landscape, as a whole.

import "github.com/chsreform/chsreform/reformcycle/language"

// Analysis is what follows from a landscape. It shares no list with the
// landscape, so a host may change it. Lists stand in the order of the input:
// areas first, then services, then cadres.
type Analysis struct {
	// Overlaps are the pairs of an area and a service that several cadres
	// serve.
	Overlaps []Overlap `json:"overlaps,omitempty"`
	// Unserved are the pairs that no post serves.
	Unserved []Pair `json:"unserved,omitempty"`
	// LeftOut are the ids of the areas without any post.
	LeftOut []string `json:"left_out,omitempty"`
	// AreaLoads are the people per worker of each area that has a post, over
	// all services; an area has no target of its own.
	AreaLoads []Load `json:"area_loads,omitempty"`
	// Loads are the people per worker of each pair that is served.
	Loads []Load `json:"loads,omitempty"`
	// Supervision are the areas whose cadres answer to separate lines.
	Supervision []Separate `json:"supervision,omitempty"`
	// Pay are the pairs of cadres of like work whose pay differs, or may
	// differ.
	Pay []PayGap `json:"pay,omitempty"`
	// AboveEstablished are the pairs of a new cadre (Higher) and an established
	// one (Lower) where the new one gets more, or may get more.
	AboveEstablished []PayGap `json:"above_established,omitempty"`
	// Money is who pays, one entry a unit.
	Money []Money `json:"money,omitempty"`
	// Counts sums up the lists, and what had to be left out of them.
	Counts Counts `json:"counts"`
	// Answers say how each aspect stands: one for each of [Aspects], in their
	// order.
	Answers []AspectAnswer `json:"answers"`
}

// Pair is one service in one area, by their ids.
type Pair struct {
	Area    string `json:"area"`
	Service string `json:"service"`
}

// Counts says how much was found and how much could not be judged.
type Counts struct {
	// Pairs is areas times services; Served and Unserved share it out.
	Pairs    int `json:"pairs"`
	Served   int `json:"served"`
	Unserved int `json:"unserved"`
	// LeftOut counts the areas without any post.
	LeftOut int `json:"left_out"`
	// Overlaps counts the pairs with several cadres, Uncoordinated those of
	// them where no mechanism is known to be shared by all programmes.
	Overlaps      int `json:"overlaps"`
	Uncoordinated int `json:"uncoordinated"`
	// OverTarget, WithinTarget and TargetOpen count the served pairs with a
	// target: one worker serves more people than it, at most as many, or it is
	// not known.
	OverTarget   int `json:"over_target"`
	WithinTarget int `json:"within_target"`
	TargetOpen   int `json:"target_open"`
	// SharedAreas counts the areas with posts of several cadres. In
	// SeparateAreas of them lines of supervision are separate, in
	// SupervisionOpen lines that are not known may be.
	SharedAreas     int `json:"shared_areas"`
	SeparateAreas   int `json:"separate_areas"`
	SupervisionOpen int `json:"supervision_open"`
	// LikePay counts the pairs of cadres of like work, AbovePay those of a new
	// and an established cadre.
	LikePay  PayCounts `json:"like_pay"`
	AbovePay PayCounts `json:"above_pay"`
}

// Answer is yes, no, or not known.
type Answer string

// The answers. Unknown is not a no: it is the absence of an answer.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Told names the answer for people.
func (a Answer) Told() language.Text {
	return language.Of("answer." + string(a)).Or(string(a))
}

// Analyse works out what follows from l. It refuses, with
// [fault.Fields], a landscape that is not sound by
// [Landscape.Validate].
//
// Time and memory are proportional to the areas times the services plus the
// services of all posts, and to the square of the cadres. A landscape of 200
// programmes, 500 areas and 40 services in 100,000 posts takes well under a
// second.
func Analyse(l Landscape) (Analysis, error) {
	index, errs := l.check()
	if err := errs.Err(); err != nil {
		return Analysis{}, err
	}
	var a Analysis
	a.cover(&l, &index)
	a.supervise(&l, &index)
	a.comparePay(&l)
	a.Money = money(&l)
	a.judge(&l)
	return a, nil
}
