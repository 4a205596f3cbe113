// Package language says to people, in their language, what the rest of the module
// knows by ids: sentences with arguments, numbers, dates and lists.
//
// # What a host meets
//
// States, findings and refusals have no language. What they have to tell is a [Text]:
// an id and arguments, which a [Language] says. Whatever renders takes one:
//
//	french := fr.Language()
//	l := language.Match([]*language.Language{language.English(), french}, request.Header.Get("Accept-Language"))
//	fmt.Println(l.Say(blocker.Text))
//	fmt.Println(l.Say(state.Stage().Told()))
//	fmt.Println(l.Refusal(err))
//	err := report.Ring(w, l, state)
//
// What tells itself has a method Told, which gives its Text: stages, roles, levels and
// whatever else is one of a closed set of names, and errors, whose Error stays English.
//
// English is always there. Each other language is a package of its own, so that a
// program has the languages that it imports, and reads each when it is first asked for.
// What a language does not say its parent says, English last: [Language.Missing] lists it.
// [Source.ReadFolder] reads a host's own words out of a folder, and [Language.With] adds
// them: what a host's file does not say, or says wrongly, is said as it was without it.
//
// # What a translator meets
//
// The English texts stand in the folder en, one file of JSON for each area of the module
// (those of package fault beside that package), and each area is one .po file in the
// folder of a language; there are many programs for these. The texts of data, such as the
// criteria of a checklist, have no id and are known by their English words: they stand in
// data.po. [Source.Write] gives such a file, with what a language has already;
// [Source.Read] reads it back, refuses what would break a sentence, and remarks on what is
// fuzzy or outdated. A text has names in braces where something is put in; a translation
// has the same, in any order.
//
// A text is a whole sentence or a whole label, never a piece of one, and nothing in it
// has to agree with what is put in: other languages agree in other ways.
//
// The glossary.json beside a language's files says how each term of the field is written
// there, and where that was seen.
//
// # What whoever changes the module meets
//
// No English sentence for people stands in code: a test looks for them. A new text goes
// into the file of its area, with its translations; a new criterion needs no code at all.
// Package languagetest has two made-up languages in which a page is rendered, to find what
// no language said, what is cut and what overlaps.
package language
