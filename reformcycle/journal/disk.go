package journal

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// disk is what a file journal asks of a file system. It is an interface so that
// the tests can put a disk below the journal that fails, fills up and forgets
// what was not synced.
type disk interface {
	// open opens a file that is there, for writing too if that is asked for.
	open(name string, write bool) (diskFile, error)
	// create makes a file that must not be there yet.
	create(name string) (diskFile, error)
	// makeDir makes a directory, and those above it, if it is not there.
	makeDir(name string) error
	// syncDir returns once the names in a directory survive a crash.
	syncDir(name string) error
	// list gives what is in a directory, in the order of the names.
	list(name string) ([]listed, error)
	rename(from, to string) error
	remove(name string) error
	// lock keeps other writers out of a directory, or returns errTaken.
	lock(dir string) (io.Closer, error)
	// taken tells whether a writer has the directory.
	taken(dir string) bool
}

type diskFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	// Sync returns nil only once what was written survives a crash.
	Sync() error
	Size() (int64, error)
}

// listed is a name in a directory.
type listed struct {
	name string
	size int64
}

// errTaken: somebody else has the lock.
var errTaken = errors.New("the lock is taken")

// errStrange: what has the name of a file of the journal is a symbolic link, a
// directory or a device. The journal makes none of these, so it is somebody
// else's.
var errStrange = errors.New("it is no ordinary file, and not the journal's")

// osDisk is the disk of the operating system.
type osDisk struct{}

type osFile struct{ *os.File }

func (f osFile) Size() (int64, error) {
	stat, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return stat.Size(), nil
}

func (osDisk) open(name string, write bool) (diskFile, error) {
	switch stat, err := os.Lstat(name); {
	case err != nil:
		return nil, err
	case !stat.Mode().IsRegular():
		return nil, &fs.PathError{Op: "open", Path: name, Err: errStrange}
	}
	flags := os.O_RDONLY
	if write {
		flags = os.O_RDWR
	}
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (osDisk) create(name string) (diskFile, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (osDisk) makeDir(name string) error { return os.MkdirAll(name, 0o750) }

func (osDisk) list(name string) ([]listed, error) {
	names, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	out := make([]listed, 0, len(names))
	for _, n := range names {
		stat, err := n.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was renamed or removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		out = append(out, listed{n.Name(), stat.Size()})
	}
	return out, nil
}

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }

func (osDisk) remove(name string) error { return os.Remove(name) }

// replace writes a file in the place of another of its name, in such a way that
// after a crash one of the two is there whole, and after a return without error
// the new one. What it holds are the bytes of a reader from an offset to another.
func replace(d disk, name string, from io.ReaderAt, off, end int64) (err error) {
	temporary := name + newSuffix
	for _, there := range []string{name, temporary} {
		switch old, err := d.open(there, false); {
		case err == nil:
			old.Close()
			if there == temporary { // left by a crash
				if err := d.remove(temporary); err != nil {
					return err
				}
			}
		case !errors.Is(err, fs.ErrNotExist):
			return err // what is no ordinary file stays, above all
		}
	}
	file, err := d.create(temporary)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = d.remove(temporary) // it is in nobody's way
		}
	}()
	defer file.Close()
	if err := copyTo(file, 0, from, off, end); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := d.rename(temporary, name); err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(name))
}

// copyTo writes the bytes of a reader from an offset to another into a file, a
// piece at a time.
func copyTo(file io.WriterAt, at int64, from io.ReaderAt, off, end int64) error {
	buffer := make([]byte, min(readAhead, end-off))
	for off < end {
		piece := buffer[:min(int64(len(buffer)), end-off)]
		n, err := from.ReadAt(piece, off)
		if n < len(piece) {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		if err := write(file, piece, at); err != nil {
			return err
		}
		off, at = off+int64(n), at+int64(n)
	}
	return nil
}

func write(file io.WriterAt, b []byte, off int64) error {
	n, err := file.WriteAt(b, off)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}

// put is replace for bytes at hand.
func put(d disk, name string, content []byte) error {
	return replace(d, name, bytes.NewReader(content), 0, int64(len(content)))
}
