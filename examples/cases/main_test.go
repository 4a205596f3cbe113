package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

var update = flag.Bool("update", false, "write the golden files")

// The pages are read by people: after a change of a case or of a rule, look at the
// difference before updating them.
func TestThePagesAreTheGoldenOnes(t *testing.T) {
	for golden, args := range map[string][]string{
		"list.golden":                        nil,
		"cambodia.golden":                    {"cambodia"},
		"india-village-health-guides.golden": {"india-village-health-guides"},
	} {
		t.Run(golden, func(t *testing.T) {
			var page bytes.Buffer
			require.NoError(t, run(t.Context(), &page, args))
			if *update {
				require.NoError(t, os.WriteFile("testdata/"+golden, page.Bytes(), 0o644))
			}
			want, err := os.ReadFile("testdata/" + golden)
			require.NoError(t, err)
			require.Equal(t, string(want), page.String())
		})
	}
}

// A walk is printed as its own example prints it.
func TestAWalkIsPrintedAsItsExampleDoes(t *testing.T) {
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page, []string{"LBR-NCHAP"}))
	want, err := os.ReadFile("../liberia/testdata/page.golden")
	require.NoError(t, err)
	require.Equal(t, string(want), page.String())
}

func TestTheTableIsThePageOfAllCases(t *testing.T) {
	var page, want bytes.Buffer
	require.NoError(t, run(t.Context(), &page, []string{"-table"}))
	require.NoError(t, cases.Page(t.Context(), &want, nil, cases.Papers(nil)))
	require.Equal(t, want.String(), page.String())
}

func TestWhatIsAskedForWronglyIsRefused(t *testing.T) {
	require.ErrorIs(t, run(t.Context(), &bytes.Buffer{}, []string{"atlantis"}), fault.ErrInvalid)
	require.ErrorContains(t, run(t.Context(), &bytes.Buffer{}, []string{"nepal", "brazil"}), "one case")
	require.ErrorContains(t, run(t.Context(), &bytes.Buffer{}, []string{"-table", "brazil"}), "one case")
	require.ErrorIs(t, run(t.Context(), &bytes.Buffer{}, []string{"-h"}), flag.ErrHelp)
	require.Error(t, run(t.Context(), broken{}, nil))
	require.Error(t, run(t.Context(), broken{}, []string{"nepal"}))
	require.Error(t, run(t.Context(), broken{}, []string{"LBR-NCHAP"}))
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestAJudgementThatTheCaseDoesNotKnowIsSaidToBeNotInThePaper(t *testing.T) {
	require.Equal(t, "Not in the paper.", paper(nil, cases.Case{}, cases.Judgement{Code: "stalled", As: cases.Trouble}))
}
