package reformcycle

import "github.com/chsreform/chsreform/reformcycle/language"

// Kind names a kind of change, as journals keep it. The constants stand in the
// files of the changes that they name.
type Kind string

// Told names the kind for people, as something to do, such as "engage an actor".
func (k Kind) Told() language.Text { return termed("kind", string(k), kindTable[k] != nil) }
