package language_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
)

func po(messages ...string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(file(strings.Join(messages, "\n\n")))}
}

const (
	saidA = "msgctxt \"a\"\nmsgid \"{who} decides\"\nmsgstr \"{who} décide\""
	saidX = "msgctxt \"x\"\nmsgid \"{n} thing\"\nmsgid_plural \"{n} things\"\nmsgstr[0] \"{n} chose\"\nmsgstr[1] \"{n} choses\""
)

// A folder of a host is read whole; what stands beside the files of translations is not.
func TestAFolderOfTranslationsIsReadWhole(t *testing.T) {
	s := texts(t, twoTexts)
	c, remarks, err := s.ReadFolder("fr", fstest.MapFS{
		"one.po": po(saidA, "msgid \"Our own\"\nmsgstr \"Le nôtre\""), "two.po": po("#, fuzzy\n" + saidX),
		"three.po": po("msgid \"Another\"\nmsgstr \"Un autre\""), "README": {Data: []byte("\xff")}, "below/a.po": po(saidA),
	})
	require.NoError(t, err)
	require.Len(t, remarks, 1)
	assert.Equal(t, "two.po, line 8: x: it is marked as fuzzy", remarks[0].String())
	assert.Equal(t, "two.po, ligne 8\u00a0: x\u00a0: la traduction est marquée comme approximative (fuzzy)", fr.Language().Say(remarks[0].Told()))
	l, err := language.New("fr", nil, c)
	require.NoError(t, err)
	assert.Equal(t, "MoH décide", l.Say(language.Of("a", "who", "MoH")))
	assert.Equal(t, "Le nôtre", l.Say(language.Built("Our own")))
	assert.Equal(t, []string{"Our own", "Another"}, l.BuiltIn(), "in the order of the files' names, and of each file")
	assert.Equal(t, []string{"x"}, l.Missing(s, "Our own", "Another"))
}

// What is wrong in a folder is told by file, line and id, all of it at once.
func TestABrokenFolderIsRefusedByFile(t *testing.T) {
	s := texts(t, twoTexts)
	many := fstest.MapFS{}
	for i := range 101 {
		many[fmt.Sprintf("%03d.po", i)] = po()
	}
	for name, c := range map[string]struct {
		folder fs.FS
		told   []string
	}{
		"no file":               {fstest.MapFS{"a.txt": po(saidA)}, []string{"folder: got 0, want from 1 to 100 files whose names end in .po"}},
		"a hundred and one":     {many, []string{"folder: got 101, want from 1 to 100 files whose names end in .po"}},
		"one text in two files": {fstest.MapFS{"a.po": po(saidA), "b.po": po(saidA)}, []string{`b.po: got "a", want each text once; a.po has it as well`}},
		"words in two files": {fstest.MapFS{"a.po": po("msgid \"Own\"\nmsgstr \"A\""), "b.po": po("msgid \"Own\"\nmsgstr \"B\"")},
			[]string{`b.po: got "Own", want each text once; a.po has it as well`}},
		"a fault in each": {fstest.MapFS{"a.po": po("msgctxt \"a\"\nmsgid \"{who} decides\"\nmsgstr \"on décide\""), "b.po": {Data: []byte("\xff")}, "c.po": po("what")},
			[]string{`a.po: a (line 7): got "on décide", want {who} in the text`, `b.po: file: got nothing, want valid UTF-8`,
				`c.po (line 7): got "what", want msgctxt, msgid, msgid_plural or msgstr, and a text in quotes behind it`}},
		"twenty megabytes": {fstest.MapFS{"a.po": po(strings.Repeat("# \n", 7<<20))}, []string{"a.po: file: got 4194305, want a file of at most 4194304 bytes"}},
		"a name to be printed": {fstest.MapFS{"a\u202e\n.po": po("what")},
			[]string{`a\u202e\n.po (line 7): got "what", want msgctxt, msgid, msgid_plural or msgstr, and a text in quotes behind it`}},
	} {
		_, _, err := s.ReadFolder("fr", c.folder)
		var told []string
		for _, f := range fault.Of(err) {
			told = append(told, f.Error())
		}
		assert.Equal(t, c.told, told, name)
	}
	_, _, err := s.ReadFolder("fr", broken{fstest.MapFS{"a.po": po(saidA)}})
	require.ErrorIs(t, err, fs.ErrPermission)
}

// broken is a folder whose files can't be opened.
type broken struct{ fstest.MapFS }

func (broken) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

