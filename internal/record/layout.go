package record

import (
	"handrail/internal/request"
)

// Layout is what annotating the requester's workbook needs beside the lines.
type Layout struct {
	Sheet     int         `json:"sheet"`
	HeaderRow int         `json:"header_row"`
	LabelRow  int         `json:"label_row,omitempty"`
	Column    int         `json:"column"`
	Replace   bool        `json:"replace,omitempty"`
	LastCol   int         `json:"last_column,omitempty"` // of the table; 0 in layouts of earlier versions
	Unchanged []Unchanged `json:"kept,omitempty"`
	Remarks   []Remark    `json:"notes,omitempty"`
	Signed    bool        `json:"signed,omitempty"`
	// More are the further sheets of a request that stands on several; a row is then one of a sheet.
	More []SheetLayout `json:"more,omitempty"`
}

// Unchanged is a row that came back unchanged: its decision stands, under the line it had.
type Unchanged struct {
	Part int   `json:"part,omitempty"` // the place of its sheet among those of the request, 0 for the first
	Row  int   `json:"row"`
	Line int64 `json:"line"`
}

// Remark is a remark on a row, beside its findings.
type Remark struct {
	Part int          `json:"part,omitempty"` // as in Unchanged
	Row  int          `json:"row"`
	Text request.Text `json:"text"`
}
