package imap

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"handrail/ingest"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// sizeChunk is how many messages' sizes are asked for with one command.
const sizeChunk = 2000

// maxSetBytes bounds the text of one UID set; servers answer BAD to much longer ones.
const maxSetBytes = 4000

// Collect looks at whatever is in the inbox. Nothing is marked as read.
func (s *Session) Collect(ctx context.Context, w ingest.Wish) (ingest.Collected, error) {
	validity, waiting, err := s.look(ctx)
	if err != nil {
		return ingest.Collected{}, err
	}
	found := ingest.Collected{Waiting: len(waiting)}
	if len(waiting) == 0 {
		return found, nil
	}
	picked, err := w.Known(identities(validity, waiting))
	if err != nil {
		return found, err
	}
	wanted, err := uidsUnder(validity, picked)
	if err != nil {
		return found, err
	}
	wanted = among(wanted, waiting)
	for chunk := range slices.Chunk(wanted, sizeChunk) {
		heads, err := s.heads(ctx, validity, chunk, waiting)
		if err != nil {
			return found, err
		}
		found.Missing = append(found.Missing, identities(validity, absent(chunk, heads))...)
		if heads, err = dated(w, validity, heads); err != nil {
			return found, err
		}
		for len(heads) > 0 {
			n := s.batchLength(heads)
			count, missing, err := s.batch(ctx, w, validity, heads[:n], waiting)
			found.Fetched, found.Missing = found.Fetched+count, append(found.Missing, identities(validity, missing)...)
			if err != nil {
				return found, err
			}
			heads = heads[n:]
		}
	}
	return found, nil
}

// dated keeps of messages those that are to be fetched by their date.
func dated(w ingest.Wish, validity uint32, heads []fetched) ([]fetched, error) {
	if w.Dated == nil || len(heads) == 0 {
		return heads, nil
	}
	list := make([]ingest.Fetched, len(heads))
	for i, h := range heads {
		list[i] = h.Fetched
	}
	picked, err := w.Dated(list)
	if err != nil {
		return nil, err
	}
	may, err := uidsUnder(validity, picked)
	if err != nil {
		return nil, err
	}
	return asked(heads, slices.Sorted(slices.Values(may))), nil
}

// batch fetches and delivers one batch.
func (s *Session) batch(ctx context.Context, w ingest.Wish, validity uint32, heads []fetched, waiting []uint32) (count int, missing []uint32, err error) {
	if w.Ask != nil {
		free, err := w.Ask(identities(validity, uidsOf(heads)))
		if err != nil {
			return 0, nil, err
		}
		may, err := uidsUnder(validity, free)
		if err != nil {
			return 0, nil, err
		}
		if heads = asked(slices.Clone(heads), slices.Sorted(slices.Values(may))); len(heads) == 0 {
			return 0, nil, nil
		}
	}
	batch, err := s.bodies(ctx, heads, waiting)
	if err != nil {
		return 0, nil, err
	}
	missing = absent(uidsOf(heads), batch)
	if len(batch) > 0 || w.Ask != nil {
		deliver := make([]ingest.Fetched, len(batch))
		for i, m := range batch {
			deliver[i] = m.Fetched
		}
		err = w.Deliver(deliver)
	}
	return len(batch), missing, err
}

// look opens the inbox and lists its messages, those apart that somebody marked as deleted.
func (s *Session) look(ctx context.Context) (validity uint32, uids []uint32, err error) {
	validity, count, err := s.open(ctx, true)
	if err != nil || count == 0 {
		return validity, nil, err
	}
	err = s.guard(ctx, "list the messages", numbered(int(count)), func() error {
		found, err := s.client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
		if err != nil {
			return err
		}
		for _, uid := range found.AllUIDs() {
			uids = append(uids, uint32(uid))
		}
		return nil
	})
	slices.Sort(uids)
	return validity, slices.Compact(uids), err
}

