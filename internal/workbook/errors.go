package workbook

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"handrail/internal/request"
)

// Code says in one word why a file cannot be read as a request. Codes are stable: mails, JSON and quarantine use them.
type Code string

// The codes.
const (
	NotAWorkbook      Code = "not-a-workbook"
	PasswordProtected Code = "password-protected"
	OldFormat         Code = "old-format"      // .xls
	BinaryWorkbook    Code = "binary-workbook" // .xlsb
	NumbersFile       Code = "numbers"         // .numbers
	OtherFormat       Code = "other-format"    // .ods, .csv, .pdf, .docx, …
	Damaged           Code = "damaged"
	TooLarge          Code = "too-large"
	Unsafe            Code = "unsafe"
	NoRequestTable    Code = "no-request-table"
)

// Error says why a workbook was refused. Message is for the person who sent it; Error() is for the operator and the log.
type Error struct {
	Code    Code
	Part    string       // the part of the file, "xl/worksheets/sheet1.xml"; "" for the file as a whole
	Cell    string       // the cell or row at fault, where one can be named
	Bound   string       // of too-large: the name of the bound in Bounds
	Found   int64        // of too-large: the number that broke it
	Limit   int64        // of too-large: what is allowed
	Message request.Text // what, why and what next, for a clerk
	Err     error
}

// Error is one line for an operator.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Part != "" {
		s += ": " + e.Part
	}
	if e.Cell != "" {
		s += " at " + e.Cell
	}
	if e.Bound != "" {
		s += fmt.Sprintf(": %s is %d, the most is %d", e.Bound, e.Found, e.Limit)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrorOf finds the *Error in a chain of errors.
func ErrorOf(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// damaged is an Error for a part that is not what the file format says.
func damaged(part, cell, format string, args ...any) *Error {
	e := &Error{Code: Damaged, Part: part, Cell: cell, Err: fmt.Errorf(format, args...)}
	e.Message = damagedText(cell)
	return e
}

func damagedText(cell string) request.Text {
	if cell == "" {
		return request.Text{
			EN: "This workbook is damaged, and part of it cannot be read. Open it in Excel, save it under a new name, and send that copy.",
			FR: "Ce classeur est endommagé et une partie ne peut pas être lue. Ouvrez-le dans Excel, enregistrez-le sous un nouveau nom et envoyez cette copie.",
		}
	}
	return request.Text{
		EN: fmt.Sprintf("This workbook is damaged near %s and cannot be read safely. Open it in Excel, save it under a new name, and send that copy.", cell),
		FR: fmt.Sprintf("Ce classeur est endommagé près de %s et ne peut pas être lu de façon sûre. Ouvrez-le dans Excel, enregistrez-le sous un nouveau nom et envoyez cette copie.", cell),
	}
}

func unsafePart(part, format string, args ...any) *Error {
	return &Error{Code: Unsafe, Part: part, Err: fmt.Errorf(format, args...), Message: request.Text{
		EN: "This workbook is built in a way that no spreadsheet program builds one, so it was not opened. Copy your rows into a new blank form and send that.",
		FR: "Ce classeur est construit comme aucun tableur ne le ferait; il n’a donc pas été ouvert. Copiez vos lignes dans un nouveau formulaire vierge et envoyez celui-ci.",
	}}
}

// boundWords says each bound for a clerk; %s is the number found, then the limit.
var boundWords = map[string]request.Text{
	"FileBytes":     {EN: "the file has %s bytes, and at most %s can be read", FR: "le fichier compte %s octets, et %s au plus peuvent être lus"},
	"Entries":       {EN: "the file has %s parts, and at most %s can be read", FR: "le fichier compte %s parties, et %s au plus peuvent être lues"},
	"PartBytes":     {EN: "one part of it takes %s bytes when unpacked, and at most %s can be read", FR: "une de ses parties occupe %s octets une fois décompressée, et %s au plus peuvent être lus"},
	"SmallBytes":    {EN: "its formatting, comments or list of sheets takes %s bytes when unpacked, and at most %s can be read", FR: "sa mise en forme, ses commentaires ou sa liste de feuilles occupent %s octets une fois décompressés, et %s au plus peuvent être lus"},
	"TotalBytes":    {EN: "it takes %s bytes when unpacked, and at most %s can be read", FR: "il occupe %s octets une fois décompressé, et %s au plus peuvent être lus"},
	"Ratio":         {EN: "one part of it is %s times larger when unpacked, and at most %s is accepted", FR: "une de ses parties est %s fois plus grande une fois décompressée, et %s au plus est accepté"},
	"Sheets":        {EN: "it has %s sheets, and at most %s can be read", FR: "il compte %s feuilles, et %s au plus peuvent être lues"},
	"StyleElements": {EN: "it has over %[2]s cell styles and other formatting items", FR: "il compte plus de %[2]s styles de cellule et autres éléments de mise en forme"},
	"Strings":       {EN: "it has over %[2]s different texts", FR: "il compte plus de %[2]s textes différents"},
	"StringBytes":   {EN: "its texts take over %[2]s bytes", FR: "ses textes occupent plus de %[2]s octets"},
	"Columns":       {EN: "it uses column number %s, and at most %s can be read", FR: "il utilise la colonne numéro %s, et %s au plus peuvent être lues"},
	"Rows":          {EN: "a sheet has over %[2]s rows that are not empty", FR: "une feuille compte plus de %[2]s lignes non vides"},
	"RowBytes":      {EN: "the texts of one row take over %[2]s bytes", FR: "les textes d’une ligne occupent plus de %[2]s octets"},
	"Merged":        {EN: "a sheet has over %[2]s merged ranges", FR: "une feuille compte plus de %[2]s plages fusionnées"},
	"CellBytes":     {EN: "a cell holds over %[2]s characters", FR: "une cellule contient plus de %[2]s caractères"},
	"Nesting":       {EN: "its parts are nested more than %[2]s levels deep", FR: "ses éléments sont imbriqués sur plus de %[2]s niveaux"},
}

// overBound is an Error with the number that broke a bound.
func overBound(bound, part, cell string, found, limit int64) *Error {
	w := boundWords[bound]
	say := func(l request.Lang, lead, format, tail string) string {
		return lead + fmt.Sprintf(format, groupedCount(found, l), groupedCount(limit, l)) + tail
	}
	return &Error{Code: TooLarge, Part: part, Cell: cell, Bound: bound, Found: found, Limit: limit, Message: request.Text{
		EN: say(request.English, "This workbook is too large: ", w.EN, ". Copy your rows into a new blank form and send that."),
		FR: say(request.French, "Ce classeur est trop volumineux\u00a0: ", w.FR, ". Copiez vos lignes dans un nouveau formulaire vierge et envoyez celui-ci."),
	}}
}

// groupedCount writes a whole number with the separators of the language.
func groupedCount(n int64, l request.Lang) string {
	sep := ","
	if l == request.French {
		sep = "\u00a0"
	}
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return s
}

// unpackError keeps our own errors and the context's, and names the part of the others, which come from the zip.
func unpackError(part string, err error) error {
	if _, ok := ErrorOf(err); ok || ended(err) {
		return err
	}
	return damaged(part, "", "unpack: %w", err)
}

// ended reports whether an error says that the context is over: then nothing is known of the workbook.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
