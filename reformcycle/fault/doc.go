// Package fault is the floor that every package of this module stands on when it
// refuses: one shape of a refusal, one vocabulary of rules, each rule of text and
// numbers once, and one strict reader of JSON. It imports nothing of the module.
//
// # What a host meets
//
// Every refusal of an input matches [ErrInvalid] and holds [Fields], each a
// [Field]: where it is, which rule it breaks, what was found and what would be
// accepted.
//
//	var fields fault.Fields
//	if errors.As(err, &fields) {
//		for _, f := range fields {
//			fmt.Println(f.Path, f.Rule, f.Want)
//		}
//	}
//
// Messages and the JSON form of a refusal have at most [MaxMessage] bytes,
// whatever the input was: the first so many faults, then how many more there are.
//
// # What a package uses
//
// A package that checks an input collects what is wrong in a Fields and returns
// it through [Fields.Err]:
//
//	var wrong fault.Fields
//	wrong.Text("id", a.ID, fault.ID)
//	wrong.Text("notes", a.Notes, fault.Note)
//	wrong.Number("weight", a.Weight, 0, math.Inf(1))
//	fault.Among(&wrong, "role", a.Role, roles)
//	return wrong.Err()
//
// [ReadJSON] reads what comes from outside: files, request bodies, entries of a
// journal. It refuses what encoding/json lets pass and gives every fault with its
// line and column at once. [ReadName] reads a name out of a closed set.
package fault
