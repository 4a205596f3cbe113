//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file has many people read and write over HTTP at the same time.
//
//	go test -run TestPortfolioOfAThousand -v -load.for=1m

var loadFor = flag.Duration("load.for", 5*time.Second, "how long readers and writers are at work")

// clerk records over HTTP: by forms and by the JSON interface.
type clerk struct {
	name   string
	http   *http.Client
	at     string // of the page, with a slash at its end
	chance *rand.Rand
	count  int
	// acks are the batches that were acknowledged; conflicts how often one was refused
	// because others had been faster.
	acks      []posted
	conflicts int
	// sending is what was sent and neither acknowledged nor refused; nil for nothing.
	sending *posted
}

// posted is a batch as a clerk has sent it. What was seen names it and says how many
// entries it has, so that half a batch shows, and one that is there twice.
type posted struct {
	cycle, seen string
	size        int
	form        bool
	after       uint64

	first, last uint64 // once it was acknowledged
	repeated    bool
}

// newClient is one whose connections end with the test, and which follows nothing.
func newClient(t testing.TB) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// fetchBy gives the body of what answers with a status.
func fetchBy(client *http.Client, at string, status int) (string, error) {
	answer, err := client.Get(at)
	if err != nil {
		return "", err
	}
	return read(answer, at, status)
}

func read(answer *http.Response, at string, status ...int) (string, error) {
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	for _, s := range status {
		if answer.StatusCode == s {
			return string(body), nil
		}
	}
	return "", fmt.Errorf("%s answers %s: %.600s", at, answer.Status, body)
}

var restsOn = regexp.MustCompile(`name="after" value="(\d+)"`)

// compose opens the form, or asks where the cycle stands, and makes a batch of ratings.
func (k *clerk) compose(cycle string) (p posted, err error) {
	k.count++
	p = posted{cycle: cycle, size: 1 + k.chance.IntN(3), form: k.chance.IntN(2) == 0}
	p.seen = fmt.Sprintf("%s-%d of %d", k.name, k.count, p.size)
	if p.form {
		body, err := fetchBy(k.http, k.at+"c/"+cycle+"/record/rate", http.StatusOK)
		if err != nil {
			return p, err
		}
		p.after, err = rests(body)
		return p, err
	}
	body, err := fetchBy(k.http, k.at+"api/cycles/"+cycle, http.StatusOK)
	if err != nil {
		return p, err
	}
	var stands struct{ Seq uint64 }
	err = json.Unmarshal([]byte(body), &stands)
	p.after = stands.Seq
	return p, err
}

// rests is the entry on which a form rests.
func rests(form string) (uint64, error) {
	m := restsOn.FindStringSubmatch(form)
	if m == nil {
		return 0, fmt.Errorf("this is no form: %.1000s", form)
	}
	return strconv.ParseUint(m[1], 10, 64)
}

// rating is the wire form of the data of one of the batch's changes.
func (p posted) rating(i int) map[string]any {
	return map[string]any{
		"criterion": rated[i], "level": "functional",
		"evidence": map[string]string{"what": p.seen, "source": "a test", "basis": "illustrative"},
	}
}

