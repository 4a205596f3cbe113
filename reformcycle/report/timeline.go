package report

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Turn is where a cycle stood from a move on.
type Turn struct {
	// On is when the move was made, as far as it is known, and as it was corrected.
	On date.Date
	// Move that was made; empty for the first turn, in which the record begins.
	Move reformcycle.MoveName
	// Stage, Status and Lap after it; of an abandoned cycle the stage at which it ended.
	Stage  reformcycle.Stage
	Status reformcycle.Status
	Lap    int
	// Entry that recorded it.
	Entry uint64
}

// Turns reads the moves of a cycle from its history, as they stand corrected, up to the
// last entry of its state; none where it has not begun. Moves that were retracted are left
// out.
//
// Errors: as those of [reformcycle.Cycle.History] and of [reformcycle.Entry.Change].
func Turns(ctx context.Context, c *reformcycle.Cycle) ([]Turn, error) {
	if c == nil {
		return nil, fault.Refuse("c", fault.Required, nil, language.Of("want.sim-a-cycle"))
	}
	s := c.State()
	if s.Seq() == 0 {
		return nil, nil
	}
	var turns []Turn
	at := Turn{Stage: reformcycle.ProblemPrioritization, Lap: 1}
	for e, err := range c.History(ctx, 0) {
		if err != nil {
			return nil, err
		}
		if e.Seq > s.Seq() {
			break
		}
		change, err := e.Change()
		if err != nil {
			return nil, err
		}
		if !at.after(change) {
			continue
		}
		on, retracted := e.On(), false
		for _, correction := range s.CorrectionsOf(e) {
			switch correction.Kind {
			case reformcycle.KindRetract:
				retracted = true
			case reformcycle.KindCorrectMoment:
				if on = correction.Date; on.IsZero() {
					on = date.Of(correction.Moment)
				}
			}
		}
		if retracted {
			at = turns[len(turns)-1]
			continue
		}
		at.On, at.Entry = on, e.Seq
		turns = append(turns, at)
	}
	return turns, nil
}

// after takes a turn along a change, and reports whether that is a move, or the beginning.
func (t *Turn) after(change reformcycle.Change) bool {
	switch c := change.(type) {
	case reformcycle.Begin:
		t.Stage = max(c.Stage, reformcycle.ProblemPrioritization)
	case reformcycle.Advance:
		t.Stage++
		t.Move = reformcycle.MoveAdvance
		if c.Override != (reformcycle.Override{}) {
			t.Move = reformcycle.MoveOverride
		}
	case reformcycle.Revisit:
		t.Stage, t.Move = c.To, reformcycle.MoveRevisit
	case reformcycle.Renew:
		t.Stage, t.Move = max(c.At, reformcycle.ProblemPrioritization), reformcycle.MoveRenew
		t.Lap++
	case reformcycle.Suspend:
		t.Status, t.Move = reformcycle.Suspended, reformcycle.MoveSuspend
	case reformcycle.Resume:
		t.Status, t.Move = reformcycle.Active, reformcycle.MoveResume
	case reformcycle.Abandon:
		t.Status, t.Move = reformcycle.Abandoned, reformcycle.MoveAbandon
	default:
		return false
	}
	return true
}

// TimeLine draws when many cycles stood where, as an SVG page of A4 size, upright: a row
// for each cycle, a bar for each stage with its number, hatched while the cycle was
// suspended, up to the day at which its state is judged. A date that is known to the month
// or the year only is a span, drawn as wide as it is: somewhere in it the move was made.
// Marks tell moves that were no plain advance: a new lap with its number, a revisit, an
// override, the end.
//
// The turns are what [Turns] gives, by the id of the cycle. A page has [PageRows] rows, and
// says of how many ([Nation.Pages]). [TimeLineTable] has every turn.
//
// A cycle that is there twice, one without turns though it has begun, a turn without a date
// or at no stage, and a page beyond the last are refused with [fault.Fields].
func TimeLine(w io.Writer, l *language.Language, title string, n Nation, turns map[string][]Turn, v View) error {
	t, err := newTimes(l, n, turns, v)
	if err != nil {
		return err
	}
	return draw.Write(w, t.draw(title))
}

