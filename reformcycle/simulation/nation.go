package simulation

// A nation: one cycle of its own, and so many districts of one template. Each waits
// for the other where a link or a checklist says so, and knows of it what stood at the
// end of the month before.

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// maxDistricts is how many districts a nation may have: as many as a cycle has children.
const maxDistricts = 1000

// Nation is a national reform and its districts as a scenario. It is plain data; a
// [NationModel] is the proof that one is valid.
type Nation struct {
	// Name is what people call it, at most 128 characters.
	Name string `json:"name"`
	// National is the nation's own cycle. Criteria that its checklist asks of children
	// (assessment.AskChildren) follow from the districts.
	National Scenario `json:"national"`
	// District is the template of all districts, which begin as it says, each in its
	// own month. Its horizon is the nation's; its months (From, Until, Events) count
	// from the nation's start.
	District Scenario `json:"district"`
	// Districts is how many there are, 1 to 1000. They are as populous as each other.
	Districts int `json:"districts"`
	// Needs are what a district waits for, as reformcycle.Link has it: at most one for
	// each stage that is left.
	Needs []reformcycle.Need `json:"needs,omitempty"`
	// Shared are those of the template's actors, by id, who work in all districts: they
	// divide their effort evenly among the districts that have begun, are neither
	// suspended nor abandoned, and have not launched yet; where there are none of these,
	// among all that have begun and are active. Everybody else is a district's own.
	Shared []string `json:"shared,omitempty"`
}

// ParseNation reads a nation from JSON of at most 4 MiB, each scenario in it as
// [ParseScenario] reads one. All errors are [fault.Fields] with everything that is
// wrong.
func ParseNation(data []byte) (Nation, error) {
	var n Nation
	if err := fault.ReadJSON(data, maxBytes, &n, func() fault.Fields { return n.Validate() }); err != nil {
		return Nation{}, err
	}
	return n, nil
}

// Validate returns everything that is wrong with the nation by itself; what only the
// checklists can tell, [CompileNation] does.
func (n Nation) Validate() fault.Fields {
	var f fault.Fields
	f.Text("name", n.Name, fault.ID)
	f.Under("national", n.National.Validate())
	f.Under("district", n.District.Validate())
	if n.District.Horizon != n.National.Horizon {
		f.Add("district.horizon", fault.Same, n.District.Horizon, language.Of("want.sim-nation-horizon", "horizon", n.National.Horizon))
	}
	f.Whole("districts", n.Districts, 1, maxDistricts)
	if f.Count("needs", len(n.Needs), int(reformcycle.ManagementAndLearning)) {
		for i, need := range n.Needs {
			path := fault.At("needs", i)
			if !need.Leaving.Valid() {
				f.Add(path+".leaving", fault.Known, need.Leaving.String(), eightStages)
			}
			if !need.Stage.Valid() {
				f.Add(path+".stage", fault.Known, need.Stage.String(), eightStages)
			}
			if j := slices.IndexFunc(n.Needs[:i], func(o reformcycle.Need) bool { return o.Leaving == need.Leaving }); j >= 0 {
				f.Add(path+".leaving", fault.Unique, need.Leaving.String(), another(fault.At("needs", j)))
			}
		}
	}
	if f.Count("shared", len(n.Shared), maxActors) {
		for i, id := range n.Shared {
			if !slices.ContainsFunc(n.District.Actors, func(a CastActor) bool { return a.ID == id }) {
				f.Add(fault.At("shared", i), fault.Exists, id, language.Of("want.sim-of-cast"))
			} else if slices.Contains(n.Shared[:i], id) {
				f.Add(fault.At("shared", i), fault.Unique, id, language.Of("want.sim-once"))
			}
		}
	}
	return f
}

// Clone gives a copy that shares nothing with the nation.
func (n Nation) Clone() Nation {
	n.National, n.District = n.National.Clone(), n.District.Clone()
	n.Needs, n.Shared = slices.Clone(n.Needs), slices.Clone(n.Shared)
	return n
}

// NationModel is a valid nation, ready to run. It does not change once compiled, so it
// may be shared between goroutines. [CompileNation] makes one.
type NationModel struct {
	nation             Nation
	national, district *Model
	shared             []int // places in the district's cast
	digest             string
}

