package simulation

// Spans: where the parameters may plausibly lie. Nothing in the model is
// calibrated, so what is assumed of a parameter is less its default than this.

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Scale is how the values within a span are spread.
type Scale uint8

const (
	// Even: each part of the span is as likely as any other of its width.
	Even Scale = iota
	// Logarithmic: a value is as likely to be halved as to be doubled. Both ends are
	// above 0.
	Logarithmic
)

var scaleNames = []string{"even", "logarithmic"}

// Told is what people call it.
func (s Scale) Told() language.Text {
	return toldName("scale.", s.String(), int(s) < len(scaleNames))
}

// String gives the text form.
func (s Scale) String() string {
	if int(s) >= len(scaleNames) {
		return "scale(" + plain(float64(s)) + ")"
	}
	return scaleNames[s]
}

// MarshalText gives the text form.
func (s Scale) MarshalText() ([]byte, error) {
	if int(s) >= len(scaleNames) {
		return nil, fault.Field{Path: "scale", Rule: fault.Known, Value: int(s), Want: fault.OneOf(scaleNames)}
	}
	return []byte(scaleNames[s]), nil
}

// UnmarshalText reads the text form and refuses any other.
func (s *Scale) UnmarshalText(text []byte) error {
	i := slices.Index(scaleNames, string(text))
	if i < 0 {
		return fault.Field{Path: "scale", Rule: fault.Known, Value: string(text), Want: fault.OneOf(scaleNames)}
	}
	*s = Scale(i)
	return nil
}

// Span is where a value may plausibly lie. That is narrower than where it may lie
// at all, which is the range of the [Parameter]. A span without width is none.
type Span struct {
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Scale Scale   `json:"scale"`
	// Around says that the span is one around what each actor of the scenario has:
	// what is drawn is added to it, or multiplies it where the scale is logarithmic,
	// and what leaves the range of the parameter lies at its end.
	Around bool `json:"around,omitempty"`
	// Why this span, or why none. One that begins with "model" is our judgement.
	Why language.Text `json:"why,omitzero"`
}

// None reports whether there is no span: the parameter is given, not uncertain.
func (s Span) None() bool { return s.Low == s.High }

// Uncertainty is a parameter of the model, of which no more is known than a span.
type Uncertainty struct {
	// Parameter is a name of the register, such as "shocks.election.hazard". One of
	// the actors' parameters is set for all actors, or moved for all alike where the
	// span is one around what each has.
	Parameter string `json:"parameter"`
	Span
}

// Uncertainties lists the parameters of the register that have a span, in its
// order: what [Model.Worlds] draws worlds from unless told otherwise.
func Uncertainties() (all []Uncertainty) {
	for _, p := range Register() {
		if !p.Span.None() {
			all = append(all, Uncertainty{p.Name, p.Span})
		}
	}
	return all
}

// uncertain is an uncertainty with what the register says of it.
type uncertain struct {
	Uncertainty
	whole    bool
	min, max float64
}

func (u Uncertainty) registered() uncertain {
	p := parameter(u.Parameter)
	return uncertain{u, p.Whole, p.Min, p.Max}
}

// movable reports whether a span of a parameter may be one around what each actor has.
func movable(name string) bool {
	p := find(actorRegister, name)
	return p != nil && !p.Whole
}

// at gives the value at a place from 0 to 1 of the span.
func (u *uncertain) at(place float64) float64 {
	if u.Scale == Even {
		f := factor{Factor{Low: u.Low, High: u.High}, u.whole}
		return f.at(place)
	}
	if u.whole {
		return min(u.High, math.Floor(u.Low*power((u.High+1)/u.Low, place)))
	}
	return min(u.High, u.Low*power(u.High/u.Low, place))
}

// power gives r to the power of u, from 0 to below 1, by square roots, which every
// machine rounds alike.
func power(r, u float64) float64 {
	p := 1.0
	for u > 0 {
		r = math.Sqrt(r)
		if u *= 2; u >= 1 {
			p *= r
			u--
		}
	}
	return p
}

