package stakeholders

// What actors do in the coalition, and who usually does it.

import "github.com/chsreform/chsreform/reformcycle/fault"

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

// maxRoles is how many roles there are, and so how many one actor can hold.
const maxRoles = 7

// Valid reports whether r is one of [Roles].
func (r Role) Valid() bool {
	switch r {
	case Leader, Connector, Gatekeeper, Donor, Enabler, ChangeChampion, Liaison:
		return true
	}
	return false
}

// Label returns the role in plain words, such as "change champion". A value
// that is not valid is returned as it is.
func (r Role) Label() string {
	if r == ChangeChampion {
		return "change champion"
	}
	return string(r)
}

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [Roles].
func (r *Role) UnmarshalText(text []byte) error { return fault.ReadName("role", r, text, Roles()) }

// fits reports whether actors of a constituency usually come to mind for the
// role. It orders candidates and forbids nothing (model).
func (r Role) fits(c Constituency) bool {
	switch r {
	case Leader:
		// Government leads where reforms held (afzal2021).
		return c.Group() == Government && c != RegulatoryBody
	case Connector:
		switch c {
		case CivilSociety, NGO, MultilateralAgency, AcademicInstitution, ProfessionalAssociation:
			return true
		}
	case Gatekeeper:
		switch c {
		case MinistryOfHealth, OtherMinistry, SubnationalGovernment, RegulatoryBody, LocalCommunity, ProfessionalAssociation:
			return true
		}
	case Donor:
		return c.Group() == DevelopmentPartners || c == OtherMinistry // the ministry of finance
	case Enabler:
		switch c {
		case OtherMinistry, SubnationalGovernment, NGO, MultilateralAgency, AcademicInstitution, PrivateSector:
			return true
		}
	case ChangeChampion:
		switch c {
		case LocalCommunity, CommunityHealthWorkers, CivilSociety, FaithBased, Media, ProfessionalAssociation:
			return true
		}
	case Liaison:
		switch c {
		case CivilSociety, NGO, Media, MultilateralAgency, ProfessionalAssociation, TradeUnion:
			return true
		}
	}
	return false
}
