package report

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// Headings of the columns that finance fills in and sends back, and of those that name the charge.
var (
	colByHand      = request.Text{EN: "Belongs to line (fill in)", FR: "Appartient à la ligne (à remplir)"}
	colChange      = request.Text{EN: "Change to line (fill in)", FR: "Changer pour la ligne (à remplir)"}
	colAnswer      = request.Text{EN: "Answer (fill in)", FR: "Réponse (à remplir)"}
	colWhy         = request.Text{EN: "Reason (fill in)", FR: "Motif (à remplir)"}
	colBy          = request.Text{EN: "By, reason", FR: "Par, motif"}
	colMark        = request.Text{EN: "Mark", FR: "Marque"}
	colFingerprint = request.Text{EN: "Charge key", FR: "Clé de l’achat"}
)

// ChargeAnswer is what somebody wrote beside one charge, or several that are matched together.
type ChargeAnswer struct {
	Answer
	Keys      []string // fingerprints
	Said, Why string   // the two cells as they were written
	Place     RowPlace
	Shown     ShownCharge
}

// ShownCharge is what a row shows beside its key; empty parts were not there, or could not be read.
type ShownCharge struct {
	Merchant string
	Bought   request.Date
	Charged  decimal.NullDecimal // the sum, where the row is of several charges
	By       string              // who settled it by hand before, and when
}

// KeyDamage is what is wrong with the keys of a sheet.
type KeyDamage string

// The damages that are seen in the sheet alone.
const (
	KeysMissing KeyDamage = "missing" // there is no column of keys
	KeyEmpty    KeyDamage = "empty"
	KeyUnread   KeyDamage = "unread" // cut off, or made a number
)

// DamagedKeys are answers of one sheet that name no charge, for one reason.
type DamagedKeys struct {
	Place RowPlace // its first row
	Why   KeyDamage
	Rows  []int
	Key   string // the first row's
}

// Places of columns in what chargeColumns finds.
const (
	atAnswer = iota
	atKey
	atWhy
	atBy
	atMerchant
	atBought
	atCharged
	chargeColumnCount
)

// chargeColumns finds the columns of a sheet of charges. The column of answers must be there, with the keys or two others.
func chargeColumns(header *workbook.Row) (at []int, ok bool) {
	at = make([]int, chargeColumnCount)
	names := [chargeColumnCount][]request.Text{atAnswer: {colByHand, colChange, colAnswer}, atKey: {colFingerprint}, atWhy: {colWhy, {EN: "Reason", FR: "Motif"}},
		atBy: {colBy}, atMerchant: {colMerchant}, atBought: {colBought}, atCharged: {colCharged}}
	found := 0
	for _, c := range header.Cells {
		said := request.Fold(c.Value)
		for i, texts := range names {
			if at[i] == 0 && slices.ContainsFunc(texts, func(t request.Text) bool { return said == request.Fold(t.EN) || said == request.Fold(t.FR) }) {
				at[i] = c.Col
				found++
			}
		}
	}
	return at, at[atAnswer] > 0 && (at[atKey] > 0 || found > 2)
}

// readCharge reads what is said of the charge, or charges, of a row.
func (h *Returned) readCharge(r *workbook.Row, at []int, name string) {
	cell := func(column int) string {
		if c := r.Cell(at[column]); c != nil && at[column] > 0 {
			return request.Clean(c.Value)
		}
		return ""
	}
	a := ChargeAnswer{Said: cell(atAnswer), Why: cell(atWhy), Place: RowPlace{name, h.sheet, r.Number}}
	if !saysAnything(a.Said) && !saysAnything(a.Why) {
		return
	}
	keys, damage := rowKeys(r, at[atKey])
	if damage != "" {
		h.damaged(a.Place, damage, cell(atKey))
		return
	}
	a.Keys = keys
	if saysAnything(a.Said) {
		a.Answer = ReadAnswer(a.Said, a.Why)
	} else {
		a.Answer = Answer{Kind: ReasonAlone}
	}
	a.Shown = ShownCharge{Merchant: cell(atMerchant), By: cell(atBy)}
	if on, err := request.ParseDate(firstRunes(cell(atBought), len("2026-11-24"))); err == nil {
		a.Shown.Bought = on
	}
	if d, err := decimal.NewFromString(cell(atCharged)); err == nil {
		a.Shown.Charged = decimal.NewNullDecimal(d)
	}
	h.Answers = append(h.Answers, a)
}

// damaged notes that an answer names no charge.
func (h *Returned) damaged(p RowPlace, why KeyDamage, key string) {
	for i := range h.Damaged {
		if d := &h.Damaged[i]; d.Place.Sheet == p.Sheet && d.Place.File == p.File && d.Why == why {
			d.Rows = append(d.Rows, p.Row)
			return
		}
	}
	h.Damaged = append(h.Damaged, DamagedKeys{Place: p, Why: why, Rows: []int{p.Row}, Key: key})
}

// rowKeys are the keys of a row: in their column, or where it has none, in the one cell that holds keys alone.
func rowKeys(r *workbook.Row, column int) (keys []string, damage KeyDamage) {
	if column == 0 {
		for i := range r.Cells {
			if keys, ok := keysIn(r.Cells[i].Value); ok {
				return keys, ""
			}
		}
		return nil, KeysMissing
	}
	c := r.Cell(column)
	if c == nil || request.Clean(c.Value) == "" {
		return nil, KeyEmpty
	}
	if keys, ok := keysIn(c.Value); ok {
		return keys, ""
	}
	return nil, KeyUnread
}

// keysIn reads the keys of a cell, also where its text was broken over lines.
func keysIn(s string) (keys []string, ok bool) {
	const size = statement.FingerprintLength
	joined := strings.ToLower(strings.Join(strings.Fields(tidy(s)), ""))
	if joined == "" || len(joined)%size != 0 || strings.Trim(joined, "0123456789abcdef") != "" {
		return nil, false
	}
	for ; joined != ""; joined = joined[size:] {
		if k := joined[:size]; !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys, true
}

// saysAnything is false for an empty cell and for dashes.
func saysAnything(s string) bool { return len(words(s)) > 0 || strings.ContainsAny(s, "?？") }

func firstRunes(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}
