package language

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	xlanguage "golang.org/x/text/language"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file reads and writes translations as gettext's .po files, which translators
// have programs for. The context of a message is the id of the text; one without is a
// text out of data, as Built makes them.

// Catalogue is what a file has of a source in one language.
type Catalogue struct {
	base  xlanguage.Base
	said  map[string]*template // by id
	built map[string]string    // by the English text
	order []string             // of the texts in built, as they stand in the file

	late func() map[string]*template // said, of the English texts: read when the first is told
}

func (c *Catalogue) text(id string) *template {
	if c.late != nil {
		return c.late()[id]
	}
	return c.said[id]
}

// LeftOver are the texts out of data that the catalogue says and that are not among these,
// by their English words: those of a criterion that has other words by now, say. An id that
// is left over is remarked on by [Source.Read].
func (c *Catalogue) LeftOver(built ...string) []string {
	known := make(map[string]bool, len(built))
	for _, english := range built {
		known[english] = true
	}
	return slices.DeleteFunc(slices.Clone(c.order), func(english string) bool { return known[english] })
}

// English gives the texts of the source as they are, to be said in English.
func (s *Source) English() *Catalogue {
	c := &Catalogue{base: baseOf(xlanguage.BritishEnglish), said: make(map[string]*template, len(s.entries))}
	for id, e := range s.entries {
		c.said[id] = e.said
	}
	return c
}

// Remark is what somebody should look at in a translation; the text is left to the
// parent of the language.
type Remark struct {
	// File it stands in; empty where one was read by itself.
	File string
	ID   string
	Line int
	// What is the matter: it is marked as fuzzy, the English text is another by now, it
	// is not translated, or no text has the id any more.
	What Text
}

// Told tells the remark in one line.
func (r Remark) Told() Text {
	args := []any{"line", r.Line, "id", fault.Bounded(r.ID), "what", r.What}
	if r.File == "" {
		return Of("remark.at", args...)
	}
	return Of("remark.in", append(args, "file", fault.Bounded(r.File))...)
}

// String tells the remark in English.
func (r Remark) String() string { return r.Told().String() }

