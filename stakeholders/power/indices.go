package power

// The power indices, as a host asks for them.

import (
	"math"
	"math/big"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Index is the power of one actor.
type Index struct {
	Actor string  `json:"actor"`
	Value float64 `json:"value"`

	// Within is how far Value is from the index at most; 0 where it is that of exact
	// arithmetic to about 1e-14.
	Within float64 `json:"within,omitempty"`
}

// BanzhafIndex is the power of one actor, in both usual units.
type BanzhafIndex struct {
	Actor string `json:"actor"`

	// Raw is the probability that the actor decides if all others take sides
	// by the toss of a coin (the Penrose measure, the absolute Banzhaf index).
	Raw float64 `json:"raw"`

	// Normalised is the share in the sum of all raw values.
	Normalised float64 `json:"normalised"`

	// Within is how far Raw and Normalised are from the index at most; 0 where they are
	// those of exact arithmetic, rounded once.
	Within float64 `json:"within,omitempty"`
}

// Count is an actor's power as a count of coalitions or orders.
type Count struct {
	Actor string   `json:"actor"`
	Times *big.Int `json:"times"` // how often the actor decides
	Of    *big.Int `json:"of"`    // out of how many
}

// Value is Times/Of, exactly; 0 for a count of nothing.
func (c Count) Value() *big.Rat {
	if c.Times == nil || c.Of == nil || c.Of.Sign() == 0 {
		return new(big.Rat)
	}
	return new(big.Rat).SetFrac(c.Times, c.Of)
}

// ShapleyShubik returns the Shapley–Shubik index of every player, in the order
// of the game: the share of all orders of joining in which the actor turns the
// coalition into a winning one. The values sum to 1.
//
// Cost: with n players and S cells of slack, the product over the bodies of
// (total − quota + 1) once weights have lost their common divisor, about
// n²·S multiplications for one body with a simple majority, and up to log₂ n
// times as many for several bodies or a slack that is a small part of the
// whole; S·(log₂ n + 3) numbers of memory. Where that is much, up to 62 players are
// counted in a diagram, and one body of up to 512 players by Fourier sums, within the
// bound that [Index.Within] gives. Otherwise it refuses with a [SizeError]. The values
// are those of [Game.CountShapleyShubik] to about 1e-14 where Within is 0.
//
// Sources: Shapley LS, Shubik M. A method for evaluating the distribution of
// power in a committee system. American Political Science Review
// 1954;48(3):787–792. The method: Owen G. Multilinear extensions of games.
// Management Science 1972;18(5):P64–P79, integrated by quadrature.
func (g *Game) ShapleyShubik() ([]Index, error) {
	g = g.orNone()
	return g.shares("shapley-shubik", g.grandUnion(), anyRoute)
}

// Owen returns the Owen value of every player, in the order of the game: the
// Shapley–Shubik index if the members of a union always join next to each
// other. The values sum to 1, and those of a union to the union's index in the
// game between unions.
//
// The unions are a partition: every player in exactly one, be it alone. It
// refuses, with [fault.Fields], unknown actors, unions without members, and
// unions that overlap or leave somebody out. Cost as for [Game.ShapleyShubik],
// with the unions as players and then the members of each union as players, and
// a table of S cells for each union.
//
// Source: Owen G. Values of games with a priori unions. In: Henn R, Moeschlin O
// (eds). Mathematical Economics and Game Theory. Springer 1977:76–88.
func (g *Game) Owen(unions [][]string) ([]Index, error) {
	g = g.orNone()
	partition, err := g.partition(unions)
	if err != nil {
		return nil, err
	}
	return g.shares("owen", partition, anyRoute)
}

// Banzhaf returns the Banzhaf index of every player, in the order of the game.
// Cost and errors as for [Game.CountBanzhaf]; the values are its counts, rounded
// once. Where counting would take long, one body of up to 512 players has its values by
// Fourier sums, within the bound that [BanzhafIndex.Within] gives.
//
// Sources: Penrose LS. The elementary statistics of majority voting. Journal of
// the Royal Statistical Society 1946;109(1):53–57. Banzhaf JF. Weighted voting
// doesn't work. Rutgers Law Review 1965;19(2):317–343.
func (g *Game) Banzhaf() ([]BanzhafIndex, error) {
	g = g.orNone()
	raw, err := g.raw()
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return banzhaf(g.CountBanzhaf())
	}
	sum, off := 0.0, 0.0
	for _, b := range raw {
		sum += b.value
		off += b.off
	}
	indices := make([]BanzhafIndex, len(raw))
	for i, b := range raw {
		share := b.value / sum
		indices[i] = BanzhafIndex{Actor: g.players[i], Raw: b.value, Normalised: share, Within: max(b.off, (b.off+float64(share*off))/(sum-off))}
	}
	return indices, nil
}

