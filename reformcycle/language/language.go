package language

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
	"golang.org/x/text/unicode/bidi"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Language says texts to people. It never changes and is safe for use by several
// goroutines. A nil Language is English.
type Language struct {
	tag     xlanguage.Tag
	said    []*Catalogue // the last that was handed in comes first
	parent  *Language    // nil for English
	printer *message.Printer
	rtl     bool
	// decimal sign, where the digits are those of ASCII; else empty
	decimal string
}

//go:embed en
var englishTexts embed.FS

var english = sync.OnceValue(func() *Language {
	l := of(xlanguage.BritishEnglish, nil)
	l.said = append(l.said, &Catalogue{base: baseOf(l.tag), late: sync.OnceValue(func() map[string]*template { return source().English().said })})
	return l
})

var source = sync.OnceValue(func() *Source {
	var all []Entry
	files, err := fs.Glob(englishTexts, "en/*.json")
	for _, file := range files {
		if err == nil {
			var data []byte
			if data, err = englishTexts.ReadFile(file); err == nil {
				all, err = appendEntries(all, data)
			}
		}
	}
	if err == nil {
		all, err = appendEntries(all, fault.English())
	}
	var s *Source
	if err == nil {
		var wrong fault.Fields
		s, wrong = newSource(all)
		err = wrong.Err()
	}
	if err != nil {
		panic("language: the English texts are broken" + untold(err)) // an embedded file is wrong: found by the first test
	}
	return s
})

// untold says what is wrong with the texts that everything else is said in.
func untold(err error) (said string) {
	for _, f := range fault.Of(err) {
		said += fmt.Sprintf("; %s:%d: %s: %v", f.Path, f.Line, f.Rule, f.Value)
	}
	return said
}

// English is what everything can be said in, as it is written in Britain.
func English() *Language { return english() }

// Texts are the English texts of this package, which each language translates.
func Texts() *Source { return source() }

func of(tag xlanguage.Tag, parent *Language) *Language {
	script, _ := tag.Script()
	l := &Language{tag: tag, parent: parent, printer: message.NewPrinter(tag), rtl: slices.Contains(rightToLeft, script.String())}
	if half, ascii := strings.CutPrefix(l.printer.Sprint(number.Decimal(0.5)), "0"); ascii {
		l.decimal = strings.TrimSuffix(half, "5")
	}
	return l
}

// rightToLeft are the scripts of living languages that run so (Unicode, UAX 44).
var rightToLeft = []string{"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg", "Mand", "Samr"}

// New makes a language of what was translated into it. What it does not say is said by
// its parent; nil for English. The tag is one of BCP 47, such as fr or pt-BR.
func New(tag string, parent *Language, catalogues ...*Catalogue) (*Language, error) {
	t, err := xlanguage.Parse(tag)
	if err != nil || t == xlanguage.Und {
		return nil, fault.Refuse("tag", fault.Known, tag, Of("want.tag"))
	}
	if parent == nil {
		parent = English()
	}
	return of(t, parent).With(catalogues...)
}

// With gives a language that says, beside what this one does, what a catalogue has: a
// host's own texts, or its own words for ours.
func (l *Language) With(catalogues ...*Catalogue) (*Language, error) {
	l = l.orEnglish()
	for _, c := range catalogues {
		if base := baseOf(l.tag); c.base != base {
			return nil, fault.Refuse("catalogue", fault.Same, c.base.String(), Of("want.catalogue", "tag", base.String()))
		}
	}
	next := *l
	next.said = append(slices.Clone(catalogues), l.said...)
	slices.Reverse(next.said[:len(catalogues)])
	return &next, nil
}

