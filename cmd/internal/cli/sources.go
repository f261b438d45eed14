package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// skippedDirs are directories that hold nobody's own source.
var skippedDirs = map[string]bool{"__pycache__": true, "node_modules": true, "site-packages": true}

// findSources lists the Python files and notebooks below the given paths, in order, each once. A file that is named itself is taken
// whatever its name. What can't be listed is among the problems, so that nothing is passed over in silence.
func findSources(paths []string) (files []string, problems []error) {
	seen := map[string]bool{}
	add := func(path string) {
		if !seen[path] {
			seen[path] = true
			files = append(files, path)
		}
	}
	for _, root := range paths {
		info, err := os.Stat(root)
		if err != nil {
			problems = append(problems, pathError(root, err))
			continue
		}
		if !info.IsDir() {
			add(root)
			continue
		}
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				problems = append(problems, pathError(path, err))
				return nil
			}
			if d.IsDir() {
				if path != root && skipDir(path, d.Name()) {
					return filepath.SkipDir
				}
				return nil
			}
			if isSource(path) && d.Type()&(fs.ModeSocket|fs.ModeNamedPipe|fs.ModeDevice|fs.ModeCharDevice) == 0 {
				add(path)
			}
			return nil
		})
		if err != nil {
			problems = append(problems, pathError(root, err))
		}
	}
	return files, problems
}

func isSource(path string) bool {
	return strings.HasSuffix(path, ".py") || strings.HasSuffix(path, ".ipynb")
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
	return fmt.Errorf("%s: %w", path, err)
}

// readSource reads a file, or standard input where the path is "-".
func readSource(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, pathError(path, err)
	}
	return raw, nil
}
