package main

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

type versionCommand struct {
	Licences bool `help:"List every module in this program, with its version and licence."`
	SBOM     bool `name:"sbom" help:"Print the software bill of materials: CycloneDX 1.5, JSON."`
	formatted
}

// Set by the linker: version in a release, revision where the compiler sees no history, as in an image.
var version, revision = "dev", ""

// commit is what this program was built from, as far as anybody noted it.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok && revision == "" {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return cmp.Or(revision, "unknown")
}

// licenceTable names the licence of every module, a line each; TestEveryModuleHasItsLicence writes it.
//
//go:embed licences.txt
var licenceTable string

// module is one module that this program is made of.
type module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Sum     string `json:"sum,omitempty"`
	Licence string `json:"licence"`
}

func (c *versionCommand) Run(t *terminal) error {
	modules := builtFrom()
	switch {
	case c.SBOM:
		return writeSBOM(t, modules)
	case c.asJSON():
		return t.document(map[string]any{"version": version, "commit": commit(), "go": runtime.Version(), "licence": "MIT", "modules": modules})
	}
	fmt.Fprintf(t.out, "handrail %s, commit %s, %s\nMIT licence", version, commit(), runtime.Version())
	if !c.Licences {
		fmt.Fprintf(t.out, "; built on %d modules of free software: handrail version --licences\n", len(modules))
		return nil
	}
	fmt.Fprintln(t.out, "; with these modules:")
	for _, m := range modules {
		fmt.Fprintf(t.out, "  %-13s %s %s\n", m.Licence, m.Path, m.Version)
	}
	return nil
}

// builtFrom lists the modules in this very program, as the compiler noted them.
func builtFrom() []module {
	licences := licencesByModule()
	list := []module{}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return list
	}
	for _, d := range info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		list = append(list, module{d.Path, d.Version, d.Sum, cmp.Or(licences[d.Path], "unknown")})
	}
	return list
}

func licencesByModule() map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(licenceTable) {
		if path, licence, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			all[path] = licence
		}
	}
	return all
}

// writeSBOM prints CycloneDX. It has no date and no random number, so that the same source gives the same document.
func writeSBOM(t *terminal, modules []module) error {
	type licence struct {
		ID string `json:"id"`
	}
	type component struct {
		Type     string               `json:"type"`
		Name     string               `json:"name"`
		Version  string               `json:"version"`
		PURL     string               `json:"purl"`
		Ref      string               `json:"bom-ref"`
		Licences []map[string]licence `json:"licenses,omitempty"`
	}
	of := func(kind, path, version, id string) component {
		purl := "pkg:golang/" + path + "@" + version
		c := component{Type: kind, Name: path, Version: version, PURL: purl, Ref: purl}
		if id != "" && id != "unknown" {
			c.Licences = []map[string]licence{{"license": {id}}}
		}
		return c
	}
	components := []component{}
	for _, m := range modules {
		components = append(components, of("library", m.Path, m.Version, m.Licence))
	}
	slices.SortFunc(components, func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	e := json.NewEncoder(t.out)
	e.SetIndent("", " ")
	return e.Encode(map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
		"metadata": map[string]any{"component": of("application", "handrail", version, "MIT")}, "components": components})
}
