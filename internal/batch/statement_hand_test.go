package batch_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// weekOfCharges is a department whose finance has the workbook of a week: two people get it, two lines are approved.
func weekOfCharges(t *testing.T, lang request.Lang, rows ...string) (*agency, []byte) {
	t.Helper()
	d := open(t, func(o *job.Options) {
		withStatements(o)
		o.Inboxes[0].Config.StatementSenders = []string{testFinance, testOther}
		o.Finance.Recipients, o.Finance.Language = []string{testFinance, testOther}, lang
	})
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Keyboard fixes", "Northwind Inc.", "4000", "520", "4520"), line("Paper", "Mille Pages", "1000", "130", "1130")))
	d.once()
	d.send(testFinance, "Card activity", "Attached.", cardStatement(rows...))
	d.once()
	d.nextWeek()
	return d, d.latestBook()
}

func (d *agency) nextWeek() {
	d.t.Helper()
	d.pass(7 * 24 * time.Hour)
	d.once()
}

func (d *agency) latestBook() []byte {
	d.t.Helper()
	list := d.reports()
	if len(list) == 0 {
		d.t.Fatal("finance has no report")
	}
	return list[len(list)-1].Attachments[0].Data
}

// answers writes an answer and a reason beside charges, by merchant; in is the sheet.
func answers(t *testing.T, data []byte, in string, by map[string][2]string) []byte {
	t.Helper()
	return edit(t, data, in, func(f *excelize.File, rows [][]string, header int, at map[string]int) {
		filled := 0
		for r := header + 1; r < len(rows); r++ {
			for _, v := range rows[r] {
				if a, ok := by[v]; ok {
					check(t, f.SetCellValue(in, workbook.Ref(at["answer"], r+1), a[0]))
					check(t, f.SetCellValue(in, workbook.Ref(at["why"], r+1), a[1]))
					filled++
				}
			}
		}
		if filled < len(by) {
			t.Fatalf("%d of %d answers have a row on %s: %q", filled, len(by), in, rows)
		}
	})
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// edit opens a sheet whose header row has a column to fill in; at holds the columns answer, why and key.
func edit(t *testing.T, data []byte, in string, change func(f *excelize.File, rows [][]string, header int, at map[string]int)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	check(t, err)
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(in)
	check(t, err)
	for r, cells := range rows {
		at := map[string]int{}
		for c, v := range cells {
			switch {
			case strings.HasPrefix(v, "Belongs to line"), strings.HasPrefix(v, "Change to line"), strings.HasPrefix(v, "Answer ("), strings.HasPrefix(v, "Appartient à"), strings.HasPrefix(v, "Changer pour"):
				at["answer"] = c + 1
			case strings.HasPrefix(v, "Reason ("), strings.HasPrefix(v, "Motif ("):
				at["why"] = c + 1
			case v == "Charge key", v == "Clé de l’achat":
				at["key"] = c + 1
			}
		}
		if at["answer"] > 0 {
			change(f, rows, r, at)
			var b bytes.Buffer
			check(t, f.Write(&b))
			return b.Bytes()
		}
	}
	t.Fatalf("%s has no column to fill in: %q", in, rows)
	return nil
}

// answered are the mails to somebody about answers in a returned workbook.
func (d *agency) answered(who string) (list []*ingest.Mail) {
	d.t.Helper()
	for _, m := range d.inbox(who) {
		if strings.HasPrefix(m.Subject, "Your answers in the workbook") || strings.HasPrefix(m.Subject, "Vos réponses dans le classeur") {
			list = append(list, m)
		}
		if strings.Contains(m.Subject, "card statement could not") || strings.Contains(m.Subject, "relevé de carte n’a pas") {
			d.t.Errorf("a mail about a workbook says %q", m.Subject)
		}
	}
	return list
}

// asksBack sends workbooks, and holds the one new mail about them against what it must say; nothing in want: no mail may come.
func (d *agency) asksBack(who string, want []string, books ...[]byte) *ingest.Mail {
	d.t.Helper()
	before := len(d.answered(who))
	d.send(who, "Re: the week", "Filled in.", books...)
	d.once()
	list := d.answered(who)
	if len(want) == 0 && len(list) > before {
		d.t.Fatalf("%s is asked, and nothing was to be asked:\n%s", who, list[len(list)-1].Text)
	}
	if len(want) == 0 {
		return nil
	}
	if len(list) != before+1 {
		d.t.Fatalf("%s got %d mails about the workbook, want one", who, len(list)-before)
	}
	m := list[len(list)-1]
	d.says(m, want...)
	return m
}

// charge is the charge of a merchant, and its key.
func (d *agency) charge(merchant string) (found ledger.Charge, key string) {
	d.t.Helper()
	for _, c := range d.charges() {
		if c.Merchant == merchant {
			var detail statement.Charge
			check(d.t.(*testing.T), json.Unmarshal(c.Detail, &detail))
			return c, detail.Fingerprint
		}
	}
	d.t.Fatalf("there is no charge of %s", merchant)
	return found, ""
}

// settled are the links of the chain about a charge: public and private parts, a string each.
func (d *agency) settled(merchant string) (list []string) {
	d.t.Helper()
	_, key := d.charge(merchant)
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		about, err := tx.Chain.About(d.t.Context(), []string{key})
		for _, k := range about[key] {
			list = append(list, k.Kind+" "+string(k.Public)+" "+string(k.Private))
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

const (
	unapproved = "Charges without approval"
	ref1       = "HR-2026-000001-01"
	ref2       = "HR-2026-000001-02"
)

// A match beyond the tolerance is done with a reason alone, and leaves person, reason, instant, before and after.
func TestAMatchBeyondToleranceAsksForAReason(t *testing.T) {
	t.Parallel()
	d, book := weekOfCharges(t, request.English, row("2026-11-24", "NW HOLDING", "4800.00", ""), row("2026-11-24", "PARKING", "12.00", ""))
	m := d.asksBack(testFinance, []string{"1 to look at again, 1 done", "Asked (1)", "Done (1)", "form1.xlsx, sheet “Charges without approval”, row ", "NW HOLDING, 2026-11-24, $4,800.00", "you wrote “hr 2026 1 1”",
		"Charged: $4,800.00; approved: $4,520.00. The difference of $280.00 is beyond the tolerance of $25.00.", "“shipping was added”", "Set aside; it stays spent without approval."},
		answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {"hr 2026 1 1", ""}, "PARKING": {"ignore", "below 20 dollars"}}))
	if len(m.InReplyTo) == 0 {
		t.Error("the mail is no answer to the workbook's")
	}
	if c, _ := d.charge("NW HOLDING"); c.State != ledger.LeftRow || len(d.settled("NW HOLDING")) != 0 {
		t.Errorf("without a reason it is %+v", c)
	}
	if got := d.settled("PARKING"); len(got) != 1 || !strings.Contains(got[0], `charge.settled {"state":"ignored","was":{"state":"left"}}`) || !strings.Contains(got[0], `{"by":"`+testFinance+`","reason":"below 20 dollars"}`) {
		t.Errorf("the chain says %q", got)
	}
	d.asksBack(testFinance, nil, answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {ref1, "Shipping was added"}}))
	c, _ := d.charge("NW HOLDING")
	if c.State != ledger.MatchedRow || c.SettledBy != testFinance || c.SettledWhy != "Shipping was added" {
		t.Errorf("with a reason it is %+v", c)
	}
	links := d.settled("NW HOLDING")
	if len(links) != 1 || !strings.Contains(links[0], `"references":["HR-2026-000001-01"]`) || !strings.Contains(links[0], "Shipping was added") || strings.Contains(strings.Split(links[0], `{"by"`)[0], testFinance) {
		t.Errorf("the chain says %q", links)
	}
	d.nextWeek()
	if s := d.sheet(d.latestBook(), "Matched"); !strings.Contains(s, testFinance+", 2026-11-30 ") || !strings.Contains(s, ": Shipping was added|") {
		t.Errorf("the week does not say who matched it, and why:\n%s", s)
	}
	if s := d.sheet(d.latestBook(), "Commitments"); !strings.Contains(s, "|1130|4800|12|") {
		t.Errorf("what was set aside is not spent without approval:\n%s", s)
	}
	d.sound()
}

