// Package influence models who listens to whom: where positions end when actors
// keep talking, who moves whom, which circles they form, who alone connects or
// could cut them, and whom to persuade so that the whole crosses a threshold.
//
// It stands apart from package stakeholders because it needs gonum, which a host
// that only keeps a roster need not compile. It keeps no state beyond a network,
// reads no clock, draws no random number that the host did not seed, and no
// goroutine outlives a call.
//
// # The model
//
// Each actor has a position from −7 (full opposition) to +7 (full support), the
// scale of [stakeholders.Position]. It listens to some others, giving each a
// share of its attention, and it holds to its first position with an attachment
// λ from 0 to 1. Each month (Friedkin and Johnsen 1990)
//
//	p ← Λp⁰ + (1−Λ)Wp
//
// where p⁰ are the initial positions, Λ the attachments and W the shares of
// attention, each listener a row that sums to one. This is the influence step of
// the policy simulation without nudges, progress and noise.
//
// # A network
//
// A [Network] is made of actors and ties. A [Tie] points from the listener to
// whom it listens to:
//
//	n, err := influence.NewNetwork(
//		[]influence.Node{{ID: "moh", Attachment: 0.5}, {ID: "mof", Attachment: 0.8}, {ID: "media"}},
//		[]influence.Tie{
//			{From: "moh", To: "mof", Weight: 0.75}, {From: "moh", To: "media", Weight: 0.25},
//			{From: "media", To: "moh", Weight: 1},
//		})
//
// Weights that were counted or scored are made shares by [WithNormalisedWeights]; otherwise
// a row that does not sum to one is refused, with its sum. An actor without ties
// of its own (mof) listens to nobody and stays where it is. [FromRoster] takes
// the actors of a roster. All vectors and matrices are in the order of the
// actors; [Network.Vector] puts a map in that order.
//
// # Where it ends
//
// [Network.Equilibrium] gives the positions in the end, [Network.Path] those of
// each month on the way. The end is unique if every actor holds a little, or
// listens, through whomever, to somebody who does. Where a circle listens only
// to itself and nobody in it holds to anything — everybody listening to
// themselves alone, say — it is not, and a [NoUniqueEquilibriumError] names the
// circle.
//
// Unknown is not zero: with positions that are not known
// [Network.EquilibriumRange] gives the lowest and the highest position at which
// each actor may end. To get one number instead, say what you assume ([Assume]).
//
// # Who moves whom
//
// The equilibrium is linear in the initial positions. [Network.TotalInfluence]
// is the matrix of all shares, [Network.MovedBy] whom an actor's end depends on,
// [Network.MovesWhom] whom an actor moves, and [Network.Movers] who moves the
// whole, weighted by power if you like.
//
// # The shape
//
// For these questions a tie is a contact, whichever way it points.
// [Network.Communities] finds who belongs together; [Network.Brokers] finds who
// alone connects groups, found or given ([GroupsOf]), a candidate for connector;
// [Network.Cuts] finds whose loss would split the network, or the coalition
// ([Network.CutsAmong]), a candidate for gatekeeper; [Network.Parts] shows what
// is apart already. A candidate is advice to a person who chooses.
//
// # Whom to persuade
//
// [Network.Persuade] takes an [Aim], a weighted mean of the equilibrium to
// reach, and an [Offer] for each actor that could be moved: by how much, at what
// cost. It returns the cheapest set that reaches the aim, whether that is
// proved, and what no set can undercut.
//
// # Same question, same answer
//
// Results come in a fixed order, ties broken by the order of the actors. On one
// kind of processor every result is the same, bit for bit, however many cores
// there are; on another, gonum's kernels may round the last digits of an
// equilibrium differently. Paths are the same everywhere.
//
// # Errors
//
// Bad input is refused with [fault.Fields], all errors at once, or
// with an error type of this package; each says what to mend.
//
// # Limits of the model
//
// Attention and attachment are judgements, and do not change while the actors
// talk. Nobody is repelled: listening only ever brings closer. The graph
// questions see contacts, not their quality. The readings of brokers as
// connectors and cut actors as gatekeepers are ours.
package influence
