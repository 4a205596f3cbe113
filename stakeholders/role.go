package stakeholders

// What actors do in the coalition, and who usually does it.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Role is a critical role in the coalition. One actor may hold several, and a
// role may have several holders. The zero value is not valid.
//
// The seven names come from chen2021, whose full definitions these docs do not
// reproduce: the one-line readings beside the constants are ours (model).
type Role string

// The roles, in the order in which gaps are reported.
const (
	// Leader convenes the coalition and answers for where it goes.
	Leader Role = "leader"
	// Connector brings members together and keeps word flowing among them.
	Connector Role = "connector"
	// Gatekeeper can open or close the way to a decision or to an arena.
	Gatekeeper Role = "gatekeeper"
	// Donor brings money or other resources.
	Donor Role = "donor"
	// Enabler clears practical obstacles: rules, skills, data, logistics.
	Enabler Role = "enabler"
	// ChangeChampion argues for the change among those it will touch.
	ChangeChampion Role = "change-champion"
	// Liaison links the coalition to key players outside it.
	Liaison Role = "liaison"
)

// Roles returns all roles in order. The slice is the caller's.
func Roles() []Role {
	return []Role{Leader, Connector, Gatekeeper, Donor, Enabler, ChangeChampion, Liaison}
}

// Valid reports whether r is one of [Roles].
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Told is the role as people read it, such as "change champion". A value that is not
// valid is told as it is.
func (r Role) Told() language.Text { return told("role", r, r.Valid()) }

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [Roles].
func (r *Role) UnmarshalText(text []byte) error { return fault.ReadName("role", r, text, Roles()) }

// told is a name of a vocabulary as people read it; one that is not of it, as it is.
func told[S ~string](vocabulary string, name S, valid bool) language.Text {
	if !valid {
		return language.Typed(string(name))
	}
	return language.Of(vocabulary + "." + string(name))
}

// usual says from which constituencies actors usually come to mind for a role
// (model). Government leads where reforms held (afzal2021); of the other
// ministries that of finance gives.
var usual = map[Role][]Constituency{
	Leader:         {MinistryOfHealth, HeadOfGovernment, OtherMinistry, SubnationalGovernment},
	Connector:      {CivilSociety, NGO, MultilateralAgency, AcademicInstitution, ProfessionalAssociation},
	Gatekeeper:     {MinistryOfHealth, HeadOfGovernment, Parliament, OtherMinistry, SubnationalGovernment, RegulatoryBody, LocalCommunity, ProfessionalAssociation},
	Donor:          {BilateralDonor, MultilateralAgency, PrivateFunder, OtherMinistry},
	Enabler:        {OtherMinistry, SubnationalGovernment, NGO, MultilateralAgency, AcademicInstitution, PrivateSector},
	ChangeChampion: {LocalCommunity, CommunityHealthWorkers, CivilSociety, FaithBased, Media, ProfessionalAssociation},
	Liaison:        {CivilSociety, NGO, Media, MultilateralAgency, ProfessionalAssociation, TradeUnion},
}

// fits reports whether actors of a constituency usually come to mind for the
// role. It orders candidates and forbids nothing.
func (r Role) fits(c Constituency) bool { return slices.Contains(usual[r], c) }
