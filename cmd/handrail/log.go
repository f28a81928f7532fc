package main

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"time"
)

// newLog writes the operator's log: text for a person, JSON for a collector. docs/operators.md has its keys.
func newLog(w io.Writer, format string, verbose bool) *slog.Logger {
	o := &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: plain}
	if verbose {
		o.Level = slog.LevelDebug
	}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// address is what looks like a mail address or a Message-ID, in the words of a server.
var address = regexp.MustCompile(`[\p{L}\p{N}._%+'=/-]+@[\p{L}\p{N}][\p{L}\p{N}.-]*`)

// plain writes durations as text, and leaves out addresses: a log goes to places where nobody's mail address belongs, and what a
// server says often has one.
func plain(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case time.Duration:
		a.Value = slog.StringValue(v.Round(time.Millisecond).String())
	case string:
		if a.Key != "trace" {
			a.Value = slog.StringValue(withoutAddresses(v))
		}
	case error:
		a.Value = slog.StringValue(withoutAddresses(v.Error()))
	case fmt.Stringer:
		if _, isTime := v.(time.Time); !isTime {
			a.Value = slog.StringValue(withoutAddresses(v.String()))
		}
	}
	return a
}

func withoutAddresses(s string) string { return address.ReplaceAllString(s, "(address)") }
