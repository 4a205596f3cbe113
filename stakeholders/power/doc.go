// Package power measures power in decision bodies: who can carry a reform, who
// can stop it, whose vote never matters, and whom to win over.
//
// The package stands alone: of this module it imports the floor of refusals, package
// fault, and nothing else. It keeps no state, reads no clock, starts no goroutine and never panics on bad input. Its
// answers do not depend on the order of a map or on the machine.
//
// # Bodies and games
//
// A [Body] decides when the weights of those in favour reach its quota and
// everybody with a veto is among them. Many decisions need several bodies at
// once: a law needs the cabinet and the parliament, a compact the ministry's
// board and the donors'. A [Game] of [NewGame] is that conjunction; one of [Either] is
// decided in any of several ways, each a conjunction. Its players are all
// actors with a seat; the same actor may sit in several bodies.
//
//	g, err := power.NewGame(
//		power.Body{ID: "cabinet", Quota: 3, Weights: power.Seats(1, "health", "finance", "labour", "education"),
//			Vetoes: []string{"finance"}},
//		power.Body{ID: "parliament", Quota: 51, Weights: []power.Seat{{"reform party", 42}, {"farmers", 31}, {"unity", 27}}},
//	)
//
// # Coalitions
//
// [Game.Wins] and [Game.Blocks] judge a coalition, [Game.MinimalWinning] walks
// through the coalitions without a superfluous member, smallest first.
// [Game.VetoPlayers] lists those without whom nothing goes, by right or by
// weight, and [Game.Dummies] those whose vote never counts: there are more of
// them than weights suggest. Given who supports already, [Game.Pivotal] lists
// who alone turns the outcome, and [Game.Cheapest] whom to win over at least
// cost.
//
// # Indices
//
// Power is not weight: with 50, 49 and 1 per cent and a quota of 51, the second
// and the third have the same power. Two indices are usual, and they answer
// different questions.
//
//   - [Game.ShapleyShubik]: supporters join one after the other, in any order;
//     how often does the actor make the difference? The values share out 1.
//   - [Game.Banzhaf]: everybody else tosses a coin; how likely is it that the
//     actor makes the difference? Raw is that probability, Normalised its share.
//
// Where actors are bound to act together, as parties of an alliance or donors
// with a common position, give the unions: [Game.Owen] and [Game.BanzhafOwen]
// share out power between the unions and then among the members of each.
//
// The indices are a priori: they know the rules, and nothing of anybody's
// position. What they say is what the rules give to each actor. How likely a
// reform is to pass is another question.
//
// [Game.CountShapleyShubik], [Game.CountBanzhaf], [Game.CountOwen] and
// [Game.CountBanzhafOwen] give the same as exact integers, each a [Count] out of
// how many; nothing is rounded, whatever their length.
//
// # Cost
//
// A coalition wins exactly if those missing from it fit in the slack of each
// body, its total less its quota. So all tables are as large as the slack: with
// S the product over the bodies of (slack + 1), after weights are divided by
// what they have in common and players with a veto are set aside,
//
//   - Banzhaf for all n players takes n·S additions of numbers of n bits, and
//     memory for S of them: one generating function, from which each player is
//     divided out (Brams and Affuso 1976; Bilbao and others 2000);
//   - Shapley–Shubik about n²·S multiplications, at worst log₂ n times as many,
//     and memory for S·log₂ n of them: the multilinear extension (Owen 1972),
//     integrated exactly by quadrature;
//   - exact Shapley–Shubik n²·S additions of numbers of n bits, and memory for
//     n·S of them.
//
// Two hundred players with weights of up to 100 and a simple majority take a
// fraction of a second. A game that is decided in several ways is summed from those that
// need the bodies of one of them, of two at once and so on, each with its own tables.
//
// Where S is large, games of up to 62 players that matter are looked at as a diagram: the
// coalitions in turn, those being one that what is to come treats alike. Twenty-seven
// states with populations in thousands take a blink; some 40 players with weights of
// any size are the most.
//
// Beyond that, one body of up to 512 players without unions has its indices in floating
// point, with a bound of the error in Within: by Fourier sums, in about a second for 190
// members with five million votes. (The sines in them may differ in the last bits between
// machines, and so may the last digits of such values, far below the bound.) What remains
// is refused with a [SizeError] that names
// the size: several bodies, or unions, of many players with large weights, and the exact
// counts. A table close to that limit may take minutes for many players.
// docs/benchmarks/power.md has measurements.
//
// # Errors
//
// Whatever a host gives that can't be is refused with [fault.Fields]: for each
// value the field, the rule, what was given and what would be accepted. They
// match [fault.ErrInvalid]; an actor without a seat breaks [fault.Exists].
// A [SizeError] and an [UnattainableError] are answers rather than refusals: errors.As
// finds them.
//
// # Sources
//
// The books behind all of this are Felsenthal DS, Machover M. The Measurement of
// Voting Power. Edward Elgar 1998, and Brams SJ. Game Theory and Politics. Free
// Press 1975. The papers stand with the functions.
package power
