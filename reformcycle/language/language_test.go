package language_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

// shipped are the languages that say everything; English says the texts out of data as
// they are.
var shipped = []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}

func texts(t testing.TB, json string) *language.Source {
	s, err := language.ReadSource([]byte(json))
	require.NoError(t, err)
	return s
}

func TestALanguageThatIsShippedSaysEverything(t *testing.T) {
	for _, l := range append(shipped, languagetest.Accented(nil), languagetest.Mirrored(nil)) {
		assert.Empty(t, l.Missing(language.Texts()), l.Tag())
	}
	for _, l := range shipped[1:] {
		assert.Empty(t, l.Missing(language.Texts(), builtIn()...), l.Tag())
	}
}

// A file of a language has each text of its area once, in the order of the source, and
// none that nobody says any more.
func TestAFileThatIsShippedIsAsItWouldBeWritten(t *testing.T) {
	all := areas(t)
	for _, l := range shipped[1:] {
		tag := l.Tag()
		files, err := filepath.Glob(filepath.Join(tag, "*.po"))
		require.NoError(t, err)
		for _, name := range files {
			area := strings.TrimSuffix(filepath.Base(name), ".po")
			if !assert.Contains(t, all, area, "%s: there are no English texts of that name", name) {
				continue
			}
			file, err := os.ReadFile(name)
			require.NoError(t, err)
			_, remarks, err := all[area].Read(tag, file)
			require.NoError(t, err)
			assert.Empty(t, remarks, name)
			head, messages, _ := strings.Cut(string(file), "msgid")
			for line := range strings.Lines(head) {
				assert.Regexp(t, "^#( |$)", strings.TrimSpace(line), "%s: only comments stand before the header", name)
			}
			assert.Contains(t, strings.ReplaceAll(head, "\n# ", " "), "has not been reviewed by a native speaker of the field", name)
			entries := strings.Split(as(l, area, all[area]), "\n\n")
			got := strings.Split("msgid"+messages, "\n\n")
			for i := range min(len(entries), len(got)) {
				require.Equal(t, entries[i], got[i], "%s: TestFilesForTranslators writes the file with -write", name)
			}
			assert.Len(t, got, len(entries), name)
		}
		assert.Len(t, files, len(all), tag)
	}
}

// CLDR's patterns of day and month, and of lists.
func TestDatesAndListsAsTheyAreWrittenThere(t *testing.T) {
	for tag, want := range map[string][]string{
		"en-GB": {"4 May 2003", "May 2003", "2003", "a, b and c", "a and b", "a", "none"},
		"fr":    {"4 mai 2003", "mai 2003", "2003", "a, b et c", "a et b", "a", "aucun"},
		"pt":    {"4 de maio de 2003", "maio de 2003", "2003", "a, b e c", "a e b", "a", "nenhum"},
		"es":    {"4 de mayo de 2003", "mayo de 2003", "2003", "a, b y c", "a y b", "a", "no hay"},
	} {
		l := language.Match(shipped, tag)
		require.Equal(t, tag, l.Tag())
		abc := []string{"a", "b", "c"}
		assert.Equal(t, want, []string{l.Date("2003-05-04"), l.Date("2003-05"), l.Date("2003"), l.List(abc), l.List(abc[:2]), l.List(abc[:1]), l.List(nil)})
	}
	for _, none := range []string{"2003-13", "2003-00", "2003-05-", "2003-05-32", "2003-05-00", "x003-05", "2003/05", "20030514", "2003-05-14T00:00:00Z", "-", "", "soon", "２００３-05"} {
		assert.Equal(t, none, strings.Trim(language.English().Date(none), "\u2068\u2069"), "what is no date is said as it stands")
	}
}

