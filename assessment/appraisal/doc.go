// Package appraisal compares alternatives on weighted criteria and says how
// much of the answer rests on what is uncertain: on scores that nobody knows
// exactly, and on weights that nobody has agreed.
//
// It keeps no state, reads no clock, starts no goroutine and never panics on
// bad input. The random numbers that it needs come from a seed that the host
// gives; the same problem and the same seed give the same result on every
// machine.
//
// # The problem
//
// A [Problem] has criteria, alternatives and scores. Scores stand on one [Scale],
// 0 to 10 unless another is declared, where higher is better: for cost, score
// affordability. A [Score] is known exactly ([Exactly]), within a range
// ([Between]), or within a range with a likeliest value ([Around]). A score
// that is not given is unknown, and unknown is not zero: it may be anything on
// the scale.
//
// A criterion may have an agreed weight. Either all have one or none has.
// Beside that, or instead, the group may say what it accepts: bounds on the
// share of a criterion, and an order of importance. [New] checks all of it and
// reports everything that is wrong.
//
// # Four questions
//
// With the agreed weights, who leads? [Appraisal.Sums] gives the weighted sum
// of each alternative (the additive value model; Keeney and Raiffa, Decisions with
// Multiple Objectives, Wiley 1976): lowest, expected and highest.
//
// Which alternatives can be left out, whatever the weights? [Appraisal.Front]
// says which alternative dominates which, certainly or possibly, and
// [Appraisal.Prospects] whether there are any weights at all with which an
// alternative could win. An alternative may be dominated by nobody and still
// never win.
//
// If the weights stay open, who would win how often? [Appraisal.Acceptability]
// draws weights and scores, and counts ranks. This is SMAA-2, stochastic
// multicriteria acceptability analysis (Lahdelma R, Hokkanen J, Salminen P. Eur
// J Oper Res 1998;106:137–143, doi:10.1016/S0377-2217(97)00163-X; Lahdelma R,
// Salminen P. Oper Res 2001;49:444–454, doi:10.1287/opre.49.3.444.11220). It
// also gives central weights: what somebody typically finds important who
// prefers the alternative.
//
// What would have to be true for another alternative to win?
// [Appraisal.Challenges] gives, for each alternative behind the leader, the
// changes of one weight or of one score that are enough.
//
// [Appraisal.Result] answers all four, and [Result.Sentence] says it in words.
//
// # Assumptions
//
// The weighted sum lets a high score on one criterion make up for a low one on
// another, and it takes the steps of the scale as equal. Scores are drawn
// independently of each other: a range with every value equally likely, a
// likeliest value with a triangular distribution. Open weights are drawn
// uniformly from all that are allowed. These are the model's assumptions, not
// facts about the alternatives; an acceptability is a share of opinions, not a
// probability that an alternative will work.
//
// # Errors
//
// Whatever is refused is refused with [fault.Fields], which match
// [fault.ErrInvalid]: which field, which rule, what was found, what would be
// accepted, and where it stood in what was read.
package appraisal
