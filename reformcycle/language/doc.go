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
//
// English is always there. Each other language is a package of its own, so that a
// program has the languages that it imports. What a language does not say its parent
// says, English last: [Language.Missing] lists it. [Language.With] adds a host's own
// words.
//
// # What a translator meets
//
// The English texts stand in en.json; [Source.Write] gives them as a .po file, with
// what a language has already, for which there are many programs; [Source.Read] reads
// it back, refuses what would break a sentence, and remarks on what is fuzzy or
// outdated. A text has names in braces where something is put in; a translation has
// the same, in any order.
//
// A text is a whole sentence or a whole label, never a piece of one, and nothing in it
// has to agree with what is put in: other languages agree in other ways.
//
// The glossary.json beside a language's file says how each term of the field is
// written there, and where that was seen.
package language
