package workbook

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
)

// Bounds of looking for macros. What has more is not looked into.
const (
	macroPartsMost = 5000
	macroPartBytes = 1 << 20
)

// MacroFree reports whether an Office file (.xlsx, .docx, .pptx) has no macros and loads none from elsewhere, by the names and
// types of its parts. It is false where that cannot be told.
func MacroFree(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) > macroPartsMost {
		return false
	}
	typed := false
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		for _, part := range []string{"vbaproject", "vbadata", "macrosheet", "dialogsheet", "activex"} {
			if strings.Contains(name, part) {
				return false
			}
		}
		types := name == "[content_types].xml"
		if !types && !strings.HasSuffix(name, ".rels") {
			continue
		}
		text, ok := macroPart(f)
		if !ok || types && typed {
			return false
		}
		typed = typed || types
		for _, word := range []string{"macroenabled", "vbaproject", "macrosheet", "dialogsheet", "activex"} {
			if strings.Contains(text, word) {
				return false
			}
		}
		if strings.Contains(text, "attachedtemplate") && strings.Contains(text, "external") {
			return false // its macros come from elsewhere
		}
	}
	return typed
}

// macroPart is the text of a small part in small letters, without what UTF-16 has between them.
func macroPart(f *zip.File) (text string, ok bool) {
	r, err := f.Open()
	if err != nil {
		return "", false
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, macroPartBytes+1))
	if err != nil || len(data) > macroPartBytes {
		return "", false
	}
	return strings.ToLower(string(bytes.ReplaceAll(data, []byte{0}, nil))), true
}
