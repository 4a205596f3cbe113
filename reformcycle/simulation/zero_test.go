package simulation

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// exported are the zero values of the types that a host sees.
var exported = []any{
	ActorView{}, Allocation{}, Answers{}, Bin{}, Candidate{}, CastActor{}, Cause(0), CauseShare{}, Commitments{}, Comparison{},
	CriterionView{}, CriterionWork{}, Curve{}, DamageError{}, Debt{}, Difference{}, Distribution{}, DonorExit{}, Election{}, Epidemic{},
	Estimate{}, Event{}, Factor{}, Feedback{}, FiscalCrisis{}, Identity{}, Influence{}, Joined{}, Joining{}, Metric{}, MismatchError{}, Model{}, Month{},
	Move{}, Opposition{}, PanicError{}, Parameter{}, Planned{}, Positions{}, Proportion{}, Quantile{}, Range{}, Rank{},
	RunError{}, RunOutcome{}, Scandal{}, Scenario{}, Setting{}, ShockKind(0), Shocks{}, SobolIndex{}, SobolIndices{},
	Spent{}, Start{}, StatusShare{}, Step{}, Summary{}, SupportShare{}, Survival{}, Suspension{}, Swing{}, Tornado{}, Trace{}, Turn{},
	Value{}, VarianceShare{}, View{}, Whole{}, Work{}, RunOption(nil), Goal{}, Scale(0), Span{}, Trial{}, Uncertainty{}, World{}, Worlds{},
	Course{}, Nation{}, NationModel{}, NationOutcome{}, Waves{},
	Bound{}, Box{}, BoxStep{}, Discovery{}, GoalStanding{}, Limit{}, Regret{}, Robustness{}, Standing{},
}

// A host may hold the zero value of anything, or nothing at all. What its methods
// are asked then has an answer or is refused; none of them panics.
func TestNoMethodOfAZeroValuePanics(t *testing.T) {
	known := map[string]bool{}
	for _, zero := range exported {
		v := reflect.New(reflect.TypeOf(zero))
		known[v.Elem().Type().Name()] = true
		askAll(t, v.Elem())
		askAll(t, v)
	}
	askAll(t, reflect.ValueOf((*Model)(nil)))
	require.Equal(t, declared(t), known)
}

// declared are the exported types of the package, but for interfaces.
func declared(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	types := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				if _, abstract := spec.Type.(*ast.InterfaceType); !abstract {
					types[spec.Name.Name] = true
				}
			}
			return true
		})
	}
	return types
}

// sound are arguments that are all right by themselves.
var sound = []any{
	context.Background(), io.Writer(new(bytes.Buffer)), []byte("{}"), uint64(9), 1, 0.5, "a", time.Unix(0, 0),
	Policy(onStage), []Policy{onStage, onStage}, LaunchedBy(1), []Factor{{}}, reformcycle.Launch, &RunOutcome{}, Summary{},
	func(uint64, *RunOutcome) {}, reformcycle.Journal(journal.NewMemory()), FromDebt, fault.ErrInvalid,
}

// askAll calls every method of a value, with nothing and with sound arguments.
func askAll(t *testing.T, v reflect.Value) {
	t.Helper()
	for i := range v.NumMethod() {
		method := v.Type().Method(i)
		for _, with := range [][]any{nil, sound} {
			ask(t, v.Type().String()+"."+method.Name, v.Method(i), with)
		}
	}
}

func ask(t *testing.T, name string, method reflect.Value, with []any) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s panics: %v", name, p)
		}
	}()
	var args []reflect.Value
	for k := range method.Type().NumIn() {
		if method.Type().IsVariadic() && k == method.Type().NumIn()-1 {
			break
		}
		arg := reflect.Zero(method.Type().In(k))
		for _, one := range with {
			if reflect.TypeOf(one).AssignableTo(arg.Type()) {
				arg = reflect.ValueOf(one)
				break
			}
		}
		args = append(args, arg)
	}
	for _, result := range method.Call(args) {
		_ = fmt.Sprint(result)
	}
}
