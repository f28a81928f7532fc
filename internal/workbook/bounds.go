package workbook

import "fmt"

// Bounds are what a workbook may cost before it is refused with code too-large. They are looked at before parsing, or
// while a part streams by, never after.
type Bounds struct {
	FileBytes     int64 // the file itself
	Entries       int   // files inside the zip
	PartBytes     int64 // one part, inflated
	SmallBytes    int64 // of those, one that is neither a sheet nor the list of texts and must be held in memory to be changed
	TotalBytes    int64 // all parts that are read, inflated
	Ratio         int64 // inflated to packed, for parts of more than a megabyte
	Sheets        int
	StyleElements int // XML elements in styles.xml
	Strings       int // entries of the shared strings
	StringBytes   int // all shared strings together, as UTF-8
	Columns       int // the right-most column with a cell
	Rows          int // rows of one sheet with at least one value; gaps and formatting do not count
	RowBytes      int // the texts of all cells of one row, as UTF-8
	Merged        int // merged ranges of one sheet
	CellBytes     int // one cell's text, as UTF-8
	Nesting       int // XML elements inside one another
}

// DefaultBounds admit every honest workbook that we met, and nothing that needs more than half a gigabyte.
func DefaultBounds() Bounds {
	return Bounds{
		FileBytes:     50 << 20,
		Entries:       10_000,
		PartBytes:     256 << 20,
		SmallBytes:    32 << 20,
		TotalBytes:    512 << 20,
		Ratio:         400,
		Sheets:        1_000,
		StyleElements: 1_000_000,
		Strings:       2_000_000,
		StringBytes:   64 << 20,
		Columns:       maxCols,
		Rows:          200_000,
		RowBytes:      8 << 20,
		Merged:        200_000,
		CellBytes:     4 * 32_767, // Excel's own limit, in the worst case of UTF-8
		Nesting:       64,
	}
}

// Validate names the first bound that admits nothing.
func (b Bounds) Validate() error {
	for _, v := range []struct {
		name string
		n    int64
	}{
		{"FileBytes", b.FileBytes}, {"Entries", int64(b.Entries)}, {"PartBytes", b.PartBytes}, {"SmallBytes", b.SmallBytes}, {"TotalBytes", b.TotalBytes},
		{"Ratio", b.Ratio}, {"Sheets", int64(b.Sheets)}, {"StyleElements", int64(b.StyleElements)}, {"Strings", int64(b.Strings)},
		{"StringBytes", int64(b.StringBytes)}, {"Columns", int64(b.Columns)}, {"Rows", int64(b.Rows)},
		{"RowBytes", int64(b.RowBytes)}, {"Merged", int64(b.Merged)}, {"CellBytes", int64(b.CellBytes)}, {"Nesting", int64(b.Nesting)},
	} {
		if v.n <= 0 {
			return fmt.Errorf("workbook bounds: %s is %d, it must be positive", v.name, v.n)
		}
	}
	if b.StringBytes > 1<<31 {
		return fmt.Errorf("workbook bounds: StringBytes is %d, the most is %d", b.StringBytes, 1<<31)
	}
	return nil
}
