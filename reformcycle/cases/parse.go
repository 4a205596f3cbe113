package cases

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file reads a case and holds it against the rules of one.

// MaxBytes is the largest file that Parse reads: 1 MiB.
const MaxBytes = 1 << 20

// The JSON form of a case, where it differs from the case: changes.
type (
	caseFile struct {
		Case
		Begin    *Beginning    `json:"begin"`
		Chapters []chapterFile `json:"chapters"`
	}
	chapterFile struct {
		Chapter
		Changes []changeFile `json:"changes"`
	}
	changeFile struct {
		Kind reformcycle.Kind `json:"kind"`
		Data json.RawMessage  `json:"data"`
	}
)

// Parse reads a case and tells it once, so that what it gives can be told again. It
// refuses, beside what [fault.ReadJSON] refuses: a text that is blank; a date outside
// its precision, or before the one that it follows; a source that is not listed; what
// is documented and assumed, or illustrative and does not say so; a chapter that
// changes nothing or moves twice; a change that is no change, that rests on another
// source or basis than its chapter, or that the cycle does not take; a move that
// should be blocked and is not; of a case of one paper what does not say where it
// stands in it; codes that no built-in rule has; a judgement that is listed twice.
//
// Errors: [fault.Fields], with paths such as "chapters[2].changes[0].data.actor.name"
// and with lines. What a cycle does not take is told once all else is sound.
func Parse(data []byte) (Case, error) { return read(data, nil) }

// read reads a case that is told in a language.
func read(data []byte, l *language.Language) (Case, error) {
	f := caseFile{Case: Case{l: l}}
	if err := fault.ReadJSON(data, MaxBytes, &f, func() fault.Fields { return f.check() }); err != nil {
		return Case{}, err
	}
	if wrong := f.try(); wrong != nil { // for its lines
		return Case{}, fault.ReadJSON(data, MaxBytes, new(caseFile), func() fault.Fields { return wrong })
	}
	return f.Case, nil
}

// reader makes a case of its file and collects what is wrong.
type reader struct {
	fault.Fields
	of *Case
}

// standIn takes the place of a text that is refused, so that the changes which rest
// on it are not refused for it again.
const standIn = "refused"

var (
	letters = regexp.MustCompile(`^[A-Za-z0-9-]{1,128}$`)
	year    = regexp.MustCompile(`\b[12]\d{3}\b`)
)

func (f *caseFile) check() fault.Fields {
	c := &f.Case
	r := reader{of: c}
	if !letters.MatchString(c.ID) {
		r.Add("id", fault.Characters, c.ID, language.Of("want.case-id"))
	}
	r.Text("country", c.Country, fault.ID)
	r.Text("title", c.Title, fault.Name)
	r.sources()
	var before *Chapter
	if f.Begin != nil {
		c.Beginning = r.begin(f.Begin)
		before = &Chapter{On: c.Beginning.On, Precision: c.Beginning.Precision}
	} else if c.Paper != nil {
		r.Add("begin", fault.Required, nil, language.Of("want.case-begin"))
	}
	if len(f.Chapters) == 0 {
		r.Add("chapters", fault.Required, nil, language.Of("want.case-chapters"))
	}
	for i := range f.Chapters {
		chapter := &f.Chapters[i]
		path := fault.At("chapters", i)
		if i == 0 && before != nil && (!chapter.On.IsZero() || chapter.Precision != "") {
			r.Add(path+".on", "first", chapter.On.String(), language.Of("want.case-first"))
		} else {
			r.date(path, chapter, before)
		}
		r.chapter(path, chapter)
		before = &chapter.Chapter
		c.Chapters = append(c.Chapters, *before)
	}
	r.judgements()
	for i, note := range c.Notes {
		r.Text(fault.At("notes", i), note, fault.Text)
	}
	return r.Fields
}

func (r *reader) sources() {
	if paper := r.of.Paper; paper != nil {
		r.source("paper", *paper)
		r.Text("paper.link", paper.Link, fault.Text)
		r.Text("paper.seen", paper.Seen, fault.Text)
		if len(r.of.Sources) > 0 {
			r.Add("sources", fault.Length, len(r.of.Sources), language.Of("want.case-one-paper"))
		}
	}
	keys := []string{Assumed}
	for i, s := range r.of.Sources {
		path := fault.At("sources", i)
		r.source(path, s)
		if slices.Contains(keys, s.Key) {
			r.Add(path+".key", fault.Unique, s.Key, language.Of("want.case-key", "assumed", Assumed))
		}
		keys = append(keys, s.Key)
	}
}

