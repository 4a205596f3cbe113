package reformcycle

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file holds what the built-in rules under the heading "context" look at, and how
// they read the ledger of commitments: by what it says of delivery.

// promise is how a commitment stands: a pledge is a promise, and counts for as long as nothing
// speaks against it.
type promise uint8

const (
	// empty: neither pledged nor delivered.
	empty promise = iota
	// kept: it delivers.
	kept
	// fresh: it has not begun, or not long ago.
	fresh
	// undated: nothing has come of it, and nobody says since when it stands.
	undated
	// overdue: it began long ago, and next to nothing has come of it.
	overdue
)

// tenth is the part of what would have come by now, spread evenly over its time, below
// which a commitment does not deliver (model).
const tenth = 0.1

// standingOf a commitment, where what began more than so many months ago should deliver.
func standingOf(c *stakeholders.Commitment, months int, at time.Time) promise {
	late := c.From.Lapsed(months, at)
	switch {
	case c.Pledged == 0 && c.Delivered == 0:
		return empty
	case late == date.Yes && c.Delivered < tenth*dueBy(c, at), late == date.Yes && c.Delivered == 0:
		return overdue
	case c.Delivered > 0:
		return kept
	case late == date.No:
		return fresh
	}
	return undated
}

// dueBy is how much of a commitment would have come by a day, spread evenly over its time
// at its longest; nothing can be said of one whose end is open.
func dueBy(c *stakeholders.Commitment, at time.Time) float64 {
	if c.To.IsZero() {
		return 0
	}
	whole, gone := c.To.Last().Sub(c.From.First()), at.Sub(c.From.Last())
	if whole <= 0 || gone >= whole {
		return c.Pledged
	}
	return c.Pledged * (float64(gone) / float64(whole))
}

// isMoney reports whether a unit is one of money: a currency's code of ISO 4217 is among
// its words, as in "USD", "million KES" or "USD/year". A "share of the launch" is none.
func isMoney(unit string) bool {
	words := strings.FieldsFunc(unit, func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(word string) bool {
		return len(word) == 3 && word == strings.ToUpper(word) && checker.Var(word, "iso4217") == nil
	})
}

// money is the entries of the ledger of money, in units that are money, with the standing
// of each.
func (s State) money(months int) (entries []*stakeholders.LedgerEntry, stand []promise) {
	for _, e := range s.sighted().money {
		if stands := standingOf(&e.Commitment, months, s.moment()); stands != empty {
			entries, stand = append(entries, e), append(stand, stands)
		}
	}
	return entries, stand
}

// broken are the facts by which no money that was pledged delivers: nil where some does,
// or may yet.
func (s State) broken(months int) (facts []Fact) {
	if s.get().silent(TopicMoney) {
		return nil // there may be more
	}
	entries, stand := s.money(months)
	for i, stands := range stand {
		if stands != overdue {
			return nil
		}
		facts = append(facts, overdueFact(entries[i]))
	}
	return facts
}

// over reports whether the last day of a commitment has surely passed.
func over(c *stakeholders.Commitment, at time.Time) bool {
	return !c.To.IsZero() && c.To.Before(date.Of(at)) == date.Yes
}

func overdueFact(e *stakeholders.LedgerEntry) Fact {
	c := &e.Commitment
	return commitmentFact(e, "fact.overdue", "since", c.From.String(), "delivered", amount(c.Delivered), "pledged", amount(c.Pledged), "unit", said(c.Unit))
}

// unfundedLaunch: launch with financing below functional, or with money that was pledged
// and does not come.
func unfundedLaunch(s State, r Rule) Verdict {
	if !s.get().inLaunch() {
		return Verdict{}
	}
	return s.byRating("readiness.financing", true, s.broken(int(r.Value("delivery")))...)
}

// unsustainedFinancing: the financing of the running programme is rated as not
// lasting, or the ledger speaks against it.
func unsustainedFinancing(s State, r Rule) Verdict {
	const id = "governance.financing"
	due := s.get().inLaunch()
	var broken []Fact
	if due {
		broken = s.broken(int(r.Value("delivery")))
	}
	v := s.byRating(id, due, broken...)
	if v.Outcome != Sound && v.Outcome != Contested {
		return v
	}
	// What is rated as lasting, and with a domestic share.
	against := v.Against
	if level, rated := s.levelOf("readiness.financing"); due && level.Known() && !s.works("readiness.financing", level) {
		against = append(against, rated)
	}
	if entries, stand := s.money(int(r.Value("delivery"))); entries != nil && !s.get().silent(TopicMoney) {
		domestic, comes := false, false
		for i, e := range entries {
			if !e.External() {
				domestic, comes = true, comes || stand[i] != overdue && !over(&e.Commitment, s.moment())
			}
		}
		switch {
		case !domestic:
			against = append(against, Fact{About: "commitment", Says: language.Of("fact.all-external")})
		case !comes && broken == nil:
			against = append(against, Fact{About: "commitment", Says: language.Of("fact.no-domestic")})
		}
	}
	if soon, is := s.ruleSet().Rule("term-limited-project"); is {
		if ends := termLimitedProject(s, soon); ends.Outcome == Troubled {
			against = append(against, ends.Facts...)
		}
	}
	if against != nil {
		return contestedBy(v.Facts, against)
	}
	if need := s.faded("readiness.financing"); due && v.Outcome == Sound && !need.IsZero() {
		return unclear(need)
	}
	return v
}

