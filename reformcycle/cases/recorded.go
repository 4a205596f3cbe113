package cases

import (
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file says what a change records.

// Recorded says in a few words what a change records; of no change, nothing.
func Recorded(change reformcycle.Change) language.Text {
	if change == nil {
		return language.Text{}
	}
	as := func(args ...any) language.Text { return language.Of("recorded."+string(change.Kind()), args...) }
	switch c := change.(type) {
	case reformcycle.FrameProblem:
		return as("what", c.Problem.Statement)
	case reformcycle.OpenWindow:
		return as("what", c.Window.What)
	case reformcycle.EngageActor:
		a := c.Actor
		standing := []language.Text{a.Constituency.Told(), language.Of("case.outside")}
		if a.Member {
			standing[1] = language.Of("case.member")
		}
		for _, role := range a.Roles {
			standing = append(standing, role.Told())
		}
		if a.Position.Known() {
			standing = append(standing, a.Position.Band().Told())
		}
		return as("name", a.Name, "standing", standing)
	case reformcycle.ProposeSolution:
		return as("origin", c.Solution.Origin.Told(), "name", c.Solution.Name)
	case reformcycle.RecordPilot:
		return as("of", c.Solution, "finding", c.Pilot.Finding.Told())
	case reformcycle.ChooseSolution:
		return as("what", c.Solution)
	case reformcycle.Rate:
		return as("criterion", c.Criterion, "level", c.Level.Told())
	case reformcycle.SurveyProgrammes:
		return as("what", surveyed(c.Survey.Landscape))
	case reformcycle.PlanRollout:
		return as("what", c.Phase.Name)
	case reformcycle.ReportRollout:
		return as("n", c.Deployed)
	case reformcycle.HoldReview:
		tier, name := c.Review.Tier.Told(), c.Review.Name
		switch since := c.Review.On; {
		case c.Review.Every <= 0:
			return as("tier", tier, "name", name)
		case since.IsZero():
			return language.Of("recorded.review-every", "tier", tier, "name", name, "months", c.Review.Every)
		default:
			return language.Of("recorded.review-since", "tier", tier, "name", name, "months", c.Review.Every, "since", since.String())
		}
	case reformcycle.Adapt:
		return as("what", c.Adaptation.What)
	case reformcycle.DeclareSilence:
		about := make([]language.Text, len(c.About))
		for i, topic := range c.About {
			about[i] = topic.Told()
		}
		return as("topics", about)
	case reformcycle.Advance:
		if c.Override != (reformcycle.Override{}) {
			return language.Of("recorded.override", "why", c.Override.Reason)
		}
	case reformcycle.Abandon:
		return as("why", c.Reason)
	}
	if _, is := change.(reformcycle.Move); is {
		return change.Kind().Told()
	}
	return counted(change.Kind(), 1)
}

// counted tells of so many changes of a kind.
func counted(kind reformcycle.Kind, n int) language.Text {
	if _, named := language.Texts().Entry("counted." + string(kind)); !named {
		return language.Of("counted.other", "n", n, "kind", kind.Told())
	}
	return language.Of("counted."+string(kind), "n", n)
}

// recorded counts what the changes record, by kind, in their order; moves are not
// counted.
func recorded(changes []reformcycle.Change) (all []language.Text) {
	var kinds []reformcycle.Kind
	count := map[reformcycle.Kind]int{}
	for _, c := range changes {
		if _, isMove := c.(reformcycle.Move); isMove {
			continue
		}
		if count[c.Kind()]++; count[c.Kind()] == 1 {
			kinds = append(kinds, c.Kind())
		}
	}
	for _, k := range kinds {
		all = append(all, counted(k, count[k]))
	}
	return all
}

func surveyed(l landscape.Landscape) (parts []language.Text) {
	if n := len(l.Programmes); n > 0 {
		parts = append(parts, language.Of("counted.programmes", "n", n))
	}
	if n := len(l.Cadres); n > 0 {
		parts = append(parts, language.Of("counted.cadres", "n", n))
	}
	for _, s := range l.Statements {
		answer := landscape.No
		if s.Holds {
			answer = landscape.Yes
		}
		args := []any{"aspect", s.Aspect.Told(), "answer", answer.Told(), "why", s.Evidence.What}
		if s.About != "" {
			parts = append(parts, language.Of("case.statement-about", append(args, "about", s.About)...))
		} else {
			parts = append(parts, language.Of("case.statement", args...))
		}
	}
	return parts
}
