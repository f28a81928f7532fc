package casefile

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Options are what the record does not say itself.
type Options struct {
	Zone *time.Location // in which instants are printed
	// Explain answers why a line was decided, as `handrail explain` prints it.
	Explain func(*ledger.Account) (Explanation, error)
}

// Explanation is one line judged again.
type Explanation struct {
	Text, JSON []byte
	Replayed   request.Outcome // "" where the facts were disposed of
	Same       bool            // the replay says what was recorded
	NotAgain   string          // why this program cannot judge it again; "" where it can
}

// The files that are always there.
const (
	pageEN       = "1-read-first.html"
	pageFR       = "1-lire-en-premier.html"
	bundleName   = "policy/bundle.json"
	chainName    = "proof/chain.jsonl"
	privateName  = "proof/private.jsonl"
	headsName    = "proof/heads.json"
	manifestName = "manifest.json"
)

//go:embed how-to-check.txt
var howToCheck []byte

//go:embed verify.py
var verifyScript []byte

// fileEntry is one file of the zip.
type fileEntry struct {
	Name   string       `json:"name"`
	SHA256 string       `json:"sha256"`
	Size   int          `json:"size"`
	What   request.Text `json:"what"`

	data []byte
}

// absent is what belongs to the record and is not in the file, and why.
type absent struct {
	What   request.Text `json:"what"`
	Why    request.Text `json:"why"`
	SHA256 string       `json:"sha256,omitempty"` // of the bytes that are not here
}

// manifest lists everything; it is written last.
type manifest struct {
	Format    string      `json:"format"`
	Reference string      `json:"reference"`
	Files     []fileEntry `json:"files"`
	Absent    []absent    `json:"absent"`
}

const manifestFormat = "handrail file 1"

// file is a zip in the making.
type file struct {
	record  *Record
	options Options
	entries []fileEntry
	absent  []absent
	explain []Explanation
	// mailFiles are the names of the record's mails in the zip, "" for one that is not there.
	mailFiles []string
	mailCame  map[string]string // of those that came, by their digest
	severed   *severer          // nil: all of it
}

// Write writes the record as one zip. The same ledger gives the same bytes: nothing in it says when it was made.
func Write(ctx context.Context, w io.Writer, r *Record, o Options) error {
	f := &file{record: r, options: o}
	for _, step := range []func() error{f.addMails, func() error { return f.addWorkbooks(ctx) }, f.addExplanations, f.addPolicy, f.addProof, f.addPages} {
		if err := step(); err != nil {
			return fmt.Errorf("make the file of %s: %w", r.reference(), err)
		}
	}
	return f.write(w)
}

func (f *file) add(name string, data []byte, en, fr string) {
	sum := sha256.Sum256(data)
	f.entries = append(f.entries, fileEntry{name, hex.EncodeToString(sum[:]), len(data), request.Text{EN: en, FR: fr}, data})
}

func (f *file) addJSON(name string, v any, en, fr string) error {
	data, err := json.MarshalIndent(v, "", "  ")
	f.add(name, append(data, '\n'), en, fr)
	return err
}

func (f *file) addRows(name string, rows []any, en, fr string) error {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	for _, row := range rows {
		if err := out.Encode(row); err != nil {
			return err
		}
	}
	f.add(name, b.Bytes(), en, fr)
	return nil
}

func (f *file) miss(what, why request.Text, digest ledger.Digest) {
	f.absent = append(f.absent, absent{what, why, digest.String()})
}

// addMails adds every mail as it came or went. What was removed, or speaks of other people's requests too, is named.
func (f *file) addMails() error {
	f.mailFiles, f.mailCame = make([]string, len(f.record.Mails)), map[string]string{}
	for i := range f.record.Mails {
		m := &f.record.Mails[i]
		kind, digest, direction := m.Outgoing.Kind, m.Outgoing.SHA256, "sent"
		if m.Message.ID != 0 {
			kind, digest, direction = m.Message.Kind, m.Message.SHA256, "received"
		}
		what := mailWords(m)
		switch {
		case m.Shared:
			f.miss(what, request.Text{EN: "It is about other requests too, and belongs to their files as well.",
				FR: "Il porte aussi sur d’autres demandes et appartient également à leurs dossiers."}, digest)
		case m.Raw == nil:
			f.miss(what, f.removed(), digest)
		default:
			f.mailFiles[i] = fmt.Sprintf("mails/%02d-%s-%s.eml", i+1, direction, kind)
			f.add(f.mailFiles[i], m.Raw, what.EN, what.FR)
		}
		if m.Message.ID != 0 {
			f.mailCame[digest.String()] = f.mailFiles[i]
		}
	}
	f.nameCauses()
	return nil
}

