package reformcycle

import (
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file holds the facts that several rules of the diagnosis share: levels, the
// way that the reform has gone, and who is in the coalition.

// sight is what several rules read of one state, taken once for a diagnosis.
type sight struct {
	actors  []stakeholders.Actor
	pledges []stakeholders.LedgerEntry
	// money are those of money, in units that are money; others are in other units.
	money  []*stakeholders.LedgerEntry
	others bool
}

// sighted is that of the diagnosis that is being made; a state that a host hands to a
// Judge of its own accord has none yet.
func (s State) sighted() *sight {
	if s.sight != nil {
		return s.sight
	}
	seen := &sight{actors: make([]stakeholders.Actor, 0, s.get().actors().Len())}
	pledges := 0
	for a := range s.get().actors().All() {
		seen.actors = append(seen.actors, a)
		pledges += len(a.Commitments)
	}
	seen.pledges = make([]stakeholders.LedgerEntry, 0, pledges)
	for i := range seen.actors {
		for _, c := range seen.actors[i].Commitments {
			seen.pledges = append(seen.pledges, stakeholders.LedgerEntry{Actor: seen.actors[i].ID, Constituency: seen.actors[i].Constituency, Commitment: c})
		}
	}
	var units map[string]bool
	for i := range seen.pledges {
		e := &seen.pledges[i]
		if e.Commitment.Resource != stakeholders.Money {
			continue
		}
		is, asked := units[e.Commitment.Unit]
		if !asked {
			if units == nil {
				units = make(map[string]bool)
			}
			is = isMoney(e.Commitment.Unit)
			units[e.Commitment.Unit] = is
		}
		if seen.others = seen.others || !is; is {
			seen.money = append(seen.money, e)
		}
	}
	return seen
}

func troubled(facts ...Fact) Verdict { return Verdict{Outcome: Troubled, Facts: facts} }
func sound(facts ...Fact) Verdict    { return Verdict{Outcome: Sound, Facts: facts} }

// unclear asks for what a rule needs; what the checklist has no room for is not
// asked for, and where nothing is left, nothing is.
func unclear(needs ...language.Text) Verdict {
	needs = slices.DeleteFunc(needs, language.Text.IsZero)
	if len(needs) == 0 {
		return Verdict{}
	}
	return Verdict{Outcome: Unclear, Needs: needs}
}

// contestedBy holds both sides against each other; a side without facts is none.
func contestedBy(speaksFor, against []Fact) Verdict {
	return Verdict{Outcome: Contested, Facts: speaksFor, Against: against}
}

// levelOf a criterion, and the fact that tells it. A criterion that the checklist
// lacks is as unknown as one that nobody rated, or whose rating is too old to speak.
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
	f, says := Fact{About: "criterion", ID: id}, "fact.judged"
	if st.rules.criteria[i].Kind == assessment.Rated {
		rating := st.rating(id)
		if s.old(id, rating.Evidence.On) != date.No {
			return assessment.Unknown, Fact{}
		}
		says = "fact.rated"
		f.Source, f.Entry = rating.Evidence.Source, rating.Entry
	}
	f.Says = language.Text{ID: says, Args: []language.Arg{{Name: "level", Value: levelsTold[level]}, {Name: "criterion", Value: st.rules.criteria[i].told}}}
	return level, f
}

// rating of a criterion that is rated.
func (s *state) rating(id string) *assessment.Rating {
	for i := range s.Ratings {
		if s.Ratings[i].Criterion == id {
			return &s.Ratings[i]
		}
	}
	return &assessment.Rating{}
}

// old says whether evidence of a day no longer speaks: of a rating of a criterion or, of
// none, of a survey.
func (s State) old(criterion string, on date.Date) date.Answer {
	months := s.ruleSet().ageOf(criterion)
	if months == 0 || s.get().Status == Abandoned { // then what is judged is what was
		return date.No
	}
	return on.Lapsed(months, s.moment())
}

// outworn asks for newer evidence than what there is of a day: "need.rating" of a
// criterion, or "need.survey".
func (s State) outworn(need, criterion string, on date.Date) language.Text {
	switch {
	case s.old(criterion, on) != date.Open:
		need += ".old"
	case on.IsZero():
		need += ".undated"
	default:
		need += ".roughly"
	}
	return language.Of(need, "criterion", criterion, "on", on.String(), "months", s.ruleSet().ageOf(criterion))
}

