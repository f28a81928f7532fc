package workbook

import "strings"

// Declaration is what a workbook's zip directory says that its parts unpack to. It is known before anything is unpacked,
// and a part that turns out larger than it declared is refused as unsafe, so it is an upper bound of what reading costs.
type Declaration struct {
	FileBytes    int64 // the file as it is
	Parts        int
	Bytes        int64 // all parts, unpacked
	LargestBytes int64 // the largest part, unpacked
	// SheetBytes is the largest part, or, where that is more, all parts that may be sheets, judging by their names.
	SheetBytes int64
	// Rows and Cells are the most that a sheet of the largest part's size can hold with something in them, within the bounds.
	Rows, Cells int64
}

// The shortest XML of a cell that counts, and of a row around it.
const (
	leastCell = len(`<c><f/></c>`)
	leastRow  = len(`<row>`) + leastCell + len(`</row>`)
)

// mayBeSheet is false for the parts of other kinds that every workbook has.
func mayBeSheet(name string) bool {
	name = strings.ToLower(strings.TrimPrefix(name, "/"))
	switch name {
	case "[content_types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedstrings.xml", "xl/calcchain.xml", "xl/metadata.xml":
		return false
	}
	for _, folder := range []string{"docprops/", "customxml/", "xl/theme/", "xl/media/", "xl/drawings/", "xl/tables/", "xl/printersettings/", "xl/comments"} {
		if strings.HasPrefix(name, folder) {
			return false
		}
	}
	return !strings.HasSuffix(name, ".rels")
}

// Declared reads a workbook's zip directory and unpacks nothing. Any error is an *Error, and Open gives the same one.
func Declared(data []byte, b Bounds) (Declaration, error) {
	if err := b.Validate(); err != nil {
		return Declaration{}, err
	}
	if int64(len(data)) > b.FileBytes {
		return Declaration{}, overBound("FileBytes", "", "", int64(len(data)), b.FileBytes)
	}
	if e := refusal(Sniff(data)); e != nil {
		return Declaration{}, e
	}
	a, err := openArchive(data, b)
	if err != nil {
		return Declaration{}, err
	}
	d := Declaration{FileBytes: int64(len(data)), Parts: len(a.files)}
	for _, f := range a.files {
		size := int64(f.UncompressedSize64)
		d.Bytes += size
		d.LargestBytes = max(d.LargestBytes, size)
		if mayBeSheet(f.Name) {
			d.SheetBytes += size
		}
	}
	d.SheetBytes = max(d.SheetBytes, d.LargestBytes)
	d.Rows = min(d.LargestBytes/int64(leastRow), int64(b.Rows))
	d.Cells = min(d.LargestBytes/int64(leastCell), d.Rows*int64(b.Columns))
	return d, nil
}
