package stakeholders_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
)

func TestActorRefuses(t *testing.T) {
	on := date.MustParse
	change := func(f func(c *stakeholders.Commitment)) func(*stakeholders.Actor) {
		return func(a *stakeholders.Actor) { f(&a.Commitments[1]) }
	}
	for _, test := range []struct {
		name   string
		change func(a *stakeholders.Actor)
		want   string // "" if accepted
	}{
		{"nothing in a good actor", func(*stakeholders.Actor) {}, ""},
		{"a blank id", func(a *stakeholders.Actor) { a.ID = " \t" }, "id required"},
		{"an id with space around it", func(a *stakeholders.Actor) { a.ID = "moh " }, "id characters"},
		{"an id with a control character", func(a *stakeholders.Actor) { a.ID = "m\x00h" }, "id characters"},
		{"an id that is not UTF-8", func(a *stakeholders.Actor) { a.ID = "\xff" }, "id utf-8"},
		{"an id of 129 runes", func(a *stakeholders.Actor) { a.ID = strings.Repeat("é", 129) }, "id length"},
		{"not an id of 128 runes", func(a *stakeholders.Actor) { a.ID = strings.Repeat("é", 128) }, ""},
		{"a blank name", func(a *stakeholders.Actor) { a.Name = " " }, "name required"},
		{"a name that is not UTF-8", func(a *stakeholders.Actor) { a.Name = "a\xff" }, "name utf-8"},
		{"a name of 513 runes", func(a *stakeholders.Actor) { a.Name = strings.Repeat("n", 513) }, "name length"},
		{"no constituency", func(a *stakeholders.Actor) { a.Constituency = "" }, "constituency known"},
		{"an unknown constituency", func(a *stakeholders.Actor) { a.Constituency = "army" }, "constituency known"},
		{"an unknown role", func(a *stakeholders.Actor) { a.Roles[1] = "boss" }, "roles[1] known"},
		{"a role held twice", func(a *stakeholders.Actor) { a.Roles[1] = a.Roles[0] }, "roles[1] unique"},
		{"eight roles", func(a *stakeholders.Actor) { a.Roles = append(stakeholders.Roles(), "boss") }, "roles length"},
		{"not all seven roles", func(a *stakeholders.Actor) { a.Roles = stakeholders.Roles() }, ""},
		{"a position above 7", func(a *stakeholders.Actor) { a.Position = stakeholders.At(7.01) }, "position range"},
		{"a position that is not a number", func(a *stakeholders.Actor) { a.Position = stakeholders.At(math.NaN()) }, "position range"},
		{"an infinite position", func(a *stakeholders.Actor) { a.Position = stakeholders.At(math.Inf(-1)) }, "position range"},
		{"not a position of −7", func(a *stakeholders.Actor) { a.Position = stakeholders.At(-7) }, ""},
		{"a power below 1", func(a *stakeholders.Actor) { a.Power = 0.99 }, "power range"},
		{"a power above 7", func(a *stakeholders.Actor) { a.Power = 7.01 }, "power range"},
		{"a negative power", func(a *stakeholders.Actor) { a.Power = -1 }, "power range"},
		{"a power that is not a number", func(a *stakeholders.Actor) { a.Power = stakeholders.Power(math.NaN()) }, "power range"},
		{"a negative weight", func(a *stakeholders.Actor) { a.Weight = -1 }, "weight range"},
		{"a weight above a million", func(a *stakeholders.Actor) { a.Weight = 1e6 + 1 }, "weight range"},
		{"a weight that is not a number", func(a *stakeholders.Actor) { a.Weight = math.NaN() }, "weight range"},
		{"an infinite weight", func(a *stakeholders.Actor) { a.Weight = math.Inf(1) }, "weight range"},
		{"a note of 4097 runes", func(a *stakeholders.Actor) { a.Note = strings.Repeat("n", 4097) }, "note length"},
		{"a note that is not UTF-8", func(a *stakeholders.Actor) { a.Note = "\xff" }, "note utf-8"},
		{"more than 10,000 commitments", func(a *stakeholders.Actor) { a.Commitments = make([]stakeholders.Commitment, 10_001) }, "commitments length"},
		{"a commitment id that is there twice", change(func(c *stakeholders.Commitment) { c.ID = "pay" }), "commitments[1].id unique"},
		{"a commitment without id", change(func(c *stakeholders.Commitment) { c.ID = "" }), "commitments[1].id required"},
		{"an unknown resource", change(func(c *stakeholders.Commitment) { c.Resource = "love" }), "commitments[1].resource known"},
		{"a missing unit", change(func(c *stakeholders.Commitment) { c.Unit = "" }), "commitments[1].unit required"},
		{"a negative pledge", change(func(c *stakeholders.Commitment) { c.Pledged = -1 }), "commitments[1].pledged range"},
		{"a pledge that is not a number", change(func(c *stakeholders.Commitment) { c.Pledged = math.NaN() }), "commitments[1].pledged range"},
		{"an infinite delivery", change(func(c *stakeholders.Commitment) { c.Delivered = math.Inf(1) }), "commitments[1].delivered range"},
		{"a stage with space around it", change(func(c *stakeholders.Commitment) { c.Stage = " launch" }), "commitments[1].stage characters"},
		{"a criterion that is not UTF-8", change(func(c *stakeholders.Commitment) { c.Criterion = "\xff" }), "commitments[1].criterion utf-8"},
		{"a disease with a newline", change(func(c *stakeholders.Commitment) { c.Disease = "mal\naria" }), "commitments[1].disease characters"},
		{"a commitment note that is too long", change(func(c *stakeholders.Commitment) { c.Note = strings.Repeat("n", 4097) }), "commitments[1].note length"},
		{"an end before the beginning", change(func(c *stakeholders.Commitment) { c.From, c.To = on("2025-01"), on("2024") }), "commitments[1].to order"},
		{"not an end at the beginning", change(func(c *stakeholders.Commitment) { c.From, c.To = on("2025-01-01"), on("2025-01-01") }), ""},
		{"not an end that may come after the beginning", change(func(c *stakeholders.Commitment) { c.From, c.To = on("2025-06"), on("2025") }), ""},
		{"not a commitment without an end", change(func(c *stakeholders.Commitment) { c.From = on("2025") }), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := stakeholders.Actor{
				ID: "moh", Name: "Ministry of Health", Constituency: stakeholders.MinistryOfHealth,
				Roles: []stakeholders.Role{stakeholders.Leader, stakeholders.Donor},
				Commitments: []stakeholders.Commitment{
					{ID: "pay", Resource: stakeholders.Money, Unit: "USD", Pledged: 10},
					{ID: "train", Resource: stakeholders.TechnicalHelp, Unit: "trainers", Delivered: 3},
				},
			}
			test.change(&a)
			err := a.Validate().Err()
			_, refused := stakeholders.NewRoster(a)
			if test.want == "" {
				require.NoError(t, err)
				require.NoError(t, refused)
				return
			}
			require.Equal(t, []string{test.want}, broken(t, err))
			require.Equal(t, []string{"actors[0]." + test.want}, broken(t, refused))
		})
	}
}

