package reformcycle

import (
	"sync"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
)

// This file holds the survey of programmes: which programmes and cadres serve
// whom, on what terms. It belongs to no stage. Package landscape knows what a
// programme is.

// KindSurveyProgrammes is the kind of SurveyProgrammes.
const KindSurveyProgrammes Kind = "survey-programmes"

// programmesPart is what was recorded of programmes.
type programmesPart struct {
	Survey *Survey `json:"survey,omitempty"`
}

var programmes part[programmesPart]

// Survey of the programmes and cadres that work in the country or the area.
type Survey struct {
	// Landscape is what was found.
	Landscape landscape.Landscape `json:"landscape"`
	Evidence  assessment.Evidence `json:"evidence"`
	// On is when it was recorded, by Entry; set when it is.
	On    time.Time `json:"on,omitzero" validate:"-"`
	Entry uint64    `json:"entry,omitempty" validate:"-"`

	// analyse gives the analysis, made once and only if it is asked for.
	analyse func() landscape.Analysis
}

// SurveyProgrammes records a survey of programmes. It takes the place of an
// earlier one.
type SurveyProgrammes struct {
	Survey Survey `json:"survey"`
}

// Kind names the change.
func (SurveyProgrammes) Kind() Kind { return KindSurveyProgrammes }

func (c SurveyProgrammes) apply(d *draft) error {
	c.Survey.On, c.Survey.Entry = d.Moment, d.entry
	c.Survey.prepare()
	programmes.in(d).Survey = &c.Survey
	return nil
}

func (s *Survey) prepare() {
	s.analyse = sync.OnceValue(func() landscape.Analysis {
		a, _ := landscape.Analyse(s.Landscape) // it was checked when it was recorded
		return a
	})
}

// restored readies a survey that was read from a snapshot and holds it against its
// rules.
func (s *Survey) restored(int) error {
	s.prepare()
	return check(*s)
}

// Survey of programmes that was last recorded; false where there is none.
func (s State) Survey() (Survey, bool) {
	held := programmes.of(s.get()).Survey
	if held == nil {
		return Survey{}, false
	}
	survey := *held
	survey.Landscape = survey.Landscape.Clone()
	return survey, true
}

var programmesRoom = room{
	changes: []kindEntry{changeKind[SurveyProgrammes]().whileSuspended()},
	part:    &programmes,
	names:   []vocabulary{names(landscape.Standings()), names(landscape.Aspects())},
}
