package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

const maxAssessors = 1000

// ScorecardBars draws how a scorecard stands, as an SVG page of A4 size,
// upright: a bar for the whole and one for each section, full as far as the
// score is known, dotted as far as it is open for want of ratings; and under
// each section its criteria, on the four levels. A round mark is a criterion
// that is met, a diamond one that is not.
//
// Where the scorecards of several assessors are given, each judged by the same
// checklist, a line on each bar and through each mark shows how far they lie
// apart: on a criterion from the lowest level that one of them gave to the
// highest, on a bar from the score with all the lowest to the score with all
// the highest.
//
// Criteria are drawn as long as all of them have room, about sixty; beyond
// that there are only sections, and what has no room is counted. A zero
// scorecard gives a page that says that there is nothing to judge by.
//
// A score outside 0 … 1, a value that is no level, a criterion of a section
// that the scorecard does not have, an assessor's scorecard of other criteria,
// and more than 1,000 of those are refused with [fault.Fields]. A
// name that is too long for its place is cut.
func ScorecardBars(w io.Writer, l *language.Language, title string, card assessment.Scorecard, assessors []assessment.Scorecard) error {
	if err := checkCards(card, assessors); err != nil {
		return err
	}
	return draw.Write(w, newScores(l, title, card, assessors).draw())
}

func checkCards(card assessment.Scorecard, assessors []assessment.Scorecard) error {
	var bad fault.Fields
	tally := func(field string, t assessment.Tally) {
		if s := t.Score; !(s.Low >= 0 && s.Low <= s.High && s.High <= 1) { // written so that NaN fails
			bad.Add(field+".score", fault.Range, s.String(), language.Of("want.score-bounds"))
		}
		if t.Met < 0 || t.Unmet < 0 || t.Unknown < 0 {
			bad.Add(field, fault.Range, fmt.Sprintf("%d, %d, %d", t.Met, t.Unmet, t.Unknown), language.Of("want.counts"))
		}
	}
	level := func(field string, it assessment.Item) {
		if !it.Level.Valid() {
			bad.Add(field+".level", fault.Known, uint8(it.Level), fault.WholeBetween(float64(assessment.Unknown), float64(assessment.HighlyFunctional)))
		}
	}
	tally("card.tally", card.Tally)
	sections := make(map[string]bool, len(card.Sections))
	for i, s := range card.Sections {
		tally(fault.At("card.sections", i)+".tally", s.Tally)
		sections[s.Section] = true
	}
	for i, it := range card.Items {
		field := fault.At("card.items", i)
		level(field, it)
		bad.Number(field+".criterion.weight", it.Criterion.Weight, 0, 1e6)
		if !sections[it.Criterion.Section] {
			bad.Add(field+".criterion.section", fault.Exists, it.Criterion.Section, language.Of("want.in-list", "list", "card.sections"))
		}
	}
	if !bad.Count("assessors", len(assessors), maxAssessors) {
		return bad
	}
	for n, a := range assessors {
		field := fault.At("assessors", n)
		if a.Checklist != card.Checklist || len(a.Items) != len(card.Items) {
			bad.Add(field+".checklist", fault.Same, a.Checklist, language.Of("want.scorecard-by", "checklist", card.Checklist))
			continue
		}
		for i, it := range a.Items {
			if it.Criterion.ID != card.Items[i].Criterion.ID {
				bad.Add(fault.At(field+".items", i)+".criterion.id", fault.Same, it.Criterion.ID, language.Of("want.same-criteria"))
				continue
			}
			level(fault.At(field+".items", i), it)
		}
	}
	return bad.Err()
}

type scores struct {
	in        *language.Language
	title     string
	card      assessment.Scorecard
	assessors int
	rows      []scoreRow // the whole, where it is more than one section, then each section
}

type scoreRow struct {
	name  language.Text
	tally assessment.Tally
	items []scoreItem
	// spread is how far assessors lie apart; nil where none are compared.
	spread *assessment.Bounds
}

type scoreItem struct {
	assessment.Item
	// lowest and highest are the levels that assessors gave; unknown where
	// none did.
	lowest, highest assessment.Level
}

