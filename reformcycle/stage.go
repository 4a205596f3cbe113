package reformcycle

// This file is the contents of the package: the eight stages, a room each, and
// what belongs to no stage. A stage's room holds its artefacts, its changes with
// their kinds, its derived criteria and its part of the state; whatever the
// machine has to know of them it reads off this list.

func init() {
	furnish(
		beginning,

		problemRoom,
		coalitionRoom,
		strategyRoom, // the politics of the coalition
		solutionRoom,
		designRoom,
		ratingRoom, // by evidence, for all stages
		readinessRoom,
		launchRoom,
		governanceRoom,
		learningRoom,

		programmesRoom,   // the survey of what works in the country
		jurisdictionRoom, // whose reform it is, and who decides what
		linkRoom,         // what it knows of its parent and its children
		silenceRoom,      // what the record does not tell
		moveRoom,
		adoptionRoom,   // of checklists
		correctionRoom, // of what was recorded
		diagnosisRoom,  // which only looks
	)
}
