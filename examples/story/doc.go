// Package story reads a country's story and tells it to a reform cycle.
//
// A story is a JSON file: the dated facts of one reform, each with its source,
// in the order in which they happened, and beside them the assumptions without
// which the walk would have gaps. The package keeps the two apart. Three stories
// are built in: [Liberia], [Uganda] and [Bangladesh].
//
// # The file
//
//	{
//	  "cycle": "LBR-EXAMPLE",
//	  "title": "What the reform is called",
//	  "country": "Liberia",
//	  "sources": [
//	    {"key": "oecd2018", "citation": "Who, what, when", "link": "where"}
//	  ],
//	  "chapters": [
//	    {
//	      "at": "2018-03-31",
//	      "precision": "March 2018",
//	      "by": "Ministry of Health",
//	      "what": "One plain sentence, or a few, in our own words.",
//	      "sources": ["oecd2018"],
//	      "basis": "documented",
//	      "changes": [
//	        {"kind": "report-rollout", "data": {"phase": "national", "deployed": 3011}}
//	      ]
//	    }
//	  ]
//	}
//
// "at" is a day, for a cycle needs one; "precision" says how exactly the date is
// known and is what people are shown. Where only the year is known the day is
// chosen within it. The chapters follow one another in time.
//
// "changes" hold what the chapter does to the cycle, in the JSON form that
// reformcycle.DecodeChange takes. A chapter makes one move at most. One that
// says "expect": "blocked" holds nothing but a move, and the move must be
// refused: the telling carries what stands before it.
//
// Wherever a change has a source, it is named by its key, several joined by
// ", "; the cycle receives the citations.
//
// # Documented and illustrative
//
// A chapter is "documented" if its facts can be looked up in the sources that it
// names, and "illustrative" if they are assumed; then it names the source
// "assumed", which every story has. Evidence inside a chapter has the chapter's
// basis. Of documented evidence the facts are documented and the level is still
// our reading of them. Moves are always our reading: no source says on which day
// a country passed from one stage of the model to the next. Nor does any source
// give an actor's position and power on a scale, so that an actor's note, the
// reason of a new position and the note of an assumed commitment have to say
// that they are illustrative.
package story
