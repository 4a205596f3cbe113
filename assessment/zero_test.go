package assessment_test

// No exported method or function of assessment and the packages below it panics
// on zero values, nil pointers, nil readers or nil writers.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/assessment/workshop"
)

// withMethods are the exported types that have exported methods.
var withMethods = []reflect.Type{
	reflect.TypeFor[assessment.Basis](), reflect.TypeFor[assessment.Bounds](), reflect.TypeFor[assessment.Checklist](),
	reflect.TypeFor[assessment.Comparison](), reflect.TypeFor[assessment.Completeness](), reflect.TypeFor[assessment.Criterion](),
	reflect.TypeFor[assessment.Crossing](), reflect.TypeFor[assessment.Difference](), reflect.TypeFor[assessment.Direction](), reflect.TypeFor[assessment.Evidence](),
	reflect.TypeFor[assessment.Interval](), reflect.TypeFor[assessment.Kind](), reflect.TypeFor[assessment.Level](),
	reflect.TypeFor[assessment.Movement](), reflect.TypeFor[assessment.Rating](), reflect.TypeFor[assessment.Revision](), reflect.TypeFor[assessment.Scorecard](),

	reflect.TypeFor[appraisal.AlternativeAcceptability](), reflect.TypeFor[appraisal.Appraisal](), reflect.TypeFor[appraisal.Method](), reflect.TypeFor[appraisal.Problem](),
	reflect.TypeFor[appraisal.Result](), reflect.TypeFor[appraisal.Sampling](),

	reflect.TypeFor[evaluation.Arm](), reflect.TypeFor[evaluation.Better](), reflect.TypeFor[evaluation.Conclusion](), reflect.TypeFor[evaluation.Design](),
	reflect.TypeFor[evaluation.Protocol](), reflect.TypeFor[evaluation.Result](), reflect.TypeFor[evaluation.Scale](),
	reflect.TypeFor[evaluation.Study](), reflect.TypeFor[evaluation.Trend](),

	reflect.TypeFor[frameworks.Counterpart](), reflect.TypeFor[frameworks.Crosswalk](), reflect.TypeFor[frameworks.Descriptors](),
	reflect.TypeFor[frameworks.Filled](), reflect.TypeFor[frameworks.Framework](), reflect.TypeFor[frameworks.Text](),

	reflect.TypeFor[landscape.Analysis](), reflect.TypeFor[landscape.Answer](), reflect.TypeFor[landscape.Aspect](), reflect.TypeFor[landscape.Landscape](),
	reflect.TypeFor[landscape.Pay](), reflect.TypeFor[landscape.Standing](),

	reflect.TypeFor[workshop.Alpha](), reflect.TypeFor[workshop.Consensus](), reflect.TypeFor[workshop.Coverage](), reflect.TypeFor[workshop.Kappa](),
	reflect.TypeFor[workshop.Percent](), reflect.TypeFor[workshop.Reading](), reflect.TypeFor[workshop.Reason](), reflect.TypeFor[workshop.Sheet](), reflect.TypeFor[workshop.Weighting](),
}

// functions are the exported ones, but for [assessment.MustParseChecklist], which
// is there to panic.
var functions = map[string]any{
	"assessment.Add": assessment.Add, "assessment.AddPackage": assessment.AddPackage, "assessment.Cite": assessment.Cite,
	"assessment.Compare": assessment.Compare, "assessment.Drop": assessment.Drop, "assessment.DropPackage": assessment.DropPackage,
	"assessment.MakeAdvisory": assessment.MakeAdvisory, "assessment.MakeRequired": assessment.MakeRequired,
	"assessment.NewChecklist": assessment.NewChecklist, "assessment.ParseChecklist": assessment.ParseChecklist,
	"assessment.AskChildren": assessment.AskChildren, "assessment.ParseLevel": assessment.ParseLevel, "assessment.Rank": assessment.Rank, "assessment.Rename": assessment.Rename, "assessment.Revisions": assessment.Revisions,
	"assessment.Reweight": assessment.Reweight, "assessment.SetParameter": assessment.SetParameter, "assessment.SetThreshold": assessment.SetThreshold, "assessment.Translate": assessment.Translate,

	"appraisal.Around": appraisal.Around, "appraisal.Between": appraisal.Between, "appraisal.Exactly": appraisal.Exactly, "appraisal.New": appraisal.New,

	"evaluation.ChangeSD": evaluation.ChangeSD, "evaluation.ReadCSV": evaluation.ReadCSV,

	"frameworks.All": frameworks.All, "frameworks.Get": frameworks.Get,
	"frameworks.Names": frameworks.Names, "frameworks.NewCrosswalk": frameworks.NewCrosswalk, "frameworks.Parse": frameworks.Parse,
	"frameworks.Schema": frameworks.Schema,

	"landscape.Analyse": landscape.Analyse, "landscape.Aspects": landscape.Aspects, "landscape.Standings": landscape.Standings, "assessment.Bases": assessment.Bases, "landscape.Parse": landscape.Parse, "landscape.ParsePosts": landscape.ParsePosts,

	"workshop.NewSheet": workshop.NewSheet, "workshop.ReadCSV": workshop.ReadCSV,
}

