// Package programtest gives tests the real program, linked once for the tests of all packages: the go command keeps what
// it linked for "go run" in its cache, and links again when the source changes. It is imported by tests only, and knows of
// the program where its source is.
package programtest

import (
	"fmt"
	"os/exec"
)

// Source is the program's package.
const Source = "handrail/cmd/handrail"

// Copy puts the program of a package at a path; flags are what "go build" would get, such as "-tags".
func Copy(source, path string, flags ...string) error {
	args := append([]string{"run", "-exec", "cp"}, flags...)
	if out, err := exec.Command("go", append(args, source, path)...).CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", source, err, out)
	}
	return nil
}
