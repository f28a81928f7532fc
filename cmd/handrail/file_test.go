package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/demo"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// archive is the ledger of a demo, and a configuration that names it.
type archive struct {
	t    *testing.T
	dir  string
	now  time.Time
	seen bytes.Buffer
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	a := &archive{t: t, dir: t.TempDir(), now: demoDay}
	if code := a.handrail("init", "--config", a.path("handrail.toml")); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, a.seen.String())
	}
	leaveDemo(t, a.path("data/handrail.db"))
	a.now = demoDay.AddDate(7, 0, 0)
	return a
}

func (a *archive) path(name string) string { return filepath.Join(a.dir, name) }

func (a *archive) handrail(args ...string) int {
	a.t.Helper()
	a.seen.Reset()
	return run(a.t.Context(), args, &terminal{in: strings.NewReader(""), out: &a.seen, err: &a.seen, now: func() time.Time { return a.now }})
}

// file makes the file of a request and unpacks it.
func (a *archive) file(ref, out string) (raw []byte, files map[string][]byte) {
	a.t.Helper()
	if code := a.handrail("file", ref, "--config", a.path("handrail.toml"), "--out", a.path(out)); code != exitDone {
		a.t.Fatalf("exit code %d\n%s", code, a.seen.String())
	}
	info, err := os.Stat(a.path(out))
	if err != nil || info.Mode().Perm() != 0o600 {
		a.t.Errorf("mode %v, %v", info.Mode(), err)
	}
	raw, err = os.ReadFile(a.path(out))
	if err != nil {
		a.t.Fatal(err)
	}
	return raw, unzip(a.t, raw)
}

func unzip(t *testing.T, raw []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = data
	}
	return files
}

func (a *archive) ledger(do func(tx *ledger.Tx) error) {
	a.t.Helper()
	l, err := ledger.Open(a.t.Context(), ledger.Config{URL: a.path("data/handrail.db")}, ledger.Write)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if err := l.Decide(a.t.Context(), do); err != nil {
		a.t.Fatal(err)
	}
}

// charge matches a charge with a line, as a statement does.
func (a *archive) charge(reference string, minor int64) {
	a.t.Helper()
	a.ledger(func(tx *ledger.Tx) error {
		lines, err := tx.Lines.ByReference(a.t.Context(), []string{reference})
		if err != nil || len(lines) != 1 {
			return fmt.Errorf("%d lines, %w", len(lines), err)
		}
		day := request.DateOf(demoDay)
		identity := ledger.DigestOf([]byte(reference))
		_, _, err = tx.Charges.AddStatement(a.t.Context(), demoDay, ledger.Statement{SHA256: identity, FileName: "november.csv"}, []ledger.Charge{{Row: 2, Identity: identity,
			Occurrence: 1, Posted: day, Transacted: day, Amount: minor, Currency: "CAD", Merchant: "ATELIER BOREAL", Card: "4417"}})
		if err != nil {
			return err
		}
		c, _, err := tx.Charges.ByIdentity(a.t.Context(), identity)
		if err != nil {
			return err
		}
		_, err = tx.Charges.Settle(a.t.Context(), demoDay, []ledger.Settlement{{Charge: c.ID, From: ledger.NewRow, To: ledger.MatchedRow, Rule: "reference", Score: 100,
			Parts: []ledger.Part{{Line: lines[0].ID, Minor: minor}}}})
		return err
	})
}

// The file that answers an auditor's sample, over the ledger of one demo; the last part disposes of it.
func TestTheFileOfARequest(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	for _, part := range []struct {
		name string
		test func(*testing.T, *archive)
	}{
		{"holds the whole record", testAFileHoldsTheWholeRecordOfARequest},
		{"has a page that needs nothing else", testAFilesPageIsSelfContained},
		{"holds nobody else", testAFileHoldsNobodyElse},
		{"shows tampering", testATamperedFileIsFound},
		{"is held against paper", testAFileIsHeldAgainstPaper},
		{"of nothing", testAFileOfNothing},
		{"severed", testASeveredFileNamesNobody},
		{"says what was disposed of", testAFileSaysWhatWasDisposedOf},
	} {
		t.Run(part.name, func(t *testing.T) {
			a.t = t
			part.test(t, a)
		})
	}
}

