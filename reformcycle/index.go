package reformcycle

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the index over all cycles of a journal: a row for each, and the query that
// asks for some of them. A journal may keep one; package portfolio makes its own where it
// does not.

// Indexer is what a journal may offer beside Journal: where each of its cycles stands,
// without its entries being read.
type Indexer interface {
	// Index gives a page of the rows that a query asks for, in its order. A cycle of
	// which the journal does not know how it stands, for its last batch came without a
	// state, has a row with its id and Seq alone; no condition but Cycles holds of it.
	//
	// Errors: [fault.Fields] for the query; one that errors.Is knows for ErrDamaged for
	// a row that is not as it was written; what the journal and the context return.
	Index(ctx context.Context, q IndexQuery) (IndexPage, error)
}

// IndexRow is how one cycle stood after the last entry of its journal, judged at the
// moment of that entry: what only the passing of time has changed since is not in it, for
// that a cycle is opened (see [Cycle.Now]).
type IndexRow struct {
	Cycle   string `json:"cycle"`
	Title   string `json:"title,omitempty"`
	Country string `json:"country,omitempty"`
	// Jurisdiction whose reform it is; its ID is empty where none is named.
	Jurisdiction Jurisdiction `json:"jurisdiction,omitzero"`
	// Parent is the cycle that it is linked with; empty for none.
	Parent string `json:"parent,omitempty"`
	// Children are the cycles that it names as its children, in their order, and
	// ChildrenYear is the year of their populations.
	Children     []Child `json:"children,omitempty"`
	ChildrenYear int     `json:"children_year,omitempty"`
	// Stage at which it stands, or stood when it was suspended or abandoned. Zero where
	// nothing is known but its id.
	Stage  Stage  `json:"stage,omitempty"`
	Status Status `json:"status"`
	Lap    int    `json:"lap,omitempty"`
	// LastMove is when it last moved, or began; Moved the date of that, as far as it is
	// known.
	LastMove time.Time `json:"last_move,omitzero"`
	Moved    date.Date `json:"moved,omitzero"`
	// Guards stand before its next stage: the ids of its blockers, each once; none where
	// it is not active.
	Guards []string `json:"guards,omitempty"`
	// Debts counts what it owes, having passed guards by override.
	Debts int `json:"debts,omitempty"`
	// Departs is where it departs from the design of its parent.
	Departs []IndexDeparture `json:"departs,omitempty"`
	// Seq is its last entry.
	Seq uint64 `json:"seq,omitempty"`
	// Unreadable says why it can't be read; then nothing else is known but its id.
	Unreadable language.Text `json:"unreadable,omitzero"`
}

// IndexDeparture is a component in which a cycle departs from the design of its parent.
type IndexDeparture struct {
	Component Component     `json:"component"`
	Kind      DepartureKind `json:"kind"`
}

// IndexRow of the cycle, as it stands; the zero row for the zero State.
func (s State) IndexRow() IndexRow {
	if s.Seq() == 0 {
		return IndexRow{}
	}
	r := IndexRow{
		Cycle: s.ID(), Title: s.Title(), Country: s.Country(), Stage: s.Stage(), Status: s.Status(), Lap: s.Lap(),
		LastMove: s.LastMove().UTC(), Moved: s.LastMoved(), Debts: len(s.OpenDebts()), Seq: s.Seq(),
	}
	r.Jurisdiction, _ = s.Jurisdiction()
	part := links.of(s.get())
	if part.Link != nil {
		r.Parent = part.Link.Parent
	}
	if part.Children != nil {
		r.Children, r.ChildrenYear = append(r.Children, part.Children.Children...), part.Children.Year
	}
	for _, d := range part.Departures {
		r.Departs = append(r.Departs, IndexDeparture{d.Component, d.Kind})
	}
	if r.Status == Active {
		for _, b := range s.Blockers() {
			if !slices.Contains(r.Guards, b.Guard) {
				r.Guards = append(r.Guards, b.Guard)
			}
		}
	}
	return r
}

