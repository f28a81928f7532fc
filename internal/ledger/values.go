package ledger

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// DigestOf is the SHA-256 of b.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// String is the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero reports whether there is no digest.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText writes hexadecimal.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads hexadecimal.
func (d *Digest) UnmarshalText(b []byte) error {
	raw, err := hex.DecodeString(string(b))
	if err != nil || len(raw) != len(d) {
		return fmt.Errorf("%q is not a SHA-256 in hexadecimal", b)
	}
	copy(d[:], raw)
	return nil
}

// Scan reads 32 bytes, for database/sql.
func (d *Digest) Scan(v any) error {
	raw, ok := v.([]byte)
	if !ok || len(raw) != len(d) {
		return fmt.Errorf("%d bytes of %T where a SHA-256 is kept", len(raw), v)
	}
	copy(d[:], raw)
	return nil
}

func (d Digest) bytes() []byte { return d[:] }

// micros is how an instant lies in the database; the zero time is NULL.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// instant reads what micros wrote.
type instant struct{ t *time.Time }

func (i instant) Scan(v any) error {
	var n sql.NullInt64
	if err := n.Scan(v); err != nil {
		return err
	}
	if !n.Valid {
		*i.t = time.Time{}
		return nil
	}
	*i.t = time.UnixMicro(n.Int64).UTC()
	return nil
}

// day reads an ISO day; "" is no date.
type day struct{ d *request.Date }

func (x day) Scan(v any) error {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case []byte:
		s = string(v)
	default:
		return fmt.Errorf("%T where a day is kept", v)
	}
	return x.d.UnmarshalText([]byte(s))
}

// raw reads JSON text.
type rawJSON struct{ m *json.RawMessage }

func (r rawJSON) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*r.m = nil
	case string:
		*r.m = json.RawMessage(v)
	case []byte:
		*r.m = append(json.RawMessage(nil), v...)
	default:
		return fmt.Errorf("%T where JSON is kept", v)
	}
	return nil
}

// text is JSON for a TEXT column; nil is an empty object.
func jsonText(m json.RawMessage) string {
	if len(m) == 0 {
		return "{}"
	}
	return string(m)
}

// optional is a row's number that may be missing; 0 is none.
func optional(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// number reads what optional wrote.
type number struct{ n *int64 }

func (x number) Scan(v any) error {
	var n sql.NullInt64
	err := n.Scan(v)
	*x.n = n.Int64
	return err
}

// flag reads what oneIf wrote.
type flag struct{ b *bool }

func (x flag) Scan(v any) error {
	var n sql.NullInt64
	err := n.Scan(v)
	*x.b = n.Int64 == 1
	return err
}

// oneIf is how a flag is stored: the databases disagree about booleans.
func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}
