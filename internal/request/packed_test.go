package request

import (
	"math/big"
	"reflect"
	"runtime"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// sameLine holds a line that was packed against the one that was added: its numbers have the same digits and the same
// exponent, and all else is equal.
func sameLine(t interface{ Errorf(string, ...any) }, got, want Line) {
	for f := range want.Values {
		g, w := &got.Values[f].Number, &want.Values[f].Number
		if g.Exponent() != w.Exponent() || g.Coefficient().Cmp(w.Coefficient()) != 0 {
			t.Errorf("field %d: %s of %d digits, want %s of %d", f, g, g.Exponent(), w, w.Exponent())
		}
		*g, *w = decimal.Decimal{}, decimal.Decimal{}
	}
	if len(want.Extra) == 0 {
		want.Extra = nil
	}
	if len(want.Problems) == 0 {
		want.Problems = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func anyLine(t *rapid.T) Line {
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "services", "unclassified", "\xff\xfe", "Café & Cie", "N12", "AZ7", "XFD1048576", "A07", "a7", "AAAA7", "7"}))
	l := Line{Sheet: texts.Draw(t, "sheet"), Row: rapid.OneOf(rapid.Int(), rapid.SampledFrom([]int{0, 7, 12, 1048576})).Draw(t, "row"), Extra: rapid.MapOfN(texts, texts, 0, 2).Draw(t, "extra"),
		Reference: texts.Draw(t, "reference"), Family: texts.Draw(t, "family"), Hidden: rapid.Bool().Draw(t, "hidden"),
		Unread: drawUnread(t, texts)}
	for range rapid.IntRange(0, 12).Draw(t, "values") {
		v := Value{Text: texts.Draw(t, "text"), Cell: texts.Draw(t, "cell"), Given: rapid.Bool().Draw(t, "given"), Faulty: rapid.Bool().Draw(t, "faulty")}
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 1:
			v.Number = decimal.New(rapid.Int64().Draw(t, "number"), rapid.Int32().Draw(t, "scale"))
		case 2:
			n, _ := new(big.Int).SetString(rapid.StringMatching(`-?[1-9][0-9]{18,40}`).Draw(t, "digits"), 10)
			v.Number = decimal.NewFromBigInt(n, rapid.Int32Range(-40, 3).Draw(t, "scale"))
		case 3:
			v.Date = Date{rapid.Int().Draw(t, "year"), 12, rapid.IntRange(-1, 31).Draw(t, "day")}
		}
		l.Values[rapid.IntRange(0, int(NumFields)-1).Draw(t, "field")] = v
	}
	for range rapid.IntRange(0, 3).Draw(t, "problems") {
		l.Problems = append(l.Problems, Problem{texts.Draw(t, "sheet"), texts.Draw(t, "cell"), texts.Draw(t, "code"),
			Severity(texts.Draw(t, "severity")), Text{texts.Draw(t, "en"), texts.Draw(t, "fr")}})
	}
	return l
}

func TestPackedLinesAreWhatWasAdded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var packed Lines
		var want []Line
		for range rapid.IntRange(0, 8).Draw(t, "lines") {
			l := anyLine(t)
			want = append(want, l)
			packed.Add(&l)
			switch rapid.IntRange(0, 5).Draw(t, "then") {
			case 0:
				packed.Seal()
			case 1:
				packed.closeChunk()
			case 2:
				i := rapid.IntRange(0, len(want)-1).Draw(t, "which")
				want[i] = anyLine(t)
				packed.Put(i, &want[i])
			case 3: // reading in between disturbs nothing
				sameLine(t, packed.At(len(want)-1), want[len(want)-1])
			}
		}
		packed.Seal()
		if packed.Len() != len(want) {
			t.Fatalf("%d lines of %d", packed.Len(), len(want))
		}
		for i, l := range packed.All() {
			if packed.Row(i) != want[i].Row {
				t.Errorf("line %d stands in row %d, want %d", i, packed.Row(i), want[i].Row)
			}
			sameLine(t, *l, want[i])
		}
	})
}

// Texts that come again and again are forgotten now and then, which changes nothing.
func TestPackedLinesForgetWhatTheyRemember(t *testing.T) {
	var packed Lines
	n := 3 * latelyTexts
	for i := range n {
		l := typicalLine(i)
		packed.Add(&l)
	}
	packed.Seal()
	for i, l := range packed.All() {
		sameLine(t, *l, typicalLine(i))
	}
}

// typicalLine is a line as most are: some texts of its own, and many that all lines share.
func typicalLine(i int) Line {
	row := strconv.Itoa(i + 5)
	l := Line{Sheet: "Requests", Row: i + 5, Extra: map[string]string{"Our note": "x"}}
	for n, f := range Fields() {
		v := &l.Values[f.Field]
		v.Cell, v.Given = string(rune('A'+n%26))+row, true
		switch f.Kind {
		case MoneyKind, NumberKind:
			v.Number = decimal.New(int64(1000+i), -2)
			v.Text = v.Number.String()
		case DateKind:
			v.Date = Date{2026, 12, 1 + i%28}
			v.Text = v.Date.String()
		case TextKind:
			if v.Text = f.Label.EN; n < 5 {
				v.Text += " " + row
			}
		default:
			v.Text = "acquisition card"
		}
	}
	return l
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // it is no exabyte
}

// A packed line takes less than a fifth of what it takes as an object.
func TestPackedLinesAreLight(t *testing.T) {
	const n = 20_000
	before := heapInUse()
	var packed Lines
	for i := range n {
		l := typicalLine(i)
		packed.Add(&l)
	}
	packed.Seal()
	light := heapInUse() - before
	objects := make([]Line, n)
	for i := range objects {
		objects[i] = typicalLine(i)
	}
	heavy := heapInUse() - before - light
	t.Logf("%d bytes a line packed, %d as objects", light/n, heavy/n)
	if light*5 > heavy {
		t.Errorf("%d bytes a line packed, %d as objects", light/n, heavy/n)
	}
	if size := packed.Size(); size < light*8/10 || size > light*12/10 {
		t.Errorf("they say that they take %d bytes, and take %d", size, light)
	}
	runtime.KeepAlive(objects)
	runtime.KeepAlive(&packed)
}

func BenchmarkPackedLines(b *testing.B) {
	l := typicalLine(7)
	b.Run("add", func(b *testing.B) {
		b.ReportAllocs()
		var packed Lines
		for b.Loop() {
			packed.Add(&l)
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		var packed Lines
		packed.Add(&l)
		packed.Seal()
		var into Line
		for b.Loop() {
			packed.Read(0, &into)
		}
	})
}

func drawUnread(t *rapid.T, texts *rapid.Generator[string]) (cells []UnreadCell) {
	for range rapid.IntRange(0, 2).Draw(t, "unread") {
		cells = append(cells, UnreadCell{texts.Draw(t, "header"), texts.Draw(t, "field"), texts.Draw(t, "cell"), texts.Draw(t, "text")})
	}
	return cells
}
