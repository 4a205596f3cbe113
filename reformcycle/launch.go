package reformcycle

import (
	"reflect"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is stage 6, launch: the rollout phases, planned and reported, and
// the criteria derived from them.

// The kinds of change of this stage.
const (
	KindPlanRollout   Kind = "plan-rollout"
	KindReportRollout Kind = "report-rollout"
)

// launchPart is what this stage has recorded.
type launchPart struct {
	Rollout shelf[RolloutPhase] `json:"rollout,omitempty"`
}

var launches part[launchPart]

// RolloutPhase is one step of the rollout: areas, workers, and when.
type RolloutPhase struct {
	ID    string   `json:"id" validate:"id"`
	Name  string   `json:"name" validate:"text"`
	Areas []string `json:"areas" validate:"min=1,max=1000,unique,dive,id"`
	// Workers planned for the phase; 0 where the figure is not known. Then nobody
	// can say whether the deployed reach a share of it.
	Workers int `json:"workers,omitempty" validate:"gte=0,lte=100000000"`
	// Start and End as planned; either may be open.
	Start date.Date `json:"start,omitzero"`
	End   date.Date `json:"end,omitzero" validate:"omitempty,notbefore=Start"`

	// What follows is set when it is recorded and reported, by the entries Entry and
	// Report, the last.

	Lap    int    `json:"lap,omitempty" validate:"-"`
	Entry  uint64 `json:"entry,omitempty" validate:"-"`
	Report uint64 `json:"report,omitempty" validate:"-"`
	// Started is when the phase began, as far as that is known; no date before.
	Started date.Date `json:"started,omitzero" validate:"-"`
	// Deployed workers as last reported, on Reported.
	Deployed int       `json:"deployed,omitempty" validate:"-"`
	Reported time.Time `json:"reported,omitzero" validate:"-"`
	Note     string    `json:"note,omitempty" validate:"-"`
	Source   string    `json:"source,omitempty" validate:"-"`
}

func (p RolloutPhase) shelved() (string, int) { return p.ID, p.Lap }

func (p RolloutPhase) clone() RolloutPhase {
	p.Areas = slices.Clone(p.Areas)
	return p
}

// PlanRollout plans a phase of the rollout.
type PlanRollout struct {
	Phase RolloutPhase `json:"phase"`
}

// Kind names the change.
func (PlanRollout) Kind() Kind { return KindPlanRollout }

func (c PlanRollout) apply(d *draft) error {
	p := c.Phase
	p.Lap, p.Entry, p.Report = d.Lap, d.entry, 0
	p.Started, p.Deployed, p.Reported, p.Note, p.Source = date.Date{}, 0, time.Time{}, "", ""
	return launches.in(d).Rollout.add(d, "phase.id", p)
}

// ReportRollout reports how a phase goes. The first report starts it.
type ReportRollout struct {
	Phase string `json:"phase" validate:"id"`
	// Started is when the phase began, as far as that is known; left out, the day of
	// the first report.
	Started date.Date `json:"started,omitzero"`
	// Deployed workers in all of the phase's areas, supervisors not counted.
	Deployed int    `json:"deployed" validate:"gte=0,lte=100000000"`
	Note     string `json:"note,omitempty" validate:"note"`
	Source   string `json:"source,omitempty" validate:"note"`
}

// Kind names the change.
func (ReportRollout) Kind() Kind { return KindReportRollout }

func (c ReportRollout) apply(d *draft) error {
	p, err := launches.in(d).Rollout.amend(d, "phase", c.Phase)
	if err != nil {
		return err
	}
	begins := p.Started.IsZero()
	if !c.Started.IsZero() || begins {
		p.Started = c.Started
		if err := d.happened("started", &p.Started); err != nil {
			return err
		}
	}
	switch {
	case c.Deployed > p.Deployed:
		d.lived(KindReportRollout, p.ID, d.day())
	case begins:
		d.lived(KindReportRollout, p.ID, p.Started)
	}
	p.Report, p.Deployed, p.Reported, p.Note, p.Source = d.entry, c.Deployed, d.Moment, c.Note, c.Source
	return nil
}

// phases yields the rollout phases of the current lap.
func (s *state) phases(yield func(*RolloutPhase) bool) {
	launches.of(s).Rollout.ofLap(s.Lap)(yield)
}

// activated: a rollout phase with named areas has started.
var activated = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		planned := false
		for p := range s.phases {
			planned = true
			if !p.Started.IsZero() {
				return assessment.Functional
			}
		}
		return partly(present(false), planned)
	},
	missing: func(*state, *criterion, time.Time) []language.Text {
		return []language.Text{language.Of("missing.phase-started")}
	},
}

