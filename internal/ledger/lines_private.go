package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"

	"handrail/internal/request"
)

// linePrivate lies beside the chain.
type linePrivate struct {
	lineReasons
	lineSaid
}

// lineReasons is why a line was judged as it was.
type lineReasons struct {
	Facts        json.RawMessage `json:"facts,omitempty"`
	Findings     json.RawMessage `json:"findings,omitempty"`
	NotEvaluated json.RawMessage `json:"not_evaluated,omitempty"`
}

// lineSaid is what else the row says that the public part leaves out. Row and those below it are there since links say them.
type lineSaid struct {
	CostCentre string       `json:"cost_centre,omitempty"`
	Supplier   string       `json:"supplier,omitempty"`
	Unit       string       `json:"unit,omitempty"`
	Day        request.Date `json:"day,omitzero"`
	By         string       `json:"by,omitempty"`
	InsteadOf  string       `json:"instead_of,omitempty"`
	WrittenBy  string       `json:"written_by,omitempty"`
	Reason     string       `json:"reason,omitempty"`
	Row        int          `json:"row,omitempty"`
	Received   int64        `json:"received,omitempty"` // microseconds
	Supersedes int64        `json:"supersedes,omitempty"`
	Amends     int64        `json:"amends,omitempty"`
}

// encode is p as JSON. The reasons, by far most of it, are JSON already and go in as they are.
func (p *linePrivate) encode() ([]byte, error) {
	said, err := json.Marshal(p.lineSaid)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(p.Facts)+len(p.Findings)+len(p.NotEvaluated)+len(said)+48)
	out = append(out, '{')
	for _, m := range p.members() {
		if len(*m.value) == 0 {
			continue
		}
		if !json.Valid(*m.value) {
			return nil, fmt.Errorf("%s is not JSON", m.name)
		}
		out = append(append(append(out, m.name...), *m.value...), ',')
	}
	if len(said) == len("{}") {
		out = bytes.TrimSuffix(out, []byte{','})
	}
	return append(out, said[1:]...), nil
}

type reason struct {
	name  string // as it stands in JSON, with its colon
	value *json.RawMessage
}

func (r *lineReasons) members() [3]reason {
	return [...]reason{{`"facts":`, &r.Facts}, {`"findings":`, &r.Findings}, {`"not_evaluated":`, &r.NotEvaluated}}
}

// open fills in what lies in the private part of the line's first link.
func (l *Line) open(body []byte) error {
	if body == nil {
		return nil
	}
	var r lineReasons
	if !r.cut(body) {
		r = lineReasons{}
		if err := json.Unmarshal(body, &r); err != nil {
			return fmt.Errorf("line %s: %w", l.Reference, err)
		}
	}
	l.Facts, l.Findings, l.NotEvaluated = r.Facts, r.Findings, r.NotEvaluated
	return nil
}

// cut takes the reasons out of what encode wrote, without reading them: whoever needs them does. It is false for JSON
// that looks different.
func (r *lineReasons) cut(body []byte) bool {
	if len(body) == 0 || body[0] != '{' {
		return false
	}
	rest := body[1:]
	for _, m := range r.members() {
		if !bytes.HasPrefix(rest, []byte(m.name)) {
			continue
		}
		n := request.CompoundJSON(rest[len(m.name):])
		if n == 0 {
			return false
		}
		*m.value, rest = rest[len(m.name):len(m.name)+n:len(m.name)+n], rest[len(m.name)+n:]
		if len(rest) > 0 && rest[0] == ',' {
			rest = rest[1:]
		}
	}
	return r.Facts != nil
}
