package rules

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"handrail/internal/scaling"
)

// BenchmarkDoubling reads policies and lists in the shapes that they have the most work with.
func BenchmarkDoubling(b *testing.B) {
	scaling.Bench(b,
		policyShape("mistakes on one line", 4_000, func(n int) string { return "domains = [" + strings.Repeat("true, ", n) + "]" }),
		policyShape("a list of numbers", 20_000, func(n int) string { return "[[list]]\nname = \"x\"\nvalues = [" + strings.Repeat("1,", n) + "]" }),
		policyShape("unknown keys beyond the bound", 4_000, func(n int) string { return numberedText(n, "key%d = 1\n") }),
		policyShape("aliases of aliases beyond the bound", 4_000, func(n int) string {
			return "[aliases]\n" + numberedText(n, "\"a%d@x.ca\" = \"a1@x.ca\"\n")
		}),
		policyShape("limits beyond the bound", 4_000, func(n int) string { return "[limits]\n" + numberedText(n, "l%d = \"1.00\"\n") }),
		policyShape("guardrails, up to the bound", 200, func(n int) string {
			return numberedText(n, "[[guardrail]]\nid = \"g%d\"\naction = \"note\"\nwhen = 'line.total > limits.request'\n")
		}),
		policyShape("an expression, up to the bound", 100, func(n int) string {
			return "[[guardrail]]\nid = \"g\"\nwhen = '" + strings.Repeat(`line.title == "x" || `, n) + "true'\n"
		}),
		policyShape("tables without end", 4_000, func(n int) string { return strings.Repeat("[[exemption]]\n", n) }),
		policyShape("a text of escapes", 100_000, func(n int) string { return "name = \"" + strings.Repeat(`\"`, n) + "\"" }),
		scaling.Shape{Name: "a list of one column", Size: 40_000, Make: func(_ testing.TB, n int) func() {
			text := []byte(numberedText(n, "Supplier %d Inc.\n"))
			return func() {
				rows, _ := readCSV(context.Background(), text)
				entries, _ := column(rows, "")
				newList("x", "supplier", 85, entries)
			}
		}},
		scaling.Shape{Name: "a list of many columns", Size: 40_000, Make: func(_ testing.TB, n int) func() {
			text := []byte(numberedText(n, "Header %d,") + "\n" + numberedText(n, "x%d,"))
			header := strings.Repeat("header ", n/8)
			return func() {
				rows, _ := readCSV(context.Background(), text)
				_, _ = column(rows, header)
			}
		}},
		scaling.Shape{Name: "texts alike", Size: 20_000, Make: func(_ testing.TB, n int) func() {
			a, b := numberedText(n, "chairs%d "), numberedText(n, "chaise%d ")
			return func() { similarity(a, b) }
		}},
		scaling.Shape{Name: "a licence", Size: 100_000, Make: func(_ testing.TB, n int) func() {
			known, text := licences{"mit": true}, strings.Repeat("(MIT AND ", n/9)
			return func() { known.approved(text) }
		}},
	)
}

func numberedText(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "%d", fmt.Sprint(i+1)))
	}
	return b.String()
}

func policyShape(name string, size int, text func(n int) string) scaling.Shape {
	return scaling.Shape{Name: name, Size: size, Make: func(_ testing.TB, n int) func() {
		data := []byte(text(n))
		return func() {
			_, _ = build(context.Background(), "p.toml", "p.toml", data, func(string, string) ([][]string, error) { return nil, errors.New("no files") })
		}
	}}
}
