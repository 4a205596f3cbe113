package landscape

// This file reads a landscape from JSON.

import "github.com/chsreform/chsreform/reformcycle/fault"

// maxBytes is the largest text that [Parse] and [ParsePosts] read: 32 MiB.
const maxBytes = 32 << 20

// Parse reads a landscape from JSON and validates it. It is as strict as
// [fault.ReadJSON], so that a misspelt "workrs" can't pass for a number that is
// not known. All errors are [fault.Fields] with the line and column of each
// fault.
func Parse(data []byte) (Landscape, error) {
	var l Landscape
	if err := fault.ReadJSON(data, maxBytes, &l, func() fault.Fields { return l.Validate() }); err != nil {
		return Landscape{}, err
	}
	return l.Clone(), nil
}
