package stakeholders

// Where actors come from: nineteen constituencies in five groups.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Constituency is the part of society an actor comes from. Its text form, in
// JSON and everywhere else, is kebab-case. The zero value is not valid.
// Source: afzal2021, who2018.
type Constituency string

// The constituencies, group by group.
const (
	MinistryOfHealth      Constituency = "ministry-of-health"
	HeadOfGovernment      Constituency = "head-of-government" // a president or a prime minister who leads, and the office
	Parliament            Constituency = "parliament"
	OtherMinistry         Constituency = "other-ministry" // education, labour, finance, local government …
	SubnationalGovernment Constituency = "subnational-government"
	RegulatoryBody        Constituency = "regulatory-body"

	LocalCommunity         Constituency = "local-community"
	CommunityHealthWorkers Constituency = "community-health-workers"

	CivilSociety Constituency = "civil-society" // a civil society organisation
	NGO          Constituency = "ngo"           // a non-governmental organisation
	FaithBased   Constituency = "faith-based"
	Media        Constituency = "media"

	BilateralDonor     Constituency = "bilateral-donor"
	MultilateralAgency Constituency = "multilateral-agency" // the UN agencies among them
	PrivateFunder      Constituency = "private-funder"

	ProfessionalAssociation Constituency = "professional-association"
	TradeUnion              Constituency = "trade-union"
	AcademicInstitution     Constituency = "academic-institution"
	PrivateSector           Constituency = "private-sector"
)

// Group is a family of constituencies. A coalition is diverse when its members
// come from several groups, the community among them (chen2021, afzal2021).
// The zero value is not valid.
type Group string

// The groups. CivilSocietyGroup is the group that the constituency
// [CivilSociety] belongs to; both have the text form "civil-society", and the
// type tells them apart.
const (
	Government          Group = "government"
	Community           Group = "community"
	CivilSocietyGroup   Group = "civil-society"
	DevelopmentPartners Group = "development-partners"
	ProfessionAndMarket Group = "profession-and-market"
)

// constituencies is the one table the methods below read.
var constituencies = [...]struct {
	constituency Constituency
	group        Group
}{
	{MinistryOfHealth, Government},
	{HeadOfGovernment, Government},
	{Parliament, Government},
	{OtherMinistry, Government},
	{SubnationalGovernment, Government},
	{RegulatoryBody, Government},
	{LocalCommunity, Community},
	{CommunityHealthWorkers, Community},
	{CivilSociety, CivilSocietyGroup},
	{NGO, CivilSocietyGroup},
	{FaithBased, CivilSocietyGroup},
	{Media, CivilSocietyGroup},
	{BilateralDonor, DevelopmentPartners},
	{MultilateralAgency, DevelopmentPartners},
	{PrivateFunder, DevelopmentPartners},
	{ProfessionalAssociation, ProfessionAndMarket},
	{TradeUnion, ProfessionAndMarket},
	{AcademicInstitution, ProfessionAndMarket},
	{PrivateSector, ProfessionAndMarket},
}

// Constituencies returns all constituencies, group by group. The slice is the
// caller's.
func Constituencies() []Constituency {
	all := make([]Constituency, len(constituencies))
	for i, row := range constituencies {
		all[i] = row.constituency
	}
	return all
}

// Groups returns all groups in order. The slice is the caller's.
func Groups() []Group {
	return []Group{Government, Community, CivilSocietyGroup, DevelopmentPartners, ProfessionAndMarket}
}

// Group returns the group the constituency falls in, or the empty Group if the
// constituency is not valid.
func (c Constituency) Group() Group {
	for _, row := range constituencies {
		if row.constituency == c {
			return row.group
		}
	}
	return ""
}

// Valid reports whether c is one of [Constituencies].
func (c Constituency) Valid() bool { return c.Group() != "" }

// Told is the constituency as people read it, such as "ministry of health". A value
// that is not valid is told as it is.
func (c Constituency) Told() language.Text { return told("constituency", c, c.Valid()) }

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [Constituencies].
func (c *Constituency) UnmarshalText(text []byte) error {
	return fault.ReadName("constituency", c, text, Constituencies())
}

// Valid reports whether g is one of [Groups].
func (g Group) Valid() bool { return slices.Contains(Groups(), g) }

// Told is the group as people read it, such as "development partners". A value that is
// not valid is told as it is.
func (g Group) Told() language.Text { return told("group", g, g.Valid()) }

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [Groups].
func (g *Group) UnmarshalText(text []byte) error { return fault.ReadName("group", g, text, Groups()) }
