package imap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/mailserver"

	"github.com/emersion/go-imap/v2"
)

// Move moves messages out of the inbox, one MOVE for each folder, creating folders when they are missing. The inbox
// must still be numbered as when the messages were collected, or nothing is touched and the error is ErrRenumbered.
// Afterwards it looks: what is reported gone is gone. A connection that ends in the middle is opened again once, since
// a move may have happened though the answer never came.
func (s *Session) Move(ctx context.Context, moves []ingest.Move) (ingest.Moved, error) {
	validity, folders, err := byFolder(moves)
	if err != nil || len(moves) == 0 {
		left := make([]string, len(moves))
		for i, m := range moves {
			left[i] = m.ID
		}
		return ingest.Moved{Left: left}, err
	}
	all := slices.Concat(slices.Collect(maps.Values(folders))...)
	slices.Sort(all)
	all = slices.Compact(all)
	err = s.moveAll(ctx, validity, folders)
	var trouble *mailserver.Error
	if errors.As(err, &trouble) && trouble.Class == mailserver.NetworkError && ctx.Err() == nil {
		_ = s.client.Close()
		if err = s.connect(ctx); err == nil {
			err = s.moveAll(ctx, validity, folders)
		}
	}
	if errors.Is(err, ingest.ErrRenumbered) || ctx.Err() != nil || errors.As(err, &trouble) && trouble.Class != mailserver.ProtocolError {
		return ingest.Moved{Left: identities(validity, all)}, err
	}
	left, lookErr := s.remaining(ctx, all)
	if lookErr != nil {
		return ingest.Moved{Left: identities(validity, all)}, errors.Join(err, lookErr)
	}
	gone := slices.DeleteFunc(slices.Clone(all), func(u uint32) bool { return slices.Contains(left, u) })
	if err == nil && len(left) > 0 {
		err = s.trouble(mailserver.ProtocolError, "move messages", fmt.Errorf("the server said yes, but %d of %d are still in %s", len(left), len(all), s.config.Folder))
	}
	return ingest.Moved{Gone: identities(validity, gone), Left: identities(validity, left)}, err
}

// byFolder is what goes where, under the numbering that all moves share: a folder is not numbered in two ways at once.
func byFolder(moves []ingest.Move) (validity uint32, folders map[string][]uint32, err error) {
	folders = map[string][]uint32{}
	for i, m := range moves {
		under, uid, err := numbers(m.ID)
		if err != nil {
			return 0, nil, err
		}
		if i > 0 && under != validity {
			return 0, nil, ingest.ErrRenumbered
		}
		validity = under
		folders[m.Folder] = append(folders[m.Folder], uid)
	}
	return validity, folders, nil
}

// moveAll moves what is still there, folder by folder. A folder that refuses does not keep the others waiting.
func (s *Session) moveAll(ctx context.Context, validity uint32, folders map[string][]uint32) error {
	now, _, err := s.open(ctx, false)
	if err != nil {
		return err
	}
	if now != validity {
		return ingest.ErrRenumbered
	}
	var failed error
	for folder, uids := range folders {
		slices.Sort(uids)
		there, err := s.remaining(ctx, slices.Compact(uids))
		if err != nil {
			return err
		}
		for _, set := range uidSets(there, nil) {
			if err := s.moveSet(ctx, set, folder); err != nil {
				var trouble *mailserver.Error
				if !errors.As(err, &trouble) || trouble.Class != mailserver.ProtocolError || s.conn.failure() != nil {
					return err
				}
				failed = errors.Join(failed, err)
			}
		}
	}
	return failed
}

