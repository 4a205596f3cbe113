package landscape

// This file holds lines of supervision.

import "slices"

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

// supervise fills in what depends on the lines of supervision of an area's cadres.
func (a *Analysis) supervise(l *Landscape, area *Area, cadres []int) {
	if len(cadres) < 2 {
		return
	}
	a.Counts.SharedAreas++
	s := Separate{Area: area.ID}
	for _, c := range cadres {
		cadre := &l.Cadres[c]
		s.Cadres = append(s.Cadres, cadre.ID)
		switch {
		case cadre.Supervision == "":
			s.NotKnown = append(s.NotKnown, cadre.ID)
		case !slices.Contains(s.Lines, cadre.Supervision):
			s.Lines = append(s.Lines, cadre.Supervision)
		}
	}
	switch {
	case len(s.Lines) > 1:
		a.Supervision = append(a.Supervision, s)
	case len(s.NotKnown) > 0:
		a.Counts.SupervisionOpen++
	}
}
