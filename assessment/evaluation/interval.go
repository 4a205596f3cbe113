package evaluation

import (
	"encoding/json"
	"math"
)

// Interval is a confidence interval: the effects that the data are compatible
// with at its level.
type Interval struct {
	Level float64
	// Low and High belong to the interval.
	Low, High float64
	// Bounded is false where the design is too small to exclude anything at
	// the level; Low and High are then the ends of the scale: infinite, or for
	// a ratio zero and infinite.
	Bounded bool
}

func unbounded(level float64) Interval {
	return Interval{Level: level, Low: math.Inf(-1), High: math.Inf(1)}
}

// Contains reports whether x lies in the interval, its ends included.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// wire is the JSON form. JSON has no infinity, so an infinite end is null.
type wire struct {
	Level   float64  `json:"level"`
	Low     *float64 `json:"low"`
	High    *float64 `json:"high"`
	Bounded bool     `json:"bounded"`
}

// MarshalJSON writes level, low, high and bounded; an infinite end is null.
func (i Interval) MarshalJSON() ([]byte, error) {
	w := wire{Level: i.Level, Bounded: i.Bounded}
	if !math.IsInf(i.Low, 0) {
		w.Low = &i.Low
	}
	if !math.IsInf(i.High, 0) {
		w.High = &i.High
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what [Interval.MarshalJSON] writes.
func (i *Interval) UnmarshalJSON(data []byte) error {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*i = unbounded(w.Level)
	i.Bounded = w.Bounded
	if w.Low != nil {
		i.Low = *w.Low
	}
	if w.High != nil {
		i.High = *w.High
	}
	return nil
}
