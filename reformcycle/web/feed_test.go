package web

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// fed is a journal in memory with a feed of its own, the order of its appends, that counts
// how often it is asked for its end.
type fed struct {
	reformcycle.Journal
	mu   sync.Mutex
	all  []reformcycle.Fed
	ends atomic.Int64
}

func (f *fed) Append(ctx context.Context, b reformcycle.Batch) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.Journal.Append(ctx, b); err != nil {
		return err
	}
	for _, e := range b.Entries {
		at := reformcycle.Position{Epoch: 1, At: uint64(len(f.all) + 1), Seq: e.Seq, Cycle: reformcycle.CycleSum(b.Cycle)}
		f.all = append(f.all, reformcycle.Fed{Cycle: b.Cycle, Entry: e, Position: at})
	}
	return nil
}

func (f *fed) Feed(_ context.Context, after reformcycle.Position) iter.Seq2[reformcycle.Fed, error] {
	return func(yield func(reformcycle.Fed, error) bool) {
		f.mu.Lock()
		all := f.all
		f.mu.Unlock()
		for _, one := range all[min(after.At, uint64(len(all))):] {
			if !yield(one, nil) {
				return
			}
		}
	}
}

func (f *fed) FeedEnd(context.Context) (end reformcycle.Position, err error) {
	f.ends.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.all); n > 0 {
		end = f.all[n-1].Position
	}
	return end, nil
}

// unfed is a journal without a feed.
type unfed struct{ reformcycle.Journal }

func feeding(t testing.TB) (*fed, *Page) {
	t.Helper()
	j := &fed{Journal: journal.NewMemory()}
	p, err := New(opened(t, j), WithAuthorize(func(r *http.Request) (Visitor, error) {
		return Visitor{Name: "Reform team", May: func(id string) Rights {
			if id == "HIDDEN" && r.Header.Get("All") == "" {
				return 0
			}
			return Look | Record
		}}, nil
	}))
	require.NoError(t, err)
	return j, p
}

func framing(t testing.TB, p *Page, cycle, problem string) {
	t.Helper()
	w, _ := heard(t, p, "POST", "/api/cycles/"+cycle+"/batches", fmt.Sprintf(framed, problem), "All", "yes")
	require.Equal(t, 200, w.Code, w.Body.String())
}

func TestTheFeedTellsWhatCameSince(t *testing.T) {
	_, p := feeding(t)
	framing(t, p, "A", "a")
	framing(t, p, "HIDDEN", "a")
	framing(t, p, "B", "a")
	w, said := heard(t, p, "GET", "/api/feed?limit=3", "")
	require.Equal(t, 200, w.Code, w.Body.String())
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.Len(t, said["entries"], 3)
	last := said["entries"].([]any)[2].(map[string]any)
	require.Equal(t, "B", last["cycle"])
	require.Equal(t, said["position"], last["position"])
	_, rest := heard(t, p, "GET", fmt.Sprintf("/api/feed?after=%s", said["position"]), "")
	require.Len(t, rest["entries"], 1)
	_, rest = heard(t, p, "GET", fmt.Sprintf("/api/feed?after=%s", rest["position"]), "")
	require.Empty(t, rest["entries"])

	// What may not be seen moves no position.
	framing(t, p, "HIDDEN", "b")
	_, again := heard(t, p, "GET", fmt.Sprintf("/api/feed?after=%s", rest["position"]), "")
	require.Equal(t, rest, again)
	for _, at := range []string{"after=x", "after=1-1-1-1-1-1", "wait=x", "wait=-1s", "wait=51s", "limit=0", "limit=1001", "wait=99999999999h"} {
		w, said := heard(t, p, "GET", "/api/feed?"+at, "")
		problem(t, w, said, 400, "invalid")
	}
	without, err := New(opened(t, unfed{journal.NewMemory()}))
	require.NoError(t, err)
	w, said = heard(t, without, "GET", "/api/feed?wait=1s", "")
	problem(t, w, said, 501, "no-feed")
}

func TestWhoWaitsHearsOfWhatComes(t *testing.T) {
	j, p := feeding(t)
	framing(t, p, "A", "a")
	end, err := j.FeedEnd(t.Context())
	require.NoError(t, err)
	var heardBy atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			w := get(p, "/api/feed?wait=20s&after="+end.String())
			if w.Code == 200 && strings.Contains(w.Body.String(), `"cycle":"A"`) && !strings.Contains(w.Body.String(), "HIDDEN") {
				heardBy.Add(1)
			}
		})
	}
	require.Eventually(t, func() bool { p.watch.mu.Lock(); defer p.watch.mu.Unlock(); return p.watch.waiting == 50 }, 5*time.Second, time.Millisecond)
	asked := j.ends.Load()
	framing(t, p, "HIDDEN", "a") // which wakes nobody for good
	time.Sleep(2 * looks)
	require.Zero(t, heardBy.Load())
	require.LessOrEqual(t, j.ends.Load()-asked, int64(8), "one looks for all")
	framing(t, p, "A", "b")
	all.Wait()
	require.EqualValues(t, 50, heardBy.Load())
	<-p.watch.done // the look-out ends with the last who waits
	asked = j.ends.Load()
	time.Sleep(2 * looks)
	require.Equal(t, asked, j.ends.Load(), "nobody waits, nobody looks")
}

func TestWaitingEnds(t *testing.T) {
	_, p := feeding(t)
	began := time.Now()
	w, said := heard(t, p, "GET", "/api/feed?wait=300ms", "")
	require.Equal(t, 200, w.Code)
	require.Empty(t, said["entries"])
	require.GreaterOrEqual(t, time.Since(began), 300*time.Millisecond)

	// With the request.
	ctx, gone := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		p.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/api/feed?wait=50s", nil).WithContext(ctx))
		close(done)
	}()
	require.Eventually(t, func() bool { p.watch.mu.Lock(); defer p.watch.mu.Unlock(); return p.watch.waiting == 1 }, 5*time.Second, time.Millisecond)
	gone()
	<-done

	// With more than there is room for.
	p.watch.mu.Lock()
	p.watch.waiting += mostWaiting
	p.watch.mu.Unlock()
	w, said = heard(t, p, "GET", "/api/feed?wait=1s", "")
	problem(t, w, said, 503, "too-many")
	require.Equal(t, "5", w.Header().Get("Retry-After"))
	p.watch.mu.Lock()
	p.watch.waiting -= mostWaiting
	p.watch.mu.Unlock()

	// With Close, after which nobody waits, and what there is is told.
	ends := make(chan int)
	for range 3 {
		go func() { ends <- get(p, "/api/feed?wait=50s").Code }()
	}
	require.Eventually(t, func() bool { p.watch.mu.Lock(); defer p.watch.mu.Unlock(); return p.watch.waiting == 3 }, 5*time.Second, time.Millisecond)
	require.NoError(t, p.Close(t.Context()))
	for range 3 {
		require.Equal(t, 200, <-ends)
	}
	select {
	case <-p.watch.done:
	default:
		t.Fatal("the look-out outlives Close")
	}
	require.Equal(t, 200, get(p, "/api/feed?wait=50s").Code)
	require.NoError(t, p.Close(t.Context()), "twice is once")
}
