package reformcycle

import (
	"iter"
	"slices"
	"strings"

	"github.com/looplab/fsm"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the one table of moves.

// MoveName names a kind of move: an event of the table.
type MoveName string

// The moves of the cycle. Override is an advance that leaves criteria unmet.
const (
	MoveAdvance  MoveName = "advance"
	MoveOverride MoveName = "override"
	MoveRevisit  MoveName = "revisit"
	MoveRenew    MoveName = "renew"
	MoveSuspend  MoveName = "suspend"
	MoveResume   MoveName = "resume"
	MoveAbandon  MoveName = "abandon"
)

// moveNames lists the moves in the order in which people tell them.
var moveNames = []MoveName{
	MoveAdvance, MoveOverride, MoveRevisit, MoveRenew, MoveSuspend, MoveResume, MoveAbandon,
}

// Told names the move for people, as a thing, such as "renewal".
func (m MoveName) Told() language.Text {
	return termed("move", string(m), slices.Contains(moveNames, m))
}

// Transition is one line of the table of moves.
type Transition struct {
	Move MoveName `json:"move"`
	From Standing `json:"from"`
	To   Standing `json:"to"`
}

// lastRenewal is the latest stage at which a new lap may start: the smaller
// loop goes back as far as design and no less.
const lastRenewal = Design

// table is the one table of moves. The machine that runs a cycle, the pictures,
// the documentation and the simulator are all made from it.
var table = func() []Transition {
	var t []Transition
	line := func(m MoveName, from, to Standing) { t = append(t, Transition{m, from, to}) }
	at := func(s Stage) Standing { return Standing{Stage: s} }
	held := func(s Stage) Standing { return Standing{Stage: s, Status: Suspended} }
	end := Standing{Status: Abandoned}

	for s := ProblemPrioritization; s < ManagementAndLearning; s++ {
		line(MoveAdvance, at(s), at(s+1))
		line(MoveOverride, at(s), at(s+1))
	}
	for s := range Stages() {
		for to := ProblemPrioritization; to < s; to++ {
			line(MoveRevisit, at(s), at(to))
		}
	}
	for to := ProblemPrioritization; to <= lastRenewal; to++ {
		line(MoveRenew, at(ManagementAndLearning), at(to))
	}
	for s := range Stages() {
		line(MoveSuspend, at(s), held(s))
		line(MoveResume, held(s), at(s))
		line(MoveAbandon, at(s), end)
		line(MoveAbandon, held(s), end)
	}
	return t
}()

// Table yields every legal move, line by line, in a fixed order. What is not in
// it never happens.
func Table() iter.Seq[Transition] { return slices.Values(table) }

// TableID identifies the table of moves. Whatever was derived from the table
// and kept, such as a snapshot, is good only under the same identity.
func TableID() string { return tableID }

// The identity spells the table out by move, so that any change of it shows.
var tableID = func() string {
	var b strings.Builder
	for _, t := range table {
		b.WriteString(eventName(t.Move, t.To) + ":" + t.From.String() + ">" + t.To.String() + ";")
	}
	return fingerprint(b.String())
}()

// eventName is the event of the machine for a move. A move that may go to
// several stages is one event a stage, for an event of the machine has one
// destination.
func eventName(m MoveName, to Standing) string {
	switch m {
	case MoveRevisit:
		return revisitEvents[to.Stage]
	case MoveRenew:
		return renewEvents[to.Stage]
	default:
		return string(m)
	}
}

var revisitEvents, renewEvents = eventNames(MoveRevisit), eventNames(MoveRenew)

func eventNames(m MoveName) (names [ManagementAndLearning + 1]string) {
	for i := range names {
		names[i] = string(m) + ":" + Stage(i).String()
	}
	return names
}

// standingNames are the machine's states, made once: the machine works on text
// and a move should not build any.
var standingNames = func() (names [ManagementAndLearning + 1][Abandoned + 1]string) {
	for stage := range names {
		for status := range names[stage] {
			names[stage][status] = Standing{Stage(stage), Status(status)}.String()
		}
	}
	return names
}()

func (s Standing) name() string { return standingNames[s.Stage][s.Status] }

// machineEvents is the table as the machine takes it.
var machineEvents = func() fsm.Events {
	events := make(fsm.Events, len(table))
	for i, t := range table {
		events[i] = fsm.EventDesc{Name: eventName(t.Move, t.To), Src: []string{t.From.name()}, Dst: t.To.name()}
	}
	return events
}()
