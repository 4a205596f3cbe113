package report

import (
	"encoding/json"
	"io"
	"math"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

var noon = time.Date(2026, time.March, 4, 12, 30, 5, 0, time.UTC)

func calendarOf(t testing.TB, l *language.Language, head CalendarHead, due []portfolio.Due) string {
	t.Helper()
	var b strings.Builder
	if head.At.IsZero() {
		head.At = noon
	}
	require.NoError(t, Calendar(&b, l, head, due))
	return b.String()
}

// property of a component: what it holds, as it is written and as it is read.
type property struct{ parameters, written, text string }

type component struct {
	name       string
	properties map[string][]property
	parts      []*component
}

// one gives the value of a property that stands once.
func (c *component) one(t testing.TB, name string) string {
	t.Helper()
	require.Len(t, c.properties[name], 1, "%s of %s", name, c.name)
	return c.properties[name][0].text
}

var (
	// The grammar of RFC 5545, section 3.1, for the names that are in use here.
	contentLine = regexp.MustCompile(`^([A-Z0-9-]+)((?:;[A-Z-]+=[^\x00-\x1f\x7f";:,]+)*):([^\x00-\x08\x0a-\x1f\x7f]*)$`)
	// Section 3.3.11: what stands for itself, or is escaped.
	textValue = regexp.MustCompile(`^(?:[^\\;,]|\\[\\;,nN])*$`)
	texts     = []string{"NAME", "X-WR-CALNAME", "SUMMARY", "DESCRIPTION", "CATEGORIES"}
)

// read is a strict reader of a calendar file.
func read(t testing.TB, file string) *component {
	t.Helper()
	require.True(t, strings.HasSuffix(file, "\r\n"), "the last line has an end")
	var lines []string
	for _, line := range strings.Split(strings.TrimSuffix(file, "\r\n"), "\r\n") {
		require.False(t, strings.ContainsAny(line, "\r\n"), "a line ends with both, and nothing else does: %q", line)
		require.LessOrEqual(t, len(line), 75, "%q", line)
		require.True(t, utf8.ValidString(line), "a character is broken: %q", line)
		if rest, goesOn := strings.CutPrefix(line, " "); goesOn {
			require.NotEmpty(t, lines)
			lines[len(lines)-1] += rest
			continue
		}
		lines = append(lines, line)
	}
	var file1 *component
	var open []*component
	for _, line := range lines {
		m := contentLine.FindStringSubmatch(line)
		require.NotNil(t, m, "%q", line)
		p := property{m[2], m[3], m[3]}
		if slices.Contains(texts, m[1]) {
			require.Regexp(t, textValue, m[3])
			p.text = regexp.MustCompile(`\\.`).ReplaceAllStringFunc(m[3], func(e string) string {
				if e == `\n` || e == `\N` {
					return "\n"
				}
				return e[1:]
			})
		}
		switch m[1] {
		case "BEGIN":
			c := &component{name: m[3], properties: map[string][]property{}}
			if len(open) == 0 {
				require.Nil(t, file1, "one calendar")
				file1 = c
			} else {
				parent := open[len(open)-1]
				parent.parts = append(parent.parts, c)
			}
			open = append(open, c)
		case "END":
			require.NotEmpty(t, open)
			require.Equal(t, open[len(open)-1].name, m[3])
			open = open[:len(open)-1]
		default:
			require.NotEmpty(t, open)
			c := open[len(open)-1]
			require.Empty(t, c.parts, "properties stand before the parts")
			c.properties[m[1]] = append(c.properties[m[1]], p)
		}
	}
	require.Empty(t, open)
	require.Equal(t, "VCALENDAR", file1.name)
	require.Equal(t, "2.0", file1.one(t, "VERSION"))
	require.NotEmpty(t, file1.one(t, "PRODID"))
	require.NotEmpty(t, file1.parts, "a calendar has a component")
	ids := map[string]bool{}
	for _, c := range file1.parts {
		id := c.one(t, "UID")
		require.False(t, ids[id], "%s stands twice", id)
		ids[id] = true
		require.Regexp(t, `^\d{8}T\d{6}Z$`, c.one(t, "DTSTAMP"))
		require.Regexp(t, `^\d{1,10}$`, c.one(t, "SEQUENCE"))
		if c.name == "VEVENT" {
			require.Regexp(t, `^\d{8}$`, c.one(t, "DTSTART"))
			require.Equal(t, ";VALUE=DATE", c.properties["DTSTART"][0].parameters)
			require.Len(t, slices.Concat(c.properties["DTEND"], c.properties["DURATION"]), 1, "one of the two")
			for _, end := range c.properties["DTEND"] {
				require.Equal(t, ";VALUE=DATE", end.parameters)
				require.Greater(t, end.text, c.one(t, "DTSTART"))
			}
		}
	}
	return file1
}

// dueOf is a deadline that is made up.
func dueOf(cycle string, d reformcycle.Deadline) portfolio.Due {
	if d.Latest.IsZero() {
		d.Latest = d.Day
	}
	if d.Kind == "" {
		d.Kind = reformcycle.PolicyExpires
	}
	return portfolio.Due{Cycle: cycle, Seq: 7, Deadline: d}
}

// Each deadline that the cases come to is an event on its days, in every language.
func TestEachDeadlineIsAnEvent(t *testing.T) {
	for i, m := range moments(t) {
		due := portfolio.DueIn(m.state, date.Date{}, date.Date{})
		l := languages()[i%len(languages())]
		file := read(t, calendarOf(t, l, CalendarHead{Name: "Exampleland"}, due))
		assert.Equal(t, "Exampleland", file.one(t, "NAME"))
		assert.Equal(t, "Exampleland", file.one(t, "X-WR-CALNAME"))
		if len(due) == 0 {
			require.Len(t, file.parts, 1)
			assert.Equal(t, "VJOURNAL", file.parts[0].name)
			continue
		}
		require.Len(t, file.parts, len(due))
		for i, d := range due {
			e := file.parts[i]
			assert.Equal(t, "VEVENT", e.name)
			assert.Equal(t, strings.ReplaceAll(d.Day.String(), "-", ""), e.one(t, "DTSTART"))
			end, err := time.Parse("20060102", e.one(t, "DTEND"))
			require.NoError(t, err)
			assert.Equal(t, d.Latest, date.Of(end.AddDate(0, 0, -1)))
			assert.Contains(t, e.one(t, "SUMMARY"), draw.Plain(l.Say(d.Says), whole))
			for _, follows := range d.Follows {
				assert.Contains(t, strings.ToLower(e.one(t, "DESCRIPTION")), strings.ToLower(draw.Plain(l.Say(follows.Says), whole)))
			}
			assert.Equal(t, draw.Plain(l.Say(d.Kind.Told()), whole), e.one(t, "CATEGORIES"))
			assert.Equal(t, ";LANGUAGE="+l.Tag(), e.properties["SUMMARY"][0].parameters)
		}
	}
}

// Nothing in a calendar is in English but what people typed.
func TestACalendarSaysNothingInEnglish(t *testing.T) {
	l := languagetest.Accented(nil)
	for _, m := range append(moments(t), moment{}) {
		file := read(t, calendarOf(t, l, CalendarHead{}, portfolio.DueIn(m.state, date.Date{}, date.Date{})))
		said := file.one(t, "NAME")
		for _, c := range file.parts {
			for _, name := range texts {
				for _, p := range c.properties[name] {
					said += "\n" + p.text
				}
			}
		}
		require.Empty(t, languagetest.Leaks(said, unended(append(languagetest.Typed(m.state), append(m.typed, m.state.ID())...))...), "%s, %s", m.of, m.state.Date())
	}
}

// A date that is known to the month or the year is an event of the month or the year.
func TestADayThatIsNotKnownSpansAllThatItMayBe(t *testing.T) {
	for _, c := range []struct{ on, first, end, says string }{
		{"2028-02-29", "20280229", "20280301", ""},
		{"2028-02", "20280201", "20280301", "The day is not known. It lies between 1 February 2028 and 29 February 2028."},
		{"2027-12", "20271201", "20280101", "The day is not known. It lies between 1 December 2027 and 31 December 2027."},
		{"2027", "20270101", "20280101", "The day is not known. It lies between 1 January 2027 and 31 December 2027."},
		{"0001-01-01", "00010101", "00010102", ""},
	} {
		on := date.MustParse(c.on)
		d := dueOf("a", reformcycle.Deadline{Day: date.Of(on.First()), Latest: date.Of(on.Last())})
		e := read(t, calendarOf(t, nil, CalendarHead{}, []portfolio.Due{d})).parts[0]
		assert.Equal(t, c.first, e.one(t, "DTSTART"))
		assert.Equal(t, c.end, e.one(t, "DTEND"))
		assert.Equal(t, strings.TrimSpace(c.says+"\nOn record: a."), e.one(t, "DESCRIPTION"))
	}
	last := date.MustParse("9999-12")
	d := dueOf("a", reformcycle.Deadline{Day: date.Of(last.First()), Latest: date.Of(last.Last())})
	assert.Equal(t, "P31D", read(t, calendarOf(t, nil, CalendarHead{}, []portfolio.Due{d})).parts[0].one(t, "DURATION"))
}

func TestWhatADeadlineSaysStandsInItsEvent(t *testing.T) {
	d := dueOf("KE-30", reformcycle.Deadline{
		ID: "policy-expires/p", Day: date.MustParse("2026-01-31"), Overdue: true, Entry: 5,
		Says:    language.Of("due.policy-expires", "policy", "Strategy; 2020, 2025 \\ one"),
		Follows: []reformcycle.Consequence{{Says: language.Of("follows.policy-expires")}},
		Who:     []stakeholders.Candidate{{Actor: "moh", Name: "Ministry, of Health"}, {Actor: "x", Name: "Fund"}},
	})
	d.Title = "County 30"
	e := read(t, calendarOf(t, nil, CalendarHead{}, []portfolio.Due{d})).parts[0]
	assert.Equal(t, `County 30, overdue: the end of a policy: Strategy; 2020, 2025 \ one`, e.one(t, "SUMMARY"))
	assert.Equal(t, "Overdue since 31 January 2026.\nIf nothing happens: the reform works on under no policy that is in force.\nWho: Ministry, of Health, Fund.\nOn record: KE-30, entry 5.", e.one(t, "DESCRIPTION"))
	assert.Equal(t, "end of a policy", e.one(t, "CATEGORIES"))
	assert.Equal(t, "TRANSPARENT", e.one(t, "TRANSP"))
	assert.Equal(t, "20260304T123005Z", e.one(t, "DTSTAMP"))
	nairobi := time.FixedZone("EAT", 3*60*60)
	assert.Equal(t, calendarOf(t, nil, CalendarHead{}, []portfolio.Due{d}), calendarOf(t, nil, CalendarHead{At: noon.In(nairobi)}, []portfolio.Due{d}))
}

// Who follows the address sees what changes: the event stays the same one, and what is said
// of it later counts as later.
func TestAnEventStaysTheSameWhileItsDeadlineStands(t *testing.T) {
	w := walked(t)
	phase := func(start string) reformcycle.PlanRollout {
		return reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "p", Name: "First", Areas: []string{"North"}, Start: date.MustParse(start)}}
	}
	event := func(head CalendarHead, due []portfolio.Due) *component {
		for _, c := range read(t, calendarOf(t, nil, head, due)).parts {
			if strings.Contains(c.one(t, "SUMMARY"), "First") {
				return c
			}
		}
		return nil
	}
	due := func() []portfolio.Due { return portfolio.DueIn(w.cycle.State(), date.Date{}, date.Date{}) }
	w.on("2026-03-05", phase("2026-05"))
	before := event(CalendarHead{}, due())
	require.NotNil(t, before)
	entries, err := w.cycle.Apply(t.Context(), reformcycle.By("x").At(noon.AddDate(0, 0, 9)), reformcycle.Correct{Entry: w.cycle.State().Seq(), Change: phase("2026-06-15"), Reason: "The rains"})
	require.NoError(t, err, entries)
	after := event(CalendarHead{}, due())
	require.NotNil(t, after)
	assert.Equal(t, before.one(t, "UID"), after.one(t, "UID"))
	assert.NotEqual(t, before.one(t, "DTSTART"), after.one(t, "DTSTART"))
	assert.Greater(t, after.one(t, "SEQUENCE"), before.one(t, "SEQUENCE")) // both of two digits
	assert.Len(t, after.one(t, "SEQUENCE"), len(before.one(t, "SEQUENCE")))
	assert.NotEqual(t, after.one(t, "UID"), event(CalendarHead{Host: "health.example.org"}, due()).one(t, "UID"))

	// Nor do cycles and deadlines whose ids run together share an event.
	read(t, calendarOf(t, nil, CalendarHead{}, []portfolio.Due{
		dueOf("a", reformcycle.Deadline{ID: "b/c", Day: date.MustParse("2026")}), dueOf("a/b", reformcycle.Deadline{ID: "c", Day: date.MustParse("2026")}), dueOf("a", reformcycle.Deadline{ID: "b", Day: date.MustParse("2026")}),
	}))
	late := dueOf("a", reformcycle.Deadline{Day: date.MustParse("2026-01-01")})
	late.Seq = math.MaxUint64
	assert.Equal(t, "2147483647", read(t, calendarOf(t, nil, CalendarHead{}, []portfolio.Due{late})).parts[0].one(t, "SEQUENCE"))
}

