package workbook

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// Columns of the table stand in the order in which a clerk has them in hand, and so that the total is on a small screen: what,
// from whom, how much; then why; then what is seldom asked. The first six are wide, because they also hold the labels and
// the boxes above the table.
var columnOrder = []request.Field{
	request.Title, request.Supplier, request.Quantity, request.UnitPrice, request.Net, request.Tax, request.Total,
	request.Rationale, request.Justification, request.Description, request.TitleOther, request.SupplierID, request.Item, request.Amends,
}

// onceOrder is what is asked once, above the table: three to a row, so that a row is one subject and the Tab key walks through
// it. The first place of a row is wide enough for an e-mail address. Fields that are rarely different between two lines of one request
// are asked here although a column may hold them: that keeps the table at about eleven columns.
var onceOrder = [][blocksAcross]request.Field{
	{request.NoField, request.NoField, request.CostCentre},         // beside the requester and the language
	{request.NoField, request.GLAccount, request.Currency},         // beside the e-mail address
	{request.NoField, request.Commodity, request.InternalCapacity}, // beside the branch
	{request.AuthorizedBy, request.AuthorizedOn, request.AuthorizedAmount},
	{request.NoField, request.AuthorizedKind, request.AuthorizedUntil},
	{request.Cardholder, request.Payment, request.Standalone},
	{request.Repository, request.TermsAccepted, request.Licence},
	{request.PublicServant, request.Security, request.Remote},
	{request.StandingOffer, request.NeededBy, request.NoField},
}

const (
	titleRow      = 1
	introRow      = 2
	aboveRow      = 3 // the first row of labels above the table
	blocksAcross  = 3
	leastColumns  = 2 * blocksAcross
	fewestPanel   = 3
	panelWidth    = 56.0
	leastHeader   = 30.0
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
	f.layAbove(asked)
	last := f.above[len(f.above)-1].row
	if !f.Attestation.IsZero() {
		last++
		f.above = append(f.above, entry{label: request.AttestationLabel, help: f.Attestation.Text, as: request.ChoiceKind, choices: yesOrNo(),
			attest: true, mark: needed, col: 2, row: last})
	}
	f.headerRow = last + 1
	columns := columnOrder
	if !f.Attestation.IsZero() { // what is attested for all lines is said of one line where that is another
		columns = slices.Clone(columns)
		for _, v := range f.Attestation.Values {
			columns = append(columns, v.Field)
		}
	}
	add := func(e entry) {
		e.col, e.row = len(f.columns)+1, f.firstRow()
		f.columns = append(f.columns, e)
	}
	for _, field := range columns {
		if asked(field) {
			add(f.entry(f.Words.Info(field)))
		}
	}
	for _, a := range f.Asks {
		if a.Header != "" {
			e := entry{label: request.Text{EN: a.Header, FR: a.Header}, help: ownColumnHelp}
			e.mark, e.cases = markOf(a)
			add(e)
		}
	}
	f.lastCol = max(len(f.columns), leastColumns+fewestPanel)
}

// layAbove places what identifies the requester, and the boxes.
func (f *form) layAbove(asked func(request.Field) bool) {
	who := f.requester()
	var rows [][blocksAcross]entry
	for i, fields := range onceOrder {
		var row [blocksAcross]entry
		there := false
		for at, field := range fields {
			if field != request.NoField && asked(field) && f.Attestation.Of(field) == "" {
				row[at], there = f.entry(f.Words.Info(field)), true
			}
		}
		if i < len(who)-1 {
			row[0], there = who[i], true
		}
		if i == 0 {
			row[1] = who[len(who)-1]
		}
		if there {
			rows = append(rows, row)
		}
	}
	for i, row := range rows {
		for at, e := range row {
			if e.label.IsZero() {
				continue
			}
			e.col, e.row = 2*at+2, aboveRow+i
			f.above = append(f.above, e)
		}
	}
}

func yesOrNo() []request.Text {
	var words []request.Text
	for _, c := range request.Remote.Info().Choices {
		words = append(words, c.Label)
	}
	return words
}

func (f *form) entry(info request.FieldInfo) entry {
	e := entry{label: info.Label, help: info.Help, info: info, as: info.Kind}
	if info.Field == request.Currency && info.Help == request.Currency.Info().Help && f.Currency != "" && f.Currency != "CAD" {
		e.help = request.Text{EN: strings.ReplaceAll(currencyHelp.EN, "{currency}", f.Currency), FR: strings.ReplaceAll(currencyHelp.FR, "{currency}", f.Currency)}
	}
	for _, c := range info.Choices {
		e.choices = append(e.choices, c.Label)
	}
	if info.Field == request.Title || info.Field == request.Supplier {
		e.mark = needed
	}
	for _, a := range f.Asks {
		if a.Field == info.Field && info.Field != request.NoField && e.mark != needed {
			e.mark, e.cases = markOf(a)
		}
	}
	if f.Attestation.Of(info.Field) != "" { // the attestation is what is needed
		e.mark, e.cases = sometimes, []request.AskCase{{Title: request.AttestationLabel}}
	}
	return e
}

// The labels that say who asks.
var (
	requesterLabel = request.Text{EN: "Requester", FR: "Demandeur"}
	emailLabel     = request.Text{EN: "Email", FR: "Courriel"}
	branchLabel    = request.Text{EN: "Branch", FR: "Direction générale"}
)

// languageNames are what each language calls itself.
var languageNames = map[request.Lang]string{request.English: "English", request.French: "Français"}

// requester are the labels that say who asks. They are not fields of a line.
func (f *form) requester() []entry {
	var languages []request.Text // each in its own words
	for _, l := range f.Languages.Of() {
		languages = append(languages, request.Same(languageNames[l]))
	}
	list := []entry{
		{origin: "requester", label: requesterLabel, help: requesterHelp},
		{origin: "email", label: emailLabel, help: emailHelp, as: request.EmailKind},
		{origin: "branch", label: branchLabel, help: branchHelp},
		{origin: "language", label: request.Text{EN: "Language", FR: "Langue"}, help: languageHelp, as: request.ChoiceKind, choices: languages, preset: languageNames[f.Lang]},
	}
	for i := range list {
		own := f.Words.Above[list[i].origin]
		if !own.Label.IsZero() {
			list[i].label = own.Label
		}
		if !own.Help.IsZero() {
			list[i].help = own.Help
		}
		for _, a := range f.Asks {
			if a.Origin == list[i].origin {
				list[i].mark, list[i].cases = markOf(a)
			}
		}
	}
	return list
}

// width is how wide a column is, in characters. The first seven, up to the total, fit on a page on its side at printScale and on a
// screen 1366 pixels wide, whatever font stands in for Excel's; an e-mail address fits into the second.
func (f *form) width(col int) float64 {
	if col <= leastColumns {
		return [leastColumns]float64{22, 32, 19, 14, 19, 14}[col-1]
	}
	if col > len(f.columns) {
		return 18
	}
	switch f.columns[col-1].info.Field {
	case request.Rationale, request.Justification, request.Description:
		return 34
	case request.TitleOther, request.PublicServant:
		return 28
	case request.SupplierID, request.Security, request.Remote:
		return 20
	case request.Total:
		return 12
	}
	return 16
}
