package ingest

import (
	"context"
	"strings"
)

// What taking a message apart costs in memory, as multiples of what the bytes declare. Each is of the worst shape that was
// found, with some room above it; TestFootprintCoversWhatParseTakes prints what is measured.
const (
	footprintBase   = 256 << 10 // whatever the message is
	perHeaderByte   = 32        // fields of a few bytes each; those of nested messages count too
	perTextByte     = 6         // a body in another charset or in HTML, and what becomes of it on the way
	perEncodedByte  = 5         // quoted-printable, whose length is not known before
	perAttachedByte = 2         // base64, and files that were wrapped in others

)

// Footprint is the most memory that Parse takes for a message, the message included, in bytes. It looks at the structure of the
// message and decodes nothing. What unpacks from zip files is left out: it is bounded by DecodedBytes, and parts that are no
// zip files decode to less than Unzipped allows.
func Footprint(raw []byte, limits Limits) int64 {
	limits = limits.WithDefaults()
	f := footprint{parts: limits.Parts, headerBytes: limits.HeaderBytes}
	header, body, _, _ := splitHeader(raw[:min(int64(len(raw)), limits.MessageBytes)], limits.HeaderBytes)
	f.part(header, body, limits.Depth)
	headers := min(int64(len(raw)), int64(limits.HeaderBytes))
	return footprintBase + int64(len(raw)) + headers*perHeaderByte + f.bytes
}

// FootprintOfSize is the most that Footprint can be for a message of so many bytes, before any of them is read.
func FootprintOfSize(bytes int64, limits Limits) int64 {
	limits = limits.WithDefaults()
	bytes = min(bytes, limits.MessageBytes)
	return footprintBase + bytes*(1+perEncodedByte+perTextByte) + min(bytes, int64(limits.HeaderBytes))*perHeaderByte
}

// Unzipped are limits under which a message of so many bytes is read unless it brings zip files that unpack to much more than
// they are: encodings shorten, and each level of nested messages at least by a quarter.
func (l Limits) Unzipped(bytes int64) Limits {
	l = l.WithDefaults()
	l.DecodedBytes = min(l.DecodedBytes, 4*bytes+1<<20)
	return l
}

// footprint adds up what the parts of a message cost.
type footprint struct {
	bytes       int64
	parts       int // that are still looked into; the rest is text, which costs most
	headerBytes int // that one header may have
}

func (f *footprint) part(h Header, body []byte, depth int) {
	f.parts--
	kind, params := parameters(h.Get("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" && depth > 0 && f.parts > 0 {
		w := walk{patience: patience{ctx: context.Background()}} // it decodes nothing, and looks at each byte once a level
		parts, _, _ := w.splitParts(body, params["boundary"], f.parts)
		for _, raw := range parts {
			header, content, _, _ := splitHeader(raw, f.headerBytes)
			f.part(header, content, depth-1)
		}
		return
	}
	f.bytes += int64(len(body)) * costOf(kind, strings.ToLower(stripComment(h.Get("Content-Transfer-Encoding"))))
}

// costOf is what a byte of a part without parts of its own costs. What is no attachment for certain may be text.
func costOf(kind, encoding string) int64 {
	switch {
	case encoding == "base64" && (strings.HasPrefix(kind, "application/") || strings.HasPrefix(kind, "image/")):
		return perAttachedByte
	case encoding == "quoted-printable":
		return perEncodedByte + perTextByte
	}
	return perTextByte
}