func newScores(l *language.Language, title string, card assessment.Scorecard, assessors []assessment.Scorecard) scores {
	s := scores{in: l, title: title, card: card, assessors: len(assessors)}
	var all []scoreItem
	within := make(map[string][]scoreItem, len(card.Sections))
	for i, it := range card.Items {
		item := scoreItem{Item: it}
		for _, a := range assessors {
			l := a.Items[i].Level
			if l.Known() && (l < item.lowest || !item.lowest.Known()) {
				item.lowest = l
			}
			item.highest = max(item.highest, l)
		}
		all = append(all, item)
		within[it.Criterion.Section] = append(within[it.Criterion.Section], item)
	}
	if len(card.Sections) != 1 { // where there is one, it is the whole
		s.rows = append(s.rows, scoreRow{name: language.Of("picture.scores.all"), tally: card.Tally, spread: s.spread(all)})
	}
	for _, section := range card.Sections {
		items := within[section.Section]
		s.rows = append(s.rows, scoreRow{idName(section.Section), section.Tally, items, s.spread(items)})
	}
	return s
}

// idName makes of an id what people read. The ids of the module's own frameworks are
// those of their sections and items: languages have words for them.
func idName(id string) language.Text {
	name := draw.Capital(draw.Plain(strings.Map(func(r rune) rune {
		if strings.ContainsRune("-._", r) {
			return ' '
		}
		return r
	}, id), draw.NameLimit))
	if name == "" {
		return language.Of("picture.scores.no-name")
	}
	return language.Built(name)
}

// spread scores all the lowest levels, and all the highest.
func (s scores) spread(items []scoreItem) *assessment.Bounds {
	if s.assessors == 0 {
		return nil
	}
	low, high, total := 0.0, 0.0, 0.0
	for _, it := range items {
		c := it.Criterion
		if c.Advisory {
			continue
		}
		weight := c.Weight
		if weight == 0 {
			weight = 1
		}
		total += weight
		if !it.lowest.Known() {
			high += weight
			continue
		}
		// The conversions forbid fused operations, which round otherwise.
		low += float64(weight * it.lowest.Share())
		high += float64(weight * it.highest.Share())
	}
	if total == 0 {
		return nil
	}
	return &assessment.Bounds{Low: low / total, High: high / total}
}

// scoreLayout is how high rows are; without criteria their height is 0.
type scoreLayout struct{ bar, item, size, itemSize float64 }

// scoreLayouts are tried in order until all rows have room.
var scoreLayouts = []scoreLayout{
	{60, 48, 19, 15.5}, {52, 41, 18, 15}, {46, 35, 18, 14}, {38, 27, 17, 14}, {32, 22, 16, 13}, {28, 18, 15, 12}, {24, 15, 13.5, 11}, {20, 12.5, 12.5, 10}, {16, 11, 11.5, 9},
	{44, 0, 18, 0}, {34, 0, 16, 0}, {26, 0, 14, 0}, {19, 0, 12, 0},
}

const (
	scoreLeft  = draw.Margin
	scoreStart = 330.0 // of the scale
	scoreEnd   = 610.0
	scoreWords = 628.0
	scoreRight = draw.PageWidth - draw.Margin
	scoreFoot  = 974.0 // at the lowest
)

func scoreX(share float64) float64 { return scoreStart + (scoreEnd-scoreStart)*share }

func (s scores) draw() string {
	p := newPage(draw.Sheet{
		In: s.in, Name: "reform-scorecard", On: draw.Upright, Title: s.title, Otherwise: s.in.Say(language.Of("picture.scores")),
		Kind: s.judgedBy() + " " + s.standing(), Description: s.describe(), Basis: s.basis(),
	})
	top := p.Head(p.Kind) + 44
	signs, notes := p.scoreSigns(s), s.notes()
	if len(s.card.Items) == 0 {
		p.Empty(draw.PageWidth/2, draw.PageHeight/2, p.Say("picture.scores.empty"))
		p.scoreLegend(scoreFoot, signs, notes)
		return p.End()
	}

	foot := p.scoreFoot(signs, notes)
	layout := draw.Largest(scoreLayouts, func(l scoreLayout) bool { return s.height(l) <= foot-top })
	rows := s.rows
	if layout.item == 0 { // what is left out is told below
		foot = p.scoreFoot(signs, append(notes, s.omitted(len(s.rows))))
		layout = draw.Largest(scoreLayouts, func(l scoreLayout) bool { return l.item == 0 && s.height(l) <= foot-top })
		if room := int((foot - top) / layout.bar); len(rows) > room {
			rows = rows[:room]
		}
		notes = append(notes, s.omitted(len(s.rows)-len(rows)))
	}
	p.scale(top, min(top+s.height(layout), foot))
	y := top
	for _, row := range rows {
		p.scoreBar(layout, y, row)
		y += layout.bar
		if layout.item == 0 {
			continue
		}
		for _, it := range row.items {
			p.scoreMark(s, layout, y, it)
			y += layout.item
		}
	}
	p.scoreLegend(foot, signs, notes)
	return p.End()
}

