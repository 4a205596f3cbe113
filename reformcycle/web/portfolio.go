package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// This file is the page of the portfolio: who stands where, and which they are.

// filter is what of the portfolio a visitor asks for, by the query of the address.
type filter struct {
	// Q is a part of a title, a country, a jurisdiction or an id.
	Q string
	// Stage, Status and Tier are by their names; "" for all. The tier "none" is that of
	// those that name no jurisdiction.
	Stage, Status, Tier string
	// Guard is before their next step; Under is the cycle that they are linked with.
	Guard, Under string
	// Order is stalled for those first that have not moved for longest; "" for that of the ids.
	Order string
	After string

	stage  reformcycle.Stage
	status reformcycle.Status
}

// stalled is the order, in an address, of those first that have not moved for longest.
const stalled = "stalled"

// noTier is the tier, in an address, of those that name no jurisdiction.
const noTier = "none"

// filterOf reads a filter.
func filterOf(query url.Values) (filter, error) {
	f := filter{
		Q: strings.TrimSpace(fault.NFC(query.Get("q"))), Stage: query.Get("stage"), Status: query.Get("status"), Tier: query.Get("tier"),
		Guard: query.Get("guard"), Under: query.Get("under"), Order: query.Get("order"), After: query.Get("after"),
	}
	if f.Stage != "" {
		stage, err := reformcycle.ParseStage(f.Stage)
		if err != nil {
			return f, err
		}
		f.stage = stage
	}
	if f.Status != "" {
		if err := f.status.UnmarshalText([]byte(f.Status)); err != nil {
			return f, err
		}
	}
	if f.Tier != "" && f.Tier != noTier {
		var tier reformcycle.Tier
		if err := tier.UnmarshalText([]byte(f.Tier)); err != nil {
			return f, err
		}
	}
	if f.Order != "" && f.Order != stalled {
		return f, fault.Refuse("order", fault.Known, f.Order, fault.OneOf([]string{stalled}))
	}
	return f, nil
}

// query is the filter as a portfolio reads it.
func (v *visit) query(f filter, limit int) portfolio.Query {
	q := portfolio.Query{Sees: v.sees, Text: f.Q, Guard: f.Guard, Parent: f.Under, After: f.After, Limit: limit}
	if f.Stage != "" {
		q.Stages = []reformcycle.Stage{f.stage}
	}
	if f.Status != "" {
		q.Statuses = []reformcycle.Status{f.status}
	}
	switch f.Tier {
	case "":
	case noTier:
		q.Tiers = []reformcycle.Tier{""}
	default:
		q.Tiers = []reformcycle.Tier{reformcycle.Tier(f.Tier)}
	}
	if f.Order == stalled {
		q.Order = reformcycle.ByLastMove
	}
	return q
}

// Any reports whether something is asked for.
func (f filter) Any() bool {
	f.After, f.Order = "", ""
	return f != filter{}
}

// args are the filter as a part of an address, with another After.
func (f filter) args(after string) []any {
	return []any{"q", f.Q, "stage", f.Stage, "status", f.Status, "tier", f.Tier, "guard", f.Guard, "under", f.Under, "order", f.Order, "after", after}
}

// rowLimit is how many cycles stand on a page.
const rowLimit = 50

type portfolioView struct {
	filter
	Rows []rowLine
	// Begins: the visitor may begin one more.
	Begins      bool
	First, Next string
	Stages      []reformcycle.Stage
	Statuses    []reformcycle.Status
	Tiers       []tierLine
	// Open: some of the numbers are known only to lie between two.
	Open      bool
	Holds     []holdLine
	Silent    []portfolio.Silent
	GuardText language.Text
	UnderName string
	UnderSeen bool
}

type rowLine struct {
	portfolio.Row
	// ParentName is what people call the parent; "" where there is none that the visitor
	// may see.
	ParentName string
}

// tierLine is how many cycles of a tier stand at each stage, and were abandoned.
type tierLine struct {
	Tier  string // as the address has it
	Text  language.Text
	Cells []cell
}

// cell is a number of cycles and where they are listed.
type cell struct {
	Text string
	Heat int // 0 for none, to 4
	At   string
}

type holdLine struct {
	Text   language.Text
	Cycles int
	At     string
}

// holdLimit is how many guards are shown that hold back most.
const holdLimit = 5

