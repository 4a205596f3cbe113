package reformcycle

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Breaks reports whether a fault is of a rule, or of one that a tag of a field
// stands for.
func Breaks(f fault.Field, rule string) bool {
	switch rule {
	case "id", "text", "note":
		return slices.Contains([]string{fault.Required, fault.Encoding, fault.Length, fault.Characters}, f.Rule)
	case "min", "max":
		return f.Rule == fault.Range || f.Rule == fault.Length
	case "gte", "gt", "lte", "finite":
		return f.Rule == fault.Range
	case "notbefore":
		return f.Rule == fault.Order
	case "required_with", "required_without":
		return f.Rule == fault.Required
	default:
		return f.Rule == rule
	}
}