// WithWords gives a language that says texts out of data as well: those of a checklist of
// a host's own, say. They are given by the tag of a language, and by their English words;
// the language takes those of its own tag, and of the tags that stand above it: of fr-CM
// those of fr. What can't be told is refused by language and text.
func (l *Language) WithWords(in map[string]map[string]string) (*Language, error) {
	l = l.orEnglish()
	var all []*Catalogue
	var wrong fault.Fields
	for t := l.tag; t != xlanguage.Und; t = t.Parent() {
		words := in[t.String()]
		if len(words) == 0 {
			continue
		}
		c := &Catalogue{base: baseOf(l.tag), built: maps.Clone(words), order: slices.Sorted(maps.Keys(words))}
		for _, english := range c.order {
			var broken fault.Fields
			(&template{}).set(&broken, english, &Entry{}, form{}, words[english])
			wrong.Under(t.String(), broken)
		}
		all = append(all, c)
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	slices.Reverse(all)
	return l.With(all...)
}

// Tag is that of BCP 47, such as fr.
func (l *Language) Tag() string { return l.orEnglish().tag.String() }

// RightToLeft reports whether it is written so.
func (l *Language) RightToLeft() bool { return l.orEnglish().rtl }

// Missing are the ids of a source, and the texts out of data, that the language leaves
// to its parents.
func (l *Language) Missing(s *Source, built ...string) []string {
	l = l.orEnglish()
	var left []string
	for _, id := range s.order {
		if l.own(id) == nil {
			left = append(left, id)
		}
	}
	for _, english := range built {
		if _, said := l.built(english); !said && english != "" && l.parent != nil {
			left = append(left, english)
		}
	}
	return left
}

// BuiltIn are the English words of the texts out of data that the language itself says,
// in the order of its files. A language that is shipped says all that the module's data
// have: this is what another one is given to translate, by [Source.Write], and what
// [Language.Missing] asks of it.
func (l *Language) BuiltIn() []string {
	var all []string
	seen := map[string]bool{}
	for _, c := range l.orEnglish().said {
		for _, english := range c.order {
			if !seen[english] {
				seen[english] = true
				all = append(all, english)
			}
		}
	}
	return all
}

func (l *Language) orEnglish() *Language {
	if l == nil {
		return English()
	}
	return l
}

func (l *Language) own(id string) *template {
	for _, c := range l.said {
		if t := c.text(id); t != nil {
			return t
		}
	}
	return nil
}

// built is what the language says for a text out of data.
func (l *Language) built(english string) (string, bool) {
	for _, c := range l.said {
		if said, ok := c.built[english]; ok {
			return said, true
		}
	}
	return "", false
}

// Match gives the language, of those that are offered, that somebody reads best who
// wants these, in the form of Accept-Language: "fr-CM, en;q=0.5". What cannot be read is
// passed over; where nothing fits it is the first that is offered.
func Match(offered []*Language, wanted ...string) *Language {
	if len(offered) == 0 {
		return English()
	}
	tags := make([]xlanguage.Tag, len(offered))
	for i, l := range offered {
		tags[i] = l.orEnglish().tag
	}
	matcher := xlanguage.NewMatcher(tags)
	for _, want := range wanted {
		if len(want) > 1000 {
			continue
		}
		desired, _, err := xlanguage.ParseAcceptLanguage(want)
		if err != nil {
			continue
		}
		if _, i, confidence := matcher.Match(desired...); confidence > xlanguage.No {
			return offered[i]
		}
	}
	return offered[0]
}

// Say tells a text. Where the language lacks it, its parents say it, English last;
// where nobody does, it is said as it is in plain words, and without those by its id.
func (l *Language) Say(t Text) string {
	l = l.orEnglish()
	if words, whole := l.words(t); whole {
		return words
	}
	const usual = 160 // bytes of a sentence
	return string(l.append(make([]byte, 0, usual), t, maxDepth))
}

// words are a text in which nothing is put in, where it stands somewhere as it is said.
func (l *Language) words(t Text) (string, bool) {
	switch t.ID {
	case "":
		return t.Plain, !l.rtl && leftToRight(t.Plain)
	case BuiltIn:
		for in := l; in != nil; in = in.parent {
			if said, ok := in.built(t.Plain); ok {
				return said, true
			}
		}
		return t.Plain, !l.rtl && leftToRight(t.Plain)
	}
	for in := l; in != nil && len(t.Args) == 0; in = in.parent {
		if said := in.own(t.ID); said != nil {
			form := said.forms[in.form(said, t)]
			if len(form) == 1 && form[0].arg == "" {
				return form[0].words, true
			}
			break
		}
	}
	return "", false
}

// Paragraph says sentences, one behind the other.
func (l *Language) Paragraph(sentences []Text) string {
	var to []byte
	for i, t := range sentences {
		if i > 0 {
			to = append(to, ' ')
		}
		to = l.Append(to, t)
	}
	return string(to)
}

// Append adds what Say gives.
func (l *Language) Append(to []byte, t Text) []byte { return l.orEnglish().append(to, t, maxDepth) }

// Refusal tells why something was refused, as [Refused] has it, in at most
// [fault.MaxMessage] bytes.
func (l *Language) Refusal(err error) string { return fault.Cut(l.Say(Refused(err)), fault.MaxMessage) }

func (l *Language) append(to []byte, t Text, depth int) []byte {
	if depth == 0 {
		return to
	}
	switch t.ID {
	case "":
		return l.apart(to, t.Plain)
	case BuiltIn:
		for in := l; in != nil; in = in.parent {
			if said, ok := in.built(t.Plain); ok {
				return append(to, said...)
			}
		}
		return l.apart(to, t.Plain)
	}
	for in := l; in != nil; in = in.parent {
		said := in.own(t.ID)
		if said == nil {
			continue
		}
		for _, p := range said.forms[in.form(said, t)] {
			if p.arg == "" {
				to = append(to, p.words...)
			} else if value, given := t.arg(p.arg); given {
				to = in.value(to, p.kind, value, depth)
			} else {
				to = append(to, "{"+p.arg+"}"...)
			}
		}
		return to
	}
	if t.Plain != "" {
		return l.apart(to, t.Plain)
	}
	return append(to, t.ID...)
}

// form of the plural in which a text is said.
func (l *Language) form(said *template, t Text) plural.Form {
	if said.counts == "" {
		return plural.Other
	}
	value, _ := t.arg(said.counts)
	n, whole := wholeOf(value)
	if !whole {
		return plural.Other
	}
	if n < 0 {
		n = -n
	}
	form := plural.Cardinal.MatchPlural(l.tag, int(n%10_000_000), 0, 0, 0, 0)
	if said.forms[form] == nil {
		return plural.Other
	}
	return form
}

// decimals are three, and of a number so small that these would tell little of it as many
// as show three digits.
func decimals(x float64) int {
	if size := math.Abs(x); size > 0 && size < 0.1 {
		return min(2-int(math.Floor(math.Log10(size))), 12)
	}
	return 3
}

func wholeOf(value any) (int64, bool) {
	switch n := value.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case uint64:
		return int64(n), n <= 1<<62
	case float64:
		return int64(n), n == float64(int64(n))
	}
	return 0, false
}

