package assessment

// This file holds comparison: what changed between two scorecards, and which of
// several programmes stands better, as far as the ratings can tell.

import (
	"cmp"
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Direction says which way a difference points, whatever the unrated criteria
// turn out to be.
type Direction string

const (
	// CertainlyBetter: the whole difference is above 0.
	CertainlyBetter Direction = "certainly-better"
	// CertainlyWorse: the whole difference is below 0.
	CertainlyWorse Direction = "certainly-worse"
	// Same: the difference is 0.
	Same Direction = "same"
	// NotKnown: the difference holds 0 and more, so unrated criteria decide.
	NotKnown Direction = "not-known"
)

// Told names the direction for people.
func (d Direction) Told() language.Text {
	return language.Of("direction." + string(d)).Or(string(d))
}

// rounding is the share of what is weighed against each other, gains against losses,
// that is taken for none: sums of the same shares in another order may differ by as
// little. It is relative to what differs, so that heavy criteria on which two scorecards
// agree hide nothing. The same rule decides whether support outweighs opposition.
const rounding = 1e-9

// Difference is what is known of a difference between two scores: it lies
// between Low and High, both included, each from −1 to 1.
type Difference struct {
	Low       float64   `json:"low"`
	High      float64   `json:"high"`
	Direction Direction `json:"direction"`
}

// difference takes the outermost bounds: what is unrated may be anything, and not
// the same in both.
func difference(criteria []Criterion, before, after []Level) Difference {
	was, is := scored(criteria, before), scored(criteria, after)
	return direct(criteria, before, after, was, is)
}

// direct is difference where the scores are known.
func direct(criteria []Criterion, before, after []Level, was, is Bounds) Difference {
	d := Difference{Low: is.Low - was.High, High: is.High - was.Low, Direction: NotKnown}
	if sure := d.Low > rounding || d.High < -rounding || d.Low < -rounding && d.High > rounding; !sure {
		// So near to none that rounding may decide.
		var least, most balance
		total := 0.0
		for i, c := range criteria {
			if !c.Advisory {
				from, to := before[i].span(), after[i].span()
				total += c.Weight
				least.add(c.Weight, to.Low-from.High)
				most.add(c.Weight, to.High-from.Low)
			}
		}
		d.Low, d.High = least.net()/total, most.net()/total
	}
	switch {
	case d.Low > 0:
		d.Direction = CertainlyBetter
	case d.High < 0:
		d.Direction = CertainlyWorse
	case d.Low == 0 && d.High == 0:
		d.Direction = Same
	}
	return d
}

// balance is what is gained and lost.
type balance struct{ gains, losses float64 }

func (b *balance) add(weight, change float64) {
	b.gains += float64(weight * max(change, 0))
	b.losses += float64(weight * max(-change, 0))
}

// net is gains less losses, 0 where these differ by rounding alone.
func (b *balance) net() float64 {
	net := b.gains - b.losses
	if net <= rounding*(b.gains+b.losses) && -net <= rounding*(b.gains+b.losses) {
		return 0
	}
	return net
}

// span is what is known of the share of the scale that a level stands for.
func (l Level) span() Bounds {
	if !l.Known() {
		return Bounds{Low: 0, High: 1}
	}
	return Bounds{Low: l.Share(), High: l.Share()}
}

// String tells the difference in English: "+0.12", or "−0.1 to +0.3" where it is not
// exact.
func (d Difference) String() string { return d.Told().String() }

// Told tells the difference, rounded to hundredths, with its sign.
func (d Difference) Told() language.Text {
	if d.High-d.Low <= 2*rounding {
		return signed(d.Low)
	}
	return language.Of("range", "low", signed(d.Low), "high", signed(d.High))
}

func signed(x float64) language.Text {
	switch size := hundredths(math.Abs(x)); {
	case size == 0:
		return language.Of("difference.none")
	case x < 0:
		return language.Of("difference.down", "size", size)
	default:
		return language.Of("difference.up", "size", size)
	}
}

// Movement says how the level of a criterion changed.
type Movement string

const (
	Raised     Movement = "raised"      // rated in both, higher in the second
	Lowered    Movement = "lowered"     // rated in both, lower in the second
	NewlyRated Movement = "newly-rated" // rated in the second only
	Withdrawn  Movement = "withdrawn"   // rated in the first only
)

// Told names the movement for people.
func (m Movement) Told() language.Text {
	return language.Of("movement." + string(m)).Or(string(m))
}

// Crossing says on which side of its threshold a criterion is that was on the
// other. One that is unrated in either scorecard has not crossed: nobody knows
// on which side it was.
type Crossing string

const (
	NewlyMet   Crossing = "newly-met"
	NewlyUnmet Crossing = "newly-unmet"
)

// Told names the crossing for people.
func (c Crossing) Told() language.Text {
	return language.Of("crossing." + string(c)).Or(string(c))
}

// LevelChange is a criterion whose level is not the same in both scorecards.
type LevelChange struct {
	Criterion string   `json:"criterion"`
	Section   string   `json:"section"`
	Advisory  bool     `json:"advisory,omitempty"`
	Before    Level    `json:"before"`
	After     Level    `json:"after"`
	Movement  Movement `json:"movement"`
	// Steps is by how many levels it rose, or fell where negative; 0 where it is
	// rated in one of them only.
	Steps int `json:"steps,omitempty"`
	// Crossed is blank where it stays on its side of the threshold.
	Crossed Crossing `json:"crossed,omitempty"`
}

// SectionDifference is the difference of one section's score.
type SectionDifference struct {
	Section string     `json:"section"`
	Score   Difference `json:"score"`
}

// PackageChange is how complete a package was and is, each by its own
// scorecard.
type PackageChange struct {
	Package string       `json:"package"`
	Before  Completeness `json:"before"`
	After   Completeness `json:"after"`
}

// Comparison is what two scorecards say about the way from one to the other.
type Comparison struct {
	// Before and After are the IDs of the checklists that were judged by.
	Before string `json:"before"`
	After  string `json:"after"`
	// Compared is how many criteria both have.
	Compared int `json:"compared"`
	// OnlyBefore and OnlyAfter are the ids of the criteria that one scorecard
	// has and the other has not, or has with another text. They are not
	// compared and in none of the differences.
	OnlyBefore []string `json:"only_before,omitempty"`
	OnlyAfter  []string `json:"only_after,omitempty"`
	// Changes are the criteria that changed, in the order of After.
	Changes []LevelChange `json:"changes"`
	// Score is the difference of the whole score.
	Score Difference `json:"score"`
	// Sections are the differences of the sections, in the order of After; one
	// without a required criterion to compare is left out.
	Sections []SectionDifference `json:"sections"`
	// Packages are the packages that both have, in the order of After.
	Packages []PackageChange `json:"packages,omitempty"`
}

// Compare says what is different in after: the same programme at a later time,
// or another programme that is held against the one in before.
//
// Differences are known within bounds. A criterion that is unrated may stand anywhere,
// in either scorecard, so a difference of scores is the least and the greatest
// that the ratings leave possible, and its direction holds for all of them.
//
// Both must be judged by the same checklist, or by two of which one was derived
// from the other. Then the criteria that both have, with the same id and the
// same text, are compared, and both sides are weighed by the weights,
// thresholds and sections of after: what shows is what changed in the world and
// not in the rules. The levels are those of the items, whatever the tallies of
// the scorecards say.
//
// It refuses, with [fault.Fields] that list everything that is wrong, scorecards
// of checklists that are not so related, without a checklist's ID or without a
// criterion in common, and items that no checklist could have.
func Compare(before, after Scorecard) (Comparison, error) {
	var errs fault.Fields
	errs.Under("before", before.validate())
	errs.Under("after", after.validate())
	if len(errs) == 0 && before.Checklist != after.Checklist && before.From != after.Checklist && after.From != before.Checklist {
		errs.Add("after.checklist", "comparable", after.Checklist, language.Of("want.comparable", "checklist", fault.Bounded(before.Checklist)))
	}
	if err := errs.Err(); err != nil {
		return Comparison{}, err
	}

	c := Comparison{Before: before.Checklist, After: after.Checklist, Changes: []LevelChange{}, Sections: []SectionDifference{}}
	old := make(map[string]Item, len(before.Items))
	for _, i := range before.Items {
		old[i.Criterion.ID] = i
	}
	var criteria []Criterion
	var was, is []Level
	common := make(map[string]bool)
	for _, i := range after.Items {
		o, both := old[i.Criterion.ID]
		if !both || o.Criterion.Text != i.Criterion.Text {
			c.OnlyAfter = append(c.OnlyAfter, i.Criterion.ID)
			continue
		}
		common[i.Criterion.ID] = true
		criteria, was, is = append(criteria, i.Criterion.normal()), append(was, o.Level), append(is, i.Level)
		if o.Level != i.Level {
			c.Changes = append(c.Changes, changed(i.Criterion, o.Level, i.Level))
		}
	}
	for _, i := range before.Items {
		if !common[i.Criterion.ID] {
			c.OnlyBefore = append(c.OnlyBefore, i.Criterion.ID)
		}
	}
	if c.Compared = len(criteria); c.Compared == 0 {
		return Comparison{}, fault.Fields{{Path: "after.items", Rule: "comparable", Value: len(after.Items), Want: language.Of("want.common-criterion")}}
	}

	c.Score = difference(criteria, was, is)
	for from, to := 0, 0; from < len(criteria); from = to {
		for to < len(criteria) && criteria[to].Section == criteria[from].Section {
			to++
		}
		if slices.ContainsFunc(criteria[from:to], func(cr Criterion) bool { return !cr.Advisory }) {
			c.Sections = append(c.Sections, SectionDifference{
				Section: criteria[from].Section,
				Score:   difference(criteria[from:to], was[from:to], is[from:to]),
			})
		}
	}
	for _, p := range after.Packages {
		for _, o := range before.Packages {
			if o.Package == p.Package {
				c.Packages = append(c.Packages, PackageChange{Package: p.Package, Before: o.Complete, After: p.Complete})
			}
		}
	}
	return c, nil
}

func changed(c Criterion, before, after Level) LevelChange {
	ch := LevelChange{Criterion: c.ID, Section: c.Section, Advisory: c.Advisory, Before: before, After: after}
	switch {
	case !before.Known():
		ch.Movement = NewlyRated
		return ch
	case !after.Known():
		ch.Movement = Withdrawn
		return ch
	case after > before:
		ch.Movement = Raised
	default:
		ch.Movement = Lowered
	}
	ch.Steps = int(after) - int(before)
	switch was, is := c.Met(before), c.Met(after); {
	case is && !was:
		ch.Crossed = NewlyMet
	case was && !is:
		ch.Crossed = NewlyUnmet
	}
	return ch
}

// scored is the score of levels by criteria; see [Tally].
func scored(criteria []Criterion, levels []Level) Bounds {
	marks := make([]mark, len(criteria))
	for i, c := range criteria {
		marks[i] = mark{weight: c.Weight, threshold: c.Threshold, advisory: c.Advisory}
	}
	return tallied(marks, levels).Score
}

// validate reports what no scorecard that a checklist made could have. Hosts
// keep scorecards and may hand in anything.
func (s Scorecard) validate() fault.Fields {
	var errs fault.Fields
	if s.Checklist == "" {
		errs.Add("checklist", fault.Required, nil, language.Of("want.checklist-id"))
	}
	if !errs.Count("items", len(s.Items), maxCriteria) {
		return errs
	}
	ids := make(map[string]int, len(s.Items))
	sections := make(map[string]int) // index of the section's last item so far
	for i, it := range s.Items {
		at := fault.At("items", i)
		errs.Under(at+".criterion", it.Criterion.validate())
		errs.Once(at+".criterion.id", it.Criterion.ID, ids, "items", i)
		together(&errs, at+".criterion.section", it.Criterion.Section, sections, "items", i)
		if !it.Level.Valid() {
			errs.Add(at+".level", fault.Known, it.Level, levelWant)
		}
	}
	for i, p := range s.Packages {
		fault.Among(&errs, fault.At("packages", i)+".complete", p.Complete, answers)
	}
	return errs
}

func sameCriterion(a, b Item) bool { return a.Criterion.ID == b.Criterion.ID }

// Summary tells the comparison, a finding a text.
func (c Comparison) Summary() []language.Text {
	var all []language.Text
	say := func(id string, args ...any) { all = append(all, language.Of(id, args...)) }
	if c.Before == c.After {
		say("compared.by", "checklist", c.After, "n", c.Compared)
	} else {
		say("compared.by-two", "before", c.Before, "after", c.After, "n", c.Compared)
	}
	say("compared.score", "difference", c.Score.Told(), "way", c.Score.Direction.Told())
	for _, s := range c.Sections {
		say("compared.section", "section", s.Section, "difference", s.Score.Told(), "way", s.Score.Direction.Told())
	}
	if len(c.Changes) == 0 {
		say("compared.no-change")
	}
	for _, change := range c.Changes {
		say("compared.change", "criterion", change.Criterion, "what", change.told())
	}
	for _, p := range c.Packages {
		if p.Before == p.After {
			say("compared.package", "package", p.Package, "after", p.After.Told())
			continue
		}
		say("compared.package-changed", "package", p.Package, "after", p.After.Told(), "before", p.Before.Told())
	}
	if len(c.OnlyBefore) > 0 {
		say("compared.only-before", "criteria", c.OnlyBefore)
	}
	if len(c.OnlyAfter) > 0 {
		say("compared.only-after", "criteria", c.OnlyAfter)
	}
	return all
}

// told says how the level changed, on which side of its threshold the criterion is by now,
// and that it is advisory.
func (c LevelChange) told() []language.Text {
	var what []language.Text
	switch c.Movement {
	case NewlyRated:
		what = append(what, language.Of("changed.newly-rated", "level", c.After.Told()))
	case Withdrawn:
		what = append(what, language.Of("changed.withdrawn", "level", c.Before.Told()))
	default:
		what = append(what, language.Of("changed."+string(c.Movement), "n", max(c.Steps, -c.Steps), "before", c.Before.Told(), "after", c.After.Told()))
	}
	if c.Crossed != "" {
		what = append(what, c.Crossed.Told())
	}
	if c.Advisory {
		what = append(what, language.Of("criterion.advisory"))
	}
	return what
}

// Contender is a programme to be ranked.
type Contender struct {
	Name      string    `json:"name"`
	Scorecard Scorecard `json:"scorecard"`
}

// Place is where a programme stands among others.
type Place struct {
	Name  string `json:"name"`
	Score Bounds `json:"score"`
	// Best and Worst are the places, from 1, between which it stands: one after
	// all those that are certainly better, and one before all those that are
	// certainly worse. They are equal where its place is certain.
	Best  int `json:"best"`
	Worst int `json:"worst"`
	// Beside are the others, in order, that it cannot be told apart from.
	Beside []string `json:"beside,omitempty"`
}

// Rank puts programmes that are judged by the same checklist in order: by their
// best place, then by their worst, then as they were given.
//
// Of two programmes one is certainly better where its lowest possible score is
// above the other's highest. All others cannot be told apart, and Rank does not
// pretend to. That does not carry over: a can be told apart from c though
// neither can from b. So a place is a range and not a number.
//
// It refuses, with [fault.Fields], blank and repeated names, more than 1000
// programmes, and whatever [Compare] refuses; scorecards by different
// checklists have no order.
func Rank(contenders []Contender) ([]Place, error) {
	const most = 1000
	var errs fault.Fields
	if !errs.Count("contenders", len(contenders), most) {
		return nil, errs
	}
	names := make(map[string]int)
	for i, c := range contenders {
		at := fault.At("contenders", i)
		errs.Text(at+".name", c.Name, fault.ID)
		errs.Once(at+".name", c.Name, names, "contenders", i)
		errs.Under(at+".scorecard", c.Scorecard.validate())
		first := contenders[0].Scorecard
		switch {
		case c.Scorecard.Checklist != first.Checklist:
			errs.Add(at+".scorecard.checklist", "comparable", c.Scorecard.Checklist, language.Of("want.scorecard-by", "checklist", fault.Bounded(first.Checklist)))
		case !slices.EqualFunc(c.Scorecard.Items, first.Items, sameCriterion):
			errs.Add(at+".scorecard.items", "comparable", len(c.Scorecard.Items), language.Of("want.same-criteria"))
		}
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	type contest struct {
		Place
		criteria []Criterion
		levels   []Level
	}
	places := make([]contest, len(contenders))
	for i, c := range contenders {
		criteria, levels := make([]Criterion, len(c.Scorecard.Items)), make([]Level, len(c.Scorecard.Items))
		for j, it := range c.Scorecard.Items {
			criteria[j], levels[j] = it.Criterion.normal(), it.Level
		}
		places[i] = contest{Place{Name: c.Name, Score: scored(criteria, levels), Best: 1, Worst: len(contenders)}, criteria, levels}
	}
	direction := func(i, j int) Direction {
		a, b := &places[i], &places[j]
		return direct(a.criteria, b.levels, a.levels, b.Score, a.Score).Direction
	}
	for i := range places {
		for j := range places {
			switch direction(i, j) {
			case CertainlyWorse:
				places[i].Best++
			case CertainlyBetter:
				places[i].Worst--
			}
		}
	}
	slices.SortStableFunc(places, func(a, b contest) int {
		return cmp.Or(cmp.Compare(a.Best, b.Best), cmp.Compare(a.Worst, b.Worst))
	})
	for i := range places {
		for j := range places {
			if v := direction(i, j); j != i && (v == Same || v == NotKnown) {
				places[i].Beside = append(places[i].Beside, places[j].Name)
			}
		}
	}
	ranked := make([]Place, len(places))
	for i, p := range places {
		ranked[i] = p.Place
	}
	return ranked, nil
}
