package reformcycle_test

// The walks in testdata/walks are conversations with a cycle: commands, a line
// of dashes, the exact reply. They are read as documentation and run as tests.
//
//	go test -run TestWalks ./reformcycle -update   # writes the replies anew

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	rc "github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

var walkUpdate = flag.Bool("update", false, "write the replies in testdata/walks anew")

func TestWalks(t *testing.T) {
	taken, kinds := map[rc.Transition]bool{}, map[rc.Kind]bool{}
	files, err := filepath.Glob("testdata/walks/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	ran := 0
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ran++
			script, err := os.ReadFile(file)
			require.NoError(t, err)
			w := &walk{t: t, taken: taken, kinds: kinds, journal: journal.NewMemory(), cycles: map[string]*rc.Cycle{}}
			got := w.run(string(script))
			if *walkUpdate {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			} else {
				require.Equal(t, string(script), got)
			}
			w.foldAgain()
		})
	}
	if ran < len(files) {
		return // -run chose some of the scripts
	}
	t.Run("every line of the table is walked", func(t *testing.T) {
		for line := range rc.Table() {
			require.True(t, taken[line], "no script takes %s from %s to %s", line.Move, line.From, line.To)
		}
	})
	t.Run("every kind of change is made", func(t *testing.T) {
		for _, kind := range rc.Kinds() {
			require.True(t, kinds[kind] || kind == rc.KindBegin, "no script makes a change of kind %s", kind)
		}
	})
}

// walk is a script under way.
type walk struct {
	t       *testing.T
	line    string
	journal *journal.Memory
	cycles  map[string]*rc.Cycle // by the name that the script gives them
	*rc.Cycle
	stamp   rc.Stamp
	once    []func(rc.Stamp) rc.Stamp // for the next batch
	clock   time.Time                 // zero: cycles have none
	options []rc.Option
	batch   []rc.Change
	open    bool // between batch and end
	broken  error

	taken map[rc.Transition]bool
	kinds map[rc.Kind]bool
}

