package reformcycle

import (
	"encoding/json"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
)

// This file is the state of a cycle: what is common to all stages, the parts of
// the rooms, and what a state says of itself. What a stage recorded is asked for
// in the file of the stage; levels and guards are in judge.go.

// state is what the journal folds to. Once it is visible it never changes.
type state struct {
	Cycle   string `json:"cycle"`
	Title   string `json:"title,omitempty"`
	Country string `json:"country,omitempty"`
	// Checklist that judges now.
	Checklist string `json:"checklist"`

	// Seq is that of the last entry, Moment of the last that is no correction, and
	// Recorded of the last that a clock saw.
	Seq      uint64    `json:"seq"`
	Begun    time.Time `json:"begun,omitzero"`
	Moment   time.Time `json:"moment,omitzero"`
	Recorded time.Time `json:"recorded,omitzero"`
	// MomentEntry is the entry that Moment is of.
	MomentEntry uint64 `json:"moment_entry,omitempty"`

	Lap    int    `json:"lap"`
	Stage  Stage  `json:"stage"`
	Status Status `json:"status"`
	// Held is why the cycle is suspended or abandoned.
	Held string `json:"held,omitempty"`
	// LastMove is when it last moved; when it began if it never did.
	LastMove time.Time `json:"last_move,omitzero"`
	// MoveEntry is the entry of that move.
	MoveEntry uint64 `json:"move_entry,omitempty"`
	// Dates are those of the entries that have one, in their order.
	Dates []dates `json:"dates,omitempty"`
	// Arrivals are never changed, but replaced, so that a move copies little.
	Arrivals []*Arrival `json:"arrivals"`

	// parts are what the rooms have recorded, in the order of the rooms: each a
	// pointer to what its room declares. In JSON their fields stand here.
	parts []any

	// Ratings of this lap, in the order of the checklist.
	Ratings []assessment.Rating `json:"ratings,omitempty"`
	Waivers []Waiver            `json:"waivers,omitempty"`
	Debts   []Debt              `json:"debts,omitempty"`
	Laps    []Lap               `json:"laps,omitempty"`
	// Judges are the checklists that have judged, the latest last.
	Judges []JudgedBy `json:"judges,omitempty"`

	// Keys are those of the last batches that had one.
	Keys keyring `json:"keys,omitzero"`

	// tip is the last entry, where it is known.
	tip tip

	rules *rulebook
	// levels of the rated criteria of this lap, by the checklist's index.
	levels []assessment.Level
}

// parts are the keys to the parts of a state, in the order of the rooms, and
// partTopics what each tells of.
var (
	parts      []partKey
	partTopics []Topic
)

// partKey is the key to the part of one room.
type partKey interface {
	// place tells the key where the part stands.
	place(at int)
	// fresh makes the part as it is before anything is recorded.
	fresh() any
}

// Arrival tells when a stage was entered in the current lap.
type Arrival struct {
	Stage Stage `json:"stage"`
	// First and Last time it was entered; they differ after a revisit.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	Times int       `json:"times"`
	// Entry and LastEntry are those of the moves that entered it.
	Entry     uint64 `json:"entry"`
	LastEntry uint64 `json:"last_entry"`
}

// dates is the date of a run of entries of one batch.
type dates struct {
	First uint64    `json:"first"`
	Last  uint64    `json:"last"`
	Date  date.Date `json:"date"`
}

// when gives the date of what an entry stamped with its moment.
func (s *state) when(entry uint64, at time.Time) date.Date {
	i, found := slices.BinarySearchFunc(s.Dates, entry, func(d dates, entry uint64) int {
		switch {
		case d.Last < entry:
			return -1
		case d.First > entry:
			return 1
		}
		return 0
	})
	if found {
		return s.Dates[i].Date
	}
	return date.Of(at)
}

// Lap is a finished turn of the cycle.
type Lap struct {
	Number int `json:"number"`
	// Checklist that it was judged by.
	Checklist string    `json:"checklist"`
	Began     time.Time `json:"began"`
	Ended     time.Time `json:"ended"`
	// Entry that ended it.
	Entry    uint64    `json:"entry"`
	Arrivals []Arrival `json:"arrivals"`
	// Ratings as they stood at its end.
	Ratings []assessment.Rating `json:"ratings,omitempty"`
	// Met is how many required criteria, of how many in the stages that it
	// entered, were met at its end.
	Met      int `json:"met"`
	Required int `json:"required"`
}

// newState is a cycle before its first entry.
func newState(id string, rules *rulebook) *state {
	s := &state{
		Cycle: id, Checklist: rules.list.ID(), Lap: 1, Stage: ProblemPrioritization,
		parts: make([]any, len(parts)), rules: rules, levels: make([]assessment.Level, rules.list.Len()),
	}
	for i, key := range parts {
		s.parts[i] = key.fresh()
	}
	return s
}

// noState is what the zero State stands for.
var noState *state

