package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"handrail/ingest/forms"
	"handrail/internal/adopt"
	"handrail/internal/configfile"
	"handrail/internal/judgement"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

type adoptCommand struct {
	File    string `arg:"" help:"The department's own form: blank, or filled."`
	Filled  string `placeholder:"F.xlsx" help:"A filled copy, to try the proposal on; by default the form itself, or one line typed into a copy of it."`
	Policy  string `placeholder:"F" help:"Policy whose fields the form must ask for: a file, or a shipped name."`
	Config  string `placeholder:"F" help:"Configuration that names the policy; the one that --write changes."`
	Out     string `placeholder:"F.toml" help:"Write the proposed [form] part here."`
	Write   bool   `help:"Put the proposed [form] part into the configuration that --config names, and show the change."`
	Replace bool   `help:"With --write: replace the [form] part that is there; the configuration as it was stays beside it, with .before-adopt at its end."`
	formatted
}

type adoptJSON struct {
	File      string            `json:"file"`
	Sheet     string            `json:"sheet,omitempty"`
	HeaderRow []int             `json:"header_rows,omitempty"`
	Seen      []adoptSeen       `json:"seen"`
	Form      string            `json:"form,omitempty"` // TOML
	Lacks     []adoptLack       `json:"lacks"`
	Trial     *adoptTrial       `json:"trial,omitempty"`
	Written   string            `json:"written,omitempty"`
	Change    *adoptChange      `json:"change,omitempty"`
	Problems  []request.Problem `json:"problems"`
	Error     *fileError        `json:"error,omitempty"`

	policy string
}

type adoptSeen struct {
	Cell   string   `json:"cell"`
	Words  string   `json:"words"`
	Kind   string   `json:"kind"`
	Field  string   `json:"field"`
	Sure   string   `json:"sure"`
	Score  float64  `json:"score"`
	Why    string   `json:"why,omitempty"`
	Value  string   `json:"value,omitempty"`
	Second []string `json:"second"`
}

type adoptLack struct {
	Field    string       `json:"field"`
	Required bool         `json:"required"`
	Advice   request.Text `json:"advice"`
}

type adoptTrial struct {
	File    string         `json:"file,omitempty"` // the filled copy; "" for one that was typed into the form
	Typed   []adoptTyped   `json:"typed"`
	Lines   []adoptLine    `json:"lines"`
	Left    []adoptLeft    `json:"left_alone"`
	Lost    []adoptTyped   `json:"lost"`
	Refused *fileError     `json:"refused,omitempty"`
	Origin  checkRequester `json:"requester"`
}

type adoptTyped struct {
	Cell  string `json:"cell"`
	Field string `json:"field"`
	Text  string `json:"text"`
	Came  string `json:"came,omitempty"`
}

type adoptLine struct {
	Row    int               `json:"row"`
	Values map[string]string `json:"values"`
}

type adoptLeft struct {
	Sheet string `json:"sheet"`
	Cells string `json:"cells"`
	Text  string `json:"text"`
	Why   string `json:"why"`
}

type adoptChange struct {
	Line    int      `json:"line"`
	Removed []string `json:"removed"`
	Added   []string `json:"added"`
}

func (c *adoptCommand) Run(ctx context.Context, t *terminal) error {
	if err := c.usage(); err != nil {
		return err
	}
	needs, config, policyName, err := c.needs(ctx, t)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fail(exitInput, "", "read %s: %s", c.File, plainFileError(err))
	}
	result := &adoptJSON{File: c.File, Seen: []adoptSeen{}, Lacks: []adoptLack{}, Problems: []request.Problem{}, policy: policyName}
	proposal, refused := c.propose(ctx, data, needs)
	if refused != nil {
		return c.refuse(t, result, refused)
	}
	result.describe(proposal)
	if err := c.try(ctx, t, result, proposal, data, needs.Currency); err != nil {
		return err
	}
	if err := c.write(result, config); err != nil {
		return err
	}
	if c.asJSON() {
		err = t.document(result)
	} else {
		t.printAdopted(result)
	}
	if err == nil && result.mustAct() {
		return somebodyMustAct()
	}
	return err
}

