package simulation

// The binary form of a summary: small, and refused where a byte of it was lost
// or changed.

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// The form: the magic text, the length of what follows it and the checksum, then
// varints and texts, then the CRC-32C of everything before it. A run of zeros in
// the counts is a zero and its length less one.
const (
	summaryMagic = "CHSS\x01"
	// maxSummary bounds the form: a test adds up the most that each part can take.
	maxSummary = 64 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// MarshalBinary writes the summary in at most 64 KiB. Equal summaries give equal
// bytes.
func (s Summary) MarshalBinary() ([]byte, error) {
	if s.horizon == 0 {
		return nil, fault.Refuse("summary", fault.Required, nil, "the summary of an ensemble")
	}
	var b []byte
	text := func(t string) { b = append(binary.AppendUvarint(b, uint64(len(t))), t...) }
	text(s.name)
	digest, err := hex.DecodeString(s.digest)
	if err != nil {
		return nil, err // not reached: Compile made it
	}
	b = append(b, digest...)
	text(s.policy.Name)
	b = binary.AppendUvarint(b, uint64(len(s.policy.Parameters)))
	for _, p := range s.policy.Parameters {
		text(p.Name)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.Value))
	}
	b = binary.AppendUvarint(b, s.seed)
	b = binary.AppendUvarint(b, uint64(s.horizon))
	b = binary.AppendUvarint(b, uint64(len(s.ranges)))
	last := uint64(0)
	for _, r := range s.ranges {
		b = binary.AppendUvarint(b, r.From-last)
		b = binary.AppendUvarint(b, r.Len())
		last = r.To
	}
	for i := 0; i < len(s.counts); i++ {
		b = binary.AppendUvarint(b, s.counts[i])
		if s.counts[i] == 0 {
			zeros := 1
			for i+zeros < len(s.counts) && s.counts[i+zeros] == 0 {
				zeros++
			}
			b = binary.AppendUvarint(b, uint64(zeros-1))
			i += zeros - 1
		}
	}
	head := binary.LittleEndian.AppendUint32([]byte(summaryMagic), uint32(len(b)))
	b = append(head, b...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. It refuses, with a
// [DamageError] and s as it was, bytes that were cut, changed or added, another
// version of the form, and counts that can't be of any ensemble.
func (s *Summary) UnmarshalBinary(data []byte) error {
	const head = len(summaryMagic) + 4
	switch {
	case len(data) > maxSummary:
		return &DamageError{maxSummary, fmt.Sprintf("%d bytes", len(data)), "at most 65536"}
	case len(data) < head+4:
		return &DamageError{len(data), "the end", "a header and a checksum"}
	case string(data[:len(summaryMagic)-1]) != summaryMagic[:len(summaryMagic)-1]:
		return &DamageError{0, fmt.Sprintf("%q", data[:4]), "the summary of an ensemble"}
	case data[len(summaryMagic)-1] != summaryMagic[len(summaryMagic)-1]:
		return &DamageError{len(summaryMagic) - 1, fmt.Sprintf("version %d", data[len(summaryMagic)-1]), "version 1"}
	}
	body := len(data) - head - 4
	if n := binary.LittleEndian.Uint32(data[len(summaryMagic):]); uint64(n) != uint64(body) {
		return &DamageError{len(summaryMagic), fmt.Sprintf("a length of %d", n), fmt.Sprintf("%d, for that is how much there is", body)}
	}
	end := len(data) - 4
	if is, want := binary.LittleEndian.Uint32(data[end:]), crc32.Checksum(data[:end], castagnoli); is != want {
		return &DamageError{end, fmt.Sprintf("checksum %08x", is), fmt.Sprintf("%08x", want)}
	}
	d := decoder{data: data[:end], at: head}
	read := d.summary()
	if d.err != nil {
		return d.err
	}
	*s = read
	return nil
}

// decoder reads, and remembers the first thing that is wrong.
type decoder struct {
	data []byte
	at   int
	err  error
}

func (d *decoder) wrong(found, want string) {
	if d.err == nil {
		d.err = &DamageError{d.at, found, want}
	}
}

// number reads a varint of at most most.
func (d *decoder) number(what string, most uint64) uint64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Uvarint(d.data[d.at:])
	switch {
	case n <= 0:
		d.wrong("no number", what)
		return 0
	case v > most:
		d.wrong(fmt.Sprint(v), fmt.Sprintf("%s of at most %d", what, most))
		return 0
	}
	d.at += n
	return v
}

