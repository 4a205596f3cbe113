package stakeholders_test

import (
	"encoding"
	"encoding/json"
	"math"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAPositionOnABoundaryFallsInTheBandNearerToSupport(t *testing.T) {
	for _, test := range []struct {
		value float64
		want  stakeholders.Band
	}{
		{7, stakeholders.HighSupport}, {5, stakeholders.HighSupport},
		{math.Nextafter(5, 0), stakeholders.MediumSupport}, {3, stakeholders.MediumSupport},
		{math.Nextafter(3, 0), stakeholders.LowSupport}, {1, stakeholders.LowSupport},
		{math.Nextafter(1, 0), stakeholders.NonMobilised}, {0, stakeholders.NonMobilised}, {-1, stakeholders.NonMobilised},
		{math.Nextafter(-1, -7), stakeholders.LowOpposition}, {-3, stakeholders.LowOpposition},
		{math.Nextafter(-3, -7), stakeholders.MediumOpposition}, {-5, stakeholders.MediumOpposition},
		{math.Nextafter(-5, -7), stakeholders.HighOpposition}, {-7, stakeholders.HighOpposition},
		{7.1, stakeholders.UnknownBand}, {math.NaN(), stakeholders.UnknownBand},
	} {
		require.Equal(t, test.want, stakeholders.At(test.value).Band(), test.value)
	}
	require.Equal(t, stakeholders.UnknownBand, stakeholders.Position{}.Band())
}

func TestAPowerOnABoundaryFallsInTheHigherBand(t *testing.T) {
	for _, test := range []struct {
		value stakeholders.Power
		want  stakeholders.PowerBand
	}{
		{7, stakeholders.HighPowerBand}, {5, stakeholders.HighPowerBand}, {4.99, stakeholders.MediumPowerBand},
		{3, stakeholders.MediumPowerBand}, {2.99, stakeholders.LowPowerBand}, {1, stakeholders.LowPowerBand},
		{0, stakeholders.UnknownPowerBand}, {0.5, stakeholders.UnknownPowerBand}, {8, stakeholders.UnknownPowerBand},
	} {
		require.Equal(t, test.want, test.value.Band(), test.value)
	}
}

func TestADefaultLiesInItsBand(t *testing.T) {
	want := []float64{6, 4, 2, 0, -2, -4, -6}
	for i, b := range stakeholders.Bands() {
		v, known := b.Default().Value()
		require.True(t, known)
		require.Equal(t, want[i], v)
		require.Equal(t, b, b.Default().Band())
	}
	for i, b := range stakeholders.PowerBands() {
		require.Equal(t, stakeholders.Power(6-2*i), b.Default())
		require.Equal(t, b, b.Default().Band())
	}
	require.False(t, stakeholders.UnknownBand.Default().Known())
	require.False(t, stakeholders.UnknownPowerBand.Default().Known())
}

func TestSidesFollowTheBands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := stakeholders.At(quarter(-28, 28).Draw(t, "value"))
		band := p.Band()
		require.Equal(t, band == stakeholders.HighSupport || band == stakeholders.MediumSupport || band == stakeholders.LowSupport, p.Supports())
		require.Equal(t, band == stakeholders.HighOpposition || band == stakeholders.MediumOpposition || band == stakeholders.LowOpposition, p.Opposes())
	})
	for _, p := range []stakeholders.Position{{}, stakeholders.At(math.NaN()), stakeholders.At(9), stakeholders.At(-9)} {
		require.False(t, p.Supports())
		require.False(t, p.Opposes())
	}
}

func TestUnknownIsNotZero(t *testing.T) {
	require.NotEqual(t, stakeholders.Position{}, stakeholders.At(0))
	require.Equal(t, stakeholders.At(0), stakeholders.At(math.Copysign(0, -1)))
	require.True(t, stakeholders.Position{}.Valid())
	require.Empty(t, stakeholders.Position{}.Validate())
	require.Empty(t, stakeholders.Power(0).Validate())
}

