package reformcycle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file keeps a cycle to the checklists that judge it: what is kept of each, how
// one that is not what it was is noticed, and how a lap moves to a new version.

// KindAdoptChecklist is the kind of AdoptChecklist.
const KindAdoptChecklist Kind = "adopt-checklist"

// Terms are what a journal keeps of a checklist that judges a cycle, beside its name
// and version: enough to notice that another has taken its place, and to say how the
// two differ.
type Terms struct {
	// Digest is that of all that people and rules judge by: of each criterion its
	// id, section, text, kind, force, weight, threshold and parameter. A remedy or a
	// source may be mended without a new version.
	Digest string `json:"digest,omitempty"`
	// Criteria are just that. Empty for the built-in checklist, whose published
	// versions never change.
	Criteria []assessment.Criterion `json:"criteria,omitempty"`
}

func termsOf(list *assessment.Checklist) Terms {
	t := Terms{Criteria: make([]assessment.Criterion, 0, list.Len())}
	for _, c := range list.All() {
		t.Criteria = append(t.Criteria, assessment.Criterion{
			ID: c.ID, Section: c.Section, Text: c.Text, Kind: c.Kind, Advisory: c.Advisory, Weight: c.Weight, Threshold: c.Threshold, Parameter: c.Parameter,
		})
	}
	text, _ := json.Marshal(t.Criteria) // a checklist that is valid has finite numbers
	sum := sha256.Sum256(text)
	t.Digest = hex.EncodeToString(sum[:])
	return t
}

// namesChecklist is a change that names a checklist. As it is recorded it is given
// the terms of that checklist.
type namesChecklist interface {
	held(rulebooks) (Change, error)
}

// completed is a change as it is kept: one that names a checklist has its terms.
func (rs rulebooks) completed(c Change) (Change, error) {
	if names, ok := c.(namesChecklist); ok {
		return names.held(rs)
	}
	return c, nil
}

// terms gives what a journal is to keep of a checklist.
func (rs rulebooks) terms(id string) (Terms, error) {
	r, err := rs.find(id)
	switch {
	case err != nil:
		return Terms{}, err
	case r.list.ID() == builtIn.list.ID():
		return Terms{Digest: r.terms.Digest}, nil
	}
	return r.terms, nil
}

// judging gives the checklist that a journal names, if it is still what it was.
func (rs rulebooks) judging(id string, kept Terms) (*rulebook, error) {
	r, err := rs.find(id)
	if err == nil && kept.Digest != "" && kept.Digest != r.terms.Digest {
		err = &ChecklistError{Checklist: id, Changed: true, Revisions: assessment.Revisions(kept.Criteria, r.terms.Criteria)}
	}
	return r, err
}

// ChecklistError says that the checklist that a cycle is judged by is not here: none
// of its name and version, or one that is not what it was.
type ChecklistError struct {
	// Checklist is the name and the version.
	Checklist string
	// Known are those that are here, where this one is not.
	Known []string
	// Changed: one of this name and version is here, with other criteria. Revisions
	// say how it differs from the one that judged the cycle; of the built-in
	// checklist, or from a snapshot, they are not known.
	Changed   bool
	Revisions []assessment.Revision
}

// Error says what differs, and how to go on.
func (e *ChecklistError) Error() string {
	if !e.Changed {
		return fmt.Sprintf("%v: %s; known here: %s; hand in others with WithChecklist", ErrUnknownChecklist, fault.Bounded(e.Checklist), fault.List(e.Known))
	}
	lead := fmt.Sprintf("%v: %s is not what it was when it judged the cycle; hand in the one that did, give the changed one a version of its own, and move to it with %s", ErrUnknownChecklist, fault.Bounded(e.Checklist), KindAdoptChecklist)
	if len(e.Revisions) == 0 {
		return lead
	}
	return fault.Listing(lead+": ", len(e.Revisions), func(i int) string { return e.Revisions[i].String() })
}

// Is makes errors.Is(err, ErrUnknownChecklist) true.
func (e *ChecklistError) Is(target error) bool { return target == ErrUnknownChecklist }

