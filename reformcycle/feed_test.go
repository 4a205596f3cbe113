package reformcycle_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func TestAPositionComesBackFromItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := reformcycle.Position{
			Epoch: rapid.Uint64Min(1).Draw(t, "epoch"), At: rapid.Uint64().Draw(t, "at"), Seq: rapid.Uint64().Draw(t, "seq"),
			Cycle: rapid.Uint32().Draw(t, "cycle"), Proof: rapid.Uint32().Draw(t, "proof"),
		}
		got, err := reformcycle.ParsePosition(p.String())
		if err != nil || got != p {
			t.Fatalf("%+v became %q and then %+v, %v", p, p, got, err)
		}
		var again reformcycle.Position
		text, _ := p.MarshalText()
		if err := again.UnmarshalText(text); err != nil || again != p {
			t.Fatalf("%+v became %+v, %v", p, again, err)
		}
	})
	most := reformcycle.Position{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint32, math.MaxUint32}
	require.LessOrEqual(t, len(most.String()), 65)
	none, err := reformcycle.ParsePosition("")
	require.NoError(t, err)
	require.Zero(t, none)
	require.Empty(t, none.String())
}

// TestAMistypedPositionIsRefused: one sign changed, left out, doubled or put in anywhere
// makes no other position, and neither does what a host's visitor makes up.
func TestAMistypedPositionIsRefused(t *testing.T) {
	refused := func(text string) {
		t.Helper()
		_, err := reformcycle.ParsePosition(text)
		var fields fault.Fields
		require.True(t, errors.As(err, &fields), "%q gave %v", text, err)
		require.Equal(t, "position", fields[0].Path)
		require.Less(t, len(err.Error()), 1000)
	}
	text := reformcycle.Position{Epoch: 1 << 60, At: 4711, Seq: 3, Cycle: reformcycle.CycleSum("Kilifi"), Proof: 99}.String()
	const signs = "0123456789abcdefghijklmnopqrstuvwxyz-"
	for i := range text {
		refused(text[:i] + text[i+1:])
		for _, sign := range signs {
			if byte(sign) != text[i] {
				refused(text[:i] + string(sign) + text[i+1:])
			}
			if other := text[:i] + string(sign) + text[i:]; other != text {
				refused(other)
			}
		}
	}
	for _, made := range []string{
		" ", "0", "-----", "0-0-0-0-0-0", strings.ToUpper(text), " " + text, text + "\n", text + "-0", "0" + text, "+" + text, strings.ReplaceAll(text, "-", "_"),
		"1-2-3-4-5-6", "1-2-3-4-5", "<script>", "ශ්\u200dරී", "\xff", strings.Repeat("z", 1<<20), strings.Repeat("-", 1<<20), "zzzzzzzzzzzzzzzzzzzzz-1-1-1-1-1",
	} {
		refused(made)
	}
	// The checksum is right, the numbers are not in the form that String writes.
	refused(reformcycle.Position{At: 1}.String())
}

func FuzzParsePosition(f *testing.F) {
	f.Add("")
	f.Add("1-2-3-4-5-6")
	f.Add(reformcycle.Position{Epoch: 7, At: 1, Seq: 1, Cycle: 1, Proof: 1}.String())
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := reformcycle.ParsePosition(text); err == nil && p.String() != text {
			t.Fatalf("%q was read as %q", text, p)
		}
	})
}
