package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// version is set by the linker in a release.
var version = "dev"

func (versionCommand) Run(t *terminal) error {
	commit := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	fmt.Fprintf(t.out, "handrail %s, commit %s, %s\nMIT licence. handrail is built on free software; go.mod names all of it.\n", version, commit, runtime.Version())
	return nil
}
