// Package evaluation answers whether a pilot worked: areas that had it are
// compared with areas that did not, before and during it.
//
// It keeps no state, reads no clock and gives the same result for the same
// input on every machine. Whatever is drawn at random is drawn from a seed that
// the host gives.
//
// # Say first what would count
//
// A [Protocol] states, before anybody has seen the outcomes, which direction
// is better, at what level the evidence is judged, and how large an effect
// would be worthwhile. A [Design] says what a pilot of a given size could
// detect, and how many areas it takes.
//
// # The study
//
// A [Study] has areas in two arms with an outcome in each period: plain values,
// or events with the population that they happened in ([Scale]). Build it in
// Go, or read periods and areas from a table with [ReadCSV]. Everything that is
// wrong with it is reported at once.
//
// # The effect
//
// [Study.Evaluate] compares changes, not levels: the mean change in the
// intervention areas less that in the comparison areas. What makes areas
// differ all the time drops out, and so does what happens to all areas alike.
// What remains is the pilot's effect if both groups of areas would otherwise
// have changed alike. No computation can prove that; [Trend] looks for signs
// against it in the periods before the pilot.
//
// # Chance
//
// A pilot has few areas, so two answers that hold for few areas are given side
// by side:
//
//   - [Permutation]: among all ways to choose the intervention areas, how many
//     would show as large a difference? Exact up to 1,000,000 ways, drawn
//     beyond. Its interval holds the effects that the test does not reject.
//   - [Robust]: a t interval from the spread of the areas' changes, each arm
//     with its own variance.
//
// [Result.Interval] is the one to quote, by a rule that was tested by simulation.
//
// # What to say
//
// [Result.Conclusion] judges by the protocol: effective, not effective, or
// inconclusive, which is neither. These are the words in which a reform cycle
// records a pilot. [Result.Sentence] says it for a reader, and
// [Result.Warnings] what the reader has to know.
//
// # Errors
//
// Whatever is refused is refused with [fault.Fields], which match
// [fault.ErrInvalid]: which field, which rule, what was found, what would be
// accepted, and where it stood in what was read.
//
// # Limits
//
// All intervention areas start together; there is one outcome, and no
// adjustment for other differences between areas. Areas are taken as
// independent of each other: a pilot that draws patients from a comparison
// area next door flatters itself.
package evaluation
