package reformcycle

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the one JSON form of a batch, for a host that takes changes over a
// network.

// batchForm is a batch in JSON.
type batchForm struct {
	Author  string       `json:"author" schema:"id"`
	Moment  time.Time    `json:"moment,omitzero"`
	Date    date.Date    `json:"date,omitzero"`
	After   *uint64      `json:"after,omitempty"`
	Key     string       `json:"key,omitempty" schema:"omitempty,id"`
	Changes []wireChange `json:"changes,omitempty"`
}

// wireChange is a change in a batch: of input, and so of today's version.
type wireChange struct {
	Kind Kind            `json:"kind"`
	Data json.RawMessage `json:"data"`
}

// EncodeBatch writes a batch as DecodeBatch reads it.
func EncodeBatch(by Stamp, changes ...Change) ([]byte, error) {
	form := batchForm{Author: by.Author, Moment: by.Moment, Date: by.Date, After: by.after, Key: by.key}
	for i, c := range changes {
		kind := kindOf(c)
		if kind == nil {
			return nil, fault.Refuse(fault.At("changes", i), fault.Known, fmt.Sprintf("%T", c), language.Of("want.module-change"))
		}
		data, err := kind.marshal(c)
		if err != nil {
			return nil, err
		}
		form.Changes = append(form.Changes, wireChange{kind.kind, data})
	}
	return json.Marshal(form)
}

// DecodeBatch reads a batch of at most so many bytes from its JSON form, and gives what
// Apply takes:
//
//	{
//	  "author": "Ministry of Health",
//	  "moment": "2026-03-02T09:00:00Z",
//	  "date": "2026-03",
//	  "after": 17,
//	  "key": "form-2041",
//	  "changes": [{"kind": "rate", "data": {"criterion": "problem.needs", …}}]
//	}
//
// Only the author has to be there; what the others mean is with [Stamp]. A change has the
// form that a journal keeps it in, at the version that this package writes. It is
// strict, as [fault.ReadJSON] is, and refuses whatever Apply would refuse whatever the
// state, all at once and with paths from the top, such as
// "changes[1].data.actor.constituency". All errors are [fault.Fields]. [BatchSchema]
// describes the form in JSON Schema.
func DecodeBatch(data []byte, most int) (Stamp, []Change, error) {
	var form batchForm
	var changes []Change
	err := fault.ReadJSON(data, most, &form, func() (wrong fault.Fields) {
		wrong.Text("author", form.Author, fault.ID)
		wrong.Text("key", form.Key, fault.ID.OrNone())
		wrong.Count("changes", len(form.Changes), maxBatch)
		for i, f := range form.Changes[:min(len(form.Changes), maxBatch)] {
			c, faults := f.read()
			wrong.Under(fault.At("changes", i), faults)
			changes = append(changes, c)
			if len(wrong) > fault.MaxFields {
				break
			}
		}
		return wrong
	})
	if err != nil {
		return Stamp{}, nil, err
	}
	return Stamp{Author: form.Author, Moment: form.Moment, Date: form.Date, after: form.After, key: form.Key}, changes, nil
}

// read gives the change of the form as input, and what is wrong with it.
func (f wireChange) read() (Change, fault.Fields) {
	var wrong fault.Fields
	k, known := kindTable[f.Kind]
	if !known {
		wrong.Add("kind", fault.Known, string(f.Kind), fault.OneOf(Kinds()))
		return nil, wrong
	}
	c, err := k.input(f.Data)
	if faults := fault.Of(err); faults != nil {
		wrong.Under("data", faults)
	} else if err != nil {
		wrong.Add("data", fault.Type, nil, language.Of("want.decoded", "why", err))
	}
	return c, wrong
}
