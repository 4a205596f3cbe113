package policymaker

// Strategies and the players they affect.

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// Plan is a row of the table Strategy, as far as it is understood.
type Plan struct {
	// ID is Strategy_ID as text.
	ID string
	// Row counts from 1.
	Row int

	// Name, and free text: what is to be done, what stands in its way, what it
	// would bring, when.
	Name, Action, Problem, Benefit, Timeline string

	// PctSuccess is the chance of success in percent, 0 … 100; 100 where the
	// file gives none, as in the tool's own new rows.
	PctSuccess float64

	remarks []Remark
}

// Impact is a row of the table Affected_player: where a strategy would bring a
// player, and what has been observed since.
type Impact struct {
	// Row counts from 1.
	Row int
	// Strategy and Player are ids.
	Strategy, Player string

	// Position and Power are the future ones; not known where that side is not
	// set.
	Position stakeholders.Position
	Power    stakeholders.Power

	// Observed is the success observed in the three periods, in percent, 0 …
	// 100. The file does not tell 0 from "not observed".
	Observed [3]float64

	// Person is who is assigned.
	Person string

	remarks []Remark
}

// set reports whether the impact states anything.
func (m Impact) set() bool { return m.Position.Known() || m.Power.Known() }

// impactKey is what an impact is found by.
type impactKey struct{ strategy, player string }

func (p Plan) label() string {
	return cmp.Or(named(p.Name), "Strategy "+p.ID)
}

func readPlan(r *record, taken map[string]int) Plan {
	p := Plan{
		ID: r.key("Strategy_ID", taken), Row: r.n,
		Name: r.short("Strategy_name"), Action: r.str("Action"),
		Problem: r.str("Problem"), Benefit: r.str("Benefit"), Timeline: r.str("Timeline"),
		PctSuccess: 100,
	}
	if v, ok := r.number("Pct_Success", 0, 100); ok {
		p.PctSuccess = v
	}
	if p.Name != p.label() {
		p.remarks = append(p.remarks, Remark{tableStrategy, r.n, "Strategy_name", language.Of("remark.name", "name", quote(p.label()))})
	}
	if p.Action != fitting(p.Action) {
		p.remarks = append(p.remarks, Remark{tableStrategy, r.n, "Action", unfitting(p.Action)})
	}
	return p
}

func readImpact(r *record, strategies, players map[string]int) Impact {
	m := Impact{
		Row:      r.n,
		Strategy: r.reference("Strategy_ID", tableStrategy, strategies),
		Player:   r.reference("Player_ID", tablePlayer, players),
		Person:   r.str("Assign_Person"),
	}
	m.Position = r.position("Future_position_rating", "Fut_PosValue", &m.remarks)
	m.Power = r.power("Future_power_rating", "Fut_PowValue", &m.remarks)
	for i, name := range [...]string{"Pct_Success_1", "Pct_Success_2", "Pct_Success_3"} {
		m.Observed[i], _ = r.number(name, 0, 100)
	}
	return m
}

// Plans returns every strategy of the file, in its order.
func (p *Project) Plans() []Plan { return slices.Clone(p.orNone().plans) }

// Impacts returns every row of Affected_player, in the order of the file, those
// that state nothing and those on players that do not count too.
func (p *Project) Impacts() []Impact { return slices.Clone(p.orNone().impacts) }

