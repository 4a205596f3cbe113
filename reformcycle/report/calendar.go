package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file writes deadlines as a file that a calendar program reads.

// CalendarHead is what a calendar file says of itself.
type CalendarHead struct {
	// Name that a calendar program shows; empty for "What is due".
	Name string
	// Host, such as "health.example.org", keeps the events apart from those of others:
	// their ids end with it, so it stays the same. Empty for "chsreform".
	Host string
	// At is the moment of the file, in the years 1 to 9999. Of two files a calendar
	// program takes the one whose events have the later entry, and of the same entry the
	// later moment.
	At time.Time
}

var calendarHost = regexp.MustCompile(`^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$`)

// Calendar writes deadlines, of many cycles or of one ([portfolio.DueIn]), as an iCalendar
// file (RFC 5545), in a language, nil for English. Served at an address it can be followed:
// an event keeps its id while its deadline stands, its sequence is the last entry of its
// cycle, and the file asks to be read again every day.
//
// Each deadline is an event of whole days that keeps nobody from being free, with what
// follows and who could act. One whose day is not known spans all the days that it may be
// on, and says so. Deadlines that are settled are in the file no longer, nor then in the
// calendar. Where nothing is due the file holds a note that says so, for an empty one is
// none.
//
// Errors: [fault.Fields] for no writer, a moment outside its years, and a host that is no
// name of one; what the writer returns.
func Calendar(w io.Writer, l *language.Language, head CalendarHead, due []portfolio.Due) error {
	var wrong fault.Fields
	if at := head.At.UTC(); head.At.IsZero() || at.Year() < 1 || at.Year() > 9999 {
		wrong.Add("head.at", fault.Range, head.At, language.Of("want.moment-years"))
	}
	if head.Host == "" {
		head.Host = "chsreform"
	} else if !calendarHost.MatchString(head.Host) {
		wrong.Add("head.host", fault.Characters, head.Host, language.Of("want.calendar-host", "example", "health.example.org"))
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	c := &calendar{l: l, head: head}
	name := draw.First(draw.Plain(head.Name, whole), c.text(language.Of("brief.due")))
	c.line("BEGIN:VCALENDAR")
	c.line("VERSION:2.0")
	c.line("PRODID:-//chsreform//chsreform//EN")
	c.line("CALSCALE:GREGORIAN")
	c.typed("NAME", name)
	c.line("X-WR-CALNAME:" + calendarEscapes.Replace(name)) // which more programs read
	c.line("REFRESH-INTERVAL;VALUE=DURATION:P1D")
	c.line("X-PUBLISHED-TTL:P1D")
	for i := range due {
		c.event(&due[i])
	}
	if len(due) == 0 {
		c.begin("VJOURNAL", "nothing", 0)
		c.typed("SUMMARY", c.text(language.Of("calendar.nothing")))
		c.line("END:VJOURNAL")
	}
	c.line("END:VCALENDAR")
	return draw.Write(w, c.String())
}

// calendar is a file in the making.
type calendar struct {
	strings.Builder
	l    *language.Language
	head CalendarHead
}

// mostSequence is the greatest that the form has room for.
const mostSequence = math.MaxInt32

// begin opens a component: its id, when it was written, and after which entry.
func (c *calendar) begin(component, id string, seq uint64) {
	sum := sha256.Sum256([]byte(id))
	c.line("BEGIN:" + component)
	c.line("UID:" + hex.EncodeToString(sum[:16]) + "@" + c.head.Host)
	c.line("DTSTAMP:" + c.head.At.UTC().Format("20060102T150405Z"))
	c.line(fmt.Sprintf("SEQUENCE:%d", min(seq, mostSequence)))
}

func (c *calendar) event(d *portfolio.Due) {
	first, last := d.Day.First(), d.Latest.Last()
	c.begin("VEVENT", d.Cycle+"\x00"+d.ID, d.Seq)
	c.line("DTSTART;VALUE=DATE:" + first.Format("20060102"))
	// The end is the day after the last; the last day of the calendar has none.
	if end := last.AddDate(0, 0, 1); !date.Of(end).IsZero() {
		c.line("DTEND;VALUE=DATE:" + end.Format("20060102"))
	} else {
		c.line(fmt.Sprintf("DURATION:P%dD", int(last.Sub(first).Hours()/24)+1))
	}
	id := "calendar.event"
	if d.Overdue {
		id = "calendar.event.overdue"
	}
	cycle := draw.First(draw.Plain(d.Title, draw.NameLimit), draw.Plain(d.Cycle, whole))
	c.typed("SUMMARY", c.text(language.Of(id, "cycle", cycle, "what", d.Says)))
	c.typed("DESCRIPTION", strings.Join(c.describes(d), "\n"))
	c.typed("CATEGORIES", c.text(d.Kind.Told()))
	c.line("TRANSP:TRANSPARENT")
	c.line("END:VEVENT")
}

// describes says all that there is to say of a deadline, a line each.
func (c *calendar) describes(d *portfolio.Due) (lines []string) {
	say := func(id string, args ...any) { lines = append(lines, draw.Sentence(c.text(language.Of(id, args...)))) }
	switch {
	case d.Overdue:
		say("brief.overdue", "since", dayOf(d.Latest.First()))
	case d.Day != d.Latest:
		say("calendar.between", "from", dayOf(d.Day.First()), "to", dayOf(d.Latest.Last()))
	}
	if len(d.Follows) > 0 {
		say("calendar.follows", "what", draw.Each(d.Follows, func(f reformcycle.Consequence) language.Text { return f.Says }))
	}
	if len(d.Who) > 0 {
		say("brief.whom", "who", language.Of("brief.names", "who", draw.Each(d.Who, func(w stakeholders.Candidate) language.Text { return language.Typed(w.Name) })))
	}
	if d.Entry > 0 {
		say("calendar.entry", "cycle", d.Cycle, "entry", d.Entry)
	} else {
		say("calendar.record", "cycle", d.Cycle)
	}
	return lines
}

// text on one line, without what can't be shown.
func (c *calendar) text(t language.Text) string { return draw.Plain(c.l.Say(t), whole) }

// typed is a property that holds a text in the language of the file.
func (c *calendar) typed(property, text string) {
	c.line(property + ";LANGUAGE=" + c.l.Tag() + ":" + calendarEscapes.Replace(text))
}

var calendarEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// lineOctets is the longest that a line may be, without its end.
const lineOctets = 75

// line puts a content line, in as many lines as it needs, and breaks no character.
func (c *calendar) line(text string) {
	most := lineOctets
	for len(text) > most {
		at := most
		for !utf8.RuneStart(text[at]) {
			at--
		}
		c.WriteString(text[:at] + "\r\n ")
		text, most = text[at:], lineOctets-1 // behind the space
	}
	c.WriteString(text + "\r\n")
}
