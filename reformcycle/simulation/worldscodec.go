package simulation

// The binary form of worlds. What a world has of each parameter follows from the seed
// and the spans, so that the sums alone are kept.

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

var wantWorlds = language.Of("want.sim-worlds")

var worldsForm = form{"worlds", "CHSW\x01", 64 << 20}

// MarshalBinary writes the worlds in at most 64 MiB: a byte or two for each policy and
// goal in each world. Equal worlds give equal bytes.
func (w Worlds) MarshalBinary() ([]byte, error) {
	if w.worlds == 0 {
		return nil, fault.Refuse("worlds", fault.Required, nil, wantWorlds)
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
		why, err := u.reason()
		if err != nil {
			return nil, err
		}
		b = appendText(append(b, how), why)
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
	w.name = d.text("scenario", maxLabel)
	w.digest = hex.EncodeToString(d.bytes("digest", 32))
	for range d.number("policies", maxCompared) {
		if w.policies = append(w.policies, d.identity()); d.err != nil {
			return w
		}
	}
	for range d.number("goals", maxGoals) {
		text := d.text("goals.metric", maxText)
		m, err := ParseMetric(text)
		g := Goal{m, d.float("goals.bound")}
		var f fault.Fields
		if g.check(&f, "", mostMonths); d.err == nil && (err != nil || f != nil) {
			d.wrong(language.Typed(fmt.Sprintf("%q, %v", text, g.Bound)), language.Of("want.sim-goal"))
		}
		if w.goals = append(w.goals, g); d.err != nil {
			return w
		}
	}
	for range d.number("over", maxFactors) {
		u := Uncertainty{Parameter: d.text("over.parameter", maxLabel)}
		u.Low, u.High = d.float("over.low"), d.float("over.high")
		if how := d.bytes("over.scale", 1); d.err == nil {
			u.Scale, u.Around = Scale(how[0]>>1), how[0]&1 != 0
		}
		why := d.text("over.why", mostWhy)
		if why == "" {
			u.Why = about(u.Parameter, ".span")
		} else if json.Unmarshal([]byte(why), &u.Why) != nil {
			d.wrong(language.Typed(fault.Shown(why)), field("over.why"))
		}
		if d.err == nil && !u.sound() {
			d.wrong(language.Typed(fmt.Sprintf("%q, %v–%v", u.Parameter, u.Low, u.High)), language.Of("want.sim-registered-span"))
		}
		if w.over = append(w.over, u.registered()); d.err != nil {
			return w
		}
	}
	w.worlds = int(d.number("worlds", MaxWorlds))
	w.runs = d.number("runs", MaxRuns/uint64(max(1, w.worlds)))
	w.seed = d.number("seed", math.MaxUint64)
	var held uint64
	w.ranges, held = d.ranges(uint64(w.worlds))
	cells := held * uint64(len(w.policies)*len(w.goals))
	switch {
	case d.err != nil:
		return w
	case held == 0 || w.runs == 0 || cells == 0 || len(w.over) == 0:
		d.wrong(language.Of("found.nothing"), language.Of("want.sim-trial"))
	case cells > min(mostCells, uint64(len(d.data)-d.at)):
		d.wrong(foundEnd, language.Of("want.sim-sums", "n", fmt.Sprint(cells)))
	}
	if d.err != nil {
		return w
	}
	w.sums = make([]uint64, cells)
	for i := range w.sums {
		w.sums[i] = d.number("sums", w.runs*uint64(w.goals[i%len(w.goals)].Metric.most()))
	}
	if d.err == nil && d.at != len(d.data) {
		d.wrong(language.Of("found.sim-more"), foundEnd)
	}
	return w
}

// mostWhy bounds what is written of why a span is that one.
const mostWhy = 64 << 10

// reason writes why the span is that one: nothing where the register says it.
func (u *Uncertainty) reason() (string, error) {
	why, err := json.Marshal(u.Why)
	if err != nil {
		return "", err
	}
	if registered, _ := json.Marshal(about(u.Parameter, ".span")); bytes.Equal(why, registered) {
		return "", nil
	}
	if len(why) > mostWhy {
		return "", fault.Refuse("why", fault.Length, len(why), language.Of("want.sim-bytes", "most", mostWhy))
	}
	return string(why), nil
}

// sound reports whether worlds can be drawn over it.
func (u *Uncertainty) sound() bool {
	finite := !math.IsInf(u.Low, 0) && !math.IsInf(u.High, 0)
	return finite && u.Low < u.High && int(u.Scale) < len(scaleNames) && (u.Scale == Even || u.Low > 0) &&
		parameter(u.Parameter).Name != "" && (!u.Around || movable(u.Parameter))
}
