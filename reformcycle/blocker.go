package reformcycle

import (
	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Blocker is one guard that stands before a move, unmet.
type Blocker struct {
	// Guard is the id of the criterion that is unmet, CoalitionVeto, or "move"
	// where the table has no such move from here.
	Guard string `json:"guard"`
	// Stage whose checklist holds the criterion; where the cycle stands for the
	// other guards.
	Stage Stage `json:"stage"`
	// Have is the level as it is, unknown where a rated criterion has no rating or a
	// derived one hangs on a date that is known too roughly; Need is the level at which it is met. Both are unknown for a guard that is
	// no criterion.
	Have assessment.Level `json:"have"`
	Need assessment.Level `json:"need"`
	// Derived: the level is computed from what is recorded.
	Derived bool `json:"derived,omitempty"`
	// Text says what must be true, Remedy what to do about it.
	Text   language.Text `json:"text"`
	Remedy language.Text `json:"remedy,omitzero"`
	// Missing says what there is not, an item each, for what is not rated by people.
	Missing []language.Text `json:"missing,omitempty"`
	// Silent are the topics that it rests on and the record is silent about: it may be
	// met, and nobody has recorded it.
	Silent []Topic `json:"silent,omitempty"`
	// Actors are the ids of those who stand in the way, if any.
	Actors []string `json:"actors,omitempty"`
	// Source holds the keys of the sources that ask for it, joined by ", ".
	Source string `json:"source,omitempty"`
}

// Told tells the blocker in one line.
func (b Blocker) Told() language.Text {
	var details []language.Text
	switch {
	case b.Need == assessment.Unknown, b.Derived:
	case b.Have == assessment.Unknown:
		details = append(details, language.Of("blocker.not-rated", "need", b.Need.Told()))
	default:
		details = append(details, language.Of("blocker.level", "have", b.Have.Told(), "need", b.Need.Told()))
	}
	if len(b.Missing) > 0 {
		details = append(details, language.Of("blocker.missing", "missing", b.Missing))
	}
	if len(b.Silent) > 0 {
		details = append(details, b.Unsaid())
	}
	if len(b.Actors) > 0 {
		details = append(details, language.Of("blocker.actors", "actors", listed(b.Actors)))
	}
	id, args := "blocker.told", []any{"guard", b.Guard, "text", b.Text}
	if details != nil {
		id, args = "blocker.details", append(args, "details", details)
	}
	if b.Source != "" {
		id, args = id+"-source", append(args, "source", b.Source)
	}
	return language.Of(id, args...)
}

// String tells the blocker in one line, in English.
func (b Blocker) String() string { return b.Told().String() }

// Unsaid says that the record is silent about what the blocker rests on; nothing where it
// is not.
func (b Blocker) Unsaid() language.Text {
	if len(b.Silent) == 0 {
		return language.Text{}
	}
	about := make([]language.Text, len(b.Silent))
	for i, t := range b.Silent {
		about[i] = t.Told()
	}
	return language.Of("blocker.silent", "topics", about)
}

// counted says how many there have to be and how many there are.
func counted(id string, need float64, have int) language.Text {
	return language.Of(id, "need", need, "have", have)
}
