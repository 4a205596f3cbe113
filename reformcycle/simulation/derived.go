package simulation

// What the simulator knows of the derived criteria: one row for each says what it
// takes, what doing it presupposes, and what a run that has it done records in a
// live cycle. Whoever adds a derived criterion to the cycle adds its row here.

import (
	"math"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// derived is a derived criterion, as runs take it.
type derived struct {
	id string

	// most is the largest parameter with which it can be met at all, or is worth
	// living through; 0 where any will do.
	most float64
	// keeps: what was recorded outlasts a renewal, as the coalition and the bodies of
	// governance do.
	keeps bool
	// computed: it follows from positions, and no work goes into it.
	computed bool
	// holds tells, of one that asks for somebody in the coalition, whether they are in
	// it; where it follows from them, nothing else is recorded. lacks tells whether an
	// actor is of the kind that is missing, takes the roles that a member takes on
	// when it is done, and who says whom it asks for.
	holds   func(s structure, parameter float64) bool
	follows bool
	lacks   func(s structure, a *agent, parameter float64) bool
	takes   func(s structure, a *agent) uint8
	who     func(parameter float64) language.Text

	// brings are those that doing it brings with it: nobody decides a component
	// before it is settled who decides, or deploys workers where no rollout has
	// begun.
	brings []string
	// requires are brought along by one that was made to guard, which can't wait: as
	// it comes it is advisory and waits for what it rests on.
	requires []string
	// single: it is brought along only where one is asked for, for one option, or
	// one choice, is enough to choose or to confirm.
	single bool

	// records makes what it follows from in a live cycle, as far as the cycle lacks
	// it; nil where that is who was recruited, or where they stand.
	records func(h *history, s reformcycle.State, parameter float64) changes
}

// derivedCriteria are those of reformcycle.DerivedCriteria, in the order of the
// built-in checklist; a test holds the two against each other.
var derivedCriteria = []derived{
	{id: "problem.framed", records: func(h *history, _ reformcycle.State, _ float64) changes {
		return changes{reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: h.name("problem"), Statement: text(), Evidence: &h.evidence}}}
	}},
	{id: "problem.window", records: func(h *history, _ reformcycle.State, _ float64) changes {
		return changes{reformcycle.OpenWindow{Window: reformcycle.Window{ID: h.name("window"), Kind: reformcycle.OtherWindow, What: text()}}}
	}},
	{id: "coalition.formed", keeps: true, holds: structure.any, takes: structure.none,
		lacks: func(structure, *agent, float64) bool { return true },
		who:   func(float64) language.Text { return language.Of("who.member") },
		records: func(h *history, _ reformcycle.State, _ float64) changes {
			return changes{reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: typed("coalition"), Purpose: text(), Convener: h.anybody()}}}
		}},
	{id: "coalition.roles", keeps: true, holds: structure.allRoles, follows: true, takes: structure.vacant,
		lacks: func(s structure, a *agent, _ float64) bool { return a.offices&^s.roles != 0 },
		who:   func(float64) language.Text { return language.Of("who.actor") }},
	{id: "coalition.diverse", keeps: true, most: 5, holds: structure.diverse, follows: true, lacks: structure.ofNewGroup, takes: structure.none,
		who: func(groups float64) language.Text { return language.Of("who.groups", "groups", plain(groups)) }},
	{id: "coalition.government-lead", keeps: true, holds: structure.led, follows: true, takes: structure.chair,
		lacks: func(s structure, a *agent, _ float64) bool { return s.groups&government == 0 && a.group == government },
		who:   func(float64) language.Text { return language.Of("who.government") }},
	{id: feasible, keeps: true, computed: true},
	{id: "coalition.chw-voice", keeps: true, holds: structure.heard, follows: true, takes: structure.none,
		lacks: func(_ structure, a *agent, _ float64) bool { return a.voice },
		who:   func(float64) language.Text { return language.Of("who.workers") }},
	{id: "solution.criteria", records: func(*history, reformcycle.State, float64) changes { return changes{criteria()} }},
	{id: "solution.gathered", most: 3, single: true, records: func(h *history, s reformcycle.State, most float64) changes {
		return h.gather(s, int(math.Ceil(most)))
	}},
	{id: "solution.prioritized", brings: []string{"solution.criteria", "solution.gathered"}, records: func(h *history, s reformcycle.State, _ float64) changes {
		return h.prioritize(s)
	}},
	{id: "solution.piloted", requires: []string{"solution.prioritized"}, records: func(h *history, s reformcycle.State, _ float64) changes {
		return h.each(s, "solution.piloted", func(o *reformcycle.Solution) reformcycle.Change {
			return reformcycle.RecordPilot{Solution: o.ID, Pilot: reformcycle.Pilot{ID: h.name("pilot"), Where: typed("where"), Finding: reformcycle.NotReported, Result: text(), Evidence: h.evidence}}
		})
	}},
	{id: "design.authorities", records: func(h *history, _ reformcycle.State, _ float64) changes {
		return changes{h.authorities()}
	}},
	{id: "design.choices", most: 10, single: true, brings: []string{"design.authorities"}, records: func(h *history, s reformcycle.State, most float64) changes {
		return h.design(s, int(math.Ceil(most)))
	}},
	{id: validated, brings: []string{"design.authorities", "design.choices"}, records: func(h *history, s reformcycle.State, _ float64) changes {
		return h.design(s, 1)
	}},
	{id: "design.evidence", requires: []string{"solution.prioritized"}, records: func(h *history, s reformcycle.State, _ float64) changes {
		return h.each(s, "design.evidence", func(o *reformcycle.Solution) reformcycle.Change {
			return reformcycle.AppraiseSolution{Solution: o.ID, Expectation: reformcycle.Expectation{Currency: "none", Impact: text(), Feasibility: assessment.Functional, Evidence: h.evidence}}
		})
	}},
	{id: "launch.activated", records: func(h *history, _ reformcycle.State, _ float64) changes {
		return h.rollOut(0)
	}},
	{id: "launch.deployed", most: 1e4, brings: []string{"launch.activated"}, records: func(h *history, _ reformcycle.State, share float64) changes {
		return h.rollOut(share)
	}},
	{id: phased, most: 100, requires: []string{"launch.activated"}, records: func(h *history, s reformcycle.State, most float64) changes {
		return h.phases(s, int(math.Ceil(most)))
	}},
	{id: "governance.rights", keeps: true, records: func(h *history, s reformcycle.State, _ float64) (all changes) {
		for _, tier := range twoTiers {
			if !slices.ContainsFunc(s.Bodies(), func(b reformcycle.Body) bool { return b.Tier == tier }) {
				all = append(all, reformcycle.EstablishBody{Body: reformcycle.Body{
					ID: h.name("body"), Name: typed("body"), Tier: tier, Rights: []reformcycle.DecisionRight{{Matter: text(), Power: reformcycle.Decides}},
				}})
			}
		}
		return all
	}},
	{id: "learning.review", records: func(h *history, _ reformcycle.State, _ float64) (all changes) {
		for _, tier := range twoTiers {
			all = append(all, h.review(tier))
		}
		return all
	}},
	{id: "learning.adaptation", most: 100, records: func(h *history, _ reformcycle.State, most float64) changes {
		review := h.review(reformcycle.National)
		all := changes{review}
		for range int(math.Ceil(most)) {
			all = append(all, reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: h.name("adaptation"), What: text(), Review: review.Review.ID}})
		}
		return all
	}},
	{id: "learning.next", records: func(h *history, _ reformcycle.State, _ float64) changes {
		return changes{h.review(reformcycle.National, text())}
	}},
	{id: "learning.community-accountability", records: func(h *history, _ reformcycle.State, _ float64) changes {
		return changes{reformcycle.HoldCommunityMeeting{Meeting: reformcycle.CommunityMeeting{ID: h.name("meeting"), Group: text(), Accounts: []string{text()}}}}
	}},
}

// The criteria that are known by name elsewhere in the simulator: feasibility
// guards later stages, too; a design is validated as it is decided where the run
// has that done; and further phases ask for a first one.
const (
	feasible  = "coalition.feasible"
	validated = "design.validated"
	phased    = "launch.phased"
)

var twoTiers = []reformcycle.Tier{reformcycle.National, reformcycle.Subnational}

// seats are the ids of the criteria that ask for somebody in the coalition.
func seats() (ids []string) {
	for i := range derivedCriteria {
		if derivedCriteria[i].holds != nil {
			ids = append(ids, derivedCriteria[i].id)
		}
	}
	return ids
}

func derivedOf(id string) *derived {
	for i := range derivedCriteria {
		if derivedCriteria[i].id == id {
			return &derivedCriteria[i]
		}
	}
	return nil
}
