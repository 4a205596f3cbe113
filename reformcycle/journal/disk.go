package journal

import (
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
	// open opens a file for reading, or for both where write is set; then it makes
	// the file if there is none.
	open(name string, write bool) (diskFile, error)
	// makeDir makes a directory that survives a crash, and those above it.
	makeDir(name string) error
	// syncDir returns once the names in a directory survive a crash.
	syncDir(name string) error
	// list gives the names in a directory.
	list(name string) ([]string, error)
	rename(from, to string) error
	remove(name string) error
	// lock takes the lock of that name, or returns errTaken.
	lock(name string) (io.Closer, error)
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

// errTaken: somebody else has the lock.
var errTaken = errors.New("the lock is taken")

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
	flags := os.O_RDONLY
	if write {
		flags = os.O_RDWR | os.O_CREATE
	}
	f, err := os.OpenFile(name, flags, 0o640)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (d osDisk) makeDir(name string) error {
	switch stat, err := os.Stat(name); {
	case err == nil && stat.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: name, Err: errors.New("there is a file of that name")}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	above := filepath.Dir(name)
	if err := d.makeDir(above); err != nil {
		return err
	}
	if err := os.Mkdir(name, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.syncDir(above)
}

func (osDisk) list(name string) ([]string, error) {
	dir, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.Readdirnames(-1)
}

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }

func (osDisk) remove(name string) error { return os.Remove(name) }
