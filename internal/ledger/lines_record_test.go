package ledger

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"handrail/internal/request"
)

// The private part of a line is put together by hand. Here every field that it has is filled, and must be written as
// encoding/json writes it, and every reason be cut out again: a field that somebody adds cannot be forgotten.
func TestNoFieldOfALinesPrivatePartIsForgotten(t *testing.T) {
	var p linePrivate
	n := 0
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		for i := range v.NumField() {
			n++
			f, field := v.Field(i), v.Type().Field(i)
			if field.Anonymous {
				fill(reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem())
				continue
			}
			switch f.Interface().(type) {
			case json.RawMessage:
				f.Set(reflect.ValueOf(json.RawMessage(fmt.Sprintf(`{"n":%d}`, n))))
			case string:
				f.SetString(fmt.Sprintf("<%s> %d", field.Name, n))
			case int, int64:
				f.SetInt(int64(n))
			case request.Date:
				f.Set(reflect.ValueOf(request.Date{Year: 2026, Month: 1, Day: n}))
			default:
				t.Fatalf("%s is of a kind that this test cannot fill: %s", field.Name, f.Type())
			}
		}
	}
	fill(reflect.ValueOf(&p).Elem())
	want, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.encode()
	if err != nil || string(got) != string(want) {
		t.Errorf("%v\n         encode writes %s\nencoding/json writes %s", err, got, want)
	}
	var r lineReasons
	if !r.cut(got) || !reflect.DeepEqual(r, p.lineReasons) {
		t.Errorf("cut out %s, and written was %s", fmt.Sprint(r), fmt.Sprint(p.lineReasons))
	}
}
