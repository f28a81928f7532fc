package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"handrail/internal/changes"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/policybook"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

type policyWorkbookCommand struct {
	File     string       `arg:"" optional:"" help:"A policy (its tests stand beside it, in FILE.test.toml) or the name of a shipped one, of which a workbook is made; or a policy's workbook, of which the text is made."`
	Config   string       `placeholder:"F" help:"Configuration, instead of FILE: the workbook of the text that is in force by its ledger, or else of the one that it names."`
	Inbox    string       `help:"With --config: the text of this inbox, where several have their own."`
	Out      string       `placeholder:"FILE" help:"Where to write the workbook, or the text. Left out: beside FILE, under its name."`
	Lang     request.Lang `enum:"en,fr" default:"en" help:"Language that stands first in the workbook, and of what is said of one: en or fr."`
	Annotate string       `placeholder:"OUT.xlsx" help:"Write the workbook back with its mistakes marked at their cells, and what became of each example."`
}

func (c *policyWorkbookCommand) Run(ctx context.Context, t *terminal) error {
	switch {
	case c.Config != "" && c.File == "" && c.Annotate == "":
		return c.inForce(ctx, t)
	case c.Config != "":
		return fail(exitUsage, "", "say either a policy or --config")
	case c.File == "":
		return fail(exitUsage, "handrail policy workbook department.toml, or --config handrail.toml", "say which policy")
	}
	if isWorkbook(c.File) {
		return c.back(ctx, t)
	}
	if c.Annotate != "" {
		return fail(exitUsage, "", "--annotate is for a workbook, and %s is a text", c.File)
	}
	return c.make(ctx, t)
}

func isWorkbook(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".xlsx" || ext == ".xlsm"
}

// make writes the workbook of a policy.
func (c *policyWorkbookCommand) make(ctx context.Context, t *terminal) error {
	p, err := loadPolicy(ctx, c.File)
	if err != nil {
		return t.wrongPolicy(err, formatted{}, c.Lang)
	}
	var raw, tests []byte
	name, folder := filepath.Base(c.File), filepath.Dir(c.File)
	if slices.Contains(rules.Shipped(), c.File) {
		raw, err = rules.ShippedText(c.File)
		if err == nil {
			tests, err = rules.ShippedTests(c.File)
		}
		name, folder = name+".toml", ""
	} else {
		raw, err = rules.ReadFile(c.File)
		if err == nil {
			tests, err = rules.ReadFile(rules.TestFileOf(c.File))
			if errors.Is(err, fs.ErrNotExist) {
				tests, err = nil, nil
			}
		}
	}
	if err != nil {
		return fail(exitInput, "", "%w", err)
	}
	return c.write(t, p, raw, tests, policybook.Options{Name: name}, folder)
}

// write writes the workbook of a policy, where --out says or else into a folder, named after the text.
func (c *policyWorkbookCommand) write(t *terminal, p *rules.Policy, text, tests []byte, o policybook.Options, folder string) error {
	o.Lang = c.Lang
	var book bytes.Buffer
	if err := policybook.Write(&book, p, text, tests, o); err != nil {
		return fail(exitInput, "", "%s: %w", cmp.Or(c.File, p.Name()), err)
	}
	out := c.Out
	if out == "" {
		out = filepath.Join(folder, strings.TrimSuffix(o.Name, filepath.Ext(o.Name))+".xlsx")
		if err := notThere(out); err != nil {
			return err
		}
	}
	if err := os.WriteFile(out, book.Bytes(), 0o644); err != nil {
		return fail(exitInput, "choose a place you may write to with --out", "write the workbook: %w", err)
	}
	fmt.Fprintf(t.out, request.Text{EN: "%s: the workbook of %s %s\n", FR: "%s\u00a0: le classeur de %s %s\n"}.In(c.Lang), out, p.Name(), p.Version())
	return nil
}

// inForce writes the workbook of the text in force.
func (c *policyWorkbookCommand) inForce(ctx context.Context, t *terminal) error {
	config, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	p, file, inbox, err := config.policyOf(ctx, c.Inbox)
	if err != nil {
		return err
	}
	o := policybook.Options{Name: strings.TrimSuffix(filepath.Base(file), ".toml") + ".toml"}
	var tests []byte
	if l, err := ledger.Open(ctx, config.ledgerConfig(), ledger.Read); err == nil { // else it is not made yet
		zone, zoneErr := time.LoadLocation(config.Schedule.TimeZone)
		if zoneErr != nil {
			zone = time.UTC
		}
		err = l.View(ctx, func(tx *ledger.Tx) (err error) {
			if o.Changes, err = changes.Versions(ctx, tx, inbox, p, func(at time.Time) request.Date { return request.DateOf(at.In(zone)) }); err != nil {
				return err
			}
			tests, err = changes.TestsInForce(ctx, tx, inbox, p)
			return err
		})
		if err = errors.Join(err, l.Close()); err != nil {
			return ledgerTrouble(err)
		}
	}
	if tests == nil { // the file's, where it is the file's text
		if beside, err := loadPolicy(ctx, file); err == nil && beside.Text() == p.Text() {
			tests, _ = policyTests(file)
		}
	}
	return c.write(t, p, []byte(p.Text()), tests, o, "")
}

