package totals

import "handrail/internal/request"

// LineKeys makes the keys of the lines of one request, and makes them once: several totals of a policy have By in common,
// and each is asked for in the workbook, in the ledger and when a line is recorded. It is for one goroutine.
type LineKeys struct {
	// Judged is what people said of the suppliers' names; nil: nothing.
	Judged Judged
	// Together are the names and numbers that the register of suppliers puts together with the supplier of line i; nil without one.
	Together func(i int, line *request.Line) []request.Alike

	Origin *request.Origin
	Lines  *request.Lines
	Reader *Reader // nil: one is made
	made   []madeKeys
}

type madeKeys struct {
	spec  *request.TotalSpec
	added [][]string
	asked [][]Key
}

// Added are the keys of line i for a total: see Added. Nobody may change them.
func (k *LineKeys) Added(s *request.TotalSpec, i int) []string { return k.of(s).added[i] }

// Asked are the keys by which the total of line i is asked for, where nothing is alike: see Asked. Nobody may change them.
func (k *LineKeys) Asked(s *request.TotalSpec, i int) []Key { return k.of(s).asked[i] }

func (k *LineKeys) of(s *request.TotalSpec) *madeKeys {
	for i := range k.made {
		if k.made[i].spec.SameBuckets(s) {
			return &k.made[i]
		}
	}
	if k.Reader == nil {
		k.Reader = new(Reader)
	}
	m := madeKeys{spec: s, added: make([][]string, k.Lines.Len()), asked: make([][]Key, k.Lines.Len())}
	for i, line := range k.Lines.All() {
		m.added[i], m.asked[i] = k.Reader.Added(s, line, k.Origin), k.Reader.Asked(s, line, k.Origin, nil)
	}
	k.made = append(k.made, m)
	return &k.made[len(k.made)-1]
}
