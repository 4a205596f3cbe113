// Package cases holds stories of reforms as files, tells them to a reform cycle, and
// holds a diagnosis against what their papers say.
//
// A [Case] is a story in dated chapters, each with its source and with the changes of
// a cycle that record it. There are two kinds. A case of one paper codes what that
// paper tells, sentence by sentence, and what it names as trouble or as a strength: it
// assumes nothing. A walk goes through a reform from several sources, and has beside
// their facts the assumptions without which it would have gaps; the two are kept
// apart.
//
// [Papers] gives the fourteen built-in cases of the first kind. afzal2021 tells, in a
// paragraph or a few each, of twelve countries, and of India twice; uddin2021 tells of
// a pilot in Barishal District. [Walks] gives the three of the second: Bangladesh,
// Liberia and Uganda. [Get] gives one of them, and [Parse] reads a case of your own.
// A built-in case is taken in a language, nil for English: what its chapters say, its
// reasons and the names of its actors are then typed in that language, in the cycle
// too. [Texts] are what a translator of the cases translates.
//
// [Kenya] is a [Nation]: a national walk and one for each of 47 counties, linked with one
// another. [Nation.Tell] tells all of them to a journal in the order of time; where a
// chapter "observes", the cycle first looks at its parent and its children.
//
// # Telling a case
//
// [Case.Cycle] tells a case to a new cycle; what comes out is a cycle like any other,
// and a journal can be among its options. [Case.Begin] and [Case.Tell] do the same in
// two steps, and Tell calls back after each chapter with a [Telling]: the state before
// and after, and what stood before a move that was refused. A [Printer] writes the
// page of a walk from that:
//
//	liberia, err := cases.Get("LBR-NCHAP", nil)
//	cycle, err := liberia.Begin()
//	page := cases.NewPrinter(os.Stdout, nil)
//	page.Title(liberia)
//	err = liberia.Tell(ctx, cycle, page.Chapter)
//	page.Standing(cycle.State(), liberia)
//	page.Sources(liberia)
//	err = page.Close()
//
// # What a diagnosis is held against
//
// [Case.Diagnosis] asks the cycle of a case what is wrong with the reform and what is
// right. A case of a paper carries four lists:
//
//   - Claims: what the paper names as trouble or as a strength, by the code of the
//     rule that has to find it.
//   - Denies: what the paper contradicts, so that no rule may find it.
//   - Also: what the rules find beside the claims. Somebody has looked at each and
//     says what it rests on.
//   - Beyond: what the paper names and no rule finds, and why not.
//
// [Case.Compare] holds a diagnosis against them, by the built-in rules or by a
// host's own: a host that changes a rule learns from the [Comparison] which published
// stories its diagnosis would now tell another way. It is no independent proof of the
// built-in rules: some of them were corrected because these stories spoke against
// them. [Page] writes all of it as one page of Markdown; docs/cases.md is that of the
// built-in cases.
//
// # The file of a case of a paper
//
//	{
//	  "id": "cambodia", "country": "Cambodia", "title": "What it is about",
//	  "paper": {"key": "afzal2021", "citation": "…", "link": "doi:…", "seen": "whole"},
//	  "begin": {
//	    "stage": "governance", "on": "2021", "precision": "as told in 2021",
//	    "rests": {"says": "Why this stage.", "where": "Discussion, paragraph on Cambodia"}
//	  },
//	  "chapters": [
//	    {
//	      "says": "Government leads the programme weakly.",
//	      "where": "Discussion, paragraph on Cambodia",
//	      "changes": [
//	        {"kind": "rate", "data": {"criterion": "governance.authority", "level": "partially-functional"}}
//	      ]
//	    }
//	  ],
//	  "claims": [{"code": "weak-government-lead", "as": "trouble", "says": "…", "where": "…"}],
//	  "denies": [],
//	  "also": [{"code": "readiness-debt", "as": "trouble", "why": "…"}],
//	  "beyond": [{"as": "trouble", "code": "districts-left-out", "says": "…", "where": "…", "why": "…"}],
//	  "notes": ["What was left out, and why."]
//	}
//
// # The file of a walk
//
//	{
//	  "id": "LBR-EXAMPLE", "country": "Liberia", "title": "What the reform is called",
//	  "sources": [{"key": "oecd2018", "citation": "Who, what, when", "link": "where"}],
//	  "chapters": [
//	    {
//	      "on": "2018-03", "by": "Ministry of Health",
//	      "says": "One plain sentence, or a few, in our own words.",
//	      "sources": ["oecd2018"], "basis": "documented",
//	      "changes": [
//	        {"kind": "report-rollout", "data": {"phase": "national", "deployed": 3011}}
//	      ]
//	    }
//	  ]
//	}
//
// # What holds for both
//
// "on" is when it happened as far as the source says: a year, a month or a day. The
// stamp carries it, and its moment only orders. "precision" says more where a date can't,
// and is what people are shown then: of a span, such as "2014–2016", "on" has the year in
// which the chapter has its place; what a paper does not date is dated by the paper and
// says so: "as told in 2021". Chapters follow one another in time. One without a date
// happens with the one before it, the first with the beginning, where the case has one.
//
// "changes" hold what the chapter does to the cycle, in the form that
// [reformcycle.DecodeChange] takes. A chapter makes one move at most. One that says
// "blocked": true holds nothing but a move, and the move must be refused.
//
// A change names its sources by their keys, several joined by ", ", and the cycle
// receives the citations. Evidence that is left out is what the chapter says, with the
// chapter's sources and basis; so is a source and an actor's note. No change may rest
// on another source, or on another basis, than its chapter.
//
// # Documented and illustrative
//
// A chapter is "documented" if its facts can be looked up in the sources that it
// names, and "illustrative" if they are assumed; then it names the source [Assumed],
// which every walk has and no case of a paper. In a case of a paper every chapter is
// the paper's, documented, and says where in it; its author is the paper's key.
//
// Of documented evidence the facts are documented and the level is still our reading
// of them. Moves are always our reading: no source says on which day a country passed
// from one stage of the model to the next. Nor does any source of a walk give an
// actor's position and power on a scale, so that there an actor's note, the reason of
// a new position and the note of an assumed commitment have to say that they are
// illustrative.
//
// # How the papers are read
//
// The cycle begins at the stage that the paper's passage is about: governance for
// programmes at work, since planning, coordination and partnership are what it
// tells of them, and management and learning where it also tells of reviews. Of the
// stages before nothing is known, so that an actor who is not recorded is not taken
// for absent. An actor who is said to be left out is recorded as no member.
//
// Where a paper's silence on something else would be held against the reform, a chapter
// declares it ([reformcycle.DeclareSilence]): of a hasty launch the paper may say who was
// left out and not what was ready.
//
// The date of a paper is when it tells, and no date of what it tells of. A review that is
// held every year, since nobody says when, has "every" and no "on"; a pilot that is not
// dated has no "from"; what has been built and is not dated is no rollout.
//
// A criterion is rated only where the paper says how well something works. The
// level is our reading of its words: highly functional for what it holds up as a
// model or as exemplary; functional for what it calls strong, close or careful, or
// tells of as working; partially functional for what is weak, limited or
// difficult; non-functional for what is lacking, minimal or failed. Positions and
// powers are left unknown unless the paper says where an actor stands.
package cases
