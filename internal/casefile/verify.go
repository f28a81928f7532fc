package casefile

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"handrail/internal/ledger"
)

// Verification is what Verify found. Without Faults, the decisions of the request lead to Heads; whether those are the
// department's is for the reader's own copy of a weekly workbook to say.
type Verification struct {
	Reference string      `json:"reference"`
	Files     int         `json:"files"`
	Links     int         `json:"links"`
	Disposed  int         `json:"disposed"` // private parts that were disposed of
	Severed   int         `json:"severed"`  // … that were severed for an access request
	Heads     []headsLine `json:"printed_heads"`
	Last      string      `json:"last"` // the newest link
	Faults    []string    `json:"faults"`
}

// ErrNotAFile says that something is no file of a request at all.
var ErrNotAFile = errors.New("this is not a file that `handrail file` made")

// mostBytes bounds what is unpacked of one file of the zip, mostFiles how many there may be: each line of a request has two,
// and a form may be allowed a hundred thousand lines.
const (
	mostBytes = 256 << 20
	mostFiles = 250_000
)

// verifying is a zip being looked at.
type verifying struct {
	Verification
	list     manifest
	files    map[string][]byte
	digests  map[string]bool // of the files, and of what is named as absent
	links    map[int64]ledger.Link
	claims   headsFile
	privates map[int64]privateRow
	walked   map[int64]bool // links that lead to a head
	disposed map[int64]bool // links that are claimed to be without their private part
}

// Verify checks the zip of one request by itself, without a ledger: every file against the list, every link of the chain
// against its hash and the one before it, private parts against the links that vouch for them, mails and the policy
// against the decisions that name them. printed are heads that the reader holds on paper; each must be in the chain.
func Verify(r io.ReaderAt, size int64, printed ...ledger.Head) (*Verification, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAFile, err)
	}
	v := &verifying{files: map[string][]byte{}, digests: map[string]bool{}, links: map[int64]ledger.Link{}, privates: map[int64]privateRow{},
		walked: map[int64]bool{}, disposed: map[int64]bool{}}
	if err := v.unpack(archive); err != nil {
		return nil, err
	}
	v.Reference, v.Faults = v.list.Reference, []string{}
	v.checkFiles()
	v.checkLinks()
	v.checkSegments()
	v.checkOwn()
	for _, h := range printed {
		switch k, there := v.links[h.Seq]; {
		case !there:
			v.wrong("head %s: this file does not reach link %d; take the head of a week that it names", h, h.Seq)
		case k.Hash != h.Hash:
			v.wrong("head %s: your paper says something else than this chain, which has %s", h, k.Hash)
		}
	}
	return &v.Verification, nil
}

func (v *verifying) wrong(format string, args ...any) {
	v.Faults = append(v.Faults, fmt.Sprintf(format, args...))
}

// unpack reads every file, by its name without the folder that all of them lie in.
func (v *verifying) unpack(archive *zip.Reader) error {
	if len(archive.File) > mostFiles {
		return fmt.Errorf("%w: %d files", ErrNotAFile, len(archive.File))
	}
	for _, entry := range archive.File {
		_, name, inFolder := strings.Cut(entry.Name, "/")
		if !inFolder || v.files[name] != nil {
			return fmt.Errorf("%w: %q", ErrNotAFile, entry.Name)
		}
		data, err := readEntry(entry)
		if err != nil {
			return fmt.Errorf("read %s: %w", entry.Name, err)
		}
		v.files[name] = data
	}
	if err := json.Unmarshal(v.files[manifestName], &v.list); err != nil || v.list.Format != manifestFormat {
		return fmt.Errorf("%w: %s is missing or cannot be read", ErrNotAFile, manifestName)
	}
	return nil
}

func readEntry(entry *zip.File) (data []byte, err error) {
	part, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := part.Close(); err == nil {
			err = e
		}
	}()
	data, err = io.ReadAll(io.LimitReader(part, mostBytes+1))
	if err == nil && len(data) > mostBytes {
		err = fmt.Errorf("more than %d bytes", mostBytes)
	}
	return data, err
}

func (v *verifying) checkFiles() {
	listed := map[string]bool{manifestName: true}
	for _, e := range v.list.Files {
		listed[e.Name] = true
		data, there := v.files[e.Name]
		sum := sha256.Sum256(data)
		switch digest := hex.EncodeToString(sum[:]); {
		case !there:
			v.wrong("%s: it is on the list and not in the file", e.Name)
		case digest != e.SHA256:
			v.wrong("%s: it was changed since the file was made", e.Name)
		default:
			v.digests[digest] = true
		}
	}
	for _, a := range v.list.Absent {
		v.digests[a.SHA256] = true
	}
	for name := range v.files {
		if !listed[name] {
			v.wrong("%s: it is in the file and not on the list", name)
		}
	}
	slices.Sort(v.Faults)
	v.Files = len(v.list.Files)
}

