package web

import (
	"github.com/chsreform/chsreform/reformcycle"
)

// This file is the page of one cycle: where it stands, and what is in its way.

// cyclePage tells where a cycle stands.
func (v *visit) cyclePage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s := c.Now()
	return v.render("cycle", struct {
		reformcycle.State
		May      Rights
		Blocked  []reformcycle.Blocker
		Next     []reformcycle.Action
		Standing reformcycle.Standing
	}{s, v.rights, s.Blockers(), s.NextActions(), s.Standing()})
}
