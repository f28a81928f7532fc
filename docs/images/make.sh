#!/bin/sh
# Draws every picture of the docs anew, from what this version makes, and writes down in made-from.sha256 what from.
# Needs chromium, LibreOffice (soffice) and pdftoppm (poppler-utils). Excel's fonts are stood in for by Carlito
# (fonts-crosextra-carlito) and Liberation; with others the pictures are true but less pretty. Look at them before you commit.
set -eu
cd "$(dirname "$0")/../.."
HANDRAIL_MAKE_PICTURES=1 go test -count=1 -run '^TestPicturesAreDrawn$' ./cmd/handrail
ls -l docs/images/*.png
