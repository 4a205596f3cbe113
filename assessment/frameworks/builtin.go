package frameworks

// This file holds the frameworks that the library brings.

import (
	"embed"
	"iter"
	"slices"
	"sync"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Published versions stay here for ever: results are kept under the version
// that they were judged by.
//
//go:embed data/*.json
var data embed.FS

type builtIn struct {
	name, version string
	load          func() (*Framework, error)
}

// builtIns are the frameworks in the order in which they are listed; of one
// name, the newest version comes last. Each is read when it is first asked for.
var builtIns = []builtIn{
	embedded("reform-readiness", "1.0.0"),
	embedded("chw-aim", "1.0.0"),
	embedded("who-2018", "1.0.0"),
	embedded("strategic-partnering", "1.0.0"),
	embedded("three-ones", "1.0.0"),
	embedded("ccf-principles", "1.0.0"),
	embedded("partner-priorities-2012", "1.0.0"),
	embedded("community-clinic-centred", "1.0.0"),
	embedded("large-scale-design", "1.0.0"),
	embedded("policy-triangle", "1.0.0"),
}

func embedded(name, version string) builtIn {
	return builtIn{name, version, sync.OnceValues(func() (*Framework, error) {
		content, err := data.ReadFile("data/" + name + "-" + version + ".json")
		if err != nil {
			return nil, err
		}
		return Parse(content)
	})}
}

// Names lists the names of the built-in frameworks, each once.
func Names() []string {
	var names []string
	for _, b := range builtIns {
		if !slices.Contains(names, b.name) {
			names = append(names, b.name)
		}
	}
	return names
}

// Get returns a built-in framework by its name, in the newest version, or by
// "name@version". Any other name is refused with
// [fault.Fields] that list those there are.
func Get(name string) (*Framework, error) {
	for _, b := range slices.Backward(builtIns) {
		if name == b.name || name == b.name+"@"+b.version {
			return b.load()
		}
	}
	var known []string
	for _, b := range builtIns {
		known = append(known, b.name+"@"+b.version)
	}
	return nil, fault.Refuse("framework", fault.Exists, name, fault.OneOf(known))
}

// All yields the built-in frameworks, each in its newest version, in the order
// of [Names].
func All() iter.Seq[*Framework] {
	return func(yield func(*Framework) bool) {
		for _, name := range Names() {
			f, err := Get(name)
			if err != nil {
				panic(err) // an embedded file is wrong: found by the first test
			}
			if !yield(f) {
				return
			}
		}
	}
}

// Schema returns the JSON Schema, draft 2020-12, of a framework's file.
func Schema() []byte {
	schema, err := data.ReadFile("data/framework.schema.json")
	if err != nil {
		panic(err) // as above
	}
	return schema
}