// nameCauses names the mails that decided a line and belong to another request's file: those that brought a newer version
// of a line.
func (f *file) nameCauses() {
	known := map[string]bool{}
	for i := range f.record.Mails {
		known[f.record.Mails[i].Message.SHA256.String()] = true
	}
	for i := range f.record.Proof.Own {
		k := &f.record.Proof.Own[i]
		var public struct {
			Mail ledger.Digest `json:"mail"`
		}
		if json.Unmarshal(k.Public, &public) != nil || public.Mail.IsZero() || known[public.Mail.String()] {
			continue
		}
		known[public.Mail.String()] = true
		f.miss(request.Text{EN: fmt.Sprintf("The mail that caused link %d of the chain", k.Seq), FR: fmt.Sprintf("Le courriel à l’origine du maillon %d de la chaîne", k.Seq)},
			request.Text{EN: "It belongs to another request’s file.", FR: "Il appartient au dossier d’une autre demande."}, public.Mail)
	}
}

// removed says why bytes are not there any more.
func (f *file) removed() request.Text {
	if f.record.DisposedBy != 0 {
		day := f.record.DisposedAt.In(f.zone()).Format(time.DateOnly)
		return request.Text{EN: fmt.Sprintf("Disposed of on %s under the records rules (link %d of the chain). Its SHA-256 remains.", day, f.record.DisposedBy),
			FR: fmt.Sprintf("Éliminé le %s en application des règles de conservation (maillon %d de la chaîne). Son empreinte SHA-256 demeure.", day, f.record.DisposedBy)}
	}
	return request.Text{EN: "Removed by age under the retention rule. Its SHA-256 remains.",
		FR: "Supprimé en raison de son âge, selon la règle de conservation. Son empreinte SHA-256 demeure."}
}

func (f *file) zone() *time.Location {
	if f.options.Zone == nil {
		return time.UTC
	}
	return f.options.Zone
}

// addWorkbooks adds the request as it was received and as it went back, taken from the answers themselves.
func (f *file) addWorkbooks(ctx context.Context) error {
	received := request.Text{EN: "The workbook as it was received", FR: "Le classeur tel qu’il a été reçu"}
	if f.record.Workbook == nil {
		f.miss(received, f.removed(), f.record.Submission.Attachment)
	} else {
		f.add("workbooks/received.xlsx", f.record.Workbook, received.EN, received.FR)
	}
	seen := map[string]bool{}
	for i := range f.record.Mails {
		m := &f.record.Mails[i]
		if m.Message.ID != 0 || m.Raw == nil || m.Outgoing.Recipient != f.record.Submission.Requester {
			continue
		}
		mail, err := ingest.Parse(ctx, m.Raw, ingest.DefaultLimits())
		if err != nil {
			return fmt.Errorf("read the mail %s: %w", f.mailFiles[i], err)
		}
		for _, a := range mail.Attachments {
			if a.Format != workbook.Xlsx || seen[a.Digest] {
				continue
			}
			seen[a.Digest] = true
			name := "workbooks/sent-back.xlsx"
			if len(seen) > 1 {
				name = fmt.Sprintf("workbooks/sent-back-%d.xlsx", len(seen))
			}
			f.add(name, a.Data, "The annotated workbook, from "+f.mailFiles[i], "Le classeur annoté, tiré de "+f.mailFiles[i])
		}
	}
	return nil
}

func (f *file) addExplanations() error {
	f.explain = make([]Explanation, len(f.record.Lines))
	for i := range f.record.Lines {
		l := &f.record.Lines[i]
		e, err := f.options.Explain(&l.Account)
		if err != nil {
			return fmt.Errorf("explain %s: %w", l.Line.Reference, err)
		}
		f.explain[i] = e
		f.add("explanations/"+l.Line.Reference+".txt", e.Text, "Why line "+l.Line.Reference+" was decided as it was",
			"Pourquoi la ligne "+l.Line.Reference+" a reçu cette décision (en anglais)")
		f.add("explanations/"+l.Line.Reference+".json", e.JSON, "The same, for programs: facts, findings, replay",
			"De même, pour les programmes\u00a0: faits, constats, nouvelle évaluation")
	}
	return nil
}

