// Package web is a page for the people who decide about a reform, as one http.Handler: a
// ministry's team sees where each reform stands and why it does not move, records what
// happened, and puts a mistake right, in a browser.
//
// # Mounting it
//
//	page, err := web.New(reforms, // a *portfolio.Portfolio
//		web.WithPrefix("/reforms/"),
//		web.WithLanguages(language.English(), fr.Language()),
//		web.WithAuthorize(authorize))
//	if err != nil {
//		return err
//	}
//	http.Handle("/reforms/", page)
//	defer page.Close(ctx)
//
// The page keeps nothing of its own: what it shows is the portfolio's, and so is its clock
// (portfolio.WithOptions and reformcycle.WithClock); give it one. It has no users, passwords
// or sessions: these are the host's. What a server should have for any handler it should
// have here, too: TLS, and bounds for the time that reading a request takes.
//
// # Who may do what
//
// Without [WithAuthorize] everybody sees everything and nobody changes anything. With it
// the host says of every request who acts, and what that visitor may do on each cycle:
//
//	func authorize(r *http.Request) (web.Visitor, error) {
//		user, err := sessions.User(r)
//		if err != nil {
//			return web.Visitor{}, err
//		}
//		return web.Visitor{Name: user.Name, May: func(cycle string) web.Rights {
//			if !user.WorksIn(cycle) {
//				return 0
//			}
//			return web.Look | web.Record
//		}}, nil
//	}
//
// [Look] is to see a cycle: without it, its pages are those of a cycle that is not there,
// byte by byte, and it is in no list, number or picture. [Record] is to record what
// happened, [Move] to take the reform from stage to stage, [Override] to do so over unmet
// guards, [Correct] to correct the record. The name goes into the stamp of what is
// recorded; [WithReadOnly] takes everything but Look from everybody.
//
// # What stands where
//
// Every page has an address that can be kept and sent, below the prefix:
//
//	                     all reforms: who stands where, what holds back most; found by
//	                     ?q=, ?stage=, ?status=, ?tier=, ?guard= and ?under= a parent
//	tree                 nations and their districts
//	together             what is wrong with all of them taken together, who is late, what
//	                     several count on, where they depart from the design
//	due, due.ics         deadlines, as a page and for calendar programs
//	heat, timeline, map  all reforms as pictures, with tables that say the same
//	c/{cycle}            where a reform stands, what is in its way, what to do next
//	c/{cycle}/due.ics    its deadlines
//	…/stage/{stage}      the room of a stage: its checklist and what was made there
//	…/coalition          who stands where; ?actor=, ?position=, ?power= and ?strategy= ask
//	                     what would be if, of a fork, so that nothing is written
//	…/diagnosis          what is wrong and right, contested and not known, with sources
//	…/history            its entries, newest first; …/entry/{seq} is one of them
//	…/compare            the difference between the days ?from= and ?to=
//	…/brief, …/national  what a minister reads, and prints on A4
//	c/{cycle}/record     what can be recorded; record/{kind} is the form of a kind of change
//	c/{cycle}/advance    the next move, with what stands before it
//	c/{cycle}/entry/{seq}/correct, retract, correct-moment   an entry put right
//	c/{cycle}/simulate   a question to the simulator; simulate/{job} is its answer
//	c/{cycle}/exchange   files that go out and come in
//	begin, import        a new reform; one that was recorded elsewhere
//	api/                 the same for programs, as api/openapi.json describes it
//
// A form opens with what its address says of its fields, by their paths in the wire form:
// record/rate?criterion=problem.needs&level=functional.
//
// The id of a cycle stands in an address as url.PathEscape writes it. An address takes
// ?lang=fr for one of the languages, which links then keep; else the browser says which
// it wants. A page of a cycle takes ?at=2019-05-03 and shows what was known at the end of
// that day.
//
// # Simulations
//
// Whoever may look at a reform may play it on from where it stands, with several policies
// side by side: a simulation changes nothing on record. The address of the form holds the
// whole question (policies with their settings, assumptions, runs, seed and the day of the
// record), and begins nothing; sending the form does. One question is played once,
// whoever asks, and the same question has the same answer everywhere. Who asked may
// cancel it, and it ends with the last of them.
//
// So that no visitor takes the machine, few are played at a time, few wait, and each ends
// with its time: see [Jobs] and [WithJobs]; [WithoutJobs] takes them out. Answers are kept
// in memory, the latest of them. [WithPolicies] offers policies of the host's own. [Page.Close] ends what is played and waits for it.
//
// # What it sends
//
// Every page works without JavaScript, and all of it stands under a policy that lets
// nothing in from elsewhere and nothing run (Content-Security-Policy); but for the page of
// a simulation that is being played, where a small script of ours shows how far it is. A form that comes
// from another site is refused ([WithOrigins] names exceptions). What people wrote is
// escaped, and never a link. A page may be kept by the visitor's browser alone, and is
// asked for again each time: its ETag is made of all that it says, and so of the day, the
// language and the rights. A page is compressed for browsers that take gzip, but not where
// it repeats what the address says.
//
// A request takes a minute at most and brings a megabyte at most. No panic reaches the
// host. [WithLogger] hears of ids, kinds, codes and durations, and of the errors of the
// host's own journal, but never of what people wrote.
package web