// TimeLineTable is what a time line shows: a row for each turn of each cycle of the page.
//
// Errors: as those of [TimeLine].
func TimeLineTable(l *language.Language, n Nation, turns map[string][]Turn, v View) (Table, error) {
	t, err := newTimes(l, n, turns, v)
	if err != nil {
		return Table{}, err
	}
	say := func(id string) string { return l.Say(language.Of(id)) }
	table := Table{Caption: t.kind(), Columns: []string{
		say("picture.many.jurisdiction"), say("picture.time.when"), say("picture.time.move"), say("picture.many.stands"), say("picture.time.lap"),
	}}
	for _, d := range t.rows {
		if len(turns[d.cycle]) == 0 {
			table.Rows = append(table.Rows, []string{d.name, "", "", l.Say(d.stands()), ""})
		}
		for _, turn := range turns[d.cycle] {
			what := say("picture.time.begins")
			if turn.Move != "" {
				what = l.Say(turn.Move.Told())
			}
			stands := district{stage: turn.Stage, status: turn.Status}.stands()
			table.Rows = append(table.Rows, []string{d.name, l.Date(turn.On.String()), what, l.Say(stands), l.Number(float64(turn.Lap))})
		}
	}
	return table, nil
}

type times struct {
	in    *language.Language
	n     Nation
	view  View
	rows  []district
	from  int
	turns map[string][]Turn
	// begins and ends are those of the axis.
	begins, ends time.Time
}

func newTimes(l *language.Language, n Nation, turns map[string][]Turn, v View) (times, error) {
	wrong := fault.Of(n.check(v))
	t := times{in: l, n: n, view: v, turns: turns}
	reach := func(day time.Time) {
		if t.begins.IsZero() || day.Before(t.begins) {
			t.begins = day
		}
		if day.After(t.ends) {
			t.ends = day
		}
	}
	for i, s := range n.States {
		path := fault.At("states", i) + ".turns"
		if s.Seq() > 0 && len(turns[s.ID()]) == 0 {
			wrong.Add(path, fault.Required, nil, language.Of("want.turns-of", "cycle", s.ID()))
		}
		for k, turn := range turns[s.ID()] {
			at := path + fault.At("", k)
			if turn.On.IsZero() {
				wrong.Add(at+".on", fault.Required, nil, language.Of("want.turn-date"))
				continue
			}
			if !turn.Stage.Valid() {
				wrong.Add(at+".stage", fault.Known, turn.Stage.String(), language.Of("want.one-of-stages"))
			}
			reach(turn.On.First())
			reach(turn.On.Last())
			reach(date.Of(s.JudgedAt()).First())
		}
	}
	t.rows, t.from = shownOn(n.districts(l, v.Order), v.Page)
	return t, wrong.Err()
}

func (t times) kind() string {
	return join(t.in.Say(language.Of("picture.time.head")), paged(t.in, t.n, t.view, len(t.rows), t.from), judgedLast(t.in, t.n.States))
}

func (t times) describe() string {
	return t.in.Say(language.Of("picture.time.described")) + draw.Sentences(t.in, t.rows, func(d district) string {
		turns := t.turns[d.cycle]
		switch {
		case d.silent:
			return t.in.Say(language.Of("picture.many.is-silent", "name", d.name))
		case len(turns) == 0:
			return t.in.Say(language.Of("picture.time.not-begun", "name", d.name))
		}
		return t.in.Say(language.Of("picture.time.row", "name", d.name, "stands", d.stands(), "lap", d.lap,
			"began", turns[0].On.String(), "n", len(turns)-1, "last", turns[len(turns)-1].On.String()))
	})
}

const (
	timeStart = 232.0
	timeEnd   = draw.PageWidth - draw.Margin
)

// timeSteps are how many months may lie between two lines of the axis.
var timeSteps = []int{1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12000}

// x of a day.
func (t times) x(day time.Time) float64 {
	return timeStart + (timeEnd-timeStart)*(float64(day.Unix()-t.begins.Unix())/float64(max(t.ends.Unix()-t.begins.Unix(), 86400)))
}

func (t times) draw(title string) string {
	p := newPage(draw.Sheet{
		In: t.in, Name: "nation-time", On: draw.Upright, Title: title, Otherwise: t.in.Say(language.Of("picture.time")),
		Kind: t.kind(), Description: t.describe(),
	})
	top := p.Head(p.Kind) + 24
	signs, note := p.timeSigns(), p.Say("picture.time.note")
	width := draw.PageWidth - 2*draw.Margin
	foot := draw.PageHeight - 12 - p.Foot(note) - draw.SignsHigh(width, 4, signs) - 16
	if len(t.rows) == 0 {
		p.Empty(draw.PageWidth/2, draw.PageHeight/2, p.Say("picture.many.nobody"))
	} else {
		high := min((foot-top)/float64(len(t.rows)), 30)
		p.timeAxis(t, top, top+high*float64(len(t.rows)))
		p.timeRows(t, top, high)
	}
	y := p.Signs(draw.Margin, foot+14, width, 4, signs)
	p.Notes(y+6, note)
	return p.End()
}

