package mailtest

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"
)

// account is one user's folders.
type account struct {
	user     User
	blobs    *blobs
	sessions int // guarded by the office

	mu       sync.Mutex
	folders  map[string]*folder
	validity uint32 // of the next folder made
}

func newAccount(u User, b *blobs, validity uint32) *account {
	a := &account{user: u, blobs: b, folders: map[string]*folder{}, validity: validity}
	a.folder(Inbox, true)
	a.folder("Sent", true).use = imap.MailboxAttrSent
	for _, name := range u.Folders {
		a.folder(name, true)
	}
	return a
}

// folder finds a folder, INBOX in any case; it makes a missing one when asked to, and answers nil otherwise.
func (a *account) folder(name string, create bool) *folder {
	name = canonicalFolder(name)
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.folders[name]
	if f == nil && create {
		f = &folder{name: name, validity: a.validity, next: 1, views: map[*view]struct{}{}}
		a.validity++
		a.folders[name] = f
	}
	return f
}

func canonicalFolder(name string) string {
	name = strings.TrimRight(name, "/")
	if strings.EqualFold(name, Inbox) {
		return Inbox
	}
	return name
}

func (a *account) names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	names := make([]string, 0, len(a.folders))
	for name := range a.folders {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// folder is a list of messages in the order of their UIDs.
type folder struct {
	mu         sync.Mutex
	name       string
	use        imap.MailboxAttr // special use, "" for none
	subscribed bool
	validity   uint32
	next       imap.UID
	list       []*stored
	gone       int // messages that have left, ever: views compare it
	views      map[*view]struct{}
}

// stored is a message in one folder. All but flags and gone never changes; those two are the folder's to guard.
type stored struct {
	letter
	uid   imap.UID
	flags []imap.Flag
	gone  bool
}

type listed struct {
	Message
	letter letter
}

func (f *folder) snapshot() []listed {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]listed, len(f.list))
	for i, m := range f.list {
		flags := make([]string, len(m.flags))
		for j, flag := range m.flags {
			flags[j] = string(flag)
		}
		sort.Strings(flags)
		out[i] = listed{Message{UID: uint32(m.uid), Flags: flags, Date: m.date}, m.letter}
	}
	return out
}

func (f *folder) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.list)
}

// add appends a message and answers its UID.
func (f *folder) add(l letter, flags []imap.Flag) uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	uid := f.addLocked(l, flags)
	f.tellLocked()
	return uint32(uid)
}

func (f *folder) addLocked(l letter, flags []imap.Flag) imap.UID {
	m := &stored{letter: l, uid: f.next}
	for _, flag := range flags {
		m.set(flag)
	}
	f.next++
	f.list = append(f.list, m)
	return m.uid
}

// removeLocked takes messages away that are marked gone.
func (f *folder) removeLocked() {
	before := len(f.list)
	// A new slice: views may be reading the old one.
	kept := make([]*stored, 0, before)
	for _, m := range f.list {
		if !m.gone {
			kept = append(kept, m)
		}
	}
	f.list = kept
	f.gone += before - len(kept)
	f.tellLocked()
}

// tellLocked wakes the views that idle.
func (f *folder) tellLocked() {
	for v := range f.views {
		select {
		case v.news <- struct{}{}:
		default: // it has not looked at the last news yet
		}
	}
}

// forget gives the folder a new UIDVALIDITY and its messages new UIDs, and answers the views that must end.
func (f *folder) forget(validity uint32) []*view {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.validity = validity
	f.next = 1
	old := f.list
	f.list = nil
	for _, m := range old {
		m.gone = true
		f.addLocked(m.letter, m.flags)
	}
	f.gone += len(old)
	views := make([]*view, 0, len(f.views))
	for v := range f.views {
		views = append(views, v)
	}
	return views
}

// expungeMiddle takes the middle message away, and answers it.
func (f *folder) expungeMiddle() (letter, []imap.Flag, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.list) == 0 {
		return letter{}, nil, false
	}
	m := f.list[len(f.list)/2]
	m.gone = true
	f.removeLocked()
	return m.letter, m.flags, true
}

func (m *stored) has(flag imap.Flag) bool {
	return slices.ContainsFunc(m.flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), string(flag)) })
}

func (m *stored) set(flag imap.Flag) {
	if !m.has(flag) {
		m.flags = append(m.flags[:len(m.flags):len(m.flags)], flag)
	}
}

func (m *stored) clear(flag imap.Flag) {
	var kept []imap.Flag
	for _, f := range m.flags {
		if !strings.EqualFold(string(f), string(flag)) {
			kept = append(kept, f)
		}
	}
	m.flags = kept
}