// What is no purchase is of no budget; what is set aside stays spent without approval, and the word of it can be changed.
func TestIgnoreStaysInTheActuals(t *testing.T) {
	t.Parallel()
	d, book := weekOfCharges(t, request.French, row("2026-11-24", "STATIONNEMENT", "12.00", ""), row("2026-11-24", "FRAIS", "30.00", ""))
	left := "Achats sans approbation"
	d.asksBack(testFinance, nil, answers(t, book, left, map[string][2]string{"STATIONNEMENT": {"ignorer", "moins de 20 dollars"}, "FRAIS": {"Pas un achat", ""}}))
	if c, _ := d.charge("FRAIS"); c.State != ledger.IgnoredRow || c.Rule != ledger.NotPurchase {
		t.Errorf("no purchase: %+v", c)
	}
	d.nextWeek()
	if s := d.sheet(d.latestBook(), "Engagements"); !strings.Contains(s, "|5650|0|12|") {
		t.Errorf("the actuals are not those without the fee:\n%s", s)
	}
	if s := d.sheet(d.latestBook(), left); !strings.Contains(s, "mis de côté, sans approbation") || !strings.Contains(s, "pas un achat (indiqué à la main)") {
		t.Errorf("the week does not say what was set aside:\n%s", s)
	}
	d.asksBack(testFinance, nil, answers(t, d.latestBook(), left, map[string][2]string{"STATIONNEMENT": {"pas un achat", "remboursé par la banque"}}))
	if got := d.settled("STATIONNEMENT"); len(got) != 2 || !strings.Contains(got[1], `"rule":"not-purchase","was":{"state":"ignored"}`) {
		t.Errorf("the correction of one's own answer: %q", got)
	}
	d.sound()
}

