package frameworks

// This file holds what a framework consists of.

import (
	"slices"

	"github.com/chsreform/chsreform/assessment"
)

// Section is a part of a framework: a stage, a group of topics.
type Section struct {
	// ID is what the items name it by, and the section of the checklist.
	ID    string `json:"id"`
	Title Text   `json:"title"`
}

// Item is one thing that a framework asks for. It becomes a criterion of the
// framework's checklist, with its English texts.
type Item struct {
	// ID names the item within its framework.
	ID string `json:"id"`
	// Section is the id of the section that it stands in.
	Section string `json:"section"`
	// Title is its short name, where its source gives it one.
	Title Text `json:"title,omitzero"`
	// Text says what must be true.
	Text Text `json:"text"`
	// Remedy says what to do where it is not true.
	Remedy Text `json:"remedy,omitzero"`
	// Kind, Advisory, Weight, Threshold, Parameter, Unit and Carriers are those
	// of the criterion, as the file gives them; the checklist has the defaults
	// filled in. See [assessment.Criterion].
	Kind      assessment.Kind  `json:"kind"`
	Advisory  bool             `json:"advisory,omitempty"`
	Weight    float64          `json:"weight,omitempty"`
	Threshold assessment.Level `json:"threshold,omitempty"`
	Parameter float64          `json:"parameter,omitempty"`
	Unit      Text             `json:"unit,omitzero"`
	Carriers  []string         `json:"carriers,omitempty"`
	// Sources are the keys of the framework's sources that ask for it.
	Sources []string `json:"sources"`
	// Note says how the source is read, where that is not plain.
	Note Text `json:"note,omitzero"`
	// Levels describe what each level looks like for this item. The built-in
	// frameworks have none: their official editions word them, and nothing of
	// those is reproduced or made up here. A host's own file may give them.
	Levels Descriptors `json:"levels,omitzero"`
	// SameAs are the items of other frameworks that ask for the same thing; see
	// [Crosswalk].
	SameAs []Correspondence `json:"same_as,omitempty"`
}

// Descriptors describe the four levels for one item. Each may be blank.
type Descriptors struct {
	NonFunctional       Text `json:"non-functional,omitzero"`
	PartiallyFunctional Text `json:"partially-functional,omitzero"`
	Functional          Text `json:"functional,omitzero"`
	HighlyFunctional    Text `json:"highly-functional,omitzero"`
}

// IsZero reports whether no level is described.
func (d Descriptors) IsZero() bool {
	return d.NonFunctional.IsZero() && d.PartiallyFunctional.IsZero() && d.Functional.IsZero() && d.HighlyFunctional.IsZero()
}

// Of gives the description of one level; blank where there is none, or l is
// not known.
func (d Descriptors) Of(l assessment.Level) Text {
	switch l {
	case assessment.NonFunctional:
		return d.NonFunctional
	case assessment.PartiallyFunctional:
		return d.PartiallyFunctional
	case assessment.Functional:
		return d.Functional
	case assessment.HighlyFunctional:
		return d.HighlyFunctional
	default:
		return Text{}
	}
}

// Correspondence says that an item of another framework asks for the same thing.
type Correspondence struct {
	// Item is "framework:item", such as "reform-readiness:launch.supervision".
	// The framework is named without its version.
	Item string `json:"item"`
	// Note says how the two are read, so that a reader can disagree. Required.
	Note Text `json:"note"`
}

// Package is a set of items that count together; see [assessment.Package].
type Package struct {
	ID      string   `json:"id"`
	Title   Text     `json:"title,omitzero"`
	Items   []string `json:"items"`
	Sources []string `json:"sources"`
	Note    Text     `json:"note,omitzero"`
}

// Question is something that a framework has people record beside the ratings.
// It has no level and enters no score.
type Question struct {
	ID   string `json:"id"`
	Text Text   `json:"text"`
	// Choices are the answers, two at least.
	Choices []Choice `json:"choices"`
	// Sources are the keys of the framework's sources that ask it.
	Sources []string `json:"sources"`
	Note    Text     `json:"note,omitzero"`
}

// Choice is one answer to a question.
type Choice struct {
	ID   string `json:"id"`
	Text Text   `json:"text"`
}

// file is a framework's data file.
type file struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Title   Text   `json:"title"`
	// About says what the framework is for and where the wording comes from.
	About Text `json:"about"`
	// Licence says on what terms the source is published, and what of it is
	// reproduced here.
	Licence   Text                `json:"licence"`
	Sources   []assessment.Source `json:"sources"`
	Sections  []Section           `json:"sections"`
	Items     []Item              `json:"items"`
	Packages  []Package           `json:"packages,omitempty"`
	Questions []Question          `json:"questions,omitempty"`
}

func (i Item) clone() Item {
	i.Carriers = slices.Clone(i.Carriers)
	i.Sources = slices.Clone(i.Sources)
	i.SameAs = slices.Clone(i.SameAs)
	return i
}

func (p Package) clone() Package {
	p.Items = slices.Clone(p.Items)
	p.Sources = slices.Clone(p.Sources)
	return p
}

func (q Question) clone() Question {
	q.Choices = slices.Clone(q.Choices)
	q.Sources = slices.Clone(q.Sources)
	return q
}

// spec gives the checklist of the framework: its texts are the English ones, and beside
// them stand those in other languages.
func (f *file) spec() assessment.Spec {
	spec := assessment.Spec{
		Name: f.Name, Version: f.Version, Title: f.Title.String(), Sources: f.Sources,
		Criteria: make([]assessment.Criterion, len(f.Items)),
	}
	texts := []Text{f.Title}
	for i, it := range f.Items {
		texts = append(texts, it.Text, it.Remedy, it.Unit)
		spec.Criteria[i] = assessment.Criterion{
			ID: it.ID, Section: it.Section, Text: it.Text.String(), Remedy: it.Remedy.String(),
			Kind: it.Kind, Advisory: it.Advisory, Weight: it.Weight, Threshold: it.Threshold,
			Parameter: it.Parameter, Unit: it.Unit.String(), Carriers: it.Carriers,
			Sources: it.Sources, Note: it.Note.String(),
		}
	}
	for _, p := range f.Packages {
		texts = append(texts, p.Title)
		spec.Packages = append(spec.Packages, assessment.Package{
			ID: p.ID, Title: p.Title.String(), Items: p.Items, Sources: p.Sources, Note: p.Note.String(),
		})
	}
	spec.In = in(texts)
	return spec
}
