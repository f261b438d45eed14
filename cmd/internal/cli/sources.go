package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/cmd/internal/config"
	"github.com/tfmigrate/tfmigrate/cmd/internal/gitignore"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// stdinPath is the path that stands for standard input.
const stdinPath = "-"

// source is one file to look at.
type source struct {
	path  string // as the user would write it, or stdinPath
	abs   string
	under *config.Settings
	named bool // it was given itself, and not come upon
}

// wants tells which rules are wanted for the file.
func (s source) wants() func(*rules.Rule) bool { return s.under.Wants(s.abs) }

// sources are the Python files and notebooks that a command looks at.
type sources struct {
	files     []source // in order, each once
	problems  []error  // what could not be listed, so that nothing is passed over in silence
	stdin     io.Reader
	stdinName string   // the file name that standard input goes by
	known     []string // the paths of the files, and of those of which nothing is wanted
	leftovers []string // temporary files of runs that were killed, or of one that is at work
	cleaned   bool     // they were dealt with
	project   *analyzer.Project

	lookup *config.Lookup
	passed map[string]int  // how many paths were passed over, by the reason
	seen   map[string]bool // by absolute path, symbolic links followed
}

// Why a path is passed over.
const (
	byGitignore  = "ignored by git"
	byExclude    = "excluded"
	byRules      = "with every rule ignored"
	asVirtualEnv = "virtual environment"
)

// findSources lists what there is to look at below the given paths. A file that is named itself is taken whatever its name, and whatever would
// pass it over. The error is for a configuration that is wrong.
func findSources(cmd *cobra.Command, paths []string, o *options) (*sources, error) {
	lookup, err := o.lookup(cmd)
	if err != nil {
		return nil, err
	}
	stdinName := o.stdinName
	s := &sources{stdin: cmd.InOrStdin(), stdinName: stdinName, lookup: lookup, passed: map[string]int{}, seen: map[string]bool{}}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	usesStdin := false
	for _, root := range paths {
		if root == stdinPath {
			usesStdin = true
		}
		if err := s.walk(root); err != nil {
			return nil, usagef("%w", err)
		}
	}
	if stdinName != "" && !usesStdin {
		return nil, usagef("--stdin-filename names standard input, which is read only where - is among the paths")
	}
	s.project = projectOf(paths, s.known)
	return s, nil
}

// projectOf is the project that files belong to. What they import is looked for below where the tool runs, and below the paths it was given.
func projectOf(roots, files []string) *analyzer.Project {
	var tops []string
	for _, root := range append([]string{"."}, roots...) {
		info, err := os.Stat(root)
		if err != nil || !info.IsDir() {
			continue
		}
		if top, err := filepath.Abs(root); err == nil {
			tops = append(tops, top)
		}
	}
	return rewrite.NewProject(files, tops)
}

// walk adds a path, or what is below it. The error is for a configuration that is wrong.
func (s *sources) walk(root string) error {
	if root == stdinPath {
		return s.add(root, root)
	}
	info, err := os.Stat(root)
	if err != nil {
		s.problem(root, err)
		return nil
	}
	if !info.IsDir() {
		if err := s.add(root, realPath(root)); err != nil {
			return err
		}
		if n := len(s.files); n > 0 && s.files[n-1].path == root {
			s.files[n-1].named = true
		}
		return nil
	}
	tree := gitignore.New(absolute(root))
	real := realPath(root) // no link to a directory is followed below
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			s.problem(path, err)
			return nil
		}
		if rewrite.IsLeftover(path) && d.Type().IsRegular() {
			s.leftovers = append(s.leftovers, path)
		}
		if path == root || !d.IsDir() && (!isSource(path) || leadsToDir(path, d)) {
			return nil
		}
		why, err := s.passOver(tree, path, d.IsDir())
		switch {
		case err != nil:
			return err
		case why != "":
			s.passed[why]++
			if d.IsDir() {
				return filepath.SkipDir
			}
		case !d.IsDir():
			if d.Type()&fs.ModeSymlink != 0 {
				return s.add(path, realPath(path))
			}
			return s.add(path, filepath.Join(real, strings.TrimPrefix(path, root)))
		}
		return nil
	})
	return err
}