// send sends a batch, as often as it likes; a conflict gives the entry at which the cycle
// stands instead.
func (k *clerk) send(p *posted) (moved uint64, err error) {
	var changes []map[string]any
	for i := range p.size {
		changes = append(changes, map[string]any{"kind": "rate", "data": p.rating(i)})
	}
	if p.form {
		fields := url.Values{
			"do": {"record"}, "after": {strconv.FormatUint(p.after, 10)}, "d.criterion": {rated[p.size-1]}, "d.level": {"functional"},
			"d.evidence.what": {p.seen}, "d.evidence.source": {"a test"}, "d.evidence.basis": {"illustrative"},
		}
		for _, c := range changes[:p.size-1] {
			wire, err := json.Marshal(c)
			if err != nil {
				return 0, err
			}
			fields.Add("batch", string(wire))
		}
		at := k.at + "c/" + p.cycle + "/record/rate"
		answer, err := k.http.PostForm(at, fields)
		if err != nil {
			return 0, err
		}
		body, err := read(answer, at, http.StatusSeeOther, http.StatusUnprocessableEntity)
		if err != nil {
			return 0, err
		}
		if answer.StatusCode == http.StatusUnprocessableEntity {
			moved, err = rests(body)
			if err == nil && moved <= p.after {
				err = fmt.Errorf("%s refuses what is no conflict: %.2000s", at, body)
			}
			return moved, err
		}
		to, err := answer.Location()
		if err != nil {
			return 0, err
		}
		told := to.Query()
		p.repeated = told.Get("twice") == "yes"
		if p.first, err = strconv.ParseUint(told.Get("first"), 10, 64); err == nil {
			p.last, err = strconv.ParseUint(told.Get("last"), 10, 64)
		}
		return 0, err
	}
	text, err := json.Marshal(map[string]any{"author": "Reform team", "changes": changes})
	if err != nil {
		return 0, err
	}
	at := k.at + "api/cycles/" + p.cycle + "/batches"
	r, err := http.NewRequest(http.MethodPost, at, bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("If-Match", strconv.Quote(strconv.FormatUint(p.after, 10)))
	r.Header.Set("Idempotency-Key", strings.ReplaceAll(p.seen, " ", "_"))
	answer, err := k.http.Do(r)
	if err != nil {
		return 0, err
	}
	body, err := read(answer, at, http.StatusOK, http.StatusPreconditionFailed)
	if err != nil {
		return 0, err
	}
	var said struct {
		First, Last, Head uint64
		Repeated          bool
	}
	err = json.Unmarshal([]byte(body), &said)
	if err == nil && answer.StatusCode == http.StatusOK {
		p.first, p.last, p.repeated = said.First, said.Last, said.Repeated
	} else if err == nil && said.Head <= p.after {
		err = fmt.Errorf("%s: a conflict with nothing: %s", at, body)
	}
	return said.Head, err
}

// settle sends a batch until it is acknowledged: after a conflict with what others have
// recorded, on top of that.
func (k *clerk) settle(p *posted) error {
	k.sending = p
	for range 1000 {
		moved, err := k.send(p)
		if err != nil {
			return err
		}
		if p.last > 0 {
			k.acks = append(k.acks, *p)
			k.sending = nil
			return nil
		}
		k.conflicts++
		p.after = moved
	}
	return fmt.Errorf("%s: %s comes never to its turn", p.cycle, p.seen)
}

// record composes a batch, and sends it; now and then twice, as those do who press a
// button twice.
func (k *clerk) record(cycle string) error {
	p, err := k.compose(cycle)
	if err != nil {
		return err
	}
	if err := k.settle(&p); err != nil || k.chance.IntN(5) > 0 {
		return err
	}
	return k.again(p)
}

// again sends what was acknowledged once more.
func (k *clerk) again(p posted) error {
	twice := p
	moved, err := k.send(&twice)
	if err == nil && (moved > p.last || !twice.repeated || twice.first != p.first || twice.last != p.last) {
		err = fmt.Errorf("%+v was sent again, and answered with %d, %+v", p, moved, twice)
	}
	return err
}

// byClerk is what a clerk has seen.
var byClerk = regexp.MustCompile(`^(clerk|writer) \d+-\d+ of \d+$`)

// kept compares a journal with what was acknowledged: each batch is there whole, at the
// entries that its acknowledgement told, and nothing is there twice. It gives what was
// seen and how many entries there are.
func kept(t *testing.T, j reformcycle.Journal, acks []posted) (there map[string]int, entries int) {
	t.Helper()
	there = map[string]int{}
	at := map[string][]string{} // what was seen, by cycle and entry
	for id, err := range j.Cycles(t.Context(), "") {
		require.NoError(t, err)
		at[id] = []string{""}
		for e, err := range j.Load(t.Context(), id, 0) {
			require.NoError(t, err)
			require.EqualValues(t, len(at[id]), e.Seq)
			entries++
			seen := ""
			if change, err := e.Change(); err == nil {
				if r, is := change.(reformcycle.Rate); is && byClerk.MatchString(r.Evidence.What) {
					seen = r.Evidence.What
					there[seen]++
				}
			}
			at[id] = append(at[id], seen)
		}
	}
	for seen, n := range there {
		_, size, _ := strings.Cut(seen, " of ")
		require.Equal(t, size, strconv.Itoa(n), "%q is there in part, or more than once", seen)
	}
	for _, a := range acks {
		require.EqualValues(t, a.size, a.last-a.first+1, "%+v", a)
		require.Greater(t, len(at[a.cycle]), int(a.last), "%+v was acknowledged and is lost", a)
		for seq := a.first; seq <= a.last; seq++ {
			require.Equal(t, a.seen, at[a.cycle][seq], "%+v was acknowledged, and entry %d is another", a, seq)
		}
	}
	return there, entries
}

// heap is what is in use once all that can be freed is.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what the first has ended
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Fifty who read and five who write are at work on a thousand cycles at the same time.
// Nobody hears of an error but of conflicts; what was acknowledged is in the journal, each
// batch once; memory stays where it was, and after the end nothing runs on.
func TestPortfolioOfAThousandHoldsUnderLoad(t *testing.T) {
	const readers, writers = 50, 5
	cycles := map[bool]int{false: 1000, true: 100}[raced]
	before := runtime.NumGoroutine()
	logger := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // of each batch it would tell
	t.Cleanup(func() { slog.SetDefault(logger) })

	dsn := sqliteOnDisk(t)
	h, err := open(t.Context(), dsn)
	require.NoError(t, err)
	stages := slices.Collect(reformcycle.Stages())
	var ids []string
	for n := range cycles {
		id := fmt.Sprintf("crowd-%04d", n)
		c, err := reformcycle.New(id, reformcycle.WithJournal(h.journal), reformcycle.WithTitle("One of many"), reformcycle.WithCountry("Nowhere"),
			reformcycle.WithStage(stages[n%len(stages)]))
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 3)...)
		require.NoError(t, err)
		ids = append(ids, id)
	}
	began, err := observe("")
	require.NoError(t, err)
	page, err := settings{as: "Reform team", l: language.English()}.page(h.journal, began)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, began.traced(page), page) }()
	client := newClient(t)
	at := "http://" + listener.Addr().String() + "/"

	clerks := make([]*clerk, writers)
	for i := range clerks {
		clerks[i] = &clerk{name: fmt.Sprintf("writer %d", i), http: client, at: at, chance: rand.New(rand.NewPCG(*seed, uint64(i)))}
	}
	var pages atomic.Int64
	var round uint64
	work := func(lasts time.Duration) {
		round++
		until := time.Now().Add(lasts)
		var all sync.WaitGroup
		failed := make(chan error, readers+writers)
		goOn := func(do func() error) {
			all.Go(func() {
				for len(failed) == 0 && time.Now().Before(until) {
					if err := do(); err != nil {
						failed <- err
						return
					}
				}
			})
		}
		for i := range readers {
			chance := rand.New(rand.NewPCG(*seed, round<<32|uint64(1000+i)))
			goOn(func() error {
				pages.Add(1)
				return visit(client, at, ids, chance)
			})
		}
		for _, k := range clerks {
			goOn(func() error {
				id := ids[k.chance.IntN(len(ids))]
				if k.chance.IntN(2) == 0 {
					id = ids[k.chance.IntN(3)] // where others are at work, too
				}
				return k.record(id)
			})
		}
		all.Wait()
		close(failed)
		for err := range failed {
			require.NoError(t, err)
		}
	}
	work(*loadFor / 2) // until all that is kept is there
	client.CloseIdleConnections()
	warm := heap()
	work(*loadFor)
	client.CloseIdleConnections()
	now := heap()
	// What differs by a little has to do with which cycles are open, and with what has
	// been recorded in them meanwhile.
	assert.Less(t, now, warm+warm/2+8<<20, "the heap grows under load: %d MB after half the time, %d MB at the end", warm>>20, now>>20)

	cancel()
	require.NoError(t, <-ended)
	require.NoError(t, began.close())
	require.NoError(t, h.close())
	// No Eventually here: it starts goroutines of its own.
	for wait := time.Now(); runtime.NumGoroutine() > before && time.Since(wait) < 20*time.Second; {
		time.Sleep(20 * time.Millisecond)
	}
	if now := runtime.NumGoroutine(); now > before {
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines before, %d after the end:\n%s", before, now, stacks[:runtime.Stack(stacks, true)])
	}

	var acks []posted
	conflicts := 0
	for _, k := range clerks {
		acks = append(acks, k.acks...)
		conflicts += k.conflicts
		assert.NotEmpty(t, k.acks)
	}
	h, err = open(t.Context(), dsn)
	require.NoError(t, err)
	defer h.close()
	there, entries := kept(t, h.journal, acks)
	assert.Len(t, there, len(acks), "nobody was killed: what is there was acknowledged")
	sent := 0
	for _, a := range acks {
		sent += a.size
	}
	assert.Equal(t, cycles*4+sent, entries)
	t.Logf("%d pages read, %d batches acknowledged, %d conflicts; heap %.1f MB after half the time, %.1f MB at the end",
		pages.Load(), len(acks), conflicts, float64(warm)/(1<<20), float64(now)/(1<<20))
}

