package reformcycle

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file tells silence from absence: what the record says that it does not tell, and
// what is on record of each stage. What is not on record and should be is absent only
// where the record would tell of it.

// KindDeclareSilence is the kind of DeclareSilence.
const KindDeclareSilence Kind = "declare-silence"

// silencePart is what the record is silent about.
type silencePart struct {
	Silences silences `json:"silences,omitempty"`
}

var silent part[silencePart]

// Topic is what a record tells of, or is silent about: one of the eight stages, by its
// name (see [Stage.Topic]), the actors, or the money.
type Topic string

// The two topics that are no stage.
const (
	// TopicActors is who takes part, in which role and with what position.
	TopicActors Topic = "actors"
	// TopicMoney is what is committed and delivered, by whom and until when.
	TopicMoney Topic = "money"
)

var topics = func() (all []Topic) {
	for s := range Stages() {
		all = append(all, s.Topic())
	}
	return append(all, TopicActors, TopicMoney)
}()

// Topics lists the ten topics: the stages in their order, the actors, the money.
func Topics() []Topic { return slices.Clone(topics) }

// Topic is what a record tells of the stage.
func (s Stage) Topic() Topic { return Topic(s.String()) }

// Valid reports whether t is one of the ten topics.
func (t Topic) Valid() bool { return slices.Contains(topics, t) }

// Told gives the topic in words, such as "coalition building" or "the money".
func (t Topic) Told() language.Text { return language.Of("topic." + string(t)).Or(string(t)) }

// UnmarshalText reads the text form and refuses any other by name.
func (t *Topic) UnmarshalText(text []byte) error { return fault.ReadName("topic", t, text, topics) }

// stage of a topic; zero for the actors and the money.
func (t Topic) stage() Stage {
	if s := Stage(slices.Index(topics, t) + 1); s.Valid() {
		return s
	}
	return 0
}

// DeclareSilence says what the record does not tell: a paper says nothing of the money,
// or the archive of the years before is lost. What is not recorded there is then not
// known, rather than absent: the diagnosis asks and finds nothing, good or bad, in its
// not being there. What is recorded counts as ever. Guards are not loosened; a [Blocker]
// says that the record is silent.
//
// A silence is about what was until its moment. That of a stage ends when the cycle
// enters the stage later, and that of the actors when it enters coalition building or
// somebody rates coalition.size, for then the record tells of it. Single things that
// are recorded end no silence: who names two actors has not named all. Where the gap in
// the record is closed, that of the money above all, retract the silence. Silence about
// coalition building is one about the actors, too.
type DeclareSilence struct {
	About  []Topic `json:"about" validate:"min=1,max=10,unique,dive,known"`
	Reason string  `json:"reason" validate:"text"`
	// Source that is silent; may be empty.
	Source string `json:"source,omitempty" validate:"note"`
}

// Kind names the change.
func (DeclareSilence) Kind() Kind { return KindDeclareSilence }

func (c DeclareSilence) apply(d *draft) error {
	part := silent.in(d)
	about := c.About
	if slices.Contains(about, CoalitionBuilding.Topic()) && !slices.Contains(about, TopicActors) {
		about = append(slices.Clip(about), TopicActors)
	}
	if len(part.Silences)+len(about) > maxRecord {
		return full("about", maxRecord)
	}
	own(d, &part.Silences)
	for _, topic := range about {
		part.Silences = append(part.Silences, Silence{Topic: topic, Reason: c.Reason, Source: c.Source, On: d.Moment, Entry: d.entry})
	}
	return nil
}

// Silence of the record on one topic.
type Silence struct {
	Topic  Topic  `json:"topic" validate:"known"`
	Reason string `json:"reason" validate:"text"`
	Source string `json:"source,omitempty" validate:"note"`
	// On is when it was declared, by Entry: it is about what was until then.
	On    time.Time `json:"on"`
	Entry uint64    `json:"entry"`
	// Ended is when the record came to tell of the topic; zero while it is silent.
	Ended time.Time `json:"ended,omitzero"`
}

