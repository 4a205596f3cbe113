package simulation

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestARM64GivesTheSameBytes runs the same ensembles natively and as an arm64
// program in an emulator, whose compiler fuses products and sums where a
// conversion does not forbid it.
func TestARM64GivesTheSameBytes(t *testing.T) {
	if raceEnabled {
		t.Skip("two other programs are compared, without the race detector")
	}
	if runtime.GOARCH != "amd64" || runtime.GOOS != "linux" {
		t.Skip("the other machine is emulated on linux/amd64")
	}
	emulator := ""
	for _, name := range []string{"qemu-aarch64", "qemu-aarch64-static"} {
		if path, err := exec.LookPath(name); err == nil {
			emulator = path
			break
		}
	}
	if emulator == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("qemu-aarch64 is not installed")
		}
		t.Skip("qemu-aarch64 (Debian: qemu-user) is not installed")
	}
	t.Parallel()
	digest := func(arch string, through ...string) string {
		program := filepath.Join(t.TempDir(), arch)
		build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/digest")
		build.Env = append(os.Environ(), "GOARCH="+arch, "CGO_ENABLED=0", "GOFLAGS=-mod=readonly")
		out, err := build.CombinedOutput()
		require.NoError(t, err, string(out))
		command := append(through, program)
		printed, err := exec.CommandContext(t.Context(), command[0], command[1:]...).Output()
		require.NoError(t, err)
		return string(printed)
	}
	require.Equal(t, digest("amd64"), digest("arm64", emulator))
}
