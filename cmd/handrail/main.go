// Command handrail checks the purchase requests that staff mail to a shared inbox against their department's
// guardrails, answers them, and reports to finance.
//
// This package owns flags, signals, wiring and exit codes, and composes the configuration from the packages' own
// Config types. It refuses to know how anything is decided, read, written or sent.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes, the same for every command. The highest that applies of 4, 3, 1 wins.
const (
	exitDone        = 0
	exitAct         = 1 // done, and somebody must act
	exitUsage       = 2 // usage or configuration
	exitInput       = 3 // an input could not be read
	exitUnreachable = 4 // a server or the ledger could not be reached
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: clock()})
	stop()
	os.Exit(code)
}

type commands struct {
	Demo       demoCommand       `cmd:"" help:"See the whole job once, on this machine: real mails, real workbooks, nothing to configure."`
	Run        runCommand        `cmd:"" help:"Do the job: on its schedule until stopped, or one pass with --once."`
	Check      checkCommand      `cmd:"" help:"Judge workbooks on disk, with an empty history. Touches no mail and no ledger."`
	Inspect    inspectCommand    `cmd:"" help:"Show what Handrail sees in a workbook, for the day a form is not understood."`
	Statement  statementCommand  `cmd:"" help:"Show how a card statement is read, and propose the profile of its sender."`
	Adopt      adoptCommand      `cmd:"" help:"Look at a department's own form and propose the [form] part of the configuration for it."`
	Form       formCommand       `cmd:"" help:"Write the blank request form."`
	Policy     policyCommand     `cmd:"" help:"Check, test and compare policies."`
	Explain    explainCommand    `cmd:"" help:"Say why a line was decided as it was."`
	File       fileCommand       `cmd:"" help:"Everything about one request in one zip, for the auditor; or check such a zip by itself, with --verify."`
	Reconcile  reconcileCommand  `cmd:"" help:"Write the reconciliation workbook for a week, a month, a fiscal year or any dates."`
	Publish    publishCommand    `cmd:"" help:"Write contracts above the threshold as open data: CSV with its schema, without personal data."`
	Ledger     ledgerCommand     `cmd:"" help:"Make, verify, export, back up the record; say what waits and what failed."`
	Ask        askCommand        `cmd:"" help:"Have an officer asked about lines that wait for a decision: somebody who was not asked yet, or --to somebody."`
	Retry      retryCommand      `cmd:"" help:"Try again what was set aside, when its cause is gone."`
	Doctor     doctorCommand     `cmd:"" help:"Try everything the job will need, and say what to do about each failure."`
	Templates  templatesCommand  `cmd:"" help:"Look at every mail with sample data."`
	Init       initCommand       `cmd:"" help:"Write a commented configuration and the directories it names."`
	Version    versionCommand    `cmd:"" help:"Print version, commit and licences; the bill of materials with --sbom."`
	Docs       docsCommand       `cmd:"" help:"Print the pages that come with the program, or write all of them with the shipped policies and the example configuration."`
	Completion completionCommand `cmd:"" help:"Print the completion script of a shell: bash, zsh or fish."`
	Man        manCommand        `cmd:"" help:"Print the manual page."`
}

// failure is an error that knows its exit code and, where there is one, the next step.
type failure struct {
	code int
	err  error
	hint string
	all  []*failure // where several things went wrong: each with its own hint, and err is not printed
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// Hint is the next step, for those that show it beside the error.
func (f *failure) Hint() string { return f.hint }

// fail makes a failure; hint may be empty.
func fail(code int, hint, format string, args ...any) error {
	return &failure{code: code, hint: hint, err: fmt.Errorf(format, args...)}
}

// run is main without the process: it parses args, runs the command and answers its exit code.
func run(ctx context.Context, args []string, t *terminal) (code int) {
	var c commands
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("handrail"),
		kong.Description("Guardrails for small purchases, by mail: requests come in as Excel forms, and go back judged, explained and numbered.\n\n"+
			"Exit codes: 0 done; 1 done, and somebody must act; 2 usage or configuration; 3 an input could not be read; 4 a server or the ledger could not be reached."),
		kong.Writers(t.out, t.err),
		kong.Exit(func(code int) { exited = code }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}),
	)
	if err != nil {
		panic(err) // the command tree itself is wrong
	}
	if len(args) == 0 { // whoever knows no command yet is shown them
		_, _ = parser.Parse([]string{"--help"}) // prints, and then misses the command
		return exitUsage
	}
	kctx, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		return t.report(fail(exitUsage, "handrail --help lists the commands", "%w", err))
	}
	kctx.BindTo(ctx, (*context.Context)(nil))
	return t.report(kctx.Run(t))
}

// somebodyMustAct is exit code 1 without a message: the output says what.
func somebodyMustAct() error { return &failure{code: exitAct, err: errors.New("")} }
