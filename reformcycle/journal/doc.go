// Package journal holds journals: the places where a cycle's entries are kept.
// What a journal is, package reformcycle says, in its interface Journal. They
// differ in what they promise once Append has returned nil:
//
// Memory keeps entries as long as the program runs: for tests, for what-if, and
// for hosts that keep them elsewhere themselves.
//
// File keeps them in a directory, for any number of cycles, and snapshots beside
// them. What it has acknowledged is synced to the disk and outlives the process
// and the machine's power. One process writes to the directory at a time; others
// may read. A crash leaves whole batches; damage is an error that names the
// place, and what is before it can be read.
//
//	j, err := journal.OpenFile("reforms", journal.Grouped())
//	if err != nil {
//		return err
//	}
//	defer j.Close()
//	cycle, err := reformcycle.Open(ctx, j, "LBR-NCHAP")
//
// Every batch goes to one log first, pending.log, with one write and one fsync,
// whichever cycle it is of. Once that is full, and on Close, its batches go to
// the files of their cycles. A copy of the directory is a copy of the journal if
// nobody writes to it meanwhile.
package journal