func TestZeroValuesAndNilsDoNotPanic(t *testing.T) {
	for _, typ := range withMethods {
		for i := range reflect.PointerTo(typ).NumMethod() {
			m := reflect.PointerTo(typ).Method(i)
			call(t, typ.String()+"."+m.Name, m.Func, reflect.New(typ))
			if _, byValue := typ.MethodByName(m.Name); !byValue {
				call(t, "nil "+typ.String()+"."+m.Name, m.Func, reflect.Zero(reflect.PointerTo(typ)))
			}
		}
	}
	for name, f := range functions {
		call(t, name, reflect.ValueOf(f))
	}
	// One nil among what a variadic function takes.
	_, err := frameworks.NewCrosswalk(nil)
	require.Error(t, err)
	_, err = build(t, partnering()).Derive("2", assessment.Edit{})
	require.Error(t, err)
}

// call calls f with what is given, and zero values and nils for the rest; then
// with readers and writers that are there. Iterators that it returns are run.
func call(t *testing.T, name string, f reflect.Value, given ...reflect.Value) {
	t.Helper()
	for _, there := range []bool{false, true} {
		args := slices.Clone(given)
		for i := len(given); i < f.Type().NumIn(); i++ {
			switch in := f.Type().In(i); {
			case f.Type().IsVariadic() && i == f.Type().NumIn()-1:
			case there && in == reflect.TypeFor[io.Reader]():
				args = append(args, reflect.ValueOf(strings.NewReader("")))
			case there && in == reflect.TypeFor[io.Writer]():
				args = append(args, reflect.ValueOf(io.Discard))
			default:
				args = append(args, reflect.Zero(in))
			}
		}
		assert.NotPanics(t, func() {
			for _, out := range f.Call(args) {
				if out.Kind() == reflect.Func && !out.IsNil() {
					out.Call([]reflect.Value{reflect.MakeFunc(out.Type().In(0), func([]reflect.Value) []reflect.Value {
						return []reflect.Value{reflect.ValueOf(true)}
					})})
				}
			}
		}, name)
	}
}

// The two lists above are complete.
func TestEveryExportedMethodAndFunctionIsTried(t *testing.T) {
	var types, funcs []string
	for _, dir := range []string{".", "appraisal", "evaluation", "frameworks", "landscape", "workshop"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
				require.NoError(t, err)
				for _, d := range f.Decls {
					fn, ok := d.(*ast.FuncDecl)
					if !ok || !fn.Name.IsExported() {
						continue
					}
					if fn.Recv == nil {
						funcs = append(funcs, f.Name.Name+"."+fn.Name.Name)
						continue
					}
					of := fn.Recv.List[0].Type
					if star, ok := of.(*ast.StarExpr); ok {
						of = star.X
					}
					if name := of.(*ast.Ident); name.IsExported() {
						types = append(types, f.Name.Name+"."+name.Name)
					}
				}
			}
		}
	}
	tried := []string{"assessment.MustParseChecklist"}
	for name := range functions {
		tried = append(tried, name)
	}
	require.ElementsMatch(t, funcs, tried)
	tried = nil
	for _, typ := range withMethods {
		tried = append(tried, typ.String())
	}
	slices.Sort(types)
	require.ElementsMatch(t, slices.Compact(types), tried)
}
