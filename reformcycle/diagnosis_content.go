package reformcycle

import (
	"cmp"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file holds what the built-in rules under the heading "content" look at,
// and how they read the survey of programmes.

// aspect is what the survey of programmes says of one thing: the facts by which it is so,
// and those by which it is not. Where they contradict one another, an example that is told
// is enough, for others may have looked elsewhere: see [landscape.AspectAnswer].
type aspect struct {
	answer  landscape.Answer
	yes, no []Fact
}

// survey of programmes, unless there is none or it is too old to speak.
func (s State) survey() *Survey {
	held := programmes.of(s.get()).Survey
	if held == nil || s.old("", s.get().seen(held)) != date.No {
		return nil
	}
	return held
}

// seen is when it was made, or recorded.
func (s *state) seen(held *Survey) date.Date {
	return cmp.Or(held.Evidence.On, s.when(held.Entry, held.On))
}

// surveyed is what the survey of programmes says on one aspect: the first example among
// the details, and what sources state. Details that had nothing to look at say nothing.
func (s State) surveyed(on landscape.Aspect) aspect {
	found := aspect{answer: landscape.Unknown}
	held := s.survey()
	if held == nil {
		return found
	}
	a := held.analyse()
	v := a.On(on)
	found.answer = v.Answer
	add := func(holds bool, says language.Text, source string) {
		side := &found.no
		if holds {
			side = &found.yes
		}
		*side = append(*side, Fact{About: "programmes", Says: says, Source: source, Entry: held.Entry})
	}
	alone := on == landscape.SeparateSupervision && a.Counts.SharedAreas == 0 // one cadre an area
	if v.Details != landscape.Unknown && !alone {
		add(v.Details == landscape.Yes, detail(&held.Landscape, a, v), held.Evidence.Source)
	}
	for _, i := range v.Statements {
		statement := &held.Landscape.Statements[i]
		add(statement.Holds, language.Typed(said(statement.Evidence.What)), statement.Evidence.Source)
	}
	if found.yes == nil && found.no == nil {
		found.answer = landscape.Unknown
	}
	return found
}

// detail says what the details of a survey show of an aspect on which they have
// an answer.
func detail(l *landscape.Landscape, a landscape.Analysis, v landscape.AspectAnswer) language.Text {
	n := &a.Counts
	yes := v.Details == landscape.Yes
	switch v.Aspect {
	case landscape.Overlaps:
		if yes {
			o := &a.Overlaps[0]
			return language.Of("fact.overlaps", "n", n.Overlaps, "pairs", n.Pairs, "service", said(o.Service), "area", said(o.Area), "cadres", o.Cadres)
		}
		return language.Of("fact.overlaps.none", "pairs", n.Pairs)
	case landscape.Unserved:
		if yes {
			return language.Of("fact.unserved", "n", n.Unserved, "pairs", n.Pairs, "area", said(a.Unserved[0].Area), "service", said(a.Unserved[0].Service))
		}
		return language.Of("fact.unserved.none", "pairs", n.Pairs)
	case landscape.SeparateSupervision:
		if yes {
			apart := &a.Supervision[0]
			return language.Of("fact.supervision", "n", n.SeparateAreas, "areas", n.SharedAreas, "area", said(apart.Area), "lines", apart.Lines)
		}
		return language.Of("fact.supervision.none")
	case landscape.UnequalPay:
		return pays(l, a.Pay, yes, "fact.unequal-pay")
	case landscape.AboveEstablishedPay:
		return pays(l, a.AboveEstablished, yes, "fact.above-pay")
	}
	if yes {
		return language.Of("fact.mechanism")
	}
	return language.Of("fact.mechanism.none")
}

// pays tells of a gap in pay, by the id of a text; of the same id with ".none" that there is
// none.
func pays(l *landscape.Landscape, gaps []landscape.PayGap, yes bool, says string) language.Text {
	if !yes {
		return language.Of(says + ".none")
	}
	i := slices.IndexFunc(gaps, func(g landscape.PayGap) bool { return g.Certain })
	g := &gaps[max(i, 0)]
	return language.Of(says, "higher", cadreName(l, g.Higher), "lower", cadreName(l, g.Lower))
}

func cadreName(l *landscape.Landscape, id string) string {
	for i := range l.Cadres {
		if l.Cadres[i].ID == id && l.Cadres[i].Name != "" {
			return said(l.Cadres[i].Name)
		}
	}
	return id
}

// neededSurvey asks for a survey, or for a newer one than there is.
func (s State) neededSurvey() language.Text {
	if held := programmes.of(s.get()).Survey; held != nil && s.old("", s.get().seen(held)) != date.No {
		return s.outworn("need.survey", "", s.get().seen(held))
	}
	return language.Of("need.survey")
}

// verticalProgrammes is what the survey says of money, for a reform with no money
// on its ledger: by its amounts or, where those leave it open, by what sources
// state.
func (s State) verticalProgrammes(most float64, needs language.Text) Verdict {
	var vertical, other []Fact
	if held := s.survey(); held != nil {
		a := held.analyse()
		for i := range a.Money {
			share := a.Money[i].ExternalTied
			fact := Fact{About: "programmes", Says: language.Of("fact.tied.programmes.between", "low", share.Low, "high", share.High), Source: held.Evidence.Source, Entry: held.Entry}
			if share.Low == share.High {
				fact.Says = language.Of("fact.tied.programmes", "share", share.Low)
			}
			switch {
			case !isMoney(a.Money[i].Unit):
			case share.Low > most:
				vertical = append(vertical, fact)
			case share.High <= most:
				other = append(other, fact)
			}
		}
		if n := len(a.Money); n == 0 || len(vertical) < n && len(other) < n {
			vertical, other = nil, nil
			for _, i := range a.On(landscape.VerticalFunding).Statements {
				statement := &held.Landscape.Statements[i]
				fact := Fact{About: "programmes", Says: language.Typed(said(statement.Evidence.What)), Source: statement.Evidence.Source, Entry: held.Entry}
				if statement.Holds {
					vertical = append(vertical, fact)
				} else {
					other = append(other, fact)
				}
			}
		}
	}
	switch {
	case vertical != nil && other != nil:
		return contestedBy(other, vertical)
	case vertical != nil:
		return troubled(vertical...)
	case other != nil:
		return sound(other...)
	}
	return unclear(needs, s.neededSurvey())
}

// fragmentedProgrammes: several programmes or cadres serve the same area and
// service without a shared mechanism, or areas are left to none.
func fragmentedProgrammes(s State, _ Rule) Verdict {
	overlap, shared, unserved := s.surveyed(landscape.Overlaps), s.surveyed(landscape.SharedMechanism), s.surveyed(landscape.Unserved)
	var wrong []Fact
	if overlap.answer != landscape.No && shared.answer == landscape.No { // not shared by whom, but by several
		wrong = slices.Concat(overlap.yes, shared.no)
	}
	if unserved.answer == landscape.Yes {
		wrong = append(wrong, unserved.yes...)
	}
	if wrong != nil {
		return troubled(wrong...)
	}
	if shared.answer != landscape.Yes && (unserved.answer != landscape.No || overlap.answer != landscape.No) {
		return unclear(s.neededSurvey(), language.Of("need.survey.services"))
	}
	right := slices.Concat(unserved.no, overlap.yes, overlap.no, shared.yes, shared.no)
	if level, rated := s.levelOf(coordination); level.Known() && !s.works(coordination, level) {
		return contestedBy(right, []Fact{rated})
	}
	if need := s.faded(coordination); !need.IsZero() {
		return unclear(need)
	}
	return sound(right...)
}

// coordination of the partners, as it is rated.
const coordination = "governance.coordination"

// uncoordinatedCadres: cadres with separate supervision lines, or unequal pay for
// like work; or their harmonisation is rated as not working.
func uncoordinatedCadres(s State, _ Rule) Verdict {
	const harmony = "governance.harmonised"
	apart, unequal := s.surveyed(landscape.SeparateSupervision), s.surveyed(landscape.UnequalPay)
	level, rated := s.levelOf(harmony)
	var wrong, right []Fact
	for _, a := range []aspect{apart, unequal} {
		if a.answer == landscape.Yes {
			wrong = append(wrong, a.yes...)
		}
	}
	// That one of the two is not so is enough only beside a rating.
	works := s.works(harmony, level)
	if wrong == nil && (works || apart.answer == landscape.No && unequal.answer == landscape.No) {
		right = slices.Concat(apart.no, unequal.no)
	}
	switch {
	case works:
		right = append(right, rated)
	case level.Known():
		wrong = append(wrong, rated)
	}
	switch {
	case wrong != nil && right != nil:
		return contestedBy(right, wrong)
	case wrong != nil:
		return troubled(wrong...)
	case right != nil:
		if need := s.faded(harmony); !need.IsZero() {
			return unclear(need)
		}
		return sound(right...)
	}
	return unclear(s.neededSurvey(), language.Of("need.survey.cadres"), s.rating(harmony))
}

// payInequityRisk: the new cadre's incentives exceed those of established health
// workers, or differ among like cadres.
func payInequityRisk(s State, _ Rule) Verdict {
	above, unequal := s.surveyed(landscape.AboveEstablishedPay), s.surveyed(landscape.UnequalPay)
	var wrong []Fact
	for _, a := range []aspect{above, unequal} {
		if a.answer == landscape.Yes {
			wrong = append(wrong, a.yes...)
		}
	}
	switch {
	case wrong != nil:
		return troubled(wrong...)
	case above.answer == landscape.No && unequal.answer == landscape.No:
		return sound(slices.Concat(above.no, unequal.no)...)
	}
	return unclear(s.neededSurvey(), language.Of("need.survey.pay"))
}

// partnering are the criteria that stand for the four partnering strategies.
var partnering = []string{"design.joint-ownership", "launch.supervision", "readiness.incentives", "learning.data"}

// partneringPackageIncomplete: some but not all of the four strategies are
// functional.
func partneringPackageIncomplete(s State, _ Rule) Verdict {
	var works, lacks []Fact
	var unrated []language.Text
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
