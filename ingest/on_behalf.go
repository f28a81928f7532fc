package ingest

import (
	"net/mail"
	"strings"
)

// WrittenBy is who wrote a mail on behalf of the one in From, as its Sender field says: an address in lower case, "" for a
// person who writes for themselves. ok is false where the field names nobody that could be looked up: two of them, or one that
// is no address.
func WrittenBy(m *Mail) (address string, ok bool) {
	switch fields := m.Header.All("Sender"); {
	case len(fields) == 0:
		return "", true
	case len(fields) > 1:
		return "", false
	default:
		one, err := mail.ParseAddress(strings.TrimSpace(fields[0]))
		if err != nil || !IsAddress(one.Address) {
			return "", false
		}
		if strings.EqualFold(one.Address, m.From.Addr) {
			return "", true
		}
		return strings.ToLower(one.Address), true
	}
}

// Recipients are the addresses in To and Cc, in lower case. ok is false where one of them cannot be read.
func Recipients(m *Mail) (addresses []string, ok bool) { return recipientsIn(m, "To", "Cc") }

func recipientsIn(m *Mail, fields ...string) (addresses []string, ok bool) {
	for _, name := range fields {
		for _, field := range m.Header.All(name) {
			if strings.TrimSpace(field) == "" {
				continue
			}
			list, err := mail.ParseAddressList(field)
			if err != nil {
				return nil, false
			}
			for _, a := range list {
				addresses = append(addresses, strings.ToLower(a.Address))
			}
		}
	}
	return addresses, true
}
