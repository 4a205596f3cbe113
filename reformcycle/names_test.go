package reformcycle_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

// Names as people write them: with joiners inside words, no-break spaces, apostrophes
// of all kinds.
var names = map[string]string{
	"Sinhala":    "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf",
	"Bengali":    "\u09b0\u200d\u09cd\u09af\u09be\u09ac",
	"Persian":    "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
	"Vietnamese": "B\u1ed9 Y t\u1ebf",
	"a dash":     "Th\u1eeba Thi\u00ean\u2013Hu\u1ebf",
	"Devanagari": "\u0915\u094d\u200d\u0937",
	"Arabic":     "\u0645\u0642\u0627\u0637\u0639\u0629 \u0646\u064a\u0631\u0648\u0628\u064a",
	"Burmese":    "\u1019\u103c\u1014\u103a\u1019\u102c",
	"Khmer":      "\u1780\u1798\u17d2\u1796\u17bb\u1787\u17b6",
	"Ol Chiki":   "\u1c65\u1c5f\u1c71\u1c5f\u1c72",
	"brackets":   "O'Brien\u00a0(MoH)", "a narrow no-break": "Minist\u00e8re de la Sant\u00e9\u202f: DSC",
	"Lao, a no-break":    "\u0e81\u0eb0\u0e8a\u0ea7\u0e87\u00a0\u0eaa\u0eb2",
	"a typed apostrophe": "N'Djamena", "a curly one": "N\u2019Djamena", "a letter": "N\u02bcDjamena", "a turned one": "\u02bbOkina",
}

func TestANameInAnyScriptIsTaken(t *testing.T) {
	for script, name := range names {
		c, err := reformcycle.New(name, reformcycle.WithTitle(name), reformcycle.WithCountry(name))
		require.NoError(t, err, script)
		require.NoError(t, refusalOf(c.Apply(background, reformcycle.By(name).At(onDay(0)),
			reformcycle.EngageActor{Actor: stakeholders.Actor{ID: name, Name: name, Constituency: stakeholders.MinistryOfHealth}})), script)
		assert.True(t, c.State().Actors().Has(name))
	}
}

// Typed on two keyboards, once in one character and once in a letter with its marks,
// a name is one: for the cycle, its authors, its actors, and what refers to them.
func TestTheSameNameTypedOnTwoKeyboardsIsOne(t *testing.T) {
	for script, name := range map[string]string{"Vietnamese": "B\u1ed9 Y t\u1ebf", "Bengali": "\u09ac\u09cb\u09b0\u09cd\u09a1", "Sinhala": "\u0d9a\u0ddc\u0dc5\u0db9"} {
		apart := norm.NFD.String(name)
		require.NotEqual(t, name, apart, script)
		j := journal.NewMemory()
		c, err := reformcycle.New(apart, reformcycle.WithJournal(j), reformcycle.WithTitle(apart))
		require.NoError(t, err)
		by := reformcycle.By(apart).At(onDay(0))
		require.NoError(t, refusalOf(c.Apply(background, by, reformcycle.EngageActor{Actor: stakeholders.Actor{ID: apart, Name: apart, Constituency: stakeholders.MinistryOfHealth}})))
		err = refusalOf(c.Apply(background, by, reformcycle.EngageActor{Actor: stakeholders.Actor{ID: name, Name: name, Constituency: stakeholders.MinistryOfHealth}}))
		require.ErrorIs(t, err, reformcycle.ErrInvalid, script)
		require.NoError(t, refusalOf(c.Apply(background, by, reformcycle.AssignRole{Actor: name, Role: stakeholders.Leader}, reformcycle.AssignRole{Actor: apart, Role: stakeholders.Donor})))
		actor, there := c.State().Actors().Actor(apart)
		require.True(t, there)
		assert.Equal(t, name, actor.ID)
		assert.Len(t, actor.Roles, 2)
		assert.Equal(t, name, c.State().Title())

		for _, typed := range []string{name, apart} {
			again, err := reformcycle.Open(background, j, typed)
			require.NoError(t, err, script)
			assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, again.State()))
		}
		for _, e := range entriesOf(t, c) {
			assert.Equal(t, name, e.By)
			assert.True(t, norm.NFC.IsNormal(e.Data), "journals hold one form: %s", e.Data)
		}
		// A batch that is sent twice is the same, whichever keyboard typed it.
		release := func(actor string) (reformcycle.Receipt, error) {
			return c.Apply(background, reformcycle.By(actor).At(onDay(1)).Key(apart), reformcycle.ReleaseActor{Actor: actor, Reason: "So"})
		}
		_, err = release(name)
		require.NoError(t, err)
		receipt, err := release(apart)
		require.NoError(t, err)
		assert.True(t, receipt.Repeated)

		_, err = stakeholders.NewRoster(stakeholders.Actor{ID: name, Name: name, Constituency: stakeholders.MinistryOfHealth}, stakeholders.Actor{ID: apart, Name: apart, Constituency: stakeholders.MinistryOfHealth})
		assert.ErrorContains(t, err, "actors[1].id", script)
	}
}

