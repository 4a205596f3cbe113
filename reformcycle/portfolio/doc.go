// Package portfolio looks at many cycles at once: a nation and its districts, or all
// reforms that an office answers for. It stands on any [reformcycle.Journal].
//
// # Opening
//
// [Open] opens no cycle: each is opened when a call needs it, and a bounded number stays
// open (see [WithOpen]). What cycles are opened with, the host's clock and its checklists
// among it, goes through [WithOptions].
//
//	p, err := portfolio.Open(ctx, j, portfolio.WithOptions(reformcycle.WithClock(time.Now)))
//	if err != nil {
//		return err
//	}
//	county, err := p.Cycle(ctx, "KEN-ISI")
//
// # What one cycle knows of others
//
// There is no transaction over several journals: what a cycle knows of its parent and its
// children is what it has observed. [Portfolio.OutOfDate] tells which observations are
// behind the journals that they are of, and [Portfolio.Refresh] proposes the batch that
// brings them up to date. It applies nothing: the host looks at the [Proposal], answers
// its questions, and applies it or drops it. Before a cycle is linked,
// [Portfolio.CheckLink] says whether the link would close a circle.
//
// # The tree and the roll-up
//
// [Portfolio.Tree] gives all jurisdictions and links, and remarks on what does not fit.
// [Portfolio.RollUp] counts, [Portfolio.Due] lists what falls due, and [Portfolio.Page]
// finds the cycles that a [Query] asks for, in pages. Rows and counts come from an index:
// that of the journal, where it keeps one, or one in memory that is made once and then kept
// up to date. A [Row] says how a cycle stood after its last entry; what only the clock has
// changed since, a cycle's own page shows. They look at the cycles that the host lets a visitor see, by a function
// of the id; [Everything] is for those who may see all. What is not known stays unknown:
// a district that is silent makes a count an [Interval].
//
// # Who is late, and what is wrong with all
//
// [Portfolio.Late] tells who is late, against the others and against the plan;
// [Portfolio.Shared] which commitments several count on, and whether on more than there is.
// [Portfolio.Diagnose] takes all together: what holds back most, what is wrong with most,
// who is held to what others decide, which components drift. Its rules have sources
// and say nothing that the records do not: see [DiagnosisRules].
package portfolio
