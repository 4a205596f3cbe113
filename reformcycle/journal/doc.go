// Package journal holds journals: the places where a cycle's entries are kept.
// What a journal is, package reformcycle says, in its interface Journal.
//
// Memory keeps entries as long as the program runs: for tests, for what-if, and
// for hosts that keep them elsewhere themselves.
package journal
