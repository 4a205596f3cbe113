package reformcycle

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/stakeholders"
)

// state is what the journal folds to. Once it is visible it never changes. What
// a move changes is here; the artefacts, which no move but a renewal touches, are
// behind a pointer, so that a move does not copy them.
type state struct {
	Cycle   string `json:"cycle"`
	Title   string `json:"title,omitempty"`
	Country string `json:"country,omitempty"`
	// Checklist that the current lap is judged by.
	Checklist string `json:"checklist"`

	// Seq, Moment and Recorded are those of the last entry.
	Seq      uint64    `json:"seq"`
	Begun    time.Time `json:"begun,omitzero"`
	Moment   time.Time `json:"moment,omitzero"`
	Recorded time.Time `json:"recorded,omitzero"`

	Lap    int    `json:"lap"`
	Stage  Stage  `json:"stage"`
	Status Status `json:"status"`
	// Held is why the cycle is suspended or abandoned.
	Held string `json:"held,omitempty"`
	// LastMove is when it last moved; when it began if it never did.
	LastMove time.Time `json:"last_move,omitzero"`
	Arrivals []Arrival `json:"arrivals"`

	*artefacts

	// Ratings of this lap, in the order of the checklist.
	Ratings []assessment.Rating `json:"ratings,omitempty"`
	Waivers []Waiver            `json:"waivers,omitempty"`
	Debts   []Debt              `json:"debts,omitempty"`
	Laps    []Lap               `json:"laps,omitempty"`

	rules *rulebook
	// levels of the rated criteria of this lap, by the checklist's index.
	levels []assessment.Level
}

// artefacts are what the stages have recorded.
type artefacts struct {
	Windows          []Window            `json:"windows,omitempty"`
	ProblemCriteria  []ChoiceCriterion   `json:"problem_criteria,omitempty"`
	Problems         []Problem           `json:"problems,omitempty"`
	Coalition        Coalition           `json:"coalition,omitzero"`
	Actors           stakeholders.Roster `json:"actors"`
	Strategies       []PlannedStrategy   `json:"strategies,omitempty"`
	SolutionCriteria []ChoiceCriterion   `json:"solution_criteria,omitempty"`
	Solutions        []Solution          `json:"solutions,omitempty"`
	Authorities      Authorities         `json:"authorities,omitzero"`
	DesignChoices    []DesignChoice      `json:"design,omitempty"`
	Rollout          []RolloutPhase      `json:"rollout,omitempty"`
	Bodies           []Body              `json:"bodies,omitempty"`
	Reviews          []Review            `json:"reviews,omitempty"`
	Adaptations      []Adaptation        `json:"adaptations,omitempty"`
	Survey           *Survey             `json:"survey,omitempty"`
}

// Arrival tells when a stage was entered in the current lap.
type Arrival struct {
	Stage Stage `json:"stage"`
	// First and Last time it was entered; they differ after a revisit.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	Times int       `json:"times"`
}

// Lap is a finished turn of the cycle.
type Lap struct {
	Number int `json:"number"`
	// Checklist that it was judged by.
	Checklist string    `json:"checklist"`
	Began     time.Time `json:"began"`
	Ended     time.Time `json:"ended"`
	Arrivals  []Arrival `json:"arrivals"`
	// Ratings as they stood at its end.
	Ratings []assessment.Rating `json:"ratings,omitempty"`
	// Met is how many required criteria, of how many in the stages that it
	// entered, were met at its end.
	Met      int `json:"met"`
	Required int `json:"required"`
}

// newState is a cycle before its first entry.
func newState(id string, rules *rulebook) *state {
	return &state{
		Cycle: id, Checklist: rules.list.ID(), Lap: 1, Stage: ProblemPrioritization,
		artefacts: new(artefacts), rules: rules, levels: make([]assessment.Level, rules.list.Len()),
	}
}

var noState = newState("", builtIn)

// State is a cycle as it stands after some entry of its journal. It is a small
// value that never changes, whatever happens to the cycle: keep it, or hand it to
// another goroutine. What its methods hand out are copies. Two states of a cycle are
// equal where their MarshalJSON is; == compares no more than identity.
//
// Derived criteria that depend on time are judged at the moment of the last
// entry, unless At says otherwise. The zero value is a cycle that has not begun.
type State struct {
	s  *state
	at time.Time
}

func (s State) get() *state {
	if s.s == nil {
		return noState
	}
	return s.s
}

func (s State) moment() time.Time {
	if s.at.IsZero() {
		return s.get().Moment
	}
	return s.at
}

// At gives the same state, judged at a later moment. A moment before the last
// entry counts as that entry's.
func (s State) At(t time.Time) State {
	if t.Before(s.get().Moment) {
		t = s.get().Moment
	}
	return State{s.s, t.UTC()}
}

