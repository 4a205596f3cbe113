package simulation

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

// The table of derived criteria in the documentation is made of the one that runs go
// by. With -update it is written anew.
func TestTheTableOfDerivedCriteriaIsTheOneOfTheModel(t *testing.T) {
	code := func(ids []string) string {
		for i, id := range ids {
			ids[i] = "`" + id + "`"
		}
		return strings.Join(ids, ", ")
	}
	var table strings.Builder
	table.WriteString("| criterion | asks for | brought along only where its parameter is at most | brings along | brings along where the checklist requires it | outlasts a renewal whole |\n|---|---|---|---|---|---|\n")
	for i := range derivedCriteria {
		d := &derivedCriteria[i]
		asks := ""
		if c, there := reformcycle.ReformChecklist().Criterion(d.id); d.who != nil && there {
			asks = d.who(c.Parameter).String()
		} else if d.computed {
			asks = "support above opposition"
		}
		keeps := ""
		if d.keeps {
			keeps = "yes"
		}
		if asks == "" && keeps == "" && d.brings == nil && d.requires == nil && !d.single {
			continue
		}
		once := ""
		if d.single {
			once = "1"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s | %s | %s |\n", d.id, asks, once, code(append([]string(nil), d.brings...)), code(append([]string(nil), d.requires...)), keeps)
	}
	const file, from, to = "../../docs/simulation.md", "<!-- derived -->\n\n", "\n<!-- end of derived -->"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), from)
	held, after, ends := strings.Cut(rest, to)
	require.True(t, found && ends, "%s lacks the marks around the table", file)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+from+table.String()+to+after), 0o644))
		return
	}
	require.Equal(t, table.String(), held, "to write it anew: go test ./reformcycle/simulation -run Derived -update")
}