func TestPositionReadsAsWords(t *testing.T) {
	for want, p := range map[string]stakeholders.Position{
		"not known":              {},
		"+6 (high support)":      stakeholders.At(6),
		"+2.5 (low support)":     stakeholders.At(2.5),
		"0 (non-mobilised)":      stakeholders.At(0),
		"-4 (medium opposition)": stakeholders.At(-4),
		"+9 (not valid)":         stakeholders.At(9),
		"NaN (not valid)":        stakeholders.At(math.NaN()),
		"+Inf (not valid)":       stakeholders.At(math.Inf(1)),
	} {
		require.Equal(t, want, p.String())
	}
}

func TestPositionJSON(t *testing.T) {
	for in, want := range map[string]stakeholders.Position{
		`null`: {}, `2.5`: stakeholders.At(2.5), `-0.0`: stakeholders.At(0), `"high-support"`: stakeholders.At(6),
		`"non-mobilised"`: stakeholders.At(0), `"low-opposition"`: stakeholders.At(-2),
		`9`: stakeholders.At(9), // for Validate to refuse
	} {
		p := stakeholders.At(1)
		require.NoError(t, json.Unmarshal([]byte(in), &p), in)
		require.Equal(t, want, p, in)
	}
	for _, in := range []string{`""`, `"warm"`, `[]`, `{}`, `true`, `1e999`, `nope`, ``} {
		p := stakeholders.At(1)
		require.ErrorIs(t, p.UnmarshalJSON([]byte(in)), fault.ErrInvalid, in)
		require.Equal(t, stakeholders.At(1), p, in)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := json.Marshal(stakeholders.At(v))
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
}

func TestPowerJSON(t *testing.T) {
	for in, want := range map[string]stakeholders.Power{`null`: 0, `5.5`: 5.5, `"high"`: 6, `"medium"`: 4, `"low"`: 2} {
		p := stakeholders.LowPower
		require.NoError(t, json.Unmarshal([]byte(in), &p), in)
		require.Equal(t, want, p, in)
	}
	for _, in := range []string{`""`, `"huge"`, `{}`, `1e999`} {
		p := stakeholders.LowPower
		require.ErrorIs(t, json.Unmarshal([]byte(in), &p), fault.ErrInvalid, in)
		require.Equal(t, stakeholders.LowPower, p)
	}
}

func FuzzPositionJSON(f *testing.F) {
	for _, seed := range []string{`null`, `6`, `-0.0`, `"medium-support"`, `"x"`, `1e999`, ``, `5e-324`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var p stakeholders.Position
		if err := p.UnmarshalJSON(data); err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.Equal(t, stakeholders.Position{}, p)
			return
		}
		written, err := json.Marshal(p)
		require.NoError(t, err)
		var again stakeholders.Position
		require.NoError(t, json.Unmarshal(written, &again))
		require.Equal(t, p, again)
		require.Equal(t, p.Valid(), len(p.Validate()) == 0)
		require.NotEmpty(t, p.String())
	})
}

// vocabulary is what every closed set of words in the package does.
func vocabulary[T interface {
	~string
	Valid() bool
	Told() language.Text
}, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, words []T, count int) {
	t.Helper()
	require.Len(t, words, count)
	labels := map[string]bool{}
	for _, w := range words {
		require.True(t, w.Valid(), w)
		require.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, string(w))
		for _, l := range []*language.Language{nil, fr.Language(), pt.Language(), es.Language()} {
			label := l.Say(w.Told())
			require.NotEqual(t, w.Told().ID, label, "not said")
			require.False(t, labels[l.Tag()+label], "label %q is there twice", label)
			labels[l.Tag()+label] = true
		}

		var read T
		require.NoError(t, P(&read).UnmarshalText([]byte(w)))
		require.Equal(t, w, read)
	}
	for _, bad := range []string{"", "Leader", "nobody", "\xff"} {
		read := words[0]
		err := P(&read).UnmarshalText([]byte(bad))
		require.ErrorIs(t, err, fault.ErrInvalid)
		require.Equal(t, words[0], read, "a refused text leaves the value")
		for _, w := range words {
			require.ErrorContains(t, err, string(w), "the error lists what is accepted")
		}
		require.False(t, T(bad).Valid())
	}
	require.Equal(t, "nobody", T("nobody").Told().String())

	// The slice is the caller's.
	words[0] = "spoilt"
}

