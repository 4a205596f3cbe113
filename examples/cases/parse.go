package cases

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file reads a case and holds it against the rules of one.

// MaxBytes is the largest file that Parse reads: 1 MiB.
const MaxBytes = 1 << 20

// The JSON form of a case. What has a closed vocabulary is text here, so that a
// wrong word is reported with its path and beside all other faults.
type (
	caseFile struct {
		ID      string            `json:"id"`
		Country string            `json:"country"`
		Title   string            `json:"title"`
		Source  assessment.Source `json:"source"`
		Begin   beginFile         `json:"begin"`
		Facts   []factFile        `json:"facts"`
		Claims  []claimFile       `json:"claims"`
		Denies  []claimFile       `json:"denies"`
		Also    []asideFile       `json:"also"`
		Beyond  []beyondFile      `json:"beyond"`
		Notes   []string          `json:"notes"`
	}
	passageFile struct {
		Says  string `json:"says"`
		Where string `json:"where"`
	}
	beginFile struct {
		Stage     string      `json:"stage"`
		At        string      `json:"at"`
		Precision string      `json:"precision"`
		Rests     passageFile `json:"rests"`
	}
	factFile struct {
		passageFile
		At        string       `json:"at"`
		Precision string       `json:"precision"`
		Changes   []changeFile `json:"changes"`
	}
	changeFile struct {
		Kind reformcycle.Kind `json:"kind"`
		Data json.RawMessage  `json:"data"`
	}
	judgementFile struct {
		Code string `json:"code"`
		As   As     `json:"as"`
	}
	claimFile struct {
		judgementFile
		passageFile
	}
	asideFile struct {
		judgementFile
		Why string `json:"why"`
	}
	beyondFile struct {
		judgementFile
		passageFile
		Why string `json:"why"`
	}
)

// Parse reads a case and records it once, so that what it gives can be recorded
// again. It refuses: fields it does not know; a text that is blank; a fact or a
// claim without its place in the paper; a fact that changes nothing; a change that
// is no change, that rests on another source or is illustrative, or that the cycle
// does not take; dates out of order; codes that no built-in rule has; a judgement
// that is listed twice.
//
// Errors: fault.Fields, which match fault.ErrInvalid, with paths such
// as "facts[2].changes[0].data.actor.name". A file that is no JSON is refused for
// that alone, and what a cycle does not take is reported once all else is sound.
func Parse(data []byte) (Case, error) {
	if len(data) > MaxBytes {
		return Case{}, fault.Fields{{Path: "case", Rule: "length", Value: len(data), Want: "at most " + strconv.Itoa(MaxBytes) + " bytes"}}
	}
	if !utf8.Valid(data) { // encoding/json would replace bad bytes without a word
		return Case{}, fault.Fields{{Path: "case", Rule: "utf8", Value: "bytes that are not UTF-8", Want: "valid UTF-8"}}
	}
	var f caseFile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(&f)
	if err == nil {
		if _, after := dec.Token(); !errors.Is(after, io.EOF) {
			err = errors.New("more after the end of the case")
		}
	}
	if err != nil {
		return Case{}, fault.Fields{{Path: "case", Rule: "json", Value: err.Error(), Want: "one JSON object with the fields of a case and no others"}}
	}
	r := reader{}
	c := r.read(&f)
	if r.errs == nil {
		r.try(c)
	}
	if err := r.errs.Err(); err != nil {
		return Case{}, err
	}
	return c, nil
}

// reader makes a case of its file and collects what is wrong.
type reader struct{ errs fault.Fields }

func (r *reader) add(field, rule string, value any, want string) {
	r.errs = append(r.errs, fault.Field{Path: field, Rule: rule, Value: value, Want: want})
}

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

const maxText = 4096 // runes

// standIn takes the place of a text that is refused, so that the changes which rest
// on it are not refused for it again.
const standIn = "refused"

// text refuses a text that is blank or too long, and reports whether it is neither.
func (r *reader) text(field, s string) bool {
	switch {
	case strings.TrimSpace(s) == "":
		r.add(field, "required", s, "text that is not blank")
	case utf8.RuneCountInString(s) > maxText:
		r.add(field, "length", s, "at most "+strconv.Itoa(maxText)+" characters")
	default:
		return true
	}
	return false
}

func (r *reader) passage(path string, f passageFile) Passage {
	r.text(path+"says", f.Says)
	r.text(path+"where", f.Where)
	return Passage(f)
}