// A host's catalogue says what it says well; what is said without it stays, whatever is
// the matter with the catalogue.
func TestABrokenCatalogueTakesNothingAway(t *testing.T) {
	l := fr.Language()
	before := string(language.Texts().Write(l, l.BuiltIn()...))
	month := func(comment, source, said string) string {
		return fmt.Sprintf("%smsgctxt \"month.05\"\nmsgid %q\nmsgstr %q", comment, source, said)
	}
	for name, message := range map[string]string{
		"fuzzy":          month("#, fuzzy\n", "May", "Floréal"),
		"outdated":       month("", "Maytime", "Floréal"),
		"not translated": month("", "May", ""),
		"obsolete":       month("#~ obsolete\n", "Mayor", "Floréal"),
		"without words":  "msgid \"The plan is costed\"\nmsgstr \"\"",
		"of no text":     strings.Replace(month("", "May", "Floréal"), "month.05", "month.13", 1),
	} {
		c, _, err := language.Texts().Read("fr", []byte(file(message)))
		require.NoError(t, err, name)
		with, err := l.With(c)
		require.NoError(t, err, name)
		assert.Equal(t, before, string(language.Texts().Write(with, with.BuiltIn()...)), name)
		assert.Equal(t, "mai 2003", with.Date("2003-05"), name)
	}
	for name, message := range map[string]string{"refused": month("", "May", "{month}"), "of another language": ""} {
		text := file(message)
		tag := "fr"
		if message == "" {
			text, tag = strings.Replace(file(month("", "May", "Mai")), "fr", "de", 1), "de"
		}
		c, _, err := language.Texts().Read(tag, []byte(strings.Replace(text, "(n > 1)", "(n != 1)", 1)))
		if err == nil {
			_, err = l.With(c)
		}
		require.ErrorIs(t, err, fault.ErrInvalid, name)
	}
	c, _, err := language.Texts().Read("fr", []byte(file(month("", "May", "Floréal"))))
	require.NoError(t, err)
	own, err := l.With(c)
	require.NoError(t, err)
	assert.Equal(t, "Floréal 2003", own.Date("2003-05"), "a host's own words come first")
	assert.Equal(t, "mai 2003", l.Date("2003-05"), "and only in its own language")
}

// Every text is said in every language with the arguments of the English one; a form of
// the plural that is for one number may do without the figure.
func TestATextHasItsArgumentsInEveryLanguage(t *testing.T) {
	named := regexp.MustCompile(`\{[^}]*\}`)
	arguments := func(text string) []string {
		found := slices.Sorted(slices.Values(named.FindAllString(text, -1)))
		return slices.Compact(found)
	}
	message := regexp.MustCompile(`(?m)^msgctxt "(.*)"\n(?:msgid.*\n)+((?:msgstr.*\n?)+)`)
	said := regexp.MustCompile(`(?m)^msgstr(\[\d\])? "(.*)"$`)
	for _, l := range shipped[1:] {
		seen := 0
		for _, m := range message.FindAllStringSubmatch(string(language.Texts().Write(l)), -1) {
			seen++
			e, known := language.Texts().Entry(m[1])
			require.True(t, known, m[1])
			var want, counts []string
			for _, a := range e.Args {
				want = append(want, "{"+a.Name+"}")
				if a.Kind == language.Count && e.Text == "" {
					counts = append(counts, "{"+a.Name+"}")
				}
			}
			slices.Sort(want)
			for _, form := range said.FindAllStringSubmatch(m[2], -1) {
				assert.NotEmpty(t, form[2], "%s: %s", l.Tag(), m[1])
				assert.Equal(t, e.Text == "", form[1] != "", "%s: %s: plurals", l.Tag(), m[1])
				if form[1] == "[0]" && l.Tag() == "es" { // for one alone
					assert.Subset(t, append(arguments(form[2]), counts...), want, "%s: %s", l.Tag(), m[1])
					assert.Subset(t, want, arguments(form[2]), "%s: %s", l.Tag(), m[1])
					continue
				}
				assert.Equal(t, want, arguments(form[2]), "%s: %s", l.Tag(), m[1])
			}
		}
		assert.Len(t, language.Texts().IDs(), seen, l.Tag())
	}
}

// Neither the machine's locale nor any order of keys reaches what is said.
func TestNothingOfTheMachineReachesWhatIsSaid(t *testing.T) {
	say := func() (all string) {
		for _, l := range shipped {
			all += string(language.Texts().Write(l, l.BuiltIn()...)) + l.Number(1234567.5) + l.Date("2003-05-04") + l.List([]string{"a", "b", "c"})
		}
		return all
	}
	want := say()
	for _, locale := range []string{"tr_TR.UTF-8", "ar_EG", "C", ""} {
		for _, name := range []string{"LC_ALL", "LANG", "LANGUAGE"} {
			t.Setenv(name, locale)
		}
		assert.Equal(t, want, say(), locale)
	}
	var entries []language.Entry
	for _, id := range language.Texts().IDs() {
		e, _ := language.Texts().Entry(id)
		entries = append(entries, e)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		random.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		s, err := language.NewSource(entries)
		require.NoError(t, err)
		assert.Equal(t, string(language.Texts().Write(fr.Language())), string(s.Write(fr.Language())))
	}
	a := language.Of("date.day", "day", "4", "month", language.Of("month.05"), "year", "2003")
	b := language.Of("date.day", "year", "2003", "month", language.Of("month.05"), "day", "4")
	for _, l := range shipped {
		assert.Equal(t, l.Say(a), l.Say(b))
	}
}
