// Package workshop brings the ratings of several assessors together: it reads
// the sheet that they filled in, finds where they agree, says how far, and
// lists what they should talk about first.
//
// It knows checklists and nothing of what they are about. Like package
// assessment it keeps no state and reads no clock, and where it needs random
// numbers the host gives the seed.
//
// # The sheet
//
// A [Sheet] holds, for one [Occasion], at most one [Row] for an item and an
// assessor: a level, or none where the item was left blank. Hosts build it
// with [NewSheet] from rows, or with [ReadCSV] from what a spreadsheet wrote.
// Both check it whole against the checklist and report everything that is
// wrong, each fault with its row. [Sheet.WriteCSV] writes it back, and [Sheet.WriteForm]
// with the criteria in the language of the assessors. A sheet
// whose rows have no level yet is the form to hand out.
//
// A blank is not a low level. It is counted in [Sheet.Coverage], and leaves the
// item to those who did rate it.
//
// # The consensus
//
// [Sheet.Ratings] gives one rating an item: the median of the levels, and where
// the middle falls between two levels the lower of them. Its evidence names
// the workshop, how many rated and how far apart they lay, so it goes into
// [assessment.Checklist.Scorecard] as it is.
// [Sheet.RatingsOf] does the same for one assessor, and [Sheet.Scorecards] for
// each. [Sheet.Consensus] has the
// spread of each item in numbers, and [Sheet.Disputed] orders the items by it:
// that is the agenda of the discussion.
//
// A workshop that was made up says so in its [Occasion], and everything that
// comes of it is marked illustrative.
//
// # Agreement
//
// Three measures, each with what it is worth:
//
//   - [Sheet.PercentAgreement] counts how often two assessors gave the same
//     level, and makes no allowance for chance.
//   - [Sheet.Kappa] compares two assessors, with a choice of weights, and
//     [Sheet.Kappas] each two of them.
//   - [Sheet.Alpha] compares all of them, with whatever they left blank. It is
//     the one to report, with its interval.
//
// Agreement says that assessors mean the same by the same words. It does not
// say that they are right.
//
// Where a number can't be had (one assessor, no item rated by two, no
// variation) the result says so by a [Reason], and the number is 0 and the
// interval nil; nothing is ever NaN.
//
// # Errors
//
// Whatever is refused is refused with [fault.Fields], which match
// [fault.ErrInvalid]: which field, which rule, what was found, what would be
// accepted, and where it stood in what was read.
// Only an error of the host's own reader or writer is none of them: it can be
// found with [errors.Is].
package workshop
