package reformcycle

// Sealed gives the snapshot the digest of what it holds, as nothing but a cycle
// does outside the tests.
func (s Snapshot) Sealed() Snapshot {
	s.Digest = s.digest()
	return s
}
