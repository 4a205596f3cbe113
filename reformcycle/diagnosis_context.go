package reformcycle

import (
	"fmt"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file holds what the built-in rules under the heading "context" look at.

// unfundedLaunch: launch with financing below functional.
func unfundedLaunch(s State, _ Rule) Verdict {
	if !s.get().inLaunch() {
		return Verdict{}
	}
	return s.byRating("readiness.financing", true)
}

// unsustainedFinancing: the financing of the running programme is rated as not
// lasting.
func unsustainedFinancing(s State, _ Rule) Verdict {
	return s.byRating("governance.financing", s.get().inLaunch())
}

// verticalFunding: most committed money is external and tied to single diseases.
// The ledger of commitments is asked first, then the survey of programmes.
func verticalFunding(s State, r Rule) Verdict {
	st, most := s.get(), r.Value("share")
	active, open := st.actors().Ledger().At(s.moment())
	tied := func(e stakeholders.LedgerEntry) bool { return e.External() && e.Commitment.Disease != "" }
	// The share is the least where, of what may be active, all that is tied is not.
	least := active.And(open.Only(func(e stakeholders.LedgerEntry) bool { return !tied(e) }))
	greatest := active.And(open.Only(tied))
	var vertical, other []Fact
	var dates []string
	for _, unit := range active.And(open).MoneyUnits(stakeholders.Pledged) {
		low, err := least.Funding(stakeholders.Pledged, unit)
		high, more := greatest.Funding(stakeholders.Pledged, unit)
		surely := slices.Contains(active.MoneyUnits(stakeholders.Pledged), unit)
		switch {
		case surely && (err != nil || more != nil):
			continue // amounts that do not add up to a number say nothing
		case !surely || (low.ExternalTied > most) != (high.ExternalTied > most):
			for _, e := range open.Entries() {
				if c := e.Commitment; c.Resource == stakeholders.Money && c.Unit == unit && c.Pledged > 0 {
					if c.From.Precision() < date.ToDay && !c.From.IsZero() {
						dates = append(dates, betterEnd(e, "beginning", c.From))
					}
					if c.To.Precision() < date.ToDay && !c.To.IsZero() {
						dates = append(dates, betterEnd(e, "end", c.To))
					}
				}
			}
			continue
		}
		share := fmt.Sprintf("%.0f", 100*low.ExternalTied)
		if low.ExternalTied != high.ExternalTied {
			share += fmt.Sprintf(" to %.0f", 100*high.ExternalTied)
		}
		fact := Fact{About: "commitment", Says: fmt.Sprintf("%s %% of the money pledged in %s is external and tied to single diseases", share, said(unit))}
		if low.ExternalTied > most {
			vertical = append(vertical, fact)
		} else {
			other = append(other, fact)
		}
	}
	switch {
	case st.silent(TopicMoney) && (vertical != nil || other != nil):
		return unclear("what else is pledged, by whom and for what" + st.untold(TopicMoney))
	case dates != nil:
		return unclear(dates...)
	case vertical != nil && other != nil:
		return unclear("the money pledged in one unit: by unit, the answer differs")
	case vertical != nil:
		return troubled(vertical...)
	case other != nil:
		return sound(other...)
	}
	return st.verticalProgrammes(most)
}

// termLimitedProject: every commitment ends within the interval, or has ended.
func termLimitedProject(s State, r Rule) Verdict {
	st, at := s.get(), s.moment()
	if st.Status == Abandoned {
		return Verdict{}
	}
	until := date.AddMonths(date.Of(at).First(), int(r.Value("months")))
	var last, longest stakeholders.LedgerEntry
	var open []string
	ends := 0
	for _, e := range st.actors().Ledger().Entries() {
		switch to := e.Commitment.To; {
		case to.IsZero() || to.First().After(until):
			longest = e
		case to.Last().After(until):
			open = append(open, betterEnd(e, "end", to))
		case ends == 0 || to.Last().After(last.Commitment.To.Last()):
			last = e
			ends++
		default:
			ends++
		}
	}
	switch {
	case longest.Actor != "":
		says := "is open-ended"
		if to := longest.Commitment.To; !to.IsZero() {
			says = "runs to " + to.String()
		}
		return sound(commitmentFact(longest, says))
	case ends > 0 && st.silent(TopicMoney):
		return unclear("what else is committed, and until when" + st.untold(TopicMoney))
	case open != nil:
		return unclear(open...)
	case ends > 0:
		return troubled(
			Fact{About: "commitment", Says: fmt.Sprintf("all %d commitments end by %s", ends, last.Commitment.To)},
			commitmentFact(last, "is the last"),
		)
	case st.past(Design):
		return unclear("what is committed, and until when")
	}
	return Verdict{}
}

// betterEnd asks for an end of a commitment, "beginning" or "end".
func betterEnd(e stakeholders.LedgerEntry, which string, known date.Date) string {
	return better(fmt.Sprintf("the %s of the commitment %s of %s", which, said(e.Commitment.ID), said(e.Actor)), known)
}

func commitmentFact(e stakeholders.LedgerEntry, says string) Fact {
	return Fact{About: "commitment", ID: e.Commitment.ID, Says: fmt.Sprintf("%s of %s %s", said(e.Commitment.ID), said(e.Actor), says)}
}
