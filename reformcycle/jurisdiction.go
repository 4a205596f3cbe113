package reformcycle

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is where a reform belongs: the jurisdiction of its cycle, which functions
// are devolved to which tier, and the policies that it works under.

// The kinds of change about jurisdictions.
const (
	KindNameJurisdiction Kind = "name-jurisdiction"
	KindDevolve          Kind = "devolve"
	KindAdoptPolicy      Kind = "adopt-policy"
)

// jurisdictionPart is what is recorded of them.
type jurisdictionPart struct {
	Jurisdiction *Jurisdiction `json:"jurisdiction,omitempty"`
	Devolved     []Devolution  `json:"devolved,omitempty"`
	Policies     shelf[Policy] `json:"policies,omitempty"`
}

var jurisdictions part[jurisdictionPart]

// jurisdictionTiers are those that a jurisdiction may have.
var jurisdictionTiers = []Tier{National, Region, District, FacilityArea}

// Jurisdiction is the part of a nation, or the nation, whose reform a cycle is: a
// nation, a region, a district or the area of a facility.
type Jurisdiction struct {
	// ID by which the host knows it, such as a code of ISO 3166: "KE-30".
	ID   string `json:"id" validate:"id"`
	Name string `json:"name" validate:"name"`
	Tier Tier   `json:"tier" validate:"known"`
	// Parent is the id of the jurisdiction that it lies in; empty for a nation, and
	// where it is not known.
	Parent string `json:"parent,omitempty" validate:"omitempty,id"`
	// Population, as far as it is known.
	Population Population `json:"population,omitzero"`
	// Entry that named it; set when it is recorded.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// Population is how many people live in a jurisdiction. The zero Population means that
// it is not known.
type Population struct {
	// People from 1 to 20,000,000,000.
	People float64 `json:"people,omitempty" validate:"finite,gte=0,lte=20000000000"`
	// Year that the figure is of, and where it is written.
	Year   int    `json:"year,omitempty" validate:"gte=0,lte=9999"`
	Source string `json:"source,omitempty" validate:"note"`
}

// Known reports whether there is a figure.
func (p Population) Known() bool { return p.People > 0 }

// NameJurisdiction says whose reform the cycle is. Said again it replaces what was said:
// a census has a newer figure, a district a new name.
type NameJurisdiction struct {
	Jurisdiction Jurisdiction `json:"jurisdiction"`
}

// Kind names the change.
func (NameJurisdiction) Kind() Kind { return KindNameJurisdiction }

func (c NameJurisdiction) apply(d *draft) error {
	j := c.Jurisdiction
	var wrong fault.Fields
	if !slices.Contains(jurisdictionTiers, j.Tier) {
		fault.Among(&wrong, "jurisdiction.tier", j.Tier, jurisdictionTiers)
	}
	if j.Parent == j.ID {
		wrong.Add("jurisdiction.parent", fault.Same, j.Parent, language.Of("want.parent-of-itself"))
	}
	if j.Tier == National && j.Parent != "" {
		wrong.Add("jurisdiction.parent", fault.Own, j.Parent, language.Of("want.nation-without-parent"))
	}
	if j.Population.Known() && (j.Population.Year == 0 || j.Population.Source == "") {
		wrong.Add("jurisdiction.population", fault.Required, nil, language.Of("want.population-year-source"))
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if held := jurisdictions.of(d.state).Jurisdiction; held != nil && held.ID != j.ID {
		return fault.Refuse("jurisdiction.id", fault.Same, j.ID, language.Of("want.same-jurisdiction", "id", held.ID))
	}
	j.Entry = d.entry
	jurisdictions.in(d).Jurisdiction = &j
	return nil
}

// Function is something that has to be decided in a community health system, by some
// tier of government (mccollum2018, tsofa2017a, tsofa2017b).
type Function string

// The functions.
const (
	PolicyFunction      Function = "policy"
	StandardsFunction   Function = "standards"
	BudgetFunction      Function = "budget"
	HiringFunction      Function = "hiring"
	PayFunction         Function = "pay"
	SupervisionFunction Function = "supervision"
	SuppliesFunction    Function = "supplies"
	DataFunction        Function = "data"
	TrainingFunction    Function = "training"
)

var functions = []Function{
	PolicyFunction, StandardsFunction, BudgetFunction, HiringFunction, PayFunction, SupervisionFunction, SuppliesFunction, DataFunction, TrainingFunction,
}

// Functions lists the nine functions. The slice is the caller's.
func Functions() []Function { return slices.Clone(functions) }

// Valid reports whether f is one of the nine functions.
func (f Function) Valid() bool { return slices.Contains(functions, f) }

// Told names the function for people.
func (f Function) Told() language.Text { return language.Of("function." + string(f)).Or(string(f)) }

// UnmarshalText reads the text form and refuses any other by name.
func (f *Function) UnmarshalText(text []byte) error {
	return fault.ReadName("function", f, text, functions)
}

// Devolution says which tiers decide a function.
type Devolution struct {
	Function Function `json:"function" validate:"known"`
	// Tiers that decide it, each once; none where nobody does.
	Tiers  []Tier `json:"tiers,omitempty" validate:"max=6,unique,dive,known"`
	Source string `json:"source" validate:"text"`
	// Entry that recorded it; set when it is.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// Devolve records which tiers decide a function. Said again of the same function it
// replaces what was said.
type Devolve struct {
	Devolution Devolution `json:"devolution"`
}

// Kind names the change.
func (Devolve) Kind() Kind { return KindDevolve }

func (c Devolve) apply(d *draft) error {
	next := c.Devolution
	if len(next.Tiers) == 0 {
		next.Tiers = nil // as JSON has it
	}
	next.Entry = d.entry
	put(d, &jurisdictions.in(d).Devolved, next, func(of Devolution) bool { return of.Function == next.Function })
	return nil
}

// Policy is a paper that a reform works under, from its first day to its last: a policy,
// a strategy, an act. Either day may be left out, for what is not known, or has no end.
type Policy struct {
	ID     string    `json:"id" validate:"id"`
	Name   string    `json:"name" validate:"text"`
	From   date.Date `json:"from,omitzero"`
	To     date.Date `json:"to,omitzero" validate:"omitempty,notbefore=From"`
	Source string    `json:"source" validate:"text"`
	// Lap in which it was adopted, by Entry; set when it is recorded.
	Lap   int    `json:"lap,omitempty" validate:"-"`
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

func (p Policy) shelved() (string, int) { return p.ID, p.Lap }

func (p Policy) clone() Policy { return p }

// AdoptPolicy records a policy that the reform works under.
type AdoptPolicy struct {
	Policy Policy `json:"policy"`
}

// Kind names the change.
func (AdoptPolicy) Kind() Kind { return KindAdoptPolicy }

func (c AdoptPolicy) apply(d *draft) error {
	c.Policy.Lap, c.Policy.Entry = d.Lap, d.entry
	return jurisdictions.in(d).Policies.add(d, "policy.id", c.Policy)
}

// Jurisdiction whose reform the cycle is; false where none is named.
func (s State) Jurisdiction() (Jurisdiction, bool) {
	if j := jurisdictions.of(s.get()).Jurisdiction; j != nil {
		return *j, true
	}
	return Jurisdiction{}, false
}

// Devolved says which tiers decide which function, in the order in which that was first
// recorded.
func (s State) Devolved() []Devolution { return copyDevolved(jurisdictions.of(s.get()).Devolved) }

func copyDevolved(list []Devolution) []Devolution {
	all := slices.Clone(list)
	for i := range all {
		all[i].Tiers = slices.Clone(all[i].Tiers)
	}
	return all
}

// Policies that the reform works under or worked under, in the order in which they were
// recorded.
func (s State) Policies() []Policy { return jurisdictions.of(s.get()).Policies.copies() }

var jurisdictionRoom = room{
	changes: []kindEntry{
		changeKind[NameJurisdiction]().whileSuspended(), changeKind[Devolve]().whileSuspended(), changeKind[AdoptPolicy]().whileSuspended(),
	},
	part:  &jurisdictions,
	names: []vocabulary{names(functions)},
}
