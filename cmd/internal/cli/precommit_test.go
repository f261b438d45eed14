package cli

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// hook is what pre-commit reads of a hook (https://pre-commit.com/#creating-new-hooks).
type hook struct {
	ID            string
	Name          string
	Description   string
	Entry         string
	Language      string
	TypesOr       []string `yaml:"types_or"`
	RequireSerial bool     `yaml:"require_serial"`
	AtLeast       string   `yaml:"minimum_pre_commit_version"`
}

// TestPreCommitHooks holds that the hook file is one, and that the entry of the hooks that lint, with file names behind it, as pre-commit
// starts it, fails for files with findings and for files that could not be checked, and passes for others. In cmd/internal/packaging all of
// them are installed and run by pre-commit itself.
func TestPreCommitHooks(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	text, err := os.ReadFile(filepath.Join(root, ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var hooks []hook
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&hooks); err != nil {
		t.Fatal(err)
	}
	entries := map[string]string{}
	for _, h := range hooks {
		if h.Name == "" || h.Description == "" || !slices.Equal(h.TypesOr, []string{"python", "jupyter"}) || !h.RequireSerial {
			t.Errorf("%+v", h)
		}
		entries[h.ID+", "+h.Language] = h.Entry
	}
	const lint, fix = "tfmigrate lint", "tfmigrate fix --allow-dirty"
	if want := map[string]string{"tfmigrate, python": lint, "tfmigrate-fix, python": fix, "tfmigrate-golang, golang": lint, "tfmigrate-fix-golang, golang": fix}; !maps.Equal(entries, want) {
		t.Errorf("%v", entries)
	}
	entry := strings.Fields(lint)
	// `go install ./...` names the program after its directory.
	if info, err := os.Stat(filepath.Join(root, "cmd", entry[0])); err != nil || !info.IsDir() {
		t.Errorf("nothing builds %s: %v", entry[0], err)
	}
	programs := filepath.Join(root, "testdata", "programs")
	old, new, notebook := filepath.Join(programs, "builder_add_two.py"), filepath.Join(programs, "silent_tf2.py"), filepath.Join(programs, "guide.ipynb")
	broken := filepath.Join(t.TempDir(), "broken.py")
	if err := os.WriteFile(broken, []byte("def f(:\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		files []string
		code  int
	}{
		{[]string{new}, exitOK},
		{[]string{new, old}, exitFindings},
		{[]string{notebook}, exitFindings},
		{[]string{broken, new}, exitFailed},
	} {
		code, out, errs := run(t, append(slices.Clone(entry[1:]), test.files...)...)
		if code != test.code {
			t.Errorf("%v: code %d, want %d\n%s%s", test.files, code, test.code, out, errs)
		}
	}
}