// visit reads one page, and sees to it that it is whole.
func visit(client *http.Client, at string, ids []string, chance *rand.Rand) error {
	id := ids[chance.IntN(len(ids))]
	to := "c/" + id
	switch chance.IntN(20) {
	case 0, 1:
		to = ""
	case 2:
		to = "?stage=" + []string{"design", "launch", "governance"}[chance.IntN(3)] + "&q=many"
	case 3:
		to = "api/cycles?limit=20&after=" + id
	case 4:
		to = "api/cycles/" + id + "/blockers"
	case 5:
		to = "c/" + id + "/coalition"
	case 6:
		to += "/record"
	case 7:
		to += "/record/rate?criterion=problem.needs"
	case 8:
		to += "/picture/ring.svg"
	case 9:
		to += "/history"
	case 10:
		to += "/diagnosis"
	case 11:
		to += "?lang=en"
	}
	body, err := fetchBy(client, at+to, http.StatusOK)
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(to, "api/"):
		if !json.Valid([]byte(body)) {
			return fmt.Errorf("%s is cut short", to)
		}
	case strings.HasSuffix(to, ".svg"):
		if !strings.HasSuffix(strings.TrimSpace(body), "</svg>") {
			return fmt.Errorf("%s is cut short", to)
		}
	case !strings.HasSuffix(strings.TrimSpace(body), "</html>"):
		return fmt.Errorf("%s is cut short", to)
	}
	return nil
}
