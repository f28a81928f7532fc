package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What somebody has typed, and what the shell makes of it with the Tab key.
var completions = map[string]string{
	"handrail ledger ver":       "ledger verify",
	"handrail form --lang f":    "form --lang fr",
	"handrail check --form":     "check --format",
	"handrail run --log j":      "run --log json",
	"handrail policy backt":     "policy backtest",
	"handrail completion fis":   "completion fish",
	"handrail templates prev":   "templates preview",
	"handrail ledger export --": "", // too much to choose from
}

// shellFor is the shell, and the script of its completion in a file.
func shellFor(t *testing.T, name string) (shell, script string) {
	t.Helper()
	shell, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed: %v", name, err)
	}
	script = filepath.Join(t.TempDir(), "_handrail")
	if err := os.WriteFile(script, []byte(output(t, "completion", name)), 0o600); err != nil {
		t.Fatal(err)
	}
	return shell, script
}

func TestBashCompletes(t *testing.T) {
	shell, script := shellFor(t, "bash")
	for typed, want := range completions {
		words := strings.Split(typed, " ")
		got, err := exec.Command(shell, append([]string{"--norc", "-c",
			`. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _handrail; echo "${COMPREPLY[@]}"`, script}, words...)...).CombinedOutput()
		one := strings.TrimSpace(string(got))
		if want == "" && err == nil && strings.Count(one, "--") > 2 {
			continue
		}
		if err != nil || strings.Join(words[1:len(words)-1], " ")+" "+one != want {
			t.Errorf("%q becomes %q, want %q: %v", typed, one, want, err)
		}
	}
}

// zsh is asked as a person asks it: with the Tab key, at a terminal. Both ways to install the script are tried.
func TestZshCompletes(t *testing.T) {
	shell, script := shellFor(t, "zsh")
	var keys strings.Builder
	for typed, want := range completions {
		if want != "" {
			keys.WriteString("zpty -w -n z $'" + typed + `\t\n'` + "\n")
		}
	}
	for name, load := range map[string]string{
		"loaded by name": "fpath=(" + filepath.Dir(script) + ` \$fpath); autoload -Uz compinit; compinit -u -D`,
		"read in":        "autoload -Uz compinit; compinit -u -D; source " + script,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it waits for words that a broken script never prints
			defer cancel()
			said, err := exec.CommandContext(ctx, shell, "-f", "-c", `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "TERM=dumb; PROMPT=; `+load+`; handrail() { echo \"<\$*>\" }; echo re''ady"
zpty -r z said '*ready*'
`+keys.String()+`zpty -w z "echo do''ne"
zpty -r z said '*done*'
print -r -- "$said"
`).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, said)
			}
			for typed, want := range completions {
				if want != "" && !strings.Contains(strings.ReplaceAll(string(said), " >", ">"), "<"+want+">") {
					t.Errorf("%q does not become %q:\n%s", typed, want, said)
				}
			}
		})
	}
}

func TestFishCompletes(t *testing.T) {
	shell, script := shellFor(t, "fish")
	for typed, want := range completions {
		got, err := exec.Command(shell, "--no-config", "-c", `source $argv[1]; complete -C $argv[2]`, script, typed).CombinedOutput()
		lines := strings.Split(strings.TrimSpace(string(got)), "\n")
		if want == "" && err == nil && len(lines) > 2 {
			continue
		}
		words := strings.Split(typed, " ")
		one, _, _ := strings.Cut(lines[0], "\t")
		if err != nil || len(lines) != 1 || strings.Join(words[1:len(words)-1], " ")+" "+one != want {
			t.Errorf("%q becomes %q, want %q: %v", typed, got, want, err)
		}
	}
}
