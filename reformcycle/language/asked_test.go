package language_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// What code asks for is there: each text that it makes of an id, with the arguments that
// the text has.
func TestEveryTextThatCodeAsksForIsThere(t *testing.T) {
	asked := 0
	root := filepath.Join("..", "..")
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || len(call.Args) == 0 {
				return true
			}
			if of, is := call.Fun.(*ast.SelectorExpr); !is || of.Sel.Name != "Of" {
				return true
			} else if from, is := of.X.(*ast.Ident); !is || from.Name != "language" {
				return true
			}
			id, plain := literal(call.Args[0])
			if !plain {
				return true
			}
			asked++
			entry, there := language.Texts().Entry(id)
			if !assert.True(t, there, "%s: no text %s", files.Position(call.Pos()), id) || call.Ellipsis.IsValid() {
				return true
			}
			var given []string
			for i := 1; i < len(call.Args); i += 2 {
				name, plain := literal(call.Args[i])
				if !plain {
					return true
				}
				given = append(given, name)
			}
			var wanted []string
			for _, a := range entry.Args {
				wanted = append(wanted, a.Name)
			}
			slices.Sort(given)
			slices.Sort(wanted)
			assert.Equal(t, wanted, given, "%s: the arguments of %s", files.Position(call.Pos()), id)
			return true
		})
		return nil
	}))
	assert.Greater(t, asked, 100)
}

// literal is the text of a plain string in code.
func literal(e ast.Expr) (string, bool) {
	lit, is := e.(*ast.BasicLit)
	if !is || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