// passOver is why a path that was come upon is not looked at; "" where it is.
func (s *sources) passOver(tree *gitignore.Tree, path string, isDir bool) (string, error) {
	abs := absolute(path)
	under, err := s.lookup.For(filepath.Dir(abs))
	if err != nil {
		return "", err
	}
	if under.Excludes(abs, isDir) {
		return byExclude, nil
	}
	if isDir {
		if _, err := os.Stat(filepath.Join(path, "pyvenv.cfg")); err == nil {
			return asVirtualEnv, nil
		}
	}
	if !under.Gitignore {
		return "", nil
	}
	ignored, err := tree.Ignored(abs, isDir)
	if err != nil && !slices.ContainsFunc(s.problems, func(p error) bool { return p.Error() == err.Error() }) {
		s.problems = append(s.problems, err) // once for all that is beside an ignore file that can't be read
	}
	if ignored {
		return byGitignore, nil
	}
	return "", nil
}

// add takes a path unless the same file, which has one real path, is there already.
func (s *sources) add(path, real string) error {
	if s.seen[real] {
		return nil
	}
	s.seen[real] = true
	abs := absolute(s.name(path))
	under, err := s.lookup.For(filepath.Dir(abs))
	if err != nil {
		return err
	}
	s.known = append(s.known, path)
	if path != stdinPath && !under.WantsAny(abs) {
		s.passed[byRules]++
		return nil
	}
	s.files = append(s.files, source{path: path, abs: abs, under: under})
	return nil
}

// passedOver says how many paths were passed over, and why; "" where there are none.
func (s *sources) passedOver() string {
	var parts []string
	for _, why := range byCount(s.passed) {
		what := fmt.Sprintf("%d %s", s.passed[why], why)
		if why == asVirtualEnv {
			what = count(s.passed[why], why)
		}
		parts = append(parts, what)
	}
	return strings.Join(parts, ", ")
}

// configurations says which files were under which configuration.
func (s *sources) configurations() []string {
	files := map[string]int{}
	for _, f := range s.files {
		files[f.under.File]++
	}
	var out []string
	for _, name := range byCount(files) {
		shown := name
		if name == "" {
			shown = "no configuration"
		}
		out = append(out, fmt.Sprintf("%s: %s", shown, count(files[name], "file")))
	}
	return out
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func (s *sources) problem(path string, err error) {
	s.problems = append(s.problems, pathError(path, err))
}

// realPath is the absolute path of a file, symbolic links followed as far as that is possible.
func realPath(path string) string {
	path = absolute(path)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path
}

func isSource(path string) bool {
	return strings.HasSuffix(path, ".py") || strings.HasSuffix(path, ".ipynb")
}

// leadsToDir tells whether an entry is a symbolic link to a directory, which is not followed.
func leadsToDir(path string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// pathError says what is wrong with a path without naming it twice.
func pathError(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return inFile(path, fmt.Errorf("%s: %w", path, err))
}

// read reads one of the paths.
func (s *sources) read(path string) (*rewrite.Document, error) {
	raw, err := s.bytes(path)
	if err != nil {
		return nil, err
	}
	return rewrite.ReadDocument(s.name(path), raw)
}

// name is what a path is called in a report.
func (s *sources) name(path string) string {
	switch {
	case path != stdinPath:
		return path
	case s.stdinName != "":
		return s.stdinName
	}
	return "<stdin>"
}

func (s *sources) bytes(path string) ([]byte, error) {
	var b bytes.Buffer
	if err := s.into(&b, path); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// into reads one of the paths into an empty buffer.
func (s *sources) into(b *bytes.Buffer, path string) error {
	if path == stdinPath {
		if _, err := b.ReadFrom(s.stdin); err != nil {
			return pathError(s.name(path), err)
		}
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return pathError(path, err)
	}
	if !info.Mode().IsRegular() { // a pipe would be waited for without end
		return fmt.Errorf("%s: %s, not a file; it was not checked", path, kindOf(info.Mode()))
	}
	f, err := os.Open(path)
	if err != nil {
		return pathError(path, err)
	}
	defer f.Close()
	b.Grow(int(info.Size()) + bytes.MinRead) // and so in one go
	if _, err := b.ReadFrom(f); err != nil {
		return pathError(path, err)
	}
	return nil
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}
