package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file takes batches from programs.

var errKind = &failure{http.StatusUnsupportedMediaType, "media-type", "web-api.kind", "web-api.kind.do"}

// isJSON reports whether a body says that it is JSON, in the one encoding that JSON has.
func isJSON(kind string) bool {
	media, parameters, err := mime.ParseMediaType(kind)
	charset, said := parameters["charset"]
	return err == nil && media == kindJSON && (!said || strings.EqualFold(charset, "utf-8"))
}

// batch applies a batch in the wire form. The first one of a cycle begins it.
func (v *visit) batch() error {
	if v.rights&^Look == 0 {
		return errForbidden
	}
	if !isJSON(v.r.Header.Get("Content-Type")) {
		v.w.Header().Set("Accept-Post", kindJSON)
		return errKind
	}
	text, err := io.ReadAll(v.r.Body)
	if err != nil {
		return err
	}
	by, changes, err := reformcycle.DecodeBatch(text, most)
	if err != nil {
		return err
	}
	if by.Author != fault.NFC(v.visitor.Name) && v.visitor.Name != "" {
		return fault.Refuse("author", fault.Known, by.Author, language.Of("want.web-api-author", "name", v.visitor.Name))
	}
	by, matched, err := v.conditions(by)
	if err != nil {
		return err
	}
	c, err := v.cycle(needed(changes...))
	if errors.Is(err, errAbsent) && !matched {
		c, err = v.begun()
	}
	if err != nil {
		return err
	}
	receipt, err := v.apply(c, by, changes...)
	if err != nil {
		return err
	}
	return v.json(receipt)
}

// begun is a cycle that is not there yet, for its first batch.
func (v *visit) begun() (*reformcycle.Cycle, error) {
	if !v.rights.Has(Look | Record) {
		return nil, errAbsent
	}
	query := v.r.URL.Query()
	options := append(v.page.portfolio.Options(), reformcycle.WithTitle(query.Get("title")), reformcycle.WithCountry(query.Get("country")))
	if asked := query.Get("stage"); asked != "" {
		stage, err := reformcycle.ParseStage(asked)
		if err != nil {
			return nil, err
		}
		options = append(options, reformcycle.WithStage(stage))
	}
	return reformcycle.New(v.id, options...)
}

// conditions puts what the headers say onto the stamp: If-Match is After, and
// Idempotency-Key the key. What the batch says as well has to be the same. Matched
// says that the batch rests on a cycle that is there.
func (v *visit) conditions(by reformcycle.Stamp) (_ reformcycle.Stamp, matched bool, err error) {
	var own struct {
		After *uint64
		Key   string
	}
	text, err := reformcycle.EncodeBatch(by)
	if err == nil {
		err = json.Unmarshal(text, &own)
	}
	if err != nil {
		return by, false, err
	}
	var wrong fault.Fields
	if asked := v.r.Header.Values("If-Match"); len(asked) > 0 && strings.TrimSpace(asked[0]) != "*" {
		seq, err := strconv.ParseUint(unquoted(asked[0]), 10, 64)
		switch {
		case err != nil || len(asked) > 1:
			wrong.Add("If-Match", fault.Type, strings.Join(asked, ", "), language.Of("want.web-api-match", "example", `"17"`))
		case own.After != nil && *own.After != seq:
			wrong.Add("If-Match", fault.Known, asked[0], language.Of("want.web-api-same", "field", "after"))
		default:
			by, matched = by.After(seq), seq > 0
		}
	} else if len(asked) > 0 {
		matched = true
	}
	if asked := v.r.Header.Values("Idempotency-Key"); len(asked) > 0 {
		key := fault.NFC(unquoted(asked[0]))
		switch {
		case len(asked) > 1:
			wrong.Add("Idempotency-Key", fault.Unique, strings.Join(asked, ", "), language.Of("want.web-api-one"))
		case fault.ID.Broken(key) != "":
			wrong.Text("Idempotency-Key", key, fault.ID)
		case own.Key != "" && fault.NFC(own.Key) != key:
			wrong.Add("Idempotency-Key", fault.Known, key, language.Of("want.web-api-same", "field", "key"))
		default:
			by = by.Key(key)
		}
	}
	return by, matched, wrong.Err()
}

// unquoted is what a header says between quotes, or without them.
func unquoted(said string) string {
	said = strings.TrimSpace(said)
	if inner, quoted := strings.CutPrefix(said, `"`); quoted {
		if inner, closed := strings.CutSuffix(inner, `"`); closed {
			return inner
		}
	}
	return said
}