// Read reads a translation from a .po file, and remarks on texts that are passed over.
// What can't be told is refused with the id and the line: a text with other arguments
// than the English one, a form of the plural too many or too few, markup, two texts of
// one id, another language or encoding than the header's.
func (s *Source) Read(tag string, po []byte) (*Catalogue, []Remark, error) {
	t, err := xlanguage.Parse(tag)
	if err != nil || t == xlanguage.Und {
		return nil, nil, fault.Refuse("tag", fault.Known, tag, Of("want.tag"))
	}
	switch {
	case len(po) > maxFile:
		return nil, nil, fault.Refuse("file", fault.Length, len(po), Of("want.po-size", "most", maxFile))
	case !utf8.Valid(po):
		return nil, nil, fault.Refuse("file", fault.Encoding, nil, fault.Said{ID: "want.utf-8"})
	}
	messages, wrong := parsePO(po)
	c := &Catalogue{base: baseOf(t), said: map[string]*template{}, built: map[string]string{}}
	forms := formsOf(t)
	var remarks []Remark
	lines := map[string]int{}
	for i, m := range messages {
		if m.id == "" && m.source == "" {
			wrong.Under("", onLine(m.line, checkHeader(m, i, t, len(forms))))
			continue
		}
		name := cmp.Or(m.id, m.source)
		refuse := func(rule string, value any, want Text) {
			wrong.Under("", fault.Fields{{Path: name, Rule: rule, Value: value, Want: want, Line: m.line}})
		}
		set := func(said *template, e *Entry, f form, text string) {
			var broken fault.Fields
			said.set(&broken, name, e, f, text)
			wrong.Under("", onLine(m.line, broken))
		}
		if first := lines[m.id+"\x00"+m.source]; first != 0 || m.id != "" && lines[m.id] != 0 {
			refuse(fault.Unique, name, Of("want.text-once", "line", cmp.Or(first, lines[m.id])))
			continue
		}
		lines[m.id+"\x00"+m.source], lines[m.id] = m.line, m.line
		note := func(id string) { remarks = append(remarks, Remark{ID: name, Line: m.line, What: Of(id)}) }
		e := s.entries[m.id]
		switch {
		case m.id == "" && m.fuzzy:
			note("remark.fuzzy")
			continue
		case m.id == "":
			if said := m.said[0]; said == "" {
				note("remark.empty")
			} else {
				set(&template{}, &Entry{}, form{}, said)
				c.built[m.source] = said
				c.order = append(c.order, m.source)
			}
			continue
		case e == nil:
			note("remark.unknown")
			continue
		case m.source != cmp.Or(e.Text, e.One) || m.many != e.Other:
			note("remark.outdated")
			continue
		case m.fuzzy:
			note("remark.fuzzy")
			continue
		}
		said := &template{}
		if e.Text != "" {
			if m.said[0] == "" {
				note("remark.empty")
				continue
			}
			set(said, e, form{Form: plural.Other}, m.said[0])
		} else {
			empty := 0
			for i, f := range forms {
				if m.said[i] == "" {
					empty++
					continue
				}
				set(said, e, f, m.said[i])
			}
			if empty == len(forms) {
				note("remark.empty")
				continue
			}
			if empty > 0 || len(m.said) > len(forms) {
				refuse(fault.Required, len(m.said)-empty, Of("want.plural-forms", "n", len(forms), "tag", tag))
			}
		}
		c.said[m.id] = said
	}
	if len(messages) == 0 || messages[0].id != "" {
		wrong.Under("", onLine(1, fault.Fields{{Rule: fault.Required, Want: Of("want.po-header")}}))
	}
	if err := wrong.Err(); err != nil {
		return nil, nil, err
	}
	return c, remarks, nil
}

// onLine says where faults stand.
func onLine(line int, faults fault.Fields) fault.Fields {
	for i := range faults {
		faults[i].Line = line
	}
	return faults
}

// maxFiles is how many files a folder of translations has at most.
const maxFiles = 100

// ReadFolder reads all the .po files that stand in a folder, as [Source.Read] reads one;
// no text stands in two of them. What is wrong is told by file, line and id.
func (s *Source) ReadFolder(tag string, folder fs.FS) (*Catalogue, []Remark, error) {
	files, err := fs.Glob(folder, "*.po")
	if err != nil {
		return nil, nil, err
	}
	if len(files) == 0 || len(files) > maxFiles {
		return nil, nil, fault.Refuse("folder", fault.Length, len(files), Of("want.po-folder", "most", maxFiles))
	}
	var all *Catalogue
	var remarks []Remark
	var wrong fault.Fields
	in := map[string]string{} // the file of each text
	for _, file := range files {
		po, err := readFile(folder, file)
		if err != nil {
			return nil, nil, err
		}
		c, noted, err := s.Read(tag, po)
		if err != nil {
			for _, f := range fault.Of(err) {
				f.Path = strings.TrimSuffix(file+": "+f.Path, ": ")
				wrong.Under("", fault.Fields{f})
			}
			continue
		}
		for _, r := range noted {
			r.File = file
			remarks = append(remarks, r)
		}
		if all == nil {
			all = &Catalogue{base: c.base, said: map[string]*template{}, built: map[string]string{}}
		}
		once := func(text string) {
			if first, twice := in[text]; twice {
				wrong.Add(file, fault.Unique, text, Of("want.text-once-in", "file", fault.Bounded(first)))
			}
			in[text] = file
		}
		for _, id := range slices.Sorted(maps.Keys(c.said)) {
			once(id)
			all.said[id] = c.said[id]
		}
		for _, english := range c.order {
			once(english)
			all.built[english] = c.built[english]
		}
		all.order = append(all.order, c.order...)
	}
	if err := wrong.Err(); err != nil {
		return nil, nil, err
	}
	return all, remarks, nil
}

