package prove

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write makes files below dir, by their paths from there.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func stage(t *testing.T) *Stage {
	t.Helper()
	s, err := NewStage()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Remove(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func run(t *testing.T, s *Stage, job Job) *Run {
	t.Helper()
	r, err := s.Run(t.Context(), "run", job)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRun holds what is told of a run, and that the project is as it was.
func TestRun(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{
		"old/saved_model.pb": "as before", "again/saved_model.pb": "as before", "sub/data.txt": "data", "used.py": "raise SystemExit(9)\n", "unused.py": "",
		"sub/main.py": `import os, sys
sys.path.insert(0, "..")
import used
open("../read.ipynb").read()
exec(compile(open("../run.py").read(), "../run.py", "exec"))
for name in ("new/1", "again"):
    if not os.path.exists("../" + name):
        os.makedirs("../" + name)
    with open("../" + name + "/saved_model.pb", "w") as f:
        f.write("written anew")
print("out")
sys.stderr.write("".join("line %d\n" % i for i in range(9)))
sys.exit(3)
`, "read.ipynb": "{}", "run.py": "pass\n"})
	r := run(t, stage(t), Job{Root: root, Dir: "sub", Command: "cat data.txt; python3 main.py", Files: map[string][]byte{"used.py": []byte("pass\n")}})
	if r.Exit != 3 || r.Stdout != "dataout\n" || r.Last != "line 4\nline 5\nline 6\nline 7\nline 8" {
		t.Errorf("exit code %d, %q, %q", r.Exit, r.Stdout, r.Last)
	}
	if want := []string{"again", "new/1"}; !slices.Equal(r.Exports, want) {
		t.Errorf("exports %v, want %v", r.Exports, want)
	}
	if want := []string{"read.ipynb", "run.py", "sub/main.py", "used.py"}; !slices.Equal(r.Ran, want) {
		t.Errorf("ran %v, want %v", r.Ran, want)
	}
	if text, err := os.ReadFile(filepath.Join(root, "again/saved_model.pb")); err != nil || string(text) != "as before" {
		t.Errorf("the project has changed: %q, %v", text, err)
	}
	if r = run(t, stage(t), Job{Root: root, Dir: "sub", Command: "python3 -I main.py"}); len(r.Ran) > 0 {
		t.Errorf("a Python that ignores its environment told of %v", r.Ran)
	}
}

// TestTakesTheName holds that a program finds TensorFlow 1 under its name where the job says so and there is TensorFlow 2, and what it would find
// else where not; and that a sitecustomize of the user's own still runs.
func TestTakesTheName(t *testing.T) {
	root, site := t.TempDir(), t.TempDir()
	write(t, root, map[string]string{"main.py": "import os\nimport tensorflow as tf\nimport tensorflow.compat.v1 as tf1\nprint(tf.NAME, tf1.NAME, tf.compat.v1.NAME, os.environ['MINE'])\n"})
	write(t, site, map[string]string{
		"sitecustomize.py":                    "import os\nos.environ['MINE'] = 'mine'\n",
		"tensorflow/__init__.py":              "__version__ = '2.15.1'\nNAME = 'two'\nfrom tensorflow import compat, python\n",
		"tensorflow/python/__init__.py":       "",
		"tensorflow/compat/__init__.py":       "from tensorflow.compat import v1\n",
		"tensorflow/compat/v1/__init__.py":    "NAME = 'one'\nfrom tensorflow.compat.v1 import compat, saved_model\ndef disable_v2_behavior():\n    print('disabled')\n",
		"tensorflow/compat/v1/compat.py":      "",
		"tensorflow/compat/v1/saved_model.py": "",
	})
	t.Setenv("PYTHONPATH", site)
	for v1, want := range map[bool]string{false: "two one one mine\n", true: "disabled\none one one mine\n"} {
		r := run(t, stage(t), Job{Root: root, Dir: ".", Command: "python3 main.py", V1: v1})
		if r.Exit != 0 || r.Stdout != want {
			t.Errorf("V1 %v: exit code %d, %q, want %q\n%s", v1, r.Exit, r.Stdout, want, r.Last)
		}
		if real, _ := filepath.EvalSymlinks(filepath.Join(site, "tensorflow")); r.TensorFlow != real {
			t.Errorf("V1 %v: TensorFlow is in %q, want %q", v1, r.TensorFlow, real)
		}
	}
	write(t, site, map[string]string{"tensorflow/__init__.py": "__version__ = '1.15.5'\nNAME = 'really one'\nfrom tensorflow import compat\n"})
	if r := run(t, stage(t), Job{Root: root, Dir: ".", Command: "python3 main.py", V1: true}); !strings.HasPrefix(r.Stdout, "really one ") {
		t.Errorf("of TensorFlow 1 itself came %q\n%s", r.Stdout, r.Last)
	}
}

// TestCopy holds what is in a copy: links lead to the same place in it, environments are linked to, and the repository is left out.
func TestCopy(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	write(t, outside, map[string]string{"far.txt": "far"})
	write(t, root, map[string]string{"near.txt": "near", "sub/x.py": "", "sub/__pycache__/x.pyc": "", ".git/config": "", "env/pyvenv.cfg": "", "env/bin/python": ""})
	if err := os.Chmod(filepath.Join(root, "sub/x.py"), 0o755); err != nil {
		t.Fatal(err)
	}
	links := map[string]string{"sub/near": "../near.txt", "sub/nearer": filepath.Join(root, "near.txt"), "far": filepath.Join(outside, "far.txt"), "broken": "nowhere"}
	rel, err := filepath.Rel(root, filepath.Join(outside, "far.txt"))
	if err != nil {
		t.Fatal(err)
	}
	links["farther"] = rel
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Skipf("symbolic links can't be made: %v", err)
		}
	}
	to := filepath.Join(t.TempDir(), "copy")
	if err := copyTree(root, to); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"sub/near": filepath.Join(to, "near.txt"), "sub/nearer": filepath.Join(to, "near.txt"),
		"far": filepath.Join(outside, "far.txt"), "farther": filepath.Join(outside, "far.txt"), "env": filepath.Join(root, "env")} {
		got, err := filepath.EvalSymlinks(filepath.Join(to, name))
		if real, _ := filepath.EvalSymlinks(want); err != nil || got != real {
			t.Errorf("%s leads to %s, %v, want %s", name, got, err, real)
		}
	}
	for _, name := range []string{".git", "sub/__pycache__"} {
		if _, err := os.Lstat(filepath.Join(to, name)); err == nil {
			t.Errorf("%s was copied", name)
		}
	}
	if link, err := os.Readlink(filepath.Join(to, "broken")); err != nil || filepath.Base(link) != "nowhere" {
		t.Errorf("a broken link became %q, %v", link, err)
	}
	if info, err := os.Stat(filepath.Join(to, "sub/x.py")); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("a program is not executable any more: %v, %v", info, err)
	}
}

// TestKeepExports holds that the exports are all that stays.
func TestKeepExports(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{"x.py": ""})
	s := stage(t)
	run(t, s, Job{Root: root, Dir: ".", Command: "mkdir -p a/1 && echo x > a/1/saved_model.pb && echo y > a/other"})
	if kept, err := s.KeepExports(); err != nil || !kept {
		t.Fatal(kept, err)
	}
	var found []string
	err := filepath.WalkDir(s.Dir, func(path string, d os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(s.Dir, path); !d.IsDir() {
			found = append(found, rel)
		}
		return err
	})
	if want := []string{"run/a/1/saved_model.pb"}; err != nil || !slices.Equal(found, want) {
		t.Errorf("%v, %v, want %v", found, err, want)
	}
	empty := stage(t)
	run(t, empty, Job{Root: root, Dir: ".", Command: "true"})
	if kept, err := empty.KeepExports(); err != nil || kept {
		t.Errorf("kept %v, %v, where there is nothing", kept, err)
	}
	if _, err := os.Stat(empty.Dir); err == nil {
		t.Error("the directory is still there")
	}
}
