package journal

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// simDisk is a disk in memory of which no more is asked than POSIX promises. What
// was written and not synced comes to it or not, sector by sector and in any
// order; so do names. A sync that fails forgets what it was to bring there, and
// reports success the next time. Every operation can be made to fail, and the
// machine or the process to end at any of them.
type simDisk struct {
	mu     sync.Mutex
	chance *rand.Rand
	names  map[string]*simFile // as a process sees them
	kept   map[string]*simFile // as they are on the disk
	moved  map[string]bool     // names changed since their directory was synced
	dirs   map[string]bool
	locked map[string]bool
	ops    int
	// strike decides what becomes of an operation; nil for nothing unusual.
	strike func(op int, kind, name string) strike
	off    bool // the machine or the process has ended
}

type strike struct {
	err  error
	half bool // a write is done in part all the same
	off  bool // everything ends with this operation, which is done in part
}

type simFile struct {
	now, kept []byte
	waits     []change // what the next sync is to bring to the disk, in its order
}

// change is a write, or a cut at an offset where data is nil.
type change struct {
	at   int64
	data []byte
}

func (c change) end() int64 { return c.at + int64(len(c.data)) }

func (c change) do(b []byte) []byte {
	if c.data == nil {
		return slices.Clip(b[:min(int64(len(b)), c.at)])
	}
	out := make([]byte, max(int64(len(b)), c.end()))
	copy(out, b)
	copy(out[c.at:], c.data)
	return out
}

var (
	errDisk = errors.New("input/output error")
	errOff  = errors.New("the machine is off")
)

func newSimDisk() *simDisk {
	return &simDisk{
		chance: rand.New(rand.NewPCG(1, 1)),
		names:  map[string]*simFile{}, kept: map[string]*simFile{}, moved: map[string]bool{}, dirs: map[string]bool{}, locked: map[string]bool{},
	}
}

// do counts an operation that changes the disk; mu is held.
func (d *simDisk) do(kind, name string) strike {
	if d.off {
		return strike{err: errOff}
	}
	d.ops++
	if d.strike == nil {
		return strike{}
	}
	s := d.strike(d.ops, kind, name)
	if s.off {
		d.off, s.err = true, errOff
	}
	return s
}

// some gives what of the changes may have come to the disk: the size, and each
// sector, as they were at any time since the last sync.
func (d *simDisk) some(b []byte, waits []change) []byte {
	versions := [][]byte{b}
	for _, c := range waits {
		versions = append(versions, c.do(versions[len(versions)-1]))
	}
	switch d.chance.IntN(4) {
	case 0:
		return versions[0]
	case 1:
		return versions[len(waits)]
	}
	out := make([]byte, len(versions[d.chance.IntN(len(versions))]))
	for at := 0; at < len(out); at += sector {
		from := versions[d.chance.IntN(len(versions))]
		copy(out[at:min(at+sector, len(out))], from[min(at, len(from)):])
	}
	return out
}

// restart begins a new process: after a kill it finds what the last one saw, after
// a power loss what came to the disk.
func (d *simDisk) restart(powerLost bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off, d.strike = false, nil
	clear(d.locked)
	if !powerLost {
		return
	}
	how := d.chance.IntN(3) // all names come, some, or none
	for _, name := range slices.Sorted(maps.Keys(d.moved)) {
		if how == 0 || how == 1 && d.chance.IntN(2) == 0 {
			d.keep(name)
		}
	}
	clear(d.moved)
	d.names = maps.Clone(d.kept)
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		f := d.names[name]
		f.kept = d.some(f.kept, f.waits)
		f.now, f.waits = f.kept, nil
	}
}

// keep has a name on the disk as a process sees it.
func (d *simDisk) keep(name string) {
	if f := d.names[name]; f != nil {
		d.kept[name] = f
	} else {
		delete(d.kept, name)
	}
}

func (d *simDisk) open(name string, write bool) (diskFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return nil, errOff
	}
	f := d.names[name]
	if f == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if write {
		if s := d.do("open", name); s.err != nil {
			return nil, s.err
		}
	}
	return &simHandle{d, f, name}, nil
}

func (d *simDisk) create(name string) (diskFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.names[name] != nil {
		return nil, fs.ErrExist
	}
	if s := d.do("create", name); s.err != nil {
		return nil, s.err
	}
	f := &simFile{}
	d.names[name], d.moved[name] = f, true
	return &simHandle{d, f, name}, nil
}

func (d *simDisk) makeDir(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dirs[name] {
		return nil
	}
	s := d.do("makedir", name)
	d.dirs[name] = s.err == nil
	return s.err
}

