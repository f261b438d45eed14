//go:build tensorflow

package packaging

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// root is the work tree.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// prepared is a path of what `make test` sets up, below the work tree.
func prepared(t *testing.T, path ...string) string {
	t.Helper()
	full := filepath.Join(append([]string{root(t)}, path...)...)
	if _, err := os.Stat(full); err != nil {
		t.Fatalf("%v: make test sets it up, and so does make %s", err, filepath.Join(".cache", "packaging", "ready"))
	}
	return full
}

// project is a git repository with the work tree as it is, committed, and its commit.
func project(t *testing.T) (dir, commit string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "tfmigrate")
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root(t)
	out, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		from, to := filepath.Join(root(t), name), filepath.Join(dir, name)
		info, err := os.Lstat(from)
		if errors.Is(err, fs.ErrNotExist) { // deleted, and not committed
			continue
		}
		must(t, err)
		must(t, os.MkdirAll(filepath.Dir(to), 0o777))
		if !info.Mode().IsRegular() {
			link, err := os.Readlink(from)
			must(t, err)
			must(t, os.Symlink(link, to))
			continue
		}
		content, err := os.ReadFile(from)
		must(t, err)
		must(t, os.WriteFile(to, content, info.Mode().Perm()))
	}
	repository(t, dir)
	return dir, strings.TrimSpace(succeed(t, dir, nil, "git", "rev-parse", "HEAD"))
}

// repository makes a git repository of a directory, and commits what is in it.
func repository(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A", "-f"}, {"commit", "-q", "-m", "all"}} {
		succeed(t, dir, nil, "git", args...)
	}
}

// run runs a program, with variables besides those of the test's environment, and gives its exit code and all that it printed. What the
// Makefile tells compilers is not passed on: users have none of it.
func run(t *testing.T, dir string, env []string, name string, args ...string) (int, string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_CFLAGS=", "CGO_LDFLAGS=", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
	cmd.Env = append(cmd.Env, env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", name, err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// succeed runs a program that has to end with exit code 0, and gives what it printed.
func succeed(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	code, out := run(t, dir, env, name, args...)
	if code != 0 {
		t.Fatalf("%s %s: exit code %d\n%s", name, strings.Join(args, " "), code, out)
	}
	return out
}

// shown is the YAML of docs/ci.md whose first line is a comment with this file name.
func shown(t *testing.T, file string, into any) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root(t), "docs", "ci.md"))
	must(t, err)
	_, text, found := strings.Cut(string(page), "```yaml\n# "+file+"\n")
	if !found {
		t.Fatalf("docs/ci.md shows no %s", file)
	}
	text, _, _ = strings.Cut(text, "```")
	must(t, yaml.Unmarshal([]byte(text), into))
	return text
}

// copyOf copies programs of testdata into a directory.
func copyOf(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		must(t, os.WriteFile(filepath.Join(dir, filepath.Base(name)), read(t, filepath.Join(root(t), "testdata", "programs", name)), 0o666))
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return text
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