// A question, a doubt, two things in one cell and the number of a request decide nothing, and are asked back.
func TestQuestionsDecideNothing(t *testing.T) {
	t.Parallel()
	d, book := weekOfCharges(t, request.English, row("2026-11-24", "NW HOLDING", "4520.00", ""), row("2026-11-24", "PARKING", "12.00", ""), row("2026-11-24", "KIOSK", "13.00", ""),
		row("2026-11-24", "CINEMA", "14.00", ""), row("2026-11-24", "FERRY", "15.00", ""), row("2026-11-24", "TOLL", "16.00", ""))
	d.asksBack(testFinance, []string{"6 to look at again", "Nothing was done of your answers", "“HR-2026-000001-01?”. That is a question or a doubt, and decides nothing. HR-2026-000001-01 is Northwind Inc., $4,520.00, approved.", "“same as above”. That is a question",
		"“ignore, none”. That says two things.", "“HR-2026-000001”. That is the number of a request", "The line HR-2026-000009-09 is not in the ledger.", "“the boss”. A reason stands beside no answer."},
		answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {ref1 + "?", ""}, "PARKING": {"same as above", ""}, "KIOSK": {"ignore, none", ""}, "CINEMA": {"HR-2026-000001", ""}, "FERRY": {"HR-2026-9-9", ""}, "TOLL": {"", "the boss"}}))
	for _, c := range d.charges() {
		if c.SettledBy != "" || c.State != ledger.LeftRow {
			t.Errorf("%s is %s by %q", c.Merchant, c.State, c.SettledBy)
		}
	}
	d.sound()
}

