// Package simulation plays reforms through the Community Health Systems Reform
// Cycle under stated assumptions: to compare policies, to ask what the odds are
// from where a reform stands, and to test policies in unit tests. It is not a
// forecast. Every number that it depends on is an assumption with a range, a
// default and an origin: [Register] lists them, and docs/simulation.md holds the table.
//
// # A scenario
//
// A [Scenario] says where the reform stands, who is in it and how the world is
// assumed to work. It is made from scratch, from JSON, or from a live cycle:
//
//	scenario := simulation.NewScenario("what if", ministry, donor, union)
//	scenario, err := simulation.ParseScenario(data)
//	scenario, err := simulation.FromState(cycle.State())
//
// What is not said has the defaults of the register. Two things have to be said: where
// actors stand, for at position 0 they give no effort, and who is a member of the
// coalition, for nobody else gives any. A cast that could never meet what the coalition
// requires is refused; who is expected to come later says so in CastActor.From. Shocks
// come by chance, or as an [Event] in a given month.
// [Schema] describes the JSON.
// [Compile] checks all of it and makes a [Model], which many goroutines may share.
//
// # A policy
//
// A [Policy] decides, month by month, where the coalition puts its effort and
// when it moves. [Policies] names those built in and [NewPolicy] makes one,
// whose parameters can be tuned:
//
//   - balanced spreads effort over what is open.
//   - bottleneck-first works where most is missing.
//   - coalition-first wins those who block before all else.
//   - pilot-first leaves solution gathering and design only with evidence.
//   - rush-to-launch overrides its way to launch.
//   - adaptive regains what is lost, and revisits when feedback is bad.
//
// A host writes its own: a name, and a pure function from a [View] to an
// [Allocation], as a type that is a [Policy] or, with parameters that can be tuned,
// by [NewTunable]. It is written from the pieces that the built-in ones are written
// from: [Allocation.SpreadEvenly] over a stage, [Allocation.PersuadeBelow] a
// position, [Allocation.KeepUp] what decays, or [Allocation.Balance], which is all
// that balanced does. (What package stakeholders calls a strategy is a way to change
// the position or the power of one actor.)
//
// # An ensemble
//
// [Model.Run] plays many runs on all cores and sums them up:
//
//	model, err := simulation.Compile(scenario)
//	summary, err := model.Run(ctx, policy, 10_000, seed)
//
// Run i depends on the model, the policy, the seed and i alone. The [Summary]
// holds counts and nothing else, so it is the same, bit for bit, for any number of
// workers, and shards of an ensemble that ran anywhere ([WithRange]), written with
// [Summary.MarshalBinary] and merged in any order ([Summary.Merge]), give the very
// same summary as one run of it all, on amd64 and arm64.
//
// [Model.Each] hands out the outcomes one by one. Two policies, or two
// scenarios, that are run with one seed meet the same shocks, moods and luck:
// common random numbers make a small difference visible in few runs.
//
// # Answers
//
// A summary answers with intervals of 95 %, which say how much more runs could
// still change, and nothing of how true the model is:
//
//	odds, err := summary.By(reformcycle.Launch, 24)      // a share of runs, with Wilson's interval
//	arrival, err := summary.Arrival(reformcycle.Launch)  // its curve by month, and Kaplan–Meier's
//	answers, err := summary.Answers()                    // laps, readiness and debt at launch, collapse
//
// What is asked over several ensembles names a [Metric], made by [LaunchedBy],
// [MonthsTo], [NotAbandoned] and others, or read by [ParseMetric]:
//
//	comparison, err := model.Compare(ctx, policies, metric, runs, seed)
//	tornado, err := model.OneAtATime(ctx, policy, metric, factors, runs, seed)
//	indices, err := model.Sobol(ctx, policy, metric, factors, points, runs, seed)
//	planned, err := model.Plan(ctx, policy, metric, space, budget, seed)
//
// [Model.Compare] plays the same runs with each policy and gives paired intervals, and
// tells beside the metric how many launched, finished a lap and were abandoned, and what
// they owed ([Whole]): who launches first may finish last.
// [Model.OneAtATime] and [Model.Sobol] tell which assumptions an answer hangs on,
// each by itself and over all ranges at once; [Tornado.Turns] tells where the order
// of two policies turns round. [Model.Plan] looks for the best settings of a policy
// and reports them by runs that had no part in choosing them. All of these,
// summaries' curves and traces have WriteCSV; package chart draws them, and package
// simtest states them as expectations in unit tests.
//
// # Worlds
//
// Nobody knows the numbers. So the honest question is which policy holds whatever they
// are, over the spans in which the register says that they may plausibly lie:
//
//	worlds, err := model.Worlds(ctx, simulation.Trial{
//		Policies: policies,
//		Goals:    []simulation.Goal{{Metric: simulation.LaunchedBy(36), Bound: 0.5}},
//		Worlds:   1000, Runs: 100, Seed: seed,
//	})
//	robustness, err := worlds.Robustness()      // goals met, regret, how often best
//	failing, err := worlds.Discover(ctx, 0, 0)  // where the first policy misses its goal
//	fmt.Println(failing.Told())
//
// [Model.Worlds] draws worlds by a Latin hypercube and plays all policies in each of
// them, with the same luck. [Worlds] merge from shards as summaries do. [Worlds.Discover]
// is scenario discovery: boxes, each a few limits on what is not known, in which a policy
// fails, with how dense and how strong they are.
//
// # A nation
//
// A [Nation] is one national cycle and so many districts of one template, each waiting
// for the other where a link or the national checklist says so. [Waves] say which
// districts begin when:
//
//	model, err := simulation.CompileNation(nation)
//	waves := []simulation.Waves{simulation.AllAtOnce(), simulation.SoManyAYear(10), simulation.PilotsFirst(3, reformcycle.Launch)}
//	comparison, err := model.Compare(ctx, policy, policy, waves, metric, runs, seed)
//
// # One run
//
// [Model.Trace] plays one run again and tells all of it, and [Trace.Journal] tells
// it as the journal of a live cycle. Every move that the run made passes the live
// guards there: the history is one that the real state machine takes.
//
// # What happens in a month
//
// Who is expected comes, and shocks strike. Positions go a share of the way to where
// they are drawn, by influence (Friedkin and Johnsen 1990,
// doi:10.1080/0022250X.1990.9990069), persuasion, progress, debt and chance. The
// policy allocates the effort that members give who support. What needs upkeep decays,
// and criteria progress by what was worked, less where much is owed. Opposition or a
// veto that lasts suspends a reform that has left coalition building, debt may suspend
// one that has launched, and a suspension that lasts too long ends it.
// Then comes the move that the policy asked for, under the guards of the live
// cycle; unless told otherwise it advances as soon as they are met. An override
// books the unmet guards as readiness debt. docs/simulation.md describes each step,
// with its formula, by the ODD protocol, and says which patterns of real reforms the
// model reproduces.
//
// # Derived criteria
//
// coalition.feasible is computed from positions each month, and so is the veto. All
// others take work, advisory ones too. Where one of the coalition is done and the
// members lack somebody for it, all of the cast join who are of the kind and willing
// ([Joined]); where nobody is, it waits until somebody is. Those of governance take no
// work without a body of government in the coalition. Doing one thing brings with it
// what it rests on: nobody decides a component before it is settled who decides. A
// renewal keeps the coalition and the bodies of governance and carries over a share of
// the rest.
//
// # What is refused
//
// Arguments, scenarios and checklists with [fault.Fields] that hold
// everything that is wrong, with its path. A policy that panics, allocates more
// than there is, a negative number or NaN, or asks for a move that the table does
// not have, ends its run: a [RunError] says which run of which seed, and the same
// run can be traced. Summaries of different ensembles don't merge
// ([MismatchError]), and bytes that were cut or changed don't read
// ([DamageError]).
//
// # How it is the same everywhere
//
// Products that feed sums are rounded by a conversion, so that no compiler fuses
// them; nothing that reaches a run or a summary calls a function with code of its
// own for a machine; and all randomness is integer arithmetic of PCG streams from
// math/rand/v2. Tests hold the source to that. The intervals of analyses use
// quantiles of distributions, and agree to about twelve digits.
package simulation
