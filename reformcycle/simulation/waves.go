package simulation

// Waves: which districts of a nation begin when.

import (
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Waves says which districts begin when. The zero value has all begin at once.
type Waves struct {
	// Pilots are the districts that begin at the start, before all others; 0 for none.
	// Until is the stage that each of them has to be at or past, once and in any lap,
	// before another begins. One that was abandoned is not waited for; where all were,
	// no other begins.
	Pilots int               `json:"pilots,omitempty"`
	Until  reformcycle.Stage `json:"until,omitempty"`
	// Yearly is how many begin every twelve months, from the start on or from when the
	// pilots are there; 0 for all at once.
	Yearly int `json:"yearly,omitempty"`
}

// AllAtOnce has all districts begin at the start.
func AllAtOnce() Waves { return Waves{} }

// SoManyAYear has so many districts begin at the start, and as many every twelve months.
func SoManyAYear(n int) Waves { return Waves{Yearly: n} }

// PilotsFirst has so many districts begin at the start, and all others when each of
// those is at or past a stage. Yearly of the result has the others come so many a year.
func PilotsFirst(n int, until reformcycle.Stage) Waves { return Waves{Pilots: n, Until: until} }

// String gives "at-once", "yearly=10", "pilots=4 until=launch" or "pilots=4 until=launch
// yearly=10".
func (w Waves) String() string {
	var parts []string
	if w.Pilots > 0 {
		parts = append(parts, "pilots="+strconv.Itoa(w.Pilots), "until="+w.Until.String())
	}
	if w.Yearly > 0 {
		parts = append(parts, "yearly="+strconv.Itoa(w.Yearly))
	}
	if parts == nil {
		return "at-once"
	}
	return strings.Join(parts, " ")
}

// Told names them for people.
func (w Waves) Told() language.Text {
	switch {
	case w.Pilots > 0 && w.Yearly > 0:
		return language.Of("waves.pilots-yearly", "pilots", w.Pilots, "stage", w.Until.Told(), "n", w.Yearly)
	case w.Pilots > 0:
		return language.Of("waves.pilots", "pilots", w.Pilots, "stage", w.Until.Told())
	case w.Yearly > 0:
		return language.Of("waves.yearly", "n", w.Yearly)
	}
	return language.Of("waves.at-once")
}

// check refuses waves that a nation can't have.
func (w Waves) check(f *fault.Fields, path string, districts int) {
	f.Whole(path+".pilots", w.Pilots, 0, districts)
	f.Whole(path+".yearly", w.Yearly, 0, districts)
	switch {
	case w.Pilots == 0 && w.Until != 0:
		f.Add(path+".until", fault.Own, w.Until.String(), language.Of("want.sim-until-of-pilots"))
	case w.Pilots > 0 && !w.Until.Valid():
		f.Add(path+".until", fault.Known, w.Until.String(), eightStages)
	}
}

// due is how many districts have begun by the end of a month, when pilots are there from
// the end of the month released on; −1 where they are not, or there are none to wait for.
func (w Waves) due(month, released, districts int) int {
	if w.Pilots > 0 && released < 0 {
		return w.Pilots
	}
	if w.Yearly == 0 {
		return districts
	}
	return min(districts, w.Pilots+w.Yearly*(1+(month-max(0, released))/12))
}
