package language_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unsaid are the calls whose texts nobody reads who uses a program.
var unsaid = map[string]string{
	"c.note":             "a note in a log, for those who run the machine",
	"unfit":              "why a snapshot is not used: in such a note",
	"log.InfoContext":    "a line of a log",
	"panic":              "a fault of the program, for those who write it",
	"errors.New":         "a sentinel: what tells it to people says more, in their language",
	"regexp.MustCompile": "a pattern",
	"strings.Fields":     "a list of words that programs read",
	"flag.*":             "what a command takes, for whoever runs it",
	"flags.*":            "what a command takes, for whoever runs it",

	"reformcycle.WithTitle": "what somebody typed, in one language",
}

// keyed are the fields whose texts nobody reads who uses a program.
var keyed = map[string]string{
	"Description": "what a JSON Schema says of itself, for those who write programs, as its keys are",

	"Statement": "what somebody typed, in one language",
	"What":      "what somebody typed, in one language",
	"Source":    "what somebody typed, in one language",
	"Reason":    "what somebody typed, in one language",
	"Where":     "what somebody typed, in one language",
}

// apart are folders and files whose texts nobody reads who uses a program, or that have
// to say them without a language.
var apart = map[string]string{
	"reformcycle/language/po.go":         "the words of gettext's files",
	"reformcycle/language/languagetest":  "read by those who write tests",
	"reformcycle/internal/draw/drawtest": "read by those who write tests",
	"reformcycle/journal/journaltest":    "read by those who write a journal",
	"reformcycle/report/dot.go":          "the words of Graphviz; what is written in a picture has texts",
	"reformcycle/report/mermaid.go":      "the words of Mermaid; what is written in a picture has texts",
	"reformcycle/simulation/forms.go":    "the words of policy files, and what goes into digests",
	"reformcycle/simulation/simtest":     "the words of policy files, and what a test prints before a report; refusals and reports have texts",
	"reformcycle/web/apidoc.go":          "what an OpenAPI document says of itself, for those who write programs, as its keys are",
	"stakeholders/policymaker/sector.go": "the words of PolicyMaker's files",
	"reformcycle/journal":                "what is wrong with a file, for those who run the machine, beside what its system says; refusals have texts",
	"reformcycle/sqljournal":             "SQL, and what is wrong with a table, for those who run the database, beside what it says; refusals have texts",
	"reformcycle/web/answer.go":          "what stands in headers and in the log, for those who run the machine; refusals have texts",
}

// sentence tells whether a text in code looks like English for people: two words in small
// letters, or one with a figure or a name put beside it.
func sentence(text string) bool {
	words, verbs := 0, 0
	for field := range strings.FieldsSeq(text) {
		if verb.MatchString(field) {
			verbs++
			continue
		}
		field = strings.Trim(field, ".,;:?!()“”\"'…")
		if len(field) >= 2 && strings.Trim(field, "abcdefghijklmnopqrstuvwxyz'’") == "" {
			words++
		}
	}
	return words >= 2 || words == 1 && verbs >= 1
}

var verb = regexp.MustCompile(`^[^a-z]*%[+#]?[0-9.]*[sdvqg][^a-z]*$`)

// No English sentence is left in code: what people read has an id, and stands in the files
// of texts.
func TestNoEnglishIsLeftInCode(t *testing.T) {
	used := map[string]bool{}
	root := filepath.Join("..", "..")
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		for at := name; at != "."; at = filepath.ToSlash(filepath.Dir(at)) {
			if apart[at] != "" {
				used[at] = true
				return nil
			}
		}
		for _, literal := range sentences(t, path) {
			t.Errorf("%s:%s", name, literal)
		}
		return nil
	}))
	for at := range apart {
		assert.True(t, used[at], "%s is excepted, and is not there", at)
	}
}

// sentences are the texts in a Go file that look like English for people, each with its
// line.
func sentences(t testing.TB, path string) []string {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var found []string
	var within []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			within = within[:len(within)-1]
			return true
		}
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			text, _ := strconv.Unquote(n.Value)
			isTag := false
			if field, is := within[len(within)-1].(*ast.Field); is {
				isTag = field.Tag == n
			}
			if n.Kind == token.STRING && !isTag && sentence(text) && !slices.ContainsFunc(within, isUnsaid) {
				found = append(found, fmt.Sprintf("%d: %s", files.Position(n.Pos()).Line, n.Value))
			}
		}
		within = append(within, n)
		return true
	})
	return found
}

func isUnsaid(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		key, is := n.Key.(*ast.Ident)
		return is && keyed[key.Name] != ""
	case *ast.CallExpr:
		switch f := n.Fun.(type) {
		case *ast.Ident:
			return unsaid[f.Name] != ""
		case *ast.SelectorExpr:
			in, is := f.X.(*ast.Ident)
			return is && (unsaid[in.Name+"."+f.Sel.Name] != "" || unsaid[in.Name+".*"] != "")
		}
	}
	return false
}