func (d *decoder) bytes(what string, n uint64) []byte {
	if d.err == nil && n > uint64(len(d.data)-d.at) {
		d.wrong("the end", what)
	}
	if d.err != nil {
		return nil
	}
	d.at += int(n)
	return d.data[d.at-int(n) : d.at]
}

func (d *decoder) text(what string, most uint64) string {
	b := d.bytes(what, d.number(what, most*utf8.UTFMax))
	if !utf8.Valid(b) {
		d.wrong("bytes that are not text", what)
	}
	return string(b)
}

func (d *decoder) summary() Summary {
	var s Summary
	s.name = d.text("the scenario's name", maxLabel)
	s.digest = hex.EncodeToString(d.bytes("the scenario's digest", 32))
	s.policy.Name = d.text("the policy's name", maxLabel)
	for range d.number("a number of parameters", maxTuned) {
		name := d.text("a parameter's name", maxTunedName)
		value := d.bytes("a parameter's value", 8)
		if d.err != nil {
			return s
		}
		s.policy.Parameters = append(s.policy.Parameters, Setting{name, math.Float64frombits(binary.LittleEndian.Uint64(value))})
	}
	s.seed = d.number("a seed", math.MaxUint64)
	s.horizon = int(d.number("a horizon", 600))
	if d.err == nil && s.horizon == 0 {
		d.wrong("0", "a horizon of 1 to 600")
	}
	if d.err != nil {
		return s
	}
	last := uint64(0)
	for i := range d.number("a number of ranges", mostRanges) {
		from := last + d.number("the start of a range", MaxRuns)
		n := d.number("the length of a range", MaxRuns)
		if d.err == nil && (n == 0 || from+n > MaxRuns || i > 0 && from == last) {
			d.wrong(fmt.Sprintf("runs %d to %d", from, from+n), "ranges in order, neither empty nor touching")
		}
		if d.err != nil {
			return s
		}
		last = from + n
		s.runs += n
		s.ranges = append(s.ranges, Range{from, last})
	}
	l := layoutOf(s.horizon)
	s.layout = l
	s.counts = make([]uint64, l.size)
	for i := 0; i < l.size && d.err == nil; i++ {
		if s.counts[i] = d.number("a count", s.runs); s.counts[i] == 0 {
			i += int(d.number("a number of zeros", uint64(l.size-i-1)))
		}
	}
	if d.err == nil && d.at != len(d.data) {
		d.wrong("more", "the end")
	}
	if d.err == nil && !s.consistent(l) {
		d.wrong("counts", "counts that add up to the runs")
	}
	return s
}

// consistent reports whether the counts can be of an ensemble of so many runs. None
// of them is above the runs, so that no sum of them overflows.
func (s *Summary) consistent(l *layout) bool {
	total := func(hs ...histogram) (n uint64) {
		for _, h := range hs {
			for _, k := range s.counts[h.from : h.from+h.bins] {
				n += k
			}
		}
		return n
	}
	for _, h := range []histogram{l.status, l.furthest, l.laps, l.suspended} {
		if total(h) != s.runs {
			return false
		}
	}
	for _, h := range l.support {
		if total(h) > s.runs {
			return false
		}
	}
	// Whoever got as far as a stage entered it, and whoever ended at one did so in a
	// month.
	furthest := s.counts[l.furthest.from:]
	beyond := uint64(0)
	for stage := stageCount; stage >= 1; stage-- {
		beyond += furthest[stage]
		if total(l.entered[stage]) != beyond || total(l.ends[stage]) > furthest[stage] || s.counts[l.ends[stage].from] != 0 {
			return false
		}
	}
	// Whoever launched has a score and a number of debts, and whoever was abandoned a
	// cause.
	abandoned := s.counts[l.status.from+statusCount-1]
	return furthest[0] == 0 && total(l.readiness) == total(l.debts) && total(l.readiness) <= total(l.entered[reformcycle.Launch]) &&
		total(l.ends[1:]...) == abandoned && total(l.cause[1:]...) == abandoned
}
