package notify

import (
	"bytes"
	"html/template"
)

type previewEntry struct {
	Mail  string
	Files []previewFile
}

type previewFile struct {
	Lang, Base, Subject string
}

var previewPage = template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Every mail, with sample data</title>
<style>body{font:16px/1.5 Arial,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}li{margin:.3em 0;overflow-wrap:anywhere}@media(prefers-color-scheme:dark){body{background:#1b1b1b;color:#eee}a,a:visited{color:#9cc9f0}}</style></head>
<body><h1>Every mail, with sample data</h1>
{{range .}}<h2>{{.Mail}}</h2><ul>
{{range .Files}}<li>{{.Lang}}: <a href="{{.Base}}.html">{{.Subject}}</a> (<a href="{{.Base}}.txt">text</a>, <a href="{{.Base}}.eml">mail</a>)</li>
{{end}}</ul>
{{end}}</body></html>
`))

func previewIndex(entries []previewEntry) ([]byte, error) {
	var b bytes.Buffer
	err := previewPage.Execute(&b, entries)
	return b.Bytes(), err
}
