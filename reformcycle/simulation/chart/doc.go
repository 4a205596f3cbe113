// Package chart draws what came of a simulation, as SVG pages of A4 size. Each
// function takes an answer of package simulation whole, a writer, and the language in which
// the picture is drawn; nil is English:
//
//	summary, err := model.Run(ctx, policy, 10_000, seed)
//	err = chart.Arrivals(w, l, "When do we launch?", summary, reformcycle.Launch)
//	err = chart.SupportFan(w, l, "Where does support go?", summary)
//
//	comparison, err := model.Compare(ctx, policies, metric, 10_000, seed)
//	err = chart.Comparison(w, l, "Which way?", comparison)
//
// There are eight of them.
//
//   - [Arrivals] draws how the runs arrive at stages, month by month: a curve with
//     a band for each; [Policies] draws a curve for each of several policies.
//   - [Comparison] draws an outcome under several policies, and how far they are
//     apart run by run: what [simulation.Model.Compare] answers.
//   - [Tornado] draws how far each assumption, moved by itself, moves the outcome:
//     what [simulation.Model.OneAtATime] answers.
//   - [Sobol] draws how much of the spread of the outcome each assumption answers
//     for, alone and together with others: what [simulation.Model.Sobol] answers.
//   - [Regret] draws how far behind the best of each world policies are, over many worlds:
//     what [simulation.Worlds.Robustness] answers.
//   - [Box] draws in which of those worlds a policy fails, and the box around them: what
//     [simulation.Worlds.Discover] answers.
//   - [SupportFan] draws where support goes, with how many of the runs go on.
//
// # What the pictures say of themselves
//
// Each carries the number of runs, the seed, the scenario's name and the first 12
// digits of its digest, and says that it shows runs of a model under stated
// assumptions and not a forecast. Policies are named with the parameters that have
// not their defaults; all others have. An interval tells how far chance in the runs
// may have moved an estimate; it says nothing of how far the model is from the
// world.
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
// A language that is longer than English gets smaller letters or another line, as far as
// these can be read. On a page that is written from right to left time and numbers run
// from the right as well.
//
// # Refusals
//
// An answer that can't be drawn, as one may be that a host put together or read, is
// refused with [fault.Fields], which name every field that is wrong, what was found
// and what would be accepted: a number that is none, a share outside 0 to 1, an
// interval the wrong way round, no runs, nothing to draw. So is a nil writer. Then
// nothing is written. Otherwise a picture is written in one piece, and the writer's
// error returned.
package chart
