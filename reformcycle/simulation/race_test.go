//go:build race

package simulation

// raceEnabled says that the race detector watches: everything takes ten times as
// long, and finds races in few runs as well as in many.
const raceEnabled = true
