package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
	"handrail/internal/request"
)

// The pictures of the docs, and beside them the digests of what each was drawn from.
const (
	picturesDir  = "../../docs/images"
	picturesMade = "made-from.sha256"
	picturesMost = 150_000 // bytes of one picture
)

// picture is one picture of the docs: what this version makes that it shows, and how it is drawn.
type picture struct {
	file  string
	input func(d *pictureDesk) string // path of the mail's HTML or of the workbook
	draw  func(t *testing.T, p *painter, input, out string)
}

func pictures() []picture {
	list := []picture{{"weekly.png", (*pictureDesk).weekly, drawSheet(1500, 1500)}}
	for _, lang := range []request.Lang{request.English, request.French} {
		name := func(what string) string { return what + "." + string(lang) + ".png" }
		preview := func(d *pictureDesk) string { return filepath.Join(d.preview, "escalation."+string(lang)+".html") }
		list = append(list,
			picture{name("form"), func(d *pictureDesk) string { return d.forms[lang] }, drawSheet(1600, 1000)},
			picture{name("print"), func(d *pictureDesk) string { return d.forms[lang] }, drawPages(900, 2)},
			picture{name("annotated"), func(d *pictureDesk) string { return d.answered(pictureMixed(lang).From, ".xlsx") }, drawLines},
			picture{name("approval"), func(d *pictureDesk) string { return d.answered(pictureInside(lang).From, ".html") }, drawMail},
			picture{name("approval-phone"), func(d *pictureDesk) string { return d.answered(pictureInside(lang).From, ".html") }, drawPhone},
			picture{name("escalation"), preview, drawMail},
			picture{name("escalation-phone"), preview, drawPhone},
		)
	}
	return list
}

// pictureMixed is a request with one line of each outcome, pictureInside one with nothing but approvals.
func pictureMixed(lang request.Lang) demo.Mail {
	if lang == request.French {
		return demo.Mails()[1]
	}
	return demo.Mail{
		File: "08-mixed", From: "lena.fischer@" + demo.Domain, Name: "Lena Fischer", Language: request.English,
		Unit: "Digital Directorate", Subject: "Three small purchases", Text: "The form is attached.\n\nLena\n",
		Above: demo.Above(request.English, "5120-08", "helen.park@"+demo.Domain, "17000"),
		Lines: []map[request.Field]string{
			demo.Line("Form component", "Composant de formulaire", "Harbour Workshop Ltd.", "3000", "390", "3390", "Best of three offers."),
			demo.Line("Calculator redesign", "Refonte du calculateur", "Thousand Pages Co-op", "9500", "1235", "10735",
				"Knows the calculator; the other offer was partial."),
			demo.Line("Usability tests", "Tests d’utilisabilité", "Try It Group Inc.", "1800", "234", "2084", ""),
		},
	}
}

func pictureInside(lang request.Lang) demo.Mail {
	if lang == request.English {
		return demo.Mails()[0]
	}
	return demo.Mail{
		File: "09-tout-respecte", From: "marc.dubois@" + demo.Domain, Name: "Marc Dubois", Language: request.French,
		Unit: "Prestation de services", Subject: "Deux petits achats", Text: "Bonjour,\n\nVoici le formulaire.\n\nMarc\n",
		Above: demo.Above(request.French, "4410-21", "luc.bouchard@"+demo.Domain, "9000"),
		Lines: []map[request.Field]string{
			demo.Line("Correctifs pour lecteurs d’écran", "Screen reader fixes", "Accessibilité du Nord inc.", "4000", "599", "4599",
				"Meilleure de trois propositions."),
			demo.Line("Vérification des contrastes", "Colour contrast audit", "Coop Lumière design", "2500", "374.38", "2874.38",
				"La seule personne qui utilise un lecteur d’écran."),
		},
	}
}

// pictureDesk is what this version of the program made, to be drawn: the demo's week, the blank forms, the previews.
type pictureDesk struct {
	t       *testing.T
	demo    *demonstration
	preview string
	forms   map[request.Lang]string
}

// newPictureDesk lets the program work, on a day that is always the same.
func newPictureDesk(t *testing.T) *pictureDesk {
	t.Helper()
	dir := t.TempDir()
	d := &pictureDesk{t: t, preview: filepath.Join(dir, "preview"), forms: map[request.Lang]string{}}
	handrail(t, 0, "templates", "preview", "--out", d.preview)
	for _, lang := range []request.Lang{request.English, request.French} {
		d.forms[lang] = filepath.Join(dir, "form."+string(lang)+".xlsx")
		handrail(t, 0, "form", "--lang", string(lang), "--out", d.forms[lang])
	}
	d.demo = &demonstration{t: &terminal{in: strings.NewReader(""), out: io.Discard, err: io.Discard}, out: filepath.Join(dir, "demo")}
	if err := d.demo.open(t.Context(), time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.demo.week.Close() }()
	// Two more requests than the demo's, so that both languages have a picture of everything.
	if err := d.demo.play(t.Context(), append(demo.Mails(), pictureMixed(request.English), pictureInside(request.French))); err != nil {
		t.Fatal(err)
	}
	return d
}

