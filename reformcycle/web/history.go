package web

import (
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the history of a cycle: its entries, with the corrections beside what they
// corrected, and each entry by itself.

// historyRows is how many entries stand on a page of the history.
const historyRows = 50

// historyView is what the history shows.
type historyView struct {
	Cycle, At string
	// Day that the visitor looks back to, as the form has it.
	Day     string
	Entries []pastLine
	// First leads to the newest entries, Next to older ones; "" for none.
	First, Next string
	Total       uint64
}

// pastLine is an entry in a list.
type pastLine struct {
	Seq  uint64
	Kind language.Text
	By   string
	// On is when it happened, as it was recorded; Redated as it was corrected since.
	On, Redated date.Date
	// What are the first texts of it, and Of the entry that it corrects; 0 for none.
	What []language.Text
	Of   uint64
	// Corrected stands in its place.
	Corrected []correctedBy
}

// correctedBy is a correction of an entry.
type correctedBy struct {
	reformcycle.Correction
	Text language.Text
	// Kind of the correction and who made it, when.
	On date.Date
}

// Struck reports whether what the entry says holds no more.
func (e pastLine) Struck() bool {
	return slices.ContainsFunc(e.Corrected, func(c correctedBy) bool { return c.Kind != reformcycle.KindCorrectMoment })
}

// historyPage tells the entries of a cycle, the newest first.
func (v *visit) historyPage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	query := v.r.URL.Query()
	view := historyView{Cycle: v.id, At: query.Get("at"), Total: s.Seq()}
	view.Day = view.At
	if view.Day == "" {
		view.Day = date.Of(s.JudgedAt()).String()
	}
	last := s.Seq()
	if n, err := strconv.ParseUint(query.Get("before"), 10, 64); err == nil && n > 0 && n <= last {
		last = n - 1
		if view.First, err = v.voice.link("history", v.id, "at", view.At); err != nil {
			return err
		}
	}
	after := last - min(last, historyRows)
	if after > 0 {
		if view.Next, err = v.voice.link("history", v.id, "before", after+1, "at", view.At); err != nil {
			return err
		}
	}
	if view.Entries, err = v.entries(c, s, after, last); err != nil {
		return err
	}
	slices.Reverse(view.Entries)
	return v.render("history", view)
}

// entries are those after one, up to another.
func (v *visit) entries(c *reformcycle.Cycle, s reformcycle.State, after, last uint64) (all []pastLine, err error) {
	if after >= last {
		return nil, nil
	}
	for e, err := range c.History(v.r.Context(), after) {
		if err != nil {
			return nil, err
		}
		line, err := v.pastLine(c, s, e)
		if err != nil {
			return nil, err
		}
		if all = append(all, line); e.Seq >= last {
			break
		}
	}
	return all, nil
}

func (v *visit) pastLine(c *reformcycle.Cycle, s reformcycle.State, e reformcycle.Entry) (line pastLine, err error) {
	line = pastLine{Seq: e.Seq, Kind: e.Kind.Told(), By: e.By, On: e.On()}
	var of reformcycle.Entry
	if line.Of = corrects(e); line.Of != 0 {
		if of, err = entryAt(v, c, line.Of); err != nil {
			return line, err
		}
	}
	told, err := v.tellEntry(s, e, of)
	if err != nil {
		return line, err
	}
	for _, t := range mainly(told) {
		line.What = append(line.What, language.Typed(clipped(v.l.Say(t))))
	}
	for _, by := range s.CorrectionsOf(e) {
		one := correctedBy{Correction: by, On: s.When(by.Entry, by.At)}
		switch by.Kind {
		case reformcycle.KindRetract:
			one.Text = language.Of("web-room.retracted")
		case reformcycle.KindCorrectMoment:
			if line.Redated = by.Date; line.Redated.IsZero() {
				line.Redated = date.Of(by.Moment)
			}
			one.Text = language.Of("web-room.redated")
		default:
			one.Text = language.Of("web-room.corrected")
		}
		line.Corrected = append(line.Corrected, one)
	}
	return line, nil
}

// corrects is the entry that one corrects; 0 for none.
func corrects(e reformcycle.Entry) uint64 {
	change, err := e.Change()
	if err != nil {
		return 0
	}
	switch change := change.(type) {
	case reformcycle.Correct:
		return change.Entry
	case reformcycle.Retract:
		return change.Entry
	case reformcycle.CorrectMoment:
		return change.Entry
	}
	return 0
}

// entryView is what the page of an entry shows.
type entryView struct {
	Cycle, At string
	pastLine
	// First entry of its batch, Last of it where it has more.
	First    uint64
	Recorded date.Date
	Told     []toldField
	// All corrections of it, those that others took the place of as well.
	All []correctedBy
	// Instead is what it should have said, where it was corrected.
	Instead []toldField
	// Correcting are the forms by which it is put right.
	Correcting []doing
	// Before and Behind are the entries next to it; 0 for none.
	Before, Behind uint64
}

// entryPage tells an entry, field by field.
func (v *visit) entryPage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	seq, err := strconv.ParseUint(v.r.PathValue("seq"), 10, 64)
	if err != nil || seq == 0 || seq > s.Seq() {
		return errAbsent
	}
	e, err := entryAt(v, c, seq)
	if err != nil {
		return err
	}
	view := entryView{Cycle: v.id, At: v.r.URL.Query().Get("at"), First: e.First, Before: seq - 1, Recorded: date.Of(e.Recorded)}
	if e.Recorded.IsZero() {
		view.Recorded = date.Date{}
	}
	if seq < s.Seq() {
		view.Behind = seq + 1
	}
	if view.pastLine, err = v.pastLine(c, s, e); err != nil {
		return err
	}
	var of reformcycle.Entry
	if view.Of != 0 {
		if of, err = entryAt(v, c, view.Of); err != nil {
			return err
		}
	}
	if view.Told, err = v.tellEntry(s, e, of); err != nil {
		return err
	}
	for _, by := range s.Corrections() {
		if by.Of == e.Seq || by.Kind == reformcycle.KindCorrectMoment && by.Of == e.First {
			view.All = append(view.All, correctedBy{Correction: by, Text: by.Kind.Told(), On: s.When(by.Entry, by.At)})
		}
		if by.Of != e.Seq || !by.Stands || by.Kind != reformcycle.KindCorrect {
			continue
		}
		with, err := entryAt(v, c, by.Entry)
		if err != nil {
			return err
		}
		if change, err := with.Change(); err == nil {
			if it, is := change.(reformcycle.Correct); is {
				if view.Instead, err = v.tellChange(s, it.Change); err != nil {
					return err
				}
			}
		}
	}
	view.Correcting = v.mends(e)
	return v.render("entry", view)
}
