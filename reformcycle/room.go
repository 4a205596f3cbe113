package reformcycle

import (
	"maps"
	"reflect"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// This file says what a room is: what a stage, or whatever has changes of its own
// and belongs to no stage, hands to the machine. The rooms are declared at the
// ends of their files, and stage.go lists them.

// room is what a stage hands to the machine.
type room struct {
	// changes are the kinds of its changes.
	changes []kindEntry
	// part is the key to its part of the state, and topic what that tells of.
	part  partKey
	topic Topic
	// derives says how to compute its derived criteria, by their ids.
	derives map[string]derivation
	// guards stand before advances beside the checklist.
	guards []guard
	// names are the enumerated types that its changes use.
	names []vocabulary
	// past are the dates of its types that tell of what has been, in JSON names.
	past map[reflect.Type][]string
	// renew drops what counts for one lap only and does not say which.
	renew func(*draft)
}

// vocabulary is an enumerated type with the names that it knows.
type vocabulary struct {
	of     reflect.Type
	want   fault.Words
	schema schema.Schema
}

// names is the vocabulary of an enumerated type.
func names[S ~string](all []S) vocabulary {
	return vocabulary{reflect.TypeFor[S](), fault.OneOf(all), schema.OneOf(all)}
}

// furnish has the machine know what the rooms hold, and then what is judged by it:
// the built-in checklist.
func furnish(rooms ...room) {
	for _, r := range rooms {
		for _, k := range r.changes {
			kindList = append(kindList, k.kind)
			kindTable[k.kind] = &k
			kindTypes[k.goType] = &k
		}
		if r.part != nil {
			r.part.place(len(parts))
			parts, partTopics = append(parts, r.part), append(partTopics, r.topic)
		}
		for id, d := range r.derives {
			derivations[id] = d
		}
		maps.Copy(past, r.past)
		for _, n := range r.names {
			vocabularies[n.of] = n
		}
		if r.renew != nil {
			renewals = append(renewals, r.renew)
		}
		guards = append(guards, r.guards...)
	}
	builtIn = mustRulebook(reformReadiness)
	noState = newState("", builtIn)
}

// worded gives the names in a schema the words that their type has for them.
func worded[T interface{ Told() language.Text }](s schema.Schema, read func(*T, []byte) error) schema.Schema {
	s.Names = make([]language.Text, len(s.Enum))
	for i, name := range s.Enum {
		var value T
		if text, is := name.(string); is && text != "" && read(&value, []byte(text)) == nil {
			s.Names[i] = value.Told()
		}
	}
	return s
}
