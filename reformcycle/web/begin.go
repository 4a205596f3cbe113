package web

import (
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
	wrong := map[string]language.Text{}
	v.tellRefusal(&view, a, 0, refused, wrong)
	m := &maker{wrong: wrong}
	view.Fields = m.fields(&a.schema, "", n)
	view.When = &field{Path: "on", As: day, Label: language.Of("field.batch.date"), Hint: language.Of("web-form.when-hint"), Value: on, Error: wrong["on"]}
	view.Summary = placed(view.Fields, view.Summary)
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
	x, _ := wire(&schema, s.node)
	data, _ := x.(map[string]any)
	text := func(name string) string { t, _ := data[name].(string); return t }
	refuse := func(err error) error {
		return v.showBegin(http.StatusUnprocessableEntity, kept(about{schema: schema}, s).node, s.on, err)
	}
	id := fault.NFC(text("id"))
	if broken := fault.ID.Broken(id); broken != "" {
		return refuse(fault.Refuse("id", broken, id, fault.ID.Want()))
	}
	if !v.may(id).Has(Look | Record) {
		return errForbidden
	}
	options := []reformcycle.Option{reformcycle.WithTitle(text("title")), reformcycle.WithCountry(text("country"))}
	if name := text("stage"); name != "" {
		var stage reformcycle.Stage
		if err := stage.UnmarshalText([]byte(name)); err != nil {
			return refuse(fault.Refuse("stage", fault.Known, name, fault.OneOf([]string{name})))
		}
		options = append(options, reformcycle.WithStage(stage))
	}
	by := reformcycle.By(v.visitor.Name)
	day, err := dayOf(s.on)
	if err != nil {
		return refuse(err)
	}
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
