package workbook

import (
	"bytes"
	"context"
	"io"
	"strings"
	"unicode"

	"github.com/klauspost/compress/zip"
)

// A Book is an open workbook: its directory, sheets, number formats and shared strings are read and checked, its cells
// are read when Rows is called. It refers to the bytes given to Open, which must not change. It is for one goroutine.
type Book struct {
	a         *archive
	b         Bounds
	main      string // the workbook part
	mainRels  []relationship
	sheets    []sheet
	macros    bool // the content types call it a workbook with macros
	date1904  bool
	strict    bool
	calc      Calculation
	styles    *styles
	strings   sharedStrings
	layouts   map[int]*Layout
	partNotes map[int]*sheetNotes
	tables    map[string]Table // by partKey
	names     map[sheetName]string
}

// sheetName is one of Excel's own names of a sheet, by its index.
type sheetName struct {
	name  string
	sheet int
}

// Calculation says when a spreadsheet program works formulas out, and how.
type Calculation struct {
	Manual    bool // only when somebody asks for it: stored results can be old
	OnLoad    bool // all of them when the file is opened: what is stored is not what a person then sees
	AsShown   bool // with the digits that cells show
	Iterative bool // formulas may lead back to themselves
}

// Calculation is what the workbook says of its formulas' results.
func (k *Book) Calculation() Calculation { return k.calc }

// SheetInfo is one tab of the workbook.
type SheetInfo struct {
	Name  string
	State SheetState
	Kind  string // "worksheet", "macrosheet"; or "chartsheet", "dialogsheet", "module", which hold no cells of their own
}

// SheetState says whether people see the tab.
type SheetState string

// The states of a sheet. A very hidden sheet can only be shown again from a macro editor.
const (
	Visible    SheetState = "visible"
	Hidden     SheetState = "hidden"
	VeryHidden SheetState = "veryHidden"
)

type sheet struct {
	SheetInfo
	part string
	id   int
}

// Size is the bytes of the file and of its parts unpacked: an open workbook holds fewer in memory.
func (k *Book) Size() int64 {
	n := int64(len(k.a.data))
	for _, f := range k.a.files {
		n += int64(f.UncompressedSize64)
	}
	return n
}

// Open checks a workbook's container and reads all that stands outside its sheets. Any error is an *Error, or the context's when
// that has ended.
func Open(ctx context.Context, data []byte, b Bounds) (*Book, error) {
	k, err := openMain(ctx, data, b)
	if err != nil {
		return nil, err
	}
	if err := k.readStyles(ctx); err != nil {
		return nil, err
	}
	if err := k.readStrings(ctx); err != nil {
		return nil, err
	}
	return k, nil
}

// SheetsOf lists the sheets of a workbook of which nothing else is read: what tells workbooks apart by their sheets, before one is opened.
func SheetsOf(ctx context.Context, data []byte, b Bounds) ([]SheetInfo, error) {
	k, err := openMain(ctx, data, b)
	if err != nil {
		return nil, err
	}
	return k.Sheets(), nil
}

// openMain opens a workbook as far as its main part, which names the sheets.
func openMain(ctx context.Context, data []byte, b Bounds) (*Book, error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	if int64(len(data)) > b.FileBytes {
		return nil, overBound("FileBytes", "", "", int64(len(data)), b.FileBytes)
	}
	if e := refusal(Sniff(data)); e != nil {
		return nil, e
	}
	a, err := openArchive(data, b)
	if err != nil {
		return nil, err
	}
	k := &Book{a: a, b: b, layouts: map[int]*Layout{}, partNotes: map[int]*sheetNotes{}, tables: map[string]Table{}, names: map[sheetName]string{}}
	if err := k.findMain(ctx); err != nil {
		return nil, err
	}
	if err := k.readTypes(ctx); err != nil {
		return nil, err
	}
	if err := k.readMain(ctx); err != nil {
		return nil, err
	}
	return k, nil
}

func notAWorkbook(err error) *Error {
	return &Error{Code: NotAWorkbook, Err: err, Message: notAWorkbookText()}
}

func (k *Book) findMain(ctx context.Context) error {
	rels, err := k.a.relationships(ctx, "")
	if err != nil {
		return err
	}
	r, ok := relOfKind(rels, relDocument)
	switch {
	case !ok && k.a.has("xl/workbook.xml"):
		return damaged("_rels/.rels", "", "the package does not say which part is the workbook")
	case !ok:
		return notAWorkbook(errNoDocument)
	case strings.HasSuffix(r.target, ".bin"):
		return refusal(Xlsb)
	}
	k.main = r.target
	k.mainRels, err = k.a.relationships(ctx, k.main)
	return err
}

// readTypes reads the content types to their end, although reading needs none of them: a workbook whose types cannot be
// added to could be judged and never given back.
func (k *Book) readTypes(ctx context.Context) error {
	s, c, err := k.a.scanSmall(ctx, contentTypesPart)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := s.next(); err != nil {
		return err
	}
	if s.space != contentSpace || string(s.name) != "Types" {
		return s.bad("the root element is <%s>", s.name)
	}
	for {
		ok, err := s.child(1)
		if err != nil {
			return err
		}
		if !ok {
			return s.rest()
		}
		k.macros = k.macros || bytes.HasSuffix(s.attr("ContentType"), []byte("macroEnabled.main+xml"))
		if err := s.skip(); err != nil {
			return err
		}
	}
}

// scan opens a part for reading.
func (k *Book) scan(ctx context.Context, part string) (*scanner, io.Closer, error) {
	return k.a.scan(ctx, part)
}

