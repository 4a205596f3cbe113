package reformcycle

import (
	"fmt"
	"time"

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
	ledger := st.actors().Ledger().At(s.moment())
	var vertical, other []Fact
	for _, unit := range ledger.MoneyUnits(stakeholders.Pledged) {
		f, err := ledger.Funding(stakeholders.Pledged, unit)
		if err != nil {
			continue // amounts that do not add up to a number say nothing
		}
		fact := Fact{About: "commitment", Says: fmt.Sprintf("%.0f %% of the money pledged in %s is external and tied to single diseases", 100*f.ExternalTied, said(unit))}
		if f.ExternalTied > most {
			vertical = append(vertical, fact)
		} else {
			other = append(other, fact)
		}
	}
	switch {
	case st.silent(TopicMoney) && (vertical != nil || other != nil):
		return unclear("what else is pledged, by whom and for what" + st.untold(TopicMoney))
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
	until := date.AddMonths(at, int(r.Value("months")))
	var last, longest stakeholders.LedgerEntry
	ends := 0
	for _, e := range st.actors().Ledger().Entries() {
		switch to := e.Commitment.To; {
		case to.IsZero() || to.After(until):
			longest = e
		case ends == 0 || to.After(last.Commitment.To):
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
			says = "runs to " + to.Format(time.DateOnly)
		}
		return sound(commitmentFact(longest, says))
	case ends > 0 && st.silent(TopicMoney):
		return unclear("what else is committed, and until when" + st.untold(TopicMoney))
	case ends > 0:
		return troubled(
			Fact{About: "commitment", Says: fmt.Sprintf("all %d commitments end by %s", ends, last.Commitment.To.Format(time.DateOnly))},
			commitmentFact(last, "is the last"),
		)
	case st.past(Design):
		return unclear("what is committed, and until when")
	}
	return Verdict{}
}

func commitmentFact(e stakeholders.LedgerEntry, says string) Fact {
	return Fact{About: "commitment", ID: e.Commitment.ID, Says: fmt.Sprintf("%s of %s %s", said(e.Commitment.ID), said(e.Actor), says)}
}
