package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"handrail/internal/casefile"
	"handrail/internal/ledger"
	"handrail/internal/replay"
	"handrail/internal/request"
)

type fileCommand struct {
	Reference string   `arg:"" optional:"" name:"ref" help:"A request's number, HR-2026-000123, or that of one of its lines."`
	Config    string   `placeholder:"F" help:"Configuration that names the ledger."`
	Out       string   `placeholder:"F.zip" help:"Where to write it; without it, REF.zip here. Only its owner can read it, and a file that is there is not replaced."`
	Verify    string   `placeholder:"F.zip" help:"Check such a file by itself: no ledger and no configuration are needed."`
	Severed   bool     `help:"Leave out what an access request must not show: names, addresses, people's own words, card digits, mails and workbooks; what was severed stands in a list, with the section of the Act."`
	Head      []string `placeholder:"412:9f2c…" help:"With --verify: a head of the chain from a weekly workbook of your own. May be repeated."`
	formatted
}

func (c *fileCommand) Run(ctx context.Context, t *terminal) error {
	if c.Verify != "" {
		if c.Reference != "" || c.Out != "" || c.Severed {
			return fail(exitUsage, "handrail file --verify F.zip", "--verify takes a file that was made, and neither a number nor --out nor --severed")
		}
		return c.verify(t)
	}
	ref, ok := request.ParseReference(strings.TrimSpace(c.Reference))
	switch {
	case !ok:
		return fail(exitUsage, "a request's number stands in the subject of the answer", "%q is not a request's number such as HR-2026-000123", c.Reference)
	case len(c.Head) > 0:
		return fail(exitUsage, "handrail file --verify F.zip --head "+c.Head[0], "--head goes with --verify")
	}
	ref.Line = 0
	if c.Out == "" {
		c.Out = ref.String() + ".zip"
		if c.Severed {
			c.Out = ref.String() + "-severed.zip"
		}
	}
	return c.write(ctx, t, ref)
}

func (c *fileCommand) write(ctx context.Context, t *terminal, ref request.Reference) error {
	config, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	zone, err := config.zone()
	if err != nil {
		return err
	}
	var record *casefile.Record
	found := false
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		record, found, err = casefile.Gather(ctx, tx, ref)
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if !found {
		return fail(exitInput, "", "%s is not in the ledger", ref)
	}
	sum := sha256.New()
	if err := writePrivate(c.Out, func(w io.Writer) error {
		write := casefile.Write
		if c.Severed {
			write = casefile.WriteSevered
		}
		return write(ctx, io.MultiWriter(w, sum), record, casefile.Options{Zone: zone, Explain: explainer(zone)})
	}); err != nil {
		return err
	}
	digest := hex.EncodeToString(sum.Sum(nil))
	if c.asJSON() {
		return t.document(struct {
			File      string `json:"file"`
			Reference string `json:"reference"`
			Lines     int    `json:"lines"`
			Mails     int    `json:"mails"`
			SHA256    string `json:"sha256"`
			Disposed  bool   `json:"disposed"`
			Severed   bool   `json:"severed"`
		}{c.Out, ref.String(), len(record.Lines), len(record.Mails), digest, record.DisposedBy != 0, c.Severed})
	}
	fmt.Fprintf(t.out, "%s: everything about %s, %d lines and %d mails\nsha256: %s\n", c.Out, ref, len(record.Lines), len(record.Mails), digest)
	if record.DisposedBy != 0 {
		t.wrap(0, "What is personal of it was disposed of under the records rules; the file says so, and proves what remains.")
	}
	if c.Severed {
		t.wrap(0, "What an access request must not show was severed, and severed.json lists all of it. Look it over before it leaves: nobody but you knows what else may tell who somebody is.")
		return nil
	}
	t.wrap(0, "It names people: hand it over as you would the mails themselves. The sha256 belongs on the covering note; handrail file --verify checks the file by itself.")
	return nil
}

