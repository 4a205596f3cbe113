package landscape

// This file holds lines of supervision.

// Separate is an area whose cadres answer to more than one line of
// supervision, which limits how far they can work together (afzal2021 on
// Bangladesh).
type Separate struct {
	Area string `json:"area"`
	// Lines are the lines of supervision, at least two.
	Lines []string `json:"lines"`
	// Cadres are the ids of all cadres with a post in the area; NotKnown those
	// of them whose line is not known.
	Cadres   []string `json:"cadres"`
	NotKnown []string `json:"not_known,omitempty"`
}

// supervise fills in what depends on lines of supervision.
func (a *Analysis) supervise(l *Landscape, x *index) {
	// Cadres of each area, in the order of the cadres.
	starts := make([]int32, len(l.Areas)+2)
	for _, p := range x.posts {
		starts[p.area+2]++
	}
	for i := range l.Areas {
		starts[i+2] += starts[i+1]
	}
	cadres := make([]int32, len(x.posts))
	for _, post := range byCadre(l, x) {
		p := x.posts[post]
		cadres[starts[p.area+1]] = p.cadre
		starts[p.area+1]++
	}

	lines := make(map[string]int)
	lineOf := make([]int, len(l.Cadres)) // cadre → its line, from 1; 0 not known
	for i, d := range l.Cadres {
		if d.Supervision == "" {
			continue
		}
		line, known := lines[d.Supervision]
		if !known {
			line = len(lines) + 1
			lines[d.Supervision] = line
		}
		lineOf[i] = line
	}

	stamp := make([]int, len(lines)+1) // line → the last area that has it, from 1
	for i := range l.Areas {
		here := cadres[starts[i]:starts[i+1]]
		if len(here) < 2 {
			continue
		}
		a.Counts.SharedAreas++
		distinct, unknown := 0, 0
		for _, c := range here {
			switch line := lineOf[c]; {
			case line == 0:
				unknown++
			case stamp[line] != i+1:
				stamp[line] = i + 1
				distinct++
			}
		}
		if distinct < 2 {
			if unknown > 0 {
				a.Counts.SupervisionOpen++
			}
			continue
		}
		s := Separate{Area: l.Areas[i].ID, Lines: make([]string, 0, distinct), Cadres: make([]string, 0, len(here))}
		for _, c := range here {
			cadre, line := &l.Cadres[c], lineOf[c]
			s.Cadres = append(s.Cadres, cadre.ID)
			switch {
			case line == 0:
				s.NotKnown = append(s.NotKnown, cadre.ID)
			case stamp[line] == i+1:
				stamp[line] = 0 // listed once
				s.Lines = append(s.Lines, cadre.Supervision)
			}
		}
		a.Supervision = append(a.Supervision, s)
	}
	a.Counts.SeparateAreas = len(a.Supervision)
}
