package main

import (
	"context"
	"io"

	"handrail/internal/request"
	"handrail/rules"
)

//go:generate go run handrail/cmd/handrail policy reference --lang en --out ../../docs/policy-reference.md
//go:generate go run handrail/cmd/handrail policy reference --lang fr --out ../../docs/policy-reference.fr.md

type policyReferenceCommand struct {
	Lang request.Lang `enum:"en,fr" default:"en" help:"Language of the text: en or fr."`
	Out  string       `placeholder:"F.md" help:"Write it to a file."`
}

func (c *policyReferenceCommand) Run(_ context.Context, t *terminal) error {
	write := func(w io.Writer) error { return rules.WriteReference(w, c.Lang) }
	if c.Out == "" {
		return write(t.out)
	}
	return writeOut(c.Out, write)
}
