package fault

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// Words are what a refusal says to people: a [Said] of this package, or a text of
// package language, which says both in every language that it has. String says them in
// English.
type Words interface{ String() string }

// typed is what somebody typed, or a program wrote: nobody translates it.
type typed string

// String gives it as it stands.
func (t typed) String() string { return string(t) }

// Said is one of the texts of this package: its id, and names and values in turn that it
// is told with.
type Said struct {
	ID   string
	Args []any
}

// say makes a text of this package of an id, and of names and values in turn.
func say(id string, args ...any) Said { return Said{id, args} }

//go:embed en.json
var english []byte

// English gives the texts of this package as package language reads them.
func English() []byte { return english }

var texts = sync.OnceValue(func() map[string]string {
	var file struct{ Texts []struct{ ID, Text string } }
	if err := json.Unmarshal(english, &file); err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
	byID := make(map[string]string, len(file.Texts))
	for _, t := range file.Texts {
		byID[t.ID] = t.Text
	}
	return byID
})

// String says the text in English.
func (s Said) String() string {
	var b strings.Builder
	for text := texts()[s.ID]; text != ""; {
		words, rest, open := strings.Cut(text, "{")
		b.WriteString(words)
		if !open {
			break
		}
		var name string
		name, text, _ = strings.Cut(rest, "}")
		for i := 0; i+1 < len(s.Args); i += 2 {
			if s.Args[i] == name {
				b.WriteString(inWords(s.Args[i+1]))
			}
		}
	}
	return b.String()
}

func inWords(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []string:
		return strings.Join(v, ", ")
	}
	return fmt.Sprint(v)
}