func TestACalendarThatCannotBeWrittenIsRefused(t *testing.T) {
	for _, c := range []struct {
		head  CalendarHead
		field string
	}{
		{CalendarHead{}, "head.at"},
		{CalendarHead{At: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}, "head.at"},
		{CalendarHead{At: noon, Host: "a b"}, "head.host"},
		{CalendarHead{At: noon, Host: "a\r\nBEGIN:VEVENT"}, "head.host"},
		{CalendarHead{At: noon, Host: "-a"}, "head.host"},
	} {
		var b strings.Builder
		wrong := fault.Of(Calendar(&b, nil, c.head, nil))
		require.Len(t, wrong, 1)
		assert.Equal(t, c.field, wrong[0].Path)
		assert.Empty(t, b.String())
	}
	assert.Error(t, Calendar(nil, nil, CalendarHead{At: noon}, nil))
}

// A file is read by a program that others wrote (the package icalendar of PyPI) as it is
// meant. Where it is not installed the test is skipped; with CI=true it never is.
func TestACalendarProgramReadsWhatIsMeant(t *testing.T) {
	python := os.Getenv("CHSREFORM_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import icalendar").Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("icalendar is not installed for Python")
		}
		t.Skip("icalendar is not installed for Python")
	}
	const script = `
import icalendar, json, sys
c = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
assert not c.errors, c.errors
def event(e):
    assert not e.errors, e.errors
    d = {k.lower(): str(e[k]) for k in ("UID", "SUMMARY", "DESCRIPTION")}
    d["categories"] = [str(x) for x in e["CATEGORIES"].cats]
    d["first"], d["end"] = e["DTSTART"].dt.isoformat(), e["DTEND"].dt.isoformat()
    d["stamp"], d["sequence"] = e["DTSTAMP"].dt.isoformat(), int(e["SEQUENCE"])
    return d
json.dump({"name": str(c["NAME"]), "called": str(c["X-WR-CALNAME"]), "again": c["REFRESH-INTERVAL"].dt.days, "events": [event(e) for e in c.walk("VEVENT")], "all": len(c.subcomponents)}, sys.stdout)
`
	type event struct {
		UID, Summary, Description, First, End, Stamp string
		Sequence                                     int
		Categories                                   []string
	}
	type calendar struct {
		Name, Called string
		Again, All   int
		Events       []event
	}
	parse := func(file string) (c calendar) {
		t.Helper()
		command := exec.Command(python, "-c", script)
		command.Stdin = strings.NewReader(file)
		var wrong strings.Builder
		command.Stderr = &wrong
		out, err := command.Output()
		require.NoError(t, err, wrong.String())
		require.NoError(t, json.Unmarshal(out, &c))
		return c
	}
	name := `Ministry, of; Health\new "සෞඛ්` + "\u200d" + `ය" ` + strings.Repeat("දිස්ත්\u200dරික්", 40)
	var due []portfolio.Due
	for _, m := range moments(t) {
		due = append(due, portfolio.DueIn(m.state, date.Date{}, date.Date{})...)
		for i := range due {
			due[i].Cycle = m.of + strings.Repeat(",", len(due)) // so that no id is there twice
		}
		if len(due) > 150 {
			break
		}
	}
	for i := range due {
		due[i].ID += strings.Repeat("+", i)
	}
	due = append(due, dueOf(name, reformcycle.Deadline{Day: date.MustParse("2027-02-01"), Latest: date.MustParse("2027-02-28"), Says: language.Typed(name)}))
	for _, l := range languages() {
		got := parse(calendarOf(t, l, CalendarHead{Name: "සෞඛ්\u200dය"}, due)) // it reads no escapes in a name
		assert.Equal(t, "සෞඛ්\u200dය", got.Name)
		assert.Equal(t, got.Name, got.Called)
		assert.Equal(t, 1, got.Again)
		require.Len(t, got.Events, len(due))
		for i, e := range got.Events {
			d := due[i]
			assert.Contains(t, e.Summary, draw.Plain(l.Say(d.Says), whole))
			assert.Equal(t, d.Day.String(), e.First)
			assert.Equal(t, date.Of(d.Latest.First().AddDate(0, 0, 1)).String(), e.End)
			assert.Equal(t, "2026-03-04T12:30:05+00:00", e.Stamp)
			assert.EqualValues(t, d.Seq, e.Sequence)
			assert.Equal(t, []string{draw.Plain(l.Say(d.Kind.Told()), whole)}, e.Categories)
			lines := strings.Split(e.Description, "\n")
			assert.Contains(t, lines[len(lines)-1], draw.Plain(d.Cycle, whole))
		}
		assert.Equal(t, 1, parse(calendarOf(t, l, CalendarHead{}, nil)).All)
	}
}