func (r *reader) source(path string, s assessment.Source) {
	r.Text(path+".key", s.Key, fault.ID)
	r.Text(path+".citation", s.Citation, fault.Text)
}

// passage refuses one that says nothing; of a paper, one that does not say where.
func (r *reader) passage(path string, p Passage) {
	where := fault.Note
	if r.of.Paper != nil {
		where = fault.Text
	}
	r.Text(path+".says", p.Says, fault.Text)
	r.Text(path+".where", p.Where, where)
}

func (r *reader) begin(f *Beginning) *Beginning {
	if f.Stage == 0 {
		r.Add("begin.stage", fault.Required, nil, language.Of("want.case-stage"))
	}
	r.on("begin", f.On, f.Precision)
	r.passage("begin.rests", f.Rests)
	return f
}

// date gives a chapter its date: its own, or that of the one before.
func (r *reader) date(path string, f *chapterFile, before *Chapter) {
	if f.On.IsZero() && f.Precision == "" && before != nil {
		f.On, f.Precision = before.On, before.Precision
		return
	}
	r.on(path, f.On, f.Precision)
	if before != nil && f.On.Before(before.On) == date.Yes {
		r.Add(path+".on", fault.Order, f.On.String(), language.Of("want.case-order", "before", before.On.String()))
	}
}

// on holds a date against what is said of it.
func (r *reader) on(path string, on date.Date, precision string) {
	if on.IsZero() {
		r.Add(path+".on", fault.Required, nil, language.Of("want.case-on"))
		return
	}
	// Of a span the years are the first and the last.
	years, own := year.FindAllString(precision, -1), on.String()[:4]
	if precision != "" && (len(years) == 0 || own < years[0] || own > years[len(years)-1]) {
		r.Add(path+".precision", fault.Range, precision, language.Of("want.case-precision", "year", own))
	}
}

// chapter reads what a chapter says, on whose word, and what it changes.
func (r *reader) chapter(path string, f *chapterFile) {
	c := &f.Chapter
	r.attributed(path, c)
	if len(f.Changes) == 0 {
		r.Add(path+".changes", fault.Required, nil, language.Of("want.case-changes"))
	}
	moves := 0
	for i, written := range f.Changes {
		change := r.change(path+"."+fault.At("changes", i), written, c)
		if change == nil {
			continue
		}
		if _, is := change.(reformcycle.Move); is {
			moves++
		}
		c.Changes = append(c.Changes, change)
	}
	switch {
	case moves > 1:
		r.Add(path+".changes", "moves", moves, language.Of("want.case-one-move"))
	case c.Blocked && len(c.Changes) == len(f.Changes) && (moves != 1 || len(c.Changes) != 1):
		r.Add(path+".blocked", "moves", len(c.Changes), language.Of("want.case-move-alone"))
	}
}

// attributed checks what a chapter says and on whose word. Of a paper it is the
// paper's, documented, where the chapter does not say so itself. What is refused has a
// stand-in.
func (r *reader) attributed(path string, c *Chapter) {
	if paper := r.of.Paper; paper != nil {
		if c.By == "" {
			c.By = paper.Key
		}
		if c.Sources == nil {
			c.Sources = []string{paper.Key}
		}
		if c.Basis == "" {
			c.Basis = assessment.Documented
		}
	} else {
		r.Text(path+".by", c.By, fault.ID)
	}
	r.passage(path, c.Passage)
	if fault.Text.Broken(c.Says) != "" {
		c.Says = standIn
	}
	if len(c.Sources) == 0 {
		r.Add(path+".sources", fault.Required, nil, language.Of("want.case-sources"))
	}
	for i, key := range c.Sources {
		if _, known := r.of.Source(key); !known {
			r.Add(path+"."+fault.At("sources", i), fault.Exists, key, language.Of("want.case-source"))
		}
	}
	switch assumes := slices.Contains(c.Sources, Assumed); {
	case !c.Basis.Valid():
		r.Add(path+".basis", fault.Known, string(c.Basis), fault.OneOf([]assessment.Basis{assessment.Documented, assessment.Illustrative}))
		c.Basis = assessment.Documented
	case c.Basis == assessment.Documented && assumes:
		r.Add(path+".sources", "basis", Assumed, language.Of("want.case-not-assumed"))
	case c.Basis == assessment.Illustrative && !assumes:
		r.Add(path+".sources", "basis", strings.Join(c.Sources, ", "), language.Of("want.case-assumed", "assumed", Assumed))
	}
}

