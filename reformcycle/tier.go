package reformcycle

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Tier is the level of government or society at which something happens, or at
// which a body stands.
type Tier string

// The tiers, from the widest to the nearest. Subnational is for what is known to
// be below the nation and above the community, and not told apart any further.
const (
	National      Tier = "national"
	Region        Tier = "region"
	District      Tier = "district"
	FacilityArea  Tier = "facility-area"
	CommunityTier Tier = "community"
	Subnational   Tier = "subnational"
)

var tiers = []Tier{National, Region, District, FacilityArea, CommunityTier, Subnational}

// Valid reports whether t is one of the tiers.
func (t Tier) Valid() bool { return slices.Contains(tiers, t) }

// Told gives the name for people.
func (t Tier) Told() language.Text { return termed("tier", string(t), t.Valid()) }

// UnmarshalText reads the text form and refuses any other by name.
func (t *Tier) UnmarshalText(text []byte) error { return fault.ReadName("tier", t, text, tiers) }

// within reports whether what happens at t happens at the tier that is asked for:
// a region, a district and a facility area are subnational.
func (t Tier) within(asked Tier) bool {
	return t == asked || asked == Subnational && (t == Region || t == District || t == FacilityArea)
}
