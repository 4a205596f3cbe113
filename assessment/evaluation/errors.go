package evaluation

// This file holds how the package refuses: with the errors of package
// assessment, all of them at once.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
)

// The rules that a field can break, as FieldError.Rule names them.
const (
	ruleRequired   = "required"   // blank or missing
	ruleUnique     = "unique"     // there twice
	ruleOneOf      = "oneof"      // not one of a closed list
	ruleRange      = "range"      // a number outside its range
	ruleLength     = "length"     // too long, or too many
	ruleUTF8       = "utf8"       // not valid UTF-8
	ruleCharacters = "characters" // holds what it must not
	ruleExists     = "exists"     // names what is not there
	ruleNumber     = "number"     // not a number
	ruleUnused     = "unused"     // would be ignored without a word
	ruleSame       = "same"       // differs from what was said before
	ruleAttainable = "attainable" // out of reach, whatever the outcomes
)

// maxText is how many characters a unit, an id or a period's name may have.
const maxText = 200

func add(errs *assessment.FieldErrors, field, rule string, value any, want string) {
	*errs = append(*errs, assessment.FieldError{Field: field, Rule: rule, Value: value, Want: want})
}

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// checkText refuses what can't stand in a sentence or a table.
func checkText(errs *assessment.FieldErrors, field, s, what string) {
	switch {
	case s == "":
		add(errs, field, ruleRequired, nil, what)
	case len(s) > maxText*utf8.UTFMax:
		add(errs, field, ruleLength, len(s), fmt.Sprintf("at most %d characters", maxText))
	case !utf8.ValidString(s):
		add(errs, field, ruleUTF8, s, "valid UTF-8")
	case utf8.RuneCountInString(s) > maxText:
		add(errs, field, ruleLength, utf8.RuneCountInString(s), fmt.Sprintf("at most %d characters", maxText))
	case strings.TrimSpace(s) != s || strings.ContainsFunc(s, unicode.IsControl):
		add(errs, field, ruleCharacters, s, "no space around it and no control characters")
	}
}

// checkNumber refuses a number outside [low, high], NaN and the infinities
// included.
func checkNumber(errs *assessment.FieldErrors, field string, x, low, high float64, want string) bool {
	if math.IsNaN(x) || x < low || x > high {
		add(errs, field, ruleRange, x, want)
		return false
	}
	return true
}
