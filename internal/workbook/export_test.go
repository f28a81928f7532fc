package workbook

// What the tests of the whole path, which import the packages above this one, use of the tests inside.
var (
	CorpusFiles           = corpusFiles
	CheckAnnotated        = checkAnnotated
	CheckLibreOfficeOpens = checkLibreOfficeOpens
	CheckOpenpyxlOpens    = checkOpenpyxlOpens
)

// AnnotatedFile is a workbook of the corpus and what we made of it.
type AnnotatedFile = annotatedFile
