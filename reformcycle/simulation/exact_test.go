package simulation

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The files whose arithmetic reaches a result of a run.
var exactFiles = []string{
	"noise.go", "model.go", "run.go", "step.go", "guard.go", "recruit.go", "summary.go", "view.go",
	"derived.go", "builtins.go", "pieces.go", "spans.go",
}

// What math has in Go alone, or in one rounded instruction, on every machine.
var exactMath = []string{"Sqrt", "Floor", "Trunc", "Ceil", "Abs", "Inf", "IsNaN", "IsInf", "MaxInt", "MaxInt64", "MaxUint64", "Float64bits", "Float64frombits"}

// A compiler may fuse x*y + z into one operation that rounds once, and on arm64
// it does. So a product that feeds a sum is written float64(x*y), and functions
// with code of their own for each machine are not called.
func TestNothingThatRoundsDifferentlyOnAnotherMachineReachesAResult(t *testing.T) {
	sources := map[string]string{}
	all, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.Subset(t, all, exactFiles)
	for _, file := range all {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		sources[file] = string(text)
	}
	for _, fault := range inexact(t, sources, exactFiles) {
		t.Error(fault)
	}
	wrong := "package p\nimport \"math\"\nfunc f(x, y, z float64, n int) { z += x * y; z = (x*y) - z; z = math.Exp(z); z = float64(x*y) + z; n = n*n + n; z = z + -(x*y) }"
	require.Len(t, inexact(t, map[string]string{"wrong.go": wrong}, []string{"wrong.go"}), 4)
}

// nowhere imports nothing: the types of this package's own floats need none.
type nowhere struct{}

func (nowhere) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	return nil, os.ErrNotExist
}

func inexact(t *testing.T, sources map[string]string, files []string) (faults []string) {
	set := token.NewFileSet()
	var parsed []*ast.File
	for name, source := range sources {
		file, err := parser.ParseFile(set, name, source, 0)
		require.NoError(t, err)
		parsed = append(parsed, file)
	}
	info := types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	checker := types.Config{Importer: nowhere{}, Error: func(error) {}}
	_, _ = checker.Check("simulation", set, parsed, &info) // what it can't import, it does not know
	// product reports whether an expression is a product, not of integers or
	// constants, that no conversion rounds.
	var product func(e ast.Expr) bool
	product = func(e ast.Expr) bool {
		switch e := e.(type) {
		case *ast.ParenExpr:
			return product(e.X)
		case *ast.UnaryExpr:
			return product(e.X)
		case *ast.BinaryExpr:
			known := info.Types[e]
			if known.Value != nil {
				return false
			}
			basic, is := known.Type.(*types.Basic)
			return e.Op == token.MUL && !(is && basic.Info()&types.IsInteger != 0)
		}
		return false
	}
	for _, file := range parsed {
		if !slices.Contains(files, set.Position(file.Pos()).Filename) {
			continue
		}
		add := func(n ast.Node, what string) { faults = append(faults, set.Position(n.Pos()).String()+": "+what) }
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if (n.Op == token.ADD || n.Op == token.SUB) && (product(n.X) || product(n.Y)) {
					add(n, "a product within a sum")
				}
			case *ast.AssignStmt:
				if (n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN) && product(n.Rhs[0]) {
					add(n, "a product within a sum")
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "math" && !slices.Contains(exactMath, n.Sel.Name) {
					add(n, "math."+n.Sel.Name)
				}
			}
			return true
		})
	}
	return faults
}
