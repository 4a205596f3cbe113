package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/stdout/stdoutmetric"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file shows how a host measures: what cycles tell their observer becomes metrics,
// what the page is asked becomes traces. The library itself knows nothing of it.

// telemetry counts and traces. It tells codes and kinds, never ids nor what people wrote.
type telemetry struct {
	applied, moves, refused metric.Int64Counter
	took                    metric.Float64Histogram
	tracer                  trace.Tracer

	reader *sdkmetric.ManualReader
	end    func() error
}

// observe measures into a file of JSON lines, or, without one, for nobody.
func observe(file string) (*telemetry, error) {
	out, end := io.Discard, func() error { return nil }
	if file != "" {
		f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, err
		}
		out, end = f, f.Close
	}
	spans, err := stdouttrace.New(stdouttrace.WithWriter(out))
	if err != nil {
		return nil, err
	}
	numbers, err := stdoutmetric.New(stdoutmetric.WithWriter(out))
	if err != nil {
		return nil, err
	}
	t := &telemetry{reader: sdkmetric.NewManualReader()}
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(t.reader))
	options := []sdktrace.TracerProviderOption{sdktrace.WithSampler(sdktrace.NeverSample())}
	if file != "" {
		options = []sdktrace.TracerProviderOption{sdktrace.WithBatcher(spans)}
	}
	traces := sdktrace.NewTracerProvider(options...)
	t.tracer = traces.Tracer("chsreform")
	meter := meters.Meter("chsreform")
	for _, one := range []struct {
		into *metric.Int64Counter
		name string
	}{
		{&t.applied, "chsreform.changes"},
		{&t.moves, "chsreform.moves"},
		{&t.refused, "chsreform.refusals"},
	} {
		counter, err := meter.Int64Counter(one.name)
		if err != nil {
			return nil, err
		}
		*one.into = counter
	}
	if t.took, err = meter.Float64Histogram("chsreform.http.duration", metric.WithUnit("s")); err != nil {
		return nil, err
	}
	t.end = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		var all metricdata.ResourceMetrics
		err := t.reader.Collect(ctx, &all)
		if err == nil && file != "" {
			err = numbers.Export(ctx, &all)
		}
		return errors.Join(err, traces.Shutdown(ctx), meters.Shutdown(ctx), end())
	}
	return t, nil
}

func (t *telemetry) close() error { return t.end() }

// heard is the observer of every cycle.
func (t *telemetry) heard(n reformcycle.Notice) {
	ctx := context.Background()
	if n.Refusal != nil {
		t.refused.Add(ctx, 1, metric.WithAttributes(attribute.String("code", n.Refusal.Code)))
		return
	}
	for _, e := range n.Batch.Entries {
		t.applied.Add(ctx, 1, metric.WithAttributes(attribute.String("kind", string(e.Kind))))
	}
	if n.Moved {
		t.moves.Add(ctx, 1)
	}
}

// status is a response of which the status is known.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	if s.code == 0 {
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap is for http.ResponseController.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// traced measures what a handler answers.
func (t *telemetry) traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		ctx, span := t.tracer.Start(r.Context(), r.Method, trace.WithSpanKind(trace.SpanKindServer))
		answer := &status{ResponseWriter: w}
		next.ServeHTTP(answer, r.WithContext(ctx))
		if answer.code == 0 {
			answer.code = http.StatusOK
		}
		code := attribute.Int("http.response.status_code", answer.code)
		span.SetAttributes(code)
		span.End()
		t.took.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(code))
	})
}