// byUnit is how much money there is in one unit, pledged or delivered: of what is active,
// and of what may be, known too roughly; that which is external and tied to single
// diseases apart from the rest.
type byUnit struct {
	unit                             string
	tied, free, maybeTied, maybeFree float64
}

// shares of the money that are external and tied, at the least and at the most.
func (b byUnit) shares() (least, most float64) {
	return b.tied / (b.tied + b.free + b.maybeFree), (b.tied + b.maybeTied) / (b.tied + b.free + b.maybeTied)
}

// verticalFunding: most committed money is external and tied to single diseases.
// The ledger of commitments is asked first, then the survey of programmes. What was
// pledged and does not come is no money.
func verticalFunding(s State, r Rule) Verdict {
	entries, stand := s.money(int(r.Value("delivery")))
	var pledged, delivered []byUnit
	var rough []*stakeholders.LedgerEntry
	add := func(to *[]byUnit, unit string, amount float64, tied bool, active date.Answer) {
		if amount == 0 {
			return
		}
		i := slices.IndexFunc(*to, func(b byUnit) bool { return b.unit == unit })
		if i < 0 {
			i = len(*to)
			*to = append(*to, byUnit{unit: unit})
		}
		b := &(*to)[i]
		switch {
		case tied && active == date.Yes:
			b.tied += amount
		case tied:
			b.maybeTied += amount
		case active == date.Yes:
			b.free += amount
		default:
			b.maybeFree += amount
		}
	}
	for i := range entries {
		c := &entries[i].Commitment
		active := c.ActiveAt(s.moment())
		if stand[i] == overdue || active == date.No {
			continue
		}
		if active == date.Open {
			rough = append(rough, entries[i])
		}
		tied := entries[i].External() && c.Disease != ""
		add(&pledged, c.Unit, c.Pledged, tied, active)
		add(&delivered, c.Unit, c.Delivered, tied, active)
	}
	most := r.Value("share")
	mixed := false // by unit, the answer differs
	var dates []language.Text
	judge := func(all []byUnit, says string) (yes, no []Fact) {
		slices.SortFunc(all, func(a, b byUnit) int { return cmp.Compare(a.unit, b.unit) })
		for _, b := range all {
			if math.IsInf(b.tied+b.free+b.maybeTied+b.maybeFree, 1) {
				continue // amounts that do not add up to a number say nothing
			}
			low, high := b.shares()
			if b.tied+b.free == 0 || low > most != (high > most) {
				for _, e := range rough {
					dates = append(dates, roughEnds(e, b.unit, dates)...)
				}
				continue
			}
			fact := Fact{About: "commitment", Says: language.Of(says, "share", low, "unit", said(b.unit))}
			if low != high {
				fact.Says = language.Of(says+".between", "low", low, "high", high, "unit", said(b.unit))
			}
			if low > most {
				yes = append(yes, fact)
			} else {
				no = append(no, fact)
			}
		}
		mixed = mixed || yes != nil && no != nil
		return yes, no
	}
	vertical, other := judge(pledged, "fact.tied.pledged")
	arrived, free := judge(delivered, "fact.tied.delivered")
	switch {
	case s.get().silent(TopicMoney) && (pledged != nil || delivered != nil):
		return unclear(language.Of("need.other-money", "topics", silentTopics([]Topic{TopicMoney})))
	case dates != nil:
		return unclear(dates...)
	case mixed:
		return unclear(language.Of("need.one-unit"))
	case vertical != nil && free != nil:
		return contestedBy(free, vertical)
	case other != nil && arrived != nil:
		return contestedBy(other, arrived)
	case vertical != nil || arrived != nil:
		return troubled(slices.Concat(vertical, arrived)...)
	case other != nil || free != nil:
		return sound(slices.Concat(other, free)...)
	}
	needs := "need.money"
	switch {
	case s.sighted().others:
		needs = "need.money.in-currency"
	case len(entries) > 0:
		needs = "need.money.again"
	}
	return s.verticalProgrammes(most, language.Of(needs))
}

