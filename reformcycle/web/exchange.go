package web

import (
	"bytes"
	"net/http"

	"github.com/chsreform/chsreform/reformcycle"
)

// export sends the journal of a cycle as a stream that can be imported.
func (v *visit) export() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := reformcycle.Export(v.r.Context(), v.page.portfolio.Journal(), c.ID(), &b); err != nil {
		return err
	}
	return v.send(http.StatusOK, kindStream, b.Bytes())
}