func (c *adoptCommand) usage() error {
	switch {
	case c.Write && c.Config == "":
		return fail(exitUsage, "--config names the configuration to change", "--write changes a configuration, and none is named")
	case c.Replace && !c.Write:
		return fail(exitUsage, "", "--replace says how --write writes: give both")
	}
	return nil
}

// needs are what the policy of the flags, of the configuration or the shipped one asks of a form.
func (c *adoptCommand) needs(ctx context.Context, t *terminal) (adopt.Needs, *Config, string, error) {
	var config *Config
	if c.Config != "" {
		var err error
		if config, err = loadFormConfig(c.Config); err != nil {
			return adopt.Needs{}, nil, "", err
		}
	}
	policy, err := loadPolicy(ctx, c.Policy)
	if c.Policy == "" && config != nil {
		policy, err = config.policyInForce(ctx, t, nil)
	}
	if err != nil {
		return adopt.Needs{}, nil, "", err
	}
	var required []request.Field
	for _, ask := range policy.Asks(request.DateOf(t.now())) {
		if ask.Always && ask.Field != request.NoField {
			required = append(required, ask.Field)
		}
	}
	needs := adopt.Needs{Required: required, Read: policy.Needs(), Currency: policy.Currency(), Languages: policy.Languages()}
	return needs, config, policy.Name(), nil
}

func (c *adoptCommand) propose(ctx context.Context, data []byte, needs adopt.Needs) (*adopt.Proposal, error) {
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return nil, err
	}
	proposal, err := adopt.Propose(ctx, book, data, needs)
	if err != nil {
		return nil, err
	}
	if !proposal.Found() {
		return nil, &workbook.Error{Code: workbook.NoRequestTable, Err: errors.New("no header and no label of a request was found"), Message: nothingToAdopt}
	}
	return proposal, nil
}

var nothingToAdopt = request.Text{
	EN: "No sheet of this workbook looks like a request form: no row has three headers of a purchase side by side, and no label of one stands beside a box. handrail inspect --cells shows every cell.",
	FR: "Aucune feuille de ce classeur ne ressemble à un formulaire de demande\u00a0: aucune ligne ne porte trois en-têtes d’achat côte à côte, et aucune étiquette d’achat n’accompagne une case. handrail inspect --cells montre toutes les cellules.",
}

// refuse says why a file cannot be looked at, with the part of the file and the reason where it is damaged.
func (c *adoptCommand) refuse(t *terminal, result *adoptJSON, err error) error {
	if ctxErr := contextEnded(err); ctxErr != nil {
		return ctxErr
	}
	code, message := judgement.RefusalOf(err)
	result.Error = &fileError{Code: code, Message: message}
	result.Error.where(err)
	if c.asJSON() {
		if err := t.document(result); err != nil {
			return err
		}
	}
	return fail(exitInput, "", "read %s: %s", c.File, cmp.Or(partAndReason(err), message.EN))
}

// try reads a filled copy with the proposal, or fills one line into a copy of the form and reads that.
func (c *adoptCommand) try(ctx context.Context, t *terminal, result *adoptJSON, p *adopt.Proposal, data []byte, currency string) error {
	var trial *adopt.Trial
	file := ""
	if c.Filled != "" {
		filled, err := os.ReadFile(c.Filled)
		if err != nil {
			return fail(exitInput, "--filled names a copy of the form that somebody filled", "read %s: %s", c.Filled, plainFileError(err))
		}
		file = c.Filled
		if trial, err = p.Read(ctx, filled, currency); err != nil {
			return fail(exitInput, "", "read %s: %w", c.Filled, err)
		}
	} else {
		var err error
		if p.Filled() {
			file = c.File
			trial, err = p.Read(ctx, data, currency)
		} else {
			trial, err = p.Try(ctx, data, currency, request.DateOf(t.now()))
		}
		if err != nil {
			return fail(exitInput, "--filled names a copy of the form that somebody filled, to try that instead", "try the form: %w", err)
		}
	}
	result.tried(file, trial)
	return nil
}

