package simulation

import (
	_ "embed"
	"sync"
)

//go:embed data/reference.json
var referenceJSON []byte

var reference = sync.OnceValue(func() Scenario {
	s, err := ParseScenario(referenceJSON)
	if err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
	return s
})

// Reference gives the scenario that benchmarks and examples run: twelve actors,
// the whole built-in checklist, ten years, all shocks. It is illustrative: no
// country is meant, and no number in it was observed.
func Reference() Scenario { return reference().Clone() }
