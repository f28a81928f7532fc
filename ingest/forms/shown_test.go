package forms

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// shownFormat is a number format on a cell, what Excel shows, and what the form reads.
type shownFormat struct {
	code  string
	value any
	shows string // by Excel
	want  string // the reading; "note " in front where it says so; "ask"
	field request.Field
}

func shownFormats() []shownFormat {
	const (
		money = request.Total
		date  = request.NeededBy
		text  = request.CostCentre
		count = request.Quantity
	)
	return []shownFormat{
		// What shows the value.
		{`General`, 4520, "4520", "4520.00 CAD", money},
		{`0.00`, 4520, "4520.00", "4520.00 CAD", money},
		{`#,##0.00`, 4520.5, "4,520.50", "4520.50 CAD", money},
		{`# ##0,00`, 4520, "45 20", "ask", money}, // a French code in a file: the comma divides nothing and the space is a letter
		{`#,##0`, 11299.6, "11,300", "11299.60 CAD", money},
		{`"$"#,##0.00`, 4520, "$4,520.00", "4520.00 CAD", money},
		{`\$#,##0.00`, 4520, "$4,520.00", "4520.00 CAD", money},
		{`[$$-409]#,##0.00`, 4520, "$4,520.00", "4520.00 CAD", money},
		{`[$$-1009]#,##0.00`, 4520, "$4,520.00", "4520.00 CAD", money},
		{`#,##0.00\ [$$-C0C]`, 4520, "4,520.00 $", "4520.00 CAD", money},
		{`#,##0.00" $"`, 4520, "4,520.00 $", "4520.00 CAD", money},
		{`_("$"* #,##0.00_);_("$"* \(#,##0.00\);_("$"* "-"??_);_(@_)`, 4520, "$ 4,520.00", "4520.00 CAD", money},
		{`_("$"* #,##0.00_);_("$"* \(#,##0.00\);_("$"* "-"??_);_(@_)`, 0, "$ -", "0.00 CAD", money},
		{`_-* #,##0.00\ _$_-;\-* #,##0.00\ _$_-;_-* "-"??\ _$_-;_-@_-`, 4520, "4,520.00", "4520.00 CAD", money},
		{`_-"$"* #,##0.00_-;\-"$"* #,##0.00_-;_-"$"* "-"??_-;_-@_-`, 4520, "$4,520.00", "4520.00 CAD", money},
		{`#,##0.00_);[Red]\(#,##0.00\)`, 4520, "4,520.00", "4520.00 CAD", money},
		{`[Blue]#,##0.00;[Red]-#,##0.00`, 4520, "4,520.00", "4520.00 CAD", money},
		{`[$CAD] #,##0.00`, 4520, "CAD 4,520.00", "4520.00 CAD", money},
		{`"CA$"#,##0.00`, 4520, "CA$4,520.00", "4520.00 CAD", money},
		{`#,##0.00 "CDN"`, 4520, "4,520.00 CDN", "4520.00 CAD", money},
		{`[>=1000]#,##0.00;0.00`, 4520, "4,520.00", "4520.00 CAD", money},
		{`0.00;[Red]-0.00;0.00;@`, 4520, "4520.00", "4520.00 CAD", money},
		{`@`, 4520, "4520", "4520.00 CAD", money},
		{`0.00##`, 4520, "4520.00", "4520.00 CAD", money},
		{`?,??0.00`, 4520, "4,520.00", "4520.00 CAD", money},
		// Another currency.
		{`[$€-2] #,##0.00`, 4520, "€ 4,520.00", "note 4520.00 EUR", money},
		{`#,##0.00\ [$€-40C]`, 4520, "4,520.00 €", "note 4520.00 EUR", money},
		{`[$£-809]#,##0.00`, 4520, "£4,520.00", "note 4520.00 GBP", money},
		{`[$USD] #,##0.00`, 4520, "USD 4,520.00", "note 4520.00 USD", money},
		{`[$USD-409]\ #,##0.00`, 4520, "USD 4,520.00", "note 4520.00 USD", money},
		{`"US$"#,##0.00`, 4520, "US$4,520.00", "note 4520.00 USD", money},
		{`"US$ "#,##0.00;[Red]"US$ "-#,##0.00`, 4520, "US$ 4,520.00", "note 4520.00 USD", money},
		{`#,##0.00 "USD"`, 4520, "4,520.00 USD", "note 4520.00 USD", money},
		{`#,##0.00\ "$ US"`, 4520, "4,520.00 $ US", "note 4520.00 USD", money},
		{`"$"#,##0.00" US"`, 4520, "$4,520.00 US", "note 4520.00 USD", money},
		{`€#,##0.00`, 4520, "€4,520.00", "note 4520.00 EUR", money},
		{`_-[$€-2]\ * #,##0.00_-;\-[$€-2]\ * #,##0.00_-;_-[$€-2]\ * "-"??_-`, 4520, "€ 4,520.00", "note 4520.00 EUR", money},
		{`#,##0.00 "euros"`, 4520, "4,520.00 euros", "note 4520.00 EUR", money},
		{`[$A$-C09]#,##0.00`, 4520, "A$4,520.00", "note 4520.00 AUD", money},
		{`[$¥-411]#,##0`, 4520, "¥4,520", "ask", money},
		{`[$kr-41D] #,##0.00`, 4520, "kr 4,520.00", "ask", money},
		{`"USD/CAD "0.00`, 4520, "USD/CAD 4520.00", "ask", money},
		{`"$"#,##0.00;"US$"-#,##0.00`, 4520, "$4,520.00", "4520.00 CAD", money}, // the other section does not show it
		// What hides or replaces.
		{`;;;`, 4520, "", "ask", money},
		{`;;`, 4520, "", "ask", money},
		{`""`, 4520, "", "ask", money},
		{`0;-0;;@`, 0, "", "note 0.00 CAD", money},
		{`"see quote"`, 4520, "see quote", "ask", money},
		{`"N/A";"N/A";"N/A"`, 4520, "N/A", "ask", money},
		{`"100.00"`, 1000000, "100.00", "ask", money},
		{`[<10000]"OK";0.00`, 4520, "OK", "ask", money},
		{`0\.00`, 4520, "45.20", "ask", money},
		{`0","00`, 4520, "45,20", "ask", money},
		{`#,##0,`, 10000, "10", "ask", money},
		{`0.0,,"M"`, 1500000, "1.5M", "ask", money},
		{`#,##0,"k$"`, 10000, "10k$", "ask", money},
		{`0%`, 0.13, "13%", "ask", request.Tax},
		{`0.00%`, 45.2, "4520.00%", "ask", money},
		{`0.00" plus tax"`, 4520, "4520.00 plus tax", "ask", money},
		{`0.00"/h"`, 85, "85.00/h", "ask", money},
		{`"approx. "0.00`, 4520, "approx. 4520.00", "ask", money},
		{`"max "0.00`, 4520, "max 4520.00", "ask", money},
		{`0.00" incl. HST"`, 4520, "4520.00 incl. HST", "note 4520.00 CAD", money},
		{`[h]:mm`, 4520, "108480:00", "ask", money},
		{`yyyy-mm-dd`, 46338, "2026-11-12", "ask", money},
		{`0`, 0.49, "0", "note 0.49 CAD", money},
		// Quantities.
		{`0`, 2.4, "2", "note 2.4", count},
		{`0" h"`, 40, "40 h", "note 40", count},
		{`0" dozen"`, 2, "2 dozen", "ask", count},
		{`0%`, 2, "200%", "ask", count},
		{`# ?/?`, 2.5, "2 1/2", "2.5", count},
		// Codes.
		{`General`, 4711, "4711", "4711", text},
		{`00000`, 471, "00471", "note 00471", text},
		{`000-000`, 4711, "004-711", "note 004-711", text},
		{`"CC-"0000`, 471, "CC-0471", "note CC-0471", text},
		{`0.00`, 4711, "4711.00", "4711", text},
		{`#,##0`, 4711, "4,711", "4711", text},
		{`0.00E+00`, 4711, "4.71E+03", "4711", text},
		{`General`, 1.23456789012345e15, "1.23457E+15", "ask", text},
		{`mmm-yy`, 46338, "Nov-26", "ask", text},
		{`;;;`, "C-12", "", "ask", text},
		{`;;;@`, "C-12", "C-12", "C-12", text},
		{`;;;"seen"`, "C-12", "seen", "ask", text},
		// Days.
		{`yyyy-mm-dd`, 46338, "2026-11-12", "2026-11-12", date},
		{`dd/mm/yyyy`, 46338, "12/11/2026", "2026-11-12", date},
		{`[$-C0C]d\ mmmm\ yyyy;@`, 46338, "12 novembre 2026", "2026-11-12", date},
		{`[$-F800]dddd\,\ mmmm\ dd\,\ yyyy`, 46338, "Thursday, November 12, 2026", "2026-11-12", date},
		{`yyyy-mm-dd hh:mm`, 46338.60416666667, "2026-11-12 14:30", "2026-11-12", date},
		{`yyyy-mm-dd`, 46338.99944444444, "2026-11-12", "ask", date}, // 23:59:12
		{`yyyy-mm-dd`, 46337.999999999993, "2026-11-11", "2026-11-12", date},
		{`d-mmm`, 46338, "12-Nov", "note 2026-11-12", date},
		{`mmm-yy`, 46338, "Nov-26", "ask", date},
		{`yyyy`, 46338, "2026", "ask", date},
		{`dddd`, 46338, "Thursday", "ask", date},
		{`hh:mm`, 46338.5, "12:00", "ask", date},
		{`"by "yyyy-mm-dd`, 46338, "by 2026-11-12", "2026-11-12", date},
	}
}

