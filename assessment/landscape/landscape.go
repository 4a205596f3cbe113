package landscape

// This file holds what a survey of programmes and cadres records.

import (
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Landscape is what a survey recorded: which programmes and cadres of
// community health workers serve which area with which service, and on what
// terms. It is plain data; [Landscape.Validate] says whether it is sound, and
// no function of this package changes one.
//
// Areas and services are what the survey looked at. An area that is listed
// with no post for a listed service has nobody who gives that service there,
// so leave out areas and services whose posts are not known. The zero value is
// a sound landscape of which nothing is known. The tags of what it holds say to others
// what Validate asks.
type Landscape struct {
	// Areas are the places the survey covered, at most 20,000; areas times
	// services are at most 500,000.
	Areas []Area `json:"areas,omitempty" schema:"max=20000,dive"`
	// Services are what it asked for, at most 500.
	Services []Service `json:"services,omitempty" schema:"max=500,dive"`
	// Programmes are at most 1,000.
	Programmes []Programme `json:"programmes,omitempty" schema:"max=1000,dive"`
	// Cadres are at most 1,000.
	Cadres []Cadre `json:"cadres,omitempty" schema:"max=1000,dive"`
	// Posts say who serves where, at most 200,000, with at most
	// 1,000,000 services between them. A cadre has one post in an area.
	Posts []Post `json:"posts,omitempty" schema:"max=200000,dive"`
	// Statements are what sources say where the detail is not known, at most
	// 1,000.
	Statements []Statement `json:"statements,omitempty" schema:"max=1000,dive"`
}

// Area is a place that programmes divide among themselves or share: a
// district, a union, a catchment area.
type Area struct {
	// ID names the area: 1 to 128 characters, unique among areas. The same
	// holds for every other id.
	ID string `json:"id" schema:"id"`
	// Name is what people read, at most 512 characters. It may be blank, here
	// and elsewhere.
	Name string `json:"name,omitempty" schema:"omitempty,name"`
	// Population is how many people live there, at most 1e12; 0 means not
	// known.
	Population float64 `json:"population,omitempty" schema:"gte=0,lte=1e12"`
}

// Service is something that workers give to people: family planning, case
// management of malaria, nutrition.
type Service struct {
	ID   string `json:"id" schema:"id"`
	Name string `json:"name,omitempty" schema:"omitempty,name"`
	// Target is the number of people that one worker should serve, at most
	// 1e12; 0 means that there is no target.
	Target float64 `json:"target,omitempty" schema:"gte=0,lte=1e12"`
}

// Programme is an undertaking that fields cadres.
type Programme struct {
	ID   string `json:"id" schema:"id"`
	Name string `json:"name,omitempty" schema:"omitempty,name"`
	// Operator is who runs it, at most 128 characters: a directorate, an
	// organisation. It may be blank.
	Operator string `json:"operator,omitempty" schema:"omitempty,id"`
	// Mechanism is the coordination mechanism it takes part in, at most 128
	// characters; blank means that none is known. Programmes share a mechanism
	// where they name the same.
	Mechanism string `json:"mechanism,omitempty" schema:"omitempty,id"`
	// Funding is whose money it runs on, at most 100 entries.
	Funding []Funding `json:"funding,omitempty" schema:"max=100,dive"`
}

// Funding is one source of a programme's money.
type Funding struct {
	// Funder names who pays, 1 to 128 characters. The same funder has the same
	// name in all programmes.
	Funder string `json:"funder" schema:"id"`
	// Unit is what Amount counts, such as "USD/year". Amounts of different
	// units are never added. It may be blank where the amount is not known;
	// such money may be of any unit.
	Unit string `json:"unit,omitempty" schema:"omitempty,id"`
	// Amount is in Unit, at most 1e15; 0 means not known.
	Amount float64 `json:"amount,omitempty" schema:"gte=0,lte=1e15"`
	// External says that the funder is a development partner from abroad. It is
	// the same wherever the funder appears.
	External bool `json:"external,omitempty"`
	// Disease is the single disease the money is tied to, at most 128
	// characters; blank where it is tied to none.
	Disease string `json:"disease,omitempty" schema:"omitempty,id"`
}

// Standing says how a cadre stands towards the reform.
type Standing string

const (
	// Community is a cadre of community health workers that was there before
	// the reform.
	Community Standing = "community"
	// New is a cadre of community health workers that the reform introduces.
	New Standing = "new"
	// Established are other health workers, such as nurses, who are kept for
	// comparison of their pay. They have no posts and need no programme.
	Established Standing = "established"
)

var standings = []Standing{Community, New, Established}

// Standings lists the three standings. The slice is the caller's.
func Standings() []Standing { return slices.Clone(standings) }

// Valid reports whether s is one of the three standings.
func (s Standing) Valid() bool { return slices.Contains(standings, s) }

// Told names the standing for people.
func (s Standing) Told() language.Text {
	return language.Of("standing." + string(s)).Or(string(s))
}

// Cadre is a kind of worker under one programme. Where two programmes field
// workers of the same title, they are two cadres that do the same Work.
type Cadre struct {
	ID   string `json:"id" schema:"id"`
	Name string `json:"name,omitempty" schema:"omitempty,name"`
	// Programme is the id of the programme that fields it. Only an
	// [Established] cadre may leave it blank.
	Programme string `json:"programme,omitempty" schema:"omitempty,id"`
	// Supervision names the line of supervision it answers to, at most 128
	// characters; blank means not known.
	Supervision string `json:"supervision,omitempty" schema:"omitempty,id"`
	// Standing is required.
	Standing Standing `json:"standing" schema:"known"`
	// Work groups cadres whose work is alike, at most 128 characters: cadres
	// with the same Work are compared in their pay. Blank means that it is
	// compared with none.
	Work string `json:"work,omitempty" schema:"omitempty,id"`
	// Pay is what one worker gets. The zero Pay means not known.
	Pay Pay `json:"pay,omitzero"`
}

// Pay is what one worker of a cadre gets, incentives included, as a range.
// Volunteers who get nothing have a Unit with Low and High 0; where Unit is
// blank the pay is not known.
type Pay struct {
	// Low and High bound the pay in Unit: 0 <= Low <= High <= 1e15. They are
	// equal where the pay is known exactly.
	Low  float64 `json:"low" schema:"gte=0,lte=1e15"`
	High float64 `json:"high" schema:"gte=0,lte=1e15"`
	// Unit is what Low and High count, such as "USD/month". Pay of different
	// units is never compared.
	Unit string `json:"unit" schema:"omitempty,id"`
}

// Known reports whether anything is known of the pay.
func (p Pay) Known() bool { return p.Unit != "" }

// Post is the presence of one cadre in one area.
type Post struct {
	// Cadre and Area are ids.
	Cadre string `json:"cadre" schema:"id"`
	Area  string `json:"area" schema:"id"`
	// Services are the ids of what the workers there give, each once, at least
	// one.
	Services []string `json:"services" schema:"min=1,max=500,unique,dive,id"`
	// Workers is how many they are, at most 10,000,000; 0 means that they are
	// there, at least one, and nobody knows how many.
	Workers int `json:"workers,omitempty" schema:"gte=0,lte=10000000"`
}

// Aspect is a question that a landscape answers, from its details or from
// what sources say.
type Aspect string

const (
	// Overlaps: several cadres give the same service in the same area.
	Overlaps Aspect = "overlap"
	// Unserved: an area is left without a service.
	Unserved Aspect = "unserved"
	// SeparateSupervision: cadres of the same area answer to different lines
	// of supervision.
	SeparateSupervision Aspect = "separate-supervision"
	// UnequalPay: cadres that do like work get different pay.
	UnequalPay Aspect = "unequal-pay"
	// AboveEstablishedPay: a new cadre gets more than established health
	// workers.
	AboveEstablishedPay Aspect = "above-established-pay"
	// VerticalFunding: most of the money is external and tied to single
	// diseases.
	VerticalFunding Aspect = "vertical-funding"
	// SharedMechanism: all programmes that overlap take part in a coordination
	// mechanism that they share.
	SharedMechanism Aspect = "shared-mechanism"
)

// aspects is the one order in which they are listed.
var aspects = [...]Aspect{
	Overlaps, Unserved, SeparateSupervision, UnequalPay, AboveEstablishedPay, VerticalFunding, SharedMechanism,
}

// Aspects returns all aspects in order. The slice is the caller's.
func Aspects() []Aspect { return slices.Clone(aspects[:]) }

// Valid reports whether a is one of [Aspects].
func (a Aspect) Valid() bool { return slices.Contains(aspects[:], a) }

// Told states the aspect, as a sentence without its stop.
func (a Aspect) Told() language.Text {
	return language.Of("aspect." + string(a)).Or(string(a))
}

// Statement is what a source says of an aspect without the detail that would
// show it: "the cadres work independently of one another".
type Statement struct {
	Aspect Aspect `json:"aspect" schema:"known"`
	// Holds says whether the source affirms the aspect or denies it.
	Holds bool `json:"holds"`
	// About says which places, programmes or cadres are meant, at most 4,096
	// characters; blank means the landscape as a whole.
	About string `json:"about,omitempty" schema:"note"`
	// Evidence is what the source says and where. Required.
	Evidence assessment.Evidence `json:"evidence"`
}

// Clone returns a copy that shares nothing with l. Empty lists become nil, so
// that a landscape is the same before and after a trip through JSON.
func (l Landscape) Clone() Landscape {
	l.Areas = own(l.Areas)
	l.Services = own(l.Services)
	l.Programmes = own(l.Programmes)
	for i := range l.Programmes {
		l.Programmes[i].Funding = own(l.Programmes[i].Funding)
	}
	l.Cadres = own(l.Cadres)
	l.Posts = own(l.Posts)
	for i := range l.Posts {
		l.Posts[i].Services = own(l.Posts[i].Services)
	}
	l.Statements = own(l.Statements)
	return l
}

// own copies a list without spare room, so that nothing appended to the copy
// can reach another's.
func own[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Clip(slices.Clone(list))
}