// run answers a script: it gives the same text with the replies as they are.
func (w *walk) run(script string) string {
	var out strings.Builder
	lines := strings.Split(strings.TrimRight(script, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		if lines[i] == "" || lines[i][0] == '#' {
			out.WriteString(lines[i] + "\n")
			continue
		}
		var reply strings.Builder
		for ; i < len(lines) && lines[i] != "" && lines[i] != "----"; i++ {
			out.WriteString(lines[i] + "\n")
			w.line = lines[i]
			if said := w.answer(lines[i]); said != "" {
				reply.WriteString(strings.TrimRight(said, "\n") + "\n")
			}
		}
		for ; i < len(lines) && lines[i] != ""; i++ { // the reply as it was
		}
		i--
		out.WriteString("----\n" + reply.String())
	}
	return out.String()
}

// answer does one command and says what came of it.
func (w *walk) answer(line string) string {
	a := walkParse(line)
	reply := w.query(a)
	if reply == nil {
		return w.apply(w.change(a))
	}
	require.Empty(w.t, a.rest(), "words that %q does not know: %s", a.verb, line)
	return *reply
}

// query does a command that changes no cycle; nil if it is none.
func (w *walk) query(a *walkArgs) *string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	switch a.verb {
	case "at": // sets who acts, and when
		w.stamp.Moment = w.date(a.word())
		if a.flag("by") {
			w.stamp.Author = a.word()
		}
	case "begin": // begins the cycle without a change
		say("%s", w.commit(nil))
	case "on": // says when the next batch happened, as far as that is known
		on := date.MustParse(a.word())
		w.once = append(w.once, func(s rc.Stamp) rc.Stamp { return s.On(on) })
	case "key": // names the next batch
		key := a.word()
		w.once = append(w.once, func(s rc.Stamp) rc.Stamp { return s.Key(key) })
	case "after": // says on which entry the next batch rests
		seq := uint64(w.number(a.word()))
		w.once = append(w.once, func(s rc.Stamp) rc.Stamp { return s.After(seq) })
	case "now": // leaves the moment to the clock
		w.stamp.Moment = time.Time{}
	case "clock": // gives the cycles that follow a clock, and sets it
		w.clock = w.date(a.word())
		w.options = append(w.options, rc.WithClock(func() time.Time { return w.clock }))
	case "checklist": // hands a checklist to the cycles that follow: a version of the published one, or that
		// alone: those handed in before are not handed in any more.
		if a.flag("alone") {
			w.options = nil
		}
		list := rc.ReformChecklist()
		if version := a.word(); version != "published" {
			var edits []assessment.Edit
			for _, id := range a.list("drop") {
				edits = append(edits, assessment.Drop(id))
			}
			for _, id := range a.list("advise") {
				edits = append(edits, assessment.MakeAdvisory(id))
			}
			for _, id := range a.list("raise") {
				edits = append(edits, assessment.SetThreshold(id, assessment.HighlyFunctional))
			}
			for _, id := range a.list("ask") { // of a share of the people, at or past a stage
				share, err := strconv.ParseFloat(a.opt("share"), 64)
				require.NoError(w.t, err, w.line)
				edits = append(edits, assessment.AskChildren(id, assessment.FromChildren{Of: assessment.OfPopulation, Stage: a.opt("past")}, share))
			}
			for _, id := range a.list("add") {
				stage, _, _ := strings.Cut(id, ".")
				section := map[string]string{"problem": "problem-prioritization", "coalition": "coalition-building", "design": "design"}[stage]
				edits = append(edits, assessment.Add(assessment.Criterion{ID: id, Section: section, Text: "It is as the county wants it.", Kind: assessment.Rated, Sources: []string{"model"}}))
			}
			var err error
			list, err = list.Derive(version, edits...)
			require.NoError(w.t, err)
		}
		w.options = append(w.options, rc.WithChecklist(list))
		say("%s: %d criteria", list.ID(), list.Len())
	case "new", "open":
		id, title, country := a.word(), a.opt("title"), a.opt("country")
		options := append([]rc.Option{rc.WithJournal(w.journal), rc.WithTitle(title), rc.WithCountry(country)}, w.options...)
		if at := a.opt("stage"); at != "" {
			var stage rc.Stage
			require.NoError(w.t, stage.UnmarshalText([]byte(at)), w.line)
			options = append(options, rc.WithStage(stage))
		}
		c, err := rc.New(id, options...)
		if a.verb == "open" {
			c, err = rc.Open(w.t.Context(), w.journal, id, options[3:]...)
		}
		name := a.opt("as")
		if err != nil {
			say("refused: %v", err)
			break
		}
		if name == "" {
			name = id
		}
		w.cycles[name], w.Cycle = c, c
		say("ok: %s", walkStanding(c.State()))
	case "fork": // makes a copy for what-if, and goes on with it
		w.Cycle = w.Fork()
		w.cycles[a.word()] = w.Cycle
		say("ok: %s", walkStanding(w.State()))
	case "observe": // records how another cycle stands
		other := w.cycles[a.word()]
		if other == nil {
			say("there is no such cycle")
			break
		}
		say("%s", w.commit(nil, rc.ObserveCycle{Observation: other.Now().Observation(w.State().Asks()...)}))
	case "use": // goes on with another cycle
		w.Cycle = w.cycles[a.word()]
		require.NotNil(w.t, w.Cycle, w.line)
		say("ok: %s", walkStanding(w.State()))
	case "batch":
		w.open, w.batch, w.broken = true, nil, nil
	case "end":
		w.open = false
		say("%s", w.commit(w.broken, w.batch...))
	case "ready":
		w.ready(a.word(), say)
	case "state":
		s := w.State()
		say("%s phase, %s, lap %d, %s, entry %d, open debts %d", s.Stage().Phase(), s.Stage(), s.Lap(), s.Status(), s.Seq(), len(s.OpenDebts()))
		if s.Held() != "" {
			say("held: %s", s.Held())
		}
	case "asof":
		s, err := w.AsOf(w.t.Context(), w.date(a.word()))
		if err != nil {
			say("refused: %v", err)
			break
		}
		say("%s; %d actors, %d ratings", walkStanding(s), s.Actors().Len(), len(s.Ratings()))
	case "blockers":
		blockers := w.Now().Blockers()
		if len(a.words) > 0 {
			move := walkParse(a.raw)
			c, err := w.change(move)
			require.NoError(w.t, err)
			blockers, a.words = w.Now().BlockersFor(c.(rc.Move)), nil
		}
		for _, blocker := range blockers {
			say("%s", blocker)
		}
		if blockers == nil {
			say("none")
		}
	case "actions":
		for _, action := range w.Now().NextActions() {
			say("%d. %s %s by %s: %s", action.Rank, action.Urgency, action.Guard, action.Change, action.Do)
			say("   unlocks %s [%s]", action.Unlocks, action.Source)
			if len(action.Missing) > 0 {
				say("   missing: %s", strings.Join(inEnglish(action.Missing), ", "))
			}
			for _, c := range action.Whom {
				say("   win %s: %s", c.Name, c.Reason)
			}
			for _, who := range action.Who {
				say("   %s, %s", who.Name, who.Reason)
			}
		}
		if b.Len() == 0 {
			say("none")
		}
	case "record": // what is on record of a topic, or of all
		of := rc.Topics()
		if len(a.words) > 0 {
			of = []rc.Topic{rc.Topic(a.word())}
		}
		for _, topic := range of {
			on, holds := w.Now().OnRecord(topic), []string(nil)
			for _, h := range on.Holds {
				holds = append(holds, fmt.Sprintf("%s %d", h.What, h.Count))
			}
			if on.Rated > 0 {
				holds = append(holds, fmt.Sprintf("ratings %d of %d", on.Rated, on.Of))
			}
			if holds == nil {
				holds = []string{"nothing"}
			}
			say("%s: %s; absence: %s", topic, strings.Join(holds, ", "), on.Absence)
		}
	case "diagnose": // what is wrong, right and not known: of one heading of the policy triangle, or of all
		d := w.Now().Diagnose()
		if len(a.words) > 0 {
			d = d.Under(rc.Heading(a.word()))
		}
		for _, f := range d.Findings {
			say("wrong: %s", f)
			say("   %s", f.Remedy)
		}
		for _, s := range d.Strengths {
			say("right: %s", s)
		}
		for _, c := range d.Contested {
			say("contested: %s", c)
		}
		for _, q := range d.Questions {
			say("open: %s", q)
		}
		if b.Len() == 0 {
			say("nothing to say yet")
		}
	case "ranked":
		ranked := w.State().RankedProblems()
		if a.word() == "solutions" {
			ranked = w.State().RankedSolutions()
		}
		for _, r := range ranked {
			say("%d. %s %s", r.Place, r.ID, walkInterval(r.Score))
		}
	case "level":
		level, listed := w.State().Level(a.word())
		if say("%s", level); !listed {
			b.Reset()
			say("not on the checklist")
		}
	case "judges":
		for _, j := range w.State().JudgedBy() {
			say("%s in lap %d since %s", j.Checklist, j.Lap, j.Since.Format(time.DateOnly))
			if j.Reason != "" {
				say("   %s", j.Reason)
			}
		}
	case "laps":
		for _, lap := range w.State().Laps() {
			say("lap %d: %s to %s, %d of %d required criteria met, %d ratings, judged by %s", lap.Number,
				lap.Began.Format(time.DateOnly), lap.Ended.Format(time.DateOnly), lap.Met, lap.Required, len(lap.Ratings), lap.Checklist)
		}
	case "debts":
		for _, d := range w.State().Debts() {
			settled := "open"
			if !d.Open() {
				settled = "settled " + d.Settled.Format(time.DateOnly)
			}
			if !d.Unasked.IsZero() {
				settled = "no longer asked since " + d.Unasked.Format(time.DateOnly)
			}
			by := fmt.Sprintf("by %s (%s)", d.Authority, d.Reason)
			if d.ByCorrection {
				by = "as a correction found"
			}
			say("%s, left at %s in lap %d on %s %s: %s", d.Guard, d.Stage, d.Lap, d.Since.Format(time.DateOnly), by, settled)
		}
		if b.Len() == 0 {
			say("none")
		}
	case "history": // from behind an entry, or all of it
		var after uint64
		if len(a.words) > 0 {
			after = uint64(w.number(a.word()))
		}
		for e, err := range w.History(w.t.Context(), after) {
			require.NoError(w.t, err)
			recorded, word := "", ""
			if !e.Recorded.IsZero() {
				recorded = " recorded " + e.Recorded.Format(time.DateOnly)
			}
			for _, c := range w.State().CorrectionsOf(e) {
				if !c.Moment.IsZero() {
					word += fmt.Sprintf(" (%s by %d)", onOrIn(cmp.Or(c.Date, date.Of(c.Moment))), c.Entry)
				} else {
					word += fmt.Sprintf(" (%sed by %d)", c.Kind, c.Entry)
				}
			}
			say("%d %s%s by %s: %s%s", e.Seq, e.On(), recorded, e.By, e.Kind, word)
		}
	case "corrections":
		for _, c := range w.State().Corrections() {
			what, stands := fmt.Sprintf("%s %d", c.Kind, c.Of), ""
			if !c.Moment.IsZero() {
				what += " to " + cmp.Or(c.Date, date.Of(c.Moment)).String()
			}
			if !c.Stands {
				stands = "; another stands in its place"
			}
			say("%d: %s, by %s on %s: %s%s", c.Entry, what, c.By, c.At.Format(time.DateOnly), c.Reason, stands)
		}
	case "problems":
		for _, p := range w.State().Problems() {
			say("%s: %s (entry %d)", p.ID, p.Statement, p.Entry)
		}
	case "commitments":
		for a := range w.State().Actors().All() {
			for _, c := range a.Commitments {
				say("%s of %s: %g of %g %s delivered (entry %d)", c.ID, a.ID, c.Delivered, c.Pledged, c.Unit, c.Entry)
			}
		}
	default:
		return nil
	}
	said := b.String()
	return &said
}

