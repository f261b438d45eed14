package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rewrite"
)

var moduleName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// helperModule is the module that --helper-module names.
type helperModule struct {
	path string
	name string // as Python names it, with its packages in front
	root string // the directory above these
}

// findHelperModule finds out how Python names the module at a path. The error is one of usage.
func findHelperModule(path string) (*helperModule, error) {
	stem, isPython := strings.CutSuffix(filepath.Base(path), ".py")
	if !isPython || !moduleName.MatchString(stem) || analyzer.Keyword(stem) {
		return nil, usagef("--helper-module %s: that is no file that Python can import; name one like saving.py", visible(path))
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, usagef("--helper-module %s: there is no directory %s", visible(path), visible(dir))
	}
	root, packages := packageRoot(realPath(dir))
	return &helperModule{path: path, name: strings.Join(append(packages, stem), "."), root: root}, nil
}

// packageRoot is the directory that the outermost package around a directory lies in, and the packages from there on: the directory itself and none
// where it is no package.
func packageRoot(dir string) (root string, packages []string) {
	for {
		if _, err := os.Stat(filepath.Join(dir, "__init__.py")); err != nil || filepath.Dir(dir) == dir {
			return dir, packages
		}
		packages = append([]string{filepath.Base(dir)}, packages...)
		dir = filepath.Dir(dir)
	}
}

// importedBy is how a file imports the module. Python finds it where the two have one root: it looks in the directory of the program that it runs.
func (m *helperModule) importedBy(path string) rewrite.HelperModule {
	if m == nil {
		return rewrite.HelperModule{}
	}
	out := rewrite.HelperModule{Name: m.name}
	if root, _ := packageRoot(realPath(filepath.Dir(path))); root != m.root {
		out.Doubt = fmt.Sprintf("Python finds the module %s, in %s", m.name, visible(patchName(m.root)))
	}
	return out
}

// text is what the module holds now, nil if it is not there, and what it has to hold for the files that are fixed, nil where none imports from it.
// The error says that it can't be the module.
func (m *helperModule) text(plans []fixed) (before, after []byte, err error) {
	var calls []string
	for i := range plans {
		if plans[i].changes() {
			calls = append(calls, plans[i].res.Imports...)
		}
	}
	if len(calls) == 0 {
		return nil, nil, nil
	}
	before, err = os.ReadFile(m.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		before = nil
	case err != nil:
		return nil, nil, fmt.Errorf("--helper-module: %w; nothing was written", err)
	case before == nil:
		before = []byte{}
	}
	after, err = rewrite.HelperModuleText(before, calls)
	if err != nil {
		return nil, nil, fmt.Errorf("--helper-module %s: %w; nothing was written", visible(m.path), err)
	}
	return before, after, nil
}

// stage readies the module to be written, before the files that import from it. It gives nil where there is nothing to write.
func (m *helperModule) stage(batch *rewrite.Batch, plans []fixed) (*rewrite.Staged, error) {
	before, after, err := m.text(plans)
	if err != nil || bytes.Equal(before, after) {
		return nil, err
	}
	if before == nil {
		return batch.Create(m.path, after)
	}
	return batch.Replace(m.path, before, after)
}
