package simulation

// What came of one run.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Cause says what a collapse, or a suspension, came from.
type Cause uint8

// The causes. A suspension comes from opposition, or a veto, that lasts, or from
// readiness debt. Opposition that began within a month of an election or a scandal
// which moved government against the reform, or of the exit of a supporter, is put
// down to that shock.
const (
	NoCause Cause = iota
	FromOpposition
	FromDebt
	FromElection
	FromDonorExit
	FromScandal
	// FromBefore: the suspension that the run started with.
	FromBefore
	causes
)

var causeNames = [causes]string{"none", "opposition", "debt", "election", "donor-exit", "scandal", "before"}

// Causes lists what a collapse may come from, without NoCause.
func Causes() []Cause {
	return []Cause{FromOpposition, FromDebt, FromElection, FromDonorExit, FromScandal, FromBefore}
}

// Told is what people call it, such as "exit of a development partner".
func (c Cause) Told() language.Text { return toldName("cause.", c.String(), c < causes) }

// toldName is the text of a name; it is said as it stands where it is none of ours.
func toldName(kind, name string, known bool) language.Text {
	if !known {
		return language.Typed(name)
	}
	return language.Of(kind + name)
}

// String gives the text form, such as "donor-exit".
func (c Cause) String() string {
	if c >= causes {
		return "cause(" + plain(float64(c)) + ")"
	}
	return causeNames[c]
}

// MarshalText gives the text form.
func (c Cause) MarshalText() ([]byte, error) {
	if c >= causes {
		return nil, fault.Field{Path: "cause", Rule: fault.Known, Value: int(c), Want: fault.OneOf(causeNames[:])}
	}
	return []byte(causeNames[c]), nil
}

// UnmarshalText reads the text form and refuses any other.
func (c *Cause) UnmarshalText(text []byte) error {
	i := slices.Index(causeNames[:], string(text))
	if i < 0 {
		return fault.Field{Path: "cause", Rule: fault.Known, Value: string(text), Want: fault.OneOf(causeNames[:])}
	}
	*c = Cause(i)
	return nil
}

// ShockKind is a kind of shock.
type ShockKind uint8

// The kinds of shock, in the order in which they are drawn.
const (
	AnElection ShockKind = iota
	ADonorExit
	AnEpidemic
	AFiscalCrisis
	AScandal
	shockKinds
)

var shockNames = [shockKinds]string{"election", "donor-exit", "epidemic", "fiscal-crisis", "scandal"}

// ShockKinds lists the kinds of shock.
func ShockKinds() []ShockKind {
	return []ShockKind{AnElection, ADonorExit, AnEpidemic, AFiscalCrisis, AScandal}
}

// Told is what people call it, such as "fiscal crisis".
func (k ShockKind) Told() language.Text { return toldName("shock.", k.String(), k < shockKinds) }

// String gives the text form, such as "fiscal-crisis".
func (k ShockKind) String() string {
	if k >= shockKinds {
		return "shock(" + plain(float64(k)) + ")"
	}
	return shockNames[k]
}

// MarshalText gives the text form.
func (k ShockKind) MarshalText() ([]byte, error) {
	if k >= shockKinds {
		return nil, fault.Field{Path: "shock", Rule: fault.Known, Value: int(k), Want: fault.OneOf(shockNames[:])}
	}
	return []byte(shockNames[k]), nil
}

// UnmarshalText reads the text form and refuses any other.
func (k *ShockKind) UnmarshalText(text []byte) error {
	i := slices.Index(shockNames[:], string(text))
	if i < 0 {
		return fault.Field{Path: "shock", Rule: fault.Known, Value: string(text), Want: fault.OneOf(shockNames[:])}
	}
	*k = ShockKind(i)
	return nil
}

// RunOutcome is what came of one run. Months count from 1; 0 is the start.
type RunOutcome struct {
	// Run is its number.
	Run uint64 `json:"run"`
	// Entered is the month in which each stage was first entered, by
	// reformcycle.Stage: 0 for those at or before the stage that the run started
	// at, −1 for those that it never reached. Element 0 is unused and −1.
	Entered [reformcycle.ManagementAndLearning + 1]int `json:"entered"`
	// Months it lasted: the horizon, or less where the reform was abandoned.
	Months int `json:"months"`
	// Stage at which it ended, and the furthest that it reached, in any lap.
	Stage    reformcycle.Stage `json:"stage"`
	Furthest reformcycle.Stage `json:"furthest"`
	// Laps completed.
	Laps   int                `json:"laps"`
	Status reformcycle.Status `json:"status"`
	// Cause of the abandonment.
	Cause Cause `json:"cause"`
	// Readiness when launch was first entered, by an advance, an override or a
	// renewal, is the score, from 0 to 1, of the required criteria of the stages
	// before it; Debt is how many guards were readiness debt then. Both are −1 where
	// it was not.
	Readiness float64 `json:"readiness"`
	Debt      int     `json:"debt"`
	// Suspended is how many months the reform stood still.
	Suspended int `json:"suspended"`
}

// Launch is the month in which the reform entered launch, and whether it did
// in this run. A run that started at launch, or later, entered it at 0.
func (o *RunOutcome) Launch() (month int, launched bool) {
	month = o.Entered[reformcycle.Launch]
	return month, month >= 0
}
