// Command digest runs the reference scenario under every built-in policy and
// prints a digest of each summary, and of all of them in a few worlds: what a test
// compares between machines.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/chsreform/chsreform/reformcycle/simulation"
)

func main() {
	var trial simulation.Trial
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
		trial.Policies = append(trial.Policies, policy)
	}
	if err := dated(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	trial.Goals = []simulation.Goal{{Metric: simulation.LaunchedBy(36), Bound: 0.5}, {Metric: simulation.LapsAtLeast(1), Bound: 0.5}}
	trial.Worlds, trial.Runs, trial.Seed = 30, 5, 7
	if err := worlds(trial); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// dated prints a digest of runs in which all hear all, somebody is expected and shocks
// have a date.
func dated() error {
	s := simulation.Reference()
	s.Influence = nil
	s.Actors[0].From = 9
	s.Events = []simulation.Event{{Month: 6, Shock: simulation.AnElection}, {Month: 3, Shock: simulation.AnEpidemic}, {Month: 30, Shock: simulation.ADonorExit}}
	model, err := simulation.Compile(s)
	if err != nil {
		return err
	}
	policy, err := simulation.NewPolicy("rush-to-launch", nil)
	if err != nil {
		return err
	}
	summary, err := model.Run(context.Background(), policy, 200, 7)
	if err != nil {
		return err
	}
	data, err := summary.MarshalBinary()
	if err != nil {
		return err
	}
	fmt.Printf("dated %x\n", sha256.Sum256(data))
	return nil
}

// worlds prints a digest of what came of a trial, and what each world has.
func worlds(trial simulation.Trial) error {
	model, err := simulation.Compile(simulation.Reference())
	if err != nil {
		return err
	}
	w, err := model.Worlds(context.Background(), trial)
	if err != nil {
		return err
	}
	data, err := w.MarshalBinary()
	if err != nil {
		return err
	}
	fmt.Printf("worlds %x\n", sha256.Sum256(data))
	return w.WriteCSV(os.Stdout)
}
