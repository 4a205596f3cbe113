package web

import (
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// This file is the page of the portfolio.

// portfolioPage lists the cycles that the visitor may see.
func (v *visit) portfolioPage() error {
	after := v.r.URL.Query().Get("after")
	page, err := v.page.portfolio.Page(v.r.Context(), portfolio.Query{Sees: v.sees, After: after})
	if err != nil {
		return err
	}
	return v.render("portfolio", struct {
		portfolio.Page
		After string
	}{page, after})
}