// Known reports whether the row says how the cycle stands.
func (r *IndexRow) Known() bool { return r != nil && r.Stage != 0 }

// Searched is the text in which the Text of a query is sought, without its case: the
// title, the id, the country, and the name and id of the jurisdiction, a line each.
func (r *IndexRow) Searched() string {
	if r == nil {
		return ""
	}
	return folded(strings.Join([]string{r.Title, r.Cycle, r.Country, r.Jurisdiction.Name, r.Jurisdiction.ID}, "\n"))
}

func folded(text string) string { return cases.Fold().String(fault.NFC(text)) }

// IndexOrder is what rows are sorted by.
type IndexOrder uint8

// The orders.
const (
	// ByID: in the order of the ids' bytes.
	ByID IndexOrder = iota
	// ByLastMove: who has not moved for longest comes first; at the same moment by id.
	// Cycles of which that is not known are left out.
	ByLastMove
)

// Count is a condition on a number; the zero value is none. See Exactly, AtLeast and
// AtMost.
type Count struct {
	set         bool
	least, most int
}

// Exactly asks for n and no other number.
func Exactly(n int) Count { return Count{true, n, n} }

// AtLeast asks for n or more.
func AtLeast(n int) Count { return Count{true, n, maxCount} }

// AtMost asks for n or fewer.
func AtMost(n int) Count { return Count{true, 0, n} }

const maxCount = 1<<31 - 1

// Bounds of the condition, both included; false for none.
func (c Count) Bounds() (least, most int, set bool) { return c.least, c.most, c.set }

func (c Count) takes(n int) bool { return !c.set || c.least <= n && n <= c.most }

// IndexQuery says which rows are asked for. What is left at its zero value asks for
// nothing; the conditions that are there all hold.
type IndexQuery struct {
	// Sees says which cycles the visitor may see, by id. It has to be there.
	Sees func(cycle string) bool
	// Cycles are the ids of those that are asked for, at most MaxIndexPage.
	Cycles []string
	// Newer leaves out the cycles of which it says no, by id and last entry: those that
	// whoever asks has already. No condition stands beside it but Sees and Cycles, and the
	// order is that of the ids.
	Newer func(cycle string, seq uint64) bool
	// Text is part of a title, an id, a country, or the name or id of a jurisdiction, in
	// capitals or not; of at most 200 bytes and on one line.
	Text string
	// Within is the id of a jurisdiction: the cycles that name it, or one that lies in
	// it, as far as the jurisdictions in between are named by cycles, seen or not.
	Within string
	// Tiers of their jurisdictions; the empty tier is that of those that name none.
	Tiers []Tier
	// Country as the cycle was given it.
	Country string
	// Parent is the cycle that they are linked with.
	Parent string
	// Stages and Statuses: they stand at one of them. An abandoned cycle stands at no
	// stage.
	Stages   []Stage
	Statuses []Status
	// Lap is the number of the lap that they are in.
	Lap int
	// Guard is one that stands before their next stage, and Guards how many there are.
	Guard  string
	Guards Count
	// Debts is how many they owe.
	Debts Count
	// MovedBefore and MovedSince: they last moved before that moment, and then or later.
	MovedBefore, MovedSince time.Time

	Order IndexOrder
	// After is where the page before ended: its Next. Empty for the first page.
	After string
	// Limit is how many rows a page has, up to MaxIndexPage; 50 where it is 0.
	Limit int
}

// IndexPage is a part of an index.
type IndexPage struct {
	Rows []IndexRow `json:"rows"`
	// Next is After for the page that follows; empty behind the last. It stays good
	// whatever is appended meanwhile: a page goes on behind the row that it ended with,
	// wherever that row is by then.
	Next string `json:"next,omitempty"`
}

// MaxIndexPage is how many rows a page has at most.
const MaxIndexPage = 1000

const (
	usualIndexPage  = 50
	maxIndexText    = 200
	maxIndexListed  = 16
	indexMomentForm = "2006-01-02T15:04:05.000000000Z"
)