// Strategies returns the strategies of the file, in its order, with their
// effects on the actors of [Project.Roster].
//
// Pct_Success is the probability, Action is what is to be done. An effect is a
// row of Affected_player in which a side is set; a rating of 0 leaves that side
// open. The format knows no kinds: a strategy that would move no position but
// some power changes power, one that states effects changes positions, one
// without effects is taken to change perceptions, which are what moves nobody
// directly.
//
// The error is that of [stakeholders.Strategy.Validate], with more than 10,000
// effects.
func (p *Project) Strategies() ([]stakeholders.Strategy, error) {
	p = p.orNone()
	effects := make(map[string][]Impact)
	for _, m := range p.impacts {
		effects[m.Strategy] = append(effects[m.Strategy], m)
	}
	all := make([]stakeholders.Strategy, 0, len(p.plans))
	for _, plan := range p.plans {
		s := p.strategy(plan, effects[plan.ID])
		if err := s.Validate().Err(); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// strategy is a plan with its impacts as a strategy.
func (p *Project) strategy(plan Plan, impacts []Impact) stakeholders.Strategy {
	s := stakeholders.Strategy{
		ID: plan.ID, Name: plan.label(), What: fitting(plan.Action),
		Probability: probability(plan.PctSuccess),
	}
	positions, powers := false, false
	for _, m := range impacts {
		player := p.players[p.byPlayer.rows[m.Player]]
		if !m.set() || !p.counts(player) {
			continue
		}
		s.Effects = append(s.Effects, stakeholders.Effect{Actor: m.Player, Position: m.Position, Power: m.Power})
		positions = positions || m.Position.Known() && m.Position != player.Position
		powers = powers || m.Power.Known() && m.Power != player.Power
	}
	switch {
	case len(s.Effects) == 0:
		s.Kind = stakeholders.ChangePerceptions
	case powers && !positions:
		s.Kind = stakeholders.ChangePower
	default:
		s.Kind = stakeholders.ChangePositions
	}
	return s
}

// SetStrategy writes a strategy's name, what is to be done, probability and
// effects to the row of that id; kind, cost, times, owner and note have no place
// in the file that is ours to fill. Only what differs from what
// [Project.Strategies] gives is written. An effect that the file has and the
// strategy has not stays as a row in which nothing is set, with what was
// observed; effects on players that do not count are left alone.
//
// It refuses, with [fault.Fields], a strategy that is not valid, an id that no
// strategy has, and an effect on an actor that is no player.
func (p *Project) SetStrategy(s stakeholders.Strategy) error {
	p = p.orNone()
	errs := s.Validate()
	i, known := p.byPlan.rows[s.ID]
	if !known && s.ID != "" {
		errs.Add("id", fault.Exists, s.ID, language.Of("want.row-or-new", "table", tableStrategy, "function", "AddStrategy"))
	}
	errs = append(errs, p.unknownPlayers(s)...)
	if err := errs.Err(); err != nil {
		return err
	}
	if err := p.roomFor(s); err != nil {
		return err
	}
	old := p.plans[i]
	var f []field
	if s.Name != old.label() {
		f = append(f, field{name: "Strategy_name", json: quote(s.Name)})
	}
	if s.What != fitting(old.Action) {
		f = append(f, field{name: "Action", json: quote(s.What)})
	}
	if s.Probability != probability(old.PctSuccess) {
		f = append(f, field{name: "Pct_Success", json: numeral(percent(s.Probability))})
	}
	p.rewrite(tableStrategy, i, f)
	p.plans[i] = readPlan(p.record(tableStrategy, i), nil)
	p.setEffects(s)
	return nil
}

// AddStrategy adds a strategy at the end of the table, with a row in
// Affected_player for each effect, and returns the id it has there: its own if
// that is a whole number which no strategy has, otherwise the next free number.
// It refuses what [Project.SetStrategy] refuses; the id may be empty.
func (p *Project) AddStrategy(s stakeholders.Strategy) (id string, err error) {
	p = p.orNone()
	if err := p.ready(tableStrategy); err != nil {
		return "", err
	}
	s.ID = p.byPlan.next(s.ID)
	errs := append(s.Validate(), p.unknownPlayers(s)...)
	if err := errs.Err(); err != nil {
		return "", err
	}
	if err := p.roomFor(s); err != nil {
		return "", err
	}
	i := p.append(tableStrategy, []field{
		{name: "Strategy_ID", json: s.ID},
		{name: "Strategy_name", json: quote(s.Name)},
		{name: "Action", json: quote(s.What)},
		{name: "Problem", json: `""`},
		{name: "Benefit", json: `""`},
		{name: "Pct_Success", json: numeral(percent(s.Probability))},
		{name: "Timeline", json: `""`},
	})
	p.byPlan.put(s.ID, i)
	p.plans = append(p.plans, readPlan(p.record(tableStrategy, i), nil))
	p.setEffects(s)
	return s.ID, nil
}

// unknownPlayers refuses effects on actors that are no players.
func (p *Project) unknownPlayers(s stakeholders.Strategy) fault.Fields {
	var errs fault.Fields
	for i, e := range s.Effects {
		if _, known := p.byPlayer.rows[e.Actor]; !known {
			errs.Add(fault.At("effects", i)+".actor", fault.Exists, e.Actor, language.Of("want.row-of", "table", tablePlayer))
		}
	}
	return errs
}

// roomFor refuses more effects than a file may hold.
func (p *Project) roomFor(s stakeholders.Strategy) error {
	if len(p.impacts)+len(s.Effects) > maxRows {
		return full(tableImpact)
	}
	return nil
}

// setEffects brings the rows of Affected_player in line with a strategy that has
// been checked.
func (p *Project) setEffects(s stakeholders.Strategy) {
	stated := make(map[string]bool, len(s.Effects))
	for _, e := range s.Effects {
		stated[e.Actor] = true
		i, known := p.byImpact[impactKey{s.ID, e.Actor}]
		if !known {
			p.addImpact(s.ID, e)
			continue
		}
		p.setImpact(i, e)
	}
	for i, m := range p.impacts {
		if m.Strategy == s.ID && !stated[m.Player] && m.set() && p.counts(p.players[p.byPlayer.rows[m.Player]]) {
			p.setImpact(i, stakeholders.Effect{})
		}
	}
}

func (p *Project) setImpact(i int, e stakeholders.Effect) {
	m := p.impacts[i]
	p.rewrite(tableImpact, i, p.effectFields(m.Position, e.Position, m.Power, e.Power))
	p.impacts[i] = readImpact(p.record(tableImpact, i), p.byPlan.rows, p.byPlayer.rows)
}

func (p *Project) addImpact(strategy string, e stakeholders.Effect) {
	id := p.impactIDs.next("")
	fields := append([]field{
		{name: "Affected_player_ID", json: id},
		{name: "Strategy_ID", json: strategy},
		{name: "Player_ID", json: e.Actor},
		{name: "Future_position_rating", json: numeral(float64(p.unsetPosition))},
		{name: "Fut_PosValue", json: "0"},
		{name: "Future_power_rating", json: numeral(float64(p.unsetPower))},
		{name: "Fut_PowValue", json: "0"},
		{name: "IncludeInPosCalc", json: "true", optional: true},
		{name: "IncludeInPowCalc", json: "true", optional: true},
	}, p.effectFields(stakeholders.Position{}, e.Position, 0, e.Power)...)
	i := p.append(tableImpact, fields)
	p.impactIDs.put(id, i)
	p.byImpact[impactKey{strategy, e.Actor}] = i
	p.impacts = append(p.impacts, readImpact(p.record(tableImpact, i), p.byPlan.rows, p.byPlayer.rows))
}

// effectFields is what differs between two effects, as fields.
func (p *Project) effectFields(fromPosition, position stakeholders.Position, fromPower, power stakeholders.Power) []field {
	var f []field
	if position != fromPosition {
		v, _ := position.Value()
		f = append(f,
			field{name: "Future_position_rating", json: numeral(p.positionRating(position))},
			field{name: "Fut_PosValue", json: numeral(v)})
	}
	if power != fromPower {
		f = append(f,
			field{name: "Future_power_rating", json: numeral(p.powerRating(power))},
			field{name: "Fut_PowValue", json: numeral(float64(power) + 0)})
	}
	return f
}

// probability is a percentage as a probability, and percent the way back. They
// move the decimal point instead of dividing: 0.07 × 100 is 7.000000000000001,
// and 90.8 / 100 is not 0.908.
func probability(percent float64) float64 { return shift(percent, "e-2") }

func percent(probability float64) float64 { return min(shift(probability, "e2"), 100) }

func shift(v float64, exponent string) float64 {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'f', -1, 64)+exponent, 64) // cannot fail: v is 0 … 100
	return v
}
