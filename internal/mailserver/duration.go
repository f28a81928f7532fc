package mailserver

import (
	"fmt"
	"time"
)

// Duration is a length of time written as "90s", "5m" or "1h30m".
type Duration time.Duration

// UnmarshalText reads the written form.
func (d *Duration) UnmarshalText(b []byte) error {
	p, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf("%q is not a length of time such as \"90s\" or \"5m\"", b)
	}
	*d = Duration(p)
	return nil
}

// MarshalText writes it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is the written form.
func (d Duration) String() string { return time.Duration(d).String() }