// Checked gives the query with its texts in the form in which they are compared and its
// limit put in, or refuses it: what an index does first.
//
// Errors: [fault.Fields], each thing that is wrong named.
func (q IndexQuery) Checked() (IndexQuery, error) {
	var wrong fault.Fields
	if q.Sees == nil {
		wrong.Add("sees", fault.Required, nil, language.Of("want.portfolio-sees"))
	}
	if wrong.Count("cycles", len(q.Cycles), MaxIndexPage) {
		q.Cycles = slices.Clone(q.Cycles)
		for i := range q.Cycles {
			q.Cycles[i] = fault.NFC(q.Cycles[i])
			wrong.Text(fault.At("cycles", i), q.Cycles[i], fault.ID)
		}
	}
	if q.Text = strings.TrimSpace(q.Text); len(q.Text) > maxIndexText {
		wrong.Add("text", fault.Length, len(q.Text), language.Of("want.bytes", "most", maxIndexText))
	} else {
		wrong.Text("text", q.Text, fault.Name.OrNone())
		q.Text = folded(q.Text)
	}
	for _, name := range []struct {
		path string
		text *string
		rule fault.TextRule
	}{{"within", &q.Within, fault.ID}, {"country", &q.Country, fault.ID}, {"parent", &q.Parent, fault.ID}, {"guard", &q.Guard, fault.ID}} {
		*name.text = fault.NFC(*name.text)
		wrong.Text(name.path, *name.text, name.rule.OrNone())
	}
	if wrong.Count("tiers", len(q.Tiers), maxIndexListed) {
		for i, tier := range q.Tiers {
			if tier != "" {
				fault.Among(&wrong, fault.At("tiers", i), tier, jurisdictionTiers)
			}
		}
	}
	if wrong.Count("stages", len(q.Stages), maxIndexListed) {
		for i, stage := range q.Stages {
			if !stage.Valid() {
				wrong.Add(fault.At("stages", i), fault.Known, stage.String(), fault.OneOf(stageNames[1:]))
			}
		}
	}
	if wrong.Count("statuses", len(q.Statuses), maxIndexListed) {
		for i, status := range q.Statuses {
			if !status.Valid() {
				wrong.Add(fault.At("statuses", i), fault.Known, status.String(), fault.OneOf(statusNames[:]))
			}
		}
	}
	if q.Lap < 0 || q.Lap > maxCount {
		wrong.Add("lap", fault.Range, q.Lap, language.Of("want.lap"))
	}
	for path, c := range map[string]Count{"guards": q.Guards, "debts": q.Debts} {
		if c.least < 0 || c.most < 0 || c.most > maxCount || c.least > c.most {
			wrong.Add(path, fault.Range, max(c.least, c.most), fault.WholeBetween(0, maxCount))
		}
	}
	for path, at := range map[string]time.Time{"moved_before": q.MovedBefore, "moved_since": q.MovedSince} {
		if year := at.UTC().Year(); year < 0 || year > 9999 {
			wrong.Add(path, fault.Range, at.String(), language.Of("want.years"))
		}
	}
	switch _, _, good := q.cursor(); {
	case q.Order > ByLastMove:
		wrong.Add("order", fault.Known, int(q.Order), fault.OneOf([]string{"ByID", "ByLastMove"}))
	case !good:
		wrong.Add("after", "cursor", nil, language.Of("want.next-page"))
	}
	if q.Newer != nil && (q.Asks() || q.Order != ByID) {
		wrong.Add("newer", fault.Same, nil, language.Of("want.newer-alone"))
	}
	if q.Limit < 0 || q.Limit > MaxIndexPage {
		wrong.Add("limit", fault.Range, q.Limit, language.Of("want.limit", "most", MaxIndexPage, "usual", usualIndexPage))
	}
	if q.Limit == 0 {
		q.Limit = usualIndexPage
	}
	slices.SortStableFunc(wrong, func(a, b fault.Field) int { return cmp.Compare(a.Path, b.Path) })
	return q, wrong.Err()
}

