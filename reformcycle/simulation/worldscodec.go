package simulation

// The binary form of worlds. What a world has of each parameter follows from the seed
// and the spans, so that the sums alone are kept.

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

var worldsForm = form{"worlds", "CHSW\x01", "the worlds of a trial", 64 << 20}

// MarshalBinary writes the worlds in at most 64 MiB: a byte or two for each policy and
// goal in each world. Equal worlds give equal bytes.
func (w Worlds) MarshalBinary() ([]byte, error) {
	if w.worlds == 0 {
		return nil, fault.Refuse("worlds", fault.Required, nil, "the worlds of a trial")
	}
	digest, err := hex.DecodeString(w.digest)
	if err != nil {
		return nil, err // not reached: Compile made it
	}
	b := append(appendText(nil, w.name), digest...)
	b = binary.AppendUvarint(b, uint64(len(w.policies)))
	for _, id := range w.policies {
		b = appendIdentity(b, id)
	}
	b = binary.AppendUvarint(b, uint64(len(w.goals)))
	for _, g := range w.goals {
		b = appendNumber(appendText(b, g.Metric.String()), g.Bound)
	}
	b = binary.AppendUvarint(b, uint64(len(w.over)))
	for _, u := range w.over {
		b = appendNumber(appendNumber(appendText(b, u.Parameter), u.Low), u.High)
		how := byte(u.Scale) << 1
		if u.Around {
			how |= 1
		}
		b = appendText(append(b, how), u.Why)
	}
	b = binary.AppendUvarint(b, uint64(w.worlds))
	b = binary.AppendUvarint(b, w.runs)
	b = binary.AppendUvarint(b, w.seed)
	b = appendRanges(b, w.ranges)
	for _, n := range w.sums {
		b = binary.AppendUvarint(b, n)
	}
	return worldsForm.frame(b), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. It refuses, with a [DamageError] and
// w as it was, bytes that were cut, changed or added, another version of the form, and
// what no trial gives.
func (w *Worlds) UnmarshalBinary(data []byte) error {
	d, err := worldsForm.open(data)
	if err != nil {
		return err
	}
	read := d.worlds()
	if d.err != nil {
		return d.err
	}
	*w = read
	return nil
}

func (d *decoder) worlds() (w Worlds) {
	w.name = d.text("the scenario's name", maxLabel)
	w.digest = hex.EncodeToString(d.bytes("the scenario's digest", 32))
	for range d.number("a number of policies", maxCompared) {
		if w.policies = append(w.policies, d.identity()); d.err != nil {
			return w
		}
	}
	for range d.number("a number of goals", maxGoals) {
		text := d.text("a metric", maxText)
		m, err := ParseMetric(text)
		g := Goal{m, d.float("a bound")}
		var f fault.Fields
		if g.check(&f, "", mostMonths); d.err == nil && (err != nil || f != nil) {
			d.wrong(fmt.Sprintf("%q, %v", text, g.Bound), "a goal")
		}
		if w.goals = append(w.goals, g); d.err != nil {
			return w
		}
	}
	for range d.number("a number of parameters", maxFactors) {
		u := Uncertainty{Parameter: d.text("a parameter's name", maxLabel)}
		u.Low, u.High = d.float("the low end of a span"), d.float("the high end of a span")
		if how := d.bytes("a scale", 1); d.err == nil {
			u.Scale, u.Around = Scale(how[0]>>1), how[0]&1 != 0
		}
		u.Why = d.text("a reason", maxText)
		if d.err == nil && !u.sound() {
			d.wrong(fmt.Sprintf("%q, %v to %v", u.Parameter, u.Low, u.High), "a span of a parameter of this version of the register")
		}
		if w.over = append(w.over, u.registered()); d.err != nil {
			return w
		}
	}
	w.worlds = int(d.number("a number of worlds", MaxWorlds))
	w.runs = d.number("a number of runs", MaxRuns/uint64(max(1, w.worlds)))
	w.seed = d.number("a seed", math.MaxUint64)
	var held uint64
	w.ranges, held = d.ranges(uint64(w.worlds))
	cells := held * uint64(len(w.policies)*len(w.goals))
	switch {
	case d.err != nil:
		return w
	case held == 0 || w.runs == 0 || cells == 0 || len(w.over) == 0:
		d.wrong("none", "worlds, runs, policies, goals and parameters")
	case cells > min(mostCells, uint64(len(d.data)-d.at)):
		d.wrong("the end", fmt.Sprintf("%d sums", cells))
	}
	if d.err != nil {
		return w
	}
	w.sums = make([]uint64, cells)
	for i := range w.sums {
		w.sums[i] = d.number("a sum", w.runs*uint64(w.goals[i%len(w.goals)].Metric.most()))
	}
	if d.err == nil && d.at != len(d.data) {
		d.wrong("more", "the end")
	}
	return w
}

// sound reports whether worlds can be drawn over it.
func (u *Uncertainty) sound() bool {
	finite := !math.IsInf(u.Low, 0) && !math.IsInf(u.High, 0)
	return finite && u.Low < u.High && int(u.Scale) < len(scaleNames) && (u.Scale == Even || u.Low > 0) &&
		parameter(u.Parameter).Name != "" && (!u.Around || movable(u.Parameter))
}
