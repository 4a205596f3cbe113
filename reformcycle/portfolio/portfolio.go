package portfolio

import (
	"container/list"
	"context"
	"errors"
	"iter"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file opens cycles and keeps some of them open.

// Portfolio is all cycles of a journal. It is safe for use by several goroutines, and
// starts none.
type Portfolio struct {
	journal  reformcycle.Journal
	options  []reformcycle.Option
	most     int
	language *language.Language
	// unkept is a cycle that is in no journal and has the options of all.
	unkept *reformcycle.Cycle

	index index

	mu    sync.Mutex
	open  map[string]*list.Element
	order *list.List // of *slot: the least recently used last
}

// slot is a cycle that is open, or being opened.
type slot struct {
	id    string
	ready chan struct{}
	// cycle and err are written before ready is closed; both are nil where the opening
	// panicked.
	cycle *reformcycle.Cycle
	err   error
}

// Option configures Open.
type Option func(*Portfolio) error

// mostOpen is how many cycles stay open where nobody says so.
const mostOpen = 256

// WithOpen says how many cycles stay open at most, from 1 to 1,000,000; without it 256.
func WithOpen(most int) Option {
	return func(p *Portfolio) error {
		if most < 1 || most > 1_000_000 {
			return fault.Refuse("WithOpen", fault.Range, most, fault.WholeBetween(1, 1_000_000))
		}
		p.most = most
		return nil
	}
}

// WithOptions says what each cycle is opened with: the host's clock, its checklists, its
// observers. The journal is that of the portfolio, whatever they say.
func WithOptions(options ...reformcycle.Option) Option {
	return func(p *Portfolio) error {
		p.options = append(p.options, options...)
		return nil
	}
}

// WithLanguage says in which language a proposal writes what goes into the record, such
// as the reason of a suspension; without it, or nil, English.
func WithLanguage(l *language.Language) Option {
	return func(p *Portfolio) error {
		p.language = l
		return nil
	}
}

// Open makes the portfolio of a journal. It opens no cycle and reads nothing.
//
// Errors: [fault.Fields] for the journal or an option, those for cycles among it; what
// the context returns.
func Open(ctx context.Context, journal reformcycle.Journal, options ...Option) (*Portfolio, error) {
	if ctx == nil {
		return nil, noContext()
	}
	if v := reflect.ValueOf(journal); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, fault.Refuse("journal", fault.Required, nil, language.Of("want.portfolio-journal"))
	}
	p := &Portfolio{journal: journal, most: mostOpen, open: map[string]*list.Element{}, order: list.New()}
	p.index = index{gate: make(chan struct{}, 1), rows: map[string]*Row{}}
	for _, option := range options {
		if option == nil {
			return nil, fault.Refuse("option", fault.Required, nil, language.Of("want.option"))
		}
		if err := option(p); err != nil {
			return nil, err
		}
	}
	// A cycle that nobody keeps takes the options, so that a wrong one is refused here
	// and not at the first cycle.
	var err error
	if p.unkept, err = reformcycle.New("options", p.options...); err != nil {
		return nil, err
	}
	return p, ctx.Err()
}

// Journal is the one that the portfolio was opened with.
func (p *Portfolio) Journal() reformcycle.Journal { return p.journal }

// Options are what each cycle is opened with, the journal among them: what
// [reformcycle.New] takes for a cycle that begins in it.
func (p *Portfolio) Options() []reformcycle.Option {
	return append(slices.Clip(p.options), reformcycle.WithJournal(p.journal))
}

// Now is the time by the clock that the cycles are opened with; the zero time without one.
func (p *Portfolio) Now() time.Time {
	if p == nil || p.unkept == nil {
		return time.Time{}
	}
	return p.unkept.Now().JudgedAt()
}

func noContext() error {
	return fault.Refuse("ctx", fault.Required, nil, language.Of("want.context"))
}

func (p *Portfolio) ready(ctx context.Context) error {
	if ctx == nil {
		return noContext()
	}
	if p == nil || p.journal == nil {
		return fault.Refuse("portfolio", fault.Required, nil, language.Of("want.portfolio"))
	}
	return ctx.Err()
}

