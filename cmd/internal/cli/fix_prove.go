package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/cmd/internal/prove"
	"github.com/tfmigrate/tfmigrate/verify"
	"github.com/tfmigrate/tfmigrate/verify/tfrt"
)

// proof is what running a program before and after the fixes has shown.
type proof struct {
	verdict verify.Verdict
	why     string
	notRun  map[string]bool // the changed files, by real path, that the program did not run: nothing is shown of them
}

// prover runs a program in copies of its project, and compares what it exports.
type prover struct {
	cmd     *cobra.Command
	w       io.Writer
	t       terminal
	command string
	verbose bool
	root    string // the project
	dir     string // where in it the command runs
	stage   *prove.Stage
	changed map[string][]byte // what files become, by their path from root
	helpers map[string][]byte // the module of helpers that they import, if there is one
}

// proveFixes runs a command before and after the fixes. What it says goes to w. There has to be something that changes.
func proveFixes(cmd *cobra.Command, w io.Writer, t terminal, src *sources, plans []fixed, opt *fixing) (*proof, error) {
	p := &prover{cmd: cmd, w: w, t: t, command: opt.prove, verbose: opt.verbose, changed: map[string][]byte{}}
	here := realPath(".")
	if p.root = workTree(here); p.root == "" {
		p.root = here
	}
	var err error
	if p.dir, err = filepath.Rel(p.root, here); err != nil {
		return nil, err
	}
	for i, s := range src.files {
		if !plans[i].changes() {
			continue
		}
		rel, err := filepath.Rel(p.root, realPath(s.path))
		if err != nil || !filepath.IsLocal(rel) {
			return nil, usagef("--prove runs a copy of %s, and %s is not in there", p.root, s.path)
		}
		p.changed[rel] = plans[i].raw()
	}
	if opt.helpers != nil {
		_, text, err := opt.helpers.text(plans)
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(p.root, filepath.Join(realPath(filepath.Dir(opt.helpers.path)), filepath.Base(opt.helpers.path)))
		if err != nil || !filepath.IsLocal(rel) {
			return nil, usagef("--prove runs a copy of %s, and %s is not in there", p.root, opt.helpers.path)
		}
		if text != nil {
			p.helpers = map[string][]byte{rel: text}
		}
	}
	if p.stage, err = prove.NewStage(); err != nil {
		return nil, err
	}
	out, err := p.prove(cmd.Context())
	if err != nil || out.verdict.Same() {
		return out, errors.Join(err, p.stage.Remove())
	}
	kept, err := p.stage.KeepExports()
	if err != nil {
		return nil, err
	}
	if kept {
		p.say("the exports are kept in %s", p.stage.Dir)
	}
	return out, nil
}

func (p *prover) say(format string, args ...any) {
	fmt.Fprintf(p.w, "  %s\n", visible(fmt.Sprintf(format, args...)))
}

// run runs the command in a new copy.
func (p *prover) run(ctx context.Context, name string, files map[string][]byte, v1 bool) (*prove.Run, error) {
	job := prove.Job{Root: p.root, Dir: p.dir, Command: p.command, Files: files, V1: v1}
	if p.verbose {
		job.Output = p.cmd.ErrOrStderr()
	}
	return p.stage.Run(ctx, name, job)
}

func unknown(format string, args ...any) *proof {
	return &proof{verdict: verify.Unknown, why: fmt.Sprintf(format, args...)}
}

