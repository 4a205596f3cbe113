package stakeholders

// The bodies through which partners coordinate.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Mechanism is a kind of coordination mechanism. An existing one serves better
// than a new one where there is a choice. The zero value is not valid.
// Source: afzal2021.
type Mechanism string

// The mechanisms.
const (
	// SectorWideApproach pools partners behind one plan for the sector (SWAp).
	SectorWideApproach Mechanism = "sector-wide-approach"
	// CountryCoordinatingMechanism is the Global Fund's body in a country (CCM).
	CountryCoordinatingMechanism Mechanism = "country-coordinating-mechanism"
	// UHC2030Compact is a compact under UHC2030, formerly IHP+.
	UHC2030Compact Mechanism = "uhc2030-compact"
	// HRHObservatory is a national observatory of human resources for health.
	HRHObservatory Mechanism = "hrh-observatory"
	// CountryCoordinationAndFacilitation is the CCF process around the health
	// workforce.
	CountryCoordinationAndFacilitation Mechanism = "country-coordination-and-facilitation"
	// InterMinisterialCommittee joins several ministries.
	InterMinisterialCommittee Mechanism = "inter-ministerial-committee"
	// OtherMechanism is any other.
	OtherMechanism Mechanism = "other"
)

// Mechanisms returns all mechanisms in order. The slice is the caller's.
func Mechanisms() []Mechanism {
	return []Mechanism{
		SectorWideApproach, CountryCoordinatingMechanism, UHC2030Compact, HRHObservatory,
		CountryCoordinationAndFacilitation, InterMinisterialCommittee, OtherMechanism,
	}
}

// Valid reports whether m is one of [Mechanisms].
func (m Mechanism) Valid() bool { return slices.Contains(Mechanisms(), m) }

// Told is the mechanism as people read it, such as "sector-wide approach". A value that
// is not valid is told as it is.
func (m Mechanism) Told() language.Text { return told("mechanism", m, m.Valid()) }

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [Mechanisms].
func (m *Mechanism) UnmarshalText(text []byte) error {
	return fault.ReadName("mechanism", m, text, Mechanisms())
}