// Two answers to one charge in one mail are asked back and neither is done; the same answer twice is none.
func TestTwoAnswersInOneMailAreAskedBack(t *testing.T) {
	t.Parallel()
	d, book := weekOfCharges(t, request.English, row("2026-11-24", "NW HOLDING", "4520.00", ""), row("2026-11-24", "PARKING", "12.00", ""))
	one := answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {ref1, ""}, "PARKING": {"ignore", ""}})
	two := answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {"none", ""}, "PARKING": {"Ignorer.", ""}})
	d.asksBack(testFinance, []string{"2 to look at again, 1 done", "form1.xlsx, sheet", "form2.xlsx, sheet", "The same charge has another answer in this mail: “none” (form2.xlsx, sheet “Charges without approval”, row",
		"Send one workbook with the one that is right."}, one, two)
	if c, _ := d.charge("NW HOLDING"); c.SettledBy != "" {
		t.Errorf("one of two answers was done: %+v", c)
	}
	if c, _ := d.charge("PARKING"); c.State != ledger.IgnoredRow || len(d.settled("PARKING")) != 1 {
		t.Errorf("the same answer twice is %s, in the chain %d times", c.State, len(d.settled("PARKING")))
	}
	// One key twice in a sheet.
	twice := edit(t, one, unapproved, func(f *excelize.File, rows [][]string, header int, at map[string]int) {
		for r := header + 1; r < len(rows); r++ {
			if strings.Contains(strings.Join(rows[r], "|"), "NW HOLDING") {
				check(t, f.DuplicateRow(unapproved, r+1))
				check(t, f.SetCellValue(unapproved, workbook.Ref(at["answer"], r+2), "personal"))
				check(t, f.SetCellValue(unapproved, workbook.Ref(at["answer"], r+1), "none"))
				check(t, f.DuplicateRow(unapproved, r+1))
				check(t, f.SetCellValue(unapproved, workbook.Ref(at["answer"], r+1), ref1))
			}
		}
	})
	d.asksBack(testFinance, []string{"The same charge has another answer in this mail"}, twice)
	if c, _ := d.charge("NW HOLDING"); c.SettledBy != "" || c.Mark.State == "" && len(d.settled("NW HOLDING")) != 0 {
		t.Errorf("one of two answers of a sheet was done: %+v", c)
	}
	d.sound()
}

// Somebody else settled the charge since the workbook was made: the second person is asked. Their own answer anybody may correct.
func TestSomebodyElsesAnswerIsNotChangedInSilence(t *testing.T) {
	t.Parallel()
	d, book := weekOfCharges(t, request.English, row("2026-11-24", "NW HOLDING", "4520.00", ""))
	d.asksBack(testFinance, nil, answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {ref1, ""}}))
	d.pass(time.Hour)
	d.asksBack(testOther, []string{"1 to look at again", testFinance + " said otherwise on 2026-11-30 ", "matched with HR-2026-000001-01", "“agreed with " + testFinance + "”"},
		answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {"none", ""}}))
	if c, _ := d.charge("NW HOLDING"); c.State != ledger.MatchedRow || c.SettledBy != testFinance {
		t.Errorf("the first answer does not stand: %+v", c)
	}
	d.asksBack(testOther, nil, answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {ref1, ""}})) // the same answer
	if c, _ := d.charge("NW HOLDING"); c.SettledBy != testFinance {
		t.Errorf("the same answer changed something: %+v", c)
	}
	d.asksBack(testFinance, nil, answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {"none", "bought elsewhere"}})) // their own
	if c, _ := d.charge("NW HOLDING"); c.State != ledger.LeftRow || c.Reason != string(reconcile.NoLine) {
		t.Errorf("one's own answer is not corrected: %+v", c)
	}
	d.asksBack(testOther, nil, answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {ref1, "agreed with " + testFinance}}))
	if c, _ := d.charge("NW HOLDING"); c.State != ledger.MatchedRow || c.SettledBy != testOther {
		t.Errorf("what the two agreed on is not done: %+v", c)
	}
	// A newer workbook shows it, so the other may change it.
	d.nextWeek()
	d.asksBack(testFinance, nil, answers(t, d.latestBook(), "Matched", map[string][2]string{"NW HOLDING": {"none", "it was the other supplier"}}))
	if got := d.settled("NW HOLDING"); len(got) != 4 {
		t.Errorf("the chain has %d corrections: %q", len(got), got)
	}
	d.sound()
}