func TestEveryVocabularyIsClosed(t *testing.T) {
	for range 2 { // the second turn sees what the first one spoilt
		vocabulary(t, stakeholders.Constituencies(), 19)
		vocabulary(t, stakeholders.Groups(), 5)
		vocabulary(t, stakeholders.Roles(), 7)
		vocabulary(t, stakeholders.Bands(), 7)
		vocabulary(t, stakeholders.PowerBands(), 3)
		vocabulary(t, stakeholders.Resources(), 4)
		vocabulary(t, stakeholders.Mechanisms(), 7)
		vocabulary(t, stakeholders.StrategyKinds(), 4)
		vocabulary(t, stakeholders.Targets(), 3)
		vocabulary(t, stakeholders.FundingMeasures(), 2)
	}
	require.Equal(t, "not known", stakeholders.UnknownBand.Told().String())
	require.Equal(t, "not known", stakeholders.UnknownPowerBand.Told().String())
}

func TestEveryConstituencyFallsInAGroup(t *testing.T) {
	size := map[stakeholders.Group]int{}
	for _, c := range stakeholders.Constituencies() {
		require.True(t, c.Group().Valid(), c)
		size[c.Group()]++
	}
	require.Equal(t, map[stakeholders.Group]int{
		stakeholders.Government: 6, stakeholders.Community: 2, stakeholders.CivilSocietyGroup: 4,
		stakeholders.DevelopmentPartners: 3, stakeholders.ProfessionAndMarket: 4,
	}, size)
	require.Empty(t, stakeholders.Constituency("army").Group())
}

// The rating of a band is closed: both ends belong to it, and on an end the band says
// which index an actor is in.
func TestABandDecidesOnItsBoundary(t *testing.T) {
	for i, band := range stakeholders.Bands() {
		top, bottom := 7-2*float64(i), 5-2*float64(i)
		for _, v := range []float64{top, top - 0.25, bottom + 0.25, bottom} {
			p, ok := stakeholders.In(band, v)
			require.True(t, ok, "%s %v", band, v)
			require.Equal(t, band, p.Band(), v)
			value, _ := p.Value()
			require.Equal(t, v, value)
			require.True(t, p.Valid())
			require.Equal(t, i < 3, p.Supports(), p)
			require.Equal(t, i > 3, p.Opposes(), p)
			require.Contains(t, p.String(), band.Told().String())

			data, err := json.Marshal(p)
			require.NoError(t, err)
			var again stakeholders.Position
			require.NoError(t, json.Unmarshal(data, &again))
			require.Equal(t, p, again, string(data))
		}
		for _, v := range []float64{top + 0.25, bottom - 0.25, math.NaN(), math.Inf(1)} {
			p, ok := stakeholders.In(band, v)
			require.False(t, ok)
			require.False(t, p.Known())
		}
	}
	for _, band := range []stakeholders.Band{stakeholders.UnknownBand, "neutral"} {
		_, ok := stakeholders.In(band, 1)
		require.False(t, ok)
	}
	low, _ := stakeholders.In(stakeholders.LowSupport, 1)
	require.Equal(t, stakeholders.At(1), low, "where the value tells the band, one position has one form")
	for _, text := range []string{`{"value":2,"band":"non-mobilised"}`, `{"value":1}`, `{"value":1,"band":"neutral"}`, `{"value":1,"band":"non-mobilised","x":1}`} {
		var p stakeholders.Position
		require.Error(t, json.Unmarshal([]byte(text), &p), text)
	}
}
