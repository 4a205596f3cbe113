package evaluation_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/assessment/internal/table"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

var unions = []evaluation.Area{
	{ID: "Union A", Arm: evaluation.Intervention, Outcomes: []evaluation.Measurement{{Value: 12.5, Population: 1000}, {Value: 20, Population: 1100}}},
	{ID: "Union B", Arm: evaluation.Comparison, Outcomes: []evaluation.Measurement{{Value: 11, Population: 900}, {Value: 10, Population: 950}}},
}

func TestATableIsReadWhateverItsForm(t *testing.T) {
	for name, table := range map[string]string{
		"plain":                           "area,arm,period,value,population\nUnion A,intervention,2018-09,12.5,1000\nUnion A,intervention,2018-10,20,1100\nUnion B,comparison,2018-09,11,900\nUnion B,comparison,2018-10,10,950\n",
		"from a spreadsheet":              "\ufeffarea;arm;period;value;population\r\nUnion A;intervention;2018-09;12,5;1000\r\nUnion A;intervention;2018-10;20;1100\r\nUnion B;comparison;2018-09;11;900\r\nUnion B;comparison;2018-10;10;950\r\n;;;;\r\n",
		"tabs":                            "area\tarm\tperiod\tvalue\tpopulation\nUnion A\tintervention\t2018-09\t12,5\t1000\nUnion A\tintervention\t2018-10\t20\t1100\nUnion B\tcomparison\t2018-09\t11\t900\nUnion B\tcomparison\t2018-10\t10\t950\n",
		"other order, comments and space": "# illustrative\n\n Population , VALUE,period,Arm,area\n1100, 2e1 ,2018-10, Intervention ,Union A\n1000,12.50,2018-09,intervention,\"Union A\"\n# between\n950,+10,2018-10,COMPARISON,Union B\n900,11.,2018-09,comparison, Union B",
	} {
		t.Run(name, func(t *testing.T) {
			periods, areas, err := evaluation.ReadCSV(strings.NewReader(table))
			require.NoError(t, err)
			require.Equal(t, []string{"2018-09", "2018-10"}, periods)
			require.Equal(t, unions, areas)
			_, again, err := evaluation.ReadCSV(iotest.OneByteReader(strings.NewReader(table)))
			require.NoError(t, err)
			require.Equal(t, unions, again)
		})
	}
}

// Areas may be numbered with a mark that elsewhere begins a remark.
func TestAnAreaMayBeginWithAMark(t *testing.T) {
	_, areas, err := evaluation.ReadCSV(strings.NewReader("# made up, all of it\narea,arm,period,value\n#1 North,intervention,2018,1\n#1 North,intervention,2019,9\nA,intervention,2018,1\nA,intervention,2019,2\nB,comparison,2018,1\n# a remark\nB,comparison,2019,2\n"))
	require.NoError(t, err)
	var changes []string
	for _, a := range areas {
		changes = append(changes, fmt.Sprint(a.ID, " ", a.Outcomes[1].Value-a.Outcomes[0].Value))
	}
	require.Equal(t, []string{"#1 North 8", "A 1", "B 1"}, changes)

	_, _, err = evaluation.ReadCSV(strings.NewReader("# Source: the register, 2018\narea,arm,period,value\n# Source: the register, 2019\n"))
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.ErrorContains(t, err, "line 3", "what might be a row does not go without a word")
}

func TestPeriodsStandInTheOrderOfTime(t *testing.T) {
	for _, order := range [][]string{
		{"2", "9", "10", "11"}, {"2009", "2010", "2018"}, {"2017-12", "2018-01"}, {"2018-01-31", "2018-02-28"}, {"2017-Q4", "2018-Q1"},
	} {
		var table strings.Builder
		table.WriteString("area,arm,period,value\n")
		for i := range order {
			p := order[len(order)-1-i]
			fmt.Fprintf(&table, "A,intervention,%s,1\nB,comparison,%s,2\n", p, strings.ToLower(p))
		}
		periods, areas, err := evaluation.ReadCSV(strings.NewReader(table.String()))
		require.NoError(t, err)
		require.Equal(t, order, periods)
		require.Equal(t, "A", areas[0].ID)
	}
}

