package influence

// The system of the equilibrium, factorised once and solved as often as asked.

import (
	"math"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"
)

// driftTolerance is how far from one the computed influence on an actor may
// sum. Beyond it a position would be off by more than 7e-8.
const driftTolerance = 1e-8

// factors are PA = LU for A = I − (1−Λ)W, n by n. This is what mat.LU holds; we
// solve for one vector at a time, and gonum's solver for a matrix of one column
// takes ten times as long as its solver for a vector, which mat.LU does not use.
type factors struct {
	lu    blas64.General // L below the diagonal, with ones on it, and U
	swaps []int          // row i was swapped with row swaps[i], in order
}

// factorised returns the factors of the network, computed once: O(n³) time, 8n²
// bytes.
func (n *Network) factorised() (*factors, error) {
	n.once.Do(func() { n.factors, n.refusal = n.factorise() })
	return n.factors, n.refusal
}

func (n *Network) factorise() (*factors, error) {
	size := len(n.actors)
	if size == 0 {
		return nil, fault.Refuse("actors", fault.Length, 0, language.Of("want.made-by", "functions", []string{"NewNetwork", "FromRoster"}))
	}
	if circles := n.unheldCircles(); len(circles) > 0 {
		return nil, &NoUniqueEquilibriumError{Circles: circles}
	}
	a := blas64.General{Rows: size, Cols: size, Stride: size, Data: make([]float64, size*size)}
	for i, row := range n.rows {
		line := a.Data[i*size : (i+1)*size]
		for _, h := range row {
			line[h.actor] = -(1 - n.hold[i]) * h.weight
		}
		line[i]++
	}
	f := &factors{lu: a, swaps: make([]int, size)}
	if regular := lapack64.Getrf(f.lu, f.swaps); !regular {
		return nil, &IllConditionedError{Drift: 1}
	}

	// If everybody starts at one, everybody ends at one: what the arithmetic
	// makes of that shows what it lost, and a condition number would only
	// bound it.
	drift := 0.0
	for _, x := range f.solve(n.hold) {
		drift = max(drift, math.Abs(x-1)) // NaN propagates
	}
	if !(drift <= driftTolerance) {
		if !(drift <= 1) {
			drift = 1
		}
		return nil, &IllConditionedError{Drift: drift}
	}
	return f, nil
}

// lower and upper are L and U.
func (f *factors) lower() blas64.Triangular {
	return blas64.Triangular{Uplo: blas.Lower, Diag: blas.Unit, N: f.lu.Rows, Data: f.lu.Data, Stride: f.lu.Stride}
}

func (f *factors) upper() blas64.Triangular {
	return blas64.Triangular{Uplo: blas.Upper, Diag: blas.NonUnit, N: f.lu.Rows, Data: f.lu.Data, Stride: f.lu.Stride}
}

// solve returns x of Ax = b. O(n²) time.
func (f *factors) solve(b []float64) []float64 {
	x := append([]float64(nil), b...)
	for i, j := range f.swaps {
		x[i], x[j] = x[j], x[i]
	}
	v := blas64.Vector{N: len(x), Inc: 1, Data: x}
	blas64.Trsv(blas.NoTrans, f.lower(), v)
	blas64.Trsv(blas.NoTrans, f.upper(), v)
	return x
}

// solveTransposed returns x of Aᵀx = b. O(n²) time.
func (f *factors) solveTransposed(b []float64) []float64 {
	x := append([]float64(nil), b...)
	v := blas64.Vector{N: len(x), Inc: 1, Data: x}
	blas64.Trsv(blas.Trans, f.upper(), v)
	blas64.Trsv(blas.Trans, f.lower(), v)
	for i := len(x) - 1; i >= 0; i-- {
		x[i], x[f.swaps[i]] = x[f.swaps[i]], x[i]
	}
	return x
}

// solveAll overwrites b with X of AX = B. O(n²) time for each column.
func (f *factors) solveAll(b *mat.Dense) {
	lapack64.Getrs(blas.NoTrans, f.lu, b.RawMatrix(), f.swaps)
}
