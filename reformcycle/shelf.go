package reformcycle

import (
	"iter"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file holds what a room keeps its part of the state in: the key to the part,
// and the shelf on which artefacts stand.

// part is the key to a room's part of the state, P.
type part[P any] struct{ at int }

func (p *part[P]) place(at int) { p.at = at }

func (p *part[P]) fresh() any { return new(P) }

// of gives the part of a state, to read.
func (p *part[P]) of(s *state) *P { return s.parts[p.at].(*P) }

// in gives the part of a draft, to change.
func (p *part[P]) in(d *draft) *P {
	held := p.of(d.state)
	if d.owns(held) {
		return held
	}
	own(d, &d.parts)
	copied := *held
	d.parts[p.at] = &copied
	d.owned = append(d.owned, &copied)
	return &copied
}

// artefact is something that a stage records under an id of its own, and that
// belongs to the lap that recorded it.
type artefact[T any] interface {
	shelved() (id string, lap int)
	clone() T
}

// shelf holds the artefacts of one kind in the order in which they were recorded.
type shelf[T artefact[T]] []T

// index of the artefact with an id; −1 where there is none.
func (s shelf[T]) index(id string) int {
	for i := range s {
		if held, _ := s[i].shelved(); held == id {
			return i
		}
	}
	return -1
}

// refer refuses a reference, in a field of a change, to what is not there, and
// names what is.
func (s shelf[T]) refer(field, id string) error {
	if s.index(id) >= 0 {
		return nil
	}
	ids := make([]string, len(s))
	for i := range s {
		ids[i], _ = s[i].shelved()
	}
	return unknownReference(field, id, language.Of("want.recorded", "known", listed(ids)))
}

// add puts an artefact on the shelf. The shelf is of a part of the draft, as
// part's in gives it.
func (s *shelf[T]) add(d *draft, field string, v T) error {
	id, _ := v.shelved()
	if s.index(id) >= 0 {
		return duplicate(field, id)
	}
	if len(*s) >= maxRecord {
		return full(field, maxRecord)
	}
	own(d, s)
	*s = append(*s, v)
	return nil
}

// amend gives the artefact that a field of the change names, to change.
func (s *shelf[T]) amend(d *draft, field, id string) (*T, error) {
	if err := s.refer(field, id); err != nil {
		return nil, err
	}
	own(d, s)
	return &(*s)[s.index(id)], nil
}

// ofLap yields the artefacts that a lap recorded.
func (s shelf[T]) ofLap(lap int) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for i := range s {
			if _, in := s[i].shelved(); in == lap && !yield(&s[i]) {
				return
			}
		}
	}
}

// copies gives the artefacts for somebody to keep.
func (s shelf[T]) copies() []T {
	copied := slices.Clone([]T(s))
	for i := range copied {
		copied[i] = copied[i].clone()
	}
	return copied
}

// restored holds artefacts that were read from a snapshot against their rules:
// their fields', ids that are not taken twice, and a lap that has been.
func (s *shelf[T]) restored(lap int) error {
	seen := make(map[string]bool, len(*s))
	for _, v := range *s {
		id, in := v.shelved()
		if err := check(v); err != nil {
			return err
		}
		if seen[id] || in < 1 || in > lap {
			return unfit("its %T %q is there twice, or in a lap that is not", v, fault.Bounded(id))
		}
		seen[id] = true
	}
	return nil
}

// put has one thing stand in a list in the place of what was said of the same before.
func put[S ~[]T, T any](d *draft, held *S, next T, same func(T) bool) {
	own(d, held)
	if i := slices.IndexFunc(*held, same); i >= 0 {
		(*held)[i] = next
		return
	}
	*held = append(*held, next)
}
