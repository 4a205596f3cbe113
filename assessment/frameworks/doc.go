// Package frameworks holds the published assessment frameworks as checklists
// that are ready to use, each item with its source, and reads a host's own.
//
// # Taking a framework
//
// [Names] lists what is built in, [Get] returns one by its name, and [All]
// yields them one after the other:
//
//   - reform-readiness: what has to hold before a community health system
//     reform leaves each of its eight stages; 53 items
//   - chw-aim: the ten components of the Community Health Worker Assessment and
//     Improvement Matrix, 2018
//   - who-2018: the fifteen topics of the WHO guideline on community health
//     worker programmes, and its six general implementation considerations
//   - strategic-partnering: four strategies of community and health system, and
//     the package of all four
//   - three-ones: one strategy, one authority, one monitoring and
//     accountability framework
//   - ccf-principles: seven principles of country coordination and facilitation
//   - partner-priorities-2012: seven priorities of global consultations
//   - community-clinic-centred: five elements of the model piloted in Barishal
//     District, Bangladesh
//   - large-scale-design: eight topics of designing a large programme, and the
//     question of who holds control
//   - policy-triangle: actors, context, process and content
//
// A [Framework] does not change. Its versions stay for ever: "name@version"
// gives the same items in ten years.
//
// # Judging by it
//
// [Framework.Checklist] is an [assessment.Checklist]. Rate it with evidence by
// [assessment.Checklist.Scorecard], or score plain levels by
// [assessment.Checklist.Tally].
//
// Most items are rated by people. In reform-readiness 24 are derived: a host
// that runs a reform cycle computes them from what it has recorded, and a
// scorecard takes no rating of them. A host without a cycle judges them as it
// judges the others, and scores the levels with [assessment.Checklist.Tally].
//
// # What stands behind the words
//
// Every item cites its sources, and [Framework.Sources] says what of each was
// seen: some only as an abstract, one as a learner's outline. [Framework.About]
// says where the wording comes from. It is the library's own throughout, says no
// more than the seen source supports, and reproduces nothing, on which
// [Framework.Licence] gives the terms. Official editions describe each level of
// each item; those descriptors are neither reproduced nor made up, so
// [Framework.Descriptor] is blank for the built-in ones.
//
// # Languages
//
// A [Text] has English, which [Text.Told] gives to be said in any language: those of
// reformcycle/language say all texts of the built-in frameworks. A file of one's own may
// have its texts in other languages beside the English; [Framework.In] makes them known
// to a language, and [assessment.Checklist.Missing] tells what is missing. [Text.In]
// gives the text in a language as the file has it.
//
// # A framework of one's own
//
// [Parse] reads a file that keeps to [Schema], as strictly as the built-in
// ones, and shows every fault by line, column and path. It is how a host brings
// an official edition with its descriptors, a translation, or a national tool.
//
// # The crosswalk
//
// Frameworks ask for some things in common. [NewCrosswalk] joins them by the
// correspondences that items declare, [Crosswalk.Counterparts] lists what asks
// for the same as an item, and [Crosswalk.Fill] takes ratings by one framework
// over to another. A rating taken over says which item it came from; where two
// say different things, the item is left open and reported. Correspondences are
// few: only items that truly ask for the same correspond, each with a note of
// how the two are read and of what one of them adds. They are the library's
// reading, and no publication stands behind them. Every built-in framework has
// some but policy-triangle, which asks what is known and not what is so.
//
// # Errors
//
// Whatever is refused is refused with [fault.Fields], which match
// [fault.ErrInvalid]: which field, which rule, what was found, what would be
// accepted, and where it stood in what was read.
package frameworks
