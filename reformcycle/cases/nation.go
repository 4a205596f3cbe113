package cases

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is a walk of many cycles: a nation and its districts.

// Nation is a national reform and those of its districts, each a walk of its own. They
// are linked: what one knows of another it has observed.
type Nation struct {
	National Case
	// Districts in the order in which the nation counts them.
	Districts []Case
}

const kenya = "KEN"

// Kenya is the built-in nation, told in a language, nil for English: community health
// from the strategy of 2006 to the fourth lap in 2025, and the 47 counties, to which
// functions passed in 2013. The sources tell little of the counties: what is made up is
// marked so, county by county. It is read anew each time, so it is the caller's.
func Kenya(l *language.Language) Nation {
	data := file(kenya)
	if l != nil {
		said := reworded(data, func(english string) string { return l.Say(language.Built(english)) })
		if n, err := readNation(said, l); err == nil {
			return n
		}
	}
	n, err := readNation(data, nil)
	if err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
	return n
}

// The JSON form of a nation: a walk with what its criteria ask of the districts, the
// chapters that each of these begins with, and the districts.
type (
	nationFile struct {
		caseFile
		Checklist string         `json:"checklist"` // version of the one that asks
		Asks      []ask          `json:"asks"`
		Each      []chapterFile  `json:"each"`
		Districts []districtFile `json:"districts"`
	}
	ask struct {
		Criterion string                  `json:"criterion"`
		Asked     assessment.FromChildren `json:"asked"`
		Parameter float64                 `json:"parameter"`
	}
	districtFile struct {
		caseFile
		County string  `json:"county"`
		Code   string  `json:"code"`
		People float64 `json:"people"`
	}
)

// counted is when and by whom the people of the districts were counted.
const (
	countedIn = 2019
	countedBy = "knbs2019"
)

func readNation(data []byte, l *language.Language) (n Nation, err error) {
	f := nationFile{caseFile: caseFile{Case: Case{l: l}}}
	err = fault.ReadJSON(data, MaxBytes, &f, func() fault.Fields { return f.check() })
	if err != nil {
		return Nation{}, err
	}
	edits := make([]assessment.Edit, len(f.Asks))
	for i, a := range f.Asks {
		edits[i] = assessment.AskChildren(a.Criterion, a.Asked, a.Parameter)
	}
	if f.Case.checklist, err = reformcycle.ReformChecklist().Derive(f.Checklist, edits...); err != nil {
		return Nation{}, err
	}
	n.National = f.Case
	for _, d := range f.Districts {
		n.Districts = append(n.Districts, d.Case)
	}
	return n, nil
}

func (f *nationFile) check() (wrong fault.Fields) {
	source, _ := f.Source(countedBy)
	children := reformcycle.Children{Year: countedIn, Source: cited(source), Months: 12}
	for i := range f.Districts {
		d := &f.Districts[i]
		d.l, d.Country, d.Sources = f.l, f.Country, f.Sources
		d.Title = f.l.Say(language.Of("case.district", "name", d.County))
		jurisdiction := reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{
			ID: d.Code, Name: d.County, Tier: reformcycle.District, Parent: "KE",
			Population: reformcycle.Population{People: d.People, Year: countedIn, Source: cited(source)},
		}}
		each := slices.Clone(f.Each)
		each[0].Changes = []changeFile{written(jurisdiction)}
		d.Chapters = append(each, d.Chapters...)
		wrong.Under(fault.At("districts", i), d.check())
		children.Children = append(children.Children, reformcycle.Child{Cycle: d.ID, Name: d.County, Population: d.People})
	}
	for i := range f.Chapters {
		for j, change := range f.Chapters[i].Changes {
			if change.Kind == reformcycle.KindNameChildren {
				f.Chapters[i].Changes[j] = written(reformcycle.NameChildren{Of: children})
			}
		}
	}
	return append(wrong, f.caseFile.check()...)
}

// written gives the form of a change in a file.
func written(c reformcycle.Change) changeFile {
	data, _ := json.Marshal(c) // it is one of ours
	return changeFile{Kind: c.Kind(), Data: data}
}

// Cases are the national walk and those of the districts.
func (n Nation) Cases() []Case { return append([]Case{n.National}, n.Districts...) }

// Checklist that the nation's cycle is judged by in its last lap. Whoever opens it hands it
// in, with [reformcycle.WithChecklist].
func (n Nation) Checklist() *assessment.Checklist { return n.National.checklist }

// Tell tells the nation and its districts to a journal, each to its own cycle and all
// of them in the order of time, and calls back after each chapter; the callback may be
// nil. Where a chapter says so, the cycle observes its parent and its children first. A
// journal that has one of the cycles already answers with a conflict.
//
// Errors: as [Case.Tell], [Case.Begin].
func (n Nation) Tell(ctx context.Context, j reformcycle.Journal, tell func(Telling) error, options ...reformcycle.Option) error {
	options = append(slices.Clone(options), reformcycle.WithJournal(j))
	all := n.Cases()
	next := make([]int, len(all))     // chapter of each case
	at := make([]time.Time, len(all)) // when it happens
	begun := map[string]*reformcycle.Cycle{}
	for i, c := range all {
		at[i] = c.Chapters[0].On.First()
	}
	for {
		first := -1
		for i, c := range all {
			if next[i] < len(c.Chapters) && (first < 0 || at[i].Before(at[first])) {
				first = i
			}
		}
		if first < 0 {
			return nil
		}
		c := all[first]
		cycle, err := begun[c.ID], error(nil)
		if cycle == nil {
			if cycle, err = c.Begin(options...); err != nil {
				return err
			}
			begun[c.ID] = cycle
		}
		chapter := c.Chapters[next[first]]
		if chapter.Observes {
			err = observe(ctx, cycle, chapter, begun)
		}
		var t Telling
		if err == nil {
			t, err = c.chapter(ctx, cycle, next[first])
		}
		if err == nil && tell != nil {
			err = tell(t)
		}
		if err != nil {
			return &ChapterError{Cycle: c.ID, Number: next[first] + 1, When: chapter.When(), Err: err}
		}
		if next[first]++; next[first] < len(c.Chapters) {
			at[first] = later(at[first], c.Chapters[next[first]].On.First())
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// observe has a cycle look at the parent and the children that have begun.
func observe(ctx context.Context, cycle *reformcycle.Cycle, chapter Chapter, begun map[string]*reformcycle.Cycle) error {
	s := cycle.State()
	held := map[string]uint64{}
	for _, o := range s.Observations() {
		held[o.Cycle] = o.Seq
	}
	var ids []string
	if link, linked := s.Link(); linked {
		ids = append(ids, link.Parent)
	}
	for _, child := range s.Children().Children {
		ids = append(ids, child.Cycle)
	}
	var changes []reformcycle.Change
	for _, id := range ids {
		if other := begun[id]; other != nil && other.State().Seq() > held[id] {
			changes = append(changes, reformcycle.ObserveCycle{Observation: other.State().Observation(s.Asks()...)})
		}
	}
	if len(changes) == 0 {
		return nil
	}
	_, err := cycle.Apply(ctx, chapter.stamp(s), changes...)
	return err
}
