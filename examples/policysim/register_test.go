package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// The page that describes the model carries the whole register of assumptions. It
// is made of the register itself.
func TestTheRegisterInTheDocumentationIsTheModels(t *testing.T) {
	const file, begin, end = "../../docs/simulation.md", "<!-- register -->\n", "<!-- end of register -->"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begin)
	require.True(t, found, "the page has a place for the register")
	_, after, found := strings.Cut(rest, end)
	require.True(t, found, "the place ends")
	want := before + begin + registerTables(t) + end + after
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(text), "to write it anew: go test ./examples/policysim -run Register -update")
}

// registerTables writes the register: the scenario's parameters, and those of the
// built-in policies.
func registerTables(t *testing.T) string {
	var b strings.Builder
	b.WriteString("\n")
	rows := [][]string{}
	for _, p := range simulation.Register() {
		rows = append(rows, []string{"`" + p.Name + "`", p.Unit.String(), number(t, p.Min), number(t, p.Max), number(t, p.Default), p.Origin.String(), p.Meaning.String()})
	}
	b.WriteString(table([]string{"name", "unit", "from", "to", "default", "origin of the default", "meaning"}, rows))

	b.WriteString("Where each may plausibly lie, which is what [worlds](#robust-instead-of-calibrated) are drawn from. Reasons that begin\n" +
		"with *model* are our judgement. *Added* and *times*: to, or of, what each actor has.\n\n")
	rows = nil
	for _, p := range simulation.Register() {
		low, high, scale := "", "", ""
		if !p.Span.None() {
			low, high, scale = number(t, p.Span.Low), number(t, p.Span.High), p.Span.Scale.String()
			if p.Span.Around {
				scale += ", " + map[simulation.Scale]string{simulation.Even: "added", simulation.Logarithmic: "times"}[p.Span.Scale]
			}
		}
		rows = append(rows, []string{"`" + p.Name + "`", p.Called.String(), low, high, scale, p.Span.Why.String()})
	}
	b.WriteString(table([]string{"name", "in a sentence", "plausible from", "to", "scale", "why, or why no span"}, rows))

	shared := map[string]int{}
	var tunables []simulation.Tunable
	for _, name := range simulation.Policies() {
		s, err := simulation.NewPolicy(name, nil)
		require.NoError(t, err)
		tunables = append(tunables, s)
		for _, p := range s.Parameters() {
			shared[fmt.Sprint(p)]++
		}
	}
	b.WriteString("Of the built-in policies; all of these are assumptions, too:\n\n")
	rows = nil
	all := true // first, once, what all of them have
	for _, s := range tunables {
		for _, p := range s.Parameters() {
			owner := "`" + s.Name() + "`"
			switch shared[fmt.Sprint(p)] {
			case 1:
			case len(tunables):
				if owner = "all"; !all {
					continue
				}
			default:
				t.Fatalf("%s is of some policies: the table has no place for that", p.Name)
			}
			rows = append(rows, []string{owner, "`" + p.Name + "`", p.Unit.String(), number(t, p.Min), number(t, p.Max), number(t, p.Default), p.Meaning.String()})
		}
		all = false
	}
	b.WriteString(table([]string{"policy", "name", "unit", "from", "to", "default", "meaning"}, rows))
	return b.String()
}

// number writes a number exactly, as a person would: 1/60 as a fraction, and a million
// without an exponent.
func number(t *testing.T, x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if len(text) > 8 {
		for below := 2.0; below <= 1000; below++ {
			if over := math.Round(x * below); over >= 1 && over/below == x {
				return fmt.Sprintf("%g/%g", over, below)
			}
		}
	}
	read, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	require.Equal(t, x, read)
	return text
}