// The Real Academia Española's rule, and what ICU's lists make of CLDR's in Spanish.
func TestASpanishListKeepsAndAndOrApartFromTheSameSound(t *testing.T) {
	s := texts(t, `{"texts": [{"id": "or", "args": [{"name": "x", "kind": "any"}], "text": "{x}"}]}`)
	c, _, err := s.Read("es", []byte(strings.NewReplacer("fr", "es", "(n > 1)", "(n != 1)").Replace(file("msgctxt \"or\"\nmsgid \"{x}\"\nmsgstr \"{x}\"\n"))))
	require.NoError(t, err)
	l, err := es.Language().With(c)
	require.NoError(t, err)
	for _, want := range []string{
		"salud e Interior", "salud e inversión", "Kenia e India", "madre e hijo", "Malí e Ítaca", "nieve y hielo", "acción y hiato",
		"salud y Hacienda", "salud y trabajo", "salud y Y", "salud y é", "a, b e Irán", "y y y",
	} {
		names := strings.FieldsFunc(strings.NewReplacer(" e ", "|", " y ", "|", ", ", "|").Replace(want), func(r rune) bool { return r == '|' })
		assert.Equal(t, want, l.List(names))
	}
	for _, want := range []string{
		"uno u otro", "salud u Hospital", "Perú u Óbidos", "siete u ocho", "7 u 8", "10 u 11", "10 u 11 meses", "10 o 110", "mujer u hombre", "salud o trabajo",
		"a, b u Omán", "o o u",
	} {
		names := strings.FieldsFunc(strings.NewReplacer(" u ", "|", " o ", "|", ", ", "|").Replace(want), func(r rune) bool { return r == '|' })
		assert.Equal(t, want, l.Say(language.Of("or", "x", names)))
	}
	assert.Equal(t, "a et Inde", fr.Language().List([]string{"a", "Inde"}))
	assert.Equal(t, "a y ", l.List([]string{"a", ""}))
}

func TestNumbersAsTheyAreWrittenThere(t *testing.T) {
	for tag, want := range map[string]string{"en": "21,500.25", "fr": "21 500,25", "pt": "21.500,25", "es": "21.500,25"} {
		got := language.Match(shipped, tag).Number(21500.25)
		assert.Equal(t, want, strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(got), tag)
	}
}

const counted = `{"texts": [{"id": "x", "args": [{"name": "n", "kind": "count"}], "one": "{n} thing", "other": "{n} things"}]}`

// The six forms of Arabic, by CLDR's rules for its whole numbers.
func TestAPluralIsChosenByTheLanguage(t *testing.T) {
	s := texts(t, counted)
	po := `msgid ""
msgstr ""
"Language: ar\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=6; plural=n;\n"

msgctxt "x"
msgid "{n} thing"
msgid_plural "{n} things"
msgstr[0] "zero"
msgstr[1] "one"
msgstr[2] "two"
msgstr[3] "few {n}"
msgstr[4] "many {n}"
msgstr[5] "other {n}"
`
	c, remarks, err := s.Read("ar", []byte(po))
	require.NoError(t, err)
	require.Empty(t, remarks)
	l, err := language.New("ar", nil, c)
	require.NoError(t, err)
	for n := range 1201 {
		want := "other"
		switch hundredth := n % 100; {
		case n == 0:
			want = "zero"
		case n == 1:
			want = "one"
		case n == 2:
			want = "two"
		case 3 <= hundredth && hundredth <= 10:
			want = "few"
		case 11 <= hundredth && hundredth <= 99:
			want = "many"
		}
		got, _, _ := strings.Cut(l.Say(language.Of("x", "n", n)), " ")
		assert.Equal(t, want, got, "%d", n)
	}
	l, err = language.English().With(s.English())
	require.NoError(t, err)
	assert.Equal(t, "1 thing", l.Say(language.Of("x", "n", 1)))
	assert.Equal(t, "0 things", l.Say(language.Of("x", "n", 0)))
}

// file is a .po file with a good header and one message.
func file(message string) string {
	return "msgid \"\"\nmsgstr \"\"\n\"Language: fr\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Plural-Forms: nplurals=2; plural=(n > 1);\\n\"\n\n" + message
}