// omitted says that no criterion has room, nor so many sections.
func (s scores) omitted(sections int) string {
	left := []language.Text{language.Of("picture.scores.criteria", "n", len(s.card.Items))}
	if sections > 0 {
		left = append(left, language.Of("picture.scores.sections", "n", sections))
	}
	return s.in.Say(language.Of("picture.scores.left-out", "what", left))
}

func (s scores) height(l scoreLayout) float64 {
	h := float64(len(s.rows)) * l.bar
	for _, row := range s.rows {
		h += float64(len(row.items)) * l.item
	}
	return h
}

func (s scores) judgedBy() string {
	if checklist := draw.Plain(s.card.Checklist, draw.NameLimit); checklist != "" {
		return s.in.Say(language.Of("picture.scores.head", "checklist", checklist))
	}
	return s.in.Say(language.Of("picture.scores.no-checklist"))
}

func (s scores) standing() string {
	if len(s.card.Items) == 0 {
		return s.in.Say(language.Of("picture.scores.nothing"))
	}
	return s.in.Say(language.Of("picture.scores.standing", "score", boundsIn(s.in, s.card.Tally.Score), "facts", tallied(s.card.Tally)))
}

// boundsIn writes a score as a language does: 0.42, or 0.33–0.83.
func boundsIn(l *language.Language, b assessment.Bounds) string {
	if b.Exact() {
		return draw.Figures(l, b.Low, 2)
	}
	return draw.Figures(l, b.Low, 2) + "–" + draw.Figures(l, b.High, 2)
}

// tallied tells how many are met, and not rated.
func tallied(t assessment.Tally) []language.Text {
	told := []language.Text{metTold(t)}
	if t.Unknown > 0 {
		told = append(told, language.Of("picture.not-rated", "n", t.Unknown))
	}
	return told
}

func required(t assessment.Tally) int { return t.Met + t.Unmet + t.Unknown }

func (s scores) describe() string {
	told := []string{s.standing()}
	for _, row := range s.rows[:min(len(s.rows), draw.Told+1)] {
		facts := []language.Text{language.Of("picture.nothing-required")}
		if required(row.tally) > 0 {
			facts = append([]language.Text{language.Typed(boundsIn(s.in, row.tally.Score))}, tallied(row.tally)...)
		}
		if row.spread != nil {
			facts = append(facts, language.Of("picture.scores.spread", "low", draw.Figures(s.in, row.spread.Low, 2), "high", draw.Figures(s.in, row.spread.High, 2)))
		}
		told = append(told, s.in.Say(language.Of("picture.scores.section", "section", row.name, "facts", facts)))
		if len(row.items) > 0 {
			items := draw.Each(row.items, func(it scoreItem) language.Text {
				return language.Of("picture.scores.item", "criterion", s.nameOf(it), "level", it.told())
			})
			told = append(told, s.in.Say(language.Of("picture.scores.items", "items", draw.Semicolons(items, draw.Told))))
		}
	}
	if left := len(s.rows) - draw.Told - 1; left > 0 {
		told = append(told, s.in.Say(language.Of("picture.scores.sections-more", "n", left)))
	}
	return strings.Join(told, " ")
}

// nameOf is what people read for a criterion.
func (s scores) nameOf(it scoreItem) language.Text {
	name := criterionName(s.in, it.Criterion)
	if it.Criterion.Advisory {
		return language.Of("picture.scores.advisory", "criterion", name)
	}
	return name
}