// A damaged column of keys is told once for its sheet, with what to do, and nothing of it is done.
func TestDamagedKeysAreToldOnce(t *testing.T) {
	t.Parallel()
	d, book := weekOfCharges(t, request.English, row("2026-11-24", "NW HOLDING", "4520.00", ""), row("2026-11-24", "PARKING", "12.00", ""), row("2026-11-24", "KIOSK", "13.00", ""))
	full := answers(t, book, unapproved, map[string][2]string{"NW HOLDING": {ref1, ""}, "PARKING": {"ignore", ""}, "KIOSK": {"none", ""}})
	keys := func(change func(f *excelize.File, key []string, cells []string) []any) []byte {
		return edit(t, full, unapproved, func(f *excelize.File, rows [][]string, header int, at map[string]int) {
			var was, cells []string
			for r := header + 1; r < len(rows); r++ {
				was, cells = append(was, rows[r][at["key"]-1]), append(cells, workbook.Ref(at["key"], r+1))
			}
			for i, v := range change(f, was, cells) {
				check(t, f.SetCellValue(unapproved, cells[i], v))
			}
		})
	}
	for name, c := range map[string]struct {
		book []byte
		want string
	}{
		"sorted alone": {keys(func(_ *excelize.File, k, _ []string) []any { return []any{k[1], k[2], k[0]} }), "The key is that of another charge than the row shows"},
		"two changed":  {keys(func(_ *excelize.File, k, _ []string) []any { return []any{k[1], k[0], k[2]} }), "Nothing of this sheet was done."},
		"cut": {keys(func(_ *excelize.File, k, _ []string) []any {
			return []any{k[0][:20], k[1][:20], k[2][:20]}
		}), "The key of the charge was cut off, or made a number."},
		"a number": {keys(func(_ *excelize.File, _, _ []string) []any { return []any{1.2e31, 3.4e30, 5e31} }), "cut off, or made a number"},
		"emptied":  {keys(func(_ *excelize.File, _, _ []string) []any { return []any{"", "", ""} }), "The key of the charge is not there any more."},
		"unknown": {keys(func(_ *excelize.File, _, _ []string) []any {
			return []any{strings.Repeat("0", 32), strings.Repeat("1", 32), strings.Repeat("2", 32)}
		}), "No charge of the ledger has this key."},
		"deleted": {edit(t, full, unapproved, func(f *excelize.File, rows [][]string, header int, at map[string]int) {
			for r := header; r < len(rows); r++ {
				check(t, f.SetCellValue(unapproved, workbook.Ref(at["key"], r+1), nil))
			}
		}), "The column “Charge key” is not there any more"},
	} {
		m := d.asksBack(testFinance, []string{"1 to look at again", "Not used (1)", c.want, "sheet “Charges without approval”, rows ", "leave the last column as it is"}, c.book)
		if n := strings.Count(flat(m.Text), c.want); n != 1 {
			t.Errorf("%s is told %d times", name, n)
		}
	}
	for _, c := range d.charges() {
		if c.SettledBy != "" {
			t.Errorf("%s is %s by %q", c.Merchant, c.State, c.SettledBy)
		}
	}
	d.asksBack(testFinance, nil, full)
	if c, _ := d.charge("NW HOLDING"); c.State != ledger.MatchedRow {
		t.Errorf("the sheet as it came: %+v", c)
	}
	d.sound()
}

// A receipt that is missing, a dispute and a personal charge are marks: they leave the match alone, are aged and added up for each
// cardholder, and a word takes them off.
func TestMarksAreAgedAndTakenOff(t *testing.T) {
	t.Parallel()
	d, book := weekOfCharges(t, request.English, row("2026-11-24", "NORTHWIND INC", "4520.00", ref1), row("2026-11-24", "CINEMA", "14.00", ""), row("2026-11-24", "KIOSK", "13.00", ""))
	marks := answers(t, answers(t, book, unapproved, map[string][2]string{"CINEMA": {"Personal", "wrong card"}, "KIOSK": {"in dispute", ""}}), "Matched", map[string][2]string{"NORTHWIND INC": {"receipt missing", "asked twice"}})
	d.asksBack(testFinance, nil, marks)
	c, _ := d.charge("NORTHWIND INC")
	if c.State != ledger.MatchedRow || c.Rule != string(reconcile.ByReference) || c.Mark.State != ledger.ReceiptMissing || c.Mark.By != testFinance || c.Mark.Why != "asked twice" {
		t.Errorf("the mark and its match: %+v", c)
	}
	if got := d.settled("NORTHWIND INC"); len(got) != 1 || !strings.Contains(got[0], `"mark":"receipt-missing","was":{"state":"matched"`) {
		t.Errorf("the chain says %q", got)
	}
	d.nextWeek()
	list := d.reports()
	d.says(list[len(list)-1], "Charges with a receipt missing, in dispute or personal: 3, the oldest for 6 days")
	next := d.latestBook()
	for sheet, want := range map[string][]string{
		"Marked charges":       {"card@department.example|receipt missing|6|NORTHWIND INC|2026-11-24|CAD|4520|1111|HR-2026-000001-01|2026-11-30|" + testFinance + ": asked twice|", "|personal|6|CINEMA|", "|in dispute|6|KIOSK|"},
		"Marked by cardholder": {"card@department.example|receipt missing|CAD|1|4520|6|4520|", "card 1111|personal|CAD|1|14|6|14|"},
		unapproved:             {"personal since 2026-11-30|"},
	} {
		for _, w := range want {
			if s := d.sheet(next, sheet); !strings.Contains(s, w) {
				t.Errorf("%s does not say %q:\n%s", sheet, w, s)
			}
		}
	}
	d.asksBack(testFinance, []string{"2 done", "1 to look at again", "The mark of this charge is another one: in dispute.", "The mark is taken off."},
		answers(t, next, "Marked charges", map[string][2]string{"NORTHWIND INC": {"reçu", ""}, "CINEMA": {"repaid by the cardholder", ""}, "KIOSK": {"receipt found", ""}}))
	if c, _ := d.charge("NORTHWIND INC"); c.Mark.State != "" || c.State != ledger.MatchedRow {
		t.Errorf("the receipt came, and the charge is %+v", c)
	}
	d.nextWeek()
	if s := d.sheet(d.latestBook(), "Marked charges"); strings.Contains(s, "CINEMA") || !strings.Contains(s, "|in dispute|13|KIOSK|") {
		t.Errorf("a week later:\n%s", s)
	}
	d.sound()
}

