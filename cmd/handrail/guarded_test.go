package main

import (
	"encoding"
	"reflect"
	"strings"
	"testing"

	"handrail/internal/guarded"
)

// Every key of the configuration says whether a change of it could turn a no into a yes: a new key is put in the table of internal/guarded.
func TestEveryKeyOfTheConfigurationIsGuardedOrNeutral(t *testing.T) {
	var paths []string
	var walk func(prefix string, of reflect.Type)
	walk = func(prefix string, of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		switch {
		case reflect.PointerTo(of).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()), of.Kind() != reflect.Struct && of.Kind() != reflect.Map:
			paths = append(paths, prefix)
		case of.Kind() == reflect.Map:
			paths = append(paths, prefix+".x")
		default:
			for i := range of.NumField() {
				name, _, _ := strings.Cut(of.Field(i).Tag.Get("toml"), ",")
				if name == "" || name == "-" {
					continue
				}
				path := name
				if prefix != "" {
					path = prefix + "." + name
				}
				walk(path, of.Field(i).Type)
			}
		}
	}
	walk("", reflect.TypeFor[Config]())
	if len(paths) < 100 {
		t.Fatalf("only %d keys: %v", len(paths), paths)
	}
	for _, p := range paths {
		if !guarded.Listed(p) {
			t.Errorf("%s: does a change of it widen a yes? Put it in keys of internal/guarded/settings.go, and where it does in guardedSettings of internal/department", p)
		}
	}
	// What the table has is a key.
	for _, k := range guarded.Keys() {
		found := false
		for _, p := range paths {
			found = found || p == k.Path || strings.HasSuffix(k.Path, ".*") && strings.HasPrefix(p, strings.TrimSuffix(k.Path, "*"))
		}
		if !found && !strings.HasPrefix(k.Path, "owners.") {
			t.Errorf("%s is no key", k.Path)
		}
	}
}
