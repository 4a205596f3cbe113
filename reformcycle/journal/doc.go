// Package journal holds journals: the places where a cycle's entries are kept.
// What a journal is, package reformcycle says, in its interface
// [reformcycle.Journal]. They differ in what they promise once Append has returned
// nil:
//
// [Memory] keeps entries as long as the program runs: for tests, for what-if, and
// for hosts that keep them elsewhere themselves.
//
// [File] keeps them in a directory, for any number of cycles, and snapshots beside
// them. What it has acknowledged is synced to the disk and outlives the process
// and the machine's power. One process writes to the directory at a time; others
// may read, with [WithReadOnly].
//
//	j, err := journal.OpenFile("reforms")
//	if err != nil {
//		return err
//	}
//	defer j.Close()
//	cycle, err := reformcycle.Open(ctx, j, "LBR-NCHAP")
//
// Each cycle has one file, to which a batch is appended with one write and one
// sync. A crash leaves whole batches: what it tore is put into a file beside, and
// noted (see [WithNotes] and [File.Notes]). Anything else that is wrong is a
// [DamageError] that names the place, or a [reformcycle.LostError] where the end of
// a cycle is gone; what is before it can be read, and other cycles are well.
//
// Both have a feed of the entries of all cycles, see [reformcycle.Feed]. That of a
// directory is in the order of its index: a new epoch begins where the index is made
// again.
//
// On the day after, [Check] says what is damaged, where, and what can be read, and
// [Salvage] makes a new directory of that. Salvage makes backups, too, while the
// journal is in use.
package journal
