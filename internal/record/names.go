package record

import (
	"handrail/internal/officers"
	"handrail/internal/request"
	"handrail/notify"
)

// WithNames says who decided by name instead of by address.
func (f *Case) WithNames(lines []notify.Line) []notify.Line {
	for i := range lines {
		l := &lines[i]
		if l.DecidedBy != "" {
			l.DecidedBy = f.DisplayName(l.DecidedBy)
		}
		if l.InsteadOf != "" {
			l.InsteadOf = f.DisplayName(l.InsteadOf)
		}
	}
	return lines
}

// RequesterName is the address that was proven; the form's name only where there is none.
func RequesterName(o *request.Origin) string {
	if o.Sender != "" {
		return o.Sender
	}
	return o.Name
}

// Officer is who has an address, by the inbox's roster.
func (f *Case) Officer(address string) officers.Officer {
	if f.Inbox != nil {
		if o, ok := f.Inbox.Roster().ByEmail(address); ok {
			return o
		}
	}
	return officers.Officer{Email: address}
}

// DisplayName is somebody's name in the roster, else the address.
func (f *Case) DisplayName(address string) string {
	return Displayed(f.Officer(address))
}

// Displayed is an officer's name, else the address.
func Displayed(o officers.Officer) string {
	if o.Name != "" {
		return o.Name
	}
	return o.Email
}
