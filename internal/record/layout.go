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
	Unchanged []Unchanged `json:"kept,omitempty"`
	Remarks   []Remark    `json:"notes,omitempty"`
	Signed    bool        `json:"signed,omitempty"`
}

// Unchanged is a row that came back unchanged: its decision stands, under the line it had.
type Unchanged struct {
	Row  int   `json:"row"`
	Line int64 `json:"line"`
}

// Remark is a remark on a row, beside its findings.
type Remark struct {
	Row  int          `json:"row"`
	Text request.Text `json:"text"`
}
