package statement

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"handrail/internal/request"
)

// fieldNames are the names of a statement's fields in Options.Headers and the configuration.
var fieldNames = map[string]field{
	"posting_date": postingDate, "transaction_date": transactionDate, "merchant": merchantName, "category": merchantCategory, "amount": chargeAmount,
	"debit": debitAmount, "credit": creditAmount, "currency": chargeCurrency, "original_amount": originalAmount, "original_currency": originalCurrency,
	"direction": directionField, "card": cardNumber, "cardholder": cardholderName, "cost_centre": chargeCostCentre, "reference": chargeReference, "business_number": merchantNumber, "status": statusField,
}

// CheckHeaders names every mistake in what a configuration says of a bank's headers, a line each.
func CheckHeaders(headers map[string][]string) error {
	var mistakes []error
	seen := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if _, ok := fieldNames[name]; !ok {
			mistakes = append(mistakes, fmt.Errorf("statement_headers.%s: a statement has no such field", name))
		}
		for _, h := range headers[name] {
			key := request.Fold(h)
			switch other, taken := seen[key]; {
			case key == "":
				mistakes = append(mistakes, fmt.Errorf("statement_headers.%s: %q is not a header", name, h))
			case taken && other != name:
				mistakes = append(mistakes, fmt.Errorf("statement_headers.%s: %q is also a header of %s", name, h, other))
			}
			seen[key] = name
		}
	}
	return errors.Join(mistakes...)
}

func ownHeaders(headers map[string][]string) map[string]field {
	own := map[string]field{}
	for name, list := range headers {
		for _, h := range list {
			own[request.Fold(h)] = fieldNames[name]
		}
	}
	return own
}

// headerVariants are the ways in which a header may be meant.
func headerVariants(s string) []string {
	variants := []string{s}
	if before, inside, ok := strings.Cut(s, "("); ok {
		variants = append(variants, before)
		if inside = strings.TrimRight(inside, ") "); slices.Contains(merchantWords, request.Fold(inside)) {
			variants = append(variants, inside) // "Beneficiary (Merchant)", however the first is spelt
		}
	}
	if a, b, ok := strings.Cut(s, "/"); ok {
		variants = append(variants, a, b)
	}
	if i := strings.LastIndexAny(s, "$€£"); i > 0 {
		variants = append(variants, s[:i])
	}
	if found := request.FindCurrency(s); found.Named() {
		rest := strings.TrimRight(found.Rest, " ()[],:-$")
		if rest == "" && found.Code != "" {
			return append(variants, "amount") // a column for each currency
		}
		for _, in := range []string{" in", " en", "(in", "(en"} {
			rest = strings.TrimSuffix(rest, in)
		}
		variants = append(variants, rest)
	}
	return variants
}

// named reports whether the configuration names a header.
func named(header string, own map[string]field) bool {
	return slices.ContainsFunc(headerVariants(header), func(v string) bool { return own[request.Fold(v)] != noField })
}
