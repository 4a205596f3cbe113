package story

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// Assumed is the key of the source of everything illustrative. Every story has
// it without listing it.
const Assumed = "assumed"

var assumed = Source{Key: Assumed, Citation: "assumed for this walk"}

// Story is a country's reform as a sequence of chapters.
type Story struct {
	// Cycle is the id of the reform cycle.
	Cycle   string
	Title   string
	Country string
	// Sources that the chapters name by key; Assumed comes last.
	Sources  []Source
	Chapters []Chapter
}

// Source is where a fact can be looked up.
type Source struct {
	Key      string `json:"key"`
	Citation string `json:"citation"`
	// Link is a DOI or a place on the web.
	Link string `json:"link"`
}

// String gives the citation and the link.
func (s Source) String() string {
	if s.Link == "" {
		return s.Citation
	}
	return s.Citation + " (" + s.Link + ")"
}

// Chapter is what happened at one time, and what it changes in the cycle.
type Chapter struct {
	// At is the moment that the cycle is given.
	At time.Time
	// Precision is the date as far as it is known, such as "March 2018".
	Precision string
	// By is the author of the changes.
	By   string
	What string
	// Sources are keys of the story's sources.
	Sources []string
	Basis   assessment.Basis
	Changes []reformcycle.Change
	// Blocked: the chapter is a move that has to be refused.
	Blocked bool
}

// Move is the move that the chapter makes or tries, and whether there is one.
func (c Chapter) Move() (reformcycle.Move, bool) {
	for _, change := range c.Changes {
		if move, ok := change.(reformcycle.Move); ok {
			return move, true
		}
	}
	return nil, false
}

//go:embed data/*.json
var files embed.FS

// Liberia tells of the National Community Health Assistant Program, from the
// window of 2014–2016 to the second lap in 2023.
func Liberia() (*Story, error) { return builtIn("liberia") }

// Uganda tells of the Community Health Extension Workers: a launch before the
// mandate, and the mandate rescinded.
func Uganda() (*Story, error) { return builtIn("uganda") }

// Bangladesh tells of the pilot in Barishal District, a subnational cycle.
func Bangladesh() (*Story, error) { return builtIn("bangladesh") }

// All gives the built-in stories, by the name of their country.
func All() ([]*Story, error) {
	var all []*Story
	for _, read := range []func() (*Story, error){Bangladesh, Liberia, Uganda} {
		s, err := read()
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func builtIn(country string) (*Story, error) {
	data, err := files.ReadFile("data/" + country + ".json")
	if err != nil {
		return nil, err
	}
	s, err := Read(data)
	if err != nil {
		return nil, fmt.Errorf("%s.json: %w", country, err)
	}
	return s, nil
}

// The JSON form of a story.
type (
	storyFile struct {
		Cycle    string        `json:"cycle"`
		Title    string        `json:"title"`
		Country  string        `json:"country"`
		Sources  []Source      `json:"sources"`
		Chapters []chapterFile `json:"chapters"`
	}
	chapterFile struct {
		At        string           `json:"at"`
		Precision string           `json:"precision"`
		By        string           `json:"by"`
		What      string           `json:"what"`
		Sources   []string         `json:"sources"`
		Basis     assessment.Basis `json:"basis"`
		Expect    string           `json:"expect"`
		Changes   []changeFile     `json:"changes"`
	}
	changeFile struct {
		Kind reformcycle.Kind `json:"kind"`
		Data json.RawMessage  `json:"data"`
	}
)

// Read reads a story. It refuses fields that it does not know, a chapter
// without a date, a source or a basis, a source that is not listed, a change
// that no cycle would take, evidence of another basis than its chapter's, and
// assumptions that do not say that they are. Errors name the chapter and the
// change.
func Read(data []byte) (*Story, error) {
	var f storyFile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("reading the story: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading the story: more after its end")
	}
	s := &Story{Cycle: f.Cycle, Title: f.Title, Country: f.Country, Sources: append(f.Sources, assumed)}
	if err := errors.Join(says("cycle", f.Cycle), says("title", f.Title), says("country", f.Country)); err != nil {
		return nil, err
	}
	for i, source := range s.Sources {
		if err := errors.Join(says("key", source.Key), says("citation", source.Citation)); err != nil {
			return nil, fmt.Errorf("source %d: %w", i+1, err)
		}
		if slices.ContainsFunc(s.Sources[:i], func(other Source) bool { return other.Key == source.Key }) {
			return nil, fmt.Errorf("source %q is listed twice, or is the built-in one", source.Key)
		}
	}
	if len(f.Chapters) == 0 {
		return nil, errors.New("the story has no chapters")
	}
	for i, c := range f.Chapters {
		chapter, err := s.chapter(c)
		if err != nil {
			return nil, fmt.Errorf("chapter %d (%s): %w", i+1, c.Precision, err)
		}
		if i > 0 && chapter.At.Before(s.Chapters[i-1].At) {
			return nil, fmt.Errorf("chapter %d (%s): it comes before the chapter it follows, of %s", i+1, c.Precision, f.Chapters[i-1].At)
		}
		s.Chapters = append(s.Chapters, chapter)
	}
	return s, nil
}

// says refuses a field that is left empty.
func says(field, text string) error {
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("%s is missing", field)
	}
	return nil
}

