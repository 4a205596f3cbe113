//go:build race

package report

// The race detector makes a page cost ten times as much.
const raced = true