// change decodes a change; nil where it is none.
func (r *reader) change(path string, f changeFile, c *Chapter) reformcycle.Change {
	change, err := reformcycle.DecodeChange(f.Kind, r.attribute(path+".data", f, c))
	if err != nil {
		if _, known := errors.AsType[*reformcycle.ChangeError](err); known {
			path += ".data"
		}
		r.Under(path, refusal(err))
		return nil
	}
	if r.of.Paper == nil && r.of.l == nil { // the word is looked for in English
		r.standing(path+".data", change, c)
	}
	return change
}

// standing asks a walk to say that where an actor stands is assumed, for no source
// gives it on a scale, and so of a commitment that is not documented.
func (r *reader) standing(path string, change reformcycle.Change, c *Chapter) {
	illustrative := func(field, text string) {
		if !strings.Contains(strings.ToLower(text), "illustrative") {
			r.Add(path+field, "illustrative", text, language.Of("want.case-illustrative"))
		}
	}
	committed := func(field string, commitment stakeholders.Commitment) {
		if c.Basis == assessment.Illustrative {
			illustrative(field+".note", commitment.Note)
		}
	}
	switch change := change.(type) {
	case reformcycle.EngageActor:
		illustrative(".actor.note", change.Actor.Note)
		for i, commitment := range change.Actor.Commitments {
			committed(fault.At(".actor.commitments", i), commitment)
		}
	case reformcycle.TakePosition:
		illustrative(".reason", change.Reason)
	case reformcycle.Commit:
		committed(".commitment", change.Commitment)
	}
}

// rests says where a change names what it rests on: under which field, and as
// what.
var rests = map[reformcycle.Kind]struct{ under, as string }{
	reformcycle.KindFrameProblem:     {"problem", "evidence"},
	reformcycle.KindRecordPilot:      {"pilot", "evidence"},
	reformcycle.KindAppraiseSolution: {"appraisal", "evidence"},
	reformcycle.KindRate:             {"", "evidence"},
	reformcycle.KindSurveyProgrammes: {"survey", "evidence"},
	reformcycle.KindOpenWindow:       {"window", "source"},
	reformcycle.KindProposeSolution:  {"solution", "source"},
	reformcycle.KindReportRollout:    {"", "source"},
	reformcycle.KindEstablishBody:    {"body", "source"},
	reformcycle.KindHoldReview:       {"review", "source"},
	reformcycle.KindAdapt:            {"adaptation", "source"},
	reformcycle.KindObserveStrategy:  {"", "source"},
	reformcycle.KindDevolve:          {"devolution", "source"},
	reformcycle.KindAdoptPolicy:      {"policy", "source"},
	reformcycle.KindDepart:           {"departure", "source"},
	reformcycle.KindEngageActor:      {"actor", "note"},
}

// object is a JSON object, each member as it was written.
type object map[string]json.RawMessage

// attribute has a change rest on its chapter, as far as it does not say itself what
// it rests on, and puts citations in the place of keys. What has not the form of its
// kind is left for DecodeChange to refuse.
func (r *reader) attribute(path string, f changeFile, c *Chapter) json.RawMessage {
	place, ok := rests[f.Kind]
	if !ok {
		return f.Data
	}
	fill := func(path string, o object) {
		switch place.as {
		case "source":
			r.cite(path, o, c)
		case "note":
			o.fill("note", c.Says)
		case "evidence":
			r.evidence(path, o, c)
		}
		if f.Kind == reformcycle.KindSurveyProgrammes {
			o.within(path, "landscape", func(path string, o object) {
				o.each(path, "statements", func(path string, o object) { r.evidence(path, o, c) })
			})
		}
	}
	return edit(path, f.Data, func(path string, o object) {
		if place.under == "" {
			fill(path, o)
		} else {
			o.within(path, place.under, fill)
		}
	})
}

// evidence has a member with that name rest on the chapter.
func (r *reader) evidence(path string, o object, c *Chapter) {
	if _, given := o["evidence"]; !given {
		o["evidence"] = json.RawMessage("{}")
	}
	o.within(path, "evidence", func(path string, o object) {
		o.fill("what", c.Says)
		r.cite(path, o, c)
		if basis, given := o.text("basis"); given && basis != string(c.Basis) {
			r.Add(path+".basis", "basis", basis, language.Of("want.case-basis", "basis", string(c.Basis)))
		}
		o.fill("basis", string(c.Basis))
	})
}

