//go:build unix

package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// stub is a shell script that takes the place of a program: it knows --version, and prints what lint would print as JSON.
const stub = `#!/bin/sh
case "$*" in
--version) echo NAME 1.2.3 ;;
*json*) echo '{"findings": [{"path": "WITH"}]}' ;;
*) echo found; exit 1 ;;
esac
`

// tiny is a tree of two packages, and programs that do nothing.
func tiny(t *testing.T) (b *bench, peers, packages string) {
	t.Helper()
	dir := t.TempDir()
	peers, packages = filepath.Join(dir, "bin"), filepath.Join(dir, "packages")
	with := filepath.Join(packages, "a", "with.py")
	for path, text := range map[string]string{
		with: site + strings.Repeat("# more\n", 200), filepath.Join(packages, "b", "without.py"): strings.Repeat("x = 1\n", 200),
		filepath.Join(packages, "b", "not.txt"): "no Python",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(peers, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tfmigrate", "ruff", "ast-grep", "rg", "tf_upgrade_v2"} {
		text := strings.NewReplacer("NAME", name, "WITH", with).Replace(stub)
		if err := os.WriteFile(filepath.Join(peers, name), []byte(text), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return &bench{
		tools:   tools{tfmigrate: filepath.Join(peers, "tfmigrate"), upgrade: filepath.Join(peers, "tf_upgrade_v2")},
		scratch: filepath.Join(dir, "scratch"), runs: 3, fileRuns: 3, limit: time.Minute,
	}, peers, packages
}

// TestPage: every part is written and every table is one, whatever the programs do.
func TestPage(t *testing.T) {
	b, peers, packages := tiny(t)
	b.library = packages
	var out strings.Builder
	page := filepath.Join(t.TempDir(), "benchmarks.md")
	if err := b.main(t.Context(), &out, peers, packages, []string{packages}, "", page); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, string(text))
	for _, want := range []string{"ruff 1.2.3", "2 files", "2 public repositories", "3. CPython's library", "`a/with.py`", "`b/without.py`", "Rewriting", "one file in under 30 ms"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if strings.Contains(string(text), packages) {
		t.Error("the page has a path of this machine")
	}
}

// TestWrittenPage: docs/benchmarks.md is what the command writes.
func TestWrittenPage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "benchmarks.md"))
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, string(text))
}

// checkPage checks that the tables of a page are as wide as their heads say, and that all parts are there.
func checkPage(t *testing.T, text string) {
	t.Helper()
	width := 0
	for i, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			width = 0
			continue
		}
		n := strings.Count(line, "|")
		if width == 0 {
			width = n
		}
		if n != width {
			t.Errorf("line %d: %d bars where the table has %d: %s", i+1, n, width, line)
		}
	}
	for _, want := range []string{"## Aims", "## A whole tree\n", "## A whole tree, cold", "## One file", "## Rewriting", "## Trees that grow", "## Files that grow", "## Long lines", "## Deep nesting"} {
		if !strings.Contains(text, want) {
			t.Errorf("no section %q", want)
		}
	}
	if !regexp.MustCompile(`\n20\d\d-\d\d-\d\d, on .*cores`).MatchString(text) {
		t.Error("the page does not say when and on what")
	}
}

// TestRefuses: what can't be measured is said.
func TestRefuses(t *testing.T) {
	for what, c := range map[string]struct {
		spoil func(b *bench, peers, packages string) (only, page string)
		want  string
	}{
		"no ruff": {func(b *bench, peers, packages string) (string, string) {
			os.Remove(filepath.Join(peers, "ruff"))
			return "trees", ""
		}, "`make bench` builds tfmigrate and installs the others"},
		"no Python files": {func(b *bench, peers, packages string) (string, string) {
			os.RemoveAll(filepath.Join(packages, "a"))
			os.RemoveAll(filepath.Join(packages, "b"))
			return "trees", ""
		}, "no Python files"},
		"no such part": {func(b *bench, peers, packages string) (string, string) { return "tree", "" }, `no part is called "tree"`},
		"a page of some parts": {func(b *bench, peers, packages string) (string, string) {
			return "trees", "page.md"
		}, "the page is of all parts"},
		"a program that crashes": {func(b *bench, peers, packages string) (string, string) {
			crash := "#!/bin/sh\ntest \"$1\" = --version && exit\necho it crashed >&2\nexit 2\n"
			if err := os.WriteFile(filepath.Join(peers, "rg"), []byte(crash), 0o777); err != nil {
				panic(err)
			}
			return "trees", ""
		}, "exit status 2: it crashed"},
	} {
		t.Run(what, func(t *testing.T) {
			b, peers, packages := tiny(t)
			only, page := c.spoil(b, peers, packages)
			err := b.main(t.Context(), io.Discard, peers, packages, nil, only, page)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestRun: what a process takes is counted, and none goes on for longer than it may.
func TestRun(t *testing.T) {
	busy := command{args: []string{"sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; exit 1"}}
	m, _, err := busy.run(t.Context())
	if err != nil || m.cpu < 5*time.Millisecond || m.wall < m.cpu/2 || m.resident < 100_000 {
		t.Errorf("%+v, %v", m, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := (command{args: []string{"sleep", "60"}}).run(ctx); err == nil {
		t.Error("it was not stopped")
	}
}

// TestSpread: the median is the middle one, and an exponent is one.
func TestSpread(t *testing.T) {
	s := spreadOf(series{{wall: 5}, {wall: 1}, {wall: 3}, {wall: 100}}, func(m sample) time.Duration { return m.wall })
	if s != (spread{4, 1, 100}) {
		t.Errorf("%+v", s)
	}
	if e := exponent(time.Second, 16*time.Second, 4); e < 1.99 || e > 2.01 {
		t.Errorf("%v", e)
	}
}
