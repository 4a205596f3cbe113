package cases

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
)

// This file tells a built-in case in other words than its own.

// prose are the members of a file that hold texts for people; of lists "[]" follows.
var prose = []string{"title", "country", "says", "seen", "why", "notes[]", "precision", "statement", "area", "what", "name", "note", "purpose",
	"reason", "text", "choice", "impact", "operator", "supervision", "about", "where", "result", "areas[]", "findings[]", "gaps[]", "matter", "unit"}

// places are members whose names stay: of jurisdictions, which are those of a map.
var places = []string{"county", "jurisdiction", "children"}

// reworded gives a file with its prose in other words. What is cited as it was published
// says how much of it was seen, and its citation stays.
func reworded(data []byte, say func(string) string) []byte {
	var in func(member string, v any) any
	in = func(member string, v any) any {
		switch v := v.(type) {
		case string:
			if slices.Contains(prose, member) {
				return say(v)
			}
		case []any:
			for i := range v {
				v[i] = in(member+"[]", v[i])
			}
		case map[string]any:
			for name, inner := range v {
				if !slices.Contains(places, name) {
					v[name] = in(name, inner)
				}
			}
			if by, is := v["by"].(string); is && v["changes"] != nil {
				v["by"] = say(by) // of a chapter; elsewhere it is an id
			}
			if cited, is := v["citation"].(string); is && v["seen"] == nil {
				v["citation"] = say(cited)
			}
		}
		return v
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
	data, _ = json.Marshal(in("", v)) // it was JSON before
	return data
}

// Texts gives the English texts of the built-in walks that people read, each once and in
// the order of the files: what a translator of them has to translate. A language says
// them as [language.Built].
func Texts() (all []string) {
	for _, id := range append(slices.Clone(walks), kenya) {
		data := file(id)
		var texts []string
		reworded(data, func(text string) string {
			if !slices.Contains(all, text) && !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
			return text
		})
		stands := func(text string) int {
			quoted, _ := json.Marshal(text) // a text
			return bytes.Index(data, quoted)
		}
		slices.SortFunc(texts, func(a, b string) int { return cmp.Or(cmp.Compare(stands(a), stands(b)), cmp.Compare(a, b)) })
		all = append(all, texts...)
	}
	return all
}
