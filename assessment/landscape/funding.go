package landscape

// This file holds whose money the programmes run on.

import (
	"cmp"
	"slices"

	"github.com/chsreform/chsreform/assessment"
)

// Money is who pays in one unit. Shares are of all money in the unit, 0 … 1.
// They are known within bounds where amounts are not known: such an amount is above 0
// and may be any. Money of unknown amount without a unit may be of this unit
// too, or none of it.
type Money struct {
	// Unit is blank only where no funding has one.
	Unit string `json:"unit"`
	// Known is the sum of the known amounts, in Unit.
	Known float64 `json:"known"`
	// NotKnown counts the entries of unknown amount that are, or may be, of
	// this unit.
	NotKnown int `json:"not_known,omitempty"`
	// Funders are those with an entry of this unit, in the order of the input.
	Funders []FunderAmount `json:"funders"`
	// Concentration is the Herfindahl–Hirschman index, the sum of the squared
	// shares of the funders: from 1/n for n funders alike to 1 for a single
	// one.
	Concentration assessment.Bounds `json:"concentration"`
	// External is the share from abroad, Tied the share tied to single
	// diseases, ExternalTied the share that is both: the mark of vertical
	// programmes (afzal2021 on Cambodia and Myanmar).
	External     assessment.Bounds `json:"external"`
	Tied         assessment.Bounds `json:"tied"`
	ExternalTied assessment.Bounds `json:"external_tied"`
}

// FunderAmount is one funder's part in one unit.
type FunderAmount struct {
	Funder   string  `json:"funder"`
	External bool    `json:"external,omitempty"`
	Known    float64 `json:"known"`               // sum of the known amounts
	NotKnown int     `json:"not_known,omitempty"` // entries of unknown amount
}

// part is a share in the making: the known money that has a property, and
// whether money of unknown amount has it or lacks it.
type part struct {
	known       float64
	has, hasNot bool
}

func (p *part) add(f *Funding, property bool) {
	switch {
	case f.Amount > 0 && property:
		p.known += f.Amount
	case f.Amount > 0:
	case property:
		p.has = true
	default:
		p.hasNot = true
	}
}

func (p *part) of(total float64, open part) assessment.Bounds {
	has, hasNot := p.has || open.has, p.hasNot || open.hasNot
	share := assessment.Bounds{Low: 1, High: 0} // of no known money: what the unknown is made of
	if total > 0 {
		share = assessment.Bounds{Low: p.known / total, High: p.known / total}
	}
	if hasNot {
		share.Low = 0
	}
	if has {
		share.High = 1
	}
	return share
}

// parts are the three shares of one unit.
type parts struct{ external, tied, both part }

func (p *parts) add(f *Funding) {
	p.external.add(f, f.External)
	p.tied.add(f, f.Disease != "")
	p.both.add(f, f.External && f.Disease != "")
}

// money sums up the funding of all programmes, unit by unit in the order of
// the input.
func money(l *Landscape) []Money {
	type key struct{ unit, funder string }
	var (
		all    []Money
		shares []parts
		units  = make(map[string]int)
		places = make(map[key]int)     // → position among the unit's funders
		open   = make(map[string]bool) // funders with money of unknown amount without a unit
		rest   parts                   // that money
		count  int                     // its entries
	)
	blank := true // whether no funding has a unit
	var funding []Funding
	for _, p := range l.Programmes {
		funding = append(funding, p.Funding...)
	}
	for _, f := range funding {
		if f.Unit == "" {
			open[f.Funder] = true
			rest.add(&f)
			count++
		} else {
			blank = false
		}
	}
	for _, f := range funding {
		if f.Unit == "" && !blank {
			continue
		}
		unit, known := units[f.Unit]
		if !known {
			unit = len(all)
			units[f.Unit] = unit
			all = append(all, Money{Unit: f.Unit, NotKnown: count})
			shares = append(shares, parts{})
		}
		m := &all[unit]
		place, known := places[key{f.Unit, f.Funder}]
		if !known {
			place = len(m.Funders)
			places[key{f.Unit, f.Funder}] = place
			m.Funders = append(m.Funders, FunderAmount{Funder: f.Funder, External: f.External})
		}
		m.Known += f.Amount
		m.Funders[place].Known += f.Amount
		if f.Amount == 0 {
			m.Funders[place].NotKnown++
			if f.Unit != "" { // else counted in count
				m.NotKnown++
			}
		}
		shares[unit].add(&f)
	}
	for i := range all {
		m := &all[i]
		m.Concentration = concentration(m, open)
		m.External = shares[i].external.of(m.Known, rest.external)
		m.Tied = shares[i].tied.of(m.Known, rest.tied)
		m.ExternalTied = shares[i].both.of(m.Known, rest.both)
	}
	return all
}

// concentration bounds the index over all amounts that the unknown entries may
// have. One of them may outweigh everybody, so nothing but 1 bounds it above.
//
// Below, the index is least where the funders that are free to give more are
// raised to one common level t. With Q the sum of squares and S the sum of the
// amounts that stay as they are, and m funders raised, the index is
// (Q + mt²) / (S + mt)², its derivative has the sign of tS − Q, and so the
// least value Q / (S² + mQ) lies at t = Q/S. Those stay who give at least t.
func concentration(m *Money, open map[string]bool) assessment.Bounds {
	var q, s float64
	var free []float64
	beyond := len(open) // funders free to give who have no entry of this unit
	for _, f := range m.Funders {
		share := 0.0
		if m.Known > 0 {
			share = f.Known / m.Known
		}
		unknown := f.NotKnown > 0
		if open[f.Funder] {
			beyond--
			unknown = true
		}
		if unknown {
			free = append(free, share)
			continue
		}
		q += float64(share * share)
		s += share
	}
	raised := beyond + len(free)
	if raised == 0 {
		return assessment.Bounds{Low: q, High: q}
	}
	slices.SortFunc(free, func(a, b float64) int { return cmp.Compare(b, a) })
	for _, share := range free {
		if share == 0 || float64(share*s) < q {
			break
		}
		q += float64(share * share)
		s += share
		raised--
	}
	if s == 0 {
		return assessment.Bounds{Low: 1 / float64(raised), High: 1}
	}
	return assessment.Bounds{Low: q / (float64(s*s) + float64(float64(raised)*q)), High: 1}
}
