package web

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders/policymaker"
)

// uploading sends a form with a file; a file of no name is none.
func uploading(t testing.TB, h http.Handler, at, file string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		require.NoError(t, m.WriteField(fields[i], fields[i+1]))
	}
	if file != "" {
		w, err := m.CreateFormFile("file", "a file")
		require.NoError(t, err)
		_, err = w.Write([]byte(file))
		require.NoError(t, err)
	}
	require.NoError(t, m.Close())
	r := httptest.NewRequest(http.MethodPost, at, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// hidden are the fields that a page carries.
func hiddenFields(page string) (fields []string) {
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		fields = append(fields, m[1], html.UnescapeString(m[2]))
	}
	return fields
}

func TestAStreamIsShownAndThenTaken(t *testing.T) {
	stream := get(page(t), "/c/UGA-CHEW/exchange/stream.jsonl").Body.String()
	p, err := New(opened(t, journal.NewMemory()), WithAuthorize(everything))
	require.NoError(t, err)
	w := uploading(t, p, "/import", stream)
	require.Equal(t, 200, w.Code, w.Body.String())
	require.Contains(t, w.Body.String(), "UGA-CHEW")
	require.Equal(t, 404, get(p, "/c/UGA-CHEW").Code, "nothing is taken before it was shown")
	fields := hiddenFields(w.Body.String())
	require.Equal(t, "stream", fields[0])
	// Browsers send line ends as they please.
	fields[1] = strings.ReplaceAll(fields[1], "\n", "\r\n")
	w = uploading(t, p, "/import", "", fields...)
	require.Equal(t, 303, w.Code, w.Body.String())
	require.Equal(t, "/c/UGA-CHEW", w.Header().Get("Location"))
	require.Equal(t, stream, get(p, "/api/cycles/UGA-CHEW/export").Body.String())
	require.Equal(t, 422, uploading(t, p, "/import", stream).Code, "it is there already")

	for _, bad := range []string{"", "x", stream[:len(stream)/2], stream + "x", strings.Replace(stream, `"v":1`, `"v":9`, 1)} {
		w := uploading(t, p, "/import", bad)
		require.Equal(t, 422, w.Code)
		require.Contains(t, w.Body.String(), `<a href="#file"`)
	}
	few, err := New(opened(t, journal.NewMemory()), WithAuthorize(func(*http.Request) (Visitor, error) {
		return Visitor{Name: "Clerk", May: func(string) Rights { return Look | Record | Move | Override }}, nil
	}))
	require.NoError(t, err)
	require.Equal(t, 403, uploading(t, few, "/import", stream).Code, "it says what others recorded")
}

func TestASheetIsShownAndThenRecordedOnce(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	sheet := "item,assessor,level,note\nproblem.needs,Amina,3,Seen in the register.\n"
	w := uploading(t, p, "/c/LBR-NCHAP/exchange", sheet, "format", "workshop", "occasion", "Workshop of May", "basis", "documented", "on", "2025-05")
	require.Equal(t, 200, w.Code, w.Body.String())
	fields := hiddenFields(w.Body.String())
	_, before := heard(t, p, "GET", "/api/cycles/LBR-NCHAP", "")
	for range 2 {
		w = uploading(t, p, "/c/LBR-NCHAP/exchange/record", "", fields...)
		require.Equal(t, 303, w.Code, w.Body.String())
	}
	_, after := heard(t, p, "GET", "/api/cycles/LBR-NCHAP", "")
	require.Equal(t, before["seq"].(float64)+1, after["seq"])
	// A page that is stale by now is told so.
	other := strings.Replace(fields[3], "functional", "highly-functional", 1)
	require.NotEqual(t, fields[3], other)
	require.Equal(t, 409, uploading(t, p, "/c/LBR-NCHAP/exchange/record", "", fields[0], fields[1], "batch", other).Code)

	for name, bad := range map[string][]string{
		"no occasion": {sheet, "format", "workshop", "basis", "documented"}, "a level of 0": {strings.Replace(sheet, ",3,", ",0,", 1), "format", "workshop", "occasion", "x", "basis", "documented"},
		"no such criterion": {strings.Replace(sheet, "problem.needs", "x", 1), "format", "workshop", "occasion", "x", "basis", "documented"}, "no format": {sheet}, "no day": {sheet, "format", "workshop", "on", "May"},
		"no file": {"", "format", "workshop"}, "no project": {sheet, "format", "policymaker"},
	} {
		w := uploading(t, p, "/c/LBR-NCHAP/exchange", bad[0], bad[1:]...)
		require.Equal(t, 422, w.Code, name)
		require.Contains(t, w.Body.String(), `<a href="#file"`, name)
	}
	require.Equal(t, 413, uploading(t, p, "/c/LBR-NCHAP/exchange", strings.Repeat("x", mostUploaded)).Code)
	require.Equal(t, 400, post(p, "/c/LBR-NCHAP/exchange", nil).Code, "another kind of form")
	looks := page(t)
	require.Equal(t, 403, uploading(t, looks, "/c/LBR-NCHAP/exchange", sheet).Code)
	require.NotContains(t, get(looks, "/c/LBR-NCHAP/exchange").Body.String(), "<form method=\"post\" enctype")
	require.Contains(t, get(p, "/c/LBR-NCHAP/exchange/workshop.csv").Body.String(), "problem.needs")
}

