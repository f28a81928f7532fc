package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// What is made from the command tree itself, so that it never says anything else: shell completion and the man page.

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints the script. bash: source <(handrail completion bash).
func (c *completionCommand) Run(t *terminal, k *kong.Context) error {
	switch c.Shell {
	case "fish":
		fishCompletion(t, k.Model.Node, nil)
	case "zsh":
		fmt.Fprint(t.out, "#compdef handrail\nautoload -Uz bashcompinit && bashcompinit\n")
		bashCompletion(t, k.Model.Node)
		// Where zsh loads the file as the function itself, the first key press completes as well.
		fmt.Fprint(t.out, "if [ \"${funcstack[1]}\" = _handrail ]; then _bash_complete -o default -F _handrail; fi\n")
	default:
		bashCompletion(t, k.Model.Node)
	}
	return nil
}

type manCommand struct{}

// Run prints the man page in man's own language: handrail man > handrail.1.
func (manCommand) Run(t *terminal, k *kong.Context) error {
	fmt.Fprintf(t.out, ".TH HANDRAIL 1 \"\" \"handrail %s\" \"User commands\"\n.SH NAME\nhandrail \\- guardrails for small purchases, by mail\n.SH SYNOPSIS\n.B handrail\n.I command\n[\\fIoptions\\fR]\n.SH DESCRIPTION\n", roff(version))
	fmt.Fprintln(t.out, roff("Requests come in as Excel forms, and go back judged, explained and numbered."))
	fmt.Fprintln(t.out, ".SH COMMANDS")
	eachCommand(k.Model.Node, nil, func(path []string, n *kong.Node) {
		line := "handrail " + strings.Join(path, " ")
		for _, p := range n.Positional {
			line += " " + p.Summary()
		}
		fmt.Fprintf(t.out, ".SS \"%s\"\n%s\n", roff(line), roff(n.Help))
		for _, f := range flagsOf(n) {
			fmt.Fprintf(t.out, ".TP\n\\fB%s\\fR\n%s\n", roff(f.String()), roff(f.Help))
		}
	})
	fmt.Fprint(t.out, `.SH "EXIT STATUS"
.TP
0
done
.TP
1
done, and somebody must act
.TP
2
usage or configuration
.TP
3
an input could not be read
.TP
4
a server or the ledger could not be reached
.SH FILES
.I handrail.toml
in the current directory, else
.I /etc/handrail/handrail.toml
.SH ENVIRONMENT
.B NO_COLOR
set to anything: no colour
`)
	return nil
}

// roff keeps text from being taken for instructions.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

// eachCommand visits every command that runs, in the order of the help, with the words that lead to it.
func eachCommand(n *kong.Node, path []string, visit func([]string, *kong.Node)) {
	for _, child := range n.Children {
		if child.Hidden {
			continue
		}
		words := append(append([]string(nil), path...), child.Name)
		if len(child.Children) == 0 {
			visit(words, child)
		}
		eachCommand(child, words, visit)
	}
}

func flagsOf(n *kong.Node) []*kong.Flag {
	var list []*kong.Flag
	for _, f := range n.Flags {
		if !f.Hidden {
			list = append(list, f)
		}
	}
	return list
}

// choices are the words that a command takes, where there is a choice of them.
func choices(n *kong.Node) []string {
	var list []string
	for _, p := range n.Positional {
		if p.Enum != "" {
			list = append(list, strings.Split(p.Enum, ",")...)
		}
	}
	return list
}

// bashCompletion completes words of the command first, then options, the values of options that have a choice, and
// files.
func bashCompletion(t *terminal, root *kong.Node) {
	fmt.Fprint(t.out, "_handrail() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= word\n"+
		"  for word in \"${COMP_WORDS[@]:1:$((COMP_CWORD-1))}\"; do\n    case $word in -*) ;; *) case \"$path $word\" in\n")
	var paths []string
	var walk func(n *kong.Node, path string)
	words := map[string]string{}
	walk = func(n *kong.Node, path string) {
		var next []string
		for _, c := range n.Children {
			if !c.Hidden {
				next = append(next, c.Name)
				walk(c, path+" "+c.Name)
			}
		}
		next = append(next, choices(n)...)
		for _, f := range flagsOf(n) {
			next = append(next, "--"+f.Name)
		}
		words[path] = strings.Join(append(next, "--help"), " ")
		paths = append(paths, path)
	}
	walk(root, "")
	for _, p := range paths {
		if p != "" {
			fmt.Fprintf(t.out, "      %q) path=%q ;;\n", p, p)
		}
	}
	fmt.Fprint(t.out, "    esac ;; esac\n  done\n  case \"$path $prev\" in\n")
	eachCommand(root, nil, func(path []string, n *kong.Node) {
		for _, f := range flagsOf(n) {
			if f.Enum != "" {
				fmt.Fprintf(t.out, "    %q) COMPREPLY=($(compgen -W %q -- \"$cur\")); return ;;\n", " "+strings.Join(path, " ")+" --"+f.Name, strings.ReplaceAll(f.Enum, ",", " "))
			}
		}
	})
	fmt.Fprint(t.out, "  esac\n  case $path in\n")
	for _, p := range paths {
		fmt.Fprintf(t.out, "    %q) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", p, words[p])
	}
	fmt.Fprint(t.out, "  esac\n}\ncomplete -o default -F _handrail handrail\n")
}

func fishCompletion(t *terminal, n *kong.Node, path []string) {
	condition := "not __fish_seen_subcommand_from " + strings.Join(childNames(n), " ")
	for _, p := range path {
		condition = "__fish_seen_subcommand_from " + p + "; and " + condition
	}
	quoted := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }
	for _, c := range n.Children {
		if !c.Hidden {
			fmt.Fprintf(t.out, "complete -c handrail -f -n %s -a %s -d %s\n", quoted(condition), c.Name, quoted(c.Help))
		}
	}
	if len(n.Children) == 0 {
		var seen []string
		for _, p := range path {
			seen = append(seen, "__fish_seen_subcommand_from "+p)
		}
		if words := choices(n); words != nil {
			fmt.Fprintf(t.out, "complete -c handrail -f -n %s -a %s\n", quoted(strings.Join(seen, "; and ")), quoted(strings.Join(words, " ")))
		}
		for _, f := range flagsOf(n) {
			values := "" // files
			switch {
			case f.Enum != "":
				values = " -x -a " + quoted(strings.TrimSpace(strings.ReplaceAll(f.Enum, ",", " ")))
			case !f.IsBool():
				values = " -r"
			}
			fmt.Fprintf(t.out, "complete -c handrail -n %s -l %s%s -d %s\n", quoted(strings.Join(seen, "; and ")), f.Name, values, quoted(f.Help))
		}
	}
	for _, c := range n.Children {
		if !c.Hidden {
			fishCompletion(t, c, append(append([]string(nil), path...), c.Name))
		}
	}
}

func childNames(n *kong.Node) []string {
	var names []string
	for _, c := range n.Children {
		names = append(names, c.Name)
	}
	return names
}