// timeAxis draws a line for each year, or whatever step has room, with its date.
func (p *page) timeAxis(t times, top, bottom float64) {
	if t.begins.IsZero() {
		return
	}
	months := (t.ends.Year()-t.begins.Year())*12 + int(t.ends.Month()-t.begins.Month())
	step := timeSteps[len(timeSteps)-1]
	for _, s := range slices.Backward(timeSteps) {
		most := 12
		if s < 12 {
			most = 6
		}
		if months/s <= most {
			step = s
		}
	}
	first := t.begins.Year() * 12
	if step < 12 {
		first += int(t.begins.Month()) - 1
	}
	first = (first + step - 1) / step * step
	for m := first; ; m += step {
		day := time.Date(m/12, time.Month(m%12+1), 1, 0, 0, 0, 0, time.UTC)
		if day.After(t.ends) {
			break
		}
		if day.Before(t.begins) {
			continue
		}
		x := t.x(day)
		p.Put(`<path d="M%v %vV%v" stroke="#CCCCCC"/>`, x, top-6, bottom)
		text := p.In.Date(day.Format("2006"))
		if step < 12 {
			text = p.In.Date(day.Format("2006-01"))
		}
		st := draw.Smaller(text, (timeEnd-timeStart)/13*float64(min(step, 12))/12, draw.Style{Size: 11, Fill: draw.Grey}, 6)
		if step < 12 {
			st = draw.Smaller(text, (timeEnd-timeStart)/7-4, draw.Style{Size: 11, Fill: draw.Grey}, 5)
		}
		half := draw.TextWidth(text, st.Wide()) / 2
		p.Text(min(max(x, heatLeft+half), draw.PageWidth-8-half), top-10, text, st)
	}
}

// timeRows draws the bars stage by stage, all of one as one path, and what stands on them.
func (p *page) timeRows(t times, top, high float64) {
	type bar struct{ from, to, y float64 }
	bars := map[reformcycle.Standing][]bar{}
	var rough strings.Builder
	half := high * 0.34
	var on []func()
	rect := func(b *strings.Builder, from, to, y float64) {
		b.WriteString("M" + draw.Num(from) + " " + draw.Num(y-half) + "h" + draw.Num(to-from) + "v" + draw.Num(2*half) + "h-" + draw.Num(to-from) + "z")
	}
	for r, d := range t.rows {
		y := top + high*(float64(r)+0.5)
		p.rowHead(d, timeStart, y-high/2, high, min(high*0.72, 12))
		turns := t.turns[d.cycle]
		marked := map[moveMark]float64{}
		free := timeStart // of what is written on the bars
		within := spansOf(turns)
		for i, turn := range turns {
			begins, from := t.x(within[i].from), t.x(within[i].to)
			if within[i].from != within[i].to {
				from = min(t.x(within[i].to.AddDate(0, 0, 1)), timeEnd)
				rect(&rough, begins, from, y)
			}
			to := t.x(date.Of(d.state.JudgedAt()).First())
			if i+1 < len(turns) {
				to = t.x(within[i+1].from)
			}
			if turn.Status != reformcycle.Abandoned && to-from >= 0.2 {
				key := reformcycle.Standing{Stage: turn.Stage, Status: turn.Status}
				bars[key] = append(bars[key], bar{from, to, y})
			}
			// The mark of the move, and the number of the stage, where either has room.
			x, m := (begins+t.x(within[i].to))/2, markOf(turn.Move)
			radius := min(high*0.36, 8)
			if last, there := marked[m]; m != noMark && (!there || x-last >= 2*radius) && (m != lapMark || x-radius >= free-1) {
				marked[m] = x
				on = append(on, func() { p.moveMark(m, x, y, radius, turn.Lap) })
				free = max(free, x+radius+1)
			}
			number := draw.Style{Size: min(high*0.56, 10.5), Bold: true, Fill: inkOn(turn.Stage)}
			room := to - max(from, free) - 2
			if turn.Status == reformcycle.Suspended {
				number.Fill = draw.Dark
			}
			if i+1 < len(turns) && markOf(turns[i+1].Move) != noMark {
				room -= radius
			}
			text := p.In.Number(float64(turn.Stage))
			if turn.Status != reformcycle.Abandoned && room >= draw.TextWidth(text, number.Wide())+1 {
				at := max(from, free) + room/2 + 1
				suspended := turn.Status == reformcycle.Suspended
				on = append(on, func() {
					if suspended {
						p.disc(at, y, number.Size*0.62)
					}
					p.Text(at, y+number.Size*0.36, text, number)
				})
				free = max(free, at+draw.TextWidth(text, number.Wide())/2+1)
			}
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(bars), func(a, b reformcycle.Standing) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Stage, b.Stage))
	}) {
		var b strings.Builder
		for _, one := range bars[key] {
			rect(&b, one.from, one.to, one.y)
		}
		p.Put(`<path d="%s" fill="%s" stroke="%s" stroke-width="0.6"/>`, b.String(), p.barFill(key), draw.Dark)
	}
	if rough.Len() > 0 {
		p.Put(`<path d="%s" fill="%s"/>`, rough.String(), p.roughly())
	}
	for _, do := range on {
		do()
	}
}

