package landscape_test

// What it costs:
//
//	go test -run '^$' -bench . -benchmem ./assessment/landscape

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/landscape"
)

// country is a made-up landscape (illustrative) of 200 programmes, each with a
// cadre that has a post in each of 500 areas and gives 5 of 40 services there:
// 100,000 posts, 500,000 services.
func country() landscape.Landscape {
	var l landscape.Landscape
	for i := range 500 {
		l.Areas = append(l.Areas, landscape.Area{ID: fmt.Sprintf("area-%03d", i), Population: float64(10_000 + i)})
	}
	for i := range 40 {
		l.Services = append(l.Services, landscape.Service{ID: fmt.Sprintf("service-%02d", i), Target: 500})
	}
	for i := range 200 {
		id := fmt.Sprintf("programme-%03d", i)
		l.Programmes = append(l.Programmes, landscape.Programme{ID: id, Mechanism: fmt.Sprint("m", i%3), Funding: []landscape.Funding{
			{Funder: fmt.Sprint("funder ", i%20), Unit: "USD/year", Amount: float64(i), External: i%20 > 2},
		}})
		l.Cadres = append(l.Cadres, landscape.Cadre{
			ID: "cadre-" + id, Programme: id, Supervision: fmt.Sprint("line ", i%7), Standing: landscape.Community,
			Work: fmt.Sprint("work ", i%10), Pay: landscape.Pay{Low: float64(i % 9), High: float64(10 + i%5), Unit: "USD/month"},
		})
		for a := range l.Areas {
			p := landscape.Post{Cadre: "cadre-" + id, Area: l.Areas[a].ID, Workers: (i + a) % 6}
			for k := range 5 {
				p.Services = append(p.Services, l.Services[(i*7+a+8*k)%40].ID)
			}
			l.Posts = append(l.Posts, p)
		}
	}
	return l
}

var sink int

// floor is the least that any answer needs: one look at every service of every
// post.
func floor(l *landscape.Landscape) {
	for i := range l.Posts {
		for j := range l.Posts[i].Services {
			sink += len(l.Posts[i].Services[j])
		}
	}
}

// lookup is the least that ids cost: each service of each post found once by
// its id.
func lookup(l *landscape.Landscape, services map[string]int) {
	for i := range l.Posts {
		for j := range l.Posts[i].Services {
			sink += services[l.Posts[i].Services[j]]
		}
	}
}

func BenchmarkAnalyse(b *testing.B) {
	l := country()
	services := make(map[string]int)
	for i, s := range l.Services {
		services[s.ID] = i
	}
	plain := lasting(func() { floor(&l) })
	found := lasting(func() { lookup(&l, services) })
	b.ReportAllocs()
	for b.Loop() {
		_, err := landscape.Analyse(l)
		require.NoError(b, err)
	}
	each := float64(b.Elapsed()) / float64(b.N)
	b.ReportMetric(each/float64(plain), "x-floor")
	b.ReportMetric(each/float64(found), "x-lookup")
}

// lasting is how long one run takes, the mean of twenty.
func lasting(f func()) time.Duration {
	const runs = 20
	start := time.Now()
	for range runs {
		f()
	}
	return time.Since(start) / runs
}

func BenchmarkFloor(b *testing.B) {
	l := country()
	for b.Loop() {
		floor(&l)
	}
}

func BenchmarkValidate(b *testing.B) {
	l := country()
	b.ReportAllocs()
	for b.Loop() {
		require.Empty(b, l.Validate())
	}
}

// BenchmarkParse compares strict reading with encoding/json alone.
func BenchmarkParse(b *testing.B) {
	data, err := json.Marshal(country())
	require.NoError(b, err)
	plain := lasting(func() {
		var l landscape.Landscape
		require.NoError(b, json.Unmarshal(data, &l))
	})
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		_, err := landscape.Parse(data)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(plain), "x-json")
}
