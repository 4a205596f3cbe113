package reformcycle

import (
	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
)

// This file holds what the diagnosis has to know of the past and a state would not tell:
// the signs of life of a reform, beside its moves, and what was known as it was launched.
// Both are noted as the changes are applied.

// lifePart is what was seen.
type lifePart struct {
	// Signs are the one that came last for sure and, where another may have come later,
	// that one: dates may be known roughly.
	Signs []sign `json:"signs,omitempty"`
	// Launched is what was known at the last launch.
	Launched launching `json:"launched,omitzero"`
}

var lives part[lifePart]

// sign of life: something happened, on a day as far as that is known.
type sign struct {
	Kind Kind `json:"kind"`
	// ID of what it happened to.
	ID    string    `json:"id,omitempty"`
	On    date.Date `json:"on"`
	Entry uint64    `json:"entry"`
}

// lived notes a sign of life. Without a date it is none; nor is what a recording that
// begins late describes as of its first day.
func (d *draft) lived(kind Kind, id string, on date.Date) {
	if begun := d.begunOn(); on.IsZero() || d.firstStage() > ProblemPrioritization && begun.Before(on) != date.Yes && on.Before(begun) != date.Yes {
		return
	}
	held := lives.of(d.state).Signs
	signs := append(make([]sign, 0, 3), held...)
	signs = append(signs, sign{kind, id, on, d.entry})
	sure, perhaps := 0, 0
	for i := range signs {
		if !signs[i].On.First().Before(signs[sure].On.First()) {
			sure = i
		}
		if !signs[i].On.Last().Before(signs[perhaps].On.Last()) {
			perhaps = i
		}
	}
	kept := []sign{signs[sure]}
	if perhaps != sure {
		kept = append(kept, signs[perhaps])
	}
	lives.in(d).Signs = kept
}

// lifeAbout says what a fact is about, of each kind that is a sign of life; the text that
// says it has the id "life." and the kind.
var lifeAbout = map[Kind]string{
	KindFormCoalition:        "coalition",
	KindDeliver:              "commitment",
	KindRecordPilot:          "pilot",
	KindChooseSolution:       "solution",
	KindValidateDesign:       "design",
	KindRate:                 "criterion",
	KindReportRollout:        "rollout",
	KindEstablishBody:        "body",
	KindHoldReview:           "review",
	KindAdapt:                "adaptation",
	KindHoldCommunityMeeting: "meeting",
}

// launching is what was known as the reform was launched, in a lap.
type launching struct {
	Lap int `json:"lap"`
	// Entry that launched it.
	Entry uint64 `json:"entry"`
	// Required are so many criteria that people rate, of the stages that the lap went
	// through before; Unrated are those that were not.
	Required int      `json:"required"`
	Unrated  []string `json:"unrated,omitempty"`
}

// launch notes what is known as the launch is entered for the first time in a lap.
func (d *draft) launch() {
	known := launching{Lap: d.Lap, Entry: d.entry}
	for _, a := range d.Arrivals {
		if a.Stage >= Launch {
			continue
		}
		span := d.rules.span[a.Stage]
		for i := span.from; i < span.to; i++ {
			if c := &d.rules.criteria[i]; c.Advisory || c.Kind != assessment.Rated {
				continue
			}
			known.Required++
			if !d.levels[i].Known() {
				known.Unrated = append(known.Unrated, d.rules.criteria[i].ID)
			}
		}
	}
	lives.in(d).Launched = known
}
