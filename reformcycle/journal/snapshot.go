package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The form of a snapshot's file: a line with the CRC-32C of what follows and its
// length, then the JSON of the snapshot.
const (
	snapshotName = "chsreform snapshot "
	snapshotHead = snapshotName + "1 %08x %020d\n"
	maxSnapshot  = 1 << 30
)

// snapshotEnvelope is a snapshot without its state: the outer field hides the
// inner one.
type snapshotEnvelope struct {
	reformcycle.Snapshot
	State *struct{} `json:"state,omitempty"`
}

func (f *File) snapshotPath(cycle string) string { return f.path(nameOf(cycle) + snapSuffix) }

// SaveSnapshot keeps a snapshot in the place of an earlier one. It returns once it
// is synced; after a crash the one or the other is there whole. A file of the
// snapshot's name that is none stays as it is.
//
// Errors: ErrReadOnly; ErrClosed; DamageError for such a file; what the context
// and the file system return. Whatever the error, the journal takes appends as
// before.
func (f *File) SaveSnapshot(ctx context.Context, s reformcycle.Snapshot) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f.using.RLock()
	defer f.using.RUnlock()
	if err := f.writable(); err != nil {
		return err
	}
	body, err := appendRaw(nil, snapshotEnvelope{Snapshot: s}, "state", s.State)
	if err != nil {
		return refused("snapshot", s.Cycle, language.Of("want.json-snapshot", "why", err))
	}
	if len(body) > maxSnapshot {
		return refused("snapshot", s.Cycle, language.Of("want.bytes", "most", maxSnapshot))
	}
	f.snapping.Lock()
	defer f.snapping.Unlock()
	name := f.snapshotPath(s.Cycle)
	switch b, err := f.begins(nameOf(s.Cycle)+snapSuffix, len(snapshotName)); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !strings.HasPrefix(string(b), snapshotName):
		return damaged(name, s.Cycle, place{seq: s.Seq, err: flaw("it is no snapshot, and stays as it is")})
	}
	content := fmt.Appendf(nil, snapshotHead, crc32.Checksum(body, castagnoli), len(body))
	return put(f.disk, name, append(content, body...))
}

// LoadSnapshot gives the snapshot of a cycle, and false where there is none.
//
// Errors: DamageError for one that can't be read; ErrClosed; what the context and
// the file system return. None of them says anything about the entries.
func (f *File) LoadSnapshot(ctx context.Context, cycle string) (reformcycle.Snapshot, bool, error) {
	none := reformcycle.Snapshot{}
	if err := ctx.Err(); err != nil {
		return none, false, err
	}
	if err := f.usable(); err != nil {
		return none, false, err
	}
	name := f.snapshotPath(cycle)
	file, err := f.disk.open(name, false)
	if errors.Is(err, fs.ErrNotExist) {
		return none, false, nil
	}
	if err != nil {
		return none, false, err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return none, false, err
	}
	s, err := readSnapshot(&window{from: file, size: size}, cycle)
	if err != nil {
		return none, false, damaged(name, cycle, place{seq: s.Seq, err: err})
	}
	return s, true, nil
}

func readSnapshot(w *window, cycle string) (reformcycle.Snapshot, error) {
	var s reformcycle.Snapshot
	head := len(fmt.Sprintf(snapshotHead, 0, 0))
	if w.size > int64(head)+maxSnapshot {
		return s, flaw("it is too long to be one")
	}
	content, err := w.at(0, int(max(w.size, int64(head))))
	if err != nil {
		return s, err
	}
	body := content[head:]
	if string(content[:head]) != fmt.Sprintf(snapshotHead, crc32.Checksum(body, castagnoli), len(body)) {
		return s, flaw("its checksum or its length is wrong")
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return reformcycle.Snapshot{}, flaw("it is not the JSON of a snapshot: " + err.Error())
	}
	if s.Cycle != cycle {
		return s, flaw(fmt.Sprintf("it is of %.80q", s.Cycle))
	}
	return s, nil
}
