package journal

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"syscall"
)

// sharingViolation is what Windows answers where another handle does not share
// the file.
const sharingViolation = syscall.Errno(32)

// lock opens a file that it shares with nobody: it can't be deleted meanwhile, and
// the system closes it when the process ends, however it ends.
func (osDisk) lock(dir string) (io.Closer, error) { return exclusive(dir, syscall.OPEN_ALWAYS) }

func (osDisk) taken(dir string) bool {
	h, err := exclusive(dir, syscall.OPEN_EXISTING)
	if err == nil {
		h.Close()
	}
	return errors.Is(err, errTaken)
}

type handle syscall.Handle

func (h handle) Close() error { return syscall.CloseHandle(syscall.Handle(h)) }

func exclusive(dir string, how uint32) (handle, error) {
	name := filepath.Join(dir, lockFile)
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return 0, err
	}
	h, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, how, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return 0, errTaken
	case err != nil:
		return 0, &fs.PathError{Op: "lock", Path: name, Err: err}
	}
	return handle(h), nil
}

// syncDir has nothing to do: NTFS journals the names in a directory itself, and
// Windows syncs no directories.
func (osDisk) syncDir(string) error { return nil }