func (r *reader) read(f *caseFile) Case {
	c := Case{ID: f.ID, Country: f.Country, Title: f.Title, Source: f.Source, Notes: f.Notes}
	const idLetters = "abcdefghijklmnopqrstuvwxyz0123456789-"
	if len(f.ID) == 0 || len(f.ID) > 128 || strings.ContainsFunc(f.ID, func(x rune) bool { return !strings.ContainsRune(idLetters, x) }) {
		r.add("id", "id", f.ID, "1 to 128 small letters, digits and hyphens")
	}
	r.text("country", f.Country)
	r.text("title", f.Title)
	key := f.Source.Key
	if !r.text("source.key", key) {
		key = standIn
	}
	r.text("source.citation", f.Source.Citation)
	r.text("source.link", f.Source.Link)
	r.text("source.seen", f.Source.Seen)
	c.Begin = r.begin(f.Begin)
	if len(f.Facts) == 0 {
		r.add("facts", "required", nil, "at least one fact")
	}
	when := Fact{At: c.Begin.At, Precision: c.Begin.Precision}
	for i, fact := range f.Facts {
		when = r.fact(at("facts", i)+".", i, fact, when, key)
		c.Facts = append(c.Facts, when)
	}
	r.judgements(f, &c)
	for i, note := range f.Notes {
		r.text(at("notes", i), note)
	}
	return c
}

func (r *reader) begin(f beginFile) Begin {
	stage, err := reformcycle.ParseStage(f.Stage)
	if err != nil {
		var names []string
		for s := range reformcycle.Stages() {
			names = append(names, s.String())
		}
		r.add("begin.stage", "known", f.Stage, "one of "+strings.Join(names, ", "))
	}
	return Begin{
		Stage: stage, At: r.day("begin.", f.At, f.Precision), Precision: f.Precision,
		Rests: r.passage("begin.rests.", f.Rests),
	}
}

// day reads a day and holds it against the date as people read it.
func (r *reader) day(path, day, precision string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	switch {
	case err != nil || t.Year() < 1:
		r.add(path+"at", "day", day, "a day such as 2021-10-12")
	case !strings.Contains(precision, day[:4]):
		r.add(path+"precision", "year", precision, "the date as far as it is known, with the year "+day[:4])
	}
	return t
}

// fact reads a fact; before is the one before it, or the beginning.
func (r *reader) fact(path string, i int, f factFile, before Fact, key string) Fact {
	fact := Fact{Passage: Passage(f.passageFile), At: before.At, Precision: before.Precision}
	says := f.Says
	if !r.text(path+"says", says) {
		says = standIn
	}
	r.text(path+"where", f.Where)
	switch {
	case f.At == "" && f.Precision == "":
	case i == 0:
		r.add(path+"at", "first", f.At, "nothing: the first fact happens when the case begins")
	default:
		fact.At, fact.Precision = r.day(path, f.At, f.Precision), f.Precision
		if fact.At.Before(before.At) {
			r.add(path+"at", "order", f.At, "a day no earlier than that of the fact before, "+before.At.Format(time.DateOnly))
		}
	}
	if len(f.Changes) == 0 {
		r.add(path+"changes", "required", nil, "at least one change; what no change can record belongs in beyond or in notes")
	}
	for j, change := range f.Changes {
		if decoded := r.change(path+at("changes", j)+".", change, says, key); decoded != nil {
			fact.Changes = append(fact.Changes, decoded)
		}
	}
	return fact
}

// change decodes a change; nil where it is none.
func (r *reader) change(path string, f changeFile, says, key string) reformcycle.Change {
	data := []byte(f.Data)
	var tree map[string]any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber() // a number is handed on as it was written
	if dec.Decode(&tree) == nil && tree != nil {
		attribute(f.Kind, tree, says, key)
		r.attributed(path+"data", tree, key)
		data, _ = json.Marshal(tree) // it was JSON before
	}
	change, err := reformcycle.DecodeChange(f.Kind, data)
	if err == nil {
		return change
	}
	if refused := fault.Of(err); refused != nil {
		for _, field := range refused {
			where := strings.TrimSuffix(path+"data."+field.Path, ".")
			if field.Path == "kind" { // the change itself
				where = path + field.Path
			}
			r.add(where, field.Rule, field.Value, field.Want)
		}
		return nil
	}
	r.add(path+"data", "change", err.Error(), "a change in the form that a journal keeps")
	return nil
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
	reformcycle.KindEngageActor:      {"actor", "note"},
}

