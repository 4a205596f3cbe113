package languagetest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Leaks are the words on a page told in [Accented] that no language said, as they stand
// beside each other, each once: those with a letter that has no accent. What people
// typed, and names, ids and keys of sources, is given by the test; each stands for
// itself, in its own case, where no letter or digit goes on, and may be broken into lines
// or cut with an ellipsis. [Typed] finds them.
func Leaks(page string, typed ...string) []string {
	names := make([]string, 0, len(typed))
	for _, name := range typed {
		if name = strings.Join(strings.Fields(name), " "); name != "" {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) }) // a longer one first
	lines := readable(page)
	text := strings.Join(lines, " ")
	for _, name := range names {
		text = without(text, name)
	}
	text = withoutCut(text, names)

	var leaks []string
	for _, line := range lines {
		// Words that only a space keeps apart are one leak.
		var leak []string
		end := func() {
			if said := strings.Join(leak, " "); said != "" && !slices.Contains(leaks, said) {
				leaks = append(leaks, said)
			}
			leak = nil
		}
		for part := range strings.FieldsSeq(text[:len(line)]) {
			for i, word := range strings.FieldsFunc(part, func(r rune) bool { return !inWord(r) }) {
				if i > 0 {
					end()
				}
				if strings.ContainsAny(word, plainLetters) {
					leak = append(leak, word)
				} else {
					end()
				}
			}
			if last, _ := utf8.DecodeLastRuneInString(part); !inWord(last) {
				end()
			}
		}
		end()
		text = text[min(len(line)+1, len(text)):]
	}
	return leaks
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || strings.ContainsRune("-_'’", r)
}

// gone stands for each byte of what was taken out, so that the rest keeps its place.
const gone = "\x00"

// without takes a name out of a text, where it stands by itself.
func without(text, name string) string {
	last, _ := utf8.DecodeLastRuneInString(name)
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return text
		}
		start, end := from+at, from+at+len(name)
		from = end
		if after, _ := utf8.DecodeRuneInString(text[end:]); begins(text, start) && !goesOn(last, after) {
			text = text[:start] + strings.Repeat(gone, len(name)) + text[end:]
		}
	}
}

// withoutCut takes out the beginnings of names that an ellipsis cuts.
func withoutCut(text string, names []string) string {
	for from := 0; ; {
		at := strings.Index(text[from:], "…")
		if at < 0 {
			return text
		}
		end := from + at
		from = end + len("…")
		longest := 0
		for _, name := range names {
			for i := range name {
				if i > longest && strings.HasSuffix(text[:end], name[:i]) && begins(text, end-i) {
					longest = i
				}
			}
		}
		text = text[:end-longest] + strings.Repeat(gone, longest) + text[end:]
	}
}

// begins reports whether a word may begin at a place.
func begins(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	first, _ := utf8.DecodeRuneInString(text[at:])
	return !goesOn(before, first)
}

func goesOn(a, b rune) bool {
	return (unicode.IsLetter(a) || unicode.IsDigit(a)) && (unicode.IsLetter(b) || unicode.IsDigit(b))
}

// Typed are the texts that a value holds, by its JSON form: of changes, entries, actors
// or ratings these are what people typed, and ids. A single word in small letters is left
// out, since the names of a vocabulary look like that: a test gives those that are ids.
func Typed(value any) []string {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // only tests call this
	}
	var typed []string
	for _, text := range values(data) {
		if strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_") != "" {
			typed = append(typed, text)
		}
	}
	return typed
}

// Cuts are the texts on a page told in [Accented] that begin and do not end.
func Cuts(page string) []string {
	text := strings.Join(readable(page), "\n")
	var open []int
	for i, r := range text {
		switch string(r) {
		case opens:
			open = append(open, i)
		case closes:
			open = open[:max(len(open)-1, 0)]
		}
	}
	cuts := make([]string, 0, len(open))
	for _, i := range open {
		cuts = append(cuts, string([]rune(text[i:])[:min(60, utf8.RuneCountInString(text[i:]))]))
	}
	return cuts
}

// Pieces are the texts on a page told in [Accented] that stand in one line with nothing
// between them but spaces and commas, and are no sentences: they were put together in the
// order of English. What joins a list is none.
func Pieces(page string) []string {
	text := strings.Join(readable(page), "\n")
	var pieces []string
	depth, start, end := 0, 0, -1
	for i, r := range text {
		switch string(r) {
		case "\n":
			end = -1
		case opens:
			if depth == 0 {
				if end >= 0 && strings.Trim(text[end:i], " ,") == "" && !isSentence(text[start:end]) && !joins(text[start:]) && !joins(text[i:]) {
					pieces = append(pieces, text[start:i])
				}
				start = i
			}
			depth++
		case closes:
			depth = max(depth-1, 0)
			if depth == 0 {
				end = i + len(closes)
			}
		}
	}
	return pieces
}