// criterionName is what people read for a criterion. A checklist gives it an id and a
// sentence, and no name. The criteria of the reform cycle have short names among the texts;
// of others the id is read, but where a language says the sentence and has no word for what
// the id says.
func criterionName(l *language.Language, c assessment.Criterion) language.Text {
	name, text := idName(c.ID), language.Built(c.Text)
	says := func(t language.Text) bool { return l.Say(t) != t.Plain }
	id := "picture.criterion." + c.ID
	if _, named := language.Texts().Entry(id); named {
		return language.Of(id)
	}
	if name.ID == language.BuiltIn && !says(name) && says(text) {
		return text
	}
	return name
}

// told is the level of a criterion, and how far assessors lie apart.
func (it scoreItem) told() (level language.Text) {
	switch {
	case it.Level.Known() && it.Met:
		level = language.Of("picture.scores.met", "level", int(it.Level))
	case it.Level.Known():
		level = language.Of("picture.scores.unmet", "level", int(it.Level))
	case it.Criterion.Kind == assessment.Derived:
		return language.Of("picture.scores.computed")
	default:
		level = language.Of("picture.scores.not-rated")
	}
	if it.lowest != it.highest {
		return language.Of("picture.scores.between", "level", level, "low", int(it.lowest), "high", int(it.highest))
	}
	return level
}

func (s scores) basis() string {
	if len(s.card.Items) == 0 {
		return ""
	}
	var ratings []assessment.Rating
	for _, it := range s.card.Items {
		if it.Rating != nil {
			ratings = append(ratings, *it.Rating)
		}
	}
	return illustrative(s.in, ratings)
}

func (p *page) scale(top, bottom float64) {
	small := draw.Style{Size: 12, Fill: draw.Grey, Anchor: "start"}
	for i, id := range []string{"picture.scores.score-axis", "picture.scores.level-axis"} {
		text := p.Say(id)
		p.Text(scoreLeft, top-22+14*float64(i), text, draw.Smaller(text, scoreStart-scoreLeft-30, small, 7))
	}
	for l := assessment.NonFunctional; l <= assessment.HighlyFunctional; l++ {
		x := scoreX(l.Share())
		p.Put(`<path d="M%s %sV%s" stroke="#CCCCCC"/>`, x, top-4, bottom)
		p.Text(x, top-22, draw.Figures(p.In, l.Share(), 2), draw.Style{Size: 12, Fill: draw.Grey})
		p.Text(x, top-8, p.In.Number(float64(l)), draw.Style{Size: 12, Fill: draw.Grey})
	}
	lines, st := draw.Within(p.Say("picture.scores.highest"), scoreRight-scoreEnd-18, 3*12*draw.Leading, small, 7)
	step := st.Size * draw.Leading
	p.Lines(scoreEnd+18, top-8-step*float64(len(lines)-1), step, lines, st)
}

func (p *page) scoreBar(l scoreLayout, y float64, row scoreRow) {
	middle := y + l.bar/2
	p.Put(`<path d="M%s %sH%s" stroke="#BBBBBB"/>`, scoreLeft, y, scoreRight)
	baseline := middle + l.size*0.35
	write := func(x, width float64, text string, st draw.Style) {
		st.Anchor = "start"
		st = draw.Smaller(text, width, st, leastSize)
		p.Text(x, baseline, draw.Fit(text, width, st.Wide()), st)
	}
	words := func(text string) {
		write(scoreWords, scoreRight-scoreWords, text, draw.Style{Size: min(l.size-1, 13.5)})
	}
	write(scoreLeft, scoreStart-scoreLeft-6, p.In.Say(row.name), draw.Style{Size: l.size, Bold: true})
	if required(row.tally) == 0 {
		words(p.Say("picture.nothing-required"))
		return
	}
	half := l.bar * 0.3
	score := row.tally.Score
	low, high := scoreX(score.Low), scoreX(score.High)
	p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"/>`, scoreStart, middle-half, max(low-scoreStart, 0.5), 2*half, support.colour(), draw.Dark)
	if high > low {
		p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"/>`, low, middle-half, high-low, 2*half, p.Dotted(draw.White), draw.Dark)
	}
	if row.spread != nil {
		p.Whisker(scoreX(row.spread.Low), scoreX(row.spread.High), middle, half*0.8)
	}
	words(boundsIn(p.In, score) + " · " + p.In.Say(metTold(row.tally)))
}