// change makes the change that a command stands for.
func (w *walk) change(a *walkArgs) (c rc.Change, err error) {
	evidence := func() assessment.Evidence {
		e := assessment.Evidence{What: a.opt("what"), Source: a.opt("source"), Basis: assessment.Illustrative}
		if e.What == "" && e.Source == "" {
			e.What, e.Source = "made up for this walk", "this walk"
		}
		return e
	}
	switch a.verb {
	case "apply":
		kind := rc.Kind(a.word())
		_, data, _ := strings.Cut(a.raw, " ")
		a.words = nil
		return rc.DecodeChange(kind, []byte(data))
	case "correct": // an entry, then the command as it should have been, behind a colon
		said, as, _ := strings.Cut(a.raw, " : ")
		head, inner := walkParse("correct "+said), walkParse(as)
		change := rc.Correct{Entry: w.seq(head.word()), Replaces: w.seq(head.opt("replaces")), Reason: head.opt("reason")}
		require.Empty(w.t, head.rest(), w.line)
		change.Change, err = w.change(inner)
		return change, err
	case "retract":
		c = rc.Retract{Entry: w.seq(a.word()), Replaces: w.seq(a.opt("replaces")), Reason: a.opt("reason")}
	case "correct-moment":
		word := rc.CorrectMoment{Entry: w.seq(a.word())}
		if on := a.opt("date"); on != "" {
			word.Date = date.MustParse(on)
		} else {
			word.Moment = w.date(a.word())
		}
		word.Replaces, word.Reason = w.seq(a.opt("replaces")), a.opt("reason")
		c = word
	case "silence":
		var about []rc.Topic
		for _, topic := range strings.Split(a.word(), ",") {
			about = append(about, rc.Topic(topic))
		}
		c = rc.DeclareSilence{About: about, Reason: a.opt("reason"), Source: a.opt("source")}
	case "frame":
		c = rc.FrameProblem{Problem: rc.Problem{ID: a.word(), Statement: a.word()}}
	case "rate":
		r := rc.Rate{Criterion: a.word(), Evidence: evidence()}
		err = r.Level.UnmarshalText([]byte(a.word()))
		c = r
	case "engage":
		actor := stakeholders.Actor{ID: a.word(), Name: a.word(), Constituency: stakeholders.Constituency(a.word()), Member: a.flag("member"), Veto: a.flag("veto")}
		for _, role := range a.list("roles") {
			actor.Roles = append(actor.Roles, stakeholders.Role(role))
		}
		if position := a.opt("position"); position != "" {
			actor.Position = stakeholders.At(w.number(position))
		}
		if power := a.opt("power"); power != "" {
			actor.Power = stakeholders.Power(w.number(power))
		}
		c = rc.EngageActor{Actor: actor}
	case "form":
		c = rc.FormCoalition{Coalition: rc.Coalition{Name: a.word(), Convener: a.opt("convener"), Purpose: a.opt("purpose")}}
	case "position":
		c = rc.TakePosition{Actor: a.word(), Position: stakeholders.At(w.number(a.word())), Reason: a.opt("reason")}
	case "release":
		c = rc.ReleaseActor{Actor: a.word(), Reason: a.opt("reason")}
	case "propose":
		c = rc.ProposeSolution{Solution: rc.Solution{ID: a.word(), Name: a.word(), Origin: rc.Origin(a.word())}}
	case "choose":
		c = rc.ChooseSolution{Solution: a.word(), By: a.opt("by"), Reason: a.opt("reason")}
	case "waive":
		c = rc.Waive{Criterion: a.word(), Authority: a.opt("authority"), Reason: a.opt("reason")}
	case "advance":
		move := rc.Advance{}
		if a.flag("override") {
			move.Override = rc.Override{Authority: a.opt("authority"), Reason: a.opt("reason")}
		}
		c = move
	case "revisit":
		move := rc.Revisit{Reason: a.opt("reason")}
		err = move.To.UnmarshalText([]byte(a.word()))
		c = move
	case "renew":
		move := rc.Renew{Checklist: a.opt("checklist"), Reason: a.opt("reason")}
		err = move.At.UnmarshalText([]byte(a.opt("at")))
		c = move
	case "adopt":
		c = rc.AdoptChecklist{Checklist: a.word(), Reason: a.opt("reason")}
	case "suspend":
		c = rc.Suspend{Reason: a.opt("reason")}
	case "resume":
		c = rc.Resume{Reason: a.opt("reason")}
	case "abandon":
		c = rc.Abandon{Reason: a.opt("reason")}
	default:
		require.Fail(w.t, "no such command", w.line)
	}
	require.Empty(w.t, a.rest(), "words that %q does not know: %s", a.verb, w.line)
	return c, err
}

