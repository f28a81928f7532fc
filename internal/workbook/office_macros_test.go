package workbook

import (
	"archive/zip"
	"bytes"
	"testing"
)

func TestMacroFree(t *testing.T) {
	const plain = `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	file := func(parts ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := 0; i < len(parts); i += 2 {
			w, err := z.Create(parts[i])
			if err == nil {
				_, err = w.Write([]byte(parts[i+1]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	utf16 := "\xff\xfe"
	for _, c := range `<Override ContentType="application/vnd.ms-office.vbaProject"/>` {
		utf16 += string(c) + "\x00"
	}
	for name, c := range map[string]struct {
		data []byte
		want bool
	}{
		"a document":                      {file("[Content_Types].xml", plain, "word/document.xml", "<d/>"), true},
		"a macro project":                 {file("[Content_Types].xml", plain, "word/vbaProject.bin", "x"), false},
		"a project of another name":       {file("[Content_Types].xml", `<Override PartName="/word/a.bin" ContentType="application/vnd.ms-office.vbaProject"/>`, "word/a.bin", "x"), false},
		"a project that a relation names": {file("[Content_Types].xml", plain, "word/_rels/document.xml.rels", `<Relationship Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="a.bin"/>`), false},
		"macros of the nineties":          {file("[Content_Types].xml", plain, `xl\macrosheets\sheet1.xml`, "x"), false},
		"types in UTF-16":                 {file("[Content_Types].xml", utf16), false},
		"a template from elsewhere":       {file("[Content_Types].xml", plain, "word/_rels/settings.xml.rels", `<Relationship Type="…/attachedTemplate" Target="https://x.example/a.dotm" TargetMode="External"/>`), false},
		"two lists of types":              {file("[Content_Types].xml", plain, "[content_types].xml", plain), false},
		"no list of types":                {file("word/document.xml", "<d/>"), false},
		"types larger than any":           {file("[Content_Types].xml", plain+string(make([]byte, macroPartBytes))), false},
		"no zip":                          {[]byte("PK\x03\x04 and no more"), false},
	} {
		if got := MacroFree(c.data); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