func (p *prover) prove(ctx context.Context) (*proof, error) {
	fmt.Fprintf(p.w, "%s %s\n", p.t.paint(bold, "prove"), visible(p.command))
	old, failed, err := p.before(ctx)
	if err != nil || failed != nil {
		return failed, err
	}
	files := maps.Clone(p.changed)
	maps.Copy(files, p.helpers)
	new, err := p.run(ctx, "after", files, false)
	if err != nil {
		return nil, err
	}
	p.ended("after", new)
	if new.Exit != 0 {
		return &proof{verdict: verify.Different, why: fmt.Sprintf("the fixed program ends with exit code %d, and the one before ended well", new.Exit)}, nil
	}
	if new.Stdout != old.Stdout {
		p.say("it prints something else than before")
	} else if old.Stdout != "" {
		p.say("it prints the same as before")
	}
	notRun := p.notRun(new)
	if len(notRun) == len(p.changed) {
		return unknown("the program runs none of the changed files from where it was copied to"), nil
	}
	pairs := pairExports(old.Exports, new.Exports)
	if len(pairs) == 0 {
		return unknown("the program wrote no SavedModel below %s", p.root), nil
	}
	verdict, err := p.compare(ctx, old, new, pairs)
	if err != nil {
		return nil, err
	}
	if verdict == verify.Different {
		if other, err := p.differsFromItself(ctx, old); err != nil || other != nil {
			return other, err
		}
	}
	what := count(len(pairs), "export")
	switch {
	case verdict == verify.Different:
		return &proof{verdict: verdict, why: "not all exports are the same"}, nil
	case !verdict.Same():
		return unknown("whether all exports are the same could not be told"), nil
	case len(pairs) == 1:
		return &proof{verdict: verdict, why: what + " is the same", notRun: notRun}, nil
	}
	return &proof{verdict: verdict, why: what + " are the same", notRun: notRun}, nil
}

// before runs the program as it was: plainly, and if that fails with TensorFlow 2 in the part of TensorFlow 1. failed is set where neither
// ends well.
func (p *prover) before(ctx context.Context) (r *prove.Run, failed *proof, err error) {
	plain, err := p.run(ctx, "before", nil, false)
	if err != nil {
		return nil, nil, err
	}
	plain.Last = plain.Last[strings.LastIndexByte(plain.Last, '\n')+1:] // most often that the module tensorflow has no such attribute
	p.ended("before", plain)
	if plain.Exit == 0 {
		return plain, nil, nil
	}
	if r, err = p.run(ctx, "before", nil, true); err != nil {
		return nil, nil, err
	}
	p.ended("before, with tf.compat.v1 in the name of tensorflow", r)
	if r.Exit != 0 {
		return nil, unknown("the program does not run as it was, so that there is nothing to compare with"), nil
	}
	return r, nil, nil
}

// ended says how a run ended.
func (p *prover) ended(what string, r *prove.Run) {
	how := "ended well"
	if r.Exit != 0 {
		how = fmt.Sprintf("ended with exit code %d", r.Exit)
	}
	p.say("%s: %s after %s, %s written", what, how, r.Took.Round(100*time.Millisecond), count(len(r.Exports), "SavedModel"))
	if r.Exit != 0 && r.Last != "" {
		for line := range strings.SplitSeq(r.Last, "\n") {
			p.say("    %s", line)
		}
	}
}

// notRun are the changed files that a run did not execute or open, by their real paths.
func (p *prover) notRun(r *prove.Run) map[string]bool {
	out := map[string]bool{}
	for path := range p.changed {
		if !slices.Contains(r.Ran, path) {
			out[filepath.Join(p.root, path)] = true
		}
	}
	return out
}

// exportPair are two directories, from their copies; either may be "".
type exportPair struct{ old, new string }

// pairExports pairs the directories by their names. Those that end in a number, as Estimators name them by the time, are paired in order
// where there are as many.
func pairExports(old, new []string) []exportPair {
	var out []exportPair
	numbered := func(dirs, other []string) map[string][]string {
		groups := map[string][]string{}
		for _, dir := range dirs {
			if base := filepath.Base(dir); strings.Trim(base, "0123456789") == "" && !slices.Contains(other, dir) {
				groups[filepath.Dir(dir)] = append(groups[filepath.Dir(dir)], dir)
			}
		}
		return groups
	}
	oldGroups, newGroups := numbered(old, new), numbered(new, old)
	taken := map[string]bool{}
	for _, dir := range old {
		parent := filepath.Dir(dir)
		at := slices.Index(oldGroups[parent], dir)
		switch {
		case slices.Contains(new, dir):
			out = append(out, exportPair{dir, dir})
			taken[dir] = true
		case at >= 0 && len(oldGroups[parent]) == len(newGroups[parent]):
			out = append(out, exportPair{dir, newGroups[parent][at]})
			taken[newGroups[parent][at]] = true
		default:
			out = append(out, exportPair{dir, ""})
		}
	}
	for _, dir := range new {
		if !taken[dir] {
			out = append(out, exportPair{"", dir})
		}
	}
	return out
}