// chapter makes a chapter of its JSON form.
func (s *Story) chapter(f chapterFile) (Chapter, error) {
	c := Chapter{Precision: f.Precision, By: f.By, What: f.What, Sources: f.Sources, Basis: f.Basis}
	if err := errors.Join(says("precision", f.Precision), says("by", f.By), says("what", f.What)); err != nil {
		return c, err
	}
	var err error
	if c.At, err = time.Parse(time.DateOnly, f.At); err != nil {
		return c, fmt.Errorf("at: got %q, want a day such as 2018-03-31", f.At)
	}
	if !within(c.At.Year(), f.Precision) {
		return c, fmt.Errorf("at: %s is outside %q", f.At, f.Precision)
	}
	if err := s.sourced(c); err != nil {
		return c, err
	}
	if len(f.Changes) == 0 {
		return c, errors.New("changes are missing: a chapter changes something, or tries to")
	}
	moves := 0
	for i, change := range f.Changes {
		decoded, err := s.change(c, change)
		if err != nil {
			return c, fmt.Errorf("change %d (%s): %w", i+1, change.Kind, err)
		}
		if _, ok := decoded.(reformcycle.Move); ok {
			moves++
		}
		c.Changes = append(c.Changes, decoded)
	}
	switch {
	case moves > 1:
		return c, fmt.Errorf("it makes %d moves; one at most", moves)
	case f.Expect == "":
	case f.Expect != "blocked":
		return c, fmt.Errorf("expect: got %q, want \"blocked\" or nothing", f.Expect)
	case moves != 1 || len(f.Changes) != 1:
		return c, errors.New("expect: a blocked chapter holds one move and nothing else")
	default:
		c.Blocked = true
	}
	return c, nil
}

var year = regexp.MustCompile(`\b[12]\d{3}\b`)

// within reports whether a year is among those that a precision spans.
func within(y int, precision string) bool {
	first, last := 0, 0
	for _, text := range year.FindAllString(precision, -1) {
		n, _ := strconv.Atoi(text)
		if first == 0 {
			first = n
		}
		last = n
	}
	return first != 0 && first <= y && y <= last
}

// sourced refuses a chapter that does not say where it is from.
func (s *Story) sourced(c Chapter) error {
	if !c.Basis.Valid() {
		return errors.New(`basis: want "documented" or "illustrative"`)
	}
	if len(c.Sources) == 0 {
		return errors.New("sources are missing")
	}
	for _, key := range c.Sources {
		if _, err := s.cite(key); err != nil {
			return err
		}
	}
	switch assumes := slices.Contains(c.Sources, Assumed); {
	case c.Basis == assessment.Documented && assumes:
		return errors.New("sources: what is assumed is not documented")
	case c.Basis == assessment.Illustrative && !assumes:
		return fmt.Errorf("sources: what is illustrative names the source %q", Assumed)
	}
	return nil
}