// write puts the proposal where the flags say.
func (c *adoptCommand) write(result *adoptJSON, config *Config) error {
	if c.Out != "" {
		if err := os.WriteFile(c.Out, []byte(result.Form), 0o644); err != nil {
			return fail(exitInput, "choose a place you may write to with --out", "write the proposal: %w", err)
		}
		result.Written = c.Out
	}
	if !c.Write {
		return nil
	}
	path, err := filepath.EvalSymlinks(c.Config)
	if err != nil {
		return fail(exitUsage, "", "configuration: %w", err)
	}
	before, err := readSmall(path)
	if err != nil {
		return fail(exitUsage, "", "configuration: %w", err)
	}
	var keep []string
	if n := config.Form.MaxLines; n > 0 {
		keep = append(keep, fmt.Sprintf("max_lines = %d", n))
	}
	change, err := adopt.Splice(before, result.Form, c.Replace, keep...)
	if errors.Is(err, adopt.ErrFormThere) {
		return fail(exitUsage, "--replace replaces it, and keeps the configuration as it was beside it; --out F.toml writes the proposal to a file of its own", "%s: %w", c.Config, err)
	}
	if err != nil {
		return fail(exitUsage, "--out F.toml writes the proposal to a file of its own, to be copied by hand", "%s: %w", c.Config, err)
	}
	if err := onlyFormDiffers(path, before, change.Text); err != nil {
		return err
	}
	if len(change.Removed) > 0 {
		if err := os.WriteFile(path+".before-adopt", before, 0o600); err != nil {
			return fail(exitInput, "", "keep the configuration as it was: %w", err)
		}
	}
	if err := replaceFile(path, change.Text); err != nil {
		return fail(exitInput, "the configuration is as it was", "write the configuration: %w", err)
	}
	result.Written = c.Config
	result.Change = &adoptChange{Line: change.Line, Removed: append([]string{}, change.Removed...), Added: change.Added}
	return nil
}

// onlyFormDiffers reads the changed configuration as the program will, and holds it against the one before.
func onlyFormDiffers(path string, before, after []byte) error {
	was, is := &Config{}, &Config{}
	configfile.Decode(path, before, was, goneKeys())
	mistakes := configfile.Decode(path, after, is, goneKeys())
	for _, m := range is.validateForm() {
		mistakes = append(mistakes, m.Key+": "+m.Text)
	}
	if len(mistakes) > 0 {
		return fail(exitUsage, "--out F.toml writes the proposal to a file of its own, to be corrected and copied by hand", "the configuration would not be right, and is as it was: %s", strings.Join(mistakes, "\n"))
	}
	was.Form, is.Form = forms.Config{}, forms.Config{}
	if !reflect.DeepEqual(was, is) {
		return fail(exitUsage, "--out F.toml writes the proposal to a file of its own, to be copied by hand", "%s cannot be changed without changing more than its form; it is as it was", path)
	}
	return nil
}

// replaceFile writes a file beside the old one and puts it in its place: a full disk leaves the old one.
func replaceFile(path string, text []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }() // gone where it was renamed
	_, err = part.Write(text)
	err = errors.Join(err, part.Chmod(info.Mode().Perm()), part.Sync(), part.Close())
	if err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}

// contextEnded is the error of a context that is over; nil for every other.
func contextEnded(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// partAndReason is what an operator needs of a file that could not be read: which part, where, and why; "" where the
// sentence for its sender says all.
func partAndReason(err error) string {
	e, ok := workbook.ErrorOf(err)
	if !ok || e.Part == "" {
		return ""
	}
	return e.Error()
}
