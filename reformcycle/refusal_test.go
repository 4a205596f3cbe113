package reformcycle_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// form gives a refusal as a browser gets it.
func form(t *testing.T, err error) map[string]any {
	t.Helper()
	r, ok := reformcycle.RefusalOf(nil, err)
	require.True(t, ok, "%v", err)
	text, fault := json.Marshal(r)
	require.NoError(t, fault)
	var read map[string]any
	require.NoError(t, json.Unmarshal(text, &read))
	return read
}

func TestARefusalTellsABrowserWhatWasRefusedAndWhy(t *testing.T) {
	c, err := reformcycle.New("FORMS")
	require.NoError(t, err)
	refused := func(changes ...reformcycle.Change) error {
		_, err := c.Apply(background, office(1), changes...)
		require.Error(t, err)
		text, failed := json.Marshal(err)
		require.NoError(t, failed)
		told, _ := json.Marshal(form(t, err))
		require.JSONEq(t, string(told), string(text), "it marshals as it comes from Apply")
		return err
	}

	got := form(t, refused(rate("problem.needs", assessment.Functional), reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "moh", Name: "Ministry of Health", Constituency: "court"}}))
	assert.Equal(t, "invalid", got["code"])
	assert.Equal(t, "engage-actor", got["kind"])
	assert.EqualValues(t, 1, got["index"])
	fields := got["fields"].([]any)
	assert.Equal(t, "actor.constituency", fields[0].(map[string]any)["path"])
	assert.Equal(t, "known", fields[0].(map[string]any)["rule"])

	got = form(t, refused(reformcycle.Advance{}))
	assert.Equal(t, "blocked", got["code"])
	assert.Equal(t, "advance", got["move"])
	assert.Len(t, got["blockers"], 4, "problem framed, needs, acknowledged, vision")

	got = form(t, refused(reformcycle.Renew{}))
	assert.Equal(t, "illegal-move", got["code"])
	assert.NotEmpty(t, got["legal"])

	got = form(t, refusalOf(c.Apply(background, reformcycle.By("office"), rate("problem.needs", assessment.Functional))))
	assert.Equal(t, "moment", got["code"])

	require.NoError(t, refusalOf(c.Apply(background, office(1), reformcycle.Suspend{Reason: "War."})))
	got = form(t, refused(reformcycle.Advance{}))
	assert.Equal(t, "suspended", got["code"])
	assert.Contains(t, got["accepts"], "resume")
	got = form(t, refusalOf(c.Apply(background, office(0), reformcycle.Resume{Reason: "Peace."})))
	assert.Equal(t, "moment", got["code"])
	assert.NotEmpty(t, got["earliest"])

	got = form(t, fmt.Errorf("wrapped: %w", &reformcycle.ConflictError{Cycle: "FORMS", After: 3, Head: 7}))
	assert.Equal(t, "conflict", got["code"])
	assert.EqualValues(t, 7, got["head"])

	_, err = reformcycle.Open(background, journal.NewMemory(), "NOBODY")
	assert.Equal(t, "not-found", form(t, err)["code"])
	_, ours := reformcycle.RefusalOf(nil, errors.New("no space left on the device"))
	assert.False(t, ours)
}

// Whatever is put into it, neither the message of a refusal nor its JSON is longer
// than 8 KiB, and the JSON is whole.
func TestRefusalsAreBounded(t *testing.T) {
	long := strings.Repeat("<\x00é", 2<<20)
	var fields fault.Fields
	var blockers []reformcycle.Blocker
	var many []string
	var missing []language.Text
	for range 2000 {
		fields.Add(long[:5000], fault.Range, math.Inf(1), language.Typed(long[:5000]))
		many = append(many, long[:5000])
		missing = append(missing, language.Typed(long[:5000]))
	}
	for range 200 {
		blockers = append(blockers, reformcycle.Blocker{Guard: long, Text: language.Typed(long), Remedy: language.Built(long), Source: long, Missing: missing, Actors: many})
	}
	for _, err := range []error{
		&reformcycle.ChangeError{Index: 9999, Of: 10000, Kind: "engage-actor", Err: fields},
		&reformcycle.ChangeError{Of: 1, Kind: "rate", Err: fault.Fields{{Path: "x", Rule: fault.Range, Value: math.NaN(), Want: language.Typed("less")}}},
		&reformcycle.BlockedError{Move: "advance", Blockers: blockers},
		&reformcycle.MoveError{Move: "advance", Legal: make([]reformcycle.Transition, 40)},
		&reformcycle.StatusError{Status: reformcycle.Suspended, Reason: long, Accepts: reformcycle.Kinds()},
		&reformcycle.MomentError{What: "happened", Moment: time.Unix(0, 0), Earliest: time.Unix(1, 0)},
		&reformcycle.ConflictError{Cycle: long},
		&reformcycle.EntryError{Cycle: long, Kind: reformcycle.Kind(long), Err: fields},
		&reformcycle.LostError{Cycle: long, Known: 3, Witness: language.Of("witness.snapshot")},
		&reformcycle.TransferError{Line: 3, Err: &reformcycle.EntryError{Cycle: long, Err: fields}},
	} {
		assert.LessOrEqual(t, len(err.Error()), fault.MaxMessage, "%T", err)
		text, failed := json.Marshal(err)
		require.NoError(t, failed, "%T", err)
		assert.LessOrEqual(t, len(text), fault.MaxMessage, "%T", err)
		assert.LessOrEqual(t, len(accented.Refusal(err)), fault.MaxMessage, "%T", err)
		longer, ours := reformcycle.RefusalOf(accented, err)
		assert.True(t, ours, "%T", err)
		form, failed := json.Marshal(longer)
		require.NoError(t, failed, "%T", err)
		assert.LessOrEqual(t, len(form), fault.MaxMessage, "%T", err)
		assert.Equal(t, len(longer.Fields), len(fault.Of(err)))
		var read reformcycle.Refusal
		require.NoError(t, json.Unmarshal(text, &read), "%T", err)
		assert.NotEmpty(t, read.Code, "%T", err)
		if errors.As(err, &fields) && len(fields) > 1 {
			assert.Equal(t, len(fields), len(read.Fields)+read.More)
			assert.NotEmpty(t, read.Fields)
		}
	}
	text, err := json.Marshal(&reformcycle.BlockedError{Blockers: blockers})
	require.NoError(t, err)
	var read reformcycle.Refusal
	require.NoError(t, json.Unmarshal(text, &read))
	assert.NotEmpty(t, read.Blockers)
	assert.Equal(t, len(blockers), len(read.Blockers)+read.More)
}
