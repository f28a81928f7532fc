package workbook

import (
	"slices"

	"handrail/internal/request"
)

// Columns of the table stand in this order: what and from whom, why, then the money, so that the wide columns at the
// left also carry the labels and values above the table and the total ends the row as on an invoice.
var columnOrder = []request.Field{
	request.Item, request.Title, request.TitleOther, request.Supplier, request.SupplierID, request.Description,
	request.Rationale, request.Justification, request.Quantity, request.UnitPrice, request.Net, request.Tax, request.Total,
}

// onceOrder is the order of what is asked once, above the table: three to a row, so that a row is one subject and the
// Tab key walks through it. Fields that are rarely different between two lines of one request are asked here although
// a column may hold them: that keeps the table at about eleven columns.
var onceOrder = []request.Field{
	request.CostCentre, request.GLAccount,
	request.AuthorizedBy, request.AuthorizedOn, request.AuthorizedAmount,
	request.Payment, request.Cardholder, request.Currency,
	request.Commodity, request.Security, request.Remote,
	request.Standalone, request.InternalCapacity, request.PublicServant,
	request.TermsAccepted, request.Licence, request.Repository,
	request.NeededBy, request.StandingOffer, request.Amends,
}

const (
	titleRow      = 1
	subtitleRow   = 2
	introRow      = 3
	aboveRow      = 4 // the first row of labels above the table
	blocksAcross  = 3
	leastColumns  = 2 * blocksAcross
	panelRowsMin  = 7
	blockLabel    = 28.0 // width in characters
	blockValue    = 26.0
	fewestPanel   = 4
	panelWidth    = 56.0
	narrowPanel   = 14.0
	headerHeight  = 44.0
	aboveHeight   = 28.0
	maxInputTitle = 32
	maxInputText  = 255 // Excel shows no more than these
	maxErrorText  = 225
)

// lay decides where everything stands.
func (f *form) lay() {
	asks := f.asks()
	asked := func(field request.Field) bool {
		return slices.ContainsFunc(asks, func(i request.FieldInfo) bool { return i.Field == field })
	}
	f.above = f.requester()
	for _, field := range onceOrder {
		if asked(field) {
			f.above = append(f.above, f.entry(field.Info()))
		}
	}
	for i := range f.above {
		f.above[i].col = 2*(i%blocksAcross) + 2
		f.above[i].row = aboveRow + i/blocksAcross
	}
	above := max((len(f.above)+blocksAcross-1)/blocksAcross, panelRowsMin)
	f.headerRow = aboveRow + above + 1
	for _, field := range columnOrder {
		if asked(field) {
			e := f.entry(field.Info())
			e.col, e.row = len(f.columns)+1, f.firstRow()
			f.columns = append(f.columns, e)
		}
	}
	f.lastCol = max(len(f.columns), leastColumns+fewestPanel)
}

func (f *form) entry(info request.FieldInfo) entry {
	e := entry{label: info.Label, help: info.Help, info: info, as: info.Kind}
	for _, c := range info.Choices {
		e.choices = append(e.choices, c.Label)
	}
	return e
}

// requester are the labels that say who asks. They are not fields of a line.
func (f *form) requester() []entry {
	languages := []request.Text{{EN: "English", FR: "English"}, {EN: "Français", FR: "Français"}}
	preset := languages[0].EN
	if f.Lang == request.French {
		preset = languages[1].FR
	}
	return []entry{
		{label: request.Text{EN: "Requester", FR: "Demandeur"}, help: requesterHelp},
		{label: request.Text{EN: "Email", FR: "Courriel"}, help: emailHelp, as: request.EmailKind},
		{label: request.Text{EN: "Branch", FR: "Direction générale"}, help: branchHelp},
		{label: request.Text{EN: "Language", FR: "Langue"}, help: languageHelp, as: request.ChoiceKind, choices: languages, preset: preset},
	}
}

// width is how wide a column is, in characters: what the table needs, and at the left what the labels above it need.
func (f *form) width(col int) float64 {
	w := narrowPanel
	if col <= len(f.columns) {
		switch f.columns[col-1].info.Field {
		case request.Rationale, request.Justification, request.Description:
			w = 32
		case request.Title, request.TitleOther, request.Supplier:
			w = 28
		case request.Item:
			w = 12
		case request.SupplierID:
			w = 18
		case request.Quantity:
			w = 11
		}
	}
	switch {
	case col > leastColumns:
		return w
	case col%2 == 1:
		return max(w, blockLabel)
	default:
		return max(w, blockValue)
	}
}
