package request

import (
	"encoding/binary"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Lines holds the lines of a form in a fraction of the memory that they take as objects, without a pointer for the
// collector to follow: each is written down as bytes and made whole again when it is asked for. Texts that were written
// lately are written once. The zero Lines is empty. It may be read by several goroutines once nothing is added.
type Lines struct {
	chunks []string // what was written; a line lies in one of them
	at     []linePlace
	tail   []byte // the chunk that is being written
	lately map[string]linePlace
	spent  int // bytes of the texts in lately
}

// linePlace is where something stands: the chunk and the byte in it.
type linePlace struct{ chunk, pos uint32 }

const (
	chunkBytes = 64 << 10 // a chunk is closed once it is longer
	// Texts that may come again are kept in mind up to these bounds; then all of them are forgotten.
	latelyTexts = 2048
	latelyBytes = 256 << 10
	latelyText  = 1024 // a longer text is hardly ever the same as another
)

// Pack are lines, packed.
func Pack(lines []Line) *Lines {
	l := new(Lines)
	for i := range lines {
		l.Add(&lines[i])
	}
	l.Seal()
	return l
}

// Len is the number of lines.
func (l *Lines) Len() int { return len(l.at) }

// Add writes a line behind the others.
func (l *Lines) Add(line *Line) {
	l.at = append(l.at, l.begin())
	l.write(line)
}

// Put replaces line i.
func (l *Lines) Put(i int, line *Line) {
	l.at[i] = l.begin()
	l.write(line)
}

// At is line i, made whole. Its texts share the memory of Lines.
func (l *Lines) At(i int) Line {
	var line Line
	l.Read(i, &line)
	return line
}

// Read makes line i whole in a place that the caller has: a line is some kilobytes.
func (l *Lines) Read(i int, line *Line) {
	r := l.reader(l.at[i])
	*line = Line{}
	r.line(line)
}

// Row is the row of line i.
func (l *Lines) Row(i int) int {
	r := l.reader(l.at[i])
	return r.int()
}

// All goes over the lines in their order. The line is overwritten by the next one.
func (l *Lines) All() iter.Seq2[int, *Line] {
	return func(yield func(int, *Line) bool) {
		line := new(Line)
		for i := range l.at {
			l.Read(i, line)
			if !yield(i, line) {
				return
			}
		}
	}
}

// Seal gives back what only adding needs. More lines may still be added.
func (l *Lines) Seal() {
	l.closeChunk()
	l.tail, l.lately, l.spent = nil, nil, 0
}

// Size is about how many bytes of memory the lines take.
func (l *Lines) Size() int64 {
	n := int64(cap(l.tail)) + int64(cap(l.at))*8 + int64(cap(l.chunks))*16
	for _, c := range l.chunks {
		n += int64(len(c))
	}
	return n + int64(l.spent)
}

// begin is where the next line will stand.
func (l *Lines) begin() linePlace {
	if len(l.tail) > chunkBytes {
		l.closeChunk()
	}
	return linePlace{uint32(len(l.chunks)), uint32(len(l.tail))} //nolint:gosec // a workbook is no gigabyte
}

func (l *Lines) closeChunk() {
	if len(l.tail) > 0 {
		l.chunks = append(l.chunks, string(l.tail))
		l.tail = l.tail[:0]
	}
}

const (
	lineHidden = 1 << iota
	lineUnread
)

const (
	valueGiven = 1 << iota
	valueFaulty
	valueNumber
	valueBigNumber
	valueDate
)

func (l *Lines) write(line *Line) {
	l.int(line.Row)
	flags := 0
	if line.Hidden {
		flags |= lineHidden
	}
	if len(line.Unread) > 0 {
		flags |= lineUnread
	}
	l.int(flags)
	l.text(line.Sheet)
	l.text(line.Reference)
	l.text(line.Family)
	for f := range line.Values {
		l.value(f, line.Row, &line.Values[f])
	}
	l.int(0) // NoField, behind the last value
	l.int(len(line.Extra))
	for header, text := range line.Extra {
		l.text(header)
		l.text(text)
	}
	if len(line.Unread) > 0 {
		l.int(len(line.Unread))
		for i := range line.Unread {
			u := &line.Unread[i]
			l.text(u.Header)
			l.text(u.Field)
			l.text(u.Cell)
			l.text(u.Text)
		}
	}
	l.int(len(line.Problems))
	for i := range line.Problems {
		p := &line.Problems[i]
		l.text(p.Sheet)
		l.text(p.Cell)
		l.text(p.Code)
		l.text(string(p.Severity))
		l.text(p.Message.EN)
		l.text(p.Message.FR)
	}
}

// value writes what a field says, one more than its number in front, or nothing.
func (l *Lines) value(f, row int, v *Value) {
	flags := 0
	set := func(is bool, flag int) {
		if is {
			flags |= flag
		}
	}
	set(v.Given, valueGiven)
	set(v.Faulty, valueFaulty)
	set(!v.Date.IsZero(), valueDate)
	coefficient := v.Number.Coefficient()
	if number := v.Number.Exponent() != 0 || coefficient.Sign() != 0; number {
		set(coefficient.IsInt64(), valueNumber)
		set(!coefficient.IsInt64(), valueBigNumber)
	}
	if flags == 0 && v.Text == "" && v.Cell == "" {
		return
	}
	l.int(f + 1)
	l.int(flags)
	l.text(v.Text)
	l.cell(v.Cell, row)
	switch {
	case flags&valueNumber != 0:
		l.int(int(v.Number.Exponent()))
		l.tail = binary.AppendVarint(l.tail, coefficient.Int64())
	case flags&valueBigNumber != 0:
		l.int(int(v.Number.Exponent()))
		l.text(coefficient.String())
	}
	if flags&valueDate != 0 {
		l.int(v.Date.Year)
		l.int(int(v.Date.Month))
		l.int(v.Date.Day)
	}
}

// cell writes the number of a cell's column when the cell stands in the line's row, else 0 and the reference as it is.
func (l *Lines) cell(ref string, row int) {
	col := columnIn(ref, row)
	if l.int(col); col == 0 {
		l.text(ref)
	}
}

// columnIn is the column of a reference such as "N12" when it is exactly one in that row, else 0.
func columnIn(ref string, row int) int {
	n, col := 0, 0
	for n < len(ref) && n < 3 && ref[n] >= 'A' && ref[n] <= 'Z' {
		col = col*26 + int(ref[n]-'A') + 1
		n++
	}
	if n == 0 || row <= 0 || strconv.Itoa(row) != ref[n:] {
		return 0
	}
	return col
}

func (l *Lines) int(n int) { l.tail = binary.AppendVarint(l.tail, int64(n)) }

// text writes a text: twice its length and its bytes, or, when it was written lately, one more than twice its length and
// where it stands.
func (l *Lines) text(s string) {
	n := int64(len(s)) << 1
	if p, ok := l.lately[s]; ok && len(s) > 4 {
		l.tail = binary.AppendVarint(l.tail, n|1)
		l.int(int(p.chunk))
		l.int(int(p.pos))
		return
	}
	l.tail = binary.AppendVarint(l.tail, n)
	if len(s) > 4 && len(s) <= latelyText {
		l.remember(s)
	}
	l.tail = append(l.tail, s...)
}

func (l *Lines) remember(s string) {
	if len(l.lately) >= latelyTexts || l.spent+len(s) > latelyBytes {
		l.lately, l.spent = nil, 0
	}
	if l.lately == nil {
		l.lately = make(map[string]linePlace, latelyTexts)
	}
	l.lately[strings.Clone(s)] = linePlace{uint32(len(l.chunks)), uint32(len(l.tail))} //nolint:gosec // a workbook is no gigabyte
	l.spent += len(s)
}

// lineReader makes a line whole.
type lineReader struct {
	l     *Lines
	chunk string
	pos   int
}

func (l *Lines) reader(p linePlace) lineReader { return lineReader{l, l.chunk(p.chunk), int(p.pos)} }

// chunk is one that was closed, or, for a moment, the one that is being written.
func (l *Lines) chunk(n uint32) string {
	if int(n) < len(l.chunks) {
		return l.chunks[n]
	}
	return string(l.tail)
}

func (r *lineReader) line(line *Line) {
	line.Row = r.int()
	flags := r.int()
	line.Hidden = flags&lineHidden != 0
	line.Sheet, line.Reference, line.Family = r.text(), r.text(), r.text()
	for f := r.int(); f != 0; f = r.int() {
		r.value(&line.Values[f-1], line.Row)
	}
	if n := r.int(); n > 0 {
		line.Extra = make(map[string]string, n)
		for range n {
			header := r.text()
			line.Extra[header] = r.text()
		}
	}
	if flags&lineUnread != 0 {
		line.Unread = make([]UnreadCell, r.int())
		for i := range line.Unread {
			line.Unread[i] = UnreadCell{r.text(), r.text(), r.text(), r.text()}
		}
	}
	if n := r.int(); n > 0 {
		line.Problems = make([]Problem, n)
		for i := range line.Problems {
			p := &line.Problems[i]
			p.Sheet, p.Cell, p.Code, p.Severity = r.text(), r.text(), r.text(), Severity(r.text())
			p.Message.EN, p.Message.FR = r.text(), r.text()
		}
	}
}

func (r *lineReader) value(v *Value, row int) {
	flags := r.int()
	v.Given, v.Faulty = flags&valueGiven != 0, flags&valueFaulty != 0
	v.Text, v.Cell = r.text(), r.cell(row)
	switch {
	case flags&valueNumber != 0:
		exponent := r.int()
		v.Number = decimal.New(int64(r.int()), int32(exponent)) //nolint:gosec // it came from one
	case flags&valueBigNumber != 0:
		exponent := r.int()
		n, _ := decimal.NewFromString(r.text())
		v.Number = decimal.NewFromBigInt(n.Coefficient(), int32(exponent)) //nolint:gosec // it came from one
	}
	if flags&valueDate != 0 {
		v.Date.Year = r.int()
		v.Date.Month = time.Month(r.int())
		v.Date.Day = r.int()
	}
}

func (r *lineReader) cell(row int) string {
	col := r.int()
	if col == 0 {
		return r.text()
	}
	var b [24]byte
	at := len(b)
	for n := row; n > 0; n /= 10 {
		at--
		b[at] = byte('0' + n%10)
	}
	for ; col > 0; col = (col - 1) / 26 {
		at--
		b[at] = byte('A' + (col-1)%26)
	}
	return string(b[at:])
}

func (r *lineReader) int() int {
	n := uint64(0)
	for shift := 0; ; shift += 7 {
		c := r.chunk[r.pos]
		r.pos++
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return int(int64(n>>1) ^ -int64(n&1)) //nolint:gosec // zigzag, as AppendVarint writes it
		}
	}
}

func (r *lineReader) text() string {
	n := r.int()
	length := n >> 1
	if n&1 == 0 {
		r.pos += length
		return r.chunk[r.pos-length : r.pos]
	}
	chunk, pos := r.int(), r.int()
	return r.l.chunk(uint32(chunk))[pos : pos+length] //nolint:gosec // it was one
}
