package forms

import (
	"handrail/ingest"
	"handrail/internal/workbook"
)

// What opening a workbook and reading its form cost in memory, as multiples of what the workbook declares. Each is of the worst
// shape that was found, with some room above it; TestFootprintCoversWhatFormsTake prints what is measured.
const (
	footprintOpen   = 256 << 10 // whatever the workbook is
	perDeclaredByte = 2         // an open workbook: its texts, formats and merged ranges
	perLine         = 1500      // a line, packed, whatever it says
	perCellByte     = 40        // what cells add: one of eleven bytes can be a problem of some hundred
	perFaultyLine   = 8 << 10   // the most that the cells of one line add
)

// Footprint is the most memory that opening a message's workbooks one beside the other and reading their forms
// takes, in bytes, from what they declare. One that declares nothing that can be read is refused before it costs anything.
func Footprint(m *ingest.Mail, b workbook.Bounds, maxLines int) int64 {
	if maxLines <= 0 {
		maxLines = DefaultMaxLines
	}
	var n int64
	for _, a := range m.Workbooks() {
		d, err := workbook.Declared(a.Data, b)
		if err != nil {
			continue
		}
		rows, most := d.Rows, int64(maxLines)
		if d.SheetBytes > d.LargestBytes { // several sheets may have lines; those of one are there twice while they join the others
			rows, most = rows*d.SheetBytes/d.LargestBytes, 2*most
		}
		lines := min(rows, most)
		n += OpenFootprint(d) + lines*perLine + min(d.SheetBytes*perCellByte, lines*perFaultyLine)
	}
	return n
}

// OpenFootprint is the most memory that a workbook takes while it is open, from what it declares, without the lines of its form.
func OpenFootprint(d workbook.Declaration) int64 { return footprintOpen + d.Bytes*perDeclaredByte }
