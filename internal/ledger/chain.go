package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"
)

// Chain is the chain of hashes: adding links to it, reading them, and verifying it and all that it vouches for.
type Chain struct{ tx *Tx }

// Head is the newest link of the chain. The zero Head is an empty chain.
type Head struct {
	Seq  int64
	Hash Digest
}

// String is how the head is printed, so that this paper proves that file.
func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Seq, h.Hash) }

// ParseHead reads what String prints.
func ParseHead(s string) (h Head, err error) {
	seq, digest, found := strings.Cut(strings.TrimSpace(s), ":")
	if !found {
		return Head{}, fmt.Errorf("%q is not a head such as 412:9f2c…", s)
	}
	if h.Seq, err = strconv.ParseInt(seq, 10, 64); err != nil || h.Seq < 0 {
		return Head{}, fmt.Errorf("%q is not the number of a link", seq)
	}
	return h, h.Hash.UnmarshalText([]byte(digest))
}

// Entry is one link to add: something that was decided, answered or put in force.
type Entry struct {
	Kind    string // "line.judged", "line.decided", "policy.changed", …
	Subject string // what it is about: a reference, a policy's hash
	// Public is JSON that is kept for ever and must name nobody.
	Public json.RawMessage
	// Private is kept beside the chain under a salted digest; it can be disposed of while the chain stays whole. nil
	// when there is nothing personal.
	Private []byte
}

// Link is an Entry in the chain.
type Link struct {
	Seq           int64
	Prev, Hash    Digest
	At            time.Time
	Kind, Subject string
	Public        json.RawMessage
	PrivateDigest Digest // zero when there never was a private part
	Private       []byte // nil when there is none, or none any more
	Salt          []byte // what PrivateDigest covers before Private; only Links reads it
}

const saltSize = 16

// Head is the newest link.
func (ch Chain) Head(ctx context.Context) (Head, error) {
	if ch.tx.head != nil {
		return *ch.tx.head, nil
	}
	var h Head
	_, err := ch.tx.one(ctx, []any{&h.Seq, &h.Hash, instant{&ch.tx.headAt}}, "SELECT seq, hash, at FROM chain ORDER BY seq DESC LIMIT 1")
	if err != nil {
		return Head{}, fmt.Errorf("read the head of the chain: %w", err)
	}
	ch.tx.head = &h
	return h, nil
}

// clockSlack is how far the clock may be behind the newest link: machines that share a ledger differ by seconds.
const clockSlack = 10 * time.Minute

// CheckClock says whether the ledger can be worked on at now, before anything is begun.
func (l *Ledger) CheckClock(ctx context.Context, now time.Time) error {
	return l.View(ctx, func(tx *Tx) error {
		if _, err := tx.Chain.Head(ctx); err != nil {
			return err
		}
		return tx.Chain.checkClock(now, nil)
	})
}

// checkClock refuses to decide with a clock that is behind what the ledger says happened already: days, deadlines and
// reports would be wrong. Restoring is how a person says that the clock is right and the ledger was ahead.
func (ch Chain) checkClock(now time.Time, entries []Entry) error {
	if ch.tx.headAt.Sub(now) <= clockSlack || len(entries) > 0 && entries[0].Kind == restoredKind {
		return nil
	}
	e := ch.tx.l.trouble(ClockBehind, "decide in the ledger", nil)
	const layout = "2006-01-02 15:04 MST"
	e.Why.EN += fmt.Sprintf(": it says %s, and the newest entry was made %s", now.UTC().Format(layout), ch.tx.headAt.UTC().Format(layout))
	e.Why.FR += fmt.Sprintf("\u00a0: elle indique %s, et l’entrée la plus récente date du %s", now.UTC().Format(layout), ch.tx.headAt.UTC().Format(layout))
	return e
}

