// Package cases holds what two published papers tell of national programmes of
// community health workers, coded as states of the reform cycle, and holds the
// diagnosis against it.
//
// afzal2021 tells, in a paragraph or a few each, of twelve countries, and of India
// twice: thirteen cases. uddin2021 tells of a pilot in Barishal District: the
// fourteenth. Whoever counts twelve national stories counts the countries. [All] gives them in that order, [Get] one of them, and [Parse] reads
// a case of your own.
//
// # From a case to its diagnosis
//
// A [Case] is the facts that its paper tells, each in our own words, with the place
// in the paper, and with the changes of a cycle that record it. [Case.Cycle]
// records them; what comes out is a cycle like any other. [Case.Diagnosis] asks
// that cycle what is wrong with the reform and what is right.
//
// # What the diagnosis is held against
//
// A case carries four lists:
//
//   - Claims: what the paper names as trouble or as a strength, by the code of the
//     rule that has to find it.
//   - Denies: what the paper contradicts, so that no rule may find it.
//   - Also: what the rules find beside the claims. Somebody has looked at each and
//     says what it rests on.
//   - Beyond: what the paper names and no rule finds, and why not.
//
// [Case.Compare] holds a diagnosis against them, by the built-in rules or by a
// host's own: a host that changes a rule learns from it which published stories its
// diagnosis would now tell another way. It is no independent proof of the built-in
// rules: some of them were corrected because these stories spoke against them.
//
// # The file
//
//	{
//	  "id": "cambodia", "country": "Cambodia", "title": "What it is about",
//	  "source": {"key": "afzal2021", "citation": "…", "link": "doi:…", "seen": "whole"},
//	  "begin": {
//	    "stage": "governance", "at": "2021-10-12", "precision": "as told in 2021",
//	    "rests": {"says": "Why this stage.", "where": "Discussion, paragraph on Cambodia"}
//	  },
//	  "facts": [
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
// Changes are in the form that reformcycle.DecodeChange takes. Evidence that is
// left out is the fact itself, of the case's source and documented; so is a source
// and an actor's note. No change may rest on another source or be illustrative.
//
// The first fact happens when the case begins. Another one that gives no day of its
// own ("at", with "precision" as people should read it) happens with the one before
// it. What a paper does not date is dated by the paper and says so: "as told in
// 2021".
//
// # How the papers are read
//
// The cycle begins at the stage that the paper's passage is about: governance for
// programmes at work, since planning, coordination and partnership are what it
// tells of them, and management and learning where it also tells of reviews. Of the
// stages before nothing is known, so that an actor who is not recorded is not taken
// for absent. An actor who is said to be left out is recorded as no member.
//
// A criterion is rated only where the paper says how well something works. The
// level is our reading of its words: highly functional for what it holds up as a
// model or as exemplary; functional for what it calls strong, close or careful, or
// tells of as working; partially functional for what is weak, limited or
// difficult; non-functional for what is lacking, minimal or failed. Positions and powers are
// left unknown unless the paper says where an actor stands.
package cases