// eachRow reads a file of one JSON object a line.
func eachRow[T any](v *verifying, name string, visit func(*T)) {
	for line := range bytes.Lines(v.files[name]) {
		var row T
		if err := json.Unmarshal(line, &row); err != nil {
			v.wrong("%s: it cannot be read: %v", name, err)
			return
		}
		visit(&row)
	}
}

func (v *verifying) checkLinks() {
	last := ledger.Head{}
	eachRow(v, chainName, func(row *chainRow) {
		k := row.link()
		if !k.Intact() {
			v.wrong("link %d (%s): it says something else than its hash", k.Seq, k.Subject)
		}
		if _, twice := v.links[k.Seq]; twice {
			v.wrong("link %d (%s): it is there twice", k.Seq, k.Subject)
		}
		v.links[k.Seq] = k
		if k.Seq > last.Seq {
			last = ledger.Head{Seq: k.Seq, Hash: k.Hash}
		}
	})
	v.Links, v.Last = len(v.links), last.String()
	eachRow(v, privateName, func(row *privateRow) { v.privates[row.Seq] = *row })
	if err := json.Unmarshal(v.files[headsName], &v.claims); err != nil {
		v.wrong("%s: it cannot be read: %v", headsName, err)
	}
	for _, seq := range v.claims.Disposed {
		v.disposed[seq] = true
	}
	if v.claims.Reference != v.Reference {
		v.wrong("%s: it is about %q, and the file about %q", headsName, v.claims.Reference, v.Reference)
	}
}

// checkSegments walks every stretch without a gap and looks for the heads that were printed.
func (v *verifying) checkSegments() {
	for _, s := range v.claims.Segments {
		for seq := s.From; seq <= s.To; seq++ {
			k, there := v.links[seq]
			if !there {
				v.wrong("link %d: it is missing", seq)
				break // not one complaint for each of a stretch that somebody made up
			}
			if v.walked[seq] {
				v.wrong("link %d: two stretches hold it", seq)
				break
			}
			v.walked[seq] = true
			if before, there := v.links[seq-1]; there && seq > s.From && k.Prev != before.Hash {
				v.wrong("link %d (%s): it does not follow link %d", seq, k.Subject, seq-1)
			}
		}
		for _, p := range s.Printed {
			h, err := ledger.ParseHead(p.Head)
			if k := v.links[h.Seq]; err != nil || h.Seq < s.From || h.Seq > s.To || k.Hash != h.Hash {
				v.wrong("week %s: the head %s is not in the chain", p.Week, p.Head)
			}
			v.Heads = append(v.Heads, p)
		}
	}
}

// checkOwn looks at the links about the request and at what they vouch for.
func (v *verifying) checkOwn() {
	own := map[int64]bool{}
	for _, seq := range v.claims.Own {
		own[seq] = true
		k, there := v.links[seq]
		if !there || !v.walked[seq] {
			v.wrong("link %d: it is about the request and leads to no head", seq)
			continue
		}
		if !strings.Contains(k.Subject, v.Reference) {
			v.wrong("link %d (%s): it is not about %s", seq, k.Subject, v.Reference)
		}
		v.checkPrivate(&k)
		v.checkNamed(&k)
	}
	for seq, k := range v.links {
		_, reference, _ := strings.Cut(" "+k.Subject, v.Reference)
		if strings.HasPrefix(reference, "-") && !own[seq] {
			v.wrong("link %d (%s): it is about the request and not named as such", seq, k.Subject)
		}
	}
	for seq := range v.privates {
		if !own[seq] {
			v.wrong("link %d: a private part of it is here, and it is not about the request", seq)
		}
	}
}

func (v *verifying) checkPrivate(k *ledger.Link) {
	row, there := v.privates[k.Seq]
	switch {
	case there:
		k.Salt, k.Private = row.Salt, []byte(row.Body)
		if !k.PrivateIntact() {
			v.wrong("link %d (%s): its private part was changed", k.Seq, k.Subject)
		}
	case k.PrivateDigest.IsZero():
	case v.disposed[k.Seq]:
		v.Disposed++
	case slices.Contains(v.claims.Severed, k.Seq):
		v.Severed++
	default:
		v.wrong("link %d (%s): its private part is missing", k.Seq, k.Subject)
	}
}

// checkNamed holds the mail and the policy that a link names against the files.
func (v *verifying) checkNamed(k *ledger.Link) {
	var public struct {
		Mail   string `json:"mail"`
		Policy string `json:"policy"`
	}
	if err := json.Unmarshal(k.Public, &public); err != nil {
		v.wrong("link %d (%s): what it says cannot be read: %v", k.Seq, k.Subject, err)
		return
	}
	if public.Mail != "" && !v.digests[public.Mail] {
		v.wrong("link %d (%s): the mail that caused it is not here, nor named as missing", k.Seq, k.Subject)
	}
	if policy := strings.TrimPrefix(public.Policy, "sha256:"); policy != "" && !v.digests[policy] {
		v.wrong("link %d (%s): the policy that judged is not here, nor named as missing", k.Seq, k.Subject)
	}
}
