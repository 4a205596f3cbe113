package cases

import (
	"context"
	"embed"
	"errors"
	"path"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file holds what a case is, how it is told to a cycle, and the built-in ones.

// Case is the story of one reform, in dated chapters: what one paper tells of it, or
// a walk through it from several sources.
type Case struct {
	// ID names the case and its cycle: letters, digits and hyphens.
	ID      string `json:"id"`
	Country string `json:"country"`
	Title   string `json:"title"`
	// Paper is the source that the case codes: everything in it rests on this alone,
	// and nothing is assumed. It is nil of a walk.
	Paper *assessment.Source `json:"paper"`
	// Sources of a walk, which its chapters name by key.
	Sources []assessment.Source `json:"sources"`
	// Beginning says where the reform stood when the case begins; nil where the case
	// tells it from the start.
	Beginning *Beginning `json:"-"`
	// Chapters in the order in which they happened.
	Chapters []Chapter `json:"-"`
	// Claims are what the paper names and the diagnosis has to find.
	Claims []Claim `json:"claims"`
	// Denies are what the paper contradicts and the diagnosis must not find.
	Denies []Claim `json:"denies"`
	// Also are what the diagnosis finds beside the claims, each looked at.
	Also []Aside `json:"also"`
	// Beyond are what the paper names and no rule finds.
	Beyond []Beyond `json:"beyond"`
	// Notes say what was left out of the case, and why.
	Notes []string `json:"notes"`

	l         *language.Language    // what it is told in
	checklist *assessment.Checklist // that a lap of a nation's cycle is judged by; nil for the built-in one alone
}

// Passage is what a source says in one place.
type Passage struct {
	// Says it in our own words.
	Says string `json:"says"`
	// Where in the source: section and paragraph.
	Where string `json:"where"`
}

// Beginning is where a case begins: the reform was under way before.
type Beginning struct {
	Stage reformcycle.Stage `json:"stage"`
	// On is when that was, as far as it is known, and Precision says more of it where a
	// date can't: "as told in 2021". It is left out where the date says all.
	On        date.Date `json:"on"`
	Precision string    `json:"precision"`
	// Rests is what the choice of the stage rests on.
	Rests Passage `json:"rests"`
}

// Chapter is what happened at one time, and what it changes in the cycle.
type Chapter struct {
	Passage
	// On is when it happened, as far as that is known, and Precision says more of it
	// where a date can't: "2014–2016". It is left out where the date says all.
	On        date.Date `json:"on"`
	Precision string    `json:"precision"`
	// By is the author of the changes.
	By string `json:"by"`
	// Sources are keys: of the case's sources, or [Assumed].
	Sources []string         `json:"sources"`
	Basis   assessment.Basis `json:"basis"`
	// Blocked: the chapter is a move that has to be refused.
	Blocked bool `json:"blocked"`
	// Observes: before it the cycle of a [Nation] looks at its parent and its children.
	Observes bool                 `json:"observes"`
	Changes  []reformcycle.Change `json:"-"`
}

// When says when it happened.
func (c Chapter) When() language.Text { return when(c.Precision, c.On) }

// When says when the case begins.
func (b Beginning) When() language.Text { return when(b.Precision, b.On) }

func when(precision string, on date.Date) language.Text {
	switch {
	case precision != "":
		return language.Built(precision)
	case on.IsZero():
		return language.Text{}
	}
	return language.Of("case.on", "on", on.String())
}

// Assumed is the key of the source of everything illustrative. A walk has it without
// listing it.
const Assumed = "assumed"

// Source finds a source of the case by its key.
func (c Case) Source(key string) (assessment.Source, bool) {
	for _, s := range c.listed() {
		if s.Key == key {
			return s, true
		}
	}
	return assessment.Source{Key: Assumed, Citation: c.l.Say(language.Of("case.assumed"))}, key == Assumed && c.Paper == nil
}

// listed are the sources that can be looked up.
func (c Case) listed() []assessment.Source {
	if c.Paper != nil {
		return []assessment.Source{*c.Paper}
	}
	return c.Sources
}

// cited gives the citation of a source and its link.
func cited(s assessment.Source) string {
	if s.Link == "" {
		return s.Citation
	}
	return s.Citation + " (" + s.Link + ")"
}

// Begin makes the cycle that the case is told to, with its title, its country and the
// stage at which it begins. A paper tells of a century: what a chapter tells may lie so
// far ahead of the one before. More options, such as a journal, follow the case's own.
//
// Errors: those of reformcycle.New.
func (c Case) Begin(options ...reformcycle.Option) (*reformcycle.Cycle, error) {
	own := []reformcycle.Option{reformcycle.WithTitle(c.Title), reformcycle.WithCountry(c.Country), reformcycle.WithAhead(century)}
	if c.checklist != nil { // New judges by the last one: the cycle begins with the built-in one
		own = append(own, reformcycle.WithChecklist(c.checklist), reformcycle.WithChecklist(reformcycle.ReformChecklist()))
	}
	if c.Beginning != nil {
		own = append(own, reformcycle.WithStage(c.Beginning.Stage))
	}
	return reformcycle.New(c.ID, append(own, options...)...)
}

const century = 100 * 366 * 24 * time.Hour

// Telling is one chapter as it was told to a cycle.
type Telling struct {
	// Number of the chapter, from 1.
	Number  int
	Chapter Chapter
	// Before and After are the cycle around the chapter; they are the same where
	// the move was refused.
	Before, After reformcycle.State
	// Refused says what stood before the move; nil where none was refused.
	Refused *reformcycle.BlockedError
}

// Tell tells the case to a cycle, chapter by chapter, and calls back after each one;
// the callback may be nil. It ends with the first error: the callback's, a chapter
// that the cycle does not take, or a move that should have been blocked and was not.
func (c Case) Tell(ctx context.Context, cycle *reformcycle.Cycle, tell func(Telling) error) error {
	if cycle == nil {
		return fault.Refuse("cycle", fault.Required, nil, language.Of("want.case-cycle"))
	}
	for i := range c.Chapters {
		t, err := c.chapter(ctx, cycle, i)
		if err == nil && tell != nil {
			err = tell(t)
		}
		if err != nil {
			return &ChapterError{Number: t.Number, When: t.Chapter.When(), Err: err}
		}
	}
	return nil
}

// chapter tells one chapter to a cycle.
func (c Case) chapter(ctx context.Context, cycle *reformcycle.Cycle, i int) (Telling, error) {
	t := Telling{Number: i + 1, Chapter: c.Chapters[i], Before: cycle.State()}
	_, err := cycle.Apply(ctx, t.Chapter.stamp(t.Before), t.Chapter.Changes...)
	switch {
	case t.Chapter.Blocked && err == nil:
		err = unblocked{}
	case t.Chapter.Blocked && errors.As(err, &t.Refused):
		err = nil
	}
	t.After = cycle.State()
	return t, err
}

// stamp of a chapter that is told to a cycle: moments only order.
func (c Chapter) stamp(s reformcycle.State) reformcycle.Stamp {
	at := c.On.First()
	if at.Before(s.Moment()) {
		at = s.Moment()
	}
	return reformcycle.By(c.By).At(at).On(c.On)
}

// ChapterError says at which chapter the telling of a case ended.
type ChapterError struct {
	// Cycle that it was told to, where there are several; empty where there is one.
	Cycle string
	// Number of the chapter, from 1, and when it happened.
	Number int
	When   language.Text
	// Err is what the cycle, the callback or the case had against it.
	Err error
}

// Told tells the error.
func (e *ChapterError) Told() language.Text {
	if e.Cycle != "" {
		return language.Of("case.chapter-refused-of", "cycle", e.Cycle, "n", e.Number, "when", e.When, "why", e.Err)
	}
	return language.Of("case.chapter-refused", "n", e.Number, "when", e.When, "why", e.Err)
}

func (e *ChapterError) Error() string { return e.Told().String() }

// Unwrap gives what was against the chapter.
func (e *ChapterError) Unwrap() error { return e.Err }

// unblocked is a move that should have been refused.
type unblocked struct{}

func (unblocked) Told() language.Text { return language.Of("case.unblocked") }
func (u unblocked) Error() string     { return u.Told().String() }

// Cycle tells the case to a new cycle: one without a journal, unless the options name
// one. A journal that has the cycle already answers with a conflict.
//
// Errors: those of [Case.Begin] and [Case.Tell]; without options none but the
// context's for a case that was read.
func (c Case) Cycle(ctx context.Context, options ...reformcycle.Option) (*reformcycle.Cycle, error) {
	cycle, err := c.Begin(options...)
	if err != nil {
		return nil, err
	}
	return cycle, c.Tell(ctx, cycle, nil)
}

//go:embed data/*.json
var files embed.FS

var (
	// papers are the cases that code a paper: those of afzal2021, as the design of
	// this library lists them, then that of uddin2021.
	papers = []string{
		"afghanistan", "brazil", "ethiopia", "india-village-health-guides", "india-asha", "indonesia", "liberia", "nepal",
		"bangladesh", "cambodia", "madagascar", "myanmar", "uganda",
		"barishal",
	}
	// walks are by the name of their country.
	walks = []string{"BGD-BARISHAL", "LBR-NCHAP", "UGA-CHEW"}
)

// Papers gives the built-in cases that code a paper, told in a language, nil for English:
// thirteen of afzal2021, then one of uddin2021. They are read anew each time, so they are
// the caller's.
func Papers(l *language.Language) []Case { return builtIn(l, papers) }

// Walks gives the built-in walks, told in a language, nil for English: Bangladesh, the
// pilot in Barishal District, a subnational cycle; Liberia, the National Community Health
// Assistant Program from the window of 2014–2016 to the second lap in 2023; Uganda, the
// Community Health Extension Workers, a launch before the mandate, and the mandate
// rescinded. They are read anew each time, so they are the caller's.
func Walks(l *language.Language) []Case { return builtIn(l, walks) }

// Get gives one of the built-in cases, told in a language, nil for English. It is the
// caller's. What the language does not say stays in English; so does a whole case where a
// host's language has words for it that no cycle takes, such as a name of a thousand
// letters.
//
// Errors: [fault.Fields] for an id that none of them has.
func Get(id string, l *language.Language) (Case, error) {
	ids := slices.Concat(papers, walks)
	if !slices.Contains(ids, id) {
		return Case{}, fault.Refuse("id", fault.Exists, id, fault.OneOf(ids))
	}
	return builtIn(l, []string{id})[0], nil
}

func builtIn(l *language.Language, ids []string) []Case {
	all := make([]Case, len(ids))
	for i, id := range ids {
		data := file(id)
		var err error
		if l != nil {
			said := reworded(data, func(english string) string { return l.Say(language.Built(english)) })
			if all[i], err = read(said, l); err == nil {
				continue
			}
		}
		if all[i], err = read(data, nil); err != nil {
			panic(err) // the embedded file is wrong: found by the first test
		}
	}
	return all
}

func file(id string) []byte {
	data, err := files.ReadFile(path.Join("data", id+".json"))
	if err != nil {
		panic(err) // found by the first test
	}
	return data
}