// Whatever people typed, the file is one by the grammar, and says it.
func FuzzCalendar(f *testing.F) {
	f.Add("Name", "County", "a", "Strategy", "Ministry", uint64(3), 1)
	f.Add("\r\nEND:VCALENDAR\r\n", "a;b,c\\n", "\x00\x7f", strings.Repeat("දි", 90), "\u202eevil", uint64(1)<<63, 500)
	both := []*language.Language{nil, languagetest.Mirrored(nil)}
	f.Fuzz(func(t *testing.T, name, title, cycle, policy, who string, seq uint64, days int) {
		first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		d := dueOf(cycle, reformcycle.Deadline{
			ID: policy, Day: date.Of(first), Latest: date.Of(first.AddDate(0, 0, max(0, days%1000))), Says: language.Of("due.policy-expires", "policy", policy),
			Follows: []reformcycle.Consequence{{Says: language.Typed(who)}}, Who: []stakeholders.Candidate{{Name: who}}, Entry: seq,
		})
		d.Title, d.Seq = title, seq
		for _, l := range both {
			file := read(t, calendarOf(t, l, CalendarHead{Name: name}, []portfolio.Due{d}))
			require.Equal(t, draw.First(draw.Plain(name, whole), draw.Plain(l.Say(language.Of("brief.due")), whole)), file.one(t, "NAME"))
			require.Len(t, file.parts, 1)
			require.Contains(t, file.parts[0].one(t, "SUMMARY"), draw.Plain(l.Say(d.Says), whole))
		}
	})
}

func BenchmarkCalendarOfTenThousand(b *testing.B) {
	d := dueOf("a", reformcycle.Deadline{Day: date.MustParse("2026-01-31"), Says: language.Of("due.policy-expires", "policy", "Community Health Strategy"), Follows: []reformcycle.Consequence{{Says: language.Of("follows.policy-expires")}}})
	due := slices.Repeat([]portfolio.Due{d}, 10_000)
	for b.Loop() {
		if err := Calendar(io.Discard, nil, CalendarHead{At: noon}, due); err != nil {
			b.Fatal(err)
		}
	}
}
