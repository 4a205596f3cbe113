package frameworks

// This file holds the names of the stages, phases and levels in the languages
// that there are.

import (
	"sync"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

type term struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
}

type glossary struct {
	Stages []term `json:"stages"`
	Phases []term `json:"phases"`
	Levels []term `json:"levels"`
}

var terms = sync.OnceValue(func() glossary {
	var g glossary
	content, err := data.ReadFile("data/terms.json")
	if err == nil {
		err = fault.ReadJSON(content, maxBytes, &g, nil)
	}
	if err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
	return g
})

func named(terms []term, id string) Text {
	for _, t := range terms {
		if t.ID == id {
			return t.Name
		}
	}
	return Text{}
}

// StageName names one of the eight stages of the reform cycle, by its text form
// such as "coalition-building", in English and French; blank for what is no
// stage.
func StageName(stage string) Text { return named(terms().Stages, stage) }

// PhaseName names one of the three phases, such as "politics"; blank for what
// is no phase.
func PhaseName(phase string) Text { return named(terms().Phases, phase) }

// LevelName names a level, [assessment.Unknown] included; blank for a value
// that is no level.
func LevelName(l assessment.Level) Text { return named(terms().Levels, l.String()) }
