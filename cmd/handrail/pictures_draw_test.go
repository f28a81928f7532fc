package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// Every picture of the docs can be drawn from what this version makes. docs/images/make.sh sets HANDRAIL_MAKE_PICTURES,
// and they are drawn into the docs, with the digests of what they were drawn from.
func TestPicturesAreDrawn(t *testing.T) {
	dir, keep := t.TempDir(), os.Getenv("HANDRAIL_MAKE_PICTURES") != ""
	if keep {
		dir = picturesDir
	} else if testing.Short() || os.Getenv("HANDRAIL_TEST_CHROMIUM") == "" || os.Getenv("HANDRAIL_TEST_LIBREOFFICE") == "" {
		t.Skip("HANDRAIL_TEST_CHROMIUM and HANDRAIL_TEST_LIBREOFFICE are not both set, or -short is: no picture is drawn")
	}
	for _, program := range []string{"chromium", "soffice", "pdftoppm"} {
		if _, err := exec.LookPath(program); err != nil && keep {
			t.Fatal(err)
		} else if err != nil {
			t.Skipf("no picture is drawn: %v", err)
		}
	}
	desk, p := newPictureDesk(t), &painter{work: t.TempDir()}
	var made bytes.Buffer
	for _, one := range pictures() {
		input, out := one.input(desk), filepath.Join(dir, one.file)
		p.locale = "en_CA.UTF-8"
		if strings.HasSuffix(one.file, ".fr.png") {
			p.locale = "fr_CA.UTF-8"
		}
		one.draw(t, p, input, out)
		seen := decoded(t, out)
		info, err := os.Stat(out)
		if err != nil {
			t.Fatal(err)
		}
		if b := seen.Bounds(); b.Dx() < 600 || b.Dy() < 150 || coloursOf(seen) < 20 || info.Size() > picturesMost {
			t.Errorf("%s: %d × %d, %d colours, %d bytes: this is not a picture of anything, or too large", one.file, b.Dx(), b.Dy(), coloursOf(seen), info.Size())
		}
		digest, err := digestOf(input)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&made, "%s  %s\n", digest, one.file)
	}
	if err := os.WriteFile(filepath.Join(dir, picturesMade), made.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// painter lets the distribution's programs draw.
type painter struct {
	work   string
	locale string // of whoever looks at the workbook: how amounts are written
	n      int
}

func (p *painter) run(t *testing.T, name string, args ...string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.WaitDelay = append(os.Environ(), "LC_ALL="+p.locale), 5*time.Second
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, said)
	}
}

func (p *painter) next(ext string) string {
	p.n++
	return filepath.Join(p.work, fmt.Sprintf("%02d%s", p.n, ext))
}

// sheet is the first page of a workbook as it prints, so many pixels wide, without its margins and its footer.
func (p *painter) sheet(t *testing.T, book string, width int) image.Image {
	t.Helper()
	page := p.pages(t, book, width, 1)[0]
	b := page.Bounds()
	b.Max.Y -= b.Dy() / 20 // the footer with the page's number
	return trimmed(part(page, b), 12)
}

