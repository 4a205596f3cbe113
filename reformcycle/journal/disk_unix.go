//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package journal

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// lock uses flock on the directory itself: it can't be deleted as a file of its
// own could be, and the system gives the lock back when the process ends, however
// it ends.
func (osDisk) lock(dir string) (io.Closer, error) {
	l, err := flock(dir, syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	// The directory may have been moved away between its opening and its locking.
	is, err := l.Stat()
	if err == nil {
		var now os.FileInfo
		if now, err = os.Stat(dir); err == nil && !os.SameFile(is, now) {
			err = errTaken
		}
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

func (osDisk) taken(dir string) bool {
	l, err := flock(dir, syscall.LOCK_SH)
	if err == nil {
		l.Close()
	}
	return err != nil
}

// locked is a directory that is locked.
type locked struct{ *os.File }

// Close gives the lock back, even where a child that is being started has the file
// open as well.
func (l locked) Close() error {
	return errors.Join(syscall.Flock(int(l.Fd()), syscall.LOCK_UN), l.File.Close())
}

func flock(dir string, how int) (locked, error) {
	f, err := os.Open(dir)
	if err != nil {
		return locked{}, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err == nil {
		return locked{f}, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return locked{}, errTaken
	}
	return locked{}, &fs.PathError{Op: "flock", Path: dir, Err: err}
}

func (osDisk) syncDir(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
