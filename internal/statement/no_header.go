package statement

import (
	"context"
	"slices"

	"handrail/internal/request"
)

// own are the headers that the configuration names, and those of the sender's profile.
func (o Options) own() map[string]field {
	own := ownHeaders(o.Headers)
	for name, column := range o.profile().Columns {
		if place(column) == 0 {
			own[request.Fold(column)] = fieldNames[name]
		}
	}
	return own
}

func widest(rows []record) int {
	n := 0
	for i := range rows {
		n = max(n, min(len(rows[i].cells), widestStatement))
	}
	return n
}

// evenSeparator is what parts a text without a known header into rows of one width, three cells at least; usual where none does.
func evenSeparator(ctx context.Context, sample string, usual rune) rune {
	best, most := usual, 0
	for _, sep := range []rune{',', ';', '\t', '|'} {
		rows, _ := splitRows(ctx, sample, sep) // a sample may end in the middle of a cell
		widths := map[int]int{}
		for i := range rows {
			if n := len(rows[i].cells); n >= fewestHeaders {
				widths[n]++
			}
		}
		for width, n := range widths {
			if n*width > most {
				best, most = sep, n*width
			}
		}
	}
	return best
}

// skipPreamble leaves out what stands above the first charge of a file without a header: names of the bank, a header in words that are
// not known. Each row is noted.
func (s *sheetReader) skipPreamble() {
	if s.header.line > 0 {
		return
	}
	isCharge := func(r record) bool {
		for _, f := range []field{transactionDate, postingDate} {
			v := s.cell(&r, f)
			if _, why := parseDay(v.text, unknownOrder); !v.date.IsZero() || !v.serial.IsZero() || why == "" || why == twoWays {
				return true
			}
		}
		return false
	}
	first := slices.IndexFunc(s.rows[:min(len(s.rows), headerWithin)], isCharge)
	for i := range s.rows[:max(0, first)] {
		if !empty(&s.rows[i]) {
			s.note(&s.rows[i], 1, request.NoteSeverity, "preamble", "This row stands above the first charge and is none.", "Cette ligne précède le premier achat et n’en est pas un.")
		}
	}
	s.rows = s.rows[max(0, first):]
}

// withoutHeader refuses a file that has none; where its content shows each column, it says that a profile is all that lacks.
func withoutHeader(ctx context.Context, rows []record, form textForm, o Options) error {
	if p := proposeWithoutHeader(ctx, rows, form, o); p.settled() {
		return refuse(o, "no-header", 0,
			"It has no header, and its columns can be told by what stands in them: "+p.told(request.English)+". Without a header nothing is counted until somebody has looked: handrail statement FILE shows how it would be read, and the profile to paste into the configuration.",
			"Il n’a pas d’en-tête, mais son contenu permet de reconnaître ses colonnes\u00a0: "+p.told(request.French)+". Sans en-tête, rien n’est compté avant qu’une personne ait vérifié\u00a0: handrail statement FICHIER montre comment il serait lu et le profil à coller dans la configuration.")
	}
	return refuse(o, "no-header", 0,
		"No header was found in its first 50 rows: at least three columns must be known, such as Transaction date, Merchant, Amount. Name the bank's own in a profile for its sender; handrail statement FILE shows what each column holds. A file without a header needs no_header = true and the place of each column.",
		"Aucun en-tête n’a été trouvé dans les 50 premières lignes\u00a0: au moins trois colonnes doivent être connues, par exemple Date de transaction, Marchand, Montant. Nommez celles de la banque dans un profil pour l’expéditeur; handrail statement FICHIER montre ce que contient chaque colonne. Un fichier sans en-tête demande no_header = true et la place de chaque colonne.")
}
