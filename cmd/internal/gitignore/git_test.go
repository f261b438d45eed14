package gitignore

import (
	"bytes"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestAgainstGit compares a Tree with `git check-ignore` over made trees and made patterns.
func TestAgainstGit(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	names := []string{"a", "b", "ab", "a.py", "b.py", "a b", "x]y", "{a,b}", "-", "build", "!a", "#a", "a1", "A"}
	pieces := []string{"a", "b", "*", "**", "?", "/", "/", "/", ".py", "[ab]", "[!a]", "[^a]", "[a-c]", "[]x]", "[a-]", "[[:alpha:]]", "[[:nope:]]", "[", `\`, `\ `, " ", "{a,b}", "!", "#",
		"build", "x]y", "a.py", "1", "**/", "/**", "/**/", "[a/b]", "[!]]"}
	ignored, kept := 0, 0
	for round := range 60 {
		dir := t.TempDir()
		git(t, dir, "init", "-q")
		var paths []string
		var grow func(at string, depth int)
		grow = func(at string, depth int) {
			for _, name := range names {
				path := filepath.Join(at, name)
				switch r.Intn(4) {
				case 0:
					if depth < 3 {
						must(t, os.Mkdir(path, 0o777))
						paths = append(paths, path)
						grow(path, depth+1)
					}
				case 1:
					must(t, os.WriteFile(path, nil, 0o666))
					paths = append(paths, path)
				}
			}
			if depth < 2 || r.Intn(4) == 0 {
				must(t, os.WriteFile(filepath.Join(at, ".gitignore"), madeLines(r, pieces), 0o666))
			}
		}
		grow(dir, 0)
		must(t, os.MkdirAll(filepath.Join(dir, ".git", "info"), 0o777))
		must(t, os.WriteFile(filepath.Join(dir, ".git", "info", "exclude"), madeLines(r, pieces), 0o666))
		want := checkIgnore(t, dir, paths)
		tree := New(dir)
		below := map[string]bool{} // an ignored directory
		for _, path := range paths {
			info, err := os.Stat(path)
			must(t, err)
			got := below[filepath.Dir(path)]
			if !got {
				got, err = tree.Ignored(path, info.IsDir())
				must(t, err)
			}
			below[path] = got
			if got {
				ignored++
			} else {
				kept++
			}
			if got != want[path] {
				var own []byte
				for d := path; d != dir; {
					d = filepath.Dir(d)
					text, _ := os.ReadFile(filepath.Join(d, ".gitignore"))
					own = append(own, d+":\n"+string(text)...)
				}
				text, _ := os.ReadFile(filepath.Join(dir, ".git", "info", "exclude"))
				own = append(own, "info/exclude:\n"+string(text)...)
				why, _ := exec.Command("git", "-C", dir, "check-ignore", "--no-index", "-v", "-n", path).Output()
				t.Fatalf("round %d: %s: ignored is %v, git says %v\n%s\n%s", round, path, got, want[path], why, own)
			}
		}
	}
	if ignored < 100 || kept < 100 {
		t.Errorf("%d paths ignored and %d kept: the patterns show little", ignored, kept)
	}
}

// odd is what git's matcher answers by accident: slashes side by side or behind a backslash, and stars side by side that are not two between slashes.
var odd = regexp.MustCompile(`//|\\/|\*\*\*|[^/]\*\*/|/\*\*[^/]`)

func madeLines(r *rand.Rand, pieces []string) []byte {
	var out bytes.Buffer
	for range r.Intn(4) {
		line := ""
		for range 1 + r.Intn(4) {
			line += pieces[r.Intn(len(pieces))]
		}
		line += []string{"", "", "", "/", "  ", "\r"}[r.Intn(6)]
		if !odd.MatchString(line) {
			out.WriteString(line + "\n")
		}
	}
	return out.Bytes()
}

// checkIgnore asks git which paths it ignores.
func checkIgnore(t *testing.T, dir string, paths []string) map[string]bool {
	t.Helper()
	cmd := exec.Command("git", "-C", dir, "-c", "core.excludesFile=", "check-ignore", "--no-index", "-z", "--stdin")
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\x00") + "\x00")
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 { // 1: none is ignored
		t.Fatal(err)
	}
	list := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	found := map[string]bool{}
	for _, path := range paths {
		found[path] = slices.Contains(list, path)
	}
	return found
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
