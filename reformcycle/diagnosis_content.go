package reformcycle

import (
	"fmt"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file holds what the built-in rules under the heading "content" look at,
// and how they read the survey of programmes.

// surveyed is what the survey of programmes says on one aspect, and the facts
// behind it: the first example among the details, and what sources state.
func (s *state) surveyed(aspect landscape.Aspect) (landscape.Answer, []Fact) {
	if programmes.of(s).Survey == nil {
		return landscape.Unknown, nil
	}
	a := programmes.of(s).Survey.analyse()
	v := a.On(aspect)
	if v.Answer == landscape.Unknown {
		return v.Answer, nil
	}
	var facts []Fact
	if v.Details == v.Answer {
		facts = append(facts, Fact{About: "programmes", Says: detail(&programmes.of(s).Survey.Landscape, a, v), Source: programmes.of(s).Survey.Evidence.Source})
	}
	return v.Answer, append(facts, s.stated(v, v.Answer == landscape.Yes)...)
}

// stated is what sources state of an aspect, for it or against it.
func (s *state) stated(v landscape.AspectAnswer, holds bool) (facts []Fact) {
	for _, i := range v.Statements {
		if statement := &programmes.of(s).Survey.Landscape.Statements[i]; statement.Holds == holds {
			facts = append(facts, Fact{About: "programmes", Says: said(statement.Evidence.What), Source: statement.Evidence.Source})
		}
	}
	return facts
}

// detail says what the details of a survey show of an aspect on which they have
// an answer.
func detail(l *landscape.Landscape, a landscape.Analysis, v landscape.AspectAnswer) string {
	n := &a.Counts
	yes := v.Answer == landscape.Yes
	switch v.Aspect {
	case landscape.Overlaps:
		if yes {
			o := &a.Overlaps[0]
			return fmt.Sprintf("several cadres serve the same area with the same service in %d of %d pairs of the two, such as %s in %s: %s", n.Overlaps, n.Pairs, said(o.Service), said(o.Area), fault.List(o.Cadres))
		}
		return fmt.Sprintf("no two cadres give the same service in the same area, in %d pairs of the two", n.Pairs)
	case landscape.Unserved:
		if yes {
			return fmt.Sprintf("nobody serves %d of %d pairs of area and service, such as %s with %s", n.Unserved, n.Pairs, said(a.Unserved[0].Area), said(a.Unserved[0].Service))
		}
		return fmt.Sprintf("all %d pairs of area and service are served", n.Pairs)
	case landscape.SeparateSupervision:
		if yes {
			apart := &a.Supervision[0]
			return fmt.Sprintf("lines of supervision are separate in %d of %d areas that several cadres share, such as %s: %s", n.SeparateAreas, n.SharedAreas, said(apart.Area), fault.List(apart.Lines))
		}
		return "in no area are lines of supervision separate"
	case landscape.UnequalPay:
		return pays(l, a.Pay, yes, "for like work", "no two cadres get different pay for like work")
	case landscape.AboveEstablishedPay:
		return pays(l, a.AboveEstablished, yes, "who are established", "no new cadre gets more than an established one")
	}
	if yes {
		return "the programmes that overlap share a mechanism"
	}
	return "some of the programmes that overlap take part in different mechanisms"
}

func pays(l *landscape.Landscape, gaps []landscape.PayGap, yes bool, which, none string) string {
	if !yes {
		return none
	}
	i := slices.IndexFunc(gaps, func(g landscape.PayGap) bool { return g.Certain })
	g := &gaps[max(i, 0)]
	return fmt.Sprintf("%s get more than %s, %s", cadreName(l, g.Higher), cadreName(l, g.Lower), which)
}

func cadreName(l *landscape.Landscape, id string) string {
	for i := range l.Cadres {
		if l.Cadres[i].ID == id && l.Cadres[i].Name != "" {
			return said(l.Cadres[i].Name)
		}
	}
	return id
}

const neededSurvey = "a survey of programmes"

// verticalProgrammes is what the survey says of money, for a reform with no money
// on its ledger: by its amounts or, where those leave it open, by what sources
// state.
func (s *state) verticalProgrammes(most float64) Verdict {
	open := unclear("what money is pledged, by whom and for what", neededSurvey)
	if programmes.of(s).Survey == nil {
		return open
	}
	a := programmes.of(s).Survey.analyse()
	var vertical, other []Fact
	for i := range a.Money {
		share := a.Money[i].ExternalTied
		fact := Fact{About: "programmes", Says: fmt.Sprintf("the share of the programmes' money that is external and tied to single diseases is %s", share), Source: programmes.of(s).Survey.Evidence.Source}
		if share.Low > most {
			vertical = append(vertical, fact)
		} else if share.High <= most {
			other = append(other, fact)
		}
	}
	if n := len(a.Money); n == 0 || len(vertical) < n && len(other) < n {
		v := a.On(landscape.VerticalFunding)
		vertical, other = s.stated(v, true), s.stated(v, false)
	}
	switch {
	case vertical != nil && other == nil:
		return troubled(vertical...)
	case other != nil && vertical == nil:
		return sound(other...)
	}
	return open
}

// fragmentedProgrammes: several programmes or cadres serve the same area and
// service without a shared mechanism, or areas are left to none.
func fragmentedProgrammes(s State, _ Rule) Verdict {
	st := s.get()
	overlap, overlaps := st.surveyed(landscape.Overlaps)
	shared, mechanisms := st.surveyed(landscape.SharedMechanism)
	unserved, gaps := st.surveyed(landscape.Unserved)
	var wrong []Fact
	if overlap != landscape.No && shared == landscape.No { // not shared by whom, but by several
		wrong = append(overlaps, mechanisms...)
	}
	if unserved == landscape.Yes {
		wrong = append(wrong, gaps...)
	}
	switch {
	case wrong != nil:
		return troubled(wrong...)
	case unserved != landscape.Yes && shared == landscape.Yes, unserved == landscape.No && overlap == landscape.No:
		return sound(append(append(gaps, overlaps...), mechanisms...)...)
	}
	return unclear(neededSurvey + ", with who serves which area and service under which mechanism")
}

// uncoordinatedCadres: cadres with separate supervision lines, or unequal pay for
// like work. The survey is asked first, then the rating of harmonisation.
func uncoordinatedCadres(s State, _ Rule) Verdict {
	st := s.get()
	apart, lines := st.surveyed(landscape.SeparateSupervision)
	unequal, pay := st.surveyed(landscape.UnequalPay)
	harmonised, rated := s.levelOf("governance.harmonised")
	var wrong []Fact
	if apart == landscape.Yes {
		wrong = append(wrong, lines...)
	}
	if unequal == landscape.Yes {
		wrong = append(wrong, pay...)
	}
	works := s.works("governance.harmonised", harmonised)
	if harmonised.Known() && !works {
		wrong = append(wrong, rated)
	}
	switch {
	case wrong != nil:
		return troubled(wrong...)
	case works:
		return sound(append(append(lines, pay...), rated)...)
	case apart == landscape.No && unequal == landscape.No:
		return sound(append(lines, pay...)...)
	}
	return unclear(neededSurvey+", with the cadres' lines of supervision and pay", s.rating("governance.harmonised"))
}

// payInequityRisk: the new cadre's incentives exceed those of established health
// workers, or differ among like cadres.
func payInequityRisk(s State, _ Rule) Verdict {
	st := s.get()
	above, pay := st.surveyed(landscape.AboveEstablishedPay)
	unequal, alike := st.surveyed(landscape.UnequalPay)
	var wrong []Fact
	if above == landscape.Yes {
		wrong = append(wrong, pay...)
	}
	if unequal == landscape.Yes {
		wrong = append(wrong, alike...)
	}
	switch {
	case wrong != nil:
		return troubled(wrong...)
	case above == landscape.No && unequal == landscape.No:
		return sound(append(pay, alike...)...)
	}
	return unclear(neededSurvey + ", with the pay of the new cadre, of like cadres and of established health workers")
}

// partnering are the criteria that stand for the four partnering strategies.
var partnering = []string{"design.joint-ownership", "launch.supervision", "readiness.incentives", "learning.data"}

// partneringPackageIncomplete: some but not all of the four strategies are
// functional.
func partneringPackageIncomplete(s State, _ Rule) Verdict {
	var works, lacks []Fact
	var unrated []string
	for _, id := range partnering {
		switch level, fact := s.levelOf(id); {
		case level == assessment.Unknown:
			unrated = append(unrated, s.rating(id))
		case s.works(id, level):
			works = append(works, fact)
		default:
			lacks = append(lacks, fact)
		}
	}
	switch {
	case works != nil && lacks != nil:
		return troubled(append(lacks, works...)...)
	case len(works) == len(partnering):
		return sound(works...)
	case unrated != nil && (works != nil || s.get().past(ProgramReadiness)):
		return unclear(unrated...)
	}
	return Verdict{}
}