// leastSize is that of a name which else had no room in its row.
const leastSize = 6.5

func (p *page) scoreMark(s scores, l scoreLayout, y float64, it scoreItem) {
	middle := y + l.item/2
	baseline := func(st draw.Style) float64 { return middle + st.Size*0.35 }
	st := draw.Style{Size: l.itemSize, Anchor: "start"}
	lines, name := draw.Within(p.In.Say(s.nameOf(it)), scoreStart-scoreLeft-26, l.item, st, leastSize)
	step := name.Size * draw.Leading
	p.Lines(scoreLeft+14, baseline(name)-step*float64(len(lines)-1)/2, step, lines, name)
	p.Put(`<path d="M%s %sH%s" stroke="#DDDDDD"/>`, scoreStart, middle, scoreEnd)
	r := min(l.item*0.36, 8)
	if it.lowest != it.highest {
		p.Whisker(scoreX(it.lowest.Share()), scoreX(it.highest.Share()), middle, r)
	}
	if it.Level.Known() {
		p.standMark(scoreX(it.Level.Share()), middle, r, it.Met, it.Criterion.Advisory)
	} else {
		st.Fill = draw.Grey
	}
	words := p.In.Say(it.told())
	st = draw.Smaller(words, scoreRight-scoreWords, st, leastSize)
	p.Text(scoreWords, baseline(st), draw.Fit(words, scoreRight-scoreWords, st.Size), st)
}

// standMark is round and full where a criterion is met, a hollow diamond where
// it is not, and smaller where it only informs.
func (p *page) standMark(x, y, r float64, met, advisory bool) {
	if advisory {
		r *= 0.7
	}
	if met {
		p.Mark(draw.Circle, x, y, r, support.colour(), draw.White, false)
		return
	}
	p.Mark(draw.Diamond, x, y, r*0.92, draw.White, opposition.colour(), false)
}

func (p *page) scoreSigns(s scores) []draw.Sign {
	signs := []draw.Sign{
		{Text: p.Say("picture.scores.sign.score"), Draw: p.Swatch(support.colour())},
		{Text: p.Say("picture.scores.sign.open"), Draw: p.Swatch(p.Dotted(draw.White))},
		{Text: p.Say("picture.scores.sign.met"), Draw: func(x, y float64) { p.standMark(x, y, 7, true, false) }},
		{Text: p.Say("picture.scores.sign.unmet"), Draw: func(x, y float64) { p.standMark(x, y, 7, false, false) }},
		{Text: p.Say("picture.scores.sign.advisory"), Draw: func(x, y float64) {
			p.standMark(x-8, y, 8, true, true)
			p.standMark(x+8, y, 8, false, true)
		}},
	}
	if s.assessors > 0 {
		signs = append(signs, draw.Sign{Text: p.Say("picture.scores.sign.spread"), Draw: p.WhiskerSign})
	}
	return signs
}

// scoreFoot is where the rows have to end, for what stands below them.
func (p *page) scoreFoot(signs []draw.Sign, notes []string) float64 {
	return min(scoreFoot, draw.PageHeight-24-draw.SignsHigh(scoreRight-scoreLeft, 3, signs)-p.Foot(notes...))
}

func (p *page) scoreLegend(foot float64, signs []draw.Sign, notes []string) {
	y := p.Signs(scoreLeft, foot+24, scoreRight-scoreLeft, 3, signs)
	p.Notes(y+4, notes...)
}

func (s scores) notes() []string {
	notes := []string{s.in.Say(language.Of("picture.scores.note"))}
	if s.assessors > 0 {
		notes = append(notes, s.in.Say(language.Of("picture.scores.compared", "n", s.assessors)))
	}
	return append(notes, s.packages())
}

// packages says which criteria that count together are all met.
func (s scores) packages() string {
	if len(s.card.Packages) == 0 {
		return ""
	}
	told := draw.Each(s.card.Packages, func(t assessment.PackageTally) language.Text {
		answer := t.Complete.Told()
		answer.Plain = draw.Plain(answer.Plain, draw.NameLimit)
		return language.Of("picture.scores.package", "package", idName(t.Package), "answer", answer)
	})
	return s.in.Say(language.Of("picture.scores.packages", "packages", draw.Semicolons(told, 3)))
}
