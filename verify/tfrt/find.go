package tfrt

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tfmigrate/tfmigrate/verify"
)

// The two shared libraries in the directory of the pip package, in the order in which they are to be loaded.
const (
	frameworkLibrary = "libtensorflow_framework.so.2"
	ccLibrary        = "libtensorflow_cc.so.2"
)

// And those of TensorFlow 1, which has no C library of its own: its Python module is one. The package is tensorflow_core there.
const (
	oldFrameworkLibrary = "libtensorflow_framework.so.1"
	oldLibrary          = "python/_pywrap_tensorflow_internal.so"
)

// howTo ends every message about a missing TensorFlow.
const howTo = "install it with: pip install tensorflow-cpu==2.15.1 in a virtual environment, and activate that or name it with --tensorflow DIR"

// Find looks for an installed TensorFlow without importing it, and gives the directory of its package. dir, when not empty, is
// where the user says it is: the package, the site-packages around it, or a virtual environment; that may be a TensorFlow 1.15. Else a
// TensorFlow 2 is looked for in the active virtual environment, in the environment that this program is installed in, active or not, in a
// .venv here or above, and where python3 would import it from.
func Find(ctx context.Context, dir string) (string, error) {
	if dir != "" {
		if found := cmp.Or(packageIn(dir), packageWith(dir, "tensorflow_core", oldFrameworkLibrary, oldLibrary)); found != "" {
			return found, nil
		}
		return "", fmt.Errorf("%w in %s (looked for %s); %s", verify.ErrNoRuntime, dir, ccLibrary, howTo)
	}
	if env := os.Getenv("VIRTUAL_ENV"); env != "" {
		if found := packageIn(env); found != "" {
			return found, nil
		}
	}
	if self, err := os.Executable(); err == nil {
		if found := packageBeside(ctx, self); found != "" {
			return found, nil
		}
	}
	if wd, err := os.Getwd(); err == nil {
		for {
			if found := packageIn(filepath.Join(wd, ".venv")); found != "" {
				return found, nil
			}
			up := filepath.Dir(wd)
			if up == wd {
				break
			}
			wd = up
		}
	}
	if found := packageIn(fromPython(ctx, "python3")); found != "" {
		return found, nil
	}
	return "", fmt.Errorf("%w: %s", verify.ErrNoRuntime, howTo)
}

// packageIn finds the package of TensorFlow 2 in or under a directory.
func packageIn(dir string) string { return packageWith(dir, "tensorflow", frameworkLibrary, ccLibrary) }

// packageWith finds a package by its name and the libraries in it.
func packageWith(dir, name string, libraries ...string) string {
	if dir == "" {
		return ""
	}
	places := []string{dir, filepath.Join(dir, name)}
	for _, lib := range []string{"lib", "lib64"} {
		hits, _ := filepath.Glob(filepath.Join(escape(dir), lib, "python3*", "site-packages", name))
		places = append(places, hits...)
	}
	for _, p := range places {
		if !slices.ContainsFunc(libraries, func(l string) bool { return !isFile(filepath.Join(p, l)) }) {
			// Where the files really are, for that is what the child may read: installers put links to a store into an environment.
			library, err := filepath.EvalSymlinks(filepath.Join(p, libraries[0]))
			if err != nil {
				continue
			}
			if abs, err := filepath.Abs(filepath.Dir(library)); err == nil {
				return abs
			}
		}
	}
	return ""
}

// packageBeside finds the package in the environment that a program is installed in. Its Python knows better than the layout where
// packages are, as with --system-site-packages, but takes longer to answer.
func packageBeside(ctx context.Context, program string) string {
	bin, err := filepath.EvalSymlinks(filepath.Dir(program))
	if err != nil {
		return ""
	}
	python := filepath.Join(bin, "python3")
	if !isFile(python) {
		return ""
	}
	return cmp.Or(packageIn(filepath.Dir(bin)), packageIn(fromPython(ctx, python)))
}

func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// findSpec prints where Python would import TensorFlow from; importing it takes seconds, finding it none.
const findSpec = "import importlib.util as u; s = u.find_spec('tensorflow'); print(s.submodule_search_locations[0] if s else '')"

func fromPython(ctx context.Context, python string) string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, "-c", findSpec).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// errNotBuilt is what running a model says in a build without the runtime.
var errNotBuilt = fmt.Errorf("%w: this tfmigrate was built without the part that does; make wheel, in a clone of its repository, builds one that has it",
	verify.ErrNoRuntime)
