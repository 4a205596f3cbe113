package policymaker

// Players, and how ratings and values become positions and powers.

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// The ratings that mean "not set". The tables' description gives 0; the tool's
// own new rows carry the number after the last rating. Both are read.
const (
	unsetPosition = 8
	unsetPower    = 4
)

// The ids of the texts that tell what ratings mean.
const (
	positionMeaning = "rating.position"
	powerMeaning    = "rating.high-to-low"
	priorityMeaning = "rating.high-to-low"
)

// maxWeight is the weight an actor may have.
const maxWeight = 1e6

// Player is a row of the table Player, as far as it is understood.
type Player struct {
	// ID is Player_ID as text.
	ID string
	// Row counts from 1.
	Row int

	Name, Abbrev string

	// Sector and Level are free text, usually one of the tool's own words such
	// as "Governmental" and "National".
	Sector, Level string

	// Position and Power are not known where their ratings are not set.
	Position stakeholders.Position
	Power    stakeholders.Power

	// Weight is 0 … 1,000,000; 1 where the file gives none.
	Weight float64

	// Votes the player has in the body that decides.
	Votes float64

	// Include as the file has it. The tool's indices count a player either way;
	// see [Project.OnlyIncluded].
	Include bool

	// Trump says that the player's refusal alone blocks.
	Trump bool

	// Details, Opportunity and Obstacle are free text.
	Details, Opportunity, Obstacle string

	remarks []Remark
}

// OnlyIncluded says whether players with Include false are left out of
// [Project.Roster] and of the effects of [Project.Strategies]. The tool itself draws
// its indices without a look at Include and has no way to set it, so they count unless
// a host says otherwise.
func (p *Project) OnlyIncluded(only bool) { p.orNone().onlyIncluded = only }

// counts reports whether the player is in the roster.
func (p *Project) counts(player Player) bool {
	return player.Counts() && (player.Include || !p.onlyIncluded)
}

// Counts reports whether the player counts in the tool's indices: its weight is above
// 0. (An actor's weight of 0 stands for "not given", hence 1; so a player of weight 0
// is not in the roster.)
func (p Player) Counts() bool { return p.Weight > 0 }

// label is the player's name, or what stands in for a blank one.
func (p Player) label() string {
	return cmp.Or(named(p.Name), named(p.Abbrev), "Player "+p.ID)
}

// actor is the player as an actor.
func (p Player) actor(c stakeholders.Constituency) stakeholders.Actor {
	return stakeholders.Actor{
		ID: p.ID, Name: p.label(), Constituency: c,
		Position: p.Position, Power: p.Power, Weight: p.Weight, Veto: p.Trump,
		Note: fitting(p.Details),
	}
}

// named is a text as the name of an actor or a strategy, empty where nothing of it
// can be seen: what a name does not hold becomes space, and space around it goes.
func named(s string) string {
	if fault.Name.Broken(s) == "" {
		return s
	}
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s))
	if fault.Name.Broken(s) != "" {
		return ""
	}
	return s
}

// fitting is a text as a note, without the characters that a note does not hold,
// or nothing where it is too long for one.
func fitting(s string) string {
	if fault.Note.Broken(s) == fault.Characters {
		s = strings.Map(func(r rune) rune {
			if fault.Note.Broken(string(r)) != "" {
				return -1
			}
			return r
		}, s)
	}
	if fault.Note.Broken(s) != "" {
		return ""
	}
	return s
}

// unfitting says what is not read of a text.
func unfitting(s string) language.Text {
	if fitting(s) == "" {
		return language.Of("remark.too-long")
	}
	return language.Of("remark.characters")
}

// readPlayer reads a row of the table Player.
func readPlayer(r *record, taken map[string]int) Player {
	p := Player{
		ID: r.key("Player_ID", taken), Row: r.n,
		Name: r.short("Player_name"), Abbrev: r.short("Player_abbrev"),
		Sector: r.str("Sector"), Level: r.str("Level"),
		Include: r.flag("Include", true), Trump: r.flag("Trump", false),
		Details:     r.str("Player_details"),
		Opportunity: r.str("Player_opportunity"), Obstacle: r.str("Player_obstacle"),
	}
	p.Position = r.position("Position_rating", "PosValue", &p.remarks)
	p.Power = r.power("Strength_of_influence", "PowValue", &p.remarks)
	p.Weight = 1
	if w, ok := r.number("Weight", 0, maxWeight); ok {
		p.Weight = w
	}
	p.Votes, _ = r.number("Votes", noLower, noUpper)

	if p.Name != p.label() {
		p.remarks = append(p.remarks, Remark{tablePlayer, r.n, "Player_name", language.Of("remark.name", "name", quote(p.label()))})
	}
	if p.Details != fitting(p.Details) {
		p.remarks = append(p.remarks, Remark{tablePlayer, r.n, "Player_details", unfitting(p.Details)})
	}
	if p.Weight == 0 {
		p.remarks = append(p.remarks, Remark{tablePlayer, r.n, "Weight", language.Of("remark.weight")})
	}
	return p
}

