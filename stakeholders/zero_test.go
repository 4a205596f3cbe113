package stakeholders_test

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/influence"
	"github.com/chsreform/chsreform/stakeholders/policymaker"
	"github.com/chsreform/chsreform/stakeholders/power"
	"github.com/stretchr/testify/assert"
)

// withMethods are the types of this room that have exported methods.
var withMethods = []reflect.Type{
	reflect.TypeFor[stakeholders.Actor](), reflect.TypeFor[stakeholders.Band](), reflect.TypeFor[stakeholders.Commitment](),
	reflect.TypeFor[stakeholders.Constituency](), reflect.TypeFor[stakeholders.Feasibility](), reflect.TypeFor[stakeholders.Funding](),
	reflect.TypeFor[stakeholders.FundingMeasure](), reflect.TypeFor[stakeholders.Group](), reflect.TypeFor[stakeholders.Impact](),
	reflect.TypeFor[stakeholders.Indices](), reflect.TypeFor[stakeholders.Ledger](), reflect.TypeFor[stakeholders.LedgerEntry](),
	reflect.TypeFor[stakeholders.Mechanism](), reflect.TypeFor[stakeholders.Position](), reflect.TypeFor[stakeholders.Power](),
	reflect.TypeFor[stakeholders.PowerBand](), reflect.TypeFor[stakeholders.Resource](), reflect.TypeFor[stakeholders.Role](),
	reflect.TypeFor[stakeholders.Roster](), reflect.TypeFor[stakeholders.Shift](), reflect.TypeFor[stakeholders.Strategy](),
	reflect.TypeFor[stakeholders.StrategyKind](), reflect.TypeFor[stakeholders.Success](), reflect.TypeFor[stakeholders.Target](),
	reflect.TypeFor[stakeholders.UnreachableError](),
	reflect.TypeFor[influence.Network](), reflect.TypeFor[influence.NoUniqueEquilibriumError](),
	reflect.TypeFor[influence.IllConditionedError](), reflect.TypeFor[influence.UnreachableError](),
	reflect.TypeFor[power.Body](), reflect.TypeFor[power.Count](), reflect.TypeFor[power.Game](),
	reflect.TypeFor[power.SizeError](), reflect.TypeFor[power.UnattainableError](),
	reflect.TypeFor[policymaker.Player](), reflect.TypeFor[policymaker.Project](), reflect.TypeFor[policymaker.Remark](),
}

// byPointer are those that a host holds by pointer only, and so may hold nil of.
var byPointer = []reflect.Type{reflect.TypeFor[*influence.Network](), reflect.TypeFor[*power.Game](), reflect.TypeFor[*policymaker.Project]()}

func TestNoMethodPanicsOnAZeroValueOrZeroArguments(t *testing.T) {
	for _, ty := range withMethods {
		callAll(t, ty.String(), reflect.New(ty)) // the pointer has the methods of the value, too
	}
	for _, ty := range byPointer {
		callAll(t, "nil "+ty.String(), reflect.Zero(ty))
	}
}

// callAll calls each method with the zero value of every argument, and walks what
// can be walked of the results.
func callAll(t *testing.T, name string, v reflect.Value) {
	assert.Positive(t, v.NumMethod(), name)
	for i := range v.NumMethod() {
		m := v.Method(i)
		var args []reflect.Value
		for k := range m.Type().NumIn() {
			if m.Type().IsVariadic() && k == m.Type().NumIn()-1 {
				break
			}
			args = append(args, reflect.Zero(m.Type().In(k)))
		}
		assert.NotPanics(t, func() {
			for _, result := range m.Call(args) {
				if result.Kind() == reflect.Func && !result.IsNil() {
					if result.Type().CanSeq() {
						for range result.Seq() {
						}
					} else if result.Type().CanSeq2() {
						for range result.Seq2() {
						}
					}
				}
			}
		}, fmt.Sprint(name, ".", v.Type().Method(i).Name))
	}
}

func TestNoFunctionPanicsOnNilsAndZeroValues(t *testing.T) {
	for name, call := range map[string]func() error{
		"NewRoster": func() error { _, err := stakeholders.NewRoster(stakeholders.Actor{}); return err },
		"ImpactOf": func() error {
			_, err := stakeholders.ImpactOf(stakeholders.Strategy{}, "", stakeholders.Roster{}, stakeholders.Roster{})
			return err
		},
		"NewNetwork":               func() error { _, err := influence.NewNetwork(nil, nil); return err },
		"NewNetwork, a nil option": func() error { _, err := influence.NewNetwork([]influence.Node{{ID: "a"}}, nil, nil); return err },
		"FromRoster":               func() error { _, _, err := influence.FromRoster(stakeholders.Roster{}, nil, nil); return err },
		"NewGame":                  func() error { _, err := power.NewGame(power.Body{}); return err },
		"Read":                     func() error { _, err := policymaker.Read(nil); return err },
		"Write": func() error {
			p, err := policymaker.Read(strings.NewReader(`{"Project":[{}],"Player":[]}`))
			assert.NoError(t, err)
			return p.Write(nil)
		},
		"Write of a zero project": func() error { return new(policymaker.Project).Write(io.Discard) },
	} {
		assert.NotPanics(t, func() { assert.Error(t, call(), name) }, name)
	}
	assert.NotPanics(t, func() {
		influence.Assume(nil, 0)
		influence.GroupsOf(stakeholders.Roster{})
		power.Seats(0)
		policymaker.DefaultConstituency(policymaker.Player{})
		stakeholders.SuggestionsFor("", "")
	})
}
