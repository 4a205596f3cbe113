package policymaker

import (
	"errors"
	"strings"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/stretchr/testify/require"
)

// FuzzRead holds that whatever is read can be written, read and asked again,
// byte for byte, that writing back what was given out changes nothing, and that
// whatever is not read is refused with a typed error.
func FuzzRead(f *testing.F) {
	f.Add(small(f))
	f.Add(strings.Replace(strange, `"07"`, `"7"`, 1))
	f.Add(withPlayers(`{"Player_ID":1,"Position_rating":8}`, `{"Player_ID":"2","Include":"0","Weight":1e-3}`))
	f.Add(`{"Project":[{}],"Player":[{"Player_ID":1}],"Strategy":[{"Strategy_ID":1}],"Affected_player":[{"Strategy_ID":1,"Player_ID":1,"Future_power_rating":1}]}`)
	f.Add(`{"Project":[],"Player":[[[[[`)
	f.Add("{\"Project\":[{\"\\ud800\":\"\xff\"}]}")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Read(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, fault.ErrInvalid) {
				t.Fatalf("an error of no type: %v", err)
			}
			require.NotEmpty(t, err.Error())
			return
		}
		require.Equal(t, text, written(t, p))
		p.Remarks()
		setBack(t, p)
		require.Equal(t, text, written(t, p))

		id, err := p.AddActor(someone(""))
		require.NoError(t, err)
		again := mustRead(t, written(t, p))
		require.Equal(t, p.Players(), again.Players())
		require.Equal(t, id, again.Players()[len(again.Players())-1].ID)
	})
}