// position reads a position from its rating and its value. The rating decides
// whether there is a position and on which side; the value says where in the
// rating's band, whose ends belong to it. A value that is missing or lies outside
// gives way to the band's default.
func (r *record) position(rating, value string, remarks *[]Remark) stakeholders.Position {
	n := r.rating(rating, unsetPosition, positionMeaning)
	v, given := r.number(value, -7, 7)
	if n == 0 || n == unsetPosition {
		return stakeholders.Position{}
	}
	band := stakeholders.Bands()[n-1]
	if at, inside := stakeholders.In(band, v); given && inside {
		return at
	}
	if given {
		*remarks = append(*remarks, Remark{r.table, r.n, value, language.Of("remark.band", "value", numeral(v), "rating", rating, "band", band.Told())})
	}
	return band.Default()
}

// power reads a power in the same way. A value of 0 is none.
func (r *record) power(rating, value string, remarks *[]Remark) stakeholders.Power {
	n := r.rating(rating, unsetPower, powerMeaning)
	v, given := r.number(value, 0, 7)
	if given && v > 0 && v < 1 {
		r.fail(value, fault.Range, language.Of("want.power"))
	}
	if n == 0 || n == unsetPower {
		return 0
	}
	band := stakeholders.PowerBands()[n-1]
	if middle := float64(band.Default()); given && math.Abs(v-middle) <= 1 {
		return stakeholders.Power(v)
	}
	if given && v > 0 {
		*remarks = append(*remarks, Remark{r.table, r.n, value, language.Of("remark.band", "value", numeral(v), "rating", rating, "band", band.Told())})
	}
	return band.Default()
}

// ratingOf is the tool's number for a band; unset is the number that the file uses
// for "not set".
func ratingOf[B ~string](bands []B, band B, unset int) float64 {
	if i := slices.Index(bands, band); i >= 0 {
		return float64(i + 1)
	}
	return float64(unset)
}

func (p *Project) positionRating(at stakeholders.Position) float64 {
	return ratingOf(stakeholders.Bands(), at.Band(), p.unsetPosition)
}

func (p *Project) powerRating(power stakeholders.Power) float64 {
	return ratingOf(stakeholders.PowerBands(), power.Band(), p.unsetPower)
}

// Players returns every player of the file in its order, those that do not
// count in the roster too.
func (p *Project) Players() []Player { return slices.Clone(p.orNone().players) }

// Roster returns the players that count, as actors in the order of the file.
//
// A player becomes an actor in this way: Player_ID is the id; the name, where
// blank, is the abbreviation; Sector and Level give the constituency, by
// [DefaultConstituency] or by what [Project.MapConstituencies] was given; Trump
// is the veto; Player_details is the note. The format knows no coalition: no
// actor is a member, has roles or commitments. Players that have a weight of 0 are
// not in the roster, nor are those with Include false where a host wants
// [Project.OnlyIncluded]; [Project.Remarks] lists them.
//
// The error is that of [stakeholders.NewRoster], which refuses more than 10,000
// actors and a constituency, from the host's function, that is none.
func (p *Project) Roster() (stakeholders.Roster, error) {
	p = p.orNone()
	var actors []stakeholders.Actor
	for _, player := range p.players {
		if p.counts(player) {
			actors = append(actors, player.actor(p.constituency(player)))
		}
	}
	return stakeholders.NewRoster(actors...)
}

// MapConstituencies gives the function that says which constituency a player
// comes from. Where it returns "", and where by is nil, [DefaultConstituency]
// says it.
func (p *Project) MapConstituencies(by func(Player) stakeholders.Constituency) {
	p.orNone().constituencies = by
}

func (p *Project) constituency(player Player) stakeholders.Constituency {
	if p.constituencies != nil {
		if c := p.constituencies(player); c != "" {
			return c
		}
	}
	c, _ := DefaultConstituency(player)
	return c
}

// Unmapped returns the players that count and whose sector says nothing about
// their constituency: the host's function gives none and [DefaultConstituency]
// only guesses.
func (p *Project) Unmapped() []Player {
	p = p.orNone()
	var unmapped []Player
	for _, player := range p.players {
		if p.constituencies != nil && p.constituencies(player) != "" {
			continue
		}
		if _, known := DefaultConstituency(player); !known && p.counts(player) {
			unmapped = append(unmapped, player)
		}
	}
	return unmapped
}