// cite gives the citations of the sources that a text names by their keys.
func (s *Story) cite(keys string) (string, error) {
	var cited []string
	for key := range strings.SplitSeq(keys, ", ") {
		i := slices.IndexFunc(s.Sources, func(source Source) bool { return source.Key == key })
		if i < 0 {
			return "", fmt.Errorf("source %q is not listed", key)
		}
		cited = append(cited, s.Sources[i].String())
	}
	return strings.Join(cited, "; "), nil
}

// change decodes a change, holds it against its chapter and puts the citations
// in the place of the keys.
func (s *Story) change(c Chapter, f changeFile) (reformcycle.Change, error) {
	change, err := reformcycle.DecodeChange(f.Kind, f.Data)
	if err != nil {
		return nil, err
	}
	evidence := func(e *assessment.Evidence) {
		if e == nil || err != nil {
			return
		}
		if e.Basis != c.Basis {
			err = fmt.Errorf("evidence: it is %s in a chapter that is %s", e.Basis, c.Basis)
			return
		}
		if err = c.names(e.Source); err == nil {
			e.Source, err = s.cite(e.Source)
		}
	}
	source := func(keys *string) {
		if err = c.names(*keys); err == nil {
			*keys, err = s.cite(*keys)
		}
	}
	illustrative := func(field, text string) {
		if err == nil && !strings.Contains(strings.ToLower(text), "illustrative") {
			err = fmt.Errorf("%s: it has to say that it is illustrative; got %q", field, text)
		}
	}
	switch change := change.(type) {
	case reformcycle.FrameProblem:
		if change.Problem.Evidence == nil {
			return nil, errors.New("evidence is missing")
		}
		evidence(change.Problem.Evidence)
		return change, err
	case reformcycle.OpenWindow:
		source(&change.Window.Source)
		return change, err
	case reformcycle.EngageActor:
		illustrative("note", change.Actor.Note)
		for _, commitment := range change.Actor.Commitments {
			committed(c, commitment, illustrative)
		}
		return change, err
	case reformcycle.TakePosition:
		illustrative("reason", change.Reason)
		return change, err
	case reformcycle.Commit:
		committed(c, change.Commitment, illustrative)
		return change, err
	case reformcycle.ProposeSolution:
		source(&change.Solution.Source)
		return change, err
	case reformcycle.RecordPilot:
		evidence(&change.Pilot.Evidence)
		return change, err
	case reformcycle.AppraiseSolution:
		evidence(&change.Expectation.Evidence)
		return change, err
	case reformcycle.Rate:
		evidence(&change.Evidence)
		return change, err
	case reformcycle.ReportRollout:
		source(&change.Source)
		return change, err
	case reformcycle.EstablishBody:
		source(&change.Body.Source)
		return change, err
	case reformcycle.HoldReview:
		source(&change.Review.Source)
		return change, err
	case reformcycle.Adapt:
		source(&change.Adaptation.Source)
		return change, err
	default:
		return change, nil
	}
}

// committed asks a commitment that is not documented to say so.
func committed(c Chapter, commitment stakeholders.Commitment, illustrative func(field, text string)) {
	if c.Basis == assessment.Illustrative {
		illustrative("commitment.note", commitment.Note)
	}
}

// names refuses sources, by their keys, that the chapter itself does not name.
func (c Chapter) names(keys string) error {
	for key := range strings.SplitSeq(keys, ", ") {
		if !slices.Contains(c.Sources, key) {
			return fmt.Errorf("source %q is not one of the chapter's: %s", key, strings.Join(c.Sources, ", "))
		}
	}
	return nil
}
