package simulation

// What is the same in every language: the texts that files have, and what goes into
// digests.

// modelVersion goes into the digest of every scenario. It changes with every
// change of the model that changes a result.
const modelVersion = "chsreform simulation 3"

// metricForms have the text of each kind, and what its number is called and bounded by.
var metricForms = [...]struct {
	text, number string
	low, high    int
}{
	noMetric:         {text: "no metric"},
	reachedBy:        {"<stage> by <number>", "month", 0, mostMonths},
	notAbandoned:     {text: "not abandoned"},
	lapsAtLeast:      {"laps at least <number>", "laps", 1, mostCount},
	readinessAtLeast: {text: "readiness at launch at least <score>"},
	debtAtMost:       {"debt at launch at most <number>", "debts", 0, mostCount},
	monthsTo:         {"months to <stage> within <number>", "within", 1, mostMonths},
}
