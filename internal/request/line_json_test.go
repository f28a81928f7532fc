package request

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// slowJSON is the form of Values in the words of encoding/json: what was stored must never change.
func slowJSON(v *Values) map[string]valueJSON {
	out := map[string]valueJSON{}
	for _, info := range Fields() {
		x := v[info.Field]
		if !x.Given && !x.Faulty && x.Cell == "" {
			continue
		}
		j := valueJSON{Text: x.Text, Cell: x.Cell, Faulty: x.Faulty}
		if x.Given && (info.Kind == NumberKind || info.Kind == MoneyKind) {
			j.Number = x.Number.String()
		}
		out[info.Name] = j
	}
	return out
}

func TestValuesAreWrittenAsEncodingJSONWould(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<a href=\"x\">", "a\\b", "\u2028", "\xff\xfe", "Café & Cie", "\x00\x7f", "9775.10", "2026-12-01"}))
	rapid.Check(t, func(t *rapid.T) {
		var v Values
		for range rapid.IntRange(0, 8).Draw(t, "values") {
			f := Field(rapid.IntRange(1, int(NumFields)-1).Draw(t, "field"))
			x := Value{Text: texts.Draw(t, "text"), Cell: texts.Draw(t, "cell"), Given: rapid.Bool().Draw(t, "given"), Faulty: rapid.Bool().Draw(t, "faulty")}
			x.Number = decimal.New(rapid.Int64().Draw(t, "number"), rapid.Int32Range(-6, 3).Draw(t, "scale"))
			v[f] = x
		}
		want, err := json.Marshal(slowJSON(&v))
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.MarshalJSON()
		if err != nil || string(got) != string(want) {
			t.Fatalf("%v\n got %s\nwant %s", err, got, want)
		}
		same(t, got)
		indented, err := json.MarshalIndent(slowJSON(&v), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		same(t, indented)
	})
}

// AppendJSON writes what encoding/json does, whatever the facts are.
func TestFactsAreWrittenAsEncodingJSONDoes(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<a href=\"x\">", "a\\b", "\u2028", "\xff\xfe", "Café & Cie"}))
	amounts := rapid.Custom(func(t *rapid.T) decimal.Decimal {
		return decimal.New(rapid.Int64().Draw(t, "number"), rapid.Int32Range(-6, 3).Draw(t, "scale"))
	})
	rapid.Check(t, func(t *rapid.T) {
		f := Facts{
			Line: Line{Sheet: texts.Draw(t, "sheet"), Row: rapid.Int().Draw(t, "row"), Extra: rapid.MapOfN(texts, texts, 0, 2).Draw(t, "extra"),
				Reference: texts.Draw(t, "reference"), Family: texts.Draw(t, "family"), Hidden: rapid.Bool().Draw(t, "hidden"),
				Unread: drawUnread(t, texts)},
			Request:    Origin{Name: texts.Draw(t, "name"), Language: French, Received: Date{2026, 11, 27}},
			Today:      Date{2026, 11, rapid.IntRange(1, 30).Draw(t, "day")},
			OwnDomains: rapid.SliceOfN(texts, 0, 2).Draw(t, "domains"),
		}
		f.Line.Values[Title] = Value{Text: texts.Draw(t, "title"), Cell: "B12", Given: true}
		if rapid.Bool().Draw(t, "problems") {
			f.Line.Problems = []Problem{{Sheet: f.Line.Sheet, Cell: "B12", Message: Text{EN: texts.Draw(t, "message")}}}
		}
		if rapid.Bool().Draw(t, "budget") {
			f.Registers = &Registers{InForce: map[string]string{"people": "sha256:1", "cost_centres": "sha256:2"}, Supplier: "A & B",
				Checks: []RegisterCheck{{Kind: CentreEnded, Form: "4410", Day: Date{Year: 2026, Month: 3, Day: 31}}, {Kind: SenderUnknown}}}
			f.Request.FormUnit = "Rivers"
			f.Budget = &Budget{CostCentre: "4410", Amount: amounts.Draw(t, "amount")}
		}
		for _, name := range rapid.SliceOfN(texts, 0, 3).Draw(t, "totals") {
			if f.Totals == nil {
				f.Totals = map[string]Sum{}
			}
			f.Totals[name] = Sum{Amount: amounts.Draw(t, "sum"), Count: rapid.Int().Draw(t, "count"), Lines: rapid.SliceOfN(texts, 0, 2).Draw(t, "lines"),
				Distinct: rapid.Int().Draw(t, "distinct"), Scored: rapid.IntRange(0, 2).Draw(t, "scored")}
			if rapid.Bool().Draw(t, "alike") {
				s := f.Totals[name]
				s.Alike = []Alike{{By: BySupplier, Form: texts.Draw(t, "form"), Text: texts.Draw(t, "text"), Score: 80, Count: rapid.Int().Draw(t, "of"), Lines: rapid.SliceOfN(texts, 1, 2).Draw(t, "theirs")}}
				f.Totals[name] = s
			}
		}
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.AppendJSON(nil)
		if err != nil || string(got) != string(want) {
			t.Fatalf("%v\n got %s\nwant %s", err, got, want)
		}
		sameFacts(t, got)
		got[rapid.IntRange(0, len(got)-1).Draw(t, "where")] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
		sameFacts(t, got)
	})
}

// sameFacts holds reading b against encoding/json.
func sameFacts(t interface{ Fatalf(string, ...any) }, b []byte) {
	var got, want Facts
	err, wantErr := got.Read(b), json.Unmarshal(b, &want)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%s\n reads as %v, encoding/json says %v", b, err, wantErr)
	}
	if err == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s\n reads as %+v\n          not %+v", b, got, want)
	}
}

// same holds reading b against encoding/json.
func same(t interface{ Fatalf(string, ...any) }, b []byte) {
	var got, want Values
	err := got.UnmarshalJSON(b)
	var in map[string]valueJSON
	wantErr := json.Unmarshal(b, &in)
	for name, j := range in {
		if wantErr == nil {
			wantErr = want.set(name, j)
		}
	}
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%s\n reads as %v, encoding/json says %v", b, err, wantErr)
	}
	if err == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s\n got %+v\nwant %+v", b, got, want)
	}
}

func FuzzValuesFromJSON(f *testing.F) {
	for _, s := range []string{`{}`, `null`, `{"total":{"text":"1.5","number":"1.5","cell":"N12"}}`, `{"title":{"text":"a\"b\\","faulty":true}}`,
		`{"title":{"Text":"x"}}`, `{"title":{"text":"x",}}`, `{"title":{}}{`, `{"colour":{}}`, `{"needed_by":{"text":"never"}}`, ` {"tax": {"cell": "\u00e9"}}`,
		`{"title":{"text":"\ud800"}}`, "{\"title\":{\"text\":\"\xff\"}}", "{\"title\":{\"text\":\"\n\"}}", `{"title":{"text":"x"},}`, `{,"title":{}}`,
		`{"title":{"text":"x"},"title":{"cell":"B1"}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { same(t, b) })
}

func BenchmarkValuesJSON(b *testing.B) {
	var v Values
	for _, f := range []Field{Title, TitleOther, Supplier, Net, Tax, Total, CostCentre, Rationale} {
		v[f] = Value{Text: "Best of three quotes; the others were later.", Number: decimal.New(11300, -2), Cell: "N12", Given: true}
	}
	b.ReportAllocs()
	for b.Loop() {
		text, err := json.Marshal(&v)
		if err != nil {
			b.Fatal(err)
		}
		var back Values
		if err := json.Unmarshal(text, &back); err != nil {
			b.Fatal(err)
		}
	}
}