// cite puts citations in the place of keys: those that the object names, or all of
// the chapter's.
func (r *reader) cite(path string, o object, c *Chapter) {
	keys := c.Sources
	if given, ok := o.text("source"); ok {
		keys = strings.Split(given, ", ")
	} else if o["source"] != nil {
		return // no text
	}
	citations := []string{}
	for _, key := range keys {
		if len(c.Sources) > 0 && !slices.Contains(c.Sources, key) {
			r.Add(path+".source", fault.Exists, key, language.Of("want.case-of-sources", "sources", c.Sources))
		}
		source, _ := r.of.Source(key)
		citations = append(citations, cited(source))
	}
	if len(citations) == 0 {
		citations = append(citations, standIn)
	}
	o.set("source", strings.Join(citations, "; "))
}

// edit reads an object, lets a function change it, and writes it again. What is no
// object stays as it is.
func edit(path string, raw json.RawMessage, change func(path string, o object)) json.RawMessage {
	var o object
	if fault.ReadJSON(raw, len(raw), &o, nil) != nil || o == nil {
		return raw
	}
	change(path, o)
	edited, _ := json.Marshal(o) // it was JSON before
	return edited
}

// within edits a member that is an object, where there is one.
func (o object) within(path, name string, change func(path string, o object)) {
	if raw, given := o[name]; given {
		o[name] = edit(path+"."+name, raw, change)
	}
}

// each edits the objects of a member that is a list.
func (o object) each(path, name string, change func(path string, o object)) {
	var list []json.RawMessage
	raw, given := o[name]
	if !given || fault.ReadJSON(raw, len(raw), &list, nil) != nil {
		return
	}
	for i := range list {
		list[i] = edit(path+"."+fault.At(name, i), list[i], change)
	}
	o[name], _ = json.Marshal(list) // it was JSON before
}

// text gives a member that is a text.
func (o object) text(name string) (text string, is bool) {
	var p *string
	if json.Unmarshal(o[name], &p) != nil || p == nil {
		return "", false
	}
	return *p, true
}

func (o object) set(name, text string) { o[name], _ = json.Marshal(text) }

// fill sets a member that was left out.
func (o object) fill(name, text string) {
	if _, given := o[name]; !given {
		o.set(name, text)
	}
}

// judgements checks the four lists.
func (r *reader) judgements() {
	c := r.of
	first := make(map[Judgement]string) // → where it is first listed
	once := func(path string, j Judgement) {
		if there, twice := first[j]; twice {
			r.Add(path, fault.Unique, j.String(), language.Of("want.case-once", "there", there))
		} else {
			first[j] = path
		}
		r.judgement(path, j, false)
	}
	claims := func(list string, claims []Claim) {
		for i, claim := range claims {
			path := fault.At(list, i)
			once(path, claim.Judgement)
			r.passage(path, claim.Passage)
		}
	}
	claims("claims", c.Claims)
	claims("denies", c.Denies)
	for i, also := range c.Also {
		path := fault.At("also", i)
		once(path, also.Judgement)
		r.Text(path+".why", also.Why, fault.Text)
	}
	for i, b := range c.Beyond {
		path := fault.At("beyond", i)
		r.judgement(path, b.Judgement, true)
		r.passage(path, b.Passage)
		r.Text(path+".why", b.Why, fault.Text)
	}
}

// judgement refuses what no built-in rule says; the code of what is beyond the rules
// may be left out.
func (r *reader) judgement(path string, j Judgement, beyond bool) {
	rules := reformcycle.DiagnosisRules()
	if _, known := rules.Rule(j.Code); !known && (j.Code != "" || !beyond) {
		var codes []string
		for rule := range rules.All() {
			codes = append(codes, rule.Code)
		}
		r.Add(path+".code", fault.Exists, j.Code, fault.OneOf(codes))
	}
	fault.Among(&r.Fields, path+".as", j.As, sides)
}

// try tells the case once.
func (c Case) try() (wrong fault.Fields) {
	cycle, err := c.Begin()
	if err != nil {
		return refusal(err)
	}
	told := 0
	err = c.Tell(context.Background(), cycle, func(t Telling) error {
		told = t.Number
		return nil
	})
	if err == nil {
		return nil
	}
	path := fault.At("chapters", told)
	if refused, ok := errors.AsType[*reformcycle.ChangeError](err); ok {
		path += "." + fault.At("changes", refused.Index)
	}
	wrong.Add(path, "applies", err.Error(), language.Of("want.case-applies"))
	return wrong
}

// refusal gives what an error holds; never nothing.
func refusal(err error) fault.Fields {
	if fields := fault.Of(err); fields != nil {
		return fields
	}
	return fault.Fields{{Rule: "applies", Value: err.Error(), Want: language.Of("want.case-taken")}}
}
