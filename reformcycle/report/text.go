package report

import "time"

// day writes a date as people say it; a time that is not known has none.
func day(t time.Time) string {
	if t.IsZero() {
		return "date not known"
	}
	return t.UTC().Format("2 January 2006")
}
