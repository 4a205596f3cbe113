// Package reformcycle drives a country, or a district, through the Community
// Health Systems Reform Cycle of Chen et al. (2021, doi:10.9745/GHSP-D-20-00429):
// eight stages from problem prioritization to management and learning, lap after
// lap. It is a library that a host drives. It has no goroutines, no clock, no
// storage and no random source of its own; the host hands in a clock and a
// journal, applies changes, and asks questions.
//
// # A cycle
//
// [New] makes a cycle, and the first [Cycle.Apply] begins it:
//
//	cycle, err := reformcycle.New("LBR-NCHAP",
//		reformcycle.WithTitle("National Community Health Assistant Program"),
//		reformcycle.WithCountry("Liberia"),
//		reformcycle.WithJournal(j))
//
// Without [WithJournal] the entries stay in memory. A cycle that a journal already
// holds is opened again by [Open], which folds it:
//
//	cycle, err := reformcycle.Open(ctx, j, "LBR-NCHAP")
//
// # Changes
//
// Everything that happens is a [Change], and Apply takes a batch of them, by one
// author at one moment. A batch is applied whole or not at all; Apply returns once the
// journal has it and everybody can see it, with a [Receipt] that names its entries.
//
//	ministry := reformcycle.By("Ministry of Health").At(day)
//	receipt, err := cycle.Apply(ctx, ministry,
//		reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "distance", Statement: "…"}},
//		reformcycle.Rate{Criterion: "problem.needs", Level: assessment.Functional, Evidence: survey},
//		reformcycle.Advance{})
//
// What is known only roughly is recorded so: a day of the calendar is a [date.Date], a
// year, a month or a day. Rules and guards judge by its earliest and its latest day;
// where these disagree a rule asks, and a derived criterion is unknown and names the date
// that it lacks. A stamp may carry a date as well ([Stamp.On]): it is kept and shown
// ([Entry.On], [State.When]), and its moment only orders.
//
//	team := reformcycle.By("Reform team").On(date.MustParse("2003-05"))
//
// A stamp may say on which entry it rests ([Stamp.After]): if the cycle has moved on, the
// batch ends in a conflict that carries what came since. It may have a key ([Stamp.Key]):
// a batch that is sent twice is then taken once. It may carry a date, known to the year,
// the month or the day ([Stamp.On]), where the moment only orders. [DecodeBatch] reads a batch, its stamp
// included, from JSON; what only the cycle sets is refused there, as in Apply.
// [BatchSchema] and [ChangeSchema] describe that form, for browsers and forms.
//
// A team may rate ahead, and prepare its launch while the design is open: an active
// cycle takes evidence for every stage, and only the current one guards the next
// move. Each stage has a file of its own with its artefacts, its changes and the
// criteria derived from them: problem.go, coalition.go, solution.go, design.go,
// readiness.go, launch.go, governance.go, learning.go. The list of them, and of what
// belongs to no stage, is stage.go.
//
// # Moves
//
// The moves are changes too: [Advance], [Revisit], [Renew], [Suspend], [Resume],
// [Abandon]. Which of them is legal from where stands in one table, which
// looplab/fsm runs and [Table] shows; nothing outside it ever happens. An advance is
// guarded by the checklist of the stage that is left and, from coalition building on,
// by the coalition: support has to exceed opposition and nobody with a veto may oppose.
// With an [Override] it goes ahead, and what was unmet is readiness debt until it
// is met. A renewal, the start of a new lap, is guarded by the checklist of
// management and learning.
//
// # Refusals
//
// A refusal leaves no trace and explains itself. Apply wraps it in a [ChangeError],
// which says which change of the batch it was:
//
//	var blocked *reformcycle.BlockedError
//	switch _, err := cycle.Apply(ctx, ministry, reformcycle.Advance{}); {
//	case errors.As(err, &blocked):
//		for _, b := range blocked.Blockers {
//			fmt.Println(b.Text, b.Remedy, b.Source)
//		}
//	case errors.Is(err, reformcycle.ErrConflict): // another writer was faster: Reload
//	}
//
// [BlockedError] names every guard that is unmet, [MoveError] the moves that there
// are, [fault.Fields] every field that breaks a rule, with what would be accepted.
// [RefusalOf] gives any of them the one JSON form that a browser reads.
//
// # Questions
//
// Questions are asked of a [State], a small value that never changes. [Cycle.Now] gives
// the cycle as it stands, judged at the clock's time; [Cycle.State] the same, judged at
// its last entry; [Cycle.AsOf] the state as it was known at a moment.
// [State.Blockers] says what stands before the next move and [State.BlockersFor]
// before any other, [State.NextActions] what to do about it and who could,
// [State.Scorecard] how far each checklist is met. [State.Due] says what falls due in a
// span of days, what follows if nothing happens, and who could act. [Cycle.History] yields the entries,
// and [Cycle.Fork] gives a copy for what-if.
//
// [State.Diagnose] looks at the whole reform, whatever its stage. It gives what is wrong,
// the gravest first, what is known to be right, what is contested because the record
// speaks for both, and the questions on which too little is recorded to say; each
// with the facts that it rests on, a remedy, a source, and its heading of the policy
// triangle. Twenty-three rules are built in, and docs/diagnosis.md says what makes each give
// each of its verdicts; a host drops some, changes their parameters or how long
// evidence speaks ([Rules.SetAge]), or adds its own, and hands the set to [WithRules];
// [DiagnosisRules] are those built in.
//
//	for _, f := range cycle.Now().Diagnose().Findings {
//		fmt.Println(f.Severity, f.Sentence, f.Remedy)
//	}
//
// # Programmes
//
// [SurveyProgrammes] records which programmes and cadres serve which areas, on what
// terms (package landscape), at any stage. The rules on fragmentation, supervision,
// pay and vertical money read it.
//
// # A reform under way
//
// [WithStage] begins a cycle at a later stage, for a reform that nobody recorded from
// its beginning. What was not recorded is then not known, rather than absent.
//
// # A nation and its districts
//
// A district's reform is a cycle of its own. [LinkParent] says what the nation has to have
// reached before it leaves a stage, and [NameChildren] whose parent a nation is; then a
// checklist may compute a criterion from the children ([assessment.AskChildren]). What one
// cycle knows of another it has observed:
//
//	seen := district.Now().Observation(nation.State().Asks()...)
//	nation.Apply(ctx, by, reformcycle.ObserveCycle{Observation: seen})
//
// An observation moves nothing, and what was not observed is open.
//
// # Silence
//
// [DeclareSilence] says what the record does not tell: a stage, the actors, the money.
// What is not on record there is not known, and the diagnosis asks instead of finding it
// absent. It is about what was until its moment: it ends where the cycle enters the stage
// later, for the actors with a rating of coalition.size as well, and with its
// retraction. Guards are not loosened; a [Blocker] names what the record is silent about.
// [State.OnRecord] says what is on record of each [Topic], and how to read it that
// there is no more: as absence, as silence, or as not yet due.
//
//	_, err = cycle.Apply(ctx, ministry, reformcycle.DeclareSilence{
//		About:  []reformcycle.Topic{reformcycle.Design.Topic(), reformcycle.TopicMoney},
//		Reason: "The archive of the first years is lost.",
//	})
//
// # Criteria
//
// The built-in checklist holds fifty-three criteria, each with its source. People
// rate some of them by evidence ([Rate]); the others are derived from what is
// recorded, and nobody rates them by hand. Advisory criteria never block. A host
// derives its own checklist from [ReformChecklist], or writes one, and hands it to
// [WithChecklist]. A cycle keeps the digest of each checklist that judged it, and what
// it asked: one that was changed without a new version ends Open in a [ChecklistError]
// that says what differs. [AdoptChecklist] moves to a new version within a lap, and
// [Renew] with the next; [State.JudgedBy] tells of all.
//
// # Corrections
//
// A mistake is put right by an entry of its own, in a batch of its own: [Correct] gives
// the change as it should have been, [Retract] takes one back, [CorrectMoment] moves a
// batch to another moment or date. What a state holds names the entry that it came from:
//
//	_, err = cycle.Apply(ctx, ministry, reformcycle.Correct{
//		Entry: cycle.State().Problems()[0].Entry,
//		Change: reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "distance", Statement: "…"}},
//		Reason: "A typo.",
//	})
//
// The state is then as if it had been right from the start. The history keeps both,
// [State.CorrectionsOf] says which stands, and AsOf shows what was known before. What
// would leave other entries without what they rest on ends in a [HangingError] that
// names them; moves that happened stay, and a guard that is not met any more in the
// corrected record is readiness debt since the move. Who corrects what somebody else
// has corrected since gets a [CorrectedError], a conflict.
//
// # Laps
//
// Reform is a cycle: [Renew] closes a lap and opens the next. The ratings of the
// finished lap become its history and the new lap starts unrated. Problems,
// windows, options, design choices and rollout phases count for the lap that
// recorded them, a review as long as it is recent; actors, coalition and
// governance bodies carry over, and so does readiness debt.
//
// # The journal's promise
//
// A cycle is the fold of its journal: Open, on any machine and at any time, gives
// the state that was live, byte for byte. What Apply acknowledged is as safe as
// the journal promises. Two writers can't overwrite each other: the slower one
// gets a [ConflictError] and reloads the cycle, or has [WithRetries] do so. [Export] and
// [Import] carry a cycle from one journal to another, its keys and corrections included;
// [WithSnapshots] makes the opening of a long one quick.
//
// # Goroutines and callbacks
//
// A [Cycle] is safe for use by several goroutines. Readers never wait and see the
// state between two batches. An observer ([WithObserver]) may call every method of
// its cycle. A clock and a journal are called in the middle of Apply: they may
// read the cycle, and a call of Apply is refused with [ErrReentrant].
package reformcycle