// roughEnds asks for the ends of a commitment in a unit that are known too roughly, once.
func roughEnds(e *stakeholders.LedgerEntry, unit string, asked []language.Text) (dates []language.Text) {
	c := &e.Commitment
	if c.Unit != unit {
		return nil
	}
	for _, end := range []struct {
		need  string
		known date.Date
	}{{"need.commitment-begins", c.From}, {"need.commitment-ends", c.To}} {
		need := ofCommitment(e, end.need, "on", end.known.String())
		if p := end.known.Precision(); p > 0 && p < date.ToDay && !slices.ContainsFunc(asked, func(t language.Text) bool { return reflect.DeepEqual(t, need) }) {
			dates = append(dates, need)
		}
	}
	return dates
}

// termLimitedProject: every commitment that stands ends within the interval, or has
// ended.
func termLimitedProject(s State, r Rule) Verdict {
	st, at := s.get(), s.moment()
	if st.Status == Abandoned {
		return Verdict{}
	}
	until := date.Of(date.AddMonths(at, int(r.Value("months"))))
	var last, beyond *stakeholders.LedgerEntry
	var unsure []language.Text
	var overdues, passing, lasting []*stakeholders.LedgerEntry
	ends := 0
	entries := s.sighted().pledges
	for i := range entries {
		e := &entries[i]
		to := e.Commitment.To
		reaches := until.Before(to)
		if to.IsZero() {
			reaches = date.Yes
		}
		switch stands := standingOf(&e.Commitment, int(r.Value("delivery")), at); {
		case stands == empty:
		case stands == overdue:
			overdues, passing = append(overdues, e), append(passing, e)
		case reaches == date.No:
			passing = append(passing, e)
			if ends++; last == nil || to.Last().After(last.Commitment.To.Last()) {
				last = e
			}
		case reaches == date.Open:
			unsure = append(unsure, ofCommitment(e, "need.commitment-ends", "on", to.String()))
		case stands == undated:
			unsure = append(unsure, ofCommitment(e, "need.commitment-stands"))
		default:
			beyond, lasting = e, append(lasting, e)
		}
	}
	silent := func() Verdict {
		return unclear(language.Of("need.other-commitments", "topics", silentTopics([]Topic{TopicMoney})))
	}
	switch {
	case beyond != nil:
		fact := commitmentFact(beyond, "fact.open-ended")
		if to := beyond.Commitment.To; !to.IsZero() {
			fact = commitmentFact(beyond, "fact.reaches", "to", to.String())
		}
		if little := littleOf(lasting, passing, r.Value("little")); little != nil {
			if st.silent(TopicMoney) {
				return silent()
			}
			return contestedBy([]Fact{fact}, little)
		}
		return sound(fact)
	case unsure != nil:
		return unclear(unsure...)
	case (ends > 0 || overdues != nil) && st.silent(TopicMoney):
		return silent()
	case ends > 0 || overdues != nil:
		var facts []Fact
		if ends > 0 {
			says := "fact.ends"
			if over(&last.Commitment, at) {
				says = "fact.ends.over"
			}
			facts = append(facts, Fact{About: "commitment", Says: language.Of(says, "n", ends, "on", last.Commitment.To.String())}, commitmentFact(last, "fact.ends.last"))
		}
		for _, e := range overdues {
			facts = append(facts, overdueFact(e))
		}
		return troubled(facts...)
	case st.past(Design):
		return unclear(language.Of("need.commitments"))
	}
	return Verdict{}
}

// littleOf tells of the money that passes where all that lasts is money, and less than a
// share of both in each of its units; nil where it is more, or something else.
func littleOf(lasting, passing []*stakeholders.LedgerEntry, share float64) []Fact {
	pledged := func(entries []*stakeholders.LedgerEntry, unit string) (sum float64) {
		for _, e := range entries {
			if c := &e.Commitment; c.Resource == stakeholders.Money && c.Unit == unit {
				sum += c.Pledged
			}
		}
		return sum
	}
	var facts []Fact
	told := map[string]bool{}
	for _, e := range lasting {
		c := &e.Commitment
		lasts, passes := pledged(lasting, c.Unit), pledged(passing, c.Unit)
		if c.Resource != stakeholders.Money || !isMoney(c.Unit) || lasts >= share*(lasts+passes) {
			return nil
		}
		if !told[c.Unit] {
			told[c.Unit] = true
			facts = append(facts, Fact{About: "commitment", Says: language.Of("fact.little-lasts", "sum", amount(lasts+passes), "unit", said(c.Unit), "lasts", amount(lasts))})
		}
	}
	return facts
}

func commitmentFact(e *stakeholders.LedgerEntry, says string, args ...any) Fact {
	return Fact{About: "commitment", ID: e.Commitment.ID, Says: ofCommitment(e, says, args...), Entry: e.Commitment.Entry}
}

// ofCommitment is a text that names a commitment and whose it is.
func ofCommitment(e *stakeholders.LedgerEntry, id string, args ...any) language.Text {
	return language.Of(id, append([]any{"commitment", said(e.Commitment.ID), "who", said(e.Actor)}, args...)...)
}