// deployed: in a phase that has started, the deployed workers reach the planned
// share.
var deployed = derivation{
	level: func(s *state, c *criterion, _ time.Time) assessment.Level {
		some := false
		for p := range s.phases {
			if !p.Started.IsZero() && p.Workers > 0 && float64(p.Deployed) >= c.Parameter*float64(p.Workers) {
				return assessment.Functional
			}
			some = some || p.Deployed > 0
		}
		return partly(present(false), some)
	},
	missing: func(s *state, c *criterion, _ time.Time) (missing []language.Text) {
		for p := range s.phases {
			switch {
			case p.Started.IsZero():
			case p.Workers == 0:
				missing = append(missing, language.Of("missing.planned-workers", "phase", p.ID))
			default:
				missing = append(missing, language.Of("missing.deployed", "share", c.Parameter, "phase", p.ID, "n", p.Deployed, "of", p.Workers))
			}
		}
		if missing == nil {
			missing = []language.Text{language.Of("missing.phase-workers")}
		}
		return missing
	},
}

// phased: the rollout has so many phases, and a review was held after the first
// started and before the next does. A phase that has not started yet leaves
// that time open.
var phased = derivation{
	level: func(s *state, c *criterion, at time.Time) assessment.Level {
		count, between, _ := s.phasing(at)
		if float64(count) >= c.Parameter && between == date.Open {
			return assessment.Unknown
		}
		return partly(present(float64(count) >= c.Parameter && between == date.Yes), count > 0)
	},
	missing: func(s *state, c *criterion, at time.Time) (missing []language.Text) {
		count, between, dates := s.phasing(at)
		if float64(count) < c.Parameter {
			missing = append(missing, counted("missing.phases", c.Parameter, count))
		}
		switch between {
		case date.Open:
			missing = append(missing, dates...)
		case date.No:
			missing = append(missing, language.Of("missing.review-between"))
		}
		return missing
	},
}

// phasing counts the phases and says whether a review was held between the starts of
// the first two, and where that is open, which dates are known too roughly.
func (s *state) phasing(at time.Time) (count int, reviewed date.Answer, dates []language.Text) {
	today := date.Of(at).First()
	// What has happened was no later than today.
	come := func(first, last time.Time) time.Time {
		if last.Before(today) || first.After(today) {
			return last
		}
		return today
	}
	var earliest, latest []time.Time // of the starts
	for p := range s.phases {
		count++
		if p.Started.IsZero() {
			continue
		}
		earliest, latest = append(earliest, p.Started.First()), append(latest, come(p.Started.First(), p.Started.Last()))
		if p.Started.Precision() != date.ToDay {
			dates = append(dates, rough("phase", p.ID, p.Started))
		}
	}
	if len(earliest) == 0 || count < 2 {
		return count, date.No, nil
	}
	slices.SortFunc(earliest, time.Time.Compare)
	slices.SortFunc(latest, time.Time.Compare)
	if len(earliest) == 1 {
		earliest, latest = append(earliest, today), append(latest, today)
	}
	reviewed = date.No
	for i := range learnings.of(s).Reviews {
		r := &learnings.of(s).Reviews[i]
		from, to := r.days()
		to = come(from, to)
		if !from.Before(latest[0]) && !to.After(earliest[1]) {
			return count, date.Yes, nil
		}
		if r.Every > 0 && r.Recorded.Last().After(to) {
			// From then on it was held once in every such span up to its recording.
			until := date.AddMonths(latest[0], r.Every)
			if !to.After(until) && !until.After(earliest[1]) && !until.After(r.Recorded.First()) {
				return count, date.Yes, nil
			}
			to = r.Recorded.Last()
		}
		switch {
		case !to.Before(earliest[0]) && !from.After(latest[1]):
			reviewed = date.Open
			if r.On.Precision() != date.ToDay || r.Every > 0 {
				dates = append(dates, rough("review", r.ID, r.On))
			}
		}
	}
	return count, reviewed, dates
}

// Rollout gives the rollout phases, in all laps.
func (s State) Rollout() []RolloutPhase { return launches.of(s.get()).Rollout.copies() }

var launchRoom = room{
	past:    map[reflect.Type][]string{reflect.TypeFor[ReportRollout](): {"started"}},
	changes: []kindEntry{changeKind[PlanRollout](), changeKind[ReportRollout]()},
	part:    &launches,
	topic:   Launch.Topic(),
	derives: map[string]derivation{
		"launch.activated": activated.by(KindReportRollout),
		"launch.deployed":  deployed.by(KindReportRollout),
		"launch.phased":    phased.by(KindPlanRollout),
	},
}
