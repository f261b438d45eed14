package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
	"github.com/tfmigrate/tfmigrate/rules"
)

// stdinPath is the path that stands for standard input.
const stdinPath = "-"

// skippedDirs are directories that hold nobody's own source.
var skippedDirs = map[string]bool{"__pycache__": true, "node_modules": true, "site-packages": true}

// sources are the Python files and notebooks that a command looks at.
type sources struct {
	paths     []string // in order, each once
	problems  []error  // what could not be listed, so that nothing is passed over in silence
	stdin     io.Reader
	stdinName string // the file name that standard input goes by
	project   *analyzer.Project

	seen map[string]bool // by absolute path, symbolic links followed
}

// stdinFlag adds --stdin-filename.
func stdinFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "stdin-filename", "", "the name that standard input (-) goes by; one that ends in .ipynb makes it a notebook")
}

// findSources lists what there is to look at below the given paths. A file that is named itself is taken whatever its name.
func findSources(cmd *cobra.Command, paths []string, stdinName string) (*sources, error) {
	s := &sources{stdin: cmd.InOrStdin(), stdinName: stdinName, seen: map[string]bool{}}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	usesStdin := false
	for _, root := range paths {
		if root == stdinPath {
			usesStdin = true
			s.add(root)
			continue
		}
		s.walk(root)
	}
	if stdinName != "" && !usesStdin {
		return nil, usagef("--stdin-filename names standard input, which is read only where - is among the paths")
	}
	s.project = projectOf(paths, s.paths)
	return s, nil
}

// projectOf is the project that files belong to. What they import is looked for below where the tool runs, and below the paths it was given.
func projectOf(roots, files []string) *analyzer.Project {
	p := &analyzer.Project{Knows: rules.Knows, Files: files}
	for _, root := range append([]string{"."}, roots...) {
		info, err := os.Stat(root)
		if err != nil || !info.IsDir() {
			continue
		}
		if top, err := filepath.Abs(root); err == nil {
			p.Tops = append(p.Tops, top)
		}
	}
	return p
}

// walk adds a path, or what is below it.
func (s *sources) walk(root string) {
	info, err := os.Stat(root)
	if err != nil {
		s.problem(root, err)
		return
	}
	if !info.IsDir() {
		s.add(root)
		return
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			s.problem(path, err)
		case d.IsDir() && path != root && skipDir(path, d.Name()):
			return filepath.SkipDir
		case d.IsDir() || !isSource(path) || leadsToDir(path, d):
		default:
			s.add(path)
		}
		return nil
	})
	if err != nil {
		s.problem(root, err)
	}
}

// add takes a path unless the same file is there already.
func (s *sources) add(path string) {
	key := path
	if path != stdinPath {
		key = realPath(path)
	}
	if !s.seen[key] {
		s.seen[key] = true
		s.paths = append(s.paths, path)
	}
}

func (s *sources) problem(path string, err error) {
	s.problems = append(s.problems, pathError(path, err))
}

// realPath is the absolute path of a file, symbolic links followed as far as that is possible.
func realPath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
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

// skipDir passes over hidden directories and virtual environments.
func skipDir(path, name string) bool {
	if skippedDirs[name] || strings.HasPrefix(name, ".") {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "pyvenv.cfg"))
	return err == nil
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
	if path == stdinPath {
		raw, err := io.ReadAll(s.stdin)
		if err != nil {
			return nil, pathError(s.name(path), err)
		}
		return raw, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, pathError(path, err)
	}
	if !info.Mode().IsRegular() { // a pipe would be waited for without end
		return nil, fmt.Errorf("%s: %s, not a file; it was not checked", path, kindOf(info.Mode()))
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, pathError(path, err)
	}
	return raw, nil
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