// pages are the first pages of a workbook as it prints, so many pixels wide.
func (p *painter) pages(t *testing.T, book string, width, most int) []image.Image {
	t.Helper()
	copied := p.next(".xlsx")
	data, err := os.ReadFile(book)
	if err == nil {
		err = os.WriteFile(copied, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSuffix(copied, ".xlsx")
	p.run(t, "soffice", "--headless", "-env:UserInstallation=file://"+filepath.Join(p.work, "office"), "--convert-to", "pdf", "--outdir", p.work, copied)
	var pages []image.Image
	for n := 1; n <= most; n++ {
		page := fmt.Sprintf("%s-%d", base, n)
		p.run(t, "pdftoppm", "-png", "-singlefile", "-f", fmt.Sprint(n), "-l", fmt.Sprint(n), "-scale-to-x", fmt.Sprint(width), "-scale-to-y", "-1", base+".pdf", page)
		pages = append(pages, decoded(t, page+".png"))
	}
	return pages
}

// mail is a mail in a browser, from its top.
func (p *painter) mail(t *testing.T, path string, width, height int, dark bool) image.Image {
	t.Helper()
	scheme, shot := "1", p.next(".png")
	if dark {
		scheme = "0"
	}
	p.run(t, "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir="+filepath.Join(p.work, "browser"),
		"--host-resolver-rules=MAP * ~NOTFOUND", "--blink-settings=preferredColorScheme="+scheme, "--force-device-scale-factor=1.5",
		fmt.Sprintf("--window-size=%d,%d", width, height), "--screenshot="+shot, "file://"+path)
	return decoded(t, shot)
}

// drawSheet draws the first sheet down to a height.
func drawSheet(width, height int) func(t *testing.T, p *painter, input, out string) {
	return func(t *testing.T, p *painter, input, out string) {
		t.Helper()
		page := p.sheet(t, input, width)
		b := page.Bounds()
		b.Max.Y = min(b.Max.Y, b.Min.Y+height)
		save(t, part(page, b), out)
	}
}

// drawPages draws the first pages of a workbook as they lie on paper, one below the other.
func drawPages(width, pages int) func(t *testing.T, p *painter, input, out string) {
	return func(t *testing.T, p *painter, input, out string) {
		t.Helper()
		const gap = 16 // pixels between two sheets of paper
		all := p.pages(t, input, width, pages)
		size := all[0].Bounds()
		paper := image.NewRGBA(image.Rect(0, 0, size.Dx()+2*gap, pages*(size.Dy()+gap)+gap))
		draw.Draw(paper, paper.Bounds(), image.NewUniform(color.Gray{Y: 150}), image.Point{}, draw.Src)
		for i, page := range all {
			at := image.Pt(gap, gap+i*(size.Dy()+gap))
			draw.Draw(paper, image.Rectangle{Min: at, Max: at.Add(size.Size())}, page, page.Bounds().Min, draw.Src)
		}
		save(t, paper, out)
	}
}

// linesShown are the columns of a form that fit beside the answer in a picture that can still be read.
var linesShown = []string{"Title", "Titre", "Supplier", "Fournisseur", "Total", "Result", "Résultat", "Why", "Pourquoi", "Reference", "Référence"}

// linesOfAForm is at least how many rows the table of a form has.
const linesOfAForm = 60

// drawLines draws the table of an annotated workbook: its lines, and what we wrote beside them. The boxes above the
// table and the columns that say nothing about the answer are hidden, as a reader would.
func drawLines(t *testing.T, p *painter, input, out string) {
	t.Helper()
	book, err := excelize.OpenFile(input)
	if err != nil {
		t.Fatal(err)
	}
	sheet := book.GetSheetList()[0]
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	header := slices.IndexFunc(rows, func(row []string) bool {
		return len(row) > 8 && slices.Contains(linesShown, firstName(row[0]))
	})
	if header < 0 {
		t.Fatalf("%s has no table", input)
	}
	last := header
	for last+1 < len(rows) && strings.Join(rows[last+1], "") != "" {
		last++
	}
	for i := 1; i < max(len(rows), header+linesOfAForm); i++ {
		if i >= header && i <= last+1 {
			continue
		}
		if err := book.SetRowVisible(sheet, i+1, false); err != nil {
			t.Fatal(err)
		}
	}
	for i, cell := range rows[header] {
		if slices.Contains(linesShown, firstName(cell)) {
			continue
		}
		column, err := excelize.ColumnNumberToName(i + 1)
		if err == nil {
			err = book.SetColVisible(sheet, column, false)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// On one page as wide as the lines: the form itself goes on on a second one.
	fit, one, any := true, 1, 0
	if err := book.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		t.Fatal(err)
	}
	if err := book.SetPageLayout(sheet, &excelize.PageLayoutOptions{FitToWidth: &one, FitToHeight: &any}); err != nil {
		t.Fatal(err)
	}
	table := p.next(".xlsx")
	if err := book.SaveAs(table); err != nil {
		t.Fatal(err)
	}
	drawSheet(1500, 460)(t, p, table, out)
}

func firstName(header string) string {
	name, _, _ := strings.Cut(header, " / ")
	return name
}

// drawMail draws a mail as wide as a desk shows it, drawPhone as a phone does, light beside dark.
func drawMail(t *testing.T, p *painter, input, out string) {
	t.Helper()
	save(t, p.mail(t, input, 720, 860, false), out)
}

func drawPhone(t *testing.T, p *painter, input, out string) {
	t.Helper()
	light, dark := p.mail(t, input, 375, 760, false), p.mail(t, input, 375, 760, true)
	const gap = 36
	w, h := light.Bounds().Dx(), light.Bounds().Dy()
	both := image.NewRGBA(image.Rect(0, 0, 2*w+gap, h))
	draw.Draw(both, both.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(both, image.Rect(0, 0, w, h), image.NewUniform(color.Gray{Y: 0xCC}), image.Point{}, draw.Src)
	draw.Draw(both, image.Rect(2, 2, w-2, h-2), light, light.Bounds().Min.Add(image.Pt(2, 2)), draw.Src)
	draw.Draw(both, image.Rect(w+gap, 0, 2*w+gap, h), dark, dark.Bounds().Min, draw.Src)
	save(t, both, out)
}

func decoded(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func part(img image.Image, r image.Rectangle) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Bounds(), img, r.Min, draw.Src)
	return out
}

// trimmed is the picture without the blank space around it, but for an edge; blank is the colour of its last corner.
func trimmed(img image.Image, edge int) image.Image {
	b := img.Bounds()
	blank := color.RGBAModel.Convert(img.At(b.Max.X-1, b.Max.Y-1))
	content := image.Rectangle{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if color.RGBAModel.Convert(img.At(x, y)) != blank {
				content = content.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return part(img, content.Inset(-edge).Intersect(b))
}

// save writes a PNG of at most 256 colours: a third of the bytes, and no eye sees it on a page of text.
func save(t *testing.T, img image.Image, path string) {
	t.Helper()
	b := img.Bounds()
	few := image.NewPaletted(b, commonest(img))
	nearest := map[color.RGBA]uint8{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			i, ok := nearest[c]
			if !ok {
				i = uint8(few.Palette.Index(c))
				nearest[c] = i
			}
			few.SetColorIndex(x, y, i)
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func commonest(img image.Image) color.Palette {
	count := map[color.RGBA]int{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)]++
		}
	}
	all := make([]color.RGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y color.RGBA) int {
		if count[x] != count[y] {
			return count[y] - count[x]
		}
		return (int(x.R)<<16 | int(x.G)<<8 | int(x.B)) - (int(y.R)<<16 | int(y.G)<<8 | int(y.B))
	})
	var p color.Palette
	for _, c := range all[:min(256, len(all))] {
		p = append(p, c)
	}
	return p
}

func coloursOf(img image.Image) int {
	seen := map[color.Color]bool{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			seen[img.At(x, y)] = true
		}
	}
	return len(seen)
}