func (l *Language) value(to []byte, kind Kind, value any, depth int) []byte {
	switch v := value.(type) {
	case Text:
		return l.append(to, v, depth-1)
	case string:
		if kind == Date {
			return l.date(to, v, depth)
		}
		return l.apart(to, v)
	case []string:
		return l.list(to, kind, len(v), func(to []byte, i int) []byte { return l.apart(to, v[i]) })
	case []Text:
		return l.list(to, kind, len(v), func(to []byte, i int) []byte { return l.append(to, v[i], depth-1) })
	case float64:
		switch kind {
		case Name:
			return strconv.AppendFloat(to, v, 'f', -1, 64)
		case Share:
			return append(to, l.printer.Sprint(number.Percent(v, number.MaxFractionDigits(1)))...)
		}
		return append(to, l.printer.Sprint(number.Decimal(v, number.MaxFractionDigits(decimals(v))))...)
	}
	if n, whole := wholeOf(value); whole {
		if kind == Name || -1000 < n && n < 1000 && !l.rtl {
			return strconv.AppendInt(to, n, 10)
		}
		return append(to, l.printer.Sprint(number.Decimal(n))...)
	}
	return append(to, fault.Bounded(value)...)
}

// Number writes a number for people.
func (l *Language) Number(x float64) string {
	return string(l.orEnglish().value(nil, Number, x, maxDepth))
}

// Figures writes a number with so many decimals.
func (l *Language) Figures(x float64, decimals int) string {
	if l = l.orEnglish(); l.decimal != "" && decimals >= 0 && -999 < x && x < 999 { // nothing to group, and no minus nothing
		return strings.Replace(strconv.FormatFloat(x+0, 'f', decimals, 64), ".", l.decimal, 1)
	}
	return l.printer.Sprint(number.Decimal(x, number.Scale(decimals)))
}

// Percent writes a share, from 0 to 1, in per cent with so many decimals.
func (l *Language) Percent(x float64, decimals int) string {
	return l.orEnglish().printer.Sprint(number.Percent(x, number.Scale(decimals)))
}

// Date writes a year, a month or a day, as "2003", "2003-05" or "2003-05-14", in words.
func (l *Language) Date(date string) string { return string(l.orEnglish().date(nil, date, maxDepth)) }

// List writes names one behind the other: this, that and those.
func (l *Language) List(names []string) string {
	return string(l.orEnglish().value(nil, All, names, maxDepth))
}

func (l *Language) date(to []byte, date string, depth int) []byte {
	if len(date) == len("2003") || !isDate(date) {
		return l.apart(to, date)
	}
	month := int(date[5]-'0')*10 + int(date[6]-'0')
	args := []Arg{{"month", Text{ID: months[month-1]}}, {"year", date[:4]}}
	if len(date) == len("2003-05") {
		return l.append(to, Text{ID: "date.month", Args: args}, depth-1)
	}
	if date[8:] == "01" {
		return l.append(to, Text{ID: "date.first", Args: args}, depth-1)
	}
	args = append(args, Arg{"day", strings.TrimPrefix(date[8:], "0")})
	return l.append(to, Text{ID: "date.day", Args: args}, depth-1)
}

