package reformcycle

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file holds what the built-in rules on who decides what look at: the functions that
// a cycle records, and those that it has observed of its parent.

// hangsOn says on which function it hangs whether a criterion is met (model).
var hangsOn = map[string]Function{
	"design.instruments":        StandardsFunction,
	"readiness.financing":       BudgetFunction,
	"readiness.workforce":       HiringFunction,
	"readiness.supplies":        SuppliesFunction,
	"readiness.information":     DataFunction,
	"readiness.incentives":      PayFunction,
	"launch.supervision":        SupervisionFunction,
	"launch.supply-lines":       SuppliesFunction,
	"governance.strategy":       PolicyFunction,
	"governance.accountability": DataFunction,
	"governance.financing":      BudgetFunction,
	"governance.harmonised":     StandardsFunction,
	"learning.data":             DataFunction,
}

// decided is what is known of who decides a function: the fact that tells it.
type decided struct {
	tiers []Tier
	fact  Fact
}

// decides tells who decides a function by the cycle's own record, and by what was last
// observed of the parent; nil where that does not say.
func (s *state) decides(f Function) (own, observed *decided) {
	if d := devolution(jurisdictions.of(s).Devolved, f); d != nil {
		own = &decided{d.Tiers, Fact{About: "function", ID: string(f), Says: decidedBy("fact.decided", d), Source: d.Source, Entry: d.Entry}}
	}
	part := links.of(s)
	if part.Link == nil {
		return own, nil
	}
	if o := part.observed(part.Link.Parent); o != nil {
		if d := devolution(o.Devolved, f); d != nil {
			says := decidedBy("fact.decided.parent", d, language.Arg{Name: "parent", Value: part.Link.Parent})
			observed = &decided{d.Tiers, Fact{About: "function", ID: string(f), Says: says, Source: d.Source, Entry: o.Entry}}
		}
	}
	return own, observed
}

func devolution(all []Devolution, f Function) *Devolution {
	if i := slices.IndexFunc(all, func(d Devolution) bool { return d.Function == f }); i >= 0 {
		return &all[i]
	}
	return nil
}

// decidedBy tells who decides a function, by the id of a text; of the same id with ".none"
// that nobody does.
func decidedBy(id string, d *Devolution, more ...language.Arg) language.Text {
	args := append(more, language.Arg{Name: "function", Value: d.Function.Told()})
	if len(d.Tiers) == 0 {
		return language.Text{ID: id + ".none", Args: args}
	}
	tiers := make([]language.Text, len(d.Tiers))
	for i, t := range d.Tiers {
		tiers[i] = t.Told()
	}
	return language.Text{ID: id, Args: append(args, language.Arg{Name: "tiers", Value: tiers})}
}

// whoDecides judges each function that is recorded: whether it is ill, by the tiers that
// decide it.
func (s State) whoDecides(ill func([]Tier) bool) (wrong, right, against []Fact, open []language.Text) {
	st := s.get()
	j := jurisdictions.of(st)
	if len(j.Devolved) == 0 && (j.Jurisdiction == nil || j.Jurisdiction.Tier != National || links.of(st).Children == nil) {
		return nil, nil, nil, nil
	}
	for _, f := range functions {
		own, observed := st.decides(f)
		switch {
		case own == nil:
			open = append(open, f.Told())
		case observed != nil && ill(own.tiers) != ill(observed.tiers):
			one, other := own.fact, observed.fact
			if ill(own.tiers) {
				one, other = other, one
			}
			right, against = append(right, one), append(against, other)
		case ill(own.tiers):
			wrong = append(wrong, own.fact)
		default:
			right = append(right, own.fact)
		}
	}
	return wrong, right, against, open
}

// decidedAmong gives the verdict on what whoDecides found.
func decidedAmong(wrong, right, against []Fact, open []language.Text) Verdict {
	switch {
	case wrong != nil:
		return troubled(wrong...)
	case against != nil:
		return contestedBy(slices.DeleteFunc(right, func(f Fact) bool {
			return !slices.ContainsFunc(against, func(o Fact) bool { return o.ID == f.ID })
		}), against)
	case open != nil:
		return unclear(language.Of("need.decides", "functions", open))
	case right != nil:
		return sound(right...)
	}
	return Verdict{}
}

// unheldFunction: no tier decides a function.
func unheldFunction(s State, _ Rule) Verdict {
	return decidedAmong(s.whoDecides(func(t []Tier) bool { return len(t) == 0 }))
}

// sharedFunction: several tiers decide the same function.
func sharedFunction(s State, _ Rule) Verdict {
	wrong, right, against, open := s.whoDecides(func(t []Tier) bool { return len(t) > 1 })
	const authority = "governance.authority"
	if level, rated := s.levelOf(authority); wrong != nil && s.works(authority, level) {
		return contestedBy([]Fact{rated}, wrong)
	}
	return decidedAmong(wrong, right, against, open)
}

// heldFromAbove: what stands in the way of a district is decided by wider tiers alone.
func heldFromAbove(s State, _ Rule) Verdict {
	st := s.get()
	var tier Tier
	if j := jurisdictions.of(st).Jurisdiction; j != nil {
		tier = j.Tier
	}
	if tier == National || tier == "" && links.of(st).Link == nil || st.Status == Abandoned {
		return Verdict{}
	}
	var above, here, hereToo, aboveToo []Fact
	var open []language.Text
	for _, id := range s.unmetHere() {
		f, hangs := hangsOn[id]
		level, unmet := s.levelOf(id)
		if !hangs || !level.Known() || s.works(id, level) {
			continue
		}
		own, observed := st.decides(f)
		switch {
		case own == nil && observed == nil:
			open = append(open, f.Told())
			continue
		case tier == "":
			return unclear(language.Of("need.tier"))
		case own == nil, observed != nil && len(own.tiers) == 0:
			own, observed = observed, nil
		case observed != nil && len(observed.tiers) == 0:
			observed = nil
		}
		is := tier.below(own.tiers)
		switch {
		case observed != nil && is != tier.below(observed.tiers):
			one, other := own.fact, observed.fact
			if is {
				one, other = other, one
			}
			hereToo, aboveToo = append(hereToo, one), append(aboveToo, unmet, other)
		case is:
			above = append(above, unmet, own.fact)
		case len(own.tiers) > 0: // nobody decides what none does, and another rule says so
			here = append(here, unmet, own.fact)
		}
	}
	switch {
	case above != nil:
		return troubled(above...)
	case aboveToo != nil:
		return contestedBy(hereToo, aboveToo)
	case open != nil:
		return unclear(language.Of("need.decides", "functions", open))
	case here != nil:
		return sound(here...)
	}
	return Verdict{}
}

// unmetHere are the criteria that stand in the way: those of the stage, and those that
// were passed over.
func (s State) unmetHere() (ids []string) {
	st := s.get()
	span := st.rules.span[st.Stage]
	for i := span.from; i < span.to; i++ {
		if c := &st.rules.criteria[i]; !c.Advisory {
			ids = append(ids, c.ID)
		}
	}
	for _, d := range s.OpenDebts() {
		if !slices.Contains(ids, d.Guard) {
			ids = append(ids, d.Guard)
		}
	}
	return ids
}

// below reports whether a tier is below all of those, and there are some. What is only known
// to be subnational is not known to be above anything that is.
func (t Tier) below(all []Tier) bool {
	return len(all) > 0 && !slices.ContainsFunc(all, func(of Tier) bool {
		return slices.Index(tiers, of) >= slices.Index(tiers, t)
	})
}
