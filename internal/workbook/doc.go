// Package workbook owns everything that is known about .xlsx files: it reads them strictly, marks them up in place,
// and writes the blank request form. It refuses to know what the cells mean: fields, guardrails and outcomes are the
// business of other packages, which hand it texts, colours and places.
//
// Reading is strict. A part is streamed to its closing root and every byte of it is accounted for; what the reader
// would have to guess (unordered or repeated references, parts that stop in the middle, two parts of one name) is an
// *Error with a Code and a sentence for a clerk. Bounds are looked at before anything is parsed, because running out
// of memory cannot be recovered from.
//
// Writing is a splice. Annotate copies every part it does not change as the compressed bytes it came in, and changes
// the others by inserting bytes, never by writing again what it understood of them.
package workbook