const twoTexts = `{"texts": [
{"id": "a", "args": [{"name": "who", "kind": "name"}], "text": "{who} decides"},
{"id": "x", "args": [{"name": "n", "kind": "count"}], "one": "{n} thing", "other": "{n} things"}]}`

// What would break a sentence is refused with the id and the line.
func TestABrokenTranslationIsRefusedByIdAndLine(t *testing.T) {
	s := texts(t, twoTexts)
	head := `msgctxt "a"` + "\n" + `msgid "{who} decides"` + "\n"
	many := `msgctxt "x"` + "\n" + `msgid "{n} thing"` + "\n" + `msgid_plural "{n} things"` + "\n"
	for name, c := range map[string]struct {
		po, rule, at string
		line         int
	}{
		"an argument too many":      {file(head + `msgstr "{who} et {n}"`), fault.Known, "a", 7},
		"an argument too few":       {file(head + `msgstr "on décide"`), fault.Exists, "a", 7},
		"half a brace":              {file(head + `msgstr "{who décide"`), fault.Syntax, "a", 7},
		"markup":                    {file(head + `msgstr "<b>{who}</b>"`), fault.Characters, "a", 7},
		"a control":                 {file(head + `msgstr "{who} \a"`), fault.Characters, "a", 7},
		"an override of direction":  {file(head + "msgstr \"{who} \u202e décide\""), fault.Characters, "a", 7},
		"a form of the plural less": {file(many + `msgstr[0] "{n} chose"`), fault.Required, "x", 7},
		"a form of the plural more": {file(many + `msgstr[0] "{n} a"` + "\n" + `msgstr[1] "{n} b"` + "\n" + `msgstr[2] "{n} c"`), fault.Required, "x", 7},
		"no figure where it counts": {file(many + `msgstr[0] "une chose"` + "\n" + `msgstr[1] "{n} choses"`), fault.Exists, "x", 7},
		"two texts for one id":      {file(head + "msgstr \"{who}\"\n\n" + head + `msgstr "{who}"`), fault.Unique, "a", 11},
		"a line that is none":       {file("translate this"), fault.Syntax, "", 7},
		"no header":                 {head + `msgstr "{who}"`, fault.Required, "", 1},
		"the header of another":     {strings.Replace(file(""), "fr", "pt", 1), fault.Same, "Language", 1},
		"another encoding":          {strings.Replace(file(""), "UTF-8", "ISO-8859-1", 1), fault.Known, "Content-Type", 1},
		"the plurals of another":    {strings.Replace(file(""), "nplurals=2", "nplurals=3", 1), fault.Same, "Plural-Forms", 1},
		"no UTF-8":                  {file(head + "msgstr \"\xe9\""), fault.Encoding, "file", 0},
		"twenty megabytes":          {file(strings.Repeat("# \n", 7<<20)), fault.Length, "file", 0},
	} {
		_, _, err := s.Read("fr", []byte(c.po))
		faults := fault.Of(err)
		if assert.NotEmpty(t, faults, name) {
			assert.Equal(t, c.rule, faults[0].Rule, "%s: %v", name, err)
			assert.Equal(t, c.at, faults[0].Path, "%s: %v", name, err)
			assert.Equal(t, c.line, faults[0].Line, "%s: %v", name, err)
		}
	}
	_, _, err := s.Read("no language", nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = language.New("", nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

// What is fuzzy, outdated, or of no text is told, and the parent says it.
func TestWhatATranslatorHasToLookAtIsLeftToTheParent(t *testing.T) {
	s := texts(t, twoTexts)
	for message, want := range map[string]string{
		"#, fuzzy\nmsgctxt \"a\"\nmsgid \"{who} decides\"\nmsgstr \"{who} décide\"": "line 8: a: it is marked as fuzzy",
		"msgctxt \"a\"\nmsgid \"{who} decided\"\nmsgstr \"{who} décida\"":           "line 7: a: the English text is another by now",
		"msgctxt \"a\"\nmsgid \"{who} decides\"\nmsgstr \"\"":                       "line 7: a: it is not translated",
		"msgctxt \"b\"\nmsgid \"{who} decides\"\nmsgstr \"{who} décide\"":           "line 7: b: no text has this id",
	} {
		c, remarks, err := s.Read("fr", []byte(file(message)))
		require.NoError(t, err)
		require.Len(t, remarks, 1)
		assert.Equal(t, want, remarks[0].String())
		parent, err := language.English().With(s.English())
		require.NoError(t, err)
		l, err := language.New("fr", parent, c)
		require.NoError(t, err)
		assert.Equal(t, "MoH decides", l.Say(language.Of("a", "who", "MoH")))
		assert.Equal(t, []string{"a", "x"}, l.Missing(s))
	}
	c, remarks, err := s.Read("fr", []byte(file("#~ msgctxt \"old\"\n#~ msgid \"x\"\n#~ msgstr \"y\"\n")))
	require.NoError(t, err)
	assert.Empty(t, remarks)
	_, err = language.English().With(c)
	require.ErrorIs(t, err, fault.ErrInvalid, "French is not said in English")
}

// A text out of data is known by its English words; in other words it is another.
func TestATextOutOfDataIsSaidOnlyForItsOwnWords(t *testing.T) {
	c, remarks, err := language.Texts().Read("fr", []byte(file("msgid \"Say it\"\nmsgstr \"Dites-le\"\n")))
	require.NoError(t, err)
	require.Empty(t, remarks)
	l, err := fr.Language().With(c)
	require.NoError(t, err)
	assert.Equal(t, "Dites-le", l.Say(language.Built("Say it")))
	assert.Equal(t, "Say it now", l.Say(language.Built("Say it now")))
	assert.Equal(t, "Say it", l.Say(language.Typed("Say it")), "what somebody typed stays")
	assert.Equal(t, "Say it", language.Built("Say it").String())
	assert.Equal(t, []string{"Say more"}, l.Missing(language.Texts(), "Say it", "Say more"))
	written := language.Texts().Write(l, "Say it", "Say more")
	again, remarks, err := language.Texts().Read("fr", written)
	require.NoError(t, err)
	require.Len(t, remarks, 1)
	assert.Equal(t, "Say more", remarks[0].ID)
	_, err = l.With(again)
	require.NoError(t, err)
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for _, l := range shipped[1:] {
		text := language.Texts().Write(l)
		c, remarks, err := language.Texts().Read(l.Tag(), text)
		require.NoError(t, err)
		assert.Empty(t, remarks)
		again, err := language.New(l.Tag(), nil, c)
		require.NoError(t, err)
		assert.Equal(t, string(text), string(language.Texts().Write(again)))
	}
}

func TestATextGoesOverTheWire(t *testing.T) {
	text := language.Of("a", "who", "MoH", "n", 3.0, "on", "2003-05", "what", language.Of("b"), "names", []string{"x", "y"}, "texts", []language.Text{language.Typed("z")})
	data, err := json.Marshal(text)
	require.NoError(t, err)
	var back language.Text
	require.NoError(t, json.Unmarshal(data, &back))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
	for _, bad := range []string{`3`, `{"id":3}`, `{"mood":"x"}`, `{"args":{"x":null}}`, `{"args":{"x":["a",{"id":"b"}]}}`, strings.Repeat(`{"args":{"x":`, 13) + "1" + strings.Repeat("}}", 13)} {
		require.ErrorIs(t, json.Unmarshal([]byte(bad), &back), fault.ErrInvalid, bad)
	}
}

// What a type of a name holds is said as what it is.
func TestAnArgumentMayHaveATypeOfItsOwn(t *testing.T) {
	type id string
	type lap uint8
	type share float32
	s := texts(t, `{"texts": [{"id": "a", "args": [{"name": "all", "kind": "all"}, {"name": "who", "kind": "name"}, {"name": "n", "kind": "count"}, {"name": "part", "kind": "share"}], "one": "{who} once: {all}, {part}", "other": "{who} {n} times: {all}, {part}"}]}`)
	l, err := language.English().With(s.English())
	require.NoError(t, err)
	long := strings.Repeat("x", 300)
	assert.Equal(t, long+" 2 times: a and b, 50%", l.Say(language.Of("a", "who", id(long), "n", lap(2), "all", []id{"a", "b"}, "part", share(0.5))))
	assert.Equal(t, "MoH once: none, 50%", l.Say(language.Of("a", "who", id("MoH"), "n", int64(1), "all", []id{}, "part", 0.5)))
}

// What runs in the other direction is kept apart from the sentence around it.
func TestANameKeepsItsDirectionToItself(t *testing.T) {
	s := texts(t, twoTexts)
	l, err := language.English().With(s.English())
	require.NoError(t, err)
	assert.Equal(t, "MoH decides", l.Say(language.Of("a", "who", "MoH")))
	assert.Equal(t, "\u2068وزارة\u2069 decides", l.Say(language.Of("a", "who", "وزارة")))
	assert.Equal(t, "\u2068MoH\u2069", languagetest.Mirrored(nil, s).Say(language.Of("a", "who", "MoH"))[:9])
	assert.Equal(t, "ශ්\u200dරී ලංකා decides", l.Say(language.Of("a", "who", "ශ්\u200dරී ලංකා")))
}

func TestWhatNobodySaysIsSaidPlainly(t *testing.T) {
	l := fr.Language()
	assert.Equal(t, "As the host wrote it", l.Say(language.Of("no.such").Or("As the host wrote it")))
	assert.Equal(t, "no.such", l.Say(language.Of("no.such")))
	assert.Equal(t, "mai {year}", l.Say(language.Of("date.month", "month", language.Of("month.05"))))
	assert.Empty(t, l.Say(language.Text{}))
	loop := language.Of("date.month", "month", language.Of("month.05"), "year", "1")
	for range 100 {
		loop = language.Of("date.month", "month", loop, "year", "1")
	}
	assert.NotEmpty(t, l.Say(loop))
}

func TestTheReaderGetsTheLanguageThatSuits(t *testing.T) {
	for want, tag := range map[string]string{
		"fr-CM, en;q=0.5": "fr", "pt-MZ": "pt", "es-419": "es", "en-US": "en-GB", "de": "en-GB", "": "en-GB", "de, es;q=0.1": "es", "\x00;;;": "en-GB",
	} {
		assert.Equal(t, tag, language.Match(shipped, want).Tag(), want)
	}
	assert.Equal(t, "en-GB", language.Match(nil, "fr").Tag())
}

func FuzzRead(f *testing.F) {
	f.Add(language.Texts().Write(fr.Language()))
	f.Add([]byte(file("")))
	f.Fuzz(func(t *testing.T, po []byte) {
		c, _, err := language.Texts().Read("fr", po)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		l, err := language.New("fr", nil, c)
		require.NoError(t, err)
		written := language.Texts().Write(l)
		c, _, err = language.Texts().Read("fr", written)
		require.NoError(t, err)
		again, _ := language.New("fr", nil, c)
		require.Equal(t, string(written), string(language.Texts().Write(again)))
	})
}

// What goes over the wire may be said in the language of whoever reads it, with what it is
// told with; what it is stays the same.
func TestATextGoesOverTheWireInALanguage(t *testing.T) {
	inner := language.Of("stage.design")
	text := language.Of("place.why", "place", inner, "why", language.Typed("x"))
	l := fr.Language()
	data, err := json.Marshal(text.In(l))
	require.NoError(t, err)
	var got struct {
		ID, Text string
		Args     map[string]struct{ ID, Text string }
	}
	require.NoError(t, json.Unmarshal(data, &got))
	assert.Equal(t, "place.why", got.ID)
	assert.Equal(t, l.Say(text), got.Text)
	assert.Equal(t, "stage.design", got.Args["place"].ID)
	assert.Equal(t, l.Say(inner), got.Args["place"].Text)
	assert.NotEqual(t, inner.String(), got.Args["place"].Text)
}
