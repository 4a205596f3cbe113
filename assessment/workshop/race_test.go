//go:build race

package workshop_test

// raceEnabled is true under the race detector, which slows everything down.
const raceEnabled = true
