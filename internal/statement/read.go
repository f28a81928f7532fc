package statement

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"handrail/internal/workbook"
)

// sniffed is how much of a file is looked at to know its format, in bytes.
const sniffed = 4 << 10

// reader is one format of statements.
type reader struct {
	name  string
	sniff func(head string) bool // of the first bytes, as UTF-8
	read  func(ctx context.Context, data []byte, o Options) (*Statement, error)
}

// readers are all formats but tables: each is declared here and nowhere else. The first that knows a file reads it, or says
// why it is not read and what to ask the bank for; what none of them knows is a workbook or separated text.
func readers() []reader {
	return []reader{
		{"OFX", looksOFX, readOFX},
		{"ISO 20022 camt", looksCamt, readCamt},
		{"QIF", looksQIF, refuseFormat("QIF", "no identity of its transactions and no fixed order of day and month", "pas d’identifiant des opérations ni d’ordre fixe du jour et du mois")},
		{"MT940", looksMT940, refuseFormat("MT940", "the merchant only in free text", "le marchand seulement en texte libre")},
		{"BAI2", looksBAI2, refuseFormat("BAI2", "the merchant only in free text", "le marchand seulement en texte libre")},
		{"Visa VCF4", looksVCF4, refuseFormat("Visa VCF4", "columns that only the bank’s agreement describes", "des colonnes que seul le contrat de la banque décrit")},
		{"Mastercard CDF3", looksCDF3, refuseFormat("Mastercard CDF3", "fields that only the bank’s agreement describes", "des champs que seul le contrat de la banque décrit")},
		{"American Express GL1025", looksGL1025, refuseFormat("American Express GL1025", "columns that only the bank’s agreement describes", "des colonnes que seul le contrat de la banque décrit")},
	}
}

// Format is the name of the format that a file is in, "" for a table (a workbook, CSV) and what is none of them.
func Format(data []byte) string {
	if r := readerOf(data); r != nil {
		return r.name
	}
	return ""
}

func readerOf(data []byte) *reader {
	head, err := decode(data[:min(len(data), sniffed)&^1])
	if err != nil {
		return nil
	}
	head = strings.TrimLeft(head, " \t\r\n")
	for _, r := range readers() {
		if r.sniff(head) {
			return &r
		}
	}
	return nil
}

// Read reads a statement whatever it is: a workbook, text, or a format of banks. Bounds are the workbook reader's. The error is
// a *Error or a *workbook.Error, both of which say in two languages what to do; or the context's when that has ended.
func Read(ctx context.Context, data []byte, bounds workbook.Bounds, o Options) (*Statement, error) {
	o.Currency = cmp.Or(o.profile().Currency, o.Currency)
	if r := readerOf(data); r != nil {
		return r.read(ctx, data, o)
	}
	b, err := openIfWorkbook(ctx, data, bounds)
	switch {
	case err != nil:
		return nil, fmt.Errorf("statement %s: %w", o.Name, err)
	case b != nil:
		return readWorkbook(ctx, b, sha256.Sum256(data), o)
	}
	return readText(ctx, data, o)
}

// openIfWorkbook opens what is a workbook or pretends to be one; it is nil for text.
func openIfWorkbook(ctx context.Context, data []byte, bounds workbook.Bounds) (*workbook.Book, error) {
	switch workbook.Sniff(data) {
	case workbook.Csv, workbook.Unknown, workbook.Empty:
		return nil, nil
	}
	return workbook.Open(ctx, data, bounds)
}
