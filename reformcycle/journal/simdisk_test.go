package journal

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"sync"
)

// simDisk is a disk in memory that knows what was synced and what was not, and
// on which every operation can be made to fail.
type simDisk struct {
	mu      sync.Mutex
	names   map[string]*simFile // as a process sees them
	durable map[string]*simFile // as they are after a crash
	dirs    map[string]bool
	locked  map[string]bool
	ops     int
	// strike decides whether an operation fails, and how; nil for never.
	strike func(op int, kind, name string) strike
}

type strike struct {
	err error
	// part of a write that is done all the same.
	half bool
}

type simFile struct {
	now, durable []byte
	// dirty are the bytes that the next sync writes; nil for all. One that fails
	// forgets them: that is what systems do, and why trying again proves nothing.
	dirty []bool
}

func newSimDisk() *simDisk {
	return &simDisk{names: map[string]*simFile{}, durable: map[string]*simFile{}, dirs: map[string]bool{}, locked: map[string]bool{}}
}

// do counts an operation that changes the disk; mu is held.
func (d *simDisk) do(kind, name string) strike {
	d.ops++
	if d.strike == nil {
		return strike{}
	}
	return d.strike(d.ops, kind, name)
}

// crash gives the disk as the next boot finds it. What was synced is there; what
// was not is there, gone, or there in part.
func (d *simDisk) crash(how string, chance *rand.Rand) *simDisk {
	d.mu.Lock()
	defer d.mu.Unlock()
	after := newSimDisk()
	maps.Copy(after.dirs, d.dirs)
	keep := func() bool { return how == "keep" || how == "mix" && chance.IntN(2) == 0 }
	all := maps.Clone(d.durable)
	maps.Copy(all, d.names)
	for name := range all {
		f, named := d.durable[name], d.durable[name] != nil
		if d.names[name] != f && keep() {
			f, named = d.names[name], d.names[name] != nil
		}
		if !named {
			continue
		}
		content := append([]byte(nil), f.durable...)
		if how == "keep" {
			content = append([]byte(nil), f.now...)
		} else if how == "mix" {
			size := len(f.durable)
			if keep() {
				size = len(f.now)
			}
			mixed := make([]byte, size)
			const sector = 64
			for at := 0; at < size; at += sector {
				from := f.durable
				// A sector that a truncation gave back is as it was until it is used again.
				if at < len(f.now) && keep() {
					from = f.now
				}
				if at < len(from) {
					copy(mixed[at:min(at+sector, size)], from[at:])
				}
			}
			content = mixed
		}
		file := &simFile{now: content, durable: append([]byte(nil), content...)}
		after.names[name], after.durable[name] = file, file
	}
	return after
}

func (d *simDisk) open(name string, write bool) (diskFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.names[name]
	if f == nil {
		if !write {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		if s := d.do("create", name); s.err != nil {
			return nil, s.err
		}
		f = &simFile{}
		d.names[name] = f
	}
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
	if s := d.do("syncdir", name); s.err != nil {
		return s.err
	}
	for file := range d.durable {
		if filepath.Dir(file) == name && d.names[file] == nil {
			delete(d.durable, file)
		}
	}
	for file, f := range d.names {
		if filepath.Dir(file) == name {
			d.durable[file] = f
		}
	}
	return nil
}

func (d *simDisk) list(name string) (names []string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for file := range d.names {
		if filepath.Dir(file) == name {
			names = append(names, filepath.Base(file))
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
	d.names[to] = d.names[from]
	delete(d.names, from)
	return nil
}

func (d *simDisk) remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.names, name)
	return nil
}

func (d *simDisk) lock(name string) (io.Closer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.locked[name] {
		return nil, errTaken
	}
	d.locked[name] = true
	return unlock(func() { d.locked[name] = false }), nil
}

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
	return memory(h.file.now).ReadAt(b, off)
}

func (h *simHandle) WriteAt(b []byte, off int64) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	s := h.disk.do("write", h.name)
	if s.err != nil && !s.half {
		return 0, s.err
	}
	if s.half {
		b = b[:len(b)/2]
	}
	h.resize(max(int64(len(h.file.now)), off+int64(len(b))))
	copy(h.file.now[off:], b)
	if h.file.dirty != nil {
		for i := range b {
			h.file.dirty[off+int64(i)] = true
		}
	}
	return len(b), s.err
}

// resize makes a new array, for the durable bytes may share the old one.
func (h *simHandle) resize(size int64) {
	now := make([]byte, size)
	copy(now, h.file.now)
	h.file.now = now
	if h.file.dirty != nil {
		dirty := make([]bool, size)
		copy(dirty, h.file.dirty)
		h.file.dirty = dirty
	}
}

func (h *simHandle) Truncate(size int64) error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if s := h.disk.do("truncate", h.name); s.err != nil {
		return s.err
	}
	h.resize(size)
	return nil
}

func (h *simHandle) Sync() error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if s := h.disk.do("sync", h.name); s.err != nil {
		h.file.dirty = make([]bool, len(h.file.now))
		return s.err
	}
	if h.file.dirty == nil {
		h.file.durable = append([]byte(nil), h.file.now...)
		return nil
	}
	durable := make([]byte, len(h.file.now))
	copy(durable, h.file.durable)
	for i, dirty := range h.file.dirty {
		if dirty {
			durable[i] = h.file.now[i]
		}
	}
	clear(h.file.dirty)
	h.file.durable = durable
	return nil
}

func (h *simHandle) Size() (int64, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	return int64(len(h.file.now)), nil
}

func (h *simHandle) Close() error { return nil }

var errDisk = errors.New("input/output error")