// JudgedAt is the moment at which derived criteria are judged: that of the last
// entry, unless At gave a later one.
func (s State) JudgedAt() time.Time { return s.moment() }

// ID of the cycle.
func (s State) ID() string { return s.get().Cycle }

// Title of the reform, as given to WithTitle.
func (s State) Title() string { return s.get().Title }

// Country of the reform, as given to WithCountry.
func (s State) Country() string { return s.get().Country }

// Seq is the sequence number of the last entry; 0 before the first.
func (s State) Seq() uint64 { return s.get().Seq }

// Begun is the moment of the first entry.
func (s State) Begun() time.Time { return s.get().Begun }

// Moment is when the last entry happened.
func (s State) Moment() time.Time { return s.get().Moment }

// Recorded is when the last entry was recorded.
func (s State) Recorded() time.Time { return s.get().Recorded }

// LastMove is when the cycle last moved; when it began, if it never did.
func (s State) LastMove() time.Time { return s.get().LastMove }

// Stage at which the cycle stands, or stood when it was suspended or abandoned.
func (s State) Stage() Stage { return s.get().Stage }

// Lap is the number of the current turn of the cycle, from 1.
func (s State) Lap() int { return s.get().Lap }

// Status tells whether the cycle runs.
func (s State) Status() Status { return s.get().Status }

// Held is why the cycle is suspended or abandoned; empty while it is active.
func (s State) Held() string { return s.get().Held }

// Standing is where the cycle stands on the table of moves.
func (s State) Standing() Standing { return s.get().standing() }

func (s *state) standing() Standing {
	if s.Status == Abandoned {
		return Standing{Status: Abandoned}
	}
	return Standing{s.Stage, s.Status}
}

// Checklist that the current lap is judged by.
func (s State) Checklist() *assessment.Checklist { return s.get().rules.list }

// Arrivals tells when the stages of this lap were entered, in the order of the
// first time.
func (s State) Arrivals() []Arrival { return slices.Clone(s.get().Arrivals) }

// Laps tells of the finished laps.
func (s State) Laps() []Lap {
	laps := slices.Clone(s.get().Laps)
	for i := range laps {
		laps[i].Arrivals = slices.Clone(laps[i].Arrivals)
		laps[i].Ratings = slices.Clone(laps[i].Ratings)
	}
	return laps
}

// Windows of opportunity that were named, in all laps.
func (s State) Windows() []Window { return slices.Clone(s.get().Windows) }

// Problems that were framed, in all laps.
func (s State) Problems() []Problem { return cloned(s.get().Problems, Problem.clone) }

// ProblemCriteria that are agreed for ranking problems.
func (s State) ProblemCriteria() []ChoiceCriterion { return slices.Clone(s.get().ProblemCriteria) }

// RankedProblems ranks the problems of this lap, the weightiest first.
func (s State) RankedProblems() []Ranked {
	st := s.get()
	var all []Ranked
	for i := range st.Problems {
		if p := &st.Problems[i]; p.Lap == st.Lap {
			all = append(all, Ranked{p.ID, p.Scores.weigh(st.ProblemCriteria)})
		}
	}
	return rank(all)
}

// Coalition as it was last formed; without a name where there is none.
func (s State) Coalition() Coalition { return s.get().Coalition }

// Actors that are engaged, with all that package stakeholders can say of them.
func (s State) Actors() stakeholders.Roster { return s.get().Actors }

// Strategies that were planned, in all laps.
func (s State) Strategies() []PlannedStrategy {
	return cloned(s.get().Strategies, PlannedStrategy.clone)
}

// SolutionCriteria that are agreed for ranking solutions.
func (s State) SolutionCriteria() []ChoiceCriterion { return slices.Clone(s.get().SolutionCriteria) }

// Solutions that were gathered, in all laps.
func (s State) Solutions() []Solution { return cloned(s.get().Solutions, Solution.clone) }

// RankedSolutions ranks the options of this lap, the best first.
func (s State) RankedSolutions() []Ranked {
	st := s.get()
	var all []Ranked
	for o := range st.options {
		all = append(all, Ranked{o.ID, o.Scores.weigh(st.SolutionCriteria)})
	}
	return rank(all)
}

// SolutionProblem states the choice among the options of this lap for package
// appraisal: the agreed criteria with their weights, and the scores as they are
// recorded. Add what the group knows beyond that, such as ranges of scores, bounds
// on weights or an order of importance; appraisal.New says what is still missing.
// A text too long to be a name there is left out; the id stands for it.
func (s State) SolutionProblem() appraisal.Problem {
	st := s.get()
	var p appraisal.Problem
	for _, c := range st.SolutionCriteria {
		p.Criteria = append(p.Criteria, appraisal.Criterion{ID: c.ID, Name: asName(c.Text), Weight: c.Weight})
	}
	for o := range st.options {
		alternative := appraisal.Alternative{ID: o.ID, Name: asName(o.Name)}
		for _, c := range st.SolutionCriteria {
			if score, known := o.Scores[c.ID]; known {
				alternative.Scores = append(alternative.Scores, appraisal.Exactly(c.ID, score))
			}
		}
		p.Alternatives = append(p.Alternatives, alternative)
	}
	return p
}

