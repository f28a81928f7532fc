package mailtest

import (
	"crypto/subtle"
	"io"
	"log"
	"slices"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-sasl"
)

func (office *Office) newIMAP(logger *log.Logger) *imapserver.Server {
	caps := imap.CapSet{imap.CapIMAP4rev1: {}}
	for _, c := range []imap.Cap{
		imap.CapNamespace, imap.CapUIDPlus, imap.CapESearch, imap.CapSearchRes, imap.CapListExtended, imap.CapListStatus,
		imap.CapMove, imap.CapStatusSize, imap.CapSpecialUse, imap.CapCreateSpecialUse, imap.CapLiteralPlus,
	} {
		if !office.o.without(string(c)) {
			caps[c] = struct{}{}
		}
	}
	return imapserver.New(&imapserver.Options{
		NewSession: func(c *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			w := c.NetConn().(*wire) // the listener hands out nothing else
			w.session = &session{office: office, conn: c}
			return w.session, nil, nil
		},
		Caps:         caps,
		Logger:       logger,
		InsecureAuth: true, // loopback, and TLS lies below the wire
	})
}

// session is one IMAP connection.
type session struct {
	office  *Office
	conn    *imapserver.Conn
	account *account // nil until login
	view    *view    // nil when nothing is selected; changed under idling
	// idling: IDLE runs beside the command loop, which may end, and with it the session, when the client is gone.
	idling sync.Mutex
	// midCommand: the wire's next line belongs to a command whose literal it has read.
	midCommand bool
}

var (
	_ imapserver.SessionIMAP4rev2 = (*session)(nil)
	_ imapserver.SessionSASL      = (*session)(nil)
)

func no(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

func bad(text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeBad, Text: text}
}

func noFolder() error { return no(imap.ResponseCodeNonExistent, "No such folder") }

// Close ends the session.
func (s *session) Close() error {
	if s.account != nil {
		s.office.mu.Lock()
		s.account.sessions--
		s.office.mu.Unlock()
	}
	return s.Unselect()
}

// enter makes it the session of an account, which may have too many already.
func (s *session) enter(a *account) error {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if most := s.office.o.MaxConnections; most > 0 && a.sessions >= most {
		return no(imap.ResponseCodeLimit, "Maximum number of connections from user exceeded")
	}
	a.sessions++
	s.account = a
	return nil
}

// Login checks a password.
func (s *session) Login(username, password string) error {
	a, err := s.office.account(username)
	if err != nil || a.user.Password == "" || subtle.ConstantTimeCompare([]byte(a.user.Password), []byte(password)) != 1 {
		return imapserver.ErrAuthFailed
	}
	return s.enter(a)
}

func (s *session) loginToken(username, token string) error {
	a, err := s.office.account(username)
	if err != nil || a.user.Token == "" || subtle.ConstantTimeCompare([]byte(a.user.Token), []byte(token)) != 1 {
		return imapserver.ErrAuthFailed
	}
	return s.enter(a)
}

// AuthenticateMechanisms lists what the users of this office can do.
func (s *session) AuthenticateMechanisms() []string { return s.office.mechanisms() }

// Authenticate answers the server's side of a mechanism.
func (s *session) Authenticate(mech string) (sasl.Server, error) {
	server := saslServer(mech, s.Login, s.loginToken)
	if server == nil {
		return nil, no("", "SASL mechanism not supported")
	}
	return server, nil
}