// remaining lists those of uids that are still in the selected inbox.
func (s *Session) remaining(ctx context.Context, uids []uint32) ([]uint32, error) {
	var there []uint32
	for _, set := range uidSets(uids, nil) {
		err := s.guard(ctx, "look at "+s.config.Folder, numbered(len(uids)), func() error {
			found, err := s.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{set}}, nil).Wait()
			if err != nil {
				return err
			}
			for _, uid := range found.AllUIDs() {
				there = append(there, uint32(uid))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return among(there, uids), nil
}

// moveSet moves one set. Without MOVE it copies what is not marked yet, waits, marks, waits and expunges just these: the library's own
// fallback sends all three at once, and loses the mail when the copy is refused.
func (s *Session) moveSet(ctx context.Context, set imap.UIDSet, folder string) error {
	if err := s.ensure(ctx, folder); err != nil {
		return err
	}
	if s.config.Keyword != "" {
		_ = s.do(ctx, "mark messages", func() error { // a wish: a folder may take no keywords
			return s.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.Flag(s.config.Keyword)}}, nil).Close()
		})
	}
	name, doing := s.folderName(folder), "move messages to "+folder
	bounds := numbered(s.count) // what others marked is listed and removed with it
	if s.caps.Has(imap.CapMove) {
		return s.guard(ctx, doing, bounds, func() error {
			_, err := s.client.Move(set, name).Wait()
			return err
		})
	}
	// What has the mark was copied before, by a try that came no further, or thrown away by a person.
	var fresh imap.UIDSet
	steps := []func() error{
		func() error {
			found, err := s.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{set}, NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
			if err == nil {
				fresh.AddNum(found.AllUIDs()...)
			}
			return err
		},
		func() error {
			if len(fresh) == 0 {
				return nil
			}
			_, err := s.client.Copy(fresh, name).Wait()
			return err
		},
		func() error {
			if len(fresh) == 0 {
				return nil
			}
			return s.client.Store(fresh, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
		},
		func() error {
			if s.caps.Has(imap.CapUIDPlus) {
				return s.client.UIDExpunge(set).Close()
			}
			return s.expungeOurs(set)
		},
	}
	for _, step := range steps {
		if err := s.guard(ctx, doing, bounds, step); err != nil {
			return err
		}
	}
	return nil
}

// expungeOurs removes what we marked on a server that knows only EXPUNGE, which removes everything that is marked. It
// is sent when nobody else's message would go as well; else ours stay marked, and the next look passes over them.
func (s *Session) expungeOurs(set imap.UIDSet) error {
	marked, err := s.client.UIDSearch(&imap.SearchCriteria{Flag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return err
	}
	for _, uid := range marked.AllUIDs() {
		if !set.Contains(uid) {
			return nil
		}
	}
	return s.client.Expunge().Close()
}

// ensure creates a folder when it is missing, and subscribes to it so that mail programs show it.
func (s *Session) ensure(ctx context.Context, folder string) error {
	if s.ready[folder] {
		return nil
	}
	name := s.folderName(folder)
	err := s.do(ctx, "look for folder "+folder, func() error {
		found, err := s.client.List("", name, nil).Collect()
		if err != nil || len(found) > 0 && !slices.Contains(found[0].Attrs, imap.MailboxAttrNonExistent) {
			s.ready[folder] = err == nil
			return err
		}
		return nil
	})
	if err != nil || s.ready[folder] {
		return err
	}
	err = s.do(ctx, "create folder "+folder, func() error {
		err := s.client.Create(name, nil).Wait()
		var status *imap.Error
		if errors.As(err, &status) && status.Code == imap.ResponseCodeAlreadyExists {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	_ = s.do(ctx, "subscribe to "+folder, func() error { return s.client.Subscribe(name).Wait() })
	s.ready[folder] = true
	return s.conn.failure()
}

// folderName is a configured name as this server writes it: with its separator, below its personal prefix.
func (s *Session) folderName(folder string) string {
	if strings.EqualFold(folder, "INBOX") {
		return "INBOX"
	}
	if s.delim != "" && s.delim != "/" {
		folder = strings.ReplaceAll(folder, "/", s.delim)
	}
	if s.prefix != "" && !strings.HasPrefix(folder, s.prefix) {
		folder = s.prefix + folder
	}
	return folder
}

// SaveCopy puts a copy of a message that was sent into a folder, as already read, unless a message with its Message-ID is
// there already.
func (s *Session) SaveCopy(ctx context.Context, folder, messageID string, raw []byte, sent time.Time) error {
	if err := s.ensure(ctx, folder); err != nil {
		return err
	}
	there := false
	err := s.do(ctx, "look into "+folder, func() error {
		if _, err := s.client.Select(s.folderName(folder), &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
			return err
		}
		found, err := s.client.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: messageID}}}, nil).Wait()
		if err == nil {
			there = len(found.AllUIDs()) > 0
		}
		return err
	})
	if err != nil || there {
		return err
	}
	return s.do(ctx, "keep a copy in "+folder, func() error {
		command := s.client.Append(s.folderName(folder), int64(len(raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: sent})
		_, err := bytes.NewReader(raw).WriteTo(command)
		if closeErr := command.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
		_, err = command.Wait()
		return err
	})
}
