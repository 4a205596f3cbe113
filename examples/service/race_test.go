//go:build race

package main

// The race detector makes SQLite ten times as slow.
const raced = true