// Select opens a folder.
func (s *session) Select(name string, options *imap.SelectOptions) (*imap.SelectData, error) {
	f := s.account.folder(name, false)
	if f == nil {
		return nil, noFolder()
	}
	if err := s.Unselect(); err != nil {
		return nil, err
	}
	s.look(f.open(func(text string) { _ = s.conn.Bye(text) }))
	f.mu.Lock()
	defer f.mu.Unlock()
	data := &imap.SelectData{
		NumMessages: uint32(len(s.view.known)),
		UIDNext:     f.next,
		UIDValidity: f.validity,
	}
	system := []imap.Flag{imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagSeen, imap.FlagDraft}
	data.Flags = slices.Clone(system)
	for i, m := range s.view.known {
		for _, flag := range m.flags {
			if !slices.Contains(data.Flags, flag) {
				data.Flags = append(data.Flags, flag)
			}
		}
		if data.FirstUnseenSeqNum == 0 && !m.has(imap.FlagSeen) {
			data.FirstUnseenSeqNum = uint32(i) + 1
		}
	}
	data.PermanentFlags = append(slices.Clone(data.Flags), imap.FlagWildcard)
	return data, nil
}

// Unselect leaves the folder.
func (s *session) Unselect() error {
	if s.view != nil {
		s.view.close()
		s.look(nil)
	}
	return nil
}

func (s *session) look(v *view) {
	s.idling.Lock()
	defer s.idling.Unlock()
	s.view = v
}

// Append puts a message into a folder, as it is.
func (s *session) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	f := s.account.folder(name, false)
	if f == nil {
		return nil, no(imap.ResponseCodeTryCreate, "No such folder")
	}
	raw := make([]byte, r.Size())
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, err
	}
	body, err := s.office.blobs.put(raw)
	if err != nil {
		return nil, err
	}
	date := options.Time
	if date.IsZero() {
		date = s.office.o.now()
	}
	uid := f.add(letter{body: body, date: date}, options.Flags)
	if s.office.o.without("UIDPLUS") {
		return nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return &imap.AppendData{UID: imap.UID(uid), UIDValidity: f.validity}, nil
}

// Poll tells what happened in the selected folder.
func (s *session) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	if s.view == nil {
		return nil
	}
	return s.view.tell(w, allowExpunge)
}

func (v *view) tell(w *imapserver.UpdateWriter, allowExpunge bool) error {
	u := v.catchUp(allowExpunge)
	for _, seq := range u.expunged {
		if err := w.WriteExpunge(seq); err != nil {
			return err
		}
	}
	if u.exists != 0 {
		if err := w.WriteNumMessages(u.exists); err != nil {
			return err
		}
	}
	for _, f := range u.flags {
		if err := w.WriteMessageFlags(f.seq, f.uid, f.flags); err != nil {
			return err
		}
	}
	return nil
}

// Idle tells it as it happens.
func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	s.idling.Lock()
	v := s.view
	s.idling.Unlock()
	if v == nil {
		<-stop
		return nil
	}
	for {
		if err := v.tell(w, true); err != nil {
			return err
		}
		select {
		case <-v.news:
		case <-v.closed:
			return nil
		case <-stop:
			return nil
		}
	}
}

// Store changes flags.
func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, change *imap.StoreFlags, options *imap.StoreOptions) error {
	type told struct {
		seq   uint32
		uid   imap.UID
		flags []imap.Flag
	}
	var tell []told
	f := s.view.folder
	f.mu.Lock()
	err := s.view.pick(set, func(seq uint32, m *stored) error {
		if m.gone {
			return nil
		}
		if change.Op == imap.StoreFlagsSet {
			m.flags = nil
		}
		for _, flag := range change.Flags {
			if change.Op == imap.StoreFlagsDel {
				m.clear(flag)
			} else {
				m.set(flag)
			}
		}
		f.changed(m, s.view)
		tell = append(tell, told{seq, m.uid, m.flags})
		return nil
	})
	f.mu.Unlock()
	if err != nil || change.Silent {
		return err
	}
	for _, t := range tell {
		m := w.CreateMessage(t.seq)
		m.WriteUID(t.uid)
		m.WriteFlags(t.flags)
		if err := m.Close(); err != nil {
			return err
		}
	}
	return nil
}

