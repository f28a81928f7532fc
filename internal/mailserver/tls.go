package mailserver

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

// TLSMode says how the connection to a server is protected.
type TLSMode string

// The ways to protect a connection. There is no "if possible": a connection that can be talked out of TLS has none.
const (
	TLSImplicit TLSMode = "tls"      // from the first byte
	TLSStart    TLSMode = "starttls" // asked for before anything else, refused without it
	TLSNone     TLSMode = "none"     // loopback only
)

// Roots are the authorities to trust: those given (nil: the system's) and those in file (PEM; "": none more). A nil
// pool means the system's.
func Roots(given *x509.CertPool, file string) (*x509.CertPool, error) {
	if file == "" {
		return given, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var pool *x509.CertPool
	if given != nil {
		pool = given.Clone()
	} else if pool, err = x509.SystemCertPool(); err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate (PEM)", file)
	}
	return pool, nil
}

// IsLoopback reports whether host can only be this machine. Any other name could be resolved to anywhere.
func IsLoopback(host string) bool {
	host = strings.Trim(host, "[]")
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Certificate is what a server showed when TLS was set up, and was verified against.
type Certificate struct {
	Subject, Issuer     string
	Names               []string // whom it is good for: host names and addresses
	NotBefore, NotAfter time.Time
	Version             string // "TLS 1.3"
}

// CertificateOf reads the server's own certificate; nil when there is none.
func CertificateOf(state tls.ConnectionState) *Certificate {
	if len(state.PeerCertificates) == 0 {
		return nil
	}
	leaf := state.PeerCertificates[0]
	c := &Certificate{Subject: leaf.Subject.String(), Issuer: leaf.Issuer.String(), Names: append([]string(nil), leaf.DNSNames...),
		NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter, Version: tls.VersionName(state.Version)}
	for _, ip := range leaf.IPAddresses {
		c.Names = append(c.Names, ip.String())
	}
	return c
}