// view is what one session knows of its selected folder: the messages by sequence number, as last told.
type view struct {
	folder *folder
	known  []*stored
	gone   int               // folder.gone when known was last brought up to date
	dirty  map[*stored]bool  // flags that others changed; guarded by folder.mu
	news   chan struct{}     // capacity 1
	saved  imap.UIDSet       // SEARCHRES
	end    func(text string) // ends the session with BYE
	closed chan struct{}     // nobody looks through it any more
}

func (f *folder) open(end func(string)) *view {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := &view{folder: f, known: slices.Clone(f.list), gone: f.gone, news: make(chan struct{}, 1), end: end, closed: make(chan struct{})}
	f.views[v] = struct{}{}
	return v
}

func (v *view) close() {
	v.folder.mu.Lock()
	defer v.folder.mu.Unlock()
	delete(v.folder.views, v)
	close(v.closed)
}

// pick finds the messages of a set in this view, in order, each once; visit gets the sequence number. It costs what
// the set holds, not what the folder holds.
func (v *view) pick(set imap.NumSet, visit func(seq uint32, m *stored) error) error {
	if imap.IsSearchRes(set) {
		set = v.saved
	}
	n := uint32(len(v.known))
	if n == 0 {
		return nil
	}
	type span struct{ from, to int } // indexes into known, to excluded
	var spans []span
	switch set := set.(type) {
	case imap.SeqSet:
		for _, r := range set {
			from, to := ordered(r.Start, r.Stop, n)
			if from <= n {
				spans = append(spans, span{int(from) - 1, int(min(to, n))})
			}
		}
	case imap.UIDSet:
		for _, r := range set {
			from, to := ordered(uint32(r.Start), uint32(r.Stop), uint32(v.known[n-1].uid))
			i := sort.Search(len(v.known), func(i int) bool { return uint32(v.known[i].uid) >= from })
			j := i + sort.Search(len(v.known)-i, func(j int) bool { return uint32(v.known[i+j].uid) > to })
			spans = append(spans, span{i, j})
		}
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].from < spans[j].from })
	done := 0
	for _, s := range spans {
		for i := max(s.from, done); i < s.to; i++ {
			if err := visit(uint32(i)+1, v.known[i]); err != nil {
				return err
			}
		}
		done = max(done, s.to)
	}
	return nil
}

// ordered resolves "*" (0) to last and puts the smaller number first.
func ordered(from, to, last uint32) (uint32, uint32) {
	if from == 0 {
		from = last
	}
	if to == 0 {
		to = last
	}
	if from > to {
		from, to = to, from
	}
	return from, to
}

// changed remembers for the other views that a message's flags changed. The folder's lock is held.
func (f *folder) changed(m *stored, by *view) {
	for v := range f.views {
		if v == by {
			continue
		}
		if v.dirty == nil {
			v.dirty = map[*stored]bool{}
		}
		v.dirty[m] = true
	}
	f.tellLocked()
}

// updates is what a session must be told.
type updates struct {
	expunged []uint32 // sequence numbers, from the highest down
	exists   uint32   // 0: nothing new
	flags    []flagUpdate
}

type flagUpdate struct {
	seq   uint32
	uid   imap.UID
	flags []imap.Flag
}

// catchUp brings the view up to date and answers what changed; expunges wait when they are not allowed.
func (v *view) catchUp(allowExpunge bool) updates {
	f := v.folder
	f.mu.Lock()
	defer f.mu.Unlock()
	var u updates
	if allowExpunge && f.gone != v.gone {
		u.expunged = v.dropLocked(nil)
		v.gone = f.gone
	}
	var last imap.UID
	if n := len(v.known); n > 0 {
		last = v.known[n-1].uid
	}
	i := sort.Search(len(f.list), func(i int) bool { return f.list[i].uid > last })
	if i < len(f.list) {
		v.known = append(v.known, f.list[i:]...)
		u.exists = uint32(len(v.known))
	}
	for m := range v.dirty {
		if j := sort.Search(len(v.known), func(j int) bool { return v.known[j].uid >= m.uid }); j < len(v.known) && v.known[j] == m {
			u.flags = append(u.flags, flagUpdate{uint32(j) + 1, m.uid, m.flags})
		}
	}
	v.dirty = nil
	slices.SortFunc(u.flags, func(a, b flagUpdate) int { return int(a.seq) - int(b.seq) })
	return u
}

// dropLocked forgets messages that are gone, those of only when it is not nil, and answers their sequence numbers
// from the highest down, which is how they can be told one after the other.
func (v *view) dropLocked(only map[*stored]bool) []uint32 {
	var seqs []uint32
	kept := make([]*stored, 0, len(v.known))
	for i, m := range v.known {
		if m.gone && (only == nil || only[m]) {
			seqs = append(seqs, uint32(i)+1)
		} else {
			kept = append(kept, m)
		}
	}
	v.known = kept
	slices.Reverse(seqs)
	return seqs
}