func TestAProjectOfPolicyMakerGoesOutAndComesIn(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	w := get(p, "/c/LBR-NCHAP/exchange/policymaker.json")
	require.Equal(t, 200, w.Code, w.Body.String())
	text := w.Body.String()
	project, err := policymaker.Read(strings.NewReader(text))
	require.NoError(t, err)
	c, err := p.portfolio.Cycle(t.Context(), "LBR-NCHAP")
	require.NoError(t, err)
	require.Len(t, project.Players(), c.Now().Actors().Len())
	roster, err := project.Roster()
	require.NoError(t, err)
	require.InDelta(t, c.Now().Actors().Feasibility().Support, roster.Feasibility().Support, 1e-9)

	w, said := heard(t, p, "POST", "/api/cycles/NEW/batches", `{"author":"Reform team"}`)
	require.Equal(t, 200, w.Code, said)
	w = uploading(t, p, "/c/NEW/exchange", text, "format", "policymaker")
	require.Equal(t, 200, w.Code, w.Body.String())
	w = uploading(t, p, "/c/NEW/exchange/record", "", hiddenFields(w.Body.String())...)
	require.Equal(t, 303, w.Code, w.Body.String())
	in, err := p.portfolio.Cycle(t.Context(), "NEW")
	require.NoError(t, err)
	require.Equal(t, c.Now().Actors().Len(), in.Now().Actors().Len())
	require.InDelta(t, c.Now().Actors().Feasibility().Opposition, in.Now().Actors().Feasibility().Opposition, 1e-9)
	// What is on record already comes in no second time.
	w = uploading(t, p, "/c/NEW/exchange", text, "format", "policymaker")
	require.Equal(t, 200, w.Code)
	require.Empty(t, hiddenFields(w.Body.String()))
}

// Whatever a file holds, it is shown or refused, and nothing of it is recorded unseen.
func FuzzUpload(f *testing.F) {
	p := page(f, WithAuthorize(everything))
	f.Add("item,assessor,level\nproblem.needs,Amina,3\n", "workshop", "Workshop", "documented", "2025-05")
	f.Add(`{"Project":[],"Player":[]}`, "policymaker", "", "", "")
	f.Add("{\"cycle\":\"X\",\"format\":1}\n{\"end\":0}", "stream", "\x00", "x", "9999-99")
	f.Fuzz(func(t *testing.T, file, format, occasion, basis, on string) {
		for _, at := range []string{"/c/UGA-CHEW/exchange", "/c/UGA-CHEW/exchange/record", "/import"} {
			w := uploading(t, p, at, file, "format", format, "occasion", occasion, "basis", basis, "on", on, "batch", file, "after", on)
			require.Less(t, w.Code, 500, "%s: %s", at, w.Body)
		}
	})
}
