package workbook

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"handrail/internal/request"
)

// Format is what a file is, by its first bytes and, for containers, by what they hold.
type Format string

// The formats that Sniff tells apart.
const (
	Xlsx        Format = "xlsx" // also .xlsm, .xltx, .xltm
	Xls         Format = "xls"
	Xlsb        Format = "xlsb"
	Ods         Format = "ods"
	Numbers     Format = "numbers" // Apple Numbers, or another program of that family
	Csv         Format = "csv"
	Pdf         Format = "pdf"
	Docx        Format = "docx"
	Pptx        Format = "pptx"
	Doc         Format = "doc"
	OutlookItem Format = "msg"
	OtherOLE    Format = "ole"
	Encrypted   Format = "encrypted" // an Office file with a password
	Zip         Format = "zip"
	HTML        Format = "html"
	SheetML     Format = "xml" // Excel 2003's single XML file
	RTF         Format = "rtf"
	Image       Format = "image"
	Archive     Format = "archive" // gzip, 7z, rar
	Empty       Format = "empty"
	Unknown     Format = "unknown"
)

// Sniff looks at a file's bytes, never at its name. It parses nothing and allocates next to nothing.
func Sniff(data []byte) Format {
	if len(data) == 0 {
		return Empty
	}
	for _, m := range magics {
		if bytes.HasPrefix(data, []byte(m.bytes)) {
			return m.format
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return sniffZip(data)
	case bytes.HasPrefix(data, []byte(oleMagic)):
		return sniffOLE(data)
	}
	return sniffText(data)
}

const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

var magics = []struct {
	bytes  string
	format Format
}{
	{"%PDF", Pdf}, {"{\\rtf", RTF}, {"\x89PNG", Image}, {"\xff\xd8\xff", Image}, {"GIF8", Image}, {"BM", Image},
	{"\x1f\x8b", Archive}, {"7z\xbc\xaf\x27\x1c", Archive}, {"Rar!", Archive},
	// Excel 2, 3 and 4 had no container around their records.
	{"\x09\x00\x04\x00", Xls}, {"\x09\x02\x06\x00", Xls}, {"\x09\x04\x06\x00", Xls}, {"\x09\x08\x10\x00", Xls}, {"\x09\x08\x08\x00", Xls},
}

// sniffZip looks for the names that tell formats apart. Names stand uncompressed in the local headers and in the
// directory, so a damaged zip is still known for what it was.
func sniffZip(data []byte) Format {
	has := func(name string) bool { return bytes.Contains(data, []byte(name)) }
	switch {
	case has("xl/workbook.bin"):
		return Xlsb
	case has("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"):
		return Ods
	case has("mimetypeapplication/vnd.oasis.opendocument"):
		return Zip
	case has("Index/Document.iwa"), has("Index/Metadata.iwa"):
		return Numbers
	case has("word/document.xml"):
		return Docx
	case has("ppt/presentation.xml"):
		return Pptx
	case has("xl/workbook.xml"), has(`xl\workbook.xml`), has("xl/worksheets/"):
		return Xlsx
	case has("[Content_Types].xml"):
		return Xlsx // some office document; opening it says whether it is a workbook
	}
	return Zip
}

// sniffOLE looks into the directory of a compound file: entries are 128 bytes, aligned, with their name in UTF-16.
func sniffOLE(data []byte) Format {
	for _, k := range []struct {
		name   string
		format Format
	}{
		{"EncryptedPackage", Encrypted}, {"Workbook", Xls}, {"Book", Xls}, {"WordDocument", Doc},
		{"__properties_version1.0", OutlookItem},
	} {
		if oleHas(data, k.name) {
			return k.format
		}
	}
	return OtherOLE
}

func oleHas(data []byte, name string) bool {
	var want []byte
	for _, u := range utf16.Encode([]rune(name + "\x00")) {
		want = binary.LittleEndian.AppendUint16(want, u)
	}
	for at := 0; ; {
		n := bytes.Index(data[at:], want)
		if n < 0 {
			return false
		}
		at += n
		if at%128 == 0 && at+66 <= len(data) && int(binary.LittleEndian.Uint16(data[at+64:])) == len(want) {
			return true
		}
		at++
	}
}

func sniffText(data []byte) Format {
	head := data[:min(len(data), 4096)]
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	lower := bytes.ToLower(text)
	switch {
	case bytes.HasPrefix(lower, []byte("<?xml")) && bytes.Contains(lower, []byte("urn:schemas-microsoft-com:office:spreadsheet")):
		return SheetML
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")), bytes.Contains(lower, []byte("<table")):
		return HTML
	}
	if bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(head) && !latinText(head) {
		return Unknown
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.ContainsAny(line, ",;\t") {
		return Csv
	}
	return Unknown
}

// latinText reports whether the bytes could be text in an 8-bit code page: hardly any control characters.
func latinText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

// formatWords names a format to a clerk.
var formatWords = map[Format]request.Text{
	Ods:         {EN: "an OpenDocument spreadsheet (.ods)", FR: "une feuille de calcul OpenDocument (.ods)"},
	Csv:         {EN: "a text file with separated values (.csv)", FR: "un fichier texte de valeurs séparées (.csv)"},
	Pdf:         {EN: "a PDF", FR: "un PDF"},
	Docx:        {EN: "a Word document", FR: "un document Word"},
	Doc:         {EN: "a Word document", FR: "un document Word"},
	Pptx:        {EN: "a PowerPoint presentation", FR: "une présentation PowerPoint"},
	OutlookItem: {EN: "an Outlook message", FR: "un message Outlook"},
	HTML:        {EN: "a web page", FR: "une page Web"},
	SheetML:     {EN: "an Excel 2003 XML file", FR: "un fichier XML d’Excel 2003"},
	RTF:         {EN: "a rich text document", FR: "un document RTF"},
	Image:       {EN: "a picture", FR: "une image"},
	Archive:     {EN: "a compressed archive", FR: "une archive compressée"},
	Zip:         {EN: "a compressed folder (.zip)", FR: "un dossier compressé (.zip)"},
}

// refusal is the Error for a file that is not an .xlsx, nil when it looks like one.
func refusal(f Format) *Error {
	saveAs := request.Text{
		EN: "Open it in Excel, choose Save As, Excel Workbook (.xlsx), and send that file.",
		FR: "Ouvrez-le dans Excel, choisissez Enregistrer sous, Classeur Excel (.xlsx), et envoyez ce fichier.",
	}
	e := &Error{Code: OtherFormat, Err: fmt.Errorf("the file is of format %q", f)}
	switch f {
	case Xlsx:
		return nil
	case Encrypted:
		return passwordProtected("")
	case Xls:
		e.Code = OldFormat
		e.Message = request.Text{EN: "This file is in the old Excel format (.xls). " + saveAs.EN, FR: "Ce fichier est dans l’ancien format d’Excel (.xls). " + saveAs.FR}
	case Xlsb:
		e.Code = BinaryWorkbook
		e.Message = request.Text{EN: "This file is an Excel binary workbook (.xlsb). " + saveAs.EN, FR: "Ce fichier est un classeur binaire d’Excel (.xlsb). " + saveAs.FR}
	case Ods, Csv, SheetML, HTML:
		w := formatWords[f]
		e.Message = request.Text{
			EN: "This file is " + w.EN + ", not an Excel workbook. " + saveAs.EN,
			FR: "Ce fichier est " + w.FR + " et non un classeur Excel. " + saveAs.FR,
		}
	case Numbers:
		e.Code = NumbersFile
		e.Message = request.Text{
			EN: "This file was made with Apple Numbers (.numbers), which other programs cannot open. In Numbers, choose File, Export To, Excel, and send the .xlsx file that it makes.",
			FR: "Ce fichier provient d’Apple Numbers (.numbers); les autres programmes ne peuvent pas l’ouvrir. Dans Numbers, choisissez Fichier, Exporter vers, Excel, et envoyez le fichier .xlsx obtenu.",
		}
	case Empty:
		e.Code = NotAWorkbook
		e.Message = request.Text{EN: "This file is empty. Please send it again.", FR: "Ce fichier est vide. Veuillez l’envoyer de nouveau."}
	default:
		w, known := formatWords[f]
		if !known {
			e.Code = NotAWorkbook
			e.Message = notAWorkbookText()
			break
		}
		e.Message = request.Text{
			EN: "This file is " + w.EN + ", not an Excel workbook. Fill in the request form and send it as an Excel workbook (.xlsx).",
			FR: "Ce fichier est " + w.FR + " et non un classeur Excel. Remplissez le formulaire de demande et envoyez-le sous forme de classeur Excel (.xlsx).",
		}
	}
	return e
}

func notAWorkbookText() request.Text {
	return request.Text{
		EN: "This file is not an Excel workbook. Fill in the request form and send it as an Excel workbook (.xlsx).",
		FR: "Ce fichier n’est pas un classeur Excel. Remplissez le formulaire de demande et envoyez-le sous forme de classeur Excel (.xlsx).",
	}
}

func passwordProtected(part string) *Error {
	return &Error{Code: PasswordProtected, Part: part, Err: fmt.Errorf("the file is encrypted"), Message: request.Text{
		EN: "This workbook is protected by a password and cannot be opened. Remove the password (File, Info, Protect Workbook) and send it again.",
		FR: "Ce classeur est protégé par un mot de passe et ne peut pas être ouvert. Retirez le mot de passe (Fichier, Informations, Protéger le classeur) et envoyez-le de nouveau.",
	}}
}

// LockFile reports whether a file name is that of Excel's lock file ("~$requests.xlsx"), which holds no workbook.
func LockFile(name string) bool { return strings.HasPrefix(name, "~$") }
