package cli

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/cmd/internal/config"
	"github.com/tfmigrate/tfmigrate/rules"
)

// options are the flags that lint and fix share: which files, which rules, and under which configuration. lsp has the last two.
type options struct {
	config    string
	isolated  bool
	stdinName string
	jobs      int
	verbose   bool

	selected, extendSelect, ignored []string
	perFileIgnores                  []string
	exclude, extendExclude          []string
	target                          string
	gitignore, noGitignore          bool
	baseline                        string // lint only
	unsafe                          bool   // fix only
}

func (o *options) flags(cmd *cobra.Command) {
	o.configuring(cmd)
	f := cmd.Flags()
	f.StringVar(&o.stdinName, "stdin-filename", "", "the name that standard input (-) goes by; one that ends in .ipynb makes it a notebook")
	f.IntVar(&o.jobs, "jobs", runtime.GOMAXPROCS(0), "how many files to look at side by side")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say which configuration was taken, and what was passed over")
	f.Lookup("jobs").DefValue = "the number of processors"
}

// configuring adds the flags that win over a configuration, and those that choose it.
func (o *options) configuring(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "take the configuration from this file and from no other")
	f.BoolVar(&o.isolated, "isolated", false, "take no configuration from files")
	f.StringSliceVar(&o.selected, "select", nil, "look for these rules only: codes, beginnings of codes, names or ALL, with commas between")
	f.StringSliceVar(&o.extendSelect, "extend-select", nil, "look for these rules besides")
	f.StringSliceVar(&o.ignored, "ignore", nil, "do not look for these rules")
	f.StringArrayVar(&o.perFileIgnores, "per-file-ignores", nil, "GLOB:CODE,...: do not look for these rules in these files; may be given several times")
	f.StringArrayVar(&o.exclude, "exclude", nil, "pass over what this glob names, in place of hidden directories, __pycache__, node_modules and site-packages")
	f.StringArrayVar(&o.extendExclude, "extend-exclude", nil, "pass over what this glob names as well")
	f.StringVar(&o.target, "target-version", rules.DefaultTarget.String(), "the TensorFlow to migrate to")
	f.BoolVar(&o.gitignore, "respect-gitignore", true, "pass over what git ignores")
	f.BoolVar(&o.noGitignore, "no-respect-gitignore", false, "take what git ignores as well")
	for _, flag := range []string{"select", "extend-select", "ignore"} {
		offer(cmd, flag, rules.Names()...)
	}
}

// lookup reads the flags. The error is one of usage.
func (o *options) lookup(cmd *cobra.Command) (*config.Lookup, error) {
	line, err := o.commandLine(cmd)
	if err != nil {
		return nil, usagef("%w", err)
	}
	switch {
	case o.isolated && o.config != "":
		return nil, usagef("--isolated and --config exclude each other")
	case cmd.Flags().Changed("jobs") && o.jobs < 1:
		return nil, usagef("--jobs %d: there has to be at least 1", o.jobs)
	case o.config == "" && cmd.Flags().Changed("config"):
		return nil, usagef("--config needs the name of a file")
	}
	l, err := config.NewLookup(line, o.config, o.isolated)
	if err != nil {
		return nil, usagef("%w", err)
	}
	return l, nil
}

func (o *options) commandLine(cmd *cobra.Command) (config.CommandLine, error) {
	line := config.CommandLine{Baseline: o.baseline}
	given := cmd.Flags().Changed
	for _, list := range []struct {
		flag string
		from []string
		to   *[]config.Selector
	}{{"select", o.selected, &line.Select}, {"extend-select", o.extendSelect, &line.ExtendSelect}, {"ignore", o.ignored, &line.Ignore}} {
		for _, text := range list.from {
			s, err := config.ParseSelector(text)
			if err != nil {
				return line, fmt.Errorf("--%s: %w", list.flag, err)
			}
			*list.to = append(*list.to, s)
		}
	}
	if given("select") && line.Select == nil {
		return line, fmt.Errorf("--select names no rule")
	}
	for _, list := range []struct {
		flag string
		from []string
		to   *[]config.Glob
	}{{"exclude", o.exclude, &line.Exclude}, {"extend-exclude", o.extendExclude, &line.ExtendExclude}} {
		for _, text := range list.from {
			g, err := config.ParseGlob(text)
			if err != nil {
				return line, fmt.Errorf("--%s: %w", list.flag, err)
			}
			*list.to = append(*list.to, g)
		}
	}
	for _, text := range o.perFileIgnores {
		at := strings.LastIndexByte(text, ':')
		if at < 0 {
			return line, fmt.Errorf("--per-file-ignores %q is not of the form GLOB:CODE", text)
		}
		glob, err := config.ParseGlob(text[:at])
		if err != nil {
			return line, fmt.Errorf("--per-file-ignores: %w", err)
		}
		for _, code := range strings.Split(text[at+1:], ",") {
			s, err := config.ParseSelector(strings.TrimSpace(code))
			if err != nil {
				return line, fmt.Errorf("--per-file-ignores: %w", err)
			}
			line.PerFileIgnores = append(line.PerFileIgnores, config.PerFileIgnore{Glob: glob, Ignore: s})
		}
	}
	target, err := rules.ParseVersion(o.target)
	if err != nil {
		return line, err
	}
	if given("target-version") {
		line.Target = &target
	}
	if given("unsafe-fixes") {
		line.Unsafe = &o.unsafe
	}
	switch {
	case given("respect-gitignore") && given("no-respect-gitignore"):
		return line, fmt.Errorf("--respect-gitignore and --no-respect-gitignore exclude each other")
	case given("respect-gitignore"):
		line.Gitignore = &o.gitignore
	case given("no-respect-gitignore"):
		respect := !o.noGitignore
		line.Gitignore = &respect
	}
	return line, nil
}