// answered is the first answer to the last request of a sender.
func (d *pictureDesk) answered(to, ext string) string {
	d.t.Helper()
	for _, r := range d.demo.week.Received {
		if r.To == to && len(r.Books) > 0 && strings.Contains(r.Subject, "HR-2026-") {
			return filepath.Join(d.demo.out, strings.TrimSuffix(r.Mail, ".eml")+ext)
		}
	}
	d.t.Fatalf("%s got no answer with a number", to)
	return ""
}

func (d *pictureDesk) weekly() string {
	d.t.Helper()
	for _, r := range d.demo.week.Received {
		if r.To == demo.Finance && len(r.Books) > 0 {
			return filepath.Join(d.demo.out, r.Books[0])
		}
	}
	d.t.Fatal("finance got no workbook")
	return ""
}

// everyTimeNew is what differs between two runs of the same version: officers' codes and digests over them.
var everyTimeNew = regexp.MustCompile(`[0-9a-z]{4}(?:-[0-9a-z]{4}){3}|[0-9a-f]{64}`)

// digestOf is the SHA-256 of what a picture is drawn from: a mail's HTML, or all parts of a workbook but its properties.
func digestOf(path string) (string, error) {
	parts := map[string][]byte{}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if filepath.Ext(path) == ".xlsx" {
		if err := workbookParts(data, parts); err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
	} else {
		parts["mail"] = data
	}
	h := sha256.New()
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text := everyTimeNew.ReplaceAll(parts[name], []byte("new"))
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func workbookParts(data []byte, into map[string][]byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, "docProps/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		if into[f.Name], err = io.ReadAll(r); err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}

// The pictures in the docs show what the current version makes.
func TestPicturesAreOfThisVersion(t *testing.T) {
	desk, made := newPictureDesk(t), picturesMadeFrom(t)
	for _, p := range pictures() {
		digest, err := digestOf(p.input(desk))
		if err != nil {
			t.Fatal(err)
		}
		if made[p.file] != digest {
			t.Errorf("docs/images/%s shows an older version: run docs/images/make.sh, look at the pictures, and commit them", p.file)
		}
	}
}

// picturesMadeFrom reads the digests that were written when the pictures were drawn, by the name of the picture.
func picturesMadeFrom(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(picturesDir, picturesMade))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	made := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		digest, file, _ := strings.Cut(lines.Text(), "  ")
		made[file] = digest
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return made
}

// Every picture is small, was drawn by the script, and is shown, with words for those who do not see it, on a page in its
// own language.
func TestPicturesAreSmallAndShown(t *testing.T) {
	known := map[string]bool{}
	for _, p := range pictures() {
		known[p.file] = true
	}
	there, err := filepath.Glob(filepath.Join(picturesDir, "*.png"))
	if err != nil || len(there) != len(known) {
		t.Errorf("%d pictures of %d, %v", len(there), len(known), err)
	}
	shown := picturesShown(t)
	for _, path := range there {
		file := filepath.Base(path)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || len(data) > picturesMost {
			t.Errorf("%s: %d bytes, at most %d; %v", file, len(data), picturesMost, err)
		}
		if !known[file] {
			t.Errorf("%s is not among the pictures that docs/images/make.sh draws", file)
		}
		if !shown[file] {
			t.Errorf("no page in the picture's language shows %s", file)
		}
	}
}

var shownPicture = regexp.MustCompile(`!\[([^\]]*)\]\([^)]*images/([^)]+)\)`)

func picturesShown(t *testing.T) map[string]bool {
	t.Helper()
	shown := map[string]bool{}
	for name, text := range pages(t) {
		for _, m := range shownPicture.FindAllStringSubmatch(text, -1) {
			if len([]rune(m[1])) < 20 {
				t.Errorf("%s shows %s and does not say what is on it", name, m[2])
			}
			french := strings.HasSuffix(name, ".fr.md")
			if french && strings.HasSuffix(m[2], ".en.png") || !french && strings.HasSuffix(m[2], ".fr.png") {
				t.Errorf("%s shows %s, which is in the other language", name, m[2])
				continue
			}
			shown[m[2]] = true
		}
	}
	return shown
}