// asName leaves out a text that appraisal would not take as a name.
func asName(text string) string {
	text = strings.TrimSpace(text)
	if strings.ContainsFunc(text, unicode.IsControl) || utf8.RuneCountInString(text) > appraisal.MaxName {
		return ""
	}
	return text
}

// Authorities who design, as last named.
func (s State) Authorities() Authorities { return s.get().Authorities.clone() }

// DesignChoices as last decided, by component; those of an earlier lap stay
// until they are decided anew.
func (s State) DesignChoices() []DesignChoice { return slices.Clone(s.get().DesignChoices) }

// Rollout gives the rollout phases, in all laps.
func (s State) Rollout() []RolloutPhase { return cloned(s.get().Rollout, RolloutPhase.clone) }

// Bodies of governance that stand.
func (s State) Bodies() []Body { return cloned(s.get().Bodies, Body.clone) }

// Reviews that were held, in all laps.
func (s State) Reviews() []Review { return cloned(s.get().Reviews, Review.clone) }

// Adaptations that were made, in all laps.
func (s State) Adaptations() []Adaptation { return slices.Clone(s.get().Adaptations) }

// Survey of programmes that was last recorded; false where there is none.
func (s State) Survey() (Survey, bool) {
	if s.get().Survey == nil {
		return Survey{}, false
	}
	survey := *s.get().Survey
	survey.Landscape = survey.Landscape.Clone()
	return survey, true
}

// Ratings of this lap, in the order of the checklist.
func (s State) Ratings() []assessment.Rating { return slices.Clone(s.get().Ratings) }

// Waivers of this lap.
func (s State) Waivers() []Waiver { return slices.Clone(s.get().Waivers) }

// Debts of readiness, open and settled, in the order in which they were made.
func (s State) Debts() []Debt { return slices.Clone(s.get().Debts) }

// OpenDebts are those still owed.
func (s State) OpenDebts() []Debt {
	return slices.DeleteFunc(s.Debts(), func(d Debt) bool { return !d.Open() })
}

// Level of a criterion, as rated or as derived; unknown for one that is not
// rated, and false for one that the checklist does not have.
func (s State) Level(criterion string) (assessment.Level, bool) {
	st := s.get()
	i, ok := st.rules.list.Index(criterion)
	if !ok {
		return assessment.Unknown, false
	}
	return st.level(i, s.moment()), true
}

// Levels of all criteria, in the order of the checklist.
func (s State) Levels() []assessment.Level {
	levels := make([]assessment.Level, len(s.get().rules.criteria))
	for i := range levels {
		levels[i] = s.get().level(i, s.moment())
	}
	return levels
}

// Scorecard sums up the whole checklist, section by section: a section is a
// stage. Its items carry the ratings; derived criteria have a level and none.
func (s State) Scorecard() assessment.Scorecard {
	st := s.get()
	levels := s.Levels()
	card := assessment.Scorecard{Checklist: st.rules.list.ID(), From: st.rules.list.Spec().From, Tally: st.rules.list.Tally(levels)}
	for _, p := range st.rules.list.Packages() {
		card.Packages = append(card.Packages, st.rules.list.TallyPackage(p.ID, levels))
	}
	for i, c := range st.rules.list.All() {
		item := assessment.Item{Criterion: c, Level: levels[i], Met: c.Met(levels[i])}
		if r, rated := s.Rating(c.ID); rated {
			item.Rating = &r
		}
		card.Items = append(card.Items, item)
	}
	for _, section := range st.rules.list.Sections() {
		card.Sections = append(card.Sections, assessment.SectionTally{Section: section, Tally: st.rules.list.TallySection(section, levels)})
	}
	return card
}

// Tally sums up one stage's criteria.
func (s State) Tally(stage Stage) assessment.Tally {
	return s.get().rules.list.TallySection(stage.String(), s.Levels())
}

// Rating of a criterion in this lap; false where it is not rated.
func (s State) Rating(criterion string) (assessment.Rating, bool) {
	for _, r := range s.get().Ratings {
		if r.Criterion == criterion {
			return r, true
		}
	}
	return assessment.Rating{}, false
}

// MarshalJSON gives everything that is recorded, in a fixed order: equal states
// give equal bytes.
func (s State) MarshalJSON() ([]byte, error) { return json.Marshal(s.get()) }

// cloned copies a slice with what its elements hold.
func cloned[T any](s []T, clone func(T) T) []T {
	copied := slices.Clone(s)
	for i := range copied {
		copied[i] = clone(copied[i])
	}
	return copied
}
