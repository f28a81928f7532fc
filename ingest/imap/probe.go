package imap

import (
	"context"
	"slices"
	"strings"

	"handrail/ingest"

	"github.com/emersion/go-imap/v2"
)

// What doctor tries beside what the job itself does.

// FolderNames lists what the account sees, for the day a configured folder is not there.
func (s *Session) FolderNames(ctx context.Context) (names []string, err error) {
	err = s.do(ctx, "list the folders", func() error {
		found, err := s.client.List("", "*", nil).Collect()
		for _, f := range found {
			if !slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(f.Attrs, imap.MailboxAttrNonExistent) {
				names = append(names, ingest.CleanLine(strings.TrimPrefix(f.Mailbox, s.prefix)))
			}
		}
		return err
	})
	slices.Sort(names)
	return names, err
}

// MakeFolders creates the configured folders that are missing, as filing would.
func (s *Session) MakeFolders(ctx context.Context) error {
	for _, folder := range s.config.Folders.All() {
		if err := s.ensure(ctx, folder); err != nil {
			return err
		}
	}
	return nil
}

// Find looks for one message by a word of its subject that no other has: in the inbox, then in the folders where a running job
// may have filed it. folder is "" when it is in none of them. (Relays rewrite Message-IDs.)
func (s *Session) Find(ctx context.Context, word string) (m ingest.Fetched, folder string, err error) {
	for _, folder := range slices.Compact([]string{s.config.Folder, s.config.Folders.Processed, s.config.Folders.Quarantined}) {
		var validity uint32
		var uids []uint32
		err := s.do(ctx, "look into "+folder, func() error {
			known, err := s.client.List("", s.folderName(folder), nil).Collect()
			if err != nil || len(known) == 0 && folder != s.config.Folder {
				return err
			}
			box, err := s.client.Select(s.folderName(folder), &imap.SelectOptions{ReadOnly: true}).Wait()
			if err != nil {
				return err
			}
			validity = box.UIDValidity
			found, err := s.client.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: word}}}, nil).Wait()
			if err == nil {
				for _, uid := range found.AllUIDs() {
					uids = append(uids, uint32(uid))
				}
			}
			return err
		})
		if err != nil || len(uids) == 0 {
			if err != nil {
				return ingest.Fetched{}, "", err
			}
			continue
		}
		uids = uids[:1]
		heads, err := s.heads(ctx, validity, uids, nil)
		if err != nil {
			return ingest.Fetched{}, "", err
		}
		whole, err := s.bodies(ctx, heads, nil)
		if err != nil {
			return ingest.Fetched{}, "", err
		}
		if len(whole) > 0 {
			return whole[0].Fetched, folder, nil
		}
	}
	return ingest.Fetched{}, "", nil
}

// Newest hands the newest n messages of the inbox to visit, oldest first, and touches none: the folder is opened for
// reading only, and nothing is marked as read.
func (s *Session) Newest(ctx context.Context, n int, visit func(ingest.Fetched) error) error {
	_, err := s.Collect(ctx, ingest.Wish{Known: func(ids []string) ([]string, error) {
		return ids[max(0, len(ids)-n):], nil
	}, Deliver: func(batch []ingest.Fetched) error {
		for _, f := range batch {
			if err := visit(f); err != nil {
				return err
			}
		}
		return nil
	}})
	return err
}
