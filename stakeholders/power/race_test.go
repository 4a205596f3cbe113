//go:build race

package power

// raceEnabled is true under the race detector, which slows everything down.
const raceEnabled = true
