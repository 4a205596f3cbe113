package simulation

// The policies: the interface that a host implements, and what the built-in
// ones share. Each of those has a file of its own.

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
)

// Policy decides, month by month, where a coalition puts its effort and when
// it moves.
//
// Allocate is called by several goroutines at once, for different runs. It has
// to be a pure function of the view and of what the policy was made
// with: a policy that remembers would make a run depend on those before it on
// the same worker, and results would no longer be repeatable. What it needs to
// know of the past is in the view.
type Policy interface {
	// Name identifies the policy in results: 1 to 128 characters. What it was
	// made with has to be in it, or in the parameters of a [Tunable]: policies that
	// neither tells apart are taken for one, and their summaries merge.
	Name() string
	// Allocate reads the view and fills the allocation, and keeps
	// neither.
	Allocate(*View, *Allocation)
}

// Tunable is a policy with parameters. They are part of its identity.
type Tunable interface {
	Policy
	// Parameters lists them, with their values, in a fixed order: 16 at most, each of
	// a name of at most 32 characters.
	Parameters() []Parameter
	// With gives the policy with another value of one parameter. It refuses a
	// name that it does not have and a value out of range.
	With(name string, value float64) (Tunable, error)
}

// builtIns are the built-in policies, in the order in which they are listed.
var builtIns = []struct {
	name       string
	parameters []Parameter
	make       func(tuning) Tunable
}{
	{"balanced", balancedParameters, func(t tuning) Tunable { return &balanced{t} }},
	{"bottleneck-first", bottleneckParameters, func(t tuning) Tunable { return &bottleneck{t} }},
	{"coalition-first", coalitionParameters, func(t tuning) Tunable { return &coalition{t} }},
	{"pilot-first", pilotParameters, func(t tuning) Tunable { return &pilot{t} }},
	{"rush-to-launch", rushParameters, func(t tuning) Tunable { return &rush{t} }},
	{"adaptive", adaptiveParameters, func(t tuning) Tunable { return &adaptive{t} }},
}

// Policies lists the names of the built-in policies.
func Policies() []string {
	names := make([]string, len(builtIns))
	for i := range builtIns {
		names[i] = builtIns[i].name
	}
	return names
}

// NewPolicy makes a built-in policy, a [Tunable]. Parameters that are not
// given have their defaults. It refuses, with [assessment.FieldErrors] that
// hold everything that is wrong, an unknown name, unknown parameters and values
// out of range.
func NewPolicy(name string, parameters map[string]float64) (Tunable, error) {
	for i := range builtIns {
		if builtIns[i].name != name {
			continue
		}
		t := tuning{kind: i}
		for _, p := range builtIns[i].parameters {
			t.values = append(t.values, p.Default)
		}
		var f faults
		for _, key := range slices.Sorted(maps.Keys(parameters)) {
			if fault, bad := t.set(key, parameters[key]); bad {
				f = append(f, fault)
			}
		}
		if err := f.err(); err != nil {
			return nil, err
		}
		return builtIns[i].make(t), nil
	}
	return nil, refuse("policy", "known", name, "one of "+strings.Join(Policies(), ", "))
}

// tuning is what the built-in policies have in common: a name, and values for
// the parameters of their table.
type tuning struct {
	kind   int // place in builtIns
	values []float64
}

// Name gives the policy's name.
func (t tuning) Name() string { return builtIns[t.kind].name }

// Parameters lists the policy's parameters with their values.
func (t tuning) Parameters() []Parameter {
	all := slices.Clone(builtIns[t.kind].parameters)
	for i := range all {
		all[i].Value = t.values[i]
	}
	return all
}

// With gives the policy with another value of one parameter.
func (t tuning) With(name string, value float64) (Tunable, error) {
	t.values = slices.Clone(t.values)
	if fault, bad := t.set(name, value); bad {
		return nil, assessment.FieldErrors{fault}
	}
	return builtIns[t.kind].make(t), nil
}

func (t tuning) set(name string, value float64) (assessment.FieldError, bool) {
	var names []string
	for i := range builtIns[t.kind].parameters {
		p := &builtIns[t.kind].parameters[i]
		if p.Name == name {
			if fault, bad := p.judge(name, value); bad {
				return fault, true
			}
			t.values[i] = value
			return assessment.FieldError{}, false
		}
		names = append(names, p.Name)
	}
	return assessment.FieldError{Field: name, Rule: "known", Value: name, Want: "one of " + strings.Join(names, ", ")}, true
}

// tuned makes a row of a policy's table of parameters.
func tuned(name, unit string, low, high, usual float64, meaning string) Parameter {
	return Parameter{Name: name, Unit: unit, Min: low, Max: high, Default: usual, Value: usual, Meaning: meaning, Origin: Assumption}
}

// The parameters that every built-in policy has, and their places.
const (
	persuasionShare = iota
	upkeepShare
	aheadShare
	shared // how many there are
)

var sharedParameters = []Parameter{
	persuasionShare: tuned("persuasion", share, 0, 1, 0.2, "Effort that goes into persuasion of the actors who are not supporters yet."),
	upkeepShare:     tuned("upkeep", share, 0, 1, 0.3, "The most effort that goes into criteria that decay."),
	aheadShare:      tuned("ahead", share, 0, 1, 0.1, "Effort that goes into criteria of the next stage."),
}

// withShared puts a policy's own parameters behind the shared ones.
func withShared(own ...Parameter) []Parameter { return append(slices.Clone(sharedParameters), own...) }

// identity names a policy with its parameters.
func identity(s Policy) (id Identity, err error) {
	if s == nil {
		return Identity{}, refuse("policy", "required", nil, "a policy")
	}
	defer func() { // a nil pointer in the interface, for one
		if p := recover(); p != nil {
			id, err = Identity{}, refuse("policy", "panic", bounded(fmt.Sprint(p)), "a policy whose Name and Parameters return")
		}
	}()
	id.Name = s.Name()
	var f faults
	f.label("policy.name", id.Name)
	if t, ok := s.(Tunable); ok {
		parameters := t.Parameters()
		if n := len(parameters); n > maxTuned {
			f.add("policy.parameters", "length", n, "at most "+strconv.Itoa(maxTuned)+" parameters")
			parameters = nil
		}
		for i, p := range parameters {
			f.label(at("policy.parameters", i)+".name", p.Name)
			if utf8.RuneCountInString(p.Name) > maxTunedName {
				f.add(at("policy.parameters", i)+".name", "length", p.Name, "at most "+strconv.Itoa(maxTunedName)+" characters")
			}
			if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
				f.add(at("policy.parameters", i)+".value", "range", p.Value, "a finite number")
			}
			id.Parameters = append(id.Parameters, Setting{p.Name, p.Value})
		}
	}
	return id, f.err()
}

// The limits on the parameters of a policy, for they go into every summary: how
// many there may be, and the characters of a name.
const (
	maxTuned     = 16
	maxTunedName = 32
)

// Identity tells policies apart in results: the name, and the value of each
// parameter.
type Identity struct {
	Name       string    `json:"name"`
	Parameters []Setting `json:"parameters,omitempty"`
}

// Setting is the value of a parameter.
type Setting struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// String gives the name with the parameters, such as "balanced(ahead=0.1)".
func (i Identity) String() string {
	if len(i.Parameters) == 0 {
		return i.Name
	}
	var b strings.Builder
	b.WriteString(i.Name)
	for n, p := range i.Parameters {
		b.WriteString([]string{"(", ", "}[min(n, 1)] + p.Name + "=" + plain(p.Value))
	}
	return b.String() + ")"
}
