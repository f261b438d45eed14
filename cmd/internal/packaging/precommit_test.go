//go:build tensorflow

package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestPreCommit runs pre-commit with the configuration that docs/ci.md shows, but for where the hooks come from, in a repository of its own: a
// commit without TensorFlow 1 passes, one with is refused, and the hook that fixes leaves what the next commit may be. Then the hooks that are
// built with Go.
func TestPreCommit(t *testing.T) {
	source, commit := project(t)
	var configuration struct {
		Repos []struct {
			Repo, Rev string
			Hooks     []map[string]any
		}
	}
	shown(t, ".pre-commit-config.yaml", &configuration)
	if len(configuration.Repos) != 1 || len(configuration.Repos[0].Hooks) != 2 {
		t.Fatalf("docs/ci.md shows %+v", configuration)
	}
	repo := &configuration.Repos[0]
	repo.Repo, repo.Rev = source, commit
	for _, hook := range repo.Hooks[:2] {
		other := map[string]any{}
		for key, value := range hook {
			other[key] = value
		}
		other["id"], other["stages"] = hook["id"].(string)+"-golang", []string{"manual"}
		repo.Hooks = append(repo.Hooks, other)
	}
	text, err := yaml.Marshal(configuration)
	must(t, err)

	work := t.TempDir()
	must(t, os.WriteFile(filepath.Join(work, ".pre-commit-config.yaml"), text, 0o666))
	must(t, os.WriteFile(filepath.Join(work, "notes.txt"), []byte("tf.saved_model.simple_save\n"), 0o666))
	copyOf(t, work, "silent_tf2.py")
	repository(t, work)

	// What is built here needs no copy of the modules that there are, and of what was compiled for the wheel.
	env := []string{"PRE_COMMIT_HOME=" + filepath.Join(t.TempDir(), "pre-commit"), "GOFLAGS=" + strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath")}
	for _, name := range []string{"GOMODCACHE", "GOCACHE"} {
		out, err := exec.Command("go", "env", name).Output()
		must(t, err)
		env = append(env, name+"="+strings.TrimSpace(string(out)))
	}
	program := prepared(t, ".cache", "packaging", "pre-commit", "bin", "pre-commit")
	expect := func(code int, part string, name string, args ...string) {
		t.Helper()
		if got, out := run(t, work, env, name, args...); got != code || !strings.Contains(out, part) {
			t.Fatalf("%s %s: exit code %d, want %d and %q in\n%s", filepath.Base(name), strings.Join(args, " "), got, code, part, out)
		}
	}
	expect(0, "pre-commit installed", program, "install")
	expect(0, "tfmigrate lint", program, "run", "--all-files")
	expect(0, "", "git", "commit", "-q", "--allow-empty", "-m", "nothing")

	fixed := string(read(t, filepath.Join(root(t), "testdata", "programs", "fixed", "builder_add_two.py")))
	for _, suffix := range []string{"", "-golang"} {
		copyOf(t, work, "builder_add_two.py", "guide.ipynb")
		succeed(t, work, env, "git", "add", "-A")
		expect(1, "builder_add_two.py:", program, "run", "--hook-stage", "manual", "tfmigrate"+suffix)
		expect(1, "guide.ipynb:", program, "run", "--hook-stage", "manual", "tfmigrate"+suffix)
		expect(1, "TFM101", "git", "commit", "-q", "-m", "refused")
		expect(1, "files were modified by this hook", program, "run", "--hook-stage", "manual", "tfmigrate-fix"+suffix)
		if got := string(read(t, filepath.Join(work, "builder_add_two.py"))); got != fixed {
			t.Errorf("tfmigrate-fix%s writes\n%s", suffix, got)
		}
		succeed(t, work, env, "git", "rm", "-q", "-f", "--cached", "guide.ipynb")
		succeed(t, work, env, "git", "add", "builder_add_two.py")
		expect(0, "Passed", program, "run", "--hook-stage", "manual", "tfmigrate-fix"+suffix, "--files", "builder_add_two.py")
		expect(0, "Passed", program, "run", "--hook-stage", "manual", "tfmigrate"+suffix, "--files", "builder_add_two.py")
		expect(0, "", "git", "commit", "-q", "--allow-empty", "-m", "accepted")
		succeed(t, work, env, "git", "reset", "-q", "--hard")
	}
}
