package forms

import (
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// attestationBox is the one box above the table in which a requester says yes to what the policy's attestation states of all lines.
type attestationBox struct {
	wanted  bool // the policy has an attestation
	found   bool
	header  string
	label   string // its cell
	ref     string // of the answer
	answer  *workbook.Cell
	yes     bool
	problem *request.Problem
}

// see takes the box from a row above the table. Only the first one counts.
func (b *attestationBox) see(s *labelScan, row *workbook.Row) {
	if !b.wanted || b.found {
		return
	}
	for i := range row.Cells {
		c := &row.Cells[i]
		if !isText(c) || len(c.Value) > longestHeader || !isAttestation(textOf(c)) {
			continue
		}
		at := s.endOf(c.Col, row.Number) + 1
		b.found, b.header, b.label, b.ref = true, textOf(c), workbook.Ref(c.Col, row.Number), workbook.Ref(at, row.Number)
		if said := row.Cell(at); said != nil && !isBlank(said) {
			kept := *said
			b.answer = &kept
		}
		return
	}
}

func isAttestation(s string) bool {
	return slices.Contains([]string{"attestation", "attestationattestation"}, request.Fold(s))
}

// readAttestation reads the answer, and names the box among the labels.
func (r *formReader) readAttestation() {
	b := &r.labels.attested
	r.form.Labels = append(r.form.Labels, Label{Cell: b.label, Header: b.header, Name: "attestation", By: byLabel, Value: b.ref, Given: b.answer != nil})
	if b.answer == nil {
		return
	}
	s, err := plainText(b.answer)
	if err == nil && s != "" {
		s, _, _, err = r.choice(request.Remote.Info(), b.answer, s)
	}
	if err != nil {
		p := r.misread(request.AttestationLabel, b.ref, err)
		b.problem = &p
		return
	}
	b.yes = s == "yes"
}

// attest gives a line what the attestation says of the fields that the line leaves empty. An answer of the line's own counts
// before it. No answer, and no, say nothing.
func (r *formReader) attest(l *request.Line) {
	b := &r.labels.attested
	if !b.found {
		return
	}
	if b.problem != nil {
		l.Problems = append(l.Problems, *b.problem)
		return
	}
	if !b.yes {
		return
	}
	var en, fr []string
	for _, a := range r.options.Attestation.Values {
		v, info := &l.Values[a.Field], a.Field.Info()
		switch {
		case v.Faulty:
		case !v.Given:
			*v = request.Value{Text: a.Code, Cell: b.ref, Given: true}
			en, fr = append(en, request.QuoteEN(info.Label.EN)), append(fr, request.QuoteFR(info.Label.FR))
		case v.Text != a.Code:
			l.Problems = append(l.Problems, r.noteAt(info.Label, v.Cell, "other-than-attested", otherThanAttestedText(b.ref, info, v.Text)))
		}
	}
	if len(en) > 0 {
		l.Problems = append(l.Problems, r.note(b.ref, request.CodeAttested, attestedText(b.ref, en, fr)))
	}
}

func attestedText(ref string, en, fr []string) request.Text {
	return request.Text{
		EN: "From the attestation in " + ref + ": " + strings.Join(en, ", ") + ".",
		FR: "D’après l’attestation de la cellule " + ref + "\u00a0: " + strings.Join(fr, ", ") + ".",
	}
}

func otherThanAttestedText(ref string, info request.FieldInfo, code string) request.Text {
	said := request.Text{EN: code, FR: code}
	for _, c := range info.Choices {
		if c.Code == code {
			said = c.Label
		}
	}
	return request.Text{
		EN: "This line says " + request.QuoteEN(said.EN) + ", but the attestation in " + ref + " says otherwise. The line counts.",
		FR: "Cette ligne indique " + request.QuoteFR(said.FR) + ", ce qui diffère de l’attestation de la cellule " + ref + ". C’est la ligne qui compte.",
	}
}