// Stands reports whether the record is still silent.
func (s Silence) Stands() bool { return s.Ended.IsZero() }

// silences are all that were declared, in their order.
type silences []Silence

// last gives the silence that was declared last of those that stand on a topic; nil
// where the record is not silent about it.
func (all silences) last(t Topic) *Silence {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Topic == t && all[i].Stands() {
			return &all[i]
		}
	}
	return nil
}

// restored holds the silences of a snapshot against their rules.
func (all silences) restored(int) error {
	var faults []error
	for _, s := range all {
		faults = append(faults, check(s))
		if s.On.IsZero() || s.Entry == 0 || !s.Stands() && s.Ended.Before(s.On) {
			faults = append(faults, unfit("its silence about %s is not legal", s.Topic))
		}
	}
	return errors.Join(faults...)
}

// speaks ends the silences about a topic: from now on the record tells of it.
func (d *draft) speaks(about Topic) {
	if !d.silent(about) {
		return
	}
	part := silent.in(d)
	own(d, &part.Silences)
	for i := range part.Silences {
		if s := &part.Silences[i]; s.Topic == about && s.Stands() {
			s.Ended = d.Moment
		}
	}
}

// Silences that were declared, in their order, those that have ended among them.
func (s State) Silences() []Silence { return slices.Clone([]Silence(silent.of(s.get()).Silences)) }

// Absence says what it means that something is not on record.
type Absence string

// What it may mean.
const (
	// KnownAbsent: the record tells of the topic, so what it does not tell was not.
	KnownAbsent Absence = "known"
	// NotReached: the reform has not come to the stage, and nothing is expected yet.
	NotReached Absence = "not-reached"
	// BeforeRecording: it may have been before the recording began (see [WithStage]).
	BeforeRecording Absence = "before-recording"
	// Silent: the record says that it does not tell (see [DeclareSilence]).
	Silent Absence = "silent"
)

// Told says what it means in a few words, such as "not reached yet".
func (a Absence) Told() language.Text { return language.Of("absence." + string(a)).Or(string(a)) }

// absence says what it means that something of a topic is not on record.
func (s *state) absence(t Topic) Absence {
	first, stage := s.firstStage(), t.stage()
	switch {
	case s.silent(t):
		return Silent
	case t == TopicActors && (first <= CoalitionBuilding || s.sized()):
		return KnownAbsent
	case t == TopicActors:
		return BeforeRecording
	case t == TopicMoney && first > ProblemPrioritization && len(s.actors().Ledger().Entries()) == 0:
		return BeforeRecording
	case t == TopicMoney, s.everEntered(stage):
		return KnownAbsent
	case first > stage:
		return BeforeRecording
	}
	return NotReached
}

// tells reports whether what is not on record of a topic is known not to be.
func (s *state) tells(t Topic) bool {
	a := s.absence(t)
	return a == KnownAbsent || a == NotReached
}

// silent reports whether the record says that it does not tell of a topic.
func (s *state) silent(t Topic) bool { return silent.of(s).Silences.last(t) != nil }

// untold is a question that is asked because the record is silent about a topic, or, of
// the same id with ".before", since it may have been before the recording began.
func (s *state) untold(need string, t Topic) language.Text {
	if s.silent(t) {
		return language.Of(need, "topics", silentTopics([]Topic{t}))
	}
	return language.Of(need + ".before")
}

// unseen is the date until which the record does not tell what happened at a stage;
// none where it tells everything. Reviews are held once a programme is launched, so a
// recording that began with the launch may have missed some.
func (s *state) unseen(stage Stage) (until date.Date) {
	if first := s.firstStage(); first > stage && !s.everEntered(stage) || stage == ManagementAndLearning && first >= Launch {
		until = s.begunOn()
	}
	if held := silent.of(s).Silences.last(stage.Topic()); held != nil && s.when(held.Entry, held.On).Last().After(until.Last()) {
		until = s.when(held.Entry, held.On)
	}
	return until
}

