package imap

import (
	"context"
	"slices"

	"github.com/emersion/go-imap/v2"

	"handrail/internal/mailserver"
)

// ServerReport is what doctor shows of an inbox.
type ServerReport struct {
	Server       string
	Capabilities []string
	Move         bool                    // messages are moved in one step
	UIDPlus      bool                    // without Move: only our own messages are expunged
	Idle         bool                    // new mail is announced
	Certificate  *mailserver.Certificate // nil without TLS
	UIDValidity  uint32
	Messages     uint32
	// Missing are the configured folders that do not exist yet; they are created when needed.
	Missing []string
	// Keyword reports whether the inbox takes the configured keyword.
	Keyword bool
}

// Report looks at everything the job will need, and changes nothing.
func (s *Session) Report(ctx context.Context) (ServerReport, error) {
	r := ServerReport{Server: s.addr, Move: s.caps.Has(imap.CapMove), UIDPlus: s.caps.Has(imap.CapUIDPlus), Idle: s.caps.Has(imap.CapIdle), Certificate: s.certificate}
	for c := range s.caps {
		r.Capabilities = append(r.Capabilities, string(c))
	}
	slices.Sort(r.Capabilities)
	err := s.do(ctx, "open "+s.config.Folder, func() error {
		box, err := s.client.Select(s.folderName(s.config.Folder), &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil {
			return err
		}
		r.UIDValidity, r.Messages = box.UIDValidity, box.NumMessages
		r.Keyword = slices.Contains(box.PermanentFlags, imap.FlagWildcard) || slices.Contains(box.PermanentFlags, imap.Flag(s.config.Keyword))
		return nil
	})
	if err != nil {
		return r, err
	}
	for _, folder := range s.config.Folders.All() {
		err := s.do(ctx, "look for folder "+folder, func() error {
			found, err := s.client.List("", s.folderName(folder), nil).Collect()
			if err == nil && len(found) == 0 {
				r.Missing = append(r.Missing, folder)
			}
			return err
		})
		if err != nil {
			return r, err
		}
	}
	return r, nil
}