// explainer explains a line as `handrail explain` does. A policy that this program cannot read any more is said, and
// does not keep the auditor from the rest.
func explainer(zone *time.Location) func(*ledger.Account) (casefile.Explanation, error) {
	x := &replay.Explainer{}
	return func(a *ledger.Account) (casefile.Explanation, error) {
		e, err := explain(x, a, zone)
		if err != nil {
			text := fmt.Sprintf("%s cannot be judged again by this program: %v\n", a.Line.Reference, err)
			data, jsonErr := json.Marshal(map[string]string{"reference": a.Line.Reference, "error": err.Error()})
			return casefile.Explanation{Text: []byte(text), JSON: append(data, '\n'), NotAgain: err.Error()}, jsonErr
		}
		var text, data bytes.Buffer
		(&terminal{out: &text}).printExplained(e, request.English)
		if err := e.encode(&data); err != nil {
			return casefile.Explanation{}, err
		}
		return casefile.Explanation{Text: text.Bytes(), JSON: data.Bytes(), Replayed: e.Replayed, Same: e.Same}, nil
	}
}

func (c *fileCommand) verify(t *terminal) (err error) {
	var printed []ledger.Head
	for _, text := range c.Head {
		h, err := ledger.ParseHead(text)
		if err != nil {
			return fail(exitUsage, "the weekly workbook's first sheet prints both parts", "--head: %w", err)
		}
		printed = append(printed, h)
	}
	zip, err := os.Open(c.Verify)
	if err != nil {
		return fail(exitInput, "", "%w", err)
	}
	defer func() {
		if e := zip.Close(); err == nil {
			err = e
		}
	}()
	info, err := zip.Stat()
	if err != nil {
		return fail(exitInput, "", "%w", err)
	}
	v, err := casefile.Verify(zip, info.Size(), printed...)
	if err != nil {
		hint := ""
		if errors.Is(err, casefile.ErrNotAFile) {
			hint = "give the zip itself, whole and not unpacked"
		}
		return fail(exitInput, hint, "%s: %w", c.Verify, err)
	}
	if c.asJSON() {
		if err := t.document(v); err != nil {
			return err
		}
	} else {
		c.printVerified(t, v, printed)
	}
	if len(v.Faults) > 0 {
		return fail(exitAct, "ask whoever made the file to make it again, and compare: the same ledger gives the same bytes", "verify %s: %d things are wrong", c.Verify, len(v.Faults))
	}
	return nil
}

func (c *fileCommand) printVerified(t *terminal, v *casefile.Verification, printed []ledger.Head) {
	fmt.Fprintf(t.out, "%s: %d files and %d links of the chain were checked.\n", v.Reference, v.Files, v.Links)
	if v.Disposed > 0 {
		fmt.Fprintf(t.out, "%d private parts were disposed of under the records rules; the chain still proves their decisions.\n", v.Disposed)
	}
	if v.Severed > 0 {
		fmt.Fprintf(t.out, "%d private parts were severed for an access request; the chain still proves their decisions.\n", v.Severed)
	}
	for _, f := range v.Faults {
		fmt.Fprintf(t.out, "WRONG: %s\n", f)
	}
	if len(v.Faults) > 0 {
		return
	}
	for _, h := range printed {
		fmt.Fprintf(t.out, "The request leads to the head on your paper: %s\n", h)
	}
	if len(printed) > 0 {
		return
	}
	for _, h := range v.Heads {
		fmt.Fprintf(t.out, "It leads to the head of week %s: %s\n", h.Week, h.Head)
	}
	if len(v.Heads) > 0 {
		t.wrap(0, "Compare with the weekly workbook that you kept, or give its head with --head: the file alone cannot prove where its heads come from.")
		return
	}
	t.wrap(0, fmt.Sprintf("No weekly workbook has printed a head since. Its newest link is %s; handrail ledger verify --head holds it against the ledger.", v.Last))
}
