//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package journal

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// lock makes a file that must not be there yet. Where a process is killed the
// file stays, and somebody must remove it by hand: these systems offer the
// standard library nothing better.
func (osDisk) lock(dir string) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	if errors.Is(err, fs.ErrExist) {
		return nil, errTaken
	}
	if err != nil {
		return nil, err
	}
	return held{f}, nil
}

func (osDisk) taken(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, lockFile))
	return err == nil
}

type held struct{ *os.File }

func (h held) Close() error { return errors.Join(h.File.Close(), os.Remove(h.Name())) }

// syncDir syncs the directory where the system can.
func (osDisk) syncDir(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) {
		return err
	}
	return nil
}
