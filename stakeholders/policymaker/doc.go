// Package policymaker reads and writes the project files of PolicyMaker 5.
//
// PolicyMaker, by Michael R. Reich and David Cooper, is the tool that people in
// health policy use for stakeholder analysis. Version 5 is a web page that
// exports a project as one JSON object in which each key is a table. This
// package lets a team that has such a project carry on here, and go back,
// without losing a byte of what this library has no use for. The package shares
// the format with the tool and nothing else: it contains none of the tool's code
// and none of its example project.
//
// # Reading
//
// [Read] takes a file of up to 10 MB and checks all of it.
//
//	project, err := policymaker.Read(file)
//	roster, err := project.Roster()          // stakeholders.Roster
//	strategies, err := project.Strategies()  // []stakeholders.Strategy
//
// From there on it is the library's: feasibility today, prospects under
// strategies. With the same ratings the indices are those that the tool draws.
//
// What cannot be read is refused with [fault.Fields], the first of it, which names
// the table, the row and the field and the place in the text:
//
//	Player[1].PosValue (line 5, column 99): got 99, want a number from -7 to 7
//
// What was read, but perhaps not as its author meant it, is in
// [Project.Remarks].
//
// # What becomes what
//
//	Player           an actor of the roster; see Project.Roster
//	Strategy         a strategy; Pct_Success / 100 is its probability
//	Affected_player  the effects of the strategies; what was observed is in Impact
//	Policy_Goal      Goal
//	Objectives       Interest
//	Consequences     Consequence
//
// Ratings come first, as in the tool. A rating of 0, and that which follows the
// last one (8 for positions, 4 for powers: the tool's own new rows carry them),
// means that the position or the power is not known, whatever value stands
// beside it. Otherwise the value counts if it lies in the rating's band, the ends of
// the band included, and the middle of the band if it does not or is missing. A value
// that two bands share belongs to that of its rating: 1 rated non-mobilised is
// non-mobilised.
//
// A player whose weight is 0 is in [Project.Players] and not in the roster. One that is
// not included counts all the same, as in the tool's indices; [Project.OnlyIncluded]
// leaves it out. Sector and level become a constituency
// by [DefaultConstituency], which a host refines with
// [Project.MapConstituencies]; [Project.Unmapped] lists the players on which the
// sector says nothing.
//
// # Changing and writing
//
// [Project.SetActor] and [Project.SetStrategy] write what differs, and only
// that, into the fields where it belongs; [Project.AddActor] and
// [Project.AddStrategy] add rows that look like those before them.
// [Project.Write] gives everything else back byte for byte: the order of tables
// and fields, the spelling of numbers, space, tables nobody here has heard of.
// So a project that is read and written is the same file, and two versions of a
// project differ where it was changed.
//
// [NewProject] makes an empty project to which a roster can be added.
//
// # Sources
//
//   - reich: Reich MR, Cooper D. PolicyMaker 5 (applied political analysis), for
//     the format, the scales and the indices.
//   - model: our own reading, with no publication behind it: the constituencies
//     of sectors, the kinds of strategies, what counts where rating and value
//     disagree.
package policymaker
