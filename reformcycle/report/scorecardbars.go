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
			bad.Add(field+".score", fault.Range, s.String(), "0 to 1, the low end first")
		}
		if t.Met < 0 || t.Unmet < 0 || t.Unknown < 0 {
			bad.Add(field, fault.Range, fmt.Sprintf("%d, %d, %d", t.Met, t.Unmet, t.Unknown), "counts of 0 or more")
		}
	}
	level := func(field string, it assessment.Item) {
		if !it.Level.Valid() {
			bad.Add(field+".level", fault.Known, uint8(it.Level), "a level, or unknown")
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
			bad.Add(field+".criterion.section", fault.Exists, it.Criterion.Section, "a section of the scorecard")
		}
	}
	if !bad.Count("assessors", len(assessors), maxAssessors) {
		return bad
	}
	for n, a := range assessors {
		field := fault.At("assessors", n)
		if a.Checklist != card.Checklist || len(a.Items) != len(card.Items) {
			bad.Add(field+".checklist", fault.Same, a.Checklist, "a scorecard of the same checklist, "+card.Checklist)
			continue
		}
		for i, it := range a.Items {
			if it.Criterion.ID != card.Items[i].Criterion.ID {
				bad.Add(fault.At(field+".items", i)+".criterion.id", fault.Same, it.Criterion.ID, "the criteria of the scorecard, in its order")
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
	name  string
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
		s.rows = append(s.rows, scoreRow{name: "All sections", tally: card.Tally, spread: s.spread(all)})
	}
	for _, section := range card.Sections {
		items := within[section.Section]
		s.rows = append(s.rows, scoreRow{idName(section.Section), section.Tally, items, s.spread(items)})
	}
	return s
}

// idName makes of an id what people read.
func idName(id string) string {
	return draw.First(draw.Capital(draw.Plain(strings.Map(func(r rune) rune {
		if strings.ContainsRune("-._", r) {
			return ' '
		}
		return r
	}, id), draw.NameLimit)), "No name")
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
	scoreFoot  = 974.0
)

func scoreX(share float64) float64 { return scoreStart + (scoreEnd-scoreStart)*share }

func (s scores) draw() string {
	p := newPage(draw.Sheet{
		In: s.in, Name: "reform-scorecard", On: draw.Upright, Title: s.title, Otherwise: "Scorecard",
		Kind: "scorecard. " + s.standing(), Description: s.describe(), Basis: s.basis(),
	})
	top := p.Head("Scorecard by "+draw.First(draw.Plain(s.card.Checklist, draw.NameLimit), "no checklist")+". "+s.standing()) + 44
	if len(s.card.Items) == 0 {
		p.Empty(draw.PageWidth/2, draw.PageHeight/2, "There is nothing to judge by yet.")
		p.scoreLegend(s, "")
		return p.End()
	}

	layout := draw.Largest(scoreLayouts, func(l scoreLayout) bool { return s.height(l) <= scoreFoot-top })
	rows := s.rows
	if room := int((scoreFoot - top) / layout.bar); layout.item == 0 && len(rows) > room {
		rows = rows[:room]
	}
	p.scale(top, min(top+s.height(layout), scoreFoot))
	y := top
	for _, row := range rows {
		p.scoreBar(layout, y, row)
		y += layout.bar
		if layout.item == 0 {
			continue
		}
		for _, it := range row.items {
			p.scoreMark(layout, y, it)
			y += layout.item
		}
	}
	var without []string
	if layout.item == 0 {
		without = append(without, draw.Counted(len(s.card.Items), "criterion", "criteria"))
	}
	if left := len(s.rows) - len(rows); left > 0 {
		without = append(without, draw.Counted(left, "more section", "more sections"))
	}
	omitted := ""
	if len(without) > 0 {
		omitted = "Not drawn for want of room: " + strings.Join(without, " and ") + "."
	}
	p.scoreLegend(s, omitted)
	return p.End()
}

func (s scores) height(l scoreLayout) float64 {
	h := float64(len(s.rows)) * l.bar
	for _, row := range s.rows {
		h += float64(len(row.items)) * l.item
	}
	return h
}

func (s scores) standing() string {
	if len(s.card.Items) == 0 {
		return "Nothing to judge by"
	}
	return "Score " + s.card.Tally.Score.String() + ": " + metWords(s.card.Tally)
}

func metWords(t assessment.Tally) string {
	text := fmt.Sprintf("%d of %d met", t.Met, required(t))
	if t.Unknown > 0 {
		text += fmt.Sprintf(", %d not rated", t.Unknown)
	}
	return text
}

func required(t assessment.Tally) int { return t.Met + t.Unmet + t.Unknown }

func (s scores) describe() string {
	var b strings.Builder
	b.WriteString(s.standing() + ".")
	for _, row := range s.rows[:min(len(s.rows), draw.Told+1)] {
		fmt.Fprintf(&b, " %s: ", row.name)
		if required(row.tally) == 0 {
			b.WriteString("nothing required")
		} else {
			b.WriteString(row.tally.Score.String() + ", " + metWords(row.tally))
		}
		if row.spread != nil {
			b.WriteString(", assessors from " + draw.Figures(nil, row.spread.Low, 2) + " to " + draw.Figures(nil, row.spread.High, 2))
		}
		b.WriteByte('.')
		if len(row.items) > 0 {
			told := draw.Each(row.items, func(it scoreItem) string { return itemName(it) + " " + it.words() })
			b.WriteString(" " + draw.Some(told, draw.Told, "; ") + ".")
		}
	}
	if left := len(s.rows) - draw.Told - 1; left > 0 {
		fmt.Fprintf(&b, " And %s.", draw.Counted(left, "more section", "more sections"))
	}
	return b.String()
}

func itemName(it scoreItem) string {
	name := idName(it.Criterion.ID)
	if it.Criterion.Advisory {
		name += " (advisory)"
	}
	return name
}

func (it scoreItem) words() string {
	var text string
	switch {
	case it.Level.Known():
		if text = fmt.Sprintf("%d, not met", it.Level); it.Met {
			text = fmt.Sprintf("%d, met", it.Level)
		}
	case it.Criterion.Kind == assessment.Derived:
		return "computed, not rated"
	default:
		text = "not rated"
	}
	if it.lowest != it.highest {
		text += fmt.Sprintf(" (%d to %d)", it.lowest, it.highest)
	}
	return text
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
	return basis(ratings)
}

func (p *page) scale(top, bottom float64) {
	p.Text(scoreLeft, top-22, "score", draw.Style{Size: 12, Fill: draw.Grey, Anchor: "start"})
	p.Text(scoreLeft, top-8, "level of a criterion", draw.Style{Size: 12, Fill: draw.Grey, Anchor: "start"})
	for l := assessment.NonFunctional; l <= assessment.HighlyFunctional; l++ {
		x := scoreX(l.Share())
		p.Put(`<path d="M%s %sV%s" stroke="#CCCCCC"/>`, x, top-4, bottom)
		p.Text(x, top-22, draw.Figures(nil, l.Share(), 2), draw.Style{Size: 12, Fill: draw.Grey})
		p.Text(x, top-8, fmt.Sprint(int(l)), draw.Style{Size: 12, Fill: draw.Grey})
	}
	p.Text(scoreEnd+14, top-8, "(4 is highly functional)", draw.Style{Size: 12, Fill: draw.Grey, Anchor: "start"})
}

func (p *page) scoreBar(l scoreLayout, y float64, row scoreRow) {
	middle := y + l.bar/2
	p.Put(`<path d="M%s %sH%s" stroke="#BBBBBB"/>`, scoreLeft, y, scoreRight)
	baseline := middle + l.size*0.35
	write := func(x, width float64, text string, st draw.Style) {
		st.Anchor = "start"
		p.Text(x, baseline, draw.Fit(text, width, st.Wide()), st)
	}
	words := func(text string) {
		write(scoreWords, scoreRight-scoreWords, text, draw.Style{Size: min(l.size-1, 13.5)})
	}
	write(scoreLeft, scoreStart-scoreLeft-6, row.name, draw.Style{Size: l.size, Bold: true})
	if required(row.tally) == 0 {
		words("nothing required")
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
	words(fmt.Sprintf("%s · %d of %d met", score, row.tally.Met, required(row.tally)))
}

func (p *page) scoreMark(l scoreLayout, y float64, it scoreItem) {
	middle := y + l.item/2
	baseline := middle + l.itemSize*0.35
	step := l.itemSize * 1.2
	lines := []string{draw.Fit(itemName(it), scoreStart-scoreLeft-26, l.itemSize)}
	if 2*step <= l.item {
		lines = draw.Wrap(itemName(it), scoreStart-scoreLeft-26, l.itemSize, 2)
	}
	p.Lines(scoreLeft+14, baseline-step*float64(len(lines)-1)/2, step, lines, draw.Style{Size: l.itemSize, Anchor: "start"})
	p.Put(`<path d="M%s %sH%s" stroke="#DDDDDD"/>`, scoreStart, middle, scoreEnd)
	r := min(l.item*0.36, 8)
	if it.lowest != it.highest {
		p.Whisker(scoreX(it.lowest.Share()), scoreX(it.highest.Share()), middle, r)
	}
	fill := ""
	if it.Level.Known() {
		p.standMark(scoreX(it.Level.Share()), middle, r, it.Met, it.Criterion.Advisory)
	} else {
		fill = draw.Grey
	}
	p.Text(scoreWords, baseline, draw.Fit(it.words(), scoreRight-scoreWords, l.itemSize), draw.Style{Size: l.itemSize, Fill: fill, Anchor: "start"})
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

func (p *page) scoreLegend(s scores, omitted string) {
	signs := []draw.Sign{
		{Text: "score, as far as it is known", Draw: p.Swatch(support.colour())},
		{Text: "open: not rated yet", Draw: p.Swatch(p.Dotted(draw.White))},
		{Text: "criterion met", Draw: func(x, y float64) { p.standMark(x, y, 7, true, false) }},
		{Text: "criterion not met", Draw: func(x, y float64) { p.standMark(x, y, 7, false, false) }},
		{Text: "small: advisory, not in the score", Draw: func(x, y float64) {
			p.standMark(x-8, y, 8, true, true)
			p.standMark(x+8, y, 8, false, true)
		}},
	}
	if s.assessors > 0 {
		signs = append(signs, draw.Sign{Text: "from lowest to highest assessor", Draw: p.WhiskerSign})
	}
	y := p.Signs(scoreLeft, scoreFoot+24, scoreRight-scoreLeft, 3, signs)
	notes := []string{"The score is the weighted mean of the levels of what is required, spaced evenly from 0 to 1 (model); what is not rated counts as the lowest level at its low end and as the highest at its high end."}
	if s.assessors > 0 {
		notes = append(notes, fmt.Sprintf("%s compared: on a criterion from the lowest level given to the highest, on a bar from the score with all the lowest to that with all the highest.", draw.Counted(s.assessors, "assessor", "assessors")))
	}
	p.Notes(y+4, append(notes, s.packages(), omitted)...)
}

// packages says which criteria that count together are all met.
func (s scores) packages() string {
	if len(s.card.Packages) == 0 {
		return ""
	}
	var told []string
	for _, t := range s.card.Packages {
		told = append(told, fmt.Sprintf("%s complete: %s", idName(t.Package), draw.Plain(string(t.Complete), draw.NameLimit)))
	}
	return "Packages of criteria that count together: " + draw.Some(told, 3, "; ") + "."
}