// compare verifies each pair, and says what comes of each signature.
func (p *prover) compare(ctx context.Context, old, new *prove.Run, pairs []exportPair) (verify.Verdict, error) {
	child, err := childCommand()
	if err != nil {
		return verify.Unknown, err
	}
	opt := verify.Options{Seed: uint64(rand.Uint32()), Runtime: tfrt.Open(ctx, child, new.TensorFlow)}
	all := verify.Proved
	for _, pair := range pairs {
		v, err := p.comparePair(ctx, old, new, pair, opt)
		if err != nil {
			return verify.Unknown, err
		}
		if v == verify.Different || all != verify.Different && v < all {
			all = v
		}
	}
	return all, nil
}

func (p *prover) comparePair(ctx context.Context, old, new *prove.Run, pair exportPair, opt verify.Options) (verify.Verdict, error) {
	line := func(name string, v verify.Verdict, detail string) {
		plain := fmt.Sprintf("  %s  %-*s ", visible(name), len("DIFFERENT"), v)
		head := fmt.Sprintf("  %s  %s ", visible(name), verdictWord(p.t, v, len("DIFFERENT")))
		fmt.Fprintln(p.w, p.t.hang(head, plain, visible(detail), 4))
	}
	switch {
	case pair.new == "":
		line(pair.old, verify.Different, "the fixed program does not write it")
		return verify.Different, nil
	case pair.old == "":
		line(pair.new, verify.Different, "only the fixed program writes it")
		return verify.Different, nil
	}
	a, err := verify.Read(filepath.Join(old.Dir, pair.old))
	if err != nil {
		line(pair.old, verify.Unknown, err.Error())
		return verify.Unknown, nil
	}
	b, err := verify.Read(filepath.Join(new.Dir, pair.new))
	if err != nil {
		line(pair.new, verify.Unknown, err.Error())
		return verify.Unknown, nil
	}
	report, err := verify.Compare(ctx, a, b, opt)
	if err != nil {
		return verify.Unknown, err
	}
	for _, s := range report.Signatures {
		line(pair.new+"  "+signatureName(report, s), s.Verdict, s.Detail)
	}
	if len(report.Signatures) == 0 {
		line(pair.new, report.Verdict, report.Detail)
	}
	return report.Verdict, nil
}

// differsFromItself runs the program as it was once more: where it exports something else each time, its exports show nothing about the
// fixes.
func (p *prover) differsFromItself(ctx context.Context, old *prove.Run) (*proof, error) {
	again, err := p.run(ctx, "again", nil, old.V1)
	if err != nil {
		return nil, err
	}
	p.ended("before, once more", again)
	if again.Exit != 0 {
		return unknown("the program does not run twice as it was"), nil
	}
	verdict, err := p.compare(ctx, old, again, pairExports(old.Exports, again.Exports))
	if err != nil {
		return nil, err
	}
	if verdict.Same() {
		return nil, nil
	}
	return unknown("the program does not export the same twice as it was, so that a difference shows nothing; set the seeds of what is random in it"), nil
}

// proveAll proves the fixes where that is asked for, and holds back what is not shown to be the same. The code is that of the verdict.
func proveAll(cmd *cobra.Command, w io.Writer, src *sources, plans []fixed, opt *fixing) (code int, err error) {
	if opt.prove == "" || !slices.ContainsFunc(plans, func(f fixed) bool { return f.changes() }) {
		return exitOK, nil
	}
	t := newTerminal(w, opt.colour)
	shown, err := proveFixes(cmd, w, t, src, plans, opt)
	if err != nil {
		return exitFailed, err
	}
	held := 0
	for i, s := range src.files {
		switch {
		case !plans[i].changes():
		case !shown.verdict.Same():
			plans[i].held = "it was not shown that the program exports the same when this is fixed"
			held++
		case shown.notRun[realPath(s.path)]:
			plans[i].held = "the command of --prove does not run this file, so that nothing is shown of it"
			held++
		}
	}
	why := shown.why
	if held > 0 {
		why += fmt.Sprintf("; %s not written", countOf(held, "file is", "files are"))
	}
	fmt.Fprintf(w, "%s: %s\n\n", verdictWord(t, shown.verdict, 0), visible(why))
	return verdictCode(shown.verdict), nil
}