// readFile reads no more of a file than tells that it is too long.
func readFile(folder fs.FS, name string) ([]byte, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile+1))
}

// form of the plural; one where it stands for a single number.
type form struct {
	plural.Form
	one bool
}

// formsOf are the forms of the plural that whole numbers take in a language, in the
// order of gettext: zero, one, two, few, many, other.
func formsOf(t xlanguage.Tag) []form {
	var has [plural.Many + 1]int
	for n := range 1000 {
		has[plural.Cardinal.MatchPlural(t, n, 0, 0, 0, 0)]++
	}
	var forms []form
	for _, f := range []plural.Form{plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other} {
		if has[f] > 0 {
			forms = append(forms, form{f, has[f] == 1})
		}
	}
	return forms
}

func checkHeader(m poMessage, i int, t xlanguage.Tag, forms int) (wrong fault.Fields) {
	header := map[string]string{}
	for line := range strings.SplitSeq(m.said[0], "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			header[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	if i > 0 {
		wrong.Add("header", fault.Unique, nil, Of("want.po-one-header"))
	}
	got, err := xlanguage.Parse(header["language"])
	if gotBase, _ := got.Base(); err != nil || gotBase != baseOf(t) {
		wrong.Add("Language", fault.Same, header["language"], Typed(t.String()))
	}
	if kind := strings.ToLower(strings.ReplaceAll(header["content-type"], " ", "")); kind != "text/plain;charset=utf-8" {
		wrong.Add("Content-Type", fault.Known, header["content-type"], Typed("text/plain; charset=UTF-8"))
	}
	if plurals := strings.ReplaceAll(header["plural-forms"], " ", ""); !strings.HasPrefix(plurals, fmt.Sprintf("nplurals=%d;plural=", forms)) {
		wrong.Add("Plural-Forms", fault.Same, header["plural-forms"], Typed(fmt.Sprintf("nplurals=%d; plural=…", forms)))
	}
	return wrong
}

func baseOf(t xlanguage.Tag) xlanguage.Base {
	base, _ := t.Base()
	return base
}

// poMessage is one message of a .po file.
type poMessage struct {
	line             int
	fuzzy            bool
	id, source, many string
	said             map[int]string
}

// parsePO reads the messages of a .po file: those in use, not those kept as obsolete.
func parsePO(po []byte) ([]poMessage, fault.Fields) {
	var messages []poMessage
	var wrong fault.Fields
	var m poMessage
	var into func(string) // what a line that goes on belongs to
	fresh := func(line int) { m, into = poMessage{line: line, said: map[int]string{}}, nil }
	end := func() {
		if len(m.said) > 0 {
			messages = append(messages, m)
		}
	}
	fresh(1)
	number := 0
	for line := range strings.Lines(string(bytes.TrimPrefix(po, []byte("\ufeff")))) {
		number++
		line = strings.TrimSpace(line)
		bad := func(id string) {
			wrong.Under("", fault.Fields{{Rule: fault.Syntax, Value: line, Want: Of(id), Line: number}})
		}
		switch {
		case line == "", strings.HasPrefix(line, "#~"):
			continue
		case strings.HasPrefix(line, "#"):
			if len(m.said) > 0 {
				end()
				fresh(number)
			}
			if flags, is := strings.CutPrefix(line, "#,"); is && slices.Contains(strings.FieldsFunc(flags, func(r rune) bool { return r == ',' || r == ' ' }), "fuzzy") {
				m.fuzzy = true
			}
			continue
		case line[0] == '"':
			text, err := strconv.Unquote(line)
			if err != nil || into == nil {
				bad("want.po-line")
				continue
			}
			into(text)
			continue
		}
		word, quoted, _ := strings.Cut(line, " ")
		text, err := strconv.Unquote(strings.TrimSpace(quoted))
		if err != nil {
			bad("want.po-line")
			continue
		}
		if (word == "msgctxt" || word == "msgid") && len(m.said) > 0 {
			end()
			fresh(number)
		}
		switch {
		case word == "msgctxt":
			m.line, into = number, func(s string) { m.id += s }
		case word == "msgid":
			into = func(s string) { m.source += s }
		case word == "msgid_plural":
			into = func(s string) { m.many += s }
		case word == "msgstr", strings.HasPrefix(word, "msgstr[") && strings.HasSuffix(word, "]"):
			n := 0
			if word != "msgstr" {
				n, err = strconv.Atoi(word[len("msgstr[") : len(word)-1])
			}
			if _, twice := m.said[n]; err != nil || twice || n < 0 || n > int(plural.Many) {
				bad("want.po-msgstr")
				continue
			}
			m.said[n] = ""
			into = func(s string) { m.said[n] += s }
		default:
			bad("want.po-line")
			continue
		}
		into(text)
	}
	end()
	return messages, wrong
}

