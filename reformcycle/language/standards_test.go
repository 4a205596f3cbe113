package language_test

import (
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

// These tests hold the languages against what others know of them: CLDR's data, as Debian
// packages them, and gettext's own programs. Where these are not installed they are
// skipped by name; with CI=true they never are.

func lacks(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", what)
	}
	t.Skipf("%s is not installed", what)
}

// cldr reads a file of CLDR.
func cldr(t *testing.T, name string) node {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("/usr/share/unicode/cldr/common", name))
	if err != nil {
		lacks(t, "unicode-cldr-core")
	}
	var n node
	require.NoError(t, xml.Unmarshal(data, &n), name)
	return n
}

// node is an element of XML.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Nodes   []node     `xml:",any"`
}

// find gives what the elements of a path say, by the attribute that the last one has
// beside others of its name. A step is the name of an element, or name[attribute=value];
// [attribute=] is one without it.
func (n node) find(attribute string, path ...string) map[string]string {
	found := map[string]string{}
	if len(path) == 0 {
		found[n.attr(attribute)] = strings.TrimSpace(n.Text)
		return found
	}
	name, condition, has := strings.Cut(strings.TrimSuffix(path[0], "]"), "[")
	key, value, _ := strings.Cut(condition, "=")
	for _, child := range n.Nodes {
		if child.XMLName.Local == name && (!has || child.attr(key) == value) {
			for k, v := range child.find(attribute, path[1:]...) {
				if _, first := found[k]; !first {
					found[k] = v
				}
			}
		}
	}
	return found
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// parents are the files of CLDR that a language has its words from: what one lacks the
// next has.
var parents = map[string][]string{
	"en-GB": {"en_GB", "en_001", "en", "root"}, "fr": {"fr", "root"}, "pt": {"pt", "root"}, "es": {"es", "root"},
}

func TestDatesAndListsAreThoseOfCLDR(t *testing.T) {
	for _, l := range shipped {
		var files []node
		for _, file := range parents[l.Tag()] {
			files = append(files, cldr(t, "main/"+file+".xml"))
		}
		// Of the files of a language the first that says something is right.
		said := func(attribute, key string, path ...string) string {
			for _, file := range files {
				if text := file.find(attribute, path...)[key]; text != "" {
					return text
				}
			}
			t.Fatalf("%s has no %s in %v", l.Tag(), key, path)
			return ""
		}
		gregorian := []string{"dates", "calendars", "calendar[type=gregorian]"}
		in := func(path ...string) []string { return append(slices.Clone(gregorian), path...) }
		month := make([]string, 13)
		for m := 1; m <= 12; m++ {
			month[m] = said("type", strconv.Itoa(m), in("months", "monthContext[type=format]", "monthWidth[type=wide]", "month")...)
			assert.Equal(t, month[m], l.Say(language.Of(fmt.Sprintf("month.%02d", m))), l.Tag())
		}
		// d 'de' MMMM 'de' y: letters are fields, what stands in quotes is said.
		date := func(pattern string) string {
			return strings.NewReplacer("'de'", "de", "MMMM", month[5], "d", "14", "y", "2003").Replace(pattern)
		}
		day := said("", "", in("dateFormats", "dateFormatLength[type=long]", "dateFormat", "pattern")...)
		assert.Equal(t, date(day), l.Date("2003-05-14"), l.Tag())
		first := strings.Replace(date(day), "14", "1", 1)
		if l.Tag() == "fr" { // CLDR writes all days alike; the first is an ordinal in a text
			first = strings.Replace(first, "1 ", "1er ", 1)
		}
		assert.Equal(t, first, l.Date("2003-05-01"), l.Tag())
		assert.Equal(t, date(said("id", "yMMMM", in("dateTimeFormats", "availableFormats", "dateFormatItem")...)), l.Date("2003-05"), l.Tag())

		for kind, texts := range map[string]map[string]string{
			"listPattern[type=]":   {"start": "list.between", "middle": "list.between", "end": "list.all.end", "2": "list.all.two"},
			"listPattern[type=or]": {"start": "list.between", "middle": "list.between", "end": "list.any.end", "2": "list.any.two"},
		} {
			for part, id := range texts {
				assert.Equal(t, said("type", part, "listPatterns", kind, "listPatternPart"), "{0}"+l.Say(language.Of(id))+"{1}", "%s: %s, %s", l.Tag(), kind, part)
			}
		}
	}
}

// For whole numbers to a thousand the forms of the plural are CLDR's; its newer ones are
// for millions.
func TestPluralsAreThoseOfCLDR(t *testing.T) {
	s := texts(t, counted)
	for _, tag := range []string{"en", "fr", "pt", "es", "ar"} {
		var rules map[string]string
		for _, n := range cldr(t, "supplemental/plurals.xml").Nodes {
			for _, group := range n.Nodes {
				if slices.Contains(strings.Fields(group.attr("locales")), tag) {
					rules = group.find("count", "pluralRule")
				}
			}
		}
		require.NotEmpty(t, rules, tag)
		form := func(n int) string {
			for _, name := range []string{"zero", "one", "two", "few", "many"} {
				if rule, _, _ := strings.Cut(rules[name], "@"); rule != "" && holds(t, rule, n) {
					return name
				}
			}
			return "other"
		}
		used := map[string]bool{}
		for n := range 1001 {
			used[form(n)] = true
		}
		// A translation whose forms say their names, in the order of gettext.
		empty, err := language.New(tag, nil)
		require.NoError(t, err)
		po := string(s.Write(empty))
		filled := 0
		for _, name := range []string{"zero", "one", "two", "few", "many", "other"} {
			if used[name] {
				po = strings.Replace(po, fmt.Sprintf("msgstr[%d] \"\"", filled), fmt.Sprintf("msgstr[%d] \"%s: {n}\"", filled, name), 1)
				filled++
			}
		}
		require.NotContains(t, po, `] ""`, "%s has a form that CLDR has not", tag)
		c, remarks, err := s.Read(tag, []byte(po))
		require.NoError(t, err, tag)
		require.Empty(t, remarks)
		l, err := language.New(tag, nil, c)
		require.NoError(t, err)
		for n := range 1001 {
			got, _, _ := strings.Cut(l.Say(language.Of("x", "n", n)), ":")
			require.Equal(t, form(n), got, "%s: %d", tag, n)
		}
	}
}

var relation = regexp.MustCompile(`^([niveft])(?: % (\d+))? (=|!=) ([\d.,]+)$`)

// holds reports whether a rule of CLDR's plurals holds for a whole number.
func holds(t *testing.T, rule string, n int) bool {
	return slices.ContainsFunc(strings.Split(rule, " or "), func(all string) bool {
		return !slices.ContainsFunc(strings.Split(all, " and "), func(one string) bool {
			m := relation.FindStringSubmatch(strings.TrimSpace(one))
			require.NotNil(t, m, one)
			value := 0 // of v, e, f and t: there is nothing behind the point
			if m[1] == "n" || m[1] == "i" {
				value = n
			}
			if m[2] != "" {
				by, _ := strconv.Atoi(m[2])
				value %= by
			}
			within := slices.ContainsFunc(strings.Split(m[4], ","), func(span string) bool {
				from, to, ranges := strings.Cut(span, "..")
				if !ranges {
					to = from
				}
				low, err := strconv.Atoi(from)
				require.NoError(t, err)
				high, err := strconv.Atoi(to)
				require.NoError(t, err)
				return low <= value && value <= high
			})
			return within != (m[3] == "=")
		})
	})
}

// gettext runs one of its programs on a file.
func gettext(t *testing.T, program, input string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		lacks(t, "gettext")
	}
	command := exec.Command(path, args...)
	command.Stdin = strings.NewReader(input)
	var wrong strings.Builder
	command.Stderr = &wrong
	out, err := command.Output()
	require.NoError(t, err, "%s: %s", program, wrong.String())
	for line := range strings.Lines(wrong.String()) {
		// The names of who translated, and when, are for whoever sends the file on.
		assert.Contains(t, line, "header field", program)
	}
	return string(out)
}