// Expunge takes deleted messages away, those of uids only when it is not nil (UIDPLUS).
func (s *session) Expunge(w *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	if uids != nil && s.office.o.without("UIDPLUS") {
		return bad("Unknown command")
	}
	var set imap.NumSet = imap.UIDSet{{Start: 1, Stop: 0}}
	if uids != nil {
		set = *uids
	}
	v := s.view
	v.folder.mu.Lock()
	leaving := map[*stored]bool{}
	_ = v.pick(set, func(_ uint32, m *stored) error { // the visit errs never
		if !m.gone && m.has(imap.FlagDeleted) {
			m.gone = true
			leaving[m] = true
		}
		return nil
	})
	seqs := s.leaveLocked(leaving)
	v.folder.mu.Unlock()
	for _, seq := range seqs {
		if err := w.WriteExpunge(seq); err != nil {
			return err
		}
	}
	return nil
}

// leaveLocked removes messages marked gone from the folder and from this view, and answers their sequence numbers.
func (s *session) leaveLocked(leaving map[*stored]bool) []uint32 {
	if len(leaving) == 0 {
		return nil
	}
	f := s.view.folder
	before := f.gone
	f.removeLocked()
	seqs := s.view.dropLocked(leaving)
	if s.view.gone == before {
		s.view.gone = f.gone // nobody else took anything away meanwhile
	}
	return seqs
}

// Copy puts copies into another folder.
func (s *session) Copy(set imap.NumSet, dest string) (*imap.CopyData, error) {
	data, _, err := s.copy(set, dest, false)
	if s.office.o.without("UIDPLUS") {
		data = nil
	}
	return data, err
}

// Move moves; nobody sees a message in both folders, or in none.
func (s *session) Move(w *imapserver.MoveWriter, set imap.NumSet, dest string) error {
	if s.office.o.without("MOVE") {
		return bad("Unknown command")
	}
	data, seqs, err := s.copy(set, dest, true)
	if err != nil {
		return err
	}
	if data != nil && !s.office.o.without("UIDPLUS") {
		if err := w.WriteCopyData(data); err != nil {
			return err
		}
	}
	for _, seq := range seqs {
		if err := w.WriteExpunge(seq); err != nil {
			return err
		}
	}
	return nil
}

// copy answers nil data when nothing was there to copy, which is OK by RFC 3501.
func (s *session) copy(set imap.NumSet, dest string, move bool) (*imap.CopyData, []uint32, error) {
	to := s.account.folder(dest, false)
	from := s.view.folder
	switch {
	case to == nil:
		return nil, nil, no(imap.ResponseCodeTryCreate, "No such folder")
	case to == from:
		return nil, nil, no("", "Source and destination are the same folder")
	}
	unlock := lockBoth(from, to)
	defer unlock()
	data := &imap.CopyData{UIDValidity: to.validity}
	leaving := map[*stored]bool{}
	_ = s.view.pick(set, func(_ uint32, m *stored) error { // the visit errs never
		if m.gone {
			return nil
		}
		data.SourceUIDs.AddNum(m.uid)
		data.DestUIDs.AddNum(to.addLocked(m.letter, m.flags))
		if move {
			m.gone = true
			leaving[m] = true
		}
		return nil
	})
	if len(data.SourceUIDs) == 0 {
		return nil, nil, nil
	}
	to.tellLocked()
	return data, s.leaveLocked(leaving), nil
}

// lockBoth locks two folders in the order of their UIDVALIDITY and names, so that two moves cannot wait for each other.
func lockBoth(a, b *folder) func() {
	if a.name > b.name {
		a, b = b, a
	}
	a.mu.Lock()
	b.mu.Lock()
	return func() { b.mu.Unlock(); a.mu.Unlock() }
}

// expungeMiddle is what another client does to this session's folder.
func (s *session) expungeMiddle(into string) {
	if s.view == nil {
		return
	}
	l, flags, ok := s.view.folder.expungeMiddle()
	if ok && into != "" {
		s.account.folder(into, true).add(l, flags)
	}
}