// days are the first and the last on which something may have happened.
type days struct{ from, to time.Time }

// spansOf are the days on which each turn may have been made. Turns are in their order, so
// that none was made after the last day of the one that follows, nor before the first of
// the one before.
func spansOf(turns []Turn) []days {
	all := make([]days, len(turns))
	for i, turn := range turns {
		all[i] = days{turn.On.First(), turn.On.Last()}
		if i > 0 && all[i].from.Before(all[i-1].from) {
			all[i].from = all[i-1].from
		}
	}
	for i := len(all) - 1; i >= 0; i-- {
		if i+1 < len(all) && all[i].to.After(all[i+1].to) {
			all[i].to = all[i+1].to
		}
		if all[i].to.Before(all[i].from) { // dates that were handed in out of their order
			all[i].to = all[i].from
		}
	}
	return all
}

func (p *page) barFill(at reformcycle.Standing) string {
	if at.Status == reformcycle.Suspended {
		return p.Hatched(5, 1.6, draw.White, draw.Dark)
	}
	return stageInks[at.Stage]
}

// roughly is the span of a date that is known to the month or the year.
func (p *page) roughly() string { return p.Dotted("#FFF3C4") }

// moveMark is that of a move on a time line.
type moveMark uint8

const (
	noMark moveMark = iota
	lapMark
	backMark
	overrideMark
	endMark
)

func markOf(m reformcycle.MoveName) moveMark {
	switch m {
	case reformcycle.MoveRenew:
		return lapMark
	case reformcycle.MoveRevisit:
		return backMark
	case reformcycle.MoveOverride:
		return overrideMark
	case reformcycle.MoveAbandon:
		return endMark
	}
	return noMark
}

func (p *page) moveMark(m moveMark, x, y, r float64, lap int) {
	switch m {
	case lapMark:
		p.Put(`<circle cx="%v" cy="%v" r="%v" fill="#000000" stroke="#FFFFFF"/>`, x, y, r)
		text := p.In.Number(float64(lap))
		st := draw.Smaller(text, r*1.7, draw.Style{Size: r * 1.4, Bold: true, Fill: draw.White}, 3)
		p.Text(x, y+st.Size*0.36, text, st)
	case backMark:
		p.Put(`<path d="M%v %vl%v %vv%vz" fill="#000000" stroke="#FFFFFF" stroke-width="0.8"/>`, x-r, y, 1.7*r, -0.9*r, 1.8*r)
	case overrideMark:
		p.Mark(draw.Diamond, x, y, r*0.62, draw.White, draw.Rust, false)
	case endMark:
		p.Put(`<path d="M%v %vl%v %vm0 %vl%v %v" stroke="#FFFFFF" stroke-width="%v"/>`, x-r*0.7, y-r*0.7, 1.4*r, 1.4*r, -1.4*r, -1.4*r, 1.4*r, r*0.8)
		p.Put(`<path d="M%v %vl%v %vm0 %vl%v %v" stroke="#000000" stroke-width="%v"/>`, x-r*0.7, y-r*0.7, 1.4*r, 1.4*r, -1.4*r, -1.4*r, 1.4*r, r*0.45)
	}
}

func (p *page) timeSigns() []draw.Sign {
	signs := p.stageSigns()[:8]
	mark := func(m moveMark) func(x, y float64) {
		return func(x, y float64) { p.moveMark(m, x, y, 8, 2) }
	}
	return append(signs,
		draw.Sign{Text: p.Say("picture.time.sign.suspended"), Draw: p.Swatch(p.barFill(reformcycle.Standing{Status: reformcycle.Suspended}))},
		draw.Sign{Text: p.Say("picture.time.sign.roughly"), Draw: p.Swatch(p.roughly())},
		draw.Sign{Text: p.Say("picture.time.sign.lap"), Draw: mark(lapMark)},
		draw.Sign{Text: p.Say("picture.time.sign.revisit"), Draw: mark(backMark)},
		draw.Sign{Text: p.Say("picture.time.sign.override"), Draw: mark(overrideMark)},
		draw.Sign{Text: p.Say("picture.many.sign.abandoned"), Draw: mark(endMark)},
		draw.Sign{Text: p.Say("picture.many.sign.silent"), Draw: func(x, y float64) { p.standing(district{silent: true}, x, y, 8) }})
}