// Parts of a line, each in its row, are looked at together; money back needs no reason.
func TestPartsOfALineAreLookedAtTogether(t *testing.T) {
	t.Parallel()
	d, book := weekOfCharges(t, request.English, row("2026-11-24", "NW ONE", "2000.00", ""), row("2026-11-25", "NW TWO", "2520.00", ""), row("2026-11-25", "NW THREE", "600.00", ""), row("2026-11-26", "NW BACK", "-600.00", ""))
	d.asksBack(testFinance, nil, answers(t, book, unapproved, map[string][2]string{"NW ONE": {ref1, ""}, "NW TWO": {ref1, ""}}))
	d.asksBack(testFinance, []string{"Charged: $600.00 (beside other charges of $4,520.00); approved: $4,520.00. The difference of $600.00"}, answers(t, book, unapproved, map[string][2]string{"NW THREE": {ref1, ""}}))
	d.asksBack(testFinance, nil, answers(t, book, unapproved, map[string][2]string{"NW BACK": {ref1, ""}}))
	want := map[string]ledger.RowState{"NW ONE": ledger.MatchedRow, "NW TWO": ledger.MatchedRow, "NW THREE": ledger.LeftRow, "NW BACK": ledger.MatchedRow}
	for _, c := range d.charges() {
		if c.State != want[c.Merchant] {
			t.Errorf("%s is %s, want %s", c.Merchant, c.State, want[c.Merchant])
		}
	}
	d.sound()
}

// In French, every part of the mail is in French.
func TestAnswersAreAskedBackInFrench(t *testing.T) {
	t.Parallel()
	d, book := weekOfCharges(t, request.French, row("2026-11-24", "NW HOLDING", "4800.00", ""), row("2026-11-24", "KIOSQUE", "13.00", ""), row("2026-11-24", "STATIONNEMENT", "12.00", ""))
	m := d.asksBack(testFinance, []string{"2 à revoir, 1 appliquée", "À préciser (2)", "Appliquées (1)", "feuille « Achats sans approbation », rangée ", "vous avez écrit « HR-2026-000001-01 ». Porté au compte : 4 800,00 $; approuvé : 4 520,00 $. L’écart de 280,00 $ dépasse la tolérance de 25,00 $.",
		"C’est une question ou un doute", "Mis de côté; il reste dépensé sans approbation."},
		answers(t, book, "Achats sans approbation", map[string][2]string{"NW HOLDING": {ref1, ""}, "KIOSQUE": {"peut-être aucune", ""}, "STATIONNEMENT": {"ignorer", ""}}))
	for _, english := range []string{"you wrote", " sheet ", " row ", "Reason", "charge "} {
		if strings.Contains(m.Text, english) {
			t.Errorf("the mail says %q:\n%s", english, m.Text)
		}
	}
	d.sound()
}
