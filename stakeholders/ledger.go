package stakeholders

// The ledger: what all actors have pledged and delivered, added up (model).

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// FundingMeasure says which amount of a commitment counts.
type FundingMeasure string

// The measures.
const (
	Pledged   FundingMeasure = "pledged"
	Delivered FundingMeasure = "delivered"
)

// FundingMeasures returns both measures. The slice is the caller's.
func FundingMeasures() []FundingMeasure { return []FundingMeasure{Pledged, Delivered} }

// Valid reports whether m is one of [FundingMeasures].
func (m FundingMeasure) Valid() bool { return m == Pledged || m == Delivered }

// Told is the measure as people read it. A value that is not valid is told as it is.
func (m FundingMeasure) Told() language.Text { return told("measure", m, m.Valid()) }

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [FundingMeasures].
func (m *FundingMeasure) UnmarshalText(text []byte) error {
	return fault.ReadName("measure", m, text, FundingMeasures())
}

// of returns the amount that counts.
func (m FundingMeasure) of(c *Commitment) float64 {
	if m == Delivered {
		return c.Delivered
	}
	return c.Pledged
}

// External reports whether the group counts as external to the country: the
// development partners do, and every other group is domestic. A branch of a
// foreign organisation that is entered as, say, an NGO therefore counts as
// domestic: enter it by where its money comes from (model).
func (g Group) External() bool { return g == DevelopmentPartners }

// LedgerEntry is one commitment and the actor that made it.
type LedgerEntry struct {
	Actor        string       `json:"actor"` // its id
	Constituency Constituency `json:"constituency"`
	Commitment   Commitment   `json:"commitment"`
}

// External reports whether the actor is external, as [Group.External] says.
func (e LedgerEntry) External() bool { return e.Constituency.Group().External() }

// Ledger is the commitments of a roster, or those of a moment or a period. It
// is a value that does not change; the zero value is empty. Amounts are only
// ever added within one resource and one unit.
type Ledger struct {
	entries []LedgerEntry // in the order of engagement, and of each actor's list
}

// Ledger returns the commitments of all actors, members of the coalition or
// not.
func (r Roster) Ledger() Ledger {
	var l Ledger
	for _, a := range r.actors {
		for _, c := range a.Commitments {
			l.entries = append(l.entries, LedgerEntry{a.ID, a.Constituency, c})
		}
	}
	return l
}

// At returns the ledger of the commitments that are active on the day of a moment,
// as [Commitment.ActiveAt] says, and that of those whose dates leave it open. Their
// amounts stay whole.
func (l Ledger) At(t time.Time) (active, open Ledger) {
	return l.sorted(func(c *Commitment) date.Answer { return c.ActiveAt(t) })
}

// Between returns the ledger of the commitments that are active on some day of a
// period, from the earliest day of its beginning to the latest of its end, and that
// of those whose dates leave it open. A beginning or an end that is left out is none.
// Their amounts stay whole: [Ledger.ByYear] splits them. An end before its beginning
// leaves nothing.
func (l Ledger) Between(from, to date.Date) (active, open Ledger) {
	asked := always
	if !from.IsZero() {
		asked.begin = from.First()
	}
	if !to.IsZero() {
		asked.end = to.Last()
	}
	return l.sorted(func(c *Commitment) date.Answer {
		if asked.end.Before(asked.begin) {
			return date.No
		}
		return c.during(asked.begin, asked.end)
	})
}

// sorted gives the ledgers of the commitments of which something is so, and of which
// it is open.
func (l Ledger) sorted(so func(*Commitment) date.Answer) (yes, open Ledger) {
	for _, e := range l.entries {
		switch so(&e.Commitment) {
		case date.Yes:
			yes.entries = append(yes.entries, e)
		case date.Open:
			open.entries = append(open.entries, e)
		}
	}
	return yes, open
}