// apply applies a change, or puts it with the batch that is open.
func (w *walk) apply(c rc.Change, err error) string {
	if w.open {
		if w.broken == nil {
			w.batch, w.broken = append(w.batch, c), err
		}
		return ""
	}
	return w.commit(err, c)
}

func (w *walk) commit(err error, changes ...rc.Change) string {
	from, stamp := w.State().Standing(), w.stamp
	for _, more := range w.once {
		stamp = more(stamp)
	}
	w.once = nil
	var receipt rc.Receipt
	if err == nil {
		receipt, err = w.Apply(w.t.Context(), stamp, changes...)
	}
	if err != nil {
		said := "refused: " + err.Error()
		if conflict, ok := errors.AsType[*rc.ConflictError](err); ok {
			for _, e := range conflict.Since {
				said += fmt.Sprintf("\nsince: %d by %s: %s", e.Seq, e.By, e.Kind)
			}
		}
		return said
	}
	if receipt.Repeated {
		return fmt.Sprintf("was there already: entries %d to %d", receipt.First, receipt.Last)
	}
	for _, c := range changes {
		w.kinds[c.Kind()] = true
	}
	if len(changes) != 1 {
		return "ok: " + walkStanding(w.State())
	}
	if _, moved := changes[0].(rc.Move); moved {
		name := rc.MoveName(changes[0].Kind())
		if advance, is := changes[0].(rc.Advance); is && advance.Override != (rc.Override{}) {
			name = rc.MoveOverride
		}
		w.taken[rc.Transition{Move: name, From: from, To: w.State().Standing()}] = true
	}
	return "ok: " + walkStanding(w.State())
}