// Append adds entries to the chain, all at the same instant, and returns their numbers in order. It needs Decide, and a clock
// that is not behind the newest link.
func (ch Chain) Append(ctx context.Context, now time.Time, entries ...Entry) ([]int64, error) {
	if !ch.tx.deciding {
		return nil, errNotDeciding
	}
	head, err := ch.Head(ctx)
	if err != nil {
		return nil, err
	}
	if err := ch.checkClock(now, entries); err != nil {
		return nil, err
	}
	seqs := make([]int64, 0, len(entries))
	links := make([]any, 0, 8*len(entries))
	var privates []any
	salts := make([]byte, saltSize*len(entries))
	_, _ = rand.Read(salts) // never fails
	for i, e := range entries {
		link := Link{Seq: head.Seq + 1, Prev: head.Hash, At: now, Kind: e.Kind, Subject: e.Subject, Public: e.Public}
		if len(link.Public) == 0 {
			link.Public = json.RawMessage("{}")
		}
		var privateDigest any
		if e.Private != nil {
			salt := salts[i*saltSize : (i+1)*saltSize]
			link.PrivateDigest = privateDigestOf(salt, e.Private)
			privateDigest = link.PrivateDigest.bytes()
			privates = append(privates, link.Seq, salt, e.Private)
		}
		link.Hash = link.compute()
		links = append(links, link.Seq, link.Prev.bytes(), link.Hash.bytes(), micros(now), link.Kind, link.Subject, string(link.Public), privateDigest)
		seqs = append(seqs, link.Seq)
		head = Head{link.Seq, link.Hash}
	}
	_, err = ch.tx.insert(ctx, insertion{"INSERT INTO chain (seq, prev, hash, at, kind, subject, public, private_digest)", 8, ""}, links, nil)
	if err != nil {
		return nil, fmt.Errorf("add to the chain: %w", err)
	}
	if _, err := ch.tx.insert(ctx, insertion{"INSERT INTO chain_private (seq, salt, body)", 3, ""}, privates, nil); err != nil {
		return nil, fmt.Errorf("keep the private parts of the chain: %w", err)
	}
	ch.tx.head, ch.tx.headAt = &head, now
	return seqs, nil
}

// Intact reports whether the link says what its hash was made of.
func (k *Link) Intact() bool { return k.compute() == k.Hash }

// PrivateIntact reports whether the private part is the one that the link vouches for. Salt and Private must be there.
func (k *Link) PrivateIntact() bool { return privateDigestOf(k.Salt, k.Private) == k.PrivateDigest }

// compute hashes everything that the link says, each part with its length before it, so that nothing can move from
// one part into the next.
func (k *Link) compute() Digest {
	h := sha256.New()
	h.Write([]byte("handrail chain 1\n"))
	h.Write(k.Prev[:])
	writeInt(h, k.Seq)
	writeInt(h, k.At.UnixMicro())
	writePart(h, k.Kind)
	writePart(h, k.Subject)
	writePart(h, string(k.Public))
	h.Write(k.PrivateDigest[:])
	return Digest(h.Sum(nil))
}

func writeInt(h hash.Hash, n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n)) //nolint:gosec // the bits are what counts
	h.Write(b[:])
}

func writePart(h hash.Hash, s string) {
	writeInt(h, int64(len(s)))
	h.Write([]byte(s))
}

func privateDigestOf(salt, body []byte) Digest {
	h := sha256.New()
	h.Write(salt)
	h.Write(body)
	return Digest(h.Sum(nil))
}

// About is Links about many subjects.
func (ch Chain) About(ctx context.Context, subjects []string) (map[string][]Link, error) {
	out := make(map[string][]Link, len(subjects))
	err := eachIn(ctx, ch.tx, `SELECT c.seq, c.prev, c.hash, c.at, c.kind, c.subject, c.public, c.private_digest, p.body, p.salt
		FROM chain c LEFT JOIN chain_private p ON p.seq = c.seq WHERE c.subject IN (%IN%) ORDER BY c.seq`, nil, subjects,
		func(scan func(...any) error) error {
			var k Link
			var digest []byte
			if err := scan(&k.Seq, &k.Prev, &k.Hash, instant{&k.At}, &k.Kind, &k.Subject, rawJSON{&k.Public}, &digest, &k.Private, &k.Salt); err != nil {
				return err
			}
			copy(k.PrivateDigest[:], digest)
			out[k.Subject] = append(out[k.Subject], k)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read the chain: %w", err)
	}
	return out, nil
}

// Between reads the chain from one number to another, both included, without private parts.
func (ch Chain) Between(ctx context.Context, from, to int64) ([]Link, error) {
	var out []Link
	err := ch.tx.each(ctx, func(scan func(...any) error) error {
		var k Link
		var digest []byte
		if err := scan(&k.Seq, &k.Prev, &k.Hash, instant{&k.At}, &k.Kind, &k.Subject, rawJSON{&k.Public}, &digest); err != nil {
			return err
		}
		copy(k.PrivateDigest[:], digest)
		out = append(out, k)
		return nil
	}, "SELECT seq, prev, hash, at, kind, subject, public, private_digest FROM chain WHERE seq >= $1 AND seq <= $2 ORDER BY seq", from, to)
	if err != nil {
		return nil, fmt.Errorf("read the chain from %d to %d: %w", from, to, err)
	}
	return out, nil
}
