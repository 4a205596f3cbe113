package reformcycle_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// How far the schemas and the decoder agree is held by a validator of somebody else's, in
// examples/service.

func TestEveryKindHasASchemaAndTheBatchHasAll(t *testing.T) {
	batch := reformcycle.BatchSchema()
	once, err := json.Marshal(batch)
	require.NoError(t, err)
	again, err := json.Marshal(reformcycle.BatchSchema())
	require.NoError(t, err)
	require.Equal(t, string(once), string(again))
	changes := batch.Field("changes")
	require.Len(t, changes.Items.Any, len(reformcycle.Kinds()))
	require.Len(t, batch.Defs, len(reformcycle.Kinds()))
	for i, kind := range reformcycle.Kinds() {
		s, known := reformcycle.ChangeSchema(kind)
		require.True(t, known, kind)
		require.Contains(t, s.ID, "/"+string(kind)+".json")
		require.False(t, s.Title.IsZero(), kind)
		described(t, string(kind), s)
		require.Equal(t, string(kind), batch.Defs[i].Name)
		require.Equal(t, []any{string(kind)}, changes.Items.Any[i].Field("kind").Enum)
		require.Equal(t, string(kind), changes.Items.Any[i].Field("data").Ref)
	}
	described(t, "batch", batch)
	for _, id := range language.Texts().IDs() {
		if strings.HasPrefix(id, "field.") || strings.HasPrefix(id, "hint.") {
			assert.True(t, labels[id], "no field is called %s", id)
		}
	}
	_, known := reformcycle.ChangeSchema("dance")
	require.False(t, known)
}

// The page about what a journal holds lists every kind, and whether a suspended cycle
// takes it.
func TestThePageOfTheSchemaHasEveryKind(t *testing.T) {
	c, err := reformcycle.New("held")
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), reformcycle.Suspend{Reason: "War."})))
	var held *reformcycle.StatusError
	require.ErrorAs(t, refusalOf(c.Apply(background, office(0), reformcycle.Advance{})), &held)
	page, err := os.ReadFile("../docs/schema.md")
	require.NoError(t, err)
	var kinds []reformcycle.Kind
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| .+ \\| (?:(yes) )?\\|$").FindAllStringSubmatch(string(page), -1) {
		kind := reformcycle.Kind(row[1])
		kinds = append(kinds, kind)
		require.Equal(t, slices.Contains(held.Accepts, kind), row[2] == "yes", kind)
	}
	require.Equal(t, reformcycle.Kinds(), kinds)
}

// labels are the labels and hints that fields have; a text that no field has is one that
// nobody reads.
var labels = map[string]bool{"hint.batch": true, "field.batch": true}

// described: there is something to say of every value, and a text, a list and a map have
// a bound.
func described(t *testing.T, path string, s schema.Schema) {
	require.True(t, s.Type != "" || s.Enum != nil || s.Any != nil || s.Ref != "", "%s is anything", path)
	if s.Type == schema.TypeString {
		require.True(t, s.Rule.Most > 0 || s.Pattern != "", "%s has no bound", path)
	}
	if s.Type == schema.TypeArray || s.Type == schema.TypeObject && s.Fields == nil && s.Items != nil {
		require.NotZero(t, s.Most, "%s has no bound", path)
		described(t, path+"[]", *s.Items)
	}
	for _, f := range s.Fields {
		for _, told := range []language.Text{f.Title, f.Hint} {
			require.True(t, language.Texts().Has(told.ID), "%s.%s has no text %s", path, f.Name, told.ID)
			labels[told.ID] = true
		}
		described(t, path+"."+f.Name, f.Schema)
	}
	for i, choice := range s.Any {
		described(t, fmt.Sprintf("%s|%d", path, i), choice)
	}
}

func TestASchemaHasWhatSomebodyMayHandInAndNothingElse(t *testing.T) {
	of := func(kind reformcycle.Kind, fields ...string) *schema.Schema {
		s, known := reformcycle.ChangeSchema(kind)
		require.True(t, known)
		at := &s
		for _, name := range fields {
			f := at.Field(name)
			require.NotNil(t, f, name)
			at = &f.Schema
		}
		return at
	}
	names := func(s *schema.Schema) (all, required []string) {
		for _, f := range s.Fields {
			all = append(all, f.Name)
			if f.Required {
				required = append(required, f.Name)
			}
		}
		return all, required
	}
	all, required := names(of(reformcycle.KindProposeSolution, "solution"))
	require.Equal(t, []string{"id", "name", "origin", "what", "source", "scores"}, all)
	require.Equal(t, []string{"id", "name", "origin"}, required)
	all, required = names(of(reformcycle.KindPlanRollout, "phase"))
	require.Equal(t, []string{"id", "name", "areas", "workers", "start", "end"}, all)
	require.Equal(t, []string{"id", "name", "areas"}, required)
	all, required = names(of(reformcycle.KindAdoptChecklist))
	require.Equal(t, []string{"checklist", "reason"}, all)
	require.Equal(t, all, required)
	all, required = names(of(reformcycle.KindEngageActor, "actor"))
	require.Equal(t, []string{"id", "name", "constituency", "roles", "member", "position", "power", "weight", "veto", "commitments", "note"}, all)
	require.Equal(t, []string{"id", "name", "constituency"}, required)
	_, required = names(of(reformcycle.KindCorrect))
	require.Equal(t, []string{"entry", "change", "reason"}, required)
	require.Len(t, of(reformcycle.KindCorrect, "change").Any, len(reformcycle.Kinds())-3, "no corrections of corrections")

	// The same type says what its field takes: a rating may be withdrawn, an appraisal is
	// on the scale; a stage may be left out only where the change has another.
	require.Contains(t, of(reformcycle.KindRate, "level").Enum, any("unknown"))
	require.NotContains(t, of(reformcycle.KindAppraiseSolution, "appraisal", "feasibility").Enum, any("unknown"))
	require.NotContains(t, of(reformcycle.KindRevisit, "to").Enum, any(""))
	require.Contains(t, of(reformcycle.KindRenew, "at").Enum, any(""))
	require.Equal(t, 10.0, *of(reformcycle.KindScoreProblem, "scores").Items.Maximum)
	require.True(t, of(reformcycle.KindDeliver, "amount").Above)
}