// What is one name in normal form, typed in two ways, breaks the rule that names are
// there once, and does so before it is recorded: what is recorded can be opened again.
func TestWhatIsOneInNormalFormIsOneInAChange(t *testing.T) {
	name := "B\u1ed9"
	apart := norm.NFD.String(name)
	evidence := assessment.Evidence{What: "A visit", Source: "own", Basis: assessment.Illustrative}
	for what, change := range map[string]reformcycle.Change{
		"areas":       reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "r", Name: "r", Areas: []string{name, apart}, Workers: 10}},
		"commitments": reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "m", Name: "m", Constituency: stakeholders.NGO, Commitments: []stakeholders.Commitment{{ID: name, Resource: stakeholders.Money, Unit: "USD", Pledged: 1}, {ID: apart, Resource: stakeholders.Money, Unit: "USD", Pledged: 1}}}},
		"strategy":    reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{ID: "st", Name: "st", Kind: stakeholders.ChangePositions, Effects: []stakeholders.Effect{{Actor: name, Position: stakeholders.At(3)}, {Actor: apart, Position: stakeholders.At(2)}}}},
		"survey":      reformcycle.SurveyProgrammes{Survey: reformcycle.Survey{Evidence: evidence, Landscape: landscape.Landscape{Areas: []landscape.Area{{ID: name, Name: "x"}, {ID: apart, Name: "y"}}}}},
		"authorities": reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: []string{name, apart}, Contributors: []string{name}, Authorizers: []string{name}}},
		"scores":      reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "s", Scores: reformcycle.Scores{name: 1, apart: 2}}},
	} {
		j := journal.NewMemory()
		c, err := reformcycle.New("x", reformcycle.WithJournal(j))
		require.NoError(t, err)
		require.NoError(t, refusalOf(c.Apply(background, office(0), reformcycle.EngageActor{Actor: stakeholders.Actor{ID: name, Name: name, Constituency: stakeholders.NGO}})))
		require.ErrorIs(t, refusalOf(c.Apply(background, office(0), change)), reformcycle.ErrInvalid, what)
		again, err := reformcycle.Open(background, j, "x")
		require.NoError(t, err, what)
		assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, again.State()))
	}
	_, err := stakeholders.NewRoster(stakeholders.Actor{ID: "m", Name: "m", Constituency: stakeholders.NGO, Commitments: []stakeholders.Commitment{{ID: name, Resource: stakeholders.Money, Unit: "USD", Pledged: 1}, {ID: apart, Resource: stakeholders.Money, Unit: "USD", Pledged: 1}}})
	assert.ErrorContains(t, err, "actors[0].commitments[1].id")
}

// A mark behind a character that JSON escapes is of that character, and not of the
// last figure of the escape.
func TestWhatJSONEscapesKeepsItsMarks(t *testing.T) {
	c, err := reformcycle.New("x")
	require.NoError(t, err)
	for i, statement := range []string{"a <\u0338 b", "a >\u0327 b", "a &\u0301 b"} {
		require.NoError(t, refusalOf(c.Apply(background, office(0), reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: strings.Repeat("p", i+1), Statement: statement}})))
		assert.Equal(t, norm.NFC.String(statement), c.State().Problems()[i].Statement)
	}
	j := journal.NewMemory()
	held, err := reformcycle.New("y", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, refusalOf(held.Apply(background, office(0), reformcycle.Suspend{Reason: "a <\u0338 b"}))) // plain, so it is not read back as it is recorded
	again, err := reformcycle.Open(background, j, "y")
	require.NoError(t, err)
	assert.Equal(t, bytesOf(t, held.State()), bytesOf(t, again.State()))
}

// What can't be seen is refused, with the character and its place.
func TestWhatCannotBeSeenInANameIsRefused(t *testing.T) {
	for name, want := range map[string]string{
		"a\u200bb": "character 2 is U+200B", "\u200dab": "character 1 is U+200D", "ab\u200c": "character 3 is U+200C", "a\u202eb": "character 2 is U+202E",
		"a\u2066b\u2069": "character 2 is U+2066", "a\tb": "character 2 is U+0009", "\u200b": "a name", "e\u0301\u200bx": "character 3 is U+200B",
	} {
		_, err := reformcycle.New(name)
		require.ErrorIs(t, err, fault.ErrInvalid)
		assert.ErrorContains(t, err, want)
	}
}
