package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// This file begins a new cycle.

// beginSchema is what the form asks for: the id and what the cycle begins with. It is
// judged by the checklist that the host's options name.
func beginSchema() schema.Schema {
	s, _ := reformcycle.ChangeSchema(reformcycle.KindBegin)
	fields := []schema.Field{{Name: "id", Required: true, Schema: schema.Text(fault.ID)}}
	fields[0].Title, fields[0].Hint = language.Of("web-form.id"), language.Of("web-form.id-hint")
	for _, f := range s.Fields {
		if f.Name != "checklist" {
			fields = append(fields, f)
		}
	}
	return schema.Object(fields...)
}

// mayBegin reports whether the visitor may begin a cycle, of some id.
func (v *visit) mayBegin() bool { return strings.TrimSpace(v.visitor.Name) != "" && !v.page.readOnly }

func (v *visit) beginPage() error {
	if !v.mayBegin() {
		return errForbidden
	}
	return v.showBegin(http.StatusOK, &node{}, "", nil)
}

func (v *visit) showBegin(status int, n *node, on string, refused error) error {
	a := about{kind: reformcycle.KindBegin, schema: beginSchema()}
	view := formView{Kind: a.kind, Title: a.kind.Told(), Alone: true}
	var err error
	if view.To, err = v.voice.link("begin"); err != nil {
		return err
	}
	v.tellRefusal(&view, a, 0, refused)
	view.Fields = (&maker{}).fields(&a.schema, "", n)
	view.When = whenOf(on)
	view.place()
	return v.renderAs(status, "form", view)
}

func (v *visit) begin() error {
	if !v.mayBegin() {
		return errForbidden
	}
	s, err := v.receive()
	if err != nil {
		return err
	}
	v.echoes = true
	schema := beginSchema()
	s.node = kept(&schema, s.node)
	refuse := func(err error) error {
		return v.showBegin(http.StatusUnprocessableEntity, s.node, s.on, err)
	}
	id := fault.NFC(strings.TrimSpace(s.node.at("id").text()))
	var wrong fault.Fields
	if broken := fault.ID.Broken(id); broken != "" {
		wrong = append(wrong, fault.Field{Path: "id", Rule: broken, Value: id, Want: fault.ID.Want()})
	} else if !v.may(id).Has(Look | Record) {
		return errForbidden
	}
	begin, err := begun(&schema, s.node)
	if err != nil {
		if wrong = append(wrong, fault.Of(err)...); len(fault.Of(err)) == 0 {
			return err
		}
	}
	day, err := dayOf(s.on)
	if wrong = append(wrong, fault.Of(err)...); len(wrong) > 0 {
		return refuse(wrong)
	}
	options := []reformcycle.Option{reformcycle.WithTitle(begin.Title), reformcycle.WithCountry(begin.Country)}
	if begin.Stage != 0 {
		options = append(options, reformcycle.WithStage(begin.Stage))
	}
	by := reformcycle.By(v.visitor.Name)
	if !day.IsZero() {
		by = by.On(day)
	}
	_, err = v.page.portfolio.Begin(v.r.Context(), by.Key(v.key(sent{on: s.on}, nil)+id), id, options...)
	switch {
	case errors.Is(err, reformcycle.ErrConflict):
		return refuse(fault.Refuse("id", fault.Unique, id, language.Of("web-form.id-free")))
	case len(fault.Of(err)) > 0:
		return refuse(err)
	case err != nil:
		return err
	}
	return v.see("cycle", id)
}

// begun reads what a cycle begins with.
func begun(s *schema.Schema, n *node) (b reformcycle.Begin, err error) {
	x, _ := wire(s, n)
	data, _ := x.(map[string]any)
	if data == nil {
		data = map[string]any{}
	}
	delete(data, "id")
	data["checklist"] = "of-the-host" // Begin puts in the one that the options name
	text, err := json.Marshal(data)
	if err != nil {
		return b, err
	}
	change, err := reformcycle.DecodeChange(reformcycle.KindBegin, text)
	if err == nil {
		b, _ = change.(reformcycle.Begin)
	}
	return b, err
}