func TestAnActorReportsAllItsErrors(t *testing.T) {
	a := stakeholders.Actor{ID: " " + strings.Repeat("i", 128) + "\n", Roles: []stakeholders.Role{"boss"}, Position: stakeholders.At(8), Power: 8, Weight: -1,
		Commitments: []stakeholders.Commitment{{}}, Note: "\xff"}
	require.Equal(t, []string{
		"id length", "name required", "constituency known", "roles[0] known", "position range", "power range", "weight range",
		"commitments[0].id required", "commitments[0].resource known", "commitments[0].unit required", "note utf-8",
	}, broken(t, a.Validate().Err()))
}

func TestCommitmentOutstandingIsNeverNegative(t *testing.T) {
	require.Equal(t, 7.0, stakeholders.Commitment{Pledged: 10, Delivered: 3}.Outstanding())
	require.Zero(t, stakeholders.Commitment{Pledged: 10, Delivered: 12}.Outstanding())
}

// It is active on its first and on its last day, from midnight to midnight where the
// clock stands, be that in Kampala or in Honolulu.
func TestCommitmentIsActiveFromItsFirstToItsLastDay(t *testing.T) {
	on := date.MustParse
	c := stakeholders.Commitment{From: on("2024-03-02"), To: on("2024-03-04")}
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("EAT", 3*3600), time.FixedZone("HST", -10*3600)} {
		for d, want := range map[int]date.Answer{1: date.No, 2: date.Yes, 3: date.Yes, 4: date.Yes, 5: date.No} {
			require.Equal(t, want, c.ActiveAt(time.Date(2024, 3, d, 0, 0, 0, 0, zone)), d)
			require.Equal(t, want, c.ActiveAt(time.Date(2024, 3, d, 23, 59, 59, 0, zone)), d)
		}
	}
	day := func(d int) time.Time { return time.Date(2024, 3, d, 0, 0, 0, 0, time.UTC) }
	require.Equal(t, date.Yes, stakeholders.Commitment{To: on("2024-03-04")}.ActiveAt(day(1)))
	require.Equal(t, date.Yes, stakeholders.Commitment{From: on("2024-03-02")}.ActiveAt(day(30)))
	require.Equal(t, date.Yes, stakeholders.Commitment{}.ActiveAt(time.Time{}))
	require.Equal(t, date.Open, stakeholders.Commitment{From: on("2024-03")}.ActiveAt(day(30)))
	require.Equal(t, date.Yes, stakeholders.Commitment{From: on("2024-03")}.ActiveAt(day(31)))
	require.Equal(t, date.Open, stakeholders.Commitment{From: on("2024"), To: on("2024")}.ActiveAt(day(31)))
}

func TestARefusalSaysWhatWasGivenAndWhatIsAccepted(t *testing.T) {
	err := stakeholders.Actor{ID: "a", Name: "A", Constituency: stakeholders.NGO, Power: 9}.Validate().Err()
	require.EqualError(t, err, "power: got 9, want a number from 1 to 7, or 0 for a power that is not known")
	require.ErrorIs(t, err, fault.ErrInvalid)
}
