package ledger

import (
	"context"
	"fmt"
	"strings"
)

// verifyKept holds what is kept under a digest against it: the texts by which lines were judged and decided, the workbooks
// that requests came in, and the mails that went out. Mails that came in are left out: of a statement the cut form lies
// under the digest of the mail as it came.
func (ch Chain) verifyKept(ctx context.Context, v *Verification) error {
	err := ch.tx.each(ctx, func(scan func(...any) error) error {
		var hash, kind string
		var body []byte
		if err := scan(&hash, &kind, &body); err != nil {
			return err
		}
		v.Texts++
		if digest, ours := strings.CutPrefix(hash, "sha256:"); ours && DigestOf(body).String() != digest {
			v.fault(ChangedRow, 0, kind+" "+hash, "the text is not the one that this hash was made of")
		}
		return nil
	}, "SELECT hash, kind, body FROM kept_text ORDER BY kept_at, hash")
	if err != nil {
		return fmt.Errorf("read the kept texts: %w", err)
	}
	if err := ch.verifyRegisters(ctx, v); err != nil {
		return err
	}
	err = ch.tx.each(ctx, func(scan func(...any) error) error {
		var d Digest
		var bytes []byte
		if err := scan(&d, &bytes); err != nil {
			return err
		}
		v.Files++
		if DigestOf(bytes) != d {
			v.fault(ChangedRow, 0, "kept bytes "+d.String(), "they are not those that this digest was made of")
		}
		return nil
	}, `SELECT b.sha256, b.bytes FROM kept_bytes b WHERE b.bytes IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM message m WHERE m.sha256 = b.sha256)`)
	if err != nil {
		return fmt.Errorf("read the kept bytes: %w", err)
	}
	return nil
}

// verifyRegisters holds the registers in force against their hashes.
func (ch Chain) verifyRegisters(ctx context.Context, v *Verification) error {
	err := ch.tx.each(ctx, func(scan func(...any) error) error {
		var kind, hash string
		var body []byte
		if err := scan(&kind, &hash, &body); err != nil {
			return err
		}
		v.Texts++
		if hash != "sha256:"+DigestOf(body).String() {
			v.fault(ChangedRow, 0, "register "+kind, "its entries are not those that this hash was made of")
		}
		return nil
	}, "SELECT kind, hash, body FROM register ORDER BY kind")
	if err != nil {
		return fmt.Errorf("read the registers: %w", err)
	}
	return nil
}
