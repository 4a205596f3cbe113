package simulation

import "github.com/chsreform/chsreform/stakeholders"

// Reference gives the scenario that benchmarks and examples run: twelve actors,
// the whole built-in checklist, ten years, all shocks. It is illustrative: no
// country is meant, and no number in it was observed.
func Reference() Scenario {
	actor := func(id, name string, from stakeholders.Constituency, position, power float64, roles ...stakeholders.Role) CastActor {
		a := NewCastActor(id, from)
		a.Name, a.Position, a.Power, a.Roles, a.Member = name, position, power, roles, roles != nil
		return a
	}
	s := NewScenario("reference (illustrative)",
		actor("moh", "Ministry of health", stakeholders.MinistryOfHealth, 5, 6, stakeholders.Leader),
		actor("treasury", "Ministry of finance", stakeholders.OtherMinistry, -2, 6),
		actor("counties", "County health teams", stakeholders.SubnationalGovernment, 3, 4, stakeholders.Gatekeeper),
		actor("villages", "Village committees", stakeholders.LocalCommunity, 4, 2, stakeholders.ChangeChampion),
		actor("workers", "Association of community health workers", stakeholders.CommunityHealthWorkers, 6, 2),
		actor("ngo", "Non-governmental organisation", stakeholders.NGO, 5, 4, stakeholders.Connector),
		actor("churches", "Council of churches", stakeholders.FaithBased, 2, 2),
		actor("donor", "Bilateral donor", stakeholders.BilateralDonor, 4, 6, stakeholders.Donor),
		actor("agency", "Multilateral agency", stakeholders.MultilateralAgency, 4, 4),
		actor("nurses", "Nurses' association", stakeholders.ProfessionalAssociation, -2, 4),
		actor("university", "School of public health", stakeholders.AcademicInstitution, 3, 2),
		actor("pharmacies", "Private pharmacies", stakeholders.PrivateSector, -4, 3),
	)
	s.Illustrative = true
	for _, hears := range []struct {
		listener string
		of       [3]string
	}{
		{"moh", [3]string{"treasury", "donor", "counties"}},
		{"treasury", [3]string{"moh", "donor", "treasury"}},
		{"counties", [3]string{"moh", "villages", "nurses"}},
		{"villages", [3]string{"workers", "churches", "counties"}},
		{"workers", [3]string{"villages", "ngo", "nurses"}},
		{"ngo", [3]string{"donor", "workers", "moh"}},
		{"churches", [3]string{"villages", "ngo", "churches"}},
		{"donor", [3]string{"agency", "moh", "university"}},
		{"agency", [3]string{"moh", "donor", "university"}},
		{"nurses", [3]string{"moh", "university", "nurses"}},
		{"university", [3]string{"moh", "agency", "university"}},
		{"pharmacies", [3]string{"treasury", "nurses", "pharmacies"}},
	} {
		for i, of := range hears.of {
			s.Influence = append(s.Influence, Influence{hears.listener, of, []float64{0.5, 0.25, 0.25}[i]})
		}
	}
	s.Notes = []string{"Illustrative: made up to measure and to teach."}
	return s
}
