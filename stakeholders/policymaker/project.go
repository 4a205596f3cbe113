package policymaker

// The project: reading, writing, a new one, and what it says about itself.

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// maxBytes is how large a file may be: 10 MB.
const maxBytes = 10 << 20

// The bounds of a number that has none.
var noLower, noUpper = math.Inf(-1), math.Inf(1)

// Project is one PolicyMaker project: the text of its file and what is
// understood of it. It comes from [Read] or [NewProject]; the zero value is empty and
// refuses to be written or added to. It may be read from many goroutines as
// long as none changes it.
type Project struct {
	doc document

	label, analyst, asOf string
	usesProbability      bool

	players      []Player
	plans        []Plan
	impacts      []Impact
	goals        []Goal
	interests    []Interest
	consequences []Consequence

	byPlayer, byPlan, impactIDs numbering
	byImpact                    map[impactKey]int

	// The ratings this file uses for "not set".
	unsetPosition, unsetPower int

	constituencies func(Player) stakeholders.Constituency
	onlyIncluded   bool
}

// Read reads a project file. It keeps the text, and refuses:
//
//   - more than 10 MB;
//   - text that is not one JSON object in valid UTF-8, anything after that
//     object, more than 64 levels of nesting, a table that is there twice;
//   - a file without the tables Project and Player, a table that is understood
//     and is not an array of rows, more than 50,000 rows in it, a row in it that
//     has a field twice or more than 1000 fields;
//   - a value of the wrong type or out of its range in a field that is
//     understood, ids that are missing or there twice, an Affected_player row on
//     a strategy or a player that does not exist, or on the same two as another.
//
// They are [fault.Fields] with one field, the first found, and its path as far as it
// has one: "Player[1].PosValue". Errors of the reader itself come as they are.
//
// Tolerated, and kept in their spelling: a byte-order mark, numbers in quotes,
// truths as 0 and 1, and null or "" in an empty field.
func Read(r io.Reader) (*Project, error) {
	if r == nil {
		return nil, fault.Refuse("", fault.Required, nil, language.Of("want.reader"))
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxBytes {
		return nil, tooLarge(len(data))
	}
	return read(string(data))
}

func read(text string) (*Project, error) {
	doc, err := parse(text)
	if err != nil {
		return nil, err
	}
	p := &Project{
		doc:      doc,
		byPlayer: newNumbering(), byPlan: newNumbering(), impactIDs: newNumbering(),
		byImpact: make(map[impactKey]int),
	}
	for _, name := range []string{tableProject, tablePlayer} {
		if doc.table(name) == nil {
			return nil, fault.Refuse(name, fault.Required, nil, language.Of("want.project-table"))
		}
	}
	// Impacts refer to strategies and players, which so come first whatever the
	// order of the file.
	for _, table := range []struct {
		name string
		read func(*record, int)
	}{
		{tableProject, p.readProject},
		{tablePlayer, func(r *record, i int) {
			player := readPlayer(r, p.byPlayer.rows)
			p.byPlayer.put(player.ID, i)
			p.players = append(p.players, player)
			p.noteUnset(r, "Position_rating", "Strength_of_influence")
		}},
		{tableStrategy, func(r *record, i int) {
			plan := readPlan(r, p.byPlan.rows)
			p.byPlan.put(plan.ID, i)
			p.plans = append(p.plans, plan)
		}},
		{tableImpact, func(r *record, i int) {
			m := readImpact(r, p.byPlan.rows, p.byPlayer.rows)
			p.index(r, i, m)
			p.impacts = append(p.impacts, m)
			p.noteUnset(r, "Future_position_rating", "Future_power_rating")
		}},
		{tableGoal, func(r *record, _ int) { p.goals = append(p.goals, readGoal(r)) }},
		{tableObjectives, func(r *record, _ int) { p.interests = append(p.interests, readInterest(r)) }},
		{tableConsequences, func(r *record, _ int) { p.consequences = append(p.consequences, readConsequence(r)) }},
	} {
		if err := p.readTable(table.name, table.read); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// readTable reads each row of a table, if there is one.
func (p *Project) readTable(name string, each func(*record, int)) error {
	t := p.doc.table(name)
	if t == nil {
		return nil
	}
	r := &record{text: p.doc.text, table: name}
	for i, row := range t.rows {
		r.n, r.row, r.cells = i+1, row, cells(row.raw, r.cells)
		if each(r, i); r.err != nil {
			return r.err
		}
	}
	return nil
}

func (p *Project) readProject(r *record, i int) {
	if i > 0 {
		r.fail("", fault.Length, language.Of("want.at-most", "most", 1))
		return
	}
	p.label, p.analyst = r.str("User_label"), r.str("Analyst")
	p.asOf = r.str("As_of_date")
	p.usesProbability = r.flag("Use_Prob_Success", false)
}

// index notes where an impact is found, and refuses a second one of the same
// strategy and player: the two would say different things about one effect.
func (p *Project) index(r *record, i int, m Impact) {
	key := impactKey{m.Strategy, m.Player}
	if first, dup := p.byImpact[key]; dup {
		r.fail("Player_ID", fault.Unique, language.Of("want.another", "path", place(tableImpact, first+1, "Player_ID")))
		return
	}
	p.byImpact[key] = i
	if find(r.cells, "Affected_player_ID") == nil {
		return
	}
	// Nothing refers to this number, so some exports leave it empty or 0.
	if id := r.id("Affected_player_ID"); id != "" && id != "0" {
		p.impactIDs.put(r.key("Affected_player_ID", p.impactIDs.rows), i)
	}
}

// noteUnset remembers how the file says "not set", to say it likewise.
func (p *Project) noteUnset(r *record, position, power string) {
	if r.rating(position, unsetPosition, positionMeaning) == unsetPosition {
		p.unsetPosition = unsetPosition
	}
	if r.rating(power, unsetPower, powerMeaning) == unsetPower {
		p.unsetPower = unsetPower
	}
}

// Write writes the project. What was not changed comes out byte for byte as it
// was read: the order of tables, rows and fields, the spelling of numbers, space
// and everything that is not understood. It refuses, before it writes anything,
// a project that has grown beyond 10 MB.
func (p *Project) Write(w io.Writer) error {
	p = p.orNone()
	if p.doc.text == "" {
		return empty()
	}
	if w == nil {
		return fault.Refuse("", fault.Required, nil, language.Of("want.writer"))
	}
	text := p.doc.render()
	if len(text) > maxBytes {
		return tooLarge(len(text))
	}
	_, err := io.WriteString(w, text)
	return err
}

// dateLayout is how the tool writes days.
const dateLayout = "2-Jan-2006"

// newTables are the tables of a new project after its own row, all empty.
var newTables = []string{
	tableGoal, tablePlayer, tableStrategy, tableImpact, tableConsequences, tableObjectives,
	"Coalition", "ScaleParm", "AnnotationGoals", "AnnotationPlayers", "AnnotationStrats",
	"List_options", "PlayQues", "Question", "ReportLbl", "ReportTbl", "TempTable",
}

// NewProject returns a project without players and strategies. The label and the
// analyst are at most 512 characters of valid UTF-8; a zero asOf leaves the date
// empty, otherwise its day is written, in the location that it is given in.
func NewProject(label, analyst string, asOf time.Time) (*Project, error) {
	var errs fault.Fields
	line := fault.TextRule{Most: fault.Name.Most, Lines: true, Optional: true}
	errs.Text(place(tableProject, 1, "User_label"), label, line)
	errs.Text(place(tableProject, 1, "Analyst"), analyst, line)
	if !asOf.IsZero() {
		errs.Whole(place(tableProject, 1, "As_of_date"), asOf.Year(), 1, 9999)
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	day := ""
	if !asOf.IsZero() {
		day = asOf.Format(dateLayout)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"%s":[{"Project_ID":1,"User_label":%s,"Analyst":%s,"As_of_date":%s,"Use_Prob_Success":false,"notTheExampleProject":true}]`,
		tableProject, quote(label), quote(analyst), quote(day))
	for _, name := range newTables {
		fmt.Fprintf(&b, `,"%s":[]`, name)
	}
	b.WriteString("}\n")
	return read(b.String())
}

// orNone lets a nil project answer as an empty one.
func (p *Project) orNone() *Project {
	if p == nil {
		return new(Project)
	}
	return p
}

// Label is the project's name, User_label.
func (p *Project) Label() string { return p.orNone().label }

// Analyst is who made the project.
func (p *Project) Analyst() string { return p.orNone().analyst }

// AsOf is the day for which the project describes the situation, at midnight
// UTC, and whether the file gives one that can be read: "1-Jan-2026",
// "1-January-2026" or "2026-01-01".
func (p *Project) AsOf() (time.Time, bool) {
	p = p.orNone()
	for _, layout := range []string{dateLayout, "2-January-2006", time.DateOnly} {
		if t, err := time.Parse(layout, strings.TrimSpace(p.asOf)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// UsesProbability reports whether the tool shows the probability of success. It
// never enters the tool's indices.
func (p *Project) UsesProbability() bool { return p.orNone().usesProbability }

// Remark is something in a file that was read in a way that whoever made the
// file may want to know of.
type Remark struct {
	Table string
	Row   int // from 1
	Field string
	Text  language.Text
}

// Told reads "Player, row 3, Weight: weight 0; left out of the roster".
func (r Remark) Told() language.Text {
	return language.Of("remark", "table", r.Table, "row", r.Row, "field", r.Field, "remark", r.Text)
}

// String says in English what Told tells.
func (r Remark) String() string { return r.Told().String() }

// Remarks returns what was read with a grain of salt, table by table in the
// order of the rows: players that are not included, players left out of the roster,
// sectors that say nothing
// about the constituency, values outside the band of their rating, blank names,
// notes that are too long, a day that cannot be read.
func (p *Project) Remarks() []Remark {
	p = p.orNone()
	var all []Remark
	if _, ok := p.AsOf(); !ok && strings.TrimSpace(p.asOf) != "" {
		all = append(all, Remark{tableProject, 1, "As_of_date", language.Of("remark.day")})
	}
	unmapped := make(map[string]bool)
	for _, player := range p.Unmapped() {
		unmapped[player.ID] = true
	}
	for _, player := range p.players {
		if !player.Include {
			text := language.Of("remark.counted")
			if p.onlyIncluded {
				text = language.Of("remark.left-out")
			}
			all = append(all, Remark{tablePlayer, player.Row, "Include", text})
		}
		all = append(all, player.remarks...)
		if unmapped[player.ID] {
			all = append(all, Remark{tablePlayer, player.Row, "Sector", language.Of("remark.sector", "sector", quote(fault.Bounded(player.Sector)), "constituency", p.constituency(player).Told())})
		}
	}
	for _, plan := range p.plans {
		all = append(all, plan.remarks...)
	}
	for _, m := range p.impacts {
		all = append(all, m.remarks...)
	}
	return all
}

// record is a row for reading again after a change, which cannot fail: only
// values that were checked are written.
func (p *Project) record(name string, i int) *record {
	row := p.doc.table(name).rows[i]
	return &record{table: name, n: i + 1, row: row, cells: cells(row.raw, nil)}
}

// rewrite patches fields of a row.
func (p *Project) rewrite(name string, i int, fields []field) {
	row := &p.doc.table(name).rows[i]
	row.raw = patch(row.raw, fields)
}

// append adds a row with the fields, of which later ones replace earlier ones.
func (p *Project) append(name string, fields []field) int {
	t := p.doc.tableOrNew(name)
	return t.add(t.newRow(fields))
}

// ready refuses to add to a project that has no text, or no room in the table.
func (p *Project) ready(name string) error {
	if p.doc.text == "" {
		return empty()
	}
	if t := p.doc.table(name); t != nil && len(t.rows) == maxRows {
		return full(name)
	}
	return nil
}

func empty() error {
	return fault.Refuse("", fault.Required, nil, language.Of("want.made-by", "functions", []string{"Read", "NewProject"}))
}

func full(name string) error {
	return fault.Refuse(name, fault.Length, maxRows+1, language.Of("want.at-most", "most", maxRows))
}

// numbering is the numbers that a table's rows have.
type numbering struct {
	rows map[string]int // by id
	last int64
}

func newNumbering() numbering { return numbering{rows: make(map[string]int)} }

// put notes the number of a row.
func (n *numbering) put(id string, row int) {
	n.rows[id] = row
	if v, err := strconv.ParseInt(id, 10, 64); err == nil {
		n.last = max(n.last, v)
	}
}

// next is the id wanted if it is a free whole number in plain spelling, or else
// the number after the last one. A gap is not filled: tables that are not
// understood may still speak of the row that left it.
func (n *numbering) next(wanted string) string {
	if v, err := strconv.ParseInt(wanted, 10, 64); err == nil && v > 0 && v <= maxID && strconv.FormatInt(v, 10) == wanted {
		if _, used := n.rows[wanted]; !used {
			return wanted
		}
	}
	if n.last < maxID {
		return strconv.FormatInt(n.last+1, 10)
	}
	for v := 1; ; v++ {
		id := strconv.Itoa(v)
		if _, used := n.rows[id]; !used {
			return id
		}
	}
}