// BanzhafOwen returns the Banzhaf–Owen value of every player, in the order of
// the game: Raw is the probability that the actor decides if the other unions
// and the other members of its own take sides by the toss of a coin each. The
// unions and errors are those of [Game.Owen]. Cost as for
// [Game.CountBanzhafOwen]; the values are its counts, rounded once.
//
// Source: Owen G. Modification of the Banzhaf–Coleman index for games with a
// priori unions. In: Holler MJ (ed). Power, Voting, and Voting Power. Physica
// 1982:232–238.
func (g *Game) BanzhafOwen(unions [][]string) ([]BanzhafIndex, error) {
	g = g.orNone()
	return banzhaf(g.CountBanzhafOwen(unions))
}

// CountBanzhaf returns, for every player in the order of the game, in how many
// of the 2^(n−1) coalitions of the others it is decisive: its swings.
//
// Cost: n·S additions of numbers of ⌈(n+1)/64⌉ words, and as many words of
// memory as S such numbers take, at most 2²³. S is as for
// [Game.ShapleyShubik]. Everybody's swings are read off one generating function;
// that takes less time than to build it. Errors: [SizeError].
//
// Source of the method: Brams SJ, Affuso PJ. Power and size: a new paradox.
// Theory and Decision 1976;7:29–56. Bilbao JM, Fernández JR, Jiménez Losada A,
// López JJ. Generating functions for computing power indices efficiently. Top
// 2000;8(2):191–213.
func (g *Game) CountBanzhaf() ([]Count, error) {
	g = g.orNone()
	return g.counts("banzhaf", g.grandUnion(), false, anyRoute)
}

// CountShapleyShubik returns, for every player in the order of the game, in how
// many of the n! orders it is pivotal.
//
// Cost: n²·S additions of numbers of ⌈(n+1)/64⌉ words, and the memory for n·S
// such numbers, at most 2²³. S is as for [Game.ShapleyShubik]. Errors:
// [SizeError].
func (g *Game) CountShapleyShubik() ([]Count, error) {
	g = g.orNone()
	return g.counts("shapley-shubik", g.grandUnion(), true, anyRoute)
}

// CountBanzhafOwen returns, for every player in the order of the game, in how
// many of the 2^(M−1)·2^(c−1) choices of other unions and of other members of
// its own it is decisive, with M unions and c members. Unions and errors are
// those of [Game.Owen]; cost as for [Game.CountBanzhaf], and S subtractions more
// for each union.
//
// Source of the method: Alonso-Meijide JM, Bowles C. Generating functions for
// coalitional power indices: an application to the IMF. Annals of Operations
// Research 2005;137:21–44.
func (g *Game) CountBanzhafOwen(unions [][]string) ([]Count, error) {
	g = g.orNone()
	partition, err := g.partition(unions)
	if err != nil {
		return nil, err
	}
	return g.counts("banzhaf-owen", partition, false, anyRoute)
}

// CountOwen returns, for every player in the order of the game, in how many of
// the M!·c! orders of the unions and of the members of its own it is pivotal.
// Unions and errors are those of [Game.Owen]. Cost as for
// [Game.CountShapleyShubik], with the unions as players and then the members of
// each union as players, in numbers as long as M!·2^c.
func (g *Game) CountOwen(unions [][]string) ([]Count, error) {
	g = g.orNone()
	partition, err := g.partition(unions)
	if err != nil {
		return nil, err
	}
	return g.counts("owen", partition, true, anyRoute)
}

// shares are the ordered values, rounded.
func (g *Game) shares(question string, unions [][]int, by route) ([]Index, error) {
	if err := g.ready(); err != nil {
		return nil, err
	}
	indices := make([]Index, len(g.players))
	for i, name := range g.players {
		indices[i].Actor = name
	}
	for _, term := range g.terms() {
		r := term.refusal(unions)
		values, err := r.shares(question, by, len(g.players))
		if err != nil {
			return nil, err
		}
		for i, b := range values {
			indices[i].Value += float64(float64(term.times) * b.value)
			indices[i].Within += float64(math.Abs(float64(term.times)) * b.off)
		}
	}
	return indices, nil
}

// shares are the values of so many players, by the route or by the cheapest one.
func (r *refusal) shares(question string, by route, players int) ([]bounded, error) {
	values := make([]bounded, players)
	words := r.leavingWords()
	if by == diagramRoute || by == anyRoute && words > smallTable {
		exact := rats(players)
		if r.diagramValues(true, exact) {
			for i, v := range exact {
				values[i].value, _ = v.Float64()
			}
			return values, nil
		}
	}
	most := int64(0)
	for c := range r.groups {
		most = max(most, int64(len(r.groups[c].regular)))
	}
	slow := words > maxWords || times(times(most, most), r.states()) > patience
	switch {
	case by == fourierRoute, by == anyRoute && slow && r.fourier():
		r.fourierShares(values)
	case by == diagramRoute, words > maxWords:
		return nil, &SizeError{Question: question, Words: words, Limit: maxWords, Players: players}
	default:
		sums := make([]float64, players)
		r.integrate(sums)
		for i, v := range sums {
			values[i].value = v
		}
	}
	return values, nil
}