// Write gives the source, and texts out of data, as a .po file for translators, with
// what a language says already; nil for none, a template.
func (s *Source) Write(l *Language, built ...string) []byte {
	var b bytes.Buffer
	tag := xlanguage.BritishEnglish
	if l != nil {
		tag = l.tag
	}
	forms := formsOf(tag)
	b.WriteString("msgid \"\"\nmsgstr \"\"\n")
	if l != nil {
		fmt.Fprintf(&b, "\"Language: %s\\n\"\n", tag)
	}
	b.WriteString("\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Content-Transfer-Encoding: 8bit\\n\"\n")
	fmt.Fprintf(&b, "\"Plural-Forms: nplurals=%d; plural=%s;\\n\"\n", len(forms), pluralRule(tag, forms))
	for _, id := range s.order {
		e := s.entries[id]
		var said *template
		if l != nil {
			said = l.own(id)
		}
		b.WriteByte('\n')
		if e.Note != "" {
			fmt.Fprintf(&b, "#. %s\n", strings.ReplaceAll(e.Note, "\n", " "))
		}
		for _, a := range e.Args {
			fmt.Fprintf(&b, "#. {%s}: %s\n", a.Name, a.Kind)
		}
		fmt.Fprintf(&b, "msgctxt %s\nmsgid %s\n", quoted(id), quoted(cmp.Or(e.Text, e.One)))
		if e.Text != "" {
			fmt.Fprintf(&b, "msgstr %s\n", quoted(said.written(plural.Other)))
			continue
		}
		fmt.Fprintf(&b, "msgid_plural %s\n", quoted(e.Other))
		for i, f := range forms {
			fmt.Fprintf(&b, "msgstr[%d] %s\n", i, quoted(said.written(f.Form)))
		}
	}
	for _, english := range built {
		said := ""
		if l != nil {
			said, _ = l.built(english)
		}
		fmt.Fprintf(&b, "\nmsgid %s\nmsgstr %s\n", quoted(english), quoted(said))
	}
	return b.Bytes()
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// written puts a text together again.
func (t *template) written(form plural.Form) string {
	if t == nil {
		return ""
	}
	var b strings.Builder
	for _, p := range t.forms[form] {
		if p.arg != "" {
			b.WriteString("{" + p.arg + "}")
		}
		b.WriteString(p.words)
	}
	return b.String()
}

// pluralRule is what gettext's header asks for: which form a number takes. It is for
// translators' programs; this package goes by CLDR.
func pluralRule(tag xlanguage.Tag, forms []form) string {
	if len(forms) == 1 {
		return "0"
	}
	base, _ := tag.Base()
	if rule, known := pluralRules[base.String()]; known {
		return rule
	}
	return "(n != 1)"
}

var pluralRules = map[string]string{
	"fr": "(n > 1)", "pt": "(n > 1)", "es": "(n != 1)", "en": "(n != 1)",
	"ar": "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5",
}