// What is exported is a file for gettext's own programs, and what they make of it says
// the same.
func TestGettextReadsWhatIsWritten(t *testing.T) {
	arabic, err := language.New("ar", nil)
	require.NoError(t, err)
	all := append(slices.Clone(shipped), languagetest.Accented(nil), languagetest.Mirrored(nil))
	for _, l := range append(all, arabic, nil) {
		built := shipped[1].BuiltIn()
		po := string(language.Texts().Write(l, built...))
		mo := gettext(t, "msgfmt", po, "-c", "-o", "-", "-")
		if l == nil || l == arabic || l == shipped[0] {
			continue // it has nothing to give back, or has no .po file of its own
		}
		for _, again := range []string{gettext(t, "msgcat", po, "-"), gettext(t, "msgunfmt", mo, "-")} {
			c, remarks, err := language.Texts().Read(l.Tag(), []byte(again))
			require.NoError(t, err, l.Tag())
			require.Empty(t, remarks, l.Tag())
			back, err := language.New(l.Tag(), nil, c)
			require.NoError(t, err)
			require.Equal(t, po, string(language.Texts().Write(back, built...)), l.Tag())
		}
	}
	for _, l := range shipped[1:] {
		files, err := filepath.Glob(filepath.Join(l.Tag(), "*.po"))
		require.NoError(t, err)
		for _, name := range files {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			gettext(t, "msgfmt", string(text), "-c", "-o", "/dev/null", "-")
		}
	}
}
