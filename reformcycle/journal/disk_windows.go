package journal

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// sharingViolation is what Windows answers where another handle does not share
// the file.
const sharingViolation = syscall.Errno(32)

// lock opens a file that it shares with nobody; the system closes it when the
// process ends, however it ends.
func (osDisk) lock(name string) (io.Closer, error) {
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return nil, errTaken
	case err != nil:
		return nil, &os.PathError{Op: "lock", Path: name, Err: err}
	}
	return os.NewFile(uintptr(h), name), nil
}

// syncDir has nothing to do: NTFS journals the names in a directory itself, and
// Windows syncs no directories.
func (osDisk) syncDir(string) error { return nil }
