package ledger

import (
	"encoding/json"
	"reflect"
	"testing"

	"handrail/internal/request"
)

func TestPrivatePartsAreWrittenAsEncodingJSONWould(t *testing.T) {
	for name, p := range map[string]linePrivate{
		"nothing":     {},
		"said alone":  {lineSaid: lineSaid{By: "officer@dept.example", Reason: `"yes" <said> she`}},
		"facts alone": {lineReasons: lineReasons{Facts: json.RawMessage(`{"line":{"row":12}}`)}},
		"all": {lineReasons{json.RawMessage(`{"a":"}]\"\\","b":[{}]}`), json.RawMessage(`[{"guardrail":"x"}]`), json.RawMessage(`[]`)},
			lineSaid{"4120", "Café", "CIO", request.Date{Year: 2026, Month: 11, Day: 23}, "a", "c", "d", "b", 12, 1_700_000, 3, 4}},
		"no findings": {lineReasons: lineReasons{Facts: json.RawMessage(`{}`), NotEvaluated: json.RawMessage(`[1]`)}, lineSaid: lineSaid{Unit: "facts"}},
		"null":        {lineReasons: lineReasons{Facts: json.RawMessage(`{}`), Findings: json.RawMessage(`null`)}},
	} {
		want, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.encode()
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %v\n got %s\nwant %s", name, err, got, want)
		}
		var l Line
		var back linePrivate
		if err := json.Unmarshal(want, &back); err != nil {
			t.Fatal(err)
		}
		if err := l.open(got); err != nil || !reflect.DeepEqual(lineReasons{l.Facts, l.Findings, l.NotEvaluated}, back.lineReasons) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", name, err, l, back.lineReasons)
		}
	}
	p := linePrivate{lineReasons: lineReasons{Facts: json.RawMessage(`{"a":`)}}
	if b, err := p.encode(); err == nil {
		t.Errorf("broken facts were written: %s", b)
	}
	for _, torn := range []string{`{"facts":{"a":1`, `{"facts":{"a":"}`, `{`, `x`, ``} {
		if err := (&Line{}).open([]byte(torn)); err == nil {
			t.Errorf("%q was opened", torn)
		}
	}
	var l Line
	if err := l.open([]byte(`{"day":"2026-11-23", "facts": {"x": 1}}`)); err != nil || string(l.Facts) != `{"x": 1}` {
		t.Errorf("another order: %v, %s", err, l.Facts)
	}
}
