package reformcycle

// Kind names a kind of change, as journals keep it. The constants stand in the
// files of the changes that they name.
type Kind string
