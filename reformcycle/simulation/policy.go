package simulation

// The policies: the interface that a host implements, and what the built-in
// ones share. Each of those has a file of its own.

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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

// Policies lists the names of the built-in policies.
func Policies() []string {
	names := make([]string, len(builtIns))
	for i := range builtIns {
		names[i] = builtIns[i].name
	}
	return names
}

// NewPolicy makes a built-in policy. Parameters that are not given have their
// defaults. It refuses, with [fault.Fields] that hold everything that is
// wrong, an unknown name, unknown parameters and values out of range.
func NewPolicy(name string, parameters map[string]float64) (Tunable, error) {
	for i := range builtIns {
		b := &builtIns[i]
		if b.name != name {
			continue
		}
		t := newTuning(name, slices.Concat(balanceParameters, b.own), b.allocate)
		var f fault.Fields
		for _, key := range slices.Sorted(maps.Keys(parameters)) {
			t.set(&f, key, parameters[key])
		}
		if err := f.Err(); err != nil {
			return nil, err
		}
		return t, nil
	}
	return nil, fault.Refuse("policy", fault.Known, name, fault.OneOf(Policies()))
}

// NewTunable makes a policy of a host's own: a name, parameters, and a pure
// function that allocates a month by their values, in the same order. It refuses
// what [Policy] and [Tunable] say of names and numbers, parameters of one name, and
// defaults out of range.
func NewTunable(name string, parameters []Parameter, allocate func(values []float64, v *View, a *Allocation)) (Tunable, error) {
	var f fault.Fields
	if allocate == nil {
		f.Add("allocate", fault.Required, nil, language.Of("want.sim-function"))
	}
	t := newTuning(name, slices.Clone(parameters), allocate)
	checkPolicy(&f, t)
	for i := range parameters {
		p, path := &parameters[i], fault.At("policy.parameters", i)
		p.judge(&f, path+".default", p.Default)
		if slices.ContainsFunc(parameters[:i], func(other Parameter) bool { return other.Name == p.Name }) {
			f.Add(path+".name", fault.Unique, p.Name, language.Of("want.sim-once"))
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

// tuning is a policy of parameters and a function of their values.
type tuning struct {
	name       string
	parameters []Parameter
	values     []float64 // of the parameters
	allocate   func(values []float64, v *View, a *Allocation)
}

// newTuning has every parameter at its default.
func newTuning(name string, parameters []Parameter, allocate func(values []float64, v *View, a *Allocation)) *tuning {
	t := &tuning{name: name, parameters: parameters, allocate: allocate}
	for i := range parameters {
		t.values = append(t.values, parameters[i].Default)
	}
	return t
}

func (t *tuning) Name() string { return t.name }

func (t *tuning) Allocate(v *View, a *Allocation) { t.allocate(t.values, v, a) }

func (t *tuning) Parameters() []Parameter {
	all := slices.Clone(t.parameters)
	for i := range all {
		all[i].Value = t.values[i]
	}
	return all
}

func (t *tuning) With(name string, value float64) (Tunable, error) {
	with := *t
	with.values = slices.Clone(t.values)
	var f fault.Fields
	if with.set(&f, name, value); f != nil {
		return nil, f
	}
	return &with, nil
}

func (t *tuning) set(f *fault.Fields, name string, value float64) {
	var names []string
	for i := range t.parameters {
		p := &t.parameters[i]
		if p.Name == name {
			if p.judge(f, name, value) {
				t.values[i] = value
			}
			return
		}
		names = append(names, p.Name)
	}
	f.Add(name, fault.Known, name, fault.OneOf(names))
}

func identity(s Policy) (id Identity, err error) {
	if s == nil {
		return Identity{}, fault.Refuse("policy", fault.Required, nil, language.Of("want.sim-policy"))
	}
	defer func() { // a nil pointer in the interface, for one
		if p := recover(); p != nil {
			id, err = Identity{}, fault.Refuse("policy", "panic", fmt.Sprint(p), language.Of("want.sim-returns"))
		}
	}()
	id.Name = s.Name()
	var f fault.Fields
	f.Text("policy.name", id.Name, fault.ID)
	if t, ok := s.(Tunable); ok {
		parameters := t.Parameters()
		if n := len(parameters); n > maxTuned {
			f.Add("policy.parameters", fault.Length, n, atMost(maxTuned))
			parameters = nil
		}
		for i, p := range parameters {
			f.Text(fault.At("policy.parameters", i)+".name", p.Name, fault.TextRule{Most: maxTunedName})
			f.Number(fault.At("policy.parameters", i)+".value", p.Value, math.Inf(-1), math.Inf(1))
			id.Parameters = append(id.Parameters, Setting{p.Name, p.Value})
		}
	}
	return id, f.Err()
}

func checkPolicy(f *fault.Fields, s Policy) Identity {
	id, err := identity(s)
	f.Under("", fault.Of(err))
	return id
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
	// Waves are those of a nation, where it is waves that are told apart.
	Waves *Waves `json:"waves,omitempty"`
}

// Setting is the value of a parameter.
type Setting struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Told is what people call it: a built-in policy has a name in each language, and a
// host's own keeps its own. Parameters stand behind it: "rush to launch (met=0.2)".
func (i Identity) Told() language.Text {
	if i.Waves != nil {
		return i.Waves.Told()
	}
	name := toldName("policy.", i.Name, slices.Contains(Policies(), i.Name))
	if len(i.Parameters) == 0 {
		return name
	}
	settings := make([]string, len(i.Parameters))
	for n, p := range i.Parameters {
		settings[n] = p.String()
	}
	return language.Of("policy.set", "policy", name, "settings", settings)
}

// String gives the name with the parameters, such as "balanced(ahead=0.1)".
func (i Identity) String() string {
	if len(i.Parameters) == 0 {
		return i.Name
	}
	var b strings.Builder
	b.WriteString(i.Name)
	for n, p := range i.Parameters {
		b.WriteString([]string{"(", ", "}[min(n, 1)] + p.String())
	}
	return b.String() + ")"
}

// String gives "ahead=0.1".
func (s Setting) String() string { return s.Name + "=" + plain(s.Value) }

// Title names a policy with those of its parameters that are not at their defaults,
// as a policy file of package simtest writes it.
func Title(p Policy) string {
	if p == nil {
		return ""
	}
	id := Identity{Name: p.Name()}
	if t, ok := p.(Tunable); ok {
		for _, one := range t.Parameters() {
			if one.Value != one.Default {
				id.Parameters = append(id.Parameters, Setting{one.Name, one.Value})
			}
		}
	}
	return id.String()
}