// raw are the chances to decide of all players where counting takes too long for one of
// the terms, or nothing where it does not.
func (g *Game) raw() ([]bounded, error) {
	terms, slow := g.terms(), false
	for _, term := range terms {
		r := term.refusal(term.grandUnion())
		slow = slow || r.slow()
	}
	if !slow {
		return nil, nil
	}
	sums := make([]bounded, len(g.players))
	for _, term := range terms {
		values := make([]bounded, len(g.players))
		if r := term.refusal(term.grandUnion()); r.slow() {
			r.fourierRaw(values)
		} else {
			exact := rats(len(g.players))
			if err := r.exact("banzhaf", false, anyRoute, exact); err != nil {
				return nil, err
			}
			for i, v := range exact {
				values[i].value, _ = v.Float64()
			}
		}
		for i, b := range values {
			sums[i].value += float64(float64(term.times) * b.value)
			sums[i].off += float64(math.Abs(float64(term.times)) * b.off)
		}
	}
	return sums, nil
}

// slow reports whether counting swings would take too long, and Fourier would not.
func (r *refusal) slow() bool {
	words := r.tallyWords(false)
	return r.fourier() && len(r.groups[0].regular) > maxItems &&
		(words > maxWords || times(words, int64(len(r.groups[0].regular))) > patience)
}

func rats(n int) []*big.Rat {
	values := make([]*big.Rat, n)
	for i := range values {
		values[i] = new(big.Rat)
	}
	return values
}

// counts are the exact values over their usual denominators.
func (g *Game) counts(question string, unions [][]int, ordered bool, by route) ([]Count, error) {
	if err := g.ready(); err != nil {
		return nil, err
	}
	values, err := g.exact(question, unions, ordered, by)
	if err != nil {
		return nil, err
	}
	counts := make([]Count, len(values))
	between := ways(len(unions), ordered)
	for _, u := range unions {
		of := new(big.Int).Mul(between, ways(len(u), ordered))
		for _, i := range u {
			// The denominator divides, for it is one of a game with fewer
			// players.
			times := new(big.Int).Quo(of, values[i].Denom())
			times.Mul(times, values[i].Num())
			counts[i] = Count{Actor: g.players[i], Times: times, Of: new(big.Int).Set(of)}
		}
	}
	return counts, nil
}

// ways is the number of orders of n, or of the sets of n−1.
func ways(n int, ordered bool) *big.Int {
	if ordered {
		return new(big.Int).MulRange(1, int64(n))
	}
	return new(big.Int).Lsh(big.NewInt(1), uint(n-1))
}

// banzhaf turns counts into both units.
func banzhaf(counts []Count, err error) ([]BanzhafIndex, error) {
	if err != nil {
		return nil, err
	}
	// Each count is out of a power of two: bring them to the largest.
	most := 0
	for _, c := range counts {
		most = max(most, c.Of.BitLen())
	}
	sum := new(big.Int)
	times := make([]*big.Int, len(counts))
	for i, c := range counts {
		times[i] = new(big.Int).Lsh(c.Times, uint(most-c.Of.BitLen()))
		sum.Add(sum, times[i])
	}
	indices := make([]BanzhafIndex, len(counts))
	for i, c := range counts {
		indices[i].Actor = c.Actor
		indices[i].Raw, _ = c.Value().Float64()
		// The sum is not 0: somebody always decides.
		indices[i].Normalised, _ = new(big.Rat).SetFrac(times[i], sum).Float64()
	}
	return indices, nil
}

// grandUnion is everybody together, which is as good as no unions.
func (g *Game) grandUnion() [][]int {
	all := make([]int, len(g.players))
	for i := range all {
		all[i] = i
	}
	return [][]int{all}
}

// partition turns names into a partition of the players.
func (g *Game) partition(unions [][]string) ([][]int, error) {
	var errs fault.Fields
	partition := make([][]int, len(unions))
	placed := make([]bool, len(g.players))
	for u, names := range unions {
		path := fault.At("unions", u)
		if len(names) == 0 {
			errs.Add(path, fault.Required, nil, language.Of("want.at-least-one"))
		}
		for j, name := range names {
			i, ok := g.place(name)
			switch {
			case !ok:
				errs.Add(fault.At(path, j), fault.Exists, name, language.Of("want.seated"))
			case placed[i]:
				errs.Add(fault.At(path, j), fault.Unique, name, language.Of("want.in-one-list"))
			default:
				placed[i] = true
				partition[u] = append(partition[u], i)
			}
		}
	}
	for i, ok := range placed {
		if !ok {
			errs.Add("unions", ruleCover, g.players[i], language.Of("want.in-a-union"))
		}
	}
	if len(unions) == len(g.players) && len(errs) == 0 {
		return g.grandUnion(), nil // everybody alone is as good as everybody together
	}
	return partition, errs.Err()
}
