package request

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/shopspring/decimal"
)

// Facts are written and read by hand. Whoever adds a field to them, or to anything inside them, and forgets it there, loses
// it from every decision that is stored: here every field that there is, is filled, and must come back.
func TestNoFieldOfFactsIsForgotten(t *testing.T) {
	var f Facts
	filler{t: t, n: new(int64)}.fill(reflect.ValueOf(&f).Elem(), "Facts")
	want, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.AppendJSON(nil)
	if err != nil || string(got) != string(want) {
		t.Errorf("%v\n AppendJSON writes %s\nencoding/json writes %s", err, got, want)
	}
	own := Facts{}
	r := ownForm{b: got, ok: true}
	if r.facts(&own); !r.ok || len(r.b) > 0 {
		t.Errorf("what AppendJSON writes is not read by hand from %.60q on", r.b)
	}
	whole(t, "by hand", own, f)
	var back Facts
	if err := back.Read(got); err != nil {
		t.Fatal(err)
	}
	whole(t, "by Read", back, f)
	var slow Facts
	if err := json.Unmarshal(want, &slow); err != nil {
		t.Fatal(err)
	}
	whole(t, "by encoding/json", slow, f)
}

// whole names every field that did not come back.
func whole(t *testing.T, how string, got, want Facts) {
	t.Helper()
	differences(reflect.ValueOf(got), reflect.ValueOf(want), "Facts", func(path string, got, want any) {
		t.Errorf("%s, %s is %v, and was %v", how, path, got, want)
	})
}

func differences(got, want reflect.Value, path string, differ func(path string, got, want any)) {
	switch {
	case want.Type() == reflect.TypeFor[decimal.Decimal]():
		if !got.Interface().(decimal.Decimal).Equal(want.Interface().(decimal.Decimal)) {
			differ(path, got, want)
		}
	case want.Kind() == reflect.Struct:
		for i := range want.NumField() {
			if passing(want.Type(), i) {
				continue
			}
			differences(got.Field(i), want.Field(i), path+"."+want.Type().Field(i).Name, differ)
		}
	case want.Kind() == reflect.Array:
		for i := range want.Len() {
			differences(got.Index(i), want.Index(i), fmt.Sprintf("%s[%d]", path, i), differ)
		}
	case want.Kind() == reflect.Pointer && !got.IsNil():
		differences(got.Elem(), want.Elem(), path, differ)
	case !reflect.DeepEqual(got.Interface(), want.Interface()):
		if want.Kind() == reflect.Map && got.Len() == want.Len() {
			for _, k := range want.MapKeys() {
				if v := got.MapIndex(k); v.IsValid() {
					differences(v, want.MapIndex(k), fmt.Sprintf("%s[%v]", path, k), differ)
					continue
				}
				differ(path, got, want)
			}
			return
		}
		if want.Kind() == reflect.Slice && got.Len() == want.Len() {
			for i := range want.Len() {
				differences(got.Index(i), want.Index(i), fmt.Sprintf("%s[%d]", path, i), differ)
			}
			return
		}
		differ(path, got, want)
	}
}

// passing tells of the one field that facts do not keep: the different values of a sum that is being put together.
func passing(t reflect.Type, field int) bool {
	return t == reflect.TypeFor[Sum]() && t.Field(field).Name == "values"
}

// filler gives every field, however deep, a value of its own that is not zero.
type filler struct {
	t *testing.T
	n *int64 // how many were filled
}

func (f filler) fill(v reflect.Value, path string) {
	*f.n++
	n := *f.n
	switch v.Type() {
	case reflect.TypeFor[decimal.Decimal]():
		v.Set(reflect.ValueOf(decimal.New(n*100+25, -2)))
		return
	case reflect.TypeFor[Date]():
		v.Set(reflect.ValueOf(Date{2026, 1, 1}.AddDays(int(n))))
		return
	case reflect.TypeFor[Values]():
		for _, info := range Fields() {
			f.value(v.Index(int(info.Field)), info)
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s <%d> é", path, n))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(n%100 + 1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(n%100) + 1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(n) + 0.5)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			if passing(v.Type(), i) {
				continue
			}
			if !v.Field(i).CanSet() {
				f.t.Fatalf("%s has the field %s, which this test cannot fill", path, v.Type().Field(i).Name)
			}
			f.fill(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0), path+"[0]")
		f.fill(v.Index(1), path+"[1]")
	case reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key, path+" key")
			f.fill(value, path+" value")
			v.SetMapIndex(key, value)
		}
	default:
		f.t.Fatalf("%s is of a kind that this test cannot fill: %s", path, v.Type())
	}
}

// value fills what the form says for a field as the field's kind has it: a number or a day is written beside its text. Every
// second one is faulty and so not given.
func (f filler) value(v reflect.Value, info FieldInfo) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch {
		case name == "Number" && info.Kind != NumberKind && info.Kind != MoneyKind, name == "Date" && info.Kind != DateKind:
			continue // of another kind
		case name == "Given" || name == "Faulty":
			v.Field(i).SetBool((name == "Given") == (info.Kind == NumberKind || info.Kind == MoneyKind || info.Kind == DateKind || info.Field%2 == 0))
			continue
		}
		f.fill(v.Field(i), info.Name+"."+name)
	}
	x := v.Addr().Interface().(*Value)
	if info.Kind == DateKind {
		x.Text = x.Date.String()
	}
}
