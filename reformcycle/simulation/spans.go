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
	Why string `json:"why,omitempty"`
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

// spoken is what the register says of a parameter beside its row: what it is called
// in a sentence, and its span.
type spoken struct {
	called string
	Span
}

func over(called string, low, high float64, scale Scale, why string) spoken {
	return spoken{called, Span{Low: low, High: high, Scale: scale, Why: "model: " + why}}
}

func given(called, why string) spoken { return spoken{called, Span{Why: why}} }

func around(w spoken) spoken {
	w.Around = true
	return w
}

// plausible has those of every parameter of the register, by name.
var plausible = map[string]spoken{
	"horizon": given("the time that is looked at", "chosen by who asks, not assumed"),

	"positions.pace":       over("the pace at which actors move", 0.025, 0.1, Logarithmic, "half to double the default: half of the way in 27 months to half in 7"),
	"positions.noise":      over("the spread of moods", 0.005, 0.05, Logarithmic, "from moods that hardly show to a third of a point on the scale from -7 to 7"),
	"positions.progress":   over("how far visible progress wins actors over", 0.25, 1, Logarithmic, "half to double the default"),
	"positions.persuasion": over("the reach of a month's persuasion", 0.035, 0.14, Logarithmic, "half to double the default"),
	"positions.half":       over("the effort that persuades half as far as any could", 3, 12, Logarithmic, "half to double the default"),
	"positions.lasting":    over("the share of persuasion that stays", 0.1, 0.6, Even, "from little of it to most"),

	"work.rated":   over("the work that a rated criterion takes", 3, 12, Logarithmic, "half to double the default"),
	"work.derived": over("the work that a recorded criterion takes", 1.5, 6, Logarithmic, "half to double the default"),
	"work.upkeep":  over("what decays without upkeep", 0.01, 0.04, Logarithmic, "half to double the default: 11 to 39 % of what is there, lost in a year"),
	"work.spread":  over("how far a month's work may miss what was expected", 0.2, 0.9, Even, "from nearly as planned to nearly anything up to double"),
	"work.carry":   over("what a new lap keeps of the one before", 0.25, 0.75, Even, "from a quarter to three quarters"),

	"opposition.tolerance": over("the opposition, over the support, that a reform endures", 0.5, 2, Logarithmic, "from opposition half as strong as support to twice as strong"),
	"opposition.patience":  over("the time for which it endures more", 1, 6, Even, "from a month to half a year"),

	"coalition.join": over("the support that makes an actor join", 0, 3, Even, "from who is not against to who supports for certain"),

	"debt.drag":           over("how far debt holds up the work", 0.25, 0.75, Even, "where all is owed, from a quarter of the work lost to three quarters"),
	"debt.disappointment": over("how far debt disappoints actors", 0.0125, 0.05, Logarithmic, "half to double the default"),

	"suspension.debt":  over("the chance that debt suspends the reform", 0.03, 0.3, Logarithmic, "where all is owed, from 31 to 99 % in a year"),
	"suspension.least": over("the shortest suspension", 1, 18, Logarithmic, "from a month to a year and a half"),
	"suspension.limit": over("the suspension that ends a reform", 12, 48, Logarithmic, "from one year to four"),

	"commitments.recovery": over("the pace at which commitments recover from a crisis", 0.02, 0.1, Logarithmic, "from a fifth to seven tenths of the loss made good in a year"),

	"review.interval": over("the time between reviews", 3, 12, Even, "from quarterly to yearly reviews"),

	"shocks.election.hazard":      over("the chance of an election", 1.0/120, 1.0/30, Logarithmic, "half to double the default: an election in 10 years to one in two and a half"),
	"shocks.election.shift":       over("how far an election moves government", 0.1, 0.8, Even, "from a change of tone to most of the way from a supporter to an opponent"),
	"shocks.donor_exit.hazard":    over("the chance that a partner leaves", 0.002, 0.02, Logarithmic, "one exit in 4 years to one in 42"),
	"shocks.epidemic.hazard":      over("the chance of an epidemic", 0.002, 0.02, Logarithmic, "one epidemic in 4 years to one in 42"),
	"shocks.epidemic.months":      over("the length of an epidemic", 6, 24, Logarithmic, "from half a year to two years"),
	"shocks.epidemic.salience":    over("how far an epidemic wins actors over", 0.01, 0.06, Logarithmic, "from a third of the default to double"),
	"shocks.epidemic.capacity":    over("the effort that an epidemic leaves", 0.3, 0.9, Even, "from a third of the hands to nearly all"),
	"shocks.fiscal_crisis.hazard": over("the chance of a fiscal crisis", 1.0/240, 1.0/60, Logarithmic, "half to double the default: one crisis in 20 years to one in 5"),
	"shocks.fiscal_crisis.left":   over("the commitments that a fiscal crisis leaves", 0.4, 0.9, Even, "from less than half to nearly all"),
	"shocks.scandal.hazard":       over("the chance of a scandal", 0.005, 0.02, Logarithmic, "half to double the default: one scandal in 17 years to one in 4"),
	"shocks.scandal.shift":        over("how far a scandal moves government", 0.1, 0.6, Even, "from a bad week to most of a supporter's support"),

	"actors[].position":   around(over("the position of every actor", -1, 1, Even, "positions are rated by people: all ratings may be too bleak or too hopeful by a point on the scale from -7 to 7")),
	"actors[].power":      given("the power of an actor", "only how actors differ in power counts, and that is what the scenario says"),
	"actors[].weight":     given("the weight of an actor", "only how actors differ in weight counts, and that is what the scenario says"),
	"actors[].attachment": around(over("how firmly every actor keeps to its position", -0.2, 0.2, Even, "nobody has measured it: all actors may be less or more set in their ways than assumed")),
	"actors[].effort":     around(over("the effort of every actor", 0.5, 2, Logarithmic, "half to double of what is assumed of each")),
	"actors[].commitment": given("the commitment of an actor", "counts as a factor of its effort, which has a span"),
	"actors[].until":      given("the end of a commitment", "a date that is agreed"),

	"actors[].from": given("when who is expected comes", "a date that is expected"),

	"events[].month":        given("the month of an event", "a date that is known"),
	"influence[].weight":    given("who hears whom", "the scenario says it, or it follows from power"),
	"criteria[].difficulty": given("the work that a criterion takes", "moved for all criteria by work.rated and work.derived"),
	"criteria[].upkeep":     given("what decays of a criterion without upkeep", "moved for all criteria by work.upkeep"),
}
