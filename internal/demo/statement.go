package demo

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"handrail/ingest"
	"handrail/internal/request"
)

// statementFile is the file that the demo's card coordinator exports from the bank and mails in at the end of the week.
const statementFile = "card-statement.csv"

// statementTells is what the summary says of it.
const statementTells = "English, the bank's card statement: three charges that were approved, one of them without its number; one with another amount; one that nobody asked for"

// charge is one charge of the week; of one that names its request, who asked for it and which line it was.
type charge struct {
	merchant, amount, centre, from string
	line                           int
}

func charges() []charge {
	return []charge{
		{"NORTHWIND ACCESSIBILITY", "4520.00", "4410-20", "amara.osei@" + Domain, 1},
		{"LUMEN DESIGN CO-OP", "2825.00", "4410-20", "", 0},
		{"ATELIER BOREAL LTEE", "3449.25", "5120-07", "sophie.tremblay@" + Domain, 1},
		{"PRAIRIE DATA LTD", "6349.00", "3300-01", "james.lee@" + Domain, 1},
		{"PAYPAL *CORNER CAFE", "61.02", "3300-01", "", 0},
	}
}

// mailStatement sends the statement as the card coordinator does, with the numbers that staff gave the merchants.
func (d *Week) mailStatement(ctx context.Context) error {
	day := request.DateOf(d.clock.In(d.o.Zone)).String()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"Posting date", "Transaction date", "Merchant", "Amount", "Currency", "Card number", "Cost centre", "Reference", "Fund"}}
	for _, c := range charges() {
		reference := ""
		if c.from != "" {
			number, err := d.numberOf(ctx, c.from)
			if err != nil {
				return err
			}
			reference = fmt.Sprintf("%s-%02d", number, c.line)
		}
		rows = append(rows, []string{day, day, c.merchant, c.amount, "CAD", "************4242", c.centre, reference, "100"})
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	if err := d.write(filepath.Join("sent-by-staff", statementFile), b.Bytes()); err != nil {
		return err
	}
	raw, err := WriteMail(Mail{File: "card-statement", From: Cards, Name: "Card Coordination", Subject: "Card statement of the week",
		Text: "Attached is the bank's export.\n"}, 0, statementFile, b.Bytes(), d.clock)
	if err != nil {
		return err
	}
	if err := d.write(filepath.Join("sent-by-staff", "card-statement.eml"), raw); err != nil {
		return err
	}
	return d.sendAs(ctx, Cards, raw)
}

// numberOf is the number that somebody's request got, as the first answer says it.
func (d *Week) numberOf(ctx context.Context, address string) (string, error) {
	messages, err := d.Office.Messages(address, "INBOX")
	if err != nil {
		return "", err
	}
	var numbers []string
	for _, m := range messages {
		mail, err := ingest.Parse(ctx, m.Raw, ingest.DefaultLimits())
		if err != nil {
			return "", err
		}
		if number := aReference.FindString(mail.Subject + " " + mail.Text); number != "" {
			numbers = append(numbers, number)
		}
	}
	if len(numbers) == 0 {
		return "", fmt.Errorf("nobody told %s a number", address)
	}
	slices.SortFunc(numbers, strings.Compare)
	return numbers[0], nil
}
