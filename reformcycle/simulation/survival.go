package simulation

// When: the time that it takes to reach a stage, where some runs are abandoned
// on the way and others still on it at the horizon.

import (
	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Survival tells when a stage is entered for the first time. Runs end in one of
// three ways: they enter the stage, they are abandoned before they do, or the
// horizon comes first. The two curves of arrival answer different questions.
//
//   - Incidence: how likely is it that the stage is entered by a month, all
//     that may happen included? A run that was abandoned counts as one that
//     will never enter. This is what to plan by, and what [Summary.By] gives.
//     It is the estimate of Aalen and Johansen; as every run is followed to its
//     end or to the horizon, that is the plain share of runs.
//   - KaplanMeier: how likely would it be, were there no abandonment? Runs that
//     were abandoned count as lost from sight, as if their chances had been
//     those of the runs that went on. They hardly are: what ends a reform has
//     held it up before. So the curve lies above Incidence, and the more of
//     the runs that are abandoned, the more it promises. It is good for
//     judging the pace of the work apart from its perils.
//
// Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous
// Markov chains based on censored observations. Scand J Stat 1978;5:141–150.
// Kaplan EL, Meier P. Nonparametric estimation from incomplete observations.
// J Am Stat Assoc 1958;53:457–481.
type Survival struct {
	Stage reformcycle.Stage `json:"stage"`
	// Horizon in months.
	Horizon int `json:"horizon"`
	// Of is how many runs there are.
	Of uint64 `json:"of"`
	// AtRisk counts, for each month, the runs that were on the way when it began.
	AtRisk      []uint64 `json:"at_risk"`
	Incidence   Curve    `json:"incidence"`
	KaplanMeier Curve    `json:"kaplan_meier"`
	// Abandoned is how likely it is that the reform was abandoned before it
	// entered the stage.
	Abandoned Curve `json:"abandoned"`
}

// Curve gives, for each month from 0 to the horizon, the share to which
// something has happened by the end of that month. It never falls. The interval
// of a month stands by itself: with 95 of 100 seeds that of any one month holds.
// The whole curve lies within all of its intervals at once less often.
type Curve []Step

// Step is a curve at one month.
type Step struct {
	Month int     `json:"month"`
	At    float64 `json:"at"`
	assessment.Interval
}

// Told gives "0.308 (0.255 to 0.366)".
func (s Step) Told() language.Text { return estimated(s.At, s.Interval) }

// String gives the same in English, with three decimals.
func (s Step) String() string { return with(nil, s.At, s.Interval) }

// By gives the curve at a month. It refuses one beyond the horizon: nothing was
// seen of it.
func (c Curve) By(month int) (Step, error) {
	if month < 0 || month >= len(c) {
		return Step{}, fault.Refuse("month", fault.Range, month, wholeFrom(0, len(c)-1))
	}
	return c[month], nil
}

// Quantile gives the month by which a share, above 0 and below 1, has arrived;
// share 0.5 gives the median. Month and ends may lie beyond the horizon. The
// interval begins with the first month at which the upper end of the curve's own
// interval reaches the share, and ends with the first at which the lower end does,
// even if it falls back later.
//
// Brookmeyer R, Crowley J. A confidence interval for the median survival time.
// Biometrics 1982;38:29–41.
func (c Curve) Quantile(share float64) (Quantile, error) {
	if len(c) == 0 {
		return Quantile{}, fault.Refuse("curve", fault.Required, nil, language.Of("want.sim-curve"))
	}
	last := Value{At: float64(len(c) - 1), Beyond: true}
	return quantile(share, len(c), func(i int) Step { return c[i] }, func(i int) Value {
		if i == len(c) {
			return last
		}
		return Value{At: float64(c[i].Month)}
	})
}

// Value is a number on a scale that was only looked at up to some point.
type Value struct {
	At float64 `json:"at"`
	// Beyond says that it is more than At, by how much nobody counted. A month
	// beyond the horizon may also be never.
	Beyond bool `json:"beyond,omitempty"`
}

// String gives "36", or ">120" for what lies beyond.
func (v Value) String() string {
	if v.Beyond {
		return ">" + plain(v.At)
	}
	return plain(v.At)
}

// told is the number as an argument of a text.
func (v Value) told() any {
	if v.Beyond {
		return v.String()
	}
	return v.At
}

// Quantile is the smallest value that at least a share of runs do not exceed.
type Quantile struct {
	Share float64 `json:"share"`
	At    Value   `json:"at"`
	Low   Value   `json:"low"`
	High  Value   `json:"high"`
}

// Told gives "41 (39 to 44)", or "44 (41 to >48)".
func (q Quantile) Told() language.Text {
	return language.Of("estimate.told", "at", q.At.told(), "low", q.Low.told(), "high", q.High.told())
}

// String is that in English.
func (q Quantile) String() string { return q.Told().String() }

// slack keeps the rounding of a product of shares from moving a quantile by a
// month.
const slack = 1e-12

// quantile looks for a share among n cumulative shares. The value of place n is
// that of what lies beyond.
func quantile(share float64, n int, cumulated func(int) Step, value func(int) Value) (Quantile, error) {
	if !(share > 0 && share < 1) {
		return Quantile{}, fault.Refuse("share", fault.Range, share, language.Of("want.sim-open-share"))
	}
	at, low, high := n, n, n
	for i := n - 1; i >= 0; i-- {
		s := cumulated(i)
		if s.At >= share-slack {
			at = i
		}
		if s.High >= share-slack {
			low = i
		}
		if s.Low >= share-slack {
			high = i
		}
	}
	return Quantile{share, value(at), value(low), value(high)}, nil
}

// Arrival tells when a stage is entered for the first time. It refuses a stage
// that there is not, and a summary without runs.
func (s Summary) Arrival(stage reformcycle.Stage) (Survival, error) {
	var f fault.Fields
	s.answerable(&f)
	checkStage(&f, stage)
	if err := f.Err(); err != nil {
		return Survival{}, err
	}
	return s.arrival(stage), nil
}

func (s *Summary) arrival(stage reformcycle.Stage) Survival {
	entered := s.Entered(stage)
	lost := make([]uint64, len(entered)) // abandoned before the stage was entered
	for before := range reformcycle.Stages() {
		if before >= stage {
			break
		}
		for month, n := range s.abandoned(before) {
			lost[month] += n
		}
	}
	a := Survival{Stage: stage, Horizon: s.horizon, Of: s.runs, KaplanMeier: kaplanMeier(s.runs, entered, lost)}
	here, gone := uint64(0), uint64(0)
	for month := range entered {
		a.AtRisk = append(a.AtRisk, s.runs-here-gone)
		here += entered[month]
		gone += lost[month]
		a.Incidence = append(a.Incidence, step(month, here, s.runs))
		a.Abandoned = append(a.Abandoned, step(month, gone, s.runs))
	}
	return a
}

func step(month int, hits, of uint64) Step {
	p := proportion(hits, of)
	return Step{month, p.At, p.Interval}
}

// kaplanMeier estimates the share that has arrived by each month from how many
// arrived in it and how many were lost from sight in it, after the arrivals of
// the same month.
//
// The interval is Wilson's for as many runs as would give Greenwood's variance
// had none been lost, S(1 − S) divided by it: it stays within 0 and 1, and is
// the plain one where none was lost. Rothman KJ. Estimation of confidence limits
// for the cumulative probability of survival in life table analysis. J Chronic
// Dis 1978;31:557–560. That number is not defined before the first arrival, where
// it is the number at risk, nor where the last at risk has arrived. These stood
// for all who had not arrived, so there it is at most their number divided by
// the share that had not: a curve that ends on one run says little. Where nobody
// is at risk when a month begins, nothing is seen of it, and whoever was lost may
// have arrived: the upper end is 1.
//
// The intervals lean on large numbers. Where hardly anybody is left at risk they
// hold less often than they say.
func kaplanMeier(of uint64, arrived, lost []uint64) Curve {
	c := make(Curve, len(arrived))
	risk, survive, greenwood, n := of, 1.0, 0.0, float64(of)
	for month := range arrived {
		before := survive
		if here := arrived[month]; here > 0 {
			survive *= float64(risk-here) / float64(risk)
			if risk > here {
				greenwood += float64(here) / float64(risk) / float64(risk-here)
			}
		}
		switch {
		case survive == 1:
			n = float64(risk)
		case survive > 0:
			n = (1 - survive) / float64(survive*greenwood)
		case before > 0:
			n = min(n, float64(risk)/before)
		}
		i := wilson(1-survive, n, z95)
		if risk == 0 {
			i.High = 1
		}
		c[month] = Step{month, 1 - survive, i}
		risk -= arrived[month] + lost[month]
	}
	return c
}