// SetActor writes an actor's name, constituency, position, power, weight, veto
// and note to the player of that id; roles, membership and commitments have no
// place in the file. Only what differs from what [Project.Roster] gives is
// written, so an actor written back unchanged changes nothing. A player that
// [Project.OnlyIncluded] left out is included afterwards.
//
// A position is written as value and rating together, a power likewise. A
// constituency that differs is written as a sector, and a level where it
// matters, that [DefaultConstituency] reads back as that constituency.
//
// It refuses, with [fault.Fields], an actor that is not valid and an id that no
// player has.
func (p *Project) SetActor(a stakeholders.Actor) error {
	p = p.orNone()
	errs := a.Validate()
	i, known := p.byPlayer.rows[a.ID]
	if !known && a.ID != "" {
		errs.Add("id", fault.Exists, a.ID, language.Of("want.row-or-new", "table", tablePlayer, "function", "AddActor"))
	}
	if err := errs.Err(); err != nil {
		return err
	}
	old := p.players[i]
	c := p.constituency(old)
	p.rewrite(tablePlayer, i, p.actorFields(old.actor(c), a, old.Include || !p.onlyIncluded))
	p.players[i] = readPlayer(p.record(tablePlayer, i), nil)
	return nil
}

// AddActor adds an actor as a new player at the end of the table and returns
// the id it has there: the actor's own if that is a whole number which no player
// has, otherwise the next free number. What is written is what
// [Project.SetActor] writes. It refuses an actor that is not valid with
// [fault.Fields]; its id may be empty.
func (p *Project) AddActor(a stakeholders.Actor) (id string, err error) {
	p = p.orNone()
	if err := p.ready(tablePlayer); err != nil {
		return "", err
	}
	a.ID = p.byPlayer.next(a.ID)
	if err := a.Validate().Err(); err != nil {
		return "", err
	}
	fields := append([]field{
		{name: "Player_ID", json: a.ID},
		{name: "Player_name", json: quote(a.Name)},
		{name: "Player_abbrev", json: `""`},
		{name: "Sector", json: `""`},
		{name: "Level", json: `""`},
		{name: "PosValue", json: "0"},
		{name: "Position_rating", json: numeral(float64(p.unsetPosition))},
		{name: "PowValue", json: "0"},
		{name: "Strength_of_influence", json: numeral(float64(p.unsetPower))},
		{name: "Weight", json: "1"},
		{name: "Votes", json: "0"},
		{name: "Include", json: "true"},
		{name: "Trump", json: "false"},
		{name: "Player_opportunity", json: `""`},
		{name: "Player_obstacle", json: `""`},
		{name: "Include_Strat_Creation", json: "true", optional: true},
		{name: "Support_vs_opposition", json: "4", optional: true},
		{name: "Strength_of_position", json: "4", optional: true},
	}, p.actorFields(stakeholders.Actor{Name: a.Name, Weight: 1}, a, true)...)
	i := p.append(tablePlayer, fields)
	p.byPlayer.put(a.ID, i)
	p.players = append(p.players, readPlayer(p.record(tablePlayer, i), nil))
	return a.ID, nil
}

// actorFields is what differs between two actors, as fields.
func (p *Project) actorFields(from, to stakeholders.Actor, included bool) []field {
	var f []field
	if to.Name != from.Name {
		f = append(f, field{name: "Player_name", json: quote(to.Name)})
	}
	if to.Constituency != from.Constituency {
		sector, level := sectorOf(to.Constituency)
		f = append(f, field{name: "Sector", json: quote(sector)})
		if level != "" {
			f = append(f, field{name: "Level", json: quote(level)})
		}
	}
	if to.Position != from.Position {
		v, _ := to.Position.Value()
		rating := p.positionRating(to.Position)
		side, strength := sideAndStrength(rating)
		f = append(f,
			field{name: "PosValue", json: numeral(v)},
			field{name: "Position_rating", json: numeral(rating)},
			field{name: "Support_vs_opposition", json: numeral(side), optional: true},
			field{name: "Strength_of_position", json: numeral(strength), optional: true})
	}
	if to.Power != from.Power {
		f = append(f,
			field{name: "PowValue", json: numeral(float64(to.Power) + 0)},
			field{name: "Strength_of_influence", json: numeral(p.powerRating(to.Power))})
	}
	if w := cmp.Or(to.Weight, 1); w != from.Weight {
		f = append(f, field{name: "Weight", json: numeral(w)})
	}
	if to.Veto != from.Veto {
		f = append(f, field{name: "Trump", json: strconv.FormatBool(to.Veto)})
	}
	if to.Note != from.Note {
		f = append(f, field{name: "Player_details", json: quote(to.Note)})
	}
	if !included {
		f = append(f, field{name: "Include", json: "true"})
	}
	return f
}

// sideAndStrength splits a position's rating in the two numbers that the tool
// keeps beside it: side 1 support, 2 non-mobilised, 3 opposition, 4 not set;
// strength 1 high, 2 medium, 3 low, 4 not set.
func sideAndStrength(rating float64) (side, strength float64) {
	switch {
	case rating >= 1 && rating <= 3:
		return 1, rating
	case rating == 4:
		return 2, 4
	case rating >= 5 && rating <= 7:
		return 3, 8 - rating
	}
	return 4, 4
}