// open selects the inbox. Read-only where nothing is moved, so that not even \Recent changes.
func (s *Session) open(ctx context.Context, readOnly bool) (validity, count uint32, err error) {
	err = s.do(ctx, "open "+s.config.Folder, func() error {
		box, err := s.client.Select(s.folderName(s.config.Folder), &imap.SelectOptions{ReadOnly: readOnly}).Wait()
		if err != nil {
			return err
		}
		if box.UIDValidity == 0 {
			return errors.New("the server gives no UIDVALIDITY, so its messages cannot be told apart")
		}
		validity, count, s.count = box.UIDValidity, box.NumMessages, int(box.NumMessages)
		return nil
	})
	return validity, count, err
}

// heads asks for what is needed to plan: sizes and dates.
func (s *Session) heads(ctx context.Context, validity uint32, wanted, waiting []uint32) ([]fetched, error) {
	items := &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true}
	var heads []fetched
	for _, set := range uidSets(wanted, waiting) {
		err := s.fetch(ctx, set, items, numbered(len(wanted)), func(m *imapclient.FetchMessageData) error {
			var f fetched
			for item := m.Next(); item != nil; item = m.Next() {
				switch item := item.(type) {
				case imapclient.FetchItemDataUID:
					f.uid = uint32(item.UID)
					f.ID = identity(validity, f.uid)
				case imapclient.FetchItemDataInternalDate:
					f.Received = item.Time
				case imapclient.FetchItemDataRFC822Size:
					f.Size = item.Size
				case imapclient.FetchItemDataFlags:
					for _, flag := range item.Flags {
						f.Flags = append(f.Flags, string(flag))
					}
				}
			}
			if f.uid != 0 {
				heads = append(heads, f)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return asked(heads, wanted), nil
}

// bodies fetches a batch: whole messages, and of those above the limit only the headers.
func (s *Session) bodies(ctx context.Context, heads []fetched, waiting []uint32) ([]fetched, error) {
	limit := s.config.Limits
	var small, large []uint32
	byUID := map[uint32]fetched{}
	for _, h := range heads {
		byUID[h.uid] = h
		if h.Size > limit.MessageBytes {
			large = append(large, h.uid)
		} else {
			small = append(small, h.uid)
		}
	}
	var batch []fetched
	take := func(section *imap.FetchItemBodySection, bound int64) func(*imapclient.FetchMessageData) error {
		return func(m *imapclient.FetchMessageData) error {
			uid, raw, size, err := readBody(m, bound, int64(limit.HeaderBytes))
			head, ours := byUID[uid]
			if err != nil || !ours || raw == nil {
				return err
			}
			delete(byUID, uid)
			head.Raw, head.Oversize = raw, section.Specifier != imap.PartSpecifierNone || size > bound
			head.Size = max(size, head.Size)
			if !head.Oversize {
				head.Size = size
			}
			sum := sha256.Sum256(raw)
			head.Digest = "sha256:" + hex.EncodeToString(sum[:])
			batch = append(batch, head)
			return nil
		}
	}
	whole := &imap.FetchItemBodySection{Peek: true}
	head := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}
	for _, part := range []struct {
		uids    []uint32
		section *imap.FetchItemBodySection
		bound   int64
	}{{small, whole, limit.MessageBytes}, {large, head, int64(limit.HeaderBytes)}} {
		items := &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{part.section}}
		for _, set := range uidSets(part.uids, waiting) {
			if err := s.fetch(ctx, set, items, bodied(heads, part.bound), take(part.section, part.bound)); err != nil {
				return nil, err
			}
		}
	}
	return batch, nil
}

// bodied bounds an answer that brings bodies. A server may be wrong about their sizes, as when it counts line ends of
// one byte, and one that is larger than bound is cut.
func bodied(heads []fetched, bound int64) answerBounds {
	b := numbered(len(heads))
	b.literal = 2*bound + answerTotal
	b.total += b.literal
	for _, h := range heads {
		b.total += 2 * min(h.Size, bound)
	}
	return b
}

// readBody reads one answer. What is longer than bound, whatever size the server announced before, is cut to keep
// bytes, which is enough for the headers. raw is nil when the server gave no body.
func readBody(m *imapclient.FetchMessageData, bound, keep int64) (uid uint32, raw []byte, size int64, err error) {
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = uint32(item.UID)
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil || raw != nil {
				continue
			}
			size = item.Literal.Size()
			length := size
			if size > bound {
				length = min(size, keep)
			}
			raw = make([]byte, length)
			if _, err := io.ReadFull(item.Literal, raw); err != nil {
				return uid, nil, size, fmt.Errorf("message %d was cut: %w", uid, err)
			}
		}
	}
	return uid, raw, size, nil
}

