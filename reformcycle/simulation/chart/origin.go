package chart

// What every picture says of itself: where its numbers come from, and that they
// are no forecast. And what is refused.

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// origin stands at the foot of each picture, so that whoever finds it can ask for
// the numbers again.
type origin struct {
	scenario, digest string
	policy           string // of the whole picture; empty where its parts have their own
	runs, seed       uint64 // runs 1 or more
	note             string // what else the reader should know
}

func originOf(l *language.Language, s simulation.Summary) origin {
	return origin{s.Name(), s.Digest(), l.Say(told(s.Policy(), sixDigits)), s.Runs(), s.Seed(), ""}
}

// check refuses what a host put together and no simulation has answered.
func (o origin) check(f *fault.Fields) {
	if draw.Plain(o.scenario, draw.NameLimit) == "" {
		f.Add("scenario", fault.Required, o.scenario, language.Of("want.chart-scenario"))
	}
	if d, err := hex.DecodeString(o.digest); o.digest != "" && (err != nil || len(d) < shownDigest/2 || o.digest != strings.ToLower(o.digest)) {
		f.Add("digest", fault.Characters, o.digest, language.Of("want.chart-digest", "n", shownDigest))
	}
	if o.runs == 0 {
		f.Add("runs", fault.Range, 0, language.Of("want.or-more", "limit", 1))
	}
}

const (
	// shownDigest is how many digits of a digest a picture shows.
	shownDigest = 12
	noteLimit   = 400
)

// level is that of the intervals.
const level = simulation.Confidence

// say tells the origin in sentences; what is the text that says how many runs there are,
// and what of.
func (o origin) say(l *language.Language, what string) string {
	all := []language.Text{language.Of(what, "n", o.runs, "seed", strconv.FormatUint(o.seed, 10))}
	scenario := draw.Plain(o.scenario, draw.NameLimit)
	if o.digest == "" {
		all = append(all, language.Of("chart.scenario", "scenario", scenario))
	} else {
		all = append(all, language.Of("chart.scenario-of", "scenario", scenario, "digest", o.digest[:shownDigest]))
	}
	if s := draw.Plain(o.policy, noteLimit); s != "" {
		all = append(all, language.Of("chart.policy", "policy", s))
	}
	return l.Paragraph(all)
}

// footnotes are what stands at the foot of a page: what the picture adds, then the
// origin.
func (o origin) footnotes(l *language.Language, what string, notes ...string) []string {
	return append(notes, draw.Plain(o.note, noteLimit), o.say(l, what))
}

// The fillings: tints of [draw.Blue], and textures, which tell the same without
// colour.
const (
	tint  = "#A9CFE8"
	faint = "#D9EAF5"
)

type page struct{ *draw.Page }

// begin opens a page and writes its head; it gives where the rest begins.
func begin(s draw.Sheet, what string) (*page, float64) {
	s.Basis = s.In.Say(language.Of("chart.disclaimer"))
	p := &page{draw.Begin(s)}
	return p, p.Head(what)
}

// foot is where the footnotes have to begin so that all of them have room.
func (p *page) foot(notes []string) float64 { return p.On.Height - 2 - p.Foot(notes...) }

func (p *page) end(y float64, notes []string) string {
	p.Notes(y, notes...)
	return p.End()
}

func (p *page) hatched() string { return p.Hatched(6, 2, draw.Peach, draw.Rust) }
func (p *page) dotted() string  { return p.Dotted(draw.White) }

// interval explains the sign of the intervals.
func (p *page) interval() draw.Sign {
	return draw.Sign{Text: p.Say("chart.interval", "level", level), Draw: p.WhiskerSign}
}

// named is a name as it is drawn, or that there is none.
func named(l *language.Language, name string) string {
	return draw.First(draw.Plain(name, draw.NameLimit), l.Say(language.Of("picture.no-name")))
}

// Limits of what is drawn. Larger numbers come of no simulation here; between them
// an axis has room for its figures.
const (
	largest = 1e12
	slack   = 1e-9 // that rounding may put a share outside 0 to 1
)