// silentOn lists the topics that a criterion rests on and the record is silent about:
// its stage; the actors, of what is derived from them; the money, of financing. Where
// somebody has rated it, the record tells of it.
func (s *state) silentOn(i int) (about []Topic) {
	c := &s.rules.criteria[i]
	if len(silent.of(s).Silences) == 0 || s.levels[i].Known() {
		return nil
	}
	for _, rests := range []struct {
		on bool
		t  Topic
	}{{true, c.stage.Topic()}, {c.derive.actors, TopicActors}, {slices.Contains(financing, c.ID), TopicMoney}} {
		if rests.on && s.silent(rests.t) {
			about = append(about, rests.t)
		}
	}
	return about
}

// financing are the criteria that rest on the money.
var financing = []string{"readiness.financing", "governance.financing"}

// SilentOn lists the topics that a criterion rests on and the record is silent about: its
// stage, the actors where it is derived from them, the money where it is of financing.
// There are none of one that is rated, or that the checklist does not have.
func (s State) SilentOn(criterion string) []Topic { return s.get().silentOnGuard(criterion) }

// silentOnGuard is silentOn for a guard by its id.
func (s *state) silentOnGuard(id string) []Topic {
	if i, ok := s.rules.list.Index(id); ok {
		return s.silentOn(i)
	}
	return nil
}

// silentTopics are topics as a text lists them.
func silentTopics(about []Topic) []language.Text {
	told := make([]language.Text, len(about))
	for i, t := range about {
		told[i] = t.Told()
	}
	return told
}

// OnRecord is what a state holds of one topic, and what it means that it holds no more.
type OnRecord struct {
	Topic Topic `json:"topic"`
	// Absence tells how what is not held is to be read.
	Absence Absence `json:"absence"`
	// Silence that stands, the last declared; nil unless Absence is Silent.
	Silence *Silence `json:"silence,omitempty"`
	// Holds counts what is recorded, in all laps, by the names that it has in the JSON of
	// a state; what there is none of is left out.
	Holds []Holding `json:"holds,omitempty"`
	// Rated is how many of the stage's criteria that people rate are rated in this lap,
	// of so many; both are 0 of a topic that is no stage.
	Rated int `json:"rated"`
	Of    int `json:"of"`
}

// Holding is how many artefacts of one sort are on record.
type Holding struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// OnRecord says what is on record of a topic, and whether what is not is known to be
// absent. A topic that is none has nothing on record.
func (s State) OnRecord(t Topic) OnRecord {
	if !t.Valid() {
		return OnRecord{Topic: t, Absence: NotReached}
	}
	st := s.get()
	held := OnRecord{Topic: t, Absence: st.absence(t)}
	if silence := silent.of(st).Silences.last(t); silence != nil {
		copied := *silence
		held.Silence = &copied
	}
	add := func(what string, n int) {
		if n > 0 {
			held.Holds = append(held.Holds, Holding{what, n})
		}
	}
	switch t {
	case TopicActors:
		add("actors", st.actors().Len())
	case TopicMoney:
		add("commitments", len(st.actors().Ledger().Entries()))
	default:
		span := st.rules.span[t.stage()]
		for i := span.from; i < span.to; i++ {
			if c := &st.rules.criteria[i]; c.Kind == assessment.Rated {
				held.Of++
				if st.levels[i].Known() {
					held.Rated++
				}
			}
		}
	}
	for i, of := range partTopics {
		if of != t {
			continue
		}
		part := reflect.ValueOf(st.parts[i]).Elem()
		for j := range part.NumField() {
			name, _, _ := strings.Cut(part.Type().Field(j).Tag.Get("json"), ",")
			add(name, countOf(part.Field(j)))
		}
	}
	return held
}

// countOf is how many artefacts a field of a part holds.
func countOf(field reflect.Value) int {
	if many, is := field.Interface().(interface{ Len() int }); is {
		return many.Len()
	}
	switch {
	case field.Kind() == reflect.Slice:
		return field.Len()
	case field.IsZero():
		return 0
	}
	return 1
}

var silenceRoom = room{
	changes: []kindEntry{changeKind[DeclareSilence]().whileSuspended()},
	part:    &silent,
	names:   []vocabulary{names(topics)},
}