// JudgedBy tells which checklist judges a cycle from a moment on.
type JudgedBy struct {
	Checklist string `json:"checklist"`
	// Digest of its terms, as in Terms.
	Digest string    `json:"digest,omitempty"`
	Lap    int       `json:"lap"`
	Since  time.Time `json:"since"`
	// Reason for the move to it; empty for the first.
	Reason string `json:"reason,omitempty"`
	// Entry that says so.
	Entry uint64 `json:"entry"`
}

// JudgedBy lists the checklists that have judged the cycle, the latest last: it is
// the one that judges now.
func (s State) JudgedBy() []JudgedBy { return slices.Clone(s.get().Judges) }

// judgedBy has a checklist judge from now on. Ratings and waivers of criteria that it
// has carry over; those that it lacks, or computes, are of the past.
func (d *draft) judgedBy(rules *rulebook, reason string) {
	d.rules = rules
	if n := len(d.Judges); n == 0 || d.Judges[n-1].Checklist != rules.list.ID() {
		own(d, &d.Judges)
		d.Judges = append(d.Judges, JudgedBy{rules.list.ID(), rules.terms.Digest, d.Lap, d.Moment, reason, d.entry})
	}
	d.Checklist = rules.list.ID()
	held := d.Ratings
	d.Ratings, d.levels = nil, make([]assessment.Level, len(rules.criteria))
	for i := range rules.criteria {
		for _, r := range held {
			if c := &rules.criteria[i]; r.Criterion == c.ID && c.Kind == assessment.Rated {
				d.Ratings = append(d.Ratings, r)
				d.levels[i] = r.Level
			}
		}
	}
	d.Waivers = slices.DeleteFunc(slices.Clone(d.Waivers), func(w Waiver) bool { return !d.asks(w.Criterion) })
}

// AdoptChecklist moves the cycle to another checklist, or another version, within a
// lap. Ratings carry over by the ids of the criteria. What was passed stays passed:
// the cycle stands where it stood. What the new checklist requires anew of stages
// that this lap has left, and that is not met, becomes readiness debt; what it only
// advises does not. A debt of a criterion that it lacks is owed no more.
type AdoptChecklist struct {
	// Checklist to be judged by, as name@version. Hand it to New or Open with
	// WithChecklist.
	Checklist string `json:"checklist" validate:"id"`
	Reason    string `json:"reason" validate:"text"`
	// Terms of the checklist; set when it is recorded.
	Terms Terms `json:"terms,omitzero" validate:"-"`
}

// Kind names the change.
func (AdoptChecklist) Kind() Kind { return KindAdoptChecklist }

func (c AdoptChecklist) held(books rulebooks) (Change, error) {
	var err error
	c.Terms, err = books.terms(c.Checklist)
	return c, err
}

func (c AdoptChecklist) apply(d *draft) error {
	rules, err := d.books.judging(c.Checklist, c.Terms)
	if err != nil {
		return err
	}
	before := d.rules
	if c.Checklist == d.Checklist {
		return fault.Refuse("checklist", fault.Unique, c.Checklist, "another checklist than the one that judges the cycle already")
	}
	d.judgedBy(rules, c.Reason)
	for i := range rules.criteria {
		now := &rules.criteria[i]
		if left := now.stage < d.Stage && !d.entered(now.stage).IsZero(); !left || now.Advisory || now.Met(d.level(i, d.Moment)) {
			continue
		}
		if at, there := before.list.Index(now.ID); there && !now.asksMore(&before.criteria[at], d.Stage) {
			continue // it was passed, or is owed already
		}
		d.owe([]Blocker{{Guard: now.ID}}, now.stage, Debt{Authority: d.author, Reason: c.Reason})
	}
	return nil
}

// asksMore reports whether a criterion of a stage that was left asks for something
// that it did not ask for when the stage was left.
func (c *criterion) asksMore(before *criterion, standing Stage) bool {
	return before.Advisory || before.stage >= standing || before.Kind != c.Kind ||
		before.Threshold < c.Threshold || before.Parameter != c.Parameter
}

var adoptionRoom = room{changes: []kindEntry{changeKind[AdoptChecklist]()}}
