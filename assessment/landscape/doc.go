// Package landscape lays out which programmes and cadres of community health
// workers serve which area with which service, and finds where they overlap,
// where they leave people out, and where they pull apart.
//
// It knows nothing of the reform cycle and shares the evidence of package
// assessment. It keeps no state, reads no clock, starts no
// goroutine, and gives the same result for the same input on every machine.
//
// # What a survey records
//
// A [Landscape] is plain data with a JSON form: areas and services that were
// looked at, programmes with their money and their coordination mechanism,
// cadres with their supervision and pay, and posts, which say which cadre gives
// what in which area. Read one with [Parse], and posts from a table with
// [ParsePosts], or fill in the fields and call [Landscape.Validate]. Whatever
// is wrong is reported whole.
//
// # Unknown is not zero
//
// A survey rarely knows everything. A population of 0, workers of 0, an amount
// of 0 and a blank line of supervision all mean that it is not known; pay
// without a unit is not known, and pay of 0 in a unit is that of volunteers.
// Results say what holds for every value the unknown may have: bounds, and
// answers that are [Yes], [No] or [Unknown]. One thing is taken as complete:
// where an area and a service are listed and no post joins them, nobody serves
// there. So list what was surveyed and nothing else.
//
// Where a source describes a landscape without its details, record a
// [Statement]: the aspect, whether it holds, and the evidence.
//
// # What follows from it
//
// [Analyse] gives an [Analysis]:
//
//   - Overlaps: pairs of an area and a service with several cadres, and whether
//     their programmes share a mechanism; Unserved and LeftOut: the gaps;
//   - Loads: people per worker against the target of the service;
//   - Supervision: areas whose cadres answer to separate lines;
//   - Pay: unequal pay among cadres of like work; AboveEstablished: new cadres
//     who get more than established health workers;
//   - Money: for each unit, how concentrated the funders are, and the shares
//     that are external, tied to single diseases, or both.
//
// [Analysis.On] joins details and statements into one answer for each
// [Aspect], and [Analysis.Summary] puts all of it into sentences. A number is
// evidence for people to weigh: two cadres in one area may well be a good plan.
//
// # Errors
//
// Whatever is refused is refused with [fault.Fields], which match
// [fault.ErrInvalid]: which field, which rule, what was found, what would be
// accepted, and where it stood in what was read.
//
// # Sources
//
// What to look for is from afzal2021: Afzal MM, Pariyo GW, Lassi ZS, Perry HB.
// Community health workers at the dawn of a new era: 2. Planning,
// coordination, and partnerships. Health Res Policy Syst 2021;19(Suppl 3),
// doi:10.1186/s12961-021-00753-7, which tells of cadres under separate
// directorates and supervision in Bangladesh, of one cadre's pay raised alone,
// of donors who each adapt cadres to their own standards in Madagascar, and of
// seven cadres moved by vertical, disease-specific money in Myanmar. How each
// is measured is this model's own: the thresholds, the bounds, and that a
// programme coordinates its own cadres. Concentration is the
// Herfindahl–Hirschman index.
package landscape