func (f *file) addPolicy() error {
	if len(f.record.Policy.Bundle) == 0 {
		f.absent = append(f.absent, absent{request.Text{EN: "The policy " + f.record.Policy.Hash, FR: "La politique " + f.record.Policy.Hash},
			request.Text{EN: "The ledger does not hold its text.", FR: "Le registre n’en conserve pas le texte."}, strings.TrimPrefix(f.record.Policy.Hash, "sha256:")})
		return nil
	}
	if f.record.Policy.Text != "" {
		f.add("policy/policy.toml", []byte(f.record.Policy.Text), "The policy in force, as its authors wrote it", "La politique en vigueur, telle que ses auteurs l’ont écrite")
	}
	f.add(bundleName, f.record.Policy.Bundle, "The policy with its lists and holidays: its SHA-256 is the policy’s hash",
		"La politique avec ses listes et jours fériés\u00a0: son empreinte SHA-256 est celle de la politique")
	return nil
}

func (f *file) addProof() error {
	p := &f.record.Proof
	if err := f.addRows(chainName, p.chainRows(), "The links of the chain, from this request to a printed head", "Les maillons de la chaîne, de cette demande à une empreinte imprimée"); err != nil {
		return err
	}
	private, err := p.privateRows()
	if err != nil {
		return err
	}
	if err := f.addRows(privateName, private, "What the chain’s links about this request vouch for", "Ce dont répondent les maillons qui concernent cette demande"); err != nil {
		return err
	}
	heads := p.heads(f.record.reference())
	if f.severed != nil { // the chain does not tell them from what was disposed of
		heads.Severed, heads.Disposed = heads.Disposed, []int64{}
	}
	if err := f.addJSON(headsName, heads, "Which links are about this request, and which heads were printed",
		"Quels maillons concernent cette demande, et quelles empreintes ont été imprimées"); err != nil {
		return err
	}
	f.add("proof/how-to-check.txt", howToCheck, "How to check all of this, with Handrail or without", "Comment vérifier le tout, avec ou sans Handrail")
	f.add("proof/verify.py", verifyScript, "The same check as a short program in Python", "La même vérification, en un court programme Python")
	return nil
}

func (f *file) addPages() error {
	evidence := f.entries
	for _, p := range []struct {
		name, other string
		lang        request.Lang
	}{{pageEN, pageFR, request.English}, {pageFR, pageEN, request.French}} {
		if !f.record.Policy.Mark.Languages.Speaks(p.lang) {
			continue // the rules are not in it
		}
		if f.record.Policy.Mark.Languages.Single() {
			p.other = ""
		}
		data, err := f.page(p.lang, p.other, evidence)
		if err != nil {
			return err
		}
		f.add(p.name, data, "Read this first", "À lire en premier (en français)")
	}
	return nil
}

// write orders the entries so that the pages come first, and ends with the manifest.
func (f *file) write(w io.Writer) error {
	n := len(f.entries) - len(f.record.Policy.Mark.Languages.Of())
	ordered := append(append([]fileEntry{}, f.entries[n:]...), f.entries[:n]...)
	if f.absent == nil {
		f.absent = []absent{}
	}
	list, err := json.MarshalIndent(manifest{manifestFormat, f.record.reference(), ordered, f.absent}, "", "  ")
	if err != nil {
		return err
	}
	ordered = append(ordered, fileEntry{Name: manifestName, data: append(list, '\n')})
	out := zip.NewWriter(w)
	for _, e := range ordered {
		// The record's own time, so that the same ledger gives the same bytes.
		part, err := out.CreateHeader(&zip.FileHeader{Name: f.record.reference() + "/" + e.Name, Method: zip.Deflate, Modified: f.record.Submission.JudgedAt.UTC().Truncate(time.Second)})
		if err != nil {
			return err
		}
		if _, err := part.Write(e.data); err != nil {
			return err
		}
	}
	return out.Close()
}