// Only returns the ledger of those commitments that are asked for.
func (l Ledger) Only(keep func(LedgerEntry) bool) Ledger {
	return Ledger{slices.DeleteFunc(l.Entries(), func(e LedgerEntry) bool { return !keep(e) })}
}

// And returns the ledger of the commitments of both, the other's last.
func (l Ledger) And(other Ledger) Ledger { return Ledger{slices.Concat(l.entries, other.entries)} }

// Entries returns the commitments in the order in which actors were engaged and
// made them. The slice is the caller's.
func (l Ledger) Entries() []LedgerEntry { return slices.Clone(l.entries) }

// Account is what adds up under one heading, in one resource and one unit.
type Account struct {
	// Heading is an actor's id, a stage, a criterion, a year such as "2026", or
	// [Undated]; empty for commitments to any stage or any criterion.
	Heading  string   `json:"heading"`
	Resource Resource `json:"resource"`
	Unit     string   `json:"unit"`

	Pledged   float64 `json:"pledged"`
	Delivered float64 `json:"delivered"`
	// Outstanding is what has not arrived, added up over the commitments: too
	// much of one does not make up for too little of another.
	Outstanding float64 `json:"outstanding"`

	// Commitments counts those that enter, in part or whole.
	Commitments int `json:"commitments"`
}

// Undated heads the commitments that cannot be split over years.
const Undated = "undated"

// ByActor adds up the commitments of each actor, in the order of engagement,
// then of [Resources], then of units.
func (l Ledger) ByActor() []Account {
	order := make(map[string]int)
	for i, e := range slices.Backward(l.entries) {
		order[e.Actor] = i
	}
	return l.by(func(e *LedgerEntry) string { return e.Actor }).sorted(func(a, b string) int { return cmp.Compare(order[a], order[b]) })
}

// by adds the commitments up under a heading each.
func (l Ledger) by(heading func(*LedgerEntry) string) *book {
	var b book
	for _, e := range l.entries {
		b.add(heading(&e), &e.Commitment, 1)
	}
	return &b
}

// ByStage adds up the commitments for each stage, in the order of their names,
// those for any stage last; then of [Resources], then of units.
func (l Ledger) ByStage() []Account {
	return l.by(func(e *LedgerEntry) string { return e.Commitment.Stage }).sorted(namedFirst)
}

// ByCriterion adds up the commitments for each criterion, ordered as in
// [Ledger.ByStage].
func (l Ledger) ByCriterion() []Account {
	return l.by(func(e *LedgerEntry) string { return e.Commitment.Criterion }).sorted(namedFirst)
}

