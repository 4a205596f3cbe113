package simulation

// Reading a scenario from JSON, strictly, with everything that is wrong in one
// report.

import "github.com/chsreform/chsreform/reformcycle/fault"

const maxBytes = 4 << 20

// ParseScenario reads a scenario from JSON of at most 4 MiB, of the form that
// [Schema] describes. Numbers that are left out have the defaults of the
// register. It is as strict as [fault.ReadJSON], so that a misspelt "hazrad" can't
// leave a default in place unseen. All errors are [fault.Fields] with everything
// that is wrong, each with its line and column: what can't be read, and what may
// not be, but for what hangs on something that could not be read.
func ParseScenario(data []byte) (Scenario, error) {
	s := NewScenario("")
	if err := fault.ReadJSON(data, maxBytes, &s, func() fault.Fields { return s.Validate() }); err != nil {
		return Scenario{}, err
	}
	return s, nil
}

// UnmarshalJSON reads a scenario as [ParseScenario] does.
func (s *Scenario) UnmarshalJSON(data []byte) error {
	read, err := ParseScenario(data)
	if err != nil {
		return err
	}
	*s = read
	return nil
}

// UnmarshalJSON reads an actor as strictly as a scenario is read; what is left out
// has its default. Where it is refused it holds what could be read.
func (a *CastActor) UnmarshalJSON(data []byte) error {
	*a = NewCastActor("", "")
	return fault.ReadJSON(data, maxBytes, a, nil)
}

// UnmarshalJSON reads an event as strictly as a scenario is read. Which shock it is has
// to be said.
func (e *Event) UnmarshalJSON(data []byte) error {
	*e = Event{Shock: shockKinds}
	return fault.ReadJSON(data, maxBytes, e, nil)
}
