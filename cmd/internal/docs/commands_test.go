package docs

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tfmigrate/tfmigrate/cmd/internal/cli"
)

var update = flag.Bool("update", false, "fill in what the pages show of commands and files")

// TestMain is tfmigrate for the commands of the pages, and for verify, which starts its own program again to run models.
func TestMain(m *testing.M) {
	tfmigrate := func() { os.Exit(cli.Run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
	if len(os.Args) > 1 && os.Args[1] == "runtime" {
		tfmigrate()
	}
	testscript.Main(m, map[string]func(){"tfmigrate": tfmigrate})
}

// elsewhere are the commands that the pages do not run, with the test that does or the reason why none can.
var elsewhere = map[string]string{
	"make demo": "TestDemo",
	"tfmigrate fix --prove 'python src/export.py' src": "docs/fix.md shows the same, and TestPictureIsCurrent runs it once more",
	"make test": "it runs this test",
	"go test -run '^$' -bench . -count 10 ./analyzer ./rules ./rewrite > old.txt":                                                   "it takes long",
	"go test -run '^$' -bench . -count 10 ./analyzer ./rules ./rewrite > new.txt":                                                   "it takes long",
	"go run golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da old.txt new.txt":                                     "it needs the network, and what the two before it write",
	"make wheel && pip install dist/tfmigrate-*.whl":                                                                                "TestWheel",
	"pip install dist/tfmigrate-*.whl":                                                                                              "TestWheel",
	"pip install git+https://github.com/tfmigrate/tfmigrate":                                                                        "TestPreCommit installs the work tree like this; the address needs the network",
	"go install github.com/tfmigrate/tfmigrate/cmd/tfmigrate@latest":                                                                "TestGitLab installs the work tree like this; the address needs the network",
	"pip install --target tf1 --no-deps --only-binary=:all: --python-version 37 --platform manylinux2010_x86_64 tensorflow==1.15.5": "make test-older does it",
	"tfmigrate verify --old-tensorflow tf1 old/ new/":                                                                               "TestTensorFlow1",
	"TFMIGRATE_TENSORFLOW=$(python -c 'import tensorflow; print(tensorflow.__path__[0])') pip install .":                            "TestWheel builds with the same variable",
}

// needsTensorFlow are the commands that import TensorFlow, or load a model with it.
var needsTensorFlow = regexp.MustCompile(`^(python|tfmigrate verify|tfmigrate inspect)\b|--prove`)

// TestCommands executes every command of the pages and compares what they show.
func TestCommands(t *testing.T) {
	seen := map[string]bool{}
	all := pages(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p := newSession(t, name, sandbox(t, name))
		for _, c := range commandsOf(all[name]) {
			seen[c] = true
		}
		t.Run(name, func(t *testing.T) {
			got := rewriteBlocks(all[name], func(b block) string { return p.block(t, b) })
			if got == all[name] || t.Failed() {
				return
			}
			if *update {
				if err := os.WriteFile(filepath.Join(p.root, filepath.FromSlash(name)), []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s is not what its commands do; make docs fills it in:\n%s", name, firstDifference(all[name], got))
		})
	}
	for command := range elsewhere {
		if !seen[command] {
			t.Errorf("no page shows %q any more", command)
		}
	}
}

// session executes what one page shows.
type session struct {
	page, dir string
	root      string            // the work tree
	written   map[string]string // the files that the page made
}

func newSession(t *testing.T, page, dir string) *session {
	return &session{page: page, dir: dir, root: root(t), written: map[string]string{}}
}

// prepared is what a page speaks of as being there: paths in its directory, and what stands there of the work tree.
var prepared = map[string]map[string]string{
	"README.md": {
		"src/export.py": "cmd/internal/picture/export.py",
		"old":           "testdata/models/branch_v1",
		"new":           "testdata/models/branch_edge_v2",
	},
	"docs/ci.md": {"src/export.py": "cmd/internal/picture/export.py"},
	"docs/verify.md": {
		"old": "testdata/models/softmax_v1",
		"new": "testdata/models/softmax_v2",
	},
}

// sandbox is the directory in which the commands of a page run.
func sandbox(t *testing.T, page string) string {
	t.Helper()
	dir := t.TempDir()
	for to, from := range prepared[page] {
		if err := place(filepath.Join(dir, to), filepath.Join(root(t), from)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// place copies a file or a directory.
func place(to, from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o666)
}

// block does what a block says, and gives the text that it should have.
func (s *session) block(t *testing.T, b block) string {
	path := filepath.Join(s.dir, filepath.FromSlash(b.name))
	switch {
	case b.becomes:
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) == s.written[b.name] {
			t.Errorf("%s: %s becomes nothing else", s.page, b.name)
		}
		return string(text)
	case b.name != "":
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.text), 0o666); err != nil {
			t.Fatal(err)
		}
		s.written[b.name] = b.text
	case b.language == "console":
		var out strings.Builder
		for _, step := range transcript(b.text) {
			shown, _ := s.run(t, step.command, step.shown)
			out.WriteString("$ " + step.command + "\n" + shown)
		}
		return out.String()
	case b.language == "sh":
		for _, command := range typed(b.text) {
			if out, code := s.run(t, command, ""); code > 1 || code == 1 && !strings.HasPrefix(command, "tfmigrate ") {
				t.Errorf("%s: %s: exit code %d\n%s", s.page, command, code, out)
			}
		}
	}
	return b.text
}

// run executes a command as a shell does, unless that is done elsewhere, and gives all that it prints and its exit code. What needs no shell is run
// within the test, which is faster.
func (s *session) run(t *testing.T, command, shown string) (string, int) {
	if _, ok := elsewhere[command]; ok || !tensorFlow && needsTensorFlow.MatchString(command) {
		return shown, 0
	}
	t.Chdir(s.dir)
	for _, v := range s.environment() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	var out bytes.Buffer
	if args, ok := strings.CutPrefix(command, "tfmigrate "); ok && !strings.ContainsAny(args, "'\"\\$|<>*?;&~()`") {
		code := cli.Run(t.Context(), strings.Fields(args), strings.NewReader(""), &out, &out)
		return sameTimes(out.String(), shown), code
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %s: %v", s.page, command, err)
	}
	if code := cmd.ProcessState.ExitCode(); code == 126 || code == 127 {
		t.Fatalf("%s: %s: %s", s.page, command, &out)
	}
	return sameTimes(out.String(), shown), cmd.ProcessState.ExitCode()
}

var seconds = regexp.MustCompile(`\b(\d+m)?\d+(\.\d+)?s\b`)

// sameTimes puts the times that a page shows in the place of those that were measured.
func sameTimes(out, shown string) string {
	times := seconds.FindAllString(shown, -1)
	return seconds.ReplaceAllStringFunc(out, func(measured string) string {
		if len(times) == 0 {
			return measured
		}
		measured, times = times[0], times[1:]
		return measured
	})
}

// environment is what a user has set who works in a virtual environment with TensorFlow, whose own messages are off.
func (s *session) environment() []string {
	venv := filepath.Join(s.root, ".venv")
	path := os.Getenv("PATH")
	if bin := filepath.Join(venv, "bin"); !strings.Contains(path, bin) {
		program, rest, _ := strings.Cut(path, string(filepath.ListSeparator)) // the directory that testscript.Main has put tfmigrate into
		path = strings.Join([]string{program, bin, rest}, string(filepath.ListSeparator))
	}
	return []string{"PATH=" + path, "VIRTUAL_ENV=" + venv, "HOME=" + s.dir, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"CUDA_VISIBLE_DEVICES=-1", "TF_CPP_MIN_LOG_LEVEL=3", "TF_ENABLE_ONEDNN_OPTS=0", "PYTHONWARNINGS=ignore", "LC_ALL=C.UTF-8"}
}

// firstDifference is the first line in which two texts differ, in either of them.
func firstDifference(shown, got string) string {
	a, b := strings.Split(shown, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "line " + strconv.Itoa(i+1) + " shows\n\t" + a[i] + "\nand it is\n\t" + b[i]
		}
	}
	return "one is longer: " + strconv.Itoa(len(a)) + " lines are shown, and there are " + strconv.Itoa(len(b))
}

// step is a command of a transcript, with what is shown below it.
type step struct{ command, shown string }

func transcript(text string) []step {
	var steps []step
	for line := range strings.Lines(text) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			steps = append(steps, step{command: strings.TrimSuffix(command, "\n")})
		} else if len(steps) > 0 {
			steps[len(steps)-1].shown += line
		}
	}
	return steps
}

// typed are the commands of a block of the language sh, without their comments.
func typed(text string) []string {
	var all []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", "")) {
		line, _, _ = strings.Cut(line, " #")
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, line)
		}
	}
	return all
}

// commandsOf are all commands of a page.
func commandsOf(page string) []string {
	var all []string
	rewriteBlocks(page, func(b block) string {
		switch b.language {
		case "console":
			for _, step := range transcript(b.text) {
				all = append(all, step.command)
			}
		case "sh":
			all = append(all, typed(b.text)...)
		}
		return b.text
	})
	return all
}
