package simulation

// The binary forms of a summary and of worlds: small, and refused where a byte was
// lost or changed.

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The body of a summary is varints and texts. A run of zeros in the counts is a zero
// and its length less one.
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
		return nil, fault.Refuse("summary", fault.Required, nil, wantSummary)
	}
	digest, err := hex.DecodeString(s.digest)
	if err != nil {
		return nil, err // not reached: Compile made it
	}
	b := appendText(nil, s.name)
	b = append(b, digest...)
	b = appendIdentity(b, s.policy)
	b = binary.AppendUvarint(b, s.seed)
	b = binary.AppendUvarint(b, uint64(s.horizon))
	b = appendRanges(b, s.ranges)
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
	return summaryForm.frame(b), nil
}

func appendText(b []byte, t string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(t))), t...)
}

func appendNumber(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

func appendIdentity(b []byte, id Identity) []byte {
	b = binary.AppendUvarint(appendText(b, id.Name), uint64(len(id.Parameters)))
	for _, p := range id.Parameters {
		b = appendNumber(appendText(b, p.Name), p.Value)
	}
	return b
}

func appendRanges(b []byte, ranges []Range) []byte {
	b = binary.AppendUvarint(b, uint64(len(ranges)))
	last := uint64(0)
	for _, r := range ranges {
		b = binary.AppendUvarint(b, r.From-last)
		b = binary.AppendUvarint(b, r.Len())
		last = r.To
	}
	return b
}

// form is a binary form: a magic text that ends with the version, the length of what
// follows it and the checksum, the body, and the CRC-32C of everything before it.
type form struct {
	of, magic string
	most      int
}

var wantSummary = language.Of("want.sim-summary")

var summaryForm = form{"summary", summaryMagic, maxSummary}

func (f *form) frame(body []byte) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(f.magic), uint32(len(body))), body...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// open checks the frame, and gives what reads the body.
func (f *form) open(data []byte) (decoder, error) {
	version := len(f.magic) - 1
	head := len(f.magic) + 4
	d := decoder{form: f}
	switch {
	case len(data) > f.most:
		d.at = f.most
		d.wrong(language.Of("found.sim-bytes", "n", len(data)), language.Of("want.sim-bytes", "most", f.most))
	case len(data) < head+4:
		d.at = len(data)
		d.wrong(foundEnd, language.Of("want.sim-header"))
	case string(data[:version]) != f.magic[:version]:
		d.wrong(language.Typed(fault.Shown(string(data[:version]))), language.Typed(fault.Shown(f.magic[:version])))
	case data[version] != f.magic[version]:
		d.at = version
		d.wrong(language.Of("found.sim-version", "version", int(data[version])), language.Of("found.sim-version", "version", int(f.magic[version])))
	}
	if d.err != nil {
		return d, d.err
	}
	end := len(data) - 4
	if n, body := binary.LittleEndian.Uint32(data[version+1:]), end-head; uint64(n) != uint64(body) {
		d.at = version + 1
		d.wrong(language.Of("found.sim-bytes", "n", int(n)), language.Of("found.sim-bytes", "n", body))
	} else if is, want := binary.LittleEndian.Uint32(data[end:]), crc32.Checksum(data[:end], castagnoli); is != want {
		d.at = end
		d.wrong(language.Of("found.sim-checksum", "sum", fmt.Sprintf("%08x", is)), language.Of("found.sim-checksum", "sum", fmt.Sprintf("%08x", want)))
	}
	if d.err == nil {
		d.data, d.at = data[:end], head
	}
	return d, d.err
}

// UnmarshalBinary reads what MarshalBinary wrote. It refuses, with a
// [DamageError] and s as it was, bytes that were cut, changed or added, another
// version of the form, and counts that can't be of any ensemble.
func (s *Summary) UnmarshalBinary(data []byte) error {
	d, err := summaryForm.open(data)
	if err != nil {
		return err
	}
	read := d.summary()
	if d.err != nil {
		return d.err
	}
	*s = read
	return nil
}