// levelsTold are the levels as arguments of texts.
var levelsTold = func() (told [assessment.HighlyFunctional + 1]any) {
	for l := range told {
		told[l] = assessment.Level(l).Told()
	}
	return told
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
func (s State) rating(id string) language.Text {
	st := s.get()
	if !st.asks(id) {
		return language.Text{}
	}
	if r := st.rating(id); r.Level.Known() {
		return s.outworn("need.rating", id, r.Evidence.On)
	}
	return language.Of("need.rating", "criterion", id)
}

// faded asks for a newer rating of a criterion where the last said that it is not met, and
// is too old to speak: that nobody has looked again makes nothing well. Else it is empty.
func (s State) faded(id string) language.Text {
	if level, known := s.Level(id); known && level.Known() && !s.works(id, level) {
		if spoken, _ := s.levelOf(id); !spoken.Known() {
			return s.rating(id)
		}
	}
	return language.Text{}
}

// byRating judges a rule that rests on one criterion, from when it is due. What else
// speaks against it contests the rating, and takes its place where there is none.
func (s State) byRating(id string, due bool, against ...Fact) Verdict {
	level, rated := s.levelOf(id)
	switch {
	case s.works(id, level) && against != nil:
		return contestedBy([]Fact{rated}, against)
	case s.works(id, level):
		return sound(rated)
	case level.Known():
		return troubled(rated)
	case against != nil:
		return troubled(against...)
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

// presence tells of the actors of a kind, and what they do in the coalition.
type presence struct {
	works    []Fact              // members with a part in the work who do not oppose the reform
	idle     []Fact              // members on record with no part in the work who do not oppose it
	opposes  []Fact              // members who do, by their seat
	against  []Fact              // and by their opposition
	outside  *stakeholders.Actor // the first who is known of and is not a member
	known    bool                // one who is not recorded is absent
	sized    bool                // the checklist asks for the coalition's size and composition
	unformed bool                // members are on record, and no coalition is
}

// presenceOf looks for a kind of actor, with the part that each has in the work. Where
// a kind is one body of people, such as the workers, one of them who is recorded as
// outside stands for all.
func (s State) presenceOf(counts func(stakeholders.Constituency) bool, part func(*state, *stakeholders.Actor) language.Text, oneBody bool) presence {
	st := s.get()
	p := presence{sized: st.asks(coalitionSize), unformed: st.unformed()}
	actors := s.sighted().actors
	for i := range actors {
		a := &actors[i]
		switch {
		case !counts(a.Constituency):
		case !a.Member:
			if p.outside == nil {
				p.outside = a
			}
		case a.Position.Opposes():
			p.opposes = append(p.opposes, actorFact(a, seated(st, a)))
			p.against = append(p.against, actorFact(a, ofActor(a, "fact.opposed", language.Arg{Name: "position", Value: a.Position.Told()})))
		default:
			if does := part(st, a); !does.IsZero() {
				p.works = append(p.works, actorFact(a, does))
			} else {
				p.idle = append(p.idle, actorFact(a, seated(st, a)))
			}
		}
	}
	p.known = oneBody && p.outside != nil || st.rosterWhole()
	return p
}

// actorFact tells of an actor.
func actorFact(a *stakeholders.Actor, says language.Text) Fact {
	return Fact{About: "actor", ID: a.ID, Says: says, Entry: a.Entry}
}

// ofActor is a text with the name of an actor, which is that of one or of many: nothing
// agrees with it.
func ofActor(a *stakeholders.Actor, id string, args ...language.Arg) language.Text {
	return language.Text{ID: id, Args: append(append(make([]language.Arg, 0, 1+len(args)), language.Arg{Name: "who", Value: said(a.Name)}), args...)}
}

// seated takes a seat for the part.
func seated(_ *state, a *stakeholders.Actor) language.Text { return ofActor(a, "fact.member") }

// role takes a role for the part.
func role(_ *state, a *stakeholders.Actor) language.Text {
	if len(a.Roles) == 0 {
		return language.Text{}
	}
	return ofActor(a, "fact.role", language.Arg{Name: "role", Value: a.Roles[0].Told()})
}

// work takes for the part a role, something delivered, a say in the design, or a seat on
// a body that decides.
func work(s *state, a *stakeholders.Actor) language.Text {
	if does := role(s, a); !does.IsZero() {
		return does
	}
	for i := range a.Commitments {
		if a.Commitments[i].Delivered > 0 {
			return ofActor(a, "fact.delivers", language.Arg{Name: "commitment", Value: said(a.Commitments[i].ID)})
		}
	}
	named := &designs.of(s).Authorities
	for _, ids := range [][]string{named.DecisionMakers, named.Contributors, named.Authorizers} {
		if slices.Contains(ids, a.ID) {
			return ofActor(a, "fact.designs")
		}
	}
	for i := range governances.of(s).Bodies {
		if b := &governances.of(s).Bodies[i]; slices.Contains(b.Members, a.ID) {
			return ofActor(a, "fact.on-body", language.Arg{Name: "body", Value: said(b.Name)})
		}
	}
	return language.Text{}
}

// member reports whether there is any.
func (p *presence) member() bool { return p.works != nil || p.idle != nil || p.opposes != nil }

// seats are the facts by which they are members at all.
func (p *presence) seats() []Fact { return slices.Concat(p.works, p.idle, p.opposes) }

// absent tells who is missing.
func (p *presence) absent(who string) Fact {
	if p.outside != nil {
		return actorFact(p.outside, ofActor(p.outside, "fact.absent.outside", language.Arg{Name: "from", Value: language.Of(who)}))
	}
	return Fact{About: "coalition", Says: language.Of("fact.absent", "from", language.Of(who))}
}

// noneFormed is what is needed to know where members are on record and no coalition is.
func noneFormed() Verdict { return unclear(language.Of("need.formed")) }

// whoIsIn is what is needed to know where the roster may lack somebody.
func (p *presence) whoIsIn() language.Text {
	if p.sized {
		return language.Of("need.members.rated", "criterion", coalitionSize)
	}
	return language.Of("need.members")
}

// idler is what is needed to know of the first of those who have no part on record.
func (p *presence) idler() language.Text { return language.Of("need.part", "who", p.idle[0].ID) }

// membership judges a rule that asks for a member of some kind, told by the id of a text,
// with a part in the work.
func (p *presence) membership(who string) Verdict {
	switch {
	case p.member() && p.unformed:
		return noneFormed()
	case p.against != nil:
		return contestedBy(p.seats(), p.against)
	case p.works != nil:
		return sound(p.works...)
	case p.idle != nil:
		return unclear(p.idler())
	case p.known:
		return troubled(p.absent(who))
	}
	return unclear(p.whoIsIn())
}