const frenchRequest = "HR-2026-000002" // three lines: inside, above the limit and decided, to fix

func testAFileHoldsTheWholeRecordOfARequest(t *testing.T, a *archive) {
	a.charge(frenchRequest+"-01", 344_925)
	raw, files := a.file(frenchRequest+"-02", "case-1.zip") // a line's number is as good
	if !strings.Contains(a.seen.String(), "3 lines and 7 mails") {
		t.Errorf("the terminal says\n%s", a.seen.String())
	}
	sum := sha256.Sum256(raw)
	if !strings.Contains(a.seen.String(), "sha256: "+hex.EncodeToString(sum[:])) {
		t.Errorf("its digest is not said:\n%s", a.seen.String())
	}
	for name, want := range map[string][]string{
		"1-read-first.html": {`<html lang="en">`, "Sophie Tremblay &lt;sophie.tremblay@department.example&gt;", "$10,922.63", "Above the limit",
			"annex A", "michel.gagnon@department.example", `href="mails/04-received-answer.eml"`, "ATELIER BOREAL", "$3,449.25", "by rule: reference", "luc.bouchard@department.example: Declared",
			"the same result", "Week 2026-W48", "It is not a section 32 commitment", "2026-11-23 10:00", `<a href="1-lire-en-premier.html" lang="fr"`},
		"1-lire-en-premier.html": {`<html lang="fr">`, "10\u00a0922,63\u00a0$", "Au-delà de la limite", "Source\u00a0:", "annexe A", "Soumise à l’approvisionnement", "même résultat", "Semaine 2026-W48",
			"par règle\u00a0: reference", "3\u00a0449,25\u00a0$", "Pas dans", "ni un engagement (article 32)"},
		"explanations/HR-2026-000002-02.txt":  {"[value-limit] – found: escalate", "✓ Judged again with these facts and this policy: escalated, with the same"},
		"explanations/HR-2026-000002-02.json": {`"reference":"HR-2026-000002-02"`, `"same":true`},
		"policy/policy.toml":                  {`name     = "ESDC micro-acquisition"`},
		"proof/heads.json":                    {`"week": "2026-W48"`},
		"proof/how-to-check.txt":              {"SHA-256", "microsecondes"},
		"proof/private.jsonl":                 {"Coopérative Mille Pages", "michel.gagnon@department.example"},
		"manifest.json":                       {`"reference": "HR-2026-000002"`},
	} {
		text := strings.ToLower(string(files[frenchRequest+"/"+name]))
		for _, w := range want {
			if name == "1-lire-en-premier.html" && w == "Pas dans" {
				continue // nothing is missing in this file
			}
			if !strings.Contains(text, strings.ToLower(w)) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
	for mail, want := range map[string]string{"01-received-request": "sophie.tremblay@" + demo.Domain, "04-received-answer": demo.OfficerF, "02-sent-answer": demo.Inbox} {
		m, err := ingest.Parse(context.Background(), files[frenchRequest+"/mails/"+mail+".eml"], ingest.DefaultLimits())
		if err != nil || m.From.Addr != want {
			t.Errorf("%s is from %v, %v", mail, m, err)
		}
	}
	for _, name := range []string{"received", "sent-back", "sent-back-2"} {
		if f := workbook.Sniff(files[frenchRequest+"/workbooks/"+name+".xlsx"]); f != workbook.Xlsx {
			t.Errorf("workbooks/%s.xlsx is %q", name, f)
		}
	}
	hash := sha256.Sum256(files[frenchRequest+"/policy/bundle.json"])
	if !bytes.Contains(files[frenchRequest+"/1-read-first.html"], []byte("sha256:"+hex.EncodeToString(hash[:]))) {
		t.Error("the policy's hash on the page is not that of policy/bundle.json")
	}
	again, _ := a.file(frenchRequest, "again-1.zip")
	if !bytes.Equal(raw, again) {
		t.Error("the same ledger gave other bytes")
	}
	if code := a.handrail("file", frenchRequest, "--config", a.path("handrail.toml"), "--out", a.path("case-1.zip")); code != exitUsage {
		t.Errorf("a file that is there: exit code %d\n%s", code, a.seen.String())
	}
}

// The page needs nothing from elsewhere: no script, no address but those of files beside it.
func testAFilesPageIsSelfContained(t *testing.T, a *archive) {
	_, files := a.file(frenchRequest, "case-2.zip")
	for _, name := range []string{"1-read-first.html", "1-lire-en-premier.html"} {
		page := string(files[frenchRequest+"/"+name])
		if i := regexp.MustCompile(`(?i)<script|<img|<link|url\(|@import|src=`).FindString(page); i != "" {
			t.Errorf("%s holds %q", name, i)
		}
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if ids[m[1]] {
				t.Errorf("%s has two elements called %q", name, m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`aria-labelledby="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if !ids[m[1]] {
				t.Errorf("%s is labelled by %q, which is not there", name, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if files[frenchRequest+"/"+m[1]] == nil {
				t.Errorf("%s leads to %q, which is not in the file", name, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`<th>|<td scope|<h1`).FindAllString(page, -1) {
			if m != "<h1" {
				t.Errorf("%s: a header cell without its scope", name)
			}
		}
		if strings.Count(page, "<h1") != 1 || strings.Count(page, "<main>") != 1 {
			t.Errorf("%s has not one title and one main part", name)
		}
	}
	if french := string(files[frenchRequest+"/1-lire-en-premier.html"]); regexp.MustCompile(`[\p{L}»] :|« | »`).MatchString(regexp.MustCompile(`<style>(?s).*?</style>`).ReplaceAllString(french, "")) {
		t.Errorf("the French page has a plain space where a no-break space belongs")
	}
}

// One request's file holds nobody of another request, in any of its files, decoded.
func testAFileHoldsNobodyElse(t *testing.T, a *archive) {
	_, files := a.file(frenchRequest, "case-3.zip")
	var all bytes.Buffer
	for name, data := range files {
		all.Write(data)
		if strings.HasSuffix(name, ".eml") {
			m, err := ingest.Parse(context.Background(), data, ingest.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString(m.Text + m.HTML)
		}
	}
	if !bytes.Contains(all.Bytes(), []byte("sophie.tremblay@")) {
		t.Fatal("the requester is not in her own file")
	}
	for _, m := range demo.Mails() {
		if m.From == "sophie.tremblay@"+demo.Domain {
			continue
		}
		for _, word := range []string{m.From, m.Name} {
			if bytes.Contains(all.Bytes(), []byte(word)) {
				t.Errorf("%q is in it", word)
			}
		}
	}
	for _, other := range []string{"Northwind", "Prairie Data", "Données du Fleuve", demo.Finance} {
		if bytes.Contains(all.Bytes(), []byte(other)) {
			t.Errorf("%q is in it", other)
		}
	}
}

// everyText is all that a zip holds as text: names of files, what stands in them, and what stands in zips, mails and their parts
// within, as a reader would find it.
func everyText(t *testing.T, files map[string][]byte) string {
	t.Helper()
	var all strings.Builder
	for name, data := range files {
		all.WriteString(name + "\n" + html.UnescapeString(string(data)) + "\n")
		if bytes.HasPrefix(data, []byte("PK")) {
			all.WriteString(everyText(t, unzip(t, data)))
		}
		if strings.HasSuffix(name, ".eml") {
			m, err := ingest.Parse(context.Background(), data, ingest.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString(m.Text + m.HTML)
			for _, part := range m.Attachments {
				all.WriteString(everyText(t, map[string][]byte{part.Name: part.Data}))
			}
		}
		if bytes.HasPrefix(data, []byte("%PDF")) {
			t.Errorf("%s: nobody looks into a PDF", name)
		}
	}
	return all.String()
}

// personalTexts are the addresses, names, reasons and free texts of a request, as its whole file has them.
func personalTexts(t *testing.T, files map[string][]byte) (texts []string) {
	t.Helper()
	add := func(s string) {
		if s = strings.TrimSpace(s); len(s) > 3 && !slices.Contains(texts, s) {
			texts = append(texts, s)
		}
	}
	for _, m := range regexp.MustCompile(`[\w.+-]+@[\w.-]+`).FindAllString(everyText(t, files), -1) {
		if strings.HasSuffix(m, "@"+demo.Domain) && m != demo.Inbox {
			name, _, _ := strings.Cut(m, "@")
			add(m)
			add(strings.ReplaceAll(name, ".", " "))
		}
	}
	for name, data := range files {
		if !strings.HasSuffix(name, ".json") || !strings.Contains(name, "explanations/") {
			continue
		}
		var e explained
		if err := json.Unmarshal(data, &e); err != nil {
			t.Fatal(err)
		}
		add(e.Reason)
		if e.Facts == nil {
			continue
		}
		add(e.Facts.Request.Name)
		for _, f := range []request.Field{request.Title, request.TitleOther, request.Description, request.Rationale, request.Justification, request.AuthorizedBy, request.Cardholder, request.SupplierID} {
			add(e.Facts.Line.Values[f].Text)
		}
	}
	return texts
}

// A severed file holds no personal text of the case in any of its parts, lists what was severed, and its chain still leads to the
// printed heads, with Handrail and without; the same ledger gives the same bytes.
func testASeveredFileNamesNobody(t *testing.T, a *archive) {
	_, whole := a.file(frenchRequest, "case-whole.zip")
	severed := func(out string) []byte {
		t.Helper()
		if code := a.handrail("file", frenchRequest, "--severed", "--config", a.path("handrail.toml"), "--out", a.path(out)); code != exitDone {
			t.Fatalf("exit code %d\n%s", code, a.seen.String())
		}
		raw, err := os.ReadFile(a.path(out))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	raw := severed("severed-1.zip")
	if !bytes.Equal(raw, severed("severed-2.zip")) {
		t.Error("the same ledger gave other bytes")
	}
	files := unzip(t, raw)
	texts, all := personalTexts(t, whole), strings.ToLower(everyText(t, files))
	if len(texts) < 12 {
		t.Errorf("only %d personal texts are known of the case: %q", len(texts), texts)
	}
	for _, s := range texts {
		if strings.Contains(all, strings.ToLower(s)) {
			t.Errorf("%q is in the severed file", s)
		}
	}
	for _, digits := range []string{"4417"} {
		if strings.Contains(string(files[frenchRequest+"/1-read-first.html"]), ">"+digits+"<") {
			t.Errorf("the card's digits %s are in the severed file", digits)
		}
	}
	var list []struct{ Section string }
	if err := json.Unmarshal(files[frenchRequest+"/severed.json"], &list); err != nil || len(list) < 8 {
		t.Errorf("%d things are listed as severed, %v", len(list), err)
	}
	for name, want := range map[string][]string{
		"1-read-first.html":      {"What was severed", "19(1)", "Above the limit", "$10,922.63", "Week 2026-W48"},
		"1-lire-en-premier.html": {"Ce qui a été prélevé", "19(1)", "Au-delà de la limite"},
	} {
		for _, w := range want {
			if !strings.Contains(string(files[frenchRequest+"/"+name]), w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
	if code := a.handrail("file", "--verify", a.path("severed-1.zip")); code != exitDone || !strings.Contains(a.seen.String(), "were severed for an access request") {
		t.Errorf("exit code %d\n%s", code, a.seen.String())
	}
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if python, err := exec.LookPath("python3"); err == nil {
		if said, err := exec.Command(python, filepath.Join(dir, frenchRequest, "proof", "verify.py")).CombinedOutput(); err != nil {
			t.Errorf("verify.py: %v\n%s", err, said)
		}
	}
}

type tampering struct {
	name   string
	change func(files map[string][]byte)
	list   bool // the list of files is made to agree
	says   string
}

func swap(name, old, new string) func(map[string][]byte) {
	return func(files map[string][]byte) {
		name := frenchRequest + "/" + name
		if !bytes.Contains(files[name], []byte(old)) {
			panic(name + " does not hold " + old)
		}
		files[name] = bytes.Replace(files[name], []byte(old), []byte(new), 1)
	}
}

var tamperings = []tampering{
	{"nothing", func(map[string][]byte) {}, true, ""},
	{"a page", swap("1-read-first.html", "10,922.63", "9,922.63"), false, "1-read-first.html: it was changed"},
	{"a file taken out", func(f map[string][]byte) { delete(f, frenchRequest+"/workbooks/received.xlsx") }, false, "received.xlsx: it is on the list and not in the file"},
	{"a file put in", func(f map[string][]byte) { f[frenchRequest+"/mails/99.eml"] = []byte("x") }, false, "mails/99.eml: it is in the file and not on the list"},
	{"an outcome", swap("proof/chain.jsonl", `\"outcome\":\"approved\",\"from\"`, `\"outcome\":\"declined\",\"from\"`), true, "it says something else than its hash"},
	{"an instant", swap("proof/chain.jsonl", `"at":1`, `"at":2`), true, "it says something else than its hash"},
	{"who decided", swap("proof/private.jsonl", "michel.gagnon", "dana.whitfield"), true, "its private part was changed"},
	{"a private part taken out", func(f map[string][]byte) {
		f[frenchRequest+"/proof/private.jsonl"] = bytes.SplitAfterN(f[frenchRequest+"/proof/private.jsonl"], []byte("\n"), 2)[1]
	}, true, "its private part is missing"},
	{"a link taken out", func(f map[string][]byte) {
		rows := bytes.SplitAfter(f[frenchRequest+"/proof/chain.jsonl"], []byte("\n"))
		f[frenchRequest+"/proof/chain.jsonl"] = bytes.Join(slices.Delete(rows, 3, 4), nil)
	}, true, "it is missing"},
	{"a link hidden", swap("proof/heads.json", "    5,\n", ""), true, "it is about the request and not named as such"},
	{"another mail", swap("mails/04-received-answer.eml", "APPR", "REFU"), true, "the mail that caused it is not here"},
	{"another policy", swap("policy/bundle.json", "10000.00", "90000.00"), true, "the policy that judged is not here"},
	{"another head", func(f map[string][]byte) {
		name := frenchRequest + "/proof/heads.json"
		f[name] = regexp.MustCompile(`"head": "(\d+):..`).ReplaceAll(f[name], []byte(`"head": "$1:00`))
	}, true, "week 2026-W48: the head"},
	{"another request's name", swap("proof/heads.json", frenchRequest, "HR-2026-000009"), true, "it is about \"HR-2026-000009\""},
}

func rezip(t *testing.T, files map[string][]byte, list bool) []byte {
	t.Helper()
	if list {
		var m map[string]any
		if err := json.Unmarshal(files[frenchRequest+"/manifest.json"], &m); err != nil {
			t.Fatal(err)
		}
		for _, f := range m["files"].([]any) {
			entry := f.(map[string]any)
			sum := sha256.Sum256(files[frenchRequest+"/"+entry["name"].(string)])
			entry["sha256"] = hex.EncodeToString(sum[:])
		}
		files[frenchRequest+"/manifest.json"], _ = json.Marshal(m)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever is changed in a file is found and named, by Handrail and by the program in Python that lies in it.
func testATamperedFileIsFound(t *testing.T, a *archive) {
	raw, _ := a.file(frenchRequest, "case-4.zip")
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Log("python3 is missing: only Handrail's own verification is tested")
	}
	for i, c := range tamperings {
		files := unzip(t, raw)
		c.change(files)
		tampered := fmt.Sprintf("tampered-%d.zip", i)
		if err := os.WriteFile(a.path(tampered), rezip(t, files, c.list), 0o600); err != nil {
			t.Fatal(err)
		}
		want := exitAct
		if c.says == "" {
			want = exitDone
		}
		if code := a.handrail("file", "--verify", a.path(tampered)); code != want || !strings.Contains(a.seen.String(), c.says) {
			t.Errorf("%s: exit code %d, and not %q:\n%s", c.name, code, c.says, a.seen.String())
		}
		// Starting Python takes longer than all the rest: one case for each kind of check that its program makes.
		if python == "" || !slices.Contains([]string{"nothing", "who decided", "a link taken out", "another mail"}, c.name) {
			continue
		}
		dir := t.TempDir()
		for name, data := range files {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.Command(python, filepath.Join(dir, frenchRequest, "proof/verify.py")).CombinedOutput()
		if (err == nil) != (c.says == "") || bytes.Contains(out, []byte("Traceback")) {
			t.Errorf("%s: verify.py says %v\n%s", c.name, err, out)
		}
	}
}

// A head on paper is proven by the file, and another one is not.
func testAFileIsHeldAgainstPaper(t *testing.T, a *archive) {
	_, files := a.file(frenchRequest, "case-5.zip")
	head := regexp.MustCompile(`"head": "(\d+:[0-9a-f]{64})"`).FindSubmatch(files[frenchRequest+"/proof/heads.json"])
	if head == nil {
		t.Fatal("no head was printed")
	}
	if code := a.handrail("file", "--verify", a.path("case-5.zip"), "--head", string(head[1])); code != exitDone || !strings.Contains(a.seen.String(), "leads to the head on your paper") {
		t.Errorf("exit code %d\n%s", code, a.seen.String())
	}
	seq, _, _ := strings.Cut(string(head[1]), ":")
	for _, wrong := range []string{seq + ":" + strings.Repeat("0", 64), "4000:" + strings.Repeat("0", 64)} {
		if code := a.handrail("file", "--verify", a.path("case-5.zip"), "--head", wrong); code != exitAct || !strings.Contains(a.seen.String(), "WRONG: head "+wrong) {
			t.Errorf("exit code %d\n%s", code, a.seen.String())
		}
	}
	if code := a.handrail("ledger", "verify", "--config", a.path("handrail.toml"), "--head", string(head[1])); code != exitDone {
		t.Errorf("the ledger does not hold the same head: %d\n%s", code, a.seen.String())
	}
}

// What was disposed of is said, and what remains still proves itself.
func testAFileSaysWhatWasDisposedOf(t *testing.T, a *archive) {
	if code := a.handrail("ledger", "dispose", "--before", "2027-04-01", "--yes", "--config", a.path("handrail.toml")); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, a.seen.String())
	}
	raw, files := a.file(frenchRequest, "case-6.zip")
	for name, want := range map[string][]string{
		"1-read-first.html":      {"Disposed of.", "name disposed of", "2033-11-23", "Its SHA-256 remains", "$10,922.63", "It cannot be judged again"},
		"1-lire-en-premier.html": {"Éliminé.", "nom éliminé", "Son empreinte SHA-256 demeure", "Pas dans ce dossier"},
	} {
		for _, w := range want {
			if !bytes.Contains(files[frenchRequest+"/"+name], []byte(w)) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
	for name := range files {
		if strings.Contains(name, "/mails/") || strings.Contains(name, "/workbooks/") {
			t.Errorf("%s is still there", name)
		}
	}
	for _, personal := range []string{"sophie.tremblay", "Tremblay", "michel.gagnon"} {
		if bytes.Contains(raw, []byte(personal)) || bytes.Contains(bytes.Join(slices.Collect(mapValues(files)), nil), []byte(personal)) {
			t.Errorf("%q is still in the file", personal)
		}
	}
	if code := a.handrail("file", "--verify", a.path("case-6.zip")); code != exitDone || !strings.Contains(a.seen.String(), "private parts were disposed of") {
		t.Errorf("exit code %d\n%s", code, a.seen.String())
	}
}

func mapValues(m map[string][]byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

func testAFileOfNothing(t *testing.T, a *archive) {
	if err := os.WriteFile(a.path("letter.zip"), []byte("Dear Sir"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"file", "HR-2026-009999", "--config", a.path("handrail.toml"), "--out", a.path("x.zip")}, exitInput, "HR-2026-009999 is not in the ledger"},
		{[]string{"file", "the one of last week", "--config", a.path("handrail.toml")}, exitUsage, "is not a request's number such as HR-2026-000123"},
		{[]string{"file"}, exitUsage, "is not a request's number"},
		{[]string{"file", "--verify", a.path("letter.zip")}, exitInput, "this is not a file that `handrail file` made"},
		{[]string{"file", "--verify", a.path("nowhere.zip")}, exitInput, "no such file"},
		{[]string{"file", frenchRequest, "--verify", a.path("letter.zip")}, exitUsage, "--verify takes a file"},
		{[]string{"file", frenchRequest, "--head", "1:00", "--config", a.path("handrail.toml")}, exitUsage, "--head goes with --verify"},
	} {
		if code := a.handrail(c.args...); code != c.code || !strings.Contains(a.seen.String(), c.says) {
			t.Errorf("%v: exit code %d, and not %q:\n%s", c.args, code, c.says, a.seen.String())
		}
	}
	if _, err := os.Stat(a.path("x.zip")); err == nil {
		t.Error("a file of nothing was left behind")
	}
}
