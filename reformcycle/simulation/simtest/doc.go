// Package simtest asserts, in unit tests, what simulated reforms do: that a
// policy is likely to launch in time, or better than another.
//
// A simulation is a matter of chance, and so is a test of it. What the
// assertions of this package promise is that their chance of a wrong verdict is
// bounded and stated, and that they play as few runs as that takes. What they
// judge is the scenario: a test that passes says what follows from assumptions,
// not what will happen in a country.
//
//	func TestCoalitionFirst(t *testing.T) {
//		m, err := simulation.Compile(scenario)
//		…
//		s, err := simulation.NewPolicy("coalition-first", nil)
//		…
//		simtest.Likely(t, m, s, simulation.LaunchedBy(36), 0.6)
//		simtest.Unlikely(t, m, s, simulation.LaunchedBy(12), 0.1)
//		simtest.Better(t, m, s, rush, simulation.DebtAtLaunchAtMost(0))
//		simtest.Sooner(t, m, s, rush, reformcycle.Launch)
//	}
//
// # Claims and verdicts
//
// [Likely] and [Unlikely] make a claim about the chance of something that a run
// answers by yes or no: a [simulation.Metric], or a [Metric] of the host's own.
// [Better] and [Sooner] make a claim about two policies that play the same
// runs, with the same luck.
//
// Every claim has a margin, [DefaultMargin] unless [WithMargin] says otherwise:
// no number of runs tells a chance of 0.6 from one of 0.5999. Which side of the
// claim it lies on differs:
//
//   - [Likely] and [Unlikely] forgive what is false by less than the margin. A
//     claim that is true passes, one that is false by the margin or more fails,
//     and one that is false by less may do either.
//   - [Better] and [Sooner] forgive nothing: what is not so never passes. What is
//     so by the margin or more never fails, and what is so by less may do either.
//
// A promise to fail is broken with a chance of at most [DefaultError], or what
// [WithError] says, and so is a promise to pass, unless the runs end first
// (undecided), see [WithMaxRuns]. Like any test of a simulation this one is
// repeatable: the same seed gives the same runs and the same verdict. The
// bound is one on the choice of the seed, so it is lost if seeds are tried until
// one passes. It holds for each assertion; a hundred of them have a hundred
// times the chance that one of them errs.
//
// # How it decides
//
// Runs are looked at one after another, and the first moment at which the
// evidence suffices is the last. The evidence against a value of the chance is
// what a bet against it has won: see the comment in sequence.go. That the bound
// holds although every run is looked at is Ville's inequality. A clear case
// takes some dozens of runs, a claim that is exactly true a few thousand, and
// with the usual error and margin Likely and Unlikely never need more than about
// 15,500, whatever the chance. Better and Sooner never need more than about
// 336,000 pairs, and seldom more than some thousands; those many are what it takes
// where the policies differ in hardly more pairs than the margin.
//
// The reports give the share that was seen and the chances that are not
// excluded, which are those within an interval that, but for the error, holds
// the true one, although the number of runs was not fixed in advance. The share
// itself leans a little towards the verdict, as runs end when it does.
//
// Better and Sooner take one pair of runs after another, and apply the sign test
// to those in which the two policies differ. For a question that is McNemar's
// comparison of paired proportions. A second sequence ends the comparison of
// policies that hardly ever differ.
//
// An assertion that has no verdict after [DefaultMaxRuns] runs, or those of
// [WithMaxRuns], is undecided: it fails, and says how many it would take. With the
// usual runs that takes a margin or an error below the usual ones.
//
// # When one fails
//
// The report of a claim of a policy file begins with the file and the line. It
// names some of the runs that speak against the claim, how to see
// one month by month, [simulation.Model.Trace] with the seed and the run, and
// what happened in the first of them. The test goes on, as after t.Errorf. Where
// the question can't be asked, because an argument is wrong or a policy fails
// in a run, the test ends with t.Fatalf and everything that is wrong.
//
// # Without a test
//
// A host that is no test, a page that shows whether a plan still holds for one, gets
// the same verdict as a value: [JudgeLikely], [JudgeUnlikely], [JudgeBetter] and
// [JudgeSooner] give a [Verdict], which has a JSON form and tells itself in the words
// of the report, in a language ([Verdict.Report]), and [JudgePolicies] those of policy
// files.
//
// # Policy files
//
// Tests of a policy can be written by those who make it:
//
//	# Illustrative: see situations/lowland.json.
//	situation: ../situations/lowland.json
//	policy: coalition-first
//	expect: launch by 36 is likely (at least 60 %)
//	expect: launch by 12 is unlikely (at most 0.1)
//	expect: debt at launch at most 0 is better than with rush-to-launch
//	expect: launch is sooner than with balanced(persuasion=0.9)
//
// [Policies] runs all such files that a pattern matches:
//
//	func TestPolicies(t *testing.T) {
//		simtest.Policies(t, os.DirFS("testdata"), "policies/*.policy")
//	}
//
// A line is a key, a colon and a value. Blank lines, and lines that begin with
// #, are for people. The keys are
//
//   - situation: a file with the JSON of a scenario, as
//     [simulation.ParseScenario] reads it, by its path relative to the policy
//     file;
//   - policy: the name of a built-in policy, or of one that
//     [WithPolicies] hands in, and in brackets those of its parameters that
//     are not at their defaults;
//   - expect: what is expected of the policy; as many lines as one likes;
//   - margin, error, seed and runs: as [WithMargin], [WithError], [WithSeed] and
//     [WithMaxRuns] have them. A margin may be written as a percentage, such as
//     5 %, and so may an error, or with a power of ten, such as 1e-6.
//
// The first three are required, and all but expect stand once. An expectation is
// one of
//
//	<metric> is likely (at least <chance>)
//	<metric> is unlikely (at most <chance>)
//	<metric> is better than with <policy>
//	<stage> is sooner than with <policy>
//
// with a metric as [simulation.ParseMetric] reads it, a chance such as 0.6 or
// 60 %, and a stage by its text form, such as coalition-building. What is likely
// or unlikely is a question that a run answers by yes or no. Reading is strict:
// whatever is not of this form is refused, everything at once, each with its line
// and what would be accepted. So is what could say nothing: a policy that should
// be better than itself, and a stage that has been entered when the situation
// starts. docs/simulation.md says all of this at more length, for who writes
// policies.
//
// # Sources
//
// Ville J. Étude critique de la notion de collectif. Gauthier-Villars 1939.
// Wald A. Sequential tests of statistical hypotheses. Ann Math Stat
// 1945;16:117–186. Robbins H. Statistical methods related to the law of the
// iterated logarithm. Ann Math Stat 1970;41:1397–1409. Krichevsky RE, Trofimov
// VK. The performance of universal encoding. IEEE Trans Inf Theory
// 1981;27:199–207. McNemar Q. Note on the sampling error of the difference
// between correlated proportions or percentages. Psychometrika 1947;12:153–157.
package simtest
