package web

import (
	"html"
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// This file makes a page of the Markdown that package report writes, and of no more than
// that: headings, paragraphs, lists, tables, strong and stressed words, and a line across.
// Everything else is text, and escaped.

// sheets are the parts of a text between the lines across it.
func sheets(markdown string) (all []template.HTML) {
	m := &markdownReader{}
	var b strings.Builder
	end := func() {
		m.close(&b)
		all = append(all, template.HTML(b.String())) // written here, and escaped
		b.Reset()
	}
	for line := range strings.SplitSeq(markdown, "\n") {
		if line == "---" {
			end()
			continue
		}
		m.line(&b, line)
	}
	end()
	return all
}

// markdownReader reads line by line.
type markdownReader struct {
	// open is the element that is open: "p", "ul", "ol", "table"; "" for none.
	open string
	// text of the paragraph or the item so far.
	text string
	// heads counts headings, for their ids.
	heads int
	// right are the columns of a table that hold figures.
	right []bool
	// row counts those of a table.
	row int
}

var numbered = regexp.MustCompile(`^\d{1,6}\. `)

func (m *markdownReader) line(b *strings.Builder, line string) {
	switch hashes := len(line) - len(strings.TrimLeft(line, "#")); {
	case strings.TrimSpace(line) == "":
		if m.open == "p" || m.open == "table" {
			m.close(b)
		}
	case hashes > 0 && hashes < 5 && strings.HasPrefix(line[hashes:], " "):
		m.close(b)
		m.heads++
		level := strconv.Itoa(hashes)
		b.WriteString("<h" + level + ` id="part-` + strconv.Itoa(m.heads) + `">` + inline(line[hashes+1:]) + "</h" + level + ">\n")
	case strings.HasPrefix(line, "- "):
		m.item(b, "ul", line[2:])
	case numbered.MatchString(line):
		m.item(b, "ol", line[len(numbered.FindString(line)):])
	case strings.HasPrefix(line, "|"):
		m.cells(b, line)
	case (m.open == "ul" || m.open == "ol") && strings.HasPrefix(line, "  "):
		m.text += "\n" + strings.TrimSpace(line)
	case m.open == "p":
		m.text += "\n" + line
	default:
		m.close(b)
		m.open, m.text = "p", line
	}
}

// item begins one of a list.
func (m *markdownReader) item(b *strings.Builder, list, text string) {
	if m.open != list {
		m.close(b)
		m.open = list
		b.WriteString("<" + list + ">\n")
	} else {
		m.flush(b)
	}
	m.text = text
}

// flush writes the item that is open.
func (m *markdownReader) flush(b *strings.Builder) {
	if m.text != "" {
		b.WriteString("<li>" + inline(m.text) + "</li>\n")
		m.text = ""
	}
}

// cells writes a row of a table. The second says on which side each column stands.
func (m *markdownReader) cells(b *strings.Builder, line string) {
	if m.open != "table" {
		m.close(b)
		m.open, m.row, m.right = "table", 0, nil
		b.WriteString(`<div class="table" role="region" tabindex="0" aria-labelledby="part-` + strconv.Itoa(m.heads) + `">` + "\n<table>\n")
	}
	cells := split(line)
	m.row++
	if m.row == 2 {
		for _, cell := range cells {
			m.right = append(m.right, strings.HasSuffix(cell, ":"))
		}
		b.WriteString("<tbody>\n")
		return
	}
	if m.row == 1 {
		b.WriteString("<thead>")
	}
	b.WriteString("<tr>")
	for i, cell := range cells {
		tag := "td"
		switch {
		case m.row == 1:
			tag = `th scope="col"`
		case i == 0:
			tag = `th scope="row"`
		case i < len(m.right) && m.right[i]:
			tag = `td class="figure"`
		}
		b.WriteString("<" + tag + ">" + inline(cell) + "</" + tag[:2] + ">")
	}
	b.WriteString("</tr>")
	if m.row == 1 {
		b.WriteString("</thead>")
	}
	b.WriteString("\n")
}

// split parts the cells of a row at the strokes that are not escaped.
func split(line string) (cells []string) {
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	from, escaped := 0, false
	for i := range len(line) {
		switch {
		case escaped:
			escaped = false
		case line[i] == '\\':
			escaped = true
		case line[i] == '|':
			cells = append(cells, strings.TrimSpace(line[from:i]))
			from = i + 1
		}
	}
	return append(cells, strings.TrimSpace(line[from:]))
}

// close ends what is open.
func (m *markdownReader) close(b *strings.Builder) {
	switch m.open {
	case "p":
		b.WriteString("<p>" + inline(m.text) + "</p>\n")
	case "ul", "ol":
		m.flush(b)
		b.WriteString("</" + m.open + ">\n")
	case "table":
		if m.row > 1 {
			b.WriteString("</tbody>")
		}
		b.WriteString("</table>\n</div>\n")
	}
	m.open, m.text = "", ""
}

// inline is the text of a line, with its strong and stressed words.
func inline(text string) string {
	var b strings.Builder
	var open []string
	toggle := func(tag string) {
		if n := len(open); n > 0 && open[n-1] == tag {
			open = open[:n-1]
			b.WriteString("</" + tag + ">")
			return
		}
		open = append(open, tag)
		b.WriteString("<" + tag + ">")
	}
	for i := 0; i < len(text); {
		switch {
		case text[i] == '\\' && i+1 < len(text) && punctuation(text[i+1]):
			b.WriteString(html.EscapeString(text[i+1 : i+2]))
			i += 2
		case strings.HasPrefix(text[i:], "**"):
			toggle("strong")
			i += 2
		case text[i] == '*':
			toggle("em")
			i++
		default:
			next := strings.IndexAny(text[i+1:], `\*`)
			if next < 0 {
				next = len(text) - i - 1
			}
			b.WriteString(html.EscapeString(text[i : i+1+next]))
			i += 1 + next
		}
	}
	for n := len(open) - 1; n >= 0; n-- {
		b.WriteString("</" + open[n] + ">")
	}
	return b.String()
}

func punctuation(c byte) bool {
	return c > ' ' && c < 0x7f && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
}
