// Package stakeholders models who takes part in a reform of a community health
// system: the actors, where each comes from, the roles they hold in the
// coalition, where they stand and how much power they have, and what they have
// committed. From that it answers what a coalition builder asks: which roles
// are empty, which constituencies are missing, does weighted support exceed
// weighted opposition, can somebody block all of it alone, what might be done
// about it and how likely that is to help, and on whose money it all rests.
//
// The package stands alone: it imports the standard library and the floor of
// refusals, package fault, keeps no state, reads no clock, starts no goroutine and never panics on bad input.
//
// # Actors
//
// An [Actor] is a stakeholder: a person, a body or an organised group. It comes
// from one [Constituency] (a ministry of health, a trade union), which falls in
// one [Group] (government, profession and market). It may hold several roles in
// the coalition, each a [Role]; a role counts as filled only while its holder
// is an active member ([Actor].Member).
//
//	moh := stakeholders.Actor{
//		ID:           "moh",
//		Name:         "Ministry of Health",
//		Constituency: stakeholders.MinistryOfHealth,
//		Roles:        []stakeholders.Role{stakeholders.Leader},
//		Member:       true,
//		Position:     stakeholders.At(6), // high support
//		Power:        stakeholders.HighPower,
//	}
//
// # Position and power
//
// A [Position] runs from +7 (support) to −7 (opposition), a [Power] from 1 to
// 7; both have bands whose defaults are their middles (source: reich). The zero
// value of either means "not known", which is not zero: an actor whose position
// or power is not known is left out of the indices, and counted as left out.
// In JSON a position is a number, null, or the name of a [Band].
//
// # The roster
//
// A [Roster] holds the actors in the order in which they were engaged. It is a
// value: [Roster.Engage], [Roster.Release] and [Roster.Replace] return a new
// roster and leave the old one as it was, so a roster may be kept as a snapshot
// and read from many goroutines. Everything in a roster has been validated; a
// refused change returns every error it found, as [fault.Fields], and the old
// roster.
//
//	r, err := stakeholders.NewRoster(moh, union)
//	r, err = r.Engage(donor)
//
// # Questions
//
// [Roster.RoleGaps] lists the roles no active member holds and who might take
// them. [Roster.ConstituencyCoverage], [Roster.ConstituencyGaps] and
// [Roster.MissingGroups] show who is not at the table, and who might be asked.
// [Roster.Feasibility] weighs support against opposition, and
// [Roster.VetoOpponents] names the opponents whose refusal alone blocks.
//
// The questions that guards ask over and over — [Roster.RoleFilled],
// [Roster.GovernmentLeads], [Roster.HasMemberOf], [Roster.HasMemberIn],
// [Roster.GroupsRepresented], [Roster.Feasibility], [Roster.HasVetoOpponent] —
// allocate nothing and take one pass over the roster.
//
// # Strategies
//
// A [Strategy] is something to do about the politics: where it would bring
// which actors, how likely that is, and what it costs. [Roster.Under] is the
// roster if some strategies succeed, computed as PolicyMaker 5 does (reich).
//
//	p, err := r.Prospects(strategies, stakeholders.Sampling{})
//	choice, err := r.Cheapest(strategies, 0.8)
//
// [Roster.Prospects] weighs every combination of success and failure of up to
// 16 strategies (beyond that, a sample drawn from a seed that the host gives):
// how likely support is to exceed opposition, and what each strategy adds.
// [Roster.Cheapest] finds the cheapest set that makes it likely enough: of up
// to 16 strategies exactly, beyond that with the gap to what no set can
// undercut. [ImpactOf] holds what was then observed against
// what a strategy stated. [SuggestionsFor] offers generic strategies to think
// about, by kind and by whom they are for.
//
// # Commitments and mechanisms
//
// A [Commitment] is what an actor pledges and delivers, in a unit of the host's
// choice. A [Ledger] adds commitments up by actor, stage, criterion and year,
// never over different units; it shows gaps, double cover and what ends when,
// and [Ledger.Funding] how much depends on one funder, on partners from abroad
// and on money tied to single diseases. A [Mechanism] names the kind of body
// through which partners coordinate.
//
// # Errors
//
// Whatever is refused is refused with [fault.Fields]: for each field its path,
// the rule it breaks, what was given and what would be accepted. All of them
// match [fault.ErrInvalid]; an id that is taken breaks [fault.Unique], an id that
// nobody has [fault.Exists]. An [UnreachableError] is an answer rather than a
// refusal: what was wanted cannot be had, and how much can.
//
// # Sources
//
// The keys in the comments:
//
//   - chen2021: Chen N, Raghavan M, Albert J, et al. The Community Health
//     Systems Reform Cycle. Glob Health Sci Pract 2021;9(Suppl 1):S32–S46.
//     doi:10.9745/GHSP-D-20-00429.
//   - afzal2021: Afzal MM, Pariyo GW, Lassi ZS, Perry HB. Community health
//     workers at the dawn of a new era: 2. Planning, coordination, and
//     partnerships. Health Res Policy Syst 2021;19(Suppl 3).
//     doi:10.1186/s12961-021-00753-7.
//   - who2018: WHO guideline on health policy and system support to optimize
//     community health worker programmes. Geneva 2018.
//     ISBN 978-92-4-155036-9.
//   - reich: Reich MR, Cooper D. PolicyMaker 5 (applied political analysis).
//   - model: our own reading or rule, with no publication behind it.
package stakeholders
