// Command digest runs the reference scenario under every built-in policy and
// prints a digest of each summary: what a test compares between machines.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/chsreform/chsreform/reformcycle/simulation"
)

func main() {
	for _, name := range simulation.Policies() {
		policy, err := simulation.NewPolicy(name, nil)
		var model *simulation.Model
		if err == nil {
			model, err = simulation.Compile(simulation.Reference())
		}
		var summary simulation.Summary
		if err == nil {
			summary, err = model.Run(context.Background(), policy, 200, 7)
		}
		var data []byte
		if err == nil {
			data, err = summary.MarshalBinary()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%s %x\n", name, sha256.Sum256(data))
	}
}
