//go:build unix

package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
)

// tools are the programs that are compared.
type tools struct {
	tfmigrate                                 string // as make build builds it
	plain                                     string // the same without the runtime that runs models; may be empty
	ruff, astGrep, ripgrep                    string
	upgrade                                   string // tf_upgrade_v2; may be empty
	tfmigrateIs, ruffIs, astGrepIs, ripgrepIs string // their versions
}

// Names of what is compared.
const (
	ours    = "`tfmigrate lint`, every rule"
	airflow = "`ruff check --select AIR`"
	upgrade = "`ruff check --select UP`"
	grep    = "`ast-grep`, one pattern"
	search  = "`rg saved_model`"
)

// All take Python files and notebooks (ast-grep has no notebooks), and nothing of what they would pass over by a configuration, by
// .gitignore or by a directory's name. None keeps a cache.
func (t *tools) lint(args ...string) []string {
	return append([]string{t.tfmigrate, "lint", "--isolated", "--no-respect-gitignore", "--exclude", "nothing", "--format", "concise"}, args...)
}

func (t *tools) check(rules string, args ...string) []string {
	return append([]string{t.ruff, "check", "--isolated", "--no-cache", "--preview", "--select", rules, "--output-format", "concise",
		"--no-respect-gitignore", "--exclude", "nothing", "--config", `include=["*.py","*.ipynb"]`}, args...)
}

func (t *tools) match(args ...string) []string {
	ignores := []string{"--no-ignore", "hidden", "--no-ignore", "dot", "--no-ignore", "exclude", "--no-ignore", "global", "--no-ignore", "parent", "--no-ignore", "vcs"}
	return append(append([]string{t.astGrep, "run", "--lang", "python", "--globs", "*.py", "--pattern", "$TF.saved_model.$NAME($$$ARGS)"}, ignores...), args...)
}

func (t *tools) search(args ...string) []string {
	return append([]string{t.ripgrep, "--no-config", "--no-ignore", "--hidden", "--glob", "*.py", "--glob", "*.ipynb", "saved_model"}, args...)
}

// onTree are the commands for whole trees.
func (t *tools) onTree(args ...string) []command {
	return []command{
		{name: ours, args: t.lint(args...)},
		{name: airflow, args: t.check("AIR", args...)},
		{name: upgrade, args: t.check("UP", args...)},
		{name: grep, args: t.match(args...)},
		{name: search, args: t.search(args...)},
	}
}

// onFile are the same for one file, which is named as a pre-commit hook names it, from the root of its work tree.
func (t *tools) onFile(dir, path string) []command {
	commands := t.onTree(path)
	for i := range commands {
		commands[i].dir = dir
	}
	return commands
}

// version asks a program for its version.
func version(ctx context.Context, program string) (string, error) {
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return first, err
}

// absolute makes a program's path one that can be run from anywhere.
func absolute(paths ...*string) error {
	for _, p := range paths {
		abs, err := filepath.Abs(*p)
		if err != nil {
			return err
		}
		*p = abs
	}
	return nil
}
