package reformcycle_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	rc "github.com/chsreform/chsreform/reformcycle"
)

// zeros are the exported types that have methods, but for interfaces and functions.
var zeros = []any{
	rc.Abandon{}, rc.Adapt{}, rc.Adaptation{}, rc.AdoptChecklist{}, rc.ChecklistError{}, rc.Advance{}, rc.AppraiseSolution{}, rc.AssignRole{}, rc.Begin{},
	rc.BlockedError{}, rc.Blocker{}, rc.Body{}, rc.ChangeError{}, rc.ChooseSolution{}, rc.Commit{}, rc.Component(""), rc.Contest{},
	rc.ConflictError{}, rc.Correct{}, rc.CorrectMoment{}, rc.CorrectedError{}, rc.DecisionPower(""), rc.Debt{}, rc.DeclareSilence{}, rc.Deliver{}, rc.DesignChoice{}, rc.Diagnosis{}, rc.DissolveBody{},
	rc.EngageActor{}, rc.Entry{}, rc.EntryError{}, rc.EstablishBody{}, rc.Finding{}, rc.FormCoalition{}, rc.FrameProblem{},
	rc.HangingError{}, rc.Heading(""), rc.HoldCommunityMeeting{}, rc.HoldReview{}, rc.LostError{}, rc.MapDesign{}, rc.MomentError{}, rc.MoveError{}, rc.NameAuthorities{}, rc.Notice{},
	rc.ObserveStrategy{}, rc.OpenWindow{}, rc.Origin(""), rc.Phase(0), rc.PilotFinding(""), rc.PlanRollout{}, rc.PlanStrategy{},
	rc.PlannedStrategy{}, rc.ProposeSolution{}, rc.Question{}, rc.Rate{}, rc.RecordPilot{}, rc.ReleaseActor{}, rc.RelieveRole{},
	rc.KeyError{}, rc.ObserverError{}, rc.Refusal{}, rc.Renew{}, rc.ReportRollout{}, rc.Resume{}, rc.Retract{}, rc.Revisit{}, rc.Rule{}, rc.Rules{}, rc.ScoreProblem{}, rc.ScoreSolution{},
	rc.SetCriteria{}, rc.Severity(""), rc.Stage(0), rc.Stamp{}, rc.Standing{}, rc.State{}, rc.Status(0), rc.StatusError{},
	rc.Silence{}, rc.Strength{}, rc.Subject(""), rc.SurveyProgrammes{}, rc.Suspend{}, rc.TakePosition{}, rc.Tier(""), rc.Topic(""), rc.TransferError{}, rc.Urgency(""), rc.RuleOutcome(0), rc.Absence(""), rc.MoveName(""), rc.Deadline{}, rc.DeadlineKind(""), rc.Kind(""),
	rc.NameJurisdiction{}, rc.Population{}, rc.Function(""), rc.Devolve{}, rc.Policy{}, rc.AdoptPolicy{}, rc.Held(""), rc.LinkParent{}, rc.NameChildren{}, rc.ObserveCycle{}, rc.DepartureKind(""), rc.Depart{},
	rc.Count{}, rc.Deadline{}, rc.IndexQuery{}, rc.IndexRow{}, rc.Position{}, rc.ValidateDesign{}, rc.Waive{}, rc.WindowKind(""),
}

// call calls every method of a value with zero arguments and ranges over what it
// yields. A context is one: the zero value of that is none.
func call(t *testing.T, what string, v reflect.Value) {
	for i := range v.NumMethod() {
		name := v.Type().Method(i).Name
		m := v.Method(i)
		assert.NotPanics(t, func() {
			var in []reflect.Value
			for p := range m.Type().NumIn() {
				switch of := m.Type().In(p); {
				case m.Type().IsVariadic() && p == m.Type().NumIn()-1:
				case of == reflect.TypeFor[context.Context]():
					in = append(in, reflect.ValueOf(background))
				default:
					in = append(in, reflect.Zero(of))
				}
			}
			for _, out := range m.Call(in) {
				if out.Kind() == reflect.Func && !out.IsNil() && out.Type().NumOut() == 0 && out.Type().NumIn() == 1 {
					out.Call([]reflect.Value{reflect.MakeFunc(out.Type().In(0), func([]reflect.Value) []reflect.Value {
						return []reflect.Value{reflect.ValueOf(true)}
					})})
				}
			}
		}, "%s.%s", what, name)
	}
}

func TestNoMethodOfAZeroValuePanics(t *testing.T) {
	listed := map[string]bool{"Cycle": true}
	for _, zero := range zeros {
		typ := reflect.TypeOf(zero)
		listed[typ.Name()] = true
		call(t, typ.Name(), reflect.ValueOf(zero))
		call(t, "*"+typ.Name(), reflect.New(typ))
	}
	call(t, "Cycle", reflect.ValueOf(new(rc.Cycle)))
	call(t, "nil Cycle", reflect.ValueOf((*rc.Cycle)(nil)))
	for name := range typesWithMethods(t) {
		require.True(t, listed[name], "%s is not among the types that this test looks at", name)
	}
}

// typesWithMethods lists the exported types of the package that exported methods are
// declared on.
func typesWithMethods(t *testing.T) map[string]bool {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	types := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, d := range f.Decls {
			method, ok := d.(*ast.FuncDecl)
			if !ok || method.Recv == nil || !method.Name.IsExported() {
				continue
			}
			of := method.Recv.List[0].Type
			if pointer, ok := of.(*ast.StarExpr); ok {
				of = pointer.X
			}
			if name, ok := of.(*ast.Ident); ok && name.IsExported() {
				types[name.Name] = true
			}
		}
	}
	return types
}
