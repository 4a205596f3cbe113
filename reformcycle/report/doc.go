// Package report shows reforms to people: pictures of the cycle, pages about one reform
// under way, and pictures and a page of a nation and its districts.
//
//   - [Mermaid] and [DOT] draw the table of moves, for documentation and slides.
//     They are made from [reformcycle.Table] and from nothing else, so they can't
//     show a move that a cycle does not have, nor hide one.
//   - [Ring] draws where one reform stands, on one page, as SVG: to print, to
//     hang on a wall, to put into a web page.
//   - [Brief] tells the same in Markdown, for whoever has to decide next: one page with
//     what there is to decide, and annexes behind it with all the rest.
//   - [NationalBrief] does so for a nation and its districts: what there is to do, and
//     for whom, by name.
//   - [Rules] writes the table of what makes each rule give each of its verdicts.
//   - [Diagnosis] tells what is wrong with a reform, what is right and what is not
//     known, under the headings of the policy triangle.
//   - [Calendar] writes what falls due, in one cycle or in many, as a file that a calendar
//     program reads and can follow (iCalendar, RFC 5545).
//   - [ScorecardBars] draws a scorecard, with what is not rated and how far several
//     assessors are apart. It needs no cycle.
//   - [PositionMap], [FeasibilityBars], [PowerInterestGrid], [CoalitionMap] and
//     [InfluenceNetwork] draw the politics from a roster, which may be the one of
//     a State (its Actors) or one of a what-if: who stands where and with how much
//     power, whether support outweighs opposition now and under strategies, whom
//     to work with closely, who belongs to the coalition, who listens to whom.
//   - [HeatMap] draws many cycles, a nation and its districts, criterion by criterion, and
//     [TimeLine] when each of them stood where. [TileMap] has a tile for each, [GeoMap]
//     draws them on the boundaries that a host hands in. Beside each picture of many
//     there is a [Table] that says the same.
//
// All write text to the host's writer, in one piece, and return its error. They
// read no clock and keep nothing: equal input gives equal bytes, and the date on a
// page is the one at which the state is judged, which [reformcycle.State.At] moves. The
// zero State gives a page that says that nothing has begun, an empty roster one that
// says that nobody is in it. A nil writer, and input that can't be drawn, are refused
// with [fault.Fields], and nothing is written.
//
// # Pictures to hang on a wall
//
// [Ring] and the pictures of the politics are A4, upright or lying, and ask for a
// sans-serif font and nothing else. What colour tells, a shape, a texture, a sign
// or a word tells too, so that they can be read in greyscale and by colour-blind
// readers; a title and a description tell each to those who can't see it. The ids
// in them differ from picture to picture, so that a host can put several into one
// document. Names stand in the picture as long as they fit, then in a key with
// numbers, smaller as they grow more; what has no room is counted, never dropped in
// silence. Where an arrangement is this model's own reading, the picture says so.
//
// # A nation and its districts
//
// The pictures of many are made from states, which the host asks its portfolio for, or from
// the rows of a portfolio; a district of which nobody knows how it stands is drawn, with a
// question mark. What the host hands in beside them it reads first: the moves with [Turns],
// the places of tiles with [ReadTiles], boundaries with [ReadBoundaries].
//
//	boundaries, err := report.ReadBoundaries(file, "shapeISO")
//	if err != nil {
//		return err // where in the file, and what would be accepted
//	}
//	page, err := counties.Page(ctx, portfolio.Query{Sees: portfolio.Everything})
//	if err != nil {
//		return err
//	}
//	return report.GeoMap(w, nil, "The 47 counties", page.Rows, boundaries)
//
// Their SVG has no style sheet and no style attributes, so that a page with a strict
// content policy can show it.
//
// # In a language
//
// The argument behind the writer is the language in which a page is told; nil is
// English. A picture gives a longer text more lines, then smaller letters, and what it
// shows gives way. In a language that is written from right to left it is its own mirror
// image; only the ring turns as a clock does everywhere. What people typed stands in it
// as they typed it, and runs in its own direction.
//
// # What people typed
//
// Titles, names, reasons and evidence come from people and are taken for text,
// never for markup. They stand on one line each, escaped for the format that
// they go into, without control characters and without those that reverse the
// direction of writing, and cut with an ellipsis where they are too long for the
// place; a brief has them whole in its annexes. A brief can't be made to hold a link, a heading or HTML by what somebody
// wrote into a reason.
//
// # What the pages do not say
//
// A score is an interval until every required criterion is rated, and is shown
// as one. A rating on illustrative evidence counts as any other does, so both
// pages say how many there are; a brief also lists them, and says what on its first page
// rests on them. Neither page gives an
// opinion of its own: what it asks for, the checklist asks for, with its source.
package report
