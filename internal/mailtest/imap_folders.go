package mailtest

import (
	"sort"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

const delimiter = '/'

// Create makes a folder.
func (s *session) Create(name string, options *imap.CreateOptions) error {
	if s.account.folder(name, false) != nil {
		return no(imap.ResponseCodeAlreadyExists, "Folder exists already")
	}
	f := s.account.folder(name, true)
	if options != nil && len(options.SpecialUse) > 0 {
		f.mu.Lock()
		f.use = options.SpecialUse[0]
		f.mu.Unlock()
	}
	return nil
}

// Delete removes a folder with all that is in it.
func (s *session) Delete(name string) error {
	name = canonicalFolder(name)
	if name == Inbox {
		return no("", "INBOX stays")
	}
	a := s.account
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.folders[name] == nil {
		return noFolder()
	}
	delete(a.folders, name)
	return nil
}

// Rename gives a folder another name.
func (s *session) Rename(name, newName string, _ *imap.RenameOptions) error {
	name, newName = canonicalFolder(name), canonicalFolder(newName)
	if name == Inbox {
		return no("", "INBOX keeps its name")
	}
	a := s.account
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.folders[name]
	if f == nil {
		return noFolder()
	}
	if a.folders[newName] != nil {
		return no(imap.ResponseCodeAlreadyExists, "Folder exists already")
	}
	delete(a.folders, name)
	a.folders[newName] = f
	f.mu.Lock()
	f.name = newName
	f.mu.Unlock()
	return nil
}

// Subscribe marks a folder.
func (s *session) Subscribe(name string) error { return s.subscribe(name, true) }

// Unsubscribe takes the mark away.
func (s *session) Unsubscribe(name string) error { return s.subscribe(name, false) }

func (s *session) subscribe(name string, yes bool) error {
	f := s.account.folder(name, false)
	if f == nil {
		return noFolder()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subscribed = yes
	return nil
}

// Namespace says that there is one.
func (s *session) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: delimiter}}}, nil
}

// List lists folders.
func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if len(patterns) == 0 {
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
	}
	for _, name := range s.account.names() {
		matches := false
		for _, p := range patterns {
			matches = matches || imapserver.MatchList(name, delimiter, ref, p)
		}
		f := s.account.folder(name, false)
		if !matches || f == nil {
			continue
		}
		if data := f.listData(options); data != nil {
			if err := w.WriteList(data); err != nil {
				return err
			}
		}
	}
	return nil
}

// listData is nil when options leave the folder out.
func (f *folder) listData(options *imap.ListOptions) *imap.ListData {
	f.mu.Lock()
	defer f.mu.Unlock()
	if options.SelectSubscribed && !f.subscribed || options.SelectSpecialUse && f.use == "" {
		return nil
	}
	data := &imap.ListData{Mailbox: f.name, Delim: delimiter}
	if f.subscribed {
		data.Attrs = append(data.Attrs, imap.MailboxAttrSubscribed)
	}
	if f.use != "" { // as Dovecot does: in every LIST
		data.Attrs = append(data.Attrs, f.use)
	}
	if options.ReturnStatus != nil {
		data.Status = f.statusLocked(options.ReturnStatus)
	}
	return data
}

// Status counts a folder.
func (s *session) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	f := s.account.folder(name, false)
	if f == nil {
		return nil, noFolder()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.statusLocked(options), nil
}

func (f *folder) statusLocked(options *imap.StatusOptions) *imap.StatusData {
	var all, unseen, deleted, recent uint32
	var size int64
	all = uint32(len(f.list))
	for _, m := range f.list {
		size += int64(m.size())
		if !m.has(imap.FlagSeen) {
			unseen++
		}
		if m.has(imap.FlagDeleted) {
			deleted++
		}
	}
	data := &imap.StatusData{Mailbox: f.name}
	if options.NumMessages {
		data.NumMessages = &all
	}
	if options.UIDNext {
		data.UIDNext = f.next
	}
	if options.UIDValidity {
		data.UIDValidity = f.validity
	}
	if options.NumUnseen {
		data.NumUnseen = &unseen
	}
	if options.NumDeleted {
		data.NumDeleted = &deleted
	}
	if options.Size {
		data.Size = &size
	}
	if options.NumRecent {
		data.NumRecent = &recent
	}
	return data
}

// Search answers the messages that fit.
func (s *session) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, options *imap.SearchOptions) (*imap.SearchData, error) {
	match := s.matcher(criteria)
	v := s.view
	v.folder.mu.Lock()
	var uids imap.UIDSet
	var seqs imap.SeqSet
	data := &imap.SearchData{}
	for i, m := range v.known {
		seq := uint32(i) + 1
		if m.gone || !match(seq, m) {
			continue
		}
		uids.AddNum(m.uid)
		seqs.AddNum(seq)
		n := uint32(m.uid)
		if kind == imapserver.NumKindSeq {
			n = seq
		}
		if data.Min == 0 {
			data.Min = n
		}
		data.Max = n
		data.Count++
	}
	v.folder.mu.Unlock()
	if options.ReturnSave {
		v.saved = uids
	}
	if kind == imapserver.NumKindSeq {
		data.All = seqs
	} else {
		data.All = uids
	}
	return data, nil
}

// members is the set of messages that pick finds, for searching.
func (v *view) members(set imap.NumSet) map[*stored]bool {
	in := map[*stored]bool{}
	_ = v.pick(set, func(_ uint32, m *stored) error { in[m] = true; return nil }) // the visit errs never
	return in
}

// sortedFlags keeps answers the same from run to run.
func sortedFlags(flags []imap.Flag) []imap.Flag {
	out := append([]imap.Flag(nil), flags...)
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}