func (d *simDisk) syncDir(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.do("syncdir", name)
	if s.off {
		return s.err
	}
	for _, file := range slices.Sorted(maps.Keys(d.moved)) {
		if filepath.Dir(file) != name {
			continue
		}
		if s.err == nil || d.chance.IntN(2) == 0 {
			d.keep(file)
		}
		delete(d.moved, file)
	}
	return s.err
}

func (d *simDisk) list(name string) (names []listed, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return nil, errOff
	}
	for _, file := range slices.Sorted(maps.Keys(d.names)) {
		if filepath.Dir(file) == name {
			names = append(names, listed{filepath.Base(file), int64(len(d.names[file].now))})
		}
	}
	return names, nil
}

func (d *simDisk) rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.do("rename", to); s.err != nil {
		return s.err
	}
	if d.names[from] == nil {
		return fs.ErrNotExist
	}
	d.names[to] = d.names[from]
	delete(d.names, from)
	d.moved[from], d.moved[to] = true, true
	return nil
}

func (d *simDisk) remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.do("remove", name); s.err != nil {
		return s.err
	}
	delete(d.names, name)
	d.moved[name] = true
	return nil
}

func (d *simDisk) lock(dir string) (io.Closer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.off:
		return nil, errOff
	case d.locked[dir]:
		return nil, errTaken
	}
	d.locked[dir] = true
	return unlock(func() { delete(d.locked, dir) }), nil
}

func (d *simDisk) taken(dir string) bool { return d.locked[dir] }

type unlock func()

func (u unlock) Close() error { u(); return nil }

type simHandle struct {
	disk *simDisk
	file *simFile
	name string
}

func (h *simHandle) ReadAt(b []byte, off int64) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if h.disk.off {
		return 0, errOff
	}
	n := copy(b, h.file.now[min(off, int64(len(h.file.now))):])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// add makes a change that the disk has yet to get: by whole sectors, as a process
// sees them.
func (h *simHandle) add(c change) {
	now := c.do(h.file.now)
	if h.file.now = now; c.data != nil {
		at, end := c.at/sector*sector, min((c.end()+sector-1)/sector*sector, int64(len(now)))
		c = change{at, now[at:end]}
	}
	h.file.waits = append(h.file.waits, c)
}

func (h *simHandle) WriteAt(b []byte, off int64) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	s := h.disk.do("write", h.name)
	switch {
	case s.half:
		b = b[:len(b)/2]
	case s.off:
		b = b[:h.disk.chance.IntN(len(b)+1)]
	case s.err != nil:
		return 0, s.err
	}
	if len(b) > 0 {
		h.add(change{off, b})
	}
	return len(b), s.err
}

func (h *simHandle) Truncate(size int64) error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if s := h.disk.do("truncate", h.name); s.err != nil {
		return s.err
	}
	h.add(change{at: size})
	return nil
}

func (h *simHandle) Sync() error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	f := h.file
	switch s := h.disk.do("sync", h.name); {
	case s.off:
		return s.err
	case s.err != nil:
		f.kept = h.disk.some(f.kept, f.waits)
		f.waits = nil // forgotten, and told of once
		return s.err
	}
	for _, c := range f.waits {
		f.kept = c.do(f.kept)
	}
	f.waits = nil
	return nil
}

func (h *simHandle) Size() (int64, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if h.disk.off {
		return 0, errOff
	}
	return int64(len(h.file.now)), nil
}

func (h *simHandle) Close() error { return nil }

// ways are how operations of each kind fail.
var ways = map[string][]strike{
	"write":    {{err: errDisk}, {err: errDisk, half: true}, {err: syscall.ENOSPC, half: true}, {half: true}},
	"sync":     {{err: errDisk}},
	"syncdir":  {{err: errDisk}},
	"truncate": {{err: errDisk}},
	"rename":   {{err: errDisk}},
	"remove":   {{err: errDisk}},
	"create":   {{err: syscall.ENOSPC}},
	"open":     {{err: syscall.EMFILE}},
	"makedir":  {{err: syscall.ENOSPC}},
}

// files gives the names of the files whose name ends so.
func (d *simDisk) files(suffix string) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		if strings.HasSuffix(name, suffix) {
			names = append(names, name)
		}
	}
	return names
}

// lay puts a file on the disk.
func (d *simDisk) lay(name string, b []byte) {
	f := &simFile{now: b, kept: b}
	d.names[name], d.kept[name] = f, f
	d.dirs[filepath.Dir(name)] = true
}
