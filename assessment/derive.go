package assessment

// This file holds how a host makes a checklist its own.

import (
	"maps"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Edit is one change to a checklist, for [Checklist.Derive]. The functions of
// this file that return one are all there are; whatever they do not cover can
// be done to [Checklist.Spec] and given to [NewChecklist].
type Edit struct {
	apply func(*Spec) fault.Fields // fields are relative to the edit
}

// Derive returns a new version of the checklist with the edits made, in their
// order. The new one records in From which checklist it came from. It is
// validated whole, after the last edit, so edits may pass through states that
// would not be valid.
//
// It refuses, with [fault.Fields] that list everything that is wrong: a version
// equal to the base's, an edit of a criterion that is not there (the field is
// then "edits[2].id"), and whatever [NewChecklist] refuses.
func (c *Checklist) Derive(version string, edits ...Edit) (*Checklist, error) {
	if c.ID() == "" {
		return nil, fault.Fields{{Path: "checklist", Rule: fault.Required, Want: language.Of("want.checklist")}}
	}
	var errs fault.Fields
	if version == c.Version() {
		errs.Add("version", "new", version, language.Of("want.not-this", "this", version))
	}
	spec := c.Spec()
	spec.From, spec.Version = c.id, version
	for i, e := range edits {
		at := fault.At("edits", i)
		if e.apply == nil {
			errs.Add(at, fault.Required, nil, language.Of("want.edit"))
			continue
		}
		errs.Under(at, e.apply(&spec))
	}
	spec.In = spec.translated()
	if len(errs) > 0 {
		// Fault of the version is already told; From would only repeat it.
		if version == c.Version() {
			spec.From = ""
		}
		errs.Under("", spec.validate())
		return nil, errs
	}
	return NewChecklist(spec)
}

// translated leaves out translations of what is there no more.
func (s Spec) translated() map[string]map[string]string {
	texts := s.texts()
	for tag, words := range s.In {
		maps.DeleteFunc(words, func(text, _ string) bool { return !slices.Contains(texts, text) })
		if len(words) == 0 {
			delete(s.In, tag)
		}
	}
	return s.In
}

// Translate gives texts of the checklist in another language, by its tag, such as "fr": by
// each text as it stands in the checklist, a criterion's that is added before among them.
// What the checklist has in the language already stays.
func Translate(tag string, words map[string]string) Edit {
	words = maps.Clone(words)
	return Edit{func(s *Spec) fault.Fields {
		var errs fault.Fields
		for _, text := range slices.Sorted(maps.Keys(words)) {
			if !slices.Contains(s.texts(), text) {
				errs.Add(tag, fault.Exists, text, language.Of("want.own-text"))
			}
		}
		if s.In == nil {
			s.In = map[string]map[string]string{}
		}
		if s.In[tag] == nil {
			s.In[tag] = map[string]string{}
		}
		maps.Copy(s.In[tag], words)
		return errs
	}}
}

// Add adds a criterion at the end of its section; where the section is new, at
// the end of the checklist.
func Add(c Criterion) Edit {
	c = c.clone()
	return Edit{func(s *Spec) fault.Fields {
		at := len(s.Criteria)
		for i, other := range slices.Backward(s.Criteria) {
			if other.Section == c.Section {
				at = i + 1
				break
			}
		}
		s.Criteria = slices.Insert(s.Criteria, at, c.clone())
		return nil
	}}
}

// Drop removes a criterion. The sources that it cited stay. A criterion that a
// package holds can go only together with the package, by [DropPackage]: what
// is left would not be the package that its source speaks of.
func Drop(id string) Edit {
	return Edit{func(s *Spec) fault.Fields {
		i, errs := find(s, id)
		if errs == nil {
			s.Criteria = slices.Delete(s.Criteria, i, i+1)
		}
		return errs
	}}
}

// AddPackage adds a package after the others.
func AddPackage(p Package) Edit {
	p = p.clone()
	return Edit{func(s *Spec) fault.Fields {
		s.Packages = append(s.Packages, p.clone())
		return nil
	}}
}

// DropPackage removes a package. Its criteria stay.
func DropPackage(id string) Edit {
	return Edit{func(s *Spec) fault.Fields {
		i := slices.IndexFunc(s.Packages, func(p Package) bool { return p.ID == id })
		if i < 0 {
			return fault.Fields{{Path: "id", Rule: fault.Exists, Value: id, Want: language.Of("want.in-list", "list", "packages")}}
		}
		s.Packages = slices.Delete(s.Packages, i, i+1)
		return nil
	}}
}

// Reweight gives a criterion another weight, above 0 and at most 1e6. To take
// a criterion out of the score, use [MakeAdvisory] or [Drop].
func Reweight(id string, weight float64) Edit {
	return change(id, func(c *Criterion) (errs fault.Fields) {
		if errs.Positive("weight", weight, maxWeight) { // 0 would be read as not given, hence as 1
			c.Weight = weight
		}
		return errs
	})
}

// SetThreshold gives a criterion another level at which it is met, from
// [NonFunctional] to [HighlyFunctional].
func SetThreshold(id string, l Level) Edit {
	return change(id, func(c *Criterion) (errs fault.Fields) {
		if !l.Known() {
			errs.Add("threshold", fault.Known, l, fault.OneOf(levelNames[NonFunctional:]))
			return errs
		}
		c.Threshold = l
		return nil
	})
}

// SetParameter gives a derived criterion another number to be judged against,
// in the unit that it has.
func SetParameter(id string, v float64) Edit {
	return change(id, func(c *Criterion) fault.Fields {
		c.Parameter = v
		return nil
	})
}

// AskChildren has a criterion of a parent computed from its children, whatever it was
// before: so many of them, or such a share of the people, have what is asked.
func AskChildren(id string, asked FromChildren, parameter float64) Edit {
	return change(id, func(c *Criterion) fault.Fields {
		c.Kind, c.Children, c.Parameter, c.Unit = Derived, &asked, parameter, asked.Of
		return nil
	})
}

// MakeAdvisory lets a criterion inform only: it no longer blocks and leaves
// the score.
func MakeAdvisory(id string) Edit { return setAdvisory(id, true) }

// MakeRequired lets an advisory criterion block, and puts it into the score.
func MakeRequired(id string) Edit { return setAdvisory(id, false) }

func setAdvisory(id string, advisory bool) Edit {
	return change(id, func(c *Criterion) fault.Fields {
		c.Advisory = advisory
		return nil
	})
}

// Cite adds a source, for added criteria to cite. A key that is already there
// is refused.
func Cite(source Source) Edit {
	return Edit{func(s *Spec) fault.Fields {
		s.Sources = append(s.Sources, source)
		return nil
	}}
}

// Rename gives the derived checklist another name and title. Both are
// replaced.
func Rename(name, title string) Edit {
	return Edit{func(s *Spec) fault.Fields {
		s.Name, s.Title = name, title
		return nil
	}}
}

func change(id string, f func(*Criterion) fault.Fields) Edit {
	return Edit{func(s *Spec) fault.Fields {
		i, errs := find(s, id)
		if errs != nil {
			return errs
		}
		return f(&s.Criteria[i])
	}}
}

func find(s *Spec, id string) (int, fault.Fields) {
	i := slices.IndexFunc(s.Criteria, func(c Criterion) bool { return c.ID == id })
	if i < 0 {
		return i, fault.Fields{{Path: "id", Rule: fault.Exists, Value: id, Want: language.Of("want.in-list", "list", "criteria")}}
	}
	return i, nil
}