// isDate reports whether a text is a month or a day as they are written on the wire. Which
// days there are package date knows.
func isDate(s string) bool {
	if len(s) != len("2003-05") && len(s) != len("2003-05-14") {
		return false
	}
	for i, c := range []byte(s) {
		if i == 4 || i == 7 {
			if c != '-' {
				return false
			}
		} else if c < '0' || c > '9' {
			return false
		}
	}
	return "01" <= s[5:7] && s[5:7] <= "12" && (len(s) == 7 || "01" <= s[8:] && s[8:] <= "31")
}

var months = [...]string{"month.01", "month.02", "month.03", "month.04", "month.05", "month.06", "month.07", "month.08", "month.09", "month.10", "month.11", "month.12"}

// list joins as CLDR does: a pattern for two, one for the end of more, one between.
func (l *Language) list(to []byte, kind Kind, n int, item func(to []byte, i int) []byte) []byte {
	if n == 0 {
		return l.append(to, Text{ID: "list.none"}, maxDepth)
	}
	if n == 1 {
		return item(to, 0)
	}
	between, last := Text{ID: "list.between"}, Text{ID: "list.all.end"}
	switch {
	case kind == Row:
		last = between
	case kind == Each:
		between = Text{ID: "list.each"}
		last = between
	case kind == Any && n == 2:
		last.ID = "list.any.two"
	case kind == Any:
		last.ID = "list.any.end"
	case n == 2:
		last.ID = "list.all.two"
	}
	joint := len(to)
	for i := range n {
		if i > 0 {
			if kind == Each { // a sentence before a semicolon has no full stop
				to = bytes.TrimSuffix(to, []byte("."))
			}
			joint = len(to)
			if i < n-1 {
				to = l.append(to, between, maxDepth)
			} else {
				to = l.append(to, last, maxDepth)
			}
		}
		to = item(to, i)
	}
	if base, _ := l.tag.Base(); base.String() == "es" {
		apartInSpanish(to[joint:])
	}
	return to
}

// apartInSpanish keeps y and o apart from the same sound behind them, as ICU's lists do:
// madre e hijo, pero nieve y hielo; uno u otro, siete u ocho. Accents count there as well.
func apartInSpanish(joint []byte) {
	if len(joint) < len(" y i") {
		return
	}
	next := strings.ToLower(string(joint[3:min(len(joint), 12)]))
	starts := func(with ...string) bool {
		return slices.ContainsFunc(with, func(s string) bool { return strings.HasPrefix(next, s) })
	}
	switch {
	case string(joint[:3]) == " y " && starts("i", "í", "hi", "hí") && !starts("hia", "hiá", "hie", "hié"):
		joint[1] = 'e'
	case string(joint[:3]) == " o " && (starts("o", "ó", "ho", "hó", "8", "11 ") || next == "11"):
		joint[1] = 'u'
	}
}

const (
	isolate  = "\u2068" // first strong isolate
	together = "\u2069" // pop directional isolate
)

// apart writes what runs in its own direction. Where that is the other one, marks
// keep it from pulling the sentence around it along.
func (l *Language) apart(to []byte, text string) []byte {
	if !l.rtl && leftToRight(text) || l.rtl == startsRightToLeft(text) && !mixed(text) {
		return append(to, text...)
	}
	return append(append(append(to, isolate...), text...), together...)
}

// leftToRight tells of most texts, at a glance, that no letter in them runs otherwise: none
// of the scripts before Hebrew does, nor the signs between words.
func leftToRight(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < 0xD6 { // a letter before U+0590, or the rest of one
			continue
		}
		if !strings.HasPrefix(text[i:], "\xE2\x80") || i+2 >= len(text) || text[i+2] < 0x90 || text[i+2] > 0xA6 {
			return false // but for U+2010 to U+2026
		}
		i += 2
	}
	return true
}

// strong tells the direction of a letter that has one.
func strong(r rune) (rtl, has bool) {
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.L:
		return false, true
	case bidi.R, bidi.AL:
		return true, true
	}
	return false, false
}

func startsRightToLeft(text string) bool {
	for _, r := range text {
		if rtl, has := strong(r); has {
			return rtl
		}
	}
	return false
}

// mixed texts run in both directions.
func mixed(text string) bool {
	var l, r bool
	for _, c := range text {
		if rtl, has := strong(c); has {
			l, r = l || !rtl, r || rtl
		}
	}
	return l && r
}

// Shipped gives a language of the module's own, which is read from its .po files when it
// is first asked for.
func Shipped(tag string, folder fs.FS) func() *Language {
	return sync.OnceValue(func() *Language {
		c, _, err := Texts().ReadFolder(tag, folder)
		var l *Language
		if err == nil {
			l, err = New(tag, nil, c)
		}
		if err != nil {
			panic(err) // an embedded file is wrong: found by the first test
		}
		return l
	})
}
