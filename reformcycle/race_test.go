//go:build race

package reformcycle_test

import "flag"

// Under the race detector the properties are held against fewer reforms, unless
// the command line asks for more: they are about laws, not about races.
func init() {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
}
