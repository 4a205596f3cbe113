package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the feed: what was recorded in all cycles since a position, for programs
// that follow. Who waits for more is told by one watch that looks for all who wait, and
// that runs only while somebody does.

var (
	errNoFeed = &failure{http.StatusNotImplemented, "no-feed", "web-api.no-feed", "web-api.no-feed.do"}
	errBusy   = &failure{http.StatusServiceUnavailable, "too-many", "web-api.busy", "web-api.busy.do"}
)

const (
	// mostWaiting is how many requests wait at once, and longestWait how long.
	mostWaiting = 256
	longestWait = 50 * time.Second
	// looks is how often the watch looks while somebody waits.
	looks = 250 * time.Millisecond
)

// watch looks for new entries while somebody waits for them.
type watch struct {
	mu      sync.Mutex
	waiting int
	// news is closed, and another made, whenever there may be something new.
	news   chan struct{}
	stop   context.CancelFunc
	done   chan struct{} // closed when the look-out has ended; nil where none was begun
	closed bool
}

// join begins to wait: news is closed when it is worth to look again. Who joined leaves.
func (w *watch) join(j reformcycle.Feeder) (news <-chan struct{}, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting >= mostWaiting {
		return nil, errBusy
	}
	w.waiting++
	if w.news == nil {
		w.news = make(chan struct{})
	}
	if w.closed {
		return w.news, nil
	}
	if w.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		before := w.done
		w.stop, w.done = stop, make(chan struct{})
		go w.lookOut(ctx, j, before, w.done)
	}
	return w.news, nil
}

func (w *watch) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting--; w.waiting == 0 && w.stop != nil {
		w.stop()
		w.stop = nil
	}
}

// tell lets all who wait look again.
func (w *watch) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		close(w.news)
		w.news = make(chan struct{})
	}
}

// lookOut tells whenever the end of the feed has moved, once the one before has ended.
// The first look counts as news: what came between a reading and it would be missed.
func (w *watch) lookOut(ctx context.Context, j reformcycle.Feeder, before <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	defer func() { _ = recover() }() // a journal may panic; who waits hears of it by asking
	if before != nil {
		<-before
	}
	var known reformcycle.Position
	tick := time.NewTicker(looks)
	defer tick.Stop()
	for first := true; ; first = false {
		end, err := j.FeedEnd(ctx)
		if ctx.Err() != nil {
			return
		}
		if first || err != nil || end != known {
			w.tell()
			known = end
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// close ends all waiting, and the look-out.
func (w *watch) close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	if w.stop != nil {
		w.stop()
		w.stop = nil
	}
	if w.news == nil {
		w.news = make(chan struct{})
	}
	select {
	case <-w.news:
	default:
		close(w.news)
	}
	done := w.done
	w.mu.Unlock()
	if done == nil {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *watch) ended() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

// feedBody is a part of the feed. Position is after= for the part that follows: it is
// behind the last entry that the visitor may see, and tells of no other.
type feedBody struct {
	Entries  []fedBody            `json:"entries"`
	Position reformcycle.Position `json:"position"`
}

type fedBody struct {
	Cycle    string               `json:"cycle"`
	Entry    reformcycle.Entry    `json:"entry"`
	Position reformcycle.Position `json:"position"`
}

// waits is how long a program asks to wait for news.
func (v *visit) waits() (time.Duration, error) {
	asked := v.r.URL.Query().Get("wait")
	if asked == "" {
		return 0, nil
	}
	wait, err := time.ParseDuration(asked)
	if err != nil || wait < 0 || wait > longestWait {
		return 0, fault.Refuse("wait", fault.Range, asked, language.Of("want.web-api-wait", "most", int(longestWait.Seconds()), "example", "30s"))
	}
	return wait, nil
}

func (v *visit) apiFeed() (feedBody, error) {
	v.w.Header().Set("Cache-Control", "no-store")
	query := v.r.URL.Query()
	after, err := reformcycle.ParsePosition(query.Get("after"))
	if err != nil {
		return feedBody{}, err
	}
	limit, err := v.whole("limit", usualEntries, 1, mostAsked)
	if err != nil {
		return feedBody{}, err
	}
	wait, err := v.waits()
	if err != nil {
		return feedBody{}, err
	}
	feeder, is := v.page.portfolio.Journal().(reformcycle.Feeder)
	if !is {
		return feedBody{}, errNoFeed
	}
	b := feedBody{Position: after}
	if wait == 0 {
		_, err := v.read(feeder, &b, after, int(limit))
		return b, err
	}
	until := time.NewTimer(wait)
	defer until.Stop()
	news, err := v.page.watch.join(feeder)
	if err != nil {
		v.w.Header().Set("Retry-After", "5")
		return b, err
	}
	defer v.page.watch.leave()
	for {
		if after, err = v.read(feeder, &b, after, int(limit)); err != nil || len(b.Entries) > 0 || v.page.watch.ended() {
			return b, err
		}
		select {
		case <-news:
			news = v.page.watch.next() // before the reading, so that nothing comes between
		case <-until.C:
			return b, nil
		case <-v.r.Context().Done():
			return b, v.r.Context().Err()
		}
	}
}

// read reads what the visitor may see of the feed, and gives how far it came.
func (v *visit) read(feeder reformcycle.Feeder, b *feedBody, after reformcycle.Position, limit int) (reformcycle.Position, error) {
	for fed, err := range feeder.Feed(v.r.Context(), after) {
		if err != nil {
			return after, err
		}
		after = fed.Position
		if !v.sees(fed.Cycle) {
			continue
		}
		b.Entries, b.Position = append(b.Entries, fedBody{fed.Cycle, fed.Entry, fed.Position}), fed.Position
		if len(b.Entries) == limit {
			break
		}
	}
	return after, nil
}

// next is what is closed by the next news.
func (w *watch) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.news
}
