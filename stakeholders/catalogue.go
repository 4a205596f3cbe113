package stakeholders

// A catalogue of things to do about the politics of a reform.

import (
	_ "embed"
	"slices"
	"sync"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Target says for which actors a suggestion is meant, by where they stand.
type Target string

// The targets.
const (
	Supporters         Target = "supporters"
	NonMobilisedActors Target = "non-mobilised"
	Opponents          Target = "opponents"
)

// Targets returns all targets, from support to opposition. The slice is the
// caller's.
func Targets() []Target { return []Target{Supporters, NonMobilisedActors, Opponents} }

// Valid reports whether t is one of [Targets].
func (t Target) Valid() bool { return slices.Contains(Targets(), t) }

// Told is the target as people read it, such as "non-mobilised actors". A value that is
// not valid is told as it is.
func (t Target) Told() language.Text { return told("target", t, t.Valid()) }

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [Targets].
func (t *Target) UnmarshalText(text []byte) error {
	return fault.ReadName("target", t, text, Targets())
}

// Target returns which target an actor at this position is, and false if the
// position is not known.
func (p Position) Target() (Target, bool) {
	switch {
	case p.Supports():
		return Supporters, true
	case p.Opposes():
		return Opponents, true
	case p.Known() && p.Valid():
		return NonMobilisedActors, true
	}
	return "", false
}

// KindNote says what a kind of strategy is. Its text is known by its English words:
// [language.Built] makes what each language says.
type KindNote struct {
	Kind   StrategyKind `json:"kind"`
	Text   string       `json:"text"`
	Source string       `json:"source"` // a key of the package documentation
}

// Suggestion is a generic strategy for a coalition to think about: advice to
// people who know the actors, never a rule. The suggestions keep to open means:
// none smears, deceives or presses a person. Its texts are known by their English words,
// as those of [KindNote] are.
type Suggestion struct {
	ID      string       `json:"id"`
	Kind    StrategyKind `json:"kind"`
	Targets []Target     `json:"targets"` // whom it is for, in the order of Targets
	Text    string       `json:"text"`    // what to do
	Helps   string       `json:"helps"`   // when it helps
	Watch   string       `json:"watch"`   // what to watch out for
	Source  string       `json:"source"`  // a key of the package documentation
}

// catalogueFile is data/strategies.json.
type catalogueFile struct {
	Kinds       []KindNote   `json:"kinds"`
	Suggestions []Suggestion `json:"suggestions"`
}

//go:embed data/strategies.json
var catalogueData []byte

var catalogue = sync.OnceValue(func() catalogueFile {
	read, err := readCatalogue(catalogueData)
	if err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
	return read
})

// readCatalogue reads a catalogue and refuses what is incomplete or without a
// source.
func readCatalogue(data []byte) (read catalogueFile, err error) {
	err = fault.ReadJSON(data, len(data), &read, func() fault.Fields { return read.check() })
	return read, err
}

func (c catalogueFile) check() fault.Fields {
	var errs fault.Fields
	for i, k := range c.Kinds {
		path := fault.At("kinds", i)
		errs.Text(path+".text", k.Text, fault.Text)
		errs.Text(path+".source", k.Source, fault.ID)
	}
	if len(c.Kinds) != len(StrategyKinds()) {
		errs.Add("kinds", fault.Length, len(c.Kinds), fault.OneOf(StrategyKinds()))
	}
	first := make(map[string]int)
	for i, s := range c.Suggestions {
		path := fault.At("suggestions", i)
		errs.Text(path+".id", s.ID, fault.ID)
		errs.Once(path+".id", s.ID, first, "suggestions", i)
		fault.Among(&errs, path+".kind", s.Kind, StrategyKinds())
		if len(s.Targets) == 0 {
			errs.Add(path+".targets", fault.Required, nil, fault.OneOf(Targets()))
		}
		errs.Text(path+".text", s.Text, fault.Text)
		errs.Text(path+".helps", s.Helps, fault.Text)
		errs.Text(path+".watch", s.Watch, fault.Text)
		errs.Text(path+".source", s.Source, fault.ID)
	}
	return errs
}

// KindNotes returns what each kind of strategy is, in the order of
// [StrategyKinds]. The slice is the caller's. Source: reich.
func KindNotes() []KindNote { return slices.Clone(catalogue().Kinds) }

// Catalogue returns all suggestions, kind by kind in the order of
// [StrategyKinds]. The slice is the caller's. The four kinds come from reich;
// the suggestions are ours (model).
func Catalogue() []Suggestion {
	all := slices.Clone(catalogue().Suggestions)
	for i := range all {
		all[i].Targets = slices.Clone(all[i].Targets)
	}
	return all
}

// SuggestionsFor returns the suggestions of one kind for one target, in the
// order of [Catalogue]. An empty kind stands for any kind and an empty target
// for any target; one that is not valid finds nothing.
func SuggestionsFor(kind StrategyKind, target Target) []Suggestion {
	return slices.DeleteFunc(Catalogue(), func(s Suggestion) bool {
		return kind != "" && s.Kind != kind || target != "" && !slices.Contains(s.Targets, target)
	})
}