// attribute has a change rest on its fact, as far as it does not say itself what it
// rests on. What has not the form of its kind is left for DecodeChange to refuse.
func attribute(kind reformcycle.Kind, tree map[string]any, says, key string) {
	place, ok := rests[kind]
	if !ok {
		return
	}
	object := tree
	if place.under != "" {
		if object, ok = tree[place.under].(map[string]any); !ok {
			return
		}
	}
	fill := func(object map[string]any, field string, value any) {
		if _, given := object[field]; !given {
			object[field] = value
		}
	}
	evidence := func(object map[string]any) {
		fill(object, "evidence", map[string]any{})
		if e, ok := object["evidence"].(map[string]any); ok {
			fill(e, "what", says)
			fill(e, "source", key)
			fill(e, "basis", string(assessment.Documented))
		}
	}
	switch place.as {
	case "source":
		fill(object, "source", key)
	case "note":
		fill(object, "note", says)
	case "evidence":
		evidence(object)
	}
	if kind != reformcycle.KindSurveyProgrammes {
		return
	}
	landscape, _ := object["landscape"].(map[string]any)
	statements, _ := landscape["statements"].([]any)
	for _, s := range statements {
		if s, ok := s.(map[string]any); ok {
			evidence(s)
		}
	}
}

// attributed refuses, anywhere in a change, a source other than the case's and
// evidence that is not documented.
func (r *reader) attributed(path string, v any, key string) {
	switch v := v.(type) {
	case []any:
		for i, element := range v {
			r.attributed(at(path, i), element, key)
		}
	case map[string]any:
		for _, field := range slices.Sorted(maps.Keys(v)) {
			text, isText := v[field].(string)
			switch {
			case field == "source" && isText && text != key:
				r.add(path+".source", "source", text, "the key of the case's source, "+strconv.Quote(key)+", or nothing")
			case field == "basis" && isText && text != string(assessment.Documented):
				r.add(path+".basis", "basis", text, `"documented", or nothing: a case holds what its paper says`)
			default:
				r.attributed(path+"."+field, v[field], key)
			}
		}
	}
}

// judgements reads the four lists.
func (r *reader) judgements(f *caseFile, c *Case) {
	rules := reformcycle.DiagnosisRules()
	judged := make(map[Judgement]string) // → where it is first listed
	judgement := func(path string, f judgementFile) Judgement {
		j := Judgement(f)
		if first, twice := judged[j]; twice {
			r.add(path, "unique", j.String(), "a judgement that claims, denies and also hold once between them; it is in "+first)
		} else {
			judged[j] = path
		}
		r.judgement(path, j, rules)
		return j
	}
	claims := func(list string, files []claimFile) (claims []Claim) {
		for i, f := range files {
			path := at(list, i)
			claims = append(claims, Claim{judgement(path, f.judgementFile), r.passage(path+".", f.passageFile)})
		}
		return claims
	}
	c.Claims = claims("claims", f.Claims)
	c.Denies = claims("denies", f.Denies)
	for i, f := range f.Also {
		path := at("also", i)
		c.Also = append(c.Also, Aside{judgement(path, f.judgementFile), f.Why})
		r.text(path+".why", f.Why)
	}
	for i, f := range f.Beyond {
		path := at("beyond", i)
		if j := Judgement(f.judgementFile); j.Code != "" {
			r.judgement(path, j, rules)
		} else if !j.As.Valid() {
			r.add(path+".as", "oneof", string(j.As), asWant)
		}
		c.Beyond = append(c.Beyond, Beyond{As: f.As, Code: f.Code, Passage: r.passage(path+".", f.passageFile), Why: f.Why})
		r.text(path+".why", f.Why)
	}
}

// judgement refuses what no built-in rule says.
func (r *reader) judgement(path string, j Judgement, rules reformcycle.Rules) {
	if _, known := rules.Rule(j.Code); !known {
		var codes []string
		for rule := range rules.All() {
			codes = append(codes, rule.Code)
		}
		r.add(path+".code", "exists", j.Code, "the code of a built-in rule: "+strings.Join(codes, ", "))
	}
	if !j.As.Valid() {
		r.add(path+".as", "oneof", string(j.As), asWant)
	}
}

// try records the case once.
func (r *reader) try(c Case) {
	cycle, err := Case{ID: c.ID, Title: c.Title, Country: c.Country, Begin: c.Begin}.Cycle(context.Background())
	if err != nil {
		r.add("case", "cycle", err.Error(), "a title and a country that a cycle takes")
		return
	}
	for i, f := range c.Facts {
		err := cycle.Apply(context.Background(), reformcycle.By(c.Source.Key).At(f.At), f.Changes...)
		if err == nil {
			continue
		}
		path := at("facts", i)
		if refused, ok := errors.AsType[*reformcycle.ChangeError](err); ok {
			path += "." + at("changes", refused.Index)
		}
		r.add(path, "applies", err.Error(), "what the cycle takes after the facts before it")
		return // what follows may rest on it
	}
}
