package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestADayThatIsNotKnownSaysSo(t *testing.T) {
	assert.Equal(t, "date not known", day(time.Time{}))
	assert.Equal(t, "3 November 2025", day(time.Date(2025, time.November, 3, 23, 0, 0, 0, time.UTC)))
}
