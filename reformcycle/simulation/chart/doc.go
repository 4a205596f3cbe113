// Package chart draws what came of a simulation, as SVG pages of A4 size.
//
//   - [Arrivals] draws how the runs arrive at a stage, month by month: a curve with
//     a band for each stage, or for each strategy.
//   - [Comparison] draws an outcome under several strategies, and how far they are
//     apart run by run.
//   - [Tornado] draws how far each assumption, moved by itself, moves the outcome.
//   - [Sobol] draws how much of the spread of the outcome each assumption answers
//     for, alone and together with others.
//   - [SupportFan] draws where support goes, with how many of the runs go on.
//
// Each takes plain numbers, an [Origin] that says where they come from, and a
// writer, so that a host can draw what it computed by itself. For what package
// simulation answers there is a function that takes the answer whole:
//
//	summary, err := model.Run(ctx, strategy, 10_000, seed)
//	err = chart.ArrivalsOf(w, "When do we launch?", summary, reformcycle.Launch)
//	err = chart.SupportFanOf(w, "Where does support go?", summary)
//
//	comparison, err := model.Compare(ctx, strategies, metric, 10_000, seed)
//	err = chart.ComparisonOf(w, "Which way?", comparison)
//
// [StrategiesOf] draws the arrivals of several summaries, [TornadoOf] and [SobolOf]
// what [simulation.Model.OneAtATime] and [simulation.Sobol] found.
//
// # What the pictures say of themselves
//
// Each carries the number of runs, the seed, the scenario's name and the first 12
// digits of its digest, and says that it shows runs of a model under stated
// assumptions and not a forecast. Strategies are named with the parameters that
// have not their defaults; all others have. An
// interval tells how far chance in the runs may have moved an estimate; it says
// nothing of how far the model is from the world.
//
// # To print, and for everybody
//
// What colour tells, a shape, a texture or a word tells too, so that the pictures
// can be read in greyscale and by colour-blind readers; a title and a description
// tell each to those who can't see it. They ask for a sans-serif font and nothing
// else. Titles and names are text, never markup: they are put on one line, escaped,
// and cut where they are too long for their place. What has no room is counted,
// never dropped in silence. Equal input gives equal bytes.
//
// # Refusals
//
// Input that can't be drawn is refused with [assessment.FieldErrors], which name
// every field that is wrong, what was found and what would be accepted: a number
// that is none, a share outside 0 to 1, an interval the wrong way round, months
// that do not rise, nothing to draw. Then nothing is written. Otherwise a picture
// is written in one piece, and the writer's error returned.
package chart
