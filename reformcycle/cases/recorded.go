package cases

import (
	"fmt"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
)

// This file says in words what a change records.

// nouns name what a change records, one and many.
var nouns = map[reformcycle.Kind][2]string{
	reformcycle.KindFrameProblem:     {"problem", "problems"},
	reformcycle.KindOpenWindow:       {"window of opportunity", "windows of opportunity"},
	reformcycle.KindFormCoalition:    {"coalition", "coalitions"},
	reformcycle.KindEngageActor:      {"actor", "actors"},
	reformcycle.KindTakePosition:     {"new position", "new positions"},
	reformcycle.KindCommit:           {"commitment", "commitments"},
	reformcycle.KindSetCriteria:      {"set of criteria", "sets of criteria"},
	reformcycle.KindScoreProblem:     {"problem scored", "problems scored"},
	reformcycle.KindProposeSolution:  {"solution", "solutions"},
	reformcycle.KindScoreSolution:    {"solution scored", "solutions scored"},
	reformcycle.KindRecordPilot:      {"pilot", "pilots"},
	reformcycle.KindChooseSolution:   {"solution chosen", "solutions chosen"},
	reformcycle.KindAppraiseSolution: {"appraisal", "appraisals"},
	reformcycle.KindNameAuthorities:  {"list of authorities", "lists of authorities"},
	reformcycle.KindMapDesign:        {"design choice", "design choices"},
	reformcycle.KindValidateDesign:   {"design choice validated", "design choices validated"},
	reformcycle.KindRate:             {"rating", "ratings"},
	reformcycle.KindSurveyProgrammes: {"survey of programmes", "surveys of programmes"},
	reformcycle.KindPlanRollout:      {"rollout phase", "rollout phases"},
	reformcycle.KindReportRollout:    {"rollout report", "rollout reports"},
	reformcycle.KindEstablishBody:    {"governance body", "governance bodies"},
	reformcycle.KindHoldReview:       {"review", "reviews"},
	reformcycle.KindAdapt:            {"adaptation", "adaptations"},
	reformcycle.KindDeclareSilence:   {"silence", "silences"},
	reformcycle.KindAbandon:          {"abandonment", "abandonments"},
}

// noun names so many changes of a kind.
func noun(kind reformcycle.Kind, n int) string {
	forms, named := nouns[kind]
	switch {
	case !named:
		return strings.ReplaceAll(string(kind), "-", " ")
	case n == 1:
		return forms[0]
	default:
		return forms[1]
	}
}

// Recorded says in a few words what a change records; of no change, nothing.
func Recorded(change reformcycle.Change) string {
	if change == nil {
		return ""
	}
	said := noun(change.Kind(), 1)
	switch c := change.(type) {
	case reformcycle.FrameProblem:
		return said + ": " + c.Problem.Statement
	case reformcycle.OpenWindow:
		return said + ": " + c.Window.What
	case reformcycle.EngageActor:
		a := c.Actor
		standing := []string{a.Constituency.Label(), "outside"}
		if a.Member {
			standing[1] = "member"
		}
		for _, role := range a.Roles {
			standing = append(standing, role.Label())
		}
		if a.Position.Known() {
			standing = append(standing, a.Position.Band().Label())
		}
		return said + ": " + a.Name + " (" + strings.Join(standing, ", ") + ")"
	case reformcycle.ProposeSolution:
		return said + ", " + string(c.Solution.Origin) + ": " + c.Solution.Name
	case reformcycle.RecordPilot:
		return said + " of " + c.Solution + ": " + strings.ReplaceAll(string(c.Pilot.Finding), "-", " ")
	case reformcycle.ChooseSolution:
		return said + ": " + c.Solution
	case reformcycle.Rate:
		return said + ": " + c.Criterion + " is " + worded(c.Level)
	case reformcycle.SurveyProgrammes:
		return said + ": " + surveyed(c.Survey.Landscape)
	case reformcycle.PlanRollout:
		return said + ": " + c.Phase.Name
	case reformcycle.ReportRollout:
		return fmt.Sprintf("%s: %d deployed", said, c.Deployed)
	case reformcycle.HoldReview:
		said += ", " + string(c.Review.Tier) + ": " + c.Review.Name
		if c.Review.Every > 0 {
			said += fmt.Sprintf(", every %d months", c.Review.Every)
		}
		if since := c.Review.On; c.Review.Every > 0 && !since.IsZero() {
			said += " since " + since.String()
		}
		return said
	case reformcycle.Adapt:
		return said + ": " + c.Adaptation.What
	case reformcycle.DeclareSilence:
		var about []string
		for _, topic := range c.About {
			about = append(about, topic.Label())
		}
		return said + " about " + strings.Join(about, ", ")
	case reformcycle.Advance:
		if c.Override != (reformcycle.Override{}) {
			return said + " by override: " + c.Override.Reason
		}
	case reformcycle.Abandon:
		return said + ": " + c.Reason
	}
	return said
}

// counted counts what the changes record, by kind, in their order; moves are not
// counted.
func counted(changes []reformcycle.Change) string {
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
	var parts []string
	for _, k := range kinds {
		parts = append(parts, fmt.Sprintf("%d %s", count[k], noun(k, count[k])))
	}
	return strings.Join(parts, ", ")
}

func surveyed(l landscape.Landscape) string {
	var parts []string
	count := func(n int, noun string) {
		switch n {
		case 0:
		case 1:
			parts = append(parts, "1 "+noun)
		default:
			parts = append(parts, fmt.Sprintf("%d %ss", n, noun))
		}
	}
	count(len(l.Programmes), "programme")
	count(len(l.Cadres), "cadre")
	for _, s := range l.Statements {
		answer := landscape.No
		if s.Holds {
			answer = landscape.Yes
		}
		about := ""
		if s.About != "" {
			about = " (" + s.About + ")"
		}
		parts = append(parts, fmt.Sprintf("%s: %s%s, for: %s", strings.ReplaceAll(string(s.Aspect), "-", " "), answer, about, s.Evidence.What))
	}
	return strings.Join(parts, "; ")
}

func worded(l assessment.Level) string {
	return strings.ReplaceAll(l.String(), "ly-functional", "ly functional")
}