// notThere refuses to write over a file that nobody named.
func notThere(path string) error {
	if _, err := os.Stat(path); err == nil {
		return fail(exitUsage, "name it with --out to write over it", "%s is there already", path)
	}
	return nil
}

// back writes the text of a policy's workbook, and says what is wrong in it.
func (c *policyWorkbookCommand) back(ctx context.Context, t *terminal) error {
	data, r, err := readPolicyWorkbook(ctx, c.File)
	if err != nil {
		return err
	}
	if c.Annotate != "" {
		var book bytes.Buffer
		if err := policybook.Annotate(ctx, &book, data, r, policybook.Extra{Words: rules.DiffWords(r.Before, r.Policy)}); err != nil {
			return fail(exitInput, "", "%s: %w", c.File, err)
		}
		if err := os.WriteFile(c.Annotate, book.Bytes(), 0o644); err != nil {
			return fail(exitInput, "", "write the annotated workbook: %w", err)
		}
	}
	for _, m := range r.Notes {
		fmt.Fprintln(t.err, request.Text{EN: "note: ", FR: "note\u00a0: "}.In(c.Lang)+m.In(c.Lang))
	}
	if len(r.Mistakes) > 0 {
		for _, m := range r.Mistakes {
			fmt.Fprintln(t.err, m.In(c.Lang))
		}
		return somebodyMustAct()
	}
	out := c.Out
	if out == "" {
		out = strings.TrimSuffix(c.File, filepath.Ext(c.File)) + ".toml"
		if err := notThere(out); err != nil {
			return err
		}
	}
	if err := os.WriteFile(out, r.Text, 0o644); err != nil {
		return fail(exitInput, "choose a place you may write to with --out", "write the policy: %w", err)
	}
	fmt.Fprintf(t.out, request.Text{EN: "%s: %s %s\n", FR: "%s\u00a0: %s %s\n"}.In(c.Lang), out, r.Policy.Name(), r.Policy.Version())
	if r.Tests != nil {
		tests := rules.TestFileOf(out)
		if err := os.WriteFile(tests, r.Tests, 0o644); err != nil {
			return fail(exitInput, "", "write the policy's tests: %w", err)
		}
		fmt.Fprintf(t.out, request.Text{EN: "%s: %d examples, all as expected\n", FR: "%s\u00a0: %d exemples, tous comme prévu\n"}.In(c.Lang), tests, len(r.Examples))
	}
	for _, words := range rules.DiffWords(r.Before, r.Policy) {
		t.wrap(2, words.In(c.Lang))
	}
	return nil
}

// readPolicyWorkbook reads a policy's workbook from the disk; lists stand beside it.
func readPolicyWorkbook(ctx context.Context, file string) ([]byte, *policybook.Result, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, nil, noPolicy(file, err)
	}
	if most := workbook.DefaultBounds().FileBytes; info.Size() > most {
		return nil, nil, fail(exitInput, "", "%s has %d bytes, and at most %d are read: is it the right file?", file, info.Size(), most)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fail(exitInput, "", "%w", err)
	}
	r, err := policybook.Read(ctx, data, policybook.Options{Name: strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)) + ".toml", Rows: department.ListRows,
		File: func(name string) ([]byte, error) { return rules.ReadFile(filepath.Join(filepath.Dir(file), name)) }})
	var refused *workbook.Error
	if errors.As(err, &refused) {
		return nil, nil, fail(exitInput, "", "%s: %s", file, refused.Message.EN)
	}
	if err != nil {
		return nil, nil, fail(exitInput, "", "%s: %w", file, err)
	}
	return data, r, nil
}

// workbookPolicy is the policy that a workbook says. Its mistakes are rules.Mistakes at the rows and columns of their cells.
func workbookPolicy(ctx context.Context, file string) (*rules.Policy, *policybook.Result, error) {
	_, r, err := readPolicyWorkbook(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	if r.Policy != nil {
		return r.Policy, r, nil
	}
	var all rules.Mistakes
	for _, m := range r.Mistakes {
		col, row, _ := workbook.ParseRef(m.Cell)
		where := m.Sheet
		if m.Cell != "" {
			where += "!" + m.Cell
		}
		all = append(all, rules.Mistake{File: file, Line: max(row, 1), Column: max(col, 1), Where: where, WhereFR: where, What: m.Words.EN, WhatFR: m.Words.FR})
	}
	return nil, nil, all
}