// Cycle gives a cycle as its journal has it now: it is opened where it is not, and reloaded
// where it is. Ask again rather than keep it: of one that was closed meanwhile, to make
// room, another may be opened, and whoever writes second ends in a ConflictError.
//
// Errors: as [reformcycle.Open] and [reformcycle.Cycle.Reload].
func (p *Portfolio) Cycle(ctx context.Context, id string) (*reformcycle.Cycle, error) {
	if err := p.ready(ctx); err != nil {
		return nil, err
	}
	return p.cycle(ctx, id, true)
}

// cycle opens one and keeps it, in the place of another where displace says so: who goes
// through all of them leaves open what others work with.
func (p *Portfolio) cycle(ctx context.Context, id string, displace bool) (*reformcycle.Cycle, error) {
	id = fault.NFC(id)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.mu.Lock()
		at, held := p.open[id]
		if !held {
			if !displace && p.order.Len() >= p.most {
				p.mu.Unlock()
				return reformcycle.Open(ctx, p.journal, id, p.options...)
			}
			s := &slot{id: id, ready: make(chan struct{})}
			at = p.order.PushFront(s)
			p.open[id] = at
			for p.order.Len() > p.most {
				p.close(p.order.Back())
			}
			p.mu.Unlock()
			p.take(ctx, s, at)
			return s.cycle, s.err
		}
		if displace {
			p.order.MoveToFront(at)
		}
		p.mu.Unlock()
		s := at.Value.(*slot)
		select {
		case <-s.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		switch {
		case s.cycle != nil:
			return s.cycle, s.cycle.Reload(ctx)
		case s.err != nil && !ended(s.err):
			return nil, s.err
		}
		// Whoever opened it gave up: it is tried again, in this context.
	}
}

// take opens the cycle of a slot; where that fails, the slot is free for who comes next.
func (p *Portfolio) take(ctx context.Context, s *slot, at *list.Element) {
	defer func() { // deferred, for a journal may panic
		if s.cycle == nil {
			p.mu.Lock()
			p.close(at)
			p.mu.Unlock()
		}
		close(s.ready)
	}()
	s.cycle, s.err = reformcycle.Open(ctx, p.journal, s.id, p.options...)
}

// close forgets a cycle, unless another has taken its place.
func (p *Portfolio) close(at *list.Element) {
	if s := at.Value.(*slot); p.open[s.id] == at {
		delete(p.open, s.id)
		p.order.Remove(at)
	}
}

// ended reports whether an error is that of a context.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Everything is for those who may see every cycle.
func Everything(string) bool { return true }

func seeing(sees func(string) bool) error {
	if sees == nil {
		return fault.Refuse("sees", fault.Required, nil, language.Of("want.portfolio-sees"))
	}
	return nil
}

// visible yields the ids behind one that may be seen, in their order.
func (p *Portfolio) visible(ctx context.Context, after string, sees func(string) bool) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for id, err := range p.journal.Cycles(ctx, after) {
			if (err != nil || sees(id)) && !yield(id, err) || err != nil {
				return
			}
		}
	}
}

// each visits all cycles that may be seen, in the order of their ids. One that can't be
// read is visited with the error and the zero State.
func (p *Portfolio) each(ctx context.Context, sees func(string) bool, visit func(id string, s reformcycle.State, err error)) error {
	if err := p.ready(ctx); err != nil {
		return err
	}
	if err := seeing(sees); err != nil {
		return err
	}
	for id, err := range p.visible(ctx, "", sees) {
		if err != nil {
			return err
		}
		s, err := p.now(ctx, id, false)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		visit(id, s, err)
	}
	return nil
}

// now is how a cycle stands now.
func (p *Portfolio) now(ctx context.Context, id string, displace bool) (reformcycle.State, error) {
	c, err := p.cycle(ctx, id, displace)
	if err != nil {
		return reformcycle.State{}, err
	}
	return c.Now(), nil
}