// ByYear splits each commitment over the calendar years from its first to its last
// day in proportion to their days, both days included, what is delivered and what is
// outstanding alike: a commitment does not say when it delivers. Of a date that is
// known roughly the earliest day counts where it begins and the latest where it ends.
// One without a beginning or without an end goes under [Undated], which comes last.
func (l Ledger) ByYear() []Account {
	var b book
	for i := range l.entries {
		c := &l.entries[i].Commitment
		if c.From.IsZero() || c.To.IsZero() {
			b.add(Undated, c, 1)
			continue
		}
		begin, end := c.From.First(), c.To.Last()
		first, last := day(begin), day(end)
		for year := begin.Year(); year <= end.Year(); year++ {
			from := max(first, day(time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)))
			to := min(last, day(time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC)))
			b.add(strconv.Itoa(year), c, float64(to-from+1)/float64(last-first+1))
		}
	}
	return b.sorted(func(a, b string) int {
		return cmp.Or(yesFirst(a != Undated, b != Undated), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}

// day numbers the days by their midnights in UTC.
func day(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// heading is what amounts are added up under.
type heading struct {
	name     string
	resource Resource
	unit     string
}

// book adds amounts up, in the order in which they come.
type book struct {
	accounts []Account
	places   map[heading]int
}

func (b *book) add(name string, c *Commitment, part float64) {
	h := heading{name, c.Resource, c.Unit}
	i, known := b.places[h]
	if !known {
		if b.places == nil {
			b.places = make(map[heading]int)
		}
		i = len(b.accounts)
		b.places[h] = i
		b.accounts = append(b.accounts, Account{Heading: name, Resource: c.Resource, Unit: c.Unit})
	}
	a := &b.accounts[i]
	// JSON has no infinity: sums beyond the largest number stop there.
	a.Pledged = min(a.Pledged+float64(c.Pledged*part), math.MaxFloat64)
	a.Delivered = min(a.Delivered+float64(c.Delivered*part), math.MaxFloat64)
	a.Outstanding = min(a.Outstanding+float64(c.Outstanding()*part), math.MaxFloat64)
	a.Commitments++
}

func (b *book) sorted(byHeading func(a, b string) int) []Account {
	slices.SortFunc(b.accounts, func(x, y Account) int {
		return cmp.Or(
			byHeading(x.Heading, y.Heading),
			cmp.Compare(slices.Index(Resources(), x.Resource), slices.Index(Resources(), y.Resource)),
			cmp.Compare(x.Unit, y.Unit),
		)
	})
	return b.accounts
}

// namedFirst orders names, the empty one last.
func namedFirst(a, b string) int { return cmp.Or(yesFirst(a != "", b != ""), cmp.Compare(a, b)) }

// ResourceGap is a stage for which nobody has committed a kind of resource.
type ResourceGap struct {
	Stage    string   `json:"stage"`
	Resource Resource `json:"resource"`
	// General counts the commitments of this resource that are for any stage,
	// and might be drawn upon.
	General int `json:"general"`
}

// Gaps returns, for the stages in the order given, the resources that nobody
// has committed to that stage. A commitment of nothing, neither pledged nor
// delivered, closes no gap.
func (l Ledger) Gaps(stages ...string) []ResourceGap {
	committed := make(map[heading]int)
	for i := range l.entries {
		if c := &l.entries[i].Commitment; c.Pledged > 0 || c.Delivered > 0 {
			committed[heading{name: c.Stage, resource: c.Resource}]++
		}
	}
	var gaps []ResourceGap
	for _, stage := range stages {
		for _, resource := range Resources() {
			if committed[heading{name: fault.NFC(stage), resource: resource}] == 0 {
				gaps = append(gaps, ResourceGap{stage, resource, committed[heading{resource: resource}]})
			}
		}
	}
	return gaps
}

// DoubleCover is several commitments of one resource for the same purpose at
// the same time: they may complete each other or get in each other's way, which
// is for people to find out.
type DoubleCover struct {
	Stage     string   `json:"stage,omitempty"`
	Criterion string   `json:"criterion,omitempty"`
	Resource  Resource `json:"resource"`
	// Entries are those that overlap another, in the order of the ledger, and Open
	// those that may: their dates are known too roughly to tell.
	Entries []LedgerEntry `json:"entries,omitempty"`
	Open    []LedgerEntry `json:"open,omitempty"`
}

// DoubleCovers returns where two or more commitments bring the same resource
// for the same stage and criterion in periods that overlap, or may, ordered by stage,
// criterion and resource. Commitments for any stage and any criterion have no
// purpose to share, and those of nothing cover nothing.
func (l Ledger) DoubleCovers() []DoubleCover {
	type purpose struct {
		stage, criterion string
		resource         Resource
	}
	groups := make(map[purpose][]int)
	for i := range l.entries {
		c := &l.entries[i].Commitment
		if (c.Stage != "" || c.Criterion != "") && (c.Pledged > 0 || c.Delivered > 0) {
			p := purpose{c.Stage, c.Criterion, c.Resource}
			groups[p] = append(groups[p], i)
		}
	}
	var covers []DoubleCover
	for p, members := range groups {
		if shared, open := l.overlapping(members); len(shared)+len(open) > 0 {
			covers = append(covers, DoubleCover{p.stage, p.criterion, p.resource, shared, open})
		}
	}
	slices.SortFunc(covers, func(a, b DoubleCover) int { // no two are alike
		return cmp.Or(
			namedFirst(a.Stage, b.Stage),
			namedFirst(a.Criterion, b.Criterion),
			cmp.Compare(slices.Index(Resources(), a.Resource), slices.Index(Resources(), b.Resource)),
		)
	})
	return covers
}

// overlapping returns those of the entries whose period overlaps that of another,
// and those whose period may.
func (l Ledger) overlapping(members []int) (shared, open []LedgerEntry) {
	sure, may := make([]period, len(members)), make([]period, len(members))
	for k, i := range members {
		sure[k], may[k] = l.entries[i].Commitment.periods()
	}
	surely, perhaps := meeting(sure), meeting(may)
	for k, i := range members {
		switch {
		case surely[k]:
			shared = append(shared, l.entries[i])
		case perhaps[k]:
			open = append(open, l.entries[i])
		}
	}
	return shared, open
}

// meeting tells of each period whether it meets another. Of all that begin by its
// end, the one that ends last decides.
func meeting(periods []period) []bool {
	order := make([]int, len(periods))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return periods[a].begin.Compare(periods[b].begin) })
	type pair struct{ last, next int } // the two that end last; −1 for none
	lasting := []pair{{-1, -1}}        // of the first n
	later := func(a, b int) bool { return b < 0 || periods[a].end.After(periods[b].end) }
	for _, i := range order {
		switch held := lasting[len(lasting)-1]; {
		case later(i, held.last):
			lasting = append(lasting, pair{i, held.last})
		case later(i, held.next):
			lasting = append(lasting, pair{held.last, i})
		default:
			lasting = append(lasting, held)
		}
	}
	meets := make([]bool, len(periods))
	for i, p := range periods {
		n, _ := slices.BinarySearchFunc(order, p.end, func(other int, end time.Time) int {
			if periods[other].begin.After(end) {
				return 1
			}
			return -1
		})
		other := lasting[n].last
		if other == i {
			other = lasting[n].next
		}
		meets[i] = other >= 0 && p.meets(periods[other])
	}
	return meets
}

// maxAhead bounds how far ahead one may ask what ends, in months.
const maxAhead = 1200

// EndingWithin returns the commitments that end from the day of a moment on and
// within so many months of it, 0 … 1200, both ends included, and those whose dates
// leave it open: the earliest first, by the latest day of their ends, then in the
// order of the ledger. Months are those of the calendar; where the last one is too
// short for the day (31 January and one month), its last day counts. Open-ended
// commitments are not among them.
func (l Ledger) EndingWithin(t time.Time, months int) (ending, open []LedgerEntry, err error) {
	var errs fault.Fields
	if !errs.Whole("months", months, 0, maxAhead) {
		return nil, nil, errs.Err()
	}
	day := date.Of(t).First()
	asked := period{day, date.AddMonths(day, months)}
	yes, may := l.sorted(func(c *Commitment) date.Answer {
		first, last := c.To.First(), c.To.Last()
		if begins := c.From.First(); first.Before(begins) {
			first = begins // it ends no earlier than it begins
		}
		switch {
		case c.To.IsZero() || !asked.meets(period{first, last}):
			return date.No
		case first.Before(asked.begin) || last.After(asked.end):
			return date.Open
		default:
			return date.Yes
		}
	})
	for _, l := range []Ledger{yes, may} {
		slices.SortStableFunc(l.entries, func(a, b LedgerEntry) int { return a.Commitment.To.Last().Compare(b.Commitment.To.Last()) })
	}
	return yes.entries, may.entries, nil
}

// MoneyUnits returns the units in which money was pledged or delivered, sorted.
func (l Ledger) MoneyUnits(m FundingMeasure) []string {
	var units []string
	for i := range l.entries {
		if c := &l.entries[i].Commitment; c.Resource == Money && m.Valid() && m.of(c) > 0 {
			units = append(units, c.Unit)
		}
	}
	slices.Sort(units)
	return slices.Compact(units)
}

// Funding is who pays: all money in one unit, pledged or delivered. The shares
// are of Total, 0 … 1.
type Funding struct {
	Measure FundingMeasure `json:"measure"`
	Unit    string         `json:"unit"`
	Total   float64        `json:"total"`

	// Funders are those who give anything, the largest first, then in the order
	// of engagement. Never empty.
	Funders []Funder `json:"funders"`

	// Concentration is the Herfindahl–Hirschman index, the sum of the squared
	// shares: from 1/n for n funders alike to 1 for a single one.
	Concentration float64 `json:"concentration"`

	// Domestic is what comes from anybody but development partners, Government
	// the part of it that comes from government; External is the rest
	// ([Group.External]).
	Domestic   float64 `json:"domestic"`
	Government float64 `json:"government"`
	External   float64 `json:"external"`

	// Tied is what is tied to single diseases, ExternalTied what is external as
	// well: the mark of vertical programmes (afzal2021).
	Tied         float64 `json:"tied"`
	ExternalTied float64 `json:"external_tied"`
}

// Funder is one actor's part.
type Funder struct {
	Actor  string  `json:"actor"` // its id
	Amount float64 `json:"amount"`
	Share  float64 `json:"share"`
}

// Largest returns the largest funder, on whom the reform depends the most.
func (f Funding) Largest() Funder {
	if len(f.Funders) == 0 {
		return Funder{}
	}
	return f.Funders[0]
}

// Funding returns who pays, over all money in one unit. It refuses a measure
// that is not valid and, because shares of nothing are not known rather than 0,
// a unit in which there is no money ([Ledger.MoneyUnits]); also amounts whose
// sum is not a finite number.
func (l Ledger) Funding(m FundingMeasure, unit string) (Funding, error) {
	if !m.Valid() {
		return Funding{}, fault.Refuse("measure", fault.Known, string(m), fault.OneOf(FundingMeasures()))
	}
	f := Funding{Measure: m, Unit: unit}
	unit = fault.NFC(unit)
	places := make(map[string]int)
	for i := range l.entries {
		e := &l.entries[i]
		amount := m.of(&e.Commitment)
		if e.Commitment.Resource != Money || e.Commitment.Unit != unit || amount == 0 {
			continue
		}
		place, known := places[e.Actor]
		if !known {
			place = len(f.Funders)
			places[e.Actor] = place
			f.Funders = append(f.Funders, Funder{Actor: e.Actor})
		}
		f.Funders[place].Amount += amount
		f.Total += amount
		switch {
		case e.External():
			f.External += amount
		case e.Constituency.Group() == Government:
			f.Government += amount
			f.Domestic += amount
		default:
			f.Domestic += amount
		}
		if e.Commitment.Disease != "" {
			f.Tied += amount
			if e.External() {
				f.ExternalTied += amount
			}
		}
	}
	if f.Total == 0 {
		var want fault.Words = language.Of("want.money-" + string(m))
		if units := l.MoneyUnits(m); len(units) > 0 {
			want = fault.OneOf(units)
		}
		return Funding{}, fault.Refuse("unit", fault.Known, unit, want)
	}
	if math.IsInf(f.Total, 1) {
		return Funding{}, fault.Refuse("total", fault.Range, f.Total, language.Of("want.finite-sum"))
	}
	for _, part := range []*float64{&f.Domestic, &f.Government, &f.External, &f.Tied, &f.ExternalTied} {
		*part /= f.Total
	}
	for i := range f.Funders {
		share := f.Funders[i].Amount / f.Total
		f.Funders[i].Share = share
		f.Concentration += float64(share * share)
	}
	slices.SortStableFunc(f.Funders, func(a, b Funder) int { return cmp.Compare(b.Amount, a.Amount) })
	return f, nil
}