// walkReady reads, by criterion, the commands that meet it.
func walkReady(t *testing.T) map[string][]string {
	text, err := os.ReadFile("testdata/walks/ready.commands")
	require.NoError(t, err)
	ready := map[string][]string{}
	for entry := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		lines := strings.Split(entry, "\n")
		ready[lines[0]] = lines[1:]
	}
	return ready
}

// ready records what the required criteria of a stage still need, and says what
// it recorded; what it can't mend it leaves to the script.
func (w *walk) ready(stage string, say func(string, ...any)) {
	var recorded []string
	commands := walkReady(w.t)
	for _, c := range w.State().Checklist().All() {
		level, _ := w.State().Level(c.ID)
		if c.Section != stage || c.Advisory || c.Met(level) {
			continue
		}
		commands := commands[c.ID]
		if c.Kind == assessment.Rated {
			commands = []string{"rate " + c.ID + " functional"}
		}
		if commands == nil {
			continue
		}
		var changes []rc.Change
		for _, line := range commands {
			change, err := w.change(walkParse(strings.ReplaceAll(line, "LAP", strconv.Itoa(w.State().Lap()))))
			require.NoError(w.t, err)
			if e, is := change.(rc.EngageActor); !is || !w.State().Actors().Has(e.Actor.ID) {
				changes = append(changes, change)
				recorded = append(recorded, string(change.Kind()))
			}
		}
		if said := w.commit(nil, changes...); strings.HasPrefix(said, "refused") {
			say("%s: %s", c.ID, said)
			return
		}
	}
	for i := 0; i < len(recorded); {
		n := 1
		for i+n < len(recorded) && recorded[i+n] == recorded[i] {
			n++
		}
		if n > 1 {
			recorded[i] += fmt.Sprintf(" ×%d", n)
		}
		recorded = slices.Delete(recorded, i+1, i+n)
		i++
	}
	if recorded == nil {
		recorded = []string{"nothing, for nothing is missing"}
	}
	say("recorded: %s", strings.Join(recorded, ", "))
	say("ok: %s", walkStanding(w.State()))
}

