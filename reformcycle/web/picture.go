package web

import (
	"bytes"
	"io"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/report"
)

// This file serves pictures. Each has an address of its own, so that it can be kept, sent
// and printed, and stands in a page as <img>: nothing that people wrote into it can do
// more than be looked at.

// pictures of a cycle, by the name in their address.
var pictures = map[string]func(io.Writer, *language.Language, reformcycle.State) error{
	"ring.svg": report.Ring,
}

func (v *visit) picture() error {
	draw, there := pictures[v.r.PathValue("picture")]
	if !there {
		return errAbsent
	}
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	s, err := v.state(c)
	if err != nil {
		return err
	}
	if err := draw(&b, v.l, s); err != nil {
		return err
	}
	return v.send(200, kinds[".svg"], b.Bytes())
}