// cursor takes After apart: behind the last move and the id that it gives. It comes back
// from a web page and may be anything.
func (q IndexQuery) cursor() (at time.Time, id string, good bool) {
	id = q.After
	if q.Order == ByLastMove && id != "" {
		if len(id) <= len(indexMomentForm) {
			return at, "", false
		}
		var err error
		moment := id[:len(indexMomentForm)]
		at, err = time.Parse(indexMomentForm, moment)
		// Parse is lenient about the fraction; a moment has one form only.
		if err != nil || at.Format(indexMomentForm) != moment {
			return at, "", false
		}
		id = id[len(indexMomentForm):]
	}
	return at, id, fault.ID.OrNone().Broken(id) == ""
}

// Next is the After of the page that follows one that ends with a row.
func (q IndexQuery) Next(last IndexRow) string {
	if q.Order == ByLastMove {
		return last.LastMove.UTC().Format(indexMomentForm) + last.Cycle
	}
	return last.Cycle
}

// From is the last move, where rows are sorted by it, and the id behind which the page
// begins; false for the first page. The query has been checked.
func (q IndexQuery) From() (lastMove time.Time, id string, later bool) {
	lastMove, id, _ = q.cursor()
	return lastMove, id, q.After != ""
}

// Compare says which of two rows comes first in the order of the query: less than 0 for
// the first. No row comes before all others.
func (q IndexQuery) Compare(a, b *IndexRow) int {
	if a == nil || b == nil {
		switch {
		case a != nil:
			return 1
		case b != nil:
			return -1
		}
		return 0
	}
	if q.Order == ByLastMove {
		if c := a.LastMove.Compare(b.LastMove); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.Cycle, b.Cycle)
}

// Takes reports whether a row is one of those that a checked query asks for, but for where
// the page begins and for Within: which jurisdictions lie in which, only all rows tell.
// This is the one rule: what else an index does spares it rows.
func (q IndexQuery) Takes(r *IndexRow) bool {
	if r == nil || q.Sees == nil || len(q.Cycles) > 0 && !slices.Contains(q.Cycles, r.Cycle) || !q.Sees(r.Cycle) || q.Newer != nil && !q.Newer(r.Cycle, r.Seq) {
		return false
	}
	if !r.Known() {
		return !q.Asks() && q.Order == ByID
	}
	tier := r.Jurisdiction.Tier
	if r.Jurisdiction.ID == "" {
		tier = ""
	}
	among := func(asked bool, is bool) bool { return !asked || is }
	return among(len(q.Tiers) > 0, slices.Contains(q.Tiers, tier)) &&
		among(q.Country != "", q.Country == r.Country) &&
		among(q.Parent != "", q.Parent == r.Parent) &&
		among(len(q.Stages) > 0, r.Status != Abandoned && slices.Contains(q.Stages, r.Stage)) &&
		among(len(q.Statuses) > 0, slices.Contains(q.Statuses, r.Status)) &&
		among(q.Lap > 0, q.Lap == r.Lap) &&
		among(q.Guard != "", slices.Contains(r.Guards, q.Guard)) &&
		q.Guards.takes(len(r.Guards)) && q.Debts.takes(r.Debts) &&
		among(!q.MovedBefore.IsZero(), r.LastMove.Before(q.MovedBefore)) &&
		among(!q.MovedSince.IsZero(), !r.LastMove.Before(q.MovedSince)) &&
		(q.Text == "" || strings.Contains(r.Searched(), q.Text))
}

// Asks reports whether the query asks for anything but ids and what may be seen.
func (q IndexQuery) Asks() bool {
	return q.Text != "" || q.Within != "" || len(q.Tiers) > 0 || q.Country != "" || q.Parent != "" || len(q.Stages) > 0 || len(q.Statuses) > 0 ||
		q.Lap > 0 || q.Guard != "" || q.Guards.set || q.Debts.set || !q.MovedBefore.IsZero() || !q.MovedSince.IsZero()
}