// asking is a criterion of the nation that follows from its districts.
type asking struct {
	criterion int // its place
	assessment.FromChildren
	least float64 // districts, or share of the people
	stage reformcycle.Stage
	of    int // place of the district's criterion that is asked for
}

// CompileNation makes a nation ready to run. Checklists that its scenarios name, and
// that are not the built-in one, have to be handed in.
//
// Errors: [fault.Fields] with everything that is wrong, among them what a checklist
// asks of more districts than there are, and a template that asks districts of its own.
func CompileNation(n Nation, checklists ...*assessment.Checklist) (*NationModel, error) {
	if err := n.Validate().Err(); err != nil {
		return nil, err
	}
	n = n.Clone()
	m := &NationModel{nation: n}
	var f fault.Fields
	var err error
	if m.national, err = ready(n.National, checklists); err != nil {
		f.Under("national", fault.Of(err))
	}
	if m.district, err = Compile(n.District, checklists...); err != nil {
		f.Under("district", fault.Of(err))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	for i := range m.national.asks {
		m.ask(&f, &m.national.asks[i])
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	for i, a := range n.District.Actors {
		if slices.Contains(n.Shared, a.ID) {
			m.shared = append(m.shared, i)
		}
	}
	text, err := json.Marshal(struct {
		National  string             `json:"national"`
		District  string             `json:"district"`
		Districts int                `json:"districts"`
		Needs     []reformcycle.Need `json:"needs,omitempty"`
		Shared    []int              `json:"shared,omitempty"`
	}{m.national.digest, m.district.digest, n.Districts, n.Needs, m.shared})
	if err != nil {
		return nil, err // not reached: these are numbers and names
	}
	sum := sha256.Sum256(text)
	m.digest = hex.EncodeToString(sum[:])
	return m, nil
}

// ask resolves what a criterion asks of the districts.
func (m *NationModel) ask(f *fault.Fields, a *asking) {
	path := fault.At("national.checklist.criteria", a.criterion)
	if a.Of == assessment.OfChildren && a.least > float64(m.nation.Districts) {
		f.Add(path+".parameter", "reachable", a.least, language.Of("want.sim-reachable", "most", plain(float64(m.nation.Districts))))
	}
	id := a.Criterion
	switch {
	case a.Stage != "":
		var err error
		if a.stage, err = reformcycle.ParseStage(a.Stage); err != nil {
			f.Add(path+".children.stage", fault.Known, a.Stage, eightStages) // not reached: the scratch cycle took it
		}
		return
	case id == "":
		id = reviewed // that it was held counts for the rest of the lap
	}
	var known bool
	if a.of, known = m.district.list.Index(id); !known {
		f.Add(path+".children.criterion", fault.Exists, id, language.Of("want.sim-criterion-of", "checklist", m.district.list.ID()))
	}
}

// Nation gives a copy of what the model was compiled from; of no model, nothing.
func (m *NationModel) Nation() Nation {
	if m == nil {
		return Nation{}
	}
	return m.nation.Clone()
}

// Digest identifies the nation, its checklists and the version of the model: 64
// hexadecimal digits. Results are comparable where it is equal.
func (m *NationModel) Digest() string {
	if m == nil {
		return ""
	}
	return m.digest
}

func checkNation(f *fault.Fields, m *NationModel) bool {
	if m == nil || m.district == nil {
		f.Add("model", fault.Required, nil, language.Of("want.sim-model", "by", "CompileNation"))
		return false
	}
	return true
}

// link is what a district knows of its nation, as of the end of the month before.
type link struct {
	needs        []reformcycle.Need
	furthest     reformcycle.Stage // in any lap
	furthestInto reformcycle.Stage // in the present one
}

// waits reports whether the nation has not reached what the district needs of it before
// it leaves its stage, or needed before it left one by override.
func (r *run) waits() bool {
	if r.link == nil {
		return false
	}
	for _, n := range r.link.needs {
		at := r.link.furthest
		if n.ThisLap {
			at = r.link.furthestInto
		}
		if n.Leaving <= r.stage && at < n.Stage {
			return true
		}
	}
	return false
}
