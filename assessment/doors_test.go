package assessment_test

// All doors through which JSON comes in refuse the same things, and take the same.

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// door reads JSON; sound is a text that it takes, whole what in it stands for a
// whole number, twelve the same number with a point, and required a member that
// has to be there.
type door struct {
	read                           func([]byte) error
	sound, whole, twelve, required string
}

func doors(t *testing.T) map[string]door {
	spec := partnering()
	list, err := json.Marshal(build(t, spec))
	require.NoError(t, err)
	framework, err := frameworks.Get("three-ones")
	require.NoError(t, err)
	own, err := json.Marshal(framework)
	require.NoError(t, err)
	survey, err := json.Marshal(landscape.Landscape{
		Areas: []landscape.Area{{ID: "north"}}, Services: []landscape.Service{{ID: "malaria"}}, Programmes: []landscape.Programme{{ID: "ngo"}},
		Cadres: []landscape.Cadre{{ID: "x", Programme: "ngo", Standing: landscape.New}},
		Posts:  []landscape.Post{{Cadre: "x", Area: "north", Services: []string{"malaria"}, Workers: 12}},
	})
	require.NoError(t, err)
	checklist := door{
		read:  func(data []byte) error { _, err := assessment.ParseChecklist(data); return err },
		sound: string(list), whole: `"weight":3`, twelve: `"weight":3.0`, required: `"id":"supervision"`,
	}
	held := checklist
	held.read = func(data []byte) error { return new(assessment.Checklist).UnmarshalJSON(data) }
	published := door{
		read:  func(data []byte) error { _, err := frameworks.Parse(data); return err },
		sound: strings.Replace(string(own), `"kind":"rated"`, `"kind":"rated","threshold":3`, 1), whole: `"threshold":3`, twelve: `"threshold":3.0`,
		required: `"name":"three-ones"`,
	}
	kept := published
	kept.read = func(data []byte) error { return new(frameworks.Framework).UnmarshalJSON(data) }
	return map[string]door{
		"ParseChecklist": checklist, "Checklist.UnmarshalJSON": held, "frameworks.Parse": published, "Framework.UnmarshalJSON": kept,
		"landscape.Parse": {
			read:  func(data []byte) error { _, err := landscape.Parse(data); return err },
			sound: string(survey), whole: `"workers":12`, twelve: `"workers":12.0`, required: `"id":"north"`,
		},
	}
}

func TestAllDoorsTakeAndRefuseTheSame(t *testing.T) {
	for name, d := range doors(t) {
		t.Run(name, func(t *testing.T) {
			swap := func(old, new string) string {
				require.Contains(t, d.sound, old)
				return strings.Replace(d.sound, old, new, 1)
			}
			key, _, _ := strings.Cut(d.required, ":")
			require.NoError(t, d.read([]byte(d.sound)))
			require.NoError(t, d.read([]byte("\ufeff"+d.sound)), "a byte order mark")
			require.NoError(t, d.read([]byte(swap(d.whole, d.twelve))), "a whole number with a point")
			for what, c := range map[string]struct{ text, rule string }{
				"a repeated key":         {swap(d.required, d.required+","+d.required), fault.Unique},
				"a key in another case":  {swap(key, strings.ToUpper(key)), fault.Known},
				"an unknown key":         {swap(d.required, d.required+`,"x":{"y":[1]}`), fault.Known},
				"null for what must be":  {swap(d.required, key+":null"), fault.Type},
				"a lone surrogate":       {swap(d.required, key+`:"a\ud800"`), fault.Encoding},
				"bytes that are no text": {swap(d.required, key+":\"a\xff\""), fault.Encoding},
				"more behind the end":    {d.sound + " {}", fault.Syntax},
				"half of it":             {d.sound[:len(d.sound)/2], fault.Syntax},
				"nothing":                {"", fault.Syntax},
			} {
				err := d.read([]byte(c.text))
				require.ErrorIs(t, err, fault.ErrInvalid, what)
				var found []string
				for _, f := range fault.Of(err) {
					found = append(found, f.Rule)
					assert.Positive(t, f.Line, what)
				}
				assert.Contains(t, found, c.rule, what)
			}
		})
	}
}

// Faults cost no more than the bytes that they stand among: ns/byte are the same
// for a tenth of the text, all on one line, with fewer faults in it than are
// collected, so that it is read to its end, or with more. The floor is
// encoding/json, which says nothing of them.
func BenchmarkALineOfUnknownKeys(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		for what, key := range map[string]string{"every": "nmae", "some": "name"} {
			var line strings.Builder
			line.WriteString(`{"areas":[`)
			for i := 0; line.Len() < n; i++ {
				member := key
				if i%(n/50_000) == 0 { // some 800 in all
					member = "nmae"
				}
				line.WriteString(`{"id":"a` + strconv.Itoa(i) + `","` + member + `":"` + strings.Repeat("x", 40) + `"},`)
			}
			text := []byte(line.String() + `{"id":"last"}]}`)
			b.Run("read/"+what+"/"+strconv.Itoa(n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					if _, err := landscape.Parse(text); err == nil {
						b.Fatal("taken")
					}
				}
			})
			b.Run("floor/"+what+"/"+strconv.Itoa(n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					var l landscape.Landscape
					if err := json.Unmarshal(text, &l); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