// foldAgain holds every cycle of the journal against a fold of its entries.
func (w *walk) foldAgain() {
	for id, err := range w.journal.Cycles(context.Background(), "") {
		require.NoError(w.t, err)
		folded, err := rc.Open(w.t.Context(), w.journal, id, w.options...)
		require.NoError(w.t, err)
		if live := w.cycles[id]; live != nil && live.State().Seq() == folded.State().Seq() {
			want, err := json.Marshal(live.State())
			require.NoError(w.t, err)
			got, err := json.Marshal(folded.State())
			require.NoError(w.t, err)
			require.Equal(w.t, string(want), string(got))
		}
	}
}

func (w *walk) date(text string) time.Time {
	layout := time.RFC3339
	if len(text) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	moment, err := time.Parse(layout, text)
	require.NoError(w.t, err, w.line)
	return moment
}

// seq reads a sequence number; 0 where there is none.
func (w *walk) seq(text string) uint64 {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(w.t, err, w.line)
	return n
}

func (w *walk) number(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(w.t, err, w.line)
	return v
}

func walkStanding(s rc.State) string {
	text := fmt.Sprintf("%s, lap %d, entry %d", s.Standing(), s.Lap(), s.Seq())
	switch n := len(s.OpenDebts()); n {
	case 0:
	case 1:
		text += ", owes 1 criterion"
	default:
		text += fmt.Sprintf(", owes %d criteria", n)
	}
	return text
}

func walkInterval(i assessment.Bounds) string {
	if i.Low == i.High {
		return fmt.Sprintf("%.2f", i.Low)
	}
	return fmt.Sprintf("%.2f to %.2f", i.Low, i.High)
}

// walkArgs is a command: words, some in quotes, and key=value.
type walkArgs struct {
	verb, raw string // raw is what follows the verb
	words     []string
	options   map[string]string
}

var walkWord = regexp.MustCompile(`(?:([a-z]+)=)?(?:"([^"]*)"|(\S+))`)

func walkParse(line string) *walkArgs {
	a := &walkArgs{options: map[string]string{}}
	a.verb, a.raw, _ = strings.Cut(line, " ")
	for _, m := range walkWord.FindAllStringSubmatch(a.raw, -1) {
		if m[1] != "" {
			a.options[m[1]] = m[2] + m[3]
		} else {
			a.words = append(a.words, m[2]+m[3])
		}
	}
	if a.verb == "apply" {
		a.options = nil
	}
	return a
}

// word takes the next word, opt the value of a key, list the parts of one
// between commas; flag takes a word if it is the next. What is not there is
// empty: what to make of it is the cycle's to say.
func (a *walkArgs) word() (next string) {
	if len(a.words) > 0 {
		next, a.words = a.words[0], a.words[1:]
	}
	return next
}

func (a *walkArgs) opt(key string) string {
	defer delete(a.options, key)
	return a.options[key]
}

func (a *walkArgs) list(key string) []string {
	if v := a.opt(key); v != "" {
		return strings.Split(v, ",")
	}
	return nil
}

func (a *walkArgs) flag(name string) bool {
	is := len(a.words) > 0 && a.words[0] == name
	if is {
		a.words = a.words[1:]
	}
	return is
}

// rest is what nobody took.
func (a *walkArgs) rest() (left []string) {
	for key := range a.options {
		left = append(left, key)
	}
	return append(left, a.words...)
}

// onOrIn says a date as a script has it.
func onOrIn(d date.Date) string {
	if d.Precision() == date.ToDay {
		return "on " + d.String()
	}
	return "in " + d.String()
}
