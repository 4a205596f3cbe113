package policymaker

// What the reform is for, what players want, and what it would bring them.

import "slices"

// Goal is a row of the table Policy_Goal, as far as it is understood.
type Goal struct {
	ID  string
	Row int // from 1

	// Goal, the mechanism that is to bring it about, the indicator that shows
	// it, and whether and on whose agenda it is.
	Goal, Mechanism, Indicator, OnAgenda string

	// Priority is 1 high, 2 medium, 3 low; 0 not set.
	Priority int
}

// Interest is a row of the table Objectives: what a player wants for itself.
type Interest struct {
	ID  string
	Row int // from 1

	// Player is the id of the player.
	Player string

	// Interest in words, and of which type ("Financial").
	Interest, Type string

	// Priority is 1 high, 2 medium, 3 low; 0 not set.
	Priority int
}

// Consequence is a row of the table Consequences: what the policy would bring a
// player.
type Consequence struct {
	ID  string
	Row int // from 1

	// Player is the id of the player.
	Player string

	// What it is, of which kind, how large and when.
	What, Kind, Size, Timing string

	// Importance is 1 high, 2 medium, 3 low; 0 not set.
	Importance int
}

func readGoal(r *record) Goal {
	return Goal{
		ID: r.id("Goal_ID"), Row: r.n,
		Goal: r.str("Goal"), Mechanism: r.str("Mechanism"), Indicator: r.str("Indicator"), OnAgenda: r.str("On_agenda"),
		Priority: r.priority("Rel_priority"),
	}
}

func readInterest(r *record) Interest {
	return Interest{
		ID: r.id("Objective_ID"), Row: r.n, Player: r.id("Player_ID"),
		Interest: r.str("Objective"), Type: r.str("Type"),
		Priority: r.priority("Priority"),
	}
}

func readConsequence(r *record) Consequence {
	return Consequence{
		ID: r.id("Conseq_ID"), Row: r.n, Player: r.id("Conseq_player_ID"),
		What: r.str("Conseq_identity"), Kind: r.str("Conseq_qual"), Size: r.str("Conseq_size"), Timing: r.str("Conseq_timing"),
		Importance: r.priority("Conseq_intensity_rating"),
	}
}

// priority reads a rating from high to low, 0 where it is not set.
func (r *record) priority(name string) int {
	n := r.rating(name, 4, priorityMeaning)
	if n == 4 {
		return 0
	}
	return n
}

// Goals returns the goals in the order of the file.
func (p *Project) Goals() []Goal { return slices.Clone(p.orNone().goals) }

// Interests returns the players' interests in the order of the file.
func (p *Project) Interests() []Interest { return slices.Clone(p.orNone().interests) }

// Consequences returns the consequences in the order of the file.
func (p *Project) Consequences() []Consequence { return slices.Clone(p.orNone().consequences) }