func TestWhatNumberFormatsShowIsWhatIsRead(t *testing.T) {
	formats := shownFormats()
	if len(formats) < 60 {
		t.Fatalf("%d formats", len(formats))
	}
	columns := []request.Field{request.Title, request.Supplier, request.Tax, request.Total, request.CostCentre, request.Quantity, request.NeededBy}
	book := xlsx(t, func(x *excelize.File) {
		var header []any
		for _, f := range columns {
			header = append(header, f.Info().Label.EN)
		}
		put(t, x, "A1", header...)
		for i, s := range formats {
			at := strconv.Itoa(i + 2)
			put(t, x, "A"+at, "Thing "+at, "Acme")
			ref := string(rune('A'+slices.Index(columns, s.field))) + at
			put(t, x, ref, s.value)
			style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &s.code})
			if err != nil {
				t.Fatal(err)
			}
			if err := x.SetCellStyle("Requests", ref, ref, style); err != nil {
				t.Fatal(err)
			}
		}
	})
	form, err := Read(context.Background(), book, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if form.Lines.Len() != len(formats) {
		t.Fatalf("%d lines", form.Lines.Len())
	}
	for i, s := range formats {
		l := lineOf(form, i)
		got := shownReading(l, s.field)
		if got != s.want {
			t.Errorf("%s on %v shows %q: read as %q, want %q; %v", s.code, s.value, s.shows, got, s.want, l.Problems)
		}
		if !strings.HasPrefix(got, "note") && got != "ask" {
			continue
		}
		ref := l.Values[s.field].Cell
		if !slices.ContainsFunc(l.Problems, func(p request.Problem) bool { return p.Cell == ref && p.Message.EN != "" && p.Message.FR != "" }) {
			t.Errorf("%s: no word at %s: %v", s.code, ref, l.Problems)
		}
	}
}

func shownReading(l *request.Line, f request.Field) string {
	v := l.Values[f]
	if v.Faulty || !v.Given || l.MustReturn() {
		return "ask"
	}
	said := v.Text
	if f.Info().Kind == request.MoneyKind {
		said += " " + l.Currency("CAD")
	}
	if slices.ContainsFunc(l.Problems, func(p request.Problem) bool { return p.Code != request.CodeHint }) {
		return "note " + said
	}
	return said
}