// portfolioPage is all cycles that the visitor may see: stage by stage, and one by one.
func (v *visit) portfolioPage() error {
	f, err := filterOf(v.r.URL.Query())
	if err != nil {
		return err
	}
	v.echoes = f.Q != ""
	view := portfolioView{filter: f, Begins: v.mayBegin(), Statuses: []reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned}}
	for stage := range reformcycle.Stages() {
		view.Stages = append(view.Stages, stage)
	}
	page, err := v.page.portfolio.Page(v.r.Context(), v.query(f, rowLimit))
	if err != nil {
		return err
	}
	rows, next := page.Rows, page.Next
	parents := []string{f.Under}
	for _, r := range rows {
		parents = append(parents, r.Parent)
	}
	names, err := v.names(parents...)
	if err != nil {
		return err
	}
	view.UnderName, view.UnderSeen = cmp.Or(names[f.Under], f.Under), names[f.Under] != ""
	for _, r := range rows {
		view.Rows = append(view.Rows, rowLine{r, names[r.Parent]})
	}
	if next != "" {
		if view.Next, err = v.voice.link("portfolio", f.args(next)...); err != nil {
			return err
		}
	}
	if f.After != "" {
		if view.First, err = v.voice.link("portfolio", f.args("")...); err != nil {
			return err
		}
	}
	if f.Guard != "" {
		view.GuardText = language.Typed(f.Guard)
		if len(rows) > 0 {
			if view.GuardText, err = v.guardOf(rows[0].Cycle, f.Guard); err != nil {
				return err
			}
		}
	}
	if !f.Any() && f.After == "" {
		if err := v.rollUp(&view); err != nil {
			return err
		}
	}
	return v.render("portfolio", view)
}

// rollUp puts in how many stand where.
func (v *visit) rollUp(view *portfolioView) error {
	all, err := v.page.portfolio.RollUp(v.r.Context(), v.sees)
	if err != nil {
		return err
	}
	view.Silent = all.Silent
	for _, tally := range all.Tallies {
		tier, text := string(tally.Tier), tally.Tier.Told()
		if tier == "" {
			tier, text = noTier, language.Of("web.no-tier")
		}
		if n := len(view.Tiers); n == 0 || view.Tiers[n-1].Tier != tier {
			view.Tiers = append(view.Tiers, tierLine{Tier: tier, Text: text, Cells: make([]cell, len(view.Stages)+1)})
		}
		line := &view.Tiers[len(view.Tiers)-1]
		at, args := len(view.Stages), []any{"tier", tier, "status", reformcycle.Abandoned}
		if tally.Stage != 0 {
			at, args = int(tally.Stage)-1, []any{"tier", tier, "stage", tally.Stage}
		}
		line.Cells[at].Text, line.Cells[at].Heat = v.interval(tally.Cycles), heat(tally.ShareOfCycles)
		view.Open = view.Open || !tally.Cycles.Exact()
		if tally.Cycles.Low > 0 {
			if line.Cells[at].At, err = v.voice.link("portfolio", args...); err != nil {
				return err
			}
		}
	}
	for _, hold := range all.Holds[:min(len(all.Holds), holdLimit)] {
		at, err := v.voice.link("portfolio", "guard", hold.Guard)
		if err != nil {
			return err
		}
		text, err := v.guardOf(hold.Cycles[0], hold.Guard)
		if err != nil {
			return err
		}
		view.Holds = append(view.Holds, holdLine{text, len(hold.Cycles), at})
	}
	return nil
}

// interval writes a number that may be known only to lie between two.
func (v *visit) interval(i portfolio.Interval) string {
	switch {
	case i.Unbounded:
		return fmt.Sprintf("≥ %s", v.l.Number(i.Low))
	case i.Exact():
		return v.l.Number(i.Low)
	}
	return v.l.Number(i.Low) + "–" + v.l.Number(i.High)
}

// heat is how much of a tier stands in one place, in four steps.
func heat(share portfolio.Interval) int {
	switch {
	case share.Low <= 0:
		return 0
	case share.Low < 0.1:
		return 1
	case share.Low < 0.25:
		return 2
	case share.Low < 0.5:
		return 3
	}
	return 4
}

// names are what people call cycles, of those that are there and that the visitor may see.
func (v *visit) names(ids ...string) (map[string]string, error) {
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" || fault.ID.Broken(id) != "" })
	if len(ids) == 0 {
		return nil, nil
	}
	page, err := v.page.portfolio.Page(v.r.Context(), portfolio.Query{Sees: v.sees, Cycles: ids, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	names := make(map[string]string)
	for _, r := range page.Rows {
		names[r.Cycle] = named(r)
	}
	return names, nil
}

// named is what people call a cycle: by its place, or else by its title.
func named(r portfolio.Row) string { return cmp.Or(r.Jurisdiction.Name, r.Title, r.Cycle) }

// guardOf says what a guard of a cycle asks for, by its checklist.
func (v *visit) guardOf(cycle, guard string) (language.Text, error) {
	c, err := v.page.portfolio.Cycle(v.r.Context(), cycle)
	if err != nil {
		return language.Text{}, err
	}
	return guardText(c.State(), guard), nil
}