// fields yields the fields that make the JSON form of a state, in their order.
func (s *state) fields(yield func(reflect.StructField, reflect.Value) bool) {
	common := reflect.ValueOf(s).Elem()
	for i := range common.NumField() {
		f := common.Type().Field(i)
		if f.IsExported() && !yield(f, common.Field(i)) {
			return
		}
		if f.Name != "parts" {
			continue
		}
		for _, held := range s.parts {
			part := reflect.ValueOf(held).Elem()
			for j := range part.NumField() {
				if !yield(part.Type().Field(j), part.Field(j)) {
					return
				}
			}
		}
	}
}

// stateForm is a struct of all the fields: with it a state is written and read in
// one piece.
var stateForm = sync.OnceValue(func() reflect.Type {
	var all []reflect.StructField
	for f := range noState.fields {
		all = append(all, reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag})
	}
	return reflect.StructOf(all)
})

// encode writes everything that is recorded, in a fixed order.
func (s *state) encode() ([]byte, error) {
	form, i := reflect.New(stateForm()).Elem(), 0
	for _, v := range s.fields {
		form.Field(i).Set(v)
		i++
	}
	return json.Marshal(form.Interface())
}

// decode reads what encode wrote, into a fresh state.
func (s *state) decode(data []byte) error {
	form, i := reflect.New(stateForm()).Elem(), 0
	if err := readStrictly(data, form.Addr().Interface()); err != nil {
		return err
	}
	for _, v := range s.fields {
		v.Set(form.Field(i))
		i++
	}
	return nil
}

// State is a cycle as it stands after some entry of its journal. It is a small
// value that never changes, whatever happens to the cycle: keep it, or hand it to
// another goroutine. What its methods hand out are copies. Two states of a cycle are
// equal where their MarshalJSON is; == compares no more than identity.
//
// Derived criteria that depend on time are judged at the moment of the last
// entry, unless At says otherwise; a diagnosis is made by the rules of the cycle. The
// zero value is a cycle that has not begun.
type State struct {
	s     *state
	at    time.Time
	rules *Rules
	// sight is what the rules read, while a diagnosis is made.
	sight *sight
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

// At gives the same state, judged at a later moment, and where a day is asked, at the
// day on which it falls where its clock stands. A moment before the last entry counts as
// that entry's.
func (s State) At(t time.Time) State {
	if t.Before(s.get().Moment) {
		t = s.get().Moment
	}
	return State{s: s.s, at: t.Round(0), rules: s.rules}
}

// JudgedAt is the moment at which derived criteria are judged: that of the last
// entry, unless At gave a later one.
func (s State) JudgedAt() time.Time { return s.moment() }

// When gives the date of what an entry stamped with its moment, such as a debt with
// Since: the date that its stamp has, as it was recorded or corrected, or else the day
// of the moment.
func (s State) When(entry uint64, moment time.Time) date.Date { return s.get().when(entry, moment) }

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

// Moment is when the last entry happened, corrections aside: they say nothing of the
// reform.
func (s State) Moment() time.Time { return s.get().Moment }

// Date is the date of that, as When gives it.
func (s State) Date() date.Date {
	st := s.get()
	return st.when(st.MomentEntry, st.Moment)
}

// Recorded is when the last entry was recorded; zero where there never was a clock.
func (s State) Recorded() time.Time { return s.get().Recorded }

// LastMove is when the cycle last moved; when it began, if it never did. LastMoved is the
// date of that, as When gives it.
func (s State) LastMove() time.Time { return s.get().LastMove }

// LastMoved is the date on which the cycle last moved; see LastMove.
func (s State) LastMoved() date.Date {
	st := s.get()
	return st.when(st.MoveEntry, st.LastMove)
}

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
func (s State) Arrivals() []Arrival { return s.get().arrivals() }

func (s *state) arrivals() []Arrival {
	if s.Arrivals == nil {
		return nil
	}
	all := make([]Arrival, len(s.Arrivals))
	for i, a := range s.Arrivals {
		all[i] = *a
	}
	return all
}

// Laps tells of the finished laps.
func (s State) Laps() []Lap {
	laps := slices.Clone(s.get().Laps)
	for i := range laps {
		laps[i].Arrivals = slices.Clone(laps[i].Arrivals)
		laps[i].Ratings = slices.Clone(laps[i].Ratings)
	}
	return laps
}

// MarshalJSON gives everything that is recorded, in a fixed order: equal states
// give equal bytes.
func (s State) MarshalJSON() ([]byte, error) { return s.get().encode() }

// JudgedBy tells which checklist judges a cycle from a moment on.
type JudgedBy struct {
	Checklist string `json:"checklist"`
	// Digest of its terms, as in Terms.
	Digest string    `json:"digest,omitempty"`
	Lap    int       `json:"lap"`
	Since  time.Time `json:"since"`
	// Reason for the move to it; empty for the first.
	Reason string `json:"reason,omitempty"`
	// Entry that says so.
	Entry uint64 `json:"entry"`
}

// JudgedBy lists the checklists that have judged the cycle, the latest last: it is
// the one that judges now.
func (s State) JudgedBy() []JudgedBy { return slices.Clone(s.get().Judges) }