// fetch runs one UID FETCH and hands each message to take. One command at a time: several in flight, consumed in
// order, hang against Dovecot.
func (s *Session) fetch(ctx context.Context, set imap.UIDSet, items *imap.FetchOptions, bounds answerBounds, take func(*imapclient.FetchMessageData) error) error {
	return s.guard(ctx, "fetch messages", bounds, func() error {
		command := s.client.Fetch(set, items)
		for m := command.Next(); m != nil; m = command.Next() {
			if err := take(m); err != nil {
				// A literal was cut. The library's reader is still at it: asking the command for more would read the
				// same buffer beside it (beta.8). The connection ends first.
				_ = s.client.Close()
				<-s.client.Closed()
				return err
			}
		}
		return command.Close()
	})
}

// batchLength is how many of heads make one batch.
func (s *Session) batchLength(heads []fetched) int {
	var bytes int64
	for i, h := range heads {
		if h.Size <= s.config.Limits.MessageBytes {
			bytes += h.Size
		} else {
			bytes += int64(s.config.Limits.HeaderBytes)
		}
		if i > 0 && (bytes > s.config.Limits.BatchBytes || i >= s.config.Limits.BatchCount) {
			return i
		}
	}
	return len(heads)
}

// uidSets writes wanted as ranges, split so that no command is too long. A range may run over numbers that no message
// has, which existing tells; it never covers a message that was not asked for. Without existing, only consecutive
// numbers share a range.
func uidSets(wanted, existing []uint32) []imap.UIDSet {
	var sets []imap.UIDSet
	var set imap.UIDSet
	length := 0
	for i := 0; i < len(wanted); {
		first, last := wanted[i], wanted[i]
		at, known := slices.BinarySearch(existing, first)
		for i++; i < len(wanted); i++ {
			at++
			if next := wanted[i]; next != last+1 && !(known && at < len(existing) && existing[at] == next) {
				break
			}
			last = wanted[i]
		}
		const longest = len("4294967295:4294967295,")
		if length+longest > maxSetBytes {
			sets, set, length = append(sets, set), nil, 0
		}
		set, length = append(set, imap.UIDRange{Start: imap.UID(first), Stop: imap.UID(last)}), length+longest
	}
	if len(set) > 0 {
		sets = append(sets, set)
	}
	return sets
}

// among keeps those of wanted that exist, in order, once.
func among(wanted, existing []uint32) []uint32 {
	out := slices.Clone(wanted)
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(u uint32) bool {
		_, ok := slices.BinarySearch(existing, u)
		return !ok
	})
}

// asked keeps the answers to what was asked, in order, once; servers also send what others changed.
func asked(got []fetched, wanted []uint32) []fetched {
	slices.SortFunc(got, func(a, b fetched) int { return int(int64(a.uid) - int64(b.uid)) })
	got = slices.CompactFunc(got, func(a, b fetched) bool { return a.uid == b.uid })
	return slices.DeleteFunc(got, func(f fetched) bool {
		_, ok := slices.BinarySearch(wanted, f.uid)
		return !ok
	})
}

// absent lists what was asked for and did not come.
func absent(wanted []uint32, got []fetched) []uint32 {
	came := map[uint32]bool{}
	for _, f := range got {
		came[f.uid] = true
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(u uint32) bool { return came[u] })
}

func uidsOf(list []fetched) []uint32 {
	uids := make([]uint32, len(list))
	for i, f := range list {
		uids[i] = f.uid
	}
	return uids
}