// set gives the scenario with a value of the uncertainty.
func (u *uncertain) set(s Scenario, v float64) (Scenario, error) {
	if !u.Around {
		return s.With(u.Parameter, v)
	}
	p := find(actorRegister, u.Parameter)
	s = s.Clone()
	for i := range s.Actors {
		own := p.get(&s.Actors[i])
		if u.Scale == Logarithmic {
			own *= v
		} else {
			own += v
		}
		p.put(&s.Actors[i], min(u.max, max(u.min, own)))
	}
	return s, nil
}

// stratified gives n places from 0 to 1, one in each n-th, in a random order: a
// column of a Latin hypercube.
func stratified(dice *rand.PCG, n int) []float64 {
	cells, places := make([]int, n), make([]float64, n)
	for i := range cells {
		cells[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j, _ := bits.Mul64(dice.Uint64(), uint64(i+1))
		cells[i], cells[j] = cells[j], cells[i]
	}
	for i, cell := range cells {
		places[i] = (float64(cell) + uniform(dice.Uint64())) / float64(n)
	}
	return places
}

func over(low, high float64, scale Scale) Span { return Span{Low: low, High: high, Scale: scale} }

func around(low, high float64, scale Scale) Span {
	return Span{Low: low, High: high, Scale: scale, Around: true}
}

// plausible has the spans of the parameters of the register that are uncertain, by name.
// The others are given: they have none.
var plausible = map[string]Span{

	"positions.pace":       over(0.025, 0.1, Logarithmic),
	"positions.noise":      over(0.005, 0.05, Logarithmic),
	"positions.progress":   over(0.25, 1, Logarithmic),
	"positions.persuasion": over(0.035, 0.14, Logarithmic),
	"positions.half":       over(3, 12, Logarithmic),
	"positions.lasting":    over(0.1, 0.6, Even),

	"work.rated":   over(3, 12, Logarithmic),
	"work.derived": over(1.5, 6, Logarithmic),
	"work.upkeep":  over(0.01, 0.04, Logarithmic),
	"work.spread":  over(0.2, 0.9, Even),
	"work.carry":   over(0.25, 0.75, Even),

	"opposition.tolerance": over(0.5, 2, Logarithmic),
	"opposition.patience":  over(1, 6, Even),

	"coalition.join": over(0, 3, Even),

	"debt.drag":           over(0.25, 0.75, Even),
	"debt.disappointment": over(0.0125, 0.05, Logarithmic),

	"suspension.debt":  over(0.03, 0.3, Logarithmic),
	"suspension.least": over(1, 18, Logarithmic),
	"suspension.limit": over(12, 48, Logarithmic),

	"commitments.recovery": over(0.02, 0.1, Logarithmic),

	"review.interval": over(3, 12, Even),

	"shocks.election.hazard":      over(1.0/120, 1.0/30, Logarithmic),
	"shocks.election.shift":       over(0.1, 0.8, Even),
	"shocks.donor_exit.hazard":    over(0.002, 0.02, Logarithmic),
	"shocks.epidemic.hazard":      over(0.002, 0.02, Logarithmic),
	"shocks.epidemic.months":      over(6, 24, Logarithmic),
	"shocks.epidemic.salience":    over(0.01, 0.06, Logarithmic),
	"shocks.epidemic.capacity":    over(0.3, 0.9, Even),
	"shocks.fiscal_crisis.hazard": over(1.0/240, 1.0/60, Logarithmic),
	"shocks.fiscal_crisis.left":   over(0.4, 0.9, Even),
	"shocks.scandal.hazard":       over(0.005, 0.02, Logarithmic),
	"shocks.scandal.shift":        over(0.1, 0.6, Even),

	"actors[].position":   around(-1, 1, Even),
	"actors[].attachment": around(-0.2, 0.2, Even),
	"actors[].effort":     around(0.5, 2, Logarithmic),
}
