package reformcycle

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A kind in its third version, whose first said "why" for "reason" and whose
// second had no reason at all for some.
func thirdVersion(steps *[]int) kindEntry {
	type old struct {
		Why    string `json:"why,omitempty"`
		Reason string `json:"reason,omitempty"`
	}
	step := func(version int, change func(*old) error) upgrade {
		return func(e Entry) (Entry, error) {
			*steps = append(*steps, version)
			var o old
			if err := json.Unmarshal(e.Data, &o); err != nil {
				return e, err
			}
			if err := change(&o); err != nil {
				return e, err
			}
			data, err := json.Marshal(o)
			e.Data = data
			return e, err
		}
	}
	return changeKind[Suspend](
		step(1, func(o *old) error {
			o.Why, o.Reason = "", o.Why
			return nil
		}),
		step(2, func(o *old) error {
			switch o.Reason {
			case "?":
				return errors.New("nobody knows what this meant")
			case "":
				o.Reason = "not recorded"
			}
			return nil
		}),
	)
}

func TestAnOldVersionIsUpgradedStepByStep(t *testing.T) {
	for _, c := range []struct {
		name    string
		version int
		data    string
		want    string
		steps   []int
	}{
		{"the first", 1, `{"why":"war"}`, "war", []int{1, 2}},
		{"the first without a reason", 1, `{}`, "not recorded", []int{1, 2}},
		{"the second", 2, `{"reason":"war"}`, "war", []int{2}},
		{"the third, of today", 3, `{"reason":"war"}`, "war", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var steps []int
			k := thirdVersion(&steps)
			e := Entry{Seq: 7, Kind: KindSuspend, Version: c.version, Data: json.RawMessage(c.data)}
			change, err := k.read(e, false)
			require.NoError(t, err)
			assert.Equal(t, Suspend{Reason: c.want}, change)
			assert.Equal(t, c.steps, steps)
			assert.Equal(t, c.data, string(e.Data), "the entry itself stays as it was written")
		})
	}
}

func TestAVersionThatNobodyKnowsIsRefusedByNumber(t *testing.T) {
	var steps []int
	k := thirdVersion(&steps)
	for _, version := range []int{-1, 0, 4} {
		_, err := k.read(Entry{Kind: KindSuspend, Version: version, Data: json.RawMessage(`{"reason":"war"}`)}, false)
		require.ErrorIs(t, err, ErrUnknownVersion)
		assert.ErrorContains(t, err, "known are 1 to 3")
	}
	assert.Empty(t, steps)
}

func TestAnUpgradeThatFailsMakesTheEntryCorrupt(t *testing.T) {
	var steps []int
	k := thirdVersion(&steps)
	_, err := k.read(Entry{Kind: KindSuspend, Version: 1, Data: json.RawMessage(`{"why":"?"}`)}, false)
	require.ErrorIs(t, err, ErrCorrupt)
	assert.ErrorContains(t, err, "upgrading it from version 2 failed")
}
