package web

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/country"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file renders pages. A page is templates/NAME.html, which defines "title" and
// "main", inside templates/layout.html; what several pages share stands in
// templates/parts.

//go:embed templates
var embedded embed.FS

// spoken is what addresses and texts depend on: the language, and whether the visitor
// asked for it in the address, so that links have to keep it.
type spoken struct {
	l      *language.Language
	chosen bool
}

// voice is the templates in one language. They are read when they are first asked for.
type voice struct {
	page   *Page
	l      *language.Language
	chosen bool

	once  sync.Once
	pages map[string]*template.Template
	err   error
}

func (v *voice) templates() (map[string]*template.Template, error) {
	v.once.Do(func() { v.pages, v.err = v.read() })
	return v.pages, v.err
}

func (v *voice) read() (map[string]*template.Template, error) {
	base, err := template.New("layout.html").Funcs(v.functions()).ParseFS(embedded, "templates/layout.html", "templates/parts/*.html")
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(embedded, "templates/*.html")
	if err != nil {
		return nil, err
	}
	pages := make(map[string]*template.Template)
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" {
			continue
		}
		one, err := base.Clone()
		if err == nil {
			one, err = one.ParseFS(embedded, file)
		}
		if err != nil {
			return nil, err
		}
		pages[name] = one
	}
	return pages, nil
}

// functions are what templates may call beside their data:
//
//	{{say .Text}}                  a language.Text
//	{{capital .T}} {{sentence .T}} the same with a capital, and as a sentence
//	{{t "web.id" "n" .N}}          a text by its id
//	{{built .Text}}                the language.Text of built-in data
//	{{keys .Source}}               the keys of sources, one by one
//	{{plus 1 2}}                   a sum
//	{{against .Level .Need}}       a level beside the one that is needed
//	{{link "cycle" .ID "at" .On}}  an address (see Page.address)
//	{{routed "record"}}            whether there is such an address
//	{{static "style.css"}}         the address of a file of ours
//	{{day .On}}                    a date.Date or a time.Time in words; "" for none
//	{{number .X}} {{percent .X}}   figures
//	{{names .List}}                a, b and c
//	{{country .Code}}              the name of a country, where it is an ISO code
//	{{tiers}}                      all tiers
//	{{asked}}                      the language that a form has to keep; "" for none
//	{{dict "a" .A "b" .B}}         what a shared part is given
func (v *voice) functions() template.FuncMap {
	return template.FuncMap{
		"say":     v.l.Say,
		"t":       func(id string, args ...any) string { return v.l.Say(language.Of(id, args...)) },
		"text":    language.Of,
		"built":   language.Built,
		"keys":    keysOf,
		"against": assessment.Level.Against,
		"plus":    func(a, b int) int { return a + b },
		"link":    v.link,
		"routed":  func(name string) bool { _, there := v.page.route(name); return there },
		"static":  func(file string) (string, error) { return v.page.static(file) },
		"lang":    v.l.Tag,
		"dir":     func() string { return direction(v.l) },
		"day":     v.day,
		"number":  func(x any) string { return v.l.Number(float(x)) },
		"percent": func(x float64) string { return v.l.Percent(x, 0) },
		"names":   v.l.List,
		"dict":    dict,
		"country": func(code string) string { return country.Name(v.l, code) },
		"tiers": func() []reformcycle.Tier {
			return []reformcycle.Tier{reformcycle.National, reformcycle.Region, reformcycle.District, reformcycle.FacilityArea, reformcycle.CommunityTier, reformcycle.Subnational}
		},
		"asked": func() string {
			if v.chosen {
				return v.l.Tag()
			}
			return ""
		},
		"capital":  func(t language.Text) string { return draw.Capital(v.l.Say(t)) },
		"sentence": func(t language.Text) string { return draw.Sentence(draw.Capital(v.l.Say(t))) },
	}
}

func direction(l *language.Language) string {
	if l.RightToLeft() {
		return "rtl"
	}
	return "ltr"
}

func float(x any) float64 {
	switch x := x.(type) {
	case int:
		return float64(x)
	case uint64:
		return float64(x)
	case float64:
		return x
	}
	return 0
}

// day tells a date in words.
func (v *voice) day(on any) (string, error) {
	switch on := on.(type) {
	case time.Time:
		if on.IsZero() {
			return "", nil
		}
		return v.l.Date(date.Of(on).String()), nil
	case date.Date:
		if on.IsZero() {
			return "", nil
		}
		return v.l.Date(on.String()), nil
	}
	return "", lacking("date", on)
}

func dict(pairs ...any) (map[string]any, error) {
	d := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, is := pairs[i].(string)
		if !is {
			return nil, lacking("name", pairs[i])
		}
		d[name] = pairs[i+1]
	}
	return d, nil
}

// frame is what the layout shows around a page.
type frame struct {
	// Data of the page.
	Data any
	// Cycle, its title and the way around it, where the page is about one.
	Cycle, Title string
	Tabs         []tab
	Languages    []offered
	Visitor      string
	Script       bool
	// AsOf is the day that the visitor looks back to, and Today where that ends.
	AsOf  date.Date
	Today string
}

// tab leads from one page to another.
type tab struct {
	Text string
	At   string
	Here bool
}

// offered is a language that the page can be read in.
type offered struct {
	Tag, Dir, Name, At string
	Here               bool
}

// render renders a page and sends it.
func (v *visit) render(name string, data any) error { return v.renderAs(http.StatusOK, name, data) }

// renderAs is render with another status.
func (v *visit) renderAs(status int, name string, data any) error {
	pages, err := v.voice.templates()
	if err != nil {
		return err
	}
	page, there := pages[name]
	if !there {
		return lacking("template", name)
	}
	around, err := v.frame(data)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, "layout.html", around); err != nil {
		return err
	}
	return v.send(status, "text/html; charset=utf-8", b.Bytes())
}

func (v *visit) frame(data any) (frame, error) {
	f := frame{Data: data, Visitor: v.visitor.Name, Script: v.script}
	var args []any
	if v.opened.ID() != "" {
		f.Cycle, f.Title = v.opened.ID(), cmp.Or(v.opened.Title(), v.opened.ID())
		args = []any{v.id, "at", v.r.URL.Query().Get("at")}
	}
	for _, r := range v.page.routes {
		if r.tab == "" || r.ofCycle() != (f.Cycle != "") || r.acts && v.rights == Look {
			continue
		}
		at, err := v.voice.link(r.name, args...)
		if err != nil {
			return f, err
		}
		f.Tabs = append(f.Tabs, tab{Text: v.l.Say(language.Of(r.tab)), At: at, Here: r.name == v.route.name})
	}
	if !v.asOf.IsZero() && f.Cycle != "" {
		query := v.r.URL.Query()
		query.Del("at")
		f.AsOf, f.Today = v.asOf, v.r.URL.EscapedPath()
		if len(query) > 0 {
			f.Today += "?" + query.Encode()
		}
	}
	for _, l := range v.page.languages {
		if len(v.page.languages) == 1 {
			break
		}
		at := v.here(l.Tag())
		if v.route.path == "" || v.route.ofCycle() && v.opened.ID() == "" {
			at = v.page.prefix + "?lang=" + l.Tag() // as an error page, which tells nothing of where it stands
		}
		f.Languages = append(f.Languages, offered{Tag: l.Tag(), Dir: direction(l), Name: l.Say(language.Of("web.language")), At: at, Here: l == v.l})
	}
	return f, nil
}
