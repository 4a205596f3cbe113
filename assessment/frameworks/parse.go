package frameworks

// This file reads a framework's file.

import (
	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

const maxBytes = 1 << 20

// Parse reads a framework from a file that keeps to [Schema], of at most 1 MiB.
// It is as strict with a host's own file as with the built-in ones: as
// [fault.ReadJSON], and texts without English and items without a source are
// refused as well.
//
// All errors are [fault.Fields], with everything that is wrong, in the order of
// the file, each with its line and column. Where something is missing, it is the
// place of what it is missing from.
func Parse(data []byte) (*Framework, error) {
	var f file
	var checklist *assessment.Checklist
	err := fault.ReadJSON(data, maxBytes, &f, func() (wrong fault.Fields) {
		checklist, wrong = f.validate()
		return wrong
	})
	if err != nil {
		return nil, err
	}
	return newFramework(f, checklist), nil
}