func TestATableIsRefusedWithEverythingThatIsWrong(t *testing.T) {
	const header = "area,arm,period,value,population\n"
	var surplus strings.Builder
	surplus.WriteString("area,arm,period,value\n")
	for i := range 200_000 + 1 {
		fmt.Fprintf(&surplus, "A%d,intervention,%d,1\n", i/1000, i%1000)
	}
	for name, c := range map[string]struct {
		table string
		want  []string
	}{
		"empty":        {"", []string{"csv:1: required", "csv:1: required", "csv:1: required", "csv:1: required"}},
		"header alone": {header, []string{": required"}},
		"blank rows":   {header + ",,,,\n", []string{": required"}},
		"no columns":   {"a,b\n1,2\n", []string{"csv:1:column 1: known", "csv:1:column 2: known", "csv:1: required", "csv:1: required", "csv:1: required", "csv:1: required"}},
		"column twice": {"area,arm,period,value,value\n", []string{"csv:1:column 5: unique"}},
		"short row":    {"# note\n" + header + "A,intervention\n", []string{"csv:3: columns"}},
		"quotes":       {header + "\"A\"x,intervention,1,2,3\nB,control,1,2,3\n", []string{"csv:2: quote", "csv:3:arm: known"}},
		"cells": {header + "A,control,1,2,3\nB,comparison,soon,2,3\nC,comparison,1,many,3\nD,comparison,1,2,0\n,comparison,1,2,3\nE,comparison,1,2,\n", []string{
			"csv:2:arm: known", "csv:3:period: known", "csv:4:value: number", "csv:5:population: range", "csv:6:area: required", "csv:7:population: required",
		}},
		"one row, several":        {header + "A,control,x,y,z\n", []string{"csv:2:arm: known", "csv:2:period: known", "csv:2:value: number", "csv:2:population: number"}},
		"not finite":              {header + "A,intervention,1,NaN,3\nA,intervention,1,Inf,3\nA,intervention,1,1e999,3\nA,intervention,1,0x10,3\n", []string{"csv:2:value: number", "csv:3:value: number", "csv:4:value: range", "csv:5:value: number"}},
		"thousands":               {"area;arm;period;value\nA;intervention;1;1.234,5\nA;intervention;2;1 234\n", []string{"csv:2:value: number", "csv:3:value: number"}},
		"thousands in tabs":       {"area\tarm\tperiod\tvalue\tpopulation\nA\tintervention\t2018\t412\t21,500\nB\tintervention\t2018\t20\t950\n", []string{"csv:2:population: number"}},
		"thousands in semicolons": {"area;arm;period;value\nA;intervention;1;21,500\nA;intervention;2;21.500\n", []string{"csv:2:value: number", "csv:3:value: number"}},
		"decimal comma":           {header + "A,intervention,1,\"12,5\",3\n", []string{"csv:2:value: number"}},
		"no such day":             {header + "A,intervention,2018-02-30,1,3\n", []string{"csv:2:period: known"}},
		"forms mixed":             {header + "A,intervention,2018-02,1,3\nA,intervention,2018,1,3\nA,intervention,2019,1,3\nA,intervention,2018-03,1,3\n", []string{"csv:3:period: same", "csv:4:period: same"}},
		"row twice":               {header + "A,intervention,1,1,3\nA,intervention,01,1,3\n", []string{"csv:3: unique"}},
		"arm changes":             {header + "A,intervention,1,1,3\nA,comparison,2,1,3\n", []string{"csv:3:arm: same"}},
		"missing period":          {header + "A,intervention,1,1,3\nA,intervention,2,1,3\nB,comparison,1,1,3\n", []string{": required"}},
		"not UTF-8":               {header + "\xff,intervention,1,1,3\n", []string{"csv:2:area: utf-8"}},
		"line in a cell":          {header + "\"A\nB\",intervention,1,1,3\n", []string{"csv:2:area: characters"}},
		"too many rows":           {surplus.String(), []string{"csv:200002: length"}},
		"too many areas":          {header + lines(2_000+1, "A%d,intervention,1,1,3\n"), []string{": length"}},
	} {
		t.Run(name, func(t *testing.T) {
			periods, areas, err := evaluation.ReadCSV(strings.NewReader(c.table))
			found := rules(t, err)
			require.Nil(t, periods)
			require.Nil(t, areas)
			require.Equal(t, c.want, found)
		})
	}
}

func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestATableWithoutEndIsGivenUp(t *testing.T) {
	_, _, err := evaluation.ReadCSV(io.MultiReader(strings.NewReader("area,arm,period,value\n\""), zeros{}))
	require.Equal(t, []string{"csv:2: length"}, rules(t, err))
}

// zeros is a quoted cell that never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestAReaderThatFailsIsNotAFaultOfTheTable(t *testing.T) {
	broken := errors.New("disk on fire")
	_, _, err := evaluation.ReadCSV(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
	require.NotErrorIs(t, err, fault.ErrInvalid)
	_, _, err = evaluation.ReadCSV(nil)
	require.Equal(t, []string{": required"}, rules(t, err))
}

func FuzzReadCSV(f *testing.F) {
	f.Add("area,arm,period,value,population\nA,intervention,2018-09,12.5,1000\nB,comparison,2018-09,1,10\n")
	f.Add("\ufeffarea;arm;period;value\nA;intervention;1;1,5\n\"B\";comparison;1;2\n")
	f.Add("# note\narea\tarm\tperiod\tvalue\nA\tcontrol\t2018-Q1\tx\n")
	f.Fuzz(func(t *testing.T, text string) {
		periods, areas, err := evaluation.ReadCSV(strings.NewReader(text))
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		require.NotEmpty(t, areas)
		// What was read can be written plainly and read again.
		var again strings.Builder
		again.WriteString("area;arm;period;value;population\n")
		rates := areas[0].Outcomes[0].Population != 0
		for _, a := range areas {
			require.Len(t, a.Outcomes, len(periods))
			for i, o := range a.Outcomes {
				require.Equal(t, rates, o.Population != 0)
				fmt.Fprintf(&again, "%s;%s;%s;%v;%v\n", table.Escape(a.ID, true), a.Arm, periods[i], o.Value, max(o.Population, 1))
			}
		}
		samePeriods, sameAreas, err := evaluation.ReadCSV(strings.NewReader(again.String()))
		require.NoError(t, err)
		require.Equal(t, periods, samePeriods)
		for i, a := range areas {
			require.Equal(t, a.ID, sameAreas[i].ID)
		}
		// And whatever it is, evaluating it refuses or answers.
		s := evaluation.Study{Unit: "x", Periods: periods, Start: periods[len(periods)-1], Areas: areas}
		if rates {
			s.Scale = evaluation.RateRatio
		}
		r, err := s.Evaluate(evaluation.Protocol{Better: evaluation.Lower, Samples: 999})
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		require.NotEmpty(t, language.English().Paragraph(r.Summary()))
	})
}
