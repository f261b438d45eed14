//go:build tensorflow

package packaging

import (
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWheel makes the wheel and installs it, each time into a new environment: beside each TensorFlow, which it has to find although the
// environment is not activated, and beside none.
func TestWheel(t *testing.T) {
	source, commit := project(t)
	dist := t.TempDir()
	succeed(t, source, nil, "make", "wheel", "VENV="+prepared(t, ".venv"), "DIST="+dist)
	wheels, err := filepath.Glob(filepath.Join(dist, "*"))
	must(t, err)
	if len(wheels) != 1 {
		t.Fatalf("make wheel makes %v", wheels)
	}
	name := regexp.MustCompile(`^tfmigrate-(\d+\.\d+\.\d+)-py3-none-manylinux_2_(\d+)_x86_64\.whl$`).FindStringSubmatch(filepath.Base(wheels[0]))
	if name == nil {
		t.Fatalf("a wheel called %s", wheels[0])
	}
	old, same, other := model(t, "softmax_v1"), model(t, "softmax_v2"), model(t, "softmax_ulp_v2")

	t.Run("without TensorFlow", func(t *testing.T) {
		env := install(t, wheels[0])
		program := filepath.Join(env, "bin", "tfmigrate")
		if glibc := asked(t, program); name[2] != fmt.Sprint(glibc) {
			t.Errorf("it asks for glibc 2.%d and is called %s", glibc, name[0])
		}
		work := t.TempDir()
		_, out := bare(t, work, program, "--version")
		for _, line := range []string{"tfmigrate " + name[1] + "\n", "\ncommit: " + commit, "\nmodels: runs models"} {
			if !strings.Contains("\n"+out, line) {
				t.Errorf("--version does not say %q:\n%s", line, out)
			}
		}
		if strings.Contains(out, "not committed") {
			t.Errorf("the wheel of a clean tree is called dirty:\n%s", out)
		}
		for _, file := range []string{"man/man1/tfmigrate.1", "man/man1/tfmigrate-verify.1", "bash-completion/completions/tfmigrate",
			"zsh/site-functions/_tfmigrate", "fish/vendor_completions.d/tfmigrate.fish"} {
			if info, err := os.Stat(filepath.Join(env, "share", file)); err != nil || info.Size() == 0 {
				t.Errorf("%s is not installed: %v", file, err)
			}
		}
		copyOf(t, work, "builder_add_two.py")
		expect(t, work, 1, "TFM101", program, "lint", ".")
		expect(t, work, 0, "", program, "fix", ".")
		if got := read(t, filepath.Join(work, "builder_add_two.py")); string(got) != string(read(t, filepath.Join(root(t), "testdata", "programs", "fixed", "builder_add_two.py"))) {
			t.Errorf("fix writes\n%s", got)
		}
		expect(t, work, 0, "nothing", program, "lint", ".")
		expect(t, work, 4, "UNKNOWN    no TensorFlow 2 to run models with: install it with: pip install tensorflow-cpu==2.15.1 in a virtual environment, and activate that or name it with --tensorflow DIR\n",
			program, "verify", old, other)
		expect(t, work, 0, "PROVED", program, "verify", old, same)
	})

	// Either way in which an environment has a package: its Python is told to look elsewhere, or the package lies in it.
	t.Run("TensorFlow 2.15.1", func(t *testing.T) {
		env := install(t, wheels[0])
		packages := glob(t, filepath.Join(prepared(t, ".venv"), "lib", "python3*", "site-packages"))
		must(t, os.WriteFile(filepath.Join(glob(t, filepath.Join(env, "lib", "python3*", "site-packages")), "tensorflow.pth"), []byte(packages+"\n"), 0o666))
		verifies(t, filepath.Join(env, "bin", "tfmigrate"), "2.15.1", old, same, other)
	})
	t.Run("TensorFlow 2.21.0", func(t *testing.T) {
		env := install(t, wheels[0])
		must(t, os.Symlink(prepared(t, ".cache", "packaging", "tensorflow", "tensorflow"), filepath.Join(glob(t, filepath.Join(env, "lib", "python3*", "site-packages")), "tensorflow")))
		link := filepath.Join(t.TempDir(), "tfmigrate") // as pipx and `uv tool` put it on the path
		must(t, os.Symlink(filepath.Join(env, "bin", "tfmigrate"), link))
		verifies(t, link, "2.21.0", old, same, other)
	})
}

// verifies holds that a program runs models on this TensorFlow.
func verifies(t *testing.T, program, tensorflow, old, same, other string) {
	t.Helper()
	expect(t, t.TempDir(), 0, "run  TensorFlow "+tensorflow+"\n\n  serving_default  PROVED     equal for every input: the graphs, constants, variables and assets are the same; confirmed on 10 inputs",
		program, "verify", old, same)
	expect(t, t.TempDir(), 1, `output "logits" differs`, program, "verify", old, other)
}

// install makes a virtual environment with the wheel in it.
func install(t *testing.T, wheel string) string {
	t.Helper()
	env := filepath.Join(t.TempDir(), "env")
	python := prepared(t, ".venv", "bin", "python")
	succeed(t, t.TempDir(), nil, python, "-m", "venv", "--without-pip", env)
	succeed(t, t.TempDir(), nil, python, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", filepath.Join(env, "bin", "python"), "install", "--no-index", wheel)
	return env
}

// bare runs a program in an environment that leads to no TensorFlow.
func bare(t *testing.T, dir, program string, args ...string) (int, string) {
	t.Helper()
	return run(t, dir, []string{"VIRTUAL_ENV=", "PATH=" + filepath.Join(t.TempDir(), "none")}, program, args...)
}

func expect(t *testing.T, dir string, code int, part, program string, args ...string) {
	t.Helper()
	if got, out := bare(t, dir, program, args...); got != code || !strings.Contains(out, part) {
		t.Errorf("tfmigrate %s: exit code %d, want %d and %q in\n%s", strings.Join(args, " "), got, code, part, out)
	}
}

// asked is the newest glibc that a program asks for: 2.n.
func asked(t *testing.T, program string) int {
	t.Helper()
	f, err := elf.Open(program)
	must(t, err)
	defer f.Close()
	symbols, err := f.ImportedSymbols()
	must(t, err)
	newest := 0
	for _, s := range symbols {
		var n int
		if _, err := fmt.Sscanf(s.Version, "GLIBC_2.%d", &n); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

func model(t *testing.T, name string) string {
	t.Helper()
	return filepath.Join(root(t), "testdata", "models", name)
}

func glob(t *testing.T, pattern string) string {
	t.Helper()
	hits, err := filepath.Glob(pattern)
	if err != nil || len(hits) != 1 {
		t.Fatalf("%s: %v, %v", pattern, hits, err)
	}
	return hits[0]
}
