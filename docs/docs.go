// Package docs holds the pages of this folder, so that whoever has only the program has them too. It knows nothing else.
package docs

import "embed"

// Pages are the Markdown files, by their names.
//
//go:embed *.md
var Pages embed.FS