func (k *Book) readMain(ctx context.Context) error {
	s, c, err := k.a.scanSmall(ctx, k.main)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := s.next(); err != nil {
		return err
	}
	if !s.is("workbook") {
		if s.space == mainSpace {
			return damaged(k.main, "", "the root element is <%s>", s.name)
		}
		return notAWorkbook(errNoDocument)
	}
	for _, b := range s.binds {
		k.strict = k.strict || b.strict
	}
	for {
		ok, err := s.child(1)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch {
		case s.is("workbookPr"):
			k.date1904 = s.attrBool("date1904")
			err = s.skip()
		case s.is("calcPr"):
			k.calc = Calculation{Manual: string(s.attr("calcMode")) == "manual", OnLoad: s.attrBool("fullCalcOnLoad"),
				AsShown: s.attr("fullPrecision") != nil && !s.attrBool("fullPrecision"), Iterative: s.attrBool("iterate")}
			err = s.skip()
		case s.is("sheets"):
			err = k.readSheets(s)
		case s.is("definedNames"):
			err = k.readNames(s)
		default:
			err = s.skip()
		}
		if err != nil {
			return err
		}
	}
	if len(k.sheets) == 0 {
		return damaged(k.main, "", "the workbook lists no sheet")
	}
	return s.rest()
}

func (k *Book) readSheets(s *scanner) error {
	targets := make(map[string]relationship, len(k.mainRels))
	for _, r := range k.mainRels {
		if !r.external {
			targets[r.id] = r
		}
	}
	names, parts := map[string]bool{}, map[string]string{}
	for _, other := range k.sheets { // of a second list
		names[foldedName(other.Name)] = true
		parts[partKey(other.part)] = other.Name
	}
	for {
		ok, err := s.child(2)
		if err != nil || !ok {
			return err
		}
		if !s.is("sheet") {
			if err := s.skip(); err != nil {
				return err
			}
			continue
		}
		if len(k.sheets) >= k.b.Sheets {
			return overBound("Sheets", k.main, "", int64(len(k.sheets)+1), int64(k.b.Sheets))
		}
		sh := sheet{SheetInfo: SheetInfo{Name: s.attrText("name"), State: Visible, Kind: relWorksheet}}
		switch st := SheetState(s.attr("state")); st {
		case Hidden, VeryHidden:
			sh.State = st
		default:
			// Some programs write "show". Only the two words above hide a sheet, and its rows are read in any case.
		}
		sh.id = atoi(s.attr("sheetId"))
		id := s.relID("id")
		if r, ok := targets[id]; ok {
			sh.part = r.target
			// Whatever has a kind that we do not know is read as a worksheet, and fails when it is none.
			switch r.kind {
			case relChartsheet, relDialogsheet:
				sh.Kind = r.kind
			case relMacrosheet, relIntlMacrosheet:
				sh.Kind = "macrosheet"
			}
		}
		if len(sh.Name) > longestNames {
			return damaged(k.main, "", "a sheet has a name of %d bytes", len(sh.Name))
		}
		if folded := foldedName(sh.Name); names[folded] {
			return damaged(k.main, "", "two sheets are called %q", sh.Name)
		} else {
			names[folded] = true
		}
		if sh.part != "" {
			if other, twice := parts[partKey(sh.part)]; twice {
				return damaged(k.main, "", "sheets %q and %q are the same part", other, sh.Name)
			}
			parts[partKey(sh.part)] = sh.Name
		}
		if id == "" {
			sh.Kind = "module" // a tab of old macro code: it is listed, and has never had a part
		} else if sh.part == "" || !k.a.has(sh.part) && sh.Kind == relWorksheet {
			return damaged(k.main, "", "the part of sheet %q is missing", sh.Name)
		}
		k.sheets = append(k.sheets, sh)
		if err := s.skip(); err != nil {
			return err
		}
	}
}

// readNames reads what Excel calls the print area and the filter's range of each sheet.
func (k *Book) readNames(s *scanner) error {
	var text []byte
	for {
		ok, err := s.child(2)
		if err != nil || !ok {
			return err
		}
		name := sheetName{s.attrText("name"), atoi(s.attr("localSheetId"))}
		if !s.is("definedName") || name.name != printAreaName && name.name != filterName {
			if err := s.skip(); err != nil {
				return err
			}
			continue
		}
		if text, err = appendElementText(s, text[:0], 0, s.b); err != nil {
			return err
		}
		k.names[name] = string(text)
	}
}

// foldedName is the same for names that strings.EqualFold calls equal.
func foldedName(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, s)
}

// atoi reads a small count; what is none is 0.
func atoi(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<30 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// Sheets lists the tabs in their order.
func (k *Book) Sheets() []SheetInfo {
	out := make([]SheetInfo, len(k.sheets))
	for i := range k.sheets {
		out[i] = k.sheets[i].SheetInfo
	}
	return out
}

// Signed reports whether the workbook has a digital signature, which any change voids.
func (k *Book) Signed() bool {
	for key := range k.a.parts {
		if strings.HasPrefix(key, "_xmlsignatures/") {
			return true
		}
	}
	return false
}

// Macros reports whether the workbook carries a VBA project. It is never looked into.
func (k *Book) Macros() bool {
	_, ok := relOfKind(k.mainRels, relVBA)
	return ok || k.a.has("xl/vbaProject.bin")
}

// Extension is the file name extension under which Excel opens the workbook: ".xlsx", or ".xlsm" when it has macros.
func (k *Book) Extension() string {
	if k.macros {
		return ".xlsm"
	}
	return ".xlsx"
}

const contentTypesPart = "[Content_Types].xml"

// Date1904 reports whether day 0 of the workbook is 1904-01-01, as on old Macintoshes.
func (k *Book) Date1904() bool { return k.date1904 }

// fileOf is the zip entry of a part.
func (k *Book) fileOf(part string) *zip.File { return k.a.parts[partKey(part)] }