// joins reports whether a text is what stands between the items of a list.
func joins(text string) bool { return strings.HasPrefix(text, opens+" ") }

// isSentence reports whether a text ends as one, or leads to what follows.
func isSentence(text string) bool {
	text = strings.TrimRight(text, "~"+closes)
	return text != "" && strings.ContainsAny(text[len(text)-1:], ".?!:;")
}

var (
	mermaid   = regexp.MustCompile(`^\s*(?:stateDiagram|flowchart|graph|timeline|gantt|mindmap|xychart)`)
	inMermaid = regexp.MustCompile(`(?m)^\s*%%.*$|"([^"]*)"|\|([^|]*)\||\s:\s(.*)$`)
	dot       = regexp.MustCompile(`(?m)\A(?:\s*//.*\n)*\s*(?:strict\s+)?(?:di)?graph\b[^\n]*\{$`)
	inDOT     = regexp.MustCompile(`(?:label|tooltip)\s*=\s*"((?:[^"\\]|\\.)*)"`)
	fence     = regexp.MustCompile("(?ms)^```[a-z]*\n(.*?)^```$")
	markup    = regexp.MustCompile("(?s)<!--.*?-->|</?[A-Za-z][^<>]*>|`[^`\n]*`|\\]\\([^()\\s]*\\)|https?://[^\\s)>\"]+")
	escaped   = regexp.MustCompile(`\\([[:punct:]])`)
)

// readable are the texts on a page that people read, line by line.
func readable(page string) []string {
	trimmed := strings.TrimSpace(page)
	var lines []string
	each := func(text string) {
		for line := range strings.Lines(text) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
	}
	switch {
	case strings.HasPrefix(trimmed, "<svg"), strings.HasPrefix(trimmed, "<?xml"), strings.HasPrefix(strings.ToLower(trimmed), "<!doctype"), strings.HasPrefix(trimmed, "<html"):
		return elements(page)
	case json.Valid([]byte(trimmed)):
		for _, text := range values([]byte(trimmed)) {
			each(text)
		}
		return lines
	case dot.MatchString(trimmed):
		for _, found := range inDOT.FindAllStringSubmatch(page, -1) {
			each(strings.NewReplacer(`\n`, "\n", `\l`, "\n", `\r`, "\n", `\"`, `"`, `\\`, `\`).Replace(found[1]))
		}
		return lines
	case mermaid.MatchString(trimmed):
		for _, found := range inMermaid.FindAllStringSubmatch(page, -1) {
			each(html.UnescapeString(found[1] + found[2] + found[3]))
		}
		return lines
	}
	page = fence.ReplaceAllStringFunc(page, func(block string) string {
		return strings.Join(readable(fence.FindStringSubmatch(block)[1]), "\n")
	})
	each(html.UnescapeString(escaped.ReplaceAllString(markup.ReplaceAllString(page, "|"), "$1")))
	return lines
}

// elements are the texts of a page in SVG or HTML, those of attributes that people read
// among them.
func elements(page string) []string {
	var lines []string
	each := func(text string) {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			lines = append(lines, text)
		}
	}
	dec := xml.NewDecoder(strings.NewReader(page))
	dec.Strict, dec.AutoClose, dec.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	silent := 0
	for {
		token, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF):
			return lines
		case err != nil:
			return append(lines, fmt.Sprintf("the markup is broken: %v", err))
		}
		switch token := token.(type) {
		case xml.StartElement:
			if silent > 0 || token.Name.Local == "script" || token.Name.Local == "style" {
				silent++
			}
			for _, a := range token.Attr {
				if slices.Contains([]string{"alt", "aria-label", "aria-description", "label", "placeholder", "title"}, a.Name.Local) {
					each(a.Value)
				}
			}
		case xml.EndElement:
			silent = max(silent-1, 0)
		case xml.CharData:
			if silent == 0 {
				each(string(token))
			}
		}
	}
}

// values are the texts in JSON that are no keys, in their order.
func values(data []byte) []string {
	var found []string
	dec := json.NewDecoder(bytes.NewReader(data))
	var objects []bool // whether what is open is an object
	key := false       // whether a key comes next
	for {
		token, err := dec.Token()
		if err != nil {
			return found
		}
		inObject := func() bool { return len(objects) > 0 && objects[len(objects)-1] }
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				objects = append(objects, token == '{')
			} else {
				objects = objects[:len(objects)-1]
			}
			key = inObject()
			continue
		case string:
			if !key {
				found = append(found, token)
			}
		}
		key = inObject() && !key
	}
}