// estimate accepts an estimate in a range, up to rounding. It may lie outside its
// interval, as it may where that is a bootstrap's.
func estimate(f *fault.Fields, path string, at float64, in assessment.Interval, low, high float64) {
	ok := true
	for _, v := range []struct {
		field string
		value float64
	}{{".at", at}, {".low", in.Low}, {".high", in.High}} {
		if !(v.value >= low-slack && v.value <= high+slack) { // written so that NaN fails
			ok = f.Number(path+v.field, v.value, low, high)
		}
	}
	if ok && in.Low > in.High {
		f.Add(path+".low", fault.Order, in.Low, language.Of("want.or-less", "limit", draw.Digits(in.High, sixDigits)))
	}
}

func measured(f *fault.Fields, path string, e simulation.Estimate, m simulation.Metric) {
	if m.Numeric() {
		estimate(f, path, e.At, e.Interval, -largest, largest)
		return
	}
	estimate(f, path, e.At, e.Interval, 0, 1)
}

// some refuses an empty list, and one that is too long.
func some(f *fault.Fields, path string, n, most int) {
	if n == 0 {
		f.Add(path, fault.Required, nil, language.Of("want.sim-count", "low", 1, "high", most))
	}
	f.Count(path, n, most)
}

func summary(f *fault.Fields, path string, s simulation.Summary) {
	if s.Runs() == 0 {
		f.Add(path, fault.Required, nil, language.Of("want.sim-summary"))
	}
}

// place refuses what is not the place of one of so many.
func place(f *fault.Fields, path string, at, n int) {
	if at < 0 || at >= n {
		f.Add(path, fault.Exists, at, language.Of("want.sim-place", "n", n))
	}
}

// words are what a metric gives: "months to launch".
func words(m simulation.Metric) language.Text {
	if m.Numeric() {
		return m.Told()
	}
	return language.Of("chart.share", "metric", m.Told())
}

// told names a policy, with the parameters that have not the default of the
// built-in policy of that name, such as "rush to launch (met=0.1)". Of another
// policy no default is known, and all are named. Numbers have so many digits, or
// all of theirs for -1.
func told(s simulation.Identity, digits int) language.Text {
	name, set := simulation.Identity{Name: s.Name, Waves: s.Waves}.Told(), settings(s, digits)
	if set == nil {
		return name
	}
	return language.Of("policy.set", "policy", name, "settings", set)
}

func settings(s simulation.Identity, digits int) (set []string) {
	usual := map[string]float64{}
	if built, err := simulation.NewPolicy(s.Name, nil); err == nil {
		for _, p := range built.Parameters() {
			usual[p.Name] = p.Value
		}
	}
	for _, p := range s.Parameters {
		if v, known := usual[p.Name]; !known || v != p.Value {
			set = append(set, p.Name+"="+draw.Digits(p.Value, digits))
		}
	}
	return set
}

// sixDigits are as many as a number has room for.
const sixDigits = 6

// value writes a number of an assumption, whatever its size is.
func value(l *language.Language, v float64) string {
	plain := draw.Digits(v, sixDigits)
	if strings.Contains(plain, "e") {
		return plain
	}
	_, decimals, _ := strings.Cut(plain, ".")
	return draw.Figures(l, v, len(decimals))
}

// called tells policies that stand side by side; all is a sentence about the
// parameters that they share where all are variants of one, as in a sweep. Where
// six digits would make two of them one, numbers have all of theirs.
func called(l *language.Language, policies []simulation.Identity) (names []string, all []language.Text) {
	var shared []simulation.Setting
	if len(policies) > 1 {
		first := policies[0]
		for _, p := range first.Parameters {
			if !slices.ContainsFunc(policies, func(o simulation.Identity) bool { return o.Name != first.Name || !slices.Contains(o.Parameters, p) }) {
				shared = append(shared, p)
			}
		}
		if set := settings(simulation.Identity{Name: first.Name, Parameters: shared}, sixDigits); set != nil {
			all = append(all, language.Of("chart.shared", "settings", set))
		}
	}
	for _, digits := range []int{sixDigits, -1} {
		names = nil
		for _, s := range policies {
			own := slices.DeleteFunc(slices.Clone(s.Parameters), func(p simulation.Setting) bool { return slices.Contains(shared, p) })
			names = append(names, l.Say(told(simulation.Identity{Name: s.Name, Parameters: own, Waves: s.Waves}, digits)))
		}
		if sorted := slices.Sorted(slices.Values(names)); len(slices.Compact(sorted)) == len(names) {
			break
		}
	}
	return names, all
}
