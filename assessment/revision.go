package assessment

// This file tells two versions of a checklist apart.

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Revision is one difference between two versions of a checklist.
type Revision struct {
	// Criterion that differs.
	Criterion string `json:"criterion"`
	// What differs: "added" and "dropped" for the whole criterion, else its
	// "section", "text", "kind", "force" (required or advisory), "weight",
	// "threshold" or "parameter".
	What string `json:"what"`
	// Before and After are the two values; empty where the whole criterion differs.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// String tells the revision in English, such as "problem.needs, threshold: functional, now
// highly functional".
func (r Revision) String() string { return r.Told().String() }

// Told tells the revision.
func (r Revision) Told() language.Text {
	id := fault.Bounded(r.Criterion)
	if r.Before == "" && r.After == "" {
		return language.Of("revision."+r.What, "criterion", id)
	}
	return language.Of("revision."+r.What, "criterion", id, "before", r.value(r.Before), "after", r.value(r.After))
}

// value tells one of the two values.
func (r Revision) value(s string) language.Text {
	switch r.What {
	case "text":
		return language.Built(fault.Bounded(s))
	case "kind", "force":
		return language.Of("criterion." + s).Or(fault.Bounded(s))
	case "threshold":
		return language.Of("level." + s).Or(fault.Bounded(s))
	}
	return language.Typed(fault.Bounded(s))
}

// Revisions gives what differs between the criteria of two versions of a
// checklist, as far as people and rules judge by it: in the order of the second,
// and behind it what was dropped. Remedies, notes, carriers and sources do not
// count, nor does the order.
func Revisions(before, after []Criterion) []Revision {
	old := make(map[string]Criterion, len(before))
	for _, c := range before {
		old[c.ID] = c.normal()
	}
	var all []Revision
	for _, c := range after {
		was, there := old[c.ID]
		if !there {
			all = append(all, Revision{Criterion: c.ID, What: "added"})
			continue
		}
		delete(old, c.ID)
		then, now := was.terms(), c.normal().terms()
		for i := range then {
			if then[i] != now[i] {
				then[i].After = now[i].Before
				all = append(all, then[i])
			}
		}
	}
	for _, c := range before {
		if _, left := old[c.ID]; left {
			all = append(all, Revision{Criterion: c.ID, What: "dropped"})
		}
	}
	return slices.Clip(all)
}

// terms are what a criterion is judged by.
func (c Criterion) terms() [8]Revision {
	force := "required"
	if c.Advisory {
		force = "advisory"
	}
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	asked := ""
	if k := c.Children; k != nil {
		asked = fmt.Sprint(*k)
	}
	return [8]Revision{
		{c.ID, "section", c.Section, ""}, {c.ID, "text", c.Text, ""}, {c.ID, "kind", string(c.Kind), ""}, {c.ID, "force", force, ""},
		{c.ID, "weight", number(c.Weight), ""}, {c.ID, "threshold", c.Threshold.String(), ""}, {c.ID, "parameter", number(c.Parameter), ""}, {c.ID, "children", asked, ""},
	}
}
