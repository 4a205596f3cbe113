// Package assessment judges how well something works against a published list
// of criteria, and says honestly how much of the answer is known.
//
// It knows nothing of stages, stakeholders or countries: any framework whose
// items can be placed on one ordinal scale is a [Checklist]. It keeps no
// state, reads no clock and gives the same result for the same input on every
// machine.
//
// # Levels
//
// There is one scale, that of the Community Health Worker Assessment and
// Improvement Matrix of 2018 (doi:10.1186/s12961-021-00758-2 reprints its
// components): [NonFunctional], [PartiallyFunctional], [Functional] and
// [HighlyFunctional], and beside it [Unknown], which means not rated.
// Unknown is not a low level, it is the absence of one.
//
// # Checklists
//
// A [Criterion] is one sentence that must hold, with the sources that ask for
// it. It is [Rated], when a person judges it and brings evidence, or
// [Derived], when the host computes it from what it has recorded. It is met
// at or above its threshold. An advisory criterion informs: it blocks nothing
// and does not enter the score.
//
// A [Checklist] is criteria in sections, under a name and a version. Hosts
// read one with [ParseChecklist] or build it with [NewChecklist]; both
// validate it whole and report everything that is wrong, not the first thing.
// A checklist does not change afterwards and may be shared between goroutines.
//
// # Ratings and the scorecard
//
// A [Rating] gives one criterion a level and says, in its [Evidence], what was
// seen and where. [Checklist.Scorecard] lays ratings out over the checklist:
// what is met, what is not, and what nobody has looked at yet.
//
// # Scores
//
// [Checklist.Tally] works on plain levels, without evidence and without
// allocating; hosts that compute derived criteria or run many scenarios use
// it. The score is the weighted mean of [Level.Share] over the required
// criteria. While some are unrated only its [Bounds] are known: an
// unrated criterion counts as the lowest level in Low and as the highest in
// High. Rating one more criterion can only narrow them.
//
// Share treats the four levels as evenly spaced. That is this model's
// assumption; the scale itself is ordinal.
//
// # Packages
//
// Some criteria are claimed to work only together. A [Package] names them, and
// [Checklist.TallyPackage] answers, apart from the score, whether all of them
// are met: yes, no, or unknown while ratings are missing.
//
// # Comparison
//
// [Compare] tells what changed between two scorecards, over time or between
// programmes: which levels rose and fell, what crossed its threshold, and how
// the scores differ. Where only bounds of the scores are known, only bounds of the
// difference are, so its [Direction] is certainly better, certainly worse, the same, or not known.
// [Rank] orders several programmes, and gives each the range of places that
// the ratings leave open.
//
// # A checklist of one's own
//
// Published frameworks come with package frameworks, ready to use.
// [Checklist.Derive] makes a new version of a checklist with criteria added,
// dropped, reweighted or moved between required and advisory. The new version names
// the one that it came from, so that a judgement can always be traced to the
// list behind it.
//
// # Errors
//
// Whatever is refused is refused with [fault.Fields], which match
// [fault.ErrInvalid] with [errors.Is]: which field, which rule, what was found,
// what would have been accepted, and where it stood in what was read.
package assessment
