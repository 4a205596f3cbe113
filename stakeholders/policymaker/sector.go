package policymaker

// PolicyMaker's sectors and our constituencies.

import (
	"strings"

	"github.com/chsreform/chsreform/stakeholders"
)

// sectors reads a sector's words, in lower case: the tool's own, and each of our
// constituencies as text and as label. Governmental and social players need the
// level too and are read in DefaultConstituency.
var sectors = func() map[string]stakeholders.Constituency {
	m := map[string]stakeholders.Constituency{
		"non-governmental":       stakeholders.NGO,
		"local non-governmental": stakeholders.NGO,
		"international ngo":      stakeholders.NGO,
		"international":          stakeholders.MultilateralAgency,
		"un system":              stakeholders.MultilateralAgency,
		"donor":                  stakeholders.BilateralDonor,
		"international donor":    stakeholders.BilateralDonor,
		"private":                stakeholders.PrivateSector,
		"commercial":             stakeholders.PrivateSector,
		"religious":              stakeholders.FaithBased,
		"professional":           stakeholders.ProfessionalAssociation,
	}
	for _, c := range stakeholders.Constituencies() {
		m[string(c)] = c
		m[c.Told().String()] = c
	}
	return m
}()

// DefaultConstituency says which constituency a player's sector and level stand
// for, whatever their case, and whether that is known:
//
//   - Governmental: subnational government where the level is Regional, Local,
//     Subnational, Provincial, District, County or Municipal, otherwise another
//     ministry (nothing in the two words tells the ministry of health from the
//     others: the host's function can);
//   - Non-Governmental, Local Non-Governmental, International NGO: a
//     non-governmental organisation;
//   - Social: the local community on the local level, otherwise a civil society
//     organisation;
//   - International, UN System: a multilateral agency; Donor, International
//     donor: a bilateral donor;
//   - Private, Commercial: the private sector; Media, Religious, Professional:
//     the constituency of that name;
//   - any of our own constituencies, as text or label ("trade union").
//
// Everything else, Political among it (no constituency of ours is a party), is not known and counts as a civil society organisation.
func DefaultConstituency(p Player) (c stakeholders.Constituency, known bool) {
	sector := strings.ToLower(strings.TrimSpace(p.Sector))
	level := strings.ToLower(strings.TrimSpace(p.Level))
	switch sector {
	case "governmental", "government":
		switch level {
		case "regional", "local", "subnational", "provincial", "district", "county", "municipal":
			return stakeholders.SubnationalGovernment, true
		}
		return stakeholders.OtherMinistry, true
	case "social":
		if level == "local" {
			return stakeholders.LocalCommunity, true
		}
		return stakeholders.CivilSociety, true
	}
	if c, ok := sectors[sector]; ok {
		return c, true
	}
	return stakeholders.CivilSociety, false
}

// words are the tool's own, a sector and a level, where it has them.
var words = map[stakeholders.Constituency][2]string{
	stakeholders.OtherMinistry:           {"Governmental", "National"},
	stakeholders.SubnationalGovernment:   {"Governmental", "Regional"},
	stakeholders.LocalCommunity:          {"Social", "Local"},
	stakeholders.NGO:                     {"Non-Governmental"},
	stakeholders.MultilateralAgency:      {"International"},
	stakeholders.BilateralDonor:          {"Donor"},
	stakeholders.PrivateSector:           {"Private"},
	stakeholders.FaithBased:              {"Religious"},
	stakeholders.ProfessionalAssociation: {"Professional"},
}

// sectorOf gives words that DefaultConstituency reads as the constituency: the
// tool's own where it has them, our label otherwise. An empty level leaves the
// player's as it is.
func sectorOf(c stakeholders.Constituency) (sector, level string) {
	if own, ok := words[c]; ok {
		return own[0], own[1]
	}
	label := c.Told().String()
	return strings.ToUpper(label[:1]) + label[1:], ""
}