// decoder reads, and remembers the first thing that is wrong.
type decoder struct {
	form *form
	data []byte
	at   int
	err  error
}

func (d *decoder) wrong(found, want language.Text) {
	if d.err == nil {
		d.err = &DamageError{d.form.of, d.at, found, want}
	}
}

var foundEnd = language.Of("found.sim-end")

// field is what is wanted where nothing else can be said: that of the form.
func field(name string) language.Text { return language.Of("want.sim-field", "name", name) }

// number reads the field of a name, a varint of at most most.
func (d *decoder) number(name string, most uint64) uint64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Uvarint(d.data[d.at:])
	switch {
	case n <= 0:
		d.wrong(language.Of("found.sim-no-number"), field(name))
		return 0
	case v > most:
		d.wrong(language.Typed(fmt.Sprint(v)), language.Of("want.sim-field-at-most", "name", name, "most", fmt.Sprint(most)))
		return 0
	}
	d.at += n
	return v
}

func (d *decoder) bytes(name string, n uint64) []byte {
	if d.err == nil && n > uint64(len(d.data)-d.at) {
		d.wrong(foundEnd, field(name))
	}
	if d.err != nil {
		return nil
	}
	d.at += int(n)
	return d.data[d.at-int(n) : d.at]
}

func (d *decoder) text(name string, most uint64) string {
	b := d.bytes(name, d.number(name, most*utf8.UTFMax))
	if !utf8.Valid(b) {
		d.wrong(language.Of("found.not-utf-8"), field(name))
	}
	return string(b)
}

func (d *decoder) float(name string) float64 {
	value := d.bytes(name, 8)
	if d.err != nil {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(value))
}

func (d *decoder) identity() (id Identity) {
	id.Name = d.text("policy.name", maxLabel)
	for range d.number("policy.parameters", maxTuned) {
		name := d.text("policy.parameters.name", maxTunedName)
		value := d.float("policy.parameters.value")
		if d.err != nil {
			break
		}
		id.Parameters = append(id.Parameters, Setting{name, value})
	}
	return id
}

// ranges reads ranges below most, and how long they are together.
func (d *decoder) ranges(most uint64) (all []Range, n uint64) {
	last := uint64(0)
	for i := range d.number("ranges", mostRanges) {
		from := last + d.number("ranges.from", most)
		long := d.number("ranges.length", most)
		if d.err == nil && (long == 0 || from+long > most || i > 0 && from == last) {
			d.wrong(language.Typed(fmt.Sprintf("%d–%d", from, from+long)), language.Of("want.sim-ranges-in-order"))
		}
		if d.err != nil {
			return nil, 0
		}
		last = from + long
		n += long
		all = append(all, Range{from, last})
	}
	return all, n
}

func (d *decoder) summary() Summary {
	var s Summary
	s.name = d.text("scenario", maxLabel)
	s.digest = hex.EncodeToString(d.bytes("digest", 32))
	s.policy = d.identity()
	s.seed = d.number("seed", math.MaxUint64)
	s.horizon = int(d.number("horizon", 600))
	if d.err == nil && s.horizon == 0 {
		d.wrong(language.Typed("0"), wholeFrom(1, 600))
	}
	if d.err != nil {
		return s
	}
	s.ranges, s.runs = d.ranges(MaxRuns)
	if d.err != nil {
		return s
	}
	l := layoutOf(s.horizon)
	s.layout = l
	s.counts = make([]uint64, l.size)
	for i := 0; i < l.size && d.err == nil; i++ {
		if s.counts[i] = d.number("counts", s.runs); s.counts[i] == 0 {
			i += int(d.number("counts.zeros", uint64(l.size-i-1)))
		}
	}
	if d.err == nil && d.at != len(d.data) {
		d.wrong(language.Of("found.sim-more"), foundEnd)
	}
	if d.err == nil && !s.consistent(l) {
		d.wrong(language.Of("found.sim-counts"), language.Of("want.sim-counts"))
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
