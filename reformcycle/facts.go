package reformcycle

import (
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file holds the facts that several rules of the diagnosis share: levels, the
// way that the reform has gone, and who is in the coalition.

func troubled(facts ...Fact) Verdict { return Verdict{Outcome: Troubled, Facts: facts} }
func sound(facts ...Fact) Verdict    { return Verdict{Outcome: Sound, Facts: facts} }

// unclear asks for what a rule needs; what the checklist has no room for is not
// asked for, and where nothing is left, nothing is.
func unclear(needs ...string) Verdict {
	needs = slices.DeleteFunc(needs, func(need string) bool { return need == "" })
	if len(needs) == 0 {
		return Verdict{}
	}
	return Verdict{Outcome: Unclear, Needs: needs}
}

// levelOf a criterion, and the fact that tells it. A criterion that the checklist
// lacks is as unknown as one that nobody rated.
func (s State) levelOf(id string) (assessment.Level, Fact) {
	st := s.get()
	i, ok := st.rules.list.Index(id)
	if !ok {
		return assessment.Unknown, Fact{}
	}
	level := st.level(i, s.moment())
	if !level.Known() {
		return assessment.Unknown, Fact{}
	}
	says := levelWords[level] + ": " + strings.TrimSuffix(st.rules.criteria[i].Text, ".")
	if st.rules.criteria[i].Kind == assessment.Rated {
		says = "rated " + says
	}
	f := Fact{About: "criterion", ID: id, Says: says}
	for r := range st.Ratings {
		if st.Ratings[r].Criterion == id {
			f.Source = st.Ratings[r].Evidence.Source
		}
	}
	return level, f
}

var levelWords = func() (words [assessment.HighlyFunctional + 1]string) {
	for l := range words {
		words[l] = strings.ReplaceAll(assessment.Level(l).String(), "y-", "y ") // "non-functional" keeps its hyphen
	}
	return words
}()

// said puts what people wrote on one line, without its full stop.
func said(text string) string {
	if strings.ContainsAny(text, "\n\r\t") {
		text = strings.Join(strings.Fields(text), " ")
	}
	return strings.TrimSuffix(text, ".")
}

// works reports whether a level is known and meets its criterion.
func (s State) works(id string, level assessment.Level) bool {
	c, _ := s.get().rules.list.Criterion(id)
	return c.Met(level)
}

// rating names what would let a rule know a criterion; nothing where the checklist
// lacks it.
func (s State) rating(id string) string {
	if !s.get().asks(id) {
		return ""
	}
	return "a rating of " + id
}

// byRating judges a rule that rests on one criterion, from when it is due.
func (s State) byRating(id string, due bool) Verdict {
	level, rated := s.levelOf(id)
	switch {
	case s.works(id, level):
		return sound(rated)
	case level.Known():
		return troubled(rated)
	case due:
		return unclear(s.rating(id))
	}
	return Verdict{}
}

// entered is when a stage was first entered in the current lap; zero where it was
// not.
func (s *state) entered(stage Stage) time.Time {
	for i := range s.Arrivals {
		if s.Arrivals[i].Stage == stage {
			return s.Arrivals[i].First
		}
	}
	return time.Time{}
}

// begunOn is the date on which the recording began.
func (s *state) begunOn() date.Date { return s.when(1, s.Begun) }

// enteredOn is the date of entered.
func (s *state) enteredOn(stage Stage) date.Date {
	for _, a := range s.Arrivals {
		if a.Stage == stage {
			return s.when(a.Entry, a.First)
		}
	}
	return date.Date{}
}

// past reports whether the reform has ever gone beyond a stage.
func (s *state) past(stage Stage) bool {
	if slices.ContainsFunc(s.Arrivals, func(a *Arrival) bool { return a.Stage > stage }) {
		return true
	}
	return slices.ContainsFunc(s.Laps, func(l Lap) bool {
		return slices.ContainsFunc(l.Arrivals, func(a Arrival) bool { return a.Stage > stage })
	})
}

// firstStage at which the recording of the reform began.
func (s *state) firstStage() Stage {
	switch {
	case len(s.Laps) > 0 && len(s.Laps[0].Arrivals) > 0:
		return s.Laps[0].Arrivals[0].Stage
	case len(s.Laps) == 0 && len(s.Arrivals) > 0:
		return s.Arrivals[0].Stage
	}
	return ProblemPrioritization
}

// inLaunch reports whether the programme of the current lap has been launched,
// under the eyes of the recording or before it began.
func (s *state) inLaunch() bool {
	return !s.entered(Launch).IsZero() || s.Lap == 1 && s.firstStage() > Launch
}

// everEntered reports whether a stage was entered under the eyes of the recording, in
// whatever lap.
func (s *state) everEntered(stage Stage) bool {
	return !s.entered(stage).IsZero() || slices.ContainsFunc(s.Laps, func(l Lap) bool {
		return slices.ContainsFunc(l.Arrivals, func(a Arrival) bool { return a.Stage == stage })
	})
}

// rosterWhole reports whether an actor who is not recorded is known to be absent: the
// coalition was built under the eyes of the recording, or somebody has rated its size
// and composition since, and the record is not silent about the actors.
func (s *state) rosterWhole() bool { return s.tells(TopicActors) }

// coalitionSize is the criterion whose rating vouches for all the actors.
const coalitionSize = "coalition.size"

// sized reports whether somebody has rated the size and composition of the coalition.
func (s *state) sized() bool {
	size := func(r assessment.Rating) bool { return r.Criterion == coalitionSize }
	return slices.ContainsFunc(s.Ratings, size) ||
		slices.ContainsFunc(s.Laps, func(l Lap) bool { return slices.ContainsFunc(l.Ratings, size) })
}

// presence tells whether any actor of a kind is in the coalition.
type presence struct {
	member  stakeholders.Actor // the first member of that kind
	outside stakeholders.Actor // the first who is known of and is not a member
	known   bool
	sized   bool // the checklist asks for the coalition's size and composition
}

// presenceOf looks for a kind of actor. Where a kind is one body of people, such as
// the workers, one of them who is recorded as outside stands for all.
func (s *state) presenceOf(counts func(*stakeholders.Actor) bool, oneBody bool) presence {
	p := presence{sized: s.asks(coalitionSize)}
	for a := range s.actors().All() {
		if !counts(&a) {
			continue
		}
		if a.Member {
			p.member = a
			break // who is outside does not matter any more
		}
		if p.outside.ID == "" {
			p.outside = a
		}
	}
	p.known = p.member.ID != "" || oneBody && p.outside.ID != "" || s.rosterWhole()
	return p
}

// absent tells who is missing.
func (p presence) absent(who string) Fact {
	fact := Fact{About: "coalition", Says: "the coalition has no " + who}
	if p.outside.ID != "" {
		fact = Fact{About: "actor", ID: p.outside.ID, Says: fact.Says + "; " + said(p.outside.Name) + " is outside"}
	}
	return fact
}

func (p presence) there() Fact {
	return Fact{About: "actor", ID: p.member.ID, Says: said(p.member.Name) + " is in the coalition"}
}

// membership judges a rule that asks for a member of some kind.
func (p presence) membership(who string) Verdict {
	switch {
	case p.member.ID != "":
		return sound(p.there())
	case p.known:
		return troubled(p.absent(who))
	}
	need := "who is in the coalition: engage all its actors"
	if p.sized {
		need += " and rate " + coalitionSize
	}
	return unclear(need)
}
